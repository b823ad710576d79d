"""The commands that put flows where Prefect starts them by itself: serve and deploy."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.answer import Answer


def serve(chosen: argparse.Namespace) -> Answer:
    """``wellposed serve``"""
    import asyncio

    from prefect.deployments.runner import RunnerDeployment
    from prefect.flows import EntrypointType  # type: ignore[attr-defined]
    from prefect.runner import Runner
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.deployments import boundary, sweep
    from flows.server import interface, server

    with server() as answer:
        url = answer()
        with temporary_settings({PREFECT_API_URL: url}):
            runner = Runner(name="wellposed", pause_on_shutdown=False, limit=1, query_seconds=2)
            for flow in (sweep, boundary):
                d = RunnerDeployment.from_flow(flow, "served", entrypoint_type=EntrypointType.MODULE_PATH)
                runner.add_deployment(d)
            print(interface(url), flush=True)
            asyncio.run(runner.start())
    return Answer("", {})


def add_to(
    command: Callable[..., argparse.ArgumentParser],
    catalogue: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds these commands to a parser: `command` makes one, and `catalogue` gives it the usual option."""
    added = command(serve, "Serve deployments of all flows, until Ctrl-C.", json=False)
    catalogue(added)
