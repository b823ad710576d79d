"""What the sizes of all pieces of F_err are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.norms.cutoff import Array, chi_integral
from wellposed.kinetics.boltzmann.norms.z_norm import factors


@dataclass(frozen=True)
class Size:
    """The size of a piece of F_err in one part of the Z-norm.

    Attributes
    ----------
    value : float
    of_few_needles : float
        The part of `value`, between 0 and 1, that comes from particles which so few needles throw out that no
        mean over directions tells how many.
    """

    value: float
    of_few_needles: float = 0.0


def z_factor(at: Needles, part: int) -> float:
    """Returns the powers of M and N2 in front of one of `PARTS` (3.34)."""
    return factors(at.d, at.M, at.N2, at.gamma)[part]


def rock_amplitude(at: Needles) -> float:
    """Returns the amplitude of the rock (3.9), ``M^(d/2-s) N1^(d/2)``."""
    return float(at.M ** (0.5 * at.d - at.s) * at.N1 ** (0.5 * at.d))


def rock_mass(at: Needles) -> float:
    """Returns the integral of the rock over velocities, where it is as high as its amplitude."""
    return rock_amplitude(at) * at.N1**-at.d * chi_integral(at.d)


def at_ends(t: Array, values: Array) -> Array:
    """Returns values (n_t, ...) at Gauss nodes of ``[-T, 0]`` continued to 0 and to -T, (2, ...)."""
    T = -(t[0] + t[-1])  # nodes are symmetric
    powers = np.linalg.inv(np.vander(t / T, increasing=True))
    ends = np.array([[1.0, *[0.0] * (t.size - 1)], (-1.0) ** np.arange(t.size)]) @ powers
    return np.tensordot(ends, values, axes=1)
