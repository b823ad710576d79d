"""Stability of a ring around a core, against the winding of the Nyquist curve and quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu import gaussian
from wellposed.kinetics.lenard_balescu.dielectric_function.gaussian_marginals import ring_and_core
from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import (
    MaxwellianMarginal,
    resolved_marginal,
)
from wellposed.kinetics.lenard_balescu.dielectric_function.penrose_condition import (
    penrose_margin,
    refuse_unstable,
)
from wellposed.kinetics.lenard_balescu.experiments.dielectric import EXPERIMENT

DATA = (2.0, 0.05, 0.5, 0.1)


def at(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def winding(kappa: float) -> int:
    """How often the curve of ``epsilon_0(k -> 0, w)`` goes around zero: its unstable modes."""
    w = np.linspace(-12.0, 12.0, 20001)
    curve = 1.0 + kappa * ring_and_core(2, *DATA, 120).response_difference(w, np.zeros_like(w))
    return round(float(np.sum(np.diff(np.unwrap(np.angle(curve))))) / (2.0 * math.pi))


def test_stability_is_lost_where_the_nyquist_curve_begins_to_wind() -> None:
    critical = at(hbar=0.0)["critical_kappa"]
    assert winding(0.999 * critical) == 0
    assert abs(winding(1.001 * critical)) == 2  # in both directions along k


@pytest.mark.parametrize("hbar", [0.0, 0.5, pytest.param(3.0, marks=pytest.mark.slow)])
def test_margin_is_zero_and_epsilon_vanishes_at_the_critical_strength(hbar: float) -> None:
    critical = at(hbar=hbar)["critical_kappa"]
    assert critical == pytest.approx(at(hbar=0.0)["critical_kappa"], rel=1e-10)  # lost at k -> 0 first
    there = at(hbar=hbar, kappa=critical)
    assert abs(there["penrose_margin"]) <= 2.0 * there["penrose_margin_error"] + 1e-13
    assert there["least_epsilon"] <= 1e-6
    beyond = at(hbar=hbar, kappa=2.0 * critical)
    assert beyond["penrose_margin"] == pytest.approx(-1.0, abs=1e-9)
    assert beyond["least_epsilon"] <= 1e-9


@pytest.mark.parametrize("d", [3, 4, 5])
def test_isotropic_data_in_three_dimensions_and_more_are_stable(d: int) -> None:
    found = at(d=d, kappa=100.0, ring_temperature=0.02)
    assert found["penrose_margin"] == 1.0
    assert found["critical_kappa"] == math.inf


def test_least_epsilon_is_the_least_on_a_fine_grid() -> None:
    found = at(hbar=0.0, kappa=0.8)
    k = np.linspace(0.0, 2.0, 201)[:, None]
    w = np.linspace(0.0, 5.0, 2001)
    potential = 0.8 * (1.0 + k * k) ** -2.5
    response = ring_and_core(2, *DATA, 120).response_difference(w, np.zeros_like(w))
    least = np.min(np.abs(1.0 + potential * response))
    assert found["least_epsilon"] <= least
    assert found["least_epsilon"] == pytest.approx(least, rel=1e-4)


@pytest.mark.parametrize(("hbar", "kappa"), [(0.0, 0.8), (0.5, 0.8), (0.5, 20.0)])
def test_epsilon_is_least_where_it_is_said_to_be(hbar: float, kappa: float) -> None:
    found = at(hbar=hbar, kappa=kappa)
    marginal = ring_and_core(2, *DATA, 120)
    response = marginal.response_difference(np.array(found["w"]), np.array(hbar * found["k"]))
    epsilon = 1.0 + kappa * (1.0 + found["k"] ** 2) ** -2.5 * complex(response)
    assert abs(epsilon) == pytest.approx(found["least_epsilon"], abs=1e-9)


def test_a_least_epsilon_of_zero_is_at_no_place() -> None:
    # plasma waves at w = sqrt(V(k)), damped as exp(-V/2): the infimum is zero to all digits, in many places
    found = at(kappa=1000.0, radius=0.0, core_mass=1.0, core_temperature=1.0)
    assert found["least_epsilon"] <= found["least_epsilon_error"] < 1e-5
    assert math.isnan(found["k"])
    assert math.isnan(found["w"])


def test_data_that_are_unstable_beyond_every_wave_number_have_a_zero() -> None:
    # kappa (1 + k^2)^(-s/4) falls to the critical 1.33 at k ~ 1e97 only
    found = at(hbar=0.0, kappa=1e5, s=0.1)
    assert found["penrose_margin"] < 0.0
    assert found["least_epsilon"] <= found["least_epsilon_error"]


def test_critical_strength_is_known_as_well_as_the_crossing() -> None:
    # epsilon - 1 is proportional to kappa, so relative errors agree
    found = at(hbar=0.5)
    relative = found["penrose_margin_error"] / abs(found["penrose_margin"] - 1.0)
    assert found["critical_kappa_error"] == pytest.approx(
        relative * found["critical_kappa"], rel=1e-12, abs=0.0
    )


@pytest.mark.parametrize("d", [2, 3, 5])
def test_marginal_is_that_of_the_sphere(d: int) -> None:
    """The ring's variance along a direction is ``T + r^2/d``; its response is that of its density."""
    marginal = ring_and_core(d, 1.5, 0.2, 0.0, 1.0, 60)
    u = np.linspace(-8.0, 8.0, 4001)
    density = marginal(u)
    assert np.trapezoid(density, u) == pytest.approx(1.0, rel=1e-12)
    assert np.trapezoid(u * u * density, u) == pytest.approx(0.2 + 2.25 / d, rel=1e-12)
    series = resolved_marginal(marginal, 8.0)
    w = np.array([-2.0, 0.0, 0.4, 1.7, 3.0])
    for a in (0.0, 0.3, 2.0):
        expected = marginal.response_difference(w, np.array(a))
        np.testing.assert_allclose(series.response_difference(w, np.array(a)), expected, rtol=0.0, atol=1e-12)


def test_unstable_data_are_refused_and_the_maxwellian_never_is() -> None:
    marginal = ring_and_core(2, *DATA, 60)
    with pytest.raises(Unresolved, match="unstable"):
        refuse_unstable(marginal, 0.5, gaussian(3.0))
    refuse_unstable(marginal, 0.5, gaussian(1.0))
    assert penrose_margin(MaxwellianMarginal(), 0.5, gaussian(1e5)) == 1.0
