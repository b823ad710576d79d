r"""How the classical coefficients A(v) and K_0 tilde(v) fall with |v|.

``A`` of (3.6) acts along v and across it by ``A_par`` and ``A_perp``; ``K_0 tilde = -div(A v)/4`` is the
limit of (3.21).

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.6), (3.9), (3.22).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.lenard_balescu.interaction.potential import algebraic
from wellposed.kinetics.lenard_balescu.linearised_operator.classical_norm import diffusion, potential_term
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, KAPPA, S_OF_ALGEBRAIC, SCREENING

_SPEEDS = 48.0 * 2.0 ** (-0.25 * np.arange(14.0)[::-1])
_QUADRATURE = 1e-12  # relative error of the quadrature, in the largest of the terms that cancel


def velocity_decay(quantity: str, d: int, kappa: float, s: float, screening: str) -> dict[str, Any]:
    """Returns the exponent of one coefficient; see `EXPERIMENT` for inputs and outputs."""
    potential, screened = algebraic(kappa, s), screening == "dynamical"
    along, across = diffusion(_SPEEDS, d=d, potential=potential, screened=screened)
    match quantity:
        case "A_par":
            values = along
        case "A_perp":
            values = across
        case _:
            values = potential_term(_SPEEDS, d=d, potential=potential, screened=screened)
    # K_0 tilde is a difference of terms of the size of A_par
    error = _QUADRATURE * np.maximum(np.abs(values), along if quantity == "K0" else 0.0)
    found = growth_exponent(_SPEEDS, values, error)
    return {"exponent": found.value, "exponent_error": found.error}


EXPERIMENT = Experiment(
    name="lenard_balescu.velocity_decay",
    summary="Exponents in |v| of the classical coefficients A(v) and K_0 tilde(v)",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.6), (3.9), (3.22)",
    parameters=(
        Parameter(
            "quantity",
            "A(v) along v, across v, or K_0 tilde(v)",
            "K0",
            kind="choice",
            choices=("A_par", "A_perp", "K0"),
        ),
        DIMENSION,
        KAPPA,
        S_OF_ALGEBRAIC,
        SCREENING,
    ),
    outputs=(Output("exponent", "exponent in |v| of the coefficient's size", has_error=True),),
    evaluate=velocity_decay,
    order_parameter="exponent",
    tolerance=0.2,
    points_per_block=1,
    version=2,
)
