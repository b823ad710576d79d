"""The same figures to be looked into: with hover, zoom and the error of every point, as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wellposed.catalog.interactive_plot import (
    Brackets,
    InteractivePlot,
    Labels,
    Points,
    lines_panel,
    phase_panel,
    plot_of,
)
from wellposed.flows.figures.cuts import ONLY, Cut
from wellposed.flows.figures.panels import Panel
from wellposed.flows.figures.place import place
from wellposed.flows.figures.style import is_geometric, letter
from wellposed.flows.figures.sweep_lines import SweepLine, SweepLines, told
from wellposed.flows.text import WITHOUT_BOUNDARY
from wellposed.sweeps.answers.boundary import Line
from wellposed.sweeps.answers.curve import CurveAnswer
from wellposed.sweeps.answers.layout import Outcome


def interactive_planes(panels: Sequence[Panel], title: str) -> InteractivePlot:
    """Returns phase diagrams; see `wellposed.flows.figures.phase_diagram.draw_planes`."""
    limit = max(float(np.max(np.abs(panel.value[panel.resolved]), initial=1e-300)) for panel in panels)
    return plot_of([_plane(panel, limit) for panel in panels], title)


def interactive_lines(found: SweepLines, title: str) -> InteractivePlot:
    """Returns an output along one axis; see `wellposed.flows.figures.sweep_lines.draw_sweep_lines`."""
    what = found.output.long_name or found.heading
    panels = [
        lines_panel(
            {told(line.point, dict(key), letter) or "computed": _points_of_line(line) for line in lines},
            Labels(letter(found.along), what, found.heading, told(dict(key), name=letter)),
            ticks=found.ticks,
            is_log=found.is_log,
            is_log_upwards=found.is_log_upwards,
        )
        for key, lines in found.panels.items()
    ]
    return plot_of(panels, title)


def interactive_cuts(cuts: Sequence[Cut], title: str) -> InteractivePlot:
    """Returns the order parameter on lines that were searched; see `wellposed.flows.figures.cuts`."""
    return plot_of([_cut(one) for one in cuts], title)


def interactive_curve(answer: CurveAnswer, title: str) -> InteractivePlot:
    """Returns a curve with all that was evaluated for it; see `wellposed.flows.figures.curve`."""
    search, stored, found = answer.search, answer.stored, answer.found
    name = str(answer.experiment.order_parameter)
    columns = (search.across, search.along, name, f"{name}_error", "outcome")
    x, y, value, error, outcome = (stored[one].to_numpy() for one in columns)
    asked = outcome != Outcome.MISSING
    points = _points(x[asked], y[asked], value[asked], error[asked], outcome[asked])
    at = found[search.along].to_numpy()
    is_along = found["bracketed"].to_numpy() == search.along
    ends = [np.where(is_along, found[end].to_numpy(), at) for end in ("lower", "upper")]
    threshold = answer.experiment.printed_threshold(search.along, dict(search.fixed))
    panel = phase_panel(
        points,
        Labels(letter(search.across), letter(search.along), name),
        Brackets(found[search.across].to_numpy(), at, *ends),
        limit=float(np.max(np.abs(value[outcome == Outcome.OK]), initial=1e-300)),
        published=None if threshold is None else (threshold.value, f"{threshold.label}, {threshold.source}"),
    )
    return plot_of([panel], title)


def _plane(panel: Panel, limit: float) -> Any:
    is_grid = panel.value.ndim == 2
    x, y = np.meshgrid(panel.at_x, panel.at_y) if is_grid else (panel.at_x, panel.at_y)
    without: dict[str, list[float]] = {}
    for line in panel.lines:
        if line.outcome != "located":
            without.setdefault(WITHOUT_BOUNDARY[line.shown], []).append(float(line.point[panel.x]))
    published = panel.published
    where = place(panel.experiment, panel.point, (panel.x, panel.y), letter)
    return phase_panel(
        _points(x.ravel(), y.ravel(), panel.value.ravel(), panel.error.ravel(), panel.outcome.ravel()),
        Labels(letter(panel.x), letter(panel.y), str(panel.experiment.order_parameter), where),
        _brackets(panel.lines, panel.x),
        limit=limit,
        grid=(panel.at_x, panel.at_y) if is_grid else None,
        without=without,
        published=None if published is None else (published.value, f"{published.label}, {published.source}"),
        is_log=is_geometric(panel.at_x),
    )


def _cut(one: Cut) -> Any:
    experiment, along = one.answer.experiment, one.answer.search.along
    order = np.argsort(one.x)
    points = _points(one.x[order], one.x[order], one.value[order], one.error[order], one.outcome[order])
    name = str(experiment.order_parameter)
    where = place(experiment, one.line.point, name=letter) or ONLY
    found = _brackets([one.line], "")
    words = "" if found.at.size else f": {WITHOUT_BOUNDARY[one.line.shown]}"
    return lines_panel(
        {"order parameter": points},
        Labels(letter(along), name, name, f"{where}{words}"),
        boundaries=found,
    )


def _brackets(lines: Sequence[Line], across: str) -> Brackets:
    """Returns all located changes of sign of some lines."""
    rows = [
        (float(line.point[across]) if across else 0.0, *found)
        for line in lines
        if line.outcome == "located"
        for found in (
            (line.boundary, line.lower, line.upper),
            *((zero.position, zero.lower, zero.upper) for zero in line.others if zero.outcome == "located"),
        )
    ]
    return Brackets(*np.array(rows, float).reshape(-1, 4).T)


def _points(x: Any, y: Any, value: Any, error: Any, outcome: Any) -> Points:
    """Returns points with their outcomes in words; an order parameter that is infinite is not resolved."""
    is_known = np.isin(outcome, [Outcome.OK, Outcome.UNRESOLVED]) & np.isfinite(value)
    words = [
        Outcome(int(one)).name.lower() if one != Outcome.OK or is_finite else "unresolved"
        for one, is_finite in zip(outcome, np.isfinite(value), strict=True)
    ]
    numbers = np.where(is_known, value, np.nan)
    return Points(x.astype(float), y.astype(float), numbers, np.where(is_known, error, np.nan), words)


def _points_of_line(line: SweepLine) -> Points:
    return _points(line.x, line.x, line.value, line.error, line.outcome)
