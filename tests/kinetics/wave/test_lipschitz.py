"""Constants of the trilinear bounds, and the Lipschitz constant of the Picard map."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from numba import njit

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.wave.collision import AccuracyWarning, collision
from wellposed.kinetics.wave.data import bracket, bracket_k
from wellposed.kinetics.wave.evolution import collision_rate, uniform_grid
from wellposed.kinetics.wave.experiments.lipschitz import BOUNDED
from wellposed.kinetics.wave.experiments.lipschitz import EXPERIMENT as CONSTANTS
from wellposed.kinetics.wave.experiments.picard import EXPERIMENT as PICARD
from wellposed.kinetics.wave.lipschitz.forms import ascend, derivative_norm, row_form
from wellposed.kinetics.wave.lipschitz.needles import bounds, excess, needle
from wellposed.kinetics.wave.lipschitz.suprema import KINDS, WeightedParts
from wellposed.kinetics.wave.parameters import LARGEST_FREQUENCIES, NORMALISATIONS

K0 = NORMALISATIONS["paper"]
EDGES = np.concatenate(([0.0], 2.0 ** np.linspace(-6.0, 12.0, 55)))  # three cells an octave


def ask(experiment: Experiment, **given: object) -> dict:
    return dict(experiment.evaluate(**experiment.point(given)))


def weight_of(kind: str, M: float, omega: np.ndarray | float) -> np.ndarray | float:
    return (1.0 + omega**2) ** (0.25 * M) if kind == "bracket" else (1.0 + omega) ** (0.5 * M)


def form(weight: str, beta: float, M: float, w1: float, edges=EDGES, sub: int = 4, loss: float = 1.0):
    T, S = row_form(KINDS[weight], 0.5 * M, beta, w1, edges, sub, loss)
    return K0 * T, K0 * S


# Constants of (2.7)


@pytest.mark.parametrize(("beta", "M", "weight"), [(0.1, 8.0, "bracket_k"), (0.25, 7.0, "bracket")])
def test_constants_are_the_suprema_of_the_collision_operator(beta: float, M: float, weight: str) -> None:
    # the operator by its public function, on a scan of its own and where the supremum is said to be
    found = ask(CONSTANTS, beta=beta, M=M, weight=weight)
    datum = bracket(M) if weight == "bracket" else bracket_k(M)
    made_of = {
        "G1": ["234"],
        "G2": ["134"],
        "L1+L2": ["123", "124"],
        "gain": ["234", "134"],
        "full": ["234", "134", "123", "124"],
    }
    omega = np.geomspace(1e-3, 64.0, 120)
    by_part = {
        part: weight_of(weight, M, omega) * collision(omega, beta=beta, datum=datum, part=part)
        for part in made_of["full"]
    }
    for q, name in enumerate(BOUNDED):
        scanned = sum(by_part[part] for part in made_of[name])
        for top in (1.0, 8.0, 64.0):
            highest = np.max(scanned[omega <= top])
            truncated = found["truncated"][q, np.searchsorted(LARGEST_FREQUENCIES, top)]
            # a scan of 120 points is short of a maximum by the square of half their distance, and of an end
            # of rising values by their distance
            assert highest * (1.0 - 1e-9) <= truncated <= highest * 1.06
        at = min(found["attained_at"][q], 1e9)
        there = sum(
            weight_of(weight, M, at) * collision(at, beta=beta, datum=datum, part=part)
            for part in made_of[name]
        )
        assert found["constants"][q] == pytest.approx(float(there), rel=1e-9)


@pytest.mark.parametrize("M", [6.5, 8.0, 30.0])
def test_constants_without_interaction_weight_are_known_at_zero_frequency(M: float) -> None:
    # beta = 0, w1 = 0: the kernel is one, W134 is half the square of int n, and with z = x + y
    # int int n(x+y) n(x) dx dy = int int_(z>x) n(z) n(x) is half of it as well; int n = 1/(M/2 - 1)
    found = ask(CONSTANTS, beta=0.0, M=M, weight="bracket_k")
    expected = 0.5 * K0 / (0.5 * M - 1.0) ** 2
    at = [BOUNDED.index("G2"), BOUNDED.index("L1+L2")]
    np.testing.assert_allclose(found["constants"][at], expected, rtol=1e-11)
    assert np.all(found["attained_at"][at] < 1e-15)


@pytest.mark.parametrize("beta", [0.0, 0.2, 0.25, 0.3, 0.8])
def test_constants_are_finite_up_to_a_quarter_and_grow_as_the_leading_part_beyond(beta: float) -> None:
    found = ask(CONSTANTS, beta=beta, M=8.0)
    # (4.7), (5.19) with the weight; (5.13) for what decays fastest
    assert found["constant_exponent"] == pytest.approx(2.0 * beta - 0.5, abs=1e-11)
    expected = [2.0 * beta - 0.5, 3.0 * beta + 0.5 - 4.0, *3 * [2.0 * beta - 0.5]]
    np.testing.assert_allclose(found["exponents"], expected, atol=1e-9)
    assert np.all(np.isfinite(found["constants"]) == (np.array(expected) <= 0.0))
    assert found["constant_exponent_error"] < 1e-11
    assert np.all(np.diff(found["truncated"], axis=1) >= 0.0)
    assert np.all(found["octave"] <= found["truncated"])


def test_maxima_between_samples_are_located() -> None:
    parts = WeightedParts("bracket", 0.2, 60.0)
    found = ask(CONSTANTS, beta=0.2, M=60.0, weight="bracket", operator="gain")
    q = BOUNDED.index("gain")
    at, highest = found["attained_at"][q], found["constants"][q]
    curve = [parts(at * math.exp(d))[:2].sum() for d in (-2e-3, -1e-3, 0.0, 1e-3, 2e-3)]
    assert highest == pytest.approx(max(curve), rel=1e-12)
    assert curve[0] < curve[1] < curve[2] > curve[3] > curve[4]


def test_parts_that_underflow_still_have_an_exponent() -> None:
    found = ask(CONSTANTS, beta=0.3, M=100.0)
    assert found["exponents"][BOUNDED.index("G2")] == pytest.approx(0.9 + 0.5 - 50.0, abs=1e-3)


# The cubic form of a row


@pytest.mark.parametrize(
    ("weight", "beta", "M", "w1"),
    [("bracket_k", 0.0, 8.0, 0.5), ("bracket_k", 0.2, 8.0, 2.0), ("bracket", 0.1, 50.0, 1.5)],
)
def test_form_at_ones_is_the_collision_operator(weight: str, beta: float, M: float, w1: float) -> None:
    parts = WeightedParts(weight, beta, M)(w1)
    for loss in (0.0, 1.0):
        errors = []
        for sub in (2, 4):
            T, S = form(weight, beta, M, w1, sub=sub, loss=loss)
            np.testing.assert_array_equal(S, S.T)
            np.testing.assert_allclose(T, T.transpose(1, 0, 2), rtol=1e-12)
            np.testing.assert_allclose(T, T.transpose(0, 2, 1), rtol=1e-12)
            cubic, shared = parts[0], parts[1] - loss * (parts[2] + parts[3])
            errors.append(abs(T.sum() - cubic) + abs(S.sum() - shared))
        assert errors[1] < 2e-3 * parts.sum()
        assert errors[1] < 0.6 * errors[0] + 1e-4 * parts.sum()


def test_form_at_another_function_is_its_collision_operator() -> None:
    # f = u n, u = (1 + w)^(-1/2) (2 + cos w)/3, by the panelled quadrature, which shares nothing with forms
    M, beta, w1 = 8.0, 0.2, 1.7

    @njit
    def f(w):
        return (1.0 + w) ** -4.5 * (2.0 + math.cos(w)) / 3.0

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AccuracyWarning)
        expected = (1.0 + w1) ** 4.0 * collision(w1, beta=beta, datum=f, rtol=1e-6)
        gain = (1.0 + w1) ** 4.0 * collision(w1, beta=beta, datum=f, operator="gain", rtol=1e-6)
    edges = np.concatenate(([0.0], 2.0 ** np.linspace(-6.0, 10.0, 129)))  # eight cells an octave
    T, S = form("bracket_k", beta, M, w1, edges, 2)
    middle = 0.5 * w1 * (edges[1:] + edges[:-1])
    u, a = ((1.0 + w) ** -0.5 * (2.0 + np.cos(w)) / 3.0 for w in (middle, w1))
    found = np.einsum("ijk,i,j,k", T, u, u, u, optimize=True) + a * u @ S @ u
    assert found == pytest.approx(float(expected), abs=3e-3 * float(gain))


def test_derivative_norm_is_the_largest_directional_derivative() -> None:
    rng = np.random.default_rng(1)
    n, step = 5, 1e-3
    T = rng.normal(size=(n, n, n))
    T = sum(T.transpose(p) for p in itertools.permutations(range(3)))
    S = rng.normal(size=(n, n))
    S = S + S.T
    u, a = rng.uniform(-1.0, 1.0, n), -0.7

    def value(v: np.ndarray, b: float) -> float:
        return float(np.einsum("ijk,i,j,k", T, v, v, v) + b * v @ S @ v)

    steepest = 0.0
    for signs in itertools.product((-step, step), repeat=n + 1):
        direction, across = np.array(signs[:n]), signs[n]
        # a cubic's central difference at h and 2h, extrapolated, is exact
        slopes = [
            (value(u + k * direction, a + k * across) - value(u - k * direction, a - k * across))
            / (2 * k * step)
            for k in (1, 2)
        ]
        steepest = max(steepest, (4.0 * slopes[0] - slopes[1]) / 3.0)
    assert derivative_norm(T, S, u, a) == pytest.approx(steepest, rel=1e-8)


@pytest.mark.parametrize(("beta", "M", "w1"), [(0.0, 6.5, 0.5), (0.1, 8.0, 1.0), (0.2, 8.0, 0.15)])
@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_ascent_finds_the_best_of_all_patterns(beta: float, M: float, w1: float, low: float) -> None:
    # twelve cells, all 4096 patterns
    edges = np.concatenate(([0.0], 2.0 ** np.linspace(-3.0, 8.0, 12)))
    T, S = form("bracket_k", beta, M, w1, edges, 8)
    n = edges.size - 1
    for a in (-1.0,) if low < 0.0 else (0.0, 1.0):
        highest = max(derivative_norm(T, S, np.array(u), a) for u in itertools.product((low, 1.0), repeat=n))
        found = 0.0
        for change, below in itertools.product(range(n + 1), (True, False)):
            u = np.where((np.arange(n) < change) == below, 1.0, low)
            norm = ascend(T, S, u, a, low)
            assert norm == pytest.approx(derivative_norm(T, S, u, a), rel=1e-12)
            found = max(found, norm)
        assert found == pytest.approx(highest, rel=1e-12)
        assert highest <= 3.0 * T.sum() + 3.0 * np.abs(S).sum()


def test_needle_is_the_best_value_at_the_row() -> None:
    for cubic, shared in ((2.0, -0.7), (1.0, 0.4)):
        norm = {a: 3.0 * cubic + 2.0 * a * shared + abs(shared) for a in (-1.0, 0.0, 1.0)}
        assert needle(cubic, shared) == pytest.approx((max(norm[-1.0], norm[1.0]), max(norm[0.0], norm[1.0])))


@pytest.mark.parametrize("sign", [-1.0, 0.0])
def test_needle_is_the_jacobian_of_the_discrete_operator(sign: float) -> None:
    # another discretisation, on uniform grids: one row of its Jacobian at f = 2n but at that node, by
    # differences.  The needle is as wide as a cell there, so the error is of first order: extrapolated
    beta, M, w1, omega_max = 0.2, 8.0, 4.05, 24.3
    norms = []
    for size in (135, 405):
        grid = uniform_grid(size, omega_max)
        i = round(w1 / grid.spacing - 0.5)
        assert grid.omega[i] == pytest.approx(w1)
        n = 1.0 / weight_of("bracket_k", M, grid.omega)
        f = 2.0 * n
        f[i] *= sign
        norms.append(0.0)
        for j in range(size):
            step = np.zeros(size)
            step[j] = 0.1 * n[j]
            slopes = []
            for k in (1, 2):
                after, before = (collision_rate(f + at * step, grid, beta=beta)[i] for at in (k, -k))
                slopes.append((after - before) / (0.2 * k))
            norms[-1] += abs(4.0 * slopes[0] - slopes[1]) / 3.0 / n[i]
    expected = bounds(WeightedParts("bracket_k", beta, M)(w1), 1.0)[0 if sign else 1]
    extrapolated = norms[1] + 0.5 * (norms[1] - norms[0])
    assert extrapolated == pytest.approx(4.0 * expected, rel=0.02)


# The Picard map


@pytest.mark.parametrize(("beta", "M"), [(0.0, 8.0), (0.2, 20.0), (0.5, 8.0)])
def test_gain_attains_what_three_slots_and_twice_the_radius_give(beta: float, M: float) -> None:
    found = ask(PICARD, beta=beta, M=M, operator="gain")
    for name in ("lipschitz_ratio", "needle_ratio", "upper_ratio"):
        assert found[name] == pytest.approx(12.0, rel=1e-12)
    assert found["nonnegative_lipschitz_ratio"] == pytest.approx(12.0, rel=1e-12)
    assert found["contraction_time"] == pytest.approx(1.0 / 12.0, rel=1e-12)
    assert found["factor_at_printed_time"] == pytest.approx(1.5, rel=1e-12)  # printed: 1/2
    assert found["stability_time"] == pytest.approx(1.0 / 8.0, rel=1e-12)  # as printed


@pytest.mark.parametrize(
    ("beta", "M", "weight"), [(0.0, 8.0, "bracket_k"), (0.1, 6.2, "bracket"), (0.25, 8.0, "bracket_k")]
)
def test_bounds_of_the_full_operator_enclose_its_constant(beta: float, M: float, weight: str) -> None:
    found = ask(PICARD, beta=beta, M=M, weight=weight)
    lower, upper = found["lipschitz_ratio"], found["upper_ratio"]
    assert found["needle_ratio"] <= lower * (1.0 + 1e-12)
    assert lower - found["lipschitz_ratio_error"] <= upper + found["upper_ratio_error"] < 12.0
    assert upper < 1.003 * lower
    assert found["nonnegative_needle_ratio"] <= found["nonnegative_lipschitz_ratio"] * (1.0 + 1e-12)
    assert found["nonnegative_lipschitz_ratio"] < lower
    assert lower > 4.0  # what is printed

    # the reported functions have the reported Lipschitz constant, up to the cells' discretisation
    constants = ask(CONSTANTS, beta=beta, M=M, weight=weight)["constants"][BOUNDED.index("full")]
    (cells,) = [c.values for c in PICARD.coordinates if c.name == "cell"]
    edges = np.concatenate(([0.0], cells))
    for prefix in ("", "nonnegative_"):
        T, S = form(weight, beta, M, found[f"{prefix}row"], edges)
        norm = derivative_norm(T, S, found[f"{prefix}pattern"], found[f"{prefix}pattern_at_row"])
        assert 4.0 * norm / constants == pytest.approx(found[f"{prefix}lipschitz_ratio"], rel=5e-3)


def test_no_pair_of_functions_exceeds_the_upper_bound_and_one_exceeds_what_is_printed() -> None:
    # quotients of another discretisation, which is ten percent low at a needle as wide as its cell
    beta, M = 0.2, 8.0
    found = ask(PICARD, beta=beta, M=M)
    full = ask(CONSTANTS, beta=beta, M=M)["constants"][BOUNDED.index("full")]
    grid = uniform_grid(160, 24.0)
    n = 1.0 / weight_of("bracket_k", M, grid.omega)
    rng = np.random.default_rng(0)

    def quotient(u: np.ndarray, v: np.ndarray) -> float:
        images = [collision_rate(2.0 * n * at, grid, beta=beta) for at in (u, v)]
        return float(np.max(np.abs(images[0] - images[1]) / n) / (2.0 * np.max(np.abs(u - v))) / full)

    at_needle = np.ones(n.size)
    at_needle[np.argmin(np.abs(grid.omega - found["row"]))] = -1.0
    assert found["upper_ratio"] > quotient(at_needle, 0.999 * at_needle) > 10.0
    for _ in range(50):
        u, v = rng.choice((-1.0, 1.0), size=(2, n.size))
        near = np.clip(u + 0.01 * rng.uniform(-1.0, 1.0, n.size), -1.0, 1.0)
        assert quotient(u, v) < found["upper_ratio"]
        assert quotient(u, near) < found["upper_ratio"]


@pytest.mark.parametrize("weight", ["bracket", "bracket_k"])
def test_beyond_a_quarter_one_change_of_sign_undoes_all_cancellation(weight: str) -> None:
    # W234 and W123 become equal and all there is: 3 (W234 + W123) and 3 W234 + W123 of their sum, times four
    found = ask(PICARD, beta=0.6, M=8.0, weight=weight)
    assert found["lipschitz_exponent"] == pytest.approx(0.7, abs=1e-10)
    assert found["lipschitz_ratio"] == pytest.approx(12.0, abs=1e-5)
    assert found["nonnegative_lipschitz_ratio"] == pytest.approx(8.0, abs=1e-5)
    times = found["truncated_contraction_time"]
    assert times[-1] / times[-2] == pytest.approx(0.5**0.7, rel=1e-6)


def test_where_the_form_has_one_sign_the_needle_is_the_maximum() -> None:
    parts = WeightedParts("bracket_k", 0.2, 30.0)
    assert excess(parts, 1.0, 2.0, 0) < 1e-9 * parts(2.0).sum()
    assert excess(parts, 1.0, 0.02, 0) > 1e-3 * parts(0.02).sum()
    assert excess(parts, 0.0, 0.02, 0) < 1e-12 * parts(0.02).sum()


@pytest.mark.parametrize("experiment", [CONSTANTS, PICARD], ids=lambda e: e.name)
def test_outputs_are_as_declared_and_reproduced(experiment: Experiment) -> None:
    first, second = ask(experiment), ask(experiment)
    sizes = {c.name: len(c.values) for c in experiment.coordinates}
    assert set(first) == {output.name for output in experiment.outputs}
    for output in experiment.outputs:
        assert np.shape(first[output.name]) == tuple(sizes[dim] for dim in output.dims)
        assert output.long_name
        np.testing.assert_array_equal(first[output.name], second[output.name])
    assert 0.0 < first[f"{experiment.order_parameter}_error"] < 1e-6
    assert experiment.printed_threshold("beta", experiment.point({})).value == 0.25
    for wrong in ({"beta": 1.5}, {"M": 6.0}, {"weight": "none"}, {"operator": "loss"}):
        with pytest.raises(ParameterError, match=f"`{next(iter(wrong))}` must be"):
            experiment.point(wrong)
