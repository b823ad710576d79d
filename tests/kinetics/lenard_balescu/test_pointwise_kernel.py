"""The kernel K of the linearised operator, pointwise."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, gaussian, kernel, yukawa

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "lenard_balescu.json").read_text())["K"]


def test_kernel_agrees_with_the_reference() -> None:
    # independent quadrature in another parametrisation, tests/reference/lenard_balescu.json
    for entry in REFERENCE:
        v1, direction = np.zeros(entry["d"]), np.zeros(entry["d"])
        v1[0] = entry["r"]
        direction[:2] = entry["c"], math.sqrt(1.0 - entry["c"] ** 2)
        found = kernel(v1, v1 - entry["u"] * direction, d=entry["d"], hbar=entry["hb"], potential=algebraic())
        assert found == pytest.approx(entry["K"], rel=2e-11), entry


@pytest.mark.parametrize("d", [2, 3, 4, 5])
@pytest.mark.parametrize("hbar", [0.0, 0.2, 3.0])
def test_kernel_is_symmetric_though_its_formula_is_not(d: int, hbar: float) -> None:
    rng = np.random.default_rng(d)
    v1, v2 = rng.normal(size=(2, 6, d))
    one = kernel(v1, v2, d=d, hbar=hbar, potential=algebraic(1.0, 8.0))
    other = kernel(v2, v1, d=d, hbar=hbar, potential=algebraic(1.0, 8.0))
    np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_kernel_tends_to_the_classical_one_quadratically(d: int) -> None:
    rng = np.random.default_rng(3)
    v1, v2 = rng.normal(size=(2, d))
    classical = kernel(v1, v2, d=d, hbar=0.0, potential=algebraic())
    away = [kernel(v1, v2, d=d, hbar=hbar, potential=algebraic()) - classical for hbar in (0.02, 0.01)]
    assert math.log2(float(away[0] / away[1])) == pytest.approx(2.0, abs=0.05)


def test_classical_kernel_without_screening_has_a_closed_form() -> None:
    # d = 3: c sqrt(M1 M2)/|u| int k^3 V^2 dk (pi - pi q^2/2) exp(...), int k^3 exp(-k^2) dk = 1/2
    v1, v2 = np.array([0.3, -0.2, 0.9]), np.array([1.1, 0.4, -0.5])
    u = v1 - v2
    distance = float(np.linalg.norm(u))
    q2 = float(v1 @ v1 - (u @ v1) ** 2 / distance**2)
    roots = (2.0 * math.pi) ** -1.5 * math.exp(-0.25 * float(v1 @ v1 + v2 @ v2))
    expected = 2.0 / (2.0 * math.pi) ** 3 * roots / distance * 0.49 * 0.5 * (math.pi - 0.5 * math.pi * q2)
    found = kernel(v1, v2, d=3, hbar=0.0, potential=gaussian(0.7), screened=False)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_close_to_the_diagonal_only_the_tangent_plane_is_left(d: int) -> None:
    # |u| << hbar: the shell is too small for anything, and K |u| tends to a negative constant
    v1, direction = np.full(d, 0.4), np.eye(d)[0]
    found = [
        float(kernel(v1, v1 + u * direction, d=d, hbar=0.5, potential=algebraic())) * u
        for u in (1e-3, 1e-5, 1e-7)
    ]
    assert found[0] < 0.0
    assert found[1] == pytest.approx(found[2], rel=1e-3)


@pytest.mark.parametrize(
    ("u", "hbar", "expected"),
    [
        # the two integrals over k of (3.15) in 30 digits by mpmath, on circle and line; v1 = (0.4, 0.3)
        ((0.3, 0.1), 1e-6, 1.896443669638e-2),
        ((0.3, 0.1), 1e-3, 1.896465919099e-2),
        ((0.3, 0.1), 0.03, 1.916891083603e-2),
        ((0.3, 0.1), 0.5, -1.692883218150e-3),
        ((0.3, 0.1), 30.0, -1.865732785689e-7),
    ],
)
def test_nothing_cancels_however_small_hbar_is(u: tuple[float, float], hbar: float, expected: float) -> None:
    v1 = np.array([0.4, 0.3])
    assert kernel(v1, v1 - u, d=2, hbar=hbar, potential=gaussian(0.5)) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("d", [2, 3, 4, 5])
@pytest.mark.parametrize("away", [0.3, 1.5])
def test_kernel_approaches_its_limit_at_the_order_of_the_first_moment_that_diverges(
    d: int, away: float
) -> None:
    # k ~ 1/hbar contributes hbar^(s - d - 1), also where that is far below what J1 and J2 cancel to
    v1, v2 = np.full(d, 0.4), np.linspace(0.1, 0.6, d)
    potential = algebraic(0.5, d + 1.0 + away)
    K = [float(kernel(v1, v2, d=d, hbar=hbar, potential=potential)) for hbar in (4e-6, 2e-6, 1e-6, 0.0)]
    assert math.log2((K[0] - K[1]) / (K[1] - K[2])) == pytest.approx(away, abs=0.01)
    assert math.log2((K[0] - K[3]) / (K[1] - K[3])) == pytest.approx(away, abs=0.01)


def test_velocities_broadcast() -> None:
    v2 = np.array([[[0.5, 0.1, 0.0], [1.0, 0.0, 0.2]]])
    found = kernel(np.zeros(3), v2, d=3, hbar=0.3, potential=algebraic())
    assert found.shape == (1, 2)
    assert found[0, 1] == kernel(np.zeros(3), v2[0, 1], d=3, hbar=0.3, potential=algebraic())


def test_what_is_not_allowed_is_refused() -> None:
    with pytest.raises(ParameterError, match="must differ"):
        kernel(np.ones(3), np.ones(3), d=3, hbar=0.3, potential=algebraic())
    with pytest.raises(ParameterError, match="`v2` must be finite"):
        kernel(np.ones(3), np.ones(2), d=3, hbar=0.3, potential=algebraic())
    with pytest.raises(ParameterError, match="`hbar` must be"):
        kernel(np.ones(3), np.zeros(3), d=3, hbar=-1.0, potential=algebraic())
    with pytest.raises(Unresolved, match="diverges"):
        kernel(np.ones(3), np.zeros(3), d=3, hbar=0.0, potential=yukawa())
