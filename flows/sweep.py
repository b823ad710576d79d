"""An experiment at every point of a grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

import catalog
from catalog import Store
from flows import job
from sweeps.evaluate import find_experiment
from sweeps.grid import Block, Fixed, Sweep, missing
from sweeps.layout import template

if TYPE_CHECKING:
    from kinetics.experiment import Experiment


@dataclass(frozen=True, eq=False)
class SweepJob:
    """A sweep with its place in a catalogue.  Made by `prepare`; see `flows.job.Job`."""

    reference: str
    experiment: Experiment
    sweep: Sweep
    store: Store
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

    def rounds(self) -> Iterator[list[Block]]:
        if self.store.manifest() is not None:
            return
        if todo := missing(self.sweep.blocks(self.store.chunks), self.store.outcome()):
            yield todo

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
) -> SweepJob:
    """Checks a request, and makes or finds its place in the catalogue.

    Arguments and errors are those of `run`.
    """
    asked = find_experiment(experiment)
    sweep = Sweep.from_request(asked, axes, fixed)
    shape = template(asked, sweep)
    place = catalog.open(catalogue, writable=True)
    return SweepJob(experiment, asked, sweep, place.create(shape, sweep.chunks(asked.points_per_block)))


def run(
    experiment: str,
    axes: Mapping[str, Iterable[object]],
    fixed: Mapping[str, object] | None = None,
    catalogue: str | Path = "results",
) -> xr.Dataset:
    """Evaluates an experiment at every point of a grid, as far as that is not stored already.

    Parameters
    ----------
    experiment : str
        A name in `kinetics.EXPERIMENTS`, or ``module:attribute``, or ``path/to/file.py:attribute``.
    axes : mapping of str to values
        The parameters that vary.
    fixed : mapping of str to value, optional
        The other parameters; defaults for those not given.
    catalogue : str or Path
        Where the answers are kept.

    Returns
    -------
    Dataset
        Lazy: read when it is looked at.  Dimensions are the axes and the experiment's own; variables are its
        outputs, the `outcome` of every point and the `reason` where there is no answer.

    Raises
    ------
    RequestError, ParameterError
        If there is no such experiment, or the request is not allowed.
    CatalogueError
        If the catalogue holds something else or cannot be written.
    ServerError
        If there is no Prefect server to record the run.
    IncompleteError
        If blocks could not be computed.  What could is stored; running again computes the rest.
    """
    asked = prepare(experiment, axes, fixed, catalogue)
    from flows.findings import Findings

    job.complete([asked], Findings([asked]).markdown)
    return asked.result()
