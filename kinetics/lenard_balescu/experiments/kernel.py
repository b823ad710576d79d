r"""How the kernel of the linearised operator grows as hbar -> 0, with absolute values and as an operator.

Remark 3.1 needs ``|int K g h| <~ ||<v>^(-1/2) g|| ||<v>^(-1/2) h||`` uniformly in hbar, and gets it from the
bound (3.16) on |K| for d >= 4 only.  Measured are Schur's integral of |K|, at one speed and its supremum, and
the norm of K as an operator, on a geometric grid of hbar.  Each has the form ``A + B hbar^-q``, so its
increments from one hbar to half of it grow with the exponent q: it is bounded for q < 0, grows as a logarithm
for q = 0 and as ``hbar^-q`` for q > 0.

A supremum grows as its fastest part, even where a part that stays bounded is still larger: its exponent is
the largest of those of its parts, which are several speeds, or smooth and oscillating functions.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.15), (3.16), Remark 3.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, potential_of_kind
from wellposed.kinetics.lenard_balescu.interaction_kernel.norms import oscillating_norm, smooth_norm
from wellposed.kinetics.lenard_balescu.interaction_kernel.schur import schur_integral
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, KAPPA, KIND, SCREENING, S
from wellposed.kinetics.refine import refined

HBARS = 2.0 ** -np.arange(1.0, 13.0)
"""Values of hbar, the coordinate of the profile."""

_ROUND_OFF = 1e-11 + 3e-15 / HBARS**2  # in K gain and loss cancel, and leave a share of order hbar^2
_SPEEDS = (0.0, 0.5, 1.0, 1.75)  # over which the supremum is taken
_ANGLES = (10, 14)  # directions at the two levels of refinement
_SIZES = (10, 14)  # Laguerre functions at the two levels
_LEVELS = (0, 1)


def _parts(
    quantity: str, speed: float, level: int, d: int, hbar: float, potential: Potential, screened: bool
) -> list[float]:
    """Returns the parts of which the quantity is the largest."""
    if quantity == "norm":
        return [
            smooth_norm(d, _SIZES[level], hbar=hbar, potential=potential, screened=screened),
            oscillating_norm(d, hbar=hbar, potential=potential, screened=screened),
        ]
    speeds = (speed,) if quantity == "schur" else _SPEEDS
    return [schur_integral(one, d, hbar, potential, screened, _ANGLES[level]) for one in speeds]


def _exponent(coarse: NDArray[np.float64], fine: NDArray[np.float64]) -> GrowthExponent:
    """Returns the exponent of the increments.

    It is found either by both levels, where an error common to all increments does not matter, or by the
    fine one with what they differ by as the error of each increment: whichever is known better.
    """
    x, round_off = 1.0 / HBARS[1:], (_ROUND_OFF * np.abs(fine))[1:]
    increments, change = refined((np.diff(coarse), np.diff(fine)), round_off=0.0)
    alone = growth_exponent(x, increments, round_off + change)
    one, two = (growth_exponent(x, np.diff(values), round_off) for values in (coarse, fine))
    _, change = refined((one.value, two.value), round_off=0.0)
    both = two.error + float(change)
    return GrowthExponent(two.value, both, two.onset) if both < alone.error else alone


def kernel(
    d: int, potential: str, kappa: float, s: float, screening: str, quantity: str, speed: float
) -> dict[str, Any]:
    """Returns how a size of the kernel grows as hbar -> 0; see `EXPERIMENT` for inputs and outputs."""
    interaction = potential_of_kind(potential, kappa, s)
    coarse, fine = (
        np.array(
            [
                _parts(quantity, speed, level, d, hbar, interaction, screening == "dynamical")
                for hbar in HBARS.tolist()
            ]
        )
        for level in _LEVELS
    )
    exponents = [_exponent(coarse[:, i], fine[:, i]) for i in range(fine.shape[1])]
    # a part whose exponent is unknown may be the fastest
    largest = max(exponents, key=lambda exponent: np.inf if np.isnan(exponent.value) else exponent.value)
    profile, profile_error = refined((coarse.max(axis=1), fine.max(axis=1)), _ROUND_OFF)
    return {
        "growth_exponent": largest.value,
        "growth_exponent_error": largest.error,
        "profile": profile,
        "profile_error": profile_error,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.kernel",
    summary="Growth as hbar -> 0 of the kernel K of the linearised operator, in absolute value or not",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.15), (3.16), Remark 3.1",
    parameters=(
        DIMENSION,
        KIND,
        KAPPA,
        S,
        SCREENING,
        Parameter(
            "quantity",
            "Schur's integral of |K| at one speed, its supremum, or the norm of K as an operator",
            "schur",
            kind="choice",
            choices=("schur", "schur_supremum", "norm"),
        ),
        Parameter(
            "speed",
            "|v1| at which Schur's integral is taken",
            1.0,
            lower=0.0,
            upper=6.0,
            only_with=("quantity", ("schur",)),
        ),
    ),
    outputs=(
        Output(
            "growth_exponent", "exponent q of A + B ħ^-q: bounded below 0, logarithmic at 0", has_error=True
        ),
        Output(
            "profile",
            "the quantity, weight ⟨v⟩^(1/2) on both sides, published constant",
            dims=("hbar",),
            has_error=True,
        ),
    ),
    evaluate=kernel,
    coordinates=(Coordinate("hbar", "ħ", HBARS),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    version=2,
    points_per_block=1,
)
