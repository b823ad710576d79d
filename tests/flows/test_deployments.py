"""Flows that Prefect starts by itself: what their forms show, and a run of ``wellposed serve``."""

import getpass
import inspect
import json
import logging
import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfoNotFoundError

import pytest
import yaml
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.runner import _scheduled_run_poller
from prefect.settings import PREFECT_API_URL, temporary_settings

from wellposed import catalog
from wellposed.errors import RequestError
from wellposed.flows.cli.deploy import _is_no_waiting, served_name, serving_alone
from wellposed.flows.cli.main import main
from wellposed.flows.deploy.allowlist import ALLOWED, environment, locate_allowed
from wellposed.flows.deploy.flows import flows
from wellposed.flows.deploy.registration import deployments, reschedule, schedules, work_pool
from wellposed.flows.execution import work_pool as pools
from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.experiments.find import PlugIn, absolute

ROOT = Path(__file__).parents[2]


def properties(deployment):
    return deployment._parameter_openapi_schema.properties


@pytest.fixture
def client(own_client):
    return own_client


@pytest.fixture(scope="module")
def recording(prefect_access):
    """Has clients that ask for no address speak to the server of the tests."""
    with temporary_settings(prefect_access.settings):
        yield


@pytest.mark.parametrize("flow", flows().values(), ids=lambda flow: flow.name)
def test_every_parameter_has_a_description_and_a_default(flow):
    for name, shown in flow.parameters.properties.items():
        assert shown.get("description"), name
        assert "default" in shown, name
    assert flow.description


def test_experiments_are_offered_by_name_and_those_of_ones_own_by_their_whole_path(tmp_path, reference):
    made = {one.flow_name: one for one in deployments("here", str(tmp_path), [reference("TILTED")])}
    assert properties(made["sweep"])["experiment"]["enum"] == [*EXPERIMENTS, reference("TILTED")]
    with_order = properties(made["boundary"])["experiment"]["enum"]
    assert reference("TILTED") in with_order
    assert "wave.averaging" not in with_order
    assert properties(made["sweep"])["recompute"]["enum"] == ["missing", "failed", "everything"]
    again = properties(next(iter(deployments("here", str(tmp_path)))))
    assert again["experiment"]["enum"] == [*EXPERIMENTS]


def test_plug_ins_are_offered(monkeypatch, tmp_path):
    found = EXPERIMENTS["wave.growth"]
    added = [PlugIn("theirs.growth", "theirs 1", found, ""), PlugIn("broken", "theirs 1", None, "no")]
    monkeypatch.setattr("wellposed.flows.deploy.registration.plug_ins", lambda: iter(added))
    offered = properties(next(iter(deployments("here", str(tmp_path)))))["experiment"]["enum"]
    assert offered == [*EXPERIMENTS, "theirs.growth"]


@pytest.mark.parametrize(
    "flow", [flow for flow in flows().values() if "experiment" in flow.parameters.properties]
)
def test_file_that_was_not_allowed_is_not_executed(flow, monkeypatch, tmp_path, reference):
    evil = tmp_path / "evil.py"
    evil.write_text(f"open({str(tmp_path / 'been')!r}, 'w')")
    monkeypatch.setattr("wellposed.flows.deploy.flows.get_run_logger", lambda: logging.getLogger("refused"))
    for variable, value in environment([reference("TILTED")]).items():
        monkeypatch.setenv(variable, value)
    form = {name: shown["default"] for name, shown in flow.parameters.properties.items()}
    for asked in (f"{evil}:x", reference("DEADLY"), "os:path"):
        state = flow.fn(**{**form, "experiment": asked, "catalogue": str(tmp_path)})
        assert state.is_failed()
        assert state.message.startswith(f"Experiment `{asked}` is not among those that are allowed")
    assert not (tmp_path / "been").exists()


def test_what_was_allowed_is_found(monkeypatch, tmp_path, reference):
    monkeypatch.chdir(ROOT)
    allowed = "tests/flows/experiments.py:TILTED"
    monkeypatch.setenv(*next(iter(environment([allowed]).items())))
    assert locate_allowed(absolute(allowed)).experiment.name == "test.tilted"
    assert locate_allowed("wave.growth").experiment is EXPERIMENTS["wave.growth"]


def test_places_are_told_in_full(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert {one.parameters["catalogue"] for one in deployments("here", "results")} == {
        str(tmp_path / "results")
    }
    assert deployments("here", "s3://bucket/place")[0].parameters["catalogue"] == "s3://bucket/place"
    assert absolute("./mine.py:experiment") == f"{tmp_path}/mine.py:experiment"
    assert absolute("package.module:experiment") == "package.module:experiment"


def test_experiment_that_does_not_exist_is_refused_before_anything_is_registered(tmp_path):
    with pytest.raises(RequestError, match=r"nothing\.here"):
        deployments("here", str(tmp_path), ["nothing.here"])


@pytest.mark.parametrize("text", ["nothing=0 3 * * *", "0 3 * * *", "audit=at three", "audit="])
def test_schedule_that_is_misspelled_is_refused(text):
    with pytest.raises(RequestError, match="Schedule"):
        schedules([text])


@pytest.mark.parametrize("told", [{"return_value": None}, {"side_effect": ZoneInfoNotFoundError("two")}])
def test_schedule_is_refused_where_the_time_zone_cannot_be_told(told):
    with (
        mock.patch("tzlocal.get_localzone_name", **told),
        pytest.raises(RequestError, match=r"time zone of this machine.* set TZ"),
    ):
        schedules(["audit=0 3 * * *"])


def test_second_serve_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("WELLPOSED_HOME", str(tmp_path))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    monkeypatch.setenv("DASK_LOGGING__DISTRIBUTED", "critical")
    monkeypatch.setenv(ALLOWED, "[]")
    with serving_alone("served"):
        assert main(["serve"]) != 0
    assert "Deployments called served are served already" in capsys.readouterr().err
    with serving_alone("served"):
        pass


def test_what_is_served_on_the_server_of_a_group_is_called_after_who_serves_it():
    with temporary_settings({PREFECT_API_URL: None}):
        assert served_name() == "served"
    with temporary_settings({PREFECT_API_URL: "http://prefect.example.org:4200/api"}):
        assert served_name() == f"served-by-{getpass.getuser()}-at-{socket.gethostname()}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serve", "--cron", "nothing=0 3 * * *"], "must look like DEPLOYMENT=CRON"),
        (["serve", "--experiment", "nothing.here"], "There is no experiment `nothing.here`"),
        (["deploy"], "set PREFECT_API_URL"),
    ],
)
def test_command_that_cannot_be_followed_is_refused(words, said, wellposed_home, monkeypatch, capsys):
    monkeypatch.setenv("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    monkeypatch.setenv("DASK_LOGGING__DISTRIBUTED", "critical")
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_prefect_yaml_has_the_same_deployments(tmp_path):
    written = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    made = deployments("wellposed", str(tmp_path))
    assert [(one["name"], one["entrypoint"], one["tags"]) for one in written] == [
        (one.name, one.entrypoint, one.tags) for one in made
    ]
    assert [one["parameters"].keys() for one in written] == [one.parameters.keys() for one in made]
    assert all(one["work_pool"] == {"name": "wellposed"} for one in written)


@pytest.mark.usefixtures("recording")
@mock.patch("tzlocal.get_localzone_name", new=mock.Mock(return_value="Europe/Berlin"))
def test_registering_again_keeps_the_schedules_made_in_the_interface(client, tmp_path):
    def register(texts):
        one = next(one for one in deployments("again", str(tmp_path)) if one.flow_name == "audit")
        deployment = one.apply()
        reschedule(client, deployment, schedules(texts)["audit"])
        return deployment

    def cron(deployment):
        return sorted(one.schedule.cron for one in client.read_deployment_schedules(deployment))

    deployment = register(["audit=0 3 * * *"])
    client.create_deployment_schedules(deployment, [(CronSchedule(cron="0 5 * * *"), True)])
    assert cron(deployment) == ["0 3 * * *", "0 5 * * *"]
    assert register(["audit=0 4 * * *"]) == deployment
    assert cron(deployment) == ["0 4 * * *", "0 5 * * *"]
    register([])
    assert cron(deployment) == ["0 5 * * *"]
    client.delete_deployment(deployment)


def test_work_pool_is_made_for_one_run_at_a_time_and_kept_as_it_is(client):
    assert work_pool(client, "some", None) == 1
    assert work_pool(client, "some", 3) == 3
    assert work_pool(client, "some", None) == 3
    assert client.read_work_pool("some").type == "process"


@pytest.mark.usefixtures("recording")
def test_what_is_deployed_to_a_server_with_a_password_is_there(client, tmp_path, capsys):
    assert main(["deploy", "--pool", "guarded", "--catalogue", str(tmp_path)]) == 0
    assert "Deployed sweep/sweep-guarded, " in capsys.readouterr().out
    assert client.read_deployment_by_name("sweep/sweep-guarded").work_pool_name == "guarded"
    assert client.read_work_pool("guarded").type == "process"


@pytest.mark.usefixtures("recording")
def test_a_question_is_handed_to_a_work_pool_looked_after_and_cancelled(
    client, tmp_path, reference, capsys, monkeypatch, prefect_access
):
    def told(*words):
        status = main([*words, "--catalogue", str(tmp_path / "results"), "--json"])
        return status, json.loads(capsys.readouterr().out or "null")

    words = ["boundary", reference("TILTED"), "--along", "x", "--between", "0.1:0.9", "--axis", "y=0,1"]
    assert told("submit", *words, "--pool", "waiting")[0] == 2  # no deployment, and nothing is recorded
    assert main(["deploy", "--pool", "waiting", "--catalogue", str(tmp_path), "--experiment", words[1]]) == 0
    capsys.readouterr()
    status, found = told("submit", *words, "--pool", "waiting")
    assert status == 0
    run = client.read_flow_run(found["submission"]["flow_run"])
    assert run.parameters == {
        "experiment": reference("TILTED"),
        "along": "x",
        "between": "0.1:0.9",
        "axes": ["y=0,1"],
        "catalogue": str(tmp_path / "results"),
    }
    id = found["submission"]["id"]
    second = told("submit", *words[:-1], "y=0,0.5", "--pool", "waiting")[1]["submission"]["id"]
    make, opened = pools._client, []
    with monkeypatch.context() as patch:
        patch.setattr(pools, "_client", lambda api: opened.append(api) or make(api))
        listed, other = told("status")[1]["submissions"]
    assert len(opened) == 1  # however many there are
    assert (other["id"], other["state"]) == (second, "waiting")
    assert (listed["id"], listed["state"], listed["points"]) == (id, "waiting", 0)
    assert listed["told"] == "waits in the pool waiting (Scheduled)"
    assert told("cancel", id)[0] == 0
    ended = told("status", id)[1]["submission"]
    assert ended["state"] == "ended"
    assert told("cancel", id)[0] == 2
    access = {"PREFECT_API_URL": prefect_access.url, "PREFECT_API_AUTH_STRING": prefect_access.secret}
    worker = [sys.executable, "-m", "prefect", "worker", "start", "--pool", "waiting", "--run-once"]
    said = subprocess.run(worker, env={**os.environ, **access}, capture_output=True, text=True, timeout=200)
    answered = told("status", second)[1]["submission"]
    assert (answered["state"], answered["answered"]) == ("answered", 1), said
    assert told("show", catalog.open(tmp_path / "results").stores()[0].id)[0] == 0
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
        elsewhere = told("status", id)[1]["submission"]
    assert (
        elsewhere["told"]
        == f"unknown. It is recorded at {found['submission']['api']}: set PREFECT_API_URL to that"
    )


@pytest.fixture(scope="module")
def served(prefect_server, tmp_path_factory, start_command_for_all):
    """The catalogue of a ``wellposed serve``."""
    catalogue = tmp_path_factory.mktemp("served")
    offered = "tests/flows/experiments.py:TILTED"
    process = start_command_for_all("serve", "--catalogue", catalogue, "--experiment", offered)
    while not (line := process.stdout.readline()).startswith("Ctrl-C"):
        assert line, process.communicate()
    yield catalogue
    process.send_signal(signal.SIGINT)
    said, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in said + errors


def ended(client, run, within=150):
    """A flow run, when it has ended."""
    deadline = time.monotonic() + within
    while not (now := client.read_flow_run(run)).state.is_final():
        assert time.monotonic() < deadline, now
        time.sleep(0.2)
    return now


def told(client, what, run):
    """The logs or the artifacts of a flow run."""
    asked = {"logs": {"logs": {"flow_run_id": {"any_": [str(run.id)]}}}}
    asked["artifacts"] = {"flow_runs": {"id": {"any_": [str(run.id)]}}}
    return client.request("POST", f"/{what}/filter", json=asked[what]).json()


def test_served_flow_is_started_with_parameters_and_says_what_it_found(client, served, reference):
    deployment = client.read_deployment_by_name("boundary/boundary-served")
    asked = {"experiment": reference("TILTED"), "along": "x", "axes": ["y=0,0.5"], "fixed": []}
    run = ended(client, client.create_flow_run_from_deployment(deployment.id, parameters=asked).id)
    assert run.state.is_completed(), run.state
    assert run.state.message.startswith("Boundaries: 2 located; Points: ")
    assert run.name == "test.tilted: boundary along x: y=0,0.5"
    (store,) = catalog.open(served).stores()
    assert set(run.tags) == {"wellposed", "test", "test.tilted", store.id[:8]}
    log = [one["message"] for one in told(client, "logs", run)]
    assert any(line.startswith("Found: x_c = 0.3000000 ± 5e-07 at y = 0") for line in log), log
    assert f"Stored in {store.location}" in log
    artifacts = {one["type"]: one for one in told(client, "artifacts", run)}
    assert artifacts["progress"]["data"] == 100
    page = artifacts["markdown"]["data"]
    assert "| x_c | ± error |" in page
    assert "](data:image/png;base64,iVBOR" in page
    assert f'xarray.open_zarr("{store.location}")' in page
    assert "wellposed boundary" in page


def test_run_that_is_given_a_field_that_there_is_not_fails_with_what_is_wrong(client, served, reference):
    given = {
        "sweep": {"axis": ["x=0,1"], "experiment": reference("TILTED")},
        "report": {"catalog": str(served)},
    }
    said = {
        "sweep": "There is no `axis` to be given; there is experiment, axes, ",
        "report": "There is no `catalog` to be given; there is catalogue, destination.",
    }
    runs = {}
    for name, parameters in given.items():
        deployment = client.read_deployment_by_name(f"{name}/{name}-served")
        runs[name] = client.create_flow_run_from_deployment(deployment.id, parameters=parameters)
    for name, run in runs.items():
        refused = ended(client, run.id)
        assert (refused.state.name, refused.state.message[: len(said[name])]) == ("Failed", said[name])
        assert not any("Traceback" in one["message"] for one in told(client, "logs", refused))


def test_serve_does_not_say_at_every_look_that_runs_wait():
    record = logging.LogRecord(
        "prefect.runner", logging.INFO, "", 0, "%d scheduled runs skipped (at capacity)", (1,), None
    )
    assert not _is_no_waiting(record)
    source = inspect.getsource(_scheduled_run_poller)
    assert record.msg in source, "Prefect says it in other words now"
    assert 'get_logger("runner")' in source


def scheduled(client, deployment, soon, **parameters):
    """A run of an experiment by a schedule of its own, when it has ended."""
    schedule = DeploymentScheduleCreate(
        schedule=IntervalSchedule(interval=timedelta(minutes=1), anchor_date=soon),
        parameters=parameters,
        active=True,
    )
    (created,) = client.create_deployment_schedules(deployment, [schedule])
    of_deployment = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    deadline = time.monotonic() + 60

    def due():
        return [run for run in client.read_flow_runs(deployment_filter=of_deployment) if asks_it(run)]

    def asks_it(run):
        return run.auto_scheduled and parameters.items() <= run.parameters.items()

    while not (runs := due()):
        assert time.monotonic() < deadline, "the schedule made no run"
        time.sleep(0.2)
    run = ended(client, min(runs, key=lambda run: run.expected_start_time).id)
    client.delete_deployment_schedule(deployment, created.id)
    return run


@pytest.mark.slow
def test_schedule_fires_and_a_request_that_is_not_allowed_fails_with_what_is_wrong(client, served):
    deployment = client.read_deployment_by_name("sweep/sweep-served")
    soon = datetime.now(UTC) + timedelta(seconds=10)
    run = scheduled(client, deployment.id, soon, fixed=["operator=gian"])
    assert run.state.is_failed()
    assert run.state.message == "Parameter `operator` must be one of full, gain, loss, but is gian."
    assert not any("Traceback" in one["message"] for one in told(client, "logs", run))


def test_schedule_with_an_experiment_of_ones_own_fires_and_completes(client, served, reference):
    deployment = client.read_deployment_by_name("sweep/sweep-served")
    asked = {"experiment": reference("TILTED"), "axes": ["x=0,0.5,1"], "fixed": ["y=0.25"]}
    run = scheduled(client, deployment.id, datetime.now(UTC) + timedelta(seconds=5), **asked)
    assert run.state.is_completed(), run.state
    assert run.state.message == "Points: 3 ok"
    assert "test.tilted" in run.tags
    assert catalog.open(served).search("test.tilted", y=0.25)


@pytest.mark.slow
@pytest.mark.usefixtures("recording")
def test_the_automation_of_the_documentation_tells_of_a_run_that_fails(client, served):
    block = re.search(r"```python\n(.+?)```", (ROOT / "docs" / "cluster.md").read_text(), re.DOTALL)[1]
    heard = queue.Queue()

    class Group(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Group) as group:
        threading.Thread(target=group.serve_forever, daemon=True).start()
        url = "https://chat.example.org/hooks/our-group"
        assert url in block
        exec(block.replace(url, f"http://127.0.0.1:{group.server_port}"), {})
        deployment = client.read_deployment_by_name("sweep/sweep-served")
        run = client.create_flow_run_from_deployment(deployment.id, parameters={"fixed": ["operator=gian"]})
        assert ended(client, run.id).state.is_failed()
        said = heard.get(timeout=60)["text"]
        group.shutdown()
    assert said.startswith("wave.growth: Failed\n"), said
    assert "Parameter `operator` must be one of full, gain, loss, but is gian." in said
