"""From questions to answers: computing what is not stored of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wellposed.flows.execution.notebook import apart_from_event_loops
from wellposed.flows.kinds.job import Job
from wellposed.sweeps.cluster.file import LOCAL, Cluster


@apart_from_event_loops
def complete(
    jobs: Sequence[Job],
    report: Callable[[], str],
    together: tuple[str, str] | None = None,
    cluster: Cluster = LOCAL,
) -> bool:
    """Computes what is not stored of any of `jobs`, in one flow run.  If all is stored, nothing is started.

    Parameters
    ----------
    jobs : sequence of Job
    report : callable
        What Prefect shows of the answers, as markdown.
    together : (str, str), optional
        What Prefect calls flows of this kind, such as ``study``, and what all of the jobs together are
        called.  If not given, there is one job, and it speaks for itself.
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
    unfinished = [job for job in jobs if job.pending]
    if unfinished:
        # Prefect and Dask take their time even to be imported.
        from wellposed.flows.execution.run import execute

        execute(unfinished, report, together, cluster)
    for job in jobs:
        job.finish()
    return bool(unfinished)
