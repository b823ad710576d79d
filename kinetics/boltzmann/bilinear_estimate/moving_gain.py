r"""The bilinear estimate (2.1) for the gain term Q+(f, g), `f` the moving rock of `loss`, in the plane.

    R+ = |Q+(f, g)|_{L^2_t L^(2,s+gamma) H^s} / (|f| |g|),    f = chi(M (x - v t)) chi(4 (|v|/V - 1)).

In units of N2 for velocities, of 1/M for places, and of ``1/(M N2)`` for times, with needles' sum over
directions replaced by its mean, Carleman's form of the gain at ``v = q w`` is

    Q+ = (3 J A/(4 pi M)) N2^(1+gamma) I,
    I = int dv* chi(|X - v* T|) chi(4 (|v*|/V - 1)) int dh g(X, v + h n) |v* - v - h n|^(gamma-1),
    g(X, u) = chi(10 (|u| - 1)) chi(|X| |sin(angle of X and u)|)/|u|,

where `n` is at right angles to ``v* - v``.  What limits it in `X` are two factors, ``sum_k b_k(|X|, |v*| T)``
times ``exp(i k (angle of X and v*))``, and ``sum_l c_l(|X|)`` times ``exp(i l (angle of X and u))``.  So with
angles measured from `w`, its harmonics in the angle of X are

    I_m = int d|v*| |v*| chi sum_l c_l b_(m-l) K_(l,m-l),

with `K` the harmonics of what is left, an integral over the angle of v* and over h that neither X nor T
enter; harmonics are orthogonal in any ``H^s``.  As the rock has left after ``T V`` of a few, with particles
and needles that are all on one line, `I` decays as ``T^-3`` at a place, and as ``T^-4`` in the square of its
norm.  Left out are needles' drift and thickness, and that they are discrete: a part ``(M V)^-2`` by its
size; the sum over needles agrees to one per cent where that was compared.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import scipy
from numba import njit

from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.norms.cutoff import (
    Array,
    Rule,
    chi,
    chi_at,
    chi_integral,
    chi_spectrum,
    gauss,
    panels,
)
from wellposed.kinetics.quadrature import gauss_legendre

_TIMES = np.array([0.0, 0.8, 1.6, 3.2, 6.4])  # T V
_ON_TIMES = (4, 6)  # nodes, coarse and fine
_SPEEDS = np.array([0.0, 0.05, 0.1, 0.15, 0.3, 0.55, 0.8, 0.9, 1.0, 1.1, 1.21])  # q
_ON_SPEEDS = (3, 4)
_ROCK_SPEEDS = (12, 16)
_ON_NEEDLE = (5, 8)  # on each of three panels of |u|
_ANGLES = (96, 160)  # of v*
_RADII = (10, 14)  # on each unit of |X|
_DEGREES = (24, 32)  # l, even
_MODES = (16, 24)  # m
_ON_WAVENUMBERS = (3, 4)
_HIGHEST = (16.0, 24.0)


@njit(cache=True, nogil=True)
def _one_collision(q, p, theta, gamma, x, w, found):
    """Adds the integral over h to `found`, (2, degrees): real and imaginary part, with ``exp(-i l .)``."""
    away_x, away_y = p * math.cos(theta) - q, p * math.sin(theta)
    a = math.sqrt(away_x * away_x + away_y * away_y)
    away_x, away_y = away_x / a, away_y / a
    foot = q * away_x
    along = -q * away_y  # v = foot omega + along n,  n = (-omega_y, omega_x)
    for panel in range(3):
        low, high = (0.8, 0.9, 1.1)[panel], (0.9, 1.1, 1.2)[panel]
        start = max(low, abs(foot))
        if start >= high:
            continue
        for i in range(x.size):
            zeta = start + (high - start) * x[i] * x[i]
            h = math.sqrt(max((zeta - abs(foot)) * (zeta + abs(foot)), 1e-300))
            amount = 2.0 * (high - start) * x[i] * w[i] * chi(abs(10.0 * (zeta - 1.0))) / h
            for sign in (1.0, -1.0):
                off = sign * h - along
                value = amount * (a * a + off * off) ** (0.5 * (gamma - 1.0))
                ux = (foot * away_x - sign * h * away_y) / zeta
                uy = (foot * away_y + sign * h * away_x) / zeta
                # exp(-2 i angle of u), and its powers
                re, im = ux * ux - uy * uy, -2.0 * ux * uy
                power_re, power_im = 1.0, 0.0
                for degree in range(found.shape[1]):
                    found[0, degree] += value * power_re
                    found[1, degree] += value * power_im
                    power_re, power_im = power_re * re - power_im * im, power_re * im + power_im * re


@njit(cache=True, nogil=True)
def _collisions(q, p, angles, gamma, x, w, degrees):
    found = np.zeros((q.size, p.size, angles.size, 2, degrees))
    for i in range(q.size):
        for j in range(p.size):
            for k in range(angles.size):
                _one_collision(q[i], p[j], angles[k], gamma, x, w, found[i, j, k])
    return found


@njit(cache=True, nogil=True)
def _modes(b, c, K):
    """Returns ``I_m(R)``, (q, R, m), of `b` (p, R, n), `c` (R, l) and `K` (q, p, l, m).

    Both n and l go from minus their highest to their highest.
    """
    found = np.zeros((K.shape[0], b.shape[1], K.shape[3]))
    middle, most = b.shape[2] // 2, K.shape[2] // 2
    for i in range(K.shape[0]):
        for j in range(b.shape[0]):
            for k in range(b.shape[1]):
                if b[j, k, middle] == 0.0:
                    continue
                for degree in range(K.shape[2]):
                    start = middle - 2 * (degree - most)
                    for m in range(K.shape[3]):
                        found[i, k, m] += b[j, k, start + m] * c[k, degree] * K[i, j, degree, m]
    return found


def _rock(V: float, n: int) -> Rule:
    """Returns the Gauss rule for ``int f(p) chi(4 (p/V - 1)) p dp``."""
    x, w = panels(np.array([0.5, 0.75, 1.25, 1.5]), 64)
    p, w = gauss(x, w * x * chi_at(4.0 * (x - 1.0)), n)
    return V * p, V**2 * w


def _harmonics(values: Array, most: int) -> Array:
    """Returns Fourier coefficients from -most to most of even functions of the angle on the last axis."""
    half = np.fft.rfft(values, axis=-1).real[..., : most + 1] / values.shape[-1]
    return np.concatenate([half[..., :0:-1], half], axis=-1)


@lru_cache(maxsize=4)
def _radii(level: int) -> Rule:
    return panels(np.arange(0.0, math.ceil(1.5 * _TIMES[-1] + 2.0) + 1.0), _RADII[level])


@lru_cache(maxsize=4)
def _wavenumbers(level: int) -> Rule:
    """Returns a rule for ``int f(|k|) dk/(2 pi)^2``."""
    below = panels(np.concatenate([[0.0], 2.0 ** np.arange(-8, 0)]), _ON_WAVENUMBERS[level])
    above = panels(np.arange(0.5, _HIGHEST[level] + 0.25, 0.5), _ON_WAVENUMBERS[level])
    k, w = np.concatenate([below[0], above[0]]), np.concatenate([below[1], above[1]])
    return k, w * k / (2.0 * math.pi)


@lru_cache(maxsize=4)
def _waves(level: int) -> Array:
    """Returns the matrices from ``I_m(R)`` to its transform, (m, R, k)."""
    R, w = _radii(level)
    k, _ = _wavenumbers(level)
    m = np.arange(_MODES[level])
    return np.asarray(2.0 * math.pi * (w * R)[:, None] * scipy.special.jv(m[:, None, None], R[:, None] * k))


@lru_cache(maxsize=4)
def _kernel(V: float, gamma: float, level: int) -> Array:
    """Returns `K` times the weights of v*, (q, p, l, m), for l = -2 degrees + 2, ..., 2 degrees - 2."""
    q, _ = panels(_SPEEDS, _ON_SPEEDS[level])
    p, w_p = _rock(V, _ROCK_SPEEDS[level])
    n, degrees, modes = _ANGLES[level], _DEGREES[level] // 2, _MODES[level]
    # nodes off the axis: where q = p, the direction of v* - v is undefined there
    angles = (np.arange(n) + 0.5) * (2.0 * math.pi / n)
    parts = _collisions(q, p, angles, gamma, *gauss_legendre(_ON_NEEDLE[level]), degrees + 1)
    l_2 = np.arange(-degrees, degrees + 1)
    order = np.arange(modes) - 2 * l_2[:, None]
    wave = order[..., None] * angles  # (l, m, angles)
    real = parts[:, :, :, 0, np.abs(l_2)]
    imaginary = parts[:, :, :, 1, np.abs(l_2)] * np.sign(l_2)
    found = np.einsum("lma,qpal->qplm", np.cos(wave), real, optimize=True)
    found += np.einsum("lma,qpal->qplm", np.sin(wave), imaginary, optimize=True)
    return np.asarray(found * (2.0 * math.pi / n * w_p)[:, None, None])


def modes_at(V: float, gamma: float, T: float, level: int) -> Array:
    """Returns ``I_m`` at a time, (q, R, m)."""
    R, _ = _radii(level)
    p, _ = _rock(V, _ROCK_SPEEDS[level])
    degrees = _DEGREES[level]
    angles = 2.0 * math.pi * np.arange(256) / 256
    squared = R[:, None] ** 2 + (p[:, None, None] * T) ** 2
    squared = squared - 2.0 * R[:, None] * p[:, None, None] * T * np.cos(angles)
    b = _harmonics(chi_at(np.sqrt(np.maximum(squared, 0.0))), degrees + _MODES[level])
    c = _harmonics(chi_at(R[:, None] * np.abs(np.sin(angles))), degrees)[:, ::2]
    return np.asarray(_modes(b, np.ascontiguousarray(c), _kernel(V, gamma, level)))


@lru_cache(maxsize=16)
def _spectra(V: float, gamma: float, level: int) -> tuple[Array, Array]:
    """Returns means over directions of ``|I^|^2``, (q, k), at the last of `_TIMES`, and integrals up to each.

    The latter come first, (times, q, k).
    """
    D, w = panels(_TIMES, _ON_TIMES[level])
    twice = np.where(np.arange(_MODES[level]) == 0, 1.0, 2.0)

    def spectrum(T: float) -> Array:
        transform = np.moveaxis(modes_at(V, gamma, T, level), -1, 0) @ _waves(level)
        return np.asarray(np.einsum("m,mqk->qk", twice, transform**2))

    by_time = np.array(
        [weight / V * spectrum(T / V) for T, weight in zip(D.tolist(), w.tolist(), strict=True)]
    )
    by_panel = by_time.reshape(_TIMES.size - 1, -1, *by_time.shape[1:]).sum(axis=1)
    return np.cumsum(by_panel, axis=0), spectrum(_TIMES[-1] / V)


def _velocities(N2: float, power: float, level: int) -> Array:
    """Returns weights of ``int f(q) (1 + (N2 q)^2)^power dv``, with `f` a polynomial on the first panel."""
    q, w = panels(_SPEEDS, _ON_SPEEDS[level])
    weights = 2.0 * math.pi * w * q * (1.0 + (N2 * q) ** 2) ** power
    first, end = _ON_SPEEDS[level], float(_SPEEDS[1])
    octaves = np.concatenate([[0.0], end * 2.0 ** np.arange(-math.ceil(math.log2(N2)) - 4, 1)])
    y, w_y = panels(octaves, 8)
    measure = 2.0 * math.pi * w_y * y * (1.0 + (N2 * y) ** 2) ** power
    powers = np.vander(y / end, first, increasing=True)
    weights[:first] = measure @ powers @ np.linalg.inv(np.vander(q[:first] / end, first, increasing=True))
    return weights


def moving_gain(at: Needles, slow: float, level: int) -> tuple[float, float]:
    """Returns the ratio for the rock with ``V = slow N2``, and the part of it that no level has.

    That is what comes from extrapolated times, and what needles' drift changes.  The two levels end at
    different wavenumbers, so that their difference has what is beyond them.

    Parameters
    ----------
    at : Needles
        In the plane.
    slow : float
        V/N2.
    level : int
        0 (coarse) or 1 (fine).

    Raises
    ------
    ValueError
        If ``M V |t|`` is below the last of `_TIMES` and none of them.
    """
    M, N2, s, power = at.M, at.N2, at.s, at.s + at.gamma
    k, w_k = _wavenumbers(level)
    in_x = w_k * (1.0 + (M * k) ** 2) ** s
    by_q = _velocities(N2, power, level)
    until, at_last = _spectra(slow, at.gamma, level)
    squares, tail = by_q @ until @ in_x, 0.0
    end = slow * M * N2 * abs(at.t)
    if end > _TIMES[-1] * (1.0 + 1e-9):
        # goes on as T^-4
        tail = float(by_q @ at_last @ in_x) * _TIMES[-1] / slow / 3.0 * (1.0 - (_TIMES[-1] / end) ** 3)
        whole = float(squares[-1]) + tail
    elif np.any(there := np.isclose(_TIMES[1:], end, rtol=1e-9)):
        whole = float(squares[there][0])
    else:
        raise ValueError(f"`M V |t|` must be one of {_TIMES[1:]} or above, but is {end:g}.")
    x, w = panels(np.array([0.5, 0.75, 1.25, 1.5]), 64)
    V = slow * N2
    velocities = 2.0 * math.pi * w * x * chi_at(4.0 * (x - 1.0)) ** 2 @ (1.0 + (V * x) ** 2) ** power * V**2
    all_k, mass = chi_spectrum(2, level)
    rock = float(velocities) * float((1.0 + (M * all_k) ** 2) ** s @ mass)
    scale = chi_integral(1) * at.J * at.amplitude / (4.0 * math.pi * M) * N2 ** (1.0 + at.gamma)
    found = scale * N2 * math.sqrt(whole / (M * N2) / rock) / at.f_b_norm_in(power, s, level)
    return found, 0.5 * tail / whole + (M * V) ** -2
