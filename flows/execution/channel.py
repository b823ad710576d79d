"""How a run speaks to a Prefect server that may die or hang: nothing waits for its answers.

What is to be recorded is put into a bounded queue, which one thread empties.  A server that does not answer
is said to be gone in one line; the run goes on, and the thread goes on trying until the run ends.
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from wellposed.flows.execution.server import ServerAccess

Update = Callable[[SyncPrefectClient], None]
"""One or more requests, made in order."""

LOOK_INTERVAL_S = 2.0
"""Seconds without anything to send after which the server is asked whether it is there."""

REQUEST_TIMEOUT_S = 4.0
"""Seconds that a request may take.  One that is under way when a server dies, and what follows, make ten."""

GONE_AFTER_S = 5.0
"""Seconds since the last answer after which a server that does not answer is said to be gone."""

RETRY_INTERVAL_S = 0.5
"""Seconds between two tries."""

TRIES = 3
"""Of an update to which the server answers that it has failed itself."""

MAX_WAITING = 2_000
"""Updates that wait for a server, and lines of the log beside them; what comes later is left out."""

FLUSH_TIMEOUT_S = 8.0
"""Seconds that a run which has ended waits for the last of its record."""


class Channel:
    """Sends updates to a server in the order in which they came, in a thread of its own.

    Parameters
    ----------
    access : ServerAccess
    tell : callable
        Takes a line for whoever watches the run, from any thread.
    """

    def __init__(self, access: ServerAccess, tell: Callable[[str], None]) -> None:
        self._access = access
        self._tell = tell
        self._updates: queue.Queue[Update] = queue.Queue(MAX_WAITING)
        self._lines: deque[dict[str, Any]] = deque(maxlen=MAX_WAITING)
        self._ending = threading.Event()
        self._abandoned = threading.Event()
        self._answered_at = time.monotonic()
        self._is_gone = self._is_refused = False
        self._thread = threading.Thread(target=self._run, name="record", daemon=True)
        self._thread.start()

    def send(self, update: Update) -> None:
        """Has `update` made when its turn comes; it is left out if too many wait."""
        try:
            self._updates.put_nowait(update)
        except queue.Full:
            return

    def log(self, line: dict[str, Any]) -> None:
        """Has a line of a log sent, together with others; of too many the oldest are left out."""
        self._lines.append(line)

    def close(self) -> None:
        """Returns when all is sent, or the server does not take it; then says so."""
        self._ending.set()
        self.send(_nothing)  # wakes the thread
        self._thread.join(FLUSH_TIMEOUT_S)
        if self._thread.is_alive():
            self._abandoned.set()
            if not self._is_gone:
                self._tell(
                    f"The Prefect server at {self._access.interface} did not take the end of the record."
                )

    def _run(self) -> None:
        # Retries and patience are ours: Prefect's would hold up what comes later.
        with temporary_settings({**self._access.settings, PREFECT_CLIENT_MAX_RETRIES: 0}):
            client = get_client(httpx_settings={"timeout": REQUEST_TIMEOUT_S}, sync_client=True)
            with client:
                for update in self._due():
                    self._make(client, update)

    def _due(self) -> Iterator[Update]:
        """Yields what is to be sent; if there is nothing for a while, a look whether the server is there."""
        while not self._abandoned.is_set():
            try:
                update = self._updates.get(timeout=0 if self._ending.is_set() else LOOK_INTERVAL_S)
            except queue.Empty:
                if not self._ending.is_set():
                    yield self._send_lines if self._lines else _look
                    continue
                if self._lines:
                    yield self._send_lines
                return
            if self._ending.is_set() and self._is_gone:
                return
            if self._updates.empty() and self._lines:
                yield self._send_lines
            yield update

    def _make(self, client: SyncPrefectClient, update: Update) -> None:
        """Makes an update, if need be several times."""
        failures = silences = 0
        while not self._abandoned.is_set():
            try:
                update(client)
            except PrefectHTTPStatusError as error:
                self._note_answer()
                failures += 1
                if error.response.status_code < 500 or failures == TRIES:
                    self._note_refusal(error)
                    return
            except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
                self._note_silence(error)
                silences += 1
                if self._ending.is_set() and self._is_gone:
                    return
                if silences >= TRIES and self._answers(client):  # to others: it is this one that it cannot do
                    self._note_refusal(error)
                    return
            except Exception as error:  # nothing that goes wrong here may end a run
                self._note_refusal(error)
                return
            else:
                self._note_answer()
                return
            self._abandoned.wait(RETRY_INTERVAL_S)

    def _answers(self, client: SyncPrefectClient) -> bool:
        try:
            _look(client)
        except (httpx.HTTPError, PrefectHTTPStatusError):
            return False
        self._note_answer()
        return True

    def _send_lines(self, client: SyncPrefectClient) -> None:
        lines = list(self._lines)
        try:
            client.create_logs(lines)
        except httpx.RequestError:
            raise  # they are sent again
        except Exception:
            self._lines.clear()
            raise
        self._lines.clear()

    def _note_answer(self) -> None:
        self._answered_at = time.monotonic()
        if self._is_gone:
            self._is_gone = False
            self._tell(f"The Prefect server at {self._access.interface} answers again.")

    def _note_silence(self, error: Exception) -> None:
        if self._is_gone or time.monotonic() - self._answered_at < GONE_AFTER_S:
            return
        self._is_gone = True
        why = str(error) or type(error).__name__
        self._tell(
            f"The Prefect server at {self._access.interface} does not answer any more ({why}). This run goes "
            "on to its answer without it."
        )

    def _note_refusal(self, error: Exception) -> None:
        if not self._is_refused:  # the first tells why, and others follow from it
            self._is_refused = True
            said = " ".join(str(error).split())[:200]
            self._tell(f"The Prefect server at {self._access.interface} does not take the record: {said}")


@contextmanager
def channel(access: ServerAccess, tell: Callable[[str], None]) -> Iterator[Channel]:
    """A channel that is emptied, as far as the server takes it, when the context ends."""
    opened = Channel(access, tell)
    try:
        yield opened
    finally:
        opened.close()


def _look(client: SyncPrefectClient) -> None:
    client.request("GET", "/health")


def _nothing(client: SyncPrefectClient) -> None:
    """Asks for nothing."""
