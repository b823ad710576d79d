"""Arrays that a user gives, checked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError


def real_array(given: Any, argument: str) -> NDArray[np.float64]:
    """Returns `given` as an array of floats, of its shape.

    Raises
    ------
    ParameterError
        If it holds anything but real numbers, or its rows differ in length.
    """
    array = _array_of(given)
    if array.dtype.kind not in "iuf":
        raise ParameterError(f"Argument `{argument}` must be an array of real numbers, but is {given!r}.")
    return array.astype(np.float64)


def number_array(given: Any, argument: str) -> NDArray[np.float64] | NDArray[np.complex128]:
    """Returns `given` as an array of complex numbers if it has any, and else of floats, of its shape.

    Raises
    ------
    ParameterError
        If it holds anything but numbers, or its rows differ in length.
    """
    array = _array_of(given)
    if array.dtype.kind not in "iufc":
        raise ParameterError(f"Argument `{argument}` must be an array of numbers, but is {given!r}.")
    return array.astype(np.complex128) if array.dtype.kind == "c" else array.astype(np.float64)


def _array_of(given: Any) -> NDArray[Any]:
    """Returns `given` as an array; one of text where its rows differ in length."""
    try:
        return np.asarray(given)
    except ValueError:
        return np.array("ragged")


def coefficients_of(given: ArrayLike, argument: str) -> NDArray[np.float64]:
    """Returns the Laguerre coefficients of a density of mass one, (n,).

    Raises
    ------
    ParameterError
        If they are not a vector of finite numbers with ``c_0 = 1``.
    """
    c = real_array(given, argument)
    if c.ndim != 1 or c.size == 0 or not np.all(np.isfinite(c)) or abs(c[0] - 1.0) > 1e-12:
        raise ParameterError(
            f"Argument `{argument}` must be finite Laguerre coefficients (n,) of a density of mass one, "
            f"c_0 = 1, but is {np.array2string(c, threshold=8)}."
        )
    return c
