"""What an experiment answers in floats, integers, complex numbers and text is stored, found and exported."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from wellposed import catalog
from wellposed.catalog import exchange, health, merge
from wellposed.catalog.overlap import points_of_stores
from wellposed.errors import CatalogueError, ConflictError
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.sweeps.answers.layout import template
from wellposed.sweeps.points.evaluate import evaluate_block
from wellposed.sweeps.requests.grid import Sweep

KINDS = ("float", "int", "complex", "text")


def one_of_each_kind(x):
    """At x = 0 and 1 everything but `texts` is what also stands where nothing is stored; it fails at 4."""
    if x == 4.0:
        raise ZeroDivisionError("four")
    if x < 2.0:
        nothing = {"float": np.nan, "int": 0, "complex": complex(np.nan, np.nan), "text": ""}
        return {**nothing, "texts": ["", "é"]}
    return {
        "float": x / 2,
        "int": 2**60 + int(x),
        "complex": x + 1j,
        "text": f"at {x:g}",
        "texts": ["a", "b"],
    }


def together(x):
    answers = [one_of_each_kind(one) for one in x.tolist()]
    return {name: [answer[name] for answer in answers] for name in answers[0]}


def experiment(vectorised):
    return Experiment(
        "toy.kinds",
        "one output of each kind",
        "made up",
        (Parameter("x", "where", 0.0), Parameter("m", "how", 0, kind="int")),
        (*(Output(kind, kind, kind=kind) for kind in KINDS), Output("texts", "texts", ("i",), kind="text")),
        together if vectorised else one_of_each_kind,
        (Coordinate("i", "which of two", np.array([0, 1])),),
        vectorised=vectorised,
    )


def filled(catalogue, x=(0.0, 1.0, 2.0, 3.0, 4.0, 5.0), vectorised=False):
    asked = experiment(vectorised)
    plain = Experiment(**{**vars(asked), "evaluate": lambda m, **point: asked.evaluate(**point)})
    sweep = Sweep.from_request(plain, {"x": list(x)})
    store = catalogue.create(template(plain, sweep), {"x": 2})
    for block in sweep.blocks({"x": 2}):
        store.write(block.region, evaluate_block(plain, sweep.fixed, block))
    return store


@pytest.fixture(params=[False, True], ids=["scalar", "vectorised"])
def finished(request, catalogue):
    store = filled(catalogue, vectorised=request.param)
    store.finish()
    return store


def is_as_answered(found):
    """In values, types and what stands where a point failed."""
    assert [found[kind].dtype.kind for kind in KINDS] == ["f", "i", "c", "T"]
    nothing = complex(np.nan, np.nan)
    np.testing.assert_array_equal(found["float"], [np.nan, np.nan, 1.0, 1.5, np.nan, 2.5])
    assert found["int"].values.tolist() == [0, 0, 2**60 + 2, 2**60 + 3, 0, 2**60 + 5]
    np.testing.assert_array_equal(found["complex"], [nothing, nothing, 2 + 1j, 3 + 1j, nothing, 5 + 1j])
    assert np.isnan(found["complex"].values[[0, 1, 4]].imag).all()
    assert found["text"].values.tolist() == ["", "", "at 2", "at 3", "", "at 5"]
    assert found["texts"].values.tolist() == [["", "é"]] * 2 + [["a", "b"]] * 2 + [["", ""], ["a", "b"]]
    assert found.outcome.values.tolist() == [1, 1, 1, 1, 3, 1]


def test_every_kind_is_read_as_it_was_written(finished, catalogue):
    is_as_answered(finished.dataset())
    (found,) = catalog.open(catalogue.url).search("toy.kinds", m=0)
    is_as_answered(found.load())
    is_as_answered(catalogue.concat("toy.kinds"))
    assert health.verify(finished) == []


@pytest.mark.parametrize("kind", [*KINDS, "texts"])
def test_a_chunk_of_any_kind_that_is_missing_is_found_also_where_it_held_no_more_than_fill_values(
    finished, kind
):
    chunk = f"{kind}/c/0/0" if kind == "texts" else f"{kind}/c/0"
    Path(finished.location, chunk).unlink()
    (damage,) = health.verify(finished)
    assert (damage.key, damage.reason, damage.blocks) == (chunk, "is missing", ("outcome/c/0",))
    assert health.repair(finished, [damage]) == 1


def test_reasons_and_outcomes_that_are_all_empty_are_not_written(finished):
    assert not Path(finished.location, "reason/c/0").exists()
    assert Path(finished.location, "reason/c/2").exists()
    assert not Path(finished.location, "m/c").exists(), "a coordinate of zero"


def test_every_kind_is_exported_and_brought_back_as_the_same_bytes(finished, tmp_path, examples):
    pytest.importorskip("h5netcdf")
    exchange.export(finished, tmp_path / "sweep.nc")
    with xr.open_dataset(tmp_path / "sweep.nc", engine="h5netcdf") as plain:
        np.testing.assert_array_equal(plain["complex"], finished.dataset()["complex"])
        assert plain["int"].values.tolist() == finished.dataset()["int"].values.tolist()
    other = catalog.open(tmp_path / "other", writable=True)
    brought = exchange.bring(other, tmp_path / "sweep.nc")
    is_as_answered(brought.dataset())
    assert examples.contents(brought.location) == examples.contents(finished.location)
    assert exchange.bring(other, tmp_path / "sweep.nc") == brought, "once more changes nothing"
    assert exchange.bring(other, finished.location) == brought


@pytest.mark.parametrize("kind", KINDS)
def test_what_differs_in_one_kind_is_not_the_same_sweep(finished, tmp_path, kind):
    pytest.importorskip("h5netcdf")
    exchange.export(finished, tmp_path / "sweep.nc")
    other = catalog.open(tmp_path / "other", writable=True)
    there = filled(other)
    region = {"x": slice(2, 4)}
    there.write(region, changed(there.dataset().load(), kind).drop_vars(["x", "m", "i"]).isel(region))
    with pytest.raises(CatalogueError, match="holds something else"):
        exchange.bring(other, tmp_path / "sweep.nc")


def changed(dataset, kind, by=1):
    """The same, but of another value at x = 3."""
    array = dataset[kind]
    other = array.copy(data=array.values + (" " if kind == "text" else by))
    return dataset.assign({kind: array.where(dataset.x != 3.0, other)})


def test_a_data_frame_has_a_column_for_every_kind_and_two_for_complex_numbers(finished, tmp_path):
    pytest.importorskip("pyarrow")
    exchange.export(finished, tmp_path / "sweep.parquet")
    frame = pd.read_parquet(tmp_path / "sweep.parquet")
    expected = finished.dataset()
    assert "complex" not in frame
    np.testing.assert_array_equal(frame.complex_real, expected["complex"].values.real)
    np.testing.assert_array_equal(frame.complex_imag, expected["complex"].values.imag)
    assert frame["int"].dtype == np.int64
    assert frame["int"].tolist() == expected["int"].values.tolist()
    assert frame.text.tolist() == expected.text.values.tolist()
    assert [texts.tolist() for texts in frame.texts] == expected.texts.values.tolist()


def test_text_for_spreadsheets_has_every_kind_too(finished, tmp_path):
    exchange.export(finished, tmp_path / "sweep.csv")
    frame = pd.read_csv(tmp_path / "sweep.csv", keep_default_na=False)
    expected = finished.dataset()
    real = [float(one) if one != "" else np.nan for one in frame.complex_real.astype(str)]
    np.testing.assert_array_equal(real, expected["complex"].values.real)
    assert frame["int"].tolist() == expected["int"].values.tolist()
    assert frame.text.tolist() == expected.text.values.tolist()
    own = [name for name in frame if name.startswith("texts[")]
    assert frame[own].to_numpy().tolist() == expected.texts.values.tolist()


def test_a_column_that_is_another_output_is_not_overwritten(catalogue, tmp_path):
    pytest.importorskip("pyarrow")
    asked = Experiment(
        "toy.taken",
        "two names that are one in Parquet",
        "made up",
        (Parameter("x", "where", 0.0),),
        (Output("z", "z", kind="complex"), Output("z_imag", "something else")),
        lambda x: {"z": 1j, "z_imag": 5.0},
    )
    sweep = Sweep.from_request(asked, {"x": [0.0]})
    store = catalogue.create(template(asked, sweep), {"x": 1})
    for block in sweep.blocks({"x": 1}):
        store.write(block.region, evaluate_block(asked, sweep.fixed, block))
    with pytest.raises(CatalogueError, match="`z` is complex and takes the column `z_imag`"):
        exchange.export(store, tmp_path / "sweep.parquet")
    assert not list(tmp_path.glob("*sweep*"))


def test_points_that_are_not_selected_have_the_fill_value_of_their_kind(finished, catalogue):
    (found,) = catalogue.search("toy.kinds", outcome="failed")
    assert found.x.values.tolist() == [4.0]
    whole = finished.dataset().load()
    part = catalog.query.selection.masked(
        xr.concat([whole, whole], xr.Variable("n", [0, 1])),
        xr.DataArray([[True] * 6, [True] + [False] * 5], dims=("n", "x")),
    )
    is_as_answered(part.isel(n=0))
    rest = part.isel(n=1, x=slice(1, None))
    assert [rest[kind].dtype.kind for kind in KINDS] == ["f", "i", "c", "T"]
    assert np.isnan(rest["complex"].values.real).all()
    assert np.isnan(rest["complex"].values.imag).all()
    assert (rest["int"] == 0).all()
    assert (rest.texts == "").all()


def test_numbers_with_a_nan_are_masked_where_a_point_is_not_resolved_and_others_stay(finished):
    whole = finished.dataset().load()
    whole.outcome[3] = 2
    resolved = whole.wellposed.resolved()
    for kind in ("float", "complex"):
        assert resolved[kind].isnull().values.tolist() == [True, True, False, True, True, False]
    assert np.isnan(resolved["complex"].values[3].imag)
    assert resolved[["int", "text", "texts"]].identical(whole[["int", "text", "texts"]])


def test_what_a_sweep_has_of_another_is_taken_in_every_kind(finished):
    found = points_of_stores([finished], {"x": np.array([5.0, 4.0, 9.0, 2.0]), "m": 0})
    assert found.outcome.values.tolist() == [1, 0, 0, 1]
    np.testing.assert_array_equal(found["complex"], [5 + 1j, *[complex(np.nan, np.nan)] * 2, 2 + 1j])
    assert np.isnan(found["complex"].values[1:3].imag).all()
    assert found["int"].values.tolist() == [2**60 + 5, 0, 0, 2**60 + 2]
    assert found.texts.values.tolist() == [["a", "b"], ["", ""], ["", ""], ["a", "b"]]


@pytest.mark.parametrize("kind", KINDS)
def test_sweeps_that_disagree_in_any_kind_are_in_conflict(catalogue, kind):
    first = filled(catalogue, [2.0, 3.0, 4.0]).dataset().load()
    second = filled(catalogue, [3.0, 5.0]).dataset().load()
    both = merge.concat([first, second])
    assert both.x.values.tolist() == [2.0, 3.0, 4.0, 5.0]
    assert both["int"].values.tolist() == [2**60 + 2, 2**60 + 3, 0, 2**60 + 5]
    assert both.text.values.tolist() == ["at 2", "at 3", "", "at 5"]
    with pytest.raises(ConflictError, match=r"disagree at 1 points: x=3\.0\."):
        merge.concat([first, changed(second, kind)])
    marked = merge.concat([first, changed(second, kind)], "mark").sel(x=3.0)
    assert marked.conflict
    assert marked["int"] == 0
    assert marked.text == ""
    assert np.isnan(marked["complex"].values.imag)


def test_complex_numbers_agree_up_to_rounding_and_integers_up_to_the_error_that_they_state(catalogue):
    first = filled(catalogue, [3.0, 5.0]).dataset().load()
    merge.concat([first, changed(first, "complex", by=1e-12j)])
    stated = [one.assign(int_error=("x", [1.0, 1.0])) for one in (first, changed(first, "int", by=2))]
    merge.concat(stated)
    with pytest.raises(ConflictError):
        merge.concat([stated[0], stated[1].assign(int_error=("x", [0.0, 0.0]))])


def test_reasons_may_be_worded_differently(catalogue):
    first = filled(catalogue, [3.0, 4.0]).dataset().load()
    merge.concat([first, first.assign(reason=first.reason.copy(data=first.reason.values + "!"))])
