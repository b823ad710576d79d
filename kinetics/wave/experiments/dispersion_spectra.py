r"""Kolmogorov-Zakharov spectra of four waves with any power as their dispersion: exponents, fluxes,
constants.

For ``n = omega^(-x)`` and the dispersion and kernel of `wave.dispersion`, ``C[n] = I(x) omega^(8 beta/alpha +
2 d/alpha - 1 - 3 x)``.  The flux of the invariant ``int omega^j n dk`` through the frequency ``omega`` is
then

    -(S/alpha) I(x) omega^p/p,      p = j - 1 + (8 beta + 3 d)/alpha - 3 x,

with `S` the area of the unit sphere, 2 in one dimension.  It is constant at the zero of `I` with ``p = 0``,
where it is ``(S/(3 alpha)) I'(x)``, towards high frequencies [ZLF92].  The zero is searched around there, in
what is computed of `I`, whose value at ``p = 0`` is not used.

Interactions are local, by power counting, where ``n`` is less steep than makes those with slow waves diverge,
and steeper than makes those with fast ones: see `local_range`.

References
----------
[ZLF92] V. E. Zakharov, V. S. L'vov, G. Falkovich, Kolmogorov Spectra of Turbulence I, Springer 1992.
[ZDP04] V. Zakharov, F. Dias, A. Pushkarev, One-dimensional wave turbulence, Physics Reports 398 (2004) 1-65.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.polynomial import Chebyshev

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.quadrature import sphere_area
from wellposed.kinetics.wave.dispersive.plane import collision_over_datum
from wellposed.kinetics.wave.dispersive.quartets import FULL, POWER
from wellposed.kinetics.wave.dispersive.relation import power
from wellposed.kinetics.wave.experiments.dispersion import ALPHA, DIMENSION, require_equation
from wellposed.kinetics.wave.power_laws.integral import INTERACTION
from wellposed.kinetics.wave.power_laws.zeros import CASCADES

_DEGREE = 12
_RTOL = 1e-10
_APART = 1e-3  # from the equilibrium x = 1: a spectrum closer to it is not told from it


def local_range(alpha: float, d: int, beta: float) -> tuple[float, float]:
    """Returns the exponents `x` between which the integral converges absolutely, by power counting.

    Below, interactions with two or three fast waves diverge; above, those with one or two slow ones.  With
    ``alpha < 1`` no three waves of a scale resonate with one of another, so that two remain.
    """
    if alpha < 1.0:
        fast = max(4.0 * beta + d - 1.0, 0.5 * (4.0 * beta + d + alpha - 1.0))
        return fast / alpha, (2.0 * d - alpha + 4.0 * beta + 2.0) / (2.0 * alpha)
    two = 4.0 * beta + d + 1.0
    fast = max(two - 2.0 * alpha, 0.5 * (two - alpha), 0.5 * (6.0 * beta + 2.0 * d - alpha))
    slow = min(2.0 * beta + d, 0.5 * (2.0 * d - 1.0 + 4.0 * beta + 2.0 * alpha))
    return fast / alpha, slow / alpha


def dispersion_spectra(alpha: float, d: int, beta: float, cascade: str) -> dict[str, Any]:
    """Returns the spectrum of constant flux of an invariant; see `EXPERIMENT` for inputs and outputs."""
    order = CASCADES[cascade]
    expected = (order - 1.0 + (8.0 * beta + 3.0 * d) / alpha) / 3.0
    low, high = local_range(alpha, d, beta)
    where = f"At alpha = {alpha:g}, d = {d}, beta = {beta:g}"
    if not low < expected < high:
        raise Unresolved(
            f"{where} interactions are local for x in ({low:g}, {high:g}), but the flux of {cascade} would "
            f"be constant at x = {expected:g}."
        )
    if abs(expected - 1.0) < _APART:
        raise Unresolved(
            f"{where} the spectrum of constant flux of {cascade} coincides with the equilibrium omega^-1, "
            "which carries no flux: try another beta."
        )
    radius = 0.25 * min(expected - low, high - expected)
    x, slope, x_error, slope_error = _zero(alpha, d, beta, expected, radius)
    to_flux = sphere_area(d) / (3.0 * alpha)
    flux, flux_error = to_flux * slope, to_flux * slope_error
    constant = abs(flux) ** (-1.0 / 3.0)
    return {
        "exponent": x,
        "exponent_error": x_error,
        "flux_exponent": 3.0 * (expected - x),
        "slope": slope,
        "slope_error": slope_error,
        "flux": flux,
        "flux_error": flux_error,
        "kolmogorov_constant": constant,
        "kolmogorov_constant_error": constant * flux_error / (3.0 * abs(flux)),
        "capacity_exponent": d / alpha + order - x,
        "capacity_exponent_error": x_error,
        "local_from": low,
        "local_to": high,
    }


def _zero(alpha: float, d: int, beta: float, near: float, radius: float) -> tuple[float, float, float, float]:
    """Returns the zero of `I` next to `near`, the derivative there, and the errors of both.

    `I` is analytic in its local range, so its interpolant at Chebyshev's points converges geometrically; what
    its last two terms change, and what the values' errors do, is the error.
    """
    nodes = np.cos(np.pi * (np.arange(_DEGREE + 1) + 0.5) / (_DEGREE + 1))
    found = [
        collision_over_datum(
            1.0, power(alpha), alpha < 1.0, d, beta, POWER, float(near + radius * t), FULL, _RTOL
        )
        for t in nodes
    ]
    values, errors = (np.array(column) for column in zip(*found, strict=True))
    if not np.all(np.isfinite(errors)):
        raise Unresolved(f"The collision integral of omega^-{near:g} does not converge numerically.")
    fitted = Chebyshev.fit(near + radius * nodes, values, _DEGREE, domain=(near - radius, near + radius))
    shorter = fitted.truncate(_DEGREE - 1)
    roots = [float(root.real) for root in fitted.roots() if abs(root.imag) < 1e-9 * radius]
    roots = [root for root in roots if abs(root - near) < radius]
    if not roots:
        raise Unresolved(f"The collision integral has no zero within {radius:.3g} of x = {near:g}.")
    x = min(roots, key=lambda root: abs(root - near))
    slope = float(fitted.deriv()(x))
    noise = float(np.max(errors))
    value_error = 2.0 * noise + abs(float(shorter(x)))
    slope_error = 2.0 * _DEGREE * noise / radius + abs(float(shorter.deriv()(x)) - slope)
    if not slope_error < 0.5 * abs(slope):
        raise Unresolved(f"The zero of the collision integral near x = {near:g} has no certain slope.")
    return x, slope, value_error / abs(slope), slope_error


EXPERIMENT = Experiment(
    name="wave.dispersion_spectra",
    summary="Kolmogorov-Zakharov spectra omega^-x of waves with omega = |k|^alpha: fluxes and constants",
    source="Zakharov, L'vov, Falkovich 1992, 3.1; Zakharov, Dias, Pushkarev 2004",
    parameters=(
        ALPHA,
        DIMENSION,
        INTERACTION,
        Parameter(
            "cascade",
            "the invariant whose flux is constant: wave action or energy [ZLF92]",
            "wave_action",
            kind="choice",
            choices=tuple(CASCADES),
        ),
    ),
    outputs=(
        Output("exponent", "exponent x of the spectrum omega^-x", has_error=True),
        Output("flux_exponent", "power of frequency of the flux that is to be constant"),
        Output("slope", "derivative of I in C[omega^-x] = I(x) omega^(...)", has_error=True),
        Output("flux", "flux of omega^-x towards high frequencies", has_error=True),
        Output("kolmogorov_constant", "C in n = C |flux|^(1/3) omega^-x", has_error=True),
        Output(
            "capacity_exponent",
            "power of frequency of the invariant per octave: "
            "finite capacity if below 0 where the flux is direct, above 0 where it is inverse",
            has_error=True,
        ),
        Output("local_from", "exponents below this diverge at high frequencies"),
        Output("local_to", "exponents above this diverge at low frequencies"),
    ),
    evaluate=dispersion_spectra,
    order_parameter="capacity_exponent",
    tolerance=1e-4,
    points_per_block=1,
    check=require_equation,
)
