r"""The resolvent from which Theorem 1 draws its limit: (2.24) and (2.25), at one wave number and velocity.

The difference ``T(omega, k, v1) - T(omega, -k, v1')`` is bounded as omega tends to the real line or to 0.
The bound (2.24) vanishes for real part zero, where the difference does not, and has a square of a logarithm
where it needs none.  In (2.25) gain and loss are exchanged, and in (2.31) the dielectric function has the
sign of ``K_2 + B``.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 2.8, (2.23)-(2.25), (2.31).
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
from wellposed.kinetics.lenard_balescu.interaction.potential import potential_of_kind
from wellposed.kinetics.lenard_balescu.parameters import KAPPA, KIND, S
from wellposed.kinetics.lenard_balescu.two_body.data import data_of_kind
from wellposed.kinetics.lenard_balescu.two_body.resolvent import (
    bracket,
    correlation,
    difference,
    kinetic_limit,
    screening,
)
from wellposed.kinetics.lenard_balescu.two_body.system import DIMENSION, PLANCK, SIGNS, SYSTEM
from wellposed.kinetics.refine import refined

Array = NDArray[np.float64]

SLOPES = 2.0 ** -np.arange(0.0, 12.0)
"""Values of ``|Re omega|/Im omega`` that tend to zero."""
DISTANCES = np.exp(-(2.0 ** np.arange(0.0, 8.0)))
"""Values of ``Im omega``, relative to the frequency, that tend to zero: their logarithms double."""

_STEPS = (1500, 3000, 6000)
_SCREENING_STEPS, _SCREENING_END = (400, 800, 1600), 40.0  # and the end, over 1/k
_ENDED = 1e-10  # of the correlation, at the end of the interval of time
_WIDTHS = (40.0, 80.0, 160.0)  # ends of that interval that are tried, over the time a wave takes


def resolvent(
    d: int, hbar: float, kappa: float, s: float, potential: str, k: float, w: float, system: str
) -> dict[str, Any]:
    """Returns the limit and two exponents of the resolvent; see `EXPERIMENT`."""
    V = float(potential_of_kind(potential, kappa, s)(k))
    data = data_of_kind("mixture", d)
    # the unit of frequencies is the energy of a wave
    unit = hbar * k
    frequencies: dict[str, NDArray[np.complex128]] = {
        "limit": np.zeros(1, np.complex128),
        "small": np.asarray(unit * 0.3 * (SLOPES + 1j), np.complex128),
        "large": np.asarray(unit * (1.0 + 1j * DISTANCES), np.complex128),
    }
    levels = _levels(data, hbar, V, SIGNS[system], k, w)
    values = {
        name: _extrapolated([difference(*level, omega, d, hbar, V) for level in levels])
        for name, omega in frequencies.items()
    }
    right = kinetic_limit(data, hbar, V, SIGNS[system], k, w, 1.0)
    value, error = values["limit"]
    # gain and loss are equal at w = -hbar k/2: there is nothing to be compared
    ratio, ratio_error = math.nan, math.inf
    if right != 0.0:
        ratio = float((value[0] / (2.0j * np.pi)).real) / right
        ratio_error = float(error[0]) / (2.0 * np.pi * abs(right))
    small = growth_exponent(1.0 / SLOPES, *_size(values["small"]))
    large = growth_exponent(-np.log(DISTANCES), *_size(values["large"]))
    dielectric, dielectric_error = _dielectric(data, hbar, V, SIGNS[system], k, 1.0)
    published, published_error = _dielectric(data, hbar, V, SIGNS[system], k, -1.0)
    return {
        "dielectric": dielectric,
        "dielectric_error": dielectric_error,
        "dielectric_published": published,
        "dielectric_published_error": published_error,
        "ratio": ratio,
        "ratio_error": ratio_error,
        "ratio_published": -ratio,
        "ratio_published_error": ratio_error,
        "exponent": small.value,
        "exponent_error": small.error,
        "logarithms": large.value,
        "logarithms_error": large.error,
    }


def _levels(data: Any, hbar: float, V: float, sign: float, k: float, w: float) -> list[tuple[Array, Array]]:
    """Returns the correlation in time at three levels, up to where it has died out.

    Raises
    ------
    Unresolved
        If it does not die out: waves grow, or are hardly damped.
    """
    for widths in _WIDTHS:
        end = widths / (k * float(np.sqrt(np.min(data.along))))
        with np.errstate(over="ignore", invalid="ignore"):  # a wave that grows
            coarse = correlation(data, hbar, V, sign, k, w, 1.0, end, _STEPS[0])
        tail = np.max(np.abs(coarse[1][-_STEPS[0] // 20 :]))
        if tail <= _ENDED * np.max(np.abs(coarse[1])):
            more = [correlation(data, hbar, V, sign, k, w, 1.0, end, n) for n in _STEPS[1:]]
            return [coarse, *more]
    raise Unresolved(
        "The correlation of two particles does not die out in time: waves grow or are hardly damped. Take a "
        "weaker potential, or a larger k."
    )


def _dielectric(
    data: Any, hbar: float, V: float, sign: float, k: float, sign_of_formula: float
) -> tuple[float, float]:
    """Returns the dielectric function of the solution at ``i hbar k`` over ``1 -+ V <...>``, with error."""
    omega = 1j * hbar * k
    levels = [
        np.array([screening(data, hbar, V, sign, k, omega, _SCREENING_END / k, n)]) for n in _SCREENING_STEPS
    ]
    value, error = _extrapolated(levels)
    formula = 1.0 - sign_of_formula * V * bracket(data, hbar, k, omega)
    ratio = complex(value[0]) / formula
    return ratio.real, abs(ratio.imag) + float(error[0]) / abs(formula)


def _extrapolated(levels: list[NDArray[np.complex128]]) -> tuple[NDArray[Any], Array]:
    """Returns values of second order in the step, extrapolated to zero, with their error."""
    coarse, middle, fine = levels
    value, error = refined([middle + (middle - coarse) / 3.0, fine + (fine - middle) / 3.0], _ENDED)
    return value, error


def _size(found: tuple[NDArray[Any], Array]) -> tuple[Array, Array]:
    """Returns the absolute value of complex numbers, with their error."""
    value, error = found
    return np.abs(value), error


EXPERIMENT = Experiment(
    name="lenard_balescu.resolvent",
    summary="Bound and limit of the resolvent T(omega, k, v1) - T(omega, -k, v1') as omega tends to 0",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 2.8, (2.23)-(2.25)",
    parameters=(
        replace(DIMENSION, lower=2),
        PLANCK,
        KAPPA,
        S,
        KIND,
        Parameter("k", "wave number", 1.0, lower=0.01, upper=20.0),
        Parameter("w", "velocity along k; across it is 1", 0.5, lower=-10.0, upper=10.0),
        SYSTEM,
    ),
    outputs=(
        Output(
            "ratio", "lim (T − T′)/2πi over the right side of (2.25), gain and loss corrected", has_error=True
        ),
        Output("ratio_published", "the same over the right side as published", has_error=True),
        Output(
            "dielectric",
            "ε̃ of the solution at iħk over 1 − V̂⟨…⟩, (2.31) corrected",
            has_error=True,
        ),
        Output("dielectric_published", "ε̃ of the solution at iħk over 1 + V̂⟨…⟩ of (2.31)", has_error=True),
        Output("exponent", "exponent of |T − T′| in |ℑω|/|ℜω| as ℜω → 0", has_error=True),
        Output("logarithms", "power of log(|ℜω|/|ℑω|) in |T − T′| as ℑω → 0", has_error=True),
    ),
    evaluate=resolvent,
    order_parameter="exponent",
    tolerance=0.05,
    points_per_block=4,
    version=2,
)
