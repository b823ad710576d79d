r"""The collision integral of power laws, and where their interactions are local.

For ``n = w^(-x)``, [AL24, (3.2)] is homogeneous, ``C[n] = I(x) w^(4 beta + 2 - 3x)``, with, at ``w1 = 1``,

    I(x) = K0 \int\int_{w3<=w4, w2>=0} (w2 w3 w4)^(beta-x) sqrt(min(1, w2, w3))
           (1 + w2^x - w3^x - w4^x) dw3 dw4,        w2 = w3 + w4 - 1.

It converges ("the interactions are local") for

    1 + 3 beta/2  <  x  <  3/2 + beta:

below, interactions with three large frequencies diverge; above, those with a single small one.  At
``x = 0, 1``, Rayleigh-Jeans, the bracket vanishes in every interaction.

The plane is cut into six pieces, on each of which the integrand, in suitable coordinates, is a sum of
products of powers with functions that are analytic up to the boundary.  Each product is integrated by
Gauss-Jacobi rules with its own powers as weights.

Units: those of the collision operator, ``K0 = 64 pi^3`` as published or ``2 pi^2`` as follows from (1.3).

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.quadrature import gauss_jacobi
from wellposed.kinetics.wave.parameters import BETA, NORMALISATION, NORMALISATIONS

Array = NDArray[np.float64]

INTERACTION = replace(
    BETA,
    summary="exponent of the interaction, (|k1||k2||k3||k4|)^(2 beta) [AL24, (1.3)]; the paper has beta >= 0",
    default=0.0,
    lower=-0.5,
)
"""The parameter beta with negative values allowed, at which interactions weaken with frequency."""

LEVELS = (10, 16)
"""Nodes in each direction, coarse and fine."""

_EXPONENT = Parameter("x", "", 1.2)


def local_range(beta: float) -> tuple[float, float]:
    """Returns the exponents between which the collision integral of a power law converges, by power counting.

    The range is empty from ``beta = 1``: the first is not below the second.
    """
    return 1.0 + 1.5 * beta, 1.5 + beta


def power_law(x: float, *, beta: float, normalisation: str = "paper") -> float:
    r"""Returns the coefficient `I(x)` of ``C[w^(-x)] = I(x) w^(4 beta + 2 - 3x)``.

    Parameters
    ----------
    x : float
    beta : float
        In [-1/2, 1]; below zero, interactions weaken with frequency, which the paper does not consider, and
        the energy cascade is local.
    normalisation : {"paper", "exact"}

    Returns
    -------
    float
        Zero for ``x`` of 0 and 1, equilibria at which every single interaction is in balance.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If the integral diverges, with the interactions that make it.

    Notes
    -----
    To round-off, except that near an end of the local range, where it has a simple pole, relative accuracy is
    lost in proportion to the distance.
    """
    x, beta = float(_EXPONENT.canonical(x)), float(INTERACTION.canonical(beta))
    constant = NORMALISATIONS[str(NORMALISATION.canonical(normalisation))]
    if x in (0.0, 1.0):
        return 0.0
    require_local(x, beta, f"C[omega^-{x:g}]")
    return constant * integral_over_constant(x, beta, LEVELS[-1])


def require_local(x: float, beta: float, what: str) -> None:
    """Raises `Unresolved` if the integral that is called `what` diverges for ``omega^(-x)``."""
    low, high = local_range(beta)
    if low < x < high:
        return
    if x <= low:
        reason = f"interactions with large frequencies diverge for x <= {low:g}"
    else:
        reason = f"interactions with small frequencies diverge for x >= {high:g}"
    local = f"in ({low:g}, {high:g})" if low < high else "for no x"
    raise Unresolved(f"{what} at beta = {beta:g} diverges: {reason}, and the integral is local {local}.")


def integral_over_constant(x: float, beta: float, nodes: int) -> float:
    """Returns ``I(x)/K0`` by rules of so many `nodes` in each direction."""
    b, third = beta - x, (1.0 / 3.0, 1.0 / 3.0)
    return (
        # w2 = y is smallest, w3 = y + v, w4 = 1 - v
        _wedge(x, b, nodes, -1.0, (0.0, 0.5), third)
        + _wedge(x, b, nodes, -1.0, third, (1.0, 0.0))
        # w3 = y is smallest, w2 = y + v, w4 = 1 + v
        + _wedge(x, b, nodes, 1.0, (0.0, 1.0), (1.0, 1.0))
        + _wedge(x, b, nodes, 1.0, (1.0, 1.0), (1.0, 0.0))
        + _strip(x, b, nodes)
        # w1 = 1 is smallest, w3 = 1 + a, w4 = 1 + a + c, w2 = 1 + 2a + c
        + _all_large(x, b, nodes)
    )


def _rule(nodes: int, first: float, second: float) -> tuple[Array, Array, Array]:
    """Returns nodes (n, 1) and (1, n), and weights (n, n), for ``s^first t^second`` on the unit square."""
    s, s_weight = gauss_jacobi(nodes, first)
    t, t_weight = gauss_jacobi(nodes, second)
    return s[:, None], t[None, :], s_weight[:, None] * t_weight


def _grown(by: Array, factor: Array | float, x: float) -> Array:
    """Returns ``((1 + by factor)^x - 1)/by``."""
    return np.asarray(np.expm1(x * np.log1p(by * factor)) / by)


def _wedge(
    x: float, b: float, nodes: int, mirror: float, start: tuple[float, float], end: tuple[float, float]
) -> float:
    """Returns the part of smallest frequency `y`, another ``y + v``, and ``w4 = 1 + mirror v``.

    It is a triangle with a corner at the origin; `start` and `end` are its other corners in ``(y, v)``.  A
    factor `s` scales out of the origin: of the bracket, ``1 - w4^x`` is `s` times analytic, and ``(y + v)^x``
    and ``y^x`` are ``s^x``.
    """
    on_axis = start[0] == 0.0
    jacobian = abs(start[0] * end[1] - start[1] * end[0])
    total = 0.0
    for term, s_power, y_power in (("fourth", 1.0, 0.0), ("larger", x, 0.0), ("smaller", x, x)):
        at_y = b + 0.5 + y_power
        s, t, weight = _rule(nodes, 2.0 * b + 1.5 + s_power, at_y if on_axis else 0.0)
        y, v = start[0] + t * (end[0] - start[0]), start[1] + t * (end[1] - start[1])
        if term == "fourth":
            part = -_grown(s, mirror * v, x)
        else:
            part = mirror * (y + v) ** x if term == "larger" else np.full_like(t, -mirror)
        part = part * (np.full_like(t, end[0]) if on_axis else y) ** at_y
        total += float(np.sum(weight * part * ((y + v) * (1.0 + mirror * v * s)) ** b))
    return jacobian * total


def _strip(x: float, b: float, nodes: int) -> float:
    """Returns the part of smallest ``w3 = y < 1``, ``w2 = y + v`` and ``w4 = 1 + v`` with ``v = 1/q > 1``."""
    total = 0.0
    for sign, power in ((1.0, 0.0), (-1.0, x)):  # of 1 - y^x
        q, y, weight = _rule(nodes, -2.0 * b - 2.0, b + 0.5 + power)
        total += sign * float(np.sum(weight * ((1.0 + q * y) * (1.0 + q)) ** b))
    q, y, weight = _rule(nodes, -2.0 * b - 1.0 - x, b + 0.5)
    part = _grown(q, y, x) - _grown(q, 1.0, x)
    return total + float(np.sum(weight * part * ((1.0 + q * y) * (1.0 + q)) ** b))


def _all_large(x: float, b: float, nodes: int) -> float:
    """Returns the part of ``w2 = 1 + 2a + c``, ``w3 = 1 + a``, ``w4 = 1 + a + c`` all above one."""
    a, c, weight = _rule(nodes, 0.0, 0.0)
    w2, w3, w4 = 1.0 + 2.0 * a + c, 1.0 + a, 1.0 + a + c
    total = float(np.sum(weight * (w2 * w3 * w4) ** b * (1.0 + w2**x - w3**x - w4**x)))

    for term, power in (("1", 0.0), ("others", x)):  # a = 1/s > 1, c = a t
        s, t, weight = _rule(nodes, -3.0 * b - 3.0 - power, 0.0)
        w2, w3, w4 = 2.0 + t + s, 1.0 + s, 1.0 + t + s  # over a
        part = np.ones_like(w2) if term == "1" else w2**x - w3**x - w4**x
        total += float(np.sum(weight * part * (w2 * w3 * w4) ** b))

    for term, power in (("1 and 3", 0.0), ("2 and 4", x - 1.0)):  # c = 1/q > 1 > a
        q, a, weight = _rule(nodes, -2.0 * b - 2.0 - power, 0.0)
        w2, w3, w4 = 1.0 + q * (1.0 + 2.0 * a), 1.0 + a, 1.0 + q * (1.0 + a)  # w2, w4 over c
        two_and_four = _grown(q, 1.0 + 2.0 * a, x) - _grown(q, 1.0 + a, x)
        part = 1.0 - w3**x if term == "1 and 3" else two_and_four
        total += float(np.sum(weight * part * (w2 * w3 * w4) ** b))

    # a = 1/s > 1, c = a/t > a
    for term, s_power, t_power in (("1", 0.0, 0.0), ("3", x, 0.0), ("2 and 4", x, x - 1.0)):
        s, t, weight = _rule(nodes, -3.0 * b - 3.0 - s_power, -2.0 * b - 2.0 - t_power)
        w2, w3, w4 = 1.0 + t * (2.0 + s), 1.0 + s, 1.0 + t * (1.0 + s)  # over c, a, c
        if term == "1":
            part = np.ones_like(w2)
        else:
            part = -(w3**x) if term == "3" else _grown(t, 2.0 + s, x) - _grown(t, 1.0 + s, x)
        total += float(np.sum(weight * part * (w2 * w3 * w4) ** b))
    return total
