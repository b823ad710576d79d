r"""One row of the collision operator as a cubic form, and sign patterns at which its derivative is large.

With ``u = f/n``, ``n`` the inverse of the weight, the weighted operator at one frequency ``w1`` is

    W[u, a] = int (A u2 u3 u4 + a (B34 u3 u4 - B23 u2 u3 - B24 u2 u4)),    a = u(w1),

and ``a`` is independent of the rest, because a single frequency has no measure.  For `u` constant on cells
this is ``T_ijk u_i u_j u_k + a S_ij u_i u_j`` with symmetric `T` and `S`, and the norm of its derivative with
respect to ``(u, a)`` in the dual of the sup norm is

    sum_i |3 T_ijk u_j u_k + 2 a S_ij u_j| + |S_ij u_i u_j|.

It is largest over a cube at vertices, up to the diagonals of `T` and `S`, which vanish with the cells' width:
what stands between the bars is linear in every ``u_i`` otherwise.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.algebraic.density import decades


@njit(cache=True, nogil=True)
def row_form(kind, p, beta, w1, edges, sub, loss):
    """Returns the cubic form of the row at `w1`, ``(T, S)``, without ``K0``.

    Parameters
    ----------
    kind : int
        One of `algebraic.BRACKET` and `algebraic.BRACKET_K`: the weight's inverse.
    p, beta, w1 : float
    edges : (n + 1,) float64
        Cells of ``omega/w1``: 0, and then a geometric sequence.
    sub : int
        Midpoints per cell; the first is divided evenly, all others geometrically.
    loss : float
        1 for the full operator, 0 for its gain.

    Returns
    -------
    T : (n, n, n) float64
    S : (n, n) float64

    Notes
    -----
    ``w2`` and ``w3`` run over midpoints, each at its own scale, and ``w4 = w1 + w2 - w3`` is where it falls.
    The operator is symmetric in ``w3`` and ``w4``; instead of ``w3 <= w4``, at which the midpoint rule would
    be cut, both orders are taken with the smooth weight ``w4^2/(w3^2 + w4^2)``.
    """
    n = edges.size - 1
    nodes, widths = np.empty(n * sub), np.empty(n * sub)
    for c in range(n):
        for i in range(sub):
            if c == 0:
                low, high = edges[1] * i / sub, edges[1] * (i + 1) / sub
            else:
                ratio = edges[c + 1] / edges[c]
                low, high = edges[c] * ratio ** (i / sub), edges[c] * ratio ** ((i + 1) / sub)
            nodes[c * sub + i] = 0.5 * w1 * (low + high)
            widths[c * sub + i] = w1 * (high - low)
    per_log = 1.0 / np.log(edges[2] / edges[1])
    power = widths * nodes**beta
    logs = np.empty(nodes.size)
    for i in range(nodes.size):
        logs[i] = p * decades(kind, nodes[i])
    log1 = p * decades(kind, w1)

    T, S = np.zeros((n, n, n)), np.zeros((n, n))
    for i2 in range(nodes.size):
        w2, c2 = nodes[i2], i2 // sub
        for i3 in range(nodes.size):
            w3, c3 = nodes[i3], i3 // sub
            w4 = w1 + w2 - w3
            if w4 <= 0.0:
                break
            if w4 >= w1 * edges[n]:
                continue
            c4 = 0 if w4 < w1 * edges[1] else min(n - 1, 1 + int(per_log * np.log(w4 / (w1 * edges[1]))))
            log4 = p * decades(kind, w4)
            kernel = power[i2] * power[i3] * w4**beta * w4 * w4 / (w3 * w3 + w4 * w4)
            kernel *= w1 ** (beta - 0.5) * np.sqrt(min(min(w1, w2), min(w3, w4)))
            cubic = kernel * np.exp(log1 - logs[i2] - logs[i3] - log4) / 6.0
            T[c2, c3, c4] += cubic
            T[c2, c4, c3] += cubic
            T[c3, c2, c4] += cubic
            T[c3, c4, c2] += cubic
            T[c4, c2, c3] += cubic
            T[c4, c3, c2] += cubic
            b34 = 0.5 * kernel * np.exp(-logs[i3] - log4)
            S[c3, c4] += b34
            S[c4, c3] += b34
            if loss != 0.0:
                b23 = 0.5 * loss * kernel * np.exp(-logs[i2] - logs[i3])
                b24 = 0.5 * loss * kernel * np.exp(-logs[i2] - log4)
                S[c2, c3] -= b23
                S[c3, c2] -= b23
                S[c2, c4] -= b24
                S[c4, c2] -= b24
    return T, S


@njit(cache=True, nogil=True)
def derivative_norm(T, S, u, a):
    """Returns the norm of the derivative at ``(u, a)``."""
    n = u.size
    total = shared = 0.0
    for i in range(n):
        cubic = quadratic = 0.0
        for j in range(n):
            quadratic += S[i, j] * u[j]
            inner = 0.0
            for k in range(n):
                inner += T[i, j, k] * u[k]
            cubic += inner * u[j]
        total += abs(3.0 * cubic + 2.0 * a * quadratic)
        shared += quadratic * u[i]
    return total + abs(shared)


@njit(cache=True, nogil=True)
def ascend(T, S, u, a, low):
    """Returns the norm of the derivative where no single change of `u` makes it larger; `u` is changed.

    Parameters
    ----------
    T : (n, n, n) float64
    S : (n, n) float64
        As `row_form` makes them.
    u : (n,) float64
        A function with values `low` and 1.
    a, low : float

    Notes
    -----
    To try a change of one ``u_k`` takes O(n), with ``H_ij = T_ijk u_k`` kept, and to make it O(n^2).
    """
    n = u.size
    H, g, s = np.zeros((n, n)), np.empty(n), np.zeros(n)
    for i in range(n):
        for j in range(n):
            for k in range(n):
                H[i, j] += T[i, j, k] * u[k]
    for i in range(n):
        for j in range(n):
            s[i] += S[i, j] * u[j]
    shared = best = 0.0
    for i in range(n):
        cubic = 0.0
        for j in range(n):
            cubic += H[i, j] * u[j]
        g[i] = 3.0 * cubic + 2.0 * a * s[i]
        best += abs(g[i])
        shared += s[i] * u[i]
    best += abs(shared)
    changed = True
    while changed:
        changed = False
        for k in range(n):
            d = (low if u[k] == 1.0 else 1.0) - u[k]
            other = shared + 2.0 * d * s[k] + d * d * S[k, k]
            norm = abs(other)
            for i in range(n):
                norm += abs(g[i] + 3.0 * d * (2.0 * H[i, k] + d * T[k, k, i]) + 2.0 * a * d * S[i, k])
            if norm > best * (1.0 + 1e-12):
                best, shared, changed = norm, other, True
                u[k] += d
                for i in range(n):
                    g[i] += 3.0 * d * (2.0 * H[i, k] + d * T[k, k, i]) + 2.0 * a * d * S[i, k]
                    s[i] += d * S[i, k]
                    for j in range(n):
                        H[i, j] += d * T[k, i, j]
    return best
