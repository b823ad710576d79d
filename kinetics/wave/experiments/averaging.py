r"""The averaging estimates that tame the interaction: how large their constants are, and how they scale.

With ``k1* = (k1+k2)/2 + |k1-k2| sigma/2`` and ``k2* = (k1+k2)/2 - |k1-k2| sigma/2``, [AL24, Lemmas 2.1, 2.2]
state that, with ``<k>^2 = 1 + |k|^2``::

    (2.1)   \int_{S^2} <k1*>^(-3) dsigma                  <=  C / (1 + |k1|^2 + |k2|^2)
    (2.2)   \int |psi(k2*)| b((k1-k2).sigma) dk2 dsigma   <=  C ||psi||_1      for every k1
    (2.3)   \int |psi(k1*)| b((k1-k2).sigma) dk1 dsigma   <=  C ||psi||_1      for every k2

In (2.1) the 3 is a parameter here, and the integral has a closed form (`spatial.sphere`).  That of k2* is the
same, as sigma -> -sigma.  Its supremum is at k1 = k2 = 0, where the left side is ``4 pi``, at some k1 and k2,
or at infinity, where it is the limit of the scan.

(2.3) is (2.2) with the names of k1, k2 and of k1*, k2* exchanged and sigma reversed, so one quadrature serves
both.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import ROUND_OFF, refined
from wellposed.kinetics.wave.outward_supremum import outward_supremum
from wellposed.kinetics.wave.parameters import DECAY, SHAPE, SHIFT, STRETCH
from wellposed.kinetics.wave.spatial.anisotropic import (
    LEVELS,
    Level,
    Quartets,
    error_estimate,
    integral_over_quartets,
)
from wellposed.kinetics.wave.spatial.quartets import Resolution
from wellposed.kinetics.wave.spatial.shapes import directions, integral, shape
from wellposed.kinetics.wave.spatial.sphere import sphere_average, sphere_quadrature

Array = NDArray[np.float64]

_SCALES = 2.0 ** np.arange(-4, 25)  # of sqrt(|k1|^2 + |k2|^2) in (2.1)
_ANGLES = np.pi * np.arange(13) / 24.0  # between k1 and k2; the integral depends on |k1.k2|
_RATIOS = np.tan(np.pi * np.arange(1, 7) / 24.0)  # |k2|/|k1| up to 1, as k1 and k2 can be exchanged
_LENGTHS = 2.0 ** np.arange(-1, 5)  # of k1 in (2.2)

_LEVELS = {
    # a radial function does not depend on phi and chi
    True: tuple(
        Level(Resolution(nodes, ratio=8.0, within=8.0, first=0.5, lowest=1e-8), angles=None, omitted=0.0)
        for nodes in (8, 12)
    ),
    False: LEVELS[:2],
}
"""Coarse and fine, for radial functions and others."""


def _over_sphere(decay: float) -> dict[str, float]:
    """Returns, for (2.1), the greatest ``(1 + |k1|^2 + |k2|^2) F`` over sizes, ratios and angles.

    Of sizes zero and infinity as well: both are limits of the scan.
    """
    scale, ratio, angle = np.meshgrid(_SCALES, _RATIOS, _ANGLES, indexing="ij")
    r1, r2 = scale / np.hypot(1.0, ratio), scale * ratio / np.hypot(1.0, ratio)
    zero = np.zeros_like(r1)
    k1 = np.stack([zero, zero, r1], axis=-1)
    k2 = np.stack(
        [r2 * np.sin(angle), zero, r2 * np.where(angle == _ANGLES[-1], 0.0, np.cos(angle))], axis=-1
    )
    weighted = (1.0 + scale**2) * sphere_average(k1, k2, decay)
    by_quadrature = [(1.0 + scale**2) * sphere_quadrature(k1, k2, decay, nodes) for nodes in (12, 16)]
    fine, error = refined(by_quadrature)
    error = np.maximum(error, np.abs(fine - weighted))
    by_scale = weighted.reshape(_SCALES.size, -1)
    best = by_scale.argmax(axis=1)
    greatest = by_scale[np.arange(_SCALES.size), best]
    exponent = growth_exponent(_SCALES, greatest, error.reshape(_SCALES.size, -1).max(axis=1))
    where = np.unravel_index(int(np.argmax(weighted)), weighted.shape)
    beyond = outward_supremum(greatest, error.reshape(_SCALES.size, -1).max(axis=1), exponent)
    if math.isinf(beyond.error):
        raise Unresolved(
            f"With decay = {decay:g} the constant of (2.1) still changes at |k| = {_SCALES[-1]:g}, so "
            "whether it is finite is not resolved: try a decay further from 2."
        )
    at_zero = float(sphere_average(np.zeros(3), np.zeros(3), decay))
    constant, constant_error, at = at_zero, ROUND_OFF * at_zero, (0.0, 0.0)
    if beyond.value > constant + constant_error:
        constant, constant_error, at = beyond.value, beyond.error, (math.inf, math.inf)
        if beyond.index is not None:
            at = (float(r1[where]), float(r2[where]))
    return {
        "constant": constant,
        "constant_error": constant_error,
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "k1": at[0],
        "k2": at[1],
        "angle": float(angle[where]),
    }


def _unit_kernel(w2: Array, w3: Array, w4: Array) -> Array:
    return np.ones_like(w2)


def _over_wave_vectors(datum: str, M: float, shift: float, stretch: float) -> dict[str, float]:
    """Returns, for (2.2) and (2.3), the greatest ratio of the two sides over the free wave vector."""
    psi = shape(datum, M, shift, stretch)
    norm = integral(datum, M, stretch)
    radial = datum == "radial"
    along = directions(datum)

    def integrand(q: Quartets) -> Array:
        total: Array = psi(q.k2_star.reshape(-1, 3)).reshape(q.k2_star.shape[:2]).sum(axis=1)
        return total

    def measured(k1: Array, level: Level) -> float:
        return integral_over_quartets(k1, 0.0, level, True, True, integrand, _unit_kernel) / norm

    ratio = np.empty((_LENGTHS.size, len(along)))
    error = np.empty_like(ratio)
    for index in np.ndindex(ratio.shape):
        k1 = _LENGTHS[index[0]] * along[index[1]]
        coarse, ratio[index] = (measured(k1, level) for level in _LEVELS[radial])
        error[index] = error_estimate(coarse, float(ratio[index]), _LEVELS[radial][1])
    best = ratio.argmax(axis=1)
    rows = np.arange(_LENGTHS.size)
    exponent = growth_exponent(_LENGTHS, ratio[rows, best], error[rows, best])
    where = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    direction = along[where[1]]
    constant, constant_error = ratio[where], error[where]
    if not radial:  # one level finer, as the scan has only found where
        constant = measured(_LENGTHS[where[0]] * direction, LEVELS[2])
        constant_error = error_estimate(ratio[where], constant, LEVELS[2])
    return {
        "constant": float(constant),
        "constant_error": float(constant_error),
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "k1": float(_LENGTHS[where[0]]),
        "k2": math.nan,
        "angle": math.acos(direction[2]),
    }


def averaging(
    estimate: str, decay: float, datum: str, M: float, shift: float, stretch: float
) -> dict[str, Any]:
    """Returns the constant of one averaging estimate; see `EXPERIMENT` for inputs and outputs."""
    return _over_sphere(decay) if estimate == "(2.1)" else _over_wave_vectors(datum, M, shift, stretch)


EXPERIMENT = Experiment(
    name="wave.averaging",
    summary="Constants of the averaging estimates over resonant quartets, and how they scale with |k|",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Lemmas 2.1 and 2.2",
    parameters=(
        Parameter(
            "estimate",
            "average over the sphere (2.1), or over k2 or k1 as well (2.2), (2.3) [AL24, Lemmas 2.1, 2.2]",
            "(2.1)",
            kind="choice",
            choices=("(2.1)", "(2.2)", "(2.3)"),
        ),
        Parameter(
            "decay",
            "exponent of the averaged <k>^(-decay), 3 in [AL24, (2.1)]",
            3.0,
            lower=0.0,
            upper=20.0,
            lower_open=True,
            only_with=("estimate", ("(2.1)",)),
        ),
        replace(SHAPE, only_with=("estimate", ("(2.2)", "(2.3)"))),
        replace(DECAY, only_with=("estimate", ("(2.2)", "(2.3)"))),
        SHIFT,
        STRETCH,
    ),
    outputs=(
        Output(
            "constant",
            "greatest ratio of the two sides, with its limits at 0 and ∞ in (2.1); infinite if it grows",
            has_error=True,
        ),
        Output(
            "growth_exponent",
            "growth exponent of the greatest ratio in √(|k₁|² + |k₂|²), or in |k₁|",
            has_error=True,
        ),
        Output("k1", "|k₁| at the greatest ratio, infinite for a limit; of k₂ in (2.3)"),
        Output("k2", "|k₂| at the greatest ratio of (2.1), infinite for a limit"),
        Output("angle", "angle of k₁ to k₂, or to the axis of the datum, at the greatest ratio", units="rad"),
    ),
    evaluate=averaging,
    version=3,
    points_per_block=1,
)
