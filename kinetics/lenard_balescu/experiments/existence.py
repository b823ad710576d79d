r"""Whether anything happens at the time ``c_0 hbar^2`` up to which Theorem 3 has a solution in d = 2, 3.

The proof loses where it bounds gain and loss apart: the collision frequency grows as ``hbar^-2``.  Runs go on
to times of order one in the unit of relaxation, many orders beyond ``hbar^2``, and watch the norm of H^r, the
sign of F and |epsilon|.  "Something happens" is the norm having doubled; it is dated by `doubling`, which is
infinite where it is not reached.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorems 2 and 3, (1.30), (1.32), (1.33).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.lenard_balescu.collision_operator.collision_frequency import (
    collision_frequency_at_rest,
)
from wellposed.kinetics.lenard_balescu.collision_operator.evolution import RadialRun, run
from wellposed.kinetics.lenard_balescu.collision_operator.weak_form import RadialRates
from wellposed.kinetics.lenard_balescu.distributions.data import datum_of_kind
from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre, laguerre_norms
from wellposed.kinetics.lenard_balescu.interaction.normalisation import relaxation_unit
from wellposed.kinetics.lenard_balescu.interaction.potential import potential_of_kind
from wellposed.kinetics.lenard_balescu.linearised_operator.sobolev_norms import sobolev_norm
from wellposed.kinetics.lenard_balescu.parameters import DATUM, DIMENSION, KAPPA, KIND, S
from wellposed.kinetics.refine import refined

Array = NDArray[np.float64]

FRACTIONS = 2.0 ** np.arange(-12.0, 1.0)
"""Times over the end of the run."""
HBARS = 2.0 ** -np.arange(1.0, 14.0)
"""Values of hbar from which the exponent of the collision frequency is taken."""

_SIZES = (24, 36)  # Laguerre coefficients at the two levels of refinement
_NODES = (12, 18)  # per panel in k, of the collision frequency, at the two levels
_INTEGRATION = 1e-9  # error of the ratio by the integrator, whose tolerance is an absolute one
_ENERGIES = np.linspace(0.0, 12.5, 251)  # where the sign of F is watched


def existence(
    d: int, hbar: float, kappa: float, s: float, potential: str, datum: str, r: int, tau: float
) -> dict[str, Any]:
    """Returns what a run far past ``hbar^2`` shows; see `EXPERIMENT` for inputs and outputs."""
    V = potential_of_kind(potential, kappa, s)
    end = tau / relaxation_unit(d, hbar, V)
    runs = []
    for level, n in enumerate(_SIZES):
        rates = RadialRates(n, d, hbar, V, level=level)
        runs.append(run(datum_of_kind(datum, n), end * FRACTIONS, rates))
    ratios = [_norm_ratios(found, datum, d, r) for found in runs]
    fine, error = refined(ratios, _INTEGRATION / ratios[-1])
    largest, missed = _greatest(np.append(1.0, fine))  # from time 0 on
    # linear in log t between two times; infinite where the norm never doubles
    above = np.flatnonzero(fine >= 2.0)
    doubling = float(end * FRACTIONS[above[0]] / hbar**2) if above.size else math.inf

    frequencies = [
        np.array([collision_frequency_at_rest(d, h, V, n) for h in HBARS.tolist()]) for n in _NODES
    ]
    exponent = growth_exponent(1.0 / HBARS, *refined(frequencies))
    states = runs[1].coefficients
    return {
        "growth": math.log2(largest) - 1.0,
        "growth_error": (float(np.max(error / fine)) + missed / largest) / math.log(2.0),
        "doubling": doubling,
        "horizon": end / hbar**2,
        "collision_exponent": exponent.value,
        "collision_exponent_error": exponent.error,
        "norm_ratio": fine,
        "norm_ratio_error": error,
        "smallest_ratio": np.min(states @ laguerre(states.shape[1], 0.5 * d - 1.0, _ENERGIES), axis=1),
        "smallest_epsilon": runs[1].smallest_epsilon,
    }


def _greatest(values: Array) -> tuple[float, float]:
    """Returns the greatest of samples, and what may be missed between them.

    That is twice by how much a parabola through three samples exceeds the one in the middle.
    """
    best = int(np.argmax(values))
    if best in (0, values.size - 1):
        return float(values[best]), 0.0
    before, here, after = values[best - 1 : best + 2].tolist()
    bend = 2.0 * here - before - after
    return here, (after - before) ** 2 / (4.0 * bend) if bend > 0.0 else 0.0


def _norm_ratios(found: RadialRun, datum: str, d: int, r: int) -> Array:
    """Returns ``||g(t)||_r/||g(0)||_r`` at the times of a run, (n_times,)."""
    n = found.coefficients.shape[1]
    unit = np.sqrt(laguerre_norms(n, 0.5 * d - 1.0))
    unit[0] = 0.0  # g is without the Maxwellian
    start, *norms = (
        sobolev_norm(unit * state, d=d, l=0, r=r) for state in (datum_of_kind(datum, n), *found.coefficients)
    )
    return np.array(norms) / start


EXPERIMENT = Experiment(
    name="lenard_balescu.existence",
    summary="Whether the norm in H^r of a radial solution doubles, at c0 hbar^2 or at any time after",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Theorems 2, 3, (1.30), (1.32), (1.33)",
    parameters=(
        DIMENSION,
        Parameter("hbar", "Planck's constant", 0.1, lower=1e-4, upper=10.0),
        KAPPA,
        S,
        KIND,
        DATUM,
        Parameter("r", "Sobolev index, r >= 5 in the theorem", 5, kind="int", lower=0, upper=8),
        Parameter(
            "tau", "end of the run, in units of the unscreened drag at rest", 5.0, lower=1e-6, upper=50.0
        ),
    ),
    outputs=(
        Output(
            "growth",
            "log₂ of the largest ‖g(t)‖_r/‖g(0)‖_r, minus 1; negative: it never doubles",
            has_error=True,
        ),
        Output("doubling", "time over ħ² at which ‖g‖_r has doubled; infinite: not reached"),
        Output("horizon", "end of the run over ħ²"),
        Output(
            "collision_exponent",
            "q of the collision frequency, ν ~ ħ^−q, of a particle at rest",
            has_error=True,
        ),
        Output("norm_ratio", "‖g(t)‖_r/‖g(0)‖_r", dims=("fraction",), has_error=True),
        Output("smallest_ratio", "least F/M where |v| ≤ 5; negative: F is", dims=("fraction",)),
        Output("smallest_epsilon", "least |ε| at the nodes of the quadrature", dims=("fraction",)),
    ),
    evaluate=existence,
    coordinates=(Coordinate("fraction", "time over the end of the run", FRACTIONS),),
    order_parameter="growth",
    tolerance=0.2,
    version=2,
    points_per_block=1,
)
