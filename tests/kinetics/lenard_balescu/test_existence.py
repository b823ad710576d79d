"""Runs far past hbar^2, and the collision frequency against a direct integral."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad

from wellposed.kinetics.lenard_balescu import algebraic
from wellposed.kinetics.lenard_balescu.collision_operator.collision_frequency import (
    collision_frequency_at_rest,
)
from wellposed.kinetics.lenard_balescu.collision_operator.evolution import RadialRun
from wellposed.kinetics.lenard_balescu.collision_operator.weak_form import RadialRates
from wellposed.kinetics.lenard_balescu.dielectric_function.response import response_difference
from wellposed.kinetics.lenard_balescu.experiments import existence
from wellposed.kinetics.lenard_balescu.experiments.existence import EXPERIMENT


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
    assert collision_frequency_at_rest(d, hbar, algebraic(), 16) == pytest.approx(expected, rel=1e-9)


def test_doubling_is_dated_in_units_of_hbar_squared(monkeypatch: pytest.MonkeyPatch) -> None:
    # in place of a solution, a perturbation that grows linearly in time to three times what it was
    d, hbar, tau = 3, 0.2, 2.0

    def grows(start: np.ndarray, times: np.ndarray, rates: RadialRates) -> RadialRun:
        states = np.multiply.outer(1.0 + 2.0 * times / times[-1], start)
        states[:, 0] = 1.0
        return RadialRun(states, np.ones(times.size))

    def drag(k: float) -> float:
        V = 0.5 * (1.0 + k * k) ** -2.5
        return k**3 * V * V * math.exp(-0.25 * (hbar * k) ** 2)

    constant = 2.0 / (2.0 * math.pi) ** 3 * 4.0 * math.pi / (3.0 * math.sqrt(2.0 * math.pi))
    end = tau / (constant * quad(drag, 0.0, 60.0, epsrel=1e-11)[0])
    monkeypatch.setattr(existence, "run", grows)
    found = at(d=d, hbar=hbar, tau=tau, datum="bump")
    assert found["growth"] == pytest.approx(math.log2(3.0) - 1.0, rel=1e-12)
    assert found["horizon"] == pytest.approx(end / hbar**2, rel=1e-9)
    assert found["doubling"] == pytest.approx(0.5 * end / hbar**2, rel=1e-9)


def grows_as(monkeypatch: pytest.MonkeyPatch, ratio: Callable[[np.ndarray], np.ndarray]) -> None:
    """In place of a solution, a perturbation that is `ratio` times what it was, of times over the last."""

    def run(start: np.ndarray, times: np.ndarray, rates: RadialRates) -> RadialRun:
        states = np.multiply.outer(ratio(times / times[-1]), start)
        states[:, 0] = 1.0
        return RadialRun(states, np.ones(times.size))

    monkeypatch.setattr(existence, "run", run)


def test_a_norm_that_falls_is_largest_at_time_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    grows_as(monkeypatch, lambda x: 1.0 - 0.5 * x)
    found = at(d=3, tau=1.0, datum="bump")
    assert abs(found["growth"] + 1.0) <= found["growth_error"] < 1e-6


def test_the_largest_norm_may_lie_between_two_times(monkeypatch: pytest.MonkeyPatch) -> None:
    # it is 3 at 2^-0.6 of the end, and the times double
    grows_as(monkeypatch, lambda x: 1.0 + 2.0 * np.exp(-0.5 * (np.log2(x) + 0.6) ** 2))
    found = at(d=3, tau=1.0, datum="bump")
    assert abs(found["growth"] - (math.log2(3.0) - 1.0)) <= found["growth_error"] < 0.2
