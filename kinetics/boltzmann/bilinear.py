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
from dataclasses import replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import eval_legendre, jv, spherical_jn

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann.bilinear_gain import static_gain
from wellposed.kinetics.boltzmann.crossing import (
    across,
    along,
    density_moments,
    mean_over_directions,
    speed_factor,
)
from wellposed.kinetics.boltzmann.cutoff import (
    RADIAL,
    Array,
    Rule,
    chi,
    chi_at,
    chi_integral,
    chi_spectrum,
    gauss,
    panels,
    radial_rule,
    sphere_area,
    transform_matrix,
    wavenumbers,
)
from wellposed.kinetics.boltzmann.moving_gain import moving_gain
from wellposed.kinetics.boltzmann.norm_rules import some_wavenumbers
from wellposed.kinetics.boltzmann.rock_and_needles import Needles, needles
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point, PrintedThreshold
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.quadrature import gauss_legendre

Degrees = NDArray[np.int_]
Rock = Literal["static", "moving"]

SPEED = 0.1
"""V/N2 of the moving rock: its velocities, at most 1.5 V, keep away from the needles', at least 0.8 N2."""

_TIMES = (8, 14)  # nodes, coarse and fine
_ORDERS = (3, 4)  # functions Y_l: l = 0, 2, 4, and 6
_MODES = (16, 24)  # of the angle of X
_RADII = (24, 32)  # on [0, 1] and on [1, 2]
_ON_PANEL = (4, 6)  # nodes of D
_BREAKS = np.array([0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64], dtype=np.float64)
_LOWEST_S = -0.25
_EXPONENTS = np.arange(3, 17)
MN2 = 4.0**_EXPONENTS
"""M N2 of the profile, with M = N2."""


@lru_cache(maxsize=8)
def _transform_of_mean(d: int, level: int) -> Array:
    """Transforms of chi(R) times the mean over directions, (k, series in w)."""
    rock = chi_at(radial_rule(RADIAL)[0])
    return transform_matrix(d, level) @ (rock[:, None] * mean_over_directions(d))


def _static(at: Needles, level: int) -> float:
    """The ratio for the static rock."""
    k, w = wavenumbers(at.d, level)
    tau, w_tau = panels(np.array([0.0, abs(at.t)]), _TIMES[level])
    r, _ = across(at.d, level)
    moments = density_moments(tau, speed_factor(r, at.gamma, at.M * at.N2), at.d, level)
    spectrum = (_transform_of_mean(at.d, level) @ moments) ** 2 @ w_tau
    weight = (1.0 + (at.M * k) ** 2) ** at.s
    rock = float(weight @ chi_spectrum(at.d, level)[1])
    found = at.rate * math.sqrt(float((w * weight) @ spectrum) / rock)
    return found / at.f_b_norm_in(at.s + at.gamma, at.s, level)


@njit(cache=True, nogil=True)
def _means(P, order, d, x, w):
    """``S_l(P)``, l = 0, 2, ..., below ``2 order``: means over directions at angles theta to P, and to -P."""
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
    """``Y_l`` at every `cosine`: (degrees.size, *cosine.shape)."""
    rows = degrees.reshape(-1, *(1,) * cosine.ndim)
    if d == 2:
        return np.asarray(np.cos(rows * np.arccos(np.clip(cosine, -1.0, 1.0))))
    return np.asarray(eval_legendre(rows, cosine))


def _angle_rule(d: int, n: int) -> Rule:
    """Cosines and weights of a mean over the directions' angle with an axis, exact for `n` functions."""
    if d == 2:
        return np.cos(math.pi * (np.arange(n) + 0.5) / n), np.full(n, 1.0 / n)
    x, w = gauss_legendre(n)
    return 2.0 * x - 1.0, w


def _share(d: int, degrees: Degrees) -> Array:
    """The mean of ``Y_l^2`` over directions."""
    return np.where(degrees == 0, 1.0, 0.5) if d == 2 else np.asarray(1.0 / (2.0 * degrees + 1.0))


@lru_cache(maxsize=8)
def moving_spectra(d: int, level: int) -> Array:
    """Spectra ``F_l^* F_l'`` of ``F_l = chi(|X|) S_l(|P|) Y_l``: (D, k, l, l'), D on panels of `_BREAKS`."""
    D, _ = panels(_BREAKS, _ON_PANEL[level])
    k, _ = some_wavenumbers(d, level)
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
    amounts = values @ (_functions(d, m, cosine) / _share(d, m)[:, None] * w_angle).T  # (l, D, R, m)
    spectra = np.zeros((D.size, k.size, order, order))
    for mode in m.tolist():
        kR = k[:, None] * R
        wave = jv(mode, kR) if d == 2 else spherical_jn(mode, kR)
        transform = sphere_area(d) * np.moveaxis(amounts[..., mode] @ wave.T, 0, -1)  # (D, k, l)
        spectra += float(_share(d, np.array(mode))) * transform[..., :, None] * transform[..., None, :]
    return spectra


def _expansion(d: int, q: Array, gamma: float, order: int) -> Array:
    """``g_l(q)``, (q.size, order): ``|u - v|^gamma`` summed along a needle, in units of N2."""
    cosine, weights = _angle_rule(d, 24)
    z, w = along()
    squared = (1.0 + z) ** 2 - 2.0 * (1.0 + z) * cosine[:, None] * q[:, None, None] + q[:, None, None] ** 2
    degrees = 2 * np.arange(order)
    along_axis = np.asarray(squared ** (0.5 * gamma)) @ w
    return (along_axis * weights) @ (_functions(d, degrees, cosine) / _share(d, degrees)[:, None]).T


@lru_cache(maxsize=8)
def _antiderivative(n: int) -> Array:
    """The matrix from values at `n` Gauss nodes of [0, 1] to the integral's coefficients in ``x^j``."""
    x, _ = gauss_legendre(n)
    powers = np.linalg.inv(np.vander(x, increasing=True))
    return np.concatenate([np.zeros((1, n)), powers / np.arange(1, n + 1)[:, None]])


def _integrated(values: Array, upper: Array, power: int, n: int) -> Array:
    """Integrals from 0 to each of `upper` of `values`, (D, ...); they go on as ``D^-power (a + b D^-2)``."""
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
    """The Gauss rule for ``int f(|w|) chi(4 (|w| - 1))^2 dw`` over R^d."""
    x, w = panels(np.array([0.5, 0.75, 1.25, 1.5]), 64)
    return gauss(x, sphere_area(d) * w * x ** (d - 1) * chi_at(4.0 * (x - 1.0)) ** 2, 8)


def _moving(at: Needles, level: int) -> float:
    """The ratio for the moving rock."""
    d, M, s, V = at.d, at.M, at.s, SPEED * at.N2
    k, w_k = some_wavenumbers(d, level)
    speed, w_speed = _speeds(d)
    velocities = w_speed * (1.0 + (V * speed) ** 2) ** (s + at.gamma)
    weight = (1.0 + (M * k) ** 2) ** s
    in_x = np.einsum("k,dkij->dij", w_k * weight, moving_spectra(d, level), optimize=True)
    reached = _integrated(in_x, M * V * abs(at.t) * speed, 2 * (d - 1), _ON_PANEL[level])
    g = _expansion(d, SPEED * speed, at.gamma, _ORDERS[level])
    squared = float(np.einsum("u,uij,ui,uj->", velocities / (M * V * speed), reached, g, g))
    all_k, mass = chi_spectrum(d, level)
    rock = float(np.sum(velocities)) * float((1.0 + (M * all_k) ** 2) ** s @ mass)
    found = at.rate * chi_integral(d - 1) * math.sqrt(squared / rock)
    return found / at.f_b_norm_in(s + at.gamma, s, level)


_RATIOS = {"static": _static, "moving": _moving}


def _at(d: int, M: float, N2: float, s: float, gamma: float, t: float) -> Needles:
    """Needles whose bounds are checked; `s` may be negative in norms, but not in the construction."""
    s = float(Parameter("s", "", 0.0, lower=_LOWEST_S).canonical(s))
    within = needles(d, M, N2, 2.0**40, gamma, max(s, 0.0), max(s, 0.0), t)
    return replace(within, s=s, s0=s)


def loss_ratio(d: int, M: float, N2: float, s: float, gamma: float, t: float, rock: Rock = "static") -> float:
    """The ratio of (2.1) for the loss term on rock and needles, over times from `t` to 0.

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

    Raises
    ------
    ParameterError
        If one of these bounds is broken, or M N2 is too small for needles to be disjoint in velocity.
    """
    if rock not in _RATIOS:
        raise ParameterError(f"Parameter `rock` must be one of {', '.join(_RATIOS)}, but is {rock}.")
    at = _at(d, M, N2, s, gamma, t)
    if at.t == 0.0:
        raise ParameterError("Parameter `t` must not be 0: no time passes.")
    return _RATIOS[rock](at, 1)


def _ratio(at: Needles, rock: str, term: str) -> tuple[float, float]:
    """The ratio and its error."""
    if term == "gain" and rock == "moving":
        (coarse, _), (fine, later) = (moving_gain(at, SPEED, level) for level in (0, 1))
        return fine, abs(fine - coarse) + (later + (SPEED * at.M * at.N2) ** -2) * fine
    if term == "gain":
        (coarse, _), (fine, untold) = (static_gain(at, level) for level in (0, 1))
        return fine, abs(fine - coarse) + (1e-6 + untold) * fine
    coarse, fine = (_RATIOS[rock](at, level) for level in (0, 1))
    drift = (SPEED * at.M * at.N2) ** -2 if rock == "moving" else 0.0
    return fine, abs(fine - coarse) + (1e-12 + drift) * fine


def bilinear(d: int, s: float, gamma: float, rock: str, term: str) -> dict[str, Any]:
    """Growth exponent of the ratio; see `EXPERIMENT` for inputs and outputs."""
    if (d, rock, term) == (3, "moving", "gain"):
        raise Unresolved(
            "The gain of a moving rock is reduced to sums of harmonics of angles in the plane only: in space "
            "they become products of spherical ones, of places, velocities and needles; try d = 2, or "
            "rock = static."
        )
    values, errors = np.empty(MN2.size), np.empty(MN2.size)
    for j, M in enumerate(np.sqrt(MN2).tolist()):
        at = _at(d, M, M, s, gamma, -0.25)
        values[j], errors[j] = _ratio(at, rock, term)
    found = growth_exponent(MN2, values, errors)
    return {
        "ratio_exponent": found.value,
        "ratio_exponent_error": found.error,
        "onset": found.onset,
        "ratio": values,
        "ratio_error": errors,
    }


def check(point: Point) -> None:
    """Refuse kernels that are too soft for the dimension."""
    softest = -0.5 * (int(point["d"]) - 1)
    if float(point["gamma"]) < softest:
        raise ParameterError(
            f"Parameter `gamma` must be a number in [{softest:g}, 1] for d = {point['d']}, but "
            f"is {point['gamma']}."
        )


EXPERIMENT = Experiment(
    name="boltzmann.bilinear",
    summary="Exponent in M N2 of the ratio of the bilinear estimate (2.1), loss term on rock and needles",
    source="X. Chen, S. Shen, Z. Zhang, (2.1), Lemma 2.1, (3.6), (3.9) and Theorem 1.2",
    parameters=(
        Parameter("d", "dimension", 2, kind="int", lower=2, upper=3),
        Parameter("s", "regularity in x (1.10); weight in v s + gamma", 0.25, lower=_LOWEST_S, upper=2.0),
        Parameter("gamma", "power of the kernel |u - v|^gamma (1.4)", 0.0, lower=-1.0, upper=1.0),
        Parameter(
            "rock",
            "at rest, or with velocities of the order of the needles'",
            "static",
            kind="choice",
            choices=tuple(_RATIOS),
        ),
        Parameter(
            "term",
            "of (2.1): Q-(rock, needles), or Q+, times the static rock's N1^(d/2), with which it vanishes",
            "loss",
            kind="choice",
            choices=("loss", "gain"),
        ),
    ),
    outputs=(
        Output("ratio_exponent", "exponent of the ratio in M N2, with M = N2"),
        Output("ratio_exponent_error", "error of that exponent"),
        Output("onset", "M N2 from which the local exponent is within 0.01"),
        Output("ratio", "ratio of (2.1), times from -1/4 to 0", dims=("MN2",)),
        Output("ratio_error", "error of the ratio", dims=("MN2",)),
    ),
    evaluate=bilinear,
    coordinates=(Coordinate("MN2", "M N2, with M = N2", MN2),),
    order_parameter="ratio_exponent",
    tolerance=0.1,
    points_per_block=8,
    thresholds=tuple(
        PrintedThreshold("s", value, label, source, {"d": (d,), "rock": (rock,), "term": ("loss",)})
        for d, rock, value, label, source in (
            (2, "static", 0.5, "1/2", "Theorem 1.2"),
            (3, "static", 1.0, "1", "Theorem 1.2"),
            (2, "moving", 0.0, "0", "(1.6)"),
            (3, "moving", 0.5, "1/2", "(1.6)"),
        )
    ),
    check=check,
)
