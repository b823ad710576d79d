r"""Where the kinetic wave equation describes the Schrödinger equation (1.1), and how fast it grows instead.

The rate at second order, divided by the collision operator, at one wave number; and along octaves of wave
numbers at the same time and side, where lattice spacings ``|k| 4 pi/L`` of frequencies grow beyond their
spread within the datum, and beyond ``1/t``: the exponent in ``|k|`` of the weighted rate ``<k>^M (E|a_k|^2 -
n_k)/t``, microscopic as the side stays what it is, and the wave number at which it has left the kinetic law.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined
from wellposed.kinetics.schrodinger.parameters import BETA, DECAY, OPERATOR, PERIOD, TIME
from wellposed.kinetics.schrodinger.second_order.rate import check_variances
from wellposed.kinetics.schrodinger.second_order.rate import second_order as rates

OCTAVES = 2 ** np.arange(1, 14)
"""Wave numbers of the profile, in units of ``2 pi/L``."""

DIRECTIONS = {
    "axis": np.array([1.0, 0.0, 0.0]),
    "diagonal": np.array([1.0, 1.0, 1.0]) / math.sqrt(3.0),
    "irrational": np.array([1.0, 0.5 * (math.sqrt(5.0) - 1.0), math.sqrt(2.0) - 1.0])
    / math.sqrt(1.0 + 0.25 * (math.sqrt(5.0) - 1.0) ** 2 + (math.sqrt(2.0) - 1.0) ** 2),
}
"""Along the first two, whole planes of the lattice are at right angles to k; along the last hardly any."""

_RADII = (10.0, 12.0)  # of the profile, in units of 2 pi/L
_LENGTHENED = 1.2  # at most, by being rounded to the lattice, of wave vectors of several components
_LEFT = 2.0  # factor by which the rate differs from the kinetic one where it has left it

WAVE_NUMBER = Parameter(
    "k", "wave number |k| of the ratio; rounded to the lattice", 1.0, lower=0.0, upper=1e4
)
DIRECTION = Parameter(
    "direction",
    "direction of k: (1, 0, 0), (1, 1, 1), or the vectors nearest to one without rational ratios",
    "axis",
    kind="choice",
    choices=tuple(DIRECTIONS),
)


def lattice_vectors(lengths: Sequence[float] | NDArray[Any], direction: str) -> NDArray[np.int64]:
    """Returns the vectors of integers, (n, 3), nearest to those of `lengths` (n,) along a direction."""
    unit = DIRECTIONS[direction]
    if direction == "irrational":
        return np.rint(np.outer(lengths, unit)).astype(np.int64)
    whole = np.rint(np.asarray(lengths, dtype=np.float64) * unit[0]).astype(np.int64)
    return np.outer(whole, unit > 0.0).astype(np.int64)


def second_order(
    k: float, t: float, L: float, beta: float, M: float, operator: str, direction: str
) -> dict[str, Any]:
    """Returns the ratio of the rate at second order to the kinetic one, and their laws; see `EXPERIMENT`."""
    one = lattice_vectors([k * L / (2.0 * math.pi)], direction)
    point = rates(one, t, L=L, beta=beta, M=M, operator=operator).isel(wave=0)
    coarse, profile = (
        rates(lattice_vectors(OCTAVES, direction), t, L=L, beta=beta, M=M, operator=operator, radius=radius)
        for radius in _RADII
    )
    weight = (1.0 + profile.wave_number.values**2) ** (0.5 * M)
    weighted, weighted_error = weight * profile.rate.values, weight * profile.rate_error.values
    # a factor that all samples share has no effect on an exponent
    other = weight * coarse.rate.values
    shared = float(np.median(weighted / other))
    _, change = refined((other * shared, weighted))
    if not np.isfinite(profile.rate_error.values).all():  # the balls do not contain the datum
        change = np.full_like(change, np.inf)
    # of lattice vectors near an irrational line the lengths are no geometric grid, but nearly
    exponent = growth_exponent(
        OCTAVES * (2.0 * math.pi / L), weighted, change + weight * profile.unseen.values
    )
    leaves, leaves_error = _leaves(
        profile.wave_number.values, profile.ratio.values, profile.ratio_error.values
    )
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "leaves_at": leaves,
        "leaves_at_error": leaves_error,
        **{
            name: float(point[name])
            for name in (
                "wave_number",
                "rate",
                "rate_error",
                "kinetic",
                "kinetic_error",
                "ratio",
                "ratio_error",
            )
        },
        "weighted_kinetic": weight * profile.kinetic.values,
        "weighted_rate": weighted,
        "weighted_rate_error": weighted_error,
        "ratios": profile.ratio.values,
        "ratios_error": profile.ratio_error.values,
    }


def _leaves(k: NDArray[Any], ratio: NDArray[Any], error: NDArray[Any]) -> tuple[float, float]:
    """Returns where the ratio leaves [1/2, 2] for good, and half of the octave: NaN if it does not."""
    outside = (ratio - error > _LEFT) | (ratio + error < 1.0 / _LEFT)
    inside = (ratio + error < _LEFT) & (ratio - error > 1.0 / _LEFT)
    if not (outside[-1] and np.any(inside)):
        return math.nan, math.inf
    last = int(np.flatnonzero(inside)[-1])
    first = int(np.argmax(outside & (np.arange(k.size) > last)))
    return math.sqrt(k[last] * k[first]), 0.5 * float(k[first] - k[last])


def _check(point: Point) -> None:
    if float(point["k"]) * float(point["L"]) < math.pi:
        raise ParameterError(
            f"Parameter `k` must be at least pi/L = {math.pi / float(point['L']):.3g}, to be near a vector "
            f"of the lattice, but is {point['k']}."
        )
    longest = max(float(OCTAVES[-1]) * 2.0 * math.pi / float(point["L"]), float(point["k"]))
    check_variances((_LENGTHENED * longest) ** 2, float(point["L"]), float(point["M"]))


EXPERIMENT = Experiment(
    name="schrodinger.second_order",
    summary="Second order over the kinetic rate, and growth of <k>^M (E|a_k|^2 - n_k)/t ~ k^s",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, (1.1), (1.3)",
    parameters=(WAVE_NUMBER, TIME, PERIOD, BETA, DECAY, OPERATOR, DIRECTION),
    outputs=(
        Output(
            "growth_exponent", "exponent in |k| of ⟨k⟩^M (E|a_k|² − n_k)/t at fixed t and L", has_error=True
        ),
        Output("ratio", "rate at second order over the collision operator at |k|", has_error=True),
        Output("rate", "(E|a_k|² − n_k)/(4π ε² t (L/2π)⁶) at second order", has_error=True),
        Output("kinetic", "collision operator C[n] at |k|, K₀ = 2π²", has_error=True),
        Output("wave_number", "|k| of the vector of the lattice"),
        Output("leaves_at", "|k| from which the ratio is not within a factor 2 of one", has_error=True),
        Output("weighted_rate", "⟨k⟩^M times the rate", dims=("octave",), has_error=True),
        Output("weighted_kinetic", "⟨k⟩^M times the collision operator", dims=("octave",)),
        Output("ratios", "rate over collision operator", dims=("octave",), has_error=True),
    ),
    evaluate=second_order,
    coordinates=(Coordinate("octave", "|k| L/2π, rounded to the lattice", OCTAVES.astype(np.float64)),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    points_per_block=2,
    version=2,
    check=_check,
)
