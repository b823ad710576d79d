"""A block is answered point by point."""

import dataclasses
import math
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import xarray as xr

from wellposed.kinetics.experiment import Output
from wellposed.sweeps.answers.boundary import template as template_of_search
from wellposed.sweeps.answers.layout import Outcome, template
from wellposed.sweeps.points.evaluate import ask, evaluate_block, points_of
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.grid import Sweep


def block_of(experiment, axes, fixed=None):
    """A single block over all of `axes`, and its sweep."""
    sweep = Sweep.from_request(experiment, axes, fixed)
    (block,) = sweep.blocks(dict(zip(sweep.dims, sweep.shape, strict=True)))
    return sweep, block


def test_a_block_is_answered_at_every_point(experiment):
    sweep, block = block_of(experiment, {"beta": [0.0, 0.25, 0.75], "M": [7, 8]}, {"datum": "oscillating"})
    dataset = evaluate_block(experiment, sweep.fixed, block)
    assert (dataset.outcome == Outcome.OK).all()
    assert (dataset.reason == "").all()
    np.testing.assert_array_equal(dataset.growth_exponent, [[-0.5, -0.5], [0.0, 0.0], [1.0, 1.0]])
    np.testing.assert_array_equal(dataset.profile[2, 1], [0.75, 7.5, 75.0])
    assert evaluate_block(experiment, dict(sweep.fixed), block).identical(dataset)


def test_a_block_has_the_variables_of_its_template(experiment):
    search = BoundarySearch.from_request(experiment, "beta", {"M": [7, 8]})
    sweep, block = block_of(experiment, {"beta": [0.0, 0.25], "M": [7, 8]})
    asked = search.lines(experiment).ask()
    first = next(search.blocks(asked, 0, search.chunks(16)))
    for request, part, described in ((sweep, block, template), (search, first, template_of_search)):
        whole = described(experiment, request)
        dataset = evaluate_block(experiment, request.fixed, part)
        for name, variable in dataset.data_vars.items():
            assert variable.dims == whole[name].dims
            assert variable.dtype == whole[name].dtype
            assert variable.shape == whole[name].isel(part.region).shape
        outputs = {output.name for output in experiment.outputs}
        assert set(dataset.data_vars) >= outputs | {"outcome", "reason"}


def test_an_experiment_is_given_plain_values(experiment):
    seen = []

    def evaluate(**point):
        seen.append(point)
        return {"y": 0.0}

    plain = dataclasses.replace(
        experiment, evaluate=evaluate, outputs=(Output("y", "y"),), order_parameter=None
    )
    sweep, block = block_of(plain, {"beta": [0.5], "M": [7], "datum": ["oscillating"]})
    evaluate_block(plain, sweep.fixed, block)
    assert seen == [{"A": 2.0, "beta": 0.5, "M": 7, "datum": "oscillating"}]
    assert {name: type(value) for name, value in seen[0].items()} == {
        "A": float,
        "beta": float,
        "M": int,
        "datum": str,
    }


def test_a_point_that_fails_costs_its_neighbours_nothing(experiment):
    sweep, block = block_of(experiment, {"beta": [0.375, 0.5, 0.625, 0.75], "M": [9]})
    dataset = evaluate_block(experiment, sweep.fixed, block).squeeze("M")
    assert dataset.outcome.values.tolist() == [Outcome.OK, Outcome.FAILED, Outcome.UNRESOLVED, Outcome.OK]
    assert dataset.reason.values.tolist() == [
        "",
        "ZeroDivisionError: no growth here",
        "64 nodes are too few; take more",
        "",
    ]
    assert dataset.growth_exponent.isnull().values.tolist() == [False, True, True, False]
    assert dataset.profile.isnull().all("omega").values.tolist() == [False, True, True, False]


def test_an_error_larger_than_allowed_is_unresolved_and_keeps_its_values(experiment):
    sweep, block = block_of(experiment, {"beta": [0.0], "M": [10]})
    point = evaluate_block(experiment, sweep.fixed, block).squeeze()
    assert point.outcome == Outcome.UNRESOLVED
    assert point.reason == "growth_exponent is -0.5 ± 0.5, where ± 0.001 is allowed"
    assert point.growth_exponent == -0.5


@pytest.mark.parametrize(
    ("value", "error"), [(math.nan, 0.0), (math.nan, math.nan), (math.inf, 0.0), (1.0, math.inf)]
)
def test_an_order_parameter_that_is_no_number_is_unresolved(experiment, value, error):
    odd = dataclasses.replace(
        experiment,
        evaluate=lambda **point: {"growth_exponent": value, "growth_exponent_error": error},
        outputs=experiment.outputs[:2],
        tolerance=math.inf,
    )
    sweep, block = block_of(odd, {"beta": [0.0]})
    assert evaluate_block(odd, sweep.fixed, block).outcome.item() == Outcome.UNRESOLVED


def with_errors(experiment, errors, vectorised):
    """An experiment that answers π three times, with `errors` by the value of beta."""

    def evaluate(beta, **point):
        several = np.ndim(beta)
        error = np.array([errors[float(one)] for one in np.atleast_1d(beta)])
        value = np.full((*error.shape, 3), math.pi)
        error = np.stack([error, np.full(error.shape, 0.1), np.full(error.shape, 0.1)], axis=-1)
        return {"y": value if several else value[0], "y_error": error if several else error[0]}

    return dataclasses.replace(
        experiment,
        evaluate=evaluate,
        vectorised=vectorised,
        outputs=(Output("y", "y", dims=("omega",), has_error=True),),
        order_parameter=None,
    )


def test_a_block_of_which_no_point_is_asked_has_no_answers(experiment):
    _, block = block_of(experiment, {"beta": [0.0, 0.5], "M": [10]})
    at, varying = points_of(block, np.zeros(block.shape, bool))
    assert ask(experiment, {}, varying).outcome.size == len(at) == 0


def test_an_infinite_value_needs_no_error(experiment):
    # such as a constant that does not exist: the difference of two infinite levels is NaN
    def evaluate(**_):
        return {"y": math.inf, "y_error": math.nan, "z": 1.0}

    outputs = (Output("y", "y", has_error=True), Output("z", "z"))
    endless = dataclasses.replace(
        experiment, evaluate=evaluate, vectorised=False, outputs=outputs, order_parameter=None
    )
    sweep, block = block_of(endless, {"beta": [0.0, 1.0]})
    found = evaluate_block(endless, sweep.fixed, block)
    assert found.outcome.values.tolist() == [Outcome.OK, Outcome.OK]
    assert found.y.values.tolist() == [math.inf, math.inf]


@pytest.mark.parametrize("vectorised", [False, True])
@pytest.mark.parametrize(("error", "said"), [(-0.25, "-0.25"), (math.nan, "nan"), (-math.inf, "-inf")])
def test_an_error_that_is_none_is_refused_at_its_point(experiment, error, said, vectorised):
    odd = with_errors(experiment, {0.0: error, 0.5: 0.1, 1.0: math.inf}, vectorised)
    sweep, block = block_of(odd, {"beta": [0.0, 0.5, 1.0]})
    found = evaluate_block(odd, sweep.fixed, block)
    assert found.outcome.values.tolist() == [Outcome.FAILED, Outcome.OK, Outcome.OK]
    assert found.reason.values[0] == f"ValueError: Output `y_error` must be a number >= 0, but is {said}."
    assert found.y[0].isnull().all()
    assert found.y_error[0].isnull().all()


@pytest.mark.parametrize("vectorised", [False, True])
def test_an_error_below_round_off_is_raised_to_it_and_that_of_an_exact_number_is_not(experiment, vectorised):
    least = math.pi * 2.0**-52
    odd = with_errors(experiment, {0.0: 0.0, 0.25: 1e-300, 0.5: 4e-16, 1.0: 1.01 * least}, vectorised)
    sweep, block = block_of(odd, {"beta": [0.0, 0.25, 0.5, 1.0]})
    found = evaluate_block(odd, sweep.fixed, block)
    assert (found.outcome == Outcome.OK).all()
    assert found.y_error[:, 0].values.tolist() == [0.0, least, least, 1.01 * least]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"y": 1.0, "z": 2.0}, "ValueError: The outputs must be y, but are y, z."),
        ({}, "ValueError: The outputs must be y, but are ."),
        ({"y": [1.0, 2.0]}, "ValueError: Output `y` must have shape (3,), but has (2,)."),
        ({"y": "three"}, "TypeError: Output `y` must be real numbers, but is 'three'."),
        (None, "TypeError: `evaluate` must return a dict of y, but returned a NoneType."),
    ],
)
def test_an_answer_that_is_not_as_declared_has_failed(experiment, answer, reason):
    wrong = dataclasses.replace(
        experiment,
        evaluate=lambda **point: answer,
        outputs=(Output("y", "y", dims=("omega",)),),
        order_parameter=None,
    )
    sweep, block = block_of(wrong, {"beta": [0.0]})
    point = evaluate_block(wrong, sweep.fixed, block).squeeze("beta")
    assert point.outcome == Outcome.FAILED
    assert point.reason == reason


@pytest.mark.parametrize(
    ("message", "reason"),
    [("why " * 1000, "RuntimeError: " + "why " * 120 + "why..."), ("\udcff\n", "RuntimeError: ?")],
)
def test_a_reason_is_fit_to_be_stored(experiment, message, reason):
    def evaluate(**point):
        raise RuntimeError(message)

    wordy = dataclasses.replace(experiment, evaluate=evaluate)
    sweep, block = block_of(wordy, {"beta": [0.0]})
    assert evaluate_block(wordy, sweep.fixed, block).reason.item() == reason


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_no_answer(experiment, interruption):
    def evaluate(**point):
        raise interruption

    stopped = dataclasses.replace(experiment, evaluate=evaluate)
    sweep, block = block_of(stopped, {"beta": [0.0]})
    with pytest.raises(interruption):
        evaluate_block(stopped, sweep.fixed, block)


def test_what_is_not_asked_is_not_evaluated(experiment):
    search = BoundarySearch.from_request(experiment, "beta", {"M": [8, 9]})
    asked = np.array([[math.nan], [0.75]])
    (block,) = search.blocks(asked, 0, {"M": 2, "evaluation": 1})
    dataset = evaluate_block(experiment, search.fixed, block)
    assert dataset.outcome.values.tolist() == [[Outcome.MISSING], [Outcome.OK]]
    xr.testing.assert_equal(dataset.beta.variable, xr.Variable(("M", "evaluation"), asked))


def test_threads_of_one_process_evaluate_one_block_at_a_time(experiment):
    inside, most = [], []

    def evaluate(**point):
        inside.append(point)
        most.append(len(inside))
        time.sleep(0.01)
        inside.pop()
        return {"growth_exponent": 1.0, "growth_exponent_error": 0.0, "profile": np.zeros(3)}

    slow = dataclasses.replace(experiment, evaluate=evaluate)
    sweep, block = block_of(slow, {"beta": [0.0, 0.5, 1.0]})
    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(evaluate_block, slow, sweep.fixed, block) for _ in range(2)]:
            assert (done.result().outcome == Outcome.OK).all()
    assert most == [1] * 6
