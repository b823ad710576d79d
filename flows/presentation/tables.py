"""What was found, as tables: the same in a terminal and in Prefect's interface."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from wellposed.flows.kinds.assessment import Assessment
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.sweep import SweepJob
from wellposed.flows.presentation.table import Table as Table
from wellposed.kinetics.claim import ROUND_OFF, Verdict
from wellposed.kinetics.law import Linear
from wellposed.sweeps.answers.layout import Outcome

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Value

ABSENT = "–"
"""Stands for a parameter that has no effect at a point."""


def boundary_table(found: Mapping[SearchJob, Sequence[Line]]) -> Table:
    """One row for each line of searches that ask the same experiment along the same parameter.

    Columns are the choices and the numbers that a line is asked at, its boundary with the error, what the
    paper prints (and where, if that is not what was found), and at how many points that took.
    """
    experiment, along = next((job.experiment, job.search.along) for job in found)
    names = [p.name for p in experiment.parameters if p.kind == "choice"]
    names += [p.name for p in experiment.parameters if p.kind != "choice" and p.name != along]
    columns = [*names, f"{along}_c", "± error", "paper", "points", "no answer"]
    return Table(columns, [_boundary_row(job, line, names) for job, lines in found.items() for line in lines])


def sweep_table(jobs: Sequence[SweepJob]) -> Table:
    """One row for each sweep: what became of its points."""
    outcomes = [outcome.name.lower() for outcome in Outcome]
    rows = []
    for job in jobs:
        totals = job.store.totals()
        rows.append([job.title, f"{job.points:,}", *(f"{totals[outcome]:,}" for outcome in outcomes)])
    return Table(["sweep", "points", *outcomes], rows)


def audit_table(assessed: Sequence[Assessment]) -> Table:
    """One row for each claim: what is printed, what is measured, and the verdict."""
    columns = ["equation", "claim", "printed", "measured", "measured − printed", "points", "verdict"]
    return Table(columns, [_audit_row(one) for one in assessed])


def with_error(value: float, error: float) -> tuple[str, str]:
    """`value` to the digit that `error` leaves, and `error` to one digit, rounded up."""
    exponent = math.floor(math.log10(error))
    digit = math.ceil(error / 10.0**exponent)
    if digit == 10:
        digit, exponent = 1, exponent + 1
    places = max(0, -exponent)
    return f"{round(value, places) + 0.0:.{places}f}", f"{digit}e{exponent:+03d}"  # no -0


def _audit_row(one: Assessment) -> list[str]:
    violations, resolved, asked = one.count(Verdict.VIOLATED), len(one.resolved), len(one.measurements)
    verdict = str(one.verdict)
    if 0 < violations < resolved:
        verdict += f" at {violations:,}"
    elif one.verdict == Verdict.HOLDS_NOT_SHARP and (sharp := one.count(Verdict.HOLDS_SHARP)):
        verdict += f" but at {sharp:,}"
    return [
        one.claim.equation,
        one.claim.statement,
        str(one.claim.printed),
        _measured(one),
        _excess(one),
        f"{asked:,}" if resolved == asked else f"{resolved:,} of {asked:,}",
        verdict,
    ]


def _measured(one: Assessment) -> str:
    """The law that all measurements obey, or the range that they lie in."""
    if one.law is not None:
        return str(one.law)
    found = [m for m in one.resolved if math.isfinite(m.measured)]
    nothing = ["none"] if len(found) < len(one.resolved) else []
    if not found:
        return "".join(nothing) or ABSENT
    ends = (pick(found, key=lambda m: m.measured) for pick in (min, max))
    low, high = (_signed(_certain(end.measured, end.error), ".4g") for end in ends)
    if low == high:
        return " or ".join([_spelled(found[0].measured, found[0].error), *nothing])
    return " or ".join([f"{low} to {high}", *nothing])


def _excess(one: Assessment) -> str:
    low, high = one.excess
    if math.isnan(low):
        return ABSENT
    error = with_error(0.0, one.error)[1] if one.error > 0.0 else "0"
    low, high = (_certain(end, one.error) for end in (low, high))
    if high - low < 5e-4:
        high = low
    return " to ".join(dict.fromkeys(_signed(end, "+.3g") for end in (low, high))) + f" ± {error}"


def _spelled(value: float, error: float) -> str:
    """`value` to four digits, or the simple fraction that it is within its error."""
    simple = round(12.0 * value) / 12.0
    is_simple = error < 1e-4 and abs(value - simple) <= error + ROUND_OFF
    return str(Linear(simple)) if is_simple else _signed(value, ".4g")


def _certain(value: float, error: float) -> float:
    """`value`, or zero where that is as good."""
    return 0.0 if abs(value) <= error + ROUND_OFF else value


def _signed(value: float, form: str) -> str:
    return f"{value:{form}}".replace("-", "−") if value else "0"


def _boundary_row(job: SearchJob, line: Line, names: Sequence[str]) -> list[str]:
    experiment, search = job.experiment, job.search
    if line.outcome == "located":
        error = max(line.boundary - line.lower, line.upper - line.boundary)
        answer = with_error(line.boundary, error)
    else:
        answer = f"{line.said} in [{search.lower:g}, {search.upper:g}]", ""
    paper = ""
    threshold = experiment.printed_threshold(search.along, line.point)
    if threshold is not None:
        found = line.lower <= threshold.value <= line.upper
        paper = threshold.label if found else f"{threshold.label} ({threshold.source})"
    return [
        *(
            _spell(line.point[name]) if experiment.parameter(name).matters(line.point) else ABSENT
            for name in names
        ),
        *answer,
        paper,
        f"{line.evaluations:,}",
        f"{line.troubled:,}",
    ]


def _spell(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:g}"
