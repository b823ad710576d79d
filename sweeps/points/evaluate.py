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
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Value
from wellposed.sweeps.answers.layout import DTYPES, FILL_VALUES, TEXT, Outcome
from wellposed.sweeps.experiments.source import error_text
from wellposed.sweeps.requests.grid import Block, Fixed

if TYPE_CHECKING:
    import xarray as xr

LONGEST_REASON_CHARACTERS = 500
"""After how many characters a reason is cut off."""

_evaluation_lock = threading.Lock()
"""A lock that one block of a process takes while it is evaluated: a time limit ends the process, and solvers
of somebody's own may not be made for several threads.  Our workers have one; others may have more.
"""

LARGEST_EXACT_FLOAT = 2.0**53
"""From here on, neighbouring integers have the same float."""

ROUND_OFF = float(np.finfo(np.float64).eps)
"""The least part of a number that its error can be, unless the number is exact and its error 0."""

TIME_LIMITS_PER_GROUP = 30
"""How many times the time limit of one point all points that are evaluated together may take."""


def evaluate_block(
    experiment: Experiment,
    fixed: Mapping[str, Value] | Fixed,
    block: Block,
    only: NDArray[np.bool_] | None = None,
    time_limit: float | None = None,
) -> xr.Dataset:
    """Returns the answers at the points of `block`.

    A point that fails costs its neighbours nothing: its outcome and the reason say so.

    Parameters
    ----------
    experiment : Experiment
    fixed : mapping, or tuple of (str, value)
        The parameters that do not vary.
    block : Block
    only : ndarray of bool, optional
        At which of the points that are asked, in the block's shape; at all of them if not given.
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
    """Returns which points of `block` are asked, counted in row-major order, and what varies there."""
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
) -> BlockAnswers:
    """Returns the answers at some points, at each of which the parameters in `varying` differ."""
    forms = _forms(experiment)
    with _evaluation_lock, _timer(time_limit):
        if experiment.vectorised:
            answers = _ask_together(experiment, fixed, varying, forms, time_limit)
        else:
            answers = _ask_one_by_one(experiment, fixed, varying, forms, time_limit)
    _check_errors(answers)
    failed = answers.outcome == Outcome.FAILED
    for name, filled in answers.values.items():
        filled[failed] = forms[name].fill  # one output that is wrong, and there is no answer
    _resolve(experiment, answers)
    return answers


def laid_out(experiment: Experiment, block: Block, at: NDArray[np.intp], answers: BlockAnswers) -> xr.Dataset:
    """Returns the dataset of a block that has `answers` at the points `at`, and none elsewhere."""
    import xarray as xr  # which a process that only evaluates need not wait for

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
                output.name: (
                    (*dims, *output.dims),
                    scattered(answers.values[output.name], FILL_VALUES[output.kind]),
                )
                for output in experiment.outputs
            },
            "reason": (dims, scattered(answers.reason, "")),
            "outcome": (dims, scattered(answers.outcome, Outcome.MISSING)),
        }
    )


class Form(NamedTuple):
    """What an output is at one point: of which kind, and of which shape."""

    kind: str
    shape: tuple[int, ...]

    @property
    def fill(self) -> Any:
        """Returns what stands where there is no answer."""
        return FILL_VALUES[self.kind]


Forms = Mapping[str, Form]
"""The form of every output, by name."""


class BlockAnswers(NamedTuple):
    """What was answered at some points, by output, with fill values where nothing was."""

    values: dict[str, NDArray[Any]]
    outcome: NDArray[np.uint8]
    reason: NDArray[Any]

    @classmethod
    def none(cls, n: int, forms: Forms) -> BlockAnswers:
        """Returns `n` points without a value as yet."""
        values = {
            name: np.full((n, *form.shape), form.fill, DTYPES[form.kind]) for name, form in forms.items()
        }
        return cls(values, np.full(n, Outcome.OK, np.uint8), np.full(n, "", TEXT))

    @classmethod
    def failed(cls, experiment: Experiment, why: str, n: int = 1) -> BlockAnswers:
        """Returns, of `n` points, that none has an answer, and why."""
        answers = cls.none(n, _forms(experiment))
        answers.outcome[:], answers.reason[:] = Outcome.FAILED, _sentence(why)
        return answers

    @classmethod
    def empty(cls, experiment: Experiment) -> BlockAnswers:
        """Returns the answers at no points."""
        return cls.none(0, _forms(experiment))

    @classmethod
    def joined(cls, parts: Sequence[BlockAnswers]) -> BlockAnswers:
        """Returns the answers at the points of all `parts`, one part after the other."""
        values = {name: np.concatenate([part.values[name] for part in parts]) for name in parts[0].values}
        outcome, reason = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
        return cls(values, outcome, reason)

    def fail(self, at: int, error: Exception) -> None:
        """Records why there is no answer at one point."""
        unresolved = isinstance(error, Unresolved)
        self.outcome[at] = Outcome.UNRESOLVED if unresolved else Outcome.FAILED
        text = (str(error) or "Unresolved") if unresolved else error_text(error)
        self.reason[at] = _sentence(text)


def _ask_one_by_one(
    experiment: Experiment,
    fixed: Mapping[str, Value],
    varying: Mapping[str, NDArray[Any]],
    forms: Forms,
    time_limit: float | None,
) -> BlockAnswers:
    points = list(zip(*(values.tolist() for values in varying.values()), strict=True))
    answers = BlockAnswers.none(len(points), forms)
    # A list for each output rather than each point: millions of small lists keep the garbage collector busy.
    columns: dict[str, list[Any]] = {name: [] for name in forms}
    answered = []
    for i, values in enumerate(points):
        if time_limit is not None:
            _start_timer(time_limit)
        try:
            answer = experiment.evaluate(**fixed, **dict(zip(varying, values, strict=True)))
            _check_names(answer, forms)
        except Exception as error:  # whatever an experiment raises is an answer about this point alone
            answers.fail(i, error)
        else:
            answered.append(i)
            for name, column in columns.items():
                column.append(answer[name])
    for name, column in columns.items():
        _fill(answers, name, forms[name], answered, column)
    return answers


def _ask_together(
    experiment: Experiment,
    fixed: Mapping[str, Value],
    varying: Mapping[str, NDArray[Any]],
    forms: Forms,
    time_limit: float | None,
) -> BlockAnswers:
    """Returns what `_ask_one_by_one` does, of an experiment whose `evaluate` takes arrays."""
    n = len(next(iter(varying.values())))
    answers = BlockAnswers.none(n, forms)
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
            _start_timer(time_limit * min(len(group), TIME_LIMITS_PER_GROUP))
        point: dict[str, Any] = {
            name: value if isinstance(value, str) else np.full(len(group), value)
            for name, value in fixed.items()
        }
        point |= {
            name: str(values[group[0]]) if name in choices else values[group]
            for name, values in varying.items()
        }
        try:
            arrays = _checked(experiment.evaluate(**point), forms, len(group))
        except Exception as error:
            if len(group) == 1:
                answers.fail(int(group[0]), error)
            else:  # one of them at least: which?
                groups += np.array_split(group, 2)
        else:
            for name, array in arrays.items():
                answers.values[name][group] = array
    return answers


def _fill(answers: BlockAnswers, name: str, form: Form, answered: list[int], column: Sequence[Any]) -> None:
    """Puts one output of the points that were answered in its place."""
    filled = answers.values[name]
    try:
        together = _array(name, column, Form(form.kind, (len(answered), *form.shape)))
    except (TypeError, ValueError):  # one of them at least is wrong
        pass
    else:
        filled[answered] = together
        return
    for i, value in zip(answered, column, strict=True):
        try:
            filled[i] = _array(name, value, form)
        except (TypeError, ValueError) as error:
            if answers.outcome[i] == Outcome.OK:  # another output may have been wrong before
                answers.fail(i, error)


def _check_errors(answers: BlockAnswers) -> None:
    """Fails points whose error is negative, or NaN where the value is finite; raises what is too small.

    A float is known no better than to `ROUND_OFF` of it, so no error is smaller, save the 0 of a number that
    is exact.
    """
    for name, value in answers.values.items():
        spread = answers.values.get(f"{name}_error")
        if spread is None or spread.shape != value.shape:
            continue
        if spread.dtype.kind != "f" or value.dtype.kind not in "ifc":
            continue
        wrong = (spread < 0.0) | (np.isnan(spread) & np.isfinite(value))
        at = wrong.any(axis=tuple(range(1, wrong.ndim)))
        for i in np.flatnonzero(at & (answers.outcome == Outcome.OK)):
            worst = spread[i][wrong[i]].flat[0]
            answers.fail(
                int(i), ValueError(f"Output `{name}_error` must be a number >= 0, but is {worst:.6g}.")
            )
        with np.errstate(invalid="ignore", over="ignore"):
            least = ROUND_OFF * np.abs(value)
            too_small = (spread > 0.0) & (spread < least) & np.isfinite(least)
        spread[too_small] = least[too_small]


def _resolve(experiment: Experiment, answers: BlockAnswers) -> None:
    """Marks a point as unresolved whose order parameter is not known well enough."""
    name = experiment.order_parameter
    if name is None:
        return
    value, spread = answers.values[name], answers.values[f"{name}_error"]
    good = np.isfinite(value) & np.isfinite(spread) & (spread <= experiment.tolerance)
    for i in np.flatnonzero(~good & (answers.outcome == Outcome.OK)):
        answers.outcome[i] = Outcome.UNRESOLVED
        answers.reason[i] = (
            f"{name} is {value[i]:.6g} ± {spread[i]:.2g}, where ± {experiment.tolerance:.2g} is allowed"
        )


@contextmanager
def _timer(seconds: float | None) -> Iterator[None]:
    """Stops the timer that `_start_timer` starts inside."""
    try:
        yield
    finally:
        if seconds is not None:
            faulthandler.cancel_dump_traceback_later()


def _start_timer(seconds: float) -> None:
    """Gives this process so many seconds to live, or until the next call."""
    # Its timer is a thread that needs no interpreter lock, so it fires even in a kernel that keeps that.
    faulthandler.dump_traceback_later(seconds, exit=True, file=_null_file())


@functools.cache
def _null_file() -> TextIO:
    """Returns a file for tracebacks that nobody reads: the run says what became of the point."""
    return open(os.devnull, "w")


def _check_names(answer: Any, forms: Forms) -> None:
    if not isinstance(answer, Mapping):
        raise TypeError(
            f"`evaluate` must return a dict of {', '.join(forms)}, but returned a {type(answer).__name__}."
        )
    if answer.keys() != forms.keys():
        raise ValueError(f"The outputs must be {', '.join(forms)}, but are {', '.join(answer)}.")


def _checked(answer: Mapping[str, Any], forms: Forms, n: int) -> dict[str, NDArray[Any]]:
    """Returns the answer at `n` points as arrays.

    Raises
    ------
    TypeError, ValueError
        If its names, kinds or shapes are not those declared.
    """
    _check_names(answer, forms)
    return {
        name: _array(name, answer[name], Form(form.kind, (n, *form.shape))) for name, form in forms.items()
    }


def _array(name: str, value: Any, form: Form) -> NDArray[Any]:
    """Returns what an output is as an array of the kind and shape declared; raises if it is not that."""
    convert = {"float": _real, "int": _whole, "complex": _complex, "text": _text}[form.kind]
    try:
        array = convert(value)
    except _OtherKindError as error:
        raise TypeError(f"Output `{name}` must be {error}, but is {value!r}.") from None
    if array.shape != form.shape:
        raise ValueError(f"Output `{name}` must have shape {form.shape}, but has {array.shape}.")
    return array


class _OtherKindError(Exception):
    """A value is of another kind than its output: says, in words, what it must be."""


def _numbers(value: Any, kinds: str, dtype: Any, what: str) -> NDArray[Any]:
    """Returns numbers that NumPy has as one of `kinds`, or as objects that can be converted to `dtype`."""
    try:
        array = np.asarray(value)
        if array.dtype.kind in kinds:
            return array
        if array.dtype.kind == "O" and not any(isinstance(one, str | bytes) for one in array.flat):
            return array.astype(dtype)
    except (TypeError, ValueError, OverflowError):  # ragged, or objects that are no numbers
        pass
    raise _OtherKindError(what)


def _real(value: Any) -> NDArray[np.float64]:
    return _numbers(value, "biuf", np.float64, "real numbers").astype(np.float64, copy=False)


def _complex(value: Any) -> NDArray[np.complex128]:
    return _numbers(value, "biufc", np.complex128, "complex numbers").astype(np.complex128, copy=False)


def _whole(value: Any) -> NDArray[np.int64]:
    what = "whole numbers of 64 bits"
    array = _numbers(value, "biuf", np.float64, what)
    if array.dtype.kind == "f":
        with np.errstate(invalid="ignore"):  # infinities
            is_exact = (array == np.trunc(array)) & (np.abs(array) < LARGEST_EXACT_FLOAT)
        if not is_exact.all():
            raise _OtherKindError(what)
    elif array.dtype.kind == "u" and (array > np.iinfo(np.int64).max).any():
        raise _OtherKindError(what)
    return array.astype(np.int64, copy=False)


def _text(value: Any) -> NDArray[Any]:
    try:
        array = np.asarray(value, object)
        if all(isinstance(one, str) for one in array.flat):
            return array.astype(TEXT)
    except ValueError:  # ragged, or surrogates, which UTF-8 does not have
        pass
    raise _OtherKindError("text")


def _forms(experiment: Experiment) -> dict[str, Form]:
    """Returns the form of every output at one point."""
    lengths = {coordinate.name: len(coordinate.values) for coordinate in experiment.coordinates}

    def form(output: Output) -> Form:
        return Form(output.kind, tuple(lengths[dim] for dim in output.dims))

    return {output.name: form(output) for output in experiment.outputs}


def _sentence(text: str) -> str:
    """Returns `text` on one line, no longer than anyone reads, and fit for UTF-8."""
    line = " ".join(text.encode(errors="replace").decode().split())
    return line if len(line) <= LONGEST_REASON_CHARACTERS else line[: LONGEST_REASON_CHARACTERS - 3] + "..."
