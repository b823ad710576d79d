"""Audits: every printed claim of a family of equations, judged by measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import xarray as xr

import catalog
from catalog import Store
from flows import assessment, job
from flows.assessment import Assessment, assess
from flows.audit_boltzmann import QUESTIONS, READING
from flows.job import Job
from flows.study import SearchRequest, Study, SweepRequest
from flows.sweep import SweepJob
from flows.table import Table, audit_table, sweep_table
from kinetics.boltzmann.claims import CLAIMS as BOLTZMANN
from kinetics.claim import RESOLVED, Claim, Verdict
from kinetics.wave.claims import CLAIMS as WAVE
from sweeps.grid import RequestError


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
        """Every question with its place in the catalogue.  Raises as `flows.run`."""
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
    def command(self) -> str:
        return f"wellposed audit {self.audit.name}"

    def complete(self) -> bool:
        """Measures what is not stored, and stores the verdicts.  Returns whether anything was computed."""
        computed = job.complete(self.jobs, self.markdown, ("audit", self.audit.name))
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
        counts = [sum(found.verdict == verdict for found in self.assessed) for verdict in Verdict]
        said = "; ".join(
            f"{count} {verdict}" for verdict, count in zip(Verdict, counts, strict=True) if count
        )
        sweeps = [job for job in self.jobs if isinstance(job, SweepJob)]
        commands = "\n".join(job.command.partition(" --catalogue ")[0] for job in self.jobs)
        return PAGE.format(
            summary=self.audit.questions.summary,
            reading=self.audit.reading,
            count=len(self.assessed),
            said=said,
            table=self.table.markdown(),
            remarks="\n".join(remarks),
            resolved=RESOLVED,
            sweeps=sweep_table(sweeps).markdown(),
            commands=commands,
            command=self.command,
        )


PAGE = """\
# {summary}

{count} claims: {said}. Made by

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

_GAIN = {"operator": "gain"}
_OSCILLATING = {"operator": "full", "datum": "oscillating"}
_BETA = [0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0]

AUDITS: dict[str, Audit] = {
    "boltzmann": Audit("boltzmann", BOLTZMANN, QUESTIONS, READING),
    "wave": Audit(
        "wave",
        WAVE,
        Study(
            "Audit of the kinetic wave equation, arXiv:2411.12868",
            searches=(
                SearchRequest(
                    "wave.growth", "beta", {"datum": ["bracket", "bracket_k"], "M": [6.5, 8, 12, 20]}, _GAIN
                ),
                SearchRequest(
                    "wave.growth", "beta", {"M": [10.5, 16], "N": [1, 20], "A": [1, 100]}, _OSCILLATING
                ),
                SearchRequest(
                    "wave.growth",
                    "beta",
                    {"datum": ["bracket", "bracket_k"], "M": [6.25, 6.5, 8, 12]},
                    {"operator": "full"},
                ),
                SearchRequest("wave.loss_bound", "beta", {"operator": ["L1", "L2"]}),
                SearchRequest("wave.trilinear", "beta", {"M": [8], "operator": ["G1", "G2", "L1", "L2"]}),
                SearchRequest("wave.lipschitz", "beta", {"M": [6.5, 8, 12]}),
                SearchRequest("wave.picard", "beta", {"M": [8, 12]}),
                SearchRequest("wave.spectra", "beta", {"cascade": ["wave_action", "energy"]}),
            ),
            sweeps=(
                SweepRequest("wave.averaging", {"estimate": ["(2.1)"]}),
                SweepRequest("wave.averaging", {"estimate": ["(2.2)", "(2.3)"], "datum": ["radial"]}),
                SweepRequest(
                    "wave.loss_bound", {"beta": [i / 20 for i in range(6)], "operator": ["L1", "L2"]}
                ),
                SweepRequest(
                    "wave.trilinear",
                    {"beta": [0.0, 0.1, 0.25], "M": [6.5, 8, 12], "operator": ["G1", "G2", "L1", "L2"]},
                ),
                SweepRequest(
                    "wave.trilinear",
                    {"beta": [0.0, 0.1, 0.25], "M": [8], "operator": ["G1", "G2"]},
                    {"estimate": "(2.4)-(2.6)"},
                ),
                SweepRequest("wave.lipschitz", {"beta": [0.0, 0.1, 0.2, 0.25], "M": [6.5, 8, 12, 20]}),
                SweepRequest("wave.picard", {"beta": [0.0, 0.1, 0.2, 0.25], "M": [6.5, 8, 12]}),
                SweepRequest(
                    "wave.parts", {"beta": _BETA, "M": [6.1, 6.25, 6.5, 6.75, 7, 8, 10, 12, 16, 20]}
                ),
                SweepRequest(
                    "wave.fourth_wave",
                    {"beta": [0.0, 0.25, 0.5, 0.75, 1.0], "M": [6.5, 8, 12], "N": [20]},
                ),
                SweepRequest(
                    "wave.growth",
                    {
                        "beta": [0.0, 0.25, 0.5, 0.75, 1.0],
                        "M": [10.5, 12, 16],
                        "N": [1, 20],
                        "A": [1, 100],
                    },
                    _OSCILLATING,
                ),
                SweepRequest(
                    "wave.spectra",
                    {"beta": [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "cascade": ["wave_action", "energy"]},
                ),
            ),
        ),
        "*Printed* is the paper's exponent of the frequency ω₁, with M/2 added where the claim is about a\n"
        "collision term: all are measured with the weight ⟨ω₁⟩^(M/2) of the space, which a quantity leaves\n"
        "where its exponent is positive.",
    ),
}


def find_audit(name: str) -> Audit:
    """The audit called `name`.  Raises `RequestError` if there is none."""
    if name not in AUDITS:
        raise RequestError(f"There is no audit `{name}`; there is {', '.join(AUDITS)}.")
    return AUDITS[name]


def audit(name: str, catalogue: str | Path = "results") -> xr.Dataset:
    """Judges every printed claim of a family of equations, measuring what is not stored already.

    Parameters
    ----------
    name : str
        A name in `AUDITS`, such as ``"wave"``.
    catalogue : str or Path
        Where measurements and verdicts are kept.

    Returns
    -------
    Dataset
        Along ``claim`` what is printed, the law measured and the verdict; along ``measurement`` all points
        of all claims, ``of_claim`` saying of which.

    Raises
    ------
    RequestError, CatalogueError, ServerError, IncompleteError
        As `flows.run`.
    """
    asked = find_audit(name).prepare(catalogue)
    asked.complete()
    return asked.store().dataset()
