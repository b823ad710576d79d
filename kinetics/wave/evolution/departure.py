r"""Rates at which truncated solutions depart from their datum, and the exponents that these have.

Two things are needed to resolve them.

* A smooth datum varies at scale `omega`: geometric grids, weak form, ``Omega`` up to 2^14.
* ``A + cos(N omega)`` has to be resolved everywhere: uniform grids, exact quartet sums, ``Omega`` up to
  13122 pi/(4 N) (or about 1300 for small `N`).  There the departure is the sum of a smooth and an oscillating
  one, ``Omega^(2 beta - 1/2) cos(N omega)`` for the full operator; the first is larger by a power of `A` far
  beyond any ``Omega`` that can be had when `A` is large, though its exponent is less.  So both are measured
  apart, by demodulation over a few periods, and the departure grows as the faster.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.wave.data import Datum
from wellposed.kinetics.wave.evolution.grids import (
    Array,
    Grid,
    bracket_weight,
    collision_rate,
    error_scale,
    geometric_grid,
    sample,
    uniform_grid,
)
from wellposed.kinetics.wave.evolution.integration import integrate

RUNS = 11
"""Truncations of a smooth datum; an oscillating one has two less."""

PERIODS = 4
"""Periods over which smooth and oscillating departure are told apart."""

HANN_VARIANCE = 1.0 / 12.0 - 0.5 / math.pi**2
"""Variance of Hann's window of width one: half of it, times a second derivative, is what a mean is off by."""

_OCTAVES = (4, 14)  # truncations of a smooth datum, as powers of two
_PER_OCTAVE = (6, 12)  # nodes, coarse and fine
_LOWEST = (2.0**-5, 2.0**-6)  # first node, coarse and fine
_NODES = tuple(512 * 3**j // 2**j for j in range(RUNS - 2))  # of an oscillating datum, fine
_PER_PERIOD = 8  # nodes per period of its oscillation at least, fine
_SPACING = 0.1  # at most, fine
_ENOUGH = 16.0  # the asymptotic regime cannot start below a few times the datum's own scale, one
_SMALLEST = 1e-200  # of a datum: products of three such are not needed, one is
_SMALL_TIME = 2.0**-6  # in units of the fastest rate
_SLOW = 0.4  # powers of Omega that local exponents converge with: less is taken for a logarithm


@dataclass(frozen=True)
class Runs:
    """Departure rates of all truncations at one level of ``h``.

    Attributes
    ----------
    omega_max : (n,) float64
        Truncations, ascending.
    components : (2, 2, n, 1 or 2) float64
        Rates by time, extrapolated and plain; by reference, at ``Omega/2`` and at half of the truncation
        before; by run; and by component, smooth and oscillating.
    supremum : (n,) float64
        The largest rates over all ``omega <= Omega/2``.
    """

    omega_max: Array
    components: Array
    supremum: Array


def runs(datum: Datum, beta: float, operator: str, level: int) -> Runs:
    """Returns the departure rates of every truncation, at one level of ``h``: 0 coarse, 1 fine.

    Raises
    ------
    Unresolved
        If the datum oscillates too fast or decays too far for the grids, or a run ends early.
    """
    grids, per_period = _grids(datum, level)
    n_components = 1 if per_period == 0 else 2
    components = np.full((2, 2, len(grids), n_components), math.nan)
    supremum = np.empty(len(grids))
    for run, grid in enumerate(grids):
        rates = departure_rates(datum, grid, beta, operator)
        for reference, truncation in enumerate((grid, grids[max(run - 1, 0)])):
            if per_period == 0:
                at = int(np.argmin(np.abs(grid.omega - 0.5 * truncation.omega[-1])))
                components[:, reference, run, 0] = rates[:, at]
            else:
                middle = truncation.omega.size // 2
                components[:, reference, run] = demodulated(rates, middle, per_period)
        supremum[run] = np.max(np.abs(rates[0, grid.omega <= 0.5 * grid.omega[-1]]))
    return Runs(np.array([_omega_max(grid) for grid in grids]), components, supremum)


def _omega_max(grid: Grid) -> float:
    return float(grid.omega[-1] + (0.0 if grid.spacing is None else 0.5 * grid.spacing))


def _grids(datum: Datum, level: int) -> tuple[list[Grid], int]:
    """Returns the grids of all truncations, and nodes per period of the datum: zero if it has none."""
    if datum.kind != "oscillating":
        octaves = np.linspace(*_OCTAVES, RUNS)
        grids = [geometric_grid(_LOWEST[level], 2.0**octave, _PER_OCTAVE[level]) for octave in octaves]
        per_period = 0
    else:
        period = 2.0 * math.pi / datum.N
        per_period = max(_PER_PERIOD, 2 * math.ceil(0.5 * period / _SPACING))
        h = period / per_period
        if h * _NODES[-2] < 2.0 * _ENOUGH:
            raise Unresolved(
                f"cos({datum.N:g} omega) at {per_period} nodes per period takes more than {_NODES[-1]} to "
                f"reach omega = {_ENOUGH:g}, below which no power law is to be expected: try a smaller N."
            )
        coarser = 2 - level
        grids = [uniform_grid(n // coarser, n * h) for n in _NODES]
        per_period //= coarser
    if sample(datum, grids[-1].omega[-1:])[0] < _SMALLEST:
        raise Unresolved(
            f"The datum {datum} underflows at omega = {grids[-1].omega[-1]:g}, which the order parameter "
            "is measured from: try a smaller M."
        )
    return grids, per_period


def departure_rates(datum: Datum, grid: Grid, beta: float, operator: str) -> Array:
    """Returns ``<omega>^(M/2) (n(t) - n0)/t``, extrapolated to ``t = 0`` from two times, and at one."""
    n0 = sample(datum, grid.omega)
    scale = error_scale(datum, n0, grid.omega)

    def rate(n: Array) -> Array:
        return collision_rate(n, grid, beta=beta, operator=operator)

    t = _SMALL_TIME / float(np.max(np.abs(rate(n0)) / scale))
    times = np.array([0.5 * t, t])
    run = integrate(rate, n0, times, rtol=1e-6, scale=scale, max_steps=64, method="RK23", first_step=0.5 * t)
    if run.outcome != "completed":
        raise Unresolved(f"The run truncated at omega = {grid.omega[-1]:g} ended early: {run.outcome}.")
    half, whole = run.departures / times[:, None] * bracket_weight(datum.M, grid.omega)
    return np.array([2.0 * half - whole, half])


def demodulated(rates: Array, middle: int, per_period: int) -> Array:
    """Returns the smooth part and the amplitude of oscillation around a node, (..., 2), by Hann's window."""
    count = PERIODS * per_period
    phase = 2.0 * math.pi * (np.arange(count) + 0.5) / count
    window = (1.0 - np.cos(phase)) / count
    inside = rates[:, middle - count // 2 : middle + count // 2]
    smooth = inside @ window
    amplitude = 2.0 * np.abs(inside @ (window * np.exp(1j * PERIODS * phase)))
    return np.stack((smooth, amplitude), axis=-1)


def component_exponent(omega: Array, rates: Array, error: Array) -> GrowthExponent:
    """Returns the exponent of one component, extrapolated if it can be, else the last local one.

    With so few truncations an extrapolated limit is trusted no further than it is from the last local
    exponent.  Where two exponents meet there is a logarithm: local exponents are off by ``1/log Omega``, and
    change by the square of that; changes that fall that slowly are taken for such.  Where local exponents
    have settled but in no order, there is nothing to extrapolate, and three times the range of the last four
    is their error.
    """
    log_ratio = math.log(omega[1] / omega[0])
    found = growth_exponent(omega, rates, error)
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = np.diff(np.log(np.abs(rates))) / log_ratio
        noise = float(np.max(error[-2:] / np.abs(rates[-2:]))) * 2.0 / log_ratio
    last = float(slopes[-1])
    if math.isfinite(found.error):
        before, change = np.abs(np.diff(slopes[-3:]))
        slow = change > before * math.exp(-_SLOW * log_ratio)
        left = math.sqrt(change / log_ratio) if slow else 0.0
        return GrowthExponent(found.value, found.error + max(left, abs(found.value - last)), found.onset)
    spread = 3.0 * float(np.ptp(slopes[-4:])) + noise
    if not (math.isfinite(spread) and np.all(np.sign(rates[-5:]) == np.sign(rates[-1]))):
        return found
    return GrowthExponent(last, spread, float(omega[-5]))


def faster(first: GrowthExponent, second: GrowthExponent) -> GrowthExponent:
    """Returns the larger of two exponents: above the better known one, and below both upper bounds."""
    if second.value - second.error > first.value + first.error:
        return second
    if first.value - first.error > second.value + second.error:
        return first
    better, other = (first, second) if first.error <= second.error else (second, first)
    error = max(better.error, other.value + other.error - better.value)
    return GrowthExponent(better.value, error if math.isfinite(error) else math.inf, better.onset)
