"""The Prefect server of our own."""

import os
import signal
import time
from datetime import UTC, datetime

import httpx
import pytest
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.schedules import CronSchedule
from prefect.states import Running

from wellposed.errors import ServerError
from wellposed.flows.execution.server import home, interface, server
from wellposed.flows.execution.server_process import SERVER, is_free


@pytest.fixture(scope="module")
def another_home(tmp_path_factory):
    return tmp_path_factory.mktemp("another_home")


@pytest.fixture
def own_home(another_home, monkeypatch):
    """Where a server that no other test uses has its home."""
    monkeypatch.setenv("WELLPOSED_HOME", str(another_home))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    assert is_gone(home())
    return home()


@flow
def nothing():
    """Does nothing."""


def is_gone(place, within=10.0):
    """Whether the server in `place` ends."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not place.exists() or is_free(place / SERVER):
            return True
        time.sleep(0.05)
    return False


def test_server_lists_flow_runs_and_fires_schedules(prefect_server):
    with SyncPrefectClient(prefect_server) as client:
        assert client.read_flow_runs(limit=1) is not None
        every_minute = DeploymentScheduleCreate(schedule=CronSchedule(cron="* * * * *"), active=True)
        deployment = client.create_deployment(
            client.create_flow(nothing), "every minute", schedules=[every_minute]
        )
        of_deployment = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
        deadline = time.monotonic() + 30
        while not (runs := client.read_flow_runs(deployment_filter=of_deployment)):
            assert time.monotonic() < deadline, "the schedule made no run"
            time.sleep(0.2)
        client.delete_deployment(deployment)
    assert all(run.auto_scheduled and run.state.is_scheduled() for run in runs)
    assert min(run.expected_start_time for run in runs) > datetime(2020, 1, 1, tzinfo=UTC)


def test_pages_of_others_may_not_speak_to_the_server(prefect_server):
    def allowed(origin):
        answer = httpx.get(f"{prefect_server}/health", headers={"Origin": origin})
        return answer.headers.get("access-control-allow-origin")

    assert allowed("http://elsewhere.example.org") is None
    assert allowed(interface(prefect_server)) == interface(prefect_server)


def test_interface_is_served_and_asks_its_own_server(prefect_server):
    page = httpx.get(interface(prefect_server), follow_redirects=True)
    settings = httpx.get(f"{interface(prefect_server)}/ui-settings").json()
    assert "Prefect" in page.text
    assert settings["api_url"] == "/api"


def test_server_is_shared_goes_with_its_last_user_and_keeps_its_history(own_home):
    with server() as first:
        url = first()
        with server() as second:
            assert second() == url
        time.sleep(1.2)  # longer than it takes to notice that everybody has gone
        with SyncPrefectClient(url) as client:
            client.create_flow_run(nothing, name="remembered", state=Running())
    assert is_gone(own_home)
    with server() as later, SyncPrefectClient(later()) as client:
        assert later() == url  # links stay good
        (run,) = client.read_flow_runs()
        assert run.name == "remembered"
        # Its process ended without a word, as far as anyone can tell.
        assert run.state.is_crashed()


def test_server_that_was_killed_is_replaced(own_home):
    with server() as answer:
        answer()
        pid = next(int(p) for p in os.listdir("/proc") if p.isdigit() and str(own_home) in command_line(p))
        os.kill(pid, signal.SIGKILL)
        assert is_gone(own_home)
        with server() as replaced:
            assert httpx.get(f"{replaced()}/health").json() is True


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().replace("\0", " ")
    except OSError:
        return ""


def test_server_that_cannot_start_says_so_and_names_its_log(own_home, monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no database today')")
    monkeypatch.setattr("wellposed.flows.execution.server_process.__file__", str(broken))
    with server() as answer, pytest.raises(ServerError, match=r"no database today.*server\.log"):
        answer()


def test_server_that_prefect_api_url_names_is_used(prefect_server, own_home, monkeypatch):
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: prefect_server}), server() as answer:
        assert answer() == prefect_server
        assert is_gone(own_home, within=0.1)


def test_server_that_does_not_answer_is_refused(own_home):
    from prefect.settings import PREFECT_API_URL, temporary_settings

    nowhere = "http://127.0.0.1:9/api"
    with (
        temporary_settings({PREFECT_API_URL: nowhere}),
        pytest.raises(ServerError, match=nowhere),
        server(),
    ):
        pytest.fail("there is no server")
