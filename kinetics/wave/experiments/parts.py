"""How fast each part of the collision operator of a smooth datum grows.

What [AL24, (4.2)-(4.7) and (5.7)-(5.20)] bound one by one is measured one by one: the sixteen parts, their
sums, and C' of (5.1), all weighted by ``<omega>^(M/2)``, whose growth exponents are to be compared with the
published ones plus M/2.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.experiment import Coordinate, Experiment, Output
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave import algebraic
from wellposed.kinetics.wave.collision import PARTS, REGIONS
from wellposed.kinetics.wave.parameters import BETA, DECAY, DOUBLING_FREQUENCIES, KIND, NORMALISATIONS

QUANTITIES = (
    *(f"{part}_{region}" for part in PARTS for region in REGIONS),
    *PARTS,
    "gain",
    "loss",
    "sum",
    "full",
    "prime234",
    "124+134",
    "234_22+234_1",
)
"""What is measured: part and region, parts, operators, the sum of the four parts as in (5.22), C' of (5.1),
and the sums that make up I5 and I6 of (5.2)."""

_LEVELS = (1, 2)


def _quantities(kind: int, p: float, beta: float, w: float, level: int) -> NDArray[np.float64]:
    """Returns all of `QUANTITIES` at one frequency, divided by ``K0 n(w)``."""
    values, full, prime = algebraic.parts_over_n1(kind, p, beta, w, algebraic.rules(level, beta, p))
    sums = values.sum(axis=0)
    return np.array(
        [
            *values.T.ravel(),
            *sums,
            sums[0] + sums[1],
            sums[2] + sums[3],
            sums.sum(),
            full,
            prime,
            sums[1] + sums[3],
            values[1, 0] + values[3, 0],
        ]
    )


def parts(beta: float, M: float, datum: str) -> dict[str, Any]:
    """Returns the growth exponents of all `QUANTITIES`; see `EXPERIMENT` for inputs and outputs."""
    kind = algebraic.BRACKET if datum == "bracket" else algebraic.BRACKET_K
    p = 0.5 * M
    profile = np.empty((len(QUANTITIES), DOUBLING_FREQUENCIES.size))
    error = np.empty_like(profile)
    for j, w in enumerate(DOUBLING_FREQUENCIES.tolist()):
        log_density = -0.5 * p * math.log1p(w * w) if datum == "bracket" else -p * math.log1p(w)
        weight = NORMALISATIONS["paper"] * math.exp(log_density + 0.5 * p * math.log1p(w * w))
        levels = [weight * _quantities(kind, p, beta, w, level) for level in _LEVELS]
        # growth exponents are extrapolated from these, which round-off above the parts' own would stop
        profile[:, j], error[:, j] = refined(levels, algebraic.ROUND_OFF)
    found = [growth_exponent(DOUBLING_FREQUENCIES, profile[i], error[i]) for i in range(len(QUANTITIES))]
    return {
        "exponent": [one.value for one in found],
        "exponent_error": [one.error for one in found],
        "onset": [one.onset for one in found],
        "profile": profile,
        "profile_error": error,
    }


EXPERIMENT = Experiment(
    name="wave.parts",
    summary="Growth exponents of every part of the weighted collision term of a smooth datum",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, (3.4)-(3.15), (4.2)-(4.7), (5.1)-(5.20)",
    parameters=(
        BETA,
        DECAY,
        replace(
            KIND,
            summary="<omega>^(-M/2) or <k>^(-M) [AL24, sections 4.3, 1.3]",
            choices=("bracket", "bracket_k"),
        ),
    ),
    outputs=(
        Output("exponent", "growth exponent of the weighted quantity", dims=("quantity",), has_error=True),
        Output("onset", "frequency from which the local slope is within 0.01", dims=("quantity",)),
        Output("profile", "weighted quantity, K0 = 64 pi^3", dims=("quantity", "omega"), has_error=True),
    ),
    evaluate=parts,
    version=3,
    coordinates=(
        Coordinate("quantity", "part, or part and region", np.array(QUANTITIES)),
        Coordinate("omega", "frequency ω₁ = |k₁|²", DOUBLING_FREQUENCIES),
    ),
)
