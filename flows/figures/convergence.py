"""Evidence of convergence: how large the errors are, and how brackets became narrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.flows.figures.boundaries import COLOURS
from wellposed.flows.figures.cuts import Cut, cut
from wellposed.flows.figures.style import STYLE, label, legend_below
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.job import Job
from wellposed.kinetics.experiment import Experiment
from wellposed.sweeps.answers.layout import Outcome

DASHES = ("-", "--", ":", "-.")

SMALLEST = 1e-16
"""An error below this is drawn as this."""

MOST_LINES = 60
"""Whose brackets are drawn, of one experiment."""


@dataclass(frozen=True, eq=False)
class Errors:
    """The stored errors of an order parameter.

    Attributes
    ----------
    experiment : Experiment
    error : (n,) float64
        Of points with an answer, resolved or not; infinite where it could not be told.
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


def errors(jobs: Sequence[Job]) -> list[Errors]:
    """For each experiment of `jobs` that has an order parameter."""
    groups: dict[int, list[Job]] = {}
    for job in jobs:
        if job.experiment.order_parameter is not None:
            groups.setdefault(id(job.experiment), []).append(job)
    return [_errors(group) for group in groups.values()]


def _errors(jobs: Sequence[Job]) -> Errors:
    named = f"{jobs[0].experiment.order_parameter}_error"
    error = np.concatenate([job.store.dataset()[named].to_numpy().ravel() for job in jobs])
    outcome = np.concatenate([job.store.outcome().to_numpy().ravel() for job in jobs])
    error = np.where(np.isfinite(error), np.abs(error), np.inf)
    unresolved, failed = (outcome == kind for kind in (Outcome.UNRESOLVED, Outcome.FAILED))
    resolved = error[outcome == Outcome.OK]
    answered = np.concatenate([resolved, error[unresolved]])
    return Errors(jobs[0].experiment, answered, resolved, int(unresolved.sum()), int(failed.sum()))


def draw_convergence(
    every: Sequence[Errors], found: Mapping[SearchJob, Sequence[Line]], columns: int = 2
) -> Figure | None:
    """Left, the share of points whose error is below a part of what is allowed; right, widths of brackets."""
    told = [one for one in every if np.isfinite(one.experiment.tolerance) and one.error.size]
    located = [(job, line) for job, lines in found.items() for line in lines if line.outcome == "located"]
    panels = [bool(told), bool(located)]
    if not any(panels):
        return None
    columns = min(columns, sum(panels))
    rows = -(-sum(panels) // columns)
    with mpl.rc_context(STYLE):
        size = (0.4 + 4.6 * columns, 3.6 * rows) if columns > 1 else (4.2, 3.7 * rows)
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        axes = iter(figure.subplots(rows, columns, squeeze=False).flat)
        experiments = dict.fromkeys(
            [*(one.experiment.name for one in told), *(job.experiment.name for job, _ in located)]
        )
        looks = dict(zip(experiments, zip(cycle(COLOURS), cycle(DASHES)), strict=False))
        if told:
            here = next(axes)
            for one in told:
                ratio = np.sort(np.maximum(one.error, SMALLEST)) / one.experiment.tolerance
                share = np.arange(1, ratio.size + 1) / ratio.size
                finite = np.isfinite(ratio)
                colour, dashes = looks[one.experiment.name]
                here.step(
                    ratio[finite],
                    share[finite],
                    where="post",
                    color=colour,
                    linestyle=dashes,
                    label=label(one.experiment.name),
                )
            here.axvline(1.0, color="0.35", linewidth=0.8)
            here.annotate(
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
            here.set_xscale("log")
            here.set_ylim(0.0, 1.02)
            here.set_xlabel("error of the order parameter / what is allowed")
            here.set_ylabel("share of points with a smaller error")
        if located:
            here = next(axes)
            drawn: dict[str, int] = {}
            for job, line in located:
                name = job.experiment.name
                drawn[name] = drawn.get(name, 0) + 1
                if drawn[name] <= MOST_LINES:
                    width = np.array(list(widths(cut(job, line))))
                    colour, dashes = looks[name]
                    here.plot(
                        np.arange(1, width.size + 1),
                        width / job.search.tolerance,
                        color=colour,
                        linestyle=dashes,
                        linewidth=0.8,
                        alpha=0.6,
                        label=label(name) if drawn[name] == 1 else None,
                    )
            here.axhline(1.0, color="0.35", linewidth=0.8)
            here.annotate(
                "what was asked",
                (0.01, 1.0),
                xytext=(0, 3),
                textcoords="offset points",
                fontsize=8,
                color="0.35",
                xycoords=("axes fraction", "data"),
            )
            here.set_yscale("log")
            here.set_xlabel("points evaluated on the line")
            here.set_ylabel("width of the bracket / what was asked")
        legend_below(figure, columns)
    return figure


def widths(one: Cut) -> Iterator[float]:
    """How wide the bracket of the boundary was after each evaluation; all of the line, to begin with."""
    low, high = one.job.search.lower, one.job.search.upper
    certain = one.resolved & (np.abs(one.value) > np.abs(one.error))
    for x, is_certain in zip(one.x, certain, strict=True):
        if is_certain and x <= one.line.lower:
            low = max(low, x)
        if is_certain and x >= one.line.upper:
            high = min(high, x)
        yield high - low
