"""Who tells Prefect of a run whose process was killed, and so cannot."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

import certifi
from prefect.settings import PREFECT_API_SSL_CERT_FILE, PREFECT_API_TLS_INSECURE_SKIP_VERIFY

from wellposed.flows.execution import watchdog_process
from wellposed.flows.execution.reaping import reap
from wellposed.flows.execution.server import ServerAccess

ENGINE_GRACE_S = 10.0
"""Seconds that whoever started a process has, to tell itself what became of its run."""

END_TIMEOUT_S = 5.0


class Watchdog:
    """A process that outlives this one if it is killed, and then marks its runs as crashed.

    Parameters
    ----------
    access : ServerAccess
    tell : callable
        Takes a line, if there can be no such process.
    """

    def __init__(self, access: ServerAccess, tell: Callable[[str], None]) -> None:
        self._lock = threading.Lock()
        self._untold: set[UUID] = set()
        self._process: subprocess.Popen[str] | None = None
        with access.client() as client:
            headers = dict(client._client.headers)
        try:
            self._process = subprocess.Popen(
                # Without a look at what is installed, which it does not need.
                [sys.executable, "-I", "-S", watchdog_process.__file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                text=True,
            )
        except OSError as error:  # of too many processes, or no memory
            tell(f"If this run is killed, Prefect will not be told of it: {error}")
        self._say(
            {
                "url": access.url,
                "headers": {name: value for name, value in headers.items() if name != "accept-encoding"},
                "certificates": PREFECT_API_SSL_CERT_FILE.value() or certifi.where(),
                "is_unchecked": bool(PREFECT_API_TLS_INSECURE_SKIP_VERIFY.value()),
                "users": None if access.users is None else str(access.users),
            }
        )

    def begun(self, run: UUID, *, is_of_engine: bool = False) -> None:
        """A run has begun; if Prefect's engine runs it, others watch its process too."""
        self._untold.add(run)
        self._say({"begun": str(run), "grace": ENGINE_GRACE_S if is_of_engine else 0.0})

    def ends(self, run: UUID, state: Mapping[str, str]) -> None:
        """A run ends in a state, which the server may not know yet."""
        self._say({"ends": str(run), "state": dict(state)})

    def told(self, run: UUID) -> None:
        """The server knows that a run has ended."""
        self._untold.discard(run)
        self._say({"told": str(run)})

    def close(self) -> None:
        """Lets it end: at once if the server knows all, or when it has told what the server does not know."""
        if self._process is None:
            return
        with suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        if not self._untold:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_TIMEOUT_S)
        if self._process.returncode is None:
            reap(self._process)  # this program may live on for days

    def _say(self, what: dict[str, object]) -> None:
        with self._lock, suppress(OSError, ValueError):  # who has killed it, does without it
            if self._process is not None and self._process.stdin is not None:
                self._process.stdin.write(json.dumps(what) + "\n")
                self._process.stdin.flush()


@contextmanager
def watchdog(access: ServerAccess, tell: Callable[[str], None]) -> Iterator[Watchdog]:
    """A watchdog for the runs of this process at a server."""
    started = Watchdog(access, tell)
    try:
        yield started
    finally:
        started.close()
