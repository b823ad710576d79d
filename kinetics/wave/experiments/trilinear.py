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

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.outward_supremum import outward_supremum
from wellposed.kinetics.wave.parameters import BETA, DECAY, SHAPE, SHIFT, STRETCH, quarter
from wellposed.kinetics.wave.spatial import anisotropic
from wellposed.kinetics.wave.spatial.functions import WaveFunction
from wellposed.kinetics.wave.spatial.operators import OPERATORS
from wellposed.kinetics.wave.spatial.ratios import (
    greatest_radial,
    right_side,
    weighted_radial,
    weighted_spatial,
)
from wellposed.kinetics.wave.spatial.shapes import directions, shape

OMEGA = 4.0 ** np.arange(-4, 14)
"""Frequencies ``omega = |k1|^2`` of the profile."""

_SPATIAL = slice(4, 15)  # of the profile that is computed where the datum is not radial
_LOWEST = 2.0**-60  # a maximum may lie at omega of order beta


def trilinear(
    beta: float, M: float, operator: str, estimate: str, datum: str, shift: float, stretch: float
) -> dict[str, Any]:
    """Returns the constant of one trilinear estimate, and its growth; see `EXPERIMENT`."""
    right = right_side(estimate, operator, datum, M, shift, stretch)
    profile, error = np.full(OMEGA.size, math.nan), np.full(OMEGA.size, math.nan)
    angle = np.zeros(OMEGA.size)
    if datum == "radial":
        used = slice(0, OMEGA.size)
        for j, w1 in enumerate(OMEGA.tolist()):
            levels = [weighted_radial(w1, beta, M, operator, level) / right for level in (0, 1)]
            profile[j], error[j] = refined(levels)
    else:
        used = _SPATIAL
        function = shape(datum, M, shift, stretch)
        n = WaveFunction(function, None, function)
        along = directions(datum)
        for j in range(used.start, used.stop):
            wave_vectors = math.sqrt(OMEGA[j]) * along
            scan = [weighted_spatial(k1, beta, M, operator, n, 0) / right for k1 in wave_vectors]
            chosen = int(np.argmax(scan))
            profile[j] = weighted_spatial(wave_vectors[chosen], beta, M, operator, n, 1) / right
            error[j] = anisotropic.error_estimate(scan[chosen], profile[j], anisotropic.LEVELS[1])
            angle[j] = math.acos(along[chosen, 2])
    exponent = growth_exponent(OMEGA[used], profile[used], error[used])
    greatest = outward_supremum(profile[used], error[used], exponent)
    best = used.stop - 1 if greatest.index is None else used.start + greatest.index
    found = {"constant": greatest.value, "constant_error": greatest.error, "omega_at_constant": math.inf}
    if greatest.index is not None:
        found["omega_at_constant"] = OMEGA[best]
    if datum == "radial" and greatest.index is not None:
        found = greatest_radial(
            beta, M, operator, right, OMEGA[best - 1] if best else _LOWEST, OMEGA[best + 1]
        )
        if math.isinf(greatest.error):
            found["constant_error"] = math.inf
    elif datum != "radial" and math.isfinite(greatest.value):
        # one level finer, as the scan has only found where
        k1 = math.sqrt(OMEGA[best]) * np.array([math.sin(angle[best]), 0.0, math.cos(angle[best])])
        found["omega_at_constant"] = OMEGA[best]
        found["constant"] = weighted_spatial(k1, beta, M, operator, n, 2) / right
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
        Output(
            "growth_exponent", "growth exponent of the ratio of the two sides in ω₁ = |k₁|²", has_error=True
        ),
        Output("onset", "frequency from which the local slope is within 0.01 of the growth exponent"),
        Output(
            "constant",
            "greatest ratio, infinite if it grows; a lower bound of the constant unless radial in (2.7)",
            has_error=True,
        ),
        Output("omega_at_constant", "frequency of the greatest ratio, infinite if that is a limit"),
        Output(
            "angle_at_constant", "angle of k₁ to the axis of the datum at the greatest ratio", units="rad"
        ),
        Output("profile", "ratio, the greatest over directions", dims=("omega",), has_error=True),
    ),
    evaluate=trilinear,
    coordinates=(Coordinate("omega", "frequency ω₁ = |k₁|²", OMEGA),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    version=3,
    points_per_block=4,
    thresholds=(quarter("Corollary 2.4", {"estimate": ("(2.7)",)}, "≥"),),
)
