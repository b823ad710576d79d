"""How the ratio of the bilinear estimate (2.1) grows on rock and needles: ill-posed where it is not bounded.

The ratios are those of `bilinear_estimate`: of the loss term, and of the gain term on a rock that stands
still and, in the plane, on one that moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.boltzmann.bilinear_estimate.loss import LOWEST_S, RATIOS, SPEED, checked_needles
from wellposed.kinetics.boltzmann.bilinear_estimate.moving_gain import moving_gain
from wellposed.kinetics.boltzmann.bilinear_estimate.static_gain import static_gain
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.parameters import DIMENSION, KERNEL_POWER, REGULARITY, check_kernel_power
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point, PrintedThreshold
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined

MN2 = 4.0 ** np.arange(3, 17)
"""M N2 of the profile, with M = N2."""


def _gain_of_moving_rock(at: Needles, level: int) -> tuple[float, float]:
    return moving_gain(at, SPEED, level)


def _ratio(at: Needles, rock: str, term: str) -> tuple[float, float]:
    """Returns the ratio and its error, with what is left out in all levels alike."""
    measure: Callable[[Needles, int], tuple[float, float]] = RATIOS[rock]
    if term == "gain":
        measure = _gain_of_moving_rock if rock == "moving" else static_gain
    levels, left_out = zip(*(measure(at, level) for level in (0, 1)), strict=True)
    value, error = refined(levels)
    return float(value), float(error) + left_out[-1] * float(value)


def bilinear(d: int, s: float, gamma: float, rock: str, term: str) -> dict[str, Any]:
    """Returns the growth exponent of the ratio; see `EXPERIMENT` for inputs and outputs.

    Raises
    ------
    Unresolved
        For the gain of a moving rock in space.
    """
    if (d, rock, term) == (3, "moving", "gain"):
        raise Unresolved(
            "The gain of a moving rock is reduced to sums of harmonics of angles in the plane only: in space "
            "they become products of spherical ones, of places, velocities and needles; try d = 2, or "
            "rock = static."
        )
    values, errors = np.empty(MN2.size), np.empty(MN2.size)
    for j, M in enumerate(np.sqrt(MN2).tolist()):
        at = checked_needles(d, M, M, s, gamma, -0.25)
        values[j], errors[j] = _ratio(at, rock, term)
    found = growth_exponent(MN2, values, errors)
    return {
        "ratio_exponent": found.value,
        "ratio_exponent_error": found.error,
        "onset": found.onset,
        "ratio": values,
        "ratio_error": errors,
    }


def check(point: Point) -> None:
    """Refuse kernels that are too soft for the dimension."""
    check_kernel_power(point, 1.0)


EXPERIMENT = Experiment(
    name="boltzmann.bilinear",
    summary="Exponent in M N2 of the ratio of the bilinear estimate (2.1), loss term on rock and needles",
    source="X. Chen, S. Shen, Z. Zhang, (2.1), Lemma 2.1, (3.6), (3.9) and Theorem 1.2",
    parameters=(
        DIMENSION,
        replace(REGULARITY, summary="regularity in x (1.10); weight in v s + gamma", lower=LOWEST_S),
        KERNEL_POWER,
        Parameter(
            "rock",
            "at rest, or with velocities of the order of the needles'",
            "static",
            kind="choice",
            choices=tuple(RATIOS),
        ),
        Parameter(
            "term",
            "of (2.1): Q-(rock, needles), or Q+, times the static rock's N1^(d/2), with which it vanishes",
            "loss",
            kind="choice",
            choices=("loss", "gain"),
        ),
    ),
    outputs=(
        Output("ratio_exponent", "exponent of the ratio in M N2, with M = N2", has_error=True),
        Output("onset", "M N2 from which the local exponent is within 0.01"),
        Output("ratio", "ratio of (2.1), times from -1/4 to 0", dims=("MN2",), has_error=True),
    ),
    evaluate=bilinear,
    coordinates=(Coordinate("MN2", "M N2, with M = N2", MN2),),
    order_parameter="ratio_exponent",
    tolerance=0.1,
    version=2,
    points_per_block=8,
    thresholds=tuple(
        PrintedThreshold("s", value, label, source, {"d": (d,), "rock": (rock,), "term": ("loss",)})
        for d, rock, value, label, source in (
            (2, "static", 0.5, "1/2", "Theorem 1.2"),
            (3, "static", 1.0, "1", "Theorem 1.2"),
            (2, "moving", 0.0, "0", "(1.6)"),
            (3, "moving", 0.5, "1/2", "(1.6)"),
        )
    ),
    check=check,
)
