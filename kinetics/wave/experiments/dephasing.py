r"""How the equation fails above ``beta = 1/4``: truncated solutions at one time, against the truncation.

Of the datum ``(A + cos N omega) <omega>^(-M/2)`` the full equation damps the oscillation,

    <omega>^(M/2) n(t, omega) ~ A + cos(N omega) exp(-lambda(omega) K0 t),   lambda ~ D omega^(2 beta - 1/2),
    D = \int\int (xy)^beta sqrt(min(x, y)) n0(x) n0(y) (1 - cos N(x - y)) dx dy   as t -> 0,

so the weighted departure ``|n(t) - n0|`` at fixed t is ``1 - exp(-lambda K0 t)`` in amplitude.  Where lambda
decreases it vanishes as omega grows.  Where lambda increases it tends to one, whatever `t` is: ``n(t)`` stays
bounded in the space and does not tend to ``n0`` in its norm as ``t -> 0``, which [AL24, Definition 2.5] asks
of a solution.  Only the onset, the frequency at which half of the oscillation is left, moves out, as
``t^(-1/(2 beta - 1/2))``.  At later times solutions are continuous again.  The gain alone has the same
threshold, and fails otherwise: its mean grows as ``exp(lambda K0 t)``, with another lambda of the same order,
and no norm of its solutions stays bounded as the truncation is lifted.

Suprema are over ``omega <= Omega/2``: at Omega itself, half of the interactions that cancel are cut off.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.data import oscillating
from wellposed.kinetics.wave.evolution.departure import HANN_VARIANCE, PERIODS, component_exponent
from wellposed.kinetics.wave.evolution.fixed_time import NODES, FixedTime, solutions
from wellposed.kinetics.wave.evolution.grids import Array
from wellposed.kinetics.wave.parameters import BETA, DECAY, FREQUENCY, FULL_OR_GAIN, MEAN, quarter

_NOTHING = 1e-300
_LEAST = 1e-2  # of the amplitude: what is left after that is not told from what leaks from the mean
_FEWEST = 5  # frequencies that an exponent takes


def dephasing(beta: float, M: float, N: int, A: float, operator: str, time: float) -> dict[str, Any]:
    """Returns rates, norms and departures at one time; see `EXPERIMENT` for inputs and outputs."""
    datum = oscillating(M, N, A)
    coarse, fine = (solutions(datum, beta, operator, time, level) for level in (0, 1))
    omega = 0.5 * fine.omega_max
    change, spread = _change(fine, operator, omega, N)
    refinements = [_change(coarse, operator, omega, N)[0] - change]
    # half of the last truncation lies beyond the middle of the others: what that changes is as before it
    truncation = _change(fine, operator, omega[:-1], N, run=-2)[0] - change[:-1]
    refinements.append(np.append(truncation, truncation[-1]))
    usable = int(np.argmax(np.append(~(change > math.log(_LEAST)), True)))
    if usable < _FEWEST:
        raise Unresolved(
            f"At K0 t = {time:g} less than {_LEAST:g} of the oscillation is left beyond omega = "
            f"{omega[max(usable - 1, 0)]:.3g} at beta = {beta:g}: try a shorter time."
        )
    rate = np.abs(change) / time
    rate_error = (spread + sum(refined((change + other, change))[1] for other in refinements)) / time
    # a factor common to all frequencies, from the low ones, is no error of an exponent
    common = [other - change * (other[usable - 1] / change[usable - 1]) for other in refinements]
    shape_error = (spread + sum(refined((change + other, change))[1] for other in common)) / time
    exponent = component_exponent(omega[:usable], rate[:usable], shape_error[:usable])
    if not math.isfinite(exponent.error):
        raise Unresolved(
            f"Rates at omega = {omega[0]:.3g} to {omega[usable - 1]:.3g} follow no power law yet at "
            f"beta = {beta:g}, M = {M:g}, N = {N}, A = {A:g}, operator {operator}: try another M, or a "
            "smaller N or A."
        )
    out: dict[str, Any] = {
        "rate_exponent": exponent.value,
        "rate_exponent_error": exponent.error,
        "omega": omega,
        "rate": rate,
        "rate_error": rate_error,
        "omega_at_half": _at_half(omega[:usable], change[:usable]) if operator == "full" else math.nan,
        "omega_max": fine.omega_max,
    }
    for name in ("norm", "departure", "later"):
        values, others = getattr(fine, name), getattr(coarse, name)
        out[name], out[f"{name}_error"] = values, refined((others, values))[1]
    slopes = [np.diff(np.log(one.norm)) / np.diff(np.log(one.omega_max)) for one in (coarse, fine)]
    out["norm_exponent"] = slopes[1][-1]
    out["norm_exponent_error"] = refined((slopes[0][-1], slopes[1][-1]))[1] + abs(
        slopes[1][-1] - slopes[1][-2]
    )
    return out


def _change(found: FixedTime, operator: str, omega: Array, N: float, run: int = -1) -> tuple[Array, Array]:
    """Returns the logarithm of the mean (gain) or the amplitude (full) over that of the datum, and its error.

    Demodulation gives a mean over a window, which is above the value in its middle where that falls or grows
    exponentially; that is taken out, and a quarter of it is the error.
    """
    left = (found.smooth if operator == "gain" else np.maximum(found.amplitude, _NOTHING))[run, : omega.size]
    over_window = np.log(left)
    slope = np.gradient(over_window, omega)
    excess = 0.5 * HANN_VARIANCE * (2.0 * math.pi * PERIODS / N * slope) ** 2
    return over_window - excess, 0.25 * excess


def _at_half(omega: Array, change: Array) -> float:
    """Returns the frequency at which half of the oscillation is left: NaN if it is not among those given."""
    log_rate, half = np.log(np.abs(change)), math.log(math.log(2.0))
    if np.any(np.diff(log_rate) <= 0.0) or not log_rate[0] <= half <= log_rate[-1]:
        return math.nan
    return float(np.exp(np.interp(half, log_rate, np.log(omega))))


EXPERIMENT = Experiment(
    name="wave.dephasing",
    summary="Norm and departure of truncated solutions at one time, and how fast their oscillation is damped",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Definition 2.5, Theorems 4.2 and 5.1, section 5.6",
    parameters=(
        BETA,
        replace(DECAY, default=12.0),
        replace(FREQUENCY, default=4, upper=50, only_with=None),
        replace(MEAN, default=2.0, upper=100.0, only_with=None),
        FULL_OR_GAIN,
        Parameter(
            "time", "K0 t, time in units in which K0 is 1", 0.1, lower=0.0, upper=10.0, lower_open=True
        ),
    ),
    outputs=(
        Output(
            "rate_exponent",
            "exponent in ω of the rate at which the oscillation is damped (full), or the mean grows (gain)",
            has_error=True,
        ),
        Output(
            "norm_exponent",
            "local exponent in Ω of the weighted norm, at the last truncations",
            has_error=True,
        ),
        Output(
            "omega_at_half",
            "frequency at which half of the oscillation is left; NaN if it lies outside, or for the gain",
        ),
        Output("omega", "frequency at which the rate is measured", dims=("place",)),
        Output("rate", "rate of damping or growth, K₀ = 1", dims=("place",), has_error=True),
        Output("omega_max", "truncation Ω", dims=("run",)),
        Output("norm", "weighted norm over ω ≤ Ω/2", dims=("run",), has_error=True),
        Output("departure", "weighted departure from the datum over ω ≤ Ω/2", dims=("run",), has_error=True),
        Output(
            "later",
            "weighted difference of the solutions at t and 1.1 t over ω ≤ Ω/2",
            dims=("run",),
            has_error=True,
        ),
    ),
    evaluate=dephasing,
    coordinates=(
        Coordinate("place", "frequency, ascending", np.arange(len(NODES), dtype=np.float64)),
        Coordinate("run", "truncation, ascending", np.arange(len(NODES), dtype=np.float64)),
    ),
    order_parameter="rate_exponent",
    tolerance=0.3,
    points_per_block=1,
    thresholds=(
        quarter("Theorem 4.2", {"operator": ("gain",)}),
        quarter("Theorem 5.1", {"operator": ("full",)}),
    ),
)
