"""The flows that Prefect starts by itself, from a form or on a schedule, and the table of them.

Each does what the command of its name does.  A request that is not allowed ends the run as failed, with what
is wrong as its message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Self

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from pydantic import Field, WithJsonSchema

from catalog import CatalogueError
from flows import job, search, tracing
from flows import sweep as sweeping
from flows.audits import AUDITS, find_audit
from flows.errors import FlowError
from flows.findings import Findings
from flows.job import Job, Options, Recompute
from flows.narration import answered, concluded
from flows.recording import Entry, task_runner
from flows.study import STUDIES, Picture, find_study
from kinetics import EXPERIMENTS
from kinetics.experiment import ParameterError
from sweeps.experiments import find_experiment
from sweeps.grid import RequestError
from sweeps.layout import AnswerError
from sweeps.search import COARSE
from sweeps.spelling import parse_axes, parse_range, parse_settings

REFUSALS = (RequestError, ParameterError, CatalogueError, FlowError, AnswerError)
"""Errors whose message says all there is to say."""

ORDERED = [name for name, experiment in EXPERIMENTS.items() if experiment.order_parameter is not None]
"""The experiments that have a boundary."""


def _described(default: object, description: str, choices: Iterable[str] | None = None) -> Any:
    """A parameter's default value with what the form says of it, and the choices that it offers."""
    extra: dict[str, Any] = {} if choices is None else {"enum": list(choices)}
    return Field(default, description=description, json_schema_extra=extra)


def _offered(choices: Iterable[str]) -> WithJsonSchema:
    """Has the form offer `choices`, and take any other text as well."""
    listed = {"title": "one of these", "type": "string", "enum": list(choices)}
    return WithJsonSchema({"anyOf": [listed, {"title": "one of my own", "type": "string"}]})


GRID = _described(
    ["beta=0:1:11", "M=7,8,10"],
    "Parameters that vary: beta=0:1:41 is 41 values, both ends included; A=geom(1,100,5) grows by a factor; "
    "M=7,8,10 is itself.",
)
LINES = _described(
    ["M=7,8,10"], "One line for each combination of these: M=7,8,10 or beta=0:1:41 or A=geom(1,100,5)."
)
SETTINGS = _described(["operator=gain"], "Parameters that do not vary; those not given have their defaults.")
ALONG = _described("beta", "The parameter along which the boundary is searched.")
TOLERANCE = _described(1e-6, "How wide the bracket of a boundary may stay.")
COARSE_SCAN = _described(COARSE, "At how many points a line is scanned to begin with.")
SCAN_ALL = _described(False, "Scan every line, instead of starting some from their neighbours' boundaries.")
RECOMPUTE = _described(
    "missing", "Compute the points that are missing, those as well that failed, or everything again."
)
TIME_LIMIT = _described(None, "After which a point has failed.")
CATALOGUE = _described("results", "Where answers are kept: an absolute path, or s3://bucket/path.")

_TELLS = "Its parameters: wellposed experiments NAME. One of my own: /path/to/file.py:attribute."
STUDY = _described("wave", "Which boundaries and phase diagrams.", STUDIES)
FAMILY = _described("wave", "Which family of equations.", AUDITS)
RANGE = _described("M=6.1:6.9", "The other parameter and the range of it.")
FULL = _described(["operator=full"], SETTINGS.description)
ROUGH = _described(1e-3, TOLERANCE.description)
COARSE_GRID = _described(9, "How many points the first grid has along each axis.")
DEPTH = _described(2, "How often a cell that the curve crosses is quartered.")
EXPERIMENT = _described("wave.growth", f"What is evaluated. {_TELLS}")
ORDERED_EXPERIMENT = _described("wave.growth", f"Whose order parameter changes sign. {_TELLS}")

Question = Annotated[str, _offered(EXPERIMENTS)]
OrderedQuestion = Annotated[str, _offered(ORDERED)]
Seconds = Annotated[
    float | None,
    Field(gt=0),
    WithJsonSchema(
        {
            "anyOf": [
                {"title": "none", "type": "null"},
                {"title": "seconds", "type": "number", "exclusiveMinimum": 0},
            ]
        }
    ),
]
Positive = Annotated[float, Field(gt=0)]
AtLeastTwo = Annotated[int, Field(ge=2)]


@flow(name="sweep", task_runner=task_runner())
def sweep(
    experiment: Question = EXPERIMENT,
    axes: list[str] = GRID,
    settings: list[str] = SETTINGS,
    recompute: Recompute = RECOMPUTE,
    time_limit: Seconds = TIME_LIMIT,
    catalogue: str = CATALOGUE,
) -> State:
    """Evaluates an experiment at every point of a grid, as far as that is not stored already.

    The same as `wellposed run`.
    """

    def ask() -> Asked:
        asked = find_experiment(experiment)
        grid, fixed = parse_axes(asked, axes), parse_settings(asked, settings)
        one = sweeping.prepare(experiment, grid, fixed, catalogue, Options(recompute, time_limit))
        return Asked.found([one])

    return _answered(ask)


@flow(name="boundary", task_runner=task_runner())
def boundary(
    experiment: OrderedQuestion = ORDERED_EXPERIMENT,
    along: str = ALONG,
    axes: list[str] = LINES,
    settings: list[str] = SETTINGS,
    tolerance: Positive = TOLERANCE,
    coarse: AtLeastTwo = COARSE_SCAN,
    scan_all: bool = SCAN_ALL,
    recompute: Recompute = RECOMPUTE,
    time_limit: Seconds = TIME_LIMIT,
    catalogue: str = CATALOGUE,
) -> State:
    """Locates where the order parameter of an experiment changes sign along one parameter.

    The same as `wellposed boundary`.
    """

    def ask() -> Asked:
        asked = find_experiment(experiment)
        lines, fixed = parse_axes(asked, axes), parse_settings(asked, settings)
        options = Options(recompute, time_limit)
        one = search.prepare(
            experiment, along, lines, fixed, tolerance, catalogue, options, coarse, not scan_all
        )
        return Asked.found([one])

    return _answered(ask)


@flow(name="trace", task_runner=task_runner())
def trace(
    experiment: OrderedQuestion = ORDERED_EXPERIMENT,
    along: str = ALONG,
    axis: str = RANGE,
    settings: list[str] = FULL,
    tolerance: Positive = ROUGH,
    coarse: AtLeastTwo = COARSE_GRID,
    depth: Annotated[int, Field(ge=0)] = DEPTH,
    recompute: Recompute = RECOMPUTE,
    time_limit: Seconds = TIME_LIMIT,
    catalogue: str = CATALOGUE,
) -> State:
    """Follows the curve in a plane of two parameters on which the order parameter changes sign.

    The same as `wellposed trace`.
    """

    def ask() -> Asked:
        asked = find_experiment(experiment)
        (across, over), fixed = parse_range(asked, axis), parse_settings(asked, settings)
        options = Options(recompute, time_limit)
        one = tracing.prepare(
            experiment, along, across, over, fixed, tolerance, coarse, depth, catalogue, options
        )
        return Asked([one], one.markdown, lambda: concluded([one]))

    return _answered(ask)


@flow(name="study", task_runner=task_runner())
def study(
    name: str = STUDY,
    catalogue: str = CATALOGUE,
) -> State:
    """Carries out a study: boundaries and a phase diagram that belong together.

    The same as `wellposed study`.
    """

    def ask() -> Asked:
        asked = find_study(name)
        return Asked.found(asked.prepare(catalogue), asked.picture, ("study", name))

    return _answered(ask)


@flow(name="audit", task_runner=task_runner())
def audit(
    name: str = FAMILY,
    catalogue: str = CATALOGUE,
) -> State:
    """Judges every printed claim of a family of equations by measurement, and stores the verdicts.

    The same as `wellposed audit`.
    """

    def ask() -> Asked:
        asked = find_audit(name).prepare(catalogue)

        def conclude() -> str:
            asked.store()
            return asked.said

        return Asked(asked.jobs, asked.markdown, conclude, ("audit", name))

    return _answered(ask)


FLOWS = (sweep, boundary, trace, study, audit)
"""All that can be deployed."""


@dataclass(frozen=True)
class Asked:
    """A request that has been checked.

    Attributes
    ----------
    jobs : sequence of Job
    report : callable
        The page that the run leaves, when everything is computed.
    conclude : callable
        What was found, in one line.
    together : (str, str), optional
        As for `flows.job.complete`.
    """

    jobs: Sequence[Job]
    report: Callable[[], str]
    conclude: Callable[[], str]
    together: tuple[str, str] | None = None

    @classmethod
    def found(
        cls, jobs: Sequence[Job], picture: Picture = "planes", together: tuple[str, str] | None = None
    ) -> Self:
        findings = Findings(jobs, picture)
        return cls(jobs, findings.markdown, lambda: concluded(jobs), together)


def _answered(ask: Callable[[], Asked]) -> State:
    """Asks in the present flow run, computes what is not stored, and says what became of it."""
    log = get_run_logger()
    try:
        asked = ask()
        entry = Entry.of(asked.jobs, asked.together)
        entry.begin()
        if not job.complete(asked.jobs, asked.report, asked.together):
            log.info("All of it was stored already; nothing was computed.")
            for line in (line for one in asked.jobs for line in answered(one)):
                log.info(line)
            entry.publish(asked.report())
        return Completed(message=asked.conclude())
    except REFUSALS as error:
        log.error(str(error))
        return Failed(message=str(error))
