"""Runs that are handed to a work pool of Prefect: the deployments that `wellposed deploy` makes, started."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import get_current_settings

from wellposed.errors import FlowError, RequestError, ServerError
from wellposed.flows.execution.server import server

WAITING = {StateType.SCHEDULED, StateType.PENDING, StateType.PAUSED}
UNDER_WAY = {StateType.RUNNING, StateType.CANCELLING}

LISTED_TOGETHER = 200
"""How many runs Prefect's servers list at a time."""


def check_deployment(kind: str, pool: str) -> UUID:
    """Returns the deployment of a kind of question in a pool.

    Raises
    ------
    RequestError
        If there is no such pool, or no such deployment in it.
    ServerError
        If no Prefect server that stays is named, or it does not answer.
    """
    if get_current_settings().api.url is None:
        raise ServerError(
            "A work pool is kept by a Prefect server that stays: set PREFECT_API_URL to the address of its "
            "API."
        )
    api, name = _api(), f"{kind}/{kind}-{pool}"
    with _client(api) as client:
        try:
            return client.read_deployment_by_name(name).id
        except ObjectNotFound:
            raise RequestError(
                f"There is no deployment {name} at {api}: `wellposed deploy --pool {pool}` makes it."
            ) from None


def start(deployment: UUID, parameters: Mapping[str, Any], pool: str, id: str) -> dict[str, str]:
    """Has a deployment run for the submission `id`, and returns what finds the run again.

    Raises as `check_deployment`.
    """
    api = _api()
    with _client(api) as client:
        run = client.create_flow_run_from_deployment(deployment, parameters=dict(parameters), tags=[_tag(id)])
    return {"pool": pool, "api": api, "flow_run": str(run.id)}


def flow_runs(api: str, ids: Sequence[str]) -> dict[str, FlowRun]:
    """Returns those of some runs that the server at `api` knows, by their ids, which must be such.

    Raises
    ------
    WellposedError
        If the server is another one than that of this process, or does not answer.
    """
    found: dict[str, FlowRun] = {}
    with _client(api) as client:
        for first in range(0, len(ids), LISTED_TOGETHER):
            some = [UUID(id) for id in ids[first : first + LISTED_TOGETHER]]
            these = FlowRunFilter(id=FlowRunFilterId(any_=some))
            listed = client.read_flow_runs(flow_run_filter=these, limit=LISTED_TOGETHER)
            found |= {str(run.id): run for run in listed}
    return found


def told(
    where: Mapping[str, str], run: FlowRun | None
) -> tuple[Literal["waiting", "running", "answered", "ended"], str]:
    """Returns what Prefect says of a run, as a word and for a person.

    Raises
    ------
    FlowError
        If its server knows no such run.
    """
    if run is None:
        raise FlowError(f"Prefect at {where['api']} knows no such run any more.")
    state, name = run.state_type, run.state_name or "nothing"
    if state in WAITING:
        return "waiting", f"waits in the pool {where['pool']} ({name})"
    if state in UNDER_WAY:
        since = "" if run.start_time is None else f" since {run.start_time:%Y-%m-%d %H:%M %Z}"
        return "running", f"runs in the pool {where['pool']}{since}"
    message = "" if run.state is None or not run.state.message else f": {run.state.message}"
    if state == StateType.COMPLETED:
        return "answered", "answered"
    return "ended", f"has ended before all was answered ({name}{message})"


def cancel(where: Mapping[str, str], id: str) -> None:
    """Has Prefect cancel the run of the submission `id`.

    Raises as `flow_runs` and `told`, and if it has ended already or is the run of something else.
    """
    run = flow_runs(where["api"], [where["flow_run"]]).get(where["flow_run"])
    state, said = told(where, run)
    if state not in ("waiting", "running"):
        raise RequestError(f"It does not run any more: {said}.")
    if run is None or _tag(id) not in run.tags:
        raise RequestError(f"The flow run {where['flow_run']} is not that of submission {id}.")
    cancelling = State[Any](type=StateType.CANCELLING, name="Cancelling", message="`wellposed cancel`")
    with _client(where["api"]) as client:
        client.set_flow_run_state(run.id, cancelling)


def _tag(id: str) -> str:
    """Returns by what the run of a submission is told from others."""
    return f"submission-{id}"


def _api() -> str:
    """Returns the address of the server that this process uses, without a password that may be in it."""
    whole = urlsplit(str(get_current_settings().api.url))
    return urlunsplit(whole._replace(netloc=whole.netloc.rpartition("@")[2]))


@contextmanager
def _client(api: str) -> Iterator[SyncPrefectClient]:
    """A client of the server at `api`, which must be the one that this process is told to use."""
    if get_current_settings().api.url is None or _api() != api:
        raise ServerError(f"It is recorded at {api}: set PREFECT_API_URL to that.")
    with server() as answer, answer().client() as client:
        try:
            yield client
        except (httpx.HTTPError, PrefectHTTPStatusError) as error:
            raise FlowError(f"The Prefect server at {api} refuses: {error}") from None
