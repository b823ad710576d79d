"""What `evolve` is given, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.collision.operator import check_grid
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.boltzmann.parameters import GRID_POINTS

Density = Callable[..., ArrayLike]
"""A density as a function of ``v_1, ..., v_d``, arrays of one shape, which it returns."""

_POINTS = replace(GRID_POINTS, lower=10)  # the second grid has 8


def sampled(f0: Density, operator: CollisionOperator) -> Array:
    return called(f0, operator.velocity, operator.d)


def called(f0: Density, velocity: Array, d: int) -> Array:
    """Returns the values of a function on a grid.  Raises `ParameterError` where they are none."""
    axes = np.meshgrid(*[velocity] * d, indexing="ij")
    values = np.asarray(f0(*axes))
    if values.shape != axes[0].shape or values.dtype.kind not in "iufb":
        raise ParameterError(
            f"Argument `f0` must return real numbers of the shape of its arguments, {axes[0].shape}, but "
            f"returns {values.dtype} of shape {values.shape}."
        )
    return values.astype(np.float64)


def datum_values(f0: Any, d: int) -> Array:
    """Returns the datum as values on a grid.  Raises `ParameterError` where it is none."""
    shape = f"({', '.join(['n'] * d)})"
    what = f"Argument `f0` must be a function, or an array {shape} of real numbers"
    try:
        given = np.asarray(f0)
    except ValueError:
        raise ParameterError(f"{what}, but its rows differ in length.") from None
    if given.dtype.kind not in "iuf":
        raise ParameterError(f"{what}, but it has the type {given.dtype}.")
    if given.ndim != d or len(set(given.shape)) != 1:
        raise ParameterError(f"{what}, but it has the shape {given.shape}.")
    return given.astype(np.float64)


def grid_points(n: int | None, d: int, given: Array | None) -> int:
    if given is not None and n is not None and n != given.shape[0]:
        raise ParameterError(
            f"Argument `n` must be left out, or that of the points of `f0`, {given.shape[0]}, but is {n}."
        )
    points = n if given is None else given.shape[0]
    count = int(_POINTS.canonical(32 if points is None else points))
    check_grid(d, count)
    return count


def refuse_what_is_no_density(start: Array) -> None:
    what = "Argument `f0` must be finite, not negative and not zero everywhere"
    if not np.all(np.isfinite(start)):
        place = tuple(int(i[0]) for i in np.nonzero(~np.isfinite(start)))
        raise ParameterError(f"{what}, but has the value {start[place]} at {place}.")
    if np.any(start < 0.0):
        place = tuple(int(i) for i in np.unravel_index(np.argmin(start), start.shape))
        raise ParameterError(f"{what}, but has the value {start[place]:g} at {place}.")
    if not np.any(start > 0.0):
        raise ParameterError(f"{what}, but is zero.")


def rock_needles(f0: Any, d: int, gamma: float, method: str, n: object, half_width: object) -> Needles:
    """Returns the needles of a rock.  Raises `ParameterError` where another argument does not fit them."""
    if not isinstance(f0, Needles):
        raise ParameterError(
            "Argument `f0` must be Needles, as from `needles`, with space='rock', but is "
            f"{type(f0).__name__}."
        )
    if (d, f0.d) != (2, 2):
        raise ParameterError(f"Argument `d` must be 2 with space='rock', but is {d if d != 2 else f0.d}.")
    if f0.gamma != gamma:
        raise ParameterError(f"Argument `gamma` must be that of the needles, {f0.gamma:g}, but is {gamma:g}.")
    if f0.kernel != "power":
        raise ParameterError(f"Argument `f0` must have the kernel 'power', but has {f0.kernel!r}.")
    if 4.0 * f0.M * abs(f0.t) > f0.N1 or not f0.t < 0.0:
        raise ParameterError(
            f"Argument `f0` must start before time 0, with N1 at least 4 M |t| = {4.0 * f0.M * abs(f0.t):g} "
            f"for the rock to stay in its box, but has t = {f0.t:g}, N1 = {f0.N1:g}."
        )
    if method != "galerkin":
        raise ParameterError(f"Argument `method` must be 'galerkin' with space='rock', but is {method!r}.")
    for name, value in (("n", n), ("half_width", half_width)):
        if value is not None:
            raise ParameterError(f"Argument `{name}` must be left out with space='rock', but is {value}.")
    return f0
