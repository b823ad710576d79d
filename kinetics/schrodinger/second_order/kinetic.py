r"""The kinetic collision operator of a smooth radial datum, to which second order is compared.

For ``n = (1 + w)^(-M/2)``, ``w = |k|^2``, with the constant that follows from (1.3) [AL24, (3.2)]::

    C[n] = 2 pi^2 w1^(beta-1/2) \int\int_{0<=w3<=w4} (w2 w3 w4)^beta sqrt(min w)
           [n2 n3 (n4 - n1) + n1 n4 (n3 - n2)] dw3 dw4,     w2 = w3 + w4 - w1,

or, for the gain, ``n2 n3 n4 + n1 n3 n4``.  Each of the three regions in which w2, w3 or w1 is the smallest is
a rectangle or a triangle in the smallest frequency and the next distance, and smooth but for powers at zero.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit

from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre
from wellposed.kinetics.refine import refined
from wellposed.kinetics.schrodinger.second_order.direct import GAIN

CONSTANT = 2.0 * math.pi**2
_LEVELS = (10, 14)  # nodes a panel
_GROWTH = 3.0  # of panels, from one to the next
_GRADED = 3.0**-16  # where panels in the smallest frequency begin, relative to its scale
_FAR = 300.0  # where tails begin, relative to the largest scale


@njit(cache=True, nogil=True)
def _integrand(w1, w2, w3, w4, n1, beta, M, operator):
    """Returns ``(w2 w3 w4)^beta`` times the bracket, over n1."""
    n2, n3, n4 = (1.0 + w2) ** (-0.5 * M), (1.0 + w3) ** (-0.5 * M), (1.0 + w4) ** (-0.5 * M)
    if operator == GAIN:
        bracket = n3 * n4 * (n2 / n1 + 1.0)
    else:  # n4 - n1 and n3 - n2 without cancellation
        bracket = n2 * n3 * np.expm1(-0.5 * M * np.log1p((w4 - w1) / (1.0 + w1)))
        bracket += n4 * n2 * np.expm1(-0.5 * M * np.log1p((w3 - w2) / (1.0 + w2)))
    return (w2 * w3 * w4) ** beta * bracket


@njit(cache=True, nogil=True)
def _composite(first, end, node, weight, start_node, start_weight, tail_node, tail_weight):
    """Returns nodes and weights on [0, end], by panels that grow from [0, first], and beyond it on a tail.

    `start_weight` and `tail_weight` are those of integrands as they are, powers included.
    """
    count, right = 1, first
    while right < end:
        right *= _GROWTH
        count += 1
    n = node.size
    x, w = np.empty(count * n + tail_node.size), np.empty(count * n + tail_node.size)
    left, right = 0.0, min(first, end)
    for panel in range(count):
        for i in range(n):
            t, u = (start_node[i], start_weight[i]) if panel == 0 else (node[i], weight[i])
            x[panel * n + i] = left + (right - left) * t
            w[panel * n + i] = (right - left) * u
        left, right = right, min(_GROWTH * right, end)
    for i in range(tail_node.size):
        x[count * n + i] = end / tail_node[i]
        w[count * n + i] = end * tail_weight[i]
    return x, w


@njit(cache=True, nogil=True)
def _integral(w1, beta, M, operator, legendre, jacobi, tail, far_tail):
    """Returns the integral over all three regions, over n1."""
    node, weight = legendre
    none = np.empty(0)
    n1 = (1.0 + w1) ** (-0.5 * M)
    scale, end = min(w1, 1.0), _FAR * (1.0 + w1)
    total = 0.0
    first_node, first_weight = jacobi
    ys, y_weights = _composite(_GRADED * scale, w1, node, weight, first_node, first_weight, none, none)
    for i in range(ys.size):
        y, factor = ys[i], y_weights[i] * np.sqrt(ys[i])
        # w2 = y is the smallest
        v, u = _composite(y, 0.5 * (w1 - y), node, weight, node, weight, none, none)
        for j in range(v.size):
            total += factor * u[j] * _integrand(w1, y, y + v[j], w1 - v[j], n1, beta, M, operator)
        # w3 = y is
        v, u = _composite(y, end, node, weight, node, weight, *tail)
        for j in range(v.size):
            total += factor * u[j] * _integrand(w1, y + v[j], y, w1 + v[j], n1, beta, M, operator)
    # w1 is
    a, a_weights = _composite(0.25 * scale, end, node, weight, node, weight, *far_tail)
    for i in range(a.size):
        v, u = _composite(0.25 * scale, _FAR * (1.0 + w1 + a[i]), node, weight, node, weight, *tail)
        factor, w3 = a_weights[i] * np.sqrt(w1), w1 + a[i]
        for j in range(v.size):
            w4 = w3 + v[j]
            total += factor * u[j] * _integrand(w1, w3 + w4 - w1, w3, w4, n1, beta, M, operator)
    return total


def _power(n: int, exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the Gauss rule on [0, 1] for ``t^exponent`` times a smooth function, which is given whole."""
    node, weight = gauss_jacobi(n, exponent)
    return node, weight / node**exponent


def _tail(n: int, decay: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rule on [1, oo) for what falls as ``v^-decay``, by nodes in ``1/v``."""
    node, weight = _power(n, decay - 2.0)
    return node, weight / node**2


@lru_cache(maxsize=4096)
def collision(w1: float, beta: float, M: float, operator: int) -> tuple[float, float]:
    """Returns ``C[n](w1)/n(w1)`` [AL24, (3.2)] of ``n = (1 + w)^(-M/2)``, constant 2 pi^2, with its error.

    `operator` is `FULL` or `GAIN`.  There is no answer at ``w1 = 0``, where it is 0 for ``beta > 0``.
    """
    if w1 == 0.0:
        return math.nan, math.nan
    levels = [
        _integral(
            w1,
            beta,
            M,
            operator,
            gauss_legendre(n),
            _power(n, beta + 0.5),
            _tail(n, 0.5 * M - 2.0 * beta),
            _tail(n, M - 3.0 * beta - 1.0),
        )
        for n in _LEVELS
    ]
    value, error = refined(levels)
    constant = CONSTANT * w1 ** (beta - 0.5)
    return constant * float(value), constant * float(error)
