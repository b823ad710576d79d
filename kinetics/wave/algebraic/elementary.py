"""Logarithms and exponentials of whole arrays, in loops that the compiler turns into vector instructions.

They are most of what a value of the collision operator costs.  A call of the C library for each number
cannot be vectorised; these loops, of integer and floating-point arithmetic without branches, are, which
makes them several times as fast.  Both are within one unit in the last place or so.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_LOG2_HIGH = 6.93147180369123816490e-01  # log(2) in two parts, the first with 21 bits to spare
_LOG2_LOW = 1.90821492927058770002e-10
_SQRT_HALF = 0x3FE6A09E00000000  # bits of sqrt(1/2), rounded
_ROUND = 1.5 * 2.0**52  # added and subtracted, rounds to an integer
_LOWEST, _HIGHEST = -708.0, 709.0  # beyond, exp is not a normal number


# "numpy": a check for division by zero would be a branch
@njit(cache=True, nogil=True, error_model="numpy")
def logarithms(x, out, size):
    """Writes ``log(x)`` of the first `size` positive normal numbers of `x` into `out`, which is distinct.

    ``x = 2^k m`` with m from sqrt(1/2) to sqrt(2), and ``log m = 2 artanh(s)``, ``s = (m-1)/(m+1)``, by the
    polynomial of the FreeBSD library, s_log.c.
    """
    bits = x.view(np.int64)
    mantissa = out.view(np.int64)
    for i in range(size):
        mantissa[i] = bits[i] - (((bits[i] - _SQRT_HALF) >> 52) << 52)
    for i in range(size):
        k = np.float64((bits[i] - _SQRT_HALF) >> 52)
        f = out[i] - 1.0
        s = f / (2.0 + f)
        z = s * s
        r = 1.531383769920937332e-01 + z * 1.479819860511658591e-01
        r = 1.818357216161805012e-01 + z * r
        r = 2.222219843214978396e-01 + z * r
        r = 2.857142874366239149e-01 + z * r
        r = 3.999999999940941908e-01 + z * r
        r = z * (6.666666666666735130e-01 + z * r)
        h = 0.5 * f * f
        out[i] = k * _LOG2_HIGH - ((h - (s * (h + r) + k * _LOG2_LOW)) - f)


@njit(cache=True, nogil=True, error_model="numpy")
def exponentials(x, out, size):
    """Writes ``exp(x)`` of the first `size` numbers of `x` into `out`, which is distinct.

    Zero where it would be less than 3e-308, and no more than 8e307.  ``exp(x) = 2^k exp(r)`` with
    ``|r| <= log(2)/2``, by thirteen terms of the power series.
    """
    bits = out.view(np.int64)
    for i in range(size):
        value = x[i]
        value = _LOWEST if value < _LOWEST else value
        value = _HIGHEST if value > _HIGHEST else value
        k = (value * 1.4426950408889634 + _ROUND) - _ROUND
        r = (value - k * _LOG2_HIGH) - k * _LOG2_LOW
        q = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0)
        q = 1.0 / 39916800.0 + r * q
        q = 1.0 / 3628800.0 + r * q
        q = 1.0 / 362880.0 + r * q
        q = 1.0 / 40320.0 + r * q
        q = 1.0 / 5040.0 + r * q
        q = 1.0 / 720.0 + r * q
        q = 1.0 / 120.0 + r * q
        q = 1.0 / 24.0 + r * q
        q = 1.0 / 6.0 + r * q
        q = 0.5 + r * q
        out[i] = 1.0 + (r + r * r * q)
        bits[i] += np.int64(k) << 52
        out[i] = 0.0 if x[i] < _LOWEST else out[i]
