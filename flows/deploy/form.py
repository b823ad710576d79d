"""What Prefect's form shows of the parameters of a flow: their defaults, choices, limits and descriptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from wellposed.flows.kinds.audits import AUDITS
from wellposed.flows.kinds.study import STUDIES
from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.requests.boundary import COARSE

ORDERED = [name for name, experiment in EXPERIMENTS.items() if experiment.order_parameter is not None]
"""The experiments that have a boundary."""


def _described(default: object, description: str, choices: Iterable[str] | None = None) -> Any:
    """A parameter's default value with what the form says of it, and the choices that it offers."""
    extra: dict[str, Any] = {} if choices is None else {"enum": list(choices)}
    return Field(default, description=description, json_schema_extra=extra)


GRID = _described(
    ["beta=0:1:11", "M=7,8,10"],
    "Parameters that vary: beta=0:1:41 is 41 values, both ends included; A=geom(1,100,5) grows by a factor; "
    "M=7,8,10 is itself.",
)
# A list that is emptied in the form is left out by it, so what is no default cannot be empty there.
LINES = _described([], "One line for each combination of these: M=7,8,10 or beta=0:1:41 or A=geom(1,100,5).")
SETTINGS = _described(
    [], "Parameters that do not vary, such as operator=gain; those not given have their defaults."
)
ALONG = _described("beta", "The parameter along which the boundary is searched.")
TOLERANCE = _described(1e-6, "How wide the bracket of a boundary may stay.")
COARSE_SCAN = _described(COARSE, "At how many points a line is scanned to begin with.")
SCAN_ALL = _described(False, "Scan every line, instead of starting some from their neighbours' boundaries.")
RECOMPUTE = _described(
    "missing", "Compute the points that are missing, those as well that failed, or everything again."
)
TIME_LIMIT = _described(None, "After which a point has failed.")
CLUSTER = _described(
    "local",
    "Where points are computed: local, tcp://host:8786 of a Dask scheduler, or a name in clusters.yaml.",
)
DESTINATION = _described(
    "report", "The folder that is written, an absolute path; an earlier report is replaced."
)
CATALOGUE = _described("results", "Where answers are kept: an absolute path, or s3://bucket/path.")

_TELLS = (
    "Its parameters: wellposed experiments NAME. To have one of your own here, start wellposed serve (or "
    "deploy) with --experiment /path/to/file.py:attribute."
)
STUDY = _described("wave", "Which boundaries and phase diagrams.", STUDIES)
FAMILY = _described("wave", "Which family of equations.", AUDITS)
RANGE = _described("M=6.1:6.9", "The other parameter and the range of it.")
ROUGH = _described(1e-3, TOLERANCE.description)
COARSE_GRID = _described(9, "How many points the first grid has along each axis.")
DEPTH = _described(2, "How often a cell that the curve crosses is quartered.")
EXPERIMENT = _described("wave.growth", f"What is evaluated. {_TELLS}", EXPERIMENTS)
ORDERED_EXPERIMENT = _described("wave.growth", f"Whose order parameter changes sign. {_TELLS}", ORDERED)

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
