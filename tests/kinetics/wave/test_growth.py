"""The growth exponent of the weighted collision term."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from wellposed.kinetics.wave.collision import collision
from wellposed.kinetics.wave.data import bracket
from wellposed.kinetics.wave.experiments.growth import EXPERIMENT
from wellposed.kinetics.wave.parameters import DOUBLING_FREQUENCIES as OMEGA


def growth(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize("M", [6.1, 7.0, 8.0, 10.0, 20.0])
@pytest.mark.parametrize("beta", [0.0, 0.25, 0.6, 1.0])
@pytest.mark.parametrize("datum", ["bracket", "bracket_k"])
def test_gain_grows_as_two_beta_minus_one_half(M: float, beta: float, datum: str) -> None:
    # [AL24, (4.7)], a two-sided estimate; (4.7)'s upper half is for <omega>^(-M/2)
    found = growth(M=M, beta=beta, operator="gain", datum=datum)
    assert abs(found["growth_exponent"] - (2.0 * beta - 0.5)) <= found["growth_exponent_error"] < 1e-9


@pytest.mark.parametrize(("M", "beta"), [(8.5, 0.25), (10.0, 0.25), (12.0, 0.75), (20.0, 1.0)])
def test_full_operator_of_smooth_datum_cancels_to_two_orders(M: float, beta: float) -> None:
    # Both orders of n4 - n1 cancel between the mirror regions, so the exponent is 2 beta - 5/2, not the
    # 2 beta - 3/2 of (5.7) that Remark 1.5 rests on.  A piecewise linear datum would show the latter.
    found = growth(M=M, beta=beta, operator="full")
    assert abs(found["growth_exponent"] - (2.0 * beta - 2.5)) <= found["growth_exponent_error"] < 1e-6


@pytest.mark.parametrize("beta", [0.4, 0.7, 0.8])
def test_a_piecewise_linear_datum_confirms_three_quarters_and_the_exact_one_does_not(beta: float) -> None:
    # A solver that interpolates its datum linearly between frequencies in a fixed ratio sees a kink of n at
    # omega_1, where regions 21 and 3 should mirror each other.  Only one order cancels, so it grows as
    # omega^(2 beta - 3/2) and changes sign at Remark 1.5's 3/4, at any resolution.
    M, omega = 12.0, 2.0 ** np.arange(7, 13)
    knots = np.concatenate([[0.0], 2.0 ** (np.arange(-80, 240) / 8)])  # omega_1 is one of them
    values = (1.0 + knots**2) ** (-0.25 * M)

    @njit
    def piecewise_linear(w: float) -> float:
        if w >= knots[-1]:
            return (1.0 + w * w) ** (-0.25 * M)
        i = np.searchsorted(knots, w, side="right") - 1
        t = (w - knots[i]) / (knots[i + 1] - knots[i])
        return values[i] * (1.0 - t) + values[i + 1] * t

    naive = collision(omega, beta=beta, datum=piecewise_linear, rtol=1e-3)
    exact = collision(omega, beta=beta, datum=bracket(M))
    weight = (1.0 + omega**2) ** (0.25 * M)
    wrong, right = (np.diff(np.log2(np.abs(weight * found)))[-1] for found in (naive, exact))
    assert wrong == pytest.approx(2.0 * beta - 1.5, abs=0.01)
    assert right == pytest.approx(2.0 * beta - 2.5, abs=0.01)
    assert (wrong > 0.0) == (beta > 0.75)
    assert np.all(np.abs(naive) > 10.0 * np.abs(exact))


@pytest.mark.parametrize(("M", "beta"), [(6.1, 0.75), (6.5, 1.0), (7.0, 1.0)])
def test_full_operator_of_slowly_decaying_datum_is_ruled_by_high_frequencies(M: float, beta: float) -> None:
    # where M < 2 beta + 6, frequencies of order omega_1 contribute omega^(3 beta + 1/2 - M/2)
    found = growth(M=M, beta=beta, operator="full")
    assert abs(found["growth_exponent"] - (3.0 * beta + 0.5 - M / 2)) <= found["growth_exponent_error"] < 1e-4


@pytest.mark.parametrize(("M", "beta"), [(7.0, 0.5), (8.0, 1.0), (6.5, 0.25)])
def test_error_covers_the_logarithm_where_two_exponents_meet(M: float, beta: float) -> None:
    found = growth(M=M, beta=beta, operator="full")
    assert abs(found["growth_exponent"] - (2.0 * beta - 2.5)) <= found["growth_exponent_error"]
    assert found["growth_exponent_error"] > 1e-3


@pytest.mark.parametrize(("M", "N", "A"), [(12.0, 20, 100.0), (12.0, 1, 1.0), (8.0, 5, 2.0)])
@pytest.mark.parametrize("beta", [0.1, 0.25, 0.6])
def test_oscillating_datum_grows_as_two_beta_minus_one_half(M: float, N: int, A: float, beta: float) -> None:
    # [AL24, (5.21)], and the sheet's leading term -K0 cos(N omega) D(A, N) omega^(2 beta - 1/2)
    found = growth(M=M, N=N, A=A, beta=beta, operator="full", datum="oscillating")
    assert abs(found["growth_exponent"] - (2.0 * beta - 0.5)) <= found["growth_exponent_error"] < 1e-3


def test_profile_is_the_weighted_collision_term() -> None:
    found = growth(beta=0.4, M=9.0, operator="gain")
    expected = (1.0 + OMEGA**2) ** 2.25 * collision(OMEGA, beta=0.4, datum=bracket(9), operator="gain")
    np.testing.assert_allclose(found["profile"], expected, rtol=1e-11)
    assert np.all(found["profile_error"] < 1e-10 * found["profile"])


def test_frequencies_are_resonant_for_every_integer() -> None:
    for N in (1, 7, 20):
        np.testing.assert_allclose(np.cos(N * OMEGA[:15]), 1.0, rtol=1e-9)


@pytest.mark.parametrize("M", [6.2, 12.0])
@pytest.mark.parametrize("A", [1e4, 1e6])
def test_a_large_mean_hides_the_oscillation_and_the_error_says_so(M: float, A: float) -> None:
    found = growth(M=M, N=20, A=A, beta=0.5, operator="full", datum="oscillating")
    assert not abs(found["growth_exponent"] - 0.5) > found["growth_exponent_error"]


def test_steep_data_neither_overflow_nor_underflow() -> None:
    for datum in ("bracket", "bracket_k"):
        found = growth(M=100.0, beta=0.5, operator="gain", datum=datum)
        assert abs(found["growth_exponent"] - 0.5) <= found["growth_exponent_error"] < 1e-3
