r"""The directions of the needles, and how many there are room for.

A needle's velocities are ``|P^perp v| < 2/M`` from ``|P v| = 0.8 N2`` on, a cone of half-angle
``arctan(2.5/(M N2))``.  So needles are disjoint in velocity if their directions are twice that apart, and how
many fit is the problem of packing circles on a sphere.  ``J`` is at most ``2 pi/5`` times ``M N2`` in the
plane.  In space no packing has more than ``c_J = J/(M N2)^2 = 8 pi/(25 sqrt 3) = 0.5804`` in the limit, that
of the hexagonal lattice; three sets of directions are had here:

- a spherical Fibonacci lattice, up to 0.382;
- rings of equal latitude, which are locally a square lattice, up to ``4 pi/25 = 0.5027``;
- rings in bands of equal numbers, each turned by half a step against the last, which are nearly a hexagonal
  lattice: 0.55 for ``M N2 = 256``, 0.566 for 1024, and all of 0.5804 in the limit.

References
----------
L. Fejes Toth, Ueber die Abschaetzung des kuerzesten Abstandes zweier Punkte eines auf einer Kugelflaeche
liegenden Punktsystems, Jahresber. Deutsch. Math.-Verein. 53 (1943) 66-68: no packing is denser.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.norms.cutoff import Array

DENSEST = {2: 2.0 * math.pi / 5.0, 3: 0.54}
"""A ``c_J = J/(M N2)^(d-1)`` there is room for: in the plane the largest, in space from M N2 = 256 on."""

FIBONACCI = 0.382
"""The largest ``c_J`` of a spherical Fibonacci lattice of disjoint needles."""

HEXAGONAL = 8.0 * math.pi / (25.0 * math.sqrt(3.0))
"""The largest ``c_J`` in space, in the limit of thin needles."""

_ROOMY = 256.0  # M N2 from which on DENSEST[3] is there
_MOST = 2**24  # directions that are listed
_APART = 1.0 + 1e-9  # rings are farther apart than needed, by more than round-off
_SLACKS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)


class Ring(NamedTuple):
    """Directions of one polar angle, equally spaced in azimuth from `azimuth` on."""

    polar: float
    number: int
    azimuth: float


def least_angle(MN2: float) -> float:
    """Returns the angle that two needles must be apart to be disjoint in velocity, by ``M N2``."""
    return 2.0 * math.atan(2.5 / MN2)


def most_needles(d: int, MN2: float) -> int:
    """Returns a number of needles that there is room for, by ``M N2``: in the plane the largest."""
    roomy = math.floor(DENSEST[d] * MN2 ** (d - 1))
    if d == 2 or MN2 >= _ROOMY:
        return roomy
    return max(math.floor(FIBONACCI * MN2**2), sum(ring.number for ring in rings(MN2)))


@lru_cache(maxsize=16)
def rings(MN2: float) -> tuple[Ring, ...]:
    """Returns the rings in bands that disjoint needles are placed on in space, from pole to pole.

    Of several rules for when a new band begins, the one is taken with which most needles are placed.
    """
    halves = [_half_of_rings(least_angle(MN2) * _APART, slack) for slack in _SLACKS]
    half = max(halves, key=lambda found: sum(ring.number for ring in found))
    return (*half, *(Ring(math.pi - ring.polar, ring.number, ring.azimuth) for ring in reversed(half)))


def _half_of_rings(angle: float, slack: float) -> list[Ring]:
    """Returns rings from a pole to the equator, from which they keep half of `angle`.

    In a band the next ring is as close as its needles, turned by half a step, leave room for.  As circles
    widen, it gets less dense; where its density is below the hexagonal one by `slack` times the square root
    of ``angle/tan(polar)``, a new band begins, a whole `angle` away.  For thin needles that loses
    the same share of needles within bands and between them.
    """
    found = [Ring(0.0, 1, 0.0)]
    hexagonal = 4.0 * math.pi / (math.sqrt(3.0) * angle**2)
    polar, before, count, azimuth = angle, -math.inf, _on_circle(angle, angle), 0.0
    while polar <= 0.5 * (math.pi - angle):
        found.append(Ring(polar, count, azimuth))
        following = _next_of_band(polar, count, angle)
        density = count / (math.cos(polar) - math.cos(following))
        enough = hexagonal * (1.0 - slack * math.sqrt(angle / math.tan(min(polar, 1.5))))
        # needles of every other ring have the same azimuths
        if following - before >= angle and density >= enough:
            before, polar, azimuth = polar, following, azimuth + math.pi / count
        else:
            before, polar, azimuth = -math.inf, polar + angle, 0.0
            count = _on_circle(polar, angle)
    return found


def _on_circle(polar: float, angle: float) -> int:
    """Returns how many directions of one polar angle are `angle` apart."""
    return math.floor(math.pi / math.asin(min(math.sin(0.5 * angle) / math.sin(polar), 1.0)))


def _next_of_band(polar: float, count: int, angle: float) -> float:
    """Returns the polar angle at which needles turned by half a step are `angle` away from those before."""
    along, across = math.cos(polar), math.sin(polar) * math.cos(math.pi / count)
    cosine = math.cos(angle) / math.hypot(along, across)
    return math.atan2(across, along) + math.acos(min(cosine, 1.0))


@lru_cache(maxsize=16)
def directions(d: int, J: int, MN2: float = math.inf) -> Array:
    """Returns the needles' directions, (J, d).

    They are equally spaced in the plane.  In space they are a spherical Fibonacci lattice, if `J` is at most
    0.382 (M N2)^2, and otherwise `J` of those on `rings`.

    Raises
    ------
    ParameterError
        If there are more than 2^24, or in space more than there is room for.
    """
    if J > _MOST:
        raise ParameterError(
            f"At most {_MOST} directions can be listed, but J is {J}; see `Needles.mean_beta`."
        )
    j = np.arange(J)
    if d == 2:
        e = np.stack([np.cos(2.0 * math.pi * j / J), np.sin(2.0 * math.pi * j / J)], axis=1)
    elif J <= FIBONACCI * MN2**2:
        z = 1.0 - (2.0 * j + 1.0) / J
        phi = 2.0 * math.pi * np.mod(j * (0.5 * (math.sqrt(5.0) - 1.0)), 1.0)
        e = _on_sphere(z, np.sqrt(1.0 - z**2), phi)
    else:
        e = _on_rings(J, rings(MN2))
    e.flags.writeable = False
    return e


def _on_rings(J: int, placed: tuple[Ring, ...]) -> Array:
    """Returns `J` of the directions on rings, evenly chosen."""
    counts = np.array([ring.number for ring in placed])
    whole = int(counts.sum())
    if whole < J:
        raise ParameterError(f"There is room for {whole} needles on rings, but J is {J}.")
    polar = np.repeat([ring.polar for ring in placed], counts)
    step = np.arange(whole) - np.repeat(np.cumsum(counts) - counts, counts)
    phi = np.repeat([ring.azimuth for ring in placed], counts) + 2.0 * math.pi * step / np.repeat(
        counts, counts
    )
    chosen = np.arange(J) * whole // J
    return _on_sphere(np.cos(polar), np.sin(polar), phi)[chosen]


def _on_sphere(z: Array, across: Array, phi: Array) -> Array:
    return np.stack([across * np.cos(phi), across * np.sin(phi), z], axis=1)
