"""Arrays that are no arrays of real numbers."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu import algebraic, collision, dielectric, evolve, kernel
from wellposed.kinetics.lenard_balescu.arguments import real_array


@pytest.mark.parametrize("given", [["a"], "a", 1j, [[1.0, 2.0], [3.0]], None, [True]])
def test_what_is_no_array_of_real_numbers_is_refused_by_name(given: object) -> None:
    with pytest.raises(ParameterError, match="`x` must be an array of real numbers"):
        real_array(given, "x")


def test_integers_are_real_numbers() -> None:
    found = real_array([[1, 2]], "x")
    assert found.dtype == np.float64
    assert found.shape == (1, 2)


def test_public_functions_refuse_them() -> None:
    good = {"hbar": 0.5, "potential": algebraic()}
    for call in (
        lambda: dielectric(1.0, "fast", **good),
        lambda: collision([1.0, 0.1j], 1.0, d=3, **good),
        lambda: kernel([0.0, 0.0, 1j], [0.0, 0.0, 1.0], d=3, **good),
        lambda: evolve([1.0, 0.0, 0.1], ["now"], d=3, **good),
    ):
        with pytest.raises(ParameterError, match=r"array of (real )?numbers"):
            call()
