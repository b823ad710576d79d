r"""The resolvent of Section 2.4: ``T(omega, k, v1) - T(omega, -k, v1')`` of (2.23), (2.24) and (2.25).

For ``Im omega > 0``, with ``S = V``, or -V for the published sign,

    (K_2 - B - omega)^{-1} A = (i/hbar) int_0^inf e^{-i(K_2 - B) s/hbar} e^{i omega s/hbar} A ds,

and the sum over v2 of the integrand is ``X(s) = V [a(s, v1) rho(s) - a'(s, v1) conj(rho(s))]``, a and a'
being what L_1 makes of f and of ``f(. + hbar k)``.  At -k and v1' it is minus its conjugate, so that

    T - T' = (V/(2 pi)^d) (2i/hbar) int_0^inf Re[X(s)] e^{i omega s/hbar} ds.

Data are isotropic, with rho in closed form at time 0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.lenard_balescu.two_body.data import GaussianSum

Array = NDArray[np.float64]

_SPACING = 0.02  # of velocities along k, in widths of the narrowest Gaussian


def correlation(
    data: GaussianSum,
    hbar: float,
    V: float,
    sign: float,
    k: float,
    along: float,
    across: float,
    end: float,
    n: int,
) -> tuple[Array, Array]:
    """Returns times and ``Re[X(s)]``, both (n + 1,), up to `end`, for v1 with these components.

    The trapezoidal rule has an error of second order in the step ``end/n``.
    """
    s, step = np.linspace(0.0, end, n + 1, retstep=True)
    a = hbar * k
    _, rho = _densities(data, hbar, V, sign, k, s)
    here, there = (float(data(velocity)) for velocity in _velocities(data.d, along, across, a))
    turn = np.exp(1j * k * (along + 0.5 * a) * s)
    # int_0^s e^{-iw(s-r)} rho(r) dr, and the same of its conjugate
    driven = [turn * _cumulated(part / turn, step) for part in (rho, np.conj(rho))]
    first, second = (
        turn * density + 1j * sign * V / hbar * (here - there) * integral
        for density, integral in zip((here, there), driven, strict=True)
    )
    return s, (V * (first * rho - second * np.conj(rho))).real


def _densities(
    data: GaussianSum, hbar: float, V: float, sign: float, k: float, s: Array
) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
    """Returns the waves rho_0 and rho at times `s`, equally spaced from 0."""
    n, step = s.size - 1, float(s[1] - s[0])
    wave = np.exp(-0.5 * (k * np.outer(s, np.sqrt(data.along))) ** 2) @ data.masses
    start = np.exp(0.5j * hbar * k * k * s) * wave
    kernel = -2.0 * sign * V / hbar * step * start.imag
    rho = np.empty(n + 1, np.complex128)
    for i in range(n + 1):
        rho[i] = start[i]
        if i > 0:
            rho[i] += kernel[i:0:-1] @ rho[:i] - 0.5 * kernel[i] * rho[0]
    return start, rho


def screening(
    data: GaussianSum, hbar: float, V: float, sign: float, k: float, omega: complex, end: float, n: int
) -> complex:
    """Returns the dielectric function at -k and `omega` of the solution: the transform of rho_0 over rho's.

    The trapezoidal rule has an error of second order in the step ``end/n``; `omega` has a positive imaginary
    part.
    """
    s = np.linspace(0.0, end, n + 1)
    weights = np.exp(1j * omega * s / hbar)
    weights[[0, -1]] *= 0.5
    start, rho = _densities(data, hbar, V, sign, k, s)
    return complex((weights @ start) / (weights @ rho))


def bracket(data: GaussianSum, hbar: float, k: float, omega: complex) -> complex:
    """Returns ``<Delta_k f/(Delta_k E - omega)>`` of (2.31) at -k, with v for the misprint k_*.

    `omega` has a positive imaginary part, of the order of ``hbar k``.
    """
    a, spacing = hbar * k, _SPACING * float(np.sqrt(np.min(data.along)))
    last = math.ceil(data.reach / spacing)
    w: Array = spacing * np.arange(-last, last + 1, dtype=np.float64)
    ahead, behind = -a * (w + 0.5 * a) - omega, -a * (w - 0.5 * a) - omega
    return complex(spacing * np.sum(data.marginal(1.0)(w) * (1.0 / ahead - 1.0 / behind)))


def _velocities(d: int, along: float, across: float, a: float) -> Array:
    """Returns v1 and ``v1' = v1 + hbar k``, (2, d)."""
    v = np.zeros((2, d))
    v[:, 0] = along, along + a
    v[:, 1] = across
    return v


def _cumulated(values: NDArray[np.complex128], step: float) -> NDArray[np.complex128]:
    total = np.cumsum(values) * step
    result: NDArray[np.complex128] = total - 0.5 * step * (values[0] + values)
    return result


def difference(
    s: Array, correlation: Array, omega: NDArray[np.complex128], d: int, hbar: float, V: float
) -> NDArray[np.complex128]:
    """Returns ``T - T'`` at frequencies `omega` of non-negative imaginary part, of its shape."""
    step = s[1] - s[0]
    values = np.exp(1j * np.multiply.outer(omega, s) / hbar) * correlation
    integral = step * (np.sum(values, axis=-1) - 0.5 * (values[..., 0] + values[..., -1]))
    result: NDArray[np.complex128] = V / (2.0 * math.pi) ** d * 2.0j / hbar * integral
    return result


def kinetic_limit(
    data: GaussianSum, hbar: float, V: float, sign: float, k: float, along: float, across: float
) -> float:
    """Returns ``V^2 <(f1 f2 - f1' f2') delta>/((2 pi)^d |epsilon|^2)``, the right side of (2.25) corrected.

    As published it has the opposite sign.  `sign` is that of the potential in epsilon.
    """
    a = hbar * k
    marginal = data.marginal(1.0)
    here, there = (float(data(velocity)) for velocity in _velocities(data.d, along, across, a))
    w = np.array([along, along + a])
    F = marginal(w)
    epsilon = 1.0 + sign * V * complex(marginal.response_difference(np.asarray(along), np.asarray(a)))
    net = here * F[1] - there * F[0]
    return float(V * V * net / (a * (2.0 * math.pi) ** data.d * abs(epsilon) ** 2))
