"""What a Prefect server is told of the flows that it may start: deployments, their schedules, a work pool."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfoNotFoundError

import tzlocal
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.types.entrypoint import EntrypointType
from prefect.workers.process import ProcessWorker
from pydantic import ValidationError

from wellposed.errors import RequestError
from wellposed.flows.deploy.flows import flows
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.request import Choices, fields_of
from wellposed.sweeps.experiments.find import absolute, find_experiment, plug_ins

ORDERED = Choices("ordered")
"""The choices of a field that takes experiments with a boundary alone."""

SLUG = "command-line"
"""Begins the slug of every schedule that was given on a command line."""


def deployments(name: str, catalogue: str, references: Iterable[str] = ()) -> list[RunnerDeployment]:
    """A deployment of every flow.

    Runs are processes with folders of their own, so places are told in full.

    Parameters
    ----------
    name : str
        What each is called, after the name of its flow.
    catalogue : str
        Where answers are kept, unless a run says otherwise.
    references : iterable of str
        Experiments that the form offers besides those that come with wellposed or are installed.

    Raises
    ------
    RequestError
        If there is no such experiment.
    """
    more = {one.name: one.experiment for one in plug_ins() if one.experiment is not None}
    more |= {absolute(reference): find_experiment(reference) for reference in references}
    need_order = {
        name for name, kind in KINDS.items() if any(one.choices == ORDERED for one in fields_of(kind.request))
    }
    ordered = [reference for reference, found in more.items() if found.order_parameter is not None]
    places = {
        "catalogue": catalogue if "://" in catalogue else str(Path(catalogue).resolve()),
        "destination": str(Path("report").resolve()),
    }
    made = []
    for flow in flows().values():
        deployment = RunnerDeployment.from_flow(
            flow,
            f"{flow.name}-{name}",
            parameters={name: places[name] for name in flow.parameters.properties.keys() & places},
            tags=["wellposed"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        # What is told as empty takes away the schedules that were made in the interface, and ends a pause.
        deployment.model_fields_set.difference_update({"schedules", "paused"})
        question: dict[str, Any] = deployment._parameter_openapi_schema.properties.get("experiment", {})
        if question.get("enum"):
            choices = [*question["enum"], *(ordered if flow.name in need_order else more)]
            question["enum"] = list(dict.fromkeys(choices))
        made.append(deployment)
    return made


def schedules(texts: Iterable[str]) -> dict[str, list[CronSchedule]]:
    """The schedules that `texts`, such as ``audit=0 3 * * *``, spell, by the names of their flows.

    Times are those of this machine's time zone.

    Raises
    ------
    RequestError
        If a text is not of that form, or the time zone of this machine cannot be told.
    """
    spelled: dict[str, list[CronSchedule]] = {flow.name: [] for flow in flows().values()}
    for text in texts:
        name, equals, cron = (part.strip() for part in text.partition("="))
        if name not in spelled or not equals:
            raise RequestError(
                f"Schedule `{text}` must look like DEPLOYMENT=CRON, with one of {', '.join(spelled)}."
            )
        try:
            schedule = CronSchedule(cron=cron, timezone=_time_zone(text))
        except ValidationError:
            raise RequestError(
                f"Schedule `{text}` must have minute, hour, day, month and weekday, as in {name}=0 3 * * *."
            ) from None
        spelled[name].append(schedule)
    return spelled


def _time_zone(schedule: str) -> str:
    """The name of this machine's time zone; without one, a schedule would be in UTC."""
    try:
        name = tzlocal.get_localzone_name()
    except ZoneInfoNotFoundError:  # what the machine says of it is contradictory, or no zone
        name = None
    if name is None:
        raise RequestError(
            f"Schedule `{schedule}` needs the time zone of this machine, which cannot be told: set TZ, such "
            "as TZ=Europe/Berlin."
        )
    return name


def reschedule(client: SyncPrefectClient, deployment: UUID, wanted: Sequence[CronSchedule]) -> None:
    """Replaces the schedules that a command line gave to a deployment; those made elsewhere stay."""
    for schedule in client.read_deployment_schedules(deployment):
        if (schedule.slug or "").startswith(SLUG):
            client.delete_deployment_schedule(deployment, schedule.id)
    if wanted:
        client.create_deployment_schedules(
            deployment,
            [
                DeploymentScheduleCreate(schedule=schedule, active=True, slug=f"{SLUG}-{number}")
                for number, schedule in enumerate(wanted, 1)
            ],
        )


def work_pool(client: SyncPrefectClient, name: str, limit: int | None) -> int | None:
    """Makes a pool of processes called `name`, of one run at a time, if there is none.

    Parameters
    ----------
    limit : int, optional
        How many runs at a time the pool is to have, new or not.

    Returns
    -------
    int or None
        How many it has.

    Raises
    ------
    RequestError
        If there is one of another type.
    """
    try:
        pool = client.read_work_pool(name)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        pool = client.create_work_pool(
            WorkPoolCreate(
                name=name, type=ProcessWorker.type, base_job_template=template, concurrency_limit=limit or 1
            )
        )
    if pool.type != ProcessWorker.type:
        raise RequestError(f"Work pool `{name}` must be of type {ProcessWorker.type}, but is of {pool.type}.")
    if limit is not None and limit != pool.concurrency_limit:
        client.update_work_pool(name, WorkPoolUpdate(concurrency_limit=limit))
        return limit
    return pool.concurrency_limit
