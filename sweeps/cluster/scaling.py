"""How many jobs of a queue there are: as many as there is work for, kept while there may be more.

Dask's own scaling releases a worker after three seconds without work, which then has to stand in the queue
again for the next round of a search; and it never learns of a job that ended without its worker, or that the
queue did not take.
"""

from __future__ import annotations

import asyncio
import math
import pickle
import time
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from distributed import Client
from distributed.core import Status
from distributed.deploy.adaptive import Adaptive

from wellposed.errors import FlowError, QueueError
from wellposed.sweeps.cluster import queue
from wellposed.sweeps.cluster.queue import QueuedJob

QUEUE_INTERVAL_S = 10.0
"""Seconds between two questions to a queue."""

SILENCE_S = 60.0
"""Seconds without any worker after which that is said."""

LOST_S = 15.0
"""Seconds after which a job has ended whose workers are gone, where its queue is not asked: a worker that was
killed by a point is replaced within a few."""

MAX_STILLBORN = 3
"""Jobs that have ended one after the other without a worker before a run is given up."""


class QueueScaling(Adaptive):  # type: ignore[misc]
    """The scaling of one cluster of dask-jobqueue.

    Parameters
    ----------
    cluster : dask_jobqueue.core.JobQueueCluster
    name : str
        What the cluster is called.
    idle : float
        Seconds that a worker is kept without work.
    minimum, maximum : int
        Of workers.  Jobs are whole, so there may be more.
    """

    cluster: Any

    def __init__(self, cluster: Any, *, name: str, idle: float, minimum: int, maximum: int) -> None:
        self._name, self._kind = name, queue.kind_of(type(cluster)) or ""
        self._news: deque[str] = deque()
        self._begun: set[str] = set()
        self._without_workers: dict[str, float] = {}
        self._told: dict[str, QueuedJob] = {}
        self._said: set[str] = set()
        self._asked, self._refused = -math.inf, -math.inf
        self._stillborn, self._is_silent = 0, False
        self.failure: str | None = None
        super().__init__(cluster, minimum=minimum, maximum=maximum)
        self.wait_count = max(1, math.ceil(idle / (self.interval or 1.0)))

    def news(self) -> list[str]:
        """Returns what has happened since this was asked last, in lines."""
        return [self._news.popleft() for _ in range(len(self._news))]

    async def safe_target(self) -> int:
        """Returns how many workers there should be: those of whole jobs."""
        wanted, each = await super().safe_target(), len(self._workers_of(None))
        return each * math.ceil(wanted / each)

    async def workers_to_close(self, target: int) -> list[str]:
        """Returns the names of workers that are not needed, of whole jobs."""
        jobs = {name: job for job in self.cluster.worker_spec for name in self._workers_of(job)}
        key = pickle.dumps(partial(_job_of, jobs))
        return list(await self.scheduler.workers_to_close(target=target, key=key, attribute="name"))

    async def scale_down(self, workers: Collection[str]) -> None:  # type: ignore[override]
        """Ends those jobs of which no worker is needed."""
        whole = [set(self._workers_of(job)) for job in self.cluster.worker_spec]
        await super().scale_down([name for names in whole if names <= set(workers) for name in names])

    async def adapt(self) -> None:
        """Has as many jobs as there should be, after those have been dropped that have ended."""
        if self.failure is None:
            await self._take_stock()
            if time.monotonic() - self._refused > QUEUE_INTERVAL_S:
                await super().adapt()
            await self._look_at_refused()

    async def _take_stock(self) -> None:
        """Drops jobs that have ended, and says so."""
        observed, now = set(self.observed), time.monotonic()
        waiting: dict[str, str] = {}
        for name, job in list(self.cluster.workers.items()):
            if job.job_id is None or name not in self.cluster.worker_spec:
                continue
            if observed & set(self._workers_of(name)):
                self._begun.add(job.job_id)
                self._without_workers.pop(job.job_id, None)
                self._stillborn = 0
            else:
                self._without_workers.setdefault(job.job_id, now)
                waiting[job.job_id] = name
        if waiting and now - self._asked >= self._patience(waiting):
            self._asked = now
            try:
                told = await asyncio.to_thread(queue.jobs, self._kind)
            except QueueError as error:  # it may answer the next time
                self._say(f"{self._name}: {error}")
                return
            self._told = told or {}
            await self._drop({id: name for id, name in waiting.items() if self._has_ended(id, now)})
        self._is_silent &= not observed
        if not observed and not self._is_silent and self._longest(waiting, now) > SILENCE_S:
            self._is_silent = True
            self._say_silent(list(waiting))

    async def _drop(self, ended: Mapping[str, str]) -> None:
        """Forgets jobs that have ended; who needs others has them submitted."""
        for id in ended:
            self._say_ended(id)
        if ended:
            await self.cluster.scale_down({one for name in ended.values() for one in self._workers_of(name)})
        if self._stillborn >= MAX_STILLBORN:
            self.failure = (
                f"{self._stillborn} jobs of {self._name} have ended one after the other without a worker; "
                f"what they said is in {self._logs}."
            )

    def _patience(self, waiting: Collection[str]) -> float:
        """Returns the seconds between two questions: fewer where a job had workers, and may have ended."""
        return QUEUE_INTERVAL_S / 5 if self._begun.intersection(waiting) else QUEUE_INTERVAL_S

    def _longest(self, waiting: Collection[str], now: float) -> float:
        """Returns the seconds that any of the jobs has been without a worker."""
        return max((now - self._without_workers[id] for id in waiting), default=0.0)

    def _has_ended(self, id: str, now: float) -> bool:
        """Returns whether a job without workers will have none any more."""
        seconds = now - self._without_workers[id]
        if self._kind not in queue.ASKED:
            return id in self._begun and seconds > LOST_S
        # One that was just submitted may not be listed yet.
        return self._told[id].has_ended if id in self._told else seconds > QUEUE_INTERVAL_S / 2

    def _say_ended(self, id: str) -> None:
        how = f" ({self._told[id].state})" if id in self._told else ""
        if id in self._begun:
            self._say(f"Job {id} of {self._name} has ended{how}; what it was computing is computed again.")
        else:
            self._stillborn += 1
            self._say(f"Job {id} of {self._name} has ended without a worker{how}; see {self._logs}.")

    def _say_silent(self, waiting: Sequence[str]) -> None:
        told = f": {self._told[waiting[0]]}" if waiting[0] in self._told else ""
        more = f", and {len(waiting) - 1} more" if told and len(waiting) > 1 else ""
        self._say(
            f"{self._name} has had no worker for {SILENCE_S:.0f} s{told}{more}. Ctrl-C ends the waiting, and "
            "takes its jobs from the queue."
        )

    def _say(self, line: str) -> None:
        """Says a line, once."""
        if line not in self._said:
            self._said.add(line)
            self._news.append(line)

    async def _look_at_refused(self) -> None:
        """Learns why the queue did not take a job, and says it; with workers, others are tried later."""
        refused = [
            name
            for name, job in self.cluster.workers.items()
            if job.status == Status.created and job.job_id is None
        ]
        if not refused:
            return
        try:
            await self.cluster.workers[refused[0]]  # once more
        except (RuntimeError, OSError, ValueError) as error:
            told = f"The queue of {self._name} does not take its jobs: {queue.reason(error)}"
            self._say(told)
            self.failure = None if self.observed else told
            for name in refused:
                self.cluster.workers[name].status = Status.failed  # or closing would stumble over it
            self._refused = time.monotonic()
            await self.cluster.scale_down({one for name in refused for one in self._workers_of(name)})

    def _workers_of(self, name: str | None) -> list[str]:
        """Returns the names of the workers of a job, or of any."""
        spec = self.cluster.new_spec if name is None else self.cluster.worker_spec.get(name, {})
        return [f"{name}{suffix}" for suffix in spec.get("group", [""])]

    @property
    def _logs(self) -> str:
        job = next(iter(self.cluster.workers.values()), None)
        return str(getattr(job, "log_directory", None) or "the log of the job")


def _job_of(jobs: Mapping[str, str], worker: Any) -> str:
    """Returns the job of a worker, where the scheduler runs."""
    return jobs.get(worker.name, worker.name)


def news_of(client: Client) -> list[str]:
    """Returns what has happened to the jobs of a client's cluster since this was asked last, in lines.

    Raises
    ------
    FlowError
        If there will be no workers.
    """
    scaling = getattr(client.cluster, "_adaptive", None)
    if not isinstance(scaling, QueueScaling):
        return []
    if scaling.failure is not None:
        raise FlowError(scaling.failure)
    return scaling.news()


def threads_of(client: Client) -> int:
    """Returns how many blocks may be computed side by side: on the workers that there are, or may yet be."""
    scaling = getattr(client.cluster, "_adaptive", None)
    return int(max(1, getattr(scaling, "maximum", 0), sum(client.nthreads().values())))
