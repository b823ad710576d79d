"""The tables of a report: boundaries, and what was printed about them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wellposed.flows.figures.style import SUPERSCRIPTS, letter
from wellposed.flows.kinds.assessment import at_boundary
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.presentation.tables import ABSENT, with_error
from wellposed.kinetics.claim import Verdict

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, PrintedThreshold

ALIKE = 3.0
"""Lines whose brackets lie within so many times the narrowest, or the tolerance, are told in one row."""


@dataclass(frozen=True, eq=False)
class Crossing:
    """One line of a search, with what is printed for it."""

    job: SearchJob
    line: Line
    threshold: PrintedThreshold | None
    verdict: Verdict | None


@dataclass(frozen=True)
class BoundaryRow:
    """Lines that found the same.

    Attributes
    ----------
    where : sequence of str
        The value of each parameter, or its range.
    outcome : str
        Of the search, as `Line.said` has it: ``located`` and so on.
    boundary, error : str
        The middle of all brackets, and half of what they span.
    bracket : str
        In full.
    printed, source : str
    verdict : Verdict, optional
        If anything is printed.
    lines, evaluations, troubled : int
    ids : sequence of str
        The sweeps that tell.
    """

    where: Sequence[str]
    outcome: str
    boundary: str
    error: str
    bracket: str
    printed: str
    source: str
    verdict: Verdict | None
    lines: int
    evaluations: int
    troubled: int
    ids: Sequence[str]


@dataclass(frozen=True)
class BoundaryTable:
    """What searches of one experiment along one parameter found.

    Attributes
    ----------
    along : str
    columns : sequence of str
        The parameters that differ between lines.
    common : sequence of (str, str)
        Those that do not, with their values.
    rows : sequence of BoundaryRow
        Lines that found the same are one row.
    all_rows : sequence of BoundaryRow
        Each line is one; empty if `rows` has them all.
    examples : sequence of Crossing
        Of each row the line that was asked most.
    """

    along: str
    columns: Sequence[str]
    common: Sequence[tuple[str, str]]
    rows: Sequence[BoundaryRow]
    all_rows: Sequence[BoundaryRow]
    examples: Sequence[Crossing]

    @property
    def is_printed(self) -> bool:
        """Whether anything is printed about any of the lines."""
        return any(row.printed for row in self.rows)

    @property
    def ids(self) -> Sequence[str]:
        """Of all sweeps that tell."""
        return list(dict.fromkeys(id for row in self.rows for id in row.ids))


def crossings(found: Mapping[SearchJob, Sequence[Line]]) -> list[Crossing]:
    """Every line of some searches, judged by what is printed for it."""
    judged = []
    for job, lines in found.items():
        for line in lines:
            threshold = job.experiment.printed_threshold(job.search.along, line.point)
            verdict = None if threshold is None else at_boundary(job, line, threshold).verdict
            judged.append(Crossing(job, line, threshold, verdict))
    return judged


def boundary_table(crossed: Sequence[Crossing]) -> BoundaryTable:
    """The table of lines that ask the same experiment along the same parameter."""
    experiment, along = crossed[0].job.experiment, crossed[0].job.search.along
    names = [p.name for p in experiment.parameters if p.kind == "choice"]
    names += [p.name for p in experiment.parameters if p.kind != "choice" and p.name != along]
    told = {name: {_told(experiment, one, name) for one in crossed} for name in names}
    columns = [name for name in names if len(told[name]) > 1]
    common = [
        (name, next(iter(told[name]))) for name in names if len(told[name]) == 1 and told[name] != {ABSENT}
    ]
    clusters = list(_clusters(experiment, crossed, columns))
    rows = [_row(experiment, cluster, columns) for cluster in clusters]
    every = [_row(experiment, [one], columns) for one in crossed]
    examples = [max(cluster, key=lambda one: one.line.evaluations) for cluster in clusters]
    return BoundaryTable(along, columns, common, rows, every if len(every) > len(rows) else [], examples)


def scientific(text: str) -> str:
    """Such as ``5·10⁻⁷`` for ``5e-07``."""
    digits, e, exponent = text.partition("e")
    if not e:
        return text
    power = f"10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    return power if digits == "1" else f"{digits}·{power}"


def _clusters(
    experiment: Experiment, crossed: Sequence[Crossing], columns: Sequence[str]
) -> Iterator[list[Crossing]]:
    """Lines with the same choices and the same answer, in the order in which they are found."""
    choices = [name for name in columns if experiment.parameter(name).kind == "choice"]
    declared = [choice.replace("_", " ") for name in choices for choice in experiment.parameter(name).choices]
    order = {choice: i for i, choice in enumerate(declared)}
    groups: dict[tuple[Any, ...], list[Crossing]] = {}
    for one in crossed:
        chosen = tuple(_told(experiment, one, name) for name in choices)
        printed = None if one.threshold is None else (one.threshold.label, one.threshold.source)
        ends = (one.job.search.lower, one.job.search.upper)
        groups.setdefault((chosen, one.line.said, printed, one.verdict, ends), []).append(one)
    for key in sorted(
        groups, key=lambda key: ([order.get(word, -1) for word in key[0]], key[1] != "located")
    ):
        group = groups[key]
        if group[0].line.outcome != "located":
            yield group
            continue
        cluster: list[Crossing] = []
        for one in sorted(group, key=lambda one: (one.line.boundary, one.line.upper)):
            if cluster and not _are_alike([*cluster, one]):
                yield cluster
                cluster = []
            cluster.append(one)
        yield cluster


def _are_alike(cluster: Sequence[Crossing]) -> bool:
    low, high = _hull(cluster)
    width = min(one.line.upper - one.line.lower for one in cluster)
    return high - low <= ALIKE * max(width, *(one.job.search.tolerance for one in cluster))


def _hull(cluster: Sequence[Crossing]) -> tuple[float, float]:
    return min(one.line.lower for one in cluster), max(one.line.upper for one in cluster)


def _row(experiment: Experiment, cluster: Sequence[Crossing], columns: Sequence[str]) -> BoundaryRow:
    first = cluster[0]
    boundary = error = bracket = ""
    if first.line.outcome == "located":
        low, high = _hull(cluster)
        middle = first.line.boundary if len(cluster) == 1 else 0.5 * (low + high)
        bracket = f"[{low:.10g}, {high:.10g}]"
        half = max(middle - low, high - middle)
        boundary, error = with_error(middle, half) if half > 0.0 else (f"{middle:g}", "0")
    lines = [one.line for one in cluster]
    return BoundaryRow(
        [_spread(experiment, name, cluster) for name in columns],
        first.line.said,
        boundary.replace("-", "−"),
        scientific(error),
        bracket.replace("-", "−"),
        "" if first.threshold is None else first.threshold.label,
        "" if first.threshold is None else first.threshold.source,
        first.verdict,
        len(cluster),
        sum(line.evaluations for line in lines),
        sum(line.troubled for line in lines),
        list(dict.fromkeys(one.job.store.id for one in cluster)),
    )


def _told(experiment: Experiment, one: Crossing, name: str) -> str:
    value = one.line.point[name]
    if not experiment.parameter(name).matters(one.line.point):
        return ABSENT
    return value.replace("_", " ") if isinstance(value, str) else f"{value:g}".replace("-", "−")


def _spread(experiment: Experiment, name: str, cluster: Sequence[Crossing]) -> str:
    """The value of a parameter, or its ends and how many there are."""
    told = {_told(experiment, one, name) for one in cluster}
    if len(told) == 1:
        return told.pop()
    if experiment.parameter(name).kind == "choice":
        return ", ".join(sorted(told))
    values = sorted(
        {float(one.line.point[name]) for one in cluster if _told(experiment, one, name) != ABSENT}
    )
    return f"{values[0]:g} to {values[-1]:g} ({len(values)})".replace("-", "−")


def at(common: Sequence[tuple[str, str]]) -> str:
    """Such as ``operator full, M = 8``."""
    return ", ".join(
        f"{letter(name)} = {value}" if _is_number(value) else f"{name} {value}" for name, value in common
    ).replace("_", " ")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace("−", "-")))
    except ValueError:
        return False
