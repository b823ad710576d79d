"""Norms of the approximate solution against reference values, position space, and bad input."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.special import jv

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import needles
from wellposed.kinetics.boltzmann.construction.directions import (
    DENSEST,
    HEXAGONAL,
    directions,
    most_needles,
    rings,
)
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.norms.cutoff import (
    RADIAL,
    chi_at,
    chi_slope_at,
    panels,
    radial_rule,
    wavenumbers,
)
from wellposed.kinetics.quadrature import sphere_area

POINTS = json.loads((Path(__file__).parents[2] / "reference" / "boltzmann.json").read_text())["points"]
every_point = pytest.mark.parametrize(
    "point", POINTS, ids=lambda p: f"d{p['d']}-M{p['M']:g}-gamma{p['gamma']:g}"
)


def at(point: dict, **changed: object) -> Needles:
    names = ("d", "M", "N2", "N1", "gamma", "s", "s0", "t")
    return needles(**{name: point[name] for name in names} | changed)


@every_point
def test_norms_agree_with_the_reference_to_1e_9(point: dict) -> None:
    found = at(point)
    assert (found.J, found.r0) == (point["J"], point["r0"])
    assert found.beta_at_origin == pytest.approx(point["beta_at_origin"], rel=1e-12)
    assert found.f_b_norm == pytest.approx(point["f_b_norm"], rel=1e-10)
    assert found.log_f_r_norm == pytest.approx(point["log_f_r_norm_t"], rel=1e-11)
    assert found.f_r_norm == pytest.approx(math.exp(point["log_f_r_norm_t"]), rel=1e-11)
    assert found.log_f_r_norm_0 == pytest.approx(point["log_f_r_norm_0"], rel=1e-11)
    assert found.log_amplification == pytest.approx(point["log_amplification"], rel=1e-11)
    assert found.log_amplification_error < 1e-8
    in_well_posed = found.f_b_norm_in(point["s"] + point["gamma"], point["s"])
    assert abs(found.beta_at_origin) / in_well_posed == pytest.approx(
        point["beta_over_fb_norm_wp"], rel=1e-10
    )
    assert found.cost == pytest.approx(point["f_b_norm"] / abs(point["beta_at_origin"]), rel=1e-10)


@every_point
def test_z_norms_agree_with_the_reference(point: dict) -> None:
    found = at(point).z_norm
    np.testing.assert_allclose(found.f_b, point["Z_f_b"], rtol=1e-10)
    np.testing.assert_allclose(found.f_r[:4], point["Z_f_r_t"][:4], rtol=1e-10)
    np.testing.assert_allclose(found.f_r[4:], point["Z_f_r_t"][4:], rtol=2e-9)
    np.testing.assert_allclose(found.f_r_0, point["Z_f_r_0"], rtol=1e-10)
    np.testing.assert_allclose(np.exp(found.log_f_r), found.f_r, rtol=1e-13)
    for part, total in ((found.f_b, "Z_f_b"), (found.f_r, "Z_f_r_t")):
        assert part.sum() == pytest.approx(point[f"{total}_total"], rel=1e-9)


@every_point
def test_the_analogue_in_l1_agrees_with_the_reference(point: dict) -> None:
    found, expected = at(point).l1, point["L1"]
    assert found.f_b_norm_published == pytest.approx(expected["fb1_norm_r1_printed"], rel=1e-12)
    assert found.f_b_norm_corrected == pytest.approx(expected["fb1_norm_r1_corrected"], rel=1e-12)
    assert found.beta_published == pytest.approx(expected["beta1_printed"], rel=1e-12)
    assert found.beta_corrected == pytest.approx(expected["beta1_corrected"], rel=1e-12)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("t", [-0.5, -0.2, 0.3])
def test_norm_of_the_rock_is_that_of_position_space(d: int, t: float) -> None:
    # s0 = 1 is int F^2 + M^2 int F'^2, with the derivative taken by differences of the profile
    found = needles(d, 4.0, 32.0, 3.0, -0.4, 1.2, 1.0, t)
    R, w = panels(np.array([0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0]), 24)
    h = 1e-4

    def profile(at: np.ndarray) -> np.ndarray:
        inside = np.clip(at, 0.0, 2.0)
        return chi_at(at) * np.exp([-found.mean_beta(float(r)) for r in inside])

    slope = (8.0 * (profile(R + h) - profile(R - h)) - profile(R + 2 * h) + profile(R - 2 * h)) / (12.0 * h)
    weight = sphere_area(d) * w * R ** (d - 1)
    in_x = np.sum(weight * (profile(R) ** 2 + 16.0 * slope**2))
    v, w = panels(np.array([0.0, 1.0, 1.5, 2.0]), 40)
    in_v = sphere_area(d) * np.sum(w * v ** (d - 1) * chi_at(v) ** 2 * (1.0 + (v / 3.0) ** 2) ** found.r0)
    assert found.f_r_norm == pytest.approx(4.0**-1.2 * math.sqrt(in_x * in_v), rel=2e-8)


def test_norm_of_the_needles_is_that_of_position_space() -> None:
    # s0 = 1, r0 = 1: int (K^2 + |grad K|^2) dx int (1 + v^2) I^2 dv, on a grid of the plane
    found = needles(2, 4.0, 8.0, 64.0, 0.0, 1.0, 1.0, -0.25)
    a, w = panels(np.array([0.0, 1.0, 1.25, 1.5, 1.75, 2.0]), 24)
    square, slope = 2.0 * np.sum(w * chi_at(a) ** 2), 2.0 * np.sum(w * chi_slope_at(a) ** 2)
    in_x = 8.0 / 4.0 * (square**2 + 16.0 * slope * square + square * slope / 64.0)
    second = 2.0 * np.sum(w * a**2 * chi_at(a) ** 2)
    in_v = (
        8.0
        / 4.0
        * ((1.0 + 64.0) * square**2 / 10.0 + 64.0 * second / 1000.0 * square + square / 10.0 * second / 16.0)
    )
    A = 4.0 ** (0.5 - 1.0) * 8.0**-2.0
    assert found.f_b_norm == pytest.approx(A * math.sqrt(32 * in_x * in_v), rel=1e-11)


def test_attenuation_is_divided_out_before_it_overflows() -> None:
    found = needles(3, 2.0**24, 64.0, 2.0**40, -0.5, 0.0, 0.0, -0.5)
    assert found.beta_at_origin < -1e6
    assert math.isfinite(found.log_f_r_norm)
    assert found.log_amplification == pytest.approx(-found.beta_at_origin, rel=1e-4)
    assert found.f_r_norm == math.inf
    assert np.all(np.isfinite(found.z_norm.log_f_r))
    assert np.all(found.z_norm.f_r == math.inf)


def test_a_small_amplification_is_known_relative_to_itself() -> None:
    # linear in the needles' amplitude: sixteen times as many needles do as much with a sixteenth of it
    faint, fainter = (needles(2, 2.0**10, 64.0, 2.0**30, 0.0, s, 0.3, -0.25) for s in (1.5, 1.6))
    ratio = faint.beta_at_origin / fainter.beta_at_origin
    assert faint.log_amplification / fainter.log_amplification == pytest.approx(ratio, rel=1e-5)
    assert 0.0 < fainter.log_amplification < 1e-3


def test_the_rock_decays_after_time_zero() -> None:
    found = needles(2, 8.0, 64.0, 2.0**20, -0.25, 0.1, 0.1, 0.4)
    assert found.log_amplification < 0.0
    assert np.all(found.z_norm.f_r[[1, 2, 3]] < found.z_norm.f_r_0[[1, 2, 3]])


def test_mixed_kernel_is_the_power_once_all_are_one_apart() -> None:
    arguments = (3, 8.0, 32.0, 2.0**20, -1.0, 0.5, 0.5, -0.25)
    mixed, power = needles(*arguments, kernel="mixed"), needles(*arguments)
    assert (mixed.beta_at_origin, mixed.f_b_norm, mixed.log_f_r_norm) == (
        power.beta_at_origin,
        power.f_b_norm,
        power.log_f_r_norm,
    )
    assert mixed.beta((0.1, 0.0, 0.0), (1.0, 0.0, 0.0)) == power.beta((0.1, 0.0, 0.0), (1.0, 0.0, 0.0))
    with pytest.raises(ParameterError, match="distance of 1 from the needles' velocities"):
        mixed.beta((0.0, 0.0, 0.0), (25.0, 0.0, 0.0))
    with pytest.raises(ParameterError, match=r"`N2` must be at least 1\.25 \(1 \+ 2/N1\)"):
        needles(3, 16.0, 1.2, 2.0**20, -1.0, 0.5, 0.5, -0.25, kernel="mixed")
    with pytest.raises(ParameterError, match="mixed kernel"):
        needles(2, 8.0, 32.0, 2.0**20, -0.5, 0.5, 0.5, -0.25, kernel="mixed")


@pytest.mark.parametrize(
    ("d", "M", "N2"), [(2, 4.0, 4.0), (2, 8.0, 64.0), (3, 4.0, 4.0), (3, 4.0, 5.1), (3, 8.0, 16.0)]
)
def test_needles_are_disjoint_in_velocity(d: int, M: float, N2: float) -> None:
    # two supports, |P^perp v| < 2/M from |P v| = 0.8 N2 on, overlap if the bisector is in both
    e = directions(d, needles(d, M, N2, 64.0, 0.0, 0.5, 0.5, -0.25).J)
    cosine = e @ e.T - 2.0 * np.eye(len(e))
    half_angle = 0.5 * np.arccos(np.clip(cosine.max(), -1.0, 1.0))
    assert math.tan(half_angle) > 2.5 / (M * N2)


@pytest.mark.parametrize("MN2", [16.0, 32.0, 50.0, 128.0, 256.0, 258.22, 300.0, 1024.0])
def test_rings_of_needles_are_disjoint_by_their_nearest_neighbours(MN2: float) -> None:
    # by a search tree in space, which knows nothing of rings; needles are cones of arctan(2.5/(M N2))
    J = sum(ring.number for ring in rings(MN2))
    e = directions(3, J, MN2)
    np.testing.assert_allclose(np.linalg.norm(e, axis=1), 1.0, rtol=1e-14)
    nearest = cKDTree(e).query(e, k=2)[0][:, 1].min()
    cones = 2.0 * math.atan(2.5 / MN2)
    assert 2.0 * math.asin(0.5 * nearest) >= cones
    assert 2.0 * math.asin(0.5 * nearest) < cones * (1.0 + 1e-7)
    if MN2 >= 256.0:
        assert DENSEST[3] * MN2**2 <= J
    # no packing of circles on a sphere is denser [Fejes Toth 1943]
    w = math.pi / 6.0 * J / (J - 2)
    assert cones <= math.acos((1.0 / math.tan(w)) ** 2 / 2.0 - 0.5)


def test_there_is_room_for_more_needles_than_on_rings_of_a_square_lattice() -> None:
    # rings one spacing apart place 526732 at M N2 = 1024; the limits are 4 pi/25 and 8 pi/(25 sqrt 3)
    placed = sum(ring.number for ring in rings(1024.0))
    assert placed > 1.12 * 526_732
    assert placed / 1024.0**2 < HEXAGONAL
    assert sum(ring.number for ring in rings(2.0**14)) / 2.0**28 == pytest.approx(HEXAGONAL, rel=0.01)
    for MN2 in np.arange(256.0, 600.0, 3.7):
        assert sum(ring.number for ring in rings(float(MN2))) >= most_needles(3, float(MN2))


def test_needles_on_rings_attenuate_as_their_mean_does() -> None:
    # d = 3, M N2 = 64 and c_J = 0.45, which has no Fibonacci lattice of disjoint needles
    found = needles(3, 4.0, 16.0, 2.0**20, 0.0, 0.5, 0.5, -0.25, J=1843)
    assert found.beta((0.0,) * 3, (0.0,) * 3) == pytest.approx(found.beta_at_origin, rel=1e-12)
    for x in np.random.default_rng(1).normal(size=(6, 3)):
        x = x / np.linalg.norm(x)
        for R in (0.7, 1.3, 1.9):
            difference = abs(found.beta(R / 4.0 * x, (0.0,) * 3) - found.mean_beta(R))
            assert difference <= found.spread_of_beta * abs(found.beta_at_origin)
    with pytest.raises(ParameterError, match=r"`J` must be at most 21\d\d = "):
        needles(3, 4.0, 16.0, 2.0**20, 0.0, 0.5, 0.5, -0.25, J=2300)


@pytest.mark.parametrize(
    ("M", "N2", "s"), [(4.0, 4.0, 0.25), (4.0, 4.0, 1.0), (1.0, 16.0, 0.0), (8.0, 4.0, 1.0)]
)
def test_few_needles_make_the_error_of_the_log_amplification(M: float, N2: float, s: float) -> None:
    # The sum over 16 or 32 needles itself, in polar coordinates and angular harmonics: beta varies by 1e-3
    # with direction, and the norm by about its square.
    found = needles(2, M, N2, 2.0**30, 0.0, s, s, -0.25)
    R, w = radial_rule(RADIAL)
    angles = 2.0 * math.pi * np.arange(8) / (8 * found.J)
    betas = [[found.beta((r / M * math.cos(a), r / M * math.sin(a)), (0.0, 0.0)) for a in angles] for r in R]
    beta = np.array(betas)
    assert np.ptp(beta, axis=1).max() <= 2.0 * found.spread_of_beta * abs(found.beta_at_origin)
    if found.J == 16:
        assert np.ptp(beta, axis=1).max() > 1e-3 * abs(found.beta_at_origin)
    k, w_k = wavenumbers(2)

    def log_norm(F: np.ndarray) -> float:
        harmonics = np.fft.rfft(F, axis=1) / 8.0
        total = np.zeros(k.size)
        for n in range(4):
            wave = 2.0 * math.pi * jv(n * found.J, k[:, None] * R) * (w * R)
            total += (1.0 if n == 0 else 2.0) * np.abs(wave @ harmonics[:, n]) ** 2
        return 0.5 * math.log((w_k * (1.0 + (M * k) ** 2) ** s) @ total)

    at_rest = chi_at(R)[:, None] * np.ones(8)
    exact = log_norm(at_rest * np.exp(-beta)) - log_norm(at_rest)
    wrong = abs(found.log_amplification - exact)
    assert wrong <= found.log_amplification_error < 1e-3
    if found.J == 16:
        assert wrong > 5e-10  # the rule in Fourier space alone has 2e-11


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"d": 4}, "`d` must be an integer in \\[2, 3\\]"),
        ({"gamma": -0.6}, "`gamma` must be a number in \\[-0.5, 1\\]"),
        ({"gamma": 1.1}, "`gamma` must be a number in \\[-0.5, 1\\]"),
        ({"gamma": math.nan}, "`gamma` must be"),
        ({"t": -0.51}, "`t` must be a number in \\[-0.5, 0.5\\]"),
        ({"t": 0.51}, "`t` must be a number in \\[-0.5, 0.5\\]"),
        ({"s0": 0.3}, "`s0` must be at most s = 0.25"),
        ({"s": -0.1}, "`s` must be a number >= 0"),
        ({"N2": 1.5}, "`N2` must be at least 16/M = 2 for disjoint needles"),
        ({"M": 0.5}, "`M` must be a number >= 1"),
        ({"N1": 0.03}, "`N1` must be above 2.5/N2"),
        (
            {"J": 644},
            "`J` must be at most 643 = 1.256 .* for disjoint needles with M N2 = 512, but is 644; or N2",
        ),
        ({"J": 0}, "`J` must be an integer >= 1"),
        ({"kernel": "hard"}, "`kernel` must be one of power, mixed"),
    ],
)
def test_bad_input_is_refused_with_the_bound_that_was_broken(changed: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        at(POINTS[0], **changed)


def test_as_many_needles_as_fit_are_allowed() -> None:
    assert at(POINTS[0], J=643).density <= DENSEST[2]
    assert at(POINTS[3], J=int(DENSEST[3] * 256.0**2)).density <= DENSEST[3]
    # twice as many needles attenuate twice as much
    assert at(POINTS[0], J=256).beta_at_origin == pytest.approx(0.5 * at(POINTS[0]).beta_at_origin, rel=1e-14)


def test_hard_potentials_are_allowed() -> None:
    hard = needles(3, 8.0, 32.0, 2.0**20, 1.0, 0.5, 0.25, -0.25)
    assert hard.r0 == 1.25
    assert math.isfinite(hard.f_b_norm + hard.log_f_r_norm + hard.z_norm.f_b.sum())
