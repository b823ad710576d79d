"""The curve in a plane of two parameters on which the order parameter of an experiment changes sign."""

from __future__ import annotations

import math
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
    Width,
)
from wellposed.flows.kinds.search import SearchJob

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.catalog import Store
    from wellposed.flows.kinds.kind import Cost
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.kinetics.experiment import Experiment
    from wellposed.sweeps.answers.curve import CurveAnswer
    from wellposed.sweeps.experiments.find import FoundExperiment
    from wellposed.sweeps.requests.curve import CurveSearch
    from wellposed.sweeps.requests.grid import Block
    from wellposed.sweeps.search.curve import Curve


@pydantic_dataclass(frozen=True)
class CurveRequest(Computed):
    """What `wellposed.curve` is asked."""

    experiment: OrderedExperimentName
    along: Annotated[
        str,
        Field(description="One parameter of the plane."),
        Option("--along", "NAME", "parameters"),
        Example("beta"),
    ]
    across: Annotated[
        str,
        Field(description="The other parameter of the plane, alone or with its range, as in M=6.1:6.9."),
        Option("--axis", "NAME=A:B", "assignments", ends="over"),
        Example("M=6.1:6.9"),
    ]
    over: Annotated[
        Ends,
        Field(
            description="The range of the other parameter, as A:B, if that does not say it; all that the "
            "experiment allows, if not given."
        ),
        Option("--over", "A:B", is_range=True),
    ] = None
    fixed: Settings = None
    tolerance: Width = 1e-6
    coarse: Annotated[
        int,
        Field(ge=2, le=1000),
        FromNumPy,
        Field(
            description="How many points the first grid has along each axis. A part of the curve that lies "
            "within one cell of it is missed.",
        ),
        Option("--coarse", "N"),
    ] = 9
    depth: Annotated[
        int,
        Field(ge=0, le=12),
        FromNumPy,
        Field(description="How often a cell that the curve crosses is quartered."),
        Option("--depth", "N"),
    ] = 2
    catalogue: Place = "results"
    _: KW_ONLY
    between: Annotated[
        Ends,
        Field(
            description="The two ends of the plane along the first parameter, as A:B; all that the "
            "experiment allows, if not given."
        ),
        Option("--between", "A:B", is_range=True, ends_of="along"),
    ] = None
    most: Annotated[
        int,
        Field(ge=1, le=1_000_000),
        FromNumPy,
        Field(description="After how many points the search is given up."),
        Option("--most", "N"),
    ] = 10_000

    def __post_init__(self) -> None:
        # `M=6.1:6.9` says both: whoever asks on a command line or in a form writes an axis.
        name, equals, ends = self.across.partition("=")
        if equals:
            if self.over is not None:
                raise ValueError(f"`over` must not be given as well where `across` is {self.across!r}.")
            first, last = _parsed(self.across, ends)
            object.__setattr__(self, "across", name.strip())
            object.__setattr__(self, "over", (first, last))


def _parsed(across: str, ends: str) -> tuple[float, float]:
    try:
        first, last = (float(part) for part in ends.split(":"))
        is_finite = math.isfinite(first) and math.isfinite(last)
    except ValueError:
        is_finite = False
    if not is_finite:
        raise ValueError(f"`across` must be a parameter and two numbers, as in M=6.1:6.9, but is {across!r}.")
    return first, last


@dataclass(frozen=True, eq=False)
class CurveJob(SearchJob["CurveSearch"]):
    """A search for a curve with its place in a catalogue; see `wellposed.flows.kinds.job.Part`."""

    kind = "curve"

    @property
    def title(self) -> str:
        low, high = self.search.over
        fixed = title_of(self.experiment, (), self.search.fixed, f"curve along {self.search.along}")
        return f"{fixed}: over {self.search.across}={low:g}:{high:g}"

    def finish(self, **facts: object) -> None:
        from wellposed.sweeps.answers.curve import found_curve

        if self.store.manifest() is None:
            *_, (curve, _) = self.steps()
            self.store.write({}, found_curve(self.experiment, self.search, curve))
            self.store.finish(command=self.command, **facts)

    def result(self) -> xr.Dataset:
        """Returns the curve that was found."""
        from wellposed.catalog.curves import stored_curve

        return stored_curve(self.store.dataset())

    def answer(self) -> CurveAnswer:
        """Returns what was found."""
        from wellposed.sweeps.answers.curve import CurveAnswer

        stored = self.store.dataset()
        return CurveAnswer(self.store.id, self.experiment, self.search, stored, self.result())

    def steps(self) -> Iterator[tuple[Curve, list[Block]]]:
        from wellposed.sweeps.answers.curve import curve_answers
        from wellposed.sweeps.requests.curve import next_column

        curve = self.search.curve(self.experiment)
        chunks, column = self.store.chunks, 0
        while (asked := curve.ask()).size:
            yield curve, missing(self.search.blocks(asked, column, chunks), self.store)
            stored = self.store.dataset()
            curve.tell(*curve_answers(self.experiment, self.search, stored, asked, column))
            column = next_column(column, asked, chunks)
        yield curve, []

    def known(self, standing: Curve) -> str:
        return f"{standing.evaluations:,} points are evaluated"


def canonical_search(request: CurveRequest, found: FoundExperiment) -> CurveSearch:
    """Returns what is asked in canonical form.  Raises as `CurveSearch.from_request`."""
    from wellposed.sweeps.requests.curve import CurveSearch
    from wellposed.sweeps.requests.spelling import settings_of

    return CurveSearch.from_request(
        found.experiment,
        request.along,
        request.across,
        request.over,
        settings_of(found.experiment, request.fixed or {}),
        tolerance=request.tolerance,
        between=request.between,
        coarse=request.coarse,
        depth=request.depth,
        most=request.most,
    )


def curve_job(request: CurveRequest, find: Find) -> CurveJob:
    """Checks a request, and makes or finds its place in the catalogue.  Raises as `wellposed.curve`."""
    found = find(request.experiment)
    options, search = Options.of(request), canonical_search(request, found)
    # What is refused is refused before these are imported, which takes a second.
    from wellposed import catalog
    from wellposed.sweeps.answers.curve import template

    shape = template(found.experiment, search)
    place = catalog.open(request.catalogue, writable=True)
    store = place.create(shape, search.chunks(found.experiment.points_per_block))
    return CurveJob(found.reference, found.experiment, search, store, options)


def _cost(request: CurveRequest, find: Find) -> Cost:
    from wellposed.flows.kinds.cost import curve_cost

    found = find(request.experiment)
    return curve_cost(found, canonical_search(request, found), request)


def _reconstruct(stored: StoredQuestion, experiment: Experiment, store: Store) -> CurveJob:
    from wellposed.sweeps.experiments.find import Reference
    from wellposed.sweeps.requests.curve import CurveSearch

    request = stored.request
    search = CurveSearch(
        store.experiment,
        stored.version,
        str(request["along"]),
        str(request["across"]),
        stored.ends("between"),
        stored.ends("over"),
        stored.fixed,
        float(request["tolerance"]),
        int(request["coarse"]),
        int(request["depth"]),
        int(request["most"]),
        stored.fingerprint,
    )
    return CurveJob(Reference(store.experiment), experiment, search, store)


def _answers(job: CurveJob) -> Answers:
    return Answers(curves=[job.answer()])


def _lines(job: CurveJob) -> Iterator[str]:
    from wellposed.flows.presentation import log

    return log.of_curve(job.answer())


def _tables(job: CurveJob) -> Sequence[TitledTable]:
    from wellposed.flows.presentation.table import TitledTable
    from wellposed.flows.presentation.tables import curve_table
    from wellposed.flows.presentation.words import curve_summary

    answer = job.answer()
    return [TitledTable("Curve", curve_table(answer), curve_summary(answer))]


def _document(job: CurveJob) -> Mapping[str, Any]:
    from wellposed.flows.presentation import documents

    return {"curve": documents.of_curve(job.answer())}


def _is_decided(job: CurveJob) -> bool:
    return job.answer().outcome != "unresolved"


def _counted(jobs: Sequence[CurveJob]) -> str:
    from wellposed.flows.presentation.words import curve_summary

    return "; ".join(f"Curve: {curve_summary(job.answer())}" for job in jobs)


def _identity(request: CurveRequest, find: Find) -> str:
    return canonical_search(request, find(request.experiment)).id


RETURNS = """\
Dataset
    Along ``vertex``, in the order of the curve: both parameters and the number of the connected ``piece``
    as coordinates; and in ``bracketed`` along which parameter opposite, certain signs were evaluated at
    ``lower`` and ``upper``, ``width`` apart.  Its attribute ``curve_outcome`` is ``located``, ``none`` or
    ``unresolved``.
"""
"""What Python's function returns."""

KIND = Kind(
    name="curve",
    summary="Follow the curve in a plane on which an experiment's order parameter changes sign.",
    request=CurveRequest,
    run_name="{experiment} along {along}",
    job=curve_job,
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
    examples=("wellposed curve wave.growth --along beta --axis M=6.1:6.9 --set operator=full",),
)
