"""Sweeps over grids that overlap, put together on the grid of all their points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.catalog.schema import OUTCOME, REASON, fill_of, has_nan, is_text
from wellposed.errors import CatalogueError, ConflictError

LARGEST_RESULT_BYTES = 2**32
"""How many bytes the result, which is in memory, may take."""

RELATIVE_ROUNDING = 1e-9
"""Relative difference up to which two answers agree: the last digits may differ between machines."""

MOST_POINTS_NAMED = 5
"""How many points an error names."""

CONFLICT = "conflict"


def concat(sweeps: Sequence[xr.Dataset], conflicts: Literal["raise", "mark"] = "raise") -> xr.Dataset:
    """Returns sweeps of one experiment and version on the grid of all their points.

    Values of a parameter are the same if they are up to rounding.  Where two sweeps have a point, they must
    agree: in its outcome, and in its values up to rounding and the errors that they state (`x` with
    `x_error`).  A point that failed in one of them and has an answer in another has that answer.

    Parameters
    ----------
    sweeps : sequence of Dataset
        Laid out as stores are: over their axes, with a scalar coordinate for each parameter that is fixed.
    conflicts : str
        Whether to raise where they disagree, or to leave such points missing and say so in ``conflict``.

    Returns
    -------
    Dataset
        In memory.  Axes are sorted, words by where they come first.

    Raises
    ------
    ConflictError
        Naming the points.
    CatalogueError
        If the sweeps are not of one kind, or the grid of all points is larger than can be held.
    """
    if conflicts not in ("raise", "mark"):
        raise CatalogueError(f"Argument `conflicts` must be raise or mark, but is {conflicts!r}.")
    axes = axes_of(sweeps)
    first = sweeps[0]
    own = {dim: size for dim, size in first.sizes.items() if dim not in axes}
    names = [name for name in first.data_vars if name != OUTCOME]
    for sweep in sweeps:
        others = {dim: size for dim, size in sweep.sizes.items() if dim not in axes}
        if others != own or set(sweep.data_vars) != set(first.data_vars):
            raise CatalogueError("Sweeps of different outputs cannot be put together.")
    shape = tuple(len(values) for values in axes.values())
    size = math.prod(shape) * sum(
        first[name].dtype.itemsize * math.prod(own[dim] for dim in first[name].dims if dim in own)
        for name in names
    )
    if size > LARGEST_RESULT_BYTES:
        raise CatalogueError(
            f"The grid of all points is {' x '.join(map(str, shape))} and takes {size / 2**30:.3g} GiB; "
            "select less of it."
        )
    whole = _Whole(axes, own, first, names)
    for sweep in sweeps:
        whole.add(sweep)
    if conflicts == "raise" and whole.conflict.any():
        points = whole.points_in_conflict()
        named = "; ".join(
            ", ".join(f"{name}={value}" for name, value in point.items())
            for point in points[:MOST_POINTS_NAMED]
        )
        more = f" and {len(points) - MOST_POINTS_NAMED} more" if len(points) > MOST_POINTS_NAMED else ""
        raise ConflictError(
            f"Sweeps of {first.attrs.get('experiment')} disagree at {len(points)} points: {named}{more}.",
            points,
        )
    return whole.dataset() if conflicts == "raise" else whole.marked()


class _Whole:
    """All points, filled one sweep after the other."""

    def __init__(
        self, axes: dict[str, NDArray[Any]], own: dict[Any, int], first: xr.Dataset, names: list[Any]
    ) -> None:
        self.axes, self.own, self.first = axes, own, first
        shape = tuple(len(values) for values in axes.values())
        self.dims = {name: (*axes, *(str(dim) for dim in first[name].dims if dim in own)) for name in names}
        self.values = {
            name: np.full(
                [*shape, *(own[dim] for dim in dims[len(axes) :])],
                fill_of(first[name].dtype),
                first[name].dtype,
            )
            for name, dims in self.dims.items()
        }
        self.outcome = np.zeros(shape, first[OUTCOME].dtype)
        self.conflict = np.zeros(shape, bool)
        codes = first[OUTCOME].attrs["flag_values"]
        meanings = str(first[OUTCOME].attrs["flag_meanings"]).split()
        self.failed = dict(zip(meanings, codes, strict=True)).get("failed")

    def add(self, sweep: xr.Dataset) -> None:
        """Fills the points of `sweep`, and finds those at which it disagrees with what is there."""
        here = np.ix_(*(places_in(values, sweep.coords[name]) for name, values in self.axes.items()))
        fixed = [name for name in self.axes if name not in sweep.dims]
        sweep = sweep.expand_dims(fixed)
        outcome = sweep[OUTCOME].transpose(*self.axes).to_numpy()
        new = {name: sweep[name].transpose(*dims).to_numpy() for name, dims in self.dims.items()}
        old = {name: values[here] for name, values in self.values.items()}
        there = self.outcome[here]
        both = (there != 0) & (outcome != 0)
        if self.failed is not None:
            both &= (there == self.failed) == (outcome == self.failed)
        wrong = both & (there != outcome)
        for name in new:
            if f"{name}_error" in new:
                allowed = np.nan_to_num(new[f"{name}_error"]) + np.nan_to_num(old[f"{name}_error"])
            elif str(name).endswith("_error") and str(name).removesuffix("_error") in new:
                continue
            else:
                allowed = np.zeros(1)
            if name != REASON:  # which two versions may word differently
                differs = ~_agree(old[name], new[name], allowed)
                wrong |= both & differs.any(axis=tuple(range(len(self.axes), differs.ndim)))
        self.conflict[here] |= wrong
        better = (outcome != 0) & ((there == 0) | (there == self.failed))
        for name, values in self.values.items():
            part = old[name]
            part[better] = new[name][better]
            values[here] = part
        self.outcome[here] = np.where(better, outcome, there)

    def points_in_conflict(self) -> list[dict[str, Any]]:
        """Returns the parameters that vary of every point at which sweeps disagree."""
        return [
            {
                name: values[i].item() if hasattr(values[i], "item") else str(values[i])
                for (name, values), i in zip(self.axes.items(), place, strict=True)
            }
            for place in np.argwhere(self.conflict)
        ]

    def marked(self) -> xr.Dataset:
        """Returns all points, without answers where sweeps disagree, and with a variable that says where."""
        conflict = (tuple(self.axes), self.conflict, {"long_name": "whether sweeps disagree"})
        return self.dataset().assign({CONFLICT: conflict})

    def dataset(self) -> xr.Dataset:
        """Returns all points, without answers where sweeps disagree."""
        for name, values in self.values.items():
            values[self.conflict] = fill_of(self.first[name].dtype)
        self.outcome[self.conflict] = 0
        attributes = {
            name: self.first.attrs[name]
            for name in (
                "title",
                "source",
                "experiment",
                "experiment_version",
                "kind",
                "order_parameter",
                "error_allowed",
            )
            if name in self.first.attrs
        }
        variables = {
            name: (self.dims[name], values, self.first[name].attrs) for name, values in self.values.items()
        }
        variables[OUTCOME] = (tuple(self.axes), self.outcome, self.first[OUTCOME].attrs)
        coordinates = {
            name: (name, self.axes[name], values.attrs) if name in self.axes else values.variable
            for name, values in self.first.coords.items()
        }
        return xr.Dataset(variables, coordinates, attributes)


def axes_of(sweeps: Sequence[xr.Dataset]) -> dict[str, NDArray[Any]]:
    """Returns the parameters that differ between sweeps or within one, with all values that they have."""
    points = list(dict.fromkeys(str(dim) for sweep in sweeps for dim in sweep[OUTCOME].dims))
    parameters = dict.fromkeys(
        [
            *points,
            *(str(name) for sweep in sweeps for name, values in sweep.coords.items() if not values.dims),
        ]
    )
    axes = {}
    for name in parameters:
        if not all(name in sweep.coords for sweep in sweeps):
            raise CatalogueError(f"Some sweeps have no parameter `{name}`, so they cannot be put together.")
        values = np.concatenate([np.atleast_1d(sweep.coords[name].to_numpy()) for sweep in sweeps])
        distinct = _distinct(values)
        if name in points or len(distinct) > 1:
            axes[name] = distinct
    return axes


def _distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Returns the values that differ by more than rounding, sorted; words as they come."""
    if values.dtype.kind not in "iuf":
        return np.array(list(dict.fromkeys(values.tolist())), values.dtype)
    values = np.sort(values)
    far = np.abs(np.diff(values)) > 1e-12 * np.maximum(np.abs(values[1:]), np.abs(values[:-1]))
    distinct: NDArray[Any] = values[np.concatenate([[True], far])]
    return distinct


def places_in(values: NDArray[Any], coordinate: xr.DataArray) -> NDArray[np.intp]:
    """Returns where the values of a coordinate are among all values of the axis."""
    own = np.atleast_1d(coordinate.to_numpy())
    if values.dtype.kind not in "iuf":
        place = {value: i for i, value in enumerate(values.tolist())}
        return np.array([place[value] for value in own.tolist()], np.intp)
    right = np.clip(np.searchsorted(values, own), 1, max(1, len(values) - 1))
    if len(values) == 1:
        return np.zeros(len(own), np.intp)
    nearer = np.abs(values[right - 1] - own) <= np.abs(values[right] - own)
    return np.asarray(np.where(nearer, right - 1, right), np.intp)


def _agree(old: NDArray[Any], new: NDArray[Any], allowed: NDArray[Any]) -> NDArray[np.bool_]:
    """Returns where two answers are the same, up to `allowed` and, unless they are integers, rounding."""
    same = np.asarray(old == new, np.bool_)
    if is_text(new.dtype):
        return same
    if not has_nan(new.dtype):
        # Exact, however large they are: unsigned integers wrap around.
        larger, smaller = np.maximum(old, new).astype(np.uint64), np.minimum(old, new).astype(np.uint64)
        difference = larger - smaller
        return np.asarray(same | ((allowed > 0) & (difference <= allowed)), np.bool_)
    both_absent = np.isnan(old) & np.isnan(new)
    with np.errstate(invalid="ignore"):  # infinities, which agree if they are equal
        near = np.abs(old - new) <= np.maximum(
            allowed, RELATIVE_ROUNDING * np.maximum(np.abs(old), np.abs(new))
        )
    near &= np.isfinite(old) & np.isfinite(new)
    return np.asarray(both_absent | same | near, np.bool_)
