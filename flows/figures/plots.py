"""Which figure an answer has: as a picture, and as a page to look into."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from wellposed.errors import RequestError
from wellposed.flows.figures.boundaries import boundary_curves
from wellposed.flows.figures.curve import draw_curve
from wellposed.flows.figures.cuts import cut, draw_cuts
from wellposed.flows.figures.panels import planes
from wellposed.flows.figures.phase_diagram import MOST_PANELS, draw_planes
from wellposed.flows.figures.sweep_lines import described, draw_sweep_lines, spread_out, sweep_lines
from wellposed.flows.text import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wellposed.catalog.interactive_plot import InteractivePlot
    from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
    from wellposed.sweeps.answers.curve import CurveAnswer
    from wellposed.sweeps.answers.sweep import SweepAnswer

MOST_CUTS = 6

Selection = Mapping[str, Collection[Any]]
"""Of axes, the values that are drawn."""


@dataclass(frozen=True)
class Cutting:
    """Which part of an answer is drawn.

    Attributes
    ----------
    along : str
        The parameter that is drawn across; empty where the answer decides.
    axes : mapping of str to collection
        Of some axes, the only values that are drawn.
    output : str
        Of a sweep, the output; empty for its order parameter.
    at : mapping of str to int
        Which index is drawn along some of the output's own coordinates.
    """

    along: str = ""
    axes: Selection = field(default_factory=dict)
    output: str = ""
    at: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_cut(self) -> bool:
        """Whether a line was chosen, rather than all that is known."""
        return bool(self.along or self.output)


@dataclass(frozen=True)
class Plot:
    """A figure of an answer.

    Attributes
    ----------
    what : str
        What it shows, in a few words.
    draw : callable
        Draws it with so many panels beside each other.
    interactive : callable, optional
        ``interactive(title)`` is the same to be looked into; None where there is no such thing.
    """

    what: str
    draw: Callable[[int], Figure]
    interactive: Callable[[str], InteractivePlot]


WHOLE = Cutting()


def plot_of_sweep(answer: SweepAnswer, cutting: Cutting = WHOLE) -> Plot | None:
    """Returns the figure of a sweep: its planes, if there are few, or else one output along one axis.

    Returns None if there is nothing to be drawn.

    Raises
    ------
    RequestError
        If it has no such axis or value.
    """
    answer = _restricted(answer, cutting.axes)
    panels = [] if cutting.is_cut else planes([], [answer])
    if 0 < len(panels) <= MOST_PANELS:
        return Plot(
            "the order parameter over two parameters",
            partial(draw_planes, panels),
            lambda title: _interactive().interactive_planes(panels, title),
        )
    found = sweep_lines(answer, cutting.along, cutting.output, cutting.at)
    if found is None:
        return None
    return Plot(
        described(found),
        partial(draw_sweep_lines, found),
        lambda title: _interactive().interactive_lines(found, title),
    )


def plot_of_boundary(answer: BoundaryAnswer, cutting: Cutting = WHOLE) -> Plot | None:
    """Returns the figure of a boundary search: its planes, if there are few, or else cuts along its lines.

    Returns None if there is nothing to be drawn.

    Raises
    ------
    RequestError
        If it has no such axis or value, or is along another parameter.
    """
    if cutting.along not in ("", answer.search.along):
        raise RequestError(
            f"`along` must be {answer.search.along}, along which these boundaries were searched, but is "
            f"{cutting.along!r}."
        )
    _check_axes(answer.search.axes, cutting.axes)
    panels = [] if cutting.is_cut or cutting.axes else planes([answer], [])
    if 0 < len(panels) <= MOST_PANELS:
        return Plot(
            "boundaries, and the points that were evaluated",
            partial(draw_planes, panels),
            lambda title: _interactive().interactive_planes(panels, title),
        )
    if panels and boundary_curves([answer]) is not None:
        some = spread_out(panels, MOST_PANELS)
        return Plot(
            "boundaries",
            lambda columns: boundary_curves([answer], columns) or draw_planes(some, columns),
            lambda title: _interactive().interactive_planes(some, title),
        )
    lines = [line for line in answer.lines if _is_chosen(line, cutting.axes)]
    if not lines:
        return None
    cuts = [cut(answer, line) for line in spread_out(lines, MOST_CUTS)]
    more = f", {len(cuts):,} of {len(lines):,}; --axis chooses others" if len(cuts) < len(lines) else ""
    return Plot(
        f"the order parameter on lines that were searched{more}",
        partial(draw_cuts, cuts),
        lambda title: _interactive().interactive_cuts(cuts, title),
    )


def plot_of_curve(answer: CurveAnswer, cutting: Cutting = WHOLE) -> Plot:
    """Returns the figure of a curve.  Raises `RequestError` if a part of it is to be drawn."""
    if cutting.is_cut or cutting.axes:
        raise RequestError(
            f"`along` and `axis` must not be given for a curve, which has no lines: {answer.id} is one."
        )
    return Plot(
        "the curve, and the points that were evaluated",
        partial(draw_curve, answer),
        lambda title: _interactive().interactive_curve(answer, title),
    )


def _interactive() -> Any:
    """Returns the module that draws with Bokeh, which takes a second to import."""
    from wellposed.flows.figures import interactive

    return interactive


def _restricted(answer: SweepAnswer, chosen: Selection) -> SweepAnswer:
    """Returns a sweep at some values of its axes alone."""
    _check_axes(answer.sweep.axes, chosen)
    axes = tuple(
        (name, tuple(value for value in values if value in chosen.get(name, values)))
        for name, values in answer.sweep.axes
    )
    here = {
        name: [values.index(value) for value in kept]
        for (name, values), (_, kept) in zip(answer.sweep.axes, axes, strict=True)
    }
    if not chosen:
        return answer
    return replace(answer, sweep=replace(answer.sweep, axes=axes), stored=answer.stored.isel(here))


def _check_axes(axes: Sequence[tuple[str, Sequence[Any]]], chosen: Selection) -> None:
    known = dict(axes)
    for name, values in chosen.items():
        if name not in known:
            raise RequestError(
                f"`axis` must be one of {', '.join(known) or 'none, as there are none'}, but is {name!r}."
            )
        for value in values:
            if value not in known[name]:
                listed = ", ".join(map(short, known[name][:12])) + (", ..." if len(known[name]) > 12 else "")
                raise RequestError(f"`axis` {name} must be among {listed}, but is {short(value)}.")


def _is_chosen(line: Line, chosen: Selection) -> bool:
    return all(line.point.get(name) in values for name, values in chosen.items())
