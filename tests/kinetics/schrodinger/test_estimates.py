"""What is published about the Schrödinger equation itself: norms, energy estimates, Sobolev's exponent."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.errors import Unresolved
from wellposed.kinetics.schrodinger import evolve
from wellposed.kinetics.schrodinger.data import brackets, random_phases
from wellposed.kinetics.schrodinger.evolution.spectrum import Spectrum
from wellposed.kinetics.schrodinger.experiments import energy, norms, sobolev


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("amplitude", [0.1, 4.0])
def test_plane_waves_contradict_the_published_energy_inequality(beta: float, amplitude: float) -> None:
    """By hand, for a exp(ix): left a^2, right a^4, with ||u||_{H^s}^2 = 2^s a^2; the derivative is zero."""
    found = energy.EXPERIMENT.evaluate(beta=beta, s=3.0, amplitude=amplitude, datum="plane")
    assert found["published"] == pytest.approx(8.0 / amplitude**2, rel=1e-10)
    assert found["corrected"] <= found["corrected_error"]
    assert found["remainder"] == pytest.approx(0.0, abs=1e-6)


def test_derivative_of_the_norm_is_that_of_the_solution() -> None:
    """A difference quotient of `evolve`, which knows nothing of energy estimates."""
    spectrum = Spectrum(3, 4, 2.0 * math.pi)
    a = random_phases(spectrum, "decaying", 3.0, 2.0)
    found = energy.EXPERIMENT.evaluate(beta=0.75, s=3.0, amplitude=2.0, datum="decaying")
    u = evolve(spectrum.values(a, 16), [0.0, 1e-4, 2e-4], beta=0.75).u.values
    weight = spectrum.powers(3.0)
    squares = [np.sum(np.abs(weight * spectrum.coefficients(one)) ** 2) for one in u]
    change = (-1.5 * squares[0] + 2.0 * squares[1] - 0.5 * squares[2]) / 1e-4
    v = spectrum.values(spectrum.powers(0.75) * a, 20)
    cubic = spectrum.powers(0.75) * spectrum.coefficients(np.abs(v) ** 2 * v)
    pairing = abs(np.sum(weight**2 * np.conj(a) * cubic))
    assert found["corrected"] == pytest.approx(abs(change) / (2.0 * pairing), rel=1e-3)
    assert found["corrected"] < 1.0


def test_trilinear_bound_is_sharp_on_a_long_and_a_short_wave() -> None:
    for beta in (0.0, 0.25, 1.0):
        found = energy.EXPERIMENT.evaluate(beta=beta, s=3.0, amplitude=1.0, datum="plane")
        assert abs(found["trilinear"]) <= found["trilinear_error"] < 0.02


@pytest.mark.parametrize("beta", [0.0, 0.2, 0.25, 1.0])
def test_bumps_have_the_exponent_of_scaling(beta: float) -> None:
    """L^4 in three dimensions: K^(beta + 3 - 3/4) over K^(1 + 3/2)."""
    found = sobolev.EXPERIMENT.evaluate(beta=beta)
    assert abs(found["exponent"] - (beta - 0.25)) < found["exponent_error"] < 0.01


@pytest.mark.parametrize("datum", ["band", "decaying", "oscillating"])
def test_data_are_the_same_at_every_truncation(datum: str) -> None:
    large, small = Spectrum(3, 8, 2.0 * math.pi), Spectrum(3, 4, 2.0 * math.pi)
    a, b = (random_phases(one, datum, 3.0, 0.7) for one in (large, small))
    np.testing.assert_array_equal(a[4:13, 4:13, 4:13], b)
    assert np.linalg.norm(brackets(large, 3.0) * a) <= 0.7 + 1e-12
    if datum == "band":
        assert np.linalg.norm(brackets(small, 3.0) * b) == pytest.approx(0.7)


def test_norms_of_small_data_do_not_depend_on_the_truncation_at_any_beta() -> None:
    for beta in (0.25, 1.0):
        found = norms.norms(beta, 3.0, 0.3, 0.25, "band")
        assert abs(found["exponent"]) <= found["exponent_error"] < 0.01


def test_growth_of_a_norm_is_that_of_the_solution() -> None:
    """By `evolve`, with another tolerance and norm of steps, at the largest truncation but one."""
    found = norms.norms(0.5, 3.0, 3.0, 0.25, "band")
    spectrum = Spectrum(3, 6, 2.0 * math.pi)
    a = random_phases(spectrum, "band", 3.0, 3.0)
    u = evolve(spectrum.values(a, 24), np.linspace(0.0, 0.25, 17), beta=0.5).u.values
    size = [np.linalg.norm(brackets(spectrum, 3.0) * spectrum.coefficients(one)) for one in u]
    assert abs(max(size) / size[0] - found["growth"][2]) < found["growth_error"][2] + 1e-7


def test_run_without_an_end_is_unresolved() -> None:
    with pytest.raises(
        Unresolved, match=r"Up to K = 3 the budget of 1500 steps ends at t = .* try an earlier T"
    ):
        norms.norms(1.0, 3.0, 1000.0, 10.0, "band")
