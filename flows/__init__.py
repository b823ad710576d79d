"""Sweeps and boundary searches from a request to an answer, on Dask and recorded by Prefect.

Importing this package imports neither: workers get it too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wellposed.flows.questions import audit, boundary, run, trace

__all__ = ["audit", "boundary", "run", "trace"]

# Prefect reads these when it is imported.  Its log is for its own interface; a terminal shows progress.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")


def __getattr__(name: str) -> Any:
    if name in __all__:
        from wellposed.flows import questions

        return getattr(questions, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
