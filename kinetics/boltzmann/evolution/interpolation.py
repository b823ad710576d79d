"""Trigonometric polynomials on grids ``-L + 2 L j/n``, at other points."""

from __future__ import annotations

import math

import numpy as np

from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.norms.cutoff import Array


def interpolation(n: int, half_width: float, points: Array) -> Array:
    """Returns the matrix from values on the grid to those at `points`, (n_points, n), along one axis.

    The Nyquist mode, which has no sign of its own, is left out.
    """
    grid = half_width * (2.0 * np.arange(n) / n - 1.0)
    k = np.arange(1 - n // 2, n // 2)
    step = np.exp(1j * math.pi * np.outer(grid, k) / half_width).conj() / n
    onto = np.exp(1j * math.pi * np.outer(points, k) / half_width)
    matrix: Array = (onto @ step.T).real
    return matrix


def interpolated_at(f: Array, from_: CollisionOperator, velocity: Array) -> Array:
    """Returns the polynomial of `f` at the points `velocity`, (n_points,), along each axis."""
    matrix = interpolation(from_.n, from_.half_width, velocity)
    for axis in range(f.ndim):
        f = np.moveaxis(np.tensordot(matrix, f, axes=(1, axis)), 0, axis)
    return f


def interpolated(f: Array, from_: CollisionOperator, to: CollisionOperator) -> Array:
    """Returns the polynomial of `f` on the grid of another operator, which lies inside."""
    return interpolated_at(f, from_, to.velocity)
