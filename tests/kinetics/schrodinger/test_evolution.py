"""Solutions of the quasilinear Schrödinger equation, against plane waves, direct sums and another method."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import DOP853

from wellposed.errors import ParameterError
from wellposed.kinetics.schrodinger import evolve
from wellposed.kinetics.schrodinger.evolution.integration import Stepper
from wellposed.kinetics.schrodinger.evolution.spectrum import CubicTerm, Spectrum


def grid(n: int, dimensions: int, side: float) -> list[np.ndarray]:
    return np.meshgrid(*[np.arange(n) * side / n] * dimensions, indexing="ij")


def plane_wave(k: tuple[int, ...], n: int, side: float, amplitude: complex) -> tuple[np.ndarray, float]:
    """Values of a plane wave and ``|k|``, from its definition."""
    waves = 2.0 * math.pi / side * np.array(k)
    phase = sum(w * x for w, x in zip(waves, grid(n, len(k), side), strict=True))
    return amplitude * np.exp(1j * phase), float(np.linalg.norm(waves))


def random_modes(spectrum: Spectrum, seed: int = 1) -> np.ndarray:
    shape = (2 * spectrum.K + 1,) * spectrum.dimensions
    rng = np.random.default_rng(seed)
    a = (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / (1.0 + spectrum.squares)
    return a / np.linalg.norm(a)


def direct_cubic_term(a: np.ndarray, spectrum: Spectrum, beta: float, epsilon: float) -> np.ndarray:
    """The sum over k + k2 = k1 + k3, term by term [AL24, (1.1) in Fourier space]."""
    K = spectrum.K
    waves = list(itertools.product(range(-K, K + 1), repeat=spectrum.dimensions))
    unit = 2.0 * math.pi / spectrum.side
    power = {k: (unit * math.hypot(*k)) ** beta for k in waves}
    value = {k: a[tuple(c + K for c in k)] for k in waves}
    out = np.zeros_like(a)
    for k, k1, k2 in itertools.product(waves, repeat=3):
        k3 = tuple(x + y - z for x, y, z in zip(k, k2, k1, strict=True))
        if k3 in value:
            product = value[k1] * np.conj(value[k2]) * value[k3]
            factor = power[k] * power[k1] * power[k2] * power[k3]
            out[tuple(c + K for c in k)] += -1j * epsilon * factor * product
    return out


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(
    ("k", "n"), [((3,), 12), ((-2, 1), 9), ((1, -2, 2), 10), ((2, 2, -2), 8), ((0, 0), 8)]
)
@pytest.mark.parametrize(("side", "epsilon"), [(2.0 * math.pi, 1.0), (3.0, -0.7)])
def test_plane_waves_are_exact(k: tuple[int, ...], n: int, beta: float, side: float, epsilon: float) -> None:
    """Omega = |k|^2 + epsilon |k|^(4 beta) |a|^2 solves (1.1) at any amplitude; 0^0 is 1."""
    u0, length = plane_wave(k, n, side, 0.6 * np.exp(0.3j))
    omega = length**2 + epsilon * length ** (4.0 * beta) * 0.36
    times = np.array([0.0, 0.25, 0.4])
    found = evolve(u0, times, beta=beta, side=side, epsilon=epsilon)
    exact = u0 * np.exp(-1j * omega * times).reshape(-1, *[1] * len(k))
    assert np.max(np.abs(found.u.values - exact)) < 1e-10
    np.testing.assert_allclose(found.mass, 0.36, rtol=1e-11)
    np.testing.assert_allclose(
        found.momentum, np.tile(0.36 * 2.0 * math.pi / side * np.array(k), (3, 1)), rtol=1e-11, atol=1e-13
    )
    energy = length**2 * 0.36 + 0.5 * epsilon * length ** (4.0 * beta) * 0.36**2
    np.testing.assert_allclose(found.energy, energy, rtol=1e-11, atol=1e-13)
    assert found.u.dims == ("time", "x", "y", "z")[: 1 + len(k)]
    assert np.all(
        np.max(np.abs(found.u.values - exact), axis=tuple(range(1, 1 + len(k)))) < found.error + 1e-14
    )


@pytest.mark.parametrize(("dimensions", "K"), [(1, 3), (1, 4), (2, 1), (2, 2)])
def test_cubic_term_is_the_sum_over_wave_vectors(dimensions: int, K: int) -> None:
    """Modes at the faces, whose products reach 3 K, are not mistaken for others."""
    spectrum = Spectrum(dimensions, K, 4.0)
    a = random_modes(spectrum)
    found = CubicTerm(spectrum, 0.35, 1.3)(a)
    expected = direct_cubic_term(a, spectrum, 0.35, 1.3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13 * np.max(np.abs(expected)))


def test_trivial_frequencies_are_the_terms_with_a_pair_in_place() -> None:
    """Their part of the sum over k1, k2, k3, term by term: k1 = k or k3 = k."""
    spectrum = Spectrum(1, 3, 4.0)
    a = random_modes(spectrum)
    w = spectrum.powers(2 * 0.4)
    expected = [
        1.3 * w[i] * (sum(2 * w[j] * abs(a[j]) ** 2 for j in range(7)) - w[i] * abs(a[i]) ** 2)
        for i in range(7)
    ]
    np.testing.assert_allclose(CubicTerm(spectrum, 0.4, 1.3).frequencies(a), expected, rtol=1e-13)


def reference(a: np.ndarray, spectrum: Spectrum, beta: float, epsilon: float, time: float) -> np.ndarray:
    """The solution by scipy's method of order 8 on direct sums, with no integrating factor."""

    def rate(_: float, a: np.ndarray) -> np.ndarray:
        return -1j * spectrum.squares * a + direct_cubic_term(a, spectrum, beta, epsilon)

    solver = DOP853(rate, 0.0, a, time, rtol=1e-12, atol=1e-14)
    while solver.status == "running":
        solver.step()
    return solver.y


def test_steps_are_of_order_four_and_the_embedded_solution_of_order_three() -> None:
    spectrum = Spectrum(1, 3, 2.0 * math.pi)
    a = 0.7 * random_modes(spectrum)
    stepper = Stepper(CubicTerm(spectrum, 0.5, 1.0))
    exact = reference(a, spectrum, 0.5, 1.0, 0.4)
    errors, differences = [], []
    for steps in (32, 64, 128):
        at, difference = stepper.start(a), 0.0
        for _ in range(steps):
            at, one = stepper.step(at, 0.4 / steps)
            difference = max(difference, one)
        errors.append(np.linalg.norm(at.a - exact))
        differences.append(difference)
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(np.abs(orders - 4.0) < 0.15)
    assert np.all(
        np.abs(np.log2(np.array(differences[:-1]) / differences[1:]) - 4.0) < 0.15
    )  # h^4 in one step


@pytest.mark.parametrize("rtol", [1e-5, 1e-8])
def test_error_covers_the_distance_to_another_method(rtol: float) -> None:
    spectrum = Spectrum(1, 3, 5.0)
    a = random_modes(spectrum)
    u0 = spectrum.values(a, 12)
    found = evolve(u0, [0.5, 1.0], beta=0.5, side=5.0, epsilon=2.0, rtol=rtol)
    exact = spectrum.values(reference(a, spectrum, 0.5, 2.0, 1.0), 12)
    true = float(np.linalg.norm(found.u.values[1] - exact) / np.linalg.norm(exact))
    assert 0.02 * float(found.error[1]) < true < float(found.error[1])


@pytest.mark.parametrize(
    ("n", "k", "beta", "epsilon", "amplitude"),
    [
        (24, (0, 0), 0.0, -1.0, 2.0),  # unstable: what begins as round-off grows by a factor of 10^7
        (32, (8, 8), 0.25, 1.0, 0.3),  # a hundred turns
        (32, (8, 8), 0.25, 1.0, 1.0),
    ],
)
def test_error_covers_round_off_that_grows_and_that_of_phases(
    n: int, k: tuple[int, ...], beta: float, epsilon: float, amplitude: float
) -> None:
    """By plane waves, which are known.  Estimates were a twentieth, a tenth and two thirds of the error."""
    u0, length = plane_wave(k, n, 2.0 * math.pi, amplitude)
    omega = length**2 + epsilon * length ** (4.0 * beta) * amplitude**2
    found = evolve(u0, [5.0], beta=beta, epsilon=epsilon)
    distance = np.linalg.norm(found.u.values[0] - u0 * np.exp(-5j * omega)) / np.linalg.norm(u0)
    assert distance < float(found.error[0]) < 1e-6


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
def test_invariants_are_conserved(beta: float) -> None:
    """Their exact values at time 0, from the values on a finer grid by their definitions."""
    spectrum = Spectrum(3, 2, 5.0)
    a = 0.5 * random_modes(spectrum)
    found = evolve(spectrum.values(a, 8), [0.0, 0.3], beta=beta, side=5.0, epsilon=1.5)
    density = np.abs(a) ** 2
    v = spectrum.values(spectrum.powers(beta) * a, 20)
    energy = np.sum(spectrum.squares * density) + 0.75 * np.mean(np.abs(v) ** 4)
    np.testing.assert_allclose(found.mass, np.sum(density), rtol=1e-10)
    np.testing.assert_allclose(found.energy, energy, rtol=1e-9)
    np.testing.assert_allclose(
        found.momentum[:, 1], np.sum(density * spectrum.components[:, None]), rtol=1e-9
    )
    assert not np.allclose(np.abs(found.u.values[1]), np.abs(found.u.values[0]), rtol=1e-3)


def test_side_and_factor_scale_as_the_equation_does() -> None:
    """u(x, t) solves it on a side twice as large, in four times the time, with epsilon 2^(4 beta - 2)."""
    spectrum = Spectrum(2, 2, 3.0)
    u0 = spectrum.values(random_modes(spectrum), 8)
    small = evolve(u0, [0.1], beta=0.8, side=3.0)
    large = evolve(u0, [0.4], beta=0.8, side=6.0, epsilon=2.0 ** (4.0 * 0.8 - 2.0))
    np.testing.assert_allclose(large.u.values, small.u.values, rtol=0, atol=1e-9)


def test_run_that_exceeds_its_budget_says_so() -> None:
    a = random_modes(Spectrum(1, 3, 5.0))
    values = Spectrum(1, 3, 5.0).values(a, 12)
    found = evolve(values, [0.0, 50.0], beta=1.0, max_steps=20)
    assert found.outcome == "budget spent"
    assert "allow more of them" in found.advice
    assert 0.0 < found.reached < 50.0
    assert np.all(np.isnan(found.u.values[1]))
    assert np.all(np.isfinite(found.u.values[0]))
    assert math.isnan(found.mass[1])


def test_zero_stays_zero() -> None:
    found = evolve(np.zeros((6, 6)), [0.0, 1.0], beta=0.5)
    assert np.all(found.u == 0.0)
    assert np.all(found.error == 0.0)


NOISE = np.random.default_rng(0).normal(size=16)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"u0": np.ones((4, 5))}, r"`u0` must be .*, but it has the shape \(4, 5\)"),
        ({"u0": np.ones(())}, r"`u0` must be .*, but it has the shape \(\)"),
        ({"u0": np.ones((4,) * 4)}, r"`u0` must be .*, but it has the shape"),
        ({"u0": np.ones(3)}, "`u0` must be .* with n >= 4, but n is 3"),
        ({"u0": np.ones(0)}, "`u0` must be .* with n >= 4, but n is 0"),
        ({"u0": np.array(["1"] * 8)}, "`u0` must be .*, but it has the type <U1"),
        ({"u0": np.array([True] * 8)}, "`u0` must be .*, but it has the type bool"),
        ({"u0": [[1.0], [1.0, 2.0]]}, "`u0` must be .*, but its rows differ in length"),
        ({"u0": np.array([1.0] * 7 + [math.nan])}, r"`u0` must be .*, but has the value nan at \(7,\)"),
        ({"u0": np.full(8, 1e200)}, "`u0` must be zero, or have a largest modulus .*, but that is 1e\\+200"),
        ({"u0": np.full(8, 1e-200)}, "`u0` must be zero, or have a largest modulus .*, but that is 1e-200"),
        ({"u0": NOISE}, "`u0` must have no waves beyond n/4 = 4 times 2 pi/side, but 0"),
        ({"times": []}, r"`times` must be .*, but it has the shape \(0,\)"),
        ({"times": 1.0}, r"`times` must be .*, but it has the shape \(\)"),
        ({"times": [0.0, -1.0]}, r"`times` must be .*, but times\[1\] is -1"),
        ({"times": [-1.0, 1.0]}, r"`times` must be .*, but times\[0\] is -1"),
        ({"times": [0.0, 2.0, 1.0]}, r"`times` must be .*, but times\[2\] is 1"),
        ({"times": [1.0, 1.0]}, r"`times` must be .*, but times\[1\] is 1"),
        ({"times": [0.0, math.nan]}, r"`times` must be .*, but times\[1\] is nan"),
        ({"times": [0.0, math.inf]}, r"`times` must be .*, but times\[1\] is inf"),
        ({"times": ["soon"]}, "`times` must be .*, but it has the type <U4"),
        ({"times": [[0.0], [1.0, 2.0]]}, "`times` must be .*, but its rows differ in length"),
        ({"beta": 1.5}, r"`beta` must be a number in \[0, 1\], but is 1.5"),
        ({"side": 0.0}, r"`side` must be a number in \[1e-06, 1e\+06\], but is 0"),
        ({"epsilon": math.nan}, r"`epsilon` must be a number in \[-1e\+06, 1e\+06\], but is nan"),
        ({"rtol": 0.0}, "`rtol` must be"),
        ({"max_steps": 1.5}, "`max_steps` must be"),
    ],
)
def test_arguments_that_are_not_allowed_are_named(given: dict[str, object], said: str) -> None:
    asked = {"u0": np.ones(8), "times": [0.0], "beta": 0.5, **given}
    with pytest.raises(ParameterError, match=said) as refused:
        evolve(**asked)
    assert "\n" not in str(refused.value)
