r"""Quadratic forms that the norm ||.||_hbar is compared with: (3.8), (3.21), and itself (3.36).

(3.8) is said to be equivalent to ``||g||_hbar^2`` (published without the square), uniformly in hbar, and
(3.21) to tend to ``int K_0 tilde g^2``.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Propositions 3.3 and 3.5.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, algebraic
from wellposed.kinetics.lenard_balescu.linearised_operator.classical_norm import potential_term
from wellposed.kinetics.lenard_balescu.linearised_operator.comparison_forms import (
    comparison_form,
    cross_form,
    ordering_constants,
)
from wellposed.kinetics.lenard_balescu.linearised_operator.forms import linearised
from wellposed.kinetics.lenard_balescu.linearised_operator.sectors import radial_form
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, KAPPA, S_OF_ALGEBRAIC, SECTOR
from wellposed.kinetics.refine import aitken, refined

Array = NDArray[np.float64]

_HBARS = 2.0 ** -np.arange(0.0, 9.0)
_LEVELS = (0, 1)
_SIZES = (6, 8)  # Laguerre functions at the two levels of refinement
_STEPS = (0.2, 0.15)  # in w, and in log k, at the two levels
_FASTEST = 50.0  # up to which K_0 tilde is known; the weight of the basis is zero long before
_ROUND_OFF = 1e-11  # gain and loss cancel in (3.21)
_EIGENVALUES = 1e-9  # relative error of a best constant, an eigenvalue of two forms


def _constants(d: int, l: int, alpha: float, potential: Potential, level: int) -> Array:  # noqa: E741
    """Returns the least and the largest of (3.8) over ``||g||_hbar^2``, (2, n_hbar)."""
    n, found = _SIZES[level], []
    for hbar in _HBARS.tolist():
        form = comparison_form(d, l, n, hbar=hbar, potential=potential, alpha=alpha, step=_STEPS[level])
        _, gram = linearised(d, l, n, hbar=hbar, potential=potential)
        values = eigh(form, gram, eigvals_only=True)
        found.append((values[0], values[-1]))
    return np.array(found).T


def norm_forms(quantity: str, d: int, l: int, kappa: float, s: float, alpha: float) -> dict[str, Any]:  # noqa: E741
    """Returns an exponent, and for the limit what the form tends to; `EXPERIMENT` has inputs and outputs."""
    potential = algebraic(kappa, s)
    if quantity != "limit":
        if s <= d - 1.0:
            raise Unresolved(f"The norm (3.5) is infinite for s <= d - 1 = {d - 1}: s is {s:g}.")
        if quantity == "order":
            coarse, fine = (ordering_constants(d, l, n, potential, _HBARS) for n in _SIZES)
        else:
            row = 0 if quantity == "least" else 1
            coarse, fine = (_constants(d, l, alpha, potential, level)[row] for level in _LEVELS)
        at = 1.0 / _HBARS[-fine.size :]
        one, two = (growth_exponent(at, values, _EIGENVALUES * values) for values in (coarse, fine))
        _, change = refined((one.value, two.value), round_off=0.0)
        return {
            "exponent": two.value,
            "exponent_error": two.error + float(change),
            "ratio": math.nan,
            "ratio_error": math.inf,
            "printed_ratio": math.nan,
            "printed_ratio_error": math.inf,
        }
    if s <= d + 1.0:
        raise Unresolved(f"K_0 tilde is infinite for s <= d + 1 = {d + 1}: s is {s:g}. Take a larger s.")
    n = 3  # the last of so few functions is smooth, and no invariant in any sector
    coefficient = radial_form(
        lambda r: potential_term(np.minimum(r, _FASTEST), d=d, potential=potential), d, l, n
    )
    limit = float(coefficient[-1, -1])
    levels = [
        [
            float(cross_form(d, l, n, hbar=hbar, potential=potential, step=step)[-1, -1])
            for hbar in _HBARS.tolist()
        ]
        for step in _STEPS
    ]
    fine, error = refined(levels, _ROUND_OFF)
    found = growth_exponent(1.0 / _HBARS, fine - limit, error)
    # what the extrapolation changes is part of the error
    extrapolated, change = refined((fine[-1], aitken(fine.tolist())), round_off=0.0)
    ratio = float(extrapolated / limit)
    doubt = float((change + error[-1]) / abs(limit))
    return {
        "exponent": found.value,
        "exponent_error": found.error,
        "ratio": ratio,
        "ratio_error": doubt,
        "printed_ratio": -ratio,  # (3.22) as published has the other sign
        "printed_ratio_error": doubt,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.norm_forms",
    summary="Exponents in 1/hbar of the constants of (3.8) and (3.36), and of the error of (3.21)",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.8), (3.21), (3.22), (3.36)",
    parameters=(
        Parameter(
            "quantity",
            "least or largest quotient of (3.8), (3.21) minus its limit, or the constant of (3.36)",
            "limit",
            kind="choice",
            choices=("least", "largest", "limit", "order"),
        ),
        DIMENSION,
        SECTOR,
        KAPPA,
        S_OF_ALGEBRAIC,
        Parameter(
            "alpha",
            "of the weight exp(-alpha w^2) in (3.8)",
            0.5,
            lower=0.02,
            upper=0.5,
            only_with=("quantity", ("least", "largest")),
        ),
    ),
    outputs=(
        Output("exponent", "exponent in 1/ħ of the quantity", has_error=True),
        Output("ratio", "limit of (3.21) over that of −div(Av)/4; only of the limit", has_error=True),
        Output(
            "printed_ratio",
            "limit of (3.21) over that of (3.22) as published; only of the limit",
            has_error=True,
        ),
    ),
    evaluate=norm_forms,
    order_parameter="exponent",
    tolerance=0.2,
    points_per_block=1,
    version=2,
)
