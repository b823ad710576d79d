"""Where the order parameter of an experiment changes sign along one parameter."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field
from pydantic.dataclasses import dataclass as pydantic_dataclass

from wellposed.flows.kinds.job import Options, missing, title_of
from wellposed.flows.kinds.kind import Answers, Find, Kind, StoredQuestion
from wellposed.flows.kinds.request import (
    Computed,
    Ends,
    Example,
    FromNumPy,
    Option,
    OrderedExperimentName,
    Place,
    Settings,
    Values,
    Width,
)
from wellposed.flows.kinds.search import SearchJob

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.catalog import Store
    from wellposed.flows.kinds.kind import Cost
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.kinetics.experiment import Experiment
    from wellposed.sweeps.answers.boundary import BoundaryAnswer
    from wellposed.sweeps.experiments.find import FoundExperiment
    from wellposed.sweeps.requests.boundary import BoundarySearch
    from wellposed.sweeps.requests.grid import Block
    from wellposed.sweeps.search.lines import LineSearches

FEW_LINES = 6
"""Lines of which the brackets are said one by one while they are narrowed."""


@pydantic_dataclass(frozen=True)
class BoundaryRequest(Computed):
    """What `wellposed.boundary` is asked."""

    experiment: OrderedExperimentName
    along: Annotated[
        str,
        Field(description="The parameter along which the boundary is searched."),
        Option("--along", "NAME", "parameters"),
        Example("beta"),
    ]
    axes: Annotated[
        Values,
        Field(
            description="One line for each combination of these: M=7,8,10 or beta=0:1:41 or A=geom(1,100,5)."
        ),
    ] = None
    fixed: Settings = None
    tolerance: Width = 1e-6
    catalogue: Place = "results"
    _: KW_ONLY
    between: Annotated[
        Ends,
        Field(
            description="The two ends of the search along the parameter, as A:B; all that the experiment "
            "allows, if not given."
        ),
        Option("--between", "A:B", is_range=True, ends_of="along"),
    ] = None
    coarse: Annotated[
        int,
        Field(ge=2, le=100_000),
        FromNumPy,
        Field(
            description="At how many equidistant points a line is scanned to begin with. Changes of sign "
            "that cancel between two of them are seen only if the values come down to zero there.",
        ),
        Option("--coarse", "N"),
    ] = 9
    neighbours: Annotated[
        bool,
        Field(
            description="Of five or more lines along axes of numbers, scan only the middle one and start the "
            "others from their neighbours' boundaries; otherwise scan every line in full."
        ),
        Option("--neighbours"),
    ] = True
    fill: Annotated[
        int,
        Field(ge=1),
        FromNumPy,
        Field(description="How many points a round has at least, so that workers are not idle."),
        Option("--fill", "N"),
    ] = 8


@dataclass(frozen=True, eq=False)
class BoundaryJob(SearchJob["BoundarySearch"]):
    """A boundary search with its place in a catalogue; see `wellposed.flows.kinds.job.Part`."""

    kind = "boundary"

    @property
    def title(self) -> str:
        what = f"boundary along {self.search.along}"
        return title_of(self.experiment, self.search.axes, self.search.fixed, what)

    def finish(self, **facts: object) -> None:
        from wellposed.sweeps.answers.boundary import boundaries

        if self.store.manifest() is None:
            *_, (lines, _) = self.steps()
            self.store.write({}, boundaries(self.experiment, self.search, lines))
            self.store.finish(command=self.command, **facts)

    def result(self) -> xr.Dataset:
        """Returns the boundaries that were found."""
        from wellposed.sweeps.answers.boundary import stored_boundaries

        return stored_boundaries(self.store.dataset())

    def answer(self) -> BoundaryAnswer:
        """Returns what was found, as far as it is stored."""
        from wellposed.sweeps.answers.boundary import BoundaryAnswer

        return BoundaryAnswer(self.store.id, self.experiment, self.search, self.store.dataset())

    def steps(self) -> Iterator[tuple[LineSearches, list[Block]]]:
        from wellposed.sweeps.answers.boundary import answers

        lines = self.search.lines(self.experiment)
        while (asked := lines.ask()).size:
            blocks = self.search.blocks(asked, lines.column, self.store.chunks)
            yield lines, missing(blocks, self.store)
            lines.tell(*answers(self.experiment, self.search, self.store.dataset(), lines))

    def known(self, standing: LineSearches) -> str:
        brackets = standing.brackets()
        ended = sum(outcome != "searching" for outcome, *_ in brackets.values())
        widths = [upper - lower for _, lower, upper, _ in brackets.values() if upper > lower]
        parts = [f"{ended:,} of {math.prod(self.search.line_shape):,} lines are done"]
        if len(widths) <= FEW_LINES:
            parts += [
                f"{self.search.along}_c in [{lower:g}, {upper:g}]{self._where(index)}"
                + (f", the lowest of {count:,} changes of sign" if count > 1 else "")
                for index, (_, lower, upper, count) in brackets.items()
                if upper > lower
            ]
        else:
            changes = sum(count for *_, count in brackets.values())
            parts += [
                f"{changes:,} changes of sign bracketed, the lowest of each line in {max(widths):.2g} or less"
            ]
        return "; ".join(parts)

    def _where(self, index: tuple[int, ...]) -> str:
        from wellposed.flows.text import short

        here = [
            f"{name} = {short(values[i])}" for (name, values), i in zip(self.search.axes, index, strict=True)
        ]
        return f" at {', '.join(here)}" if here else ""


def canonical_search(request: BoundaryRequest, found: FoundExperiment) -> BoundarySearch:
    """Returns what is asked in canonical form.  Raises as `BoundarySearch.from_request`."""
    from wellposed.sweeps.requests.boundary import BoundarySearch
    from wellposed.sweeps.requests.spelling import axes_of, settings_of

    return BoundarySearch.from_request(
        found.experiment,
        request.along,
        axes_of(found.experiment, request.axes or {}),
        settings_of(found.experiment, request.fixed or {}),
        tolerance=request.tolerance,
        between=request.between,
        coarse=request.coarse,
        neighbours=request.neighbours,
        fill=request.fill,
    )


def boundary_job(request: BoundaryRequest, find: Find) -> BoundaryJob:
    """Checks a request, and makes or finds its place in the catalogue.  Raises as `wellposed.boundary`."""
    found = find(request.experiment)
    options, search = Options.of(request), canonical_search(request, found)
    # What is refused is refused before these are imported, which takes a second.
    from wellposed import catalog
    from wellposed.sweeps.answers.boundary import template

    shape = template(found.experiment, search)
    place = catalog.open(request.catalogue, writable=True)
    store = place.create(shape, search.chunks(found.experiment.points_per_block))
    return BoundaryJob(found.reference, found.experiment, search, store, options)


def _cost(request: BoundaryRequest, find: Find) -> Cost:
    from wellposed.flows.kinds.cost import boundary_cost

    found = find(request.experiment)
    return boundary_cost(found, canonical_search(request, found), request)


def _reconstruct(stored: StoredQuestion, experiment: Experiment, store: Store) -> BoundaryJob:
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.boundary import BoundarySearch

    request = stored.request
    search = BoundarySearch(
        store.experiment,
        stored.version,
        str(request["along"]),
        *stored.ends("between"),
        stored.axes,
        stored.fixed,
        float(request["tolerance"]),
        int(request["coarse"]),
        bool(request["neighbours"]),
        int(request["fill"]),
        stored.fingerprint,
    )
    return BoundaryJob(Reference(store.experiment), experiment, search, store)


def _answers(job: BoundaryJob) -> Answers:
    return Answers(boundaries=[job.answer()])


def _lines(job: BoundaryJob) -> Iterator[str]:
    from wellposed.flows.presentation import log

    return log.of_boundaries(job.answer())


def _tables(job: BoundaryJob) -> Sequence[TitledTable]:
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.flows.presentation.tables import boundary_table
    from wellposed.flows.presentation.words import boundary_notes

    answer = job.answer()
    return [TitledTable("Boundaries", boundary_table([answer]), "\n".join(boundary_notes([answer])))]


def _document(job: BoundaryJob) -> Mapping[str, Any]:
    from wellposed.flows.presentation import documents

    return {"boundaries": documents.of_boundaries([job.answer()])}


def _is_decided(job: BoundaryJob) -> bool:
    return all(line.outcome != "unresolved" for line in job.answer().lines)


def _counted(jobs: Sequence[BoundaryJob]) -> str:
    lines = [line for job in jobs for line in job.answer().lines]
    outcomes = Counter(line.shown for line in lines)
    words = {"none": "without a boundary"}
    parts = [f"{outcomes[one]:,} {words.get(one, one)}" for one in dict.fromkeys(["located", *outcomes])]
    said = f"Boundaries: {', '.join(part for part in parts if not part.startswith('0 '))}"
    several = sum(line.sign_changes > 1 for line in lines)
    return f"{said}; several changes of sign on {several:,} of {len(lines):,} lines" if several else said


def _identity(request: BoundaryRequest, find: Find) -> str:
    return canonical_search(request, find(request.experiment)).id


RETURNS = """\
Dataset
    Dimensions are the axes; variables are

    ``boundary``
        where the sign changes; NaN where it is not located;
    ``boundary_lower``, ``boundary_upper``
        evaluated points beside it with certain, opposite signs; NaN where there are none;
    ``boundary_outcome``
        ``located``, ``none`` (one certain sign all along the line), ``tangential`` or ``plateau`` (zeros
        that are no boundary), or ``unresolved``;
    ``sign_changes``, ``evaluations``, ``scanned``
        how many changes were seen, of which the boundary is the lowest, at how many points, and whether
        all of the line was looked at;
    ``zero_position``, ``zero_lower``, ``zero_upper``, ``zero_outcome``
        all zeros that were seen, ascending along a dimension ``zero``.
"""
"""What Python's function returns."""

KIND = Kind(
    name="boundary",
    summary="Locate where an experiment's order parameter changes sign along one parameter.",
    request=BoundaryRequest,
    run_name="{experiment} along {along}",
    job=boundary_job,
    cost=_cost,
    answers=_answers,
    lines=_lines,
    tables=_tables,
    document=_document,
    is_decided=_is_decided,
    counted=_counted,
    reconstruct=_reconstruct,
    identity=_identity,
    returns=RETURNS,
    examples=(
        "wellposed boundary wave.growth --along beta --axis M=7,8,10 --set operator=gain",
        "wellposed boundary boltzmann.bilinear --along s --axis gamma=-0.5,-0.25,0 --set d=2",
        "wellposed boundary wave.growth --along beta --between 0.1:0.4 --axis M=7:12:6 --no-neighbours",
    ),
)
