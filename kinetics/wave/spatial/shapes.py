"""Functions of unit decay that are not radial, for experiments: shifted, and stretched along one axis."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.quadrature import gauss_legendre

Array = NDArray[np.float64]

_DIRECTIONS = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])  # the axis is e_z


def shape(datum: str, M: float, shift: float, stretch: float) -> Callable[[Array], Array]:
    """Returns the function ``k (n, 3) -> (n,)`` that a point of parameter space names; e_z is its axis."""
    if datum == "radial":
        shift, stretch = 0.0, 1.0
    elif datum == "shifted":
        stretch = 1.0
    else:
        shift = 0.0

    def function(k: Array) -> Array:
        z = stretch * (k[:, 2] - shift)
        values: Array = np.exp(-0.5 * M * np.log1p(k[:, 0] ** 2 + k[:, 1] ** 2 + z * z))
        return values

    return function


def directions(datum: str) -> Array:
    """Returns the directions (n, 3) that differ for a shape: along its axis, across it, and back."""
    return _DIRECTIONS[: {"radial": 1, "stretched": 2, "shifted": 3}[datum]]


def integral(datum: str, M: float, stretch: float) -> float:
    """Returns ``int shape dk``, in closed form."""
    log = 1.5 * math.log(math.pi) + math.lgamma(0.5 * (M - 3.0)) - math.lgamma(0.5 * M)
    return math.exp(log) / (stretch if datum == "stretched" else 1.0)


def supremum(datum: str, M: float, shift: float, weight: float) -> float:
    """Returns ``sup <k>^weight shape(k)``, weight <= M.

    On the axis of the shifted one, ``(1+s^2)^(weight/2) (1+(s-shift)^2)^(-M/2)`` is greatest where
    ``weight s (1+(s-shift)^2) = M (s-shift)(1+s^2)``; the others are greatest at 0.
    """
    if datum != "shifted":
        return 1.0
    a = shift
    cubic = [weight - M, M * a - 2.0 * weight * a, weight * (1.0 + a * a) - M, M * a]
    s = np.array([root.real for root in np.roots(cubic) if abs(root.imag) < 1e-6 * (1.0 + abs(root))])
    return float(np.exp(np.max(0.5 * weight * np.log1p(s**2) - 0.5 * M * np.log1p((s - a) ** 2))))


@lru_cache(maxsize=64)
def weighted_integral(datum: str, M: float, shift: float, stretch: float, weight: float) -> float:
    """Returns ``int <k>^weight shape dk``, ``weight < M - 3``, to about ten digits, by quadrature.

    Cylindrical shells about the datum's centre, ``k = r (sqrt(1-c^2), 0, c) + shift``, panels in log r.
    """
    function = shape(datum, M, shift, stretch)
    x, w = gauss_legendre(16)
    c, w_c = gauss_legendre(48)
    c = 2.0 * c - 1.0
    centre = shift if datum == "shifted" else 0.0
    # what is left out beyond the last panel is a geometric series
    edges = 2.0 ** np.arange(-16.0, 41.0)
    panels = []
    for a, b in pairwise(edges.tolist()):
        r = a * (b / a) ** x
        rho, z = np.outer(r, np.sqrt(1.0 - c * c)), np.outer(r, c) + centre
        k = np.stack([rho, np.zeros_like(rho), z], axis=-1).reshape(-1, 3)
        values = function(k) * np.exp(0.5 * weight * np.log1p((k * k).sum(axis=1)))
        panels.append(math.log(b / a) * float((w * r**3) @ values.reshape(rho.shape) @ w_c) * 4.0 * math.pi)
    ratio = panels[-1] / panels[-2] if panels[-2] else 0.0
    return sum(panels) + (panels[-1] * ratio / (1.0 - ratio) if ratio < 1.0 else 0.0)
