"""What a catalogue holds, as a list in a terminal.  Imports no equations: to look takes no time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from wellposed.flows.presentation.table import Table
from wellposed.flows.text import printable


def catalogue_table(found: Iterable[Mapping[str, Any]]) -> Table:
    """Returns what `Catalogue.rows` says, for a person."""
    columns = [
        "id",
        "experiment",
        "version",
        "kind",
        "axes",
        "fixed",
        "ok",
        "unresolved",
        "failed",
        "finished",
    ]
    rows = []
    for row in found:
        told = {**row, "version": spelled(row["version"], row["fingerprint"])}
        cells = [printable(str(told[name])) for name in columns[:6]]
        counts = [f"{row[name]:,}" for name in columns[6:9]]
        rows.append([*cells, *counts, _finished(row)])
    return Table(columns, rows)


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
    """How much of an unfinished sweep is left.  A boundary search does not know beforehand."""
    if row["kind"] != "sweep":
        return "not yet"
    points = sum(row[name] for name in ("ok", "unresolved", "failed", "missing"))
    return f"not yet: {row['missing']:,} of {points:,} left"
