"""The ratio of the bilinear estimate for rock and needles."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from scipy.integrate import quad
from scipy.optimize import brentq

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import loss_ratio, needles
from wellposed.kinetics.boltzmann.bilinear_estimate import static_gain as static_gain_module
from wellposed.kinetics.boltzmann.bilinear_estimate.loss import (
    _BREAKS,
    RATIOS,
    SPEED,
    _integrated,
    checked_needles,
    moving_spectra,
)
from wellposed.kinetics.boltzmann.bilinear_estimate.static_gain import static_gain
from wellposed.kinetics.boltzmann.construction.directions import directions
from wellposed.kinetics.boltzmann.experiments.bilinear import EXPERIMENT, MN2
from wellposed.kinetics.boltzmann.norms import rules
from wellposed.kinetics.boltzmann.norms.cutoff import (
    chi,
    chi_at,
    chi_integral,
    chi_spectrum,
    panels,
    share_beyond,
)
from wellposed.kinetics.boltzmann.norms.rules import few_wavenumbers
from wellposed.kinetics.quadrature import sphere_area

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "boltzmann.json").read_text())
VALUES = REFERENCE["bilinear_loss_ratio_static_rock"]["values"]


def exponent(**given: object) -> tuple[float, float]:
    found = EXPERIMENT.evaluate(**EXPERIMENT.point(given))
    return found["ratio_exponent"], found["ratio_exponent_error"]


@pytest.mark.parametrize("entry", VALUES, ids=lambda e: f"M{e['M']:g}-s{e['s']}-gamma{e['gamma']}")
def test_static_rock_agrees_with_the_reference(entry: dict) -> None:
    arguments = {name: entry[name] for name in ("d", "M", "N2", "s", "gamma", "t")}
    assert loss_ratio(**arguments) == pytest.approx(entry["Rminus"], rel=1e-9)
    assert loss_ratio(**arguments, rock="static") == loss_ratio(**arguments)


@pytest.mark.parametrize("rock", ["static", "moving"])
@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("part", [0.0, pytest.param(0.25, marks=pytest.mark.slow), 0.5, -0.5])
def test_exponent_is_half_a_derivative_lower_for_the_moving_rock(d: int, rock: str, part: float) -> None:
    # (M N2)^((d-1)/2-s), and half a power less where the rock leaves after a time 1/(M V), V = N2/10
    gamma = -part * (d - 1)
    scaling = 0.5 * (d - 1) if rock == "static" else 0.5 * (d - 2)
    for s in (-0.2, scaling, 0.8, 1.5):
        value, error = exponent(d=d, s=s, gamma=gamma, rock=rock)
        assert abs(value - (scaling - s)) <= error < 1e-2


@pytest.mark.parametrize(("rock", "less"), [("static", 1), ("moving", 2)])
@pytest.mark.parametrize("d", [2, 3])
def test_boundary_is_found_within_its_error(d: int, rock: str, less: int) -> None:
    def value(s: float) -> float:
        return exponent(d=d, s=s, gamma=-0.25, rock=rock)[0]

    found = brentq(value, -0.25, 2.0, xtol=1e-9)
    _, error = exponent(d=d, s=found, gamma=-0.25, rock=rock)
    assert abs(found - 0.5 * (d - less)) <= error + 1e-8 < 2e-3


def test_profile_is_the_ratio() -> None:
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"d": 3, "s": 0.4, "gamma": -0.7, "rock": "moving"}))
    M = math.sqrt(MN2[3])
    assert found["ratio"][3] == loss_ratio(3, M, M, 0.4, -0.7, -0.25, rock="moving")
    # what is left out, the needles' drift, is of this order
    assert found["ratio_error"][3] > found["ratio"][3] / (SPEED * M * M) ** 2


@njit
def loss_frequency(x, v, tau, e, M, N2, gamma, y, w_y, z, w_z):
    """``int f_b(tau, x, u) |u - v|^gamma du`` over A N2^(1+gamma)/M, in the plane: the sum over needles."""
    total = 0.0
    for j in range(e.shape[0]):
        off = M * (x[1] * e[j, 0] - x[0] * e[j, 1])
        if abs(off) > 3.0:
            continue
        a, b = (v[0] * e[j, 0] + v[1] * e[j, 1]) / N2, (v[1] * e[j, 0] - v[0] * e[j, 1]) / N2
        for i in range(y.size):
            passing = w_y[i] * chi(abs(off - tau * y[i]))
            if passing > 0.0:
                for k in range(z.size):
                    squared = (1.0 + z[k] - a) ** 2 + (y[i] / (M * N2) - b) ** 2
                    total += passing * w_z[k] * squared ** (0.5 * gamma)
    return total


@njit
def squared_ratio(tau, w_tau, speed, w_speed, R, w_R, angle, e, M, N2, gamma, y, w_y, z, w_z):
    """The square of the loss frequency where the rock is, over all times; velocities are along e_1."""
    total = 0.0
    x, v = np.zeros(2), np.zeros(2)
    for m in range(speed.size):
        v[0] = speed[m]
        for n in range(tau.size):
            for i in range(R.size):
                for j in range(angle.size):
                    x[0] = v[0] * tau[n] + R[i] * math.cos(angle[j]) / M
                    x[1] = R[i] * math.sin(angle[j]) / M
                    rho = loss_frequency(x, v, tau[n], e, M, N2, gamma, y, w_y, z, w_z)
                    total += w_speed[m] * w_tau[n] * w_R[i] / angle.size * rho * rho
    return total


def test_moving_rock_agrees_with_the_sum_over_needles() -> None:
    # s = 0 in the plane, with all the needles, their drift and their thickness: plain quadrature of (2.1)
    M, N2, gamma, t = 12.0, 24.0, -0.4, -0.25
    V = SPEED * N2
    at = needles(2, M, N2, 2.0**20, gamma, 0.0, 0.0, t)
    tau, w_tau = panels(-np.array([0.0, 1.0, 2.0, 3.0, 5.0, M * V / 4]) / (M * V), 5)
    speed, w_speed = panels(V * np.array([0.5, 0.75, 1.25, 1.5]), 2)
    R, w_R = panels(np.array([0.0, 1.0, 1.5, 2.0]), 4)
    w_speed *= 2.0 * math.pi * speed * (1.0 + speed**2) ** gamma * chi_at(4.0 * (speed / V - 1.0)) ** 2
    w_R *= 2.0 * math.pi * R * chi_at(R) ** 2
    y, w_y = panels(np.array([-2.0, -1.0, 1.0, 2.0]), 4)
    z, w_z = panels(np.array([-0.2, -0.1, 0.1, 0.2]), 2)
    angle = math.pi * (np.arange(8) + 0.5) / 8
    squared = squared_ratio(
        tau, -w_tau, speed, w_speed, R, w_R, angle, directions(2, at.J), M, N2, gamma,
        y, w_y * chi_at(y), z, w_z * chi_at(10.0 * z),
    )  # fmt: skip
    amplitude = at.amplitude * N2 ** (1.0 + gamma) / M
    data = np.sum(w_speed) * chi_integral(2, 2.0)
    expected = amplitude * math.sqrt(squared / data) / at.f_b_norm_in(gamma, 0.0)
    # what is left out is said to be less than a part (M V)^-2 = 1.2e-3; it is 3e-5
    assert loss_ratio(2, M, N2, 0.0, gamma, t, rock="moving") == pytest.approx(expected, rel=1.5e-3)


@pytest.mark.parametrize("power", [2, 4])
def test_integral_beyond_the_last_panel_is_that_of_an_adaptive_quadrature(power: int) -> None:
    # (1 + D^2)^(-power/2) goes on as D^-power (1 - power/2 D^-2)
    nodes = 6
    D, _ = panels(_BREAKS, nodes)
    ends = np.array([1.7, 64.0, 100.0, 1000.0])
    found = _integrated((1.0 + D**2) ** (-0.5 * power), ends, power, nodes)
    exact = [quad(lambda x: (1.0 + x * x) ** (-0.5 * power), low, high)[0] for low, high in pairwise(ends)]
    np.testing.assert_allclose(np.diff(found)[1:], exact[1:], rtol=1e-5)
    np.testing.assert_allclose(np.diff(found)[:1], exact[:1], rtol=1e-4)


@pytest.mark.parametrize("d", [2, 3])
def test_spectra_of_the_moving_rock_are_those_of_position_space(d: int) -> None:
    # Parseval for l = 0 at one D: int F^2 and int |grad F|^2 of chi(|X|) S_0(|D w + X|)
    level, index = 1, 17
    D = float(panels(np.array([0, 0.5, 1, 1.5, 2, 2.5, 3]), 6)[0][index])
    k, w = few_wavenumbers(d, level)
    spectrum = moving_spectra(d, level)[index, :, 0, 0]

    theta, w_theta = panels(np.linspace(0.0, 0.5 * math.pi, 33), 12)
    w_theta = w_theta * (2.0 / math.pi if d == 2 else np.sin(theta))

    def F(along: np.ndarray, across: np.ndarray) -> np.ndarray:
        P = np.hypot(D + along, across)
        return chi_at(np.hypot(along, across)) * (chi_at(P[..., None] * np.sin(theta)) @ w_theta)

    R, w_R = panels(np.array([0.0, 1.0, 1.25, 1.5, 1.75, 2.0]), 14)
    angle, w_angle = panels(np.linspace(0.0, math.pi, 9), 8)
    x, y = R[:, None] * np.cos(angle), R[:, None] * np.sin(angle)
    measure = (
        w_R[:, None] * R[:, None] ** (d - 1) * w_angle * (2.0 if d == 2 else 2.0 * math.pi * np.sin(angle))
    )
    h = 1e-3
    slopes = [(F(x + a, y + b) - F(x - a, y - b)) / (2.0 * h) for a, b in ((h, 0.0), (0.0, h))]
    assert w @ spectrum == pytest.approx(np.sum(measure * F(x, y) ** 2), rel=1e-6)
    assert (w * k**2) @ spectrum == pytest.approx(
        np.sum(measure * (slopes[0] ** 2 + slopes[1] ** 2)), rel=1e-4
    )
    assert measure.sum() == pytest.approx(sphere_area(d) * 2.0**d / d)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"d": 4}, "`d` must be"),
        ({"gamma": -0.6}, r"`gamma` must be a number in \[-0.5, 1\]"),
        ({"s": -0.3}, r"`s` must be a number >= -0.25"),
        ({"t": 0.0}, "`t` must not be 0"),
        ({"t": 0.6}, "`t` must be"),
        ({"M": 2.0, "N2": 4.0}, "`N2` must be at least 16/M = 8"),
        ({"rock": "rolling"}, "`rock` must be one of static, moving"),
    ],
)
def test_bad_input_is_refused(changed: dict, message: str) -> None:
    good = {"d": 2, "M": 16.0, "N2": 32.0, "s": 0.5, "gamma": 0.0, "t": -0.25}
    with pytest.raises(ParameterError, match=message):
        loss_ratio(**(good | changed))
    if "gamma" in changed:
        with pytest.raises(ParameterError, match=message):
            EXPERIMENT.point({"gamma": changed["gamma"]})


@pytest.mark.parametrize("s", [1.0, 2.0])
def test_what_is_beyond_all_wavenumbers_is_in_the_error(s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    # both levels end at k = 64, where a part 2.5e-5 of the squared norm of the rock in H^2 is left, and 9e-8
    # in H^1; the same rules up to 160 leave 1e-9 of it
    at = checked_needles(2, 16.0, 16.0, s, 0.0, -0.25)
    found, missing = static_gain(at, 1)
    monkeypatch.setattr(rules, "_HIGHEST", 160.0)
    cached = (few_wavenumbers, static_gain_module._waves, static_gain_module._spectra)
    for one in cached:
        one.cache_clear()
    try:
        more, _ = static_gain(at, 1)
    finally:
        monkeypatch.undo()
        for one in cached:
            one.cache_clear()
    assert (3e-6 if s == 2.0 else 1e-8) < abs(more / found - 1.0) <= missing


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("s", [0.5, 1.0, 2.0])
def test_share_beyond_a_wavenumber_bounds_that_of_the_cutoff(d: int, s: float) -> None:
    # by the masses beyond it, which go on to 192
    highest = 64.0
    k, mass = chi_spectrum(d)
    density = mass * (1.0 + (16.0 * k) ** 2) ** s
    exact = float(density[k > highest].sum() / density[k <= highest].sum())
    assert exact <= share_beyond(k[k <= highest], density[k <= highest]) <= 20.0 * exact


def test_few_needles_are_in_the_error_of_the_ratio() -> None:
    # 64 needles make harmonics of degree 64 of the loss frequency, which H^2 weighs with 32^2
    few, many = (checked_needles(2, M, M, 2.0, 0.0, -0.25) for M in (8.0, 32.0))
    assert RATIOS["static"](few, 1)[1] > 1e-4
    assert RATIOS["static"](many, 1)[1] < 1e-9
