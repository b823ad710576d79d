"""How the classical coefficients fall with |v|."""

from __future__ import annotations

import math

import pytest

from wellposed.kinetics.lenard_balescu.experiments.velocity_decay import EXPERIMENT


@pytest.mark.parametrize(("quantity", "expected"), [("A_par", -3.0), ("A_perp", -1.0), ("K0", -3.0)])
def test_exponents_are_those_of_a_slow_marginal(quantity: str, expected: float) -> None:
    # exp(-w^2/2) leaves |cos| < 1/|v|: a factor 1/|v|, and cos^2 ~ 1/|v|^2 more along v
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"quantity": quantity, "d": 4}))
    assert abs(found["exponent"] - expected) <= found["exponent_error"] < 1e-3


def test_potential_term_in_three_dimensions_falls_faster_than_any_power() -> None:
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"quantity": "K0", "d": 3}))
    assert math.isnan(found["exponent"])
