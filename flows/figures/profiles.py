"""Profiles: the order parameter along one parameter, through the zero that a search has located."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from wellposed.flows.figures.brackets import common_boundary
from wellposed.flows.figures.style import PAPER, STYLE, symbol
from wellposed.flows.text import one_digit, plus_minus, short, typographic
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Value

MARKERS = "oDs^v"
PALETTE = "viridis"
"""Rising in lightness, and told apart by the colour-blind."""

_LIGHTEST = 0.88  # of the palette, on white
_VISIBLE = 0.01  # of the range of the values: shorter error bars are hidden by their symbols


@dataclass(frozen=True, eq=False)
class Series:
    """The order parameter where it is resolved on one line; `point` has the other parameters."""

    point: Mapping[str, Value]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    error: NDArray[np.float64]


@dataclass(frozen=True)
class Looks:
    """What tells series of one panel apart: a marker for their choices, a colour for their numbers."""

    choices: Sequence[str]
    numbers: Sequence[str]
    markers: Mapping[tuple[Value, ...], str]
    colours: Mapping[tuple[Value, ...], str]

    @classmethod
    def of(cls, series: Sequence[Series], choices: Sequence[str], numbers: Sequence[str]) -> Self:
        chosen = dict.fromkeys(_of(choices, one.point) for one in series)
        values = sorted({_of(numbers, one.point) for one in series})
        shades = np.linspace(0.0, _LIGHTEST, len(values)) if len(values) > 1 else [0.0]
        return cls(
            choices,
            numbers,
            dict(zip(chosen, itertools.cycle(MARKERS), strict=False)),
            {
                value: to_hex(mpl.colormaps[PALETTE](shade))
                for value, shade in zip(values, shades, strict=True)
            },
        )

    def handles(self) -> list[Line2D]:
        """Returns what a legend shows in two rows, colours above markers, with blanks in the shorter one."""
        colours = [
            Line2D(
                [],
                [],
                marker="s",
                color=colour,
                linestyle="",
                markersize=6,
                label=", ".join(
                    f"{symbol(n)} = {typographic(short(v))}" for n, v in zip(self.numbers, value, strict=True)
                ),
            )
            for value, colour in self.colours.items()
            if self.numbers
        ]
        markers = [
            Line2D(
                [],
                [],
                marker=marker,
                color="0.3",
                linestyle="",
                markersize=5,
                label=self.words(chosen) or "measured",
            )
            for chosen, marker in self.markers.items()
        ]
        markers += [
            Line2D([], [], color="black", linestyle="", marker="|", markersize=9, label="located boundary"),
            Line2D([], [], color=PAPER, linewidth=0.9, linestyle="--", label="published"),
        ]
        absent = Line2D([], [], linestyle="", label=" ")
        return list(itertools.chain(*itertools.zip_longest(colours, markers, fillvalue=absent)))

    def words(self, chosen: tuple[Value, ...]) -> str:
        """Returns choices in words, such as ``static rock``."""
        return ", ".join(f"{value} {name}" for name, value in zip(self.choices, chosen, strict=True))


def profiles(
    boundaries: Sequence[BoundaryAnswer], sweeps: Sequence[SweepAnswer], columns: int = 3
) -> Figure | None:
    """Draws the order parameter of the first sweep's experiment along the parameter that is searched in it.

    There is a panel for each value of the integers that vary, a marker for each choice, and a colour for each
    of the other numbers.  Returns None if there is no such search.
    """
    searches = [answer for answer in boundaries if sweeps and answer.experiment is sweeps[0].experiment]
    if not searches:
        return None
    experiment, along = searches[0].experiment, searches[0].search.along
    series = [one for answer in sweeps if answer.experiment is experiment for one in _series(answer, along)]
    lines = [line for answer in searches if answer.search.along == along for line in answer.lines]
    varying = {
        kind: [
            parameter.name
            for parameter in experiment.parameters
            if parameter.kind == kind
            and parameter.name != along
            and len({one.point[parameter.name] for one in series}) > 1
        ]
        for kind in ("int", "choice", "float")
    }
    integers = varying["int"]
    looks = Looks.of(series, varying["choice"], varying["float"])
    panels = sorted({_of(integers, one.point) for one in series})
    output = next(output for output in experiment.outputs if output.name == experiment.order_parameter)
    with mpl.rc_context(STYLE):
        columns = min(columns, len(panels))
        rows = -(-len(panels) // columns)
        figure = Figure(figsize=(1.0 + 4.0 * columns, 0.8 + 4.0 * rows), layout="constrained", dpi=150)
        every = list(figure.subplots(rows, columns, squeeze=False, sharey=True).flat)
        for axes in every[len(panels) :]:
            axes.set_visible(False)
        for axes, panel in zip(every, panels, strict=False):
            for one in series:
                if _of(integers, one.point) == panel:
                    _draw(axes, one, looks)
            axes.axhline(0.0, color="0.4", linewidth=0.8, zorder=1)
            here = [line for line in lines if _of(integers, line.point) == panel]
            title = [", ".join(f"{symbol(n)} = {v}" for n, v in zip(integers, panel, strict=True))]
            for chosen in looks.markers:
                together = [line for line in here if _of(looks.choices, line.point) == chosen]
                found_there = _draw_boundaries(axes, [x for x in together if x.outcome == "located"], along)
                title += [f"{looks.words(chosen)}: {found_there}" if looks.choices else found_there]
            _draw_published(axes, searches[0], here)
            axes.set_title("\n".join(filter(None, title)), linespacing=1.4)
            axes.set_xlabel(f"{symbol(along)}: {experiment.parameter(along).summary}")
        largest = max(float(np.max(one.error)) for one in series)
        hidden = largest < _VISIBLE * float(np.ptp(np.concatenate([one.y for one in series])))
        every[0].set_ylabel(output.long_name)
        handles = looks.handles()
        figure.legend(
            handles=handles,
            title=f"error bars, at most {one_digit(largest)}, are hidden by the symbols" if hidden else None,
            loc="outside lower center",
            ncols=len(handles) // 2 if columns > 1 else 2,
            frameon=False,
        )
    return figure


def _of(names: Sequence[str], point: Mapping[str, Value]) -> tuple[Value, ...]:
    return tuple(point[name] for name in names)


def _series(answer: SweepAnswer, along: str) -> Iterator[Series]:
    axes = dict(answer.sweep.axes)
    if along not in axes:
        return
    name, stored = str(answer.experiment.order_parameter), answer.stored
    others = [other for other in axes if other != along]
    for values in itertools.product(*(axes[other] for other in others)):
        here = dict(zip(others, values, strict=True))
        line = stored.isel({other: axes[other].index(value) for other, value in here.items()})
        resolved = line["outcome"].to_numpy() == Outcome.OK
        x, y, error = (line[part].to_numpy()[resolved] for part in (along, name, f"{name}_error"))
        if resolved.any():
            yield Series({**dict(answer.fixed), **here}, x, y, error)


def _draw(axes: Axes, one: Series, looks: Looks) -> None:
    colour = looks.colours[_of(looks.numbers, one.point)]
    axes.errorbar(
        one.x,
        one.y,
        one.error,
        fmt=looks.markers[_of(looks.choices, one.point)],
        color=colour,
        markersize=4.5,
        markeredgecolor="white",
        markeredgewidth=0.4,
        capsize=2,
        elinewidth=0.8,
        zorder=3,
    )


def _draw_boundaries(axes: Axes, located: Sequence[Line], along: str) -> str:
    """Draws boundaries on the zero line.  Returns in words where all of them are."""
    if not located:
        return ""
    axes.errorbar(
        [line.boundary for line in located],
        np.zeros(len(located)),
        xerr=[line.error for line in located],
        fmt="|",
        color="black",
        markersize=14,
        markeredgewidth=1.2,
        capsize=3,
        zorder=4,
    )
    return f"{symbol(along)} = {plus_minus(*common_boundary(located))}"


def _draw_published(axes: Axes, answer: BoundaryAnswer, lines: Sequence[Line]) -> None:
    """Draws what is published for `lines` as thin lines, with their sources above."""
    found = map(answer.published, lines)
    published = {one.value: f"{one.label}, {one.source}" for one in found if one is not None}
    for value in published:
        axes.axvline(value, color=PAPER, linewidth=0.9, linestyle="--", zorder=2)
    above = axes.secondary_xaxis("top")
    above.set_xticks(list(published), list(published.values()), color=PAPER, fontsize=8)
    above.tick_params(length=0)
