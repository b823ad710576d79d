"""From a job to its answer: computing what is not stored of it."""

from __future__ import annotations

from wellposed.flows.execution.notebook import apart_from_event_loops
from wellposed.flows.kinds.job import Job
from wellposed.sweeps.cluster.file import LOCAL, Cluster


@apart_from_event_loops
def complete(job: Job, cluster: Cluster = LOCAL) -> bool:
    """Computes what is not stored of a job, in one flow run, and finishes it.

    If all is stored, nothing is started.

    Parameters
    ----------
    job : Job
    cluster : Cluster
        Where blocks run.

    Returns
    -------
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
    """
    unfinished = [part for part in job.parts if part.pending]
    if unfinished:
        # Prefect and Dask take their time even to be imported.
        from wellposed.flows.execution.run import execute

        execute(job, unfinished, cluster)
    else:
        job.finish()
    return bool(unfinished)
