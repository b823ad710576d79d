"""Rates of Laguerre coefficients: against the strong form, closed forms and conservation laws."""

from __future__ import annotations

import math

import mpmath as mp
import numpy as np
import pytest
from scipy.special import eval_genlaguerre

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, collision, gaussian, linearised
from wellposed.kinetics.lenard_balescu.collision_operator.weak_form import RadialRates, _basis_responses
from wellposed.kinetics.lenard_balescu.distributions.data import bump, mixture
from wellposed.kinetics.lenard_balescu.distributions.laguerre import (
    laguerre,
    laguerre_difference,
    laguerre_norms,
)
from wellposed.kinetics.lenard_balescu.interaction.normalisation import time_unit
from wellposed.kinetics.quadrature import sphere_area


def test_responses_of_the_basis_are_derivatives_of_the_maxwellians() -> None:
    """phi L_n^(-1/2)(u^2/2) is (-1)^n/(2^n n!) times the 2n-th derivative of phi."""
    n = 30
    w = np.array([-9.0, -5.5, -2.0, -0.3, 0.0, 1.0, 4.7, 8.1])
    a = np.array([3.0, 1e-6, 0.5, 0.6, 0.0, 1e-12, 2.2, 0.1])
    values = laguerre(n, -0.5, 0.5 * w**2)
    differences = laguerre_difference(n, -0.5, 0.5 * w**2, 0.5 * (w + a) ** 2) * (w + 0.5 * a)
    real, imaginary = _basis_responses(n, w, a, values, differences)

    def derivative(x: mp.mpf, order: int) -> mp.mpc:
        gaussian = mp.exp(-x * x / 2)
        before = mp.sqrt(mp.pi / 2) * gaussian * (mp.erfi(x / mp.sqrt(2)) + 1j)
        current = 1 - x * before
        for j in range(1, order):
            before, current = current, -x * current - j * before
        return current if order else before

    with mp.workdps(70):
        for i in range(w.size):
            x, step = mp.mpf(w[i]), mp.mpf(a[i])
            for m in (0, 1, 7, 18, 29):
                factor = (-1) ** m / (mp.mpf(2) ** m * mp.factorial(m))
                if step == 0:
                    expected = factor * derivative(x, 2 * m + 1)
                else:
                    expected = factor * (derivative(x + step, 2 * m) - derivative(x, 2 * m)) / step
                assert abs(complex(real[m, i], imaginary[m, i]) - complex(expected)) <= 1e-13


@pytest.mark.parametrize(
    ("d", "hbar", "screened"),
    [
        (2, 0.0, True),
        (2, 0.7, True),
        (3, 0.0, False),
        (3, 0.7, False),
        (5, 0.0, True),
        pytest.param(5, 0.7, True, marks=pytest.mark.slow),
    ],
)
def test_rates_are_moments_of_the_strong_form(d: int, hbar: float, screened: bool) -> None:
    x, weight = np.polynomial.legendre.leggauss(52)
    v = 4.5 * (1.0 + x)
    Q = collision(bump(3), v, d=d, hbar=hbar, potential=gaussian(), screened=screened)
    measure = 4.5 * weight * sphere_area(d) * v ** (d - 1)
    alpha = 0.5 * d - 1.0
    moments = [np.sum(measure * Q * eval_genlaguerre(m, alpha, 0.5 * v * v)) for m in range(7)]
    rates = RadialRates(12, d, hbar, gaussian(), screened, level=1)(bump(12))
    np.testing.assert_allclose(
        rates[:7], moments / laguerre_norms(7, alpha), rtol=1e-9, atol=1e-8 * abs(rates[2])
    )


@pytest.mark.parametrize("hbar", [0.0, 1e-3, 0.5])
def test_maxwellian_is_stationary_and_mass_and_energy_never_change(hbar: float) -> None:
    rates = RadialRates(24, 3, hbar, algebraic())
    maxwellian = np.zeros(24)
    maxwellian[0] = 1.0
    assert np.all(rates(maxwellian) == 0.0)
    np.testing.assert_array_equal(rates(mixture(24))[:2], 0.0)
    # a Maxwellian of another temperature, to what 24 coefficients can show of it
    assert np.max(np.abs(rates(0.3 ** np.arange(24)))) <= 1e-13


@pytest.mark.parametrize(
    ("d", "expected"),
    [
        (3, math.pi**2 / 3.0 - 4.0 * math.log(2.0)),
        (2, 2.0 * math.sqrt(2.0) * float(mp.altzeta(1.5) - mp.altzeta(0.5))),
    ],
)
def test_screening_of_the_drag_at_rest_has_a_closed_form(d: int, expected: float) -> None:
    """D_LB(0)/D_Landau(0) for V = exp(-k^2/2): the mean of 1/(1 + V)^2 with the weight k^d V^2."""
    maxwellian = np.array([1.0, 0.0])
    screened = RadialRates(2, d, 0.0, gaussian(1.0), level=1).screening(maxwellian)[0, 0]
    unscreened = RadialRates(2, d, 0.0, gaussian(1.0), screened=False, level=1).screening(maxwellian)[0, 0]
    assert screened / unscreened == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("d", [2, 4])
def test_quantum_rates_tend_to_the_classical_ones(d: int) -> None:
    classical = RadialRates(16, d, 0.0, gaussian())(mixture(16))
    off = [
        np.linalg.norm(RadialRates(16, d, hbar, gaussian())(mixture(16)) - classical) for hbar in (0.02, 0.01)
    ]
    assert off[0] / off[1] == pytest.approx(4.0, rel=1e-3)


@pytest.mark.parametrize("hbar", [0.0, 0.5])
def test_entropy_does_not_decrease(hbar: float) -> None:
    """d/dt of the relative entropy, ``int Q log(f/M) dv``, expanded to second order about the Maxwellian."""
    rng = np.random.default_rng(3)
    rates = RadialRates(12, 3, hbar, algebraic())
    for _ in range(20):
        c = np.zeros(12)
        c[0], c[2:] = 1.0, 1e-4 * rng.normal(size=10)
        assert np.sum(rates.norms * c * rates(c)) < 0.0


@pytest.mark.parametrize("s", [3.01, 3.5, 5.0])
def test_slowly_decaying_potentials_are_integrated_to_the_end(s: float) -> None:
    # d = 2, s > 3: the form of the linearised operator, by the trapezoidal rule in log k
    potential, step = algebraic(0.5, s), 1e-4
    L, _ = linearised(2, 0, 3, hbar=0.0, potential=potential)
    rates = RadialRates(3, 2, 0.0, potential)
    up, down = (rates(np.array([1.0, 0.0, c]))[2] for c in (step, -step))
    assert (up - down) / (2.0 * step) == pytest.approx(-L[2, 2], rel=1e-7)


def test_unit_of_time_is_the_one_of_the_reference() -> None:
    # for s = 10, d = 3: int k^3 (1 + k^2)^-5 dk = B(2, 3)/2 = 1/24
    expected = 2.0 / (2.0 * math.pi) ** 3 * 4.0 * math.pi / (3.0 * math.sqrt(2.0 * math.pi)) * 0.25 / 24.0
    assert time_unit(3, algebraic()) == pytest.approx(expected, rel=1e-13)
    with pytest.raises(Unresolved, match="diverges"):
        time_unit(3, algebraic(0.5, 4.0))


def test_undamped_waves_are_not_resolved() -> None:
    rates = RadialRates(8, 3, 0.0, gaussian(1e4))
    with pytest.raises(Unresolved, match="epsilon"):
        rates(bump(8))
