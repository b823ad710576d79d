r"""Angular sectors of R^d, split along one direction.

A basis function of sector l, ``sqrt(M) p`` with ``p = Y_l(v) |v|^l L_n^(l+d/2-1)(|v|^2/2)`` normalised, is
an eigenfunction of the harmonic oscillator.  Along a fixed unit vector k it is therefore a finite sum of
products of the same energy,

    p = sum_m C_nm  He_j(u) Z_q(v_perp) |v_perp|^q L_m^(q+(d-3)/2)(|v_perp|^2/2),   j + q + 2m = l + 2n,

``u = k.v``, all factors normalised, where q is the angular momentum about k.  The coefficients C are
orthogonal and depend on neither the potential nor hbar.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import eval_jacobi, roots_genlaguerre, roots_hermitenorm

from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre, laguerre_norms
from wellposed.kinetics.lenard_balescu.linearised_operator.hermite import hermite_polynomials

Array = NDArray[np.float64]


def multiplicity(d: int, degree: int) -> int:
    """Returns the number of independent spherical harmonics of some degree in R^d, d >= 1."""
    if d == 1:
        return 1 if degree <= 1 else 0
    return math.comb(degree + d - 1, d - 1) - (math.comb(degree + d - 3, d - 1) if degree >= 2 else 0)


def angular_momenta(d: int, degree: int) -> range:
    """Returns the angular momenta q about an axis that occur in harmonics of some degree."""
    return range(min(degree, 1) + 1) if d == 2 else range(degree + 1)


@lru_cache(maxsize=128)
def axial_coefficients(d: int, degree: int, q: int, n: int) -> Array:
    """Returns the coefficients C of n functions, (n, (degree - q)//2 + n); zero where j would be negative.

    Row i, column m belongs to ``j = degree + 2i - q - 2m``.
    """
    most = (degree - q) // 2 + n
    energy = degree + 2 * n
    u, u_weight = roots_hermitenorm(energy + 1)
    t, t_weight = roots_genlaguerre(energy + 1, q + 0.5 * (d - 3))
    u_weight, t_weight = u_weight / u_weight.sum(), t_weight / t_weight.sum()
    half_square = 0.5 * u[:, None] ** 2 + t
    r = np.sqrt(2.0 * half_square)
    alpha = q + 0.5 * (d - 3)
    angular = r ** (degree - q) * eval_jacobi(
        degree - q, alpha, alpha, np.where(r > 0.0, u[:, None] / r, 0.0)
    )
    hermite = hermite_polynomials(u, energy)
    across = laguerre(most, alpha, t) / np.sqrt(laguerre_norms(most, alpha))[:, None]
    radial = laguerre(n, degree + 0.5 * d - 1.0, half_square)
    coefficients = np.zeros((n, most))
    for i in range(n):
        p = angular * radial[i]
        for m in range((degree - q) // 2 + i + 1):
            along = u_weight * hermite[degree + 2 * i - q - 2 * m]
            coefficients[i, m] = along @ p @ (t_weight * across[m])
    coefficients /= np.linalg.norm(coefficients, axis=1, keepdims=True)
    coefficients.flags.writeable = False
    return coefficients


def sector_form(axial: Array, d: int, l: int, n: int, without_mean: bool = False) -> Array:  # noqa: E741
    """Returns a form in Hermite functions along k as one on the Laguerre functions of a sector, (n, n).

    Parameters
    ----------
    axial : (n_j, n_j) float
        At least ``l + 2 n - 1`` degrees of Hermite functions.
    d, l, n : int
        Dimension, sector, and number of its Laguerre functions.
    without_mean : bool
        Whether what is constant across k is left out: the variance instead of the mean square.
    """
    form = np.zeros((n, n))
    for q in angular_momenta(d, l):
        share = multiplicity(d - 1, q) / multiplicity(d, l)
        coefficients = axial_coefficients(d, l, q, n)
        for m in range(coefficients.shape[1]):
            if without_mean and (q, m) == (0, 0):
                continue
            rows = np.arange(max(m - (l - q) // 2, 0), n)
            j = l + 2 * rows - q - 2 * m
            c = coefficients[rows, m]
            form[np.ix_(rows, rows)] += share * np.outer(c, c) * axial[np.ix_(j, j)]
    return form


def radial_form(function: Callable[[Array], Array], d: int, l: int, n: int) -> Array:  # noqa: E741
    """Returns ``int g_i g_j function(|v|)`` on the first n Laguerre functions of sector l, (n, n).

    `function` takes an array of speeds and returns one of its shape.
    """
    alpha = l + 0.5 * d - 1.0
    t, weight = roots_genlaguerre(4 * n + 60, alpha)
    kept = weight > 1e-30 * weight.max()
    t, weight = t[kept], weight[kept] / weight.sum()
    functions = laguerre(n, alpha, t) / np.sqrt(laguerre_norms(n, alpha))[:, None]
    form: Array = (functions * (weight * function(np.sqrt(2.0 * t)))) @ functions.T
    return form
