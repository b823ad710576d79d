r"""What one resonant quartet contributes to the collision operator of isotropic data.

Every quartet has a slow pair of frequencies ``v`` and ``v + s`` and a fast one ``f`` and ``f + s``, ``f >= v
+ s``, and the first wave is one of the four.  With wave numbers ``k`` as functions of frequency the operator
is

    C[n] = 2 \int\int (k1 k2 k3 k4)^(2 beta) (k2 k3 k4)^(d-1) k2' k3' k4' A_d
           (n2 n3 n4 + n1 n3 n4 - n1 n2 n3 - n1 n2 n4) dw2 dw3,      w3 <= w4 = w1 + w2 - w3,

with the angular integral ``A_d`` of `angles` and ``k' = dk/domega``.  In one dimension trivial quartets, in
which the pairs are equal, are left out: they do not change the density, and their gain and loss are infinite.

References
----------
[MMT97] A. J. Majda, D. W. McLaughlin, E. G. Tabak, A one-dimensional model for dispersive wave turbulence,
J. Nonlinear Sci. 7 (1997) 9-44.
"""

from __future__ import annotations

import math

from numba import njit

from wellposed.kinetics.wave.dispersive.angles import angular_integral
from wellposed.kinetics.wave.dispersive.relation import (
    growth_of_slowness,
    growth_of_wave_number,
    slowness,
    wave_number,
)

BRACKET, BRACKET_K, POWER, GAUSSIAN = 0, 1, 2, 3
"""The data ``<omega>^(-M/alpha)``, ``<k>^(-M)``, ``omega^(-M)`` and ``k^2 exp(-k^2)``."""
FAST_HIGH, FAST_LOW, SLOW_HIGH, SLOW_LOW = 0, 1, 2, 3
"""Which of the four the first wave is: ``f + s``, ``f``, ``v + s`` or ``v``."""
GAIN, LOSS, FULL = 0, 1, 2


@njit(cache=True, nogil=True, error_model="numpy")
def log_density(kind, alpha, M, w, k):
    """Returns ``log n`` of a datum at a frequency and its wave number."""
    if kind == BRACKET:
        return -0.5 * M / alpha * math.log1p(w * w)
    if kind == POWER:
        return -M * math.log(w)
    if kind == BRACKET_K:
        return -0.5 * M * math.log1p(k * k)
    return 2.0 * math.log(k) - k * k


@njit(cache=True, nogil=True, error_model="numpy")
def log_density_ratio(kind, alpha, M, w, s, k, growth):
    """Returns ``log n(w + s)/n(w)``, to round-off; `growth` is that of the wave number."""
    if kind == BRACKET:
        return -0.5 * M / alpha * math.log1p(s * (2.0 * w + s) / (1.0 + w * w))
    if kind == POWER:
        return -M * math.log1p(s / w)
    square = k * k * growth * (2.0 + growth)  # what (k(w + s))^2 is more than k^2
    if kind == BRACKET_K:
        return -0.5 * M * math.log1p(square / (1.0 + k * k))
    return 2.0 * math.log1p(growth) - square


@njit(cache=True, nogil=True, error_model="numpy")
def kernel(case, role, v, s, f, k_v, growth_v, k_f, growth_f):
    """Returns everything but the densities: powers of the wave numbers, and the angular integral.

    In one dimension that is a delta function of ``a - b - c - d``; here stands the inverse of the derivative
    of its argument by the variable that it is integrated out of: `v` if the first wave is fast, else `f`.
    """
    relation, _, dimension, beta, _, _, _ = case
    k_u, k_g = k_v * (1.0 + growth_v), k_f * (1.0 + growth_f)
    dk_v, dk_u = slowness(relation, v, k_v), slowness(relation, v + s, k_u)
    dk_f, dk_g = slowness(relation, f, k_f), slowness(relation, f + s, k_g)
    if role == FAST_HIGH:
        k_1, others = k_g, dk_v * dk_u * dk_f
    elif role == FAST_LOW:
        k_1, others = k_f, dk_v * dk_u * dk_g
    elif role == SLOW_HIGH:
        k_1, others = k_u, dk_v * dk_f * dk_g
    else:
        k_1, others = k_v, dk_u * dk_f * dk_g
    product = k_v * k_u * k_f * k_g
    weight = 2.0 * others * product ** (2.0 * beta + dimension - 1.0) / k_1 ** (dimension - 1)
    if dimension > 1:
        return weight * angular_integral(dimension, k_f, k_v, k_f * growth_f, k_v * growth_v)
    if role in (FAST_HIGH, FAST_LOW):
        return weight / (dk_u + dk_v)
    return weight / (dk_f * growth_of_slowness(relation, f, s))


@njit(cache=True, nogil=True, error_model="numpy")
def bracket_over_n1(case, role, v, s, f, k_v, growth_v, k_f, growth_f):
    """Returns the densities of the operator over ``n1``: gain, loss, or their difference.

    In the difference each of two factors that vanish with `s` is had to round-off.
    """
    relation, _, _, _, kind, M, operator = case
    alpha = relation[0]
    slow = math.exp(log_density(kind, alpha, M, v, k_v))
    slow_ratio = log_density_ratio(kind, alpha, M, v, s, k_v, growth_v)
    log_fast = log_density(kind, alpha, M, f, k_f)
    fast_ratio = log_density_ratio(kind, alpha, M, f, s, k_f, growth_f)
    other = slow * math.exp(slow_ratio)
    if role in (FAST_HIGH, FAST_LOW):
        high = role == FAST_HIGH
        n1 = math.exp(log_fast + fast_ratio if high else log_fast)
        fourth = -fast_ratio if high else fast_ratio  # log n4/n1
        n2, n3 = (slow, other) if high else (other, slow)
        if operator == GAIN:
            return (n1 + n2) * n3 * math.exp(fourth)
        if operator == LOSS:
            return n2 * (n3 + n1 * math.exp(fourth))
        step = slow * math.expm1(slow_ratio)  # n3 - n2, or its negative
        return n2 * n3 * math.expm1(fourth) + n1 * math.exp(fourth) * (step if high else -step)

    fast = math.exp(log_fast)
    faster = fast * math.exp(fast_ratio)
    high = role == SLOW_HIGH
    n2, n4 = (fast, faster) if high else (faster, fast)
    n3 = slow if high else other
    log_slow = log_density(kind, alpha, M, v, k_v)
    # log n2/n1: n1 alone may be below the smallest number
    ratio = math.exp(log_fast - log_slow - slow_ratio if high else log_fast + fast_ratio - log_slow)
    if operator == GAIN:
        return n3 * n4 * (1.0 + ratio)
    if operator == LOSS:
        return n2 * (n3 + n4)
    step = fast * math.expm1(fast_ratio)  # n4 - n2, or its negative
    rise = slow * math.expm1(slow_ratio)  # n3 - n1, or its negative
    return n3 * (step if high else -step) + n4 * ratio * (-rise if high else rise)


@njit(cache=True, nogil=True, error_model="numpy")
def contribution(case, role, v, s, f):
    """Returns what a quartet contributes to ``C/n1``, per dw2 dw3.

    `case` is ``(relation, is_concave, dimension, beta, kind, M, operator)``.
    """
    relation = case[0]
    k_v, k_f = wave_number(relation, v), wave_number(relation, f)
    growth_v, growth_f = growth_of_wave_number(relation, v, s), growth_of_wave_number(relation, f, s)
    bracket = bracket_over_n1(case, role, v, s, f, k_v, growth_v, k_f, growth_f)
    if bracket == 0.0:  # below the smallest number, where the kernel may be above the largest
        return 0.0
    return bracket * kernel(case, role, v, s, f, k_v, growth_v, k_f, growth_f)
