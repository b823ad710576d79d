"""Quadrature over the directions of R^d, by one cosine."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_gegenbauer, roots_jacobi

from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]


def cosine_rule(n: int, d: int) -> tuple[Array, Array]:
    """Returns nodes and weights, both (n,), of the mean over S^(d-1) of a function of a cosine.

    The weights add up to one.
    """
    if d == 2:
        angle = math.pi * (np.arange(n) + 0.5) / n
        return np.cos(angle), np.full(n, 1.0 / n)
    x, weight = roots_gegenbauer(n, 0.5 * (d - 2))
    return x, weight / np.sum(weight)


def angle_rule(d: int, n: int) -> tuple[Array, Array]:
    """Returns cosines y and weights, both (n,), for the integral over S^(d-2) of a function of y.

    The weights add up to the area of S^(d-2).  In d = 2 that is two points, and both arrays are (2,).
    """
    if d == 2:
        return np.array([-1.0, 1.0]), np.ones(2)
    y, weight = roots_jacobi(n, 0.5 * d - 2.0, 0.5 * d - 2.0)
    return y, weight * (2.0 if d == 3 else sphere_area(d - 2))
