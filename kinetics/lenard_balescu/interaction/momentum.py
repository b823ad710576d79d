r"""Quadrature in |k|, the momentum that a collision transfers over hbar.

The integrals are of ``k^power V(k)^2`` times a function that varies slowly in k.  Gauss rules are taken on
[0, 1], or less if the potential decays within that, and on panels that double, up to where ``a = hbar k``
exceeds what two velocities can differ by, or where the potential is negligible.  In the classical limit
nothing but the potential ends the integral: for an algebraic one the last panel is a Gauss-Jacobi rule in a
power of ``y = 1/(1 + k^2)``, good however slowly it decays.

With hbar > 0 every s > 0 will do, because gain and loss end at ``k ~ 1/hbar``; the classical operator needs
``int k^d V^2 dk``, that is s > d + 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre

Array = NDArray[np.float64]

_NEGLIGIBLE = 1e-17  # share of the largest density that may be left out
_CLASSICAL_PANELS = 3  # [0, 1], [1, 2], [2, 4], then the tail
_LAST_CUSTOM = 1e4  # wave number by which a potential given as a function must have decayed, classically
_ROOT = 6  # of y, in which the tail is smooth


def refuse_divergent(power: int, hbar: float, potential: Potential) -> None:
    """Raises `Unresolved` where ``int k^power V^2 dk``, that the classical operator needs, diverges."""
    if hbar == 0.0 and potential.kind == "algebraic" and potential.s <= power + 1:
        raise Unresolved(
            f"The classical operator needs the integral of k^{power} V(k)^2, which diverges for s <= "
            f"{power + 1}: s is {potential.s:g}. Take a larger s, or hbar > 0."
        )


def momentum_rule(
    power: int, hbar: float, potential: Potential, largest: float, n: int, start: float = 0.0
) -> tuple[Array, Array]:
    """Returns nodes k and weights, both (m,), without the factor ``k^power V(k)^2``.

    Parameters
    ----------
    power : int
        The power of k in the integral.
    hbar : float
    potential : Potential
    largest : float
        The largest ``hbar k`` that counts.
    n : int
        Nodes per panel, if the potential does not need more.
    start : float
        The smallest k, for hbar > 0.

    Raises
    ------
    Unresolved
        If the integral diverges.
    """
    refuse_divergent(power, hbar, potential)
    x, weight = gauss_legendre(max(n, potential.nodes))
    end = largest / hbar if hbar > 0.0 else math.inf
    algebraic_tail = hbar == 0.0 and potential.kind == "algebraic"
    # a potential that decays fast does so within 1/sqrt(s), and velocities differ by about one
    first = min(1.0, math.sqrt(10.0 / potential.s) if potential.kind == "algebraic" else 1.0)
    if hbar > 0.0:
        first = min(first, 2.0 / hbar, end)
    nodes, weights = ([first * x], [first * weight]) if start == 0.0 else ([], [])
    left, peak = (first if start == 0.0 else start), 0.0
    while left < end:
        density = float(left ** (power + 1) * potential(left) ** 2)
        peak = max(peak, density)
        if density < _NEGLIGIBLE * peak or (algebraic_tail and len(nodes) == _CLASSICAL_PANELS):
            break
        if hbar == 0.0 and left > _LAST_CUSTOM:
            raise Unresolved(
                f"The classical operator needs the integral of k^{power} V(k)^2, but k^{power + 1} V(k)^2 is "
                f"not negligible at k = {left:g}. Take a potential that decays faster, or hbar > 0."
            )
        width = min(left, end - left)
        nodes.append(left + width * x)
        weights.append(width * weight)
        left += width
    if algebraic_tail:
        k, w = _classical_tail(power, potential.s, left, n)
        nodes.append(k)
        weights.append(w)
    return np.concatenate(nodes), np.concatenate(weights)


def shell_rule(
    d: int, potential: Potential, largest: float, n: int, start: float = 0.0
) -> tuple[Array, Array]:
    """Returns nodes k and weights, (m,), of ``int_0^K dk k^(d-2) V^2 (1 - k^2/K^2)^((d-3)/2)``, K `largest`.

    That is the integral over the energy shell of a collision, a sphere of diameter K.

    Panels that double, and one in the angle ``arcsin(k/K)``, in which nothing is singular at its end.
    """
    x, weight = gauss_legendre(max(n, potential.nodes))
    nodes, weights, left = [], [], start
    while 2.0 * max(left, 0.5) <= 0.5 * largest:
        right = 2.0 * max(left, 0.5)
        nodes.append(left + (right - left) * x)
        weights.append((right - left) * weight * np.sqrt(1.0 - (nodes[-1] / largest) ** 2) ** (d - 3))
        left = right
    turned = math.asin(left / largest)
    theta = turned + (0.5 * math.pi - turned) * x
    nodes.append(largest * np.sin(theta))
    weights.append((0.5 * math.pi - turned) * weight * largest * np.cos(theta) ** (d - 2))
    k = np.concatenate(nodes)
    density = np.concatenate(weights) * k ** (d - 2) * potential(k) ** 2
    size = density * k**3  # of what an integrand of order k^2 makes of it
    kept = size > 1e-19 * size.max()
    return k[kept], density[kept]


def plane_rule(
    d: int, hbar: float, potential: Potential, n: int, largest: float, start: float = 0.0
) -> tuple[Array, Array]:
    """Returns nodes k and weights, (m,), of ``int dk k^(d-2) V^2`` from `start` to ``hbar k = largest``."""
    # what the difference of shell and plane weighs is k^d
    k, weight = momentum_rule(d, hbar, potential, largest, n, start)
    return k, weight * k ** (d - 2) * potential(k) ** 2


def _classical_tail(power: int, s: float, left: float, n: int) -> tuple[Array, Array]:
    """Returns the rule beyond `left`, for the weight ``y^((s - power - 3)/2)`` in ``y = 1/(1 + k^2)``.

    Screening is a function of V, proportional to ``y^(s/4)``: that is smooth enough in the sixth root of y.
    """
    largest = 1.0 / (1.0 + left * left)
    exponent = 0.5 * _ROOT * (s - power - 1.0) - 1.0
    t, weight = gauss_jacobi(3 * n, exponent)
    y = largest * t**_ROOT
    # dk = dy/(2 y^(3/2) (1 - y)^(1/2)), dy = 6 y dt/t; the rule's own weight is divided out again
    k = np.sqrt((1.0 - y) / y)
    return k, weight * t ** (-exponent - 1.0) * _ROOT / (2.0 * np.sqrt(y * (1.0 - y)))
