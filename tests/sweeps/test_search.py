"""Boundary searches are canonical, and their rounds become blocks."""

import dataclasses
import math

import numpy as np
import pytest

from wellposed.errors import ParameterError, RequestError
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.grid import Sweep


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
        BoundarySearch.from_request(experiment, "beta", neighbours=False),
        BoundarySearch.from_request(experiment, "beta", fill=1),
    ]
    assert len({sweep.id for sweep in sweeps}) == len(sweeps)


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
        request["neighbours"],
        request["fill"],
    )
    assert again == search


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
        ("A", {}, "`A` is a number, without bounds on both sides, so a search along it needs two ends"),
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
        ("beta", {"fill": 0}, "at least 1 point, but has 0"),
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


def test_a_search_without_axes_is_a_single_line(experiment):
    search = BoundarySearch.from_request(experiment, "beta")
    asked = search.lines(experiment).ask()
    assert asked.shape == (9,)
    blocks = list(search.blocks(asked, 0, search.chunks(16)))
    assert len(blocks) == 9
    assert [block.coordinates["beta"][1].item() for block in blocks] == asked.tolist()


def answered(search, experiment):
    """A finished search, and every point that was asked."""
    lines = search.lines(experiment)
    asked = []
    while (now := lines.ask()).size:
        asked.append(now)
        lines.tell(now - 0.31, np.full(now.shape, 1e-9), ~np.isnan(now))
    return lines.results(), np.concatenate(asked, axis=-1)


def test_a_point_that_the_experiment_does_not_allow_is_never_asked(experiment):
    def check(point):
        if point["M"] == 8 and point["beta"] > 0.5:
            raise ParameterError("not beyond 1/2 for M = 8")

    narrow = dataclasses.replace(experiment, check=check)
    search = BoundarySearch.from_request(narrow, "beta", {"M": [7, 8]})
    found, asked = answered(search, narrow)
    assert found["boundary_outcome"].tolist() == ["located", "located"]
    assert np.nanmax(asked[0]) == 1.0
    assert 0.5 - 1e-6 <= np.nanmax(asked[1]) <= 0.5


def test_a_line_of_which_no_point_is_allowed_is_refused(experiment):
    with pytest.raises(ParameterError, match="must not be 13"):
        BoundarySearch.from_request(experiment, "beta", {"A": [12.0, 13.0]}, {"datum": "oscillating"})


def test_neighbours_along_numbers_start_from_each_other_unless_told_otherwise(experiment):
    axes = {"M": [7, 8, 9, 10, 11], "datum": ["bracket", "oscillating"]}
    warm, cold = (
        BoundarySearch.from_request(experiment, "beta", axes, neighbours=neighbours)
        for neighbours in (True, False)
    )
    assert answered(warm, experiment)[0]["scanned"].sum(axis=0).tolist() == [1, 1]
    assert answered(cold, experiment)[0]["scanned"].all()
