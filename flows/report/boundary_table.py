"""The tables of boundaries in a report, with what is published about them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.flows.figures.brackets import common_boundary, hull
from wellposed.flows.figures.style import letter
from wellposed.flows.presentation.words import changes_summary
from wellposed.flows.report.judged import JudgedLine
from wellposed.flows.text import (
    ABSENT,
    from_to,
    interval,
    scientific,
    short,
    typographic,
    with_error,
    with_powers,
)
from wellposed.kinetics.claim import Verdict
from wellposed.kinetics.experiment import Experiment

ALIKE = 3.0
"""Lines whose brackets lie within so many times the narrowest, or the tolerance, share a row."""


@dataclass(frozen=True)
class BoundaryRow:
    """Lines that found the same.

    Attributes
    ----------
    where : sequence of str
        The value of each parameter, or its range.
    outcome : str
        Of the search, as `Line.shown` has it: ``located`` and so on.
    boundary, error : str
        See `wellposed.flows.figures.brackets.common_boundary`.
    bracket : str
        In full.
    changes : int
        How many changes of sign were seen on a line, of which the boundary is the lowest.
    remark : str
        Of a line with several, or with values that are not believed.
    published, source : str
    verdict : Verdict, optional
        If anything is published.
    lines, evaluations, troubled : int
    ids : sequence of str
        The sweeps in which all of it is stored.
    """

    where: Sequence[str]
    outcome: str
    boundary: str
    error: str
    bracket: str
    changes: int
    remark: str
    published: str
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
        Lines that found the same are one row, if all lines between them did.
    all_rows : sequence of BoundaryRow
        Each line is one; empty if `rows` has them all.
    examples : sequence of JudgedLine
        Of each row the line that was asked most.
    """

    along: str
    columns: Sequence[str]
    common: Sequence[tuple[str, str]]
    rows: Sequence[BoundaryRow]
    all_rows: Sequence[BoundaryRow]
    examples: Sequence[JudgedLine]

    @property
    def has_published(self) -> bool:
        """Whether anything is published about any of the lines."""
        return any(row.published for row in self.rows)

    @property
    def remarks(self) -> Sequence[tuple[str, str]]:
        """What is to be said of single lines, and where these are."""
        return [
            (at(list(zip(self.columns, row.where, strict=True))), row.remark)
            for row in self.rows
            if row.remark
        ]

    @property
    def ids(self) -> Sequence[str]:
        """The sweeps in which all of it is stored."""
        return list(dict.fromkeys(id for row in self.rows for id in row.ids))


def boundary_table(lines: Sequence[JudgedLine]) -> BoundaryTable:
    """Returns the table of lines that ask the same experiment along the same parameter."""
    experiment, along = lines[0].experiment, lines[0].search.along
    names = [p.name for p in experiment.parameters if p.kind == "choice"]
    names += [p.name for p in experiment.parameters if p.kind != "choice" and p.name != along]
    cells = {name: {_cell(experiment, one, name) for one in lines} for name in names}
    columns = [name for name in names if len(cells[name]) > 1]
    common = [
        (name, next(iter(cells[name]))) for name in names if len(cells[name]) == 1 and cells[name] != {ABSENT}
    ]
    clusters = list(_clusters(experiment, lines, columns))
    rows = [_row(experiment, cluster, columns) for cluster in clusters]
    every = [_row(experiment, [one], columns) for one in lines]
    examples = [max(cluster, key=lambda one: one.line.evaluations) for cluster in clusters]
    return BoundaryTable(along, columns, common, rows, every if len(every) > len(rows) else [], examples)


def _clusters(
    experiment: Experiment, lines: Sequence[JudgedLine], columns: Sequence[str]
) -> Iterator[list[JudgedLine]]:
    """Yields lines with the same choices and the same answer, in the order in which they are found.

    No line that is not among them lies between them.
    """
    choices = [name for name in columns if experiment.parameter(name).kind == "choice"]
    declared = [choice.replace("_", " ") for name in choices for choice in experiment.parameter(name).choices]
    order = {choice: i for i, choice in enumerate(declared)}
    groups: dict[tuple[Any, ...], list[JudgedLine]] = {}
    places: dict[tuple[str, ...], dict[int, tuple[Any, ...]]] = {}
    for one in lines:
        chosen = _chosen(experiment, one, columns)
        places.setdefault(chosen, {})[id(one)] = _place(experiment, one, columns)
        published = None if one.threshold is None else (one.threshold.label, one.threshold.source)
        ends = (one.search.lower, one.search.upper)
        # a line with several changes of sign, or of values that are not believed, says so in a row of its own
        apart = id(one) if changes_summary(one.line) else None
        groups.setdefault((chosen, one.line.shown, published, one.verdict, ends, apart), []).append(one)
    ranked = {chosen: _ranked(of_chosen) for chosen, of_chosen in places.items()}
    for key in sorted(
        groups, key=lambda key: ([order.get(word, -1) for word in key[0]], key[1] != "located")
    ):
        group = groups[key]
        if group[0].line.outcome != "located":
            yield from _connected(group, ranked[key[0]])
            continue
        cluster: list[JudgedLine] = []
        for one in sorted(group, key=lambda one: (one.line.boundary, one.line.upper)):
            if cluster and not _are_alike([*cluster, one]):
                yield from _connected(cluster, ranked[key[0]])
                cluster = []
            cluster.append(one)
        yield from _connected(cluster, ranked[key[0]])


def _connected(
    cluster: Sequence[JudgedLine], places: Mapping[int, NDArray[np.int64]]
) -> Iterator[list[JudgedLine]]:
    """Yields the parts of a cluster that can be a row, which has ranges and says the same of all within them.

    Parameters
    ----------
    cluster : sequence of JudgedLine
    places : mapping of int to (n,) int64
        Where each line of the same choices lies, by its `id`.
    """
    left = sorted(cluster, key=lambda one: places[id(one)].tolist())
    within = {id(one) for one in cluster}
    others = [place for key, place in places.items() if key not in within]
    while left:
        apart = np.array(others).reshape(len(others), places[id(left[0])].size)
        part, rest = [left[0]], []
        lower = upper = places[id(left[0])]
        for one in left[1:]:
            low, high = np.minimum(lower, places[id(one)]), np.maximum(upper, places[id(one)])
            if ((apart >= low) & (apart <= high)).all(axis=1).any():
                rest.append(one)
            else:
                part.append(one)
                lower, upper = low, high
        yield part
        others += [places[id(one)] for one in part]
        left = rest


def _ranked(places: Mapping[int, tuple[Any, ...]]) -> dict[int, NDArray[np.int64]]:
    """Returns places by the rank of each number among all, which large integers have exactly as well."""
    columns = [sorted(set(column)) for column in zip(*places.values(), strict=True)]
    ranks = [{number: rank for rank, number in enumerate(column)} for column in columns]
    return {
        key: np.array([rank[number] for rank, number in zip(ranks, place, strict=True)], np.int64)
        for key, place in places.items()
    }


def _place(experiment: Experiment, one: JudgedLine, columns: Sequence[str]) -> tuple[Any, ...]:
    """Returns the numbers of a line; one that has no effect on it lies below all others."""
    point = one.line.point
    return tuple(
        point[name] if experiment.parameter(name).matters(point) else -math.inf
        for name in columns
        if experiment.parameter(name).kind != "choice"
    )


def _chosen(experiment: Experiment, one: JudgedLine, columns: Sequence[str]) -> tuple[str, ...]:
    """Returns the choices of a line."""
    names = (name for name in columns if experiment.parameter(name).kind == "choice")
    return tuple(_cell(experiment, one, name) for name in names)


def _are_alike(cluster: Sequence[JudgedLine]) -> bool:
    low, high = hull([one.line for one in cluster])
    width = min(one.line.upper - one.line.lower for one in cluster)
    return high - low <= ALIKE * max(width, *(one.search.tolerance for one in cluster))


def _row(experiment: Experiment, cluster: Sequence[JudgedLine], columns: Sequence[str]) -> BoundaryRow:
    first, lines = cluster[0], [one.line for one in cluster]
    boundary = error = bracket = ""
    if first.line.outcome == "located":
        boundary, error = with_error(*common_boundary(lines))
        bracket = interval(*hull(lines))
    return BoundaryRow(
        [_spread(experiment, name, cluster) for name in columns],
        first.line.shown,
        typographic(boundary),
        scientific(error),
        bracket,
        first.line.sign_changes,
        typographic(with_powers(changes_summary(first.line))),
        "" if first.threshold is None else first.threshold.label,
        "" if first.threshold is None else first.threshold.source,
        first.verdict,
        len(cluster),
        sum(line.evaluations for line in lines),
        sum(line.troubled for line in lines),
        list(dict.fromkeys(one.answer.id for one in cluster)),
    )


def _cell(experiment: Experiment, one: JudgedLine, name: str) -> str:
    value = one.line.point[name]
    if not experiment.parameter(name).matters(one.line.point):
        return ABSENT
    return value.replace("_", " ") if isinstance(value, str) else typographic(short(value))


def _spread(experiment: Experiment, name: str, cluster: Sequence[JudgedLine]) -> str:
    """Returns the value of a parameter, or its ends and how many values there are."""
    cells = {_cell(experiment, one, name) for one in cluster}
    if len(cells) == 1:
        return cells.pop()
    if experiment.parameter(name).kind == "choice":
        return ", ".join(sorted(cells))
    values: set[Any] = {one.line.point[name] for one in cluster if _cell(experiment, one, name) != ABSENT}
    return f"{from_to(sorted(values))} ({len(values)})"


def at(common: Sequence[tuple[str, str]]) -> str:
    """Returns parameters with their values, such as ``operator full, M = 8``."""
    return ", ".join(
        f"{letter(name)} = {value}" if _is_number(value) else f"{name} {value}" for name, value in common
    ).replace("_", " ")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text.replace("−", "-")))
    except ValueError:
        return False
