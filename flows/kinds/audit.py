"""An audit: claims, the questions that settle them, and the page that says what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from wellposed import catalog
from wellposed.catalog import Store
from wellposed.flows.execution.complete import complete
from wellposed.flows.kinds import assessment
from wellposed.flows.kinds.assessment import Assessment, assess
from wellposed.flows.kinds.job import Job
from wellposed.flows.kinds.study import Study
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.presentation.tables import Table, audit_table, sweep_table
from wellposed.kinetics.claim import RESOLVED, Claim, Verdict
from wellposed.sweeps.cluster.file import LOCAL, Cluster


@dataclass(frozen=True)
class Audit:
    """Claims, and the measurements by which they are judged.

    Thresholds that the experiments of `questions.searches` say are printed are judged as well.  `reading`
    tells how the numbers are to be read.
    """

    name: str
    claims: Sequence[Claim]
    questions: Study
    reading: str

    def prepare(self, catalogue: str | Path) -> AuditJob:
        """Every question with its place in the catalogue.  Raises as `wellposed.flows.run`."""
        return AuditJob(self, self.questions.prepare(catalogue), str(catalogue))


@dataclass(frozen=True, eq=False)
class AuditJob:
    """An audit with the places of its measurements in a catalogue."""

    audit: Audit
    jobs: Sequence[Job]
    catalogue: str

    @cached_property
    def assessed(self) -> Sequence[Assessment]:
        """Read when it is first asked for: all that is measured must be stored by then."""
        return assess(self.audit.claims, self.jobs)

    @property
    def table(self) -> Table:
        return audit_table(self.assessed)

    @property
    def said(self) -> str:
        """How many claims there are, and of which verdict."""
        counts = [sum(found.verdict == verdict for found in self.assessed) for verdict in Verdict]
        verdicts = "; ".join(
            f"{count} {verdict}" for verdict, count in zip(Verdict, counts, strict=True) if count
        )
        return f"{len(self.assessed)} claims: {verdicts}"

    @property
    def command(self) -> str:
        return f"wellposed audit {self.audit.name}"

    def complete(self, cluster: Cluster = LOCAL) -> bool:
        """Measures what is not stored, and stores the verdicts.  Returns whether anything was computed."""
        computed = complete(self.jobs, self.markdown, ("audit", self.audit.name), cluster)
        self.store()
        return computed

    def store(self) -> Store:
        """Where the verdicts are, written if they are not there."""
        found = assessment.as_dataset(self.audit.name, self.assessed, self.jobs)
        store = catalog.open(self.catalogue, writable=True).create(found, {})
        if store.manifest() is None:
            store.write({}, found)
            store.finish(command=f"{self.command} --catalogue {self.catalogue}", seconds=0.0)
        return store

    def markdown(self) -> str:
        """All of it on one page."""
        remarks = [
            f"- {found.claim.equation}, {found.claim.statement}: {remark}."
            for found in self.assessed
            if (remark := "; ".join(filter(None, (found.claim.condition, found.claim.remark))))
        ]
        sweeps = [job for job in self.jobs if isinstance(job, SweepJob)]
        commands = "\n".join(job.command.partition(" --catalogue ")[0] for job in self.jobs)
        return PAGE.format(
            summary=self.audit.questions.summary,
            reading=self.audit.reading,
            said=self.said,
            table=self.table.markdown(),
            remarks="\n".join(remarks),
            resolved=RESOLVED,
            sweeps=sweep_table(sweeps).markdown(),
            commands=commands,
            command=self.command,
        )


PAGE = """\
# {summary}

{said}. Made by

    {command}

which measures what is not stored yet, judges it, stores the verdicts, and writes this page.

## Verdicts

{table}

{reading}
*Measured* is the law in the parameters, linear or the larger of two such, that every measurement obeys to its
error; where there is no such law, the range, or *none* where no boundary is found. *Measured − printed* goes
from the least to the largest difference over all points, with the largest error. *Points* are those that are
resolved, of those asked.

## The rule

At one point, with the measured number *m*, its error *e* (one level of refinement finer), and the printed
number *c*:

- `unresolved` where *e* > {resolved:g} or there is no measurement; such a point says nothing;
- `violated` where the relation fails by more than *e*: *m* > *c* + *e* for ≲ and ≤, *m* < *c* − *e* for ≳,
  either for ≈ and =; and where a boundary is printed and the order parameter has one certain sign all along;
- `holds, sharp` where |*m* − *c*| ≤ *e*;
- `holds, not sharp` otherwise; for ≥, also where all is bounded as far as was looked.

Where *m* is only a lower bound of what is claimed to be bounded, it can violate the claim and else is
`unresolved`.

A claim is violated if it is at one point, sharp if it is at every resolved point, unresolved if no point is
resolved; *but at n* counts the points where a claim that is not sharp everywhere is. The rule knows nothing
of what is expected: misprints are judged as printed, but where a remark below says otherwise.

## Conditions and remarks

{remarks}

## What was measured

{sweeps}

```
{commands}
```
"""
