"""The register of a paper: every numbered statement of it, and what becomes of each in an audit.

`claim`, `elsewhere`, `used`, `definition`, `follows`, `pending`, `unmeasurable` and `misprint` each make one
row, so that a register reads as a table in the order of the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Standing = Literal[
    "claim",
    "claim elsewhere",
    "used",
    "definition",
    "follows",
    "not measured yet",
    "cannot be measured",
    "misprint",
]
"""What becomes of a statement: one of these."""


@dataclass(frozen=True)
class Statement:
    """A numbered statement of a paper.

    Attributes
    ----------
    label : str
        Its number as the paper writes it, such as ``(3.4)``, ``Lemma 2.2`` or ``Appendix A``.
    says : str
        What it states, or its short form, in Unicode; that of a misprint as published.
    standing : Standing
    detail : str
        Where it is used, what it follows from, what a measurement takes or why there is none, its corrected
        form and what that changes, or what is narrower in the measurement than in the statement.
    claims : sequence of str
        The `Claim.equation` of each claim that measures it.
    """

    label: str
    says: str
    standing: Standing
    detail: str = ""
    claims: Sequence[str] = ()


def claim(label: str, says: str, *claims: str, narrower: str = "") -> Statement:
    """Returns a statement that the family's claims measure: those under its own number, if none are given."""
    return Statement(label, says, "claim", narrower, claims or (label,))


def elsewhere(label: str, says: str, family: str) -> Statement:
    """Returns a statement that the claims of another family measure."""
    return Statement(label, says, "claim elsewhere", f"in the audit of `{family}`")


def used(label: str, says: str, where: str) -> Statement:
    """Returns a statement that the solvers or their tests rest on."""
    return Statement(label, says, "used", where)


def definition(label: str, says: str, detail: str = "") -> Statement:
    """Returns a statement that gives something its name."""
    return Statement(label, says, "definition", detail)


def follows(label: str, says: str, source: str, *claims: str) -> Statement:
    """Returns a statement that follows from others, by an argument that adds nothing to measure."""
    return Statement(label, says, "follows", f"from {source}", claims)


def pending(label: str, says: str, takes: str) -> Statement:
    """Returns a statement that could be measured and is not, with what it takes."""
    return Statement(label, says, "not measured yet", takes)


def unmeasurable(label: str, says: str, why: str) -> Statement:
    """Returns a statement that cannot be measured."""
    return Statement(label, says, "cannot be measured", why)


def misprint(label: str, published: str, corrected: str, changes: str, *claims: str) -> Statement:
    """Returns a statement that is printed wrongly, with what it should say and what that changes."""
    return Statement(label, published, "misprint", f"corrected: {corrected}; {changes}", claims)
