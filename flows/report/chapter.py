"""What a report says of each family of equations."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from wellposed.errors import RequestError
from wellposed.flows.figures.convergence import Errors, errors
from wellposed.flows.kinds.job import troubles
from wellposed.flows.kinds.kind import Answers
from wellposed.flows.kinds.questions import canonical_ids
from wellposed.flows.presentation.listing import left
from wellposed.flows.report import figures as report_figures
from wellposed.flows.report import summary
from wellposed.flows.report.audit import RecordedAudit
from wellposed.flows.report.contents import Contents, StoredJob
from wellposed.flows.report.figures import ReportFigure
from wellposed.flows.report.judged import JudgedLine, distinct, judged_lines
from wellposed.flows.report.section import Section, by_experiment, sections
from wellposed.kinetics.claim import Verdict
from wellposed.kinetics.family import Family
from wellposed.kinetics.study import Study
from wellposed.sweeps.experiments.families import studies

MOST_REASONS = 3
"""Why points have no answer, of one experiment."""


@dataclass(frozen=True, eq=False)
class Chapter:
    """A family of equations, and all that a catalogue holds of it.

    Attributes
    ----------
    name : str
        Of the family.
    jobs : sequence of StoredJob
        What was asked of its experiments.
    audits : sequence of RecordedAudit
    family : Family, optional
        None if it is not installed.
    """

    name: str
    jobs: Sequence[StoredJob]
    audits: Sequence[RecordedAudit]
    family: Family | None = None

    @property
    def title(self) -> str:
        return self.name if self.family is None else self.family.title

    @property
    def paper(self) -> str:
        """Where its equations come from; of an unknown family, what the sources of its experiments share."""
        if self.family is not None:
            return self.family.paper
        sources = {tuple(stored.job.experiment.source.split(", ")) for stored in self.jobs}
        alike = itertools.takewhile(lambda words: len(set(words)) == 1, zip(*sources, strict=False))
        return ", ".join(words[0] for words in alike)

    @cached_property
    def answers(self) -> Answers:
        """All that was found."""
        return sum((stored.answers for stored in self.jobs), Answers())

    @cached_property
    def lines(self) -> Sequence[JudgedLine]:
        """All lines that were searched."""
        return judged_lines(self.answers.boundaries)

    @cached_property
    def distinct(self) -> Sequence[JudgedLine]:
        """Those of them that ask something different."""
        return distinct(self.lines)

    @property
    def outcomes(self) -> Mapping[str, int]:
        """The number of lines by what was found on them."""
        return Counter(one.line.shown for one in self.distinct)

    @property
    def verdicts(self) -> Mapping[Verdict, int]:
        """The number of lines by the verdict on what is published about them."""
        return Counter(one.verdict for one in self.distinct if one.verdict is not None)

    @cached_property
    def claims(self) -> Mapping[Verdict, int]:
        """The number of published claims by verdict, of the latest audit by each name."""
        dated = sorted(self.audits, key=lambda audit: str((audit.store.manifest() or {}).get("created", "")))
        latest = {audit.name: audit for audit in dated}
        return Counter(one.verdict for audit in latest.values() for one in audit.assessed)

    @property
    def totals(self) -> Mapping[str, int]:
        """The number of points by outcome; of a search, those that it asked."""
        totals: Counter[str] = Counter()
        for stored in self.jobs:
            is_known = stored.job.points is not None
            totals.update({**stored.entry.totals, **({} if is_known else {"missing": 0})})
        return totals

    @property
    def asked(self) -> str:
        """What was asked, in a sentence."""
        return summary.asked(self)

    @property
    def answered(self) -> str:
        """What was found, in a sentence."""
        return summary.answered(self)

    @cached_property
    def studies(self) -> Sequence[tuple[Study, Sequence[StoredJob]]]:
        """The studies all of whose questions about this family are answered here, with these."""
        answered = {stored.id: stored for stored in self.jobs if stored.is_answered}
        found = []
        for study in () if self.family is None else studies().values():
            about = [one for one in study.questions if _family(one.experiment) == self.name]
            try:
                ids = canonical_ids(about)
            except RequestError:  # it asks an experiment, or a kind of question, that is not installed
                continue
            if ids and answered.keys() >= set(ids):
                found.append((study, [answered[id] for id in ids]))
        return found

    @cached_property
    def figures(self) -> Sequence[ReportFigure]:
        """Those of its studies."""
        return [
            figure
            for study, stored in self.studies
            for figure in report_figures.of_study(self._named(study), study, stored)
        ]

    def _named(self, study: Study) -> str:
        """Returns a name for the figures of a study here, which may have others in another chapter."""
        name = f"study-{study.name}"
        spans = {_family(one.experiment) for one in study.questions} != {self.name}
        return f"{name}-{self.name}" if spans else name

    @cached_property
    def sections(self) -> Sequence[Section]:
        """One for each experiment of which there is something to show."""
        shown = {stored.id for _, jobs in self.studies for stored in jobs}
        evidence = {id for audit in self.audits for id in audit.questions}
        return sections(self.jobs, self.lines, shown, evidence)

    @cached_property
    def errors(self) -> Sequence[Errors]:
        """The errors of each experiment that has an order parameter."""
        return errors((stored.job.experiment, stored.job.store.dataset()) for stored in self.jobs)

    @cached_property
    def convergence(self) -> ReportFigure | None:
        ids = [stored.id for stored in self.jobs if stored.job.experiment.order_parameter is not None]
        return report_figures.of_convergence(self.name, self.errors, self.answers.boundaries, ids)

    @cached_property
    def every_figure(self) -> Sequence[ReportFigure]:
        own = [] if self.convergence is None else [self.convergence]
        return [*self.figures, *(figure for section in self.sections for figure in section.figures), *own]

    @property
    def unfinished(self) -> Sequence[tuple[StoredJob, str]]:
        """What is not finished, and how much of it is left."""
        return [
            (stored, left({"kind": stored.entry.kind, **stored.entry.totals}))
            for stored in self.jobs
            if stored.entry.manifest is None
        ]

    @property
    def outdated(self) -> Sequence[StoredJob]:
        """What must be asked again."""
        return [stored for stored in self.jobs if stored.is_outdated]

    @cached_property
    def reasons(self) -> Sequence[str]:
        """Why some points have no answer."""
        return [
            reason
            for _, jobs in by_experiment(self.jobs)
            for reason in itertools.islice(
                itertools.chain.from_iterable(
                    troubles(stored.job)
                    for stored in jobs
                    if stored.entry.totals["unresolved"] or stored.entry.totals["failed"]
                ),
                MOST_REASONS,
            )
        ]


def chapters(contents: Contents) -> list[Chapter]:
    """Returns one chapter for each family: what stands before the first dot of an experiment's name."""
    names = dict.fromkeys(_family(entry.store.experiment) for entry in contents.entries)
    order = [name for name in contents.families if name in names]
    order += [name for name in names if name not in contents.families]
    return [
        Chapter(
            name,
            [stored for stored in contents.jobs if _family(stored.entry.store.experiment) == name],
            [audit for audit in contents.audits if _family(audit.store.experiment) == name],
            contents.families.get(name),
        )
        for name in order
    ]


def _family(experiment: str) -> str:
    return experiment.partition(".")[0]
