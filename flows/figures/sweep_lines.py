"""An output of a sweep along one of its axes, or along a coordinate of its own, as lines with errors."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from wellposed.errors import RequestError
from wellposed.flows.figures.style import (
    COLOURS,
    DASHES,
    STYLE,
    folded,
    is_geometric,
    label,
    legend_below,
    letter,
    symbol,
)
from wellposed.flows.text import short, typographic
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Output

T = TypeVar("T")

MOST_LINES = 12
"""Of one panel; of more, so many from the first to the last."""

MOST_PANELS = 6

WIDE_RANGE = 1e3
"""From this ratio of the largest to the least value on, positive values have a logarithmic axis."""

LONGEST_TICK = 14
"""Letters of a choice along an axis."""


@dataclass(frozen=True, eq=False)
class SweepLine:
    """Values of an output along one dimension.

    Attributes
    ----------
    point : mapping of str to value
        Where it lies along the other dimensions that vary.
    x : (n,) float64
        Numbers, or the places 0, 1, ... of choices.
    value, error : (n,) float64
        NaN where there is no answer, and where no error is known.
    outcome : (n,) uint8
    """

    point: Mapping[str, Any]
    x: NDArray[np.float64]
    value: NDArray[np.float64]
    error: NDArray[np.float64]
    outcome: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class SweepLines:
    """What is drawn of a sweep.

    Attributes
    ----------
    experiment : Experiment
    output : Output
    heading : str
        What the output is called, with the value of its own coordinate if one was chosen.
    along : str
    ticks : sequence of str
        What the places along it are called, if they are no numbers.
    panels : mapping of tuple to sequence of SweepLine
        By the choices that a panel is for, which are (name, value) pairs.
    drawn, available : int
        How many lines are drawn, and how many there are.
    """

    experiment: Experiment
    output: Output
    heading: str
    along: str
    ticks: Sequence[str]
    panels: Mapping[tuple[tuple[str, Any], ...], Sequence[SweepLine]]
    drawn: int
    available: int

    @property
    def lines(self) -> Iterator[SweepLine]:
        return itertools.chain.from_iterable(self.panels.values())

    @property
    def is_log(self) -> bool:
        """Whether the axis across is logarithmic."""
        return not self.ticks and is_geometric(np.concatenate([line.x for line in self.lines]))

    @property
    def is_log_upwards(self) -> bool:
        value = np.concatenate([line.value for line in self.lines])
        value = value[np.isfinite(value)]
        return bool(value.size and value.min() > 0.0 and value.max() > WIDE_RANGE * value.min())

    @property
    def left_out(self) -> str:
        """What is said where not all lines are drawn."""
        if self.drawn == self.available:
            return ""
        return f"{self.drawn:,} of {self.available:,} lines are drawn; --axis chooses others"


def sweep_lines(
    answer: SweepAnswer, along: str = "", output: str = "", at: Mapping[str, int] | None = None
) -> SweepLines | None:
    """Returns what there is to be drawn of one output of a sweep.

    Parameters
    ----------
    answer : SweepAnswer
    along : str, optional
        An axis, or the output's own coordinate: its last one, if not given, or the longest axis of numbers.
    output : str, optional
        The order parameter, if not given, or the first output of numbers.
    at : mapping of str to int, optional
        Which index was chosen along some of the output's own coordinates.

    Returns
    -------
    SweepLines or None
        None if the experiment has no output of numbers, or nothing varies.

    Raises
    ------
    RequestError
        If there is nothing to be drawn along `along`, or the output is no number.
    """
    chosen = _output(answer.experiment, output)
    if chosen is None:
        return None
    at = at or {}
    own = [dim for dim in chosen.dims if dim not in at]
    values: dict[str, Sequence[Any]] = {name: list(those) for name, those in answer.sweep.axes}
    values |= {dim: answer.stored[dim].to_numpy().tolist() for dim in own}
    several = [name for name, those in values.items() if len(those) > 1]
    if along and along not in several:
        raise RequestError(
            f"`along` must be one of {', '.join(several) or 'none, as nothing varies'}, but is {along!r}."
        )
    if not several:
        return None
    along = along or _along(several, values, own)
    others = [name for name in several if name != along]
    choices = [name for name in others if isinstance(values[name][0], str)]
    numbers = [name for name in others if name not in choices]
    order = (*values,)
    arrays = _arrays(answer, chosen, at, order)
    every = list(itertools.product(*(range(len(values[name])) for name in choices)))
    panels: dict[tuple[tuple[str, Any], ...], Sequence[SweepLine]] = {}
    available = 0
    for place in spread_out(every, MOST_PANELS):
        here = dict(zip(choices, place, strict=True))
        lines = list(itertools.product(*(range(len(values[name])) for name in numbers)))
        key = tuple((name, values[name][i]) for name, i in here.items())
        panels[key] = [
            _line(arrays, order, {**here, **dict(zip(numbers, one, strict=True))}, along, values)
            for one in spread_out(lines, MOST_LINES)
        ]
        available = len(every) * len(lines)
    own_place = ",".join(short(answer.stored[dim].to_numpy().tolist()[i]) for dim, i in at.items())
    return SweepLines(
        answer.experiment,
        chosen,
        chosen.name + (f"[{own_place}]" if at else ""),
        along,
        [short(value) for value in values[along]] if isinstance(values[along][0], str) else [],
        panels,
        sum(map(len, panels.values())),
        available,
    )


def draw_sweep_lines(found: SweepLines, columns: int = 3) -> Figure:
    """Draws a panel for each combination of choices, with a line for each of the other numbers."""
    columns = min(columns, len(found.panels))
    rows = -(-len(found.panels) // columns)
    with mpl.rc_context(STYLE):
        size = (1.0 + 4.2 * columns, 1.1 + 3.3 * rows) if columns > 1 else (5.6, 1.1 + 3.4 * rows)
        figure = Figure(figsize=size, layout="constrained", dpi=150)
        every = list(figure.subplots(rows, columns, squeeze=False, sharey=True).flat)
        for axes in every[len(found.panels) :]:
            axes.set_visible(False)
        for axes, (key, lines) in zip(every, found.panels.items(), strict=False):
            for i, line in enumerate(lines):
                _draw(axes, line, told(line.point, dict(key)), i)
            if not found.is_log_upwards:
                axes.axhline(0.0, color="0.4", linewidth=0.8, zorder=1)
            axes.set_xscale("log" if found.is_log else "linear")
            axes.set_yscale("log" if found.is_log_upwards else "linear")
            axes.set_title(folded(told(dict(key)), 42))
            axes.set_xlabel(folded(_across(found), 44))
            if found.ticks:
                places = range(len(found.ticks))
                shown = [label(tick)[:LONGEST_TICK] for tick in found.ticks]
                axes.set_xticks(list(places), shown, rotation=30 if len(shown) > 3 else 0, ha="right")
        for axes in every[: len(found.panels) : columns]:
            axes.set_ylabel(folded(label(found.output.long_name or found.heading, found.output.units), 40))
        if found.left_out:
            figure.suptitle(found.left_out, fontsize=8)
        legend_below(figure, columns)
    return figure


def told(point: Mapping[str, Any], without: Mapping[str, Any] | None = None, name: Any = symbol) -> str:
    """Returns coordinates in words, such as ``M = 7``, but for those that are told elsewhere."""
    here = {key: value for key, value in point.items() if key not in (without or {})}
    return ", ".join(
        label(value).replace("_", " ")
        if isinstance(value, str)
        else f"{name(key)} = {typographic(short(value))}"
        for key, value in here.items()
    )


def described(found: SweepLines) -> str:
    """Returns what is drawn, in a sentence."""
    what = found.output.long_name or found.heading
    return f"{what} along {letter(found.along)}" + (f"; {found.left_out}" if found.left_out else "")


def spread_out(things: Sequence[T], most: int) -> Sequence[T]:
    """Returns at most so many of all, from the first to the last."""
    if len(things) <= most:
        return things
    return [things[round(i * (len(things) - 1) / (most - 1))] for i in range(most)]


def _output(experiment: Experiment, name: str) -> Output | None:
    """Returns the output that is drawn.  Raises `RequestError` if one was named that is no number."""
    outputs = {one.name: one for one in experiment.outputs}
    if name:
        if outputs[name].kind not in ("float", "int"):
            raise RequestError(f"Output `{name}` must be a number to be drawn, but is {outputs[name].kind}.")
        return outputs[name]
    if experiment.order_parameter is not None:
        return outputs[experiment.order_parameter]
    errors = {f"{one}_error" for one in outputs}
    drawable = [one for one in outputs.values() if one.kind in ("float", "int") and one.name not in errors]
    return min(drawable, key=lambda one: len(one.dims), default=None)


def _along(several: Sequence[str], values: Mapping[str, Sequence[Any]], own: Sequence[str]) -> str:
    numbers = [name for name in several if not isinstance(values[name][0], str)]
    if profile := [name for name in own if name in numbers]:
        return profile[-1]
    return max(numbers or several, key=lambda name: len(values[name]))


def _arrays(
    answer: SweepAnswer, output: Output, at: Mapping[str, int], order: Sequence[str]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Returns values, errors and outcomes, all over the dimensions `order`."""
    stored = answer.stored
    value = stored[output.name].isel(dict(at)).transpose(*order)
    name = f"{output.name}_error"
    error = (
        stored[name].isel(dict(at)).transpose(*order).to_numpy()
        if name in stored
        else np.full(value.shape, math.nan)
    )
    outcome = stored["outcome"].broadcast_like(value).transpose(*order).to_numpy()
    numbers = value.to_numpy().astype(np.float64)
    is_there = np.isin(outcome, [Outcome.OK, Outcome.UNRESOLVED])
    return np.where(is_there, numbers, math.nan), error, outcome


def _line(
    arrays: tuple[NDArray[Any], NDArray[Any], NDArray[Any]],
    order: Sequence[str],
    place: Mapping[str, int],
    along: str,
    values: Mapping[str, Sequence[Any]],
) -> SweepLine:
    index = tuple(slice(None) if name == along else place.get(name, 0) for name in order)
    value, error, outcome = (array[index] for array in arrays)
    across = values[along]
    x = np.arange(len(across)) if isinstance(across[0], str) else np.array(across)
    point = {name: values[name][i] for name, i in place.items()}
    return SweepLine(point, x.astype(np.float64), value, error, outcome)


def _draw(axes: Axes, line: SweepLine, words: str, i: int) -> None:
    colour = COLOURS[i % len(COLOURS)]
    dash = ("-", *DASHES)[i // len(COLOURS) % 4]
    known = np.isfinite(line.value)
    error = np.where(np.isfinite(line.error), np.abs(line.error), 0.0)
    axes.errorbar(
        line.x[known],
        line.value[known],
        error[known],
        fmt="o",
        linestyle=dash,
        color=colour,
        linewidth=1.1,
        markersize=3.5,
        capsize=2,
        zorder=3,
        label=words or "computed",
    )
    unsure = known & (line.outcome == Outcome.UNRESOLVED)
    if unsure.any():
        axes.plot(
            line.x[unsure],
            line.value[unsure],
            "o",
            color="0.35",
            markerfacecolor="white",
            markersize=5,
            zorder=4,
            label="unresolved",
        )


def _across(found: SweepLines) -> str:
    names = {parameter.name: parameter.summary for parameter in found.experiment.parameters}
    # what was stored of an experiment has the name before what it means
    summary = names.get(found.along, "").removeprefix(f"{found.along}: ")
    return f"{symbol(found.along)}: {label(summary)}" if summary else symbol(found.along)
