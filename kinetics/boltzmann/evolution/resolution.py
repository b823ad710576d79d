"""How well two grids resolve a density without space: what they differ by, and what both leave out."""

from __future__ import annotations

import math

import numpy as np

from wellposed.kinetics.boltzmann.collision import CollisionOperator, tables
from wellposed.kinetics.boltzmann.collision.operator import SUPPORT
from wellposed.kinetics.boltzmann.evolution.arguments import Density, called
from wellposed.kinetics.boltzmann.evolution.entropy import cell
from wellposed.kinetics.boltzmann.evolution.interpolation import interpolated, interpolated_at
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.refine import ROUND_OFF

_NOTHING = 1e-10  # of all pairs: what is beyond a cut-off is below that, or round-off


def distance(f: Array, fine: CollisionOperator, g: Array, coarse: CollisionOperator) -> float:
    """Returns ``int |f - g|``, where `g` is zero beyond its grid, which lies inside that of `f`."""
    if np.isnan(f).any() or np.isnan(g).any():
        return math.nan
    inside = cell(coarse) * float(np.sum(np.abs(interpolated(f, fine, coarse) - g)))
    axes = np.meshgrid(*[np.abs(fine.velocity)] * fine.d, indexing="ij", sparse=True)
    outside = np.any(np.broadcast_arrays(*[axis > coarse.half_width for axis in axes]), axis=0)
    return inside + cell(fine) * float(np.sum(np.abs(f[outside])))


def running_errors(levels: tuple[Array, Array], safety: float) -> Array:
    """Returns errors by two levels, (n_times, ...), none smaller than before, as differences cross zero."""
    differences = np.maximum.accumulate(np.abs(levels[0] - levels[1]), axis=0)
    return np.asarray(safety * differences + ROUND_OFF * np.abs(levels[0]))


def share_beyond_radius(operator: CollisionOperator, start: Array) -> float:
    """Returns the part of the mass outside of the ball that a density has to vanish outside of."""
    beyond = operator.speed > SUPPORT * operator.half_width
    return float(np.sum(start[beyond]) / np.sum(start))


def between_and_beyond(f0: Density, operator: CollisionOperator, start: Array, times: Array) -> Array:
    """Returns how far a function is from its polynomial between the points, and what is beyond the grid.

    Both in L^1 and over the mass on the grid.  What is between the points decays by collisions, which leave
    as much of it as of the density itself, and scatter it into what is smooth.
    """
    step = 2.0 * operator.half_width / operator.n
    between = operator.velocity + 0.5 * step
    missed = np.abs(called(f0, between, operator.d) - interpolated_at(start, operator, between))
    rate = np.maximum(interpolated_at(operator.frequency(start), operator, between), 0.0)
    wide = operator.half_width * (2.0 * np.arange(2 * operator.n) / operator.n - 2.0)
    everywhere = np.abs(called(f0, wide, operator.d))
    axes = np.meshgrid(*[(wide < -operator.half_width) | (wide >= operator.half_width)] * operator.d)
    outside = float(np.sum(everywhere[np.any(axes, axis=0)]))
    return np.array([float(np.sum(missed * np.exp(-t * rate))) + outside for t in times]) / float(
        np.sum(start)
    )


def pairs_beyond(start: Array, fine: CollisionOperator, coarse: CollisionOperator) -> float:
    """Returns what of ``int |g|^(2+gamma)`` over pairs is beyond the cut-off, over what is between both.

    Of the datum, or of the Maxwellian of its moments, whichever has more of it.
    """
    n, d = fine.n, fine.d
    step = 2.0 * fine.half_width / n
    along = step * np.minimum(np.arange(2 * n), 2 * n - np.arange(2 * n))
    speed = np.sqrt(sum(axis**2 for axis in np.meshgrid(*[along] * d, indexing="ij", sparse=True)))
    # the wrapped sum has every difference once, as the grid is twice as wide
    transform = np.fft.fftn(start, s=(2 * n,) * d, axes=tuple(range(d)))
    of_datum = np.abs(np.fft.ifftn(np.abs(transform) ** 2).real)
    moments = fine.moments(start)
    temperature = float((moments[-1] - moments[1:-1] @ moments[1:-1] / moments[0]) / (d * moments[0]))
    found = []
    for pairs in (of_datum, np.exp(-0.25 * speed**2 / temperature)):
        weighted = pairs * np.maximum(speed, step) ** (2.0 + fine.gamma)
        beyond, with_between = (
            float(weighted[speed > tables.RADIUS * one.half_width].sum()) for one in (fine, coarse)
        )
        if beyond <= _NOTHING * float(weighted.sum()):
            found.append(0.0)
        else:
            found.append(beyond / (with_between - beyond) if with_between > beyond else math.inf)
    return max(found)
