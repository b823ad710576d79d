"""A search for a curve is a canonical question, stored round by round."""

import dataclasses

import numpy as np
import pytest

from wellposed.catalog.curves import stored_curve
from wellposed.errors import AnswerError, ParameterError, RequestError
from wellposed.kinetics.experiment import Parameter
from wellposed.sweeps.answers.curve import curve_answers, found_curve, template
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.requests.curve import CurveSearch, next_column


@pytest.fixture(scope="module")
def plane(experiment):
    """The experiment, with a continuous M."""
    beta, _, *others = experiment.parameters
    M = Parameter("M", "decay", default=8.0, lower=6.0, lower_open=True)
    return dataclasses.replace(experiment, parameters=(beta, M, *others))


@pytest.fixture
def search(plane):
    return CurveSearch.from_request(plane, "beta", "M", (7.0, 9.0), tolerance=1e-3, coarse=3, depth=1)


def test_the_same_question_has_one_identity(plane, search):
    same = CurveSearch.from_request(
        plane, "beta", "M", (7, 9), {"A": 5.0}, tolerance=1e-3, between=(0, 1), coarse=3, depth=1
    )
    assert (same, same.id) == (search, search.id)
    others = [
        CurveSearch.from_request(plane, "beta", "M", (7.0, 9.0), tolerance=1e-3, coarse=3, depth=2),
        CurveSearch.from_request(plane, "beta", "M", (7.0, 9.0), tolerance=1e-3, coarse=4, depth=1),
        CurveSearch.from_request(plane, "beta", "M", (7.0, 9.0), tolerance=1e-4, coarse=3, depth=1),
        CurveSearch.from_request(plane, "beta", "M", (7.0, 9.5), tolerance=1e-3, coarse=3, depth=1),
    ]
    assert len({search.id, *(other.id for other in others)}) == 5


@pytest.mark.parametrize(
    ("arguments", "options", "line"),
    [
        (("beta", "beta", (0.0, 1.0)), {}, "two parameters, but has `beta` twice"),
        (("beta", "datum", (0.0, 1.0)), {}, "continuous parameters, but `datum` is one of"),
        (("beta", "A", (1.0, 2.0)), {}, "`A` has no effect"),
        (("beta", "M", (9.0, 7.0)), {}, "two ends, the lower one first, but has 9, 7"),
        (("beta", "M", (7.0, 7.0)), {}, "two ends, the lower one first"),
        (("beta", "M", "7"), {}, "must have two ends, but is '7'"),
        (("beta", "M", (7.0, 9.0)), {"fixed": {"M": 8.0}}, "so it cannot be fixed"),
        (("beta", "M", (7.0, 9.0)), {"tolerance": 0.0}, "tolerance must be a positive number"),
        (("beta", "M", (7.0, 9.0)), {"depth": -1}, "`depth` must be an integer of at least 0"),
        (("beta", "M", (7.0, 9.0)), {"coarse": 1}, "`coarse` must be an integer of at least 2"),
    ],
)
def test_a_search_that_makes_no_sense_is_refused(plane, arguments, options, line):
    with pytest.raises(RequestError, match=line):
        CurveSearch.from_request(plane, *arguments, **options)


def test_a_range_outside_the_bounds_is_refused(plane):
    with pytest.raises(ParameterError, match="M"):
        CurveSearch.from_request(plane, "beta", "M", (5.0, 9.0))


def stored_round(plane, search, dataset, asked, column):
    """Stores the answers to a round as workers do."""
    for block in search.blocks(asked, column, {"evaluation": 4}):
        here = block.region["evaluation"]
        for name, (_, values) in block.coordinates.items():
            dataset[name].values[here] = values
        value = dataset["beta"].values[here] - 0.25 - 0.01 * (dataset["M"].values[here] - 7)
        dataset["growth_exponent"].values[here] = value
        dataset["growth_exponent_error"].values[here] = 1e-9
        dataset["outcome"].values[here] = np.where(block.asked, Outcome.OK, Outcome.MISSING)


def test_rounds_are_stored_one_after_the_other_and_told_again(plane, search):
    dataset = template(plane, search).copy(deep=True)
    for name in ("beta", "M", "outcome", "growth_exponent", "growth_exponent_error"):
        dataset[name] = dataset[name].copy(data=np.array(dataset[name].values))
    curve, column, asked_points = search.curve(plane), 0, 0
    with pytest.raises(AnswerError, match="No answer is stored at 9"):
        curve_answers(plane, search, dataset, curve.ask(), 0)
    while len(asked := curve.ask()):
        stored_round(plane, search, dataset, asked, column)
        curve.tell(*curve_answers(plane, search, dataset, asked, column))
        column = next_column(column, asked, {"evaluation": 4})
        asked_points += len(asked)
        assert column % 4 == 0
    assert int((dataset["outcome"] == Outcome.OK).sum()) == asked_points == curve.evaluations
    found = stored_curve(dataset.assign(found_curve(plane, search, curve)))
    assert found.attrs["curve_outcome"] == "located"
    np.testing.assert_allclose(found["beta"], 0.25 + 0.01 * (found["M"] - 7), atol=1e-9)
    assert (found["width"] <= np.where(found["bracketed"] == "beta", 1e-3, 2e-3)).all()
    assert sorted(set(found["piece"].values)) == [0]
    assert float(found["M"].min()) == 7.0
    assert float(found["M"].max()) == 9.0
    dataset["M"].values[0] = 8.5
    with pytest.raises(AnswerError, match="not those that this search asks for"):
        curve_answers(plane, search, dataset, search.curve(plane).ask(), 0)


def test_a_template_has_both_parameters_along_the_evaluations(plane, search):
    dataset = template(plane, search)
    assert dataset["beta"].dims == dataset["M"].dims == dataset["outcome"].dims == ("evaluation",)
    assert dataset["beta"].isnull().all()
    assert dataset.attrs["kind"] == "curve"
    assert dataset["datum"].item() == "bracket"
