r"""What a velocity grid cuts off of the collisions of a density without space: all of large relative speed.

The collision operator of half-width `L` has no relative speeds above ``4 L/(3 + sqrt 2)``.  Of a density that
is negligible outside half of that nothing is lost; of any other, refinement alone does not see what both of
two grids have cut off.  But data are known in closed form, and so is the density of their relative velocities
`g`, here as a sum over a grid that has nothing to do with the operator's.  What collides on neither grid is
its part beyond the larger cut-off.

Later on the density lies between the datum and the Maxwellian of the same energy, so that of both the one
counts that loses more.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wellposed.kinetics.boltzmann.collision import tables
from wellposed.kinetics.boltzmann.evolution.homogeneous import DATA
from wellposed.kinetics.boltzmann.norms.cutoff import Array

_HALF_WIDTH = 12.0  # of the grid that data are summed on: e^-24 is left of the hottest one's relative speeds
_POINTS = {2: 192, 3: 64}


class CutOff(NamedTuple):
    """What is beyond two cut-offs of relative speed.

    Attributes
    ----------
    left : float
        Of ``int |g|^(2+gamma)`` over pairs, what is beyond the second cut-off over what is between the two.
    of_rate : float
        The part of the datum's initial rate of change of the stress that is beyond the second cut-off.
    of_later_rates : float
        That of the datum, or of a small stress on top of the Maxwellian, whichever is more.
    """

    left: float
    of_rate: float
    of_later_rates: float


def cut_off(datum: str, d: int, gamma: float, angular: str, half_widths: tuple[float, float]) -> CutOff:
    """Returns what collisions of a datum are beyond the cut-offs of two grids, the second one wider."""
    first, second = (tables.RADIUS * half_width for half_width in half_widths)
    left, parts = [], []
    for pairs, stress in _pairs(datum, d, angular):
        speed, weight = _relative(d), np.zeros(pairs.shape)
        np.power(speed, gamma, out=weight, where=speed > 0.0)
        energy = pairs * weight * speed**2
        beyond, between = (float(energy[where].sum()) for where in (speed > second, speed > first))
        left.append(beyond / (between - beyond) if between > beyond else math.inf)
        change = pairs * weight * stress
        whole = float(change.sum())
        parts.append(abs(float(change[speed > second].sum()) / whole) if whole else math.nan)
    return CutOff(max(left), parts[0], float(np.nanmax(parts)))


@lru_cache(maxsize=4)
def _axes(d: int) -> Array:
    n = _POINTS[d]
    return np.asarray(_HALF_WIDTH * (2.0 * np.arange(n) / n - 1.0))


@lru_cache(maxsize=4)
def _relative(d: int) -> Array:
    """Returns relative speeds on the grid, (n,) * d."""
    axes = np.meshgrid(*[_axes(d)] * d, indexing="ij", sparse=True)
    return np.asarray(np.sqrt(sum(axis**2 for axis in axes)))


@lru_cache(maxsize=8)
def _pairs(datum: str, d: int, angular: str) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """Returns densities of pairs by relative velocity, and what each is weighted with in the stress.

    The first is the datum's; the second, the Maxwellian's, is weighted with what a small stress adds to it.
    """
    v = _axes(d)
    cell = float(v[1] - v[0]) ** d
    f = DATA[datum](v, d, angular)
    squares = np.meshgrid(*[v**2] * d, indexing="ij", sparse=True)
    anisotropy = squares[0] - squares[1]
    temperature = float(np.sum(f * sum(squares)) / (d * np.sum(f)))
    # the difference of two velocities of temperature T has temperature 2 T
    maxwellian = np.exp(-0.25 * sum(squares) / temperature) * (4.0 * math.pi * temperature) ** (-0.5 * d)
    autocorrelation = np.fft.ifftn(np.abs(np.fft.fftn(f)) ** 2).real * cell
    of_datum = np.maximum(np.fft.fftshift(autocorrelation), 0.0)
    stress = anisotropy + np.zeros(f.shape)
    return (of_datum, stress if datum != "bkw" else 0.0 * stress), (maxwellian, stress**2)
