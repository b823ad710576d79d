r"""The bilinear estimate (2.1) for the loss term, on two pairs that show what it needs.

    R = |Q^-(f, g)|_{L^2_t L^(2,s+gamma) H^s} / (|f| |g|),    norms of the data in L^(2,s+gamma) H^s,

for free waves f and g: `g` are the needles (3.6), and `f` is a rock that stands still, or one that moves,

    static:  chi(M x) times any function of v near 0 (N1 -> infinity; it drops out),
    moving:  chi(M (x - v t)) chi(4 (|v|/V - 1)),    V = N2/10.

For free waves the norm of ``X^(s,r,b)`` cut off in time is that of the data, up to a factor that has nothing
to do with them.  The static rock stays where all needles cross for the whole time, and `R` is a power of
``M N2`` whose exponent changes sign at (d-1)/2.  The moving rock leaves that place after a time ``1/(M V)``,
which costs half a derivative: with ``N2 = M`` the exponent changes sign at the scaling index (d-2)/2.
Where `R` stays bounded that is evidence for (2.1), not a proof: other pairs may do worse.

The sum over needles is its mean over directions.  For the moving rock, ``X = M (x - v tau)`` and
``D = M |v tau|``, the loss frequency at ``P = D w + X``, ``w = v/|v|``, is

    rho = kappa sum_l g_l(|v|/N2) Y_l(angle of P and w) S_l(|P|),    l = 0, 2, 4, ...,

where `S_l` is the mean over directions e of ``chi(|P_e^perp P|) Y_l(angle of e and P)``, ``Y_l`` is
``cos(l .)`` or Legendre's polynomial of the cosine, and `g_l` expands ``|u - v|^gamma`` in these functions.
Slow velocities are left out because they stay: for gamma = -1/2 and d = 2 their weight would add a logarithm.
Needles' drift ``tau y/M`` across their axes is left out there: it changes ``R`` by less than a part
``(M V)^-2``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np
import scipy
from numba import njit
from numpy.typing import NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.construction.crossing import (
    axial_rule,
    cross_section_rule,
    density_moments,
    mean_over_directions,
    speed_factor,
)
from wellposed.kinetics.boltzmann.construction.needles import Needles, needles
from wellposed.kinetics.boltzmann.construction.rock_gain import mean_squares
from wellposed.kinetics.boltzmann.construction.spread import square_of_harmonics
from wellposed.kinetics.boltzmann.norms.cutoff import (
    RADIAL,
    Array,
    Rule,
    chi,
    chi_at,
    chi_integral,
    chi_spectrum,
    gauss,
    norm_beyond,
    panels,
    radial_rule,
    share_beyond,
    transform_matrix,
    wavenumbers,
)
from wellposed.kinetics.boltzmann.norms.rules import few_wavenumbers
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.quadrature import gauss_legendre, sphere_area

Degrees = NDArray[np.int_]
Rock = Literal["static", "moving"]

SPEED = 0.1
"""V/N2 of the moving rock: its velocities, at most 1.5 V, keep away from the needles', at least 0.8 N2."""

LOWEST_S = -0.25
"""The lowest regularity that norms are taken in."""

_TIMES = (8, 14)  # nodes, coarse and fine
_AT_ONCE = 1e-3
_ORDERS = (3, 4)  # functions Y_l: l = 0, 2, 4, and 6
_MODES = (16, 24)  # of the angle of X
_RADII = (24, 32)  # on [0, 1] and on [1, 2]
_ON_PANEL = (4, 6)  # nodes of D
_BREAKS = np.array([0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64], dtype=np.float64)


@lru_cache(maxsize=8)
def _transform_of_mean(d: int, level: int) -> Array:
    """Returns transforms of chi(R) times the mean over directions, (k, series in w)."""
    rock = chi_at(radial_rule(RADIAL)[0])
    return transform_matrix(d, level) @ (rock[:, None] * mean_over_directions(d))


def _static(at: Needles, level: int) -> tuple[float, float]:
    """Returns the ratio for the static rock, and the part of it that no level has."""
    k, w = wavenumbers(at.d, level)
    tau, w_tau = panels(np.array([0.0, abs(at.t)]), _TIMES[level])
    r, _ = cross_section_rule(at.d, level)
    moments = density_moments(tau, speed_factor(r, at.gamma, at.M * at.N2), at.d, level)
    spectrum = (_transform_of_mean(at.d, level) @ moments) ** 2 @ w_tau
    weight = (1.0 + (at.M * k) ** 2) ** at.s
    rock = float(weight @ chi_spectrum(at.d, level)[1])
    density = w * weight * spectrum
    found = at.rate * math.sqrt(float(density.sum()) / rock)
    beyond = 0.5 * share_beyond(k, density) + norm_beyond(at.d, at.M, at.s) + at.f_b_norm_beyond(at.s)
    # at once, where nothing is averaged over the needles' thickness, they differ most from their mean
    harmonics = square_of_harmonics(at.d, at.M * at.N2, at.density, _AT_ONCE, at.s)
    return found / at.f_b_norm_in(at.s + at.gamma, at.s, level), beyond + 0.5 * harmonics


@njit(cache=True, nogil=True)
def _means(P, order, d, x, w):
    """Returns ``S_l(P)``, (P.size, order), l = 0, 2, ...: means over directions e, of which -e are alike."""
    found = np.zeros((P.size, order))
    for i in range(P.size):
        if P[i] <= 1.0:
            found[i, 0] = 1.0
            continue
        low = math.asin(1.0 / P[i])
        high = math.asin(min(2.0 / P[i], 1.0))
        for panel in range(2):
            start = low * panel
            length = low if panel == 0 else high - low
            for j in range(x.size):
                theta = start + length * x[j]
                c = math.cos(theta)
                value = length * w[j] * chi(P[i] * math.sin(theta))
                value *= 2.0 / math.pi if d == 2 else math.sin(theta)
                # T_(2 n) and P_(2 n) of c, by their recursions
                before, current = 1.0, c
                found[i, 0] += value
                for n in range(1, 2 * order - 1):
                    if d == 2:
                        before, current = current, 2.0 * c * current - before
                    else:
                        before, current = current, ((2 * n + 1) * c * current - n * before) / (n + 1)
                    if n % 2 == 1:
                        found[i, (n + 1) // 2] += value * current
    return found


def _functions(d: int, degrees: Degrees, cosine: Array) -> Array:
    """Returns ``Y_l`` at every `cosine`, (degrees.size, *cosine.shape)."""
    rows = degrees.reshape(-1, *(1,) * cosine.ndim)
    if d == 2:
        return np.asarray(np.cos(rows * np.arccos(np.clip(cosine, -1.0, 1.0))))
    return np.asarray(scipy.special.eval_legendre(rows, cosine))


def _angle_rule(d: int, n: int) -> Rule:
    """Returns cosines and weights of a mean over directions' angles with an axis, exact for `n` functions."""
    if d == 2:
        return np.cos(math.pi * (np.arange(n) + 0.5) / n), np.full(n, 1.0 / n)
    x, w = gauss_legendre(n)
    return 2.0 * x - 1.0, w


@lru_cache(maxsize=8)
def moving_spectra(d: int, level: int) -> Array:
    """Returns spectra ``F_l^* F_l'`` of ``F_l = chi(|X|) S_l(|P|) Y_l``, (D, k, l, l').

    Nodes of D are on the panels between `_BREAKS`, and those of k are `few_wavenumbers`.
    """
    D, _ = panels(_BREAKS, _ON_PANEL[level])
    k, _ = few_wavenumbers(d, level)
    R, w_R = radial_rule(_RADII[level])
    order, modes = _ORDERS[level], _MODES[level]
    cosine, w_angle = _angle_rule(d, 2 * modes)
    squared = D[:, None, None] ** 2 + 2.0 * D[:, None, None] * R[:, None] * cosine + R[:, None] ** 2
    P = np.sqrt(np.maximum(squared, 0.0))
    cosine_P = (D[:, None, None] + R[:, None] * cosine) / np.maximum(P, 1e-300)
    means = np.moveaxis(_means(P.ravel(), order, d, *gauss_legendre(32)).reshape(*P.shape, order), -1, 0)
    values = means * _functions(d, 2 * np.arange(order), np.clip(cosine_P, -1.0, 1.0))
    values *= (chi_at(R) * w_R * R ** (d - 1))[:, None]
    m = np.arange(modes)
    amounts = values @ (_functions(d, m, cosine) / mean_squares(d, m)[:, None] * w_angle).T  # (l, D, R, m)
    spectra = np.zeros((D.size, k.size, order, order))
    for mode in m.tolist():
        kR = k[:, None] * R
        wave = scipy.special.jv(mode, kR) if d == 2 else scipy.special.spherical_jn(mode, kR)
        transform = sphere_area(d) * np.moveaxis(amounts[..., mode] @ wave.T, 0, -1)  # (D, k, l)
        spectra += float(mean_squares(d, np.array(mode))) * transform[..., :, None] * transform[..., None, :]
    return spectra


def _expansion(d: int, q: Array, gamma: float, order: int) -> Array:
    """Returns ``g_l(q)``, (q.size, order): ``|u - v|^gamma`` summed along a needle, in units of N2."""
    cosine, weights = _angle_rule(d, 24)
    z, w = axial_rule()
    squared = (1.0 + z) ** 2 - 2.0 * (1.0 + z) * cosine[:, None] * q[:, None, None] + q[:, None, None] ** 2
    degrees = 2 * np.arange(order)
    along_axis = np.asarray(squared ** (0.5 * gamma)) @ w
    return (along_axis * weights) @ (_functions(d, degrees, cosine) / mean_squares(d, degrees)[:, None]).T


@lru_cache(maxsize=8)
def _antiderivative(n: int) -> Array:
    """Returns the matrix from values at `n` Gauss nodes of [0, 1] to coefficients of their antiderivative."""
    x, _ = gauss_legendre(n)
    powers = np.linalg.inv(np.vander(x, increasing=True))
    return np.concatenate([np.zeros((1, n)), powers / np.arange(1, n + 1)[:, None]])


def _integrated(values: Array, upper: Array, power: int, n: int) -> Array:
    """Returns integrals from 0 to each of `upper` of `values`, (D, ...).

    Beyond the last of `_BREAKS` values go on as ``D^-power (a + b D^-2)``.
    """
    by_panel = values.reshape(_BREAKS.size - 1, n, -1)
    lengths = np.diff(_BREAKS)
    coefficients = np.einsum("jn,pnm->pjm", _antiderivative(n), by_panel) * lengths[:, None, None]
    whole = np.concatenate([np.zeros((1, by_panel.shape[2])), np.cumsum(coefficients.sum(axis=1), axis=0)])
    panel = np.clip(np.searchsorted(_BREAKS, upper, side="right") - 1, 0, lengths.size - 1)
    part = np.minimum((upper - _BREAKS[panel]) / lengths[panel], 1.0)
    found = whole[panel] + np.einsum("uj,ujm->um", part[:, None] ** np.arange(n + 1), coefficients[panel])
    D, _ = panels(_BREAKS[-3:], n)
    tail = values.reshape(values.shape[0], -1)[-D.size :] * D[:, None] ** power
    a, b = np.linalg.lstsq(np.stack([np.ones_like(D), D**-2.0], axis=1), tail, rcond=None)[0]
    last, beyond = _BREAKS[-1], np.maximum(upper, _BREAKS[-1])[:, None]
    found += a * (last ** (1 - power) - beyond ** (1 - power)) / (power - 1)
    found += b * (last ** (-1 - power) - beyond ** (-1 - power)) / (power + 1)
    return found.reshape(upper.size, *values.shape[1:])


@lru_cache(maxsize=4)
def _speeds(d: int) -> Rule:
    """Returns the Gauss rule for ``int f(|w|) chi(4 (|w| - 1))^2 dw`` over R^d."""
    x, w = panels(np.array([0.5, 0.75, 1.25, 1.5]), 64)
    return gauss(x, sphere_area(d) * w * x ** (d - 1) * chi_at(4.0 * (x - 1.0)) ** 2, 8)


def _moving(at: Needles, level: int) -> tuple[float, float]:
    """Returns the ratio for the moving rock, and the part of it that no level has."""
    d, M, s, V = at.d, at.M, at.s, SPEED * at.N2
    k, w_k = few_wavenumbers(d, level)
    speed, w_speed = _speeds(d)
    velocities = w_speed * (1.0 + (V * speed) ** 2) ** (s + at.gamma)
    weight = (1.0 + (M * k) ** 2) ** s
    spectra = moving_spectra(d, level)
    in_x = np.einsum("k,dkij->dij", w_k * weight, spectra, optimize=True)
    reached = _integrated(in_x, M * V * abs(at.t) * speed, 2 * (d - 1), _ON_PANEL[level])
    g = _expansion(d, SPEED * speed, at.gamma, _ORDERS[level])
    squared = float(np.einsum("u,uij,ui,uj->", velocities / (M * V * speed), reached, g, g))
    all_k, mass = chi_spectrum(d, level)
    rock = float(np.sum(velocities)) * float((1.0 + (M * all_k) ** 2) ** s @ mass)
    found = at.rate * chi_integral(d - 1) * math.sqrt(squared / rock)
    # Y_0 at D = 0 is the static rock, which has most of what is beyond; and needles' drift is left out
    beyond = 0.5 * share_beyond(k, w_k * weight * spectra[0, :, 0, 0])
    beyond += norm_beyond(d, M, s) + at.f_b_norm_beyond(s) + (M * V) ** -2
    return found / at.f_b_norm_in(s + at.gamma, s, level), beyond


RATIOS: dict[str, Callable[[Needles, int], tuple[float, float]]] = {"static": _static, "moving": _moving}
"""The ratio of each rock, and the part of it that no level has, by needles and level: 0, or 1 (fine)."""


def checked_needles(d: int, M: float, N2: float, s: float, gamma: float, t: float) -> Needles:
    """Returns needles whose bounds are checked.

    Norms may be of negative `s`, but the construction may not.
    """
    s = float(Parameter("s", "", 0.0, lower=LOWEST_S).canonical(s))
    within = needles(d, M, N2, 2.0**40, gamma, max(s, 0.0), max(s, 0.0), t)
    return replace(within, s=s, s0=s)


def loss_ratio(d: int, M: float, N2: float, s: float, gamma: float, t: float, rock: Rock = "static") -> float:
    """Returns the ratio of (2.1) for the loss term on rock and needles, over times from `t` to 0.

    Parameters
    ----------
    d : int
        Dimension, 2 or 3.
    M, N2 : float
        Needles and rock are as thin as 1/M; needles are as long and as fast as N2.
    s : float
        Regularity in x, at least -1/4; the weight in v is ``s + gamma``.
    gamma : float
        Power of the kernel, from ``-(d-1)/2`` to 1.
    t : float
        Time, ``0 < |t| <= 1/2``.
    rock : {"static", "moving"}
        Whether the rock stands still, or moves with a tenth of the needles' speed.

    Raises
    ------
    ParameterError
        If one of these bounds is broken, or M N2 is too small for needles to be disjoint in velocity.
    """
    if rock not in RATIOS:
        raise ParameterError(f"Parameter `rock` must be one of {', '.join(RATIOS)}, but is {rock}.")
    at = checked_needles(d, M, N2, s, gamma, t)
    if at.t == 0.0:
        raise ParameterError("Parameter `t` must not be 0: no time passes.")
    return RATIOS[rock](at, 1)[0]
