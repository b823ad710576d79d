r"""The smooth cutoff chi of the construction, its Fourier transforms, and quadrature that suits both.

    chi(r) = 1 for r <= 1,   0 for r >= 2,   1/(1 + exp(1/(2 - r) - 1/(r - 1))) between,

radial in every dimension.  The paper asks of chi no more than that it be smooth; this choice is ours.  It is
infinitely differentiable but nowhere analytic at 1 and 2, so its transforms decay as ``exp(-c sqrt(k))``, to
1e-13 at k = 400, and Gauss rules converge at the same pace.

Transforms are ``f^(k) = int f(x) exp(-i k.x) dx`` over the whole space.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import scipy
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.quadrature import gauss_legendre, sphere_area

Array = NDArray[np.float64]
Rule = tuple[Array, Array]
"""Nodes and weights, both (n,)."""

STEEPEST = 2.0
"""The largest value of ``|chi'|``, at r = 3/2."""

RADIAL = 144
"""Nodes on [0, 1] and on [1, 2] of functions that are transformed: they resolve all `wavenumbers`."""

_FARTHEST = 192.0  # `share_beyond` tells what that leaves out: 3e-11 of a squared norm of H^2, 1e-14 of H^1
_OCTAVES = 20  # dyadic panels below k = 1, for weights (1 + M^2 k^2)^s
_ON_OCTAVE = (8, 12)  # nodes on each of them, coarse and fine
_ON_UNIT = (5, 7)  # nodes on every unit of k above; |chi^|^2 oscillates with period pi/2


@njit(cache=True, nogil=True)
def chi(r):
    """Returns chi at one radius ``r >= 0``."""
    if r <= 1.0:
        return 1.0
    if r >= 2.0:
        return 0.0
    exponent = 1.0 / (2.0 - r) - 1.0 / (r - 1.0)
    if exponent > 700.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(exponent))


@njit(cache=True, nogil=True)
def chi_slope(r):
    """Returns chi' at one radius ``r >= 0``."""
    if r <= 1.0 or r >= 2.0:
        return 0.0
    exponent = 1.0 / (2.0 - r) - 1.0 / (r - 1.0)
    if abs(exponent) > 700.0:
        return 0.0
    grown = math.exp(-abs(exponent))
    return -(1.0 / (2.0 - r) ** 2 + 1.0 / (r - 1.0) ** 2) * grown / (1.0 + grown) ** 2


@njit(cache=True, nogil=True)
def _each(r):
    found = np.empty(r.size)
    for i in range(r.size):
        found[i] = chi(abs(r[i]))
    return found


def chi_at(r: Array) -> Array:
    """Returns ``chi(|r|)`` at every entry of an array of any shape."""
    r = np.asarray(r, dtype=np.float64)
    values: Array = _each(np.ascontiguousarray(r).ravel()).reshape(r.shape)
    return values


@njit(cache=True, nogil=True)
def _each_slope(r):
    found = np.empty(r.size)
    for i in range(r.size):
        found[i] = chi_slope(abs(r[i]))
    return found


def chi_slope_at(r: Array) -> Array:
    """Returns ``chi'(|r|)`` at every entry of an array of any shape."""
    r = np.asarray(r, dtype=np.float64)
    values: Array = _each_slope(np.ascontiguousarray(r).ravel()).reshape(r.shape)
    return values


def panels(breaks: Array, n: int) -> Rule:
    """Returns the Gauss-Legendre rule with `n` nodes on every panel between ascending `breaks`."""
    x, w = gauss_legendre(n)
    lengths = np.diff(breaks)[:, None]
    return (np.asarray(breaks)[:-1, None] + lengths * x).ravel(), (lengths * w).ravel()


@lru_cache(maxsize=16)
def radial_rule(n: int = 96) -> Rule:
    """Returns a rule for ``int_0^2 f(r) dr`` with powers of chi in `f`: `n` nodes on [0, 1] and on [1, 2]."""
    return panels(np.array([0.0, 1.0, 2.0]), n)


def gauss(x: Array, w: Array, n: int) -> Rule:
    """Returns the Gauss rule with `n` nodes of the positive measure with masses `w` at `x`.

    It is found by Stieltjes' recursion, and exact for polynomials of degree ``2 n - 1`` as long as `n` is
    small against ``x.size``.
    """
    centre, scale = 0.5 * (x.max() + x.min()), 0.5 * np.ptp(x)
    t = (x - centre) / scale
    diagonal, off = np.empty(n), np.empty(n)
    before, current = np.zeros_like(t), np.full_like(t, 1.0 / math.sqrt(w.sum()))
    norm = 0.0
    for j in range(n):
        diagonal[j] = np.sum(w * t * current**2)
        following = (t - diagonal[j]) * current - norm * before
        norm = off[j] = math.sqrt(np.sum(w * following**2))
        before, current = current, following / norm
    nodes, vectors = scipy.linalg.eigh_tridiagonal(diagonal, off[:-1])
    return centre + scale * nodes, w.sum() * vectors[0] ** 2


def chi_integral(d: int, power: float = 1.0) -> float:
    """Returns ``int chi(|x|)^power dx`` over R^d."""
    r, w = radial_rule()
    return sphere_area(d) * float(np.sum(w * r ** (d - 1) * chi_at(r) ** power))


def radial_wave(d: int, kr: Array) -> Array:
    """Returns the mean of ``exp(-i k.x)`` over ``|x| = r`` in R^d: cos, J_0 or sin(x)/x of `kr`."""
    match d:
        case 1:
            return np.cos(kr)
        case 2:
            return np.asarray(scipy.special.j0(kr))
        case _:
            return np.sinc(kr / math.pi)


@lru_cache(maxsize=16)
def wavenumbers(d: int, level: int = 1) -> Rule:
    """Returns a rule for ``int f(|k|) dk/(2 pi)^d`` over R^d, where `f` is a squared transform and a weight.

    The weight may vary on scales from 1e-6 on; `f` must be that of a function supported in the ball of radius
    two.  `level` is 0 (coarse) or 1 (fine).
    """
    graded = np.concatenate([[0.0], 2.0 ** np.arange(-_OCTAVES, 1)])
    below, above = (
        panels(graded, _ON_OCTAVE[level]),
        panels(np.linspace(1.0, _FARTHEST, int(_FARTHEST)), _ON_UNIT[level]),
    )
    k, w = np.concatenate([below[0], above[0]]), np.concatenate([below[1], above[1]])
    return k, w * k ** (d - 1) * sphere_area(d) / (2.0 * math.pi) ** d


@lru_cache(maxsize=16)
def transform_matrix(d: int, level: int = 1) -> Array:
    """Returns the matrix from ``f(r)`` at `radial_rule(RADIAL)` to its transform on R^d at `wavenumbers`."""
    r, w = radial_rule(RADIAL)
    k, _ = wavenumbers(d, level)
    return radial_wave(d, k[:, None] * r) * (sphere_area(d) * w * r ** (d - 1))


@lru_cache(maxsize=16)
def chi_transform(d: int, level: int = 1) -> Array:
    """Returns the transform of the cutoff on R^d at `wavenumbers(d, level)`."""
    return transform_matrix(d, level) @ chi_at(radial_rule(RADIAL)[0])


@lru_cache(maxsize=16)
def chi_spectrum(d: int, level: int = 1) -> Rule:
    """Returns ``|k|`` and masses ``|chi^|^2 dk/(2 pi)^d`` of chi on R^d, which add up to ``int chi^2``."""
    k, w = wavenumbers(d, level)
    return k, w * chi_transform(d, level) ** 2


def share_beyond(k: Array, density: Array) -> float:
    """Returns an estimate of what is beyond the highest wavenumber, over all that is below it.

    Spectra of functions made of the cutoff fall as ``exp(-c sqrt(k))``, faster and faster on a logarithmic
    scale.  So what is in intervals of a ratio of 3/2 falls at least as fast as it does in the last two.

    Parameters
    ----------
    k : (n,) float
        Wavenumbers of a rule, up to near the highest.
    density : (n,) float
        Contributions to a squared norm, weight included.
    """
    highest = float(k.max())
    last, before = (
        float(np.sum(density[(k > low * highest) & (k <= high * highest)]))
        for low, high in ((2.0 / 3.0, 1.0), (4.0 / 9.0, 2.0 / 3.0))
    )
    ratio = last / before if before > 0.0 else 0.0
    return last * ratio / (1.0 - ratio) / float(np.sum(density)) if ratio < 1.0 else math.inf


@lru_cache(maxsize=256)
def norm_beyond(d: int, M: float, s: float) -> float:
    """Returns the part of the norm of ``chi(M x)`` in ``H^s(R^d)`` that is beyond all `wavenumbers`."""
    k, mass = chi_spectrum(d)
    return 0.5 * share_beyond(k, mass * (1.0 + (M * k) ** 2) ** s)
