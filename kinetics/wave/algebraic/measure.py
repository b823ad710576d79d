"""Measures: rules with few nodes for densities that vary too fast for them, where integrands do not.

The nodes are those of Gauss-Legendre on [0, b], and the weights of a density are such that polynomials of
degree ``n_measure - 1`` are integrated against it as by any rule fine enough for the density itself.  So
nothing is lost when a measure is fitted to a measure on a part of its interval and a rule on the rest.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def fitted(recurrence, projection, high, y, weights):
    """Returns the weights (q, n_measure) on [0, high] of a rule with nodes `y` (m,) and `weights` (q, m)."""
    n, rows = projection.shape[0], weights.shape[0]
    moments, out = np.zeros((rows, n)), np.zeros((rows, n))
    for i in range(y.size):
        z = 2.0 * y[i] / high - 1.0
        previous, current = 0.0, 1.0
        for k in range(n):
            for q in range(rows):
                moments[q, k] += weights[q, i] * current
            following = recurrence[0, k] * z * current - recurrence[1, k] * previous
            previous, current = current, following
    add_product(moments, projection, out)
    return out


@njit(cache=True, nogil=True)
def add_product(weights, matrix, out):
    """Adds ``weights @ matrix``: so few rows that the linear algebra library's call would cost more."""
    for i in range(matrix.shape[0]):
        for q in range(weights.shape[0]):
            for j in range(matrix.shape[1]):
                out[q, j] += weights[q, i] * matrix[i, j]


@njit(cache=True, nogil=True)
def widened(matrix, weights, panel):
    """Returns the weights (n_measure, 2) on a wider interval, from those on [0, b] and on a far panel from b.

    `matrix` is the rule's for the panel [b, 2b] or [b, 8b].
    """
    n = weights.shape[0]
    with_datum, without = np.zeros(n), np.zeros(n)
    for i in range(matrix.shape[0]):
        one, other = (weights[i, 0], weights[i, 1]) if i < n else (panel[i - n, 0], panel[i - n, 1])
        for j in range(n):
            with_datum[j] += one * matrix[i, j]
            without[j] += other * matrix[i, j]
    out = np.empty((n, 2))
    for j in range(n):
        out[j, 0], out[j, 1] = with_datum[j], without[j]
    return out
