r"""The truncated collision operator on a uniform grid, exactly, in O(n^2).

Discretises [AL24, (3.2)] with all four frequencies below ``Omega = n h`` by the midpoint rule: on
``w_i = (i + 1/2) h`` the resonance ``w1 + w2 = w3 + w4`` is the integer condition ``i1 + i2 = i3 + i4``, so
every leg of every quartet is a node and nothing is interpolated::

    C_i1 = (K0/2) h^2 w1^(beta-1/2) sum_{i2} sum_{i3+i4=i1+i2} (w2 w3 w4)^beta min(sqrt w1, ..., sqrt w4)
           (n3 n4 (n1 + n2) - n1 n2 (n3 + n4)),

the half because (3.2) has ``w3 <= w4``.  For one sum ``m = i1 + i2`` a pair is known by its lower member
``l``, and the minimum over four is the minimum over the two lower members: a semi-separable kernel.  With
``p_l = n_l n_(m-l)``, ``s_l = n_l + n_(m-l)``, ``v_l = (w_l w_(m-l))^beta``, each pair with its two orders,

    sum_{l'} v_l' sqrt(w_min(l,l')) (p_l' s_l - p_l s_l')  =  s_l A_l - p_l B_l,
    A_l = sum_{k<=l} (sqrt w_k - sqrt w_(k-1)) P_k,    P_k = sum_{l'>=k} v_l' p_l',

and `B`, `S` likewise with ``s`` for ``p``.  All sums are of positive terms.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_TILE = 512  # sums m at a time: five arrays of this length, and windows of four others, in 48 kB
_LANES = 16  # partial sums of a reduction: as many as fill the vector units


@njit(cache=True, nogil=True)
def pair_sums(n, power, root, gain_only):
    """Returns the double sum over quartets, without the factor ``(K0/2) h^2 w1^(beta-1/2)``.

    Parameters
    ----------
    n : (N,) float64
        Wave action at the nodes.
    power, root : (N,) float64
        ``w^beta`` and ``sqrt w`` at the nodes.
    gain_only : bool

    Returns
    -------
    (N,) float64

    Notes
    -----
    The sums ``m`` are taken a tile at a time, so that all arrays stay in the nearest caches; within a tile
    the outer loop is over the lower member of the pair, the inner ones over ``m``, along which everything is
    contiguous and nothing depends on the element before.  The sums over ``l' >= k`` are built downwards and
    taken apart upwards; `kept` has them at ``k = 1, 2, 4, ...``, so that a small remainder is never the
    difference of much larger numbers.
    """
    N = n.size
    weighted = power * n
    rate = np.zeros(N)
    P, S, A, B = np.empty(_TILE), np.empty(_TILE), np.empty(_TILE), np.empty(_TILE)
    exchange = np.empty(_TILE)  # rows of one array would not be known to be contiguous
    kept = np.empty((2 + int(math.log2(N)), 2, _TILE))
    for start in range(0, 2 * N - 1, _TILE):
        stop = min(start + _TILE, 2 * N - 1)
        lowest, highest = max(0, start - N + 1), (stop - 1) // 2
        P[:] = 0.0
        S[:] = 0.0
        for k in range(highest, lowest - 1, -1):
            _add_pairs(P, S, start, stop, k, weighted, power, 1.0, gain_only)
            if k & (k - 1) == 0:
                row = _octave(k)
                kept[row, 0, :] = P
                kept[row, 1, :] = S

        for k in range(lowest, highest + 1):
            if k & (k - 1) == 0:
                row = _octave(k)
                P[:] = kept[row, 0]
                S[:] = kept[row, 1]
            first, last = max(start, 2 * k), min(stop, k + N)  # the m of pairs whose lower member is k
            new = first if k == 0 else max(first, k + N - 1)  # from here on, k is the lowest of all
            if k > 0:
                step = root[k] - root[k - 1]
                _add(A[first - start : new - start], P[first - start : new - start], step)
                if not gain_only:
                    _add(B[first - start : new - start], S[first - start : new - start], step)
            for m in range(new, last):
                A[m - start] = root[k] * P[m - start]
                B[m - start] = root[k] * S[m - start]

            r = exchange[: last - first]
            a, b = A[first - start : last - start], B[first - start : last - start]
            if gain_only:
                _gain(r, n[first - k : last - k], a, n[k])
            else:
                _exchange(r, n[first - k : last - k], a, b, n[k])
            rate[k] += _dot(power[first - k : last - k], r)
            alone = 1 if first == 2 * k else 0  # both members are k
            _add(rate[first - k + alone : last - k], r[alone:], power[k])
            _add_pairs(P, S, start, stop, k, weighted, power, -1.0, gain_only)
    return rate


@njit(cache=True, nogil=True)
def _octave(k):
    row = 0
    while k > 0:
        k >>= 1
        row += 1
    return row


@njit(cache=True, nogil=True)
def _add_pairs(P, S, start, stop, k, weighted, power, sign, gain_only):
    """Adds the tile's pairs whose lower member is `k`: ``v p`` to `P` and ``v s`` to `S`."""
    if start <= 2 * k < stop:
        P[2 * k - start] += sign * weighted[k] * weighted[k]
        S[2 * k - start] += 2.0 * sign * weighted[k] * power[k]
    first, last = max(start, 2 * k + 1), min(stop, k + weighted.size)
    if first >= last:
        return
    others = weighted[first - k : last - k]
    _add(P[first - start : last - start], others, 2.0 * sign * weighted[k])
    if not gain_only:
        _add_two(
            S[first - start : last - start],
            others,
            2.0 * sign * power[k],
            power[first - k : last - k],
            2.0 * sign * weighted[k],
        )


@njit(cache=True, nogil=True)
def _add(to, what, factor):
    for i in range(to.size):
        to[i] += factor * what[i]


@njit(cache=True, nogil=True)
def _add_two(to, what, factor, other, other_factor):
    for i in range(to.size):
        to[i] += factor * what[i] + other_factor * other[i]


@njit(cache=True, nogil=True)
def _exchange(r, n, A, B, x):
    for i in range(r.size):
        r[i] = (x + n[i]) * A[i] - (x * n[i]) * B[i]


@njit(cache=True, nogil=True)
def _gain(r, n, A, x):
    for i in range(r.size):
        r[i] = (x + n[i]) * A[i]


@njit(cache=True, nogil=True)
def _dot(a, b):
    lanes = np.zeros(_LANES)
    whole = a.size // _LANES * _LANES
    for i in range(0, whole, _LANES):
        for j in range(_LANES):
            lanes[j] += a[i + j] * b[i + j]
    total = 0.0
    for i in range(whole, a.size):
        total += a[i] * b[i]
    for j in range(_LANES):
        total += lanes[j]
    return total
