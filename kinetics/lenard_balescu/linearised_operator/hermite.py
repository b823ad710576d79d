"""Hermite polynomials and functions of the velocity along one direction, and their divided differences."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_SMALL = 0.03  # distance below which the divided difference of Hermite functions is a Taylor series


def hermite_polynomials(x: Array, degree: int) -> Array:
    """Returns ``He_j(x)/sqrt(j!)`` for j = 0 ... degree at x, (n,); the result is (degree + 1, n)."""
    values = np.ones((degree + 1, x.size))
    if degree:
        values[1] = x
    for j in range(1, degree):
        values[j + 1] = (x * values[j] - math.sqrt(j) * values[j - 1]) / math.sqrt(j + 1)
    return values


def hermite_functions(n: int, w: Array) -> Array:
    """Returns ``He_j(w) sqrt(phi(w)/j!)`` for j < n, (n, *w.shape)."""
    values = np.zeros((n, *w.shape))
    values[0] = np.exp(-0.25 * w * w) / (2.0 * math.pi) ** 0.25
    if n > 1:
        values[1] = w * values[0]
    for j in range(1, n - 1):
        values[j + 1] = (w * values[j] - math.sqrt(j) * values[j - 1]) / math.sqrt(j + 1)
    return values


def hermite_differences(n: int, w: Array, a: float) -> Array:
    """Returns ``[h_j(w + a) - h_j(w)]/a`` of `hermite_functions`, the derivative for a = 0, (n, n_w)."""
    if a > _SMALL:
        return (hermite_functions(n, w + a) - hermite_functions(n, w)) / a
    more = n + 3
    j = np.arange(more - 1)
    derivative = np.diag(0.5 * np.sqrt(j + 1.0), -1) - np.diag(0.5 * np.sqrt(j + 1.0), 1)
    at_middle = hermite_functions(more, w + 0.5 * a)
    third = np.linalg.matrix_power(derivative, 3)
    slope: Array = (derivative + a * a / 24.0 * third)[:n] @ at_middle
    return slope
