"""What jobs found, put together for a reader: tables, the picture, and where all is stored."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.job import Job
from wellposed.flows.kinds.study import Overlay, Picture
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.presentation.provenance import provenance
from wellposed.flows.presentation.tables import Table, boundary_table, sweep_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Findings:
    """The answers to `jobs`.  Read when they are first asked for, and then kept."""

    jobs: Sequence[Job]
    picture: Picture = "planes"

    @cached_property
    def boundaries(self) -> Mapping[SearchJob, Sequence[Line]]:
        """What each search found."""
        return {job: job.lines() for job in self.jobs if isinstance(job, SearchJob)}

    @cached_property
    def sweeps(self) -> Sequence[SweepJob]:
        return [job for job in self.jobs if isinstance(job, SweepJob)]

    @cached_property
    def boundary_tables(self) -> Sequence[Table]:
        """One table for neighbouring searches of the same experiment along the same parameter."""
        groups = itertools.groupby(
            self.boundaries.items(), key=lambda item: (item[0].experiment.name, item[0].search.along)
        )
        return [boundary_table(dict(group)) for _, group in groups]

    @cached_property
    def sweep_table(self) -> Table | None:
        return sweep_table(self.sweeps) if self.sweeps else None

    @cached_property
    def figure(self) -> Figure | None:
        """What `drawn` draws for paper or a wide screen."""
        return self.drawn()

    def drawn(self, columns: int = 3) -> Figure | None:
        """Profiles, an overlay, or phase planes; where there would be too many, boundaries as curves.

        At most so many panels are beside each other.
        """
        from wellposed.flows.figures.boundaries import boundary_curves  # takes a second to import
        from wellposed.flows.figures.overlay import overlaid_boundaries
        from wellposed.flows.figures.phase_diagram import phase_diagram
        from wellposed.flows.figures.profiles import profiles

        if self.picture == "profiles":
            return profiles(self.boundaries, self.sweeps, columns)
        if isinstance(self.picture, Overlay):
            return overlaid_boundaries(self.boundaries, self.picture, columns)
        drawn = phase_diagram(self.boundaries, self.sweeps, columns)
        return boundary_curves(self.boundaries, columns) if drawn is None and self.boundaries else drawn

    @cached_property
    def png(self) -> bytes | None:
        from wellposed.flows.figures.style import as_png

        return None if self.figure is None else as_png(self.figure)

    @cached_property
    def svg(self) -> bytes | None:
        from wellposed.flows.figures.style import as_svg

        return None if self.figure is None else as_svg(self.figure)

    def markdown(self) -> str:
        """All of it on one page."""
        parts = [f"## Boundaries\n\n{table.markdown()}" for table in self.boundary_tables]
        if self.png is not None:
            picture = base64.b64encode(self.png).decode()
            parts.append(f"## Figure\n\n![Figure](data:image/png;base64,{picture})")
        if self.sweep_table is not None:
            parts.append(f"## Sweeps\n\n{self.sweep_table.markdown()}")
        return "\n\n".join([*parts, provenance(self.jobs)])
