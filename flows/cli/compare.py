"""The command that compares two answers to one question."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

from wellposed.flows.cli.answer import DONE, INCOMPLETE, Answer
from wellposed.flows.cli.catalogue import Catalogue, SweepId
from wellposed.flows.text import ABSENT, counted, short

if TYPE_CHECKING:
    from wellposed.catalog.comparison import Comparison, Difference


def compare(id: SweepId, other: SweepId, catalogue: Catalogue = "results") -> Answer:
    """``wellposed compare``: 1 if something differs by more than its errors."""
    from wellposed import catalog
    from wellposed.catalog.comparison import compare as compared

    place = catalog.open(catalogue)
    stores = [place.find(one) for one in (id, other)]
    found = compared(*(store.dataset() for store in stores))
    ids = [store.id for store in stores]
    return Answer(
        _told(found, ids),
        {"ids": ids, "agrees": found.agrees, **dataclasses.asdict(found)},
        DONE if found.agrees else INCOMPLETE,
    )


def _told(found: Comparison, ids: list[str]) -> str:
    from wellposed.flows.presentation.table import Table

    parts = []
    if found.asked:
        asked = [[name, *map(short, both)] for name, both in found.asked.items()]
        parts.append(str(Table(["not the same", *ids], asked)))
    columns = ["output", "compared", "unequal", "beyond errors", "most", "in errors", *ids, "where"]
    parts.append(str(Table(columns, [_row(one) for one in found.differences])))
    parts.append(
        f"Both have {found.common:,} {found.of}; {ids[0]} alone has {found.first_alone:,}, and {ids[1]} "
        f"alone {found.second_alone:,}.\nThe largest difference is `most`, and over the sum of both errors "
        "`in errors`."
    )
    beyond = sum(one.beyond for one in found.differences)
    parts.append(
        "Nothing differs by more than its errors."
        if found.agrees
        else f"{counted(beyond, 'value')} of {sum(one.compared for one in found.differences):,} "
        f"{'differs' if beyond == 1 else 'differ'} by more than the errors."
    )
    return "\n\n".join(parts)


def _row(one: Difference) -> list[str]:
    where = ", ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in one.at.items()
    )
    return [
        one.output,
        f"{one.compared:,}",
        f"{one.unequal:,}",
        f"{one.beyond:,}",
        *(ABSENT if math.isnan(value) else f"{value:.2g}" for value in (one.largest, one.in_errors)),
        *(value or ABSENT for value in one.both),
        where or ABSENT,
    ]


COMMANDS = (
    (
        "compare",
        compare,
        "Compare two answers to one question: what differs, and by how many of its errors.",
        "wellposed compare 5f0c 77ab",
        "wellposed compare 5f0c 77ab --json | jq '.differences[] | select(.beyond > 0)'",
    ),
)
