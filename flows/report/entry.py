"""What a catalogue holds under one id, by its metadata, which are checked: they may be a stranger's."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from wellposed.catalog import Store, index, trust
from wellposed.catalog.schema import OUTCOME
from wellposed.errors import CatalogueError
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.stored import command_again
from wellposed.flows.presentation.listing import spelled
from wellposed.sweeps.requests.grid import EVALUATION

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Value

MOST_POINTS = 2**25
"""Of a sweep, all of which are in memory at once."""

MOST_COARSE, MOST_DEPTH = 10_000, 12
"""Of the first grid of a search, and how often its cells are quartered."""

PARAMETER_KINDS = {"float64": "float", "int64": "int", "string": "choice"}
"""Of a parameter, by the type of its coordinate."""


@dataclass(frozen=True, eq=False)
class Entry:
    """What a catalogue holds under one id: the points of one question, or the verdicts of an audit.

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
    def has_points(self) -> bool:
        """Whether it holds points of an experiment.  What does not is an audit, which holds its verdicts."""
        return KINDS[self.kind].reconstruct is not None

    @property
    def version(self) -> int:
        return int(self.about["experiment_version"])

    @property
    def fingerprint(self) -> str | None:
        """Of the source that computed it; None if the experiment was installed."""
        return self.request.get("fingerprint")

    @property
    def computed_by(self) -> str:
        """The version of the experiment, with the beginning of its fingerprint."""
        return spelled(self.version, self.fingerprint)

    @property
    def arrays(self) -> Mapping[str, Mapping[str, Any]]:
        """The metadata of every array."""
        return trust.arrays(self.root)

    @cached_property
    def command(self) -> str | None:
        """The command that asks for it again, at the place where it is now; None if that is not known."""
        try:
            return command_again(self.store)
        except (KeyError, TypeError, ValueError):  # another experiment of that name, or of another version
            return None


def read_entry(store: Store) -> Entry:
    """Returns what is in `store`.  Raises one of `DAMAGED` if that may not be used."""
    root = trust.check_store(store.here, store.experiment, store.id)
    if root is None:
        raise CatalogueError(f"{store.location} is not there, though its manifest is.")
    entry = Entry(store, root, index.manifest(store))
    if entry.request.get("kind") != entry.kind:
        raise CatalogueError(f"{store.location} has two kinds: {entry.kind!r} is not what was asked.")
    if entry.kind not in KINDS:
        raise CatalogueError(f"{store.location} is of the kind {entry.kind!r}, which is not known here.")
    if entry.has_points:
        _check(entry)
    return entry


def parameters_of(one: Entry) -> list[str]:
    """Returns the parameters that were asked, those that vary first."""
    request = one.request
    searched = [str(request[name]) for name in ("along", "across") if name in request]
    return [*request["axes"], *searched, *request["fixed"]]


def values_of(name: str, one: Entry) -> Sequence[Value]:
    """Returns the values of a parameter that were asked, or the ends of the range that was searched."""
    request = one.request
    if name in request["fixed"]:
        return [request["fixed"][name]]
    if name == request.get("along"):
        return list(request["between"])
    if name == request.get("across"):
        return list(request["over"])
    return list(request["axes"][name])


def _check(one: Entry) -> None:
    """Raises one of `DAMAGED` if what a sweep holds is not what was asked."""
    request, outcome = one.request, one.arrays[OUTCOME]
    sizes = dict(zip(dims_of(outcome), outcome["shape"], strict=True))
    asked = {str(name): len(values) for name, values in request["axes"].items()}
    if "along" in request:  # a search chooses its points on each line as it goes
        sizes.pop(EVALUATION)
    if sizes != asked:
        raise CatalogueError(f"{one.store.location} has the shape {sizes}, and {asked} was asked.")
    scan = request.get("coarse", 0), request.get("depth", 0)
    if math.prod(outcome["shape"]) > MOST_POINTS or scan[0] > MOST_COARSE or scan[1] > MOST_DEPTH:
        raise CatalogueError(f"{one.store.location} has more points than a report can show.")
    if one.version < 1 or len(set(parameters_of(one))) < len(parameters_of(one)):
        raise CatalogueError(f"{one.store.location} was asked something that cannot be asked.")
    if one.fingerprint is not None and not re.fullmatch("[0-9a-f]+", one.fingerprint):
        raise CatalogueError(f"{one.store.location} has no fingerprint as wellposed writes it.")
    for name in parameters_of(one):
        kind = PARAMETER_KINDS[one.arrays[name]["data_type"]]
        for value in values_of(name, one):
            is_number = isinstance(value, int | float) and math.isfinite(value)
            if not (isinstance(value, str) if kind == "choice" else is_number):
                raise CatalogueError(f"{one.store.location} has {value!r} for the parameter {name}.")


def dims_of(array: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns the names of an array's dimensions, by its metadata; a single number has none."""
    return tuple(array.get("dimension_names") or ())
