"""Coefficients of the classical norm, and the Sobolev norms."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import roots_hermitenorm

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import (
    algebraic,
    diffusion,
    linearised,
    potential_term,
    sobolev_norm,
    yukawa,
)

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "lenard_balescu.json").read_text())["A"]


@pytest.mark.parametrize("entry", REFERENCE, ids=lambda e: f"d={e['d']}")
def test_diffusion_agrees_with_the_reference(entry: dict) -> None:
    along, across = diffusion(entry["r"], d=entry["d"], potential=algebraic())
    assert along == pytest.approx(entry["A_par"], rel=1e-12)
    assert across == pytest.approx(entry["A_perp"], rel=1e-12)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_norm_of_the_maxwellian_root_is_a_moment_of_the_diffusion(d: int) -> None:
    # ||sqrt(M)||_0^2 = 1/2 int M v.A v, against the Gram matrix, which knows nothing of A
    _, gram = linearised(d, 0, 1, hbar=0.0, potential=algebraic(1.0, 8.0))

    def density(r: float) -> float:
        chi = r ** (d - 1) * math.exp(-0.5 * r * r) / (2.0 ** (0.5 * d - 1.0) * math.gamma(0.5 * d))
        return 0.5 * chi * r * r * float(diffusion(r, d=d, potential=algebraic(1.0, 8.0))[0])

    expected, _ = quad(density, 0.0, 12.0, epsabs=0.0, epsrel=1e-9)
    assert gram[0, 0] == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("d", [2, 4])
@pytest.mark.parametrize("screened", [True, False])
def test_potential_term_is_minus_a_quarter_of_the_divergence(d: int, screened: bool) -> None:
    def flux(r: float) -> float:
        return r**d * float(diffusion(r, d=d, potential=algebraic(), screened=screened)[0])

    r, step = 1.3, 1e-3
    slope = (8.0 * (flux(r + step) - flux(r - step)) - flux(r + 2 * step) + flux(r - 2 * step)) / (
        12.0 * step
    )
    found = potential_term(r, d=d, potential=algebraic(), screened=screened)
    assert found == pytest.approx(-0.25 * slope / r ** (d - 1), rel=1e-8)


def test_diffusion_at_high_speed_falls_as_the_first_and_third_power() -> None:
    # only k across v is left: A_perp ~ 1/|v|, A_par ~ 1/|v|^3
    along, across = diffusion(np.array([16.0, 32.0]), d=3, potential=algebraic())
    assert math.log2(across[0] / across[1]) == pytest.approx(1.0, abs=0.02)
    assert math.log2(along[0] / along[1]) == pytest.approx(3.0, abs=0.02)


@pytest.mark.parametrize(("d", "sector"), [(2, 0), (3, 1)])
def test_sobolev_norm_counts_derivatives(d: int, sector: int) -> None:
    # radial or first harmonic g = sqrt(M) p, (grad - v/2) g = sqrt(M) (grad p - v p), by Gauss-Hermite
    x, weight = roots_hermitenorm(24)
    weight = weight / weight.sum()
    v = np.array(np.meshgrid(*[x] * d, indexing="ij"))
    mass = weight
    for _ in range(d - 1):
        mass = np.multiply.outer(mass, weight)
    t = 0.5 * np.sum(v * v, axis=0)
    # normalised: (d/2 - t)/sqrt(d/2) for sector 0, v1 (d/2 + 1 - t)/sqrt(d/2 + 1) for sector 1
    a = 0.5 * d + sector
    p = (a - t) / math.sqrt(a)
    gradient = -v / math.sqrt(a)
    if sector:
        gradient = v[0] * gradient
        gradient[0] += p
        p = v[0] * p
    raised = gradient - v * p
    expected = math.sqrt(float(np.sum(mass * p * p) + np.sum(mass * np.sum(raised**2, axis=0))))
    assert sobolev_norm([0.0, 1.0], d=d, l=sector, r=1) == pytest.approx(expected, rel=1e-12)
    assert sobolev_norm([0.0, 1.0], d=d, l=sector, r=0) == pytest.approx(1.0)


def test_sobolev_norm_of_second_order_is_that_of_all_second_derivatives() -> None:
    # (d_i - v_i/2) (d_j - v_j/2) sqrt(M) p = sqrt(M) (d_i - v_i) (d_j - v_j) p, p = (d/2 - t)/sqrt(d/2)
    d, a = 3, 1.5
    x, weight = roots_hermitenorm(16)
    v = np.array(np.meshgrid(*[x] * d, indexing="ij"))
    mass = np.einsum("i,j,k->ijk", weight, weight, weight) / weight.sum() ** d
    p, unit = (a - 0.5 * np.sum(v * v, axis=0)) / math.sqrt(a), np.eye(d)[..., None, None, None]
    raised = -v / math.sqrt(a) - v * p
    # p has the gradient -v/sqrt(a) and the second derivatives -1/sqrt(a) on the diagonal
    twice = -unit / math.sqrt(a) - unit * p + v[:, None] * v / math.sqrt(a) - v[:, None] * raised
    squared = sum(float(np.sum(mass * form * form)) for form in (p, raised, twice))
    assert sobolev_norm([0.0, 1.0], d=d, l=0, r=2) == pytest.approx(math.sqrt(squared), rel=1e-12)


def test_what_is_not_allowed_is_refused() -> None:
    with pytest.raises(ParameterError, match="`speed` must be"):
        diffusion(-1.0, d=3, potential=algebraic())
    with pytest.raises(Unresolved, match="diverges"):
        diffusion(1.0, d=3, potential=yukawa())
    with pytest.raises(Unresolved, match="too narrow"):
        linearised(2, 2, 1, hbar=0.1, potential=algebraic(300.0, 6.0))
