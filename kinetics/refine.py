"""What refinement says of a number: its finest value, and the error that the last step leaves open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ROUND_OFF = 1e-12
"""Relative error of a number that is computed without cancellation, in some thousands of operations."""


_HIDDEN = 5.0
"""Errors of a member, its own and the four between two that seem alike, that a limit may be away from it."""


def refined(levels: Sequence[ArrayLike], round_off: ArrayLike = ROUND_OFF) -> tuple[NDArray[Any], Array]:
    """Returns the finest of several levels of refinement, with its error.

    The error is what the last refinement changed, and no less than round-off leaves.  It does not see what
    all levels cut off alike: a tail, the end of a scan, a datum that no node has met.  Whoever cuts off adds
    that.

    Parameters
    ----------
    levels : sequence of array_like
        At least two, the finest last, of shapes that broadcast; real or complex.
    round_off : array_like
        Relative error of the finest level by round-off; larger than `ROUND_OFF` where numbers cancel.

    Returns
    -------
    value, error : ndarray
        Of the shape of the levels; arrays without dimensions if the levels are numbers.  The error is NaN
        where both of the last levels are infinite.

    Raises
    ------
    ValueError
        If there are fewer than two levels.
    """
    if len(levels) < 2:
        raise ValueError(f"Refinement needs at least 2 levels, but has {len(levels)}.")
    coarse, fine = (
        np.asarray(level, np.complex128 if np.iscomplexobj(level) else np.float64) for level in levels[-2:]
    )
    with np.errstate(invalid="ignore"):
        return fine, np.abs(fine - coarse) + np.asarray(round_off) * np.abs(fine)


def aitken(values: Sequence[float]) -> float:
    """Returns the limit of a sequence whose differences are a geometric series, by its last three members.

    This is Aitken's rule: ``x3 + (x3 - x2)^2 / ((x2 - x1) - (x3 - x2))``.  Where the two differences are
    equal it has no answer, and the last member is returned.
    """
    first, second, third = values[-3:]
    before, after = second - first, third - second
    return third + after * after / (before - after) if before != after else third


def limit(values: Sequence[float], round_off: float = ROUND_OFF, noise: float = 0.0) -> tuple[float, float]:
    """Returns the limit of the sequence that a scan breaks off at its end, with its error.

    A supremum that is only approached beyond the last sample is not the last sample.  If increments are a
    geometric series, as those of a power of the scan's variable are on a geometric grid, Aitken's rule has
    their limit; its last two answers differ by what it leaves open.

    Parameters
    ----------
    values : sequence of float
        At least four, in the order of the scan.
    round_off, noise : float
        Relative and absolute error of one of the last four.

    Returns
    -------
    value, error : float
        The last member where nothing changes beyond round-off and noise, with what changes that hide in noise
        may add up to if each is at most half of the one before; infinite, with a NaN, where increments do not
        become smaller.
    """
    answers = []
    amplified, hidden = 1.0, noise
    for end in (-1, len(values)):
        three = [float(value) for value in values[:end][-3:]]
        before, after = abs(three[1] - three[0]), abs(three[2] - three[1])
        if after <= 2.0 * (round_off * abs(three[2]) + noise):
            answers.append(three[2])
            hidden = _HIDDEN * noise
        elif after < before:
            answers.append(aitken(three))
            # the derivatives of Aitken's rule by its members are q^2, -2 q and 1, over (1 - q)^2
            q = after / before
            amplified, hidden = (1.0 - q) ** -2.0, noise * ((1.0 + q) / (1.0 - q)) ** 2
        else:
            answers.append(math.inf)
    value, error = refined(answers, 0.0)
    # where the next correction falls slowly, what is left is about as large as the last change
    return float(value), 2.0 * float(error) + amplified * round_off * abs(float(value)) + hidden
