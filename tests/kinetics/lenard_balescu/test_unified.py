"""Boundaries in (s, gamma, hbar)."""

from __future__ import annotations

import pytest

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.experiments.unified import EXPERIMENT


def order(**given: object) -> tuple[float, float]:
    found = EXPERIMENT.evaluate(**EXPERIMENT.point(given))
    return found["order_parameter"], found["order_parameter_error"]


@pytest.mark.parametrize("screening", ["none", "dynamical"])
@pytest.mark.parametrize(("d", "away"), [(2, -0.5), (3, 0.2), (5, 1.0)])
def test_limit_exists_above_s_equal_d_plus_one(d: int, away: float, screening: str) -> None:
    # order s - d - 1 of the integral of k^d V^2 beyond 1/hbar
    value, error = order(d=d, s=d + 1.0 + away, screening=screening)
    assert abs(value - away) <= error < 0.01


@pytest.mark.parametrize("screening", ["none", "dynamical"])
@pytest.mark.parametrize(("d", "away"), [(2, -0.3), (3, 0.5), (5, 0.3)])
def test_order_saturates_above_s_equal_d_plus_three(d: int, away: float, screening: str) -> None:
    value, error = order(question="saturation", d=d, s=d + 3.0 + away, screening=screening)
    assert abs(value - away) <= error < 0.01


@pytest.mark.parametrize(("question", "line"), [("limit", -3.0), ("saturation", -1.0)])
@pytest.mark.parametrize("away", [-0.4, 0.4])
def test_soft_kernels_lose_the_limit_at_small_distances(question: str, line: float, away: float) -> None:
    # collisions with |u| < hbar contribute hbar^(gamma + s + 3)
    s = 9.0
    value, error = order(question=question, kernel="boltzmann", d=3, s=s, gamma=line - s + away)
    assert abs(value - away) <= error < 0.01


@pytest.mark.parametrize(("s", "gamma", "expected"), [(6.0, -4.5, -0.5), (6.0, -3.0, 1.0), (1.0, 0.3, 0.3)])
def test_collision_frequency_grows_as_the_smaller_of_two_powers(
    s: float, gamma: float, expected: float
) -> None:
    # grazing collisions: |v|^(gamma + s - d + 1) for s > d - 1 = 2, else |v|^gamma
    value, error = order(question="gap", kernel="boltzmann", s=s, gamma=gamma)
    assert abs(value - expected) <= error < 0.05


def test_on_the_slice_the_collision_frequency_always_falls_as_one_over_the_speed() -> None:
    value, error = order(question="gap", d=2, s=5.0)
    assert abs(value + 1.0) <= error < 1e-3


def test_screening_is_refused_off_the_slice() -> None:
    with pytest.raises(ParameterError, match="`screening` must be none"):
        EXPERIMENT.point({"kernel": "boltzmann", "screening": "dynamical"})
