r"""The order p in hbar of ``||g_hbar(t) - g_0(t)||``, and how the difference grows in time.

Theorem 4 bounds it by ``hbar t ||g_0||_r`` (1.36), for d >= 4 and ``|V|^2 ~ |k|^-s`` with ``s > (d+3)/2``.
The classical operator needs ``int k^d V^2 dk``, that is ``s > d + 1``, whatever the theorem assumes.

F is radial, ``F = M + sqrt(M) g``, and the norm that of L^2.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorem 4, (1.31), (1.36).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, PrintedThreshold
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.collision_operator.evolution import run
from wellposed.kinetics.lenard_balescu.collision_operator.weak_form import RadialRates
from wellposed.kinetics.lenard_balescu.distributions.data import datum_of_kind
from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre_norms
from wellposed.kinetics.lenard_balescu.interaction.normalisation import time_unit
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, potential_of_kind
from wellposed.kinetics.lenard_balescu.parameters import DATUM, DIMENSION, KAPPA, KIND, S
from wellposed.kinetics.refine import refined

Array = NDArray[np.float64]

HBARS = 2.0 ** -np.arange(1.0, 12.0)
"""Values of hbar; those at which the difference is lost in the integrator's error are left out."""
FRACTIONS = 2.0 ** np.arange(-6.0, 1.0)
"""Times over tau."""

_SIZES = (18, 26)  # Laguerre coefficients at the two levels of refinement
_LOST = 0.02  # relative error from which a difference is left out
_INTEGRATION = 3e-11  # what the integrator leaves of a difference


class _Comparison:
    """Quantum and classical solutions of one datum, in one discretisation."""

    def __init__(self, d: int, potential: Potential, datum: str, tau: float, level: int) -> None:
        self.d, self.potential, self.level = d, potential, level
        self.n = _SIZES[level]
        self.unit = time_unit(d, potential)
        self.times = tau * FRACTIONS / self.unit
        self.start = datum_of_kind(datum, self.n)
        self.norms = laguerre_norms(self.n, 0.5 * d - 1.0)
        self.rates = RadialRates(self.n, d, 0.0, potential, level=level)
        self.classical = run(self.start, self.times, self.rates).coefficients

    def differences(self, hbar: float) -> tuple[Array, float, Array]:
        """Returns ``||g_hbar - g_0||`` at the times, that of the rates at the start, and its log-slope."""
        rates = RadialRates(self.n, self.d, hbar, self.potential, level=self.level)
        states = run(self.start, self.times, rates).coefficients
        difference = states - self.classical
        rate = np.array(
            [rates(state) - self.rates(other) for state, other in zip(states, self.classical, strict=True)]
        )
        squared = difference**2 @ self.norms
        slope = self.times * ((difference * rate) @ self.norms) / squared
        at_start = rates(self.start) - self.rates(self.start)
        return np.sqrt(squared), float(np.sqrt(at_start**2 @ self.norms)) / self.unit, slope


def _order(values: Array, errors: Array) -> GrowthExponent:
    """Returns the order in hbar of values (n_hbar,) from those that are not lost in their errors."""
    lost = np.flatnonzero(errors > _LOST * values)
    count = int(lost[0]) if lost.size else HBARS.size
    if count < 2:
        return GrowthExponent(np.nan, np.inf, np.nan)
    found = growth_exponent(1.0 / HBARS[:count], values[:count], errors[:count])
    return GrowthExponent(-found.value, found.error, found.onset)


def semiclassical(d: int, kappa: float, s: float, potential: str, datum: str, tau: float) -> dict[str, Any]:
    """Returns the order in hbar and the growth in time; see `EXPERIMENT` for inputs and outputs."""
    V = potential_of_kind(potential, kappa, s)
    coarse, fine = (_Comparison(d, V, datum, tau, level) for level in (0, 1))
    found = [coarse.differences(hbar) for hbar in HBARS.tolist()]
    differences = np.array([difference for difference, _, _ in found])
    at_start = np.array([start for _, start, _ in found])
    # the discretisation's share of the error is the same at every hbar, to a small factor
    relative = np.zeros(FRACTIONS.size)
    relative_start = 0.0
    for i in (0, -1):
        difference, start, slope = fine.differences(float(HBARS[i]))
        relative = np.maximum(relative, np.abs(difference / differences[i] - 1.0))
        relative_start = max(relative_start, abs(start / at_start[i] - 1.0))
    errors = relative * differences + _INTEGRATION
    order = _order(differences[:, -1], errors[:, -1])
    # rounding in the rates is that of their sum, not of their difference
    order_at_start = _order(at_start, relative_start * at_start + 1e-14)
    _, slope_change = refined((found[-1][2], slope), round_off=0.0)
    return {
        "excess": order.value - 1.0,
        "excess_error": order.error,
        "order": order.value,
        "order_error": order.error,
        "order_at_start": order_at_start.value,
        "order_at_start_error": order_at_start.error,
        "difference": difference,
        "difference_error": relative * difference + _INTEGRATION,
        "slope": slope,
        "slope_error": slope_change + 2.0 * _INTEGRATION / difference,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.semiclassical",
    summary="Order p in hbar of the difference of quantum and classical solutions, and its growth in time",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorem 4, (1.31), (1.36)",
    parameters=(
        replace(DIMENSION, default=4),
        KAPPA,
        S,
        KIND,
        DATUM,
        Parameter(
            "tau",
            "time at which the order is measured, in units of the unscreened drag at rest",
            1.0,
            lower=1e-3,
            upper=20.0,
        ),
    ),
    outputs=(
        Output("excess", "order in ħ minus the published order, p − 1", has_error=True),
        Output("order", "order p in ħ of ‖g_ħ − g_0‖ at time τ", has_error=True),
        Output("order_at_start", "order in ħ of the rates' difference at time 0", has_error=True),
        Output(
            "difference", f"‖g_ħ − g_0‖ at ħ = 1/{1.0 / HBARS[-1]:.0f}", dims=("fraction",), has_error=True
        ),
        Output(
            "slope",
            "d log ‖g_ħ − g_0‖/d log t at that ħ; 1 where it is linear in t",
            dims=("fraction",),
            has_error=True,
        ),
    ),
    evaluate=semiclassical,
    coordinates=(Coordinate("fraction", "time over τ", FRACTIONS),),
    order_parameter="excess",
    tolerance=0.2,
    points_per_block=1,
    thresholds=tuple(
        PrintedThreshold(
            "s",
            0.5 * (d + 3),
            "(d+3)/2",
            "Theorem 4, (1.31)",
            {"potential": ("algebraic",), "d": (d,)},  # type: ignore[dict-item]
            "≤",
        )
        for d in (4, 5)
    ),
    version=2,
)
