"""How axes and settings are spelled on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import RequestError
from wellposed.kinetics.experiment import exact_number

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Value

T = TypeVar("T")

SPREADS: Mapping[str, Callable[..., NDArray[np.float64]]] = {"linspace": np.linspace, "geom": np.geomspace}

FEW = 6
"""Values along an axis that are spelled one by one."""

LARGEST_EXACT_FLOAT = 2**53
"""Up to this, every integer is a float."""

MOST = 10_000_000
"""Values that an axis may have: more do not fit into memory with all that is kept of them."""


def parse_axis(experiment: Experiment, text: str) -> tuple[str, tuple[Value, ...]]:
    """The axis that `text` spells.

    ``beta=0:1:41`` is 41 equidistant values from 0 to 1, both included; ``A=geom(1,100,5)`` is five in
    geometric progression; ``beta=linspace(0,1,41)`` is what NumPy makes of it, where 0.3 may be
    0.30000000000000004; ``M=7,8,10`` is itself.

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
        return name, tuple(parameter.canonical(_nearest(value)) for value in steps)
    for word, spread in SPREADS.items():
        if written.startswith(f"{word}(") and written.endswith(")"):
            example = f"{name}={word}(1,100,5)"
            ends = written.removeprefix(f"{word}(").removesuffix(")").split(",")
            first, last, count = _progression(text, ends, example)
            if word == "geom" and first * last <= 0:
                raise RequestError(f"Axis `{text}` must have ends of one sign, as in {example}.")
            if parameter.kind == "int" and max(abs(first), abs(last)) > LARGEST_EXACT_FLOAT:
                raise RequestError(
                    f"Axis `{text}` must have ends of at most {LARGEST_EXACT_FLOAT}, as it is spaced in "
                    f"floats; list larger integers one by one."
                )
            return name, tuple(
                parameter.canonical(value) for value in spread(float(first), float(last), count)
            )
    return name, tuple(parameter.parse(value) for value in written.split(","))


def spell_axis(experiment: Experiment | None, name: str, values: Sequence[Value]) -> str:
    """Returns the shortest text for which `parse_axis` gives just these values.

    Without the experiment, every value is listed.
    """
    listed = f"{name}={','.join(map(str, values))}"
    if experiment is None or len(values) <= FEW or isinstance(values[0], str):
        return listed
    first, last = float(values[0]), float(values[-1])
    progressions: dict[str, Callable[..., NDArray[np.float64]]] = {
        f"{name}={values[0]}:{values[-1]}:{len(values)}": np.linspace,
        **{f"{name}={word}({values[0]},{values[-1]},{len(values)})": SPREADS[word] for word in SPREADS},
    }
    for text, spread in progressions.items():
        # Most are told apart at once; numbers that are parsed exactly take their time.
        if spread is np.geomspace and first * last <= 0.0:
            continue
        guessed = spread(first, last, len(values))
        is_close = np.allclose(guessed, np.array(values, float), rtol=1e-9, atol=1e-300)
        if is_close and parse_axis(experiment, text)[1] == tuple(values):
            return text
    return listed


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


def parse_axes(experiment: Experiment, texts: Iterable[str]) -> dict[str, tuple[Value, ...]]:
    """All the axes of a request.  Raises `RequestError` if one is given twice; otherwise as `parse_axis`."""
    return _collect(parse_axis, experiment, texts, "Axis")


def parse_settings(experiment: Experiment, texts: Iterable[str]) -> dict[str, Value]:
    """All the fixed parameters of a request.  Raises as `parse_axes`."""
    return _collect(parse_setting, experiment, texts, "Setting")


def axes_of(
    experiment: Experiment, given: Mapping[str, Iterable[object]] | Iterable[str]
) -> Mapping[str, Iterable[object]]:
    """Returns the axes that are given as values by parameter, or as texts.  Raises as `parse_axes`."""
    return given if isinstance(given, Mapping) else parse_axes(experiment, given)


def settings_of(experiment: Experiment, given: Mapping[str, object] | Iterable[str]) -> Mapping[str, object]:
    """Returns the fixed parameters that are given by parameter, or as texts.  Raises as `parse_settings`."""
    return given if isinstance(given, Mapping) else parse_settings(experiment, given)


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


def _nearest(value: Fraction) -> int | float:
    """Returns a number as it is if it is whole, and else as the nearest float."""
    return int(value) if value.denominator == 1 else float(value)


def _progression(text: str, parts: Sequence[str], example: str) -> tuple[Fraction, Fraction, int]:
    """First, last and count of a progression, the numbers exactly as written."""
    try:
        first, last, count = parts
        ends, number = (exact_number(first), exact_number(last)), int(count)
    except (ValueError, ZeroDivisionError):
        number = 0
    if number < 2:
        raise RequestError(f"Axis `{text}` must have two ends and a count of at least 2, as in {example}.")
    if number > MOST:
        raise RequestError(f"Axis `{text}` must have at most {MOST:,} values.")
    return *ends, number
