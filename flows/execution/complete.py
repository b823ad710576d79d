"""From a job to its answer: computing what is not stored of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

from wellposed.flows.execution import in_hand
from wellposed.flows.execution.in_hand import NotSmallError
from wellposed.flows.execution.mending import incomplete
from wellposed.flows.execution.notebook import apart_from_event_loops
from wellposed.flows.kinds import narration
from wellposed.flows.kinds.job import Job
from wellposed.sweeps.cluster.file import LOCAL, Cluster


@apart_from_event_loops
def complete(job: Job, cluster: Cluster = LOCAL) -> bool:
    """Computes what is not stored of a job, in one flow run, finishes it, and draws its pictures.

    Returns
    -------
    bool
        Whether anything had to be computed.

    Raises
    ------
    WellposedError
        As from `completed`.
    """
    with completed(job, cluster) as is_computed:
        narration.draw(job)
        return is_computed


@contextmanager
def completed(job: Job, cluster: Cluster = LOCAL) -> Iterator[bool]:
    """Computes what is not stored of a job, in one flow run, and finishes it.

    If all is stored, nothing is started, and if it is little, neither workers nor a server are waited for.
    The answer is stored when the context begins; at its end the record is finished and the workers are let
    go, and what goes wrong there is no error.

    Parameters
    ----------
    job : Job
    cluster : Cluster
        Where blocks run.

    Yields
    ------
    bool
        Whether anything had to be computed.

    Raises
    ------
    IncompleteError
        If some blocks could not be computed.
    ServerError
        If there is no Prefect server to record the run.
    RequestError
        If there is no such cluster, or its workers cannot do it.
    CatalogueError
        If a stored answer is damaged, and cannot be computed again by the versions that are installed.
    """
    unfinished, unverified = incomplete(job)
    if not unfinished:
        job.finish()
        yield False
        return
    with ExitStack() as stack:
        if cluster.is_local and not unverified and in_hand.is_possible(job):
            with suppress(NotSmallError):
                stack.enter_context(in_hand.answered(job, unfinished))
                yield True
                return
        # Prefect and Dask take their time even to be imported.
        from wellposed.flows.execution.run import executed

        stack.enter_context(executed(job, unfinished, cluster, unverified))
        yield True
