r"""Whether waves grow in the two-body system on the whole of R^d, with either sign of the potential.

At the frequency ``i gamma``, for even data of marginal F with the characteristic function phi,

    epsilon = 1 + (2 S/hbar) int_0^inf sin(hbar k^2 t/2) phi(k t) e^{-gamma t} dt,    S = V(k) or -V(k),

which at gamma = 0 is ``1 + S [R_F(a/2) - R_F(-a/2)]/a``.  The sign -1 is that of K_2 + B as published.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.two_body.data import GaussianSum
from wellposed.kinetics.lenard_balescu.two_body.lattice import zero_beyond
from wellposed.kinetics.quadrature import gauss_legendre

Array = NDArray[np.float64]

_SMALLEST, _LARGEST = 1e-2, 1e2  # wave numbers that are tried beside 0
_ENDED = 9.0  # widths of phi after which it is round-off
_NODES = 400  # of the integral over time
_XTOL = 1e-7


def margin_and_growth(
    data: GaussianSum, hbar: float, potential: Potential, sign: float, n: int
) -> tuple[float, float]:
    """Returns the least ``epsilon(k, 0)``, at most 1, and the rate at which g, a product of waves, grows.

    `n` wave numbers are tried, and half as many directions where the data are not isotropic; the best of each
    are located between their neighbours.
    """
    if data.d == 1 or data.is_isotropic:
        return _margin(data, hbar, potential, sign, 1.0, n), _growth(data, hbar, potential, sign, 1.0, n)
    cosines = np.linspace(0.0, 1.0, n // 2)
    margin = _least(lambda x: _margin(data, hbar, potential, sign, x, n), cosines)
    growth = 0.0 if margin >= 0.0 else -_least(lambda x: -_growth(data, hbar, potential, sign, x, n), cosines)
    return margin, growth


def _margin(
    data: GaussianSum, hbar: float, potential: Potential, sign: float, cosine: float, n: int
) -> float:
    """Returns the least ``epsilon(k, 0)`` along a direction, at most 1."""
    marginal = data.marginal(cosine)

    def at_rest(k: float) -> float:
        a = np.asarray(hbar * k)
        response = float(marginal.response_difference(-0.5 * a, a).real)
        return 1.0 + sign * float(potential(k)) * response

    return min(_least(at_rest, _wave_numbers(n)), 1.0)


def _growth(
    data: GaussianSum, hbar: float, potential: Potential, sign: float, cosine: float, n: int
) -> float:
    """Returns the rate at which the fastest wave along a direction makes g grow, 0 where none does."""

    def slowness(k: float) -> float:
        return -growth_rate(data, hbar, float(potential(k)), sign, cosine, k) if k > 0.0 else 0.0

    return max(-_least(slowness, _wave_numbers(n)), 0.0)


def _wave_numbers(n: int) -> Array:
    return np.concatenate([[0.0], np.geomspace(_SMALLEST, _LARGEST, n)])


def _least(function: Callable[[float], float], at: Array) -> float:
    """Returns the least value of a function, located between the neighbours of the best of some samples."""
    values = [function(x) for x in at.tolist()]
    best = int(np.argmin(values))
    bounds = float(at[max(best - 1, 0)]), float(at[min(best + 1, at.size - 1)])
    located = minimize_scalar(function, bounds=bounds, method="bounded", options={"xatol": _XTOL})
    return min(values[best], float(located.fun))


def growth_rate(data: GaussianSum, hbar: float, V: float, sign: float, cosine: float, k: float) -> float:
    """Returns the rate at which g grows at the wave number k, along a direction; 0 where it does not."""
    marginal = data.marginal(cosine)
    x, weight = gauss_legendre(_NODES)
    end = _ENDED / (k * float(np.min(marginal.widths)))
    t = end * x
    # the characteristic function, times what it is driven by
    waves = np.cos(k * np.outer(t, marginal.centres)) * np.exp(-0.5 * (k * np.outer(t, marginal.widths)) ** 2)
    kernel = end * weight * np.sin(0.5 * hbar * k * k * t) * (waves @ marginal.masses) * 2.0 * sign * V / hbar

    def epsilon(gamma: float) -> float:
        return 1.0 + float(np.sum(kernel * np.exp(-gamma * t)))

    return 2.0 * zero_beyond(epsilon) if epsilon(0.0) < 0.0 else 0.0


def smallness(data: GaussianSum, potential: Potential) -> float:
    """Returns ``sup <v>^(2d) |<nabla>^2 f| sup V`` of (1.23), which is to be below 1/2; isotropic data."""
    speed = np.linspace(0.0, data.reach, 4001)
    v = np.zeros((speed.size, data.d))
    v[:, 0] = speed
    total = np.zeros(speed.size)
    for mass, temperature in zip(data.masses, data.along, strict=True):
        density = (
            mass * np.exp(-0.5 * speed**2 / temperature) / (2.0 * math.pi * temperature) ** (0.5 * data.d)
        )
        total += density * (1.0 + data.d / temperature - speed**2 / temperature**2)
    return float(np.max((1.0 + speed**2) ** data.d * np.abs(total)) * potential(0.0))
