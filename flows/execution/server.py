"""Where flow runs are recorded: a Prefect server of our own, or the one that ``PREFECT_API_URL`` names.

Our own runs in the background on a free port of the loopback, keeps its history in an SQLite database in a
home of its own, is shared by all runs at a time, and goes when the last of them has gone.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import platformdirs
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings
from prefect.states import Crashed

from wellposed.errors import ServerError
from wellposed.flows.execution import server_process
from wellposed.flows.execution.server_process import ADDRESS, CHANGE, SERVER, USERS, is_free, locked

STARTUP_TIMEOUT = 120.0
"""Seconds; the very first start makes the database and unpacks the user interface."""

DRAIN_TIMEOUT = 30.0

LOG = "server.log"

UNFINISHED = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]
FINISHED = [StateType.COMPLETED, StateType.FAILED, StateType.CRASHED, StateType.CANCELLED]


def home() -> Path:
    """Where our own server keeps its database; ``WELLPOSED_HOME`` moves it."""
    base = os.environ.get("WELLPOSED_HOME") or platformdirs.user_data_path("wellposed")
    return Path(base) / "prefect"


@contextmanager
def server() -> Iterator[Callable[[], str]]:
    """A Prefect server that answers as long as the context lasts.

    Yields
    ------
    callable
        Waits until the server answers, and returns the address of its API.  Starting takes seconds, in
        which there is other work to do.

    Raises
    ------
    ServerError
        From the context or from what it yields: the server that ``PREFECT_API_URL`` names does not answer,
        or our own does not start.
    """
    configured = get_current_settings().api.url
    if configured is not None:
        _check(configured, f"The Prefect server that PREFECT_API_URL names does not answer: {configured}")
        yield lambda: configured
        return
    place = home()
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServerError(f"There is no place for the Prefect server's database: {error}") from None
    with locked(place / USERS, shared=True), ExitStack() as arrival:
        # Until the server answers, nobody else need look whether there is one.
        arrival.enter_context(locked(place / CHANGE))
        started = None if _is_running(place) else _start(place)

        @functools.cache
        def answer() -> str:
            if started is not None:
                _wait(started, place)
            url = (place / ADDRESS).read_text()
            _check(url, f"The Prefect server in {place} does not answer; see {place / LOG}")
            if started is not None:
                _close_abandoned(url)
                started.returncode = 0  # it goes when the last user has gone: not ours to wait for
            arrival.close()
            return url

        try:
            yield answer
        finally:
            if started is not None and not answer.cache_info().currsize:
                started.terminate()


@contextmanager
def recording_at(url: str) -> Iterator[None]:
    """Flow runs inside are recorded at `url`; all that they said has been sent at the end."""
    with temporary_settings({PREFECT_API_URL: url}):
        try:
            yield
        finally:
            # Both keep the address they started with, so the next server needs new ones anyway.
            APILogWorker.drain_all(timeout=5)
            EventsWorker.drain_all(timeout=5)


def drain(task_runs: Collection[UUID]) -> None:
    """Waits until the server has recorded the end of `task_runs`, which it is told of in the background."""
    asked = {
        "task_runs": {
            "id": {"any_": [str(task_run) for task_run in task_runs]},
            "state": {"type": {"any_": [state.value for state in FINISHED]}},
        }
    }
    deadline = time.monotonic() + DRAIN_TIMEOUT
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline:
            if client.request("POST", "/task_runs/count", json=asked).json() >= len(task_runs):
                return
            time.sleep(0.05)


def interface(url: str) -> str:
    """The address of the user interface of the server whose API is at `url`."""
    return url.removesuffix("/").removesuffix("/api")


def _is_running(place: Path) -> bool:
    return (place / ADDRESS).exists() and not is_free(place / SERVER)


def _start(place: Path) -> subprocess.Popen[bytes]:
    (place / ADDRESS).unlink(missing_ok=True)  # of one that was killed
    with (place / LOG).open("w") as output:
        return subprocess.Popen(
            # By its path, without its folder on the import path: it needs nothing of ours.
            [sys.executable, "-P", server_process.__file__, str(place)],
            env=_environment(place),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C is for us, who still have something to tell the server.
            start_new_session=True,
        )


def _wait(process: subprocess.Popen[bytes], place: Path) -> None:
    """Returns when the server that is starting has announced itself."""
    deadline = time.monotonic() + STARTUP_TIMEOUT
    while not (place / ADDRESS).exists():
        if process.poll() is not None:
            last = ((place / LOG).read_text().strip().splitlines() or ["without a word"])[-1]
            raise ServerError(f"The Prefect server stopped while it started ({last}); see {place / LOG}")
        if time.monotonic() > deadline:
            raise ServerError(
                f"The Prefect server did not answer within {STARTUP_TIMEOUT:.0f} s; see {place / LOG}"
            )
        time.sleep(0.05)


def _environment(place: Path) -> dict[str, str]:
    """What the server process is told, whatever the user has told the clients of some other server."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {
        **inherited,
        "PREFECT_HOME": str(place),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        # The interface asks whoever served it; otherwise it asks port 4200.
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # By default it is unpacked into the installed package, which may be read-only.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(place / "interface"),
        "DO_NOT_TRACK": "1",
    }


def _check(url: str, complaint: str) -> None:
    try:
        httpx.get(f"{url.removesuffix('/')}/health", timeout=10).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ServerError(f"{complaint} ({error})") from None


def _close_abandoned(url: str) -> None:
    """Marks runs as crashed whose process was killed: nobody used the server that has just started."""
    abandoned = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNFINISHED)))
    with SyncPrefectClient(url) as client:
        for run in client.read_flow_runs(flow_run_filter=abandoned):
            crashed: State[None] = Crashed(
                message="The process ended before the run; run it again to complete it."
            )
            client.set_flow_run_state(run.id, crashed, force=True)
