"""F_err piece by piece."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann import needles
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.construction.rock_gain import (
    harmonics,
    needle_harmonics,
    thrown_out_harmonics,
)
from wellposed.kinetics.boltzmann.duhamel import pieces, thrown_out
from wellposed.kinetics.boltzmann.duhamel.pieces import loss_needles_rock
from wellposed.kinetics.boltzmann.duhamel.rock_history import RockHistory, rock_history, self_collision
from wellposed.kinetics.boltzmann.experiments.error_terms import EXPERIMENT, M
from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, chi_at, chi_slope_at, panels, radial_rule
from wellposed.kinetics.boltzmann.norms.profiles import chord_matrix, interpolation
from wellposed.kinetics.boltzmann.norms.z_norm import PARTS
from wellposed.kinetics.quadrature import sphere_area


def evaluate(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize("degree", [0, 2])
def test_chord_of_a_gaussian_is_that_of_a_quadrature(degree: int) -> None:
    R, _ = radial_rule(RADIAL)
    found = chord_matrix(2, degree) @ (np.exp(-(R**2)) * chi_at(R))
    sigma = np.linspace(-2.0, 2.0, 20001)  # the trapezoid rule of a function that vanishes at both ends
    for i in (30, 130, 200):
        distance = np.hypot(R[i], sigma)
        values = np.exp(-(distance**2)) * chi_at(distance)
        if degree:
            values *= 2.0 * (sigma / distance) ** 2 - 1.0
        assert found[i] == pytest.approx(float(np.sum(values)) * (sigma[1] - sigma[0]), rel=1e-6)


@pytest.mark.parametrize(("d", "gamma"), [(3, 0.0), (3, -1.0)])
def test_rock_loses_what_it_gains(d: int, gamma: float) -> None:
    gain, loss = (self_collision(d, gamma, which)[0] for which in (True, False))
    assert gain == pytest.approx(loss, rel=1e-2)


def test_loss_of_maxwell_molecules_is_the_rock_times_its_mass() -> None:
    # gamma = 0: Q-(chi, chi) = chi int chi, and int chi = 7.1531 in the plane, from the tables of chi
    assert self_collision(2, 0.0, False)[0] == pytest.approx(7.15315109269462**2, rel=1e-3)


@pytest.mark.parametrize(
    "speed_T", [pytest.param(0.5, marks=pytest.mark.slow), 3.0, pytest.param(12.0, marks=pytest.mark.slow)]
)
def test_what_slow_particles_leave_behind_agrees_with_a_grid(speed_T: float) -> None:
    # expected: D on a grid in (sigma, Y), time by Gauss nodes, from the same profiles
    at = needles(3, 16.0, 2.0**20, 2.0**40, -1.0, 0.5, 0.5, -0.0625)
    rock = rock_history(at, 1)
    orders = 4
    profiles = rock.E[:, None] * needle_harmonics(3, rock.t, orders)
    q = np.array([speed_T / (at.M * at.N2 * 0.0625)])
    a = thrown_out_harmonics(3, at.gamma, True, q, orders)
    step = 1.0 / 16.0
    Y = (np.arange(32) + 0.5) * step
    sigma = np.arange(-2.0, 2.0 + speed_T, step)
    D = np.zeros((Y.size, sigma.size))
    x, w = np.polynomial.legendre.leggauss(60)
    degrees = 2 * np.arange(orders)
    for time, weight in zip(-0.5 * 0.0625 * (1.0 + x), 0.5 * 0.0625 * w, strict=True):
        place = sigma + speed_T * time / 0.0625
        R = np.hypot(Y[:, None], place)
        lagrange = np.array(
            [math.prod((time - s) / (t - s) for s in rock.t.tolist() if s != t) for t in rock.t.tolist()]
        )
        values = interpolation(R.ravel()) @ np.tensordot(lagrange, profiles, axes=1).T
        angular = harmonics(3, degrees, place / R)
        D += weight * np.einsum(
            "plx,lpx,l->px", values.reshape(*R.shape, -1).swapaxes(1, 2), angular, a[:, 0]
        )
    along, across = np.gradient(D, step, axis=1), np.gradient(np.vstack([D[::-1], D]), step, axis=0)[32:]
    for gradient, squared, accuracy in ((False, D**2, 5e-3), (True, along**2 + across**2, 2e-2)):
        expected = float(np.sum(2.0 * math.pi * Y[:, None] * squared)) * step**2 * at.M**-3
        found = thrown_out._squared_norms(at, rock, profiles, a, q, gradient)[0]
        assert found == pytest.approx(expected, rel=accuracy, abs=0.0)
    assert thrown_out._suprema(at, rock, profiles, a, q)[0] == pytest.approx(D.max(), rel=3e-2, abs=0.0)


def standing(d: int, gamma: float = 0.0) -> tuple[Needles, RockHistory]:
    """Needles and rock over a time so short that the rock is the cutoff all along."""
    at = needles(d, 16.0, 2.0**20, 2.0**40, gamma, 0.0, 0.0, -1e-7)
    return at, rock_history(at, 1)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("part", PARTS)
def test_drift_of_a_rock_that_stands_is_that_of_the_cutoff(d: int, part: str) -> None:
    # |t| A M v.grad chi(M x) chi(N1 v) with the factors of (3.34): quadrature of chi' and of its differences
    at, rock = standing(d)
    R, w = panels(np.array([0.0, 1.0, 1.25, 1.5, 1.75, 2.0]), 60)
    first, second = chi_slope_at(R), (chi_slope_at(R + 1e-5) - chi_slope_at(R - 1e-5)) / 2e-5
    area = sphere_area(d) * w * R ** (d - 1)
    p = {"L2": 2.0, "L1 Linf": 1.0, "L5/3 Linf": 5.0 / 3.0}[part.removeprefix("gradient ")]
    in_v = float(area @ (R * chi_at(R)) ** p) ** (1.0 / p) * at.N1 ** (-1.0 - d / p)
    if part == "L2":
        in_x, front = math.sqrt(area @ first**2 / d) * at.M ** (-0.5 * d), at.M ** (0.5 * (d - 1))
    elif part == "gradient L2":
        # Frobenius' norm of the Hessian, whose eigenvalues are chi'' and d - 1 times chi'/R
        hessian = second**2 + (d - 1) * (first / R) ** 2
        in_x, front = math.sqrt(area @ hessian / d) * at.M ** (-0.5 * d), at.M ** (0.5 * (d - 1))
    else:
        in_x = np.max(np.abs(second)) if part.startswith("gradient") else np.max(np.abs(first))
        front = {1.0: 1.0, 5.0 / 3.0: at.N2 ** (0.4 * d)}[p]
    amplitude = at.M ** (0.5 * d) * at.N1 ** (0.5 * d)
    expected = front * 1e-7 * amplitude * at.M * in_x * in_v
    found = pieces.transport(at, PARTS.index(part), rock, 1).value
    assert found == pytest.approx(expected, rel=2e-3, abs=0.0)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize(("part", "p"), [("L2", 2.0), ("L1 Linf", 1.0)])
def test_loss_within_a_rock_that_stands_is_a_product(d: int, part: str, p: float) -> None:
    # gamma = 0: Q-(f, f) = f int f dv, for f = A chi(M x) chi(N1 v)
    at, rock = standing(d)
    R, w = panels(np.array([0.0, 1.0, 1.5, 2.0]), 60)
    area = sphere_area(d) * w * R ** (d - 1)
    mass = float(area @ chi_at(R)) * at.N1**-d
    in_v = float(area @ chi_at(R) ** p) ** (1.0 / p) * at.N1 ** (-d / p)
    in_x = math.sqrt(float(area @ chi_at(R) ** 4)) * at.M ** (-0.5) if part == "L2" else 1.0
    expected = 1e-7 * (at.M * at.N1) ** d * mass * in_v * in_x
    found = pieces.rock_rock(at, PARTS.index(part), rock, 1, gain=False).value
    assert found == pytest.approx(expected, rel=1e-2, abs=0.0)


@pytest.mark.parametrize("part", ["L2", "L1 Linf"])
@pytest.mark.parametrize("piece", ["gain_rock_rock", "loss_rock_rock"])
def test_collisions_within_the_rock_scale_with_its_velocities(piece: str, part: str) -> None:
    # N1^d of two amplitudes, N1^(-d-gamma) of the integral over velocities, N1^(-d/p) of the norm
    found = evaluate(d=3, s=0.5, gamma=-0.5, piece=piece, part=part)
    expected = -(1.5 if part == "L2" else 3.0) + 0.5
    assert found["exponent_in_N1"] == pytest.approx(expected, abs=1e-6)


def test_gradient_of_what_a_needle_loses_is_that_on_a_grid() -> None:
    # the square of the gradient of chi(|y|) X(|y + t w|), X = chi, on a grid of the plane, by differences
    R, _ = radial_rule(RADIAL)
    t = 0.45
    found = pieces._chords_across(3, np.array([-t]), chi_at(R)[None], True, 1)[0]
    side = np.arange(-2.0, 2.0, 0.04)
    y1, y2 = side[:, None], side
    h, expected = 1e-4, 0.0

    def g(y1: np.ndarray, y2: np.ndarray, w: float) -> np.ndarray:
        return chi_at(np.hypot(y1, y2)) * chi_at(np.hypot(y1 + t * w, y2))

    for w, weight in zip(*panels(np.array([0.0, 1.0, 2.0]), 10), strict=True):
        slopes = (
            g(y1 + h, y2, w) - g(y1 - h, y2, w),
            g(y1, y2 + h, w) - g(y1, y2 - h, w),
        )
        squared = sum(float(np.sum((slope / (2.0 * h)) ** 2)) for slope in slopes) * 0.04**2
        expected += weight * 2.0 * math.pi * w * float(chi_at(np.array(w))) ** 2 * squared
    assert found == pytest.approx(expected, rel=1e-3)


def test_error_has_the_way_that_the_rock_goes_by_itself() -> None:
    # its particles have speeds up to 2/N1, and it is as wide as 1/M
    found = evaluate(d=2, s=0.5, gamma=0.0, piece="loss_rock_rock", part="L2")
    way = 2.0 * M * 0.25 / 2.0**40
    assert np.all(found["size_in_M_error"] > way * found["size_in_M"])


@pytest.mark.parametrize(("d", "s", "gamma"), [(2, 0.25, -0.25), (3, 0.5, -1.0)])
@pytest.mark.parametrize("part", ["L2", "gradient L1 Linf"])
def test_drift_of_the_rock_scales(d: int, s: float, gamma: float, part: str) -> None:
    # |T*| M^(1-s) /N1 and M^((d-1)/2) for L2; for L1 one needs M^(d/2-s) N1^(-d/2-1) |T*| M N2^gamma
    found = evaluate(d=d, s=s, gamma=gamma, piece="transport", part=part)
    T = s - 0.5 * (d - 1)
    expected = {
        "L2": (T + 0.5 * (d - 1) + 1.0 - s, 0.0, -1.0),
        "gradient L1 Linf": (T + 1.0 + 0.5 * d - s, gamma, -0.5 * d - 1.0),
    }[part]
    for name, exponent in zip(("M", "N2", "N1"), expected, strict=True):
        assert abs(found[f"exponent_in_{name}"] - exponent) <= found[f"exponent_in_{name}_error"] + 1e-4


@pytest.mark.parametrize(
    "piece", ["loss_needles_rock", pytest.param("gain_rock_needles", marks=pytest.mark.slow)]
)
def test_rock_weighs_as_much_as_its_mass_beside_needles(piece: str) -> None:
    # N1^(-d/2) is the rock's mass: the paper's (3.55) has N1^(-1/2), which is not sharp
    found = evaluate(d=2, s=0.25, gamma=0.0, piece=piece, part="L1 Linf")
    assert found["exponent_in_N1"] == pytest.approx(-1.0, abs=1e-3)
    assert found["exponent_in_N2"] == pytest.approx(-1.0, abs=1e-3)
    assert found["excess"] + found["excess_error"] < -100.0


def test_what_a_needle_loses_in_L1_is_its_passage() -> None:
    # f_b |v|^gamma X/(M |v|) at gamma = 0: every factor by hand, and the chord of the cutoff itself
    at = needles(2, 16.0, 2.0**20, 2.0**40, 0.0, 0.0, 0.0, -1e-3)
    found = loss_needles_rock(at, 2, rock_history(at, 1), 1).value
    z = np.linspace(-0.2, 0.2, 4001)
    weighted = float(np.sum(chi_at(10.0 * z) / (1.0 + z))) * 1e-4
    mass = at.M * at.N1**-1.0 * 7.15315109269462
    expected = at.J * at.amplitude * (3.0 / at.M) * weighted * mass * 3.0 / at.M
    assert found == pytest.approx(
        expected, rel=2e-2, abs=0.0
    )  # the rock has grown by up to exp(4e-3) M^(1/2)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"piece": "loss_needles_needles"}, "pairs of needles"),
        ({"piece": "loss_needles_rock", "part": "gradient L1 Linf"}, "try L1 Linf"),
        ({"piece": "gain_needles_rock"}, "so slow"),
    ],
)
def test_what_can_not_be_measured_is_unresolved(given: dict, why: str) -> None:
    with pytest.raises(Unresolved, match=why):
        evaluate(**given)


@pytest.mark.parametrize("given", [{"s": 0.6}, {"gamma": -0.6}, {"d": 3, "gamma": 0.1}])
def test_parameters_beyond_the_construction_are_refused(given: dict) -> None:
    with pytest.raises(ParameterError):
        EXPERIMENT.point(given)
