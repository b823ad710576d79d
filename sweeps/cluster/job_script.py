"""A job of a queue that asks a question in place of a person, as the class of its cluster writes jobs."""

from __future__ import annotations

import asyncio
import inspect
import os
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dask

from wellposed.errors import QueueError, RequestError
from wellposed.sweeps.cluster import queue
from wellposed.sweeps.cluster.file import FILE, Cluster, ClusterEntry

MEMORY = "2GB"
"""What a job has that asks, and whose workers have jobs of their own."""

OF_WORKERS = {
    "name",
    "scheduler",
    "job_cpu",
    "job_mem",
    "interface",
    "protocol",
    "security",
    "worker_extra_args",
}
"""Options of jobs that are about workers."""


def check_queue(cluster: Cluster) -> ClusterEntry:
    """Returns the entry of a cluster that has a queue.

    Raises
    ------
    RequestError
        If it has none.
    """
    if cluster.entry is None or queue.kind_of(cluster.entry.cluster_class) is None:
        raise RequestError(
            f"`cluster` must be an entry of {FILE} whose class is one of dask-jobqueue's, which have a "
            f"queue, but is {cluster.name!r}."
        )
    return cluster.entry


def submit(entry: ClusterEntry, name: str, words: Sequence[str], log: Path) -> str:
    """Hands a job of one core to the queue that runs wellposed where this process is, and returns its id.

    Parameters
    ----------
    entry : ClusterEntry
        By whose options jobs are written: the queue, the account, the time, what is done first.
    name : str
        Of the job.
    words : sequence of str
        Of the command line, without the command.
    log : Path
        Where it writes what it says.

    Raises
    ------
    QueueError
        If the queue does not take it, or there is none on this host.
    """
    job = _job(entry, name, words, log)
    with tempfile.NamedTemporaryFile("w", suffix=".sh", prefix="wellposed-") as script:
        script.write(job.job_script())
        script.flush()
        try:
            # Some kinds of queues want it on their standard input, or as a word.
            said = asyncio.run(job._submit_job(script.name))
            return str(job._job_id_from_submit_output(said))
        except RuntimeError as error:
            raise QueueError(f"The queue does not take the job: {queue.reason(error)}") from None
        except OSError as error:
            raise QueueError(f"A job cannot be handed over from this host: {error}") from None
        except ValueError as error:
            raise QueueError(queue.spoken(str(error))) from None


def _job(entry: ClusterEntry, name: str, words: Sequence[str], log: Path) -> Any:
    """Returns the job, as dask-jobqueue describes one."""
    kind = entry.cluster_class.job_cls
    known = {name for one in kind.__mro__[:-1] for name in inspect.signature(one.__init__).parameters}
    options = {name: value for name, value in entry.options.items() if name in known - OF_WORKERS}
    options |= {"cores": 1, "processes": 1, "memory": MEMORY, "job_name": name}
    job = kind("", name, **options)
    python = options.get("python") or dask.config.get(f"jobqueue.{job.config_name}.python", None)
    job._command_template = _command(python or sys.executable, words, log)
    return job


def _command(python: str, words: Sequence[str], log: Path) -> str:
    """Returns the line that asks.

    Its home is one of its own: that of a person may be in use on another host, by a server that does not
    answer here.  The shell outlives the signal that ends a job, to remove it.
    """
    here = shlex.quote(os.getcwd())
    asked = shlex.join([python, "-P", "-m", "wellposed.flows.cli.main", *words])
    return "; ".join(
        [
            f"cd {here} || exit",
            'home=$(mktemp -d "${TMPDIR:-/tmp}/wellposed-XXXXXXXX") || exit',
            "trap : TERM",
            f'WELLPOSED_HOME="$home" {asked} >{shlex.quote(str(log))} 2>&1',
            "status=$?",
            'rm -rf "$home" || { sleep 5; rm -rf "$home"; }',  # a server may be on its way out
            "exit $status",
        ]
    )
