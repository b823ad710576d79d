"""What a catalogue holds, in brief, without opening each of its sweeps.

A finished sweep is told by its manifest, which is written once and never changed.  So what manifests tell can
be kept in one file beside them, the index: it spares reading ten thousand of them, and only those that are
new are read.  It is a cache and nothing more.  Whoever reads many manifests leaves it behind, in one step;
whoever finds it missing, old or damaged reads the manifests.  An entry counts only as long as the file system
tells the same about its manifest as when it was read.
"""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from wellposed.catalog import trust
from wellposed.catalog.location import Location
from wellposed.catalog.schema import NAME, ROOT
from wellposed.catalog.store import Store, parsed_manifest
from wellposed.catalog.system import StoredObject
from wellposed.errors import CatalogueError

INDEX = "index.json"
FORMAT = "wellposed index 2"

FEWEST_NEW_MANIFESTS = 100
"""From how many manifests on that are new to it the index is written again: fewer are read as quickly."""

MOST_CHOICES = 64
"""How many words along an axis are kept at most; of more, they are looked for in the sweep itself."""

LATEST_S = 2**33
"""Seconds since 1970, in the year 2242, before which everything has been written: all clocks can tell it."""

STORE, MANIFEST_SUFFIX = ".zarr", ".json"


class Axis(NamedTuple):
    """The values of a parameter along an axis, in brief.

    Attributes
    ----------
    size : int
    lower, upper : float or int, optional
        If they are numbers.
    choices : tuple of str, optional
        If they are words, and not too many.
    """

    size: int
    lower: float | None = None
    upper: float | None = None
    choices: tuple[str, ...] | None = None


class Summary(NamedTuple):
    """What a manifest tells, in brief.

    Attributes
    ----------
    version : int
        The version of the experiment.
    kind : str
    axes : mapping of str to Axis
    fixed : mapping of str to value
    totals : mapping of str to int
        How many points there are of each outcome.
    created : float
        Seconds since 1970.
    along : str, optional
        The parameter that a boundary search is along.
    fingerprint : str, optional
        The fingerprint of the source of the experiment, if it has one.
    """

    version: int
    kind: str
    axes: Mapping[str, Axis]
    fixed: Mapping[str, Any]
    totals: Mapping[str, int]
    created: float
    along: str | None = None
    fingerprint: str | None = None

    def kinds(self) -> dict[str, bool]:
        """Returns whether each parameter is text."""
        along = {} if self.along is None else {self.along: False}
        axes = {name: axis.lower is None for name, axis in self.axes.items() if axis.size}
        return {**axes, **{name: isinstance(value, str) for name, value in self.fixed.items()}, **along}

    @classmethod
    def of(cls, manifest: Mapping[str, Any], what: str) -> Summary:
        """Returns the summary of `manifest`; raises `CatalogueError` about `what` if it is damaged."""
        try:
            request, totals = manifest["request"], manifest["totals"]
            return cls(
                version=_count(manifest["experiment_version"]),
                kind=str(manifest["kind"]),
                axes={str(name): _axis(values) for name, values in request["axes"].items()},
                fixed={str(name): _plain(value) for name, value in request["fixed"].items()},
                totals={str(name): _count(count) for name, count in totals.items()},
                created=_seconds(manifest["created"]),
                along=str(request["along"]) if "along" in request else None,
                fingerprint=str(request["fingerprint"]) if "fingerprint" in request else None,
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise CatalogueError(f"{what} is damaged. Run its sweep again, which writes it anew.") from error


class Listed(NamedTuple):
    """A sweep that has been found.

    Attributes
    ----------
    store : Store
    summary : Summary, optional
        If it is finished, and what says so is whole.
    damage : str
        What is wrong with its manifest or its metadata, or nothing.
    """

    store: Store
    summary: Summary | None
    damage: str = ""


class _Known(NamedTuple):
    """What the index tells of a sweep, as long as the stamps of its manifest and its metadata are these."""

    stamp: str
    summary: Summary
    root_stamp: str = ""
    damage: str = ""


def found(catalogue: Location, experiment: str | None = None) -> list[tuple[Store, StoredObject | None]]:
    """Returns every sweep of a catalogue, or of an experiment, with the file of its manifest if it has one.

    Sorted by experiment and id.  Nothing is read but what says that an unfinished sweep is there.  Folders of
    experiments that may not be read are left out, and a warning names them.
    """
    stores: list[tuple[Store, StoredObject | None]] = []
    for name in experiments(catalogue, experiment):
        entries = {entry.name: entry for entry in _listing(catalogue / name)}
        ids = [entry.removesuffix(STORE) for entry in entries if is_store(entry)]
        stores += [
            (
                Store(catalogue.url, f"{name}/{id}{STORE}", system=catalogue.system),
                entries.get(id + MANIFEST_SUFFIX),
            )
            for id in ids
        ]
    unfinished = [store for store, manifest in stores if manifest is None]
    begun = catalogue.has([f"{store.path}/{ROOT}" for store in unfinished])
    absent = {store for store, is_there in zip(unfinished, begun, strict=True) if not is_there}
    return [(store, manifest) for store, manifest in stores if store not in absent]


def _listing(folder: Location) -> list[StoredObject]:
    try:
        return folder.listing()
    except PermissionError as error:  # of another user: in nobody's way
        warnings.warn(f"{folder.url} is left out: {error.strerror}", stacklevel=4)
        return []


def listed(catalogue: Location, experiment: str | None = None) -> list[Listed]:
    """Returns every sweep of a catalogue, or of an experiment, sorted by experiment and id.

    One whose manifest is damaged is listed as unfinished: what it holds is read from its store.  Of one that
    is finished, it is looked at whether its metadata may be used; not so on object stores, where it costs a
    request each.
    """
    stores = found(catalogue, experiment)
    known = _read_index(catalogue)
    stamps = {_key(store): manifest.stamp for store, manifest in stores if manifest is not None}
    new = [key for key, stamp in stamps.items() if key not in known or known[key].stamp != stamp]
    damages: dict[str, str] = {}
    for key, text in zip(new, _contents(catalogue, new), strict=True):
        known.pop(key, None)
        if text is None:  # it has been removed meanwhile
            continue
        try:
            if isinstance(text, CatalogueError):
                raise text
            known[key] = _Known(stamps[key], summary(text, f"{catalogue.url}/{key}"))
        except CatalogueError as error:
            damages[key] = str(error)
    looked_at = _look_at_stores(catalogue, [store for store, _ in stores if _key(store) in known], known)
    if max(len(new), looked_at) >= FEWEST_NEW_MANIFESTS:
        of_others = {} if experiment is None else known
        _write_index(catalogue, {**of_others, **{key: known[key] for key in stamps if key in known}})
    return [
        Listed(store, None, damages.get(_key(store), ""))
        if manifest is None or _key(store) not in known
        else Listed(store, known[_key(store)].summary, known[_key(store)].damage)
        for store, manifest in stores
    ]


def _look_at_stores(catalogue: Location, stores: Sequence[Store], known: dict[str, _Known]) -> int:
    """Enters what is wrong with the metadata of finished sweeps that have changed since they were read.

    Returns
    -------
    int
        How many had to be read.
    """
    roots = catalogue.stamps([f"{store.path}/{ROOT}" for store in stores])
    changed = [
        (store, stamp)
        for store, stamp in zip(stores, roots, strict=True)
        if stamp is not None and known[_key(store)].root_stamp != stamp
    ]
    contents = _contents(catalogue, [f"{store.path}/{ROOT}" for store, _ in changed])
    for (store, stamp), text in zip(changed, contents, strict=True):
        damage = _damage_of_root(store, text)
        known[_key(store)] = known[_key(store)]._replace(root_stamp=stamp, damage=damage)
    return len(changed)


def _damage_of_root(store: Store, text: bytes | CatalogueError | None) -> str:
    try:
        if isinstance(text, CatalogueError):
            raise text
        if text is None:
            return f"{store.location} is not there, though its manifest is."
        trust.check_root(
            store.location, trust.parsed(text, f"{store.location}/{ROOT}"), store.experiment, store.id
        )
    except CatalogueError as error:
        return str(error)
    return ""


def _contents(catalogue: Location, keys: Sequence[str]) -> list[bytes | CatalogueError | None]:
    """Returns what lies under each of `keys`, or why that cannot be read."""
    most = trust.LARGEST_METADATA_BYTES + 1
    try:
        return list(catalogue.read_all(keys, most))
    except (CatalogueError, OSError) as error:
        if len(keys) == 1:
            return [CatalogueError(str(error))]
        return [one for key in keys for one in _contents(catalogue, [key])]


def experiments(catalogue: Location, experiment: str | None = None) -> list[str]:
    """Returns the names of the experiments that a catalogue holds sweeps of, or of one alone."""
    return [
        found.name
        for found in catalogue.listing()
        if found.is_directory and NAME.fullmatch(found.name) and experiment in (None, found.name)
    ]


def is_store(name: str) -> bool:
    """Returns whether something is called as a store is."""
    return name.endswith(STORE) and NAME.fullmatch(name) is not None


def manifest(store: Store) -> dict[str, Any] | None:
    """Returns what the manifest of a sweep tells, checked; None while the sweep is not finished.

    Raises
    ------
    CatalogueError
        If it is damaged, or larger or nested more deeply than is allowed.
    """
    told = store.manifest()
    if told is not None:
        Summary.of(told, f"{store.url}/{_key(store)}")
    return told


def summary(text: bytes, what: str) -> Summary:
    """Returns the summary of a manifest, as it is written.

    Raises
    ------
    CatalogueError
        If it is damaged, or larger or nested more deeply than is allowed.
    """
    return Summary.of(parsed_manifest(text, what), what)


def _read_index(catalogue: Location) -> dict[str, _Known]:
    """Returns what the index tells of each manifest, by key; nothing if it is damaged."""
    try:
        found = trust.read(catalogue, INDEX)
        if found is None or found["format"] != FORMAT:
            return {}
        return {
            key: _Known(str(stamp), _from_json(told), str(root_stamp), str(damage))
            for key, (stamp, told, root_stamp, damage) in found["manifests"].items()
        }
    except (CatalogueError, OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return {}


def _as_json(one: Summary) -> dict[str, Any]:
    axes = {name: [axis.size, axis.lower, axis.upper, axis.choices] for name, axis in one.axes.items()}
    return {**one._asdict(), "axes": axes}


def _from_json(told: Mapping[str, Any]) -> Summary:
    axes = {
        name: Axis(
            int(size),
            None if lower is None else _number(lower),
            None if upper is None else _number(upper),
            None if choices is None else tuple(map(str, choices)),
        )
        for name, (size, lower, upper, choices) in told["axes"].items()
    }
    return Summary(
        version=_count(told["version"]),
        kind=str(told["kind"]),
        axes=axes,
        fixed=dict(told["fixed"]),
        totals={name: int(count) for name, count in told["totals"].items()},
        created=float(told["created"]),
        along=told["along"],
        fingerprint=told.get("fingerprint"),
    )


def _write_index(catalogue: Location, known: Mapping[str, _Known]) -> None:
    """Writes the index, where that is allowed."""
    manifests = {
        key: [one.stamp, _as_json(one.summary), one.root_stamp, one.damage] for key, one in known.items()
    }
    text = json.dumps({"format": FORMAT, "manifests": manifests}, separators=(",", ":"))
    try:
        catalogue.write({INDEX: text.encode()})
    except OSError:  # a catalogue that may only be read is listed all the same
        return


def _key(store: Store) -> str:
    return f"{store.experiment}/{store.id}{MANIFEST_SUFFIX}"


def _axis(values: Sequence[Any]) -> Axis:
    if not isinstance(values, list):
        raise TypeError
    if values and all(isinstance(value, str) for value in values):
        return Axis(len(values), choices=tuple(values) if len(values) <= MOST_CHOICES else None)
    if not values:
        return Axis(0)
    lower, upper = _number(min(values)), _number(max(values))
    if not (math.isfinite(lower) and math.isfinite(upper)):
        raise ValueError
    return Axis(len(values), lower, upper)


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    float(value)  # which raises `OverflowError` where no computation could use it
    return value


def _count(value: object) -> int:
    count = int(_number(value))
    if not 0 <= count <= trust.LARGEST_COUNT:
        raise ValueError
    return count


def _plain(value: object) -> Any:
    if not isinstance(value, str | int | float | None):
        raise TypeError
    if isinstance(value, int):
        float(value)  # which raises `OverflowError` where no computation could use it
    return value


def _seconds(created: str) -> float:
    """Returns a time in ISO 8601, which is UTC without a zone, as seconds since 1970."""
    when = datetime.fromisoformat(created)
    seconds = (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    if not 0 <= seconds < LATEST_S:
        raise ValueError
    return seconds
