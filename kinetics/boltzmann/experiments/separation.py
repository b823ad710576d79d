r"""Two solutions that start close and end apart: the rock in a box, with and without needles.

Both are followed by `rock_in_box` on two grids; the values are the finer one's, the errors the differences,
and what neither grid sees.

Norms are those of regularity ``s0 = s``, the limit of (3.11).  How the rocks' distance at time 0, over the
solutions' at ``t0``, grows from `M` to ``2 M`` is the order parameter; its error has the change from ``M/2``.
The needles' amplitude already has ``M^((d-1)/2-s)`` in it, so the sign is what the paper's choice makes it:
this shows that the equation does what the formula says, not where a boundary must be.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann.construction.needles import Needles, needles
from wellposed.kinetics.boltzmann.evolution.rock_in_box import BOXES, Distances, distances
from wellposed.kinetics.boltzmann.norms.cutoff import norm_beyond
from wellposed.kinetics.boltzmann.parameters import ANGULAR_KERNEL, KERNEL_POWER, REGULARITY
from wellposed.kinetics.experiment import Experiment, Output, Parameter, Point, PrintedThreshold
from wellposed.kinetics.refine import ROUND_OFF, refined

_TOLERATED = 0.1  # relative difference of the two grids' distances
_ADVICE = "try a larger N1, or a smaller M or |t0|."


def separation(
    M: float, N2: float, N1: float, gamma: float, s: float, t0: float, angular: str
) -> dict[str, Any]:
    """Returns distances of two solutions; see `EXPERIMENT` for inputs and outputs.

    Raises
    ------
    Unresolved
        If the rocks blow up, do not differ at all, or differ by too much between the two grids.
    """
    points = [needles(2, m, N2, N1, gamma, s, s, t0) for m in (0.5 * M, M, 2.0 * M)]
    with np.errstate(over="ignore", invalid="ignore"):
        coarse = [distances(BOXES[0], point, angular) for point in points]
        if not all(0.0 < one.between < math.inf for one in coarse):
            raise Unresolved(f"On {BOXES[0]} the rocks blow up, or do not differ at all: {_ADVICE}")
        fine = [distances(BOXES[1], point, angular) for point in points[1:]]
    levels = [
        {
            "distance_at_start": one.needles,
            "distance_at_end": one.at_end,
            "separation": one.at_end / one.needles,
            "rock_norm": one.rock,
            "rock_distance": one.between,
            "formula_distance": one.from_formula,
        }
        for one in (coarse[1], fine[0])
    ]
    changes = [abs(one.between / other.between - 1.0) for one, other in zip(coarse[1:], fine, strict=True)]
    if not max(changes) <= _TOLERATED:
        raise Unresolved(
            f"Between {BOXES[0]} and {BOXES[1]} the distance of the rocks of M and 2 M changes by up to "
            f"{max(changes):.2g} of itself: {_ADVICE}"
        )
    outputs: dict[str, Any] = {}
    for name in levels[0]:
        outputs[name], outputs[f"{name}_error"] = refined([level[name] for level in levels])
    for name, missing in _unseen(points[1], fine[0]).items():
        outputs[f"{name}_error"] = outputs[f"{name}_error"] + missing

    growth = [one.between / one.needles for one in coarse]
    before, local = math.log2(growth[1] / growth[0]), math.log2(growth[2] / growth[1])
    exponent = math.log2(fine[1].between / fine[1].needles * fine[0].needles / fine[0].between)
    outputs["separation_exponent"] = exponent
    unseen = sum(one.unseen for one in fine) / math.log(2.0)
    change = abs(exponent - local) + abs(local - before)
    outputs["separation_exponent_error"] = change + unseen + ROUND_OFF * (1.0 + abs(exponent))
    return outputs


def _unseen(point: Needles, found: Distances) -> dict[str, float]:
    """Returns what may be missing of every output, on grids of all sizes."""
    needles_beyond = point.f_b_norm_beyond(point.s) * found.needles
    between = found.between * (found.unseen + 2.0 * norm_beyond(2, point.M, point.s))
    # Pythagoras
    at_end = (found.needles * needles_beyond + found.between * between) / found.at_end
    return {
        "distance_at_start": needles_beyond,
        "distance_at_end": at_end,
        "separation": (at_end + found.at_end / found.needles * needles_beyond) / found.needles,
        "rock_norm": found.rock * 2.0 * norm_beyond(2, point.M, point.s),
        "rock_distance": between,
        "formula_distance": found.from_formula * found.unseen_from_formula,
    }


def check(point: Point) -> None:
    """Refuse rocks that leave the box, and what `needles` refuse."""
    M, N1 = float(point["M"]), float(point["N1"])
    least = 8.0 * M * abs(float(point["t0"]))
    if least > N1:
        raise ParameterError(
            f"Parameter `N1` must be at least 8 M |t0| = {least:g}, for the rock of 2 M to stay in its box, "
            f"but is {N1:g}."
        )
    for m in (0.5 * M, 2.0 * M):
        s = float(point["s"])
        needles(2, m, float(point["N2"]), N1, float(point["gamma"]), s, s, float(point["t0"]))


EXPERIMENT = Experiment(
    name="boltzmann.separation",
    summary="Two solutions that start close and end apart: a rock with and without needles, d = 2",
    source="X. Chen, S. Shen, Z. Zhang, Well/ill-posedness of the Boltzmann equation with soft potential, "
    "section 3.5",
    parameters=(
        Parameter("M", "one over the width of rock and needles (3.6)", 32.0, lower=2.0, upper=1e4),
        Parameter("N2", "length and speed of the needles (3.6)", 64.0, lower=16.0, upper=1e6),
        Parameter("N1", "one over the rock's speed (3.9)", 16384.0, lower=1.0, upper=1e12),
        replace(KERNEL_POWER, lower=-0.5),
        replace(REGULARITY, summary="regularity in x, of the norms and in the amplitudes", default=0.4),
        Parameter(
            "t0",
            "time at which the solutions are close; they are compared again at 0",
            -0.25,
            lower=-0.5,
            upper=0.0,
            upper_open=True,
        ),
        ANGULAR_KERNEL,
    ),
    outputs=(
        Output(
            "separation_exponent",
            "exponent in M of the rocks' distance at 0 over the distance at t0; without Q±(f_b, f_r), "
            "Q+(f_r, f_b) and Q±(f_b, f_b)",
            has_error=True,
        ),
        Output(
            "distance_at_start",
            "distance of the two solutions at t0: the norm of the needles",
            has_error=True,
        ),
        Output("distance_at_end", "distance of the two solutions at 0, rocks and needles", has_error=True),
        Output("separation", "distance at 0 over distance at t0", has_error=True),
        Output("rock_norm", "norm of the rock at t0, the same in both solutions", has_error=True),
        Output("rock_distance", "distance of the two rocks at 0", has_error=True),
        Output(
            "formula_distance",
            "distance at 0 of the rock with needles to f_r of (3.9), over the latter",
            has_error=True,
        ),
    ),
    evaluate=separation,
    order_parameter="separation_exponent",
    tolerance=0.1,
    version=2,
    points_per_block=1,
    thresholds=(PrintedThreshold("s", 0.5, "1/2", "Theorem 1.2"),),
    check=check,
)
