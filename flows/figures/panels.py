"""Planes of parameters with what is known in them: sweeps over two numbers, and searches over one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wellposed.flows.figures.place import place
from wellposed.flows.figures.style import WORDS, letter
from wellposed.flows.text import WITHOUT_BOUNDARY, counted, one_digit
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer
from wellposed.sweeps.requests.grid import EVALUATION

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, PrintedThreshold, Value


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
    error : as `value`
    outcome : as `value`
        What became of each point.
    lines : sequence of Line
        Boundaries along ``y`` in this plane.
    ids : sequence of str
        The sweeps from which all of it is, that of the points first.
    """

    experiment: Experiment
    x: str
    y: str
    point: Mapping[str, Value]
    at_x: NDArray[np.float64]
    at_y: NDArray[np.float64]
    value: NDArray[np.float64]
    error: NDArray[np.float64]
    outcome: NDArray[np.uint8]
    lines: Sequence[Line]
    ids: Sequence[str]

    @property
    def resolved(self) -> NDArray[np.bool_]:
        resolved: NDArray[np.bool_] = (self.outcome == Outcome.OK) & np.isfinite(self.value)
        return resolved

    @property
    def published(self) -> PrintedThreshold | None:
        """What is published for a boundary in this plane, if anything is."""
        return self.experiment.printed_threshold(self.y, self.point)


def planes(boundaries: Sequence[BoundaryAnswer], sweeps: Sequence[SweepAnswer]) -> list[Panel]:
    """Returns a panel for each plane of each sweep over two numbers, with the boundaries that lie in it.

    Boundaries that lie in the plane of no sweep get panels of their own, with the points that were evaluated.
    """
    panels = [panel for answer in sweeps for panel in _sweep_panels(answer, boundaries)]
    shown = {line for panel in panels for line in panel.lines}
    return panels + [
        panel
        for answer in boundaries
        for panel in _search_panels(answer)
        if not shown.issuperset(panel.lines)
    ]


def described(panel: Panel) -> str:
    """Returns what is to be seen in a panel, in a sentence."""
    value = panel.value[panel.resolved]
    parts = [
        f"{value.min():.3g} to {value.max():.3g} at {value.size:,} points" if value.size else "no answer"
    ]
    for outcome, words in WORDS.items():
        if count := int((panel.outcome == outcome).sum()):
            parts.append(f"{count:,} {words}")
    located = [line for line in panel.lines if line.outcome == "located"]
    if located:
        places = [line.boundary for line in located]
        ends = dict.fromkeys(f"{end:.4g}" for end in (min(places), max(places)))
        error = one_digit(max(line.error for line in located))
        at = f"{letter(panel.y)} = {' to '.join(ends)} ± {error}"
        parts.append(f"boundary at {at} on {counted(len(located), 'line')}")
    for shown, words in WITHOUT_BOUNDARY.items():
        if count := sum(line.shown == shown for line in panel.lines):
            parts.append(f"{words} on {counted(count, 'line')}")
    if panel.published is not None:
        parts.append(f"published {panel.published.label}")
    where = place(panel.experiment, panel.point, (panel.x, panel.y), letter) or "Plane"
    return f"{where}: {'; '.join(parts)}."


def _sweep_panels(answer: SweepAnswer, boundaries: Sequence[BoundaryAnswer]) -> Iterator[Panel]:
    experiment, axes = answer.experiment, dict(answer.sweep.axes)
    numbers = [name for name, values in axes.items() if len(values) > 1 and not isinstance(values[0], str)]
    if experiment.order_parameter is None or len(numbers) < 2:
        return
    searched = [threshold.along for threshold in experiment.thresholds]
    searched += [other.search.along for other in boundaries]
    y = next((name for name in numbers if name in searched), numbers[0])
    x = next(name for name in numbers if name != y)
    stored = answer.stored
    others = [name for name in axes if name not in (x, y)]
    for values in itertools.product(*(axes[name] for name in others)):
        here = dict(zip(others, values, strict=True))
        plane = stored.isel({name: axes[name].index(value) for name, value in here.items()})
        point = {**dict(answer.fixed), **here}
        inside = {
            other.id: [line for line in other.lines if _lies_in(line, experiment, point)]
            for other in boundaries
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
            plane[f"{experiment.order_parameter}_error"].transpose(y, x).to_numpy(),
            plane["outcome"].transpose(y, x).to_numpy(),
            [line for lines in inside.values() for line in lines],
            [answer.id, *(other for other, lines in inside.items() if lines)],
        )


def _search_panels(answer: BoundaryAnswer) -> Iterator[Panel]:
    experiment, axes = answer.experiment, dict(answer.search.axes)
    numbers = [name for name, values in axes.items() if len(values) > 1 and not isinstance(values[0], str)]
    if not numbers:
        return
    x = max(numbers, key=lambda name: len(axes[name]))
    stored = answer.stored
    others = [name for name in axes if name != x]
    for values in itertools.product(*(axes[name] for name in others)):
        here = dict(zip(others, values, strict=True))
        plane = stored.isel({name: axes[name].index(value) for name, value in here.items()})
        order = (x, EVALUATION)
        outcome = plane["outcome"].transpose(*order).to_numpy()
        asked = outcome != Outcome.MISSING
        across = np.broadcast_to(np.array(axes[x], float)[:, np.newaxis], outcome.shape)
        point = {**dict(answer.fixed), **here}
        yield Panel(
            experiment,
            x,
            answer.search.along,
            point,
            across[asked],
            plane[answer.search.along].transpose(*order).to_numpy()[asked],
            plane[str(experiment.order_parameter)].transpose(*order).to_numpy()[asked],
            plane[f"{experiment.order_parameter}_error"].transpose(*order).to_numpy()[asked],
            outcome[asked],
            [line for line in answer.lines if _lies_in(line, experiment, point)],
            [answer.id],
        )


def _lies_in(line: Line, experiment: Experiment, plane: Mapping[str, Value]) -> bool:
    """Returns whether `line` agrees with `plane` in every parameter that the plane fixes and that matters."""
    return all(
        line.point.get(name) == value or not experiment.parameter(name).matters(plane)
        for name, value in plane.items()
    )
