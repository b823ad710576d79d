"""Stationary power laws: zeros of the collision integral, and which of them carries a constant flux.

The Kolmogorov-Zakharov spectra are found as roots of the computed integral and of nothing else; what tells
them apart is how the flux of each invariant depends on frequency.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.polynomial import Chebyshev

from wellposed.errors import Unresolved
from wellposed.kinetics.wave.power_laws.integral import integral_over_constant, local_range, require_local

CASCADES = {"wave_action": 0.0, "energy": 1.0}
"""Invariants ``int sqrt(w) w^j n dw``, by `j`."""

_SCAN = 48  # intervals of the local range that are searched for changes of sign
_NEAR = 1e-4  # to the equilibrium x = 1: a zero there is one with it, and carries no flux
_CONSTANT = 1e-3  # an exponent of the flux below this is no other zero's
_DEGREE = 12  # of the polynomial that stands for the integral near a root


@dataclass(frozen=True)
class CollisionZero:
    """A zero of the collision integral that is no equilibrium.

    Attributes
    ----------
    x : float
        The exponent of the spectrum.
    slope : float
        The derivative of the integral there, over `K0`.
    """

    x: float
    slope: float


def zeros(beta: float, nodes: int) -> list[CollisionZero]:
    """Returns all zeros in the local range, ascending, but for the equilibrium ``x = 1``.

    That one is divided out, because a Kolmogorov-Zakharov zero may pass it, at ``beta < 0``.
    """
    low, high = local_range(beta)

    def deflated(x: float) -> float:
        x = x if abs(x - 1.0) > _NEAR else 1.0 + _NEAR
        return integral_over_constant(x, beta, nodes) / (x - 1.0)

    points = low + (high - low) * np.sin(0.5 * np.pi * (np.arange(_SCAN) + 0.5) / _SCAN) ** 2
    values = [deflated(float(x)) for x in points]
    found = []
    for i in range(_SCAN - 1):
        if values[i] * values[i + 1] < 0.0:
            x = float(scipy.optimize.brentq(deflated, points[i], points[i + 1], xtol=1e-15, rtol=1e-14))
            radius = 0.25 * min(x - low, high - x)
            nearby = Chebyshev.interpolate(
                np.vectorize(lambda at: integral_over_constant(float(at), beta, nodes)),
                _DEGREE,
                (x - radius, x + radius),
            )
            found.append(CollisionZero(x, float(nearby.deriv()(x))))
    return found


def flux_exponent(x: float, beta: float, order: float) -> float:
    """Returns the power of frequency of the flux ``int_0^w sqrt(w) w^order C dw`` for ``n = w^(-x)``."""
    return 3.5 + order + 4.0 * beta - 3.0 * x


def zero_of_constant_flux(beta: float, cascade: str, nodes: int) -> CollisionZero:
    """Returns the zero at which the flux of the invariant `cascade` is constant.

    Raises
    ------
    Unresolved
        If there is none, if interactions are not local where it would be, or if it is at the equilibrium.
    """
    candidates, order = zeros(beta, nodes), CASCADES[cascade]
    for zero in candidates:
        if abs(flux_exponent(zero.x, beta, order)) < _CONSTANT:
            if abs(zero.x - 1.0) < 2.0 * _NEAR:
                raise Unresolved(
                    f"At beta = {beta:g} the spectrum of constant flux of {cascade} coincides with the "
                    "equilibrium omega^-1, which carries no flux: try another beta."
                )
            return zero
    # where, by its degree of homogeneity, the flux would be constant
    require_local(
        (3.5 + order + 4.0 * beta) / 3.0, beta, f"C[omega^-x] where the flux of {cascade} is constant"
    )
    found = ", ".join(f"{zero.x:.6g}" for zero in candidates) or "none"
    raise Unresolved(
        f"No zero of C[omega^-x] at beta = {beta:g} has a constant flux of {cascade}; zeros found: {found}."
    )
