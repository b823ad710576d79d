"""Samples of a function that carry errors, and what can be certain of its zeros between them.

A sign is certain where the value exceeds its error.  Between two neighbouring certain signs that differ, a
continuous function vanishes, whatever its shape.  Between two that agree it may still touch zero, where the
samples in between have no certain sign.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

MOST_NODES = 4
"""The most points an interpolant goes through."""


class Sample(NamedTuple):
    """The function at a point: ``value`` plus or minus ``error``, if it is resolved there."""

    x: float
    value: float
    error: float
    resolved: bool

    @classmethod
    def of_answer(cls, x: float, value: float, error: float, resolved: bool) -> Sample:
        """Returns a sample that counts as resolved only where its value and its error are numbers."""
        usable = bool(resolved) and math.isfinite(value) and math.isfinite(error) and error >= 0
        return cls(x, float(value), float(error), usable)

    @property
    def sign(self) -> int:
        """Returns 1 or -1 where that is certain, else 0."""
        if not self.resolved or abs(self.value) <= self.error:
            return 0
        return 1 if self.value > 0 else -1


class Bracket(NamedTuple):
    """Two neighbouring certain signs, and the samples without a certain sign in between."""

    lower: Sample
    inside: tuple[Sample, ...]
    upper: Sample

    @property
    def changes(self) -> bool:
        """Returns whether the signs differ; if not, the function may touch zero inside."""
        return self.lower.sign != self.upper.sign

    @property
    def width(self) -> float:
        return self.upper.x - self.lower.x

    @property
    def resolved(self) -> bool:
        return all(sample.resolved for sample in self.inside)

    @property
    def noise(self) -> float:
        """Returns the largest error inside and at the ends."""
        return max(sample.error for sample in (self.lower, *self.inside, self.upper) if sample.resolved)

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """Returns the stretches without a sample, ascending."""
        stops = [self.lower.x, *(sample.x for sample in self.inside), self.upper.x]
        return list(itertools.pairwise(stops))

    def contains(self, other: Bracket) -> bool:
        return self.lower.x <= other.lower.x and other.upper.x <= self.upper.x

    def cut(self, n: int) -> list[float]:
        """Returns `n` points, or up to so many, that cut the widest gaps evenly."""
        widest = sorted(self.gaps, key=lambda gap: gap[0] - gap[1])[:n]
        each = n // max(1, len(widest))
        return sorted(
            lower + (upper - lower) * part / (each + 1)
            for lower, upper in widest
            for part in range(1, each + 1)
        )


def brackets(samples: Sequence[Sample]) -> list[Bracket]:
    """Returns where neighbouring certain signs differ, or have samples without one between them."""
    certain = [i for i, sample in enumerate(samples) if sample.sign]
    return [
        Bracket(samples[i], tuple(samples[i + 1 : j]), samples[j])
        for i, j in itertools.pairwise(certain)
        if samples[i].sign != samples[j].sign or j > i + 1
    ]


def interpolate(bracket: Bracket, samples: Sequence[Sample]) -> tuple[float, float]:
    """Returns where an inverse interpolant through `samples` near a bracket vanishes, and its error."""
    nodes = [bracket.lower, bracket.upper]
    middle = bracket.lower.x + bracket.width / 2
    guess = _inverse(nodes)
    uncertainty = bracket.width / 8
    for sample in sorted(samples, key=lambda sample: abs(sample.x - middle)):
        if len(nodes) == MOST_NODES:
            break
        extended = sorted({*nodes, sample})
        if len(extended) > len(nodes) and sample.resolved and _monotone(extended):
            nodes = extended
            better = _inverse(nodes)
            guess, uncertainty = better, abs(better - guess)
    if not bracket.lower.x < guess < bracket.upper.x:
        return middle, bracket.width / 2
    return guess, uncertainty


def turning_points(samples: Sequence[Sample]) -> int:
    """Returns how often the function turns from rising to falling or back, by more than the errors.

    Parameters
    ----------
    samples : sequence of Sample
        Resolved, ascending.
    """
    count = direction = 0
    furthest: Sample | None = None
    for sample in samples:
        if furthest is None:
            furthest = sample
            continue
        step = sample.value - furthest.value
        if step * direction > 0.0:
            furthest = sample
        elif abs(step) > sample.error + furthest.error:
            count += direction != 0
            direction = 1 if step > 0.0 else -1
            furthest = sample
    return count


def extrapolate(first: Sample, second: Sample) -> float | None:
    """Returns where the line through two samples vanishes, if they differ by more than their errors."""
    if abs(second.value - first.value) <= first.error + second.error:
        return None
    return _inverse([first, second])


def dip(first: Sample, left: Sample, right: Sample, last: Sample) -> tuple[float, ...]:
    """Returns where a function may come down to zero and back between two neighbours of one sign.

    Parameters
    ----------
    first, left, right, last : Sample
        Neighbours of one certain sign, ascending.

    Returns
    -------
    tuple of float
        The lowest point of the straight lines from both sides, between which a convex function stays, and
        that of a parabola.  None if those lines meet above zero or the function does not come down.
    """
    a, b, c, d = (abs(sample.value) for sample in (first, left, right, last))
    falls = a - b > first.error + left.error and d - c > right.error + last.error
    if not falls:
        return ()
    down, up = (b - a) / (left.x - first.x), (d - c) / (last.x - right.x)
    x = (c - b + down * left.x - up * right.x) / (down - up)
    if not left.x < x < right.x or b + down * (x - left.x) > 0.0:
        return ()
    outer, outer_value = (first, a) if a < d else (last, d)
    before = (b - outer_value) / (left.x - outer.x)
    after = (c - b) / (right.x - left.x)
    curvature = (after - before) / (right.x - outer.x)
    if curvature <= 0.0:
        return (x,)
    vertex = (left.x + right.x) / 2 - after / (2 * curvature)
    margin = (right.x - left.x) / 16
    vertex = min(max(vertex, left.x + margin), right.x - margin)
    return tuple(sorted({x, vertex}))


def _monotone(nodes: Sequence[Sample]) -> bool:
    """Returns whether the values rise or fall throughout, by more than their errors."""
    steps = [
        0.0 if abs(right.value - left.value) <= right.error + left.error else right.value - left.value
        for left, right in itertools.pairwise(nodes)
    ]
    return all(step > 0 for step in steps) or all(step < 0 for step in steps)


def _inverse(nodes: Sequence[Sample]) -> float:
    """Returns where the polynomial in the value through all `nodes` is, at value zero [Neville's scheme]."""
    estimates = [node.x for node in nodes]
    values = [node.value for node in nodes]
    for order in range(1, len(nodes)):
        for i in range(len(nodes) - order):
            low, high = values[i], values[i + order]
            estimates[i] = (high * estimates[i] - low * estimates[i + 1]) / (high - low)
    return estimates[0]
