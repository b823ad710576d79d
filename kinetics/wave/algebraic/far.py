"""Beyond the near triangle: regions 21, 22 and 3 at scale `w`, and the tail of region 3.

Every function adds to the parts 234, 134, 123, 124 of its region, divided by ``n_1^2 w^(beta-1/2)``.  Where M
is little above 6 and beta near 1, the tails of 134 and 123 nearly diverge and nearly cancel.  So these have
two entries of their own, and a seventh entry has their difference, integrated as one.

With x and y the larger and the smaller of the frequencies below `w`, ``w4 = w -+ (x - y)``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from kinetics.wave.algebraic.density import decades
from kinetics.wave.algebraic.measure import widened
from kinetics.wave.algebraic.pairs import add_products, add_rows, weigh
from kinetics.wave.algebraic.rules import NEAR


@njit(cache=True, nogil=True)
def panels(rule, low, count):
    """Nodes and weights of `count` panels [a, 2a] from `low` on."""
    t, tw = rule.far
    n = t.size
    x, bare = np.empty(count * n), np.empty(count * n)
    a = low
    for panel in range(count):
        for i in range(n):
            x[panel * n + i] = a * (1.0 + t[i])
            bare[panel * n + i] = a * tw[i]
        a *= 2.0
    return x, bare


@njit(cache=True, nogil=True)
def may_be_wide(p, low):
    """Whether [a, 8a] from `low` on is far enough below the datum's own scale, 1/p or more, for one panel."""
    return p * low <= 0.25


@njit(cache=True, nogil=True)
def wide_panel(rule, low):
    """Nodes and weights of the panel [a, 8a] from `low` on, for integrands that vary like powers of x.

    As functions of ``x^(1/3)`` they are as smooth there as functions of x are in [a, 2a].
    """
    t, tw = rule.far
    root = 1.0 + t
    return low * root**3, 3.0 * low * root**2 * tw


@njit(cache=True, nogil=True)
def below(kind, p, beta, w, rule, at, u, u_weights, unit, low, wide, half, sums):
    """Adds the triangles ``a <= v <= u`` of the panels from `low` on; sums as in `pairs`.

    The panels are one of `wide_panel`, if `wide`, or those of `panels`; v comes with ``v^(1/2)`` if `half`.
    """
    t, tw = rule.far
    n = t.size
    v = np.empty((u.size, n))
    weights = np.empty_like(u_weights)
    a = low
    for i in range(u.size):
        if i > 0 and i % n == 0:
            a *= 2.0
        for j in range(n):
            root = 1.0 + t[i % n] * t[j]
            v[i, j] = a * root**3 if wide else a * root
        # dv = 3 a root^2 dt: the power of root is left to that of v
        length = t[i % n] * (3.0 * np.cbrt(a) if wide else a)
        weights[0, i] = length * u_weights[0, i]
        weights[1, i] = length * u_weights[1, i]
    power = beta + (0.5 if half else 0.0) + (2.0 / 3.0 if wide else 0.0)
    add_rows(kind, p, beta, w, at, u, weights, unit, v, tw, power, sums)


@njit(cache=True, nogil=True)
def tail(kind, p, beta, w, nodes, start, power):
    """Frequencies from `start` to infinity and their weights (2, n), for integrands that decay as x^-power.

    `nodes` are a rule in ``s = start/x`` that carries the weight ``s^(power-2)`` already.
    """
    s, sw = nodes
    x, bare = np.empty(s.size), np.empty(s.size)
    for i in range(s.size):
        x[i] = start / s[i]
        bare[i] = start * sw[i] * s[i] ** -power
    return x, weigh(kind, p, beta, w, x, bare)


@njit(cache=True, nogil=True)
def far_21(kind, p, beta, w, rule, measure, out):
    """Region 21 beyond the near triangle: ``h <= x <= w/2``; w2 = y, w3 = x, w4 = w - (x - y)."""
    h = NEAR * w
    n = rule.far[0].size
    n1 = np.exp(-p * decades(kind, w))
    at = (w, -1.0, 1.0)
    x, bare = panels(rule, h, 2)
    X = weigh(kind, p, beta, w, x, bare)
    y = x[:n]
    Y = weigh(kind, p, beta, 0.0, y, bare[:n] * np.sqrt(y))
    sums = np.zeros(4)
    add_products(kind, p, beta, w, at, x, X, h * rule.measure, measure, sums)
    add_products(kind, p, beta, w, at, x[n:], X[:, n:], y, Y, sums)
    below(kind, p, beta, w, rule, at, x, X, 0.0, h, False, True, sums)
    out[0] += sums[0]
    out[1] += sums[1] * n1
    out[2] += sums[2]
    out[3] += sums[3]


@njit(cache=True, nogil=True)
def far_22(kind, p, beta, w, rule, measure, out):
    """Region 22: w2 = y <= w, w3 = x from max(w/2, y) to (w + y)/2, w4 = w - (x - y)."""
    h = NEAR * w
    t, tw = rule.far
    n1 = np.exp(-p * decades(kind, w))
    at = (w, 1.0, -1.0)
    sums = np.zeros(4)

    y = h * rule.measure
    x = np.empty((y.size, t.size))
    for i in range(y.size):
        for j in range(t.size):
            x[i, j] = 0.5 * w + 0.5 * y[i] * t[j]
    # the measure already has the length of the interval of x, y/2
    add_rows(kind, p, beta, w, at, y, 0.5 * measure, w, x, tw, beta, sums)

    y, bare = panels(rule, h, 3)
    x = np.empty((y.size, t.size))
    for i in range(y.size):
        start = max(0.5 * w, y[i])
        length = 0.5 * (w + y[i]) - start
        for j in range(t.size):
            x[i, j] = start + length * t[j]
        bare[i] *= length * np.sqrt(y[i])
    Y = weigh(kind, p, beta, 0.0, y, bare)
    add_rows(kind, p, beta, w, at, y, Y, w, x, tw, beta, sums)
    out[0] += sums[0]
    out[1] += sums[3] * n1
    out[2] += sums[2]
    out[3] += sums[1]


@njit(cache=True, nogil=True)
def far_3(kind, p, beta, w, rule, measure, out):
    """Region 3 beyond the near triangle; w3 = y <= w, w2 = x >= y, w4 = w + (x - y)."""
    h = NEAR * w
    n = rule.far[0].size
    n1 = np.exp(-p * decades(kind, w))
    at = (w, 1.0, -1.0)
    x, bare = panels(rule, h, 4)
    X = weigh(kind, p, beta, w, x, bare)
    y = x[: 3 * n]
    Y = weigh(kind, p, beta, 0.0, y, bare[: 3 * n] * np.sqrt(y))
    sums = np.zeros(4)
    add_products(kind, p, beta, w, at, x, X, h * rule.measure, measure, sums)
    below(kind, p, beta, w, rule, at, y, X[:, : 3 * n], 0.0, h, False, True, sums)
    for panel in range(3):
        a, b = panel * n, (panel + 1) * n
        add_products(kind, p, beta, w, at, x[b:], X[:, b:], y[a:b], Y[:, a:b], sums)

    # from x = 2w on, the whole of y <= w is a measure
    for panel in range(3):
        measure = widened(rule.doubling, measure, Y[:, panel * n : (panel + 1) * n])
    y, Y = w * rule.measure, measure
    end = 2.0 * w
    while end < 1.0:
        wide = may_be_wide(p, end)
        x, bare = wide_panel(rule, end) if wide else panels(rule, end, 1)
        add_products(kind, p, beta, w, at, x, weigh(kind, p, beta, w, x, bare), y, Y, sums)
        end *= 8.0 if wide else 2.0
    out[0] += sums[0]
    out[1] += sums[3]
    out[2] += sums[2]
    out[3] += sums[1] * n1

    sums = np.zeros(4)
    x, X = tail(kind, p, beta, w, rule.tail_both, end, 2.0 * (p - beta))
    add_products(kind, p, beta, w, at, x, X, y, Y, sums)
    out[0] += sums[0]
    out[3] += sums[1] * n1
    sums = np.zeros(4)
    x, X = tail(kind, p, beta, w, rule.tail_one, end, p - 2.0 * beta)
    add_products(kind, p, beta, w, at, x, X, y, Y, sums)
    out[4] += sums[3]
    out[5] += sums[2]
    if rule.tail_difference[0].size > 0:
        sums = np.zeros(4)
        x, X = tail(kind, p, beta, w, rule.tail_difference, end, p - 2.0 * beta + 1.0)
        add_products(kind, p, beta, w, at, x, X, y, Y, sums)
    out[6] += sums[3] - sums[2]
