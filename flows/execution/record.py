"""What Prefect is told of a run: what it is called, what it says, and what it leaves for a reader.

The record is a view.  Everything here returns at once, and the run does not depend on it (see `Channel`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self
from uuid import UUID, uuid4

from prefect.client.orchestration import SyncPrefectClient
from prefect.context import FlowRunContext
from prefect.logging.configuration import ensure_logging_setup

from wellposed.flows.execution.channel import Channel, channel
from wellposed.flows.execution.watchdog import Watchdog, watchdog
from wellposed.flows.kinds.job import Job, Part
from wellposed.flows.kinds.narration import asked
from wellposed.flows.text import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wellposed.flows.execution.server import ServerAccess

ID_DIGITS = 8
"""Of a sweep's id in a tag: enough for ``wellposed show``."""

LOGGER = "prefect.flow_runs"
"""Prefect's logger of flow runs, which ``--verbose`` shows in a terminal."""

StateType = Literal["RUNNING", "COMPLETED", "FAILED", "CRASHED", "CANCELLED", "SCHEDULED"]

SET_STATE: Mapping[str, Literal["/flow_runs/{id}/set_state", "/task_runs/{id}/set_state"]] = {
    "flow_runs": "/flow_runs/{id}/set_state",
    "task_runs": "/task_runs/{id}/set_state",
}

ENDS = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


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


@dataclass
class Entry:
    """Something that has a state at the server, and an id once the server has been told of it.

    Attributes
    ----------
    place : str
        The part of the API that knows it.
    channel : Channel
        How the server is told.
    id : UUID, optional
    is_ended : bool
        Whether it has had its last state; later ones are not entered.
    final : mapping, optional
        The state in which it ends, from the moment that this is known.
    """

    place: Literal["flow_runs", "task_runs"]
    channel: Channel
    id: UUID | None = None
    is_ended: bool = False
    final: Mapping[str, str] | None = None

    def becomes(
        self, state: StateType, name: str, message: str = "", then: Callable[[], None] = lambda: None
    ) -> None:
        """Enters a state, and calls `then` when the server has it; one that has ended stays as it is."""
        if self.is_ended:
            return
        self.is_ended = state in ENDS
        entered = _state(state, name, message)

        def tell(client: SyncPrefectClient) -> None:
            if self.id is not None:
                body = {"state": entered, "force": True}
                client.request("POST", SET_STATE[self.place], path_params={"id": self.id}, json=body)
                then()

        self.channel.send(tell)


@dataclass
class Record:
    """The record of a flow run that is under way.

    Attributes
    ----------
    entry : RunRecord
    run : Entry
    channel : Channel
    watchdog : Watchdog
    is_of_engine : bool
        Whether Prefect's engine has made the run, and enters its states.
    tasks : list of Entry
    bar : UUID, optional
        Of the artifact that shows how much is stored.
    """

    entry: RunRecord
    run: Entry
    channel: Channel
    watchdog: Watchdog
    is_of_engine: bool = False
    tasks: list[Entry] = field(default_factory=list)
    bar: UUID | None = None

    def within(self, entry: RunRecord, at: str | None = None) -> Record:
        """Begins the record of a run within this one."""
        return _begun(entry, self.channel, self.watchdog, self.run, at)

    def say(
        self, message: str, level: int = logging.INFO, task: Entry | None = None, at: str | None = None
    ) -> None:
        """Adds a line to the log, as of now if it is not said of which time, in ISO 8601."""
        now = at or datetime.now(UTC).isoformat()
        flow = {"flow_name": self.entry.kind, "flow_run_name": self.entry.title, "flow_run_id": ""}
        # Prefect's own way to its server, which this logger has, is not ours.
        logging.getLogger(LOGGER).log(level, "%s", message, extra={**flow, "send_to_api": False})
        line = {"name": LOGGER, "level": level, "message": message, "timestamp": now}

        def tell(client: SyncPrefectClient) -> None:
            if self.run.id is not None:
                of_task = {} if task is None or task.id is None else {"task_run_id": str(task.id)}
                self.channel.log({**line, "flow_run_id": str(self.run.id), **of_task})

        self.channel.send(tell)

    def task(self, name: str) -> Entry:
        """Begins a task run, if the run has not ended."""
        made = Entry("task_runs", self.channel, is_ended=self.run.is_ended)
        if made.is_ended:
            return made
        self.tasks.append(made)
        body = _task(name, _state("RUNNING", "Running"))

        def tell(client: SyncPrefectClient) -> None:
            if self.run.id is not None:
                answer = client.request("POST", "/task_runs/", json={**body, "flow_run_id": str(self.run.id)})
                made.id = UUID(answer.json()["id"])

        self.channel.send(tell)
        return made

    def progress(self, percent: float, known: str) -> None:
        """Says how much is stored of the blocks that are known of."""
        artifact = {"data": percent, "description": known}

        def tell(client: SyncPrefectClient) -> None:
            if self.run.id is None:
                return
            if self.bar is not None:
                client.request("PATCH", "/artifacts/{id}", path_params={"id": self.bar}, json=artifact)
                return
            made = {**artifact, "type": "progress", "flow_run_id": str(self.run.id)}
            self.bar = UUID(client.request("POST", "/artifacts/", json=made).json()["id"])

        self.channel.send(tell)

    def publish(self, markdown: str) -> None:
        """Leaves a page as an artifact."""
        page = {
            "type": "markdown",
            "key": self.entry.page,
            "description": self.entry.description,
            "data": markdown,
        }

        def tell(client: SyncPrefectClient) -> None:
            if self.run.id is not None:
                client.request("POST", "/artifacts/", json={**page, "flow_run_id": str(self.run.id)})

        self.channel.send(tell)

    def end(self, state: StateType, message: str) -> None:
        """Ends the run, and the tasks that have not ended, in a state; one that has ended stays as it is."""
        if self.run.is_ended:
            return
        for task in self.tasks:
            task.becomes(state, state.capitalize())
        # Before the id is looked at: the channel, when it has made the run, looks at this.
        self.run.final = _state(state, state.capitalize(), message)
        if self.run.id is not None:
            self.watchdog.ends(self.run.id, self.run.final)

        def told() -> None:
            if self.run.id is not None:
                self.watchdog.told(self.run.id)

        if self.is_of_engine:
            self.run.is_ended = True
            self.channel.send(lambda client: told())
        else:
            self.run.becomes(state, state.capitalize(), message, told)


@contextmanager
def recorded(
    job: Job, access: ServerAccess, tell: Callable[[str], None], at: str | None = None
) -> Iterator[Record]:
    """The record of a run of `job`: of the present flow run if there is one, or else of a new one.

    Parameters
    ----------
    job : Job
    access : ServerAccess
        The server that keeps it.
    tell : callable
        Takes a line about the record itself, from any thread.
    at : str, optional
        When its log begins, in ISO 8601, if that is not now.
    """
    ensure_logging_setup()  # as Prefect's engine does; otherwise its loggers write to standard error
    with ExitStack() as stack:
        watching = stack.enter_context(watchdog(access, tell))
        opened = stack.enter_context(channel(access, tell))
        yield _begun(RunRecord.of(job), opened, watching, at=at)


def _begun(
    entry: RunRecord,
    opened: Channel,
    watching: Watchdog,
    parent: Entry | None = None,
    at: str | None = None,
) -> Record:
    """Begins the record of a run."""
    context = FlowRunContext.get()
    is_of_engine = parent is None and context is not None and context.flow_run is not None
    if is_of_engine and context is not None and context.flow_run is not None:
        run = Entry("flow_runs", opened, context.flow_run.id)
        watching.begun(context.flow_run.id, is_of_engine=True)
        tags = list(dict.fromkeys([*context.flow_run.tags, *entry.tags]))

        def tell(client: SyncPrefectClient) -> None:
            body = {"name": entry.title, "tags": tags}
            client.request("PATCH", "/flow_runs/{id}", path_params={"id": run.id}, json=body)

    else:
        run = Entry("flow_runs", opened)
        running = _state("RUNNING", "Running")
        # A request of which no answer came may be made twice, and must not make two of them.
        key, task = str(uuid4()), _task(entry.title, running)

        def tell(client: SyncPrefectClient) -> None:
            flow = client.request("POST", "/flows/", json={"name": entry.kind}).json()["id"]
            body = {
                "flow_id": flow,
                "name": entry.title,
                "tags": list(entry.tags),
                "parameters": {"request": dict(entry.request)},
                "state": running,
                "idempotency_key": key,
            }
            if parent is not None and parent.id is not None:
                place = {**task, "flow_run_id": str(parent.id)}
                body["parent_task_run_id"] = client.request("POST", "/task_runs/", json=place).json()["id"]
            made = UUID(client.request("POST", "/flow_runs/", json=body).json()["id"])
            watching.begun(made)
            run.id = made
            if run.final is not None:  # it was known before the server answered
                watching.ends(made, run.final)

    opened.send(tell)
    record = Record(entry, run, opened, watching, is_of_engine)
    for line in entry.asked:
        record.say(line, at=at)
    return record


def _task(name: str, state: Mapping[str, str]) -> dict[str, Any]:
    """A task run for the API."""
    return {"name": name, "task_key": "blocks", "dynamic_key": str(uuid4()), "state": state}


def _state(kind: StateType, name: str, message: str = "") -> dict[str, str]:
    """A state for the API."""
    return {"type": kind, "name": name, "message": message}


def _brief(part: Part) -> dict[str, Any]:
    """Returns a question for Prefect, which takes no more than half a megabyte: long axes by their ends."""
    request = part.request()
    axes = {name: spread(values) for name, values in request["axes"].items()}
    return {**request, "axes": axes, "id": part.store.id}


def _key(name: str) -> str:
    return "-".join(re.findall("[a-z0-9]+", name.lower()))
