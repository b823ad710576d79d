"""Suprema of scans: a place, a limit, infinity, or not known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.wave.outward_supremum import outward_supremum

SCALES = 2.0 ** np.arange(24)


def supremum(profile: np.ndarray) -> tuple[float, float]:
    error = 1e-12 * profile
    found = outward_supremum(profile, error, growth_exponent(SCALES, profile, error))
    return found.value, found.error


def test_a_profile_that_falls_in_the_end_has_its_supremum_inside() -> None:
    assert supremum(SCALES / (1.0 + SCALES) ** 1.5) == pytest.approx((math.sqrt(4.0 / 27.0), 0.0), abs=1e-2)


def test_a_profile_that_rises_to_a_limit_has_that_as_its_supremum() -> None:
    value, error = supremum(2.0 - SCALES**-0.5)
    assert abs(value - 2.0) <= error < 1e-6


def test_a_profile_that_grows_has_none() -> None:
    assert supremum(SCALES**0.1)[0] == math.inf


def test_a_supremum_inside_is_not_known_where_the_profile_may_grow_again() -> None:
    # x^0.25 overtakes what falls only beyond the scan, and the last slopes have no limit
    profile = SCALES**-0.5 + 1e-7 * SCALES**0.25
    value, error = supremum(profile)
    assert value == profile[0]
    assert math.isinf(error)
