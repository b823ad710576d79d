"""Requests become canonical sweeps, and sweeps become blocks."""

import math
import pickle

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from wellposed.errors import ParameterError, RequestError
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.request import made
from wellposed.sweeps.experiments.find import locate
from wellposed.sweeps.requests.grid import Sweep

shapes = st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple)


def sweep_of(shape):
    axes = tuple((f"p{i}", tuple(float(value) for value in range(n))) for i, n in enumerate(shape))
    return Sweep("any", 1, axes, ())


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


def test_an_axis_may_be_an_array_with_labels(experiment):
    plain = Sweep.from_request(experiment, {"beta": [0.1, 0.2]}, {})
    for values in (np.array([0.1, 0.2]), pd.Series([0.1, 0.2])):
        assert Sweep.from_request(experiment, {"beta": values}, {}) == plain
    labelled = xr.DataArray([0.1, 0.2], dims="beta")
    kind = KINDS["sweep"]
    asked, wanted = (
        made(kind.request, {"experiment": "wave.growth", "axes": {"beta": values}})
        for values in (labelled, [0.1, 0.2])
    )
    assert kind.identity(asked, locate) == kind.identity(wanted, locate)
    with pytest.raises(RequestError, match="Axis `beta` must have one dimension, but has 2"):
        Sweep.from_request(experiment, {"beta": np.zeros((2, 2))}, {})


def test_a_number_in_single_precision_that_is_another_one_is_refused(experiment):
    for values in (np.array([0.1, 0.2], np.float32), [np.float16(0.1)]):
        with pytest.raises(ParameterError, match=r"`beta` must be given in double precision, but is 0\.1"):
            Sweep.from_request(experiment, {"beta": values}, {})
    exact = Sweep.from_request(experiment, {"beta": np.array([0.25, 0.5], np.float32)}, {})
    assert exact == Sweep.from_request(experiment, {"beta": [0.25, 0.5]}, {})
