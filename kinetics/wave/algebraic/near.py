"""The near triangle ``0 <= y <= x <= h``: moments over dyadic panels.

Throughout, index 0 of a pair is with the datum and index 1 without: ``F = x^beta (n(x), 1)`` and
``G = y^(beta+1/2) (n(y), 1)``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from kinetics.wave.algebraic.density import decades
from kinetics.wave.algebraic.rules import NEAR


@njit(cache=True, nogil=True)
def near_moments(kind, p, beta, w, rule, both, first, second):
    """Adds the moments of ``((x-y)/w)^k`` over the near triangle, and returns the rule for ``y <= h``.

    `both`, `first` and `second` take the moments against ``x^beta y^(beta+1/2)`` times ``n(x) n(y)``,
    ``n(x)`` and ``n(y)``.  The rule's weights, at the measure's nodes, are for integrands that come with
    ``y^(beta+1/2)`` times ``n(y)``, 1, ``y n(y)`` and ``y``.  The last two are rules of their own because
    the mass sits at ``y`` of order one and the nodes at order `h`: a factor ``y`` taken at the nodes would
    lose as many digits as lie between the two.
    """
    h = NEAR * w
    n_dyadic = 0
    b = h
    while b > 1.0:
        b *= 0.5
        n_dyadic += 1
    t, tw = rule.panel
    n = t.size
    legendre = np.zeros((4, rule.measure[0].size))  # moments over [0, h] of the rule's four weights
    y_moments = np.zeros((2, both.size))  # of (y/w)^k, over all panels below the current one
    F, G = np.empty((2, n)), np.empty((2, n))

    _add_origin(kind, p, beta, w, b, rule, both, first, second, y_moments, legendre)
    for _ in range(n_dyadic):
        for i in range(n):
            x = b * (1.0 + t[i])
            F[1, i] = x**beta
            F[0, i] = F[1, i] * np.exp(-p * decades(kind, x))
            for q in range(2):
                G[q, i] = F[q, i] * np.sqrt(x)
        # so many orders of (x - y)/w <= 2b/w are above round-off
        orders = min(both.size, 3 + int(40.0 / np.log(0.5 * w / b)))
        _add_below(b, w, rule, F, y_moments, orders, both, first, second)
        _add_within(b, w, rule, F, G, orders, both, first, second)
        for i in range(n):
            y = b * (1.0 + t[i])
            for q in range(2):
                _add_powers(y / w, b * tw[i] * G[q, i], y_moments[q])
            _add_legendre(y, h, b * tw[i] * G[1, i], G[0, i] / G[1, i], legendre)
        b *= 2.0
    return _fitted(rule, legendre)


@njit(cache=True, nogil=True)
def _add_origin(kind, p, beta, w, b, rule, both, first, second, y_moments, legendre):
    """The first panel, ``x <= b <= 1``: algebraic at the origin in ``x`` and in ``y/x``."""
    t, tw = rule.origin_x
    u, uw = rule.origin_y
    scale = b ** (2.0 * beta + 2.5)
    for i in range(t.size):
        x = b * t[i]
        nx = np.exp(-p * decades(kind, x))
        for j in range(u.size):
            ny = np.exp(-p * decades(kind, x * u[j]))
            value = scale * tw[i] * uw[j]
            ratio = x * (1.0 - u[j]) / w
            for k in range(both.size):
                both[k] += value * nx * ny
                first[k] += value * nx
                second[k] += value * ny
                value *= ratio
    scale = b ** (beta + 1.5)
    for j in range(u.size):
        y = b * u[j]
        ny = np.exp(-p * decades(kind, y))
        _add_powers(y / w, scale * uw[j] * ny, y_moments[0])
        _add_powers(y / w, scale * uw[j], y_moments[1])
        _add_legendre(y, NEAR * w, scale * uw[j], ny, legendre)


@njit(cache=True, nogil=True)
def _add_below(b, w, rule, F, y_moments, orders, both, first, second):
    """``x`` in the panel [b, 2b], ``y`` below b: the binomial formula, from moments of each."""
    t, tw = rule.panel
    x_moments = np.zeros((2, orders))
    for i in range(t.size):
        for q in range(2):
            _add_powers(b * (1.0 + t[i]) / w, b * tw[i] * F[q, i], x_moments[q])
    binomial = np.empty(orders)
    for k in range(orders):
        binomial[k] = 1.0
        for j in range(k - 1, 0, -1):
            binomial[j] += binomial[j - 1]
        sign = 1.0
        for j in range(k + 1):
            weight = sign * binomial[j]
            both[k] += weight * x_moments[0, k - j] * y_moments[0, j]
            first[k] += weight * x_moments[0, k - j] * y_moments[1, j]
            second[k] += weight * x_moments[1, k - j] * y_moments[0, j]
            sign = -sign


@njit(cache=True, nogil=True)
def _add_within(b, w, rule, F, G, orders, both, first, second):
    """``y <= x`` both in the panel [b, 2b]: product integration of their interpolants."""
    n = rule.panel[0].size
    scale = b * b
    for k in range(orders):
        for i in range(n):
            row0 = row1 = 0.0
            for j in range(n):
                row0 += rule.triangle[k, i, j] * G[0, j]
                row1 += rule.triangle[k, i, j] * G[1, j]
            both[k] += scale * F[0, i] * row0
            first[k] += scale * F[0, i] * row1
            second[k] += scale * F[1, i] * row0
        scale *= b / w


@njit(cache=True, nogil=True)
def _fitted(rule, legendre):
    """Weights at the measure's nodes that reproduce the Legendre moments."""
    n = legendre.shape[1]
    weights = np.zeros((4, n))
    for q in range(4):
        for j in range(n):
            for k in range(n):
                weights[q, j] += (2 * k + 1) * rule.legendre[k, j] * legendre[q, k]
            weights[q, j] *= rule.measure[1][j]
    return weights


@njit(cache=True, nogil=True)
def _add_powers(ratio, weight, moments):
    for k in range(moments.size):
        moments[k] += weight
        weight *= ratio


@njit(cache=True, nogil=True)
def _add_legendre(y, h, weight, ny, moments):
    """Adds `weight` at `y`, times n(y), 1, y n(y) and y, to the Legendre moments over [0, h]."""
    z = 2.0 * y / h - 1.0
    previous, current = 0.0, 1.0
    for k in range(moments.shape[1]):
        value = weight * current
        moments[0, k] += value * ny
        moments[1, k] += value
        moments[2, k] += value * y * ny
        moments[3, k] += value * y
        previous, current = current, ((2 * k + 1) * z * current - k * previous) / (k + 1)
