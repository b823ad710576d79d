"""Where a function changes sign along a line, told from few evaluations that carry errors.

Ask and tell: a `Line` says at which points it wants to know the function, is told values with their
errors, and asks again, until it has an answer.  It does not evaluate anything, and depends on what it was
told alone, so telling it stored answers takes it to where it was.

A sign is certain where the value exceeds its error.  A bracket has certain, opposite signs at its ends: if
the function is continuous, it vanishes in between, whatever its shape.  A bracket is narrowed by two points
a round: around the root of an interpolant where that can be trusted, and by cutting the widest gaps where it
was not.  Points without a certain sign never become an end; when they fill a bracket, it stays as wide as it
is.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Outcome = Literal["searching", "located", "none", "unresolved"]

PER_ROUND = 2
"""Points that a line asks in each round after the first."""

NODES = 4
"""The most points an interpolant goes through."""


class Sample(NamedTuple):
    """The function at a point: ``value`` plus or minus ``error``, if it is resolved there."""

    x: float
    value: float
    error: float
    resolved: bool

    @property
    def sign(self) -> int:
        """1 or -1 where that is certain, else 0."""
        if not self.resolved or abs(self.value) <= self.error:
            return 0
        return 1 if self.value > 0 else -1


class Bracket(NamedTuple):
    """Two neighbouring certain signs that differ, and the samples without a certain sign in between."""

    lower: Sample
    inside: tuple[Sample, ...]
    upper: Sample

    @property
    def width(self) -> float:
        return self.upper.x - self.lower.x

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """Stretches without a sample, ascending."""
        stops = [self.lower.x, *(sample.x for sample in self.inside), self.upper.x]
        return list(itertools.pairwise(stops))


def most_rounds(lower: float, upper: float, tolerance: float) -> int:
    """After how many rounds of narrowing a line gives up."""
    # Two rounds at least halve a bracket while all signs are certain: twice the rounds of a bisection.
    return 2 * math.ceil(math.log2((upper - lower) / tolerance)) + 2


def most_evaluations(lower: float, upper: float, tolerance: float, coarse: int) -> int:
    """The most points that a line asks."""
    return coarse + PER_ROUND * most_rounds(lower, upper, tolerance)


class Line:
    """The search for the lowest change of sign between two points.

    Parameters
    ----------
    lower, upper : float
        Where to search.
    tolerance : float
        How wide the bracket may remain.
    coarse : int
        How many equidistant points to ask first, both ends included.  Changes of sign that cancel between
        two neighbours go unseen.

    Attributes
    ----------
    outcome : {"searching", "located", "none", "unresolved"}
        ``located``: the bracket is as narrow as `tolerance`, or as the errors of the values allow.
        ``none``: all coarse points have one certain sign.  ``unresolved``: a change may hide, or the bracket
        cannot be narrowed, because the function is not resolved everywhere.
    bracket : Bracket or None
        The change of sign that is followed.
    sign_changes : int
        How many were seen.
    """

    def __init__(self, lower: float, upper: float, tolerance: float, coarse: int = 9) -> None:
        self.tolerance = tolerance
        self.outcome: Outcome = "searching"
        self.bracket: Bracket | None = None
        self.sign_changes = 0
        self._samples: list[Sample] = []
        self._asked = [float(x) for x in np.linspace(lower, upper, coarse)]
        self._rounds_left = most_rounds(lower, upper, tolerance)
        self._trusts_interpolant = True

    @property
    def evaluations(self) -> int:
        """How many points were told."""
        return len(self._samples)

    def ask(self) -> list[float]:
        """The points to be evaluated in this round, ascending; none when the search is over."""
        return list(self._asked)

    def tell(self, answers: Sequence[tuple[float, float, bool]]) -> None:
        """Value, error and whether it is resolved, for each of the points last asked.

        Raises
        ------
        ValueError
            If there are not as many answers as points.
        """
        told = [_sample(x, *answer) for x, answer in zip(self._asked, answers, strict=True)]
        self._samples = sorted([*self._samples, *told])
        self._asked = self._next()

    @property
    def lower(self) -> float:
        """The lower end of the bracket, or NaN."""
        return self.bracket.lower.x if self.bracket else math.nan

    @property
    def upper(self) -> float:
        """The upper end of the bracket, or NaN."""
        return self.bracket.upper.x if self.bracket else math.nan

    @property
    def boundary(self) -> float:
        """Where the function vanishes, if that is located, or NaN.  Its error reaches to the ends."""
        if self.bracket is None or self.outcome != "located":
            return math.nan
        guess, _ = self._interpolate(self.bracket)
        return guess

    def _next(self) -> list[float]:
        """Updates the bracket and the outcome; what to ask next."""
        previous = self.bracket
        brackets = _brackets(self._samples)
        self.sign_changes = len(brackets)
        if not brackets:
            self.outcome = "none" if all(sample.sign for sample in self._samples) else "unresolved"
            return []
        bracket = self.bracket = brackets[0]
        if bracket.width <= self.tolerance:
            self.outcome = "located"
            return []
        stuck = previous is not None and previous.width == bracket.width
        if stuck and max(upper - lower for lower, upper in bracket.gaps) <= bracket.width / 4:
            # Wherever one looks inside, the sign is uncertain: no digit to be gained.
            self.outcome = "located" if all(sample.resolved for sample in bracket.inside) else "unresolved"
            return []
        if self._rounds_left == 0:
            self.outcome = "unresolved"
            return []
        self._rounds_left -= 1
        if previous is not None:
            # After a round that did not halve the bracket, the next one is not left to an interpolant.
            self._trusts_interpolant = not self._trusts_interpolant or bracket.width <= previous.width / 2
        aimed = self._aim(bracket) if self._trusts_interpolant else []
        return aimed or _cut(bracket)

    def _aim(self, bracket: Bracket) -> list[float]:
        """Points close around the root of the interpolant; none if they promise less than a cut."""
        guess, uncertainty = self._interpolate(bracket)
        rise = abs(bracket.upper.value - bracket.lower.value)
        noise = max(
            sample.error for sample in (bracket.lower, *bracket.inside, bracket.upper) if sample.resolved
        )
        # Less than half the tolerance on each side ends the search; three times the noise is where the
        # sign is certain although both the guess and the value are off by it.
        margin = max(0.45 * self.tolerance, uncertainty, 3 * noise * bracket.width / rise)
        if margin >= bracket.width / 4:
            return []
        known = {sample.x for sample in self._samples}
        points = (guess - margin, guess + margin)
        return [x for x in points if bracket.lower.x < x < bracket.upper.x and x not in known]

    def _interpolate(self, bracket: Bracket) -> tuple[float, float]:
        """Where an inverse interpolant through samples near the bracket vanishes; how far it may be off."""
        nodes = [bracket.lower, bracket.upper]
        middle = bracket.lower.x + bracket.width / 2
        guess = _inverse(nodes)
        uncertainty = bracket.width / 8
        for sample in sorted(self._samples, key=lambda sample: abs(sample.x - middle)):
            if len(nodes) == NODES:
                break
            extended = sorted({*nodes, sample})
            if len(extended) > len(nodes) and sample.resolved and _monotone(extended):
                nodes = extended
                better = _inverse(nodes)
                guess, uncertainty = better, abs(better - guess)
        if not bracket.lower.x < guess < bracket.upper.x:
            return middle, bracket.width / 2
        return guess, uncertainty


class Lines:
    """The searches on many lines between the same two points, in step: a round of all is one fan-out.

    Parameters
    ----------
    shape : tuple of int
        The lines are laid out as an array; ``()`` is a single one.
    lower, upper, tolerance, coarse
        As for `Line`.

    Attributes
    ----------
    round : int
        How many rounds were told.
    column : int
        How many evaluations per line precede the points being asked.  It depends on the round alone, so
        that every evaluation has its place in storage.
    """

    def __init__(
        self, shape: tuple[int, ...], lower: float, upper: float, tolerance: float, coarse: int = 9
    ) -> None:
        self.shape = shape
        self.round = 0
        self.column = 0
        self._coarse = coarse
        self._lines = {index: Line(lower, upper, tolerance, coarse) for index in np.ndindex(shape)}

    def ask(self) -> NDArray[np.float64]:
        """The points to be evaluated in this round.

        Returns
        -------
        (*shape, n) float64
            NaN where a line asks nothing; `n` is 0 when every search is over.
        """
        wanted = {index: line.ask() for index, line in self._lines.items()}
        n = (PER_ROUND if self.round else self._coarse) if any(wanted.values()) else 0
        asked = np.full((*self.shape, n), np.nan)
        for index, points in wanted.items():
            asked[index][: len(points)] = points
        return asked

    def tell(
        self, value: NDArray[np.float64], error: NDArray[np.float64], resolved: NDArray[np.bool_]
    ) -> None:
        """The answers to what `ask` asked, in arrays of the same shape; where it is NaN they are ignored.

        Raises
        ------
        ValueError
            If the shapes differ.
        """
        asked = self.ask()
        if not asked.shape == value.shape == error.shape == resolved.shape:
            raise ValueError(
                f"Argument `value`, `error` and `resolved` must have shape {asked.shape}, "
                f"but have {value.shape}, {error.shape} and {resolved.shape}."
            )
        for index, line in self._lines.items():
            if n := len(line.ask()):
                answers = zip(value[index][:n], error[index][:n], resolved[index][:n], strict=True)
                line.tell(list(answers))
        self.round += 1
        self.column += asked.shape[-1]

    def results(self) -> dict[str, NDArray[np.generic]]:
        """What was found, in arrays of `shape`.

        ``boundary``, ``boundary_lower`` and ``boundary_upper`` (NaN where there is none), ``sign_changes``,
        ``evaluations`` and ``boundary_outcome``.
        """
        lines = list(self._lines.values())

        def array(values: Sequence[object], dtype: Any) -> NDArray[np.generic]:
            return np.array(values, dtype).reshape(self.shape)

        return {
            "boundary": array([line.boundary for line in lines], np.float64),
            "boundary_lower": array([line.lower for line in lines], np.float64),
            "boundary_upper": array([line.upper for line in lines], np.float64),
            "sign_changes": array([line.sign_changes for line in lines], np.int64),
            "evaluations": array([line.evaluations for line in lines], np.int64),
            "boundary_outcome": array([line.outcome for line in lines], np.dtypes.StringDType()),
        }


def _sample(x: float, value: float, error: float, resolved: bool) -> Sample:
    usable = bool(resolved) and math.isfinite(value) and math.isfinite(error) and error >= 0
    return Sample(x, float(value), float(error), usable)


def _brackets(samples: Sequence[Sample]) -> list[Bracket]:
    """Every change between neighbouring certain signs, ascending."""
    certain = [i for i, sample in enumerate(samples) if sample.sign]
    return [
        Bracket(samples[i], tuple(samples[i + 1 : j]), samples[j])
        for i, j in itertools.pairwise(certain)
        if samples[i].sign != samples[j].sign
    ]


def _cut(bracket: Bracket) -> list[float]:
    """Two points that cut an empty bracket in three, or else the two widest gaps in half."""
    if not bracket.inside:
        return [bracket.lower.x + bracket.width * part for part in (1 / 3, 2 / 3)]
    widest = sorted(bracket.gaps, key=lambda gap: gap[0] - gap[1])[:PER_ROUND]
    return sorted(lower + (upper - lower) / 2 for lower, upper in widest)


def _monotone(nodes: Sequence[Sample]) -> bool:
    """Whether the values rise or fall throughout, by more than their errors."""
    steps = [
        0.0 if abs(right.value - left.value) <= right.error + left.error else right.value - left.value
        for left, right in itertools.pairwise(nodes)
    ]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _inverse(nodes: Sequence[Sample]) -> float:
    """Where the polynomial in the value through all `nodes` is, at value zero [Neville's scheme]."""
    estimates = [node.x for node in nodes]
    values = [node.value for node in nodes]
    for order in range(1, len(nodes)):
        for i in range(len(nodes) - order):
            low, high = values[i], values[i + order]
            estimates[i] = (high * estimates[i] - low * estimates[i + 1]) / (high - low)
    return estimates[0]
