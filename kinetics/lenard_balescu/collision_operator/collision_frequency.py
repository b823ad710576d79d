"""How often a particle is scattered: the loss term of the quantum collision operator by itself."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import roots_genlaguerre, roots_hermitenorm

from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import MaxwellianMarginal
from wellposed.kinetics.lenard_balescu.distributions.laguerre import GAUSSIAN_REACH
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule, shell_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.quadrature import sphere_area


def collision_frequency_at_rest(d: int, hbar: float, potential: Potential, n: int) -> float:
    """Returns the rate at which a particle at rest is scattered by the Maxwellian: the loss term of (1.11).

    For ``hbar > 0`` it is ``c |S^(d-1)|/hbar^2 int k^(d-2) V^2 |epsilon|^-2 phi(hbar k) dk``;
    n is the number of nodes per panel.
    """
    k, weights = momentum_rule(d - 2, hbar, potential, GAUSSIAN_REACH, n)
    V, a = potential(k), hbar * k
    epsilon = 1.0 + V * MaxwellianMarginal().response_difference(np.zeros_like(a), a)
    density = np.exp(-0.5 * a * a) / math.sqrt(2.0 * math.pi)
    integral = float(np.sum(weights * k ** (d - 2) * V * V * density / np.abs(epsilon) ** 2))
    return published_constant(d) * sphere_area(d) * integral / hbar**2


def collision_frequency(
    speed: float, d: int, hbar: float, potential: Potential, offset: float, n: int
) -> float:
    """Returns ``int B M(v2) dsigma dv2``, unscreened, at |v1| = `speed`.

    The speed must be large enough to outrun v2; `offset` is that of `cut_off_kernel`, and n the number of
    nodes in each direction.
    """
    along, along_weight = roots_hermitenorm(n)
    across, across_weight = roots_genlaguerre(n, 0.5 * (d - 3))
    distance = np.hypot(speed - along[:, None], np.sqrt(2.0 * across))
    mean = np.outer(along_weight / along_weight.sum(), across_weight / across_weight.sum())
    total = 0.0
    for u, weight in zip(distance.ravel().tolist(), mean.ravel().tolist(), strict=True):
        _, k_weight = shell_rule(d, potential, u / hbar, n)
        total += weight * u ** (offset - 1.0) * float(k_weight.sum())
    return published_constant(d) * sphere_area(d - 1) / hbar**2 * total
