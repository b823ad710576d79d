"""Boundaries of several questions in one panel: a colour for each value of one choice, and thin guides."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wellposed.flows.figures.place import span
from wellposed.flows.figures.style import COLOURS, DASHES, PAPER, STYLE, symbol
from wellposed.flows.text import WITHOUT_BOUNDARY, short, typographic
from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.study import Guide, Overlay
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line

MARKERS = "os^Dv"


def overlaid_boundaries(
    boundaries: Sequence[BoundaryAnswer], overlay: Overlay, columns: int = 3
) -> Figure | None:
    """Draws the boundaries for all values of the choice `overlay.together` in one panel.

    The searches ask one experiment along one parameter.  There is a panel for each combination of the other
    choices.  Across it goes the number that takes most values there; where lines differ in other numbers and
    their brackets overlap, they are drawn as one.  Error bars are brackets.

    Returns None if there is no search.
    """
    if not boundaries:
        return None
    experiment, along = boundaries[0].experiment, boundaries[0].search.along
    together = overlay.together
    choices = [p.name for p in experiment.parameters if p.kind == "choice" and p.name != together]
    panels: dict[tuple[str, ...], list[Line]] = {}
    for line in (line for answer in boundaries for line in answer.lines):
        panels.setdefault(tuple(str(line.point[name]) for name in choices), []).append(line)
    across = {chosen: _across(experiment, along, lines) for chosen, lines in panels.items()}
    with mpl.rc_context(STYLE):
        columns = min(columns, len(panels))
        rows = -(-len(panels) // columns)
        figure = Figure(figsize=(1.0 + 3.6 * columns, 4.2 * rows), layout="constrained", dpi=150)
        every = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes in every[len(panels) :]:
            axes.set_visible(False)
        for axes, (chosen, lines) in zip(every, panels.items(), strict=False):
            here = [
                guide
                for guide in overlay.guides
                if all(lines[0].point[name] in values for name, values in guide.when.items())
            ]
            _draw(axes, experiment, along, across[chosen], together, lines, here)
            title = [
                f"{name} {choice}".replace("_", " ") for name, choice in zip(choices, chosen, strict=True)
            ]
            title += [
                f"{symbol(name)} = {typographic(short(lines[0].point[name]))}"
                for name in sorted(set(across.values()) - {across[chosen]})
                if experiment.parameter(name).matters(lines[0].point)
            ]
            axes.set_title(", ".join(title))
            axes.set_ylabel(symbol(along))
    return figure


def _across(experiment: Experiment, along: str, lines: Sequence[Line]) -> str:
    numbers = [p.name for p in experiment.parameters if p.kind != "choice" and p.name != along]
    return max(numbers, key=lambda name: len({line.point[name] for line in lines}))


def _draw(
    axes: Axes,
    experiment: Experiment,
    along: str,
    x: str,
    together: str,
    lines: Sequence[Line],
    guides: Sequence[Guide],
) -> None:
    numbers = [p.name for p in experiment.parameters if p.kind != "choice" and p.name != along]
    order = experiment.parameter(together).choices
    for i, value in enumerate(order):
        series: dict[tuple[object, ...], list[Line]] = {}
        for line in sorted(lines, key=lambda line: float(line.point[x])):
            if line.point[together] == value:
                others = [n for n in numbers if n != x and experiment.parameter(n).matters(line.point)]
                series.setdefault(tuple(line.point[name] for name in others), []).append(line)
        curves: list[tuple[list[Line], list[Line]]] = []
        for one in series.values():
            located = [line for line in one if line.outcome == "located"]
            same = next((firsts for drawn, firsts in curves if _overlap(drawn, located, x)), None)
            if same is not None:
                same.append(one[0])
            elif located:
                curves.append((located, [one[0]]))
        for located, firsts in curves:
            points = [first.point for first in firsts]
            names = [n for n in numbers if n != x and len({p[n] for p in points}) > 1]
            label = value.replace("_", " ") + (f", {span(names, points)}" if names else "")
            _draw_boundary(axes, located, x, i, label)
    ends = np.array(sorted({float(line.point[x]) for line in lines}))
    fixed = dict(lines[0].point)
    for guide, dashes in zip(guides, DASHES, strict=False):
        across = np.linspace(ends[0], ends[-1], 2)
        height = [guide.value({**fixed, x: float(at)}) for at in across]
        axes.plot(across, height, color=PAPER, linewidth=0.9, linestyle=dashes, zorder=1, label=guide.label)
    for outcome in sorted({line.shown for line in lines} - {"located"}):
        at = sorted({float(line.point[x]) for line in lines if line.shown == outcome})
        axes.plot(
            at,
            np.full(len(at), 0.5),
            "^" if outcome == "none" else "x",
            color="0.35",
            markersize=5,
            transform=axes.get_xaxis_transform(),
            label=WITHOUT_BOUNDARY[outcome],
        )
    axes.set_xlabel(symbol(x))
    if ends.size <= 6:
        axes.set_xticks(ends)
    axes.set_ylim(bottom=0.0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2, frameon=False)


def _overlap(some: Sequence[Line], others: Sequence[Line], x: str) -> bool:
    """Returns whether two curves have boundaries at the same places, with brackets that overlap."""
    if [line.point[x] for line in some] != [line.point[x] for line in others]:
        return False
    pairs = zip(some, others, strict=True)
    return all(one.lower <= other.upper and other.lower <= one.upper for one, other in pairs)


def _draw_boundary(axes: Axes, located: Sequence[Line], x: str, i: int, label: str) -> None:
    axes.errorbar(
        [float(line.point[x]) for line in located],
        [line.boundary for line in located],
        [line.error for line in located],
        fmt=MARKERS[i % len(MARKERS)] + "-",
        color=COLOURS[i % len(COLOURS)],
        linewidth=1.4,
        markersize=5,
        capsize=3,
        markerfacecolor="white",
        zorder=3,
        label=label,
    )
