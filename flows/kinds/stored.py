"""The command that asks again for what a store holds, from what the store says that it was asked."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from wellposed.catalog import CatalogueError, Store, index, trust
from wellposed.errors import RequestError
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.command import command_of, request_again
from wellposed.flows.text import printable
from wellposed.sweeps.experiments.find import find_experiment

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment


def command_again(store: Store) -> str | None:
    """Returns the command that computes what is missing of a sweep; None if that cannot be known."""
    try:
        root = trust.check_store(store.here, store.experiment, store.id)
    except CatalogueError:
        return None
    stored: dict[str, Any] = {} if root is None else root["attributes"]["request"]
    kind = KINDS.get(str(stored.get("kind")))
    if kind is None:
        return None
    experiment = _installed(store.experiment)
    name = _reference(store) if experiment is None else store.experiment
    if name is None:
        return None
    try:
        request = request_again(kind, stored, name, store.url)
    except RequestError:
        return None
    return printable(command_of(kind, request, experiment))


def _installed(name: str) -> Experiment | None:
    try:
        return find_experiment(name)
    except RequestError:
        return None


def _reference(store: Store) -> str | None:
    """Returns what an experiment of somebody's own was called when it was asked, as the manifest says."""
    try:
        manifest = index.manifest(store)
        words = shlex.split(str(manifest["command"])) if manifest is not None else []
    except (CatalogueError, KeyError, ValueError):
        return None
    return words[2] if words[:1] == ["wellposed"] and len(words) > 2 else None
