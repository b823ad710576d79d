r"""What a point at distance rho/M from the axis of a needle sees of it as time goes by.

The density of one needle of (3.6), weighted with ``|u|^gamma``, near the origin and in units of its amplitude
times ``N2^(1+gamma) M^(1-d)``, is

    h(tau, rho) = int_0^2 dr r^(d-2) chi(r) G(r) C(rho, tau r),
    C(rho, w) = int_(S^(d-2)) chi(|rho e_1 - w y|) dy,
    G(r) = int chi(10 z) ((1 + z)^2 + (r/(M N2))^2)^(gamma/2) dz,

because ``u = N2 (1 + z) e_j + y/M`` drifts by ``tau y/M`` across the axis.  `C` depends on the dimension
alone, and is kept as Chebyshev series in `w`, at panels of rho and, averaged over the axis' direction, at the
nodes of `radial_rule`.  What depends on the parameters are moments of Chebyshev polynomials, one sum each.
``S^0`` is two points; angular harmonics ``cos(n phi)`` of `C` serve velocities that differ between needles.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numba import njit

from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, Array, chi, chi_at, gauss, panels, radial_rule
from wellposed.kinetics.quadrature import gauss_legendre

FARTHEST = 3.0
"""Distance rho beyond which no part of a needle comes within ``|t| <= 1/2``."""

_PANELS = 6
_NODES = 48  # of rho, on each panel
_SERIES = 128  # Chebyshev polynomials in w
_ANGLES = 192  # on half a circle
_DIRECTIONS = 160
_ALONG = 20  # nodes of z


@njit(cache=True, nogil=True)
def _circle(rho, w, n, d):
    """Returns ``int_(S^(d-2)) cos(n phi) chi(|rho e_1 - w y|) dy``."""
    near, far = chi(abs(rho - w)), (1 - 2 * (n % 2)) * chi(rho + w)
    if d == 2:
        return near + far
    total = 0.5 * (near + far)
    for i in range(1, _ANGLES):
        phi = math.pi * i / _ANGLES
        squared = rho * rho + w * w - 2.0 * rho * w * math.cos(phi)
        total += math.cos(n * phi) * chi(math.sqrt(max(squared, 0.0)))
    return 2.0 * math.pi / _ANGLES * total


@njit(cache=True, nogil=True)
def _circles(rho, w, n, d):
    found = np.empty((rho.size, w.size))
    for i in range(rho.size):
        for j in range(w.size):
            found[i, j] = _circle(rho[i], w[j], n, d)
    return found


@njit(cache=True, nogil=True)
def sum_of_series(rho, series):
    """Returns the sum over ``rho``, below `FARTHEST` where it counts, of panelwise `series`, (panels, n)."""
    total = 0.0
    for x in rho:
        panel = int(x * (_PANELS / FARTHEST))
        if panel < _PANELS:
            t = 2.0 * (2.0 * (x * (_PANELS / FARTHEST) - panel) - 1.0)
            c1, c2 = 0.0, 0.0
            for i in range(series.shape[1] - 1, 0, -1):
                c1, c2 = series[panel, i] + t * c1 - c2, c1
            total += series[panel, 0] + 0.5 * t * c1 - c2
    return total


def _degrees(harmonic: int) -> Array:
    """Returns degrees of the polynomials in `w` that a harmonic of `C`, even or odd, is a series of."""
    return np.asarray(2.0 * np.arange(_SERIES) + harmonic % 2, dtype=np.float64)


def _series_in_w(d: int, rho: Array, harmonic: int) -> Array:
    """Returns Chebyshev coefficients (rho.size, _SERIES) of ``C(rho, .)`` on [-1, 1]."""
    theta = (2.0 * np.arange(_SERIES) + 1.0) * math.pi / (4.0 * _SERIES)
    values = _circles(rho, np.cos(theta), harmonic, d)
    degrees = _degrees(harmonic)
    scale = np.where(degrees == 0.0, 1.0, 2.0) / _SERIES
    return values @ (np.cos(np.outer(theta, degrees)) * scale)


def _chebyshev_nodes() -> Array:
    return np.cos((2.0 * np.arange(_NODES) + 1.0) * math.pi / (2.0 * _NODES))


@lru_cache(maxsize=16)
def panel_series(d: int, harmonic: int = 0) -> Array:
    """Returns coefficients (panels, n, _SERIES) of `C`, of Chebyshev series in rho on panels and in `w`."""
    x = _chebyshev_nodes()
    width = FARTHEST / _PANELS
    rho = (width * (np.arange(_PANELS)[:, None] + 0.5 * (1.0 + x))).ravel()
    values = _series_in_w(d, rho, harmonic).reshape(_PANELS, _NODES, _SERIES)
    scale = np.where(np.arange(_NODES) == 0, 1.0, 2.0) / _NODES
    to_series = np.cos(np.outer(np.arange(_NODES), np.arccos(x))) * scale[:, None]
    return np.asarray(to_series @ values)


@lru_cache(maxsize=16)
def mean_over_directions(d: int) -> Array:
    """Returns coefficients (2 RADIAL, _SERIES) in `w` of the directions' mean of ``C(R |sin theta|, w)``."""
    R, _ = radial_rule(RADIAL)
    if d == 2:
        sine = np.sin((np.arange(_DIRECTIONS) + 0.5) * (0.5 * math.pi / _DIRECTIONS))
        weights = np.full(_DIRECTIONS, 1.0 / _DIRECTIONS)
    else:
        cosine, weights = gauss_legendre(_DIRECTIONS)
        sine = np.sqrt(1.0 - cosine**2)
    series = panel_series(d)
    mean = np.zeros((R.size, _PANELS * _NODES))
    rows = np.arange(R.size)
    for one, weight in zip(sine, weights, strict=True):
        position = R * one * (_PANELS / FARTHEST)
        panel = np.minimum(position.astype(int), _PANELS - 1)
        polynomials = np.cos(
            np.outer(np.arccos(np.clip(2.0 * (position - panel) - 1.0, -1.0, 1.0)), np.arange(_NODES))
        )
        columns = panel[:, None] * _NODES + np.arange(_NODES)
        mean[rows[:, None], columns] += weight * polynomials
    return mean @ series.reshape(_PANELS * _NODES, _SERIES)


@lru_cache(maxsize=16)
def cross_section_rule(d: int, level: int = 1) -> tuple[Array, Array]:
    """Returns a rule for ``int f(r) r^(d-2) chi(r) dr``; `level` is 0 (coarse) or 1 (fine)."""
    r, w = radial_rule((40, 80)[level])
    weights = w * r ** (d - 2) * chi_at(r)
    kept = weights > 1e-18
    return r[kept], weights[kept]


@lru_cache(maxsize=8)
def axial_rule(power: float = 1.0, n: int = _ALONG) -> tuple[Array, Array]:
    """Returns the Gauss rule for ``int f(z) chi(10 z)^power dz``."""
    z, w = panels(np.array([-0.2, -0.1, 0.1, 0.2]), 64)
    return gauss(z, w * chi_at(10.0 * z) ** power, n)


def speed_factor(r: Array, gamma: float, MN2: float) -> Array:
    """Returns G(r): the mean of ``(|u|/N2)^gamma`` along a needle at distance r/M of its axis, times 0.3."""
    z, w = axial_rule()
    if gamma == 0.0:
        return np.full(r.shape, w.sum())
    squared = (1.0 + z) ** 2 + (np.asarray(r)[..., None] / MN2) ** 2
    return np.asarray(squared ** (0.5 * gamma) @ w)


@lru_cache(maxsize=8)
def _polynomials(tau: tuple[float, ...], d: int, level: int, harmonic: int) -> Array:
    """Returns the polynomials (_SERIES, tau.size, n) at ``w = tau r``."""
    r, _ = cross_section_rule(d, level)
    angle = np.arccos(np.clip(np.outer(tau, r), -1.0, 1.0))
    return np.cos(_degrees(harmonic)[:, None, None] * angle)


def density_moments(tau: Array, weight: Array, d: int, level: int = 1, harmonic: int = 0) -> Array:
    """Returns moments (_SERIES, tau.size) of `weight` for `h` at times `tau`.

    `weight` is given at the nodes of `cross_section_rule`.
    """
    _, w = cross_section_rule(d, level)
    return np.asarray(_polynomials(tuple(tau.tolist()), d, level, harmonic) @ (w * weight))


def passage_moments(T: float, weight: Array, d: int, level: int = 1, harmonic: int = 0) -> Array:
    """Returns moments of `weight` for the integral of `h` over ``0 < tau < T``, at most 1/2.

    `weight` is ``(n,)`` or ``(n, m)`` at the nodes of `cross_section_rule`, the result ``(_SERIES,)`` or
    ``(_SERIES, m)``.
    """
    r, w = cross_section_rule(d, level)
    k = _degrees(harmonic)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):  # k = 1, which is put right below
        at_end, at_start = (
            0.5 * (np.cos((k + 1.0) * angle) / (k + 1.0) - np.cos((k - 1.0) * angle) / (k - 1.0))
            for angle in (np.arccos(T * r), 0.5 * math.pi)
        )
        integral = at_end - at_start
    if harmonic % 2:
        integral[0] = 0.5 * (T * r) ** 2
    return np.asarray(integral @ (weight.T * (w / r)).T)
