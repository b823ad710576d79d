"""Locates by computation where kinetic equations stop being well-posed.

Ask with `sweep`, `boundary`, `curve`, `study` and `audit`; open what is stored with `open_catalogue`; bring a
kernel of your own as an `Experiment`, and equations of your own as a `Family`.  Nothing that takes time to
import is imported before it is used.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from wellposed.errors import (
    AnswerError,
    CatalogueError,
    ConflictError,
    FlowError,
    IncompleteError,
    ParameterError,
    QueueError,
    RequestError,
    ServerError,
    Unresolved,
    WellposedError,
)

if TYPE_CHECKING:
    from wellposed.catalog import Catalogue
    from wellposed.catalog import open as open_catalogue
    from wellposed.flows.asking import audit, boundary, curve, explain, study, sweep
    from wellposed.flows.report.report import report
    from wellposed.kinetics.claim import Claim, Verdict
    from wellposed.kinetics.experiment import (
        Coordinate,
        Experiment,
        Output,
        Parameter,
        PrintedThreshold,
    )
    from wellposed.kinetics.family import Family
    from wellposed.kinetics.law import Law, Linear
    from wellposed.kinetics.study import (
        Audit,
        Guide,
        Overlay,
        Question,
        Row,
        Rows,
        Study,
        question,
    )
    from wellposed.sweeps.answers.layout import Outcome

__all__ = [
    "AnswerError",
    "Audit",
    "Catalogue",
    "CatalogueError",
    "Claim",
    "ConflictError",
    "Coordinate",
    "Experiment",
    "Family",
    "FlowError",
    "Guide",
    "IncompleteError",
    "Law",
    "Linear",
    "Outcome",
    "Output",
    "Overlay",
    "Parameter",
    "ParameterError",
    "PrintedThreshold",
    "Question",
    "QueueError",
    "RequestError",
    "Row",
    "Rows",
    "ServerError",
    "Study",
    "Unresolved",
    "Verdict",
    "WellposedError",
    "audit",
    "boundary",
    "curve",
    "explain",
    "open_catalogue",
    "question",
    "report",
    "study",
    "sweep",
]

_HOMES = {
    "wellposed.catalog": ("Catalogue",),
    "wellposed.flows.asking": ("audit", "boundary", "curve", "explain", "study", "sweep"),
    "wellposed.flows.report.report": ("report",),
    "wellposed.kinetics.claim": ("Claim", "Verdict"),
    "wellposed.kinetics.experiment": ("Coordinate", "Experiment", "Output", "Parameter", "PrintedThreshold"),
    "wellposed.kinetics.family": ("Family",),
    "wellposed.kinetics.law": ("Law", "Linear"),
    "wellposed.kinetics.study": (
        "Audit",
        "Guide",
        "Overlay",
        "Question",
        "Row",
        "Rows",
        "Study",
        "question",
    ),
    "wellposed.sweeps.answers.layout": ("Outcome",),
}
"""Where the names are that are imported when they are first used."""


def __getattr__(name: str) -> Any:
    if name == "open_catalogue":
        return importlib.import_module("wellposed.catalog").open
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    if "wellposed.flows.kinds" in sys.modules and name in sys.modules["wellposed.flows.kinds"].KINDS:
        # A kind of question that was added to the table is asked by its name too.
        return importlib.import_module("wellposed.flows.asking").function_of_kind(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
