"""Region 1: z = w3 >= w and x = w4 >= z, where ``w2 = x + z - w``."""

from __future__ import annotations

import numpy as np
from numba import njit

from kinetics.wave.algebraic.far import below, may_be_wide, panels, tail, wide_panel
from kinetics.wave.algebraic.measure import widened
from kinetics.wave.algebraic.pairs import add_products, add_rows, weigh


@njit(cache=True, nogil=True)
def region_1(kind, p, beta, w, rule, out):
    """Adds to the seven entries of `out` as the functions of `far` do, but divided by one n1 more.

    Where w < 1, the datum's own scale begins at ``end``.  Below it are panels in x; z in all but the last two
    of them is a measure, because w2 depends on the sum of both alone.
    """
    at = (-w, 1.0, 1.0)
    parts = np.zeros(7)
    sums = np.zeros(4)
    end = low = w
    wide = False
    z, Z = np.empty(0), np.empty((2, 0))  # the panel before, from `low` on
    measure = np.zeros((2, rule.measure.size))  # of z from w to `low`, on [0, low]
    while end < 1.0:
        was_wide = wide
        wide = end >= 4.0 * w and may_be_wide(p, end)  # next to w, w2 varies faster
        x, bare = wide_panel(rule, end) if wide else panels(rule, end, 1)
        X = weigh(kind, p, beta, w, x, bare)
        below(kind, p, beta, w, rule, at, x, X, w, end, wide, False, sums)
        if end > w:
            add_products(kind, p, beta, w, at, x, X, z, Z, sums)
            if low > w:
                add_products(kind, p, beta, w, at, x, X, low * rule.measure, measure, sums)
            measure = widened(rule.eightfold if was_wide else rule.doubling, measure, Z)
        z, Z = x, X
        low = end
        end *= 8.0 if wide else 2.0
    parts[0] = sums[0]
    parts[1] = sums[2]
    parts[2] = sums[3]
    parts[3] = sums[1]
    if end > w:
        _tails_in_x(kind, p, beta, w, rule, end, z, Z, parts)
        _tails_in_x(kind, p, beta, w, rule, end, low * rule.measure, measure, parts)
    _tails_in_both(kind, p, beta, w, rule, end, parts)
    root = np.sqrt(w)
    for k in range(7):
        out[k] += root * parts[k]


@njit(cache=True, nogil=True)
def _tails_in_x(kind, p, beta, w, rule, end, z, Z, parts):
    """x from `end` on, z below it."""
    at = (-w, 1.0, 1.0)
    sums = np.zeros(4)
    x, X = tail(kind, p, beta, w, rule.tail_one, end, p - 2.0 * beta)
    add_products(kind, p, beta, w, at, x, X, z, Z, sums)
    parts[4] += sums[2]
    parts[5] += sums[3]
    if rule.tail_difference[0].size > 0:
        sums = np.zeros(4)
        x, X = tail(kind, p, beta, w, rule.tail_difference, end, p - 2.0 * beta + 1.0)
        add_products(kind, p, beta, w, at, x, X, z, Z, sums)
    parts[6] += sums[2] - sums[3]
    sums = np.zeros(4)
    x, X = tail(kind, p, beta, w, rule.tail_both, end, 2.0 * (p - beta))
    add_products(kind, p, beta, w, at, x, X, z, Z, sums)
    parts[0] += sums[0]
    parts[3] += sums[1]


@njit(cache=True, nogil=True)
def _tails_in_both(kind, p, beta, w, rule, end, parts):
    """z from `end` on, x from z on."""
    one, both = p - 2.0 * beta, 2.0 * (p - beta)
    two, three = 2.0 * p - 3.0 * beta - 1.0, 3.0 * p - 3.0 * beta - 1.0
    z, Z = tail(kind, p, beta, w, rule.tail_two, end, two)
    sums = np.zeros(4)
    _rows(kind, p, beta, w, z, Z, rule.tail_one, one, sums)
    parts[4] += sums[2]
    parts[5] += sums[1]
    if rule.tail_difference[0].size > 0:
        sums = np.zeros(4)
        _rows(kind, p, beta, w, z, Z, rule.tail_difference, one + 1.0, sums)
    parts[6] += sums[2] - sums[1]
    sums = np.zeros(4)
    _rows(kind, p, beta, w, z, Z, rule.tail_both, both, sums)
    parts[3] += sums[3]
    sums = np.zeros(4)
    z, Z = tail(kind, p, beta, w, rule.tail_three, end, three)
    _rows(kind, p, beta, w, z, Z, rule.tail_both, both, sums)
    parts[0] += sums[0]


@njit(cache=True, nogil=True)
def _rows(kind, p, beta, w, z, Z, nodes, power, sums):
    """x = z/s from z on, by a rule in s that carries the weight ``s^(power-2)``."""
    s, sw = nodes
    x = np.empty((z.size, s.size))
    weights = sw * s**-power
    for i in range(z.size):
        for j in range(s.size):
            x[i, j] = z[i] / s[j]
    add_rows(kind, p, beta, w, (-w, 1.0, 1.0), z, z * Z, w, x, weights, beta, sums)
