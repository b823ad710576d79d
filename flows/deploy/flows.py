"""The flows that Prefect starts by itself, from a form or on a schedule: one for each kind, and the report.

Each does what the command of its name does.  A request that is not allowed ends the run as failed, with what
is wrong as its message.  Prefect imports a flow by its name in this module.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

from prefect import Flow, flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun
from prefect.states import Completed, Failed

from wellposed import catalog
from wellposed.errors import WellposedError
from wellposed.flows.deploy import form
from wellposed.flows.deploy.allowlist import locate_allowed
from wellposed.flows.execution.complete import complete
from wellposed.flows.execution.record import RunRecord, task_runner
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.kind import Kind
from wellposed.flows.kinds.narration import answered, concluded, page_of
from wellposed.flows.kinds.request import fields_of, made
from wellposed.flows.presentation.listing import catalogue_table
from wellposed.sweeps.cluster.file import find_cluster


@flow(name="report", flow_run_name="report of {catalogue}")
def report(catalogue: str = form.CATALOGUE, destination: str = form.DESTINATION) -> State:
    """Writes what a catalogue holds as one HTML page that opens without a network, with its figures.

    The same as `wellposed report`.
    """
    from wellposed.flows.report.report import report as write

    try:
        page = write(catalogue, destination)
        contents = catalogue_table(catalog.open(catalogue).table())
    except WellposedError as error:
        return _refused(error)
    get_run_logger().info("Written: %s", page)
    create_markdown_artifact(
        f"`{page}`\n\n{contents.markdown()}",
        key="report",
        description=f"What {catalogue} held for the report",
    )
    return Completed(message=f"Written: {page}")


def flows() -> dict[str, Flow[..., Any]]:
    """Returns all that can be deployed, by name: a flow for each kind of question, and the report."""
    return {**{name: flow_of(name) for name in KINDS}, "report": report}


def flow_of(name: str) -> Flow[..., Any]:
    """Returns the flow that asks questions of a kind; its form is the kind's request."""
    offered = tuple(form.choices(one.choices) for one in fields_of(KINDS[name].request) if one.choices)
    return _made(name, str(offered))


@cache  # Prefect warns of two flows of one name
def _made(name: str, offered: str) -> Flow[..., Any]:
    """Returns the flow of a kind whose form has certain choices, which are known by their text."""
    kind = KINDS[name]

    def ask(*arguments: Any, **fields: Any) -> State:
        given = form.signature_of(kind).bind_partial(*arguments, **fields).arguments
        return _answered(kind, given)

    ask.__name__ = ask.__qualname__ = name
    ask.__module__ = __name__
    ask.__doc__ = f"{kind.summary}\n\nThe same as `wellposed {name}`."
    ask.__signature__ = form.signature_of(kind)  # type: ignore[attr-defined]
    ask.__annotations__ = {one.name: one.annotation for one in form.signature_of(kind).parameters.values()}
    return flow(name=name, flow_run_name=kind.run_name, task_runner=task_runner())(ask)


def __getattr__(name: str) -> Flow[..., Any]:
    if name in KINDS:
        return flow_of(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _answered(kind: Kind[Any, Any], given: dict[str, Any]) -> State:
    """Asks in the present flow run, computes what is not stored, and says what became of it."""
    log = get_run_logger()
    try:
        request = made(kind.request, given)
        place = find_cluster(request.cluster)
        job = kind.job(request, locate_allowed)
        entry = RunRecord.of(job)
        entry.begin()
        if not complete(job, place):
            log.info("All of it was stored already; nothing was computed.")
            for line in (line for part in job.parts for line in answered(part)):
                log.info(line)
            entry.publish(page_of(job))
        return Completed(message=concluded(job))
    except WellposedError as error:
        return _refused(error)


def _refused(error: Exception) -> State:
    """Returns what becomes of a run whose error says all there is to say."""
    get_run_logger().error(str(error))
    for name in ("prefect.flow_runs", "prefect.engine"):  # would add a traceback of their own
        logging.getLogger(name).addFilter(_is_no_failed_run)
    return Failed(message=str(error))


def _is_no_failed_run(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))
