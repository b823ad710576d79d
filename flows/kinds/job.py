"""A request that has been checked and has its place in a catalogue, and how it gets its answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self

from wellposed.errors import RequestError

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.catalog import Store
    from wellposed.flows.kinds.assignment import Assignment
    from wellposed.flows.kinds.request import Computed
    from wellposed.flows.presentation.provenance import Provenance
    from wellposed.kinetics.experiment import Experiment
    from wellposed.kinetics.study import Picture
    from wellposed.sweeps.answers.layout import Outcome
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.grid import Block, Fixed

RECOMPUTE = ("missing", "failed", "everything")
"""Which points a run computes: those without an outcome, those that failed too, or all of them."""


@dataclass(frozen=True)
class Options:
    """How a job is computed, which is no part of what is asked.

    Attributes
    ----------
    recompute : {"missing", "failed", "everything"}
    time_limit : float, optional
        Seconds after which a point has failed.

    Raises
    ------
    RequestError
        If one of them is not allowed.
    """

    recompute: str = "missing"
    time_limit: float | None = None

    @classmethod
    def of(cls, request: Computed) -> Self:
        """Returns how a request is to be computed."""
        return cls(request.recompute, request.time_limit)

    def __post_init__(self) -> None:
        if self.recompute not in RECOMPUTE:
            raise RequestError(
                f"`recompute` must be one of {', '.join(RECOMPUTE)}, but is {self.recompute!r}."
            )
        if self.time_limit is not None and not self.time_limit > 0:
            raise RequestError(f"The time limit of a point must be positive, but is {self.time_limit!r} s.")


class Round(NamedTuple):
    """Blocks that may be computed side by side, and what is known before, in words."""

    blocks: list[Block]
    known: str = ""


class Job(Protocol):
    """A request with its place in a catalogue: of one sweep or search, or of several that belong together."""

    @property
    def kind(self) -> str:
        """The name of the kind of question."""
        ...

    @property
    def title(self) -> str:
        """The question, short enough for a list."""
        ...

    @property
    def is_composite(self) -> bool:
        """Whether it consists of other questions."""
        ...

    @property
    def pictures(self) -> Sequence[Picture]:
        """How the boundaries and sweeps that it finds are drawn."""
        ...

    @property
    def heading(self) -> str:
        """What stands above the answer in a terminal; empty where the question says it all."""
        ...

    @property
    def command(self) -> str:
        """The command line that asks it."""
        ...

    @property
    def parts(self) -> Sequence[Part]:
        """What is computed for it: the job itself, where it is a sweep or a search."""
        ...

    @property
    def stores(self) -> Sequence[Store]:
        """Where its answer is stored."""
        ...

    def __hash__(self) -> int:
        """Jobs are told apart by identity."""
        ...

    def finish(self, **facts: object) -> None:
        """Stores the whole answer and declares that it is there, if that has not been done.

        Parameters
        ----------
        **facts
            What else the manifest is to tell, as plain JSON.
        """
        ...

    def result(self) -> xr.Dataset:
        """Returns the answer."""
        ...


class Part(Job, Protocol):
    """A job that is one sweep or one search: its blocks are computed, and it has one store."""

    @property
    def reference(self) -> Reference:
        """By which workers find the experiment."""
        ...

    @property
    def experiment(self) -> Experiment: ...

    @property
    def store(self) -> Store:
        """Where the answers are, or will be."""
        ...

    @property
    def fixed(self) -> Fixed:
        """The parameters that do not vary."""
        ...

    @property
    def options(self) -> Options:
        """How it is computed."""
        ...

    @property
    def assignment(self) -> Assignment:
        """What workers are told besides a block."""
        ...

    @property
    def points(self) -> int | None:
        """How many points there are, if that is known before."""
        ...

    def request(self) -> dict[str, Any]:
        """Returns what is asked, as plain JSON."""
        ...

    @property
    def pending(self) -> bool:
        """Whether there is anything to be computed."""
        ...

    def rounds(self) -> Iterator[Round]:
        """Yields blocks that are to be computed.  The next ones depend on what is stored of these."""
        ...

    def reopened(self) -> Self:
        """Returns this job when what is to be computed again has been forgotten."""
        ...


def missing(blocks: Iterable[Block], store: Store) -> list[Block]:
    """Returns those of `blocks` that are not stored."""
    stored = store.stored()
    return [block for block in blocks if tuple(part.start for part in block.region.values()) not in stored]


def title_of(
    experiment: Experiment, axes: Sequence[tuple[str, Sequence[Any]]], fixed: Fixed, kind: str = ""
) -> str:
    """Returns what is asked in one line: the kind, the axes, and those fixed parameters that were chosen."""
    from wellposed.flows.text import spread

    words = [f"{name}={spread(values)}" for name, values in axes]
    words += [
        f"{name}={spread([value])}" for name, value in fixed if value != experiment.parameter(name).default
    ]
    return ": ".join(filter(None, [experiment.name, kind, ", ".join(words)]))


def troubles(part: Part, *kinds: Outcome) -> Iterator[str]:
    """Yields the points without an answer, or those of some outcomes alone, each with the reason."""
    import numpy as np

    from wellposed.flows.text import short
    from wellposed.sweeps.answers.layout import Outcome

    stored = part.store.dataset()
    outcome = stored["outcome"].load()
    for index in np.argwhere(outcome.isin(kinds or [Outcome.UNRESOLVED, Outcome.FAILED]).to_numpy()):
        here = stored.isel(dict(zip(outcome.dims, index, strict=True)))
        point = {parameter.name: here[parameter.name].item() for parameter in part.experiment.parameters}
        named = ", ".join(
            f"{name}={short(value)}"
            for name, value in point.items()
            if part.experiment.parameter(name).matters(point)
        )
        verdict = "failed" if here["outcome"] == Outcome.FAILED else "is unresolved"
        yield f"{part.experiment.name} at {named} {verdict}: {here['reason'].item()}"


def provenance_of(part: Part) -> Provenance:
    """Returns where the answer of a sweep or search is stored and what made it."""
    from wellposed.catalog import index
    from wellposed.flows.presentation.provenance import Provenance

    return Provenance(
        part.store.id,
        part.title,
        part.store.location,
        part.command,
        part.experiment,
        index.manifest(part.store),
        part.store.dataset().attrs.get("versions", {}),
    )
