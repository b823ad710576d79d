"""The collision operator at given speeds: reference values, exact properties, and a brute-force integral."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from scipy.integrate import dblquad

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, collision, gaussian
from wellposed.kinetics.lenard_balescu.collision_operator import strong_form
from wellposed.kinetics.lenard_balescu.distributions.data import bump, mixture

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "lenard_balescu.json").read_text(encoding="utf-8")
)
SPEEDS = np.array([0.0, 0.5, 1.0, 2.0, 3.0])


@njit
def mixture_3d(v: float) -> float:
    cold = math.exp(-v * v) / math.pi**1.5
    return 0.5 * (cold + math.exp(-v * v / 3.0) / (3.0 * math.pi) ** 1.5)


@njit
def mixture_2d(v: float) -> float:
    return 0.5 * (math.exp(-v * v) / math.pi + math.exp(-v * v / 3.0) / (3.0 * math.pi))


@njit
def hidden_ring(v: float) -> float:
    return 0.99 * math.exp(-0.5 * v * v) / (2.0 * math.pi) + 0.01 * math.exp(-(((v - 2.03) / 0.002) ** 2))


@njit
def hidden_core(v: float) -> float:
    return (0.99 * math.exp(-0.5 * v * v) + 0.01 * math.exp(-5e5 * v * v) / 1e-6) / (2.0 * math.pi)


@njit
def ring_2d(v: float) -> float:
    """A core, and a ring at |v| = 2, neither normalised: only its shape matters for stability."""
    return 2.0 * math.exp(-8.0 * v * v) + 0.3 * math.exp(-8.0 * (v * v - 4.0) ** 2 / 16.0)


def reference(d: int, f: str) -> np.ndarray:
    entries = [entry for entry in REFERENCE["Q"] if entry["d"] == d and entry["f"] == f]
    np.testing.assert_array_equal([entry["r"] for entry in entries], SPEEDS)
    return np.array([entry["Q"] for entry in entries])


@pytest.mark.parametrize("d", [2, 3, 4, 5])
@pytest.mark.parametrize(("name", "c"), [("mixture", mixture(56)), ("bump", bump(3))])
def test_reference_values(d: int, name: str, c: np.ndarray) -> None:
    found = collision(c, SPEEDS, d=d, hbar=1.0, potential=algebraic())
    np.testing.assert_allclose(found, reference(d, name), rtol=1e-10)


@pytest.mark.parametrize(("d", "f"), [(2, mixture_2d), (3, mixture_3d)])
def test_a_function_of_the_speed_is_as_good_as_coefficients(d: int, f: object) -> None:
    found = collision(f, SPEEDS, d=d, hbar=1.0, potential=algebraic())
    np.testing.assert_allclose(found, reference(d, "mixture"), rtol=1e-10)
    for hbar in (1e-3, 0.0):
        found = collision(f, SPEEDS[1:3], d=d, hbar=hbar, potential=gaussian())
        expected = collision(mixture(56), SPEEDS[1:3], d=d, hbar=hbar, potential=gaussian())
        np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.mark.parametrize("hbar", [0.0, 1e-4, 0.1, 3.0])
def test_maxwellian_is_stationary(hbar: float) -> None:
    found = collision([1.0, 0.0, 0.0], SPEEDS, d=3, hbar=hbar, potential=algebraic())
    assert np.max(np.abs(found)) <= 1e-13 * 1e-5  # the mixture's rates are about 1e-5


@pytest.mark.parametrize("temperature", [0.7, 1.4])
@pytest.mark.parametrize("hbar", [0.0, 0.3])
def test_maxwellian_of_another_temperature_is_stationary(temperature: float, hbar: float) -> None:
    c = (1.0 - temperature) ** np.arange(44)
    found = collision(c, SPEEDS, d=2, hbar=hbar, potential=algebraic())
    assert np.max(np.abs(found)) <= 1e-13


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_limit_of_the_quantum_operator_is_the_classical_one(d: int) -> None:
    speeds = np.array([0.0, 0.7, 1.9])
    classical = collision(bump(3), speeds, d=d, hbar=0.0, potential=gaussian())
    off = [
        collision(bump(3), speeds, d=d, hbar=hbar, potential=gaussian()) - classical for hbar in (0.04, 0.02)
    ]
    np.testing.assert_allclose(off[0] / off[1], 4.0, rtol=5e-3)
    np.testing.assert_allclose(off[1] / 3.0 + classical, classical, rtol=2e-3)


@pytest.mark.parametrize("f", [bump(3), mixture_3d], ids=["coefficients", "function"])
def test_no_digits_are_lost_as_hbar_tends_to_zero(f: object) -> None:
    # the first correction is hbar^2, seen down to round-off of the operator itself
    classical = collision(f, SPEEDS[1:4], d=3, hbar=0.0, potential=gaussian())
    small, tiny = (
        collision(f, SPEEDS[1:4], d=3, hbar=hbar, potential=gaussian()) / classical - 1.0
        for hbar in (1e-4, 1e-6)
    )
    np.testing.assert_allclose(tiny, small * 1e-4, rtol=0.0, atol=2e-14)
    assert np.abs(small).max() > 1e-9


@pytest.mark.parametrize("hbar", [0.0, 0.5])
def test_mass_and_energy_are_conserved(hbar: float) -> None:
    # Gauss rule in the speed, up to where f is round-off
    x, weight = np.polynomial.legendre.leggauss(42)
    v = 4.0 * (1.0 + x)
    rates = collision(bump(3), v, d=3, hbar=hbar, potential=gaussian())
    measure = 4.0 * weight * v**2
    scale = np.sum(measure * np.abs(rates))
    assert abs(np.sum(measure * rates)) <= 1e-11 * scale
    assert abs(np.sum(measure * v**2 * rates)) <= 1e-10 * scale


@pytest.mark.parametrize("hbar", [0.9, 40.0])
def test_unscreened_operator_by_brute_force_in_two_dimensions(hbar: float) -> None:
    """(1.11) as it stands: k in Cartesian components, v2 integrated along k, no symmetry used."""
    speed = 0.8

    def f(x: float, y: float) -> float:
        return float(mixture_2d(math.hypot(x, y)))

    def along(u: float) -> float:
        cold = math.exp(-u * u) / math.sqrt(math.pi)
        return 0.5 * (cold + math.exp(-u * u / 3.0) / math.sqrt(3.0 * math.pi))

    def integrand(angle: float, k: float) -> float:
        w, a = speed * math.cos(angle), hbar * k
        shifted = f(speed + hbar * k * math.cos(angle), hbar * k * math.sin(angle))
        V = 0.5 * math.exp(-0.5 * k * k)
        return V * V * (shifted * along(w) - f(speed, 0.0) * along(w + a))

    value, _ = dblquad(integrand, 0.0, min(7.0, 18.0 / hbar), 0.0, 2.0 * math.pi, epsabs=1e-11, epsrel=1e-10)
    expected = 2.0 / (2.0 * math.pi) ** 2 / hbar**2 * value
    found = collision(mixture(56), speed, d=2, hbar=hbar, potential=gaussian(0.5), screened=False)
    assert found == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("hbar", "at_7_6"), [(1.0, -3.8304e-14), (0.1, -4.0844e-14)])
def test_a_function_far_in_its_tail_is_known_to_its_round_off(hbar: float, at_7_6: float) -> None:
    # the series of 60 coefficients keeps its digits in the tail; a function is known to 1e-16 of its maximum,
    # and what gain and loss make of that is about 1e-20/hbar
    given = {"d": 2, "hbar": hbar, "potential": algebraic(1.5, 10.0)}
    speeds = np.array([1.0, 7.6, 8.0, 9.0, 10.0, 12.0])
    found = collision(mixture_2d, speeds, **given)
    expected = collision(mixture(60), speeds, **given)
    assert found[1] == pytest.approx(at_7_6, rel=2e-5, abs=0.0)
    assert np.all(np.abs(found - expected) <= 1e-9 * np.abs(expected) + 1e-19 / hbar)


def test_one_speed_does_not_lose_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved = strong_form._resolved

    def fails_at_two(f: object, speed: float, *rest: object) -> float:
        if speed == 2.0:
            raise Unresolved("not this one")
        return resolved(f, speed, *rest)  # type: ignore[arg-type]

    given = {"d": 3, "hbar": 0.5, "potential": gaussian()}
    expected = collision(bump(3), [1.0, 3.0], **given)
    monkeypatch.setattr(strong_form, "_resolved", fails_at_two)
    with pytest.warns(strong_form.UnresolvedWarning, match="1 of 3 speeds .* not this one"):
        found = collision(bump(3), [1.0, 2.0, 3.0], **given)
    np.testing.assert_array_equal(found, [expected[0], np.nan, expected[1]])
    with pytest.raises(Unresolved, match="not this one"):
        collision(bump(3), 2.0, **given)


@pytest.mark.parametrize("f", [hidden_ring, hidden_core])
def test_structure_that_series_would_pass_by_is_refused(f: object) -> None:
    with pytest.raises(Unresolved, match=r"more structure|do not resolve|too narrow"):
        collision(f, 1.0, d=2, hbar=0.5, potential=gaussian())


def test_normalisations_differ_by_pi() -> None:
    printed = collision(bump(3), 0.5, d=3, hbar=0.5, potential=gaussian())
    physical = collision(bump(3), 0.5, d=3, hbar=0.5, potential=gaussian(), normalisation="physical")
    assert physical == pytest.approx(math.pi * printed, rel=1e-15)


def test_bad_input_is_refused() -> None:
    good = {"d": 3, "hbar": 0.5, "potential": algebraic()}
    with pytest.raises(ParameterError, match="`v` must be"):
        collision(bump(3), -1.0, **good)
    with pytest.raises(ParameterError, match="`normalisation` must be"):
        collision(bump(3), 1.0, normalisation="right", **good)
    with pytest.raises(ParameterError, match="not negative"):
        collision([1.0, 0.0, -3.0], 1.0, **good)
    with pytest.raises(ParameterError, match="`d` must be"):
        collision(bump(3), 1.0, d=1, hbar=0.5, potential=algebraic())
    with pytest.raises(ParameterError, match="`hbar` must be"):
        collision(bump(3), 1.0, d=3, hbar=-0.5, potential=algebraic())
    with pytest.raises(Unresolved, match="diverges for s <= 4"):
        collision(bump(3), 1.0, d=3, hbar=0.0, potential=algebraic(0.5, 4.0))


def test_unstable_data_are_refused() -> None:
    with pytest.raises(Unresolved, match="unstable"):
        collision(ring_2d, 1.0, d=2, hbar=0.0, potential=gaussian(5.0))
    assert np.isfinite(collision(ring_2d, 1.0, d=2, hbar=0.0, potential=gaussian(0.05)))
