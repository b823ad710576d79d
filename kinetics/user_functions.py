"""Functions of one variable that a user gives, compiled once and evaluated on arrays by one kernel."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numba import cfunc, njit
from numba.core.dispatcher import Dispatcher
from numpy.typing import NDArray

from wellposed.errors import ParameterError

_COMPILED: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def compiled(function: Any, argument: str, instead: str, probes: Iterable[float], positive: bool) -> Any:
    """`function` with the signature ``float64(float64)``, so that no kernel is compiled anew for it.

    Parameters
    ----------
    function : compiled by ``numba.njit``, takes and returns one float
    argument, instead : str
        What the function is given as, and what else may be given, for messages.
    probes : iterable of float
        Where it must be finite, and positive (`positive`) or at least not negative.

    Raises
    ------
    ParameterError
        If it is not such a function.
    """
    if not isinstance(function, Dispatcher):
        raise ParameterError(
            f"Argument `{argument}` must be {instead} or a function compiled by numba.njit, "
            f"but is {function!r}."
        )
    name = function.py_func.__name__
    for x in probes:
        try:
            value = float(function(x))
        except Exception as error:
            first_line = str(error).strip().splitlines()[0]
            raise ParameterError(
                f"Argument `{argument}` must take one float and return one float, but {name}({x:g}) raises "
                f"{type(error).__name__}: {first_line}"
            ) from error
        if not 0.0 <= value < np.inf or (positive and value == 0.0):
            wanted = "positive" if positive else "not negative"
            raise ParameterError(
                f"Argument `{argument}` must be finite and {wanted}, but {name}({x:g}) is {value:g}."
            )
    if function not in _COMPILED:
        _COMPILED[function] = cfunc("float64(float64)")(function.py_func)
    return _COMPILED[function]


@njit(cache=True, nogil=True)
def _sample(function, x, values):
    for i in range(x.size):
        values[i] = function(x[i])


def sample(function: Any, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values of a function that `compiled` returned, at `x` of any shape."""
    points = np.ascontiguousarray(x, dtype=np.float64)
    values = np.empty(points.size)
    _sample(function, points.ravel(), values)
    return values.reshape(np.shape(x))
