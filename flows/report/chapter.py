"""What a report says of each family of equations."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from wellposed.flows.figures.convergence import Errors, errors
from wellposed.flows.figures.style import letter, order_label
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.curve import TraceJob
from wellposed.flows.kinds.job import Job, troubles
from wellposed.flows.kinds.study import STUDIES, Study
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.presentation.listing import left, spelled
from wellposed.flows.presentation.tables import Table
from wellposed.flows.report import figures as report_figures
from wellposed.flows.report.audit import RecordedAudit
from wellposed.flows.report.contents import Holdings
from wellposed.flows.report.figures import Picture
from wellposed.flows.report.metadata import Held
from wellposed.flows.report.tables import BoundaryTable, Crossing, boundary_table, crossings
from wellposed.kinetics.claim import Verdict
from wellposed.kinetics.experiment import Experiment

TITLES = {
    "wave": "Kinetic wave equation",
    "boltzmann": "Boltzmann equation with soft potential",
    "lenard_balescu": "Quantum Lenard–Balescu equation",
}

MOST_REASONS = 3
"""Why points have no answer, of one experiment."""


@dataclass(frozen=True, eq=False)
class Section:
    """One experiment, in one version or one state of its source.

    Attributes
    ----------
    name : str
        No other section has it.
    experiment : Experiment
    tables : sequence of BoundaryTable
    pictures : sequence of Picture
    curves : sequence of (str, Table)
        What was asked, and the vertices.
    """

    name: str
    experiment: Experiment
    tables: Sequence[BoundaryTable]
    pictures: Sequence[Picture]
    curves: Sequence[tuple[str, Table]]

    @property
    def computed_by(self) -> str:
        """The version, with the beginning of what tells states of a source apart."""
        return spelled(self.experiment.version, self.experiment.fingerprint)

    @property
    def order(self) -> str:
        """What changes sign at a boundary."""
        return order_label(self.experiment).replace("\\$", "$")


@dataclass(frozen=True, eq=False)
class Chapter:
    """A family of equations, and all that a catalogue holds of it.

    Attributes
    ----------
    family : str
    jobs : mapping of Held to Job
        Its sweeps and searches.
    audits : sequence of RecordedAudit
    """

    family: str
    jobs: Mapping[Held, Job]
    audits: Sequence[RecordedAudit]

    @property
    def title(self) -> str:
        return TITLES.get(self.family, self.family)

    @property
    def paper(self) -> str:
        """What the sources of all its experiments begin with."""
        sources = {tuple(job.experiment.source.split(", ")) for job in self.jobs.values()}
        alike = itertools.takewhile(lambda words: len(set(words)) == 1, zip(*sources, strict=False))
        return ", ".join(words[0] for words in alike)

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
    def distinct(self) -> Sequence[Crossing]:
        """Every question about a line once: of the highest version, as the finest search answers it."""
        latest: dict[str, int] = {}
        for one in self.crossed:
            experiment = one.job.experiment
            latest[experiment.name] = max(experiment.version, latest.get(experiment.name, 0))
        found: dict[object, Crossing] = {}
        for one in sorted(self.crossed, key=lambda one: one.job.search.tolerance, reverse=True):
            experiment, search = one.job.experiment, one.job.search
            if experiment.version == latest[experiment.name]:
                asked = (experiment.name, experiment.fingerprint, search.along, search.lower, search.upper)
                found[(*asked, frozenset(one.line.point.items()))] = one
        return list(found.values())

    @property
    def outcomes(self) -> Mapping[str, int]:
        """How many lines were found to be what."""
        return Counter(one.line.said for one in self.distinct)

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """On what is printed about boundaries, line by line."""
        return Counter(one.verdict for one in self.distinct if one.verdict is not None)

    @cached_property
    def claims(self) -> Mapping[Verdict, int]:
        """On all printed claims, of the latest audit by each name."""
        dated = sorted(self.audits, key=lambda audit: str((audit.store.manifest() or {}).get("created", "")))
        latest = {audit.name: audit for audit in dated}
        return Counter(one.verdict for audit in latest.values() for one in audit.assessed)

    @property
    def totals(self) -> Mapping[str, int]:
        """How many points there are of each outcome; of a search, those that it asked."""
        totals: Counter[str] = Counter()
        for one, job in self.jobs.items():
            some = dict(one.totals)
            if not isinstance(job, SweepJob):
                some["missing"] = 0
            totals.update(some)
        return totals

    @property
    def asked(self) -> str:
        """What was asked, in a sentence."""
        sweeps = sum(isinstance(job, SweepJob) for job in self.jobs.values())
        curves = sum(isinstance(job, TraceJob) for job in self.jobs.values())
        parts = []
        if self.distinct:
            along = sorted({one.job.search.along for one in self.distinct}, key=len)
            parts.append(
                f"where the order parameter changes sign along {_and(map(letter, along))}, on "
                f"{_counted(len(self.distinct), 'line')} of "
                f"{_counted(len({one.job for one in self.distinct}), 'search', 'searches')}"
            )
        if curves:
            parts.append(f"on which curve it does, in {_counted(curves, 'plane')}")
        if sweeps:
            parts.append(f"what it and other numbers are on {_counted(sweeps, 'grid')}")
        if self.audits:
            parts.append(f"which of {sum(self.claims.values()):,} printed claims hold")
        return f"Asked: {'; '.join(parts) or 'nothing that is finished'}."

    @property
    def answered(self) -> str:
        """What was found, in a sentence."""
        parts = []
        if located := self.outcomes.get("located", 0):
            parts.append(f"a boundary on {_counted(located, 'line')}")
        for outcome, words in (
            ("none", "none"),
            ("tangential", "a zero that is only touched"),
            ("plateau", "a stretch of zeros"),
            ("unresolved", "no certain answer"),
            ("failed", "nothing but failures"),
        ):
            if count := self.outcomes.get(outcome, 0):
                parts.append(f"{words} on {count:,}")
        if printed := sum(self.verdicts.values()):
            violated = self.verdicts.get(Verdict.VIOLATED, 0)
            agree = printed - violated - self.verdicts.get(Verdict.UNRESOLVED, 0)
            parts.append(
                f"what is printed about {_counted(printed, 'line')} agrees on {agree:,} and is violated on "
                f"{violated:,}"
            )
        if self.claims:
            counts = [f"{count:,} {verdict}" for verdict in ORDER if (count := self.claims.get(verdict, 0))]
            parts.append(f"of the claims {', '.join(counts)}")
        return f"Found: {'; '.join(parts)}." if parts else ""

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
            if study.searches[0].experiment.partition(".")[0] != self.family:
                continue
            ids = study.ids()
            if answered.keys() >= set(ids):
                found.append((name, study, [answered[id] for id in ids]))
        return found

    @cached_property
    def sections(self) -> Sequence[Section]:
        """One for each experiment that has been searched, or swept over a plane."""
        shown = {job for _, _, jobs in self.studies for job in jobs}
        questions = {id for audit in self.audits for id in audit.questions}
        evidence = {job for job in self.jobs.values() if job.store.id in questions}
        sections: list[Section] = []
        for experiment, jobs in self._by_experiment():
            found = {job: self.found[job] for job in jobs if isinstance(job, SearchJob) and job in self.found}
            sweeps = [job for job in jobs if isinstance(job, SweepJob) and job not in shown]
            rest = {job: lines for job, lines in found.items() if job not in shown}
            crossed = sorted(
                (one for one in self.crossed if one.job in found), key=lambda one: one.job.search.along
            )
            tables = [
                boundary_table(list(group))
                for _, group in itertools.groupby(crossed, key=lambda one: one.job.search.along)
            ]
            name = _name(experiment, {section.name for section in sections})
            pictures = list(report_figures.of_planes(name, rest, sweeps, evidence))
            traced = [job for job in jobs if isinstance(job, TraceJob) and job.store.manifest()]
            pictures += map(report_figures.of_curve, traced)
            cuts = [report_figures.of_cuts(name, table.examples) for table in tables]
            pictures += [picture for picture in cuts if picture is not None]
            if tables or pictures:
                curves = [(job.title, job.table()) for job in traced]
                sections.append(Section(name, experiment, tables, pictures, curves))
        return sections

    @cached_property
    def errors(self) -> Sequence[Errors]:
        return errors(list(self.jobs.values()))

    @cached_property
    def convergence(self) -> Picture | None:
        jobs = [job for job in self.jobs.values() if job.experiment.order_parameter is not None]
        return report_figures.of_convergence(self.family, self.errors, self.found, jobs)

    @cached_property
    def every_picture(self) -> Sequence[Picture]:
        own = [] if self.convergence is None else [self.convergence]
        return [*self.pictures, *(one for section in self.sections for one in section.pictures), *own]

    @property
    def unfinished(self) -> Sequence[tuple[Held, Job, str]]:
        """What is not finished, and how much of it is left."""
        return [
            (one, job, left({"kind": one.kind, **one.totals}))
            for one, job in self.jobs.items()
            if one.manifest is None
        ]

    @cached_property
    def reasons(self) -> Sequence[str]:
        """Why some points have no answer."""
        return [
            reason
            for _, jobs in self._by_experiment()
            for reason in itertools.islice(
                itertools.chain.from_iterable(troubles(job) for job in jobs if _has_trouble(job)),
                MOST_REASONS,
            )
        ]

    def _by_experiment(self) -> Iterator[tuple[Experiment, list[Job]]]:
        groups: dict[int, tuple[Experiment, list[Job]]] = {}
        for job in self.jobs.values():
            groups.setdefault(id(job.experiment), (job.experiment, []))[1].append(job)
        yield from groups.values()


ORDER = (Verdict.VIOLATED, Verdict.HOLDS_NOT_SHARP, Verdict.HOLDS_SHARP, Verdict.UNRESOLVED)


def chapters(holdings: Holdings) -> list[Chapter]:
    """One for each family: what stands before the first dot of an experiment's name."""
    jobs: dict[str, dict[Held, Job]] = {}
    audits: dict[str, list[RecordedAudit]] = {}
    for one in holdings.held:
        family = one.store.experiment.partition(".")[0]
        jobs.setdefault(family, {})
        audits.setdefault(family, [])
        if one in holdings.jobs:
            jobs[family][one] = holdings.jobs[one]
        else:
            audits[family].append(holdings.audits[one])
    order = [*(name for name in TITLES if name in jobs), *(name for name in jobs if name not in TITLES)]
    return [Chapter(family, jobs[family], audits[family]) for family in order]


def _name(experiment: Experiment, taken: Container[str]) -> str:
    """By which files and parts of the page are told apart."""
    source = f"-{experiment.fingerprint[:8]}" if experiment.fingerprint else ""
    name = f"{experiment.name}-{experiment.version}{source}"
    numbered = (f"{name}-{i}" for i in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)


def _has_trouble(job: Job) -> bool:
    return bool(job.store.outcome().isin([2, 3]).any())


def _counted(count: int, thing: str, several: str = "") -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {several or thing + 's'}"


def _and(words: object) -> str:
    *first, last = list(words)  # type: ignore[call-overload]
    return f"{', '.join(first)} and {last}" if first else str(last)
