"""The norm of the functional that attenuates, octave by octave."""

from __future__ import annotations

import json
import math
from pathlib import Path

import mpmath
import numpy as np
import pytest

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import riesz_shell
from wellposed.kinetics.boltzmann.experiments.riesz import EXPERIMENT
from wellposed.kinetics.boltzmann.norms.cutoff import panels
from wellposed.kinetics.boltzmann.norms.riesz_functional import along_u

VALUES = json.loads((Path(__file__).parents[2] / "reference" / "boltzmann.json").read_text())["riesz_shell"][
    "values"
]


def exponent(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def surplus_of_a_frozen_tail(entry: dict, periods: float) -> float:
    """What is too much if the integral along u keeps its weight fixed from a phase of `periods` pi on."""
    d, s, r, gamma, T = (entry[name] for name in ("d", "s", "r", "gamma", "T"))
    assert d == 2
    u, w_u = panels(np.array(entry["u"]), 30)
    eta, w_eta = panels(np.array(entry["shell"]), 30)
    a = np.sqrt(1.0 + eta**2)
    Omega = np.outer(u, a) * T
    weight = np.outer(w_u * u ** (1.0 + 2.0 * gamma) * (1.0 + u**2) ** -r, w_eta * a ** (1.0 - 2.0 * s))
    start = periods * math.pi
    x, w = panels(np.geomspace(start, 1e12 * start, 300), 8)
    ratio = (2.0 / Omega[..., None]) ** 2
    tail = (1.0 + ratio * x**2) ** -s / x**2 @ w
    frozen = (1.0 + ratio[..., 0] * start**2) ** -s / start
    return float(np.sum(weight * 2.0 / Omega * (frozen - tail))) * 4.0 * math.pi * T**2 / (2.0 * math.pi) ** 2


@pytest.mark.parametrize("entry", VALUES, ids=lambda e: f"s{e['s']}-gamma{e['gamma']}")
def test_shell_agrees_with_the_reference_once_its_tail_is_put_right(entry: dict) -> None:
    # The reference values, D, are larger than the integral that defines them, by 1.9e-5 and 1.1e-4 of it.
    # That is, to 1e-4 of the difference, what the tail of the integral along u gives too much if its weight
    # <eta>^(-2 s) is kept fixed from a phase eta.u T/2 = 199.5 pi on.
    arguments = {name: entry[name] for name in ("d", "s", "r", "gamma", "T", "shell", "u")}
    found = riesz_shell(**arguments)
    assert found == pytest.approx(entry["D"], rel=2e-4)
    assert found == pytest.approx(entry["D"] - surplus_of_a_frozen_tail(entry, 199.5), rel=1e-8)


@pytest.mark.parametrize("s", [0.0, 0.1, 0.5, 0.9, 1.5])
@pytest.mark.parametrize("Omega", [0.003, 0.1, 1.0, 5.0, 39.0, 41.0, 300.0])
def test_integral_along_u_agrees_with_mpmath(Omega: float, s: float) -> None:
    # the integral over p itself: to a zero of the sine over sixty periods, and the tail term by term:
    # int_P^oo (1+p^2)^(-s) p^(-2) (1 - cos(Omega p))/2 by mpmath's oscillatory quadrature
    half = mpmath.mpf(Omega) / 2
    period = mpmath.pi / half

    def integrand(p: mpmath.mpf) -> mpmath.mpf:
        return (1 + p * p) ** -s * (mpmath.sin(half * p) / (half * p)) ** 2 if p else mpmath.mpf(1)

    last = 12 * period
    breaks = sorted(
        {
            mpmath.mpf(0),
            *[b for b in (mpmath.mpf(1), mpmath.mpf(3)) if b < last],
            *[j * period for j in range(1, 13)],
        }
    )
    body = 2 * mpmath.quad(integrand, breaks)
    mean = mpmath.quad(lambda p: (1 + p * p) ** -s / p**2, [last, 4 * last, mpmath.inf])
    cosine = mpmath.quadosc(
        lambda p: (1 + p * p) ** -s / p**2 * mpmath.cos(2 * half * p), [last, mpmath.inf], omega=Omega
    )
    expected = body + (mean - cosine) / half**2
    assert along_u(np.array([Omega]), s)[0] == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("d", [2, 3])
def test_shells_add_up(d: int) -> None:
    def norm(shell: tuple[float, float], u: tuple[float, float]) -> float:
        return riesz_shell(d, 0.3, 0.2, -0.25, 0.25, shell, u)

    whole = norm((0.0, 6.0), (0.0, 3.0))
    parts = [norm(shell, u) for shell in ((0.0, 0.7), (0.7, 6.0)) for u in ((0.0, 1.1), (1.1, 3.0))]
    assert sum(parts) == pytest.approx(whole, rel=1e-9)
    assert min(parts) > 0.0


@pytest.mark.parametrize(("direction", "along"), [("eta_perp", "s"), ("speed", "r_minus_gamma")])
@pytest.mark.parametrize("d", [2, 3])
def test_octaves_grow_by_the_power_that_scaling_gives(d: int, direction: str, along: str) -> None:
    # d - 1 - 2 s across u, and d - 1 + 2 (gamma - r) in |u|: both change sign at (d-1)/2
    for gamma in (0.0, -0.25 * (d - 1), -0.5 * (d - 1), 0.5):
        for value in (0.05, 0.5 * (d - 1), 1.3):
            found = exponent(d=d, gamma=gamma, direction=direction, **{along: value})
            expected = d - 1.0 - 2.0 * value
            assert abs(found["shell_exponent"] - expected) <= found["shell_exponent_error"] < 1e-9


def test_profile_is_the_shell() -> None:
    found = exponent(d=3, s=0.4, gamma=-0.5, r_minus_gamma=0.9)
    expected = riesz_shell(3, 0.4, 0.4, -0.5, 0.25, (8.0, 16.0), (16.0, 32.0))
    assert found["shell"][3] == pytest.approx(expected, rel=1e-12)
    assert np.all(found["shell_error"] < 1e-10 * found["shell"])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"d": 1}, "`d` must be"),
        ({"s": -0.1}, "`s` must be"),
        ({"gamma": -1.0}, "`gamma` must be a number > -1"),
        ({"T": 0.0}, "`T` must be"),
        ({"shell": (2.0, 1.0)}, "`shell` must be two ascending bounds"),
        ({"u": (-1.0, 1.0)}, "`u` must be two ascending bounds"),
    ],
)
def test_bad_input_is_refused(changed: dict, message: str) -> None:
    good = {"d": 2, "s": 0.5, "r": 0.5, "gamma": 0.0, "T": 0.25, "shell": (1.0, 2.0), "u": (1.0, 2.0)}
    with pytest.raises(ParameterError, match=message):
        riesz_shell(**(good | changed))
