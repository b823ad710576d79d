"""The figures of a report, each in two widths, with what they show in words and where it is from."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from wellposed.flows.figures.convergence import Errors, draw_convergence
from wellposed.flows.figures.curve import draw_curve
from wellposed.flows.figures.cuts import cut, draw_cuts
from wellposed.flows.figures.cuts import described as described_cut
from wellposed.flows.figures.panels import described, planes
from wellposed.flows.figures.phase_diagram import MOST_PANELS, draw_planes
from wellposed.flows.figures.style import as_png, as_svg, letter, order_label
from wellposed.flows.kinds.kind import Answers
from wellposed.flows.presentation.findings import Findings
from wellposed.flows.presentation.words import curve_summary
from wellposed.flows.report.contents import StoredJob
from wellposed.flows.report.judged import JudgedLine
from wellposed.flows.text import counted, one_digit
from wellposed.kinetics.study import Study
from wellposed.sweeps.answers.boundary import BoundaryAnswer
from wellposed.sweeps.answers.curve import CurveAnswer
from wellposed.sweeps.answers.sweep import SweepAnswer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_DRAWING = 60_000
"""Bytes of an SVG that is part of the page; where it would be larger, the PNG is."""

WIDE, NARROW = 3, 1
"""Panels beside each other."""

MOST_CUTS = 6

FEWEST_POINTS = 5
"""On a line that shows how the order parameter runs."""


@dataclass(frozen=True, eq=False)
class ReportFigure:
    """A figure of a report.

    Attributes
    ----------
    name : str
        Of its files.
    caption, alt : str
        What it shows, and what is to be seen in it.
    ids : sequence of str
        The sweeps from which it is drawn.
    draw : callable
        Draws it with so many panels beside each other.
    again : str
        The command that draws it alone, if there is one.
    """

    name: str
    caption: str
    alt: str
    ids: Sequence[str]
    draw: Callable[[int], Figure | None]
    again: str = ""

    @cached_property
    def figure(self) -> Figure | None:
        return self.draw(WIDE)

    @property
    def width(self) -> int:
        """Its width on a screen, in CSS pixels."""
        return 0 if self.figure is None else round(96 * self.figure.get_figwidth())

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Its files by name; none if there is nothing to be drawn."""
        figure = self.figure
        if figure is None:
            return {}
        return {f"{self.name}.svg": as_svg(figure), f"{self.name}.png": as_png(figure)}

    @property
    def wide(self) -> str:
        """A URL that holds the figure itself."""
        svg, png = self.files.values()
        return _url("svg+xml", svg) if len(svg) <= LARGEST_DRAWING else _url("png", png)

    @property
    def narrow(self) -> str:
        """The same for a narrow screen."""
        figure = self.draw(NARROW)
        return self.wide if figure is None else _url("png", as_png(figure))


def _url(kind: str, data: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def of_study(name: str, study: Study, stored: Sequence[StoredJob]) -> Iterator[ReportFigure]:
    """Yields the figures that a study asks for and that the answers to its questions allow."""
    answers = sum((one.answers for one in stored), Answers())
    findings = Findings(answers.boundaries, answers.sweeps, answers.curves)
    for i, picture in enumerate(study.pictures, 1):
        figure = ReportFigure(
            name if i == 1 else f"{name}-{i}",
            f"{study.summary}.",
            study.summary,
            [one.id for one in stored],
            partial(findings.drawn, picture),
            f"wellposed study {study.name}",
        )
        if figure.files:
            yield figure


def of_planes(
    name: str,
    boundaries: Sequence[BoundaryAnswer],
    sweeps: Sequence[SweepAnswer],
    evidence: Collection[str] = (),
) -> Iterator[ReportFigure]:
    """Yields phase diagrams, as many as there are panels for.

    A plane of a sweep that is `evidence` for an audit is drawn only if a boundary in it is known.
    """
    panels = [
        panel
        for panel in planes(boundaries, sweeps)
        if panel.ids[0] not in evidence or panel.lines or panel.published
    ]
    for i in range(0, len(panels), MOST_PANELS):
        some = panels[i : i + MOST_PANELS]
        across, along = ({letter(getattr(panel, side)) for panel in some} for side in ("x", "y"))
        is_located = any(line.outcome == "located" for panel in some for line in panel.lines)
        circles = " Circles on a black line are located boundaries." if is_located else ""
        yield ReportFigure(
            f"{name}-planes-{i // MOST_PANELS + 1}",
            f"{_sentence(order_label(some[0].experiment))} over {' or '.join(sorted(across))} and "
            f"{' or '.join(sorted(along))}: blue is negative, red positive.{circles}",
            " ".join(map(described, some)),
            list(dict.fromkeys(id for panel in some for id in panel.ids)),
            partial(draw_planes, some),
        )


def of_cuts(name: str, lines: Sequence[JudgedLine]) -> ReportFigure:
    """Returns a figure of the order parameter on some of the lines that were searched."""
    telling = [one for one in lines if one.line.evaluations >= FEWEST_POINTS] or lines
    some = [cut(one.answer, one.line) for one in spread(telling, MOST_CUTS)]
    experiment, along = some[0].answer.experiment, some[0].answer.search.along
    errors = [float(np.abs(one.error[one.resolved]).max()) for one in some if one.resolved.any()]
    words = (
        f"Its errors are at most {one_digit(max(errors))}, and hidden by the symbols where they are small."
        if errors
        else "No point on them is resolved."
    )
    return ReportFigure(
        f"{name}-cuts-{along}",
        f"{_sentence(order_label(experiment))} along {letter(along)} on {counted(len(some), 'line')} that "
        f"{'was' if len(some) == 1 else 'were'} searched. {words}",
        " ".join(map(described_cut, some)),
        list(dict.fromkeys(one.answer.id for one in some)),
        partial(draw_cuts, some),
    )


def of_convergence(
    name: str, every: Sequence[Errors], boundaries: Sequence[BoundaryAnswer], ids: Sequence[str]
) -> ReportFigure | None:
    """Returns a figure of how large errors are, and of how brackets became narrow."""
    medians = "; ".join(f"{one.experiment.name}, median error {one_digit(one.median)}" for one in every)
    figure = ReportFigure(
        f"{name}-convergence",
        "Convergence: the errors of the order parameters as parts of what is allowed, as far as that is "
        "known, and the brackets of the located boundaries, narrowing with every point.",
        f"Shares of points below an error, and widths of brackets over the number of points: {medians}.",
        ids,
        partial(draw_convergence, every, boundaries),
    )
    return figure if figure.files else None


def of_curve(title: str, answer: CurveAnswer) -> ReportFigure:
    """Returns a figure of a curve, with all that was evaluated for it."""
    summary = curve_summary(answer)
    return ReportFigure(
        f"{answer.experiment.name}-curve-{answer.id}",
        f"Curve on which {order_label(answer.experiment)} vanishes: {summary}.",
        f"{title}: {summary}.",
        [answer.id],
        partial(draw_curve, answer),
    )


def of_own_pictures(stored: StoredJob) -> Iterator[ReportFigure]:
    """Yields what a kind of question draws by itself."""
    for i, (shown, drawing) in enumerate(stored.answers.pictures, 1):
        figure = ReportFigure(
            f"{stored.job.experiment.name}-{stored.entry.kind}-{stored.id}-{i}",
            f"{_sentence(shown)}.",
            f"{stored.job.title}: {shown}.",
            [stored.id],
            drawing,
        )
        if figure.files:
            yield figure


def spread(lines: Sequence[JudgedLine], most: int) -> Sequence[JudgedLine]:
    """Returns at most so many of all, from the first to the last."""
    if len(lines) <= most:
        return lines
    return [lines[round(i * (len(lines) - 1) / (most - 1))] for i in range(most)]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
