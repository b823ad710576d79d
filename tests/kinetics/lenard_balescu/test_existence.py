"""Runs far past hbar^2, and the collision frequency against a direct integral."""

from __future__ import annotations

import math

import pytest
from scipy.integrate import quad

from wellposed.kinetics.lenard_balescu import algebraic
from wellposed.kinetics.lenard_balescu.existence import EXPERIMENT, collision_frequency
from wellposed.kinetics.lenard_balescu.response import response_difference


def at(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize("hbar", [0.5, 0.02])
def test_nothing_happens_in_two_dimensions(hbar: float) -> None:
    found = at(d=2, hbar=hbar, datum="bump", tau=1.0)
    assert found["growth"] < -1.0 + found["growth_error"]
    assert found["doubling"] == math.inf
    assert found["horizon"] > 1e3
    assert found["smallest_ratio"].min() > 0.0
    # the only thing that is singular is the bound's constant
    assert abs(found["collision_exponent"] - 2.0) <= max(found["collision_exponent_error"], 1e-12)


def test_collision_frequency_is_the_loss_term() -> None:
    hbar, d = 0.4, 3

    def integrand(k: float) -> float:
        V = 0.5 * (1.0 + k * k) ** -2.5
        epsilon = abs(1.0 + V * response_difference(0.0, hbar * k))
        return k * (V / epsilon) ** 2 * math.exp(-0.5 * (hbar * k) ** 2) / math.sqrt(2.0 * math.pi)

    expected = (
        2.0 / (2.0 * math.pi) ** 3 * 4.0 * math.pi / hbar**2 * quad(integrand, 0.0, 60.0, epsrel=1e-11)[0]
    )
    assert collision_frequency(d, hbar, algebraic(), 16) == pytest.approx(expected, rel=1e-9)
