"""The near triangle ``0 <= y <= x <= h``: moments over dyadic panels.

Throughout, index 0 of a pair is with the datum and index 1 without: ``F = x^beta (n(x), 1)`` and
``G = y^(beta+1/2) (n(y), 1)``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.algebraic.density import densities, powers
from wellposed.kinetics.wave.algebraic.measure import add_product, fitted
from wellposed.kinetics.wave.algebraic.rules import DEPTH, NEAR, ORIGIN_X, ORIGIN_Y, PANEL


@njit(cache=True, nogil=True, inline="always")
def near_moments(kind, p, beta, w, rule, both, first, second):
    """Adds the moments of ``((x-y)/w)^k`` over the near triangle, and returns the rule for ``y <= h``.

    `both`, `first` and `second` take the moments against ``x^beta y^(beta+1/2)`` times ``n(x) n(y)``,
    ``n(x)`` and ``n(y)``.  The rule's weights (2, n_measure, 2), at the measure's nodes, are for integrands
    that come with ``y^(beta+1/2)`` times ``n(y)`` and 1, and times ``y n(y)`` and ``y``.  The last two are
    rules of their own because the mass sits at ``y`` of order one and the nodes at order `h`: a factor ``y``
    taken at the nodes would lose as many digits as lie between the two.
    """
    h = NEAR * w
    n_dyadic = 0
    b = h
    while b > 1.0:
        b *= 0.5
        n_dyadic += 1
    t, tw = rule.near[PANEL, 0], rule.near[PANEL, 1]
    n = t.size
    size = n_dyadic * n
    y, length = np.empty(size), np.empty(size)
    low = b
    for panel in range(n_dyadic):
        for i in range(n):
            y[panel * n + i] = low * (1.0 + t[i])
            length[panel * n + i] = low * tw[i]
        low *= 2.0
    density, power, scratch = np.empty(size), np.empty(size), np.empty(size)
    densities(kind, p, 0.0, y, density, scratch, size)
    powers(beta, y, power, scratch, size)

    y_moments = np.zeros((2, both.size))  # of (y/w)^k, over all panels below the current one
    measure = _add_origin(kind, p, beta, w, b, rule, both, first, second, y_moments)
    here = np.empty((4, n))  # F with and without the datum, G with and without
    weights = np.empty((4, n))  # of the measure
    moments = np.empty((4, both.size))
    rows = np.empty((2, both.size * n))
    for panel in range(n_dyadic):
        for j in range(n):
            i = panel * n + j
            root = np.sqrt(y[i])
            here[0, j] = density[i] * power[i]
            here[1, j] = power[i]
            here[2, j] = here[0, j] * root
            here[3, j] = power[i] * root
            weights[0, j] = length[i] * here[2, j]
            weights[1, j] = length[i] * here[3, j]
            weights[2, j] = y[i] * weights[0, j]
            weights[3, j] = y[i] * weights[1, j]
        # so many orders of (x - y)/w <= 2b/w are above round-off
        orders = min(both.size, 3 + int(40.0 / np.log(0.5 * w / b)))
        _panel_moments(rule.near_powers[0], b, w, here, orders, moments)
        _add_below(rule.binomial, moments, y_moments, orders, both, first, second)
        _add_within(b, w, rule.triangle, here, orders, rows, both, first, second)
        for k in range(orders):
            y_moments[0, k] += moments[2, k]
            y_moments[1, k] += moments[3, k]
        add_product(weights, rule.spread[min(n_dyadic - panel, DEPTH) - 1], measure)
        b *= 2.0
    out = np.empty((2, measure.shape[1], 2))
    for i in range(measure.shape[1]):
        out[0, i, 0], out[0, i, 1] = measure[0, i], measure[1, i]
        out[1, i, 0], out[1, i, 1] = measure[2, i], measure[3, i]
    return out


@njit(cache=True, nogil=True)
def _add_origin(kind, p, beta, w, b, rule, both, first, second, y_moments):
    """Adds the first panel, ``x <= b <= 1``: algebraic at the origin in ``x`` and in ``y/x``.

    Returns its share of the measure.
    """
    t, tw = rule.near[ORIGIN_X, 0], rule.near[ORIGIN_X, 1]
    u, uw = rule.near[ORIGIN_Y, 0], rule.near[ORIGIN_Y, 1]
    origin_powers = rule.near_powers[1]
    n, orders = t.size, both.size
    x, nx = np.empty(n), np.empty(n)
    y, ny = np.empty(n * n), np.empty(n * n)
    scratch = np.empty(n * n)
    for i in range(n):
        x[i] = b * t[i]
        for j in range(n):
            y[i * n + j] = x[i] * u[j]
    densities(kind, p, 0.0, x, nx, scratch, n)
    densities(kind, p, 0.0, y, ny, scratch, n * n)
    bare = np.zeros(orders)  # integrals over y/x of (1 - y/x)^k, and with n(y)
    inner = np.empty(orders)
    for j in range(n):
        for k in range(orders):
            bare[k] += origin_powers[j, k]
    scale = b ** (2.0 * beta + 2.5)
    for i in range(n):
        for k in range(orders):
            inner[k] = 0.0
        for j in range(n):
            for k in range(orders):
                inner[k] += ny[i * n + j] * origin_powers[j, k]
        value = scale * tw[i]
        for k in range(orders):
            both[k] += value * nx[i] * inner[k]
            first[k] += value * nx[i] * bare[k]
            second[k] += value * inner[k]
            value *= x[i] / w

    scale = b ** (beta + 1.5)
    weights = np.empty((4, n))
    for j in range(n):
        x[j] = b * u[j]
    densities(kind, p, 0.0, x, nx, scratch, n)
    for j in range(n):
        weights[0, j] = scale * uw[j] * nx[j]
        weights[1, j] = scale * uw[j]
        weights[2, j] = x[j] * weights[0, j]
        weights[3, j] = x[j] * weights[1, j]
        value = 1.0
        for k in range(orders):
            y_moments[0, k] += weights[0, j] * value
            y_moments[1, k] += weights[1, j] * value
            value *= x[j] / w
    return fitted(rule.recurrence, rule.projection, NEAR * w, x, weights)


@njit(cache=True, nogil=True)
def _panel_moments(panel_powers, b, w, values, orders, moments):
    """Writes moments of (x/w)^k over the panel [b, 2b] of the four `values` at its nodes."""
    n = values.shape[1]
    for q in range(4):
        for k in range(orders):
            moments[q, k] = 0.0
    for i in range(n):
        for q in range(4):
            for k in range(orders):
                moments[q, k] += values[q, i] * panel_powers[i, k]
    scale = b
    for k in range(orders):
        for q in range(4):
            moments[q, k] *= scale
        scale *= b / w


@njit(cache=True, nogil=True)
def _add_below(binomial, moments, y_moments, orders, both, first, second):
    """Adds ``x`` in the panel [b, 2b], ``y`` below b: the binomial formula, from moments of each."""
    for j in range(orders):
        for i in range(orders - j):
            with_y = binomial[j, i] * y_moments[0, j]
            without_y = binomial[j, i] * y_moments[1, j]
            both[j + i] += with_y * moments[0, i]
            first[j + i] += without_y * moments[0, i]
            second[j + i] += with_y * moments[1, i]


@njit(cache=True, nogil=True)
def _add_within(b, w, triangle, values, orders, rows, both, first, second):
    """Adds ``y <= x`` both in the panel [b, 2b]: product integration of their interpolants."""
    n = values.shape[1]
    size = orders * n
    for i in range(size):
        rows[0, i] = rows[1, i] = 0.0
    for j in range(0, n, 2):  # two at a time, n is even
        with_datum, without = values[2, j], values[3, j]
        with_next, without_next = values[2, j + 1], values[3, j + 1]
        for i in range(size):
            one, other = triangle[j, i], triangle[j + 1, i]
            rows[0, i] += with_datum * one + with_next * other
            rows[1, i] += without * one + without_next * other
    scale = b * b
    for k in range(orders):
        sum_both = sum_first = sum_second = 0.0
        for i in range(n):
            sum_both += values[0, i] * rows[0, k * n + i]
            sum_first += values[0, i] * rows[1, k * n + i]
            sum_second += values[1, i] * rows[0, k * n + i]
        both[k] += scale * sum_both
        first[k] += scale * sum_first
        second[k] += scale * sum_second
        scale *= b / w
