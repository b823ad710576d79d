"""Questions that are handed over to be asked elsewhere: to the queue of a cluster, or to a work pool.

What is handed over is recorded in the catalogue.  What has become of it is told by the queue or by Prefect's
server, and how far it is, by the stores and their leases; whoever sees the catalogue may ask.
"""

from __future__ import annotations

import getpass
import platform
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from wellposed.catalog import health, submissions
from wellposed.catalog.location import Location
from wellposed.catalog.submissions import Submission
from wellposed.errors import CatalogueError, QueueError, RequestError, WellposedError
from wellposed.flows.kinds.job import Job
from wellposed.flows.kinds.kind import Kind
from wellposed.flows.kinds.request import COMPUTING, as_json, fields_of
from wellposed.named_path import named_path
from wellposed.sweeps.cluster import job_script, queue
from wellposed.sweeps.cluster.file import find_cluster
from wellposed.sweeps.cluster.queue import QueuedJob
from wellposed.sweeps.experiments.find import absolute, locate

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

# Prefect takes its time to be imported, and most submissions have a queue.

JOB_NAME = "wellposed-{}"
"""What a job is called: by this it is told from one of the same number on another cluster."""

State = Literal["waiting", "running", "answered", "ended", "unknown"]
"""What has become of a submission."""


@dataclass(frozen=True)
class SubmissionStatus:
    """What has become of a submission.

    Attributes
    ----------
    submission : Submission
    state : str
    told : str
        The same for a person, with what the queue says.
    points : int
        How many are stored.
    of : int, optional
        How many there are to be, where that is known before.
    lacking : int
        How many of those that are stored have no answer: unresolved or failed.
    answered : int
        Of its sweeps and searches.
    holders : tuple of str
        Who computes them now.
    """

    submission: Submission
    state: State
    told: str
    points: int
    of: int | None
    lacking: int
    answered: int
    holders: tuple[str, ...]

    @property
    def progress(self) -> str:
        """Returns how far it is, in a few words."""
        return f"{self.points:,}" if self.of is None else f"{self.points:,} of {self.of:,}"


def submit(kind: Kind[Any, Any], request: Any, pool: str | None = None) -> Submission | None:
    """Hands a question to the queue of its cluster, or to a work pool.

    Returns
    -------
    Submission or None
        None if all of it is stored already.

    Raises
    ------
    RequestError
        If it cannot be asked, or its cluster has no queue.
    QueueError
        If the queue does not take it.
    """
    hand_over = _to_queue(request) if pool is None else _to_pool(kind, request, pool)
    job = kind.job(request, locate)
    if not any(part.pending for part in job.parts):
        job.finish()
        return None
    words = [*shlex.split(job.command)[1:], *_how(request)]
    made = Submission(
        submissions.new_id(),
        job.title,
        shlex.join(["wellposed", *words]),
        tuple(part.store.path for part in job.parts),
        datetime.now(UTC).isoformat(timespec="seconds"),
        getpass.getuser(),
        platform.node(),
        request.cluster if pool is None else pool,
    )
    made = replace(made, where=hand_over(made.id, job, words))
    try:
        submissions.record(job.parts[0].store.catalogue, made)
    except BaseException:  # nobody would know of it
        with suppress(WellposedError):
            _drop(made)
        raise
    return made


HandOver = Callable[[str, Job, Sequence[str]], dict[str, str]]
"""Hands a job over that has an id and the words of a command line, and returns what finds it again."""


def _to_queue(request: Any) -> HandOver:
    """Returns what hands a job to the queue of the cluster of a request, which is looked at first."""
    entry = job_script.check_queue(find_cluster(request.cluster))
    kind = queue.kind_of(entry.cluster_class) or ""
    name = queue.cluster_name(kind)

    def hand_over(id: str, job: Job, words: Sequence[str]) -> dict[str, str]:
        folder = named_path(entry.options.get("log_directory") or ".").absolute()
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / f"{JOB_NAME.format(id)}.log"
        number = job_script.submit(entry, JOB_NAME.format(id), words, log)
        return {"kind": kind, "name": name, "job": number, "log": str(log)}

    return hand_over


def _to_pool(kind: Kind[Any, Any], request: Any, pool: str) -> HandOver:
    """Returns what hands a job to a work pool, whose deployment of such questions is looked for first."""
    from wellposed.flows.execution import work_pool

    deployment = work_pool.check_deployment(kind.name, pool)

    def hand_over(id: str, job: Job, words: Sequence[str]) -> dict[str, str]:
        parameters = {**as_json(request), "catalogue": job.parts[0].store.url}
        if "experiment" in parameters:
            parameters["experiment"] = absolute(parameters["experiment"])
        for one in fields_of(request):
            if one.option.is_range and one.name in parameters:  # as its form spells it
                parameters[one.name] = "{}:{}".format(*parameters[one.name])
        return work_pool.start(deployment, parameters, pool, id)

    return hand_over


def _how(request: Any) -> list[str]:
    """Returns the words of a command line that say how a request is computed, and not where it is stored."""
    words = []
    for one in fields_of(request):
        value = getattr(request, one.name)
        if one.name in COMPUTING and one.name != "catalogue" and value != one.default:
            words += [one.option.flag, str(value)]
    return words


def statuses(catalogue: Location, asked: Iterable[Submission]) -> list[SubmissionStatus]:
    """Returns what has become of submissions to a catalogue; each queue and each server is asked once."""
    asked = list(asked)
    runs: dict[str, dict[str, FlowRun] | WellposedError] = {}

    def run_of(where: Mapping[str, str]) -> FlowRun | None:
        from wellposed.flows.execution import work_pool

        api = where["api"]
        if api not in runs:
            these = [one.where["flow_run"] for one in asked if one.where.get("api") == api]
            try:
                runs[api] = work_pool.flow_runs(api, these)
            except WellposedError as error:
                runs[api] = error
        found = runs[api]
        if isinstance(found, WellposedError):
            raise found
        return found.get(where["flow_run"])

    answers: dict[tuple[str, str, str], dict[str, QueuedJob] | QueueError | None] = {}

    def listed(kind: str, name: str, user: str) -> dict[str, QueuedJob] | None:
        key = (kind, name, user)
        if key not in answers:
            try:
                answers[key] = _listed(*key)
            except QueueError as error:
                answers[key] = error
        found = answers[key]
        if isinstance(found, QueueError):
            raise found
        return found

    return [_status(catalogue, one, listed, run_of) for one in asked]


def cancel(catalogue: Location, submission: Submission) -> None:
    """Has a queue or a pool drop a submission.

    Raises
    ------
    RequestError
        If it has ended, or was handed to a queue that is not the one of this host.
    QueueError
        If the queue or the server does not do it.
    """
    kind = submission.where.get("kind")  # of a queue
    if kind in queue.ASKED:
        found = _job_of(submission, _listed)
        if found is None or found.has_ended:
            (now,) = statuses(catalogue, [submission])
            raise RequestError(f"Submission {submission.id} does not run any more: {now.told}.")
    elif kind is not None:  # a queue that is not asked whose job that is
        if submission.host != platform.node():  # where jobs may have the same numbers
            raise RequestError(
                f"Submission {submission.id} was handed over on {submission.host}: cancel it there."
            )
        if submission.user != getpass.getuser() or not submissions.is_own(catalogue, submission):
            raise RequestError(f"Submission {submission.id} is not yours: {submission.user} can cancel it.")
    _drop(submission)


def _drop(submission: Submission) -> None:
    """Has the queue or the pool drop a submission."""
    if "pool" in submission.where:
        from wellposed.flows.execution import work_pool

        work_pool.cancel(submission.where, submission.id)
    else:
        queue.cancel(submission.where["kind"], submission.where["job"])


def _listed(kind: str, name: str, user: str) -> dict[str, QueuedJob] | None:
    """Returns the jobs of a user in a queue of this host, which must be that of the cluster called `name`.

    Raises
    ------
    QueueError
        If there is no such queue here, or it does not answer.
    """
    if kind not in queue.ASKED:
        return None
    if (here := queue.cluster_name(kind)) != name:
        raise QueueError(f"It was handed to the queue of {name}, and this host is of {here}.")
    return queue.jobs(kind, user)


Listed = Callable[[str, str, str], dict[str, QueuedJob] | None]
RunOf = Callable[[Mapping[str, str]], "FlowRun | None"]


def _job_of(submission: Submission, listed: Listed) -> QueuedJob | None:
    """Returns the job of a submission, if its queue still knows of it.  Raises as `_listed`."""
    where = submission.where
    job = (listed(where["kind"], where["name"], submission.user) or {}).get(where["job"])
    return job if job is not None and job.name == JOB_NAME.format(submission.id) else None


def _status(catalogue: Location, submission: Submission, listed: Listed, run_of: RunOf) -> SubmissionStatus:
    points, of, lacking, answered = 0, 0, 0, 0
    is_known, holders = True, []
    for store in submission.stores(catalogue):
        try:
            totals, attributes = store.totals(), store.attributes()
            answered += store.manifest() is not None
        except (CatalogueError, OSError):  # not yet there, removed, or damaged, which `verify` tells
            is_known = False
            continue
        points += sum(totals.values()) - totals.get("missing", 0)
        of += sum(totals.values())
        lacking += totals.get("unresolved", 0) + totals.get("failed", 0)
        is_known &= attributes.get("kind") == "sweep"
        if (holder := health.holder(store)) is not None:
            holders.append(f"process {holder.get('pid')} on {holder.get('host')}: {store.path}")
    is_answered = answered == len(submission.sweeps)
    state, told = _told(submission, is_answered, bool(holders), listed, run_of)
    return SubmissionStatus(
        submission, state, told, points, of if is_known else None, lacking, answered, tuple(holders)
    )


def _told(
    submission: Submission, is_answered: bool, is_held: bool, listed: Listed, run_of: RunOf
) -> tuple[State, str]:
    """Returns what has become of a submission, as a word and for a person."""
    try:
        if "pool" in submission.where:
            from wellposed.flows.execution import work_pool

            return work_pool.told(submission.where, run_of(submission.where))
        job = _job_of(submission, listed)
    except WellposedError as error:
        job, unknown = None, str(error).rstrip(".")
    else:
        unknown = "" if submission.where["kind"] in queue.ASKED else "This kind of queue is not asked"
    if job is not None and not job.has_ended:
        if job.since:
            return "running", f"runs on {job.host} since {job.since.replace('T', ' ')}"
        return "waiting", "waits in the queue" + (f" ({job.reason})" if job.reason else "")
    if is_answered:
        return "answered", "answered"
    if is_held:
        return "running", "runs"
    if unknown:
        return "unknown", f"unknown. {unknown}"
    return "ended", "has ended before all was answered" + (f" ({job.state})" if job is not None else "")
