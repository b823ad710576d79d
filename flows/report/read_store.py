"""A store of which all has been read that is looked at again and again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from wellposed.catalog import Store
from wellposed.catalog.schema import OUTCOME
from wellposed.errors import CatalogueError
from wellposed.flows.report.entry import MOST_POINTS, Entry
from wellposed.kinetics.experiment import Experiment
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.requests.grid import EVALUATION


@dataclass(frozen=True)
class ReadStore(Store):
    """The place of a sweep of which the points have been read.

    Attributes
    ----------
    content : Dataset
        All that is stored, of which only those outputs are read later that are no order parameter.
    known_manifest : mapping, optional
    """

    content: xr.Dataset = field(compare=False, repr=False)
    known_manifest: dict[str, Any] | None = field(compare=False, repr=False)

    def dataset(self, chunks: dict[str, int] | None = None) -> xr.Dataset:
        return self.content

    def outcome(self) -> xr.DataArray:
        return self.content[OUTCOME]

    def totals(self) -> dict[str, int]:
        counts = np.bincount(self.content[OUTCOME].to_numpy().ravel(), minlength=256)
        return {outcome.name.lower(): int(counts[outcome]) for outcome in Outcome}

    def manifest(self) -> dict[str, Any] | None:
        return self.known_manifest


def read_store(entry: Entry, experiment: Experiment) -> ReadStore:
    """Returns the store of an entry with its points in memory.

    Raises one of `DAMAGED` if they cannot be read, are too many, or are not laid out as they should be.
    """
    stored = entry.store.dataset()
    if EVALUATION in stored.sizes:
        # Most of the places for evaluations are empty, and looking for what is not there takes as long.
        at, side = stored[OUTCOME].dims.index(EVALUATION), entry.store.chunks[EVALUATION]
        used = max((start[at] + side for start in entry.store.stored()), default=0)
        stored = stored.isel({EVALUATION: slice(0, used)})
    points = _points(entry, experiment)
    for name in points:
        if stored[name].dims != stored[OUTCOME].dims or stored[name].dtype.kind not in "fu":
            raise CatalogueError(f"{entry.store.location} does not have {name} at every point.")
    # The parameters that are given need not be read: the request has them.
    axes, fixed = entry.request["axes"], entry.request["fixed"]
    given = {**{name: (name, values) for name, values in axes.items()}, **fixed}
    outputs = {output.name for output in experiment.outputs}
    needed = [*points, *(set(map(str, stored.variables)) - {*given, *outputs, *points, "reason"})]
    if any(stored[name].size > MOST_POINTS for name in needed):
        raise CatalogueError(f"{entry.store.location} has more points than a report can show.")
    for name in needed:
        stored.variables[name].load()
    if stored[OUTCOME].isin([Outcome.UNRESOLVED, Outcome.FAILED]).any():
        stored.variables["reason"].load()
    content = stored.drop_vars(given, errors="ignore").assign_coords(given)
    return ReadStore(entry.store.url, entry.store.path, content, entry.manifest)


def _points(entry: Entry, experiment: Experiment) -> list[str]:
    """Returns the names of what there is at every point and is always looked at."""
    name = experiment.order_parameter
    evaluated = [str(entry.request[key]) for key in ("along", "across") if key in entry.request]
    return [OUTCOME, *([name, f"{name}_error"] if name else []), *evaluated]
