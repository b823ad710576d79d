"""How far octaves go out before what is left is negligible, or known."""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.panelled.problem import FUNCTION

_MOST_OCTAVES = 64  # of a tail; what is left of it is geometric to round-off by then


@njit(cache=True, nogil=True)
def octaves(q, b, start, decay):
    """Returns how many octaves from `b` make what falls as ``b^-decay`` beyond `start` negligible."""
    beyond = _MOST_OCTAVES if q.kind == FUNCTION else np.ceil(48.0 / decay)
    return int(np.ceil(max(np.log2(start / b), 0.0)) + beyond)


@njit(cache=True, nogil=True)
def settled(parts, before, increment, remainder):
    """Returns whether parts plus remainder stay the same, if increments of octaves go on geometrically.

    They do for any algebraic tail, whatever its exponent.
    """
    settled = True
    for i in range(parts.size):
        new = parts[i] - before[i]
        ratio = new / increment[i] if 0.0 < new < increment[i] else 0.0
        rest = new * ratio / (1.0 - ratio)
        settled &= abs(new + rest - remainder[i]) <= 1e-14 * (parts[i] + rest)
        increment[i], remainder[i] = new, rest
    return settled
