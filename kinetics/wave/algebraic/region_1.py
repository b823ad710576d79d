"""Region 1: z = w3 >= w and x = w4 >= z, where ``w2 = x + z - w``."""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.algebraic.far import add_tails, below, may_be_wide, n_tails, scaled
from wellposed.kinetics.wave.algebraic.measure import widened
from wellposed.kinetics.wave.algebraic.pairs import add_products, add_rows, weigh
from wellposed.kinetics.wave.algebraic.rules import BOTH, DYADIC, ONE, THREE, TWO, WIDE


@njit(cache=True, nogil=True, inline="always")
def region_1(kind, p, beta, w, rule, out):
    """Adds to the seven entries of `out` as `far` does, but divided by one n1 more.

    Where w < 1, the datum's own scale begins at ``end``.  Below it are panels in x; z in all but the last two
    of them is a measure, because w2 depends on the sum of both alone.
    """
    at = (-w, 1.0, 1.0)
    sums = np.zeros(4)
    tails = np.zeros((3, 4))
    end = low = w
    ratio = 2.0
    z, Z = np.empty(0), np.empty((0, 2))  # the panel before, from `low` on
    measure = np.zeros((rule.measure.size, 2))  # of z from w to `low`, on [0, low]
    while end < 1.0:
        previous = ratio
        ratio = 8.0 if end >= 4.0 * w and may_be_wide(p, end) else 2.0  # next to w, w2 varies faster
        panel = rule.far[WIDE if ratio > 2.0 else DYADIC]
        x = scaled(panel[0], end)
        X = weigh(kind, p, beta, w, x, scaled(panel[1], end))
        below(kind, p, beta, w, rule.far, at, x, X, w, end, ratio, beta, sums)
        if end > w:
            add_products(kind, p, beta, w, at, x, X, z, Z, sums)
            if low > w:
                add_products(kind, p, beta, w, at, x, X, scaled(rule.measure, low), measure, sums)
            measure = widened(rule.eightfold if previous > 2.0 else rule.doubling, measure, Z)
        z, Z = x, X
        low = end
        end *= ratio
    if end > w:
        add_tails(kind, p, beta, w, rule.tails, at, end, z, Z, tails)
        add_tails(kind, p, beta, w, rule.tails, at, end, scaled(rule.measure, low), measure, tails)
    rows, three = np.zeros((3, 4)), np.zeros(4)
    for k in range(n_tails(p, beta)):
        _add_rows_of_tails(kind, p, beta, w, rule.tails[TWO], rule.tails[k], end, rows[k])
    _add_rows_of_tails(kind, p, beta, w, rule.tails[THREE], rule.tails[BOTH], end, three)
    last = n_tails(p, beta) - 1
    root = np.sqrt(w)
    out[0] += root * (sums[0] + tails[BOTH, 0] + three[0])
    out[1] += root * sums[2]
    out[2] += root * sums[3]
    out[3] += root * (sums[1] + tails[BOTH, 1] + rows[BOTH, 3])
    out[4] += root * (tails[ONE, 2] + rows[ONE, 2])
    out[5] += root * (tails[ONE, 3] + rows[ONE, 1])
    out[6] += root * (tails[last, 2] - tails[last, 3] + rows[last, 2] - rows[last, 1])


@njit(cache=True, nogil=True)
def _add_rows_of_tails(kind, p, beta, w, outer, inner, start, sums):
    """Adds z from `start` on, x from z on, by one tail each."""
    z = scaled(outer[0], start)
    Z = weigh(kind, p, beta, w, z, scaled(outer[1], start))
    n = inner.shape[1]
    x = np.empty(z.size * n)
    for i in range(z.size):
        for j in range(n):
            x[i * n + j] = z[i] * inner[0, j]
        Z[i, 0] *= z[i]
        Z[i, 1] *= z[i]
    add_rows(kind, p, beta, w, (-w, 1.0, 1.0), z, Z, w, x, inner[1], beta, sums)
