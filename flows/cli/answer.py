"""What a command answers: to a person, to a program, and as an exit status."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime

DONE, INCOMPLETE, REFUSED, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Answer:
    """The answer of a command.

    Attributes
    ----------
    text : str
        For a person.
    document : mapping
        The same for a program: text, numbers, truth values, dates, and mappings and sequences of these.
    status : int
        The exit status: 0 done, 1 something is lacking, 2 refused.
    aside : str
        Where to go from here; a person who wants it short is not told.
    complaints : sequence of str
        What is lacking, for standard error.
    draw : callable, optional
        Draws pictures that belong to it, and returns their places.  A person is shown the text before; in the
        document they are `figures`.
    closing : ExitStack
        What is to be ended when the answer has been shown.
    """

    text: str
    document: Mapping[str, object]
    status: int = DONE
    aside: str = ""
    complaints: Sequence[str] = field(default_factory=tuple)
    draw: Callable[[], Sequence[str]] | None = None
    closing: ExitStack = field(default_factory=ExitStack)

    def tell(self, *, as_json: bool, is_brief: bool) -> None:
        """Prints it."""
        if as_json:
            figures = {} if self.draw is None else {"figures": list(self.draw())}
            print(as_plain_json({**self.document, **figures}))
        else:
            begun = False
            for part in self._parts(is_brief=is_brief):
                print(*(["\n"] if begun else []), part, sep="")
                begun = True
                sys.stdout.flush()  # what follows may take long
        sys.stdout.flush()
        for complaint in self.complaints:
            print(complaint, file=sys.stderr)

    def _parts(self, *, is_brief: bool) -> Iterator[str]:
        """Yields what is told a person, as it comes; an empty line is between."""
        if self.text:
            yield self.text
        if self.draw is not None and (places := self.draw()):
            yield f"Figure: {' and '.join(places)}"
        if self.aside and not is_brief:
            yield self.aside


def as_plain_json(document: Mapping[str, object]) -> str:
    """`document` as JSON that any program reads: what is not finite is null, and dates are in ISO 8601."""
    return json.dumps(_plain(document), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, datetime):
        return value.isoformat() if value == value else None  # pandas' NaT is a datetime
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Sequence):
        return [_plain(one) for one in value]
    raise TypeError(f"{value!r} has no place in JSON.")
