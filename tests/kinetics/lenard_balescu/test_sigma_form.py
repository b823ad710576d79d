"""The unscreened operator as a cut-off Boltzmann operator."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import roots_legendre

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import (
    algebraic,
    boltzmann_collision,
    cut_off_kernel,
    gaussian,
    linearised,
    quartic_form,
)

TEMPERATURES = (0.5, 1.5)


def mixture(square: np.ndarray) -> np.ndarray:
    """Half a Maxwellian at each of two temperatures, d = 3."""
    return sum(0.5 * (2.0 * math.pi * T) ** -1.5 * np.exp(-0.5 * square / T) for T in TEMPERATURES)


def unscreened_collision(speed: float, hbar: float, kappa: float, s: float) -> float:
    """c/hbar^2 int dk V^2/|k| [f(v + hbar k) F1(w) - f(v) F1(w + a)], mixture, d = 3, Gauss rules."""

    def marginal(w: np.ndarray) -> np.ndarray:
        return sum(0.5 * (2.0 * math.pi * T) ** -0.5 * np.exp(-0.5 * w * w / T) for T in TEMPERATURES)

    x, x_weight = roots_legendre(80)
    t, t_weight = roots_legendre(200)
    log_k = -6.0 + 5.25 * (1.0 + t)  # k from 0.0025 to 90
    k = np.exp(log_k)[:, None]
    a, w = hbar * k, speed * x
    shifted = mixture(speed**2 + 2.0 * a * w + a * a)
    bracket = shifted * marginal(w) - mixture(np.array(speed**2)) * marginal(w + a)
    density = 5.25 * t_weight * (k**2 * kappa**2 * (1.0 + k * k) ** (-0.5 * s))[:, 0]
    return 2.0 / (2.0 * math.pi) ** 3 * 2.0 * math.pi / hbar**2 * float(density @ bracket @ x_weight)


@pytest.mark.parametrize("speed", [0.0, 1.0, 2.5])
def test_sigma_form_agrees_with_the_momentum_form(speed: float) -> None:
    # different variables and rules: four nested integrals over u and sigma against two over k
    found = boltzmann_collision(mixture, speed, d=3, hbar=0.5, potential=algebraic(), n=20)
    expected = unscreened_collision(speed, 0.5, 0.5, 10.0)
    assert found == pytest.approx(
        expected, rel=1e-8, abs=1e-8 * abs(unscreened_collision(0.0, 0.5, 0.5, 10.0))
    )


def test_structure_that_the_nodes_pass_by_is_refused() -> None:
    def with_ring(square: np.ndarray) -> np.ndarray:
        return mixture(square) + 0.1 * np.exp(-(((square - 4.0) / 0.001) ** 2))

    with pytest.raises(Unresolved, match=r"`f` has structure near \|v\| = 2 that n = 16 nodes"):
        boltzmann_collision(with_ring, 1.0, d=3, hbar=0.5, potential=algebraic())


@pytest.mark.parametrize("d", [2, 4])
@pytest.mark.parametrize("offset", [0.0, 1.5])
def test_maxwellian_is_stationary(d: int, offset: float) -> None:
    def maxwellian(square: np.ndarray) -> np.ndarray:
        return (2.0 * math.pi) ** (-0.5 * d) * np.exp(-0.5 * square)

    found = boltzmann_collision(maxwellian, 1.2, d=d, hbar=0.5, potential=algebraic(), offset=offset, n=10)
    assert abs(found) < 1e-17


@pytest.mark.parametrize("d", [2, 3, 4, 5])
@pytest.mark.parametrize("hbar", [0.7, 0.02])
def test_form_agrees_with_the_linearised_operator_without_screening(d: int, hbar: float) -> None:
    # sqrt(M) |v|^4 = 8 L_2 + collision invariants, in normalised functions
    L, _ = linearised(d, 0, 3, hbar=hbar, potential=algebraic(0.5, 8.0), screened=False)
    scale = 64.0 * 0.5 * (0.5 * d) * (0.5 * d + 1.0)
    assert quartic_form(d, hbar, algebraic(0.5, 8.0)) == pytest.approx(scale * L[2, 2], rel=1e-10)


@pytest.mark.parametrize(("d", "offset"), [(2, 0.0), (3, 1.0), (3, -2.0)])
def test_grazing_limit_is_the_landau_form(d: int, offset: float) -> None:
    # 4 c |S^(d-2)| E[|u|^(1 + offset)] int k^d V^2 dk; u is Gaussian of variance 2, V = kappa exp(-k^2/2)
    power = 1.0 + offset
    moment = 2.0**power * math.gamma(0.5 * (d + power)) / math.gamma(0.5 * d)
    sphere = 2.0 * math.pi ** (0.5 * (d - 1)) / math.gamma(0.5 * (d - 1))
    integral = 0.25 * 0.5 * math.gamma(0.5 * (d + 1))
    expected = 4.0 * 2.0 / (2.0 * math.pi) ** d * sphere * moment * integral
    assert quartic_form(d, 1e-4, gaussian(0.5), offset) == pytest.approx(expected, rel=1e-6)


def test_kernel_is_the_published_cut_off_kernel() -> None:
    d, s, kappa, hbar, u, theta = 3, 7.0, 0.8, 0.2, 1.7, 0.6
    gamma = 0.5
    offset = gamma - (d - 2.0 - s)
    cut_off = math.sin(0.5 * theta) ** 2 + (hbar / u) ** 2
    constant = 2.0 ** (1 - d) * 2.0 / (2.0 * math.pi) ** d * kappa**2 * hbar ** (s - d - 1)
    expected = constant * u**gamma * cut_off ** (-0.5 * s)
    found = cut_off_kernel(u, theta, d=d, hbar=hbar, potential=algebraic(kappa, s), offset=offset)
    assert found == pytest.approx(expected, rel=1e-12)


def test_what_is_not_allowed_is_refused() -> None:
    with pytest.raises(ParameterError, match="`hbar` must be"):
        cut_off_kernel(1.0, 1.0, d=3, hbar=0.0, potential=algebraic())
    with pytest.raises(Unresolved, match="diverges"):
        quartic_form(3, 0.1, algebraic(), -9.0)
