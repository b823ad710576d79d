"""What refinement says of a number: its finest value, and the error that the last step leaves open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

ROUND_OFF = 1e-12
"""Relative error of a number that is computed without cancellation, in some thousands of operations."""


def refined(levels: Sequence[ArrayLike], round_off: ArrayLike = ROUND_OFF) -> tuple[Array, Array]:
    """The finest of several levels of refinement, with its error.

    The error is what the last refinement changed, and no less than round-off leaves.  It does not see what
    all levels cut off alike: a tail, the end of a scan, a datum that no node has met.  Whoever cuts off adds
    that.

    Parameters
    ----------
    levels : sequence of array_like
        At least two, the finest last, of shapes that broadcast.
    round_off : array_like
        Relative error of the finest level by round-off; larger than `ROUND_OFF` where numbers cancel.

    Returns
    -------
    value, error : ndarray
        Of the shape of the levels; arrays without dimensions if the levels are numbers.

    Raises
    ------
    ValueError
        If there are fewer than two levels.
    """
    if len(levels) < 2:
        raise ValueError(f"Refinement needs at least 2 levels, but has {len(levels)}.")
    coarse, fine = (np.asarray(level, np.float64) for level in levels[-2:])
    return fine, np.abs(fine - coarse) + np.asarray(round_off) * np.abs(fine)


def aitken(values: Sequence[float]) -> float:
    """Where a sequence is going whose differences fall as a geometric series, by its last three members.

    Aitken's rule; the last member itself where the three do not differ.
    """
    first, second, third = values[-3:]
    bend = third - 2.0 * second + first
    return third - (third - second) ** 2 / bend if bend else third
