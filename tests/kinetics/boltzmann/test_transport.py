"""Hard disks and hard spheres: rates of relaxation against Chapman and Enskog's transport coefficients.

The coefficient that follows from one Sonine polynomial is corrected by a factor, which is
``(L^-1)_00 L_00`` for the matrix `L` of the linearised operator in all of them: the time in which a flux
decays, as the integral over its decay, over the inverse of its rate at the start.  For spheres Chapman and
Cowling, The mathematical theory of non-uniform gases, chapter 10, have 205/202 and 45/44 by two polynomials,
1.016034 and 1.025218 by all; for disks D. Gass, J. Chem. Phys. 54 (1971) 1898, has 1.022 and 1.029 by three.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.special import eval_genlaguerre, roots_genlaguerre, roots_hermite, roots_legendre

from wellposed.kinetics.boltzmann import CollisionOperator, evolve

FLUXES = ("momentum", "heat")


def tensors(v: list[np.ndarray], orders: int, flux: str) -> np.ndarray:
    """Sonine polynomials times ``v_i v_j - delta_ij v^2/d`` or ``v_i``, (orders, components, ...)."""
    d = len(v)
    x = 0.5 * sum(one * one for one in v)
    if flux == "heat":
        radial = [eval_genlaguerre(r + 1, 0.5 * d, x) for r in range(orders)]
        tensor = v
    else:
        radial = [eval_genlaguerre(r, 0.5 * d + 1.0, x) for r in range(orders)]
        tensor = [
            v[i] * v[j] - (2.0 * x / d if i == j else 0.0) for i, j in itertools.product(range(d), repeat=2)
        ]
    return np.array([[one * component for component in tensor] for one in radial])


def sphere(d: int, n: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Directions after a collision from the first axis, with their weights by |cos theta|."""
    if d == 2:
        t, w = roots_legendre(40)
        angle = np.pi * (1.0 + t)  # |sin(chi/2)|/4 dchi
        return [np.cos(angle), np.sin(angle)], np.pi * w * 0.25 * np.sin(0.5 * angle)
    t, w = roots_legendre(n)
    phi = np.pi * np.arange(2 * n) / n
    across = np.sqrt(1.0 - t * t)[:, None]
    directions = [(t[:, None] + 0.0 * phi), across * np.cos(phi), across * np.sin(phi)]
    return [one.ravel() for one in directions], np.repeat(0.25 * w / n, 2 * n)


def brackets(d: int, orders: int, flux: str) -> np.ndarray:
    """The matrix of the linearised operator for gamma = 1, by rules that are exact for polynomials.

    ``(1/4) int M M* |g| b sum over components of D psi_r D psi_s``, ``D psi = psi' + psi'* - psi - psi*``,
    in the velocity of the centre of mass and the relative one, whose direction is the first axis.
    """
    hermite, hermite_weight = roots_hermite(2 * orders + 1)
    laguerre, laguerre_weight = roots_genlaguerre(orders + 2, 0.5 * (d + 1.0) - 1.0)  # g^2/4
    g = 2.0 * np.sqrt(laguerre)
    sigma, sigma_weight = sphere(d, 2 * orders + 2)
    centre = np.meshgrid(*[hermite] * d, indexing="ij")
    weight = np.ones(1)
    for _ in range(d):
        weight = np.multiply.outer(weight, hermite_weight)
    total = np.zeros((orders, orders))
    for speed, speed_weight in zip(g, laguerre_weight, strict=True):
        parts = []
        for sign in (0.5, -0.5):
            before = [c + sign * speed * (axis == 0) for axis, c in enumerate(centre)]
            after = [c[..., None] + sign * speed * s for c, s in zip(centre, sigma, strict=True)]
            parts.append(tensors(after, orders, flux) - tensors(before, orders, flux)[..., None])
        change = parts[0] + parts[1]
        scaled = change * (weight.reshape(centre[0].shape)[..., None] * sigma_weight)
        total += speed_weight * scaled.reshape(orders, -1) @ change.reshape(orders, -1).T
    return total


def factor(matrix: np.ndarray) -> float:
    return float(np.linalg.inv(matrix)[0, 0] * matrix[0, 0])


@pytest.mark.parametrize(
    ("flux", "two", "all_of_them"), [("momentum", 205 / 202, 1.016034), ("heat", 45 / 44, 1.025218)]
)
def test_factors_of_hard_spheres_are_those_of_chapman_and_cowling(
    flux: str, two: float, all_of_them: float
) -> None:
    matrix = brackets(3, 4, flux)
    assert factor(matrix[:2, :2]) == pytest.approx(two, rel=1e-12)
    assert factor(matrix) == pytest.approx(all_of_them, abs=2e-4)


@pytest.mark.parametrize(("flux", "printed"), [("momentum", 1.022), ("heat", 1.029)])
def test_factors_of_hard_disks_are_those_of_gass(flux: str, printed: float) -> None:
    assert factor(brackets(2, 3, flux)) == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize(("d", "n", "half_width", "tolerance"), [(2, 44, 10.5, 5e-5), (3, 24, 8.5, 2e-3)])
@pytest.mark.parametrize("flux", FLUXES)
def test_the_operator_has_these_matrices(
    d: int, n: int, half_width: float, tolerance: float, flux: str
) -> None:
    orders = 2
    collide = CollisionOperator(d, n, half_width, 1.0)
    v = np.meshgrid(*[collide.velocity] * d, indexing="ij")
    maxwellian = (2.0 * np.pi) ** (-0.5 * d) * np.exp(-0.5 * collide.speed**2)
    basis = tensors(v, orders, flux)[:, 0 if flux == "heat" else 1]
    cell = (2.0 * half_width / n) ** d
    found = np.empty((orders, orders))
    for s in range(orders):
        h = maxwellian * basis[s]
        linearised = 0.5 * (collide(maxwellian + h) - collide(maxwellian - h))  # Q is quadratic
        found[:, s] = [-cell * np.sum(basis[r] * linearised) for r in range(orders)]
    expected = brackets(d, orders, flux)
    np.testing.assert_allclose(found / found[0, 0], expected / expected[0, 0], atol=10 * tolerance)
    assert factor(found) == pytest.approx(factor(expected), abs=tolerance)


def test_shear_stress_of_hard_disks_decays_over_the_time_that_the_factor_says() -> None:
    t, w = roots_legendre(10)
    times, weights = 2.0 * (1.0 + t), 2.0 * w
    strength = 0.05

    def sheared(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.exp(-0.5 * (x * x + y * y) + strength * x * y) / (2.0 * np.pi)

    found = evolve(sheared, [0.0, *times, 4.0], d=2, gamma=1.0, n=32, half_width=7.5)
    stress = found["pressure"].sel(axis="x", other_axis="y").values
    collide = CollisionOperator(2, 32, 7.5, 1.0)
    product = np.multiply.outer(collide.velocity, collide.velocity)
    rate = -float(np.sum(product * collide(found["f"].values[0])) / np.sum(product * found["f"].values[0]))
    last = np.log(stress[-2] / stress[-1]) / (4.0 - times[-1])
    whole = float(weights @ stress[1:-1]) + stress[-1] / last
    # the square of the strength is what it is not linear by
    assert whole * rate / stress[0] == pytest.approx(factor(brackets(2, 6, "momentum")), abs=2e-3)
