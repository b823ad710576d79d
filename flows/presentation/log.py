"""What is said of a job while it runs: the lines of its log, as a reader of the result wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import singledispatch
from itertools import chain, islice

from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.curve import TraceJob
from wellposed.flows.kinds.job import Job, opening_line, spell, troubles
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.presentation.listing import spelled
from wellposed.flows.presentation.tables import with_error
from wellposed.sweeps.answers.layout import Outcome

MOST_LINES = 40
"""Of what was found, and of the points without an answer."""


def asked(job: Job) -> Iterator[str]:
    """What is asked, and of which experiment."""
    yield f"Asked: {job.title}"
    experiment = job.experiment
    version = spelled(experiment.version, experiment.fingerprint)
    yield f"{experiment.name}, version {version}: {experiment.summary} ({experiment.source})"


def answered(job: Job) -> Iterator[str]:
    """What was found, where it is stored, and the command that does the same."""
    lines = list(found(job))
    yield from _shortened(lines, len(lines))
    yield f"Stored in {job.store.location}"
    yield f"Open it in Python: {opening_line(job)}"
    yield f"The same from a terminal: {job.command}"


def unanswered(job: Job) -> Iterator[str]:
    """The points without an answer, each with the reason."""
    totals = job.store.totals()
    # Each reason is read from the store, so no more than are said.
    yield from _shortened(troubles(job), totals["unresolved"] + totals["failed"])


def concluded(jobs: Sequence[Job]) -> str:
    """What became of all the points and boundaries, in one line."""
    lines = [line for job in jobs if isinstance(job, SearchJob) for line in job.lines()]
    outcomes = [line.said for line in lines]
    parts = [
        f"{outcomes.count(outcome):,} {'without a boundary' if outcome == 'none' else outcome}"
        for outcome in dict.fromkeys(["located", *outcomes])
        if outcome in outcomes
    ]
    curves = [job.summary for job in jobs if isinstance(job, TraceJob)]
    totals = [job.store.totals() for job in jobs]
    points = [
        f"{count:,} {outcome.name.lower()}"
        for outcome in (Outcome.OK, Outcome.UNRESOLVED, Outcome.FAILED)
        if (count := sum(total[outcome.name.lower()] for total in totals))
    ]
    told = [
        f"{len(jobs):,} questions" if len(jobs) > 1 else "",
        f"Boundaries: {', '.join(parts)}" if lines else "",
        *(f"Curve: {curve}" for curve in curves),
        f"Points: {', '.join(points)}" if points else "",
    ]
    return "; ".join(filter(None, told))


@singledispatch
def found(job: Job) -> Iterator[str]:
    """What was found, in a line for each boundary, curve or grid."""
    raise TypeError(f"Argument `job` must be a sweep, a search or a curve, but is a {type(job).__name__}.")


@found.register
def _(job: SweepJob) -> Iterator[str]:
    said = ", ".join(f"{count:,} {outcome}" for outcome, count in job.store.totals().items() if count)
    yield f"Found: {said}"
    name = job.experiment.order_parameter
    if name is not None:
        stored = job.result()[[name, "outcome"]].load()
        values = stored[name].where(stored["outcome"] == Outcome.OK)
        if values.notnull().any():
            yield f"Found: {name} from {values.min().item():.6g} to {values.max().item():.6g}"


@found.register
def _(job: SearchJob) -> Iterator[str]:
    for line in job.lines():
        yield f"Found: {_boundary(job, line)}"


@found.register
def _(job: TraceJob) -> Iterator[str]:
    yield f"Found: {job.summary}"


def _boundary(job: SearchJob, line: Line) -> str:
    """Such as ``beta_c = 0.2500000 ± 5e-07 at M = 8; the paper: 1/4 (Theorem 4.2)``."""
    search, experiment = job.search, job.experiment
    if line.outcome == "located":
        error = max(line.boundary - line.lower, line.upper - line.boundary)
        said = f"{search.along}_c = {' ± '.join(with_error(line.boundary, error))}"
    else:
        what = "no boundary" if line.outcome == "none" else f"{line.said} boundary"
        said = f"{what} in {search.along} from {search.lower:g} to {search.upper:g}"
    here = [f"{name} = {spell(line.point[name])}" for name, _ in search.axes]
    if here:
        said += f" at {', '.join(here)}"
    threshold = experiment.printed_threshold(search.along, line.point)
    return f"{said}; the paper: {threshold.label} ({threshold.source})" if threshold else said


def _shortened(lines: Iterable[str], count: int) -> Iterator[str]:
    """The first of `count` lines, and how many more there are."""
    more = count - MOST_LINES
    return chain(islice(lines, MOST_LINES), [f"and {more:,} more"] if more > 0 else [])
