"""Whether what is stored is whole, and what may be thrown away.

`verify` reads every chunk of a sweep, so that its checksum is compared, and finds what is not as it was
written; `repair` makes the blocks concerned missing, so that the next run computes these and no others.
`garbage` finds what killed processes left in a catalogue.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.catalog import index, schema, submissions, trust
from wellposed.catalog.chunks import Form, Place
from wellposed.catalog.lease import LEASE_TIMEOUT_S, is_dead
from wellposed.catalog.location import (
    LEFT_BY_THE_SYSTEM,
    PARTIAL,
    PARTIAL_NAME,
    Location,
)
from wellposed.catalog.schema import MARK, OUTCOME, REASON, ROOT
from wellposed.catalog.store import CHUNK_KEY, Store
from wellposed.catalog.system import StoredObject
from wellposed.errors import CatalogueError

LEASE_SUFFIX = ".lease"
"""How the name of a lease ends."""

MOST_MISSING_NAMED = 1000
"""How many chunks of an array are named that are missing: a stranger's may lack millions."""

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
    is_foreign : bool
        Whether it is somebody's own file, which is in nobody's way.
    """

    key: str
    reason: str
    blocks: tuple[str, ...] = ()
    is_repairable: bool = True
    is_foreign: bool = False


@dataclass(frozen=True)
class Garbage:
    """Something that is of no use to anybody.

    Attributes
    ----------
    key : str
        Relative to the catalogue; with a slash at its end, all of ours that lies beneath it.
    reason : str
    may_be_missed : bool
        Whether a person could want it back, and is to be asked.
    """

    key: str
    reason: str
    may_be_missed: bool = False


def verify(store: Store) -> list[Damage]:
    """Returns what is damaged in a sweep: nothing, if all is well.

    A chunk that holds nothing but fill values is not written, so that one is not there is no damage by
    itself.  It is if points beneath it have been asked, and the variable is one of which all chunks are
    written then.
    """
    try:
        return _damages(store, store.here)
    except PermissionError as error:  # what may not be read may be whole
        key = str(error.filename).removeprefix(f"{store.location}/")
        return [Damage(key, f"cannot be read: {error.strerror}", is_repairable=False)]


def _damages(store: Store, here: Location) -> list[Damage]:
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
    stored = _listed(here)
    points = Form.of(OUTCOME, trust.arrays(root)[OUTCOME])
    by_array = _by_array(stored, root)
    outcome = _Chunks(points, points, here, by_array)
    asked, unanswered, counts = outcome.answers(trust.arrays(root)[OUTCOME]["attributes"])
    found += outcome.damages
    coordinates = _coordinates(root, points)
    for name, array in trust.arrays(root).items():
        if name != OUTCOME:
            chunks = _Chunks(Form.of(name, array), points, here, by_array, name in coordinates)
            chunks.compare(unanswered if name == REASON else asked)
            found += chunks.damages
    if manifest is not None:
        found += _compared(manifest, root, counts, by_array, found)
    expected = {ROOT, *(f"{name}/{ROOT}" for name in trust.arrays(root))}
    for key in stored:
        if key in expected or trust.is_chunk(key, root) or LEFT_BY_THE_SYSTEM.fullmatch(key):
            continue
        if not PARTIAL_NAME.fullmatch(key):
            found.append(Damage(key, "was not written by wellposed", is_repairable=False, is_foreign=True))
        elif _is_older(stored[key], ABANDONED_WRITE_S):
            found.append(Damage(key, "was left by a writer that was killed"))
    return found


def _listed(here: Location) -> dict[str, StoredObject]:
    """Returns every file of a store by its key.

    Outcomes are listed first: the values of those are there, even while the sweep is computed.
    """
    outcomes = {f"{OUTCOME}/{one.name}" for one in (here / OUTCOME).walk()}
    return {
        one.name: one for one in here.walk() if not one.name.startswith(f"{OUTCOME}/") or one.name in outcomes
    }


def _by_array(stored: Mapping[str, StoredObject], root: Mapping[str, Any]) -> dict[str, set[Place]]:
    """Returns which chunks are there, by array."""
    places: dict[str, set[Place]] = {name: set() for name in trust.arrays(root)}
    for key in stored:
        if trust.is_chunk(key, root):
            name, _, place = key.partition("/c")
            places[name].add(tuple(int(part) for part in place.split("/")[1:]))
    return places


def _coordinates(root: Mapping[str, Any], points: Form) -> set[str]:
    """Returns the names of what is told by the question, and by no point."""
    told = root["attributes"].get("coordinates", "")
    named = told.split() if isinstance(told, str) else []
    arrays = trust.arrays(root)
    dims = {name: set(array.get("dimension_names") or ()) for name, array in arrays.items()}
    return {name for name in arrays if name in dims[name]} | {
        name for name in named if name in arrays and not set(points.dims) <= dims[name]
    }


def _compared(
    manifest: Mapping[str, Any],
    root: Mapping[str, Any],
    counts: Mapping[str, int],
    by_array: Mapping[str, set[Place]],
    found: Sequence[Damage],
) -> Iterator[Damage]:
    """Yields what the manifest of a sweep says otherwise than its store, of what is not damaged as it is."""
    told = {name: count for name, count in counts.items() if name != "missing"}
    arrays_damaged = {damage.key.partition("/")[0] for damage in found}
    if OUTCOME not in arrays_damaged and told != manifest["totals"]:
        yield Damage("", f"the outcomes are {told}, and the manifest says {manifest['totals']}")
    if manifest["request"] != root["attributes"]["request"]:
        yield Damage(ROOT, "tells of another question than the manifest", is_repairable=False)
    for name, count in manifest.get("chunks", {}).items():
        there = len(by_array.get(name, ()))
        is_told = name in arrays_damaged or (name == OUTCOME and told != manifest["totals"])
        if there > count and not is_told:
            # It was damaged when the manifest was written, and is not any more.
            yield Damage("", f"{name}: {there} chunks are there, and the manifest says {count:g}")
        elif there != count and not is_told:
            yield _lost(name, root, by_array, f"{there} of {count:g} chunks are there")


def _lost(name: str, root: Mapping[str, Any], by_array: Mapping[str, set[Place]], reason: str) -> Damage:
    """Returns the damage that chunks of an array are gone of which it is not known which were there."""
    if name not in trust.arrays(root):
        return Damage(name, reason, is_repairable=False)
    form, points = (Form.of(one, trust.arrays(root)[one]) for one in (name, OUTCOME))
    if name in _coordinates(root, points):
        return Damage(name, reason, is_repairable=False)
    if not set(points.dims) <= set(form.dims):
        return Damage("", f"{name}: {reason}")
    along = [form.dims.index(dim) for dim in points.dims]
    there = {tuple(place[i] for i in along) for place in by_array[name]}
    return Damage(
        "",
        f"{name}: {reason}",
        tuple(points.key(place) for place in sorted(by_array[OUTCOME] - there)),
    )


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
    blocks = sorted({block for damage in mendable for block in damage.blocks})
    keys = [*blocks, *sorted({damage.key for damage in mendable} - {"", *blocks})]
    manifest = f"{store.experiment}/{store.id}{index.MANIFEST_SUFFIX}"
    _refuse_links(store.catalogue, [manifest, *(f"{store.path}/{key}" for key in [ROOT, *keys])])
    with store.locked(alone=True):
        if any(not damage.key.endswith(PARTIAL) for damage in mendable):
            store.catalogue.remove([manifest])
        # Outcomes first: what says ``ok`` is there, at every moment.
        store.here.remove(keys)
    return len(blocks)


def _refuse_links(catalogue: Location, keys: Iterable[str]) -> None:
    """Raises `CatalogueError` if one of `keys` lies behind a link: what that leads to is somebody's.

    One that is a link itself is removed as one.
    """
    for folder in dict.fromkeys(key.rpartition("/")[0] for key in keys):
        if (link := catalogue.link_above(folder)) is not None:
            raise CatalogueError(
                f"{catalogue.url}/{link} is a link, and what it leads to is left alone; "
                "mend or remove it there."
            )


def holder(store: Store) -> dict[str, Any] | None:
    """Returns who is computing a sweep now, by the lease that they renew; None if nobody alive is."""
    for found in (store.catalogue / store.experiment).listing():
        if found.name == store.id + LEASE_SUFFIX and not _is_older(found, LEASE_TIMEOUT_S):
            found_holder = store.lease().holder()
            return None if found_holder is None or is_dead(found_holder, store.system) else found_holder
    return None


def remove(store: Store) -> list[str]:
    """Removes a sweep, and first of all what says that it is there; of a link to one, the link.

    Returns
    -------
    list of str
        What lies there besides, relative to the store: it is somebody's own, and left where it is.

    Raises
    ------
    CatalogueError
        If a run is computing it, its folder is a link, or nothing says that it is ours.
    """

    def refuse(holder: str) -> None:
        raise CatalogueError(f"{store.location} is being computed by {holder}; end that first.")

    catalogue, beside = store.catalogue, f"{store.experiment}/{store.id}"
    left = store.lease().holder()
    if (found := holder(store)) is not None:
        refuse(f"process {found.get('pid')} on {found.get('host')}")
    _refuse_links(catalogue, [store.path])
    if catalogue.link_above(store.path) is not None:
        catalogue.remove([f"{beside}{index.MANIFEST_SUFFIX}", store.path])
        return []
    if not _is_ours(catalogue, store):
        raise CatalogueError(f"Nothing in {store.location} says that it is ours, so it is left alone.")
    if left is not None:  # by one that was killed, unless somebody has taken it since
        if (now := store.lease().holder()) != left:
            refuse(f"process {(now or {}).get('pid')} on {(now or {}).get('host')}")
        catalogue.remove([f"{beside}{LEASE_SUFFIX}"])
    # A run that begins meanwhile waits, and finds that it is gone: it would write among what is removed.
    with store.lease().held(refuse), store.locked(alone=True):
        return _removed(store)


def _removed(store: Store) -> list[str]:
    catalogue, here = store.catalogue, store.here
    files = here.walk()
    ours = [one.name for one in files if not one.is_link and _is_called_as_ours(one.name)]
    others = sorted({one.name for one in files} - set(ours))
    manifest = f"{store.experiment}/{store.id}{index.MANIFEST_SUFFIX}"
    catalogue.remove([manifest, f"{store.path}/{ROOT}"])
    if here.directory is None and not others:
        (here / f"{OUTCOME}/c").remove_all()
        here.remove_all()
    else:
        # The mark goes last: it is known as ours until nothing of it is left.
        here.remove(sorted(ours, key=lambda key: (key == MARK, not key.startswith(f"{OUTCOME}/"), key)))
        here.remove_empty()
    return others


def _is_ours(catalogue: Location, store: Store) -> bool:
    """Returns whether anything says that a store is, was or was to be one of ours."""
    if has_mark(catalogue / store.path):
        return True
    told = _told(catalogue, f"{store.path}/{ROOT}") or {}
    for about in (told.get("attributes"), _told(catalogue, f"{store.experiment}/{store.id}.json")):
        if isinstance(about, dict) and about.get("sweep_id") == store.id:
            return True
    return False


def _is_called_as_ours(key: str) -> bool:
    """Returns whether a file in a store of ours is named as we name them, or lies in every folder."""
    is_metadata = key == ROOT or (key.count("/") == 1 and key.endswith(f"/{ROOT}"))
    return is_metadata or any(name.fullmatch(key) for name in (CHUNK_KEY, PARTIAL_NAME, LEFT_BY_THE_SYSTEM))


def has_mark(here: Location) -> bool:
    """Returns whether something has what every store of ours has from its first moment to its last."""
    return trust.is_outcome(_told(here, MARK))


def garbage(catalogue: Location, *, unfinished: bool = False) -> list[Garbage]:
    """Returns what killed processes left behind.

    Parameters
    ----------
    catalogue : Location
    unfinished : bool
        Whether sweeps that nobody has added to for a day count too, though a run could complete them.
    """
    found: list[Garbage] = []
    links = {one.name for one in catalogue.listing() if one.is_link}
    for experiment in index.experiments(catalogue):
        if experiment in links:  # what it leads to is somebody's
            continue
        try:
            files = (catalogue / experiment).walk()
        except PermissionError as error:
            warnings.warn(f"{error.filename} is left alone: {error.strerror}", stacklevel=2)
            continue
        beneath: dict[str, list[StoredObject]] = {}
        for one in files:
            if not one.is_link:
                beneath.setdefault(one.name.partition("/")[0], []).append(one)
        listed = (catalogue / experiment).listing()
        stores = {one.name for one in listed if index.is_store(one.name) and one.is_directory}
        for name in sorted(stores - {one.name for one in listed if one.is_link}):
            found += _of_store(catalogue, f"{experiment}/{name}", beneath, unfinished=unfinished)
        for name in sorted(beneath.keys() - stores):
            found += _beside(catalogue, f"{experiment}/{name}", beneath[name][0], stores, beneath)
        if not listed:
            found.append(Garbage(f"{experiment}/", "is empty", may_be_missed=True))
    found += [
        Garbage(one.name, "was left by a writer that was killed")
        for one in catalogue.listing()
        if not one.is_directory and not one.is_link and _is_abandoned(one)
    ]
    if submissions.FOLDER not in links:
        found += _of_submissions(catalogue)
    return found


def _of_submissions(catalogue: Location) -> Iterator[Garbage]:
    """Yields what is of no use any more of what tells of submissions.

    A question that is not answered is not among it: who submitted it may want to know what became of it.
    """
    known = {one.id: one for one in submissions.submissions(catalogue)}
    for one in (catalogue / submissions.FOLDER).listing():
        key, told = f"{submissions.FOLDER}/{one.name}", known.get(one.name.removesuffix(submissions.SUFFIX))
        if one.is_directory or one.is_link:
            continue
        if _is_abandoned(one):
            yield Garbage(key, "was left by a writer that was killed")
        elif told and _is_older(one, ABANDONED_SWEEP_S) and (end := submissions.end_of(told, catalogue)):
            yield Garbage(key, f"is the record of a submission that {end}")


def dispose(catalogue: Location, found: Sequence[Garbage]) -> None:
    """Removes garbage, and what is ours of it alone.

    Raises
    ------
    CatalogueError
        If a run has begun to compute some of it since it was found.
    """
    for one in found:
        path = one.key.rstrip("/")
        if not one.key.endswith("/"):
            _refuse_links(catalogue, [path])
            catalogue.remove([path])
        elif index.is_store(path.rpartition("/")[2]) and (catalogue / path).walk():
            remove(Store(catalogue.url, path, system=catalogue.system))
        else:
            (catalogue / path).remove_empty()


def _is_abandoned(one: StoredObject) -> bool:
    return PARTIAL_NAME.fullmatch(one.name) is not None and _is_older(one, ABANDONED_WRITE_S)


def _of_store(
    catalogue: Location, path: str, beneath: Mapping[str, Sequence[StoredObject]], *, unfinished: bool
) -> Iterator[Garbage]:
    experiment, _, name = path.rpartition("/")
    files = beneath.get(name, ())
    id = name.removesuffix(index.STORE)
    if not files:
        yield Garbage(f"{path}/", "is empty", may_be_missed=True)
        return
    is_ours = has_mark(catalogue / path)
    if is_ours and f"{name}/{ROOT}" not in {one.name for one in files}:
        if all(_is_older(one, ABANDONED_STORE_S) for one in files):
            yield Garbage(f"{path}/", "is a store whose making or removal did not end", may_be_missed=True)
        return
    is_finished = id + index.MANIFEST_SUFFIX in beneath
    is_computed = any(not _is_older(one, LEASE_TIMEOUT_S) for one in beneath.get(id + LEASE_SUFFIX, ()))
    is_old = all(_is_older(one, ABANDONED_SWEEP_S) for one in files)
    if (
        unfinished
        and is_old
        and not is_finished
        and not is_computed
        and is_ours
        and _is_stated(catalogue, path)
    ):
        yield Garbage(f"{path}/", "is an unfinished sweep that nobody computes", may_be_missed=True)
        return
    for one in files:
        if _is_abandoned(one):
            yield Garbage(f"{experiment}/{one.name}", "was left by a writer that was killed")


def _is_stated(catalogue: Location, path: str) -> bool:
    """Returns whether the metadata of a store say that it is the one of its path, and may be used."""
    experiment, _, name = path.rpartition("/")
    try:
        return trust.check_store(catalogue / path, experiment, name.removesuffix(index.STORE)) is not None
    except (CatalogueError, OSError):
        return False


def _beside(
    catalogue: Location,
    path: str,
    one: StoredObject,
    stores: set[str],
    beneath: Mapping[str, Sequence[StoredObject]],
) -> Iterator[Garbage]:
    name = path.rpartition("/")[2]
    if one.name != name or not _is_older(one, ABANDONED_WRITE_S):  # a folder of somebody's, or it is written
        return
    if PARTIAL_NAME.fullmatch(name):
        yield Garbage(path, "was left by a writer that was killed")
    elif name.endswith(LEASE_SUFFIX) and _is_older(one, ABANDONED_STORE_S):
        if (_told(catalogue, path) or {}).keys() >= {"host", "pid"}:
            yield Garbage(path, "is the lease of a run that was killed")
    elif name.endswith(index.MANIFEST_SUFFIX):
        id = name.removesuffix(index.MANIFEST_SUFFIX)
        is_alone = f"{id}{index.STORE}" not in stores and f"{id}{index.STORE}" not in beneath
        if not is_alone or not _is_older(one, ABANDONED_STORE_S):
            return
        if (_told(catalogue, path) or {}).get("sweep_id") == id:  # or it is somebody's own file
            yield Garbage(path, "is the manifest of a store that is not there", may_be_missed=True)


def _told(catalogue: Location, key: str) -> dict[str, Any] | None:
    try:
        return trust.read(catalogue, key)
    except (CatalogueError, OSError):
        return None


class _Chunks:
    """The chunks of one array, compared with what became of the points beneath them."""

    def __init__(
        self,
        form: Form,
        points: Form,
        here: Location,
        by_array: Mapping[str, set[Place]],
        is_coordinate: bool = False,
    ) -> None:
        self.form, self.points, self.here, self.is_coordinate = form, points, here, is_coordinate
        self.places = by_array[form.name]
        # The coordinate of an axis is told by no point, even where it is the only axis.
        is_of_points = form.name not in form.dims and set(points.dims) <= set(form.dims)
        self.along = [form.dims.index(dim) for dim in points.dims] if is_of_points else None
        dtype = np.dtype(object) if form.dtype is None else form.dtype
        self.is_always_written = schema.is_always_written(form.name, form.dims, points.dims, dtype)
        self.damages: list[Damage] = []

    def answers(self, attributes: Mapping[str, Any]) -> tuple[list[Place], list[Place], dict[str, int]]:
        """Returns which chunks of the outcome have points that were asked, and which have some without an
        answer, and how many points are of each kind."""
        codes = dict(zip(attributes["flag_meanings"].split(), attributes["flag_values"], strict=True))
        counts = np.zeros(256, np.int64)
        asked, unanswered = [], []
        for place, values in self.read():
            counts += np.bincount(values.reshape(-1), minlength=256)
            if (values != codes["missing"]).any():
                asked.append(place)
            if not np.isin(values, [codes["missing"], codes["ok"]]).all():
                unanswered.append(place)
        counts[0] += math.prod(self.form.shape) - int(counts.sum())
        return asked, unanswered, {meaning: int(counts[code]) for meaning, code in codes.items()}

    def read(self) -> Iterator[tuple[Place, NDArray[Any]]]:
        """Yields every chunk that is there and whole; those that are not are added to the damages."""
        for place, values in self.form.read(self.here, sorted(self.places)):
            if isinstance(values, str):
                self.damages.append(self._damage(place, values))
            else:
                yield place, values

    def compare(self, asked: Iterable[Place]) -> None:
        """Finds chunks that are damaged, or are missing beside these chunks of the outcome."""
        for _ in self.read():
            pass
        # Where a point has no answer, there is a reason.
        if (self.is_always_written or self.form.name == REASON) and (
            self.along is not None or self.is_coordinate
        ):
            lacking = (place for place in self._expected(asked) if place not in self.places)
            some = itertools.islice(lacking, MOST_MISSING_NAMED)
            self.damages += [self._damage(place, "is missing") for place in some]

    def _expected(self, asked: Iterable[Place]) -> Iterator[Place]:
        """Yields which chunks there must be, beside these chunks of the outcome."""
        if self.along is None:
            yield from self.form.places()
            return
        counts = self.form.counts
        own = [range(n) for i, n in enumerate(counts) if i not in self.along]
        for outcome in asked:
            of_points = dict(zip(self.along, outcome, strict=True))
            for rest in itertools.product(*own):
                others = iter(rest)
                yield tuple(of_points[i] if i in of_points else next(others) for i in range(len(counts)))

    def _damage(self, place: Place, reason: str) -> Damage:
        key = self.form.key(place)
        if self.along is not None:
            return Damage(key, reason, (self.points.key(tuple(place[i] for i in self.along)),))
        # What is told of a line is found again from what is stored of its points; a coordinate is not.
        return Damage(key, reason, is_repairable=bool(self.form.dims) and not self.is_coordinate)


def _is_older(found: StoredObject, seconds: float) -> bool:
    return found.age is not None and found.age > seconds
