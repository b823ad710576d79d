r"""The rate of a moment by the quantum Lenard-Balescu equation, which the two-body system is to tend to.

The weak form of (1.11), with the physical constant ``pi c_d = 2 pi/(2 pi)^d``:

    int psi Q_hbar(f) dv = -(pi c_d/hbar^2) int dk V^2/|k| int dw H(w) F(w + a) |epsilon|^-2,

F and H the projections of `wellposed.kinetics.lenard_balescu.two_body.data`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.lenard_balescu.interaction.directions import cosine_rule
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.interaction.normalisation import NORMALISATIONS, published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.two_body.data import GaussianSum
from wellposed.kinetics.quadrature import sphere_area
from wellposed.kinetics.refine import refined

Array = NDArray[np.float64]

NODES = (10, 16)
"""Nodes per panel in k at the two levels."""

ROUND_OFF = 1e-14
"""Of a sum in which gain and loss cancel, as a share of both."""

_DIRECTIONS = (16, 24)  # of k, where data are not isotropic
_SPACINGS = (0.14, 0.1)  # of the velocity along k, in widths of the narrowest Gaussian


def kinetic_rate(data: GaussianSum, moment: str, hbar: float, potential: Potential) -> tuple[float, float]:
    """Returns ``int psi Q_hbar(f) dv`` in the physical normalisation, and its error."""
    levels = [kinetic_density(data, moment, hbar, potential, level) for level in (0, 1)]
    value, error = refined([float(np.sum(net)) for _, net, _ in levels])
    return float(value), float(error) + ROUND_OFF * float(np.sum(levels[-1][2]))


def kinetic_density(
    data: GaussianSum, moment: str, hbar: float, potential: Potential, level: int
) -> tuple[Array, Array, Array]:
    """Returns wave numbers and what each contributes to the kinetic rate, weights included, all (n_k,).

    Returns
    -------
    k, net, gross : (n_k,) float64
        `gross` is what `net` would be if a particle that gains and one that loses did not cancel.
    """
    k, weights = momentum_rule(data.d + 1, hbar, potential, 2.0 * data.reach, NODES[level])
    V = potential(k)
    front = NORMALISATIONS["physical"] * published_constant(data.d) / hbar**2
    weights = front * sphere_area(data.d) * weights * k ** (data.d - 2) * V * V
    net, gross = np.zeros_like(k), np.zeros_like(k)
    for cosine, share in directions(data, _DIRECTIONS[level]):
        marginal = data.marginal(cosine)
        spacing = _SPACINGS[level] * float(np.min(marginal.widths))
        last = math.ceil(data.reach / spacing)
        u = spacing * np.arange(-last, last + 1)
        for i, a in enumerate((hbar * k).tolist()):
            w = u - 0.5 * a
            epsilon = 1.0 + V[i] * marginal.response_difference(w, np.asarray(a))
            integrand = data.moved(moment, cosine, a, w) * marginal(w + a) / np.abs(epsilon) ** 2
            net[i] -= share * spacing * float(np.sum(integrand))
            gross[i] += share * spacing * float(np.sum(np.abs(integrand)))
    return k, weights * net, weights * gross


def largest_wave_number(k: Array, gross: Array, share: float) -> float:
    """Returns beyond which wave number, in order, `gross` has no more than a `share` of its sum."""
    beyond = np.cumsum(gross[::-1])[::-1]
    within = np.flatnonzero(beyond > share * beyond[0])
    return float(k[min(int(within[-1]) + 1, k.size - 1)])


def directions(data: GaussianSum, n: int) -> Iterator[tuple[float, float]]:
    """Yields the first component of directions of k, and their shares of all: one for isotropic data."""
    if data.d == 1 or data.is_isotropic:
        yield 1.0, 1.0
        return
    cosines, shares = cosine_rule(n, data.d)
    yield from zip(cosines.tolist(), shares.tolist(), strict=True)
