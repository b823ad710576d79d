"""Two solutions of the Boltzmann equation for the rock, with and without needles."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann.collision.operator import CollisionOperator, shared_operator
from wellposed.kinetics.boltzmann.construction.needles import Needles, needles
from wellposed.kinetics.boltzmann.evolution import rock_in_box
from wellposed.kinetics.boltzmann.evolution.rock_in_box import HALF_SIDE, HALF_WIDTH, Box
from wellposed.kinetics.boltzmann.experiments.separation import BOXES, EXPERIMENT
from wellposed.kinetics.boltzmann.norms.cutoff import chi_at, panels

COARSE, FINE = BOXES


def point(**given: float) -> Needles:
    values = {"M": 8.0, "N2": 64.0, "N1": 2.0**10, "gamma": 0.0, "s": 0.25, "t": -0.25} | given
    return needles(d=2, s0=values["s"], **values)


def operator(box: Box, gamma: float = 0.0) -> CollisionOperator:
    return shared_operator(2, box.n_v, HALF_WIDTH, gamma, "cosine")


def rock(box: Box) -> np.ndarray:
    return np.multiply.outer(chi_at(box.radius), chi_at(operator(box).speed))


@pytest.mark.parametrize("gamma", [0.0, -0.5])
def test_loss_to_needles_is_that_of_the_closed_reductions(gamma: float) -> None:
    one = point(gamma=gamma)
    R = np.array([0.0, 0.4, 1.0, 1.7, 2.0])
    times = np.array([-0.25, -0.1])
    found = rock_in_box.beta_over_rate(one, times, R)
    for row, t in zip(found, times, strict=True):
        expected = [-dataclasses.replace(one, t=float(t)).mean_beta(r) / one.rate for r in R]
        np.testing.assert_allclose(row, expected, rtol=1e-11)
    assert rock_in_box.beta_over_rate(one, times, np.array([0.0]))[0, 0] == pytest.approx(
        -one.beta_at_origin / one.rate, rel=1e-11
    )


@pytest.mark.parametrize(("M", "s", "gamma"), [(8.0, 0.25, 0.0), (8.0, 0.75, -0.5), (1024.0, 0.5, 0.0)])
def test_norm_is_that_on_the_whole_plane(M: float, s: float, gamma: float) -> None:
    # expected from the Hankel transform of chi; on the torus of this box it would be wrong by percents
    exact = math.exp(point(M=M, s=s, gamma=gamma, N1=16.0).log_f_r_norm_0)
    errors = []
    for box in (COARSE, FINE, Box(40, 36, 1)):
        velocity = operator(box).velocity
        r0 = max(0.0, s + gamma)
        found = rock_in_box.rock_norm(rock(box), HALF_SIDE, velocity, M, 16.0, s, r0)
        errors.append(abs(found / exact - 1.0))
    assert errors[0] < 2e-2
    assert errors[1] < 4e-3
    assert errors[2] < 3e-4


def test_without_needles_and_collisions_the_rock_moves_freely() -> None:
    # s = 30 makes both the needles' and the rock's amplitudes vanish
    one = point(M=16.0, N1=16.0, s=30.0, N2=64.0)
    collide = operator(FINE)
    found = rock_in_box.advanced(rock(FINE), np.ones((16, 1, 1)), -one.t / 8, FINE, collide, one)
    x, v = FINE.x, collide.velocity
    moved = np.hypot(
        x[:, None, None, None] - 0.25 * v[:, None], x[:, None, None] - 0.25 * v[None, None, None, :]
    )
    expected = chi_at(moved) * chi_at(collide.speed)
    assert np.max(np.abs(found - expected)) < 0.02
    # what moves at a whole number of cells, or not at all, has no error of interpolation
    still = collide.n // 2
    np.testing.assert_allclose(found[:, :, still, still], rock(FINE)[:, :, still, still], atol=1e-13)


def test_mass_stays_where_there_are_no_needles() -> None:
    one = point(N1=16.0)
    collide = operator(COARSE)
    start = rock(COARSE)
    end = rock_in_box.advanced(
        start, np.ones((2 * COARSE.steps, 1, 1)), -one.t / COARSE.steps, COARSE, collide, one
    )
    before, after = (collide.moments(F).sum(axis=(0, 1)) for F in (start, end))
    assert np.max(np.abs(end - start)) > 0.05
    assert abs(after[0] / before[0] - 1.0) < 1e-8
    # momentum is zero by symmetry, energy as good as the grid
    assert np.max(np.abs(after[1:3])) < 1e-2 * before[0]
    assert abs(after[3] / before[3] - 1.0) < 1e-2


def test_collisions_in_one_sector_stand_for_all() -> None:
    collide = operator(COARSE)
    x, v = COARSE.x, collide.velocity
    along = x[:, None, None, None] * v[:, None] + x[:, None, None] * v
    F = rock(COARSE) * (1.0 + 0.1 * along)  # as the rock is after it has moved
    middle = F + 0.15 * collide.uncorrected(F)
    found = rock_in_box.collided(F, 0.3, collide)
    np.testing.assert_allclose(found, F + 0.3 * collide.uncorrected(middle), atol=1e-8)
    assert np.max(np.abs(found - F)) > 0.1


def test_splitting_is_of_second_order() -> None:
    one, found = point(N1=16.0), []
    for steps in (2, 4, 8):
        box = Box(16, 16, steps)
        times = one.t * (1.0 - np.arange(2 * steps + 1) / (2 * steps))
        beta = one.rate * rock_in_box.beta_over_rate(one, times, box.radius.ravel()).reshape(-1, 16, 16)
        kept = np.exp(np.diff(beta, axis=0))
        found.append(rock_in_box.advanced(rock(box), kept, -one.t / box.steps, box, operator(box), one))
    first, second = (np.linalg.norm(a - b) for a, b in itertools.pairwise(found))
    assert first / second == pytest.approx(4.0, abs=0.4)


def test_the_formula_is_the_solution_of_a_slow_rock() -> None:
    found = rock_in_box.distances(COARSE, point(N1=2.0**40), "cosine")
    assert found.from_formula < 1e-11
    # the twin is the rock of t0, so that they differ by what (3.9) has lost since, and the grid's own norm of
    # that is wrong by a hundredth
    one = point()
    F = np.exp(one.rate * rock_in_box.beta_over_rate(one, np.array([one.t]), COARSE.radius.ravel()))
    lost = (F.reshape(COARSE.n_x, -1)[:, :, None, None] - 1.0) * rock(COARSE)
    velocity = operator(COARSE).velocity
    expected = rock_in_box.rock_norm(lost, HALF_SIDE, velocity, 8.0, 2.0**40, 0.25, 0.25)
    assert found.between == pytest.approx(expected, rel=2e-2)
    assert found.unseen < 1e-8


@pytest.mark.parametrize("M", [8.0, 32.0])
def test_distance_of_slow_rocks_is_that_of_position_space(M: float) -> None:
    # s = 1: int P^2 + M^2 int P'^2 of P = chi (e^|beta| - 1), by differences of the profile
    one = point(M=M, s=1.0, N1=2.0**40)
    R, w = panels(np.array([0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0]), 24)
    h = 1e-4

    def profile(at: np.ndarray) -> np.ndarray:
        return chi_at(at) * np.expm1([-one.mean_beta(float(r)) for r in np.clip(at, 0.0, 2.0)])

    slope = (8.0 * (profile(R + h) - profile(R - h)) - profile(R + 2 * h) + profile(R - 2 * h)) / (12.0 * h)
    in_x = np.sum(2.0 * np.pi * w * R * (profile(R) ** 2 + M**2 * slope**2))
    in_v = np.sum(2.0 * np.pi * w * R * chi_at(R) ** 2)
    found = rock_in_box.distances(COARSE, one, "cosine")
    assert found.between == pytest.approx(math.sqrt(in_x * in_v) / M, rel=1e-7)


@pytest.mark.parametrize(("N1", "gamma"), [(1e12, 0.0), (1e7, -0.25)])
def test_high_regularity_sees_no_end_of_the_grid(N1: float, gamma: float) -> None:
    # s = 2: a seventh of the squared norm is beyond the highest wavenumbers of both grids.  The exact
    # distance at gamma = 0 is .0506951, by a transform on the whole plane; a rock so slow is the formula's.
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"s": 2.0, "M": 32.0, "N1": N1, "gamma": gamma}))
    one = point(s=2.0, M=32.0, N1=N1, gamma=gamma)
    exact = math.exp(one.rock.log_norm_of_change)
    if gamma == 0.0:
        assert exact == pytest.approx(0.0506951, abs=1e-7)
    assert abs(found["rock_distance"] - exact) <= found["rock_distance_error"] < 1e-3 * exact
    assert abs(found["rock_norm"] - one.f_r_norm) <= found["rock_norm_error"] < 1e-8 * one.f_r_norm


@pytest.mark.parametrize(("gamma", "power"), [(0.0, -1.0), (-0.5, -0.5)])
def test_distance_to_the_formula_falls_with_the_power_of_the_collisions(gamma: float, power: float) -> None:
    # Q of the rock has the factor M^(1-s) N1^(-1-gamma), transport M/N1
    near, far = (
        rock_in_box.distances(COARSE, point(gamma=gamma, N1=N1), "cosine").from_formula
        for N1 in (2.0**12, 2.0**14)
    )
    assert math.log(far / near) / math.log(4.0) == pytest.approx(power, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("gamma", [0.0, -0.5])
def test_separation_grows_with_M_below_one_half_and_falls_above(gamma: float) -> None:
    found = {
        s: EXPERIMENT.evaluate(**EXPERIMENT.point({"s": s, "gamma": gamma, "N1": 2.0**20}))
        for s in (0.25, 0.5, 0.75)
    }
    exponent = {s: one["separation_exponent"] for s, one in found.items()}
    error = {s: one["separation_exponent_error"] for s, one in found.items()}
    assert exponent[0.25] > error[0.25]
    assert abs(exponent[0.5]) <= error[0.5] < 0.01
    assert exponent[0.75] < -error[0.75]
    # Pythagoras: rocks and needles differ in velocity
    one = found[0.25]
    assert one["distance_at_end"] == pytest.approx(math.hypot(one["distance_at_start"], one["rock_distance"]))
    assert one["separation"] > 2.0


def test_error_of_the_exponent_has_its_change_from_half_of_M() -> None:
    # by a point of half of M, which has that change as its own exponent
    here, before = (EXPERIMENT.evaluate(**EXPERIMENT.point({"M": M, "s": 0.25})) for M in (16.0, 8.0))
    change = abs(here["separation_exponent"] - before["separation_exponent"])
    assert here["separation_exponent_error"] > 0.5 * change > 1e-3


@pytest.mark.slow
def test_error_of_the_separation_covers_a_finer_grid() -> None:
    given = {"M": 8.0, "N1": 16.0}
    found = EXPERIMENT.evaluate(**EXPERIMENT.point(given | {"s": 0.25}))
    finer = rock_in_box.distances(Box(36, 30, 12), point(**given), "cosine")
    assert abs(found["rock_distance"] - finer.between) <= found["rock_distance_error"]
    assert abs(found["separation"] - finer.at_end / finer.needles) <= found["separation_error"]
    assert abs(found["formula_distance"] - finer.from_formula) <= found["formula_distance_error"]


def test_rocks_that_the_grids_do_not_resolve_are_unresolved() -> None:
    # beta of the order of 100: the rock is thinner than a cell, and its collisions are faster than a step
    with pytest.raises(Unresolved, match="try a larger N1"):
        EXPERIMENT.evaluate(**EXPERIMENT.point({"M": 1e4, "s": 0.0, "N1": 1e5}))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"N1": 32.0}, r"`N1` must be at least 8 M \|t0\| = 64"),
        ({"gamma": -0.6}, r"`gamma` must be a number in \[-0.5, 1\]"),
        ({"t0": 0.0}, r"`t0` must be a number in \[-0.5, 0\)"),
    ],
)
def test_what_is_not_allowed_is_refused(given: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        EXPERIMENT.point(given)
