"""What the Tab key offers in a shell: names of experiments, parameters, studies, audits and sweeps."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import typer

from wellposed.errors import WellposedError
from wellposed.flows.cli.settings import settings

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Parameter

Shell = Literal["bash", "zsh", "fish"]

BASH = """\
_wellposed_completion() {
    local IFS=$'\\n'
    COMPREPLY=( $( env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
                   _WELLPOSED_COMPLETE=complete_bash "$1" ) )
    if [[ "${COMPREPLY[0]}" == *= ]]; then compopt -o nospace; fi
}
complete -o default -F _wellposed_completion wellposed"""
"""As typer's own, but it passes the line: bash cuts words at ``=`` and ``:``.  NAME= gets no space."""


def script(shell: str) -> str:
    """Returns what a shell has to be told for ``wellposed`` to be completed."""
    from typer._completion_shared import get_completion_script

    if shell == "bash":
        return BASH
    return str(get_completion_script(prog_name="wellposed", complete_var="_WELLPOSED_COMPLETE", shell=shell))


def prepare() -> None:
    """Has typer answer, if a shell asks for completions."""
    if "_WELLPOSED_COMPLETE" not in os.environ:
        return
    from typer._click.shell_completion import CompletionItem, add_completion_class, split_arg_string
    from typer._completion_classes import BashComplete, completion_init

    class LineOfBash(BashComplete):
        """Completes the end of a line, of which bash replaces what stands behind the last ``=`` or ``:``."""

        def get_completion_args(self) -> tuple[list[str], str]:
            line = os.environ["COMP_LINE"]
            words = [*split_arg_string(line), *([""] if line[-1:].isspace() else [])]
            return words[1:-1], words[-1]

        def format_completion(self, item: CompletionItem) -> str:
            _, incomplete = self.get_completion_args()
            breaks = set("=:") & set(os.environ.get("COMP_WORDBREAKS", "=:"))
            replaced = min(len(incomplete.rpartition(one)[2]) for one in [*breaks, "\0"])
            # An option may stand before it, as in --set=NAME=VALUE.
            begun = (incomplete[at:] for at in range(len(incomplete) + 1))
            known = len(next(part for part in begun if item.value.startswith(part)))
            return str(item.value[max(0, known - replaced) :])

    completion_init()
    add_completion_class(LineOfBash, "bash")


def completer_for(what: str) -> Mapping[str, Any]:
    """Returns the argument that gives an option of typer its completion; none if nothing is offered."""
    completers: Mapping[str, Callable[..., list[str]]] = {
        "experiments": experiments,
        "parameters": parameters,
        "assignments": assignments,
        "studies": studies,
        "audits": audits,
        "sweeps": sweeps,
        "submissions": submissions,
    }
    return {"autocompletion": _beginning(completers[what])} if what in completers else {}


def _beginning(completer: Callable[[typer.Context, str], list[str]]) -> Callable[..., list[str]]:
    """Returns a completer that offers only what begins with what is there."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        return [one for one in completer(ctx, incomplete) if one.startswith(incomplete)]

    return complete


def experiments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Returns the names of the experiments that come with wellposed."""
    from wellposed.kinetics import EXPERIMENTS

    return list(EXPERIMENTS)


def parameters(ctx: typer.Context, incomplete: str) -> list[str]:
    """Returns the names of the parameters of the experiment that was named before."""
    return [parameter.name for parameter in _parameters(ctx)]


def assignments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Returns ``NAME=`` for each parameter, and ``NAME=VALUE`` for each choice that one has."""
    known = _parameters(ctx)
    if "=" not in incomplete:
        return [f"{parameter.name}=" for parameter in known]
    return [f"{parameter.name}={choice}" for parameter in known for choice in parameter.choices]


def studies(ctx: typer.Context, incomplete: str) -> list[str]:
    """Returns the names of all studies."""
    from wellposed.sweeps.experiments import families

    return list(families.studies())


def audits(ctx: typer.Context, incomplete: str) -> list[str]:
    """Returns the names of the families that have an audit."""
    from wellposed.sweeps.experiments.families import families

    return [family.name for family in families().values() if family.audit is not None]


def sweeps(ctx: typer.Context, incomplete: str) -> list[str]:
    """Returns the ids of what is stored."""
    from wellposed import catalog

    try:
        return [store.id for store in catalog.open(_catalogue(ctx)).stores()]
    except (WellposedError, OSError):
        return []


def _catalogue(ctx: typer.Context) -> str:
    """Returns the catalogue that a command is about: the one given before, or the default."""
    return ctx.params.get("catalogue") or settings()["catalogue"].value


def submissions(ctx: typer.Context, incomplete: str) -> list[str]:
    """Returns the ids of what was submitted."""
    from wellposed.catalog.location import Location
    from wellposed.catalog.submissions import submissions as recorded

    try:
        return [one.id for one in recorded(Location.of(_catalogue(ctx)))]
    except (WellposedError, OSError):
        return []


def _parameters(ctx: typer.Context) -> Sequence[Parameter]:
    """Returns the parameters of the experiment that was named before; none if there is no such experiment."""
    from wellposed.errors import RequestError
    from wellposed.sweeps.experiments.find import find_experiment

    # Words are in `args` where an option still lacks its value.
    named = ctx.params.get("experiment") or next(iter(ctx.args), None)
    if named is None:  # options may come first
        return ()
    try:
        return find_experiment(named).parameters
    except RequestError:  # which is said when the command is run
        return ()
