"""A small question is answered in hand: the same answer, the same record, and nothing is waited for."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags

import wellposed
from wellposed import catalog
from wellposed.catalog import health
from wellposed.flows.execution import in_hand, prefect_home, scribe
from wellposed.flows.execution.in_hand import NotSmallError
from wellposed.sweeps.answers.layout import Outcome

ROOT = Path(__file__).parents[2]
WITHIN_S = 120.0


def contents(catalogue):
    """Every byte of the stores in a catalogue."""
    return {
        path.relative_to(catalogue): path.read_bytes()
        for path in sorted(catalogue.rglob("*"))
        if path.is_file() and ".zarr" in str(path)
    }


def ended(client, id):
    """The flow run with the id of a sweep, when it has ended."""
    tagged = FlowRunFilter(tags=FlowRunFilterTags(all_=[id[:8]]))
    deadline = time.monotonic() + WITHIN_S
    while not (runs := [r for r in client.read_flow_runs(flow_run_filter=tagged) if r.state.is_final()]):
        assert time.monotonic() < deadline, "it is not recorded"
        time.sleep(0.2)
    (run,) = runs
    return run


def asked_without_prefect(arguments, folder):
    """What a command says that nothing tells of a Prefect server."""
    return subprocess.run(
        [sys.executable, *arguments],
        env={name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )


def test_workers_store_the_same_bytes(tmp_path, reference, prefect_server, monkeypatch):
    asked = [
        (wellposed.sweep, (reference("FRAGILE"), {"x": [0.1, 0.5, 1.0], "y": [0.0, 1.0]})),
        (wellposed.boundary, (reference("TILTED"), "x", {"y": [0.0, 0.5]}, None, 1e-3)),
    ]
    for ask, question in asked:
        ask(*question, catalogue=tmp_path / "in-hand")
    monkeypatch.setattr(in_hand, "is_possible", lambda job: False)
    for ask, question in asked:
        ask(*question, catalogue=tmp_path / "on-workers")
    assert contents(tmp_path / "in-hand") == contents(tmp_path / "on-workers")
    workers = [store.manifest()["workers"] for store in catalog.open(tmp_path / "in-hand").stores()]
    assert workers == [1, 1]


def test_what_proves_not_to_be_small_is_left_to_workers_with_what_is_stored(
    tmp_path, reference, job_of, monkeypatch
):
    monkeypatch.setenv("WELLPOSED_TEST_DELAY", "0.2")
    monkeypatch.setattr(in_hand, "WORKER_STARTS", 0.0)
    job = job_of("sweep", reference("DELAYED"), axes={"x": [i / 39 for i in range(40)]}, catalogue=tmp_path)
    with pytest.raises(NotSmallError), in_hand.answered(job, [job]):
        pytest.fail("it was taken for small")
    assert job.store.manifest() is None
    assert len(job.store.stored()) < 20
    assert health.holder(job.store) is None, "the lease is held"


def test_first_point_that_takes_long_is_not_waited_for(tmp_path, reference, job_of, monkeypatch):
    monkeypatch.setenv("WELLPOSED_TEST_DELAY", "200")
    monkeypatch.setattr(in_hand, "FIRST_POINT_S", 0.5)
    job = job_of("sweep", reference("DELAYED"), axes={"x": [0.0, 1.0]}, catalogue=tmp_path)
    with pytest.raises(NotSmallError), in_hand.answered(job, [job]):
        pytest.fail("it was waited for")
    assert not job.store.stored()


def test_points_that_are_known_are_not_evaluated(tmp_path, reference, prefect_server, monkeypatch):
    wellposed.sweep(reference("MOODY"), {"x": [0.0, 0.25, 0.5]}, catalogue=tmp_path)
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0.0")
    found = wellposed.sweep(reference("MOODY"), {"x": [0.0, 0.5]}, catalogue=tmp_path)
    assert (found["outcome"] == Outcome.OK).all()


@pytest.mark.parametrize(
    ("number", "state", "said"),
    [
        (signal.SIGKILL, "Crashed", "The process of this run was killed."),
        (signal.SIGINT, "Cancelled", "interrupted."),
    ],
)
def test_run_that_is_ended_in_hand_is_recorded_so_and_completed_by_the_same_command(
    tmp_path, reference, prefect_server, own_client, start_command, number, state, said
):
    asked = ("sweep", reference("DELAYED"), "--axis", "x=0,0.5,0.75,1", "--set", f"y={number / 100}")
    asked = (*asked, "--catalogue", tmp_path, "-q")
    process = start_command(*asked, WELLPOSED_TEST_DELAY="3")
    deadline = time.monotonic() + WITHIN_S
    while not list(tmp_path.rglob("*.lease")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=WITHIN_S)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    (store,) = catalog.open(tmp_path).stores()
    assert store.manifest() is None, "it was not ended half-way"
    run = ended(own_client, store.id)
    assert run.state.name == state
    assert run.state.message.startswith(said)
    _, errors = (process := start_command(*asked)).communicate(timeout=WITHIN_S)
    assert process.returncode == 0, errors
    assert store.totals()["ok"] == 4


SCRIPT = """
import sys
from wellposed.flows.cli.main import main
status = main(['sweep', sys.argv[1], '--axis', 'x=0,1', '--catalogue', sys.argv[2]])
loaded = {name.partition('.')[0] for name in sys.modules}
print(status, sorted({'prefect', 'distributed', 'matplotlib'} & loaded))
"""


def test_answer_is_shown_before_prefect_is_imported(tmp_path, reference, prefect_server):
    told = asked_without_prefect(["-c", SCRIPT, reference("TILTED"), str(tmp_path / "results")], tmp_path)
    assert told.stdout.splitlines()[-1] == "0 []", told.stderr


def test_record_that_cannot_be_made_is_told_by_the_next_question(tmp_path, reference, monkeypatch, capsys):
    monkeypatch.setenv("WELLPOSED_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("wellposed.flows.execution.scribe_process.__file__", str(tmp_path / "scribe.py"))
    source = (ROOT / "flows/execution/scribe_process.py").read_text()
    spoiled = source.replace("    job = _job(question)\n", "    raise OSError('no\\nink')\n")
    assert spoiled != source
    (tmp_path / "scribe.py").write_text(spoiled)
    wellposed.sweep(reference("TILTED"), {"x": [0.0, 1.0]}, catalogue=tmp_path / "results")
    deadline = time.monotonic() + WITHIN_S
    while not (prefect_home.home() / scribe.UNRECORDED).exists():
        assert time.monotonic() < deadline, "nothing was said"
        time.sleep(0.1)
    capsys.readouterr()
    wellposed.sweep(reference("TILTED"), {"x": [0.0, 0.5]}, catalogue=tmp_path / "results")
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("wellposed: An earlier run is not recorded: wellposed sweep ")
    assert ": OSError: no ink" in said


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("prefect.toml", "[api]\nurl = 'http://127.0.0.1:9/api'"),
        (".env", "PREFECT_API_URL=http://127.0.0.1:9/api"),
        ("pyproject.toml", "[tool.prefect.api]\nurl = 'http://127.0.0.1:9/api'"),
    ],
)
def test_server_that_is_named_anywhere_is_looked_for(tmp_path, reference, file, text):
    (tmp_path / file).write_text(text)
    asked = ["-m", "wellposed.flows.cli.main", "sweep", reference("TILTED"), "--axis", "x=0,1", "-q"]
    told = asked_without_prefect(asked, tmp_path)
    assert told.returncode == 2
    assert "does not answer: http://127.0.0.1:9/api" in told.stderr
    assert told.stdout == ""


def test_verbose_tells_the_log_and_json_is_all_there_is_on_standard_output(
    tmp_path, reference, prefect_server, start_command
):
    asked = ("sweep", reference("TILTED"), "--axis", "x=0,1", "--catalogue", tmp_path, "--json", "-v")
    output, errors = (process := start_command(*asked)).communicate(timeout=WITHIN_S)
    assert process.returncode == 0, errors
    assert json.loads(output)["computed"] is True
    assert "A process in hand" in errors
    assert "Computed in " in errors
