"""A Prefect server that keeps its history in PostgreSQL, and a worker for what is deployed to a pool."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_API_URL, temporary_settings

from wellposed import catalog
from wellposed.flows.cli.main import main

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))

pytestmark = pytest.mark.skipif(not BINARIES, reason="PostgreSQL is not installed")


def as_postgres():
    """PostgreSQL refuses to run as root; Debian makes a user for it."""
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}


@pytest.fixture(scope="module")
def database():
    """The address of an empty database of a PostgreSQL of its own, which listens in its own folder."""
    place = Path(tempfile.mkdtemp(prefix="wellposed-", dir="/tmp"))  # a socket's path must be short
    if as_postgres():
        shutil.chown(place, "postgres", "postgres")
    user = as_postgres().get("user", pwd.getpwuid(os.getuid()).pw_name)

    def run(program, *arguments):
        command = [BINARIES[-1] / program, *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, cwd=place, **as_postgres())

    run("initdb", "--pgdata", place / "data", "--auth", "trust", "--no-sync")
    options = f"-c listen_addresses='' -c unix_socket_directories={place} -c fsync=off"
    run("pg_ctl", "--pgdata", place / "data", "--wait", "--log", place / "log", "-o", options, "start")
    try:
        run("createdb", "--host", place, "prefect")
        run("psql", "--host", place, "prefect", "--command", "create extension pg_trgm")
        yield f"postgresql+asyncpg://{user}@/prefect?host={place}"
    finally:
        run("pg_ctl", "--pgdata", place / "data", "--mode", "immediate", "stop")
        shutil.rmtree(place)


@pytest.fixture(scope="module")
def environment(database, tmp_path_factory):
    """Of those who speak to a Prefect server with that database."""
    # The server is given the socket itself, so that nobody else can have taken its port.
    listening = socket.create_server(("127.0.0.1", 0))
    port, socket_number = listening.getsockname()[1], listening.fileno()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    ours = {
        **inherited,
        "PREFECT_HOME": str(tmp_path_factory.mktemp("prefect")),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    # What `prefect server start` starts.
    command = ["prefect.server.api.server:create_app", "--factory", "--fd", str(socket_number)]
    command += ["--log-level", "warning"]  # nobody reads what it says until it has ended
    with started("uvicorn", *command, environment=ours, pass_fds=[socket_number]) as server:
        listening.close()
        deadline = time.monotonic() + 120
        while not answers(ours["PREFECT_API_URL"]):
            assert server.poll() is None, server.communicate()
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.2)
        yield ours


@contextmanager
def started(*command, environment, pass_fds=()):
    """A process that is told to end with the context."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        env=environment,
        cwd=environment["PREFECT_HOME"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=pass_fds,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def answers(url):
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize("is_stored", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_deployed_flow_is_run_by_a_worker_and_recorded_in_postgresql(
    is_stored, environment, tmp_path, reference, job_of, answered, capsys
):
    if is_stored:  # which takes neither workers of Dask nor their time
        question = {"axes": {"x": [0.0, 0.5, 1.0]}, "fixed": {"y": 0.5}}
        answered(job_of("sweep", reference("TILTED"), **question, catalogue=tmp_path))
    deploy = ["deploy", "--pool", "ours", "--catalogue", str(tmp_path), "--experiment", reference("TILTED")]
    with temporary_settings({PREFECT_API_URL: environment["PREFECT_API_URL"]}):
        assert main(deploy) == 0
    assert "prefect worker start --pool ours" in capsys.readouterr().out
    worker = ["prefect", "worker", "start", "--pool", "ours"]
    with (
        SyncPrefectClient(environment["PREFECT_API_URL"]) as client,
        started(*worker, environment=environment),
    ):
        assert client.read_work_pool("ours").concurrency_limit == 1
        deployment = client.read_deployment_by_name("sweep/sweep-ours")
        asked = {"experiment": reference("TILTED"), "axes": ["x=0,0.5,1"], "fixed": ["y=0.5"]}
        run = client.create_flow_run_from_deployment(deployment.id, parameters=asked)
        deadline = time.monotonic() + 150
        while not run.state.is_final():
            assert time.monotonic() < deadline, run
            time.sleep(0.2)
            run = client.read_flow_run(run.id)
        this_run = {"flow_runs": {"id": {"any_": [str(run.id)]}}}
        artifacts = client.request("POST", "/artifacts/filter", json=this_run).json()
    assert run.state.is_completed(), run.state
    assert run.state.message == "Points: 3 ok"
    (store,) = catalog.open(tmp_path).stores()
    assert set(run.tags) == {"wellposed", "test", "test.tilted", store.id[:8]}
    assert {one["type"] for one in artifacts} >= ({"markdown"} if is_stored else {"markdown", "progress"})
    page = next(one["data"] for one in artifacts if one["type"] == "markdown")
    assert store.location in page
