"""Grids of frequencies for truncated runs, and data and moments on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.wave.data import Datum
from wellposed.kinetics.wave.evolution.quartets import quartet_sums
from wellposed.kinetics.wave.evolution.uniform import pair_sums
from wellposed.kinetics.wave.parameters import NORMALISATIONS

Array = NDArray[np.float64]

_NOTHING = 1e-30  # of the largest value: the error that matters where a datum has ended


@dataclass(frozen=True, eq=False)
class Grid:
    """Nodes with their quadrature weights; made by `uniform_grid` and `geometric_grid`."""

    omega: Array
    width: Array
    spacing: float | None = None

    @property
    def mass_weight(self) -> Array:
        """The weights of the wave action ``int sqrt(w) n dw``."""
        weight: Array = np.sqrt(self.omega) * self.width
        return weight


def uniform_grid(n: int, omega_max: float) -> Grid:
    """Returns the midpoints ``(i + 1/2) h`` of `n` cells of [0, omega_max]."""
    h = omega_max / n
    omega = (np.arange(n, dtype=np.float64) + 0.5) * np.float64(h)
    return Grid(omega, np.full(n, h), h)


def geometric_grid(lowest: float, omega_max: float, per_octave: int) -> Grid:
    """Returns ``lowest 2^(j/per_octave)`` up to `omega_max`, with trapezoidal weights.

    The weight of the first node reaches to zero.
    """
    n = 1 + round(per_octave * np.log2(omega_max / lowest))
    omega: Array = omega_max * np.exp2((np.arange(n) - (n - 1.0)) / per_octave)
    edges: Array = np.concatenate(([0.0], 0.5 * (omega[1:] + omega[:-1]), omega[-1:]))
    return Grid(omega, np.diff(edges))


def collision_rate(
    n: Array, grid: Grid, *, beta: float, operator: str = "full", normalisation: str = "paper"
) -> Array:
    """Returns the truncated collision operator of `n` at the grid's nodes.

    Parameters
    ----------
    n : (N,) float64
        Wave action; positive where the grid is not uniform.
    grid : Grid
        Uniform: exact sum over all quartets of nodes, O(N^2).  Any other: weak form, O(N^3).
    beta : float
    operator : {"full", "gain"}
    normalisation : {"paper", "exact"}

    Returns
    -------
    (N,) float64

    Notes
    -----
    Of order ``min(2, beta + 3/2)`` in the uniform grid's spacing: below ``beta = 1/2`` the midpoint rule
    feels ``omega^(beta+1/2)`` at the origin.  Of order two in the logarithmic spacing of a geometric one.
    The full operator conserves ``sum mass_weight n`` and ``sum mass_weight omega n``, never lowers
    ``sum mass_weight log n``, and has ``T/(omega + mu)`` as fixed points.  The sums conserve to round-off of
    gain and loss; near equilibrium that is much more than round-off of their difference and adds up over long
    runs, so what is left is taken out.
    """
    omega, constant, gain_only = grid.omega, NORMALISATIONS[normalisation], operator == "gain"
    power = omega**beta
    rate: Array
    if grid.spacing is not None:
        rate = pair_sums(n, power, np.sqrt(omega), gain_only)
        rate *= 0.5 * constant * grid.spacing**2 * power / np.sqrt(omega)
    else:
        rate = quartet_sums(n, omega, grid.width, power, gain_only)
        rate *= constant / grid.mass_weight
    return rate if gain_only else _conserving(rate, n, grid)


def _conserving(rate: Array, n: Array, grid: Grid) -> Array:
    """Returns `rate` less the multiple of ``n`` and ``omega n`` that makes mass and energy constant."""
    mass = grid.mass_weight * n
    total = float(np.sum(mass))
    if not total > 0.0:
        return rate
    centred = grid.omega - float(np.sum(mass * grid.omega)) / total
    spread = float(np.sum(mass * centred**2))
    weighted = grid.mass_weight * rate
    relative = np.full(n.size, float(np.sum(weighted)) / total)
    if spread > 0.0:
        relative += centred * (float(np.sum(weighted * centred)) / spread)
    balanced: Array = rate - n * relative
    return balanced


def sample(datum: Datum, omega: Array) -> Array:
    """Returns the datum at each of `omega`."""
    values: Array
    match datum.kind:
        case "bracket" | "oscillating":
            values = np.exp(-0.25 * datum.M * np.log1p(omega * omega))
        case "bracket_k":
            values = np.exp(-0.5 * datum.M * np.log1p(omega))
        case _:
            return np.array([datum.function(float(w)) for w in omega], dtype=np.float64)
    if datum.kind == "oscillating":
        values *= datum.A + np.cos(datum.N * omega)
    return values


def error_scale(datum: Datum, start: Array, omega: Array) -> Array:
    """Returns what errors are relative to: the datum's envelope, also where the datum is zero."""
    match datum.kind:
        case "bracket" | "bracket_k":
            return start
        case "oscillating":
            envelope: Array = (datum.A + 1.0) / bracket_weight(datum.M, omega)
            return envelope
    highest: Array = np.maximum.accumulate(start[::-1])[::-1]
    floored: Array = np.maximum(highest, _NOTHING * start.max())
    return floored


def bracket_weight(M: float, omega: Array) -> Array:
    """Returns ``<omega>^(M/2)``, the weight of the space [AL24, section 1.3]."""
    weight: Array = np.exp(0.25 * M * np.log1p(omega * omega))
    return weight
