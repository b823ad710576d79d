"""A question that is small is answered by a process in hand, before workers or a server have started.

Whether it is small is not known before it is asked: a child process begins with it, and what its first points
take tells what the others will.  What proves not to be small is left to the workers, who go on from what is
stored.  So is whatever goes wrong here, which they meet again and tell.  A point that ends the child has
failed, as on a worker, and costs no other; Prefect is told by a scribe (`wellposed.flows.execution.scribe`).
"""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Self

import numpy as np

from wellposed.errors import IncompleteError, WellposedError
from wellposed.flows.execution.block import stored_block
from wellposed.flows.execution.computation import Tally, computed, given_up
from wellposed.flows.execution.progress import INTERRUPTED, Progress
from wellposed.flows.execution.scribe import Notes, scribe
from wellposed.flows.execution.sources import revision
from wellposed.flows.kinds import KINDS, narration
from wellposed.flows.kinds.pilot import SMALL_S
from wellposed.sweeps.experiments.find import find_experiment
from wellposed.sweeps.points.evaluate import BlockAnswers, laid_out, points_of
from wellposed.sweeps.points.isolation import Child, Trial

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from wellposed.flows.kinds.assignment import Assignment
    from wellposed.flows.kinds.job import Job, Part, Round
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.grid import Block

WORKER_STARTS = 6.0
"""How many times as long as a child workers take to begin, at least, on whatever machine."""

MAX_BLOCKS = 64
"""Blocks of one round, each of which takes some hundredths of a second to be stored."""

FIRST_POINT_S = 4.0
"""Seconds in which a child answers its first point, for which it loads what is compiled."""


class NotSmallError(Exception):
    """The question is for the workers."""


@dataclass
class Hand:
    """Evaluates blocks in child processes, as long as that is little.

    Attributes
    ----------
    spent : float
        Seconds of evaluating so far, without the first point of each experiment.
    """

    spent: float = 0.0
    _allowed: float = SMALL_S
    _children: dict[Reference, Child] = field(default_factory=dict)
    _measured: dict[Reference, tuple[int, float]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children.values():
            child.end()

    def begin(self, reference: Reference) -> None:
        """Has a child import an experiment, while others do other things."""
        if reference not in self._children:
            self._children[reference] = Child(reference)

    def evaluate(
        self, assignment: Assignment, points_after: int, block: Block, only: NDArray[np.bool_] | None
    ) -> xr.Dataset:
        """Returns the answers of a block, as `evaluate_block` does, after which so many points come yet.

        Raises
        ------
        NotSmallError
            If these, and those that come yet, take too long.
        """
        reference, limit = assignment.reference, assignment.time_limit
        self.begin(reference)
        at, varying = points_of(block, only)
        experiment = find_experiment(reference)
        parts = {-1: BlockAnswers.empty(experiment)}
        is_first = reference not in self._measured
        groups = deque(filter(len, np.split(np.arange(len(at)), [1] if is_first else [])))
        while groups:
            group = groups.popleft()
            trial = Trial({name: values[group] for name, values in varying.items()}, limit)
            patience = self._for_others if reference in self._measured else self._for_first
            reply = self._children[reference].ask(assignment.fixed, trial, patience)
            if reference in self._measured:
                self.spent += reply.seconds
                points, seconds = self._measured[reference]
                self._measured[reference] = (points + len(group), seconds + reply.seconds)
            else:
                self._measured[reference] = (0, 0.0)
            if reply.died and len(group) > 1:
                groups.extendleft(np.array_split(group, len(group))[::-1])
            else:
                parts[group[0]] = reply.answers
            self._check(reference, points_after + sum(map(len, groups)))
        answers = BlockAnswers.joined([parts[first] for first in sorted(parts)])
        return laid_out(experiment, block, at, answers)

    def _for_first(self, start_seconds: float) -> float:
        """Returns the seconds that the first point of an experiment is waited for."""
        return max(FIRST_POINT_S, self._for_others(start_seconds))

    def _for_others(self, start_seconds: float) -> float:
        """Returns the seconds that evaluating may take, once it is known how fast this machine is now."""
        self._allowed = max(SMALL_S, WORKER_STARTS * start_seconds)
        return self._allowed

    def _check(self, reference: Reference, points: int) -> None:
        """Raises `NotSmallError` if so many more points take too long."""
        measured, seconds = self._measured[reference]
        if self.spent + points * seconds / max(1, measured) > self._allowed:
            raise NotSmallError


@contextmanager
def answered(job: Job, parts: Sequence[Part]) -> Iterator[None]:
    """Computes `parts` of `job` in hand; all is stored when the context begins.

    At its end Prefect's record is left to the scribe.

    Raises
    ------
    NotSmallError
        If workers are to do it.
    IncompleteError
        If every point fails.
    ServerError
        If there is no place for the record.
    """
    with Hand() as hand, Progress() as progress:
        hand.begin(parts[0].reference)  # first of all: it takes a while
        with scribe(job, progress.complain) as notes:
            with _ended_as_it_ends(notes):
                if job.is_composite:
                    _answer_all(parts, notes, hand, progress)
                    job.finish()
                else:
                    _answer(parts[0], notes, hand, progress)
                notes.end(narration.state_of(job), narration.concluded(job))
            with progress.paused():
                yield


@contextmanager
def _ended_as_it_ends(notes: Notes) -> Iterator[None]:
    """Notes how the context ends, if it ends with an exception."""
    try:
        yield
    except NotSmallError:
        notes.withdraw()
        raise
    except WellposedError as error:
        notes.say(str(error), logging.ERROR)
        notes.end("FAILED", str(error))
        raise
    except KeyboardInterrupt:
        notes.end("CANCELLED", INTERRUPTED)
        raise
    except BaseException as error:
        notes.end("CRASHED", f"{type(error).__name__}: {error}")
        raise


def _answer_all(parts: Sequence[Part], notes: Notes, hand: Hand, progress: Progress) -> None:
    """Computes one part after the other."""
    for part in parts:
        of_part = notes.within(part)
        with _ended_as_it_ends(of_part):
            _answer(part, of_part, hand, progress)
            of_part.end(narration.state_of(part), narration.concluded(part))
        for line in (part.title, *narration.found(part)):
            notes.say(line)


def _answer(job: Part, notes: Notes, hand: Hand, progress: Progress) -> None:
    """Computes a part, and notes what became of its points."""

    def leave(holder: str) -> None:
        raise NotSmallError  # somebody else computes it

    def compute(job: Part, number: int, asked: Round, tally: Tally) -> None:
        try:
            _compute(job, number, asked, tally, notes, hand, progress)
        except (NotSmallError, IncompleteError):
            raise
        except Exception as error:
            raise NotSmallError from error

    def facts() -> dict[str, object]:
        notes.progress(100.0, "All stored")
        progress.step("Finishing the answer")
        return {"workers": 1, "revision": revision()}

    def say_mended(remark: str) -> None:
        notes.say(remark, logging.WARNING)
        progress.complain(remark)

    progress.begin(job.title, job.points)
    notes.progress(0.0, "Begun")
    notes.say("A process in hand")
    job, tally, seconds = computed(job, compute, leave, say_mended, facts)
    for level, line in narration.told(job, tally.taken, seconds):
        notes.say(line, level)


def _compute(
    job: Part, number: int, asked: Round, tally: Tally, notes: Notes, hand: Hand, progress: Progress
) -> None:
    """Computes the blocks of a round, one after the other."""
    blocks, left = asked.blocks, sum(block.size for block in asked.blocks)
    if len(blocks) > MAX_BLOCKS:
        raise NotSmallError
    notes.say(narration.begun(number, asked))
    task = notes.task(f"round {number}: blocks 1 to {len(blocks):,} of {len(blocks):,}")
    progress.expect(len(blocks))
    for block in blocks:
        left -= block.size
        summary = stored_block(block, job.assignment, partial(hand.evaluate, job.assignment, left))
        tally.add(block.key, summary)
        progress.advance(summary.points)
        if summary.failed:
            notes.say(summary.troubles(block), logging.WARNING, task)
        if (why := tally.hopeless) and left:
            raise given_up(job, why)
    notes.task_ends(task)
    notes.progress(progress.percent, f"Round {number}: {tally.evaluated:,} points evaluated")


def is_possible(job: Job) -> bool:
    """Whether the scribe, which is another process, can tell of this job, and nobody else does.

    In a flow run, Prefect's engine does; and a kind that was added to the table is known here alone.
    """
    request = KINDS[job.kind].request
    if not request.__module__.startswith("wellposed.flows.kinds."):
        return False
    context = sys.modules.get("prefect.context")
    return context is None or context.FlowRunContext.get() is None
