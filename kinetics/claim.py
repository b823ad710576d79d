"""Published estimates, and what a measurement says of them.

A `Claim` is one displayed estimate: a relation between a measured number, mostly the exponent of a power of
the frequency, and a published one.  `judge` compares the two point by point, and `overall` sums up, by one
rule for all claims and all papers.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Law, Linear

Relation = Literal["≲", "≳", "≈", "≤", "≥", "="]
"""Up to a constant (of exponents): from above, from below, both; of numbers: at most, at least, equal."""

RESOLVED = 0.05
"""A measured number whose error is above this says nothing about a claim."""

ROUND_OFF = 1e-9
"""Numbers that differ by less than this are the same."""


class Verdict(enum.IntEnum):
    """What a measurement says of a claim."""

    UNRESOLVED = 0
    HOLDS_SHARP = 1
    HOLDS_NOT_SHARP = 2
    VIOLATED = 3

    def __str__(self) -> str:
        """As a table says it."""
        return {"HOLDS_SHARP": "holds, sharp", "HOLDS_NOT_SHARP": "holds, not sharp"}.get(
            self.name, self.name.lower()
        )


def everywhere(_: Point) -> bool:
    """The domain of a claim that is made without condition."""
    return True


@dataclass(frozen=True)
class Claim:
    """One published estimate, ``measured relation printed``.

    Attributes
    ----------
    equation : str
        Its number in the paper.
    statement : str
        What is published, or its short form, in Unicode.
    relation : {"≲", "≳", "≈", "≤", "≥", "="}
    printed : Linear or Law
        The published number at a point of parameter space: an exponent with the experiment's weight.
    experiment, output : str
        The experiment and which of its outputs measures it; the output ``<output>_error`` is its error.
    where : mapping of str to str
        Labels along the experiment's own dimensions, and values of its choices.
    domain : callable
        Whether the claim is made at a point.
    condition : str
        That in words, if it is not made everywhere.
    remark : str
        What is known of misprints.
    from_below : bool
        Whether the measured number is only a lower bound of what the claim is about: then it can violate a
        bound from above, and else says nothing.
    """

    equation: str
    statement: str
    relation: Relation
    printed: Linear | Law
    experiment: str
    output: str = "exponent"
    where: Mapping[str, str] = field(default_factory=dict)
    domain: Callable[[Point], bool] = everywhere
    condition: str = ""
    remark: str = ""
    from_below: bool = False


def judge(relation: Relation, printed: ArrayLike, measured: ArrayLike, error: ArrayLike) -> NDArray[np.int8]:
    """Verdicts point by point.

    A bound from above is violated where the measured number is above the published one by more than its
    error, sharp where they agree to the error, and otherwise not sharp; a bound from below the other way
    round; an equivalence is both.  Nothing is said where the error is above `RESOLVED`.

    Parameters
    ----------
    relation : {"≲", "≳", "≈", "≤", "≥", "="}
    printed, measured, error : array_like, of shapes that broadcast

    Returns
    -------
    ndarray of int8
        Values of `Verdict`.
    """
    printed, measured, error = np.broadcast_arrays(printed, measured, error)
    above = measured - printed
    margin = error + ROUND_OFF
    match relation:
        case "≲" | "≤":
            violated = above > margin
        case "≳" | "≥":
            violated = above < -margin
        case "≈" | "=":
            violated = np.abs(above) > margin
    verdicts = np.where(np.abs(above) <= margin, Verdict.HOLDS_SHARP, Verdict.HOLDS_NOT_SHARP)
    verdicts = np.where(violated, Verdict.VIOLATED, verdicts)
    resolved = np.isfinite(measured) & (error <= RESOLVED)
    return np.where(resolved, verdicts, Verdict.UNRESOLVED).astype(np.int8)


def overall(verdicts: ArrayLike) -> Verdict:
    """What the verdicts at several points say together.

    `VIOLATED` if one is; else `UNRESOLVED` if all are; else `HOLDS_SHARP` if all that are resolved are sharp;
    else `HOLDS_NOT_SHARP`.
    """
    found = set(np.asarray(verdicts).ravel().tolist()) - {int(Verdict.UNRESOLVED)}
    for verdict in (Verdict.VIOLATED, Verdict.HOLDS_NOT_SHARP, Verdict.HOLDS_SHARP):
        if int(verdict) in found:
            return verdict
    return Verdict.UNRESOLVED
