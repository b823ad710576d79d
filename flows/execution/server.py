"""Where flow runs are recorded: a Prefect server of our own, or the one that ``PREFECT_API_URL`` names.

Our own runs in the background on a free port of the loopback, keeps its history in an SQLite database in a
home of its own, is shared by all runs at a time, and goes some minutes after the last of them.  Whoever may
speak to it has runs started in our name, so it wants a secret, which is made when it starts and lies there
for its owner alone.
"""

from __future__ import annotations

import functools
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from prefect.client.base import ServerType
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.context import get_settings_context
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_KEY,
    PREFECT_API_URL,
    get_current_settings,
    temporary_settings,
)
from prefect.states import Crashed

from wellposed.errors import ServerError
from wellposed.flows.execution import server_process
from wellposed.flows.execution.loopback import keep_loopback_direct
from wellposed.flows.execution.prefect_home import home
from wellposed.flows.execution.reaping import reap
from wellposed.flows.execution.server_process import ADDRESS, CHANGE, SERVER, USERS, is_free, locked
from wellposed.private_folder import for_owner_alone, private_folder

STARTUP_TIMEOUT = 120.0
"""Seconds; the very first start makes the database and unpacks the user interface."""

LINGER_S = 600.0
"""Seconds that our own server stays when nobody uses it any more: the next run need not wait for another."""

ANSWER_TIMEOUT = 10.0
"""Seconds in which a server answers."""

LOG, SECRET = "server.log", "secret"

UNFINISHED = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


@dataclass(frozen=True)
class ServerAccess:
    """How to speak to a Prefect server.

    Attributes
    ----------
    url : str
        Of its API.
    secret : str, optional
        Of our own server.  Others are spoken to as the settings of the user say, and are never told ours.
    users : Path, optional
        The lock that keeps our own server up.
    """

    url: str
    secret: str | None = None
    users: Path | None = None

    @property
    def interface(self) -> str:
        """The address of the user interface."""
        return self.url.removesuffix("/").removesuffix("/api")

    @property
    def settings(self) -> dict[Any, Any]:
        """Prefect's settings that clients need."""
        if self.secret is None:
            return {PREFECT_API_URL: self.url}
        return {PREFECT_API_URL: self.url, PREFECT_API_AUTH_STRING: self.secret, PREFECT_API_KEY: None}

    def client(self) -> SyncPrefectClient:
        """A client, to be used as a context."""
        with temporary_settings(self.settings):
            return get_client(httpx_settings={}, sync_client=True)

    def password_hint(self) -> str | None:
        """A line that says what the interface asks for; it holds the secret on a terminal alone."""
        if self.secret is None:
            return None
        if sys.stdout.isatty():
            return f"It asks once for this password: {self.secret}"
        return f"It asks once for the password that is in {home() / SECRET}"


@contextmanager
def server() -> Iterator[Callable[[], ServerAccess]]:
    """A Prefect server that answers as long as the context lasts.

    Yields
    ------
    callable
        Waits until the server answers, and returns how to speak to it.  Starting takes seconds, in which
        there is other work to do.

    Raises
    ------
    ServerError
        From the context or from what it yields: the server that Prefect's settings name does not answer, or
        our own does not start.
    """
    keep_loopback_direct()
    configured = get_current_settings().api.url
    if configured is not None:
        users = _lock_of_ours(configured)
        access = ServerAccess(configured, users=users)
        _check(access, f"The Prefect server that {_who_names_it()} does not answer: {configured}")
        # A run that `serve` has started may outlive it, and then needs the server that is ours.
        with nullcontext() if users is None else locked(users, shared=True):
            yield lambda: access
        return
    try:
        place = private_folder(home())
    except OSError as error:
        raise ServerError(f"There is no place for the Prefect server's database: {error}") from None
    with locked(place / USERS, shared=True), ExitStack() as arrival:
        # Until the server answers, nobody else need look whether there is one.
        arrival.enter_context(locked(place / CHANGE))
        started = None if _is_running(place) else _start(place)

        @functools.cache
        def answer() -> ServerAccess:
            if started is not None:
                _wait(started, place)
            access = _access(place)
            _check(access, f"The Prefect server in {place} does not answer; see {place / LOG}")
            if started is not None:
                _close_abandoned(access)
                reap(started)  # it goes some time after its last user: not ours to wait for
            arrival.close()
            return access

        try:
            yield answer
        finally:
            if started is not None and not answer.cache_info().currsize:
                started.kill()
                started.wait()


def _lock_of_ours(url: str) -> Path | None:
    """The lock that keeps our own server up, if that is the one at `url`."""
    place = home()
    with suppress(OSError):
        if (place / ADDRESS).read_text() == url:
            return place / USERS
    return None


def _who_names_it() -> str:
    """Where the address of a server comes from that is not ours."""
    if "PREFECT_API_URL" in os.environ:
        return "PREFECT_API_URL names"
    profile = get_settings_context().profile
    if PREFECT_API_URL in profile.settings:
        return f"your Prefect profile `{profile.name}` names"
    return "Prefect's settings name"


def _access(place: Path) -> ServerAccess:
    """How to speak to our own server, which runs."""
    try:
        return ServerAccess((place / ADDRESS).read_text(), (place / SECRET).read_text(), place / USERS)
    except FileNotFoundError as error:  # of an earlier version, or one that ends at this moment
        raise ServerError(
            f"The Prefect server in {place} has no {error.filename}: end what uses it."
        ) from None


def _new_secret(place: Path) -> str:
    """Makes and keeps the secret of a server that is about to start.

    Each has its own: what a page that is still open goes on sending to the port of a server that has gone, to
    whoever listens there then, is worth nothing.
    """
    path = place / SECRET
    made = f"wellposed:{secrets.token_urlsafe(32)}"
    with open(path.with_suffix(".new"), "w", opener=for_owner_alone) as file:
        file.write(made)
    os.replace(path.with_suffix(".new"), path)
    return made


def _is_running(place: Path) -> bool:
    return (place / ADDRESS).exists() and not is_free(place / SERVER)


def _start(place: Path) -> subprocess.Popen[bytes]:
    (place / ADDRESS).unlink(missing_ok=True)  # of one that was killed
    with open(place / LOG, "w", opener=for_owner_alone) as output:
        return subprocess.Popen(
            # By its path, without its folder on the import path.
            [sys.executable, "-P", server_process.__file__, str(place), str(LINGER_S)],
            env={**_environment(place), "PREFECT_SERVER_API_AUTH_STRING": _new_secret(place)},
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


def _check(access: ServerAccess, complaint: str) -> None:
    """Raises `ServerError` if the server does not answer, or not to us."""
    try:
        with temporary_settings(access.settings):
            client = get_client(httpx_settings={"timeout": ANSWER_TIMEOUT}, sync_client=True)
        with client:
            if (error := client.api_healthcheck()) is not None:
                raise ServerError(f"{complaint} ({error or type(error).__name__})")
            if client.server_type == ServerType.SERVER:
                client.api_version()
    except PrefectHTTPStatusError as error:
        if error.response.status_code not in (401, 403):
            raise ServerError(f"{complaint} ({error})") from None
        raise ServerError(
            f"The Prefect server at {access.url} refuses us: PREFECT_API_AUTH_STRING must be its password."
        ) from None
    # The last two of a proxy that cannot be used.
    except (httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError) as error:
        raise ServerError(f"{complaint} ({error})") from None


def _close_abandoned(access: ServerAccess) -> None:
    """Marks runs as crashed whose process was killed: nobody used the server that has just started."""
    abandoned = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=UNFINISHED)))
    with access.client() as client:
        for run in client.read_flow_runs(flow_run_filter=abandoned):
            crashed: State[None] = Crashed(
                message="The process ended before the run; run it again to complete it."
            )
            client.set_flow_run_state(run.id, crashed, force=True)
