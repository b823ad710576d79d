"""The truncated kinetic wave equation: two discrete operators, solutions in time, and the order parameter."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit
from scipy.integrate import quad

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.wave.collision import collision
from wellposed.kinetics.wave.data import bracket, bracket_k, oscillating
from wellposed.kinetics.wave.evolution import (
    Grid,
    collision_rate,
    evolve,
    geometric_grid,
    uniform_grid,
)
from wellposed.kinetics.wave.evolution.departure import departure_rates
from wellposed.kinetics.wave.evolution.grids import bracket_weight, sample
from wellposed.kinetics.wave.evolution.integration import integrate
from wellposed.kinetics.wave.evolution.quartets import quartet_sums
from wellposed.kinetics.wave.evolution.uniform import pair_sums
from wellposed.kinetics.wave.experiments.evolution import EXPERIMENT
from wellposed.kinetics.wave.parameters import NORMALISATIONS

BETAS = [0.0, 0.3, 1.0]
GRIDS = {"uniform": uniform_grid(40, 12.0), "geometric": geometric_grid(0.05, 12.0, 4)}
every_grid = pytest.mark.parametrize("grid", GRIDS.values(), ids=list(GRIDS))
positive = st.lists(st.floats(1e-12, 1e3), min_size=40, max_size=40)


def rough(size: int, seed: int = 0) -> np.ndarray:
    """Positive values over ten orders of magnitude."""
    return np.exp(np.random.default_rng(seed).uniform(-20.0, 3.0, size))


def gain(n: np.ndarray, grid: Grid, beta: float) -> np.ndarray:
    return collision_rate(n, grid, beta=beta, operator="gain")


@pytest.mark.parametrize("beta", BETAS)
def test_pair_sums_are_the_sum_over_all_quartets(beta: float) -> None:
    # [AL24, (3.2)] on midpoints, quartet by quartet, summed without round-off
    for size, h in ((1, 0.3), (2, 0.3), (3, 0.3), (17, 0.3)):
        w = (np.arange(size) + 0.5) * h
        n = rough(size)
        terms: list[list[float]] = [[] for _ in w]
        gains: list[list[float]] = [[] for _ in w]
        for i, j, k in itertools.product(range(size), repeat=3):
            m = i + j - k
            if not 0 <= m < size:
                continue
            weight = (w[j] * w[k] * w[m]) ** beta * math.sqrt(w[min(i, j, k, m)])
            gains[i] += [weight * n[k] * n[m] * n[i], weight * n[k] * n[m] * n[j]]
            terms[i] += [-weight * n[i] * n[j] * n[k], -weight * n[i] * n[j] * n[m]]
        expected_gain = np.array([math.fsum(t) for t in gains])
        expected = np.array([math.fsum(t + g) for t, g in zip(terms, gains, strict=True)])
        lost = expected_gain - expected
        found = pair_sums(n, w**beta, np.sqrt(w), False)
        np.testing.assert_allclose(
            pair_sums(n, w**beta, np.sqrt(w), True), expected_gain, rtol=1e-14, atol=0.0
        )
        assert np.max(np.abs(found - expected) / (expected_gain + lost)) < 1e-14


@pytest.mark.parametrize("n", [rough(700), (1.0 + np.arange(700.0)) ** -5], ids=["rough", "decaying"])
def test_pair_sums_are_the_sum_over_all_quartets_beyond_one_tile(n: np.ndarray) -> None:
    w, beta = np.arange(700) + 0.5, 0.3
    j, k = np.indices((n.size, n.size))
    full, gain_only = (pair_sums(n, w**beta, np.sqrt(w), operator) for operator in (False, True))
    for i in (0, 1, 255, 256, 500, 699):
        m = i + j - k
        inside = (m >= 0) & (m < n.size)
        m = np.where(inside, m, 0)
        weight = np.where(
            inside,
            (w[j] * w[k] * w[m]) ** beta * np.sqrt(w[np.minimum(np.minimum(i, j), np.minimum(k, m))]),
            0.0,
        )
        gained, lost = (
            np.sum(weight * rate) for rate in (n[k] * n[m] * (n[i] + n[j]), n[i] * n[j] * (n[k] + n[m]))
        )
        assert gain_only[i] == pytest.approx(gained, rel=1e-13)
        assert abs(full[i] - (gained - lost)) < 1e-13 * (gained + lost)


@every_grid
@pytest.mark.parametrize("beta", BETAS)
@settings(max_examples=20, deadline=None)
@given(values=positive)
def test_mass_and_energy_are_conserved(grid: Grid, beta: float, values: list[float]) -> None:
    n = np.array(values)[: grid.omega.size]
    rate, scale = collision_rate(n, grid, beta=beta), gain(n, grid, beta)
    for power in (0, 1):
        weight = grid.mass_weight * grid.omega**power
        assert abs(np.sum(weight * rate)) <= 1e-15 * np.sum(weight * scale)


@every_grid
def test_sums_over_quartets_conserve_by_themselves(grid: Grid) -> None:
    # before what is left is taken out
    omega, n = grid.omega, rough(grid.omega.size)
    if grid.spacing is not None:
        rate, scale = (omega**0.3 * pair_sums(n, omega**0.3, np.sqrt(omega), g) for g in (False, True))
    else:
        rate, scale = (quartet_sums(n, omega, grid.width, omega**0.3, g) for g in (False, True))
    for power in (0, 1):
        assert abs(np.sum(omega**power * rate)) < 1e-15 * np.sum(omega**power * scale)


@every_grid
@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("mu", [0.0, 0.7, 1e6])
def test_rayleigh_jeans_is_an_exact_fixed_point(grid: Grid, beta: float, mu: float) -> None:
    n = 3.0 / (grid.omega + mu)
    assert np.max(np.abs(collision_rate(n, grid, beta=beta)) / gain(n, grid, beta)) < 1e-14


@every_grid
@pytest.mark.parametrize("beta", BETAS)
@settings(max_examples=20, deadline=None)
@given(values=positive)
def test_entropy_never_falls(grid: Grid, beta: float, values: list[float]) -> None:
    n = np.array(values)[: grid.omega.size]
    production = grid.mass_weight * collision_rate(n, grid, beta=beta) / n
    scale = grid.mass_weight * gain(n, grid, beta) / n
    assert np.sum(production) >= -1e-14 * np.sum(scale)


def test_weak_form_produces_entropy_as_a_sum_of_squares() -> None:
    # K0 sum strength n n n n (1/n_a + 1/n_d - 1/n_b - 1/n_c)^2, with the fourth leg by interpolation of 1/n;
    # on the nodes 1, 2, 4, 8 every quartet is listed, one factor 1/2 per coincidence, 1/6 for two
    omega, beta = np.array([1.0, 2.0, 4.0, 8.0]), 0.3
    width, n = np.array([0.7, 1.1, 2.3, 1.9]), np.array([0.3, 2.0, 0.01, 0.5])
    production = 0.0
    for a, b, c in itertools.combinations_with_replacement(range(4), 3):
        d = omega[b] + omega[c] - omega[a]
        if d > 8.0:
            continue
        coincidence = {1: 1.0 / 6.0, 2: 0.5, 3: 1.0}[len({a, b, c})]
        inverse, power = np.interp(d, omega, 1.0 / n), np.interp(d, omega, omega**beta)
        strength = coincidence * math.sqrt(omega[a]) * np.prod((width * omega**beta * n)[[a, b, c]])
        bracket_ = 1.0 / n[a] + inverse - 1.0 / n[b] - 1.0 / n[c]
        production += strength * power / inverse * bracket_**2
    found = np.sum(quartet_sums(n, omega, width, omega**beta, False) / n)
    assert found == pytest.approx(production, rel=1e-13)


@every_grid
def test_an_empty_frequency_is_never_drawn_from(grid: Grid) -> None:
    for empty in range(grid.omega.size):
        n = rough(grid.omega.size)
        n[empty] = 1e-200
        assert collision_rate(n, grid, beta=0.3)[empty] >= 0.0


@pytest.mark.parametrize(("operator", "beta"), [("full", 0.0), ("gain", 0.25), ("full", 0.5), ("gain", 0.5)])
def test_uniform_operator_converges_to_the_collision_operator_at_the_stated_order(
    operator: str, beta: float
) -> None:
    # h, h/3, h/9 share a node; min(2, beta + 3/2) because of omega^(beta + 1/2) at the origin
    errors = []
    for level in (1, 2, 3):
        grid = uniform_grid(60 * 3**level, 9.0)
        at = (13 * 3**level - 1) // 2
        exact = float(collision(0.975, beta=beta, datum=bracket(20), operator=operator))
        assert grid.omega[at] == pytest.approx(0.975)
        errors.append(
            collision_rate(sample(bracket(20), grid.omega), grid, beta=beta, operator=operator)[at] - exact
        )
    order = math.log(errors[1] / errors[2]) / math.log(3.0)
    assert order == pytest.approx(min(2.0, beta + 1.5), abs=0.05)
    assert abs(errors[2]) < 4e-3 * abs(exact)


def test_weak_form_converges_to_the_collision_operator_at_second_order() -> None:
    errors = {}
    for operator, per_octave in itertools.product(("full", "gain"), (8, 16)):
        grid = geometric_grid(2.0**-9, 512.0, per_octave)
        at = [int(np.argmin(np.abs(grid.omega - w))) for w in (1.0, 32.0)]
        exact = collision(grid.omega[at], beta=0.4, datum=bracket(10), operator=operator)
        n = sample(bracket(10), grid.omega)
        errors[operator, per_octave] = collision_rate(n, grid, beta=0.4, operator=operator)[at] / exact - 1.0
    np.testing.assert_allclose(errors["full", 8] / errors["full", 16], 4.0, rtol=0.1)
    assert np.all(np.abs(errors["full", 16]) < 0.03)
    assert np.all(np.abs(errors["gain", 16]) < 1e-3)


def test_weak_form_keeps_the_cancellation_that_collocation_loses() -> None:
    # The exact exponent is 2 beta - 5/2; collocating piecewise linear n on a geometric grid gives 2 beta -
    # 3/2.
    grid, beta, M = geometric_grid(2.0**-6, 2.0**14, 8), 0.4, 14.0
    weighted = bracket_weight(M, grid.omega) * collision_rate(sample(bracket(M), grid.omega), grid, beta=beta)
    slopes = np.diff(np.log2(np.abs(weighted[::8])))
    assert slopes[-4] == pytest.approx(2.0 * beta - 2.5, abs=0.02)


@pytest.mark.parametrize("beta", [0.4, 0.9])
def test_truncation_leaves_an_edge_that_departs_as_two_beta_minus_three_halves(beta: float) -> None:
    # At omega = Omega half of the cancelling interactions are cut off; above beta = 3/4 that is the largest
    # rate of all, which is why the order parameter is measured at Omega/2.
    edge, middle = [], []
    for n in (2048, 4096):
        grid = uniform_grid(n, n / 8.0)
        rate = collision_rate(sample(bracket(14), grid.omega), grid, beta=beta) * bracket_weight(
            14, grid.omega
        )
        edge.append(abs(rate[-1]))
        middle.append(abs(rate[n // 2]))
    assert math.log2(edge[1] / edge[0]) == pytest.approx(2.0 * beta - 1.5, abs=0.02)
    assert math.log2(middle[1] / middle[0]) == pytest.approx(2.0 * beta - 2.5, abs=0.02)


def test_both_grids_give_the_same_solution() -> None:
    # one exact explicit step of Heun's, the same datum
    found = []
    for grid in (uniform_grid(1152, 36.0), geometric_grid(2.0**-8, 36.0, 24)):
        n = sample(bracket(8), grid.omega)
        rate = collision_rate(n, grid, beta=0.25)
        step = 1e-4 * (rate + collision_rate(n + 2e-4 * rate, grid, beta=0.25))
        found.append(np.interp([1.0, 4.0, 9.0], grid.omega, step / n))
    np.testing.assert_allclose(found[0], found[1], rtol=0.02)


@pytest.mark.parametrize(
    ("beta", "datum"), [(0.0, bracket(8)), (0.5, bracket_k(8)), (0.5, oscillating(12, 5, 1.0))]
)
def test_solutions_conserve_mass_and_energy_and_stay_positive(beta: float, datum: object) -> None:
    found = evolve(datum, beta=beta, omega_max=32.0, n=192, times=[0.0, 1e-3, 0.1, 10.0])  # type: ignore[arg-type]
    assert found.attrs["outcome"] == "completed"
    for invariant in ("mass", "energy"):
        assert np.max(np.abs(found[invariant] / found[invariant][0] - 1.0)) < 1e-13
    assert float(found["wave_action"].min()) >= 0.0
    assert np.all(np.diff(found["entropy"]) > 0.0)


def test_solutions_end_in_equilibrium() -> None:
    found = evolve(bracket(8), beta=0.5, omega_max=8.0, n=48, times=[0.0, 30.0])
    inverse = 1.0 / found["wave_action"][-1]
    slopes = np.diff(inverse) / np.diff(found["omega"])
    np.testing.assert_allclose(slopes, slopes[0], rtol=1e-3)


def test_solution_starts_at_the_rate_of_the_collision_operator() -> None:
    t, datum = 1e-7, bracket(12)
    found = evolve(datum, beta=0.4, omega_max=30.0, n=900, times=[t])
    at = [30, 150, 300]
    rate = (found["wave_action"].values[0] - sample(datum, found["omega"].values))[at] / t
    exact = collision(found["omega"].values[at], beta=0.4, datum=datum)
    np.testing.assert_allclose(rate, exact, rtol=3e-3)


def test_error_falls_with_the_tolerance() -> None:
    def at(rtol: float) -> np.ndarray:
        found = evolve(oscillating(12, 3, 1.0), beta=0.5, omega_max=16.0, n=128, times=[0.01], rtol=rtol)
        return np.asarray(found["wave_action"].values[0])

    reference = at(1e-13)
    coarse, fine = (np.max(np.abs(at(rtol) / reference - 1.0)) for rtol in (1e-3, 1e-9))
    assert fine < 1e-7
    assert fine < 1e-2 * coarse


@pytest.mark.parametrize(("beta", "grows"), [(0.1, False), (0.6, True)])
def test_gain_alone_drives_the_norm_without_bound_in_the_truncation_above_one_quarter(
    beta: float, grows: bool
) -> None:
    # [AL24, Theorems 1.1 and 4.2]
    def norm(omega_max: float) -> float:
        n = int(8 * omega_max)
        found = evolve(bracket(10), beta=beta, omega_max=omega_max, n=n, times=[2e-4], operator="gain")
        return float(found["weighted_norm"][0])

    small, large = norm(24.0), norm(96.0)
    assert (large > 1.3 * small) if grows else abs(large / small - 1.0) < 1e-3


def test_full_equation_departs_ever_faster_while_its_norm_stays_bounded_above_one_quarter() -> None:
    # the sheet's section 5, A = 1 and N = 2
    departures, norms = [], []
    for omega_max in (24.0, 96.0):
        found = evolve(
            oscillating(12, 2, 1.0), beta=0.9, omega_max=omega_max, n=int(10 * omega_max), times=[1e-5]
        )
        departures.append(float(found["departure"][0]))
        norms.append(float(found["weighted_norm"][0]))
    assert departures[1] > 3.0 * departures[0]
    assert max(norms) < 2.05


def test_gain_alone_blows_up_and_the_run_says_so() -> None:
    found = evolve(bracket(8), beta=0.5, omega_max=32.0, n=64, times=[1e-4, 1.0], operator="gain")
    assert found.attrs["outcome"] == "step vanished"
    assert "without bound" in found.attrs["advice"]
    assert 1e-4 < found.attrs["reached"] < 1.0
    assert np.all(np.isfinite(found["mass"][0]))
    assert np.all(np.isnan(found["wave_action"][1]))


def test_step_budget_ends_a_run() -> None:
    found = evolve(bracket(8), beta=0.5, omega_max=32.0, n=64, times=[1e-4, 10.0], max_steps=7)
    assert found.attrs["outcome"] == "budget spent"
    assert found.attrs["steps"] + found.attrs["refused_steps"] == 7
    assert "max_steps" in found.attrs["advice"]
    assert np.isnan(found["mass"][1])


def test_steps_to_negative_values_are_refused() -> None:
    # n' = -1000 n at a tolerance that would allow steps past zero
    start = np.array([1.0])
    run = integrate(
        lambda n: -1e3 * n, start, np.array([1.0]), rtol=0.1, scale=np.array([1e6]), max_steps=5000
    )
    assert run.outcome == "completed"
    assert run.refused > 0
    assert 0.0 <= start[0] + run.departures[0, 0] < 0.1


def test_departure_below_round_off_keeps_its_digits() -> None:
    # n' = 1e-20, n(0) = 1
    run = integrate(
        lambda n: np.full_like(n, 1e-20),
        np.ones(1),
        np.array([0.5, 1.0]),
        rtol=1e-8,
        scale=np.ones(1),
        max_steps=50,
    )
    np.testing.assert_allclose(run.departures[:, 0], [5e-21, 1e-20], rtol=1e-12)


def test_dataset_describes_itself() -> None:
    found = evolve(bracket(8), beta=0.25, omega_max=8.0, n=64, times=[0.0, 1e-4], normalisation="exact")
    assert dict(found.sizes) == {"time": 2, "omega": 64}
    for name in found.variables:
        assert found[name].attrs["units"] == "1"
        assert found[name].attrs["long_name"]
    assert found.attrs["K0"] == NORMALISATIONS["exact"]
    mass = quad(lambda w: math.sqrt(w) / (1.0 + w * w) ** 2, 0.0, 8.0)[0]
    energy = quad(lambda w: w**1.5 / (1.0 + w * w) ** 2, 0.0, 8.0)[0]
    assert float(found["mass"][0]) == pytest.approx(mass, rel=0.01)
    assert float(found["energy"][0]) == pytest.approx(energy, rel=0.01)
    np.testing.assert_allclose(found["departure"][0], 0.0)


def test_a_function_serves_as_datum() -> None:
    @njit
    def exponential(omega: float) -> float:
        return math.exp(-omega)

    found = evolve(exponential, beta=0.25, omega_max=8.0, n=32, times=[1e-4])
    assert "weighted_norm" not in found
    assert found.attrs["outcome"] == "completed"


def test_a_function_that_the_nodes_pass_by_is_refused() -> None:
    @njit
    def with_bump(omega: float) -> float:
        return math.exp(-omega) + 10.0 * math.exp(-(((omega - 3.0) / 0.02) ** 2))

    with pytest.raises(Unresolved, match="`n` must be larger for a function of omega to be seen: 32 nodes"):
        evolve(with_bump, beta=0.25, omega_max=8.0, n=32, times=[1e-4])
    assert evolve(with_bump, beta=0.25, omega_max=8.0, n=1024, times=[0.0]).attrs["outcome"] == "completed"


@pytest.mark.parametrize("operator", ["full", "gain"])
def test_frequencies_beyond_the_datum_fill_up(operator: str) -> None:
    @njit
    def compact(omega: float) -> float:
        return max(0.0, 1.0 - omega)

    found = evolve(compact, beta=0.5, omega_max=8.0, n=64, times=[1e-4], operator=operator)
    assert found.attrs["outcome"] == "completed"
    assert np.all(found["wave_action"] > 0.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("beta", 1.5),
        ("omega_max", 0.0),
        ("n", 1),
        ("n", 10.5),
        ("operator", "loss"),
        ("rtol", 0.0),
        ("max_steps", 0),
        ("normalisation", "none"),
        ("times", [1.0, 0.5]),
        ("times", [-1.0]),
        ("times", []),
        ("times", [math.nan]),
        ("times", 1.0),
    ],
)
def test_wrong_arguments_are_named(name: str, value: object) -> None:
    arguments = {"beta": 0.3, "omega_max": 8.0, "n": 16, "times": [0.0], name: value}
    with pytest.raises(ParameterError, match=f"`{name}` must be"):
        evolve(bracket(8), **arguments)  # type: ignore[arg-type]


def test_wrong_data_are_named() -> None:
    @njit
    def negative(omega: float) -> float:
        return -1.0 + 0.0 * omega

    @njit
    def huge(omega: float) -> float:
        return 1e200 + 0.0 * omega

    for datum in (negative, huge):
        with pytest.raises(ParameterError, match="`datum` must"):
            evolve(datum, beta=0.3, omega_max=8.0, n=16, times=[0.0])
    with pytest.raises(ParameterError, match=r"`n` must be above 51 for cos\(20 omega\)"):
        evolve(oscillating(8, 20, 1.0), beta=0.3, omega_max=8.0, n=40, times=[0.0])


def departure(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize(
    ("beta", "M", "datum"), [(0.0, 6.2, "bracket"), (0.25, 20.0, "bracket"), (0.6, 8.0, "bracket_k")]
)
def test_gain_departs_as_two_beta_minus_one_half(beta: float, M: float, datum: str) -> None:
    # [AL24, (4.7)]
    found = departure(beta=beta, M=M, operator="gain", datum=datum)
    assert abs(found["departure_exponent"] - (2.0 * beta - 0.5)) <= found["departure_exponent_error"] < 0.5
    if datum == "bracket":
        assert found["departure_exponent_error"] < 1e-2


def test_full_equation_of_smooth_datum_departs_as_two_beta_minus_five_halves() -> None:
    # both orders of n4 - n1 cancel, see test_growth
    found = departure(beta=0.75, M=12.0, operator="full")
    assert abs(found["departure_exponent"] - (2.0 * 0.75 - 2.5)) <= found["departure_exponent_error"]


@pytest.mark.parametrize(("M", "beta"), [(7.0, 0.5), (8.0, 1.0), (6.5, 0.25)])
def test_error_covers_the_logarithm_where_two_exponents_meet(M: float, beta: float) -> None:
    # M = 2 beta + 6, as in test_growth
    found = departure(beta=beta, M=M, operator="full")
    assert abs(found["departure_exponent"] - (2.0 * beta - 2.5)) <= found["departure_exponent_error"]
    assert found["departure_exponent_error"] > EXPERIMENT.tolerance


def test_departure_rate_is_the_weighted_collision_term() -> None:
    # of the untruncated equation, at half of the truncation, by quadrature
    found = departure(beta=0.6, M=10.0, operator="gain")
    omega = 0.5 * found["omega_max"]
    exact = bracket_weight(10.0, omega) * collision(omega, beta=0.6, datum=bracket(10), operator="gain")
    assert np.all(np.abs(found["smooth_rate"] - exact) < found["smooth_rate_error"])
    np.testing.assert_allclose(found["smooth_rate"], exact, rtol=0.01)


@pytest.mark.parametrize("operator", ["gain", "full"])
def test_departure_rate_tends_to_the_collision_term_in_time(operator: str) -> None:
    # at t = 0 the rate is the discrete collision term itself; extrapolation removes the order t
    grid, datum = GRIDS["geometric"], bracket(8.0)
    n0, weight = sample(datum, grid.omega), bracket_weight(8.0, grid.omega)
    limit = weight * collision_rate(n0, grid, beta=0.25, operator=operator)
    extrapolated, plain = np.max(np.abs(departure_rates(datum, grid, 0.25, operator) - limit), axis=1)
    assert 0.0 < extrapolated < 0.05 * plain < 0.05 * np.max(np.abs(limit))


@pytest.mark.slow
@pytest.mark.parametrize(("N", "A", "M"), [(20, 100.0, 12.0), (5, 2.0, 8.0), (5, 1.0, 12.0)])
@pytest.mark.parametrize("beta", [0.1, 0.25, 0.4])
def test_oscillating_datum_departs_as_two_beta_minus_one_half(
    N: int, A: float, M: float, beta: float
) -> None:
    # [AL24, (5.21)], also for N = 1 and A = 1, which the paper's proof does not cover
    found = departure(beta=beta, M=M, N=N, A=A, operator="full", datum="oscillating")
    assert abs(found["departure_exponent"] - (2.0 * beta - 0.5)) <= found["departure_exponent_error"] < 0.1


def test_what_cannot_be_resolved_is_said() -> None:
    with pytest.raises(Unresolved, match="try a smaller N"):
        departure(N=2000, datum="oscillating")
    with pytest.raises(Unresolved, match="underflows"):
        departure(M=100.0)
