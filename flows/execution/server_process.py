"""The embedded Prefect server: one process that serves until nobody uses it any more.

`server` starts it as a script, with a secret in its environment.  Who is there is told by locks that the
system itself gives back when a process ends, however it ends, so there are no stale process ids to clean up:

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

import fcntl
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wellposed.private_folder import for_owner_alone

if TYPE_CHECKING:
    from starlette.types import ASGIApp

SERVER, USERS, CHANGE, ADDRESS, PORT = "server.lock", "users.lock", "change.lock", "address", "port"

LOOK_EVERY = 0.5
"""Seconds between two looks at whether anybody is left."""


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


def main(home: Path) -> None:
    """Serves Prefect's API and user interface on a free port of the loopback until the last user has gone."""
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
        threading.Thread(target=_attend, args=(server, home, f"{address}/api"), daemon=True).start()
        server.run(sockets=[listening])


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


def _attend(server: object, home: Path, url: str) -> None:
    """Announces the server when it answers, and stops it when nobody is left."""
    address = home / ADDRESS
    while not server.started:  # type: ignore[attr-defined]
        time.sleep(0.02)
    arriving = address.with_suffix(".new")
    arriving.write_text(url)
    os.replace(arriving, address)
    while True:
        time.sleep(LOOK_EVERY)
        with locked(home / CHANGE):
            if is_free(home / USERS):
                address.unlink(missing_ok=True)
                server.should_exit = True  # type: ignore[attr-defined]
                return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
