"""Audits: every published claim of a family of equations, judged by measurement."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field
from pydantic.dataclasses import dataclass as pydantic_dataclass

from wellposed.errors import FlowError
from wellposed.flows.kinds.command import command_of
from wellposed.flows.kinds.kind import Answers, Find, Kind
from wellposed.flows.kinds.questions import cost_of, jobs_of, place_of
from wellposed.flows.kinds.request import Choices, Computed, Example, Option, Place
from wellposed.flows.kinds.study import answers_of

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.catalog import Store
    from wellposed.flows.kinds.job import Part
    from wellposed.flows.kinds.kind import Cost
    from wellposed.flows.presentation.table import Table, TitledTable
    from wellposed.kinetics.family import Family
    from wellposed.kinetics.study import Audit, Picture
    from wellposed.sweeps.answers.assessment import Assessment


@pydantic_dataclass(frozen=True)
class AuditRequest(Computed):
    """What `wellposed.audit` is asked."""

    name: Annotated[
        str,
        Field(description="The name of a family of equations."),
        Option(metavar="FAMILY", completion="audits"),
        Choices("audits"),
        Example("wave"),
    ]
    catalogue: Place = "results"


@dataclass(frozen=True, eq=False)
class AuditJob:
    """An audit with the places of its measurements in a catalogue; see `wellposed.flows.kinds.job.Job`.

    Attributes
    ----------
    family : Family
        Whose claims are judged.
    audit : Audit
        By which measurements.
    parts : sequence of Part
    catalogue : str
        As it was given.
    """

    family: Family
    audit: Audit
    parts: Sequence[Part]
    catalogue: str
    kind = "audit"
    is_composite = True
    pictures: ClassVar[Sequence[Picture]] = ("planes",)

    @property
    def title(self) -> str:
        return self.family.name

    @property
    def heading(self) -> str:
        return self.audit.summary

    @property
    def command(self) -> str:
        return command_of(KIND, AuditRequest(self.family.name, place_of(self.catalogue).url))

    @property
    def page_place(self) -> str:
        """Where in the catalogue the page lies that shows all verdicts."""
        return f"audit-{self.family.name}.md"

    @cached_property
    def answers(self) -> Answers:
        """What was measured.  Read when it is first asked for: all must be stored by then."""
        return answers_of(self.parts)

    @cached_property
    def assessed(self) -> Sequence[Assessment]:
        """Every claim with its verdict."""
        from wellposed.sweeps.answers.assessment import assess

        return assess(self.family.claims, self.answers.sweeps, self.answers.boundaries)

    @cached_property
    def table(self) -> Table:
        from wellposed.flows.presentation.tables import audit_table

        return audit_table(self.assessed)

    @cached_property
    def summary(self) -> str:
        """How many claims there are, and of which verdict."""
        from wellposed.kinetics.claim import Verdict

        counts = [sum(found.verdict == verdict for found in self.assessed) for verdict in Verdict]
        verdicts = "; ".join(
            f"{count} {verdict}" for verdict, count in zip(Verdict, counts, strict=True) if count
        )
        return f"{len(self.assessed)} claims: {verdicts}"

    @property
    def _tables(self) -> Sequence[TitledTable]:
        """What else was found: curves, and what questions of other kinds list."""
        from wellposed.flows.presentation.table import TitledTable
        from wellposed.flows.presentation.tables import curve_table

        curves = [TitledTable("Curve", curve_table(one)) for one in self.answers.curves]
        return [*curves, *self.answers.tables]

    @property
    def stores(self) -> Sequence[Store]:
        return [self._place()]

    def _place(self) -> Store:
        """Returns the place of the verdicts, made if it is not there."""
        from wellposed import catalog

        if not self.assessed:
            raise FlowError(
                f"The audit {self.family.name} has nothing to judge: its family has no claims, and nothing "
                "is published about the boundaries that were searched."
            )
        return catalog.open(self.catalogue, writable=True).create(self._verdicts, {})

    @cached_property
    def _verdicts(self) -> xr.Dataset:
        from wellposed.sweeps.answers.assessment import as_dataset

        experiments = [part.experiment for part in self.parts]
        questions = [part.store.id for part in self.parts]
        return as_dataset(self.family.name, self.assessed, experiments, questions)

    def finish(self, **facts: object) -> None:
        """Stores the verdicts, and writes the page that shows them beside them."""
        for part in self.parts:
            part.finish()
        store = self._place()
        if store.manifest() is None:
            store.write({}, self._verdicts)
            store.finish(command=self.command, seconds=0.0)
        try:
            place_of(self.catalogue).write({self.page_place: self.page().encode()})
        except OSError as error:
            print(f"{self.catalogue}/{self.page_place} cannot be written: {error}", file=sys.stderr)

    def result(self) -> xr.Dataset:
        """Returns all verdicts, along ``claim`` and ``measurement``."""
        return self._place().dataset()

    @property
    def register(self) -> str:
        """The register of the paper with its counts, in Markdown; empty if the family has none."""
        from wellposed.flows.presentation.tables import register_table

        statements = self.family.statements
        if not statements:
            return ""
        standings = Counter(statement.standing for statement in statements)
        counts = "; ".join(f"{count} {standing}" for standing, count in standings.most_common())
        return REGISTER.format(
            paper=self.family.paper,
            statements=len(statements),
            counts=counts,
            table=register_table(statements, self.assessed).markdown(),
        )

    def page(self) -> str:
        """Returns all of it on one page, in Markdown."""
        from wellposed.flows.presentation.table import as_markdown
        from wellposed.flows.presentation.tables import sweep_table
        from wellposed.kinetics.claim import RESOLVED

        remarks = [
            as_markdown(f"- {found.claim.equation}, {found.claim.statement}: {remark}.")
            for found in self.assessed
            if (remark := "; ".join(filter(None, (found.claim.condition, found.claim.remark))))
        ]
        rows = [(part.title, part.points, part.store.totals()) for part in self.parts]
        commands = "\n".join(part.command.partition(" --catalogue ")[0] for part in self.parts)
        return PAGE.format(
            summary=self.audit.summary,
            reading=self.audit.reading,
            counts=self.summary,
            table=self.table.markdown(),
            remarks="\n".join(remarks),
            register=self.register,
            resolved=RESOLVED,
            sweeps="\n\n".join([sweep_table(rows).markdown(), *(one.markdown() for one in self._tables)]),
            commands=commands,
            command=self.command.partition(" --catalogue ")[0],
        )


REGISTER = """\
## The register

Every numbered statement of {paper}, in its order. {statements} statements: {counts}.

- *claim*: measured above, with the verdicts of its claims here; what is narrower than the statement is said;
- *claim elsewhere*: measured in another audit;
- *used*: the solvers or their tests rest on it;
- *definition*: gives something its name;
- *follows*: by an argument that adds nothing to measure;
- *not measured yet*: could be, and what it takes is said;
- *cannot be measured*: for the reason given;
- *misprint*: as published, with the corrected form and what it changes, and verdicts where it is measured.

{table}

"""

PAGE = """\
# {summary}

{counts}. Made by

    {command}

which measures what is not stored yet, judges it, stores the verdicts, and writes this page.

## Verdicts

{table}

{reading}
*Measured* is the law in the parameters, linear or the larger of two such, that every measurement obeys to its
error; where there is no such law, the range, or *none* where no boundary is found. *Measured − published*
goes from the least to the largest difference over all points, with the largest error. *Points* are those
that are resolved, of those asked.

## The rule

At one point, with the measured number *m*, its error *e* (one level of refinement finer), and the published
number *c*:

- `unresolved` where *e* > {resolved:g} or there is no measurement; such a point says nothing;
- `violated` where the relation fails by more than *e*: *m* > *c* + *e* for ≲ and ≤, *m* < *c* − *e* for ≳,
  either for ≈ and =; and where a boundary is published and the order parameter has one sign all along;
- `holds, sharp` where |*m* − *c*| ≤ *e*;
- `holds, not sharp` otherwise; for ≥, also where everything that was searched is bounded.

Where *m* is only a lower bound of what is claimed to be bounded, it can violate the claim, and is
`unresolved` otherwise.

A claim is violated if it is at one point, sharp if it is at every resolved point, unresolved if no point is
resolved; *but at n* counts the points where a claim that is not sharp everywhere is. The rule knows nothing
of what is expected: a misprint is judged as it is published, unless a remark below says otherwise.

## Conditions and remarks

{remarks}

{register}## What was measured

{sweeps}

```
{commands}
```
"""


def _job(request: AuditRequest, find: Find) -> AuditJob:
    from wellposed.sweeps.experiments.families import find_audit

    family, audit = find_audit(request.name)
    return AuditJob(family, audit, jobs_of(audit.questions, request, find), str(request.catalogue))


def _cost(request: AuditRequest, find: Find) -> Cost:
    from wellposed.sweeps.experiments.families import find_audit

    return cost_of(find_audit(request.name)[1].questions, request, find)


def _answers(job: AuditJob) -> Answers:
    return job.answers


def _lines(job: AuditJob) -> Iterator[str]:
    yield f"Found: {job.summary}"


def _tables(job: AuditJob) -> Sequence[TitledTable]:
    from wellposed.flows.presentation.table import TitledTable

    where = f"The same with its rule and its evidence: {job.catalogue}/{job.page_place}"
    return [TitledTable(job.audit.summary, job.table, where), *job._tables]


def _document(job: AuditJob) -> Mapping[str, Any]:
    from wellposed.flows.presentation import documents

    curves = [documents.of_curve(one) for one in job.answers.curves]
    return {
        "claims": documents.of_claims(job.assessed),
        **({"curves": curves} if curves else {}),
        "page": f"{job.catalogue}/{job.page_place}",
    }


def _is_decided(job: AuditJob) -> bool:
    return True  # unresolved is a verdict


def _counted(jobs: Sequence[AuditJob]) -> str:
    return "; ".join(job.summary for job in jobs)


def _page(job: AuditJob) -> str:
    return job.page()


RETURNS = """\
Dataset
    Along ``claim`` what is published, the law measured and the verdict; along ``measurement`` all points
    of all claims, ``of_claim`` saying of which.
"""
"""What Python's function returns."""

KIND = Kind(
    name="audit",
    summary="Judge every published claim of a family of equations by measurement.",
    request=AuditRequest,
    run_name="{name}",
    job=_job,
    cost=_cost,
    answers=_answers,
    lines=_lines,
    tables=_tables,
    document=_document,
    is_decided=_is_decided,
    counted=_counted,
    page=_page,
    returns=RETURNS,
    examples=(
        "wellposed audit wave",
        "wellposed audit boltzmann --json | jq '.claims[] | select(.verdict == \"violated\")'",
    ),
)
