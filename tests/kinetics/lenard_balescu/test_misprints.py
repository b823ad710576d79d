"""Misprints of the paper: what is published is false and what is corrected is true, by other ways."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import wofz

from wellposed.kinetics.lenard_balescu import algebraic, diffusion, kernel, linearised

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

U = np.linspace(-14.0, 14.0, 2801)
"""Velocities along k, on which a trapezoidal sum with a finite i0 is exact to round-off."""
I0 = 0.4j


def phi(u: Array) -> Array:
    return np.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)


def over_velocities(values: Complex) -> complex:
    return complex(np.sum(values) * (U[1] - U[0]))


def plasma_response(x: float) -> complex:
    """``int phi(u)/(x - u - i0) du`` on the real line, by the Faddeeva function."""
    return complex(1j * math.sqrt(0.5 * math.pi) * np.conj(wofz(x / math.sqrt(2.0))))


def test_the_dielectric_function_of_1_12_has_the_classical_limit_with_the_other_sign() -> None:
    w, V, a = 0.7, 2.0, 1e-5
    quotient = (phi(U) - phi(U - a)) / a
    classical = 1.0 + V * over_velocities(-U * phi(U) / (w - U - I0))  # (1.19)
    published = 1.0 + V * over_velocities(quotient / (U - w - a - I0))
    corrected = 1.0 + V * over_velocities(quotient / (w + a - U - I0))
    assert corrected == pytest.approx(classical, abs=1e-4)
    assert published == pytest.approx(2.0 - np.conj(classical), abs=1e-4)
    assert abs(abs(published) - abs(classical)) > 0.5


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_wigner_transform_of_1_9_and_1_20_reverses_velocities(sign: float) -> None:
    # a packet of velocity 1.5; published is the sign +1 of the exponent i v y/hbar
    hbar, p = 0.5, 1.5
    y = np.linspace(-20.0, 20.0, 4001)

    def psi(x: Array) -> Complex:
        return np.exp(-0.25 * x * x + 1j * p * x / hbar)

    v = np.linspace(-3.0, 3.0, 601)
    transform = np.exp(sign * 1j * np.outer(v, y) / hbar) @ (psi(0.5 * y) * np.conj(psi(-0.5 * y)))
    assert v[np.argmax(transform.real)] == pytest.approx(-sign * p)


def test_the_quadratic_part_of_1_29_carries_half_the_constant() -> None:
    # Phi(v1')Phi(v2') - Phi(v1)Phi(v2) of M + sqrt(M) g over sqrt(M1 M2), for g of any values
    g1, g2, h1, h2 = 0.3, -0.7, 1.1, 0.4
    r1, r2, r3 = 0.8, 0.5, 0.64
    r4 = r1 * r2 / r3  # energy is conserved
    bracket = (r3 * r3 + r3 * h1) * (r4 * r4 + r4 * h2) - (r1 * r1 + r1 * g1) * (r2 * r2 + r2 * g2)
    linear = g1 * r2 + g2 * r1 - h1 * r4 - h2 * r3
    quadratic = 2.0 * (g1 * g2 - h1 * h2)
    assert bracket / (r1 * r2) == pytest.approx(-linear - 0.5 * quadratic, rel=1e-14)
    assert bracket / (r1 * r2) != pytest.approx(-linear - quadratic, rel=0.1)


def test_the_classical_operators_of_1_34_and_1_35_have_the_other_signs_and_half_of_the_products() -> None:
    # along k, where v1 and v2 have the same component w: F2 DF1 - F1 DF2 of F = M + sqrt(M) g
    w, r1, r2, g1, g2, d1, d2 = 0.3, 0.8, 0.5, 1.1, -0.6, 0.7, 0.9
    first, second = r1 * r1 + r1 * g1, r2 * r2 + r2 * g2
    slope1 = -w * r1 * r1 - 0.5 * w * r1 * g1 + r1 * d1
    slope2 = -w * r2 * r2 - 0.5 * w * r2 * g2 + r2 * d2
    flux = (second * slope1 - first * slope2) / (r1 * r2)
    linear = r2 * (d1 + 0.5 * w * g1) - r1 * (d2 + 0.5 * w * g2)
    # dg/dt = (D - w/2).(B flux) = -L_0 g + Q_0(g, g): L_0 with a minus, Q_0 with a plus and half of (1.35)
    products = 0.5 * (g2 * d1 + g2 * d1 - g1 * d2 - g1 * d2)
    assert flux == pytest.approx(linear + products, rel=1e-14)
    assert flux != pytest.approx(-linear - 2.0 * products, rel=0.1)


def test_the_tail_of_3_30_is_of_second_order_if_1_31_bounds_the_potential_and_not_its_square() -> None:
    d, s = 4, 3.75  # above (d + 3)/2

    def tail(start: float, decay: float) -> float:
        """``int k^d V^2 dk`` beyond ``1/hbar = start``, for ``V^2 = k^-decay``."""
        return quad(lambda x: math.exp((d - decay + 1.0) * x), math.log(start), math.log(1e12))[0]

    for decay, is_of_second_order in ((s, False), (2.0 * s, True)):
        assert (tail(1e4, decay) <= 1e-4 * tail(1e2, decay)) == is_of_second_order


def test_an_attractive_potential_that_assumption_2_allows_has_a_dielectric_function_with_a_zero() -> None:
    slope = (plasma_response(1e-4) - plasma_response(-1e-4)) / 2e-4
    assert 1.0 - slope == pytest.approx(0.0, abs=1e-7)


def test_correlations_of_2_1_are_sums_over_marginals_not_over_themselves() -> None:
    # numbers for operators: marginals m_n, with m_n = sum_j binom(n, j) G_(n-j) m_1^j (2.2)
    m = [1.0, 0.3, 0.5, 0.2, 0.7]

    def inverted(of: list[float], n: int) -> float:
        return sum((-1.0) ** j * math.comb(n, j) * of[n - j] * m[1] ** j for j in range(n + 1))

    G = [inverted(m, n) for n in range(5)]
    for n in range(5):
        assert sum(math.comb(n, j) * G[n - j] * m[1] ** j for j in range(n + 1)) == pytest.approx(m[n])
    assert G[1] == pytest.approx(0.0, abs=1e-15)
    assert inverted(G, 2) != pytest.approx(G[2])


def test_the_data_of_2_3_as_published_are_above_the_bound_at_time_zero() -> None:
    n, beta = 2, 0.1
    for power, allowed in ((0.5 * n, False), (n, True)):
        data = [(n / math.sqrt(N)) ** power for N in (1e6, 1e12)]
        bound = [(n ** (1.0 - beta) / N ** (0.5 * (1.0 - 3.0 * beta))) ** n for N in (1e6, 1e12)]
        assert (data[1] / bound[1] < data[0] / bound[0]) == allowed


M = 5
"""Points of a torus in one dimension with the side M, on which all commutators are finite sums."""
PLANCK = math.pi
"""2 pi hbar of the torus."""


def two_bodies() -> tuple[Array, Array, Complex, Complex, Complex]:
    """V and V(k), the Fourier transforms of F and G, invariant by translation, and the kernel of G."""
    rng = np.random.default_rng(5)
    V = np.array([1.0, 0.4, -0.2, -0.2, 0.4])
    transformed = np.fft.fft(V).real
    f = rng.random(M).astype(complex)
    G = np.zeros((M, M, M, M), complex)
    for l1, l2, k in np.ndindex(M, M, M):
        G[l1, l2, (l1 + k) % M, (l2 - k) % M] = rng.normal() + 1j * rng.normal()
    G = G + np.einsum("abcd->badc", G)
    return V, transformed, f, G, _kernel_of(G)


def _kernel_of(transform: Complex) -> Complex:
    """The kernel whose transform by ``e^{i(-l.x + p.y)}`` is given."""
    n = transform.ndim // 2
    x = np.fft.ifftn(transform, axes=tuple(range(n)))
    return np.fft.fftn(x, axes=tuple(range(n, 2 * n))) / M**n


def _transform_of(kernel_: Complex) -> Complex:
    n = kernel_.ndim // 2
    x = np.fft.fftn(kernel_, axes=tuple(range(n)))
    return np.fft.ifftn(x, axes=tuple(range(n, 2 * n))) * M**n


def test_the_system_of_two_bodies_follows_from_the_commutators_with_k2_minus_b() -> None:
    V, v_hat, f, G, kernel_of_G = two_bodies()
    distance = V[np.subtract.outer(np.arange(M), np.arange(M)) % M]  # V(x - z)
    F = _kernel_of(np.diag(f))
    force = distance[:, None, :] - distance[None, :, :]  # V(x - z) - V(y - z)
    traced = np.einsum("bzdz->bdz", kernel_of_G)
    moved_kernel = np.einsum("ac,bdz,acz->abcd", F, traced, force)  # tr_3 [V_13, F_1 G_23]
    moved_kernel += np.einsum("bd,acz,bdz->abcd", F, traced, force)  # tr_3 [V_23, F_2 G_13]
    source = np.einsum("ac,bd->abcd", F, F)
    source = distance[:, :, None, None] * source - distance[None, None] * source
    moved, created = _transform_of(moved_kernel), _transform_of(source)
    density = f / PLANCK  # (2.12), with M times the potential: see the remark on (1.1)
    for v1, v2, k in np.ndindex(M, M, M):
        after = (v1 + k) % M, (v2 - k) % M
        g_at_2 = sum(G[v, v2, (v + k) % M, after[1]] for v in range(M)) / PLANCK**2
        g_at_1 = sum(G[v1, v, after[0], (v - k) % M] for v in range(M)) / PLANCK**2
        share = PLANCK / M  # (2 pi hbar/L)^d, where (2.18) prints (2 pi)^d/(hbar L)^d
        B = (
            v_hat[k]
            * share
            * ((density[v1] - density[after[0]]) * g_at_2 + (density[v2] - density[after[1]]) * g_at_1)
        )
        A = v_hat[k] * (density[v1] * density[v2] - density[after[0]] * density[after[1]])
        at = (v1, v2, *after)
        assert M * moved[at] / PLANCK**2 == pytest.approx(-B, abs=1e-12)  # i hbar dg/dt = (K_2 - B) g - A
        assert M * created[at] / PLANCK**2 == pytest.approx(-A, abs=1e-12)


def test_the_rate_of_2_16_has_no_factor_of_two_and_its_density_is_on_the_diagonal_of_2_12() -> None:
    V, v_hat, f, G, kernel_of_G = two_bodies()
    distance = V[np.subtract.outer(np.arange(M), np.arange(M)) % M]
    force = distance[:, None, :] - distance[None, :, :]
    rate = _transform_of(np.einsum("azcz,acz->ac", kernel_of_G, force))  # tr_2 [V_12, G]
    for v1 in range(M):
        expected = 0.0
        for v2, k in np.ndindex(M, M):
            after = (v1 + k) % M, (v2 - k) % M
            expected -= v_hat[k] * (G[v1, v2, *after] - G[*after, v1, v2]) / PLANCK**2
        published_factor = rate[v1, v1] / PLANCK / (PLANCK / M**2 * expected)
        assert published_factor == pytest.approx(1.0, abs=1e-12)  # 2 in (2.16), 4 for 2 in (2.19)
    density = _transform_of(_kernel_of(np.diag(f)))
    assert np.diag(density) == pytest.approx(f)
    assert density[1, -1 % M] == pytest.approx(0.0, abs=1e-12)
    assert np.trace(density) == pytest.approx(M * np.trace(_kernel_of(np.diag(f))))  # L^d, for a trace of one


def test_the_kinetic_part_of_2_9_is_half_of_what_is_published() -> None:
    v1, v2, shift = np.array([0.3, -1.0]), np.array([1.2, 0.4]), np.array([0.5, 0.9])  # hbar k
    before, after = v1 @ v1 + v2 @ v2, (v1 + shift) @ (v1 + shift) + (v2 - shift) @ (v2 - shift)
    K2 = shift @ (v2 - v1 - shift)  # (2.17), which vanishes on the shell of (1.11)
    assert 0.5 * (before - after) == pytest.approx(K2)
    assert before - after != pytest.approx(K2, rel=0.5)


def test_the_laplace_transform_of_2_22_stands_under_i_over_hbar() -> None:
    # one v1, v2 and k: g'' is conj(g), and the resolvents are numbers
    hbar, tau, K, A, V = 0.7, 1.3, 0.9, 0.6, 0.8

    def g(t: float) -> complex:
        return A / K * (1.0 - np.exp(-1j * K * t / hbar))  # hbar dg/dt + i K g = i A

    # hbar N i df/dt = -V (g - conj(g)), against phi = t e^(-3t)
    left = quad(lambda t: float(-2.0 * V / hbar * g(tau * t).imag) * t * math.exp(-3.0 * t), 0.0, 30.0)[0]

    def integrand(alpha: float) -> complex:
        omega = hbar * (1j - alpha) / tau
        difference = V * A * (1.0 / (K - omega) + 1.0 / (-K - omega))
        return difference / (2.0 * math.pi * (2.0 - 1j * alpha) ** 2 * (1.0 + 1j * alpha))

    real = quad(lambda x: integrand(x).real, -np.inf, np.inf)[0]
    right = complex(real, quad(lambda x: integrand(x).imag, -np.inf, np.inf)[0])
    assert 1j / hbar * right == pytest.approx(left, abs=1e-9)
    assert right / (1j * math.pi * hbar) == pytest.approx(-left / math.pi, abs=1e-9)


def test_the_resolvent_of_a_sum_in_2_28_is_an_integral_over_both_resolvents() -> None:
    one, two, omega = 0.4, -1.1, 0.3 + 0.5j

    def integral(first: float, second: float) -> complex:
        def integrand(beta: float) -> complex:
            return 1.0 / ((first + beta - 0.5 * omega) * (second - beta - 0.5 * omega)) / (2j * math.pi)

        real = quad(lambda x: integrand(x).real, -np.inf, np.inf)[0]
        return complex(real, quad(lambda x: integrand(x).imag, -np.inf, np.inf)[0])

    assert integral(two, one) == pytest.approx(1.0 / (one + two - omega), abs=1e-7)
    assert abs(integral(two, two) - 1.0 / (one + two - omega)) > 0.1


def test_the_resolvents_of_2_29_and_2_30_have_the_dielectric_function_of_k2_minus_b() -> None:
    rng = np.random.default_rng(2)
    energy, slope, share, h = rng.normal(size=(4, 6))  # Delta E, Delta f, the weights of <.>, h
    V, omega = 0.7, 0.2 + 0.3j
    resolvent = h / (energy - omega)
    for sign in (-1.0, 1.0):  # of B in L_1, of epsilon - 1, and of what is taken from h/(Delta E - omega)
        operator = np.diag(energy) + sign * V * np.outer(slope, share)
        epsilon = 1.0 + sign * V * share @ (slope / (energy - omega))
        formula = resolvent - sign * V / epsilon * slope / (energy - omega) * (share @ resolvent)
        assert formula == pytest.approx(np.linalg.solve(operator - omega * np.eye(6), h))
        # the physical system has the sign -1: test_the_system_of_two_bodies_...
        other = np.diag(energy) - sign * V * np.outer(slope, share)
        assert formula != pytest.approx(np.linalg.solve(other - omega * np.eye(6), h), rel=0.1)


def test_the_norm_of_b_in_lemma_2_6_is_four_times_that_of_the_potential() -> None:
    # a Dirac mass for f, and one elsewhere for h: B h are four masses
    n, V = 12, 1.0
    f, g = np.zeros(n), np.zeros((n, n))
    f[5], g[1, 9] = 1.0, 1.0
    B = V * (np.outer(f - np.roll(f, -2), g.sum(axis=0)) + np.outer(g.sum(axis=1), f - np.roll(f, 2)))
    assert np.abs(B).sum() == 4.0 * V
    for d in (2, 3, 4):
        assert np.abs(B).sum() > 4.0 / (2.0 * math.pi) ** d * V


def test_the_shift_in_the_proof_of_proposition_3_1_runs_from_0_to_1() -> None:
    w, a = 0.4, 0.9
    expected = (plasma_response(w + a) - plasma_response(w)) / a

    def averaged(at: Callable[[float], float]) -> complex:
        def slope(s: float) -> complex:
            x = at(s)
            return 1.0 - x * plasma_response(x)

        return complex(quad(lambda s: slope(s).real, 0, 1)[0], quad(lambda s: slope(s).imag, 0, 1)[0])

    assert averaged(lambda s: w + s * a) == pytest.approx(expected)
    assert abs(averaged(lambda s: w - (1.0 + s) * a) - expected) > 0.1


def test_the_diffusion_matrix_of_3_6_has_an_inverse_wave_number() -> None:
    # int M(v*) delta(k.(v - v*)) dv*, the delta a narrow Gaussian
    k, w, width = 2.5, 0.8, 1e-3
    u = np.linspace(-0.01, 0.01, 4001)
    narrow = np.exp(-0.5 * (k * u / width) ** 2) / (width * math.sqrt(2.0 * math.pi))
    integral = float(np.sum(phi(w - u) * narrow) * (u[1] - u[0]))
    assert integral == pytest.approx(math.exp(-0.5 * w * w) / math.sqrt(2.0 * math.pi) / k, rel=1e-5)


@pytest.mark.parametrize(("quarter", "is_norm"), [(0.25, True), (1.0, False)])
def test_the_classical_norm_of_3_7_has_a_quarter_of_its_second_term(quarter: float, is_norm: bool) -> None:
    # ||sqrt(M)||_hbar^2 of (3.5) as hbar -> 0: grad sqrt(M) = -v sqrt(M)/2
    V, d = algebraic(1.0, 12.0), 3
    _, gram = linearised(d, 0, 1, hbar=1e-3, potential=V)

    def density(r: float) -> float:
        maxwellian = math.sqrt(2.0 / math.pi) * r * r * math.exp(-0.5 * r * r)
        return (0.25 + quarter) * maxwellian * r * r * float(diffusion(r, d=d, potential=V)[0])

    assert (gram[0, 0] == pytest.approx(quad(density, 0.0, 12.0)[0], rel=1e-5)) == is_norm


@pytest.mark.parametrize(("index", "is_whole"), [(3, True), (2, False)])
def test_the_last_part_of_the_dissipation_3_14_has_g_at_v2_prime(index: int, is_whole: bool) -> None:
    # a collision and all that are the same by symmetry: particles exchanged, before and after exchanged
    g, root = np.array([0.3, -0.7, 1.1, 0.4]), np.array([0.8, 0.5, 0.64, 0.625])  # of v1, v2, v1', v2'
    assert root[0] * root[1] == pytest.approx(root[2] * root[3])
    whole = parts = 0.0
    for order in ([0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]):
        (g1, g2, h1, h2), (r1, r2, s1, s2) = g[order], root[order]
        other = g[order][index] * (s1 if index == 3 else s2)
        whole += 0.25 * (g1 * r2 + g2 * r1 - h1 * s2 - h2 * s1) ** 2
        parts += 0.5 * ((g1 - h1) ** 2 * r2**2 + h1**2 * (r2 - s2) ** 2)  # (3.12)
        parts += (g1 - h1) * h1 * r2 * (r2 - s2)  # (3.13)
        parts += 0.5 * (g1 * r2 - h1 * s2) * (g2 * r1 - other)
    assert (parts == pytest.approx(whole, rel=1e-12)) == is_whole


def test_the_kernel_is_half_the_four_terms_of_its_proof_with_both_maxwellians_shifted() -> None:
    v1, v2, hbar, V = np.array([0.6, 0.3]), np.array([-0.2, 0.1]), 0.8, algebraic(0.5, 10.0)
    u = v1 - v2
    size, along = float(np.linalg.norm(u)), u / np.linalg.norm(u)
    across = np.array([-along[1], along[0]])

    def maxwellian(v: Array) -> Array:
        return np.exp(-0.5 * np.sum(v * v, axis=-1)) / (2.0 * math.pi)

    def weight(k: Array, v: Array) -> Array:
        length = np.linalg.norm(k, axis=-1)
        w, a = np.sum(k * v, axis=-1) / length, hbar * length
        R = [1j * math.sqrt(0.5 * math.pi) * np.conj(wofz(x / math.sqrt(2.0))) for x in (w, w + a)]
        return V(length) ** 2 / np.abs(1.0 + V(length) * (R[1] - R[0]) / a) ** 2

    angle = (np.arange(400) + 0.5) * 2.0 * math.pi / 400
    radius = 0.5 * size / hbar
    circle = radius * (-along + np.outer(np.cos(angle), along) + np.outer(np.sin(angle), across))
    y, step = np.linspace(-14.0, 14.0, 2800, retstep=True)  # 0 is none of them
    line = np.outer(y, across)
    on_circle, on_line = radius * 2.0 * math.pi / 400 / size, step / size

    both = math.sqrt(maxwellian(v1) * maxwellian(v2))
    outer = on_circle * both * (np.sum(weight(circle, v1)) + np.sum(weight(-circle, v1 + hbar * circle)))
    shifted = np.sqrt(maxwellian(v1 - hbar * line) * maxwellian(v2 - hbar * line))
    shifted_back = np.sqrt(maxwellian(v1 + hbar * line) * maxwellian(v2 + hbar * line))
    published = np.sqrt(maxwellian(v1 - hbar * line) * maxwellian(v2))
    published_back = np.sqrt(maxwellian(v1) * maxwellian(v2 + hbar * line))
    at_1, at_1_before = weight(line, v1), weight(line, v1 - hbar * line)
    constant = 2.0 / (2.0 * math.pi) ** 2 / hbar**2
    corrected = constant * (outer - on_line * np.sum(shifted * at_1_before + shifted_back * at_1))
    printed = constant * (outer - on_line * np.sum(published * at_1_before + published_back * at_1))
    found = float(kernel(v1, v2, d=2, hbar=hbar, potential=V))
    assert 0.5 * corrected == pytest.approx(found, rel=1e-6)
    assert abs(printed / found - 1.0) > 0.1
    assert abs(0.5 * printed / found - 1.0) > 0.1


def test_the_second_difference_of_3_24_is_between_velocities_a_apart() -> None:
    w, step = np.linspace(-12.0, 12.0, 4801, retstep=True)
    a = 4 * step
    g = np.exp(-0.1 * w * w) * np.cos(w + 0.3)

    def half(at: Array) -> Array:
        """[M2 - M2'] |epsilon|^-2, a function of the pair at, at + a."""
        return (phi(at + a) - phi(at)) / (1.0 + 0.3 * np.exp(-((at + 0.5 * a) ** 2)))

    after = np.exp(-0.1 * (w + a) ** 2) * np.cos(w + a + 0.3)
    left = np.sum((g**2 - after**2) * half(w))
    assert np.sum(g**2 * (half(w) - half(w - a))) == pytest.approx(left, rel=1e-9)
    # published is a first difference, as one of its brackets vanishes: its limit is infinite
    published = half(w + a)  # between w + a and w + 2 a
    assert abs(np.sum(g**2 * published)) > 5.0 * abs(left)
    slope = -w / (1.0 + 0.3 * np.exp(-(w**2))) * phi(w)  # and (3.26) is the limit of what is corrected
    assert np.sum(g**2 * np.gradient(slope, step)) == pytest.approx(left / a**2, rel=1e-2)


def test_collision_invariants_contradict_3_35_as_published() -> None:
    # g = sqrt(M): no dissipation, and pi_0 g = g has a norm
    L, gram = linearised(3, 0, 3, hbar=0.5, potential=algebraic())
    assert L[0, 0] == 0.0
    assert gram[0, 0] > 0.0
    assert L[2, 2] > 0.0  # (3.43) and (5.2) have -L g for L g: such a g would grow


def test_the_function_of_3_39_is_the_change_of_the_dielectric_function_without_its_second_shift() -> None:
    w, a = 0.4, 0.9
    difference = phi(U) - phi(U + a)
    expected = over_velocities((phi(U) - phi(U - a)) / a / (w + a - U - I0))  # (epsilon - 1)/V
    assert over_velocities(difference / a / (U - w + I0)) == pytest.approx(expected, rel=1e-10)
    assert abs(over_velocities(difference / a / (U - w - a + I0)) - expected) > 0.1


def test_the_jacobian_in_the_proof_of_proposition_3_11_has_other_powers() -> None:
    # hbar^-2 int V^2 delta(k.(v2 - v1 - hbar k)) dk in d = 3 for V^2 = exp(-|k|^2)
    hbar, u = 0.3, 1.7
    momentum = math.pi / (u * hbar**2) * (1.0 - math.exp(-((u / hbar) ** 2)))
    sphere = quad(lambda x: 2.0 * math.pi * math.exp(-0.5 * (u / hbar) ** 2 * (1.0 - x)), -1.0, 1.0)[0]
    assert 2.0**-2 * hbar**-4 * u * sphere == pytest.approx(momentum, rel=1e-10)
    assert 4.0 * hbar**2 * u * sphere != pytest.approx(momentum, rel=0.5)
