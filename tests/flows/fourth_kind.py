"""A kind of question that does not come with wellposed: the largest value on a grid.

All of it is in this module, as whoever adds a kind would write it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import xarray as xr
from pydantic.dataclasses import dataclass as pydantic_dataclass

from wellposed import catalog
from wellposed.catalog import Store
from wellposed.flows.kinds.cost import sweep_cost
from wellposed.flows.kinds.job import Options
from wellposed.flows.kinds.kind import Answers, Cost, Find, Kind, StoredQuestion
from wellposed.flows.kinds.request import Computed, Example, OrderedExperimentName, Place, Settings, Values
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.presentation.table import Table, TitledTable
from wellposed.kinetics.experiment import Experiment
from wellposed.sweeps.answers.layout import FoundVariable, Outcome, template
from wellposed.sweeps.experiments.find import FoundExperiment, Reference
from wellposed.sweeps.requests.grid import Sweep
from wellposed.sweeps.requests.spelling import axes_of, settings_of

LARGEST = "largest"

FOUND = {LARGEST: FoundVariable((), np.nan, np.float64, {"long_name": "largest value on the grid"})}


@pydantic_dataclass(frozen=True)
class ExtremumRequest(Computed):
    experiment: OrderedExperimentName
    axes: Annotated[Values, Example(["beta=0:1:11"])]
    fixed: Settings = None
    catalogue: Place = "results"


@dataclass(frozen=True)
class Grid(Sweep):
    """A grid whose largest value is asked for: another question than that of a sweep."""

    def request(self) -> dict[str, Any]:
        return {**super().request(), "kind": "extremum"}


@dataclass(frozen=True, eq=False)
class ExtremumJob(SweepJob):
    kind = "extremum"

    @property
    def title(self) -> str:
        return f"{super().title}, its largest value"

    def finish(self, **facts: object) -> None:
        if self.store.manifest() is None:
            value = np.nanmax(self.resolved().to_numpy())
            self.store.write({}, xr.Dataset({LARGEST: ((), value)}))
            self.store.finish(command=self.command, **facts)

    def resolved(self) -> xr.DataArray:
        stored = self.store.dataset()
        value = stored[str(self.experiment.order_parameter)]
        return value.where(stored["outcome"] == Outcome.OK).load()

    def result(self) -> xr.Dataset:
        return self.store.dataset()[[LARGEST]]

    def found(self) -> tuple[float, Mapping[str, Any]]:
        """The largest value, and where it is taken."""
        largest = float(self.store.dataset()[LARGEST])
        values = self.resolved()
        at = np.argwhere((values == largest).to_numpy())[0]
        return largest, {str(name): values[name][i].item() for name, i in zip(values.dims, at, strict=True)}


def canonical_grid(request: ExtremumRequest, found: FoundExperiment) -> Grid:
    axes = axes_of(found.experiment, request.axes or {})
    grid = Grid.from_request(found.experiment, axes, settings_of(found.experiment, request.fixed or {}))
    assert isinstance(grid, Grid)
    return grid


def _job(request: ExtremumRequest, find: Find) -> ExtremumJob:
    found = find(request.experiment)
    options, grid = Options.of(request), canonical_grid(request, found)
    shape = template(found.experiment, grid, found=FOUND)
    place = catalog.open(request.catalogue, writable=True)
    store = place.create(shape, grid.chunks(found.experiment.points_per_block))
    return ExtremumJob(found.reference, found.experiment, grid, store, options)


def _cost(request: ExtremumRequest, find: Find) -> Cost:
    found = find(request.experiment)
    return sweep_cost(found, canonical_grid(request, found), request)


def _reconstruct(stored: StoredQuestion, experiment: Experiment, store: Store) -> ExtremumJob:
    grid = Grid(store.experiment, stored.version, stored.axes, stored.fixed, stored.fingerprint)
    return ExtremumJob(Reference(store.experiment), experiment, grid, store)


def _tables(job: ExtremumJob) -> Sequence[TitledTable]:
    largest, at = job.found()
    table = Table([LARGEST, *at], [[f"{largest:.6g}", *map(str, at.values())]])
    return [TitledTable("The largest value", table)]


def _lines(job: ExtremumJob) -> Iterator[str]:
    largest, at = job.found()
    yield f"Found: {largest:.6g} at {', '.join(f'{name} = {value}' for name, value in at.items())}"


def _document(job: ExtremumJob) -> Mapping[str, Any]:
    largest, at = job.found()
    return {LARGEST: largest, "at": at}


KIND = Kind(
    name="extremum",
    summary="Find the largest value of an experiment's order parameter on a grid.",
    request=ExtremumRequest,
    run_name="{experiment}, largest value",
    job=_job,
    cost=_cost,
    answers=lambda job: Answers(tables=_tables(job)),
    lines=_lines,
    tables=_tables,
    document=_document,
    is_decided=lambda job: True,
    counted=lambda jobs: "; ".join(f"Largest: {job.found()[0]:.6g}" for job in jobs),
    reconstruct=_reconstruct,
    identity=lambda request, find: canonical_grid(request, find(request.experiment)).id,
    examples=("wellposed extremum wave.growth --axis beta=0:1:41 --set operator=gain",),
)
