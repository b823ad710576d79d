"""From a job to its answer: computing what is not stored of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from wellposed.catalog import health
from wellposed.catalog.health import Damage
from wellposed.catalog.location import PARTIAL
from wellposed.errors import CatalogueError
from wellposed.flows.execution.notebook import apart_from_event_loops
from wellposed.flows.kinds.job import Job, Part
from wellposed.flows.text import counted
from wellposed.sweeps.cluster.file import LOCAL, Cluster


@apart_from_event_loops
def complete(job: Job, cluster: Cluster = LOCAL) -> bool:
    """Computes what is not stored of a job, in one flow run, and finishes it.

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
        return is_computed


@contextmanager
def completed(job: Job, cluster: Cluster = LOCAL) -> Iterator[bool]:
    """Computes what is not stored of a job, in one flow run, and finishes it.

    If all is stored, nothing is started.  The answer is stored when the context begins; at its end the record
    is finished and the workers are let go, and what goes wrong there is no error.

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
    unfinished = incomplete(job)
    if unfinished:
        # Prefect and Dask take their time even to be imported.
        from wellposed.flows.execution.run import executed

        with executed(job, unfinished, cluster):
            yield True
    else:
        job.finish()
        yield False


def incomplete(job: Job) -> list[Part]:
    """Returns the parts of a job of which something is to be computed, after mending what is damaged.

    One that somebody else computes is among them: they see to what is damaged of it, if they live.

    Raises
    ------
    CatalogueError
        If a stored answer is damaged, and cannot be computed again by the versions that are installed.
    """
    held = [part for part in job.parts if health.holder(part.store) is not None]
    for part in job.parts:
        for remark in mended(part):
            print(f"wellposed: {remark}", file=sys.stderr)
    return [part for part in job.parts if part in held or part.pending]


def mended(part: Part) -> Iterator[str]:
    """Makes the points missing whose stored answers are damaged, and yields in words what was.

    All that is stored of the part is read, and compared with its checksums.

    Raises
    ------
    CatalogueError
        If it cannot be computed again, as other versions computed the rest.
    """
    yield from part.store.remarks
    if health.holder(part.store) is None:  # or whoever computes it sees to it
        yield from mended_answers(part)


def mended_answers(part: Part) -> Iterator[str]:
    """Does what `mended` does, whoever computes the part."""
    store = part.store
    if part.options.recompute == "everything":  # all of it is replaced
        return
    damages = [damage for damage in health.verify(store) if not damage.is_foreign]
    mendable = [damage for damage in damages if damage.is_repairable and not damage.key.endswith(PARTIAL)]
    for damage in damages:
        if not damage.is_repairable:
            raise CatalogueError(f"{store.location} is damaged: {_said(damage)}.")
    if not mendable:
        return
    if any(damage.blocks for damage in mendable):
        store.check_versions()
    try:
        blocks = health.repair(store, mendable)
    except OSError as error:
        raise CatalogueError(
            f"{store.location} is damaged ({_said(mendable[0])}), and cannot be written: {error}"
        ) from error
    more = f" and {len(mendable) - 1:,} more" if len(mendable) > 1 else ""
    what = f"{counted(blocks, 'block')} of it is computed again" if blocks else "it is finished again"
    yield f"{store.location} was damaged ({_said(mendable[0])}{more}); {what}."


def _said(damage: Damage) -> str:
    return f"{damage.key} {damage.reason}".strip().rstrip(".")
