"""Phase diagrams drawn from stored datasets: colour, brackets, and hatching where there is no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import xarray as xr
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

COLOUR_MAP = "RdBu_r"
"""Diverging, white at zero, and told apart by the colour-blind."""

HATCHES = {"unresolved": "////", "failed": "xxxx"}

OUTLINE_COLOUR = "0.35"

EMPTY_COLOUR = "0.9"
"""The colour where nothing is stored: white is zero."""


def gridded(
    value: xr.DataArray,
    outcome: xr.DataArray,
    codes: Mapping[str, int],
    found: xr.Dataset,
    across: str,
    along: str,
    ax: Axes | None,
) -> Axes:
    """Draws a cell for each point of a grid, and the bracket of each line.

    Parameters
    ----------
    value, outcome : DataArray
        Over `across` and `along`; what else they have is of length one.
    codes : mapping of str to int
        What the outcomes mean.
    found : Dataset
        What `wellposed.catalog.crossings.crossings` found in it.
    across, along : str
    ax : matplotlib Axes, optional
        A new one, if not given.
    """
    value, outcome = (_plane(array, across, along) for array in (value, outcome))
    ax = _axes(ax)
    scales: dict[str, Any] = _scales(value, across, along)
    resolved = value.where(outcome == codes["ok"])
    cells: Any = resolved.plot.pcolormesh(
        x=across, y=along, ax=ax, cmap=COLOUR_MAP, center=0.0, rasterized=True, **scales
    )
    ax.set_facecolor(EMPTY_COLOUR)
    edges = cells.get_coordinates()
    legend: list[Artist] = []
    for meaning, hatch in HATCHES.items():
        here = (outcome == codes[meaning]).to_numpy()
        if here.any():
            masked = np.ma.masked_where(~here, here * 1.0)
            look: dict[str, Any] = {
                "hatch": hatch,
                "edgecolors": OUTLINE_COLOUR,
                "linewidths": 0.0,
                "rasterized": True,
            }
            ax.pcolor(edges[..., 0], edges[..., 1], masked, cmap=ListedColormap(["none"]), **look)
            legend.append(Patch(facecolor="none", edgecolor=OUTLINE_COLOUR, hatch=hatch, label=meaning))
    _draw_brackets(ax, found, across, legend)
    return ax


def scattered(
    value: xr.DataArray | None,
    without: xr.DataArray | None,
    found: xr.Dataset,
    across: str,
    along: str,
    ax: Axes | None,
) -> Axes:
    """Draws a circle or a cross for each evaluation of a search, and the bracket of each line.

    A line that has no boundary is dotted.

    Parameters
    ----------
    value : DataArray, optional
        Where it is resolved, with a coordinate `along` of its own dimensions.  If not given, brackets alone.
    without : DataArray of bool, optional
        Where there was no answer, laid out as `value`.
    found : Dataset
    across, along : str
    ax : matplotlib Axes, optional
        A new one, if not given.
    """
    ax = _axes(ax)
    legend: list[Artist] = []
    if value is not None and without is not None:
        points = _plain(value.squeeze()).rename("value").reset_coords(along)
        largest = float(np.nanmax(np.abs(value.to_numpy()), initial=1e-300))
        look: dict[str, Any] = {
            "cmap": COLOUR_MAP,
            "vmin": -largest,
            "vmax": largest,
            "edgecolors": OUTLINE_COLOUR,
        }
        points.plot.scatter(x=across, y=along, hue="value", ax=ax, add_legend=False, **look)
        if without.any():
            here = without.transpose(*value.dims).to_numpy()
            spread = (value[name].broadcast_like(value).transpose(*value.dims) for name in (across, along))
            at = [one.to_numpy()[here] for one in spread]
            legend += ax.plot(*at, "x", color=OUTLINE_COLOUR, label="unresolved or failed")
    else:
        _plain(found["boundary"]).plot.line(x=across, ax=ax, linestyle="none")
    searched = found.squeeze()
    for outcome in dict.fromkeys(searched["boundary_outcome"].to_numpy().tolist()):
        if outcome != "located":
            lines = searched[across].to_numpy()[(searched["boundary_outcome"] == outcome).to_numpy()]
            look = {"color": OUTLINE_COLOUR, "linestyle": ":", "linewidth": 1.0, "zorder": 0}
            legend += [ax.axvline(at, label=f"boundary: {outcome}", **look) for at in lines][:1]
    _draw_brackets(ax, found, across, legend)
    return ax


def _axes(ax: Axes | None) -> Axes:
    return plt.subplots(layout="constrained")[1] if ax is None else ax


def _plane(array: xr.DataArray, across: str, along: str) -> xr.DataArray:
    """Returns what is drawn of an array, upwards and to the right."""
    others = [dim for dim in array.dims if dim not in (across, along)]
    return _plain(array.squeeze(others).transpose(along, across).sortby([across, along]).compute())


def _plain(array: xr.DataArray) -> xr.DataArray:
    """Returns the same without units of 1, which labels would show."""
    array = array.copy(deep=False)
    for one in (array, *array.coords.values()):
        if one.attrs.get("units") == "1":
            del one.attrs["units"]
    return array


def _scales(value: xr.DataArray, across: str, along: str) -> dict[str, str]:
    """Returns a logarithmic scale for values nearer to a geometric than to an arithmetic sequence."""
    scales = {}
    for letter, name in (("x", across), ("y", along)):
        at = value[name].to_numpy()
        if at.size > 2 and at[0] > 0 and np.std(np.diff(np.log(at))) < 0.01 * np.log(at[-1] / at[0]):
            scales[f"{letter}scale"] = "log"
    return scales


def _draw_brackets(ax: Axes, found: xr.Dataset, across: str, handles: Sequence[Artist]) -> None:
    found = found.squeeze().sortby(across)
    is_located = found["boundary_outcome"] == "located"
    if is_located.any():
        # A stroke from one boundary to the next would tell of lines between them that have none.
        located = found[["boundary", "boundary_lower", "boundary_upper"]].where(is_located)
        at = located["boundary"].to_numpy()
        bars = [at - located["boundary_lower"].to_numpy(), located["boundary_upper"].to_numpy() - at]
        look: dict[str, Any] = {"markersize": 4, "markerfacecolor": "white", "capsize": 3, "linewidth": 1.0}
        drawn: Any = ax.errorbar(
            located[across], at, bars, fmt="o-", color="black", label="boundary, with bracket", **look
        )
        handles = [*handles, drawn]
    if handles:
        ax.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, frameon=False)
