"""Where a function changes sign along a line, told from few evaluations that carry errors.

Ask and tell: a `LineSearch` says at which points it wants to know the function, is told values with their
errors, and asks again, until it has an answer.  It does not evaluate anything, and depends on what it was
told alone, so telling it stored answers takes it to where it was.

A line is scanned at equidistant points first, or starts from where its neighbours change sign.  Every change
of sign that is seen is bracketed by certain signs, and the bracket narrowed by two points a round: around
the root of an interpolant where that can be trusted, and by cutting the widest gaps where it was not.
Points without a certain sign never become an end; when they fill a bracket, it stays as wide as it is, and
its ends are the nearest points of certain sign.  Where the function comes down to zero and goes back, or
vanishes along a stretch between certain signs that agree, that is told, and is no boundary.  Where it rises
and falls time and again beside a bracket that was narrowed, by more than its errors, these are too small, and
nothing is located.  So that this is seen, more points are asked beside a bracket in which it jumps, or beside
which it turns.

What can be missed: changes of sign that cancel between two neighbours of a scan, unless the values show that
the function comes down in between; a zero that touches nearer to a change of sign than one step of the scan;
and on a line that is not scanned, all but the change of sign that was predicted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np

from wellposed.sweeps.search.bracket import (
    Bracket,
    Sample,
    brackets,
    dip,
    extrapolate,
    interpolate,
    turning_points,
)

Outcome = Literal["searching", "located", "tangential", "plateau", "none", "unresolved"]

POINTS_PER_ROUND = 2
"""How many points a line asks in each round of narrowing, for each zero."""

ZEROS_PER_ROUND = 4
"""How many zeros a line narrows in one round; the others wait."""

MOST_DIP_ROUNDS = 16
"""After how many rounds a line gives up to tell whether the function touches zero."""

PLATEAU_FACTOR = 150.0
"""How many times its errors the values beside a stretch of zeros are, if those do not explain its width.

One width of the stretch beyond its ends, a fourth power has grown to 3.5⁴ of what it was there.
"""

NEIGHBOURHOOD = 64.0
"""How many tolerances beside a bracket are looked at to tell whether the function is followed there."""

DOUBTS = (1.0, 5.0, 25.0)
"""How many tolerances beside a bracket more points are asked where its signs may be chance."""

JUMP = 2.0
"""How much steeper than beside it a function is in a bracket whose signs may be chance."""

MOST_TURNING_POINTS = 3
"""How often a function may turn there: two zeros side by side and a jump turn it fewer times."""


class Prediction(NamedTuple):
    """Where a line is expected to change sign: between `lower` and `upper`, from below if it `rises`."""

    lower: float
    upper: float
    rises: bool
    step: float
    """How far to look beyond if it is not there; every next step is longer."""


@dataclass(frozen=True)
class Zero:
    """A stretch in which the function vanishes, and how far the search for it is.

    ``located``: it changes sign in a bracket as narrow as the tolerance, or as the errors of the values
    allow.  ``tangential``: it touches zero and goes back.  ``plateau``: it has the same certain sign on both
    sides of a stretch of zeros that is wider than its errors explain.  ``unresolved``: the bracket cannot be
    narrowed, or the errors beside it are too small to be true.
    """

    bracket: Bracket
    outcome: Outcome
    rounds_left: int
    trusts_interpolant: bool = True
    flanks: tuple[float, ...] = ()
    """Points beside the bracket that are still wanted: to tell what it is, and to place the zero in it."""


def most_rounds(lower: float, upper: float, tolerance: float) -> int:
    """Returns after how many rounds of narrowing a line gives up on a zero."""
    # Two rounds at least halve a bracket while all signs are certain: twice the rounds of a bisection.
    return 2 * math.ceil(math.log2((upper - lower) / tolerance)) + 2


class LineSearch:
    """The search for all changes of sign between two points.

    Parameters
    ----------
    lower, upper : float
        Where to search.
    tolerance : float
        How wide the bracket may remain.
    coarse : int
        How many equidistant points to scan, both ends included.  Changes of sign that cancel between
        two neighbours go unseen.
    stretches : sequence of (float, float), optional
        Where the function may be asked, ascending; all of the line if not given.  A change of sign from one
        stretch to the next is none.
    allowed : callable, optional
        Whether it may be asked at a point within the stretches.
    prediction : Prediction, optional
        Where to look first, instead of a scan; that follows if no change of sign is there or around.
    known : sequence of Sample
        What is told already, ascending.  If there is any, it takes the place of a scan, save that an end is
        asked where the sign towards it is not certain, and only the changes of sign are narrowed.

    Attributes
    ----------
    outcome : str
        ``searching``, or that of the lowest change of sign, if there is one: see
        `Zero`; but ``unresolved`` if `has_rough_values`.  Else ``unresolved``: a change may hide, because
        the function is not resolved everywhere;
        ``tangential`` or ``plateau``: there is no change, but such a zero; ``none``: all points of the scan
        have one certain sign.
    zeros : sequence of Zero
        Ascending.
    scanned : bool
        Whether all points of the scan were asked.
    has_rough_values : bool
        Whether the function was seen to rise and fall beside a change of sign, as close as the tolerance is,
        more than `MOST_TURNING_POINTS` times and by more than its errors.  No bracket is believed then.
    """

    def __init__(
        self,
        lower: float,
        upper: float,
        tolerance: float,
        coarse: int = 9,
        stretches: Sequence[tuple[float, float]] | None = None,
        allowed: Callable[[float], bool] | None = None,
        prediction: Prediction | None = None,
        known: Sequence[Sample] = (),
    ) -> None:
        self.tolerance = tolerance
        self.outcome: Outcome = "searching"
        self.zeros: Sequence[Zero] = ()
        self.scanned = False
        self.has_rough_values = False
        self.evaluations = 0
        self._stretches = [(lower, upper)] if stretches is None else list(stretches)
        self._allowed = allowed
        self._grid = [float(x) for x in np.linspace(lower, upper, coarse)]
        self._most_rounds = most_rounds(lower, upper, tolerance)
        self._samples = list(known)
        self._dip_rounds_left = MOST_DIP_ROUNDS
        self._points_each = POINTS_PER_ROUND
        self._aimed: list[Bracket] = []
        self._changing: list[tuple[float, float]] = []
        self._asked: list[float] = []
        self._prediction = prediction
        self._step = 0.0
        self._growth = 4.0
        self._touches = not known
        if known:
            ends = [(known[0], lower), (known[-1], upper)]
            self._asked = self._new({end for sample, end in ends if not sample.sign})
            if not self._asked:
                self._update()
        elif prediction is None:
            self._scan()
        else:
            self._look_at(prediction)

    def ask(self, n: int = POINTS_PER_ROUND) -> list[float]:
        """Returns the points to be evaluated in this round, ascending; none when the search is over.

        Parameters
        ----------
        n : int
            How many points to narrow each zero by.  The first round does not depend on it.
        """
        while self.outcome == "searching" and not self._asked:
            self._points_each = n
            wanted = self._wanted(n)
            self._asked = self._new(wanted)
            if not wanted:
                self.give_up()
            elif not self._asked:  # all of them are refused
                self._update()
        return list(self._asked)

    def tell(self, answers: Sequence[tuple[float, float, bool]]) -> None:
        """Takes value, error and whether it is resolved, for each of the points last asked.

        Raises
        ------
        ValueError
            If there are not as many answers as points.
        """
        told = [Sample.of_answer(x, *answer) for x, answer in zip(self.ask(), answers, strict=True)]
        self.evaluations += len(told)
        self._samples = sorted([*self._samples, *told])
        self._asked = []
        self._update()

    def give_up(self) -> None:
        """Ends the search where it is."""
        if self.outcome == "searching":
            self.zeros = [
                replace(zero, outcome="unresolved") if zero.outcome == "searching" else zero
                for zero in self.zeros
            ]
            self._asked = []
            self.outcome = "unresolved"

    @property
    def changes(self) -> list[Zero]:
        """Returns the zeros at which the sign changes, ascending."""
        return [zero for zero in self.zeros if zero.bracket.changes]

    @property
    def sign_changes(self) -> int:
        """Returns how many changes of sign were seen."""
        return len(self.changes)

    @property
    def bracket(self) -> Bracket | None:
        """Returns the lowest change of sign."""
        changes = self.changes
        return changes[0].bracket if changes else None

    @property
    def lower(self) -> float:
        """Returns the lower end of the lowest bracket, or NaN."""
        return self.changes[0].bracket.lower.x if self.changes else math.nan

    @property
    def upper(self) -> float:
        """Returns the upper end of the lowest bracket, or NaN; of all of them if `has_rough_values`."""
        return self.changes[-1 if self.has_rough_values else 0].bracket.upper.x if self.changes else math.nan

    @property
    def boundary(self) -> float:
        """Returns where the function first changes sign, if that is located, or NaN."""
        return self.position(self.changes[0]) if self.changes else math.nan

    def position(self, zero: Zero) -> float:
        """Returns where in its bracket a zero is, as far as it is a single point that is located, or NaN."""
        if zero.outcome == "located":
            return interpolate(zero.bracket, self._samples)[0]
        if zero.outcome == "tangential":
            return (zero.bracket.lower.x + zero.bracket.upper.x) / 2
        return math.nan

    def _scan(self) -> None:
        """Asks all points of the scan that were not asked."""
        ends = [end for stretch in self._stretches for end in stretch]
        inside = [x for x in self._grid if any(low <= x <= high for low, high in self._stretches)]
        self.scanned = True
        self._prediction = None
        self._asked = self._new({*ends, *inside})

    def _look_at(self, prediction: Prediction) -> None:
        """Asks the ends of where a change of sign is predicted."""
        middle = (prediction.lower + prediction.upper) / 2
        around = [(low, high) for low, high in self._stretches if low < middle < high]
        self._step = prediction.step
        for low, high in around:
            self._asked = self._new({max(prediction.lower, low), min(prediction.upper, high)})
        if len(self._asked) < 2:
            self._scan()

    def _new(self, points: set[float]) -> list[float]:
        """Returns those of `points` that may be asked and were not; what is refused counts as unresolved."""
        new = sorted(points - {sample.x for sample in self._samples})
        if self._allowed is None:
            return new
        refused = [x for x in new if not self._allowed(x)]
        self._samples = sorted([*self._samples, *(Sample(x, math.nan, math.inf, False) for x in refused)])
        return [x for x in new if x not in refused]

    def _parts(self) -> Iterator[list[Sample]]:
        """Yields the samples of each stretch."""
        for low, high in self._stretches:
            yield [sample for sample in self._samples if low <= sample.x <= high]

    def _update(self) -> None:
        """Brings the zeros and the outcome up to date with the samples."""
        found = [bracket for part in self._parts() for bracket in brackets(part)]
        self._changing = [(b.lower.x, b.upper.x) for b in found if b.changes]
        self.zeros = [self._follow(b) for b in found if b.changes or self._stands_alone(b.lower, b.upper)]
        if any(self._is_rough_beside(zero) for zero in self.changes):
            self.has_rough_values = True
            self.zeros = [replace(zero, outcome="unresolved") for zero in self.zeros]
            self.outcome = "unresolved"
            return
        if self._prediction is not None:
            if self.changes:
                self._prediction = None
            else:
                self._look_around(self._prediction)
                return
        if any(zero.outcome == "searching" for zero in self.zeros):
            return
        dips = self._dips() if self.scanned else []
        wide = any(right.x - left.x > self.tolerance for _, left, right, _ in dips)
        if wide and self._dip_rounds_left:
            return
        if changes := self.changes:
            self.outcome = changes[0].outcome
        elif wide or self._hides():
            self.outcome = "unresolved"
        elif self.zeros:
            self.outcome = self.zeros[0].outcome
        elif dips:
            self.zeros = [Zero(Bracket(left, (), right), "tangential", 0) for _, left, right, _ in dips]
            self.outcome = "tangential"
        else:
            self.outcome = "none"

    def _is_rough_beside(self, zero: Zero) -> bool:
        """Returns whether the function turns too often beside a bracket to be followed there."""
        if zero.bracket.width > self.tolerance:
            return False
        return turning_points(self._around(zero.bracket)) > MOST_TURNING_POINTS

    def _around(self, bracket: Bracket) -> list[Sample]:
        """Returns what is resolved in the neighbourhood of a bracket."""
        reach = NEIGHBOURHOOD * self.tolerance
        low, high = bracket.lower.x - reach, bracket.upper.x + reach
        return [sample for sample in self._samples if low <= sample.x <= high and sample.resolved]

    def _doubts(self, bracket: Bracket) -> tuple[float, ...]:
        """Returns points that are wanted to tell whether the signs at the ends of a bracket are chance.

        None are if the function rises or falls throughout around it, and not much faster inside.
        """
        if not bracket.changes:
            return ()
        if not turning_points(self._around(bracket)) and not self._is_a_jump(bracket):
            return ()
        steps = [step * self.tolerance for step in DOUBTS]
        return self._may_be_asked(
            [*(bracket.lower.x - step for step in steps), *(bracket.upper.x + step for step in steps)]
        )

    def _is_a_jump(self, bracket: Bracket) -> bool:
        """Returns whether the function varies beside a bracket, and is much steeper in it."""
        resolved = [sample for sample in self._samples if sample.resolved]
        below = [(sample, bracket.lower) for sample in resolved if sample < bracket.lower][-1:]
        above = [(bracket.upper, sample) for sample in resolved if sample > bracket.upper][:1]
        beside = [*below, *above]
        varies = any(abs(right.value - left.value) > left.error + right.error for left, right in beside)
        slopes = [abs((right.value - left.value) / (right.x - left.x)) for left, right in beside]
        inside = abs(bracket.upper.value - bracket.lower.value) / bracket.width
        return varies and inside > JUMP * max(slopes)

    def _may_be_asked(self, points: Iterable[float]) -> tuple[float, ...]:
        """Returns those of `points` that are in a stretch and were not asked."""
        known = {sample.x for sample in self._samples}
        return tuple(
            x for x in points if x not in known and any(low <= x <= high for low, high in self._stretches)
        )

    def _hides(self) -> bool:
        """Returns whether a change of sign may hide because the function is not resolved everywhere."""
        at_ends = any(not part[0].sign or not part[-1].sign for part in self._parts() if part)
        return at_ends or any(zero.outcome == "unresolved" for zero in self.zeros)

    def _stands_alone(self, left: Sample, right: Sample) -> bool:
        """Returns whether a stretch is too far from all changes of sign to be taken for a part of one."""
        near = self._grid[1] - self._grid[0]
        return self._touches and all(
            right.x < low - near or left.x > high + near for low, high in self._changing
        )

    def _follow(self, bracket: Bracket) -> Zero:
        """Returns what became of a zero that may have been in a wider bracket before."""
        before = next((zero for zero in self.zeros if zero.bracket.contains(bracket)), None)
        if before is None:
            return self._judged(Zero(bracket, "searching", self._most_rounds), stuck=False)
        if before.bracket == bracket and not before.flanks:
            return before
        # After an interpolant that did not do better than a cut, the next round is not left to one.
        failed = before.bracket in self._aimed and bracket.width > before.bracket.width / self._points_each
        now = replace(
            before,
            bracket=bracket,
            rounds_left=before.rounds_left - 1,
            trusts_interpolant=not failed,
            outcome="searching",
        )
        return self._judged(now, stuck=bracket.width == before.bracket.width)

    def _judged(self, zero: Zero, stuck: bool) -> Zero:
        bracket = zero.bracket
        single: Outcome = "located" if bracket.changes else "tangential"
        if bracket.width <= self.tolerance:
            if not zero.flanks and (flanks := self._doubts(bracket)):
                return replace(zero, outcome="searching", flanks=flanks)
            return replace(zero, outcome=single)
        if not bracket.changes and not bracket.resolved:
            return replace(zero, outcome="unresolved")
        if stuck and max(upper - lower for lower, upper in bracket.gaps) <= bracket.width / 4:
            # Wherever one looks inside, the sign is uncertain: no digit to be gained.
            if not bracket.resolved:
                return replace(zero, outcome="unresolved")
            if zero.flanks == () and (flanks := self._flanks(bracket)):
                return replace(zero, flanks=flanks)
            vanishes = not bracket.changes and self._is_plateau(bracket)
            return replace(zero, outcome="plateau" if vanishes else single)
        if zero.rounds_left == 0:
            return replace(zero, outcome="unresolved")
        return replace(zero, flanks=())

    def _beside(self, bracket: Bracket) -> tuple[list[Sample], list[Sample]]:
        """Returns certain samples about one width below and above a bracket."""
        near, far = bracket.width / 2, 1.25 * bracket.width
        below = [s for s in self._samples if near <= bracket.lower.x - s.x <= far and s.sign]
        above = [s for s in self._samples if near <= s.x - bracket.upper.x <= far and s.sign]
        return below, above

    def _flanks(self, bracket: Bracket) -> tuple[float, ...]:
        """Returns points that are wanted beside a bracket, of those that may be asked."""
        below, above = self._beside(bracket)
        wanted = [
            *([] if below else [bracket.lower.x - bracket.width]),
            *([] if above else [bracket.upper.x + bracket.width]),
        ]
        return self._may_be_asked(wanted)

    def _is_plateau(self, bracket: Bracket) -> bool:
        """Returns whether the errors do not explain how wide a stretch has no certain sign."""
        inside = max(sample.error for sample in bracket.inside)
        sides = self._beside(bracket)
        return all(sides) and all(abs(s.value) > PLATEAU_FACTOR * inside for side in sides for s in side)

    def _dips(self) -> list[tuple[Sample, Sample, Sample, Sample]]:
        """Returns neighbours of one sign between which the function may touch zero."""
        return [
            four
            for part in self._parts()
            for four in zip(part, part[1:], part[2:], part[3:], strict=False)
            if abs(sum(sample.sign for sample in four)) == len(four)
            and self._stands_alone(four[1], four[2])
            and dip(*four)
        ]

    def _wanted(self, n: int) -> set[float]:
        """Returns the points to ask in a round of narrowing."""
        self._aimed = []
        open_zeros = [zero for zero in self.zeros if zero.outcome == "searching"]
        wanted = {x for zero in open_zeros[:ZEROS_PER_ROUND] for x in self._narrowing(zero, n)}
        if not wanted:
            self._dip_rounds_left -= 1
            dips = [four for four in self._dips() if four[2].x - four[1].x > self.tolerance]
            wanted = {x for four in dips[:ZEROS_PER_ROUND] for x in dip(*four)}
        return wanted

    def _narrowing(self, zero: Zero, n: int) -> Sequence[float]:
        if zero.flanks:
            return zero.flanks
        aimed = self._aim(zero.bracket) if zero.bracket.changes and zero.trusts_interpolant else []
        if not aimed:
            return zero.bracket.cut(n)
        self._aimed.append(zero.bracket)
        return [*aimed, *zero.bracket.cut(n - POINTS_PER_ROUND)]

    def _aim(self, bracket: Bracket) -> list[float]:
        """Returns points close around the root of the interpolant; none if they promise less than a cut."""
        guess, uncertainty = interpolate(bracket, self._samples)
        rise = abs(bracket.upper.value - bracket.lower.value)
        # Less than half the tolerance on each side ends the search; three times the noise is where the
        # sign is certain although both the guess and the value are off by it.
        margin = max(0.45 * self.tolerance, uncertainty, 3 * bracket.noise * bracket.width / rise)
        if margin >= bracket.width / 4:
            return []
        known = {sample.x for sample in self._samples}
        points = (guess - margin, guess + margin)
        return [x for x in points if bracket.lower.x < x < bracket.upper.x and x not in known]

    def _look_around(self, prediction: Prediction) -> None:
        """Asks beyond where a change of sign was predicted, or scans if there is nothing to go by."""
        first, *_, last = self._samples
        low, high = next(s for s in self._stretches if s[0] <= first.x <= s[1])
        below, above = {first.x - self._step}, {last.x + self._step}
        if self.zeros or not all(sample.resolved for sample in self._samples):
            wanted = set()
        elif first.sign == 0 or last.sign == 0:
            wanted = (below if first.sign == 0 else set()) | (above if last.sign == 0 else set())
        else:
            goes_down = (first.sign == 1) == prediction.rises
            nearest, next_nearest = self._samples[:2] if goes_down else self._samples[:-3:-1]
            guess = extrapolate(nearest, next_nearest)
            wanted = below if goes_down else above
            if guess is not None and (guess < nearest.x) == goes_down:
                margin = max(0.45 * self.tolerance, abs(guess - nearest.x) / 16)
                wanted = {guess - margin, guess + margin}
        self._step *= self._growth
        self._growth *= 2.0
        self._asked = self._new({min(max(x, low), high) for x in wanted})
        if not self._asked:
            self._scan()
