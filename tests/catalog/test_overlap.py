"""A sweep tells what it holds of a rectangle of points that another one asks for."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from catalog.overlap import all_held, donors, held

POINTS = {"beta": np.linspace(0, 1, 10), "datum": ["bracket", "oscillating"], "M": 8, "operator": "gain"}


@pytest.fixture
def filled(store, template, examples):
    examples.fill(store, template)
    return store


def test_the_whole_of_a_sweep_is_held_as_it_is_stored(filled):
    found = held(filled, POINTS)
    stored = filled.dataset()
    assert set(found) == set(stored)
    for name in found:
        assert found[name].dims == stored[name].dims
        np.testing.assert_array_equal(found[name], stored[name])


def test_points_are_found_by_value_in_any_order_and_what_is_not_there_is_missing(filled):
    beta = np.array([0.5, *np.linspace(0, 1, 10)[[7, 2]], -3.0])
    found = held(filled, {**POINTS, "beta": beta})
    stored = filled.dataset()
    assert (found.outcome.values > 0).all(axis=1).tolist() == [False, True, True, False]
    assert (found.reason[0] == "").all()
    assert found.growth[[0, 3]].isnull().all()
    np.testing.assert_array_equal(found.growth[1:3], stored.growth[[7, 2]])
    np.testing.assert_array_equal(found.profile[1:3], stored.profile[[7, 2]])


def test_an_axis_may_be_fixed_here_and_a_fixed_parameter_be_an_axis(filled):
    M = np.array([7, 8, 9])
    found = held(filled, {"M": M, "beta": POINTS["beta"], "datum": "oscillating", "operator": "gain"})
    stored = filled.dataset().sel(datum="oscillating")
    assert found.growth.dims == ("M", "beta")
    assert found.profile.dims == ("M", "beta", "omega")
    assert ((found.outcome > 0) == [[False], [True], [False]]).all()
    np.testing.assert_array_equal(found.profile[1], stored.profile)


@pytest.mark.parametrize(
    "change",
    [{"M": 9}, {"operator": "loss"}, {"beta": np.array([0.123])}, {"N": 1}, {"datum": ["bracket_k"]}],
)
def test_nothing_is_held_of_other_points(filled, change):
    assert held(filled, {**POINTS, **change}) is None


def test_a_boundary_search_holds_no_rectangle(catalogue, examples):
    search = catalogue.create(examples.search_template(), {"M": 1, "evaluation": 2})
    assert held(search, POINTS) is None


def test_what_several_hold_is_put_together(catalogue, examples):
    first, second = (
        catalogue.create(examples.sweep_template(identity, n=n), examples.chunks)
        for identity, n in (("a" * 16, 2), ("b" * 16, 3))
    )
    examples.fill(first, examples.sweep_template("a" * 16, n=2))
    examples.fill(second, examples.sweep_template("b" * 16, n=3))
    points = {**POINTS, "beta": np.array([0.0, 0.25, 0.5, 1.0])}
    found = all_held([first, second], points)
    assert (found.outcome.values > 0).all(axis=1).tolist() == [True, False, True, True]
    alone = held(second, points)
    np.testing.assert_array_equal(found.growth[2], alone.growth[2])
    assert found.reason.dtype == alone.reason.dtype
    assert found.outcome.dtype == np.uint8
    xr.testing.assert_identical(all_held([second], points), alone)
    assert all_held([], points) is None


@pytest.mark.parametrize("finished", [True, False])
def test_donors_are_the_sweeps_of_the_version_that_cover_a_point(filled, catalogue, examples, finished):
    if finished:
        filled.finish(command="")
    about = filled.attributes()
    asked = (catalogue.url, about["experiment"], about["experiment_version"])
    assert list(donors(*asked, POINTS)) == [filled]
    assert list(donors(*asked, {**POINTS, "beta": np.array([-7.0, POINTS["beta"][3], 9.0])})) == [filled]
    assert list(donors(*asked, {**POINTS, "beta": np.array([0.123])})) == []
    assert list(donors(*asked, {**POINTS, "M": 9})) == []
    assert list(donors(*asked, {**POINTS, "datum": ["bracket_k"]})) == []
    assert list(donors(*asked[:2], asked[2] + 1, POINTS)) == []


def test_a_damaged_manifest_is_in_nobodys_way(filled, catalogue):
    filled.finish(command="")
    about = filled.attributes()
    (manifest,) = Path(catalogue.url).glob("*/*.json")
    manifest.write_text("{")
    assert list(donors(catalogue.url, about["experiment"], about["experiment_version"], POINTS)) == [filled]
