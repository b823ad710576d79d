"""Outputs of sweeps along one dimension: a row of panels for each, as lines or as a map."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.style import DIVERGING, STYLE, symbol
from wellposed.flows.text import short, typographic
from wellposed.kinetics.study import Row, Rows
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

_PALETTE, _LIGHTEST = "viridis", 0.88
_FACTOR = 8.0  # by which the ends of the colours of a map differ from one


def rows_of_outputs(sweeps: Sequence[SweepAnswer], picture: Rows) -> Figure | None:
    """Draws a row of panels for each output, from the sweeps that have all of its dimensions.

    Returns None if there is no such sweep.
    """
    found = [(row, stored) for row in picture.rows if (stored := _stored(sweeps, row)) is not None]
    if not found:
        return None
    columns = max(stored.sizes[row.panels] for row, stored in found)
    with mpl.rc_context(STYLE):
        size = (1.0 + 2.9 * columns, 0.4 + 3.1 * len(found))
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        every = figure.subplots(len(found), columns, squeeze=False)
        for axes in every.flat:
            axes.set_visible(False)
        for line, (row, stored) in zip(every, found, strict=True):
            for axes, at in zip(line, stored[row.panels].values, strict=False):
                axes.set_visible(True)
                axes.set_title(f"{symbol(row.panels)} = {typographic(short(float(at)))}")
                (_draw_lines if row.kind == "lines" else _draw_map)(axes, row, stored.sel({row.panels: at}))
            line[0].set_ylabel(_label(stored[row.output]) if row.kind == "lines" else symbol(row.lines))
    return figure


def _stored(sweeps: Sequence[SweepAnswer], row: Row) -> xr.Dataset | None:
    """Returns what the first sweep has found that varies what the row varies, and nothing else."""
    wanted = {row.panels, row.lines, row.along}
    for sweep in sweeps:
        if sweep.experiment.name == row.experiment and set(sweep.stored[row.output].dims) == wanted:
            return sweep.stored
    return None


def _label(variable: xr.DataArray) -> str:
    return str(variable.attrs.get("long_name", variable.name))


def _values(stored: xr.Dataset, row: Row) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the output and its error, (lines, along), NaN where none is known to its size."""
    output = stored[row.output].transpose(row.lines, row.along)
    error = stored[f"{row.output}_error"].transpose(row.lines, row.along).values
    answered = stored["outcome"].isin([Outcome.OK, Outcome.UNRESOLVED]).broadcast_like(output)
    resolved = answered.transpose(*output.dims).values & (error < np.abs(output.values))
    return np.where(resolved, output.values, math.nan), error


def _draw_lines(axes: Axes, row: Row, stored: xr.Dataset) -> None:
    x = stored[row.along].values
    values, errors = _values(stored, row)
    colours = mpl.colormaps[_PALETTE](np.linspace(0.0, _LIGHTEST, len(values)))
    for at, value, error, colour in zip(stored[row.lines].values, values, errors, colours, strict=True):
        label = f"{symbol(row.lines)} = {typographic(short(float(at)))}"
        size = np.abs(value)
        axes.errorbar(
            x, size, error, color=to_hex(colour), marker="o", markersize=3, linewidth=1, label=label
        )
    if row.beside:
        beside = stored[row.beside].transpose(row.lines, row.along)
        first = int(np.argmax(np.isfinite(beside.values).any(axis=1)))
        axes.plot(x, np.abs(beside.values[first]), color="black", linewidth=1.2, label=_label(beside))
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    axes.set_xlabel(_label(stored[row.along]))
    axes.legend(frameon=False, fontsize=6)


def _draw_map(axes: Axes, row: Row, stored: xr.Dataset) -> None:
    values, _ = _values(stored, row)
    with np.errstate(invalid="ignore", divide="ignore"):
        # what has the other sign is as far from one as can be
        factor = np.where(values > 0.0, np.log2(values), np.where(np.isnan(values), math.nan, -math.inf))
    limit = math.log2(_FACTOR)
    image = axes.pcolormesh(
        np.log2(stored[row.along].values),
        np.arange(len(values)),
        np.clip(factor, -limit, limit),
        cmap=DIVERGING,
        vmin=-limit,
        vmax=limit,
        shading="nearest",
    )
    axes.set_facecolor("0.8")
    axes.set_yticks(np.arange(len(values)), [typographic(short(float(t))) for t in stored[row.lines].values])
    axes.set_xlabel(f"log₂ {_label(stored[row.along])}")
    bar = axes.figure.colorbar(image, ax=axes, ticks=[-3, -2, -1, 0, 1, 2, 3])
    bar.ax.set_yticklabels(["⅛", "¼", "½", "1", "2", "4", "8"])
