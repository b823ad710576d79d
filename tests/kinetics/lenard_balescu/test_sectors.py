"""The split of an angular sector along one direction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import eval_genlaguerre, eval_jacobi, gamma

from wellposed.kinetics.lenard_balescu.linearised_operator.sectors import (
    angular_momenta,
    axial_coefficients,
    multiplicity,
)


@pytest.mark.parametrize("d", [2, 3, 4, 5])
@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_harmonics_split_into_those_of_one_dimension_less(d: int, degree: int) -> None:
    parts = [multiplicity(d - 1, q) for q in angular_momenta(d, degree)]
    assert sum(parts) == multiplicity(d, degree)
    assert all(parts)


def test_multiplicities_are_the_known_ones() -> None:
    assert [multiplicity(3, degree) for degree in range(4)] == [1, 3, 5, 7]
    assert [multiplicity(4, degree) for degree in range(4)] == [1, 4, 9, 16]


@pytest.mark.parametrize(("d", "degree", "q"), [(2, 0, 0), (2, 3, 1), (3, 2, 1), (4, 3, 0), (5, 1, 1)])
def test_products_add_up_to_the_function_itself(d: int, degree: int, q: int) -> None:
    # evaluated point by point, with scipy's polynomials
    n = 6
    coefficients = axial_coefficients(d, degree, q, n)
    rng = np.random.default_rng(1)
    u, t = rng.uniform(-3.0, 3.0, 20), rng.uniform(0.1, 4.0, 20)
    alpha = q + 0.5 * (d - 3)
    r = np.sqrt(u * u + 2.0 * t)
    for i in range(n):
        radial = eval_genlaguerre(i, degree + 0.5 * d - 1.0, 0.5 * r * r)
        direct = r ** (degree - q) * eval_jacobi(degree - q, alpha, alpha, u / r) * radial
        total = np.zeros(20)
        for m in range((degree - q) // 2 + i + 1):
            j = degree + 2 * i - q - 2 * m
            hermite = np.polynomial.hermite_e.hermeval(u, np.eye(j + 1)[j]) / np.sqrt(gamma(j + 1.0))
            norm = np.sqrt(gamma(m + alpha + 1.0) / gamma(m + 1.0) / gamma(alpha + 1.0))
            total += coefficients[i, m] * hermite * eval_genlaguerre(m, alpha, t) / norm
        ratio = (direct @ total) / (total @ total)
        np.testing.assert_allclose(direct, ratio * total, atol=1e-11 * np.abs(direct).max())
        assert ratio > 0.0
