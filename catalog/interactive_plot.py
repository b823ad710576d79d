"""Interactive figures from plain values: hover, zoom and every point's error, in HTML without a network."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from bokeh.embed import file_html
from bokeh.layouts import column
from bokeh.models import ColumnDataSource, FixedTicker, HoverTool, LinearColorMapper
from bokeh.models.annotations import ColorBar, Span
from bokeh.palettes import RdBu11, interp_palette
from bokeh.plotting import figure
from bokeh.resources import Resources
from numpy.typing import NDArray

PALETTE = interp_palette(RdBu11, 255)
"""Diverging, white in the middle, and told apart by the colour-blind."""

COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
"""Of lines, told apart by the colour-blind [Okabe and Ito 2008]."""

DASHES = ("solid", "dashed", "dotted", "dotdash")

GREY = "#595959"

PUBLISHED_COLOUR = "#b35900"

HATCHES = {"unresolved": "/", "failed": "x"}

HEIGHT = 430
"""Of a panel, in CSS pixels."""


@dataclass(frozen=True, eq=False)
class InteractivePlot:
    """An interactive figure.  A notebook shows it where it is the last value of a cell.

    Attributes
    ----------
    layout : bokeh layout
        What Bokeh's own functions take.
    title : str
    """

    layout: Any
    title: str

    def html(self) -> str:
        """Returns it as a whole page that holds all that it needs."""
        page: str = file_html(self.layout, Resources(mode="inline"), self.title)
        return page

    def save(self, path: str | Path) -> None:
        """Writes it into an HTML file."""
        Path(path).write_text(self.html(), encoding="utf-8")

    def _repr_html_(self) -> str:
        height = (HEIGHT + 30) * max(1, len(getattr(self.layout, "children", [])))
        return (
            f'<iframe srcdoc="{html.escape(self.html())}" title="{html.escape(self.title)}" '
            f'style="width: 100%; height: {height}px; border: 0"></iframe>'
        )


@dataclass(frozen=True, eq=False)
class Points:
    """Values at points, all (n,): where they are, the value with its error, and what became of it in a word.

    A point without a value has NaN; so has an error that is not known.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    value: NDArray[np.float64]
    error: NDArray[np.float64]
    outcome: Sequence[str]

    def where(self, chosen: NDArray[np.bool_]) -> Points:
        """Returns some of the points."""
        outcome = [word for word, is_chosen in zip(self.outcome, chosen, strict=True) if is_chosen]
        return Points(self.x[chosen], self.y[chosen], self.value[chosen], self.error[chosen], outcome)


@dataclass(frozen=True, eq=False)
class Brackets:
    """Boundaries, all (n,): at which value across, where, and between which ends."""

    across: NDArray[np.float64]
    at: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


@dataclass(frozen=True)
class Labels:
    """What is across, upwards and shown as colour or height, and what stands above."""

    x: str
    y: str
    value: str
    title: str = ""


def plot_of(panels: Sequence[Any], title: str) -> InteractivePlot:
    """Returns panels below each other."""
    return InteractivePlot(column(*panels, sizing_mode="stretch_width", max_width=1100), title)


def phase_panel(
    points: Points,
    labels: Labels,
    brackets: Brackets,
    *,
    limit: float,
    grid: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
    without: Mapping[str, Sequence[float]] | None = None,
    published: tuple[float, str] | None = None,
    is_log: bool = False,
) -> Any:
    """Returns a panel with the order parameter as colour over two parameters, and boundaries in it.

    Parameters
    ----------
    points : Points
    labels : Labels
    brackets : Brackets
        Of boundaries along what is upwards.
    limit : float
        The value of the darkest colours: red at it, blue at its opposite, white at zero.
    grid : (n_x,) and (n_y,) float64, optional
        The coordinates of a grid, of which each point is a cell; otherwise points are circles.
    without : mapping of str to sequence of float, optional
        In words what became of lines without a boundary, and where they are across.
    published : (float, str), optional
        A published boundary, and where from.
    is_log : bool
        Whether the axis across is logarithmic.
    """
    panel = _panel(labels, is_log)
    mapper = LinearColorMapper(palette=PALETTE, low=-limit, high=limit, nan_color="white")
    colour = {"field": "value", "transform": mapper}
    hover = []
    for word in dict.fromkeys(points.outcome):
        some = points.where(np.array([one == word for one in points.outcome], bool))
        source = ColumnDataSource({**_columns(some), **({} if grid is None else _cells(some, grid, is_log))})
        is_known = word == "ok"
        look: dict[str, Any] = {"fill_color": colour} if is_known else {"fill_color": "white"}
        named = {} if is_known else {"legend_label": word}
        if grid is not None:
            hatch = (
                {}
                if is_known
                else {"hatch_pattern": HATCHES.get(word, "."), "hatch_color": GREY, "hatch_alpha": 0.6}
            )
            drawn = panel.quad(
                left="left",
                right="right",
                bottom="bottom",
                top="top",
                line_color=None,
                source=source,
                **look,
                **hatch,
                **named,
            )
        else:
            marker = {"marker": "circle" if is_known else "circle_x"}
            drawn = panel.scatter(
                "x", "y", size=9, line_color=GREY, line_width=0.6, source=source, **look, **marker, **named
            )
        hover.append(drawn)
    panel.add_tools(_hover(labels, hover))
    panel.add_layout(ColorBar(color_mapper=mapper, title=labels.value, title_text_font_size="9pt"), "right")
    _draw_without(panel, without or {}, points, grid)
    _draw_brackets(panel, brackets, labels)
    if published is not None:
        value, words = published
        across = np.concatenate([points.x, brackets.across])
        look = {"color": PUBLISHED_COLOUR, "line_dash": "dashed", "legend_label": words}
        if across.size:
            panel.line([across.min(), across.max()], [value, value], **look)
    return _finished(panel)


def lines_panel(
    series: Mapping[str, Points],
    labels: Labels,
    *,
    ticks: Sequence[str] = (),
    boundaries: Brackets | None = None,
    is_log: bool = False,
    is_log_upwards: bool = False,
) -> Any:
    """Returns a panel with lines of values, each point with its error.

    Parameters
    ----------
    series : mapping of str to Points
        By what tells them apart; `y` of points is not used.
    labels : Labels
    ticks : sequence of str
        What the places 0, 1, ... across are called, if they are no numbers.
    boundaries : Brackets, optional
        Changes of sign along what is across, drawn on zero; `across` is not used.
    is_log, is_log_upwards : bool
    """
    panel = _panel(labels, is_log, is_log_upwards)
    points = []
    for i, (name, one) in enumerate(series.items()):
        known = np.isfinite(one.value)
        error = np.where(np.isfinite(one.error), np.abs(one.error), 0.0)
        source = ColumnDataSource(
            {
                **_columns(one.where(known)),
                "low": (one.value - error)[known],
                "high": (one.value + error)[known],
                "fill": [_fill(word, i) for word, k in zip(one.outcome, known, strict=True) if k],
            }
        )
        colour = COLOURS[i % len(COLOURS)]
        look = {"color": colour, "source": source, "legend_label": name}
        dash = DASHES[i // len(COLOURS) % len(DASHES)]
        panel.line("x", "value", line_width=1.3, line_dash=dash, **look)
        panel.segment("x", "low", "x", "high", line_width=1.6, **look)
        drawn = {"line_color": colour, "fill_color": "fill", "source": source, "legend_label": name}
        points.append(panel.scatter("x", "value", size=7, **drawn))
    panel.add_tools(_hover(labels, points, upwards=False))
    if not is_log_upwards:
        panel.add_layout(Span(location=0.0, dimension="width", line_color=GREY, line_width=0.8))
    if boundaries is not None and boundaries.at.size:
        source = ColumnDataSource(
            {
                "at": boundaries.at,
                "lower": boundaries.lower,
                "upper": boundaries.upper,
                "zero": np.zeros(boundaries.at.size),
            }
        )
        look = {"color": "black", "source": source, "legend_label": "located boundary"}
        panel.segment("lower", "zero", "upper", "zero", line_width=4, **look)
        at = panel.scatter("at", "zero", marker="dash", angle=np.pi / 2, size=20, **look)
        told = [(f"boundary in {labels.x}", "@at{%.12g}"), ("bracket", "@lower{%.12g} to @upper{%.12g}")]
        panel.add_tools(_tool(told, [at], ("at", "lower", "upper")))
    if ticks:
        panel.xaxis.ticker = FixedTicker(ticks=list(range(len(ticks))))
        panel.xaxis.major_label_overrides = dict(enumerate(ticks))
    return _finished(panel)


def _fill(word: str, i: int) -> str:
    return COLOURS[i % len(COLOURS)] if word == "ok" else "white"


def _panel(labels: Labels, is_log: bool, is_log_upwards: bool = False) -> Any:
    look: dict[str, Any] = {
        "x_axis_label": labels.x,
        "y_axis_label": labels.y,
        "x_axis_type": "log" if is_log else "linear",
        "y_axis_type": "log" if is_log_upwards else "linear",
        "tools": "pan,box_zoom,wheel_zoom,reset,save",
        "active_drag": "box_zoom",
    }
    panel: Any = figure(
        height=HEIGHT,
        sizing_mode="stretch_width",
        title=labels.title,
        **look,
    )
    panel.toolbar.logo = None
    return panel


def _finished(panel: Any) -> Any:
    """Returns a panel whose legend, if there is one, stands beside it and hides what is clicked."""
    if panel.legend:
        legend = panel.legend[0]
        legend.click_policy = "hide"
        legend.label_text_font_size = "9pt"
        panel.add_layout(legend, "below")
        legend.orientation = "horizontal"
        legend.ncols = 3
        legend.border_line_color = None
    return panel


def _columns(points: Points) -> dict[str, Any]:
    return {
        "x": points.x,
        "y": points.y,
        "value": points.value,
        "error": [f"{one:.2g}" if np.isfinite(one) else "not known" for one in points.error],
        "outcome": list(points.outcome),
    }


def _hover(labels: Labels, renderers: Sequence[Any], *, upwards: bool = True) -> HoverTool:
    told = [(labels.x, "@x{%.10g}"), *([(labels.y, "@y{%.10g}")] if upwards else [])]
    told += [(labels.value, "@value{%.10g}"), ("± error", "@error"), ("outcome", "@outcome")]
    return _tool(told, renderers, ("x", "y", "value"))


def _tool(told: Sequence[tuple[str, str]], renderers: Sequence[Any], numbers: Sequence[str]) -> HoverTool:
    return HoverTool(
        tooltips=list(told),
        renderers=list(renderers),
        formatters={f"@{name}": "printf" for name in numbers},
    )


def _cells(
    points: Points, grid: tuple[NDArray[np.float64], NDArray[np.float64]], is_log: bool
) -> dict[str, Any]:
    """Returns the edges of the cell of each point."""
    across, up = grid
    left, right = _edges(across, is_log)
    bottom, top = _edges(up)
    i, j = np.searchsorted(np.sort(across), points.x), np.searchsorted(np.sort(up), points.y)
    return {"left": left[i], "right": right[i], "bottom": bottom[j], "top": top[j]}


def _edges(values: NDArray[np.float64], is_log: bool = False) -> tuple[NDArray[np.float64], ...]:
    """Returns the ends of the cells around ascending values, which meet half-way."""
    at = np.log(np.sort(values)) if is_log else np.sort(values)
    middle = 0.5 * (at[1:] + at[:-1])
    edges = np.concatenate([[2 * at[0] - middle[0]], middle, [2 * at[-1] - middle[-1]]])
    edges = np.exp(edges) if is_log else edges
    return edges[:-1], edges[1:]


def _draw_without(
    panel: Any,
    without: Mapping[str, Sequence[float]],
    points: Points,
    grid: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> None:
    up = points.y if grid is None else grid[1]
    if not up.size:
        return
    dashes = dict(zip(without, ("dotted", "dotdash", "dashdot", "dashed"), strict=False))
    for words, across in without.items():
        ends = {"y0": [up.min()] * len(across), "y1": [up.max()] * len(across)}
        panel.segment(
            x0=list(across),
            x1=list(across),
            **ends,
            line_color="#262626",
            line_dash=dashes.get(words, "dashed"),
            legend_label=f"searched: {words}",
        )


def _draw_brackets(panel: Any, brackets: Brackets, labels: Labels) -> None:
    if not brackets.at.size:
        return
    error = np.maximum(brackets.at - brackets.lower, brackets.upper - brackets.at)
    source = ColumnDataSource(
        {
            "x": brackets.across,
            "at": brackets.at,
            "lower": brackets.lower,
            "upper": brackets.upper,
            "error": [f"{one:.2g}" for one in error],
        }
    )
    name = {"source": source, "legend_label": "located, with bracket"}
    panel.segment("x", "lower", "x", "upper", color="black", line_width=2, **name)
    at = panel.scatter("x", "at", size=9, line_color="black", fill_color="white", line_width=1.5, **name)
    told = [
        (labels.x, "@x{%.10g}"),
        (f"boundary in {labels.y}", "@at{%.12g}"),
        ("± error", "@error"),
        ("bracket", "@lower{%.12g} to @upper{%.12g}"),
    ]
    panel.add_tools(_tool(told, [at], ("x", "at", "lower", "upper")))
