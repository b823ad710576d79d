r"""The Weyl symbol of the kernel K: what it multiplies functions by that oscillate with a wave vector xi.

    -K^(v, xi) = c_d/(2 hbar^2) int dk V^2/|k| (8 pi)^((d-1)/2) M_perp(v_perp) exp(-2 |xi_perp|^2)
                 [F(w - a, w) phi(w - a) + F(w, w + a) phi(w + a)
                  - 2 cos(a k.xi/|k|) F(w - a/2, w + a/2) sqrt(phi(w - a/2) phi(w + a/2))],

F = ``|epsilon|^-2`` between two velocities along k, ``_perp`` across k: (3.15), with the Gaussian integrals
done.  It falls as ``|xi|^(1-d)`` times the smaller of ``|xi|^2`` and ``hbar^-2``.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from wellposed.kinetics.lenard_balescu.dielectric_function.energy_shell import maxwellian_root, screening
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.interaction_kernel.integrals import REACH
from wellposed.kinetics.quadrature import gauss_legendre, sphere_area


@njit(cache=True, nogil=True)
def _symbol(speed, wave_number, d, hbar, k, strength, weight, x, x_weight):
    """Returns the integral over k and the cosine x, without its constant."""
    total = 0.0
    for j in range(x.size):
        across = 1.0 - x[j] * x[j]
        exponent = -0.5 * across * (speed * speed + 4.0 * wave_number * wave_number)
        if exponent < -80.0:
            continue
        w = speed * x[j]
        here = 0.0
        for i in range(k.size):
            a = hbar * k[i]
            low, high = maxwellian_root(w - a), maxwellian_root(w + a)
            middle = maxwellian_root(w - 0.5 * a) * maxwellian_root(w + 0.5 * a)
            sine = math.sin(0.5 * a * wave_number * x[j])
            between = screening(strength[i], w - 0.5 * a, a)
            before = low * low * screening(strength[i], w - a, a)
            after = high * high * screening(strength[i], w, a)
            here += weight[i] * (before + after - 2.0 * middle * between * (1.0 - 2.0 * sine * sine))
        total += x_weight[j] * math.exp(exponent) * here
    return total


def symbol(
    speed: float, wave_number: float, *, d: int, hbar: float, potential: Potential, screened: bool = True
) -> float:
    """Returns ``-K^(v, xi)`` for v parallel to xi, of these lengths; hbar > 0."""
    largest = 2.0 * (speed + REACH)
    k, weight = momentum_rule(d - 2, hbar, potential, largest, 24)
    weight = weight * k ** (d - 2) * potential(k) ** 2
    strength = potential(k) if screened else np.zeros(k.size)
    # x = cos(theta) at theta = theta_max t^2, graded towards xi and both ways along it
    t, t_weight = gauss_legendre(32)
    theta_max = min(0.5 * math.pi, 6.0 / max(math.hypot(speed, 2.0 * wave_number), 1e-300))
    theta = theta_max * t * t
    x_weight = 2.0 * t_weight * 2.0 * theta_max * t * np.sin(theta) ** (d - 2)
    total = _symbol(speed, wave_number, d, hbar, k, strength, weight, np.cos(theta), x_weight)
    constant = published_constant(d) * sphere_area(d - 1) / (2.0 * hbar * hbar)
    return float(constant * (8.0 * math.pi) ** (0.5 * (d - 1)) * (2.0 * math.pi) ** (0.5 * (1 - d)) * total)
