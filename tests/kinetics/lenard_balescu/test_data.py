"""Radial data whose least value is known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.distributions.data import refuse_negative, smallest_value


@pytest.mark.parametrize("c", [0.12, 0.5])
def test_least_value_of_two_coefficients_is_the_exact_one(c: float) -> None:
    # exp(-x) (1 + c (1 - x)) in d = 2 is least at x = 2 + 1/c, and largest at 0
    expected = -c * math.exp(-2.0 - 1.0 / c) / (1.0 + c)
    assert smallest_value(np.array([1.0, c]), 2) == pytest.approx(expected, rel=1e-2)


def test_only_what_truncation_explains_may_be_negative() -> None:
    refuse_negative(np.array([1.0, 0.1]), 2, "f")  # -6e-7 of the maximum
    with pytest.raises(ParameterError, match=r"`f` must be .* least value is -3\.\d*e-06 times"):
        refuse_negative(np.array([1.0, 0.12]), 2, "f")
