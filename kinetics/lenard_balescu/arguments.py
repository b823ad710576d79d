"""Arrays that a user gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import ParameterError


def real_array(given: Any, argument: str) -> NDArray[np.float64]:
    """`given` as an array of floats.

    Raises
    ------
    ParameterError
        If it holds anything but real numbers, or its rows differ in length.
    """
    try:
        array = np.asarray(given)
    except ValueError:
        array = np.array("ragged")
    if array.dtype.kind not in "iuf":
        raise ParameterError(f"Argument `{argument}` must be an array of real numbers, but is {given!r}.")
    return array.astype(np.float64)
