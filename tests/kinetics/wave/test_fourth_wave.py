"""C^234[n01, n01, n02], where only the fourth wave oscillates."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from wellposed.kinetics.wave.collision import collision
from wellposed.kinetics.wave.data import bracket
from wellposed.kinetics.wave.experiments.fourth_wave import EXPERIMENT, QUANTITIES
from wellposed.kinetics.wave.panelled.fourth_wave import amplitude
from wellposed.kinetics.wave.parameters import NORMALISATIONS


@pytest.mark.parametrize(("beta", "M", "omega"), [(0.0, 7.0, 1e3), (0.25, 8.0, 10.0), (1.0, 12.0, 3.0)])
def test_without_oscillation_it_is_the_part_of_the_smooth_datum(beta: float, M: float, omega: float) -> None:
    found = amplitude(omega, [0.0], beta=beta, M=M, nodes=18)[:, 0]
    weight = (1.0 + omega**2) ** (0.25 * M) / NORMALISATIONS["paper"]
    for region, value in zip(("21", "3"), found, strict=True):
        part = collision(omega, beta=beta, datum=bracket(M), part="234", region=region)
        assert value == pytest.approx(complex(weight * part, 0.0), rel=1e-11)


@pytest.mark.parametrize(("beta", "M", "omega", "N"), [(0.25, 8.0, 6.0, 3.0), (0.75, 11.0, 10.0, 7.0)])
def test_amplitude_agrees_with_adaptive_quadrature_of_its_definition(
    beta: float, M: float, omega: float, N: float
) -> None:
    # scipy's rule for Fourier integrals outside, its adaptive rule inside: neither is used by the kernel
    def n(w: float) -> float:
        return float((1.0 + w * w) ** (-0.25 * M))

    def inner(v: float, end: float) -> float:
        def value(y: float) -> float:
            return (y * (y + v)) ** beta * math.sqrt(y) * n(y) * n(y + v)

        return sum(
            quad(value, a, b, epsabs=0.0, epsrel=1e-12)[0]
            for a, b in zip((0.0, 0.1 * end, 0.4 * end), (0.1 * end, 0.4 * end, end), strict=True)
        )

    def outer(side: float, end: float, top: float, weight: str) -> float:
        def value(v: float) -> float:
            w4 = omega + side * v
            return w4**beta * n(w4) / n(omega) * inner(v, end if side > 0.0 else end - v)

        edges = (0.0, 0.03 * top, 0.2 * top, top)
        return sum(
            quad(value, a, b, weight=weight, wvar=N, epsabs=1e-13, epsrel=1e-10, limit=200)[0]
            for a, b in itertools.pairwise(edges)
        )

    scale = omega ** (beta - 0.5)
    found = amplitude(omega, [N], beta=beta, M=M, nodes=18)[:, 0] / scale
    half = 0.5 * omega
    region_21 = complex(outer(-1.0, half, half, "cos"), -outer(-1.0, half, half, "sin"))
    assert found[0] == pytest.approx(region_21, abs=2e-9)
    region_3 = complex(outer(1.0, omega, 60.0, "cos"), outer(1.0, omega, 60.0, "sin"))
    assert found[1] == pytest.approx(region_3, abs=2e-9)  # beyond 60, the datum is below 1e-9


def test_estimate_is_sharp_in_both_variables_but_its_two_terms_nearly_cancel() -> None:
    # (5.6): omega^(2 beta - 1/2)/N; the leading 1/N of regions 21 and 3 is imaginary, and opposite
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"beta": 0.4, "M": 9.0, "N": 5}))
    exponent = dict(zip(QUANTITIES, found["exponent"], strict=True))
    in_N = dict(zip(QUANTITIES, found["exponent_in_N"], strict=True))
    assert exponent["I2"] == pytest.approx(0.3, abs=1e-6)
    assert in_N["I2"] == pytest.approx(-1.0, abs=1e-6)
    assert in_N["together"] == pytest.approx(-2.0, abs=1e-3)
    assert np.max(found["exponent_error"]) < 1e-4


def test_error_of_a_sum_is_that_of_both_regions() -> None:
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"beta": 0.4, "M": 9.0, "N": 5}))
    for profile in ("profile", "profile_in_N"):
        error = found[f"{profile}_error"]
        for total in ("I2", "together"):
            np.testing.assert_allclose(error[QUANTITIES.index(total)], error[0] + error[1])
        assert np.all(error[:2] > 0.0)
