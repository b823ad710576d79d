"""Trilinear operators of radial functions: two dimensions, the angles integrated in closed form."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.wave.spatial.functions import WaveFunction
from wellposed.kinetics.wave.spatial.quartets import Nodes, Resolution, kept_measures, nodes

Array = NDArray[np.float64]

_DIVERGENT = 1e-6  # share of the last panel in the sum, below which its growth is round-off

RESOLUTIONS = (
    Resolution(nodes=8, ratio=8.0, within=8.0, first=0.5, lowest=1e-8),
    Resolution(nodes=12, ratio=8.0, within=8.0, first=0.5, lowest=1e-9),
    Resolution(nodes=16, ratio=4.0, within=4.0, first=0.25, lowest=1e-10),
    Resolution(nodes=20, ratio=2.0, within=2.0, first=0.125, lowest=1e-10),
)
"""Coarse to fine."""


class _Rule(NamedTuple):
    nodes: Nodes
    even: Array  # weight of B3 C4 + B4 C3
    odd: Array  # of B3 C4 - B4 C3


@lru_cache(maxsize=16)
def _rule(w1: float, beta: float, level: int) -> _Rule:
    n = nodes(w1, beta, RESOLUTIONS[level])
    even, odd = kept_measures(w1, n.w2, n.difference, n.starts, n.w3, n.w4, n.excess)
    counts = np.diff(np.append(n.starts, n.w3.size))
    common = math.pi * w1 ** (beta - 0.5) * n.weight * (np.repeat(n.w2, counts) * n.w3 * n.w4) ** beta
    return _Rule(n, common * even, common * odd)


def integral(
    w1: float,
    beta: float,
    functions: tuple[WaveFunction | None, WaveFunction | None, WaveFunction | None],
    level: int,
) -> float:
    """Returns one integral of [AL24, (1.14)-(1.17)] for functions A, B, C of k2, k1*, k2*::

        1/4 int (|k1||k2||k1*||k2*|)^(2 beta) |k1-k2| A(k2) B(k1*) C(k2*) b((k1-k2).sigma) dsigma dk2

    None stands for the function 1; the level is one of `RESOLUTIONS`.

    References
    ----------
    [AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
    """
    A, B, C = functions
    rule = _rule(w1, beta, level)
    n = rule.nodes
    if B is None or C is None:
        one = B or C
        assert one is not None
        at3, at4 = _along(one, n.w3), _along(one, n.w4)
        sign = 1.0 if C is None else -1.0
        values = rule.even * (at3 + at4) + sign * rule.odd * (at3 - at4)
    else:
        b3, b4 = _along(B, n.w3), _along(B, n.w4)
        if B.source == C.source:
            values = 2.0 * rule.even * b3 * b4
        else:
            c3, c4 = _along(C, n.w3), _along(C, n.w4)
            values = rule.even * (b3 * c4 + b4 * c3) + rule.odd * (b3 * c4 - b4 * c3)
    by_w2 = np.add.reduceat(values, n.starts)
    if A is not None:
        by_w2 *= _along(A, n.w2)
    return continued(np.add.reduceat(by_w2, n.panels))


def _along(function: WaveFunction, omega: Array) -> Array:
    assert function.radial is not None
    return function.radial(omega)


def continued(panels: Array) -> float:
    """Returns the sum of all panels and of those beyond the last.

    These are a geometric series if the integrand is a power.  The sum is infinite where panels do not become
    smaller and matter: the integral diverges.
    """
    total, last = float(panels.sum()), float(panels[-1])
    ratio = last / panels[-2] if panels[-2] else 0.0
    if ratio >= 1.0 and abs(last) > _DIVERGENT * abs(total):
        return math.inf
    return total + last * ratio / (1.0 - ratio) if 0.0 < ratio < 1.0 else total
