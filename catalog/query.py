"""What a catalogue holds: as a table, and selected by experiment and parameters as lazy datasets."""

from __future__ import annotations

import json
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from catalog import store as storing
from catalog.location import Location
from catalog.schema import NAME, OUTCOME, ROOT, CatalogueError
from catalog.store import Store

MARKER = "catalogue.json"
FORMAT = {"format": "wellposed catalogue", "version": 1}

COLUMNS = (
    "id",
    "experiment",
    "version",
    "kind",
    "axes",
    "fixed",
    "ok",
    "unresolved",
    "failed",
    "finished",
    "created",
)


@dataclass(frozen=True)
class Catalogue:
    """The sweeps at one place.  Made by `open`.

    Attributes
    ----------
    url : str
    """

    url: str

    def create(self, template: xr.Dataset, chunks: Mapping[str, int]) -> Store:
        """The store for `template`, at ``<experiment>/<sweep id>.zarr``; made if it is not there.

        Parameters
        ----------
        template : Dataset
            Coordinates, the shapes of the variables, and what it is (see `catalog.schema`).
        chunks : mapping of str to int
            How long a chunk is along the dimensions of the points.  A store that is there keeps its own.

        Raises
        ------
        CatalogueError
            If something else is there, an unfinished store of other versions is, or nothing can be written.
        """
        return storing.create(Location(self.url), template, chunks)

    def stores(self, experiment: str | None = None) -> list[Store]:
        """Every sweep, or every one of an experiment, sorted by experiment and id."""
        here = Location(self.url)
        experiments = [name for name in here.names() if experiment in (None, name) and NAME.fullmatch(name)]
        return [
            Store(self.url, f"{name}/{entry}")
            for name in experiments
            for entry in (here / name).names()
            if entry.endswith(".zarr") and (here / name / entry).read(ROOT) is not None
        ]

    def find(self, id: str) -> Store:
        """The one sweep whose id begins with `id`.

        Raises
        ------
        CatalogueError
            If there is none, or more than one.
        """
        found = [store for store in self.stores() if store.id.startswith(id)]
        if len(found) != 1:
            listed = ", ".join(store.id for store in found) or "none"
            raise CatalogueError(f"An id must begin one sweep in {self.url}, but {id!r} begins {listed}.")
        return found[0]

    def table(self) -> pd.DataFrame:
        """One row for each sweep: what was asked, and what became of its points."""
        return pd.DataFrame([_row(store) for store in self.stores()], columns=list(COLUMNS))

    def search(
        self,
        experiment: str | None = None,
        *,
        version: Any = None,
        outcome: str | Iterable[str] | None = None,
        **selectors: Any,
    ) -> list[xr.Dataset]:
        """Lazy datasets of what is stored at the parameters selected.

        Parameters
        ----------
        experiment : str, optional
            All, if not given.
        version : int, several or slice, optional
            Of the experiment.
        outcome : str or several, optional
            Such as ``"ok"``.
        **selectors
            By parameter: a value, several, or a slice, which includes both its ends.  Text has no slices.

        Returns
        -------
        list of Dataset
            One for each sweep that has such points, cut down to them.  Where a parameter is scattered, as
            the evaluations of a boundary search are, points outside the selection are missing; so are
            those of another outcome.

        Raises
        ------
        CatalogueError
            If no sweep searched has such a parameter or outcome, or a selector is of the wrong kind.
        """
        if not isinstance(experiment, str | None):
            raise CatalogueError(f"Selector `experiment` must be a name, but is {experiment!r}.")
        datasets = [store.dataset(chunks={}) for store in self.stores(experiment)]
        selectors = {name: _listed(wanted) for name, wanted in selectors.items()}
        for name in selectors:
            if datasets and not any(name in dataset.coords for dataset in datasets):
                known = sorted({str(coordinate) for dataset in datasets for coordinate in dataset.coords})
                raise CatalogueError(f"No sweep has a parameter `{name}`; they have {', '.join(known)}.")
        for dataset in datasets:  # all of them first, as a mistake must not depend on what is found
            for name in selectors.keys() & dataset.coords.keys():
                _check_selector(name, selectors[name], is_text=_is_text(dataset.coords[name]))
        if version is not None:
            version = _listed(version)
            _check_selector("version", version, is_text=False)
            datasets = [dataset for dataset in datasets if _has_version(dataset, version)]
        cut = [_select(dataset, selectors) for dataset in datasets]
        selected = [dataset for dataset in cut if dataset is not None]
        if outcome is not None:
            cut = [_with_outcome(dataset, _listed(outcome)) for dataset in selected]
            selected = [dataset for dataset in cut if dataset is not None]
        return selected


def open(url: str | Path, *, writable: bool = False) -> Catalogue:
    """The catalogue at `url`: a path, or any URL that fsspec knows.

    Parameters
    ----------
    url : str or Path
    writable : bool
        Whether sweeps are to be added; a place that is empty is made a catalogue then.

    Raises
    ------
    CatalogueError
        If there is none, the place holds something else, or it cannot be written.
    """
    here = Location.of(url)
    try:
        # Listed before the marker is looked for: what another run adds comes after its marker.
        names = here.names()
        if here.read(MARKER) is None:
            if names:
                raise CatalogueError(f"{url} holds something else than a catalogue, such as {names[0]}.")
            if not writable:
                raise CatalogueError(f"There is no catalogue at {url}.")
            here.create(MARKER, json.dumps(FORMAT) + "\n")
        marker = here.read(MARKER)
    except OSError as error:
        raise CatalogueError(f"{url} cannot be {'written' if writable else 'read'}: {error}") from error
    if marker is None:
        raise CatalogueError(f"{url} cannot be written: it is not a directory.")
    _check_marker(url, marker)
    return Catalogue(here.url)


def _check_marker(url: str | Path, marker: bytes) -> None:
    try:
        found = json.loads(marker)
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT["format"]:
        raise CatalogueError(f"{url} holds something else than a catalogue: its {MARKER} is not one.")
    if found.get("version") != FORMAT["version"]:
        raise CatalogueError(
            f"{url} is a catalogue of version {found.get('version')}, but must be of {FORMAT['version']}."
        )


def _row(store: Store) -> dict[str, Any]:
    manifest = store.manifest()
    about = manifest if manifest is not None else {**store.dataset().attrs, "totals": store.totals()}
    request, totals = about["request"], about["totals"]
    return {
        "id": store.id,
        "experiment": store.experiment,
        "version": about["experiment_version"],
        "kind": about["kind"],
        "axes": ", ".join(f"{name}[{len(values)}]" for name, values in request["axes"].items()),
        "fixed": ", ".join(f"{name}={value}" for name, value in request["fixed"].items()),
        **{meaning: totals.get(meaning, 0) for meaning in ("ok", "unresolved", "failed")},
        "finished": manifest is not None,
        "created": pd.Timestamp(about["created"]) if manifest is not None else pd.NaT,
    }


def _select(dataset: xr.Dataset, selectors: Mapping[str, Any]) -> xr.Dataset | None:
    """The part of `dataset` that lies in the selection, or None."""
    for name, wanted in selectors.items():
        if name not in dataset.coords:
            return None
        coordinate = dataset.coords[name]
        chosen = _matches(coordinate.to_numpy(), wanted)
        if not chosen.any():
            return None
        if coordinate.dims == (name,):
            dataset = dataset.isel({name: chosen})
        elif coordinate.dims:
            dataset = _masked(dataset, coordinate.copy(data=chosen))
    return dataset


def _has_version(dataset: xr.Dataset, wanted: Any) -> bool:
    return bool(_matches(np.array(dataset.attrs["experiment_version"]), wanted).all())


def _with_outcome(dataset: xr.Dataset, wanted: Any) -> xr.Dataset | None:
    """`dataset` with the points alone of which the outcome is `wanted`, or None if there are none."""
    outcome = dataset[OUTCOME]
    names = str(outcome.attrs["flag_meanings"]).split()
    codes = dict(zip(names, outcome.attrs["flag_values"], strict=True))
    # What is not selected is missing in the answer, so that cannot be asked for.
    allowed = [name for name in names if codes[name] != 0]
    several = wanted if isinstance(wanted, list) else [wanted]
    if not all(name in allowed for name in several):
        raise CatalogueError(f"Selector `outcome` must be among {', '.join(allowed)}, but is {wanted!r}.")
    chosen = outcome.isin([codes[name] for name in several]).compute()
    return _masked(dataset, chosen) if chosen.any() else None


def _masked(dataset: xr.Dataset, chosen: xr.DataArray) -> xr.Dataset:
    """`dataset` without the points that are not `chosen`, and without what holds none that is."""
    keep = {
        dim: chosen.any([other for other in chosen.dims if other != dim]).to_numpy() for dim in chosen.dims
    }
    dataset, chosen = dataset.isel(keep), chosen.isel(keep).drop_vars(chosen.coords)
    scattered = {
        name: dataset[name].where(chosen, _absent(dataset[name]))
        for name in dataset.variables
        if set(chosen.dims) <= set(dataset[name].dims)
    }
    return dataset.assign(
        {name: scattered[name] for name in scattered if name in dataset.data_vars}
    ).assign_coords({name: scattered[name] for name in scattered if name in dataset.coords})


def _absent(variable: xr.DataArray) -> Any:
    """What stands where nothing is stored."""
    return np.nan if variable.dtype.kind == "f" else "" if _is_text(variable) else 0


def _listed(wanted: Any) -> Any:
    """Several values as a list, whatever they came in; a single one and a slice are left as they are."""
    if hasattr(wanted, "__array__"):
        return np.asarray(wanted).tolist()
    return list(wanted) if isinstance(wanted, Iterable) and not isinstance(wanted, str) else wanted


def _check_selector(name: str, wanted: Any, *, is_text: bool) -> None:
    if isinstance(wanted, slice):
        ends = [end for end in (wanted.start, wanted.stop) if end is not None]
        fits = not is_text and wanted.step is None and all(map(_is_number, ends))
    else:
        several = wanted if isinstance(wanted, list) else [wanted]
        fits = all(isinstance(value, str) if is_text else _is_number(value) for value in several)
    if not fits:
        allowed = "text or several" if is_text else "a number, several, or a slice of numbers without a step"
        raise CatalogueError(f"Selector `{name}` must be {allowed}, but is {wanted!r}.")


def _is_number(value: object) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_text(variable: xr.DataArray) -> bool:
    return variable.dtype.kind in "UOT"


def _matches(values: NDArray[Any], wanted: Any) -> NDArray[np.bool_]:
    """Where `values` lie in a closed interval, or are one of several; up to rounding."""
    if isinstance(wanted, slice):
        inside = np.ones(values.shape, bool)
        if wanted.start is not None:
            inside &= (values >= wanted.start) | _equal(values, wanted.start)
        if wanted.stop is not None:
            inside &= (values <= wanted.stop) | _equal(values, wanted.stop)
        return inside
    several = wanted if isinstance(wanted, list) else [wanted]
    found = np.zeros(values.shape, bool)
    for value in several:
        found |= _equal(values, value)
    return found


def _equal(values: NDArray[Any], value: Any) -> NDArray[np.bool_]:
    """Where `values` are `value`; what two ways of writing a number differ by does not matter."""
    if isinstance(value, str) or values.dtype.kind in "UOT":
        return np.asarray(values == str(value))
    return np.asarray(np.isclose(values, value, rtol=1e-12, atol=0))
