"""What a report says of one experiment."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Container, Iterator, Sequence
from dataclasses import dataclass, replace

from wellposed.flows.figures.style import order_label
from wellposed.flows.kinds.kind import Answers
from wellposed.flows.presentation.listing import spelled
from wellposed.flows.presentation.table import TitledTable
from wellposed.flows.presentation.tables import curve_table
from wellposed.flows.report import figures as report_figures
from wellposed.flows.report.boundary_table import BoundaryTable, boundary_table
from wellposed.flows.report.contents import StoredJob
from wellposed.flows.report.figures import ReportFigure
from wellposed.flows.report.judged import JudgedLine
from wellposed.flows.text import counted
from wellposed.kinetics.experiment import Experiment


@dataclass(frozen=True, eq=False)
class Section:
    """One experiment, in one version or one state of its source.

    Attributes
    ----------
    name : str
        No other section has it.
    experiment : Experiment
    tables : sequence of BoundaryTable
    figures : sequence of ReportFigure
    lists : sequence of TitledTable
        Longer tables, which a reader unfolds.
    """

    name: str
    experiment: Experiment
    tables: Sequence[BoundaryTable]
    figures: Sequence[ReportFigure]
    lists: Sequence[TitledTable]

    @property
    def computed_by(self) -> str:
        """The version, with the beginning of what tells states of a source apart."""
        return spelled(self.experiment.version, self.experiment.fingerprint)

    @property
    def order(self) -> str:
        """What changes sign at a boundary."""
        return order_label(self.experiment).replace("\\$", "$")


def by_experiment(jobs: Sequence[StoredJob]) -> Iterator[tuple[Experiment, list[StoredJob]]]:
    """Yields each experiment with the questions that were asked of it."""
    groups: dict[int, tuple[Experiment, list[StoredJob]]] = {}
    for stored in jobs:
        experiment = stored.job.experiment
        groups.setdefault(id(experiment), (experiment, []))[1].append(stored)
    yield from groups.values()


def sections(
    jobs: Sequence[StoredJob], lines: Sequence[JudgedLine], shown: Container[str], evidence: Collection[str]
) -> list[Section]:
    """Returns one section for each experiment of which there is something to show.

    Parameters
    ----------
    jobs : sequence of StoredJob
    lines : sequence of JudgedLine
        All that the searches among them have found.
    shown, evidence : collections of str
        The sweeps that are shown elsewhere, by their ids, and those by which audits are judged.
    """
    found: list[Section] = []
    for experiment, group in by_experiment(jobs):
        name = section_name(experiment, {section.name for section in found})
        section = _section(name, experiment, group, lines, shown, evidence)
        if section.tables or section.figures or section.lists:
            found.append(section)
    return found


def _section(
    name: str,
    experiment: Experiment,
    jobs: Sequence[StoredJob],
    lines: Sequence[JudgedLine],
    shown: Container[str],
    evidence: Collection[str],
) -> Section:
    answers = sum((stored.answers for stored in jobs), Answers())
    titles = {stored.id: stored.job.title for stored in jobs}
    here = sorted((one for one in lines if one.answer.id in titles), key=lambda one: one.search.along)
    tables = [
        boundary_table(list(group)) for _, group in itertools.groupby(here, key=lambda one: one.search.along)
    ]
    boundaries = [answer for answer in answers.boundaries if answer.id not in shown]
    sweeps = [answer for answer in answers.sweeps if answer.id not in shown]
    figures = [
        *report_figures.of_planes(name, boundaries, sweeps, evidence),
        *(report_figures.of_curve(titles[answer.id], answer) for answer in answers.curves),
        *(report_figures.of_cuts(name, table.examples) for table in tables),
        *(figure for stored in jobs for figure in report_figures.of_own_pictures(stored)),
    ]
    lists = [
        TitledTable(
            f"All {counted(len(table.rows), 'vertex', 'vertices')} of the curve in {titles[answer.id]}, "
            "with half of their brackets",
            table,
        )
        for answer in answers.curves
        if (table := curve_table(answer)).rows
    ]
    lists += [
        replace(table, title=f"{table.title} of {stored.job.title}")
        for stored in jobs
        for table in stored.answers.tables
    ]
    return Section(name, experiment, tables, figures, lists)


def section_name(experiment: Experiment, taken: Container[str]) -> str:
    """Returns the name by which files and parts of the page are told apart, which is not `taken`."""
    source = f"-{experiment.fingerprint[:8]}" if experiment.fingerprint else ""
    name = f"{experiment.name}-{experiment.version}{source}"
    numbered = (f"{name}-{i}" for i in itertools.count(2))
    return next(one for one in itertools.chain([name], numbered) if one not in taken)
