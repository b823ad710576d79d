"""What is asked of workers that were not started here, before they are given anything to do.

They must have the wellposed that is here, as all answers are stored as one, and see the catalogue, as they
store theirs themselves.
"""

from __future__ import annotations

import math
import os
import platform
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from wellposed.catalog.location import PARTIAL, Location
from wellposed.errors import RequestError
from wellposed.flows.execution.block import load
from wellposed.flows.execution.sources import sources
from wellposed.sweeps.cluster.scaling import news_of

if TYPE_CHECKING:
    from distributed import Client

    from wellposed.flows.kinds.job import Part
    from wellposed.sweeps.cluster.file import Cluster

PATIENCE = 60.0
"""Seconds that the workers of a scheduler that is there are waited for."""

NEWS_INTERVAL_S = 1.0
"""Seconds between two looks for what keeps workers away."""

LOOKS = 10
"""Times that a worker looks for a file before it does not see it: network file systems take a while."""


def check_workers(
    client: Client, cluster: Cluster, jobs: Sequence[Part], say: Callable[[str], None]
) -> list[str]:
    """Waits for the first worker, and refuses workers that cannot do what they will be asked to.

    Parameters
    ----------
    client : distributed.Client
    cluster : Cluster
    jobs : sequence of Part
        What they will be asked, and where they will write.
    say : callable
        Told in lines what keeps workers away.

    Returns
    -------
    list of str
        What is worth knowing about them.

    Raises
    ------
    RequestError
        If there is none, or one of them lacks something.
    FlowError
        If the queue of the cluster will give none.
    """
    _wait(client, cluster, say)
    _check_python(client)
    token, places = secrets.token_hex(16), [Location(url) for url in {job.store.url for job in jobs}]
    for place in places:
        place.create(_probe(token), token)
    found: dict[str, Any] = {}
    try:
        found = _asked(client, cluster, _inspection(token, [place.url for place in places]))
        while not found:  # those that were there have gone
            _wait(client, cluster, say)
            found = _asked(client, cluster, _inspection(token, [place.url for place in places]))
        for worker, about in found.items():
            _check(worker, about)
            for place in places:  # two folders may have one name
                if place.read(_probe(token, about["key"])) is None:
                    raise RequestError(f"What worker {worker} writes to {place.url} does not arrive here.")
    finally:
        keys = [about["key"] for about in found.values() if isinstance(about, dict) and "key" in about]
        for place in places:
            place.remove([_probe(token), *(_probe(token, key) for key in keys)])
    for reference in {job.reference for job in jobs}:
        for worker, answer in _asked(client, cluster, load, reference).items():
            if isinstance(answer, Exception):
                raise RequestError(f"Worker {worker}: {answer}")
    return _remarks(client)


def about_worker(token: str, urls: Collection[str]) -> dict[str, Any]:
    """What a worker says of itself: where it is, its sources, and whether it sees the catalogues."""
    key, unseen = secrets.token_hex(8), []
    for url in urls:
        place = Location(url)
        try:
            if not _sees(place, token):
                unseen.append(f"does not see the catalogue {url}")
            elif not place.create(_probe(token, key), token):
                unseen.append(f"cannot write to the catalogue {url}")
        except Exception as error:  # each kind of storage has its own
            unseen.append(f"cannot reach the catalogue {url} ({type(error).__name__}: {error})")
    return {"key": key, "host": platform.node(), "state": sources(), "unseen": unseen}


def _sees(place: Location, token: str) -> bool:
    for look in range(LOOKS):
        if look:
            time.sleep(0.5)
        if place.read(_probe(token)) == token.encode():
            return True
    return False


def _probe(token: str, key: str = "here") -> str:
    """The name of a file with a token of 32 digits: if a killed run leaves one, `gc` knows it as ours."""
    return f"probe-{key}.{token}{PARTIAL}"


def _inspection(token: str, urls: list[str]) -> Callable[[], dict[str, Any]]:
    """What workers are asked.  Made here and not imported there, where there may be no wellposed."""

    def inspect() -> dict[str, Any]:
        try:
            from wellposed.flows.execution.remote_workers import about_worker
        except ImportError as error:
            return {"lacks": str(error)}
        return about_worker(token, urls)

    return inspect


def _asked(client: Client, cluster: Cluster, function: Callable[..., Any], *arguments: Any) -> dict[str, Any]:
    """Returns what each worker answers, errors included; where they come and go, without those that went."""
    found: dict[str, Any] = client.run(function, *arguments, on_error="return")
    if cluster.entry is None:
        return found
    return {
        worker: answer
        for worker, answer in found.items()
        if not isinstance(answer, OSError) or worker in client.nthreads()
    }


def _wait(client: Client, cluster: Cluster, say: Callable[[str], None]) -> None:
    """Returns when there is a worker; one that is started where there is work is given some."""
    first = client.submit(os.getpid, pure=False)
    deadline = math.inf if cluster.entry is not None else time.monotonic() + PATIENCE
    try:
        while not first.done():
            if time.monotonic() > deadline:
                raise RequestError(
                    f"The scheduler at {cluster.name} has no worker that answers within {PATIENCE:.0f} s; "
                    f"`dask worker {cluster.name}` starts one."
                )
            for line in news_of(client):
                say(line)
            with suppress(TimeoutError):
                first.exception(timeout=NEWS_INTERVAL_S)  # of one that has gone, others are asked for
    finally:
        first.release()


def _check_python(client: Client) -> None:
    """Functions cannot be sent from one version of Python to another."""
    told: Any = client.get_versions()
    here = _minor(told["client"])
    others = {"The scheduler": told["scheduler"], **{f"Worker {w}": v for w, v in told["workers"].items()}}
    for who, versions in others.items():
        if versions is not None and (there := _minor(versions)) != here:
            raise RequestError(f"{who} has Python {there}, and this is Python {here}: they must be the same.")


def _minor(versions: Mapping[str, Any]) -> str:
    return ".".join(str(versions["host"]["python"]).split(".")[:2])


def _check(worker: str, about: Any) -> None:
    if isinstance(about, BaseException):
        raise RequestError(f"Worker {worker} does not answer: {type(about).__name__}: {about}")
    if "lacks" in about:
        raise RequestError(
            f"Worker {worker} has no wellposed, or an older one ({about['lacks']}): install what is here."
        )
    who = f"Worker {worker} on {about['host']}"
    for name, here in sources().items():
        there = about["state"].get(name, "none")
        if there != here:
            raise RequestError(
                f"{who} has {name} {there}, and here is {here}: answers would not be the same. Install there "
                "what is here."
            )
    if about["unseen"]:
        raise RequestError(
            f"{who} {about['unseen'][0]}: give --catalogue a folder that all machines share, or one on S3."
        )


def _remarks(client: Client) -> list[str]:
    several = {worker: count for worker, count in client.nthreads().items() if count > 1}
    if not several:
        return []
    return [
        f"{len(several)} workers have up to {max(several.values())} threads and use one of them at a time: "
        "start them with --nworkers and --nthreads 1."
    ]
