"""Printed estimates, and what a measurement says of them.

A `Claim` is one displayed estimate: a relation between a quantity and a power of the frequency.  `judge`
compares the printed exponent with a measured one, by one rule for all claims and all papers.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kinetics.experiment import Point

RESOLVED = 0.05
"""A measured exponent whose error is above this says nothing about a claim."""

ROUND_OFF = 1e-9
"""Exponents that differ by less than this are the same."""


class Verdict(enum.IntEnum):
    """What a measurement at one point says of a claim."""

    UNRESOLVED = 0
    HOLDS_SHARP = 1
    HOLDS_NOT_SHARP = 2
    VIOLATED = 3


@dataclass(frozen=True)
class Claim:
    """One printed estimate, ``quantity relation omega^exponent`` as omega grows.

    Attributes
    ----------
    equation : str
        Its number in the paper.
    statement : str
        As printed, in Unicode.
    relation : {"≲", "≳", "≈"}
    exponent : callable
        The printed exponent at a point of parameter space, with the experiment's weight.
    experiment, quantity : str
        The experiment that measures it, and the label along that experiment's ``quantity`` dimension.
    remark : str
        What is known of misprints.
    """

    equation: str
    statement: str
    relation: Literal["≲", "≳", "≈"]
    exponent: Callable[[Point], float]
    experiment: str
    quantity: str
    remark: str = ""


def judge(
    relation: Literal["≲", "≳", "≈"], claimed: ArrayLike, measured: ArrayLike, error: ArrayLike
) -> NDArray[np.int8]:
    """Verdicts on exponents, point by point.

    A bound from above is violated where the measured exponent is above the claimed one by more than its
    error, sharp where they agree to the error, and otherwise not sharp; a bound from below the other way
    round; an equivalence is both.  Nothing is said where the error is above `RESOLVED`.

    Parameters
    ----------
    relation : {"≲", "≳", "≈"}
    claimed, measured, error : array_like, of shapes that broadcast

    Returns
    -------
    ndarray of int8
        Values of `Verdict`.
    """
    claimed, measured, error = np.broadcast_arrays(claimed, measured, error)
    above = measured - claimed
    margin = error + ROUND_OFF
    violated = {"≲": above > margin, "≳": above < -margin, "≈": np.abs(above) > margin}[relation]
    verdicts = np.where(np.abs(above) <= margin, Verdict.HOLDS_SHARP, Verdict.HOLDS_NOT_SHARP)
    verdicts = np.where(violated, Verdict.VIOLATED, verdicts)
    resolved = np.isfinite(measured) & (error <= RESOLVED)
    return np.where(resolved, verdicts, Verdict.UNRESOLVED).astype(np.int8)
