"""Two answers to one question, compared where both have an answer."""

import numpy as np
import pytest
import xarray as xr

from wellposed.catalog.comparison import compare
from wellposed.errors import CatalogueError

OUTCOMES = {"flag_values": [1, 2, 3], "flag_meanings": "ok unresolved failed"}


def answer(values, errors=None, outcome=None, version=1, x=(1.0, 2.0, 3.0), **fixed):
    """A sweep over `x` as a store has it, with fixed parameters as scalar coordinates."""
    values = np.asarray(values, float)
    variables = {
        "growth": ("x", values),
        "growth_error": ("x", np.full(values.shape, 0.1) if errors is None else np.asarray(errors, float)),
        "outcome": ("x", np.asarray([1] * values.size if outcome is None else outcome, np.uint8), OUTCOMES),
    }
    request = {"kind": "sweep", "version": version, "axes": {"x": list(x)}, "fixed": fixed}
    return xr.Dataset(
        variables,
        {"x": list(x), **fixed},
        {"experiment": "a.b", "kind": "sweep", "request": request, "versions": {"numpy": "2"}},
    )


def of(found, name):
    (one,) = [one for one in found.differences if one.output == name]
    return one


def test_what_differs_is_told_in_errors_and_where():
    found = compare(answer([1.0, 2.0, 3.0]), answer([1.0, 2.1, 3.5], version=2))
    growth = of(found, "growth")
    assert (growth.compared, growth.unequal, growth.beyond) == (3, 2, 1)
    assert growth.largest == pytest.approx(0.5)
    assert growth.in_errors == pytest.approx(2.5)
    assert growth.at == {"x": 3.0}
    assert growth.both == ("3", "3.5")
    assert not found.agrees
    assert found.asked == {"version": ("1", "2")}
    assert [one.output for one in found.differences] == ["growth", "outcome"]


def test_what_differs_by_less_than_both_errors_agrees():
    found = compare(answer([1.0, 2.0, 3.0]), answer([1.0, 2.15, 3.0]))
    assert of(found, "growth").beyond == 0
    assert found.agrees


def test_points_that_one_alone_has_are_counted_and_not_compared():
    first = answer([1.0, 2.0, 3.0], outcome=[1, 1, 0])
    second = answer([9.0, 2.0, 3.0, 4.0], x=(0.5, 2.0, 3.0, 4.0))
    found = compare(first, second)
    assert (found.common, found.first_alone, found.second_alone) == (1, 1, 3)
    assert of(found, "growth").compared == 1
    assert found.agrees


def test_a_parameter_that_is_an_axis_of_one_is_found_fixed_in_the_other():
    first = answer([1.0, 2.0, 3.0], M=8.0)
    wide = xr.concat([answer([0.0, 0.0, 0.0], M=7.0), answer([1.0, 2.0, 3.5], M=8.0)], "M").assign_attrs(
        first.attrs
    )
    found = compare(first, wide.assign_coords(M=[7.0, 8.0]))
    assert (found.common, found.second_alone) == (3, 3)
    assert of(found, "growth").at == {"x": 3.0, "M": 8.0}


def test_another_outcome_is_told_by_its_meaning():
    found = compare(answer([1.0, 2.0, 3.0]), answer([1.0, 2.0, np.nan], outcome=[1, 1, 3]))
    assert of(found, "outcome").both == ("ok", "failed")
    assert of(found, "growth").beyond == 1
    assert not found.agrees


def test_what_is_equal_without_an_error_is_no_difference_and_nan_equals_nan():
    found = compare(answer([1.0, np.nan, np.inf], [0, 0, 0]), answer([1.0, np.nan, np.inf], [0, 0, 0]))
    growth = of(found, "growth")
    assert (growth.unequal, growth.largest, growth.in_errors) == (0, 0.0, 0.0)


def test_a_difference_where_no_error_is_stated_is_infinitely_many_errors():
    found = compare(answer([1.0, 2.0, 3.0], [0, 0, 0]), answer([1.0, 2.0, 4.0], [0, 0, 0]))
    assert of(found, "growth").in_errors == np.inf
    assert not found.agrees


def test_outputs_that_one_alone_has_are_named_and_no_agreement():
    renamed = answer([1.0, 2.0, 3.0]).rename(growth="rate", growth_error="rate_error")
    with pytest.raises(CatalogueError, match="no output in common"):
        compare(answer([1.0, 2.0, 3.0]), renamed)
    more = answer([1.0, 2.0, 3.0]).assign(onset=("x", [1.0, 1.0, 1.0]))
    assert compare(more, answer([1.0, 2.0, 3.0])).asked == {"outputs of one alone": ("onset", "–")}


def audit(verdicts):
    names = {"flag_values": [0, 1, 3], "flag_meanings": "unresolved holds_sharp violated"}
    return xr.Dataset(
        {
            "statement": ("claim", ["one", "two"]),
            "measured_law": ("claim", ["2β", "1"]),
            "verdict": ("claim", np.array(verdicts, np.uint8), names),
        },
        {"equation": ("claim", ["(1.1)", "(1.2)"])},
        {"experiment": "a.audit", "kind": "audit", "request": {"kind": "audit", "questions": ["x"]}},
    )


def test_audits_are_compared_claim_by_claim():
    found = compare(audit([1, 0]), audit([1, 3]))
    verdict = of(found, "verdict")
    assert (found.of, verdict.compared, verdict.unequal) == ("claims", 2, 1)
    assert verdict.at == {"key": "(1.2) two"}
    assert verdict.both == ("unresolved", "violated")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"experiment": "a.c"}, "Only answers of one experiment can be compared, but these are a.b and a.c."),
        ({"kind": "boundary"}, "Only answers of one kind can be compared, but these are sweep and boundary."),
    ],
)
def test_answers_to_other_questions_are_refused(change, message):
    with pytest.raises(CatalogueError, match=message):
        compare(answer([1.0, 2.0, 3.0]), answer([1.0, 2.0, 3.0]).assign_attrs(change))


def test_answers_without_a_common_point_are_refused():
    with pytest.raises(CatalogueError, match="no point in common"):
        compare(answer([1.0, 2.0, 3.0]), answer([1.0, 2.0, 3.0], x=(5.0, 6.0, 7.0)))
