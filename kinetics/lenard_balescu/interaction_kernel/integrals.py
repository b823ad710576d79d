r"""The integrals over k and one angle that the kernel K consists of.

With ``u = v1 - v2``, ``P = (p1 + p2)/2`` from the components ``p1, p2`` of v1, v2 along u, and q the length
of what they have in common across u, (3.15) is

    K = c_d sqrt(M1 M2)/(hbar^2 |u|) int_0^oo dk k^(d-2) V^2 int dy [J1 - J2],
    J1 = (1 - x^2)^((d-3)/2) |epsilon(w1, w1 + a)|^-2,    x = a/|u| < 1,    w1 = sqrt(1 - x^2) q y - x p1,
    J2 = exp(-a q y - a^2/2) |epsilon(q y, q y + a)|^-2,

a = hbar k, where y is the cosine of an angle in the plane across u.  J1 is the energy shell, a sphere whose
diameter is ``|u|/hbar``; J2 its tangent plane.  They differ by O(hbar^2), and what is left is K_0 of (3.17),
times c_d/2.  At one k their difference over hbar^2 is analytic in hbar^2: where it would cancel, it is
interpolated between its limit and larger hbar.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.15), (3.17).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from wellposed.kinetics.lenard_balescu.dielectric_function.energy_shell import classical_screening, screening

REACH = 9.5
"""Standard deviations of a Maxwellian that count."""
_LARGER = 4  # values of hbar from which the difference of J1 and J2 is interpolated


@njit(cache=True, nogil=True)
def shell_integral(p, q, distance, hbar, k, strength, weight, y, y_weight):
    """Returns ``exp(-q^2/2) int dk k^(d-2) V^2 int dy J1``, v1 having the component p along u."""
    total = 0.0
    for i in range(k.size):
        a = hbar * k[i]
        x = min(a / distance, 1.0)
        across = q * math.sqrt((1.0 - x) * (1.0 + x))
        inner = 0.0
        if strength[i] == 0.0 or across == 0.0:
            inner = np.sum(y_weight) * screening(strength[i], -x * p, a)
        else:
            for j in range(y.size):
                inner += y_weight[j] * screening(strength[i], across * y[j] - x * p, a)
        total += weight[i] * inner
    return total * math.exp(-0.5 * q * q)


@njit(cache=True, nogil=True)
def plane_integral(q, hbar, k, strength, weight, y, y_weight):
    """Returns ``exp(-q^2/2) int dk k^(d-2) V^2 int dy J2``."""
    total = 0.0
    for i in range(k.size):
        a = hbar * k[i]
        inner = 0.0
        for j in range(y.size):
            exponent = -0.5 * q * q - a * q * y[j] - 0.5 * a * a
            if exponent > -90.0:
                inner += y_weight[j] * math.exp(exponent) * screening(strength[i], q * y[j], a)
        total += weight[i] * inner
    return total


@njit(cache=True, nogil=True)
def _limit(p_mean, q, distance, d, k, strength, y, y_weight):
    """Returns the limit of ``int dy (J1 - J2)/hbar^2`` at one k; p_mean is P."""
    inverse_square = 1.0 / (distance * distance)
    total = 0.0
    for j in range(y.size):
        w = q * y[j]
        H, H1, H2 = classical_screening(strength, w)
        near = 0.5 * (p_mean * p_mean * H2 - w * H1 - (d - 3) * H)
        far = 0.5 * ((1.0 - w * w) * H + w * H1) - 0.125 * H2
        total += y_weight[j] * (inverse_square * near + far)
    return k * k * total


@njit(cache=True, nogil=True)
def classical_integral(p_mean, q, distance, d, k, strength, weight, y, y_weight):
    """Returns the limit of ``exp(-q^2/2) int dk k^(d-2) V^2 int dy (J1 - J2)/hbar^2``; p_mean is P."""
    total = 0.0
    for i in range(k.size):
        total += weight[i] * _limit(p_mean, q, distance, d, k[i], strength[i], y, y_weight)
    return total * math.exp(-0.5 * q * q)


@njit(cache=True, nogil=True)
def _quotient(p, q, distance, hbar, d, k, strength, y, y_weight):
    """Returns ``int dy (J1 - J2)/hbar^2`` at one k."""
    a = hbar * k
    x = a / distance
    cosine = math.sqrt((1.0 - x) * (1.0 + x))
    shape = cosine ** (d - 3)
    total = 0.0
    for j in range(y.size):
        w = q * y[j]
        shell = shape * screening(strength, cosine * w - x * p, a)
        total += y_weight[j] * (shell - math.exp(-a * w - 0.5 * a * a) * screening(strength, w, a))
    return total / (hbar * hbar)


@njit(cache=True, nogil=True)
def near_integral(p, p_mean, q, distance, hbar, d, k, strength, weight, y, y_weight, scale, interpolated):
    """Returns ``exp(-q^2/2) int dk k^(d-2) V^2 int dy (J1 - J2)/hbar^2`` over k small against 1/(hbar scale).

    It is interpolated in hbar^2 where ``hbar k scale < interpolated``.
    """
    total = 0.0
    for i in range(k.size):
        smallest = interpolated / (scale * k[i])
        if hbar >= smallest:
            inner = _quotient(p, q, distance, hbar, d, k[i], strength[i], y, y_weight)
        else:
            # Lagrange's polynomial through 0, 1, 2, ... times the square of the smallest
            t = (hbar / smallest) ** 2
            inner = 0.0
            for m in range(_LARGER + 1):
                factor = 1.0
                for other in range(_LARGER + 1):
                    if other != m:
                        factor *= (t - other) / (m - other)
                if m == 0:
                    value = _limit(p_mean, q, distance, d, k[i], strength[i], y, y_weight)
                else:
                    larger = smallest * math.sqrt(m)
                    value = _quotient(p, q, distance, larger, d, k[i], strength[i], y, y_weight)
                inner += factor * value
        total += weight[i] * inner
    return total * math.exp(-0.5 * q * q)
