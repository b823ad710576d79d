"""The flows that Prefect starts by itself, from a form or on a schedule, and the table of them.

Each does what the command of its name does.  A request that is not allowed ends the run as failed, with what
is wrong as its message.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Self

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun
from prefect.states import Completed, Failed
from pydantic import Field

from wellposed import catalog
from wellposed.errors import AnswerError, CatalogueError, FlowError, ParameterError, RequestError
from wellposed.flows.deploy import form
from wellposed.flows.deploy.allowlist import find_offered
from wellposed.flows.execution.complete import complete
from wellposed.flows.execution.record import Entry, task_runner
from wellposed.flows.kinds import boundary as search
from wellposed.flows.kinds import curve as tracing
from wellposed.flows.kinds import sweep as sweeping
from wellposed.flows.kinds.audits import find_audit
from wellposed.flows.kinds.job import Job, Options, Recompute
from wellposed.flows.kinds.study import Picture, find_study
from wellposed.flows.presentation.findings import Findings
from wellposed.flows.presentation.listing import catalogue_table
from wellposed.flows.presentation.log import answered, concluded
from wellposed.sweeps.cluster.file import find_cluster
from wellposed.sweeps.requests.spelling import parse_axes, parse_range, parse_settings

REFUSALS = (RequestError, ParameterError, CatalogueError, FlowError, AnswerError)
"""Errors whose message says all there is to say."""


@flow(name="sweep", flow_run_name="{experiment}", task_runner=task_runner())
def sweep(
    experiment: str = form.EXPERIMENT,
    axes: list[str] = form.GRID,
    settings: list[str] = form.SETTINGS,
    recompute: Recompute = form.RECOMPUTE,
    time_limit: form.Seconds = form.TIME_LIMIT,
    cluster: str = form.CLUSTER,
    catalogue: str = form.CATALOGUE,
) -> State:
    """Evaluates an experiment at every point of a grid, as far as that is not stored already.

    The same as `wellposed run`.
    """

    def ask() -> Asked:
        asked = find_offered(experiment)
        grid, fixed = parse_axes(asked, axes), parse_settings(asked, settings)
        one = sweeping.prepare(experiment, grid, fixed, catalogue, Options(recompute, time_limit))
        return Asked.found([one])

    return _answered(ask, cluster)


@flow(name="boundary", flow_run_name="{experiment} along {along}", task_runner=task_runner())
def boundary(
    experiment: str = form.ORDERED_EXPERIMENT,
    along: str = form.ALONG,
    axes: list[str] = form.LINES,
    settings: list[str] = form.SETTINGS,
    tolerance: form.Positive = form.TOLERANCE,
    coarse: form.AtLeastTwo = form.COARSE_SCAN,
    scan_all: bool = form.SCAN_ALL,
    recompute: Recompute = form.RECOMPUTE,
    time_limit: form.Seconds = form.TIME_LIMIT,
    cluster: str = form.CLUSTER,
    catalogue: str = form.CATALOGUE,
) -> State:
    """Locates where the order parameter of an experiment changes sign along one parameter.

    The same as `wellposed boundary`.
    """

    def ask() -> Asked:
        asked = find_offered(experiment)
        lines, fixed = parse_axes(asked, axes), parse_settings(asked, settings)
        options = Options(recompute, time_limit)
        one = search.prepare(
            experiment, along, lines, fixed, tolerance, catalogue, options, coarse, not scan_all
        )
        return Asked.found([one])

    return _answered(ask, cluster)


@flow(name="trace", flow_run_name="{experiment} along {along}", task_runner=task_runner())
def trace(
    experiment: str = form.ORDERED_EXPERIMENT,
    along: str = form.ALONG,
    axis: str = form.RANGE,
    settings: list[str] = form.SETTINGS,
    tolerance: form.Positive = form.ROUGH,
    coarse: form.AtLeastTwo = form.COARSE_GRID,
    depth: Annotated[int, Field(ge=0)] = form.DEPTH,
    recompute: Recompute = form.RECOMPUTE,
    time_limit: form.Seconds = form.TIME_LIMIT,
    cluster: str = form.CLUSTER,
    catalogue: str = form.CATALOGUE,
) -> State:
    """Follows the curve in a plane of two parameters on which the order parameter changes sign.

    The same as `wellposed trace`.
    """

    def ask() -> Asked:
        asked = find_offered(experiment)
        (across, over), fixed = parse_range(asked, axis), parse_settings(asked, settings)
        options = Options(recompute, time_limit)
        one = tracing.prepare(
            experiment, along, across, over, fixed, tolerance, coarse, depth, catalogue, options
        )
        return Asked([one], one.markdown, lambda: concluded([one]))

    return _answered(ask, cluster)


@flow(name="study", flow_run_name="{name}", task_runner=task_runner())
def study(
    name: str = form.STUDY,
    cluster: str = form.CLUSTER,
    catalogue: str = form.CATALOGUE,
) -> State:
    """Carries out a study: boundaries and a phase diagram that belong together.

    The same as `wellposed study`.
    """

    def ask() -> Asked:
        asked = find_study(name)
        return Asked.found(asked.prepare(catalogue), asked.picture, ("study", name))

    return _answered(ask, cluster)


@flow(name="audit", flow_run_name="{name}", task_runner=task_runner())
def audit(
    name: str = form.FAMILY,
    cluster: str = form.CLUSTER,
    catalogue: str = form.CATALOGUE,
) -> State:
    """Judges every printed claim of a family of equations by measurement, and stores the verdicts.

    The same as `wellposed audit`.
    """

    def ask() -> Asked:
        asked = find_audit(name).prepare(catalogue)

        def conclude() -> str:
            asked.store()
            return asked.said

        return Asked(asked.jobs, asked.markdown, conclude, ("audit", name))

    return _answered(ask, cluster)


@flow(name="report", flow_run_name="report of {catalogue}")
def report(catalogue: str = form.CATALOGUE, destination: str = form.DESTINATION) -> State:
    """Writes what a catalogue holds as one HTML page that opens without a network, with its figures.

    The same as `wellposed report`.
    """
    from wellposed.flows.report.report import report as write

    try:
        page = write(catalogue, destination)
        held = catalogue_table(catalog.open(catalogue).table())
    except REFUSALS as error:
        return _refused(error)
    get_run_logger().info("Written: %s", page)
    create_markdown_artifact(
        f"`{page}`\n\n{held.markdown()}", key="report", description=f"What {catalogue} held for the report"
    )
    return Completed(message=f"Written: {page}")


FLOWS = (sweep, boundary, trace, study, audit, report)
"""All that can be deployed."""


@dataclass(frozen=True)
class Asked:
    """A request that has been checked.

    Attributes
    ----------
    jobs : sequence of Job
    report : callable
        The page that the run leaves, when everything is computed.
    conclude : callable
        What was found, in one line.
    together : (str, str), optional
        As for `wellposed.flows.execution.complete.complete`.
    """

    jobs: Sequence[Job]
    report: Callable[[], str]
    conclude: Callable[[], str]
    together: tuple[str, str] | None = None

    @classmethod
    def found(
        cls, jobs: Sequence[Job], picture: Picture = "planes", together: tuple[str, str] | None = None
    ) -> Self:
        findings = Findings(jobs, picture)
        return cls(jobs, findings.markdown, lambda: concluded(jobs), together)


def _answered(ask: Callable[[], Asked], cluster: str) -> State:
    """Asks in the present flow run, computes what is not stored, and says what became of it."""
    log = get_run_logger()
    try:
        place, asked = find_cluster(cluster), ask()
        entry = Entry.of(asked.jobs, asked.together)
        entry.begin()
        if not complete(asked.jobs, asked.report, asked.together, place):
            log.info("All of it was stored already; nothing was computed.")
            for line in (line for one in asked.jobs for line in answered(one)):
                log.info(line)
            entry.publish(asked.report())
        return Completed(message=asked.conclude())
    except REFUSALS as error:
        return _refused(error)


def _refused(error: Exception) -> State:
    """What becomes of a run whose error says all there is to say."""
    get_run_logger().error(str(error))
    for name in ("prefect.flow_runs", "prefect.engine"):  # would add a traceback of their own
        logging.getLogger(name).addFilter(_is_no_failed_run)
    return Failed(message=str(error))


def _is_no_failed_run(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))
