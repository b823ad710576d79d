"""Points that one sweep holds and another one asks for."""

from __future__ import annotations

import asyncio
import functools
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray
from zarr.core.sync import sync

from wellposed.catalog import index, schema, trust
from wellposed.catalog.location import Location
from wellposed.catalog.schema import OUTCOME, ROOT
from wellposed.catalog.selection import may_hold
from wellposed.catalog.store import Store, arrays_of, dims_of, stamp_of
from wellposed.errors import CatalogueError

Places = dict[str, NDArray[np.intp]]
"""Where points lie along each of several parameters or axes."""


def donors(
    url: str,
    experiment: str,
    version: int,
    points: Mapping[str, Any],
    like: Store | None = None,
    fingerprint: str | None = None,
) -> Iterator[Store]:
    """Yields the sweeps of an experiment that cover any of a rectangle of points (see `points_of_store`).

    Those are looked at that may do so by what the index tells.  One whose metadata are refused or damaged
    is none, as it is in nobody's way.

    Parameters
    ----------
    url : str
        The catalogue.
    experiment : str
    version : int
    points : mapping of str to value or one-dimensional array
    like : Store, optional
        The sweep that asks.  Others must have the same variables: of the same types, over the same
        dimensions beside those of the points.
    fingerprint : str, optional
        The fingerprint of the source of the experiment; None if its version alone tells it from others.
    """
    form = None if like is None else _form(trust.read(like.here, ROOT))
    selectors = {name: _selector(wanted) for name, wanted in points.items()}
    catalogue = Location(url) if like is None else Location(url, like.system)
    for store, summary, _ in index.listed(catalogue, experiment):
        if summary is not None and not (
            summary.kind == "sweep" and may_hold(summary, selectors, None, version)
        ):
            continue
        try:
            root = trust.check_store(store.here, store.experiment, store.id)
        except (CatalogueError, OSError):
            continue
        if root is None or (form is not None and _form(root) != form):
            continue
        about = root["attributes"]
        if about.get("kind") != "sweep" or about.get("experiment_version") != version:
            continue
        is_right = about["request"].get("fingerprint") == fingerprint
        if is_right and _Grid.of(about["request"]).common(points) is not None:
            yield store


def _selector(wanted: Any) -> Any:
    """Returns values as `wellposed.catalog.selection` takes them; numbers by their range, which is quick."""
    values = np.atleast_1d(wanted)
    if values.dtype.kind in "OUT":
        return values.tolist()
    return slice(values.min().item(), values.max().item())


def _form(root: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns the type of each variable, and its dimensions and their lengths beside those of the points."""
    if root is None:
        return {}
    request = root["attributes"]["request"]
    parameters = request["axes"].keys() | request["fixed"].keys()
    return {
        name: [
            array["data_type"],
            [
                (dim, size)
                for dim, size in zip(array.get("dimension_names") or (), array["shape"], strict=True)
                if dim not in parameters
            ],
        ]
        for name, array in trust.arrays(root).items()
        if name not in parameters
    }


def points_of_store(store: Store, points: Mapping[str, Any]) -> xr.Dataset | None:
    """Returns what a sweep holds of a rectangle of points.

    The sweep may be computed meanwhile: a point is held if it was stored before and after its values were
    read.  One that failed is not, as the reason may have been that sweep's alone.

    Parameters
    ----------
    store : Store
    points : mapping of str to value or one-dimensional array
        The values of every parameter of the experiment, by name; those with an array are the dimensions of
        the answer, in this order.

    Returns
    -------
    Dataset or None
        Its variables, with fill values where nothing is held.  None if it holds no such point.
    """
    grid = _grid(store, stamp_of(store.here))
    if grid is None or (common := grid.common(points)) is None:
        return None
    here, there = common
    arrays = arrays_of(store.here)
    dims = [name for name, values in points.items() if np.ndim(values)]
    places = np.ix_(*(here[dim] for dim in dims))

    def whole(array: zarr.Array[Any], read: NDArray[Any]) -> xr.Variable:
        theirs = dims_of(array)
        own = [dim for dim in theirs if dim not in points]
        # What is an axis there may be fixed here, and the other way round.
        part = xr.DataArray(read, dims=theirs).isel({dim: 0 for dim in there if dim not in dims})
        part = part.expand_dims([dim for dim in dims if dim not in part.dims]).transpose(*dims, *own)
        shape = (*(len(points[dim]) for dim in dims), *part.shape[len(dims) :])
        values = np.full(shape, array.fill_value, part.dtype)
        values[places] = part.to_numpy()
        return xr.Variable((*dims, *own), values)

    def wholes(names: Sequence[str]) -> dict[str, xr.Variable]:
        read = _read([arrays[name] for name in names], there)
        return {name: whole(arrays[name], values) for name, values in zip(names, read, strict=True)}

    told = [
        name
        for name, array in arrays.items()
        if name not in points and name != OUTCOME and there.keys() <= set(dims_of(array))
    ]
    lost = np.zeros([len(there[dim]) for dim in dims_of(arrays[OUTCOME])], bool)
    for name in told:
        lost |= _lost(store.here, arrays[name], arrays[OUTCOME], there)
    stated = _read([arrays[OUTCOME]], there)[0]
    outcome = whole(arrays[OUTCOME], np.where(lost, arrays[OUTCOME].fill_value, stated))
    is_held = (outcome.values != 0) & (outcome.values != _failed(arrays[OUTCOME]))
    if not is_held.any():
        return None
    found = wholes(told)
    is_held &= outcome.values == wholes([OUTCOME])[OUTCOME].values
    found[OUTCOME] = outcome
    for name, variable in found.items():
        variable.values[~is_held] = arrays[name].fill_value
    return xr.Dataset(found) if is_held.any() else None


def points_of_stores(stores: Iterable[Store], points: Mapping[str, Any]) -> xr.Dataset | None:
    """Returns what several sweeps hold of a rectangle of points; the first that holds a point is taken.

    One that cannot be read, as it is damaged or has been removed meanwhile, holds nothing: all that it
    could save is time.

    Parameters and returns are those of `points_of_store`.
    """
    together: xr.Dataset | None = None
    for store in stores:
        try:
            part = points_of_store(store, points)
        except Exception:  # codecs and kinds of storage have their own
            continue
        if part is None:
            continue
        together = part if together is None else together.where(together[OUTCOME] != 0, part)
        if (together[OUTCOME] != 0).all():
            break
    return together


class _Values:
    """The values of a parameter, looked up without going through them."""

    def __init__(self, values: Sequence[Any]) -> None:
        self.values = values
        array = np.asarray(values)
        self.are_numbers = array.dtype.kind in "iuf" and array.size > 0
        if self.are_numbers:
            self.order = np.argsort(array)
            self.ascending = array[self.order]

    @functools.cached_property
    def position(self) -> dict[Any, int]:
        return {value: i for i, value in enumerate(self.values)}

    def common(self, wanted: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Returns where the common values are in `wanted`, and where here."""
        if self.are_numbers and wanted.dtype.kind in "iuf":
            at = np.searchsorted(self.ascending, wanted).clip(max=len(self.order) - 1)
            places = np.flatnonzero(self.ascending[at] == wanted)
            return places, self.order[at[places]]
        pairs = [
            (i, self.position[value]) for i, value in enumerate(wanted.tolist()) if value in self.position
        ]
        return np.array([i for i, _ in pairs], np.intp), np.array([i for _, i in pairs], np.intp)


@dataclass(frozen=True)
class _Grid:
    """What a sweep asked for."""

    axes: Mapping[str, _Values]
    fixed: Mapping[str, _Values]

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> _Grid:
        axes, fixed = request["axes"], request["fixed"]
        return cls(
            {name: _Values(values) for name, values in axes.items()},
            {name: _Values([value]) for name, value in fixed.items()},
        )

    def common(self, points: Mapping[str, Any]) -> tuple[Places, Places] | None:
        """Returns where the common points lie, here by parameter, there by axis; None if there are none."""
        if self.axes.keys() | self.fixed.keys() != points.keys():
            return None
        here: Places = {}
        there: Places = {}
        for name, values in {**self.fixed, **self.axes}.items():
            here[name], places = values.common(np.atleast_1d(points[name]))
            if not places.size:
                return None
            if name in self.axes:
                there[name] = places
        return here, there


@functools.lru_cache(maxsize=256)
def _grid(store: Store, stamp: str) -> _Grid | None:
    """Returns what a sweep asked for, whose metadata have that stamp; None if it is no sweep."""
    about = store.attributes()
    return _Grid.of(about["request"]) if about["kind"] == "sweep" else None


def _read(arrays: Sequence[zarr.Array[Any]], there: Places) -> list[NDArray[Any]]:
    """Returns what arrays hold at places along the axes, read side by side."""

    async def read() -> list[Any]:
        return await asyncio.gather(
            *(
                array.async_array.oindex.getitem(
                    tuple(_span(there[dim]) if dim in there else slice(None) for dim in dims_of(array))
                )
                for array in arrays
            )
        )

    return [np.asarray(values) for values in sync(read())]


def _lost(
    here: Location, array: zarr.Array[Any], outcome: zarr.Array[Any], there: Places
) -> NDArray[np.bool_]:
    """Returns at which places along the axes an array has lost a chunk, which would be read as fill values.

    Of those arrays alone of which every chunk is written that has an answer.
    """
    dims, points = dims_of(array), dims_of(outcome)
    shape = [len(there[dim]) for dim in points]
    if not schema.is_always_written(array.basename, dims, points, array.dtype):
        return np.zeros(shape, bool)
    numbers = {dim: there[dim] // side for dim, side in zip(dims, array.chunks, strict=True) if dim in there}
    counts = [-(-size // side) for size, side in zip(array.shape, array.chunks, strict=True)]
    along = [
        np.unique(numbers[dim]) if dim in numbers else np.arange(count)
        for dim, count in zip(dims, counts, strict=True)
    ]
    keys = ["/".join([array.basename, "c", *map(str, place)]) for place in itertools.product(*along)]
    is_there: NDArray[np.bool_] = np.array(here.has(keys)).reshape([len(one) for one in along])
    own = tuple(i for i, dim in enumerate(dims) if dim not in numbers)
    order = [dim for dim in dims if dim in numbers]
    positions = np.ix_(
        *(np.searchsorted(one, numbers[dim]) for dim, one in zip(dims, along, strict=True) if dim in numbers)
    )
    found = np.asarray(is_there.all(axis=own))[positions]
    return np.asarray(~found.transpose([order.index(dim) for dim in points]), np.bool_)


def _span(places: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """Returns `places` as a slice, which is read more quickly, if they are one."""
    is_span = bool((np.diff(places) == 1).all())
    return slice(int(places[0]), int(places[-1]) + 1) if is_span else places


def _failed(outcome: zarr.Array[Any]) -> int:
    """Returns what stands for a point that failed; 0 if nothing does."""
    codes: Any = outcome.attrs["flag_values"]
    return int(dict(zip(str(outcome.attrs["flag_meanings"]).split(), codes, strict=True)).get("failed", 0))
