"""The oblique edges of regions 21 and 22: the line between them, and the hypotenuse."""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.panelled.problem import (
    add_point,
    envelope,
    envelope_ratio,
    envelope_rise,
    record,
)
from wellposed.kinetics.wave.panelled.product import plane_waves


@njit(cache=True, nogil=True)
def plain_triangles(q, rule, b, parts, full):
    """Adds ``u`` in [b, 2b], ``y`` in [b, u] (region 21) and [u, 2u] (region 22), where little oscillates."""
    n = rule.panel.t.size
    pieces_u = 1 + int(4.0 * q.N * b / n)
    for piece_u in range(pieces_u):
        for i in range(n):
            u = b + b / pieces_u * (piece_u + rule.panel.t[i])
            v = 0.5 * q.w - u
            for row in (0, 1):
                start, length = (b, u - b) if row == 0 else (u, u)
                pieces = 1 + int(2.0 * q.N * length / n)
                area = b / pieces_u * rule.panel.weight[i] * length / pieces
                for piece in range(pieces):
                    for j in range(n):
                        y = start + length / pieces * (piece + rule.panel.t[j])
                        weight = area * rule.panel.weight[j] * np.sqrt(y) * (y * (y + v)) ** q.beta
                        add_point(q, row, y, v, weight, parts, full)


@njit(cache=True, nogil=True)
def _ends(rule, row, phi, m, scale, out):
    """Writes ``Q`` at node `m`, at 0 and at 1 of a panel; ``Q' + i phi Q`` is the amplitude [Lev82].

    `row` holds the Legendre coefficients of the amplitude; in terms of them the equation is triangular.
    """
    at_node = at_start = at_end = 0.0j
    same = other = 0.0j  # sums of the coefficients of Q above k, of the parity of k and of the other
    for k in range(row.size - 1, -1, -1):
        value = (scale * row[k] - (2 * k + 1) * other) / (1j * phi)
        at_node += value * rule.panel.legendre[k, m]
        at_start += value if k % 2 == 0 else -value
        at_end += value
        same, other = other, same + value
    out[0], out[1], out[2] = at_node, at_start, at_end


@njit(cache=True, nogil=True)
def _u_weights(q, panel, b, H):
    """Returns weights for ``w4^beta e^{ikNu}`` times n4, e1 and ``n4 - n1``; k = -1 ... 3, u in [b, 2b]."""
    n = panel.t.size
    waves = np.empty((5, panel.t.size), np.complex128)
    plane_waves(panel, b, 2.0 * b, q.N, waves)
    weights = np.empty((3, n, 5), np.complex128)
    for m in range(n):
        w4 = q.w * 0.5 + b * (1.0 + panel.t[m])
        r4, rise = envelope_ratio(q, w4 - q.w), envelope_rise(q, w4 - q.w)
        power = w4**q.beta
        for k in range(-1, 4):
            wave = waves[k, m] if k >= 0 else np.conj(waves[1, m])
            before = waves[k - 1, m] if k >= 1 else np.conj(waves[1 - k, m])
            cosine = 0.5 * q.B * (H * waves[k + 1, m] + np.conj(H) * before)
            weights[0, m, k + 1] = power * r4 * (q.A * wave + cosine)
            weights[1, m, k + 1] = power * q.r1 * wave
            weights[2, m, k + 1] = power * (
                rise * (q.A * wave + cosine) + q.r1 * ((q.A - q.g1) * wave + cosine)
            )
    return weights


@njit(cache=True, nogil=True)
def _inner(q, rule, u, m, bottom, mean, ends):
    """Writes integrals over y at the `m`-th u, for y in [bottom, 2 bottom], whose m-th node is the diagonal.

    Without a wave in `mean`, up to the diagonal and beyond; with one in `ends`, as the constants that go with
    ``e^{iky}`` at the diagonal, the bottom and the top.  Of the amplitudes with n_x and n_y once and twice
    the wave, of those with one of the two once.
    """
    n = rule.panel.t.size
    amplitude = np.empty((3, n))
    coefficient = np.empty((3, n))
    mean[:] = 0.0
    for j in range(n):
        y = bottom * (1.0 + rule.panel.t[j])
        x = y + 0.5 * q.w - u
        bare_x = np.exp(q.beta * np.log(x))
        bare_y = np.sqrt(y) * np.exp(q.beta * np.log(y))
        dense_y = bare_y * envelope(q, y)
        amplitude[0, j] = bare_x * dense_y * envelope(q, x)
        amplitude[1, j] = bare_x * bare_y * envelope(q, x)
        amplitude[2, j] = bare_x * dense_y
        below = bottom * rule.primitive[m, j]
        for i in range(3):
            mean[0, i] += below * amplitude[i, j]
            mean[1, i] += (bottom * rule.panel.weight[j] - below) * amplitude[i, j]
    for i in range(3):
        for k in range(n):
            total = 0.0
            for j in range(n):
                total += rule.expansion[k, j] * amplitude[i, j]
            coefficient[i, k] = total
    phi = 0.5 * q.N * bottom
    _ends(rule, coefficient[0], phi, m, 0.5 * bottom, ends[0])
    _ends(rule, coefficient[0], 2.0 * phi, m, 0.5 * bottom, ends[1])
    _ends(rule, coefficient[1], phi, m, 0.5 * bottom, ends[2])
    _ends(rule, coefficient[2], phi, m, 0.5 * bottom, ends[3])


@njit(cache=True, nogil=True)
def triangles(q, rule, b, parts, full):
    """Adds what `plain_triangles` does where much oscillates, from [b, 2b] x [b, 2b] and [b, 2b] x [2b, 4b].

    With ``V = e^{iNv} = H e^{-iNu}`` and ``E = e^{iNy}``::

        g_y g_x = A^2 + B^2/2 Re V + A B Re (1 + V) E + B^2/2 Re V E^2

    so three inner integrals are wanted, of the amplitude times 1, E and E^2; the latter two come as plane
    waves in `u` along the diagonal and as constants along the horizontal sides.
    """
    n = rule.panel.t.size
    half = 0.5 * q.N * q.w
    H = complex(np.cos(half), np.sin(half))
    weights = _u_weights(q, rule.panel, b, H)
    n1 = q.e1 * q.g1
    mean = np.empty((2, 3))
    ends = np.empty((4, 3), np.complex128)
    both = np.empty(3)
    for slope in (1, 2):
        bottom = slope * b
        for m in range(n):
            _inner(q, rule, b * (1.0 + rule.panel.t[m]), m, bottom, mean, ends)
            for above in range(2 if slope == 1 else 1):  # beyond [2b, 4b] x the diagonal lies nothing
                sign = 1.0 - 2.0 * above
                level = q.N * bottom * (1 + above)
                turn = complex(np.cos(level), np.sin(level))
                # times e^{ikNu}: on the diagonal k counts `slope` for each factor E, on the side none
                d, z = 1 + slope, 1
                side = 1 + above
                for i in range(3):
                    g = weights[i, m]
                    flat = mean[above, 0] * (q.A * q.A * g[z] + 0.5 * q.B * q.B * H * g[z - 1])
                    once = ends[0, 0] * (g[d] + H * g[d - 1]) - ends[0, side] * turn * (g[z] + H * g[z - 1])
                    twice = H * (ends[1, 0] * g[d + slope - 1] - ends[1, side] * turn * turn * g[z - 1])
                    both[i] = (flat + sign * q.B * (q.A * once + 0.5 * q.B * twice)).real
                g = weights[0, m]
                wave_x = H * (ends[2, 0] * g[d - 1] - ends[2, side] * turn * g[z - 1])
                wave_y = ends[3, 0] * g[d] - ends[3, side] * turn * g[z]
                only_x = (q.A * mean[above, 1] * g[z] + sign * q.B * wave_x).real
                only_y = (q.A * mean[above, 2] * g[z] + sign * q.B * wave_y).real
                row = 1 if slope == 2 else above
                record(row, both[0], q.g1 * both[1], both[2], n1 * only_x, n1 * only_y, parts, full)
