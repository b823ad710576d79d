r"""beta(t, x, v): by how much needles wear the rock away, for any direction set, place and velocity.

    beta = sign(t) A N2^(1+gamma) M^(1-d) sum_j H_j,
    H_j = int_0^|t| dtau int dy chi(|y|) chi(|X_j - sign(t) tau y|)
              int dz chi(10 z) chi(|x.e_j/N2 - sign(t) (1 + z) tau|) |(1 + z) e_j + y/(M N2) - v/N2|^gamma,

with ``X_j = M P_j^perp x``.  As long as ``|x| + 1.2 |t| N2 <= N2`` the longitudinal cutoff is one.  Then
`H_j` is a function of ``|X_j|`` for a particle at rest, and else a short sum of such functions: the last
factor hardly varies across a needle, so that a polynomial in ``|y|`` times harmonics of its angle stands for
it.  Farther out few needles are left, and each is integrated as it stands.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.construction.crossing import (
    FARTHEST,
    axial_rule,
    cross_section_rule,
    panel_series,
    passage_moments,
    speed_factor,
    sum_of_series,
)
from wellposed.kinetics.boltzmann.norms.cutoff import Array, chi, panels, radial_rule

_HIGHEST = 10  # order of the polynomials and harmonics
_ACCURACY = 1e-13


@njit(cache=True, nogil=True)
def _coordinates(x, v, e, M, N2):
    """Returns ``(x.e/N2, |X|, v.e/N2, b_1, b_2)``, with `b` ``P^perp v/N2`` along and across ``X``."""
    d = x.size
    xe, ve, xx, vv, xv = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(d):
        xe += x[i] * e[i]
        ve += v[i] * e[i]
    for i in range(d):
        across_x, across_v = x[i] - xe * e[i], v[i] - ve * e[i]
        xx += across_x * across_x
        vv += across_v * across_v
        xv += across_x * across_v
    rho, b = math.sqrt(xx), math.sqrt(vv)
    b1 = xv / rho if rho > 0.0 else b
    return xe / N2, M * rho, ve / N2, b1 / N2, math.sqrt(max(vv - b1 * b1, 0.0)) / N2


@njit(cache=True, nogil=True)
def _distances(x, v, e, M, N2):
    """Returns ``|X_j|`` of all needles, and how close, over N2, `v` comes to those that count."""
    rho = np.empty(e.shape[0])
    closest = math.inf
    for j in range(e.shape[0]):
        _, rho[j], a, b1, b2 = _coordinates(x, v, e[j], M, N2)
        if rho[j] < FARTHEST:
            closest = min(closest, math.hypot(max(0.8 - a, a - 1.2, 0.0), math.hypot(b1, b2)))
    return rho, closest


@njit(cache=True, nogil=True)
def _sum_of_varying(x, v, e, sign, M, N2, gamma, z, w, r, phi, to_harmonics, series):
    """Returns ``sum_j H_j`` with the last factor interpolated: at `r` by polynomials, at `phi` by harmonics.

    `series` (harmonics, r.size, panels, n) has the passage of every product.
    """
    total = 0.0
    single = np.empty(1)
    at_angles = np.empty(phi.size)
    for j in range(e.shape[0]):
        _, rho, a, b1, b2 = _coordinates(x, v, e[j], M, N2)
        if rho >= FARTHEST:
            continue
        single[0] = rho
        for q in range(r.size):
            for p in range(phi.size):
                y1 = r[q] * math.cos(phi[p]) / (M * N2) - sign * b1
                y2 = r[q] * math.sin(phi[p]) / (M * N2) - sign * b2
                at_angles[p] = 0.0
                for i in range(z.size):
                    at_angles[p] += w[i] * ((1.0 + z[i] - a) ** 2 + y1 * y1 + y2 * y2) ** (0.5 * gamma)
            for n in range(series.shape[0]):
                amount = 0.0
                for p in range(phi.size):
                    amount += to_harmonics[n, p] * at_angles[p]
                total += amount * sum_of_series(single, series[n, q])
    return total


@njit(cache=True, nogil=True)
def _sum_far_out(x, v, e, sign, M, N2, gamma, t, wt, z, wz, r, wr, phi, wphi):
    """Returns ``sum_j H_j``, every needle integrated as it stands."""
    total = 0.0
    for j in range(e.shape[0]):
        xi, rho, a, b1, b2 = _coordinates(x, v, e[j], M, N2)
        if rho >= FARTHEST or abs(xi) > 2.0 + 1.2 * t[-1]:
            continue
        for q in range(r.size):
            for p in range(phi.size):
                y1, y2 = r[q] * math.cos(phi[p]), r[q] * math.sin(phi[p])
                c1, c2 = y1 / (M * N2) - sign * b1, y2 / (M * N2) - sign * b2
                for k in range(t.size):
                    met = chi(math.hypot(rho - t[k] * y1, t[k] * y2)) * wr[q] * wphi[p] * wt[k]
                    if met == 0.0:
                        continue
                    for i in range(z.size):
                        inside = chi(abs(xi - sign * (1.0 + z[i]) * t[k]))
                        if inside > 0.0:
                            squared = (1.0 + z[i] - a) ** 2 + c1 * c1 + c2 * c2
                            total += met * wz[i] * inside * squared ** (0.5 * gamma)
    return total


def _angles(d: int, n: int) -> tuple[Array, Array]:
    """Returns a rule on ``S^(d-2)``, exact below degree ``2 n``."""
    if d == 2:
        return np.array([0.0, math.pi]), np.ones(2)
    phi = math.pi * (np.arange(2 * n) + 0.5) / n
    return phi, np.full(2 * n, math.pi / n)


@lru_cache(maxsize=64)
def _varying(d: int, T: float, order: int) -> tuple[Array, Array, Array, Array]:
    """Returns nodes in `r`, angles, the matrix to harmonics, and the series, that `_sum_of_varying` takes."""
    nodes = 1.0 + np.cos((2.0 * np.arange(order) + 1.0) * math.pi / (2.0 * order))
    at, _ = cross_section_rule(d)
    differences = nodes[:, None] - nodes + np.eye(order)
    lagrange = np.empty((at.size, order))
    for q in range(order):
        others = np.arange(order) != q
        lagrange[:, q] = np.prod((at[:, None] - nodes[others]) / differences[q, others], axis=1)
    phi, _ = _angles(d, order)
    harmonics = 2 if d == 2 else order
    to_harmonics = np.cos(np.outer(np.arange(harmonics), phi)) * 2.0 / phi.size
    to_harmonics[0] *= 0.5
    if d == 2:
        to_harmonics[1] *= 0.5
    series = np.array(
        [
            np.moveaxis(panel_series(d, n) @ passage_moments(T, lagrange, d, 1, n), 2, 0)
            for n in range(harmonics)
        ]
    )
    return nodes, phi, to_harmonics, np.ascontiguousarray(series)


def sum_over_needles(x: Array, v: Array, t: float, e: Array, M: float, N2: float, gamma: float) -> float:
    """Returns ``sum_j H_j``, of which beta is ``sign(t) A N2^(1+gamma) M^(1-d)`` times.

    Parameters
    ----------
    x, v : (d,) float
    t : float
        ``|t| <= 1/2``.
    e : (J, d) float
        Unit vectors: the needles' directions.
    M, N2, gamma : float

    Raises
    ------
    ParameterError
        If `v` is so close to the velocities of a needle that passes `x` that ``|u - v|^gamma`` is not smooth
        there.
    """
    d, T, sign = x.size, abs(t), math.copysign(1.0, t)
    if T == 0.0:
        return 0.0
    rho, closest = _distances(x, v, e, M, N2)
    varies = gamma != 0.0 and bool(np.any(v != 0.0))
    ratio = 2.0 / (M * N2 * closest) if closest > 0.0 else math.inf
    order = max(math.ceil(math.log(_ACCURACY) / math.log(ratio)), 3) if ratio < 1.0 else _HIGHEST + 1
    if varies and (order > _HIGHEST or closest < 0.15):
        raise ParameterError(
            f"Argument `v` must keep {max(0.15 * N2, 2.0 / M * _ACCURACY ** (-1.0 / _HIGHEST)):g} from the "
            f"velocities 0.8 N2 e_j to 1.2 N2 e_j of the needles that pass `x`, but is at {closest * N2:g}."
        )
    if math.sqrt(float(x @ x)) > N2 * (1.0 - 1.2 * T):
        tau, wt = panels(np.array([0.0, T]), 64)
        z, wz = axial_rule(n=48)
        r, wr = radial_rule(32)
        phi, wphi = _angles(d, 64)
        weights = wr * r ** (d - 2)
        for i in range(r.size):
            weights[i] *= chi(r[i])
        return float(_sum_far_out(x, v, e, sign, M, N2, gamma, tau, wt, z, wz, r, weights, phi, wphi))
    if not varies:
        moments = passage_moments(T, speed_factor(cross_section_rule(d)[0], gamma, M * N2), d)
        return float(sum_of_series(rho, panel_series(d) @ moments))
    z, w = axial_rule(n=28)
    return float(_sum_of_varying(x, v, e, sign, M, N2, gamma, z, w, *_varying(d, T, order)))
