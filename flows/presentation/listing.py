"""What a catalogue holds, as a list in a terminal.  Imports no equations: to look takes no time."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from wellposed.flows.presentation.table import Table, TitledTable
from wellposed.flows.text import counted, printable

COLUMNS = (
    *("id", "experiment", "version", "kind", "along", "axes", "fixed"),
    *("ok", "unresolved", "failed", "finished"),
)

BY_IMPORTANCE = ("finished", "kind", "along", "failed", "axes", "unresolved", "ok", "fixed", "version")
"""Columns beside id and experiment, in the order in which they are given room in a narrow terminal."""


SHORT_ID = 8
"""Digits of an id in a narrow terminal."""


def catalogue_table(found: Iterable[Mapping[str, Any]], width: int | None = None) -> TitledTable:
    """Returns what `Catalogue.rows` says, for a person.

    Parameters
    ----------
    found : iterable of mappings
    width : int, optional
        Of the terminal, in letters: where not all fits, ids are shortened, and columns for which there is no
        room are left out, which a line below names.
    """
    rows = [_cells(row) for row in found]

    def with_columns(columns: Collection[str]) -> Table:
        named = [column for column in COLUMNS if column in columns]
        return Table(named, [[row[column] for column in named] for row in rows])

    if width is not None and with_columns(COLUMNS).width > width:
        _shorten_ids(rows)
    shown = ["id", "experiment"]
    for column in BY_IMPORTANCE:
        if width is None or with_columns([*shown, column]).width <= width:
            shown.append(column)
    left_out = ", ".join(column for column in COLUMNS if column not in shown)
    below = f"No room for {left_out}; --json has all." if left_out else ""
    return TitledTable(
        "Sweeps", with_columns(shown), below if width is None else textwrap.fill(below, max(width, 20))
    )


def nothing_found(place: str, experiment: str | None, held: Sequence[str]) -> str:
    """Returns what is said where a list is empty.

    Parameters
    ----------
    place : str
        The catalogue.
    experiment : str, optional
        Of which sweeps were looked for.
    held : sequence of str
        The experiments that the catalogue has sweeps of.
    """
    if experiment is None or not held:
        return f"{place} holds no sweep yet."
    those = ", ".join(map(printable, held))
    return f"{place} holds no sweep of {printable(experiment)!r}; it has those of {those}."


def _shorten_ids(rows: Sequence[dict[str, str]]) -> None:
    """Leaves the first digits of each id, which are enough to name it, if they tell all of them apart."""
    if len({row["id"][:SHORT_ID] for row in rows}) == len(rows):
        for row in rows:
            row["id"] = row["id"][:SHORT_ID]


def _cells(row: Mapping[Any, Any]) -> dict[str, str]:
    """Returns the cells of a sweep by column."""
    words = {
        name: printable(str(row[name])) for name in ("id", "experiment", "kind", "along", "axes", "fixed")
    }
    counts = {name: f"{row[name]:,}" for name in ("ok", "unresolved", "failed")}
    version = printable(spelled(row["version"], row["fingerprint"]))
    return {**words, **counts, "version": version, "finished": _finished(row)}


def spelled(version: object, fingerprint: str | None) -> str:
    """The version of an experiment; of one in a file, with the beginning of what tells its states apart."""
    return f"{version}, source {fingerprint[:8]}" if fingerprint else str(version)


def _finished(row: Mapping[Any, Any]) -> str:
    """When, or why not."""
    if row["damage"]:
        return printable(f"damaged: {row['damage']}")
    return local_time(row["created"]) if row["finished"] else left(row)


def local_time(moment: datetime) -> str:
    """A moment as the clocks here show it."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M %Z")


def left(row: Mapping[Any, Any]) -> str:
    """Returns how far an unfinished sweep is, and who computes it, if anybody does.

    A search does not know beforehand how many points it takes.
    """
    by = str(row.get("computed_by", ""))
    done = sum(row[name] for name in ("ok", "unresolved", "failed"))
    if row["kind"] == "sweep":
        far = f"{row['missing']:,} of {done + row['missing']:,} left"
    else:
        far = f"{counted(done, 'point')} so far"
    return printable(f"running: {far}, by {by}" if by else f"left off: {far}")
