"""Stored answers that are damaged are made missing, so that they are computed again."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from wellposed.catalog import health
from wellposed.catalog.health import Damage
from wellposed.catalog.location import PARTIAL
from wellposed.errors import CatalogueError
from wellposed.flows.kinds.job import Job, Part
from wellposed.flows.text import counted


def incomplete(job: Job) -> tuple[list[Part], list[Part]]:
    """Mends what is damaged of a job that nobody else computes.

    Returns
    -------
    unfinished, unverified : lists of Part
        The parts of which something is to be computed; and those among them that somebody else computes, of
        which nothing has been compared with its checksum: whoever computes them next sees to that.

    Raises
    ------
    CatalogueError
        If a stored answer is damaged, and cannot be computed again by the versions that are installed.
    """
    unfinished, unverified = [], []
    for part in job.parts:
        is_held = health.holder(part.store) is not None
        for remark in [*part.store.remarks, *(() if is_held else mended_answers(part))]:
            print(f"wellposed: {remark}", file=sys.stderr)
        if is_held:
            unverified.append(part)
        if is_held or part.pending:
            unfinished.append(part)
    return unfinished, unverified


def mended_answers(part: Part) -> Iterator[str]:
    """Makes the points missing whose stored answers are damaged, and yields in words what was.

    All that is stored of the part is read, and compared with its checksums.  What somebody else computes is
    theirs to mend.

    Raises
    ------
    CatalogueError
        If it cannot be computed again, as other versions computed the rest.
    """
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
