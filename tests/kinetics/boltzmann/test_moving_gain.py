"""The bilinear ratio of the gain term on a moving rock and needles, in the plane."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import njit
from scipy.stats import qmc

from wellposed.kinetics.boltzmann import needles
from wellposed.kinetics.boltzmann.bilinear_estimate.moving_gain import (
    _ON_SPEEDS,
    _SPEEDS,
    modes_at,
    moving_gain,
)
from wellposed.kinetics.boltzmann.construction.directions import directions
from wellposed.kinetics.boltzmann.experiments.bilinear import EXPERIMENT, SPEED
from wellposed.kinetics.boltzmann.norms.cutoff import chi, chi_at, chi_integral, gauss, panels


def exponent(**given: object) -> tuple[float, float]:
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"d": 2, "rock": "moving", "term": "gain"} | given))
    return found["ratio_exponent"], found["ratio_exponent_error"]


@njit
def gain(tau, x, v, e, M, N2, V, gamma, y, w_y, z, w_z, nodes, w_nodes):
    """Q+ over the needles' amplitude: the sum over needles, their thickness and drift, and all rock's v*.

    For each velocity u of a needle, v* is on the line through v at right angles to v - u.
    """
    total = 0.0
    for j in range(e.shape[0]):
        off = M * (x[1] * e[j, 0] - x[0] * e[j, 1])
        if abs(off) > 3.0:
            continue
        for i in range(y.size):
            passing = w_y[i] / M * chi(abs(off - tau * y[i]))
            for k in range(z.size):
                u0 = N2 * (1.0 + z[k]) * e[j, 0] - y[i] / M * e[j, 1]
                u1 = N2 * (1.0 + z[k]) * e[j, 1] + y[i] / M * e[j, 0]
                h = math.hypot(u0 - v[0], u1 - v[1])
                n0, n1 = -(u1 - v[1]) / h, (u0 - v[0]) / h
                low, high = -math.inf, math.inf
                # v + a n is within 1.5 V of 0 and within 2/(M tau) of x/tau
                for c0, c1, radius in ((0.0, 0.0, 1.5 * V), (x[0] / tau, x[1] / tau, 2.0 / (M * tau))):
                    middle = (c0 - v[0]) * n0 + (c1 - v[1]) * n1
                    half = radius**2 - ((c0 - v[0]) ** 2 + (c1 - v[1]) ** 2 - middle * middle)
                    half = math.sqrt(half) if half > 0.0 else -math.inf
                    low, high = max(low, middle - half), min(high, middle + half)
                if passing == 0.0 or low >= high:
                    continue
                for m in range(nodes.size):
                    a = low + (high - low) * nodes[m]
                    v0, v1 = v[0] + a * n0, v[1] + a * n1
                    value = chi(abs(4.0 * (math.hypot(v0, v1) / V - 1.0)))
                    value *= chi(M * math.hypot(x[0] - v0 * tau, x[1] - v1 * tau))
                    value *= abs(a) / h * (a * a + h * h) ** (0.5 * (gamma - 1.0))
                    total += 0.5 * passing * N2 * w_z[k] * (high - low) * w_nodes[m] * value
    return total


@njit
def squares(points, longest, e, M, N2, V, gamma, y, w_y, z, w_z, nodes, w_nodes):
    """Q+^2 (1 + v^2)^gamma at points of the unit cube, times what they stand for."""
    found = np.empty(points.shape[0])
    x, v = np.zeros(2), np.zeros(2)
    for i in range(points.shape[0]):
        D = longest * points[i, 0] ** 2
        speed = 1.21 * N2 * points[i, 1]
        farthest = 1.5 * D + 2.0
        R = farthest * points[i, 2]
        v[0] = speed * math.cos(2.0 * math.pi * points[i, 3])
        v[1] = speed * math.sin(2.0 * math.pi * points[i, 3])
        x[0] = R / M * math.cos(2.0 * math.pi * points[i, 4])
        x[1] = R / M * math.sin(2.0 * math.pi * points[i, 4])
        measure = 2.0 * longest * points[i, 0] / (M * V) * 1.21 * N2 * speed * (2.0 * math.pi) ** 2
        measure *= farthest * R / M**2 * (1.0 + speed * speed) ** gamma
        found[i] = measure * gain(D / (M * V), x, v, e, M, N2, V, gamma, y, w_y, z, w_z, nodes, w_nodes) ** 2
    return found


def test_it_agrees_with_the_sum_over_needles() -> None:
    # s = 0: the norm is an integral over times, places and velocities, with all the needles, their drift and
    # their thickness, and Carleman's form with the other velocity outside
    M, N2, gamma, t = 8.0, 8.0, -0.5, -0.25
    V = SPEED * N2
    at = needles(2, M, N2, 2.0**20, gamma, 0.0, 0.0, t)
    y, w_y = panels(np.array([-2.0, -1.0, 1.0, 2.0]), 40)
    y, w_y = gauss(y, w_y * chi_at(y), 3)
    # a particle that hardly changes its velocity meets a part of the rock that turns quickly with u
    z, w_z = panels(np.array([-0.2, -0.1, 0.1, 0.2]), 10)
    found = [
        squares(
            qmc.Sobol(5, rng=seed).random_base2(8), M * V * -t, directions(2, at.J), M, N2, V, gamma,
            y, w_y, z, w_z * chi_at(10.0 * z), *panels(np.array([0.0, 1.0]), 16),
        ).mean()
        for seed in range(4)
    ]  # fmt: skip
    speed, w_speed = panels(V * np.array([0.5, 0.75, 1.25, 1.5]), 16)
    w_speed *= 2.0 * math.pi * speed * (1.0 + speed**2) ** gamma * chi_at(4.0 * (speed / V - 1.0)) ** 2
    rock = np.sum(w_speed) * chi_integral(2, 2.0) / M**2
    expected = at.amplitude * np.sqrt(np.array([*found, np.mean(found)]) / rock) / at.f_b_norm_in(gamma, 0.0)
    assert np.ptp(expected) < 0.04 * expected[-1]  # the four scramblings
    # what is left out is said to be less than a part (M V)^-2 = 2.4e-2
    assert moving_gain(at, SPEED, 1)[0] == pytest.approx(expected[-1], rel=0.024)


@pytest.mark.parametrize("s", [-0.2, 0.0, 0.25, 1.0, 2.0])
def test_exponent_is_that_of_scaling(s: float) -> None:
    # by hand, with J = M N2: |Q+| ~ J A M^-1 N2^(1+gamma) N2^(1+s+gamma) M^(s-1) (M V)^(-1/2),
    # |f_b| ~ J^(1/2) A M^-1 N2 M^s N2^(s+gamma) and |f| ~ N2^(1+s+gamma) M^(s-1): the ratio is (M N2)^-s
    value, error = exponent(s=s, gamma=-0.5)
    assert abs(value + s) <= error < 0.2


def test_particles_are_conserved() -> None:
    # int Q+ dv = int f g |u - v|^gamma du dv: at one time, for gamma = 0, in units of the module
    T = 0.8 / SPEED
    R, w_R = panels(np.arange(0.0, 13.0), 14)
    q, w_q = panels(_SPEEDS, _ON_SPEEDS[1])
    thrown = (2.0 * math.pi * w_q * q) @ modes_at(SPEED, 0.0, T, 1)[:, :, 0] @ (2.0 * math.pi * w_R * R)
    angle = math.pi * (np.arange(128) + 0.5) / 128
    passing = chi_at(R[:, None] * np.abs(np.sin(angle))).mean(axis=1)
    p, w_p = panels(SPEED * np.array([0.5, 0.75, 1.25, 1.5]), 16)
    w_p *= 2.0 * math.pi * p * chi_at(4.0 * (p / SPEED - 1.0))
    squared = (
        R[:, None, None] ** 2
        + (p[:, None] * T) ** 2
        - 2.0 * R[:, None, None] * p[:, None] * T * np.cos(angle)
    )
    rock = chi_at(np.sqrt(np.maximum(squared, 0.0))).mean(axis=2) @ w_p
    # chi(10 (|u| - 1))/|u| du has the integral 2 pi 0.3, and the gain is half of I
    expected = 2.0 * 0.3 * 2.0 * math.pi * float((2.0 * math.pi * w_R * R) @ (rock * passing))
    assert thrown == pytest.approx(expected, rel=2e-3)


def test_times_between_panels_are_refused() -> None:
    with pytest.raises(ValueError, match=r"must be one of .* but is 1\.92"):
        moving_gain(needles(2, 8.0, 8.0, 2.0**20, -0.5, 0.0, 0.0, -0.3), SPEED, 1)
