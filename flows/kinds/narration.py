"""What is said of a job while it runs, and the page that it leaves: the same for all kinds."""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.job import provenance_of, troubles
from wellposed.flows.kinds.questions import counted
from wellposed.flows.presentation.listing import spelled
from wellposed.flows.presentation.log import shortened
from wellposed.flows.presentation.provenance import provenance

if TYPE_CHECKING:
    from wellposed.flows.kinds.job import Job, Part, Round
    from wellposed.flows.presentation.findings import Findings


def asked(job: Job) -> Iterator[str]:
    """Yields what is asked, and of which experiment."""
    if job.is_composite:
        yield f"Asked: {len(job.parts)} questions of the {job.kind} {job.title}"
        return
    yield f"Asked: {job.title}"
    experiment = job.parts[0].experiment
    version = spelled(experiment.version, experiment.fingerprint)
    yield f"{experiment.name}, version {version}: {experiment.summary} ({experiment.source})"


def found(part: Part) -> Iterator[str]:
    """Yields what was found, a line each."""
    yield from KINDS[part.kind].lines(part)


def answered(part: Part) -> Iterator[str]:
    """Yields what was found, where it is stored, and the command that does the same."""
    lines = list(found(part))
    yield from shortened(lines, len(lines))
    yield f"Stored in {part.store.location}"
    yield f"Open it in Python: {provenance_of(part).opening}"
    yield f"The same from a terminal: {part.command}"


def begun(number: int, asked: Round) -> str:
    """Returns what is known when a round begins, and what it asks."""
    points = sum(block.size for block in asked.blocks)
    return f"Round {number}: {asked.known}; {points:,} points in {len(asked.blocks):,} blocks"


def told(part: Part, taken: int, seconds: float) -> Iterator[tuple[int, str]]:
    """Yields what is said when a part is answered, each line with its level."""
    if taken:
        yield logging.INFO, f"{taken:,} points were taken from other sweeps"
    yield logging.INFO, f"Computed in {seconds:.1f} s"
    for line in answered(part):
        yield logging.INFO, line
    for line in unanswered(part):
        yield logging.WARNING, line


def unanswered(part: Part) -> Iterator[str]:
    """Yields the points without an answer, each with the reason."""
    totals = part.store.totals()
    # Each reason is read from the store, so no more than are said.
    yield from shortened(troubles(part), totals["unresolved"] + totals["failed"])


def concluded(job: Job) -> str:
    """Returns what became of all the points and boundaries, in one line."""
    own = [KINDS[job.kind].counted([job])] if job.is_composite else []
    lines = dict.fromkeys([*own, counted(job.parts)])
    totals = [part.store.totals() for part in job.parts]
    points = [
        f"{count:,} {outcome}"
        for outcome in ("ok", "unresolved", "failed")
        if (count := sum(total[outcome] for total in totals))
    ]
    words = [
        f"{len(job.parts):,} questions" if len(job.parts) > 1 else "",
        *lines,
        f"Points: {', '.join(points)}" if points else "",
    ]
    return "; ".join(filter(None, words))


def state_of(job: Job) -> Literal["COMPLETED", "FAILED"]:
    """Returns how a run ends that has computed all of a job: failed, if every point did."""
    totals = [part.store.totals() for part in job.parts]
    failed, others = (
        sum(total[outcome] for total in totals for outcome in outcomes)
        for outcomes in (("failed",), ("ok", "unresolved"))
    )
    return "FAILED" if failed and not others else "COMPLETED"


def draw(job: Job) -> Sequence[str]:
    """Draws what lies beside the answer in the catalogue, and returns the places of these pictures."""
    kind = KINDS[job.kind]
    return () if kind.draw is None else kind.draw(job)


def page_of(job: Job) -> str:
    """Returns the page that a run leaves, in Markdown: tables, pictures, and where everything is."""
    kind = KINDS[job.kind]
    if kind.page is not None:
        return kind.page(job)
    parts = [table.markdown() for table in kind.tables(job)]
    parts += [
        f"## Figure\n\n![Figure](data:image/png;base64,{base64.b64encode(png).decode()})"
        for png in findings_of(job).pngs.values()
    ]
    return "\n\n".join([*parts, provenance([provenance_of(part) for part in job.parts])])


@lru_cache(maxsize=4)
def findings_of(job: Job) -> Findings:
    """Returns what a job found, with its pictures.  Drawn once: all must be stored by then."""
    from wellposed.flows.presentation.findings import Findings

    found = KINDS[job.kind].answers(job)
    return Findings(found.boundaries, found.sweeps, found.curves, job.pictures, found.pictures)


def documents_of(parts: Sequence[Part]) -> list[dict[str, object]]:
    """Returns questions as plain data: where their answers are, and what became of their points."""
    return [
        {
            "id": part.store.id,
            "kind": part.kind,
            "experiment": part.experiment.name,
            "version": part.experiment.version,
            "fingerprint": part.experiment.fingerprint,
            "title": part.title,
            "place": part.store.location,
            "command": part.command,
            "points": _points(part),
        }
        for part in parts
    ]


def _points(part: Part) -> dict[str, int]:
    """Returns what became of the points; none is missing where it is not known how many there will be."""
    totals = part.store.totals()
    return totals if part.points is not None else {k: n for k, n in totals.items() if k != "missing"}
