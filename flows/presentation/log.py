"""What was found, in lines of a log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from wellposed.flows.presentation.words import boundary_summary, curve_summary

if TYPE_CHECKING:
    from wellposed.sweeps.answers.boundary import BoundaryAnswer
    from wellposed.sweeps.answers.curve import CurveAnswer
    from wellposed.sweeps.answers.sweep import SweepAnswer

MAX_LINES = 40
"""Lines of what was found, and of the points without an answer."""


def of_sweep(answer: SweepAnswer, totals: Mapping[str, int]) -> Iterator[str]:
    """Yields what became of the points of a sweep, and the range of its order parameter."""
    from wellposed.sweeps.answers.layout import Outcome

    yield f"Found: {', '.join(f'{count:,} {outcome}' for outcome, count in totals.items() if count)}"
    name = answer.experiment.order_parameter
    if name is not None:
        stored = answer.stored[[name, "outcome"]].load()
        values = stored[name].where(stored["outcome"] == Outcome.OK)
        if values.notnull().any():
            yield f"Found: {name} from {values.min().item():.6g} to {values.max().item():.6g}"


def of_boundaries(answer: BoundaryAnswer) -> Iterator[str]:
    """Yields what was found on each line of a boundary search."""
    for line in answer.lines:
        yield f"Found: {boundary_summary(answer, line)}"


def of_curve(answer: CurveAnswer) -> Iterator[str]:
    """Yields what a search for a curve found."""
    yield f"Found: {curve_summary(answer)}"


def shortened(lines: Iterable[str], count: int) -> Iterator[str]:
    """Yields the first of `count` lines, and how many more there are."""
    more = count - MAX_LINES
    return chain(islice(lines, MAX_LINES), [f"and {more:,} more"] if more > 0 else [])
