r"""Truncated solutions at one time: what is left of an oscillation, and the weighted norm.

For the datum ``(A + cos N omega) <omega>^(-M/2)`` the weighted solution ``<omega>^(M/2) n`` has a smooth part
and an amplitude of oscillation at frequency N.  Both are measured by demodulation over a few periods.  High
frequencies exchange places with ``omega +- (x - y)``, where x and y are of order one, at a rate of order
``omega^(2 beta - 1/2)``: the full equation damps the oscillation and leaves the mean, and the gain alone,
which only adds, makes the mean grow.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.wave.data import Datum
from wellposed.kinetics.wave.evolution.departure import demodulated
from wellposed.kinetics.wave.evolution.grids import (
    Array,
    Grid,
    bracket_weight,
    collision_rate,
    error_scale,
    sample,
    uniform_grid,
)
from wellposed.kinetics.wave.evolution.integration import ADVICE, integrate
from wellposed.kinetics.wave.parameters import NORMALISATIONS

NODES = tuple(256 * 3**j // 2**j for j in range(7))
"""Nodes of the truncations, fine: each has 3/2 of those before, and a middle on the coarse grid too."""

LATER = 1.1
"""The second time at which solutions are looked at, over the first."""

_PER_PERIOD = 8  # nodes per period of the oscillation at least, fine
_SPACING = 0.1  # at most, fine
_MAX_STEPS = 400
_RTOL = 1e-7


@dataclass(frozen=True)
class FixedTime:
    """Truncated solutions at one time, at one level of ``h``.

    Attributes
    ----------
    omega_max : (n,) float64
        Truncations.
    smooth, amplitude : (n, n) float64
        Parts of ``<omega>^(M/2) n`` over those of the datum, by truncation and by place, half of each
        truncation; NaN beyond half of the own.
    norm, departure, later : (n,) float64
        Suprema over ``omega <= Omega/2`` of ``<omega>^(M/2)`` times the solution, its distance from the
        datum, and that from the solution at `LATER` times the time.
    """

    omega_max: Array
    smooth: Array
    amplitude: Array
    norm: Array
    departure: Array
    later: Array


def solutions(datum: Datum, beta: float, operator: str, time: float, level: int) -> FixedTime:
    """Returns what is left of an oscillating datum at `time`, in units of 1/K0; `level` 0 coarse, 1 fine.

    Raises
    ------
    Unresolved
        If a run ends before that time.
    """
    period = 2.0 * math.pi / datum.N
    per_period = max(_PER_PERIOD, 2 * math.ceil(0.5 * period / _SPACING))
    h, coarser = period / per_period, 2 - level
    grids = [uniform_grid(n // coarser, n * h) for n in NODES]
    centres = [n // (2 * coarser) for n in NODES]
    per_period //= coarser
    parts = np.full((2, len(grids), len(grids)), math.nan)
    suprema = np.empty((3, len(grids)))
    for run, grid in enumerate(grids):
        start, departures = _departures(datum, grid, beta, operator, time)
        weight = bracket_weight(datum.M, grid.omega)
        states = weight * (start + departures)
        for place, centre in enumerate(centres[: run + 1]):
            parts[:, run, place] = demodulated(states[:1], centre, per_period)[0]
        inside = grid.omega <= 0.5 * grid.omega[-1]
        distances = np.abs([states[0], weight * departures[0], states[1] - states[0]])
        suprema[:, run] = np.max(distances[:, inside], axis=1)
    return FixedTime(np.array(NODES) * h, parts[0] / datum.A, parts[1], *suprema)


def _departures(datum: Datum, grid: Grid, beta: float, operator: str, time: float) -> tuple[Array, Array]:
    """Returns the datum and the departures from it at `time` and later, (2, n)."""
    start = sample(datum, grid.omega)
    moments = np.array([1.0, LATER]) * time / NORMALISATIONS["paper"]
    run = integrate(
        lambda n: collision_rate(n, grid, beta=beta, operator=operator),
        start,
        moments,
        rtol=_RTOL,
        scale=error_scale(datum, start, grid.omega),
        max_steps=_MAX_STEPS,
    )
    if run.outcome != "completed":
        raise Unresolved(
            f"The run of the {operator} equation truncated at omega = {grid.omega[-1]:.3g} reached "
            f"K0 t = {run.reached * NORMALISATIONS['paper']:.3g} of {LATER * time:.3g}: "
            f"{ADVICE[run.outcome]} Try a shorter time or a smaller A."
        )
    return start, run.departures
