"""What was found on a line, in a plane or on a grid, in a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wellposed.flows.text import counted, short, with_error

if TYPE_CHECKING:
    from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
    from wellposed.sweeps.answers.curve import CurveAnswer


def boundary_summary(answer: BoundaryAnswer, line: Line) -> str:
    """Returns such as ``beta_c = 0.2500000 ± 5e-07 at M = 8; the paper: 1/4 (Theorem 4.2)``."""
    search = answer.search
    if line.outcome == "located":
        shown = f"{search.along}_c = {' ± '.join(with_error(line.boundary, line.error))}"
    else:
        what = "no boundary" if line.outcome == "none" else f"{line.shown} boundary"
        shown = f"{what} in {search.along} from {search.lower:g} to {search.upper:g}"
    here = [f"{name} = {short(line.point[name])}" for name, _ in search.axes]
    if here:
        shown += f" at {', '.join(here)}"
    threshold = answer.published(line)
    return f"{shown}; the paper: {threshold.label} ({threshold.source})" if threshold else shown


def curve_summary(answer: CurveAnswer) -> str:
    """Returns such as ``located: 33 vertices in 1 piece, from 145 evaluations``."""
    found = answer.found
    pieces = len(set(found["piece"].to_numpy().tolist()))
    vertices = counted(found.sizes["vertex"], "vertex", "vertices")
    evaluations = counted(int(found.attrs["evaluations"]), "evaluation")
    return f"{answer.outcome}: {vertices} in {counted(pieces, 'piece')}, from {evaluations}"
