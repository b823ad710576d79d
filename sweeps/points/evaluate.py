"""From an experiment and a block of points to one labelled dataset of answers.

This is what a worker runs, and the one place where an experiment's own code is called.
"""

from __future__ import annotations

import faulthandler
import functools
import math
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, TextIO

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Value
from wellposed.sweeps.answers.layout import TEXT, Outcome
from wellposed.sweeps.experiments.source import told
from wellposed.sweeps.requests.grid import Block, Fixed

LONGEST_REASON = 500

_alone = threading.Lock()
"""Held by the one block of a process that is evaluated: a time limit ends the process, and solvers of
somebody's own may not be made for several threads.  Our workers have one; others may have more.
"""

Shapes = Mapping[str, tuple[int, ...]]
"""The shape of every output at one point, by name."""


GROUP_LIMIT = 30
"""Time limits of single points that many points, evaluated together, may take at most."""


def evaluate_block(
    experiment: Experiment,
    fixed: Mapping[str, Value] | Fixed,
    block: Block,
    only: NDArray[np.bool_] | None = None,
    time_limit: float | None = None,
) -> xr.Dataset:
    """The answers at the points of `block`.

    A point that fails costs its neighbours nothing: its outcome and the reason say so.

    Parameters
    ----------
    experiment : Experiment
    fixed : mapping, or tuple of (str, value)
        The parameters that do not vary.
    block : Block
    only : ndarray of bool, optional
        Of the block's shape: at which of the points that are asked; all of them if not given.
    time_limit : float, optional
        Seconds after which a point ends this process: compiled code cannot be interrupted otherwise.

    Returns
    -------
    Dataset
        With the dimensions of the block's region and the experiment's own: every output (NaN where there
        is none), `outcome`, `reason` (empty where ``ok``), and those coordinates of the block that vary
        along several dimensions.
    """
    at, varying = points_of(block, only)
    return laid_out(experiment, block, at, ask(experiment, dict(fixed), varying, time_limit))


def points_of(
    block: Block, only: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.intp], dict[str, NDArray[Any]]]:
    """Which points of `block` are asked, counted in row-major order, and what varies there, by parameter."""
    at = np.flatnonzero(block.asked if only is None else block.asked & only)
    dims = tuple(block.region)
    varying = {}
    for name, (along, values) in block.coordinates.items():
        sides = [size if dim in along else 1 for dim, size in zip(dims, block.shape, strict=True)]
        varying[name] = np.broadcast_to(values.reshape(sides), block.shape).reshape(-1)[at]
    return at, varying


def ask(
    experiment: Experiment,
    fixed: Mapping[str, Value],
    varying: Mapping[str, NDArray[Any]],
    time_limit: float | None = None,
) -> Answers:
    """The answers at some points, at each of which the parameters in `varying` have a value of their own."""
    shapes = _shapes(experiment)
    with _alone, _limited(time_limit):
        if experiment.vectorised:
            answers = _ask_together(experiment, fixed, varying, shapes, time_limit)
        else:
            answers = _ask_one_by_one(experiment, fixed, varying, shapes, time_limit)
    _resolve(experiment, answers)
    return answers


def laid_out(experiment: Experiment, block: Block, at: NDArray[np.intp], answers: Answers) -> xr.Dataset:
    """The dataset of a block that has `answers` at the points `at`, and none elsewhere."""
    dims = tuple(block.region)
    size = math.prod(block.shape)

    def scattered(part: NDArray[Any], fill: object) -> NDArray[Any]:
        whole = part
        if len(at) < size:
            whole = np.full((size, *part.shape[1:]), fill, part.dtype)
            whole[at] = part
        return whole.reshape(*block.shape, *part.shape[1:])

    return xr.Dataset(
        {
            **{
                name: (along, array)
                for name, (along, array) in block.coordinates.items()
                if len(along) > 1 or along[0] != name
            },
            **{
                output.name: ((*dims, *output.dims), scattered(answers.values[output.name], np.nan))
                for output in experiment.outputs
            },
            "reason": (dims, scattered(answers.reason, "")),
            "outcome": (dims, scattered(answers.outcome, Outcome.MISSING)),
        }
    )


class Answers(NamedTuple):
    """What was answered at some points, by output: NaN where nothing was."""

    values: dict[str, NDArray[np.float64]]
    outcome: NDArray[np.uint8]
    reason: NDArray[Any]

    @classmethod
    def none(cls, n: int, shapes: Shapes) -> Answers:
        values = {name: np.full((n, *shape), np.nan) for name, shape in shapes.items()}
        return cls(values, np.full(n, Outcome.OK, np.uint8), np.full(n, "", TEXT))

    @classmethod
    def failed(cls, experiment: Experiment, why: str, n: int = 1) -> Answers:
        """That there is none at `n` points, and why."""
        answers = cls.none(n, _shapes(experiment))
        answers.outcome[:], answers.reason[:] = Outcome.FAILED, _sentence(why)
        return answers

    @classmethod
    def joined(cls, parts: Sequence[Answers]) -> Answers:
        """Those of some points, and those of others after them."""
        values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
        outcome, reason = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
        return cls(values, outcome, reason)

    def fail(self, at: int, error: Exception) -> None:
        """Records why there is no answer at one point."""
        unresolved = isinstance(error, Unresolved)
        self.outcome[at] = Outcome.UNRESOLVED if unresolved else Outcome.FAILED
        said = (str(error) or "Unresolved") if unresolved else told(error)
        self.reason[at] = _sentence(said)


def _ask_one_by_one(
    experiment: Experiment,
    fixed: Mapping[str, Value],
    varying: Mapping[str, NDArray[Any]],
    shapes: Shapes,
    time_limit: float | None,
) -> Answers:
    points = list(zip(*(values.tolist() for values in varying.values()), strict=True))
    answers = Answers.none(len(points), shapes)
    # A list for each output rather than each point: millions of small lists keep the garbage collector busy.
    columns: dict[str, list[Any]] = {name: [] for name in shapes}
    answered = []
    for i, values in enumerate(points):
        if time_limit is not None:
            _begin(time_limit)
        try:
            answer = experiment.evaluate(**fixed, **dict(zip(varying, values, strict=True)))
            _check_names(answer, shapes)
        except Exception as error:  # whatever an experiment raises is an answer about this point alone
            answers.fail(i, error)
        else:
            answered.append(i)
            for name, column in columns.items():
                column.append(answer[name])
    for name, column in columns.items():
        _fill(answers, name, answered, column)
    failed = answers.outcome == Outcome.FAILED
    for filled in answers.values.values():
        filled[failed] = np.nan  # one output of the wrong shape, and there is no answer
    return answers


def _ask_together(
    experiment: Experiment,
    fixed: Mapping[str, Value],
    varying: Mapping[str, NDArray[Any]],
    shapes: Shapes,
    time_limit: float | None,
) -> Answers:
    """As `_ask_one_by_one`, of an experiment whose `evaluate` takes arrays."""
    n = len(next(iter(varying.values())))
    answers = Answers.none(n, shapes)
    choices = [name for name, values in varying.items() if values.dtype.kind in "UT"]
    groups = [np.arange(n)]
    for name in choices:
        groups = [
            group[varying[name][group] == value]
            for group in groups
            for value in np.unique(varying[name][group])
        ]
    while groups:
        group = groups.pop()
        if time_limit is not None:
            # One that hangs is found when this process is ended, point by point then.
            _begin(time_limit * min(len(group), GROUP_LIMIT))
        point: dict[str, Any] = {
            name: value if isinstance(value, str) else np.full(len(group), value)
            for name, value in fixed.items()
        }
        point |= {
            name: str(values[group[0]]) if name in choices else values[group]
            for name, values in varying.items()
        }
        try:
            arrays = _checked(
                experiment.evaluate(**point), {name: (len(group), *shape) for name, shape in shapes.items()}
            )
        except Exception as error:
            if len(group) == 1:
                answers.fail(int(group[0]), error)
            else:  # one of them at least: which?
                groups += np.array_split(group, 2)
        else:
            for name, array in arrays.items():
                answers.values[name][group] = array
    return answers


def _fill(answers: Answers, name: str, answered: list[int], column: Sequence[Any]) -> None:
    """Puts one output of the points that were answered in its place."""
    filled = answers.values[name]
    try:
        together = np.array(column, np.float64)
        if together.shape == (len(answered), *filled.shape[1:]):
            filled[answered] = together
            return
    except (TypeError, ValueError):
        pass
    for i, value in zip(answered, column, strict=True):
        try:
            filled[i] = _array(name, value, filled.shape[1:])
        except (TypeError, ValueError) as error:
            if answers.outcome[i] == Outcome.OK:  # another output may have been wrong before
                answers.fail(i, error)


def _resolve(experiment: Experiment, answers: Answers) -> None:
    """Has a point whose order parameter is not known well enough be unresolved."""
    name = experiment.order_parameter
    if name is None:
        return
    value, spread = answers.values[name], answers.values[f"{name}_error"]
    good = np.isfinite(value) & np.isfinite(spread) & (spread >= 0) & (spread <= experiment.tolerance)
    for i in np.flatnonzero(~good & (answers.outcome == Outcome.OK)):
        answers.outcome[i] = Outcome.UNRESOLVED
        answers.reason[i] = (
            f"{name} is {value[i]:.6g} ± {spread[i]:.2g}, where ± {experiment.tolerance:.2g} is allowed"
        )


@contextmanager
def _limited(seconds: float | None) -> Iterator[None]:
    """Ends the time limit that `_begin` sets inside."""
    try:
        yield
    finally:
        if seconds is not None:
            faulthandler.cancel_dump_traceback_later()


def _begin(seconds: float) -> None:
    """From now on this process has so many seconds to live, or until the next call."""
    # Its timer is a thread that needs no interpreter lock, so it fires even in a kernel that keeps that.
    faulthandler.dump_traceback_later(seconds, exit=True, file=_nowhere())


@functools.cache
def _nowhere() -> TextIO:
    """Where a traceback goes that nobody reads: the run tells what became of the point."""
    return open(os.devnull, "w")


def _check_names(answer: Any, shapes: Shapes) -> None:
    if not isinstance(answer, Mapping):
        raise TypeError(
            f"`evaluate` must return a dict of {', '.join(shapes)}, but returned a {type(answer).__name__}."
        )
    if answer.keys() != shapes.keys():
        raise ValueError(f"The outputs must be {', '.join(shapes)}, but are {', '.join(answer)}.")


def _checked(answer: Mapping[str, Any], shapes: Shapes) -> dict[str, NDArray[np.float64]]:
    """`answer` as arrays; raises `ValueError` if its names or shapes are not those declared."""
    _check_names(answer, shapes)
    return {name: _array(name, answer[name], shape) for name, shape in shapes.items()}


def _array(name: str, value: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"Output `{name}` must be numbers, but is {value!r}.") from None
    if array.shape != shape:
        raise ValueError(f"Output `{name}` must have shape {shape}, but has {array.shape}.")
    return array


def _shapes(experiment: Experiment) -> Shapes:
    own = {coordinate.name: len(coordinate.values) for coordinate in experiment.coordinates}
    return {output.name: tuple(own[dim] for dim in output.dims) for output in experiment.outputs}


def _sentence(text: str) -> str:
    """`text` on one line, no longer than anyone reads, and fit for UTF-8."""
    line = " ".join(text.encode(errors="replace").decode().split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3] + "..."
