"""Potentials, and what is refused as one."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit
from scipy.integrate import quad

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, custom, gaussian, yukawa
from wellposed.kinetics.lenard_balescu.interaction.momentum import momentum_rule
from wellposed.kinetics.lenard_balescu.interaction.potential import (
    potential_of_kind,
    refuse_other_than_potential,
)


@njit
def screened_coulomb(k: float) -> float:
    return 0.5 / (1.0 + k * k)


@njit
def changes_sign(k: float) -> float:
    return math.cos(k)


@njit
def takes_two(k: float, s: float) -> float:
    return 1.0 / (1.0 + k) ** s


@njit
def bumpy(k: float) -> float:
    return 0.5 * math.exp(-0.5 * k * k) + 0.1 * math.exp(-0.5 * ((k - 2.9) / 0.1) ** 2)


@njit
def hidden(k: float) -> float:
    return 0.5 * math.exp(-0.5 * k * k) + 0.1 * math.exp(-0.5 * ((k - 2.9) / 0.004) ** 2)


def test_a_function_gets_the_nodes_that_it_needs() -> None:
    assert custom(screened_coulomb).nodes == 0
    assert 20 < custom(bumpy).nodes <= 80
    # int k^3 V^2 dk, which 12 nodes miss
    k, weight = momentum_rule(3, 1.0, custom(bumpy), 20.0, 12)
    expected = quad(lambda k: k**3 * bumpy(k) ** 2, 0.0, 10.0, points=[2.5, 2.9, 3.3], epsrel=1e-12)[0]
    assert np.sum(weight * k**3 * custom(bumpy)(k) ** 2) == pytest.approx(expected, rel=1e-9)
    with pytest.raises(Unresolved, match=r"`potential` has structure near k = 2\.9"):
        custom(hidden)


def test_values() -> None:
    k = np.array([[0.0, 1.0], [2.0, 30.0]])
    np.testing.assert_allclose(algebraic(2.0, 10.0)(k), 2.0 * (1.0 + k * k) ** -2.5, rtol=1e-14)
    np.testing.assert_allclose(gaussian(2.0)(k), 2.0 * np.exp(-0.5 * k * k), rtol=1e-15)
    np.testing.assert_allclose(yukawa(0.5)(k), custom(screened_coulomb)(k), rtol=1e-14)


def test_names_are_those_of_the_parameters() -> None:
    assert potential_of_kind("algebraic", 2.0, 6.0) == algebraic(2.0, 6.0)
    assert potential_of_kind("gaussian", 2.0, 6.0) == gaussian(2.0)
    assert str(algebraic(0.5, 10.0)) == "0.5 (1 + k^2)^(-10/4)"


@pytest.mark.parametrize(("kappa", "s"), [(0.0, 4.0), (-1.0, 4.0), (math.nan, 4.0), (1.0, 0.0), (1.0, -2.0)])
def test_strength_and_decay_must_be_positive(kappa: float, s: float) -> None:
    with pytest.raises(ParameterError, match=r"`(kappa|s)` must be"):
        algebraic(kappa, s)


def test_a_function_must_be_compiled_positive_and_of_one_variable() -> None:
    with pytest.raises(ParameterError, match="compiled by numba"):
        custom(lambda k: 1.0)
    with pytest.raises(ParameterError, match="positive, but changes_sign"):
        custom(changes_sign)
    with pytest.raises(ParameterError, match="takes_two"):
        custom(takes_two)


def test_only_potentials_are_potentials() -> None:
    with pytest.raises(ParameterError, match="`potential` must be"):
        refuse_other_than_potential(0.5)
