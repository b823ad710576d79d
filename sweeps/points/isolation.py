"""A block whose points may end the process that evaluates them: each in a child that may die of it.

The child says when it begins with what it is asked, so it is known of what it died.  Run as a module, this is
the child.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from wellposed.sweeps.experiments.environment import ONE_THREAD
from wellposed.sweeps.experiments.find import Reference, find_experiment
from wellposed.sweeps.points.evaluate import BlockAnswers, ask, laid_out, points_of
from wellposed.sweeps.requests.grid import Block, Fixed

if TYPE_CHECKING:
    import xarray as xr


class ChildError(RuntimeError):
    """A child process ended before it began."""


class OverdueError(RuntimeError):
    """A child process was ended, as it took longer than it was waited for."""


def evaluate_isolated(
    reference: str | Reference,
    fixed: Fixed,
    block: Block,
    only: NDArray[np.bool_] | None = None,
    time_limit: float | None = None,
) -> xr.Dataset:
    """Returns what `evaluate_block` does of the experiment behind `reference`, from processes of its own.

    A point that ends its process has failed, and the reason says how.

    Raises
    ------
    ChildError
        If a process ends before it has begun with a point.
    """
    at, varying = points_of(block, only)
    questions = [
        Trial({name: values[i : i + 1] for name, values in varying.items()}, time_limit)
        for i in range(len(at))
    ]
    experiment = find_experiment(reference)
    parts = [reply.answers for reply in replies(reference, fixed, questions)]
    return laid_out(experiment, block, at, BlockAnswers.joined([BlockAnswers.empty(experiment), *parts]))


class Trial(NamedTuple):
    """Some points that are evaluated together, and the seconds that each of them may take."""

    varying: dict[str, NDArray[Any]]
    time_limit: float | None


class Reply(NamedTuple):
    """What became of a question."""

    answers: BlockAnswers
    seconds: float
    cpu_seconds: float
    died: bool = False
    """Whether it ended its process: none of its points has an answer then."""


Patience = Callable[[float], float | None]


def _for_ever(start_seconds: float) -> None:
    """Is the patience of who waits however long it takes."""


class Child:
    """A process that evaluates points of one experiment, and is replaced when a point ends it.

    It is of a session of its own, so that Ctrl-C in a terminal is for who asks alone, and it ends when that
    process does.

    Parameters
    ----------
    reference : str or Reference
        By which it finds the experiment.
    """

    def __init__(self, reference: str | Reference) -> None:
        self._reference = reference
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Has the process begin, if there is none: it imports the experiment while others do other things."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wellposed.sweeps.points.isolation"],
            env={**os.environ, **ONE_THREAD},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        with suppress(BrokenPipeError):  # which is met again by who asks
            self._tell((self._reference, time.monotonic()))

    def ask(self, fixed: Fixed, trial: Trial, patience: Patience = _for_ever) -> Reply:
        """Returns what becomes of some points.

        Parameters
        ----------
        fixed : tuple of (str, value)
            The parameters that do not vary.
        trial : Trial
        patience : callable, optional
            Told how many seconds the process took to start, returns after how many it is ended, whatever it
            does; None if never.

        Raises
        ------
        ChildError
            If the process ends before it has begun with the points.
        OverdueError
            If patience has come to its end.
        """
        self.start()
        child = self._process
        assert child is not None
        assert child.stdout is not None
        is_overdue = threading.Event()
        begun: float | None = None
        with suppress(EOFError, BrokenPipeError, pickle.UnpicklingError):  # the last: it died in its answer
            self._tell((dict(fixed), trial))
            start_seconds = pickle.load(child.stdout)
            begun = time.monotonic()
            with _after(patience(start_seconds), is_overdue, child):
                answers, seconds, cpu_seconds = pickle.load(child.stdout)
            if is_overdue.is_set():  # it has answered, and been ended all the same
                self.end()
            return Reply(answers, seconds, cpu_seconds)
        status = child.wait()
        self.end()
        if is_overdue.is_set():
            raise OverdueError("It takes longer than it is waited for.")
        if begun is None:
            raise ChildError(f"A process {_ending(status)} before it evaluated anything.")
        return self._died_of(trial, status, time.monotonic() - begun)

    def end(self) -> None:
        """Ends the process, if there is one."""
        if self._process is not None:
            with suppress(BrokenPipeError), self._process as child:
                child.kill()
            self._process = None

    def _tell(self, what: object) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        pickle.dump(what, self._process.stdin)
        self._process.stdin.flush()

    def _died_of(self, trial: Trial, status: int, took: float) -> Reply:
        """Returns that points have no answer which ended the process."""
        varying, limit = trial
        is_overdue = limit is not None and took >= limit
        why = f"It took longer than {limit:g} s." if is_overdue else f"Its process {_ending(status)}."
        count = len(next(iter(varying.values())))
        answers = BlockAnswers.failed(find_experiment(self._reference), why, count)
        return Reply(answers, took, 0.0, died=True)


@contextmanager
def _after(
    patience: float | None, is_overdue: threading.Event, child: subprocess.Popen[bytes]
) -> Iterator[None]:
    """Ends a process, and says so, if the context lasts longer than `patience`."""

    def end() -> None:
        is_overdue.set()
        child.kill()

    if patience is None:
        yield
        return
    timer = threading.Timer(patience, end)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def replies(reference: str | Reference, fixed: Fixed, questions: Iterable[Trial]) -> Iterator[Reply]:
    """Yields the replies to `questions`, in order, of a child process, and of another for each that dies.

    Raises
    ------
    ChildError
        If a process ends before it has begun with a question.
    """
    with Child(reference) as child:
        for question in questions:
            yield child.ask(fixed, question)


def _ending(status: int) -> str:
    """Returns how a process ended, in words."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers questions, one after the other, until there are no more."""

    def send(message: Any) -> None:
        pickle.dump(message, answers)
        answers.flush()

    asked = _asked(questions)
    reference, started = next(asked)
    experiment = find_experiment(reference)
    start_seconds = time.monotonic() - started
    for fixed, trial in asked:
        send(start_seconds)  # it begins
        begun, cpu_begun = time.monotonic(), time.process_time()
        answered = ask(experiment, fixed, *trial)
        send((answered, time.monotonic() - begun, time.process_time() - cpu_begun))


def _asked(questions: BinaryIO) -> Iterator[Any]:
    """Yields questions as they come; when who asks has gone, this process ends, whatever it computes."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def read() -> None:
        try:
            while True:
                waiting.put(pickle.load(questions))
        except EOFError:
            os._exit(0)
        finally:  # a question that is cut short, as who asked was killed, or that cannot be read here
            os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    while True:
        yield waiting.get()


if __name__ == "__main__":
    # What the experiment prints must not get between the answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, channel)
