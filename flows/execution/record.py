"""What Prefect is told of a run: what it is called, and what it leaves for a reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast
from uuid import UUID

from prefect import flow, get_run_logger
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed
from prefect.task_runners import ThreadPoolTaskRunner

from wellposed.flows.kinds.job import Job, Part
from wellposed.flows.kinds.narration import asked
from wellposed.flows.text import spread

TASKS_AT_A_TIME = 4

ID_DIGITS = 8
"""Of a sweep's id in a tag: enough for ``wellposed show``."""


def task_runner() -> Any:
    """On which the tasks of a run are threads, as they only wait for workers."""
    return ThreadPoolTaskRunner(max_workers=TASKS_AT_A_TIME)


@dataclass(frozen=True)
class RunRecord:
    """A flow run of jobs, as it is entered in Prefect's records.

    Attributes
    ----------
    kind, title : str
        The names of the flow and of the run.
    asked : sequence of str
        How its log begins.
    tags : sequence of str
        Families and experiments, and the sweep's id where there is one sweep alone.
    request : mapping
        The question, as parameters of the run.
    page, description : str
        The key of the page that the run leaves, and a line about it.
    """

    kind: str
    title: str
    asked: Sequence[str]
    tags: Sequence[str]
    request: Mapping[str, Any]
    page: str
    description: str

    @classmethod
    def of(cls, job: Job) -> Self:
        """Returns the entry of a job."""
        names = [part.experiment.name for part in job.parts]
        families = [name.partition(".")[0] for name in names]
        tags = list(dict.fromkeys([*families, *names]))
        if not job.is_composite:
            part = job.parts[0]
            page = f"{job.kind} {names[0]}"
            tags.append(part.store.id[:ID_DIGITS])
            return cls(job.kind, job.title, list(asked(job)), tags, _brief(part), _key(page), job.title)
        request = {"questions": [part.title for part in job.parts]}
        page = f"{job.kind} {job.title}"
        return cls(job.kind, job.title, list(asked(job)), tags, request, _key(page), f"Answers to the {page}")

    def record(self, answer: Callable[[], str]) -> None:
        """Runs `answer` as a flow, with what it returns as the message of its end."""

        @flow(name=self.kind, task_runner=task_runner(), validate_parameters=False)
        def recorded(request: Mapping[str, Any]) -> State:
            self.begin()
            return Completed(message=answer())

        recorded(self.request, return_state=True).result()

    def begin(self) -> None:
        """Gives the present flow run its name, its tags and the first lines of its log."""
        run = _present_run()
        with get_client(sync_client=True) as client:
            tags = dict.fromkeys([*run.tags, *self.tags])
            client.update_flow_run(run.id, name=self.title, tags=list(tags))
        for line in self.asked:
            get_run_logger().info(line)

    def publish(self, markdown: str) -> None:
        """Leaves `markdown` as an artifact of the present flow run."""
        create_markdown_artifact(markdown, key=self.page, description=self.description)


@dataclass(frozen=True)
class ProgressBar:
    """An artifact of the present flow run that tells how far a job is."""

    artifact: UUID

    @classmethod
    def begun(cls) -> Self:
        return cls(cast(UUID, create_progress_artifact(0.0, description="Begun")))

    def update(self, percent: float, known: str) -> None:
        """So many percent of the blocks that are known of are stored."""
        update_progress_artifact(self.artifact, percent, known)


def is_recorded() -> bool:
    """Whether this is part of a flow run already."""
    return FlowRunContext.get() is not None


def _present_run() -> Any:
    context = FlowRunContext.get()
    return None if context is None else context.flow_run


def _brief(part: Part) -> dict[str, Any]:
    """Returns a question for Prefect, which takes no more than half a megabyte: long axes by their ends."""
    request = part.request()
    axes = {name: spread(values) for name, values in request["axes"].items()}
    return {**request, "axes": axes, "id": part.store.id}


def _key(name: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", name.lower()))
