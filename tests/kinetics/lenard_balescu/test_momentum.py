"""Quadrature in the wave number against Beta functions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit
from scipy.special import beta

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, custom, gaussian
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule


@njit
def slow(k: float) -> float:
    return 0.5 / (1.0 + k)


@njit
def gauss(k: float) -> float:
    return math.exp(-0.5 * k * k)


@pytest.mark.parametrize("d", [2, 3, 4, 5])
@pytest.mark.parametrize("above", [0.02, 0.5, 1.0, 3.0, 20.0])
def test_integral_of_an_algebraic_potential_however_slowly_it_decays(d: int, above: float) -> None:
    s = d + 1.0 + above
    potential = algebraic(1.0, s)
    k, weight = momentum_rule(d, 0.0, potential, math.inf, 12)
    found = np.sum(weight * k**d * potential(k) ** 2)
    assert found == pytest.approx(0.5 * beta(0.5 * (d + 1), 0.5 * (s - d - 1)), rel=1e-12)


@pytest.mark.parametrize("hbar", [1.0, 1e-2, 1e-4])
def test_quantum_rule_ends_where_velocities_do(hbar: float) -> None:
    # int k^d exp(-hbar^2 k^2) dk with hardly a potential
    k, weight = momentum_rule(3, hbar, algebraic(1.0, 1e-12), 13.0, 14)
    assert np.sum(weight * k**3 * np.exp(-((hbar * k) ** 2))) == pytest.approx(0.5 / hbar**4, rel=1e-12)
    assert np.max(k) < 13.0 / hbar


def test_a_function_is_integrated_as_the_potential_it_is() -> None:
    for potential in (custom(gauss), gaussian(1.0)):
        k, weight = momentum_rule(3, 0.0, potential, math.inf, 16)
        assert np.sum(weight * k**3 * potential(k) ** 2) == pytest.approx(0.5, rel=1e-13)


def test_divergent_integrals_are_not_computed() -> None:
    with pytest.raises(Unresolved, match="diverges for s <= 4"):
        momentum_rule(3, 0.0, algebraic(0.5, 4.0), math.inf, 8)
    with pytest.raises(Unresolved, match="decays faster"):
        momentum_rule(3, 0.0, custom(slow), math.inf, 8)
    assert momentum_rule(3, 0.1, algebraic(0.5, 4.0), 13.0, 8)[0].size > 0
