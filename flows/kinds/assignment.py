"""What workers are told of a job besides a block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wellposed.catalog import Store
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.grid import Fixed


@dataclass(frozen=True)
class Assignment:
    """What is the same for all blocks of a job.

    Attributes
    ----------
    reference : Reference
        By which the experiment is found.
    fixed : tuple of (str, value)
    store : Store
        Where the answers go.
    donors : tuple of Store
        Sweeps that may hold some of the points already.
    retries_failed : bool
        Whether the store itself may: all its points but those that failed.
    time_limit : float or None
        Seconds that a point may take.
    sources : mapping of str to str, optional
        What a worker must have that was not started here (see `wellposed.flows.execution.sources`): others
        may come at any time.
    """

    reference: Reference
    fixed: Fixed
    store: Store
    donors: tuple[Store, ...] = ()
    retries_failed: bool = False
    time_limit: float | None = None
    sources: Mapping[str, str] | None = None
