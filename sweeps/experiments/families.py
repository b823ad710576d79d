"""Finding a family of equations, a study or an audit: ours, or of a distribution that is installed."""

from __future__ import annotations

import difflib
import functools
import importlib.metadata
import itertools
import sys
from collections.abc import Iterable

from wellposed.errors import RequestError
from wellposed.kinetics import FAMILIES, STUDIES
from wellposed.kinetics.family import Family
from wellposed.kinetics.study import Audit, Study
from wellposed.sweeps.experiments.declaration import check_declaration
from wellposed.sweeps.experiments.find import FAMILY_GROUP


def families() -> dict[str, Family]:
    """Returns all families by name: ours, and then those that other distributions add.

    One that cannot be had is left out, with a line on standard error: it is in nobody's way.
    """
    found = dict(FAMILIES)
    for entry in importlib.metadata.entry_points(group=FAMILY_GROUP):
        try:
            found.setdefault(entry.name, family_of(entry))
        except RequestError as error:
            if entry not in _complained:
                _complained.add(entry)
                print(f"wellposed: {error}", file=sys.stderr)
    return found


_complained: set[importlib.metadata.EntryPoint] = set()
"""What has been said to be broken once in this process."""


@functools.lru_cache(maxsize=64)
def family_of(entry: importlib.metadata.EntryPoint) -> Family:
    """Returns the family that an entry point stands for.

    Raises
    ------
    RequestError
        If it cannot be loaded, is none, is called otherwise than the entry point, or as one of ours.
    """
    who = "" if entry.dist is None else f" of {entry.dist.name} {entry.dist.version}"
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # a stranger's module may raise anything when it is imported
        raise RequestError(
            f"Family `{entry.name}`{who} cannot be loaded: {type(error).__name__}: {error}"
        ) from error
    if not isinstance(found, Family):
        raise RequestError(f"`{entry.value}`{who} must be a Family, but is a {type(found).__name__}.")
    if found.name != entry.name:
        raise RequestError(
            f"Family `{found.name}`{who} must have an entry point of its name, but has `{entry.name}`."
        )
    if found.name in FAMILIES:
        raise RequestError(f"Family `{found.name}`{who} is called like one of ours, and so is not used.")
    ours = _by_name(FAMILIES.values())
    for study in found.studies:
        if study.name in ours:
            raise RequestError(f"Study `{study.name}`{who} is called like one of ours: give it another name.")
    for experiment in found.experiments:
        check_declaration(experiment)
    return found


def studies() -> dict[str, Study]:
    """Returns all studies by name: those of all families, and ours that span families."""
    return _by_name(families().values())


def _by_name(of: Iterable[Family]) -> dict[str, Study]:
    found: dict[str, Study] = {}
    for study in itertools.chain.from_iterable([*(family.studies for family in of), STUDIES]):
        found.setdefault(study.name, study)
    return found


def find_study(name: str) -> Study:
    """Returns the study called `name`.  Raises `RequestError` if there is none."""
    known = studies()
    if name not in known:
        raise RequestError(f"There is no study `{name}`; {_close(name, known)}there is {', '.join(known)}.")
    return known[name]


def find_audit(name: str) -> tuple[Family, Audit]:
    """Returns the family called `name` with its audit.  Raises `RequestError` if there is none."""
    audited = {family.name: (family, family.audit) for family in families().values() if family.audit}
    if name not in audited:
        raise RequestError(
            f"There is no audit `{name}`; {_close(name, audited)}there is {', '.join(audited)}."
        )
    family, audit = audited[name]
    assert audit is not None
    return family, audit


def _close(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"did you mean `{close[0]}`? " if close else ""
