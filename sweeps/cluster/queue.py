"""What the queue of a cluster is told of our jobs, and what it says of them.

dask-jobqueue knows how each kind of queue is given a job and told to drop one, and nothing of what becomes of
jobs.  That is asked here of SLURM; other kinds are not asked.
"""

from __future__ import annotations

import getpass
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wellposed.errors import QueueError
from wellposed.sweeps.cluster.file import signals_kept

ANSWER_TIMEOUT_S = 60.0
"""Seconds in which a queue answers a command."""

ASKED = ("slurm",)
"""The kinds of queue, as dask-jobqueue calls them, that are asked for the state of jobs."""

WAITING = {
    "PENDING",
    "CONFIGURING",
    "REQUEUED",
    "REQUEUE_HOLD",
    "REQUEUE_FED",
    "SPECIAL_EXIT",
    "RESV_DEL_HOLD",
}
UNDER_WAY = {"RUNNING", "COMPLETING", "SUSPENDED", "STAGE_OUT", "SIGNALING", "STOPPED", "RESIZING"}
"""SLURM's states of jobs that have not ended: https://slurm.schedmd.com/squeue.html#SECTION_JOB-STATE-CODES"""


@dataclass(frozen=True)
class QueuedJob:
    """A job, as its queue tells of it.

    Attributes
    ----------
    id, name : str
    state : str
        In the words of the queue, such as ``PENDING``.
    reason : str
        Why it does not run; empty if the queue gives none.
    since : str
        When it began; empty if it has not.
    host : str
        Where it runs; empty if it does not.
    """

    id: str
    name: str
    state: str
    reason: str = ""
    since: str = ""
    host: str = ""

    @property
    def has_ended(self) -> bool:
        return self.state not in WAITING | UNDER_WAY

    def __str__(self) -> str:
        return f"job {self.id} is {self.state}" + (f" ({self.reason})" if self.reason else "")


def kind_of(cluster_class: Any) -> str | None:
    """Returns what dask-jobqueue calls a kind of queue; None if a class of clusters does not run jobs."""
    job = getattr(cluster_class, "job_cls", None)
    return None if job is None else str(job.default_config_name())


def jobs(kind: str, user: str = "") -> dict[str, QueuedJob] | None:
    """Returns the jobs of a user, by default ours, by their ids; None if this kind of queue is not asked.

    Those that have ended a short while ago are among them.

    Raises
    ------
    QueueError
        If the queue does not answer.
    """
    if kind not in ASKED:
        return None
    form = "%i|%T|%r|%S|%N|%j"
    who = f"--user={user or getpass.getuser()}"
    listed = call(["squeue", "--noheader", "--states=all", who, f"--format={form}"])
    return {one.id: one for one in map(_read, listed.splitlines()) if one is not None}


def cluster_name(kind: str) -> str:
    """Returns what a cluster calls itself, so that its jobs are not taken for those of another one."""
    if kind not in ASKED:
        return ""
    found = re.search(r"^ClusterName\s*=\s*(\S+)", call(["scontrol", "show", "config"]), re.MULTILINE)
    return found[1] if found else ""


def job_class(kind: str) -> Any:
    """Returns what dask-jobqueue has for a kind of queue.

    Raises
    ------
    QueueError
        If it is not installed, or has no such kind.
    """
    try:
        with signals_kept():
            import dask_jobqueue
    except ImportError:
        raise QueueError(
            "There is no dask-jobqueue, which knows queues: pip install 'wellposed[slurm]'."
        ) from None
    for found in vars(dask_jobqueue).values():
        if isinstance(found, type) and kind_of(found) == kind:
            return found.job_cls  # type: ignore[attr-defined]
    raise QueueError(f"dask-jobqueue knows no queue of the kind {kind!r}.")


def cancel(kind: str, id: str) -> None:
    """Has a queue drop a job.  Raises `QueueError` if it does not."""
    call([*shlex.split(job_class(kind).cancel_command), id])


def call(words: Sequence[str]) -> str:
    """Runs a command of a queue, and returns what it says.

    Raises
    ------
    QueueError
        If there is no such command on this host, it fails, or it does not answer.
    """
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=ANSWER_TIMEOUT_S, stdin=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise QueueError(
            f"There is no {words[0]} on this host: ask on one of the cluster's login nodes."
        ) from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise QueueError(f"The queue does not answer: {error}") from None
    if done.returncode:
        raise QueueError(f"The queue refuses: {spoken(done.stderr or done.stdout)}")
    return done.stdout


def spoken(said: str) -> str:
    """Returns what a command of a queue says, in one line."""
    return " ".join(said.split()) or "it does not say why"


def reason(error: Exception) -> str:
    """Returns what a command of a queue said that dask-jobqueue called, in one line."""
    said = re.search(r"stderr:\n(.*)", str(error), re.DOTALL)
    return spoken(said[1] if said else str(error))


def _read(line: str) -> QueuedJob | None:
    """Returns the job of a line of squeue."""
    parts = line.split("|", 5)
    if len(parts) != 6:
        return None
    id, state, reason, since, host, name = (part.strip() for part in parts)
    has_begun = state not in WAITING
    return QueuedJob(
        id,
        name,
        state,
        "" if reason in ("None", "(null)") else reason,
        since if has_begun and since != "N/A" else "",
        host if has_begun else "",
    )
