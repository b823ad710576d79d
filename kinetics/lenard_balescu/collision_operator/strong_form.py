r"""The collision operator of a radial distribution at given speeds, quantum and classical.

    Q_hbar(f)(v) = c/hbar^2 int dk V^2/(|k| |epsilon|^2) [f(v + hbar k) F1(w) - f(v) F1(w + a)],
    Q_0(f) = (c/2) div int dk V^2 k |epsilon_0|^-2 [F1(w) k.grad f(v)/|k| - f(v) F1'(w)],

F1 the marginal along k, ``w = v.k/|k|``, ``a = hbar |k|``.  That is (1.11), and (1.18) with V squared, the
lost k and the factor 1/2 that makes it the limit of (1.11).  Energy is conserved: a collision changes
``|v|^2/2`` and ``w^2/2`` by the same ``a (w + a/2)``, so the bracket is that times a difference of divided
differences, and vanishes identically at the Maxwellian.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.arguments import real_array
from wellposed.kinetics.lenard_balescu.collision_operator.weak_form import SMALLEST_EPSILON
from wellposed.kinetics.lenard_balescu.dielectric_function.penrose_condition import refuse_unstable
from wellposed.kinetics.lenard_balescu.distributions.laguerre import GAUSSIAN_REACH
from wellposed.kinetics.lenard_balescu.distributions.radial import Distribution, distribution_of
from wellposed.kinetics.lenard_balescu.interaction.directions import cosine_rule
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import NORMALISATIONS, published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, HBAR
from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]

# of refinement: nodes per panel in k, nodes in the cosine
_LEVELS = ((12, 24), (16, 36), (22, 56), (30, 90), (40, 140), (56, 220), (80, 320))
_RTOL = 1e-10  # by which two successive levels may differ
_INTERPOLATED = 0.01  # hbar k below which gain and loss cancel
_NOISE = 1e-14  # round-off, as a share of the sum of the absolute values of gain and loss


class UnresolvedWarning(UserWarning):
    """Some of the speeds that were asked for are not resolved."""


def collision(
    f: Any,
    v: ArrayLike,
    *,
    d: int,
    hbar: float,
    potential: Potential,
    screened: bool = True,
    normalisation: str = "printed",
) -> Array:
    """Returns ``Q_hbar(f)(v)``, for ``hbar = 0`` the classical operator.

    Parameters
    ----------
    f : (n,) array_like, or numba function
        A radial density: its Laguerre coefficients, ``f = M sum_n c_n L_n^(d/2-1)(|v|^2/2)`` with
        ``c_0 = 1``, or a function of the speed ``|v|``, analytic in ``|v|^2``.
    v : array_like
        Speeds.
    d : int
        2 to 5.
    hbar : float
    potential : Potential
    screened : bool
        Whether the interaction is divided by the dielectric function.
    normalisation : {"printed", "physical"}

    Returns
    -------
    float64, of the shape of `v`
        NaN at speeds that are not resolved.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or f is negative.
    Unresolved
        If the classical operator does not exist, the data are unstable (Penrose), a function has structure
        that is not resolved, or the quadrature converges at no speed.

    Warns
    -----
    UnresolvedWarning
        Where the quadrature does not converge at some speeds, with the first of them.

    Notes
    -----
    Relative error about 1e-10, and absolutely no better than 1e-14 of the gain or the loss, integrated in
    absolute value, however small `hbar` is.  A function of the speed is known to 1e-16 of its maximum, and
    the operator to what the gain and the loss make of that: far in the tail that is more than 1e-10 of it.
    """
    d, hbar = int(DIMENSION.canonical(d)), float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    if normalisation not in NORMALISATIONS:
        raise ParameterError(
            f"Argument `normalisation` must be one of {', '.join(NORMALISATIONS)}, but is {normalisation!r}."
        )
    v = real_array(v, "v")
    if not np.all(np.isfinite(v)) or np.any(v < 0.0):
        raise ParameterError("Argument `v` must be speeds, finite and not negative, but is not everywhere.")
    distribution = distribution_of(f, d)
    if screened:
        refuse_unstable(distribution.marginal, hbar, potential)
    front = NORMALISATIONS[normalisation]
    rate, unresolved = np.full(v.size, math.nan), []
    for i, speed in enumerate(v.ravel().tolist()):
        try:
            rate[i] = _resolved(distribution, speed, d, hbar, potential, screened)
        except Unresolved as reason:
            unresolved.append(reason)
    if unresolved and len(unresolved) == v.size:
        raise unresolved[0]
    if unresolved:
        warnings.warn(
            f"{len(unresolved)} of {v.size} speeds are not resolved, the first of them so: {unresolved[0]}",
            UnresolvedWarning,
            stacklevel=2,
        )
    return (front * rate).reshape(v.shape)


def _resolved(
    f: Distribution, speed: float, d: int, hbar: float, potential: Potential, screened: bool
) -> float:
    coarse, _ = _at_level(f, speed, d, hbar, potential, screened, _LEVELS[0])
    for level in _LEVELS[1:]:
        fine, noise = _at_level(f, speed, d, hbar, potential, screened, level)
        if abs(fine - coarse) <= max(_RTOL * abs(fine), noise):
            return fine
        coarse = fine
    raise Unresolved(
        f"The collision operator at speed {speed:g} is not resolved: |epsilon| or the data vary too quickly. "
        "Take a weaker potential or smoother data."
    )


def _at_level(
    f: Distribution,
    speed: float,
    d: int,
    hbar: float,
    potential: Potential,
    screened: bool,
    level: tuple[int, int],
) -> tuple[float, float]:
    """Returns the operator with the published constant, and how much of it may be round-off."""
    k, dk = momentum_rule(d, hbar, potential, speed + f.reach, level[0])
    x, dx = cosine_rule(level[1] + math.ceil(8.0 * speed), d)
    V = potential(k)
    k_weights = published_constant(d) * sphere_area(d) * dk * V * V * k**d
    if hbar == 0.0:
        return _classical(f, speed, d, V, k_weights, x, dx, screened)
    a = hbar * k
    # gain and loss cancel to order a, but at one k the integrand is analytic in a^2: for small a it is
    # interpolated, by Lagrange's polynomial through 0, 1, 2, 3 times the square of the first a that is not
    first = _INTERPOLATED * min(f.reach / GAUSSIAN_REACH, 1.0)
    near = a < first
    far = ~near
    value, noise = _quantum(f, speed, d, V[far], k_weights[far], a[far], x, dx, screened)
    t = (a[near] / first) ** 2
    for m, denominator in enumerate((-6.0, 2.0, -2.0, 6.0)):
        factor = np.prod([t - other for other in range(4) if other != m], axis=0) / denominator
        weights = k_weights[near] * factor
        if m == 0:
            more = _classical(f, speed, d, V[near], weights, x, dx, screened)
        else:
            larger = np.full(t.size, first * math.sqrt(m))
            more = _quantum(f, speed, d, V[near], weights, larger, x, dx, screened)
        value, noise = value + more[0], noise + more[1]
    return value, noise


def _quantum(
    f: Distribution, speed: float, d: int, V: Array, k_weights: Array, a: Array, x: Array, dx: Array,
    screened: bool,
) -> tuple[float, float]:  # fmt: skip
    """Returns the integral over k and the cosine, and its round-off."""
    w, a = (field.ravel() for field in np.meshgrid(speed * x, a, indexing="ij"))
    change = a * (w + 0.5 * a)
    energy, along = np.full_like(w, 0.5 * speed * speed), 0.5 * w * w
    p, dp = f.density.value_and_difference(energy, np.maximum(energy + change, 0.0))
    q, dq = f.along.value_and_difference(along, np.maximum(along + change, 0.0))
    weights = (w + 0.5 * a) / a * np.outer(dx, k_weights).ravel()
    if f.weighted:
        weights *= _maxwellian(speed, d) * np.exp(-0.5 * w * w - change) / math.sqrt(2.0 * math.pi)
    if screened:
        weights /= _squared(1.0 + np.tile(V, x.size) * f.marginal.response_difference(w, a))
    value, noise = _summed(weights, dp * q, p * dq)
    if not f.weighted:  # series in energies of order one, so differences are known as well as values
        noise += float(np.abs(weights) @ (f.density.round_off * (np.abs(q) + np.abs(dq))))
        noise += float(np.abs(weights) @ (f.along.round_off * (np.abs(p) + np.abs(dp))))
    return value, noise


def _classical(
    f: Distribution, speed: float, d: int, V: Array, k_weights: Array, x: Array, dx: Array, screened: bool
) -> tuple[float, float]:
    """Returns what `_quantum` does for a = 0: integrals of ``d j + v j'``, ``v j`` the radial flux."""
    w = speed * x
    p, p1, p2 = (float(value) for value in f.density.derivatives(np.array(0.5 * speed * speed)))
    q, q1, q2 = f.along.derivatives(0.5 * w * w)
    weight = np.ones_like(w)
    if f.weighted:
        weight = _maxwellian(speed, d) * np.exp(-0.5 * w * w) / math.sqrt(2.0 * math.pi)
    screening, slope = np.full_like(w, np.sum(k_weights)), np.zeros_like(w)
    if screened:
        first, second = f.marginal.response_derivatives(w)
        epsilon = 1.0 + np.outer(first, V)
        squared = _squared(epsilon)
        screening = (1.0 / squared) @ k_weights
        changes = 2.0 * (np.conj(epsilon) * np.outer(w * second, V)).real
        slope = -(changes / squared**2) @ k_weights
    by_flux = d * screening + slope
    if f.weighted:
        by_flux -= (speed**2 + w * w) * screening
    gain = by_flux * p1 * q + screening * (speed**2 * p2 * q + w * w * p1 * q1)
    loss = by_flux * p * q1 + screening * (speed**2 * p1 * q1 + w * w * p * q2)
    return _summed(0.5 * dx * x * x * weight, gain, loss)


def _summed(weights: Array, gain: Array, loss: Array) -> tuple[float, float]:
    size = np.abs(weights) * (np.abs(gain) + np.abs(loss))
    return float(np.sum(weights * (gain - loss))), _NOISE * float(np.sum(size))


def _maxwellian(speed: float, d: int) -> float:
    value: float = math.exp(-0.5 * speed * speed) / (2.0 * math.pi) ** (0.5 * d)
    return value


def _squared(epsilon: NDArray[np.complex128]) -> Array:
    squared: Array = epsilon.real**2 + epsilon.imag**2
    smallest = math.sqrt(float(np.min(squared, initial=math.inf)))
    if not smallest > SMALLEST_EPSILON:
        raise Unresolved(
            f"|epsilon| falls to {smallest:.2g}: the data are unstable or nearly so, or their waves "
            "undamped. Take a weaker potential, or data nearer to the Maxwellian."
        )
    return squared
