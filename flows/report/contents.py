"""What a catalogue holds, read again as the questions that were asked.

Nothing is computed, written, or executed but what is installed here: an experiment that is not, or not in the
version that computed a sweep, is described by what the sweep says of itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from wellposed import catalog
from wellposed.catalog import Store
from wellposed.errors import AnswerError, CatalogueError
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.job import Part
from wellposed.flows.kinds.kind import Answers, StoredQuestion
from wellposed.flows.presentation.table import Table
from wellposed.flows.presentation.tables import audit_table
from wellposed.flows.report.audit import RecordedAudit, recorded_audit
from wellposed.flows.report.entry import Entry, read_entry
from wellposed.flows.report.judged import judged_lines
from wellposed.flows.report.read_store import read_store
from wellposed.flows.report.reconstructed import experiments_of, key_of
from wellposed.flows.text import WITHOUT_BOUNDARY
from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.family import Family
from wellposed.sweeps.experiments.families import families

DAMAGED = (
    *(AnswerError, CatalogueError, OSError, LookupError, TypeError),
    *(ValueError, AttributeError, OverflowError),
)
"""What reading a sweep raises that is not as wellposed writes it."""


@dataclass(frozen=True)
class Damaged:
    """A sweep that cannot be read, and why."""

    store: Store
    reason: str


@dataclass(frozen=True, eq=False)
class StoredJob:
    """A question whose points a catalogue holds, and its answers.

    Attributes
    ----------
    entry : Entry
    job : Part
        It is there to be read: nothing can be computed.
    answers : Answers
        Of an unfinished search there are none; of an unfinished sweep, the points so far.
    is_outdated : bool
        Whether another version of wellposed asked it in a form of its own.  It has no answers then, and must
        be asked again.
    """

    entry: Entry
    job: Part
    answers: Answers
    is_outdated: bool = False

    @property
    def id(self) -> str:
        return self.entry.store.id

    @property
    def is_answered(self) -> bool:
        return self.entry.manifest is not None and not self.is_outdated


@dataclass(frozen=True, eq=False)
class Contents:
    """All that a catalogue holds, sorted by experiment and id.

    Attributes
    ----------
    url : str
        The catalogue.
    entries : sequence of Entry
        All that can be read.
    jobs : sequence of StoredJob
        The questions among them.
    audits : sequence of RecordedAudit
        The others.
    damaged : sequence of Damaged
    families : mapping of str to Family
        Those that are installed, by name.
    """

    url: str
    entries: Sequence[Entry]
    jobs: Sequence[StoredJob]
    audits: Sequence[RecordedAudit]
    damaged: Sequence[Damaged]
    families: Mapping[str, Family]

    @property
    def outdated(self) -> Collection[Entry]:
        """Those that must be asked again."""
        return {stored.entry for stored in self.jobs if stored.is_outdated}


def contents_of(catalogue: str | Path) -> Contents:
    """Returns what `catalogue` holds.  Raises `CatalogueError` if there is none."""
    place, known = catalog.open(catalogue), families()
    found: list[Entry] = []
    damaged: list[Damaged] = []
    for store in place.stores():
        try:
            found.append(read_entry(store))
        except DAMAGED as error:
            damaged.append(Damaged(store, _reason(error)))
    experiments = experiments_of(found)
    entries: list[Entry] = []
    jobs: list[StoredJob] = []
    audits: list[RecordedAudit] = []
    for entry in found:
        try:
            if entry.has_points:
                jobs.append(_stored_job(entry, experiments[key_of(entry)]))
                entries.append(jobs[-1].entry)
            else:
                audits.append(recorded_audit(entry.store, known))
                entries.append(entry)
        except DAMAGED as error:
            damaged.append(Damaged(entry.store, _reason(error)))
    damaged.sort(key=lambda one: one.store.path)
    return Contents(place.url, entries, jobs, audits, damaged, known)


def stored_answer(store: Store) -> StoredJob | Table:
    """Returns one question with its answers, as a catalogue holds it; of an audit, its verdicts.

    Raises
    ------
    CatalogueError
        If it cannot be read.
    """
    try:
        entry = read_entry(store)
        if not entry.has_points:
            return audit_table(recorded_audit(store, families()).assessed)
        (experiment,) = experiments_of([entry]).values()
        return _stored_job(entry, experiment)
    except DAMAGED as error:
        raise CatalogueError(_reason(error)) from error


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, CatalogueError) else f"It is not as wellposed writes it: {error!r}"


def _stored_job(entry: Entry, experiment: Experiment) -> StoredJob:
    """Returns the question of an entry with its answers.  Raises one of `DAMAGED` if they make no sense."""
    kind = KINDS[entry.kind]
    assert kind.reconstruct is not None  # it has points
    store = read_store(entry, experiment)
    entry = replace(entry, totals=store.totals())
    job = kind.reconstruct(StoredQuestion(entry.request, entry.version), experiment, store)
    if job.request() != entry.request:
        return StoredJob(entry, job, Answers(), is_outdated=True)
    if entry.manifest is None:
        return StoredJob(entry, job, _so_far(entry, job))
    answers = kind.answers(job)
    _probe(entry, job, answers)
    return StoredJob(entry, job, answers)


def _so_far(entry: Entry, job: Part) -> Answers:
    """Returns what can be shown of an unfinished question: points on a grid, but nothing that is searched."""
    try:
        return Answers(sweeps=KINDS[entry.kind].answers(job).sweeps)
    except CatalogueError:
        return Answers()


def _probe(entry: Entry, job: Part, answers: Answers) -> None:
    """Raises one of `DAMAGED` if what was found cannot be shown, or makes no sense."""
    kind = KINDS[entry.kind]
    list(kind.lines(job))
    kind.tables(job)
    kind.is_decided(job)
    for judged in judged_lines(answers.boundaries):
        line = judged.line
        if line.outcome == "located":
            if not line.lower <= line.boundary <= line.upper:
                raise CatalogueError(f"{entry.store.location} has a boundary outside of its bracket.")
        elif line.shown not in WITHOUT_BOUNDARY:
            raise CatalogueError(f"{entry.store.location} has a line with the outcome {line.outcome!r}.")
