"""The linearised operator and its norm in angular sectors.

Reference values: derived independently from the variance formula with four-dimensional quadrature, see
tests/reference/lenard_balescu.json, "spec".
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from scipy.special import gammaln

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu import algebraic, custom, gaussian, kernel_form, linearised, yukawa
from wellposed.kinetics.lenard_balescu.collision_operator.sigma_form import quartic_form
from wellposed.kinetics.lenard_balescu.linearised_operator.forms import dissipation_constant, null_space

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "lenard_balescu.json").read_text())
POTENTIALS = {
    "alg s=10 kappa=0.5": algebraic(0.5, 10.0),
    "gauss kappa=0.5": gaussian(0.5),
    "yukawa(alg s=4) kappa=0.5": yukawa(0.5),
}


def polynomial(name: str, d: int) -> tuple[int, np.ndarray]:
    """Sector and coefficients, in the normalised basis, of the reference's four functions p."""

    def norm(i: int, alpha: float) -> float:
        return math.exp(0.5 * (gammaln(i + alpha + 1.0) - gammaln(i + 1.0) - gammaln(alpha + 1.0)))

    alpha = 0.5 * d - 1.0
    match name:
        case "A":  # |v|^4 = 4 t^2 = 8 L_2 - 8 (alpha + 2) L_1 + ...
            first = [4.0 * (alpha + 1.0) * (alpha + 2.0), -8.0 * (alpha + 2.0), 8.0]
            return 0, np.array([c * norm(i, alpha) for i, c in enumerate(first)])
        case "B":
            return 2, np.ones(1)
        case "C":  # exp(-t/2), by the generating function at 1/3
            return 0, np.array([(2 / 3) ** (alpha + 1.0) * 3.0**-i * norm(i, alpha) for i in range(22)])
    # v1 |v|^2 = v1 (d + 2 - 2 L_1)
    return 1, np.array([d + 2.0, -2.0 * norm(1, 0.5 * d)])


@pytest.mark.parametrize(
    "entry", REFERENCE["quadform"], ids=lambda e: f"{e['pot']}-{e['d']}{e['p']}-{e['hb']}"
)
def test_quadratic_forms_agree_with_the_reference(entry: dict) -> None:
    sector, c = polynomial(entry["p"], entry["d"])
    L, _ = linearised(entry["d"], sector, c.size, hbar=entry["hb"], potential=POTENTIALS[entry["pot"]])
    assert c @ L @ c == pytest.approx(entry["value"], rel=1e-10)


@pytest.mark.parametrize("entry", REFERENCE["Lmatrix"], ids=lambda e: f"d={e['d']}")
def test_matrices_agree_with_the_reference(entry: dict) -> None:
    L, gram = linearised(entry["d"], entry["l"], entry["N"], hbar=entry["hb"], potential=algebraic())
    np.testing.assert_allclose(L, entry["L"], rtol=1e-10, atol=1e-17)
    np.testing.assert_allclose(gram, entry["G"], rtol=1e-10)


@pytest.mark.parametrize("hbar", [0.0, 0.01, 2.0])
@pytest.mark.parametrize("d", [2, 5])
@pytest.mark.parametrize("sector", [0, 1, 2, 3])
def test_operator_is_symmetric_and_positive_with_an_exact_null_space(
    d: int, sector: int, hbar: float
) -> None:
    L, gram = linearised(d, sector, 10, hbar=hbar, potential=algebraic(2.0, 8.0))
    invariant = null_space(sector)
    assert not L[:invariant].any()
    assert not L[:, :invariant].any()
    np.testing.assert_allclose(L, L.T, rtol=0.0, atol=1e-18)
    assert np.linalg.eigvalsh(L[invariant:, invariant:])[0] > 0.0
    assert np.linalg.eigvalsh(gram)[0] > 0.0


def test_finite_hbar_tends_to_the_classical_operator_quadratically() -> None:
    # s > d + 3: the expansion in the divided differences is in hbar^2
    classical, norm = linearised(3, 1, 6, hbar=0.0, potential=algebraic())
    away = []
    for hbar in (0.04, 0.02):
        L, gram = linearised(3, 1, 6, hbar=hbar, potential=algebraic())
        away.append([np.abs(L - classical).max(), np.abs(gram - norm).max()])
    np.testing.assert_allclose(np.log2(np.divide(*away)), 2.0, atol=0.05)


@pytest.mark.parametrize(("hbar", "kappa"), [(0.0, 0.5), (0.3, 0.5), (0.1, 5.0)])
def test_error_falls_under_refinement(hbar: float, kappa: float) -> None:
    once, gram = linearised(2, 2, 7, hbar=hbar, potential=algebraic(kappa, 6.0))
    twice, gram_twice = linearised(2, 2, 7, hbar=hbar, potential=algebraic(kappa, 6.0), refinement=2.0)
    np.testing.assert_allclose(once, twice, rtol=1e-11)
    np.testing.assert_allclose(gram, gram_twice, rtol=1e-11)


def test_slow_decay_of_the_potential_is_summed_to_the_end() -> None:
    # int k^3 (1 + k^2)^(-s/2) dk = 1/((s - 2)(s - 4)), s = 4.2; unscreened, sector 2: v1 v2, whose form is
    # c/2 |S^2| int k^3 V^2 dk/(2 sqrt(pi)) times the mean of 2 (k1^2 k2^2)-type terms, here 2/15 + 1/5 - 1/15
    s = 4.2
    L, _ = linearised(3, 2, 1, hbar=0.0, potential=algebraic(1.0, s), screened=False)
    other, _ = linearised(3, 2, 1, hbar=0.0, potential=algebraic(1.0, 10.0), screened=False)
    expected = (10.0 - 2.0) * (10.0 - 4.0) / ((s - 2.0) * (s - 4.0))
    assert L[0, 0] / other[0, 0] == pytest.approx(expected, rel=1e-12)


@njit
def screened_coulomb(k: float) -> float:
    return 0.5 / (1.0 + k * k)


def test_a_function_is_the_potential_it_is_also_in_its_tail() -> None:
    for one, other in zip(
        linearised(3, 1, 3, hbar=0.5, potential=custom(screened_coulomb)),
        linearised(3, 1, 3, hbar=0.5, potential=yukawa(0.5)),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12)
    with pytest.raises(Unresolved, match="decays faster"):
        linearised(3, 1, 3, hbar=0.0, potential=custom(screened_coulomb))


def test_dissipation_constant_is_converged_and_below_one_half() -> None:
    # the diagonal part of the form is half the norm, and the rest is compact
    constants = [dissipation_constant(3, 2, n, hbar=0.1, potential=algebraic()) for n in (8, 12, 16)]
    assert constants[0] >= constants[1] >= constants[2] > 0.0
    assert constants[2] < 0.5
    assert constants[1] == pytest.approx(constants[2], rel=1e-6)


def test_kernel_form_is_what_is_missing_from_half_the_diagonal() -> None:
    # -K is positive, and L + (-K) >= L >= 0: it is the diagonal part E[(Delta p)^2]
    L, _ = linearised(3, 0, 8, hbar=0.2, potential=algebraic())
    K = kernel_form(3, 0, 8, hbar=0.2, potential=algebraic())
    assert np.linalg.eigvalsh(-K)[0] > -1e-18
    assert np.linalg.eigvalsh(L - K)[0] > -1e-18
    # of mass and energy the diagonal part is the mean's alone: L vanishes, K does not
    assert K[1, 1] < -1e-6


def test_norm_is_infinite_where_the_rate_of_grazing_collisions_is() -> None:
    L, gram = linearised(5, 0, 3, hbar=1.0, potential=yukawa())
    assert np.all(np.isfinite(L))
    assert np.all(np.isinf(gram))
    with pytest.raises(Unresolved, match="s <= d - 1 = 4"):
        dissipation_constant(5, 0, 3, hbar=1.0, potential=yukawa())


def test_what_is_not_allowed_is_refused() -> None:
    with pytest.raises(ParameterError, match="`hbar` must be"):
        linearised(3, 0, 4, hbar=-0.1, potential=algebraic())
    with pytest.raises(ParameterError, match="`d` must be"):
        linearised(6, 0, 4, hbar=0.1, potential=algebraic())
    with pytest.raises(ParameterError, match="`l` must be"):
        linearised(3, 4, 4, hbar=0.1, potential=algebraic())
    with pytest.raises(ParameterError, match="`potential` must be"):
        linearised(3, 0, 4, hbar=0.1, potential=0.5)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="`n` must be above 2"):
        dissipation_constant(3, 0, 2, hbar=0.1, potential=algebraic())
    with pytest.raises(Unresolved, match="diverges"):
        linearised(3, 0, 4, hbar=0.0, potential=yukawa())


def test_form_of_a_potential_that_hardly_decays_is_that_of_the_boltzmann_kernel() -> None:
    # without screening; the norm is infinite then, the form is not
    L, _ = linearised(5, 0, 3, hbar=0.5, potential=algebraic(0.5, 1.0), screened=False)
    scale = 8.0**2 * 0.5 * 2.5 * 3.5  # |v|^4 = 4 t^2 = 8 L_2 + ..., and L_2 has the norm binom(7/2, 2)
    assert scale * L[2, 2] == pytest.approx(quartic_form(5, 0.5, algebraic(0.5, 1.0)), rel=1e-10)
