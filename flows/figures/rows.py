"""Outputs of sweeps along one dimension: a row of panels for each, as lines or as a map."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.style import DIVERGING, PAPER, STYLE, symbol
from wellposed.flows.text import short, typographic
from wellposed.kinetics.study import Row, Rows
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

_PALETTE, _LIGHTEST = "viridis", 0.88
_FACTOR = 8.0  # by which the ends of the colours of a map differ from one
_PANELS = 4  # of these beside each other for three of other pictures

Line = tuple[Row, list[xr.Dataset]]
"""Panels that stand beside each other: what is stored for each."""


def rows_of_outputs(sweeps: Sequence[SweepAnswer], picture: Rows, columns: int = 3) -> Figure | None:
    """Draws a row of panels for each output, from the sweeps that vary what the row varies and no more.

    Returns None if there is no such sweep.  Panels are narrow: where `columns` of other pictures are beside
    each other, there may be a third more of these.
    """
    most = _PANELS * columns // 3
    lines: list[Line] = []
    for row in picture.rows:
        panels = list(_panels(sweeps, row))
        lines += [(row, panels[i : i + most]) for i in range(0, len(panels), most)]
    if not lines:
        return None
    columns = max(len(panels) for _, panels in lines)
    with mpl.rc_context(STYLE):
        size = (1.0 + 2.9 * columns, 0.4 + 3.1 * len(lines))
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        every = figure.subplots(len(lines), columns, squeeze=False)
        for axes in every.flat:
            axes.set_visible(False)
        for beside, (row, panels) in zip(every, lines, strict=True):
            for axes, stored in zip(beside, panels, strict=False):
                axes.set_visible(True)
                axes.set_title(f"{symbol(row.panels)} = {_number(stored[row.panels])}")
                (_draw_lines if row.kind == "lines" else _draw_map)(axes, row, stored)
            beside[0].set_ylabel(_label(panels[0][row.output]) if row.kind == "lines" else symbol(row.lines))
    return figure


def _panels(sweeps: Sequence[SweepAnswer], row: Row) -> Iterator[xr.Dataset]:
    """Yields what is stored for each panel: at values that are swept, or one at which a sweep is fixed.

    Where several sweeps have the same value, the first is taken.
    """
    taken = set()
    for sweep in sweeps:
        stored = sweep.stored
        if sweep.experiment.name != row.experiment:
            continue
        if set(stored[row.output].dims) | {row.panels} != {row.panels, row.lines, row.along}:
            continue
        for i in range(stored.sizes.get(row.panels, 1)):
            here = stored.isel({row.panels: i}) if row.panels in stored.dims else stored
            if (at := here[row.panels].item()) not in taken:
                taken.add(at)
                yield here


def _number(value: xr.DataArray) -> str:
    return typographic(short(value.item()))


def _label(variable: xr.DataArray) -> str:
    return str(variable.attrs.get("long_name", variable.name))


def _values(stored: xr.Dataset, row: Row) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the output and its error, (lines, along), NaN where nothing is known.

    On logarithmic axes, and in a map, nothing is where the error is not smaller than the output.
    """
    output = stored[row.output].transpose(row.lines, row.along)
    error = stored[f"{row.output}_error"].transpose(row.lines, row.along).values
    # an order parameter that is not resolved is no reason to leave out another output that is
    answered = stored["outcome"].isin([Outcome.OK, Outcome.UNRESOLVED]).broadcast_like(output)
    largest = np.abs(output.values) if row.limits is None else math.inf
    known = answered.transpose(*output.dims).values & (error < largest)
    return np.where(known, output.values, math.nan), error


def _draw_lines(axes: Axes, row: Row, stored: xr.Dataset) -> None:
    x = stored[row.along].values
    values, errors = _values(stored, row)
    colours = mpl.colormaps[_PALETTE](np.linspace(0.0, _LIGHTEST, len(values)))
    for i, (value, error) in enumerate(zip(values, errors, strict=True)):
        here, colour = stored.isel({row.lines: i}), to_hex(colours[i])
        label = f"{symbol(row.lines)} = {_number(here[row.lines])}"
        size = np.abs(value) if row.limits is None else value
        known = np.isfinite(value)
        axes.errorbar(
            x,
            size,
            np.where(known, error, 0.0),
            color=colour,
            marker="o",
            markersize=3,
            linewidth=1,
            label=label,
        )
        if row.mark is not None:
            point = {str(name): at.item() for name, at in here.coords.items() if at.ndim == 0}
            axes.axvline(row.mark(point), color=colour, linewidth=0.9, linestyle=":", zorder=1)
    if row.beside:
        beside = stored[row.beside].transpose(row.lines, row.along)
        first = int(np.argmax(np.isfinite(beside.values).any(axis=1)))
        axes.plot(x, np.abs(beside.values[first]), color="black", linewidth=1.2, label=_label(beside))
    if row.level is not None:
        axes.axhline(row.level, color=PAPER, linewidth=0.9, linestyle="--", zorder=2, label=row.level_label)
    if row.mark is not None:
        axes.plot([], [], ":", color="0.4", linewidth=0.9, label=row.mark_label)
    if row.limits is None:
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")
    else:
        axes.set_ylim(*row.limits)
    axes.set_xlabel(_label(stored[row.along]))
    axes.legend(facecolor="white", edgecolor="none", framealpha=0.7, fontsize=6)


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
