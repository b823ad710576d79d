"""What was found on a line, in a plane or on a grid, in a few words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wellposed.flows.text import counted, short, with_error

if TYPE_CHECKING:
    from wellposed.sweeps.answers.boundary import BoundaryAnswer, FoundZero, Line
    from wellposed.sweeps.answers.curve import CurveAnswer


MOST_CHANGES = 8
"""Changes of sign on a line that are shown one by one."""


def changes_summary(line: Line) -> str:
    """Returns what is said of a line with several changes of sign, or with values that are not believed.

    Such as ``the lowest of 3 changes of sign, the others at 0.500 ± 1e-03 and 0.700 ± 1e-03``.
    """
    if line.has_rough_values:
        return (
            f"{counted(line.sign_changes, 'change')} of sign from {line.lower:.6g} to {line.upper:.6g}, "
            "where the values rise and fall by more than their errors: the experiment states too small an "
            "error, or varies within a few tolerances"
        )
    if line.sign_changes < 2:
        return ""
    others = line.others[: MOST_CHANGES - 1]
    places = [_zero(zero) for zero in others]
    more = line.sign_changes - 1 - len(others)
    *first, last = [*places, *([f"{more:,} more"] if more > 0 else [])]
    listed = f"{', '.join(first)} and {last}" if first else last
    others_are = "the others" if line.sign_changes > 2 else "the other"
    return f"the lowest of {line.sign_changes:,} changes of sign, {others_are} at {listed}"


def boundary_notes(answers: Sequence[BoundaryAnswer]) -> Iterator[str]:
    """Yields what a table of boundaries does not say of its lines."""
    for answer in answers:
        for line in answer.lines:
            more = line.sign_changes - 1 - len(line.others[: MOST_CHANGES - 1])
            where = _where(answer, line)
            if line.has_rough_values:
                yield f"Unresolved{where}: {changes_summary(line)}."
            elif line.sign_changes > 1 and more > 0:
                yield f"Not shown are the highest {more:,} of {line.sign_changes:,} changes of sign{where}."


def _where(answer: BoundaryAnswer, line: Line) -> str:
    here = [f"{name} = {short(line.point[name])}" for name, _ in answer.search.axes]
    return f" at {', '.join(here)}" if here else ""


def _zero(zero: FoundZero) -> str:
    if zero.outcome != "located":
        return f"unresolved in [{zero.lower:.6g}, {zero.upper:.6g}]"
    return " ± ".join(with_error(zero.position, zero.error))


def boundary_summary(answer: BoundaryAnswer, line: Line) -> str:
    """Returns such as ``beta_c = 0.2500000 ± 5e-07 at M = 8; the paper: 1/4 (Theorem 4.2)``."""
    search = answer.search
    if line.outcome == "located":
        shown = f"{search.along}_c = {' ± '.join(with_error(line.boundary, line.error))}"
    else:
        what = "no boundary" if line.outcome == "none" else f"{line.shown} boundary"
        shown = f"{what} in {search.along} from {search.lower:g} to {search.upper:g}"
    shown += _where(answer, line)
    if said := changes_summary(line):
        shown += f": {said}"
    threshold = answer.published(line)
    return f"{shown}; the paper: {threshold.label} ({threshold.source})" if threshold else shown


def curve_summary(answer: CurveAnswer) -> str:
    """Returns such as ``located: 33 vertices in 1 piece, from 145 evaluations``."""
    found = answer.found
    pieces = len(set(found["piece"].to_numpy().tolist()))
    vertices = counted(found.sizes["vertex"], "vertex", "vertices")
    evaluations = counted(int(found.attrs["evaluations"]), "evaluation")
    return f"{answer.outcome}: {vertices} in {counted(pieces, 'piece')}, from {evaluations}"
