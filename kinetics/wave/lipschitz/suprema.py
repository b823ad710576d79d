"""Suprema over frequency of what is made up of the weighted parts of the collision operator.

The parts are those of the weight's own inverse, ``W^j = C^j[n]/n``: positive functions of frequency that are
smooth in its logarithm, rise as ``omega^beta`` and have one scale, that of the weight.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave import algebraic
from wellposed.kinetics.wave.parameters import LARGEST_FREQUENCIES, NORMALISATIONS

Array = NDArray[np.float64]

KINDS = {"bracket": algebraic.BRACKET, "bracket_k": algebraic.BRACKET_K}

_SCAN = np.exp2(
    np.concatenate(
        (
            np.arange(-60.0, -20.0, 4.0),  # at small beta the maximum is at omega of order beta
            np.arange(-20.0, -6.0, 1.0),
            np.arange(-6.0, 8.0, 0.5),
            np.arange(8.0, 28.5, 1.0),
        )
    )
)
_LEVELS = (1, 2)
_LOCATED = 1e-6  # in octaves: a relative 1e-12 of a maximum
_PLATEAU = 1e-10  # relative height of maxima that are not worth locating
_SMALLEST = 1e-250  # where M is large, parts that decay underflow at high frequencies


@dataclass(frozen=True)
class Suprema:
    """Suprema of ``q`` quantities; arrays ``(q, n)`` with a column for each of `LARGEST_FREQUENCIES`.

    Attributes
    ----------
    below, below_error, at : ndarray of float64
        Suprema over ``omega <= Omega``, and where they are attained.
    octave, octave_error : ndarray of float64
        Suprema over ``Omega/2 <= omega <= Omega``.
    """

    below: Array
    below_error: Array
    at: Array
    octave: Array
    octave_error: Array


@dataclass(frozen=True)
class WeightedParts:
    """``W^234, W^134, W^123, W^124`` of one weight as functions of frequency, ``K0 = 64 pi^3``."""

    weight: str
    beta: float
    M: float

    def __call__(self, w: float, level: int = _LEVELS[1]) -> Array:
        """The parts at frequency `w`, (4,), at one of the levels of `algebraic.LEVELS`."""
        p = 0.5 * self.M
        rule = algebraic.rules(level, self.beta, p)
        values, _, _ = algebraic.parts_over_n1(KINDS[self.weight], p, self.beta, w, rule)
        summed: Array = NORMALISATIONS["paper"] * values.sum(axis=0)
        return summed


def suprema(parts: WeightedParts, combine: Callable[[Array], Array]) -> Suprema:
    """Returns suprema of what `combine` makes of the parts.

    Parameters
    ----------
    parts : WeightedParts
    combine : callable
        Takes the parts, (4,), and returns the quantities, (q,).

    Notes
    -----
    Two samples an octave where the parts have their scale, one beyond; every local maximum among them is then
    located by Brent's method.  Errors are the difference of two levels of quadrature.  The scan starts at
    ``2^-60``, which stands for zero, and goes to the last of `LARGEST_FREQUENCIES`; what comes beyond is the
    exponent's matter.
    """
    scanned = np.array([combine(parts(w, _LEVELS[0])) for w in _SCAN.tolist()]).T
    extra = []
    for q, row in enumerate(scanned):
        for i in range(1, row.size - 1):
            rise, fall = row[i] - row[i - 1], row[i] - row[i + 1]
            if min(rise, fall) >= 0.0 and max(rise, fall) > _PLATEAU * row[i]:
                extra.append(_located(parts, combine, q, i))
    omega = np.concatenate((_SCAN, extra))
    coarse = np.concatenate(
        (scanned, np.array([combine(parts(w, _LEVELS[0])) for w in extra]).reshape(-1, len(scanned)).T),
        axis=1,
    )
    fine = np.array([combine(parts(w, _LEVELS[1])) for w in omega.tolist()]).T
    # growth exponents are extrapolated from these, which round-off above the parts' own would stop
    fine, error = refined((coarse, fine), algebraic.ROUND_OFF)

    shape = (len(fine), LARGEST_FREQUENCIES.size)
    found = Suprema(*(np.empty(shape) for _ in range(5)))
    rows = np.arange(len(fine))
    for j, top in enumerate(LARGEST_FREQUENCIES):
        best = np.argmax(np.where(omega <= top, fine, -math.inf), axis=1)
        found.below[:, j], found.below_error[:, j] = fine[rows, best], error[rows, best]
        found.at[:, j] = omega[best]
        best = np.argmax(np.where((omega <= top) & (omega >= 0.5 * top), fine, -math.inf), axis=1)
        found.octave[:, j], found.octave_error[:, j] = fine[rows, best], error[rows, best]
    return found


def octave_exponent(found: Suprema, q: int) -> GrowthExponent:
    """Returns the exponent in ``Omega`` of the supremum of quantity `q` over ``Omega/2 <= omega <= Omega``.

    The supremum over all ``omega <= Omega`` is never below its value at frequency one and would have the
    exponent's positive part.
    """
    used = found.octave[q] > _SMALLEST
    return growth_exponent(LARGEST_FREQUENCIES[used], found.octave[q, used], found.octave_error[q, used])


def _located(parts: WeightedParts, combine: Callable[[Array], Array], q: int, i: int) -> float:
    """Returns where quantity `q` has its maximum next to the `i`-th frequency of the scan."""
    found = scipy.optimize.minimize_scalar(
        lambda octave: -combine(parts(math.exp2(octave), _LEVELS[0]))[q],
        bounds=(math.log2(_SCAN[i - 1]), math.log2(_SCAN[i + 1])),
        method="bounded",
        options={"xatol": _LOCATED},
    )
    return math.exp2(float(found.x))
