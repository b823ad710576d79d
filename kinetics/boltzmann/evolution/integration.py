"""Steps in time of ``df/dt = Q(f, f)``, by Dormand and Prince's method of order 8.

With the method `entropic` every state is projected, see `entropy`: it is not negative, and its entropy is not
above that of the state before.  With `galerkin` it is what it is, and how much its entropy rose is told.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy

from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.evolution.entropy import EntropicProjection, cell, entropy
from wellposed.kinetics.boltzmann.norms.cutoff import Array

METHODS = ("galerkin", "entropic")

ADVICE = {
    "completed": "",
    "budget spent": "Steps are short: allow more of them, a larger rtol, or ask for earlier times; if the "
    "density grew, raise n and half_width.",
    "step vanished": "The density grew beyond all bounds: raise n and half_width.",
}
"""What to try, by outcome of a run."""


@dataclass(frozen=True)
class Solution:
    """The solution on one grid.

    Attributes
    ----------
    densities : (n_times, n, ..., n) float
        NaN after the time `reached`.
    entropy_rise : (n_times,) float
        By how much ``int f log f`` has risen until then, summed over the steps in which it did.
    replaced : (n_times,) float
        What the projections until then have changed, in L^1, over the mass.
    outcome : {"completed", "budget spent", "step vanished"}
    reached : float
    steps : int
    """

    densities: Array
    entropy_rise: Array
    replaced: Array
    outcome: str
    reached: float
    steps: int


class _Record:
    """States in the order of time: projected if asked for, with what became of their entropy."""

    def __init__(self, operator: CollisionOperator, start: Array, method: str) -> None:
        self._operator, self._cell = operator, cell(operator)
        moments = operator.moments(start)
        self._mass = float(moments[0])
        self._projection = EntropicProjection(operator, moments) if method == "entropic" else None
        self.rise = self.replaced = 0.0
        self._entropy = math.inf
        self.start = self.after(start)

    def after(self, density: Array) -> Array:
        """Returns the state that follows the last one."""
        if self._projection is not None:
            projected = self._projection(density, self._entropy)
            self.replaced += self._cell * float(np.sum(np.abs(projected - density))) / self._mass
            density = projected
        now = float(entropy(self._operator, density))
        self.rise += max(now - self._entropy, 0.0)
        self._entropy = now
        return density


def integrate(
    operator: CollisionOperator,
    start: Array,
    times: Array,
    *,
    rtol: float,
    max_steps: int,
    method: str = "galerkin",
) -> Solution:
    """Returns the solution at `times`, ascending and not negative, from `start` at time zero on.

    Parameters
    ----------
    rtol : float
        Error of each step over the largest density at the start, in the root mean square over the grid.
    max_steps : int
        The run ends there.
    """
    shape = start.shape

    def rate(_: float, f: Array) -> Array:
        return operator(f.reshape(shape)).ravel()

    record = _Record(operator, start, method)
    densities = np.full((times.size, *shape), math.nan)
    rises, replaced = np.full(times.size, math.nan), np.full(times.size, math.nan)
    at_start = times == 0.0
    densities[at_start], rises[at_start], replaced[at_start] = record.start, 0.0, record.replaced
    if times[-1] == 0.0:
        return Solution(densities, rises, replaced, "completed", 0.0, 0)

    # one scale for all: components in the tail are below the error of the largest
    solver = scipy.integrate.DOP853(
        rate, 0.0, record.start.ravel(), times[-1], rtol=rtol, atol=rtol * float(np.max(start))
    )
    outcome, steps = "budget spent", 0
    with np.errstate(over="ignore", invalid="ignore"):
        while steps < max_steps:
            solver.step()
            if solver.status == "failed":
                outcome = "step vanished"
                break
            steps += 1
            inside = np.flatnonzero((times > solver.t_old) & (times <= solver.t))
            if inside.size:
                at = solver.dense_output()
                for index in inside:
                    densities[index] = record.after(at(times[index]).reshape(shape))
                    rises[index], replaced[index] = record.rise, record.replaced
            end = record.after(solver.y.reshape(shape)).ravel()
            if method == "entropic" and not np.array_equal(end, solver.y):
                # the method's last stage is the first one of the next step
                solver.y, solver.f = end, rate(solver.t, end)
            if solver.status == "finished":
                outcome = "completed"
                break
    return Solution(densities, rises, replaced, outcome, float(solver.t), steps)
