"""What a worker runs.  Imports no Prefect, so a worker needs no way to its server."""

from __future__ import annotations

from typing import NamedTuple

from catalog import Store
from kinetics.experiment import Value
from sweeps.evaluate import evaluate_block, find_experiment
from sweeps.grid import Block, Fixed
from sweeps.layout import Outcome


class Computed(NamedTuple):
    """What became of a block, in brief."""

    points: int
    unresolved: int
    failed: int
    reason: str
    """Of the first point that is unresolved or failed."""


def run_block(block: Block, store: Store, reference: str, fixed: Fixed) -> Computed:
    """Evaluates the experiment called `reference` at the points of `block`, and stores the answers."""
    answers = evaluate_block(find_experiment(reference), fixed, block)
    store.write(block.region, answers)
    outcome = answers["outcome"].to_numpy()
    return Computed(
        points=block.size,
        unresolved=int((outcome == Outcome.UNRESOLVED).sum()),
        failed=int((outcome == Outcome.FAILED).sum()),
        reason=next((str(reason) for reason in answers["reason"].to_numpy().flat if reason), ""),
    )


def load(reference: str) -> None:
    """Imports an experiment, so that the first block need not wait for that."""
    find_experiment(reference)


def warm_up(reference: str, point: dict[str, Value]) -> None:
    """Evaluates one point and forgets it: what it needs is compiled once, for all workers to come."""
    try:
        find_experiment(reference).evaluate(**point)
    except Exception:  # it will fail again where that is recorded
        return
