r"""The Lipschitz constant of the Picard map of Theorem 2.6, and for how long the map contracts.

For ``Phi(f) = f0 + int_0^t C[f] ds`` on the ball of radius 2R, ``R = ||f0||``, in sup norms with a weight,
``||Phi(f) - Phi(g)|| <= T L ||f - g||``, and the best `L` is the maximum of ``||DC[f]||`` over the ball,
which is convex: `Phi` contracts if and only if ``T L < 1``.  With ``C1``, the constant of (2.7) for the sum
of all four operators, [AL24, proof of Theorem 2.6] has ``L = 4 C1 R^2`` and ``T = 1/(8 C1 R^2)``, for a
contraction factor 1/2; what three slots and a radius of 2R give is ``L <= 12 C1 R^2``, hence
``T = 1/(24 C1 R^2)``.  ``L/(C1 R^2)`` depends neither on ``K0`` nor, all being homogeneous, on `R`, which is
no parameter.

For the gain 12 is attained, at the weight's inverse `n`.  The full operator is a difference, but the ball has
functions that change sign; `lipschitz.needles` has what `L` is bounded by from below and from above.  The two
bounds differ by less than a percent.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output
from wellposed.kinetics.wave.lipschitz.needles import (
    BALL,
    CELLS,
    NON_NEGATIVE,
    SUM,
    best_found,
    bounds,
    upper_bound,
)
from wellposed.kinetics.wave.lipschitz.suprema import WeightedParts, octave_exponent, suprema
from wellposed.kinetics.wave.parameters import BETA, DECAY, FULL_OR_GAIN, TRUNCATIONS, WEIGHT, quarter


def picard(beta: float, M: float, weight: str, operator: str) -> dict[str, Any]:
    """Returns the Lipschitz constant of the Picard map; see `EXPERIMENT` for inputs and outputs."""
    parts = WeightedParts(weight, beta, M)
    loss = 1.0 if operator == "full" else 0.0
    found = suprema(parts, lambda at: bounds(at, loss))
    exponent = octave_exponent(found, BALL)
    if not math.isfinite(exponent.error):
        raise Unresolved(
            f"The Lipschitz constant follows no power law of the truncation yet at beta = {beta:g}, "
            f"M = {M:g}, weight {weight}, operator {operator}: two exponents are close; try another M."
        )
    out: dict[str, Any] = {
        "lipschitz_exponent": exponent.value,
        "lipschitz_exponent_error": exponent.error,
        "onset": exponent.onset,
    }
    bound, relative = found.below[SUM], found.below_error / found.below
    upper, upper_error, by_row = upper_bound(parts, loss, found)
    out["upper_ratio"] = 4.0 * upper / bound[-1]
    out["upper_ratio_error"] = 4.0 * upper_error / bound[-1] + out["upper_ratio"] * relative[SUM, -1]
    for among, prefix in ((BALL, ""), (NON_NEGATIVE, "nonnegative_")):
        needle_ratio = 4.0 * found.below[among] / bound
        needle_error = needle_ratio * (relative[among] + relative[SUM])
        best, best_error, row, pattern = best_found(parts, loss, found, among, by_row)
        ratio = 4.0 * best / bound[-1]
        error = 4.0 * best_error / bound[-1] + ratio * relative[SUM, -1]
        out |= {
            f"{prefix}lipschitz_ratio": ratio,
            f"{prefix}lipschitz_ratio_error": error,
            f"{prefix}needle_ratio": needle_ratio[-1],
            f"{prefix}needle_ratio_error": needle_error[-1],
            f"{prefix}contraction_time": 1.0 / ratio,
            f"{prefix}contraction_time_error": error / ratio**2,
            f"{prefix}factor_at_printed_time": ratio / 8.0,
            f"{prefix}factor_at_printed_time_error": error / 8.0,
            f"{prefix}row": row,
            f"{prefix}pattern": pattern.pattern,
            f"{prefix}pattern_at_row": pattern.at_row,
            f"{prefix}truncated_needle_ratio": needle_ratio,
            f"{prefix}truncated_needle_ratio_error": needle_error,
        }
    # (W^234 + |s|) and (W^234 + int int |S|) also enclose the largest |C[f]|, over (2R)^3
    least, most = 1.5 / out["upper_ratio"], 1.5 / out["needle_ratio"]
    out["stability_time"] = least
    out["stability_time_error"] = most - least + 1.5 * out["upper_ratio_error"] / out["upper_ratio"] ** 2
    out["truncated_contraction_time"] = 0.25 / found.below[BALL]
    out["truncated_contraction_time_error"] = 0.25 * relative[BALL] / found.below[BALL]
    return out


def _outputs() -> tuple[Output, ...]:
    by_truncation = ("omega_max",)
    domains = (("", "in the ball"), ("nonnegative_", "for data ≥ 0"))
    outputs = [
        Output(
            "lipschitz_exponent",
            "growth exponent in Ω of the Lipschitz constant over Ω/2 ≤ ω₁ ≤ Ω",
            has_error=True,
        ),
        Output("upper_ratio", "upper bound of lipschitz_ratio, for radial data", has_error=True),
        Output("stability_time", "T C₁R² up to which no radial datum leaves the ball", has_error=True),
        Output(
            "truncated_contraction_time",
            "T R² of contraction over ω₁ ≤ Ω, K₀ = 64π³",
            by_truncation,
            has_error=True,
        ),
    ]
    for prefix, where in domains:
        outputs += [
            Output(f"{prefix}{name}", long_name, dims, has_error=True)
            for name, long_name, dims in (
                ("lipschitz_ratio", f"Lipschitz constant of C {where}, over C₁R²; at least", ()),
                ("needle_ratio", f"what a needle makes of it, {where}", ()),
                ("contraction_time", f"T C₁R² below which Φ contracts {where}; at most", ()),
                ("factor_at_printed_time", f"Lipschitz constant of Φ {where}, T = 1/(8 C₁R²)", ()),
                ("truncated_needle_ratio", f"needle ratio {where} over ω₁ ≤ Ω", by_truncation),
            )
        ]
    outputs.append(Output("onset", "truncation Ω from which the local slope is within 0.01 of the exponent"))
    for prefix, where in domains:
        outputs += [
            Output(f"{prefix}row", f"frequency ω₁ at which the Lipschitz constant {where} is attained"),
            Output(f"{prefix}pattern", f"the best f/(2Rn) {where}, by ω/ω₁", ("cell",)),
            Output(f"{prefix}pattern_at_row", f"the best f/(2Rn) {where}, at ω₁"),
        ]
    return tuple(outputs)


EXPERIMENT = Experiment(
    name="wave.picard",
    summary="Lipschitz constant of the Picard map on the ball of radius 2R, and how long it contracts",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Theorem 2.6",
    parameters=(
        BETA,
        DECAY,
        WEIGHT,
        FULL_OR_GAIN,
    ),
    outputs=_outputs(),
    evaluate=picard,
    coordinates=(
        TRUNCATIONS,
        Coordinate("cell", "upper end of a cell of ω/ω₁", CELLS[1:]),
    ),
    order_parameter="lipschitz_exponent",
    tolerance=0.2,
    points_per_block=2,
    thresholds=(quarter("Theorem 2.6", relation="≥"),),
    version=2,
)
"""Whether the Picard map contracts, and for how long.

As published, ``factor_at_printed_time`` is 1/2 at most.  Where ``lipschitz_exponent`` is positive ``C1`` is
infinite, and ratios are those at the largest truncation.
"""
