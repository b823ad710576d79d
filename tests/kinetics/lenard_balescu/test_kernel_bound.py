"""The bound (3.16) on the kernel and its limit (3.17)."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, kernel
from wellposed.kinetics.lenard_balescu.experiments.kernel_bound import EXPERIMENT
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction_kernel.bound import best_constant, pairs


def measured(**given: object) -> dict[str, float]:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def test_pairs_differ_by_the_distance_and_have_the_mean() -> None:
    v1, v2 = pairs((0.5, 1.0), np.array([0.25, 2.0]), 4)
    np.testing.assert_allclose(np.linalg.norm(v1 - v2, axis=-1), [0.25, 2.0])
    np.testing.assert_allclose(0.5 * (v1 + v2), [[0.5, 1.0, 0.0, 0.0]] * 2)


def test_best_constant_bounds_the_kernel() -> None:
    # at a pair of its own set, up to rounding
    d, hbar, potential = 3, 0.25, algebraic(0.5, 10.0)
    v1, v2 = pairs((1.0, 1.0), np.array([0.5]), d)
    energy = float(np.sum(v1**2 + v2**2))
    maxwellians = np.exp(-0.5 * energy) * (2.0 * np.pi) ** -d
    bound = (1.0 + energy) * maxwellians**0.2 / 0.5**3
    value = abs(float(kernel(v1, v2, d=d, hbar=hbar, potential=potential)[0]))
    assert 0.0 < value <= best_constant(d, hbar, potential, True) * bound * (1.0 + 1e-12)


@pytest.mark.parametrize(("s", "expected"), [(2.5, 0.5), (10.0, 0.0)])
def test_bound_is_uniform_only_where_the_classical_kernel_exists(s: float, expected: float) -> None:
    # s = 2.5 fulfils nothing but what s > (d+3)/2 = 2.5 is the edge of; d + 1 - s is dimensional analysis
    found = measured(d=2, s=s)
    assert abs(found["exponent"] - expected) <= found["exponent_error"] < 0.01


@pytest.mark.parametrize(("d", "screening", "expected"), [(3, "dynamical", 3.0), (3, "none", 1.0)])
def test_diagonal_of_the_classical_kernel(d: int, screening: str, expected: float) -> None:
    # without screening the leading coefficient is -(d - 3)/2
    found = measured(quantity="diagonal", d=d, screening=screening)
    assert abs(found["exponent"] - expected) <= found["exponent_error"] < 1e-6


def test_limit_is_half_the_published_constant_times_the_published_one() -> None:
    found = measured(quantity="limit", d=4)
    assert abs(found["exponent"] + 2.0) <= found["exponent_error"] < 0.05
    assert abs(found["ratio"] - 1.0) <= found["ratio_error"] < 1e-3
    assert found["printed_ratio"] == pytest.approx(0.5 * published_constant(4), rel=1e-3)


def test_there_is_no_limit_where_it_diverges() -> None:
    with pytest.raises(Unresolved, match="K_0 is infinite for s <= d \\+ 1 = 4"):
        measured(quantity="limit", d=3, s=4.0)
