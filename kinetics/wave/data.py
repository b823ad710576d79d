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

import numpy as np

from wellposed.kinetics.user_functions import compiled
from wellposed.kinetics.wave.parameters import DECAY, FREQUENCY, MEAN

_PROBES = (0.0, *(10.0**exponent for exponent in range(-3, 13)))


@dataclass(frozen=True)
class Datum:
    """A radial datum; made by `bracket`, `bracket_k`, `oscillating` and `custom`.

    Attributes
    ----------
    kind : {"bracket", "bracket_k", "oscillating", "custom"}
    M, N, A : float
        Decay, frequency and mean; NaN, 0 and 1 for a function.
    function : numba.cfunc, optional
        The compiled function, if `kind` is "custom".
    """

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
    """Returns ``n01 = <omega>^(-M/2)``, ``<omega>^2 = 1 + omega^2`` [AL24, section 4.3].

    Raises
    ------
    ParameterError
        If M is not in (6, 100].
    """
    return Datum("bracket", float(DECAY.canonical(M)))


def bracket_k(M: float) -> Datum:
    """Returns ``<k>^(-M) = (1 + omega)^(-M/2)`` [AL24, Remark 1.5].

    Raises
    ------
    ParameterError
        If M is not in (6, 100].
    """
    return Datum("bracket_k", float(DECAY.canonical(M)))


def oscillating(M: float, N: int, A: float) -> Datum:
    """Returns ``n0 = (A + cos N omega) <omega>^(-M/2)`` [AL24, section 5.1].

    Raises
    ------
    ParameterError
        If M is not in (6, 100], N is not an integer in [1, 10000], or A is not in [1, 1e6].
    """
    return Datum(
        "oscillating", float(DECAY.canonical(M)), float(FREQUENCY.canonical(N)), float(MEAN.canonical(A))
    )


def datum_of_kind(kind: str, M: float, N: int, A: float) -> Datum:
    """Returns the datum that a point of parameter space names; N and A are for the oscillating one."""
    match kind:
        case "oscillating":
            return oscillating(M, N, A)
        case "bracket_k":
            return bracket_k(M)
    return bracket(M)


def custom(function: Callable[[float], float]) -> Datum:
    """Returns the datum that a scalar numba function of ``omega >= 0`` gives, non-negative and decaying.

    Raises
    ------
    ParameterError
        If `function` is not compiled by ``numba.njit``, does not take and return one float, or is negative
        or not finite somewhere between 0 and 1e12.
    """
    pointer = compiled(
        function, "datum", "bracket(M), bracket_k(M), oscillating(M, N, A)", _PROBES, positive=False
    )
    return Datum("custom", function=pointer)
