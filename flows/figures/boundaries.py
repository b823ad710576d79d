"""Many boundaries at once: curves over one parameter, a panel for each combination of choices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wellposed.flows.figures.style import STYLE, draw_printed, symbol
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.kinetics.experiment import Experiment

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Told apart by the colour-blind [Okabe and Ito 2008]."""

NO_BOUNDARY = (
    ("none", "^", "no boundary"),
    ("tangential", "d", "touches zero"),
    ("plateau", "s", "zero over a stretch"),
    ("unresolved", "x", "unresolved"),
    ("failed", "+", "failed"),
)
"""Outcomes without a boundary, how they are marked, and what they are called."""


def boundary_curves(found: Mapping[SearchJob, Sequence[Line]], columns: int = 3) -> Figure | None:
    """The boundary over that number which takes most values, for searches of one experiment.

    Every boundary has its bracket, and the stroke ends where the next line has none.  Where there is no
    boundary a mark stands at the edge; where it is unresolved or failed, a cross.  None if the
    searches have no number to draw them over.
    """
    jobs = list(found)
    experiment, along = jobs[0].experiment, jobs[0].search.along
    lines = [
        line
        for job in jobs
        if job.experiment is experiment and job.search.along == along
        for line in found[job]
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
        low, high = jobs[0].search.lower, jobs[0].search.upper
        every[0, 0].set_ylim(low - 0.04 * (high - low), high + 0.06 * (high - low))
    return figure


def _draw(
    axes: Axes, experiment: Experiment, along: str, x: str, lines: Sequence[Line], others: Sequence[str]
) -> None:
    """One panel: a curve for each value of the `others` that matter, those that coincide drawn as one."""
    curves: dict[tuple[tuple[float, float | None], ...], list[list[Line]]] = {}
    series: dict[tuple[object, ...], list[Line]] = {}
    for line in sorted(lines, key=lambda line: float(line.point[x])):
        told = [name for name in others if experiment.parameter(name).matters(line.point)]
        series.setdefault(tuple(line.point[name] for name in told), []).append(line)
    for one in series.values():
        key = tuple(
            (float(line.point[x]), round(line.boundary, 4) if line.outcome == "located" else None)
            for line in one
        )
        curves.setdefault(key, []).append(one)
    located = [alike for key, alike in curves.items() if any(at is not None for _, at in key)]
    for i, alike in enumerate(located):
        points = [one[0].point for one in alike]
        told = [name for name in others if experiment.parameter(name).matters(points[0])]
        label = f"located, all {len(points)} of {spread(told, points)}" if told else "located"
        colour = COLOURS[i % len(COLOURS)]
        _draw_brackets(axes, x, alike, color=colour, label=label)
    for outcome, marker, words in NO_BOUNDARY:
        at = sorted({float(line.point[x]) for line in lines if line.said == outcome})
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
                label=words,
            )
    threshold = experiment.printed_threshold(along, lines[0].point)
    if threshold is not None:
        draw_printed(axes, threshold.value, f"{threshold.label}, {threshold.source}", 0)
    axes.legend(loc="best", frameon=False, fontsize=7)


def _draw_brackets(axes: Axes, x: str, alike: Sequence[Sequence[Line]], **look: Any) -> None:
    """One curve for some that coincide, with what their brackets span.

    There is no stroke past a line that has no boundary.
    """
    found = np.array(
        [
            (min(line.lower for line in lines), max(line.upper for line in lines))
            if lines[0].outcome == "located"
            else (np.nan, np.nan)
            for lines in zip(*alike, strict=True)
        ]
    )
    at = [float(line.point[x]) for line in alike[0]]
    axes.errorbar(
        at, found.mean(axis=1), 0.5 * np.ptp(found, axis=1), fmt="o-", markersize=3.5, capsize=2, **look
    )


def spread(names: Sequence[str], points: Sequence[Mapping[str, object]]) -> str:
    """Such as ``N = 1 to 20, A = 1 to 100``."""
    spans = []
    for name in names:
        values = sorted({float(str(point[name])) for point in points})
        ends = f"{values[0]:g}" if len(values) == 1 else f"{values[0]:g} to {values[-1]:g}"
        spans.append(f"{symbol(name)} = {ends}")
    return ", ".join(spans)
