r"""The rock of (3.9) as time goes by, and integrals of it along straight lines.

With ``R = M |x|`` the rock is ``M^(d/2-s) N1^(d/2) E(t, R) chi(N1 v)``, where ``E = chi(R) exp(-beta)`` and
beta is averaged over directions.  Profiles are values at `radial_rule(RADIAL)`, two panels of Gauss nodes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import eval_chebyt, eval_legendre

from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.cutoff import RADIAL, Array, chi_at, radial_rule, sphere_area
from wellposed.kinetics.boltzmann.norm_rules import panel_derivative
from wellposed.kinetics.boltzmann.rock_and_needles import Needles
from wellposed.kinetics.quadrature import gauss_legendre

_TIMES = (3, 5)  # nodes, coarse and fine: beta is linear in time but for the rock's rim
_ON_CHORD = 48  # nodes of half a chord, inside and outside of R = 1
_POINTS = {2: 48, 3: 24}  # of the velocity grid
_HALF_WIDTH = 4.5  # so that the ball of radius two is what the collision operator takes


@dataclass(frozen=True)
class RockHistory:
    """The profile ``E`` at Gauss nodes of ``[-T, 0]``.

    Attributes
    ----------
    t, weights : (n_t,) float
    E : (n_t, 2 RADIAL) float
    """

    t: Array
    weights: Array
    E: Array

    def summed(self, power: float = 1.0) -> Array:
        """The integral over time of ``E^power``, (2 RADIAL,)."""
        return np.asarray(self.weights @ self.E**power)


def rock_history(at: Needles, level: int) -> RockHistory:
    """The rock of `at` over times from ``-|at.t|`` to 0; `level` is 0 (coarse) or 1 (fine)."""
    x, w = gauss_legendre(_TIMES[level])
    T = abs(at.t)
    chi = chi_at(radial_rule(RADIAL)[0])
    E = np.array([chi * np.exp(-replace(at, t=-T * time).mean_betas) for time in x.tolist()])
    return RockHistory(-T * x, T * w, E)


def slope(profile: Array) -> Array:
    """The derivative of profiles, (..., 2 RADIAL)."""
    by_panel = profile.reshape(*profile.shape[:-1], 2, RADIAL) @ panel_derivative()[1].T
    return np.asarray(by_panel.reshape(profile.shape))


def interpolation(R: Array) -> Array:
    """The matrix (R.size, 2 RADIAL) from a profile to its values at radii (n,); zero beyond two."""
    nodes, _ = radial_rule(RADIAL)
    weights, _ = panel_derivative()
    found = np.zeros((R.size, 2 * RADIAL))
    for panel, inside in enumerate((R < 1.0, (R >= 1.0) & (R < 2.0))):
        own = slice(panel * RADIAL, (panel + 1) * RADIAL)
        distance = R[inside, None] - nodes[own]
        over = weights / np.where(distance == 0.0, 1e-300, distance)
        found[inside, own] = over / over.sum(axis=1, keepdims=True)
    return found


@lru_cache(maxsize=32)
def chord_matrix(d: int, degree: int = 0) -> Array:
    """From a profile `F` to ``int F(|X|) Y_l(cos) dsigma`` along lines at distances `radial_rule(RADIAL)`.

    ``cos = sigma/|X|`` is that of the angle with the line, and ``Y_l`` is ``cos(l .)`` (d = 2) or Legendre's
    polynomial (d = 3), of even degree.
    """
    distances, _ = radial_rule(RADIAL)
    x, w = gauss_legendre(_ON_CHORD)
    function = eval_chebyt if d == 2 else eval_legendre
    rows = []
    for Y in distances.tolist():
        inner, outer = (np.sqrt(max(R * R - Y * Y, 0.0)) for R in (1.0, 2.0))
        sigma = np.concatenate([inner * x, inner + (outer - inner) * x])
        weight = 2.0 * np.concatenate([inner * w, (outer - inner) * w])
        R = np.hypot(Y, sigma)
        rows.append((weight * function(degree, sigma / R)) @ interpolation(R))
    return np.array(rows)


def radial_integral(d: int, values: Array) -> Array:
    """``int f(|x|) dx`` over R^d of profiles (..., 2 RADIAL)."""
    R, w = radial_rule(RADIAL)
    return np.asarray(values @ (sphere_area(d) * w * R ** (d - 1)))


@lru_cache(maxsize=16)
def self_collision(d: int, gamma: float, gain: bool) -> tuple[float, float, float]:
    """``int q dw``, ``int q^(5/3) dw`` and ``int q^2 dw`` of ``q = Q+-(chi, chi)``, the rock's velocities.

    To a part 1e-3 (d = 2) or 1e-2 (d = 3), by which all sizes are wrong alike, and no exponent.
    """
    n = _POINTS[d]
    collide = CollisionOperator(d, n, _HALF_WIDTH, gamma)
    velocities = chi_at(collide.speed)
    q = np.maximum(collide.gain(velocities) if gain else collide.loss(velocities), 0.0)
    cell = (2.0 * _HALF_WIDTH / n) ** d
    return cell * float(q.sum()), cell * float(np.sum(q ** (5.0 / 3.0))), cell * float(np.sum(q * q))
