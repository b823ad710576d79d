"""Product integration on panels: an interpolated amplitude times an exact plane wave."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre
from wellposed.kinetics.wave.panelled.problem import FUNCTION


class PanelRule(NamedTuple):
    """A Gauss-Legendre rule on [0, 1]."""

    t: NDArray[np.float64]
    weight: NDArray[np.float64]
    legendre: NDArray[np.float64]  # (j, m): P_j at node m


class PanelRules(NamedTuple):
    """The quadrature of one resolution for one (beta, p), on [0, 1]."""

    panel: PanelRule
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
    """Returns P_0 ... P_{n-1} of [0, 1] at `t`."""
    return np.array([scipy.special.eval_legendre(j, 2.0 * t - 1.0) for j in range(n)])


def _lagrange(nodes: NDArray[np.float64], t: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns Lagrange polynomials at `t`, (node, t); barycentric, as `merged` multiplies their errors."""
    others = nodes[:, None] - nodes + np.eye(nodes.size)
    terms: NDArray[np.float64] = 1.0 / (np.prod(others, axis=1)[:, None] * (t - nodes[:, None]))
    terms /= terms.sum(axis=0)
    return terms


@lru_cache(maxsize=256)
def rules(nodes: int, beta: float, p: float) -> PanelRules:
    """Returns the quadrature with so many `nodes` per panel for exponents `beta` and `p`."""
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
    return PanelRules(
        PanelRule(t, weight, extended[:nodes]),
        *tables,
        side=side,
        apex=gauss_jacobi(nodes, beta + 1.5),
        corner=gauss_jacobi(nodes, 2.0 * beta + 1.5),
        tail=gauss_jacobi(nodes, p - 2.0 * beta - 2.0),
    )


@njit(cache=True, nogil=True)
def spherical_bessel(theta, out):
    """Writes ``j_0 ... j_{n-1}`` at theta >= 0: by recurrence for k < theta, else by continued fraction."""
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
def panel_nodes(panel, start, end):
    """Returns the nodes of a panel on [start, end], (n,)."""
    out = np.empty(panel.t.size)
    for m in range(out.size):
        out[m] = start + (end - start) * panel.t[m]
    return out


@njit(cache=True, nogil=True)
def plane_waves(panel, start, end, frequency, out):
    """Fills row k of `out` with weights for an amplitude times ``e^{ik frequency v}`` [BV68]."""
    n = panel.t.size
    bessel = np.empty(n)
    length = end - start
    for k in range(out.shape[0]):
        spherical_bessel(0.5 * k * frequency * length, bessel)
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
def merged(q, rule, y, weights, outer, outer_weights, end):
    """Returns the rule for ``[0, end]`` from those for its two halves.

    The algebraic envelopes are as smooth, seen from `end`, as their distance from the origin, so a polynomial
    through one panel's nodes will do.  A function need not be: then all nodes are kept.
    """
    n, columns = outer_weights.shape
    kept = y.size if q.kind == FUNCTION else 0
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
