"""Bytes at a URL: the little that a catalogue asks of a file system or an object store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from zarr.abc.store import Store
from zarr.core.buffer import Buffer, default_buffer_prototype
from zarr.core.sync import sync
from zarr.storage import FsspecStore, LocalStore


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
        """The location at `url`, which may be a relative path."""
        text = str(url).removeprefix("file://")
        return cls(text.rstrip("/") if "://" in text else str(Path(text).expanduser().absolute()))

    def __truediv__(self, path: str) -> Location:
        return Location(f"{self.url}/{path}")

    @property
    def directory(self) -> Path | None:
        """The directory on this machine, if it is one."""
        return None if "://" in self.url else Path(self.url)

    def storage(self, *, writable: bool = False) -> Store:
        """What Zarr reads and writes through."""
        if self.directory is not None:
            return LocalStore(self.directory, read_only=not writable)
        return FsspecStore.from_url(self.url, read_only=not writable)

    def read(self, key: str) -> bytes | None:
        """What is stored under `key`, or None."""
        return self.read_all([key])[0]

    def read_all(self, keys: Iterable[str]) -> list[bytes | None]:
        """What is stored under each of `keys`, read at the same time."""
        storage = self.storage()

        async def read(key: str) -> bytes | None:
            try:
                found = await storage.get(key, default_buffer_prototype())
            except FileNotFoundError:  # not even the directory is there
                return None
            return None if found is None else found.to_bytes()

        async def read_all() -> list[bytes | None]:
            return await asyncio.gather(*(read(key) for key in keys))

        return sync(read_all())

    def write(self, contents: Mapping[str, bytes]) -> None:
        """Stores `contents` in their order, each replaced in one step."""
        storage = self.storage(writable=True)

        async def write() -> None:
            for key, value in contents.items():
                await storage.set(key, _buffer(value))

        sync(write())

    def create(self, key: str, content: str) -> None:
        """Stores `content` whole and in one step, unless there is something under `key` already."""
        sync(self.storage(writable=True).set_if_not_exists(key, _buffer(content.encode())))

    def names(self) -> list[str]:
        """What lies directly in it, sorted; nothing if it does not exist.

        What a killed writer left unfinished is left out.
        """
        storage = self.storage()

        async def names() -> list[str]:
            try:
                listed = [name async for name in storage.list_dir("")]
            except FileNotFoundError:
                return []
            return sorted(name for name in listed if not name.endswith(".partial"))

        return sync(names())


def _buffer(content: bytes) -> Buffer:
    return default_buffer_prototype().buffer.from_bytes(content)
