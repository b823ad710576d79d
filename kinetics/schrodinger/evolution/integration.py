r"""Stepping in time: the classical method of order 4 with an integrating factor, and a companion.

For ``da/dt = -i k^2 a + N(a)`` each step freezes the frequencies ``w`` that the modes have at its beginning,
cubic term included, and solves ``d/dt (e^{iwt} a) = e^{iwt} (N(a) + i (w - k^2) a)`` by the classical
Runge-Kutta method.  Whatever `w` is, the order is 4; with this one a plane wave is exact, and fast phases
that all modes share do not limit the step.  The next step's first stage gives an embedded solution of order
3 [BM13], which sets the length of steps.

A companion takes one step for every two.  By its distance the error of the run is known, growth of errors
along the way included.

References
----------
[BM13] S. Balac, F. Mahé, Embedded Runge-Kutta scheme for step-size control in the interaction picture method,
Comput. Phys. Commun. 184 (2013) 1211-1219.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wellposed.kinetics.schrodinger.evolution.spectrum import Array, Complex, CubicTerm, weighted_norm

_ORDER = 4
_SAFETY, _LARGEST, _SMALLEST = 0.9, 4.0, 0.2  # of a step and of its changes, as usual
_FIRST_PHASE = 0.1  # by which the cubic term turns the solution in the first step that is tried
_STABLE = 0.5  # step times the rate at which short waves are coupled; the companion's is twice that
_COMPANION = 2.0 / (2.0**_ORDER - 1.0)  # twice what Richardson's rule makes of the distance
_ROUND_OFF = 4.0 * float(np.finfo(float).eps)  # of one step, relative
_DRIFT = 0.25 * float(
    np.finfo(float).eps
)  # of a modulus in one step: factors exp(iwh) are not quite of modulus 1

ADVICE = {
    "completed": "",
    "budget spent": "Steps are short: allow more of them, a larger rtol, or ask for earlier times.",
    "step vanished": "The solution is too large or too rough for steps that change the time at all.",
}
"""What to try, by outcome of a run."""


@dataclass
class Trajectory:
    """A solution as it goes on: coefficients `a`, the cubic term there, and its `coupling` of short waves."""

    a: Complex
    term: Complex
    coupling: float

    @property
    def longest_step(self) -> float:
        """Beyond it the round-off in short waves would grow from step to step, unseen by the other errors."""
        return _STABLE / self.coupling if self.coupling > 0.0 else math.inf


@dataclass(frozen=True)
class Run:
    """What became of a run.

    Attributes
    ----------
    states : (n_times, ...) complex
        NaN after the time `reached`.
    errors : (n_times,) float
        Estimated norms of the errors of `states`.
    outcome : {"completed", "budget spent", "step vanished"}
    reached : float
    steps, refused : int
        Steps taken by the solution, and pairs of steps that were refused.
    """

    states: Complex
    errors: Array
    outcome: str
    reached: float
    steps: int
    refused: int


class Stepper:
    """Steps of the equation with one cubic term; norms are those of ``weight a`` in l^2."""

    def __init__(self, cubic: CubicTerm, weight: Array | None = None) -> None:
        self.cubic, self.squares = cubic, cubic.spectrum.squares
        self.weight = np.ones(self.squares.size) if weight is None else weight.reshape(-1)

    def start(self, a: Complex) -> Trajectory:
        return Trajectory(a, *self.cubic.with_coupling(a))

    def norm(self, a: Complex) -> float:
        return float(weighted_norm(self.weight, a.reshape(-1)))

    def turning(self, at: Trajectory) -> float:
        """Returns how fast modes turn, in the mean over the square of the norm."""
        density = (self.weight.reshape(at.a.shape) * np.abs(at.a)) ** 2
        total = float(density.sum())
        if not total > 0.0:
            return 0.0
        frequencies = self.squares.reshape(at.a.shape) + np.abs(self.cubic.frequencies(at.a))
        return float((frequencies * density).sum()) / total

    def step(self, at: Trajectory, h: float) -> tuple[Trajectory, float]:
        """Returns where one step of length `h` leads, and the norm of its distance to the one of order 3."""
        shift = self.cubic.frequencies(at.a)
        half = np.exp((-0.5j * h) * (self.squares + shift))
        whole = half * half
        turned = 1j * shift

        first = at.term + turned * at.a
        a = half * (at.a + (0.5 * h) * first)
        second = self.cubic(a) + turned * a
        a = half * at.a + (0.5 * h) * second
        third = self.cubic(a) + turned * a
        a = whole * at.a + h * half * third
        fourth = self.cubic(a) + turned * a
        end = whole * (at.a + (h / 6.0) * first) + (h / 3.0) * half * (second + third) + (h / 6.0) * fourth
        after = self.start(end)
        return after, 0.1 * h * self.norm(fourth - after.term - turned * end)


def integrate(
    stepper: Stepper, start: Complex, times: Array, *, rtol: float, max_steps: int, round_off: float = 0.0
) -> Run:
    """Returns the solution at `times`, ascending from 0, that begins with the coefficients `start`.

    Parameters
    ----------
    rtol : float
        Largest distance between the solutions of orders 4 and 3 after two steps, relative to the norm.
    max_steps : int
        Budget of steps taken and refused.
    round_off : float
        Relative error with which the run begins.
    """
    states = np.full((times.size, *start.shape), math.nan, dtype=np.complex128)
    errors = np.full(times.size, math.nan)
    kept = stepper.start(start)
    # What grows from round-off grows in its distance from the other solution.
    companion = stepper.start(start + _disturbance(start, round_off))
    now, steps, refused, turned = 0.0, 0, 0, 0.0
    h = _first_step(stepper, kept)
    outcome = "completed"
    with np.errstate(over="ignore", invalid="ignore"):
        for index, time in enumerate(times):
            while now < time:
                if steps + 2 * refused >= max_steps:
                    outcome = "budget spent"
                    break
                h = min(h, kept.longest_step)
                if not h > 0.0 or not math.isfinite((time - now) / h):
                    outcome = "step vanished"
                    break
                pairs = max(1, math.ceil((time - now) / (2.0 * h) * (1.0 - 1e-12)))
                length = (time - now) / (2.0 * pairs)
                if now + length == now:
                    outcome = "step vanished"
                    break
                middle, one = stepper.step(kept, length)
                end, two = stepper.step(middle, length)
                allowed = rtol * stepper.norm(kept.a)
                change = _change(one + two, allowed)
                if not one + two <= allowed:
                    refused += 1
                    h = length * min(change, _SAFETY)
                    continue
                coarse, _ = stepper.step(companion, 2.0 * length)
                turned += 2.0 * length * stepper.turning(kept)
                kept, companion = end, coarse
                steps += 2
                now = time if pairs == 1 else now + 2.0 * length
                h = length * change if pairs > 1 or change < 1.0 else max(h, length * change)
            if outcome != "completed":
                break
            states[index] = kept.a
            error = _COMPANION * stepper.norm(kept.a - companion.a)
            error = error if math.isfinite(error) else math.inf
            rounded = round_off + _ROUND_OFF * steps + _DRIFT * turned * (steps + 4)
            errors[index] = error + rounded * stepper.norm(kept.a)
    return Run(states, errors, outcome, now, steps, refused)


def _disturbance(a: Complex, round_off: float) -> Complex:
    """Returns coefficients in random directions, whose share of the error is the round-off of `a`."""
    real, imaginary = np.random.default_rng(0).normal(size=(2, *a.shape))
    noise = real + 1j * imaginary
    size = (round_off + _ROUND_OFF) / _COMPANION * float(np.linalg.norm(a))
    off: Complex = noise * (size / float(np.linalg.norm(noise)))
    return off


def _first_step(stepper: Stepper, at: Trajectory) -> float:
    rest = at.term + 1j * stepper.cubic.frequencies(at.a) * at.a
    rate = stepper.norm(rest)
    return _FIRST_PHASE * stepper.norm(at.a) / rate if rate > 0.0 else math.inf


def _change(error: float, allowed: float) -> float:
    """Returns the factor by which the next step may be longer, or has to be shorter."""
    if not math.isfinite(error):
        return _SMALLEST
    if error <= 0.0:
        return _LARGEST
    return float(min(_LARGEST, max(_SMALLEST, _SAFETY * (allowed / error) ** (1.0 / _ORDER))))
