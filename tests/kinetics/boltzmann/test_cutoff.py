"""The cutoff of the construction, its transforms, and their quadrature."""

from __future__ import annotations

import json
from pathlib import Path

import mpmath
import numpy as np
import pytest

from wellposed.kinetics.boltzmann.norms import cutoff

CLOSED_FORMS = json.loads((Path(__file__).parents[2] / "reference" / "boltzmann.json").read_text())[
    "closed_forms"
]


def exact_chi(r: mpmath.mpf) -> mpmath.mpf:
    if r <= 1:
        return mpmath.mpf(1)
    return mpmath.mpf(0) if r >= 2 else 1 / (1 + mpmath.exp(1 / (2 - r) - 1 / (r - 1)))


def test_cutoff_is_as_specified() -> None:
    r = np.concatenate([np.linspace(0.0, 2.5, 301), [1.0 + 1e-9, 2.0 - 1e-9]])
    expected = [float(exact_chi(mpmath.mpf(x))) for x in r.tolist()]
    np.testing.assert_allclose(cutoff.chi_at(r), expected, rtol=1e-12, atol=1e-300)
    np.testing.assert_array_equal(cutoff.chi_at(-r), cutoff.chi_at(r))


def test_slope_is_the_derivative_and_steepest_in_the_middle() -> None:
    r = np.linspace(1.02, 1.98, 97)
    numerical = [float(mpmath.diff(exact_chi, mpmath.mpf(x))) for x in r.tolist()]
    np.testing.assert_allclose(cutoff.chi_slope_at(r), numerical, rtol=1e-8, atol=1e-12)
    assert cutoff.chi_slope(1.5) == -cutoff.STEEPEST == -CLOSED_FORMS["max|chi'|"]
    assert np.all(np.abs(cutoff.chi_slope_at(np.linspace(0.0, 3.0, 10_001))) <= cutoff.STEEPEST)


def test_integrals_of_the_cutoff_are_those_of_the_reference() -> None:
    assert cutoff.chi_integral(1) == pytest.approx(CLOSED_FORMS["int chi on R"], rel=1e-14)
    assert cutoff.chi_integral(1, 2.0) == pytest.approx(CLOSED_FORMS["int chi^2 on R"], rel=1e-14)
    assert cutoff.chi_integral(2) == pytest.approx(CLOSED_FORMS["int chi(|y|) on R^2"], rel=1e-14)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_transform_agrees_with_adaptive_quadrature(d: int) -> None:
    # int exp(-i k.x) over a sphere of radius r: 2 cos, 2 pi r J_0, 4 pi r sin(kr)/k, by mpmath's quadrature
    k, _ = cutoff.wavenumbers(d)
    found = cutoff.transform_matrix(d) @ cutoff.chi_at(cutoff.radial_rule(cutoff.RADIAL)[0])
    for index in (0, np.searchsorted(k, 0.9), np.searchsorted(k, 7.0), np.searchsorted(k, 23.0)):
        q = mpmath.mpf(float(k[index]))
        wave = {
            1: lambda r, q=q: 2 * mpmath.cos(q * r),
            2: lambda r, q=q: 2 * mpmath.pi * r * mpmath.besselj(0, q * r),
            3: lambda r, q=q: 4 * mpmath.pi * r * mpmath.sin(q * r) / q,
        }[d]
        exact = mpmath.quad(
            lambda r, wave=wave: exact_chi(r) * wave(r), [0, 0.5, *[1 + mpmath.mpf(j) / 8 for j in range(9)]]
        )
        assert found[index] == pytest.approx(float(exact), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_spectrum_sums_up_to_the_square_integral(d: int) -> None:
    # Parseval
    _, mass = cutoff.chi_spectrum(d)
    assert mass.sum() == pytest.approx(cutoff.chi_integral(d, 2.0), rel=1e-13)
    k, coarse = cutoff.chi_spectrum(d, 0)
    assert coarse.sum() == pytest.approx(cutoff.chi_integral(d, 2.0), rel=1e-8)
    assert k.size < cutoff.chi_spectrum(d)[0].size


def test_gauss_rule_is_exact_to_its_degree() -> None:
    x, w = cutoff.radial_rule()
    nodes, weights = cutoff.gauss(x, w * cutoff.chi_at(x), 6)
    for degree in range(12):
        assert weights @ nodes**degree == pytest.approx(np.sum(w * cutoff.chi_at(x) * x**degree), rel=1e-12)
    assert weights @ nodes**12 != pytest.approx(np.sum(w * cutoff.chi_at(x) * x**12), rel=1e-12)
