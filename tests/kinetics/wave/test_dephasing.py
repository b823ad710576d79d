"""How the equation fails above one quarter: what is left of an oscillation at a fixed time, and the norm."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy.special import roots_legendre

from wellposed.errors import Unresolved
from wellposed.kinetics.wave.evolution.departure import HANN_VARIANCE, PERIODS, demodulated
from wellposed.kinetics.wave.experiments.dephasing import EXPERIMENT


@cache
def found(beta: float, time: float, operator: str = "full") -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point({"beta": beta, "time": time, "operator": operator})))


def damping(beta: float, M: float, N: float, A: float) -> float:
    """Returns D = int int (xy)^beta sqrt(min(x, y)) n0(x) n0(y) (1 - cos N(x - y)) dx dy, by Gauss' rule."""
    nodes, weights = roots_legendre(40)
    edges = np.concatenate(([0.0], 2.0 ** np.arange(-14.0, 0.0), np.arange(1.0, 8.0, 0.25)))
    x = (edges[:-1, None] + np.diff(edges)[:, None] * 0.5 * (1.0 + nodes)).ravel()
    width = (np.diff(edges)[:, None] * 0.5 * weights).ravel()

    def n0(w: np.ndarray) -> np.ndarray:
        return np.asarray((A + np.cos(N * w)) * (1.0 + w * w) ** (-0.25 * M))

    s = 0.5 * (1.0 + nodes)
    y = x[:, None] * s**2
    inner = x * np.sum(s * weights * y ** (beta + 0.5) * n0(y) * (1.0 - np.cos(N * (x[:, None] - y))), axis=1)
    return float(2.0 * np.sum(width * x**beta * n0(x) * inner))


@pytest.mark.parametrize("beta", [0.1, 0.4, 0.75])
def test_oscillation_is_damped_at_the_rate_of_jumps_by_what_low_frequencies_differ(beta: float) -> None:
    # n(w) turns to the mean of n(w + x - y), at the rate (xy)^beta sqrt(min) n0(x) n0(y) w^(2 beta - 1/2)
    one = found(beta, 0.01)
    expected = damping(beta, 12.0, 4.0, 2.0) * one["omega"] ** (2.0 * beta - 0.5)
    assert np.all(np.abs(one["rate"] - expected)[2:] < one["rate_error"][2:])
    np.testing.assert_allclose(one["rate"][2:], expected[2:], rtol=0.02)
    assert np.all(one["rate_error"] < 0.06 * one["rate"])


@pytest.mark.parametrize("beta", [0.1, 0.25, 0.5, 1.0])
def test_rate_of_damping_changes_its_sign_of_growth_at_one_quarter(beta: float) -> None:
    # [AL24, (5.21)]
    one = found(beta, 0.01)
    assert abs(one["rate_exponent"] - (2.0 * beta - 0.5)) <= one["rate_exponent_error"] < 0.02
    assert abs(one["norm_exponent"]) <= one["norm_exponent_error"] + 1e-9


def test_departure_at_a_fixed_time_tends_to_the_whole_oscillation_above_one_quarter() -> None:
    # the point: beta = 3/4, K0 t = 0.3
    one = found(0.75, 0.3)
    assert np.all(np.diff(one["departure"]) > 0.0)
    assert 0.95 < one["departure"][-1] < 1.0
    np.testing.assert_allclose(one["norm"], one["norm"][-1], rtol=1e-6)
    # later the solution is continuous: exp(-x) - exp(-1.1 x) is 0.035 at most, low frequencies add little
    assert np.all(one["later"] < 0.045)


def test_departure_at_a_fixed_time_does_not_depend_on_the_truncation_below_one_quarter() -> None:
    one = found(0.1, 0.3)
    np.testing.assert_allclose(one["departure"], one["departure"][0], rtol=1e-6)
    assert np.all(np.diff(one["rate"]) < 0.0)
    assert math.isnan(one["omega_at_half"])


def test_half_of_the_oscillation_is_left_ever_farther_out_as_time_goes_to_zero() -> None:
    # as t^(-1/(2 beta - 1/2)), here 1/t; the rates differ by how low frequencies have changed
    early, late = found(0.75, 0.1), found(0.75, 0.3)
    assert early["omega_at_half"] / late["omega_at_half"] == pytest.approx(3.0, rel=0.01)
    expected = math.log(2.0) / (0.1 * damping(0.75, 12.0, 4.0, 2.0))
    assert early["omega_at_half"] == pytest.approx(expected, rel=0.02)


def test_gain_alone_loses_the_norm_instead() -> None:
    above, below = found(0.75, 0.03, "gain"), found(0.1, 0.03, "gain")
    assert above["norm_exponent"] > above["norm_exponent_error"] > 0.0
    assert above["norm"][-1] > 1.5 * above["norm"][0]
    np.testing.assert_allclose(below["norm"], below["norm"][0], rtol=1e-6)


def test_mean_over_the_window_is_corrected_to_its_middle() -> None:
    # exp(-w/10) cos 4w, eight nodes a period
    h = 2.0 * math.pi / 32.0
    omega = (np.arange(256) + 0.5) * h
    amplitude = demodulated(np.exp(-0.1 * omega[None, :]) * np.cos(4.0 * omega), 128, 8)[0, 1]
    excess = 0.5 * HANN_VARIANCE * (2.0 * math.pi * PERIODS / 4.0 * 0.1) ** 2
    plain = math.log(amplitude) + 0.1 * 128 * h
    assert plain == pytest.approx(excess, rel=0.05)


def test_what_cannot_be_resolved_is_said() -> None:
    with pytest.raises(Unresolved, match="try a shorter time"):
        found(1.0, 0.3)
    with pytest.raises(Unresolved, match=r"gain equation truncated at omega = .* Try a shorter time"):
        found(1.0, 0.3, "gain")
