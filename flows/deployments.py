"""The flows that Prefect starts by itself, from a form or on a schedule, and the table of them.

Each does what the command of its name does.  A request that is not allowed ends the run as failed, with what
is wrong as its message.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field

from catalog import CatalogueError
from flows import job, search
from flows import sweep as sweeping
from flows.errors import FlowError
from flows.findings import Findings
from flows.job import Job, Options, Recompute
from flows.recording import Entry, task_runner
from kinetics import EXPERIMENTS
from kinetics.experiment import ParameterError
from sweeps.evaluate import find_experiment
from sweeps.grid import RequestError
from sweeps.layout import AnswerError
from sweeps.search import COARSE
from sweeps.spelling import parse_axes, parse_settings

REFUSALS = (RequestError, ParameterError, CatalogueError, FlowError, AnswerError)
"""Errors whose message says all there is to say."""

ORDERED = [name for name, experiment in EXPERIMENTS.items() if experiment.order_parameter is not None]
"""The experiments that have a boundary."""


def _choices(names: Sequence[str]) -> dict[str, Any]:
    return {"enum": list(names)}


Question = Annotated[
    str,
    Field(
        description="What is evaluated; `wellposed experiments NAME` tells its parameters.",
        json_schema_extra=_choices(list(EXPERIMENTS)),
    ),
]
OrderedQuestion = Annotated[
    str,
    Field(
        description="Whose order parameter changes sign; `wellposed experiments NAME` tells its parameters.",
        json_schema_extra=_choices(ORDERED),
    ),
]
Axes = Annotated[
    list[str],
    Field(
        description=(
            "Parameters that vary: beta=0:1:41 (41 values, both ends included), A=geom(1,100,5), M=7,8,10"
        )
    ),
]
Settings = Annotated[
    list[str], Field(description="Parameters that do not vary: operator=gain. The others have their defaults")
]
Along = Annotated[str, Field(description="The parameter along which the boundary is searched")]
Tolerance = Annotated[float, Field(gt=0, description="How wide the bracket of a boundary may stay")]
Coarse = Annotated[int, Field(ge=2, description="At how many points a line is scanned to begin with")]
Again = Annotated[
    Recompute,
    Field(
        description=(
            "Which points are computed: those that are missing, those as well that failed, or everything"
        )
    ),
]
TimeLimit = Annotated[
    float | None, Field(gt=0, description="Seconds after which a point has failed; none if left out")
]
Place = Annotated[str, Field(description="Where answers are kept: an absolute path, or s3://bucket/path")]


@flow(name="sweep", task_runner=task_runner())
def sweep(
    experiment: Question = "wave.growth",
    axes: Axes = ["beta=0:1:11", "M=7,8,10"],  # noqa: B006 - Prefect makes a form of it
    settings: Settings = ["operator=gain"],  # noqa: B006
    recompute: Again = "missing",
    time_limit: TimeLimit = None,
    catalogue: Place = "results",
) -> State:
    """Evaluates an experiment at every point of a grid, as far as that is not stored already."""

    def ask() -> list[Job]:
        asked = find_experiment(experiment)
        grid, fixed = parse_axes(asked, axes), parse_settings(asked, settings)
        return [sweeping.prepare(experiment, grid, fixed, catalogue, Options(recompute, time_limit))]

    return _answered(ask, lambda jobs: Findings(jobs).markdown())


@flow(name="boundary", task_runner=task_runner())
def boundary(
    experiment: OrderedQuestion = "wave.growth",
    along: Along = "beta",
    axes: Axes = ["M=7,8,10"],  # noqa: B006
    settings: Settings = ["operator=gain"],  # noqa: B006
    tolerance: Tolerance = 1e-6,
    coarse: Coarse = COARSE,
    scan_all: Annotated[
        bool, Field(description="Scan every line, instead of starting some from their neighbours' boundaries")
    ] = False,
    recompute: Again = "missing",
    time_limit: TimeLimit = None,
    catalogue: Place = "results",
) -> State:
    """Locates where the order parameter of an experiment changes sign along one parameter."""

    def ask() -> list[Job]:
        asked = find_experiment(experiment)
        lines, fixed = parse_axes(asked, axes), parse_settings(asked, settings)
        options = Options(recompute, time_limit)
        return [
            search.prepare(
                experiment, along, lines, fixed, tolerance, catalogue, options, coarse, not scan_all
            )
        ]

    return _answered(ask, lambda jobs: Findings(jobs).markdown())


def _answered(
    ask: Callable[[], list[Job]],
    report: Callable[[list[Job]], str],
    together: tuple[str, str] | None = None,
) -> State:
    """Asks in the present flow run, computes what is not stored, and says what became of it."""
    log = get_run_logger()
    try:
        jobs = ask()
        entry = Entry.of(jobs, together)
        entry.label()
        if not job.complete(jobs, lambda: report(jobs), together):
            log.info("All of it was stored already; nothing was computed.")
            entry.publish(report(jobs))
    except REFUSALS as error:
        log.error(str(error))
        return Failed(message=str(error))
    return Completed(message="done")
