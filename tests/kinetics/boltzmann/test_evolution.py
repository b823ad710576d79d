"""Solutions of the Boltzmann equation in time, with their errors, their sign and their entropy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann import CollisionOperator, Needles, bkw, evolve, needles
from wellposed.kinetics.boltzmann.evolution import rock_run
from wellposed.kinetics.boltzmann.evolution.entropy import EntropicProjection, entropy
from wellposed.kinetics.boltzmann.evolution.interpolation import interpolated
from wellposed.kinetics.boltzmann.evolution.rock_in_box import Box
from wellposed.kinetics.boltzmann.norms.cutoff import chi_at

TIMES = [0.0, 0.5, 2.0]
METHODS = ("galerkin", "entropic")


def exact(t: float, d: int, angular: str = "cosine") -> Callable[..., np.ndarray]:
    return lambda *v: bkw(np.sqrt(sum(x * x for x in v)), t, d, angular, 0.4)


def two_temperatures(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.exp(-(x**2) / 3.0 - y**2) / (np.pi * math.sqrt(3.0))


def disc(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.where(np.hypot(x, y) < 1.5, 1.0, 0.0)


def on_grid(found: xr.Dataset, f: Callable[..., np.ndarray]) -> np.ndarray:
    return f(*np.meshgrid(*[found[name].values for name in found["f"].dims[1:]], indexing="ij"))


def in_mean(found: xr.Dataset, difference: np.ndarray) -> float:
    """The integral of the modulus, over the mass."""
    d = difference.ndim
    cell = (2.0 * found.attrs["half_width"] / found.attrs["n"]) ** d
    return float(cell * np.sum(np.abs(difference)) / found["mass"].values[0])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("d", "n", "half_width", "angular", "bound"),
    [
        (2, 32, 7.0, "cosine", 1e-4),
        (2, 32, 7.0, "isotropic", 1e-4),
        (2, 24, 7.0, "cosine", 2e-2),
        (2, 32, 4.5, "cosine", 2e-2),
        (3, 22, 6.0, "cosine", 2e-2),
    ],
)
def test_the_exact_solution_is_followed_within_the_error(
    d: int, n: int, half_width: float, angular: str, bound: float, method: str
) -> None:
    # Bobylev, Krook and Wu
    found = evolve(
        exact(0.0, d, angular),
        TIMES,
        d=d,
        gamma=0.0,
        angular=angular,
        n=n,
        half_width=half_width,
        method=method,
    )
    assert found.attrs["outcome"] == "completed"
    for time, f, error in zip(TIMES, found["f"].values, found["error"].values, strict=True):
        assert in_mean(found, f - on_grid(found, exact(time, d, angular))) <= error < bound
    assert np.all(found["drift"] < 1e-12)
    assert np.all(np.diff(found["entropy"]) < 0.0)
    assert np.all(found["produced"].sel(invariant="mass") < 1e-13)
    assert np.max(found["produced"]) > 1e-9
    if method == "entropic":
        assert np.all(found["f"] >= 0.0)
        assert np.all(found["replaced"] <= found["error"])


@pytest.mark.parametrize(("angular", "rate"), [("cosine", 8.0 / 15.0), ("isotropic", 0.5)])
@pytest.mark.parametrize("method", METHODS)
def test_pressure_of_maxwell_molecules_decays_exponentially(angular: str, rate: float, method: str) -> None:
    # the mean of sin^2 of the deviation angle: 8/15 for |sin(chi/2)|/4, 1/2 for a constant
    found = evolve(two_temperatures, TIMES, d=2, gamma=0.0, angular=angular, half_width=8.0, method=method)
    difference = found["pressure"].sel(axis="x", other_axis="x") - found["pressure"].sel(
        axis="y", other_axis="y"
    )
    error = found["pressure_error"].sel(axis="x", other_axis="x").values
    assert np.all(np.abs(difference - np.exp(-rate * np.array(TIMES))) <= 2.0 * error)
    assert np.all(error < 3e-3)
    trace = found["pressure"].sel(axis="x", other_axis="x") + found["pressure"].sel(axis="y", other_axis="y")
    np.testing.assert_allclose(2.0 * found["energy"], trace, rtol=1e-12)


@pytest.mark.parametrize(("gamma", "rate"), [(-0.25, -0.18880016535386), (-0.5, -0.14366862740041)])
def test_pressure_of_soft_potentials_starts_to_fall_as_derived(gamma: float, rate: float) -> None:
    # d<v_x^2>/dt of N(0, diag(3/2, 1/2)), isotropic: a one-dimensional integral over the relative velocity
    h = 0.05
    found = evolve(
        two_temperatures, [0.0, h, 2 * h], d=2, gamma=gamma, angular="isotropic", n=40, half_width=10.0
    )
    along = found["pressure"].sel(axis="x", other_axis="x").values
    # one-sided differences of second order
    assert (-1.5 * along[0] + 2.0 * along[1] - 0.5 * along[2]) / h == pytest.approx(rate, abs=3e-4)


def test_a_discontinuous_density_becomes_negative_and_its_entropy_rises_and_both_are_told() -> None:
    found = evolve(disc, [0.0, 0.25, 4.0], d=2, gamma=0.0, n=24, half_width=6.0, allowed_error=math.inf)
    assert found["minimum"][1] < -1e-3
    assert found["negative"][1] > 1e-3
    assert found["entropy_rise"][2] > 1e-2
    assert found["error"][0] > 0.1
    with pytest.raises(Unresolved, match=r"At time 0 the density has an error of .* raise half_width"):
        evolve(disc, [0.0, 0.25, 4.0], d=2, gamma=0.0, n=24, half_width=6.0)


@pytest.mark.parametrize("gamma", [0.0, -1.0])
def test_the_entropic_method_keeps_the_sign_and_the_theorem_of_a_discontinuous_density(gamma: float) -> None:
    times = np.linspace(0.0, 4.0, 9)
    given = {"d": 2, "gamma": gamma, "n": 24, "half_width": 6.0, "allowed_error": math.inf}
    found = evolve(disc, times, method="entropic", **given)  # type: ignore[arg-type]
    assert np.all(found["f"] >= 0.0)
    assert np.all(np.diff(found["entropy"]) <= 1e-14)
    assert np.all(found["entropy_rise"] <= 1e-13)
    assert np.all(found["drift"] < 1e-11)
    assert 0.0 < found["replaced"][-1] < 0.5
    other = evolve(disc, times, **given)  # type: ignore[arg-type]
    for one, two, time in zip(found["f"].values, other["f"].values, range(9), strict=True):
        assert in_mean(found, one - two) <= found["error"][time] + other["error"][time]


def test_what_projections_change_on_both_grids_is_in_the_error() -> None:
    # a ring that 24 points resolve from t = 1 on, if nothing is projected: the two grids are as far apart as
    # 0.0037 of the mass with the entropic method, and from 40 points 0.005
    def ring(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.exp(-4.0 * (np.hypot(x, y) - 1.5) ** 2)

    given = {"d": 2, "gamma": 0.0, "allowed_error": math.inf}
    found = evolve(ring, [0.0, 1.0], n=24, half_width=6.0, method="entropic", **given)  # type: ignore[arg-type]
    finer = evolve(ring, [0.0, 1.0], n=40, half_width=7.0, **given)  # type: ignore[arg-type]
    assert finer["error"][1] < 1e-3
    on_coarse = CollisionOperator(2, 24, 6.0, 0.0), CollisionOperator(2, 40, 7.0, 0.0)
    wrong = in_mean(found, found["f"].values[1] - interpolated(finer["f"].values[1], *on_coarse[::-1]))
    assert 0.004 < wrong <= found["error"][1]


def test_gibbs_inequality_holds_on_the_grid_and_projection_changes_no_invariant() -> None:
    collide = CollisionOperator(2, 16, 5.0, 0.0)
    rng = np.random.default_rng(5)
    f = np.exp(-0.5 * collide.speed**2) * rng.uniform(0.5, 1.5, size=(16, 16))
    noisy = f + 0.02 * rng.normal(size=f.shape)
    moments = collide.moments(noisy)
    project = EntropicProjection(collide, moments)
    positive = project(noisy, math.inf)
    assert np.min(noisy) < 0.0 <= np.min(positive)
    np.testing.assert_allclose(collide.moments(positive), moments, rtol=1e-11, atol=1e-11 * moments[0])
    bound = float(entropy(collide, positive)) - 0.1
    lower = project(noisy, bound)
    np.testing.assert_allclose(collide.moments(lower), moments, rtol=1e-11, atol=1e-11 * moments[0])
    assert float(entropy(collide, lower)) <= bound + 1e-13
    # the least there is, by exp(a + b.v + c v^2)
    least = project(noisy, -math.inf)
    assert float(entropy(collide, least)) < bound
    _, x, y, square = (
        one.ravel() for one in (np.ones((16, 16)), *np.meshgrid(*[collide.velocity] * 2), 0 * f)
    )
    design = np.stack([np.ones(256), x, y, x * x + y * y + square], axis=1)
    logarithm = np.log(least.T.ravel())
    fitted = design @ np.linalg.lstsq(design, logarithm, rcond=None)[0]
    np.testing.assert_allclose(fitted, logarithm, atol=1e-8)
    # what nothing is wrong with stays
    assert project(positive, math.inf) is positive


def test_moments_that_no_density_has_are_unresolved() -> None:
    collide = CollisionOperator(2, 16, 5.0, 0.0)
    with pytest.raises(Unresolved, match="No density that is not negative has the mass"):
        EntropicProjection(collide, np.array([1.0, 0.0, 0.0, 60.0]))


def test_values_and_functions_are_followed_alike() -> None:
    by_function = evolve(two_temperatures, TIMES, d=2, gamma=-0.5, n=32, half_width=8.0)
    values = on_grid(by_function, two_temperatures)
    by_values = evolve(values, TIMES, d=2, gamma=-0.5, half_width=8.0)
    np.testing.assert_array_equal(by_values["f"], by_function["f"])
    assert np.all(by_values["error"] <= by_function["error"] * 1.01)
    # the second grid's datum is the first one's polynomial, or the function itself
    np.testing.assert_allclose(by_values["error"][1:], by_function["error"][1:], rtol=0.5)


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 1.0), (0.5, -1.0), (-1.0, 0.5)])
@pytest.mark.parametrize("gamma", [0.0, -0.5, 1.0])
def test_solutions_scale_as_the_equation_does(alpha: float, beta: float, gamma: float) -> None:
    # (1.5): lambda^(alpha + (d-1+gamma) beta) f(lambda^(alpha-beta) t, lambda^beta v)
    scale, d = 1.5, 2
    amplitude, stretch, speed = (
        scale**power for power in (alpha + (d - 1 + gamma) * beta, beta, alpha - beta)
    )
    given = {"d": d, "gamma": gamma, "n": 24, "allowed_error": 0.1}
    one = evolve(two_temperatures, [0.0, 1.0], half_width=8.0, **given)  # type: ignore[arg-type]
    other = evolve(
        lambda x, y: amplitude * two_temperatures(stretch * x, stretch * y),
        [0.0, 1.0 / speed],
        half_width=8.0 / stretch,
        **given,  # type: ignore[arg-type]
    )
    np.testing.assert_allclose(other["f"] / amplitude, one["f"].values, atol=1e-9)
    np.testing.assert_allclose(other["error"], one["error"].values, rtol=1e-5)
    assert np.max(np.abs(one["f"][1] - one["f"][0])) > 1e-2


def test_what_is_between_the_points_and_beyond_the_grid_is_in_the_error() -> None:
    def spike(x: np.ndarray, y: np.ndarray) -> np.ndarray:  # between two points of 24
        return two_temperatures(x, y) + 30.0 * np.exp(-200.0 * ((x - 0.25) ** 2 + (y - 0.25) ** 2))

    with pytest.raises(Unresolved, match="At time 0 "):
        evolve(spike, [0.0], d=2, gamma=0.0, n=24, half_width=6.0)

    def far(x: np.ndarray, y: np.ndarray) -> np.ndarray:  # a tenth of the mass
        return two_temperatures(x, y) + 0.1 / math.pi * np.exp(-((x - 11.0) ** 2) - y**2)

    found = evolve(far, [0.0, 1.0], d=2, gamma=0.0, half_width=7.0, allowed_error=math.inf)
    assert np.all(found["error"] > 0.099)


def test_a_run_that_ends_early_says_so() -> None:
    found = evolve(two_temperatures, [0.0, 0.1, 50.0], d=2, gamma=0.0, n=24, half_width=8.0, max_steps=3)
    assert found.attrs["outcome"] == "budget spent"
    assert "allow more of them" in found.attrs["advice"]
    assert 0.1 < found.attrs["reached"] < 50.0
    assert np.all(np.isfinite(found["f"][:2]))
    assert np.all(np.isnan(found["f"][2]))
    assert np.isnan(found["entropy"][2])
    assert np.isnan(found["error"][2])


def rock(**given: float) -> Needles:
    chosen = {"M": 16.0, "N2": 64.0, "N1": 1024.0, "gamma": 0.0, "s": 0.4, "t": -0.25} | given
    return needles(
        2, chosen["M"], chosen["N2"], chosen["N1"], chosen["gamma"], chosen["s"], chosen["s"], chosen["t"]
    )


@pytest.fixture
def small_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rock_run, "BOXES", (Box(12, 14, 4), Box(20, 18, 4)))


@pytest.mark.usefixtures("small_boxes")
def test_a_rock_that_is_slow_is_the_formula() -> None:
    one = rock(N1=2.0**40)
    found = evolve(one, [-0.25, -0.1, 0.0], d=2, gamma=0.0, space="rock")
    x, v = np.hypot(*np.meshgrid(found["x"], found["y"])), np.hypot(*np.meshgrid(found["v_x"], found["v_y"]))
    assert found["f"].dims == ("needles", "time", "x", "y", "v_x", "v_y")
    at_end = np.multiply.outer(chi_at(x), chi_at(v))
    np.testing.assert_allclose(found["f"].sel(needles="with")[-1], at_end, atol=1e-10)
    beta = rock(N1=2.0**40, t=-0.1).beta_at_origin
    middle = len(found["x"]) // 2, len(found["y"]) // 2, 9, 9
    assert float(found["f"].sel(needles="with")[1][middle]) == pytest.approx(math.exp(abs(beta)), rel=1e-9)
    np.testing.assert_allclose(
        found["f"].sel(needles="without")[-1], found["f"].sel(needles="without")[0], atol=1e-10
    )
    assert np.all(found["error"] < 1e-9)
    assert found["entropy_rise"].sel(needles="without")[-1] < 1e-9


def test_errors_of_a_rock_cover_what_finer_boxes_find(monkeypatch: pytest.MonkeyPatch) -> None:
    boxes = Box(12, 12, 2), Box(16, 16, 4), Box(16, 16, 8), Box(24, 22, 8)
    one, times = rock(N1=256.0), np.array([-0.1, 0.0])
    found = []
    for pair in (boxes[:2], boxes[2:]):
        monkeypatch.setattr(rock_run, "BOXES", pair)
        found.append(rock_run.follow_rock(one, times, "cosine"))
    # masses, of which no point of one grid is needed on the other
    masses = [rock_run._volume(run.box) * run.densities.sum(axis=(2, 3, 4, 5)) for run in found]
    starts = [
        rock_run._volume(run.box) * rock_run._by_formula(run.box, one, times).sum(axis=(2, 3, 4, 5))
        for run in found
    ]
    changes = [mass / start - 1.0 for mass, start in zip(masses, starts, strict=True)]
    assert np.all(np.abs(changes[0] - changes[1]) <= found[0].errors)
    assert np.all(found[1].errors < found[0].errors)
    assert np.max(found[0].errors) > 1e-4


@pytest.mark.usefixtures("small_boxes")
def test_a_rock_without_needles_keeps_its_mass_and_its_entropy_falls() -> None:
    found = evolve(rock(), [-0.25, 0.0], d=2, gamma=0.0, space="rock")
    twin = found.sel(needles="without")
    assert twin["mass"][1] == pytest.approx(float(twin["mass"][0]), rel=1e-8)
    assert twin["drift"][1] < 1e-4
    assert twin["entropy"][1] < twin["entropy"][0]
    assert found["mass"].sel(needles="with")[1] < 0.8 * found["mass"].sel(needles="with")[0]
    assert np.all(found["minimum"][:, 1] < 0.0)
    assert np.all(found["negative"] < 1e-3)
    with pytest.raises(Unresolved, match="try a larger N1"):
        evolve(rock(M=64.0, N1=64.0), [0.0], d=2, gamma=0.0, space="rock", allowed_error=1e-4)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"d": 4}, "`d` must be an integer in"),
        ({"gamma": -2.0}, r"`gamma` must be a number in \(-2, 1\]"),
        ({"angular": "sine"}, "`angular` must be one of cosine, isotropic"),
        ({"space": "box"}, "`space` must be None or 'rock', but is 'box'"),
        ({"space": "rock"}, "`f0` must be Needles, .* but is function"),
        ({"method": "positive"}, "`method` must be one of galerkin, entropic"),
        ({"n": 8}, "`n` must be an integer >= 10"),
        ({"n": 33}, "`n` must be an even integer, but is 33"),
        ({"half_width": 0.0}, "`half_width` must be a number > 0"),
        ({"rtol": 1.0}, "`rtol` must be a number in"),
        ({"max_steps": 0}, "`max_steps` must be an integer >= 1"),
        ({"allowed_error": 0.0}, "`allowed_error` must be a number > 0, but is 0.0"),
        ({"allowed_error": "much"}, "`allowed_error` must be a number > 0, but is 'much'"),
        ({"times": [1.0, 0.5]}, r"`times` must be .* not negative and ascending, but times\[1\] is 0.5"),
        ({"times": [-1.0]}, r"times\[0\] is -1.0"),
        ({"times": [math.nan]}, r"times\[0\] is nan"),
        ({"times": 1.0}, r"has the shape \(\)"),
        ({"times": ["now"]}, "has the type"),
        ({"times": [[0.0], [1.0, 2.0]]}, "its rows differ in length"),
        ({"f0": np.ones((8, 12))}, r"array \(n, n\) of real numbers, but it has the shape \(8, 12\)"),
        ({"f0": np.ones((12, 12), dtype=complex)}, "has the type complex128"),
        ({"f0": [[1.0], [1.0, 2.0]]}, "its rows differ in length"),
        ({"f0": np.ones((12, 12)), "n": 16}, "`n` must be left out, or that of the points of `f0`, 12"),
        ({"f0": np.zeros((12, 12))}, "but is zero"),
        ({"f0": -np.eye(12)}, r"not negative .* but has the value -1 at \(0, 0\)"),
        ({"f0": np.full((12, 12), math.inf)}, r"finite, .* has the value inf at \(0, 0\)"),
        ({"f0": lambda x, y: 1.0}, r"must return real numbers of the shape of its arguments, \(16, 16\)"),
        ({"f0": rock()}, "`f0` must be an array or a function without space, but is Needles"),
        ({"f0": rock(), "space": "rock", "times": [0.1]}, r"in \[-0.25, 0\] and ascending"),
        ({"f0": rock(), "space": "rock", "d": 3}, "`d` must be 2 with space='rock', but is 3"),
        (
            {"f0": rock(), "space": "rock", "gamma": -0.5},
            "`gamma` must be that of the needles, 0, but is -0.5",
        ),
        ({"f0": rock(), "space": "rock", "method": "entropic"}, "`method` must be 'galerkin'"),
        ({"f0": rock(), "space": "rock", "n": 16}, "`n` must be left out with space='rock'"),
        ({"f0": rock(N1=8.0), "space": "rock", "n": None}, "N1 at least 4 M"),
    ],
)
def test_what_is_not_allowed_is_refused(given: dict, message: str) -> None:
    asked: dict = {"f0": disc, "times": [0.0], "d": 2, "gamma": 0.0, "n": None}
    if "f0" not in given and "n" not in given:
        asked["n"] = 16
    asked |= given
    if callable(asked["f0"]) and asked["n"] is None:
        asked["n"] = 16
    with pytest.raises(ParameterError, match=message):
        evolve(**asked)
