"""The directions of the needles, and how many there are room for."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.norms.cutoff import Array

DENSEST = {2: 2.0 * math.pi / 5.0, 3: 0.382}
"""The largest ``c_J = J/(M N2)^(d-1)`` for which needles are disjoint in velocity."""

_MOST = 2**24  # directions that are listed


@lru_cache(maxsize=16)
def directions(d: int, J: int) -> Array:
    """Returns the needles' directions, (J, d).

    They are equally spaced in the plane, and a spherical Fibonacci lattice in space.

    Raises
    ------
    ParameterError
        If there are more than 2^24.
    """
    if J > _MOST:
        raise ParameterError(
            f"At most {_MOST} directions can be listed, but J is {J}; see `Needles.mean_beta`."
        )
    j = np.arange(J)
    if d == 2:
        e = np.stack([np.cos(2.0 * math.pi * j / J), np.sin(2.0 * math.pi * j / J)], axis=1)
    else:
        z = 1.0 - (2.0 * j + 1.0) / J
        phi = 2.0 * math.pi * np.mod(j * (0.5 * (math.sqrt(5.0) - 1.0)), 1.0)
        e = np.stack([np.sqrt(1.0 - z**2) * np.cos(phi), np.sqrt(1.0 - z**2) * np.sin(phi), z], axis=1)
    e.flags.writeable = False
    return e
