"""Functions that a user gives: compiled once, probed before they are used, and evaluated on arrays.

There are two kinds.  A function of one number, compiled by ``numba.njit``, goes into kernels: `compiled`
makes of it a pointer of one signature, so that no kernel is compiled anew for it, and `sample` evaluates that
on an array.  A function of an array of points never enters a kernel: `checked` wraps it so that what it
returns is looked at whenever it is called.  Both refuse a function with a `ParameterError` that names the
argument, what may be given instead, and what is wrong.

A quadrature that has converged may have passed by a narrow structure at all levels alike: `missed` samples a
function a second time, much more densely, and compares.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numba import cfunc, njit
from numba.core.dispatcher import Dispatcher
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.quadrature import gauss_legendre

Array = NDArray[np.float64]

_COMPILED: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def compiled(function: Any, argument: str, instead: str, probes: Iterable[float], positive: bool) -> Any:
    """Returns `function` with the signature ``float64(float64)``, so that no kernel is compiled anew for it.

    Parameters
    ----------
    function : compiled by ``numba.njit``, takes and returns one float
    argument, instead : str
        What the function is given as, and what else may be given, for messages.
    probes : iterable of float
        Where it must be finite, and positive (`positive`) or at least not negative.
    positive : bool
        Whether it must not vanish at a probe.

    Returns
    -------
    numba.core.ccallback.CFunc
        The same object whenever the same function is given.

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
            raise ParameterError(
                f"Argument `{argument}` must take one float and return one float, but {name}({x:g}) raises "
                f"{_in_one_line(error)}"
            ) from error
        if not 0.0 <= value < np.inf or (positive and value == 0.0):
            wanted = "positive" if positive else "not negative"
            raise ParameterError(
                f"Argument `{argument}` must be finite and {wanted}, but {name}({x:g}) is {value:g}."
            )
    if function not in _COMPILED:
        _COMPILED[function] = cfunc("float64(float64)")(function.py_func)
    return _COMPILED[function]


def sample(function: Any, x: ArrayLike) -> Array:
    """Returns the values of a function that `compiled` returned, at `x` of any shape."""
    points = np.ascontiguousarray(x, dtype=np.float64)
    values = np.empty(points.size)
    _sample(function, points.ravel(), values)
    return values.reshape(np.shape(x))


@njit(cache=True, nogil=True)
def _sample(function, x, values):
    for i in range(x.size):
        values[i] = function(x[i])


def checked(
    function: Callable[[Array], Any], argument: str, allowed: str, variable: str, probes: Array
) -> Callable[[Array], Array]:
    """Returns `function`, which is tried once, so that what it returns is looked at whenever it is called.

    Parameters
    ----------
    function : callable
        Takes points, ``(n,)`` or ``(n, d)``, and returns one finite number for each.
    argument, allowed, variable : str
        What the function is given as, what may be given as that, and what a point is called, for messages.
    probes : (n,) or (n, d) float64
        Points at which it is tried, of a number that is unlike `d`.

    Returns
    -------
    callable
        Takes points as `function` does and returns an array ``(n,)``; raises `ParameterError` where that has
        another shape, is not of numbers, or is not finite.

    Raises
    ------
    ParameterError
        If the trial raises an exception, or does not return one finite number for each point.
    """

    def looked_at(points: Array) -> Array:
        values = np.asarray(function(points))
        if values.shape != points.shape[:1] or values.dtype.kind not in "fiu":
            raise ParameterError(
                f"Argument `{argument}` must return one number for each {variable}, but returns an array "
                f"{values.shape} of {values.dtype} for {len(points)} of them."
            )
        if not np.all(np.isfinite(values)):
            wrong = np.flatnonzero(~np.isfinite(values))[0]
            raise ParameterError(
                f"Argument `{argument}` must be finite everywhere, but is {values[wrong]} at {points[wrong]}."
            )
        return values

    try:
        looked_at(probes)
    except ParameterError:
        raise
    except Exception as error:
        raise ParameterError(
            f"Argument `{argument}` must be {allowed}, but raises {_in_one_line(error)}"
        ) from error
    return looked_at


def _in_one_line(error: Exception) -> str:
    """The kind of an error and the first line of its message, which may be empty."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"


@dataclass(frozen=True)
class Missed:
    """What Gauss rules on panels miss of integrals of a function.

    Attributes
    ----------
    ratio : float
        The integral of what is missed over that of what is met, the largest of several; NaN if the function
        is not finite, or nothing is met.
    at : float
        Where most is missed.
    """

    ratio: float
    at: float


def missed(
    function: Callable[[Array], Array],
    edges: Array,
    nodes: int,
    integrands: Sequence[Callable[[Array, Array], Array]],
    samples: int,
) -> Missed:
    """Returns what Gauss rules on panels miss of a function, by a second sampling.

    Met of a function is the polynomial through its values at the nodes.

    Parameters
    ----------
    function : callable
        Takes points of any shape and returns values.
    edges : (n + 1,) float64
        Ends of the panels, ascending.
    nodes : int
        Per panel.
    integrands : sequence of callable
        Each takes points and values of the function, and returns what is integrated.
    samples : int
        Of the second sampling, per panel.
    """
    t, _ = gauss_legendre(nodes)
    dense = (np.arange(samples) + 0.5) / samples
    others = t[:, None] - t + np.eye(nodes)
    lagrange = 1.0 / (np.prod(others, axis=1)[:, None] * (dense - t[:, None]))
    lagrange /= lagrange.sum(axis=0)
    start, width = edges[:-1, None], np.diff(edges)[:, None]
    points = start + width * dense
    values = function(points)
    met = function(start + width * t) @ lagrange
    worst = Missed(0.0, math.nan)
    for integrand in integrands:
        true, seen = integrand(points, values), integrand(points, met)
        lost = width * np.abs(true - seen)
        # up to each panel's end, as an integral may be cut off there
        total = np.cumsum(np.sum(width * np.abs(seen), axis=1))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = np.cumsum(np.sum(lost, axis=1)) / total
        ratios[(total == 0.0) & (np.cumsum(np.sum(lost, axis=1)) == 0.0)] = 0.0
        if not np.all(np.isfinite(ratios)):
            return Missed(math.nan, math.nan)
        if np.max(ratios) > worst.ratio:
            worst = Missed(float(np.max(ratios)), float(points.flat[int(np.argmax(lost))]))
    return worst
