"""The chunks of a store as bytes, looked at before anything is made of them.

A chunk of ours is numbers or text, compressed in one frame of Zstandard, with a checksum behind it.  What is
cut short, emptied, overwritten or changed by a bit does not have that form; nor does a frame that says it
holds more than the chunk can: room for it is never made.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import google_crc32c
import numpy as np
from numcodecs import VLenUTF8, Zstd
from numpy.typing import NDArray
from zarr.abc.store import ByteRequest, RangeByteRequest, Store
from zarr.core.buffer import Buffer, BufferPrototype
from zarr.storage import WrapperStore

from wellposed.catalog import trust
from wellposed.catalog.location import Location
from wellposed.errors import CatalogueError

CHECKSUM_BYTES = 4
FRAME_MAGIC = b"\x28\xb5\x2f\xfd"

LARGEST_TEXT_BYTES = 2**28
"""How many bytes the text of one chunk may have."""

READ_TOGETHER = 32
"""How many chunks are read side by side."""

READ_TOGETHER_BYTES = 2**28
"""How many bytes the chunks that are read side by side may have, unless a single one has more."""

CHECKED_AT_ONCE_BYTES = 2**16
"""Up to how many bytes a chunk is checked where it is read, rather than in a thread: it takes less time."""

Place = tuple[int, ...]
"""Where a chunk is: its number along each dimension."""


class Form(NamedTuple):
    """What the chunks of an array look like.

    Attributes
    ----------
    name : str
    dims : tuple of str
    shape, sides : tuple of int
        Of the array, and of a chunk.
    dtype : dtype, optional
        As it is stored; None for text.
    """

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    sides: tuple[int, ...]
    dtype: np.dtype[Any] | None

    @classmethod
    def of(cls, name: str, array: Mapping[str, Any]) -> Form:
        """Returns what the metadata of an array, which have been checked, tell of its chunks."""
        is_text = array["data_type"] == "string"
        order = ">" if array["codecs"][0].get("configuration", {}).get("endian") == "big" else "<"
        return cls(
            name,
            tuple(array.get("dimension_names") or ()),
            tuple(array["shape"]),
            tuple(array["chunk_grid"]["configuration"]["chunk_shape"]),
            None if is_text else np.dtype(array["data_type"]).newbyteorder(order),
        )

    @property
    def counts(self) -> tuple[int, ...]:
        """Returns how many chunks there are along each dimension."""
        return tuple(-(-size // side) for size, side in zip(self.shape, self.sides, strict=True))

    @property
    def most_bytes(self) -> int:
        """Returns how many bytes a chunk has at most before compression."""
        return LARGEST_TEXT_BYTES if self.dtype is None else math.prod(self.sides) * self.dtype.itemsize

    @property
    def most_stored_bytes(self) -> int:
        """Returns how many bytes a chunk has at most as it is stored: what cannot be compressed grows."""
        return self.most_bytes + self.most_bytes // 64 + 1024

    def key(self, place: Place) -> str:
        return "/".join([self.name, "c", *map(str, place)])

    def place(self, key: str) -> Place:
        """Returns where the chunk under a key is, which must be one of this array."""
        return tuple(int(part) for part in key.removeprefix(f"{self.name}/c").split("/")[1:])

    def places(self) -> Iterator[Place]:
        """Yields where chunks may be."""
        return itertools.product(*map(range, self.counts))

    def stored(self, here: Location) -> list[Place]:
        """Returns which chunks of a store are there, as the names of the files alone tell."""
        if not self.shape:
            return [()] if here.has([self.key(())])[0] else []
        names = (one.name.split("/") for one in (here / f"{self.name}/c").walk())
        places = [
            tuple(map(int, parts))
            for parts in names
            if len(parts) == len(self.shape) and all(map(trust.CHUNK_INDEX.fullmatch, parts))
        ]
        return sorted(
            place for place in places if all(i < n for i, n in zip(place, self.counts, strict=True))
        )

    def decoded(self, content: bytes) -> NDArray[Any]:
        """Returns the values in a chunk, up to the end of the array.

        Raises
        ------
        ValueError
            Saying in words what keeps it from being one of this form.
        """
        if len(content) <= CHECKSUM_BYTES:
            raise ValueError("is empty" if not content else "is cut short")
        if len(content) > self.most_stored_bytes:
            raise ValueError("is larger than a chunk can be")
        inner, checksum = content[:-CHECKSUM_BYTES], content[-CHECKSUM_BYTES:]
        if google_crc32c.value(inner).to_bytes(4, "little") != checksum:
            raise ValueError("is not as it was written: its checksum is another one")
        size = _frame_content_size(inner)
        if size is None or size > self.most_bytes or (self.dtype is not None and size != self.most_bytes):
            raise ValueError("says that it holds more or less than a chunk can")
        try:
            plain = Zstd().decode(inner) if size else b""
        except RuntimeError as error:
            raise ValueError("is not compressed as chunks are") from error
        if self.dtype is not None:
            return np.frombuffer(plain, self.dtype).reshape(self.sides)
        # So many items are made room for before the first is read.
        if int.from_bytes(plain[:4], "little") != math.prod(self.sides):
            raise ValueError("says that it holds more or less than a chunk can")
        try:
            return np.asarray(VLenUTF8().decode(plain), object).reshape(self.sides)
        except Exception as error:  # what it raises depends on where it ends
            raise ValueError("holds no text") from error

    def within(self, place: Place, values: NDArray[Any]) -> NDArray[Any]:
        """Returns the part of a chunk's values that lies within the array."""
        ends = (size - i * side for i, side, size in zip(place, self.sides, self.shape, strict=True))
        parts: tuple[Any, ...] = (*map(slice, ends), ...)  # an array, also where there is one value
        part: NDArray[Any] = values[parts]
        return part

    def region(self, place: Place) -> tuple[slice, ...]:
        """Returns where a chunk lies in the array."""
        return tuple(
            slice(i * side, min((i + 1) * side, size))
            for i, side, size in zip(place, self.sides, self.shape, strict=True)
        )

    def read(self, here: Location, places: Iterable[Place]) -> Iterator[tuple[Place, NDArray[Any] | str]]:
        """Yields the values of chunks of a store that are there, or in words what is wrong with them.

        Several are read side by side, as far as they are small.
        """
        together = max(1, min(READ_TOGETHER, READ_TOGETHER_BYTES // max(1, self.most_bytes)))
        waiting = iter(places)
        while some := list(itertools.islice(waiting, together)):
            for place, content in zip(some, self._contents(here, some), strict=True):
                if isinstance(content, str):
                    yield place, content
                elif content is not None:
                    try:
                        yield place, self.within(place, self.decoded(content))
                    except ValueError as error:
                        yield place, str(error)

    def _contents(self, here: Location, places: list[Place]) -> list[bytes | str | None]:
        keys, most = [self.key(place) for place in places], self.most_stored_bytes + 1
        try:
            return list(here.read_all(keys, most))
        except PermissionError:  # which says nothing of what is there
            raise
        except (CatalogueError, OSError) as error:
            if len(places) == 1:
                return [f"cannot be read: {error}"]
            return [content for place in places for content in self._contents(here, [place])]


def _frame_content_size(frame: bytes) -> int | None:
    """Returns how many bytes a frame says that it holds (RFC 8878, 3.1.1.1); None if it does not say."""
    if len(frame) < 6 or frame[:4] != FRAME_MAGIC:
        return None
    described = frame[4]
    is_single_segment = bool(described & 0x20)
    at = 5 + (not is_single_segment) + (0, 1, 2, 4)[described & 3]
    bytes_of_size = (int(is_single_segment), 2, 4, 8)[described >> 6]
    if not bytes_of_size or len(frame) < at + bytes_of_size:
        return None
    size = int.from_bytes(frame[at : at + bytes_of_size], "little")
    return size + 256 if bytes_of_size == 2 else size


class CheckedStorage(WrapperStore[Store]):
    """What Zarr reads a checked store through: no chunk that is damaged is decoded."""

    def __init__(self, store: Store, url: str = "", forms: Mapping[str, Form] | None = None) -> None:
        super().__init__(store)
        self.url, self.forms = url, dict(forms or {})

    @classmethod
    def of(cls, here: Location, root: Mapping[str, Any], *, writable: bool = False) -> CheckedStorage:
        """Returns the storage of the store that lies `here`, of which `root` are the metadata."""
        forms = {name: Form.of(name, array) for name, array in trust.arrays(root).items()}
        return cls(here.storage(writable=writable), here.url, forms)

    def _with_store(self, store: Store) -> CheckedStorage:
        return type(self)(store, self.url, self.forms)

    async def get(
        self, key: str, prototype: BufferPrototype, byte_range: ByteRequest | None = None
    ) -> Buffer | None:
        """Returns what is stored under `key`, or None; raises `CatalogueError` if it is a damaged chunk."""
        name, slash, _ = key.partition("/c")
        form = self.forms.get(name) if slash else None
        if form is None or byte_range is not None:
            most = byte_range or RangeByteRequest(0, trust.LARGEST_METADATA_BYTES + 1)
            return await self._store.get(key, prototype, most)
        content = await self._store.get(key, prototype, RangeByteRequest(0, form.most_stored_bytes + 1))
        if content is None:
            return None
        try:
            if len(content) <= CHECKED_AT_ONCE_BYTES:
                form.decoded(content.to_bytes())
            else:
                await asyncio.to_thread(form.decoded, content.to_bytes())
        except ValueError as error:
            raise damaged(self.url, key, str(error)) from error
        return content


def damaged(url: str, key: str, reason: str) -> CatalogueError:
    """Returns the error that a chunk of a store is damaged, which says what to do."""
    catalogue, _, name = url.rsplit("/", 2)
    return CatalogueError(
        f"{url} is damaged: chunk {key} {reason}. Asking again computes that block again; "
        f"`wellposed verify --repair {name.partition('.')[0]} --catalogue {catalogue}` makes its points "
        "missing until then."
    )
