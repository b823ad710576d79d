"""The embedded Prefect server: one process that serves as long as it is used, and goes some minutes later.

`server` starts it as a script, with a secret in its environment.  It takes seconds to start, so it stays for
whoever comes next; between two users its event loop is held, so that it costs next to nothing.  Who is there
is told by locks that the system itself gives back when a process ends, however it ends, so there are no stale
process ids to clean up:

``server.lock``
    held by the server while it lives;
``users.lock``
    held, shared, by everyone who uses it;
``change.lock``
    held for a moment by whoever comes or goes, so that no server leaves while somebody arrives.

``address`` holds the server's URL from when it answers until it decides to leave, and ``port`` the port that
it had last.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from wellposed.private_folder import for_owner_alone

if TYPE_CHECKING:
    from starlette.types import ASGIApp
    from uvicorn import Server

SERVER, USERS, CHANGE, ADDRESS, PORT = "server.lock", "users.lock", "change.lock", "address", "port"

LOOK_EVERY = 0.1
"""Seconds between two looks at whether anybody uses it."""

SETTLE_S = 8.0
"""Seconds without a user in which a server that stays stores what it has yet in memory, before it is held."""


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Holds a lock on `path`, waiting for it if need be."""
    with open(path, "a", opener=for_owner_alone) as file:
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock on `path`."""
    with open(path, "a", opener=for_owner_alone) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def main(home: Path, linger: float) -> None:
    """Serves Prefect's API and user interface on a free port of the loopback.

    Parameters
    ----------
    home : Path
    linger : float
        Seconds that it stays when the last user has gone.
    """
    import uvicorn

    # A queue that ends a job tells all of its processes; who uses this one has yet to say how that ended.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    os.umask(0o077)  # of all that Prefect writes
    with locked(home / SERVER), _listening(home / PORT) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        # By default any page that is open in a browser of this machine may read what it answers.
        os.environ["PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS"] = address
        server = uvicorn.Server(
            uvicorn.Config(
                _application(),
                log_level="warning",
                timeout_keep_alive=5,
                timeout_graceful_shutdown=3,
            )
        )
        asyncio.run(_serve(server, listening, home, f"{address}/api", linger))


async def _serve(server: Server, listening: socket.socket, home: Path, url: str, linger: float) -> None:
    loop = asyncio.get_running_loop()
    attending = threading.Thread(target=_attend, args=(server, loop, home, url, linger), daemon=True)
    attending.start()
    await server.serve(sockets=[listening])


def _application() -> ASGIApp:
    from prefect.server.api.server import create_app

    served = create_app()
    # Later, as it has Prefect say nothing where it is imported before.
    from wellposed.flows.execution.gatekeeper import guarded

    return guarded(served)


def _listening(last: Path) -> socket.socket:
    """A socket on the port of last time, so that links to the interface stay good, or else on a free one."""
    try:
        return socket.create_server(("127.0.0.1", int(last.read_text())))
    except (OSError, ValueError, OverflowError):  # there was none, or others have it now
        listening = socket.create_server(("127.0.0.1", 0))
    last.write_text(str(listening.getsockname()[1]))
    return listening


def _attend(server: Server, loop: asyncio.AbstractEventLoop, home: Path, url: str, linger: float) -> None:
    """Announces the server when it answers, holds it while nobody uses it, and stops it in the end."""
    address = home / ADDRESS
    while not server.started:
        time.sleep(0.02)
    arriving = address.with_suffix(".new")
    arriving.write_text(url)
    os.replace(arriving, address)
    with suppress(OSError):  # its home has been removed, and nobody can come to it any more
        while not _is_left(loop, home, linger):
            continue
    server.should_exit = True


def _is_left(loop: asyncio.AbstractEventLoop, home: Path, linger: float) -> bool:
    """Returns, with the loop held meanwhile, whether nobody comes for so many seconds after the last user."""
    _wait_for(home, used=False, within=None)
    if linger > SETTLE_S and not _wait_for(home, used=True, within=SETTLE_S):
        is_used = threading.Event()  # another one each time: the loop may come to an earlier one late
        loop.call_soon_threadsafe(is_used.wait)
        try:
            _wait_for(home, used=True, within=linger - SETTLE_S)
        finally:
            is_used.set()
    with locked(home / CHANGE):
        if is_free(home / USERS):
            (home / ADDRESS).unlink(missing_ok=True)
            return True
    return False


def _wait_for(home: Path, *, used: bool, within: float | None) -> bool:
    """Returns when somebody uses the server, or nobody does, and whether that was within so many seconds."""
    deadline = None if within is None else time.monotonic() + within
    while is_free(home / USERS) is used:
        if deadline is not None and time.monotonic() > deadline:
            return False
        time.sleep(LOOK_EVERY)
    return True


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
