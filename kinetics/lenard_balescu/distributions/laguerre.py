r"""Generalised Laguerre polynomials ``L_n^(alpha)``, their divided differences and their norms.

A radial ``f = M(v) sum_n c_n L_n^(d/2-1)(|v|^2/2)`` has the marginal ``phi(u) sum_n c_n L_n^(-1/2)(u^2/2)``
along every direction, with the same coefficients, in every dimension.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Array = NDArray[np.float64]

GAUSSIAN_REACH = 13.0
"""Beyond it ``exp(-u^2/2) L_n^(-1/2)(u^2/2)``, bounded by ``exp(-u^2/4)`` for every n, is round-off."""


def laguerre(n: int, alpha: float, x: Array) -> Array:
    """Returns ``L_j^(alpha)(x)`` for j < n, (n, *x.shape)."""
    table = np.empty((n, *x.shape))
    table[0] = 1.0
    if n > 1:
        table[1] = 1.0 + alpha - x
    for j in range(1, n - 1):
        table[j + 1] = ((2 * j + 1 + alpha - x) * table[j] - (j + alpha) * table[j - 1]) / (j + 1)
    return table


def laguerre_difference(n: int, alpha: float, x: Array, y: Array) -> Array:
    """Returns ``[L_j^(alpha)(y) - L_j^(alpha)(x)]/(y - x)`` for j < n, (n, *x.shape).

    It is the derivative for y = x, and comes from the recurrence itself, so nothing cancels.
    """
    values = laguerre(n, alpha, y)
    table = np.zeros((n, *x.shape))
    if n > 1:
        table[1] = -1.0
    for j in range(1, n - 1):
        table[j + 1] = (2 * j + 1 + alpha - x) * table[j] - values[j] - (j + alpha) * table[j - 1]
        table[j + 1] /= j + 1
    return table


def laguerre_norms(n: int, alpha: float) -> Array:
    """Returns ``binom(j + alpha, j)`` for j < n, (n,).

    It is the mean of ``L_j^2`` for a variable with the gamma density.  With ``alpha = d/2 - 1``
    it is ``int M L_j(|v|^2/2)^2 dv``.
    """
    j = np.arange(n)
    norms: Array = np.exp(gammaln(j + alpha + 1.0) - gammaln(j + 1.0) - gammaln(alpha + 1.0))
    return norms
