"""The flows that Prefect starts by itself, from a form or on a schedule: one for each kind, and the report.

Each does what the command of its name does.  A request that is not allowed ends the run as failed, with what
is wrong as its message.  Prefect imports a flow by its name in this module.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Collection, Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from prefect import Flow, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL
from prefect.states import Completed, Failed

from wellposed import catalog
from wellposed.errors import WellposedError
from wellposed.flows.deploy import form
from wellposed.flows.deploy.allowlist import locate_allowed
from wellposed.flows.execution.complete import complete
from wellposed.flows.execution.record import recorded
from wellposed.flows.execution.server import ServerAccess
from wellposed.flows.kinds import KINDS, narration
from wellposed.flows.kinds.kind import Kind
from wellposed.flows.kinds.request import fields_of, made
from wellposed.flows.presentation.listing import catalogue_table
from wellposed.sweeps.cluster.file import find_cluster

if TYPE_CHECKING:
    from wellposed.flows.kinds.job import Job

REPORT = "report"
"""The name of the flow that is of no kind."""


def _write_report(catalogue: str, destination: str) -> State:
    """Writes the report in the present flow run."""
    from wellposed.flows.report.report import report as write

    try:
        page = write(catalogue, destination)
        contents = catalogue_table(catalog.open(catalogue).rows())
    except WellposedError as error:
        return _failed(str(error))
    get_run_logger().info("Written: %s", page)
    create_markdown_artifact(
        f"`{page}`\n\n{contents.markdown()}",
        key="report",
        description=f"What {catalogue} held for the report",
    )
    return Completed(message=f"Written: {page}")


def flows() -> dict[str, Flow[..., Any]]:
    """Returns all that can be deployed, by name: a flow for each kind of question, and the report."""
    return {name: flow_of(name) for name in (*KINDS, REPORT)}


def flow_of(name: str, unknown: Collection[str] = ()) -> Flow[..., Any]:
    """Returns the flow that asks questions of a kind, or writes the report.

    Parameters
    ----------
    name : str
    unknown : collection of str
        Fields that it takes in order to refuse them.  Prefect itself has a run that is given such crash.
    """
    if name == REPORT:
        return _report(tuple(unknown))
    offered = tuple(form.choices(one.choices) for one in fields_of(KINDS[name].request) if one.choices)
    return _made(name, str(offered), tuple(unknown))


@cache  # Prefect warns of two flows of one name
def _made(name: str, offered: str, unknown: tuple[str, ...]) -> Flow[..., Any]:
    """Returns the flow of a kind whose form has certain choices, which are known by their text."""
    kind = KINDS[name]

    def ask(*arguments: Any, **fields: Any) -> State:
        given = signature.bind_partial(*arguments, **fields).arguments
        return _answered(kind, given)

    signature = _with_fields(form.signature_of(kind), unknown)
    ask.__name__ = ask.__qualname__ = name
    ask.__module__ = __name__
    ask.__doc__ = f"{kind.summary}\n\nThe same as `wellposed {name}`."
    ask.__signature__ = signature  # type: ignore[attr-defined]
    ask.__annotations__ = {one.name: one.annotation for one in signature.parameters.values()}
    return flow(name=name, flow_run_name=None if unknown else kind.run_name)(ask)


@cache
def _report(unknown: tuple[str, ...]) -> Flow[..., Any]:
    """Returns the flow that writes the report."""

    def write(catalogue: str = form.CATALOGUE, destination: str = form.DESTINATION, **fields: Any) -> State:
        if unknown:
            return _failed(f"There is no `{unknown[0]}` to be given; there is catalogue, destination.")
        return _write_report(catalogue, destination)

    own = [one for one in inspect.signature(write, eval_str=True).parameters.values() if one.name != "fields"]
    write.__name__ = write.__qualname__ = REPORT
    write.__module__ = __name__
    write.__doc__ = (
        "Writes what a catalogue holds as one HTML page that opens without a network, with its figures.\n\n"
        "The same as `wellposed report`."
    )
    write.__signature__ = _with_fields(inspect.Signature(own), unknown)  # type: ignore[attr-defined]
    write.__annotations__ = {one.name: one.annotation for one in own}
    return flow(name=REPORT, flow_run_name=None if unknown else "report of {catalogue}")(write)


def _with_fields(signature: inspect.Signature, names: Iterable[str]) -> inspect.Signature:
    """Returns a signature that takes more fields, of any type."""
    more = [
        inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=Any)
        for name in names
    ]
    return signature.replace(parameters=[*signature.parameters.values(), *more])


def __getattr__(name: str) -> Flow[..., Any]:
    if name not in KINDS and name != REPORT:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    known = flow_of(name)
    return flow_of(name, sorted(_given_here() - known.parameters.properties.keys()))


def _given_here() -> set[str]:
    """Returns the names of what the run is given for which this process was started, if it was for one."""
    try:
        return set(flow_run.get_parameters())
    except Exception:  # whatever a server says: the run itself meets it next
        return set()


def _answered(kind: Kind[Any, Any], given: dict[str, Any]) -> State:
    """Asks in the present flow run, computes what is not stored, and says what became of it."""
    try:
        request = made(kind.request, given)
        place = find_cluster(request.cluster)
        job = kind.job(request, locate_allowed)
        if not complete(job, place):
            _record_again(job)
        concluded = narration.concluded(job)
        return _failed(concluded) if narration.state_of(job) == "FAILED" else Completed(message=concluded)
    except WellposedError as error:
        return _failed(str(error))


def _record_again(job: Job) -> None:
    """Has the present flow run tell of a job that was stored already."""
    access = ServerAccess(str(PREFECT_API_URL.value()))
    with recorded(job, access, get_run_logger().warning) as record:
        record.say("All of it was stored already; nothing was computed.")
        for line in (line for part in job.parts for line in narration.answered(part)):
            record.say(line)
        record.publish(narration.page_of(job))
        record.end(narration.state_of(job), narration.concluded(job))


def _failed(message: str) -> State:
    """Returns what becomes of a run whose message says all there is to say."""
    get_run_logger().error(message)
    for name in ("prefect.flow_runs", "prefect.engine"):  # would add a traceback of their own
        logging.getLogger(name).addFilter(_is_no_failed_run)
    return Failed(message=message)


def _is_no_failed_run(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))
