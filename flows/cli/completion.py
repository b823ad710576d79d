"""What the Tab key offers in a shell: the names of experiments, parameters, studies, audits and sweeps."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Parameter

SHELLS = ("bash", "zsh", "fish")

Completer = Callable[..., Iterable[str]]


def script(shell: str) -> str:
    """What a shell has to be told for ``wellposed`` to be completed."""
    from argcomplete.shell_integration import shellcode

    return shellcode(["wellposed"], shell=shell)


def answer(parser: argparse.ArgumentParser) -> None:
    """Answers a shell that asks for completions, and ends the process; returns if none asks."""
    if "_ARGCOMPLETE" in os.environ:
        import argcomplete

        argcomplete.autocomplete(parser, always_complete_options=False)


def offer(action: argparse.Action, completer: Completer) -> None:
    """Has `completer` tell what may be given for an option or argument."""
    action.completer = completer  # type: ignore[attr-defined]


def experiments(**_: object) -> list[str]:
    from wellposed.kinetics import EXPERIMENTS

    return list(EXPERIMENTS)


def parameters(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """Names of the parameters of the experiment that was named before."""
    return [parameter.name for parameter in _parameters(parsed_args)]


def assignments(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """``NAME=`` for each parameter, and ``NAME=VALUE`` for each choice that one has."""
    known = _parameters(parsed_args)
    if "=" not in prefix:
        return [f"{parameter.name}=" for parameter in known]
    return [f"{parameter.name}={choice}" for parameter in known for choice in parameter.choices]


def studies(**_: object) -> list[str]:
    from wellposed.flows.kinds.study import STUDIES

    return list(STUDIES)


def audits(**_: object) -> list[str]:
    from wellposed.flows.kinds.audits import AUDITS

    return list(AUDITS)


def sweeps(parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """The ids of what is stored."""
    from wellposed import catalog

    try:
        return [store.id for store in catalog.open(parsed_args.catalogue).stores()]
    except catalog.CatalogueError:
        return []


def _parameters(parsed_args: argparse.Namespace) -> Sequence[Parameter]:
    """The parameters of the experiment that was named before; none if there is no such experiment."""
    from wellposed.errors import RequestError
    from wellposed.sweeps.experiments.find import find_experiment

    if not parsed_args.experiment:  # options may come first
        return ()
    try:
        return find_experiment(parsed_args.experiment).parameters
    except RequestError:  # which is said when the command is run
        return ()
