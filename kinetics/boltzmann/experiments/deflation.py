r"""What it costs to deflate the rock: the size of the needles that it takes.

(3.8) is linear in f_r, so needles of any size will do, if time or their amplitude is scaled.  The cost of a
deflation by a factor e in a time `t` is

    epsilon(M, N2) = |f_b|/|beta(t, 0, 0)|,    in L_v^(2,r0) H_x^s,    r0 = max(0, s + gamma),

which does not depend on any amplitude, and is a power of `M`: where its exponent is negative, needles as
small as one likes deflate the rock.

The paper fixes the amplitude by an `s` of its own, and shows that ``log |f_r(t)|/|f_r(0)|`` grows with M.
The exponent of that is ``(d-1)/2 - s`` by construction, and is given as the *circular* one, for comparison.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from wellposed.kinetics.boltzmann.construction.needles import Kernel, Needles, needles
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.boltzmann.norms.z_norm import PARTS
from wellposed.kinetics.boltzmann.parameters import DIMENSION, KERNEL, KERNEL_POWER, REGULARITY
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Point, PrintedThreshold
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.refine import refined

M = 2.0 ** np.arange(2, 16)
"""The values of M of the profiles, with N2 = 64; exponents in N2 are over 4 times these, with M = 16."""

STRENGTH = 2.0 ** np.arange(2, 22)
"""The values of ``M^((d-1)/2)`` of the log-amplification: its own logarithms no longer show there."""

_N2, _M = 64.0, 16.0  # held while the other one varies
_N1 = 2.0**40
_T = -0.25

_Measured = tuple[Array, Array]


def _cost(at: Needles) -> _Measured:
    """Returns the cost of deflation and its error, with what is beyond all wavenumbers."""
    cost, error = refined([at.f_b_norm_in(at.r0, at.s0, level) / abs(at.beta_at_origin) for level in (0, 1)])
    return cost, error + at.f_b_norm_beyond(at.s0) * cost


def _in_closed_form(value: float) -> _Measured:
    """Returns a number that is right to round-off, and its error."""
    return refined([value, value])


def _z_part(part: int, at: Needles) -> _Measured:
    return _in_closed_form(float(at.z_norm.f_b[part]))


def _l1_published(at: Needles) -> _Measured:
    return _in_closed_form(at.l1.f_b_norm_published / abs(at.l1.beta_published))


def _l1_corrected(at: Needles) -> _Measured:
    return _in_closed_form(at.l1.f_b_norm_corrected / abs(at.l1.beta_corrected))


def _samples(points: list[Needles], measure: Callable[[Needles], _Measured]) -> _Measured:
    found = np.array([measure(at) for at in points])
    return found[:, 0], found[:, 1]


def _exponent(points: list[Needles], measure: Callable[[Needles], _Measured]) -> GrowthExponent:
    return growth_exponent(M, *_samples(points, measure))


def deflation(d: int, s: float, gamma: float, kernel: Kernel) -> dict[str, Any]:
    """Returns growth exponents of the cost of deflation; see `EXPERIMENT` for inputs and outputs."""
    thinner = [needles(d, m, _N2, _N1, gamma, s, s, _T, kernel=kernel) for m in M.tolist()]
    longer = [needles(d, _M, 4.0 * m, _N1, gamma, s, s, _T, kernel=kernel) for m in M.tolist()]
    cost, cost_error = _samples(thinner, _cost)
    thinnest = (STRENGTH ** (2.0 / (d - 1))).tolist()
    far_out = [needles(d, m, _N2, _N1, gamma, s, s, _T, kernel=kernel) for m in thinnest]
    amplification = np.array([at.log_amplification for at in far_out])
    amplification_error = np.array([at.log_amplification_error for at in far_out])
    in_M = growth_exponent(M, cost, cost_error)
    circular = growth_exponent(STRENGTH, amplification, amplification_error)
    in_N2 = _exponent(longer, _cost)
    published, corrected = _exponent(longer, _l1_published), _exponent(longer, _l1_corrected)
    z = [_exponent(thinner, partial(_z_part, part)) for part in range(len(PARTS))]
    return {
        "cost_exponent": in_M.value,
        "cost_exponent_error": in_M.error,
        "onset": in_M.onset,
        "cost_exponent_in_N2": in_N2.value,
        "cost_exponent_in_N2_error": in_N2.error,
        "circular_exponent": 0.5 * (d - 1) * circular.value,
        "circular_exponent_error": 0.5 * (d - 1) * circular.error,
        "L1_exponent_in_N2_printed": published.value,
        "L1_exponent_in_N2_printed_error": published.error,
        "L1_exponent_in_N2_corrected": corrected.value,
        "L1_exponent_in_N2_corrected_error": corrected.error,
        "z_exponent": [one.value for one in z],
        "z_exponent_error": [one.error for one in z],
        "cost": cost,
        "cost_error": cost_error,
        "log_amplification": amplification,
        "log_amplification_error": amplification_error,
    }


def check(point: Point) -> None:
    """Refuse kernels that are too soft for the dimension, and the mixed one where it is none of (1.14)."""
    d, gamma, s = int(point["d"]), float(point["gamma"]), float(point["s"])
    needles(d, _M, _N2, _N1, gamma, s, s, _T, kernel=point["kernel"])  # type: ignore[arg-type]


EXPERIMENT = Experiment(
    name="boltzmann.deflation",
    summary="Exponent in M of the cost of deflating the rock, |f_b|/|beta(t,0,0)|: ill-posed where negative",
    source="X. Chen, S. Shen, Z. Zhang, (3.6)-(3.9), Lemmas 3.1-3.3, Theorem 1.2, section 3.1.1, (1.14)",
    parameters=(
        DIMENSION,
        replace(REGULARITY, summary="regularity s0 of the norm; weight in v max(0, s0 + gamma)"),
        KERNEL_POWER,
        KERNEL,
    ),
    outputs=(
        Output("cost_exponent", "exponent in M of the cost of deflation", has_error=True),
        Output("onset", "M from which the local exponent is within 0.01"),
        Output("cost_exponent_in_N2", "exponent in N2 of the cost of deflation", has_error=True),
        Output(
            "circular_exponent",
            "circular: exponent in M of the log-amplification, paper's amplitude",
            has_error=True,
        ),
        Output(
            "L1_exponent_in_N2_printed",
            "exponent in N2 of the cost in L1, as published (3.30)-(3.32)",
            has_error=True,
        ),
        Output(
            "L1_exponent_in_N2_corrected", "exponent in N2 of the cost in L1, r1 = gamma - 1", has_error=True
        ),
        Output(
            "z_exponent",
            "exponent in M of a part of |f_b|_Z, paper's amplitude",
            dims=("part",),
            has_error=True,
        ),
        Output("cost", "cost of deflation by a factor e in a time 1/4", dims=("M",), has_error=True),
        Output(
            "log_amplification",
            "log-amplification in a time 1/4, paper's amplitude",
            dims=("strength",),
            has_error=True,
        ),
    ),
    evaluate=deflation,
    coordinates=(
        Coordinate("part", "part of the Z-norm (3.34)", np.array(PARTS)),
        Coordinate("M", "M, with N2 = 64", M),
        Coordinate("strength", "M^((d-1)/2), with N2 = 64", STRENGTH),
    ),
    order_parameter="cost_exponent",
    tolerance=0.1,
    version=2,
    points_per_block=8,
    thresholds=tuple(
        PrintedThreshold("s", value, label, source, {"d": (d,), "kernel": (kernel,)})
        for d, value, label, kernel, source in (
            (2, 0.5, "1/2", "power", "Theorem 1.2"),
            (3, 1.0, "1", "power", "Theorem 1.2"),
            (3, 1.0, "1", "mixed", "Corollary 1.3"),
        )
    ),
    check=check,
)
