"""Bytes at a URL: the little that a catalogue asks of a file system or an object store.

What is stored under a key is replaced in one step everywhere, and created exclusively: by a hard link on a
local file system, by ``If-None-Match`` on S3 (which a server must honour; AWS, MinIO and moto do).  Listings
are never taken from a cache, as what other processes have written since would be missing.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import re
import stat
import threading
import uuid
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from zarr.abc.store import ByteRequest, RangeByteRequest, Store, SuffixByteRequest
from zarr.core.buffer import Buffer, BufferPrototype, default_buffer_prototype
from zarr.core.common import AccessModeLiteral
from zarr.storage import FsspecStore, LocalStore

from wellposed.catalog.system import OPERATING_SYSTEM, StoredObject, System, stamp_of_file
from wellposed.errors import CatalogueError
from wellposed.named_path import named_path

PARTIAL = ".partial"
"""How the name of a file ends that is still being written, or whose writer was killed."""

PARTIAL_NAME = re.compile(rf"(.*/)?[^/]+\.[0-9a-f]{{32}}{re.escape(PARTIAL)}")
"""The whole name of one: what others call so is theirs."""

LEFT_BY_THE_SYSTEM = re.compile(r"(.*/)?(\.DS_Store|\._[^/]*|\.nfs[0-9a-f]+|Thumbs\.db|desktop\.ini)", re.I)
"""Files that desktops and network file systems put into every folder: nobody's content."""

LOCKS = ".locks"
"""The name of an empty file of which locks are held.  It is made when it is needed, and never removed."""

LOCK_TIMEOUT_S = 20.0
"""Seconds that a lock is waited for: those who hold one write a block or remove a sweep."""

LOCK_INTERVAL_S = 0.02
"""Seconds between two tries to lock."""

MOST_REQUESTS_AT_ONCE = 64
"""How many requests to an object store are under way at a time."""

_creation_lock = threading.Lock()
"""A lock for creating something exclusively: fsspec's file systems in memory look before they write."""

T = TypeVar("T")


@dataclass(frozen=True)
class Location:
    """A directory, or what stands for one.

    Attributes
    ----------
    url : str
        An absolute path, or any URL that fsspec knows.
    system : System
        The machine whose files and clock are meant.
    """

    url: str
    system: System = field(default=OPERATING_SYSTEM, repr=False)

    @classmethod
    def of(cls, url: str | Path, system: System = OPERATING_SYSTEM) -> Location:
        """Returns the location at `url`, which may be a relative path."""
        text = str(url).removeprefix("file://")
        whole = text.rstrip("/") if "://" in text else str(named_path(text).absolute())
        return cls(whole, system)

    def __truediv__(self, path: str) -> Location:
        return Location(f"{self.url}/{path}", self.system)

    @property
    def directory(self) -> Path | None:
        """Returns the directory on this machine, if it is one."""
        return None if "://" in self.url else Path(self.url)

    def storage(self, *, writable: bool = False) -> Store:
        """Returns what Zarr reads and writes through."""
        if self.directory is not None:
            return RegularFiles(self.directory, read_only=not writable, system=self.system)
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
            return [self.system.read(self.directory / key, most) for key in keys]
        storage = self.storage()
        part = None if most is None else RangeByteRequest(0, most)

        async def read(key: str) -> bytes | None:
            found = await storage.get(key, default_buffer_prototype(), part)
            return None if found is None else found.to_bytes()

        return self._gather([functools.partial(read, key) for key in keys])

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Stores `contents` in their order, each replaced in one step."""
        storage = self.storage(writable=True)

        async def write() -> None:
            for key, value in contents.items():
                await storage.set(key, _buffer(value))

        self.system.complete(write())

    def create(self, key: str, content: str) -> bool:
        """Stores `content` whole and in one step, unless there is something under `key` already.

        Returns
        -------
        bool
            Whether `content` is what lies there now.
        """
        value = content.encode()
        if self.directory is not None:
            self._create(self.directory / key, value)
        else:
            # Not by the store's own `set_if_not_exists`, which looks first and then writes.
            remote = self._remote(read_only=False)
            with _creation_lock:
                try:
                    self.system.complete(remote.fs._pipe_file(f"{remote.path}/{key}", value, mode="create"))
                except FileExistsError:
                    pass
                except OSError as error:
                    if not _is_refused_as_existing(error):
                        raise
        # Looked at rather than inferred: a request that is repeated after a lost answer is refused too.
        return self.read(key) == value

    @contextmanager
    def locked(self, name: str, *, alone: bool) -> Iterator[bool]:
        """Holds a lock that is called `name`, alone or together with others who do not want it alone.

        The system releases it as well when its holder is killed.  Gives whether it is held: object stores
        and some file systems have no locks.

        Raises
        ------
        CatalogueError
            If somebody else holds it for longer than is waited.
        OSError
            If nothing may be written.
        """
        # Where no folder is, nobody writes, and none is made for a lock.
        if self.directory is None or not self._is_folder(self.directory):
            yield False
            return
        try:
            release = self._lock(self.directory / LOCKS, name, alone=alone)
        except NotImplementedError:
            yield False
            return
        try:
            yield True
        finally:
            release()

    def _lock(self, path: Path, name: str, *, alone: bool) -> Callable[[], None]:
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])
        begun = self.system.monotonic()
        while True:
            if not self.has([LOCKS])[0]:
                self._make_lockable(path)
            release = self.system.lock(path, number, alone=alone)
            if release is not None:
                return release
            if self.system.monotonic() - begun > LOCK_TIMEOUT_S:
                raise CatalogueError(
                    f"{self.url}/{name} is being written or removed by another process; try again when that "
                    "has ended."
                )
            self.system.sleep(LOCK_INTERVAL_S)

    def _make_lockable(self, path: Path) -> None:
        """Makes the file of which locks are held: whoever may write in its folder may lock."""
        self.create(LOCKS, "")
        about = self.system.about(path.parent)
        if about is not None and (mode := stat.S_IMODE(about.st_mode) & 0o666) & 0o022:
            there = self.system.about(path, of_link=True)
            if there is None or not stat.S_ISREG(there.st_mode):
                return  # a link that somebody has put there, whose end is not ours to open
            with suppress(PermissionError):  # another user was faster, and does the same
                self.system.permit(path, mode)

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
            return [self.system.about(self.directory / key, of_link=True) is not None for key in keys]
        return [one is not None for one in self.read_all(keys, 1)]

    def stamps(self, keys: Iterable[str]) -> list[str | None]:
        """Returns what tells one content under each of `keys` from another, where that costs nothing."""
        if self.directory is None:
            return [None for _ in keys]
        known = [self.system.about(self.directory / key) for key in keys]
        return [None if about is None else stamp_of_file(about) for about in known]

    def link_above(self, key: str) -> str | None:
        """Returns the first part of the way to `key` that is a link, `key` included; None if there is none.

        The location itself may be one: who named it meant where it leads.
        """
        if self.directory is None:
            return None
        parts = [part for part in key.split("/") if part]
        ways = ["/".join(parts[: i + 1]) for i in range(len(parts))]
        return next((way for way in ways if self._is_link(self.directory / way)), None)

    def settle(self) -> None:
        """Returns when all that lies beneath it is on its device, and would survive that the power goes.

        Object stores answer when it is; file systems keep it in memory for a while.  What another machine
        has written to a file system that both use is flushed when that closes its files, as NFS does.
        """
        if self.directory is None or not self._is_folder(self.directory):
            return
        files = [self.directory / one.name for one in self.walk()]
        self.system.flush(files)
        folders = {folder for path in files for folder in path.parents}
        self.system.flush(folder for folder in folders if folder.is_relative_to(self.directory))
        self.system.flush([self.directory.parent])

    def listing(self) -> list[StoredObject]:
        """Returns what lies directly in it, sorted by name; nothing if it does not exist."""
        if self.directory is not None:
            return sorted(self.system.entries(self.directory))
        remote = self._remote(read_only=True)
        try:
            # One that is empty or a file lists itself.
            return self._remote_entries(remote, self.system.complete(remote.fs._ls(remote.path, detail=True)))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def walk(self) -> list[StoredObject]:
        """Returns every file beneath it, sorted by name.  Links are named, and not followed."""
        if self.directory is not None:
            return sorted(self._beneath(self.directory, ""))
        remote = self._remote(read_only=True)
        try:
            found = self.system.complete(remote.fs._find(remote.path, detail=True))
            return self._remote_entries(remote, list(found.values()))
        except FileNotFoundError:
            return []

    def remove(self, keys: Iterable[str]) -> None:
        """Removes what lies under `keys`, one after the other, and directories that are empty then."""
        for key in keys:
            if self.directory is None:
                self.system.complete(self.storage(writable=True).delete(key))
                continue
            path = self.directory / key
            self.system.unlink(path)
            for parent in path.parents:
                if parent == self.directory:
                    break
                try:
                    self.system.remove_folder(parent)
                except OSError:  # there is more in it, or another process was faster
                    break

    def remove_empty(self) -> None:
        """Removes the folders in it, and itself, as far as nothing is left in them."""
        if self.directory is not None:
            self._remove_empty(self.directory)

    def remove_all(self) -> None:
        """Removes all that lies beneath it; where a link leads is left alone."""
        if self.directory is None:
            remote = self._remote(read_only=False)
            try:
                self.system.complete(remote.fs._rm(remote.path, recursive=True))
            except FileNotFoundError:
                return
        elif self._is_link(self.directory):
            self.system.unlink(self.directory)
        else:
            for one in self.walk():
                self.system.unlink(self.directory / one.name)
            self.remove_empty()

    def _create(self, path: Path, content: bytes) -> None:
        """Stores `content` under `path` unless something is there: on its device before it can be seen."""
        with suppress(FileExistsError), _arriving(self.system, path) as partial:
            self.system.write(partial, content)
            self.system.flush([partial])
            self.system.link(partial, path)
        self.system.flush([path.parent])

    def _beneath(self, directory: Path, prefix: str) -> Iterator[StoredObject]:
        """Yields every file beneath a directory, named from where `prefix` begins."""
        for one in self.system.entries(directory):
            if one.is_directory and not one.is_link:
                yield from self._beneath(directory / one.name, f"{prefix}{one.name}/")
            else:
                yield one._replace(name=prefix + one.name)

    def _remove_empty(self, directory: Path) -> None:
        for one in self.system.entries(directory):
            if one.is_directory and not one.is_link:
                self._remove_empty(directory / one.name)
        with suppress(OSError):
            self.system.remove_folder(directory)

    def _is_link(self, path: Path) -> bool:
        about = self.system.about(path, of_link=True)
        return about is not None and stat.S_ISLNK(about.st_mode)

    def _is_folder(self, path: Path) -> bool:
        return _is_folder(self.system, path)

    def _gather(self, calls: Iterable[Callable[[], Coroutine[Any, Any, T]]]) -> list[T]:
        """Returns the answers to `calls`, of which a limited number are under way at a time."""

        async def gather() -> list[T]:
            places = asyncio.Semaphore(MOST_REQUESTS_AT_ONCE)

            async def answer(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
                async with places:
                    return await call()

            return await asyncio.gather(*(answer(call) for call in calls))

        return self.system.complete(gather())

    def _remote_entries(
        self, remote: FsspecStore, entries: Iterable[Mapping[str, Any]]
    ) -> list[StoredObject]:
        """Returns what a remote file system lists beneath a store's path."""
        within, now = remote.path.strip("/") + "/", self.system.time()
        found = []
        for entry in entries:
            path = str(entry["name"]).strip("/")
            # A file lists itself, and so does S3's placeholder for a directory.
            if not path.startswith(within):
                continue
            dates = (entry[key] for key in ("LastModified", "mtime", "created") if entry.get(key))
            when: Any = next(dates, None)
            stamp = f"{entry.get('ETag') or when}-{entry.get('size')}"
            modified = when.timestamp() if hasattr(when, "timestamp") else when
            found.append(
                StoredObject(
                    path.removeprefix(within),
                    entry["type"] == "directory",
                    int(entry.get("size") or 0),
                    stamp,
                    None if modified is None else float(modified),
                    seen=now,
                )
            )
        return sorted(found)

    def _remote(self, *, read_only: bool) -> FsspecStore:
        return FsspecStore.from_url(
            self.url, storage_options={"use_listings_cache": False}, read_only=read_only
        )


class RegularFiles(LocalStore):
    """A directory of which Zarr reads regular files alone: a pipe or a device has no end.

    What Zarr writes has the permissions that a folder shared by a group asks for.
    """

    def __init__(self, root: Path, *, read_only: bool = False, system: System = OPERATING_SYSTEM) -> None:
        super().__init__(root, read_only=read_only)
        self.system = system

    def with_read_only(self, read_only: bool = False) -> Self:
        """Returns the same directory, to be written or not."""
        return type(self)(self.root, read_only=read_only, system=self.system)

    async def _open(self, *, mode: AccessModeLiteral | None = None) -> None:
        if not self.read_only:
            _make_folder(self.system, self.root)
        elif self.system.about(self.root) is None:
            raise FileNotFoundError(f"{self.root} does not exist")
        self._is_open = True

    async def get(
        self, key: str, prototype: BufferPrototype | None = None, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Returns what is stored under `key`, or None.  Raises as `Location.read`."""
        most = byte_range.end if isinstance(byte_range, RangeByteRequest) else None
        content = await self.system.aside(self.system.read, self.root / key, most)
        if content is None:
            return None
        start = 0
        if isinstance(byte_range, SuffixByteRequest):
            start = max(0, len(content) - byte_range.suffix)
        elif byte_range is not None:
            start = byte_range.start if isinstance(byte_range, RangeByteRequest) else byte_range.offset
        return (prototype or default_buffer_prototype()).buffer.from_bytes(content[start:])

    async def exists(self, key: str) -> bool:
        """Returns whether there is a file of that name."""
        about = await self.system.aside(self.system.about, self.root / key)
        return about is not None and stat.S_ISREG(about.st_mode)

    async def set(self, key: str, value: Buffer) -> None:
        """Stores `value` under `key`, in one step."""
        await self.system.aside(self.set_sync, key, value)

    def set_sync(self, key: str, value: Buffer) -> None:
        """Stores `value` under `key`, in one step."""
        self._check_writable()
        path = self.root / key
        with _arriving(self.system, path) as partial:
            self.system.write(partial, value.as_buffer_like())
            self.system.replace(partial, path)

    async def delete(self, key: str) -> None:
        """Removes what lies under `key`, if it is a file."""
        self._check_writable()
        await self.system.aside(self.system.unlink, self.root / key)


@contextmanager
def _arriving(system: System, path: Path) -> Iterator[Path]:
    """Gives the name of a file beside `path`, in a folder that is made; it is gone in the end."""
    _make_folder(system, path.parent)
    partial = path.with_suffix(f".{uuid.uuid4().hex}{PARTIAL}")
    try:
        shared = _shared(system, path.parent)
        if shared is not None:
            system.write(partial, b"")
            system.permit(partial, shared & 0o666)
        yield partial
    finally:
        system.unlink(partial)


def _make_folder(system: System, path: Path) -> None:
    """Makes a folder and those above it; in one that a group shares, with the permissions of that one."""
    if _is_folder(system, path):
        return
    _make_folder(system, path.parent)
    shared = _shared(system, path.parent)
    with suppress(FileExistsError):  # another process was faster
        system.make_folder(path)
        if shared is not None:
            system.permit(path, shared)


def _shared(system: System, folder: Path) -> int | None:
    """Returns the permissions of a folder that its group shares, by the group's bits for it; None of others.

    It is the folder that says who may work in a catalogue, and not the mask of whoever came first.
    """
    about = system.about(folder)
    if about is None:
        return None
    mode = stat.S_IMODE(about.st_mode)
    return mode if mode & stat.S_ISGID and mode & stat.S_IWGRP else None


def _is_folder(system: System, path: Path) -> bool:
    about = system.about(path)
    return about is not None and stat.S_ISDIR(about.st_mode)


def _buffer(content: bytes) -> Buffer:
    return default_buffer_prototype().buffer.from_bytes(content)


def _is_refused_as_existing(error: OSError) -> bool:
    """Returns whether s3fs says by `error` that `If-None-Match` was not met, or another writer was faster."""
    response = getattr(error.__cause__, "response", None) or {}
    code = str(response.get("Error", {}).get("Code"))
    return code in {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
