"""The commands that put flows where Prefect starts them: serve and deploy."""

from __future__ import annotations

import fcntl
import getpass
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated, cast

import typer

from wellposed.flows.cli.answer import Answer
from wellposed.flows.cli.catalogue import Catalogue

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.runner import Runner

SERVED = "served"
"""What the deployments of ``serve`` are called on a server of our own."""

POLL_INTERVAL_S = 2
"""Seconds between two looks for runs that are due."""

Experiments = Annotated[
    list[str] | None,
    typer.Option(
        "--experiment",
        metavar="REF",
        help="One of your own that runs may ask for: module:attribute or file.py:attribute.",
        show_default=False,
    ),
]
Crons = Annotated[
    list[str] | None,
    typer.Option(
        "--cron",
        metavar="DEPLOYMENT=CRON",
        help='When it is started, such as "audit=0 3 * * *" for every night at three.',
        show_default=False,
    ),
]


def serve(
    catalogue: Catalogue = "results",
    experiment: Experiments = None,
    cron: Crons = None,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many run at a time: each takes all cores.")
    ] = 1,
) -> Answer:
    """``wellposed serve``"""
    # Runs are processes of this one, and their log is to be seen here.
    os.environ["PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"] = "INFO"
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "critical")
    from prefect.runner import Runner
    from prefect.settings import temporary_settings

    from wellposed.flows.deploy.allowlist import environment
    from wellposed.flows.deploy.registration import deployments, reschedule, schedules
    from wellposed.flows.execution.server import server

    logging.getLogger("prefect.runner").addFilter(_is_no_waiting)
    wanted = schedules(cron or [])
    name = served_name()
    served = deployments(name, catalogue, experiment or [])
    os.environ.update(environment(experiment or []))  # which its runs inherit
    with serving_alone(name), server() as answer:
        access = answer()
        with temporary_settings(access.settings), access.client() as client:
            runner = Runner("wellposed", pause_on_shutdown=False, limit=limit, query_seconds=POLL_INTERVAL_S)
            for deployment in served:
                known = cast("UUID", runner.add_deployment(deployment))
                reschedule(client, known, wanted[str(deployment.flow_name)])
            print(f"Serving {', '.join(deployment.full_name for deployment in served)}.")
            print(f"Start them, or put them on a schedule, under Deployments at {access.interface}")
            if (hint := access.password_hint()) is not None:
                print(hint)
            print("Ctrl-C ends it.", flush=True)
            _run(runner)
    return Answer("", {})


def _is_no_waiting(record: logging.LogRecord) -> bool:
    """Leaves out that runs are due and wait, which the runner would say at every look."""
    return "at capacity" not in record.msg


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
    from wellposed.flows.execution.prefect_home import home
    from wellposed.private_folder import for_owner_alone, private_folder

    with open(private_folder(home()) / f"{name}.lock", "a", opener=for_owner_alone) as file:
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

    from wellposed.flows.execution.run import interrupts_blocked

    with ExitStack() as stack:
        with interrupts_blocked():  # a run would end of itself, and have no time to say so
            portal = stack.enter_context(start_blocking_portal())
        serving = portal.start_task_soon(runner.start)
        try:
            serving.result()
        except KeyboardInterrupt:
            print("Ending. What is running is cancelled; what it has computed is stored.", flush=True)
            portal.call(runner.astop)
            serving.result()


def deploy(
    catalogue: Catalogue = "results",
    experiment: Experiments = None,
    cron: Crons = None,
    pool: Annotated[str, typer.Option(metavar="NAME", help="Made if there is none.")] = "wellposed",
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="How many run at a time in the pool.", show_default="one, if it is new"
        ),
    ] = None,
) -> Answer:
    """``wellposed deploy``"""
    from prefect.settings import get_current_settings

    from wellposed.errors import ServerError
    from wellposed.flows.deploy.allowlist import environment
    from wellposed.flows.deploy.registration import deployments, reschedule, schedules, work_pool
    from wellposed.flows.execution.server import server

    if get_current_settings().api.url is None:
        raise ServerError(
            "A work pool is kept by a Prefect server that stays: set PREFECT_API_URL to the address of its "
            "API. `wellposed serve` needs none."
        )
    wanted = schedules(cron or [])
    deployed = deployments(pool, catalogue, experiment or [])
    with server() as answer, (access := answer()).client() as client:
        limit = work_pool(client, pool, limit)
        for deployment in deployed:
            deployment.job_variables = {"env": dict(environment(experiment or []))}
            known = cast("UUID", deployment.apply(work_pool_name=pool))
            reschedule(client, known, wanted[str(deployment.flow_name)])
    names = [deployment.full_name for deployment in deployed]
    return Answer(
        f"Deployed {', '.join(names)}.",
        {"deployments": names, "pool": pool, "limit": limit, "interface": access.interface},
        aside=f"They are under Deployments at {access.interface}\n"
        f"and run, {limit or 'any number'} at a time, where this is running:\n"
        f"    prefect worker start --pool {pool}",
    )


COMMANDS = (
    (
        "serve",
        serve,
        "Let runs be started from Prefect's interface or on a schedule, until Ctrl-C.",
        "wellposed serve",
        'wellposed serve --cron "audit=0 3 * * *" --experiment ./my_kernel.py:experiment',
    ),
    (
        "deploy",
        deploy,
        "Register what `serve` serves with a work pool, for workers on other machines.",
        "PREFECT_API_URL=http://prefect.example.org:4200/api wellposed deploy --pool kinetic",
    ),
)
"""Name, function, summary and examples of each."""
