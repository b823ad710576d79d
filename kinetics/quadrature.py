"""Quadrature rules on [0, 1] that the families share, and the area of a sphere."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import scipy


def _read_only(nodes: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    nodes.flags.writeable = weights.flags.writeable = False
    return nodes, weights


@lru_cache(maxsize=64)
def gauss_legendre(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss-Legendre on [0, 1], both (n,)."""
    x, w = scipy.special.roots_legendre(n)
    return _read_only(0.5 * (1.0 + x), 0.5 * w)


@lru_cache(maxsize=4096)
def gauss_jacobi(n: int, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights, both (n,), of the Gauss rule on [0, 1] for the weight ``t**exponent``, > -1."""
    x, w = scipy.special.roots_jacobi(n, 0.0, exponent)
    return _read_only(0.5 * (1.0 + x), w * 0.5 ** (exponent + 1.0))


def sphere_area(d: int) -> float:
    """Area of the unit sphere of R^d: 2, 2 pi, 4 pi for d = 1, 2, 3."""
    return float(2.0 * math.pi ** (0.5 * d) / math.gamma(0.5 * d))
