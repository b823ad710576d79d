r"""Averages ``\int_{S^2} <k1*>^(-decay) dsigma`` over the sphere: in closed form, and by quadrature.

``|k1*|^2`` is evenly distributed between ``E/2 -+ |V||u|``, with ``E = |k1|^2 + |k2|^2, V = (k1+k2)/2`` and
``u = k1-k2``, so the integral is that of a power.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.kinetics.quadrature import gauss_legendre

Array = NDArray[np.float64]


def sphere_average(k1: ArrayLike, k2: ArrayLike, decay: float = 3.0) -> Array:
    r"""Returns ``F = \int_{S^2} <k1*>^(-decay) dsigma`` in closed form, to round-off [AL24, Lemma 2.1].

    Parameters
    ----------
    k1, k2 : (..., 3) array_like
    decay : float

    Returns
    -------
    (...) float64
        At most ``4 pi``; the same for k2* in place of k1*.
    """
    low, spread = _range(np.asarray(k1, dtype=np.float64), np.asarray(k2, dtype=np.float64))
    length = np.log1p(spread / low)
    rate = 1.0 - 0.5 * decay
    closed: Array = 4.0 * math.pi * low ** (rate - 1.0) * _mean_exp(rate * length) / _mean_exp(length)
    return closed


def _range(k1: Array, k2: Array) -> tuple[Array, Array]:
    """Returns the least value of ``<k1*>^2``, and by how much the greatest exceeds it."""
    dot = (k1 * k2).sum(axis=-1)
    total = (k1 * k1).sum(axis=-1) + (k2 * k2).sum(axis=-1)
    spread = np.linalg.norm(k1 - k2, axis=-1) * np.linalg.norm(k1 + k2, axis=-1)
    with np.errstate(invalid="ignore"):
        low = 1.0 + np.where(total > 0.0, 2.0 * dot**2 / (total + spread), 0.0)
    return low, spread


def _mean_exp(x: Array) -> Array:
    """Returns ``int_0^1 exp(x t) dt``."""
    small = np.abs(x) < 1e-8
    return np.where(small, 1.0 + 0.5 * x, np.expm1(x) / np.where(small, 1.0, x))


def sphere_quadrature(k1: Array, k2: Array, decay: float, nodes: int) -> Array:
    """Returns what `sphere_average` does, by a Gauss rule in ``log <k1*>^2`` on eight panels.

    Parameters
    ----------
    k1, k2 : (..., 3) float64
    decay : float
    nodes : int
        Per panel.
    """
    low, spread = _range(k1, k2)
    length = np.log1p(spread / low)
    x, w = gauss_legendre(nodes)
    t = ((x[:, None] + np.arange(8)) / 8.0).ravel()
    weight = np.repeat(w / 8.0, 8)
    powers = np.exp((1.0 - 0.5 * decay) * length[..., None] * t) @ weight
    uniform = np.exp(length[..., None] * t) @ weight
    values: Array = 4.0 * math.pi * low ** (-0.5 * decay) * powers / uniform
    return values
