"""A block whose points may end the process that evaluates them: each in a child that may die of it.

The child says which point it begins, so it is known which one it died of, and the next child goes on after
that.  Run as a module, this is the child.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.sweeps.experiments.find import Reference, find_experiment
from wellposed.sweeps.points.evaluate import BlockAnswers, ask, laid_out, points_of
from wellposed.sweeps.requests.grid import Block, Fixed


class ChildError(RuntimeError):
    """A child process ended before it began."""


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
    parts = [reply.answers for reply in replies(reference, fixed, questions)]
    return laid_out(find_experiment(reference), block, at, BlockAnswers.joined(parts))


class Trial(NamedTuple):
    """Some points that are evaluated together, and the seconds that each of them may take."""

    varying: dict[str, NDArray[Any]]
    time_limit: float | None


class Reply(NamedTuple):
    """What became of a question."""

    answers: BlockAnswers
    seconds: float
    died: bool = False
    """Whether it ended its process: none of its points has an answer then."""


def replies(reference: str | Reference, fixed: Fixed, questions: Sequence[Trial]) -> Iterator[Reply]:
    """Yields the replies to `questions`, in order, of a child process, and of another for each that dies.

    Raises
    ------
    ChildError
        If a process ends before it has begun with a question.
    """
    experiment = find_experiment(reference)
    done = 0
    while done < len(questions):
        with subprocess.Popen(
            [sys.executable, "-m", "wellposed.sweeps.points.isolation"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            begun, died_of_one = time.monotonic(), False
            try:
                pickle.dump((reference, dict(fixed), questions[done:]), child.stdin)
                child.stdin.close()
                while done < len(questions):
                    pickle.load(child.stdout)  # it begins with the next question
                    begun, died_of_one = time.monotonic(), True
                    answers, seconds = pickle.load(child.stdout)
                    died_of_one = False
                    done += 1
                    yield Reply(answers, seconds)
            except (EOFError, BrokenPipeError):
                status = child.wait()
                if not died_of_one:
                    raise ChildError(f"A process {_ending(status)} before it evaluated anything.") from None
                took, (varying, limit) = time.monotonic() - begun, questions[done]
                overdue = limit is not None and took >= limit
                why = f"It took longer than {limit:g} s." if overdue else f"Its process {_ending(status)}."
                count = len(next(iter(varying.values())))
                done += 1
                yield Reply(BlockAnswers.failed(experiment, why, count), took, died=True)


def _ending(status: int) -> str:
    """Returns how a process ended, in words."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    reference, fixed, asked = pickle.load(questions)
    experiment = find_experiment(reference)

    def send(message: Any) -> None:
        pickle.dump(message, answers)
        answers.flush()

    for i, question in enumerate(asked):
        send(i)
        begun = time.monotonic()
        answered = ask(experiment, fixed, *question)
        send((answered, time.monotonic() - begun))


if __name__ == "__main__":
    # What the experiment prints must not get between the answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, channel)
