"""Runs that somebody cancels in Prefect, and that no engine of Prefect has started: they end as at Ctrl-C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from prefect.client.orchestration import SyncPrefectClient

from wellposed.flows.execution.record import Record

LOOK_INTERVAL_S = 2.0
"""Seconds between two looks at the state that Prefect has of a run."""

CANCELLED = ("CANCELLING", "CANCELLED")


@contextmanager
def cancellation_heeded(
    record: Record, stopping: threading.Event, tell: Callable[[str], None]
) -> Iterator[None]:
    """Has a run end as at Ctrl-C when it is cancelled in Prefect, while the context lasts.

    A run that Prefect's engine has made is ended by whoever started that.

    Parameters
    ----------
    record : Record
        Of the run.  It is asked through its channel, so a server that does not answer holds up nothing.
    stopping : Event
        Set then.  If the context was entered in the main thread, that is interrupted too, for it may wait.
    tell : callable
        Takes a line about it, from any thread.
    """
    if record.is_of_engine:
        yield
        return
    over, turn = threading.Event(), threading.Lock()
    is_main = threading.current_thread() is threading.main_thread()

    def look(client: SyncPrefectClient) -> None:
        # It always asks: a call that returns is a server that answers.
        answer = client.request("GET", "/flow_runs/{id}", path_params={"id": record.run.id})
        if answer.json()["state_type"] not in CANCELLED:
            return
        with turn:
            if over.is_set() or record.run.final is not None:
                return
            over.set()
            tell("This run has been cancelled in Prefect.")
            stopping.set()
            if is_main:
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    def watch() -> None:
        while not over.wait(LOOK_INTERVAL_S):
            if record.run.id is not None and record.run.final is None:
                record.channel.send(look)

    threading.Thread(target=watch, daemon=True, name="cancellation").start()
    try:
        yield
    finally:
        with turn:
            over.set()
