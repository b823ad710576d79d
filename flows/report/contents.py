"""What a catalogue holds, read again as the questions that were asked.

Nothing is computed, written, or executed but what is installed here: an experiment that is not, or not in the
version that computed a sweep, is described by what the sweep says of itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xarray as xr

from wellposed import catalog
from wellposed.catalog import Store
from wellposed.catalog.schema import OUTCOME
from wellposed.errors import AnswerError, CatalogueError
from wellposed.flows.kinds.boundary import SearchJob
from wellposed.flows.kinds.curve import TraceJob
from wellposed.flows.kinds.job import Job
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.report.audit import RecordedAudit, recorded
from wellposed.flows.report.metadata import Held, ReadStore, read_held
from wellposed.flows.report.reconstructed import experiments_of, key_of
from wellposed.flows.report.tables import crossings
from wellposed.kinetics.experiment import Experiment
from wellposed.sweeps.answers.layout import BOUNDARY_VARIABLES, Outcome
from wellposed.sweeps.experiments.find import Reference
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.curve import CurveSearch
from wellposed.sweeps.requests.grid import EVALUATION, Sweep

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
class Holdings:
    """All sweeps of a catalogue, sorted by experiment and id.

    Attributes
    ----------
    url : str
        The catalogue.
    held : sequence of Held
    jobs : mapping of Held to Job
        The questions of those that are no audits.  They are there to be read: nothing can be computed.
    audits : mapping of Held to RecordedAudit
    damaged : sequence of Damaged
    """

    url: str
    held: Sequence[Held]
    jobs: Mapping[Held, Job]
    audits: Mapping[Held, RecordedAudit]
    damaged: Sequence[Damaged]


def holdings(catalogue: str | Path) -> Holdings:
    """What `catalogue` holds.  Raises `CatalogueError` if there is none."""
    place = catalog.open(catalogue)
    found: list[Held] = []
    damaged: list[Damaged] = []
    for store in place.stores():
        try:
            found.append(read_held(store))
        except DAMAGED as error:
            damaged.append(Damaged(store, _reason(error)))
    experiments = experiments_of(found)
    held: list[Held] = []
    jobs: dict[Held, Job] = {}
    audits: dict[Held, RecordedAudit] = {}
    for one in found:
        try:
            if one.kind == "audit":
                audits[one] = recorded(one.store)
            else:
                experiment = experiments[key_of(one)]
                content = _content(one, experiment)
                one = replace(one, totals=_totals(content))
                job = _job(one, experiment, ReadStore(one.store.url, one.store.path, content, one.manifest))
                _probe(job)
                jobs[one] = job
            held.append(one)
        except DAMAGED as error:
            damaged.append(Damaged(one.store, _reason(error)))
    return Holdings(place.url, held, jobs, audits, sorted(damaged, key=lambda one: one.store.path))


def _reason(error: Exception) -> str:
    said = str(error)
    return said if isinstance(error, CatalogueError) else f"It is not as wellposed writes it: {error!r}"


def _content(one: Held, experiment: Experiment) -> xr.Dataset:
    """What `ReadStore` keeps.  Raises one of `DAMAGED` if it cannot be read."""
    stored = one.store.dataset()
    if EVALUATION in stored.sizes:
        # Most of the places for evaluations are empty, and looking for what is not there takes as long.
        at, side = stored[OUTCOME].dims.index(EVALUATION), one.store.chunks[EVALUATION]
        used = max((start[at] + side for start in one.store.stored()), default=0)
        stored = stored.isel({EVALUATION: slice(0, used)})
    named = experiment.order_parameter
    names = [OUTCOME, *([named, f"{named}_error"] if named else [])]
    names += [str(one.request[name]) for name in ("along", "across") if name in one.request]
    if one.kind == "boundary" and one.manifest is not None:
        names += BOUNDARY_VARIABLES
    # The parameters that are given need not be read: the request tells them.
    given = {name: (name, values) for name, values in one.request["axes"].items()} | dict(
        one.request["fixed"]
    )
    with one.store.intact():
        content = stored.reset_coords()[names].load()
        if content[OUTCOME].isin([Outcome.UNRESOLVED, Outcome.FAILED]).any():
            content["reason"] = stored["reason"].variable.load()
    return content.drop_vars(given, errors="ignore").assign_coords(given)


def _totals(content: xr.Dataset) -> dict[str, int]:
    outcome = content[OUTCOME].to_numpy()
    return {kind.name.lower(): int((outcome == kind).sum()) for kind in Outcome}


def _probe(job: Job) -> None:
    """Raises one of `DAMAGED` if what a search found cannot be told, or makes no sense."""
    if isinstance(job, SearchJob) and job.store.manifest() is not None:
        for one in crossings({job: job.lines()}):
            line = one.line
            if line.outcome == "located" and not line.lower <= line.boundary <= line.upper:
                raise CatalogueError(f"{job.store.location} has a boundary outside of its bracket.")
    if isinstance(job, TraceJob) and job.store.manifest() is not None:
        job.table()


def _job(one: Held, experiment: Experiment, store: Store) -> Job:
    """The question that `one` answers, with what is in `store`."""
    request, name, version = one.request, one.store.experiment, one.version
    reference, fingerprint = Reference(name), request.get("fingerprint")
    axes = tuple((str(axis), tuple(values)) for axis, values in request["axes"].items())
    fixed = tuple((str(parameter), value) for parameter, value in request["fixed"].items())
    match one.kind:
        case "sweep":
            asked = Sweep(name, version, axes, fixed, fingerprint)
            return SweepJob(reference, experiment, asked, store)
        case "boundary":
            search = BoundarySearch(
                name,
                version,
                str(request["along"]),
                *_ends(request["between"]),
                axes,
                fixed,
                float(request["tolerance"]),
                int(request["coarse"]),
                bool(request["neighbours"]),
                int(request["fill"]),
                fingerprint,
            )
            return SearchJob(reference, experiment, search, store)
        case "curve":
            curve = CurveSearch(
                name,
                version,
                str(request["along"]),
                str(request["across"]),
                _ends(request["between"]),
                _ends(request["over"]),
                fixed,
                float(request["tolerance"]),
                int(request["coarse"]),
                int(request["depth"]),
                int(request["most"]),
                fingerprint,
            )
            return TraceJob(reference, experiment, curve, store)
    raise CatalogueError(f"{one.store.location} is of the kind {one.kind!r}, which is not known here.")


def _ends(pair: Sequence[Any]) -> tuple[float, float]:
    lower, upper = map(float, pair)
    return lower, upper
