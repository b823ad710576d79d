"""beta(t, x, v) against reference values, direct quadrature and the equation's scaling."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import needles
from wellposed.kinetics.boltzmann.construction.attenuation import sum_over_needles
from wellposed.kinetics.boltzmann.construction.crossing import (
    cross_section_rule,
    density_moments,
    panel_series,
    speed_factor,
    sum_of_series,
)
from wellposed.kinetics.boltzmann.construction.directions import directions
from wellposed.kinetics.boltzmann.norms.cutoff import chi_at, chi_integral, panels

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "boltzmann.json").read_text())
POINTS = REFERENCE["points"]
every_point = pytest.mark.parametrize(
    "point", POINTS, ids=lambda p: f"d{p['d']}-M{p['M']:g}-gamma{p['gamma']:g}"
)


def at(point: dict, **changed: object):
    names = ("d", "M", "N2", "N1", "gamma", "s", "s0", "t")
    return needles(**{name: point[name] for name in names} | changed)


@every_point
def test_sum_over_directions_agrees_with_the_reference_to_1e_12(point: dict) -> None:
    listed = point["beta_discrete"]
    found = [at(point).beta(np.array(X) / point["M"], listed["v"]) for X in listed["Mx"]]
    np.testing.assert_allclose(found, listed["value"], rtol=1e-12)


@every_point
def test_mean_over_directions_agrees_with_the_reference(point: dict) -> None:
    found = [at(point).mean_beta(R) for R in point["core_R_is_M_abs_x"]]
    np.testing.assert_allclose(found, point["beta_continuum_at_core_R"], rtol=1e-11)


@every_point
def test_sum_differs_from_the_mean_by_as_much_as_is_said(point: dict) -> None:
    for R in (0.3, 1.2, 1.9):
        x = np.zeros(point["d"])
        x[-1] = R / point["M"]
        assert at(point).beta(x, 0.0 * x) == pytest.approx(
            at(point).mean_beta(R), rel=1e-8 if point["d"] == 3 else 1e-11
        )


@pytest.mark.parametrize("entry", REFERENCE["beta_generic_v_d2"], ids=lambda e: f"v{e['v'][0]:g}")
def test_moving_particles_agree_with_the_reference_to_1e_10(entry: dict) -> None:
    found = needles(2, entry["M"], entry["N2"], 2.0**20, entry["gamma"], entry["s"], entry["s"], entry["t"])
    assert found.beta(entry["x"], entry["v"]) == pytest.approx(entry["beta"], rel=1e-10)


def test_at_the_origin_maxwellian_beta_is_the_closed_form() -> None:
    # 0.9 c_J |t| M^((d-1)/2-s) for d = 2 and 2.1459... c_J for d = 3, c_J = 1 and 1/4
    plane = needles(2, 8.0, 64.0, 2.0**20, 0.0, 0.25, 0.25, -0.5)
    assert plane.beta_at_origin == pytest.approx(-0.45 * 8.0**0.25, rel=1e-14)
    space = needles(3, 8.0, 64.0, 2.0**20, 0.0, 0.25, 0.25, 0.3)
    assert space.beta_at_origin == pytest.approx(0.25 * 2.145945327808386 * 0.3 * 8.0**0.75, rel=1e-12)
    assert plane.beta((0.0, 0.0), (0.0, 0.0)) == pytest.approx(plane.beta_at_origin, rel=1e-13)
    assert space.beta((0.0,) * 3, (0.0,) * 3) == pytest.approx(space.beta_at_origin, rel=1e-13)


def one_needle(
    x: np.ndarray, v: np.ndarray, t: float, e: np.ndarray, M: float, N2: float, gamma: float
) -> float:
    """The definition, as a sum over ``u = N2 (1 + z) e + y/M`` and times, in the plane."""
    tau, w_tau = panels(np.array([0.0, 0.5, 1.0]) * t, 30)
    z, w_z = panels(np.array([-0.2, -0.1, 0.1, 0.2]), 30)
    y, w_y = panels(np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), 30)
    across_e = np.array([-e[1], e[0]])
    u = N2 * (1.0 + z[:, None, None]) * e + y[:, None] / M * across_e
    weight = w_z[:, None] * chi_at(10.0 * z)[:, None] * w_y * chi_at(y)
    weight = weight * np.linalg.norm(u - v, axis=-1) ** gamma / N2**gamma
    total = 0.0
    for one, w in zip(tau, w_tau, strict=True):
        at_start = x - one * u
        total += w * np.sum(weight * chi_at(M * (at_start @ across_e)) * chi_at(at_start @ e / N2))
    return total * math.copysign(1.0, t)


@pytest.mark.parametrize(
    ("x", "v", "t", "gamma"),
    [
        ((0.1, 0.05), (0.0, 0.0), -0.4, -0.5),
        ((0.1, 0.05), (9.0, -5.0), -0.25, -0.5),
        ((0.2, 0.05), (-3.0, 40.0), 0.5, 0.7),
        ((14.0, 14.1), (0.0, 0.0), 0.5, -0.3),  # where the needle ends
        ((25.0, 25.1), (2.0, 1.0), -0.5, -0.3),
        ((-25.0, -25.1), (2.0, 1.0), -0.5, -0.3),  # the other end, in view of negative times
    ],
)
def test_one_needle_agrees_with_its_definition(x: tuple, v: tuple, t: float, gamma: float) -> None:
    e = np.array([[math.sqrt(0.5), math.sqrt(0.5)]])
    arguments = (16.0, 32.0, gamma)
    expected = one_needle(np.array(x), np.array(v), t, e[0], *arguments)
    assert sum_over_needles(np.array(x), np.array(v), t, e, *arguments) == pytest.approx(expected, rel=2e-8)
    assert expected > 1e-3


@pytest.mark.parametrize("gamma", [pytest.param(-1.0, marks=pytest.mark.slow), 0.7])
def test_in_space_interpolation_across_a_needle_agrees_with_the_sum_as_it_stands(gamma: float) -> None:
    # beyond |x| = N2 (1 - 1.2 |t|) = 11.2 needles are integrated as they stand; at 11.5 along the axis the
    # longitudinal cutoff is still 1 to all digits, so that nothing depends on where along it a point is
    e = np.array([[0.0, 0.0, 1.0]])
    v = np.array([1.0, -2.0, 3.0])
    inside = sum_over_needles(np.array([0.15, 0.0, 0.1]), v, 0.25, e, 8.0, 16.0, gamma)
    far_out = sum_over_needles(np.array([0.15, 0.0, 11.5]), v, 0.25, e, 8.0, 16.0, gamma)
    assert far_out == pytest.approx(inside, rel=1e-9)


def test_density_of_a_needle_at_the_start_is_the_cutoff() -> None:
    for d in (2, 3):
        weight = speed_factor(cross_section_rule(d)[0], 0.0, 512.0)
        series = panel_series(d) @ density_moments(np.array([0.0]), weight, d)[:, 0]
        for rho in (0.3, 1.4, 1.7, 2.5):
            expected = 0.3 * chi_integral(d - 1) * chi_at(np.array(rho))
            assert sum_of_series(np.array([rho]), series) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=15, deadline=None)
@given(
    st.floats(0.5, 3.0),
    st.sampled_from([(2, -0.5), (2, 0.0), (2, 0.6), (3, 0.0)]),
    st.floats(0.0, 1.5),
    st.floats(-0.5, 0.5).filter(lambda t: abs(t) > 1e-3),
    st.floats(0.0, 6.0),
)
def test_scaling_of_the_equation(scale: float, kernel: tuple, s: float, t: float, speed: float) -> None:
    # (1.5) with alpha = beta takes needles to needles: M to scale M, N2 to N2/scale, times are the same
    # beta(t, x, v) is invariant; what is left of the paper's amplitude is scale^((d-1)/2-s).
    d, gamma = kernel
    M, N2 = 8.0, 16.0
    x, v = np.zeros(d), np.zeros(d)
    x[0], x[1], v[1] = 1.4 / M, 0.3 / M, speed if d == 2 else 0.0
    before = needles(d, M, N2, 64.0, gamma, s, 0.0, t)
    after = needles(d, M * scale, N2 / scale, 64.0 * scale, gamma, s, 0.0, t)
    factor = scale ** (0.5 * (d - 1) - s)
    assert after.beta(x / scale, v / scale) == pytest.approx(factor * before.beta(x, v), rel=1e-10)
    assert after.beta_at_origin == pytest.approx(factor * before.beta_at_origin, rel=1e-12)
    # L^2 is homogeneous: |f_lambda| = lambda^(alpha + (d-1+gamma) beta - d (alpha + beta)/2) |f|
    assert after.f_b_norm_in(0.0, 0.0) == pytest.approx(
        factor * scale**gamma * before.f_b_norm_in(0.0, 0.0), rel=1e-12
    )


def test_beta_is_odd_in_time_and_linear_at_the_origin() -> None:
    later, earlier = (needles(2, 8.0, 64.0, 2.0**20, -0.5, 0.25, 0.25, t) for t in (0.3, -0.3))
    assert later.beta((0.1, 0.2), (0.0, 0.0)) == pytest.approx(
        -earlier.beta((0.1, 0.2), (0.0, 0.0)), rel=1e-12
    )
    assert needles(2, 8.0, 64.0, 2.0**20, -0.5, 0.25, 0.25, 0.1).beta_at_origin * 3.0 == pytest.approx(
        later.beta_at_origin, rel=1e-13
    )
    assert needles(2, 8.0, 64.0, 2.0**20, -0.5, 0.25, 0.25, 0.0).beta((0.1, 0.2), (1.0, 0.0)) == 0.0


def test_velocities_next_to_the_needles_are_refused() -> None:
    found = needles(2, 16.0, 32.0, 2.0**20, -0.5, 0.25, 0.25, -0.25)
    with pytest.raises(ParameterError, match="`v` must keep"):
        found.beta((0.0, 0.0), tuple(32.0 * directions(2, 512)[3]))
    with pytest.raises(ParameterError, match="`v` must be 2 finite numbers"):
        found.beta((0.0, 0.0), (0.0, 0.0, 0.0))
    with pytest.raises(ParameterError, match="`x` must be 2 finite numbers"):
        found.beta((0.0, math.nan), (0.0, 0.0))
    with pytest.raises(ParameterError, match="directions can be listed"):
        needles(3, 2.0**20, 2.0**20, 2.0**20, 0.0, 0.25, 0.25, -0.25).beta((0.0,) * 3, (0.0,) * 3)
