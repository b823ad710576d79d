r"""Power laws in the kinetic wave equation: which are stationary, where their interactions are local.

For ``n = w^(-x)``, [AL24, (3.2)] is homogeneous, ``C[n] = I(x) w^(4 beta + 2 - 3x)``, with, at ``w1 = 1``,

    I(x) = K0 \int\int_{w3<=w4, w2>=0} (w2 w3 w4)^(beta-x) sqrt(min(1, w2, w3))
           (1 + w2^x - w3^x - w4^x) dw3 dw4,        w2 = w3 + w4 - 1.

It converges ("the interactions are local") for

    1 + 3 beta/2  <  x  <  3/2 + beta:

below, interactions with three large frequencies diverge; above, those with a single small one.  Zeros of `I`
are stationary spectra: Rayleigh-Jeans ``x = 0, 1``, where the bracket vanishes in every interaction, and the
Kolmogorov-Zakharov spectra of constant flux, which are found here as roots of the computed integral and of
nothing else.

The plane is cut into six pieces, on each of which the integrand, in suitable coordinates, is a sum of
products of powers with functions that are analytic up to the boundary.  Each product is integrated by
Gauss-Jacobi rules with its own powers as weights.

Units: those of the collision operator, ``K0 = 64 pi^3`` as printed or ``2 pi^2`` as follows from (1.3).
Fluxes and their constants are in the convention ``St(w) = 4 pi^3 w^(beta-1/2) \int\int`` over all w3, w4,
that is ``K0 = 8 pi^3``, with ``2 pi sqrt(w) n dw`` waves in ``dw``.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
[ZLF92] V. E. Zakharov, V. S. L'vov, G. Falkovich, Kolmogorov Spectra of Turbulence I, Springer 1992.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev
from numpy.typing import NDArray
from scipy.optimize import brentq

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter, PrintedThreshold
from wellposed.kinetics.quadrature import gauss_jacobi
from wellposed.kinetics.wave.collision import BETA, NORMALISATIONS

Array = NDArray[np.float64]

_LEVELS = (10, 16)  # nodes per direction, coarse and fine
_EXPONENT = Parameter("x", "", 1.2)
_BETA = replace(
    BETA,
    summary="exponent of the interaction, (|k1||k2||k3||k4|)^(2 beta) [AL24, (1.3)]; the paper has beta >= 0",
    default=0.0,
    lower=-0.5,
)
_NORMALISATION = Parameter("normalisation", "", "paper", kind="choice", choices=tuple(NORMALISATIONS))
_FLUX_CONVENTION = 8.0 * math.pi**3
_SCAN = 48  # intervals of the local range that are searched for changes of sign
_NEAR = 1e-4  # to the equilibrium x = 1: a zero there is one with it, and carries no flux
_CONSTANT = 1e-3  # an exponent of the flux below this is no other zero's
_ROUND_OFF = 1e-12
_DEGREE = 12  # of the polynomial that stands for the integral near a root
_CASCADES = {"wave_action": 0.0, "energy": 1.0}
"""Invariants ``int sqrt(w) w^j n dw``, by `j`."""


def local_range(beta: float) -> tuple[float, float]:
    """The exponents between which the collision integral of a power law converges, by power counting.

    The range is empty from ``beta = 1``: the first is not below the second.
    """
    return 1.0 + 1.5 * beta, 1.5 + beta


def power_law(x: float, *, beta: float, normalisation: str = "paper") -> float:
    r"""The coefficient `I(x)` of ``C[w^(-x)] = I(x) w^(4 beta + 2 - 3x)``.

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
    x, beta = float(_EXPONENT.canonical(x)), float(_BETA.canonical(beta))
    constant = NORMALISATIONS[str(_NORMALISATION.canonical(normalisation))]
    if x in (0.0, 1.0):
        return 0.0
    _require_local(x, beta, f"C[omega^-{x:g}]")
    return constant * _integral(x, beta, _LEVELS[-1])


def _require_local(x: float, beta: float, what: str) -> None:
    low, high = local_range(beta)
    if low < x < high:
        return
    if x <= low:
        reason = f"interactions with large frequencies diverge for x <= {low:g}"
    else:
        reason = f"interactions with small frequencies diverge for x >= {high:g}"
    local = f"in ({low:g}, {high:g})" if low < high else "for no x"
    raise Unresolved(f"{what} at beta = {beta:g} diverges: {reason}, and the integral is local {local}.")


def _integral(x: float, beta: float, nodes: int) -> float:
    """``I(x)/K0`` by rules of so many `nodes` in each direction."""
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
    """Nodes (n, 1) and (1, n), and weights (n, n), for ``s^first t^second`` on the unit square."""
    s, s_weight = gauss_jacobi(nodes, first)
    t, t_weight = gauss_jacobi(nodes, second)
    return s[:, None], t[None, :], s_weight[:, None] * t_weight


def _grown(by: Array, factor: Array | float, x: float) -> Array:
    """``((1 + by factor)^x - 1)/by``."""
    return np.asarray(np.expm1(x * np.log1p(by * factor)) / by)


def _wedge(
    x: float, b: float, nodes: int, mirror: float, start: tuple[float, float], end: tuple[float, float]
) -> float:
    """Smallest frequency `y`, another ``y + v``, ``w4 = 1 + mirror v``: a triangle with a corner at the
    origin.

    `start` and `end` are its other corners in ``(y, v)``.  A factor `s` scales out of the origin: of the
    bracket, ``1 - w4^x`` is `s` times analytic, and ``(y + v)^x`` and ``y^x`` are ``s^x``.
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
    """Smallest ``w3 = y < 1``, ``w2 = y + v`` and ``w4 = 1 + v`` with ``v = 1/q > 1``."""
    total = 0.0
    for sign, power in ((1.0, 0.0), (-1.0, x)):  # of 1 - y^x
        q, y, weight = _rule(nodes, -2.0 * b - 2.0, b + 0.5 + power)
        total += sign * float(np.sum(weight * ((1.0 + q * y) * (1.0 + q)) ** b))
    q, y, weight = _rule(nodes, -2.0 * b - 1.0 - x, b + 0.5)
    part = _grown(q, y, x) - _grown(q, 1.0, x)
    return total + float(np.sum(weight * part * ((1.0 + q * y) * (1.0 + q)) ** b))


def _all_large(x: float, b: float, nodes: int) -> float:
    """All of ``w2 = 1 + 2a + c``, ``w3 = 1 + a``, ``w4 = 1 + a + c`` above one."""
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


@dataclass(frozen=True)
class _Zero:
    """A zero of the collision integral that is no equilibrium, and the integral's slope there, over `K0`."""

    x: float
    slope: float


def _zeros(beta: float, nodes: int) -> list[_Zero]:
    """All zeros in the local range, ascending, but for the equilibrium ``x = 1``.

    That one is divided out, because a Kolmogorov-Zakharov zero may pass it, at ``beta < 0``.
    """
    low, high = local_range(beta)

    def deflated(x: float) -> float:
        x = x if abs(x - 1.0) > _NEAR else 1.0 + _NEAR
        return _integral(x, beta, nodes) / (x - 1.0)

    points = low + (high - low) * np.sin(0.5 * np.pi * (np.arange(_SCAN) + 0.5) / _SCAN) ** 2
    values = [deflated(float(x)) for x in points]
    zeros = []
    for i in range(_SCAN - 1):
        if values[i] * values[i + 1] < 0.0:
            x = float(brentq(deflated, points[i], points[i + 1], xtol=1e-15, rtol=1e-14))
            radius = 0.25 * min(x - low, high - x)
            nearby = Chebyshev.interpolate(
                np.vectorize(lambda at: _integral(float(at), beta, nodes)), _DEGREE, (x - radius, x + radius)
            )
            zeros.append(_Zero(x, float(nearby.deriv()(x))))
    return zeros


def spectra(beta: float, cascade: str) -> dict[str, Any]:
    """The spectrum of constant flux of an invariant; see `SPECTRA` for inputs and outputs."""
    low, high = local_range(beta)
    if low >= high:
        _require_local(low, beta, "C[omega^-x]")
    order = _CASCADES[cascade]
    coarse, fine = (_zero_of_constant_flux(beta, cascade, nodes) for nodes in _LEVELS)
    flux = 2.0 * math.pi / 3.0 * _FLUX_CONVENTION * np.array([coarse.slope, fine.slope])
    constant = np.abs(flux) ** (-1.0 / 3.0)
    error = abs(fine.x - coarse.x) + _ROUND_OFF * (high - low)
    return {
        "exponent": fine.x,
        "exponent_error": error,
        "flux_exponent": _flux_exponent(fine.x, beta, order),
        "flux": float(flux[1]),
        "flux_error": float(abs(flux[1] - flux[0]) + _ROUND_OFF * abs(flux[1]) / (high - low)),
        "kolmogorov_constant": float(constant[1]),
        "kolmogorov_constant_error": float(
            abs(constant[1] - constant[0]) + _ROUND_OFF * constant[1] / (high - low)
        ),
        "capacity_exponent": 1.5 + order - fine.x,
        "capacity_exponent_error": error,
        "local_from": low,
        "local_to": high,
    }


def _flux_exponent(x: float, beta: float, order: float) -> float:
    """Power of frequency of the flux ``int_0^w sqrt(w) w^order C dw`` for ``n = w^(-x)``."""
    return 3.5 + order + 4.0 * beta - 3.0 * x


def _zero_of_constant_flux(beta: float, cascade: str, nodes: int) -> _Zero:
    zeros, order = _zeros(beta, nodes), _CASCADES[cascade]
    for zero in zeros:
        if abs(_flux_exponent(zero.x, beta, order)) < _CONSTANT:
            if abs(zero.x - 1.0) < 2.0 * _NEAR:
                raise Unresolved(
                    f"At beta = {beta:g} the spectrum of constant flux of {cascade} coincides with the "
                    "equilibrium omega^-1, which carries no flux: try another beta."
                )
            return zero
    # where, by its degree of homogeneity, the flux would be constant
    _require_local(
        (3.5 + order + 4.0 * beta) / 3.0, beta, f"C[omega^-x] where the flux of {cascade} is constant"
    )
    found = ", ".join(f"{zero.x:.6g}" for zero in zeros) or "none"
    raise Unresolved(
        f"No zero of C[omega^-x] at beta = {beta:g} has a constant flux of {cascade}; zeros found: {found}."
    )


SPECTRA = Experiment(
    name="wave.spectra",
    summary="Kolmogorov-Zakharov spectra omega^-x as zeros of the collision integral, and their capacity",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Remark 1.6; Zakharov, L'vov, Falkovich 1992, 9.2",
    parameters=(
        _BETA,
        Parameter(
            "cascade",
            "the invariant whose flux is constant: wave action (inverse cascade) or energy (direct) "
            "[AL24, Remark 1.6]",
            "wave_action",
            kind="choice",
            choices=tuple(_CASCADES),
        ),
    ),
    outputs=(
        Output("exponent", "exponent x of the spectrum omega^-x"),
        Output("exponent_error", "error of the exponent"),
        Output("flux_exponent", "power of frequency of the flux that is to be constant"),
        Output("flux", "flux of omega^-x towards high frequencies, St = 4 pi^3 ..., 2 pi sqrt(omega) n"),
        Output("flux_error", "error of the flux"),
        Output("kolmogorov_constant", "C in n = C |flux|^(1/3) omega^-x"),
        Output("kolmogorov_constant_error", "error of the constant"),
        Output(
            "capacity_exponent", "power of frequency of the invariant per octave: finite capacity if below 0"
        ),
        Output("capacity_exponent_error", "error of that power"),
        Output("local_from", "exponents below this diverge at high frequencies"),
        Output("local_to", "exponents above this diverge at low frequencies"),
    ),
    evaluate=spectra,
    order_parameter="capacity_exponent",
    tolerance=1e-6,
    version=1,
    points_per_block=8,
    thresholds=(
        PrintedThreshold("beta", 0.25, "1/4", "Remark 1.6", {"cascade": ("wave_action",)}),
        PrintedThreshold("beta", 0.75, "3/4", "Remark 1.6", {"cascade": ("energy",)}),
    ),
)
