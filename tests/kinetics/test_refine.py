"""Laws of refinement: what it changes is the error, and Aitken's rule has geometric differences exactly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellposed.kinetics.refine import ROUND_OFF, aitken, limit, refined

numbers = st.floats(-1e6, 1e6)


@given(numbers, numbers, numbers)
def test_value_is_the_finest_level_and_error_what_the_last_refinement_changed(
    first: float, coarse: float, fine: float
) -> None:
    value, error = refined((first, coarse, fine), round_off=0.0)
    assert value == fine
    assert error == abs(fine - coarse)


def test_levels_that_agree_are_not_trusted_beyond_round_off() -> None:
    assert refined((-2.0, -2.0))[1] == 2.0 * ROUND_OFF
    assert refined((-2.0, -2.0), round_off=1e-8)[1] == 2e-8


def test_what_cancels_has_a_round_off_of_its_own() -> None:
    value, error = refined(np.ones((2, 3)), round_off=[0.0, 1e-8, 1e-4])
    np.testing.assert_array_equal(value, np.ones(3))
    np.testing.assert_array_equal(error, [0.0, 1e-8, 1e-4])


def test_error_of_a_complex_number_is_real_and_sees_its_phase() -> None:
    value, error = refined((1.0 + 0.0j, 0.0 + 1.0j), round_off=0.0)
    assert value == 1j
    assert error.dtype == np.float64
    assert error == pytest.approx(math.sqrt(2.0))


def test_levels_of_the_trapezoidal_rule_enclose_the_integral() -> None:
    # int_0^1 e^x dx = e - 1; the error of the rule falls by four, so it is less than the last change
    levels = [np.trapezoid(np.exp(np.linspace(0.0, 1.0, 2**j + 1)), dx=0.5**j) for j in (3, 4, 5)]
    value, error = refined(levels)
    assert 0.0 < abs(float(value) - (math.e - 1.0)) < float(error) < 1e-3


def test_infinite_levels_make_no_warning() -> None:
    # filterwarnings = error
    value, error = refined((math.inf, math.inf))
    assert value == math.inf
    assert np.isnan(error)
    assert refined((1.0, math.inf))[1] == math.inf


def test_one_level_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 levels, but has 1"):
        refined((1.0,))


@given(
    limit=st.floats(-100.0, 100.0),
    size=st.floats(0.1, 10.0),
    ratio=st.floats(-0.9, 0.9).filter(lambda ratio: abs(ratio) > 1e-3),
)
def test_aitken_has_the_limit_of_a_geometric_sequence(limit: float, size: float, ratio: float) -> None:
    members = [limit + size * ratio**j for j in range(5)]
    assert aitken(members) == pytest.approx(limit, abs=1e-9)


def test_aitken_looks_at_the_last_three_members() -> None:
    assert aitken([1e9, -7.0, 4.0, 2.0, 1.0]) == 0.0


def test_aitken_takes_the_last_member_where_differences_are_equal() -> None:
    assert aitken([2.0, 2.0, 2.0]) == 2.0
    assert aitken([1.0, 2.0, 3.0]) == 3.0


@given(
    end=st.floats(1.0, 100.0),
    size=st.floats(-10.0, 10.0),
    rate=st.floats(0.1, 3.0),
    second=st.floats(-5.0, 5.0),
)
def test_limit_is_enclosed_where_powers_of_the_variable_are_left(
    end: float, size: float, rate: float, second: float
) -> None:
    x = 2.0 ** np.arange(20)
    value, error = limit((end + size * x**-rate * (1.0 + second / x)).tolist())
    assert abs(value - end) <= error


@given(
    end=st.floats(-10.0, 10.0),
    size=st.floats(-10.0, 10.0),
    rate=st.floats(1.0, 4.0),
    noise=st.floats(1e-9, 1e-2),
    signs=st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=7, max_size=7),
)
def test_limit_is_enclosed_where_members_have_errors(
    end: float, size: float, rate: float, noise: float, signs: list[float]
) -> None:
    """It had no error but that of the last member, and Aitken's rule makes more of each."""
    x = 2.0 ** np.arange(7)
    value, error = limit((end + size * x**-rate + noise * np.array(signs)).tolist(), noise=noise)
    if np.isfinite(value):
        assert abs(value - end) <= error


def test_limit_of_what_no_longer_changes_is_its_last_member_and_of_what_grows_none() -> None:
    value, error = limit([1.0, 2.0, 3.0, 3.0, 3.0, 3.0])
    assert (value, error) == (3.0, 3.0 * ROUND_OFF)
    value, error = limit([1.0, 2.0, 4.0, 8.0])
    assert math.isinf(value)
    assert math.isnan(error)
