"""The supremum of a quantity that is scanned outwards: a place of the scan, a limit, or infinity."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.exponent import GrowthExponent
from wellposed.kinetics.refine import ROUND_OFF, limit

_BOUNDED = 1e-3  # zero is within the error of an exponent: if that is smaller, the quantity is bounded


@dataclass(frozen=True)
class OutwardSupremum:
    """A supremum over a scan and all that lies beyond its end.

    Attributes
    ----------
    value, error : float
        Infinite and NaN if the quantity grows; of infinite error if it may grow.
    index : int, optional
        Where in the scan the greatest sample is; None if the supremum is only approached beyond its end.
    """

    value: float
    error: float
    index: int | None


def outward_supremum(
    profile: NDArray[np.float64],
    profile_error: NDArray[np.float64],
    exponent: GrowthExponent,
    round_off: float = ROUND_OFF,
) -> OutwardSupremum:
    """Returns the supremum of what a geometric scan, lowest first, has the samples `profile` of.

    Parameters
    ----------
    profile, profile_error : (n,) float64
        At least four samples, positive.
    exponent : GrowthExponent
        That of the samples as the scan goes on beyond its end.
    round_off : float
        Relative error of a sample.

    Notes
    -----
    Where the greatest sample is the last one and the exponent is certainly negative, the maximum lies beyond
    the scan, between that sample and the limit that the samples seem to have.  Where it is an earlier one
    and the samples have no exponent, a term that will lead may be about to show, and it may be exceeded.
    """
    best = int(np.argmax(profile))
    if exponent.value > exponent.error:
        return OutwardSupremum(math.inf, math.nan, None)
    # where all that is left is round-off, the last sample is as great as the greatest
    if profile[-1] < profile[best] * (1.0 - 2.0 * round_off):
        error = float(profile_error[best]) if math.isfinite(exponent.error) else math.inf
        return OutwardSupremum(float(profile[best]), error, best)
    value, error = limit(profile.tolist(), round_off)
    if exponent.value < -exponent.error:
        error += value - float(profile[-1])
    elif not exponent.error <= _BOUNDED:
        error = math.inf
    return OutwardSupremum(value, error + float(profile_error[-1]), None)
