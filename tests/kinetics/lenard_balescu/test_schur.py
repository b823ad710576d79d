"""Schur's integrals of |K|."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad

from wellposed.kinetics.lenard_balescu import algebraic, kernel, schur_integral, schur_supremum


def test_integral_at_rest_agrees_with_adaptive_quadrature_of_the_kernel() -> None:
    # |v1| = 0, d = 3: K depends on |v2| only, and changes sign once
    hbar = 0.3

    def integrand(u: float) -> float:
        value = float(kernel(np.zeros(3), np.array([u, 0.0, 0.0]), d=3, hbar=hbar, potential=algebraic()))
        return 4.0 * math.pi * u * u * abs(value) * (1.0 + u * u) ** 0.25

    points = [0.05, 0.2, 0.5, 1.0, 2.0, 4.0]
    expected, _ = quad(integrand, 1e-9, 9.0, points=points, epsrel=1e-9, limit=300)
    assert schur_integral(0.0, 3, hbar, algebraic()) == pytest.approx(expected, rel=1e-6)


def test_integral_at_rest_reaches_as_far_as_the_kernel_does() -> None:
    # d = 5: a part 1.4e-5 is beyond |v2| = 8
    hbar = 0.5

    def integrand(u: np.ndarray) -> np.ndarray:
        v2 = np.zeros((u.size, 5))
        v2[:, 0] = u
        values = np.abs(kernel(np.zeros(5), v2, d=5, hbar=hbar, potential=algebraic(1.0, 4.0)))
        return 8.0 * math.pi**2 / 3.0 * u**4 * values * (1.0 + u * u) ** 0.25

    x, weight = np.polynomial.legendre.leggauss(24)
    edges = [4.0, 6.0, 8.0, 10.0, 12.0, 16.0]
    outside = sum(
        0.5 * (right - left) * float(weight @ integrand(left + 0.5 * (right - left) * (1.0 + x)))
        for left, right in itertools.pairwise(edges)
    )
    points = [0.01, 0.05, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0]
    inside, _ = quad(
        lambda u: float(integrand(np.array([u]))[0]), 1e-9, 4.0, points=points, epsrel=1e-9, limit=300
    )
    found = schur_integral(0.0, 5, hbar, algebraic(1.0, 4.0))
    assert found == pytest.approx(inside + outside, rel=1e-6)


def test_integral_at_a_speed_agrees_with_a_sum_over_directions() -> None:
    # d = 2, v1 = (1, 0): trapezoidal in the direction, panels in the distance, |K| pointwise
    hbar, n = 0.5, 48
    angle = 2.0 * math.pi * (np.arange(n) + 0.5) / n
    x, weight = np.polynomial.legendre.leggauss(40)
    total = 0.0
    for left, right in ((0.0, 0.25), (0.25, 1.0), (1.0, 3.0), (3.0, 8.0)):
        u = left + 0.5 * (right - left) * (1.0 + x)
        direction = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        v2 = np.array([1.0, 0.0]) - u[:, None, None] * direction
        values = np.abs(kernel(np.array([1.0, 0.0]), v2, d=2, hbar=hbar, potential=algebraic()))
        values = values * (1.0 + np.sum(v2**2, axis=-1)) ** 0.25 * u[:, None]
        total += 0.5 * (right - left) * float(weight @ values.sum(axis=1)) * 2.0 * math.pi / n
    assert schur_integral(1.0, 2, hbar, algebraic()) == pytest.approx(2.0**0.25 * total, rel=1e-3)


@pytest.mark.parametrize("d", [2, 5])
def test_error_falls_with_the_number_of_directions(d: int) -> None:
    values = [schur_integral(1.0, d, 0.1, algebraic(), angles=n) for n in (8, 16, 28)]
    assert abs(values[1] - values[2]) < 1e-4 * values[2]
    assert abs(values[0] - values[2]) < 1e-2 * values[2]


def test_supremum_is_above_the_integral_at_every_speed() -> None:
    largest, speed = schur_supremum(2, 0.25, algebraic())
    others = [schur_integral(v, 2, 0.25, algebraic()) for v in (0.0, 0.3, 0.9, 2.0)]
    assert 0.0 < speed < 1.5
    assert largest >= max(others) * (1.0 - 1e-6)
