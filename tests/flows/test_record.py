"""What Prefect is told of a run is true, and a run does not depend on whether it is told."""

import itertools
import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import State, StateType

import wellposed
from wellposed import catalog
from wellposed.flows.cli.main import main
from wellposed.flows.execution import run, server_process
from wellposed.flows.execution.prefect_home import home
from wellposed.flows.execution.server import ServerAccess, server
from wellposed.flows.execution.watchdog import Watchdog

ROOT = Path(__file__).parents[2]
EXPERIMENTS = ROOT / "tests" / "flows" / "experiments.py"
NUMBERS = itertools.count(1)

WITHIN_S = 90.0
"""Seconds in which a run on a loaded machine is under way, or its record is true."""


def delayed():
    """A question that no other test asks, so that its run is known by the id of its sweep."""
    return "sweep", f"{EXPERIMENTS}:DELAYED", "--axis", "x=0:1:24", "--set", f"y={next(NUMBERS) / 100}"


def wait_until(holds, within=WITHIN_S, what="it did not come about"):
    deadline = time.monotonic() + within
    while not (found := holds()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return found


def is_begun(catalogue):
    return any(catalogue.rglob("outcome/c/*"))


def run_of(client, catalogue):
    """The flow run that computes the one sweep of a catalogue, once the server knows it."""
    (store,) = catalog.open(catalogue).stores()
    tagged = FlowRunFilter(tags=FlowRunFilterTags(all_=[store.id[:8]]))
    return next(iter(client.read_flow_runs(flow_run_filter=tagged)), None)


def tasks_of(client, flow_run):
    asked = {"flow_runs": {"id": {"any_": [str(flow_run.id)]}}}
    return client.request("POST", "/task_runs/filter", json=asked).json()


def ended(client, catalogue):
    return wait_until(lambda: (run := run_of(client, catalogue)) and run.state.is_final() and run)


@pytest.fixture
def begun(tmp_path, prefect_server, own_client, start_command):
    """The process of a run that has begun, and its catalogue."""
    process = start_command(*delayed(), "--catalogue", tmp_path, WELLPOSED_TEST_DELAY="1")
    wait_until(lambda: is_begun(tmp_path) or process.poll() is not None)
    wait_until(lambda: run_of(own_client, tmp_path))
    assert process.poll() is None, process.communicate()
    return process, tmp_path


def test_run_whose_process_is_killed_is_crashed_with_its_tasks(begun, own_client):
    process, catalogue = begun
    process.kill()
    killed = ended(own_client, catalogue)
    assert killed.state.name == "Crashed"
    assert killed.state.message.startswith("The process of this run was killed.")
    assert {task["state_type"] for task in tasks_of(own_client, killed)} == {"CRASHED"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_run_that_is_interrupted_is_cancelled_and_says_so(begun, own_client, number):
    process, catalogue = begun
    process.send_signal(number)
    _, errors = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    stopped = ended(own_client, catalogue)
    assert stopped.state.name == "Cancelled"
    assert stopped.state.message.startswith("interrupted.")
    assert {task["state_type"] for task in tasks_of(own_client, stopped)} == {"CANCELLED"}


def test_run_that_is_cancelled_in_prefect_ends_as_at_ctrl_c(begun, own_client):
    process, catalogue = begun
    cancelling = State(type=StateType.CANCELLING, name="Cancelling")
    own_client.set_flow_run_state(run_of(own_client, catalogue).id, cancelling)
    _, errors = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 130, errors
    assert "This run has been cancelled in Prefect." in errors
    assert "Traceback" not in errors
    stopped = ended(own_client, catalogue)
    assert (stopped.state.name, stopped.state.message[:12]) == ("Cancelled", "interrupted.")
    assert {task["state_type"] for task in tasks_of(own_client, stopped)} == {"CANCELLED"}


def test_what_watches_a_run_is_reaped_in_a_program_that_lives_on(tmp_path):
    watching = Watchdog(ServerAccess("http://127.0.0.1:9/api"), pytest.fail)
    watching.begun(uuid4())
    pid = watching._process.pid
    watching.close()  # it goes on, as it has something to tell
    status = Path(f"/proc/{pid}")
    assert status.exists()
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not status.exists(), what="it is a zombie")


def test_closed_terminal_ends_a_run_that_prefect_then_shows_as_ended(tmp_path, prefect_server, own_client):
    above, below = pty.openpty()
    words = [sys.executable, "-m", "wellposed.flows.cli.main", *delayed(), "--catalogue", str(tmp_path)]
    process = subprocess.Popen(
        ["setsid", "-c", "-w", *words],
        env={**os.environ, "WELLPOSED_TEST_DELAY": "1"},
        stdin=below,
        stdout=below,
        stderr=below,
    )
    os.close(below)

    def is_under_way():
        while select.select([above], [], [], 0.0)[0]:  # a terminal that is not read holds up who writes
            os.read(above, 4096)
        return is_begun(tmp_path) and run_of(own_client, tmp_path)

    try:
        wait_until(is_under_way)
    finally:
        os.close(above)
        try:
            process.wait(WITHIN_S)
        finally:
            process.kill()
    assert process.returncode == 130
    assert ended(own_client, tmp_path).state.name == "Cancelled"


def test_run_of_which_every_point_failed_is_failed(tmp_path, prefect_server, own_client, start_command):
    asked = ("sweep", f"{EXPERIMENTS}:FRAGILE", "--axis", "x=0.95,1", "--catalogue", tmp_path, "--quiet")
    _, errors = (process := start_command(*asked)).communicate(timeout=WITHIN_S)
    assert process.returncode == 1
    # What is said for Prefect's interface is not said in a terminal as well.
    assert [line.partition(" failed: ")[0] for line in errors.splitlines()] == [
        f"test.fragile at x={x}, y=0, shape=tilted" for x in ("0.95", "1")
    ]
    failed = ended(own_client, tmp_path)
    assert (failed.state.name, failed.state.message) == ("Failed", "Points: 2 failed")
    wellposed.sweep(f"{EXPERIMENTS}:FRAGILE", {"x": [0.5, 1.0]}, catalogue=tmp_path / "other")
    completed = ended(own_client, tmp_path / "other")
    assert (completed.state.name, completed.state.message) == ("Completed", "Points: 1 ok, 1 failed")


def pid_of_server(place):
    """The process of our own server whose home is `place`."""
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().decode().split("\0")
        except (OSError, NotADirectoryError):
            continue
        if server_process.__file__ in words and str(place) in words:
            return int(process.name)
    return None


@pytest.fixture
def lonely_home(tmp_path, monkeypatch):
    """Where a server has its home that may be stopped and killed, and is in the end."""
    monkeypatch.setenv("WELLPOSED_HOME", str(tmp_path / "home"))
    yield home()
    if (pid := pid_of_server(home())) is not None:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize(("number", "is_named"), [(signal.SIGKILL, False), (signal.SIGSTOP, True)])
def test_server_that_dies_or_hangs_costs_no_answer(lonely_home, tmp_path, start_command, number, is_named):
    with server() as answer:
        access = answer()
        named = {"PREFECT_API_URL": access.url, "PREFECT_API_AUTH_STRING": access.secret} if is_named else {}
        asked = (*delayed(), "--catalogue", tmp_path / "results", "--quiet")
        process = start_command(*asked, WELLPOSED_TEST_DELAY="1", **named)
        wait_until(lambda: is_begun(tmp_path / "results") or process.poll() is not None)
        os.kill(pid_of_server(lonely_home), number)
        output, errors = process.communicate(timeout=WITHIN_S)
        os.kill(pid_of_server(lonely_home) or os.getpid(), signal.SIGCONT)
    assert process.returncode == 0, errors
    assert "24      0        24" in output
    (line,) = errors.splitlines()
    assert line.startswith(f"wellposed: The Prefect server at {access.interface} does not answer any more (")
    (store,) = catalog.open(tmp_path / "results").stores()
    assert store.manifest() is not None


def test_what_goes_wrong_after_the_answer_is_a_line_and_no_error(
    tmp_path, prefect_server, on_workers, monkeypatch, capsys
):
    def unable(*_):
        assert "3       0        3   0" in capsys.readouterr().out, "the table is shown first"
        raise RuntimeError("no\nink")

    monkeypatch.setattr(run.narration, "page_of", unable)
    asked = ["sweep", f"{EXPERIMENTS}:TILTED", "--axis", "x=0,0.5,1", "--catalogue", str(tmp_path), "-q"]
    assert main(asked) == 0
    assert capsys.readouterr().err == ("wellposed: The page of the run is not drawn: RuntimeError: no ink\n")


def test_record_of_a_stopped_server_goes_on_when_that_goes_on(lonely_home, tmp_path, start_command):
    with server() as answer:
        access, catalogue = answer(), tmp_path / "results"
        asked = (*delayed(), "--catalogue", catalogue, "--quiet")
        process = start_command(*asked, WELLPOSED_TEST_DELAY="1")
        wait_until(lambda: is_begun(catalogue) or process.poll() is not None)
        os.kill(pid_of_server(lonely_home), signal.SIGSTOP)
        process.communicate(timeout=WITHIN_S)
        assert process.returncode == 0
        os.kill(pid_of_server(lonely_home), signal.SIGCONT)
        with access.client() as client:
            known = ended(client, catalogue)
            assert known.state.name == "Completed"
            assert len(client.read_flow_runs()) == 1, "a run is entered once"
