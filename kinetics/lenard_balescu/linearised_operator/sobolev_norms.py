"""The Sobolev norms of (1.30), which are diagonal in Laguerre functions.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.30).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from wellposed.kinetics.lenard_balescu.arguments import real_array


def sobolev_norm(coefficients: ArrayLike, *, d: int, l: int, r: int) -> float:  # noqa: E741
    """Returns ``||g||_r`` of (1.30) for coefficients (n,) in the basis of `linearised` in sector l.

    ``(grad - v/2)`` raises the polynomial degree, so the square is diagonal: the sum over r' <= r of
    ``(degree + d)(degree + d + 1)...(degree + d + r' - 1) c^2``.

    Raises
    ------
    ParameterError
        If the coefficients are not real numbers.
    """
    c = real_array(coefficients, "coefficients")
    degree = l + 2.0 * np.arange(c.size)
    weight, product = np.ones(c.size), np.ones(c.size)
    for j in range(r):
        product = product * (degree + d + j)
        weight = weight + product
    return math.sqrt(float(np.sum(weight * c * c)))
