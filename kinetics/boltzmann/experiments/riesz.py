"""How much of beta a function of norm one can make: no needles, no amplitude.

The squared norm of the functional ``f_0 -> |beta(t, 0, 0)|`` is that of `riesz_functional`, octave by octave:
where octaves grow it diverges, and arbitrarily small data attenuate at will.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wellposed.kinetics.boltzmann.norms.riesz_functional import shell_at_level
from wellposed.kinetics.boltzmann.parameters import DIMENSION, KERNEL_POWER, REGULARITY
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, PrintedThreshold
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined

_OCTAVES = 2.0 ** np.arange(24)
_FIXED_SPEEDS = (16.0, 32.0)
_FIXED_FREQUENCIES = (16.0, 32.0)
_T = 0.25
_ROUND_OFF = 1e-13  # less than elsewhere: one short sum of positive terms


def riesz(d: int, s: float, gamma: float, r_minus_gamma: float, direction: str) -> dict[str, Any]:
    """Returns the growth exponent of octaves of the norm; see `EXPERIMENT` for inputs and outputs."""
    shells: tuple[list[float], list[float]] = [], []
    for low in _OCTAVES.tolist():
        varied = (low, 2.0 * low)
        shell, u = (varied, _FIXED_SPEEDS) if direction == "eta_perp" else (_FIXED_FREQUENCIES, varied)
        for level, of_level in enumerate(shells):
            of_level.append(shell_at_level(d, s, gamma + r_minus_gamma, gamma, _T, shell, u, level))
    values, errors = refined(shells, _ROUND_OFF)
    found = growth_exponent(_OCTAVES, values, errors)
    return {
        "shell_exponent": found.value,
        "shell_exponent_error": found.error,
        "onset": found.onset,
        "shell": values,
        "shell_error": errors,
    }


EXPERIMENT = Experiment(
    name="boltzmann.riesz",
    summary="Exponent of octaves of the norm of f0 -> |beta(t,0,0)|, which is unbounded where positive",
    source="X. Chen, S. Shen, Z. Zhang, Theorem 1.2 and Lemma 3.2; no needles and no amplitude",
    parameters=(
        DIMENSION,
        replace(REGULARITY, default=0.4),
        KERNEL_POWER,
        Parameter(
            "r_minus_gamma", "weight in v less gamma; s where r = s + gamma (1.6)", 0.5, lower=0.0, upper=2.0
        ),
        Parameter(
            "direction",
            "octaves of |eta_perp|, across u, or of the speed |u|",
            "eta_perp",
            kind="choice",
            choices=("eta_perp", "speed"),
        ),
    ),
    outputs=(
        Output("shell_exponent", "exponent of octaves of the squared norm", has_error=True),
        Output("onset", "lower end of the octave from which the local exponent is within 0.01"),
        Output("shell", "squared norm from one octave", dims=("octave",), has_error=True),
    ),
    evaluate=riesz,
    coordinates=(Coordinate("octave", "lower end of the octave", _OCTAVES),),
    order_parameter="shell_exponent",
    tolerance=0.1,
    points_per_block=32,
    thresholds=tuple(
        PrintedThreshold(along, value, label, source, {"d": (d,), "direction": (direction,)})
        for d, value, label in ((2, 0.5, "1/2"), (3, 1.0, "1"))
        for along, direction, source in (
            ("s", "eta_perp", "Theorem 1.2"),
            ("r_minus_gamma", "speed", "Theorem 1.2, r = s + γ"),
        )
    ),
    version=2,
)
