"""What a catalogue holds: as a table, as a tree, and selected by what was asked as lazy datasets."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import xarray as xr

from wellposed.catalog import health, index, merge, selection, trust
from wellposed.catalog import store as storing
from wellposed.catalog.index import Listed
from wellposed.catalog.location import Location
from wellposed.catalog.store import Store
from wellposed.catalog.system import OPERATING_SYSTEM, System
from wellposed.errors import CatalogueError

MARKER = "catalogue.json"
FORMAT = {"format": "wellposed catalogue", "version": 1}

COLUMNS = (
    "id",
    "experiment",
    "version",
    "fingerprint",
    "kind",
    "along",
    "axes",
    "fixed",
    "ok",
    "unresolved",
    "failed",
    "missing",
    "finished",
    "created",
    "computed_by",
    "damage",
)


DATE_OF_UNFINISHED = "1970-01-01"
"""The date of creation that a summary has where there is none."""


@dataclass(frozen=True)
class Catalogue:
    """The sweeps at one place.  Made by `open`.

    Attributes
    ----------
    url : str
    system : System
        The machine whose files and clock are meant.
    """

    url: str
    system: System = field(default=OPERATING_SYSTEM, repr=False)

    @property
    def location(self) -> Location:
        """Returns where it is."""
        return Location(self.url, self.system)

    def create(self, template: xr.Dataset, chunks: Mapping[str, int]) -> Store:
        """Returns the store for `template`, at ``<experiment>/<sweep id>.zarr``; made if it is not there.

        Parameters
        ----------
        template : Dataset
            Coordinates, the shapes of the variables, and what it is (see `wellposed.catalog.schema`).
        chunks : mapping of str to int
            How long a chunk is along the dimensions of the points.  A store that is there keeps its own.

        Raises
        ------
        CatalogueError
            If something else is there, an unfinished store of other versions is, or nothing can be written.
        """
        return storing.create(self.location, template, chunks)

    def stores(self, experiment: str | None = None) -> list[Store]:
        """Returns every sweep, or every one of an experiment, sorted by experiment and id."""
        return [store for store, _ in index.found(self.location, experiment)]

    def find(self, id: str) -> Store:
        """Returns the one sweep whose id begins with `id`.

        Raises
        ------
        CatalogueError
            If there is none, or more than one.
        """
        found = [store for store in self.stores() if id and store.id.startswith(id)]
        if len(found) != 1:
            listed = ", ".join(store.id for store in found) or "none"
            raise CatalogueError(f"An id must begin one sweep in {self.url}, but {id!r} begins {listed}.")
        return found[0]

    def table(self, experiment: str | None = None) -> pd.DataFrame:
        """Returns a table of all sweeps, or those of an experiment: what was asked, and what became of it.

        ``along`` is the parameter of a search, and ``computed_by`` the process that computes it now, if one
        does.
        A sweep whose manifest is damaged is listed as unfinished, and one that is itself damaged, or that
        nobody here wrote, as of the kind "damaged"; what is wrong with it is its ``damage``.
        """
        table = pd.DataFrame(self.rows(experiment), columns=list(COLUMNS))
        return table.assign(created=pd.to_datetime(table["created"], utc=True))

    def rows(self, experiment: str | None = None) -> list[dict[str, Any]]:
        """Returns the rows of `table`; the date of what is not finished is None."""
        return [_row(one) for one in index.listed(self.location, experiment)]

    def to_pandas(self, experiment: str | None = None) -> pd.DataFrame:
        """Returns the same as `table`, by the name that such a method has in xarray."""
        return self.table(experiment)

    def search(
        self,
        experiment: str | None = None,
        *,
        version: Any = None,
        outcome: str | Iterable[str] | None = None,
        created_after: str | datetime | None = None,
        created_before: str | datetime | None = None,
        **selectors: Any,
    ) -> list[xr.Dataset]:
        """Returns lazy datasets of what is stored at the parameters selected.

        Parameters
        ----------
        experiment : str, optional
            All, if not given.
        version : int, several or slice, optional
            The version of the experiment.
        outcome : str or several, optional
            Such as ``"ok"``.
        created_after, created_before : datetime or text in ISO 8601, optional
            When the sweep was finished, both included; without a zone, it is UTC.  Unfinished ones are left
            out then.
        **selectors
            For each parameter a value, several, or a slice, which includes both its ends; text has none.

        Returns
        -------
        list of Dataset
            One for each sweep that has such points, cut down to them; one that cannot be read is left out,
            and a warning names it.  Where a parameter is scattered, as
            the evaluations of a boundary search are, points outside the selection are missing; so are
            those of another outcome.

        Raises
        ------
        CatalogueError
            If no sweep searched has such a parameter or outcome, or a selector is of the wrong kind.
        """
        if not isinstance(experiment, str | None):
            raise CatalogueError(f"Selector `experiment` must be a name, but is {experiment!r}.")
        selectors = {name: selection.listed(wanted) for name, wanted in selectors.items()}
        after, before = _moment("created_after", created_after), _moment("created_before", created_before)
        if version is not None:
            version = selection.listed(version)
            selection.check("version", version, is_text=False)
        if outcome is not None:
            outcome = selection.listed(outcome)
        everything = index.listed(self.location, experiment)
        # All of them first, as a mistake must not depend on what is found.
        everything = _check(everything, selectors, outcome)
        chosen = [
            one
            for one in everything
            if one.summary is None or selection.may_hold(one.summary, selectors, outcome, version)
        ]
        if after is not None or before is not None:
            chosen = [one for one in chosen if _is_between(one, after, before)]
        found = []
        for _, opened in _readable([one.store for one in chosen]):
            dataset = selection.select(opened, selectors)
            if dataset is None or not selection.has_version(dataset, version):
                continue
            if outcome is not None:
                dataset = selection.with_outcome(dataset, outcome)
            if dataset is not None:
                found.append(dataset)
        return found

    def tree(self, experiment: str | None = None) -> xr.DataTree:
        """Returns every sweep, or those of an experiment, as one tree of lazy datasets: ``experiment/id``.

        The node of an experiment has its title and source as attributes, the root the catalogue's URL.  A
        sweep that cannot be read is left out, and a warning names it.
        """
        sweeps = {
            f"/{store.experiment}/{store.id}": dataset
            for store, dataset in _readable(self.stores(experiment))
        }
        titles = {
            f"/{sweep.attrs['experiment']}": xr.Dataset(
                attrs={name: sweep.attrs[name] for name in ("title", "source") if name in sweep.attrs}
            )
            for sweep in sweeps.values()
            if "title" in sweep.attrs
        }
        return xr.DataTree.from_dict({"/": xr.Dataset(attrs={"catalogue": self.url}), **titles, **sweeps})

    def concat(
        self,
        experiment: str,
        *,
        version: int | None = None,
        fingerprint: str = "",
        conflicts: Literal["raise", "mark"] = "raise",
    ) -> xr.Dataset:
        """Returns what all sweeps of an experiment found, over the grid of all their points.

        Parameters
        ----------
        experiment : str
        version : int, optional
            The version of the experiment; the highest there is, if not given.
        fingerprint : str, optional
            How that of its source begins.  It must be given of an experiment in a file that has been edited.
        conflicts : str
            What becomes of points at which two sweeps disagree.  With ``"mark"`` they are missing, and the
            variable ``conflict`` is true there.

        Returns
        -------
        Dataset
            In memory.  A parameter that differs between sweeps is a dimension.  Where no sweep has a point,
            it is missing.  A sweep that cannot be read is left out, and a warning names it.

        Raises
        ------
        ConflictError
            If two sweeps disagree, which their points tell.
        CatalogueError
            If there is no such sweep, they are of several states of a source, or the grid of all points is
            larger than can be held.
        """
        here = self.location
        listed = [one for one in index.listed(here, experiment) if _is_sweep(one)]
        # One that is unfinished tells its version when it is opened.
        opened = dict(_readable([one.store for one in listed if one.summary is None]))
        versions: dict[Store, Any] = {
            one.store: one.summary.version if one.summary else opened[one.store].attrs["experiment_version"]
            for one in listed
            if one.summary or (one.store in opened and opened[one.store].attrs.get("kind") == "sweep")
        }
        if version is None:
            version = max(versions.values(), default=None)
        chosen = [store for store, stated in versions.items() if stated == version]
        opened |= _readable([store for store in chosen if store not in opened])
        sweeps = [opened[store] for store in chosen if store in opened]
        states = [str(sweep.attrs["request"].get("fingerprint", "")) for sweep in sweeps]
        sweeps = [one for one, state in zip(sweeps, states, strict=True) if state.startswith(fingerprint)]
        if len(found := sorted({state for state in states if state.startswith(fingerprint)})) > 1:
            raise CatalogueError(
                f"{self.url} has sweeps of {len(found)} states of the source of {experiment}: one of "
                f"{', '.join(state or 'none' for state in found)} must be given as `fingerprint`."
            )
        if not sweeps:
            raise CatalogueError(f"{self.url} has no sweep of {experiment}.")
        return merge.concat(sweeps, conflicts)


def open(url: str | Path, *, writable: bool = False, system: System = OPERATING_SYSTEM) -> Catalogue:
    """Returns the catalogue at `url`: a path, or any URL that fsspec knows.

    A catalogue on S3 takes its server and the keys to it from the environment or files, as all of AWS's own
    tools do: ``AWS_ENDPOINT_URL``, ``AWS_PROFILE`` and so on.  One in memory (``memory://...``) ends with the
    process.

    Parameters
    ----------
    url : str or Path
    writable : bool
        Whether sweeps are to be added; a place that is empty is made a catalogue then.
    system : System
        The machine whose files and clock are meant.

    Raises
    ------
    CatalogueError
        If there is none, the place holds something else, or it cannot be written.
    """
    if not str(url).strip():
        raise CatalogueError(
            f"A catalogue must be a folder or a URL such as s3://bucket/path, but is {url!r}."
        )
    here = Location.of(url, system)
    try:
        # Listed before the marker is looked for: what another run adds comes after its marker.
        names = here.names()
        marker = _marker(here)
        if marker is None:
            if names and _has_sweeps(here):
                raise CatalogueError(_without_marker(url, "has lost its"))
            if names:
                raise CatalogueError(f"{url} holds something else than a catalogue, such as {names[0]}.")
            if not writable:
                raise CatalogueError(f"There is no catalogue at {url}.")
            here.create(MARKER, json.dumps(FORMAT) + "\n")
            marker = here.read(MARKER)
    except CatalogueError:
        raise
    except ImportError as error:
        extra = "pip install 'wellposed[s3]'" if str(url).startswith("s3:") else f"it takes {error.name}"
        raise CatalogueError(f"{url} takes a package that is not installed: {extra}.") from error
    except Exception as error:  # each kind of store has its own, such as for keys that are not given
        if here.directory is not None and not isinstance(error, OSError):
            raise
        raise CatalogueError(f"{url} cannot be {'written' if writable else 'read'}: {error}") from error
    if marker is None:
        raise CatalogueError(f"{url} cannot be written: it is not a directory.")
    _check_marker(here, url, marker)
    return Catalogue(here.url, system)


@contextmanager
def opened_for_adding(url: str | Path) -> Iterator[Catalogue]:
    """A catalogue that is to be added to; if nothing is, a place that was none is none again.

    Raises
    ------
    CatalogueError
        As from `open`.
    """
    here = Location.of(url)
    is_new = here.directory is not None and not here.directory.exists()
    try:
        yield open(url, writable=True)
    except BaseException:
        if is_new and here.names() in ([], [MARKER]):
            here.remove([MARKER])
            here.remove_empty()
        raise


def mend_marker(url: str | Path, system: System = OPERATING_SYSTEM) -> bool:
    """Writes what marks a catalogue anew, if it is damaged or lost and there are sweeps of ours.

    Returns
    -------
    bool
        Whether that was so.
    """
    here = Location.of(url, system)
    if _is_marker(_marker(here)) or not _has_sweeps(here):
        return False
    here.write({MARKER: (json.dumps(FORMAT) + "\n").encode()})
    return True


def _marker(here: Location) -> bytes | None:
    """Returns what marks a catalogue; nothing if that is a pipe or a device."""
    try:
        return here.read(MARKER, trust.LARGEST_METADATA_BYTES + 1)
    except CatalogueError:
        return b""


def _is_marker(marker: bytes | None) -> bool:
    try:
        return marker is not None and "format" in trust.parsed(marker, MARKER)
    except CatalogueError:
        return False


def _has_sweeps(here: Location) -> bool:
    """Returns whether there is a sweep of ours, by the mark that every store of ours has."""
    return any(health.has_mark(store.here) for store, _ in index.found(here))


def _without_marker(url: str | Path, what: str) -> str:
    return (
        f"{url} {what} {MARKER}, and holds sweeps: `wellposed verify --repair --catalogue {url}` writes it "
        f"anew, as {json.dumps(FORMAT)}."
    )


def _check_marker(here: Location, url: str | Path, marker: bytes) -> None:
    try:
        found = trust.parsed(marker, MARKER)
    except CatalogueError:
        found = {}
    if "format" not in found and _has_sweeps(here):
        raise CatalogueError(_without_marker(url, "has a damaged"))
    if found.get("format") != FORMAT["format"]:
        raise CatalogueError(f"{url} holds something else than a catalogue: its {MARKER} is not one.")
    if found.get("version") != FORMAT["version"]:
        raise CatalogueError(
            f"{url} is a catalogue of version {found.get('version')}, but must be of {FORMAT['version']}."
        )


def _opened(store: Store) -> xr.Dataset:
    """Returns a lazy dataset of what is stored, if it may be trusted."""
    return store.dataset(chunks={})


def _readable(stores: Iterable[Store]) -> Iterator[tuple[Store, xr.Dataset]]:
    """Yields those sweeps that can be read, and warns of the others: they are in nobody's way."""
    for store in stores:
        try:
            dataset = _opened(store)
        except Exception as error:  # what nobody here wrote is refused by xarray in many ways
            reason = str(error) if isinstance(error, CatalogueError) else f"{store.location}: {error!r}"
            warnings.warn(f"A sweep is left out that cannot be read: {reason}", stacklevel=3)
        else:
            yield store, dataset


def _row(one: Listed) -> dict[str, Any]:
    summary, store, damage = one.summary, one.store, one.damage
    if summary is None:
        try:
            about = _opened(store).attrs
            summary = index.Summary.of(
                {**about, "totals": store.totals(), "created": DATE_OF_UNFINISHED}, store.location
            )
        except Exception as error:  # which is not in the way of the others
            return _damaged_row(one, str(error))
    elif damage:
        return _damaged_row(one, damage)
    return {
        "id": store.id,
        "experiment": store.experiment,
        "version": summary.version,
        "fingerprint": summary.fingerprint or "",
        "kind": summary.kind,
        "along": summary.along or "",
        "axes": ", ".join(f"{name}[{axis.size}]" for name, axis in summary.axes.items()),
        "fixed": ", ".join(f"{name}={value}" for name, value in summary.fixed.items()),
        **_counts(summary),
        "finished": one.summary is not None,
        "created": None if one.summary is None else datetime.fromtimestamp(summary.created, UTC),
        "computed_by": _holder(store) if one.summary is None else "",
        "damage": damage,
    }


def _holder(store: Store) -> str:
    """Returns who is computing a sweep now; empty if nobody is."""
    try:
        holder = health.holder(store)
    except OSError:  # of another user
        return ""
    return "" if holder is None else f"process {holder.get('pid')} on {holder.get('host')}"


def _counts(summary: index.Summary) -> dict[str, int]:
    return {meaning: summary.totals.get(meaning, 0) for meaning in ("ok", "unresolved", "failed", "missing")}


def _damaged_row(one: Listed, damage: str) -> dict[str, Any]:
    return {
        **dict.fromkeys(COLUMNS, ""),
        "id": one.store.id,
        "experiment": one.store.experiment,
        "version": 0,
        "kind": "damaged",
        **dict.fromkeys(("ok", "unresolved", "failed", "missing"), 0),
        "finished": one.summary is not None,
        "created": None,
        "damage": damage,
    }


def _check(everything: Sequence[Listed], selectors: Mapping[str, Any], outcome: Any) -> list[Listed]:
    """Returns those sweeps that can be looked at.

    Raises `CatalogueError` if a selector is of the wrong kind, or no sweep has such a parameter.
    """
    by_store = dict(_readable([one.store for one in everything if one.summary is None]))
    everything = [one for one in everything if one.summary is not None or one.store in by_store]
    opened = list(by_store.values())
    summaries = [one.summary for one in everything if one.summary is not None]
    if outcome is not None:
        for meanings in [*map(selection.meanings, opened), *(list(summary.totals) for summary in summaries)]:
            selection.check_outcome(outcome, meanings)
    kinds = [*map(selection.kinds, opened), *(summary.kinds() for summary in summaries)]
    known = {name for kind in kinds for name in kind}
    if not selectors.keys() <= known:
        # A coordinate of its own that an experiment has, or a mistake: one sweep of each kind tells.
        examples = {(one.store.experiment, one.summary.version): one for one in everything if one.summary}
        kinds += [selection.kinds(one) for _, one in _readable([one.store for one in examples.values()])]
        known = {name for kind in kinds for name in kind}
    if everything and (unknown := selectors.keys() - known):
        raise CatalogueError(
            f"No sweep has a parameter `{min(unknown)}`; they have {', '.join(sorted(known))}."
        )
    for kind in kinds:
        for name in selectors.keys() & kind.keys():
            selection.check(name, selectors[name], is_text=kind[name])
    return everything


def _is_sweep(one: Listed) -> bool:
    return one.summary is None or one.summary.kind == "sweep"


def _is_between(one: Listed, after: float | None, before: float | None) -> bool:
    if one.summary is None:
        return False
    return (after is None or one.summary.created >= after) and (
        before is None or one.summary.created <= before
    )


def _moment(name: str, when: str | datetime | None) -> float | None:
    """Returns a date as seconds since 1970."""
    if when is None:
        return None
    try:
        moment = when if isinstance(when, datetime) else datetime.fromisoformat(when)
    except (TypeError, ValueError):
        raise CatalogueError(f"Selector `{name}` must be a date, but is {when!r}.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
