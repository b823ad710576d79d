"""Many boundaries at once: curves over one parameter, a panel for each combination of choices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wellposed.flows.figures.brackets import common_boundary
from wellposed.flows.figures.place import span
from wellposed.flows.figures.style import (
    COLOURS,
    STYLE,
    draw_further_changes,
    draw_published,
    symbol,
)
from wellposed.flows.text import WITHOUT_BOUNDARY
from wellposed.kinetics.experiment import Experiment
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line

MARKERS = {"none": "^", "tangential": "d", "plateau": "s", "unresolved": "x", "failed": "+"}
"""By which lines without a boundary are marked, by what is shown as their outcome."""

SAME = 4
"""Decimal places to which boundaries agree that are drawn as one."""


def boundary_curves(boundaries: Sequence[BoundaryAnswer], columns: int = 3) -> Figure | None:
    """Draws the boundary over that number which takes most values, for searches of one experiment.

    Every boundary has its bracket, and the stroke ends where the next line has none.  Where there is no
    boundary a mark stands at the edge; where it is unresolved or failed, a cross.

    Parameters
    ----------
    boundaries : sequence of BoundaryAnswer
        Those that ask the same as the first are drawn.
    columns : int
        How many panels are beside each other.

    Returns
    -------
    Figure or None
        None if the searches have no number over which they can be drawn.
    """
    first = boundaries[0]
    experiment, along = first.experiment, first.search.along
    lines = [
        line
        for answer in boundaries
        if answer.experiment is experiment and answer.search.along == along
        for line in answer.lines
    ]
    numbers = [p.name for p in experiment.parameters if p.kind != "choice" and p.name != along]
    choices = [p.name for p in experiment.parameters if p.kind == "choice"]
    x = max(numbers, key=lambda name: len({line.point[name] for line in lines}), default=None)
    if x is None or len({line.point[x] for line in lines}) < 2:
        return None
    panels: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        panels.setdefault(tuple(str(line.point[name]) for name in choices), []).append(line)
    order = [experiment.parameter(name).choices for name in choices]
    panels = {
        key: panels[key]
        for key in sorted(panels, key=lambda key: [o.index(c) for o, c in zip(order, key, strict=True)])
    }
    columns = min(len({key[-1:] for key in panels}), columns)
    rows = math.ceil(len(panels) / columns)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(1.0 + 3.0 * columns, 0.6 + 2.2 * rows), layout="constrained", dpi=150)
        every = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axes in every.flat[len(panels) :]:
            axes.set_visible(False)
        for axes, (chosen, here) in zip(every.flat, panels.items(), strict=False):
            _draw(axes, experiment, along, x, here, [name for name in numbers if name != x])
            axes.set_title(", ".join(choice.replace("_", " ") for choice in chosen))
        for axes in every[:, 0]:
            axes.set_ylabel(symbol(along))
        for axes in every[-1]:
            axes.set_xlabel(symbol(x))
        low, high = first.search.lower, first.search.upper
        every[0, 0].set_ylim(low - 0.04 * (high - low), high + 0.06 * (high - low))
    return figure


def _draw(
    axes: Axes, experiment: Experiment, along: str, x: str, lines: Sequence[Line], others: Sequence[str]
) -> None:
    """Draws a panel: a curve for each value of the `others` that matter, those that coincide as one."""
    curves: dict[tuple[tuple[float, float | None], ...], list[list[Line]]] = {}
    series: dict[tuple[object, ...], list[Line]] = {}
    for line in sorted(lines, key=lambda line: float(line.point[x])):
        names = [name for name in others if experiment.parameter(name).matters(line.point)]
        series.setdefault(tuple(line.point[name] for name in names), []).append(line)
    for one in series.values():
        key = tuple(
            (float(line.point[x]), round(line.boundary, SAME) if line.outcome == "located" else None)
            for line in one
        )
        curves.setdefault(key, []).append(one)
    located = [alike for key, alike in curves.items() if any(at is not None for _, at in key)]
    for i, alike in enumerate(located):
        points = [one[0].point for one in alike]
        names = [name for name in others if experiment.parameter(name).matters(points[0])]
        label = f"located, all {len(points)} of {span(names, points)}" if names else "located"
        _draw_brackets(axes, x, alike, color=COLOURS[i % len(COLOURS)], label=label)
    draw_further_changes(axes, lines, x, color="0.35", markersize=3, capsize=2)
    for outcome, marker in MARKERS.items():
        at = sorted({float(line.point[x]) for line in lines if line.shown == outcome})
        if at:
            height = 0.5 if outcome in ("unresolved", "failed") else 1.0
            axes.plot(
                at,
                np.full(len(at), height),
                marker,
                color="0.35",
                markersize=5,
                transform=axes.get_xaxis_transform(),
                clip_on=False,
                label=WITHOUT_BOUNDARY[outcome],
            )
    threshold = experiment.printed_threshold(along, lines[0].point)
    if threshold is not None:
        draw_published(axes, threshold.value, f"{threshold.label}, {threshold.source}", 0)
    axes.legend(loc="best", frameon=False, fontsize=7)


def _draw_brackets(axes: Axes, x: str, alike: Sequence[Sequence[Line]], **look: Any) -> None:
    """Draws one curve for some that coincide, with what their brackets span.

    There is no stroke past a line that has no boundary.
    """
    found = [
        common_boundary(lines) if lines[0].outcome == "located" else (np.nan, np.nan)
        for lines in zip(*alike, strict=True)
    ]
    value, error = np.array(found).T
    at = [float(line.point[x]) for line in alike[0]]
    axes.errorbar(at, value, error, fmt="o-", markersize=3.5, capsize=2, **look)
