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
from wellposed.kinetics.lenard_balescu.evolution import D, Run, run
from wellposed.kinetics.lenard_balescu.galerkin import RadialRates, printed_constant, sphere_area
from wellposed.kinetics.lenard_balescu.laguerre import laguerre, laguerre_norms
from wellposed.kinetics.lenard_balescu.marginals import GAUSSIAN_REACH, MaxwellianMarginal
from wellposed.kinetics.lenard_balescu.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.norms import sobolev_norm
from wellposed.kinetics.lenard_balescu.potential import KAPPA, KIND, Potential, S, potential_of_kind
from wellposed.kinetics.lenard_balescu.radial_data import DATUM, datum_of_kind

Array = NDArray[np.float64]

FRACTIONS = 2.0 ** np.arange(-12.0, 1.0)
HBARS = 2.0 ** -np.arange(1.0, 14.0)

_SIZES = (24, 36)  # Laguerre coefficients at the two levels of refinement
_ENERGIES = np.linspace(0.0, 12.5, 251)


def collision_frequency(d: int, hbar: float, potential: Potential, n: int) -> float:
    """Rate at which a particle at rest is scattered by the Maxwellian, ``hbar > 0``: the loss term of (1.11).

    ``c |S^(d-1)|/hbar^2 int k^(d-2) V^2 |epsilon|^-2 phi(hbar k) dk``, with n nodes per panel.
    """
    k, weights = momentum_rule(d - 2, hbar, potential, GAUSSIAN_REACH, n)
    V, a = potential(k), hbar * k
    epsilon = 1.0 + V * MaxwellianMarginal().response_difference(np.zeros_like(a), a)
    density = np.exp(-0.5 * a * a) / math.sqrt(2.0 * math.pi)
    integral = float(np.sum(weights * k ** (d - 2) * V * V * density / np.abs(epsilon) ** 2))
    return printed_constant(d) * sphere_area(d) * integral / hbar**2


def relaxation_unit(d: int, hbar: float, potential: Potential) -> float:
    """``A00`` with what is beyond ``hbar k ~ 1`` cut off, so that it exists for every s."""
    k, weights = momentum_rule(d, hbar, potential, GAUSSIAN_REACH, 16)
    integral = float(np.sum(weights * k**d * potential(k) ** 2 * np.exp(-0.25 * (hbar * k) ** 2)))
    return printed_constant(d) * sphere_area(d) / (d * math.sqrt(2.0 * math.pi)) * integral


def existence(
    d: int, hbar: float, kappa: float, s: float, potential: str, datum: str, r: int, tau: float
) -> dict[str, Any]:
    """A run far past ``hbar^2``; see `EXPERIMENT` for inputs and outputs."""
    V = potential_of_kind(potential, kappa, s)
    end = tau / relaxation_unit(d, hbar, V)
    runs = []
    for level, n in enumerate(_SIZES):
        rates = RadialRates(n, d, hbar, V, level=level)
        runs.append(run(datum_of_kind(datum, n), end * FRACTIONS, rates))
    coarse, fine = (_norm_ratios(found, datum, d, r) for found in runs)
    error = np.abs(fine - coarse) + 1e-9
    largest = int(np.argmax(fine))
    # linear in log t between two times; infinite where the norm never doubles
    above = np.flatnonzero(fine >= 2.0)
    doubling = float(end * FRACTIONS[above[0]] / hbar**2) if above.size else math.inf

    frequencies = np.array([[collision_frequency(d, h, V, n) for h in HBARS.tolist()] for n in (12, 18)])
    exponent = growth_exponent(1.0 / HBARS, frequencies[1], np.abs(frequencies[1] - frequencies[0]))
    states = runs[1].coefficients
    return {
        "growth": math.log2(fine[largest]) - 1.0,
        "growth_error": float(np.max(error / fine)) / math.log(2.0),
        "doubling": doubling,
        "horizon": end / hbar**2,
        "collision_exponent": exponent.value,
        "collision_exponent_error": exponent.error,
        "norm_ratio": fine,
        "norm_ratio_error": error,
        "smallest_ratio": np.min(states @ laguerre(states.shape[1], 0.5 * d - 1.0, _ENERGIES), axis=1),
        "smallest_epsilon": runs[1].smallest_epsilon,
    }


def _norm_ratios(found: Run, datum: str, d: int, r: int) -> Array:
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
        Parameter("d", D.summary, 3, kind="int", lower=2, upper=5),
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
        Output("growth", "log₂ of the largest ‖g(t)‖_r/‖g(0)‖_r, minus 1; negative: it never doubles"),
        Output("growth_error", "error of that"),
        Output("doubling", "time over ħ² at which ‖g‖_r has doubled; infinite: not reached"),
        Output("horizon", "end of the run over ħ²"),
        Output("collision_exponent", "q of the collision frequency, ν ~ ħ^−q, of a particle at rest"),
        Output("collision_exponent_error", "error of q"),
        Output("norm_ratio", "‖g(t)‖_r/‖g(0)‖_r", dims=("fraction",)),
        Output("norm_ratio_error", "error of the ratio", dims=("fraction",)),
        Output("smallest_ratio", "least F/M where |v| ≤ 5; negative: F is", dims=("fraction",)),
        Output("smallest_epsilon", "least |ε| at the nodes of the quadrature", dims=("fraction",)),
    ),
    evaluate=existence,
    coordinates=(Coordinate("fraction", "time over the end of the run", FRACTIONS),),
    order_parameter="growth",
    tolerance=0.2,
    points_per_block=1,
)
