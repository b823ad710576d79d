"""The dielectric function against reference values, and of other marginals against what scaling gives."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numba import njit

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu import algebraic, dielectric, gaussian
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
