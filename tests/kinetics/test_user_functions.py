"""Functions that a user gives: what is refused, in which words, and what is evaluated."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numba import njit

from wellposed.errors import ParameterError
from wellposed.kinetics.user_functions import checked, compiled, sample

PROBES = (0.0, 1.0, 100.0)
POINTS = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0], [0.0, 3.0, 4.0], [1.0, 0.0, 0.0]])


@njit
def decaying(x: float) -> float:
    return math.exp(-x) * (1.0 + x)


@njit
def vanishing(x: float) -> float:
    return x


def accepted(function: object, *, positive: bool = False) -> object:
    return compiled(function, "f", "a number", PROBES, positive)


@pytest.mark.parametrize("shape", [(), (7,), (2, 3, 4), (0,)])
def test_sample_is_the_function_at_every_point(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(3).uniform(0.0, 5.0, shape)
    values = sample(accepted(decaying), x)
    assert values.shape == shape
    np.testing.assert_allclose(values, np.exp(-x) * (1.0 + x), rtol=1e-15)


def test_sample_follows_an_array_that_is_not_contiguous() -> None:
    x = np.arange(12.0).reshape(3, 4).T[::2]
    np.testing.assert_allclose(sample(accepted(decaying), x), np.exp(-x) * (1.0 + x), rtol=1e-15)


def test_one_function_is_compiled_once_whoever_asks() -> None:
    again = compiled(decaying, "datum", "bracket(M)", (2.0,), positive=True)
    assert again is accepted(decaying)


def test_a_function_is_probed_again_by_whoever_asks_more() -> None:
    accepted(vanishing)
    with pytest.raises(ParameterError, match=r"^Argument `f` must be finite and positive, but vanishing"):
        accepted(vanishing, positive=True)


@njit
def negative(x: float) -> float:
    return 1.0 - x


@njit
def infinite(x: float) -> float:
    return math.inf if x > 50.0 else 1.0


@njit
def undefined(x: float) -> float:
    return math.nan if x > 50.0 else 1.0


@njit
def raising(x: float) -> float:
    if x > 50.0:
        raise ValueError("too far\nfor me")
    return 1.0


@njit
def silent(x: float) -> float:
    if x > 50.0:
        raise ValueError
    return 1.0


@njit
def of_two(x: float, y: float) -> float:
    return x + y


@pytest.mark.parametrize(
    ("function", "match"),
    [
        (lambda x: x, r"`f` must be a number or a function compiled by numba.njit, but is <function"),
        (3.0, r"`f` must be a number or a function compiled by numba.njit, but is 3.0\.$"),
        (negative, r"`f` must be finite and not negative, but negative\(100\) is -99\.$"),
        (infinite, r"`f` must be finite and not negative, but infinite\(100\) is inf\.$"),
        (undefined, r"`f` must be finite and not negative, but undefined\(100\) is nan\.$"),
        (raising, r"`f` must take one float .*, but raising\(100\) raises ValueError: too far$"),
        (silent, r"`f` must take one float .*, but silent\(100\) raises ValueError: $"),
        (of_two, r"`f` must take one float and return one float, but of_two\(0\) raises TypeError: "),
    ],
)
def test_what_is_no_function_of_one_float_is_refused_in_words(function: object, match: str) -> None:
    with pytest.raises(ParameterError, match=match):
        accepted(function)


def looked_at(function: Callable[[np.ndarray], object]) -> Callable[[np.ndarray], np.ndarray]:
    return checked(function, "g", "a number or a function of an array (..., 3)", "k", POINTS)


def test_checked_function_is_the_function() -> None:
    g = looked_at(lambda k: (k**2).sum(axis=1))
    np.testing.assert_array_equal(g(POINTS), [0.0, 9.0, 25.0, 1.0])


@pytest.mark.parametrize(
    ("function", "match"),
    [
        (
            lambda k: k,
            r"return one number for each k, but returns an array \(4, 3\) of float64",
        ),
        (lambda k: k.sum(axis=0), r"one number for each k, but returns an array \(3,\) of float64 for 4"),
        (lambda k: [str(one) for one in k], "one number for each k, but returns an array .* of <U"),
        (lambda k: 1.0 / k.sum(axis=1), r"`g` must be finite everywhere, but is inf at \[0. 0. 0.\]"),
        (lambda k: k["x"], r"`g` must be a number or a function of an array .*, but raises IndexError: "),
        (lambda k: 1 // 0, "but raises ZeroDivisionError: "),
    ],
)
def test_what_is_no_function_of_points_is_refused_in_words(
    function: Callable[[np.ndarray], object], match: str
) -> None:
    with np.errstate(divide="ignore"), pytest.raises(ParameterError, match=match):
        looked_at(function)


def test_checked_function_is_looked_at_beyond_its_trial() -> None:
    g = looked_at(lambda k: np.where(np.linalg.norm(k, axis=1) < 50.0, 1.0, np.nan))
    assert g(POINTS).sum() == 4.0
    with pytest.raises(ParameterError, match="`g` must be finite everywhere, but is nan at"):
        g(100.0 * POINTS)
