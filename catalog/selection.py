"""Which points of a dataset a reader asked for: by the values of parameters, and by outcome."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.catalog import schema
from wellposed.catalog.index import Summary
from wellposed.catalog.schema import OUTCOME
from wellposed.errors import CatalogueError


def select(dataset: xr.Dataset, selectors: Mapping[str, Any]) -> xr.Dataset | None:
    """Returns the part of `dataset` that lies in the selection, or None."""
    for name, wanted in selectors.items():
        if name not in dataset.coords:
            return None
        coordinate = dataset.coords[name]
        chosen = matches(coordinate.to_numpy(), wanted)
        if not chosen.any():
            return None
        if coordinate.dims == (name,):
            dataset = dataset.isel({name: chosen})
        elif coordinate.dims:
            dataset = masked(dataset, coordinate.copy(data=chosen))
    return dataset


def has_version(dataset: xr.Dataset, wanted: Any) -> bool:
    """Returns whether the version of the experiment is among those `wanted`, which is any if None."""
    return wanted is None or bool(matches(np.array(dataset.attrs["experiment_version"]), wanted).all())


def may_hold(summary: Summary, selectors: Mapping[str, Any], outcome: Any, version: Any) -> bool:
    """Returns whether there can be points in the selection, by what the manifest tells."""
    if version is not None and not matches(np.array(summary.version), version).all():
        return False
    if outcome is not None and not any(summary.totals.get(name, 0) for name in _several(outcome)):
        return False
    return all(_may_match(summary, name, wanted) for name, wanted in selectors.items())


def _may_match(summary: Summary, name: str, wanted: Any) -> bool:
    if name in summary.fixed:
        return bool(matches(np.array(summary.fixed[name]), wanted).all())
    axis = summary.axes.get(name)
    if axis is not None and axis.choices is not None:
        return bool(matches(np.array(axis.choices), wanted).any())
    if axis is None or axis.lower is None or axis.upper is None:
        return True
    lower, upper = np.array(axis.lower), np.array(axis.upper)
    parts = [wanted] if isinstance(wanted, slice) else [slice(value, value) for value in _several(wanted)]
    return any(
        matches(upper, slice(part.start, None)).all() and matches(lower, slice(None, part.stop)).all()
        for part in parts
    )


def meanings(dataset: xr.Dataset) -> list[str]:
    """Returns what may become of a point, by the dataset's own words, except that it is missing."""
    outcome = dataset[OUTCOME]
    names = str(outcome.attrs["flag_meanings"]).split()
    codes = dict(zip(names, outcome.attrs["flag_values"], strict=True))
    return [name for name in names if codes[name] != 0]


def kinds(dataset: xr.Dataset) -> dict[str, bool]:
    """Returns whether each coordinate is text."""
    return {str(name): is_text(values) for name, values in dataset.coords.items()}


def check_outcome(wanted: Any, allowed: Sequence[str]) -> None:
    """Raises `CatalogueError` if an outcome is `wanted` that is not `allowed`.

    What is not selected is missing in the answer, so that cannot be asked for.
    """
    if not all(name in allowed for name in _several(wanted)):
        raise CatalogueError(f"Selector `outcome` must be among {', '.join(allowed)}, but is {wanted!r}.")


def with_outcome(dataset: xr.Dataset, wanted: Any) -> xr.Dataset | None:
    """Returns the points of `dataset` of which the outcome is `wanted`, or None if there are none."""
    outcome = dataset[OUTCOME]
    names = str(outcome.attrs["flag_meanings"]).split()
    codes = dict(zip(names, outcome.attrs["flag_values"], strict=True))
    chosen = outcome.isin([codes[name] for name in _several(wanted)]).compute()
    return masked(dataset, chosen) if chosen.any() else None


def masked(dataset: xr.Dataset, chosen: xr.DataArray) -> xr.Dataset:
    """Returns `dataset` without the points that are not `chosen`, and without what has none that is."""
    keep = {
        dim: chosen.any([other for other in chosen.dims if other != dim]).to_numpy() for dim in chosen.dims
    }
    dataset, chosen = dataset.isel(keep), chosen.isel(keep).drop_vars(chosen.coords)
    scattered = {
        name: dataset[name].where(chosen, absent(dataset[name]))
        for name in dataset.variables
        if set(chosen.dims) <= set(dataset[name].dims)
    }
    return dataset.assign(
        {name: scattered[name] for name in scattered if name in dataset.data_vars}
    ).assign_coords({name: scattered[name] for name in scattered if name in dataset.coords})


def absent(variable: xr.DataArray) -> Any:
    """Returns what stands where nothing is stored."""
    return schema.fill_of(variable.dtype)


def listed(wanted: Any) -> Any:
    """Returns several values as a list, whatever they came in; a single one and a slice as they are."""
    if hasattr(wanted, "__array__"):
        return np.asarray(wanted).tolist()
    return list(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else wanted


def _several(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def check(name: str, wanted: Any, *, is_text: bool) -> None:
    if isinstance(wanted, slice):
        ends = [end for end in (wanted.start, wanted.stop) if end is not None]
        fits = not is_text and wanted.step is None and all(map(_is_number, ends))
    else:
        fits = all(isinstance(value, str) if is_text else _is_number(value) for value in _several(wanted))
    if not fits:
        allowed = "text or several" if is_text else "a number, several, or a slice of numbers without a step"
        raise CatalogueError(f"Selector `{name}` must be {allowed}, but is {wanted!r}.")


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def is_text(variable: xr.DataArray) -> bool:
    return schema.is_text(variable.dtype)


def matches(values: NDArray[Any], wanted: Any) -> NDArray[np.bool_]:
    """Returns where `values` lie in a closed interval, or are one of several; up to rounding."""
    if isinstance(wanted, slice):
        inside = np.ones(values.shape, bool)
        if wanted.start is not None:
            inside &= (values >= wanted.start) | _equal(values, wanted.start)
        if wanted.stop is not None:
            inside &= (values <= wanted.stop) | _equal(values, wanted.stop)
        return inside
    found = np.zeros(values.shape, bool)
    for value in _several(wanted):
        found |= _equal(values, value)
    return found


def _equal(values: NDArray[Any], value: Any) -> NDArray[np.bool_]:
    """Returns where `values` are `value`, up to the rounding by which two ways of writing a number differ."""
    if isinstance(value, str) or values.dtype.kind in "UOT":
        return np.asarray(values == str(value))
    return np.asarray(np.isclose(values, value, rtol=1e-12, atol=0))
