"""What a catalogue holds, read again as the questions that were asked.

Nothing is computed, written, or executed but what is installed here: an experiment that is not, or not in the
version that computed a sweep, is described by what the sweep says of itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import xarray as xr

import catalog
from catalog import CatalogueError, Store, index, trust
from catalog.location import Location
from catalog.schema import OUTCOME
from flows.description import rerun
from flows.job import Job
from flows.recorded_audit import RecordedAudit, recorded
from flows.search import SearchJob
from flows.sweep import SweepJob
from flows.tracing import TraceJob
from kinetics.experiment import Experiment, Output, Parameter
from sweeps.experiments import Reference, find_experiment
from sweeps.grid import EVALUATION, RequestError, Sweep
from sweeps.layout import BOUNDARY_VARIABLES, Outcome
from sweeps.search import BoundarySearch
from sweeps.tracing import CurveSearch

if TYPE_CHECKING:
    from kinetics.experiment import Value

DAMAGED = (
    CatalogueError,
    OSError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)
"""What reading a sweep raises that is not as wellposed writes it."""

KINDS = {"float64": "float", "int64": "int", "string": "choice"}
"""Of a parameter, by the type of its coordinate."""


@dataclass(frozen=True)
class ReadStore(Store):
    """The place of a sweep of which all has been read that is looked at again and again.

    Attributes
    ----------
    content : Dataset
        In memory: the order parameter with its error, outcomes, reasons and boundaries.
    told : mapping, optional
        The manifest.
    """

    content: xr.Dataset = field(compare=False, repr=False)
    told: dict[str, Any] | None = field(compare=False, repr=False)

    def dataset(self, chunks: dict[str, int] | None = None) -> xr.Dataset:
        return self.content

    def outcome(self) -> xr.DataArray:
        return self.content[OUTCOME]

    def manifest(self) -> dict[str, Any] | None:
        return self.told


@dataclass(frozen=True, eq=False)
class Held:
    """A sweep, a search, or an audit, of which everything can be read.

    Attributes
    ----------
    store : Store
    root : mapping
        Its metadata, which have been checked.
    manifest : mapping, optional
        If it is finished.
    totals : mapping of str to int
        How many points there are of each outcome.
    """

    store: Store
    root: Mapping[str, Any]
    manifest: dict[str, Any] | None
    totals: Mapping[str, int] = field(default_factory=dict)

    @property
    def about(self) -> Mapping[str, Any]:
        return self.root["attributes"]  # type: ignore[no-any-return]

    @property
    def request(self) -> Mapping[str, Any]:
        return self.about["request"]  # type: ignore[no-any-return]

    @property
    def kind(self) -> str:
        return str(self.about["kind"])

    @property
    def version(self) -> int:
        return int(self.about["experiment_version"])

    @property
    def arrays(self) -> Mapping[str, Mapping[str, Any]]:
        """The metadata of every array."""
        return trust.arrays(self.root)

    @cached_property
    def command(self) -> str | None:
        """The command that asks for it again, at the place where it is now; None if that cannot be told."""
        return rerun(self.store)


@dataclass(frozen=True)
class Damaged:
    """A sweep that cannot be read, and why."""

    store: Store
    reason: str


@dataclass(frozen=True, eq=False)
class Holdings:
    """All sweeps of a catalogue, sorted by experiment and id.

    Attributes
    ----------
    url : str
        The catalogue.
    held : sequence of Held
    jobs : mapping of Held to Job
        The questions of those that are no audits.  They are there to be read: nothing can be computed.
    audits : mapping of Held to RecordedAudit
    damaged : sequence of Damaged
    """

    url: str
    held: Sequence[Held]
    jobs: Mapping[Held, Job]
    audits: Mapping[Held, RecordedAudit]
    damaged: Sequence[Damaged]


def holdings(catalogue: str | Path) -> Holdings:
    """What `catalogue` holds.  Raises `CatalogueError` if there is none."""
    place = catalog.open(catalogue)
    found: list[Held] = []
    damaged: list[Damaged] = []
    for store in place.stores():
        try:
            found.append(_held(store))
        except DAMAGED as error:
            damaged.append(Damaged(store, _reason(error)))
    experiments = _experiments(found)
    held: list[Held] = []
    jobs: dict[Held, Job] = {}
    audits: dict[Held, RecordedAudit] = {}
    for one in found:
        try:
            if one.kind == "audit":
                audits[one] = recorded(one.store)
            else:
                experiment = experiments[_key(one)]
                content = _content(one, experiment)
                one = replace(one, totals=_totals(content))
                jobs[one] = _job(
                    one, experiment, ReadStore(one.store.url, one.store.path, content, one.manifest)
                )
            held.append(one)
        except DAMAGED as error:
            damaged.append(Damaged(one.store, _reason(error)))
    return Holdings(place.url, held, jobs, audits, sorted(damaged, key=lambda one: one.store.path))


def _held(store: Store) -> Held:
    root = trust.check_store(Location(store.location), store.experiment, store.id)
    if root is None:
        raise CatalogueError(f"{store.location} is not there, though its manifest is.")
    held = Held(store, root, index.manifest(store))
    if held.kind != "audit":
        _check(held)
    return held


def _reason(error: Exception) -> str:
    said = str(error)
    return said if isinstance(error, CatalogueError) else f"It is not as wellposed writes it: {error!r}"


def _content(one: Held, experiment: Experiment) -> xr.Dataset:
    """What `ReadStore` keeps.  Raises one of `DAMAGED` if it cannot be read."""
    stored = one.store.dataset()
    if EVALUATION in stored.sizes:
        # Most of the places for evaluations are empty, and looking for what is not there takes as long.
        at, side = stored[OUTCOME].dims.index(EVALUATION), one.store.chunks[EVALUATION]
        used = max((start[at] + side for start in one.store.stored()), default=0)
        stored = stored.isel({EVALUATION: slice(0, used)})
    named = experiment.order_parameter
    names = [OUTCOME, *([named, f"{named}_error"] if named else [])]
    names += [str(one.request[name]) for name in ("along", "across") if name in one.request]
    if one.kind == "boundary" and one.manifest is not None:
        names += BOUNDARY_VARIABLES
    # The parameters that are given need not be read: the request tells them.
    given = {name: (name, values) for name, values in one.request["axes"].items()} | dict(
        one.request["fixed"]
    )
    with one.store.intact():
        content = stored.reset_coords()[names].load()
        if content[OUTCOME].isin([Outcome.UNRESOLVED, Outcome.FAILED]).any():
            content["reason"] = stored["reason"].variable.load()
    return content.drop_vars(given, errors="ignore").assign_coords(given)


def _totals(content: xr.Dataset) -> dict[str, int]:
    outcome = content[OUTCOME].to_numpy()
    return {kind.name.lower(): int((outcome == kind).sum()) for kind in Outcome}


Key = tuple[str, int, frozenset[str]]


def _key(one: Held) -> Key:
    """What sweeps of the same experiment have in common."""
    return one.store.experiment, one.version, frozenset(_parameters(one))


def _parameters(one: Held) -> list[str]:
    """The parameters that were asked, those that vary first."""
    request = one.request
    searched = [str(request[name]) for name in ("along", "across") if name in request]
    return [*request["axes"], *searched, *request["fixed"]]


def _experiments(held: Sequence[Held]) -> dict[Key, Experiment]:
    """Each experiment once: what is drawn together is told by that."""
    groups: dict[Key, list[Held]] = {}
    for one in held:
        if one.kind != "audit":
            groups.setdefault(_key(one), []).append(one)
    return {key: _experiment(group) for key, group in groups.items()}


def _experiment(group: Sequence[Held]) -> Experiment:
    """The one that is installed, if it is that, and otherwise what the sweeps of it tell."""
    name, version, parameters = _key(group[0])
    try:
        installed = find_experiment(name)
    except RequestError:
        return _remembered(group)
    names = {parameter.name for parameter in installed.parameters}
    outputs = {output.name for output in installed.outputs}
    if installed.version == version and names == parameters and all(outputs <= set(g.arrays) for g in group):
        return installed
    thresholds = tuple(t for t in installed.thresholds if {t.along, *t.when} <= parameters)
    return _remembered(group, thresholds)


def _remembered(group: Sequence[Held], thresholds: tuple[Any, ...] = ()) -> Experiment:
    """An experiment by what is stored of it: it can be drawn, but not asked."""
    first = group[0]
    points = set(_dims(first.arrays[OUTCOME]))
    parameters = tuple(_parameter(name, group) for name in _parameters(first))
    taken = {parameter.name for parameter in parameters}
    numbers = [
        name
        for name, array in first.arrays.items()
        if array["data_type"] == "float64" and points <= set(_dims(array)) and name not in taken
    ]
    outputs = tuple(
        Output(
            name,
            str(first.arrays[name]["attributes"].get("long_name", name)),
            tuple(dim for dim in _dims(first.arrays[name]) if dim not in points),
            str(first.arrays[name]["attributes"].get("units", "1")),
        )
        for name in numbers
    )
    return Experiment(
        first.store.experiment,
        str(first.about.get("title", "")),
        str(first.about.get("source", "")),
        parameters,
        outputs,
        _cannot_be_asked,
        order_parameter=_order_parameter(first, outputs),
        tolerance=math.nan,  # which is not stored
        version=first.version,
        thresholds=thresholds,
    )


def _cannot_be_asked(**point: Value) -> NoReturn:
    raise RuntimeError("an experiment that is only remembered cannot be evaluated")


def _order_parameter(one: Held, outputs: Sequence[Output]) -> str | None:
    """As it is recorded, or the only number that has an error."""
    scalars = {output.name for output in outputs if not output.dims}
    with_errors = [name for name in scalars if f"{name}_error" in scalars]
    recorded = one.about.get("order_parameter")
    if recorded in with_errors:
        return str(recorded)
    return with_errors[0] if len(with_errors) == 1 and "order_parameter" not in one.about else None


def _parameter(name: str, group: Sequence[Held]) -> Parameter:
    """A parameter by its values: a choice is between those that were asked."""
    array = group[0].arrays[name]
    kind: Literal["float", "int", "choice"] = KINDS[array["data_type"]]  # type: ignore[assignment]
    summary = str(array["attributes"].get("long_name", ""))
    given = [value for one in group for value in _values(name, one)]
    if kind == "choice":
        return Parameter(name, summary, "", kind, choices=tuple(dict.fromkeys(map(str, given))))
    ends = [float(value) for value in given]
    units = str(array["attributes"].get("units", "1"))
    return Parameter(name, summary, math.nan, kind, lower=min(ends), upper=max(ends), units=units)


def _values(name: str, one: Held) -> Sequence[Value]:
    request = one.request
    if name in request["fixed"]:
        return [request["fixed"][name]]
    if name == request.get("along"):
        return list(request["between"])
    if name == request.get("across"):
        return list(request["over"])
    return list(request["axes"][name])


def _job(one: Held, experiment: Experiment, store: Store) -> Job:
    """The question that `one` answers, with what is in `store`."""
    request, name, version = one.request, one.store.experiment, one.version
    reference, fingerprint = Reference(name), request.get("fingerprint")
    axes = tuple((str(axis), tuple(values)) for axis, values in request["axes"].items())
    fixed = tuple((str(parameter), value) for parameter, value in request["fixed"].items())
    match one.kind:
        case "sweep":
            asked = Sweep(name, version, axes, fixed, fingerprint)
            return SweepJob(reference, experiment, asked, store)
        case "boundary":
            search = BoundarySearch(
                name,
                version,
                str(request["along"]),
                *_ends(request["between"]),
                axes,
                fixed,
                float(request["tolerance"]),
                int(request["coarse"]),
                bool(request["neighbours"]),
                int(request["fill"]),
                fingerprint,
            )
            return SearchJob(reference, experiment, search, store)
        case "curve":
            curve = CurveSearch(
                name,
                version,
                str(request["along"]),
                str(request["across"]),
                _ends(request["between"]),
                _ends(request["over"]),
                fixed,
                float(request["tolerance"]),
                int(request["coarse"]),
                int(request["depth"]),
                int(request["most"]),
                fingerprint,
            )
            return TraceJob(reference, experiment, curve, store)
    raise CatalogueError(f"{one.store.location} is of the kind {one.kind!r}, which is not known here.")


def _ends(pair: Sequence[Any]) -> tuple[float, float]:
    lower, upper = map(float, pair)
    return lower, upper


def _check(one: Held) -> None:
    """Raises one of `DAMAGED` if what a sweep holds is not what was asked."""
    request, outcome = one.request, one.arrays[OUTCOME]
    sizes = dict(zip(_dims(outcome), outcome["shape"], strict=True))
    asked = {str(name): len(values) for name, values in request["axes"].items()}
    if one.kind in ("boundary", "curve"):
        sizes.pop(EVALUATION)
    if sizes != asked:
        raise CatalogueError(f"{one.store.location} has the shape {sizes}, and {asked} was asked.")
    if one.version < 1 or len(set(_parameters(one))) < len(_parameters(one)):
        raise CatalogueError(f"{one.store.location} was asked something that cannot be asked.")
    for name in _parameters(one):
        kind = KINDS[one.arrays[name]["data_type"]]
        for value in _values(name, one):
            is_number = isinstance(value, int | float) and math.isfinite(value)
            if not (isinstance(value, str) if kind == "choice" else is_number):
                raise CatalogueError(f"{one.store.location} has {value!r} for the parameter {name}.")


def _dims(array: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(array.get("dimension_names") or ())
