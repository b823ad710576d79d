"""F_err piece by piece."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann import error_pieces, needles
from wellposed.kinetics.boltzmann.cutoff import RADIAL, chi_at, radial_rule
from wellposed.kinetics.boltzmann.error_terms import EXPERIMENT
from wellposed.kinetics.boltzmann.rock_gain import functions, outcome, passing
from wellposed.kinetics.boltzmann.rock_history import (
    chord_matrix,
    interpolation,
    rock_history,
    self_collision,
)


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
    profiles = rock.E[:, None] * passing(3, rock.t, orders)
    q = np.array([speed_T / (at.M * at.N2 * 0.0625)])
    a = outcome(3, at.gamma, True, q, orders)
    Y = (np.arange(16) + 0.5) / 8.0
    sigma = np.arange(-2.0, 2.0 + speed_T, 1.0 / 8.0)
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
        angular = functions(3, degrees, place / R)
        D += weight * np.einsum(
            "plx,lpx,l->px", values.reshape(*R.shape, -1).swapaxes(1, 2), angular, a[:, 0]
        )
    expected = float(np.sum(2.0 * math.pi * Y[:, None] * D**2)) / 64.0 * at.M**-3
    found = error_pieces._leaving(at, rock, profiles, a, q, False)[0]
    assert found == pytest.approx(expected, rel=5e-3)
    assert error_pieces._longest(at, rock, profiles, a, q)[0] == pytest.approx(D.max(), rel=3e-2)


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
    found = error_pieces.loss_needles_rock(at, 2, rock_history(at, 1), 1).value
    z = np.linspace(-0.2, 0.2, 4001)
    weighted = float(np.sum(chi_at(10.0 * z) / (1.0 + z))) * 1e-4
    mass = at.M * at.N1**-1.0 * 7.15315109269462
    expected = at.J * at.amplitude * (3.0 / at.M) * weighted * mass * 3.0 / at.M
    assert found == pytest.approx(expected, rel=2e-2)  # the rock has grown by up to exp(4e-3) M^(1/2)


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
