r"""The dissipation constant lambda_hbar against hbar, and whether it is uniform as hbar -> 0.

``int g L g >= lambda ||(1 - pi_0) g||_hbar^2`` is (3.35), proved for d >= 4.  lambda is the smallest
generalised eigenvalue in one angular sector; its exponent in 1/hbar is negative if it vanishes and zero if it
is uniform.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.5), (3.35), Proposition 3.6.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Coordinate, Experiment, Output
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.lenard_balescu.interaction.potential import potential_of_kind
from wellposed.kinetics.lenard_balescu.linearised_operator.forms import dissipation_constant
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, KAPPA, KIND, SCREENING, SECTOR, S
from wellposed.kinetics.refine import refined

HBARS = 2.0 ** -np.arange(0.0, 13.0)
"""Values of hbar, the coordinate of the dissipation constant."""

_LEVELS = ((8, 0.75), (12, 1.0))  # size of the basis, refinement of the quadrature


def dissipation(
    d: int,
    l: int,  # noqa: E741
    potential: str,
    kappa: float,
    s: float,
    screening: str,
) -> dict[str, Any]:
    """Returns lambda and its exponent as hbar -> 0; see `EXPERIMENT` for inputs and outputs."""
    interaction = potential_of_kind(potential, kappa, s)
    screened = screening == "dynamical"

    def constant(hbar: float) -> tuple[float, float]:
        levels = [
            dissipation_constant(
                d, l, n, hbar=hbar, potential=interaction, screened=screened, refinement=refinement
            )
            for n, refinement in _LEVELS
        ]
        value, error = refined(levels)
        return float(value), float(error)

    profile, error = np.array([constant(hbar) for hbar in HBARS.tolist()]).T
    exponent = growth_exponent(1.0 / HBARS, profile, error)
    classical = constant(0.0) if potential == "gaussian" or s > d + 1.0 else (math.nan, math.nan)
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "dissipation": profile,
        "dissipation_error": error,
        "classical": classical[0],
        "classical_error": classical[1],
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.dissipation",
    summary="Dissipation constant of the linearised operator against hbar, and its exponent as hbar -> 0",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.5), (3.35), Proposition 3.6",
    parameters=(DIMENSION, SECTOR, KIND, KAPPA, S, SCREENING),
    outputs=(
        Output(
            "growth_exponent",
            "exponent of λ in 1/ħ: below 0 where λ vanishes, 0 where it is uniform",
            has_error=True,
        ),
        Output("dissipation", "λ of the angular sector", dims=("hbar",), has_error=True),
        Output("classical", "λ of the classical operator; none for s <= d + 1", has_error=True),
    ),
    evaluate=dissipation,
    coordinates=(Coordinate("hbar", "ħ", HBARS),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    points_per_block=1,
    version=2,
)
