"""Questions from Python: a function for each kind, whose arguments are the fields of its request."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, overload

from wellposed.errors import RequestError
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.audit import AuditRequest
from wellposed.flows.kinds.boundary import BoundaryRequest
from wellposed.flows.kinds.curve import CurveRequest
from wellposed.flows.kinds.request import fields_of, made
from wellposed.flows.kinds.study import StudyRequest
from wellposed.flows.kinds.sweep import SweepRequest

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.flows.kinds.kind import Cost, Kind

P = ParamSpec("P")


def _function(name: str, request: Callable[P, object]) -> Callable[P, xr.Dataset]:
    """Returns the function that asks questions of a kind, with the signature of its request."""

    def ask(*arguments: P.args, **options: P.kwargs) -> xr.Dataset:
        from wellposed.flows.execution.complete import complete
        from wellposed.sweeps.cluster.file import find_cluster
        from wellposed.sweeps.experiments.find import locate

        kind = KINDS[name]
        asked = _request(kind, arguments, options)
        cluster = find_cluster(asked.cluster)
        job = kind.job(asked, locate)
        complete(job, cluster)
        result: xr.Dataset = job.result()
        return result

    ask.__name__ = ask.__qualname__ = name
    ask.__module__ = "wellposed"
    ask.__signature__ = _signature(request)  # type: ignore[attr-defined]
    ask.__doc__ = _documentation(name, request)
    return ask


def _request(kind: Kind[Any, Any], arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Returns the request of a call.  Raises `RequestError` if a field is not allowed."""
    bound = _signature(kind.request).bind(*arguments, **options)
    return made(kind.request, bound.arguments)


def _signature(request: Any) -> inspect.Signature:
    """Returns the signature of a request with the plain types of its fields."""
    parameters = []
    for one in fields_of(request):
        kind = (
            inspect.Parameter.POSITIONAL_OR_KEYWORD if one.is_positional else inspect.Parameter.KEYWORD_ONLY
        )
        default = inspect.Parameter.empty if one.is_required else one.default
        parameters.append(inspect.Parameter(one.name, kind, default=default, annotation=one.plain_type))
    return inspect.Signature(sorted(parameters, key=lambda parameter: parameter.kind))


def _documentation(name: str, request: Any) -> str:
    """Returns the docstring of a function that asks, written from the fields of its request."""
    kind = KINDS[name]
    lines = [kind.summary, "", "What is stored already is not computed again.", ""]
    lines += ["Parameters", "----------"]
    for one in fields_of(request):
        optional = "" if one.is_required else f", by default {one.default!r}"
        lines += [f"{one.name} : {_type_name(one.plain_type)}{optional}", f"    {one.description}"]
    lines += ["", "Returns", "-------"]
    lines += kind.returns.splitlines()
    lines += ["", "Raises", "------"]
    for errors, when in (
        (
            "RequestError, ParameterError",
            "If there is no such experiment or cluster, or the request is not allowed.",
        ),
        ("CatalogueError", "If the catalogue holds something else or cannot be written."),
        ("ServerError", "If there is no Prefect server to record the run."),
        (
            "IncompleteError",
            "If blocks could not be computed.  What could is stored; asking again computes the rest.",
        ),
    ):
        lines += [errors, f"    {when}"]
    return "\n".join(lines)


def _type_name(annotation: Any) -> str:
    """Returns a type as a reader writes it."""
    shown = inspect.formatannotation(annotation)
    for module in ("collections.abc.", "typing.", "pathlib."):
        shown = shown.replace(module, "")
    return shown


sweep = _function("sweep", SweepRequest)
boundary = _function("boundary", BoundaryRequest)
curve = _function("curve", CurveRequest)
study = _function("study", StudyRequest)
audit = _function("audit", AuditRequest)


def function_of_kind(name: str) -> Callable[..., xr.Dataset] | None:
    """Returns the function that asks questions of a kind of this name, if there is one in the table."""
    kind = KINDS.get(name)
    return None if kind is None else _function(name, kind.request)


@overload
def explain(question: Callable[P, xr.Dataset], /, *arguments: P.args, **options: P.kwargs) -> Cost: ...
@overload
def explain(question: str, /, *arguments: Any, **options: Any) -> Cost: ...
def explain(question: Any, /, *arguments: Any, **options: Any) -> Cost:
    """Returns what a question would cost, after a trial of a few points; nothing is computed or stored.

    Parameters
    ----------
    question : callable or str
        Of what kind it is: `wellposed.sweep`, `wellposed.boundary`, ..., or its name.
    *arguments, **options
        What that function would be given.

    Returns
    -------
    Cost
        Lines of text as ``str(cost)``, and plain data as ``cost.document()``.

    Raises
    ------
    RequestError, ParameterError
        If there is no such kind, experiment or cluster, or the request is not allowed.
    """
    from wellposed.sweeps.experiments.find import locate

    name = question if isinstance(question, str) else getattr(question, "__name__", "")
    if name not in KINDS:
        raise RequestError(f"A question must be of one of the kinds {', '.join(KINDS)}, but is {question!r}.")
    kind = KINDS[name]
    return kind.cost(_request(kind, arguments, options), locate)
