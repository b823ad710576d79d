r"""Data of the two-body system: even sums of Gaussians, on the lattice and projected along a wave vector.

Temperatures differ at most between the first axis and the others, and centres lie on the first axis.  Two
projections of f along ``k``, with ``w = v.k/|k|`` and ``a = hbar |k|``, are all that a moment psi needs,

    F(w) = int f dv_perp,    H(w) = int f(v) [psi(v) - psi(v + hbar k)] dv_perp.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from wellposed.kinetics.lenard_balescu.dielectric_function.gaussian_marginals import GaussianMarginal
from wellposed.kinetics.quadrature import gauss_legendre, sphere_area

Array = NDArray[np.float64]

DATA = ("mixture", "anisotropic", "beams")
MOMENTS = ("fourth", "anisotropy", "entropy")

_ACROSS = 80  # nodes of the rule across k, for the entropy
_REACH = 9.0  # widths of a Gaussian, beyond which even the moments of f are round-off


@dataclass(frozen=True, eq=False)
class GaussianSum:
    """A density of mass one on R^d, a sum of Gaussians.

    Attributes
    ----------
    d : int
    masses, centres, along, across : (n,) float64
        The mass of each, its place on the first axis, and its temperatures along that axis and across it.
    """

    d: int
    masses: Array
    centres: Array
    along: Array
    across: Array

    @property
    def is_isotropic(self) -> bool:
        """Whether the density depends on the speed alone."""
        same = self.d == 1 or bool(np.all(self.along == self.across))
        return same and not np.any(self.centres)

    @property
    def reach(self) -> float:
        """The speed beyond which the density and its moments are round-off."""
        return float(np.max(np.abs(self.centres) + _REACH * self._widths))

    @property
    def cut_off(self) -> float:
        """The share of the fourth moment, or less, that lies beyond the reach."""
        return float(chdtrc(self.d + 4, _REACH * _REACH))

    @property
    def _widths(self) -> Array:
        widths: Array = np.sqrt(np.maximum(self.along, self.across) if self.d > 1 else self.along)
        return widths

    def __call__(self, v: Array) -> Array:
        """Returns the density at velocities (..., d)."""
        return np.exp(self.log(v))

    def log(self, v: Array) -> Array:
        """Returns the logarithm of the density at velocities (..., d)."""
        others = np.sum(v[..., 1:] ** 2, axis=-1)
        exponents = []
        for mass, centre, T1, T2 in zip(self.masses, self.centres, self.along, self.across, strict=True):
            front = math.log(mass) - 0.5 * math.log(2.0 * math.pi * T1)
            front -= 0.5 * (self.d - 1) * math.log(2.0 * math.pi * T2)
            exponents.append(front - 0.5 * (v[..., 0] - centre) ** 2 / T1 - 0.5 * others / T2)
        result: Array = np.logaddexp.reduce(np.array(exponents), axis=0)
        return result

    def marginal(self, cosine: float) -> GaussianMarginal:
        """Returns the marginal F along a direction whose first component is `cosine`."""
        variances = cosine**2 * self.along + (1.0 - cosine**2) * self.across
        return GaussianMarginal(self.masses, cosine * self.centres, np.sqrt(variances))

    def moved(self, moment: str, cosine: float, a: float, w: Array) -> Array:
        """Returns the projection H of a moment, at `w`, (n_w,), for a transfer of ``a = hbar |k|``."""
        if moment == "entropy":
            return self._moved_entropy(a, w)
        change = 2.0 * a * w + a * a  # of |v|^2
        total = np.zeros_like(w)
        for mass, centre, T1, T2 in zip(self.masses, self.centres, self.along, self.across, strict=True):
            variance = cosine**2 * T1 + (1.0 - cosine**2) * T2
            y = w - cosine * centre
            density = mass * np.exp(-0.5 * y * y / variance) / math.sqrt(2.0 * math.pi * variance)
            # means of v_1 and of |v|^2 where the velocity along k is w
            first = centre + cosine * T1 / variance * y
            square = cosine**2 * T1 * T1 + (1.0 - cosine**2) * T2 * T2
            energy = centre**2 + 2.0 * centre * cosine * T1 / variance * y + square * (y / variance) ** 2
            energy = energy + T1 + (self.d - 1) * T2 - square / variance
            if moment == "fourth":
                gained = 2.0 * energy * change + change * change
            else:
                gained = self.d * (2.0 * a * cosine * first + (a * cosine) ** 2) - change
                gained = gained / (self.d - 1)
            total -= density * gained
        return total

    def _moved_entropy(self, a: float, w: Array) -> Array:
        """Returns H of ``-log f`` of an isotropic density, by a rule across k."""
        r, weight = np.zeros(1), np.ones(1)
        if self.d > 1:
            x, dx = gauss_legendre(_ACROSS)
            r, weight = self.reach * x, sphere_area(self.d - 1) * self.reach * dx
            weight = weight * r ** (self.d - 2)
        v, moved = np.zeros((2, w.size, r.size, self.d))
        v[..., 0], moved[..., 0] = w[:, None], w[:, None] + a
        if self.d > 1:
            v[..., 1] = moved[..., 1] = r
        logarithm = self.log(v)
        result: Array = (np.exp(logarithm) * (self.log(moved) - logarithm)) @ weight
        return result


def moment_values(moment: str, data: GaussianSum, v: Array) -> Array:
    """Returns psi at velocities (..., d).

    It is ``|v|^4``, ``v_1^2`` minus the mean of the squares of the others (that is ``v_1^2 - v_2^2`` for data
    symmetric about the first axis), or ``-log f``, whose rate is the production of entropy.
    """
    if moment == "entropy":
        return -data.log(v)
    square = np.sum(v * v, axis=-1)
    if moment == "fourth":
        result: Array = square * square
        return result
    first = v[..., 0] ** 2
    anisotropy: Array = first - (square - first) / (data.d - 1)
    return anisotropy


def data_of_kind(kind: str, d: int) -> GaussianSum:
    """Returns the data that a point of parameter space names.

    They are ``(M_T=1/2 + M_T=3/2)/2``; a Gaussian of temperature 3/2 along the first axis and 1/2 across; and
    two Maxwellians of temperature 1/5 at velocities 2 and -2 on the first axis.
    """
    half, nowhere = np.full(2, 0.5), np.zeros(2)
    if kind == "anisotropic":
        return GaussianSum(d, np.ones(1), np.zeros(1), np.array([1.5]), np.array([0.5]))
    if kind == "beams":
        cold = np.full(2, 0.2)
        return GaussianSum(d, half, np.array([2.0, -2.0]), cold, cold)
    temperatures = np.array([0.5, 1.5])
    return GaussianSum(d, half, nowhere, temperatures, temperatures)
