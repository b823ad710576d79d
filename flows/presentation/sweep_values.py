"""The numbers that a sweep has found, as tables: a row for each point, or the ends and extremes of many."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import RequestError
from wellposed.flows.presentation.table import Table, TitledTable
from wellposed.flows.text import ABSENT, number_with_error, printable, short
from wellposed.sweeps.answers.layout import Outcome

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Output
    from wellposed.sweeps.answers.sweep import SweepAnswer

MOST_ROWS = 40
"""Points that are shown one by one; of more, the ends and extremes."""

MOST_CORNERS = 8
"""Ends of a grid that are shown; of one that has more, the first and the last point."""

MOST_VALUES_NAMED = 12
"""Values of a coordinate that a refusal names."""

LONGEST_TEXT = 40
"""Letters of an output of text that are shown."""

Place = tuple[int, ...]
"""Where a number stands: its index along each dimension."""


@dataclass(frozen=True, eq=False)
class ShownOutput:
    """An output of a sweep that is shown, at the place that was chosen of its own coordinates.

    Attributes
    ----------
    output : Output
    heading : str
        Such as ``constants[full]``.
    at : mapping of str to int
        Which index was chosen along some of its own dimensions.
    """

    output: Output
    heading: str
    at: Mapping[str, int]

    @property
    def dims(self) -> tuple[str, ...]:
        """Its own dimensions along which nothing was chosen."""
        return tuple(dim for dim in self.output.dims if dim not in self.at)


@dataclass(frozen=True, eq=False)
class _Numbers:
    """What a sweep has found of some outputs that have the same dimensions of their own.

    Dimensions are the axes, and then those of the outputs.
    """

    answer: SweepAnswer
    shown: Sequence[ShownOutput]

    @property
    def axes(self) -> list[str]:
        return [name for name, _ in self.answer.sweep.axes]

    @property
    def dims(self) -> tuple[str, ...]:
        return (*self.axes, *self.shown[0].dims)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.answer.stored.sizes[dim] for dim in self.dims)

    @cached_property
    def outcome(self) -> NDArray[np.uint8]:
        """What became of each point, over all dimensions."""
        outcome = self.answer.stored["outcome"].transpose(*self.axes).to_numpy()
        own = (1,) * (len(self.shape) - outcome.ndim)
        return np.broadcast_to(outcome.reshape(*outcome.shape, *own), self.shape)

    def values(self, name: str, at: Mapping[str, int]) -> NDArray[Any]:
        """Returns a variable over all dimensions, read now."""
        return self.answer.stored[name].isel(dict(at)).transpose(*self.dims).to_numpy()

    @property
    def has_errors(self) -> Sequence[bool]:
        return [f"{one.output.name}_error" in self.answer.stored for one in self.shown]

    def places(self) -> dict[Place, list[str]]:
        """Returns the places that are shown, each with the reason why it is, if not all are."""
        if math.prod(self.shape) <= MOST_ROWS:
            return {place: [] for place in itertools.product(*map(range, self.shape))}
        found: dict[Place, list[str]] = {place: ["end"] for place in _corners(self.shape)}
        for one in self.shown:
            for place, why in self._extremes(one):
                found.setdefault(place, []).append(f"{why} {one.heading}")
        return dict(sorted(found.items()))

    def _extremes(self, one: ShownOutput) -> Iterator[tuple[Place, str]]:
        """Yields where an output of numbers is least and largest, of the points that are resolved."""
        if one.output.kind not in ("float", "int"):
            return
        values = self.values(one.output.name, one.at).astype(np.float64)
        known = (self.outcome == Outcome.OK) & ~np.isnan(values)
        if not known.any():
            return
        for why, pick, beyond in (("least", np.argmin, math.inf), ("largest", np.argmax, -math.inf)):
            place = np.unravel_index(int(pick(np.where(known, values, beyond))), self.shape)
            yield tuple(int(i) for i in place), why


def shown_outputs(
    experiment: Experiment, chosen: Sequence[str], coordinates: Mapping[str, Sequence[Any]]
) -> list[ShownOutput]:
    """Returns the outputs that are shown: all that are one number or text a point, or those that were chosen.

    Where no output is, those with the fewest coordinates of their own are shown.

    Parameters
    ----------
    experiment : Experiment
    chosen : sequence of str
        Each the name of an output, or ``NAME=VALUE`` with the value of its own coordinate, as in
        ``constants=full``; several coordinates have their values separated by commas.
    coordinates : mapping of str to sequence
        The values of the experiment's own coordinates.

    Raises
    ------
    RequestError
        If there is no such output, or no such value.
    """
    outputs = {one.name: one for one in experiment.outputs}
    errors = {f"{name}_error" for name in outputs}
    if not chosen:
        values = {name: one for name, one in outputs.items() if name not in errors}
        fewest = min((len(one.dims) for one in values.values()), default=0)
        return [ShownOutput(one, name, {}) for name, one in values.items() if len(one.dims) == fewest]
    return [_chosen(text, outputs, coordinates) for text in dict.fromkeys(chosen)]


def _chosen(
    text: str, outputs: Mapping[str, Output], coordinates: Mapping[str, Sequence[Any]]
) -> ShownOutput:
    name, equals, values = text.partition("=")
    output = outputs.get(name.strip())
    if output is None:
        known = ", ".join(one for one in outputs if not one.endswith("_error"))
        raise RequestError(f"`show` must name an output, one of {known or 'none'}, but is {text!r}.")
    if not equals:
        return ShownOutput(output, output.name, {})
    given = [one.strip() for one in values.split(",")]
    if len(given) > len(output.dims):
        raise RequestError(
            f"`show` must choose a value of {', '.join(output.dims)} for `{output.name}`, but is {text!r}."
            if output.dims
            else f"`show` must name `{output.name}` alone, which is one number a point, but is {text!r}."
        )
    at = {
        dim: _index(coordinates[dim], dim, value, text)
        for dim, value in zip(output.dims, given, strict=False)
    }
    return ShownOutput(output, f"{output.name}[{','.join(given)}]", at)


def _index(coordinate: Sequence[Any], dim: str, value: str, text: str) -> int:
    """Returns where a coordinate has a value, as it is shown."""
    values = [short(one) for one in coordinate]
    with_number = [value, *([short(float(value))] if _is_number(value) else [])]
    for one in with_number:
        if one in values:
            return values.index(one)
    more = "" if len(values) <= MOST_VALUES_NAMED else f", ... {values[-1]}"
    listed = ", ".join(values[:MOST_VALUES_NAMED]) + more
    raise RequestError(f"`show` must choose one of {dim} = {listed}, but is {text!r}.")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def value_tables(answer: SweepAnswer, chosen: Sequence[str] = ()) -> list[TitledTable]:
    """Returns the numbers that a sweep has found: a table for outputs of the same dimensions.

    There is a row for each point up to `MOST_ROWS`, and then for the ends of the grid and where each output
    is least and largest.

    Parameters
    ----------
    answer : SweepAnswer
    chosen : sequence of str
        As `shown_outputs` takes them.

    Raises
    ------
    RequestError
        As `shown_outputs`.
    """
    return [_table(numbers) for numbers in _groups(answer, chosen)]


def coordinates_of(answer: SweepAnswer) -> dict[str, Sequence[Any]]:
    """Returns the values of the experiment's own coordinates, as a sweep has stored them."""
    own = {dim for one in answer.experiment.outputs for dim in one.dims}
    return {dim: answer.stored[dim].to_numpy().tolist() for dim in own}


def _groups(answer: SweepAnswer, chosen: Sequence[str]) -> Iterator[_Numbers]:
    """Yields the outputs that are shown, those together that have the same dimensions."""
    groups: dict[tuple[str, ...], list[ShownOutput]] = {}
    for one in shown_outputs(answer.experiment, chosen, coordinates_of(answer)):
        groups.setdefault(one.dims, []).append(one)
    yield from (_Numbers(answer, shown) for shown in groups.values())


def _table(numbers: _Numbers) -> TitledTable:
    places, columns = numbers.places(), list(numbers.dims)
    for one, has_error in zip(numbers.shown, numbers.has_errors, strict=True):
        columns += [one.heading, *(["± error"] if has_error else [])]
    cells = [_cells(numbers, one, list(places)) for one in numbers.shown]
    outcomes = [Outcome(int(numbers.outcome[place])) for place in places]
    is_all = math.prod(numbers.shape) <= MOST_ROWS
    has_trouble = any(outcome != Outcome.OK for outcome in outcomes)
    rows = [
        [
            *_told(numbers, _where(numbers, place)),
            *itertools.chain.from_iterable(column[i] for column in cells),
            *([outcomes[i].name.lower()] if has_trouble else []),
            *([] if is_all else ["; ".join(why)]),
        ]
        for i, (place, why) in enumerate(places.items())
    ]
    columns += [*(["outcome"] if has_trouble else []), *([] if is_all else ["which"])]
    below = (
        ""
        if is_all
        else f"Of {math.prod(numbers.shape):,} rows these are the ends, and where each output is least and "
        "largest among the points that are ok."
    )
    return TitledTable("Values", Table(columns, rows), below)


def _where(numbers: _Numbers, place: Place) -> dict[str, Any]:
    """Returns the coordinates of a place."""
    stored = numbers.answer.stored
    values = ((dim, stored[dim].to_numpy()[i]) for dim, i in zip(numbers.dims, place, strict=True))
    return {dim: value.item() if hasattr(value, "item") else value for dim, value in values}


def _told(numbers: _Numbers, where: Mapping[str, Any]) -> list[str]:
    """Returns coordinates as text; a parameter that has no effect there is `ABSENT`."""
    answer = numbers.answer
    point = {**dict(answer.fixed), **{name: where[name] for name in numbers.axes}}
    return [
        printable(short(value))
        if dim not in numbers.axes or answer.experiment.parameter(dim).matters(point)
        else ABSENT
        for dim, value in where.items()
    ]


def _cells(numbers: _Numbers, one: ShownOutput, places: Sequence[Place]) -> list[list[str]]:
    """Returns the cells of an output, and of its error if it has one, at some places."""
    name = one.output.name
    has_error = f"{name}_error" in numbers.answer.stored
    values = numbers.values(name, one.at)
    errors = numbers.values(f"{name}_error", one.at) if has_error else None
    found = []
    for place in places:
        value = values[place]
        if numbers.outcome[place] in (Outcome.MISSING, Outcome.FAILED):
            found.append([ABSENT, *([ABSENT] if has_error else [])])
        elif one.output.kind == "text":
            found.append([_shortened(str(value)), *([ABSENT] if has_error else [])])
        elif one.output.kind == "complex":
            found.append([f"{complex(value):.6g}", *([f"{errors[place]:.0e}"] if errors is not None else [])])
        elif errors is None:
            found.append([ABSENT if np.isnan(value) else short(value.item())])
        else:
            found.append(list(number_with_error(float(value), float(errors[place]))))
    return found


def _shortened(text: str) -> str:
    text = printable(text)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"


def _corners(shape: Sequence[int]) -> list[Place]:
    """Returns the ends of a grid: its corners, or of one that has many, the first and the last point."""
    ends = [tuple(dict.fromkeys((0, size - 1))) for size in shape]
    if math.prod(map(len, ends)) <= MOST_CORNERS:
        return list(itertools.product(*ends))
    return [tuple(0 for _ in shape), tuple(size - 1 for size in shape)]


def value_documents(answer: SweepAnswer, chosen: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Returns the rows of `value_tables` as plain data, with all digits.  Raises as `value_tables`."""
    return [row for numbers in _groups(answer, chosen) for row in _documents(numbers)]


def _documents(numbers: _Numbers) -> Iterator[dict[str, Any]]:
    places = list(numbers.places())
    columns: dict[str, NDArray[Any]] = {}
    for one, has_error in zip(numbers.shown, numbers.has_errors, strict=True):
        name = one.output.name
        columns[one.heading] = numbers.values(name, one.at)
        if has_error:
            columns[f"{one.heading}_error"] = numbers.values(f"{name}_error", one.at)
    for place in places:
        outcome = Outcome(int(numbers.outcome[place]))
        is_there = outcome in (Outcome.OK, Outcome.UNRESOLVED)
        yield {
            **_where(numbers, place),
            **{heading: _plain(values[place]) if is_there else None for heading, values in columns.items()},
            "outcome": outcome.name.lower(),
        }


def _plain(value: Any) -> Any:
    """Returns a number or text as JSON has it; a complex number is a pair."""
    value = value.item() if hasattr(value, "item") else value
    return [value.real, value.imag] if isinstance(value, complex) else value
