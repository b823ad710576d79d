"""Finding an experiment: one of ours, one that is installed, or one in a file of somebody's own."""

from __future__ import annotations

import contextlib
import dataclasses
import difflib
import functools
import importlib
import importlib.metadata
import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

from wellposed.errors import RequestError
from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.family import Family
from wellposed.named_path import named_path
from wellposed.sweeps.experiments.declaration import check_declaration
from wellposed.sweeps.experiments.source import (
    Source,
    error_text,
    load,
    safe_kernels,
    source_of_file,
    source_of_module,
)

GROUP = "wellposed.experiments"
"""Entry points by which other distributions add experiments."""

FAMILY_GROUP = "wellposed.families"
"""Entry points by which other distributions add families of experiments; each is called as its family."""


@dataclass(frozen=True)
class Reference:
    """By which another process finds the same experiment.

    Attributes
    ----------
    name : str
        As `find_experiment` takes it.
    source, attribute : Source, str, optional
        Of an experiment that is not installed, and what it is called there.
    distribution : (str, str), optional
        Name and version of the distribution that a plug-in comes with.
    """

    name: str
    source: Source | None = None
    attribute: str = ""
    distribution: tuple[str, str] | None = None


class FoundExperiment(NamedTuple):
    """An experiment, and how others find it."""

    experiment: Experiment
    reference: Reference


class PlugIn(NamedTuple):
    """What a distribution adds, or why that cannot be had."""

    name: str
    distribution: str
    experiment: Experiment | None
    trouble: str


def find_experiment(reference: str | Reference) -> Experiment:
    """The experiment that `reference` names.

    Parameters
    ----------
    reference : str or Reference
        A name in `wellposed.kinetics.EXPERIMENTS`, an entry point in the group ``wellposed.experiments``,
        ``module:attribute``, or ``path/to/file.py:attribute``.

    Raises
    ------
    RequestError
        If there is no such experiment, its module cannot be imported, it is not declared as it should be, or
        it is another one of a name in `wellposed.kinetics.EXPERIMENTS`.
    """
    return locate(reference).experiment


def locate(reference: str | Reference) -> FoundExperiment:
    """As `find_experiment`, with what another process needs to find the same."""
    name = reference if isinstance(reference, str) else reference.name
    if name in EXPERIMENTS:
        return FoundExperiment(EXPERIMENTS[name], Reference(name))
    given = None if isinstance(reference, str) else reference
    if given is not None and given.source is not None:
        return _located(name, given.attribute, given.source)
    entries = {entry.name: entry for entry in importlib.metadata.entry_points(group=GROUP)}
    of_families = {entry.name: entry for entry in importlib.metadata.entry_points(group=FAMILY_GROUP)}
    entry = entries.get(name)
    if entry is None and ":" not in name and (family := of_families.get(name.partition(".")[0])) is not None:
        if name not in _names_in_family(family):  # which refuses a family that may not be used
            raise RequestError(
                f"There is no experiment `{name}`; the family {family.name} has "
                f"{', '.join(_names_in_family(family))}."
            )
        entry = family
    if entry is not None:
        found = _plugged_in(name, entry)
        if given is not None and given.distribution != found.reference.distribution:
            raise RequestError(
                f"Experiment `{name}` must come from {_spelled(given.distribution)}, but here it comes from "
                f"{_spelled(found.reference.distribution)}."
            )
        return found
    if ":" in name:
        module, _, attribute = name.rpartition(":")
        return _located(name, attribute, _source(name, module), module)
    known = sorted({*EXPERIMENTS, *entries})
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean `{close[0]}`? " if close else ""
    if name.endswith(".py"):
        hint = f"which one in that file is it, such as {name}:experiment? "
    raise RequestError(
        f"There is no experiment `{name}`; {hint}`wellposed experiments` lists them, and yours is "
        "module:attribute or file.py:attribute."
    )


def absolute(reference: str) -> str:
    """`reference`, with the whole path where it names a file."""
    module, colon, attribute = reference.rpartition(":")
    if not module.endswith(".py"):
        return reference
    return f"{named_path(module).resolve()}{colon}{attribute}"


def installed_names() -> set[str]:
    """Returns the names of the experiments that other distributions add, importing none that stands alone."""
    alone = {entry.name for entry in importlib.metadata.entry_points(group=GROUP)}
    for entry in importlib.metadata.entry_points(group=FAMILY_GROUP):
        with contextlib.suppress(RequestError):  # which is said when it is asked for
            alone |= set(_names_in_family(entry))
    return alone


def plug_ins() -> Iterator[PlugIn]:
    """What the distributions that are installed add, by name; one that is broken says so."""
    for group in (GROUP, FAMILY_GROUP):
        for entry in sorted(importlib.metadata.entry_points(group=group), key=lambda entry: entry.name):
            distribution = "" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
            try:
                for name in [entry.name] if group == GROUP else _names_in_family(entry):
                    yield PlugIn(name, distribution, _plugged_in(name, entry).experiment, "")
            except RequestError as error:
                yield PlugIn(entry.name, distribution, None, str(error))


def _names_in_family(entry: importlib.metadata.EntryPoint) -> list[str]:
    """Returns the names of the experiments of a family that a distribution adds."""
    from wellposed.sweeps.experiments.families import family_of

    return [experiment.name for experiment in family_of(entry).experiments]


def _plugged_in(name: str, entry: importlib.metadata.EntryPoint) -> FoundExperiment:
    """What an entry point stands for.  One that is installed for development is a source of one's own."""
    module, _, attribute = entry.value.partition(":")
    source = _source(name, module) if _is_edited(entry) else None
    found = _located(name, attribute, source, module)
    if source is not None or entry.dist is None:
        return found
    return found._replace(reference=Reference(name, distribution=(entry.dist.name, entry.dist.version)))


def _is_edited(entry: importlib.metadata.EntryPoint) -> bool:
    origin = None if entry.dist is None else entry.dist.read_text("direct_url.json")
    return origin is not None and bool(json.loads(origin).get("dir_info", {}).get("editable"))


def _source(name: str, module: str) -> Source | None:
    try:
        if not module.endswith(".py"):
            return source_of_module(module)
        path = named_path(module).resolve()
        if not path.is_file():
            raise RequestError(f"Experiment `{name}` cannot be loaded: there is no file {path}.")
        return source_of_file(path)
    except RequestError:
        raise
    except Exception as error:  # what is no Python, cannot be read, or is no module
        raise _refusal(name, error) from error


def _located(name: str, attribute: str, source: Source | None, module: str = "") -> FoundExperiment:
    """The experiment called `attribute` in a source, or in a module that is installed."""
    try:
        safe_kernels()
        loaded = importlib.import_module(module) if source is None else load(source)
    except (Exception, SystemExit) as error:  # a user's module may raise anything when it is imported
        raise _refusal(name, error) from error
    found = _attribute(name, loaded, attribute)
    if EXPERIMENTS.get(found.name, found) is not found:
        # Sweeps are stored and found again by that name: the answers of two would be taken for each other.
        raise RequestError(
            f"`{name}` must have a name of its own, but is called `{found.name}` like one of ours."
        )
    check_declaration(found)
    if source is None:
        return FoundExperiment(found, Reference(name))
    return FoundExperiment(
        _with_fingerprint(source, attribute, found.name), Reference(name, source, attribute)
    )


@functools.lru_cache(maxsize=256)
def _with_fingerprint(source: Source, attribute: str, name: str) -> Experiment:
    found = _attribute(name, load(source), attribute)
    return dataclasses.replace(found, fingerprint=source.fingerprint)


def _attribute(name: str, loaded: ModuleType, attribute: str) -> Experiment:
    """Returns the experiment in an attribute of a module, or that of the name in a family there."""
    there = [key for key, value in vars(loaded).items() if isinstance(value, Experiment)]
    listed = f"; it has {', '.join(there)}" if there else ""
    if not hasattr(loaded, attribute):
        raise RequestError(f"Experiment `{name}` cannot be loaded: there is no `{attribute}`{listed}.")
    found = getattr(loaded, attribute)
    if isinstance(found, Family):
        experiments = {experiment.name: experiment for experiment in found.experiments}
        if name not in experiments:
            raise RequestError(
                f"There is no experiment `{name}`; the family {found.name} has {', '.join(experiments)}."
            )
        return experiments[name]
    if not isinstance(found, Experiment):
        raise RequestError(f"`{name}` must be an Experiment, but is a {type(found).__name__}{listed}.")
    return found


def _refusal(name: str, error: Exception | SystemExit) -> RequestError:
    return RequestError(f"Experiment `{name}` cannot be loaded: {' '.join(error_text(error).split())}")


def _spelled(distribution: tuple[str, str] | None) -> str:
    return "no distribution" if distribution is None else " ".join(distribution)
