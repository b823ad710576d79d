"""The searches on many lines at once, in step: a round of all of them is one fan-out.

Where lines are neighbours along an axis of numbers, few are scanned: the middle one first, then the ends of
the axis, then the middle of every gap, until none is left.  Each starts from the boundaries of those before
it, interpolated to its place.  A line is scanned as well if its prediction fails, or if those before it show
anything but a single change of sign.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.sweeps.search.boundary import (
    POINTS_PER_ROUND,
    ZEROS_PER_ROUND,
    LineSearch,
    Prediction,
    most_rounds,
)

FEWEST_NEIGHBOURS = 5
"""Fewer lines than this are all scanned: to begin with one of them would take longer."""

MOST_POINTS_PER_ZERO = 16
"""The most points to narrow a zero by in one round."""

MOST_NODES = 4
"""The most lines that a boundary is predicted from."""

Stretches = Sequence[tuple[float, float]]


class LineSearches:
    """The searches on many lines between the same two points.

    Parameters
    ----------
    shape : tuple of int
        The lines are laid out as an array; ``()`` is a single one.
    lower, upper, tolerance, coarse
        What they are for `LineSearch`.
    positions : sequence of (n,) float64 or None, optional
        For each axis where its lines lie, or None if neighbours along it have nothing in common.  Not given,
        every line is scanned.
    fill : int
        A round with fewer points than this narrows each zero by more of them, so that workers are not idle.
    domain : callable, optional
        ``domain(index)`` gives the stretches in which a line may be asked, and whether it may be at a point
        of them.

    Attributes
    ----------
    round : int
        How many rounds were told.
    column : int
        How many evaluations per line precede the points being asked.  It depends on the round alone, so
        that every evaluation has its place in storage.
    """

    def __init__(
        self,
        shape: tuple[int, ...],
        lower: float,
        upper: float,
        tolerance: float,
        coarse: int = 9,
        positions: Sequence[NDArray[np.float64] | None] | None = None,
        fill: int = 1,
        domain: Callable[[tuple[int, ...]], tuple[Stretches, Callable[[float], bool]]] | None = None,
    ) -> None:
        self.shape = shape
        self.round = 0
        self.column = 0
        self._line = (lower, upper, tolerance, coarse)
        self._positions = [None] * len(shape) if positions is None else list(positions)
        self._fill = fill
        self._domain = domain
        self._levels = axis_levels(shape, self._positions)
        self._wave = {
            index: sum(levels[i] for levels, i in zip(self._levels, index, strict=True))
            for index in np.ndindex(shape)
        }
        self._lines: dict[tuple[int, ...], LineSearch] = {}
        self._begun = -1
        self._patience = _patience(lower, upper, tolerance, max(self._wave.values(), default=0))
        self._begin()

    @property
    def capacity(self) -> int:
        """Returns how many columns are asked at most; what is not located then stays unresolved."""
        lower, upper, tolerance, coarse = self._line
        return most_columns(lower, upper, tolerance, coarse, max(self._wave.values(), default=0))

    def ask(self) -> NDArray[np.float64]:
        """Returns the points to be evaluated in this round.

        Returns
        -------
        (*shape, n) float64
            NaN where a line asks nothing; `n` is 0 when every search is over.
        """
        zeros = sum(
            min(ZEROS_PER_ROUND, sum(zero.outcome == "searching" for zero in line.zeros))
            for line in self._lines.values()
        )
        each = min(MOST_POINTS_PER_ZERO, max(POINTS_PER_ROUND, self._fill // max(1, zeros)))
        wanted = {index: line.ask(each) for index, line in self._lines.items()}
        n = max((len(points) for points in wanted.values()), default=0)
        if self.column + n > self.capacity:
            for index in self._wave:
                self._lines.setdefault(index, LineSearch(*self._line)).give_up()
            return np.full((*self.shape, 0), np.nan)
        asked = np.full((*self.shape, n), np.nan)
        for index, points in wanted.items():
            asked[index][: len(points)] = points
        return asked

    def tell(
        self, value: NDArray[np.float64], error: NDArray[np.float64], resolved: NDArray[np.bool_]
    ) -> None:
        """Takes the answers to what `ask` asked, in arrays of its shape, and ignores those where it is NaN.

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
        self._begin()

    def results(self) -> dict[str, NDArray[np.generic]]:
        """Returns what was found, in arrays of `shape`.

        ``boundary``, ``boundary_lower`` and ``boundary_upper`` (NaN where there is none), ``sign_changes``,
        ``evaluations``, ``scanned`` and ``boundary_outcome``; and with one more dimension, for all the zeros
        of a line in ascending order, ``zero_position``, ``zero_lower``, ``zero_upper`` and ``zero_outcome``.
        """
        lines = [self._lines[index] for index in np.ndindex(self.shape)]
        places = most_zeros(self._line[3])

        def array(values: Sequence[object], dtype: Any) -> NDArray[np.generic]:
            return np.array(values, dtype).reshape(self.shape)

        def padded(rows: Sequence[Sequence[object]], fill: object, dtype: Any) -> NDArray[np.generic]:
            full = [[*row[:places], *[fill] * (places - len(row))] for row in rows]
            return np.array(full, dtype).reshape((*self.shape, places))

        text = np.dtypes.StringDType()
        return {
            "boundary": array([line.boundary for line in lines], np.float64),
            "boundary_lower": array([line.lower for line in lines], np.float64),
            "boundary_upper": array([line.upper for line in lines], np.float64),
            "sign_changes": array([line.sign_changes for line in lines], np.int64),
            "evaluations": array([line.evaluations for line in lines], np.int64),
            "scanned": array([line.scanned for line in lines], np.bool_),
            "boundary_outcome": array([line.outcome for line in lines], text),
            "zero_position": padded(
                [[line.position(z) for z in line.zeros] for line in lines], np.nan, np.float64
            ),
            "zero_lower": padded([[z.bracket.lower.x for z in ln.zeros] for ln in lines], np.nan, np.float64),
            "zero_upper": padded([[z.bracket.upper.x for z in ln.zeros] for ln in lines], np.nan, np.float64),
            "zero_outcome": padded([[z.outcome for z in line.zeros] for line in lines], "", text),
        }

    def brackets(self) -> dict[tuple[int, ...], tuple[str, float, float, int]]:
        """Returns what is known so far of the lines that have begun.

        That is the outcome, the lowest bracket, NaN if there is none, and how many changes of sign were seen.
        """
        return {
            index: (line.outcome, line.lower, line.upper, line.sign_changes)
            for index, line in self._lines.items()
        }

    def _begin(self) -> None:
        """Begins the lines whose turn it is."""
        last = max(self._wave.values(), default=-1)
        while self._begun < last:
            busy = any(line.outcome == "searching" for line in self._lines.values())
            if busy and self.round < self._patience:
                return
            self._begun += 1
            for index in (index for index, wave in self._wave.items() if wave == self._begun):
                stretches, allowed = (None, None) if self._domain is None else self._domain(index)
                self._lines[index] = LineSearch(*self._line, stretches, allowed, self._predict(index))

    def _predict(self, index: tuple[int, ...]) -> Prediction | None:
        """Returns where a line should change sign, from those before it along one axis; None if unknown."""
        best: tuple[int, float, Prediction] | None = None
        for axis, (levels, positions) in enumerate(zip(self._levels, self._positions, strict=True)):
            level = levels[index[axis]]
            if level == 0 or positions is None:
                continue
            others = [(*index[:axis], i, *index[axis + 1 :]) for i in range(len(levels)) if levels[i] < level]
            lines = [(float(positions[other[axis]]), self._lines[other]) for other in others]
            if any(len(line.zeros) > 1 for _, line in lines):
                return None
            here = float(positions[index[axis]])
            known = [(at, line) for at, line in lines if line.outcome == "located"]
            known.sort(key=lambda pair: abs(pair[0] - here))
            if not known:
                continue
            at, found = (
                [at for at, _ in known[:MOST_NODES]],
                [line.boundary for _, line in known[:MOST_NODES]],
            )
            estimates = [_interpolated(at[:k], found[:k], here) for k in range(1, len(at) + 1)]
            doubt = abs(estimates[-1] - estimates[-2]) if len(at) > 1 else math.inf
            rank = (-len(at), doubt)
            if best is None or rank < best[:2]:
                margin = doubt / 8 if len(at) > 2 else 0.0
                best = (*rank, self._around(estimates[-1], margin, known[0][1], single=len(at) == 1))
        return None if best is None else best[2]

    def _around(self, guess: float, margin: float, nearest: LineSearch, single: bool) -> Prediction:
        """Returns a prediction around `guess`, `margin` to each side or what the nearest bracket allows."""
        lower, upper, tolerance, coarse = self._line
        width = nearest.upper - nearest.lower
        if width <= tolerance:
            width = min(0.999 * tolerance, max(width, 0.9 * tolerance))
        half = max(width / 2, margin)
        # Beside the bracket that was predicted, one that is just as narrow may be found by a single point.
        # A single line tells nothing of how steep the boundary is.
        step = max(2 * half, (upper - lower) / (8 * coarse)) if single else 1.8 * half
        bracket = nearest.bracket
        return Prediction(guess - half, guess + half, bracket is not None and bracket.lower.sign < 0, step)


def axis_levels(
    shape: Sequence[int], positions: Sequence[NDArray[np.float64] | None]
) -> list[tuple[int, ...]]:
    """Returns for each axis, by place, when lines begin: the later, the higher."""
    linked = [n for n, at in zip(shape, positions, strict=True) if at is not None]
    if math.prod(linked) < FEWEST_NEIGHBOURS:
        return [(0,) * n for n in shape]
    return [(0,) * n if at is None else _dyadic(n) for n, at in zip(shape, positions, strict=True)]


def most_columns(lower: float, upper: float, tolerance: float, coarse: int, waves: int) -> int:
    """Returns the most evaluations per line, with so many waves of lines after the first."""
    rounds = _patience(lower, upper, tolerance, waves) + most_rounds(lower, upper, tolerance) + 8
    return coarse * (waves + 2) + (POINTS_PER_ROUND + 1) * rounds


def _patience(lower: float, upper: float, tolerance: float, waves: int) -> int:
    """Returns after how many rounds no line waits any more for those before it."""
    return most_rounds(lower, upper, tolerance) + 2 * waves


def most_zeros(coarse: int) -> int:
    """Returns how many zeros of a line are recorded."""
    return max(4, coarse - 1)


def _dyadic(n: int) -> tuple[int, ...]:
    """Returns 0 for the middle of `n` places, 1 for the ends, and one more each time that gaps are halved."""
    levels = {(n - 1) // 2: 0}
    for end in (0, n - 1):
        levels.setdefault(end, 1)
    for level in itertools.count(2):
        middles = [(a + b) // 2 for a, b in itertools.pairwise(sorted(levels)) if b - a > 1]
        if not middles:
            break
        levels |= dict.fromkeys(middles, level)
    return tuple(levels[i] for i in range(n))


def _interpolated(at: Sequence[float], values: Sequence[float], x: float) -> float:
    """Returns the polynomial through all `values`, at `x` [Neville's scheme]."""
    estimates = list(values)
    for order in range(1, len(at)):
        for i in range(len(at) - order):
            left, right = at[i], at[i + order]
            estimates[i] = ((x - right) * estimates[i] - (x - left) * estimates[i + 1]) / (left - right)
    return estimates[0]
