"""Questions that belong together: studies, which have pictures, and audits, which have verdicts.

A `Question` names a kind of question and what that kind takes, by the names of `wellposed.sweep`,
`wellposed.boundary`, `wellposed.curve` and of whatever kinds there are besides.  It is a value without any
knowledge of how it is asked; whether a kind takes it is checked when it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
"""What a study or a family may be called: its pictures and pages are files of that name."""


@dataclass(frozen=True)
class Question:
    """What one kind of question is asked.  Made by `question`.

    Attributes
    ----------
    kind : str
        Such as ``"boundary"``.
    experiment : str
        The name of an experiment.
    fields : mapping of str to object
        The other fields of the request, such as ``along``, ``axes`` and ``fixed``.
    """

    kind: str
    experiment: str
    fields: Mapping[str, object]


def question(kind: str, experiment: str, **fields: object) -> Question:
    """A question about an experiment: ``question("boundary", "wave.growth", along="beta")``."""
    return Question(kind, experiment, fields)


@dataclass(frozen=True)
class Guide:
    """A thin line in a picture of boundaries: what is published, or where a family lies.

    Attributes
    ----------
    label : str
    value : Linear
        Of the parameter along which boundaries are searched.
    when : mapping of str to tuple of str
        In which panels it is drawn: the values of choices.
    """

    label: str
    value: Linear
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Overlay:
    """A picture of the boundaries for all values of the choice `together` in one panel, with guides."""

    together: str
    guides: Sequence[Guide] = ()


@dataclass(frozen=True)
class Row:
    """A row of panels in a picture of outputs: what the sweeps of one experiment have found.

    Attributes
    ----------
    experiment, output : str
        Whose output is drawn.
    along : str
        What goes across: a parameter that is swept, or the experiment's own coordinate.
    panels, lines : str
        Parameters: a panel for each value of one, which is swept or fixed in each of several sweeps, and a
        line, or a row of a map, for each value of the other, which is swept.
    beside : str
        Another output, of the same dimensions, that each line is to be compared with: drawn once, in black.
    kind : {"lines", "map"}
        Lines with their errors, or a ratio as a map, white where it is one.
    limits : (float, float), optional
        The ends of the axis of the output, where both axes are linear; what is beyond is cut off.  Without
        them moduli are drawn, and axes are logarithmic.
    level : float, optional
        Of a thin horizontal line: what the output is to tend to.
    level_label : str
    mark : callable, optional
        ``mark(point)`` is where on the axis of `along` a thin vertical line in the line's colour is.
    mark_label : str
    """

    experiment: str
    output: str
    along: str
    panels: str
    lines: str
    beside: str = ""
    kind: Literal["lines", "map"] = "lines"
    limits: tuple[float, float] | None = None
    level: float | None = None
    level_label: str = ""
    mark: Callable[[Point], float] | None = None
    mark_label: str = ""


@dataclass(frozen=True)
class Rows:
    """A picture of outputs, a row for each of several; another experiment's is another row."""

    rows: Sequence[Row]


Picture = Literal["planes", "profiles"] | Overlay | Rows
"""The order parameter over two parameters, or along the one that is searched; boundaries alone; outputs."""


@dataclass(frozen=True)
class Study:
    """Questions whose answers are shown together, in one picture or several.

    Attributes
    ----------
    name : str
        By which it is asked for: ``wellposed study NAME``.
    summary : str
        What is found out, in one line.
    questions : sequence of Question
    pictures : sequence of {"planes", "profiles"}, Overlay or Rows

    Raises
    ------
    ValueError
        If the name is not fit to be that of a file, or there is no question or no picture.
    """

    name: str
    summary: str
    questions: Sequence[Question]
    pictures: Sequence[Picture] = ("planes",)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"The name of a study must be letters, digits and dashes, but is {self.name!r}.")
        if not self.questions:
            raise ValueError(f"Study `{self.name}` must have at least one question.")
        if not self.pictures or isinstance(self.pictures, str):
            raise ValueError(
                f"Study `{self.name}` must have a sequence of at least one picture, but has "
                f"{self.pictures!r}."
            )


@dataclass(frozen=True)
class Audit:
    """The measurements by which the claims of a family are judged.

    Thresholds that its experiments say are published are judged as well, where a boundary is among them.

    Attributes
    ----------
    summary : str
        The title of its page.
    questions : sequence of Question
    reading : str
        How the numbers are to be read, in Markdown.

    Raises
    ------
    ValueError
        If there is no question.
    """

    summary: str
    questions: Sequence[Question]
    reading: str = ""

    def __post_init__(self) -> None:
        if not self.questions:
            raise ValueError(f"The audit {self.summary!r} must have at least one question.")
