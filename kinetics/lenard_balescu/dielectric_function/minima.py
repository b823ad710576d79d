"""Where the dielectric function is least: in absolute value, and where it is real."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize, minimize_scalar

from wellposed.kinetics.lenard_balescu.dielectric_function.penrose_condition import EvenMarginal, crossings
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential

Array = NDArray[np.float64]

_LARGEST_SEARCHED, _LARGEST_K = 200.0, 1e100
_MINIMA = 4  # of |epsilon| on the grid, that are refined


def least_crossing(marginal: EvenMarginal, hbar: float, potential: Potential, n: int) -> tuple[float, float]:
    """Returns the least ``Re epsilon - 1`` where ``Im epsilon = 0``, at most 0, and its wave number.

    `n` is the number of wave numbers, and an eighth of the number of velocities, that are searched.
    """

    def at(k: float) -> float:
        _, responses = crossings(marginal, hbar * k, 8 * n)
        return float(potential(k)) * min(0.0, float(np.min(responses)))

    candidates = [(at(0.0), 0.0)]
    if hbar > 0.0:
        # for the classical one V falls with k, and nothing else depends on it
        grid = np.geomspace(1e-2, max(2.0 * marginal.reach / hbar, 0.1), n)
        values = [at(k) for k in grid.tolist()]
        best = int(np.argmin(values))
        if values[best] < candidates[0][0]:
            bounds = (grid[max(best - 1, 0)], grid[min(best + 1, n - 1)])
            found = minimize_scalar(at, bounds=bounds, method="bounded", options={"xatol": 1e-10})
            candidates += [(values[best], float(grid[best])), (float(found.fun), float(found.x))]
    return min(candidates)


def least_epsilon(
    marginal: EvenMarginal, hbar: float, potential: Potential, n: int, unstable_at: float | None
) -> tuple[float, float, float]:
    """Returns the least |epsilon|, at most 1, with k and w there, NaN if they are beyond all numbers.

    `n` is the number of wave numbers, and a sixth of the number of velocities, that are searched;
    `unstable_at` is a wave number for which the data are unstable, None if there is none.
    """

    def at(k: ArrayLike, u: ArrayLike) -> Array:
        k, u = np.asarray(k), np.asarray(u)
        return np.abs(1.0 + potential(k) * marginal.response_difference(u - 0.5 * hbar * k, hbar * k))

    if unstable_at is not None:
        # on the way to stability at large k, epsilon itself vanishes at a crossing
        def crossing(k: float) -> tuple[float, float]:
            u, responses = crossings(marginal, hbar * k, 8 * n)
            lowest = int(np.argmin(responses))
            return 1.0 + float(potential(k) * responses[lowest]), float(u[lowest])

        stable_at = _LARGEST_SEARCHED
        while crossing(stable_at)[0] <= 0.0 and stable_at < _LARGEST_K:
            stable_at *= stable_at
        if crossing(stable_at)[0] <= 0.0:
            return 0.0, math.nan, math.nan
        # in the scale of k near zero, and of its logarithm far out
        ends = math.asinh(unstable_at), math.asinh(stable_at)
        k = math.sinh(float(brentq(lambda t: crossing(math.sinh(t))[0], *ends, xtol=1e-13)))
        u = crossing(k)[1]
        return float(at(k, u)), k, u - 0.5 * hbar * k
    grid_k = np.concatenate([[0.0], np.geomspace(0.02, _LARGEST_SEARCHED, n)])
    grid_u = np.linspace(0.0, marginal.reach, 6 * n)
    best = (1.0, math.inf, math.inf)
    values = at(grid_k[:, None], grid_u)
    # weakly damped waves are several minima
    padded = np.pad(values, 1, constant_values=np.inf)
    neighbours = [np.roll(padded, shift, axis)[1:-1, 1:-1] for shift in (-1, 1) for axis in (0, 1)]
    minima = np.argwhere(values <= np.min(neighbours, axis=0))
    minima = minima[np.argsort(values[tuple(minima.T)])][:_MINIMA]
    for row, column in minima.tolist():
        start = np.array([grid_k[row], grid_u[column]])
        steps = np.array([[0.0, 0.0], [max(0.05 * start[0], 0.01), 0.0], [0.0, 0.5 * grid_u[1]]])
        found = minimize(
            lambda x: float(at(abs(x[0]), abs(x[1]))),
            start,
            method="Nelder-Mead",
            options={"initial_simplex": start + steps, "xatol": 1e-9, "fatol": 1e-13, "maxiter": 600},
        )
        k, u = np.abs(found.x).tolist()
        best = min(best, (float(found.fun), k, u - 0.5 * hbar * k))
    return best
