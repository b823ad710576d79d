"""A few points that are evaluated to tell how long many would take, in a process that may die of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.experiments.find import FoundExperiment
from wellposed.sweeps.points.isolation import Trial, replies
from wellposed.sweeps.requests.grid import Fixed

SMALL_S = 1.5
"""Seconds of evaluating that are done before workers could begin, on a machine that does nothing else."""

PATIENCE = 60.0
"""Seconds that a point may take if no limit is given, and that the first, which is compiled, may take."""


@dataclass(frozen=True)
class Pilot:
    """What was seen of it.  Made by `pilot`.

    Attributes
    ----------
    tried : int
        How many points were evaluated to the end, after the first.
    first_seconds, seconds_per_point : float, optional
        None if a point ended its process before.
    without_answer : int
        How many points have failed or are unresolved.
    trouble : str
        Why the first of these is.
    """

    tried: int
    first_seconds: float | None
    seconds_per_point: float | None
    without_answer: int
    trouble: str


def pilot(
    found: FoundExperiment, fixed: Fixed, varying: dict[str, NDArray[Any]], time_limit: float | None = None
) -> Pilot:
    """Evaluates some points, and forgets the answers; gives up at the first that ends its process.

    Parameters
    ----------
    found : FoundExperiment
        The experiment.
    fixed : tuple of (str, value)
    varying : dict of str to ndarray
        What varies from point to point.
    time_limit : float, optional
        Seconds that a point may take.
    """
    count = len(next(iter(varying.values())))
    limit = PATIENCE if time_limit is None else time_limit
    first = Trial({name: values[:1] for name, values in varying.items()}, max(limit, PATIENCE))
    groups = [slice(None)] if found.experiment.vectorised else [slice(i, i + 1) for i in range(count)]
    rest = [Trial({name: values[group] for name, values in varying.items()}, limit) for group in groups]
    seen = []
    for reply in replies(found.reference, fixed, [first, *rest]):
        seen.append(reply)
        if reply.died:
            break
    ended = [reply for reply in seen[1:] if not reply.died]
    tried = sum(len(reply.answers.outcome) for reply in ended)
    answered = seen[1:] or seen
    outcome = np.concatenate([reply.answers.outcome for reply in answered])
    reasons = [str(reason) for reply in answered for reason in reply.answers.reason if reason]
    return Pilot(
        tried,
        None if seen[0].died else seen[0].seconds,
        sum(reply.seconds for reply in ended) / tried if tried else None,
        int(np.isin(outcome, [Outcome.UNRESOLVED, Outcome.FAILED]).sum()),
        reasons[0] if reasons else "",
    )
