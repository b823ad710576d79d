"""A sweep tells what it holds of a rectangle of points that another one asks for."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

from wellposed.catalog import health, overlap
from wellposed.catalog.location import RegularFiles
from wellposed.catalog.overlap import donors, points_of_store, points_of_stores

POINTS = {"beta": np.linspace(0, 1, 10), "datum": ["bracket", "oscillating"], "M": 8, "operator": "gain"}


@pytest.fixture
def filled(store, template, examples):
    fill(store, template, examples)
    return store


def fill(store, template, examples, failed=lambda beta: False):
    """Answers everywhere, but that points failed of which that is told by beta."""
    for region in examples.regions(template):
        answer = examples.answer(template, region)
        outcome = np.minimum(answer.outcome, 2)
        beta = np.array(template.beta[region["beta"]])
        outcome[np.array([failed(value) for value in beta], bool)] = 3
        store.write(region, answer.assign(outcome=outcome))


def test_the_whole_of_a_sweep_is_held_as_it_is_stored(filled):
    found = points_of_store(filled, POINTS)
    stored = filled.dataset()
    assert set(found) == set(stored)
    for name in found:
        assert found[name].dims == stored[name].dims
        np.testing.assert_array_equal(found[name], stored[name])


def test_points_are_found_by_value_in_any_order_and_what_is_not_there_is_missing(filled):
    beta = np.array([0.5, *np.linspace(0, 1, 10)[[7, 2]], -3.0])
    found = points_of_store(filled, {**POINTS, "beta": beta})
    stored = filled.dataset()
    assert (found.outcome.values > 0).all(axis=1).tolist() == [False, True, True, False]
    assert (found.reason[0] == "").all()
    assert found.growth[[0, 3]].isnull().all()
    np.testing.assert_array_equal(found.growth[1:3], stored.growth[[7, 2]])
    np.testing.assert_array_equal(found.profile[1:3], stored.profile[[7, 2]])


def test_an_axis_may_be_fixed_here_and_a_fixed_parameter_be_an_axis(filled):
    M = np.array([7, 8, 9])
    found = points_of_store(
        filled, {"M": M, "beta": POINTS["beta"], "datum": "oscillating", "operator": "gain"}
    )
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
    assert points_of_store(filled, {**POINTS, **change}) is None


def test_a_boundary_search_holds_no_rectangle(catalogue, examples):
    search = catalogue.create(examples.search_template(), {"M": 1, "evaluation": 2})
    assert points_of_store(search, POINTS) is None


def test_what_several_hold_is_put_together(catalogue, examples):
    first, second = (
        catalogue.create(examples.sweep_template(identity, n=n), examples.chunks)
        for identity, n in (("a" * 16, 2), ("b" * 16, 3))
    )
    fill(first, examples.sweep_template("a" * 16, n=2), examples)
    fill(second, examples.sweep_template("b" * 16, n=3), examples)
    points = {**POINTS, "beta": np.array([0.0, 0.25, 0.5, 1.0])}
    found = points_of_stores([first, second], points)
    assert (found.outcome.values > 0).all(axis=1).tolist() == [True, False, True, True]
    alone = points_of_store(second, points)
    np.testing.assert_array_equal(found.growth[2], alone.growth[2])
    assert found.reason.dtype == alone.reason.dtype
    assert found.outcome.dtype == np.uint8
    xr.testing.assert_identical(points_of_stores([second], points), alone)
    assert points_of_stores([], points) is None


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


@pytest.fixture
def when_read(monkeypatch):
    """Has something done as soon as a chunk of a variable has been read."""

    def when(store, name, does):
        get, is_done = RegularFiles.get, []

        async def getting(storage, key, *arguments, **options):
            found = await get(storage, key, *arguments, **options)
            if key.startswith(f"{name}/c/") and str(storage.root) == store.location and not is_done:
                is_done.append(True)
                does()
            return found

        monkeypatch.setattr(RegularFiles, "get", getting)

    return when


@pytest.mark.parametrize("name", ["outcome", "growth", "profile", "reason"])
def test_what_is_stored_while_it_is_read_is_not_held_without_its_values(
    store, template, examples, tmp_path, when_read, name
):
    first = {"beta": slice(0, 4), "datum": slice(0, 1)}
    store.write(
        first, examples.answer(template, first).assign(outcome=lambda found: found.outcome.clip(max=2))
    )
    begun = tmp_path / "begun"
    shutil.copytree(store.location, begun)
    fill(store, template, examples)
    whole, ended = store.dataset().load(), tmp_path / "ended"
    shutil.move(store.location, ended)
    shutil.move(begun, store.location)
    when_read(store, name, lambda: shutil.copytree(ended, store.location, dirs_exist_ok=True))
    found = points_of_store(store, POINTS)
    there = found.outcome.values > 0
    assert there.sum() >= 4
    np.testing.assert_array_equal(found.growth.values[there], whole.growth.values[there])
    np.testing.assert_array_equal(found.profile.values[there], whole.profile.values[there])
    np.testing.assert_array_equal(found.reason.values[there], whole.reason.values[there])


def test_a_point_that_was_forgotten_while_it_was_read_is_not_held(filled, when_read):
    when_read(filled, "growth", lambda: shutil.rmtree(Path(filled.location, "outcome", "c")))
    assert points_of_store(filled, POINTS) is None


def test_a_point_that_failed_is_no_answer_and_another_sweep_may_have_one(catalogue, examples):
    first, second = (
        catalogue.create(examples.sweep_template(identity), examples.chunks) for identity in ("aa", "bb")
    )
    fill(first, examples.sweep_template("aa"), examples, failed=lambda beta: beta > 0.5)
    fill(second, examples.sweep_template("bb"), examples)
    found = points_of_store(first, POINTS)
    assert (found.outcome.values > 0).all(axis=1).tolist() == [beta <= 0.5 for beta in POINTS["beta"]]
    assert found.growth[-1].isnull().all()
    assert (found.reason[-1] == "").all()
    xr.testing.assert_identical(points_of_stores([first, second], POINTS), points_of_store(second, POINTS))
    fill(first, examples.sweep_template("aa"), examples, failed=lambda beta: True)
    assert points_of_store(first, POINTS) is None


@pytest.mark.parametrize(
    ("change", "is_like"),
    [
        (lambda template: template.drop_vars("profile"), False),
        (lambda template: template.assign(growth=template.growth.astype(np.float32)), False),
        (lambda template: template.isel(omega=slice(2)), False),
        (lambda template: template.rename(omega="k"), False),
        (lambda template: template, True),
    ],
)
def test_a_donor_has_the_variables_of_the_sweep_that_asks(filled, catalogue, examples, change, is_like):
    asks = catalogue.create(change(examples.sweep_template("aa", n=7)), examples.chunks)
    about = (catalogue.url, "wave.growth", 2, POINTS)
    assert set(donors(*about)) == {filled, asks}
    assert set(donors(*about, asks)) == ({filled, asks} if is_like else {asks})


@pytest.mark.parametrize("finished", [True, False])
def test_a_donor_whose_metadata_are_refused_is_none(filled, catalogue, finished):
    if finished:
        filled.finish(command="")
    path = Path(filled.location, "growth", "zarr.json")
    path.write_text(path.read_text().replace("zstd", "pickle"))
    assert list(donors(catalogue.url, "wave.growth", 2, POINTS)) == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"hello": 1},
        {"kind": "sweep", "experiment_version": 2, "request": {"axes": {"beta": [[1]]}, "fixed": {}}},
        {"kind": "sweep", "experiment_version": 2, "request": {"axes": {"beta": 3}}},
    ],
)
def test_what_nobody_here_wrote_is_no_donor(filled, catalogue, attributes):
    zarr.open_group(Path(catalogue.url, "wave.growth", "mine.zarr"), mode="w", attributes=attributes)
    assert list(donors(catalogue.url, "wave.growth", 2, POINTS)) == [filled]


@pytest.mark.parametrize("harm", ["removed", "growth/c/0/0", "outcome/c/0/0"])
def test_a_sweep_that_cannot_be_read_holds_nothing(catalogue, examples, harm):
    first, second = (
        catalogue.create(examples.sweep_template(identity), examples.chunks) for identity in ("aa", "bb")
    )
    for store in (first, second):
        fill(store, examples.sweep_template(store.id), examples)
    if harm == "removed":
        health.remove(first)
    else:
        Path(first.location, harm).write_bytes(b"damaged")
    xr.testing.assert_identical(points_of_stores([first, second], POINTS), points_of_store(second, POINTS))
    assert points_of_stores([first], POINTS) is None


@pytest.mark.parametrize("numbers", [[3.0, -1.0, 2.0], [2, 3, -1], ["b", "a"], [5.0], [2**53 + 1, 2**53], []])
@pytest.mark.parametrize("wanted", [[2.0, 3.0, 7.0, -5.0], [3, 2], ["a", "c"], ["2.0"], [2**53]])
def test_values_are_looked_up_as_equality_tells(numbers, wanted):
    here, there = overlap._Values(numbers).common(np.array(wanted))
    expected = [(i, numbers.index(value)) for i, value in enumerate(wanted) if value in numbers]
    assert list(zip(here.tolist(), there.tolist(), strict=True)) == expected
