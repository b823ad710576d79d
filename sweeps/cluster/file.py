"""What ``--cluster`` means: workers of our own, a scheduler that is there, or an entry of a file.

The file is called ``clusters.yaml``, and lies in the current folder or else in the user's configuration
folder.  Each entry names a class of Dask clusters and what to give it::

    slurm:
      class: dask_jobqueue.SLURMCluster
      options: {cores: 8, processes: 8, memory: 16GB, walltime: "01:00:00"}
      adaptive: {minimum: 0, maximum: 64}
      idle: 10 min
      environment: {AWS_PROFILE: kinetic}

Nothing of it is ever stored with answers.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import re
import signal
import socket
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs
import yaml

from wellposed.errors import RequestError

LOCAL_NAME = "local"

FILE = "clusters.yaml"

ANSWER_WITHIN = 10.0
"""Seconds in which a scheduler answers."""

MOST_VALUES = 10_000
"""Values in the file."""

KEYS = ("class", "options", "workers", "adaptive", "idle", "environment")

IDLE_S = 600.0
"""Seconds that a worker without work is kept, if nothing else is said: a search asks round by round."""

MOST_IDLE_S = 30 * 86400.0
"""More than any queue gives."""

UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
"""In which a time is written, in seconds."""

OURS = {
    "n_workers": "give `workers` or `adaptive` beside `options`",
    "asynchronous": "it is for programs that wait by themselves",
    "loop": "it cannot be written in a file",
}
"""Options that are not the file's to give, and why."""


@dataclass(frozen=True)
class ClusterEntry:
    """A kind of Dask cluster to be started.

    Attributes
    ----------
    cluster_class : type
    options : mapping of str to value
        What it is given, besides the number of workers.
    minimum, maximum : int
        How many workers there are; if these differ, as many as there is work for.
    idle : float
        Seconds that a worker is kept without work, if there may be fewer.
    environment : mapping of str to str
        Of the workers.
    """

    cluster_class: Any
    options: Mapping[str, Any]
    minimum: int
    maximum: int
    environment: Mapping[str, str] = field(default_factory=dict)
    idle: float = IDLE_S


@dataclass(frozen=True)
class Cluster:
    """Where blocks run.  Made by `find_cluster`.

    Attributes
    ----------
    name : str
        As it was asked for.
    address : str, optional
        Of a scheduler that is there.
    entry : ClusterEntry, optional
        What is to be started.  With neither, workers of our own on this machine.
    """

    name: str
    address: str | None = None
    entry: ClusterEntry | None = None

    @property
    def is_local(self) -> bool:
        return self.address is None and self.entry is None


LOCAL = Cluster(LOCAL_NAME)


def find_cluster(name: str) -> Cluster:
    """What `name` stands for: ``local``, the address of a scheduler, or an entry of ``clusters.yaml``.

    Raises
    ------
    RequestError
        If there is no such entry, or it is not as it should be.  Nothing has been started then.
    """
    if not isinstance(name, str) or not name:
        raise RequestError(
            f"A cluster must be local, the address of a scheduler such as tcp://host:8786, or the name of an "
            f"entry in {FILE}, but is {name!r}."
        )
    if name == LOCAL_NAME:
        return LOCAL
    if "://" in name:
        _check_answer(name)
        return Cluster(name, address=name)
    if re.fullmatch(r"[\w.-]+:\d+", name):
        raise RequestError(f"A scheduler's address begins with its protocol, such as tcp://{name}.")
    path = _path()
    if path is None:
        raise RequestError(
            f"There is no cluster `{name}`: --cluster is local, the address of a scheduler such as "
            f"tcp://host:8786, or the name of an entry in {FILE}, which is neither here nor in "
            f"{_home().parent}."
        )
    entries = _entries(path)
    if name not in entries:
        raise RequestError(
            f"{path} has no entry `{name}`; {_close(name, entries)}it has {', '.join(entries) or 'none'}."
        )
    return Cluster(name, entry=_entry(f"Entry `{name}` of {path}", entries[name]))


def _check_answer(address: str) -> None:
    """Raises `RequestError` if nobody answers where a scheduler should: before anything else is done."""
    try:
        place = urlsplit(address)
        if place.scheme in ("tcp", "tls") and place.hostname and place.port:
            socket.create_connection((place.hostname, place.port), timeout=ANSWER_WITHIN).close()
    except (OSError, ValueError) as error:
        raise RequestError(f"No Dask scheduler answers at {address}: {error}") from None


def _home() -> Path:
    return platformdirs.user_config_path("wellposed") / FILE


def _path() -> Path | None:
    """The file that is read: the first one that is there."""
    return next((path for path in (Path(FILE).absolute(), _home()) if path.is_file()), None)


def _entries(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read: {error}") from None
    except yaml.YAMLError as error:
        raise RequestError(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise RequestError(f"{path} is nested too deeply.") from None
    if _exceeds(found, MOST_VALUES):
        raise RequestError(f"{path} must stand for {MOST_VALUES:,} values at most, aliases included.")
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise RequestError(f"{path} must have entries by name, each with a `class`, but has none.")
    if LOCAL_NAME in found:
        raise RequestError(f"{path} must not have an entry `{LOCAL_NAME}`, which stands for this machine.")
    return found


def _exceeds(value: Any, most: int) -> bool:
    """Returns whether there are more than `most` values in `value`: a few aliases stand for millions."""
    seen, ahead = 0, [value]
    while ahead and seen <= most:
        seen += 1
        one = ahead.pop()
        ahead += list(one.values()) if isinstance(one, dict) else one if isinstance(one, list) else []
    return seen > most


def _entry(what: str, given: Any) -> ClusterEntry:
    """An entry as it was read, checked; errors call it `what`."""
    if not isinstance(given, dict):
        raise RequestError(f"{what} must have keys of {', '.join(KEYS)}, but is {given!r}.")
    for key in given:
        if key not in KEYS:
            raise RequestError(
                f"{what} has no key `{key}`; {_close(key, KEYS)}it may have {', '.join(KEYS)}."
            )
    if "class" not in given:
        raise RequestError(f"{what} needs the key `class`, such as class: dask_jobqueue.SLURMCluster.")
    cluster_class = _class(what, given["class"])
    options = _mapping(what, "options", given)
    _check_options(what, cluster_class, options)
    environment = _mapping(what, "environment", given)
    for name, value in environment.items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise RequestError(
                f"{what}: `environment` must have a text or a number for `{name}`, but has {value!r}."
            )
    minimum, maximum = _workers(what, given)
    return ClusterEntry(
        cluster_class,
        options,
        minimum,
        maximum,
        {name: str(value) for name, value in environment.items()},
        _idle(what, given),
    )


def _idle(what: str, given: Mapping[str, Any]) -> float:
    """Seconds that workers are kept without work."""
    if "idle" not in given:
        return IDLE_S
    if "adaptive" not in given:
        raise RequestError(f"{what}: `idle` goes with `adaptive`; with `workers`, none is given back.")
    value = given["idle"]
    found = re.fullmatch(rf"(\d+(?:\.\d+)?) ?({'|'.join(UNITS)})", value) if isinstance(value, str) else None
    if found is None or not 0 < float(found[1]) * UNITS[found[2]] <= MOST_IDLE_S:
        raise RequestError(
            f"{what}: `idle` must be a time above 0 and of at most 30 days in {', '.join(UNITS)}, such as "
            f"10 min, but is {value!r}."
        )
    return float(found[1]) * UNITS[found[2]]


def _workers(what: str, given: Mapping[str, Any]) -> tuple[int, int]:
    if ("workers" in given) == ("adaptive" in given):
        raise RequestError(
            f"{what} must have either `workers`, such as workers: 16, or `adaptive`, such as "
            "adaptive: {minimum: 0, maximum: 64}."
        )
    if "workers" in given:
        number = _count(what, "workers", given["workers"], 1)
        return number, number
    adaptive = _mapping(what, "adaptive", given)
    for key in adaptive:
        if key not in ("minimum", "maximum"):
            raise RequestError(f"{what}: `adaptive` has no key `{key}`; it may have minimum and maximum.")
    if "maximum" not in adaptive:
        raise RequestError(f"{what}: `adaptive` needs a `maximum`, such as maximum: 64.")
    minimum = _count(what, "minimum", adaptive.get("minimum", 0), 0)
    return minimum, _count(what, "maximum", adaptive["maximum"], max(1, minimum))


def _count(what: str, key: str, value: Any, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise RequestError(f"{what}: `{key}` must be an integer of at least {least}, but is {value!r}.")
    return value


def _mapping(what: str, key: str, given: Mapping[str, Any]) -> dict[str, Any]:
    value = given.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
        raise RequestError(f"{what}: `{key}` must have values by name, but is {value!r}.")
    return value


def _class(what: str, reference: Any) -> Any:
    """The class that `reference` names, which is imported."""
    module, _, name = str(reference).rpartition(".")
    if not module:
        raise RequestError(
            f"{what}: `class` must be module.Class, such as dask_jobqueue.SLURMCluster, but is {reference!r}."
        )
    try:
        with signals_kept():
            found = getattr(importlib.import_module(module), name)
    except Exception as error:  # whatever importing it raises
        raise RequestError(
            f"{what}: `class` {reference} cannot be imported: {type(error).__name__}: {error}"
        ) from None
    from distributed.deploy.cluster import Cluster as DaskCluster

    if not (isinstance(found, type) and issubclass(found, DaskCluster)):
        raise RequestError(f"{what}: `class` {reference} is no class of Dask clusters.")
    return found


@contextmanager
def signals_kept() -> Iterator[None]:
    """What signals do in this process is the same at the end.

    dask-jobqueue, when it is imported, has Ctrl-C end the process without a word and with status 0.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:  # it was not set from Python
                signal.signal(number, handler)


def _check_options(what: str, cluster_class: Any, options: Mapping[str, Any]) -> None:
    """Refuses what the class would not take, as far as its signature tells."""
    accepted = _accepted(cluster_class)
    for name in options:
        if name in OURS:
            raise RequestError(f"{what}: `options` must not have `{name}`: {OURS[name]}.")
        if accepted is not None and name not in accepted:
            allowed = sorted(accepted - OURS.keys())
            raise RequestError(
                f"{what}: {cluster_class.__name__} has no option `{name}`; {_close(name, allowed)}"
                f"it takes {', '.join(allowed)}."
            )


def _accepted(cluster_class: Any) -> set[str] | None:
    """The names that a class takes, by itself or for its workers; None if it takes any."""
    from distributed import LocalCluster, Nanny, Worker

    own = _initialisers(cluster_class)
    if all(any(p.kind == p.VAR_KEYWORD for p in parameters) for parameters in own):
        return None
    # Local clusters pass on what they do not know to their workers, and those of dask-jobqueue to their jobs.
    workers = (Nanny, Worker) if issubclass(cluster_class, LocalCluster) else ()
    jobs = getattr(cluster_class, "job_cls", None)
    takers = [cluster_class, *workers, *([] if jobs is None else [jobs])]
    return {
        p.name
        for taker in takers
        for parameters in _initialisers(taker)
        for p in parameters
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    }


def _initialisers(taker: type) -> list[list[inspect.Parameter]]:
    """The parameters of each class that `taker` is one of, but for `self`."""
    own = [vars(one)["__init__"] for one in taker.__mro__[:-1] if "__init__" in vars(one)]
    return [list(inspect.signature(function).parameters.values())[1:] for function in own]


def _close(name: object, known: Collection[str]) -> str:
    close = difflib.get_close_matches(str(name), known, n=1)
    return f"did you mean `{close[0]}`? " if close else ""
