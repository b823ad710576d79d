"""Any function over blocks on a Dask client, yielding answers as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from distributed import Client, as_completed
from distributed.client import ClosedClientError

from wellposed.sweeps.cluster.scaling import threads_of

B = TypeVar("B")
R = TypeVar("R")

IN_FLIGHT_PER_THREAD = 4
"""Enough that no worker waits for its next block, few enough that a million blocks take no memory here."""


def fan_out(
    client: Client, function: Callable[..., R], blocks: Iterable[B], *arguments: Any
) -> Iterator[tuple[B, R | Exception]]:
    """``function(block, *arguments)`` for each block, on the workers.

    Parameters
    ----------
    client : distributed.Client
    function : callable
        Importable on the workers.
    blocks : iterable
        Consumed as workers become free.
    *arguments
        The same for every block; sent with each, so small.

    Yields
    ------
    block, answer
        As they finish.  An exception that was raised, or that tells that the worker died, is an answer
        too.  Closing the iterator cancels what has not finished.
    """
    waiting = iter(blocks)
    in_flight: dict[Any, B] = {}
    finished = as_completed(loop=client.loop)
    # Clusters grow with the work that they are given.
    room = IN_FLIGHT_PER_THREAD * threads_of(client)

    def submit_next() -> None:
        for block in waiting:
            # Not pure: asking again is meant to compute again.
            future = client.submit(function, block, *arguments, pure=False)
            in_flight[future] = block
            finished.add(future)
            return

    try:
        for _ in range(room):
            submit_next()
        for future in finished:
            block = in_flight.pop(future)
            answer = future.exception() if future.status != "finished" else future.result()
            future.release()
            submit_next()
            yield block, answer
    finally:
        # One that has not reached the scheduler yet is missed: it runs, and its answer is dropped.
        with suppress(ClosedClientError):
            client.cancel(list(in_flight))
