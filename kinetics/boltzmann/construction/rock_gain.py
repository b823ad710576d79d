r"""What a rock at rest and needles throw out when they collide: the gain terms Q+(f_r, f_b) and Q+(f_b, f_r).

A particle at rest and one with velocity ``u`` scatter to the sphere with diameter ``u`` (Thales), with the
weight of the angular kernel.  So a needle along `e`, whose particles have velocities ``N2 zeta e`` with the
weight ``chi(10 (zeta - 1))``, has an outcome in closed form, and the mean over all directions `e` is,
at ``v = N2 q w``, ``|w| = 1``, and ``R = M |x|``,

    Q+ = J N2^(gamma - d + 1) sum_l a_l(q) c_l(R) Y_l(angle of x and w),    l = 0, 2, 4, ...,

per unit of the rock's mass and of the needles' density, where ``c = sum_l c_l Y_l(angle of x and e)`` is how
much of the needle passes `x`, ``Y_l`` is ``cos(l .)`` or Legendre's polynomial, and

    d = 2, rock first:     a_l = (1/2 pi) int zeta^(gamma-1) chi T_l(q/zeta) (zeta^2 - q^2)^(-1/2) dzeta,
    d = 2, needles first:  a_l = (1/2 pi q) int zeta^(gamma-1) chi T_l(q/zeta) dzeta,
    d = 3, either way:     a_l = (1/2 pi q) int zeta^(gamma-2) chi P_l(q/zeta) dzeta,    all over zeta > q.

Left out are the needles' thickness in velocity, a part ``1/(M N2)``, and that they are discrete: both show at
speeds of about 1/M only, where the needles that count are at right angles to `v`.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from wellposed.kinetics.boltzmann.construction.crossing import (
    FARTHEST,
    cross_section_rule,
    density_moments,
    panel_series,
)
from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, Array, chi_at, panels, radial_rule
from wellposed.kinetics.quadrature import gauss_legendre

Degrees = NDArray[np.int_]

ORDERS = (12, 20)
"""Functions ``Y_l`` with ``l = 0, 2, ...``, coarse and fine."""

FEW_NEEDLES = {2: 32.0, 3: 2.0}
"""``M |v|`` below which there are few needles at right angles to `v`, or `v` is as small as they are thin."""

_ON_OCTAVE = (5, 8)  # nodes of q, coarse and fine
_ON_NEEDLE = 40  # nodes of zeta on a panel
_DIRECTIONS = 64


def harmonics(d: int, degrees: Degrees, cosine: Array) -> Array:
    """Returns ``Y_l`` at every `cosine`, (degrees.size, *cosine.shape)."""
    rows = degrees.reshape(-1, *(1,) * cosine.ndim)
    return np.asarray((scipy.special.eval_chebyt if d == 2 else scipy.special.eval_legendre)(rows, cosine))


def mean_squares(d: int, degrees: Degrees) -> Array:
    """Returns the mean of ``Y_l^2`` over the sphere."""
    return np.where(degrees == 0, 1.0, 0.5) if d == 2 else np.asarray(1.0 / (2.0 * degrees + 1.0))


def thrown_out_harmonics(d: int, gamma: float, rock_first: bool, q: Array, orders: int) -> Array:
    """Returns ``a_l(q)``, (orders, q.size), for ``0 < q < 1.2``."""
    x, w = gauss_legendre(_ON_NEEDLE)
    degrees = 2 * np.arange(orders)
    found = np.zeros((orders, q.size))
    for low, high in ((0.8, 0.9), (0.9, 1.1), (1.1, 1.2)):
        start = np.clip(q, low, high)[:, None]
        # quadratic in x: the root at zeta = q is no singularity
        zeta = start + (high - start) * x**2
        weight = (high - start) * 2.0 * x * w * chi_at(10.0 * (zeta - 1.0))
        ratio = np.minimum(q[:, None] / zeta, 1.0)
        if d == 2 and rock_first:
            squared = np.maximum((zeta - q[:, None]) * (zeta + q[:, None]), 1e-300)
            weight *= zeta ** (gamma - 1.0) / np.sqrt(squared)
        else:
            weight *= zeta ** (gamma + 1.0 - d) / q[:, None]
        found += np.sum(weight * harmonics(d, degrees, ratio), axis=-1)
    return found / (2.0 * math.pi)


def outgoing_speeds(d: int, MN2: float, level: int) -> tuple[float, Array, Array]:
    """Returns the `q` below which few needles throw out, and a rule for integrals over `q` from 0 to 1.2."""
    few = min(FEW_NEEDLES[d] / MN2, 0.1)
    octaves = few * 2.0 ** np.arange(0, math.floor(math.log2(0.4 / few)) + 1)
    return few, *panels(np.concatenate([[0.0], octaves, [0.8, 0.9, 1.0, 1.1, 1.2]]), _ON_OCTAVE[level])


@lru_cache(maxsize=4)
def _to_profiles(d: int, orders: int) -> Array:
    """Returns the matrices from `panel_series` in rho to ``c_l``, (orders, 2 RADIAL, panels n)."""
    R, _ = radial_rule(RADIAL)
    n_panels, n = panel_series(d).shape[:2]
    if d == 2:
        angle = (np.arange(_DIRECTIONS) + 0.5) * (0.5 * math.pi / _DIRECTIONS)
        sine, cosine, weights = np.sin(angle), np.cos(angle), np.full(_DIRECTIONS, 1.0 / _DIRECTIONS)
    else:
        cosine, weights = gauss_legendre(_DIRECTIONS)
        sine = np.sqrt(1.0 - cosine**2)
    degrees = 2 * np.arange(orders)
    projection = harmonics(d, degrees, cosine) * weights / mean_squares(d, degrees)[:, None]
    found = np.zeros((orders, R.size, n_panels, n))
    rows = np.arange(R.size)
    for j in range(_DIRECTIONS):
        position = R * sine[j] * (n_panels / FARTHEST)
        panel = np.minimum(position.astype(int), n_panels - 1)
        polynomials = scipy.special.eval_chebyt(np.arange(n), 2.0 * (position - panel)[:, None] - 1.0)
        found[:, rows, panel] += projection[:, j, None, None] * polynomials
    return found.reshape(orders, R.size, -1)


def needle_harmonics(d: int, tau: Array, orders: int, level: int = 1) -> Array:
    """Returns ``c_l`` at times `tau`, (tau.size, orders, 2 RADIAL), of a density without its ``M^(1-d)``."""
    r, _ = cross_section_rule(d, level)
    series = panel_series(d) @ density_moments(np.abs(tau), np.ones_like(r), d, level)
    found = _to_profiles(d, orders) @ series.reshape(-1, tau.size)
    return np.moveaxis(found, -1, 0)
