"""Screening on the energy shell, where two particles exchange their velocities along k, at the Maxwellian."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from wellposed.kinetics.lenard_balescu.dielectric_function.response import dielectric_value, response


@njit(cache=True, nogil=True)
def screening(strength, w, a):
    """Returns ``|epsilon|^-2`` for velocity components w and w + a along k, a = hbar |k| >= 0.

    `strength` is V(k), or zero for no screening.
    """
    if strength == 0.0:
        return 1.0
    epsilon = dielectric_value(strength, w, a)
    return 1.0 / (epsilon.real * epsilon.real + epsilon.imag * epsilon.imag)


@njit(cache=True, nogil=True)
def classical_screening(strength, w):
    """Returns ``|epsilon_0|^-2`` and its first two derivatives in w."""
    R = response(w)
    R1 = 1.0 - w * R
    R2 = -R - w * R1
    R3 = -2.0 * R1 - w * R2
    e, e1, e2 = 1.0 + strength * R1, strength * R2, strength * R3
    N = e.real**2 + e.imag**2
    N1 = 2.0 * (e.real * e1.real + e.imag * e1.imag)
    N2 = 2.0 * (e1.real**2 + e1.imag**2 + e.real * e2.real + e.imag * e2.imag)
    return 1.0 / N, -N1 / N**2, 2.0 * N1**2 / N**3 - N2 / N**2


@njit(cache=True, nogil=True)
def maxwellian_root(w):
    """Returns ``sqrt(phi(w))`` of the one-dimensional Maxwellian."""
    return math.exp(-0.25 * w * w) / (2.0 * np.pi) ** 0.25
