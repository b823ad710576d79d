r"""The integral of ``f log f`` on a grid, and densities that respect it.

By Boltzmann's theorem ``H(f) = int f log f dv`` falls in time, and by Gibbs' inequality the Maxwellian has
the least of all densities with its mass, momentum and energy.  That is true of sums over a grid as well, with
the ``exp(a + b.v + c |v|^2)`` of the same sums for the Maxwellian.  So a density of a spectral method, which
may be negative and have too large an entropy, can be put right in two steps that change no invariant: its
positive part, times such an exponential; and as much of the Maxwellian as it takes for `H` not to rise, which
exists because `H` is convex.
"""

from __future__ import annotations

import math

import numpy as np
import scipy

from wellposed.errors import Unresolved
from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.norms.cutoff import Array

_ROUND_OFF = 16.0 * float(np.finfo(float).eps)
_NEWTON_STEPS = 60
_HALVINGS = 40
_MATCHED = 1e-12  # of the mass, in units of the velocity's scale: beyond it invariants are not restored


def cell(operator: CollisionOperator) -> float:
    """Returns the volume of one cell of the grid."""
    return float((2.0 * operator.half_width / operator.n) ** operator.d)


def entropy(operator: CollisionOperator, densities: Array) -> Array:
    """Returns ``int f log f`` where ``f > 0``, of densities (..., n, ..., n), as sums over the grid."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(densities > 0.0, densities * np.log(densities), 0.0)
    found: Array = cell(operator) * np.sum(terms, axis=tuple(range(-operator.d, 0)))
    return np.where(np.isnan(densities).any(axis=tuple(range(-operator.d, 0))), math.nan, found)


class EntropicProjection:
    """Non-negative densities with the invariants of one, whose entropy is not above a bound.

    Parameters
    ----------
    operator : CollisionOperator
    moments : (d + 2,) float
        Mass, momentum and ``int |v|^2 f`` that every density is given, by `CollisionOperator.moments`.
    """

    def __init__(self, operator: CollisionOperator, moments: Array) -> None:
        self._operator, self._cell = operator, cell(operator)
        width = operator.half_width
        axes = np.meshgrid(*[operator.velocity / width] * operator.d, indexing="ij")
        scaled = [np.ones_like(operator.speed), *axes, (operator.speed / width) ** 2]
        self._invariants: Array = np.stack([one.ravel() for one in scaled])
        self._target: Array = moments / np.array([1.0, *[width] * operator.d, width**2])
        mass, momentum = moments[0], moments[1:-1]
        temperature = (moments[-1] / mass - float(momentum @ momentum) / mass**2) / operator.d
        about = np.meshgrid(
            *[operator.velocity - mean for mean in momentum / mass], indexing="ij", sparse=True
        )
        gaussian = np.exp(-0.5 * sum(one**2 for one in about) / temperature)
        self._maxwellian = self._matched(gaussian * (mass / (self._cell * float(gaussian.sum()))))
        self._least = float(entropy(operator, self._maxwellian))

    def __call__(self, density: Array, bound: float) -> Array:
        """Returns `density`, (n, ..., n), or the one that takes its place.

        Raises
        ------
        Unresolved
            If no density on the grid has the invariants.
        """
        if np.any(density < 0.0):
            density = self._matched(np.maximum(density, 0.0))
        above = float(entropy(self._operator, density)) - bound
        if not above > _ROUND_OFF * (abs(self._least) + self._target[0]):
            return density
        if self._least >= bound:
            return self._maxwellian

        def excess(share: float) -> float:
            return float(entropy(self._operator, self._mixed(density, share))) - bound

        # on the side where the entropy is below the bound
        return self._mixed(density, min(1.0, scipy.optimize.brentq(excess, 0.0, 1.0, xtol=1e-14) + 2e-14))

    def _mixed(self, density: Array, share: float) -> Array:
        return np.asarray((1.0 - share) * density + share * self._maxwellian)

    def _matched(self, density: Array) -> Array:
        """Returns `density` times ``exp(a + b.v + c |v|^2)``, with the invariants, by Newton's method.

        The exponents minimise ``int f exp(a + b.v + c |v|^2) - a m - b.p - c e``, which is convex.
        """
        base, found = density.ravel(), density.ravel()
        exponents = np.zeros(self._target.size)

        def objective(at: Array) -> float:
            with np.errstate(over="ignore"):
                whole = float(np.sum(base * np.exp(at @ self._invariants)))
            return self._cell * whole - float(at @ self._target)

        value = objective(exponents)
        for _ in range(_NEWTON_STEPS):
            slope = self._cell * (self._invariants @ found) - self._target
            if np.max(np.abs(slope)) <= _ROUND_OFF * self._target[0]:
                break
            curvature = self._cell * (self._invariants * found) @ self._invariants.T
            step = -np.linalg.lstsq(curvature, slope, rcond=None)[0]
            for halving in range(_HALVINGS):
                tried = exponents + 0.5**halving * step
                # near the minimum a step that makes the slope vanish changes nothing but round-off
                if (least := objective(tried)) <= value + _ROUND_OFF * self._target[0]:
                    break
            exponents, value = tried, least
            found = base * np.exp(exponents @ self._invariants)
        slope = self._cell * (self._invariants @ found) - self._target
        if not np.max(np.abs(slope)) <= _MATCHED * self._target[0]:
            raise Unresolved(
                "No density that is not negative has the mass, momentum and energy that are asked for on "
                f"the grid of n = {self._operator.n} and half_width = {self._operator.half_width:g}: raise "
                "half_width."
            )
        return found.reshape(density.shape)
