"""The Prefect server of our own."""

import base64
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from prefect import flow
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.schedules import CronSchedule
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings
from prefect.states import Running

from wellposed.errors import ServerError
from wellposed.flows.execution.loopback import keep_loopback_direct
from wellposed.flows.execution.prefect_home import home
from wellposed.flows.execution.server import SECRET, ServerAccess, server
from wellposed.flows.execution.server_process import SERVER, SETTLE_S, is_free


@pytest.fixture(scope="module")
def another_home(tmp_path_factory):
    return tmp_path_factory.mktemp("another_home")


@pytest.fixture
def own_home(another_home, monkeypatch):
    """Where a server that no other test uses has its home."""
    monkeypatch.setenv("WELLPOSED_HOME", str(another_home))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr("wellposed.flows.execution.server.LINGER_S", 0.0)
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


def test_server_lists_flow_runs_and_fires_schedules(prefect_access):
    with prefect_access.client() as client:
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


def test_interface_is_served_and_asks_its_own_server(prefect_access):
    page = httpx.get(prefect_access.interface, follow_redirects=True)
    settings = httpx.get(f"{prefect_access.interface}/ui-settings").json()
    assert "Prefect" in page.text
    assert settings["api_url"] == "/api"


def test_server_is_shared_goes_with_its_last_user_and_keeps_its_history(own_home):
    with server() as first:
        access = first()
        with server() as second:
            assert second() == access
        time.sleep(1.2)  # longer than it takes to notice that everybody has gone
        with access.client() as client:
            client.create_flow_run(nothing, name="remembered", state=Running())
    assert is_gone(own_home)
    with server() as later, later().client() as client:
        assert later().url == access.url  # links stay good
        # What a page that is still open has sent meanwhile, whoever listened, is not.
        assert later().secret != access.secret
        assert not httpx.post(
            f"{access.url}/flows/filter", json={}, auth=tuple(access.secret.split(":"))
        ).is_success
        (run,) = client.read_flow_runs()
        assert run.name == "remembered"
        # Its process ended without a word, as far as anyone can tell.
        assert run.state.is_crashed()


@pytest.mark.slow
def test_server_stays_for_whoever_comes_next_costs_nothing_meanwhile_and_goes(own_home, monkeypatch):
    monkeypatch.setattr("wellposed.flows.execution.server.LINGER_S", 20.0)
    with server() as answer:
        access = answer()
    (pid,) = (int(p) for p in os.listdir("/proc") if p.isdigit() and str(own_home) in command_line(p))
    time.sleep(SETTLE_S + 1.0)
    before = cpu_seconds(pid)
    time.sleep(4.0)
    assert cpu_seconds(pid) - before < 0.05
    with server() as answer, answer().client() as client:
        assert answer() == access
        assert client.read_flow_runs() is not None
    assert not is_gone(own_home, within=0.5)
    assert is_gone(own_home, within=60.0)


@pytest.mark.slow
def test_server_whose_home_is_removed_while_it_stays_ends(tmp_path, monkeypatch):
    monkeypatch.setenv("WELLPOSED_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    place = home()
    with server() as answer:
        answer()
    (pid,) = (int(p) for p in os.listdir("/proc") if p.isdigit() and str(place) in command_line(p))
    try:
        time.sleep(SETTLE_S + 1.0)  # until it is held
        shutil.rmtree(tmp_path / "home")
        deadline = time.monotonic() + 30.0
        while command_line(pid):
            assert time.monotonic() < deadline, "it stays for ever"
            time.sleep(0.1)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_server_that_was_killed_is_replaced(own_home):
    with server() as answer:
        answer()
        pid = next(int(p) for p in os.listdir("/proc") if p.isdigit() and str(own_home) in command_line(p))
        os.kill(pid, signal.SIGKILL)
        assert is_gone(own_home)
        with server() as replaced:
            assert httpx.get(f"{replaced().url}/health").json() is True


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


def test_server_that_prefect_api_url_names_is_used(prefect_access, own_home):
    with temporary_settings(prefect_access.settings), server() as answer:
        assert answer() == ServerAccess(prefect_access.url)
        assert is_gone(own_home, within=0.1)


def test_server_that_does_not_answer_is_refused(own_home):
    nowhere = "http://127.0.0.1:9/api"
    with (
        temporary_settings({PREFECT_API_URL: nowhere}),
        pytest.raises(ServerError, match=nowhere),
        server(),
    ):
        pytest.fail("there is no server")


def test_server_that_wants_a_password_says_so(own_home, prefect_access):
    without = {PREFECT_API_URL: prefect_access.url, PREFECT_API_AUTH_STRING: "ada:wrong"}
    with (
        temporary_settings(without),
        pytest.raises(ServerError, match=r"refuses us: PREFECT_API_AUTH_STRING must be its password"),
        server(),
    ):
        pytest.fail("it lets everybody in")


def test_a_server_of_a_user_is_given_what_the_user_says_and_never_our_secret(own_home, prefect_access):
    """The server is asked over and over by what a run says; each request is looked at."""
    heard = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(str(self.headers))
            self.send_response(404 if "csrf" in self.path else 200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"true")

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as theirs:
        threading.Thread(target=theirs.serve_forever, daemon=True).start()
        settings = {
            PREFECT_API_URL: f"http://127.0.0.1:{theirs.server_port}/api",
            PREFECT_API_AUTH_STRING: "ada:x",
        }
        with temporary_settings(settings), server() as answer, answer().client() as client:
            client.request("POST", "/flows/filter", json={})
        theirs.shutdown()
    assert len(heard) >= 2
    assert all(f"Basic {base64.b64encode(b'ada:x').decode()}" in one for one in heard)
    known = base64.b64encode(prefect_access.secret.encode()).decode()
    assert not any(known in one for one in heard)


def test_a_profile_that_names_a_dead_server_is_named(own_home, tmp_path):
    (tmp_path / "profiles.toml").write_text(
        'active = "group"\n[profiles.group]\nPREFECT_API_URL = "http://127.0.0.1:9/api"\n'
    )
    told = subprocess.run(
        [sys.executable, "-m", "wellposed.flows.cli.main", "ui"],
        env={**os.environ, "PREFECT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 2
    said = "wellposed: The Prefect server that your Prefect profile `group` names does not answer: http://127"
    assert told.stderr.startswith(said), told.stderr
    assert told.stderr.count("\n") == 1


PROXIES = {
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "ALL_PROXY": "socks5://127.0.0.1:9",
}


def test_nothing_that_is_said_on_this_machine_goes_through_a_proxy(prefect_server, tmp_path, reference):
    asked = ["sweep", reference("TILTED"), "--axis", "x=0,1", "--catalogue", str(tmp_path)]
    told = subprocess.run(
        [sys.executable, "-m", "wellposed.flows.cli.main", *asked],
        env={**os.environ, **PROXIES},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert told.returncode == 0, told.stderr


def test_other_places_go_through_proxies_as_before(monkeypatch):
    for name in ("no_proxy", "NO_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "intern.example.org, 127.0.0.1")
    keep_loopback_direct()
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "intern.example.org,127.0.0.1,localhost,::1"
    assert os.environ["HTTP_PROXY"] == "http://127.0.0.1:9"
    monkeypatch.setenv("no_proxy", "*")
    keep_loopback_direct()
    assert os.environ["no_proxy"] == "*"


def test_what_the_server_keeps_is_for_its_owner_alone_even_where_it_was_open(own_home):
    before = os.umask(0)
    try:
        own_home.mkdir(exist_ok=True)
        (own_home / "prefect.db").touch(0o666)
        (own_home / "prefect.db").chmod(0o666)
        own_home.chmod(0o777)
        with server() as answer:
            secret = answer().secret
            assert not any(secret in command_line(process) for process in os.listdir("/proc"))
            kept = {
                path.relative_to(own_home): stat.S_IMODE(path.lstat().st_mode) for path in own_home.rglob("*")
            }
    finally:
        os.umask(before)
    assert stat.S_IMODE(own_home.stat().st_mode) == 0o700
    assert {path: oct(mode) for path, mode in kept.items() if mode & 0o077} == {}
    assert {"prefect.db", "address", SECRET} <= {str(path) for path in kept}
    assert secret not in (own_home / "server.log").read_text()
    assert is_gone(own_home)


def test_ui_shows_the_password_on_a_terminal_alone(prefect_access, start_command):
    piped = start_command("ui")
    said = [piped.stdout.readline() for _ in range(2)]
    assert said[0] == f"Prefect's interface is at {prefect_access.interface}; Ctrl-C ends it.\n"
    assert said[1] == f"It asks once for the password that is in {home() / SECRET}\n"
    terminal, given = os.openpty()
    command = [sys.executable, "-m", "wellposed.flows.cli.main", "ui"]
    without_display = {name: value for name, value in os.environ.items() if "DISPLAY" not in name}
    with subprocess.Popen(command, stdout=given, env=without_display) as shown:
        os.close(given)
        with os.fdopen(terminal) as screen:
            said = [screen.readline().strip() for _ in range(2)]
        shown.kill()
    assert said[1] == f"It asks once for this password: {prefect_access.secret}"
