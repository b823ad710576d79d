r"""Quadrature in |k| for integrals of ``k^power V(k)^2`` times a function that varies slowly in k.

Gauss rules on [0, 1], or less if the potential decays within that, and on panels that double, up to where
``a = hbar k`` exceeds what two velocities can differ by, or where the potential is negligible.  In the
classical limit nothing but the potential ends the integral: for an algebraic one the last panel is a
Gauss-Jacobi rule in a power of ``y = 1/(1 + k^2)``, good however slowly it decays.

With hbar > 0 every s > 0 will do, because gain and loss end at ``k ~ 1/hbar``; the classical operator needs
``int k^d V^2 dk``, that is s > d + 1.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.potential import Potential
from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre

Array = NDArray[np.float64]

_NEGLIGIBLE = 1e-17
_CLASSICAL_PANELS = 3  # [0, 1], [1, 2], [2, 4], then the tail
_LAST_CUSTOM = 1e4
_ROOT = 6


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
    """Nodes k and weights, without the factor ``k^power V(k)^2``, both (m,).

    Parameters
    ----------
    power : int
        d, the integral's power of k.
    hbar : float
    potential : Potential
    largest : float
        The largest ``hbar k`` that counts.
    n : int
        Nodes per panel.
    start : float
        The smallest k, for hbar > 0.

    Raises
    ------
    Unresolved
        If the integral diverges.
    """
    refuse_divergent(power, hbar, potential)
    x, weight = gauss_legendre(n)
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


def _classical_tail(power: int, s: float, left: float, n: int) -> tuple[Array, Array]:
    """The rule beyond `left`, for the weight ``y^((s - power - 3)/2)`` in ``y = 1/(1 + k^2)``.

    Screening is a function of V, proportional to ``y^(s/4)``: that is smooth enough in the sixth root of y.
    """
    largest = 1.0 / (1.0 + left * left)
    exponent = 0.5 * _ROOT * (s - power - 1.0) - 1.0
    t, weight = gauss_jacobi(3 * n, exponent)
    y = largest * t**_ROOT
    # dk = dy/(2 y^(3/2) (1 - y)^(1/2)), dy = 6 y dt/t; the rule's own weight is divided out again
    k = np.sqrt((1.0 - y) / y)
    return k, weight * t ** (-exponent - 1.0) * _ROOT / (2.0 * np.sqrt(y * (1.0 - y)))
