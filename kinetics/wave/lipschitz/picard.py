r"""The Lipschitz constant of the Picard map of Theorem 2.6, and for how long the map contracts.

For ``Phi(f) = f0 + int_0^t C[f] ds`` on the ball of radius 2R, ``R = ||f0||``, in sup norms with a weight,
``||Phi(f) - Phi(g)|| <= T L ||f - g||``, and the best `L` is the maximum of ``||DC[f]||`` over the ball,
which is convex: `Phi` contracts if and only if ``T L < 1``.  With ``C1``, the constant of (2.7) for the sum
of all four operators, [AL24, proof of Theorem 2.6] has ``L = 4 C1 R^2`` and ``T = 1/(8 C1 R^2)``, for a
contraction factor 1/2; what three slots and a radius of 2R give is ``L <= 12 C1 R^2``, hence
``T = 1/(24 C1 R^2)``.  ``L/(C1 R^2)`` depends neither on ``K0`` nor, all being homogeneous, on `R`, which is
no parameter.

For the gain 12 is attained, at the weight's inverse `n`.  The full operator is a difference, but the ball has
functions that change sign.  Let ``f = 2R n`` but in an arbitrarily short interval about one frequency ``w1``,
where ``f = 2R a n``.  There, with ``W^j`` of `suprema`,

    ||DC[f]||/(2R)^2  >=  3 W^234 + 2 a s + |s|,    s = W^134 - W^123 - W^124,

which is ``3 (W^234 + |s|)`` for the better of ``a = -1`` and 1; among non-negative `f`, `a` is 0 or 1.  This,
the "needle", has the digits of the quadrature.  From below it is improved by a search over functions that
change sign anywhere (`forms.ascend`).  From above, for radial data,

    ||DC[f]||/(2R)^2  <=  3 W^234 + 3 int int |S|,    s = int int S,

with the symmetric kernel `S` of the form in two values of `f` that ``s`` is at ones: where it has one sign,
the needle is the maximum.  The two bounds differ by less than a percent.  Data that are not radial are only
known to stay below 12, and non-negative ones below what the ball has.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, PrintedThreshold
from wellposed.kinetics.wave.collision import BETA, NORMALISATIONS
from wellposed.kinetics.wave.data import DECAY
from wellposed.kinetics.wave.lipschitz.forms import ascend, row_form
from wellposed.kinetics.wave.lipschitz.suprema import (
    KINDS,
    OMEGA_MAX,
    TRUNCATIONS,
    WEIGHT,
    Array,
    Suprema,
    WeightedParts,
    octave_exponent,
    suprema,
)

_PER_OCTAVE = (2, 4)  # cells, coarse and fine
_LOWEST, _HIGHEST = -6, 12  # octaves of omega/omega_1 that have cells of their own; one more reaches to zero
_SUB = 4  # midpoints per cell
_ROWS = 2.0 ** np.arange(-12.0, 6.5, 0.5)  # what is below tends to a limit, or to zero
_EQUAL = 1e-9
_BALL, _NON_NEGATIVE, _SUM = 0, 1, 2
_LOW = (-1.0, 0.0)  # lowest value of f/(2R n) in the ball, and in its non-negative part
_AT_ROW = ((-1.0,), (0.0, 1.0))  # in the ball, a = 1 is the mirror image of a = -1


def _edges(per_octave: int, above: int = 0) -> Array:
    octaves = np.arange(_LOWEST * per_octave, (_HIGHEST + above) * per_octave + 1) / per_octave
    return np.concatenate(([0.0], np.exp2(octaves)))


_CELLS = _edges(_PER_OCTAVE[1])


def needle(cubic: float, shared: float) -> tuple[float, float]:
    """The best of ``3 cubic + 2 a shared + |shared|`` with ``a`` in {-1, 1}, and in {0, 1}."""
    constant = 3.0 * cubic + abs(shared)
    return constant + 2.0 * abs(shared), constant + 2.0 * max(shared, 0.0)


def bounds(parts: Array, loss: float) -> Array:
    """The needle in the ball, the needle among non-negative data, and the sum of all parts, (3,).

    `loss` is 1 for the full operator and 0 for its gain.
    """
    first, second, third, fourth = parts.tolist()
    lost = loss * (third + fourth)
    return np.array([*needle(first, second - lost), first + second + lost])


def _form(parts: WeightedParts, loss: float, w1: float, edges: Array) -> tuple[Array, Array]:
    T, S = row_form(KINDS[parts.weight], 0.5 * parts.M, parts.beta, w1, edges, _SUB, loss)
    return NORMALISATIONS["paper"] * T, NORMALISATIONS["paper"] * S


def excess(parts: WeightedParts, loss: float, w1: float, level: int) -> float:
    """By how much ``3 (W^234 + int int |S|)`` exceeds the needle of the ball at the row `w1`."""
    above = max(0, math.ceil(-math.log2(w1)))  # as far as the weight's own scale requires
    _, S = _form(parts, loss, w1, _edges(_PER_OCTAVE[level], above))
    return 3.0 * float(np.sum(np.abs(S)) - abs(np.sum(S)))


@dataclass(frozen=True)
class Found:
    """Values of ``f/(2R n)`` on cells and at the row, and by how much it beats the needle."""

    pattern: Array
    at_row: float
    improvement: float


def search(parts: WeightedParts, loss: float, w1: float, level: int, among: int) -> Found:
    """The best local maximum at one row, of those reached from functions that change sign at most once.

    Parameters
    ----------
    parts : WeightedParts
    loss : float
        1 for the full operator, 0 for its gain.
    w1 : float
        The row.
    level : {0, 1}
        Coarse or fine cells.
    among : {0, 1}
        The ball, or its non-negative functions.
    """
    T, S = _form(parts, loss, w1, _edges(_PER_OCTAVE[level]))
    # the needle of the same discretisation, whose error is then in both
    reference = needle(float(T.sum()), float(S.sum()))[among]
    low, cells = _LOW[among], np.arange(len(S))
    pattern, at_row, highest = np.ones(cells.size), 1.0, -math.inf
    for a in _AT_ROW[among]:
        for change in range(cells.size + 1):
            for below in (True, False):
                u = np.where((cells < change) == below, 1.0, low)
                norm = float(ascend(T, S, u, a, low))
                if norm > highest:
                    pattern, at_row, highest = u, a, norm
    return Found(pattern, at_row, max(highest - reference, 0.0))


def picard(beta: float, M: float, weight: str, operator: str) -> dict[str, Any]:
    """The Lipschitz constant of the Picard map; see `PICARD` for inputs and outputs."""
    parts = WeightedParts(weight, beta, M)
    loss = 1.0 if operator == "full" else 0.0
    found = suprema(parts, lambda at: bounds(at, loss))
    exponent = octave_exponent(found, _BALL)
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
    bound, relative = found.below[_SUM], found.below_error / found.below
    upper, upper_error, by_row = _upper(parts, loss, found)
    out["upper_ratio"] = 4.0 * upper / bound[-1]
    out["upper_ratio_error"] = 4.0 * upper_error / bound[-1] + out["upper_ratio"] * relative[_SUM, -1]
    for among, prefix in ((_BALL, ""), (_NON_NEGATIVE, "nonnegative_")):
        needle_ratio = 4.0 * found.below[among] / bound
        needle_error = needle_ratio * (relative[among] + relative[_SUM])
        best, best_error, row, pattern = _searched(parts, loss, found, among, by_row)
        ratio = 4.0 * best / bound[-1]
        error = 4.0 * best_error / bound[-1] + ratio * relative[_SUM, -1]
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
    out["truncated_contraction_time"] = 0.25 / found.below[_BALL]
    out["truncated_contraction_time_error"] = 0.25 * relative[_BALL] / found.below[_BALL]
    return out


def _upper(parts: WeightedParts, loss: float, found: Suprema) -> tuple[float, float, dict[float, float]]:
    """The upper bound of the ball, its error, and its coarse values at rows that may exceed a needle.

    No row exceeds three times the sum of its parts; beyond the last of `_ROWS` this is taken.  Rows below the
    first are as that one: at ``w1 = 0`` the form vanishes, or with ``beta = 0`` its kernel `S` does.
    """
    needle_at = {float(found.at[among, -1]) for among in (_BALL, _NON_NEGATIVE)}
    least = found.below[_NON_NEGATIVE, -1] * (1.0 + _EQUAL)
    by_row = {}
    for w in sorted({*_ROWS.tolist(), *(w for w in needle_at if _ROWS[0] <= w <= _ROWS[-1])}):
        at = bounds(parts(w), loss)
        if 3.0 * at[_SUM] > least or w in needle_at:
            by_row[w] = float(at[_BALL]) + excess(parts, loss, w, 0)
    beyond = int(np.argmax(np.where(2.0 * _ROWS[-1] <= OMEGA_MAX, found.octave[_SUM], 0.0)))
    upper, error = 3.0 * float(found.octave[_SUM, beyond]), 3.0 * float(found.octave_error[_SUM, beyond])
    lower = float(found.below[_BALL, -1])
    if upper < lower:
        upper, error = lower, float(found.below_error[_BALL, -1])
    highest = max(by_row, key=by_row.__getitem__, default=0.0)
    if by_row.get(highest, 0.0) > upper:
        coarse, fine = (excess(parts, loss, highest, level) for level in (0, 1))
        upper = by_row[highest] - coarse + fine
        error = abs(fine - coarse) + float(found.below_error[_BALL, -1])
    return upper, error, by_row


def _searched(
    parts: WeightedParts, loss: float, found: Suprema, among: int, by_row: dict[float, float]
) -> tuple[float, float, float, Found]:
    """``||DC||/(2R)^2`` of the best function, its error, its row and the function.

    Searched are the needle's row and all others where the upper bound leaves something to be found.
    """
    best, error = float(found.below[among, -1]), float(found.below_error[among, -1])
    row = float(found.at[among, -1])
    rows = [w for w, upper in by_row.items() if w == row or upper > best * (1.0 + _EQUAL)]
    coarse = {w: search(parts, loss, w, 0, among) for w in rows}
    values = {w: float(bounds(parts(w), loss)[among]) + one.improvement for w, one in coarse.items()}
    highest = max(values, key=values.__getitem__, default=row)
    if highest in coarse:
        fine = search(parts, loss, highest, 1, among)
        value = values[highest] - coarse[highest].improvement + fine.improvement
        if value >= best:
            return value, error + abs(fine.improvement - coarse[highest].improvement), highest, fine
    at_row = _AT_ROW[among][0] if loss else 1.0
    return best, error, row, Found(np.ones(_CELLS.size - 1), at_row, 0.0)


def _outputs() -> tuple[Output, ...]:
    both = [
        ("lipschitz_exponent", "growth exponent in Ω of the Lipschitz constant over Ω/2 ≤ ω₁ ≤ Ω", ()),
        ("upper_ratio", "upper bound of lipschitz_ratio, for radial data", ()),
        ("stability_time", "T C₁R² up to which no radial datum leaves the ball", ()),
        ("truncated_contraction_time", "T R² of contraction over ω₁ ≤ Ω, K₀ = 64π³", ("omega_max",)),
    ]
    for prefix, where in (("", "in the ball"), ("nonnegative_", "for data ≥ 0")):
        both += [
            (f"{prefix}lipschitz_ratio", f"Lipschitz constant of C {where}, over C₁R²; at least", ()),
            (f"{prefix}needle_ratio", f"what a needle makes of it, {where}", ()),
            (f"{prefix}contraction_time", f"T C₁R² below which Φ contracts {where}; at most", ()),
            (f"{prefix}factor_at_printed_time", f"Lipschitz constant of Φ {where}, T = 1/(8 C₁R²)", ()),
            (f"{prefix}truncated_needle_ratio", f"needle ratio {where} over ω₁ ≤ Ω", ("omega_max",)),
        ]
    outputs = []
    for name, long_name, dims in both:
        outputs += [Output(name, long_name, dims), Output(f"{name}_error", f"error of: {long_name}", dims)]
    outputs.append(Output("onset", "truncation Ω from which the local slope is within 0.01 of the exponent"))
    for prefix, where in (("", "in the ball"), ("nonnegative_", "for data ≥ 0")):
        outputs += [
            Output(f"{prefix}row", f"frequency ω₁ at which the Lipschitz constant {where} is attained"),
            Output(f"{prefix}pattern", f"the best f/(2Rn) {where}, by ω/ω₁", ("cell",)),
            Output(f"{prefix}pattern_at_row", f"the best f/(2Rn) {where}, at ω₁"),
        ]
    return tuple(outputs)


PICARD = Experiment(
    name="wave.picard",
    summary="Lipschitz constant of the Picard map on the ball of radius 2R, and how long it contracts",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Theorem 2.6",
    parameters=(
        BETA,
        DECAY,
        WEIGHT,
        Parameter(
            "operator",
            "full collision operator, or its gain alone [AL24, (3.3), (4.1)]",
            "full",
            kind="choice",
            choices=("full", "gain"),
        ),
    ),
    outputs=_outputs(),
    evaluate=picard,
    coordinates=(
        TRUNCATIONS,
        Coordinate("cell", "upper end of a cell of ω/ω₁", _CELLS[1:]),
    ),
    order_parameter="lipschitz_exponent",
    tolerance=0.2,
    points_per_block=2,
    thresholds=(PrintedThreshold("beta", 0.25, "1/4", "Theorem 2.6", relation="≥"),),
)
"""Whether the Picard map contracts, and for how long.

As printed, ``factor_at_printed_time`` is 1/2 at most.  Where ``lipschitz_exponent`` is positive ``C1`` is
infinite, and ratios are those at the largest truncation.
"""
