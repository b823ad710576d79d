"""What was found, as tables: the same in a terminal and in Prefect's interface."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from wellposed.flows.presentation.table import Table
from wellposed.flows.presentation.words import MOST_CHANGES
from wellposed.flows.text import ABSENT, short, signed, with_error
from wellposed.kinetics.claim import ROUND_OFF, Verdict
from wellposed.kinetics.law import Linear
from wellposed.sweeps.answers.layout import Outcome

if TYPE_CHECKING:
    from wellposed.kinetics.statement import Statement
    from wellposed.sweeps.answers.assessment import Assessment
    from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
    from wellposed.sweeps.answers.curve import CurveAnswer


def boundary_table(answers: Sequence[BoundaryAnswer]) -> Table:
    """Returns a row for each line of searches that ask the same experiment along the same parameter.

    Columns are the choices and the numbers that a line is asked at, its boundary with the error, what the
    paper says (and where, if that is not what was found) if it says anything, and at how many points that
    took.  A line on which the sign changes several times has a row for each change, up to `MOST_CHANGES`.
    """
    experiment, along = answers[0].experiment, answers[0].search.along
    names = [p.name for p in experiment.parameters if p.kind == "choice"]
    names += [p.name for p in experiment.parameters if p.kind != "choice" and p.name != along]
    lines = [(answer, line) for answer in answers for line in answer.lines]
    optional = {
        "change of sign": any(line.sign_changes > 1 for _, line in lines),
        "paper": any(answer.published(line) is not None for answer, line in lines),
    }
    found = [f"{along}_c", "± error", *(name for name, is_there in optional.items() if is_there)]
    columns = [*names, *found, "points", "no answer"]
    return Table(
        columns,
        [[cells[one] for one in columns] for each in lines for cells in _boundary_cells(*each, names)],
    )


def boundary_tables(answers: Sequence[BoundaryAnswer]) -> list[Table]:
    """Returns one table for neighbouring searches of the same experiment along the same parameter."""
    groups = itertools.groupby(answers, key=lambda answer: (answer.experiment.name, answer.search.along))
    return [boundary_table(list(group)) for _, group in groups]


def sweep_table(sweeps: Sequence[tuple[str, int | None, Mapping[str, int]]]) -> Table:
    """Returns a row for each sweep: what became of its points.

    Parameters
    ----------
    sweeps : sequence of (str, int, mapping of str to int)
        Title, number of points, and how many there are of each outcome.
    """
    outcomes = [outcome.name.lower() for outcome in Outcome]
    rows = [
        [
            title,
            f"{sum(totals.values()) if points is None else points:,}",
            *(f"{totals[outcome]:,}" for outcome in outcomes),
        ]
        for title, points, totals in sweeps
    ]
    return Table(["sweep", "points", *outcomes], rows)


def curve_table(answer: CurveAnswer) -> Table:
    """Returns a row for each vertex of a curve."""
    found, names = answer.found, (answer.search.across, answer.search.along)
    rows = []
    for i in range(found.sizes["vertex"]):
        here = found.isel(vertex=i)
        bracketed = str(here["bracketed"].item())
        cells: list[str] = []
        for name in names:
            value = here[name].item()
            error = max(value - here["lower"].item(), here["upper"].item() - value)
            cells += with_error(value, error) if name == bracketed else (f"{value:.6g}", "exact")
        rows.append([str(here["piece"].item()), *cells])
    return Table(["piece", names[0], "± error", names[1], "± error"], rows)


def audit_table(assessed: Sequence[Assessment]) -> Table:
    """Returns a row for each claim: what is published, what is measured, and the verdict."""
    columns = ["equation", "claim", "published", "measured", "measured − published", "points", "verdict"]
    return Table(columns, [_audit_row(one) for one in assessed])


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


def register_table(statements: Sequence[Statement], assessed: Sequence[Assessment]) -> Table:
    """Returns a row for each numbered statement of a paper: what it says, and what becomes of it.

    Verdicts are told apart by the equations of their claims, if there are several.
    """
    found: dict[str, list[Verdict]] = {}
    for one in assessed:
        found.setdefault(one.claim.equation, []).append(one.verdict)
    rows = []
    for statement in statements:
        judged = [
            f"{equation}: {_counted(found[equation])}"
            if len(statement.claims) > 1
            else _counted(found[equation])
            for equation in statement.claims
            if equation in found
        ]
        last = "; ".join([*judged, *filter(None, [statement.detail])])
        rows.append([statement.label, statement.says, statement.standing, last])
    return Table(["number", "statement", "standing", "verdict, place or reason"], rows)


def _counted(verdicts: Sequence[Verdict]) -> str:
    """The verdict, or how many there are of each."""
    if len(verdicts) == 1:
        return str(verdicts[0])
    counts = [(verdict, verdicts.count(verdict)) for verdict in Verdict if verdict in verdicts]
    return ", ".join(f"{verdict} ({n})" for verdict, n in counts)


def _measured(one: Assessment) -> str:
    """The law that all measurements obey, or the range that they lie in."""
    if one.law is not None:
        return str(one.law)
    found = [m for m in one.resolved if math.isfinite(m.measured)]
    nothing = ["none"] if len(found) < len(one.resolved) else []
    if not found:
        return "".join(nothing) or ABSENT
    ends = (pick(found, key=lambda m: m.measured) for pick in (min, max))
    low, high = (signed(_certain(end.measured, end.error), ".4g") for end in ends)
    if low == high:
        return " or ".join([_number(found[0].measured, found[0].error), *nothing])
    return " or ".join([f"{low} to {high}", *nothing])


def _excess(one: Assessment) -> str:
    low, high = one.excess
    if math.isnan(low):
        return ABSENT
    error = with_error(0.0, one.error)[1] if one.error > 0.0 else "0"
    low, high = (_certain(end, one.error) for end in (low, high))
    if high - low < 5e-4:
        high = low
    return " to ".join(dict.fromkeys(signed(end, "+.3g") for end in (low, high))) + f" ± {error}"


def _number(value: float, error: float) -> str:
    """`value` to four digits, or the simple fraction that it is within its error."""
    simple = round(12.0 * value) / 12.0
    is_simple = error < 1e-4 and abs(value - simple) <= error + ROUND_OFF
    return str(Linear(simple)) if is_simple else signed(value, ".4g")


def _certain(value: float, error: float) -> float:
    """`value`, or zero where that is as good."""
    return 0.0 if abs(value) <= error + ROUND_OFF else value


def _boundary_cells(answer: BoundaryAnswer, line: Line, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yields the cells of each row of a line, by column."""
    experiment, search = answer.experiment, answer.search
    at = f"{search.along}_c"
    where = {
        name: short(line.point[name]) if experiment.parameter(name).matters(line.point) else ABSENT
        for name in names
    }
    if line.outcome == "located":
        found = with_error(line.boundary, line.error)
    else:
        found = f"{line.shown} in [{search.lower:g}, {search.upper:g}]", ""
    paper = ""
    threshold = answer.published(line)
    if threshold is not None:
        brackets = [(line.lower, line.upper), *((zero.lower, zero.upper) for zero in line.others)]
        agrees = any(lower <= threshold.value <= upper for lower, upper in brackets)
        paper = threshold.label if agrees else f"{threshold.label} ({threshold.source})"
    several = line.sign_changes > 1
    change = f"1 of {line.sign_changes:,}" if several else ""
    yield {
        **where,
        at: found[0],
        "± error": found[1],
        "change of sign": f"{line.sign_changes:,} seen" if line.has_rough_values else change,
        "paper": paper,
        "points": f"{line.evaluations:,}",
        "no answer": f"{line.troubled:,}",
    }
    if not several or line.has_rough_values:
        return
    for i, zero in enumerate(line.others[: MOST_CHANGES - 1], 2):
        if zero.outcome == "located":
            found = with_error(zero.position, zero.error)
        else:
            found = f"{zero.outcome} in [{zero.lower:.6g}, {zero.upper:.6g}]", ""
        rest = dict.fromkeys(("paper", "points", "no answer"), "")
        change = f"{i} of {line.sign_changes:,}"
        yield {**where, at: found[0], "± error": found[1], "change of sign": change, **rest}
