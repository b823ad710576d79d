"""What is published about the Schrödinger equation itself: norms, energy estimates, Sobolev's exponent."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.integrate

from wellposed.errors import Unresolved
from wellposed.kinetics.schrodinger import evolve
from wellposed.kinetics.schrodinger.data import brackets, random_phases
from wellposed.kinetics.schrodinger.evolution.spectrum import CubicTerm, Spectrum
from wellposed.kinetics.schrodinger.experiments import energy, estimates, norms, sobolev


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("amplitude", [0.1, 4.0])
def test_plane_waves_contradict_the_published_energy_inequality(beta: float, amplitude: float) -> None:
    """By hand, for a exp(ix): left a^2, right a^4, with ||u||_{H^s}^2 = 2^s a^2; the derivative is zero."""
    found = energy.EXPERIMENT.evaluate(beta=beta, s=3.0, amplitude=amplitude, datum="plane")
    assert found["published"] == pytest.approx(8.0 / amplitude**2, rel=1e-10)
    assert math.isinf(found["derivative_error"])  # both sides are zero
    assert found["remainder"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("amplitude", [0.1, 1.0, 10.0])
def test_derivative_of_the_norm_is_twice_the_imaginary_part(beta: float, amplitude: float) -> None:
    found = energy.EXPERIMENT.evaluate(beta=beta, s=3.0, amplitude=amplitude, datum="decaying")
    assert abs(found["derivative"] - 1.0) < found["derivative_error"] < 1e-5


def test_derivative_of_the_norm_is_that_of_the_solution() -> None:
    """A difference quotient of `evolve`, and the cubic term by its definition."""
    spectrum = Spectrum(3, 4, 2.0 * math.pi)
    a = random_phases(spectrum, "decaying", 3.0, 2.0)
    found = energy.EXPERIMENT.evaluate(beta=0.75, s=3.0, amplitude=2.0, datum="decaying")
    u = evolve(spectrum.values(a, 16), [0.0, 1e-4, 2e-4], beta=0.75).u.values
    weight = spectrum.powers(3.0)
    squares = [np.sum(np.abs(weight * spectrum.coefficients(one)) ** 2) for one in u]
    change = (-1.5 * squares[0] + 2.0 * squares[1] - 0.5 * squares[2]) / 1e-4
    v = spectrum.values(spectrum.powers(0.75) * a, 20)
    cubic = spectrum.powers(0.75) * spectrum.coefficients(np.abs(v) ** 2 * v)
    pairing = np.sum(weight**2 * np.conj(a) * cubic)
    assert change == pytest.approx(2.0 * pairing.imag, rel=1e-3, abs=0)
    dissipated = np.sum(spectrum.squares * np.abs(weight * a) ** 2)
    assert found["published"] == pytest.approx((change + dissipated) / abs(pairing), rel=1e-5)


def test_trilinear_bound_is_sharp_on_a_long_and_a_short_wave() -> None:
    for beta in (0.0, 0.25, 1.0):
        found = energy.EXPERIMENT.evaluate(beta=beta, s=3.0, amplitude=1.0, datum="plane")
        assert abs(found["trilinear"]) <= found["trilinear_error"] < 0.02


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("s", [3, 4])
def test_lines_of_appendix_b_on_plane_waves(beta: float, s: int) -> None:
    """By hand: all moduli are powers of K; (s + 1)(s + 2)/2 summands, and the largest coefficient 6 or 12."""
    found = estimates.EXPERIMENT.evaluate(beta=beta, s=s, functions="plane")
    C_1 = {3: 6.0, 4: 12.0}[s]
    assert found["leibniz"] == pytest.approx(2.0 / (C_1 * (s + 1) * (s + 2)), rel=1e-12)
    assert found["hoelder"] == pytest.approx(1.0, rel=1e-12)
    assert found["interpolation"] == pytest.approx(0.0, abs=1e-9)
    assert found["interpolation_published"] == pytest.approx(s + beta, abs=1e-9)
    assert abs(found["product"] - (2.0 * beta - 6.0)) < found["product_error"] < 1e-3


@pytest.mark.parametrize("functions", ["bumps", "two_waves", "phases"])
def test_lines_of_appendix_b_are_obeyed_by_other_functions(functions: str) -> None:
    for beta in (0.0, 1.0):
        found = estimates.EXPERIMENT.evaluate(beta=beta, s=3, functions=functions)
        assert 0.05 < found["leibniz"] < 1.0
        assert 0.7 < found["hoelder"] < 1.0 + 1e-9
        for name in ("interpolation", "product"):
            assert not found[name] > found[f"{name}_error"]
    if functions == "bumps":  # by scaling in one dimension
        assert abs(found["interpolation"]) < found["interpolation_error"] < 0.01
        assert found["interpolation_published"] == pytest.approx(4.5, abs=1e-6)  # K^(s + beta + 1/2)


def test_pairing_of_leibniz_is_that_of_the_cubic_term() -> None:
    """The same integral by coefficients, for two waves: `CubicTerm` forms it as a convolution."""
    beta, K, weight = 0.3, 8, 0.01
    k, a = np.array([1.0, float(K)]), np.array([1.0, weight], np.complex128)
    spectrum = Spectrum(1, K, 2.0 * math.pi)
    coefficients = np.zeros(2 * K + 1, np.complex128)
    coefficients[[K + 1, 2 * K]] = a
    term = CubicTerm(spectrum, beta, 1.0)(coefficients)
    pairing = abs(np.sum(spectrum.powers(6.0) * np.conj(coefficients) * term))
    x = np.arange(4096) * (2.0 * math.pi / 4096)
    size = [np.abs((1j * k) ** m * np.abs(k) ** beta * a @ np.exp(1j * np.outer(k, x))) for m in range(4)]
    terms = sum(
        np.mean(size[3] * size[i] * size[j] * size[3 - i - j]) for i in range(4) for j in range(4 - i)
    )
    found = estimates._ratios(k, a, beta, 3, 256)["leibniz"]
    assert found == pytest.approx(pairing / (6.0 * terms), rel=1e-9)


def test_best_constant_of_the_embedding_is_a_lattice_sum() -> None:
    """``sum (1 + |k|^2)^-3`` by Jacobi's theta function: half the integral of t^2 exp(-t) theta(t)^3."""

    def integrand(t: float) -> float:
        n = np.arange(1.0, 60.0)
        theta = 1.0 + 2.0 * np.sum(np.exp(-n * n * t)) if t > 0.02 else math.sqrt(math.pi / t)
        return 0.5 * t * t * math.exp(-t) * theta**3

    expected = math.sqrt(scipy.integrate.quad(integrand, 0.0, 60.0, limit=200, epsabs=1e-12)[0])
    found = estimates.EXPERIMENT.evaluate(beta=0.0, s=3, functions="plane")
    assert found["embedding_constant"] == pytest.approx(expected, rel=2e-3)
    assert found["embedding_constant"] < expected
    for beta in (0.0, 0.5, 1.0):
        found = estimates.EXPERIMENT.evaluate(beta=beta, s=3, functions="plane")
        assert abs(found["embedding"]) < found["embedding_error"] < 0.01


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
