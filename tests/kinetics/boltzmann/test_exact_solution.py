"""The exact solution of Bobylev, Krook and Wu."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import bkw
from wellposed.kinetics.boltzmann.collision.exact_solution import RATES, bkw_rate


@pytest.mark.parametrize(("d", "angular"), RATES)
def test_rate_is_the_angular_integral(d: int, angular: str) -> None:
    # lambda = (1/4) int b_sigma sin^2(chi) dsigma, over the circle or the sphere
    def kernel(chi: float) -> float:
        if d == 3:
            return 0.5 * math.sin(chi)
        return (0.5 * math.sin(0.5 * chi)) if angular == "cosine" else 1.0 / math.pi

    assert quad(kernel, 0.0, math.pi)[0] == pytest.approx(1.0, rel=1e-12)
    found = quad(lambda chi: 0.25 * kernel(chi) * math.sin(chi) ** 2, 0.0, math.pi)[0]
    assert RATES[d, angular] == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("t", [0.0, 0.7, 20.0])
def test_mass_and_temperature_are_one_and_the_density_is_not_negative(d: int, t: float) -> None:
    area = 2.0 * math.pi if d == 2 else 4.0 * math.pi
    for power, expected in ((0, 1.0), (2, float(d))):
        moment = quad(lambda v, p=power: area * v ** (d - 1 + p) * float(bkw(v, t, d)), 0.0, 15.0)[0]
        assert moment == pytest.approx(expected, rel=1e-9)
    assert np.min(bkw(np.linspace(0.0, 5.0, 101), t, d)) >= -1e-17


def test_rate_of_change_is_the_derivative() -> None:
    v, t, h = np.linspace(0.0, 5.0, 11), 1.0, 1e-4
    for d, angular in RATES:
        slope = (bkw(v, t + h, d, angular) - bkw(v, t - h, d, angular)) / (2.0 * h)
        np.testing.assert_allclose(bkw_rate(v, t, d, angular), slope, atol=1e-10)


def test_times_at_which_the_density_would_be_negative_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"K\(t\) >= 2/4"):
        bkw(1.0, -0.1, 2)
    assert bkw(0.0, 0.0, 2) == pytest.approx(0.0, abs=1e-17)
    assert bkw(0.0, -0.1, 2, C=0.4) > 0.0
