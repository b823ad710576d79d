"""Cuts through parameter space: the order parameter on lines that were searched, with its own errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.style import (
    PAPER,
    STYLE,
    folded,
    label,
    legend_below,
    letter,
    order_label,
    symbol,
)
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.presentation.tables import with_error
from wellposed.flows.report.tables import scientific
from wellposed.sweeps.answers.layout import Outcome

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment

BLUE = "#0072b2"
GREY = "0.45"

_VISIBLE = 0.01  # of the range: a narrower bracket is a line


@dataclass(frozen=True, eq=False)
class Cut:
    """What was evaluated on one line of a search, in the order in which it was asked.

    Attributes
    ----------
    job : SearchJob
    line : Line
    x, value, error : (n,) float64
    outcome : (n,) uint8
    """

    job: SearchJob
    line: Line
    x: NDArray[np.float64]
    value: NDArray[np.float64]
    error: NDArray[np.float64]
    outcome: NDArray[np.uint8]

    @property
    def resolved(self) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = (self.outcome == Outcome.OK) & np.isfinite(self.value)
        return known & np.isfinite(self.error)


def cut(job: SearchJob, line: Line) -> Cut:
    """The evaluations of `line`."""
    here = {name: values.index(line.point[name]) for name, values in job.search.axes}
    named = str(job.experiment.order_parameter)
    stored = job.store.dataset()[[job.search.along, named, f"{named}_error", "outcome"]].isel(here)
    x, value, error, outcome = (stored[name].to_numpy() for name in stored_names(job))
    asked = outcome != Outcome.MISSING
    return Cut(job, line, x[asked], value[asked], error[asked], outcome[asked])


def stored_names(job: SearchJob) -> tuple[str, str, str, str]:
    """What is stored along a line: the parameter, the order parameter, its error and the outcome."""
    named = str(job.experiment.order_parameter)
    return job.search.along, named, f"{named}_error", "outcome"


def draw_cuts(cuts: Sequence[Cut], columns: int = 3) -> Figure:
    """A panel for each of some lines of one experiment, along the same parameter."""
    experiment, along = cuts[0].job.experiment, cuts[0].job.search.along
    columns = min(columns, len(cuts))
    rows = -(-len(cuts) // columns)
    with mpl.rc_context(STYLE):
        size = (0.6 + 3.3 * columns, 0.7 + 2.5 * rows) if columns > 1 else (4.2, 0.8 + 2.7 * rows)
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        every = list(figure.subplots(rows, columns, squeeze=False).flat)
        for axes in every[len(cuts) :]:
            axes.set_visible(False)
        for axes, one in zip(every, cuts, strict=False):
            _draw(axes, one)
        for axes in every[max(0, len(cuts) - columns) : len(cuts)]:
            axes.set_xlabel(symbol(along))
        for axes in every[: len(cuts) : columns]:
            axes.set_ylabel(folded(order_label(experiment), 34))
        legend_below(figure, columns)
    return figure


def described(one: Cut) -> str:
    """What is to be seen of a cut, in a sentence."""
    value, line = one.value[one.resolved], one.line
    told = f"{value.min():.3g} to {value.max():.3g}" if value.size else "nowhere resolved"
    half = max(line.boundary - line.lower, line.upper - line.boundary)
    zero = (
        f"zero at {line.boundary:.6g} ± {half:.0e}" if line.outcome == "located" else f"boundary: {line.said}"
    )
    return f"{where(one.job.experiment, one, letter)}: {one.x.size} points, {told}; {zero}."


def where(experiment: Experiment, one: Cut, spelled: object = symbol) -> str:
    """Where a line lies, in the parameters that matter."""
    told = []
    for parameter in sorted(experiment.parameters, key=lambda parameter: parameter.kind != "choice"):
        if parameter.name in one.line.point and parameter.matters(one.line.point):
            value = one.line.point[parameter.name]
            name = letter(parameter.name) if spelled is letter else symbol(parameter.name)
            told.append(
                label(str(value))
                if isinstance(value, str)
                else f"{name}\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{value:g}"
            )
    return ", ".join(told).replace("_", " ") or "the only line"


def _draw(axes: Axes, one: Cut) -> None:
    line, resolved = one.line, one.resolved
    axes.axhline(0.0, color="0.4", linewidth=0.8, zorder=1)
    if resolved.any():
        axes.errorbar(
            one.x[resolved],
            one.value[resolved],
            np.abs(one.error[resolved]),
            fmt="o",
            color=BLUE,
            markersize=4,
            capsize=2.5,
            elinewidth=1.0,
            zorder=3,
            label="order parameter ± its error",
        )
    low, high = axes.get_ylim()
    for outcome, marker, words in (
        (Outcome.UNRESOLVED, "s", "unresolved"),
        (Outcome.FAILED, "x", "failed"),
    ):
        here = (
            (one.outcome == outcome)
            if outcome == Outcome.FAILED
            else ~resolved & (one.outcome != Outcome.FAILED)
        )
        if here.any():
            axes.plot(
                one.x[here],
                np.full(here.sum(), 0.04),
                marker,
                transform=axes.get_xaxis_transform(),
                color=GREY,
                markerfacecolor="none",
                markersize=5,
                label=words,
            )
    axes.set_ylim(low, high)
    title = where(one.job.experiment, one)
    if line.outcome == "located":
        axes.axvline(
            line.boundary, color="black", linewidth=1.0, zorder=2, label="located boundary, bracket shaded"
        )
        axes.axvspan(line.lower, line.upper, color="black", alpha=0.15, linewidth=0.0, zorder=0)
        half = max(line.boundary - line.lower, line.upper - line.boundary)
        shown, doubt = with_error(line.boundary, half) if half > 0.0 else (f"{line.boundary:g}", "0")
        title += f"\n{symbol(one.job.search.along)} = {shown} ± {scientific(doubt)}"
    else:
        title += f"\nboundary: {line.said}"
    threshold = one.job.experiment.printed_threshold(one.job.search.along, line.point)
    if threshold is not None:
        axes.axvline(
            threshold.value, color=PAPER, linewidth=0.9, linestyle="--", zorder=2.5, label="as printed"
        )
    first, *rest = title.split("\n")
    axes.set_title("\n".join([folded(first, 42), *rest]))
