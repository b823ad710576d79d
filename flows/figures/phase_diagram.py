"""Phase diagrams: the order parameter over two parameters, and the boundary where it changes sign."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PolyCollection
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.style import (
    COLOURS,
    EMPTY,
    HALO,
    HATCHES,
    PAPER,
    SEARCHED,
    STYLE,
    WORDS,
    draw_printed,
    folded,
    is_geometric,
    label,
    legend_below,
    letter,
    order_label,
    symbol,
)
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.job import Job
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.requests.grid import EVALUATION

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Value

MOST_PANELS = 6

CROWDED = 0.12
"""Of the axis: ticks that are closer are not told apart."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One plane of parameters, ``x`` across and ``y`` up.

    Attributes
    ----------
    experiment : Experiment
    x, y : str
    point : mapping of str to value
        Where the plane lies in the other parameters.
    at_x, at_y, value : (n,) or (n_x,), (n_y,) and (n_y, n_x)
        The order parameter at scattered points, or on a grid.
    outcome : as `value`
        What became of each point.
    lines : sequence of Line
        Boundaries along ``y`` in this plane.
    jobs : sequence of Job
        What all of it is from.
    """

    experiment: Experiment
    x: str
    y: str
    point: Mapping[str, Value]
    at_x: NDArray[np.float64]
    at_y: NDArray[np.float64]
    value: NDArray[np.float64]
    outcome: NDArray[np.uint8]
    lines: Sequence[Line]
    jobs: Sequence[Job]

    @property
    def resolved(self) -> NDArray[np.bool_]:
        resolved: NDArray[np.bool_] = (self.outcome == Outcome.OK) & np.isfinite(self.value)
        return resolved


def phase_diagram(
    found: Mapping[SearchJob, Sequence[Line]], sweeps: Sequence[SweepJob], columns: int = 3
) -> Figure | None:
    """A panel for each sweep over two numbers, with the boundaries that were searched in its plane.

    Boundaries that lie in the plane of no sweep get panels of their own, with the points that were
    evaluated.  None if there is nothing of the kind, or more than fits a page.
    """
    panels = planes(found, sweeps)
    return draw_planes(panels, columns) if 0 < len(panels) <= MOST_PANELS else None


def planes(found: Mapping[SearchJob, Sequence[Line]], sweeps: Sequence[SweepJob]) -> list[Panel]:
    """The panels of a phase diagram, however many there are."""
    panels = [panel for job in sweeps for panel in _sweep_panels(job, found)]
    shown = {line for panel in panels for line in panel.lines}
    return panels + [
        panel
        for job, lines in found.items()
        for panel in _search_panels(job, lines)
        if not shown.issuperset(panel.lines)
    ]


def draw_planes(panels: Sequence[Panel], columns: int = 3) -> Figure:
    """Panels of one experiment beside each other, so many in a row, with one scale of colours."""
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    with mpl.rc_context(STYLE):
        size = (0.9 + 3.2 * columns, 0.9 + 3.0 * rows) if columns > 1 else (4.2, 1.7 + 3.2 * rows)
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        every = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes in every[len(panels) :]:
            axes.set_visible(False)
        largest = max(np.max(np.abs(panel.value[panel.resolved]), initial=1e-300) for panel in panels)
        colours = ScalarMappable(CenteredNorm(0.0, largest), COLOURS)
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
        located = [end for line in panel.lines for end in (line.lower, line.upper) if np.isfinite(end)]
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
    threshold = panel.experiment.printed_threshold(panel.y, panel.point)
    if threshold is not None:
        draw_printed(axes, threshold.value, "as printed, with source", 5.5)
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
    axes.set_title(folded(", ".join(_told(panel)), 38))
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
    """Brackets where a boundary is located; where it is not, the line that was searched.

    Between two located boundaries that are not neighbours nothing is known, and there is no stroke.
    """
    lines = sorted(panel.lines, key=lambda line: _at(line, panel))
    located = np.array([line.outcome == "located" for line in lines], bool)
    if located.any():
        found = np.array([(line.boundary, line.lower, line.upper) for line in lines])
        value, lower, upper = np.where(located[:, np.newaxis], found, np.nan).T
        axes.errorbar(
            [_at(line, panel) for line in lines],
            value,
            [value - lower, upper - value],
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
    for line in panel.lines:
        if line.said in SEARCHED:
            words, dashes = SEARCHED[line.said]
            look: dict[str, Any] = {"color": "0.15", "linewidth": 1.0, "linestyle": dashes, "zorder": 3}
            axes.axvline(_at(line, panel), label=f"searched: {words}", **look)


def _at(line: Line, panel: Panel) -> float:
    return float(line.point[panel.x])


def described(panel: Panel) -> str:
    """What is to be seen in a panel, in a sentence."""
    value = panel.value[panel.resolved]
    told = [f"{value.min():.3g} to {value.max():.3g} at {value.size:,} points" if value.size else "no answer"]
    for outcome, words in WORDS.items():
        if count := int((panel.outcome == outcome).sum()):
            told.append(f"{count:,} {words}")
    located = [line for line in panel.lines if line.outcome == "located"]
    if located:
        places = [line.boundary for line in located]
        ends = dict.fromkeys(f"{end:.4g}" for end in (min(places), max(places)))
        half = max(max(line.boundary - line.lower, line.upper - line.boundary) for line in located)
        at = f"{letter(panel.y)} = {' to '.join(ends)} ± {half:.0e}"
        told.append(f"boundary at {at} on {len(located)} lines")
    for outcome, (words, _) in SEARCHED.items():
        if count := sum(line.said == outcome for line in panel.lines):
            told.append(f"{words} on {count} lines")
    threshold = panel.experiment.printed_threshold(panel.y, panel.point)
    if threshold is not None:
        told.append(f"printed {threshold.label}")
    return f"{', '.join(_told(panel, letter)) or 'Plane'}: {'; '.join(told)}."


def _told(panel: Panel, spelled: Callable[[str], str] = symbol) -> Iterator[str]:
    """Where the panel lies, in the parameters that matter."""
    for parameter in sorted(panel.experiment.parameters, key=lambda parameter: parameter.kind != "choice"):
        if parameter.name not in (panel.x, panel.y) and parameter.matters(panel.point):
            value = panel.point[parameter.name]
            told = (
                label(str(value))
                if parameter.kind == "choice"
                else f"{spelled(parameter.name)}\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{value:g}"
            )
            yield told.replace("_", " ")


def _sweep_panels(job: SweepJob, found: Mapping[SearchJob, Sequence[Line]]) -> Iterator[Panel]:
    experiment, axes = job.experiment, dict(job.sweep.axes)
    numbers = [name for name, values in axes.items() if len(values) > 1 and not isinstance(values[0], str)]
    if experiment.order_parameter is None or len(numbers) < 2:
        return
    searched = [threshold.along for threshold in experiment.thresholds] + [
        other.search.along for other in found
    ]
    y = next((name for name in numbers if name in searched), numbers[0])
    x = next(name for name in numbers if name != y)
    stored = job.result()
    others = [name for name in axes if name not in (x, y)]
    for values in itertools.product(*(axes[name] for name in others)):
        here = dict(zip(others, values, strict=True))
        plane = stored.isel({name: axes[name].index(value) for name, value in here.items()})
        point = {**dict(job.fixed), **here}
        inside = {
            other: [line for line in lines if _lies_in(line, experiment, point)]
            for other, lines in found.items()
            if other.experiment is experiment and other.search.along == y
        }
        yield Panel(
            experiment,
            x,
            y,
            point,
            np.array(axes[x], float),
            np.array(axes[y], float),
            plane[experiment.order_parameter].transpose(y, x).to_numpy(),
            plane["outcome"].transpose(y, x).to_numpy(),
            [line for lines in inside.values() for line in lines],
            [job, *(other for other, lines in inside.items() if lines)],
        )


def _search_panels(job: SearchJob, lines: Sequence[Line]) -> Iterator[Panel]:
    experiment, axes = job.experiment, dict(job.search.axes)
    numbers = [name for name, values in axes.items() if len(values) > 1 and not isinstance(values[0], str)]
    if not numbers:
        return
    x = max(numbers, key=lambda name: len(axes[name]))
    stored = job.store.dataset()
    others = [name for name in axes if name != x]
    for values in itertools.product(*(axes[name] for name in others)):
        here = dict(zip(others, values, strict=True))
        plane = stored.isel({name: axes[name].index(value) for name, value in here.items()})
        order = (x, EVALUATION)
        outcome = plane["outcome"].transpose(*order).to_numpy()
        asked = outcome != Outcome.MISSING
        across = np.broadcast_to(np.array(axes[x], float)[:, np.newaxis], outcome.shape)
        point = {**dict(job.fixed), **here}
        yield Panel(
            experiment,
            x,
            job.search.along,
            point,
            across[asked],
            plane[job.search.along].transpose(*order).to_numpy()[asked],
            plane[str(experiment.order_parameter)].transpose(*order).to_numpy()[asked],
            outcome[asked],
            [line for line in lines if _lies_in(line, experiment, point)],
            [job],
        )


def _lies_in(line: Line, experiment: Experiment, plane: Mapping[str, Value]) -> bool:
    """Whether `line` agrees with `plane` in every parameter that the plane fixes and that matters."""
    return all(
        line.point.get(name) == value or not experiment.parameter(name).matters(plane)
        for name, value in plane.items()
    )
