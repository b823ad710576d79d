import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPERIMENTS = Path(__file__).with_name("experiments.py")
ON_WORKERS = Path(__file__).with_name("on_workers.py")


@pytest.fixture(scope="session")
def prefect_access(wellposed_home):
    """How to speak to a Prefect server that runs as long as the tests do, and is shared by all runs."""
    from wellposed.flows.execution.server import server

    with server() as answer:
        yield answer()


@pytest.fixture(scope="session")
def prefect_server(prefect_access):
    """The address of its API."""
    return prefect_access.url


@pytest.fixture(scope="module")
def own_client(prefect_access):
    """A client that knows its secret."""
    with prefect_access.client() as client:
        yield client


@pytest.fixture
def reference():
    """The reference of an experiment of `tests/flows/experiments.py`, by its name there."""
    return lambda name: f"{EXPERIMENTS}:{name}"


@pytest.fixture(scope="session")
def job_of():
    """Makes the job that asks a question, by the name of its kind, the experiment and the other fields."""
    from wellposed.flows.kinds import KINDS
    from wellposed.flows.kinds.request import made
    from wellposed.sweeps.experiments.find import locate

    def job(kind, experiment, **fields):
        request = made(KINDS[kind].request, {"experiment": experiment, **fields})
        return KINDS[kind].job(request, locate)

    return job


@pytest.fixture(scope="session")
def answered():
    """Computes a job here and now, without Dask or Prefect, and returns it."""
    from wellposed.flows.execution.block import run_block
    from wellposed.flows.kinds import narration

    def answer(job):
        for part in job.parts:
            for asked in part.rounds():
                for block in asked.blocks:
                    run_block(block, part.assignment)
            part.finish(seconds=0.0)
        job.finish(seconds=0.0)
        narration.draw(job)
        return job

    return answer


@contextmanager
def commands_ended():
    """Starts ``wellposed`` with arguments in processes of their own, which are ended with the context."""
    started = []

    def start(*arguments, folder=ROOT, on_workers=False, **environment):
        module = [str(ON_WORKERS)] if on_workers else ["-m", "wellposed.flows.cli.main"]
        process = subprocess.Popen(
            [sys.executable, *module, *map(str, arguments)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):  # all of its group have ended
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def start_command():
    """Starts ``wellposed`` with arguments in a process of its own, which is ended with the test."""
    with commands_ended() as start:
        yield start


@pytest.fixture(scope="module")
def start_command_for_all():
    """The same, ended with the last test of the module."""
    with commands_ended() as start:
        yield start


@pytest.fixture
def on_workers(monkeypatch):
    """Leaves questions to workers that are asked in this process, however small they are."""
    monkeypatch.setattr("wellposed.flows.execution.in_hand.is_possible", lambda job: False)


@pytest.fixture
def no_execution(monkeypatch):
    """Fails the test if anything is computed."""

    def executed(*arguments):
        pytest.fail("something was computed")

    monkeypatch.setattr("wellposed.flows.execution.run.executed", executed)
    monkeypatch.setattr("wellposed.flows.execution.in_hand.answered", executed)
