"""Integrals over all resonant quartets of one k1: five dimensions, for functions of any shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.quadrature import gauss_legendre
from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.spatial.functions import WaveFunction
from wellposed.kinetics.wave.spatial.quartets import Nodes, Resolution, nodes
from wellposed.kinetics.wave.spatial.radial import continued

Array = NDArray[np.float64]

_BATCH = 100_000  # quartets in memory at a time
_ALONE = 12  # nodes in eta where the integrand does not depend on the angles, but the measure does


class Angles(NamedTuple):
    """How many nodes a circle of radius r of a wave vector has: ``least + rate r``, but not above `most`."""

    least: int
    rate: float
    most: int

    def counts(self, radius: Array, share: Array) -> NDArray[np.int64]:
        """Returns how many nodes there are on circles of these radii, times `share`.

        They are even, in steps that grow with the number, so that few different ones occur.
        """
        wanted = np.maximum(np.minimum(self.least + self.rate * radius, self.most) * share, 4.0)
        even = 2.0 * np.ceil(2.0 * 2.0 ** (0.5 * np.ceil(2.0 * np.log2(0.25 * wanted) - 1e-9)))
        counts: NDArray[np.int64] = even.astype(np.int64)
        return counts


class Level(NamedTuple):
    """How fine the quadrature is, and what share of the integral it leaves out."""

    frequencies: Resolution
    angles: Angles | None  # None if the integrand does not depend on phi and chi, nor much on V
    omitted: float = 1e-7  # judged on a coarse rule; 0 if every node counts


LEVELS = (
    Level(Resolution(nodes=4, ratio=16.0, within=8.0, first=0.5, lowest=1e-4), Angles(6, 5.0, 24), 1e-4),
    Level(Resolution(nodes=5, ratio=16.0, within=5.0, first=0.5, lowest=1e-5), Angles(8, 8.0, 40), 1e-5),
    Level(Resolution(nodes=6, ratio=12.0, within=3.5, first=0.5, lowest=1e-6), Angles(12, 12.0, 64), 1e-6),
    Level(Resolution(nodes=8, ratio=12.0, within=3.0, first=0.5, lowest=1e-6), Angles(14, 16.0, 90), 1e-7),
)
"""Coarse to fine."""

_COARSE = Angles(4, 3.0, 12)


@njit(cache=True, nogil=True)
def _intervals(w1, w2, d, w3, w4, e, divided):
    """Returns the greatest ``|k1.k2|``, below which the cut-off divides the circle of phi, and intervals."""
    zm = math.sqrt(min(w1 * w2, w3 * w4))
    square = w1 * w2 - 0.25 * e * e
    if not divided or square <= 0.0 or d == 0.0 or e == 0.0:
        return zm, 0.0, 1
    return zm, min(math.sqrt(square), zm), 3


@njit(cache=True, nogil=True)
def _fill(
    w1, w2, d, w3, w4, e, weight, axes, divided, over_speed, x_eta, w_eta, n_phi, x_phi, w_phi, n_chi,
    k2, plus, minus, node_weight, plane, owner,
):  # fmt: skip
    """Writes all quartets of some nodes (w2, w4); returns how many k2 and quartets there are, before chi.

    k2 is (n_k2, n_chi, 3) and changes with eta and chi alone; `plus` and `minus` are (n, n_chi, 3), with the
    cut-off kept for k1* = plus and k2* = minus, and `plane` (n,) is the index into k2.
    """
    r1 = math.sqrt(w1)
    at, count = 0, 0
    for j in range(w2.size):
        E = w1 + w2[j]
        zm, zc, intervals = _intervals(w1, w2[j], d[j], w3[j], w4[j], e[j], divided)
        for interval in range(intervals):
            middle = intervals == 3 and interval == 1
            if middle:
                low, high = -0.5 * math.pi, 0.5 * math.pi
            else:
                z_low = zc if interval == 2 else -zm
                z_high = -zc if intervals == 3 and interval == 0 else zm
                low = 0.5 * math.acos(max(-1.0, min(1.0, -2.0 * z_low / E)))
                high = 0.5 * math.acos(max(-1.0, min(1.0, -2.0 * z_high / E)))
            for node in range(x_eta.size):
                s = low + (high - low) * x_eta[node]
                z = zc * math.sin(s) if middle else -0.5 * E * math.cos(2.0 * s)
                V = 0.5 * math.sqrt(max(E + 2.0 * z, 1e-300))
                speed = math.sqrt(max(E - 2.0 * z, 1e-300))
                d_eta = (high - low) * w_eta[node]
                if middle:
                    d_eta *= zc * math.cos(s) / (2.0 * V * speed)
                # dV = (|k1-k2|/2) d eta
                each = weight[j] / r1 * d_eta * (1.0 if over_speed else speed)
                across = math.sqrt(max(w1 * w2[j] - z * z, 0.0))
                radius = math.sqrt(max(w3[j] * w4[j] - z * z, 0.0)) / (2.0 * V)
                v_x, v_z = 0.5 * across / r1 / V, 0.5 * (r1 + z / r1) / V
                along = 0.25 * e[j] / V
                for c in range(n_chi):
                    turn = 2.0 * math.pi * (c + 0.5) / n_chi
                    x, y = across / r1 * math.cos(turn), across / r1 * math.sin(turn)
                    for i in range(3):
                        k2[at, c, i] = x * axes[0, i] + y * axes[1, i] + z / r1 * axes[2, i]
                parts = 2 if middle else 1
                if middle:
                    kappa = 0.25 * d[j] * e[j] / max(across * radius * 2.0 * V, 1e-300)
                    division = math.acos(max(-1.0, min(1.0, -kappa)))
                for part in range(parts):
                    n = 2 * x_phi.size if middle else n_phi
                    # what b removes is the same quartet with k1* and k2* exchanged
                    swapped = (part == 1) if middle else (divided and d[j] < 0.0)
                    sign = -1.0 if swapped else 1.0
                    for q in range(n):
                        if middle:
                            start = division if part == 1 else 0.0
                            span = math.pi - division if part == 1 else division
                            phi = start + span * x_phi[q // 2]
                            share = span * w_phi[q // 2]
                            if q % 2 == 1:
                                phi = -phi
                        else:
                            phi = 2.0 * math.pi * (q + 0.5) / n
                            share = 2.0 * math.pi / n
                        side = -v_z * radius * math.cos(phi)
                        up = v_x * radius * math.cos(phi)
                        y0 = radius * math.sin(phi)
                        for c in range(n_chi):
                            turn = 2.0 * math.pi * (c + 0.5) / n_chi
                            cos, sin = math.cos(turn), math.sin(turn)
                            dx, dz = along * v_x + side, along * v_z + up
                            for i in range(3):
                                center = V * (v_x * (cos * axes[0, i] + sin * axes[1, i]) + v_z * axes[2, i])
                                half = (
                                    (dx * cos - y0 * sin) * axes[0, i]
                                    + (dx * sin + y0 * cos) * axes[1, i]
                                    + dz * axes[2, i]
                                )
                                plus[count, c, i] = center + sign * half
                                minus[count, c, i] = center - sign * half
                        node_weight[count] = each * share * 2.0 * math.pi / n_chi
                        plane[count] = at
                        owner[count] = j
                        count += 1
                at += 1
    return at, count


class Quartets(NamedTuple):
    """A batch: m points k2, n quartets, each at n_chi turns about k1."""

    k2: Array  # (m, n_chi, 3)
    k1_star: Array  # (n, n_chi, 3)
    k2_star: Array  # (n, n_chi, 3)
    plane: NDArray[np.int64]  # (n,) index into k2
    owner: NDArray[np.int64]  # (n,) index of the node (w2, w4)
    weight: Array  # (n,) of |k1-k2| dsigma dk2, or of dsigma dk2


def _axes(k1: Array) -> Array:
    """Returns three orthonormal rows, the last along k1."""
    last = k1 / np.linalg.norm(k1)
    axis = np.eye(3)[np.argmin(np.abs(last))]
    first = np.cross(last, axis)
    first /= np.linalg.norm(first)
    return np.array([first, np.cross(last, first), last])


def by_node(
    k1: Array,
    n: Nodes,
    angles: Angles | None,
    share: Array,
    divided: bool,
    over_speed: bool,
    integrand: Callable[[Quartets], Array],
    chosen: NDArray[np.bool_],
) -> Array:
    """Returns the integral over the angles at each node (w2, w4), (n,), by a `share` of their nodes.

    It is 0 where not `chosen`.
    """
    axes, w1 = _axes(k1), float(k1 @ k1)
    group = np.repeat(np.arange(n.w2.size), np.diff(np.append(n.starts, n.w3.size)))
    out = np.zeros(n.w3.size)
    if angles is None:
        counts = np.tile([_ALONE, 1, 1], (n.w3.size, 1))
    else:
        # with chi, k2 turns about k1; with phi, k1* and k2* about k1 + k2; V has a range min(sqrt w)
        r2, r4 = np.sqrt(n.w2[group]), np.sqrt(n.w4)
        eta = angles.counts(np.minimum(np.minimum(r2, r4), math.sqrt(w1)), share) // 2
        counts = np.stack([eta, angles.counts(r4, share), angles.counts(r2, share)], axis=1)
    index = np.flatnonzero(chosen)
    kinds, kind_of = np.unique(counts[index], axis=0, return_inverse=True)
    for kind, (n_eta, n_phi, n_chi) in enumerate(kinds.tolist()):
        x_eta, w_eta = gauss_legendre(n_eta)
        x_phi, w_phi = gauss_legendre((n_phi + 2) // 3)
        members = index[kind_of.ravel() == kind]
        most_each = n_eta * max(3 * n_phi, 2 * n_phi + 4 * x_phi.size) if divided else n_eta * n_phi
        size = min(members.size, max(1, _BATCH // (most_each * n_chi)))
        most, most_k2 = size * most_each, size * 3 * n_eta
        k2 = np.empty((most_k2, n_chi, 3))
        plus, minus = np.empty((most, n_chi, 3)), np.empty((most, n_chi, 3))
        weight, plane, owner = np.empty(most), np.empty(most, np.int64), np.empty(most, np.int64)
        for start in range(0, members.size, size):
            j = members[start : start + size]
            i = group[j]
            at, count = _fill(
                w1, n.w2[i], n.difference[i], n.w3[j], n.w4[j], n.excess[j], n.weight[j], axes, divided,
                over_speed, x_eta, w_eta, n_phi, x_phi, w_phi, n_chi, k2, plus, minus, weight, plane, owner,
            )  # fmt: skip
            batch = Quartets(
                k2[:at], plus[:count], minus[:count], plane[:count], owner[:count], weight[:count]
            )
            out[j] = np.bincount(batch.owner, batch.weight * integrand(batch), minlength=j.size)
    return out


def integral_over_quartets(
    k1: Array,
    beta: float,
    level: Level,
    divided: bool,
    over_speed: bool,
    integrand: Callable[[Quartets], Array],
    kernel: Callable[[Array, Array, Array], Array],
) -> float:
    """Returns ``int kernel(w2, w3, w4) integrand b |k1-k2| dsigma dk2``, without ``|k1-k2|`` if `over_speed`.

    `integrand` gives the sum over the turns of a batch of quartets, (n,).
    """
    n = nodes(float(k1 @ k1), beta, level.frequencies)
    factor = kernel(np.repeat(n.w2, np.diff(np.append(n.starts, n.w3.size))), n.w3, n.w4)
    chosen = np.ones(n.w3.size, dtype=bool)
    share = np.ones(n.w3.size)
    if level.omitted > 0.0:
        rough = by_node(k1, n, _COARSE, share, divided, over_speed, lambda q: np.abs(integrand(q)), chosen)
        size = np.abs(factor * rough)
        if not np.any(size):
            return 0.0
        order = np.argsort(size)
        chosen[order[np.cumsum(size[order]) <= level.omitted * size.sum()]] = False
        # the error of a rule falls exponentially with its nodes, so what adds little needs few
        with np.errstate(divide="ignore"):
            share = np.maximum(1.0 - np.log(size / size.max()) / math.log(0.01 * level.omitted), 0.0)
    values = factor * by_node(k1, n, level.angles, share, divided, over_speed, integrand, chosen)
    return continued(np.add.reduceat(np.add.reduceat(values, n.starts), n.panels))


def error_estimate(coarse: float, fine: float, level: Level) -> float:
    """Returns the error of `fine`, obtained at `level`: its distance from the level before, and what was left
    out."""
    _, error = refined((coarse, fine))
    return float(error) + 2.0 * level.omitted * abs(fine)


def integral(
    k1: Array,
    beta: float,
    functions: tuple[WaveFunction | None, WaveFunction | None, WaveFunction | None],
    level: int,
) -> float:
    """Returns what `radial.integral` does, for functions of any shape, at one of `LEVELS`."""
    A, B, C = functions
    divided = B is None or C is None or B.source != C.source

    def integrand(q: Quartets) -> Array:
        product = np.ones(q.k1_star.shape[:2])
        for function, k in ((B, q.k1_star), (C, q.k2_star)):
            if function is not None:
                product *= np.asarray(function.spatial(k.reshape(-1, 3))).reshape(product.shape)
        if A is not None:
            at_k2 = np.asarray(A.spatial(q.k2.reshape(-1, 3))).reshape(q.k2.shape[:2])
            product *= at_k2[q.plane]
        total: Array = product.sum(axis=1)
        return total

    common = 0.25 * math.pow(float(k1 @ k1), beta)
    return common * integral_over_quartets(
        k1, beta, LEVELS[level], divided, False, integrand, lambda w2, w3, w4: (w2 * w3 * w4) ** beta
    )
