"""Second order of the Schrödinger equation, against its formula, convolutions, and the kinetic equation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from wellposed.errors import ParameterError
from wellposed.kinetics.schrodinger import second_order
from wellposed.kinetics.schrodinger.experiments.second_order import EXPERIMENT, lattice_vectors
from wellposed.kinetics.schrodinger.second_order.convolution import convolution_sum
from wellposed.kinetics.schrodinger.second_order.direct import FULL, GAIN, pair_sums
from wellposed.kinetics.schrodinger.second_order.kinetic import collision
from wellposed.kinetics.wave import bracket_k
from wellposed.kinetics.wave import collision as wave_collision

WAVES = [(2, 0, 0), (1, 1, 1), (0, 0, 0), (5, 1, -2), (9, 0, 0)]


def square(k: tuple[int, ...]) -> int:
    return sum(c * c for c in k)


def term_by_term(
    k: tuple[int, ...], r2: int, half: float, unit: float, beta: float, M: float, kind: int
) -> float:
    """The sum over all k1, k2, k3 of which two are in the ball, each written down once, from its formula."""
    r = math.isqrt(r2)
    ball = [v for v in itertools.product(range(-r, r + 1), repeat=3) if square(v) <= r2]
    triples = set()
    for a, b in itertools.product(ball, repeat=2):
        other = tuple(x + y - z for x, y, z in zip(k, a, b, strict=True))
        triples |= {(other, a, b), (b, a, other)}
        triples.add((a, tuple(x + y - z for x, y, z in zip(a, b, k, strict=True)), b))

    def n(m: int) -> float:
        return (1.0 + unit * m) ** (-0.5 * M)

    total, mk = 0.0, square(k)
    for k1, k2, k3 in triples:
        if k in (k1, k3):
            continue
        m1, m2, m3 = square(k1), square(k2), square(k3)
        bracket = n(m1) * n(m3) * (n(mk) + n(m2))
        if kind == FULL:
            bracket -= n(mk) * n(m2) * (n(m1) + n(m3))
        x = half * (mk + m2 - m1 - m3)
        total += (unit**3 * m1 * m2 * m3) ** beta * (math.sin(x) / x if x else 1.0) ** 2 * bracket / n(mk)
    return total


@pytest.mark.parametrize("kind", [FULL, GAIN])
@pytest.mark.parametrize("k", WAVES)
def test_direct_sums_are_the_formula_term_by_term(k: tuple[int, ...], kind: int) -> None:
    found = np.empty(1)
    for beta in (0.0, 0.3):
        pair_sums(np.array([k]), 5, 0.11, 0.4, beta, 8.0, kind, found)
        assert found[0] == pytest.approx(term_by_term(k, 5, 0.11, 0.4, beta, 8.0, kind), rel=1e-11, abs=0)


@pytest.mark.parametrize("kind", [FULL, GAIN])
@pytest.mark.parametrize("k", [(2, 0, 0), (0, 0, 0), (4, 3, -1)])
def test_both_ways_agree(k: tuple[int, ...], kind: int) -> None:
    """Sums over pairs, and convolutions at times of a quadrature, which know nothing of resonances."""
    found = np.empty(1)
    for beta in (0.0, 0.6):
        pair_sums(np.array([k]), 11, 0.05, 0.4, beta, 8.0, kind, found)
        convolved = convolution_sum(np.array(k), 11, 0.05, 0.4, beta, 8.0, kind)
        assert found[0] == pytest.approx(convolved, rel=1e-8, abs=0)


def test_public_function_takes_both_ways() -> None:
    one, other = (
        second_order([3, 1, 0], 0.7, L=9.0, beta=0.4, M=9.0, radius=3.0, method=method)
        for method in ("direct", "convolution")
    )
    for name in ("rate", "ratio"):
        np.testing.assert_allclose(one[name], other[name], rtol=1e-8)
    assert one.attrs["normalisation"] == "exact"


@pytest.mark.parametrize("w", [0.01, 1.0, 40.0, 1e4])
@pytest.mark.parametrize("M", [6.5, 8.0, 12.0])
@pytest.mark.parametrize("operator", ["full", "gain"])
def test_kinetic_value_is_that_of_the_wave_equation(w: float, M: float, operator: str) -> None:
    """`wave.collision`, another quadrature, which is tested against values of 25 digits."""
    for beta in (0.0, 0.25, 1.0):
        value, error = collision(w, beta, M, GAIN if operator == "gain" else FULL)
        expected = wave_collision(
            w, beta=beta, datum=bracket_k(M), operator=operator, normalisation="exact", rtol=1e-11
        )
        expected = float(expected) * (1.0 + w) ** (0.5 * M)
        assert abs(value - expected) <= error + 1e-10 * abs(expected)
        assert error < 1e-6 * abs(value)


@pytest.mark.parametrize(("operator", "M", "t"), [("gain", 8.0, 30.0), ("full", 12.0, 60.0)])
def test_error_covers_what_a_larger_radius_gives(operator: str, M: float, t: float) -> None:
    waves = [[6, 0, 0], [12, 0, 0], [100, 0, 0]]
    small, large = (
        second_order(waves, t, L=30.0, beta=0.25, M=M, operator=operator, radius=r) for r in (10, 18)
    )
    assert np.all(np.abs(small.ratio - large.ratio) < small.ratio_error + large.ratio_error)
    assert np.all(large.ratio_error < small.ratio_error)


@pytest.mark.parametrize("waves", [[6, 0, 0], [12, 0, 0], [100, 0, 0]])
def test_error_covers_a_larger_radius_where_the_ball_barely_contains_the_datum(waves: list[int]) -> None:
    """It was 3.9 times too small at (100, 0, 0), where two sums agreed by chance."""
    small, large = (
        second_order(waves, 60.0, L=60.0, beta=0.25, M=12.0, operator="gain", radius=r) for r in (16.0, 24.0)
    )
    assert abs(float(small.ratio[0] - large.ratio[0])) < float(small.ratio_error[0] + large.ratio_error[0])


def test_error_is_infinite_where_the_ball_does_not_contain_the_datum() -> None:
    """0.546 ± 0.106 was said at radius 20, where radius 28 gives 0.952."""
    assert math.isinf(
        second_order([32, 0, 0], 60.0, L=200.0, beta=0.25, M=12.0, operator="gain").rate_error[0]
    )


def test_ratio_tends_to_one_as_the_side_and_then_the_time_grow() -> None:
    """At |k| near one: a tenth off at t = 10, less than 5 % at t = 30; the lattice shows if t grows alone."""
    ratios = {
        (L, t): second_order([round(L / (2.0 * math.pi)), 0, 0], t, L=L, beta=0.25, M=8.0, operator="gain")
        for L, t in ((24.0, 10.0), (36.0, 30.0), (24.0, 100.0))
    }
    assert 0.05 < 1.0 - float(ratios[24.0, 10.0].ratio[0]) < 0.12
    assert abs(float(ratios[36.0, 30.0].ratio[0]) - 1.0) < 0.03
    assert float(ratios[24.0, 100.0].ratio[0]) > 2.0


@pytest.mark.slow
def test_ratio_is_one_to_a_hundredth_in_a_window() -> None:
    """|k| from 1 to 4, L = 60, t = 60; the collision operator is another computation."""
    waves = [[10, 0, 0], [14, 0, 0], [15, 9, 6], [29, 18, 12]]
    found = second_order(waves, 60.0, L=60.0, beta=0.25, M=8.0, operator="gain", radius=48.0)
    assert np.all(np.abs(found.ratio - 1.0) + found.ratio_error < 0.01)


def test_error_is_no_more_than_a_few_times_what_a_larger_radius_changes() -> None:
    """It was ten and more times that, whatever the changes from smaller balls said."""
    waves = [[4, 0, 0], [5, 3, 2]]
    small, large = (
        second_order(waves, 15.0, L=24.0, beta=0.25, M=8.0, operator="gain", radius=r) for r in (12.0, 20.0)
    )
    change = np.abs(small.ratio - large.ratio)
    assert np.all(change < small.ratio_error + large.ratio_error)
    assert np.all(small.ratio_error < 8.0 * change)


@pytest.mark.parametrize(
    ("beta", "operator", "expected"),
    [(0.0, "gain", 0.0), (0.4, "gain", 1.6), (0.25, "full", -1.0), (0.75, "full", 1.0)],
)
def test_growth_along_a_lattice_direction_is_that_of_the_plane_of_resonances(
    beta: float, operator: str, expected: float
) -> None:
    """By hand: k1 = k + y with y at right angles to k has Omega = O(1), n1 - n_k = O(n_k/k^2)."""
    point = EXPERIMENT.point({"beta": beta, "operator": operator, "L": 20.0, "t": 10.0, "k": 1.0})
    found = EXPERIMENT.evaluate(**point)
    assert abs(found["growth_exponent"] - expected) < found["growth_exponent_error"] < 0.1


def test_rate_leaves_the_kinetic_law_in_proportion_to_the_side() -> None:
    """|k| 2 pi/L t = const: doubling L doubles the wave number, to half of an octave each."""
    found = [
        EXPERIMENT.evaluate(**EXPERIMENT.point({"L": L, "t": 10.0, "operator": "gain", "M": 10.0, "k": 1.0}))
        for L in (15.0, 30.0)
    ]
    assert found[1]["leaves_at"] / found[0]["leaves_at"] == pytest.approx(2.0, abs=1.0)


def test_lattice_vectors_are_near_the_asked_length() -> None:
    np.testing.assert_array_equal(lattice_vectors([3.2], "axis"), [[3, 0, 0]])
    np.testing.assert_array_equal(lattice_vectors([10.0], "diagonal"), [[6, 6, 6]])
    assert np.linalg.norm(lattice_vectors([1000.0], "irrational")) == pytest.approx(1000.0, abs=1.0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"k": [1.0, 0.0, 0.0]}, "`k` must be .*, but it has the type float64"),
        ({"k": [1, 0]}, r"`k` must be .*, but it has the shape \(2,\)"),
        ({"k": np.empty((0, 3), int)}, r"`k` must be .*, but it has the shape \(0, 3\)"),
        ({"k": [[1, 0, 0], [1]]}, "`k` must be .*, but its rows differ in length"),
        ({"k": [2**21, 0, 0]}, "`k` must be .*, but it has larger ones"),
        ({"t": 0.0}, "`t` must be a number in"),
        ({"L": math.inf}, "`L` must be a number in"),
        ({"M": 6.0}, "`M` must be a number in"),
        ({"k": [10**6, 0, 0], "M": 60.0}, r"`M` must be at most 25\.87 here, where .* is 1e-150"),
        ({"k": [0, 0, 0], "L": 0.1, "M": 60.0}, r"`M` must be at most 50\.05 here, where .* is 1e-90"),
        ({"operator": "loss"}, "`operator` must be one of full, gain, but is loss"),
        ({"radius": 100.0}, "`radius` must be"),
        ({"method": "guess"}, "`method` must be one of"),
        ({"method": "convolution"}, "`method` must be direct for radii and components beyond 16"),
    ],
)
def test_arguments_that_are_not_allowed_are_named(given: dict[str, object], said: str) -> None:
    asked = {"k": [1, 0, 0], "t": 1.0, "L": 10.0, "beta": 0.5, "M": 8.0, **given}
    with pytest.raises(ParameterError, match=said):
        second_order(asked.pop("k"), asked.pop("t"), **asked)


def test_wave_number_below_the_lattice_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"`k` must be at least pi/L = 0\.131"):
        EXPERIMENT.point({"k": 0.1, "L": 24.0})


def test_decay_too_fast_for_the_profile_is_refused() -> None:
    """It ended in a division by zero."""
    with pytest.raises(ParameterError, match=r"`M` must be at most \d+\.\d+ here, where the variance"):
        EXPERIMENT.point({"M": 100.0, "L": 24.0})
