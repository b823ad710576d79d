r"""Suprema of Schur's test for the kernel K, with absolute values.

    S(|v1|) = <v1>^(1/2) int |K_hbar(v1, v2)| <v2>^(1/2) dv2,    <v> = sqrt(1 + |v|^2).

By Schur's test, ``sup S`` bounds the norm of K on functions with the weight ``<v>^(-1/2)``, which is what
Remark 3.1 asks for.  Taking absolute values may lose what cancels between different v2.

Integrated in polar coordinates about v1: panels in ``|u| = |v1 - v2|`` that double from hbar/2 on, and a
Gauss rule in the angle.  Where K changes sign, its interpolant on the panel is integrated from root to root.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.polynomial import legendre
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import roots_jacobi

from wellposed.kinetics.lenard_balescu.interaction.directions import angle_rule
from wellposed.kinetics.lenard_balescu.interaction.momentum import plane_rule, shell_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.interaction_kernel.integrals import (
    REACH,
    plane_integral,
    shell_integral,
)
from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]

_RADIAL = 12  # nodes of a panel in |u|
_REACH = 12.0  # of |v1 - v2| beyond |v1|, where the Maxwellian factor of K is below 1e-15
_EXTRA = 6  # nodes of a panel in k beyond the number of angles
_NODES, _WEIGHTS = legendre.leggauss(_RADIAL)
_TO_COEFFICIENTS = (np.arange(_RADIAL) + 0.5)[:, None] * legendre.legvander(_NODES, _RADIAL - 1).T * _WEIGHTS
_SPEEDS = np.array([0.0, 0.15, 0.4, 0.8, 1.2, 1.6, 2.0, 3.0, 4.5, 6.0])


@njit(cache=True, nogil=True)
def _brackets(p, q, distances, hbar, starts, k, strength, weight, plane, y, y_weight, values):
    """Writes ``exp(-q^2/2) int dk k^(d-2) V^2 int dy (J1 - J2)`` into `values`, (n_u, n_c)."""
    for i in range(distances.size):
        some = slice(starts[i], starts[i + 1])
        for j in range(p.size):
            shell = shell_integral(
                p[j], q[j], distances[i], hbar, k[some], strength[some], weight[some], y, y_weight
            )
            values[i, j] = shell - plane[j]


def schur_integral(
    speed: float, d: int, hbar: float, potential: Potential, screened: bool = True, angles: int = 16
) -> float:
    """Returns ``<v1>^(1/2) int |K_hbar(v1, v2)| <v2>^(1/2) dv2`` at ``|v1| = speed``, hbar > 0.

    `angles` is the number of directions of v1 - v2, and of k about it.
    """
    edges = [0.0, min(0.5 * hbar, 1.0)]
    while edges[-1] < speed + _REACH:
        edges.append(min(2.0 * edges[-1], edges[-1] + 1.5))
    left, width = np.array(edges[:-1]), np.diff(edges)
    distances = (left[:, None] + 0.5 * width[:, None] * (1.0 + _NODES)).ravel()

    if speed == 0.0:
        cosine, cosine_weight = np.zeros(1), np.array([sphere_area(d)])
    else:
        cosine, cosine_weight = roots_jacobi(angles, 0.5 * (d - 3), 0.5 * (d - 3))
        cosine_weight = cosine_weight * sphere_area(d - 1)
    p, q = speed * cosine, speed * np.sqrt(1.0 - cosine * cosine)
    y, y_weight = angle_rule(d, angles)

    rules = [shell_rule(d, potential, distance / hbar, angles + _EXTRA) for distance in distances.tolist()]
    starts = np.concatenate([[0], np.cumsum([k.size for k, _ in rules])])
    k, weight = (np.concatenate(parts) for parts in zip(*rules, strict=True))
    strength = potential(k) if screened else np.zeros(k.size)
    plane_k, plane_weight = plane_rule(d, hbar, potential, angles + _EXTRA, speed + REACH)
    plane_strength = potential(plane_k) if screened else np.zeros(plane_k.size)
    plane = np.array(
        [plane_integral(x, hbar, plane_k, plane_strength, plane_weight, y, y_weight) for x in q.tolist()]
    )
    values = np.empty((distances.size, p.size))
    _brackets(p, q, distances, hbar, starts, k, strength, weight, plane, y, y_weight, values)

    p2 = p - distances[:, None]
    bracket2 = np.sqrt(1.0 + q * q + p2 * p2)
    values *= np.exp(-0.25 * (p * p + p2 * p2)) * np.sqrt(bracket2) * distances[:, None] ** (d - 2)
    panels = values.reshape(left.size, _RADIAL, p.size)
    total = np.einsum("i,j,l,ijl->", 0.5 * width, _WEIGHTS, cosine_weight, np.abs(panels))
    crossing = (panels.min(axis=1) < 0.0) & (panels.max(axis=1) > 0.0)
    for i, j in np.argwhere(crossing):
        once = panels[i, :, j]
        total += cosine_weight[j] * 0.5 * width[i] * (_absolute(once) - _WEIGHTS @ np.abs(once))
    constant = published_constant(d) * (2.0 * math.pi) ** (-0.5 * d) / (hbar * hbar)
    return float(constant * (1.0 + speed * speed) ** 0.25 * total)


def _absolute(values: Array) -> float:
    """Returns ``int_-1^1 |f|`` of the polynomial with these values at the Gauss-Legendre nodes."""
    coefficients = _TO_COEFFICIENTS @ values
    roots = legendre.legroots(coefficients)
    inside = np.sort(roots.real[(np.abs(roots.imag) < 1e-9) & (np.abs(roots.real) < 1.0)])
    primitive = legendre.legval(np.concatenate([[-1.0], inside, [1.0]]), legendre.legint(coefficients))
    return float(np.sum(np.abs(np.diff(primitive))))


def schur_supremum(
    d: int, hbar: float, potential: Potential, screened: bool = True, angles: int = 16
) -> tuple[float, float]:
    """Returns the supremum of `schur_integral` over speeds below 6, and the speed where it is attained.

    The place is looked for with half as many directions: an error of the place matters only in second order.
    """

    def negative(speed: float) -> float:
        return -schur_integral(speed, d, hbar, potential, screened, angles // 2)

    coarse = [negative(speed) for speed in _SPEEDS.tolist()]
    best = int(np.argmin(coarse))
    speed = 0.0
    if best > 0:
        around = (_SPEEDS[best - 1], _SPEEDS[min(best + 1, _SPEEDS.size - 1)])
        speed = float(minimize_scalar(negative, bounds=around, method="bounded", options={"xatol": 0.01}).x)
    return schur_integral(speed, d, hbar, potential, screened, angles), speed
