"""The sharp exponents of (3.2)-(3.4), and the coefficients that they are sums of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.kinetics.lenard_balescu import algebraic, dielectric, sobolev_norm
from wellposed.kinetics.lenard_balescu.dielectric_function.sharp_bounds import (
    largest_difference,
    largest_gradient,
    sums_of_squares,
)
from wellposed.kinetics.lenard_balescu.experiments.dielectric_bounds import EXPERIMENT


def measured(**given: object) -> dict[str, float]:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize("degree", [2, 6])
def test_coefficients_are_those_of_the_dielectric_function(degree: int) -> None:
    # L_n^(-1/2)(u^2/2) is He_2n(u) up to a factor, and `dielectric` integrates any Laguerre series itself
    n = degree // 2
    factor = (-1.0) ** n * 2.0**n * math.factorial(n) / math.sqrt(math.factorial(degree))
    potential, w, a = algebraic(1.0, 4.0), 0.7, 0.3
    series = np.zeros(n + 1)
    series[0], series[n] = 1.0, 1.0
    k, at = np.array([1.0]), np.array([w])

    def excess(hbar: float) -> complex:
        given = {"hbar": hbar, "potential": potential}
        difference = dielectric(k, at, marginal=series, **given) - dielectric(k, at, **given)
        return complex(difference[0]) * factor / float(potential(k)[0])

    edges, sums = np.array([degree, degree + 1]), np.empty(1)
    sums_of_squares(w, 0.0, 3, -1, edges, sums)
    assert sums[0] == pytest.approx(abs(excess(0.0)) ** 2, rel=1e-9)
    sums_of_squares(w, a, 3, -1, edges, sums)
    assert sums[0] == pytest.approx(abs(excess(a) - excess(0.0)) ** 2, rel=1e-8)


@pytest.mark.parametrize("r", [0, 1, 3])
def test_weights_are_those_of_the_sobolev_norm(r: int) -> None:
    # the Laguerre function i = 2 of sector 0 has the degree 4 of the Hermite function
    edges, with_weight, without = np.array([4, 5]), np.empty(1), np.empty(1)
    sums_of_squares(0.7, 0.3, 3, r, edges, with_weight)
    sums_of_squares(0.7, 0.3, 3, -1, edges, without)
    norm = sobolev_norm([0.0, 0.0, 1.0], d=3, l=0, r=r)
    assert without[0] / with_weight[0] == pytest.approx(norm**2, rel=1e-12)


def test_index_of_the_bound_is_three_halves() -> None:
    # |R^(j+1)|^2/j! ~ j^(1/2) at a fixed velocity, by the asymptotics of Hermite functions
    found = measured(estimate="(3.2)")
    assert abs(found["exponent"] - 1.5) <= found["exponent_error"] < 1e-6


@pytest.mark.parametrize(("r", "expected"), [(2, -0.5), (3, -1.0)])
def test_order_in_hbar_is_the_index_minus_three_halves_and_at_most_one(r: int, expected: float) -> None:
    found = measured(estimate="(3.3)", r=r)
    assert abs(found["exponent"] - expected) <= found["exponent_error"] < 0.01


def test_distance_is_attained() -> None:
    # the best f of the ball is one, so any other falls short of it
    edges, sums = np.array([4, 5]), np.empty(1)
    sums_of_squares(1.0, 0.25, 3, 2, edges, sums)
    assert 0.0 < math.sqrt(sums[0]) < largest_difference(3, 2, 0.25)


def test_gradient_is_that_of_the_dielectric_function() -> None:
    potential, k, speed, step = algebraic(0.5, 10.0), np.array([0.8, 0.3]), 2.0, 1e-5
    largest = 0.0
    for cosine in np.linspace(0.0, 1.0, 801).tolist():
        v = speed * np.array([cosine, math.sqrt(1.0 - cosine * cosine)])

        def epsilon(q: np.ndarray, v: np.ndarray = v) -> complex:
            size = np.linalg.norm(q)
            return complex(dielectric(size, float(q @ v) / size, hbar=0.0, potential=potential))

        along = k / np.linalg.norm(k)
        turned = np.array([-along[1], along[0]])
        v_along = v[0] * along + v[1] * turned
        slopes = [
            (epsilon(k + step * e, v_along) - epsilon(k - step * e, v_along)) / (2.0 * step)
            for e in (along, turned)
        ]
        largest = max(largest, math.hypot(*(abs(slope) for slope in slopes)))
    size = float(np.linalg.norm(k))
    found = largest_gradient(np.array([size]), np.array([speed]), 0.5, 10.0)
    assert found[0] == pytest.approx(largest, rel=1e-4)


@pytest.mark.parametrize("estimate", ["(3.4) in v", "(3.4) in k"])
def test_bound_on_the_gradient_is_sharp(estimate: str) -> None:
    found = measured(estimate=estimate)
    assert abs(found["exponent"] - 1.0) <= found["exponent_error"] < 1e-6
