"""Moments of densities on a velocity grid, (n_times, n, ..., n), and what becomes of them."""

from __future__ import annotations

import math

import numpy as np

from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.evolution.entropy import cell
from wellposed.kinetics.boltzmann.norms.cutoff import Array

INVARIANTS = ("mass", "momentum", "energy")


def pressure(operator: CollisionOperator, densities: Array) -> Array:
    """Returns ``int c_i c_j f``, (n_times, d, d)."""
    axes = np.meshgrid(*[operator.velocity] * operator.d, indexing="ij")
    flat = np.stack(axes).reshape(operator.d, -1)
    weighted = cell(operator) * densities.reshape(len(densities), 1, -1) * flat
    second = weighted @ flat.T
    moments = operator.moments(densities)
    momentum = moments[:, 1:-1]
    return np.asarray(second - momentum[:, :, None] * momentum[:, None, :] / moments[:, 0, None, None])


def _scale(moments: Array) -> Array:
    """Returns what changes of mass, momentum and ``int |v|^2 f`` are compared with, (d + 2,)."""
    mass, energy = moments[0], moments[-1]
    return np.array([mass, *[math.sqrt(mass * energy)] * (moments.size - 2), energy])


def drift(moments: Array, start: Array) -> Array:
    """Returns the largest relative change of mass, momentum and energy since the start, (n_times,)."""
    return np.asarray(np.max(np.abs(moments - start) / _scale(start), axis=1))


def produced(operator: CollisionOperator, densities: Array, start: Array) -> Array:
    """Returns what is produced before correction, over the rate of collisions, (n_times, 3)."""
    scale = _scale(start)
    made = np.abs(operator.moments(operator.uncorrected(densities))) / scale
    made = made / (operator.moments(operator.loss(densities))[:, :1] / scale[0])
    return np.stack([made[:, 0], np.max(made[:, 1:-1], axis=1), made[:, -1]], axis=1)
