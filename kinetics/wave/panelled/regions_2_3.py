"""Regions 21, 22 and 3, in ``y`` and ``v``."""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.panelled.oblique import plain_triangles, triangles
from wellposed.kinetics.wave.panelled.problem import (
    FUNCTION,
    add_point,
    envelope,
    envelope_ratio,
    envelope_rise,
    oscillation,
    record,
)
from wellposed.kinetics.wave.panelled.product import merged, panel_nodes, plane_waves
from wellposed.kinetics.wave.panelled.tails import octaves, settled

_FIRST_PANEL = 0.5  # the datum's envelope is a polynomial to round-off below
_LEVIN = 4.0  # half the phase across a panel above which Q is well conditioned


@njit(cache=True, nogil=True)
def _first_y_weights(q, rule, end):
    """Returns what `_y_weights` does, for the panel ``[0, end]`` on which nothing oscillates."""
    y = panel_nodes(rule.panel, 0.0, end)
    weights = np.empty((y.size, 4), np.complex128)
    for j in range(y.size):
        weight = end ** (q.beta + 1.5) * rule.origin[j]
        turn = complex(np.cos(q.N * y[j]), np.sin(q.N * y[j]))
        ny = envelope(q, y[j]) * oscillation(q, y[j])
        weights[j, 0] = weight * ny
        weights[j, 1] = weight * ny * turn
        weights[j, 2] = weight
        weights[j, 3] = weight * turn
    return y, weights


@njit(cache=True, nogil=True)
def _y_weights(q, panel, start, end):
    """Returns weights for ``y^(beta+1/2)`` times n, ``n e^{iNy}``, 1 and ``e^{iNy}``."""
    y = panel_nodes(panel, start, end)
    waves = np.empty((3, panel.t.size), np.complex128)
    plane_waves(panel, start, end, q.N, waves)
    weights = np.empty((y.size, 4), np.complex128)
    for j in range(y.size):
        f = y[j] ** (q.beta + 0.5)
        e = f * envelope(q, y[j])
        weights[j, 0] = e * (q.A * waves[0, j] + q.B * waves[1, j].real)
        weights[j, 1] = e * (q.A * waves[1, j] + 0.5 * q.B * (waves[2, j] + waves[0, j]))
        weights[j, 2] = f * waves[0, j]
        weights[j, 3] = f * waves[1, j]
    return y, weights


@njit(cache=True, nogil=True)
def _put(out, m, k, factor, alone, along):
    out[m, k] = factor * alone
    out[m, k + 1] = factor * along.real
    out[m, k + 2] = factor * along.imag


@njit(cache=True, nogil=True)
def _v_weights(q, panel, start, end, side):
    """Returns weights for ``w4^beta`` times n4, e1 and ``n4 - n1``, each times 1, ``cos Nv`` and ``sin Nv``.

    Relative to the scale, and without the factor g1 that completes n1.  Nine columns for
    ``w4 = w + side v``, or for both sides, -1 and 1, if `side` is 0.
    """
    v = panel_nodes(panel, start, end)
    waves = np.empty((3, panel.t.size), np.complex128)
    plane_waves(panel, start, end, q.N, waves)
    turn = 0.5 * q.B * q.turn
    mean = q.A - q.g1
    sides = 2 if side == 0.0 else 1
    weights = np.empty((v.size, 9 * sides))
    for m in range(v.size):
        one, wave = waves[0, m].real, waves[1, m]
        for r in range(sides):
            sign = side if sides == 1 else 2.0 * r - 1.0
            s = sign * v[m]
            r4, rise = envelope_ratio(q, s), envelope_rise(q, s)
            power = (q.w + s) ** q.beta
            # B cos N w4, alone and with e^{iNv}
            rotation = turn if sign > 0.0 else np.conj(turn)
            alone = 2.0 * (rotation * wave).real
            along = rotation * waves[2, m] + np.conj(rotation) * waves[0, m]
            k = 9 * r
            _put(weights, m, k, power * r4, q.A * one + alone, q.A * wave + along)
            _put(weights, m, k + 3, power * q.r1, one, wave)
            # n4 - n1 = (e4 - e1) g4 + e1 (g4 - g1), where A drops out of the second
            alone = rise * (q.A * one + alone) + q.r1 * (mean * one + alone)
            along = rise * (q.A * wave + along) + q.r1 * (mean * wave + along)
            _put(weights, m, k + 6, power, alone, along)
    return v, weights


@njit(cache=True, nogil=True)
def _block(q, y, y_weights, v, v_weights, side, parts, full):
    """Adds a rectangle in y and v, in region 21 (side -1), region 3 (side 1) or both (side 0)."""
    columns = v_weights.shape[1]
    sides = columns // 9
    total = np.empty(columns)
    bare = np.empty(2)
    n1 = q.e1 * q.g1
    for j in range(y.size):
        total[:] = 0.0
        bare[:] = 0.0
        for m in range(v.size):
            x = y[j] + v[m]
            power = np.exp(q.beta * np.log(x))
            dense = power * envelope(q, x)
            for k in range(columns):
                total[k] += dense * v_weights[m, k]
            for r in range(sides):
                bare[r] += power * v_weights[m, 9 * r]
        # g_x = A + B (cos Ny cos Nv - sin Ny sin Nv), with n_y and without
        mean, cosine, sine = (
            q.A * y_weights[j, 0].real,
            q.B * y_weights[j, 1].real,
            q.B * y_weights[j, 1].imag,
        )
        mean_x, cosine_x, sine_x = (
            q.A * y_weights[j, 2].real,
            q.B * y_weights[j, 3].real,
            q.B * y_weights[j, 3].imag,
        )
        for r in range(sides):
            k = 9 * r
            record(
                0 if (sides == 2 and r == 0) or side < 0.0 else 2,
                mean * total[k] + cosine * total[k + 1] - sine * total[k + 2],
                q.g1 * (mean * total[k + 3] + cosine * total[k + 4] - sine * total[k + 5]),
                mean * total[k + 6] + cosine * total[k + 7] - sine * total[k + 8],
                n1 * (mean_x * total[k] + cosine_x * total[k + 1] - sine_x * total[k + 2]),
                n1 * y_weights[j, 0].real * bare[r],
                parts,
                full,
            )


@njit(cache=True, nogil=True)
def _corner(q, rule, c, parts, full):
    """Adds ``y, v <= c`` in regions 21 and 3, and ``u <= c``, where ``v = w/2 - u``, in regions 21 and 22.

    Nothing oscillates; each is cut into triangles, with y and the other coordinate in a fixed ratio along
    the rays from the corner.
    """
    n = rule.panel.t.size
    for i in range(n):
        far, far_weight = c * rule.corner[0][i], c ** (2.0 * q.beta + 2.5) * rule.corner[1][i]
        u, u_weight = c * rule.apex[0][i], c ** (q.beta + 2.5) * rule.apex[1][i]
        v = 0.5 * q.w - u
        for j in range(n):
            t, t_weight = rule.panel.t[j], rule.panel.weight[j]
            r, r_weight = rule.side[0][j], rule.side[1][j]
            for row in (0, 2):
                add_point(q, row, far, far * t, far_weight * t_weight * (1.0 + t) ** q.beta, parts, full)
                add_point(q, row, far * r, far, far_weight * r_weight * (1.0 + r) ** q.beta, parts, full)
            for row in (0, 1):
                y = u * r if row == 0 else u * (1.0 + t)
                share = r_weight if row == 0 else t_weight * (1.0 + t) ** (q.beta + 0.5)
                add_point(q, row, y, v, u_weight * share * (y + v) ** q.beta, parts, full)


@njit(cache=True, nogil=True)
def _far_3(q, rule, y, y_weights, parts, full):
    """Adds region 3 for ``v >= w``: octaves until oscillations are spent, then Gauss-Jacobi in ``1/v``."""
    b = q.w
    start = 4.0 * max(q.w, 1.0)
    before, increment, remainder = np.empty(4), np.zeros(4), np.zeros(4)
    for _ in range(octaves(q, b, start, q.p - 2.0 * q.beta)):
        for i in range(4):
            before[i] = parts[2, i]
        v, v_weights = _v_weights(q, rule.panel, b, 2.0 * b, 1.0)
        _block(q, y, y_weights, v, v_weights, 1.0, parts, full)
        b *= 2.0
        if settled(parts[2], before, increment, remainder) and q.kind == FUNCTION and b > start:
            break
    if q.kind == FUNCTION:
        for i in range(4):
            parts[2, i] += remainder[i]
        full[2] += (remainder[0] - remainder[2]) + (remainder[1] - remainder[3])
        return
    n1 = q.e1 * q.g1
    for j in range(y.size):
        for i in range(rule.tail[0].size):
            t = rule.tail[0][i]
            v = b / t
            # the rule's weight holds t^(p - 2 beta - 2)
            log = q.beta * np.log((y[j] + v) * (q.w + v)) - (q.p - 2.0 * q.beta) * np.log(t)
            weight = q.A * b * rule.tail[1][i] * np.exp(log) * y_weights[j, 0].real
            n134 = weight * n1 * envelope_ratio(q, v)
            n123 = weight * q.r1 * q.g1 * envelope(q, y[j] + v)
            parts[2, 1] += n134
            parts[2, 2] += n123
            full[2] += n134 - n123


@njit(cache=True, nogil=True)
def regions_2_and_3(q, rule, parts, full):
    """Adds regions 21, 22 [AL24, (3.10)-(3.11)] and 3 [AL24, (3.12)]."""
    c = 0.25 * q.w
    while c > _FIRST_PANEL or c * q.N > 1.0:
        c *= 0.5
    _corner(q, rule, c, parts, full)
    y, y_weights = _first_y_weights(q, rule, c)
    b = c
    while b < 0.9 * q.w:
        # [0, w/4]^2 lies in region 21 as a whole; [0, w]^2 in region 3
        side = 0.0 if b < 0.2 * q.w else 1.0
        outer, outer_weights = _y_weights(q, rule.panel, b, 2.0 * b)
        near, near_weights = _v_weights(q, rule.panel, 0.0, b, side)
        far, far_weights = _v_weights(q, rule.panel, b, 2.0 * b, side)
        _block(q, y, y_weights, far, far_weights, side, parts, full)
        _block(q, outer, outer_weights, near, near_weights, side, parts, full)
        _block(q, outer, outer_weights, far, far_weights, side, parts, full)
        if b < 0.2 * q.w:  # what is left of region 21 for u = w/2 - v in [b, 2b]: y up to b, and up to u
            far, far_weights = _v_weights(q, rule.panel, 0.5 * q.w - 2.0 * b, 0.5 * q.w - b, -1.0)
            _block(q, y, y_weights, far, far_weights, -1.0, parts, full)
        if b < 0.3 * q.w:
            if 0.5 * b * q.N < _LEVIN:
                plain_triangles(q, rule, b, parts, full)
            else:
                triangles(q, rule, b, parts, full)
        y, y_weights = merged(q, rule, y, y_weights, outer, outer_weights, 2.0 * b)
        b *= 2.0
    _far_3(q, rule, y, y_weights, parts, full)
