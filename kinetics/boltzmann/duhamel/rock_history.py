r"""The rock of (3.9) as time goes by, and how its particles collide with one another.

With ``R = M |x|`` the rock is ``M^(d/2-s) N1^(d/2) E(t, R) chi(N1 v)``, where ``E = chi(R) exp(-beta)`` and
beta is averaged over directions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, Array, chi_at, radial_rule
from wellposed.kinetics.quadrature import gauss_legendre

_TIMES = (3, 5)  # nodes, coarse and fine: beta is linear in time but for the rock's rim
_POINTS = {2: 48, 3: 24}  # of the velocity grid
COMMON_ERROR = {2: 1e-3, 3: 1e-2}
"""Relative error of `self_collision`, the same in all sizes: five times what twice the points change."""

_HALF_WIDTH = 4.5  # so that the ball of radius two is what the collision operator takes


@dataclass(frozen=True)
class RockHistory:
    """The profile ``E`` of a rock at Gauss nodes of ``[-T, 0]``.

    Attributes
    ----------
    t, weights : (n_t,) float
    E : (n_t, 2 RADIAL) float
    """

    t: Array
    weights: Array
    E: Array

    def summed(self, power: float = 1.0) -> Array:
        """Returns the integral over time of ``E^power``, (2 RADIAL,)."""
        return np.asarray(self.weights @ self.E**power)


def rock_history(at: Needles, level: int) -> RockHistory:
    """Returns the rock of `at` over times from ``-|at.t|`` to 0; `level` is 0 (coarse) or 1 (fine)."""
    x, w = gauss_legendre(_TIMES[level])
    T = abs(at.t)
    chi = chi_at(radial_rule(RADIAL)[0])
    E = np.array([chi * np.exp(-replace(at, t=-T * time).mean_betas) for time in x.tolist()])
    return RockHistory(-T * x, T * w, E)


@lru_cache(maxsize=16)
def self_collision(d: int, gamma: float, gain: bool) -> tuple[float, float, float]:
    """Returns ``int q dw``, ``int q^(5/3) dw`` and ``int q^2 dw`` of ``q = Q+-(chi, chi)``.

    The cutoff chi is the distribution of the rock's velocities.  The integrals are right to a part
    `COMMON_ERROR`, by which all sizes are wrong alike, and no exponent.
    """
    n = _POINTS[d]
    collide = CollisionOperator(d, n, _HALF_WIDTH, gamma)
    velocities = chi_at(collide.speed)
    q = np.maximum(collide.gain(velocities) if gain else collide.loss(velocities), 0.0)
    cell = (2.0 * _HALF_WIDTH / n) ** d
    return cell * float(q.sum()), cell * float(np.sum(q ** (5.0 / 3.0))), cell * float(np.sum(q * q))
