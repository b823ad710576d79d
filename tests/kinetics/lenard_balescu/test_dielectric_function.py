"""The dielectric function against reference values, and of other marginals against what scaling gives."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numba import njit

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, dielectric, gaussian
from wellposed.kinetics.lenard_balescu.dielectric_function.gaussian_marginals import GaussianMarginal
from wellposed.kinetics.lenard_balescu.dielectric_function.response import response_difference
from wellposed.kinetics.lenard_balescu.distributions.data import mixture

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "lenard_balescu.json").read_text(encoding="utf-8")
)


@njit
def mixture_marginal(u: float) -> float:
    cold = math.exp(-u * u) / math.sqrt(math.pi)
    return 0.5 * (cold + math.exp(-u * u / 3.0) / math.sqrt(3.0 * math.pi))


@njit
def drifting(u: float) -> float:
    return math.exp(-0.5 * (u - 1.0) ** 2) / math.sqrt(2.0 * math.pi)


@njit
def narrow(u: float) -> float:
    return math.exp(-50.0 * u * u) / math.sqrt(0.02 * math.pi)


@njit
def cauchy(u: float) -> float:
    return 1.0 / (math.pi * (1.0 + u * u))


@njit
def negative(u: float) -> float:
    return math.exp(-0.5 * u * u) * (u * u - 1.0)


@njit
def narrow_beam(u: float) -> float:
    beam = math.exp(-0.5 * ((u - 2.03) / 0.01) ** 2) / 0.01
    return (0.99 * math.exp(-0.5 * u * u) + 0.01 * beam) / math.sqrt(2.0 * math.pi)


@njit
def narrower_beam(u: float) -> float:
    beam = math.exp(-0.5 * ((u - 2.0) / 0.003) ** 2) / 0.003
    return (0.99 * math.exp(-0.5 * u * u) + 0.01 * beam) / math.sqrt(2.0 * math.pi)


@njit
def far_beam(u: float) -> float:
    beam = math.exp(-0.5 * ((u - 300.0) / 0.1) ** 2) / 0.1
    return (0.99 * math.exp(-0.5 * u * u) + 0.01 * beam) / math.sqrt(2.0 * math.pi)


@njit
def too_narrow_beam(u: float) -> float:
    beam = math.exp(-0.5 * ((u - 2.00003) / 1e-7) ** 2) / 1e-7
    return (0.99 * math.exp(-0.5 * u * u) + 0.01 * beam) / math.sqrt(2.0 * math.pi)


@njit
def twice(u: float) -> float:
    return 2.0 * math.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)


@njit
def box(u: float) -> float:
    return 0.5 if abs(u) < 1.0 else 0.0


@pytest.mark.parametrize("entry", REFERENCE["eps_maxwell"], ids=str)
def test_maxwellian(entry: dict) -> None:
    expected = complex(float(entry["re"]), float(entry["im"]))
    potential = algebraic(entry["kappa"], entry["s"])
    found = dielectric(entry["k"], entry["w"], hbar=entry["hb"], potential=potential)
    assert abs(found - expected) <= 1e-14
    as_series = dielectric(entry["k"], entry["w"], hbar=entry["hb"], potential=potential, marginal=[1.0, 0.0])
    assert abs(as_series - expected) <= 1e-13


@pytest.mark.parametrize("marginal", [mixture(52), mixture_marginal], ids=["coefficients", "function"])
@pytest.mark.parametrize("entry", REFERENCE["eps_mixture"], ids=str)
def test_mixture(entry: dict, marginal: object) -> None:
    potential = algebraic(entry["kappa"], entry["s"])
    found = dielectric(entry["k"], entry["w"], hbar=entry["hb"], potential=potential, marginal=marginal)
    assert abs(found - complex(entry["re"], entry["im"])) <= 1e-13


@pytest.mark.parametrize("hbar", [0.0, 1e-9, 0.03, 1.0, 30.0])
def test_marginals_of_another_mean_or_width_are_the_maxwellian_scaled(hbar: float) -> None:
    k = np.array([0.2, 1.0, 3.0])[:, None]
    w = np.array([-30.0, -4.0, -1.0, 0.0, 0.3, 2.5, 12.0])
    potential = gaussian(2.0)
    expected = dielectric(k, w - 1.0, hbar=hbar, potential=potential)
    found = dielectric(k, w, hbar=hbar, potential=potential, marginal=drifting)
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=1e-12)
    scaled = [[complex(response_difference(10.0 * x, 10.0 * hbar * q)) for x in w] for q in k[:, 0]]
    found = dielectric(k, w, hbar=hbar, potential=potential, marginal=narrow)
    np.testing.assert_allclose(found, 1.0 + 100.0 * potential(k) * scaled, rtol=0.0, atol=3e-11)


@pytest.mark.parametrize("hbar", [0.0, 1e-5, 0.5])
@pytest.mark.parametrize(
    ("marginal", "centre", "width", "atol"),
    [(narrow_beam, 2.03, 0.01, 1e-11), (narrower_beam, 2.0, 0.003, 2e-10), (far_beam, 300.0, 0.1, 1e-12)],
)
def test_a_narrow_beam_is_found_and_resolved(
    marginal: object, centre: float, width: float, atol: float, hbar: float
) -> None:
    # the response function of a Gaussian is the plasma dispersion function, shifted and scaled
    exact = GaussianMarginal(np.array([0.99, 0.01]), np.array([0.0, centre]), np.array([1.0, width]))
    k, w = np.array([0.2, 1.0])[:, None], np.array([-3.0, 0.3, 1.9, 2.0, 2.031, 12.0, 300.0])
    potential = gaussian(1.0)
    expected = 1.0 + potential(k) * exact.response_difference(w, hbar * k)
    found = dielectric(k, w, hbar=hbar, potential=potential, marginal=marginal)
    np.testing.assert_allclose(found, expected, rtol=0.0, atol=atol)


def test_a_narrow_beam_in_extended_precision() -> None:
    # 1 + V [R(w + a) - R(w)]/a, R the sum of R((x - c)/b)/b over both Gaussians: mpmath, 30 digits
    found = dielectric(1.0, 1.9, hbar=0.5, potential=gaussian(1.0), marginal=narrow_beam)
    assert abs(found - complex(0.95918934471296357, -0.16306677846822545)) <= 1e-13


@pytest.mark.parametrize(
    ("marginal", "error", "match"),
    [
        (twice, ParameterError, "must be of mass one, but that of twice is 2"),
        (too_narrow_beam, Unresolved, "only 0.99 of too_narrow_beam was found"),
        (box, Unresolved, "box, has structure that samples .* do not resolve"),
    ],
)
def test_a_mass_that_is_not_there_is_missed(marginal: object, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        dielectric(1.0, 1.9, hbar=0.5, potential=gaussian(1.0), marginal=marginal)


def test_quantum_tends_to_classical_at_second_order_about_the_midpoint() -> None:
    k, w = 0.7, 0.4
    classical = dielectric(k, w, hbar=0.0, potential=gaussian(1.0))
    off = [
        abs(dielectric(k, w - 0.5 * hbar * k, hbar=hbar, potential=gaussian(1.0)) - classical)
        for hbar in (0.02, 0.01)
    ]
    assert off[0] / off[1] == pytest.approx(4.0, rel=1e-3)


def test_bad_input_is_refused() -> None:
    good = {"hbar": 0.5, "potential": gaussian(1.0)}
    for k, w in ((-1.0, 0.0), (math.nan, 0.0), (1.0, math.inf)):
        with pytest.raises(ParameterError, match=r"Argument `[kw]` must"):
            dielectric(k, w, **good)
    with pytest.raises(ParameterError, match="`hbar` must be"):
        dielectric(1.0, 0.0, hbar=-0.5, potential=gaussian(1.0))
    with pytest.raises(ParameterError, match="`potential` must be"):
        dielectric(1.0, 0.0, hbar=0.5, potential=1.0)
    for marginal, why in (
        (cauchy, "must decay"),
        (negative, "not negative"),
        ([0.5, 0.1], "c_0 = 1"),
        ([], "c_0 = 1"),
        (lambda u: 1.0, "compiled by numba"),
    ):
        with pytest.raises(ParameterError, match=why):
            dielectric(1.0, 0.0, marginal=marginal, **good)
