"""Lines start from their neighbours, and what they claim stays true."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wellposed.sweeps.search.boundary import LineSearch
from wellposed.sweeps.search.lines import LineSearches, axis_levels, most_zeros

SHAPES = {"linear": lambda y: 2 * y, "tanh": lambda y: np.tanh(8 * y), "sign": lambda y: np.copysign(1.0, y)}
CURVES = {
    "flat": lambda x: 0.25 + 0 * x,
    "tilted": lambda x: 0.1 + 0.35 * x,
    "curved": lambda x: 0.1 + 0.35 * x**2,
    "wave": lambda x: 0.3 + 0.2 * np.sin(3 * x),
}


def run_lines(lines, function, error=1e-9):
    """Answers all rounds; the arrays asked."""
    rounds = []
    while (asked := lines.ask()).size:
        rounds.append(asked)
        value = function(asked)
        lines.tell(value, np.full(asked.shape, error), ~np.isnan(asked))
    return rounds


def across(shape, curve, n=14, **options):
    """Lines at `n` places over a curve, finished; where they lie, and where the curve is there."""
    x = np.linspace(0.0, 1.0, n)
    lines = LineSearches((n,), 0.0, 0.6, positions=[x], **options)
    rounds = run_lines(lines, lambda y: SHAPES[shape](y - CURVES[curve](x)[:, np.newaxis]), 1e-12)
    return lines.results(), CURVES[curve](x), rounds


def test_lines_go_in_step_and_each_is_as_if_alone():
    roots = np.array([[0.25, 0.61, 2.0], [0.3, 0.125, 0.77]])
    lines = LineSearches((2, 3), 0.0, 1.0, 1e-6)
    rounds = run_lines(lines, lambda x: np.tanh(4 * (x - roots[..., np.newaxis])))
    found = lines.results()
    for index in np.ndindex(2, 3):
        alone = LineSearch(0.0, 1.0, 1e-6)
        while asked := alone.ask():
            alone.tell([(math.tanh(4 * (x - roots[index])), 1e-9, True) for x in asked])
        assert found["boundary_outcome"][index] == alone.outcome
        assert found["evaluations"][index] == alone.evaluations
        np.testing.assert_allclose(found["boundary"][index], alone.boundary, rtol=1e-12)
    assert found["boundary_outcome"][0, 2] == "none"
    assert found["scanned"].all()
    assert [asked.shape for asked in rounds] == [(2, 3, 9)] + [(2, 3, 2)] * (len(rounds) - 1)
    assert lines.round == len(rounds)
    assert lines.column == 9 + 2 * (len(rounds) - 1)


def test_a_finished_line_asks_nothing_while_others_go_on():
    lines = LineSearches((2,), 0.0, 1.0, 1e-6)
    rounds = run_lines(lines, lambda x: np.stack([x[0] - 0.3, np.sign(x[1] - 0.3)]))
    assert np.isnan(rounds[-1][0]).all()
    assert not np.isnan(rounds[-1][1]).all()


def test_lines_are_told_in_the_shape_that_they_asked():
    lines = LineSearches((2,), 0.0, 1.0, 1e-6)
    with pytest.raises(ValueError, match=r"must have shape \(2, 9\)"):
        lines.tell(np.zeros((2, 8)), np.zeros((2, 8)), np.ones((2, 8), bool))


def test_a_single_line_has_no_dimension():
    lines = LineSearches((), 0.0, 1.0, 1e-6)
    run_lines(lines, lambda x: 2 * x - 0.5)
    found = lines.results()
    assert found["boundary"].shape == ()
    assert found["boundary_outcome"].item() == "located"
    assert abs(found["boundary"] - 0.25) < 1e-6


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("fill", [1, 8])
def test_every_bracket_is_certified_though_few_lines_are_scanned(curve, shape, tolerance, fill):
    found, truth, _ = across(shape, curve, tolerance=tolerance, fill=fill)
    assert (found["boundary_outcome"] == "located").all()
    assert (found["boundary_lower"] <= truth).all()
    assert (truth <= found["boundary_upper"]).all()
    assert (found["boundary_upper"] - found["boundary_lower"] <= tolerance).all()
    assert found["scanned"].sum() == 1


@pytest.mark.parametrize(("shape", "most"), [("linear", 33), ("tanh", 35), ("sign", 41)])
def test_a_flat_boundary_takes_hardly_more_than_two_evaluations_a_line(shape, most):
    found, _, _ = across(shape, "flat", tolerance=1e-3, coarse=5)
    assert found["evaluations"].sum() <= most
    assert sorted(found["evaluations"])[:-1] == [2] * 13


def test_a_tilted_straight_boundary_is_predicted():
    found, _, _ = across("sign", "tilted", tolerance=1e-6)
    # from two neighbours on, each certified to the tolerance
    assert np.median(found["evaluations"]) <= 4
    assert (found["evaluations"] == 2).sum() >= 8


def test_idle_workers_save_rounds():
    few, many = (len(across("sign", "flat", tolerance=1e-6, fill=fill)[2]) for fill in (1, 16))
    assert many < few


@given(
    slopes=st.lists(st.floats(-0.4, 0.4), min_size=3, max_size=3),
    error=st.sampled_from([0.0, 1e-9, 1e-4]),
    shape=st.sampled_from(sorted(SHAPES)),
)
def test_over_several_axes_no_boundary_is_missed(slopes, error, shape):
    axes = [np.array([6.0, 6.5, 8.0, 12.0, 20.0]), np.array([1.0, 10.0, 100.0])]
    u, v = np.meshgrid(axes[0] / 20.0, np.log10(axes[1]) / 2.0, indexing="ij")
    truth = 0.5 + slopes[0] * u + slopes[1] * v * u + slopes[2] * u**2 / 4
    lines = LineSearches((5, 3), -1.5, 2.5, 1e-5, positions=axes)
    run_lines(lines, lambda y: SHAPES[shape](y - truth[..., np.newaxis]), error)
    found = lines.results()
    assert (found["boundary_outcome"] == "located").all()
    assert (found["boundary_lower"] <= truth).all()
    assert (truth <= found["boundary_upper"]).all()


def test_a_boundary_that_ends_is_not_invented_beyond():
    x = np.linspace(0.0, 1.0, 11)
    truth = np.where(x < 0.45, 0.2 + x, 5.0)
    lines = LineSearches((11,), 0.0, 1.0, 1e-6, positions=[x])
    run_lines(lines, lambda y: y - truth[:, np.newaxis])
    found = lines.results()
    assert (found["boundary_outcome"] == np.where(x < 0.45, "located", "none")).all()
    assert found["scanned"][x > 0.45].all()


def test_a_line_between_two_with_several_changes_is_scanned():
    lines = LineSearches((7,), 0.0, 1.0, 1e-6, positions=[np.arange(7.0)])
    run_lines(lines, lambda y: np.sin(3.3 * np.pi * y + 0.5))
    found = lines.results()
    assert found["scanned"].all()
    assert (found["sign_changes"] == 3).all()
    roots = [(n * math.pi - 0.5) / (3.3 * math.pi) for n in (1, 2, 3)]
    np.testing.assert_allclose(found["zero_position"][:, :3], [roots] * 7, atol=1e-6)
    assert np.isnan(found["zero_position"][:, 3:]).all()
    assert found["zero_position"].shape == (7, most_zeros(9))
    assert (found["zero_outcome"][:, :3] == "located").all()
    assert (found["zero_lower"][:, :3] <= roots).all()
    assert (found["zero_upper"][:, :3] >= roots).all()


def test_choices_are_no_neighbours():
    lines = LineSearches((2, 5), 0.0, 1.0, 1e-6, positions=[None, np.arange(5.0)])
    roots = np.array([[0.2], [0.8]])
    run_lines(lines, lambda y: y - roots[:, :, np.newaxis])
    assert (lines.results()["scanned"].sum(axis=1) == 1).all()
    assert (lines.results()["evaluations"].sum(axis=1) == 11 + 4 * 2).all()


@pytest.mark.parametrize("n", [5, 6, 14, 33])
def test_a_line_begins_after_lines_on_both_of_its_sides(n):
    (levels,) = axis_levels((n,), [np.arange(n)])
    assert levels.count(0) == 1
    for i, level in enumerate(levels):
        if 0 < i < n - 1 and level > 0:
            assert any(other < level for other in levels[:i])
            assert any(other < level for other in levels[i + 1 :])


def test_few_lines_are_all_scanned():
    assert axis_levels((2, 2), [np.arange(2), np.arange(2)]) == [(0, 0), (0, 0)]
    assert axis_levels((3, 9), [np.arange(3), None]) == [(0, 0, 0), (0,) * 9]


@given(seed=st.integers(0, 10**6), n=st.integers(1, 9), fill=st.sampled_from([1, 8]))
def test_whatever_is_told_there_is_a_place_for_it_and_an_end(seed, n, fill):
    chance = np.random.default_rng(seed)
    lines = LineSearches((n,), 0.0, 1.0, 1e-4, 4, [np.arange(n)], fill)
    while (asked := lines.ask()).size:
        assert lines.column + asked.shape[-1] <= lines.capacity
        shape = asked.shape
        lines.tell(chance.normal(size=shape), 0.5 * chance.random(shape), chance.random(shape) < 0.9)
    assert set(lines.results()["boundary_outcome"]) <= {
        "located",
        "tangential",
        "plateau",
        "none",
        "unresolved",
    }


@given(seed=st.integers(0, 1000), fill=st.sampled_from([1, 8]))
def test_telling_stored_answers_asks_the_same_again(seed, fill):
    x = np.linspace(0.0, 1.0, 9)
    chance = np.random.default_rng(seed)
    truth = 0.5 + 0.3 * np.sin(chance.uniform(0, 5) * x + chance.uniform(0, 6))
    first, second = (LineSearches((9,), 0.0, 1.0, 1e-5, positions=[x], fill=fill) for _ in range(2))
    while (asked := first.ask()).size:
        np.testing.assert_array_equal(second.ask(), asked)
        assert first.column == second.column
        for lines in (first, second):
            lines.tell(np.tanh(asked - truth[:, np.newaxis]), np.full(asked.shape, 1e-9), ~np.isnan(asked))
    for name, values in first.results().items():
        np.testing.assert_array_equal(values, second.results()[name])
