r"""The constants of the trilinear bounds of Corollary 2.4, and whether they are finite.

For ``T`` one of ``G1, G2, L1, L2``, and for sums of them, the best constant in [AL24, (2.7)],

    ||<k>^M T[f,g,h]|| <= C ||<k>^M f|| ||<k>^M g|| ||<k>^M h||,    sup norms,

is ``sup <k>^M T[n,n,n]`` with ``n = <k>^-M``: the kernels are positive, so that
``|T[f,g,h]| <= T[|f|,|g|,|h|]``, with equality at `n` itself.  As `n` is radial, this is the best constant
among all data in three dimensions, not only among radial ones.  With ``f = g = h`` the cut-off `b` of
[AL24, (1.8)-(1.13)] drops out of G1, of G2 and of the sum L1 + L2, so these are the parts 234, 134 and
123 + 124 of the isotropic operator; L1 and L2 by themselves are not.

Everything is homogeneous of degree three in the datum: its size `R` is no parameter.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output
from wellposed.kinetics.wave.lipschitz.suprema import Array, WeightedParts, octave_exponent, suprema
from wellposed.kinetics.wave.outward_supremum import outward_supremum
from wellposed.kinetics.wave.parameters import BETA, DECAY, FULL_OR_GAIN, TRUNCATIONS, WEIGHT, quarter

BOUNDED = ("G1", "G2", "L1+L2", "gain", "full")
"""Operators that are bounded: ``gain`` is G1 + G2, and ``full`` the sum of all four, not their difference."""

_SUMS = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [1, 1, 0, 0], [1, 1, 1, 1]], dtype=np.float64)


def sums(parts: Array) -> Array:
    """Returns the weighted images under `BOUNDED`, (5,), of parts 234, 134, 123, 124, (4,)."""
    combined: Array = _SUMS @ parts
    return combined


def lipschitz(beta: float, M: float, weight: str, operator: str) -> dict[str, Any]:
    """Returns the constants of (2.7) and their growth exponents; see `EXPERIMENT` for inputs and outputs."""
    found = suprema(WeightedParts(weight, beta, M), sums)
    count = len(BOUNDED)
    exponents = [octave_exponent(found, q) for q in range(count)]
    order = exponents[BOUNDED.index(operator)]
    if not math.isfinite(order.error):
        raise Unresolved(
            f"The constant of (2.7) follows no power law of the truncation yet at beta = {beta:g}, "
            f"M = {M:g}, weight {weight}: two exponents are close; try another M."
        )
    constant, constant_error, attained = np.empty(count), np.empty(count), np.empty(count)
    for q, exponent in enumerate(exponents):
        constant[q], constant_error[q] = found.below[q, -1], found.below_error[q, -1]
        attained[q] = found.at[q, -1]
        beyond = outward_supremum(found.octave[q], found.octave_error[q], exponent)
        if beyond.index is None and not beyond.value < constant[q] - constant_error[q]:
            constant[q], constant_error[q], attained[q] = beyond.value, beyond.error, math.inf
        elif math.isinf(beyond.error):
            constant_error[q] = math.inf
    return {
        "constant_exponent": order.value,
        "constant_exponent_error": order.error,
        "onset": order.onset,
        "exponents": np.array([one.value for one in exponents]),
        "exponents_error": np.array([one.error for one in exponents]),
        "constants": constant,
        "constants_error": constant_error,
        "attained_at": attained,
        "truncated": found.below,
        "truncated_error": found.below_error,
        "octave": found.octave,
        "octave_error": found.octave_error,
    }


EXPERIMENT = Experiment(
    name="wave.lipschitz",
    summary="Constants of the trilinear bounds (2.7), and their growth with the largest frequency",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Corollary 2.4, (2.7), Theorem 2.6",
    parameters=(
        BETA,
        DECAY,
        WEIGHT,
        replace(
            FULL_OR_GAIN,
            summary="whose exponent is the order parameter: the sum of all four operators, "
            "or of the gain's two",
        ),
    ),
    outputs=(
        Output("constant_exponent", "growth exponent in Ω of the constant over Ω/2 ≤ ω₁ ≤ Ω", has_error=True),
        Output("onset", "truncation Ω from which the local slope is within 0.01 of the growth exponent"),
        Output("exponents", "growth exponent of each operator's constant", dims=("bounded",), has_error=True),
        Output(
            "constants",
            "constant of (2.7), K₀ = 64π³; infinite where its exponent is positive",
            dims=("bounded",),
            has_error=True,
        ),
        Output("attained_at", "frequency ω₁ of the constant, infinite for a limit", dims=("bounded",)),
        Output("truncated", "constant of (2.7) over ω₁ ≤ Ω", dims=("bounded", "omega_max"), has_error=True),
        Output(
            "octave", "constant of (2.7) over Ω/2 ≤ ω₁ ≤ Ω", dims=("bounded", "omega_max"), has_error=True
        ),
    ),
    evaluate=lipschitz,
    coordinates=(
        Coordinate("bounded", "operator, or sum of operators, that is bounded", np.array(BOUNDED)),
        TRUNCATIONS,
    ),
    order_parameter="constant_exponent",
    tolerance=0.2,
    version=3,
    points_per_block=8,
    thresholds=(quarter("Corollary 2.4", relation="≥"),),
)
"""Whether the constants of (2.7) are finite; Theorem 2.6 needs the one called ``full``."""
