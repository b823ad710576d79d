"""A catalogue is what it says it is, and finds what it holds."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import zarr

from wellposed import catalog
from wellposed.catalog.location import Location
from wellposed.errors import CatalogueError


def test_a_new_place_becomes_a_catalogue_when_it_is_to_be_written(tmp_path, examples):
    place = tmp_path / "deep" / "results"
    with pytest.raises(CatalogueError, match="There is no catalogue at"):
        catalog.open(place)
    assert not place.exists()
    catalogue = catalog.open(place, writable=True)
    marker = {"catalogue.json": b'{"format": "wellposed catalogue", "version": 1}\n'}
    assert examples.contents(place) == marker
    assert catalog.open(place) == catalog.open(place, writable=True) == catalogue
    assert examples.contents(place) == marker


def test_a_relative_path_is_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    catalogue = catalog.open("results", writable=True)
    assert catalogue.url == str(tmp_path / "results")


@pytest.mark.parametrize("writable", [True, False])
def test_a_place_that_holds_something_else_is_refused_and_left_alone(tmp_path, examples, writable):
    (tmp_path / "thesis.tex").write_text("all my work")
    with pytest.raises(CatalogueError, match=r"holds something else than a catalogue, such as thesis\.tex"):
        catalog.open(tmp_path, writable=writable)
    assert examples.contents(tmp_path) == {"thesis.tex": b"all my work"}


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other", "version": 1}'])
def test_a_marker_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "catalogue.json").write_text(text)
    with pytest.raises(CatalogueError, match="holds something else than a catalogue"):
        catalog.open(tmp_path, writable=True)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("method", ["read", "names"])
def test_two_runs_may_make_a_catalogue_at_once(tmp_path, examples, monkeypatch, method, moment):
    place = tmp_path / "results"
    original = getattr(Location, method)

    def interrupted(location, *arguments):
        early = None if moment == "before" else original(location, *arguments)
        monkeypatch.setattr(Location, method, original)
        catalog.open(place, writable=True).create(examples.sweep_template(), examples.chunks)
        return original(location, *arguments) if moment == "before" else early

    monkeypatch.setattr(Location, method, interrupted)
    assert len(catalog.open(place, writable=True).stores()) == 1


def test_a_catalogue_of_a_later_version_is_refused(tmp_path):
    (tmp_path / "catalogue.json").write_text(json.dumps({"format": "wellposed catalogue", "version": 2}))
    with pytest.raises(CatalogueError, match="version 2, but must be of 1"):
        catalog.open(tmp_path)


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "results").write_text("a file")
    for place in (tmp_path / "results", tmp_path / "results" / "below", Path("/proc/results")):
        with pytest.raises(CatalogueError, match="cannot be written"):
            catalog.open(place, writable=True)
    assert (tmp_path / "results").read_text() == "a file"


@pytest.fixture
def filled(catalogue, examples):
    """Two finished sweeps, an unfinished one of another experiment, and a boundary search."""
    for identity, M, finished in [("aaaa0000", 7, True), ("aaaa1111", 9, True), ("bbbb0000", 9, False)]:
        experiment = "wave.growth" if finished else "wave.decay"
        template = examples.sweep_template(identity, experiment, M, n=11)
        store = catalogue.create(template, examples.chunks)
        examples.fill(store, template, examples.regions(template)[: None if finished else 2])
        if finished:
            store.finish(command="wellposed run")
    search = catalogue.create(examples.search_template("cccc0000"), {"M": 1, "evaluation": 1})
    beta = np.array([[0.0, 0.25, 0.5, 1.0, 0.3, 0.2], [0.0, 0.5, 0.9, 1.0, np.nan, np.nan]])
    asked = ~np.isnan(beta)
    dims = ("M", "evaluation")
    search.write(
        {},
        xr.Dataset(
            {
                "beta": (dims, beta),
                "growth": (dims, beta - 0.25),
                "outcome": (dims, asked.astype(np.uint8)),
                "boundary": ("M", [0.25, np.nan]),
            }
        ),
    )
    return catalogue


def test_a_table_has_a_row_for_every_sweep(filled):
    table = filled.table().set_index("id")
    assert list(table.index) == ["bbbb0000", "aaaa0000", "aaaa1111", "cccc0000"]
    row = table.loc["aaaa0000"]
    assert row.experiment == "wave.growth"
    assert (row.version, row.kind) == (2, "sweep")
    assert row["axes"] == "beta[11], datum[2]"
    assert row["fixed"] == "M=7, operator=gain"
    assert (row.ok, row.unresolved, row.failed) == (8, 7, 7)
    assert table.finished.to_dict() == {
        "bbbb0000": False,
        "aaaa0000": True,
        "aaaa1111": True,
        "cccc0000": False,
    }
    assert table.created.notna().to_dict() == table.finished.to_dict()
    assert table.loc["bbbb0000", ["ok", "unresolved", "failed"]].sum() == 8
    assert table.loc["cccc0000", "ok"] == 10


def test_a_table_is_what_pandas_gets(filled):
    pd.testing.assert_frame_equal(filled.to_pandas("wave.growth"), filled.table("wave.growth"))


def test_a_tree_says_what_its_branches_are_and_reads_no_numbers(filled):
    tree = filled.tree()
    assert tree.attrs["catalogue"] == filled.url
    assert tree["wave.growth"].attrs == {"title": "Growth"}
    assert list(tree["wave.growth"].children) == ["aaaa0000", "aaaa1111", "cccc0000"]
    sweep = tree["wave.growth/aaaa0000"].dataset
    assert all(variable.chunks is not None for variable in sweep.data_vars.values())
    assert list(filled.tree("wave.decay").children) == ["wave.decay"]


def test_an_empty_catalogue_has_an_empty_table(catalogue):
    assert len(catalogue.table()) == 0
    assert list(catalogue.table())[:2] == ["id", "experiment"]
    assert catalogue.search(beta=0.5) == []


def test_a_sweep_is_found_by_the_beginning_of_its_id(filled):
    assert filled.find("bb").experiment == "wave.decay"
    assert filled.find("aaaa1111").id == "aaaa1111"
    with pytest.raises(CatalogueError, match="begins aaaa0000, aaaa1111"):
        filled.find("aaaa")
    with pytest.raises(CatalogueError, match="begins none"):
        filled.find("dddd")


def identities(datasets):
    return [dataset.attrs["sweep_id"] for dataset in datasets]


def test_a_search_is_by_experiment(filled):
    assert identities(filled.search("wave.growth")) == ["aaaa0000", "aaaa1111", "cccc0000"]
    assert identities(filled.search(experiment="wave.decay")) == ["bbbb0000"]
    assert filled.search("wave.nothing") == []
    assert len(filled.search()) == 4


def test_a_range_includes_its_ends_up_to_rounding(filled):
    assert 0.3 not in filled.find("aaaa0000").dataset().beta.values  # but 0.30000000000000004
    first = filled.search("wave.growth", beta=slice(0.2, 0.3))[0]
    np.testing.assert_allclose(first.beta, [0.2, 0.3])
    assert first.sizes["datum"] == 2
    assert filled.search("wave.growth", beta=slice(None, 0.1))[0].beta.size == 2
    assert filled.search("wave.growth", beta=slice(math.nextafter(0.9, 1), None))[0].beta.size == 2


def test_a_value_or_several_are_found_up_to_rounding(filled):
    assert filled.search("wave.growth", beta=3 * 0.1)[0].beta.size == 1
    assert filled.search("wave.growth", beta=[0.1, 0.55, 0.7])[0].beta.size == 2
    assert filled.search("wave.growth", datum="bracket")[0].datum.values.tolist() == ["bracket"]
    assert filled.search("wave.growth", datum=["bracket", "other"])[0].sizes["datum"] == 1


def test_a_fixed_parameter_selects_whole_sweeps(filled):
    assert identities(filled.search("wave.growth", M=7)) == ["aaaa0000", "cccc0000"]
    assert identities(filled.search(M=slice(8, 9), operator="gain")) == ["bbbb0000", "aaaa1111"]


def test_a_sweep_without_such_a_point_is_left_out(filled):
    assert identities(filled.search(beta=0.25)) == ["cccc0000"]
    assert filled.search(beta=slice(2, 3)) == []
    assert identities(filled.search("wave.growth", M=9, beta=0.2)) == ["aaaa1111"]


def test_scattered_evaluations_are_selected_point_by_point(filled):
    found = filled.search("wave.growth", beta=slice(0.2, 0.5))[2].load()
    assert found.sizes["evaluation"] == 4
    nan = np.nan
    np.testing.assert_array_equal(found.beta, [[0.25, 0.5, 0.3, 0.2], [0.5, nan, nan, nan]])
    np.testing.assert_array_equal(found.growth, found.beta - 0.25)
    assert found.outcome.dtype == np.uint8
    assert found.outcome.values.tolist() == [[1, 1, 1, 1], [1, 0, 0, 0]]
    np.testing.assert_array_equal(found.boundary, [0.25, nan])


def test_what_is_found_is_lazy(filled):
    for dataset in filled.search(beta=slice(0.2, 0.5)):
        assert all(variable.chunks is not None for variable in dataset.data_vars.values())


def test_a_parameter_that_no_sweep_has_is_refused(filled):
    with pytest.raises(CatalogueError, match="No sweep has a parameter `gamma`; they have M, beta"):
        filled.search(gamma=1.0)


@pytest.mark.parametrize(
    ("selectors", "line"),
    [
        (
            {"beta": slice(0, 1, 0.1)},
            "`beta` must be a number, several, or a slice of numbers without a step",
        ),
        ({"beta": slice("a", None)}, "`beta` must be a number"),
        ({"beta": "half"}, "`beta` must be a number, .* but is 'half'"),
        ({"beta": [0.1, None]}, "`beta` must be a number"),
        ({"beta": None}, "`beta` must be a number, .* but is None"),
        ({"M": True}, "`M` must be a number"),
        ({"M": 999, "beta": None}, "`beta` must be a number"),
        ({"datum": slice("a", "c")}, "`datum` must be text or several, but is slice"),
        ({"operator": 3}, "`operator` must be text or several, but is 3"),
        ({"experiment": 3}, "`experiment` must be a name, but is 3"),
        ({"version": "2"}, "`version` must be a number"),
        ({"outcome": "fine"}, "`outcome` must be among ok, unresolved, failed, but is 'fine'"),
        ({"outcome": ["ok", "missing"]}, "`outcome` must be among"),
        ({"outcome": 1}, "`outcome` must be among"),
    ],
)
def test_a_selector_of_the_wrong_kind_is_refused_by_name(filled, selectors, line):
    with pytest.raises(CatalogueError, match=f"Selector {line}"):
        filled.search(**selectors)


def test_several_values_may_come_in_anything(filled):
    for several in (np.array([0.1, 0.7]), (0.1, 0.7), iter([0.1, np.float64(0.7)]), xr.DataArray([0.1, 0.7])):
        assert [found.beta.size for found in filled.search("wave.growth", M=[7, 9], beta=several)] == [2, 2]
    assert len(filled.search("wave.growth", M=np.array(9), datum=np.array(["bracket"]))) == 1


def test_an_outcome_selects_its_points(filled):
    for found in filled.search(outcome="ok", M=7):
        found = found.load()
        assert set(np.unique(found.outcome)) <= {0, 1}
        assert found.growth.notnull().sum() == (found.outcome == 1).sum() > 0
    both = filled.search("wave.growth", outcome=["ok", "failed"], beta=slice(0, 0.1), operator="gain")[0]
    assert both.outcome.values.tolist() == [[1, 0], [3, 1]]
    assert both.reason.values.tolist() == [["", ""], ["no 2", ""]]
    assert identities(filled.search(outcome="failed")) == ["bbbb0000", "aaaa0000", "aaaa1111"]
    assert all(variable.chunks is not None for variable in both.data_vars.values())


def test_a_version_selects_whole_sweeps(filled):
    assert len(filled.search(version=2)) == len(filled.search(version=slice(1, None))) == 4
    assert filled.search(version=[1, 3]) == []


@pytest.mark.parametrize("text", ["{", "[]", "{}", "\xff"])
def test_a_manifest_that_is_damaged_is_named_and_in_nobodys_way(filled, text):
    before = filled.table().set_index("id")
    path = Path(filled.url, "wave.growth", "aaaa0000.json")
    path.write_text(text, encoding="latin-1")
    table = filled.table().set_index("id")
    assert "wave.growth/aaaa0000.json is damaged" in table.damage["aaaa0000"]
    assert not table.finished["aaaa0000"]
    assert (table.ok == before.ok).all()
    assert (table.damage == "").sum() == len(table) - 1
    assert identities(filled.search(M=7, version=2)) == identities(filled.search(M=[7], version=2)) != []


def test_a_store_that_is_damaged_or_foreign_is_named_and_in_nobodys_way(filled):
    before = filled.table().set_index("id")
    zarr.open_group(Path(filled.url, "wave.growth", "mine.zarr"), mode="w", attributes={"hello": 1})
    table = filled.table().set_index("id")
    assert (table.kind["mine"], table.ok["mine"], bool(table.finished["mine"])) == ("damaged", 0, False)
    assert "mine.zarr is refused" in table.damage["mine"]
    assert (table.ok.drop("mine") == before.ok).all()


def test_sweeps_of_other_versions_are_not_opened_to_be_put_together(catalogue, template, examples):
    for identity, version in (("aa", 1), ("bb", 2)):
        one = template.assign_attrs(sweep_id=identity, experiment_version=version)
        store = catalogue.create(one, examples.chunks)
        examples.fill(store, one)
        store.finish()
    Path(catalogue.url, "wave.growth", "aa.zarr", "growth", "zarr.json").write_text("{")
    assert (catalogue.concat("wave.growth").outcome > 0).all()
    with (
        pytest.warns(UserWarning, match="growth/zarr.json is damaged"),
        pytest.raises(CatalogueError, match="has no sweep of"),
    ):
        catalogue.concat("wave.growth", version=1)


def test_a_place_on_s3_without_its_extra_names_it():
    """In a process of its own: fsspec keeps what it has loaded once."""
    asked = (
        "import sys; sys.modules['s3fs'] = None\n"
        "from wellposed import catalog\n"
        "from wellposed.errors import CatalogueError\n"
        "try: catalog.open('s3://bucket/nothing')\n"
        "except CatalogueError as error: print(error)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, timeout=100, check=True
    )
    assert ran.stdout.endswith("a package that is not installed: pip install 'wellposed[s3]'.\n")
