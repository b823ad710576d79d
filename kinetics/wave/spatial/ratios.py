"""The two sides of the trilinear bounds [AL24, Lemma 2.3, Corollary 2.4], for one datum in all places.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import NDArray

from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.spatial import anisotropic, radial
from wellposed.kinetics.wave.spatial.functions import WaveFunction
from wellposed.kinetics.wave.spatial.operators import slots
from wellposed.kinetics.wave.spatial.shapes import supremum, weighted_integral

Array = NDArray[np.float64]

_LOCATED = 1e-6  # in the logarithm of the frequency: a relative 1e-12 of a maximum
_ZERO = 1e-18  # stands for the frequency 0, where the ratio differs by a relative O(sqrt omega)


def right_side(estimate: str, operator: str, datum: str, M: float, shift: float, stretch: float) -> float:
    """Returns the right side of an estimate for one datum in all places, without its constant; l = M.

    Parameters
    ----------
    estimate : {"(2.7)", "(2.4)-(2.6)"}
    operator : {"G1", "G2", "L1", "L2"}
    datum : {"radial", "shifted", "stretched"}
    M, shift, stretch : float
        The datum's parameters, see `shapes.shape`.
    """

    def largest(weight: float) -> float:
        return supremum(datum, M, shift, weight)

    def mean(weight: float) -> float:
        return weighted_integral(datum, M, shift, stretch, weight)

    if estimate == "(2.7)":
        return largest(M) ** 3
    match operator:
        case "G1":
            return mean(0.5) * largest(M) * largest(3.5) + largest(M) * largest(3.0) * mean(3.0)
        case "G2":
            return largest(M) * largest(3.0) * mean(3.0)
    return largest(M) * mean(0.5) * largest(3.5)


def weighted_radial(w1: float, beta: float, M: float, operator: str, level: int) -> float:
    """Returns ``<k1>^M T[n, n, n]`` of ``n = <k>^(-M)`` at ``w1``, at a level of `radial.RESOLUTIONS`.

    In G1 the weight goes half to g and half to h, so that it neither over- nor underflows.
    """
    share = 0.25 * M * math.log1p(w1) if operator == "G1" else 0.0

    def plain(omega: Array) -> Array:
        return np.exp(-0.5 * M * np.log1p(omega))

    def weighted(omega: Array) -> Array:
        return np.exp(share - 0.5 * M * np.log1p(omega))

    n, scaled = _wave_function(plain), _wave_function(weighted)
    return radial.integral(w1, beta, slots(operator, n, scaled, scaled), level)


def _wave_function(profile: Callable[[Array], Array]) -> WaveFunction:
    return WaveFunction(profile, profile, lambda k: profile((k * k).sum(axis=1)))


def weighted_spatial(
    k1: Array, beta: float, M: float, operator: str, datum: WaveFunction, level: int
) -> float:
    """Returns ``<k1>^M T[n, n, n]`` of any datum `n`, at a level of `anisotropic.LEVELS`."""
    weight: float = (1.0 + float(k1 @ k1)) ** (0.5 * M)
    if operator != "G1":
        weight *= float(datum.spatial(k1[None, :])[0])
    return weight * anisotropic.integral(k1, beta, slots(operator, datum, datum, datum), level)


def greatest_radial(
    beta: float, M: float, operator: str, right: float, low: float, high: float
) -> dict[str, float]:
    """Returns the maximum of a radial datum's ratio between two frequencies, or at 0.

    Parameters
    ----------
    beta, M : float
    operator : {"G1", "G2", "L1", "L2"}
    right : float
        What `right_side` returns.
    low, high : float
        Frequencies on both sides of the maximum.

    Returns
    -------
    dict
        `constant`, `constant_error` and `omega_at_constant`.
    """
    inside = scipy.optimize.minimize_scalar(
        lambda t: -weighted_radial(math.exp(t), beta, M, operator, 0),
        bounds=(math.log(low), math.log(high)),
        method="bounded",
        options={"xatol": _LOCATED},
    )
    at = math.exp(float(inside.x))
    if beta == 0.0 and weighted_radial(_ZERO, beta, M, operator, 0) > -inside.fun:
        at = _ZERO  # with beta > 0 the ratio vanishes there
    constant, error = refined([weighted_radial(at, beta, M, operator, level) / right for level in (0, 1)])
    return {
        "constant": float(constant),
        "constant_error": float(error),
        "omega_at_constant": 0.0 if at == _ZERO else at,
    }
