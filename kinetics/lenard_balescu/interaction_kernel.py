r"""The integral kernel K of the linearised operator, pointwise, and its classical limit.

With ``u = v1 - v2``, ``P = (p1 + p2)/2`` from the components ``p1, p2`` of v1, v2 along u, and q the length
of what they have in common across u, (3.15) is

    K = c_d sqrt(M1 M2)/(hbar^2 |u|) int_0^oo dk k^(d-2) V^2 int dy [J1 - J2],
    J1 = (1 - x^2)^((d-3)/2) |epsilon(w1, w1 + a)|^-2,    x = a/|u| < 1,    w1 = sqrt(1 - x^2) q y - x p1,
    J2 = exp(-a q y - a^2/2) |epsilon(q y, q y + a)|^-2,

a = hbar k, where y is the cosine of an angle in the plane across u.  J1 is the energy shell, a sphere whose
diameter is ``|u|/hbar``; J2 its tangent plane.  They differ by O(hbar^2), and what is left is K_0 of (3.17),
times c_d/2.  At one k their difference over hbar^2 is analytic in hbar^2: where it would cancel, it is
interpolated between its limit and larger hbar.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.15), (3.17).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray
from scipy.special import roots_jacobi

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.arguments import real_array
from wellposed.kinetics.lenard_balescu.energy_shell import classical_screening, screening
from wellposed.kinetics.lenard_balescu.galerkin import printed_constant, sphere_area
from wellposed.kinetics.lenard_balescu.linearised_operator import DIMENSION, HBAR
from wellposed.kinetics.lenard_balescu.momentum import momentum_rule, refuse_divergent
from wellposed.kinetics.lenard_balescu.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.strong import is_strong, settled
from wellposed.kinetics.quadrature import gauss_legendre

Array = NDArray[np.float64]

_NODES = 24  # of a panel in k
_ANGLES = 32
REACH = 9.5  # standard deviations of a Maxwellian that count
_NEAR = 0.5  # below this shift of velocities by hbar k, J1 and J2 are taken at the same k,
_FIRST = 0.5  # unless that is for k below this only
_INTERPOLATED = 0.06  # and below this their difference is interpolated
_LARGER = 4  # values of hbar it is interpolated from


def angle_rule(d: int, n: int) -> tuple[Array, Array]:
    """Cosines y and weights, both (n,), (2,) for d = 2, for a function of y on the unit sphere S^(d-2)."""
    if d == 2:
        return np.array([-1.0, 1.0]), np.ones(2)
    y, weight = roots_jacobi(n, 0.5 * d - 2.0, 0.5 * d - 2.0)
    return y, weight * (2.0 if d == 3 else sphere_area(d - 2))


def shell_rule(
    d: int, potential: Potential, largest: float, n: int, start: float = 0.0
) -> tuple[Array, Array]:
    """Nodes k and weights of ``int dk k^(d-2) V^2 (1 - k^2/K^2)^((d-3)/2)`` up to K = `largest`, both (m,).

    Panels that double, and one in the angle ``arcsin(k/K)``, in which nothing is singular at its end.
    """
    x, weight = gauss_legendre(n)
    nodes, weights, left = [], [], start
    while 2.0 * max(left, 0.5) <= 0.5 * largest:
        right = 2.0 * max(left, 0.5)
        nodes.append(left + (right - left) * x)
        weights.append((right - left) * weight * np.sqrt(1.0 - (nodes[-1] / largest) ** 2) ** (d - 3))
        left = right
    turned = math.asin(left / largest)
    theta = turned + (0.5 * math.pi - turned) * x
    nodes.append(largest * np.sin(theta))
    weights.append((0.5 * math.pi - turned) * weight * largest * np.cos(theta) ** (d - 2))
    k = np.concatenate(nodes)
    density = np.concatenate(weights) * k ** (d - 2) * potential(k) ** 2
    size = density * k**3  # of what an integrand of order k^2 makes of it
    kept = size > 1e-19 * size.max()
    return k[kept], density[kept]


def plane_rule(
    d: int, hbar: float, potential: Potential, n: int, largest: float, start: float = 0.0
) -> tuple[Array, Array]:
    """Nodes k and weights of ``int dk k^(d-2) V^2`` from `start` to ``hbar k = largest``, both (m,)."""
    # what the difference of shell and plane weighs is k^d
    k, weight = momentum_rule(d, hbar, potential, largest, n, start)
    return k, weight * k ** (d - 2) * potential(k) ** 2


@njit(cache=True, nogil=True)
def shell_integral(p, q, distance, hbar, k, strength, weight, y, y_weight):
    """``exp(-q^2/2) int dk k^(d-2) V^2 int dy J1``, v1 having the component p along u."""
    total = 0.0
    for i in range(k.size):
        a = hbar * k[i]
        x = min(a / distance, 1.0)
        across = q * math.sqrt((1.0 - x) * (1.0 + x))
        inner = 0.0
        if strength[i] == 0.0 or across == 0.0:
            inner = np.sum(y_weight) * screening(strength[i], -x * p, a)
        else:
            for j in range(y.size):
                inner += y_weight[j] * screening(strength[i], across * y[j] - x * p, a)
        total += weight[i] * inner
    return total * math.exp(-0.5 * q * q)


@njit(cache=True, nogil=True)
def plane_integral(q, hbar, k, strength, weight, y, y_weight):
    """``exp(-q^2/2) int dk k^(d-2) V^2 int dy J2``."""
    total = 0.0
    for i in range(k.size):
        a = hbar * k[i]
        inner = 0.0
        for j in range(y.size):
            exponent = -0.5 * q * q - a * q * y[j] - 0.5 * a * a
            if exponent > -90.0:
                inner += y_weight[j] * math.exp(exponent) * screening(strength[i], q * y[j], a)
        total += weight[i] * inner
    return total


@njit(cache=True, nogil=True)
def _limit(p_mean, q, distance, d, k, strength, y, y_weight):
    """The limit of ``int dy (J1 - J2)/hbar^2`` at one k; p_mean is P."""
    inverse_square = 1.0 / (distance * distance)
    total = 0.0
    for j in range(y.size):
        w = q * y[j]
        H, H1, H2 = classical_screening(strength, w)
        near = 0.5 * (p_mean * p_mean * H2 - w * H1 - (d - 3) * H)
        far = 0.5 * ((1.0 - w * w) * H + w * H1) - 0.125 * H2
        total += y_weight[j] * (inverse_square * near + far)
    return k * k * total


@njit(cache=True, nogil=True)
def classical_integral(p_mean, q, distance, d, k, strength, weight, y, y_weight):
    """The limit of ``exp(-q^2/2) int dk k^(d-2) V^2 int dy (J1 - J2)/hbar^2``; p_mean is P."""
    total = 0.0
    for i in range(k.size):
        total += weight[i] * _limit(p_mean, q, distance, d, k[i], strength[i], y, y_weight)
    return total * math.exp(-0.5 * q * q)


@njit(cache=True, nogil=True)
def _quotient(p, q, distance, hbar, d, k, strength, y, y_weight):
    """``int dy (J1 - J2)/hbar^2`` at one k."""
    a = hbar * k
    x = a / distance
    cosine = math.sqrt((1.0 - x) * (1.0 + x))
    shape = cosine ** (d - 3)
    total = 0.0
    for j in range(y.size):
        w = q * y[j]
        shell = shape * screening(strength, cosine * w - x * p, a)
        total += y_weight[j] * (shell - math.exp(-a * w - 0.5 * a * a) * screening(strength, w, a))
    return total / (hbar * hbar)


@njit(cache=True, nogil=True)
def near_integral(p, p_mean, q, distance, hbar, d, k, strength, weight, y, y_weight, scale, interpolated):
    """``exp(-q^2/2) int dk k^(d-2) V^2 int dy (J1 - J2)/hbar^2`` over k small against 1/(hbar scale).

    Interpolated in hbar^2 where ``hbar k scale < interpolated``.
    """
    total = 0.0
    for i in range(k.size):
        smallest = interpolated / (scale * k[i])
        if hbar >= smallest:
            inner = _quotient(p, q, distance, hbar, d, k[i], strength[i], y, y_weight)
        else:
            # Lagrange's polynomial through 0, 1, 2, ... times the square of the smallest
            t = (hbar / smallest) ** 2
            inner = 0.0
            for m in range(_LARGER + 1):
                factor = 1.0
                for other in range(_LARGER + 1):
                    if other != m:
                        factor *= (t - other) / (m - other)
                if m == 0:
                    value = _limit(p_mean, q, distance, d, k[i], strength[i], y, y_weight)
                else:
                    larger = smallest * math.sqrt(m)
                    value = _quotient(p, q, distance, larger, d, k[i], strength[i], y, y_weight)
                inner += factor * value
        total += weight[i] * inner
    return total * math.exp(-0.5 * q * q)


def kernel(
    v1: ArrayLike,
    v2: ArrayLike,
    *,
    d: int,
    hbar: float,
    potential: Potential,
    screened: bool = True,
) -> NDArray[np.float64]:
    """The kernel K of the linearised operator at pairs of velocities.

    Parameters
    ----------
    v1, v2 : (..., d) array_like, of shapes that broadcast
        Different from each other: K is infinite on the diagonal.
    d : int, 2 to 5
    hbar : float
        0 is the classical K_0, (3.17) times c_d/2.
    potential : Potential
    screened : bool
        Whether epsilon is that of the Maxwellian, or 1.

    Returns
    -------
    (...) float64
        ``K_hbar(v1, v2)`` of (3.15), with the printed constant c_d.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or v1 and v2 coincide.
    Unresolved
        If hbar = 0 and s <= d + 1, where K_0 is infinite, or the potential is so strong that the peaks of
        ``1/|epsilon|^2`` are too narrow.

    Notes
    -----
    Relative error about 1e-11, for any ratio of ``|v1 - v2|`` and hbar, unless K is near a change of sign.
    """
    d, hbar = int(DIMENSION.canonical(d)), float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    refuse_divergent(d, hbar, potential)
    v1, v2 = real_array(v1, "v1"), real_array(v2, "v2")
    for name, v in (("v1", v1), ("v2", v2)):
        if v.ndim == 0 or v.shape[-1] != d or not np.all(np.isfinite(v)):
            raise ParameterError(f"Argument `{name}` must be finite, (..., {d}), but is {v!r}.")
    v1, v2 = np.broadcast_arrays(v1, v2)
    u = v1 - v2
    distance = np.linalg.norm(u, axis=-1)
    if np.any(distance == 0.0):
        raise ParameterError(
            "Arguments `v1` and `v2` must differ: the kernel is infinite where they coincide."
        )
    values = np.empty(distance.shape)
    for index in np.ndindex(distance.shape):
        along = u[index] / distance[index]
        p1, p2 = float(along @ v1[index]), float(along @ v2[index])
        q = float(np.linalg.norm(v1[index] - p1 * along))
        values[index] = _kernel_at(p1, p2, q, float(distance[index]), d, hbar, potential, screened)
    return values


def _kernel_at(
    p1: float, p2: float, q: float, distance: float, d: int, hbar: float, potential: Potential, screened: bool
) -> float:
    def bracket(factor: int) -> Array:
        n = _NODES * factor
        y, y_weight = angle_rule(d, _ANGLES * factor)
        if hbar == 0.0:
            k, weight = momentum_rule(d, hbar, potential, math.inf, n)
            weight = weight * k ** (d - 2) * potential(k) ** 2
            strength = potential(k) if screened else np.zeros(k.size)
            mean = 0.5 * (p1 + p2)
            limit = classical_integral(mean, q, distance, d, k, strength, weight, y, y_weight)
            return np.array([limit])
        # by what a collision shifts velocities, over hbar k
        scale = max(1.0, q, (1.0 + 0.5 * abs(p1 + p2)) / distance)
        start = _NEAR / (hbar * scale)
        parts = np.zeros(3)
        if start < _FIRST:
            start = 0.0
        else:
            k, weight = plane_rule(d, hbar, potential, n, _NEAR / scale)
            strength = potential(k) if screened else np.zeros(k.size)
            parts[0] = near_integral(
                p1, 0.5 * (p1 + p2), q, distance, hbar, d, k, strength, weight, y, y_weight,
                scale, _INTERPOLATED / factor,
            )  # fmt: skip
        k, weight = shell_rule(d, potential, distance / hbar, n, start)
        strength = potential(k) if screened else np.zeros(k.size)
        parts[1] = shell_integral(p1, q, distance, hbar, k, strength, weight, y, y_weight) / hbar**2
        k, weight = plane_rule(d, hbar, potential, n, q + REACH, start)
        strength = potential(k) if screened else np.zeros(k.size)
        parts[2] = -plane_integral(q, hbar, k, strength, weight, y, y_weight) / hbar**2
        return parts

    parts = settled(bracket) if screened and is_strong(potential) else bracket(1)
    roots = (2.0 * math.pi) ** (-0.5 * d) * math.exp(-0.25 * (p1 * p1 + p2 * p2))
    return printed_constant(d) * roots / distance * float(parts.sum())
