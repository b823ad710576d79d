"""Laws that every experiment obeys."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wellposed.errors import ParameterError
from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.experiment import Experiment

every_experiment = pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=list(EXPERIMENTS))


@every_experiment
def test_outputs_are_as_declared(experiment: Experiment) -> None:
    found = experiment.evaluate(**experiment.point({}))
    sizes = {coordinate.name: coordinate.values.size for coordinate in experiment.coordinates}
    assert set(found) == {output.name for output in experiment.outputs}
    for output in experiment.outputs:
        assert np.shape(found[output.name]) == tuple(sizes[dim] for dim in output.dims)


@every_experiment
def test_evaluation_is_deterministic(experiment: Experiment) -> None:
    point = experiment.point({})
    first, second = experiment.evaluate(**point), experiment.evaluate(**point)
    for output in experiment.outputs:
        np.testing.assert_array_equal(first[output.name], second[output.name])


@pytest.mark.parametrize(
    "experiment", [e for e in EXPERIMENTS.values() if e.order_parameter], ids=lambda e: e.name
)
def test_order_parameter_comes_with_an_error(experiment: Experiment) -> None:
    names = {output.name for output in experiment.outputs}
    assert {experiment.order_parameter, f"{experiment.order_parameter}_error"} <= names
    found = experiment.evaluate(**experiment.point({}))
    assert found[f"{experiment.order_parameter}_error"] > 0.0


@every_experiment
def test_values_out_of_bounds_are_refused_by_name(experiment: Experiment) -> None:
    for parameter in experiment.parameters:
        if parameter.kind == "choice":
            wrong: list[object] = ["no such choice", 1.0]
        else:
            wrong = [math.nan, math.inf, "text", True]
            wrong += [parameter.lower - 1.0] if math.isfinite(parameter.lower) else []
            wrong += [parameter.lower] if parameter.lower_open else []
            wrong += [parameter.upper + 1.0] if math.isfinite(parameter.upper) else []
            wrong += [parameter.upper] if parameter.upper_open else []
            wrong += [float(parameter.default) + 0.5] if parameter.kind == "int" else []
        for value in wrong:
            with pytest.raises(ParameterError, match=f"`{parameter.name}` must be"):
                experiment.point({parameter.name: value})


@every_experiment
def test_defaults_are_allowed_and_names_describe_themselves(experiment: Experiment) -> None:
    assert experiment.point({}) == {p.name: p.default for p in experiment.parameters}
    assert all(p.summary and experiment.summary and experiment.source for p in experiment.parameters)
    with pytest.raises(ParameterError, match="has no parameter `nonsense`"):
        experiment.point({"nonsense": 1.0})


@every_experiment
def test_printed_thresholds_are_values_of_their_parameter(experiment: Experiment) -> None:
    for threshold in experiment.thresholds:
        assert experiment.parameter(threshold.along).canonical(threshold.value) == threshold.value
        for name, choices in threshold.when.items():
            for choice in choices:
                experiment.parameter(name).canonical(choice)
