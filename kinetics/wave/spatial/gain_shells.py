"""Suprema of the kernel of [AL24, (2.5)] over shells: all k1 of one length, and q up to eight times as long.

The best of a grid, and from there Nelder and Mead's search.  At longer q the kernel falls, as
``|q|^(4 beta - 4)`` and above ``beta = 1/2`` as ``|q|^(6 beta - 5)``; above 5/6 it grows without bound for
each k1, where the suprema, and with them all constants, are infinite as they grow with k1 already.

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

from wellposed.kinetics.wave.spatial.gain_kernel import kernel, kernel_with_error
from wellposed.kinetics.wave.spatial.loss_kernel import RULES

Array = NDArray[np.float64]

_LENGTHS = 2.0 ** np.linspace(-12.0, 3.0, 31)  # |q|, and |q|/|k1|
_FARTHEST = math.log(8.0)  # |q|/max(1, |k1|)
_ANGLES = math.pi * np.linspace(0.0, 1.0, 13) ** 2  # towards k1, where the disc shrinks, more closely


@njit(cache=True, nogil=True)
def _scan(r1, lengths, angles, beta, below, above, weight):
    """Returns the indices of the length and of the angle of the best of a grid."""
    best, best_i, best_j = -1.0, 0, 0
    for i in range(lengths.size):
        for j in range(angles.size):
            value = kernel(r1, lengths[i], angles[j], beta, below, above, weight)
            if value > best:
                best, best_i, best_j = value, i, j
    return best_i, best_j


def place(omega: float, x: Array) -> tuple[float, float, float]:
    """Returns ``|k1|``, ``|q|`` and their angle; `x` begins with ``log |q|/max(1, |k1|)`` and the angle."""
    r1 = math.sqrt(omega)
    return r1, max(1.0, r1) * math.exp(min(x[0], _FARTHEST)), float(np.clip(x[1], 0.0, math.pi))


def maximum(start: Array, spread: Array, omega: float | None, beta: float) -> Array:
    """Returns where the kernel has its maximum next to `start`.

    Parameters
    ----------
    start, spread : (2,) or (3,) float64
        ``log |q|/max(1, |k1|)``, the angle and, if `omega` is not given, ``log |k1|^2``; and how far to look.
    omega : float, optional
        The shell, ``|k1|^2``.
    beta : float

    Returns
    -------
    float64, of the shape of `start`
    """

    def minus_log(x: Array) -> float:
        at = place(math.exp(x[2]) if omega is None else omega, x)
        return -math.log(kernel(*at, beta, *RULES[0]) + 1e-300)

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


def shell(omega: float, beta: float) -> tuple[float, float, Array]:
    """Returns the supremum over the shell ``|k1|^2 = omega``, its error, and where it is, for `place`."""
    r1 = math.sqrt(omega)
    lengths = np.unique(np.concatenate((_LENGTHS, r1 * _LENGTHS)))
    i, j = _scan(r1, lengths, _ANGLES, beta, *RULES[0])
    start = np.array([math.log(lengths[i] / max(1.0, r1)), _ANGLES[j]])
    x = maximum(start, np.array([0.3, 0.3 if start[1] < 1.6 else -0.3]), omega, beta)
    return *kernel_with_error(place(omega, x), beta), x
