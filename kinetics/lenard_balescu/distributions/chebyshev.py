"""Chebyshev series on [-1, 1], and their divided differences, in which nothing cancels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.fft import dct

Array = NDArray[np.float64]

ROUND_OFF = 1e-16
"""Share of the largest coefficient below which one is round-off."""
MOST_TERMS = 2048
"""Terms that a series may have."""


def chebyshev_coefficients(function: Callable[[Array], Array], least: int = 64) -> Array | None:
    """Returns Chebyshev coefficients on [-1, 1] to round-off; None if 2048 terms are not enough.

    At least `least` points are looked at, a power of two: fewer may pass by a narrow structure.
    """
    n = least
    while n <= MOST_TERMS:
        points = np.cos(np.pi * (np.arange(n) + 0.5) / n)
        coefficients = dct(function(points), type=2) / n
        coefficients[0] *= 0.5
        largest = np.max(np.abs(coefficients))
        significant = np.flatnonzero(np.abs(coefficients) > 2.0 * ROUND_OFF * largest)
        last = int(significant[-1]) + 1 if significant.size else 1
        if np.max(np.abs(coefficients[-n // 8 :])) <= 20.0 * ROUND_OFF * largest:
            kept: Array = coefficients[: min(last, n - n // 8)]
            return kept
        n *= 2
    return None


def series_difference(c: Array, x: Array, y: Array) -> Array:
    """Returns the divided difference of ``sum_j c_j T_j`` between the arrays x and y, of their shape."""
    b1, b2, d1, d2 = (np.zeros_like(x) for _ in range(4))
    for coefficient in c[:0:-1]:
        d1, d2 = 2.0 * (x * d1 + b1) - d2, d1
        b1, b2 = coefficient + 2.0 * y * b1 - b2, b1
    difference: Array = x * d1 + b1 - d2
    return difference


@njit(cache=True, nogil=True)
def clenshaw_difference(coefficients, x, y):
    """Returns the divided difference of a Chebyshev series between the numbers x and y."""
    b1 = b2 = d1 = d2 = 0.0
    for j in range(coefficients.size - 1, 0, -1):
        d1, d2 = 2.0 * (x * d1 + b1) - d2, d1
        b1, b2 = coefficients[j] + 2.0 * y * b1 - b2, b1
    return x * d1 + b1 - d2


@njit(cache=True, nogil=True)
def clenshaw_value(coefficients, x):
    """Returns the value of a Chebyshev series at the number x."""
    b1 = b2 = 0.0
    for j in range(coefficients.size - 1, 0, -1):
        b1, b2 = coefficients[j] + 2.0 * x * b1 - b2, b1
    return coefficients[0] + x * b1 - b2
