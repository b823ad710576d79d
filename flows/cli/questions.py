"""The commands that ask a question, one for each kind: their options are the fields of its request."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

import typer

from wellposed.flows.cli import completion
from wellposed.flows.cli.answer import DONE, INCOMPLETE, Answer
from wellposed.flows.kinds.kind import Kind
from wellposed.flows.kinds.request import RequestField, fields_of, made

if TYPE_CHECKING:
    from wellposed.flows.presentation.table import TitledTable

# What takes time to import is imported by the command that needs it.

MAX_REASONS = 3
"""Points without an answer that are named, each with its reason."""


SHOW = typer.Option(
    "--show",
    metavar="OUTPUT[=VALUE]",
    help="Which outputs of a sweep are shown, one at a value of its own coordinate if there is one; all that "
    "are one number a point, if not given.",
    show_default=False,
)


def command_for(kind: Kind[Any, Any]) -> Callable[..., Answer]:
    """Returns the function of the command that asks questions of a kind."""

    def ask(explain: bool, show: Sequence[str] = (), **given: Any) -> Answer:
        request = request_of(kind, given)
        if kind.values is not None and show:
            check_shown(kind, request, show)
        return explained(kind, request) if explain else answered(kind, request, show)

    parameters = parameters_of(kind)
    if kind.values is not None:
        parameters.append(
            inspect.Parameter(
                "show", inspect.Parameter.KEYWORD_ONLY, default=[], annotation=Annotated[list[str], SHOW]
            )
        )
    parameters.append(
        inspect.Parameter(
            "explain",
            inspect.Parameter.KEYWORD_ONLY,
            default=False,
            annotation=Annotated[
                bool,
                typer.Option(
                    "--explain",
                    help="Say what it would cost, after a trial of a few points; compute and store nothing.",
                ),
            ],
        )
    )
    ask.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    ask.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    ask.__doc__ = kind.summary
    return ask


def parameters_of(kind: Kind[Any, Any]) -> list[inspect.Parameter]:
    """Returns the parameters of a command that gives a request of a kind."""
    return [_parameter(one) for one in fields_of(kind.request)]


def request_of(kind: Kind[Any, Any], given: Mapping[str, Any]) -> Any:
    """Returns the request that a command gives.  Raises `RequestError` if a field is not allowed."""
    return made(kind.request, {name: value for name, value in given.items() if value not in (None, [])})


def check_shown(kind: Kind[Any, Any], request: Any, chosen: Sequence[str]) -> None:
    """Raises `RequestError` if somebody wants to be shown what there is not, before anything is computed."""
    from wellposed.sweeps.experiments.find import locate

    assert kind.values is not None  # or nobody could have chosen
    kind.values.check(request, locate, chosen)


def answered(kind: Kind[Any, Any], request: Any, shown: Sequence[str] = ()) -> Answer:
    """Returns the answer to a question, computing what is not stored of it; `shown` are outputs to show."""
    from wellposed.sweeps.cluster.file import find_cluster
    from wellposed.sweeps.experiments.find import locate

    cluster = find_cluster(request.cluster)
    job = kind.job(request, locate)
    # What is refused is refused before this is imported, which takes a second.
    from wellposed.flows.execution.complete import completed

    with ExitStack() as stack:
        is_computed = stack.enter_context(completed(job, cluster))
        return dataclasses.replace(_answer_of(kind, job, is_computed, shown), closing=stack.pop_all())
    raise AssertionError("a context that has swallowed an exception")


def _answer_of(kind: Kind[Any, Any], job: Any, is_computed: bool, shown: Sequence[str]) -> Answer:
    """Returns the answer of a job that is stored."""
    from wellposed.flows.kinds import narration
    from wellposed.flows.kinds.job import troubles
    from wellposed.flows.presentation.provenance import opening
    from wellposed.sweeps.answers.layout import Outcome

    values = {} if kind.values is None else {"values": kind.values.documents(job, shown)}
    sweeps = narration.documents_of(job.parts)
    document = {**kind.document(job), **values, "sweeps": sweeps, "computed": is_computed}
    is_decided, totals = kind.is_decided(job), [part.store.totals() for part in job.parts]
    complaints = kind.complaints if is_decided else ("unresolved", "failed")
    count = sum(total[outcome] for total in totals for outcome in complaints)
    outcomes = [Outcome[outcome.upper()] for outcome in complaints]
    every = chain.from_iterable(troubles(part, *outcomes) for part in job.parts)
    reasons = list(islice(every, MAX_REASONS)) if count else []
    tables = tables_of(kind, job, shown)
    return Answer(
        "\n\n".join(filter(None, [job.heading, *map(str, tables)])),
        document,
        INCOMPLETE if count or not is_decided else DONE,
        _aside(is_computed, opening(job.stores)),
        _complaints(reasons, count),
        None if kind.draw is None else partial(narration.draw, job),
    )


def tables_of(kind: Kind[Any, Any], job: Any, shown: Sequence[str]) -> Sequence[TitledTable]:
    """Returns the tables of an answer, with the values of the outputs that were chosen if some were."""
    if kind.values is None or not shown:
        return kind.tables(job)
    return kind.values.tables(job, shown)


def explained(kind: Kind[Any, Any], request: Any) -> Answer:
    """Returns what a question would cost."""
    from wellposed.sweeps.experiments.find import locate

    cost = kind.cost(request, locate)
    return Answer(str(cost), cost.document())


def _parameter(one: RequestField) -> inspect.Parameter:
    """Returns the parameter of a command that gives one field of a request."""
    option, description = one.option, one.description
    completer: Mapping[str, Any] = completion.completer_for(option.completion)
    shown = None if one.default is dataclasses.MISSING else one.default
    kind = _type_of(one)
    if not option.flag:
        about = typer.Argument(metavar=option.metavar, help=description, show_default=False, **completer)
    elif kind is bool:
        about = typer.Option(f"{option.flag}/--no-{option.flag.removeprefix('--')}", help=description)
    else:
        metavar = None if get_origin(kind) is Literal else option.metavar  # typer lists what is allowed
        about = typer.Option(
            option.flag, metavar=metavar, help=description, show_default=shown is not None, **completer
        )
    if option.is_repeated:
        default: Any = [] if not one.is_required else inspect.Parameter.empty
        kind = list[str]
        about.show_default = False
    else:
        default = inspect.Parameter.empty if one.is_required else shown
    return inspect.Parameter(
        one.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, about]
    )


def _type_of(one: RequestField) -> Any:
    """Returns what a command line is read as: text that the request understands, or a number."""
    plain = one.plain_type
    if get_origin(plain) is Literal:
        return plain
    options = [kind for kind in get_args(plain) if kind is not type(None)] or [plain]
    if len(options) == 1 and options[0] in (bool, int, float):
        return options[0] if type(None) not in get_args(plain) else options[0] | None
    return str if one.is_required or isinstance(one.default, str) else str | None


def _aside(computed: bool, opening: str) -> str:
    """Returns how to open what is stored."""
    parts = [] if computed else ["All of it was stored already; nothing was computed."]
    return "\n\n".join([*parts, f"Open it in Python:\n    {opening}"])


def _complaints(reasons: Sequence[str], count: int) -> list[str]:
    """Returns why some of `count` points have no answer."""
    rest = count - len(reasons)
    return [*reasons, *([f"and {rest:,} more points without an answer"] if rest > 0 else [])]
