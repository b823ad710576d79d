"""Runs in a notebook, where an event loop runs already when a cell begins."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def apart_from_event_loops(function: Callable[P, R]) -> Callable[P, R]:
    """`function`, called as if no event loop ran in this thread.

    Where one runs, Prefect returns coroutines for us to await in place of answers and errors.  A cell holds
    up the notebook's loop until it ends, so nothing is lost if the loop is not seen meanwhile; and unlike a
    thread, the cell can be interrupted.
    """

    @functools.wraps(function)
    def apart(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return function(*arguments, **options)
        asyncio._set_running_loop(None)
        try:
            return function(*arguments, **options)
        finally:
            asyncio.set_event_loop(loop)
            asyncio._set_running_loop(loop)

    return apart
