"""What the register calls a misprint is false as published and true as corrected.

Those of exponents, (3.19), (3.20), after (3.24), (3.30) and after (3.32), are measured: see `test_claims`.
"""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from wellposed.kinetics.boltzmann.construction.directions import directions
from wellposed.kinetics.boltzmann.norms.cutoff import chi_at, chi_integral, panels
from wellposed.kinetics.quadrature import sphere_area

HEIGHTS = np.logspace(-6.0, 6.0, 5)[:, None]
RADII = np.logspace(-3.0, 3.0, 7)


def norm_of_ball(d: int, q: float, height: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The norm in ``L^q`` of `height` on a ball."""
    volume = sphere_area(d) * radius**d / d
    return np.asarray(height * volume ** (1.0 / q))


def riesz_of_ball(d: int, power: float, height: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """The integral of ``|y|^power`` times `height` over the ball, which is the supremum over its centre."""
    return np.asarray(height * sphere_area(d) * radius ** (d + power) / (d + power))


def spread(ratio: np.ndarray) -> float:
    return float(np.log(np.max(ratio) / np.min(ratio)))


@pytest.mark.parametrize("gamma", [-1.0, -0.5, -0.01])
def test_constant_of_the_transformed_loss_vanishes_with_gamma(gamma: float) -> None:
    # (2.3) at xi = 0, d = 3, for Maxwellians: with t = r^-gamma, int exp(-eta^2)/|eta|^(d+gamma) deta is
    d, power = 3, -2 / mpmath.mpf(gamma)
    integral = 4 * mpmath.pi / -gamma * mpmath.quad(lambda t: mpmath.exp(-(t**power)), [0, 0.9, 1, 1.1, 10])
    constant = 2**gamma / mpmath.pi ** (d / 2) * mpmath.gamma((d + gamma) / 2) / mpmath.gamma(-gamma / 2)
    mean_power = 2**gamma * mpmath.gamma((d + gamma) / 2) / mpmath.gamma(mpmath.mpf(d) / 2)
    assert float(constant * integral) == pytest.approx(float(mean_power), rel=1e-6)
    assert float(integral) > 11.0 / -gamma


def test_transform_of_the_gain_has_the_kernel_of_the_direction_after_the_collision() -> None:
    # (2.4) in the plane at gamma = 0 for two particles of relative velocity w, by both of its sides
    xi, w = np.array([1.3, -0.4]), np.array([0.8, 2.1])
    at_xi, at_w = math.atan2(xi[1], xi[0]), math.atan2(w[1], w[0])

    def on_circle(start: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        angle, weight = panels(start + np.array([0.0, math.pi, 2.0 * math.pi]), 64)
        return angle, weight, np.stack([np.cos(angle), np.sin(angle)])

    angle, weight, omega = on_circle(at_w - 0.5 * math.pi)
    after = w[:, None] - 2.0 * (w @ omega) * omega
    collided = np.sum(weight * np.abs(np.cos(angle - at_w)) / 4.0 * np.exp(0.5j * (xi @ after)))

    angle, weight, sigma = on_circle(at_xi - 0.5 * math.pi)
    wave = np.exp(0.5j * math.hypot(*xi) * (w @ sigma))
    assert abs(np.sum(weight * np.abs(np.cos(angle - at_xi)) / 4.0 * wave) - collided) > 0.1
    angle, weight, sigma = on_circle(at_xi)
    wave = np.exp(0.5j * math.hypot(*xi) * (w @ sigma))
    corrected = np.sum(weight * np.abs(np.sin(0.5 * (angle - at_xi))) / 4.0 * wave)
    assert corrected == pytest.approx(collided, rel=1e-12)


def test_gain_of_maxwell_molecules_in_the_plane_is_not_bounded_as_2_8_says() -> None:
    # gamma = 0, b = |cos theta|/4, f~ = exp(-xi^2), g~ = 1: Hardy's mean (1/r) int_0^r f~, whose square
    # integral over the plane has as much in every octave
    chi, weight = panels(np.linspace(-math.pi, math.pi, 257), 16)
    angular = weight * np.abs(np.sin(0.5 * chi)) / 4.0
    for octave in (2, 4, 6):
        r, weight_r = panels(2.0 ** np.array([octave, octave + 1]), 16)
        gain = np.exp(-((r[:, None] * np.cos(0.5 * chi)) ** 2)) @ angular
        np.testing.assert_allclose(gain, math.sqrt(math.pi) / (2.0 * r), rtol=1e-6)
        square = float(np.sum(2.0 * math.pi * r * weight_r * gain**2))
        assert square == pytest.approx(0.5 * math.pi**2 * math.log(2.0), rel=1e-6)


def test_the_last_step_of_2_11_is_infinite_for_2_8() -> None:
    # d = 3, gamma = -1: |f|^2 on a unit sphere, whose convolution with |xi|^-2 is known; its norm in L^(3/2)
    # has as much in every octave
    for octave in (5, 8, 11):
        R, weight = panels(2.0 ** np.array([octave, octave + 1]), 20)
        convolved = np.arctanh(1.0 / R) / R
        found = np.sum(weight * 4.0 * math.pi * R**2 * convolved**1.5)
        assert found == pytest.approx(4.0 * math.pi * math.log(2.0), rel=1e-3)


def test_littlewood_paley_pieces_add_up_to_one() -> None:
    x, N = np.geomspace(0.01, 100.0, 37), 2.0 ** np.arange(-20, 21)[:, None]
    published = chi_at(x / N) - chi_at(x / (2.0 * N))
    corrected = chi_at(x / N) - chi_at(2.0 * x / N)
    np.testing.assert_allclose(published.sum(axis=0), -1.0, rtol=1e-13)
    np.testing.assert_allclose(corrected.sum(axis=0), 1.0, rtol=1e-13)
    # (2.18) has them beyond N/2
    assert np.all(corrected[np.broadcast_to(x < 0.5 * N, corrected.shape)] == 0.0)


@pytest.mark.parametrize("b", [0.55, 0.75, 0.95])
def test_contraction_gains_from_short_times(b: float) -> None:
    # Hoelder in time from L^2 to the L^p of (2.26), for cutoffs in time of width T
    p, T = 2.0 / (3.0 - 2.0 * b), np.array([1.0, 1e-3])
    factor = (T * chi_integral(1, p)) ** (1.0 / p) / (T * chi_integral(1, 2.0)) ** 0.5
    assert math.log(factor[1] / factor[0]) / math.log(T[1]) == pytest.approx(1.0 - b)


def test_needles_antipodal_to_one_another_are_parallel_and_far_apart() -> None:
    # (3.63) and (3.92): sin alpha does not keep needles apart, the chord does
    for J in (200, 800):
        half = directions(3, J // 2)
        e = np.concatenate([half, -half])
        cosine = np.clip(e @ e.T, -1.0, 1.0)[~np.eye(J, dtype=bool)]
        across = np.sqrt(1.0 - cosine**2)
        assert across.min() < 1e-7
        assert np.sum(1.0 / np.maximum(across, 1e-300)) > 1e6 * J**2
        # the energy of charges on a sphere is J^2/2: the sum over pairs is what (3.92) needs, J^2
        assert np.sum(1.0 / np.sqrt(1.0 - cosine)) == pytest.approx(math.sqrt(2.0) * J**2, rel=0.1)


def test_needles_of_the_upper_bound_are_longer_than_published() -> None:
    # (3.66) for M = 8, N2 = 16: places on a needle's axis, which its tenfold length reaches
    M, N2 = 8.0, 16.0
    e = directions(3, 4096)
    for distance in (0.01, 0.5, 3.0, 12.0, 80.0, 150.0):
        x = distance * e[1000]
        along = e @ x
        across = np.sqrt(np.maximum(x @ x - along**2, 0.0))
        needles = float(np.sum(chi_at(0.1 * M * across) * chi_at(along / (10.0 * N2))))
        bound = (N2 / (distance + 1.0 / M)) ** 2
        assert 0.9 < needles < 100.0 * bound * float(chi_at(np.array(distance / (20.0 * N2))))
        assert (float(chi_at(np.array(distance / N2))) == 0.0) == (distance > 2.0 * N2)


def test_directions_across_the_relative_velocity_are_a_band() -> None:
    # (3.86) and (3.87): e_k along the first axis, v* - u* along the third, within 1/(M N2)
    omega = directions(3, 400_000)
    sine, cosine = np.sqrt(1.0 - omega[:, 0] ** 2), np.abs(omega[:, 2])
    for MN2 in (16.0, 64.0, 256.0):
        outside = (sine > math.sin(1.0 / MN2)) & (cosine > math.sin(1.0 / MN2))
        area = 4.0 * math.pi * np.mean(~outside)
        assert area == pytest.approx(4.0 * math.pi / MN2, rel=0.1)
        squares = 4.0 * math.pi * np.mean(np.where(outside, 1.0, 0.0) / cosine**2)
        assert squares == pytest.approx(4.0 * math.pi * MN2, rel=0.1)
    # with the factor |cos theta| that b has, the bound on E_k is integrable
    assert 4.0 * math.pi * np.mean(1.0 / sine) == pytest.approx(2.0 * math.pi**2, rel=1e-2)


def test_bound_on_E_k_has_two_logarithms_where_needle_and_relative_velocity_are_orthogonal() -> None:
    # (3.88): int d omega/(sin phi |cos theta|) outside of A, its integral around e_k done by hand
    step = 4.0
    logs = np.array([12.0, 16.0, 20.0])
    found = []
    for log in logs:
        delta = math.exp(-log)
        breaks = np.linspace(-log, math.log(0.5 * math.pi), 81)
        u, weight = panels(breaks, 12)
        sine = np.sin(np.exp(u))
        inner = 4.0 * np.arccosh(np.maximum(sine / math.sin(delta), 1.0))
        found.append(2.0 * float(np.sum(weight * np.exp(u) * inner / sine)))
    assert (found[2] - 2.0 * found[1] + found[0]) / step**2 == pytest.approx(8.0, rel=1e-2)


@pytest.mark.parametrize(("d", "gamma"), [(2, -0.5), (2, -0.25), (3, -1.0), (3, -0.5)])
def test_product_of_norms_is_at_most_the_z_norm_with_the_power_gamma(d: int, gamma: float) -> None:
    # after (3.100), for balls: N2^-1 is right for gamma = -1 only
    share = -2.5 * gamma / d
    radius = np.logspace(-30.0, 30.0, 4001)
    in_L1, in_L5_3 = norm_of_ball(d, 1.0, 1.0, radius), norm_of_ball(d, 5.0 / 3.0, 1.0, radius)
    product = in_L1 ** (1.0 - share) * in_L5_3**share
    for N2 in (1e2, 1e6):
        rest = N2 ** (0.4 * d + gamma) * in_L5_3
        assert np.all(product <= N2**gamma * in_L1 + rest)
        violated = float(np.max(product / (in_L1 / N2 + rest)))
        assert (violated > 1.0) == (gamma > -1.0)
        if gamma > -1.0:
            assert violated > 0.3 * N2 ** ((1.0 + gamma) * (1.0 - share))


@pytest.mark.parametrize(("d", "gamma"), [(2, -0.5), (3, -0.5), (3, -1.0)])
def test_potential_of_3_101_has_the_power_of_the_kernel(d: int, gamma: float) -> None:
    share = -2.5 * gamma / d
    in_L1, in_L5_3 = norm_of_ball(d, 1.0, HEIGHTS, RADII), norm_of_ball(d, 5.0 / 3.0, HEIGHTS, RADII)
    bound = in_L1 ** (1.0 - share) * in_L5_3**share
    assert spread(riesz_of_ball(d, gamma, HEIGHTS, RADII) / bound) < 1e-10
    published = spread(riesz_of_ball(d, -1.0, HEIGHTS, RADII) / bound)
    assert published < 1e-10 if gamma == -1.0 else published > 5.0


@pytest.mark.parametrize(("d", "q"), [(2, 2.5), (3, 2.0), (3, 4.0)])
def test_endpoint_estimates_are_homogeneous_with_exponents_that_add_up_to_one(d: int, q: float) -> None:
    # (A.5), and (A.8), (A.9) with a point mass for the other density
    share = 1.0 / (d * (1.0 - 1.0 / q))
    in_L1, in_Lq = norm_of_ball(d, 1.0, HEIGHTS, RADII), norm_of_ball(d, q, HEIGHTS, RADII)
    potential = riesz_of_ball(d, -1.0, HEIGHTS, RADII)
    assert spread(potential / (in_L1 ** (1.0 - share) * in_Lq**share)) < 1e-10
    assert spread(potential / (in_L1**share * in_Lq**share)) > 5.0
