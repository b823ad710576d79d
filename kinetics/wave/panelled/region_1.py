"""Region 1, in ``a`` and ``c``."""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.panelled.problem import FUNCTION, envelope, envelope_ratio
from wellposed.kinetics.wave.panelled.product import merged, panel_nodes, plane_waves
from wellposed.kinetics.wave.panelled.tails import octaves, settled


@njit(cache=True, nogil=True)
def _a_weights(q, panel, start, end):
    """Returns weights for ``w3^beta`` times ``n3 e^{ikNa/2}``, k = 0 ... 3, and ``e^{ikNa/2}``."""
    a = panel_nodes(panel, start, end)
    waves = np.empty((5, panel.t.size), np.complex128)
    plane_waves(panel, start, end, 0.5 * q.N, waves)
    weights = np.empty((a.size, 8), np.complex128)
    for j in range(a.size):
        w3 = q.w + 0.5 * a[j]
        f = 0.5 * w3**q.beta  # dw3 = da/2
        e = f * envelope(q, w3)
        for k in range(4):
            before = waves[k - 1, j] if k > 0 else np.conj(waves[1, j])
            cosine = 0.5 * q.B * (q.turn * waves[k + 1, j] + np.conj(q.turn) * before)
            weights[j, k] = e * (q.A * waves[k, j] + cosine)
            weights[j, 4 + k] = f * waves[k, j]
    return a, weights


@njit(cache=True, nogil=True)
def _c_weights(q, panel, start, end):
    """Returns weights for 1, ``cos Nc``, ``sin Nc``, ``cos 2Nc`` and ``sin 2Nc``."""
    weights = np.empty((panel.t.size, 5))
    waves = np.empty((3, panel.t.size), np.complex128)
    plane_waves(panel, start, end, q.N, waves)
    for m in range(panel.t.size):
        weights[m, 0] = waves[0, m].real
        for k in (1, 2):
            weights[m, 2 * k - 1] = waves[k, m].real
            weights[m, 2 * k] = waves[k, m].imag
    return panel_nodes(panel, start, end), weights


@njit(cache=True, nogil=True)
def _block_1(q, a, a_weights, c, c_weights, parts):
    """Adds a rectangle in a and c.

    With ``Z = e^{iNw}``, and ``e^{iNa/2}``, ``e^{iNc}`` written a, c::

        g2 g4 = A^2 + B^2/2 Re a + A B Re Z (a + a^2) c + B^2/2 Re Z^2 a^3 c^2
    """
    total = np.empty((3, 5))
    A, B, Z = q.A, q.B, q.turn
    n1 = q.e1 * q.g1
    for j in range(a.size):
        total[:] = 0.0
        for m in range(c.size):
            s = 0.5 * a[j] + c[m]
            w2 = q.w + a[j] + c[m]
            power = np.exp(q.beta * np.log(w2 * (q.w + s)))
            e2 = envelope(q, w2)
            r4 = envelope_ratio(q, s)
            for k in range(5):
                value = power * c_weights[m, k]
                total[0, k] += value * e2 * r4
                total[1, k] += value * r4
                total[2, k] += value * e2
        once = complex(total[0, 1], total[0, 2])
        twice = complex(total[0, 3], total[0, 4])
        f = a_weights[j]
        for k in (0, 4):  # with n3, part 234, and without, part 124
            value = (
                (A * A * f[k] + 0.5 * B * B * f[k + 1]) * total[0, 0]
                + A * B * Z * (f[k + 1] + f[k + 2]) * once
                + 0.5 * B * B * Z * Z * f[k + 3] * twice
            ).real
            if k == 0:
                parts[3, 0] += value
            else:
                parts[3, 3] += n1 * value
        n3_n4 = A * f[0] * total[1, 0] + B * Z * f[1] * complex(total[1, 1], total[1, 2])
        n2_n3 = A * f[0] * total[2, 0] + B * Z * f[2] * complex(total[2, 1], total[2, 2])
        parts[3, 1] += n1 * n3_n4.real
        parts[3, 2] += q.r1 * q.g1 * n2_n3.real


@njit(cache=True, nogil=True)
def region_1(q, rule, parts, full):
    """Adds region 1 [AL24, (3.14)]: octaves until all is spent but the tail in c at small a."""
    b = 0.25 * q.w
    start = 4.0 * max(q.w, 1.0)
    a, a_weights = _a_weights(q, rule.panel, 0.0, b)
    c, c_weights = _c_weights(q, rule.panel, 0.0, b)
    _block_1(q, a, a_weights, c, c_weights, parts)
    before, increment, remainder = np.empty(4), np.zeros(4), np.zeros(4)
    for _ in range(octaves(q, b, start, q.p - q.beta - 1.0)):
        for i in range(4):
            before[i] = parts[3, i]
        outer, outer_weights = _a_weights(q, rule.panel, b, 2.0 * b)
        near, near_weights = _c_weights(q, rule.panel, 0.0, b)
        far, far_weights = _c_weights(q, rule.panel, b, 2.0 * b)
        _block_1(q, a, a_weights, far, far_weights, parts)
        _block_1(q, outer, outer_weights, near, near_weights, parts)
        _block_1(q, outer, outer_weights, far, far_weights, parts)
        a, a_weights = merged(q, rule, a, a_weights, outer, outer_weights, 2.0 * b)
        b *= 2.0
        if settled(parts[3], before, increment, remainder) and q.kind == FUNCTION and b > start:
            break
    if q.kind == FUNCTION:
        for i in range(4):
            parts[3, i] += remainder[i]
    else:
        for j in range(a.size):
            for i in range(rule.tail[0].size):
                t = rule.tail[0][i]
                w4 = q.w + 0.5 * a[j] + b / t
                w2 = w4 + 0.5 * a[j]
                log = q.beta * np.log(w2 * w4) - (q.p - 2.0 * q.beta) * np.log(t)
                weight = q.A * b * rule.tail[1][i] * np.exp(log) * a_weights[j, 0].real
                parts[3, 1] += weight * q.e1 * q.g1 * envelope_ratio(q, w4 - q.w)
                parts[3, 2] += weight * q.r1 * q.g1 * envelope(q, w2)
    for i in range(4):
        parts[3, i] *= np.sqrt(q.w)
    full[3] = (parts[3, 0] - parts[3, 2]) + (parts[3, 1] - parts[3, 3])
