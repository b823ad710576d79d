"""Four waves with any dispersion relation in one to three dimensions."""

from __future__ import annotations

import importlib.util
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
from numba import njit
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import qmc

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.wave import dispersion_experiment
from wellposed.kinetics.wave.dispersive.angles import angular_integral
from wellposed.kinetics.wave.dispersive.plane import collision_over_datum
from wellposed.kinetics.wave.dispersive.quartets import BRACKET, BRACKET_K, FULL, GAIN, GAUSSIAN, LOSS
from wellposed.kinetics.wave.dispersive.relation import power, tabulated
from wellposed.kinetics.wave.experiments import growth
from wellposed.kinetics.wave.experiments.dispersion import EXPERIMENT
from wellposed.kinetics.wave.parameters import NORMALISATIONS

Array = NDArray[np.float64]


def dispersion(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def over_datum(w: float, alpha: float, d: int, beta: float, operator: int, M: float = 8.0) -> float:
    return collision_over_datum(w, power(alpha), alpha < 1.0, d, beta, BRACKET, M, operator, 1e-9)[0]


def by_triangles(d: int, a: Any, b: Any, c: Any, e: Any) -> float:
    """The angular integral as one over |k1 + k2| of the densities of two pairs of directions."""

    def density(K: Any, p: Any, q: Any) -> Any:
        if d == 3:
            return 2 * mpmath.pi / (p * q * K)
        # the inverse of a triangle's area; its square is zero at both ends of the interval
        half = (K + p + q) / 2
        return 1 / mpmath.sqrt(abs(half * (half - K) * (half - p) * (half - q)))

    low, high = max(a - e, abs(b - c)), min(a + e, b + c)
    if low >= high:
        return 0.0
    ends = [low, (low + high) / 2, high]
    return float(mpmath.quad(lambda K: density(K, a, e) * density(K, b, c) * K ** (d - 1), ends))


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("alpha", [0.5, 0.7, 1.2, 2.0, 3.0])
@pytest.mark.parametrize(("v", "s", "f"), [(0.3, 0.4, 1.0), (0.01, 0.3, 2.0), (0.5, 0.02, 0.6)])
def test_angular_integral_is_that_over_two_triangles(
    d: int, alpha: float, v: float, s: float, f: float
) -> None:
    with mpmath.workdps(30):
        v, s, f = (mpmath.mpf(w) for w in (v, s, f))
        a, b, c, e = (w ** (1 / mpmath.mpf(alpha)) for w in (f + s, f, v + s, v))
        expected = by_triangles(d, a, b, c, e)
    found = angular_integral(d, float(b), float(e), float(a - b), float(c - e))
    assert found == pytest.approx(expected, rel=1e-9, abs=0.0)


@pytest.mark.parametrize(
    ("operator", "M", "beta"), [("gain", 8.0, 0.25), ("loss", 6.5, 0.8), ("full", 12.0, 0.5)]
)
def test_two_in_three_dimensions_is_the_published_equation(operator: str, M: float, beta: float) -> None:
    # wave.growth has the published constant K0; here stands the one that follows from (1.3)
    ours = dispersion(alpha=2.0, d=3, operator=operator, M=M, beta=beta)
    theirs = growth.growth(beta, M, 1, 1.0, operator, "bracket")
    scale = NORMALISATIONS["paper"] / NORMALISATIONS["exact"]
    n = ours["profile"].size
    close = 1e-9 if operator != "full" else 1e-8
    np.testing.assert_allclose(scale * ours["profile"], theirs["profile"][:n], rtol=close, atol=0.0)
    apart = abs(scale * ours["profile"] - theirs["profile"][:n])
    assert np.all(apart <= scale * ours["profile_error"] + theirs["profile_error"][:n])
    difference = abs(ours["growth_exponent"] - theirs["growth_exponent"])
    assert difference < 1e-9
    assert difference <= ours["growth_exponent_error"] + theirs["growth_exponent_error"]


@pytest.mark.parametrize("alpha", [1.5, 2.0, 3.0])
def test_gain_is_that_of_the_example_in_the_documentation(alpha: float) -> None:
    path = Path(__file__).parents[3] / "docs/examples/four_wave.py"
    spec = importlib.util.spec_from_file_location("four_wave", path)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    theirs = example.growth(alpha, 0.3, 8.0)
    ours = dispersion(alpha=alpha, beta=0.3)
    assert ours["growth_exponent"] == pytest.approx(1.0 * (4 * 0.3 + 1) / alpha - 1.0, abs=1e-8)
    assert abs(ours["growth_exponent"] - theirs["growth"]) <= theirs["growth_error"] + 1e-9
    if alpha == 2.0:  # elsewhere its datum is another
        expected = example.gain(50.0, 2.0, 0.3, 8.0, 16, 1e13) * NORMALISATIONS["exact"]
        assert over_datum(50.0, 2.0, 3, 0.3, GAIN) == pytest.approx(expected, rel=1e-8, abs=0.0)


def by_wave_vectors(
    alpha: float, d: int, beta: float, k1: float, M: float, count: int
) -> tuple[Array, Array]:
    """Gain and loss over n1 from (1.3) itself: quasi-random k2 and directions, and all lengths that resonate.

    With k3 and k4 = (k1 + k2)/2 +- rho e, every zero of omega1 + omega2 - omega3 - omega4 in rho counts with
    the inverse of its derivative.  Nothing is known here of angular integrals or regions.
    """
    u = qmc.Sobol(2 * d - 1, seed=5).random(count)
    r = u[:, 0] / (1.0 - u[:, 0])
    area = 2.0 * math.pi if d == 2 else 4.0 * math.pi
    weight = r ** (d - 1) / (1.0 - u[:, 0]) ** 2 * area**2

    def direction(*of: Array) -> Array:
        if d == 2:
            return np.stack([np.cos(2 * np.pi * of[0]), np.sin(2 * np.pi * of[0])], axis=1)
        z, t = 2.0 * of[0] - 1.0, 2.0 * np.pi * of[1]
        return np.stack([z, np.sqrt(1 - z * z) * np.cos(t), np.sqrt(1 - z * z) * np.sin(t)], axis=1)

    ray = direction(*u[:, d:].T)
    half = 0.5 * r[:, None] * direction(*u[:, 1:d].T)
    half[:, 0] += 0.5 * k1
    total = k1**alpha + r**alpha

    def n(k: Array | float) -> Array:
        return np.asarray((1.0 + np.asarray(k) ** (2 * alpha)) ** (-M / (2 * alpha)))

    gain, loss = np.zeros(count), np.zeros(count)
    grid = np.concatenate([[0.0], np.geomspace(1e-4, 1.0, 800)])
    top = 2.0 * (k1 + r)

    def mismatch(rho: Array, at: Array) -> Array:
        ends = (half[at] + sign * rho[:, None] * ray[at] for sign in (1.0, -1.0))
        return np.asarray(sum(np.linalg.norm(end, axis=1) ** alpha for end in ends) - total[at])

    everywhere = np.arange(count)
    before = mismatch(0.0 * r, everywhere)
    for i in range(1, grid.size):
        now = mismatch(grid[i] * top, everywhere)
        at = np.flatnonzero(before * now < 0.0)
        low, high = grid[i - 1] * top[at], grid[i] * top[at]
        for _ in range(30):
            middle = 0.5 * (low + high)
            same = mismatch(middle, at) * before[at] > 0.0
            low, high = np.where(same, middle, low), np.where(same, high, middle)
        rho = 0.5 * (low + high)
        third, fourth = half[at] + rho[:, None] * ray[at], half[at] - rho[:, None] * ray[at]
        k3, k4 = np.linalg.norm(third, axis=1), np.linalg.norm(fourth, axis=1)
        speed3 = alpha * k3 ** (alpha - 2) * np.sum(third * ray[at], axis=1)
        speed4 = alpha * k4 ** (alpha - 2) * np.sum(fourth * ray[at], axis=1)
        measure = weight[at] * (k1 * r[at] * k3 * k4) ** (2 * beta) * rho ** (d - 1) / abs(speed3 - speed4)
        n1, n2, n3, n4 = n(k1), n(r[at]), n(k3), n(k4)
        gain[at] += measure * (n2 / n1 + 1.0) * n3 * n4
        loss[at] += measure * n2 * (n3 + n4)
        before = now
    return gain, loss


@pytest.mark.parametrize(("alpha", "d"), [(1.5, 2), (3.0, 2), (0.75, 2), (1.0, 3), (1.5, 3), (0.75, 3)])
def test_gain_and_loss_are_integrals_over_wave_vectors(alpha: float, d: int) -> None:
    k1, beta = 1.3, 0.1
    sampled = by_wave_vectors(alpha, d, beta, k1, 8.0, 2**12)
    for one, operator in zip(sampled, (GAIN, LOSS), strict=True):
        expected = over_datum(k1**alpha, alpha, d, beta, operator)
        assert abs(np.mean(one) - expected) < 2.5 * np.std(one) / math.sqrt(one.size)
        assert np.mean(one) == pytest.approx(expected, rel=0.08)


@pytest.mark.parametrize("alpha", [0.5, 0.75])
def test_the_line_has_the_quartets_with_one_wave_of_the_other_direction(alpha: float) -> None:
    # all k2 of both signs, and every k3 that is not trivial, found by a scan
    k1, beta, M = 1.3, 0.1, 8.0

    def omega(k: float) -> float:
        return abs(k) ** alpha

    def n(k: float) -> float:
        return float((1.0 + abs(k) ** (2 * alpha)) ** (-M / (2 * alpha)))

    def integrand(t: float, sign: float) -> float:
        k2 = sign * math.exp(t)
        total, mean, found = omega(k1) + omega(k2), 0.5 * (k1 + k2), 0.0

        def mismatch(rho: float) -> float:
            return omega(mean + rho) + omega(mean - rho) - total

        trivial = 0.5 * abs(k1 - k2)
        # between rho = 0, where the fourth wave is the third, the trivial quartet, a cusp and infinity
        cusp = abs(mean)
        ends = sorted({0.0, cusp, trivial, 0.5 * (cusp + trivial), 10.0 * (cusp + trivial)})
        for low, high in pairwise(ends):
            low, high = low + 1e-9 * (high - low), high - 1e-9 * (high - low)
            if mismatch(low) * mismatch(high) >= 0.0:
                continue
            rho = brentq(mismatch, low, high, xtol=1e-15, rtol=1e-14)
            k3, k4 = mean + rho, mean - rho
            slope = abs(
                alpha
                * (math.copysign(abs(k3) ** (alpha - 1), k3) - math.copysign(abs(k4) ** (alpha - 1), k4))
            )
            # rho and -rho are two quartets
            found += (
                2.0 * abs(k1 * k2 * k3 * k4) ** (2 * beta) / slope * (n(k2) / n(k1) + 1.0) * n(k3) * n(k4)
            )
        return found * abs(k2)

    total = sum(
        quad(integrand, low, high, args=(sign,), limit=400, epsrel=1e-4, epsabs=1e-5)[0]
        for sign in (1.0, -1.0)
        for low, high in ((-16.0, 0.0), (0.0, math.log(k1)), (math.log(k1), 3.0), (3.0, 12.0))
    )
    assert over_datum(k1**alpha, alpha, 1, beta, GAIN) == pytest.approx(total, rel=1e-3, abs=0.0)


@pytest.mark.parametrize(("alpha", "d"), [(2.0, 3), (1.5, 2), (1.0, 3), (0.75, 3), (0.6, 2), (0.5, 1)])
def test_full_operator_is_gain_without_loss(alpha: float, d: int) -> None:
    w = 3.0**alpha
    gain, loss, full = (over_datum(w, alpha, d, 0.2, operator) for operator in (GAIN, LOSS, FULL))
    assert full == pytest.approx(gain - loss, rel=1e-7, abs=0.0)


@pytest.mark.parametrize(
    ("alpha", "d"), [(4.0, 3), (1.2, 3), (1.0, 3), (0.5, 3), (2.5, 2), (0.75, 2), (0.5, 1), (0.75, 1)]
)
@pytest.mark.parametrize("operator", ["gain", "full"])
def test_exponents_are_those_of_power_counting(alpha: float, d: int, operator: str) -> None:
    # by hand: one fast wave, its image and two slow ones; see the head of the experiment
    beta, M = 0.3, 14.0
    rate = (4.0 * beta + min(1.0 - alpha, 0.0)) / alpha
    expected = rate if operator == "gain" else rate - 2.0 * max(1.0, 1.0 / alpha)
    found = dispersion(alpha=alpha, d=d, beta=beta, M=M, operator=operator)
    assert abs(found["growth_exponent"] - expected) <= found["growth_exponent_error"] < 1e-3


def test_a_weight_in_another_space_is_a_datum_that_decays_faster() -> None:
    # <k>^(-M - d/r): exponents of the full operator of a slowly decaying datum, 3 beta + (1 - M - 3/r)/2
    for inverse_r in (0.0, 0.1):
        found = dispersion(M=6.25, beta=1.0, operator="full", inverse_r=inverse_r)
        expected = 3.0 + 0.5 * (1.0 - 6.25 - 3.0 * inverse_r)
        assert abs(found["growth_exponent"] - expected) <= found["growth_exponent_error"] < 1e-2


@pytest.mark.parametrize(("alpha", "d"), [(0.5, 1), (2.0, 3)])
def test_wave_action_and_energy_are_conserved(alpha: float, d: int) -> None:
    # n = k^2 exp(-k^2); a published check with 512 nodes loses 2.6e-3 and 3.4e-3 of them
    t = np.arange(-14.0 if d == 1 else -7.0, 2.3, 0.2)
    k, w = np.exp(t), np.exp(alpha * t)
    rates = np.zeros((2, t.size))
    for j in range(t.size):
        for i, operator in enumerate((FULL, GAIN)):
            found = collision_over_datum(
                float(w[j]), power(alpha), alpha < 1.0, d, 0.0, GAUSSIAN, 0.0, operator, 1e-8
            )
            rates[i, j] = found[0] * k[j] ** (d + 2) * math.exp(-(k[j] ** 2))
    for invariant in (np.ones_like(w), w):
        change, gross = rates @ invariant
        assert abs(change) < 1e-6 * gross


def test_steep_kernels_and_steep_data_neither_overflow_nor_miss_where_the_datum_is() -> None:
    # the sums on the line reach so far that powers of wave numbers overflow; a steep datum ends far below one
    for given, expected in (
        ({"alpha": 0.75, "d": 1, "beta": 0.95, "M": 10.0}, 4 * 0.95 / 0.75),
        ({"alpha": 0.5, "d": 1, "beta": 0.5, "M": 100.0}, 4.0),
        ({"alpha": 2.0, "d": 3, "beta": 0.5, "M": 100.0}, 0.5),
    ):
        found = dispersion(**given)
        assert abs(found["growth_exponent"] - expected) <= found["growth_exponent_error"] < 1e-3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"alpha": 2.0, "d": 1}, "`alpha` must be below 1, but is 2, at which all quartets are trivial"),
        ({"alpha": 1.0, "d": 1}, "at which all waves of one direction are resonant"),
        ({"alpha": 1.0, "d": 2}, "`alpha` must not be 1, at which the integral over angles is infinite"),
    ],
)
def test_where_there_is_no_equation_the_point_is_refused(given: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        EXPERIMENT.point(given)


def test_a_divergent_integral_is_unresolved_and_says_what_it_needs() -> None:
    with pytest.raises(Unresolved, match=r"need beta > -0\.375"):
        dispersion(alpha=0.5, d=1, beta=-0.4)
    with pytest.raises(Unresolved, match=r"faster than k\^-7, but it decays as k\^-6.5"):
        dispersion(alpha=0.5, d=3, beta=1.0, M=6.5)


def test_a_dispersion_relation_of_ones_own_is_that_power_where_it_is_one() -> None:
    for alpha, d in ((2.0, 3), (0.5, 2)):
        omega = njit(lambda k: k**2.0) if alpha == 2.0 else njit(lambda k: k**0.5)
        relation, is_concave = tabulated(omega)
        assert is_concave == (alpha < 1.0)
        for operator, close in ((GAIN, 1e-10), (FULL, 1e-8)):
            w = 40.0**alpha
            own = collision_over_datum(w, relation, is_concave, d, 0.3, BRACKET_K, 9.0, operator, 1e-9)[0]
            ours = collision_over_datum(w, power(alpha), is_concave, d, 0.3, BRACKET_K, 9.0, operator, 1e-9)[
                0
            ]
            assert own == pytest.approx(ours, rel=close, abs=0.0)


def test_a_dispersion_relation_of_ones_own_goes_through_the_experiment() -> None:
    @njit
    def bogoliubov(k: float) -> float:
        return k * math.sqrt(1.0 + k * k)

    experiment = dispersion_experiment("mine.dispersion", bogoliubov)
    found = experiment.evaluate(**experiment.point({"d": 3, "beta": 0.35, "M": 8.0, "operator": "gain"}))
    # short waves are free particles, so the exponent is that of alpha = 2, 2 beta - 1/2
    assert abs(found["growth_exponent"] - 0.2) <= found["growth_exponent_error"] < 1e-2
    with pytest.raises(ParameterError, match="d = 1, the group velocity of `omega` must fall"):
        experiment.point({"d": 1})


@pytest.mark.parametrize(
    ("omega", "message"),
    [
        (njit(lambda k: 1.0 / k), "must increase strictly"),
        (njit(lambda k: -k), "must be finite and positive"),
        (
            njit(lambda k: math.sqrt(k + k**3)),
            "must have a group velocity that either nowhere falls or nowhere",
        ),
        (njit(lambda k: k + abs(k - 1.0)), "must increase strictly|must be smooth"),
        (2.0, "compiled by numba.njit"),
    ],
)
def test_what_is_no_dispersion_relation_is_refused(omega: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        tabulated(omega)


def test_a_function_without_dispersion_is_refused_in_the_plane() -> None:
    """It once gave a number that round-off had set."""
    mine = dispersion_experiment("mine.dispersion", _of_sound)
    assert mine.check is not None
    mine.check(mine.point({"d": 3}))
    with pytest.raises(ParameterError, match="must not be the same at all wave numbers"):
        mine.check(mine.point({"d": 2}))


@njit
def _of_sound(k: float) -> float:
    return 2.0 * k
