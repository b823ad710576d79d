"""Evidence of convergence: how large the errors are, and how brackets became narrow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.cuts import Cut, cut
from wellposed.flows.figures.style import COLOURS, DASHES, STYLE, label, legend_below
from wellposed.kinetics.experiment import Experiment
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
from wellposed.sweeps.answers.layout import Outcome

SMALLEST = 1e-16
"""An error below this is drawn as this."""

MOST_LINES = 60
"""Whose brackets are drawn, of one experiment."""

Looks = Mapping[str, Mapping[str, Any]]
"""Colour and dashes of an experiment, by its name."""


@dataclass(frozen=True, eq=False)
class Errors:
    """The stored errors of an order parameter.

    Attributes
    ----------
    experiment : Experiment
    error : (n,) float64
        Of points with an answer, resolved or not; infinite where it is not known.
    resolved : (n,) float64
        Of those that are resolved.
    unresolved, failed : int
    """

    experiment: Experiment
    error: NDArray[np.float64]
    resolved: NDArray[np.float64]
    unresolved: int
    failed: int

    @property
    def median(self) -> float:
        return float(np.median(self.error)) if self.error.size else np.inf

    @property
    def largest(self) -> float:
        """Of those that are resolved."""
        return float(self.resolved.max()) if self.resolved.size else np.inf


def errors(stored: Iterable[tuple[Experiment, xr.Dataset]]) -> list[Errors]:
    """Returns the errors of each experiment that has an order parameter.

    Parameters
    ----------
    stored : iterable of (Experiment, Dataset)
        What is stored of sweeps and searches, each with what was asked.
    """
    groups: dict[int, tuple[Experiment, list[xr.Dataset]]] = {}
    for experiment, dataset in stored:
        if experiment.order_parameter is not None:
            groups.setdefault(id(experiment), (experiment, []))[1].append(dataset)
    return [_errors(experiment, datasets) for experiment, datasets in groups.values()]


def _errors(experiment: Experiment, stored: Sequence[xr.Dataset]) -> Errors:
    name = f"{experiment.order_parameter}_error"
    error = np.concatenate([dataset[name].to_numpy().ravel() for dataset in stored])
    outcome = np.concatenate([dataset["outcome"].to_numpy().ravel() for dataset in stored])
    error = np.where(np.isfinite(error), np.abs(error), np.inf)
    unresolved, failed = (outcome == kind for kind in (Outcome.UNRESOLVED, Outcome.FAILED))
    resolved = error[outcome == Outcome.OK]
    answered = np.concatenate([resolved, error[unresolved]])
    return Errors(experiment, answered, resolved, int(unresolved.sum()), int(failed.sum()))


def draw_convergence(
    every: Sequence[Errors], boundaries: Sequence[BoundaryAnswer], columns: int = 2
) -> Figure | None:
    """Draws errors on the left, and the widths of brackets on the right; see `_draw_errors`, `_draw_widths`.

    Returns None if there is nothing to be drawn.
    """
    known = [one for one in every if np.isfinite(one.experiment.tolerance) and one.error.size]
    located = [(answer, line) for answer in boundaries for line in answer.lines if line.outcome == "located"]
    panels = [bool(known), bool(located)]
    if not any(panels):
        return None
    columns = min(columns, sum(panels))
    rows = -(-sum(panels) // columns)
    names = [*(one.experiment.name for one in known), *(answer.experiment.name for answer, _ in located)]
    looks = {
        name: {"color": colour, "linestyle": dashes}
        for name, colour, dashes in zip(
            dict.fromkeys(names), cycle(COLOURS), cycle(("-", *DASHES)), strict=False
        )
    }
    with mpl.rc_context(STYLE):
        size = (0.4 + 4.6 * columns, 3.6 * rows) if columns > 1 else (4.2, 3.7 * rows)
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        axes = iter(figure.subplots(rows, columns, squeeze=False).flat)
        if known:
            _draw_errors(next(axes), known, looks)
        if located:
            _draw_widths(next(axes), located, looks)
        legend_below(figure, columns)
    return figure


def _draw_errors(axes: Axes, every: Sequence[Errors], looks: Looks) -> None:
    """Draws the share of points whose error is below a part of what is allowed."""
    for one in every:
        ratio = np.sort(np.maximum(one.error, SMALLEST)) / one.experiment.tolerance
        share = np.arange(1, ratio.size + 1) / ratio.size
        finite = np.isfinite(ratio)
        name = one.experiment.name
        axes.step(ratio[finite], share[finite], where="post", label=label(name), **looks[name])
    axes.axvline(1.0, color="0.35", linewidth=0.8)
    axes.annotate(
        "unresolved beyond",
        (1.0, 0.02),
        xytext=(-3, 0),
        textcoords="offset points",
        rotation=90,
        fontsize=8,
        ha="right",
        color="0.35",
        xycoords=("data", "axes fraction"),
    )
    axes.set_xscale("log")
    axes.set_ylim(0.0, 1.02)
    axes.set_xlabel("error of the order parameter / what is allowed")
    axes.set_ylabel("share of points with a smaller error")


def _draw_widths(axes: Axes, located: Sequence[tuple[BoundaryAnswer, Line]], looks: Looks) -> None:
    """Draws how wide the bracket of each boundary was after each evaluation, over what was asked."""
    drawn: dict[str, int] = {}
    for answer, line in located:
        name = answer.experiment.name
        drawn[name] = drawn.get(name, 0) + 1
        if drawn[name] <= MOST_LINES:
            width = np.array(list(widths(cut(answer, line))))
            axes.plot(
                np.arange(1, width.size + 1),
                width / answer.search.tolerance,
                linewidth=0.8,
                alpha=0.6,
                label=label(name) if drawn[name] == 1 else None,
                **looks[name],
            )
    axes.axhline(1.0, color="0.35", linewidth=0.8)
    axes.annotate(
        "what was asked",
        (0.01, 1.0),
        xytext=(0, 3),
        textcoords="offset points",
        fontsize=8,
        color="0.35",
        xycoords=("axes fraction", "data"),
    )
    axes.set_yscale("log")
    axes.set_xlabel("points evaluated on the line")
    axes.set_ylabel("width of the bracket / what was asked")


def widths(one: Cut) -> Iterator[float]:
    """Yields how wide the bracket of the boundary was after each evaluation; at first it is the line."""
    low, high = one.answer.search.lower, one.answer.search.upper
    certain = one.resolved & (np.abs(one.value) > np.abs(one.error))
    for x, is_certain in zip(one.x, certain, strict=True):
        if is_certain and x <= one.line.lower:
            low = max(low, x)
        if is_certain and x >= one.line.upper:
            high = min(high, x)
        yield high - low
