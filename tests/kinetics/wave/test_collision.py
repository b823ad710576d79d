"""The isotropic collision operator against reference values, closed forms and a second method."""

from __future__ import annotations

import itertools
import json
import math
import warnings
from pathlib import Path

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.wave import (
    AccuracyWarning,
    algebraic,
    bracket,
    bracket_k,
    collision,
    oscillating,
    panelled,
)
from wellposed.kinetics.wave.algebraic import elementary, measure
from wellposed.kinetics.wave.algebraic.rules import DYADIC, WIDE
from wellposed.kinetics.wave.collision import PANELLED_LEVELS, PARTS, REGIONS, Evaluator
from wellposed.kinetics.wave.data import custom
from wellposed.kinetics.wave.missed_structure import missed_of

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "wave.json").read_text())["values"]


def arguments(quantity: str) -> dict[str, str]:
    """How `collision` is asked for a quantity of the reference table."""
    name = quantity.removeprefix("C")
    if name in ("_gain", "_full"):
        return {"operator": name[1:]}
    part, _, region = name.partition("_")
    return {"part": part, "region": region} if region else {"part": part}


def entries(datum: str) -> list[dict]:
    return [entry for entry in REFERENCE if entry["datum"] == datum and "prime" not in entry["quantity"]]


@pytest.mark.parametrize("entry", entries("n01"), ids=lambda e: f"{e['quantity']}-M{e['M']}-w{e['omega1']}")
def test_smooth_datum_agrees_with_reference_to_1e_10(entry: dict) -> None:
    value = collision(
        entry["omega1"], beta=entry["beta"], datum=bracket(entry["M"]), **arguments(entry["quantity"])
    )
    assert value == pytest.approx(float(entry["value"]), rel=1e-10, abs=0.0)


@pytest.mark.parametrize(
    "entry", entries("n0"), ids=lambda e: f"{e['quantity']}-M{e['M']}-N{e['N']}-A{e['A']}-w{e['omega1']}"
)
def test_oscillating_datum_agrees_with_reference_to_1e_8(entry: dict) -> None:
    datum = oscillating(entry["M"], entry["N"], entry["A"])
    value = collision(
        entry["omega1"], beta=entry["beta"], datum=datum, rtol=1e-8, **arguments(entry["quantity"])
    )
    assert value == pytest.approx(float(entry["value"]), rel=1e-8, abs=0.0)


@njit
def exponential(omega: float) -> float:
    return math.exp(-omega)


# n = exp(-omega) in the convention St = 4 pi^3 w^(beta-1/2) * integral over all w3, w4 with two legs
# symmetrised; C of [AL24] with K0 = 64 pi^3 is 8 times that.  Values: closed form pi^3 at w = 0, and
# extended-precision quadrature.
EXPONENTIAL = [
    (0.0, 0.0, math.pi**3),
    (0.0, 0.25, 13.4357880448),
    (0.0, 1.0, -2.32741266382),
    (0.0, 4.0, 0.190364389871),
    (0.25, 0.25, 16.6499938104),
    (0.25, 1.0, -0.88059324635),
    (0.25, 4.0, 0.136818965678),
]


def test_bad_arguments_are_named() -> None:
    datum = bracket(8)
    for wrong, match in [
        ({"beta": 1.2}, r"`beta` must be a number in \[0, 1\], but is 1.2"),
        ({"operator": "both"}, "`operator` must be one of full, gain, loss, but is both"),
        ({"part": "321"}, "`part` must be one of 234"),
        ({"part": "234", "region": "4"}, "`region` must be one of 21"),
        ({"region": "21"}, "needs `part`"),
        ({"normalisation": "mine"}, "`normalisation` must be one of paper, exact"),
        ({"rtol": 0.0}, "`rtol` must be"),
        ({"datum": lambda omega: omega}, "`datum` must be bracket"),
    ]:
        with pytest.raises(ParameterError, match=match):
            collision(1.0, **({"beta": 0.25, "datum": datum} | wrong))
    for omega in (-1.0, math.nan, math.inf, 1e-300, 1e60):
        with pytest.raises(ParameterError, match="`omega` must be 0 or in"):
            collision([1.0, omega], beta=0.25, datum=datum)
    for omega in ("1", None, 1j, [[1.0], [1.0, 2.0]]):
        with pytest.raises(ParameterError, match="`omega` must be a number or an array of numbers"):
            collision(omega, beta=0.25, datum=datum)
    for make, match in [
        (lambda: bracket(5), r"`M` must be a number in \(6, 100\], but is 5"),
        (lambda: bracket_k(6), r"`M` must be a number in \(6, 100\], but is 6"),
        (lambda: oscillating(12, 0, 100), r"`N` must be an integer in \[1, 10000\], but is 0"),
        (lambda: oscillating(12, 1, 0.5), r"`A` must be a number in \[1, 1e\+06\], but is 0.5"),
    ]:
        with pytest.raises(ParameterError, match=match):
            make()


@pytest.mark.parametrize(("beta", "omega", "value"), EXPONENTIAL)
def test_exponential_datum_agrees_with_known_values(beta: float, omega: float, value: float) -> None:
    result = collision(omega, beta=beta, datum=exponential)
    assert result == pytest.approx(8.0 * value, rel=2e-11)


def mpmath_part(part: str, region: str, beta: float, omega: float, density) -> mpmath.mpf:
    """(3.10)-(3.14) by nested tanh-sinh quadrature, K0 = 64 pi^3."""
    w1 = mpmath.mpf(omega)

    def integrand(w3, w4):
        w = {1: w1, 2: max(w3 + w4 - w1, mpmath.mpf(0)), 3: w3, 4: w4}
        powers = (w[2] * w[3] * w[4]) ** beta * mpmath.sqrt(min(w1, w[2], w[3]))
        return powers * mpmath.fprod(density(w[int(j)]) for j in part)

    half, inf = w1 / 2, mpmath.inf
    outer, inner = {
        "21": ([0, half], lambda w3: [w1 - w3, w1]),
        "22": ([half, w1], lambda w3: [w3, w1]),
        "3": ([0, w1], lambda w3: [w1, 4 * w1, inf]),
        "1": ([w1, 4 * w1, inf], lambda w3: [w3, 4 * w3, inf]),
    }[region]
    total = mpmath.quad(lambda w3: mpmath.quad(lambda w4: integrand(w3, w4), inner(w3)), outer)
    return 64 * mpmath.pi**3 * w1 ** (mpmath.mpf(beta) - 0.5) * total


@pytest.mark.slow
@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("part", PARTS)
def test_bracket_k_agrees_with_mpmath(part: str, region: str) -> None:
    beta, omega, M = 0.3, 3.0, 7.5
    with mpmath.workdps(15):
        expected = mpmath_part(part, region, beta, omega, lambda w: (1 + w) ** (-M / 2))
    value = collision(omega, beta=beta, datum=bracket_k(M), part=part, region=region)
    assert value == pytest.approx(float(expected), rel=1e-9)


smooth = st.tuples(
    st.sampled_from([bracket, bracket_k]),
    st.floats(6.01, 30.0),
    st.floats(0.0, 1.0),
    st.floats(-2.0, 8.0).map(lambda exponent: 10.0**exponent),
)


@given(smooth)
@settings(max_examples=50, deadline=None)
def test_operators_are_the_sums_of_their_parts(case: tuple) -> None:
    make, M, beta, omega = case
    datum = make(M)
    parts = {part: collision(omega, beta=beta, datum=datum, part=part) for part in PARTS}
    gain = collision(omega, beta=beta, datum=datum, operator="gain")
    loss = collision(omega, beta=beta, datum=datum, operator="loss")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AccuracyWarning)  # it may change sign just here
        full = collision(omega, beta=beta, datum=datum)
    assert all(value > 0.0 for value in parts.values())
    assert gain == pytest.approx(parts["234"] + parts["134"], rel=1e-12)
    assert loss == pytest.approx(parts["123"] + parts["124"], rel=1e-12)
    assert full == pytest.approx(gain - loss, abs=1e-11 * float(gain))
    for part in PARTS:
        regions = sum(
            collision(omega, beta=beta, datum=datum, part=part, region=region) for region in REGIONS
        )
        assert regions == pytest.approx(parts[part], rel=1e-12)


@given(smooth)
@settings(max_examples=50, deadline=None)
def test_two_independent_methods_agree_on_every_part(case: tuple) -> None:
    # moments at scale one against panels in rectangular coordinates: no code in common but Gauss rules
    make, M, beta, omega = case
    datum = make(M)
    kind = algebraic.BRACKET if make is bracket else algebraic.BRACKET_K
    values, full, _ = algebraic.parts_over_n1(kind, M / 2, beta, omega, algebraic.rules(2, beta, M / 2))
    others, by_region = panelled.parts_over_envelope(omega, beta, datum, 24)
    np.testing.assert_allclose(values, others, rtol=1e-11)
    assert full == pytest.approx(by_region.sum(), abs=1e-11 * values[:, :2].sum())


def test_full_operator_keeps_the_digits_that_subtraction_loses() -> None:
    # C_full of n01 at beta = 1, M = 20, omega = 1e8 is 8e-16 of the gain: gain - loss has no digit left
    omega, beta, datum = 1e8, 1.0, bracket(20)
    entry = next(e for e in entries("n01") if e["quantity"] == "C_full" and e["omega1"] == omega)
    gain = collision(omega, beta=beta, datum=datum, operator="gain")
    loss = collision(omega, beta=beta, datum=datum, operator="loss")
    expected = float(entry["value"])
    assert abs(gain - loss - expected) > 0.1 * abs(expected)
    assert collision(omega, beta=beta, datum=datum) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("M", [6.0001, 6.01])
@pytest.mark.parametrize("omega", [0.05, 1.9, 75.0])
def test_nearly_divergent_tails_do_not_cost_digits(M: float, omega: float) -> None:
    # the tails of 134 and 123 go as 1/(M/2 - 3) at beta = 1, and cancel in the full operator
    levels = [
        algebraic.parts_over_n1(algebraic.BRACKET, M / 2, 1.0, omega, algebraic.rules(level, 1.0, M / 2))[1]
        for level in (1, 2, 3)
    ]
    np.testing.assert_allclose(levels, levels[-1], rtol=1e-9)


def test_normalisations_differ_by_a_rescaling_of_time() -> None:
    paper = collision(2.0, beta=0.3, datum=bracket(8))
    exact = collision(2.0, beta=0.3, datum=bracket(8), normalisation="exact")
    assert paper == pytest.approx(32.0 * math.pi * exact, rel=1e-14)


def test_shape_is_kept_and_zero_frequency_is_a_limit() -> None:
    omega = np.array([[0.0, 1e-9], [1.0, 2.0]])
    values = collision(omega, beta=0.0, datum=bracket(8))
    assert values.shape == (2, 2)
    assert values[0, 0] == pytest.approx(values[0, 1], rel=1e-7)
    assert collision(0.0, beta=0.5, datum=bracket(8)) == 0.0


@njit
def narrow(omega: float) -> float:
    return math.exp(-((omega - 1.0) ** 2) * 1e8) + 1e-3 * math.exp(-omega)


def test_a_datum_that_is_too_narrow_is_warned_about() -> None:
    with pytest.warns(AccuracyWarning, match="more than rtol"):
        collision(1.0, beta=0.25, datum=narrow)


@njit
def second_scale(omega: float) -> float:
    return (1.0 + omega * omega) ** -2.25 + math.exp(-((omega - 1e4) ** 2))


@njit
def faint_second_scale(omega: float) -> float:
    return (1.0 + omega * omega) ** -2.25 + 1e-3 * math.exp(-(((omega - 0.3) / 1e-3) ** 2))


def test_a_second_scale_that_outweighs_the_first_is_refused() -> None:
    # nested Gauss rules with break points about 10^4 have 4.0722e5; both levels meet the bracket alone, .9212
    with pytest.raises(Unresolved, match="structure near omega = 1e\\+04 that is too narrow"):
        collision(2.0, beta=0.4, datum=second_scale, part="124", rtol=1e-6)


def test_a_second_scale_is_counted_in_the_error() -> None:
    with pytest.warns(AccuracyWarning, match="more than rtol = 1e-06") as told:
        value = collision(2.0, beta=0.4, datum=faint_second_scale, part="124", rtol=1e-6)
    error = float(str(told[0].message).split("relative error of ")[1].split(",")[0])
    without = collision(2.0, beta=0.4, datum=bracket(9.0), part="124")
    assert abs(value - without) <= error * without < 1e-3 * without


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_smooth_functions_hide_nothing(beta: float) -> None:
    for function in (exponential, bracket_8):
        assert missed_of(custom(function), beta, PANELLED_LEVELS[-1]).ratio < 1e-14


@njit
def undefined_between(omega: float) -> float:
    return math.nan if 2.0 < omega < 3.0 else math.exp(-omega)


def test_a_value_that_is_no_number_is_warned_about() -> None:
    with pytest.warns(AccuracyWarning, match="more than rtol"):
        assert np.isnan(collision(1.0, beta=0.25, datum=undefined_between))


@njit
def negative(omega: float) -> float:
    return math.exp(-omega) - 0.5


@njit
def divided_by_zero(omega: float) -> float:
    return math.exp(-omega) * omega / omega


@pytest.mark.parametrize(
    ("function", "match"),
    [(negative, "finite and not negative"), (divided_by_zero, r"\(0\) raises ZeroDivision")],
)
def test_functions_that_are_no_datum_are_refused(function, match: str) -> None:
    with pytest.raises(ParameterError, match=match):
        collision(1.0, beta=0.25, datum=function)


@njit
def bracket_8(omega: float) -> float:
    return (1.0 + omega * omega) ** -2.0


def test_a_function_is_as_accurate_as_it_says() -> None:
    for omega in (0.1, 30.0):
        value = collision(omega, beta=0.25, datum=bracket_8)
        assert value == pytest.approx(collision(omega, beta=0.25, datum=bracket(8)), rel=1e-9)
    with pytest.warns(AccuracyWarning):  # n4 - n1 by subtraction has lost the digits that are asked for
        value = collision(1e5, beta=0.25, datum=bracket_8)
    assert value == pytest.approx(collision(1e5, beta=0.25, datum=bracket(8)), rel=1e-4)


@pytest.mark.parametrize("omega", [1e-30, 1e-9, 1e15, 1e30])
@pytest.mark.parametrize(("beta", "M"), [(0.0, 6.5), (1.0, 8.0), (1.0, 100.0)])
def test_extreme_frequencies_give_numbers(omega: float, beta: float, M: float) -> None:
    for operator in ("gain", "loss", "full"):
        assert np.isfinite(collision(omega, beta=beta, datum=bracket(M), operator=operator, rtol=1e-6))


def test_vector_logarithms_and_exponentials_agree_with_the_c_library() -> None:
    # sizes that do not fill a vector, numbers of all magnitudes, and both sides of 1
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(0.5, 2.0, 5003), 10.0 ** rng.uniform(-300.0, 300.0, 5004), [1.0]])
    out = np.empty_like(x)
    elementary.logarithms(x, out, x.size)
    np.testing.assert_allclose(out, np.log(x), rtol=3e-16, atol=0.0)
    power = np.concatenate([rng.uniform(-1.0, 1.0, 5003), rng.uniform(-708.0, 709.0, 5004), [0.0]])
    elementary.exponentials(power, out, x.size)
    np.testing.assert_allclose(out, np.exp(power), rtol=4e-16, atol=0.0)
    elementary.exponentials(np.array([-709.0, -1e4, -np.inf]), out, 3)
    assert np.all(out[:3] == 0.0)


def test_estimates_of_the_algebraic_levels_are_not_exceeded() -> None:
    # the levels that decide where refinement stops, against the finest; half a decade apart in frequency
    for kind, M, beta in itertools.product((0, 1), (6.3, 20.0), (0.0, 1.0)):
        rules = [algebraic.rules(level, beta, M / 2) for level in (0, 1, 3)]
        for omega in 10.0 ** np.arange(-3.0, 8.1, 0.5):
            found = [algebraic.parts_over_n1(kind, M / 2, beta, omega, rule) for rule in rules]
            coarse, fine, exact = (np.array([*values.sum(axis=0), full]) for values, full, _ in found)
            estimate = np.abs(fine - coarse)
            # beside what is estimated: round-off, of the full operator where gain and loss cancel too
            round_off = 2e-12 * np.abs(exact) + [0.0, 0.0, 0.0, 0.0, 1e-14 * exact[:2].sum()]
            assert np.all(np.abs(fine - exact) <= 2.0 * estimate + round_off)


def test_a_measure_of_a_measure_loses_nothing() -> None:
    # weights that integrate y^beta from w to 8w, by the wide panel; then on to 16w
    beta, w, rule = 0.4, 0.003, algebraic.rules(1, 0.4, 4.0)
    nodes, bare = w * rule.far[WIDE]
    nothing = np.zeros((rule.measure.size, 2))
    once = measure.widened(rule.eightfold, nothing, np.column_stack([nodes**beta * bare] * 2))
    more, bare = 8.0 * w * rule.far[DYADIC]
    twice = measure.widened(rule.doubling, once, np.column_stack([more**beta * bare] * 2))
    for k in range(rule.measure.size):
        for weights, end in ((once, 8.0 * w), (twice, 16.0 * w)):
            exact = (end ** (beta + k + 1.0) - w ** (beta + k + 1.0)) / (beta + k + 1.0)
            found = (end * rule.measure) ** k @ weights
            assert found == pytest.approx([exact] * 2, rel=1e-12)


@pytest.mark.parametrize("omega", [1e3, 1e5])
def test_round_off_of_a_function_covers_what_its_subtraction_loses(omega: float) -> None:
    # the same datum as a function and in closed form, where n4 - n1 is not a subtraction
    @njit
    def function(w: float) -> float:
        return (1.0 + w * w) ** -2.0

    closed_form = Evaluator(0.25, bracket(8.0), "full")
    exact = closed_form.level(omega, 3)[0] * math.exp(closed_form.log_density(omega))
    value, round_off = Evaluator(0.25, custom(function), "full").level(omega, 3)
    assert 1e-13 * abs(exact) < abs(value - exact) < round_off < abs(exact)
