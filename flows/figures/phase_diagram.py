"""Phase diagrams: the order parameter over two parameters, and the boundary where it changes sign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.panels import Panel, planes
from wellposed.flows.figures.place import place
from wellposed.flows.figures.style import (
    DIVERGING,
    EMPTY,
    HALO,
    HATCHES,
    PAPER,
    STYLE,
    WORDS,
    draw_further_changes,
    draw_published,
    folded,
    is_geometric,
    label,
    legend_below,
    order_label,
    symbol,
)
from wellposed.flows.text import WITHOUT_BOUNDARY
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

MOST_PANELS = 6

CROWDED = 0.12
"""Of the axis: ticks that are closer are not told apart."""

STROKES: Any = {
    "none": ":",
    "unresolved": "-.",
    "failed": (0, (1, 1)),
    "tangential": (0, (1, 4)),
    "plateau": (0, (4, 2)),
}
"""How a line without a boundary is drawn, by what is shown as its outcome."""


def phase_diagram(
    boundaries: Sequence[BoundaryAnswer], sweeps: Sequence[SweepAnswer], columns: int = 3
) -> Figure | None:
    """Draws the planes of some answers; see `planes`.

    Returns None if there is none, or there are more than fit on a page.
    """
    panels = planes(boundaries, sweeps)
    return draw_planes(panels, columns) if 0 < len(panels) <= MOST_PANELS else None


def draw_planes(panels: Sequence[Panel], columns: int = 3) -> Figure:
    """Draws panels of one experiment beside each other, so many in a row, with one scale of colours."""
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    with mpl.rc_context(STYLE):
        size = (0.9 + 3.2 * columns, 0.9 + 3.0 * rows) if columns > 1 else (4.2, 1.7 + 3.2 * rows)
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        every = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes in every[len(panels) :]:
            axes.set_visible(False)
        largest = max(np.max(np.abs(panel.value[panel.resolved]), initial=1e-300) for panel in panels)
        colours = ScalarMappable(CenteredNorm(0.0, largest), DIVERGING)
        for axes, panel in zip(every, panels, strict=False):
            _draw(axes, panel, colours)
        beside: Any = (
            {"location": "right", "pad": 0.02} if columns > 1 else {"location": "top", "pad": 0.03 / rows}
        )
        figure.colorbar(
            colours, ax=every, label=folded(order_label(panels[0].experiment), 24 + 20 * rows), **beside
        )
        legend_below(figure, columns)
    return figure


def _draw(axes: Axes, panel: Panel, colours: ScalarMappable) -> None:
    look: dict[str, Any] = {"cmap": colours.cmap, "norm": colours.norm, "zorder": 1}
    if is_geometric(panel.at_x):
        axes.set_xscale("log")
    if panel.value.ndim == 2:
        value = np.ma.masked_where(~panel.resolved, panel.value)
        mesh = axes.pcolormesh(panel.at_x, panel.at_y, value, shading="nearest", rasterized=True, **look)
        _hatch(axes, panel, np.asarray(mesh.get_coordinates()))
        across = [*panel.at_x, *(_at(line, panel) for line in panel.lines)]
        axes.set_xlim(min(across), max(across))
        ends = [(line.lower, line.upper) for line in panel.lines]
        ends += [(zero.lower, zero.upper) for line in panel.lines for zero in line.others]
        located = [end for pair in ends for end in pair if np.isfinite(end)]
        axes.set_ylim(min([*panel.at_y, *located]), max([*panel.at_y, *located]))
    else:
        at = panel.at_x[panel.resolved], panel.at_y[panel.resolved]
        axes.scatter(*at, c=panel.value[panel.resolved], s=42, edgecolors="0.4", linewidths=0.5, **look)
        for outcome, hatch in HATCHES.items():
            here = (panel.outcome == outcome) if outcome != Outcome.UNRESOLVED else _unresolved(panel)
            if here.any():
                axes.scatter(
                    panel.at_x[here],
                    panel.at_y[here],
                    s=42,
                    hatch=2 * hatch,
                    label=WORDS[outcome],
                    **EMPTY,
                    zorder=2,
                )
        axes.margins(x=0.15)
        ticks = np.unique(panel.at_x)
        if np.min(np.diff(ticks), initial=np.inf) > CROWDED * np.ptp(ticks):
            axes.set_xticks(ticks)
    _draw_lines(axes, panel)
    threshold = panel.published
    if threshold is not None:
        draw_published(axes, threshold.value, "published, with source", 5.5)
        low, high = axes.get_ylim()
        above = threshold.value < low + 0.9 * (high - low)
        axes.annotate(
            label(f"{threshold.label}, {threshold.source}"),
            (1.0, threshold.value),
            xycoords=("axes fraction", "data"),
            xytext=(-4, 3 if above else -3),
            textcoords="offset points",
            ha="right",
            va="bottom" if above else "top",
            color=PAPER,
            fontsize=8,
            path_effects=HALO,
            zorder=6,
        )
    axes.set_title(folded(place(panel.experiment, panel.point, (panel.x, panel.y)), 38))
    axes.set_xlabel(symbol(panel.x))
    axes.set_ylabel(symbol(panel.y))


def _unresolved(panel: Panel) -> NDArray[np.bool_]:
    answered = np.isin(panel.outcome, [Outcome.OK, Outcome.UNRESOLVED])
    return answered & ~panel.resolved


def _hatch(axes: Axes, panel: Panel, edges: NDArray[np.float64]) -> None:
    """Marks the cells of a grid that have no answer."""
    for outcome, hatch in HATCHES.items():
        here = _unresolved(panel) if outcome == Outcome.UNRESOLVED else panel.outcome == outcome
        if here.any():
            corners = (edges[:-1, :-1], edges[:-1, 1:], edges[1:, 1:], edges[1:, :-1])
            cells = np.stack([corner[here] for corner in corners], axis=1)
            look: dict[str, Any] = {**EMPTY, "zorder": 2, "rasterized": True}
            axes.add_collection(PolyCollection(list(cells), hatch=hatch, label=WORDS[outcome], **look))


def _draw_lines(axes: Axes, panel: Panel) -> None:
    """Draws brackets where a boundary is located; where it is not, the line that was searched.

    Between two located boundaries that are not neighbours nothing is known, and there is no stroke.
    """
    lines = sorted(panel.lines, key=lambda line: _at(line, panel))
    found = [(line.boundary, line.error) if line.outcome == "located" else (np.nan, np.nan) for line in lines]
    if any(line.outcome == "located" for line in lines):
        value, error = np.array(found).T
        axes.errorbar(
            [_at(line, panel) for line in lines],
            value,
            error,
            fmt="o-",
            color="black",
            linewidth=1.2,
            markersize=4,
            capsize=3,
            markerfacecolor="white",
            zorder=5,
            clip_on=False,
            label="located, with bracket",
        )
    draw_further_changes(
        axes,
        lines,
        panel.x,
        color="black",
        markersize=3.5,
        capsize=3,
        markerfacecolor="white",
        zorder=5,
        clip_on=False,
    )
    for line in panel.lines:
        if line.shown in STROKES:
            stroke = STROKES[line.shown]
            look: dict[str, Any] = {"color": "0.15", "linewidth": 1.0, "linestyle": stroke, "zorder": 3}
            axes.axvline(_at(line, panel), label=f"searched: {WITHOUT_BOUNDARY[line.shown]}", **look)


def _at(line: Line, panel: Panel) -> float:
    return float(line.point[panel.x])
