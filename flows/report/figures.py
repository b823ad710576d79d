"""The figures of a report, each in two widths, with what they show in words and where it is from."""

from __future__ import annotations

import base64
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from wellposed.flows.figures.convergence import Errors, draw_convergence
from wellposed.flows.figures.curve import draw_curve
from wellposed.flows.figures.cuts import cut, draw_cuts
from wellposed.flows.figures.cuts import described as described_cut
from wellposed.flows.figures.phase_diagram import MOST_PANELS, described, draw_planes, planes
from wellposed.flows.figures.style import as_png, as_svg, letter, order_label
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.curve import TraceJob
from wellposed.flows.kinds.job import Job
from wellposed.flows.kinds.study import Study
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.presentation.findings import Findings
from wellposed.flows.report.tables import Crossing, scientific

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
class Picture:
    """A figure of a report.

    Attributes
    ----------
    name : str
        Of its files.
    caption, alt : str
        What it shows, and what is to be seen in it.
    jobs : sequence of Job
        What it is drawn from.
    draw : callable
        Draws it with so many panels beside each other.
    again : str
        The command that draws it alone, if there is one.
    """

    name: str
    caption: str
    alt: str
    jobs: Sequence[Job]
    draw: Callable[[int], Figure | None]
    again: str = ""

    @cached_property
    def figure(self) -> Figure | None:
        return self.draw(WIDE)

    @property
    def width(self) -> int:
        """How wide it is on a screen, in CSS pixels."""
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


def of_study(name: str, study: Study, jobs: Sequence[Job]) -> Picture | None:
    """The picture that a study asks for."""
    findings = Findings(jobs, study.picture)
    if findings.figure is None:
        return None
    return Picture(
        f"study-{name}",
        f"{study.summary}.",
        study.summary,
        jobs,
        findings.drawn,
        f"wellposed study {name}",
    )


def of_planes(
    name: str,
    found: Mapping[SearchJob, Sequence[Line]],
    sweeps: Sequence[SweepJob],
    evidence: Container[Job] = (),
) -> Iterator[Picture]:
    """Phase diagrams, as many as there are panels for.

    A plane that is only evidence for an audit is drawn if something is known of boundaries in it.
    """
    panels = [
        panel
        for panel in planes(found, sweeps)
        if panel.jobs[0] not in evidence
        or panel.lines
        or panel.experiment.printed_threshold(panel.y, panel.point)
    ]
    for i in range(0, len(panels), MOST_PANELS):
        some = panels[i : i + MOST_PANELS]
        across, along = ({letter(getattr(panel, side)) for panel in some} for side in ("x", "y"))
        is_located = any(line.outcome == "located" for panel in some for line in panel.lines)
        circles = " Circles on a black line are located boundaries." if is_located else ""
        yield Picture(
            f"{name}-planes-{i // MOST_PANELS + 1}",
            f"{_sentence(order_label(some[0].experiment))} over {' or '.join(sorted(across))} and "
            f"{' or '.join(sorted(along))}: blue is negative, red positive.{circles}",
            " ".join(map(described, some)),
            list(dict.fromkeys(job for panel in some for job in panel.jobs)),
            partial(draw_planes, some),
        )


def of_cuts(name: str, crossed: Sequence[Crossing]) -> Picture:
    """The order parameter on some of the lines that were searched."""
    telling = [one for one in crossed if one.line.evaluations >= FEWEST_POINTS] or crossed
    some = [cut(one.job, one.line) for one in spread(telling, MOST_CUTS)]
    experiment, along = some[0].job.experiment, letter(some[0].job.search.along)
    errors = [float(np.abs(one.error[one.resolved]).max()) for one in some if one.resolved.any()]
    told = (
        f"Its errors are at most {scientific(f'{max(errors):.0e}') if max(errors) else 0}, and hidden by the "
        "symbols where small."
        if errors
        else "Nothing is resolved on them."
    )
    return Picture(
        f"{name}-cuts-{some[0].job.search.along}",
        f"{_sentence(order_label(experiment))} along {along} on {len(some)} of the lines that were searched. "
        f"{told}",
        " ".join(map(described_cut, some)),
        list(dict.fromkeys(one.job for one in some)),
        partial(draw_cuts, some),
    )


def of_convergence(
    name: str, every: Sequence[Errors], found: Mapping[SearchJob, Sequence[Line]], jobs: Sequence[Job]
) -> Picture | None:
    """How large errors are, and how brackets became narrow."""
    medians = "; ".join(f"{one.experiment.name}, median error {one.median:.1e}" for one in every)
    picture = Picture(
        f"{name}-convergence",
        "Convergence: the errors of the order parameters as parts of what is allowed, as far as that is "
        "known, and the brackets of the located boundaries, narrowing with every point.",
        f"Shares of points below an error, and widths of brackets over the number of points: {medians}.",
        jobs,
        partial(draw_convergence, every, found),
    )
    return picture if picture.files else None


def of_curve(job: TraceJob) -> Picture:
    """A curve that was traced, with all that was evaluated for it."""
    return Picture(
        f"{job.experiment.name}-curve-{job.store.id}",
        f"Curve on which {order_label(job.experiment)} vanishes: {job.summary}.",
        f"{job.title}: {job.summary}.",
        [job],
        partial(draw_curve, job),
    )


def spread(crossed: Sequence[Crossing], most: int) -> Sequence[Crossing]:
    """At most so many of all, from the first to the last."""
    if len(crossed) <= most:
        return crossed
    return [crossed[round(i * (len(crossed) - 1) / (most - 1))] for i in range(most)]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
