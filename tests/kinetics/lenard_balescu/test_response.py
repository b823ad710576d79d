"""The response function against scipy, and against 40 digits of its definition by the error function."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from scipy.special import dawsn, wofz

from wellposed.kinetics.lenard_balescu.dielectric_function.response import (
    dawson,
    dielectric_value,
    response,
    response_difference,
)

X = np.concatenate([np.linspace(-25.0, 25.0, 801), 10.0 ** np.linspace(-12.0, 6.0, 91)])


def exact(x: mp.mpf) -> mp.mpc:
    """R(x) in the working precision."""
    gaussian = mp.exp(-x * x / 2)
    return mp.sqrt(mp.pi / 2) * gaussian * (mp.erfi(x / mp.sqrt(2)) + 1j)


def test_dawson_agrees_with_scipy() -> None:
    # absolutely: near 0.01 scipy's own relative error is 1e-14
    np.testing.assert_allclose([dawson(x) for x in X], dawsn(X), rtol=1e-14, atol=2e-15)
    assert max(abs(dawson(x) - dawsn(x)) for x in X) <= 2e-15


def test_dawson_is_good_to_the_last_digits() -> None:
    with mp.workdps(40):
        for x in X[np.abs(X) < 25.0]:
            value = mp.sqrt(mp.pi) / 2 * mp.exp(-(mp.mpf(x) ** 2)) * mp.erfi(x)
            assert abs(dawson(x) - value) <= 1e-15 * abs(value)


def test_response_is_the_faddeeva_function() -> None:
    expected = 1j * np.sqrt(0.5 * np.pi) * np.conj(wofz(X / np.sqrt(2.0)))
    np.testing.assert_allclose([response(x) for x in X], expected, rtol=2e-14, atol=1e-300)


@pytest.mark.parametrize("a", [1e-14, 1e-8, 1e-3, 0.1, 0.25, 0.2500001, 1.0, 7.0])
def test_no_digits_are_lost_in_the_difference_quotient(a: float) -> None:
    w = [-30.0, -16.1, -15.9, -3.3, -1.0, -0.5 * a, 0.0, 0.124, 0.126, 2.6, 8.0, 15.99, 16.0, 40.0]
    with mp.workdps(60):
        for x in w:
            expected = complex((exact(mp.mpf(x) + mp.mpf(a)) - exact(mp.mpf(x))) / mp.mpf(a))
            found = response_difference(x, a)
            # a difference of values where a > 1/4, so 1e-16 of the values
            values = abs(exact(mp.mpf(x)).real) if a > 0.25 and abs(x) < 18.0 else 0.0
            assert abs(found.real - expected.real) <= 3e-15 * abs(expected.real) + 1e-15 * values
            # the exponent x^2/2 is itself rounded
            assert abs(found.imag - expected.imag) <= (3e-15 + 2e-16 * x * x) * abs(expected.imag) + 1e-300


def test_difference_quotient_at_zero_is_the_derivative() -> None:
    for x in (-20.0, -1.3, 0.0, 0.7, 5.0, 18.0):
        with mp.workdps(40):
            expected = complex(1 - x * exact(mp.mpf(x)))
        assert abs(response_difference(x, 0.0) - expected) <= 1e-15
        assert dielectric_value(0.5, x, 0.0) == 1.0 + 0.5 * response_difference(x, 0.0)
