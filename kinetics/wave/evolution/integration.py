"""Adaptive integration of an autonomous equation whose solutions stay non-negative.

The stepping is scipy's embedded Runge-Kutta methods, driven one step at a time.  They conserve every linear
invariant of the right-hand side to round-off, which a positivity-preserving projection or a Patankar
correction would not.  What they do not know is that the state must not be negative: a step that ends there
is thrown away and taken again at half the length, which succeeds for a short enough one because the exact
solution is positive.

What is integrated is the departure from the initial state, so that one that is far below the state's
round-off keeps its digits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[np.float64]
Outcome = Literal["completed", "budget spent", "step vanished"]

ADVICE = {
    "completed": "",
    "budget spent": "The step budget ended before the last time: shorten the run, lower omega_max or beta, "
    "loosen rtol or raise max_steps.",
    "step vanished": "The step fell below the spacing of floating-point times: the solution grows without "
    "bound here, or rtol is too small.",
}
"""What to try after each outcome."""


@dataclass(frozen=True)
class Trajectory:
    """The result of an integration.

    Attributes
    ----------
    departures : (n_times, n) float64
        State minus initial state; NaN at times that were not reached.
    outcome : str
        A key of `ADVICE`.
    reached : float
        The last time that the state is known at.
    steps, refused, evaluations : int
        Steps taken, steps refused because they ended in negative values, and right-hand sides.
    """

    departures: Array
    outcome: Outcome
    reached: float
    steps: int
    refused: int
    evaluations: int


def integrate(
    rate: Callable[[Array], Array],
    start: Array,
    times: Array,
    *,
    rtol: float,
    scale: Array,
    max_steps: int,
    method: Literal["DOP853", "RK23"] = "DOP853",
    first_step: float | None = None,
) -> Trajectory:
    """Returns the solution of ``d n/dt = rate(n)`` from ``n = start`` at time zero.

    Parameters
    ----------
    rate : callable
    start : (n,) float64, non-negative
    times : (n_times,) float64
        Ascending, not negative.
    rtol : float
        The root mean square, over components, of each step's error is below `rtol` times `scale` plus the
        departure.
    scale : (n,) float64, positive
    max_steps : int
        Steps taken and refused; the run ends there.
    method : str
        What one of scipy's explicit Runge-Kutta solvers is called.
    first_step : float, optional
    """
    departures = np.full((times.size, start.size), np.nan)
    departure = np.zeros(start.size)
    t, step = 0.0, first_step
    steps = refused = evaluations = 0
    outcome: Outcome = "completed"

    def right_hand_side(_: float, u: Array) -> Array:
        return rate(start + u)

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for index, end in enumerate(times):
            solver = None
            while t < end:
                if steps + refused == max_steps:
                    outcome = "budget spent"
                    break
                if solver is None:
                    solver = getattr(scipy.integrate, method)(
                        right_hand_side,
                        t,
                        departure,
                        end,
                        rtol=rtol,
                        atol=rtol * scale,
                        first_step=None if step is None else min(step, end - t),
                    )
                    evaluations += solver.nfev
                before = solver.nfev
                solver.step()
                evaluations += solver.nfev - before
                if solver.status == "failed":
                    outcome = "step vanished"
                    break
                if np.min(start + solver.y) < 0.0:
                    refused += 1
                    step = 0.5 * (solver.t - t)
                    solver = None
                    continue
                steps += 1
                step = solver.h_abs
                t, departure = solver.t, solver.y.copy()
            if outcome != "completed":
                break
            departures[index] = departure
    return Trajectory(departures, outcome, t, steps, refused, evaluations)
