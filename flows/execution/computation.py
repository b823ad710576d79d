"""How the answer of one sweep or search is computed, wherever its blocks run and whoever records it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from wellposed.errors import IncompleteError
from wellposed.flows.execution.block import BlockSummary, run_block
from wellposed.flows.execution.mending import mended_answers
from wellposed.flows.kinds.assignment import Assignment
from wellposed.flows.kinds.job import Part, Round
from wellposed.sweeps.requests.grid import Block

MAX_ALL_FAILED = (4, 32)
"""Blocks and points that have failed without exception before a run is given up."""


class Scheduler(Protocol):
    """Where blocks run: `wellposed.sweeps.cluster.fan_out.fan_out` on some Dask client."""

    def __call__(
        self, function: Callable[..., BlockSummary], blocks: Iterable[Block], *arguments: Any
    ) -> Iterator[tuple[Block, BlockSummary | Exception]]:
        """Yields each block with what `function` of it returned, or raised, as they end."""
        ...


@dataclass
class Tally:
    """What became of the blocks of a job so far.  Safe to use from several threads."""

    blocks: int = 0
    evaluated: int = 0
    taken: int = 0
    failed: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, key: str, block: BlockSummary) -> None:
        with self.lock:
            self.blocks += 1
            self.answered.add(key)
            self.evaluated += block.points - block.taken
            self.taken += block.taken
            self.failed += block.failed
            self.seconds += block.seconds
            self.cpu_seconds += block.cpu_seconds
            if block.failed:
                self.reasons[block.reason] += 1

    def lacking(self, blocks: Iterable[Block]) -> list[Block]:
        """Those of `blocks` that have not been computed.  What is stored may be what was there before."""
        return [block for block in blocks if block.key not in self.answered]

    @property
    def hopeless(self) -> str | None:
        """Why it makes no sense to go on, if it does not."""
        blocks, points = MAX_ALL_FAILED
        if self.blocks < blocks or self.evaluated < points or self.failed < self.evaluated:
            return None
        (reason, times), *_ = self.reasons.most_common(1)
        share = "All for the same reason" if times == self.blocks else "Most often"
        return f"All of the first {self.evaluated:,} points failed. {share}: {reason}"


class BlockError(RuntimeError):
    """A block could not be computed."""


def given_up(job: Part, why: str) -> IncompleteError:
    """Returns the error of a run that makes no sense to go on with."""
    return IncompleteError(
        f"{why} The rest of {job.title} was not begun. Mend it and run again with --recompute failed, or "
        "--set and --axis values that it can do."
    )


def computed(
    job: Part,
    compute: Callable[[Part, int, Round, Tally], None],
    waiting: Callable[[str], None],
    remark: Callable[[str], None],
    facts: Callable[[], Mapping[str, object]] = dict,
    *,
    is_verified: bool = True,
) -> tuple[Part, Tally, float]:
    """Computes a job, round by round, and finishes it, while nobody else does.

    Parameters
    ----------
    job : Part
    compute : callable
        Told the job, the number of a round, the round and the tally; returns when its blocks are stored.
    waiting : callable
        Told once who is waited for, in words, if somebody else computes the job.
    remark : callable
        Told what was damaged and is computed again.
    facts : callable
        Returns what the manifest is to tell besides, when all is stored.
    is_verified : bool
        Whether what is stored has been compared with its checksums, as nobody else computed it then.

    Returns
    -------
    Part, Tally, float
        The job when what was to be computed again has been forgotten, what became of its blocks, and how
        many seconds that took.
    """
    system = job.store.system
    waited_for: list[str] = []

    def wait(holder: str) -> None:
        waited_for.append(holder)
        waiting(holder)

    with job.store.lease().held(wait):
        if waited_for or not is_verified:  # what is damaged was left to somebody who may have died
            for said in mended_answers(job):
                remark(said)
        begun, tally = system.monotonic(), Tally()
        job = job.reopened()
        for number, asked in enumerate(job.rounds(), 1):
            compute(job, number, asked, tally)
        seconds = system.monotonic() - begun
        job.finish(
            seconds=round(seconds, 3),
            blocks=tally.blocks,
            taken=tally.taken,
            block_seconds=round(tally.seconds, 3),
            cpu_seconds=round(tally.cpu_seconds, 3),
            **facts(),
        )
    return job, tally, seconds


def compute_blocks(
    assignment: Assignment,
    blocks: Sequence[Block],
    tally: Tally,
    scheduler: Scheduler,
    *,
    check: Callable[[], None],
    advance: Callable[[int], None],
    warn: Callable[[str], None],
) -> None:
    """Has workers compute those of `blocks` that have not been, and tells `tally` of them.

    Parameters
    ----------
    assignment : Assignment
    blocks : sequence of Block
    tally : Tally
    scheduler : Scheduler
    check : callable
        Raises what is to end it early.
    advance, warn : callable
        Told how many points are stored with each block, and what goes wrong, in words.

    Raises
    ------
    BlockError
        If a block could not be computed.
    """
    from distributed import KilledWorker  # which takes time to import

    todo = tally.lacking(blocks)
    failures: list[str] = []
    tried = 0
    # A worker that dies takes other blocks with it, so a block is tried again before it is suspected; then
    # each of its points may end a process of its own, and the one that does is known.
    for attempt, isolated in enumerate((False, False, True)):
        if attempt == 1 and tried:  # their scheduler has done that itself, on other workers
            continue
        killed = []
        if attempt:
            warn(f"{len(todo)} blocks lost their worker and are computed again, {todo[0].key}")
        for block, answer in scheduler(run_block, todo, assignment, isolated):
            check()
            if isinstance(answer, BlockSummary):
                tally.add(block.key, answer)
                advance(answer.points)
                if answer.failed:
                    warn(answer.troubles(block))
            elif isinstance(answer, KilledWorker) and not isolated:
                killed.append(block)
                tried = max(tried, answer.allowed_failures)
            else:
                failures.append(f"Block {block.key}: {type(answer).__name__}: {str(answer).split('. ')[0]}.")
                warn(failures[-1])
        todo = killed
        if not todo:
            break
    if failures:
        raise BlockError(failures[0])
