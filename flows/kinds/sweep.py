"""An experiment at every point of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic.dataclasses import dataclass as pydantic_dataclass

from wellposed.flows.kinds.assignment import Assignment
from wellposed.flows.kinds.command import command_of_part
from wellposed.flows.kinds.job import Options, Round, missing, title_of
from wellposed.flows.kinds.kind import Answers, Find, Kind, OutputValues, StoredQuestion
from wellposed.flows.kinds.request import Computed, Example, ExperimentName, Place, Settings, Values

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.catalog import Store
    from wellposed.flows.kinds.kind import Cost
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.kinetics.experiment import Experiment
    from wellposed.kinetics.study import Picture
    from wellposed.sweeps.answers.sweep import SweepAnswer
    from wellposed.sweeps.experiments.find import FoundExperiment, Reference
    from wellposed.sweeps.requests.grid import Fixed, Sweep


@pydantic_dataclass(frozen=True)
class SweepRequest(Computed):
    """What `wellposed.sweep` is asked."""

    experiment: ExperimentName
    axes: Annotated[Values, Example(["beta=0:1:11", "M=7,8,10"])]
    fixed: Settings = None
    catalogue: Place = "results"


@dataclass(frozen=True, eq=False)
class SweepJob:
    """A sweep with its place in a catalogue; see `wellposed.flows.kinds.job.Part`."""

    reference: Reference
    experiment: Experiment
    sweep: Sweep
    store: Store
    options: Options = field(default_factory=Options)
    begun: bool = False
    """Whether what is to be computed again has been forgotten."""
    kind = "sweep"
    heading = ""
    is_composite = False
    pictures: ClassVar[Sequence[Picture]] = ("planes",)

    @property
    def title(self) -> str:
        return title_of(self.experiment, self.sweep.axes, self.sweep.fixed)

    @property
    def command(self) -> str:
        return command_of_part(self)

    @property
    def parts(self) -> Sequence[Self]:
        return (self,)

    @property
    def stores(self) -> Sequence[Store]:
        return (self.store,)

    @property
    def fixed(self) -> Fixed:
        return self.sweep.fixed

    @property
    def points(self) -> int:
        return self.sweep.size

    def request(self) -> dict[str, Any]:
        return self.sweep.request()

    @property
    def assignment(self) -> Assignment:
        return _assignment(self)

    @property
    def pending(self) -> bool:
        return any(True for _ in self.rounds())

    def rounds(self) -> Iterator[Round]:
        import numpy as np

        from wellposed.sweeps.answers.layout import Outcome

        blocks = self.sweep.blocks(self.store.chunks)
        if self.options.recompute == "failed":
            outcome = self.store.outcome().transpose(*self.sweep.dims).to_numpy()
            again = np.isin(outcome, [Outcome.MISSING, Outcome.FAILED])
            todo = [block for block in blocks if again[tuple(block.region.values())].any()]
        elif self.options.recompute == "everything" and not self.begun:
            todo = list(blocks)
        else:
            todo = missing(blocks, self.store) if self.store.manifest() is None else []
        if todo:
            left, asked = sum(block.size for block in todo), self.sweep.size
            yield Round(todo, f"{asked - left:,} of {asked:,} points are stored, {left:,} are left")

    def reopened(self) -> Self:
        if self.options.recompute == "everything":
            self.store.forget()
        if self.options.recompute == "failed":
            self.store.reopen()
        return replace(self, begun=True)

    def donors(self) -> Iterator[Store]:
        """Yields other sweeps that hold points of this one."""
        import numpy as np

        from wellposed.catalog.overlap import donors

        if self.options.recompute == "everything":
            return
        points = dict(self.fixed) | {name: np.array(values) for name, values in self.sweep.axes}
        asked, url = self.sweep, self.store.url
        for store in donors(url, asked.experiment, asked.version, points, self.store, asked.fingerprint):
            if store != self.store:
                yield store

    def finish(self, **facts: object) -> None:
        if self.store.manifest() is None:
            self.store.finish(command=self.command, **facts)

    def result(self) -> xr.Dataset:
        """Returns everything that is stored, read when it is looked at."""
        return self.store.dataset()

    def answer(self) -> SweepAnswer:
        """Returns what was found, as far as it is stored."""
        from wellposed.sweeps.answers.sweep import SweepAnswer

        return SweepAnswer(self.store.id, self.experiment, self.sweep, self.store.dataset())


@lru_cache(maxsize=4)
def _assignment(job: SweepJob) -> Assignment:
    """Returns what workers are told of a job.

    Kept, as the whole catalogue is looked through for it; not as a cached property, for which Python before
    3.12 has one lock for all jobs.
    """
    retries = job.options.recompute == "failed"
    donors = () if retries else tuple(job.donors())
    return Assignment(job.reference, job.fixed, job.store, donors, retries, job.options.time_limit)


def canonical_sweep(request: SweepRequest, found: FoundExperiment) -> Sweep:
    """Returns what is asked in canonical form.  Raises as `Sweep.from_request`."""
    from wellposed.sweeps.requests.grid import Sweep
    from wellposed.sweeps.requests.spelling import axes_of, settings_of

    axes = axes_of(found.experiment, request.axes or {})
    return Sweep.from_request(found.experiment, axes, settings_of(found.experiment, request.fixed or {}))


def sweep_job(request: SweepRequest, find: Find) -> SweepJob:
    """Checks a request, and makes or finds its place in the catalogue.  Raises as `wellposed.sweep`."""
    found = find(request.experiment)
    options, sweep = Options.of(request), canonical_sweep(request, found)
    # What is refused is refused before these are imported, which takes a second.
    from wellposed import catalog
    from wellposed.sweeps.answers.layout import template

    shape = template(found.experiment, sweep)
    place = catalog.open(request.catalogue, writable=True)
    store = place.create(shape, sweep.chunks(found.experiment.points_per_block))
    return SweepJob(found.reference, found.experiment, sweep, store, options)


def _cost(request: SweepRequest, find: Find) -> Cost:
    from wellposed.flows.kinds.cost import sweep_cost

    found = find(request.experiment)
    return sweep_cost(found, canonical_sweep(request, found), request)


def _reconstruct(stored: StoredQuestion, experiment: Experiment, store: Store) -> SweepJob:
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.grid import Sweep

    sweep = Sweep(store.experiment, stored.version, stored.axes, stored.fixed, stored.fingerprint)
    return SweepJob(Reference(store.experiment), experiment, sweep, store)


def _answers(job: SweepJob) -> Answers:
    return Answers(sweeps=[job.answer()])


def _lines(job: SweepJob) -> Iterator[str]:
    from wellposed.flows.presentation import log

    return log.of_sweep(job.answer(), job.store.totals())


def _tables(job: SweepJob) -> Sequence[TitledTable]:
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.flows.presentation.tables import sweep_table

    points = TitledTable("Sweeps", sweep_table([(job.title, job.points, job.store.totals())]))
    return [points, *_value_tables(job, ())]


def _value_tables(job: SweepJob, chosen: Sequence[str]) -> Sequence[TitledTable]:
    from wellposed.flows.presentation.sweep_values import value_tables

    return value_tables(job.answer(), chosen)


def _value_documents(job: SweepJob, chosen: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    from wellposed.flows.presentation.sweep_values import value_documents

    return value_documents(job.answer(), chosen)


def _check_shown(request: SweepRequest, find: Find, chosen: Sequence[str]) -> None:
    from wellposed.flows.presentation.sweep_values import shown_outputs

    experiment = find(request.experiment).experiment
    own = {one.name: one.values.tolist() for one in experiment.coordinates}
    shown_outputs(experiment, chosen, own)


def _document(job: SweepJob) -> Mapping[str, Any]:
    return {}


def _is_decided(job: SweepJob) -> bool:
    return True


def _counted(jobs: Sequence[SweepJob]) -> str:
    return ""


def _identity(request: SweepRequest, find: Find) -> str:
    return canonical_sweep(request, find(request.experiment)).id


RETURNS = """\
Dataset
    Lazy: read when it is looked at.  Dimensions are the axes and the experiment's own; variables are its
    outputs, the `outcome` of every point and the `reason` where there is no answer.
"""
"""What Python's function returns."""

KIND = Kind(
    name="sweep",
    summary="Evaluate an experiment at every point of a grid.",
    request=SweepRequest,
    run_name="{experiment}",
    job=sweep_job,
    cost=_cost,
    answers=_answers,
    lines=_lines,
    tables=_tables,
    document=_document,
    is_decided=_is_decided,
    counted=_counted,
    reconstruct=_reconstruct,
    identity=_identity,
    values=OutputValues(_check_shown, _value_tables, _value_documents),
    complaints=("unresolved", "failed"),
    returns=RETURNS,
    examples=(
        "wellposed sweep wave.growth --axis beta=0:1:41 --axis M=7,8,10 --set operator=gain",
        "wellposed sweep wave.lipschitz --axis beta=0,0.1,0.2,0.25 --set M=8 --show constants=full",
        "wellposed sweep wave.growth --axis beta=0:1:41 --axis M=6.5:12:12 --explain",
        "wellposed sweep ./my_kernel.py:experiment --axis beta=0:1:11",
    ),
)
