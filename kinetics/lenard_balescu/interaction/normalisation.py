"""The constant before the collision operator, and the units of time that it leads to."""

from __future__ import annotations

import math

import numpy as np

from wellposed.kinetics.lenard_balescu.distributions.laguerre import GAUSSIAN_REACH
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.quadrature import sphere_area

NORMALISATIONS = {"printed": 1.0, "physical": math.pi}
"""``c_d = 2/(2 pi)^d`` as published, or the constant ``2 pi/(2 pi)^d`` that follows from the particles."""


def published_constant(d: int) -> float:
    """Returns ``c_d = 2/(2 pi)^d``, the constant of (1.10) as published."""
    return 2.0 / (2.0 * math.pi) ** d


def time_unit(d: int, potential: Potential) -> float:
    """Returns ``A00 = c_d |S^(d-1)|/(d sqrt(2 pi)) int k^d V^2 dk``, the rate of unscreened drag at rest.

    Raises
    ------
    Unresolved
        If the integral diverges: for an algebraic potential where s <= d + 1.
    """
    k, weights = momentum_rule(d, 0.0, potential, math.inf, 24)
    integral = float(np.sum(weights * k**d * potential(k) ** 2))
    return published_constant(d) * sphere_area(d) / (d * math.sqrt(2.0 * math.pi)) * integral


def relaxation_unit(d: int, hbar: float, potential: Potential) -> float:
    """Returns ``A00`` with what is beyond ``hbar k ~ 1`` cut off, so that it exists for every s; hbar > 0."""
    k, weights = momentum_rule(d, hbar, potential, GAUSSIAN_REACH, 16)
    integral = float(np.sum(weights * k**d * potential(k) ** 2 * np.exp(-0.25 * (hbar * k) ** 2)))
    return published_constant(d) * sphere_area(d) / (d * math.sqrt(2.0 * math.pi)) * integral
