r"""The isotropic collision operator of oscillating data, and of data given as a function.

Evaluates [AL24, (3.2)-(3.15)] at one frequency ``w`` for ``n = e(omega) (A + cos N omega)`` with a smooth
envelope `e`, at a cost that does not grow with ``N w``, and for any smooth function `e` alone.

In the coordinates below every frequency is linear, so every oscillation is a plane wave, and nothing else
varies faster than the distance to the origin:

* regions 21, 22 (``w2 <= w3``) have ``w2 = y, w3 = y + v, w4 = w - v``;
* region 3 (``w3 <= w2``) has ``w3 = y, w2 = y + v, w4 = w + v``;
* region 1 has ``w3 = w + a/2, w4 = w + a/2 + c, w2 = w + a + c``.

On dyadic panels the amplitude is interpolated at Gauss nodes and the plane wave integrated exactly: product
integration, with the moments of [BV68].  The steps to two dimensions:

* a product of cosines is a sum of products of one function of `y` and one of `v`, so the plane waves and
  whatever depends on one coordinate alone go into one-dimensional weights; only ``(y+v)^beta e(y+v)`` is
  evaluated at pairs of nodes (`_block`);
* seen from ``v`` in ``[b, 2b]``, all of ``y <= b`` is one panel: the rule for ``[0, b]`` is merged with that
  of ``[b, 2b]`` to one for ``[0, 2b]`` after each step (`_union`), so the cost is linear in the number of
  octaves;
* regions 21 and 22 meet, and end, along oblique lines.  There the inner integral is ``e^{iky} Q(y)`` at its
  ends, with ``Q' + ikQ`` equal to the amplitude [Lev82], which leaves plane waves along the lines
  (`_triangles`).

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
[BV68] N. S. Bakhvalov, L. G. Vasil'eva, Evaluation of the integrals of oscillating functions by interpolation
       at nodes of Gaussian quadratures, USSR Comput. Math. Math. Phys. 8 (1968) 241.
[Lev82] D. Levin, Procedures for computing one- and two-dimensional integrals of functions with rapid
       irregular oscillations, Math. Comp. 38 (1982) 531.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numba import cfunc, njit
from numpy.typing import NDArray
from scipy.special import eval_legendre

from kinetics.quadrature import gauss_jacobi, gauss_legendre
from kinetics.wave.data import Datum

_BRACKET, _BRACKET_K, _FUNCTION = 0, 1, 2
_KINDS = {"bracket": _BRACKET, "oscillating": _BRACKET, "bracket_k": _BRACKET_K, "custom": _FUNCTION}

_FIRST_PANEL = 0.5  # the datum's envelope is a polynomial to round-off below
_LEVIN = 4.0  # half the phase across a panel above which Q is well conditioned
_MOST_OCTAVES = 64  # of a tail; what is left of it is geometric to round-off by then


class Problem(NamedTuple):
    """One datum ``e(omega) (A + B cos N omega)`` seen from one frequency."""

    kind: int
    p: float  # e = (1 + omega^2)^(-p/2) or (1 + omega)^(-p)
    function: Any  # e, if it is neither
    beta: float
    w: float
    N: float
    A: float
    B: float
    e1: float
    g1: float  # A + B cos N w
    r1: float  # e1 over the scale to which values are relative: e1, or 1 for a function, which may vanish
    turn: complex  # e^{i N w}


class Panel(NamedTuple):
    """Gauss-Legendre on [0, 1]."""

    t: NDArray[np.float64]
    weight: NDArray[np.float64]
    legendre: NDArray[np.float64]  # (j, m): P_j at node m


class Rules(NamedTuple):
    """Quadrature of one resolution for one (beta, p), on [0, 1]."""

    panel: Panel
    expansion: NDArray[np.float64]  # (j, m): coefficient j of Lagrange polynomial m
    lower: NDArray[np.float64]  # (i, m): Lagrange polynomial i at t_m/2
    upper: NDArray[np.float64]  # ... at (1 + t_m)/2
    primitive: NDArray[np.float64]  # (m, i): its integral from 0 to t_m
    origin: NDArray[np.float64]  # product integration against t^(beta+1/2)
    side: tuple[NDArray[np.float64], NDArray[np.float64]]  # Gauss-Jacobi for t^(beta+1/2)
    apex: tuple[NDArray[np.float64], NDArray[np.float64]]  # ... t^(beta+3/2)
    corner: tuple[NDArray[np.float64], NDArray[np.float64]]  # ... t^(2 beta+3/2)
    tail: tuple[NDArray[np.float64], NDArray[np.float64]]  # ... t^(p-2 beta-2)


def _legendre(n: int, t: NDArray[np.float64]) -> NDArray[np.float64]:
    """P_0 ... P_{n-1} of [0, 1] at `t`."""
    return np.array([eval_legendre(j, 2.0 * t - 1.0) for j in range(n)])


def _lagrange(nodes: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lagrange polynomials at `t`, (node, t); barycentric, as `_union` multiplies errors of their sum."""
    others = nodes[:, None] - nodes + np.eye(nodes.size)
    terms: NDArray[np.float64] = 1.0 / (np.prod(others, axis=1)[:, None] * (t - nodes[:, None]))
    terms /= terms.sum(axis=0)
    return terms


@lru_cache(maxsize=256)
def rules(nodes: int, beta: float, p: float) -> Rules:
    """The quadrature with so many `nodes` per panel for exponents `beta` and `p`."""
    t, weight = gauss_legendre(nodes)
    extended = _legendre(nodes + 1, t)
    degree = 2.0 * np.arange(nodes)[:, None] + 1.0
    expansion = degree * extended[:nodes] * weight
    integral = np.vstack([t, 0.5 * (extended[2:] - extended[:-2]) / degree[1:]])  # of P_j from 0 to t_m
    side = gauss_jacobi(nodes, beta + 0.5)
    tables = (
        expansion,
        _lagrange(t, 0.5 * t),
        _lagrange(t, 0.5 + 0.5 * t),
        integral.T @ expansion,
        _lagrange(t, side[0]) @ side[1],
    )
    for table in (extended, *tables):
        table.flags.writeable = False
    return Rules(
        Panel(t, weight, extended[:nodes]),
        *tables,
        side=side,
        apex=gauss_jacobi(nodes, beta + 1.5),
        corner=gauss_jacobi(nodes, 2.0 * beta + 1.5),
        tail=gauss_jacobi(nodes, p - 2.0 * beta - 2.0),
    )


# The datum


@njit(cache=True, nogil=True)
def _envelope(q, omega):
    if q.kind == _BRACKET:
        return np.exp(-0.5 * q.p * np.log1p(omega * omega))
    if q.kind == _BRACKET_K:
        return np.exp(-q.p * np.log1p(omega))
    return q.function(omega)


@njit(cache=True, nogil=True)
def _log_ratio(q, s):
    """``log(e(w+s)/e(w))`` of the algebraic envelopes, without a subtraction."""
    if q.kind == _BRACKET:
        return -0.5 * q.p * np.log1p(s * (2.0 * q.w + s) / (1.0 + q.w * q.w))
    return -q.p * np.log1p(s / (1.0 + q.w))


@njit(cache=True, nogil=True)
def _ratio(q, s):
    """``e(w+s)``, relative to the scale."""
    return q.function(q.w + s) if q.kind == _FUNCTION else np.exp(_log_ratio(q, s))


@njit(cache=True, nogil=True)
def _rise(q, s):
    """``e(w+s) - e(w)``, relative to the scale."""
    return q.function(q.w + s) - q.e1 if q.kind == _FUNCTION else np.expm1(_log_ratio(q, s))


@njit(cache=True, nogil=True)
def _wave(q, omega):
    return q.A if q.B == 0.0 else q.A + q.B * np.cos(q.N * omega)


@njit(cache=True, nogil=True)
def _record(row, n234, n123, difference, n1_x_4, n1_y_4, parts, full):
    """Adds to a region's four parts, and to the full operator ``n2 n3 (n4 - n1) + n1 n4 (n3 - n2)``.

    The larger of the two frequencies below `w4` is ``w3`` in regions 21 and 22 and ``w2`` in region 3.
    """
    n134, n124 = (n1_y_4, n1_x_4) if row == 2 else (n1_x_4, n1_y_4)
    parts[row, 0] += n234
    parts[row, 1] += n134
    parts[row, 2] += n123
    parts[row, 3] += n124
    full[row] += difference + (n134 - n124)


@njit(cache=True, nogil=True)
def _add_point(q, row, y, v, weight, parts, full):
    """One node of an ordinary rule; the weight holds ``(y+v)^beta y^(beta+1/2)``."""
    s = v if row == 2 else -v
    g4 = _wave(q, q.w + s)
    n4 = _ratio(q, s) * g4
    difference = _rise(q, s) * g4
    if q.B != 0.0:  # cos N w4 - cos N w1
        difference -= 2.0 * q.r1 * q.B * np.sin(q.N * (q.w + 0.5 * s)) * np.sin(0.5 * q.N * s)
    weight *= (q.w + s) ** q.beta
    ny = weight * _envelope(q, y) * _wave(q, y)
    nx = _envelope(q, y + v) * _wave(q, y + v)
    n1 = q.e1 * q.g1
    _record(
        row,
        nx * ny * n4,
        nx * ny * q.r1 * q.g1,
        nx * ny * difference,
        n1 * nx * n4 * weight,
        n1 * ny * n4,
        parts,
        full,
    )


# Product integration in one dimension


@njit(cache=True, nogil=True)
def _spherical_bessel(theta, out):
    """``j_0 ... j_{n-1}`` at theta >= 0: by recurrence while k < theta, by its continued fraction above."""
    n = out.size
    if theta == 0.0:
        out[:] = 0.0
        out[0] = 1.0
        return
    out[0] = np.sin(theta) / theta
    turning = int(min(n - 1.0, theta))  # theta itself may exceed any integer
    if turning > 0:
        out[1] = (out[0] - np.cos(theta)) / theta
    for k in range(1, turning):
        out[k + 1] = (2 * k + 1) / theta * out[k] - out[k - 1]
    ratio = 0.0
    for k in range(n + 30, turning, -1):
        ratio = theta / (2 * k + 1 - theta * ratio)
        if k < n:
            out[k] = ratio
    for k in range(turning + 1, n):
        out[k] *= out[k - 1]


@njit(cache=True, nogil=True)
def _nodes(panel, start, end):
    out = np.empty(panel.t.size)
    for m in range(out.size):
        out[m] = start + (end - start) * panel.t[m]
    return out


@njit(cache=True, nogil=True)
def _plane_waves(panel, start, end, frequency, out):
    """Fills row k of `out` with weights for an amplitude times ``e^{ik frequency v}`` [BV68]."""
    n = panel.t.size
    bessel = np.empty(n)
    length = end - start
    for k in range(out.shape[0]):
        _spherical_bessel(0.5 * k * frequency * length, bessel)
        centre = k * frequency * 0.5 * (start + end)
        phase = complex(np.cos(centre), np.sin(centre)) * length
        for m in range(n):
            even = odd = 0.0
            sign = 1.0
            for j in range(0, n, 2):
                even += sign * (2 * j + 1) * bessel[j] * panel.legendre[j, m]
                if j + 1 < n:
                    odd += sign * (2 * j + 3) * bessel[j + 1] * panel.legendre[j + 1, m]
                sign = -sign
            out[k, m] = panel.weight[m] * phase * complex(even, odd)


@njit(cache=True, nogil=True)
def _union(q, rule, y, weights, outer, outer_weights, end):
    """The rule for ``[0, end]`` from those for its two halves.

    The algebraic envelopes are as smooth, seen from `end`, as their distance from the origin, so a polynomial
    through one panel's nodes will do.  A function need not be: then all nodes are kept.
    """
    n, columns = outer_weights.shape
    kept = y.size if q.kind == _FUNCTION else 0
    nodes = np.empty(kept + n)
    out = np.zeros((kept + n, columns), np.complex128)
    for i in range(kept):
        nodes[i] = y[i]
        for k in range(columns):
            out[i, k] = weights[i, k]
    for i in range(n):
        if kept > 0:
            nodes[kept + i] = outer[i]
            for k in range(columns):
                out[kept + i, k] = outer_weights[i, k]
            continue
        nodes[i] = end * rule.panel.t[i]
        for m in range(n):
            for k in range(columns):
                out[i, k] += rule.lower[i, m] * weights[m, k] + rule.upper[i, m] * outer_weights[m, k]
    return nodes, out


@njit(cache=True, nogil=True)
def _first_y_weights(q, rule, end):
    """As `_y_weights`, for the panel ``[0, end]`` on which nothing oscillates."""
    y = _nodes(rule.panel, 0.0, end)
    weights = np.empty((y.size, 4), np.complex128)
    for j in range(y.size):
        weight = end ** (q.beta + 1.5) * rule.origin[j]
        turn = complex(np.cos(q.N * y[j]), np.sin(q.N * y[j]))
        ny = _envelope(q, y[j]) * _wave(q, y[j])
        weights[j, 0] = weight * ny
        weights[j, 1] = weight * ny * turn
        weights[j, 2] = weight
        weights[j, 3] = weight * turn
    return y, weights


@njit(cache=True, nogil=True)
def _y_weights(q, panel, start, end):
    """Weights for ``y^(beta+1/2)`` times n, ``n e^{iNy}``, 1 and ``e^{iNy}``."""
    y = _nodes(panel, start, end)
    waves = np.empty((3, panel.t.size), np.complex128)
    _plane_waves(panel, start, end, q.N, waves)
    weights = np.empty((y.size, 4), np.complex128)
    for j in range(y.size):
        f = y[j] ** (q.beta + 0.5)
        e = f * _envelope(q, y[j])
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
    """Weights for ``w4^beta`` times n4, e1 and ``n4 - n1``, each times 1, ``cos Nv`` and ``sin Nv``.

    Relative to the scale, and without the factor g1 that completes n1.  Nine columns for
    ``w4 = w + side v``, or for both sides, -1 and 1, if `side` is 0.
    """
    v = _nodes(panel, start, end)
    waves = np.empty((3, panel.t.size), np.complex128)
    _plane_waves(panel, start, end, q.N, waves)
    turn = 0.5 * q.B * q.turn
    mean = q.A - q.g1
    sides = 2 if side == 0.0 else 1
    weights = np.empty((v.size, 9 * sides))
    for m in range(v.size):
        one, wave = waves[0, m].real, waves[1, m]
        for r in range(sides):
            sign = side if sides == 1 else 2.0 * r - 1.0
            s = sign * v[m]
            r4, rise = _ratio(q, s), _rise(q, s)
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


# Regions 21, 22 and 3


@njit(cache=True, nogil=True)
def _block(q, y, y_weights, v, v_weights, side, parts, full):
    """A rectangle in y and v, in region 21 (side -1), region 3 (side 1) or both (side 0)."""
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
            dense = power * _envelope(q, x)
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
            _record(
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
    """``y, v <= c`` in regions 21 and 3, and ``u <= c``, where ``v = w/2 - u``, in regions 21 and 22.

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
                _add_point(q, row, far, far * t, far_weight * t_weight * (1.0 + t) ** q.beta, parts, full)
                _add_point(q, row, far * r, far, far_weight * r_weight * (1.0 + r) ** q.beta, parts, full)
            for row in (0, 1):
                y = u * r if row == 0 else u * (1.0 + t)
                share = r_weight if row == 0 else t_weight * (1.0 + t) ** (q.beta + 0.5)
                _add_point(q, row, y, v, u_weight * share * (y + v) ** q.beta, parts, full)


@njit(cache=True, nogil=True)
def _plain_triangles(q, rule, b, parts, full):
    """``u`` in [b, 2b], ``y`` in [b, u] (region 21) and [u, 2u] (region 22), where little oscillates."""
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
                        _add_point(q, row, y, v, weight, parts, full)


@njit(cache=True, nogil=True)
def _ends(rule, row, phi, m, scale, out):
    """``Q`` at node `m`, at 0 and at 1 of a panel, where ``Q' + i phi Q`` is the amplitude [Lev82].

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
    """Weights for ``w4^beta e^{ikNu}`` times n4, e1 and ``n4 - n1``, k = -1 ... 3; u = w/2 - v in [b, 2b]."""
    n = panel.t.size
    waves = np.empty((5, panel.t.size), np.complex128)
    _plane_waves(panel, b, 2.0 * b, q.N, waves)
    weights = np.empty((3, n, 5), np.complex128)
    for m in range(n):
        w4 = q.w * 0.5 + b * (1.0 + panel.t[m])
        r4, rise = _ratio(q, w4 - q.w), _rise(q, w4 - q.w)
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
    """Integrals over y at the `m`-th u, for y in [bottom, 2 bottom], the m-th node being the diagonal.

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
        dense_y = bare_y * _envelope(q, y)
        amplitude[0, j] = bare_x * dense_y * _envelope(q, x)
        amplitude[1, j] = bare_x * bare_y * _envelope(q, x)
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
def _triangles(q, rule, b, parts, full):
    """As `_plain_triangles` where much oscillates, from the squares [b, 2b] x [b, 2b] and [b, 2b] x [2b, 4b].

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
                _record(row, both[0], q.g1 * both[1], both[2], n1 * only_x, n1 * only_y, parts, full)


@njit(cache=True, nogil=True)
def _far_3(q, rule, y, y_weights, parts, full):
    """Region 3 for ``v >= w``: octaves until oscillations are spent, then Gauss-Jacobi in ``1/v``."""
    b = q.w
    start = 4.0 * max(q.w, 1.0)
    before, increment, remainder = np.empty(4), np.zeros(4), np.zeros(4)
    for _ in range(_octaves(q, b, start, q.p - 2.0 * q.beta)):
        for i in range(4):
            before[i] = parts[2, i]
        v, v_weights = _v_weights(q, rule.panel, b, 2.0 * b, 1.0)
        _block(q, y, y_weights, v, v_weights, 1.0, parts, full)
        b *= 2.0
        if _settled(parts[2], before, increment, remainder) and q.kind == _FUNCTION and b > start:
            break
    if q.kind == _FUNCTION:
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
            n134 = weight * n1 * _ratio(q, v)
            n123 = weight * q.r1 * q.g1 * _envelope(q, y[j] + v)
            parts[2, 1] += n134
            parts[2, 2] += n123
            full[2] += n134 - n123


@njit(cache=True, nogil=True)
def _octaves(q, b, start, decay):
    """How many octaves from `b` make what falls as ``b^-decay`` beyond `start` negligible."""
    beyond = _MOST_OCTAVES if q.kind == _FUNCTION else np.ceil(48.0 / decay)
    return int(np.ceil(max(np.log2(start / b), 0.0)) + beyond)


@njit(cache=True, nogil=True)
def _settled(parts, before, increment, remainder):
    """Whether parts plus remainder stay the same, where the increments of octaves continue geometrically.

    They do for any algebraic tail, whatever its exponent.
    """
    settled = True
    for i in range(parts.size):
        new = parts[i] - before[i]
        ratio = new / increment[i] if 0.0 < new < increment[i] else 0.0
        rest = new * ratio / (1.0 - ratio)
        settled &= abs(new + rest - remainder[i]) <= 1e-14 * (parts[i] + rest)
        increment[i], remainder[i] = new, rest
    return settled


@njit(cache=True, nogil=True)
def _regions_2_and_3(q, rule, parts, full):
    """Regions 21, 22 [AL24, (3.10)-(3.11)] and 3 [AL24, (3.12)]."""
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
                _plain_triangles(q, rule, b, parts, full)
            else:
                _triangles(q, rule, b, parts, full)
        y, y_weights = _union(q, rule, y, y_weights, outer, outer_weights, 2.0 * b)
        b *= 2.0
    _far_3(q, rule, y, y_weights, parts, full)


# Region 1


@njit(cache=True, nogil=True)
def _a_weights(q, panel, start, end):
    """Weights for ``w3^beta`` times ``n3 e^{ikNa/2}``, k = 0 ... 3, and ``e^{ikNa/2}``."""
    a = _nodes(panel, start, end)
    waves = np.empty((5, panel.t.size), np.complex128)
    _plane_waves(panel, start, end, 0.5 * q.N, waves)
    weights = np.empty((a.size, 8), np.complex128)
    for j in range(a.size):
        w3 = q.w + 0.5 * a[j]
        f = 0.5 * w3**q.beta  # dw3 = da/2
        e = f * _envelope(q, w3)
        for k in range(4):
            before = waves[k - 1, j] if k > 0 else np.conj(waves[1, j])
            cosine = 0.5 * q.B * (q.turn * waves[k + 1, j] + np.conj(q.turn) * before)
            weights[j, k] = e * (q.A * waves[k, j] + cosine)
            weights[j, 4 + k] = f * waves[k, j]
    return a, weights


@njit(cache=True, nogil=True)
def _c_weights(q, panel, start, end):
    """Weights for 1, ``cos Nc``, ``sin Nc``, ``cos 2Nc`` and ``sin 2Nc``."""
    weights = np.empty((panel.t.size, 5))
    waves = np.empty((3, panel.t.size), np.complex128)
    _plane_waves(panel, start, end, q.N, waves)
    for m in range(panel.t.size):
        weights[m, 0] = waves[0, m].real
        for k in (1, 2):
            weights[m, 2 * k - 1] = waves[k, m].real
            weights[m, 2 * k] = waves[k, m].imag
    return _nodes(panel, start, end), weights


@njit(cache=True, nogil=True)
def _block_1(q, a, a_weights, c, c_weights, parts):
    """A rectangle in a and c.

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
            e2 = _envelope(q, w2)
            r4 = _ratio(q, s)
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
def _region_1(q, rule, parts, full):
    """Region 1 [AL24, (3.14)]: octaves until all is spent but the tail in c at small a."""
    b = 0.25 * q.w
    start = 4.0 * max(q.w, 1.0)
    a, a_weights = _a_weights(q, rule.panel, 0.0, b)
    c, c_weights = _c_weights(q, rule.panel, 0.0, b)
    _block_1(q, a, a_weights, c, c_weights, parts)
    before, increment, remainder = np.empty(4), np.zeros(4), np.zeros(4)
    for _ in range(_octaves(q, b, start, q.p - q.beta - 1.0)):
        for i in range(4):
            before[i] = parts[3, i]
        outer, outer_weights = _a_weights(q, rule.panel, b, 2.0 * b)
        near, near_weights = _c_weights(q, rule.panel, 0.0, b)
        far, far_weights = _c_weights(q, rule.panel, b, 2.0 * b)
        _block_1(q, a, a_weights, far, far_weights, parts)
        _block_1(q, outer, outer_weights, near, near_weights, parts)
        _block_1(q, outer, outer_weights, far, far_weights, parts)
        a, a_weights = _union(q, rule, a, a_weights, outer, outer_weights, 2.0 * b)
        b *= 2.0
        if _settled(parts[3], before, increment, remainder) and q.kind == _FUNCTION and b > start:
            break
    if q.kind == _FUNCTION:
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
                parts[3, 1] += weight * q.e1 * q.g1 * _ratio(q, w4 - q.w)
                parts[3, 2] += weight * q.r1 * q.g1 * _envelope(q, w2)
    for i in range(4):
        parts[3, i] *= np.sqrt(q.w)
    full[3] = (parts[3, 0] - parts[3, 2]) + (parts[3, 1] - parts[3, 3])


@cfunc("float64(float64)", cache=True)
def _no_function(omega):  # type: ignore[no-untyped-def]
    return 0.0


def parts_over_envelope(
    omega1: float, beta: float, datum: Datum, nodes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sixteen parts and the full operator at one frequency, divided by the datum's envelope there.

    Parameters
    ----------
    omega1 : float
        Positive.
    beta : float
    datum : Datum
        A function is not divided by its value.
    nodes : int
        Per panel; compare two values for an error estimate.

    Returns
    -------
    parts : (4, 4) float64
        Regions 21, 22, 3, 1 by parts 234, 134, 123, 124 [AL24, (3.10)-(3.14)], without ``64 pi^3``.
    full : (4,) float64
        234 + 134 - 123 - 124 by region, with ``n4 - n1`` in regions 21, 22 and 3 without subtraction.

    Notes
    -----
    Relative error of a part about 1e-7, 1e-10 and 1e-13 at 10, 14 and 20 nodes, for any N up to
    ``N omega1 = 1e5``; of the full operator of an oscillating datum ten times that.  The full operator of a
    smooth datum loses ``omega1`` times round-off, and of a function ``omega1^2``.  A function that oscillates
    is not resolved.
    """
    kind = _KINDS[datum.kind]
    oscillates = datum.kind == "oscillating"
    p = 0.5 * datum.M
    phase = datum.N * omega1
    if kind == _FUNCTION:
        function = datum.function
        e1 = r1 = function.ctypes(omega1)
        rule = rules(nodes, beta, 2.0 * beta + 2.0)  # its Jacobi tail is not used
    else:
        function, r1 = _no_function, 1.0
        e1 = math.exp(-0.5 * p * math.log1p(omega1**2) if kind == _BRACKET else -p * math.log1p(omega1))
        rule = rules(nodes, beta, p)
    problem = Problem(
        kind=kind,
        p=p,
        function=function,
        beta=beta,
        w=omega1,
        N=datum.N if oscillates else 0.0,
        A=datum.A if oscillates else 1.0,
        B=1.0 if oscillates else 0.0,
        e1=e1,
        g1=datum.A + math.cos(phase) if oscillates else 1.0,
        r1=r1,
        turn=complex(math.cos(phase), math.sin(phase)) if oscillates else 1.0 + 0.0j,
    )
    parts = np.zeros((4, 4))
    full = np.zeros(4)
    _regions_2_and_3(problem, rule, parts, full)
    _region_1(problem, rule, parts, full)
    common = omega1 ** (beta - 0.5)
    return parts * common, full * common
