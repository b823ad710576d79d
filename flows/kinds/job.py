"""A question that has been checked and has its place in a catalogue, and how it gets its answer."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, Self

import numpy as np
import xarray as xr

from wellposed.catalog import Store
from wellposed.errors import RequestError
from wellposed.sweeps.answers.layout import Outcome
from wellposed.sweeps.experiments.find import absolute
from wellposed.sweeps.requests.spelling import spell_axis

if TYPE_CHECKING:
    from wellposed.flows.execution.block import Assignment
    from wellposed.kinetics.experiment import Experiment, Value
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.grid import Axes, Block, Fixed

Recompute = Literal["missing", "failed", "everything"]
"""Which points a run computes: those without an outcome, those that failed too, or all of them."""


@dataclass(frozen=True)
class Options:
    """How a job is computed, which is no part of the question.

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

    recompute: Recompute = "missing"
    time_limit: float | None = None

    def __post_init__(self) -> None:
        allowed = ("missing", "failed", "everything")
        if self.recompute not in allowed:
            raise RequestError(f"`recompute` must be one of {', '.join(allowed)}, but is {self.recompute!r}.")
        if self.time_limit is not None and not self.time_limit > 0:
            raise RequestError(f"The time limit of a point must be positive, but is {self.time_limit!r} s.")


class Round(NamedTuple):
    """Blocks that may be computed side by side, and what is known before, in words."""

    blocks: list[Block]
    known: str = ""


class Job(Protocol):
    """A sweep or a boundary search, ready to be run."""

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
    def kind(self) -> str:
        """What Prefect calls flows of this kind."""
        ...

    @property
    def title(self) -> str:
        """The question, short enough for a list."""
        ...

    @property
    def command(self) -> str:
        """The command line that asks it."""
        ...

    @property
    def fixed(self) -> Fixed:
        """The parameters that do not vary."""
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
        """The question as plain JSON."""
        ...

    @property
    def pending(self) -> bool:
        """Whether there is anything to be computed."""
        ...

    def rounds(self) -> Iterator[Round]:
        """Blocks that are to be computed.  The next ones depend on what is stored of these."""
        ...

    def reopened(self) -> Self:
        """This job when what is to be computed again has been forgotten."""
        ...

    def finish(self, **facts: object) -> None:
        """Declares that all is stored, if that is not declared already."""
        ...

    def result(self) -> xr.Dataset:
        """The answer."""
        ...


def missing(blocks: Iterable[Block], store: Store) -> list[Block]:
    """Those of `blocks` that are not stored."""
    stored = store.stored()
    return [block for block in blocks if tuple(part.start for part in block.region.values()) not in stored]


def brief(job: Job) -> dict[str, Any]:
    """The question for Prefect, which takes no more than half a megabyte: long axes by their ends."""
    request = job.request()
    axes = {name: _spread(name, values).partition("=")[2] for name, values in request["axes"].items()}
    return {**request, "axes": axes, "id": job.store.id}


def title_of(experiment: Experiment, axes: Axes, fixed: Fixed, along: str | None = None) -> str:
    """What is asked, in one line: the axes, and those fixed parameters that were chosen."""
    words = [_spread(name, values) for name, values in axes]
    words += [
        f"{name}={spell(value)}" for name, value in fixed if value != experiment.parameter(name).default
    ]
    asked = [experiment.name, *([f"boundary along {along}"] if along else []), ", ".join(words)]
    return ": ".join(filter(None, asked))


def command_of(job: Job, verb: str, axes: Axes, *options: str) -> str:
    """The command line that asks for what `job` does, from whatever folder."""
    words = ["wellposed", verb, absolute(job.reference.name), *options]
    for name, values in axes:
        words += ["--axis", spell_axis(job.experiment, name, values)]
    for name, value in job.fixed:
        if value != job.experiment.parameter(name).default:
            words += ["--set", f"{name}={value}"]
    return shlex.join([*words, "--catalogue", job.store.url])


def opening_line(job: Job) -> str:
    """The line of Python that opens what is stored, from whatever folder."""
    return f'xarray.open_zarr("{job.store.location}")'


def opening(stores: Sequence[Store]) -> str:
    """The line of Python that opens what is stored: one dataset, or all of a kind."""
    first = stores[0]
    if len(stores) == 1:
        return f'xarray.open_zarr("{_from_here(first.location)}")'
    return f'wellposed.catalog.open("{_from_here(first.url)}").search(experiment="{first.experiment}")'


def _from_here(place: str) -> str:
    path, here = Path(place), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else place


def troubles(job: Job, *kinds: Outcome) -> Iterator[str]:
    """The points without an answer, or those of some `kinds` alone, each with the reason."""
    stored = job.store.dataset()
    outcome = stored["outcome"].load()
    for index in np.argwhere(outcome.isin(kinds or [Outcome.UNRESOLVED, Outcome.FAILED]).to_numpy()):
        here = stored.isel(dict(zip(outcome.dims, index, strict=True)))
        point = {parameter.name: here[parameter.name].item() for parameter in job.experiment.parameters}
        named = ", ".join(
            f"{name}={spell(value)}"
            for name, value in point.items()
            if job.experiment.parameter(name).matters(point)
        )
        verdict = Outcome(int(here["outcome"])).name.lower()
        yield f"{job.experiment.name} at {named} is {verdict}: {here['reason'].item()}"


def _spread(name: str, values: Sequence[Value]) -> str:
    if len(values) <= 6:
        return f"{name}={','.join(spell(value) for value in values)}"
    return f"{name}={spell(values[0])}:{spell(values[-1])}:{len(values)}"


def spell(value: Value) -> str:
    """`value` as a reader writes it."""
    return value if isinstance(value, str) else f"{value:g}"
