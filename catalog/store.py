"""One sweep in storage: a Zarr v3 group that is made whole and empty, then filled region by region.

Several processes, of several runs even, may write at once.  What keeps them apart is the chunk: a region is
a whole number of chunks, a chunk is replaced in one step, and the same point always has the same answer.
The outcome of a region is written after its values, so what says ``ok`` is there; writers share a lock that
whoever removes any of this has alone.  Nothing in the group depends on the time, the host or the order of
writing; these are told by the manifest, a JSON file beside it that is created once, when all is stored.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import itertools
import json
import math
import platform
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray

from wellposed.catalog import schema, trust
from wellposed.catalog.chunks import CheckedStorage, Form, Place, damaged
from wellposed.catalog.lease import Lease
from wellposed.catalog.location import PARTIAL_NAME, Location
from wellposed.catalog.mending import Mended, mend
from wellposed.catalog.schema import OUTCOME, REASON, ROOT
from wellposed.catalog.system import OPERATING_SYSTEM, StoredObject, System
from wellposed.errors import CatalogueError

STALLED_WRITE_S = 5.0
"""Seconds after which a file that a run waits for, before it finishes, has lost its writer."""

CHUNK_KEY = re.compile(r"[^/]+/c(/\d+)*")
"""What the key of a chunk looks like; that of one that is still being written does not."""

MANIFEST_KEYS = ("request", "totals", "kind", "experiment_version", "created")
"""What a manifest has at least."""

MANIFEST_COUNTS = ("seconds", "block_seconds", "cpu_seconds", "blocks", "workers", "taken")
"""Numbers that a manifest may have besides."""

CHECKSUM = "sha256"
"""The last entry of a manifest: the checksum of all others.  One of an older version has none."""


@dataclass(frozen=True)
class Store:
    """The place of one sweep.  Two strings and a machine, so that it can be sent to workers.

    Attributes
    ----------
    url : str
        The catalogue.
    path : str
        ``<experiment>/<sweep id>.zarr``
    remarks : tuple of str
        What was damaged of it when it was looked for, and has been written anew.
    system : System
        The machine whose files and clock are meant.
    """

    url: str
    path: str
    remarks: tuple[str, ...] = field(default=(), compare=False, kw_only=True)
    system: System = field(default=OPERATING_SYSTEM, repr=False, kw_only=True)

    @property
    def location(self) -> str:
        """Returns what `xarray.open_zarr` opens."""
        return f"{self.url}/{self.path}"

    @property
    def here(self) -> Location:
        """Returns where its files lie."""
        return Location(self.location, self.system)

    @property
    def catalogue(self) -> Location:
        """Returns where the catalogue is."""
        return Location(self.url, self.system)

    @property
    def experiment(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2].removesuffix(".zarr")

    @property
    def chunks(self) -> dict[str, int]:
        """Returns how long a chunk is along each dimension of the points."""
        array = arrays_of(self.here)[OUTCOME]
        return dict(zip(dims_of(array), array.chunks, strict=True))

    def write(self, region: Mapping[str, slice], dataset: xr.Dataset) -> None:
        """Stores the variables of `dataset` in a region, the outcome last.

        Parameters
        ----------
        region : mapping of str to slice
            The region by dimension; a dimension that is not named is written whole.
        dataset : Dataset
            Its coordinates are not written.

        Raises
        ------
        ValueError
            If there is no such variable, its shape is not that of the region, or the region does not
            consist of whole chunks.  Nothing has been written then.
        CatalogueError
            If the store has been removed.
        """
        with self.locked() as is_locked:
            self._write(region, dataset, is_locked)

    def locked(self, *, alone: bool = False) -> AbstractContextManager[bool]:
        """Holds the lock of its files: together with others who write, or alone, to remove some.

        So a worker that outlives its run never stores an outcome whose values were removed meanwhile.
        Raises as `wellposed.catalog.location.Location.locked`.
        """
        return self.catalogue.locked(self.path, alone=alone)

    def _write(self, region: Mapping[str, slice], dataset: xr.Dataset, is_locked: bool) -> None:
        arrays = arrays_of(self.here)
        prepared: list[tuple[zarr.Array[Any], tuple[slice, ...], NDArray[Any]]] = []
        for name in dataset.data_vars:
            if name not in arrays:
                raise ValueError(f"Store {self.path} has no variable `{name}`.")
            array = arrays[str(name)]
            selection = _aligned(array, region)
            values = dataset.variables[name].transpose(*dims_of(array)).to_numpy()
            shape = tuple(part.stop - part.start for part in selection)
            if values.shape != shape:
                raise ValueError(f"Variable `{name}` must have shape {shape} here, but has {values.shape}.")
            prepared.append((array, selection, values))
        answers = [part for part in prepared if part[0].basename != OUTCOME]
        self.system.complete(_write_all(answers))
        if not is_locked:
            self._check_written((array, region) for array, region, _ in answers)
        self.system.complete(_write_all([part for part in prepared if part[0].basename == OUTCOME]))

    def _check_written(self, regions: Iterable[tuple[zarr.Array[Any], tuple[slice, ...]]]) -> None:
        """Raises `CatalogueError` if what has been stored in regions of arrays is gone already."""
        written = [
            key
            for array, region in regions
            if array.config.write_empty_chunks
            for key in _chunk_keys(array, region)
        ]
        if not all(self.here.has(written)):
            raise _is_not_there(self.here)

    def stored(self) -> set[tuple[int, ...]]:
        """Returns where the regions begin whose outcome is stored, along the dimensions of the points.

        Told from the names of the chunks alone: nothing is read, however many points there are.
        """
        form = self._form(OUTCOME)
        return {
            tuple(i * side for i, side in zip(place, form.sides, strict=True))
            for place in form.stored(self.here)
        }

    def outcome(self) -> xr.DataArray:
        """Returns what became of every point, read now.

        Raises
        ------
        CatalogueError
            If that is damaged, which `totals` raises as well.
        """
        array = arrays_of(self.here)[OUTCOME]
        form = self._form(OUTCOME)
        values = np.zeros(form.shape, np.uint8)
        for place, part in self._read(form):
            values[form.region(place)] = part
        return xr.DataArray(values, dims=form.dims, name=OUTCOME, attrs=dict(array.attrs))

    def totals(self) -> dict[str, int]:
        """Returns how many points there are of each outcome, read now."""
        outcome = trust.arrays(self._root())[OUTCOME]
        form = Form.of(OUTCOME, outcome)
        counts = np.zeros(256, np.int64)
        for _, values in self._read(form):
            counts += np.bincount(values.reshape(-1), minlength=256)
        counts[0] += math.prod(form.shape) - int(counts.sum())  # where no chunk is
        meanings = str(outcome["attributes"]["flag_meanings"]).split()
        return {
            meaning: int(counts[value])
            for value, meaning in zip(outcome["attributes"]["flag_values"], meanings, strict=True)
        }

    def first_reason(self) -> str | None:
        """Returns the first of the reasons why points have no answer; None if there is none."""
        for _, values in self._read(self._form(REASON)):
            if (told := next((str(reason) for reason in values.flat if reason), None)) is not None:
                return told
        return None

    def _root(self) -> dict[str, Any]:
        """Returns the metadata of the store.

        Raises
        ------
        CatalogueError
            If there is no store, or they may not be used.
        """
        return _checked(self.here, stamp_of(self.here))

    def _form(self, name: str) -> Form:
        """Returns the form of the chunks of an array, which must be there."""
        arrays = trust.arrays(self._root())
        if name not in arrays:
            raise CatalogueError(f"{self.location} has no {name}.")
        return Form.of(name, arrays[name])

    def _read(self, form: Form) -> Iterator[tuple[Place, NDArray[Any]]]:
        """Yields the values of each chunk that is there; raises `CatalogueError` if one is damaged."""
        here = self.here
        for place, values in form.read(here, form.stored(here)):
            if isinstance(values, str):
                raise damaged(self.location, form.key(place), values)
            yield place, values

    def dataset(self, chunks: dict[str, int] | None = None) -> xr.Dataset:
        """Returns everything that is stored, read when it is looked at.

        Parameters
        ----------
        chunks : dict, optional
            As `xarray.open_zarr` takes them: with ``{}``, arithmetic is put off too.

        Raises
        ------
        CatalogueError
            If there is no store, or its metadata may not be used.  A chunk that is damaged raises it when it
            is read.
        """
        storage = CheckedStorage.of(self.here, _root_of(self.here))
        dataset: xr.Dataset = xr.open_zarr(storage, chunks=chunks, consolidated=True)
        return dataset

    def attributes(self) -> dict[str, Any]:
        """Returns what is written about the sweep: experiment, request, versions."""
        return dict(json.loads(root_of(self.here))["attributes"])

    def lease(self) -> Lease:
        """Returns the lease by which a run says that it is computing this sweep."""
        return Lease(self.catalogue, self.path.removesuffix(".zarr") + ".lease")

    def reopen(self) -> None:
        """Removes the manifest, so that answers may be written beside those that are stored.

        Raises
        ------
        CatalogueError
            If those were computed with other versions.  Nothing has been removed then.
        """
        self.check_versions()
        self.catalogue.remove([self._manifest_path])

    def check_versions(self) -> None:
        """Raises `CatalogueError` if what is stored was computed with other versions than those of now."""
        begun, here_and_now = schema.recorded_versions(root_of(self.here)), schema.versions()
        if begun != here_and_now:
            raise CatalogueError(
                f"{self.location} was computed with {_listed(begun)}, and this is {_listed(here_and_now)}. "
                "Compute all of it again (--recompute everything), or go on with those."
            )

    def forget(self) -> None:
        """Removes the manifest and the outcome of every point, so that all of them are missing.

        The versions on record are those of now, with which they are to be computed again.
        """
        here, root = self.here, root_of(self.here)
        self.catalogue.remove([self._manifest_path])
        (here / f"{OUTCOME}/c").remove_all()
        here.write({ROOT: schema.with_versions(root, schema.versions())})

    def finish(self, **facts: object) -> None:
        """Declares that all is stored: removes what killed writers left behind, and creates the manifest.

        Does nothing to a manifest that is there.

        Parameters
        ----------
        **facts
            What else the manifest is to tell, such as the command, as plain JSON.

        Raises
        ------
        CatalogueError
            If a point of a grid is missing.  A search need not use all the evaluations it has room for.
        """
        attributes = self.attributes()
        totals = self.totals()
        is_grid = set(dims_of(arrays_of(self.here)[OUTCOME])) == set(attributes["request"]["axes"])
        if is_grid and (missing := totals["missing"]):
            raise CatalogueError(
                f"{self.location} cannot be finished: {missing} of {sum(totals.values())} points are missing."
            )
        self._remove_abandoned()
        self.here.settle()
        manifest = {
            **{name: value for name, value in attributes.items() if name != "coordinates"},
            "totals": {outcome: count for outcome, count in totals.items() if outcome != "missing"},
            "created": datetime.fromtimestamp(self.system.time(), UTC).isoformat(timespec="seconds"),
            "host": self.system.host,
            "platform": platform.platform(),
            "python": platform.python_version(),
            **facts,
            "chunks": self._chunk_counts(),
        }
        self.catalogue.create(self._manifest_path, manifest_text(manifest))

    def _remove_abandoned(self) -> None:
        """Removes files that writers left when they were killed."""
        folder, system = self.catalogue / self.experiment, self.system
        if folder.directory is None:
            return
        unfinished, begun = self._unfinished(), system.monotonic()
        while unfinished:
            watched = system.monotonic() - begun
            # Where the clock that dated it is ahead of ours, it is as old as we have watched it.
            old = [one for one in unfinished if max(one.age or 0.0, 0.0) + watched > STALLED_WRITE_S]
            folder.remove(one.name for one in old)
            are_there = folder.has([one.name for one in unfinished])
            unfinished = [one for one, is_there in zip(unfinished, are_there, strict=True) if is_there]
            if unfinished:
                system.sleep(0.05)

    def _unfinished(self) -> list[StoredObject]:
        """Returns the files that are still being written, or whose writer was killed."""
        beside = (self.catalogue / self.experiment).listing()
        # A manifest is written beside the store, and its writer may have been killed as well.
        found = [one for one in beside if one.name.startswith(f"{self.id}.") and not one.is_directory]
        found += [one._replace(name=f"{self.id}.zarr/{one.name}") for one in self.here.walk()]
        return [one for one in found if PARTIAL_NAME.fullmatch(one.name)]

    def _chunk_counts(self) -> dict[str, int]:
        """Returns how many chunks of each array are there, so that it is seen when one is not any more."""
        here, arrays = self.here, trust.arrays(self._root())
        return {name: len(Form.of(name, array).stored(here)) for name, array in sorted(arrays.items())}

    def manifest(self) -> dict[str, Any] | None:
        """Returns what `finish` wrote; None while the sweep is not finished.

        Raises
        ------
        CatalogueError
            If it is damaged, or larger or nested more deeply than is allowed.
        """
        text = self.catalogue.read(self._manifest_path, trust.LARGEST_METADATA_BYTES + 1)
        return None if text is None else parsed_manifest(text, f"{self.url}/{self._manifest_path}")

    @property
    def _manifest_path(self) -> str:
        return self.path.removesuffix(".zarr") + ".json"


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """Returns a manifest as it is written, with its checksum."""
    told = {name: value for name, value in manifest.items() if name != CHECKSUM}
    return json.dumps({**told, CHECKSUM: _checksum(told)}, indent=2, allow_nan=False) + "\n"


def parsed_manifest(text: bytes, what: str) -> dict[str, Any]:
    """Returns what a manifest tells, as `manifest_text` wrote it.

    Raises
    ------
    CatalogueError
        If it is damaged, or larger or nested more deeply than is allowed.
    """
    try:
        found = trust.parsed(text, what)
    except CatalogueError as error:
        raise CatalogueError(f"{error} Run its sweep again, which writes it anew.") from error
    checksum = found.pop(CHECKSUM, None)
    is_whole = checksum is None or checksum == _checksum(found)
    if not is_whole or not found.keys() >= set(MANIFEST_KEYS) or not all(map(_is_count, _counts_of(found))):
        raise CatalogueError(f"{what} is damaged. Run its sweep again, which writes it anew.")
    return found


def _checksum(manifest: Mapping[str, Any]) -> str:
    plain = json.dumps(manifest, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _counts_of(manifest: Mapping[str, Any]) -> list[object]:
    """Returns the numbers in a manifest that are not about what was asked."""
    chunks = manifest.get("chunks", {})
    given = [manifest[name] for name in MANIFEST_COUNTS if manifest.get(name) is not None]
    return [*given, *(chunks.values() if isinstance(chunks, dict) else [None])]


def _is_count(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= trust.LARGEST_COUNT
    )


def create(catalogue: Location, template: xr.Dataset, chunks: Mapping[str, int]) -> Store:
    """Returns the store for `template` in `catalogue`, made if it is not there.

    What the template tells of a store is written anew where it is damaged: metadata and coordinates.

    Raises
    ------
    CatalogueError
        If something else is there, an unfinished store of other versions is, it could not be read again,
        is damaged beyond that, or nothing can be written.
    """
    return established(catalogue, schema.path_of(template), schema.encode(template, chunks))


def established(catalogue: Location, path: str, contents: Mapping[str, bytes]) -> Store:
    """Returns the store at `path` that begins as `contents`, made or mended.  Raises as `create`."""
    store = Store(catalogue.url, path, system=catalogue.system)
    here = store.here
    trust.check_root(store.location, json.loads(contents[ROOT]), store.experiment, store.id)
    try:
        while (existing := _root_or_nothing(here)) is None:
            if begin(store, contents):
                return store
        done = mend(here, existing, contents, _whole_manifest(store))
        existing = done.root
        if done.is_of_unknown_versions:
            store.forget()
        if reason := schema.difference(existing, contents[ROOT]):
            raise CatalogueError(
                f"{store.location} holds another form of this sweep: {reason}. "
                "Raise the version of the experiment, or use another catalogue."
            )
        if not _is_or_was_finished(store):
            begun, here_and_now = schema.recorded_versions(existing), schema.versions()
            if begun != here_and_now:
                raise CatalogueError(
                    f"{store.location} was begun with {_listed(begun)}, and this is {_listed(here_and_now)}. "
                    "Finish it with those, or remove it."
                )
            here.write({ROOT: existing})  # changes nothing, but fails now if nothing can be written
    except OSError as error:
        raise CatalogueError(f"{store.location} cannot be written: {error}") from error
    return replace(store, remarks=tuple(_remarks(store, done)))


def _root_or_nothing(here: Location) -> bytes | None:
    """Returns the metadata of a store; nothing but a few bytes if they are a pipe or a device."""
    try:
        return here.read(ROOT, trust.LARGEST_METADATA_BYTES + 1)
    except CatalogueError:
        return b""


def _remarks(store: Store, done: Mended) -> Iterator[str]:
    if done.damages:
        more = f" and {len(done.damages) - 1} more" if len(done.damages) > 1 else ""
        yield f"{store.location} was damaged: {done.damages[0]}{more} has been written anew."
    if done.is_of_unknown_versions:
        yield (
            f"It is not known any more with which versions {store.location} was computed: all of it is "
            "computed again."
        )


def _whole_manifest(store: Store) -> dict[str, Any] | None:
    try:
        return store.manifest()
    except CatalogueError:
        return None


def _is_or_was_finished(store: Store) -> bool:
    """Returns whether there is a manifest, be it damaged: the sweep has been whole then."""
    try:
        return store.manifest() is not None
    except CatalogueError:
        return True


def begin(store: Store, contents: Mapping[str, bytes]) -> bool:
    """Writes what a store consists of where none is.

    Returns
    -------
    bool
        False if one is there by now, to which nothing has been done.

    Raises
    ------
    CatalogueError
        If there is something else, of which nothing has been changed then, or somebody else is at it.
    """
    with store.locked(alone=True):
        if _root_or_nothing(store.here) is not None:
            return False
        make_room(store.here, contents.keys())
        store.here.write(contents)
        return True


def make_room(here: Location, keys: Set[str]) -> None:
    """Removes the chunks that a killed removal has left of a store that is no more, outcomes first.

    Parameters
    ----------
    here : Location
        Where a store is to be, of which nothing says that it is there.  Whoever calls has its lock alone.
    keys : set of str
        What is written there next.

    Raises
    ------
    CatalogueError
        If there is something else.  Nothing has been removed then.
    """
    names = set(here.names())
    if foreign := names - {key.partition("/")[0] for key in keys}:
        raise CatalogueError(f"{here.url} holds something else, such as {min(foreign)}.")
    if names:
        left = [one.name for one in here.walk() if CHUNK_KEY.fullmatch(one.name) and one.name not in keys]
        here.remove(sorted(left, key=lambda key: not key.startswith(f"{OUTCOME}/")))


async def _write_all(parts: Sequence[tuple[zarr.Array[Any], tuple[slice, ...], NDArray[Any]]]) -> None:
    """Stores values in regions of arrays, side by side.

    If one of them cannot be stored, that is raised when none is under way any more.
    """
    done = await asyncio.gather(
        *(array.async_array.setitem(region, values) for array, region, values in parts),
        return_exceptions=True,
    )
    for failure in done:
        if failure is not None:
            raise failure


def arrays_of(here: Location) -> dict[str, zarr.Array[Any]]:
    """Returns the arrays of a store as it is now: another process may have removed it, and made it anew."""
    return _opened(here, stamp_of(here))


def stamp_of(here: Location) -> str:
    """Returns a stamp of the metadata of a store, which differs whenever the form of any array does.

    Raises
    ------
    CatalogueError
        If there is no store.
    """
    return hashlib.sha256(root_of(here)).hexdigest()


def root_of(here: Location) -> bytes:
    """Returns the metadata of a store.  Raises `CatalogueError` if there is no store."""
    root = here.read(ROOT, trust.LARGEST_METADATA_BYTES + 1)
    if root is None:
        raise _is_not_there(here)
    return root


def _is_not_there(here: Location) -> CatalogueError:
    return CatalogueError(f"{here.url} is not there; it may have been removed meanwhile.")


def _root_of(here: Location) -> dict[str, Any]:
    """Returns the metadata of a store.  Raises `CatalogueError` if there is none, or they may not be used."""
    directory, _, name = here.url.rpartition("/")
    root = trust.check_store(here, directory.rpartition("/")[2], name.removesuffix(".zarr"))
    if root is None:
        raise _is_not_there(here)
    return root


@functools.lru_cache(maxsize=16)
def _checked(here: Location, stamp: str) -> dict[str, Any]:
    """Returns the metadata of a store that have that stamp, read once per process: axes may be long."""
    return _root_of(here)


@functools.lru_cache(maxsize=256)
def _opened(here: Location, stamp: str) -> dict[str, zarr.Array[Any]]:
    """Returns the arrays of a store whose metadata have that stamp, after a check of all of them.

    Opened once per process: opening them takes longer than writing to them.
    """
    root = _checked(here, stamp)
    storage = CheckedStorage.of(here, root, writable=True)
    try:
        # As the metadata of the group have them, which are checked: their own may be damaged since.
        group = zarr.open_group(storage, mode="r+", zarr_format=3, use_consolidated=True)
        arrays: dict[str, Any] = {name: group[name] for name in trust.arrays(root)}
    except (ValueError, KeyError, FileNotFoundError) as error:
        raise CatalogueError(f"{here.url} is damaged, or has been removed meanwhile: {error}") from error
    points = dims_of(arrays[OUTCOME])
    return {
        name: array.with_config({"write_empty_chunks": True})
        if schema.is_always_written(name, dims_of(array), points, array.dtype)
        else array
        for name, array in arrays.items()
    }


def _chunk_keys(array: zarr.Array[Any], selection: tuple[slice, ...]) -> Iterator[str]:
    """Yields the keys of the chunks of a region that consists of whole ones."""
    sides = array.shards or array.chunks
    counted = [range(p.start // side, -(-p.stop // side)) for p, side in zip(selection, sides, strict=True)]
    for place in itertools.product(*counted):
        yield "/".join([array.basename, "c", *map(str, place)])


def dims_of(array: zarr.Array[Any]) -> tuple[str, ...]:
    return tuple(str(name) for name in getattr(array.metadata, "dimension_names", None) or ())


def _aligned(array: zarr.Array[Any], region: Mapping[str, slice]) -> tuple[slice, ...]:
    """Returns `region` along the dimensions of `array`.

    Raises `ValueError` unless it consists of whole chunks: two writers of one chunk lose each other's
    points without an error.
    """
    selection = []
    for dim, size, side in zip(dims_of(array), array.shape, array.shards or array.chunks, strict=True):
        part = region.get(dim, slice(0, size))
        inside = part.step in (None, 1) and 0 <= part.start < part.stop <= size
        if not inside or part.start % side or (part.stop % side and part.stop != size):
            raise ValueError(
                f"Region {dim}={part.start}:{part.stop} must consist of whole chunks of {side} within {size}."
            )
        selection.append(slice(part.start, part.stop))
    return tuple(selection)


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{package} {version}" for package, version in versions.items())
