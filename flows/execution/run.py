"""How the blocks of a job are computed: threads that each drive a batch of them on Dask, recorded at Prefect.

What is computed depends on the store and on the workers alone.  Prefect is told of it, and never waited for
while there is something to compute (see `wellposed.flows.execution.channel`).
"""

from __future__ import annotations

import concurrent.futures
import logging
import math
import signal
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any

from distributed import Client

from wellposed.errors import IncompleteError, WellposedError
from wellposed.flows.execution.block import load, warm_up
from wellposed.flows.execution.cancellation import cancellation_heeded
from wellposed.flows.execution.computation import BlockError, Tally, compute_blocks, computed, given_up
from wellposed.flows.execution.progress import INTERRUPTED, Progress
from wellposed.flows.execution.record import Entry, Record, RunRecord, recorded
from wellposed.flows.execution.remote_workers import check_workers
from wellposed.flows.execution.server import ServerAccess, server
from wellposed.flows.execution.sources import revision, sources
from wellposed.flows.kinds import narration
from wellposed.flows.kinds.job import Job, Part, Round
from wellposed.kinetics.experiment import Value
from wellposed.sweeps.cluster.fan_out import fan_out
from wellposed.sweeps.cluster.file import LOCAL, Cluster
from wellposed.sweeps.cluster.scaling import news_of, threads_of
from wellposed.sweeps.cluster.workers import workers
from wellposed.sweeps.experiments.find import Reference
from wellposed.sweeps.requests.grid import Block

TASKS_AT_A_TIME = 4
"""Threads, which only wait for workers."""

BLOCKS_PER_TASK = 32
"""The history of a Prefect task takes some 20 kB: too much for a single block."""

BLOCKS_AHEAD = 2
"""Blocks for each thread of the workers that a task has at least: none of them should have to wait."""

TASKS_PER_ROUND = 500
"""Prefect's interface and database stay quick up to here; larger rounds have larger tasks."""

RETRY_DELAYS_S = [1.0, 3.0, 9.0]
"""Seconds: a worker that died is replaced within one, what a person has to mend takes longer."""

PUBLISH_INTERVAL_S = 2.0
"""Seconds between two reports of progress to Prefect."""

NO_WORKER_TIMEOUT_S = 60.0
"""Seconds without any worker after which a run on a scheduler that is not ours ends."""

INTERRUPT_GRACE_S = 2.0
"""Seconds that the blocks of a run that is interrupted are waited for."""


@dataclass
class Workplace:
    """What the jobs of a run share while it lasts."""

    client: Client
    progress: Progress
    access: ServerAccess
    cluster: Cluster = LOCAL
    unverified: Collection[Part] = ()
    stopping: threading.Event = field(default_factory=threading.Event)
    deserted_since: float | None = None

    @property
    def is_deserted(self) -> bool:
        """Whether a scheduler that is not ours is gone, or has had no worker for a while."""
        if self.cluster.address is None:
            return False
        if self.client.status != "running":
            return True
        if self.client.nthreads():
            self.deserted_since = None
        elif self.deserted_since is None:
            self.deserted_since = time.monotonic()
        return (
            self.deserted_since is not None and time.monotonic() - self.deserted_since > NO_WORKER_TIMEOUT_S
        )


@contextmanager
def executed(
    job: Job, parts: Sequence[Part], cluster: Cluster = LOCAL, unverified: Collection[Part] = ()
) -> Iterator[None]:
    """Computes `parts` of `job` on the workers of `cluster` in one flow run, which leaves its page.

    If this is called in a flow run, that is the one.  All is stored when the context begins.  Its end draws
    the page, ends the record and lets the workers go; what goes wrong there is told in a line each.

    Raises
    ------
    IncompleteError
        If some blocks could not be computed.
    ServerError
        If there is no Prefect server to record the run.
    RequestError
        If there is no such cluster, or its workers cannot do it.
    """
    with (
        _workplace(parts, cluster, unverified) as workplace,
        _interrupts_noted(workplace.stopping),
        recorded(job, workplace.access, workplace.progress.complain) as record,
        _ended_as_it_ends(record),
        cancellation_heeded(record, workplace.stopping, workplace.progress.complain),
    ):
        if job.is_composite:
            _answer_all(parts, workplace, record)
            job.finish()
        else:
            _answer(parts[0], workplace, record)
        try:
            with workplace.progress.paused():
                yield
        finally:
            _conclude(job, workplace, record)


def _conclude(job: Job, workplace: Workplace, record: Record) -> None:
    """Ends the record of a job whose answer is stored, with its page."""
    with _told_in_one_line(workplace.progress, "The record of the run is not ended"):
        record.end(narration.state_of(job), narration.concluded(job))
    workplace.progress.step("Drawing the page of the run")
    with _told_in_one_line(workplace.progress, "The page of the run is not drawn"):
        record.publish(narration.page_of(job))
    workplace.progress.step("Recording, and letting the workers go")


@contextmanager
def _ended_as_it_ends(record: Record) -> Iterator[None]:
    """Enters how the context ends, if it ends with an exception."""
    try:
        yield
    except WellposedError as error:
        record.say(str(error), logging.ERROR)
        record.end("FAILED", str(error))
        raise
    except KeyboardInterrupt:
        record.end("CANCELLED", INTERRUPTED)
        raise
    except BaseException as error:
        record.end("CRASHED", f"{type(error).__name__}: {error}")
        raise


@contextmanager
def _told_in_one_line(progress: Progress, what: str) -> Iterator[None]:
    """Says what goes wrong inside, where an answer does not depend on it."""
    try:
        yield
    except Exception as error:
        progress.complain(f"{what}: {type(error).__name__}: {' '.join(str(error).split())}")


@contextmanager
def _workplace(parts: Sequence[Part], cluster: Cluster, unverified: Collection[Part]) -> Iterator[Workplace]:
    """Workers and a server, started side by side."""
    with Progress() as progress:
        progress.wait_for("Starting Dask and Prefect")
        with server() as answer, ExitStack() as stack:
            with interrupts_blocked():
                client = stack.enter_context(workers(cluster))
            if not cluster.is_local:
                progress.wait_for(f"Waiting for workers of {cluster.name}")
                for remark in check_workers(client, cluster, parts, progress.say):
                    progress.say(remark)
            compiling = _compile(client, parts)
            progress.wait_for("Waiting for the Prefect server")
            access = answer()
            progress.wait_for("Compiling the experiment")
            # What fails here fails again where it is recorded.  Dropped, for Dask recomputes what is kept.
            client.gather(compiling, errors="skip")  # type: ignore[no-untyped-call]
            compiling.clear()
            password = "" if access.secret is None else "; `wellposed ui` tells the password"
            progress.say(f"Prefect shows this run at {access.interface} while it lasts{password}.")
            yield Workplace(client, progress, access, cluster, unverified)


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Threads and processes that are started inside never see what a terminal sends to all: Ctrl-C, its end.

    Their parent takes it, and ends them in good order; one that comes meanwhile, it takes at the end.
    """
    resource_tracker.ensure_running()  # multiprocessing, when it starts this, lets signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _interrupts_noted(stopping: threading.Event) -> Iterator[None]:
    """An interrupt inside is told by `stopping` too: whatever code it hits may swallow the exception."""

    def note(number: int, frame: FrameType | None) -> None:
        stopping.set()
        heeded[signal.Signals(number)](number, frame)

    if threading.current_thread() is not threading.main_thread():  # which alone is interrupted
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    heeded = {number: handler for number, handler in before.items() if callable(handler)}
    for number in heeded:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, handler in heeded.items():
            signal.signal(number, handler)


def _compile(client: Client, jobs: Sequence[Part]) -> list[Any]:
    """Has every worker import the experiments, and one compile what all of them would in a race."""
    importing = [
        # One that goes meanwhile must not be waited for.
        client.submit(load, reference, workers=[worker], allow_other_workers=True, pure=False)
        for reference in {job.reference for job in jobs}
        for worker in client.nthreads()
    ]
    first: dict[tuple[object, ...], tuple[Reference, dict[str, Value]]] = {}
    for job in jobs:
        block = next((asked.blocks[0] for asked in job.rounds()), None)
        if block is None:  # another run has completed it meanwhile
            continue
        varying = {name: values.flat[0].item() for name, (_, values) in block.coordinates.items()}
        point = {**dict(job.fixed), **varying}
        # Choices are what selects between kernels.
        kernel = (job.reference.name, *(value for value in point.values() if isinstance(value, str)))
        first.setdefault(kernel, (job.reference, point))
    return importing + [client.submit(warm_up, *arguments, pure=False) for arguments in first.values()]


def _answer_all(jobs: Sequence[Part], workplace: Workplace, record: Record) -> None:
    """Computes one job after the other; what one of them lacks does not keep the others from theirs."""
    lacking = []
    record.progress(0.0, "Begun")
    for number, job in enumerate(jobs, 1):
        part = record.within(RunRecord.of(job))
        try:
            with (
                _ended_as_it_ends(part),
                cancellation_heeded(part, workplace.stopping, workplace.progress.complain),
            ):
                _answer(job, workplace, part)
                part.end(narration.state_of(job), narration.concluded(job))
            for line in (job.title, *narration.found(job)):
                record.say(line)
        except IncompleteError as error:
            lacking.append(str(error))
        record.progress(100.0 * number / len(jobs), f"{number:,} of {len(jobs):,} questions asked")
    if lacking:
        raise IncompleteError(" ".join(lacking))


def _answer(job: Part, workplace: Workplace, record: Record) -> None:
    """Computes a job, and says what became of its points."""
    workplace.progress.begin(job.title, job.points)
    record.progress(0.0, "Begun")
    client = workplace.client
    shown = "" if workplace.cluster.address is None else f", which Dask shows at {client.dashboard_link}"
    record.say(f"{len(client.nthreads())} workers{shown}")

    def say_who(holder: str) -> None:
        said = f"Waiting for {holder}, which computes {job.title}"
        record.say(said)
        workplace.progress.say(said)

    def compute(job: Part, number: int, asked: Round, tally: Tally) -> None:
        record.say(narration.begun(number, asked))
        _compute(job, f"round {number}", asked.blocks, workplace, tally, record)

    def facts() -> dict[str, object]:
        record.progress(100.0, "All stored")
        workplace.progress.step("Finishing the answer")
        return {"workers": len(client.nthreads()), "revision": revision()}

    def say_mended(remark: str) -> None:
        record.say(remark, logging.WARNING)
        workplace.progress.complain(remark)

    is_verified = job not in workplace.unverified
    job, tally, seconds = computed(job, compute, say_who, say_mended, facts, is_verified=is_verified)
    for level, line in narration.told(job, tally.taken, seconds):
        record.say(line, level)


def _compute(
    job: Part, name: str, blocks: Sequence[Block], workplace: Workplace, tally: Tally, record: Record
) -> None:
    """Computes `blocks`, and returns when they are stored."""
    threads = threads_of(workplace.client)
    size = max(BLOCKS_PER_TASK, math.ceil(len(blocks) / TASKS_PER_ROUND), BLOCKS_AHEAD * threads)
    workplace.progress.expect(len(blocks))
    with _stopped_if_cut_short(workplace) as (pool, futures):
        for start in range(0, len(blocks), size):
            batch = blocks[start : start + size]
            which = f"{name}: blocks {start + 1:,} to {start + len(batch):,} of {len(blocks):,}"
            futures.append(pool.submit(_compute_batch, which, job, batch, workplace, tally, record))
        for percent in _percents(futures, workplace):
            record.progress(percent, f"{name.capitalize()}: {tally.evaluated:,} points evaluated")
    lacking = tally.lacking(blocks)
    if lacking and (why := tally.hopeless):
        raise given_up(job, why)
    if lacking:
        errors = (future.exception() for future in futures)
        reason = next((f" {error}" for error in errors if isinstance(error, BlockError)), "")
        raise IncompleteError(
            f"{len(lacking):,} of {len(blocks):,} blocks of {job.title} could not be computed.{reason}"
        )


@contextmanager
def _stopped_if_cut_short(
    workplace: Workplace,
) -> Iterator[tuple[ThreadPoolExecutor, list[Future[None]]]]:
    """Lets tasks end soon whose futures are put in the list, if an error or Ctrl-C ends the context early."""
    pool = ThreadPoolExecutor(TASKS_AT_A_TIME, thread_name_prefix="blocks")
    futures: list[Future[None]] = []
    done = False
    try:
        yield pool, futures
        done = True
    finally:
        if not done:
            workplace.stopping.set()
            # They end with the blocks that are being computed, unless that takes long.  A client that is
            # closed while they speak to it may never answer; once they wait for blocks, it may be.
            running = {future for future in futures if not future.cancel()}  # the others have not begun
            if concurrent.futures.wait(running, timeout=INTERRUPT_GRACE_S).not_done:
                with suppress(TimeoutError):
                    workplace.client.close(timeout=2)  # type: ignore[no-untyped-call]
        pool.shutdown(wait=False, cancel_futures=True)


def _percents(futures: Sequence[Future[None]], workplace: Workplace) -> Iterator[float]:
    """How much is stored, every other second until all tasks have ended."""
    running = set(futures)
    while running:
        _, running = concurrent.futures.wait(running, timeout=PUBLISH_INTERVAL_S)
        if workplace.stopping.is_set():
            raise KeyboardInterrupt
        if not running:
            break
        for line in news_of(workplace.client):
            workplace.progress.say(line)
        if workplace.is_deserted:
            raise IncompleteError(
                f"{workplace.cluster.name} is gone or has no workers any more. What is computed is stored; "
                "the same command completes it."
            )
        yield workplace.progress.percent


def _compute_batch(
    name: str, job: Part, blocks: Sequence[Block], workplace: Workplace, tally: Tally, record: Record
) -> None:
    """Has the workers compute those of `blocks` that are not stored, if need be several times."""
    if workplace.stopping.is_set() or tally.hopeless:
        raise InterruptedError
    task = record.task(name)
    for number, delay in enumerate((*RETRY_DELAYS_S, None), 1):
        try:
            _try_batch(job, blocks, workplace, tally, record, task)
        except InterruptedError:
            task.becomes("CANCELLED", "Cancelled")
            raise
        except Exception as error:
            if delay is None:
                task.becomes("FAILED", "Failed", str(error))
                raise
            task.becomes("SCHEDULED", "AwaitingRetry", str(error))
            if workplace.stopping.wait(delay):
                task.becomes("CANCELLED", "Cancelled")
                raise InterruptedError from None
            task.becomes("RUNNING", "Retrying", f"Try {number + 1}")
        else:
            task.becomes("COMPLETED", "Completed")
            return


def _try_batch(
    job: Part, blocks: Sequence[Block], workplace: Workplace, tally: Tally, record: Record, task: Entry
) -> None:
    """Has the workers compute those of `blocks` that have not been computed, once."""

    def warn(message: str) -> None:
        record.say(message, logging.WARNING, task)

    if workplace.stopping.is_set() or tally.hopeless:
        raise InterruptedError
    assignment = job.assignment
    if not workplace.cluster.is_local:
        assignment = replace(assignment, sources=sources())

    def check() -> None:
        if workplace.stopping.is_set() or tally.hopeless:
            raise InterruptedError

    compute_blocks(
        assignment,
        blocks,
        tally,
        partial(fan_out, workplace.client),
        check=check,
        advance=workplace.progress.advance,
        warn=warn,
    )
