r"""The pointwise bound (3.16) on the kernel K, and its limit (3.17).

(3.16) is ``|K_hbar| <= C (1 + |v1|^2 + |v2|^2) (M1 M2)^(1/5) |u|^-3``, ``u = v1 - v2``.  Its best constant
over a set of places and directions of the pair, and over |u| from hbar/8 to 4, may grow as hbar -> 0; K_0
itself diverges as a power of ``1/|u|``; and K_hbar tends to K_0, with some order, at a given pair.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.4.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import algebraic
from wellposed.kinetics.lenard_balescu.interaction_kernel.bound import best_constant, pairs
from wellposed.kinetics.lenard_balescu.interaction_kernel.pointwise import kernel
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, KAPPA, S_OF_ALGEBRAIC, SCREENING
from wellposed.kinetics.refine import aitken, refined

_HBARS = 2.0 ** -np.arange(1.0, 10.0)  # of the limit
_BOUND_HBARS = 2.0 ** -np.arange(1.0, 15.0)  # of the bound
_DISTANCES = 2.0 ** -np.arange(2.0, 13.0)
_ROUND_OFF = 1e-12  # relative error of K where nothing cancels


def kernel_bound(quantity: str, d: int, kappa: float, s: float, screening: str) -> dict[str, Any]:
    """Returns an exponent, and for the limit what K tends to; see `EXPERIMENT` for inputs and outputs."""
    potential, screened = algebraic(kappa, s), screening == "dynamical"
    if quantity == "bound":
        values = np.array([best_constant(d, hbar, potential, screened) for hbar in _BOUND_HBARS.tolist()])
        # J1 and J2 cancel where |u| ~ 1, which counts only where the constant stays of order one
        found = growth_exponent(1.0 / _BOUND_HBARS, values, (_ROUND_OFF + 1e-14 / _BOUND_HBARS**2) * values)
        return _answer(found)
    if s <= d + 1.0:
        raise Unresolved(f"K_0 is infinite for s <= d + 1 = {d + 1}: s is {s:g}. Take a larger s.")
    if quantity == "diagonal":
        v1, v2 = pairs((0.0, 1.0), _DISTANCES, d)
        values = kernel(v1, v2, d=d, hbar=0.0, potential=potential, screened=screened)
        found = growth_exponent(1.0 / _DISTANCES, values, _ROUND_OFF * np.abs(values))
        return _answer(found)
    v1, v2 = pairs((0.5, 0.5), np.array([1.0]), d)
    limit = float(kernel(v1, v2, d=d, hbar=0.0, potential=potential, screened=screened)[0])
    values = np.array(
        [
            float(kernel(v1, v2, d=d, hbar=hbar, potential=potential, screened=screened)[0])
            for hbar in _HBARS.tolist()
        ]
    )
    round_off = 1e-13 + 1e-15 / _HBARS**2
    found = growth_exponent(1.0 / _HBARS, values - limit, round_off * np.abs(values))
    # what the extrapolation changes is the error
    extrapolated, error = refined((values[-1], aitken(values.tolist())), round_off[-1])
    return _answer(found, float(extrapolated / limit), float(error / abs(limit)), 0.5 * published_constant(d))


def _answer(
    found: GrowthExponent, ratio: float = math.nan, ratio_error: float = math.inf, missing: float = 1.0
) -> dict[str, float]:
    """Returns the outputs; `missing` is the factor by which (3.17) as published differs from K_0."""
    return {
        "exponent": found.value,
        "exponent_error": found.error,
        "ratio": ratio,
        "ratio_error": ratio_error,
        "printed_ratio": missing * ratio,
        "printed_ratio_error": missing * ratio_error,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.kernel_bound",
    summary="Exponents of the bound (3.16) on the kernel K, of its diagonal and of its limit (3.17)",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.4, (3.16), (3.17)",
    parameters=(
        Parameter(
            "quantity",
            "best constant of (3.16) in 1/hbar, K_0 in 1/|v1 - v2|, or K_hbar - K_0 in 1/hbar",
            "bound",
            kind="choice",
            choices=("bound", "diagonal", "limit"),
        ),
        DIMENSION,
        KAPPA,
        S_OF_ALGEBRAIC,
        SCREENING,
    ),
    outputs=(
        Output("exponent", "exponent of the quantity", has_error=True),
        Output(
            "ratio", "limit of K_ħ over K_0, that is c_d/2 times (3.17); only of the limit", has_error=True
        ),
        Output("printed_ratio", "limit of K_ħ over (3.17) as published; only of the limit", has_error=True),
    ),
    evaluate=kernel_bound,
    order_parameter="exponent",
    tolerance=0.2,
    points_per_block=1,
    version=2,
)
