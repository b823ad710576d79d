"""Phase diagrams: the order parameter over two parameters, and the boundary where it changes sign."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import CenteredNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from flows.search import Line, SearchJob
from flows.sweep import SweepJob
from sweeps.grid import EVALUATION
from sweeps.layout import Outcome

if TYPE_CHECKING:
    from kinetics.experiment import Experiment, Value

COLOURS = "RdBu_r"
"""Diverging, white at zero, and told apart by the colour-blind."""

PAPER = "#b35900"

STYLE: Any = {"font.size": 9, "axes.titlesize": 9, "legend.fontsize": 8, "svg.hashsalt": "wellposed"}

MOST_PANELS = 6

GREEK = {
    "hbar",
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "omega",
    "sigma",
    "tau",
}


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
    resolved : as `value`
    lines : sequence of Line
        Boundaries along ``y`` in this plane.
    """

    experiment: Experiment
    x: str
    y: str
    point: Mapping[str, Value]
    at_x: NDArray[np.float64]
    at_y: NDArray[np.float64]
    value: NDArray[np.float64]
    resolved: NDArray[np.bool_]
    lines: Sequence[Line]


def phase_diagram(found: Mapping[SearchJob, Sequence[Line]], sweeps: Sequence[SweepJob]) -> Figure | None:
    """A panel for each sweep over two numbers, with the boundaries that were searched in its plane.

    Boundaries that lie in the plane of no sweep get panels of their own, with the points that were
    evaluated.  None if there is nothing of the kind, or more than fits a page.
    """
    panels = [panel for job in sweeps for panel in _sweep_panels(job, found)]
    shown = {line for panel in panels for line in panel.lines}
    panels += [
        panel
        for job, lines in found.items()
        for panel in _search_panels(job, lines)
        if not shown.issuperset(panel.lines)
    ]
    if not 0 < len(panels) <= MOST_PANELS:
        return None
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(1.6 + 3.4 * len(panels), 3.8), layout="constrained", dpi=150)
        every = figure.subplots(1, len(panels), squeeze=False)[0]
        largest = max(np.nanmax(np.abs(panel.value), initial=1e-300) for panel in panels)
        colours = ScalarMappable(CenteredNorm(0.0, largest), COLOURS)
        for axes, panel in zip(every, panels, strict=True):
            _draw(axes, panel, colours)
        experiment = panels[0].experiment
        output = next(output for output in experiment.outputs if output.name == experiment.order_parameter)
        figure.colorbar(colours, ax=list(every), label=output.long_name, pad=0.02)
    return figure


def as_png(figure: Figure) -> bytes:
    """`figure` as a PNG file."""
    data = io.BytesIO()
    figure.savefig(data, format="png")
    return data.getvalue()


def as_svg(figure: Figure) -> bytes:
    """`figure` as an SVG file, the same bytes for the same figure."""
    data = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(data, format="svg", metadata={"Date": None})
    return data.getvalue()


def _draw(axes: Axes, panel: Panel, colours: ScalarMappable) -> None:
    look: dict[str, Any] = {"cmap": colours.cmap, "norm": colours.norm, "zorder": 1}
    if panel.value.ndim == 2:
        value = np.ma.masked_where(~panel.resolved, panel.value)
        axes.pcolormesh(panel.at_x, panel.at_y, value, shading="nearest", **look)
        across = [*panel.at_x, *(_at(line, panel) for line in panel.lines)]
        axes.set_xlim(min(across), max(across))
        axes.set_ylim(panel.at_y.min(), panel.at_y.max())
        x, y = (grid[~panel.resolved] for grid in np.meshgrid(panel.at_x, panel.at_y))
    else:
        at = panel.at_x[panel.resolved], panel.at_y[panel.resolved]
        axes.scatter(*at, c=panel.value[panel.resolved], s=42, edgecolors="0.4", linewidths=0.5, **look)
        x, y = panel.at_x[~panel.resolved], panel.at_y[~panel.resolved]
        axes.margins(x=0.15)
    if x.size:
        axes.plot(x, y, "x", color="0.35", markersize=4, zorder=2, label="unresolved")
    _draw_boundary(axes, panel)
    threshold = panel.experiment.printed_threshold(panel.y, panel.point)
    if threshold is not None:
        label = f"{threshold.label}, {threshold.source}"
        axes.axhline(threshold.value, color=PAPER, linewidth=0.9, linestyle="--", zorder=4, label=label)
    axes.set_title(", ".join(_told(panel)))
    axes.set_xlabel(symbol(panel.x))
    axes.set_ylabel(symbol(panel.y))
    if panel.value.ndim == 1:
        axes.set_xticks(np.unique(panel.at_x))
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, frameon=False)


def _draw_boundary(axes: Axes, panel: Panel) -> None:
    located = sorted(
        (line for line in panel.lines if line.outcome == "located"), key=lambda line: _at(line, panel)
    )
    if located:
        value = np.array([line.boundary for line in located])
        bracket = [
            value - [line.lower for line in located],
            np.array([line.upper for line in located]) - value,
        ]
        axes.errorbar(
            [_at(line, panel) for line in located],
            value,
            bracket,
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
        if line.outcome != "located":
            words = "no boundary" if line.outcome == "none" else line.outcome
            axes.annotate(
                words,
                (_at(line, panel), 0.5),
                xytext=(8, 0),
                textcoords="offset points",
                xycoords=("data", "axes fraction"),
                rotation=90,
                va="center",
                fontsize=8,
            )


def _at(line: Line, panel: Panel) -> float:
    return float(line.point[panel.x])


def _told(panel: Panel) -> Iterator[str]:
    """Where the panel lies, in the parameters that matter."""
    for parameter in sorted(panel.experiment.parameters, key=lambda parameter: parameter.kind != "choice"):
        if parameter.name not in (panel.x, panel.y) and parameter.matters(panel.point):
            value = panel.point[parameter.name]
            yield str(value) if parameter.kind == "choice" else f"{symbol(parameter.name)} = {value:g}"


def symbol(name: str) -> str:
    """A parameter's name as mathtext."""
    return rf"$\{name}$" if name in GREEK else f"${name}$" if len(name) == 1 else name


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
        yield Panel(
            experiment,
            x,
            y,
            point,
            np.array(axes[x], float),
            np.array(axes[y], float),
            plane[experiment.order_parameter].transpose(y, x).to_numpy(),
            plane["outcome"].transpose(y, x).to_numpy() == Outcome.OK,
            [
                line
                for other, lines in found.items()
                if other.experiment is experiment and other.search.along == y
                for line in lines
                if _lies_in(line, experiment, point)
            ],
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
            outcome[asked] == Outcome.OK,
            [line for line in lines if _lies_in(line, experiment, point)],
        )


def _lies_in(line: Line, experiment: Experiment, plane: Mapping[str, Value]) -> bool:
    """Whether `line` agrees with `plane` in every parameter that the plane fixes and that matters."""
    return all(
        line.point.get(name) == value or not experiment.parameter(name).matters(plane)
        for name, value in plane.items()
    )
