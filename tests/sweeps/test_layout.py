"""What is stored has its names, shapes and descriptions before it has its numbers."""

import dataclasses
import json

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest

from wellposed.errors import AnswerError, RequestError
from wellposed.kinetics.experiment import Coordinate, Output
from wellposed.sweeps.answers.boundary import answers, boundaries, stored_boundaries
from wellposed.sweeps.answers.boundary import template as template_of_search
from wellposed.sweeps.answers.layout import BOUNDARY_VARIABLES, Outcome, template
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.grid import Sweep


def test_a_template_has_axes_fixed_parameters_and_outputs(experiment):
    sweep = Sweep.from_request(experiment, {"beta": [0.0, 0.5], "datum": ["bracket"]}, {"M": 9})
    dataset = template(experiment, sweep)
    assert set(dataset.coords) == {"beta", "M", "A", "datum", "omega"}
    assert dataset.beta.values.tolist() == [0.0, 0.5]
    assert dataset.datum.values.tolist() == ["bracket"]
    assert dataset.M.item() == 9
    assert dataset.omega.attrs == {"long_name": "frequency", "units": "Hz"}
    assert dataset.A.attrs == {"long_name": "A: offset", "units": "m"}
    assert dataset.profile.dims == ("beta", "datum", "omega")
    assert dataset.profile.attrs == {
        "long_name": "what it was fitted to",
        "units": "s",
        "ancillary_variables": "outcome",
    }
    assert dataset.growth_exponent.attrs["ancillary_variables"] == "growth_exponent_error outcome"
    assert dataset.profile.isnull().all()
    assert (dataset.outcome == Outcome.MISSING).all()
    assert dataset.outcome.dtype == np.uint8
    assert dataset.outcome.attrs["flag_values"] == [0, 1, 2, 3]
    assert dataset.outcome.attrs["flag_meanings"] == "missing ok unresolved failed"
    assert (dataset.reason == "").all()


def test_a_variable_that_is_plotted_labels_itself(experiment):
    matplotlib.use("Agg")
    cited = dataclasses.replace(experiment.parameter("beta"), summary="smoothness of it [XY24, (1.3)]")
    others = [p for p in experiment.parameters if p.name != "beta"]
    experiment = dataclasses.replace(experiment, parameters=(cited, *others))
    asked = Sweep.from_request(experiment, {"beta": [0.0, 0.5], "A": [1.0, 2.0]}, {"datum": "oscillating"})
    dataset = template(experiment, asked)
    assert dataset.beta.attrs["references"] == "XY24, (1.3)"
    figure, axes = plt.subplots()
    dataset.growth_exponent.fillna(0.0).plot(x="beta", ax=axes)
    assert axes.get_xlabel() == "beta: smoothness of it [1]"
    assert axes.get_ylabel() == "A: offset [m]"
    assert axes.get_title() == "M = 8 [1], datum = oscillating"
    assert figure.axes[1].get_ylabel() == "growth exponent [1]"
    plt.close(figure)


def test_a_template_says_which_output_is_the_order_parameter(experiment):
    told = template(experiment, Sweep.from_request(experiment, {"beta": [0.0, 0.5]})).attrs
    assert (told["order_parameter"], told["error_allowed"]) == ("growth_exponent", experiment.tolerance)
    mute = dataclasses.replace(experiment, order_parameter=None)
    told = template(mute, Sweep.from_request(mute, {"beta": [0.0, 0.5]})).attrs
    assert not told.keys() & {"order_parameter", "error_allowed"}


def test_a_template_of_many_points_takes_no_memory(experiment):
    axes = {"beta": np.linspace(0, 1, 3001), "A": np.linspace(0, 1, 3001)}
    unchecked = dataclasses.replace(experiment, check=None)
    dataset = template(experiment, Sweep.from_request(unchecked, axes, {"datum": "oscillating"}))
    assert dataset.profile.size == 3 * 3001**2
    assert all(stride == 0 for stride in dataset.profile.variable.values.strides)


def test_a_template_tells_the_whole_request_in_json(experiment):
    sweep = Sweep.from_request(experiment, {"beta": [0.0, 0.5]})
    search = BoundarySearch.from_request(experiment, "beta", {"M": [7, 8]})
    for request, described in ((sweep, template), (search, template_of_search)):
        attributes = described(experiment, request).attrs
        assert json.loads(json.dumps(attributes, allow_nan=False)) == attributes
        assert attributes["request"] == request.request()
        assert attributes["sweep_id"] == request.id
        assert (attributes["experiment"], attributes["experiment_version"]) == ("toy.growth", 3)
        assert attributes["kind"] == request.request()["kind"]
        assert attributes.get("along") == request.request().get("along")


def test_a_search_has_a_place_for_every_evaluation_and_every_boundary(experiment):
    search = BoundarySearch.from_request(experiment, "beta", {"M": [7, 8]})
    dataset = template_of_search(experiment, search)
    assert dataset.beta.dims == dataset.outcome.dims == ("M", "evaluation")
    assert dataset.beta.isnull().all()
    assert dataset.beta.attrs["long_name"] == "beta: smoothness"
    assert dataset.sizes["evaluation"] == search.capacity
    for name in BOUNDARY_VARIABLES:
        assert dataset[name].dims == (("M", "zero") if name.startswith("zero_") else ("M",))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"outputs": (Output("beta", "taken by a parameter"),)}, "gives the name `beta` to two things"),
        ({"outputs": (Output("outcome", "reserved"),)}, "gives the name `outcome` to two things"),
        ({"outputs": (Output("omega", "taken by a coordinate"),)}, "gives the name `omega`"),
        (
            {"coordinates": (Coordinate("evaluation", "reserved", np.zeros(1)),)},
            "gives the name `evaluation`",
        ),
        ({"order_parameter": "profile"}, "must have the scalar outputs `profile` and `profile_error`"),
        ({"coordinates": ()}, "has no coordinate `omega` for `profile`"),
    ],
)
def test_an_experiment_that_is_not_declared_as_it_should_be_is_refused(experiment, change, line):
    sweep = Sweep.from_request(experiment, {"beta": [0.0, 0.5]})
    with pytest.raises(RequestError, match=line):
        template(dataclasses.replace(experiment, **change), sweep)


@pytest.fixture
def search(experiment):
    return BoundarySearch.from_request(experiment, "beta", {"M": [7, 8]})


@pytest.fixture
def stored(experiment, search):
    """The first round of a search as it would be stored; the ends of the line M = 8 have no answer."""
    dataset = template_of_search(experiment, search).copy(deep=True)
    asked = search.lines(experiment).ask()
    for name in ("beta", "outcome", "growth_exponent", "growth_exponent_error"):
        dataset[name] = dataset[name].copy(data=np.array(dataset[name].values))
    dataset.beta[:, :9] = asked
    dataset.outcome[:, :9] = [[Outcome.OK] * 9, [Outcome.UNRESOLVED, *[Outcome.OK] * 7, Outcome.FAILED]]
    dataset.growth_exponent[:, :9] = 2 * asked - 0.6
    dataset.growth_exponent_error[:, :9] = 1e-3
    return dataset


def test_stored_answers_are_those_that_were_asked_for(experiment, search, stored):
    lines = search.lines(experiment)
    value, error, resolved = answers(experiment, search, stored, lines)
    np.testing.assert_array_equal(value, 2 * lines.ask() - 0.6)
    assert (error == 1e-3).all()
    assert resolved.tolist() == [[True] * 9, [False, *[True] * 7, False]]
    lines.tell(value, error, resolved)
    assert lines.column == 9
    with pytest.raises(AnswerError):
        answers(experiment, search, stored, lines)


def test_an_answer_that_is_not_stored_is_named(experiment, search, stored):
    stored.outcome[1, 2] = Outcome.MISSING
    with pytest.raises(AnswerError, match=r"No answer is stored at 1 of .* M=8, beta=0\.25\."):
        answers(experiment, search, stored, search.lines(experiment))


def test_answers_to_another_question_are_refused(experiment, search, stored):
    stored.beta[0, 3] = 0.3
    with pytest.raises(AnswerError, match="not those that this search asks for"):
        answers(experiment, search, stored, search.lines(experiment))


def test_boundaries_are_labelled_by_the_other_axes(experiment, search):
    lines = search.lines(experiment)
    while (asked := lines.ask()).size:
        lines.tell(asked - [[0.3], [2.0]], np.full(asked.shape, 1e-9), ~np.isnan(asked))
    found = boundaries(experiment, search, lines)
    assert tuple(found.data_vars) == BOUNDARY_VARIABLES
    assert found.sizes == {"M": 2, "zero": 8}
    assert found.M.values.tolist() == [7, 8]
    assert found.datum.item() == "bracket"
    assert found.boundary_outcome.values.tolist() == ["located", "none"]
    located, none = found.sel(M=7), found.sel(M=8)
    assert located.boundary_lower < 0.3 < located.boundary_upper
    assert abs(located.boundary - 0.3) < 1e-6
    assert located.zero_position[0] == located.boundary
    assert located.zero_outcome.values.tolist() == ["located"] + [""] * 7
    assert located.zero_position[1:].isnull().all()
    assert none[["boundary", "boundary_lower", "boundary_upper"]].to_array().isnull().all()
    assert found.boundary.attrs == {
        "long_name": "boundary along beta",
        "units": "1",
        "ancillary_variables": "boundary_lower boundary_upper boundary_outcome",
    }
    described = template_of_search(experiment, search)
    for name in BOUNDARY_VARIABLES:
        assert found[name].attrs == described[name].attrs
        assert found[name].dtype == described[name].dtype


def test_stored_boundaries_are_those_found(experiment, search):
    lines = search.lines(experiment)
    while (asked := lines.ask()).size:
        lines.tell(asked - 0.3, np.full(asked.shape, 1e-9), ~np.isnan(asked))
    found = boundaries(experiment, search, lines)
    stored = template_of_search(experiment, search).assign(found.data_vars)
    assert stored_boundaries(stored).equals(found)
