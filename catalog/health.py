"""Whether what is stored is whole, and what may be thrown away.

`verify` reads every chunk of a sweep, so that its checksum is compared, and finds what is not as it was
written; `repair` makes the blocks concerned missing, so that the next run computes these and no others.
`garbage` finds what killed processes left in a catalogue.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import zarr
from numpy.typing import NDArray
from zarr.core.sync import sync

from wellposed.catalog import index, schema, trust
from wellposed.catalog.lease import LEASE_TIMEOUT_S, is_dead
from wellposed.catalog.location import PARTIAL, Location, StoredObject
from wellposed.catalog.schema import OUTCOME, ROOT
from wellposed.catalog.store import Store, dims_of
from wellposed.errors import CatalogueError

LEASE_SUFFIX = ".lease"
"""How the name of a lease ends."""

CHUNKS_PER_READ = 32
"""How many chunks are read side by side."""

ABANDONED_WRITE_S = 60.0
"""Seconds after which a file that is still being written has lost its writer: it takes milliseconds."""

ABANDONED_STORE_S = 3600.0
"""Seconds after which a store whose making or removal has not ended never will: it takes less than one."""

ABANDONED_SWEEP_S = 86400.0
"""Seconds without a new block after which nobody computes an unfinished sweep."""


@dataclass(frozen=True)
class Damage:
    """Something that is not as it was written.

    Attributes
    ----------
    key : str
        Where, relative to the store; empty if it is about the whole.
    reason : str
    blocks : tuple of str
        The keys of the outcomes of the points concerned.
    is_repairable : bool
        Whether computing some points again mends it.
    """

    key: str
    reason: str
    blocks: tuple[str, ...] = ()
    is_repairable: bool = True


@dataclass(frozen=True)
class Garbage:
    """Something that is of no use to anybody.

    Attributes
    ----------
    key : str
        Relative to the catalogue; with a slash at its end, all that lies beneath it.
    reason : str
    """

    key: str
    reason: str


def verify(store: Store) -> list[Damage]:
    """Returns what is damaged in a sweep: nothing, if all is well.

    A chunk that holds nothing but fill values is not written, so that one is not there is no damage by
    itself.  It is if points beneath it have answers, and the variable has a value wherever else there are
    answers.
    """
    here = Location(store.location)
    try:
        root = trust.check_store(here, store.experiment, store.id)
    except CatalogueError as error:
        return [Damage(ROOT, str(error), is_repairable=False)]
    if root is None:
        return [Damage(ROOT, f"{store.location} is not there", is_repairable=False)]
    found: list[Damage] = []
    try:
        manifest = index.manifest(store)
    except CatalogueError as error:
        manifest = None
        found.append(Damage("", str(error)))
    stored = {one.name: one for one in here.walk()}
    group = zarr.open_group(here.storage(), mode="r", zarr_format=3, use_consolidated=True)
    arrays = {name: array for name, array in group.arrays() if name in trust.arrays(root)}
    outcome = _Chunks(OUTCOME, arrays[OUTCOME], arrays[OUTCOME], stored)
    answered = outcome.answered()
    found += outcome.damages
    for name, array in arrays.items():
        if name != OUTCOME:
            chunks = _Chunks(name, array, arrays[OUTCOME], stored)
            chunks.compare(answered)
            found += chunks.damages
    if manifest is not None and not any(damage.key.startswith(f"{OUTCOME}/") for damage in found):
        told = {name: count for name, count in store.totals().items() if name != "missing"}
        if told != manifest["totals"]:
            found.append(Damage("", f"the outcomes are {told}, and the manifest says {manifest['totals']}"))
    expected = {ROOT, *(f"{name}/{ROOT}" for name in arrays)}
    for key in stored:
        if key in expected or trust.is_chunk(key, root):
            continue
        if not key.endswith(PARTIAL):
            found.append(Damage(key, "was not written by wellposed", is_repairable=False))
        elif _is_older(stored[key], ABANDONED_WRITE_S):
            found.append(Damage(key, "was left by a writer that was killed"))
    return found


def repair(store: Store, damages: Sequence[Damage]) -> int:
    """Makes the points concerned missing, and says the sweep is unfinished.

    Returns
    -------
    int
        How many blocks are to be computed again.
    """
    mendable = [damage for damage in damages if damage.is_repairable]
    if not mendable:
        return 0
    if any(not damage.key.endswith(PARTIAL) for damage in mendable):
        Location(store.url).remove([f"{store.experiment}/{store.id}{index.MANIFEST_SUFFIX}"])
    blocks = sorted({block for damage in mendable for block in damage.blocks})
    # Outcomes first: what says ``ok`` is there, at every moment.
    Location(store.location).remove([*blocks, *sorted({damage.key for damage in mendable} - {"", *blocks})])
    return len(blocks)


def holder(store: Store) -> dict[str, Any] | None:
    """Returns who is computing a sweep now, by the lease that they renew; None if nobody alive is."""
    for found in (Location(store.url) / store.experiment).listing():
        if found.name == store.id + LEASE_SUFFIX and not _is_older(found, LEASE_TIMEOUT_S):
            found_holder = store.lease().holder()
            return None if found_holder is None or is_dead(found_holder) else found_holder
    return None


def remove(store: Store) -> None:
    """Removes a sweep, and first of all what says that it is there.

    Raises
    ------
    CatalogueError
        If a run is computing it.
    """
    catalogue, beside = Location(store.url), f"{store.experiment}/{store.id}"
    if (found := holder(store)) is not None:
        by = f"process {found.get('pid')} on {found.get('host')}"
        raise CatalogueError(f"{store.location} is being computed by {by}; end that first.")
    here = catalogue / store.path
    is_link = here.directory is not None and here.directory.is_symlink()
    catalogue.remove([f"{beside}{index.MANIFEST_SUFFIX}", *([] if is_link else [f"{store.path}/{ROOT}"])])
    here.remove_all()
    catalogue.remove([f"{beside}{LEASE_SUFFIX}"])


def garbage(catalogue: Location, *, unfinished: bool = False) -> list[Garbage]:
    """Returns what killed processes left behind.

    Parameters
    ----------
    catalogue : Location
    unfinished : bool
        Whether sweeps that nobody has added to for a day count too, though a run could complete them.
    """
    found: list[Garbage] = []
    for experiment in index.experiments(catalogue):
        beneath: dict[str, list[StoredObject]] = {}
        for one in (catalogue / experiment).walk():
            beneath.setdefault(one.name.partition("/")[0], []).append(one)
        stores = {name for name in beneath if index.is_store(name)}
        for name in sorted(stores):
            found += _of_store(f"{experiment}/{name}", beneath, unfinished=unfinished)
        for name in sorted(beneath.keys() - stores):
            found += _beside(catalogue, f"{experiment}/{name}", beneath[name][0], stores, beneath)
        if not beneath:
            found.append(Garbage(f"{experiment}/", "is empty"))
    found += [
        Garbage(one.name, "was left by a writer that was killed")
        for one in catalogue.listing()
        if not one.is_directory and one.name.endswith(PARTIAL) and _is_older(one, ABANDONED_WRITE_S)
    ]
    return found


def dispose(catalogue: Location, found: Sequence[Garbage]) -> None:
    """Removes garbage.

    Raises
    ------
    CatalogueError
        If a run has begun to compute some of it since it was found.
    """
    for one in found:
        path = one.key.rstrip("/")
        if one.key.endswith("/") and index.is_store(path.rpartition("/")[2]):
            remove(Store(catalogue.url, path))
        elif one.key.endswith("/"):
            (catalogue / one.key.rstrip("/")).remove_all()
        else:
            catalogue.remove([one.key])


def _of_store(
    path: str, beneath: Mapping[str, Sequence[StoredObject]], *, unfinished: bool
) -> Iterator[Garbage]:
    name = path.rpartition("/")[2]
    files = beneath[name]
    id = name.removesuffix(index.STORE)
    if f"{name}/{ROOT}" not in {one.name for one in files}:
        if all(_is_older(one, ABANDONED_STORE_S) for one in files):
            yield Garbage(f"{path}/", "is a store whose making or removal did not end")
        return
    is_finished = id + index.MANIFEST_SUFFIX in beneath
    is_computed = any(not _is_older(one, LEASE_TIMEOUT_S) for one in beneath.get(id + LEASE_SUFFIX, ()))
    is_old = all(_is_older(one, ABANDONED_SWEEP_S) for one in files)
    if unfinished and is_old and not is_finished and not is_computed:
        yield Garbage(f"{path}/", "is an unfinished sweep that nobody computes")
        return
    for one in files:
        if one.name.endswith(PARTIAL) and _is_older(one, ABANDONED_WRITE_S):
            yield Garbage(f"{path.rpartition('/')[0]}/{one.name}", "was left by a writer that was killed")


def _beside(
    catalogue: Location,
    path: str,
    one: StoredObject,
    stores: set[str],
    beneath: Mapping[str, Sequence[StoredObject]],
) -> Iterator[Garbage]:
    name = path.rpartition("/")[2]
    if name.endswith(PARTIAL) and _is_older(one, ABANDONED_WRITE_S):
        yield Garbage(path, "was left by a writer that was killed")
    elif name.endswith(LEASE_SUFFIX) and _is_older(one, ABANDONED_STORE_S):
        yield Garbage(path, "is the lease of a run that was killed")
    elif name.endswith(index.MANIFEST_SUFFIX):
        id = name.removesuffix(index.MANIFEST_SUFFIX)
        if f"{id}{index.STORE}" not in stores and _is_older(one, ABANDONED_STORE_S):
            try:
                told = trust.read(catalogue, path) or {}
            except CatalogueError:
                return
            if told.get("sweep_id") == id:  # or it is somebody's own file
                yield Garbage(path, "is the manifest of a store that is not there")


class _Chunks:
    """The chunks of one array, compared with what became of the points beneath them."""

    def __init__(
        self, name: str, array: zarr.Array[Any], outcome: zarr.Array[Any], stored: Mapping[str, StoredObject]
    ) -> None:
        self.name, self.array, self.stored = name, array, stored
        self.dims, points = dims_of(array), dims_of(outcome)
        # The coordinate of an axis is told by no point, even where it is the only axis.
        is_of_points = name not in self.dims and set(points) <= set(self.dims)
        self.along = [self.dims.index(dim) for dim in points] if is_of_points else None
        self.is_always_written = schema.is_always_written(name, self.dims, points, array.dtype)
        self.damages: list[Damage] = []

    def answered(self) -> dict[tuple[int, ...], NDArray[np.bool_]]:
        """Returns where there are answers in each chunk of the outcome, by its place."""
        meanings = str(self.array.attrs["flag_meanings"]).split()
        codes: Any = self.array.attrs["flag_values"]
        ok = dict(zip(meanings, codes, strict=False)).get("ok", 1)
        return {place: values == ok for place, values in self.read()}

    def read(self) -> Iterator[tuple[tuple[int, ...], NDArray[Any]]]:
        """Yields every chunk that is there and whole; those that are not are added to the damages."""
        there = [place for place in _places(self.array) if self._key(place) in self.stored]
        for start in range(0, len(there), CHUNKS_PER_READ):
            places = there[start : start + CHUNKS_PER_READ]
            for place, values in zip(places, _read(self.array, places), strict=True):
                if isinstance(values, Exception):
                    self.damages.append(self._damage(place, f"cannot be read: {values}"))
                elif isinstance(values, BaseException):
                    raise values
                else:
                    yield place, np.asarray(values)

    def compare(self, answered: Mapping[tuple[int, ...], NDArray[np.bool_]]) -> None:
        """Finds chunks that are damaged or missing."""
        for _ in self.read():
            pass
        if not self.is_always_written or (self.along is None and self.name not in self.dims):
            return
        self.damages += [
            self._damage(place, "is missing")
            for place in _places(self.array)
            if self._key(place) not in self.stored
            and (self.along is None or answered.get(self._outcome_of(place), np.array(False)).any())
        ]

    def _outcome_of(self, place: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(place[i] for i in self.along or [])

    def _damage(self, place: tuple[int, ...], reason: str) -> Damage:
        key = self._key(place)
        if self.along is not None:
            return Damage(key, reason, (_key_of(OUTCOME, self._outcome_of(place)),))
        # What is told of a line is found again from what is stored of its points; a coordinate is not.
        return Damage(key, reason, is_repairable=bool(self.dims) and self.name not in self.dims)

    def _key(self, place: tuple[int, ...]) -> str:
        return _key_of(self.name, place)


def _read(array: zarr.Array[Any], places: Sequence[tuple[int, ...]]) -> list[Any]:
    """Returns some chunks, or the exceptions that reading them raises, side by side."""

    async def read() -> list[Any]:
        regions = [_region(array, place) for place in places]
        parts = (array.async_array.getitem(region) for region in regions)
        return await asyncio.gather(*parts, return_exceptions=True)

    return sync(read())


def _key_of(name: str, place: tuple[int, ...]) -> str:
    return "/".join([name, "c", *map(str, place)])


def _places(array: zarr.Array[Any]) -> Iterator[tuple[int, ...]]:
    counts = [-(-size // side) for size, side in zip(array.shape, array.chunks, strict=True)]
    return itertools.product(*map(range, counts))


def _region(array: zarr.Array[Any], place: tuple[int, ...]) -> tuple[slice, ...]:
    return tuple(
        slice(i * side, min((i + 1) * side, size))
        for i, side, size in zip(place, array.chunks, array.shape, strict=True)
    )


def _is_older(found: StoredObject, seconds: float) -> bool:
    return found.modified is not None and time.time() - found.modified > seconds
