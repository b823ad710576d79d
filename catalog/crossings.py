"""Where an order parameter changes sign, found from points that are stored: a bracket on each line.

A sign is certain where a point is ``ok`` and its value exceeds its stated error.  A bracket ends at certain
signs alone; what has none may lie inside, and makes the bracket wider, never narrower.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

BOUNDARY_VARIABLES = ("boundary", "boundary_lower", "boundary_upper", "sign_changes", "boundary_outcome")
"""What is found on each line, whether a grid or a search was stored."""

TEXT = np.dtypes.StringDType()


def crossings(
    value: xr.DataArray, error: xr.DataArray, is_ok: xr.DataArray, is_there: xr.DataArray, along: str
) -> xr.Dataset:
    """Returns the lowest change of sign on each line along a dimension, and how many there are.

    Parameters
    ----------
    value, error : DataArray of float64
        The order parameter and its absolute error, with a coordinate `along`, in any order but distinct.
    is_ok, is_there : DataArray of bool
        Where a point is resolved, and where one was computed at all.
    along : str

    Returns
    -------
    Dataset
        The variables `BOUNDARY_VARIABLES`, over the other dimensions.
    """
    at = value[along].to_numpy()
    order = np.argsort(at)
    at = at[order]
    others = [dim for dim in value.dims if dim != along]
    values, errors, ok, there = (
        array.transpose(*others, along).to_numpy()[..., order] for array in (value, error, is_ok, is_there)
    )
    usable = ok & np.isfinite(values) & np.isfinite(errors) & (errors >= 0)
    sign = np.where(usable & (np.abs(values) > errors), np.sign(values), 0).astype(int)
    below, changes = _changes(sign)
    count = changes.sum(-1)
    first = changes.argmax(-1)
    lower = np.where(count > 0, at[np.take_along_axis(below, first[..., None], -1)[..., 0]], np.nan)
    upper = np.where(count > 0, at[first], np.nan)
    outcome = np.select(
        [count > 0, ~there.all(-1), (sign == 0).any(-1)], ["located", "missing", "unresolved"], "none"
    )
    units = {"units": value[along].attrs["units"]} if "units" in value[along].attrs else {}

    def variable(data: NDArray[Any], long_name: str, **attributes: str) -> xr.Variable:
        return xr.Variable(others, data, {"long_name": long_name, **attributes})

    coordinates = {name: one for name, one in value.coords.items() if along not in one.dims}
    return xr.Dataset(
        {
            "boundary": variable(
                (lower + upper) / 2,
                f"boundary along {along}",
                ancillary_variables="boundary_lower boundary_upper boundary_outcome",
                **units,
            ),
            "boundary_lower": variable(lower, "certain sign below it", **units),
            "boundary_upper": variable(upper, "certain sign above it", **units),
            "sign_changes": variable(count, "changes of sign seen, of which the boundary is lowest"),
            "boundary_outcome": variable(outcome.astype(TEXT), "located, none, unresolved or missing"),
        },
        coordinates,
    )


def _changes(sign: NDArray[np.int_]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Returns, along the last axis, the nearest certain sign before each point, and where it is opposite."""
    places = np.where(sign != 0, np.arange(sign.shape[-1]), -1)
    latest = np.maximum.accumulate(places, axis=-1)
    below = np.concatenate([np.full((*sign.shape[:-1], 1), -1), latest[..., :-1]], axis=-1)
    before = np.where(below >= 0, np.take_along_axis(sign, np.maximum(below, 0), -1), 0)
    return below, before * sign < 0
