"""Exponents of the approximate solution, against powers that are counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.polynomial import Chebyshev
from scipy.integrate import quad

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import needles
from wellposed.kinetics.boltzmann.construction.directions import DENSEST
from wellposed.kinetics.boltzmann.experiments.approximation import EXPERIMENT, QUANTITIES, VARIABLES, _suprema
from wellposed.kinetics.boltzmann.norms.cutoff import chi


@pytest.fixture(scope="module")
def found():
    return EXPERIMENT.evaluate(**EXPERIMENT.point({"d": 3, "s": 0.8, "s_minus_s0": 0.2, "gamma": -0.5}))


def test_exponents_are_those_of_the_volumes(found) -> None:
    # J (M N2)^(d-1) needles of volumes M^(1-d) N2 in x and in v, the rock of volumes M^-d and N1^-d
    expected = {
        "f_b": {"M": -0.2, "N2": -0.4, "N1": 0.0},
        "f_r": {"M": -0.2, "N2": 0.0, "N1": 0.0},
        "f_b L5/3 Linf": {"M": 0.2, "N2": 0.0},
        "f_r L1 Linf": {"M": 0.7, "N2": -0.5, "N1": -1.5},
        "f_r gradient L5/3 Linf": {"M": 0.7, "N2": 0.7, "N1": -0.3, "(3.10)": 0.7 + 7.0 - 30.0},
        "gradient of beta": {"M": 1.2, "N2": 0.0, "t": 1.0},
        "second derivatives of beta": {"M": 2.2, "t": 1.0},
        "L1: f_b printed": {"M": -0.8, "N2": 0.0},
        "L1: beta printed": {"M": 1.2, "N2": -2.0, "(3.10)": -18.8},
        "L1: beta corrected": {"M": 1.2, "N2": 0.0},
        # as printed after (3.24): s0 times 1 - s and 1 - s times -s
        "f_r interpolated": {"M": 0.6 * 0.2 - 0.2 * 0.8},
    }
    for quantity, exponents in expected.items():
        for variable, exponent in exponents.items():
            at = QUANTITIES.index(quantity), VARIABLES.index(variable)
            assert abs(found["exponent"][at] - exponent) <= found["exponent_error"][at] + 1e-12
            assert found["exponent_error"][at] < 1e-5


@pytest.mark.parametrize(("packing", "density"), [("regular", 1.0), ("densest", DENSEST[2])])
def test_rate_is_the_attenuation_at_rest(packing: str, density: float) -> None:
    # d = 2, gamma = -1/2, thin needles: c_J int chi int chi(10 z) (1 + z)^gamma dz, by quadrature
    along = quad(lambda z: chi(10.0 * abs(z)) / math.sqrt(1.0 + z), -0.2, 0.2, points=[-0.1, 0.1])[0]
    point = EXPERIMENT.point({"d": 2, "gamma": -0.5, "packing": packing})
    found = EXPERIMENT.evaluate(**point)
    assert abs(found["rate"] - density * 3.0 * along) <= found["rate_error"] + 1e-9
    assert found["rate_error"] < 1e-6


@pytest.mark.parametrize("d", [2, 3])
def test_suprema_of_derivatives_are_those_of_differences(d: int) -> None:
    # of beta at 2000 radii, 1e-3 apart, where it is radial: beta'' and beta'/R are the Hessian's eigenvalues
    at = needles(d, 8.0, 64.0, 2.0**40, -0.25, 0.25, 0.25, -0.25)
    h = 1e-3
    R = np.arange(h, 2.0, h)
    beta = np.array([at.mean_beta(r) for r in R.tolist()])
    slope, curvature = (beta[2:] - beta[:-2]) / (2.0 * h), (beta[2:] - 2.0 * beta[1:-1] + beta[:-2]) / h**2
    expected = [
        abs(at.beta_at_origin),
        8.0 * np.max(np.abs(slope)),
        64.0 * max(np.max(np.abs(curvature)), np.max(np.abs(slope / R[1:-1]))),
    ]
    found, error = _suprema(at)
    np.testing.assert_allclose(found, expected, rtol=5e-3)
    assert np.all(error < 0.02 * found)


@pytest.mark.parametrize("d", [2, 3])
def test_errors_of_suprema_cover_what_lies_between_the_places_that_are_looked_at(d: int) -> None:
    # of beta on panels a quarter as long, at places 32 times as dense
    at = needles(d, 16.0, 64.0, 2.0**40, 0.0, 0.5, 0.4, -0.25)
    length, best = 0.0625, np.zeros(2)
    places = np.linspace(-1.0, 1.0, 601)
    for left in np.arange(0.25, 2.0, length):
        half, centre = 0.5 * length, left + 0.5 * length
        x = -np.cos(math.pi * (np.arange(24) + 0.5) / 24)
        on_panel = Chebyshev.fit(x, [at.mean_beta(r) for r in centre + half * x], 14, domain=[-1.0, 1.0])
        slope, curvature = (np.abs(on_panel.deriv(k)(places)) / half**k for k in (1, 2))
        highest = np.max(np.maximum(curvature, slope / (centre + half * places)))
        best = np.maximum(best, [np.max(slope), highest])
    found, error = _suprema(at)
    expected = best * at.M ** np.array([1.0, 2.0])
    assert np.all(np.abs(found[1:] - expected) <= error[1:] + 2e-7 * expected)
    assert np.all(error < 1e-6 * found)


def test_growth_beyond_the_exponential_one_is_bounded(found) -> None:
    # the rock's height is its height: exp(|beta(t,0,0)|) exactly
    np.testing.assert_allclose(found["power"][[3, 4]], 0.0, atol=1e-9)


def test_negative_regularity_of_the_norm_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"`s_minus_s0` must be at most s = 0\.1, but is 0\.2"):
        EXPERIMENT.point({"s": 0.1, "s_minus_s0": 0.2})


def test_rate_is_unknown_where_nothing_is_amplified() -> None:
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"d": 2, "s": 0.5}))
    assert math.isnan(found["rate"])
    assert found["rate_error"] == math.inf
