"""One output of an experiment along a parameter of its sweeps: a colour for each curve, and thin guides."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from wellposed.flows.figures.style import COLOURS, PAPER, STYLE, label, legend_below, symbol
from wellposed.flows.text import short, typographic
from wellposed.kinetics.study import OutputCurves
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.kinetics.experiment import Experiment, Value

    Curve = tuple[Mapping[str, Value], xr.Dataset]


def output_curves(sweeps: Sequence[SweepAnswer], picture: OutputCurves, columns: int = 3) -> Figure | None:
    """Draws what `OutputCurves` describes.  Returns None if no sweep has that output along that parameter."""
    answers = [one for one in sweeps if one.experiment.name == picture.experiment]
    curves = [curve for answer in answers for curve in _curves(answer, picture)]
    if not curves:
        return None
    experiment = answers[0].experiment
    kinds = {parameter.name: parameter.kind for parameter in experiment.parameters}
    varying = [n for n in kinds if n != picture.along and len({point[n] for point, _ in curves}) > 1]
    panels: dict[tuple[Value, ...], list[Curve]] = {}
    apart = [name for name in varying if kinds[name] != "float"]
    for point, stored in curves:
        panels.setdefault(tuple(point[name] for name in apart), []).append((point, stored))
    colours = [name for name in varying if kinds[name] == "float"]
    with mpl.rc_context(STYLE):
        columns = min(columns, len(panels))
        rows = -(-len(panels) // columns)
        figure = Figure(figsize=(1.0 + 4.2 * columns, 0.8 + 3.4 * rows), layout="constrained", dpi=150)
        every = list(figure.subplots(rows, columns, squeeze=False, sharey=True).flat)
        for axes in every[len(panels) :]:
            axes.set_visible(False)
        shown = sorted({tuple(point[name] for name in colours) for point, _ in curves})
        for axes, (place, here) in zip(every, panels.items(), strict=False):
            for point, stored in here:
                i = shown.index(tuple(point[name] for name in colours))
                _draw(axes, point, stored, picture, colours, COLOURS[i % len(COLOURS)])
            _guide(axes, picture)
            axes.set_title(_told(apart, place))
            axes.set_xlabel(f"{symbol(picture.along)}: {experiment.parameter(picture.along).summary}")
        for axes in every[: len(panels) : columns]:
            axes.set_ylabel(_what(experiment, picture))
        legend_below(figure, columns)
    return figure


def _curves(answer: SweepAnswer, picture: OutputCurves) -> Iterator[Curve]:
    axes = dict(answer.sweep.axes)
    if picture.along not in axes:
        return
    stored = answer.stored[[picture.output, f"{picture.output}_error", "outcome"]]
    others = [name for name in axes if name != picture.along]
    for values in itertools.product(*(axes[name] for name in others)):
        here = dict(zip(others, values, strict=True))
        place = {name: axes[name].index(value) for name, value in here.items()}
        yield {**dict(answer.fixed), **here}, stored.isel(place)


def _draw(
    axes: Axes,
    point: Mapping[str, Value],
    stored: xr.Dataset,
    picture: OutputCurves,
    colours: Sequence[str],
    colour: str,
) -> None:
    x, y, error = (
        stored[name].to_numpy() for name in (picture.along, picture.output, f"{picture.output}_error")
    )
    # an order parameter that is not resolved is no reason to leave out another output that is
    known = (stored["outcome"].to_numpy() != Outcome.FAILED) & np.isfinite(y) & np.isfinite(error)
    axes.errorbar(
        x[known],
        y[known],
        error[known],
        fmt="o-",
        color=colour,
        linewidth=1.2,
        markersize=3.5,
        capsize=2,
        zorder=3,
        label=_told(colours, [point[name] for name in colours]) or "measured",
    )
    if picture.mark is not None:
        axes.axvline(picture.mark(point), color=colour, linewidth=0.9, linestyle=":", zorder=1)


def _guide(axes: Axes, picture: OutputCurves) -> None:
    if picture.level is not None:
        axes.axhline(
            picture.level, color=PAPER, linewidth=0.9, linestyle="--", zorder=2, label=picture.level_label
        )
    if picture.mark is not None:
        axes.plot([], [], ":", color="0.4", linewidth=0.9, label=picture.mark_label)
    axes.set_ylim(*picture.limits)


def _told(names: Sequence[str], values: Sequence[Value]) -> str:
    pairs = zip(names, values, strict=True)
    return ", ".join(f"{symbol(name)} = {typographic(short(value))}" for name, value in pairs)


def _what(experiment: Experiment, picture: OutputCurves) -> str:
    output = next(output for output in experiment.outputs if output.name == picture.output)
    return label(output.long_name, output.units)
