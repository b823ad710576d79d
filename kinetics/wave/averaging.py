r"""The averaging estimates that tame the interaction: how large their constants are, and how they scale.

With ``k1* = (k1+k2)/2 + |k1-k2| sigma/2`` and ``k2* = (k1+k2)/2 - |k1-k2| sigma/2``, [AL24, Lemmas 2.1, 2.2]
state that, with ``<k>^2 = 1 + |k|^2``::

    (2.1)   \int_{S^2} <k1*>^(-3) dsigma                  <=  C / (1 + |k1|^2 + |k2|^2)
    (2.2)   \int |psi(k2*)| b((k1-k2).sigma) dk2 dsigma   <=  C ||psi||_1      for every k1
    (2.3)   \int |psi(k1*)| b((k1-k2).sigma) dk1 dsigma   <=  C ||psi||_1      for every k2

In (2.1) the 3 is a parameter here, and since ``|k1*|^2`` is evenly distributed between ``E/2 -+ |V||u|``
(``E = |k1|^2 + |k2|^2, V = (k1+k2)/2, u = k1-k2``), the integral is that of a power.  That of k2* is the
same, as sigma -> -sigma.  (2.3) is (2.2) with the names of k1, k2 and of k1*, k2* exchanged and sigma
reversed, so one quadrature serves both.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.quadrature import gauss_legendre
from wellposed.kinetics.wave.data import DECAY
from wellposed.kinetics.wave.spatial.anisotropic import (
    LEVELS,
    Level,
    Quartets,
    error_estimate,
    integral_over_quartets,
)
from wellposed.kinetics.wave.spatial.quartets import Resolution
from wellposed.kinetics.wave.spatial.shapes import SHAPE, SHIFT, STRETCH, integral, shape

Array = NDArray[np.float64]

_SCALES = 2.0 ** np.arange(-4, 25)  # of sqrt(|k1|^2 + |k2|^2) in (2.1)
_ANGLES = np.pi * np.arange(13) / 24.0  # between k1 and k2; the integral depends on |k1.k2|
_RATIOS = np.tan(np.pi * np.arange(1, 7) / 24.0)  # |k2|/|k1| up to 1, as k1 and k2 can be exchanged
_FLAT = 1e-3  # an exponent below this is no growth
_LENGTHS = 2.0 ** np.arange(-1, 5)  # of k1 in (2.2)
_DIRECTIONS = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])

_LEVELS = {
    # a radial function does not depend on phi and chi
    True: tuple(
        Level(Resolution(nodes, ratio=8.0, within=8.0, first=0.5, lowest=1e-8), angles=None, omitted=0.0)
        for nodes in (8, 12)
    ),
    False: LEVELS[:2],
}
"""Coarse and fine, for radial functions and others."""


def sphere_average(k1: ArrayLike, k2: ArrayLike, decay: float = 3.0) -> Array:
    r"""``F = \int_{S^2} <k1*>^(-decay) dsigma`` in closed form, to round-off [AL24, Lemma 2.1].

    Parameters
    ----------
    k1, k2 : (..., 3) array_like
    decay : float

    Returns
    -------
    (...) float64
        At most ``4 pi``; the same for k2* in place of k1*.
    """
    low, spread = _range(np.asarray(k1, dtype=np.float64), np.asarray(k2, dtype=np.float64))
    length = np.log1p(spread / low)
    rate = 1.0 - 0.5 * decay
    closed: Array = 4.0 * math.pi * low ** (rate - 1.0) * _mean_exp(rate * length) / _mean_exp(length)
    return closed


def _range(k1: Array, k2: Array) -> tuple[Array, Array]:
    """The least value of ``<k1*>^2``, and by how much the greatest exceeds it."""
    dot = (k1 * k2).sum(axis=-1)
    total = (k1 * k1).sum(axis=-1) + (k2 * k2).sum(axis=-1)
    spread = np.linalg.norm(k1 - k2, axis=-1) * np.linalg.norm(k1 + k2, axis=-1)
    with np.errstate(invalid="ignore"):
        low = 1.0 + np.where(total > 0.0, 2.0 * dot**2 / (total + spread), 0.0)
    return low, spread


def _mean_exp(x: Array) -> Array:
    """``int_0^1 exp(x t) dt``."""
    small = np.abs(x) < 1e-8
    return np.where(small, 1.0 + 0.5 * x, np.expm1(x) / np.where(small, 1.0, x))


def _sphere_quadrature(k1: Array, k2: Array, decay: float, nodes: int) -> Array:
    """The same by a Gauss rule in ``log <k1*>^2`` on eight panels."""
    low, spread = _range(k1, k2)
    length = np.log1p(spread / low)
    x, w = gauss_legendre(nodes)
    t = ((x[:, None] + np.arange(8)) / 8.0).ravel()
    weight = np.repeat(w / 8.0, 8)
    powers = np.exp((1.0 - 0.5 * decay) * length[..., None] * t) @ weight
    uniform = np.exp(length[..., None] * t) @ weight
    values: Array = 4.0 * math.pi * low ** (-0.5 * decay) * powers / uniform
    return values


def _sphere(decay: float) -> dict[str, float]:
    """(2.1): the greatest ``(1 + |k1|^2 + |k2|^2) F`` over sizes, ratios and angles."""
    scale, ratio, angle = np.meshgrid(_SCALES, _RATIOS, _ANGLES, indexing="ij")
    r1, r2 = scale / np.hypot(1.0, ratio), scale * ratio / np.hypot(1.0, ratio)
    zero = np.zeros_like(r1)
    k1 = np.stack([zero, zero, r1], axis=-1)
    k2 = np.stack(
        [r2 * np.sin(angle), zero, r2 * np.where(angle == _ANGLES[-1], 0.0, np.cos(angle))], axis=-1
    )
    weighted = (1.0 + scale**2) * sphere_average(k1, k2, decay)
    coarse, fine = (_sphere_quadrature(k1, k2, decay, nodes) for nodes in (12, 16))
    error = (1.0 + scale**2) * np.abs(fine - coarse)
    error = np.maximum(error, np.abs((1.0 + scale**2) * fine - weighted))
    by_scale = weighted.reshape(_SCALES.size, -1)
    best = by_scale.argmax(axis=1)
    greatest = by_scale[np.arange(_SCALES.size), best]
    exponent = growth_exponent(_SCALES, greatest, error.reshape(_SCALES.size, -1).max(axis=1))
    where = np.unravel_index(int(np.argmax(weighted)), weighted.shape)
    grows = exponent.value > max(exponent.error, _FLAT)
    if not grows and exponent.value + exponent.error > _FLAT and where[0] == _SCALES.size - 1:
        raise Unresolved(
            f"With decay = {decay:g} the constant of (2.1) still changes at |k| = {_SCALES[-1]:g}, so "
            "whether it is finite is not resolved: try a decay further from 2."
        )
    return {
        "constant": math.inf if grows else float(weighted[where]),
        "constant_error": float(error[where]),
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "k1": float(r1[where]),
        "k2": float(r2[where]),
        "angle": float(angle[where]),
    }


def _one(w2: Array, w3: Array, w4: Array) -> Array:
    return np.ones_like(w2)


def _ball(datum: str, M: float, shift: float, stretch: float) -> dict[str, float]:
    """(2.2) and (2.3): the greatest ratio of the two sides over lengths and directions of the free vector."""
    psi = shape(datum, M, shift, stretch)
    norm = integral(datum, M, stretch)
    radial = datum == "radial"
    directions = _DIRECTIONS[: {"radial": 1, "stretched": 2, "shifted": 3}[datum]]

    def integrand(q: Quartets) -> Array:
        total: Array = psi(q.k2_star.reshape(-1, 3)).reshape(q.k2_star.shape[:2]).sum(axis=1)
        return total

    def measured(k1: Array, level: Level) -> float:
        return integral_over_quartets(k1, 0.0, level, True, True, integrand, _one) / norm

    ratio = np.empty((_LENGTHS.size, len(directions)))
    error = np.empty_like(ratio)
    for index in np.ndindex(ratio.shape):
        k1 = _LENGTHS[index[0]] * directions[index[1]]
        coarse, ratio[index] = (measured(k1, level) for level in _LEVELS[radial])
        error[index] = error_estimate(coarse, float(ratio[index]), _LEVELS[radial][1])
    best = ratio.argmax(axis=1)
    rows = np.arange(_LENGTHS.size)
    exponent = growth_exponent(_LENGTHS, ratio[rows, best], error[rows, best])
    where = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    direction = directions[where[1]]
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
    """Constant of one averaging estimate; see `EXPERIMENT` for inputs and outputs."""
    return _sphere(decay) if estimate == "(2.1)" else _ball(datum, M, shift, stretch)


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
            "constant", "greatest ratio of the two sides, a lower bound of the constant; infinite if it grows"
        ),
        Output("constant_error", "error of the ratio"),
        Output("growth_exponent", "growth exponent of the greatest ratio in √(|k₁|² + |k₂|²), or in |k₁|"),
        Output("growth_exponent_error", "error of the growth exponent"),
        Output("k1", "|k₁| at the greatest ratio; of k₂ in (2.3)"),
        Output("k2", "|k₂| at the greatest ratio of (2.1)"),
        Output("angle", "angle of k₁ to k₂, or to the axis of the datum, at the greatest ratio", units="rad"),
    ),
    evaluate=averaging,
    points_per_block=1,
)
