"""The trilinear operators against the isotropic operator, closed forms and Monte Carlo."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from numba import njit
from scipy.integrate import quad
from scipy.special import erf

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.wave.collision import AccuracyWarning, collision
from wellposed.kinetics.wave.data import bracket, bracket_k, oscillating
from wellposed.kinetics.wave.experiments import lipschitz
from wellposed.kinetics.wave.experiments.trilinear import EXPERIMENT
from wellposed.kinetics.wave.spatial import trilinear
from wellposed.kinetics.wave.spatial.anisotropic import LEVELS, error_estimate
from wellposed.kinetics.wave.spatial.quartets import cut_off_measure
from wellposed.kinetics.wave.spatial.ratios import right_side
from wellposed.kinetics.wave.spatial.shapes import integral, shape, supremum, weighted_integral

DIRECTION = np.array([0.6, 0.0, 0.8])


def exact(omega: float, part: str, **given: object) -> float:
    return float(collision(omega, part=part, normalisation="exact", **given))


@pytest.mark.parametrize("beta", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("k", [0.1, 1.0, 2.5, 30.0])
@pytest.mark.parametrize("datum", [bracket_k(8.0), bracket_k(6.1), bracket(9.0)], ids=str)
def test_radial_operators_are_the_parts_of_the_isotropic_one(beta: float, k: float, datum: object) -> None:
    # Same operator, other variables: G1 = 234, G2 = 134, L1 + L2 = 123 + 124 with K0 = 2 pi^2.  It pins the
    # 1/4 of (1.14)-(1.17).  L1 and L2 alone are not 124 and 123.
    k1 = k * DIRECTION
    G1, G2, L1, L2 = (
        trilinear(k1, datum, datum, datum, beta=beta, operator=operator, rtol=1e-9)
        for operator in ("G1", "G2", "L1", "L2")
    )
    given = {"beta": beta, "datum": datum}
    assert pytest.approx(exact(k * k, "234", **given), rel=1e-8) == G1
    assert pytest.approx(exact(k * k, "134", **given), rel=1e-8) == G2
    losses = exact(k * k, "123", **given) + exact(k * k, "124", **given)
    assert pytest.approx(losses, rel=1e-8) == L1 + L2


def test_the_oscillating_datum_is_resolved() -> None:
    n = oscillating(12.0, 1, 2.0)
    value = trilinear([0.0, 0.0, 1.0], n, n, n, beta=0.3, operator="G1", rtol=1e-8)
    assert value == pytest.approx(exact(1.0, "234", beta=0.3, datum=n, rtol=1e-8), rel=1e-7)


@pytest.mark.parametrize(
    ("w1", "w2", "w4"),
    [
        (1.0, 0.5, 0.4),
        (1.0, 2.0, 0.7),
        (1.0, 2.0, 1.3),
        (900.0, 1.0, 449.0),
        (1.0, 30.0, 14.0),
        (1.0, 1.001, 0.9),
    ],
)
def test_measure_of_the_cut_off_is_its_integral(w1: float, w2: float, w4: float) -> None:
    # the defining integral of arccos |kappa|, by adaptive quadrature
    w3 = w1 + w2 - w4
    E, d, e = w1 + w2, w1 - w2, w3 - w4
    zc = 0.5 * math.sqrt(E * E - d * d - e * e)

    def integrand(t: float) -> float:
        z = zc * math.sin(t)
        kappa = 0.25 * abs(d * e) / math.sqrt((w1 * w2 - z * z) * (w3 * w4 - z * z))
        return 2.0 * math.acos(min(kappa, 1.0)) * zc * math.cos(t) / (2.0 * math.sqrt(E + 2.0 * z))

    expected, _ = quad(integrand, -0.5 * math.pi, 0.5 * math.pi, epsabs=0.0, epsrel=1e-12, limit=400)
    assert cut_off_measure(w1, w2, d, w3, w4, e) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("beta", [0.0, 0.7])
def test_reversing_sigma_exchanges_g_and_h(beta: float) -> None:
    # b(sigma) + b(-sigma) = 1, so G1[f,g,h] + G1[f,h,g] has no cut-off and is bilinear and symmetric in g, h:
    # G1[f,g+h,g+h] = G1[f,g,g] + G1[f,h,h] + that, where only the mixed terms are integrated with a cut-off.
    f, g, h = bracket_k(8.0), bracket_k(7.0), bracket(9.0)
    k1 = 1.3 * DIRECTION

    def G1(g: object, h: object) -> float:
        return float(trilinear(k1, f, g, h, beta=beta, operator="G1", rtol=1e-9))

    @njit
    def both(omega: float) -> float:
        return (1.0 + omega) ** -3.5 + (1.0 + omega * omega) ** -2.25

    assert G1(both, both) == pytest.approx(G1(g, g) + G1(h, h) + G1(g, h) + G1(h, g), rel=1e-8)
    assert abs(G1(g, h) - G1(h, g)) > 1e-3 * G1(g, h)


def shifted_gaussian(k: np.ndarray) -> np.ndarray:
    return np.exp(-(k[..., 0] ** 2) - (k[..., 1] - 0.6) ** 2 - (k[..., 2] - 0.8) ** 2)


@njit
def shifted_gaussian_compiled(x: float, y: float, z: float) -> float:
    return math.exp(-(x**2) - (y - 0.6) ** 2 - (z - 0.8) ** 2)


@pytest.mark.parametrize(
    ("second", "rtol"),
    [(shifted_gaussian, 2e-4), (shifted_gaussian_compiled, 1e-2)],
    ids=["whole", "cut off"],
)
@pytest.mark.parametrize("k1", [(0.4, 0.5, 0.6), (1.5, -1.0, 2.0)])
def test_a_shifted_maxwellian_has_a_closed_form(k1: tuple, second: object, rtol: float) -> None:
    # g(k1*) g(k2*) = g(k1) g(k2) by conservation, so at beta = 0, G1[g,g,g] is (pi/2) g(k1) times
    # int |k1-k2| g(k2)^2 dk2, the mean distance to a normal variable of variance 1/4.  Given as two
    # functions, it is integrated with b.
    k1 = np.array(k1)
    r, s2 = float(np.linalg.norm(k1 - [0.0, 0.6, 0.8])), 0.25
    s = math.sqrt(s2)
    distance = s * math.sqrt(2.0 / math.pi) * math.exp(-r * r / (2.0 * s2)) + (r + s2 / r) * erf(
        r / s / math.sqrt(2.0)
    )
    expected = 0.5 * math.pi * float(shifted_gaussian(k1)) * (0.5 * math.pi) ** 1.5 * distance
    value = trilinear(k1, shifted_gaussian, shifted_gaussian, second, beta=0.0, operator="G1", rtol=rtol)
    assert value == pytest.approx(expected, rel=rtol)


@pytest.mark.parametrize("operator", ["G1", "G2", "L1", "L2"])
def test_functions_without_symmetry_agree_with_monte_carlo(operator: str) -> None:
    # k2 drawn from the normal density of width 1 about (0, 0.5, 0), sigma uniform; the seed makes it certain
    k1, beta, count = np.array([0.7, -0.3, 0.9]), 0.4, 1_000_000
    rng = np.random.default_rng(20)
    centre = np.array([0.0, 0.5, 0.0])
    k2 = centre + rng.standard_normal((count, 3))
    density = np.exp(-0.5 * ((k2 - centre) ** 2).sum(axis=1)) / (2.0 * math.pi) ** 1.5
    sigma = rng.standard_normal((count, 3))
    sigma /= np.linalg.norm(sigma, axis=1)[:, None]
    u = k1 - k2
    speed = np.linalg.norm(u, axis=1)
    plus, minus = 0.5 * (k1 + k2 + speed[:, None] * sigma), 0.5 * (k1 + k2 - speed[:, None] * sigma)

    def f(k: np.ndarray) -> np.ndarray:
        return np.exp(-(k[..., 0] ** 2) - (k[..., 1] - 0.5) ** 2 - 0.7 * k[..., 2] ** 2)

    def g(k: np.ndarray) -> np.ndarray:
        return np.exp(-0.8 * (k**2).sum(axis=-1)) * (1.0 + 0.5 * k[..., 0])

    def h(k: np.ndarray) -> np.ndarray:
        return np.exp(-((k[..., 0] + 0.2) ** 2) - 0.6 * k[..., 1] ** 2 - k[..., 2] ** 2)

    at = {
        "G1": f(k2) * g(plus) * h(minus),
        "G2": f(k1) * g(plus) * h(minus),
        "L1": f(k1) * g(k2) * h(minus),
        "L2": f(k1) * g(k2) * h(plus),
    }[operator]
    lengths = [np.linalg.norm(k, axis=-1) for k in (k1, k2, plus, minus)]
    sample = (
        math.pi * math.prod(lengths) ** (2.0 * beta) * speed * at * ((u * sigma).sum(axis=1) > 0.0) / density
    )
    mean, bar = sample.mean(), sample.std() / math.sqrt(count)
    value = trilinear(k1, f, g, h, beta=beta, operator=operator, rtol=2e-3)
    assert bar < 4e-3 * mean
    assert abs(value - mean) < 4.0 * bar + 2e-3 * mean


def test_rotating_k1_and_the_functions_changes_nothing() -> None:
    angle = 0.7
    rotation = np.array(
        [[math.cos(angle), -math.sin(angle), 0.0], [math.sin(angle), math.cos(angle), 0.0], [0, 0, 1]]
    )
    k1 = np.array([0.5, -0.2, 1.1])

    def turned(k: np.ndarray) -> np.ndarray:
        return shifted_gaussian(k @ rotation)

    values = [
        float(trilinear(at, f, f, f, beta=0.25, operator="L1", rtol=3e-3))
        for f, at in ((shifted_gaussian, k1), (turned, rotation @ k1))
    ]
    assert values[1] == pytest.approx(values[0], rel=3e-3)
    elsewhere = float(trilinear(rotation @ k1, *[shifted_gaussian] * 3, beta=0.25, operator="L1", rtol=3e-3))
    assert abs(elsewhere - values[0]) > 0.02 * values[0]


def test_five_dimensions_agree_with_two_at_a_large_k1() -> None:
    def spatial(k: np.ndarray) -> np.ndarray:
        return (1.0 + (k**2).sum(axis=-1)) ** -4.0

    k1 = 30.0 * DIRECTION
    for operator in ("G1", "L1"):
        value = trilinear(k1, spatial, spatial, spatial, beta=0.25, operator=operator, rtol=1e-2)
        n = bracket_k(8.0)
        assert value == pytest.approx(trilinear(k1, n, n, n, beta=0.25, operator=operator), rel=1e-3)


def test_arrays_of_wave_vectors_keep_their_shape() -> None:
    n = bracket_k(8.0)
    k1 = np.array([[[0.0, 0.0, 1.0], [0.0, 1.0, 0.0]], [[0.0, 0.0, 0.0], [0.0, 3.0, 4.0]]])
    value = trilinear(k1, n, n, n, beta=0.5, operator="G2")
    assert value.shape == (2, 2)
    assert value[0, 0] == value[0, 1]
    assert value[1, 0] == 0.0
    assert trilinear([0.0, 0.0, 0.0], n, n, n, beta=0.0, operator="G1") == pytest.approx(
        exact(0.0, "234", beta=0.0, datum=n), rel=1e-6
    )


def test_too_small_a_tolerance_is_reported() -> None:
    n = oscillating(8.0, 200, 2.0)
    with pytest.warns(AccuracyWarning, match=r"G1 at k1 = \(0, 0, 3\) has an estimated relative error of"):
        trilinear([0.0, 0.0, 3.0], n, n, n, beta=0.0, operator="G1", rtol=1e-9)


def test_bad_arguments_are_named() -> None:
    n = bracket_k(8.0)
    for wrong, match in [
        ({"beta": 1.2}, r"`beta` must be a number in \[0, 1\], but is 1.2"),
        ({"operator": "G3"}, "`operator` must be one of G1, G2, L1, L2, but is G3"),
        ({"k1": [1.0, 2.0]}, r"`k1` must be one wave vector \(3,\)"),
        ({"k1": [0.0, 0.0, 1e-8]}, r"`k1` must be 0 or of a length in \[1e-06, 1e\+06\]"),
        ({"g": 3.0}, r"`g` must be bracket\(M\), .*, but is 3.0"),
        ({"h": lambda k: k}, "`h` must return one number for each k"),
        ({"h": lambda k: np.exp(-(k**2).sum(axis=0))}, "`h` must return one number for each k"),
        ({"h": lambda k: np.where((k**2).sum(axis=1) < 1e3, 1.0, np.nan)}, "`h` must be finite"),
        ({"f": lambda k: 1.0 / 0.0}, "`f` must be .* but raises ZeroDivisionError"),
    ]:
        given = {"k1": [0.0, 0.0, 1.0], "f": n, "g": n, "h": n, "beta": 0.0, "operator": "G1", **wrong}
        with pytest.raises(ParameterError, match=match):
            trilinear(**given)


def bounds(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize("estimate", ["(2.7)", "(2.4)-(2.6)"])
@pytest.mark.parametrize("M", [6.1, 8.0, 40.0])
@pytest.mark.parametrize("beta", [0.0, 0.25, 0.6])
def test_G1_and_L1_grow_beyond_one_quarter(beta: float, M: float, estimate: str) -> None:
    # G1 of the weight is the part 234, which (4.7) says is of order omega^(2 beta - 1/2 - M/2); the right
    # sides do not depend on k1.  That L1 does the same is measured.
    for operator in ("G1", "L1"):
        found = bounds(beta=beta, M=M, operator=operator, estimate=estimate)
        assert abs(found["growth_exponent"] - (2.0 * beta - 0.5)) <= found["growth_exponent_error"] < 1e-4
        assert math.isinf(found["constant"]) == (beta > 0.25)


@pytest.mark.parametrize(("beta", "M"), [(0.25, 8.0), (1.0, 8.0), (1.0, 6.1), (0.6, 6.5)])
def test_G2_and_L2_grow_only_beyond_another_threshold(beta: float, M: float) -> None:
    # Power counting: one wave of order one, the others of order k1, a datum at one of them, so
    # omega^(beta-1/2) omega^(2 beta+1) omega^(-M/2); cf. (5.13).  In L2 the cut-off removes k2 and k1* both
    # of order one, which in L1, with k2*, makes 2 beta - 1/2.
    for operator in ("G2", "L2"):
        found = bounds(beta=beta, M=M, operator=operator)
        assert (
            abs(found["growth_exponent"] - (3.0 * beta + 0.5 - 0.5 * M))
            <= found["growth_exponent_error"]
            < 1e-3
        )


@pytest.mark.parametrize(("beta", "M"), [(1e-3, 8.0), (0.05, 100.0)])
def test_a_maximum_at_a_very_low_frequency_is_found(beta: float, M: float) -> None:
    # wave.lipschitz has it from the isotropic kernel, which shares nothing with the quartets; 2 pi^2 to K0
    found = EXPERIMENT.evaluate(**EXPERIMENT.point({"beta": beta, "M": M, "operator": "G2"}))
    constants = lipschitz.EXPERIMENT.evaluate(**lipschitz.EXPERIMENT.point({"beta": beta, "M": M}))
    expected = constants["constants"][lipschitz.BOUNDED.index("G2")] / (32.0 * math.pi)
    assert found["constant"] == pytest.approx(expected, rel=1e-7)


def test_a_constant_that_is_only_approached_is_a_limit() -> None:
    # L1 at beta = 1/4 rises to it: its place is at infinity
    found = bounds(beta=0.25, M=8.0, operator="L1")
    assert found["omega_at_constant"] == math.inf
    assert found["constant"] >= found["profile"][-1]
    assert found["constant_error"] >= found["profile_error"][-1]
    at_zero = bounds(beta=0.0, M=8.0, operator="G2")
    constants = lipschitz.EXPERIMENT.evaluate(**lipschitz.EXPERIMENT.point({"beta": 0.0, "M": 8.0}))
    expected = constants["constants"][lipschitz.BOUNDED.index("G2")] / (32.0 * math.pi)
    assert abs(at_zero["constant"] - expected) <= at_zero["constant_error"]


def test_an_integral_that_diverges_is_infinite_and_reported() -> None:
    @njit
    def slow(omega: float) -> float:
        return 1.0 / math.sqrt(1.0 + omega)

    with pytest.warns(AccuracyWarning, match="estimated relative error of inf"):
        assert math.isinf(trilinear([0.0, 0.0, 1.0], slow, slow, slow, beta=0.25, operator="G1"))


def test_a_second_scale_is_refused_or_counted() -> None:
    @njit
    def hidden(omega: float) -> float:
        return (1.0 + omega) ** -4.0 + math.exp(-((omega - 1e4) ** 2))

    def hidden_shell(k: np.ndarray) -> np.ndarray:
        r = np.linalg.norm(k, axis=1)
        return np.exp(-(r**2) - 0.1 * k[:, 2]) + np.exp(-100.0 * (r - 300.0) ** 2)

    smooth = bracket_k(8.0)
    with pytest.raises(Unresolved, match="Argument `g` has structure near omega = 1e"):
        trilinear([0.0, 0.0, 1.0], smooth, hidden, smooth, beta=0.25, operator="L1")
    with pytest.raises(Unresolved, match="Argument `h` has structure near omega = 9"):
        trilinear([0.0, 0.0, 1.0], smooth, smooth, hidden_shell, beta=0.25, operator="L1", rtol=0.1)


def test_a_function_that_vanishes_gives_zero() -> None:
    def far(k: np.ndarray) -> np.ndarray:
        return np.where(np.linalg.norm(k - [0.0, 0.0, 1e5], axis=1) < 1e-3, 1.0, 0.0)

    assert trilinear([0.0, 0.0, 1.0], far, far, far, beta=0.25, operator="G1") == 0.0


def test_constant_of_the_corollary_is_the_greatest_weighted_part() -> None:
    # by positivity the weight itself is extremal, and G1 of it is the part 234
    omega = np.geomspace(0.05, 500.0, 400)
    ratio = (1.0 + omega) ** 4 * collision(
        omega, beta=0.2, datum=bracket_k(8), part="234", normalisation="exact", rtol=1e-9
    )
    found = bounds(beta=0.2, M=8.0, operator="G1")
    assert found["constant"] == pytest.approx(ratio.max(), rel=1e-4)
    assert found["constant"] >= ratio.max() * (1.0 - 1e-7)
    assert found["omega_at_constant"] == pytest.approx(omega[ratio.argmax()], rel=0.1)


def test_norms_of_the_data() -> None:
    k = np.linspace(-50.0, 50.0, 400_001)
    on_axis = np.stack([np.zeros_like(k), np.zeros_like(k), k], axis=-1)
    for weight in (0.0, 3.5, 8.0):
        values = (1.0 + k * k) ** (0.5 * weight) * shape("shifted", 8.0, 1.5, 1.0)(on_axis)
        assert supremum("shifted", 8.0, 1.5, weight) == pytest.approx(values.max(), rel=1e-6)
    for datum in ("radial", "shifted", "stretched"):
        assert weighted_integral(datum, 8.0, 1.5, 2.0, 0.0) == pytest.approx(
            integral(datum, 8.0, 2.0), rel=1e-8
        )
    # int <k>^(3-M) dk, a Beta function
    closed = math.pi**1.5 * math.gamma(1.0) / math.gamma(2.5)
    assert weighted_integral("radial", 8.0, 0.0, 1.0, 3.0) == pytest.approx(closed, rel=1e-8)
    assert right_side("(2.4)-(2.6)", "G2", "radial", 8.0, 0.0, 1.0) == pytest.approx(closed, rel=1e-8)


@pytest.mark.parametrize("M", [6.5, 8.0, 20.0])
def test_right_sides_are_the_products_of_norms(M: float) -> None:
    # suprema of the radial datum are one, and <k>^w of it is the radial datum of decay M - w
    def mean(weight: float) -> float:
        return integral("radial", M - weight, 1.0)

    for operator, expected in {
        "G1": mean(0.5) + mean(3.0),
        "G2": mean(3.0),
        "L1": mean(0.5),
        "L2": mean(0.5),
    }.items():
        found = right_side("(2.4)-(2.6)", operator, "radial", M, 0.0, 1.0)
        assert found == pytest.approx(expected, rel=1e-8)
        assert right_side("(2.7)", operator, "radial", M, 0.0, 1.0) == 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("datum", "operator"), [("shifted", "L2"), ("stretched", "G1")])
def test_the_weight_is_extremal(datum: str, operator: str) -> None:
    found = bounds(beta=0.25, M=8.0, operator=operator, datum=datum)
    greatest = bounds(beta=0.25, M=8.0, operator=operator)["constant"]
    assert 0.0 < found["constant"] + found["constant_error"] < greatest


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: f"{level.omitted:g}")
def test_error_counts_what_was_left_out(level: object) -> None:
    # two levels may leave out the same nodes, and agree
    assert error_estimate(-3.0, -3.0, level) >= 2.0 * 3.0 * level.omitted
    assert error_estimate(-2.0, -3.0, level) >= 1.0 + 2.0 * 3.0 * level.omitted


def test_nothing_warns() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bounds(beta=0.0, M=100.0, operator="G1")
        bounds(beta=1.0, M=100.0, operator="L2")
