r"""The exact solution of Bobylev, Krook and Wu: Maxwell molecules, ``gamma = 0``, homogeneous in space.

    f = (2 pi K)^(-d/2) e^{-v^2/2K} (((d + 2) K - d)/2K + (1 - K)/(2 K^2) v^2),    K = 1 - C e^{-lambda t},

of unit mass and temperature, with ``lambda = (1/4) int b_sigma sin^2(chi) dsigma`` the rate of the fourth
moment.  It is non-negative where ``K >= d/(d + 2)``.

References
----------
A. V. Bobylev, Exact solutions of the Boltzmann equation, Sov. Phys. Dokl. 20 (1976) 822-824.
M. Krook, T. T. Wu, Formation of Maxwellian tails, Phys. Rev. Lett. 36 (1976) 1107-1109.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.parameters import ANGULAR_KERNEL, VELOCITY_DIMENSION
from wellposed.kinetics.experiment import Parameter

Array = NDArray[np.float64]

RATES = {
    (2, "cosine"): 2.0 / 15.0,
    (2, "isotropic"): 1.0 / 8.0,
    (3, "cosine"): 1.0 / 6.0,
    (3, "isotropic"): 1.0 / 6.0,
}
"""The rate ``lambda`` for each dimension and angular kernel."""

_TIME = Parameter("t", "", 0.0)


def bkw(v: ArrayLike, t: float, d: int, angular: str = "cosine", C: float | None = None) -> Array:
    """Returns the exact solution at speeds ``|v| = v`` of any shape.

    Parameters
    ----------
    v : array_like
        Speeds.
    t : float
    d : {2, 3}
    angular : {"cosine", "isotropic"}
    C : float, optional
        ``1 - K(0)``: by default 2/(d + 2), with which the density vanishes at rest at time zero.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or ``K(t)`` is below ``d/(d + 2)`` or not positive.
    """
    d, K = int(VELOCITY_DIMENSION.canonical(d)), _width(t, d, angular, C)[0]
    square = np.asarray(v, dtype=np.float64) ** 2
    maxwellian = (2.0 * math.pi * K) ** (-0.5 * d) * np.exp(-0.5 * square / K)
    found: Array = maxwellian * (0.5 * ((d + 2) * K - d) / K + 0.5 * (1.0 - K) / K**2 * square)
    return found


def bkw_rate(v: ArrayLike, t: float, d: int, angular: str = "cosine", C: float | None = None) -> Array:
    """Returns the derivative of `bkw` with respect to time, ``Q(f, f)``.

    Takes the arguments of `bkw`, and raises what it raises.
    """
    d, (K, K_rate) = int(VELOCITY_DIMENSION.canonical(d)), _width(t, d, angular, C)
    square = np.asarray(v, dtype=np.float64) ** 2
    maxwellian = (2.0 * math.pi * K) ** (-0.5 * d) * np.exp(-0.5 * square / K)
    factor = 0.5 * ((d + 2) * K - d) / K + 0.5 * (1.0 - K) / K**2 * square
    factor_slope = 0.5 * d / K**2 + (0.5 / K**2 - 1.0 / K**3) * square
    found: Array = K_rate * maxwellian * (factor * 0.5 * (square / K**2 - d / K) + factor_slope)
    return found


def _width(t: float, d: int, angular: str, C: float | None) -> tuple[float, float]:
    """Returns ``K`` and its derivative with respect to time."""
    rate = RATES[d, str(ANGULAR_KERNEL.canonical(angular))]
    t = float(_TIME.canonical(t))
    amplitude = 2.0 / (d + 2.0) if C is None else float(C)
    K = 1.0 - amplitude * math.exp(-rate * t)
    if not d / (d + 2.0) * (1.0 - 1e-12) <= K < math.inf:
        raise ParameterError(
            f"Argument `t` must be so that K(t) >= {d}/{d + 2}, where the density is not negative, "
            f"but K({t:g}) = {K:g}."
        )
    return K, rate * (1.0 - K)
