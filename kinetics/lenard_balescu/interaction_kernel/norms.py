r"""The norm of the kernel K as an operator, with its cancellations.

On functions with the weight ``<v>^(-1/2)`` that is the norm of ``<v>^(1/2) K <v>^(1/2)``.  -K is positive:
in Hermite functions along k it is what the mean takes from the variance (`forms.kernel_form`).
Its norm on smooth functions comes from a basis.  On functions that oscillate with a wave vector xi it acts as
multiplication by its Weyl symbol, `weyl_symbol.symbol`.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.optimize import minimize
from scipy.special import roots_genlaguerre

from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre, laguerre_norms
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.interaction_kernel.weyl_symbol import symbol
from wellposed.kinetics.lenard_balescu.linearised_operator.forms import kernel_form

Array = NDArray[np.float64]

_OSCILLATING = 4.0  # wave number from which a function counts as oscillating


def smooth_norm(d: int, n: int, *, hbar: float, potential: Potential, screened: bool = True) -> float:
    """Returns the weighted norm of K on n Laguerre functions of the sectors 0 and 1, where it is largest."""
    largest = 0.0
    for sector in (0, 1):
        form = -kernel_form(d, sector, n, hbar=hbar, potential=potential, screened=screened)
        largest = max(largest, float(eigh(form, _weight(d, sector, n), eigvals_only=True)[-1]))
    return largest


def _weight(d: int, sector: int, n: int) -> Array:
    """Returns ``int g_i g_j <v>^-1`` in the basis of a sector, (n, n)."""
    alpha = sector + 0.5 * d - 1.0
    t, weight = roots_genlaguerre(4 * n + 40, alpha)
    weight = weight / weight.sum() / np.sqrt(1.0 + 2.0 * t)
    kept = weight > 0.0
    functions = laguerre(n, alpha, t[kept]) / np.sqrt(laguerre_norms(n, alpha))[:, None]
    gram: Array = (functions * weight[kept]) @ functions.T
    return gram


@lru_cache(maxsize=64)
def oscillating_norm(d: int, *, hbar: float, potential: Potential, screened: bool = True) -> float:
    """Returns the largest value of ``<v>`` times the symbol at wave numbers above 4, v parallel to xi."""

    def negative(x: Array) -> float:
        speed, wave_number = abs(float(x[0])), _OSCILLATING + math.exp(float(x[1]))
        value = symbol(speed, wave_number, d=d, hbar=hbar, potential=potential, screened=screened)
        return -math.sqrt(1.0 + speed * speed) * value

    starts = [(speed, math.log(eta / hbar)) for speed in (0.3, 1.5) for eta in (0.1, 1.0, 4.0)]
    best = min(starts, key=lambda x: negative(np.array(x)))
    found = minimize(negative, np.array(best), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-14})
    return -float(found.fun)


def operator_norm(d: int, *, hbar: float, potential: Potential, screened: bool = True, n: int = 16) -> float:
    """Returns the norm of ``<v>^(1/2) K <v>^(1/2)``, hbar > 0, on smooth or oscillating functions.

    It is a lower bound as far as the n functions of `smooth_norm` go, and asymptotically exact as hbar -> 0.
    """
    return max(
        smooth_norm(d, n, hbar=hbar, potential=potential, screened=screened),
        oscillating_norm(d, hbar=hbar, potential=potential, screened=screened),
    )
