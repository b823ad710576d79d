"""How the kernel grows as hbar -> 0."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.kinetics.lenard_balescu.experiments.kernel import EXPERIMENT


def grown(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize(
    ("d", "screening", "speed", "expected"),
    [
        # near the diagonal K is homogeneous of degree -3 in v1 - v2, cut off at hbar: hbar^(d-3)
        (2, "dynamical", 1.0, 1.0),
        (2, "none", 0.0, 1.0),
        # its coefficient for d = 3, (d - 3)/2 + what depends on the direction through epsilon alone,
        # vanishes without screening and at rest
        (3, "dynamical", 1.0, 0.0),
        (3, "none", 1.0, -1.5),
        (3, "dynamical", 0.0, -1.5),
        # for d > 3 the correction hbar^2 to K_0 is left
        (4, "none", 1.0, -2.0),
        (5, "none", 0.0, -2.0),
    ],
)
def test_schur_integral_diverges_below_three_and_is_logarithmic_at_three_with_screening(
    d: int, screening: str, speed: float, expected: float
) -> None:
    found = grown(d=d, screening=screening, quantity="schur", speed=speed)
    # eleven slopes that creep as 1/ln(1/hbar) tell a logarithm from a power, and not which
    assert found["growth_exponent_error"] < 0.4
    assert abs(found["growth_exponent"] - expected) <= found["growth_exponent_error"] + 1e-9


@pytest.mark.slow
@pytest.mark.parametrize(("d", "expected"), [(2, 1.0), (3, -1.0)])
def test_norm_of_the_operator_is_bounded_in_dimension_three(d: int, expected: float) -> None:
    # the symbol is of order |xi|^(3-d): what Schur's test loses is the mean over directions
    found = grown(d=d, quantity="norm")
    assert abs(found["growth_exponent"] - expected) <= found["growth_exponent_error"] < 0.05


@pytest.mark.parametrize("s", [3.0, 3.7])
def test_slowly_decaying_potential_makes_everything_grow(s: float) -> None:
    # s < d + 1: int k^d V^2 dk diverges, cut off at k ~ 1/hbar
    found = grown(d=3, s=s, screening="none", quantity="schur")
    assert abs(found["growth_exponent"] - (4.0 - s)) <= found["growth_exponent_error"] < 0.05


@pytest.mark.slow
def test_supremum_over_speeds_is_logarithmic_at_three_though_rest_is_still_the_largest() -> None:
    found = grown(d=3, quantity="schur_supremum")
    assert abs(found["growth_exponent"]) <= found["growth_exponent_error"] < 0.2
    assert np.all(np.diff(found["profile"][:6]) > 0.0)
