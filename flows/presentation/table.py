"""Text in columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MARKS = re.compile(r"(`[^`]*`)|(?<!\w)_|\*(?=\w)|(?<!\w)\*|(?<=\])\(|<(?=[A-Za-z/!?])")
"""Code, which stays as it is, and what would begin emphasis or a tag, or make a link of a bracket."""


def as_markdown(text: str) -> str:
    """Returns `text` so that Markdown shows its formulas as they are written, ``‖f‖_(1/2,1)`` among them."""
    return _MARKS.sub(lambda found: found[1] or f"\\{found[0]}", text)


@dataclass(frozen=True)
class Table:
    """Rows of cells under their headings, all of them text."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def __str__(self) -> str:
        """Columns side by side, as wide as they need."""
        widths = self._widths
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
            for line in (self.columns, *self.rows)
        )

    @property
    def width(self) -> int:
        """How many letters its longest line may have."""
        return sum(self._widths) + 2 * (len(self.columns) - 1)

    @property
    def _widths(self) -> Sequence[int]:
        lines = [self.columns, *self.rows]
        return [max(len(line[i]) for line in lines) for i in range(len(self.columns))]

    def markdown(self) -> str:
        """The table in markdown."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join(
            "| " + " | ".join(as_markdown(cell).replace("|", r"\|") for cell in line) + " |" for line in lines
        )


@dataclass(frozen=True)
class TitledTable:
    """A table with what it holds, and a line that is said below it."""

    title: str
    table: Table
    below: str = ""

    def __str__(self) -> str:
        """Returns the table for a terminal, without its title, which the command says."""
        return "\n\n".join(filter(None, [str(self.table), self.below]))

    def markdown(self) -> str:
        """Returns all of it in Markdown."""
        return "\n\n".join(filter(None, [f"## {self.title}", self.below, self.table.markdown()]))
