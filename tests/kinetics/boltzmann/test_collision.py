"""The Fourier-Galerkin collision operator against exact solutions, closed forms and plain quadrature."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from scipy.special import jv, roots_legendre

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import CollisionOperator, bkw
from wellposed.kinetics.boltzmann.collision import tables
from wellposed.kinetics.boltzmann.collision.exact_solution import bkw_rate
from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "boltzmann.json").read_text())
TESTS = REFERENCE["collision_tests"]

operator = lru_cache(maxsize=32)(CollisionOperator)


def axes(collide: CollisionOperator) -> list[np.ndarray]:
    return np.meshgrid(*[collide.velocity] * collide.d, indexing="ij")


def maxwellian(collide: CollisionOperator) -> np.ndarray:
    return (2.0 * np.pi) ** (-0.5 * collide.d) * np.exp(-0.5 * collide.speed**2)


def production(collide: CollisionOperator, f: np.ndarray, moment: np.ndarray) -> float:
    cell = (2.0 * collide.half_width / collide.n) ** collide.d
    return float(cell * np.sum(collide(f) * moment))


def at(collide: CollisionOperator, values: np.ndarray, where: list[float]) -> float:
    """The trigonometric interpolant at one velocity."""
    for v in where:
        k = np.arange(1 - collide.n // 2, collide.n // 2)
        waves = np.exp(1j * np.pi / collide.half_width * np.outer(v - collide.velocity, k)).real
        values = np.tensordot(waves.sum(axis=1) / collide.n, values, axes=1)
    return float(values)


@pytest.mark.parametrize(
    ("d", "n", "half_width", "angular", "tolerance"),
    [
        (2, 32, 7.0, "cosine", 2e-5),
        (2, 32, 7.0, "isotropic", 2e-5),
        (2, 48, 8.0, "cosine", 3e-9),
        (2, 64, 9.0, "cosine", 1e-11),
        (2, 64, 9.0, "isotropic", 1e-11),
        (3, 16, 6.0, "cosine", 2e-2),
        (3, 24, 6.5, "isotropic", 1e-4),
    ],
)
def test_the_exact_solution_is_one(d: int, n: int, half_width: float, angular: str, tolerance: float) -> None:
    # Bobylev, Krook and Wu
    collide = operator(d, n, half_width, 0.0, angular)
    t = 1.0 if d == 2 else 1.5
    found = collide(bkw(collide.speed, t, d, angular))
    expected = bkw_rate(collide.speed, t, d, angular)
    assert np.max(np.abs(found - expected)) < tolerance * np.max(np.abs(expected))


@pytest.mark.parametrize("case", next(iter(TESTS["maxwellian"].values())), ids=str)
def test_collision_frequency_of_a_maxwellian_is_the_closed_form(case: dict) -> None:
    # Kummer's function, tabulated
    d, n, half_width, tolerance = (2, 40, 8.0, 2e-5) if case["d"] == 2 else (3, 24, 8.0, 2e-4)
    collide = operator(d, n, half_width, case["gamma"])
    f = maxwellian(collide)
    where = [case["v"]] + [0.0] * (d - 1)
    assert at(collide, collide.frequency(f), where) == pytest.approx(case["nu"], rel=tolerance)
    # detailed balance: gain and loss of a Maxwellian are the same
    assert np.max(np.abs(collide.gain(f) - collide.loss(f))) < (1e-7 if d == 2 else 1e-4)


@pytest.mark.parametrize("gamma", [1.0, -1.75])
@pytest.mark.parametrize("angular", ["cosine", "isotropic"])
def test_maxwellians_are_stationary_up_to_the_ends_of_the_range(gamma: float, angular: str) -> None:
    collide = operator(2, 40, 8.5, gamma, angular)
    f = maxwellian(collide)
    assert np.max(np.abs(collide(f))) < 1e-6 * np.max(collide.loss(f))


@pytest.mark.parametrize("gamma", [0.0, -0.25, -0.5, -1.0])
@pytest.mark.parametrize("angular", ["cosine", "isotropic"])
def test_stress_of_two_gaussians_relaxes_as_tabulated(gamma: float, angular: str) -> None:
    name = "same iso" if angular == "isotropic" else "rate int Q(v1^2-v2^2) for b=|cos|/4"
    collide = operator(2, 52, 11.0, gamma, angular)
    vx, vy = axes(collide)
    f = (np.exp(-0.5 * (vx - 1.0) ** 2) + np.exp(-0.5 * (vx + 1.0) ** 2)) * np.exp(-0.5 * vy**2) / (4 * np.pi)
    expected = TESTS["two_gaussians"][name][str(gamma)]
    assert production(collide, f, vx**2 - vy**2) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("gamma", "expected"), [(0.0, -0.25), (-0.25, -0.18880016535386), (-0.5, -0.14366862740041)]
)
def test_energy_leaves_the_hotter_direction_as_derived(gamma: float, expected: float) -> None:
    # d<v_x^2>/dt of N(0, diag(3/2, 1/2)), isotropic: a one-dimensional integral over the relative velocity
    collide = operator(2, 64, 12.0, gamma, "isotropic")
    vx, vy = axes(collide)
    f = np.exp(-(vx**2) / 3.0 - vy**2) / (math.pi * math.sqrt(3.0))
    assert production(collide, f, vx**2) == pytest.approx(expected, abs=1e-6)


def eigenvalue(angle: np.ndarray, weight: np.ndarray, d: int, r: int, degree: int) -> float:
    """Wang Chang and Uhlenbeck's integral over the deviation angle."""
    if d == 2:
        harmonic = [np.cos(degree * angle / 2), np.cos(degree * (np.pi - angle) / 2)]
    else:
        legendre = np.polynomial.legendre.Legendre.basis(degree)
        harmonic = [legendre(np.cos(angle / 2)), legendre(np.sin(angle / 2))]
    power = 2 * r + degree
    kept = np.cos(angle / 2) ** power * harmonic[0] + np.sin(angle / 2) ** power * harmonic[1]
    return float(np.sum(weight * (1.0 - kept)))


@pytest.mark.parametrize(
    ("d", "angular", "n", "half_width", "tolerance"),
    [(2, "cosine", 48, 9.0, 3e-6), (2, "isotropic", 56, 10.0, 1e-7), (3, "cosine", 24, 7.0, 1e-3)],
)
def test_linearised_eigenvalues_of_maxwell_molecules(
    d: int, angular: str, n: int, half_width: float, tolerance: float
) -> None:
    collide = operator(d, n, half_width, 0.0, angular)
    f, (vx, vy, *_) = maxwellian(collide), axes(collide)
    x, a = 0.5 * collide.speed**2, 0.5 * d
    second = x * x / 2.0 - (a + 1.0) * x + a * (a + 1.0) / 2.0
    cubic = vx**3 - 3.0 * vx * vy**2
    # Sonine polynomial r of order l + d/2 - 1, times a harmonic of degree l
    modes = {
        (0, 2): vx * vy,
        (1, 1): (a + 1.0 - x) * vx,
        (2, 0): second,
        (0, 3): cubic,
        (1, 2): (a + 2.0 - x) * vx * vy,
    }
    t, w = roots_legendre(40)
    angle, w = 0.5 * np.pi * (t + 1.0), 0.5 * np.pi * w
    if d == 3:
        weight, printed = w * 0.5 * np.sin(angle), [1 / 2, 1 / 3, 1 / 3, 3 / 4, 7 / 12]
    elif angular == "isotropic":
        weight, printed = w / np.pi, [1 / 2, 1 / 4, 1 / 4, 3 / 4, 1 / 2]
    else:
        weight, printed = w * 0.5 * np.sin(0.5 * angle), None
    for place, ((r, degree), mode) in enumerate(modes.items()):
        rate = eigenvalue(angle, weight, d, r, degree)
        if printed is not None:
            assert rate == pytest.approx(printed[place], rel=1e-12)
        h = f * mode
        linearised = 0.5 * (collide(f + h) - collide(f - h))  # Q is quadratic
        assert np.max(np.abs(linearised + rate * h)) < tolerance * np.max(np.abs(h))


def test_entropy_decays_at_the_tabulated_rate() -> None:
    collide = operator(2, 48, 8.0, 0.0, "cosine")
    t = -math.log(0.8) * 15.0 / 2.0  # K = 0.6
    f = bkw(collide.speed, t, 2)
    cell = (2.0 * collide.half_width / collide.n) ** 2
    expected = TESTS["BKW"]["int Q log f dv at K=0.6, divided by lambda"] * 2.0 / 15.0
    assert cell * np.sum(collide(f) * np.log(f)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("gamma", [0.0, -0.5])
def test_gain_of_a_thin_shell_agrees_with_carlemans_integral(gamma: float) -> None:
    # an independent form of the gain; a shell of width 1/10 is at the limit of what 64 points resolve
    collide = operator(2, 64, 2.7, gamma)
    u = np.abs(10.0 * (collide.speed - 1.0))
    inside = (u > 1.0) & (u < 2.0)
    shell = np.where(u <= 1.0, 1.0, 0.0)
    shell[inside] = 1.0 / (1.0 + np.exp(1.0 / (2.0 - u[inside]) - 1.0 / (u[inside] - 1.0)))
    gain = collide.gain(shell)
    for case in TESTS["shell"]["values"]:
        if case["gamma"] == gamma:
            assert at(collide, gain, [case["v"], 0.0]) == pytest.approx(case["Qplus"], abs=0.01)


def plane_wave_gain(l: np.ndarray, m: np.ndarray, gamma: float, angular: str, half_width: float) -> float:  # noqa: E741
    """(1.2) at velocity zero for the densities ``e^{i pi l.v/L}`` and ``e^{i pi m.v/L}``, by quadrature."""
    d = l.size
    t, w = (0.5 * (1.0 + roots_legendre(24)[0]), 0.5 * roots_legendre(24)[1])
    radius = 4.0 * half_width / (3.0 + math.sqrt(2.0))
    rho, weight = radius * t**4, w * 4.0 * radius * t**3  # graded towards the singular end
    weight = weight * rho ** (d - 1.0 + gamma)
    k, q = (0.5 * np.pi / half_width * mode for mode in (l + m, l - m))
    if d == 3:  # constant on both spheres
        means = (np.sinc(rho * np.linalg.norm(mode) / np.pi) for mode in (k, q))
        return float(4.0 * np.pi * np.sum(weight * math.prod(means)))
    phi = np.arange(40) * np.pi / 20
    turn, turn_weight = roots_legendre(32)
    turn, turn_weight = np.pi * (1.0 + turn), np.pi * turn_weight
    b = 0.5 / np.pi if angular == "isotropic" else 0.25 * np.sin(0.5 * turn)
    sigma = phi[:, None] + turn
    along = np.exp(-1j * np.multiply.outer(rho, k[0] * np.cos(phi) + k[1] * np.sin(phi)))
    after = np.exp(1j * np.multiply.outer(rho, q[0] * np.cos(sigma) + q[1] * np.sin(sigma)))
    return float(np.einsum("r,rp,rpt,t->", weight, along, after, b * turn_weight).real * np.pi / 20)


@pytest.mark.parametrize(
    ("d", "gamma", "angular"),
    [(2, 0.0, "cosine"), (2, -0.5, "isotropic"), (2, -0.5, "cosine"), (3, -0.5, "cosine")],
)
def test_gain_of_noise_is_the_sum_over_all_pairs_of_modes(d: int, gamma: float, angular: str) -> None:
    # no Bessel functions, no use of symmetry
    n, half_width = 8, 2.0
    collide = operator(d, n, half_width, gamma, angular)
    f = np.random.default_rng(1).normal(size=(n,) * d)
    v = np.stack([axis.ravel() for axis in axes(collide)])

    def coefficient(values: np.ndarray, mode: np.ndarray) -> complex:
        return complex(np.mean(values.ravel() * np.exp(-1j * np.pi / half_width * (mode @ v))))

    modes = np.stack(np.meshgrid(*[np.arange(-3, 4)] * d, indexing="ij"), axis=-1).reshape(-1, d)
    density = {tuple(mode): coefficient(f, mode) for mode in modes.tolist() for mode in [np.array(mode)]}
    gain = collide.gain(f)
    for k in ([0, 0, 0], [2, -1, 1], [-1, -3, 2]):
        target, total = np.array(k[:d]), 0.0j
        for one in modes:
            other = target - one
            if np.max(np.abs(other)) <= 3:
                weight = plane_wave_gain(one, other, gamma, angular, half_width)
                total += weight * density[tuple(one)] * density[tuple(other)]
        assert coefficient(gain, target) == pytest.approx(total, rel=1e-9)


@pytest.mark.parametrize(("d", "n"), [(2, 16), (3, 12)])
@pytest.mark.parametrize("gamma", [0.0, -1.0])
def test_mass_momentum_and_energy_are_conserved_whatever_the_density(d: int, n: int, gamma: float) -> None:
    collide = operator(d, n, 5.0, gamma)
    f = np.random.default_rng(2).uniform(size=(3, *[n] * d))
    before = collide.gain(f) - collide.loss(f)
    scale = np.max(np.abs(collide.moments(collide.loss(f))))
    assert np.max(np.abs(collide.moments(before)[:, 1:])) > 1e-3 * scale  # what is there to be corrected
    assert np.max(np.abs(collide.moments(before)[:, 0])) < 1e-13 * scale  # mass is conserved by itself
    assert np.max(np.abs(collide.moments(collide(f)))) < 1e-13 * scale
    np.testing.assert_allclose(collide.conserve(collide(f)), collide(f), atol=1e-13 * np.max(np.abs(before)))


def test_densities_side_by_side_are_treated_alike_and_symmetries_commute() -> None:
    collide = operator(2, 16, 5.0, -0.5)
    f = np.random.default_rng(3).uniform(size=(2, 3, 16, 16))
    together = collide(f)
    for i in np.ndindex(2, 3):
        np.testing.assert_allclose(together[i], collide(f[i]), rtol=0.0, atol=1e-13)
    np.testing.assert_allclose(collide(np.swapaxes(f, -1, -2)), np.swapaxes(together, -1, -2), atol=1e-13)


def test_gauss_jacobi_radial_rule_is_converged_and_gauss_legendre_is_not() -> None:
    d, n, gamma = 2, 32, -0.5
    rule = tables.gauss_jacobi_rule(d, n, gamma)
    exact = tables.gain_table(d, n, "cosine", gauss_jacobi(2 * rule[0].size, d - 1.0 + gamma))
    scale = np.max(np.abs(exact))
    assert np.max(np.abs(tables.gain_table(d, n, "cosine", rule) - exact)) < 1e-13 * scale
    t, w = gauss_legendre(rule[0].size)
    same_cost = tables.gain_table(d, n, "cosine", (t, w * t ** (d - 1.0 + gamma)))
    assert np.max(np.abs(same_cost - exact)) > 1e-6 * scale


def test_even_bessel_functions_agree_with_scipy() -> None:
    x = np.linspace(0.0, 90.0, 41).reshape(1, -1)
    found = tables.even_bessel(x, 30)
    for p in range(30):
        np.testing.assert_allclose(found[p], jv(2 * p, x), atol=2e-15)


def test_scaling_of_the_grid_scales_the_operator() -> None:
    # Q(f(./c)) at c v is c^(d + gamma) Q(f): dimensions of (1.2)
    gamma, c = -0.75, 3.0
    one, other = operator(2, 16, 5.0, gamma), operator(2, 16, 5.0 * c, gamma)
    f = np.random.default_rng(4).uniform(size=(16, 16))
    np.testing.assert_allclose(other(f), c ** (2.0 + gamma) * one(f), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((4, 16, 5.0, 0.0), "`d` must be an integer in"),
        ((2, 15, 5.0, 0.0), "`n` must be an even integer, but is 15"),
        ((2, 6, 5.0, 0.0), "`n` must be an integer >= 8"),
        ((2, 16, 0.0, 0.0), "`half_width` must be a number > 0"),
        ((2, 16, 5.0, -2.0), r"`gamma` must be a number in \(-2, 1\]"),
        ((3, 16, 5.0, 1.5), r"`gamma` must be a number in \(-3, 1\]"),
        ((2, 16, 5.0, 0.0, "sine"), "`angular` must be one of cosine, isotropic"),
        ((3, 72, 5.0, 0.0), "`n` must be at most 68 for d = 3, .* 4 GB, but is 72"),
        ((2, 4096, 5.0, 0.0), "`n` must be at most"),
    ],
)
def test_what_is_not_allowed_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        CollisionOperator(*arguments)


def test_densities_of_another_shape_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"`f` must be \(..., 16, 16\), but is \(16, 8\)"):
        operator(2, 16, 5.0, 0.0)(np.zeros((16, 8)))


def bobylev(xi: np.ndarray, temperatures: np.ndarray, gamma: float, angular: str) -> tuple[complex, complex]:
    """Transforms of gain and loss of a Gaussian by (2.4) and (2.3), as corrected, for ``gamma < 0``.

    ``c int f~(xi+ + eta) f~(xi- - eta) |eta|^(-d-gamma) b(cos chi) deta dsigma`` with ``xi+- = (xi +- |xi|
    sigma)/2``, and ``c int f~(xi - eta) f~(eta) |eta|^(-d-gamma) deta``, without a grid of velocities.
    """
    d = xi.size
    c = 2.0**gamma / np.pi ** (0.5 * d) * math.gamma(0.5 * (d + gamma)) / math.gamma(-0.5 * gamma)
    # r^(-1-gamma) dr is dt/(-gamma) for t = r^-gamma
    x, w = roots_legendre(60)
    end = 12.0**-gamma
    r, radial = (0.5 * end * (1.0 + x)) ** (-1.0 / gamma), 0.5 * end * w / -gamma
    size = math.hypot(*xi)
    if d == 2:
        phi = 2.0 * np.pi * np.arange(48) / 48
        everywhere, weight = np.stack([np.cos(phi), np.sin(phi)]), np.full(48, 2.0 * np.pi / 48)
        chi, chi_weight = np.pi * (1.0 + x), np.pi * w
        angle = math.atan2(xi[1], xi[0]) + chi
        sigma = np.stack([np.cos(angle), np.sin(angle)])
        b = chi_weight * (0.25 * np.sin(0.5 * chi) if angular == "cosine" else 0.5 / np.pi)
    else:
        z, z_weight = roots_legendre(16)
        phi = 2.0 * np.pi * np.arange(32) / 32
        across = np.sqrt(1.0 - z * z)[:, None]
        everywhere = np.stack([(across * np.cos(phi)), (across * np.sin(phi)), z[:, None] + 0.0 * phi])
        everywhere, weight = everywhere.reshape(3, -1), np.repeat(z_weight * 2.0 * np.pi / 32, 32)
        sigma, b = everywhere, weight / (4.0 * np.pi)

    def transform(at: np.ndarray) -> np.ndarray:
        return np.exp(-0.5 * np.tensordot(temperatures, at * at, axes=1))

    eta = everywhere[:, :, None] * r
    measure = weight[:, None] * radial
    loss = c * np.sum(measure * transform(xi[:, None, None] - eta) * transform(eta))
    gain = 0.0
    for direction, part in zip(sigma.T, b, strict=True):
        plus, minus = (0.5 * (xi + sign * size * direction)[:, None, None] for sign in (1.0, -1.0))
        gain += part * c * np.sum(measure * transform(plus + eta) * transform(minus - eta))
    return gain, loss


@pytest.mark.parametrize(
    ("d", "n", "half_width", "gamma", "angular", "tolerance"),
    [
        (2, 48, 10.0, -0.5, "cosine", 1e-5),
        (2, 48, 10.0, -0.5, "isotropic", 1e-5),
        (2, 48, 10.0, -1.0, "cosine", 1e-5),
        (3, 24, 8.0, -1.0, "cosine", 1e-4),
    ],
)
def test_the_operator_has_the_transforms_of_bobylevs_form(
    d: int, n: int, half_width: float, gamma: float, angular: str, tolerance: float
) -> None:
    collide = operator(d, n, half_width, gamma, angular)
    temperatures = np.array([1.2, 0.8, 1.0][:d])
    f = np.ones((n,) * d)
    for axis, T in zip(axes(collide), temperatures, strict=True):
        f = f * np.exp(-0.5 * axis**2 / T) / math.sqrt(2.0 * np.pi * T)
    cell = (2.0 * half_width / n) ** d
    for xi in ([0.0, 0.0, 0.0], [0.7, -0.3, 0.2], [1.3, 1.1, -0.5]):
        at = np.array(xi[:d])
        wave = np.exp(1j * sum(k * axis for k, axis in zip(at, axes(collide), strict=True)))
        gain, loss = bobylev(at, temperatures, gamma, angular)
        assert cell * np.sum(collide.gain(f) * wave) == pytest.approx(gain, abs=tolerance)
        assert cell * np.sum(collide.loss(f) * wave) == pytest.approx(loss, abs=tolerance)
        if math.hypot(*at) > 1.0:
            assert abs(gain - loss) > 10.0 * tolerance
