"""An experiment at every point of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import xarray as xr

from wellposed import catalog
from wellposed.catalog import Store
from wellposed.catalog.overlap import donors
from wellposed.flows.execution.block import Assignment
from wellposed.flows.kinds import job
from wellposed.flows.kinds.job import Options, Round, missing
from wellposed.sweeps.answers.layout import Outcome, template
from wellposed.sweeps.experiments.find import Reference, locate
from wellposed.sweeps.requests.grid import Fixed, Sweep

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment


@dataclass(frozen=True, eq=False)
class SweepJob:
    """A sweep with its place in a catalogue.  Made by `prepare`; see `wellposed.flows.kinds.job.Job`."""

    reference: Reference
    experiment: Experiment
    sweep: Sweep
    store: Store
    options: Options = field(default_factory=Options)
    begun: bool = False
    """Whether what is to be computed again has been forgotten."""
    kind = "sweep"

    @property
    def title(self) -> str:
        return job.title_of(self.experiment, self.sweep.axes, self.sweep.fixed)

    @property
    def command(self) -> str:
        return job.command_of(self, "run", self.sweep.axes)

    @property
    def fixed(self) -> Fixed:
        return self.sweep.fixed

    @property
    def points(self) -> int:
        return self.sweep.size

    def request(self) -> dict[str, Any]:
        return self.sweep.request()

    @cached_property
    def assignment(self) -> Assignment:
        retries = self.options.recompute == "failed"
        donors = () if retries else tuple(self._donors())
        limit = self.options.time_limit
        return Assignment(self.reference, self.fixed, self.store, donors, retries, limit)

    @property
    def pending(self) -> bool:
        return any(True for _ in self.rounds())

    def rounds(self) -> Iterator[Round]:
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

    def _donors(self) -> Iterator[Store]:
        """Other sweeps that hold points of this one."""
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
        """Everything that is stored, read when it is looked at."""
        return self.store.dataset()


def prepare(
    experiment: str,
    axes: Mapping[str, Iterable[object]],
    fixed: Mapping[str, object] | None = None,
    catalogue: str | Path = "results",
    options: Options = Options(),  # noqa: B008 - it is frozen
) -> SweepJob:
    """Checks a request, and makes or finds its place in the catalogue.

    Arguments and errors are those of `run`.
    """
    asked, reference = locate(experiment)
    sweep = Sweep.from_request(asked, axes, fixed)
    shape = template(asked, sweep)
    place = catalog.open(catalogue, writable=True)
    store = place.create(shape, sweep.chunks(asked.points_per_block))
    return SweepJob(reference, asked, sweep, store, options)
