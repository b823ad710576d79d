"""Studies: questions that belong together, asked and answered as one, with pictures of what they found."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.dataclasses import dataclass as pydantic_dataclass

from wellposed.flows.kinds.command import command_of
from wellposed.flows.kinds.kind import Answers, Find, Kind
from wellposed.flows.kinds.questions import (
    cost_of,
    counted,
    jobs_of,
    place_of,
)
from wellposed.flows.kinds.request import Choices, Computed, Example, Option, Place

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.catalog import Store
    from wellposed.flows.kinds.job import Part
    from wellposed.flows.kinds.kind import Cost
    from wellposed.flows.presentation.findings import Findings
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.kinetics.study import Picture, Study


@pydantic_dataclass(frozen=True)
class StudyRequest(Computed):
    """What `wellposed.study` is asked."""

    name: Annotated[
        str,
        Field(description="The name of a study: which boundaries and phase diagrams."),
        Option(metavar="NAME", completion="studies"),
        Choices("studies"),
        Example("wave"),
    ]
    catalogue: Place = "results"


@dataclass(frozen=True, eq=False)
class StudyJob:
    """A study with the places of its questions in a catalogue; see `wellposed.flows.kinds.job.Job`.

    Attributes
    ----------
    study : Study
    parts : sequence of Part
        Its questions, in their order.
    catalogue : str
        As it was given.
    """

    study: Study
    parts: Sequence[Part]
    catalogue: str
    was_finished: bool = False
    """Whether all of it was stored when it was asked."""
    files: list[str] = field(default_factory=list)
    """The names of the files in the catalogue that hold its pictures, once they are drawn."""
    kind = "study"
    is_composite = True

    @property
    def pictures(self) -> Sequence[Picture]:
        return self.study.pictures

    @property
    def title(self) -> str:
        return self.study.name

    @property
    def heading(self) -> str:
        return self.study.summary

    @property
    def command(self) -> str:
        return command_of(KIND, StudyRequest(self.study.name, place_of(self.catalogue).url))

    @property
    def stores(self) -> Sequence[Store]:
        return [part.store for part in self.parts]

    @cached_property
    def answers(self) -> Answers:
        """What its questions have found.  Read when it is first asked for: all must be stored by then."""
        return answers_of(self.parts)

    @property
    def findings(self) -> Findings:
        """The tables and the pictures of its answers."""
        from wellposed.flows.kinds.narration import findings_of

        return findings_of(self)

    def finish(self, **facts: object) -> None:
        """Declares that all parts are stored."""
        for part in self.parts:
            part.finish()

    def draw(self) -> Sequence[str]:
        """Draws the pictures if the first is not there, or older, and returns the places of its files."""
        place = place_of(self.catalogue)
        there = place.names()
        names = [f"{self.study.name}.{form}" for form in ("png", "svg")]
        if not self.was_finished or not set(names) <= set(there):
            try:
                for form, images in (("png", self.findings.pngs), ("svg", self.findings.svgs)):
                    place.write(
                        {f"{self.study.name}{suffix}.{form}": data for suffix, data in images.items()}
                    )
            except Exception as error:  # whatever a figure meets, the numbers are there
                said = " ".join(f"{type(error).__name__}: {error}".split())
                print(f"wellposed: The figure of {self.study.name} is not drawn: {said}", file=sys.stderr)
        ours = re.compile(rf"{re.escape(self.study.name)}(-curve-[0-9a-f]{{8}}|-\d+)?\.(png|svg)")
        there = [name for name in place.names() if ours.fullmatch(name)]
        self.files[:] = sorted(there, key=lambda name: (len(name), name))
        return [f"{self.catalogue}/{name}" for name in self.files]

    def result(self) -> xr.Dataset:
        """Returns the boundaries that were found along ``line``, and the curves along ``vertex``."""
        from wellposed.flows.presentation.documents import boundaries_as_dataset, curves_as_dataset

        attributes = {"study": self.study.name}
        found = boundaries_as_dataset(self.answers.boundaries, attributes)
        return found.merge(curves_as_dataset(self.answers.curves)) if self.answers.curves else found


def answers_of(parts: Iterable[Part]) -> Answers:
    """Returns what several sweeps and searches have found."""
    from wellposed.flows.kinds import KINDS

    found = Answers()
    for part in parts:
        found = found + KINDS[part.kind].answers(part)
    return found


def _job(request: StudyRequest, find: Find) -> StudyJob:
    from wellposed.sweeps.experiments.families import find_study

    study = find_study(request.name)
    parts = jobs_of(study.questions, request, find)
    was_finished = all(part.store.manifest() is not None for part in parts)
    return StudyJob(study, parts, str(request.catalogue), was_finished and request.recompute == "missing")


def _cost(request: StudyRequest, find: Find) -> Cost:
    from wellposed.sweeps.experiments.families import find_study

    return cost_of(find_study(request.name).questions, request, find)


def _answers(job: StudyJob) -> Answers:
    return job.answers


def _lines(job: StudyJob) -> Iterator[str]:
    from wellposed.flows.kinds import KINDS

    for part in job.parts:
        yield from KINDS[part.kind].lines(part)


def _tables(job: StudyJob) -> Sequence[TitledTable]:
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.flows.presentation.tables import curve_table, sweep_table
    from wellposed.flows.presentation.words import boundary_notes

    tables = [TitledTable("Boundaries", table) for table in job.findings.boundary_tables]
    if tables and (notes := "\n".join(boundary_notes(job.answers.boundaries))):
        tables[-1] = replace(tables[-1], below=notes)
    tables += [TitledTable("Curve", curve_table(one)) for one in job.answers.curves]
    tables += job.answers.tables
    if not tables:
        rows = [(part.title, part.points, part.store.totals()) for part in job.parts]
        tables.append(TitledTable("Sweeps", sweep_table(rows)))
    if job.files:
        figure = "Figure: " + " and ".join(f"{job.catalogue}/{name}" for name in job.files)
        tables[-1] = replace(tables[-1], below="\n\n".join(filter(None, [tables[-1].below, figure])))
    return tables


def _document(job: StudyJob) -> Mapping[str, Any]:
    from wellposed.flows.presentation import documents

    found = job.answers
    curves = [documents.of_curve(one) for one in found.curves]
    return {
        "boundaries": documents.of_boundaries(found.boundaries),
        **({"curves": curves} if curves else {}),
        "figures": [f"{job.catalogue}/{name}" for name in job.files],
    }


def _draw(job: StudyJob) -> Sequence[str]:
    return job.draw()


def _is_decided(job: StudyJob) -> bool:
    from wellposed.flows.kinds import KINDS

    return all(KINDS[part.kind].is_decided(part) for part in job.parts)


def _counted(jobs: Sequence[StudyJob]) -> str:
    return counted([part for job in jobs for part in job.parts])


RETURNS = """\
Dataset
    Along ``line``, for every line that was searched: what was asked of it, the boundary with its bracket
    and outcome, and what is published for it.
"""
"""What Python's function returns."""

KIND = Kind(
    name="study",
    summary="Carry out a study: boundaries and a phase diagram that belong together.",
    request=StudyRequest,
    run_name="{name}",
    job=_job,
    cost=_cost,
    answers=_answers,
    lines=_lines,
    tables=_tables,
    document=_document,
    is_decided=_is_decided,
    counted=_counted,
    draw=_draw,
    returns=RETURNS,
    examples=("wellposed study wave", "wellposed study boltzmann --catalogue /data/kinetic"),
)
