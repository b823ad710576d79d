"""Cuts through parameter space: the order parameter on lines that were searched, with its own errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.place import place
from wellposed.flows.figures.style import (
    COLOURS,
    PAPER,
    STYLE,
    folded,
    legend_below,
    letter,
    order_label,
    symbol,
)
from wellposed.flows.text import WITHOUT_BOUNDARY, plus_minus
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
from wellposed.sweeps.answers.layout import Outcome

GREY = "0.45"

ONLY = "the only line"
"""Where a line lies that has no parameters besides the one along it."""


@dataclass(frozen=True, eq=False)
class Cut:
    """What was evaluated on one line of a search, in the order in which it was asked.

    Attributes
    ----------
    answer : BoundaryAnswer
    line : Line
    x, value, error : (n,) float64
    outcome : (n,) uint8
    """

    answer: BoundaryAnswer
    line: Line
    x: NDArray[np.float64]
    value: NDArray[np.float64]
    error: NDArray[np.float64]
    outcome: NDArray[np.uint8]

    @property
    def resolved(self) -> NDArray[np.bool_]:
        known: NDArray[np.bool_] = (self.outcome == Outcome.OK) & np.isfinite(self.value)
        return known & np.isfinite(self.error)


def cut(answer: BoundaryAnswer, line: Line) -> Cut:
    """Returns the evaluations of `line`."""
    here = {name: values.index(line.point[name]) for name, values in answer.search.axes}
    order_parameter = str(answer.experiment.order_parameter)
    names = [answer.search.along, order_parameter, f"{order_parameter}_error", "outcome"]
    stored = answer.stored[names].isel(here)
    x, value, error, outcome = (stored[name].to_numpy() for name in names)
    asked = outcome != Outcome.MISSING
    return Cut(answer, line, x[asked], value[asked], error[asked], outcome[asked])


def draw_cuts(cuts: Sequence[Cut], columns: int = 3) -> Figure:
    """Draws a panel for each of some lines of one experiment, along the same parameter."""
    experiment, along = cuts[0].answer.experiment, cuts[0].answer.search.along
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
    """Returns what is to be seen of a cut, in a sentence."""
    value, line = one.value[one.resolved], one.line
    values = f"{value.min():.3g} to {value.max():.3g}" if value.size else "nowhere resolved"
    zero = (
        f"zero at {plus_minus(line.boundary, line.error)}"
        + (f", the lowest of {line.sign_changes:,}" if line.sign_changes > 1 else "")
        if line.outcome == "located"
        else WITHOUT_BOUNDARY[line.shown]
    )
    where = place(one.answer.experiment, line.point, name=letter) or ONLY
    return f"{where}: {one.x.size} points, {values}; {zero}."


def _draw(axes: Axes, one: Cut) -> None:
    line, resolved = one.line, one.resolved
    axes.axhline(0.0, color="0.4", linewidth=0.8, zorder=1)
    if resolved.any():
        axes.errorbar(
            one.x[resolved],
            one.value[resolved],
            np.abs(one.error[resolved]),
            fmt="o",
            color=COLOURS[0],
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
    title = folded(place(one.answer.experiment, line.point) or ONLY, 42)
    if line.outcome == "located":
        axes.axvline(
            line.boundary, color="black", linewidth=1.0, zorder=2, label="located boundary, bracket shaded"
        )
        axes.axvspan(line.lower, line.upper, color="black", alpha=0.15, linewidth=0.0, zorder=0)
        for zero in line.others:
            axes.axvline(
                zero.position, color="black", linewidth=1.0, linestyle=":", label="further changes of sign"
            )
            axes.axvspan(zero.lower, zero.upper, color="black", alpha=0.15, linewidth=0.0, zorder=0)
        found = f"{symbol(one.answer.search.along)} = {plus_minus(line.boundary, line.error)}"
    else:
        found = WITHOUT_BOUNDARY[line.shown]
    threshold = one.answer.published(line)
    if threshold is not None:
        axes.axvline(
            threshold.value, color=PAPER, linewidth=0.9, linestyle="--", zorder=2.5, label="published"
        )
    axes.set_title(f"{title}\n{found}")
