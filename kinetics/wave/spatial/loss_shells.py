"""Suprema of the kernel of [AL24, (2.4)] over shells: all k1 and k2 of one energy ``E = |k1|^2 + |k2|^2``.

The best of a grid, and from there Nelder and Mead's search.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.wave.spatial.loss_kernel import RULES, kernel, kernel_with_error

Array = NDArray[np.float64]

_RATIOS = 2.0 ** np.arange(-19.0, 7.0)  # |k2|/|k1|; a k2 of order one stays in reach of the last shell
_DOTS = np.array([0.0, *(s * 4.0**j for j in range(-3, 20) for s in (1.0, -1.0))])  # k1.k2 / sqrt(E)


@njit(cache=True, nogil=True)
def _scan(energy, ratios, dots, beta, second, below, above, weight):
    """Returns the best of a grid: its value, and the indices of the ratio and of the product."""
    best, best_i, best_j = -1.0, 0, 0
    for i in range(ratios.size):
        r1 = np.sqrt(energy / (1.0 + ratios[i] ** 2))
        r2 = ratios[i] * r1
        for j in range(dots.size):
            dot = np.sqrt(energy) * dots[j]
            if abs(dot) > r1 * r2:
                continue
            value = kernel(r1, r2, dot, beta, second, below, above, weight)
            if value > best:
                best, best_i, best_j = value, i, j
    return best, best_i, best_j


def place(energy: float, x: Array) -> tuple[float, float, float]:
    """Returns ``|k1|, |k2|, k1.k2`` of ``log |k2|/|k1|`` and ``k1.k2/sqrt(E)``, the first two of `x`."""
    r1 = math.sqrt(energy / (1.0 + math.exp(2.0 * x[0])))
    r2 = math.exp(x[0]) * r1
    return r1, r2, float(np.clip(x[1] * math.sqrt(energy), -r1 * r2, r1 * r2))


def maximum(start: Array, spread: Array, energy: float | None, beta: float, second: bool) -> Array:
    """Returns where the kernel has its maximum next to `start`.

    Parameters
    ----------
    start, spread : (2,) or (3,) float64
        ``log |k2|/|k1|``, ``k1.k2/sqrt(E)`` and, if `energy` is not given, ``log E``; and how far to look.
    energy : float, optional
        The shell.
    beta : float
    second : bool
        Whether the operator is L2.

    Returns
    -------
    float64, of the shape of `start`
    """

    def minus_log(x: Array) -> float:
        at = place(math.exp(x[2]) if energy is None else energy, x)
        return -math.log(kernel(*at, beta, second, *RULES[0]) + 1e-300)

    found = scipy.optimize.minimize(
        minus_log,
        start,
        method="Nelder-Mead",
        options={
            "initial_simplex": start + np.vstack([np.zeros_like(spread), np.diag(spread)]),
            "xatol": 1e-6,
            "fatol": 1e-13,
            "maxiter": 400,
        },
    )
    return np.asarray(found.x)


def shell(energy: float, beta: float, second: bool) -> tuple[float, float, Array]:
    """Returns the supremum over the shell of one `energy`, its error, and where it is, for `place`."""
    _, i, j = _scan(energy, _RATIOS, _DOTS, beta, second, *RULES[0])
    start = np.array([math.log(_RATIOS[i]), _DOTS[j]])
    x = maximum(start, np.array([0.4, 0.3 * max(abs(start[1]), 0.1)]), energy, beta, second)
    return *kernel_with_error(place(energy, x), beta, second), x
