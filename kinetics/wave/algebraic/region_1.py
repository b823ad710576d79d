"""Region 1: z = w3 >= w and x = w4 >= z, where ``w2 = x + z - w``."""

from __future__ import annotations

import numpy as np
from numba import njit

from kinetics.wave.algebraic.far import add_tails, below, may_be_wide, panel_from, tail
from kinetics.wave.algebraic.measure import scaled, widened
from kinetics.wave.algebraic.pairs import add_products, add_rows, weigh
from kinetics.wave.algebraic.rules import BOTH, DIFFERENCE, NEARLY_DIVERGES, ONE, THREE, TWO


@njit(cache=True, nogil=True)
def region_1(kind, p, beta, w, rule, out):
    """Adds to the seven entries of `out`, as `far` has them, but divided by one n1 more.

    Where w < 1, the datum's own scale begins at ``end``.  Below it are panels in x; z in all but the last two
    of them is a measure, because w2 depends on the sum of both alone.
    """
    at = (-w, 1.0, 1.0)
    sums, rows, tails = np.zeros(4), np.zeros((4, 4)), np.zeros((3, 4))
    end = w
    ratio = 2.0  # of the ends of the panel
    z, Z = np.empty(0), np.empty((2, 0))  # of all z below `end`
    last = Z  # the weights of the last panel
    measure = np.zeros((2, rule.measure.size))  # of z from w to the last panel
    while end < 1.0:
        last_ratio = ratio
        ratio = 8.0 if end >= 4.0 * w and may_be_wide(p, end) else 2.0  # next to w, w2 varies faster
        x, bare = panel_from(rule, end, ratio > 2.0)
        X = weigh(kind, p, beta, w, x, bare)
        below(kind, p, beta, w, rule, at, x, X, w, end, ratio, beta, sums)
        if end > w:
            add_products(kind, p, beta, w, at, x, X, z, Z, sums)
            measure = widened(rule.eightfold if last_ratio > 2.0 else rule.doubling, measure, last)
            z, Z = _joined(x, X, scaled(end, rule.measure), measure)
        else:
            z, Z = x, X
        last = X
        end *= ratio
    if end > w:
        add_tails(kind, p, beta, w, rule, at, end, z, Z, tails)
    _add_tails_in_both(kind, p, beta, w, rule, end, rows)
    root = np.sqrt(w)
    out[0] += root * (sums[0] + tails[BOTH, 0] + rows[3, 0])
    out[1] += root * sums[2]
    out[2] += root * sums[3]
    out[3] += root * (sums[1] + tails[BOTH, 1] + rows[BOTH, 3])
    out[4] += root * (tails[ONE, 2] + rows[ONE, 2])
    out[5] += root * (tails[ONE, 3] + rows[ONE, 1])
    out[6] += root * (tails[DIFFERENCE, 2] - tails[DIFFERENCE, 3] + rows[DIFFERENCE, 2] - rows[DIFFERENCE, 1])


@njit(cache=True, nogil=True)
def _joined(x, X, y, Y):
    """One rule of two, nodes (m,) and (n,), weights (2, m) and (2, n)."""
    m = x.size
    nodes, weights = np.empty(m + y.size), np.empty((2, m + y.size))
    for i in range(m):
        nodes[i], weights[0, i], weights[1, i] = x[i], X[0, i], X[1, i]
    for i in range(y.size):
        nodes[m + i], weights[0, m + i], weights[1, m + i] = y[i], Y[0, i], Y[1, i]
    return nodes, weights


@njit(cache=True, nogil=True)
def _add_tails_in_both(kind, p, beta, w, rule, end, sums):
    """z from `end` on, x from z on; rows of `sums`: ONE, DIFFERENCE, BOTH, and BOTH where three decay."""
    n = rule.tails.shape[2]
    z, Z = tail(kind, p, beta, w, rule.tails[TWO], end)
    x = np.empty((n, n))
    for row in range(4):
        if row == DIFFERENCE and p - 2.0 * beta >= NEARLY_DIVERGES:
            for k in range(4):
                sums[DIFFERENCE, k] = sums[ONE, k]
            continue
        if row == 3:
            z, Z = tail(kind, p, beta, w, rule.tails[THREE], end)
        weights = np.empty((2, n))  # of z, times z because x = z/s
        inner = rule.tails[min(row, BOTH)]
        for i in range(n):
            weights[0, i] = z[i] * Z[0, i]
            weights[1, i] = z[i] * Z[1, i]
            for j in range(n):
                x[i, j] = z[i] * inner[0, j]
        add_rows(kind, p, beta, w, (-w, 1.0, 1.0), z, weights, w, x, inner[1], beta, sums[row])
