r"""The best constant of the bound (2.4) for the loss operators, and from where on there is none.

In [AL24, (2.4)], ``||<k>^l L1[f,g,h]||_oo <= C ||<k>^l f||_oo ||<k>^(1/2) g||_1 ||<k>^(7/2) h||_oo``, the
kernel is positive, the worst `h` is ``<k>^(-7/2)``, and the worst `g` sits at one wave vector.  So the best
constant is

    C = sup_{k1,k2} 1/4 (|k1||k2|)^(2 beta) |k1-k2| <k2>^(-1/2) Q,
    Q = \int_{S^2} b((k1-k2).sigma) (|k1*||k2*|)^(2 beta) <k2*>^(-7/2) dsigma,

whatever `l` is; for L2 it is ``<k1*>`` in `Q`.  `spatial.loss_kernel` integrates `Q`.

The supremum is taken shell by shell, over all k1 and k2 of one energy `E`: its growth exponent in `E` says
whether it is finite.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.wave.outward_supremum import outward_supremum
from wellposed.kinetics.wave.parameters import BETA, quarter
from wellposed.kinetics.wave.spatial.loss_kernel import ROUND_OFF, kernel_with_error
from wellposed.kinetics.wave.spatial.loss_shells import maximum, place, shell

Array = NDArray[np.float64]

ENERGY = 4.0 ** np.arange(-3, 19)
OPERATORS = ("L1", "L2")


def loss_bound(beta: float, operator: str) -> dict[str, Any]:
    """Returns the best constant of (2.4) and its growth; see `EXPERIMENT` for inputs and outputs."""
    shells = [shell(energy, beta, operator == "L2") for energy in ENERGY.tolist()]
    profile, error = (np.array([one[i] for one in shells]) for i in range(2))
    exponent = growth_exponent(ENERGY, profile, error)
    greatest = outward_supremum(profile, error, exponent, ROUND_OFF)
    best = ENERGY.size - 1 if greatest.index is None else greatest.index
    constant, constant_error = greatest.value, greatest.error
    at = place(ENERGY[best], shells[best][2])
    if greatest.index is not None:  # between the shells there may be more
        start = np.array([*shells[best][2], math.log(ENERGY[best])])
        x = maximum(start, np.array([0.1, 0.1, 0.3]), None, beta, operator == "L2")
        at = place(math.exp(x[2]), x)
        constant, error_there = kernel_with_error(at, beta, operator == "L2")
        constant_error = math.inf if math.isinf(greatest.error) else error_there
    r1, r2, dot = at
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "onset": exponent.onset,
        "constant": constant,
        "constant_error": constant_error,
        "k1": r1,
        "k2": r2,
        "angle": math.acos(min(max(dot / (r1 * r2), -1.0), 1.0)),
        "profile": profile,
        "profile_error": error,
    }


EXPERIMENT = Experiment(
    name="wave.loss_bound",
    summary="Best constant of the bound (2.4) of the loss operators, and its growth with energy",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Lemma 2.3, (2.4)",
    parameters=(
        BETA,
        Parameter("operator", "L1 or L2 [AL24, (1.16), (1.17)]", "L1", kind="choice", choices=OPERATORS),
    ),
    outputs=(
        Output(
            "growth_exponent",
            "growth exponent of the supremum over |k₁|² + |k₂|² = E, in E",
            has_error=True,
        ),
        Output("onset", "energy E from which the local slope is within 0.01 of the growth exponent"),
        Output(
            "constant",
            "best constant; a limit if its place is the last shell, infinite if it grows",
            has_error=True,
        ),
        Output("k1", "|k₁| at the greatest value that was looked at"),
        Output("k2", "|k₂| at the greatest value that was looked at"),
        Output("angle", "angle between k₁ and k₂ at the greatest value", units="rad"),
        Output("profile", "supremum over |k₁|² + |k₂|² = E", dims=("energy",), has_error=True),
    ),
    evaluate=loss_bound,
    coordinates=(Coordinate("energy", "E = |k₁|² + |k₂|²", ENERGY),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    version=4,
    points_per_block=4,
    thresholds=(quarter("Lemma 2.3", relation="≥"),),
)
