r"""The integral kernel K of the linearised operator, pointwise, and its classical limit.

Its integrals are those of `integrals`.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.15), (3.17).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.arguments import real_array
from wellposed.kinetics.lenard_balescu.interaction.directions import angle_rule
from wellposed.kinetics.lenard_balescu.interaction.momentum import (
    momentum_rule,
    plane_rule,
    refuse_divergent,
    shell_rule,
)
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.interaction.strong_potentials import is_strong, settled
from wellposed.kinetics.lenard_balescu.interaction_kernel.integrals import (
    REACH,
    classical_integral,
    near_integral,
    plane_integral,
    shell_integral,
)
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, HBAR

Array = NDArray[np.float64]

_NODES = 24  # of a panel in k
_ANGLES = 32  # nodes in the angle across u
_NEAR = 0.5  # below this shift of velocities by hbar k, J1 and J2 are taken at the same k,
_FIRST = 0.5  # unless that is for k below this only
_INTERPOLATED = 0.06  # and below this their difference is interpolated


def kernel(
    v1: ArrayLike,
    v2: ArrayLike,
    *,
    d: int,
    hbar: float,
    potential: Potential,
    screened: bool = True,
) -> NDArray[np.float64]:
    """Returns the kernel K of the linearised operator at pairs of velocities.

    Parameters
    ----------
    v1, v2 : (..., d) array_like, of shapes that broadcast
        Different from each other: K is infinite on the diagonal.
    d : int, 2 to 5
    hbar : float
        0 is the classical K_0, (3.17) times c_d/2.
    potential : Potential
    screened : bool
        Whether epsilon is that of the Maxwellian, or 1.

    Returns
    -------
    (...) float64
        ``K_hbar(v1, v2)`` of (3.15), with the published constant c_d.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or v1 and v2 coincide.
    Unresolved
        If hbar = 0 and s <= d + 1, where K_0 is infinite, or the potential is so strong that the peaks of
        ``1/|epsilon|^2`` are too narrow.

    Notes
    -----
    Relative error about 1e-11, for any ratio of ``|v1 - v2|`` and hbar, unless K is near a change of sign.
    """
    d, hbar = int(DIMENSION.canonical(d)), float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    refuse_divergent(d, hbar, potential)
    v1, v2 = real_array(v1, "v1"), real_array(v2, "v2")
    for name, v in (("v1", v1), ("v2", v2)):
        if v.ndim == 0 or v.shape[-1] != d or not np.all(np.isfinite(v)):
            raise ParameterError(f"Argument `{name}` must be finite, (..., {d}), but is {v!r}.")
    v1, v2 = np.broadcast_arrays(v1, v2)
    u = v1 - v2
    distance = np.linalg.norm(u, axis=-1)
    if np.any(distance == 0.0):
        raise ParameterError(
            "Arguments `v1` and `v2` must differ: the kernel is infinite where they coincide."
        )
    values = np.empty(distance.shape)
    for index in np.ndindex(distance.shape):
        along = u[index] / distance[index]
        p1, p2 = float(along @ v1[index]), float(along @ v2[index])
        q = float(np.linalg.norm(v1[index] - p1 * along))
        values[index] = _kernel_at(p1, p2, q, float(distance[index]), d, hbar, potential, screened)
    return values


def _kernel_at(
    p1: float, p2: float, q: float, distance: float, d: int, hbar: float, potential: Potential, screened: bool
) -> float:
    """Returns K of (3.15) from the components p1, p2 along u and the length q across it."""

    def bracket(factor: int) -> Array:
        n = _NODES * factor
        y, y_weight = angle_rule(d, _ANGLES * factor)
        if hbar == 0.0:
            k, weight = momentum_rule(d, hbar, potential, math.inf, n)
            weight = weight * k ** (d - 2) * potential(k) ** 2
            strength = potential(k) if screened else np.zeros(k.size)
            mean = 0.5 * (p1 + p2)
            limit = classical_integral(mean, q, distance, d, k, strength, weight, y, y_weight)
            return np.array([limit])
        # by what a collision shifts velocities, over hbar k
        scale = max(1.0, q, (1.0 + 0.5 * abs(p1 + p2)) / distance)
        start = _NEAR / (hbar * scale)
        parts = np.zeros(3)
        if start < _FIRST:
            start = 0.0
        else:
            k, weight = plane_rule(d, hbar, potential, n, _NEAR / scale)
            strength = potential(k) if screened else np.zeros(k.size)
            parts[0] = near_integral(
                p1, 0.5 * (p1 + p2), q, distance, hbar, d, k, strength, weight, y, y_weight,
                scale, _INTERPOLATED / factor,
            )  # fmt: skip
        k, weight = shell_rule(d, potential, distance / hbar, n, start)
        strength = potential(k) if screened else np.zeros(k.size)
        parts[1] = shell_integral(p1, q, distance, hbar, k, strength, weight, y, y_weight) / hbar**2
        k, weight = plane_rule(d, hbar, potential, n, q + REACH, start)
        strength = potential(k) if screened else np.zeros(k.size)
        parts[2] = -plane_integral(q, hbar, k, strength, weight, y, y_weight) / hbar**2
        return parts

    parts = settled(bracket) if screened and is_strong(potential) else bracket(1)
    roots: float = (2.0 * math.pi) ** (-0.5 * d) * math.exp(-0.25 * (p1 * p1 + p2 * p2))
    return published_constant(d) * roots / distance * float(parts.sum())
