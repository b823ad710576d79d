"""Requests become canonical sweeps, and sweeps become blocks."""

import dataclasses
import math
import pickle

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from kinetics.experiment import ParameterError
from sweeps.grid import (
    BoundarySearch,
    RequestError,
    Sweep,
    missing,
    parse_axes,
    parse_axis,
    parse_setting,
    parse_settings,
)

shapes = st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple)


def sweep_of(shape):
    axes = tuple((f"p{i}", tuple(float(value) for value in range(n))) for i, n in enumerate(shape))
    return Sweep("any", 1, axes, ())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("beta=0:1:5", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("beta=1:0:3", (1.0, 0.5, 0.0)),
        ("beta = 0.1, 0.3", (0.1, 0.3)),
        ("M=7,8,10", (7, 8, 10)),
        ("M=7:10:4", (7, 8, 9, 10)),
        ("A=geom(1,1000,4)", (1.0, 10.0, 100.0, 1000.0)),
        ("A=geom(-1,-4,3)", (-1.0, -2.0, -4.0)),
        ("datum=oscillating,bracket", ("oscillating", "bracket")),
    ],
)
def test_an_axis_is_spelled_as_a_range_a_progression_or_a_list(experiment, text, values):
    name, parsed = parse_axis(experiment, text)
    assert name == text[: text.index("=")].strip()
    assert parsed == values
    assert [type(value) for value in parsed] == [type(value) for value in values]


def test_a_range_has_the_values_that_one_would_list(experiment):
    assert parse_axis(experiment, "beta=0:1:11") == parse_axis(
        experiment, "beta=0,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("beta=0:1", "Axis `beta=0:1` must have two ends and a count of at least 2, as in beta=0:1:41."),
        ("beta=0:1:1", "count of at least 2"),
        ("beta=0:1:x", "count of at least 2"),
        ("beta=a:1:3", "count of at least 2"),
        ("A=geom(0,1,3)", "ends of one sign"),
        ("A=geom(1,2)", "count of at least 2"),
        ("beta", "Axis `beta` must look like NAME=A:B:N"),
        ("beta=", "must look like"),
        ("=1,2", "must look like"),
    ],
)
def test_an_axis_that_is_misspelled_is_refused(experiment, text, line):
    with pytest.raises(RequestError) as refusal:
        parse_axis(experiment, text)
    assert line in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["beta=0:1.2:3", "M=7.5,8", "gamma=1,2", "datum=full", "beta=0,x", "M=5,8"])
def test_a_value_that_is_not_allowed_is_refused_by_its_parameter(experiment, text):
    with pytest.raises(ParameterError):
        parse_axis(experiment, text)


def test_a_setting_is_a_name_and_a_value(experiment):
    assert parse_setting(experiment, "M=8") == ("M", 8)
    assert parse_settings(experiment, ["datum=bracket", "A=3"]) == {"datum": "bracket", "A": 3.0}
    with pytest.raises(RequestError, match="Setting `M` must look like NAME=VALUE"):
        parse_setting(experiment, "M")


def test_what_is_given_twice_is_refused(experiment):
    with pytest.raises(RequestError, match="Axis `beta` is given twice"):
        parse_axes(experiment, ["beta=0,1", "M=7", "beta=0:1:3"])
    with pytest.raises(RequestError, match="Setting `M` is given twice"):
        parse_settings(experiment, ["M=7", "M=8"])


def test_a_sweep_is_canonical(experiment):
    sweep = Sweep.from_request(
        experiment, {"datum": ["oscillating", "bracket"], "beta": np.array([1, 0, 0.5])}, {"M": np.int64(9)}
    )
    assert sweep.axes == (("beta", (0.0, 0.5, 1.0)), ("datum", ("bracket", "oscillating")))
    assert sweep.fixed == (("M", 9), ("A", 2.0))
    assert (sweep.dims, sweep.shape, sweep.size) == (("beta", "datum"), (3, 2), 6)
    assert (sweep.experiment, sweep.version) == ("toy.growth", 3)


def test_the_same_question_has_one_identity_however_it_is_put(experiment):
    sweep = Sweep.from_request(experiment, {"beta": [0, 0.5], "M": [7, 8]}, {"A": 2})
    again = Sweep.from_request(experiment, {"M": (8.0, 7.0), "beta": np.array([0.5, -0.0])})
    assert again == sweep
    assert again.id == sweep.id
    both = [{"datum": order} for order in (["bracket", "oscillating"], ["oscillating", "bracket"])]
    assert len({Sweep.from_request(experiment, axes).id for axes in both}) == 1
    assert len(sweep.id) == 16
    assert int(sweep.id, 16) >= 0


def test_another_question_has_another_identity(experiment):
    axes = {"beta": [0.0, 0.5]}
    sweeps = [
        Sweep.from_request(experiment, axes),
        Sweep.from_request(experiment, {"beta": [0.0, math.nextafter(0.5, 1)]}),
        Sweep.from_request(experiment, axes, {"M": 9}),
        Sweep.from_request(experiment, {**axes, "M": [8]}),
        Sweep.from_request(dataclasses.replace(experiment, version=4), axes),
        Sweep.from_request(dataclasses.replace(experiment, name="other"), axes),
        BoundarySearch.from_request(experiment, "beta"),
        BoundarySearch.from_request(experiment, "beta", tolerance=1e-5),
        BoundarySearch.from_request(experiment, "beta", between=(0.0, 0.5)),
        BoundarySearch.from_request(experiment, "beta", coarse=5),
    ]
    assert len({sweep.id for sweep in sweeps}) == len(sweeps)


def test_an_identity_outlives_the_session(experiment):
    sweep = Sweep.from_request(experiment, {"beta": [0.0, 0.1]}, {"M": 9})
    assert sweep.id == "3e6e8a2b0f6d8f0e"


def test_a_parameter_without_effect_does_not_make_another_question(experiment):
    axes = {"beta": [0.0, 0.5]}
    plain = Sweep.from_request(experiment, axes)
    assert Sweep.from_request(experiment, axes, {"A": 7.0}) == plain
    both = {**axes, "datum": ["bracket", "oscillating"]}
    assert dict(Sweep.from_request(experiment, both, {"A": 7.0}).fixed)["A"] == 7.0
    assert dict(Sweep.from_request(experiment, axes, {"A": 7.0, "datum": "oscillating"}).fixed)["A"] == 7.0


def test_a_request_recreates_its_sweep(experiment):
    sweep = Sweep.from_request(
        experiment, {"datum": ["oscillating", "bracket"], "beta": [0.1, 0.3]}, {"M": 9}
    )
    request = sweep.request()
    assert Sweep.from_request(experiment, request["axes"], request["fixed"]) == sweep
    search = BoundarySearch.from_request(experiment, "beta", {"M": [7, 9]}, {"A": 3.0}, tolerance=1e-4)
    request = search.request()
    again = BoundarySearch.from_request(
        experiment,
        request["along"],
        request["axes"],
        request["fixed"],
        request["tolerance"],
        request["between"],
        request["coarse"],
    )
    assert again == search


@pytest.mark.parametrize(
    ("axes", "fixed", "line"),
    [
        ({}, {}, "at least one axis"),
        ({"beta": []}, {}, "Axis `beta` must have at least one value"),
        ({"beta": [0.5, 0.5]}, {}, "distinct values, but has 0.5 2 times"),
        ({"datum": ["bracket", "bracket"]}, {}, "distinct values, but has bracket 2 times"),
        ({"beta": 0.5}, {}, "must be a sequence of values, but is 0.5"),
        ({"datum": "bracket"}, {}, "must be a sequence of values, but is 'bracket'"),
        ({"A": [1.0, 2.0]}, {}, r"Parameter `A` has no effect where datum is bracket\."),
        ({"A": [1.0, 2.0], "datum": ["bracket"]}, {}, r"`A` has no effect where datum is bracket\."),
        ({"beta": [0.0, 0.5]}, {"beta": 0.1}, "`beta` cannot be an axis and fixed as well"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(experiment, axes, fixed, line):
    with pytest.raises(RequestError, match=line):
        Sweep.from_request(experiment, axes, fixed)


@pytest.mark.parametrize(
    ("axes", "fixed"),
    [
        ({"gamma": [1.0]}, {}),
        ({"beta": [0.5]}, {"gamma": 1.0}),
        ({"beta": [0.5, 1.2]}, {}),
        ({"beta": [0.5, math.nan]}, {}),
        ({"beta": [0.5]}, {"M": 5}),
        ({"A": [1.0, 13.0], "datum": ["bracket", "oscillating"]}, {}),
    ],
)
def test_values_and_combinations_that_are_not_allowed_are_refused(experiment, axes, fixed):
    with pytest.raises(ParameterError):
        Sweep.from_request(experiment, axes, fixed)


def test_a_combination_that_is_not_asked_is_not_refused(experiment):
    assert Sweep.from_request(experiment, {"beta": [0.5]}, {"A": 13.0, "datum": "bracket"}).size == 1


@given(shape=shapes, points=st.integers(1, 100))
def test_blocks_cover_every_point_once(shape, points):
    sweep = sweep_of(shape)
    seen = np.zeros(shape, int)
    for block in sweep.blocks(sweep.chunks(points)):
        seen[tuple(block.region.values())] += 1
        assert block.size <= points
        for name, ((dim,), values) in block.coordinates.items():
            assert dim == name
            assert values.tolist() == list(dict(sweep.axes)[name][block.region[name]])
    assert (seen == 1).all()


@given(shape=shapes, points=st.integers(1, 100))
def test_blocks_start_at_chunks_and_are_evenly_cut(shape, points):
    sweep = sweep_of(shape)
    chunks = sweep.chunks(points)
    for block in sweep.blocks(chunks):
        for dim, part in block.region.items():
            assert part.start % chunks[dim] == 0
    for size, side in zip(shape, chunks.values(), strict=True):
        pieces = -(-size // side)
        assert side == -(-size // pieces)


@given(shape=shapes)
def test_there_are_several_blocks_where_there_are_points_enough(shape):
    sweep = sweep_of(shape)
    assert len(list(sweep.blocks(sweep.chunks(10**9)))) >= min(8, sweep.size)


def test_a_block_is_small_and_says_what_it_is(experiment):
    sweep = Sweep.from_request(experiment, {"beta": np.linspace(0, 1, 10_001), "M": [7, 8]})
    block = next(iter(sweep.blocks(sweep.chunks(16))))
    assert block.key == "beta=0:8,M=0:2"
    assert len(pickle.dumps(block)) < 1000


def test_missing_blocks_are_those_with_a_point_that_has_no_outcome():
    sweep = sweep_of((4, 4))
    blocks = list(sweep.blocks({"p0": 2, "p1": 2}))
    outcome = xr.DataArray(np.zeros((4, 4), np.uint8), dims=("p1", "p0"))
    assert missing(blocks, outcome) == blocks
    outcome[:2, :] = 1
    outcome[2, 2] = 3
    assert [block.key for block in missing(blocks, outcome)] == ["p0=0:2,p1=2:4", "p0=2:4,p1=2:4"]
    outcome[:] = 2
    assert missing(blocks, outcome) == []


def test_a_search_covers_what_is_allowed(experiment):
    search = BoundarySearch.from_request(experiment, "beta", {"M": [10, 8]}, {"datum": "oscillating"})
    assert (search.lower, search.upper) == (0.0, 1.0)
    assert search.axes == (("M", (8, 10)),)
    assert search.fixed == (("A", 2.0), ("datum", "oscillating"))
    assert search.dims == ("M", "evaluation")
    assert search.shape == (2, search.capacity)


def test_a_search_keeps_off_an_open_bound(experiment):
    beta = dataclasses.replace(experiment.parameters[0], lower_open=True, upper_open=True)
    open_ended = dataclasses.replace(experiment, parameters=(beta, *experiment.parameters[1:]))
    search = BoundarySearch.from_request(open_ended, "beta", tolerance=1e-3)
    assert (search.lower, search.upper) == (1e-3, 1 - 1e-3)


@pytest.mark.parametrize(
    ("along", "options", "line"),
    [
        ("M", {}, "continuous parameter, but `M` is an integer > 6"),
        ("datum", {}, "continuous parameter, but `datum` is one of bracket, oscillating"),
        ("A", {}, "`A` is a number; a search needs two ends"),
        ("beta", {"axes": {"beta": [0.1]}}, "so it cannot be an axis"),
        ("beta", {"fixed": {"beta": 0.1}}, "so it cannot be fixed"),
        ("beta", {"tolerance": 0.0}, "tolerance must be a positive number"),
        ("beta", {"tolerance": math.nan}, "tolerance must be a positive number"),
        ("beta", {"tolerance": 1e-17}, "must be at least"),
        ("beta", {"tolerance": 1.0}, "less than the range"),
        ("beta", {"tolerance": "1e-6"}, "tolerance must be a positive number, but is '1e-6'"),
        ("beta", {"between": (0.5, 0.5)}, "two ends, the lower one first, but has 0.5, 0.5"),
        ("beta", {"between": (0.5, 0.2)}, "`beta` must have two ends, the lower one first, but has 0.5, 0.2"),
        ("beta", {"between": (0.5,)}, "two ends, the lower one first, but has 0.5"),
        ("A", {"between": (1.0, 2.0)}, r"`A` has no effect where datum is bracket\."),
        ("beta", {"axes": {"A": [1.0, 2.0]}}, "`A` has no effect"),
        ("beta", {"coarse": 1}, "at least 2 coarse points"),
        ("beta", {"coarse": 2.5}, "at least 2 coarse points, but has 2.5"),
        ("beta", {"coarse": "9"}, "at least 2 coarse points, but has '9'"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(experiment, along, options, line):
    with pytest.raises(RequestError, match=line):
        BoundarySearch.from_request(experiment, along, **options)


def test_an_experiment_without_an_order_parameter_is_not_searched(experiment):
    without = dataclasses.replace(experiment, order_parameter=None)
    with pytest.raises(RequestError, match="no order parameter"):
        BoundarySearch.from_request(without, "beta")
    without_error = dataclasses.replace(experiment, outputs=experiment.outputs[:1])
    with pytest.raises(RequestError, match="no order parameter with an error"):
        BoundarySearch.from_request(without_error, "beta")


def test_a_search_outside_the_bounds_is_refused(experiment):
    with pytest.raises(ParameterError, match="beta"):
        BoundarySearch.from_request(experiment, "beta", between=(0.5, 1.5))


def test_blocks_of_a_round_hold_what_is_asked_and_nothing_else(experiment):
    search = BoundarySearch.from_request(experiment, "beta", {"M": [7, 8, 9, 10]})
    nan = math.nan
    asked = np.array([[0.1, nan], [nan, nan], [0.3, 0.4], [nan, 0.6]])
    blocks = list(search.blocks(asked, 9, {"M": 2, "evaluation": 1}))
    assert [block.key for block in blocks] == [
        "M=0:2,evaluation=9:10",
        "M=2:4,evaluation=9:10",
        "M=2:4,evaluation=10:11",
    ]
    assert [block.size for block in blocks] == [1, 1, 2]
    dims, values = blocks[2].coordinates["beta"]
    assert dims == ("M", "evaluation")
    assert values.tolist() == [[0.4], [0.6]]
    assert blocks[2].coordinates["M"][1].tolist() == [9, 10]


def test_a_point_that_is_not_asked_is_not_missing(experiment):
    search = BoundarySearch.from_request(experiment, "beta", {"M": [7, 8]})
    asked = np.array([[0.1], [math.nan]])
    blocks = list(search.blocks(asked, 0, {"M": 2, "evaluation": 1}))
    outcome = xr.DataArray(np.zeros(search.shape, np.uint8), dims=search.dims)
    assert missing(blocks, outcome) == blocks
    outcome[0, 0] = 1
    assert missing(blocks, outcome) == []


def test_a_search_without_axes_is_a_single_line(experiment):
    search = BoundarySearch.from_request(experiment, "beta")
    asked = search.lines().ask()
    assert asked.shape == (9,)
    blocks = list(search.blocks(asked, 0, search.chunks(16)))
    assert len(blocks) == 9
    assert [block.coordinates["beta"][1].item() for block in blocks] == asked.tolist()
