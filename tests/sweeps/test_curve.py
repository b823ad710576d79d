"""A curve is followed through a plane, and certified where it crosses grid lines."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellposed.sweeps.search.curve import Curve


def follow(function, error=1e-12, tolerance=1e-3, coarse=9, depth=2, **options):
    """A finished search in the unit square, and how many points each round asked."""
    curve = Curve((0.0, 1.0), (0.0, 1.0), (tolerance, tolerance), coarse, depth, **options)
    rounds = []
    while len(asked := curve.ask()):
        rounds.append(len(asked))
        value = function(*asked.T)
        curve.tell(value, np.full(len(asked), error), np.ones(len(asked), bool))
    return curve, rounds


def straight(x, y):
    return y - 0.1 - 0.35 * x


def circle(x, y):
    return np.hypot(x - 0.5, y - 0.52) - 0.3


SHAPES = {"linear": lambda z: z, "tanh": lambda z: np.tanh(8 * z), "sign": np.sign}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("tolerance", [1e-3, 1e-6])
@pytest.mark.parametrize(
    "function", [straight, circle, lambda x, y: x - 0.3 - 0.01 * y, lambda x, y: y - 0.25]
)
def test_every_vertex_is_bracketed_by_opposite_signs(function, shape, tolerance):
    curve, _ = follow(lambda x, y: SHAPES[shape](function(x, y)), tolerance=tolerance)
    assert curve.outcome == "located"
    (piece,) = curve.polylines()
    for vertex in piece:
        ends = [(t, vertex.y) if vertex.axis == 0 else (vertex.x, t) for t in (vertex.lower, vertex.upper)]
        assert math.prod(float(function(*end)) for end in ends) < 0
        assert vertex.width <= tolerance
        assert vertex.lower <= (vertex.x, vertex.y)[vertex.axis] <= vertex.upper


def test_the_curve_is_one_piece_from_edge_to_edge():
    curve, _ = follow(straight, tolerance=1e-6)
    (piece,) = curve.polylines()
    ends = sorted([(piece[0].x, piece[0].y), (piece[-1].x, piece[-1].y)])
    assert ends == [pytest.approx((0.0, 0.1)), pytest.approx((1.0, 0.45))]
    assert all(straight(v.x, v.y) == pytest.approx(0.0, abs=1e-9) for v in piece)
    x = [v.x for v in piece]
    assert x in (sorted(x), sorted(x, reverse=True))


def test_a_closed_curve_ends_where_it_begins_and_encloses_its_area():
    curve, _ = follow(circle, tolerance=1e-6, depth=3)
    (piece,) = curve.polylines()
    assert piece[0] == piece[-1]
    x, y = np.array([(v.x, v.y) for v in piece]).T
    area = abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2
    # chords of length h lie within h² / (8 r) of the circle: less by a part of about 1e-3 at h = 1/64
    assert area == pytest.approx(math.pi * 0.3**2, rel=2e-3)


def test_several_pieces_are_all_followed():
    curve, _ = follow(lambda x, y: np.sin(7 * y + x))
    pieces = curve.polylines()
    assert len(pieces) == 2
    for piece, root in zip(sorted(pieces, key=lambda piece: piece[0].y), (math.pi, 2 * math.pi), strict=True):
        assert all(7 * v.y + v.x == pytest.approx(root, abs=0.01) for v in piece)


def test_a_saddle_is_passed_without_crossing():
    curve, _ = follow(lambda x, y: (x - 0.51) * (y - 0.47) - 1e-4)
    first, second = curve.polylines()
    for piece in (first, second):
        side = {(v.x > 0.51, v.y > 0.47) for v in piece}
        assert len(side) == 1


@pytest.mark.parametrize("sign", [1, -1])
def test_in_a_cell_that_is_crossed_four_times_the_pieces_stay_on_their_sides_of_the_saddle(sign):
    # the middle of the cell between nodes 16 and 17 of 32, and between nodes 15 and 16
    a, b = 16.5 / 32, 15.5 / 32
    curve, _ = follow(lambda x, y: (x - a) * (y - b) - sign * 1e-5)
    first, second = curve.polylines()
    quadrants = [{(v.x > a, v.y > b) for v in piece} for piece in (first, second)]
    expected = {(False, False), (True, True)} if sign > 0 else {(False, True), (True, False)}
    assert [len(quadrant) for quadrant in quadrants] == [1, 1]
    assert set.union(*quadrants) == expected


def test_only_cells_that_are_crossed_are_refined():
    coarse, fine = (follow(straight, depth=depth)[1] for depth in (1, 4))
    n = 8 * 2**4
    # cells along the curve, not over the plane: 1.35 n of them are crossed, and each of its sides is shared
    assert sum(fine) < 12 * n
    assert sum(coarse) < sum(fine)


def test_a_plane_without_a_change_of_sign_has_no_curve():
    curve, rounds = follow(lambda x, y: 1.0 + x)
    assert (curve.outcome, rounds, curve.polylines()) == ("none", [81], [])


def test_noise_widens_the_brackets_and_nothing_else():
    error = 1e-2
    curve, _ = follow(straight, error, tolerance=1e-6)
    assert curve.outcome == "located"
    (piece,) = curve.polylines()
    upright = [v for v in piece if v.axis == 1]
    assert upright
    for vertex in upright:
        assert vertex.lower < 0.1 + 0.35 * vertex.x < vertex.upper
        assert 2 * error <= vertex.width <= 6 * error


def test_nothing_is_asked_that_is_not_allowed():
    asked = []

    def function(x, y):
        asked.extend(zip(x, y, strict=True))
        return straight(x, y)

    curve, _ = follow(function, allowed=lambda x, y: x <= 0.6)
    assert max(x for x, _ in asked) <= 0.6
    (piece,) = curve.polylines()
    assert max(v.x for v in piece) == pytest.approx(0.6, abs=1 / 16)
    nowhere, rounds = follow(function, allowed=lambda x, y: False)
    assert (nowhere.outcome, rounds) == ("unresolved", [])


def test_a_search_that_may_not_go_on_is_given_up():
    curve, _ = follow(straight, most=100)
    assert curve.outcome == "unresolved"
    assert curve.evaluations <= 100


def test_answers_are_as_many_as_points():
    curve = Curve((0.0, 1.0), (0.0, 1.0), (1e-3, 1e-3))
    with pytest.raises(ValueError, match="must be 81 answers, but there are 2"):
        curve.tell([1.0, 2.0], [0.0, 0.0], [True, True])


@given(seed=st.integers(0, 1000))
def test_telling_the_same_asks_the_same(seed):
    chance = np.random.default_rng(seed)
    a, b, c = chance.uniform(-1, 1, 3)
    first, second = (Curve((0.0, 1.0), (0.0, 1.0), (1e-4, 1e-4), 5, 2) for _ in range(2))
    while len(asked := first.ask()):
        np.testing.assert_array_equal(second.ask(), asked)
        value = np.tanh(a + b * asked[:, 0] + c * asked[:, 1] ** 2)
        for curve in (first, second):
            curve.tell(value, np.full(len(asked), 1e-9), np.ones(len(asked), bool))
    assert first.polylines() == second.polylines()
    assert first.outcome == second.outcome != "searching"


@given(seed=st.integers(0, 10**6))
def test_whatever_is_told_there_is_an_end(seed):
    chance = np.random.default_rng(seed)
    curve = Curve((0.0, 1.0), (0.0, 1.0), (1e-3, 1e-3), 4, 1, most=400)
    while n := len(curve.ask()):
        curve.tell(chance.normal(size=n), 0.5 * chance.random(n), chance.random(n) < 0.9)
    assert curve.outcome in ("located", "none", "unresolved")
    curve.polylines()
