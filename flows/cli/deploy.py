"""The commands that put flows where Prefect starts them: serve and deploy."""

from __future__ import annotations

import argparse
import fcntl
import getpass
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, cast

from wellposed.flows.cli.answer import Answer

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.runner import Runner

SERVED = "served"
"""What the deployments of ``serve`` are called on a server of our own."""

LOOK_EVERY = 2
"""Seconds between two looks for runs that are due."""


def serve(chosen: argparse.Namespace) -> Answer:
    """``wellposed serve``"""
    # Runs are processes of this one, and their log is to be seen here.
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "INFO"
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "critical")
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.runner import Runner
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from wellposed.flows.deploy.allowlist import environment
    from wellposed.flows.deploy.registration import deployments, reschedule, schedules
    from wellposed.flows.execution.server import interface, server

    wanted = schedules(chosen.cron)
    name = served_name()
    served = deployments(name, chosen.catalogue, chosen.experiment)
    os.environ.update(environment(chosen.experiment))  # which its runs inherit
    with serving_alone(name), server() as answer:
        url = answer()
        with temporary_settings({PREFECT_API_URL: url}), SyncPrefectClient(url) as client:
            runner = Runner(
                "wellposed", pause_on_shutdown=False, limit=chosen.limit, query_seconds=LOOK_EVERY
            )
            for deployment in served:
                known = cast("UUID", runner.add_deployment(deployment))
                reschedule(client, known, wanted[str(deployment.flow_name)])
            print(f"Serving {', '.join(deployment.full_name for deployment in served)}.")
            print(f"Start them, or put them on a schedule, under Deployments at {interface(url)}")
            print("Ctrl-C ends it.", flush=True)
            _run(runner)
    return Answer("", {})


def served_name() -> str:
    """What the deployments of ``serve`` are called: on a server of a group, each person has their own."""
    from prefect.settings import get_current_settings

    if get_current_settings().api.url is None:
        return SERVED
    return f"{SERVED}-by-{getpass.getuser()}-at-{socket.gethostname()}"


@contextmanager
def serving_alone(name: str) -> Iterator[None]:
    """Nobody else serves deployments of this name while the context lasts.

    Two would start each other's runs, with the defaults of whoever registered last.

    Raises
    ------
    FlowError
        If somebody does already.
    """
    from wellposed.errors import FlowError
    from wellposed.flows.execution.server import home

    home().mkdir(parents=True, exist_ok=True)
    with (home() / f"{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FlowError(
                f"Deployments called {name} are served already by another `wellposed serve`: start runs "
                "there, with parameters of their own, or end it first."
            ) from None
        yield


def _run(runner: Runner) -> None:
    """Runs what is due until Ctrl-C, and then cancels what is running."""
    from anyio.from_thread import start_blocking_portal

    from wellposed.flows.execution.run import interrupts_held

    with ExitStack() as stack:
        with interrupts_held():  # a run would end of itself, and have no time to say so
            portal = stack.enter_context(start_blocking_portal())
        serving = portal.start_task_soon(runner.start)
        try:
            serving.result()
        except KeyboardInterrupt:
            print("Ending. What is running is cancelled; what it has computed is stored.", flush=True)
            portal.call(runner.astop)
            serving.result()


def deploy(chosen: argparse.Namespace) -> Answer:
    """``wellposed deploy``"""
    from prefect.client.orchestration import SyncPrefectClient
    from prefect.settings import get_current_settings

    from wellposed.errors import ServerError
    from wellposed.flows.deploy.allowlist import environment
    from wellposed.flows.deploy.registration import deployments, reschedule, schedules, work_pool
    from wellposed.flows.execution.server import interface, server

    if get_current_settings().api.url is None:
        raise ServerError(
            "A work pool is kept by a Prefect server that stays: set PREFECT_API_URL to the address of its "
            "API. `wellposed serve` needs none."
        )
    wanted = schedules(chosen.cron)
    deployed = deployments(chosen.pool, chosen.catalogue, chosen.experiment)
    with server() as answer, SyncPrefectClient(url := answer()) as client:
        limit = work_pool(client, chosen.pool, chosen.limit)
        for deployment in deployed:
            deployment.job_variables = {"env": dict(environment(chosen.experiment))}
            known = cast("UUID", deployment.apply(work_pool_name=chosen.pool))
            reschedule(client, known, wanted[str(deployment.flow_name)])
    names = [deployment.full_name for deployment in deployed]
    return Answer(
        f"Deployed {', '.join(names)}.",
        {"deployments": names, "pool": chosen.pool, "limit": limit, "interface": interface(url)},
        aside=f"They are under Deployments at {interface(url)}\n"
        f"and run, {limit or 'any number'} at a time, where this is running:\n"
        f"    prefect worker start --pool {chosen.pool}",
    )


def add_to(
    command: Callable[..., argparse.ArgumentParser],
    catalogue: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds these commands to a parser: `command` makes one, and `catalogue` gives it the usual option."""

    def shared(added: argparse.ArgumentParser) -> None:
        catalogue(added)
        added.add_argument(
            "--experiment",
            action="append",
            default=[],
            metavar="REF",
            help="one of your own that runs may ask for: module:attribute or file.py:attribute",
        )
        added.add_argument(
            "--cron",
            action="append",
            default=[],
            metavar="DEPLOYMENT=CRON",
            help='when it is started, such as "audit=0 3 * * *" for every night at three',
        )

    added = command(
        serve,
        "Let runs be started from Prefect's interface or on a schedule, until Ctrl-C.",
        "wellposed serve",
        'wellposed serve --cron "audit=0 3 * * *" --experiment ./my_kernel.py:experiment',
        json=False,
    )
    shared(added)
    added.add_argument(
        "--limit",
        type=_count,
        default=1,
        metavar="N",
        help="how many run at a time (%(default)s: each takes all cores)",
    )
    added = command(
        deploy,
        "Register what `serve` serves with a work pool, for workers on other machines.",
        "PREFECT_API_URL=http://prefect.example.org:4200/api wellposed deploy --pool kinetic",
    )
    shared(added)
    added.add_argument(
        "--pool", default="wellposed", metavar="NAME", help="made if there is none (%(default)s)"
    )
    added.add_argument(
        "--limit", type=_count, metavar="N", help="how many run at a time in the pool (one, if it is new)"
    )


def _count(text: str) -> int:
    """The whole number of at least 1 that `text` spells."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, but is {text}")
    return int(text)
