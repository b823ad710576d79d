r"""Up to which beta the potential energy is bounded by the kinetic one: an order parameter.

``|| |nabla|^beta u ||_{L^4} <~ ||u||_{H^1}`` (homogeneous) on T^3 is tried on bumps that concentrate, ``a_k =
exp(-|k|^2/K^2)`` but for k = 0: the exponent in K of left over right side changes sign where the estimate
stops [AL24, (1.4), Remark 1.4].

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, PrintedThreshold
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.schrodinger.evolution.spectrum import CubicTerm, Spectrum
from wellposed.kinetics.schrodinger.parameters import BETA

WIDTHS = 1.5 * 2.0 ** (np.arange(8) / 3.0)
_REACH = 5.0  # in widths, where exp(-25) is left


def sobolev(beta: float) -> dict[str, Any]:
    """Returns the exponent in K of the ratio of both sides of (1.4); see `EXPERIMENT`."""
    ratios = np.array([_ratio(float(K), beta) for K in WIDTHS])
    errors = 1e-8 * ratios  # exp(-25) of coefficients, in the fourth power of thousands of them
    exponent = growth_exponent(WIDTHS, ratios, errors)
    return {
        "exponent": exponent.value,
        "exponent_error": exponent.error,
        "ratios": ratios,
        "ratios_error": errors,
    }


def _ratio(K: float, beta: float) -> float:
    spectrum = Spectrum(3, math.ceil(_REACH * K), 2.0 * math.pi)
    square = spectrum.squares
    a = np.where(square > 0.0, np.exp(-square / K**2), 0.0).astype(np.complex128)
    fourth = 2.0 * CubicTerm(spectrum, beta, 1.0).energy(a)
    return float(fourth**0.25 / math.sqrt(float(np.sum(square * np.abs(a) ** 2))))


EXPERIMENT = Experiment(
    name="schrodinger.sobolev",
    summary="Exponent in K of || |nabla|^beta u ||_{L^4} / ||grad u||_{L^2} for bumps of width 1/K",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, (1.4), Remark 1.4",
    parameters=(BETA,),
    outputs=(
        Output("exponent", "exponent in K of ‖|∇|^β u‖_{L⁴}/‖∇u‖_{L²}", has_error=True),
        Output("ratios", "‖|∇|^β u‖_{L⁴}/‖∇u‖_{L²}", dims=("width",), has_error=True),
    ),
    evaluate=sobolev,
    coordinates=(Coordinate("width", "width K of the bump in wave numbers", WIDTHS),),
    order_parameter="exponent",
    tolerance=0.1,
    points_per_block=2,
    thresholds=(PrintedThreshold("beta", 0.25, "1/4", "Remark 1.4"),),
)
