r"""Interaction potentials, by their Fourier transform ``V(k) = \int V(x) e^{-ik.x} dx`` (1.13).

`s` is the exponent of the *square*: ``|V(k)|^2 ~ |k|^{-s}``.  What has to be positive is V(k) itself: then
the Maxwellian is stable (Penrose) for every strength.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.parameters import KAPPA, S
from wellposed.kinetics.user_functions import compiled, missed, sample

_PROBES = np.concatenate([np.linspace(0.0, 10.0, 161), 10.0 ** np.linspace(-3.0, -1.0, 9)]).tolist()
_FAR_PROBES = (10.0 ** np.linspace(1.0, 3.0, 81)).tolist()  # where a potential may underflow to zero

_EDGES = np.concatenate([[0.0], 2.0 ** np.arange(0.0, 14.0)])  # of panels, as `momentum_rule` has them
_NODES = (12, 16, 22, 30, 40, 56, 80)
_MISSED = 1e-6  # share of an integral, by interpolation: Gauss rules are good to its square


@dataclass(frozen=True)
class Potential:
    """A radial potential, made by `algebraic`, `gaussian`, `yukawa` and `custom`.

    Calling it with an array of ``|k|`` gives an array of V(k).

    Attributes
    ----------
    kind : {"algebraic", "gaussian", "custom"}
    kappa : float
        V(0); NaN for a function.
    s : float
        ``V(k)^2 ~ |k|^-s``; infinite for a Gaussian and NaN, unknown, for a function.
    function : compiled function of k, for ``custom``
    nodes : int
        Gauss nodes that a doubling panel in k needs for it, as far as it is not smooth.
    """

    kind: Literal["algebraic", "gaussian", "custom"]
    kappa: float
    s: float
    function: Any = None
    nodes: int = 0

    def __call__(self, k: ArrayLike) -> NDArray[np.float64]:
        k = np.asarray(k, dtype=np.float64)
        values: NDArray[np.float64]
        match self.kind:
            case "algebraic":
                values = self.kappa * np.exp(-0.25 * self.s * np.log1p(k * k))
            case "gaussian":
                values = self.kappa * np.exp(-0.5 * k * k)
            case "custom":
                values = sample(self.function, k)
        return values

    def __str__(self) -> str:
        match self.kind:
            case "algebraic":
                return f"{self.kappa:g} (1 + k^2)^(-{self.s:g}/4)"
            case "gaussian":
                return f"{self.kappa:g} exp(-k^2/2)"
        return "a function of k"


def algebraic(kappa: float = 0.5, s: float = 10.0) -> Potential:
    """Returns the potential ``V(k) = kappa (1 + k^2)^(-s/4)``.

    Raises
    ------
    ParameterError
        If kappa is not in (0, 1e6] or s not in (0, 100].
    """
    return Potential("algebraic", float(KAPPA.canonical(kappa)), float(S.canonical(s)))


def gaussian(kappa: float = 0.5) -> Potential:
    """Returns the potential ``V(k) = kappa exp(-k^2/2)``.

    Raises
    ------
    ParameterError
        If kappa is not in (0, 1e6].
    """
    return Potential("gaussian", float(KAPPA.canonical(kappa)), math.inf)


def yukawa(kappa: float = 0.5) -> Potential:
    """Returns the Yukawa potential ``V(k) = kappa / (1 + k^2)``, the algebraic one with s = 4.

    Raises
    ------
    ParameterError
        If kappa is not in (0, 1e6].
    """
    return algebraic(kappa, 4.0)


def custom(function: Callable[[float], float]) -> Potential:
    """Returns the potential whose values a numba function of ``k = |k| >= 0`` gives, all positive.

    Raises
    ------
    ParameterError
        If `function` is not compiled by ``numba.njit``, does not take and return one float, or is not
        positive and finite somewhere between 0 and 10, or negative up to 1000.
    Unresolved
        If it has structure that 80 Gauss nodes on a panel ``[k, 2k]`` pass by.
    """
    instead = "algebraic(kappa, s), gaussian(kappa), yukawa(kappa)"
    pointer = compiled(function, "potential", instead, _PROBES, positive=True)
    compiled(function, "potential", instead, _FAR_PROBES, positive=False)
    for nodes in _NODES:
        # what integrals over k are made of, in few dimensions and in many, wherever hbar ends them
        found = missed(partial(sample, pointer), _EDGES, nodes, (_weighed(1), _weighed(3), _weighed(5)), 4096)
        if found.ratio <= _MISSED:
            return Potential("custom", math.nan, math.nan, pointer, 0 if nodes == _NODES[0] else nodes)
    raise Unresolved(
        f"Argument `potential` has structure near k = {found.at:.4g} that is too narrow for the quadrature: "
        f"{function.py_func.__name__} should vary with the logarithm of k."  # type: ignore[attr-defined]
    )


def _weighed(power: int) -> Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]]:
    return lambda k, V: k**power * V * V


def potential_of_kind(kind: str, kappa: float, s: float) -> Potential:
    """Returns the potential that a point of parameter space names; s is for the algebraic one."""
    return gaussian(kappa) if kind == "gaussian" else algebraic(kappa, s)


def refuse_other_than_potential(potential: object) -> None:
    """Raises `ParameterError` unless `potential` is a `Potential`."""
    if not isinstance(potential, Potential):
        raise ParameterError(
            "Argument `potential` must be algebraic(kappa, s), gaussian(kappa), yukawa(kappa) or "
            f"custom(function), but is {potential!r}."
        )
