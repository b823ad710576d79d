"""Where the order parameter of an experiment changes sign along one parameter."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from wellposed import catalog
from wellposed.flows.kinds import job
from wellposed.flows.kinds.adaptive import AdaptiveJob
from wellposed.flows.kinds.job import Options, missing
from wellposed.sweeps.answers.layout import Outcome, answers, boundaries, stored_boundaries, template
from wellposed.sweeps.experiments.find import locate
from wellposed.sweeps.requests.boundary import COARSE, BoundarySearch
from wellposed.sweeps.requests.grid import EVALUATION, Block

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Value
    from wellposed.sweeps.search.lines import Lines


FEW_LINES = 6
"""Of which the brackets are told one by one while they are narrowed."""


@dataclass(frozen=True, eq=False)
class Line:
    """What was found on one line of a search.

    Attributes
    ----------
    point : mapping of str to value
        All the other parameters.
    boundary, lower, upper : float
        NaN where there is none.
    outcome : str
        ``located``, ``tangential``, ``plateau``, ``none`` or ``unresolved``.
    evaluations, troubled : int
        How many points were evaluated, and how many of them gave no answer.
    failed : int
        How many of these failed, the others being unresolved.
    """

    point: Mapping[str, Value]
    boundary: float
    lower: float
    upper: float
    outcome: str
    evaluations: int
    troubled: int
    failed: int

    @property
    def said(self) -> str:
        """The outcome for a reader: ``failed`` rather than ``unresolved`` where every point has."""
        return "failed" if 0 < self.evaluations == self.failed else self.outcome


@dataclass(frozen=True, eq=False)
class SearchJob(AdaptiveJob[BoundarySearch]):
    """A boundary search with its place in a catalogue.  Made by `prepare`; see `Job`."""

    kind = "boundary"

    @property
    def title(self) -> str:
        return job.title_of(self.experiment, self.search.axes, self.search.fixed, self.search.along)

    @property
    def command(self) -> str:
        options = ["--along", self.search.along, "--tolerance", str(self.search.tolerance)]
        if self.search.coarse != COARSE:
            options += ["--coarse", str(self.search.coarse)]
        if not self.search.neighbours:
            options.append("--scan-all")
        return job.command_of(self, "boundary", self.search.axes, *options)

    def finish(self, **facts: object) -> None:
        if self.store.manifest() is None:
            *_, (told, _) = self._rounds()
            self.store.write({}, boundaries(self.experiment, self.search, told))
            self.store.finish(command=self.command, **facts)

    def result(self) -> xr.Dataset:
        """The boundaries that were found."""
        return stored_boundaries(self.store.dataset())

    def lines(self) -> list[Line]:
        """The boundaries that were found, one by one."""
        found = self.result()
        outcome = self.store.outcome()
        failed = (outcome == Outcome.FAILED).sum(EVALUATION).to_numpy()
        troubled = failed + (outcome == Outcome.UNRESOLVED).sum(EVALUATION).to_numpy()
        values = {name: found[name].to_numpy() for name in found.data_vars}
        lines = []
        for index in np.ndindex(self.search.line_shape):
            here = {name: axis[i] for (name, axis), i in zip(self.search.axes, index, strict=True)}
            lines.append(
                Line(
                    point={**dict(self.search.fixed), **here},
                    boundary=float(values["boundary"][index]),
                    lower=float(values["boundary_lower"][index]),
                    upper=float(values["boundary_upper"][index]),
                    outcome=str(values["boundary_outcome"][index]),
                    evaluations=int(values["evaluations"][index]),
                    troubled=int(troubled[index]),
                    failed=int(failed[index]),
                )
            )
        return lines

    def sign(self, line: Line) -> int:
        """The sign of the order parameter where it was first told on a line."""
        here = {name: values.index(line.point[name]) for name, values in self.search.axes}
        stored = self.store.dataset()[[str(self.experiment.order_parameter), "outcome"]].isel(here)
        value = stored[str(self.experiment.order_parameter)].to_numpy()
        return int(np.sign(value[stored["outcome"].to_numpy() == Outcome.OK][0]))

    def _rounds(self) -> Iterator[tuple[Lines, list[Block]]]:
        """The search from its beginning, with what is not stored of each round.

        A stored answer is told as a new one is, so a search that was killed goes on where it was.
        """
        lines = self.search.lines(self.experiment)
        while (asked := lines.ask()).size:
            blocks = self.search.blocks(asked, lines.column, self.store.chunks)
            yield lines, missing(blocks, self.store)
            lines.tell(*answers(self.experiment, self.search, self.store.dataset(), lines))

    def _known(self, standing: Lines) -> str:
        brackets = standing.brackets()
        ended = sum(outcome != "searching" for outcome, _, _ in brackets.values())
        widths = [upper - lower for _, lower, upper in brackets.values() if upper > lower]
        told = [f"{ended:,} of {math.prod(self.search.line_shape):,} lines are done"]
        if len(widths) <= FEW_LINES:
            told += [
                f"{self.search.along}_c in [{lower:g}, {upper:g}]{self._where(index)}"
                for index, (_, lower, upper) in brackets.items()
                if upper > lower
            ]
        else:
            told += [f"{len(widths):,} changes of sign bracketed, the widest in {max(widths):.2g}"]
        return "; ".join(told)

    def _where(self, index: tuple[int, ...]) -> str:
        here = [
            f"{name} = {job.spell(values[i])}"
            for (name, values), i in zip(self.search.axes, index, strict=True)
        ]
        return f" at {', '.join(here)}" if here else ""


def prepare(
    experiment: str,
    along: str,
    axes: Mapping[str, Iterable[object]] | None = None,
    fixed: Mapping[str, object] | None = None,
    tolerance: float = 1e-6,
    catalogue: str | Path = "results",
    options: Options = Options(),  # noqa: B008 - it is frozen
    coarse: int = COARSE,
    neighbours: bool = True,
) -> SearchJob:
    """Checks a request, and makes or finds its place in the catalogue.

    Arguments and errors are those of `boundary`.
    """
    asked, reference = locate(experiment)
    search = BoundarySearch.from_request(
        asked, along, axes, fixed, tolerance, coarse=coarse, neighbours=neighbours
    )
    shape = template(asked, search)
    place = catalog.open(catalogue, writable=True)
    store = place.create(shape, search.chunks(asked.points_per_block))
    return SearchJob(reference, asked, search, store, options)
