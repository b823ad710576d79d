"""Growth exponents of sequences whose exponent is known."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wellposed.kinetics.exponent import growth_exponent

_FILE = Path(__file__).parents[2] / "benchmarks" / "exponents.py"
_SPEC = importlib.util.spec_from_file_location("benchmark_of_exponents", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
laws = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = laws  # dataclasses look there
_SPEC.loader.exec_module(laws)

X = 5.0 * 2.0 ** np.arange(25)
ROUND_OFF = 1e-15


def measured(y: np.ndarray):
    return growth_exponent(X, y, ROUND_OFF * np.abs(y))


def test_pure_power_is_exact() -> None:
    found = measured(-3.0 * X**1.3)
    assert found.value == pytest.approx(1.3, abs=1e-14)
    assert found.error < 1e-13
    assert found.onset == X[0]


@given(
    s=st.floats(-3.0, 3.0),
    q=st.floats(0.3, 3.0),
    gap=st.floats(0.3, 3.0),
    a=st.floats(-5.0, 5.0),
    b=st.floats(-5.0, 5.0),
)
@settings(max_examples=200, deadline=None)
def test_error_covers_the_truth_with_two_corrections(
    s: float, q: float, gap: float, a: float, b: float
) -> None:
    y = X**s * (1.0 + a * X**-q + b * X ** -(q + gap))
    assume(np.all(y[3:] != 0.0))
    found = measured(y)
    assert abs(found.value - s) <= found.error


@pytest.mark.parametrize("law", laws.LAWS)
def test_error_covers_the_truth_for_laws_of_every_kind(law: str) -> None:
    # the benchmark draws thousands of each
    for seed in range(60):
        one = laws.sampled(law, seed)
        found = growth_exponent(one.x, one.y, one.y_error)
        assert not abs(found.value - one.exponent) > found.error, seed


def test_powers_with_corrections_are_resolved_where_grids_are_long() -> None:
    found = [measured(X**0.5 * (1.0 + a * X**-q)) for a in (-2.0, 0.5, 3.0) for q in (0.4, 0.7, 1.3)]
    assert all(abs(one.value - 0.5) <= one.error < 1e-4 for one in found)


@given(st.floats(-2.0, 2.0), st.floats(0.1, 10.0))
@settings(deadline=None)
def test_error_covers_the_truth_under_a_logarithm(s: float, scale: float) -> None:
    # no geometric correction describes log x: the estimate is poor, and has to say so
    found = measured(X**s * np.log(1.0 + X / scale))
    assert abs(found.value - s) <= found.error


@pytest.mark.parametrize("q", [-2.0, -1.0, 1.0, 2.0])
def test_powers_of_a_logarithm_are_told_from_powers(q: float) -> None:
    # two exponents coincide on lines of the parameter plane, and the sum of their terms has a logarithm
    found = measured(X**-0.5 * np.log(7.0 * X) ** q)
    assert abs(found.value + 0.5) <= found.error <= 0.05


def test_slopes_that_pass_an_extremum_determine_no_exponent() -> None:
    # boltzmann.approximation, d = 3, (s, s - s0, gamma) = (0.5, 0.1, 0): local exponents of the gradient of
    # f_r in a = 4 ... 2e6.  The edge's width falls as (ln a)^-2, so that they tend to 0: by the same
    # functions in extended precision they are .0341, .0294, .0234, .0129 at a = 5e8, 1e12, 2e17, 5e34
    slopes = [0.01386, 0.04031, 0.04324, 0.02597, 0.00936, 0.00714, 0.01705, 0.02699, 0.03207, 0.03436]
    slopes += [0.03544, 0.03592, 0.03613, 0.03623, 0.03629, 0.03635, 0.0364, 0.03641, 0.03636]
    y = 2.0 ** np.concatenate([[0.0], np.cumsum(slopes)])
    found = growth_exponent(4.0 * 2.0 ** np.arange(20), y, 1e-6 * y)
    assert not abs(found.value) > found.error


def test_error_falls_as_the_grid_reaches_further() -> None:
    y = X * (1.0 + 3.0 * X**-0.5)
    errors = [growth_exponent(X[:n], y[:n], ROUND_OFF * y[:n]).error for n in (8, 12, 16, 20)]
    assert all(later < 0.2 * earlier for earlier, later in itertools.pairwise(errors))


def test_noise_in_the_samples_is_in_the_error() -> None:
    generator = np.random.default_rng(1)
    for noise in (1e-8, 1e-5, 1e-2):
        for _ in range(20):
            y = X**0.5 * (1.0 + 2.0 / X) * (1.0 + noise * generator.uniform(-1.0, 1.0, X.size))
            found = growth_exponent(X, y, noise * np.abs(y))
            assert abs(found.value - 0.5) <= found.error
            assert found.error < 200.0 * noise


@given(
    s=st.floats(-2.0, 2.0),
    g=st.floats(0.5, 3.0),
    crossover=st.floats(2.0, 9.0),
    sign=st.sampled_from([-1, 1]),
)
@settings(max_examples=200, deadline=None)
def test_a_term_that_is_about_to_lead_is_not_overlooked(
    s: float, g: float, crossover: float, sign: int
) -> None:
    # x^s leads from 10^crossover on; before, x^(s-g) does.  The grid ends at 8e7.
    y = X**s * (1.0 + sign * (10.0**crossover / X) ** g)
    assume(np.all(y != 0.0))
    found = measured(y)
    assert not abs(found.value - s) > found.error


def test_only_samples_beyond_the_last_change_of_sign_count() -> None:
    y = X**0.5 - 100.0 * X**-1.0
    assert y[0] < 0.0 < y[-1]
    found = measured(y)
    assert abs(found.value - 0.5) <= found.error < 1e-6
    assert found.onset > X[2]


def test_too_few_or_undetermined_samples_give_no_exponent() -> None:
    for y in (np.zeros_like(X), (-1.0) ** np.arange(X.size), np.full_like(X, np.nan)):
        found = growth_exponent(X, y, np.zeros_like(X))
        assert np.isnan(found.value)
        assert found.error == np.inf
    drowned = growth_exponent(X, X, 2.0 * X)
    assert drowned.error == np.inf


def test_grid_must_be_geometric() -> None:
    with pytest.raises(ValueError, match="geometric grid"):
        growth_exponent(np.arange(1.0, 9.0), np.ones(8), np.zeros(8))
    with pytest.raises(ValueError, match=r"must be \(n,\)"):
        growth_exponent(X, X[:3], X)
