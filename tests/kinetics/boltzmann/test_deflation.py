"""What it costs to deflate the rock."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import needles
from wellposed.kinetics.boltzmann.experiments.deflation import EXPERIMENT, STRENGTH, M

every_kernel = pytest.mark.parametrize("gamma", [0.0, -0.25, -0.5, 0.6])  # in units of d - 1 where negative


def deflation(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def within(found: dict, name: str, expected: float, most: float) -> None:
    assert abs(found[name] - expected) <= found[f"{name}_error"] < most, name


@pytest.mark.parametrize("d", [2, 3])
@every_kernel
def test_cost_is_a_power_that_changes_sign_at_one_half_of_d_minus_one(d: int, gamma: float) -> None:
    gamma = gamma * (d - 1) if gamma < 0.0 else gamma
    for s in (0.0, 0.3, 0.5 * (d - 1), 1.2):
        found = deflation(d=d, s=s, gamma=gamma)
        within(found, "cost_exponent", s - 0.5 * (d - 1), 1e-9)
        # (3.13): N2^(max(s0, -gamma) - (d-1)/2), and s0 + gamma - gamma for hard potentials
        within(found, "cost_exponent_in_N2", max(s, -gamma) - 0.5 * (d - 1), 1e-9)


@pytest.mark.parametrize(("d", "s"), [(2, 0.0), (2, 0.3), (2, 0.5), (2, 1.0), (3, 0.2), (3, 1.0), (3, 1.4)])
def test_amplification_only_gives_back_the_exponent_of_the_amplitude(d: int, s: float) -> None:
    # circular: (d-1)/2 - s was put in
    found = deflation(d=d, s=s, gamma=-0.25)
    within(found, "circular_exponent", 0.5 * (d - 1) - s, 0.1)


@pytest.mark.parametrize("d", [2, 3])
def test_there_is_no_deflation_in_l1_as_printed(d: int) -> None:
    # with N2 >= M^10 the cost, M^(s0-(d-1)) N2^2 as printed, does not become small; with r1 = gamma - 1 it
    # does not depend on N2
    found = deflation(d=d, s=0.2, gamma=-0.3)
    within(found, "L1_exponent_in_N2_printed", 2.0, 1e-9)
    within(found, "L1_exponent_in_N2_corrected", 0.0, 1e-9)


@pytest.mark.parametrize(("d", "gamma"), [(2, 0.0), (2, -0.5), (3, -0.6)])
def test_every_part_of_the_z_norm_of_the_needles_grows_alike(d: int, gamma: float) -> None:
    # (3.35): M^((d-1)/2-s), sharp for each part
    found = deflation(d=d, s=0.2, gamma=gamma)
    np.testing.assert_allclose(found["z_exponent"], 0.5 * (d - 1) - 0.2, atol=1e-8)
    assert np.all(np.array(found["z_exponent_error"]) < 1e-6)


def test_profiles_are_those_of_needles() -> None:
    found = deflation(d=3, s=0.4, gamma=-0.5)
    one, other = (needles(3, m, 64.0, 2.0**40, -0.5, 0.4, 0.4, -0.25) for m in (M[4], STRENGTH[4]))
    assert found["cost"][4] == one.f_b_norm / abs(one.beta_at_origin)
    assert found["log_amplification"][4] == other.log_amplification
    assert np.all(found["cost_error"] < 1e-8 * found["cost"])


def test_mixed_kernel_gives_what_the_power_gives() -> None:
    mixed, power = (deflation(d=3, s=0.4, gamma=-1.0, kernel=kernel) for kernel in ("mixed", "power"))
    assert mixed["cost_exponent"] == power["cost_exponent"]
    np.testing.assert_array_equal(mixed["log_amplification"], power["log_amplification"])


def test_kernels_outside_their_range_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"`gamma` must be a number in \[-0.5, 1\]"):
        EXPERIMENT.point({"d": 2, "gamma": -0.6})
    with pytest.raises(ParameterError, match="mixed kernel"):
        EXPERIMENT.point({"d": 3, "gamma": -0.5, "kernel": "mixed"})
