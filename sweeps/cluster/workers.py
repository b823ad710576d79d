"""Where blocks run: Dask workers of our own, or a scheduler that is already there."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dask
from distributed import Client, LocalCluster
from distributed.diagnostics.plugin import Environ

from wellposed.errors import RequestError
from wellposed.sweeps.cluster.file import LOCAL, Cluster, ClusterEntry

SETTINGS = {
    # A block that kills its worker is reported at once, and so is one that waited behind it there: to try
    # again, and how often, is for the caller to decide.
    "distributed.scheduler.allowed-failures": 0,
    # Without workers, waiting blocks fail instead of waiting for ever.
    "distributed.scheduler.no-workers-timeout": "60s",
    # Dask has free memory given back at once, 64 kB of it; arrays that come and go then cost more time than
    # what is done with them.
    "distributed.nanny.pre-spawn-environ": {"MALLOC_TRIM_THRESHOLD_": 2**28, "MALLOC_MMAP_THRESHOLD_": 2**28},
}

QUEUE_SETTINGS = {**SETTINGS, "distributed.scheduler.no-workers-timeout": None}
"""The same where workers may have to stand in a queue themselves before they begin."""

WORKER_ENVIRONMENT = {
    "NUMBA_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""The sweep owns the cores: one process each, and no threads beneath it."""


def local_workers() -> int:
    """How many workers this machine gets: one for each core that may be used."""
    return int(dask.system.CPU_COUNT)


@contextmanager
def workers(cluster: Cluster = LOCAL) -> Iterator[Client]:
    """A client of the workers of `cluster`; those that are begun here end with the context.

    Raises
    ------
    RequestError
        If there is no such scheduler, or the cluster cannot be started.
    """
    if cluster.entry is not None:
        place = _started(cluster.name, cluster.entry)
    elif cluster.address is not None:
        place = connect(cluster.address)
    else:
        place = local_cluster()
    with place as client:
        yield client


@contextmanager
def local_cluster(n_workers: int | None = None) -> Iterator[Client]:
    """A client of new worker processes on this machine, of one thread each; by default `local_workers`.

    Raises
    ------
    RequestError
        If workers would run the script that asks for them, and so ask for workers of their own.
    """
    _check_guard()
    with (
        dask.config.set(SETTINGS),
        LocalCluster(
            n_workers=n_workers or local_workers(),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            env=WORKER_ENVIRONMENT,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def connect(address: str) -> Iterator[Client]:
    """A client of the scheduler at `address`.

    Raises
    ------
    RequestError
        If none answers there.
    """
    try:
        client = Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # the last if it speaks TLS and has no certificates
        raise RequestError(f"No Dask scheduler answers at {address}: {error}") from None
    # Whoever uses the client notices that its scheduler is gone, and says so in one line.
    log = logging.getLogger("distributed.client")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with client:
            yield client
    finally:
        log.setLevel(before)


@contextmanager
def _started(name: str, entry: ClusterEntry) -> Iterator[Client]:
    """A client of a cluster that is started as `entry` says, and ended with the context."""
    with dask.config.set(QUEUE_SETTINGS):
        try:
            cluster = entry.cluster_class(**entry.options, n_workers=0)
        except Exception as error:  # each class has its own
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise RequestError(f"Cluster `{name}` cannot be started: {said}") from error
        with cluster, Client(cluster, set_as_default=False) as client:
            # Before there are workers, so that all of them begin with it.
            client.register_plugin(Environ({**WORKER_ENVIRONMENT, **entry.environment}))
            if entry.minimum == entry.maximum:
                cluster.scale(entry.maximum)
            else:
                cluster.adapt(minimum=entry.minimum, maximum=entry.maximum)
            yield client


def _check_guard() -> None:
    """New processes import the running script; without a guard they would never be done with it."""
    main = sys.modules["__main__"]
    script = getattr(main, "__file__", None)
    if script is None or getattr(main, "__spec__", None) is not None or not Path(script).is_file():
        return
    if "__name__" not in Path(script).read_text(errors="replace"):
        raise RequestError(
            f'Workers begin by importing {script}: put what it does under `if __name__ == "__main__":`.'
        )
