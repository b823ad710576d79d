"""Trajectories against the reference, conservation, entropy, and what is refused."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, collision, evolve, gaussian
from wellposed.kinetics.lenard_balescu.distributions.data import bump, entropy, mixture
from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre
from wellposed.kinetics.lenard_balescu.interaction.normalisation import time_unit

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "lenard_balescu.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("entry", REFERENCE["evolution"], ids=lambda entry: f"d={entry['d']}")
def test_trajectories(entry: dict) -> None:
    potential = algebraic(0.5, 10.0)
    assert time_unit(entry["d"], potential) == pytest.approx(entry["A00"], rel=1e-12)
    times = np.array(entry["taus"]) / entry["A00"]
    found = evolve(mixture(28), times, d=entry["d"], hbar=entry["hb"], potential=potential)
    np.testing.assert_allclose(found.tau, entry["taus"], rtol=1e-12, atol=0.0)
    np.testing.assert_allclose(found.coefficients[:, :8], entry["c"], rtol=0.0, atol=1e-8)
    np.testing.assert_allclose(found.distance, entry["L2_of_g_minus_equil"], rtol=0.0, atol=1e-8)
    assert found.coefficients_error.max() < 1e-6
    assert np.abs(found.mass - 1.0).max() <= 1e-14
    assert np.abs(found.energy - 1.0).max() <= 1e-14
    assert np.all(np.diff(found.entropy) > 0.0)


@pytest.mark.parametrize("hbar", [0.0, 0.01, 2.0])
def test_relaxes_towards_the_maxwellian_with_its_mass_and_energy(hbar: float) -> None:
    potential = gaussian()
    times = np.array([0.5, 2.0, 8.0]) / time_unit(4, potential)
    found = evolve(bump(3), times, d=4, hbar=hbar, potential=potential)
    assert np.all(np.diff(found.distance) < 0.0)
    assert np.all(np.diff(found.entropy) > 0.0)
    assert found.coefficients.shape == (3, 3)
    np.testing.assert_array_equal(found.coefficients[:, :2], [[1.0, 0.0]] * 3)


def test_another_temperature_stays() -> None:
    c = 0.4 ** np.arange(36)
    found = evolve(c, [0.0, 1e5], d=2, hbar=0.3, potential=algebraic())
    np.testing.assert_allclose(found.coefficients[1], c, rtol=0.0, atol=1e-11)
    # of a Maxwellian of temperature T in d dimensions
    assert found.entropy[0] == pytest.approx(math.log(2.0 * math.pi * math.e * 0.6), rel=1e-9)


def test_entropy_of_the_bump_is_its_integral() -> None:
    v = np.linspace(0.0, 12.0, 20001)
    x = 0.5 * v * v
    f = np.exp(-x) / (2.0 * math.pi) * (1.0 + 0.2 * (1.0 - 2.0 * x + 0.5 * x * x))
    expected = np.trapezoid(-2.0 * math.pi * v * f * np.log(f), v)
    assert entropy(bump(3), 2) == pytest.approx(expected, rel=1e-7)


def test_bad_input_is_refused() -> None:
    good = {"d": 3, "hbar": 0.5, "potential": algebraic()}
    with pytest.raises(ParameterError, match="not negative, but its"):
        evolve([1.0, 0.0, -3.0], [1.0], **good)
    with pytest.raises(ParameterError, match="c_0 = 1"):
        evolve([0.9, 0.1], [1.0], **good)
    for times in ([], [-1.0], [2.0, 1.0], [math.nan], 3.0):
        with pytest.raises(ParameterError, match="`times` must be"):
            evolve(bump(3), times, **good)
    with pytest.raises(ParameterError, match="`hbar` must be"):
        evolve(bump(3), [1.0], d=3, hbar=-1.0, potential=algebraic())
    with pytest.raises(Unresolved, match="diverges for s <= 4"):
        evolve(bump(3), [1.0], d=3, hbar=0.0, potential=algebraic(0.5, 3.0))


@pytest.mark.parametrize("hbar", [0.0, 0.5])
def test_first_step_without_screening_is_the_collision_operator(hbar: float) -> None:
    t = 0.1
    found = evolve(bump(3), [t], d=3, hbar=hbar, potential=algebraic(), screened=False)
    v = np.array([0.0, 1.0])
    expected = collision(bump(3), v, d=3, hbar=hbar, potential=algebraic(), screened=False)
    more = evolve(bump(24), [t], d=3, hbar=hbar, potential=algebraic(), screened=False)
    change = more.coefficients.to_numpy()[0] - bump(24)
    M = np.exp(-0.5 * v * v) / (2.0 * math.pi) ** 1.5
    np.testing.assert_allclose(M * (change @ laguerre(24, 0.5, 0.5 * v * v)) / t, expected, rtol=1e-4)
    assert found.smallest_epsilon == 1.0


def test_quantum_solutions_exist_where_the_classical_operator_does_not() -> None:
    found = evolve(bump(3), [0.0, 10.0], d=3, hbar=0.5, potential=algebraic(0.5, 3.0))
    assert math.isnan(found.attrs["A00"])
    assert found.distance[1] < found.distance[0]
