"""What a rock at rest and needles throw out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import eval_chebyt, eval_legendre

from wellposed.kinetics.boltzmann.construction.rock_gain import (
    harmonics,
    needle_harmonics,
    thrown_out_harmonics,
)
from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, chi_at, panels, radial_rule
from wellposed.kinetics.quadrature import sphere_area

Q = panels(np.array([0.0, 0.4, 0.8, 0.9, 1.0, 1.1, 1.2]), 40)
ZETA = panels(np.array([0.8, 0.9, 1.1, 1.2]), 60)


def scattered(d: int, rock_first: bool, moment: int, degree: int) -> float:
    """``int b |v|^moment Y_degree(angle of v and e)`` over omega, by the collision rule, for ``u = e``."""
    theta, w = panels(np.array([0.0, math.pi]), 200)  # angle between omega and e
    # Q+(f, g) at v takes f at v* = v after the collision of ...: the rock hands over its part along omega
    along = np.cos(theta)
    speed = np.abs(along) if rock_first else np.abs(np.sin(theta))
    cosine = np.abs(along) if rock_first else np.abs(np.sin(theta))
    if d == 2:
        weight = 2.0 * w * np.abs(np.cos(theta)) / 4.0
        function = eval_chebyt(degree, cosine)
    else:
        weight = 2.0 * math.pi * w * np.sin(theta) * np.abs(np.cos(theta)) / (2.0 * math.pi)
        function = eval_legendre(degree, cosine)
    return float(np.sum(weight * speed**moment * function))


@pytest.mark.parametrize("gamma", [0.0, -0.5])
@pytest.mark.parametrize("rock_first", [True, False])
@pytest.mark.parametrize("d", [2, 3])
def test_moments_are_those_of_the_collision_rule(d: int, rock_first: bool, gamma: float) -> None:
    # v = (omega.u) omega if the particle at v* was at rest, v = u - (omega.u) omega if it was the needle's
    q, w = Q
    zeta, w_zeta = ZETA
    a = thrown_out_harmonics(d, gamma, rock_first, q, 4)
    for moment in (0, 1, 2, 3):
        along = float(np.sum(w_zeta * zeta ** (gamma + moment) * chi_at(10.0 * (zeta - 1.0))))
        for j in range(4):
            found = sphere_area(d) * float(np.sum(w * q ** (d - 1 + moment) * a[j]))
            expected = along * scattered(d, rock_first, moment, 2 * j)
            assert found == pytest.approx(expected, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("d", [2, 3])
def test_density_of_a_needle_is_the_sum_of_its_harmonics(d: int) -> None:
    # expected: int chi(|y|) chi(|rho e_1 - t y|) dy as it stands
    tau, orders, theta, at = 0.2, 24, 0.7, 220
    R = radial_rule(RADIAL)[0][at]
    y, w = panels(np.array([0.0, 1.0, 2.0]), 40)
    phi = math.pi * (np.arange(64) + 0.5) / 64 if d == 3 else np.array([0.0, math.pi])
    rho = R * math.sin(theta)
    distance = np.sqrt(rho**2 + (tau * y[:, None]) ** 2 - 2.0 * rho * tau * y[:, None] * np.cos(phi))
    around = chi_at(distance).sum(axis=1) * (2.0 * math.pi / phi.size if d == 3 else 1.0)
    expected = float(np.sum(w * y ** (d - 2) * chi_at(y) * around))
    c = needle_harmonics(d, np.array([tau]), orders)[0, :, at]
    found = float(c @ harmonics(d, 2 * np.arange(orders), np.array(math.cos(theta))))
    assert found == pytest.approx(expected, rel=1e-3)
