r"""How sharp the bounds (3.2)-(3.4) on the dielectric function are.

(3.2) is ``|epsilon(Phi) - epsilon(M)| <= C ||f||_r``, which has a finite C for r above an index; the
difference of the quantum and the classical one in (3.3), over all f with ``||f||_r <= 1``, falls with an
order in hbar that depends on r; and the gradient in k of (3.4) grows as powers of |v| and 1/|k|.  The best
constants are those of `dielectric_function.sharp_bounds`.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.1.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.lenard_balescu.dielectric_function.sharp_bounds import (
    largest_difference,
    largest_gradient,
    sobolev_index,
)
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, KAPPA, S

_HBARS = 2.0 ** -np.arange(1.0, 10.0)
_SCALES = 2.0 ** np.arange(3.0, 13.0)  # of |v| and of 1/|k|
_ROUND_OFF = 1e-12  # relative error of a best constant
_GRADIENT = ("estimate", ("(3.4) in v", "(3.4) in k"))


def dielectric_bounds(estimate: str, d: int, kappa: float, s: float, r: int) -> dict[str, Any]:
    """Returns the exponent of one estimate; see `EXPERIMENT` for inputs and outputs."""
    if estimate == "(3.2)":
        found = sobolev_index()
    elif estimate == "(3.3)":
        values = np.array([largest_difference(d, r, hbar) for hbar in _HBARS.tolist()])
        found = growth_exponent(1.0 / _HBARS, values, (_ROUND_OFF + 1e-15 / _HBARS) * values)
    else:
        ones = np.ones_like(_SCALES)
        k, speed = (ones, _SCALES) if estimate == "(3.4) in v" else (1.0 / _SCALES, ones)
        values = largest_gradient(k, speed, kappa, s)
        found = growth_exponent(_SCALES, values, _ROUND_OFF * values)
    return {"exponent": found.value, "exponent_error": found.error}


EXPERIMENT = Experiment(
    name="lenard_balescu.dielectric_bounds",
    summary="Sharp exponents of the bounds (3.2)-(3.4) on the dielectric function",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.1, (3.2)-(3.4)",
    parameters=(
        Parameter(
            "estimate",
            "index of (3.2), order in 1/hbar of (3.3), or exponent of (3.4), r = 1, in |v| or in 1/|k|",
            "(3.2)",
            kind="choice",
            choices=("(3.2)", "(3.3)", "(3.4) in v", "(3.4) in k"),
        ),
        DIMENSION,
        replace(KAPPA, only_with=_GRADIENT),
        replace(S, only_with=_GRADIENT),
        Parameter(
            "r",
            "Sobolev index of the ball that f is taken from",
            2,
            kind="int",
            lower=0,
            upper=6,
            only_with=("estimate", ("(3.3)",)),
        ),
    ),
    outputs=(
        Output(
            "exponent", "the index; or the exponent in 1/ħ, |v| or 1/|k| of the best constant", has_error=True
        ),
    ),
    evaluate=dielectric_bounds,
    order_parameter="exponent",
    tolerance=0.2,
    points_per_block=4,
    version=2,
)
