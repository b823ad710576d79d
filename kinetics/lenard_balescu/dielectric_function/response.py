r"""The plasma response function of the Maxwellian, of series and of Gaussians, and its divided difference.

    R(x) = PV \int phi(u)/(x - u) du + i pi phi(x) = sqrt(2) Daw(x/sqrt(2)) + i sqrt(pi/2) exp(-x^2/2),

with ``phi(u) = exp(-u^2/2)/sqrt(2 pi)``, on the real line.  ``R' = 1 - x R``.  With it

    epsilon_hbar = 1 + V [R(w + a) - R(w)]/a,    a = hbar |k|,    epsilon_0 = 1 + V R'(w),

in every dimension ((1.12) and (1.18) with their signs corrected).

The real part is a Taylor series about the nearest of the points 0, 1/4, ..., 16, whose coefficients are
computed here once in decimal arithmetic, and an asymptotic series beyond.  Both are polynomials, so the
divided difference is one too, and no digits are lost however small `a` is.  Every kernel that is compiled
for response functions is here.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import numpy as np
from numba import njit

from wellposed.kinetics.lenard_balescu.distributions.chebyshev import clenshaw_difference, clenshaw_value

_PER_UNIT = 4  # nodes of Taylor series in a unit of velocity
_LAST = 16  # velocity beyond which the asymptotic series is taken
_TERMS = 18  # of a Taylor series: |x - node| <= 1/4 in the divided difference: the next term is below 1e-17
_FAR_TERMS = 15  # of the asymptotic series


def _taylor() -> np.ndarray:
    """Returns the Taylor coefficients of Re R at the nodes, (16*4 + 1, 18).

    They are computed in 45 digits, because the recurrence for the derivatives,
    ``R^(n+1) = -x R^(n) - n R^(n-1)``, loses them.
    """
    table = np.empty((_LAST * _PER_UNIT + 1, _TERMS))
    with localcontext() as context:
        context.prec = 45
        for j in range(table.shape[0]):
            x = Decimal(j) / _PER_UNIT
            # R = e^{-x^2/2} sum x^(2n+1)/((2n+1) 2^n n!): all terms positive
            half, power, total, n = x * x / 2, x, x, 0
            while power > total * Decimal("1e-44") and power:
                n += 1
                power *= half / n
                total += power / (2 * n + 1)
            before, current = total * (-half).exp(), Decimal(1)
            current -= x * before
            table[j, 0], factorial = float(before), Decimal(1)
            for order in range(1, _TERMS):
                factorial *= order
                table[j, order] = float(current / factorial)
                before, current = current, -x * current - order * before
    return table


_TAYLOR = _taylor()
_FAR = np.array([math.prod(range(1, 2 * n, 2)) for n in range(_FAR_TERMS)], dtype=np.float64)
_ROOT_HALF_PI = math.sqrt(0.5 * math.pi)


@njit(cache=True, nogil=True)
def real_response(x):
    """Returns ``Re R(x) = sqrt(2) Daw(x/sqrt(2))`` to about 4e-16 of itself."""
    y = abs(x)
    total = 0.0
    if y < _LAST:
        node = int(y * _PER_UNIT + 0.5)
        h = y - node / _PER_UNIT
        for j in range(_TERMS - 1, -1, -1):
            total = total * h + _TAYLOR[node, j]
    else:
        t = 1.0 / (y * y)
        for j in range(_FAR_TERMS - 1, -1, -1):
            total = total * t + _FAR[j]
        total /= y
    return total if x >= 0.0 else -total


@njit(cache=True, nogil=True)
def dawson(x):
    """Returns Dawson's integral, ``exp(-x^2) int_0^x exp(t^2) dt``."""
    return real_response(math.sqrt(2.0) * x) / math.sqrt(2.0)


@njit(cache=True, nogil=True)
def response(x):
    """Returns ``R(x)``, complex."""
    return complex(real_response(x), _ROOT_HALF_PI * math.exp(-0.5 * x * x))


@njit(cache=True, nogil=True)
def response_difference(w, a):
    """Returns ``[R(w + a) - R(w)]/a``, complex, for ``a >= 0``; ``R'(w)`` for ``a = 0``."""
    # R is odd and even in its parts: the difference at (w, w+a) is that at (-w-a, -w), up to a sign
    reflected = w + 0.5 * a < 0.0
    low = -w - a if reflected else w
    middle = low + 0.5 * a
    gaussian = math.exp(-0.5 * low * low)
    if a * middle > 1e-300:
        imaginary = _ROOT_HALF_PI * gaussian * (math.expm1(-a * middle) / a)
    else:
        imaginary = -_ROOT_HALF_PI * gaussian * middle
    if a > 0.25 and low < _LAST:
        real = (real_response(low + a) - real_response(low)) / a
    elif low < _LAST:
        # p and q are a polynomial at one point and its divided difference between the two
        node = int(middle * _PER_UNIT + 0.5)
        h = low - node / _PER_UNIT
        g = h + a
        p, q = _TAYLOR[node, _TERMS - 1], 0.0
        for j in range(_TERMS - 2, -1, -1):
            q = q * g + p
            p = p * h + _TAYLOR[node, j]
        real = q
    else:
        h, g = 1.0 / low, 1.0 / (low + a)
        p, q = 0.0, 0.0
        for j in range(_FAR_TERMS - 1, -1, -1):
            q = q * g + p
            p = p * h + _FAR[j]
            q = q * g + p
            p = p * h
        real = -h * g * q
    return complex(real, -imaginary if reflected else imaginary)


@njit(cache=True, nogil=True)
def dielectric_value(potential, w, a):
    """Returns ``epsilon`` at the Maxwellian, for ``V(k) = potential``, ``w`` along k and ``a = hbar |k|``."""
    return 1.0 + potential * response_difference(w, a)


@njit(cache=True, nogil=True)
def response_differences(w, a, result):
    """Writes `response_difference` of the arrays `w` and `a`, (n,), into `result`, (n,) complex."""
    for i in range(w.size):
        result[i] = response_difference(w[i], a[i])


@njit(cache=True, nogil=True)
def series_response_differences(density, real, reach, nodes, samples, w, a, result):
    """Writes ``[R_F(w + a) - R_F(w)]/a`` of a `Marginal` of these attributes into `result`, (n,) complex."""
    for i in range(w.size):
        x, y = w[i], w[i] + a[i]
        if abs(x) <= reach and abs(y) <= reach:
            re = clenshaw_difference(real, x / reach, y / reach) / reach
            im = clenshaw_difference(density, x / reach, y / reach) / reach
        else:
            re = im = 0.0
            if abs(x) > reach and abs(y) > reach:
                for j in range(nodes.size):
                    re -= samples[j] / ((x - nodes[j]) * (y - nodes[j]))
            else:
                inner, outer = (x, y) if abs(x) <= reach else (y, x)
                for j in range(nodes.size):
                    re += samples[j] / (outer - nodes[j])
                re = (re - clenshaw_value(real, inner / reach)) / (outer - inner)
                im = -clenshaw_value(density, inner / reach) / (outer - inner)
        result[i] = complex(re, math.pi * im)


@njit(cache=True, nogil=True)
def gaussian_response_differences(masses, centres, widths, w, a, result):
    """Writes ``[R_F(w + a) - R_F(w)]/a`` of a sum of Gaussians into `result`, (n,) complex."""
    for i in range(w.size):
        total = 0j
        for j in range(masses.size):
            difference = response_difference((w[i] - centres[j]) / widths[j], a[i] / widths[j])
            total += masses[j] / (widths[j] * widths[j]) * difference
        result[i] = total
