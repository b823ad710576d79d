"""What jobs found, put together for a reader: tables, the picture, and where all is stored."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from catalog import index
from flows.job import Job
from flows.narration import opening_line
from flows.search import Line, SearchJob
from flows.study import Overlay, Picture
from flows.sweep import SweepJob
from flows.table import Table, boundary_table, sweep_table

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
        from flows.curves import boundary_curves  # takes a second to import
        from flows.overlay import overlaid_boundaries
        from flows.phase_diagram import phase_diagram
        from flows.profiles import profiles

        if self.picture == "profiles":
            return profiles(self.boundaries, self.sweeps, columns)
        if isinstance(self.picture, Overlay):
            return overlaid_boundaries(self.boundaries, self.picture, columns)
        drawn = phase_diagram(self.boundaries, self.sweeps, columns)
        return boundary_curves(self.boundaries, columns) if drawn is None and self.boundaries else drawn

    @cached_property
    def png(self) -> bytes | None:
        from flows.figure import as_png

        return None if self.figure is None else as_png(self.figure)

    @cached_property
    def svg(self) -> bytes | None:
        from flows.figure import as_svg

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


def provenance(jobs: Sequence[Job]) -> str:
    """Where the answers to `jobs` are stored, what made them, and the commands that do the same."""
    stored = "\n".join(f"# {job.title}\n{opening_line(job)}" for job in jobs)
    commands = "\n".join(job.command for job in jobs)
    made = [made_by(job) for job in jobs]
    sources = dict.fromkeys(f"{job.experiment.name}: {job.experiment.source}" for job in jobs)
    versions = dict.fromkeys(_versions(job) for job in jobs)
    facts = "\n".join(f"- {fact}" for fact in (*made, *sources, *versions))
    return PROVENANCE.format(stored=stored, facts=facts, commands=commands)


def made_by(job: Job) -> str:
    """Which version of what computed a sweep, when and where."""
    said = f"`{job.store.id}`: {job.experiment.name}, version {job.experiment.version}"
    manifest = index.manifest(job.store)
    if manifest is None:
        return f"{said}, unfinished"
    said += f", computed {manifest['created']}"
    if "host" in manifest:
        said += f" on {manifest['host']}"
    if "seconds" in manifest:
        said += f" in {manifest['seconds']:g} s"
    return f"{said} by revision {manifest['revision']}" if manifest.get("revision") else said


def _versions(job: Job) -> str:
    versions: Mapping[str, str] = job.store.dataset().attrs["versions"]
    return ", ".join(f"{name} {version}" for name, version in versions.items())


PROVENANCE = """\
## Where it is stored

```python
import xarray

{stored}
```

## What made it

{facts}

```
{commands}
```
"""
