"""What a catalogue asks of a file system holds of a local one, of memory, and of an S3 server."""

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from zarr.abc.store import OffsetByteRequest, RangeByteRequest, SuffixByteRequest
from zarr.core.buffer import default_buffer_prototype
from zarr.core.sync import sync
from zarr.storage import FsspecStore, LocalStore

from wellposed.catalog import location, system
from wellposed.catalog.location import Location, _buffer
from wellposed.errors import CatalogueError

ROOT = Path(__file__).parents[2]

OTHER_PROCESS = """
import sys
from wellposed.catalog.location import Location, _buffer
Location(sys.argv[1]).write({"a/new": b"by another process"})
"""


def test_what_is_written_is_read_listed_and_removed(place):
    here = Location.of(place)
    assert here.names() == here.walk() == []
    assert here.read("nothing") is None
    here.write({"a/b/c": b"abc", "a/d": b"", "e": b"1"})
    assert here.read_all(["a/b/c", "none", "a/d", "e"]) == [b"abc", None, b"", b"1"]
    assert here.read("a/b/c", most=2) == b"ab"
    assert here.read("a/d", most=2) == b""
    assert here.read("e", most=2) == b"1"
    assert here.names() == ["a", "e"]
    assert [(found.name, found.is_directory) for found in here.listing()] == [("a", True), ("e", False)]
    assert (here / "a").names() == ["b", "d"]
    assert (here / "e").names() == []
    assert [(found.name, found.size) for found in here.walk()] == [("a/b/c", 3), ("a/d", 0), ("e", 1)]
    here.remove(["a/b/c", "none"])
    assert (here / "a").names() == ["d"]
    (here / "a").remove_all()
    assert here.names() == ["e"]
    here.remove_all()
    here.remove_all()
    assert here.names() == []


def test_a_stamp_changes_with_the_content(place):
    here = Location.of(place)
    stamps = set()
    for content in (b"one", b"two", b"three"):
        here.write({"key": content})
        (found,) = here.listing()
        assert found.modified > 1.7e9
        stamps.add(found.stamp)
    assert len(stamps) == 3


def test_what_is_there_is_not_created_again(place):
    here = Location.of(place)
    assert here.create("key", "first")
    assert not here.create("key", "second")
    assert here.create("key", "first")
    assert here.read("key") == b"first"


def test_one_of_many_creates_it(place):
    here = Location.of(place)
    ready = threading.Barrier(8)

    def create(i):
        ready.wait()
        return here.create("key", f"by {i}")

    with ThreadPoolExecutor(8) as threads:
        created = list(threads.map(create, range(8)))
    assert sum(created) == 1
    assert here.read("key") == f"by {created.index(True)}".encode()


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_what_another_process_writes_is_listed(kind, tmp_path, request):
    url = str(tmp_path) if kind == "local" else request.getfixturevalue("s3")
    here = Location.of(url)
    here.write({"a/old": b""})
    assert (here / "a").names() == ["old"]
    subprocess.run([sys.executable, "-c", OTHER_PROCESS, url], cwd=ROOT, check=True, env=os.environ)
    assert (here / "a").names() == ["new", "old"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_reads_what_its_parent_has_read(s3):
    here = Location.of(s3)
    here.write({"key": b"value"})
    assert here.read("key") == b"value"  # so that there is a connection that the child must not use
    child = os.fork()
    if child == 0:
        os._exit(0 if here.read("key") == b"value" and here.names() == ["key"] else 1)
    deadline = threading.Timer(30.0, os.kill, (child, 9))
    deadline.start()
    _, status = os.waitpid(child, 0)
    deadline.cancel()
    assert status == 0
    assert here.read("key") == b"value"


def test_links_are_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "thesis").write_text("all my work")
    (tmp_path / "place").mkdir()
    (tmp_path / "place" / "link").symlink_to(tmp_path / "elsewhere")
    here = Location.of(tmp_path / "place")
    assert [found.name for found in here.walk()] == ["link"]
    (here / "link").remove_all()
    assert here.names() == []
    (tmp_path / "place" / "link").symlink_to(tmp_path / "elsewhere")
    here.remove_all()
    assert (tmp_path / "elsewhere" / "thesis").read_text() == "all my work"


def test_a_bucket_that_is_not_there_holds_nothing(s3):
    nowhere = Location.of("s3://no-such-bucket/results")
    assert nowhere.names() == []
    assert nowhere.read("key") is None
    with pytest.raises(OSError, match="bucket"):
        nowhere.create("key", "value")


def test_a_server_decides_whether_there_is_something_already(s3, monkeypatch):
    """As when another process creates it after this one has looked."""
    import s3fs

    async def sees_nothing(*arguments, **options):
        return False

    here = Location.of(s3)
    here.write({"key": b"first"})
    monkeypatch.setattr(s3fs.S3FileSystem, "_exists", sees_nothing)
    monkeypatch.setattr(FsspecStore, "exists", sees_nothing)
    assert not here.create("key", "second")
    assert here.read("key") == b"first"
    zarrs_own = here.storage(writable=True).set_if_not_exists("key", _buffer(b"third"))
    sync(zarrs_own)
    assert here.read("key") == b"third", "Zarr's own looks first and then writes; if no more, use that"


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (None, b"0123456789"),
        (RangeByteRequest(2, 5), b"234"),
        (OffsetByteRequest(7), b"789"),
        (SuffixByteRequest(3), b"789"),
        (SuffixByteRequest(30), b"0123456789"),
    ],
)
def test_a_part_of_a_file_is_what_zarr_asks_for(tmp_path, part, expected):
    """As Zarr's own store of local files reads it."""
    (tmp_path / "key").write_bytes(b"0123456789")
    for store in (Location(str(tmp_path)).storage(), LocalStore(tmp_path, read_only=True)):
        found = sync(store.get("key", default_buffer_prototype(), part))
        assert found.to_bytes() == expected


HOLDER = """
import sys, time
from wellposed.catalog.location import Location
with Location(sys.argv[1]).locked("a", alone=True) as is_locked:
    print(is_locked, flush=True)
    time.sleep(60)
"""


def test_a_lock_is_shared_or_held_alone_and_goes_with_a_killed_holder(tmp_path, monkeypatch):
    here = Location.of(tmp_path)
    monkeypatch.setattr(location, "LOCK_TIMEOUT_S", 0.1)
    with here.locked("a", alone=False) as first, here.locked("a", alone=False) as second:
        assert first
        assert second
        with here.locked("b", alone=True):
            pass
        refused = pytest.raises(CatalogueError, match="/a is being written or removed by another process")
        with refused, here.locked("a", alone=True):
            pytest.fail("it is held by others")
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, here.url], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert holder.stdout.readline() == b"True\n"
        with (
            pytest.raises(CatalogueError, match="try again when that has ended"),
            here.locked("a", alone=False),
        ):
            pytest.fail("another process has it alone")
    finally:
        holder.kill()
        holder.communicate(timeout=60)
    with here.locked("a", alone=True):
        pass
    assert here.read(location.LOCKS) == b""


def test_where_nothing_can_be_locked_is_said(monkeypatch, tmp_path):
    with Location.of("memory://unlockable").locked("a", alone=True) as is_locked:
        assert not is_locked

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(system.fcntl, "fcntl", refuse)
    with Location.of(tmp_path).locked("a", alone=True) as is_locked:
        assert not is_locked


@pytest.mark.parametrize(("mode", "expected"), [(0o700, 0o600), (0o777, 0o666), (0o2775, 0o664)])
def test_whoever_may_write_in_a_folder_may_lock(tmp_path, mode, expected):
    folder = tmp_path / "results"
    folder.mkdir()
    folder.chmod(mode)
    before = os.umask(0o077)
    try:
        with Location.of(folder).locked("a", alone=True):
            pass
    finally:
        os.umask(before)
    assert (folder / location.LOCKS).stat().st_mode & 0o777 == expected


def test_a_lock_makes_no_folder_and_follows_no_link_that_leads_nowhere(tmp_path):
    with Location.of(tmp_path / "gone").locked("a", alone=False) as is_locked:
        assert not is_locked
    assert not (tmp_path / "gone").exists()
    (tmp_path / location.LOCKS).symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError), Location.of(tmp_path).locked("a", alone=True):
        pytest.fail("there is nothing to lock")
