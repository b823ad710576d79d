"""Bytes at a URL: the little that a catalogue asks of a file system or an object store.

What is stored under a key is replaced in one step everywhere, and created exclusively: by a hard link on a
local file system, by ``If-None-Match`` on S3 (which a server must honour; AWS, MinIO and moto do).  Listings
are never taken from a cache, as what other processes have written since would be missing.
"""

from __future__ import annotations

import asyncio
import errno
import functools
import os
import re
import shutil
import stat
import threading
import uuid
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from zarr.abc.store import ByteRequest, RangeByteRequest, Store
from zarr.core.buffer import Buffer, BufferPrototype, default_buffer_prototype
from zarr.core.sync import sync
from zarr.storage import FsspecStore, LocalStore

from wellposed.errors import CatalogueError
from wellposed.named_path import named_path

PARTIAL = ".partial"
"""How the name of a file ends that is still being written, or whose writer was killed."""

PARTIAL_NAME = re.compile(rf"(.*/)?[^/]+\.[0-9a-f]{{32}}{re.escape(PARTIAL)}")
"""The whole name of one: what others call so is theirs."""

LEFT_BY_THE_SYSTEM = re.compile(r"(.*/)?(\.DS_Store|\._[^/]*|\.nfs[0-9a-f]+|Thumbs\.db|desktop\.ini)", re.I)
"""Files that desktops and network file systems put into every folder: nobody's content."""

FLUSHED_AT_ONCE = 16
"""How many files are written out to their device side by side."""

MOST_REQUESTS_AT_ONCE = 64
"""How many requests to an object store are under way at a time."""

_creation_lock = threading.Lock()
"""A lock for creating something exclusively: fsspec's file systems in memory look before they write."""

T = TypeVar("T")


class StoredObject(NamedTuple):
    """Something that lies at a location."""

    name: str
    """Relative to the location, with slashes."""
    is_directory: bool
    size: int
    stamp: str
    """Another one whenever the content is another."""
    modified: float | None
    """Seconds since 1970, if that is known."""
    is_link: bool = False


@dataclass(frozen=True)
class Location:
    """A directory, or what stands for one.

    Attributes
    ----------
    url : str
        An absolute path, or any URL that fsspec knows.
    """

    url: str

    @classmethod
    def of(cls, url: str | Path) -> Location:
        """Returns the location at `url`, which may be a relative path."""
        text = str(url).removeprefix("file://")
        return cls(text.rstrip("/") if "://" in text else str(named_path(text).absolute()))

    def __truediv__(self, path: str) -> Location:
        return Location(f"{self.url}/{path}")

    @property
    def directory(self) -> Path | None:
        """Returns the directory on this machine, if it is one."""
        return None if "://" in self.url else Path(self.url)

    def storage(self, *, writable: bool = False) -> Store:
        """Returns what Zarr reads and writes through."""
        if self.directory is not None:
            return RegularFiles(self.directory, read_only=not writable)
        return self._remote(read_only=not writable)

    def read(self, key: str, most: int | None = None) -> bytes | None:
        """Returns what is stored under `key`, or None; no more than `most` bytes of it.

        Raises
        ------
        CatalogueError
            If it is a pipe, a device or another thing of which the end is not known.
        """
        return self.read_all([key], most)[0]

    def read_all(self, keys: Iterable[str], most: int | None = None) -> list[bytes | None]:
        """Returns what is stored under each of `keys`, or `most` bytes of each, read at the same time.

        Raises as `read`.
        """
        if self.directory is not None:
            return [_read(self.directory / key, most) for key in keys]
        storage = self.storage()
        part = None if most is None else RangeByteRequest(0, most)

        async def read(key: str) -> bytes | None:
            found = await storage.get(key, default_buffer_prototype(), part)
            return None if found is None else found.to_bytes()

        return _gather([functools.partial(read, key) for key in keys])

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Stores `contents` in their order, each replaced in one step."""
        storage = self.storage(writable=True)

        async def write() -> None:
            for key, value in contents.items():
                await storage.set(key, _buffer(value))

        sync(write())

    def create(self, key: str, content: str) -> bool:
        """Stores `content` whole and in one step, unless there is something under `key` already.

        Returns
        -------
        bool
            Whether `content` is what lies there now.
        """
        value = content.encode()
        if self.directory is not None:
            _create(self.directory / key, value)
        else:
            # Not by the store's own `set_if_not_exists`, which looks first and then writes.
            remote = self._remote(read_only=False)
            with _creation_lock:
                try:
                    sync(remote.fs._pipe_file(f"{remote.path}/{key}", value, mode="create"))
                except FileExistsError:
                    pass
                except OSError as error:
                    if not _is_refused_as_existing(error):
                        raise
        # Looked at rather than inferred: a request that is repeated after a lost answer is refused too.
        return self.read(key) == value

    def names(self) -> list[str]:
        """Returns what lies directly in it, sorted; nothing if it does not exist.

        What a killed writer left unfinished is left out, and what the system puts into every folder.
        """
        return [
            found.name
            for found in self.listing()
            if not PARTIAL_NAME.fullmatch(found.name) and not LEFT_BY_THE_SYSTEM.fullmatch(found.name)
        ]

    def has(self, keys: Iterable[str]) -> list[bool]:
        """Returns whether there is anything under each of `keys`, whatever it is."""
        if self.directory is not None:
            return [os.path.lexists(self.directory / key) for key in keys]
        return [one is not None for one in self.read_all(keys, 1)]

    def stamps(self, keys: Iterable[str]) -> list[str | None]:
        """Returns what tells one content under each of `keys` from another, where that costs nothing."""
        if self.directory is None:
            return [None for _ in keys]
        return [_stamp_of(self.directory / key) for key in keys]

    def link_above(self, key: str) -> str | None:
        """Returns the first part of the way to `key` that is a link, `key` included; None if there is none.

        The location itself may be one: who named it meant where it leads.
        """
        if self.directory is None:
            return None
        parts = [part for part in key.split("/") if part]
        ways = ["/".join(parts[: i + 1]) for i in range(len(parts))]
        return next((way for way in ways if (self.directory / way).is_symlink()), None)

    def settle(self) -> None:
        """Returns when all that lies beneath it is on its device, and would survive that the power goes.

        Object stores answer when it is; file systems keep it in memory for a while.  What another machine
        has written to a file system that both use is flushed when that closes its files, as NFS does.
        """
        if self.directory is None or not self.directory.is_dir():
            return
        found = list(os.walk(self.directory, topdown=False))
        with ThreadPoolExecutor(FLUSHED_AT_ONCE) as pool:  # a file system commits several together
            list(pool.map(_flush, (Path(directory, name) for directory, _, names in found for name in names)))
            list(pool.map(_flush, (Path(directory) for directory, _, _ in found)))
        _flush(self.directory.parent)

    def listing(self) -> list[StoredObject]:
        """Returns what lies directly in it, sorted by name; nothing if it does not exist."""
        if self.directory is not None:
            try:
                with os.scandir(self.directory) as entries:
                    found = [_found(entry, entry.name) for entry in entries]
            except (FileNotFoundError, NotADirectoryError):
                return []
            return sorted(one for one in found if one is not None)
        remote = self._remote(read_only=True)
        try:
            # One that is empty or a file lists itself.
            return _remote_entries(remote, sync(remote.fs._ls(remote.path, detail=True)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def walk(self) -> list[StoredObject]:
        """Returns every file beneath it, sorted by name.  Links are named, and not followed."""
        if self.directory is not None:
            return sorted(_beneath(self.directory, ""))
        remote = self._remote(read_only=True)
        try:
            return _remote_entries(remote, list(sync(remote.fs._find(remote.path, detail=True)).values()))
        except FileNotFoundError:
            return []

    def remove(self, keys: Iterable[str]) -> None:
        """Removes what lies under `keys`, one after the other, and directories that are empty then."""
        for key in keys:
            if self.directory is None:
                sync(self.storage(writable=True).delete(key))
                continue
            path = self.directory / key
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == self.directory:
                    break
                try:
                    parent.rmdir()
                except OSError:  # there is more in it, or another process was faster
                    break

    def remove_empty(self) -> None:
        """Removes the folders in it, and itself, as far as nothing is left in them."""
        if self.directory is None:
            return
        for directory, _, _ in os.walk(self.directory, topdown=False):
            with suppress(OSError):
                os.rmdir(directory)

    def remove_all(self) -> None:
        """Removes all that lies beneath it; where a link leads is left alone."""
        if self.directory is None:
            remote = self._remote(read_only=False)
            try:
                sync(remote.fs._rm(remote.path, recursive=True))
            except FileNotFoundError:
                return
        elif self.directory.is_symlink():
            self.directory.unlink()
        elif self.directory.exists():
            shutil.rmtree(self.directory)

    def _remote(self, *, read_only: bool) -> FsspecStore:
        return FsspecStore.from_url(
            self.url, storage_options={"use_listings_cache": False}, read_only=read_only
        )


class RegularFiles(LocalStore):
    """A directory of which Zarr reads regular files alone: a pipe or a device has no end.

    What Zarr writes has the permissions that a folder shared by a group asks for.
    """

    async def get(
        self, key: str, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Returns what is stored under `key`, or None.  Raises as `Location.read`."""
        if byte_range is not None and not isinstance(byte_range, RangeByteRequest):
            await asyncio.to_thread(_read, self.root / key, 0)
            return await super().get(key, prototype, byte_range)
        start, most = (0, None) if byte_range is None else (byte_range.start, byte_range.end)
        content = await asyncio.to_thread(_read, self.root / key, most)
        prototype = prototype or default_buffer_prototype()
        return None if content is None else prototype.buffer.from_bytes(content[start:])

    async def set(self, key: str, value: Buffer) -> None:
        """Stores `value` under `key`, in one step."""
        await asyncio.to_thread(self.set_sync, key, value)

    def set_sync(self, key: str, value: Buffer) -> None:
        """Stores `value` under `key`, in one step."""
        self._check_writable()
        path = self.root / key
        with _arriving(path) as partial:
            partial.write_bytes(value.as_buffer_like())
            partial.replace(path)


def _read(path: Path, most: int | None) -> bytes | None:
    try:
        # Whoever opens a pipe would wait for its other end.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno in (errno.ENXIO, errno.ELOOP):  # a socket, or a link that leads to itself
            raise _not_regular(path) from error
        raise
    try:
        about = os.fstat(descriptor)
        if stat.S_ISDIR(about.st_mode):
            return None
        if not stat.S_ISREG(about.st_mode):
            raise _not_regular(path)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            # No more than there is: room is made for what is asked for.
            return file.read() if most is None else file.read(min(most, about.st_size))
    finally:
        os.close(descriptor)


def _create(path: Path, content: bytes) -> None:
    """Stores `content` under `path` unless something is there: on its device before it can be seen."""
    with suppress(FileExistsError), _arriving(path) as partial:
        partial.write_bytes(content)
        _flush(partial)
        os.link(partial, path)
    _flush(path.parent)


@contextmanager
def _arriving(path: Path) -> Iterator[Path]:
    """Gives the name of a file beside `path`, in a folder that is made; it is gone in the end."""
    _make_folder(path.parent)
    partial = path.with_suffix(f".{uuid.uuid4().hex}{PARTIAL}")
    try:
        shared = _shared(path.parent)
        if shared is not None:
            partial.touch(mode=0o600, exist_ok=False)
            partial.chmod(shared & 0o666)
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _make_folder(path: Path) -> None:
    """Makes a folder and those above it; in one that a group shares, with the permissions of that one."""
    if path.is_dir():
        return
    _make_folder(path.parent)
    shared = _shared(path.parent)
    with suppress(FileExistsError):  # another process was faster
        path.mkdir()
        if shared is not None:
            path.chmod(shared)


def _shared(folder: Path) -> int | None:
    """Returns the permissions of a folder that its group shares, by the group's bits for it; None of others.

    It is the folder that says who may work in a catalogue, and not the mask of whoever came first.
    """
    mode = stat.S_IMODE(folder.stat().st_mode)
    return mode if mode & stat.S_ISGID and mode & stat.S_IWGRP else None


def _flush(path: Path) -> None:
    """Returns when a file or the list of a folder is on its device, where a file system can tell."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:  # it has been removed, or may not be read
        return
    try:
        with suppress(OSError):  # not every file system flushes folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_directory(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _stamp_of(path: Path) -> str | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return _stamp(about)


def _stamp(about: os.stat_result) -> str:
    return f"{about.st_mtime_ns:x}-{about.st_size:x}-{about.st_ino:x}"


def _not_regular(path: Path) -> CatalogueError:
    return CatalogueError(f"{path} is no regular file, and is not read.")


def _gather(calls: Iterable[Callable[[], Coroutine[Any, Any, T]]]) -> list[T]:
    """Returns the answers to `calls`, of which a limited number are under way at a time."""

    async def gather() -> list[T]:
        places = asyncio.Semaphore(MOST_REQUESTS_AT_ONCE)

        async def answer(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
            async with places:
                return await call()

        return await asyncio.gather(*(answer(call) for call in calls))

    return sync(gather())


def _buffer(content: bytes) -> Buffer:
    return default_buffer_prototype().buffer.from_bytes(content)


def _is_refused_as_existing(error: OSError) -> bool:
    """Returns whether s3fs says by `error` that `If-None-Match` was not met, or another writer was faster."""
    response = getattr(error.__cause__, "response", None) or {}
    code = str(response.get("Error", {}).get("Code"))
    return code in {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}


def _beneath(directory: Path, prefix: str) -> Iterator[StoredObject]:
    """Yields every file beneath a directory, named from where `prefix` begins."""
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    yield from _beneath(directory / entry.name, f"{prefix}{entry.name}/")
                elif (found := _found(entry, prefix + entry.name)) is not None:
                    yield found
    except (FileNotFoundError, NotADirectoryError):  # never there, or removed meanwhile
        return


def _found(entry: os.DirEntry[str], name: str) -> StoredObject | None:
    try:
        about = entry.stat(follow_symlinks=False)
        return StoredObject(
            name, _is_directory(entry), about.st_size, _stamp(about), about.st_mtime, entry.is_symlink()
        )
    except FileNotFoundError:  # it has been removed meanwhile
        return None


def _remote_entries(remote: FsspecStore, entries: Iterable[Mapping[str, Any]]) -> list[StoredObject]:
    """Returns what a remote file system lists beneath a store's path."""
    within = remote.path.strip("/") + "/"
    found = []
    for entry in entries:
        path = str(entry["name"]).strip("/")
        if not path.startswith(within):  # a file lists itself, and so does S3's placeholder for a directory
            continue
        when: Any = next((entry[key] for key in ("LastModified", "mtime", "created") if entry.get(key)), None)
        stamp = f"{entry.get('ETag') or when}-{entry.get('size')}"
        modified = when.timestamp() if hasattr(when, "timestamp") else when
        found.append(
            StoredObject(
                path.removeprefix(within),
                entry["type"] == "directory",
                int(entry.get("size") or 0),
                stamp,
                None if modified is None else float(modified),
            )
        )
    return sorted(found)
