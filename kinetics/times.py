"""Times at which solutions are asked for."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError


def ascending_times(times: ArrayLike, first: float, last: float) -> NDArray[np.float64]:
    """Returns `times` as an array.  Raises `ParameterError` where they are not allowed."""
    span = "not negative" if last == math.inf else f"in [{first:g}, {last:g}]"
    what = f"Argument `times` must be (n_times,), finite, {span} and ascending"
    try:
        given = np.asarray(times)
    except ValueError:
        raise ParameterError(f"{what}, but its rows differ in length.") from None
    if given.dtype.kind not in "iuf":
        raise ParameterError(f"{what}, but it has the type {given.dtype}.")
    if given.ndim != 1 or given.size == 0:
        raise ParameterError(f"{what}, but it has the shape {given.shape}.")
    moments = given.astype(np.float64)
    wrong = ~np.isfinite(moments) | (moments < first) | (moments > last)
    wrong |= np.diff(moments, prepend=-math.inf) <= 0.0
    if np.any(wrong):
        place = int(np.argmax(wrong))
        raise ParameterError(f"{what}, but times[{place}] is {given[place]}.")
    return moments
