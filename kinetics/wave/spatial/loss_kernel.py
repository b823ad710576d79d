r"""The kernel whose supremum is the best constant of [AL24, (2.4)], as one integral over the sphere.

For `h` at its worst, ``<k>^(-7/2)``, and `g` at one wave vector, L1 has the ratio of the two sides::

    1/4 (|k1||k2|)^(2 beta) |k1-k2| <k2>^(-1/2) Q,
    Q = \int_{S^2} b((k1-k2).sigma) (|k1*||k2*|)^(2 beta) <k2*>^(-7/2) dsigma,

and L2 that with ``<k1*>`` in `Q`.  With ``V = (k1+k2)/2, u = k1-k2, E = |k1|^2 + |k2|^2`` and sigma at an
angle of cosine t to V, ``|k1*|^2 = E/2 + |V||u| t``, and the azimuths with ``u.sigma > 0`` are an arc in
closed form.  So `Q` is one integral, over ``w``, the squared length that the bracket has: in the scale
``log(1 + w)``, between the points where the arc begins and ends, by the double-exponential rule.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.refine import refined

Array = NDArray[np.float64]

_STEPS = (0.08, 0.05)  # of the double-exponential rule, coarse and fine
_REACH = 3.3  # of its variable: weights beyond are below 1e-18

ROUND_OFF = 1e-8
"""Relative error of the kernel: the arc, an inverse cosine, loses half of its digits near its ends."""


def _double_exponential(step: float) -> tuple[Array, Array, Array]:
    """Returns distances of the nodes from 0 and from 1, and weights, on [0, 1]."""
    u = step * np.arange(-int(_REACH / step), int(_REACH / step) + 1)
    s = 0.5 * math.pi * np.sinh(u)
    weight = 0.25 * math.pi * step * np.cosh(u) / np.cosh(s) ** 2
    return 1.0 / (1.0 + np.exp(-2.0 * s)), 1.0 / (1.0 + np.exp(2.0 * s)), weight


RULES = tuple(_double_exponential(step) for step in _STEPS)
"""Distances of the nodes from 0 and from 1, and weights, coarse and fine."""


@njit(cache=True, nogil=True)
def kernel(r1, r2, dot, beta, second, below, above, weight):
    """Returns what is under the supremum at ``|k1| = r1, |k2| = r2, k1.k2 = dot``; `second` for L2.

    The last three arguments are one of `RULES`.
    """
    energy = r1 * r1 + r2 * r2
    product = 0.5 * np.sqrt(energy - 2.0 * dot) * np.sqrt(energy + 2.0 * dot)  # |V||u|
    if product == 0.0:
        return 0.0
    low = dot * dot / (0.5 * energy + product)  # of w, without E/2 - |V||u|
    high = energy - low
    cosine = 0.5 * (r1 - r2) * (r1 + r2) / product  # between V and u
    cross = np.sqrt(max(r1 * r2 - dot, 0.0)) * np.sqrt(r1 * r2 + dot)
    sine = min(cross / product, 1.0)
    side = 1.0 if second else -1.0  # t = side (w - E/2)/|V||u|
    edges = np.empty(4)
    edges[0], edges[3] = low, high
    # where the arc begins and ends, |t| = sine; 1 - sine without the subtraction
    edges[1] = low + product * cosine * cosine / (1.0 + sine)
    edges[2] = high - product * cosine * cosine / (1.0 + sine)
    total = 0.0
    for piece in range(3):
        start, stop = np.log1p(edges[piece]), np.log1p(edges[piece + 1])
        if stop <= start:
            continue
        for i in range(weight.size):
            y = start + (stop - start) * below[i] if below[i] < 0.5 else stop - (stop - start) * above[i]
            w = np.expm1(y)
            inside = max(w - low, 0.0) * max(high - w, 0.0)
            t = side * (w - 0.5 * energy)
            if inside == 0.0 or sine == 0.0:
                arc = 1.0 if cosine * t > 0.0 else 0.0
            else:
                c = cosine * t / (sine * np.sqrt(inside))
                arc = np.arccos(-min(max(c, -1.0), 1.0)) / np.pi
            value = arc * (w * max(energy - w, 0.0)) ** beta * np.exp(-0.75 * y)  # dw = e^y dy
            total += (stop - start) * weight[i] * value
    # dsigma = dphi dw/|V||u|
    front = 0.25 * (r1 * r2) ** (2.0 * beta) * np.sqrt(max(energy - 2.0 * dot, 0.0))
    return front * (1.0 + r2 * r2) ** (-0.25) * 2.0 * np.pi * total / product


def kernel_with_error(place: tuple[float, float, float], beta: float, second: bool) -> tuple[float, float]:
    """Returns the kernel at ``|k1|, |k2|, k1.k2``, and its error."""
    fine, error = refined([kernel(*place, beta, second, *rule) for rule in RULES], ROUND_OFF)
    return float(fine), float(error)
