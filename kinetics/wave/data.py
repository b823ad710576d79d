"""Radial data ``n(omega)``, ``omega = |k|^2``, on which the kinetic wave equation is tried.

All are of the form ``e(omega) (A + cos N omega)`` with an envelope `e`; the smooth ones have ``A = 1`` and
no cosine.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from weakref import WeakKeyDictionary

import numpy as np
from numba import cfunc
from numba.core.dispatcher import Dispatcher

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Parameter

DECAY = Parameter(
    "M",
    "decay of the datum: <k>^(-M), or <omega>^(-M/2) [AL24, Theorem 2.6]",
    8.0,
    lower=6.0,
    upper=100.0,
    lower_open=True,
)
FREQUENCY = Parameter(
    "N",
    "frequency of the datum's oscillation, cos(N omega) [AL24, section 5.1]",
    20,
    kind="int",
    lower=1,
    upper=10_000,
    only_with=("datum", ("oscillating",)),
)
MEAN = Parameter(
    "A",
    "mean of the oscillating factor A + cos(N omega), which is not negative for A >= 1 [AL24, section 5.1]",
    100.0,
    lower=1.0,
    upper=1e6,
    only_with=("datum", ("oscillating",)),
)


KIND = Parameter(
    "datum",
    "<omega>^(-M/2), <k>^(-M), or (A + cos N omega) <omega>^(-M/2) [AL24, sections 4.3, 1.3, 5.1]",
    "bracket",
    kind="choice",
    choices=("bracket", "bracket_k", "oscillating"),
)

_PROBES = (0.0, *(10.0**exponent for exponent in range(-3, 13)))
_COMPILED: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()  # what custom() has made of functions


@dataclass(frozen=True)
class Datum:
    """A radial datum; made by `bracket`, `bracket_k`, `oscillating` and `custom`."""

    kind: Literal["bracket", "bracket_k", "oscillating", "custom"]
    M: float = np.nan
    N: float = 0.0
    A: float = 1.0
    function: Any = None

    def __str__(self) -> str:
        match self.kind:
            case "bracket":
                return f"<omega>^(-{self.M:g}/2)"
            case "bracket_k":
                return f"<k>^(-{self.M:g})"
            case "oscillating":
                return f"({self.A:g} + cos {self.N:g} omega) <omega>^(-{self.M:g}/2)"
        return "a function of omega"


def bracket(M: float) -> Datum:
    """``n01 = <omega>^(-M/2)``, ``<omega>^2 = 1 + omega^2`` [AL24, section 4.3].

    Raises
    ------
    ParameterError
        If M is not in (6, 100].
    """
    return Datum("bracket", float(DECAY.canonical(M)))


def bracket_k(M: float) -> Datum:
    """``<k>^(-M) = (1 + omega)^(-M/2)`` [AL24, Remark 1.5].

    Raises
    ------
    ParameterError
        If M is not in (6, 100].
    """
    return Datum("bracket_k", float(DECAY.canonical(M)))


def oscillating(M: float, N: int, A: float) -> Datum:
    """``n0 = (A + cos N omega) <omega>^(-M/2)`` [AL24, section 5.1].

    Raises
    ------
    ParameterError
        If M is not in (6, 100], N is not an integer in [1, 10000], or A is not in [1, 1e6].
    """
    return Datum(
        "oscillating", float(DECAY.canonical(M)), float(FREQUENCY.canonical(N)), float(MEAN.canonical(A))
    )


def datum_of_kind(kind: str, M: float, N: int, A: float) -> Datum:
    """The datum that a point of parameter space names; N and A are for the oscillating one."""
    match kind:
        case "oscillating":
            return oscillating(M, N, A)
        case "bracket_k":
            return bracket_k(M)
    return bracket(M)


def custom(function: Callable[[float], float]) -> Datum:
    """A datum given as a scalar numba function of ``omega >= 0``, non-negative and decaying.

    Raises
    ------
    ParameterError
        If `function` is not compiled by ``numba.njit``, does not take and return one float, or is negative
        or not finite somewhere between 0 and 1e12.
    """
    if not isinstance(function, Dispatcher):
        raise ParameterError(
            "Argument `datum` must be bracket(M), bracket_k(M), oscillating(M, N, A) or a function compiled "
            f"by numba.njit, but is {function!r}."
        )
    if function in _COMPILED:
        return Datum("custom", function=_COMPILED[function])
    name = function.py_func.__name__
    for omega in _PROBES:
        try:
            value = float(function(omega))
        except Exception as error:
            first_line = str(error).strip().splitlines()[0]
            raise ParameterError(
                f"Argument `datum` must take one float and return one float, but {name}({omega:g}) raises "
                f"{type(error).__name__}: {first_line}"
            ) from error
        if not 0.0 <= value < np.inf:
            raise ParameterError(
                f"Argument `datum` must be finite and not negative, but {name}({omega:g}) is {value:g}."
            )
    _COMPILED[function] = cfunc("float64(float64)")(function.py_func)
    return Datum("custom", function=_COMPILED[function])
