"""One datum seen from one frequency, and what a single node adds."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from numba import cfunc, njit

from wellposed.kinetics.compilation_cache import keyed_by_sources

BRACKET, _BRACKET_K, FUNCTION = 0, 1, 2
KINDS = {"bracket": BRACKET, "oscillating": BRACKET, "bracket_k": _BRACKET_K, "custom": FUNCTION}


class Problem(NamedTuple):
    """One datum ``e(omega) (A + B cos N omega)`` seen from one frequency."""

    kind: int
    p: float  # e = (1 + omega^2)^(-p/2) or (1 + omega)^(-p)
    function: Any  # e, if it is neither
    beta: float
    w: float
    N: float
    A: float
    B: float
    e1: float
    g1: float  # A + B cos N w
    r1: float  # e1 over the scale to which values are relative: e1, or 1 for a function, which may vanish
    turn: complex  # e^{i N w}


@njit(cache=True, nogil=True)
def envelope(q, omega):
    """Returns ``e(omega)``."""
    if q.kind == BRACKET:
        return np.exp(-0.5 * q.p * np.log1p(omega * omega))
    if q.kind == _BRACKET_K:
        return np.exp(-q.p * np.log1p(omega))
    return q.function(omega)


@njit(cache=True, nogil=True)
def _log_ratio(q, s):
    """Returns ``log(e(w+s)/e(w))`` of the algebraic envelopes, without a subtraction."""
    if q.kind == BRACKET:
        return -0.5 * q.p * np.log1p(s * (2.0 * q.w + s) / (1.0 + q.w * q.w))
    return -q.p * np.log1p(s / (1.0 + q.w))


@njit(cache=True, nogil=True)
def envelope_ratio(q, s):
    """Returns ``e(w+s)``, relative to the scale."""
    return q.function(q.w + s) if q.kind == FUNCTION else np.exp(_log_ratio(q, s))


@njit(cache=True, nogil=True)
def envelope_rise(q, s):
    """Returns ``e(w+s) - e(w)``, relative to the scale."""
    return q.function(q.w + s) - q.e1 if q.kind == FUNCTION else np.expm1(_log_ratio(q, s))


@njit(cache=True, nogil=True)
def oscillation(q, omega):
    """Returns ``A + B cos(N omega)``."""
    return q.A if q.B == 0.0 else q.A + q.B * np.cos(q.N * omega)


@njit(cache=True, nogil=True)
def record(row, n234, n123, difference, n1_x_4, n1_y_4, parts, full):
    """Adds to a region's four parts, and to the full operator ``n2 n3 (n4 - n1) + n1 n4 (n3 - n2)``.

    The larger of the two frequencies below `w4` is ``w3`` in regions 21 and 22 and ``w2`` in region 3.
    """
    n134, n124 = (n1_y_4, n1_x_4) if row == 2 else (n1_x_4, n1_y_4)
    parts[row, 0] += n234
    parts[row, 1] += n134
    parts[row, 2] += n123
    parts[row, 3] += n124
    full[row] += difference + (n134 - n124)


@njit(cache=True, nogil=True)
def add_point(q, row, y, v, weight, parts, full):
    """Adds one node of an ordinary rule; the weight holds ``(y+v)^beta y^(beta+1/2)``."""
    s = v if row == 2 else -v
    g4 = oscillation(q, q.w + s)
    n4 = envelope_ratio(q, s) * g4
    difference = envelope_rise(q, s) * g4
    if q.B != 0.0:  # cos N w4 - cos N w1
        difference -= 2.0 * q.r1 * q.B * np.sin(q.N * (q.w + 0.5 * s)) * np.sin(0.5 * q.N * s)
    weight *= (q.w + s) ** q.beta
    ny = weight * envelope(q, y) * oscillation(q, y)
    nx = envelope(q, y + v) * oscillation(q, y + v)
    n1 = q.e1 * q.g1
    record(
        row,
        nx * ny * n4,
        nx * ny * q.r1 * q.g1,
        nx * ny * difference,
        n1 * nx * n4 * weight,
        n1 * ny * n4,
        parts,
        full,
    )


@functools.cache
def no_function() -> Any:
    """Returns what stands where a datum is no function, so that kernels have one signature: zero."""
    with keyed_by_sources("wave"):  # not at import, where it would have all of numba loaded
        return cfunc("float64(float64)", cache=True)(_zero)


def _zero(omega: float) -> float:
    return 0.0
