"""How axes and settings are spelled on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from sweeps.grid import RequestError

if TYPE_CHECKING:
    from kinetics.experiment import Experiment, Value

T = TypeVar("T")


def parse_axis(experiment: Experiment, text: str) -> tuple[str, tuple[Value, ...]]:
    """The axis that `text` spells.

    ``beta=0:1:41`` is 41 equidistant values from 0 to 1, both included; ``A=geom(1,100,5)`` is five in
    geometric progression; ``M=7,8,10`` is itself.

    Raises
    ------
    RequestError
        If `text` is not of such a form.
    ParameterError
        If the parameter is unknown or a value not allowed.
    """
    name, written = _split(text, "Axis", "NAME=A:B:N, NAME=geom(A,B,N) or NAME=V1,V2,...")
    parameter = experiment.parameter(name)
    if parameter.kind == "choice":
        return name, tuple(parameter.parse(value.strip()) for value in written.split(","))
    if ":" in written:
        first, last, count = _progression(text, written.split(":"), f"{name}=0:1:41")
        # Exact until the end, so that 0:1:11 and 0,0.1,0.2,... are the same values and so the same question.
        steps = [first + (last - first) * Fraction(i, count - 1) for i in range(count)]
        return name, tuple(parameter.canonical(float(value)) for value in steps)
    if written.startswith("geom(") and written.endswith(")"):
        ends = written.removeprefix("geom(").removesuffix(")").split(",")
        first, last, count = _progression(text, ends, f"{name}=geom(1,100,5)")
        if first * last <= 0:
            raise RequestError(f"Axis `{text}` must have ends of one sign, as in {name}=geom(1,100,5).")
        return name, tuple(
            parameter.canonical(value) for value in np.geomspace(float(first), float(last), count)
        )
    return name, tuple(parameter.parse(value) for value in written.split(","))


def parse_setting(experiment: Experiment, text: str) -> tuple[str, Value]:
    """The fixed parameter that `text`, such as ``M=8``, spells.

    Raises
    ------
    RequestError
        If `text` is not of that form.
    ParameterError
        If the parameter is unknown or the value not allowed.
    """
    name, written = _split(text, "Setting", "NAME=VALUE")
    return name, experiment.parameter(name).parse(written)


def parse_range(experiment: Experiment, text: str) -> tuple[str, tuple[float, float]]:
    """The parameter and the two ends that `text`, such as ``M=6.5:12``, spells.

    Raises
    ------
    RequestError
        If `text` is not of that form.
    ParameterError
        If the parameter is unknown or a value not allowed.
    """
    name, written = _split(text, "Range", "NAME=A:B")
    parameter = experiment.parameter(name)
    ends = written.split(":")
    if len(ends) != 2:
        raise RequestError(f"Range `{text}` must look like NAME=A:B.")
    first, last = (float(parameter.parse(end)) for end in ends)
    return name, (first, last)


def parse_axes(experiment: Experiment, texts: Iterable[str]) -> dict[str, tuple[Value, ...]]:
    """All the axes of a request.  Raises `RequestError` if one is given twice; otherwise as `parse_axis`."""
    return _collect(parse_axis, experiment, texts, "Axis")


def parse_settings(experiment: Experiment, texts: Iterable[str]) -> dict[str, Value]:
    """All the fixed parameters of a request.  Raises as `parse_axes`."""
    return _collect(parse_setting, experiment, texts, "Setting")


def _collect(
    parse: Callable[[Experiment, str], tuple[str, T]], experiment: Experiment, texts: Iterable[str], noun: str
) -> dict[str, T]:
    collected: dict[str, T] = {}
    for text in texts:
        name, value = parse(experiment, text)
        if name in collected:
            raise RequestError(f"{noun} `{name}` is given twice.")
        collected[name] = value
    return collected


def _split(text: str, noun: str, form: str) -> tuple[str, str]:
    name, equals, written = (part.strip() for part in text.partition("="))
    if not (name and equals and written):
        raise RequestError(f"{noun} `{text}` must look like {form}.")
    return name, written


def _progression(text: str, parts: Sequence[str], example: str) -> tuple[Fraction, Fraction, int]:
    """First, last and count of a progression, the numbers exactly as written."""
    try:
        first, last, count = parts
        ends, number = (Fraction(first), Fraction(last)), int(count)
    except (ValueError, ZeroDivisionError):
        number = 0
    if number < 2:
        raise RequestError(f"Axis `{text}` must have two ends and a count of at least 2, as in {example}.")
    return *ends, number
