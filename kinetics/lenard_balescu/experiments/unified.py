r"""One grid for the quantum Lenard-Balescu, the Boltzmann and the Landau operator: (s, gamma, hbar).

Without screening the operator is a Boltzmann operator with the kernel of `collision_operator.sigma_form`, of
potential decay s, kinetic exponent gamma and angular cut-off hbar/|u|.  Lenard-Balescu is the slice
``gamma = d - 2 - s``, where screening can be switched on.  Three boundaries:

limit
    Where the limit hbar -> 0 exists: ``f(hbar) - f(hbar/2) ~ hbar^p`` for the form ``f = int g L g`` of
    ``g = sqrt(M) |v|^4``, and p changes sign.
saturation
    Where the order p stops at 2, because grazing collisions are all that matters: with the term hbar^2
    removed from f, what is left is of order r, and r - 2 changes sign.
gap
    Where the spectral gap in L^2 vanishes: the collision frequency at a given hbar grows as a power of
    |v|, and the power changes sign.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.21), (1.22), Theorem 4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter, Point, PrintedThreshold
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.collision_operator.collision_frequency import collision_frequency
from wellposed.kinetics.lenard_balescu.collision_operator.sigma_form import quartic_form
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, algebraic
from wellposed.kinetics.lenard_balescu.linearised_operator.forms import linearised
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, KAPPA, S_OF_ALGEBRAIC, SCREENING
from wellposed.kinetics.refine import refined

Array = NDArray[np.float64]

_HBARS = 2.0 ** -np.arange(0.0, 15.0)
_SPEEDS = 2.0 ** np.arange(4.0, 13.0)
_NODES = (20, 26)  # per panel, of the form, at the two levels of refinement
_REFINEMENTS = (1.0, 1.5)  # of the screened form, at the two levels
_DIRECTIONS = (10, 14)  # nodes of the collision frequency, at the two levels
# the increments of the form are so small that the usual bound would hide them; it is known better here
_ROUND_OFF = 4e-15
# the collision frequency is a sum of positive terms
_FREQUENCY_ROUND_OFF = 1e-13
_STEEPEST = 80.0  # power of |v| that the largest of the speeds can be raised to
_CERTAIN = 30.0  # times its error, a number tells an exponent


def _quartic_coefficient(d: int) -> float:
    """Returns the coefficient of ``sqrt(M) |v|^4`` on the normalised Laguerre function i = 2.

    ``t^2 = 2 L_2 + ...`` with ``t = |v|^2/2``.
    """
    return 8.0 * float(np.sqrt(0.5 * (0.5 * d) * (0.5 * d + 1.0)))


def _forms(d: int, potential: Potential, offset: float, screened: bool) -> tuple[Array, Array]:
    """Returns the form on a coarse and on a fine level, at each of the hbar."""
    if screened:
        scale = _quartic_coefficient(d) ** 2
        coarse, fine = (
            [
                scale * linearised(d, 0, 3, hbar=hbar, potential=potential, refinement=refinement)[0][2, 2]
                for hbar in _HBARS.tolist()
            ]
            for refinement in _REFINEMENTS
        )
    else:
        coarse, fine = (
            [quartic_form(d, hbar, potential, offset, n) for hbar in _HBARS.tolist()] for n in _NODES
        )
    return np.array(coarse), np.array(fine)


def _order(coarse: Array, fine: Array, saturated: bool) -> GrowthExponent:
    """Returns the order in hbar of the increments, or of what is left of them without their term hbar^2."""
    fine, error = refined((coarse, fine), _ROUND_OFF)
    increments = np.diff(fine)
    doubt = error[1:] + error[:-1]
    x = 1.0 / _HBARS[1:]
    if saturated:
        increments = 4.0 * increments[1:] - increments[:-1]
        doubt = 4.0 * doubt[1:] + doubt[:-1]
        x = x[1:]
    certain = np.flatnonzero(np.abs(increments) > _CERTAIN * doubt)
    kept = slice(None, certain[-1] + 1 if certain.size else 0)  # beyond, round-off
    if certain.size < 2:
        return GrowthExponent(np.nan, np.inf, np.nan)
    found = growth_exponent(x[kept], increments[kept], doubt[kept])
    return GrowthExponent(-found.value, found.error, found.onset)


def _speed_exponent(d: int, hbar: float, potential: Potential, offset: float) -> GrowthExponent:
    """Returns the exponent in |v| of the collision frequency."""
    if abs(offset) > _STEEPEST:
        raise Unresolved(
            f"|u|^(gamma + s + 2 - d) = |u|^{offset:g} leaves the range of floating-point numbers. Take "
            f"gamma + s between {d - 2.0 - _STEEPEST:g} and {d - 2.0 + _STEEPEST:g}."
        )
    levels = [
        np.array([collision_frequency(speed, d, hbar, potential, offset, n) for speed in _SPEEDS.tolist()])
        for n in _DIRECTIONS
    ]
    return growth_exponent(_SPEEDS, *refined(levels, _FREQUENCY_ROUND_OFF))


def unified(
    question: str, kernel: str, d: int, kappa: float, s: float, gamma: float, hbar: float, screening: str
) -> dict[str, Any]:
    """Returns the order parameter of one question; see `EXPERIMENT` for inputs and outputs."""
    potential = algebraic(kappa, s)
    slice_gamma = d - 2.0 - s
    offset = gamma - slice_gamma if kernel == "boltzmann" else 0.0
    if question == "gap":
        found = _speed_exponent(d, hbar, potential, offset)
        value = found.value
    else:
        coarse, fine = _forms(d, potential, offset, screening == "dynamical")
        found = _order(coarse, fine, question == "saturation")
        value = found.value - (2.0 if question == "saturation" else 0.0)
    return {
        "order_parameter": value,
        "order_parameter_error": found.error,
        "gamma_used": slice_gamma + offset,
    }


def _check(point: Point) -> None:
    if point["screening"] == "dynamical" and (point["kernel"] == "boltzmann" or point["question"] == "gap"):
        raise ParameterError(
            "Parameter `screening` must be none unless `kernel` is lenard_balescu and `question` is limit or "
            f"saturation, but is dynamical with {point['kernel']} and {point['question']}."
        )


EXPERIMENT = Experiment(
    name="lenard_balescu.unified",
    summary="Boundaries in (s, gamma, hbar) of the limit, of the saturation of its order and of the gap",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.21), (1.22), Theorem 4",
    parameters=(
        Parameter(
            "question",
            "whether hbar -> 0 has a limit, whether its order saturates at 2, whether L^2 has a spectral gap",
            "limit",
            kind="choice",
            choices=("limit", "saturation", "gap"),
        ),
        Parameter(
            "kernel",
            "the slice gamma = d - 2 - s, or a cut-off Boltzmann kernel of any gamma",
            "lenard_balescu",
            kind="choice",
            choices=("lenard_balescu", "boltzmann"),
        ),
        DIMENSION,
        KAPPA,
        S_OF_ALGEBRAIC,
        Parameter(
            "gamma",
            "kinetic exponent of the collision kernel, |u|^gamma",
            0.0,
            lower=-100.0,
            upper=10.0,
            only_with=("kernel", ("boltzmann",)),
        ),
        Parameter(
            "hbar",
            "hbar; the angular cut-off is hbar/|u|",
            0.1,
            lower=1e-3,
            upper=1e2,
            only_with=("question", ("gap",)),
        ),
        replace(SCREENING, default="none", choices=("none", "dynamical")),
    ),
    outputs=(
        Output(
            "order_parameter", "p, r - 2 or the exponent of the collision frequency in |v|", has_error=True
        ),
        Output("gamma_used", "γ, also on the slice"),
    ),
    evaluate=unified,
    order_parameter="order_parameter",
    tolerance=0.5,
    points_per_block=4,
    thresholds=tuple(
        PrintedThreshold(
            "s",
            0.5 * (d + 3),
            "(d+3)/2",
            "Theorem 4",
            {"question": ("limit",), "kernel": ("lenard_balescu",), "d": (d,)},
            "≤",
        )
        for d in (4, 5)
    ),
    check=_check,
    version=2,
)
