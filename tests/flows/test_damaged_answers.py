"""Asking again finds what is damaged of a stored answer, computes just that again, and says so."""

import json
import os
import random
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from wellposed import catalog
from wellposed.catalog import health, schema
from wellposed.catalog.location import Location
from wellposed.errors import CatalogueError
from wellposed.flows.cli.main import main
from wellposed.flows.execution.complete import complete

AXES = {"x": [0.0, 0.25, 0.5, 1.0], "y": [0.0, 1.0]}


@pytest.fixture
def computed_here(answered, monkeypatch, on_workers):
    """Has jobs computed here and now, and returns how many blocks each run had."""
    blocks = []

    @contextmanager
    def executed(job, parts, cluster, unverified):
        if job.kind == "sweep":  # what a search asks depends on what is computed of it
            blocks.append(sum(len(asked.blocks) for part in parts for asked in part.rounds()))
        answered(job)
        yield

    monkeypatch.setattr("wellposed.flows.execution.run.executed", executed)
    return blocks


@pytest.fixture
def asked(tmp_path, reference, job_of, computed_here):
    """Asks a question again: a sweep of eight points in eight blocks, or a search."""

    def ask(kind="sweep"):
        given = {"axes": AXES} if kind == "sweep" else {"along": "x", "axes": {"y": [0.0, 0.5]}}
        job = job_of(kind, reference("FRAGILE" if kind == "sweep" else "TILTED"), catalogue=tmp_path, **given)
        complete(job)
        return job

    return ask


def stored(store):
    """The bytes of a store."""
    place = Path(store.location)
    return {
        path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }


def flipped(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 4]) + content[middle + 1 :]


DAMAGES = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "emptied": lambda path: path.write_bytes(b""),
    "zeroed": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "flipped": lambda path: path.write_bytes(flipped(path.read_bytes())),
    "gone": lambda path: path.unlink(),
    "a pipe": lambda path: (path.unlink(), os.mkfifo(path)),
    "endless": lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
}


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize(
    "key",
    ["slope/c/1/0", "profile/c/2/1/0", "outcome/c/1/1", "x/c/0", "shape/c", "slope/zarr.json", "zarr.json"],
)
def test_what_is_damaged_is_computed_again_and_said(asked, computed_here, capsys, key, how):
    store = asked().store
    whole, before = stored(store), store.dataset().load()
    path = Path(store.location, key)
    if key == "zarr.json" and how == "gone":
        pytest.skip("a store without metadata is none, and is made anew")
    DAMAGES[how](path)
    computed_here.clear()
    again = asked().store
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{store.location} was damaged" in said
    is_block = key.startswith(("slope/c", "profile", "outcome"))
    assert computed_here == ([1] if is_block else [])
    assert stored(again) == whole
    assert again.dataset().load().identical(before)
    assert health.verify(again) == []
    asked()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("change", [('"ok": 3', '"ok": 7'), ("numpy", "numpx"), ("fragile", "fragilf")])
def test_a_manifest_with_a_flipped_bit_is_written_again(asked, capsys, change):
    store = asked().store
    path = Path(store.location).with_suffix(".json")
    told = path.read_text()
    path.write_text(told.replace(*change))
    assert path.read_text() != told
    with pytest.raises(CatalogueError, match="is damaged"):
        store.manifest()
    assert catalog.open(store.url).table().damage[0]
    asked()
    assert "it is finished again" in capsys.readouterr().err
    assert store.manifest()["totals"] == json.loads(told)["totals"]


def test_a_reason_that_is_gone_is_found(asked, computed_here, capsys):
    """Its chunk is not written where all points have answers: the outcomes tell where there is one."""
    store = asked().store
    whole = stored(store)
    next(Path(store.location, "reason").glob("c/*/*")).unlink()
    asked()
    assert "is missing" in capsys.readouterr().err
    assert stored(store) == whole


@pytest.mark.parametrize("key", ["boundary", "boundary_outcome", "slope", "outcome", "x"])
@pytest.mark.parametrize("how", ["flipped", "gone"])
def test_a_search_whose_answer_is_damaged_finds_it_again(asked, capsys, key, how):
    store = asked("boundary").store
    whole = stored(store)
    path = next(path for path in sorted(Path(store.location, key, "c").rglob("*")) if path.is_file())
    DAMAGES[how](path)
    again = asked("boundary")
    assert "was damaged" in capsys.readouterr().err
    assert stored(again.store) == whole
    assert again.result().boundary.notnull().all()


def test_damage_at_random_is_found_wherever_it_is(asked, tmp_path, capsys):
    """Any file of a store, damaged in any way, is found by the command that asked for it."""
    chance = random.Random(14)
    store = asked().store
    whole = stored(store)
    copy = shutil.copytree(store.location, tmp_path / "copy")
    for _ in range(40):
        key = chance.choice(sorted(set(whole) - {"zarr.json"}))
        DAMAGES[how := chance.choice(sorted(DAMAGES))](Path(store.location, key))
        asked()
        assert "was damaged" in capsys.readouterr().err, (key, how)
        assert stored(store) == whole, (key, how)
    assert copy.is_dir()


def test_metadata_that_are_lost_with_the_manifest_have_all_computed_again(asked, computed_here, capsys):
    store = asked().store
    whole = stored(store)
    Path(store.location, "zarr.json").write_bytes(b"torn")
    Path(store.location).with_suffix(".json").unlink()
    computed_here.clear()
    asked()
    assert computed_here == [8]
    assert "which versions" in capsys.readouterr().err
    assert stored(store) == whole


def test_a_store_in_other_chunks_keeps_them_when_it_is_mended(
    asked, reference, job_of, tmp_path, tmp_path_factory, capsys
):
    from wellposed.sweeps.answers.layout import template

    job = job_of("sweep", reference("FRAGILE"), axes=AXES, catalogue=tmp_path_factory.mktemp("other"))
    shape = template(job.experiment, job.sweep)
    store = catalog.open(tmp_path, writable=True).create(shape, {"x": 2, "y": 2})
    asked()
    whole, chunks = stored(store), store.chunks
    for key in ("zarr.json", "slope/zarr.json", "outcome/zarr.json"):
        Path(store.location, key).write_bytes(b"torn")
        if key == "outcome/zarr.json":
            Path(store.location, "reason/zarr.json").unlink()
        asked()
        assert "was damaged" in capsys.readouterr().err
        assert (stored(store), store.chunks) == (whole, chunks)


def test_a_block_is_not_computed_again_by_other_versions(asked, monkeypatch, capsys):
    store = asked().store
    DAMAGES["flipped"](Path(store.location, "slope/c/1/0"))
    before = stored(store)
    monkeypatch.setattr(schema, "versions", lambda: {"numpy": "99.0"})
    with pytest.raises(CatalogueError, match=r"this is numpy 99.0.*--recompute everything"):
        asked()
    assert stored(store) == before
    assert store.manifest() is not None


def test_show_says_what_is_damaged_and_answers_with_an_error(asked, capsys):
    store = asked().store
    place = store.url
    assert main(["show", store.id, "--catalogue", place]) == 0
    capsys.readouterr()
    DAMAGES["zeroed"](Path(store.location, "slope/c/1/0"))
    assert main(["show", store.id, "--catalogue", place]) == 1
    shown, complaints = capsys.readouterr()
    assert "slope/c/1/0 is not as it was written" in complaints
    assert "points" in shown
    assert main(["show", store.id, "--catalogue", place, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["damages"]


def test_a_donor_that_lost_its_values_gives_none(asked, reference, job_of, tmp_path):
    """Points are taken from another sweep: not those of which the values are gone."""
    store = asked().store
    for path in Path(store.location, "slope", "c").rglob("*"):
        if path.is_file():
            path.unlink()
    job = job_of("sweep", reference("FRAGILE"), axes={"x": [0.0, 0.125], "y": [0.0, 1.0]}, catalogue=tmp_path)
    complete(job)
    found = job.result()
    assert found.slope.where(found.outcome == 1).notnull().sum() == (found.outcome == 1).sum() > 0


def test_a_store_is_on_its_device_before_its_manifest(asked, monkeypatch):
    """Every file and folder is flushed, and then what says that they are there."""
    flushed = []
    fsync = os.fsync

    def noted(descriptor):
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    store = asked().store
    files = {str(Path(store.location, key)) for key in stored(store)}
    manifest = [
        i
        for i, path in enumerate(flushed)
        if Path(path).name.startswith(f"{store.id}.") and path != store.location
    ]
    assert files <= set(flushed[: min(manifest)])
    assert {str(Path(path).parent) for path in files} <= set(flushed[: min(manifest)])
    assert flushed[-1] == str(Path(store.location).parent)
    assert Location(store.url).has([f"{store.experiment}/{store.id}.json"]) == [True]
