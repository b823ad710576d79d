r"""The integral over the directions of three of four wave vectors whose sum is resonant.

For moduli ``a >= b, c >= d``, with ``{a, d}`` and ``{b, c}`` on the two sides of the resonance,

    A_d = \int delta(k1 + k2 - k3 - k4) dTheta_2 dTheta_3 dTheta_4
        = (2 pi)^(-d) \int \prod_i (mean of exp(i k_i x)) |S^(d-1)|^3 dx

is, in closed form,

* in three dimensions ``8 pi^2 min(d, (b + c + d - a)/2) / (a b c d)``: the first where ``a + d <= b + c``;
* in two, ``4 K(m)/Delta`` with ``m = a b c d/Delta^2`` if ``Delta^2 >= a b c d``, and
  ``4 K(1/m)/sqrt(a b c d)`` otherwise, `Delta` the area of the cyclic quadrilateral of these sides [Wat44,
  13.46].  By Gauss' mean that is ``2 pi/agm(max(Delta, sqrt(abcd)), sqrt|Delta^2 - abcd|)`` in both cases,
  and the difference of the squares is a product;
* in one, where dTheta is a sum over signs, ``delta(a - b - c - d)``, besides ``delta(a + d - b - c)``, which
  is met by trivial quartets alone.

All vanish where ``a > b + c + d``.

References
----------
[Wat44] G. N. Watson, A Treatise on the Theory of Bessel Functions, 2nd ed., Cambridge 1944.
"""

from __future__ import annotations

import math

from numba import njit

_SAME = 1e-15  # two means that agree to this are one
_ROUND_OFF = 2.0**-53  # of a difference of differences, of which A_2 is a logarithm


@njit(cache=True, nogil=True, error_model="numpy")
def angular_integral(dimension, k_b, k_d, a_minus_b, c_minus_d):
    """Returns `A_d` in two or three dimensions.

    The two differences are arguments, because they would lose their digits where a quartet is nearly trivial.
    """
    a, c = k_b + a_minus_b, k_d + c_minus_d
    if dimension == 3:
        least = min(k_d, 0.5 * max(c + k_d - a_minus_b, 0.0))
        return 8.0 * math.pi**2 * least / (a * k_b * c * k_d)
    return _in_the_plane(a, k_b, c, k_d, a_minus_b, c_minus_d)


@njit(cache=True, nogil=True, error_model="numpy")
def _in_the_plane(a, b, c, d, a_minus_b, c_minus_d):
    """Returns `A_2`."""
    area = (c + d - a_minus_b) * (c + d + a_minus_b) * (a + b - c_minus_d) * (a + b + c_minus_d)
    if area <= 0.0:
        return 0.0
    apart = max(abs(c_minus_d - a_minus_b), _ROUND_OFF * c_minus_d)
    across = (a + b + c + d) * (a + b - c - d) * (a_minus_b + c_minus_d) * apart
    first = max(0.25 * math.sqrt(area), math.sqrt(a * b * c * d))
    second = 0.25 * math.sqrt(across)
    while abs(first - second) > _SAME * first:
        first, second = 0.5 * (first + second), math.sqrt(first * second)
    return 2.0 * math.pi / first
