r"""The pointwise bound (3.16) on the kernel K, and its limit (3.17).

(3.16) is ``|K_hbar| <= C (1 + |v1|^2 + |v2|^2) (M1 M2)^(1/10) |u|^-3``, ``u = v1 - v2``.  Its best constant
over a set of places and directions of the pair, and over |u| from hbar/8 to 4, may grow as hbar -> 0; K_0
itself diverges as a power of ``1/|u|``; and K_hbar tends to K_0, with some order, at a given pair.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.4.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.galerkin import printed_constant
from wellposed.kinetics.lenard_balescu.interaction_kernel import kernel
from wellposed.kinetics.lenard_balescu.kernel_growth import SCREENING
from wellposed.kinetics.lenard_balescu.linearised_operator import DIMENSION
from wellposed.kinetics.lenard_balescu.potential import KAPPA, Potential, S, algebraic

Array = NDArray[np.float64]

_HBAR = 2.0 ** -np.arange(1.0, 10.0)
_FINER = 2.0 ** -np.arange(1.0, 15.0)
_DISTANCES = 2.0 ** -np.arange(2.0, 13.0)
_PLACES = ((0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0))  # of the mean velocity: along u, across u
_ROUND_OFF = 1e-12


def pairs(place: tuple[float, float], distances: Array, d: int) -> tuple[Array, Array]:
    """Velocities whose difference is along the first axis, both (n, d)."""
    mean = np.zeros(d)
    mean[:2] = place
    half = np.zeros((distances.size, d))
    half[:, 0] = 0.5 * distances
    return mean + half, mean - half


def best_constant(d: int, hbar: float, potential: Potential, screened: bool) -> float:
    """The C of (3.16) at this hbar, over the places and distances that are tried."""
    distances = np.concatenate([hbar * 2.0 ** np.arange(-3.0, 3.0), 2.0 ** np.arange(-2.0, 3.0)])
    largest = 0.0
    for place in _PLACES:
        v1, v2 = pairs(place, distances, d)
        energy = np.sum(v1 * v1 + v2 * v2, axis=-1)
        values = np.abs(kernel(v1, v2, d=d, hbar=hbar, potential=potential, screened=screened))
        root = np.exp(-0.1 * energy) * (2.0 * math.pi) ** (-0.2 * d)
        largest = max(largest, float(np.max(values * distances**3 / (root * (1.0 + energy)))))
    return largest


def kernel_bound(quantity: str, d: int, kappa: float, s: float, screening: str) -> dict[str, Any]:
    """An exponent, and for the limit what K tends to; see `EXPERIMENT` for inputs and outputs."""
    potential, screened = algebraic(kappa, s), screening == "dynamical"
    if quantity == "bound":
        values = np.array([best_constant(d, hbar, potential, screened) for hbar in _FINER.tolist()])
        # J1 and J2 cancel where |u| ~ 1, which counts only where the constant stays of order one
        found = growth_exponent(1.0 / _FINER, values, (_ROUND_OFF + 1e-14 / _FINER**2) * values)
        return _answer(found)
    if s <= d + 1.0:
        raise Unresolved(f"K_0 is infinite for s <= d + 1 = {d + 1}: s is {s:g}. Take a larger s.")
    if quantity == "diagonal":
        v1, v2 = pairs((0.0, 1.0), _DISTANCES, d)
        values = kernel(v1, v2, d=d, hbar=0.0, potential=potential, screened=screened)
        found = growth_exponent(1.0 / _DISTANCES, values, _ROUND_OFF * np.abs(values))
        return _answer(found)
    v1, v2 = pairs((0.5, 0.5), np.array([1.0]), d)
    limit = float(kernel(v1, v2, d=d, hbar=0.0, potential=potential, screened=screened)[0])
    values = np.array(
        [
            float(kernel(v1, v2, d=d, hbar=hbar, potential=potential, screened=screened)[0])
            for hbar in _HBAR.tolist()
        ]
    )
    round_off = (1e-13 + 1e-15 / _HBAR**2) * np.abs(values)
    found = growth_exponent(1.0 / _HBAR, values - limit, round_off)
    # Aitken's extrapolation of the last three; what it changes is the error
    last = values[-3:]
    extrapolated = last[2] - (last[2] - last[1]) ** 2 / (last[2] - 2.0 * last[1] + last[0])
    doubt = abs(extrapolated - last[2]) + round_off[-1]
    return _answer(found, float(extrapolated / limit), float(doubt / abs(limit)), 0.5 * printed_constant(d))


def _answer(
    found: GrowthExponent, ratio: float = math.nan, ratio_error: float = math.inf, missing: float = 1.0
) -> dict[str, float]:
    return {
        "exponent": found.value,
        "exponent_error": found.error,
        "ratio": ratio,
        "ratio_error": ratio_error,
        "printed_ratio": missing * ratio,
        "printed_ratio_error": missing * ratio_error,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.kernel_bound",
    summary="Exponents of the bound (3.16) on the kernel K, of its diagonal and of its limit (3.17)",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.4, (3.16), (3.17)",
    parameters=(
        Parameter(
            "quantity",
            "best constant of (3.16) in 1/hbar, K_0 in 1/|v1 - v2|, or K_hbar - K_0 in 1/hbar",
            "bound",
            kind="choice",
            choices=("bound", "diagonal", "limit"),
        ),
        DIMENSION,
        KAPPA,
        replace(S, only_with=None),
        SCREENING,
    ),
    outputs=(
        Output("exponent", "exponent of that"),
        Output("exponent_error", "its error"),
        Output("ratio", "limit of K_ħ over K_0, that is c_d/2 times (3.17); only of the limit"),
        Output("ratio_error", "its error"),
        Output("printed_ratio", "limit of K_ħ over (3.17) as printed; only of the limit"),
        Output("printed_ratio_error", "its error"),
    ),
    evaluate=kernel_bound,
    order_parameter="exponent",
    tolerance=0.2,
    points_per_block=1,
)
