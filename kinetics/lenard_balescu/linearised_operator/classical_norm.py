r"""The classical norm's coefficients A(v) and K_0 tilde(v).

With the misprints of (3.6) and (3.22) corrected,

    A(v) = c_d/sqrt(2 pi) int V^2 k k |k|^-1 |epsilon_0|^-2 exp(-w^2/2) dk,    w = k.v/|k|,
    ||g||_0^2 = int grad g . A grad g + 1/4 int g^2 v.A v,    K_0 tilde = -1/4 div(A v),

and A v = A_par v.  The norm ``||.||_hbar`` of (3.5) and ``||.||_0`` of functions are the Gram matrices of
`forms.linearised`.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.6), (3.7), (3.22).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import roots_jacobi

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.arguments import real_array
from wellposed.kinetics.lenard_balescu.dielectric_function.energy_shell import classical_screening
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.interaction.strong_potentials import is_strong, settled
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION
from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]

_ANGLES = 64  # nodes in the cosine at speed zero
_FASTEST = 50.0  # largest speed, up to which the nodes are enough


@njit(cache=True, nogil=True)
def _moments(speed, d, strength, weight, x, x_weight):
    """Returns moments of the integrand of A: along v, across v, and the derivative along v of the first."""
    along, across, slope = 0.0, 0.0, 0.0
    for j in range(x.size):
        w = speed * x[j]
        H, H1 = 0.0, 0.0
        for i in range(strength.size):
            value, derivative, _ = classical_screening(strength[i], w)
            H += weight[i] * value
            H1 += weight[i] * derivative
        phi = math.exp(-0.5 * w * w) / math.sqrt(2.0 * math.pi) * x_weight[j]
        along += phi * x[j] * x[j] * H
        across += phi * (1.0 - x[j] * x[j]) / (d - 1) * H
        slope += phi * x[j] ** 3 * (H1 - w * H)
    return along, across, slope


def _at_speeds(speed: ArrayLike, d: int, potential: Potential, screened: bool) -> tuple[Array, Array]:
    """Returns the speeds as an array and the three moments of `_moments` at each, (*speeds.shape, 3)."""
    d = int(DIMENSION.canonical(d))
    refuse_other_than_potential(potential)
    speeds = real_array(speed, "speed")
    if not np.all((speeds >= 0.0) & (speeds <= _FASTEST)):
        raise ParameterError(f"Argument `speed` must be in [0, {_FASTEST:g}], but is not everywhere.")

    def at(factor: int) -> Array:
        k, weight = momentum_rule(d, 0.0, potential, math.inf, 24 * factor)
        weight = weight * k**d * potential(k) ** 2 * published_constant(d) * sphere_area(d - 1)
        strength = potential(k) if screened else np.zeros(k.size)
        found = np.empty((*speeds.shape, 3))
        for index in np.ndindex(speeds.shape):
            r = float(speeds[index])
            # exp(-w^2/2) narrows in the cosine as the speed grows
            n = (_ANGLES + int(8.0 * r)) * factor
            x, x_weight = roots_jacobi(n, 0.5 * (d - 3), 0.5 * (d - 3))
            found[index] = _moments(r, d, strength, weight, x, x_weight)
        return found

    values = settled(at) if screened and is_strong(potential) else at(1)
    return speeds, values


def diffusion(
    speed: ArrayLike, *, d: int, potential: Potential, screened: bool = True
) -> tuple[Array, Array]:
    """Returns the eigenvalues of A(v) along v and across it, (3.6) with 1/|k|.

    Parameters
    ----------
    speed : array_like
        |v|, from 0 to 50.
    d : int, 2 to 5
    potential : Potential
    screened : bool
        Whether epsilon is that of the Maxwellian, or 1.

    Returns
    -------
    A_par, A_perp : float64, of the shape of `speed`

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If s <= d + 1, where A is infinite, or the potential is so strong that the peaks of ``1/|epsilon|^2``
        are too narrow.
    """
    _, values = _at_speeds(speed, d, potential, screened)
    return values[..., 0], values[..., 1]


def potential_term(speed: ArrayLike, *, d: int, potential: Potential, screened: bool = True) -> Array:
    """Returns ``K_0 tilde(v) = -div(A v)/4``, the limit of (3.21) and (3.22) with its sign corrected.

    Arguments and errors are those of `diffusion`; the result has the shape of `speed`.
    """
    speeds, values = _at_speeds(speed, d, potential, screened)
    term: Array = -0.25 * (d * values[..., 0] + speeds * values[..., 2])
    return term
