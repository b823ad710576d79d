"""The curve in a plane of two parameters on which the order parameter of an experiment changes sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import xarray as xr

from wellposed import catalog
from wellposed.flows.kinds import job
from wellposed.flows.kinds.adaptive import AdaptiveJob
from wellposed.flows.kinds.job import Options, missing
from wellposed.flows.presentation.provenance import provenance
from wellposed.flows.presentation.tables import Table, with_error
from wellposed.sweeps.answers.curve import curve_answers, vertices
from wellposed.sweeps.answers.layout import template
from wellposed.sweeps.experiments.find import locate
from wellposed.sweeps.requests.curve import CurveSearch, next_column
from wellposed.sweeps.requests.grid import Block

if TYPE_CHECKING:
    from wellposed.sweeps.search.curve import Curve


@dataclass(frozen=True, eq=False)
class TraceJob(AdaptiveJob[CurveSearch]):
    """A search for a curve with its place in a catalogue.  Made by `prepare`; see `Job`."""

    kind = "trace"

    @property
    def title(self) -> str:
        low, high = self.search.over
        fixed = job.title_of(self.experiment, (), self.search.fixed, self.search.along)
        return f"{fixed}: over {self.search.across}={low:g}:{high:g}"

    @property
    def command(self) -> str:
        low, high = self.search.over
        options = ("--along", self.search.along, "--axis", f"{self.search.across}={low}:{high}")
        more = ("--tolerance", str(self.search.tolerance), "--depth", str(self.search.depth))
        return job.command_of(self, "trace", (), *options, *more, "--coarse", str(self.search.coarse))

    def finish(self, **facts: object) -> None:
        if self.store.manifest() is None:
            self.store.finish(command=self.command, **facts)

    def result(self) -> xr.Dataset:
        """The curve, told from the evaluations that are stored."""
        *_, (curve, _) = self._rounds()
        return vertices(self.experiment, self.search, curve)

    @property
    def outcome(self) -> str:
        """``located``, ``none`` or ``unresolved``."""
        return str(self.result().attrs["curve_outcome"])

    @property
    def summary(self) -> str:
        """What was found, in one line."""
        found = self.result()
        pieces = len(set(found["piece"].to_numpy().tolist()))
        return (
            f"{found.attrs['curve_outcome']}: {found.sizes['vertex']:,} vertices in {pieces:,} "
            f"piece{'s' * (pieces != 1)}, told from {found.attrs['evaluations']:,} evaluations"
        )

    def table(self) -> Table:
        """A row for each vertex."""
        found = self.result()
        names = (self.search.across, self.search.along)
        rows = []
        for i in range(found.sizes["vertex"]):
            here = found.isel(vertex=i)
            bracketed = str(here["bracketed"].item())
            cells: list[str] = []
            for name in names:
                value = here[name].item()
                error = max(value - here["lower"].item(), here["upper"].item() - value)
                cells += with_error(value, error) if name == bracketed else (f"{value:.6g}", "exact")
            rows.append([str(here["piece"].item()), *cells])
        return Table(["piece", names[0], "± error", names[1], "± error"], rows)

    def markdown(self) -> str:
        """The curve and where it comes from, on one page."""
        return f"## Curve\n\n{self.summary}\n\n{self.table().markdown()}\n\n{provenance([self])}"

    def _rounds(self) -> Iterator[tuple[Curve, list[Block]]]:
        """The search from its beginning, with what is not stored of each round; at its end, nothing is."""
        curve = self.search.curve(self.experiment)
        chunks, column = self.store.chunks, 0
        while (asked := curve.ask()).size:
            yield curve, missing(self.search.blocks(asked, column, chunks), self.store)
            stored = self.store.dataset()
            curve.tell(*curve_answers(self.experiment, self.search, stored, asked, column))
            column = next_column(column, asked, chunks)
        yield curve, []

    def _known(self, standing: Curve) -> str:
        return f"{standing.evaluations:,} evaluations are told"


def prepare(
    experiment: str,
    along: str,
    across: str,
    over: tuple[float, float],
    fixed: Mapping[str, object] | None = None,
    tolerance: float = 1e-6,
    coarse: int = 9,
    depth: int = 2,
    catalogue: str | Path = "results",
    options: Options = Options(),  # noqa: B008 - it is frozen
) -> TraceJob:
    """Checks a request, and makes or finds its place in the catalogue.

    Arguments and errors are those of `trace`.
    """
    asked, reference = locate(experiment)
    search = CurveSearch.from_request(
        asked, along, across, over, fixed, tolerance, coarse=coarse, depth=depth
    )
    place = catalog.open(catalogue, writable=True)
    store = place.create(template(asked, search), search.chunks(asked.points_per_block))
    return TraceJob(reference, asked, search, store, options)
