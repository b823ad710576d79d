r"""The collision operator as an integral over the plane of resonant frequencies, by the trapezoidal rule.

Every integral is one over a line on which the integrand falls exponentially at both ends: of the logarithm of
a frequency, or, of an interval ``(low, low + length)``, of ``log x/(1 - x)`` with ``low + x length``.  There
the trapezoidal rule converges exponentially in its step, with any algebraic or logarithmic singularity at an
end [TW14], over as many octaves as lie between the scale of the datum and that of the first wave.  Sums are
broken off where terms are negligible.

Where the first wave is of the fast pair, a quartet in which it is the faster one is added to its mirror
image, in which it is the slower one, before anything is summed: the full operator of a smooth datum cancels
there.

References
----------
[TW14] L. N. Trefethen, J. A. C. Weideman, The exponentially convergent trapezoidal rule, SIAM Review 56
(2014).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from wellposed.kinetics.wave.dispersive.quartets import (
    BRACKET,
    BRACKET_K,
    FAST_HIGH,
    FAST_LOW,
    SLOW_HIGH,
    SLOW_LOW,
    contribution,
)
from wellposed.kinetics.wave.dispersive.relation import Relation
from wellposed.kinetics.wave.dispersive.supports import corners, slowest, support

STEPS = (0.55, 0.4, 0.29, 0.21)
"""Steps of the trapezoidal rule in the logarithm of a frequency, coarse to fine."""

_NEGLIGIBLE = 1e-14  # of the whole, four times in a row: there a sum ends
_REACH, _REACH_ON_THE_LINE = 3.0, 40.0  # e-folds from its middle within which no sum ends
_MOST = 2000  # nodes on one side of a line; a sum that needs more does not converge
_CUT = 2e-11  # of the largest partial sum, which ends of sums may amount to together
_ROUND_OFF = 8.0 * 2.0**-52
_POINT = 1e-14  # of w1: a piece of a line that is shorter is none
_NARROW = 0.5  # what the step for a tabulated relation is multiplied by
_FOLDED, _REST, _SLOW_HIGH, _SLOW_LOW = 0, 1, 2, 3


@njit(cache=True, nogil=True, error_model="numpy")
def _fractions(t):
    """Returns ``x``, ``1 - x`` and ``dx/dt`` for ``log x/(1 - x) = t``, each to round-off."""
    small = math.exp(-abs(t))
    near, far = small / (1.0 + small), 1.0 / (1.0 + small)
    return (far, near, near * far) if t > 0.0 else (near, far, near * far)


@njit(cache=True, nogil=True, error_model="numpy")
def _node(case, part, w1, v, s, start, length, mirrored, t):
    """Returns the integrand of a part at the node `t` of its inner line, and the sum of moduli in it.

    `v` is fixed if the first wave is fast, both `v` and `s` are if it is slow.
    """
    if part == _FOLDED:
        x, _, slope = _fractions(t)
        one = mirrored * slope * contribution(case, FAST_HIGH, v, mirrored * x, w1 - mirrored * x)
        other = length * slope * contribution(case, FAST_LOW, v, length * x, w1)
        return one + other, abs(one) + abs(other)
    if length < math.inf:
        x, _, slope = _fractions(t)
        beyond, slope = length * x, length * slope
    else:
        beyond = slope = start * math.exp(t)
    if part == _REST:
        term = slope * contribution(case, FAST_LOW, v, start + beyond, w1)
    else:
        role = SLOW_HIGH if part == _SLOW_HIGH else SLOW_LOW
        term = slope * contribution(case, role, v, s, start + beyond)
    return term, abs(term)


@njit(cache=True, nogil=True, error_model="numpy")
def _inner(case, part, w1, v, s, start, length, mirrored, centre, step, whole):
    """Returns the integral over an inner line, the sum of moduli in it, and whether it has converged.

    Terms that are negligible beside `whole` are not summed.
    """
    total, moduli, size, converged = 0.0, 0.0, whole / step, True
    for side in range(2):
        negligible, j = 0, 0
        while negligible < 4:
            t = centre + step * (j if side == 0 else -1 - j)
            term, modulus = _node(case, part, w1, v, s, start, length, mirrored, t)
            total += term
            moduli += modulus
            size = max(size, abs(total))
            ends = abs(term) <= _NEGLIGIBLE * size and abs(t - centre) >= _REACH
            negligible = negligible + 1 if ends else 0
            j += 1
            if j > _MOST:
                converged = False
                break
    return step * total, step * moduli, converged


@njit(cache=True, nogil=True, error_model="numpy")
def _fast(case, w1, v, rest, step, whole):
    """Returns all quartets of one `v` in which the first wave is of the fast pair.

    `rest` is ``w1 - v``.  With the first wave the faster one, `s` goes up to ``rest/2``; with the slower one,
    up to `rest`, and the quartets beyond the first half have no mirror image.
    """
    relation, is_concave = case[0], case[1]
    high = support(relation, is_concave, FAST_HIGH, w1, v, 0.5 * rest)
    low = support(relation, is_concave, FAST_LOW, w1, v, rest)
    first = min(low, 0.5 * rest)
    centre = _centre(max(v, _scale(case)), first)
    total, moduli, converged = _inner(case, _FOLDED, w1, v, 0.0, 0.0, first, high, centre, step, whole)
    if low > first:
        whole = max(whole, abs(total))
        more, modulus, also = _inner(case, _REST, w1, v, 0.0, first, low - first, 0.0, 0.0, step, whole)
        total, moduli, converged = total + more, moduli + modulus, converged and also
    return total, moduli, converged


@njit(cache=True, nogil=True, error_model="numpy")
def _fast_on_the_line(case, part, w1, s):
    """Returns the quartets of one `s` in one dimension, with the first wave of the fast pair."""
    relation = case[0]
    v = slowest(relation, FAST_LOW, w1, s, w1 - s)
    other = contribution(case, FAST_LOW, v, s, w1)
    if part == _REST:
        return other, abs(other), True
    v = slowest(relation, FAST_HIGH, w1, s, w1 - 2.0 * s)
    one = contribution(case, FAST_HIGH, v, s, w1 - s)
    return one + other, abs(one) + abs(other), True


@njit(cache=True, nogil=True, error_model="numpy")
def _slow(case, part, w1, v, s, step, whole):
    """Returns all quartets of one slow pair `v` and ``v + s`` in which the first wave is of the slow pair."""
    relation, is_concave, dimension = case[0], case[1], case[2]
    role = SLOW_HIGH if part == _SLOW_HIGH else SLOW_LOW
    length = support(relation, is_concave, role, w1, s, math.inf)
    start = w1 if part == _SLOW_HIGH else w1 + s
    if length <= 0.0:
        return 0.0, 0.0, True
    if dimension == 1:
        term = contribution(case, role, v, s, start + length)
        return term, abs(term), True
    centre = _centre(start, length) if length < math.inf else 0.0
    return _inner(case, part, w1, v, s, start, length, 0.0, centre, step, whole)


@njit(cache=True, nogil=True, error_model="numpy")
def _scale(case):
    """Returns the frequency, to its order, at which the datum begins to fall: sums start there."""
    kind, M = case[4], case[5]
    return 1.0 / (1.0 + 0.1 * M) if kind in (BRACKET, BRACKET_K) else 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def _centre(scale, length):
    """Returns the node of ``(0, length)`` at `scale`, or at its half if that is less."""
    scale = min(scale, 0.5 * length)
    return math.log(scale / (length - scale))


@njit(cache=True, nogil=True, error_model="numpy")
def _outer(case, part, w1, low, length, step, whole):
    """Returns the integral of a part, the sums of moduli in it and on the way, and whether all have
    converged.

    It is over `v` in (low, low + length) if the first wave is fast, in more than one dimension; else over
    `s`.  Terms that are negligible beside `whole` are not summed.  Of the two sums of moduli the first has
    those of mirror images before they are added, for round-off, and the second is the largest partial sum.
    """
    total, moduli, size, converged = 0.0, 0.0, whole / step, True
    reach = _REACH_ON_THE_LINE if case[2] == 1 else _REACH
    centre = 0.0
    if length < math.inf and part != _SLOW_LOW:
        centre = _centre(_scale(case), length) if low == 0.0 else 0.0
    if part == _SLOW_HIGH:
        centre = -centre  # its slowest wave is w1 - s
    for side in range(2):
        negligible, j = 0, 0
        while negligible < 4:
            t = centre + step * (j if side == 0 else -1 - j)
            if length < math.inf:
                x, y, slope = _fractions(t)
                at, rest, slope = low + length * x, (w1 - low - length) + length * y, length * slope
            else:
                at = rest = slope = w1 * math.exp(t)
            if case[2] == 1 and part in (_FOLDED, _REST):
                term, modulus, also = _fast_on_the_line(case, part, w1, at)
            elif part == _FOLDED:
                term, modulus, also = _fast(case, w1, at, rest, step, size / slope)
            else:
                v = rest if part == _SLOW_HIGH else w1
                term, modulus, also = _slow(case, part, w1, v, at, step, size / slope)
            converged = converged and also
            total += slope * term
            moduli += slope * modulus
            size = max(size, abs(total))
            ends = slope * abs(term) <= _NEGLIGIBLE * size and abs(t - centre) >= reach
            negligible = negligible + 1 if ends else 0
            j += 1
            if j > _MOST:
                converged = False
                break
    return step * total, step * moduli, step * size, converged


@njit(cache=True, nogil=True, error_model="numpy")
def _integral(case, w1, step):
    """Returns ``C/n1`` by one step, two sums of moduli as of `_outer`, and whether all have converged."""
    relation, is_concave, dimension = case[0], case[1], case[2]
    first = second = third = 0.0
    largest = math.inf
    if is_concave:
        first, second, third, largest = corners(relation, w1)
    if dimension == 1:
        ends = np.array([0.0, 0.5 * (w1 - first), w1 - third])
    else:
        ends = np.sort(np.array([0.0, first, second, third, w1]))
    total, moduli, size, converged = 0.0, 0.0, 0.0, True
    for i in range(ends.size - 1):
        if ends[i + 1] - ends[i] > _POINT * w1:
            part = _REST if dimension == 1 and i == 1 else _FOLDED
            found = _outer(case, part, w1, ends[i], ends[i + 1] - ends[i], step, abs(total))
            total, moduli, size = total + found[0], moduli + found[1], max(size, found[2])
            converged = converged and found[3]
    for part, length in ((_SLOW_HIGH, w1 - third), (_SLOW_LOW, largest)):
        found = _outer(case, part, w1, 0.0, length, step, abs(total))
        total, moduli, size = total + found[0], moduli + found[1], max(size, found[2])
        converged = converged and found[3]
    return total, moduli, size, converged


def collision_over_datum(
    w1: float,
    relation: Relation,
    is_concave: bool,
    dimension: int,
    beta: float,
    kind: int,
    M: float,
    operator: int,
    rtol: float,
) -> tuple[float, float]:
    """Returns ``C[n]/n`` of one operator at the frequency `w1`, and its error.

    The error is the difference of the last two steps, no less than round-off leaves where gain and loss
    cancel, and what sums were broken off at.  It is infinite where a sum has not converged.
    """
    case = (relation, is_concave, dimension, beta, kind, M, operator)
    # singularities in the complex plane are closer for wave numbers than for frequencies
    narrow = min(1.0, relation[0]) if relation[0] > 0.0 else _NARROW
    coarse = math.nan
    for step in STEPS:
        fine, moduli, size, converged = _integral(case, w1, step * narrow)
        if not converged:
            return math.nan, math.inf
        error = max(abs(fine - coarse), _ROUND_OFF * moduli) + _CUT * size
        if error <= rtol * size:
            break
        coarse = fine
    return fine, error
