r"""How far the trilinear bounds of [AL24, Lemma 2.3 and Corollary 2.4] reach: constants, and growth.

With ``|.|_{l,oo}`` the supremum of ``<k>^l |.|`` and ``|.|_{l,1}`` its integral, the estimates for
``|T[f,g,h]|_{l,oo}`` are::

    (2.4)  L1, L2:   |f|_{l,oo} |g|_{1/2,1} |h|_{7/2,oo}
    (2.5)  G2:       |f|_{l,oo} |g|_{3,oo} |h|_{3,1}
    (2.6)  G1:       |f|_{1/2,1} |g|_{l,oo} |h|_{7/2,oo} + |f|_{l,oo} |g|_{3,oo} |h|_{3,1}
    (2.7)  all:      |f|_{l,oo} |g|_{l,oo} |h|_{l,oo},    l > 6

for ``beta <= 1/4``.  Here f = g = h is one datum, ``l = M`` is its decay, and the ratio of the left side,
before the supremum, to the right side is measured as a function of k1.

All kernels are positive, so of all functions with ``|f|_{l,oo} <= 1`` the weight ``<k>^(-l)`` itself gives
the greatest value at every k1, for all four operators: the constant of (2.7) is exactly the supremum for the
radial datum, and any other datum gives a lower bound.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, PrintedThreshold
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.wave.collision import BETA
from wellposed.kinetics.wave.data import DECAY
from wellposed.kinetics.wave.spatial import anisotropic, radial
from wellposed.kinetics.wave.spatial.functions import WaveFunction
from wellposed.kinetics.wave.spatial.operators import OPERATORS, slots
from wellposed.kinetics.wave.spatial.shapes import SHAPE, SHIFT, STRETCH, shape, supremum, weighted_integral

Array = NDArray[np.float64]

OMEGA = 4.0 ** np.arange(-4, 14)
"""Frequencies ``omega = |k1|^2`` of the profile."""

_SPATIAL = slice(4, 15)  # of the profile that is computed where the datum is not radial
_DIRECTIONS = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
_ZERO = 1e-18  # stands for the frequency 0, where the ratio differs by a relative O(sqrt omega)
_LOWEST = 2.0**-60  # a maximum may lie at omega of order beta
_FLAT = 1e-3  # an exponent below this is no growth


def right_side(estimate: str, operator: str, datum: str, M: float, shift: float, stretch: float) -> float:
    """The right side of an estimate for one datum in all places, without its constant; l = M."""

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


def _radial_ratio(w1: float, beta: float, M: float, operator: str, level: int) -> float:
    """``<k1>^M T[n, n, n]`` of ``n = <k>^(-M)``.

    In G1 the weight goes half to g and half to h, so that it neither over- nor underflows.
    """
    share = 0.25 * M * math.log1p(w1) if operator == "G1" else 0.0

    def plain(omega: Array) -> Array:
        return np.exp(-0.5 * M * np.log1p(omega))

    def weighted(omega: Array) -> Array:
        return np.exp(share - 0.5 * M * np.log1p(omega))

    n, scaled = _radial(plain), _radial(weighted)
    return radial.integral(w1, beta, slots(operator, n, scaled, scaled), level)


def _radial(profile: Any) -> WaveFunction:
    return WaveFunction(profile, profile, lambda k: profile((k * k).sum(axis=1)))


def _spatial_ratio(k1: Array, beta: float, M: float, operator: str, datum: WaveFunction, level: int) -> float:
    """``<k1>^M T[n, n, n]``."""
    weight = (1.0 + float(k1 @ k1)) ** (0.5 * M)
    if operator != "G1":
        weight *= float(datum.spatial(k1[None, :])[0])
    return weight * anisotropic.integral(k1, beta, slots(operator, datum, datum, datum), level)


def bounds(
    beta: float, M: float, operator: str, estimate: str, datum: str, shift: float, stretch: float
) -> dict[str, Any]:
    """Constant and growth of one trilinear estimate; see `EXPERIMENT` for inputs and outputs."""
    right = right_side(estimate, operator, datum, M, shift, stretch)
    profile, error = np.full(OMEGA.size, math.nan), np.full(OMEGA.size, math.nan)
    angle = np.zeros(OMEGA.size)
    if datum == "radial":
        used = slice(0, OMEGA.size)
        for j, w1 in enumerate(OMEGA.tolist()):
            coarse, fine = (_radial_ratio(w1, beta, M, operator, level) / right for level in (0, 1))
            profile[j], error[j] = fine, abs(fine - coarse)
    else:
        used = _SPATIAL
        function = shape(datum, M, shift, stretch)
        n = WaveFunction(function, None, function)
        directions = _DIRECTIONS if datum == "shifted" else _DIRECTIONS[:2]
        for j in range(used.start, used.stop):
            wave_vectors = math.sqrt(OMEGA[j]) * directions
            scan = [_spatial_ratio(k1, beta, M, operator, n, 0) / right for k1 in wave_vectors]
            chosen = int(np.argmax(scan))
            profile[j] = _spatial_ratio(wave_vectors[chosen], beta, M, operator, n, 1) / right
            error[j] = anisotropic.error_estimate(scan[chosen], profile[j], anisotropic.LEVELS[1])
            angle[j] = math.acos(directions[chosen, 2])
    exponent = growth_exponent(OMEGA[used], profile[used], error[used])
    best = used.start + int(np.argmax(profile[used]))
    found = {"constant": profile[best], "constant_error": error[best], "omega_at_constant": OMEGA[best]}
    if exponent.value > max(exponent.error, _FLAT):
        found = {"constant": math.inf, "constant_error": math.nan, "omega_at_constant": math.inf}
    elif datum == "radial" and best < OMEGA.size - 1:
        found = _refined(beta, M, operator, right, OMEGA[best - 1] if best else _LOWEST, OMEGA[best + 1])
    elif datum != "radial":  # one level finer, as the scan has only found where
        k1 = math.sqrt(OMEGA[best]) * np.array([math.sin(angle[best]), 0.0, math.cos(angle[best])])
        found["constant"] = _spatial_ratio(k1, beta, M, operator, n, 2) / right
        found["constant_error"] = anisotropic.error_estimate(
            profile[best], found["constant"], anisotropic.LEVELS[2]
        )
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "onset": exponent.onset,
        **found,
        "angle_at_constant": angle[best],
        "profile": profile,
        "profile_error": error,
    }


def _refined(beta: float, M: float, operator: str, right: float, low: float, high: float) -> dict[str, float]:
    """The maximum of a radial datum's ratio between two frequencies, or at 0."""
    inside = minimize_scalar(
        lambda t: -_radial_ratio(math.exp(t), beta, M, operator, 0),
        bounds=(math.log(low), math.log(high)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    at = math.exp(inside.x)
    if beta == 0.0 and _radial_ratio(_ZERO, beta, M, operator, 0) > -inside.fun:
        at = _ZERO  # with beta > 0 the ratio vanishes there
    coarse, fine = (_radial_ratio(at, beta, M, operator, level) / right for level in (0, 1))
    return {
        "constant": fine,
        "constant_error": abs(fine - coarse),
        "omega_at_constant": 0.0 if at == _ZERO else at,
    }


EXPERIMENT = Experiment(
    name="wave.trilinear",
    summary="Constant and growth of the trilinear bounds, <k1>^M |T[f,g,h]| over the product of norms",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, (1.14)-(1.17), Lemma 2.3, Corollary 2.4",
    parameters=(
        BETA,
        DECAY,
        Parameter(
            "operator",
            "gain G1, G2 or loss L1, L2 [AL24, (1.14)-(1.17)]",
            "G1",
            kind="choice",
            choices=OPERATORS,
        ),
        Parameter(
            "estimate",
            "(2.7), or the operator's own: (2.4) of L1 and L2, (2.5) of G2, (2.6) of G1; l = M",
            "(2.7)",
            kind="choice",
            choices=("(2.7)", "(2.4)-(2.6)"),
        ),
        SHAPE,
        SHIFT,
        STRETCH,
    ),
    outputs=(
        Output("growth_exponent", "growth exponent of the ratio of the two sides in ω₁ = |k₁|²"),
        Output("growth_exponent_error", "error of the growth exponent"),
        Output("onset", "frequency from which the local slope is within 0.01 of the growth exponent"),
        Output("constant", "greatest ratio, a lower bound of the constant; infinite if it grows"),
        Output("constant_error", "error of the greatest ratio"),
        Output("omega_at_constant", "frequency of the greatest ratio"),
        Output(
            "angle_at_constant", "angle of k₁ to the axis of the datum at the greatest ratio", units="rad"
        ),
        Output("profile", "ratio, the greatest over directions", dims=("omega",)),
        Output("profile_error", "error of the ratio", dims=("omega",)),
    ),
    evaluate=bounds,
    coordinates=(Coordinate("omega", "frequency ω₁ = |k₁|²", OMEGA),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    points_per_block=4,
    thresholds=(PrintedThreshold("beta", 0.25, "1/4", "Corollary 2.4", {"estimate": ("(2.7)",)}, "≥"),),
)
