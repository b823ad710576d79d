"""The Z-norm (3.34), part by part."""

from __future__ import annotations

from dataclasses import dataclass

from wellposed.kinetics.boltzmann.norms.cutoff import Array

PARTS = ("gradient L2", "L2", "L1 Linf", "L5/3 Linf", "gradient L1 Linf", "gradient L5/3 Linf")
"""The parts of the Z-norm (3.34), in the published order."""

GRADIENTS = (0, 4, 5)
"""Which of the parts have a gradient."""

POWERS = (2.0, 2.0, 1.0, 5.0 / 3.0, 1.0, 5.0 / 3.0)
"""Exponent of each part's integral over velocities."""


@dataclass(frozen=True)
class ZNorm:
    """The six parts of the Z-norm (3.34) of needles and of a rock, in the order of `PARTS`.

    Attributes
    ----------
    f_b, f_r, f_r_0 : (6,) float
        Of the needles, of the rock at time `t`, and of the rock at time 0.  Entries of `f_r` are infinite
        where they are beyond the range of floating point numbers.
    log_f_r : (6,) float
        The logarithms of `f_r`, finite.
    """

    f_b: Array
    f_r: Array
    f_r_0: Array
    log_f_r: Array


def factors(d: int, M: float, N2: float, gamma: float) -> tuple[float, ...]:
    """Returns the powers of `M` and `N2` in front of each part, if a gradient is with respect to ``M x``."""
    in_L2, in_L1, in_L5_3 = M ** (0.5 * (d - 1)), N2**gamma, N2 ** (0.4 * d + gamma)
    return in_L2, in_L2, in_L1, in_L5_3, in_L1, in_L5_3
