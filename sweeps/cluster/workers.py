"""Where blocks run: Dask workers of our own, or a scheduler that is already there.

Whoever may speak to a Dask scheduler or worker has it execute what they like.  So those that are started here
speak TLS, with a certificate that is made for them and kept in memory, and have no web pages.
"""

from __future__ import annotations

import logging
import math
import multiprocessing
import os
import resource
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import dask
from dask.utils import parse_timedelta
from distributed import Client, LocalCluster
from distributed.diagnostics.plugin import Environ
from distributed.security import Security

from wellposed.errors import RequestError
from wellposed.named_path import named_path
from wellposed.private_folder import for_owner_alone
from wellposed.sweeps.cluster.file import LOCAL, Cluster, ClusterEntry
from wellposed.sweeps.cluster.scaling import QueueScaling
from wellposed.sweeps.experiments.environment import ONE_THREAD

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

NO_PAGES: dict[str, object] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
"""Settings without Dask's web pages, which tell everybody on the machine what runs here, and its log."""

NO_DASHBOARD = {"dashboard": False, "dashboard_address": "127.0.0.1:0"}
"""Options of a scheduler that has no dashboard; it listens on some port even so."""

QUEUE_SETTINGS = {**SETTINGS, "distributed.scheduler.no-workers-timeout": None}
"""The same where workers may have to stand in a queue themselves before they begin."""

FILES, FILES_FOR_A_WORKER = 36, 12
"""Files that a run has open at most: without workers, and for each of them (measured with 1 to 8)."""

FILES_WANTED = 4096
"""Files that a run asks to be allowed, where it is allowed fewer than it needs."""

T = TypeVar("T")


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
        If this process may not have workers, or as many files open as they take; if there is no place for
        temporary files; or if workers would run the script that asks for them, and so ask for workers too.
    """
    _check_not_daemonic()
    _check_guard()
    count = n_workers or local_workers()
    _make_room_for_files(count)
    with (
        dask.config.set({**SETTINGS, **NO_PAGES}),
        _nameless_script_hidden(),
        _scratch() as scratch,
        _closed_in_the_end(
            LocalCluster,
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # Whatever the settings of this site say: they are for clusters that are there.
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address=NO_DASHBOARD["dashboard_address"],
            scheduler_kwargs={"dashboard": False},
            env=ONE_THREAD,
            local_directory=scratch,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        _closed_in_the_end(Client, cluster, set_as_default=False) as client,
    ):
        yield client


@contextmanager
def _closed_in_the_end(made: Callable[..., T], *arguments: Any, **options: Any) -> Iterator[T]:
    """A cluster or a client that ends with the context; if not in good order, that is told in a line."""
    opened: Any = made(*arguments, **options)
    try:
        yield opened.__enter__()
    finally:
        try:
            opened.close()
        except Exception as error:  # it is over, and what was to be computed is stored or has its own error
            why = " ".join(str(error).split()) or type(error).__name__
            warnings.warn(f"The workers did not end in good order ({why}).", stacklevel=2)


@contextmanager
def _scratch() -> Iterator[str]:
    """A folder for what memory has no room for, which is ours alone.

    Dask's own is one that whoever comes first may make, and what workers keep there is unpickled.
    """
    try:
        folder = tempfile.TemporaryDirectory(
            prefix="wellposed-", dir=_scratch_folder(), ignore_cleanup_errors=True
        )
    except OSError as error:
        raise RequestError(
            f"There is no place for temporary files ({error}): set TMPDIR to a folder that can be written."
        ) from None
    with folder as path:
        yield path


def _make_room_for_files(n_workers: int) -> None:
    """Has this process allowed as many open files as it needs, if the system lets it.

    Raises
    ------
    RequestError
        If it does not: Dask would wait for workers that cannot speak to it.
    """
    needed = FILES + FILES_FOR_A_WORKER * n_workers
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if resource.RLIM_INFINITY in (allowed, most) or allowed >= needed:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, FILES_WANTED), most))
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed < needed:
        raise RequestError(
            f"This process may have {allowed} files open at a time, and needs {needed} for {n_workers} "
            f"workers: say `ulimit -n {FILES_WANTED}` before, or ask whoever keeps the machine."
        )


@contextmanager
def _nameless_script_hidden() -> Iterator[None]:
    """Hides a script that is no file, such as ``<stdin>``, which new processes would look for."""
    main = sys.modules["__main__"]
    script = getattr(main, "__file__", None)
    if script is None or Path(script).exists():
        yield
        return
    del main.__file__
    try:
        yield
    finally:
        main.__file__ = script


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
    # The last two if it speaks TLS and there are no certificates, or does not and the settings demand it.
    except (OSError, ValueError, TypeError, RuntimeError) as error:
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
    if issubclass(entry.cluster_class, LocalCluster):
        _check_not_daemonic()
    pages = {} if _asks_for_dashboard(entry) else NO_PAGES
    with dask.config.set({**QUEUE_SETTINGS, **pages}), ExitStack() as stack:
        try:
            cluster = entry.cluster_class(**_closed(entry, stack), n_workers=0)
        except Exception as error:  # each class has its own
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise RequestError(f"Cluster `{name}` cannot be started: {said}") from error
        with (
            _closed_in_the_end(lambda: cluster),
            _closed_in_the_end(Client, cluster, set_as_default=False) as client,
        ):
            # Before there are workers, so that all of them begin with it.
            client.register_plugin(Environ({**ONE_THREAD, **entry.environment}))
            _scale(cluster, name, entry)
            yield client


def _scale(cluster: Any, name: str, entry: ClusterEntry) -> None:
    """Has a cluster have as many workers as its entry says."""
    if _runs_jobs(entry):  # of a fixed number too: a job that ends is replaced
        scaling = partial(QueueScaling, name=name, idle=entry.idle)
        cluster.adapt(Adaptive=scaling, minimum=entry.minimum, maximum=entry.maximum)
    elif entry.minimum == entry.maximum:
        cluster.scale(entry.maximum)
    else:
        # Some classes have their workers scaled elsewhere, and take no more than the two ends.
        interval = parse_timedelta(dask.config.get("distributed.adaptive.interval"), "s")
        with dask.config.set({"distributed.adaptive.wait-count": math.ceil(entry.idle / interval)}):
            cluster.adapt(minimum=entry.minimum, maximum=entry.maximum)


def _closed(entry: ClusterEntry, stack: ExitStack) -> dict[str, Any]:
    """The options of `entry`, and those that keep others out, where its class is known to heed them.

    What has to end with the cluster is entered in `stack`.
    """
    options = dict(entry.options)
    is_local, wants_pages = issubclass(entry.cluster_class, LocalCluster), _asks_for_dashboard(entry)
    if is_local or _runs_jobs(entry):
        if not options.keys() & {"security", "protocol"}:
            made = Security.temporary()
            options["security"] = made if is_local else stack.enter_context(_in_files(made, _shared(entry)))
        if is_local and not wants_pages:
            scheduler = {"dashboard": False, **options.get("scheduler_kwargs", {})}
            options |= {"dashboard_address": NO_DASHBOARD["dashboard_address"], "scheduler_kwargs": scheduler}
        elif not wants_pages:
            options["scheduler_options"] = {**_scheduler_options(entry), **NO_DASHBOARD}
            given = options.get("worker_extra_args") or _configured(entry, "worker-extra-args") or []
            options["worker_extra_args"] = [*given, "--no-dashboard"]
        # That a worker has gone is said in one line by whoever needs it.
        options.setdefault("silence_logs", logging.CRITICAL)
    return options


@contextmanager
def _in_files(made: Any, place: Path) -> Iterator[Security]:
    """The same certificate in files, which jobs find and their owner alone may read."""
    with tempfile.TemporaryDirectory(prefix=".wellposed-", dir=place) as folder:
        certificate, key = str(Path(folder, "certificate.pem")), str(Path(folder, "key.pem"))
        for path, content in ((certificate, made.tls_ca_file), (key, made.tls_worker_key)):
            with open(path, "w", opener=for_owner_alone) as file:
                file.write(content)
        names = {
            f"tls_{role}_{part}": path
            for role in ("client", "scheduler", "worker")
            for part, path in (("cert", certificate), ("key", key))
        }
        yield Security(require_encryption=True, tls_ca_file=certificate, **names)


def _shared(entry: ClusterEntry) -> Path:
    """A folder that jobs see too."""
    given = entry.options.get("shared_temp_directory") or _configured(entry, "shared-temp-directory")
    return named_path(os.path.expandvars(given)) if given else Path.cwd()


def _runs_jobs(entry: ClusterEntry) -> bool:
    """Whether its class is one of dask-jobqueue's."""
    return getattr(entry.cluster_class, "job_cls", None) is not None


def _scheduler_options(entry: ClusterEntry) -> dict[str, Any]:
    """What the entry, or else the settings of the site, gives the scheduler of a class of dask-jobqueue."""
    return entry.options.get("scheduler_options") or _configured(entry, "scheduler-options") or {}


def _configured(entry: ClusterEntry, key: str) -> Any:
    """What Dask's settings have for a class of dask-jobqueue."""
    name = entry.options.get("config_name") or entry.cluster_class.job_cls.default_config_name()
    return dask.config.get(f"jobqueue.{name}.{key}", default=None)


def _asks_for_dashboard(entry: ClusterEntry) -> bool:
    given = _scheduler_options(entry) if _runs_jobs(entry) else entry.options
    return given.get("dashboard_address") is not None


def _scratch_folder() -> Path | None:
    """Where Dask's settings have workers keep what memory has no room for; None if they do not say."""
    given = dask.config.get("temporary-directory", None)
    if given is None:
        return None
    folder = named_path(given)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RequestError(f"Dask's `temporary-directory` cannot be used: {error}") from None
    return folder


def _check_not_daemonic() -> None:
    if multiprocessing.current_process().daemon:
        raise RequestError(
            "Workers are processes, which a daemonic process, such as one of multiprocessing.Pool, may not "
            "have: ask from the main process, or use concurrent.futures.ProcessPoolExecutor."
        )


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
