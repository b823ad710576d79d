"""Beyond the near triangle: regions 21, 22 and 3 at scale `w`, and the tail of region 3.

A region's entries are its parts 234, 134, 123, 124, divided by ``n_1^2 w^(beta-1/2)``.  Where M is
little above 6 and beta near 1, the tails of 134 and 123 nearly diverge and nearly cancel.  So these have
two entries of their own, and a seventh entry has their difference, integrated as one.

With x and y the larger and the smaller of the frequencies below `w`, ``w4 = w -+ (x - y)``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.algebraic.density import decades
from wellposed.kinetics.wave.algebraic.measure import widened
from wellposed.kinetics.wave.algebraic.pairs import add_products, add_rows, weigh
from wellposed.kinetics.wave.algebraic.rules import (
    BOTH,
    DIFFERENCE,
    DYADIC,
    NEAR,
    NEARLY_DIVERGENT,
    ONE,
    UNIT,
    WIDE,
)


@njit(cache=True, nogil=True)
def scaled(nodes, factor):
    """Returns the nodes times `factor`."""
    out = np.empty(nodes.size)
    for i in range(nodes.size):
        out[i] = factor * nodes[i]
    return out


@njit(cache=True, nogil=True)
def may_be_wide(p, low):
    """Returns whether one panel has [low, 8 low]: far enough below the datum's own scale, 1/p or more."""
    return p * low <= 0.25


@njit(cache=True, nogil=True)
def below(kind, p, beta, w, far, at, u, u_weights, unit, low, ratio, power, sums):
    """Adds the triangles ``a <= v <= u`` of the panels ``[a, ratio a]`` from `low` on; sums as in `pairs`.

    `ratio` is 2, or 8 for the wide one; v comes with ``v^power``.
    """
    wide = ratio > 2.0
    t, tw = far[UNIT, 0], far[UNIT, 1]
    n = t.size
    v = np.empty(u.size * n)
    weights = np.empty((u.size, 2))
    a = low
    for i in range(u.size):
        if i > 0 and i % n == 0:
            a *= 2.0
        for j in range(n):
            root = 1.0 + t[i % n] * t[j]
            v[i * n + j] = a * root * root * root if wide else a * root
        # dv = 3 a root^2 dt: the power of root is left to that of v
        length = t[i % n] * (3.0 * a ** (1.0 / 3.0) if wide else a)
        weights[i, 0] = length * u_weights[i, 0]
        weights[i, 1] = length * u_weights[i, 1]
    add_rows(kind, p, beta, w, at, u, weights, unit, v, tw, power + (2.0 / 3.0 if wide else 0.0), sums)


@njit(cache=True, nogil=True)
def _add_beyond(kind, p, beta, w, far, at, x, X, Y, z, Z, sums):
    """Adds the nodes x >= h of dyadic panels with all y below: those x weighted by `Y`, and z below h."""
    n = far.shape[2]
    add_products(kind, p, beta, w, at, x, X, z, Z, sums)
    m = Y.shape[0]
    below(kind, p, beta, w, far, at, x[:m], X[:m], 0.0, NEAR * w, 2.0, beta + 0.5, sums)
    for b in range(n, x.size, n):
        add_products(kind, p, beta, w, at, x[b:], X[b:], x[b - n : b], Y[b - n : b], sums)


@njit(cache=True, nogil=True)
def n_tails(p, beta):
    """Returns how many of the tails count.

    The last gives the difference, as `ONE` does where it converges well.
    """
    return DIFFERENCE + 1 if p - 2.0 * beta < NEARLY_DIVERGENT else ONE + 1


@njit(cache=True, nogil=True)
def add_tails(kind, p, beta, w, tails, at, start, y, Y, sums):
    """Adds pairs of x from `start` on with nodes y to `sums` (3, 4), by tails."""
    for k in range(n_tails(p, beta)):
        x = scaled(tails[k, 0], start)
        X = weigh(kind, p, beta, w, x, scaled(tails[k, 1], start))
        add_products(kind, p, beta, w, at, x, X, y, Y, sums[k])


@njit(cache=True, nogil=True, inline="always")
def add_far(kind, p, beta, w, rule, measure, values):
    """Adds to regions 21, 22 and 3, the first three of `values` (4, 7).

    `measure` (2, n_measure, 2) is the rule of `near_moments` for ``y <= h``.
    """
    h = NEAR * w
    far = rule.far
    n = far.shape[2]
    n1 = np.exp(-p * decades(kind, w))
    x, bare = np.empty(4 * n), np.empty(4 * n)  # four panels, which the regions share
    a = h
    for i in range(4 * n):
        if i > 0 and i % n == 0:
            a *= 2.0
        x[i] = a * far[DYADIC, 0, i % n]
        bare[i] = a * far[DYADIC, 1, i % n]
    X = weigh(kind, p, beta, w, x, bare)
    for i in range(3 * n):
        bare[i] *= np.sqrt(x[i])
    Y = weigh(kind, p, beta, 0.0, x[: 3 * n], bare)
    z = scaled(rule.measure, h)
    Z = measure[0]  # y below h

    # region 21: w2 = y, w3 = x <= w/2, w4 = w - (x - y)
    sums = np.zeros(4)
    _add_beyond(kind, p, beta, w, far, (w, -1.0, 1.0), x[: 2 * n], X[: 2 * n], Y[: 2 * n], z, Z, sums)
    out = values[0]
    out[0] += sums[0]
    out[1] += sums[1] * n1
    out[2] += sums[2]
    out[3] += sums[3]

    # region 22: w2 = y <= w, w3 = x from max(w/2, y) to (w + y)/2, w4 = w - (x - y)
    sums = np.zeros(4)
    at = (w, 1.0, -1.0)
    m = z.size
    y = np.empty(m + 3 * n)
    weights = np.empty((y.size, 2))
    v = np.empty(y.size * n)
    for i in range(y.size):
        y[i] = z[i] if i < m else x[i - m]
        start = max(0.5 * w, y[i])
        length = 0.5 * min(y[i], w - y[i])
        for j in range(n):
            v[i * n + j] = start + length * far[UNIT, 0, j]
        for q in range(2):  # below h by the measure that has the factor y
            weights[i, q] = 0.5 * measure[1, i, q] if i < m else length * Y[i - m, q]
    add_rows(kind, p, beta, w, at, y, weights, w, v, far[UNIT, 1], beta, sums)
    out = values[1]
    out[0] += sums[0]
    out[1] += sums[3] * n1
    out[2] += sums[2]
    out[3] += sums[1]

    # region 3: w3 = y <= w, w2 = x >= y, w4 = w + (x - y)
    sums = np.zeros(4)
    _add_beyond(kind, p, beta, w, far, at, x, X, Y, z, Z, sums)
    # from x = 2w on, the whole of y <= w is a measure
    for b in range(0, 3 * n, n):
        Z = widened(rule.doubling, Z, Y[b : b + n])
    z = scaled(rule.measure, w)
    end = 2.0 * w
    while end < 1.0:
        wide = may_be_wide(p, end)
        panel = far[WIDE if wide else DYADIC]
        x = scaled(panel[0], end)
        X = weigh(kind, p, beta, w, x, scaled(panel[1], end))
        add_products(kind, p, beta, w, at, x, X, z, Z, sums)
        end *= 8.0 if wide else 2.0
    tails = np.zeros((3, 4))
    last = n_tails(p, beta) - 1
    add_tails(kind, p, beta, w, rule.tails, at, end, z, Z, tails)
    out = values[2]
    out[0] += sums[0] + tails[BOTH, 0]
    out[1] += sums[3]
    out[2] += sums[2]
    out[3] += (sums[1] + tails[BOTH, 1]) * n1
    out[4] += tails[ONE, 3]
    out[5] += tails[ONE, 2]
    out[6] += tails[last, 3] - tails[last, 2]
