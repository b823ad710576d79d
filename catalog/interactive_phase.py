"""Phase diagrams of stored datasets that can be looked into."""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.catalog.interactive_plot import (
    Brackets,
    InteractivePlot,
    Labels,
    Points,
    phase_panel,
    plot_of,
)
from wellposed.catalog.schema import OUTCOME


def gridded(dataset: xr.Dataset, found: xr.Dataset, across: str, along: str, title: str) -> InteractivePlot:
    """Returns a cell for each point of a grid, and the bracket of each line.

    Parameters
    ----------
    dataset : Dataset
        Over `across` and `along`; what else it has is of length one.
    found : Dataset
        What `wellposed.catalog.crossings.crossings` found in it.
    across, along, title : str
    """
    plane = _squeezed(dataset, {across, along}).transpose(along, across, ...)
    x, y = (plane[name].to_numpy().astype(np.float64) for name in (across, along))
    at_x, at_y = np.meshgrid(x, y)
    points = _points(plane, at_x, at_y)
    return _plot(points, found, across, along, title, grid=(x, y), name=str(dataset.attrs["order_parameter"]))


def scattered(
    dataset: xr.Dataset | None, found: xr.Dataset, across: str, along: str, title: str
) -> InteractivePlot:
    """Returns a circle for each evaluation of a search, and the bracket of each line.

    Parameters
    ----------
    dataset : Dataset, optional
        The whole search; without it there are brackets alone.
    found : Dataset
    across, along, title : str
    """
    if dataset is None:
        none = np.zeros(0)
        return _plot(Points(none, none, none, none, []), found, across, along, title)
    order = (across, "evaluation")
    searched = _squeezed(dataset, set(order)).transpose(*order, ...)
    at_x = np.broadcast_to(searched[across].to_numpy()[:, None], searched[along].shape)
    points = _points(searched, at_x, searched[along].to_numpy())
    asked = np.array([word != "missing" for word in points.outcome], bool)
    name = str(dataset.attrs["order_parameter"])
    return _plot(points.where(asked), found, across, along, title, name=name)


def _squeezed(dataset: xr.Dataset, kept: set[str]) -> xr.Dataset:
    """Returns the order parameter with its error and outcome over the dimensions that are `kept`."""
    name = str(dataset.attrs["order_parameter"])
    part = dataset[[name, f"{name}_error", OUTCOME]]
    return part.isel({dim: 0 for dim in part.dims if dim not in kept}).compute()


def _points(plane: xr.Dataset, x: NDArray[np.float64], y: NDArray[np.float64]) -> Points:
    name = str(plane.attrs["order_parameter"])
    outcome = plane[OUTCOME]
    meanings = dict(
        zip(outcome.attrs["flag_values"], str(outcome.attrs["flag_meanings"]).split(), strict=True)
    )
    words = [meanings[int(code)] for code in outcome.to_numpy().ravel()]
    value, error = (plane[one].to_numpy().ravel() for one in (name, f"{name}_error"))
    is_there = np.isin(words, ["ok", "unresolved"])
    return Points(
        x.ravel().astype(np.float64),
        y.ravel().astype(np.float64),
        np.where(is_there, value, np.nan),
        np.where(is_there, error, np.nan),
        words,
    )


def _plot(
    points: Points,
    found: xr.Dataset,
    across: str,
    along: str,
    title: str,
    *,
    grid: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    name: str = "boundary",
) -> InteractivePlot:
    lines = found.squeeze()
    outcomes, at = (lines[one].to_numpy() for one in ("boundary_outcome", across))
    is_located = np.array([outcome == "located" for outcome in outcomes], bool)
    ends = [lines[one].to_numpy()[is_located] for one in ("boundary", "boundary_lower", "boundary_upper")]
    without: dict[str, list[float]] = {}
    for outcome, place in zip(outcomes[~is_located], at[~is_located], strict=True):
        without.setdefault(f"boundary {outcome}", []).append(float(place))
    is_ok = np.array([word == "ok" for word in points.outcome], bool)
    panel = phase_panel(
        points,
        Labels(across, along, name),
        Brackets(at[is_located].astype(np.float64), *ends),
        limit=float(np.nanmax(np.abs(points.value[is_ok]), initial=1e-300)),
        grid=grid,
        without=without,
    )
    return plot_of([panel], title)
