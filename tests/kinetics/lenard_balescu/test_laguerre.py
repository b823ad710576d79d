"""Laguerre polynomials against scipy's, their norms by quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import eval_genlaguerre, roots_genlaguerre

from wellposed.kinetics.lenard_balescu.distributions.laguerre import (
    laguerre,
    laguerre_difference,
    laguerre_norms,
)


@pytest.mark.parametrize("alpha", [-0.5, 0.0, 0.5, 1.5])
def test_values_are_those_of_scipy(alpha: float) -> None:
    x = np.array([0.0, 0.3, 2.0, 11.0, 40.0])
    expected = [eval_genlaguerre(n, alpha, x) for n in range(12)]
    np.testing.assert_allclose(laguerre(12, alpha, x), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("alpha", [-0.5, 0.5])
def test_divided_difference_becomes_the_derivative(alpha: float) -> None:
    x = np.array([0.0, 0.7, 5.0, 20.0])
    derivative = [np.zeros(4)] + [-eval_genlaguerre(n - 1, alpha + 1.0, x) for n in range(1, 10)]
    np.testing.assert_allclose(laguerre_difference(10, alpha, x, x), derivative, rtol=1e-11, atol=1e-12)
    apart = (laguerre(10, alpha, x + 1.0) - laguerre(10, alpha, x)) / 1.0
    np.testing.assert_allclose(laguerre_difference(10, alpha, x, x + 1.0), apart, rtol=1e-9, atol=1e-9)
    near = laguerre_difference(10, alpha, x, x + 1e-12)
    np.testing.assert_allclose(near, derivative, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("alpha", [-0.5, 0.0, 1.5])
def test_norms(alpha: float) -> None:
    x, weight = roots_genlaguerre(20, alpha)
    expected = laguerre(9, alpha, x) ** 2 @ (weight / np.sum(weight))
    np.testing.assert_allclose(laguerre_norms(9, alpha), expected, rtol=1e-12)
