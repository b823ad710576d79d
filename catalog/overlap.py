"""Points that one sweep holds and another one asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from catalog import index
from catalog.index import Listed
from catalog.location import Location
from catalog.schema import OUTCOME, CatalogueError
from catalog.selection import may_hold
from catalog.store import Store, arrays_of, dims_of


def donors(url: str, experiment: str, version: int, points: Mapping[str, Any]) -> Iterator[Store]:
    """The sweeps of an experiment that cover any of a rectangle of points (see `held`).

    Those are looked at that may do so by what the index tells.
    """
    selectors = {name: _selector(wanted) for name, wanted in points.items()}
    try:
        found = index.listed(Location(url), experiment)
    except CatalogueError:  # a damaged manifest of some sweep is not in the way of another
        found = [Listed(store, None) for store, _ in index.found(Location(url), experiment)]
    for store, summary in found:
        if summary is None or (summary.kind == "sweep" and may_hold(summary, selectors, None, version)):
            about = store.attributes()
            is_right = about["kind"] == "sweep" and about["experiment_version"] == version
            if is_right and _common(about["request"], points) is not None:
                yield store


def _selector(wanted: Any) -> Any:
    """Values as `catalog.selection` takes them; numbers by their range, which is quick."""
    values = np.atleast_1d(wanted)
    if values.dtype.kind in "OUT":
        return values.tolist()
    return slice(float(values.min()), float(values.max()))


def held(store: Store, points: Mapping[str, Any]) -> xr.Dataset | None:
    """What a sweep holds of a rectangle of points.

    Parameters
    ----------
    store : Store
    points : mapping of str to value or one-dimensional array
        By parameter, every one of the experiment's; those with an array are the dimensions of the answer, in
        this order.

    Returns
    -------
    Dataset or None
        Its variables, with fill values where nothing is stored.  None if it holds no such point.
    """
    about = store.attributes()
    if about["kind"] != "sweep" or (common := _common(about["request"], points)) is None:
        return None
    here, there = common
    dims = [name for name, values in points.items() if np.ndim(values)]
    sides = [len(points[dim]) for dim in dims]
    found = {}
    for name, array in arrays_of(store.location).items():
        theirs = dims_of(array)
        own = [dim for dim in theirs if dim not in points]
        if name in points or not there.keys() <= set(theirs):
            continue  # a coordinate
        chosen: Any = tuple(there.get(dim, slice(None)) for dim in theirs)
        part = xr.DataArray(np.asarray(array.oindex[chosen]), dims=theirs)
        # What is an axis there may be fixed here, and the other way round.
        part = part.isel({dim: 0 for dim in theirs if dim in points and dim not in dims})
        part = part.expand_dims([dim for dim in dims if dim not in part.dims]).transpose(*dims, *own)
        whole = np.full((*sides, *part.shape[len(dims) :]), array.fill_value, part.dtype)
        whole[np.ix_(*(here[dim] for dim in dims))] = part.to_numpy()
        found[name] = ((*dims, *own), whole)
    return xr.Dataset(found)


def all_held(stores: Iterable[Store], points: Mapping[str, Any]) -> xr.Dataset | None:
    """What several sweeps hold of a rectangle of points; the first that holds a point is taken.

    Parameters and returns are those of `held`.
    """
    together: xr.Dataset | None = None
    for store in stores:
        part = held(store, points)
        if part is None:
            continue
        together = part if together is None else together.where(together[OUTCOME] != 0, part)
        if (together[OUTCOME] != 0).all():
            break
    return together


def _common(
    request: Mapping[str, Any], points: Mapping[str, Any]
) -> tuple[dict[str, NDArray[np.intp]], dict[str, NDArray[np.intp]]] | None:
    """Where the common points lie, here by parameter and there by axis; None if there are none."""
    axes, fixed = request["axes"], request["fixed"]
    if axes.keys() | fixed.keys() != points.keys():
        return None
    here: dict[str, NDArray[np.intp]] = {}
    there: dict[str, NDArray[np.intp]] = {}
    for name, wanted in points.items():
        position = {value: i for i, value in enumerate(axes.get(name, [fixed.get(name)]))}
        pairs = [
            (i, position[value])
            for i, value in enumerate(np.atleast_1d(wanted).tolist())
            if value in position
        ]
        if not pairs:
            return None
        here[name] = np.array([i for i, _ in pairs])
        if name in axes:
            there[name] = np.array([i for _, i in pairs])
    return here, there
