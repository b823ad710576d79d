r"""How fast the collision term of a datum grows: the kinetic wave equation's order parameter.

The second Picard iterate of a datum ``n`` of the weighted space ``<omega>^(-M/2) L^infinity`` stays in that
space only if ``W = <omega>^(M/2) C[n]`` is bounded.  With ``|W| ~ omega^s``, the datum shows ill-posedness
where ``s > 0`` [AL24, sections 4.3 and 5.6].

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Coordinate, Experiment, Output
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.wave.collision import Evaluator
from wellposed.kinetics.wave.data import datum_of_kind
from wellposed.kinetics.wave.parameters import (
    BETA,
    DECAY,
    DOUBLING_FREQUENCIES,
    FREQUENCY,
    ILL_POSEDNESS,
    KIND,
    MEAN,
    NORMALISATIONS,
    OPERATOR,
)

_RTOL = {"bracket": 1e-11, "bracket_k": 1e-11, "oscillating": 1e-9}
_RESONANT = 15  # samples of an oscillating datum: beyond, the phase N omega itself is not known well enough


def growth(beta: float, M: float, N: int, A: float, operator: str, datum: str) -> dict[str, Any]:
    """Returns the growth exponent of the weighted collision term; see `EXPERIMENT` for inputs and outputs."""
    n = datum_of_kind(datum, M, N, A)
    evaluate = Evaluator(beta, n, operator)
    profile = np.full(DOUBLING_FREQUENCIES.size, math.nan)
    error = np.full(DOUBLING_FREQUENCIES.size, math.nan)
    count = _RESONANT if datum == "oscillating" else DOUBLING_FREQUENCIES.size
    for j in range(count):
        w = float(DOUBLING_FREQUENCIES[j])
        value, value_error = evaluate(w, _RTOL[datum])
        weight = NORMALISATIONS["paper"] * math.exp(0.25 * M * math.log1p(w * w) + evaluate.log_density(w))
        profile[j], error[j] = weight * value, weight * value_error
    exponent = growth_exponent(DOUBLING_FREQUENCIES[:count], profile[:count], error[:count])
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "onset": exponent.onset,
        "profile": profile,
        "profile_error": error,
    }


EXPERIMENT = Experiment(
    name="wave.growth",
    summary="Growth exponent of the weighted collision term of a datum, <omega>^(M/2) |C[n]| ~ omega^s",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, (3.2), Theorems 4.2 and 5.1, Remark 1.5",
    parameters=(
        BETA,
        DECAY,
        FREQUENCY,
        MEAN,
        OPERATOR,
        KIND,
    ),
    outputs=(
        Output("growth_exponent", "growth exponent of ⟨ω⟩^(M/2) |C[n]|", has_error=True),
        Output("onset", "frequency from which the local slope is within 0.01 of the growth exponent"),
        Output(
            "profile", "weighted collision term ⟨ω⟩^(M/2) C[n], K₀ = 64π³", dims=("omega",), has_error=True
        ),
    ),
    evaluate=growth,
    coordinates=(Coordinate("omega", "frequency ω₁ = |k₁|²", DOUBLING_FREQUENCIES),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    version=3,
    points_per_block=32,
    thresholds=ILL_POSEDNESS,
)
