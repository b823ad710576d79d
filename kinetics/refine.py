"""What refinement says of a number: its finest value, and the error that the last step leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ROUND_OFF = 1e-12
"""Relative error of a number that is computed without cancellation, in some thousands of operations."""


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
