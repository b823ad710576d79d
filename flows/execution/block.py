"""What a worker runs.  Imports no Prefect, so a worker needs no way to its server."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.catalog.overlap import points_of_stores
from wellposed.flows.execution.sources import sources
from wellposed.flows.kinds.assignment import Assignment
from wellposed.kinetics.experiment import Value
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.experiments.find import Reference, find_experiment
from wellposed.sweeps.points.evaluate import evaluate_block
from wellposed.sweeps.points.isolation import evaluate_isolated
from wellposed.sweeps.requests.grid import Block


class SourcesError(RuntimeError):
    """A worker has another wellposed than the run."""


class BlockSummary(NamedTuple):
    """What became of a block, in brief."""

    points: int
    taken: int
    """How many of them were not evaluated, as another sweep holds them."""
    unresolved: int
    failed: int
    reason: str
    """Of the first point that is unresolved or failed."""
    seconds: float
    cpu_seconds: float

    def troubles(self, block: Block) -> str:
        """Returns what went wrong in a block, in words."""
        return f"Block {block.key}: {self.unresolved} points unresolved, {self.failed} failed; {self.reason}"


Evaluation = Callable[[Block, NDArray[np.bool_] | None], xr.Dataset]
"""Returns the answers of a block, at only some of its points if these are given."""


def run_block(block: Block, assignment: Assignment, isolated: bool = False) -> BlockSummary:
    """Evaluates an experiment at the points of `block`, and stores the answers.

    Parameters
    ----------
    block : Block
    assignment : Assignment
    isolated : bool
        Whether each point may end the process that evaluates it, which is another one then.

    Raises
    ------
    SourcesError
        If this worker should not answer.
    """
    cpu_begun = time.process_time()

    def evaluate(block: Block, only: NDArray[np.bool_] | None) -> xr.Dataset:
        reference, fixed = assignment.reference, assignment.fixed
        if isolated:
            return evaluate_isolated(reference, fixed, block, only, assignment.time_limit)
        return evaluate_block(find_experiment(reference), fixed, block, only, assignment.time_limit)

    _check_sources(assignment)
    summary = stored_block(block, assignment, evaluate)
    return summary._replace(cpu_seconds=time.process_time() - cpu_begun)


def stored_block(block: Block, assignment: Assignment, evaluate: Evaluation) -> BlockSummary:
    """Has the points of `block` evaluated that are not known, and stores the answers."""
    begun = time.monotonic()
    known = _known(block, assignment)
    only = None if known is None else known["outcome"].to_numpy() == Outcome.MISSING
    answers = evaluate(block, only)
    if known is not None:
        answers = _completed(answers, known)
    assignment.store.write(block.region, answers)
    outcome = answers["outcome"].to_numpy()
    return BlockSummary(
        points=block.size,
        taken=0 if only is None else int((block.asked & ~only).sum()),
        unresolved=int((outcome == Outcome.UNRESOLVED).sum()),
        failed=int((outcome == Outcome.FAILED).sum()),
        reason=next((str(reason) for reason in answers["reason"].to_numpy().flat if reason), ""),
        seconds=time.monotonic() - begun,
        cpu_seconds=0.0,
    )


def _check_sources(assignment: Assignment) -> None:
    if assignment.sources is None:
        return
    for name, wanted in assignment.sources.items():
        if (here := sources().get(name)) != wanted:
            raise SourcesError(f"A worker on {platform.node()} has {name} {here}, and the run has {wanted}")


def load(reference: Reference) -> None:
    """Imports an experiment, so that the first block need not wait for that."""
    find_experiment(reference)


def warm_up(reference: Reference, point: dict[str, Value]) -> None:
    """Evaluates one point and forgets it: what it needs is compiled once, for all workers to come."""
    experiment = find_experiment(reference)
    given: dict[str, Any] = dict(point)
    if experiment.vectorised:
        given = {name: v if isinstance(v, str) else np.array([v]) for name, v in given.items()}
    try:
        experiment.evaluate(**given)
    except Exception:  # it will fail again where that is recorded
        return


def _known(block: Block, assignment: Assignment) -> xr.Dataset | None:
    """What need not be evaluated of `block`, or None if all must be."""
    if assignment.retries_failed:
        stored = assignment.store.dataset().drop_vars(block.coordinates).isel(block.region).load()
        failed: NDArray[np.bool_] = (stored["outcome"] == Outcome.FAILED).to_numpy()
        return _without(stored, failed) if (stored["outcome"] != Outcome.MISSING).any() else None
    if not assignment.donors:
        return None
    points = dict(assignment.fixed) | {name: block.coordinates[name][1] for name in block.region}
    return points_of_stores(assignment.donors, points)


def _without(stored: xr.Dataset, these: NDArray[np.bool_]) -> xr.Dataset:
    """`stored`, with the outcome of some points missing."""
    outcome = stored["outcome"]
    return stored.assign(outcome=outcome.where(~these, outcome.dtype.type(Outcome.MISSING)))


def _completed(answers: xr.Dataset, known: xr.Dataset) -> xr.Dataset:
    """`answers`, and what is known at the points that have none."""
    fresh = (answers["outcome"] != Outcome.MISSING).to_numpy()
    completed = {}
    for name, variable in answers.variables.items():
        if name in known.variables and set(answers["outcome"].dims) <= set(variable.dims):
            values = variable.to_numpy()
            there = known[name].variable.transpose(*variable.dims).to_numpy()
            mask = fresh.reshape(fresh.shape + (1,) * (values.ndim - fresh.ndim))
            completed[name] = (variable.dims, np.where(mask, values, there))
    return answers.assign(completed)
