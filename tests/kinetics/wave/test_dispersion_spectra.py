"""Kolmogorov-Zakharov spectra of four waves with any dispersion relation."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import pytest

from wellposed.errors import Unresolved
from wellposed.kinetics.wave import power_law
from wellposed.kinetics.wave.dispersive.plane import collision_over_datum
from wellposed.kinetics.wave.dispersive.quartets import FULL, POWER
from wellposed.kinetics.wave.dispersive.relation import power
from wellposed.kinetics.wave.experiments.dispersion_spectra import EXPERIMENT


def spectra(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def integral(x: float, alpha: float, d: int, beta: float) -> tuple[float, float]:
    return collision_over_datum(1.0, power(alpha), alpha < 1.0, d, beta, POWER, x, FULL, 1e-10)


def zakharov(x: Any, derivative: bool = False) -> Any:
    """The integral for alpha = 1/2 on the line at beta = 0, with all quartets mapped onto one kind.

    In that kind the first wave is the largest.  [MMT97] has the quartets: frequencies 1 + z + z^2 and z
    against 1 + z and z(1 + z), here over the first.  The integrand is multiplied by 1 + w2^y - w3^y - w4^y,
    y = 3 x - 5 [ZLF92, section 3.1]; at a zero of that factor the derivative is that of the factor alone.
    """
    y = 3 * x - 5

    def integrand(z: Any) -> Any:
        total = 1 + z + z * z
        second, others = z / total, ((1 + z) / total, z * (1 + z) / total)
        resonance = 1 + second**x - sum(w**x for w in others)
        if derivative:
            flux = 3 * (second**y * mpmath.log(second) - sum(w**y * mpmath.log(w) for w in others))
        else:
            flux = 1 + second**y - sum(w**y for w in others)
        return 8 / total * (second * others[0] * others[1]) ** (1 - x) * resonance * flux

    return mpmath.quad(integrand, [0, mpmath.mpf(1) / 100, mpmath.mpf(1) / 4, 1])


@pytest.mark.parametrize("x", [1.2, 1.8, 2.5])
def test_the_integral_on_the_line_is_its_conformal_transformation(x: float) -> None:
    with mpmath.workdps(30):
        expected = float(zakharov(mpmath.mpf(x)))
    value, error = integral(x, 0.5, 1, 0.0)
    assert abs(value - expected) <= error < 1e-6 * abs(expected)


@pytest.mark.parametrize(
    ("cascade", "exponent", "published"), [("wave_action", 5 / 3, -2.354), ("energy", 2.0, 6.062)]
)
def test_constants_on_the_line_are_not_the_published_ones(
    cascade: str, exponent: float, published: float
) -> None:
    # derivatives of I at the two zeros, -1.27654659 and 2.24482534; no common factor, of a convention, makes
    # them the published ones, whose quadrature does not resolve its integrable singularities
    with mpmath.workdps(30):
        expected = float(zakharov(mpmath.mpf(5) / 3 if cascade == "wave_action" else mpmath.mpf(2), True))
    found = spectra(alpha=0.5, d=1, beta=0.0, cascade=cascade)
    assert abs(found["exponent"] - exponent) <= found["exponent_error"] < 1e-8
    assert abs(found["slope"] - expected) <= found["slope_error"] < 1e-6
    other = {"wave_action": 2.24482533, "energy": -1.27654659}[cascade]
    theirs = {"wave_action": 6.062, "energy": -2.354}[cascade]
    assert abs(found["slope"] / other - published / theirs) > 0.1
    # the flux of wave action is to long waves, that of energy to short ones
    assert (found["flux"] > 0.0) == (cascade == "energy")


def test_two_in_three_dimensions_has_the_published_constant_of_the_inverse_cascade() -> None:
    # C_N = 0.0757740447 for St = 4 pi^3 ... and 2 pi sqrt(omega) n: 4 pi times this flux
    found = spectra(alpha=2.0, d=3, beta=0.0)
    assert abs(found["exponent"] - 7 / 6) <= found["exponent_error"] < 1e-9
    constant = (4.0 * math.pi * abs(found["flux"])) ** (-1.0 / 3.0)
    assert constant == pytest.approx(0.0757740447, abs=5e-11)
    assert found["kolmogorov_constant_error"] < 1e-9


@pytest.mark.parametrize(("x", "beta"), [(1.2, 0.0), (0.9, -0.25), (1.6, 0.25)])
def test_two_in_three_dimensions_is_the_integral_by_gauss_jacobi_rules(x: float, beta: float) -> None:
    value, error = integral(x, 2.0, 3, beta)
    assert abs(value - power_law(x, beta=beta, normalisation="exact")) <= error < 1e-8 * abs(value)


@pytest.mark.parametrize(
    ("alpha", "d", "beta"), [(2.0, 2, 0.0), (0.5, 2, 0.0), (0.75, 1, 0.1), (3.0, 3, 0.0)]
)
def test_the_spectrum_of_wave_action_has_a_constant_flux(alpha: float, d: int, beta: float) -> None:
    # [ZLF92]: k^-(8 beta + 3 d - alpha)/3
    found = spectra(alpha=alpha, d=d, beta=beta)
    expected = (8 * beta + 3 * d - alpha) / (3 * alpha)
    assert abs(found["exponent"] - expected) <= found["exponent_error"] < 1e-7
    assert found["local_from"] < expected < found["local_to"]


def test_what_is_not_local_and_what_is_an_equilibrium_is_unresolved() -> None:
    with pytest.raises(Unresolved, match=r"local for x in \(1, 1\.5\)"):
        spectra(alpha=2.0, d=3, beta=0.0, cascade="energy")
    with pytest.raises(Unresolved, match=r"coincides with the equilibrium omega\^-1"):
        spectra(alpha=1.5, d=2, beta=0.0)
