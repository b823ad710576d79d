"""The pointwise bound (3.16) on the kernel K.

It is ``|K_hbar| <= C (1 + |v1|^2 + |v2|^2) (M1 M2)^(1/5) |u|^-3``, ``u = v1 - v2``.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.4.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.interaction_kernel.pointwise import kernel

Array = NDArray[np.float64]

_PLACES = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))  # of the mean velocity: along u, across u


def pairs(place: tuple[float, float], distances: Array, d: int) -> tuple[Array, Array]:
    """Returns velocities v1 and v2, both (n, d), whose difference is along the first axis.

    `place` is the mean velocity, along the difference and across it; `distances` are ``|v1 - v2|``, (n,).
    """
    mean = np.zeros(d)
    mean[:2] = place
    half = np.zeros((distances.size, d))
    half[:, 0] = 0.5 * distances
    return mean + half, mean - half


def best_constant(d: int, hbar: float, potential: Potential, screened: bool) -> float:
    """Returns the C of (3.16) at this hbar, over the places and distances that are tried."""
    distances = np.concatenate([hbar * 2.0 ** np.arange(-3.0, 3.0), 2.0 ** np.arange(-2.0, 3.0)])
    largest = 0.0
    for place in _PLACES:
        v1, v2 = pairs(place, distances, d)
        energy = np.sum(v1 * v1 + v2 * v2, axis=-1)
        values = np.abs(kernel(v1, v2, d=d, hbar=hbar, potential=potential, screened=screened))
        root = np.exp(-0.1 * energy) * (2.0 * math.pi) ** (-0.2 * d)
        largest = max(largest, float(np.max(values * distances**3 / (root * (1.0 + energy)))))
    return largest
