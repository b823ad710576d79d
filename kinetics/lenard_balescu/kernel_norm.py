r"""The norm of the kernel K as an operator, with its cancellations.

On functions with the weight ``<v>^(-1/2)`` that is the norm of ``<v>^(1/2) K <v>^(1/2)``.  -K is positive:
in Hermite functions along k it is what the mean takes from the variance (`linearised_operator.kernel_form`).
Its norm on smooth functions comes from a basis.  On functions that oscillate with a wave vector xi it acts as
multiplication by its Weyl symbol

    -K^(v, xi) = c_d/(2 hbar^2) int dk V^2/|k| (8 pi)^((d-1)/2) M_perp(v_perp) exp(-2 |xi_perp|^2)
                 [F(w - a, w) phi(w - a) + F(w, w + a) phi(w + a)
                  - 2 cos(a k.xi/|k|) F(w - a/2, w + a/2) sqrt(phi(w - a/2) phi(w + a/2))],

F = ``|epsilon|^-2`` between two velocities along k, ``_perp`` across k: (3.15), with the Gaussian integrals
done.  It falls as ``|xi|^(1-d)`` times the smaller of ``|xi|^2`` and ``hbar^-2``.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.optimize import minimize
from scipy.special import roots_genlaguerre

from wellposed.kinetics.lenard_balescu.energy_shell import maxwellian_root, screening
from wellposed.kinetics.lenard_balescu.galerkin import printed_constant, sphere_area
from wellposed.kinetics.lenard_balescu.laguerre import laguerre, laguerre_norms
from wellposed.kinetics.lenard_balescu.linearised_operator import kernel_form
from wellposed.kinetics.lenard_balescu.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.potential import Potential
from wellposed.kinetics.quadrature import gauss_legendre

Array = NDArray[np.float64]

_REACH = 9.5
_OSCILLATING = 4.0  # wave number from which a function counts as oscillating


@njit(cache=True, nogil=True)
def _symbol(speed, wave_number, d, hbar, k, strength, weight, x, x_weight):
    total = 0.0
    for j in range(x.size):
        across = 1.0 - x[j] * x[j]
        exponent = -0.5 * across * (speed * speed + 4.0 * wave_number * wave_number)
        if exponent < -80.0:
            continue
        w = speed * x[j]
        here = 0.0
        for i in range(k.size):
            a = hbar * k[i]
            low, high = maxwellian_root(w - a), maxwellian_root(w + a)
            middle = maxwellian_root(w - 0.5 * a) * maxwellian_root(w + 0.5 * a)
            sine = math.sin(0.5 * a * wave_number * x[j])
            between = screening(strength[i], w - 0.5 * a, a)
            before = low * low * screening(strength[i], w - a, a)
            after = high * high * screening(strength[i], w, a)
            here += weight[i] * (before + after - 2.0 * middle * between * (1.0 - 2.0 * sine * sine))
        total += x_weight[j] * math.exp(exponent) * here
    return total


def symbol(
    speed: float, wave_number: float, *, d: int, hbar: float, potential: Potential, screened: bool = True
) -> float:
    """``-K^(v, xi)`` for v parallel to xi, of these lengths; hbar > 0."""
    largest = 2.0 * (speed + _REACH)
    k, weight = momentum_rule(d - 2, hbar, potential, largest, 24)
    weight = weight * k ** (d - 2) * potential(k) ** 2
    strength = potential(k) if screened else np.zeros(k.size)
    # x = cos(theta) at theta = theta_max t^2, graded towards xi and both ways along it
    t, t_weight = gauss_legendre(32)
    theta_max = min(0.5 * math.pi, 6.0 / max(math.hypot(speed, 2.0 * wave_number), 1e-300))
    theta = theta_max * t * t
    x_weight = 2.0 * t_weight * 2.0 * theta_max * t * np.sin(theta) ** (d - 2)
    total = _symbol(speed, wave_number, d, hbar, k, strength, weight, np.cos(theta), x_weight)
    constant = printed_constant(d) * sphere_area(d - 1) / (2.0 * hbar * hbar)
    return float(constant * (8.0 * math.pi) ** (0.5 * (d - 1)) * (2.0 * math.pi) ** (0.5 * (1 - d)) * total)


def smooth_norm(d: int, n: int, *, hbar: float, potential: Potential, screened: bool = True) -> float:
    """The weighted norm on the first n Laguerre functions of the sectors 0 and 1, which are the largest."""
    largest = 0.0
    for sector in (0, 1):
        form = -kernel_form(d, sector, n, hbar=hbar, potential=potential, screened=screened)
        largest = max(largest, float(eigh(form, _weight(d, sector, n), eigvals_only=True)[-1]))
    return largest


def _weight(d: int, sector: int, n: int) -> Array:
    """``int g_i g_j <v>^-1`` in the basis of a sector, (n, n)."""
    alpha = sector + 0.5 * d - 1.0
    t, weight = roots_genlaguerre(4 * n + 40, alpha)
    weight = weight / weight.sum() / np.sqrt(1.0 + 2.0 * t)
    kept = weight > 0.0
    functions = laguerre(n, alpha, t[kept]) / np.sqrt(laguerre_norms(n, alpha))[:, None]
    gram: Array = (functions * weight[kept]) @ functions.T
    return gram


@lru_cache(maxsize=64)
def oscillating_norm(d: int, *, hbar: float, potential: Potential, screened: bool = True) -> float:
    """The largest value of ``<v>`` times the symbol at wave numbers above 4, v parallel to xi."""

    def negative(x: Array) -> float:
        speed, wave_number = abs(float(x[0])), _OSCILLATING + math.exp(float(x[1]))
        value = symbol(speed, wave_number, d=d, hbar=hbar, potential=potential, screened=screened)
        return -math.sqrt(1.0 + speed * speed) * value

    starts = [(speed, math.log(eta / hbar)) for speed in (0.3, 1.5) for eta in (0.1, 1.0, 4.0)]
    best = min(starts, key=lambda x: negative(np.array(x)))
    found = minimize(negative, np.array(best), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-14})
    return -float(found.fun)


def operator_norm(d: int, *, hbar: float, potential: Potential, screened: bool = True, n: int = 16) -> float:
    """The norm of ``<v>^(1/2) K <v>^(1/2)``, hbar > 0, on smooth or oscillating functions.

    A lower bound as far as the n functions of `smooth_norm` go, and asymptotically exact as hbar -> 0.
    """
    return max(
        smooth_norm(d, n, hbar=hbar, potential=potential, screened=screened),
        oscillating_norm(d, hbar=hbar, potential=potential, screened=screened),
    )
