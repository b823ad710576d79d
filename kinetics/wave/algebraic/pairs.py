"""Sums over pairs of nodes, of which the third frequency and its density follow.

Weights are (m, 2): throughout, index 0 at a node is with the datum and index 1 without.  With u and v the two
frequencies and q the one that follows, the four sums are of ``q^beta`` times the weights of u and v times::

    n(u) n(v) n(q)/n(w),    n(u) n(q)/n(w),    n(u) n(v),    n(v) n(q)/n(w)

Where u or v is of the order of w, its density is divided by n(w) too, because n(w) may be less than the
smallest number and the integral, by a power of w, not.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.algebraic.density import densities, powers


@njit(cache=True, nogil=True)
def weigh(kind, p, beta, unit, x, bare):
    """Returns the weights (m, 2) of the nodes `x`: `bare` times ``x^beta`` times ``n(x)/n(unit)`` and 1."""
    m = x.size
    weights, density, power, scratch = np.empty((m, 2)), np.empty(m), np.empty(m), np.empty(m)
    densities(kind, p, unit, x, density, scratch, m)
    powers(beta, x, power, scratch, m)
    for i in range(m):
        weights[i, 1] = power[i] * bare[i]
        weights[i, 0] = density[i] * weights[i, 1]
    return weights


@njit(cache=True, nogil=True)
def add_products(kind, p, beta, w, at, x, x_weights, y, y_weights, sums):
    """Adds all pairs of nodes x (m,) and y (n,), weights (m, 2) and (n, 2); q = at . (1, x, y)."""
    m, n = x.size, y.size
    work = np.empty((4, m * n))
    q, density, power, scratch = work[0], work[1], work[2], work[3]
    for i in range(m):
        base = at[0] + at[1] * x[i]
        for j in range(n):
            q[i * n + j] = base + at[2] * y[j]
    densities(kind, p, w, q, density, scratch, m * n)
    powers(beta, q, power, scratch, m * n)
    # lanes, because a sum into one number is not vectorised
    both, without_q, without_x = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(m):
        with_datum, without = x_weights[i, 0], x_weights[i, 1]
        for j in range(n):
            one = power[i * n + j]
            with_q = one * density[i * n + j]
            both[j] += with_datum * with_q
            without_q[j] += with_datum * one
            without_x[j] += without * with_q
    for j in range(n):
        sums[0] += y_weights[j, 0] * both[j]
        sums[1] += y_weights[j, 1] * both[j]
        sums[2] += y_weights[j, 0] * without_q[j]
        sums[3] += y_weights[j, 0] * without_x[j]


@njit(cache=True, nogil=True)
def add_rows(kind, p, beta, w, at, u, u_weights, unit, v, v_weights, power_of_v, sums):
    """Adds pairs of u (m,), weights (m, 2), with n nodes v (m*n,) of their own for each; q = at . (1, u, v).

    The weights of v are `v_weights` (n,) times ``v^power_of_v``, and its density is divided by n(unit).
    """
    m, n = u.size, v_weights.size
    size = m * n
    work = np.empty((6, size))
    q, density, power, scratch, v_density, v_power = work[0], work[1], work[2], work[3], work[4], work[5]
    for i in range(m):
        base = at[0] + at[1] * u[i]
        for j in range(n):
            q[i * n + j] = base + at[2] * v[i * n + j]
    densities(kind, p, w, q, density, scratch, size)
    powers(beta, q, power, scratch, size)
    densities(kind, p, unit, v, v_density, scratch, size)
    powers(power_of_v, v, v_power, scratch, size)
    every, without_v, without_q, without_u = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(m):
        with_datum, without = u_weights[i, 0], u_weights[i, 1]
        for j in range(n):
            k = i * n + j
            one = power[k] * v_power[k]
            with_q = one * density[k]
            with_both = with_q * v_density[k]
            every[j] += with_datum * with_both
            without_v[j] += with_datum * with_q
            without_q[j] += with_datum * (one * v_density[k])
            without_u[j] += without * with_both
    for j in range(n):
        sums[0] += v_weights[j] * every[j]
        sums[1] += v_weights[j] * without_v[j]
        sums[2] += v_weights[j] * without_q[j]
        sums[3] += v_weights[j] * without_u[j]
