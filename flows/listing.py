"""What a catalogue holds, as a list in a terminal.  Imports no equations: to look takes no time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog import Catalogue
from flows.columns import Table


def catalogue_table(catalogue: Catalogue, experiment: str | None = None) -> Table:
    """One row for each sweep in a catalogue, or each of an experiment."""
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
    for row in catalogue.table(experiment).to_dict("records"):
        row["version"] = spelled(row["version"], row["fingerprint"])
        cells = [printable(str(row[name])) for name in columns[:6]]
        counts = [f"{row[name]:,}" for name in columns[6:9]]
        rows.append([*cells, *counts, _finished(row)])
    return Table(columns, rows)


def spelled(version: object, fingerprint: str) -> str:
    """The version of an experiment; of one in a file, with the beginning of what tells its states apart."""
    return f"{version}, source {fingerprint[:8]}" if fingerprint else str(version)


def _finished(row: Mapping[Any, Any]) -> str:
    """When, or why not."""
    if row["damage"]:
        return printable(f"damaged: {row['damage']}")
    return str(row["created"].strftime("%Y-%m-%d %H:%M")) if row["finished"] else left(row)


def left(row: Mapping[Any, Any]) -> str:
    """How much of an unfinished sweep is left.  A boundary search does not know beforehand."""
    if row["kind"] != "sweep":
        return "not yet"
    points = sum(row[name] for name in ("ok", "unresolved", "failed", "missing"))
    return f"not yet: {row['missing']:,} of {points:,} left"


def printable(text: str) -> str:
    """`text` without what a terminal would obey rather than show."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
