"""Whether an experiment is declared as it should be, told before anything is evaluated."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Collection, Sequence
from typing import Any

from wellposed.errors import ParameterError, RequestError
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""What an experiment and what it declares may be called, as it becomes part of a path."""


LONGEST_NAME = 200
"""How many letters a name has at most: file systems allow some 250, and more is added."""

GROUP_METADATA = "zarr.json"
"""The one name that a store has for something else."""

DATE_UNITS = " since "
"""What the units of a date have, as CF spells them: hours since 1970-01-01."""


def check_declaration(experiment: Experiment) -> None:
    """Refuses an experiment of somebody else's that could not be asked at any point.

    Raises
    ------
    RequestError
        Naming what is wrong, and what it must be.
    """
    if not _is_name(experiment.name):
        raise RequestError(
            "The name of an experiment must be letters, digits, dots and dashes, such as mine.growth, but is "
            f"{experiment.name!r}."
        )
    what = f"Experiment `{experiment.name}`"
    _check_kinds(what, "parameters", experiment.parameters, Parameter)
    _check_kinds(what, "outputs", experiment.outputs, Output)
    _check_kinds(what, "coordinates", experiment.coordinates, Coordinate)
    if not experiment.parameters or not experiment.outputs:
        raise RequestError(f"{what} must have at least one parameter and one output.")
    labelled: list[Any] = [*experiment.parameters, *experiment.outputs, *experiment.coordinates]
    for one in labelled:
        _check_label(what, one)
    for parameter in experiment.parameters:
        _check_parameter(what, parameter)
    for output in experiment.outputs:
        _check_output(what, output)
    _check_signature(what, experiment)
    _check_order_parameter(what, experiment)
    if not (isinstance(experiment.tolerance, int | float) and experiment.tolerance >= 0):
        raise RequestError(f"{what} must have a tolerance >= 0, but has {experiment.tolerance!r}.")
    for name in ("version", "points_per_block"):
        value = getattr(experiment, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise RequestError(f"{what}: `{name}` must be an integer >= 1, but is {value!r}.")


def _check_kinds(what: str, name: str, given: Any, kind: type) -> None:
    is_several = isinstance(given, Sequence) and not isinstance(given, str)
    if not is_several or not all(isinstance(one, kind) for one in given):
        one = kind.__name__
        raise RequestError(f"{what}: `{name}` must be a tuple of {one}, such as ({one}(...),).")


def _is_name(name: object) -> bool:
    return isinstance(name, str) and NAME.fullmatch(name) is not None and len(name) <= LONGEST_NAME


def _check_label(what: str, one: Parameter | Output | Coordinate) -> None:
    """Refuses a name that can be no file, and units that readers take for a date."""
    kind = {"Parameter": "a parameter", "Output": "an output"}.get(type(one).__name__, "a coordinate")
    if not _is_name(one.name) or one.name == GROUP_METADATA:
        raise RequestError(
            f"{what}: the name of {kind} must be letters from A to Z, digits, dots and dashes, and begin "
            f"with a letter or digit, such as growth_2, but is {one.name!r}."
        )
    if not isinstance(one.units, str) or DATE_UNITS in f" {one.units} ":
        raise RequestError(
            f"{what}: the units of `{one.name}` must be text such as `m s^-1` and no date, but are "
            f"{one.units!r}."
        )


def _check_parameter(what: str, parameter: Parameter) -> None:
    if parameter.kind not in ("float", "int", "choice"):
        raise RequestError(
            f"{what}: the kind of `{parameter.name}` must be float, int or choice, but is {parameter.kind!r}."
        )
    try:
        parameter.canonical(parameter.default)
    except ParameterError as error:
        raise RequestError(f"{what} has a default that it does not allow: {error}") from None


def _check_output(what: str, output: Output) -> None:
    if output.kind not in ("float", "int", "complex", "text"):
        raise RequestError(
            f"{what}: the kind of `{output.name}` must be float, int, complex or text, but is "
            f"{output.kind!r}."
        )
    if output.has_error and output.kind == "text":
        raise RequestError(f"{what}: `{output.name}` is text, so it cannot have an error.")


def _check_signature(what: str, experiment: Experiment) -> None:
    """Whether `evaluate` takes what it will be given."""
    if not callable(experiment.evaluate):
        raise RequestError(f"{what}: `evaluate` must be a function, but is {experiment.evaluate!r}.")
    try:
        signature = inspect.signature(experiment.evaluate)
    except ValueError:  # some that are compiled tell none
        return
    names = [parameter.name for parameter in experiment.parameters]
    taken = [p.name for p in signature.parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    try:
        signature.bind(**dict.fromkeys(names))
    except TypeError as error:
        raise RequestError(
            f"{what}: `evaluate` must take its parameters by name, {', '.join(names)}, but takes "
            f"{', '.join(taken) or 'none'} ({error})."
        ) from None


def _check_order_parameter(what: str, experiment: Experiment) -> None:
    name = experiment.order_parameter
    if name is None:
        return
    scalars = [output.name for output in experiment.outputs if not output.dims and output.kind == "float"]
    for wanted, role in ((name, "the order parameter"), (f"{name}_error", "its error")):
        if wanted not in scalars:
            raise RequestError(
                f"{what} must have a scalar output `{wanted}`, {role}; {_close(wanted, scalars)}"
                f"it has {', '.join(scalars) or 'none'}."
            )


def _close(name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`? " if close else ""
