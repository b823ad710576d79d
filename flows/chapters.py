"""What a report says of each family of equations."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from flows import report_figures
from flows.holdings import Held, Holdings
from flows.job import Job
from flows.report_figures import Picture
from flows.report_tables import BoundaryTable, Crossing, boundary_table, crossings
from flows.search import Line, SearchJob
from flows.study import STUDIES, Study
from flows.sweep import SweepJob
from kinetics.experiment import Experiment

TITLES = {
    "wave": "Kinetic wave equation",
    "boltzmann": "Boltzmann equation with soft potential",
    "lenard_balescu": "Quantum Lenard–Balescu equation",
}


@dataclass(frozen=True, eq=False)
class Section:
    """One experiment, in one version.

    Attributes
    ----------
    experiment : Experiment
    tables : sequence of BoundaryTable
    pictures : sequence of Picture
    """

    experiment: Experiment
    tables: Sequence[BoundaryTable]
    pictures: Sequence[Picture]


@dataclass(frozen=True, eq=False)
class Chapter:
    """A family of equations, and all that a catalogue holds of it.

    Attributes
    ----------
    family : str
    jobs : mapping of Held to Job
        Its sweeps and searches.
    audits : sequence of Held
    """

    family: str
    jobs: Mapping[Held, Job]
    audits: Sequence[Held]

    @property
    def title(self) -> str:
        return TITLES.get(self.family, self.family)

    @cached_property
    def found(self) -> Mapping[SearchJob, Sequence[Line]]:
        """What the searches found that are finished."""
        return {
            job: job.lines() for one, job in self.jobs.items() if isinstance(job, SearchJob) and one.manifest
        }

    @cached_property
    def crossed(self) -> Sequence[Crossing]:
        return crossings(self.found)

    @cached_property
    def pictures(self) -> Sequence[Picture]:
        """Those of the studies all of whose questions are answered."""
        drawn = (report_figures.of_study(name, study, jobs) for name, study, jobs in self.studies)
        return [picture for picture in drawn if picture is not None]

    @cached_property
    def studies(self) -> Sequence[tuple[str, Study, Sequence[Job]]]:
        """Studies all of whose questions are answered here."""
        answered = {job.store.id: job for one, job in self.jobs.items() if one.manifest}
        found = []
        for name, study in STUDIES.items():
            ids = study.ids()
            if answered.keys() >= set(ids):
                found.append((name, study, [answered[id] for id in ids]))
        return found

    @cached_property
    def sections(self) -> Sequence[Section]:
        """One for each experiment that has been searched, or swept over a plane."""
        shown = {job for _, _, jobs in self.studies for job in jobs}
        sections = []
        for experiment, jobs in self._by_experiment():
            found = {job: self.found[job] for job in jobs if isinstance(job, SearchJob) and job in self.found}
            sweeps = [job for job in jobs if isinstance(job, SweepJob) and job not in shown]
            rest = {job: lines for job, lines in found.items() if job not in shown}
            crossed = [one for one in self.crossed if one.job in found]
            tables = [
                boundary_table(list(group))
                for _, group in itertools.groupby(crossed, key=lambda one: one.job.search.along)
            ]
            name = f"{experiment.name}-{experiment.version}"
            pictures = list(report_figures.of_planes(name, rest, sweeps))
            if tables or pictures:
                sections.append(Section(experiment, tables, pictures))
        return sections

    def _by_experiment(self) -> Iterator[tuple[Experiment, list[Job]]]:
        groups: dict[int, tuple[Experiment, list[Job]]] = {}
        for job in self.jobs.values():
            groups.setdefault(id(job.experiment), (job.experiment, []))[1].append(job)
        yield from groups.values()


def chapters(holdings: Holdings) -> list[Chapter]:
    """One for each family: what stands before the first dot of an experiment's name."""
    jobs: dict[str, dict[Held, Job]] = {}
    audits: dict[str, list[Held]] = {}
    for one in holdings.held:
        family = one.store.experiment.partition(".")[0]
        jobs.setdefault(family, {})
        audits.setdefault(family, [])
        if one in holdings.jobs:
            jobs[family][one] = holdings.jobs[one]
        else:
            audits[family].append(one)
    order = [*(name for name in TITLES if name in jobs), *(name for name in jobs if name not in TITLES)]
    return [Chapter(family, jobs[family], audits[family]) for family in order]
