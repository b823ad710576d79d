"""By how much a sum over the needles' directions differs from its mean over all directions.

Norms of the rock take the mean.  The sum differs from it by harmonics whose degrees are of the order of the
number of needles around a great circle.  They fall faster than any power of it in the plane, and about as
``J^-2`` for a Fibonacci lattice in space: relative to beta at the origin they are 3e-3 for 16 needles, 2e-11
for 256, and 6e-7 for 16384 in space.  Rings in bands are less uniform: 8e-3 for ``M N2 = 256``.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from wellposed.kinetics.boltzmann.construction.crossing import (
    cross_section_rule,
    panel_series,
    passage_moments,
    speed_factor,
    sum_of_series,
)
from wellposed.kinetics.boltzmann.construction.directions import FIBONACCI, directions, rings
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.quadrature import gauss_legendre

_RADII = np.linspace(0.25, 2.0, 8)
_LOOKS = 10  # random directions of x in space, beside two of symmetry
_SAFETY = 2.0  # they are not those of the largest difference
_CAPS = {2: 1024.0, 3: 256.0}  # M N2, beyond which the spread is no more than there
_MEAN = 400


def spread(d: int, MN2: float, density: float, T: float) -> float:
    """Returns the largest difference of beta(T, x, 0) to its mean over directions, over beta(T, 0, 0).

    Parameters
    ----------
    d : int
    MN2, density : float
        ``M N2``, and ``c_J``, the number of needles over ``(M N2)^(d-1)``.
    T : float
        Positive.  Short times have the largest spread: nothing is averaged over the needles' thickness.
    """
    within = min(MN2, _CAPS[d])
    count = max(round(density * within ** (d - 1)), 1)
    return _spread(d, count, within, T, d == 3 and density > FIBONACCI)


def square_of_harmonics(d: int, MN2: float, density: float, T: float, s: float) -> float:
    """Returns a bound of the squared norm in ``H^s`` of beta's difference to its mean, over that of beta.

    The lowest harmonic in which the sum differs from its mean has the degree `J` in the plane, and about
    ``2 sqrt(J)`` in space; where ``M |x|`` is about 2 that is a wavenumber of half as much.  Harmonics are
    orthogonal to what is radial in any ``H^s``, so that norms of what the mean makes change by no more.
    Beyond the largest ``M N2`` that is looked at, it falls at least as the inverse square, for ``s <= 2``.
    Takes the arguments of `spread`.
    """
    within = min(MN2, _CAPS[d])
    degree = density * within if d == 2 else 2.0 * math.sqrt(density) * within
    return float((spread(d, MN2, density, T) * (1.0 + 0.5 * degree) ** s * within / MN2) ** 2)


@lru_cache(maxsize=64)
def _spread(d: int, J: int, MN2: float, T: float, on_rings: bool) -> float:
    r, _ = cross_section_rule(d)
    series = panel_series(d) @ passage_moments(T, speed_factor(r, 0.0, MN2), d)
    if on_rings:
        J = min(J, sum(ring.number for ring in rings(MN2)))
    e = directions(d, J, MN2) if on_rings else directions(d, J)
    x = _looks(d, J)
    sines = np.sqrt(np.maximum(1.0 - (e @ x.T) ** 2, 0.0))  # (J, looks)
    cosine, weights = gauss_legendre(_MEAN)
    of_mean = np.sqrt(1.0 - cosine**2) if d == 3 else np.sin(0.5 * math.pi * cosine)
    most = 0.0
    for R in _RADII.tolist():
        mean = sum(
            w * sum_of_series(np.array([R * sine]), series)
            for w, sine in zip(weights.tolist(), of_mean.tolist(), strict=True)
        )
        sums = [sum_of_series(R * np.ascontiguousarray(column), series) / J for column in sines.T]
        most = max(most, float(np.max(np.abs(np.array(sums) - mean))))
    return _SAFETY * most / float(sum_of_series(np.zeros(1), series))


def _looks(d: int, J: int) -> Array:
    """Returns the directions of x that are looked in, (looks, d)."""
    if d == 2:
        angles = math.pi / J * np.array([0.0, 0.25, 0.5, 0.75, 1.0])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)
    some = np.random.default_rng(0).normal(size=(_LOOKS, 3))
    some /= np.linalg.norm(some, axis=1, keepdims=True)
    return np.concatenate([[[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], some])
