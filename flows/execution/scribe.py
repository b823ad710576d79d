"""Who tells Prefect of a question that is answered in hand, when it has been answered.

A scribe is a process that is told in notes what happens, and writes the record when whoever told it has
ended, however that was: so a run that is killed is recorded too, and nobody waits for a server.  The record
is what `wellposed.flows.execution.record` makes of a run on workers.  Its log has the times at which things
happened; its states have those at which they were recorded, as Prefect takes no others.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wellposed.errors import ServerError
from wellposed.flows.execution import progress, scribe_process
from wellposed.flows.execution.prefect_home import home, names_server
from wellposed.private_folder import private_folder

if TYPE_CHECKING:
    from wellposed.flows.kinds.job import Job, Part

UNRECORDED = "unrecorded.log"
"""Where a scribe says what it could not record, until somebody has been told."""

MAX_LINES = 3
"""Of these that are said."""

END_TIMEOUT_S = 60.0
"""Seconds that a program which nobody watches waits for the last of its record."""

_writing: list[subprocess.Popen[str]] = []
"""Scribes that have been told all."""


@dataclass
class Notes:
    """What a scribe is told of a run.

    Attributes
    ----------
    process : Popen
        The scribe.
    title : str
        Of the run.
    of : int, optional
        Which part of the run is told of.
    """

    process: subprocess.Popen[str]
    title: str
    of: int | None = None
    tasks: int = 0

    def within(self, part: Part) -> Notes:
        """Begins notes about a part of a composite job."""
        self.tasks += 1
        self._note("within", part=part.store.id, number=self.tasks)
        return Notes(self.process, part.title, self.tasks)

    def say(self, message: str, level: int = logging.INFO, task: str = "") -> None:
        """Adds a line to the log."""
        if progress.is_verbose:
            now = datetime.now().strftime("%H:%M:%S")
            print(f"{now} | {logging.getLevelName(level):7} | {self.title}: {message}", file=sys.stderr)
        self._note("say", message=message, level=level, task=task)

    def task(self, name: str) -> str:
        """Begins a task run, and returns its name."""
        self._note("task", name=name)
        return name

    def task_ends(self, name: str) -> None:
        """Ends a task run that has done what it was to do."""
        self._note("task ends", name=name)

    def progress(self, percent: float, known: str) -> None:
        """Says how much is stored of what is known of."""
        self._note("progress", percent=percent, known=known)

    def end(self, state: str, message: str) -> None:
        """Says in which state the run, or the part, ends."""
        self._note("end", state=state, message=message)

    def withdraw(self) -> None:
        """Has nothing recorded: others do that."""
        self._note("withdraw")

    def _note(self, what: str, **more: object) -> None:
        note = {"what": what, "of": self.of, "at": datetime.now(UTC).isoformat(), **more}
        with suppress(OSError, ValueError):  # who has killed it, does without it
            assert self.process.stdin is not None
            self.process.stdin.write(json.dumps(note) + "\n")
            self.process.stdin.flush()


@contextmanager
def scribe(job: Job, complain: Callable[[str], None]) -> Iterator[Notes]:
    """The notes of a run of `job`, of which the record is made when the context has ended.

    Parameters
    ----------
    job : Job
    complain : callable
        Told in lines what could not be recorded of earlier runs.

    Raises
    ------
    ServerError
        If there is no place for the record, or a Prefect server is named that does not answer.
    """
    environment = _environment()
    try:
        place = private_folder(home())
        _tell_unrecorded(place / UNRECORDED, complain)
        process = subprocess.Popen(
            [sys.executable, "-P", scribe_process.__file__, str(place / UNRECORDED)],
            env={**environment, "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL"},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )
    except OSError as error:
        raise ServerError(f"There is no place for the Prefect server's database: {error}") from None
    notes = Notes(process, job.title)
    notes._note("begin", **_question(job))
    try:
        yield notes
    finally:
        with suppress(OSError):
            assert process.stdin is not None
            process.stdin.close()
        _writing[:] = [*(one for one in _writing if one.poll() is None), process]


def _question(job: Job) -> dict[str, Any]:
    """Returns what tells another process of a job."""
    from wellposed.sweeps.experiments.find import absolute

    part = job.parts[0]
    about = {"kind": job.kind, "command": job.command, "url": part.store.url}
    if job.is_composite:
        return {**about, "name": job.title}
    reference = absolute(part.reference.name)
    version = part.experiment.version
    return {
        **about,
        "reference": reference,
        "path": part.store.path,
        "request": part.request(),
        "version": version,
    }


def _environment() -> dict[str, str]:
    """Returns the environment of a scribe: if a Prefect server is named, after it has answered."""
    if not names_server():
        return dict(os.environ)
    from prefect.settings import get_current_settings

    from wellposed.flows.execution.server import server

    settings = get_current_settings()
    if settings.api.url is None:
        return dict(os.environ)
    with server():  # which looks whether it answers
        return {
            **os.environ,
            **settings.to_environment_variables(exclude_unset=True, include_secrets=True),
        }


def _tell_unrecorded(path: Path, complain: Callable[[str], None]) -> None:
    """Says what scribes could not record, once."""
    with suppress(FileNotFoundError):
        said = path.read_text(errors="replace").splitlines()
        path.unlink()
        for line in said[-MAX_LINES:]:
            complain(f"An earlier run is not recorded: {line}")


@atexit.register
def wait_unless_watched() -> None:
    """Waits for the scribes of a program that no person watches.

    Who ends it, such as a queue or a container, ends what it leaves behind as well.
    """
    is_open = sys.stderr is not None and not sys.stderr.closed
    if is_open and sys.stderr.isatty() and os.getpid() != 1:  # the first process of a container ends all
        return
    deadline = time.monotonic() + END_TIMEOUT_S
    with suppress(KeyboardInterrupt, subprocess.TimeoutExpired):
        for process in _writing:
            process.wait(max(0.0, deadline - time.monotonic()))
