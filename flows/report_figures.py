"""The figures of a report, each in two widths, with what they show in words and where it is from."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from flows.figure import as_png, as_svg, letter, order_label
from flows.findings import Findings
from flows.job import Job
from flows.phase_diagram import MOST_PANELS, described, draw_planes, planes
from flows.search import Line, SearchJob
from flows.study import Study
from flows.sweep import SweepJob

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_DRAWING = 150_000
"""Bytes of an SVG that is part of the page; where it would be larger, the PNG is."""

WIDE, NARROW = 3, 1
"""Panels beside each other."""


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
    def files(self) -> Mapping[str, bytes]:
        """Its files by name: as it is on paper and a wide screen, and for a narrow one."""
        found: dict[str, bytes] = {}
        for name, columns in ((self.name, WIDE), (f"{self.name}-narrow", NARROW)):
            figure = self.draw(columns)
            if figure is not None:
                found |= {f"{name}.png": as_png(figure), f"{name}.svg": as_svg(figure)}
        return found

    @property
    def wide(self) -> str:
        return self._embedded(self.name)

    @property
    def narrow(self) -> str:
        return self._embedded(f"{self.name}-narrow")

    def _embedded(self, name: str) -> str:
        """A URL that holds the figure itself."""
        svg, png = self.files[f"{name}.svg"], self.files[f"{name}.png"]
        kind, data = ("svg+xml", svg) if len(svg) <= LARGEST_DRAWING else ("png", png)
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
    name: str, found: Mapping[SearchJob, Sequence[Line]], sweeps: Sequence[SweepJob]
) -> Iterator[Picture]:
    """Phase diagrams, as many as there are panels for."""
    panels = planes(found, sweeps)
    for i in range(0, len(panels), MOST_PANELS):
        some = panels[i : i + MOST_PANELS]
        across, along = ({letter(getattr(panel, side)) for panel in some} for side in ("x", "y"))
        yield Picture(
            f"{name}-planes-{i // MOST_PANELS + 1}",
            f"{order_label(some[0].experiment)} over {' or '.join(sorted(across))} and "
            f"{' or '.join(sorted(along))}. Blue is negative, red positive.",
            " ".join(map(described, some)),
            list(dict.fromkeys(job for panel in some for job in panel.jobs)),
            partial(draw_planes, some),
        )
