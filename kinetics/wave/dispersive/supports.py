"""Where in the plane of frequencies four wave vectors can close to a resonant quadrilateral.

If frequency is convex in the wave number, they always can.  If it is concave, the largest wave number may
exceed the sum of the other three: with ``a - b`` the difference of the fast pair and ``c + d`` the sum of the
slow one, directions exist where ``a - b <= c + d``.  In one dimension the edge of that range is all there is.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from wellposed.kinetics.wave.dispersive.quartets import (
    FAST_HIGH,
    FAST_LOW,
    SLOW_HIGH,
)
from wellposed.kinetics.wave.dispersive.relation import growth_of_wave_number, wave_number

_FURTHEST = 1e60  # in units of w1: beyond, a datum is zero
_BISECTIONS = 200


@njit(cache=True, nogil=True, error_model="numpy")
def excess(relation, v, s, f):
    """Returns ``(a - b) - (c + d)`` over `d`: positive where no directions exist."""
    a_minus_b = wave_number(relation, f) * growth_of_wave_number(relation, f, s)
    return a_minus_b / wave_number(relation, v) - growth_of_wave_number(relation, v, s) - 2.0


@njit(cache=True, nogil=True, error_model="numpy")
def _excess_of(relation, role, w1, fixed, x):
    """Returns `excess` where the role's first variable is `fixed` and its second `x`; it grows with `x`."""
    if role == FAST_HIGH:
        return excess(relation, fixed, x, w1 - x)
    if role == FAST_LOW:
        return excess(relation, fixed, x, w1)
    if role == SLOW_HIGH:
        return excess(relation, w1 - fixed, fixed, w1 + x)
    return excess(relation, w1, fixed, w1 + fixed + x)


@njit(cache=True, nogil=True, error_model="numpy")
def support(relation, is_concave, role, w1, fixed, largest):
    """Returns up to where the second variable of a role goes, at most `largest`, by bisection.

    ======== ========= =============== ============
    role     `fixed`   second          `largest`
    ======== ========= =============== ============
    fast     ``v``     ``s``           finite
    slow, +  ``s``     ``f - w1``      infinite
    slow, -  ``s``     ``f - w1 - s``  infinite
    ======== ========= =============== ============
    """
    if not is_concave:
        return largest
    if largest < math.inf:
        if _excess_of(relation, role, w1, fixed, largest) <= 0.0:
            return largest
        high = largest
    else:
        high = w1
        while _excess_of(relation, role, w1, fixed, high) <= 0.0:
            high *= 4.0
            if high > _FURTHEST * w1:
                return high
    low = 0.5 * high
    while _excess_of(relation, role, w1, fixed, low) > 0.0:
        high, low = low, 0.5 * low
        if low < 1e-300:
            return 0.0
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        if _excess_of(relation, role, w1, fixed, middle) > 0.0:
            high = middle
        else:
            low = middle
    return low


@njit(cache=True, nogil=True, error_model="numpy")
def slowest(relation, role, w1, s, largest):
    """Returns the `v` up to `largest` from which on directions exist, for a fast first wave, by bisection."""
    f = w1 - s if role == FAST_HIGH else w1
    low, high = 0.0, largest
    for _ in range(_BISECTIONS):
        v = 0.5 * (low + high)
        if not low < v < high:
            break
        if excess(relation, v, s, f) > 0.0:
            low = v
        else:
            high = v
    return high


@njit(cache=True, nogil=True, error_model="numpy")
def _reaches(relation, which, w1, x):
    """Whether directions exist at the quartet of one parameter that `corners` follows."""
    half = 0.5 * (w1 - x)
    if which == 0:
        return excess(relation, x, half, w1 - half) <= 0.0
    if which == 1:
        return excess(relation, x, half, w1) <= 0.0
    if which == 2:
        return excess(relation, x, w1 - x, w1) <= 0.0
    return excess(relation, w1, 1.0 / x, w1 + 1.0 / x) <= 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def corners(relation, w1):
    """Returns where the edge of the support meets that of a role: three `v`, and one `s`.

    The first three are below `w1`: where ``b = c`` with the first wave the largest; where the first wave is
    `b` and `s` half of its range; and where ``b = c`` are both the first wave.  The last is the largest `s`
    with the first wave the smallest, where ``b = c`` again.
    """
    found = np.empty(4)
    for which in range(4):
        low, high = 0.0, w1
        if which == 3:  # of 1/s
            low, high = 1.0 / (_FURTHEST * w1), 1.0 / w1
            while not _reaches(relation, which, w1, high):
                low, high = high, 2.0 * high
        for _ in range(_BISECTIONS):
            x = 0.5 * (low + high)
            if not low < x < high:
                break
            if _reaches(relation, which, w1, x):
                high = x
            else:
                low = x
        found[which] = high
    return found[0], found[1], found[2], 1.0 / found[3]
