"""What is stored is whole, is where it belongs, and is the same bytes whoever wrote it when."""

import asyncio
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

import wellposed.catalog.store
from wellposed import catalog
from wellposed.catalog import Store, schema
from wellposed.catalog.location import RegularFiles
from wellposed.errors import CatalogueError

KILLED_WRITER = """
import sys
sys.path[:0] = {path!r}
import importlib.util
spec = importlib.util.spec_from_file_location("examples", {conftest!r})
examples = importlib.util.module_from_spec(spec)
spec.loader.exec_module(examples)
template = examples.sweep_template()
store = examples.catalog.open({url!r}, writable=True).create(template, examples.CHUNKS)
print("writing", flush=True)
while True:
    for region in examples.regions(template)[:4]:
        store.write(region, examples.answer(template, region))
"""


def test_plain_xarray_opens_a_store_that_is_still_empty(store, template):
    dataset = xr.open_zarr(store.location)
    assert set(dataset.variables) == set(template.variables)
    assert set(dataset.coords) == set(template.coords)
    assert dataset.beta.attrs == {"units": "m", "long_name": "smoothness"}
    assert dataset.beta.values.tolist() == template.beta.values.tolist()
    assert dataset.datum.values.tolist() == ["bracket", "oscillating"]
    assert dataset.operator.item() == "gain"
    assert dataset.M.item() == 8
    assert dataset.growth.attrs == {"long_name": "growth exponent", "units": "1"}
    assert dataset.growth.isnull().all()
    assert (dataset.outcome == 0).all()
    assert (dataset.reason == "").all()
    assert dataset.attrs["request"] == template.attrs["request"]
    assert dataset.attrs["versions"] == schema.versions()


def test_what_is_written_is_read_back(store, template, examples):
    examples.fill(store, template)
    dataset = xr.open_zarr(store.location).load()
    expected = examples.answer(template, {})
    for name in expected.data_vars:
        np.testing.assert_array_equal(dataset[name].values, expected[name].values)
    assert dataset.sel(datum="oscillating", beta=1.0).reason.item() == "no 19"
    assert store.dataset().identical(dataset)


def test_a_region_is_written_and_nothing_beside_it(store, template, examples):
    region = {"beta": slice(4, 8), "datum": slice(1, 2)}
    store.write(region, examples.answer(template, region))
    outcome = store.outcome()
    assert (outcome.isel(region) > 0).all()
    assert int((outcome > 0).sum()) == 4
    assert int(store.dataset().profile.notnull().sum()) == 12


def test_the_order_of_dimensions_is_immaterial(store, template, examples):
    region = {"datum": slice(1, 2), "beta": slice(4, 8)}
    store.write(region, examples.answer(template, region).transpose("omega", "datum", "beta"))
    expected = examples.answer(template, {}).growth.isel(region)
    np.testing.assert_array_equal(store.dataset().growth.isel(region).values, expected.values)


@pytest.mark.parametrize(
    ("beta", "datum"),
    [
        ((2, 6), (0, 1)),
        ((0, 3), (0, 1)),
        ((4, 9), (0, 1)),
        ((8, 12), (0, 1)),
        ((4, 4), (0, 1)),
        ((-4, 4), (0, 1)),
    ],
)
def test_a_region_that_cuts_a_chunk_is_refused_before_anything_is_written(
    store, template, examples, beta, datum
):
    before = examples.contents(store.location)
    region = {"beta": slice(*beta), "datum": slice(*datum)}
    with pytest.raises(ValueError, match="must consist of whole chunks of 4 within 10"):
        store.write(region, examples.answer(template, {}).isel(region))
    assert examples.contents(store.location) == before


def test_what_does_not_fit_is_refused_before_anything_is_written(store, template, examples):
    region = {"beta": slice(0, 4), "datum": slice(0, 1)}
    fitting = examples.answer(template, region)
    before = examples.contents(store.location)
    with pytest.raises(ValueError, match=r"`profile` must have shape \(4, 1, 3\) here, but has \(4, 1, 1\)"):
        store.write(region, fitting.isel(omega=[0]))
    with pytest.raises(ValueError, match="no variable `decay`"):
        store.write(region, fitting.assign(decay=fitting.growth))
    assert examples.contents(store.location) == before


def test_no_outcome_is_stored_before_its_values(store, template, examples, monkeypatch):
    written = []
    set_item = zarr.AsyncArray.setitem

    async def fail_in_the_middle(array, selection, value):
        written.append(array.basename)
        if array.basename == "reason":
            raise OSError("disk full")
        await set_item(array, selection, value)

    monkeypatch.setattr(zarr.AsyncArray, "setitem", fail_in_the_middle)
    region = {"beta": slice(0, 4), "datum": slice(0, 1)}
    with pytest.raises(OSError, match="disk full"):
        store.write(region, examples.answer(template, region))
    assert sorted(written) == ["growth", "profile", "reason"]
    assert (store.outcome() == 0).all()


def test_what_is_stored_is_told_without_reading_it(store, template, examples):
    assert store.stored() == set()
    for start in (4, 8):
        region = {"beta": slice(start, min(start + 4, 10)), "datum": slice(1, 2)}
        store.write(region, examples.answer(template, region))
    half = Path(store.location) / f"outcome/c/0/0.{'abcd' * 8}.partial"  # a killed writer's
    half.parent.mkdir(exist_ok=True)
    half.touch()
    (Path(store.location) / "outcome/c/1/1").write_bytes(b"damaged")
    assert store.stored() == {(4, 1), (8, 1)}


def test_a_block_of_nan_is_not_missing(store, template, examples):
    region = {"beta": slice(0, 4), "datum": slice(0, 1)}
    failed = examples.answer(template, region)
    failed = failed.assign(growth=failed.growth * np.nan, outcome=failed.outcome * 0 + 3)
    store.write(region, failed)
    assert store.totals() == {"missing": 16, "ok": 0, "unresolved": 0, "failed": 4}


def test_creating_again_keeps_what_is_stored(catalogue, store, template, examples):
    examples.fill(store, template)
    before = examples.contents(store.location)
    assert catalogue.create(template, examples.chunks) == store
    assert examples.contents(store.location) == before


def test_a_store_keeps_its_chunks_and_its_descriptions(catalogue, store, template, examples):
    examples.fill(store, template)
    before = examples.contents(store.location)
    template.growth.attrs["long_name"] = "reworded"
    again = catalogue.create(template, {"beta": 5, "datum": 2})
    assert again.chunks == store.chunks == {"beta": 4, "datum": 1}
    assert examples.contents(store.location) == before


@pytest.mark.parametrize("keys", [0, 1, 5, 14])
def test_a_template_that_is_cut_short_anywhere_is_no_store_and_is_completed(
    catalogue, template, examples, monkeypatch, keys
):
    template = template.rename(growth="zeta")  # comes after zarr.json
    whole = catalog.open(catalogue.url + "-undisturbed", writable=True).create(template, examples.chunks)
    put = RegularFiles.set
    written = []

    async def fail_after_some(storage, key, value):
        if len(written) == keys:
            raise OSError("disk full")
        written.append(key)
        await put(storage, key, value)

    with monkeypatch.context() as patch:
        patch.setattr(RegularFiles, "set", fail_after_some)
        with pytest.raises(CatalogueError, match="cannot be written: disk full"):
            catalogue.create(template, examples.chunks)
    assert len(written) == keys
    assert catalogue.stores() == []
    orphan = Path(
        catalogue.url, "wave.growth", "0123456789abcdef.zarr", "zarr.01230123012301230123012301230123.partial"
    )
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(b"torn")
    store = catalogue.create(template, examples.chunks)
    orphan.unlink()
    assert examples.contents(store.location) == examples.contents(whole.location)


def test_what_a_killed_removal_left_does_not_come_back(catalogue, store, template, examples):
    examples.fill(store, template)
    Path(store.location, "zarr.json").unlink()
    again = catalogue.create(template, examples.chunks)
    assert again.stored() == set()
    assert again.totals()["missing"] == 20
    untouched = catalog.open(catalogue.url + "-untouched", writable=True).create(template, examples.chunks)
    assert examples.contents(again.location) == examples.contents(untouched.location)


def test_an_overwritten_sweep_is_on_record_with_the_versions_of_now(
    catalogue, store, template, examples, monkeypatch
):
    examples.fill(store, template)
    store.finish()
    before = json.loads(Path(store.location, "zarr.json").read_text())
    monkeypatch.setattr(schema, "versions", lambda: {"numpy": "99.0"})
    store.forget()
    assert store.totals()["missing"] == 20
    assert catalogue.create(template, examples.chunks) == store, "it is resumed after it was killed here"
    examples.fill(store, template)
    store.finish()
    assert store.manifest()["versions"] == store.dataset().attrs["versions"] == {"numpy": "99.0"}
    after = json.loads(Path(store.location, "zarr.json").read_text())
    after["attributes"]["versions"] = before["attributes"]["versions"]
    assert after == before


def test_points_that_failed_are_not_tried_again_with_other_versions(store, template, examples, monkeypatch):
    examples.fill(store, template)
    store.finish()
    before = examples.contents(store.url)
    monkeypatch.setattr(schema, "versions", lambda: {"numpy": "99.0"})
    with pytest.raises(
        CatalogueError, match=r"computed with numpy 2.*this is numpy 99\.0.*--recompute everything"
    ):
        store.reopen()
    assert examples.contents(store.url) == before
    monkeypatch.undo()
    store.reopen()
    assert store.manifest() is None
    assert store.totals()["missing"] == 0


@pytest.mark.parametrize("content", [b"", b"torn", None])
@pytest.mark.parametrize("look", ["outcome", "totals"])
def test_outcomes_that_are_damaged_are_named_with_what_mends_them(store, template, examples, look, content):
    examples.fill(store, template)
    path = Path(store.location, "outcome", "c", "0", "0")
    path.write_bytes(
        bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:] if content is None else content
    )
    with pytest.raises(CatalogueError, match=f"wellposed verify --repair {store.id} --catalogue {store.url}"):
        getattr(store, look)()


WATCHED_WRITER = """
import asyncio, importlib.util
spec = importlib.util.spec_from_file_location("examples", {conftest!r})
examples = importlib.util.module_from_spec(spec)
spec.loader.exec_module(examples)
from wellposed.catalog import Store
from wellposed.catalog.location import RegularFiles
set_ = RegularFiles.set

async def slowly(storage, key, *arguments):
    await asyncio.sleep(0 if key.startswith("outcome") else 0.02)
    await set_(storage, key, *arguments)

RegularFiles.set = slowly
store, template = Store({url!r}, {path!r}), examples.sweep_template(n=80)
for region in examples.regions(template):
    store.write(region, examples.answer(template, region))
"""


def test_who_looks_while_blocks_are_written_sees_whole_ones_alone(catalogue, examples):
    """Wherever there is an outcome, there are the values."""
    template = examples.sweep_template(n=80)
    store = catalogue.create(template, examples.chunks)
    arrays = zarr.open_group(store.location, mode="r")
    expected = examples.answer(template, {})
    conftest = str(Path(__file__).with_name("conftest.py"))
    program = WATCHED_WRITER.format(conftest=conftest, url=store.url, path=store.path)
    root = Path(__file__).parents[2]
    seen, has_ended = set(), False
    with subprocess.Popen([sys.executable, "-c", program], cwd=root) as writer:
        while not has_ended:
            has_ended = writer.poll() is not None  # one more look after its last write
            there = store.outcome()
            blocks = there.values != 0
            assert (there.values[blocks] == expected.outcome.values[blocks]).all()
            for name in ("growth", "profile", "reason"):
                values = expected[name].transpose(*there.dims, ...).values
                np.testing.assert_array_equal(arrays[name][...][blocks], values[blocks])
            seen.add(int(blocks.sum()))
    assert writer.returncode == 0
    assert max(seen) == 160
    assert len(seen) > 3, "it was not watched at work"


def test_a_store_of_another_form_is_refused_and_left_alone(catalogue, store, template, examples):
    before = examples.contents(store.location)
    changed = [
        template.drop_vars("profile"),
        template.rename(growth="decay"),
        template.assign(growth=template.growth.astype(np.float32)),
        template.assign_attrs(request={"axes": {}, "fixed": {}}),
    ]
    for other in changed:
        with pytest.raises(CatalogueError, match="another form of this sweep"):
            catalogue.create(other, examples.chunks)
    assert examples.contents(store.location) == before


@pytest.mark.parametrize("name", ["zarr.json", "notes.txt"])
def test_a_place_that_holds_something_else_is_refused_and_left_alone(catalogue, template, examples, name):
    place = Path(catalogue.url, "wave.growth", "0123456789abcdef.zarr")
    place.mkdir(parents=True)
    (place / name).write_text("{}")
    with pytest.raises(
        CatalogueError, match=r"holds something else, or is damaged|holds something else, such as notes\.txt"
    ):
        catalogue.create(template, examples.chunks)
    assert examples.contents(place) == {name: b"{}"}


def test_a_store_is_not_continued_by_other_versions_but_read_when_finished(
    catalogue, store, template, examples, monkeypatch
):
    monkeypatch.setattr(schema, "versions", lambda: {"numpy": "99.0"})
    with pytest.raises(CatalogueError, match=r"was begun with numpy 2.*and this is numpy 99\.0"):
        catalogue.create(template, examples.chunks)
    examples.fill(store, template)
    store.finish()
    assert catalogue.create(template, examples.chunks) == store
    assert store.dataset().attrs["versions"] != {"numpy": "99.0"}


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".hidden"])
@pytest.mark.parametrize("attribute", ["experiment", "sweep_id"])
def test_a_name_that_is_no_name_is_refused(catalogue, template, examples, attribute, name):
    template.attrs[attribute] = name
    with pytest.raises(CatalogueError, match=f"Attribute `{attribute}` must be"):
        catalogue.create(template, examples.chunks)
    assert list(examples.contents(catalogue.url)) == ["catalogue.json"]


def test_attributes_that_are_no_json_are_refused(catalogue, template, examples):
    template.attrs["tolerance"] = float("nan")
    with pytest.raises(ValueError, match="not JSON compliant"):
        catalogue.create(template, examples.chunks)
    assert list(examples.contents(catalogue.url)) == ["catalogue.json"]


def test_a_place_that_cannot_be_written_is_named(catalogue, template, examples):
    Path(catalogue.url, "wave.growth").write_text("in the way")
    with pytest.raises(CatalogueError, match=r"0123456789abcdef\.zarr cannot be written"):
        catalogue.create(template, examples.chunks)


def test_a_flipped_bit_is_noticed(store, template, examples):
    examples.fill(store, template)
    chunk = Path(store.location, "growth", "c", "0", "0")
    data = bytearray(chunk.read_bytes())
    data[len(data) // 2] ^= 1
    chunk.write_bytes(data)
    with pytest.raises(CatalogueError, match="chunk growth/c/0/0 is not as it was written"):
        store.dataset().growth.load()
    assert (store.outcome() > 0).all()


def test_the_bytes_do_not_tell_who_wrote_them_when(tmp_path, template, examples):
    first, second = (
        catalog.open(tmp_path / name, writable=True).create(template, examples.chunks) for name in "ab"
    )
    examples.fill(first, template)
    regions = examples.regions(template)
    with ThreadPoolExecutor(4) as threads:
        list(
            threads.map(
                lambda region: examples.fill(second, template, [region]), [*reversed(regions), *regions]
            )
        )
    assert examples.contents(first.location) == examples.contents(second.location)
    assert (second.outcome() > 0).all()


def test_a_writer_that_is_killed_leaves_what_the_next_one_completes(tmp_path, template, examples):
    undisturbed = catalog.open(tmp_path / "undisturbed", writable=True).create(template, examples.chunks)
    examples.fill(undisturbed, template)
    undisturbed.finish()

    url = str(tmp_path / "killed")
    conftest = str(Path(__file__).with_name("conftest.py"))
    program = KILLED_WRITER.format(path=sys.path, conftest=conftest, url=url)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"writing\n"
        time.sleep(0.1)
        os.kill(writer.pid, signal.SIGKILL)
    store = catalog.open(url, writable=True).create(template, examples.chunks)
    assert store.manifest() is None
    stored = store.outcome()
    todo = [region for region in examples.regions(template) if (stored.isel(region) == 0).any()]
    assert len(todo) >= 2
    examples.fill(store, template, todo)
    store.finish()
    assert examples.contents(store.location) == examples.contents(undisturbed.location)


def test_what_killed_writers_left_is_swept_up(store, template, examples, monkeypatch):
    examples.fill(store, template)
    whole = examples.contents(store.location)
    old = Path(store.location, "growth", "c", "0", "0.01230123012301230123012301230123.partial")
    young = Path(store.location, "zarr.45674567456745674567456745674567.partial")
    for orphan in (old, young):
        orphan.write_bytes(b"torn")
    os.utime(old, (0, 0))
    monkeypatch.setattr(wellposed.catalog.store, "STALLED_WRITE_S", 0.5)
    store.finish()
    assert examples.contents(store.location) == whole


def test_a_file_dated_in_the_future_is_watched_no_longer_than_another(store, template, examples, monkeypatch):
    examples.fill(store, template)
    whole = examples.contents(store.location)
    for name in ("first", "second"):
        ahead = Path(store.location, f"{name}.01230123012301230123012301230123.partial")
        ahead.write_bytes(b"torn")
        os.utime(ahead, (time.time() + 60, time.time() + 60))
    monkeypatch.setattr(wellposed.catalog.store, "STALLED_WRITE_S", 0.3)
    begin = time.monotonic()
    store.finish()
    assert time.monotonic() - begin < 10
    assert examples.contents(store.location) == whole


def test_what_a_killed_writer_left_of_a_manifest_is_swept_up(store, template, examples):
    examples.fill(store, template)
    torn = [
        Path(store.url, "wave.growth", f"{store.id}.{end}")
        for end in (
            "12121212121212121212121212121212.partial",
            "json.12121212121212121212121212121212.partial",
        )
    ]
    others = Path(store.url, "wave.growth", "ffff0000.12121212121212121212121212121212.partial")
    for orphan in (*torn, others):
        orphan.write_bytes(b"torn")
        os.utime(orphan, (0, 0))
    store.finish()
    assert not any(orphan.exists() for orphan in torn)
    assert others.exists()


def test_a_sweep_with_a_missing_point_is_not_finished(store, template, examples):
    examples.fill(store, template, examples.regions(template)[1:])
    with pytest.raises(CatalogueError, match="cannot be finished: 4 of 20 points are missing"):
        store.finish()
    assert store.manifest() is None


def test_a_search_is_finished_without_using_all_its_evaluations(catalogue, examples):
    store = catalogue.create(examples.search_template(), {"M": 1, "evaluation": 1})
    store.finish()
    assert store.manifest()["kind"] == "boundary"


def test_a_store_that_another_process_made_anew_is_written_in_its_new_chunks(catalogue, template, examples):
    store = catalogue.create(template, {"beta": 5, "datum": 1})
    anew = catalog.open(catalogue.url + "-anew", writable=True).create(template, examples.chunks)
    assert store.chunks == {"beta": 5, "datum": 1}
    shutil.rmtree(store.location)
    with pytest.raises(CatalogueError, match="may have been removed"):
        store.write({}, examples.answer(template, {}))
    shutil.move(anew.location, store.location)
    assert store.chunks == examples.chunks
    examples.fill(store, template)
    np.testing.assert_array_equal(store.dataset().growth, examples.answer(template, {}).growth)


def test_what_determines_the_bytes_is_recorded():
    assert {"numpy", "numba", "llvmlite", "zarr", "numcodecs"} <= set(schema.versions())
    assert "not installed" not in {schema.versions()[name] for name in ("llvmlite", "zarr", "numcodecs")}


def test_a_file_that_is_being_written_is_not_swept_away(store, template, examples, monkeypatch):
    examples.fill(store, template)
    being_written = Path(store.location, "growth", "0.01230123012301230123012301230123.partial")
    being_written.write_bytes(b"half")
    seen = []

    def finish_writing(seconds):
        seen.append(being_written.exists())
        being_written.rename(being_written.with_suffix(""))

    monkeypatch.setattr(time, "sleep", finish_writing)
    store.finish()
    assert seen == [True]
    assert Path(store.location, "growth", "0.01230123012301230123012301230123").read_bytes() == b"half"


def test_a_manifest_is_created_once_and_tells_everything(store, template, examples):
    assert store.manifest() is None
    examples.fill(store, template)
    store.finish(command="wellposed run", seconds=1.5)
    manifest = store.manifest()
    assert manifest["request"] == template.attrs["request"]
    assert manifest["versions"] == schema.versions()
    assert manifest["totals"] == {"ok": 7, "unresolved": 7, "failed": 6}
    assert (manifest["command"], manifest["seconds"]) == ("wellposed run", 1.5)
    assert {"created", "host", "platform", "python", "sweep_id", "experiment_version"} <= set(manifest)
    store.finish(command="another")
    assert store.manifest() == manifest
    path = Path(store.location).with_suffix(".json")
    stored = json.loads(path.read_text())
    assert len(stored.pop("sha256")) == 64
    assert stored == manifest
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.finish(seconds=float("nan"))


def test_a_store_can_be_sent_to_a_worker(store, template, examples):
    sent = pickle.loads(pickle.dumps(store))
    examples.fill(sent, template)
    assert sent == store == Store(store.url, "wave.growth/0123456789abcdef.zarr")
    assert (store.experiment, store.id) == ("wave.growth", "0123456789abcdef")
    assert (store.outcome() > 0).all()


def test_a_scattered_coordinate_is_filled_as_a_variable_is(catalogue, examples):
    template = examples.search_template()
    store = catalogue.create(template, {"M": 1, "evaluation": 1})
    point = xr.Dataset(
        {"beta": (("M", "evaluation"), [[0.5]]), "outcome": (("M", "evaluation"), np.array([[1]], np.uint8))}
    )
    store.write({"M": slice(1, 2), "evaluation": slice(3, 4)}, point)
    store.write({}, xr.Dataset({"boundary": ("M", [0.25, np.nan])}))
    dataset = xr.open_zarr(store.location).load()
    assert "beta" in dataset.coords
    assert dataset.beta.values[1, 3] == 0.5
    assert int(dataset.beta.notnull().sum()) == int(dataset.outcome.sum()) == 1
    assert dataset.boundary.values[0] == 0.25


def test_a_catalogue_may_be_at_any_url(template, examples):
    catalogue = catalog.open("memory://results", writable=True)
    store = catalogue.create(template, examples.chunks)
    examples.fill(store, template)
    store.finish()
    assert store.manifest()["totals"] == {"ok": 7, "unresolved": 7, "failed": 6}
    assert catalog.open("memory://results").stores() == [store]
    assert store.dataset().equals(store.dataset().load())


def test_an_unfinished_store_that_cannot_be_written_is_named_before_anything_is_computed(
    catalogue, store, template, examples, monkeypatch
):
    async def refuse(storage, key, value):
        raise PermissionError("read-only file system")

    monkeypatch.setattr(RegularFiles, "set", refuse)
    with pytest.raises(CatalogueError, match=r"cannot be written: read-only file system"):
        catalogue.create(template, examples.chunks)


def test_metadata_that_are_damaged_after_a_look_at_them_break_no_writer(store, template, examples):
    store.totals()  # by which the metadata are known to this process
    Path(store.location, "growth/zarr.json").write_text('{"shape": [10')
    examples.fill(store, template)
    assert store.totals()["missing"] == 0
    Path(store.location, "zarr.json").write_text('{"shape": [10')
    with pytest.raises(CatalogueError, match="is damaged"):
        examples.fill(store, template)


def test_no_value_is_under_way_any_more_when_one_of_them_could_not_be_written(
    store, template, examples, monkeypatch
):
    put, done = RegularFiles.set, []

    async def failing(storage, key, value):
        if key.startswith("reason"):
            raise OSError("no room")
        await asyncio.sleep(0.2)
        await put(storage, key, value)
        done.append(key)

    region = examples.regions(template)[0]
    with monkeypatch.context() as patch:
        patch.setattr(RegularFiles, "set", failing)
        with pytest.raises(OSError, match="no room"):
            store.write(region, examples.answer(template, region))
    assert sorted(done) == ["growth/c/0/0", "profile/c/0/0/0"]
    assert store.stored() == set()


def test_metadata_that_are_damaged_while_one_waits_are_told(store):
    """Where another run was waited for meanwhile, there was a traceback of JSON's."""
    root = Path(store.location, "zarr.json")
    root.write_bytes(root.read_bytes()[:100])
    for action in (store.forget, store.check_versions):
        with pytest.raises(CatalogueError, match=r"zarr\.json has been damaged meanwhile: ask again"):
            action()
