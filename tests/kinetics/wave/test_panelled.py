"""The quadrature for oscillating data and functions, against references, brute force and laws."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from scipy.special import spherical_jn

from wellposed.kinetics.wave.data import Datum, bracket, bracket_k, custom, oscillating
from wellposed.kinetics.wave.panelled import parts_over_envelope
from wellposed.kinetics.wave.panelled.product import spherical_bessel

PARTS = ("234", "134", "123", "124")
REGIONS = ("21", "22", "3", "1")
K0 = 64.0 * math.pi**3
REFERENCE = [
    entry
    for entry in json.loads((Path(__file__).parents[2] / "reference" / "wave.json").read_text())["values"]
    if entry["datum"] in ("n01", "n0") and entry["quantity"] != "Cprime234"
]


def envelope(omega: float, M: float) -> float:
    return math.exp(-0.25 * M * math.log1p(omega**2))


def quantity(name: str, parts: np.ndarray, full: np.ndarray) -> float:
    """One quantity of the reference table, such as ``C234_21``, ``C123`` or ``C_full``."""
    by_part = parts.sum(axis=0)
    if name == "C_full":
        return float(full.sum())
    if name == "C_gain":
        return float(by_part[0] + by_part[1])
    part, _, region = name[1:].partition("_")
    row = parts[REGIONS.index(region)] if region else by_part
    return float(row[PARTS.index(part)])


@pytest.mark.parametrize(
    "entry", REFERENCE, ids=lambda e: f"{e['quantity']}-{e['datum']}-M{e['M']}-w{e['omega1']}"
)
def test_parts_agree_with_reference(entry: dict) -> None:
    omega, beta, M = float(entry["omega1"]), float(entry["beta"]), float(entry["M"])
    datum = bracket(M) if entry["datum"] == "n01" else oscillating(M, entry["N"], entry["A"])
    parts, full = parts_over_envelope(omega, beta, datum, 20)
    value = K0 * envelope(omega, M) * quantity(entry["quantity"], parts, full)
    tolerance = max(1e-12, 10.0 ** (1 - entry["digits"]))
    if entry["quantity"] == "C_full" and entry["datum"] == "n01":
        tolerance += 1e-11 + 1e-16 * omega  # n4 - n1 has no error, but regions 21 and 3 cancel once more
    assert value == pytest.approx(float(entry["value"]), rel=tolerance, abs=0.0)


@njit
def exponential(omega):  # type: ignore[no-untyped-def]
    return math.exp(-omega)


@pytest.mark.parametrize(
    ("beta", "omega", "value"),
    [
        (0.0, 1e-12, math.pi**3),
        (0.0, 0.25, 13.4357880448),
        (0.0, 1.0, -2.32741266382),
        (0.0, 4.0, 0.190364389871),
        (0.25, 0.25, 16.6499938104),
        (0.25, 1.0, -0.88059324635),
        (0.25, 4.0, 0.136818965678),
    ],
)
def test_exponential_datum_agrees_with_published_values(beta: float, omega: float, value: float) -> None:
    # published for 4 pi^3 and all w3, w4; w3 <= w4 is half of them
    _, full = parts_over_envelope(omega, beta, custom(exponential), 12)
    assert 8.0 * math.pi**3 * full.sum() == pytest.approx(value, rel=1e-11)


def composite(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    t, weight = np.polynomial.legendre.leggauss(12)
    lengths = np.diff(edges)[:, None]
    return (edges[:-1, None] + 0.5 * lengths * (1.0 + t)).ravel(), (0.5 * lengths * weight).ravel()


def graded(start: float, end: float, most: float) -> np.ndarray:
    """Panels that grow from `start` by factors of two, to no longer than `most`."""
    edges = [start]
    length = 1e-5 * most
    while edges[-1] < end:
        edges.append(min(edges[-1] + length, end))
        length = min(max(length, edges[-1] - start), most)
    return np.array(edges)


def brute_force(region: str, omega: float, beta: float, datum: Datum, reach: float) -> np.ndarray:
    """The four parts in one region by a composite rule that resolves every oscillation."""
    most = min(0.25, 2.0 / datum.N)

    def n(w: np.ndarray | float) -> np.ndarray:
        return (datum.A + np.cos(datum.N * w)) * (1.0 + np.square(w)) ** (-0.25 * datum.M)

    if region == "1":
        outer, outer_weights = composite(np.linspace(omega, reach, math.ceil((reach - omega) / most)))
    else:
        root, root_weights = composite(np.sqrt(graded(0.0, 0.5 * omega, most)))  # y = root^2
        upper, upper_weights = composite(np.linspace(0.5 * omega, omega, math.ceil(omega / most)))
        outer = np.concatenate((root**2, upper))
        outer_weights = np.concatenate((2.0 * root * root_weights, upper_weights))
    total = np.zeros(4)
    for least, weight in zip(outer, outer_weights, strict=True):
        if region == "1":
            w3 = least
            w4, weights = composite(np.linspace(w3, w3 + reach, math.ceil(reach / most)))
            w2 = w3 + w4 - omega
        elif region == "3":
            w3 = least
            s, weights = composite(graded(0.0, reach, most))
            w2, w4 = w3 + s, omega + s
        else:
            w2 = least
            start, end = {
                "21": (0.0, 0.5 * omega - w2),
                "22": (max(0.5 * omega - w2, 0.0), 0.5 * (omega - w2)),
            }[region]
            if end <= start:
                continue
            s, weights = composite(graded(start, end, most))
            w3, w4 = w2 + s, omega - s
        kernel = weight * weights * (w2 * w3 * w4) ** beta * math.sqrt(min(omega, least))
        n1, n2, n3, n4 = n(omega), n(w2), n(w3), n(w4)
        total += [
            np.sum(kernel * product) for product in (n2 * n3 * n4, n1 * n3 * n4, n1 * n2 * n3, n1 * n2 * n4)
        ]
    return total * omega ** (beta - 0.5)


@pytest.mark.parametrize(
    ("region", "omega", "beta", "datum", "reach"),
    [
        ("21", 2.0, 0.9, oscillating(7.0, 60, 1.0), 0.0),
        ("22", 2.0, 0.9, oscillating(7.0, 60, 1.0), 0.0),
        ("21", 30.0, 0.25, oscillating(12.0, 2, 3.0), 0.0),
        ("22", 30.0, 0.25, oscillating(12.0, 2, 3.0), 0.0),
        ("3", 2.0, 0.5, oscillating(40.0, 7, 1.0), 25.0),
        ("1", 2.0, 0.5, oscillating(40.0, 7, 1.0), 12.0),
    ],
)
def test_oscillating_parts_agree_with_brute_force(
    region: str, omega: float, beta: float, datum: Datum, reach: float
) -> None:
    parts, _ = parts_over_envelope(omega, beta, datum, 20)
    expected = brute_force(region, omega, beta, datum, reach) / envelope(omega, datum.M)
    np.testing.assert_allclose(parts[REGIONS.index(region)], expected, rtol=1e-9)


@pytest.mark.parametrize("n", [10, 20])
@pytest.mark.parametrize("theta", [0.0, 1e-9, 0.9, math.pi, 4.493409457909064, 9.5, 10.0, 19.99, 31.0, 5e4])
def test_spherical_bessel_functions_agree_with_scipy(n: int, theta: float) -> None:
    # pi and 4.49... are zeros of the first two
    values = np.empty(n)
    spherical_bessel(theta, values)
    np.testing.assert_allclose(values, spherical_jn(np.arange(n), theta), rtol=1e-11, atol=1e-17)


@pytest.mark.parametrize(("omega", "N"), [(0.05, 1000), (40.0, 20), (1e5, 1)])
def test_third_difference_in_the_mean_is_the_operator_of_the_envelope(omega: float, N: int) -> None:
    # every part is a cubic in A whose leading coefficient is the part of the bare envelope
    beta, M = 0.6, 8.0
    samples = [parts_over_envelope(omega, beta, oscillating(M, N, A), 20) for A in (1.0, 5.0, 9.0, 13.0)]
    smooth, smooth_full = parts_over_envelope(omega, beta, bracket(M), 20)
    parts = np.diff([s[0] for s in samples], n=3, axis=0)[0] / (6.0 * 4.0**3)
    full = np.diff([s[1].sum() for s in samples], n=3)[0] / (6.0 * 4.0**3)
    np.testing.assert_allclose(parts, smooth, rtol=1e-11)
    assert full == pytest.approx(smooth_full.sum(), abs=1e-12 * smooth.sum())


def test_wave_of_no_frequency_is_a_constant_factor() -> None:
    parts, full = parts_over_envelope(3.0, 0.3, Datum("oscillating", 9.0, N=1e-14, A=2.0), 14)
    smooth, smooth_full = parts_over_envelope(3.0, 0.3, bracket(9.0), 14)
    np.testing.assert_allclose(parts, 27.0 * smooth, rtol=1e-12)
    np.testing.assert_allclose(full, 27.0 * smooth_full, rtol=1e-11)


@pytest.mark.parametrize("N", [1, 10])
def test_full_operator_of_oscillating_datum_tends_to_its_leading_term(N: int) -> None:
    # C/(K0 e) -> -cos(N w) w^(2 beta-1/2) times the integral over x, y of
    # (x y)^beta min(sqrt x, sqrt y) n(x) n(y) (1 - cos N(x-y))
    beta, M, A, omega = 0.5, 20.0, 2.0, 1e5 / N
    z, weights = composite(np.linspace(0.0, math.sqrt(12.0), 60))
    x, weights = z**2, 2.0 * z * weights
    density = weights * x**beta * (1.0 + x**2) ** (-0.25 * M) * (A + np.cos(N * x))
    root = np.sqrt(np.minimum.outer(x, x))
    leading = np.sum(np.outer(density, density) * root * (1.0 - np.cos(N * np.subtract.outer(x, x))))
    _, full = parts_over_envelope(omega, beta, oscillating(M, N, A), 14)
    expected = -math.cos(N * omega) * omega ** (2.0 * beta - 0.5) * leading
    assert full.sum() == pytest.approx(expected, rel=2e-3)


@njit
def slowly_decaying(omega):  # type: ignore[no-untyped-def]
    return (1.0 + omega * omega) ** -1.525


@njit
def decaying(omega):  # type: ignore[no-untyped-def]
    return (1.0 + omega) ** -5.0


@pytest.mark.parametrize(
    ("function", "datum"),
    [(slowly_decaying, bracket(6.1)), (decaying, bracket_k(10.0))],
    ids=["bracket", "bracket_k"],
)
@pytest.mark.parametrize("omega", [0.01, 1.0, 300.0])
@pytest.mark.parametrize("beta", [0.0, 1.0])
def test_algebraic_datum_given_as_a_function_has_the_same_parts(
    function: object, datum: Datum, omega: float, beta: float
) -> None:
    # other tails and other rules on [0, b]
    parts, full = parts_over_envelope(omega, beta, custom(function), 16)  # type: ignore[arg-type]
    expected, expected_full = parts_over_envelope(omega, beta, datum, 20)
    scale = float(function(omega))  # type: ignore[operator]
    np.testing.assert_allclose(parts, scale * expected, rtol=1e-11)
    assert full.sum() == pytest.approx(scale * expected_full.sum(), rel=1e-9)  # n4 - n1 is a subtraction


@pytest.mark.parametrize(
    ("omega", "beta", "datum"),
    [
        (1e5, 0.25, oscillating(12.0, 1, 100.0)),
        (50.0, 0.9, oscillating(7.0, 1000, 1.0)),
        (3.0, 1.0, bracket(6.1)),
    ],
)
def test_error_falls_geometrically_with_nodes(omega: float, beta: float, datum: Datum) -> None:
    finest, _ = parts_over_envelope(omega, beta, datum, 24)
    errors = [
        np.max(
            np.abs(parts_over_envelope(omega, beta, datum, nodes)[0].sum(axis=0) / finest.sum(axis=0) - 1.0)
        )
        for nodes in (6, 10, 14)
    ]
    assert errors[0] > 100.0 * errors[1] > 1e4 * errors[2]
    assert errors[2] < 1e-9
