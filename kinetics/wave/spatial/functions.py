"""What the trilinear operators act on: functions of the wave vector, radial or not, in one shape."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numba.core.dispatcher import Dispatcher
from numpy.typing import NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.user_functions import checked, sample
from wellposed.kinetics.wave.data import Datum

Array = NDArray[np.float64]

_ALLOWED = (
    "bracket(M), bracket_k(M), oscillating(M, N, A), a function compiled by numba.njit of omega or of kx, ky "
    "and kz, or a function of an array (..., 3)"
)
_FREQUENCY_PROBES = np.array([0.0, 1.0, 7.0])
# not three of them, or a function that sums over the wrong axis would pass
_PROBES = np.array([[0.0, 0.0, 0.0], [0.3, -0.4, 1.2], [-5.0, 7.0, 2.0], [0.0, 30.0, 1.0]])


@dataclass(frozen=True)
class WaveFunction:
    """A function of the wave vector k, radial or not.

    Attributes
    ----------
    source : object
        What it was made from; two of one source are the same function.
    radial : callable, optional
        ``omega (n,) -> (n,)``; None if it is not radial.
    spatial : callable
        ``k (n, 3) -> (n,)``.
    """

    source: Any
    radial: Callable[[Array], Array] | None
    spatial: Callable[[Array], Array]


def wave_function(name: str, given: Any) -> WaveFunction:
    """Returns what was given as argument `name` as a function of the wave vector.

    Parameters
    ----------
    name : str
        The argument's name, for messages.
    given : Datum or callable

    Raises
    ------
    ParameterError
        If it is not a datum or a function, takes neither one nor three numbers, or does not return one finite
        number for each k.
    """
    if isinstance(given, Datum):
        return _radial(given, _profile(given))
    if isinstance(given, Dispatcher):
        count = len(inspect.signature(given.py_func).parameters)
        if count == 1:
            return _radial(
                given, checked(lambda omega: _along(given, omega), name, _ALLOWED, "k", _FREQUENCY_PROBES)
            )
        if count == 3:
            return WaveFunction(
                given, None, checked(lambda k: _in_space(given, k), name, _ALLOWED, "k", _PROBES)
            )
    elif callable(given):
        return WaveFunction(given, None, checked(given, name, _ALLOWED, "k", _PROBES))
    raise ParameterError(f"Argument `{name}` must be {_ALLOWED}, but is {given!r}.")


def _radial(source: Any, profile: Callable[[Array], Array]) -> WaveFunction:
    return WaveFunction(source, profile, lambda k: profile(np.einsum("ij,ij->i", k, k)))


def _profile(datum: Datum) -> Callable[[Array], Array]:
    p = 0.5 * datum.M
    match datum.kind:
        case "bracket":
            return lambda omega: np.exp(-0.5 * p * np.log1p(omega * omega))
        case "bracket_k":
            return lambda omega: np.exp(-p * np.log1p(omega))
        case "oscillating":
            return lambda omega: (
                (datum.A + np.cos(datum.N * omega)) * np.exp(-0.5 * p * np.log1p(omega * omega))
            )
    return lambda omega: sample(datum.function, omega)


@njit(nogil=True)
def _along(function, omega):
    values = np.empty(omega.size)
    for i in range(omega.size):
        values[i] = function(omega[i])
    return values


@njit(nogil=True)
def _in_space(function, k):
    values = np.empty(k.shape[0])
    for i in range(k.shape[0]):
        values[i] = function(k[i, 0], k[i, 1], k[i, 2])
    return values
