"""The dielectric function at complex velocities, and its root, against tables and extended precision."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import Potential, algebraic, dielectric, gaussian, plasma_wave
from wellposed.kinetics.lenard_balescu.dielectric_function.complex_velocities import complex_response


def of_strength(V: float) -> Potential:
    """Returns a potential with ``V(1) = V``."""
    return algebraic(2.0 * V, 4.0)


def exact_response(z: mpmath.mpc) -> mpmath.mpc:
    """Returns R(z) by the error function, not Faddeeva's: ``i sqrt(pi/2) exp(-z^2/2) erfc(i z/sqrt(2))``."""
    return 1j * mpmath.sqrt(mpmath.pi / 2) * mpmath.exp(-z * z / 2) * mpmath.erfc(1j * z / mpmath.sqrt(2))


def exact_epsilon(V: float, w: complex, a: float) -> mpmath.mpc:
    z = mpmath.mpc(w)
    if a == 0.0:
        return 1 + V * (1 - z * exact_response(z))
    return 1 + V * (exact_response(z + a) - exact_response(z)) / a


# Z and Z' as PlasmaPy documents them (plasma_dispersion_func and plasma_dispersion_func_deriv)
@pytest.mark.parametrize(
    ("zeta", "Z", "derivative"),
    [
        (0j, 1.7724538509055159j, -2.0),
        (1j, 0.757872156141312j, -0.48425568771737604),
        (
            -1.52 + 0.47j,
            0.6088888957234254 + 0.33494583882874024j,
            0.16587133149822897 + 0.44587978805935047j,
        ),
    ],
)
def test_the_plasma_dispersion_function_is_that_of_plasmapy(
    zeta: complex, Z: complex, derivative: complex
) -> None:
    w = -math.sqrt(2.0) * zeta
    assert abs(math.sqrt(2.0) * complex_response(np.array(w)) - Z) <= 1e-14
    # epsilon = 1 - V Z'/2 in textbooks, at the conjugate
    found = dielectric(1.0, w, hbar=0.0, potential=of_strength(0.5))
    assert abs(found - (1.0 - 0.25 * derivative)) <= 1e-14


def test_below_the_real_line_it_is_the_integral_itself() -> None:
    # (1.19) by quadrature of the Maxwellian's derivative over the pole's distance
    for w in (0.4 - 0.3j, -2.0 - 1.0j, 5.0 - 0.7j):
        integral = mpmath.quad(
            lambda u, w=w: -u * mpmath.npdf(u) / (mpmath.mpc(w) - u), [-12, -3, 0, w.real, 12]
        )
        found = dielectric(1.0, w, hbar=0.0, potential=of_strength(3.0))
        assert abs(found - complex(1 + 3.0 * integral)) <= 1e-12


@pytest.mark.parametrize("a", [0.0, 1e-9, 1e-3, 0.499, 0.501, 3.0, 40.0])
@pytest.mark.parametrize("w", [0.3 - 0.2j, 0.3 + 0.2j, -4.0 + 2.5j, 12.0 - 6.0j, 1.0 + 8.0j, -3.0 - 30.0j])
def test_complex_velocities_in_extended_precision(a: float, w: complex) -> None:
    with mpmath.workdps(60):
        expected = complex(exact_epsilon(2.0, w, a))
        size = float(abs(exact_response(mpmath.mpc(w))))
    found = complex(dielectric(1.0, w, hbar=a, potential=of_strength(2.0)))
    assert abs(found - expected) <= 2e-13 * max(1.0, abs(w) ** 2 * size)


@pytest.mark.parametrize("hbar", [0.0, 1e-6, 0.3, 5.0])
def test_complex_velocities_on_the_real_line_give_what_real_ones_do(hbar: float) -> None:
    k, w = np.array([0.2, 1.0, 3.0])[:, None], np.linspace(-9.0, 9.0, 37)
    real = dielectric(k, w, hbar=hbar, potential=gaussian(2.0))
    for edge in (w + 0j, w - 1e-15j):
        found = dielectric(k, edge, hbar=hbar, potential=gaussian(2.0))
        np.testing.assert_allclose(found, real, rtol=0.0, atol=1e-13)


# omega/omega_p and gamma/omega_p at k lambda_D: J. Canosa, J. Comput. Phys. 13 (1973) 158-160
@pytest.mark.parametrize(
    ("k_debye", "frequency", "damping"),
    [(0.3, 1.1598, 0.0126), (0.4, 1.2850, 0.0661), (0.5, 1.4156, 0.1533), (1.0, 2.0459, 0.8513)],
)
def test_landau_damping_is_that_of_published_tables(k_debye: float, frequency: float, damping: float) -> None:
    omega = plasma_wave(1.0, hbar=0.0, potential=of_strength(k_debye**-2.0)) * k_debye
    assert omega.real == pytest.approx(frequency, abs=1.1e-4)
    assert -omega.imag == pytest.approx(damping, abs=1.1e-4)


@pytest.mark.parametrize(
    ("V", "a"), [(100.0, 0.0), (4.0, 0.0), (4.0, 2.0), (0.01, 5.0), (1e-3, 0.5), (1e-4, 30.0), (1e3, 1.0)]
)
def test_plasma_wave_in_extended_precision(V: float, a: float) -> None:
    omega = plasma_wave(1.0, hbar=a, potential=of_strength(V))
    with mpmath.workdps(260):  # the damping at V = 1000 is 1e-207

        def epsilon(u: mpmath.mpc) -> mpmath.mpc:
            return mpmath.conj(exact_epsilon(V, mpmath.conj(u) - mpmath.mpf(a) / 2, a))

        root = complex(mpmath.findroot(epsilon, mpmath.mpc(omega)))
    assert abs(omega - root) <= 1e-14 * (1.0 + V) * abs(root)
    assert omega.imag == pytest.approx(root.imag, rel=1e-14 * (1.0 + V * V), abs=0.0)


def test_plasma_wave_is_that_of_bohm_and_gross_with_quantum_recoil_for_strong_potentials() -> None:
    # omega^2 = k^2 V + 3 k^2 + hbar^2 k^4/4, and 15 k^2/V - 9 k^2/V of the next order
    for hbar in (0.0, 0.5, 4.0):
        off = [
            plasma_wave(1.0, hbar=hbar, potential=of_strength(V)).real ** 2 - V - 3.0 - 0.25 * hbar**2
            for V in (1e3, 2e3)
        ]
        assert off[0] / off[1] == pytest.approx(2.0, rel=0.02)


@pytest.mark.parametrize(("V", "a"), [(4.0, 0.0), (0.1, 0.0), (1.0, 1.0), (0.01, 3.0)])
def test_no_wave_is_damped_less_than_the_plasma_wave(V: float, a: float) -> None:
    omega = plasma_wave(1.0, hbar=a, potential=of_strength(V))
    assert _roots(V, a, 1.02 * omega.imag, 0.0) == 2  # it and its mirror image
    assert _roots(V, a, 0.98 * omega.imag, 0.0) == 0


@pytest.mark.parametrize(("V", "a"), [(0.5, 0.0), (5.0, 0.0), (5.0, 1.0)])
def test_the_half_plane_of_growing_waves_has_no_root_and_its_least_epsilon_on_its_edge(
    V: float, a: float
) -> None:
    # (3.1) for Im omega > 0; the half plane beyond |w| = 30, where |epsilon - 1| < 0.01, is left out
    assert _roots(V, a, 0.0, 30.0) == 0
    w = np.linspace(-30.0, 30.0, 6001) - 0.5 * a
    depths = np.linspace(0.0, 30.0, 31)[:, None]
    sizes = np.abs(dielectric(1.0, w - 1j * depths, hbar=a, potential=of_strength(V)))
    assert np.argmin(np.min(sizes, axis=1)) == 0
    assert np.max(sizes) <= 1.0 + V


def _roots(V: float, a: float, low: float, high: float) -> int:
    """Returns the number of roots with ``low < Im omega < high``, ``|Re omega| < 30``: argument principle."""
    corners = np.array([30.0 + 1j * low, 30.0 + 1j * high, -30.0 + 1j * high, -30.0 + 1j * low])
    sides = np.linspace(corners, np.roll(corners, -1), 40000, endpoint=False).T.ravel()
    path = np.append(sides, corners[0])
    values = dielectric(1.0, np.conj(path) - 0.5 * a, hbar=a, potential=of_strength(V)).conj()
    steps = np.angle(values[1:] / values[:-1])
    assert np.max(np.abs(steps)) < 1.0
    return round(float(np.sum(steps)) / (2.0 * math.pi))


def test_bad_input_is_refused() -> None:
    good = {"hbar": 0.5, "potential": gaussian(1.0)}
    with pytest.raises(ParameterError, match="`w` must be real where `marginal` is given, but is complex"):
        dielectric(1.0, 1j, marginal=[1.0], **good)
    with pytest.raises(ParameterError, match="`w` must be an array of numbers, but is 'a'"):
        dielectric(1.0, "a", **good)
    with pytest.raises(ParameterError, match="`w` must be finite"):
        dielectric(1.0, complex(1.0, math.inf), **good)
    with pytest.raises(Unresolved, match=r"at w = 0\+40j is too large .* below about 37"):
        dielectric(1.0, [0.0, 40j], **good)
    for k in (0.0, -1.0, math.nan, math.inf, True, "a"):
        with pytest.raises(ParameterError, match="`k` must be a positive finite number, but is"):
            plasma_wave(k, **good)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="`hbar` must be"):
        plasma_wave(1.0, hbar=-1.0, potential=gaussian(1.0))
    with pytest.raises(Unresolved, match="potential at k = 100 is zero"):
        plasma_wave(100.0, **good)


def test_a_wave_so_long_that_round_off_exceeds_its_damping_is_unresolved() -> None:
    with pytest.raises(Unresolved, match="was lost at V"):
        plasma_wave(1.0, hbar=0.0, potential=of_strength(2e5))
