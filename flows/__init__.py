"""Sweeps and boundary searches from a request to an answer, on Dask and recorded by Prefect.

Importing this package imports neither: workers get it too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flows.audits import audit
    from flows.search import boundary
    from flows.sweep import run
    from flows.tracing import trace

__all__ = ["audit", "boundary", "run", "trace"]

# Prefect reads these when it is imported.  Its log is for its own interface; a terminal shows progress.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")


def __getattr__(name: str) -> Any:
    match name:
        case "audit":
            from flows.audits import audit

            return audit
        case "run":
            from flows.sweep import run

            return run
        case "boundary":
            from flows.search import boundary

            return boundary
        case "trace":
            from flows.tracing import trace

            return trace
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
