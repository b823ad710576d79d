r"""How fast truncated solutions depart from their datum, against the truncation: an order parameter.

The equation truncated at ``Omega`` is an ordinary differential equation and has solutions for every datum.
Whether these have a limit shows in how the weighted departure ``<omega>^(M/2) |n(t) - n0|`` starts:
well-posed means at a rate bounded in ``Omega``; ill-posed, at one that grows as ``Omega^s`` with ``s > 0``,
so that the limit ``sup_omega <omega>^(M/2) |n(t) - n0|`` does not tend to zero with `t` [AL24, Theorems 4.2
and 5.1].  For the gain operator, and a datum that is its own weight, it is the growth rate of the weighted
norm.

The supremum over all frequencies is never below what happens at frequency one, so its exponent is not ``s``
but ``max(s, 0)``.  What is measured is the departure at the truncation's own scale, ``omega = Omega/2``, of
which the supremum is made up scale by scale: its exponent changes sign at the boundary.  It stays away from
``omega = Omega``, where half of the interactions that cancel are cut off and a rate of order
``Omega^(2 beta - 3/2)`` is left over that the untruncated equation does not have.

Each run is repeated with one level coarser in ``h``, with the smaller ``Omega`` before it, and without
extrapolation in `t`; what these change, up to a factor common to all ``Omega``, which has no effect on an
exponent, is passed on as the samples' error.

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
from wellposed.kinetics.experiment import Coordinate, Experiment, Output
from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.data import datum_of_kind
from wellposed.kinetics.wave.evolution.departure import RUNS, component_exponent, faster, runs
from wellposed.kinetics.wave.evolution.grids import Array
from wellposed.kinetics.wave.parameters import (
    BETA,
    DECAY,
    FREQUENCY,
    FULL_OR_GAIN,
    ILL_POSEDNESS,
    KIND,
    MEAN,
)


def evolution(beta: float, M: float, N: int, A: float, operator: str, datum: str) -> dict[str, Any]:
    """Returns the exponent of the departure rate in the truncation; see `EXPERIMENT`."""
    n0 = datum_of_kind(datum, M, N, A)
    coarse, fine = (runs(n0, beta, operator, level) for level in (0, 1))
    # beyond the first, each truncation measures at half of the one before
    omega = 0.5 * fine.omega_max[:-1]
    rates = fine.components[0, 1, 1:]
    others = (coarse.components[0, 1, 1:], fine.components[0, 0, :-1], fine.components[1, 1, 1:])
    error = np.sum([refined((other, rates))[1] for other in others], axis=0)
    shape_error = np.sum([refined((other * (rates[-1] / other[-1]), rates))[1] for other in others], axis=0)

    found = [component_exponent(omega, rates[:, c], shape_error[:, c]) for c in range(rates.shape[1])]
    exponent = found[0] if len(found) == 1 else faster(*found)
    if not math.isfinite(exponent.error):
        raise Unresolved(
            f"Departure rates at omega = {omega[0]:.3g} to {omega[-1]:.3g} follow no power law yet at "
            f"beta = {beta:g}, M = {M:g}"
            + (f", N = {N}, A = {A:g}" if datum == "oscillating" else "")
            + f", operator {operator}: two exponents may be close, or the asymptotic regime starts beyond; "
            "try another M or, for an oscillating datum, a smaller N or A."
        )

    def padded(values: Array) -> Array:
        out = np.full(RUNS - 1, math.nan)
        out[: values.size] = values
        return out

    return {
        "departure_exponent": exponent.value,
        "departure_exponent_error": exponent.error,
        "onset": 2.0 * exponent.onset,
        "omega_max": padded(2.0 * omega),
        "smooth_rate": padded(rates[:, 0]),
        "smooth_rate_error": padded(error[:, 0]),
        "oscillating_rate": padded(rates[:, -1] if len(found) > 1 else np.empty(0)),
        "oscillating_rate_error": padded(error[:, -1] if len(found) > 1 else np.empty(0)),
        "supremum_rate": padded(fine.supremum[1:]),
    }


EXPERIMENT = Experiment(
    name="wave.evolution",
    summary="Exponent s in <omega>^(M/2) |n(t) - n0| ~ t Omega^s, of solutions truncated at Omega",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, (3.1), (3.2), Theorems 1.1, 4.2 and 5.1",
    parameters=(
        BETA,
        DECAY,
        FREQUENCY,
        MEAN,
        replace(FULL_OR_GAIN, default="gain"),
        KIND,
    ),
    outputs=(
        Output(
            "departure_exponent",
            "exponent in Omega of the rate of weighted departure from the datum",
            has_error=True,
        ),
        Output("onset", "truncation from which the local exponent is within 0.01"),
        Output("omega_max", "truncation Omega; the departure is measured at half of it", dims=("run",)),
        Output(
            "smooth_rate",
            "rate of weighted departure, smooth part, K0 = 64 pi^3",
            dims=("run",),
            has_error=True,
        ),
        Output(
            "oscillating_rate",
            "rate of weighted departure, amplitude at frequency N",
            dims=("run",),
            has_error=True,
        ),
        Output("supremum_rate", "largest rate of weighted departure below omega_max/2", dims=("run",)),
    ),
    evaluate=evolution,
    coordinates=(Coordinate("run", "truncation, ascending", np.arange(RUNS - 1, dtype=np.float64)),),
    order_parameter="departure_exponent",
    tolerance=0.3,
    version=3,
    points_per_block=2,
    thresholds=ILL_POSEDNESS,
)
