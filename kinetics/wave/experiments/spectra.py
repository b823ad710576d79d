r"""Kolmogorov-Zakharov spectra: power laws of constant flux, and whether their capacity is finite.

A spectrum ``n = w^(-x)`` of constant flux is a zero of the collision integral `I(x)` of `power_laws`.  The
invariant ``int sqrt(w) w^j n dw`` per octave goes as ``w^(3/2 + j - x)``.  The spectrum has a finite capacity
[AL24, Remark 1.6] if the invariant is finite at the end that its flux goes to: in a direct cascade, to high
frequencies, where this exponent is negative; in an inverse one, to low frequencies, where it is positive.

So the wave action has a finite capacity for ``beta < 1/4``, and a spectrum ``f ~ k^(-3 - 8 beta/3)``, whose
energy is ``int^oo k^(1 - 8 beta/3) dk``, for ``beta > 3/4``: [AL24, Remark 1.6] has the latter reversed.

Fluxes and their constants are in the convention ``St(w) = 4 pi^3 w^(beta-1/2) \int\int`` over all w3, w4,
that is ``K0 = 8 pi^3``, with ``2 pi sqrt(w) n dw`` waves in ``dw`` [ZLF92].

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
[ZLF92] V. E. Zakharov, V. S. L'vov, G. Falkovich, Kolmogorov Spectra of Turbulence I, Springer 1992.
"""

from __future__ import annotations

import math
from typing import Any

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.refine import ROUND_OFF, refined
from wellposed.kinetics.wave.parameters import quarter, three_quarters
from wellposed.kinetics.wave.power_laws.integral import INTERACTION, LEVELS, local_range, require_local
from wellposed.kinetics.wave.power_laws.zeros import CASCADES, flux_exponent, zero_of_constant_flux

_FLUX_CONVENTION = 8.0 * math.pi**3  # K0 in which fluxes are given


def spectra(beta: float, cascade: str) -> dict[str, Any]:
    """Returns the spectrum of constant flux of an invariant; see `EXPERIMENT` for inputs and outputs."""
    low, high = local_range(beta)
    if low >= high:
        require_local(low, beta, "C[omega^-x]")
    order = CASCADES[cascade]
    coarse, fine = (zero_of_constant_flux(beta, cascade, nodes) for nodes in LEVELS)
    width = high - low
    # exponents are told apart on the scale of the local range, at whose ends the integral has poles
    exponent, change = refined((coarse.x, fine.x), 0.0)
    error = float(change) + ROUND_OFF * width
    fluxes = [2.0 * math.pi / 3.0 * _FLUX_CONVENTION * zero.slope for zero in (coarse, fine)]
    flux, flux_error = refined(fluxes, ROUND_OFF / width)
    constant, constant_error = refined([abs(one) ** (-1.0 / 3.0) for one in fluxes], ROUND_OFF / width)
    return {
        "exponent": float(exponent),
        "exponent_error": error,
        "flux_exponent": flux_exponent(fine.x, beta, order),
        "flux": float(flux),
        "flux_error": float(flux_error),
        "kolmogorov_constant": float(constant),
        "kolmogorov_constant_error": float(constant_error),
        "capacity_exponent": 1.5 + order - fine.x,
        "capacity_exponent_error": error,
        "local_from": low,
        "local_to": high,
    }


EXPERIMENT = Experiment(
    name="wave.spectra",
    summary="Kolmogorov-Zakharov spectra omega^-x as zeros of the collision integral, and their capacity",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Remark 1.6; Zakharov, L'vov, Falkovich 1992, 9.2",
    parameters=(
        INTERACTION,
        Parameter(
            "cascade",
            "the invariant whose flux is constant: wave action (inverse cascade) or energy (direct) "
            "[AL24, Remark 1.6]",
            "wave_action",
            kind="choice",
            choices=tuple(CASCADES),
        ),
    ),
    outputs=(
        Output("exponent", "exponent x of the spectrum omega^-x", has_error=True),
        Output("flux_exponent", "power of frequency of the flux that is to be constant"),
        Output(
            "flux",
            "flux of omega^-x towards high frequencies, St = 4 pi^3 ..., 2 pi sqrt(omega) n",
            has_error=True,
        ),
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
    evaluate=spectra,
    order_parameter="capacity_exponent",
    tolerance=1e-6,
    version=1,
    points_per_block=8,
    thresholds=(
        quarter("Remark 1.6", {"cascade": ("wave_action",)}),
        three_quarters("Remark 1.6", {"cascade": ("energy",)}),
    ),
)
