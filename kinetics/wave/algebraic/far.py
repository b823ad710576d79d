"""Beyond the near triangle: regions 21, 22 and 3 at scale `w`, and the tail of region 3.

The parts 234, 134, 123, 124 of a region are divided by ``n_1^2 w^(beta-1/2)``.  Where M is little above 6 and
beta near 1, the tails of 134 and 123 nearly diverge and nearly cancel.  So these have two entries of their
own, and a seventh entry has their difference, integrated as one.

With x and y the larger and the smaller of the frequencies below `w`, ``w4 = w -+ (x - y)``.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from kinetics.wave.algebraic.density import decades
from kinetics.wave.algebraic.measure import scaled, widened
from kinetics.wave.algebraic.pairs import add_products, add_rows, columns, weigh
from kinetics.wave.algebraic.rules import BOTH, DIFFERENCE, NEAR, NEARLY_DIVERGES, ONE


@njit(cache=True, nogil=True)
def panels(rule, low, count):
    """Nodes and weights of `count` panels [a, 2a] from `low` on."""
    n = rule.far.shape[1]
    x, bare = np.empty(count * n), np.empty(count * n)
    a = low
    for panel in range(count):
        for i in range(n):
            x[panel * n + i] = a * (1.0 + rule.far[0, i])
            bare[panel * n + i] = a * rule.far[1, i]
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
    n = rule.far.shape[1]
    x, bare = np.empty(n), np.empty(n)
    for i in range(n):
        root = 1.0 + rule.far[0, i]
        x[i] = low * root * root * root
        bare[i] = 3.0 * low * root * root * rule.far[1, i]
    return x, bare


@njit(cache=True, nogil=True)
def panel_from(rule, low, wide):
    """The next panel."""
    # np.int64 here and below: for a literal number the function would be compiled anew
    return wide_panel(rule, low) if wide else panels(rule, low, np.int64(1))


@njit(cache=True, nogil=True)
def below(kind, p, beta, w, rule, at, u, u_weights, unit, low, ratio, power, sums):
    """Adds the triangles ``a <= v <= u`` of the panels [a, ratio a] from `low` on; sums as in `pairs`.

    With a ratio of 2 they are those of `panels`, with 8 one `wide_panel`; v comes with ``v^power``.
    """
    n = rule.far.shape[1]
    wide = ratio > 2.0
    v, weights = np.empty((u.size, n)), np.empty((2, u.size))
    a = low
    for i in range(u.size):
        t = rule.far[0, i % n]
        if i > 0 and i % n == 0:
            a *= 2.0
        for j in range(n):
            root = 1.0 + t * rule.far[0, j]
            v[i, j] = a * (root * root * root if wide else root)
        # dv = 3 a root^2 dt: the power of root is left to that of v
        length = t * (3.0 * a ** (1.0 / 3.0) if wide else a)
        weights[0, i] = length * u_weights[0, i]
        weights[1, i] = length * u_weights[1, i]
    power_of_v = power + (2.0 / 3.0 if wide else 0.0)
    add_rows(kind, p, beta, w, at, u, weights, unit, v, rule.far[1], power_of_v, sums)


@njit(cache=True, nogil=True)
def tail(kind, p, beta, w, nodes, start):
    """Frequencies from `start` to infinity and their weights (2, n), by one of the rule's tails."""
    return scaled(start, nodes[0]), weigh(kind, p, beta, w, scaled(start, nodes[0]), scaled(start, nodes[1]))


@njit(cache=True, nogil=True)
def add_tails(kind, p, beta, w, rule, at, end, y, y_weights, sums):
    """Adds x from `end` on to the rows ONE, DIFFERENCE and BOTH of the sums (3, 4)."""
    for decay in (ONE, DIFFERENCE, BOTH):
        if decay == DIFFERENCE and p - 2.0 * beta >= NEARLY_DIVERGES:
            for k in range(4):
                sums[DIFFERENCE, k] = sums[ONE, k]
        else:
            x, x_weights = tail(kind, p, beta, w, rule.tails[decay], end)
            add_products(kind, p, beta, w, at, x, x_weights, y, y_weights, sums[decay])


@njit(cache=True, nogil=True)
def far_regions(kind, p, beta, w, rule, measure, out):
    """Adds regions 21, 22 and 3 beyond the near triangle to `out` (3, 7).

    `measure` (4, n_measure) is that of the frequencies below h, as `near_moments` returns it.
    """
    h = NEAR * w
    x, bare = panels(rule, h, np.int64(4))
    X = weigh(kind, p, beta, w, x, bare)
    y = x[: 3 * rule.far.shape[1]]
    for i in range(y.size):
        bare[i] *= np.sqrt(y[i])
    Y = weigh(kind, p, beta, 0.0, y, bare)
    near, near_measure = scaled(h, rule.measure), measure[:2]
    sums = np.zeros((3, 4))
    half = 2 * rule.far.shape[1]  # x in region 21 ends at w/2
    _add_ordered(
        kind,
        p,
        beta,
        w,
        rule,
        (w, -1.0, 1.0),
        x[:half],
        columns(X, np.int64(0), half),
        Y,
        near,
        near_measure,
        sums[0],
    )
    _add_22(kind, p, beta, w, rule, near, measure[2:], y, bare, sums[1])
    _add_ordered(kind, p, beta, w, rule, (w, 1.0, -1.0), x, X, Y, near, near_measure, sums[2])
    tails = np.zeros((3, 4))
    _add_3(kind, p, beta, w, rule, near_measure, Y, sums[2], tails)

    n1 = np.exp(-p * decades(kind, w))
    out[0, 0] += sums[0, 0]
    out[0, 1] += sums[0, 1] * n1
    out[0, 2] += sums[0, 2]
    out[0, 3] += sums[0, 3]
    out[1, 0] += sums[1, 0]
    out[1, 1] += sums[1, 3] * n1
    out[1, 2] += sums[1, 2]
    out[1, 3] += sums[1, 1]
    out[2, 0] += sums[2, 0] + tails[BOTH, 0]
    out[2, 1] += sums[2, 3]
    out[2, 2] += sums[2, 2]
    out[2, 3] += (sums[2, 1] + tails[BOTH, 1]) * n1
    out[2, 4] += tails[ONE, 3]
    out[2, 5] += tails[ONE, 2]
    out[2, 6] += tails[DIFFERENCE, 3] - tails[DIFFERENCE, 2]


@njit(cache=True, nogil=True)
def _add_ordered(kind, p, beta, w, rule, at, x, X, Y, near, measure, sums):
    """Adds all ``y <= min(x, w)``, x in the panels from h on: region 21 up to w/2, region 3 up to 2w.

    In region 21 w2 = y, w3 = x, w4 = w - (x - y), and in region 3 w2 = x, w3 = y, w4 = w + (x - y).
    """
    n = rule.far.shape[1]
    add_products(kind, p, beta, w, at, x, X, near, measure, sums)
    end = min(x.size, 3 * n)
    below(
        kind,
        p,
        beta,
        w,
        rule,
        at,
        x[:end],
        columns(X, np.int64(0), end),
        0.0,
        NEAR * w,
        2.0,
        beta + 0.5,
        sums,
    )
    for a in range(0, x.size - n, n):
        b = a + n
        add_products(kind, p, beta, w, at, x[b:], columns(X, b, x.size), x[a:b], columns(Y, a, b), sums)


@njit(cache=True, nogil=True)
def _add_22(kind, p, beta, w, rule, near, measure, far, bare, sums):
    """Region 22: w2 = y <= w, w3 = x from max(w/2, y) to (w + y)/2, w4 = w - (x - y).

    y is at the nodes `near`, with the weights `measure`, and at the nodes `far`, with weights yet to be
    made of `bare`.
    """
    m, n = near.size, rule.far.shape[1]
    y, Y = np.empty(m + far.size), np.empty((2, m + far.size))
    x = np.empty((y.size, n))
    for i in range(far.size):
        bare[i] *= 0.5 * (w + far[i]) - max(0.5 * w, far[i])
    weights = weigh(kind, p, beta, 0.0, far, bare)
    for i in range(y.size):
        if i < m:  # the measure already has the length of the interval of x, y/2
            y[i], Y[0, i], Y[1, i] = near[i], 0.5 * measure[0, i], 0.5 * measure[1, i]
        else:
            y[i], Y[0, i], Y[1, i] = far[i - m], weights[0, i - m], weights[1, i - m]
        start = max(0.5 * w, y[i])
        length = 0.5 * (w + y[i]) - start
        for j in range(n):
            x[i, j] = start + length * rule.far[0, j]
    add_rows(kind, p, beta, w, (w, 1.0, -1.0), y, Y, w, x, rule.far[1], beta, sums)


@njit(cache=True, nogil=True)
def _add_3(kind, p, beta, w, rule, measure, Y, sums, tails):
    """Region 3 from x = 2w on, where the whole of y <= w is a measure."""
    n = rule.far.shape[1]
    at = (w, 1.0, -1.0)
    for a in range(0, 3 * n, n):
        measure = widened(rule.doubling, measure, columns(Y, a, a + n))
    y = scaled(w, rule.measure)
    end = 2.0 * w
    while end < 1.0:
        wide = may_be_wide(p, end)
        x, bare = panel_from(rule, end, wide)
        add_products(kind, p, beta, w, at, x, weigh(kind, p, beta, w, x, bare), y, measure, sums)
        end *= 8.0 if wide else 2.0
    add_tails(kind, p, beta, w, rule, at, end, y, measure, tails)
