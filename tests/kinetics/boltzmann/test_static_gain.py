"""The bilinear ratio of the gain term on a rock at rest and needles."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from wellposed.errors import Unresolved
from wellposed.kinetics.boltzmann import needles
from wellposed.kinetics.boltzmann.bilinear_estimate.static_gain import static_gain
from wellposed.kinetics.boltzmann.experiments.bilinear import EXPERIMENT
from wellposed.kinetics.boltzmann.norms.cutoff import chi_at, panels


def evaluate(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point({"term": "gain"} | given)))


def test_at_s_0_it_is_a_plain_integral_over_x_and_v() -> None:
    # s = 0, gamma = 0, d = 2, a time so short that needles stand still.  At v = N2 q w needles e with
    # e.w = q/zeta count, each with chi(|X| |sin(angle of x and e)|) int chi and the density 1/(2 N2 q) of the
    # particles that it throws out: by sums over zeta, both such e, the angle of x, |x| and q.
    at = replace(needles(2, 64.0, 64.0, 2.0**40, 0.0, 0.0, 0.0, -1e-4))
    R, w_R = panels(np.array([0.0, 1.0, 2.0]), 16)
    q, w_q = panels(np.array([0.0, 0.8, 0.9, 1.0, 1.1, 1.2]), 8)
    psi = (np.arange(32) + 0.5) * (math.pi / 32)
    total = 0.0
    for speed, weight in zip(q.tolist(), w_q.tolist(), strict=True):
        low = max(speed, 0.8)
        x, w = panels(np.array([0.0, 0.5, 1.0]), 30)
        zeta, w_zeta = low + (1.2 - low) * x**2, 2.0 * (1.2 - low) * x * w
        phi = np.arccos(np.minimum(speed / zeta, 1.0))
        amount = w_zeta * chi_at(10.0 * (zeta - 1.0)) / zeta
        amount /= np.sqrt(np.maximum(zeta**2 - speed**2, 1e-300))
        passed = sum(
            chi_at(R[:, None, None] * np.abs(np.sin(psi[:, None] + sign * phi))) for sign in (1.0, -1.0)
        )
        g = 3.0 * chi_at(R)[:, None] * (0.5 * passed @ amount) / (2.0 * math.pi)
        total += weight * 2.0 * math.pi * speed * float((w_R * R) @ (g**2).mean(axis=1)) * 2.0 * math.pi
    r, w_r = panels(np.array([0.0, 1.0, 2.0]), 64)
    mass, square = (2.0 * math.pi * float(np.sum(w_r * r * chi_at(r) ** p)) for p in (1, 2))
    # |rock| is M^-1 N1^-1 square, and M drops out of the quotient with the gain's norm in x
    gain = at.J * at.amplitude / at.M * at.N2**-1 * at.N2 * mass * math.sqrt(total * 1e-4)
    assert static_gain(at, 1)[0] == pytest.approx(gain / square / at.f_b_norm_in(0.0, 0.0), rel=2e-3)


@pytest.mark.parametrize(("d", "s", "gamma"), [(2, 0.25, 0.0), (2, 0.5, -0.5), (3, 0.5, 0.0), (3, 1.0, -0.5)])
def test_exponent_is_that_of_scaling(d: int, s: float, gamma: float) -> None:
    # by hand, beside what cancels: |Q+| ~ J A M^(1-d) N2^(gamma-d/2+1) N2^(s+gamma), and
    # |f_b| ~ J^(1/2) A M^(1-d) N2 M^s N2^(s+gamma), so with J = (M N2)^(d-1) and M = N2 the ratio is
    # M^((d-2)/2 + gamma - s)
    found = evaluate(d=d, s=s, gamma=gamma)
    assert abs(found["ratio_exponent"] - 0.5 * (0.5 * (d - 2) + gamma - s)) <= 1e-3


def test_gain_of_the_moving_rock_in_space_is_unresolved() -> None:
    with pytest.raises(Unresolved, match="rock = static"):
        evaluate(d=3, s=0.25, rock="moving")


def test_loss_is_the_default() -> None:
    assert EXPERIMENT.point({})["term"] == "loss"
