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
from typing import Any, BinaryIO

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sweeps.evaluate import Answers, ask, laid_out, points_of
from sweeps.experiments import Reference, find_experiment
from sweeps.grid import Block, Fixed


class ChildError(RuntimeError):
    """A child process ended before it began."""


def evaluate_isolated(
    reference: str | Reference,
    fixed: Fixed,
    block: Block,
    only: NDArray[np.bool_] | None = None,
    time_limit: float | None = None,
) -> xr.Dataset:
    """As `sweeps.evaluate.evaluate_block`, of the experiment behind `reference`, in processes of its own.

    A point that ends its process has failed, and the reason says how.

    Raises
    ------
    ChildError
        If a process ends before it has begun with a point.
    """
    experiment = find_experiment(reference)
    at, varying = points_of(block, only)
    parts: list[Answers] = []
    while len(parts) < len(at):
        rest = {name: values[len(parts) :] for name, values in varying.items()}
        with subprocess.Popen(
            [sys.executable, "-m", "sweeps.isolation"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            begun, died_of_one = time.monotonic(), False
            try:
                pickle.dump((reference, dict(fixed), rest, time_limit), child.stdin)
                child.stdin.close()
                while len(parts) < len(at):
                    pickle.load(child.stdout)  # it begins with the next point
                    begun, died_of_one = time.monotonic(), True
                    parts.append(pickle.load(child.stdout))
                    died_of_one = False
            except (EOFError, BrokenPipeError):
                status = child.wait()
                if not died_of_one:
                    raise ChildError(f"A process {_ending(status)} before it evaluated anything.") from None
                overdue = time_limit is not None and time.monotonic() - begun >= time_limit
                why = f"It took longer than {time_limit:g} s" if overdue else f"Its process {_ending(status)}"
                parts.append(Answers.failed(experiment, f"{why}."))
    return laid_out(experiment, block, at, Answers.joined(parts))


def _ending(status: int) -> str:
    """How a process ended, in words."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    reference, fixed, varying, time_limit = pickle.load(questions)
    experiment = find_experiment(reference)

    def send(message: Any) -> None:
        pickle.dump(message, answers)
        answers.flush()

    for i in range(len(next(iter(varying.values())))):
        send(i)
        send(
            ask(experiment, fixed, {name: values[i : i + 1] for name, values in varying.items()}, time_limit)
        )


if __name__ == "__main__":
    # What the experiment prints must not get between the answers.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _serve(sys.stdin.buffer, channel)
