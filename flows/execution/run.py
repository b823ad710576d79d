"""How the blocks of a job are computed: a Prefect flow whose tasks each drive a batch of them on Dask."""

from __future__ import annotations

import concurrent.futures
import logging
import math
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import resource_tracker
from types import FrameType
from typing import Any
from uuid import UUID

from distributed import Client
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.futures import PrefectConcurrentFuture
from prefect.tasks import Task
from prefect.utilities.annotations import opaque

from wellposed.errors import IncompleteError
from wellposed.flows.execution.block import load, warm_up
from wellposed.flows.execution.computation import BlockError, Tally, compute_blocks, computed
from wellposed.flows.execution.progress import Progress
from wellposed.flows.execution.record import ProgressBar, RunRecord, is_recorded
from wellposed.flows.execution.remote_workers import check_workers
from wellposed.flows.execution.server import drain, recording_at, server
from wellposed.flows.execution.sources import revision, sources
from wellposed.flows.kinds import narration
from wellposed.flows.kinds.job import Job, Part, Round
from wellposed.kinetics.experiment import Value
from wellposed.sweeps.cluster.fan_out import fan_out
from wellposed.sweeps.cluster.file import LOCAL, Cluster
from wellposed.sweeps.cluster.workers import workers
from wellposed.sweeps.experiments.find import Reference
from wellposed.sweeps.requests.grid import Block

BLOCKS_PER_TASK = 32
"""A Prefect task takes some 10 ms and its history 20 kB: too much for a single block."""

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
    cluster: Cluster = LOCAL
    stopping: threading.Event = field(default_factory=threading.Event)
    task_runs: list[UUID] = field(default_factory=list)
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


def execute(job: Job, parts: Sequence[Part], cluster: Cluster = LOCAL) -> None:
    """Computes `parts` of `job` on the workers of `cluster` in one flow run, which leaves its page.

    If this is called in a flow run, that is the one.

    Raises
    ------
    IncompleteError
        If some blocks could not be computed.
    ServerError
        If there is no Prefect server to record the run.
    RequestError
        If there is no such cluster, or its workers cannot do it.
    """
    entry = RunRecord.of(job)
    with _workplace(parts, cluster) as workplace, _interrupts_noted(workplace.stopping):

        def answer_and_report() -> str:
            if not job.is_composite:
                concluded = _answer(parts[0], workplace)
            else:
                _answer_all(parts, workplace)
                job.finish()
                concluded = narration.concluded(job)
            entry.publish(narration.page_of(job))
            return concluded

        if is_recorded():
            answer_and_report()
        else:
            entry.record(answer_and_report)


@contextmanager
def _workplace(jobs: Sequence[Part], cluster: Cluster) -> Iterator[Workplace]:
    """Workers and a server, started side by side."""
    with Progress() as progress:
        progress.wait_for("Starting Dask and Prefect")
        with server() as answer, ExitStack() as stack:
            with interrupts_blocked():
                client = stack.enter_context(workers(cluster))
            if not cluster.is_local:
                progress.wait_for(f"Waiting for workers of {cluster.name}")
                for remark in check_workers(client, cluster, jobs):
                    progress.say(remark)
            compiling = _compile(client, jobs)
            progress.wait_for("Compiling, and waiting for Prefect")
            access = answer()
            # What fails here fails again where it is recorded.  Dropped, for Dask recomputes what is kept.
            client.gather(compiling, errors="skip")  # type: ignore[no-untyped-call]
            compiling.clear()
            password = "" if access.secret is None else "; `wellposed ui` tells the password"
            progress.say(f"Prefect shows this run at {access.interface} while it lasts{password}.")
            workplace = Workplace(client, progress, cluster)
            with recording_at(access):
                try:
                    yield workplace
                finally:
                    if not workplace.stopping.is_set():
                        drain(workplace.task_runs)


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Threads and processes that are started inside never see Ctrl-C, which the terminal sends to all.

    Their parent takes it, and ends them in good order; one that comes meanwhile, it takes at the end.
    """
    resource_tracker.ensure_running()  # multiprocessing, when it starts this, lets signals through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
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
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
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
        client.submit(load, reference, workers=[worker], pure=False)
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


def _answer_all(jobs: Sequence[Part], workplace: Workplace) -> None:
    """Computes one job after the other; what one of them lacks does not keep the others from theirs."""
    lacking = []
    bar = ProgressBar.begun()
    for number, job in enumerate(jobs, 1):
        try:
            RunRecord.of(job).record(partial(_answer, job, workplace))
            _say([job.title, *narration.found(job)])
        except IncompleteError as error:
            lacking.append(str(error))
        bar.update(100.0 * number / len(jobs), f"{number:,} of {len(jobs):,} questions asked")
    if lacking:
        raise IncompleteError(" ".join(lacking))


def _answer(job: Part, workplace: Workplace) -> str:
    """Computes a job, and says what became of its points."""
    log = get_run_logger()
    workplace.progress.begin(job.title, job.points)
    bar = ProgressBar.begun()
    client = workplace.client
    shown = "" if workplace.cluster.address is None else f", which Dask shows at {client.dashboard_link}"
    log.info("%d workers%s", len(client.nthreads()), shown)

    def say_who(holder: str) -> None:
        said = f"Waiting for {holder}, which computes {job.title}"
        log.info(said)
        workplace.progress.say(said)

    def compute(job: Part, number: int, asked: Round, tally: Tally) -> None:
        points = sum(block.size for block in asked.blocks)
        log.info(
            "Round %d: %s; %s points in %s blocks",
            number,
            asked.known,
            f"{points:,}",
            f"{len(asked.blocks):,}",
        )
        _compute(job, f"round {number}", asked.blocks, workplace, tally, bar)

    def facts() -> dict[str, object]:
        return {"workers": len(client.nthreads()), "revision": revision()}

    job, tally, seconds = computed(job, compute, say_who, facts)
    bar.update(100.0, f"All stored: {tally.evaluated:,} points evaluated")
    if tally.taken:
        log.info("%s points were taken from other sweeps", f"{tally.taken:,}")
    workplace.progress.end()
    log.info("Computed in %.1f s", seconds)
    _say(narration.answered(job))
    _say(narration.unanswered(job), logging.WARNING)
    return narration.concluded(job)


def _say(lines: Iterable[str], level: int = logging.INFO) -> None:
    log = get_run_logger()
    for line in lines:
        log.log(level, "%s", line)


def _compute(
    job: Part, name: str, blocks: Sequence[Block], workplace: Workplace, tally: Tally, bar: ProgressBar
) -> None:
    """Computes `blocks`, and returns when they are stored."""
    threads = sum(workplace.client.nthreads().values())
    size = max(BLOCKS_PER_TASK, math.ceil(len(blocks) / TASKS_PER_ROUND), BLOCKS_AHEAD * threads)
    workplace.progress.expect(len(blocks))
    with _stopped_if_cut_short(workplace) as futures:
        for start in range(0, len(blocks), size):
            batch = blocks[start : start + size]
            # Prefect would look through all that it is given for results to wait for.
            given: Any = (opaque(job), opaque(batch), opaque(workplace), opaque(tally))
            which = f"{name}: blocks {start + 1:,} to {start + len(batch):,} of {len(blocks):,}"
            futures.append(compute_batch.submit(which, *given))
        workplace.task_runs += [future.task_run_id for future in futures]
        for percent in _percents(futures, workplace):
            bar.update(percent, f"{name.capitalize()}: {tally.evaluated:,} points evaluated")
    lacking = tally.lacking(blocks)
    if lacking and (why := tally.hopeless):
        raise IncompleteError(
            f"{why} The rest of {job.title} was not begun. Mend it and run again with --recompute failed, or "
            "--set and --axis values that it can do."
        )
    if lacking:
        answers = (future.result(raise_on_failure=False) for future in futures)
        reason = next((f" {answer}" for answer in answers if isinstance(answer, BlockError)), "")
        raise IncompleteError(
            f"{len(lacking):,} of {len(blocks):,} blocks of {job.title} could not be computed.{reason}"
        )


@contextmanager
def _stopped_if_cut_short(workplace: Workplace) -> Iterator[list[Any]]:
    """Lets tasks end soon whose futures are put in the list, if an error or Ctrl-C ends the context early."""
    futures: list[Any] = []
    done = False
    try:
        yield futures
        done = True
    finally:
        if not done:
            workplace.stopping.set()
            # They end with the blocks that are being computed, unless that takes long.  A client that is
            # closed while they speak to it may never answer; once they wait for blocks, it may be.
            running = {future.wrapped_future for future in futures}
            running -= {future for future in running if future.cancel()}  # it has not begun
            if concurrent.futures.wait(running, timeout=INTERRUPT_GRACE_S).not_done:
                with suppress(TimeoutError):
                    workplace.client.close(timeout=2)  # type: ignore[no-untyped-call]


def _percents(futures: Sequence[PrefectConcurrentFuture[None]], workplace: Workplace) -> Iterator[float]:
    """How much is stored, every other second until all tasks have ended."""
    running = {future.wrapped_future for future in futures}
    while running:
        _, running = concurrent.futures.wait(running, timeout=PUBLISH_INTERVAL_S)
        if workplace.stopping.is_set():
            raise KeyboardInterrupt
        if not running:
            break
        if workplace.is_deserted:
            raise IncompleteError(
                f"{workplace.cluster.name} is gone or has no workers any more. What is computed is stored; "
                "the same command completes it."
            )
        yield workplace.progress.percent


def _is_worth_retrying(task: Task[..., Any], run: TaskRun, state: State[Any]) -> bool:
    return not isinstance(state.data, InterruptedError)


@task(
    name="blocks",
    task_run_name="{name}",
    retries=len(RETRY_DELAYS_S),
    retry_delay_seconds=RETRY_DELAYS_S,
    retry_condition_fn=_is_worth_retrying,
    cache_policy=NO_CACHE,
)
def compute_batch(name: str, job: Part, blocks: Sequence[Block], workplace: Workplace, tally: Tally) -> None:
    """Has the workers compute those of `blocks` that are not stored."""
    log = get_run_logger()
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
        warn=log.warning,
    )
