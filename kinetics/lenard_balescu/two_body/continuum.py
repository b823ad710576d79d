r"""The two-body system on the whole of R^d, (2.19): the limit L -> infinity at a fixed time.

A sum over wave vectors is an integral, and velocities along k are so close that no wave recurs before t.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.two_body.data import GaussianSum
from wellposed.kinetics.lenard_balescu.two_body.kinetic_rate import directions
from wellposed.kinetics.lenard_balescu.two_body.lattice import steps_of
from wellposed.kinetics.lenard_balescu.two_body.volterra import integrated
from wellposed.kinetics.quadrature import gauss_legendre, sphere_area
from wellposed.kinetics.refine import refined

Array = NDArray[np.float64]

_NODES = (12, 18)  # per panel in k
_DIRECTIONS = (12, 18)
_FINER = 2  # in time than on a torus: what is left of a distance from the limit is small
_SPACING = 0.2  # of velocities along k, in widths of the narrowest Gaussian
_DIED_OUT = 100.0  # widths in time of a wave, after which it changes nothing, as the last quarter shows
_BEYOND = 8.0  # widths of a wave after which it has died out, so that its recurrence is not met


def infinite_rates(
    data: GaussianSum,
    moment: str,
    hbar: float,
    potential: Potential,
    largest_k: float,
    t: float,
    parts: int,
    sign: float,
) -> tuple[Array, Array]:
    """Returns the rate of the moment at ``t/parts, ..., t`` as L is infinite, and its error, both (parts,).

    Wave numbers beyond `largest_k` are left out.  `sign` is 1 for ``K_2 - B``, -1 for ``K_2 + B`` as
    published.
    """
    by_level, doubt = [], np.zeros(parts)
    for nodes, n_directions in zip(_NODES, _DIRECTIONS, strict=True):
        k, weights = _wave_numbers(1.0 / t, largest_k, nodes)
        V = potential(k)
        front = -2.0 / hbar**2 / (2.0 * math.pi) ** data.d * sphere_area(data.d)
        weights = front * weights * k ** (data.d - 1) * V * V
        total, doubt = np.zeros(parts), np.zeros(parts)
        for cosine, share in directions(data, n_directions):
            for i, wave_number in enumerate(k.tolist()):
                value, error = mode(data, moment, hbar, wave_number, float(V[i]), cosine, t, parts, sign)
                total += share * weights[i] * value
                doubt += share * abs(weights[i]) * error
        by_level.append(total)
    value, error = refined(by_level)
    return value, error + doubt


def _wave_numbers(first: float, last: float, nodes: int) -> tuple[Array, Array]:
    """Returns a rule on panels that double from `first` on, and one below it, up to `last`."""
    x, weight = gauss_legendre(nodes)
    count = max(1, math.ceil(math.log2(last / first)))
    edges = np.concatenate([[0.0], last * 2.0 ** np.arange(-count, 1.0)])
    width = np.diff(edges)[:, None]
    return (edges[:-1, None] + width * x).ravel(), (width * weight).ravel()


def mode(
    data: GaussianSum,
    moment: str,
    hbar: float,
    k: float,
    V: float,
    cosine: float,
    t: float,
    parts: int,
    sign: float,
) -> tuple[Array, Array]:
    """Returns ``int Re[D rho] ds`` of one wave vector at ``t/parts, ..., t``, and its error."""
    marginal = data.marginal(cosine)
    narrowest, widest = float(np.min(marginal.widths)), float(np.max(marginal.widths))
    # short waves have died out long before t: so many parts are worth a computation
    worth = min(parts, math.ceil(_DIED_OUT / (k * narrowest) * parts / t))
    end = t * worth / parts
    # a lattice of this spacing recurs after 2 pi/(k spacing), from where a wave reaches back
    spacing = min(_SPACING * narrowest, 2.0 * math.pi / (k * end + 2.0 * _BEYOND / narrowest))
    last = math.ceil(data.reach / spacing)
    w: Array = spacing * np.arange(-last, last + 1, dtype=np.float64)
    masses, moved = spacing * marginal(w), spacing * data.moved(moment, cosine, hbar * k, w)
    steps = _FINER * steps_of(k, hbar, V, widest, end, worth)
    shift = 0.5 * hbar * k * k
    value, error = integrated(masses, moved, k * spacing, shift, sign * V / hbar, end, steps, worth)
    if worth < parts:
        error = error + abs(value[-1] - value[(3 * worth) // 4 - 1])
    return tuple(np.append(part, np.full(parts - worth, part[-1])) for part in (value, error))  # type: ignore[return-value]
