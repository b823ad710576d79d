"""A catalogue from a stranger, or with a stranger's files in it, hangs no command and loses nothing."""

import json
import os
import random
import socket
import time
import zlib
from pathlib import Path

import google_crc32c
import numpy as np
import pytest
from numcodecs import Zstd

from wellposed import catalog
from wellposed.catalog import chunks, exchange, health, index
from wellposed.catalog.location import Location
from wellposed.errors import CatalogueError
from wellposed.flows.presentation import description


@pytest.fixture
def finished(store, template, examples):
    examples.fill(store, template)
    store.finish(command="wellposed run")
    return store


@pytest.fixture(autouse=True)
def quick():
    """Nothing here takes long, whatever lies there."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < 60


def replace_by(path, what):
    path.unlink(missing_ok=True)
    if what == "pipe":
        os.mkfifo(path)
    elif what == "device":
        path.symlink_to("/dev/zero")
    elif what == "loop":
        path.symlink_to(path)
    elif what == "folder":
        path.mkdir()
    else:
        here = os.open(path.parent, os.O_RDONLY)  # the name of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"/proc/self/fd/{here}/{path.name}")
        os.close(here)


def looks(store):
    """All that a person may do with a catalogue, each with an answer or an error of ours."""
    here = catalog.open(store.url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)  # which names what is left out
        for look in (
            here.table,
            here.search,
            here.tree,
            lambda: health.verify(store),
            lambda: health.garbage(Location(store.url)),
            lambda: [one.load() for one in here.search()],
            lambda: description.stored(store, None),
            lambda: description.document(store, None),
            store.totals,
            store.outcome,
            lambda: exchange.bring(catalog.open(f"{store.url}-other", writable=True), store.location),
        ):
            try:
                yield look()
            except CatalogueError as error:
                yield error


@pytest.mark.parametrize("what", ["pipe", "device", "loop", "folder", "socket"])
@pytest.mark.parametrize(
    "key",
    [
        "index.json",
        "wave.growth/0123456789abcdef.json",
        "wave.growth/0123456789abcdef.lease",
        "wave.growth/0123456789abcdef.zarr/zarr.json",
        "wave.growth/0123456789abcdef.zarr/growth/zarr.json",
        "wave.growth/0123456789abcdef.zarr/growth/c/0/0",
        "wave.growth/0123456789abcdef.zarr/outcome/c/1/0",
    ],
)
def test_what_is_no_regular_file_is_not_read(finished, key, what):
    replace_by(Path(finished.url, key), what)
    assert all("\n" not in str(error) for error in looks(finished) if isinstance(error, CatalogueError))


@pytest.mark.parametrize("what", ["pipe", "device"])
def test_a_marker_that_is_no_regular_file_is_refused(finished, what):
    replace_by(Path(finished.url, "catalogue.json"), what)
    with pytest.raises(CatalogueError, match=r"damaged catalogue\.json"):
        catalog.open(finished.url)


@pytest.mark.parametrize(
    "change",
    [
        {"created": "9999-12-31T23:59:59-14:00"},
        {"created": "9999-12-31T23:59:59"},
        {"created": "0001-01-01T00:00:00+14:00"},
        {"seconds": 10**400},
        {"seconds": "long"},
        {"seconds": -1},
        {"blocks": 10**400, "block_seconds": 1.0},
        {"taken": [1]},
        {"totals": {"ok": 10**400}},
        {"totals": {"ok": -1}},
        {"experiment_version": 10**400},
        {"request": {"axes": {}, "fixed": {"M": 10**400}}},
        {"chunks": [1]},
        {"chunks": {"growth": "many"}},
    ],
)
def test_a_manifest_that_nobody_wrote_is_damaged(finished, change):
    path = Path(finished.location).with_suffix(".json")
    told = {name: value for name, value in json.loads(path.read_text()).items() if name != "sha256"}
    path.write_text(json.dumps({**told, **change}))
    assert "is damaged" in catalog.open(finished.url).table().damage[0]
    list(looks(finished))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("outcome", {"fill_value": 999}),
        ("outcome", {"fill_value": 1}),
        ("outcome", {"fill_value": None}),
        ("outcome", {"data_type": "float64", "fill_value": "NaN"}),
        ("growth", {"fill_value": 0.0}),
        ("growth", {"fill_value": "a" * 1000}),
        ("reason", {"fill_value": "a" * 1000}),
        ("growth", {"codecs": [{"name": "bytes"}, {"name": "zstd"}, {"name": "zstd"}, {"name": "crc32c"}]}),
        ("growth", {"codecs": [{"name": "bytes", "configuration": 3}, {"name": "zstd"}, {"name": "crc32c"}]}),
        *(
            ("outcome", {"attributes": {"flag_values": values, "flag_meanings": meanings}})
            for values, meanings in (
                ([1], "missing ok unresolved failed"),
                (["0", "1", "2", "3"], "missing ok unresolved failed"),
                ([0, 1, 2, 3.5], "missing ok unresolved failed"),
                ([0, 1, 2, 300], "missing ok unresolved failed"),
                ([0, 1, 1, 3], "missing ok unresolved failed"),
                ([1, 0, 2, 3], "missing ok unresolved failed"),
                ([0, 1, 2], "missing ok unresolved"),
                (True, "missing ok unresolved failed"),
                ([0, 1, 2, 3], 4),
            )
        ),
    ],
)
def test_metadata_that_could_not_be_shown_are_refused_before_they_are_imported(finished, name, change):
    path = Path(finished.location, "zarr.json")
    root = json.loads(path.read_text())
    root["consolidated_metadata"]["metadata"][name].update(change)
    path.write_text(json.dumps(root))
    Path(finished.location, name, "zarr.json").write_text(
        json.dumps(root["consolidated_metadata"]["metadata"][name])
    )
    *_, imported = looks(finished)
    assert isinstance(imported, CatalogueError)
    assert "refused" in catalog.open(finished.url).table().damage[0]
    assert catalog.open(f"{finished.url}-other").stores() == []


def frame(size):
    """A frame of Zstandard that says that it holds `size` bytes, with its checksum behind it."""
    inner = chunks.FRAME_MAGIC + b"\xe0" + size.to_bytes(8, "little") + b"\x01\x00\x00"
    return inner + google_crc32c.value(inner).to_bytes(4, "little")


def packed(plain):
    inner = bytes(Zstd().encode(plain))
    return inner + google_crc32c.value(inner).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("outcome/c/0/0", frame(2**32)),
        ("growth/c/0/0", frame(2**62)),
        ("reason/c/0/0", frame(2**40)),
        ("outcome/c/0/0", packed(bytes(5))),
        ("outcome/c/0/0", packed(b"")),
        ("reason/c/0/0", packed((2**32 - 1).to_bytes(4, "little"))),
        ("reason/c/0/0", packed((4).to_bytes(4, "little") + b"\xff" * 4)),
        ("reason/c/0/0", packed((4).to_bytes(4, "little") + (1).to_bytes(4, "little") + b"\xff" * 30)),
        ("operator/c", packed(b"\xff" * 3)),
        ("growth/c/0/0", zlib.compress(bytes(99))),
    ],
)
def test_a_chunk_that_says_too_much_of_itself_is_damaged(finished, key, content):
    Path(finished.location, key).write_bytes(content)
    assert key in {damage.key for damage in health.verify(finished)}
    *_, imported = looks(finished)
    assert "is damaged" in str(imported)


def test_a_chunk_that_has_no_end_is_not_read_to_it(finished):
    with Path(finished.location, "growth/c/0/0").open("r+b") as file:
        file.truncate(2**40)  # holes, which take no space
    assert [damage.reason for damage in health.verify(finished)] == ["is larger than a chunk can be"]
    list(looks(finished))


def test_a_store_of_sixteen_million_chunks_is_looked_at_as_quickly_as_another(finished):
    path = Path(finished.location, "zarr.json")
    root = json.loads(path.read_text())
    arrays = root["consolidated_metadata"]["metadata"]
    for name in ("growth", "reason", "outcome", "profile", "beta"):
        shape = [2**23, *arrays[name]["shape"][1:]]
        side = [1, *arrays[name]["chunk_grid"]["configuration"]["chunk_shape"][1:]]
        arrays[name].update(shape=shape)
        arrays[name]["chunk_grid"]["configuration"]["chunk_shape"] = side
        Path(finished.location, name, "zarr.json").write_text(json.dumps(arrays[name]))
    path.write_text(json.dumps(root))
    assert health.verify(finished)
    with pytest.raises(CatalogueError):
        finished.totals()
    catalog.open(finished.url).table()


def test_chunks_are_read_side_by_side_only_as_far_as_they_are_small(monkeypatch, tmp_path):
    together = []
    monkeypatch.setattr(
        Location, "read_all", lambda here, keys, most=None: together.append(len(keys)) or [None] * len(keys)
    )
    for side in (10, 2**27):
        form = chunks.Form("growth", ("x",), (64 * side,), (side,), np.dtype(float))
        list(form.read(Location(str(tmp_path)), form.places()))
    assert set(together) == {chunks.READ_TOGETHER, 1}


def test_nothing_behind_a_link_is_removed(finished, tmp_path, examples):
    """The folder of an experiment, a store, and a folder within a store may be links."""
    elsewhere = tmp_path / "elsewhere"
    Path(finished.location).parent.rename(elsewhere)
    Path(finished.location).parent.symlink_to(elsewhere)
    (elsewhere / f"old.{'ab' * 16}.partial").write_text("")
    (elsewhere / finished.location.rpartition("/")[2] / "growth" / "c" / "0" / "0").write_bytes(b"damaged")
    for path in elsewhere.rglob("*"):
        os.utime(path, (1.7e9, 1.7e9))
    before = examples.contents(elsewhere)
    here = Location(finished.url)
    assert health.garbage(here, unfinished=True) == []
    damages = health.verify(finished)
    assert damages
    for touch in (lambda: health.remove(finished), lambda: health.repair(finished, damages)):
        with pytest.raises(CatalogueError, match="is a link, and what it leads to is left alone"):
            touch()
    assert examples.contents(elsewhere) == before


@pytest.mark.parametrize("what", ["pipe", "device", "folder"])
def test_a_file_to_import_that_has_no_end_is_refused(catalogue, tmp_path, what):
    pytest.importorskip("h5netcdf")
    replace_by(tmp_path / "sweep.nc", what)
    with pytest.raises(CatalogueError, match="is no regular file"):
        exchange.bring(catalogue, tmp_path / "sweep.nc")


def test_an_import_writes_nowhere_else(finished, tmp_path):
    other, elsewhere = catalog.open(tmp_path / "other", writable=True), tmp_path / "elsewhere"
    elsewhere.mkdir()
    Path(other.url, "wave.growth").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(CatalogueError, match=r"is a link, and nothing is written"):
        exchange.bring(other, finished.location)
    assert list(elsewhere.iterdir()) == []


def test_a_link_within_a_store_is_followed_by_no_repair(finished, tmp_path, examples):
    growth = Path(finished.location, "growth")
    growth.rename(tmp_path / "growth")
    growth.symlink_to(tmp_path / "growth")
    before = examples.contents(tmp_path / "growth")
    damages = health.verify(finished)
    assert {damage.reason for damage in damages if damage.key.startswith("growth/c")} == {"is missing"}
    health.repair(finished, [one for one in damages if not one.key.startswith("growth")])
    with pytest.raises(CatalogueError, match=r"growth is a link"):
        health.repair(finished, [health.Damage("growth/c/0/0", "spoilt", ("outcome/c/0/0",))])
    health.remove(finished)
    assert examples.contents(tmp_path / "growth") == before


def test_a_store_that_died_anywhere_in_its_making_is_found(catalogue, template, examples, monkeypatch):
    """Its mark is written first."""
    written, most = [], [0]
    write = Location.write

    def dying(here, contents):
        for key, value in contents.items():
            if len(written) == most[0]:
                raise KeyboardInterrupt
            written.append(key)
            write(here, {key: value})

    monkeypatch.setattr(Location, "write", dying)
    for most[0] in (1, 2, 9):
        written.clear()
        with pytest.raises(KeyboardInterrupt):
            catalogue.create(template, examples.chunks)
        for path in Path(catalogue.url).rglob("*"):
            os.utime(path, (1.7e9, 1.7e9))
        (found,) = health.garbage(Location(catalogue.url))
        assert (found.key, found.may_be_missed) == (f"wave.growth/{template.sweep_id}.zarr/", True)
        health.dispose(Location(catalogue.url), [found])
        assert {path.name for path in Path(catalogue.url).iterdir()} == {"catalogue.json", ".locks"}


def test_what_the_system_puts_into_every_folder_is_harmless(tmp_path, template, examples):
    place = tmp_path / "new"
    place.mkdir()
    names = (".DS_Store", ".nfs000000000001", "._x", "Thumbs.db", "desktop.ini")
    for name in names:
        (place / name).write_text("")
    catalogue = catalog.open(place, writable=True)
    folder = place / "wave.growth" / f"{template.sweep_id}.zarr"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text("")
    store = catalogue.create(template, examples.chunks)
    for name in names:
        (folder / "growth" / name).write_text("")
    examples.fill(store, template)
    store.finish()
    assert health.verify(store) == []
    assert store.dataset().load().growth.notnull().any()
    assert health.garbage(Location(catalogue.url)) == []
    other = catalog.open(tmp_path / "other", writable=True)
    assert exchange.bring(other, store.location).manifest() == store.manifest()
    health.remove(store)
    assert not folder.exists()


def test_a_sweep_that_cannot_be_read_is_in_nobody_s_way(finished, catalogue, template, examples):
    """Such as one that an older version computed of outputs that have such names."""
    other = template.assign_attrs(sweep_id="bb")
    bad = catalogue.create(other, examples.chunks)
    examples.fill(bad, other)
    bad.finish()
    path = Path(bad.location, "zarr.json")
    path.write_text(path.read_text().replace('"growth": {', '"β": {', 1))
    with pytest.warns(UserWarning, match="no name for an array"):
        assert len(catalogue.search(beta=0.0)) == 1
    with pytest.warns(UserWarning, match="no name for an array"):
        assert [leaf.name for leaf in catalogue.tree().leaves] == [finished.id]
    with pytest.warns(UserWarning, match="no name for an array"):
        assert (catalogue.concat("wave.growth").outcome > 0).all()
    table = catalogue.table().set_index("id")
    assert "no name for an array" in table.damage["bb"]
    assert table.damage[finished.id] == ""
    (damage,) = health.verify(bad)
    assert "no name for an array" in damage.reason
    assert not Path(catalogue.url, index.INDEX).exists()


def test_bytes_at_random_anywhere_are_told_in_one_line(finished, examples):
    """Any file of a catalogue, with any bytes in it."""
    chance = random.Random(17)
    whole = examples.contents(finished.url)
    for _ in range(30):
        key = chance.choice(sorted(set(whole) - {"catalogue.json"}))
        content = bytearray(whole[key])
        for _ in range(chance.choice([1, 1, 5, 50])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        Path(finished.url, key).write_bytes(bytes(content))
        assert len(list(looks(finished))) == 11, key
        Path(finished.url, key).write_bytes(whole[key])
        for other in Path(f"{finished.url}-other").rglob("*.json"):
            other.unlink()
