"""An index saves reading manifests, and is a cache: nothing depends on it being there or right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wellposed.catalog import health, index, trust
from wellposed.catalog.location import Location
from wellposed.errors import CatalogueError


@pytest.fixture
def many(catalogue, store, template, examples):
    """A finished sweep, and the manifests and first metadata of 150 more."""
    examples.fill(store, template)
    store.finish(command="wellposed run")
    manifest = store.manifest()
    root = json.loads(Path(store.location, "zarr.json").read_text())
    for i in range(150):
        id = f"{i:08x}"
        Path(catalogue.url, "wave.growth", f"{id}.zarr").mkdir()
        root["attributes"]["sweep_id"] = id
        Path(catalogue.url, "wave.growth", f"{id}.zarr", "zarr.json").write_text(json.dumps(root))
        told = {**manifest, "sweep_id": id, "created": f"2026-01-{1 + i % 28:02}T12:00:00+00:00"}
        told["request"] = {**manifest["request"], "fixed": {"M": i, "operator": "gain"}}
        Path(catalogue.url, "wave.growth", f"{id}.json").write_text(json.dumps(told))
    return catalogue


@pytest.fixture
def manifests_read(monkeypatch):
    read = []
    original = Location.read_all

    def counted(location, keys, most=None):
        keys = list(keys)
        read.extend(key for key in keys if key.endswith(".json") and "/" in key and "zarr" not in key)
        return original(location, keys, most)

    monkeypatch.setattr(Location, "read_all", counted)
    return read


def test_manifests_are_read_once(many, manifests_read):
    first = many.table()
    assert len(first) == len(manifests_read) == 151
    manifests_read.clear()
    pd.testing.assert_frame_equal(many.table(), first)
    assert manifests_read == []


def test_only_new_manifests_are_read(many, manifests_read, examples):
    many.table()
    template = examples.sweep_template("ffff")
    store = many.create(template, examples.chunks)
    examples.fill(store, template)
    store.finish()
    health.remove(many.find("00000007"))
    manifests_read.clear()
    assert set(many.table().id) == {f"{i:08x}" for i in range(150) if i != 7} | {"ffff", "0123456789abcdef"}
    assert manifests_read == ["wave.growth/ffff.json"]


def test_a_manifest_that_is_another_now_is_read_again(many):
    many.table()
    path = Path(many.url, "wave.growth", "00000003.json")
    told = json.loads(path.read_text())
    told["totals"]["ok"] = 77
    path.write_text(json.dumps(told))
    assert many.table().set_index("id").ok["00000003"] == 77


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b'{"format": "wellposed index 2"}',
        b'{"format": "wellposed index 2", "manifests": {"a": 3}}',
        b'{"format": "wellposed index 2", "manifests": {"wave.growth/00000003.json": ["x", {}]}}',
        b'{"format": "wellposed index 0", "manifests": {}}',
        b'{"format": "wellposed index 2", "manifests": {"a": ["x", {"version": 1, "kind": "sweep", '
        b'"axes": {"x": [1e999, 0, 1, null]}, "fixed": {}, "totals": {}, "created": 0, '
        b'"along": null}, "", ""]}}',
        b'{"format": "wellposed index 2", "manifests": {"a": ["x", {"version": 1, "kind": "sweep", '
        b'"axes": {"x": [Infinity, 0, 1, null]}, "fixed": {}, "totals": {}, "created": 0, '
        b'"along": null}, "", ""]}}',
    ],
)
def test_a_damaged_index_is_built_again(many, text):
    first = many.table()
    path = Path(many.url, index.INDEX)
    whole = path.read_bytes()
    path.write_bytes(text)
    pd.testing.assert_frame_equal(many.table(), first)
    assert path.read_bytes() == whole


def test_an_index_that_is_huge_is_not_read(many, monkeypatch):
    first = many.table()
    monkeypatch.setattr(trust, "LARGEST_METADATA_BYTES", 2**16)
    path = Path(many.url, index.INDEX)
    with path.open("wb") as file:
        file.truncate(2**30)  # holes, which take no space
    read = []
    original = Location.read_all

    def counted(location, keys, most=None):
        found = original(location, keys, most)
        read.extend(len(one) for one in found if one is not None)
        return found

    monkeypatch.setattr(Location, "read_all", counted)
    pd.testing.assert_frame_equal(many.table(), first)
    assert max(read) <= 2**16 + 1


def test_without_an_index_all_is_listed(many, monkeypatch):
    first = many.table()
    Path(many.url, index.INDEX).unlink()

    def fail(location, contents):
        raise PermissionError("read only")

    monkeypatch.setattr(Location, "write", fail)
    pd.testing.assert_frame_equal(many.table(), first)
    assert not Path(many.url, index.INDEX).exists()


def test_an_index_names_nothing_that_is_not_there(many):
    many.table()
    path = Path(many.url, index.INDEX)
    told = json.loads(path.read_text())
    told["manifests"]["../elsewhere/x.json"] = told["manifests"]["wave.growth/00000003.json"]
    path.write_text(json.dumps(told))
    assert len(many.table()) == 151


def test_a_small_catalogue_has_no_index(catalogue, store, template, examples):
    examples.fill(store, template)
    store.finish()
    catalogue.table()
    assert not Path(catalogue.url, index.INDEX).exists()


def test_listing_one_experiment_keeps_what_is_known_of_others(many, manifests_read):
    many.table()
    known = json.loads(Path(many.url, index.INDEX).read_text())
    assert many.table("wave.nothing").empty
    assert len(many.table("wave.growth")) == 151
    assert json.loads(Path(many.url, index.INDEX).read_text()) == known


def test_a_search_opens_only_what_may_hold_it(many):
    """All but the first have no arrays, and would be refused if they were opened."""
    whole = many.find("0123456789abcdef")
    assert [found.attrs["sweep_id"] for found in many.search(created_after="2026-06-01")] == [whole.id]
    assert [found.attrs["sweep_id"] for found in many.search(M=8.0, created_after="2026-02-01")] == [whole.id]
    for nothing in (
        {"M": 1000},
        {"M": slice(500, None)},
        {"M": [151, 1000]},
        {"beta": slice(1.5, None)},
        {"beta": slice(None, -0.1)},
        {"beta": 7.0},
        {"datum": "other"},
        {"version": 3},
        {"created_before": "2025-01-01"},
    ):
        assert many.search(**nothing) == []
    with pytest.raises(CatalogueError, match="`M` must be a number"):
        many.search(M="8", beta=7.0)
    with pytest.raises(CatalogueError, match="`outcome` must be among"):
        many.search(outcome="fine", beta=7.0)
    with pytest.warns(UserWarning, match="left out that cannot be read"):
        assert many.search(M=9) == []


@pytest.mark.parametrize("when", ["yesterday", 5, "2026-13-01"])
@pytest.mark.parametrize("name", ["created_after", "created_before"])
def test_a_date_that_is_none_is_refused(many, name, when):
    with pytest.raises(CatalogueError, match=f"Selector `{name}` must be a date"):
        many.search(**{name: when})


def test_a_date_includes_itself_in_any_zone(many):
    whole = many.table().set_index("id").created["0123456789abcdef"]
    for zone in ("UTC", "Asia/Tokyo"):
        when = whole.tz_convert(zone).to_pydatetime()
        found = many.search(created_after=when, created_before=when.isoformat())
        assert [one.attrs["sweep_id"] for one in found] == ["0123456789abcdef"]


def test_a_catalogue_is_one_tree(catalogue, examples):
    expected = {}
    for id, experiment in (("aa", "wave.growth"), ("bb", "wave.growth"), ("aa", "wave.decay")):
        template = examples.sweep_template(id, experiment)
        store = catalogue.create(template, examples.chunks)
        examples.fill(store, template)
        expected[f"/{experiment}/{id}"] = store
    tree = catalogue.tree()
    assert {leaf.path for leaf in tree.leaves} == expected.keys()
    for path, store in expected.items():
        assert all(variable.chunks for variable in tree[path].data_vars.values()), "it is lazy"
        assert tree[path].to_dataset().load().identical(store.dataset().load())
    assert {leaf.path for leaf in catalogue.tree("wave.decay").leaves} == {"/wave.decay/aa"}


@pytest.mark.parametrize("url", ["nowhere://x", "s3://bucket/x"])
def test_a_place_that_cannot_be_reached_is_refused(url):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_EC2_METADATA_DISABLED": "true"}
    ran = subprocess.run(
        [sys.executable, "-c", f"from wellposed import catalog; catalog.open({url!r})"],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"CatalogueError: {url} cannot be read" in ran.stderr


def test_large_numbers_along_an_axis_are_numbers(catalogue, examples):
    """Such as densities of a plasma in particles per cubic metre."""
    template = examples.sweep_template("aaaa")
    densities = np.linspace(1e18, 1e21, 10)
    template = template.assign_coords(beta=("beta", densities))
    template.attrs["request"]["axes"]["beta"] = densities.tolist()
    store = catalogue.create(template, examples.chunks)
    examples.fill(store, template)
    store.finish()
    assert health.verify(store) == []
    assert catalogue.table().damage.tolist() == [""]
    assert [found.sizes["beta"] for found in catalogue.search(beta=slice(5e20, None))] == [5]
    assert catalogue.search(beta=slice(2e21, None)) == []
