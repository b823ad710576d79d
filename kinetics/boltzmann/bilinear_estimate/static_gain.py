r"""The bilinear estimate (2.1) for the gain term Q+(f, g), `f` the static rock and `g` the needles.

    R+ = |Q+(f, g)|_{L^2_t L^(2,s+gamma) H^s} / (|f| |g|),    f = chi(M x) chi(N1 v),

as in `loss`, but `N1` does not drop out: what is thrown out is as much as the rock's mass ``N1^-d``, and
its norm is ``N1^(-d/2)``.  The value is the limit of ``N1^(d/2) R+`` for ``N1 -> infinity``.  The ratio
itself vanishes there: what a rock that stands still gains does not compete with what it loses.

Particles leave at ``v = N2 q w`` with the density of `rock_gain`.  Harmonics of the angle between x and w are
orthogonal in any ``H^s``, so that the norm is one sum over them.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import scipy

from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.construction.rock_gain import (
    ORDERS,
    mean_squares,
    needle_harmonics,
    outgoing_speeds,
    thrown_out_harmonics,
)
from wellposed.kinetics.boltzmann.norms.cutoff import (
    RADIAL,
    Array,
    chi_at,
    chi_integral,
    chi_spectrum,
    norm_beyond,
    panels,
    radial_rule,
    share_beyond,
)
from wellposed.kinetics.boltzmann.norms.rules import few_wavenumbers
from wellposed.kinetics.quadrature import sphere_area

_TIMES = (6, 10)  # nodes, coarse and fine


@lru_cache(maxsize=4)
def _waves(d: int, level: int) -> Array:
    """Returns matrices from profiles times ``Y_l`` to transforms at `few_wavenumbers`, (l, k, 2 RADIAL)."""
    R, w = radial_rule(RADIAL)
    k, _ = few_wavenumbers(d, level)
    kR = k[:, None] * R
    rows = [
        scipy.special.jv(degree, kR) if d == 2 else scipy.special.spherical_jn(degree, kR)
        for degree in range(0, 2 * ORDERS[level], 2)
    ]
    return np.array(rows) * (sphere_area(d) * w * R ** (d - 1))


@lru_cache(maxsize=8)
def _spectra(d: int, T: float, level: int) -> Array:
    """Returns squared transforms of ``chi c_l``, integrated over times from 0 to T, (l, k)."""
    tau, w = panels(np.array([0.0, T]), _TIMES[level])
    profiles = chi_at(radial_rule(RADIAL)[0]) * needle_harmonics(d, tau, ORDERS[level])
    return np.asarray(np.einsum("t,tlk->lk", w, np.einsum("lkR,tlR->tlk", _waves(d, level), profiles) ** 2))


def static_gain(at: Needles, level: int) -> tuple[float, float]:
    """Returns ``N1^(d/2) R+``, and the part of it that no level has.

    That is what particles make that few needles throw out, and what is beyond all wavenumbers.  `level` is 0
    (coarse) or 1 (fine).
    """
    d, M, N2, s, orders = at.d, at.M, at.N2, at.s, ORDERS[level]
    few, q, w_q = outgoing_speeds(d, M * N2, level)
    k, w_k = few_wavenumbers(d, level)
    in_x = _spectra(d, abs(at.t), level) * (w_k * (1.0 + (M * k) ** 2) ** s)
    in_x *= mean_squares(d, 2 * np.arange(orders))[:, None]
    amounts = thrown_out_harmonics(d, at.gamma, True, q, orders) ** 2
    amounts *= sphere_area(d) * w_q * q ** (d - 1) * (1.0 + (N2 * q) ** 2) ** (s + at.gamma)
    density = in_x.sum(axis=1) @ amounts
    beyond = 0.5 * share_beyond(k, amounts.sum(axis=1) @ in_x)
    whole = float(density.sum())
    all_k, mass = chi_spectrum(d, level)
    rock = float((1.0 + (M * all_k) ** 2) ** s @ mass) * chi_integral(d, 2.0) / chi_integral(d) ** 2
    thrown = at.J * at.amplitude * M ** (1 - d) * N2 ** (at.gamma - 0.5 * d + 1)
    found = thrown * math.sqrt(whole / rock) / at.f_b_norm_in(s + at.gamma, s, level)
    beyond += norm_beyond(d, M, s) + at.f_b_norm_beyond(s)
    return found, float(density[q < few].sum()) / whole + beyond
