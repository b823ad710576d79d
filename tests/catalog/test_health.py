"""Damage is found, and repaired by computing no more than what it concerns; garbage is thrown away."""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr

from wellposed import catalog
from wellposed.catalog import health
from wellposed.catalog.location import Location
from wellposed.errors import CatalogueError


@pytest.fixture
def finished(store, template, examples):
    examples.fill(store, template)
    store.finish(command="wellposed run")
    return store


@pytest.fixture
def line(catalogue, examples):
    """A finished sweep of one axis, in three blocks."""
    template = examples.line_template()
    store = catalogue.create(template, examples.chunks)
    examples.fill(store, template)
    store.finish(command="wellposed run")
    return store


def spoil(path):
    """Flips one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def age(path, seconds):
    for one in [path, *path.rglob("*")] if path.is_dir() else [path]:
        os.utime(one, (time.time() - seconds,) * 2)


def test_what_is_whole_is_found_whole(finished, catalogue, examples):
    assert health.verify(finished) == []
    unfinished = catalogue.create(examples.sweep_template("aa"), examples.chunks)
    assert health.verify(unfinished) == []
    examples.fill(unfinished, examples.sweep_template("aa"), examples.regions(examples.sweep_template())[:2])
    assert health.verify(unfinished) == []


@pytest.mark.parametrize("chunk", ["growth/c/1/0", "profile/c/1/0/0", "reason/c/1/0", "outcome/c/1/0"])
def test_a_flipped_bit_is_found_and_its_block_alone_computed_again(
    finished, catalogue, template, examples, chunk
):
    whole = examples.contents(finished.location)
    spoil(Path(finished.location, chunk))
    (damage,) = health.verify(finished)
    assert damage.key == chunk
    assert damage.reason.startswith("is not as it was written")
    assert damage.blocks == ("outcome/c/1/0",)
    assert health.repair(finished, [damage]) == 1
    assert finished.manifest() is None
    assert finished.totals()["missing"] == 4
    assert health.verify(finished) == []
    examples.fill(finished, template, [{"beta": slice(4, 8), "datum": slice(0, 1)}])
    assert examples.contents(finished.location) == whole
    finished.finish()
    assert health.verify(finished) == []


@pytest.mark.parametrize("removed", range(1, 4))
def test_a_repair_that_is_killed_leaves_no_answer_without_its_values(finished, monkeypatch, removed):
    """It is killed when it has removed so many files: the manifest, an outcome, what lies beneath it."""
    Path(finished.location, "profile/c/1/0/0").unlink()
    spoil(Path(finished.location, "growth/c/1/0"))
    remove, keys = Location.remove, []

    def dying(location, names):
        for name in names:
            if len(keys) == removed:
                raise KeyboardInterrupt
            keys.append(name)
            remove(location, [name])

    damages = health.verify(finished)
    with monkeypatch.context() as patch:
        patch.setattr(Location, "remove", dying)
        try:
            health.repair(finished, damages)
        except KeyboardInterrupt:
            assert len(keys) == removed
    assert keys[0] == f"{finished.experiment}/{finished.id}.json"
    if Path(finished.location, "outcome/c/1/0").exists():
        assert Path(finished.location, "growth/c/1/0").exists(), "what is damaged is found again"
    assert finished.manifest() is None
    health.repair(finished, health.verify(finished))
    assert health.verify(finished) == []
    assert finished.totals()["missing"] == 4


def test_a_chunk_that_is_missing_below_answers_is_found(finished):
    Path(finished.location, "profile/c/1/1/0").unlink()
    (damage,) = health.verify(finished)
    assert (damage.key, damage.reason) == ("profile/c/1/1/0", "is missing")
    assert damage.blocks == ("outcome/c/1/1",)


def test_a_chunk_of_nan_alone_is_told_from_one_that_is_missing(catalogue, template, examples):
    """An experiment may answer with NaN, as `growth` does at some points here."""
    store = catalogue.create(template, examples.chunks)
    for region in examples.regions(template):
        answer = examples.answer(template, region)
        if region["beta"].start == 4:
            answer["growth"] = answer.growth.where(answer.beta < 0)
        answer["growth"][0] = np.nan
        answer["outcome"][:] = 1
        store.write(region, answer)
    store.finish()
    assert health.verify(store) == []
    Path(store.location, "growth/c/1/0").unlink()
    (damage,) = health.verify(store)
    assert (damage.key, damage.reason) == ("growth/c/1/0", "is missing")


def test_outcomes_that_are_not_those_of_the_manifest_are_found(finished):
    Path(finished.location, "outcome/c/1/0").unlink()
    (damage,) = health.verify(finished)
    assert "the manifest says" in damage.reason
    health.repair(finished, [damage])
    assert finished.manifest() is None
    assert finished.totals()["missing"] == 4


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_manifest_that_is_damaged_is_repaired_by_finishing_again(finished, text):
    before = finished.manifest()
    path = Path(finished.location).with_suffix(".json")
    path.write_text(text)
    (damage,) = health.verify(finished)
    assert "is damaged" in damage.reason
    assert health.repair(finished, [damage]) == 0
    finished.finish(command="wellposed run")
    assert finished.manifest()["totals"] == before["totals"]


@pytest.mark.parametrize("chunk", ["beta/c/0", "omega/c/0", "operator/c"])
def test_a_damaged_coordinate_cannot_be_repaired(finished, chunk):
    spoil(Path(finished.location, chunk))
    (damage,) = health.verify(finished)
    assert (damage.key, damage.is_repairable) == (chunk, False)
    before = finished.manifest()
    assert health.repair(finished, [damage]) == 0
    assert finished.manifest() == before


@pytest.mark.parametrize("which", ["finished", "line"])
def test_a_missing_coordinate_is_found(which, request):
    store = request.getfixturevalue(which)
    Path(store.location, "beta/c/0").unlink()
    (damage,) = health.verify(store)
    assert (damage.key, damage.reason, damage.is_repairable) == ("beta/c/0", "is missing", False)


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_a_sweep_of_one_axis_is_found_whole(catalogue, examples, blocks):
    template = examples.line_template()
    store = catalogue.create(template, examples.chunks)
    examples.fill(store, template, examples.regions(template)[:blocks])
    assert health.verify(store) == []


def test_the_only_axis_of_a_sweep_is_no_answer_that_is_computed_again(line):
    whole = line.dataset().beta.values
    spoil(Path(line.location, "beta/c/0"))
    (damage,) = health.verify(line)
    assert (damage.key, damage.blocks, damage.is_repairable) == ("beta/c/0", (), False)
    assert health.repair(line, [damage]) == 0
    assert line.totals()["missing"] == 0
    assert Path(line.location, "beta/c/0").exists(), "what is left of it is left"
    spoil(Path(line.location, "beta/c/0"))
    np.testing.assert_array_equal(line.dataset().beta, whole)


def test_an_answer_of_a_sweep_of_one_axis_is_computed_again(line):
    spoil(Path(line.location, "growth/c/1"))
    (damage,) = health.verify(line)
    assert damage.blocks == ("outcome/c/1",)
    assert health.repair(line, [damage]) == 1
    assert line.totals()["missing"] == 4


@pytest.mark.parametrize("key", ["zarr.json", "growth/zarr.json"])
def test_damaged_metadata_cannot_be_repaired(finished, key):
    path = Path(finished.location, key)
    path.write_bytes(path.read_bytes().replace(b'"float64"', b'"float32"', 1))
    damages = health.verify(finished)
    assert [damage.is_repairable for damage in damages] == [False]


def test_what_belongs_to_a_line_of_a_boundary_search_is_found_again_from_its_points(catalogue, examples):
    store = catalogue.create(examples.search_template(), {"M": 1, "evaluation": 1})
    dims, ones = ("M", "evaluation"), np.ones((2, 6))
    answers = {"growth": (dims, ones), "outcome": (dims, ones.astype(np.uint8)), "beta": (dims, ones)}
    store.write({}, xr.Dataset({**answers, "boundary": ("M", ones[:, 0])}))
    store.finish()
    assert health.verify(store) == []
    spoil(Path(store.location, "boundary/c/1"))
    (damage,) = health.verify(store)
    assert (damage.blocks, damage.is_repairable) == ((), True)
    assert health.repair(store, [damage]) == 0
    assert store.manifest() is None
    assert store.totals()["missing"] == 0
    spoil(Path(store.location, "beta/c/1/3"))
    (damage,) = health.verify(store)
    assert damage.blocks == ("outcome/c/1/3",)


def test_what_is_not_ours_is_named_and_left_alone(finished):
    for name in ("notes.txt", "growth/c/9/9", "growth/c/0/00", "growth/notes"):
        path = Path(finished.location, name)
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine")
    damages = health.verify(finished)
    assert {damage.key for damage in damages} == {
        "notes.txt",
        "growth/c/9/9",
        "growth/c/0/00",
        "growth/notes",
    }
    assert health.repair(finished, damages) == 0
    assert Path(finished.location, "notes.txt").read_text() == "mine"


def test_every_chunk_is_read_on_a_server_too(s3, template, examples):
    store = catalog.open(s3, writable=True).create(template, examples.chunks)
    examples.fill(store, template)
    store.finish()
    assert health.verify(store) == []
    here = Location(store.location)
    here.write({"growth/c/0/1": here.read("growth/c/0/0")[:-1] + b"x"})
    (damage,) = health.verify(store)
    assert damage.key == "growth/c/0/1"
    assert health.repair(store, [damage]) == 1
    assert store.manifest() is None
    assert store.totals()["missing"] == 4


def test_a_sweep_is_removed_with_all_that_belongs_to_it(finished, catalogue, examples):
    other = catalogue.create(examples.sweep_template("aa"), examples.chunks)
    health.remove(finished)
    assert catalogue.stores() == [other]
    assert {Path(name).parts[1] for name in examples.contents(catalogue.url) if "/" in name} == {"aa.zarr"}


def test_a_sweep_that_is_being_computed_is_not_removed(finished):
    with finished.lease().held(pytest.fail), pytest.raises(CatalogueError, match=f"process {os.getpid()} on"):
        health.remove(finished)
    assert health.holder(finished) is None
    assert finished.manifest() is not None


def test_a_sweep_of_a_run_that_was_killed_is_removed_at_once(finished):
    lease = Path(finished.location).with_suffix(".lease")
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    lease.write_text(json.dumps({"host": platform.node(), "pid": ended.pid, "beat": 0}))
    assert health.holder(finished) is None
    health.remove(finished)
    assert not lease.exists()


def test_a_link_to_a_sweep_is_removed_and_the_sweep_is_not(finished, tmp_path, examples):
    before = examples.contents(finished.location)
    other = catalog.open(tmp_path / "other", writable=True)
    link = Path(other.url, finished.path)
    link.parent.mkdir()
    link.symlink_to(finished.location)
    (store,) = other.stores()
    health.remove(store)
    assert other.stores() == []
    assert examples.contents(finished.location) == before


@pytest.mark.parametrize("after", [4, 7, 11])
def test_a_disposal_that_is_killed_leaves_no_answer_without_its_values(
    store, catalogue, template, examples, monkeypatch, after
):
    examples.fill(store, template, examples.regions(template)[:-1])
    whole = store.dataset().load()
    age(Path(catalogue.url), 100_000)
    found = health.garbage(Location(catalogue.url), unfinished=True)
    removed = []

    def killing(remove):
        def counted(*arguments, **options):
            removed.append(arguments)
            if len(removed) > after:
                raise KeyboardInterrupt
            return remove(*arguments, **options)

        return counted

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", killing(os.unlink))
        with pytest.raises(KeyboardInterrupt):
            health.dispose(Location(catalogue.url), found)
    assert catalogue.stores() == [], "what says that it is there goes first"
    begun = catalogue.create(template, examples.chunks).dataset().load()
    there = begun.outcome.values > 0
    np.testing.assert_array_equal(begun.profile.values[there], whole.profile.values[there])


def test_a_sweep_that_is_being_computed_is_no_garbage(store, catalogue, template, examples):
    """Its blocks take long."""
    here = Location(catalogue.url)
    age(Path(catalogue.url), 100_000)
    (abandoned,) = health.garbage(here, unfinished=True)
    with store.lease().held(pytest.fail):
        assert health.garbage(here, unfinished=True) == []
        with pytest.raises(CatalogueError, match="is being computed"):
            health.dispose(here, [abandoned])
    assert catalogue.stores() == [store]


def test_garbage_is_what_killed_processes_leave(finished, catalogue, template, examples):
    place = Path(catalogue.url)
    here = Location(catalogue.url)
    begun = catalogue.create(examples.sweep_template("aa"), examples.chunks)
    (place / "wave.growth" / "notes.json").write_text("{}")
    assert health.garbage(here) == []
    Path(finished.location, "growth/c/0/0.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial").write_text("")
    (place / "wave.growth" / "0123.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial").write_text("")
    (place / "catalogue.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial").write_text("")
    assert health.garbage(here) == [], "a writer that lives may be writing these"
    removed = catalogue.create(examples.sweep_template("bb"), examples.chunks)
    Path(removed.location, "zarr.json").unlink()
    (place / "wave.growth" / "cc.json").write_text('{"sweep_id": "cc"}')
    (place / "wave.growth" / "aa.lease").write_text('{"host": "gone", "pid": 1, "beat": 3}')
    assert health.garbage(here) == [], "all of it is too new"
    age(place, 7200)
    expected = {
        "catalogue.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial",
        "wave.growth/0123.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial",
        "wave.growth/0123456789abcdef.zarr/growth/c/0/0.1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f1f.partial",
        "wave.growth/aa.lease",
        "wave.growth/bb.zarr/",
        "wave.growth/cc.json",
    }
    found = health.garbage(here)
    assert {one.key for one in found} == expected
    health.dispose(here, found)
    assert health.garbage(here) == []
    assert health.verify(finished) == []
    assert (place / "wave.growth" / "notes.json").exists()
    age(place, 100_000)
    assert health.garbage(here) == []
    (abandoned,) = health.garbage(here, unfinished=True)
    assert abandoned.key == f"{begun.path}/"
    health.dispose(here, [abandoned])
    assert catalogue.stores() == [finished]


def test_an_experiment_of_which_nothing_is_left_is_garbage(catalogue, examples):
    store = catalogue.create(examples.sweep_template(), examples.chunks)
    health.remove(store)
    Path(catalogue.url, "wave.growth").mkdir(exist_ok=True)
    found = health.garbage(Location(catalogue.url))
    assert [one.key for one in found] == ["wave.growth/"]
    health.dispose(Location(catalogue.url), found)
    assert not Path(catalogue.url, "wave.growth").exists()


def test_reading_stops_for_nothing(finished, monkeypatch):
    """All damages are found, however many there are."""
    keys = [f"{name}/c/{i}/{j}" for name in ("growth", "reason") for i in range(3) for j in range(2)]
    for key in keys:
        spoil(Path(finished.location, key))
    assert {damage.key for damage in health.verify(finished)} == set(keys)
    assert isinstance(zarr.open_group(finished.location, mode="r"), zarr.Group)


@pytest.mark.parametrize("name", ["growth", "reason"])
def test_what_is_lost_of_points_without_an_answer_is_found_before_the_sweep_is_finished(
    store, template, examples, name
):
    """An unresolved point has values too, and a failed one the reason: no manifest counts them as yet."""
    region = examples.regions(template)[0]
    answer = examples.answer(template, region)
    answer["outcome"][:], answer["growth"][:], answer["reason"][:] = 2, 0.25, "not fine enough"
    store.write(region, answer)
    assert health.verify(store) == []
    Path(store.location, name, "c/0/0").unlink()
    (damage,) = health.verify(store)
    assert (damage.key, damage.reason) == (f"{name}/c/0/0", "is missing")
    assert health.repair(store, [damage]) == 1
    assert store.stored() == set()


def test_a_coordinate_that_was_gone_when_the_sweep_was_finished_leaves_nothing_that_cannot_be_mended(
    store, template, examples, catalogue
):
    examples.fill(store, template)
    Path(store.location, "beta/c/0").unlink()
    store.finish()
    again = catalogue.create(template, examples.chunks)
    assert any("beta/c/0" in remark for remark in again.remarks)
    (damage,) = health.verify(again)
    assert "1 chunks are there, and the manifest says 0" in damage.reason
    assert health.repair(again, [damage]) == 0
    again.finish()
    assert health.verify(again) == []


def test_a_sweep_that_is_being_removed_is_computed_by_nobody(finished, monkeypatch):
    """A run that begins meanwhile would store outcomes over values that are removed next."""
    remove, holders = Location.remove, []

    def watched(location, keys):
        keys = list(keys)
        if any(key.startswith("outcome/c/") for key in keys):
            holders.append(finished.lease().holder()["pid"])
        remove(location, keys)

    monkeypatch.setattr(Location, "remove", watched)
    assert health.remove(finished) == []
    assert holders == [os.getpid()]
    assert finished.lease().holder() is None
