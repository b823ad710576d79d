"""The forms of (3.8) and (3.21)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import cubature

from wellposed.kinetics.lenard_balescu import algebraic, linearised
from wellposed.kinetics.lenard_balescu.dielectric_function.dielectric import dielectric
from wellposed.kinetics.lenard_balescu.experiments.norm_forms import EXPERIMENT
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.linearised_operator.comparison_forms import (
    comparison_form,
    cross_form,
    ordering_constants,
)
from wellposed.kinetics.lenard_balescu.linearised_operator.hermite import hermite_functions
from wellposed.kinetics.lenard_balescu.linearised_operator.sectors import radial_form
from wellposed.kinetics.quadrature import sphere_area


def measured(**given: object) -> dict[str, float]:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def test_hermite_functions_are_orthonormal() -> None:
    w = np.linspace(-14.0, 14.0, 400)
    values = hermite_functions(8, w)
    np.testing.assert_allclose(values @ values.T * (w[1] - w[0]), np.eye(8), atol=1e-12)


def test_radial_form_of_one_is_the_identity() -> None:
    np.testing.assert_allclose(radial_form(np.ones_like, 3, 1, 4), np.eye(4), atol=1e-12)


def _ground_state_integral(hbar: float, of_w_and_k: object, d: int) -> float:
    """``|S^(d-1)| int dk k^(d-2) V^2/hbar^2 int dw`` of a function of w and a, s = 8."""

    def integrand(x: np.ndarray) -> np.ndarray:
        w, k = x.T
        values: np.ndarray = k ** (d - 2) * 0.25 * (1.0 + k * k) ** -4.0 * of_w_and_k(w, k)  # type: ignore[operator]
        return values

    found = cubature(integrand, [-14.0, 0.0], [14.0, 60.0], rtol=1e-9, atol=1e-14, max_subdivisions=4000)
    return sphere_area(d) / hbar**2 * float(found.estimate)


def _root(w: np.ndarray) -> np.ndarray:
    values: np.ndarray = np.exp(-0.25 * w * w) / (2.0 * math.pi) ** 0.25
    return values


def test_forms_of_the_maxwellian_root_are_their_integrals() -> None:
    # g = sqrt(M) is a ground state along k, and the integral across k is one
    d, hbar, alpha, potential = 3, 0.5, 0.3, algebraic(0.5, 8.0)
    form = comparison_form(d, 0, 1, hbar=hbar, potential=potential, alpha=alpha)[0, 0]
    rest = radial_form(lambda r: 1.0 / np.sqrt(1.0 + r * r), d, 0, 1)[0, 0]
    expected = _ground_state_integral(
        hbar, lambda w, k: (_root(w) - _root(w + hbar * k)) ** 2 * np.exp(-alpha * w * w), d
    )
    assert form - rest == pytest.approx(expected, rel=1e-7)

    def cross(w: np.ndarray, k: np.ndarray) -> np.ndarray:
        before, after = _root(w), _root(w + hbar * k)
        epsilon = dielectric(k, w, hbar=hbar, potential=potential)
        values: np.ndarray = (before - after) * before * after * (after - before) / np.abs(epsilon) ** 2
        return values

    form = cross_form(d, 0, 1, hbar=hbar, potential=potential)[0, 0]
    assert form == pytest.approx(published_constant(d) * _ground_state_integral(hbar, cross, d), rel=1e-7)


def test_comparison_form_at_one_half_is_near_the_norm() -> None:
    # (3.8) for alpha = 1/2 differs from the norm by |epsilon|^-2, c_d and the potential part
    form = comparison_form(3, 0, 4, hbar=0.1, potential=algebraic(0.5, 8.0), alpha=0.5)
    _, gram = linearised(3, 0, 4, hbar=0.1, potential=algebraic(0.5, 8.0))
    assert np.all(np.linalg.eigvals(np.linalg.solve(gram, form)).real > 0.0)


@pytest.mark.parametrize("quantity", ["least", "largest"])
def test_norms_are_equivalent_uniformly_in_hbar(quantity: str) -> None:
    found = measured(quantity=quantity, alpha=0.1)
    assert abs(found["exponent"]) <= found["exponent_error"] < 0.01


def test_limit_of_the_cross_term_has_the_other_sign_than_published() -> None:
    # the limit is by quadrature of A(v), which knows nothing of the form
    found = measured(d=3, l=2)
    assert abs(found["exponent"] + 2.0) <= found["exponent_error"] < 0.05
    assert abs(found["ratio"] - 1.0) <= found["ratio_error"] < 1e-3
    assert found["printed_ratio"] == -found["ratio"]


def test_norms_are_ordered_uniformly_in_hbar() -> None:
    # by the norms themselves: no function of the sector has a greater quotient, and some have nearly that
    d, n, potential, hbar = 3, 4, algebraic(0.5, 10.0), np.array([1.0, 0.5, 0.25])
    found = ordering_constants(d, 1, n, potential, hbar)
    grams = [linearised(d, 1, n, hbar=one, potential=potential)[1] for one in hbar]
    some = np.random.default_rng(1).standard_normal((4000, n))
    norms = np.array([np.einsum("gi,ij,gj->g", some, gram, some) for gram in grams])
    quotients = np.array([(norms[0] / norms[1]).max(), (norms[:2] / norms[2]).max()])
    assert (quotients <= found * (1.0 + 1e-12)).all()
    assert (quotients >= 0.98 * found).all()
    assert abs(measured(quantity="order", d=2, l=1)["exponent"]) < 0.01
