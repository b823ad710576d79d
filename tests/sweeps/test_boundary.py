"""What a search claims is true, and it asks little for it."""

import itertools
import math
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wellposed.sweeps.search.boundary import MOST_DIP_ROUNDS, LineSearch, Prediction, most_rounds

unit = st.floats(0.0, 1.0)


def search(function, error=0.0, resolved=lambda x: True, lower=0.0, upper=1.0, tolerance=1e-6, coarse=9):
    """A finished line, and how many rounds it took."""
    line = LineSearch(lower, upper, tolerance, coarse)
    rounds = 0
    while asked := line.ask():
        line.tell([(function(x), error, resolved(x)) for x in asked])
        rounds += 1
    return line, rounds


def straight(x):
    return 2 * x - 0.5


@st.composite
def rising_functions(draw):
    """A function that rises through zero at a known place, and that place."""
    root = draw(st.floats(0.0, 1.0))
    steepness = draw(st.floats(0.1, 30.0))
    shape = draw(
        st.sampled_from(
            [
                lambda y: y,
                math.tanh,
                math.expm1,
                lambda y: y**3 + 0.1 * y,
                lambda y: math.copysign(math.sqrt(abs(y)), y),
                lambda y: math.copysign(1.0, y) if y else 0.0,
                lambda y: y if y > 0 else 0.03 * y,
            ]
        )
    )
    sign = draw(st.sampled_from([1, -1]))
    return (lambda x: sign * shape(steepness * (x - root))), root


def noisy(function, error, seed):
    """`function` with noise of at most `error`, the same whenever it is asked."""

    def value(x):
        return function(x) + 0.999 * error * random.Random(f"{seed} {x!r}").uniform(-1, 1)

    return value


def test_a_root_at_a_coarse_point_is_bracketed_in_one_more_round():
    line, rounds = search(straight, error=1e-9)
    assert line.outcome == "located"
    assert rounds == 2
    assert line.evaluations == 11
    assert line.lower < 0.25 < line.upper
    assert line.upper - line.lower <= 1e-6
    assert abs(line.boundary - 0.25) < 1e-9
    assert line.sign_changes == 1


@given(root=st.floats(0.01, 0.99))
def test_a_straight_line_takes_one_round_after_the_coarse_one(root):
    line, rounds = search(lambda x: 2 * (x - root), error=1e-12)
    assert line.outcome == "located"
    assert rounds == 2
    assert abs(line.boundary - root) < 1e-9


@given(
    rising=rising_functions(),
    error=st.sampled_from([0.0, 1e-12, 1e-9, 1e-5, 1e-2]),
    seed=st.integers(0, 1000),
    tolerance=st.sampled_from([1e-2, 1e-6, 1e-9]),
    coarse=st.integers(2, 12),
)
def test_a_bracket_contains_the_root_whatever_the_shape_and_the_noise(rising, error, seed, tolerance, coarse):
    function, root = rising
    line, _ = search(noisy(function, error, seed), error, tolerance=tolerance, coarse=coarse)
    if line.outcome == "located":
        assert line.lower <= root <= line.upper
        assert line.lower <= line.boundary <= line.upper
    else:
        # A line can only be left undecided where the root is too close to an end for a certain sign.
        assert line.outcome == "unresolved"
        assert math.isnan(line.boundary)
        assert min(abs(function(0.0)), abs(function(1.0))) <= 2 * error


@given(
    rising=rising_functions(),
    error=st.sampled_from([1e-5, 1e-3, 1e-2]),
    seed=st.integers(0, 1000),
)
def test_no_digit_is_claimed_that_the_error_forbids(rising, error, seed):
    function, _ = rising
    line, _ = search(noisy(function, error, seed), error)
    assume(line.outcome == "located")
    for end in (line.lower, line.upper):
        assert abs(noisy(function, error, seed)(end)) > error
    if line.upper - line.lower > 1e-6:
        assert line.bracket.inside
        assert all(abs(sample.value) <= error for sample in line.bracket.inside)


def test_a_bracket_is_hardly_wider_than_the_stretch_that_the_error_hides():
    error = 1e-3
    line, _ = search(straight, error)
    hidden = 2 * error / 2
    assert line.outcome == "located"
    assert hidden <= line.upper - line.lower <= 2.5 * hidden


@pytest.mark.parametrize("error", [1e-6, 1e-5, 1e-4, 1e-3])
@pytest.mark.parametrize("root", [0.2501, 0.3, 0.61, 0.77])
def test_noise_above_the_tolerance_costs_few_evaluations(root, error):
    line, _ = search(noisy(lambda x: 2 * (x - root), error, seed=1), error)
    assert line.outcome == "located"
    assert line.upper - line.lower <= 2.5 * error
    assert line.evaluations <= 27


@pytest.mark.parametrize(
    ("function", "most"),
    [
        (straight, 11),
        (lambda x: math.tanh(8 * (x - 0.3)), 17),
        (lambda x: math.expm1(3 * (x - 0.61)), 15),
        (lambda x: math.copysign(1.0, x - 0.3), 33),
        (lambda x: math.copysign(math.sqrt(abs(x - 0.3)), x - 0.3), 41),
    ],
)
def test_few_evaluations_locate_a_boundary_to_a_millionth(function, most):
    line, _ = search(function, error=1e-12)
    assert line.outcome == "located"
    assert line.upper - line.lower <= 1e-6
    assert line.evaluations <= most


@given(seed=st.integers(0, 10**6), coarse=st.integers(2, 9))
def test_two_rounds_halve_a_bracket_whatever_is_told(seed, coarse):
    adversary = random.Random(seed)
    line = LineSearch(0.0, 1.0, 1e-9, coarse)
    widths = []
    while not (widths and widths[-1] <= line.tolerance):
        asked = line.ask()
        # The change of sign is always in the widest part, and the values mislead.
        stops = [line.lower, *asked, line.upper] if widths else asked
        parts = [right - left for left, right in itertools.pairwise(stops)]
        below = parts.index(max(parts)) + (0 if widths else 1)
        signs = [-1.0 if i < below else 1.0 for i in range(len(asked))]
        line.tell([(sign * 10 ** adversary.uniform(-9, 3), 0.0, True) for sign in signs])
        widths.append(line.upper - line.lower)
    assert all(later <= 0.5 * earlier for earlier, later in zip(widths, widths[2:], strict=False))
    # points beside the narrow bracket, by which the signs at its ends are not chance
    line.tell([(math.copysign(1.0, x - line.upper), 0.0, True) for x in line.ask()])
    assert line.changes[0].outcome == ("unresolved" if line.has_rough_values else "located")


@pytest.mark.parametrize("level", [0.3, -0.3])
def test_a_line_without_a_change_of_sign_says_so(level):
    line, rounds = search(lambda x: level + 0.1 * math.copysign(x, level), error=1e-3)
    assert line.outcome == "none"
    assert rounds == 1
    assert line.evaluations == 9
    assert line.sign_changes == 0
    assert all(math.isnan(value) for value in (line.boundary, line.lower, line.upper))


@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_where_a_change_may_hide_nothing_is_claimed(where):
    away = search(lambda x: 1.0, resolved=lambda x: x != where)[0]
    touching = search(lambda x: abs(x - where), error=1e-9)[0]
    assert away.outcome == "unresolved"
    # At an end of the line, what touches zero may as well go through it.
    assert touching.outcome == ("tangential" if where == 0.5 else "unresolved")
    for line in (away, touching):
        assert line.sign_changes == 0
        assert all(math.isnan(value) for value in (line.boundary, line.lower, line.upper))


def test_a_function_that_vanishes_throughout_has_no_boundary_that_can_be_told():
    line, _ = search(lambda x: 0.0, error=1e-9)
    assert line.outcome == "unresolved"
    assert math.isnan(line.lower)


def test_a_single_unresolved_point_is_walked_around():
    line, _ = search(straight, error=1e-9, resolved=lambda x: x not in (0.125, 0.25, 0.375))
    assert line.outcome == "located"
    assert line.upper - line.lower <= 1e-6
    assert line.lower < 0.25 < line.upper


@pytest.mark.parametrize("stretch", [(0.2, 0.31), (0.24, 0.2501), (0.0, 0.26)])
def test_a_boundary_in_an_unresolved_stretch_is_unresolved(stretch):
    start, stop = stretch
    line, _ = search(straight, error=1e-9, resolved=lambda x: not start <= x <= stop)
    assert line.outcome == "unresolved"
    assert math.isnan(line.boundary)
    if start > 0:
        assert line.lower < start < stop < line.upper
        assert line.upper - line.lower <= 2.5 * (stop - start)


@pytest.mark.parametrize("error", [0.0, 1e-9, 1e-5])
@pytest.mark.parametrize("beyond", [1.0, -1.0])
def test_a_stretch_of_zeros_is_told_whole_and_is_a_boundary_where_the_sign_changes(error, beyond):
    line, _ = search(lambda x: min(0.0, x - 0.3) + beyond * max(0.0, x - 0.47), error)
    (zero,) = line.zeros
    if beyond > 0:
        assert (line.outcome, line.sign_changes) == ("located", 1)
        assert line.lower < line.boundary < line.upper
    else:
        assert (line.outcome, line.sign_changes) == ("plateau", 0)
        assert math.isnan(line.boundary)
    assert zero.bracket.lower.x <= 0.3 + error
    assert zero.bracket.upper.x >= 0.47 - error
    assert zero.bracket.width <= 2 * 0.17


@pytest.mark.parametrize("power", [1, 3])
@pytest.mark.parametrize("error", [1e-6, 1e-3])
def test_what_the_errors_hide_is_no_plateau(power, error):
    line, _ = search(lambda x: (x - 0.31) ** power, error)
    assert line.outcome == "located"
    assert line.lower < 0.31 < line.upper
    assert line.upper - line.lower >= 2 * error ** (1 / power)


def flat_power(x):
    """Is within ±e of zero for |x − 0.37| ≤ e^(1/7)."""
    return math.copysign(abs(x - 0.37) ** 7, x - 0.37)


def flatter_than_any_power(x):
    """Is within ±e of zero for |x − 0.37| ≤ 1/ln(1/e)."""
    return math.copysign(math.exp(-1 / abs(x - 0.37)), x - 0.37) if x != 0.37 else 0.0


@pytest.mark.parametrize("error", [1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize(
    ("function", "half_hidden"),
    [(flat_power, lambda e: e ** (1 / 7)), (flatter_than_any_power, lambda e: -1 / math.log(e))],
)
def test_a_flat_crossing_is_bracketed_as_narrowly_as_the_errors_allow(function, half_hidden, error):
    line, _ = search(function, error)
    hidden = 2 * half_hidden(error)
    assert (line.outcome, line.sign_changes) == ("located", 1)
    assert function(line.lower) < -error < error < function(line.upper)
    assert hidden <= line.upper - line.lower <= 2.5 * hidden
    assert line.lower < line.boundary < line.upper


def believed(function, error, n, upper=1.0, tolerance=1e-6, coarse=9):
    """A finished line, narrowed by `n` points a round."""
    line = LineSearch(0.0, upper, tolerance, coarse)
    while asked := line.ask(n):
        line.tell([(function(x), error, True) for x in asked])
    return line


@pytest.mark.parametrize("error", [1e-9, 1e-6])
@pytest.mark.parametrize(("amplitude", "believable"), [(1e-4, 4), (1e-3, 0), (0.02, 0), (0.5, 0)])
@pytest.mark.parametrize("n", [2, 8])
def test_noise_of_which_the_errors_tell_nothing_is_unresolved(n, amplitude, believable, error):
    lines = [believed(noisy(lambda x: x - 0.37, amplitude, seed), error, n) for seed in range(100)]
    assert sum(line.outcome != "unresolved" for line in lines) <= believable
    for line in lines:
        if line.has_rough_values:
            assert math.isnan(line.boundary)
            assert line.lower == line.changes[0].bracket.lower.x
            assert line.upper == line.changes[-1].bracket.upper.x
            assert all(zero.outcome == "unresolved" for zero in line.zeros)
            assert line.evaluations <= 250


@pytest.mark.parametrize("n", [2, 8])
@pytest.mark.parametrize(
    ("function", "upper", "tolerance", "coarse"),
    [
        (lambda x: math.sin(5 * x + 0.1), 20.0, 1e-6, 33),
        (lambda x: math.sin(5 * x + 0.1), 200.0, 1e-6, 9),  # the scan is too coarse, and yet all are zeros
        (lambda x: math.sin(5 * x + 0.1), 50.0, 1e-2, 17),
        (lambda x: 0.1 + (37 * x) % 1 - 0.5, 0.5, 1e-6, 9),  # jumps
        (lambda x: (1.0 if x > 0.3 else -1.0) - 3 * (x - 0.3), 0.6, 1e-6, 9),
        (lambda x: (x - 0.3) ** 2 - 1e-10, 1.0, 1e-6, 9),
        (lambda x: (x - 0.3) * (x - 0.3 - 1e-4) * (x - 0.3 + 1e-4), 1.0, 1e-6, 9),
    ],
)
def test_many_changes_of_a_function_that_is_known_as_well_as_stated_are_located(
    function, upper, tolerance, coarse, n
):
    line = believed(function, 1e-15, n, upper, tolerance, coarse)
    assert line.outcome == "located"
    assert all(zero.outcome == "located" for zero in line.changes)


@pytest.mark.parametrize("error", [0.0, 1e-9, 1e-4])
@pytest.mark.parametrize(
    "function",
    [
        lambda x: abs(x - 0.3),
        lambda x: (x - 0.3) ** 2,
        lambda x: -((x - 0.3) ** 2) * (2 - x),
        lambda x: (x - 0.3) ** 4,
    ],
)
def test_a_tangential_zero_is_told_and_is_no_boundary(function, error):
    line, _ = search(function, error)
    assert line.outcome == "tangential"
    assert line.sign_changes == 0
    assert math.isnan(line.boundary)
    assert any(zero.bracket.lower.x <= 0.3 <= zero.bracket.upper.x for zero in line.zeros)
    assert all(zero.outcome == "tangential" for zero in line.zeros)
    assert line.evaluations <= 60


def test_a_function_that_comes_down_and_stays_away_from_zero_has_none():
    line, _ = search(lambda x: (x - 0.3) ** 2 + 1e-4, 1e-9)
    assert line.outcome == "none"
    assert line.evaluations <= 15


@pytest.mark.parametrize("half", [1e-2, 1e-3])
def test_two_changes_between_neighbours_of_the_scan_are_found_where_the_function_comes_down(half):
    line, _ = search(lambda x: (x - 0.3) ** 2 - half**2, 1e-12)
    assert line.outcome == "located"
    assert [line.position(zero) for zero in line.zeros] == pytest.approx([0.3 - half, 0.3 + half], abs=1e-6)


@pytest.mark.parametrize("sign_only", [False, True])
def test_all_of_several_changes_are_bracketed_and_the_lowest_is_the_boundary(sign_only):
    def function(x):
        value = math.sin(3.3 * math.pi * x + 0.5)
        return math.copysign(1.0, value) if sign_only else value

    roots = [(n * math.pi - 0.5) / (3.3 * math.pi) for n in (1, 2, 3)]
    line, _ = search(function, error=1e-9)
    assert line.outcome == "located"
    assert line.sign_changes == 3
    assert line.boundary == line.position(line.changes[0])
    for zero, root in zip(line.changes, roots, strict=True):
        assert zero.outcome == "located"
        assert zero.bracket.lower.x <= root <= zero.bracket.upper.x
        assert zero.bracket.width <= 1e-6


def test_of_many_changes_none_is_left_out():
    line, _ = search(lambda x: math.sin(20 * math.pi * x + 0.5), error=1e-9, coarse=81)
    roots = [(n - 0.5 / math.pi) / 20 for n in range(1, 21)]
    assert [line.position(zero) for zero in line.changes] == pytest.approx(roots, abs=1e-6)


def predicted(function, lower, upper, error=0.0, tolerance=1e-6, rises=True, step=1e-6):
    """A finished line that began at a prediction."""
    line = LineSearch(0.0, 1.0, tolerance, prediction=Prediction(lower, upper, rises, step))
    while asked := line.ask():
        line.tell([(function(x), error, True) for x in asked])
    return line


def test_a_prediction_that_holds_takes_two_evaluations():
    line = predicted(lambda x: math.copysign(1.0, x - 0.3), 0.3 - 4e-7, 0.3 + 5e-7)
    assert (line.outcome, line.evaluations, line.scanned) == ("located", 2, False)
    assert (line.lower, line.upper) == (0.3 - 4e-7, 0.3 + 5e-7)


@given(
    root=st.floats(0.01, 0.99),
    guess=st.floats(-0.5, 1.5),
    width=st.sampled_from([1e-6, 1e-3, 0.5]),
    shape=st.sampled_from([lambda y: y, math.tanh, lambda y: math.copysign(1.0, y) if y else 0.0]),
    rises=st.booleans(),
    error=st.sampled_from([0.0, 1e-9, 1e-4]),
)
def test_a_prediction_that_fails_costs_evaluations_and_nothing_else(root, guess, width, shape, rises, error):
    line = predicted(lambda x: shape(x - root), guess - width, guess + width, error, rises=rises)
    assert line.outcome == "located"
    assert line.lower <= root <= line.upper
    assert line.evaluations <= 75


def test_without_a_change_of_sign_a_line_is_scanned_whatever_was_predicted():
    line = predicted(lambda x: 1.0, 0.3, 0.3 + 1e-6)
    assert line.outcome == "none"
    assert line.scanned


def test_more_points_a_round_take_fewer_rounds():
    few, many = (LineSearch(0.0, 1.0, 1e-6) for _ in range(2))
    rounds = []
    for line, n in ((few, 2), (many, 8)):
        rounds.append(0)
        while asked := line.ask(n):
            line.tell([(math.copysign(1.0, x - 0.3), 0.0, True) for x in asked])
            rounds[-1] += 1
            assert len(asked) <= max(9, n)
    assert few.outcome == many.outcome == "located"
    assert rounds[1] <= rounds[0] / 2


def test_nothing_is_asked_outside_the_domain():
    stretches = [(0.0, 0.4), (0.55, 1.0)]
    line = LineSearch(0.0, 1.0, 1e-6, stretches=stretches, allowed=lambda x: not 0.1 < x < 0.11)
    seen = []
    while asked := line.ask():
        seen += asked
        line.tell([(math.sin(9 * x), 1e-12, True) for x in asked])
    assert all(any(low <= x <= high for low, high in stretches) for x in seen)
    assert not any(0.1 < x < 0.11 for x in seen)
    # zeros at 0.349 and 0.698; that the signs at 0.4 and 0.55 agree is chance
    assert [line.position(zero) for zero in line.changes] == pytest.approx([math.pi / 9, 2 * math.pi / 9])


def test_a_change_of_sign_from_one_stretch_to_the_next_is_none():
    line = LineSearch(0.0, 1.0, 1e-6, stretches=[(0.0, 0.4), (0.6, 1.0)])
    while asked := line.ask():
        assert not any(0.4 < x < 0.6 for x in asked)
        line.tell([(x - 0.5, 1e-12, True) for x in asked])
    assert (line.outcome, line.sign_changes) == ("none", 0)


def test_a_change_of_sign_in_a_hole_is_unresolved():
    line = LineSearch(0.0, 1.0, 1e-6, allowed=lambda x: not 0.45 < x < 0.52)
    while asked := line.ask():
        assert not any(0.45 < x < 0.52 for x in asked)
        line.tell([(x - 0.5, 1e-12, True) for x in asked])
    assert line.outcome == "unresolved"
    assert line.lower < 0.45 < 0.52 < line.upper


@pytest.mark.parametrize(
    "answer", [(math.nan, 0.1, True), (1.0, math.nan, True), (math.inf, 0.1, True), (1.0, -1.0, True)]
)
def test_an_answer_that_is_no_number_is_not_resolved(answer):
    line = LineSearch(0.0, 1.0, 1e-3, coarse=3)
    line.tell([(1.0, 0.1, True), answer, (1.0, 0.1, True)])
    assert line.outcome == "unresolved"


@given(rising=rising_functions(), error=st.sampled_from([0.0, 1e-9, 1e-3]), seed=st.integers(0, 1000))
def test_telling_stored_answers_asks_the_same_again(rising, error, seed):
    function = noisy(rising[0], error, seed)
    first, second = LineSearch(0.0, 1.0, 1e-6), LineSearch(0.0, 1.0, 1e-6)
    while asked := first.ask():
        assert second.ask() == asked
        assert second.ask() == asked
        for line in (first, second):
            line.tell([(function(x), error, True) for x in asked])
    assert second.ask() == []
    assert (second.outcome, second.bracket) == (first.outcome, first.bracket)


@given(
    rising=rising_functions(),
    holes=st.lists(st.tuples(unit, unit), max_size=3),
    error=st.sampled_from([0.0, 1e-9, 1e-3]),
)
def test_only_new_points_within_the_range_are_asked_and_not_too_many(rising, holes, error):
    function, _ = rising
    line = LineSearch(-1.0, 3.0, 1e-6)
    seen = set()
    rounds = 0
    while asked := line.ask():
        assert asked == sorted(set(asked))
        assert seen.isdisjoint(asked)
        assert all(-1 <= x <= 3 for x in asked)
        seen.update(asked)
        line.tell([(function(x), error, not any(a <= x <= b for a, b in holes)) for x in asked])
        rounds += 1
    assert line.outcome in ("located", "none", "unresolved")
    assert line.evaluations == len(seen)
    assert rounds <= 1 + most_rounds(-1.0, 3.0, 1e-6) + MOST_DIP_ROUNDS


def test_answers_are_as_many_as_points():
    line = LineSearch(0.0, 1.0, 1e-3, coarse=3)
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        line.tell([(1.0, 0.0, True)])
