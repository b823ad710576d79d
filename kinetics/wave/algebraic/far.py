"""Beyond the near triangle: the four regions at scale `w`, and their tails.

Every function adds to the parts 234, 134, 123, 124 of its region, divided by ``n_1 w^(beta-1/2)``.  Where M
is little above 6 and beta near 1, the tails of 134 and 123 nearly diverge and nearly cancel.  So a fifth
entry takes what their difference, integrated as one, has beyond the difference of the two.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from kinetics.wave.algebraic.density import decades, rise
from kinetics.wave.algebraic.rules import NEAR


@njit(cache=True, nogil=True)
def _add_pair(out, kind, p, beta, top, n1, weight, w2, n2, w3, n3, w4, powers):
    """Adds one node of a far panel to the four parts of a region, each divided by ``n1``.

    `powers` is what of ``(w2 w3 w4)^beta`` the weight lacks, and `top` is ``-log(n1)/p``.
    """
    r4 = np.exp(-p * (decades(kind, w4) - top))
    weight *= powers
    out[0] += weight * n2 * n3 * r4
    out[1] += weight * n1 * n3 * r4
    out[2] += weight * n2 * n3
    out[3] += weight * n1 * n2 * r4


@njit(cache=True, nogil=True)
def far_21(kind, p, beta, w, rule, measure, out):
    """Region 21 beyond the near triangle: ``h <= x <= w/2``; w2 = y, w3 = x, w4 = w - (x - y)."""
    h = NEAR * w
    t, tw = rule.far
    top = decades(kind, w)
    n1 = np.exp(-p * top)
    b = h
    while b < 0.49 * w:
        for i in range(t.size):
            x = b * (1.0 + t[i])
            nx = np.exp(-p * decades(kind, x))
            wx = b * tw[i] * x**beta
            for j in range(rule.measure[0].size):
                y = h * rule.measure[0][j]
                w4 = w - x + y
                r4 = np.exp(-p * (decades(kind, w4) - top))
                a4 = w4**beta * wx
                out[0] += a4 * measure[0, j] * nx * r4
                out[1] += a4 * measure[1, j] * nx * r4 * n1
                out[2] += a4 * measure[0, j] * nx
                out[3] += a4 * measure[0, j] * r4 * n1
            a = h
            while a < 1.01 * b:  # y in panels [a, 2a] up to x
                length = min(2.0 * a, x) - a
                for j in range(t.size):
                    y = a + length * t[j]
                    w4 = w - x + y
                    ny = np.exp(-p * decades(kind, y))
                    _add_pair(
                        out,
                        kind,
                        p,
                        beta,
                        top,
                        n1,
                        wx * length * tw[j] * np.sqrt(y),
                        y,
                        ny,
                        x,
                        nx,
                        w4,
                        (y * w4) ** beta,
                    )
                a *= 2.0
        b *= 2.0


@njit(cache=True, nogil=True)
def far_22(kind, p, beta, w, rule, measure, out):
    """Region 22: w2 = y <= w, w3 = x from max(w/2, y) to (w + y)/2, w4 = w - (x - y)."""
    h = NEAR * w
    t, tw = rule.far
    top = decades(kind, w)
    n1 = np.exp(-p * top)
    for j in range(rule.measure[0].size):
        y = h * rule.measure[0][j]
        for i in range(t.size):
            x = 0.5 * w + 0.5 * y * t[i]
            w4 = w - x + y
            nx = np.exp(-p * decades(kind, x))
            r4 = np.exp(-p * (decades(kind, w4) - top))
            weight = 0.5 * tw[i] * (x * w4) ** beta
            out[0] += weight * measure[2, j] * nx * r4
            out[1] += weight * measure[3, j] * nx * r4 * n1
            out[2] += weight * measure[2, j] * nx
            out[3] += weight * measure[2, j] * r4 * n1
    a = h
    while a < 0.99 * w:
        for j in range(t.size):
            y = a * (1.0 + t[j])
            ny = np.exp(-p * decades(kind, y))
            start = max(0.5 * w, y)
            length = 0.5 * (w + y) - start
            for i in range(t.size):
                x = start + length * t[i]
                nx = np.exp(-p * decades(kind, x))
                w4 = w - x + y
                _add_pair(
                    out,
                    kind,
                    p,
                    beta,
                    top,
                    n1,
                    a * tw[j] * length * tw[i] * np.sqrt(y),
                    y,
                    ny,
                    x,
                    nx,
                    w4,
                    (x * y * w4) ** beta,
                )
        a *= 2.0


@njit(cache=True, nogil=True)
def _tail_3(kind, p, beta, w, rule, start, y, ny, weight, weight_bare, out):
    """Region 3 from x = start to infinity at one y; weights with and without ``n(y)`` at the measure."""
    top = decades(kind, w)
    n1 = np.exp(-p * top)
    for i in range(rule.far[0].size):
        s, sw = rule.tail_one[0][i], rule.tail_one[1][i]
        x = start / s
        w4 = w + x - y
        # sw carries s^(p - 2 beta - 2), so the integrand is divided by it
        log = beta * np.log(x * w4) - (p - 2.0 * beta) * np.log(s)
        n134 = sw * start * weight * np.exp(log - p * decades(kind, w4))
        n123 = sw * start * weight * np.exp(log - p * decades(kind, x))
        out[1] += n134
        out[2] += n123
        out[4] -= n134 - n123
        s, sw = rule.tail_difference[0][i], rule.tail_difference[1][i]
        x = start / s
        w4 = w + x - y
        log = beta * np.log(x * w4) - (p - 2.0 * beta + 1.0) * np.log(s) - p * decades(kind, x)
        out[4] += sw * start * weight * np.exp(log) * rise(kind, p, x, w - y)
        s, sw = rule.tail_both[0][i], rule.tail_both[1][i]
        x = start / s
        w4 = w + x - y
        common = (
            sw
            * start
            * np.exp(
                beta * np.log(x * w4)
                - (2.0 * p - 2.0 * beta) * np.log(s)
                - p * (decades(kind, x) + decades(kind, w4) - top)
            )
        )
        out[0] += common * weight
        out[3] += common * weight_bare * n1


@njit(cache=True, nogil=True)
def far_3(kind, p, beta, w, rule, measure, out):
    """Region 3 beyond the near triangle; w3 = y <= w, w2 = x >= y, w4 = w + (x - y)."""
    h = NEAR * w
    t, tw = rule.far
    top = decades(kind, w)
    n1 = np.exp(-p * top)
    end = 2.0 * w
    while end < 1.0:
        end *= 2.0
    b = h
    while b < 0.99 * end:
        for i in range(t.size):
            x = b * (1.0 + t[i])
            nx = np.exp(-p * decades(kind, x))
            wx = b * tw[i] * x**beta
            for j in range(rule.measure[0].size):
                y = h * rule.measure[0][j]
                w4 = w + x - y
                r4 = np.exp(-p * (decades(kind, w4) - top))
                a4 = w4**beta * wx
                out[0] += a4 * measure[0, j] * nx * r4
                out[1] += a4 * measure[0, j] * n1 * r4
                out[2] += a4 * measure[0, j] * nx
                out[3] += a4 * measure[1, j] * n1 * nx * r4
        b *= 2.0
    for j in range(rule.measure[0].size):
        y = h * rule.measure[0][j]
        _tail_3(kind, p, beta, w, rule, end, y, 1.0, measure[0, j], measure[1, j], out)

    a = h
    while a < 0.99 * w:
        for j in range(t.size):
            y = a * (1.0 + t[j])
            ny = np.exp(-p * decades(kind, y))
            wy = a * tw[j] * np.sqrt(y) * y**beta
            start, stop = y, 2.0 * a
            while start < 0.99 * end:
                for i in range(t.size):
                    x = start + (stop - start) * t[i]
                    nx = np.exp(-p * decades(kind, x))
                    w4 = w + x - y
                    _add_pair(
                        out,
                        kind,
                        p,
                        beta,
                        top,
                        n1,
                        wy * (stop - start) * tw[i],
                        x,
                        nx,
                        y,
                        ny,
                        w4,
                        (x * w4) ** beta,
                    )
                start, stop = stop, 2.0 * stop
            _tail_3(kind, p, beta, w, rule, end, y, ny, wy * ny, wy, out)
        a *= 2.0


@njit(cache=True, nogil=True)
def _inner_1(kind, p, beta, w, rule, z, inner):
    """Region 1 integrated over w4 >= w3 = z, without ``(w3)^beta`` and the factors n1 and n3.

    Fills `inner` with the integrals of n2 n4, n4 and n2, and with what n4 - n2 as one has beyond those.
    """
    t, tw = rule.far
    end = z
    while end < 1.0:
        end *= 2.0
    inner[:] = 0.0
    start = z
    while start < 0.99 * end:
        for i in range(t.size):
            w4 = start * (1.0 + t[i])
            w2 = z + w4 - w
            weight = start * tw[i] * (w2 * w4) ** beta
            n4 = np.exp(-p * decades(kind, w4))
            n2 = np.exp(-p * decades(kind, w2))
            inner[0] += weight * n2 * n4
            inner[1] += weight * n4
            inner[2] += weight * n2
        start *= 2.0
    for i in range(t.size):
        s, sw = rule.tail_one[0][i], rule.tail_one[1][i]
        w4 = end / s
        w2 = z + w4 - w
        log = beta * np.log(w2 * w4) - (p - 2.0 * beta) * np.log(s)
        with_4 = sw * end * np.exp(log - p * decades(kind, w4))
        with_2 = sw * end * np.exp(log - p * decades(kind, w2))
        inner[1] += with_4
        inner[2] += with_2
        inner[3] -= with_4 - with_2
        s, sw = rule.tail_difference[0][i], rule.tail_difference[1][i]
        w4 = end / s
        w2 = z + w4 - w
        log = beta * np.log(w2 * w4) - (p - 2.0 * beta + 1.0) * np.log(s) - p * decades(kind, w4)
        inner[3] -= sw * end * np.exp(log) * rise(kind, p, w4, z - w)
        s, sw = rule.tail_both[0][i], rule.tail_both[1][i]
        w4 = end / s
        w2 = z + w4 - w
        inner[0] += (
            sw
            * end
            * np.exp(
                beta * np.log(w2 * w4)
                - (2.0 * p - 2.0 * beta) * np.log(s)
                - p * (decades(kind, w2) + decades(kind, w4))
            )
        )


@njit(cache=True, nogil=True)
def far_1(kind, p, beta, w, rule, out):
    """Region 1: w3 = z >= w, w4 >= z, w2 = z + w4 - w."""
    t, tw = rule.far
    top = decades(kind, w)
    n1 = np.exp(-p * top)
    inner = np.empty(4)
    root = np.sqrt(w)
    end = w
    while end < 1.0:
        end *= 2.0
    start = w
    while start < 0.99 * end:
        for i in range(t.size):
            z = start * (1.0 + t[i])
            _inner_1(kind, p, beta, w, rule, z, inner)
            weight = root * start * tw[i] * z**beta
            nz = np.exp(-p * decades(kind, z))
            out[0] += weight * inner[0] * nz / n1
            out[1] += weight * inner[1] * nz
            out[2] += weight * inner[2] * nz
            out[3] += weight * inner[0]
            out[4] += weight * inner[3] * nz
        start *= 2.0
    for i in range(t.size):
        s, sw = rule.tail_two[0][i], rule.tail_two[1][i]
        z = end / s
        _inner_1(kind, p, beta, w, rule, z, inner)
        weight = root * sw * end * np.exp(beta * np.log(z) - (2.0 * p - 3.0 * beta - 1.0) * np.log(s))
        nz = np.exp(-p * decades(kind, z))
        out[1] += weight * inner[1] * nz
        out[2] += weight * inner[2] * nz
        out[3] += weight * inner[0]
        out[4] += weight * inner[3] * nz
        s, sw = rule.tail_three[0][i], rule.tail_three[1][i]
        z = end / s
        _inner_1(kind, p, beta, w, rule, z, inner)
        weight = (
            root
            * sw
            * end
            * np.exp(
                beta * np.log(z) - (3.0 * p - 3.0 * beta - 1.0) * np.log(s) - p * (decades(kind, z) - top)
            )
        )
        out[0] += weight * inner[0]
