"""Runs as a whole: Prefect, Dask and the store together."""

import time

import numpy as np
import pytest
import xarray as xr
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

import wellposed
from wellposed import catalog
from wellposed.sweeps.answers.layout import Outcome

pytestmark = pytest.mark.usefixtures("prefect_server")

GRID = {"x": [i / 7 for i in range(8)], "y": [i / 7 for i in range(8)]}


def contents(catalogue):
    """Every byte of the stores in a catalogue."""
    return {
        path.relative_to(catalogue): path.read_bytes()
        for path in sorted(catalogue.rglob("*"))
        if path.is_file() and ".zarr" in str(path)
    }


def computed(catalogue):
    """How many points are stored."""
    if not list(catalogue.rglob("*.zarr/outcome/zarr.json")):
        return 0
    stores = catalog.open(catalogue).stores()
    return sum(int((store.outcome() != Outcome.MISSING).sum()) for store in stores)


def test_run_evaluates_every_point_of_the_grid(tmp_path, reference):
    found = wellposed.sweep(reference("TILTED"), GRID, {"shape": "tilted"}, tmp_path)
    x, y = (xr.DataArray(GRID[name], dims=name) for name in "xy")
    expected = np.tanh(x - 0.3 - 0.1 * y)
    assert found["slope"].dims == ("x", "y")
    np.testing.assert_allclose(found["slope"], expected, rtol=1e-12)
    np.testing.assert_allclose(found["profile"], expected * found["k"], rtol=1e-12)
    assert (found["outcome"] == Outcome.OK).all()


def test_boundary_is_located_where_there_is_one_and_not_invented_elsewhere(tmp_path, reference):
    axes = {"y": [0.0, 0.25, 1.0], "shape": ["tilted", "flat"]}
    found = wellposed.boundary(reference("TILTED"), "x", axes, catalogue=tmp_path)
    tilted, flat = found.sel(shape="tilted"), found.sel(shape="flat")
    truth = 0.3 + 0.1 * found["y"]
    assert found["boundary"].dims == ("y", "shape")
    assert (tilted["boundary_outcome"] == "located").all()
    assert (tilted["boundary_lower"] <= truth).all()
    assert (truth <= tilted["boundary_upper"]).all()
    assert (abs(tilted["boundary"] - truth) <= 1e-6).all()
    assert (flat["boundary_outcome"] == "none").all()
    assert flat[["boundary", "boundary_lower", "boundary_upper"]].to_dataarray().isnull().all()
    assert (found["evaluations"] >= 9).all()


def test_what_is_stored_is_not_computed_again(tmp_path, reference, request):
    asked = [
        (wellposed.sweep, (reference("TILTED"), GRID)),
        (wellposed.boundary, (reference("TILTED"), "x", {"y": [0.0, 1.0]})),
    ]
    first = [ask(*question, catalogue=tmp_path).load() for ask, question in asked]
    stored = contents(tmp_path)
    request.getfixturevalue("no_execution")
    again = [ask(*question, catalogue=tmp_path).load() for ask, question in asked]
    for before, after in zip(first, again, strict=True):
        xr.testing.assert_identical(before, after)
    assert contents(tmp_path) == stored


def test_killed_search_is_completed_to_the_bytes_of_an_undisturbed_one(tmp_path, reference, start_command):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"

    def ask(catalogue):
        wellposed.boundary(reference("DELAYED"), "x", {"y": GRID["y"]}, tolerance=1e-4, catalogue=catalogue)

    words = ["boundary", reference("DELAYED"), "--along", "x", "--axis", "y=0:1:8", "--tolerance", "1e-4"]
    process = start_command(*words, "--catalogue", killed, WELLPOSED_TEST_DELAY="0.1")
    while computed(killed) < 20:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    process.kill()
    process.wait()
    (store,) = catalog.open(killed).stores()
    assert store.manifest() is None, "it was not killed half-way"
    ask(undisturbed)
    ask(killed)
    assert store.manifest() is not None
    assert contents(killed) == contents(undisturbed)


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path, reference, start_command):
    same = ("sweep", reference("DELAYED"), "--axis", "x=0:1:6", "--axis", "y=0:1:4", "--catalogue", tmp_path)
    other = ("boundary", reference("DELAYED"), "--along", "x", "--axis", "y=0,1", "--catalogue", tmp_path)
    running = [start_command(*command, WELLPOSED_TEST_DELAY="0.05") for command in (same, same, other)]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    sweep, search = sorted(catalog.open(tmp_path).stores(), key=lambda store: store.dataset().attrs["kind"])[
        ::-1
    ]
    assert sweep.totals() == {"missing": 0, "ok": 24, "unresolved": 0, "failed": 0}
    assert (search.dataset()["boundary_outcome"] == "located").all()


def test_point_that_fails_is_told_with_its_reason_and_costs_no_other(tmp_path, reference):
    found = wellposed.sweep(reference("FRAGILE"), {"x": [0.1, 0.5, 1.0], "y": [0.0, 1.0]}, catalogue=tmp_path)
    assert found["outcome"].to_numpy().tolist() == [
        [Outcome.OK, Outcome.UNRESOLVED],
        [Outcome.OK, Outcome.UNRESOLVED],
        [Outcome.FAILED, Outcome.FAILED],
    ]
    assert found["reason"].sel(x=1.0, y=0.0) == "ZeroDivisionError in experiments.py, line 29: too far"
    assert found["reason"].sel(x=0.5, y=1.0) == "not fine enough here"


def test_workers_import_no_prefect(tmp_path, reference):
    found = wellposed.sweep(reference("WITNESS"), {"x": np.linspace(0, 1, 20)}, catalogue=tmp_path)
    assert (found["outcome"] == Outcome.OK).all()
    assert (found["slope"] == 0).all()


def record_of(client, title, within=90.0):
    """A run that has ended, with its tasks, logs and artifacts, once its page is there."""
    named, deadline = FlowRunFilter(name=FlowRunFilterName(any_=[title])), time.monotonic() + within
    while True:
        for run in client.read_flow_runs(flow_run_filter=named):
            this_run = {"flow_runs": {"id": {"any_": [str(run.id)]}}}
            artifacts = client.request("POST", "/artifacts/filter", json=this_run).json()
            if run.state.is_final() and any(one["type"] == "markdown" for one in artifacts):
                tasks = client.request("POST", "/task_runs/filter", json=this_run).json()
                by_run = {"logs": {"flow_run_id": {"any_": [str(run.id)]}}, "sort": "TIMESTAMP_ASC"}
                return run, tasks, client.request("POST", "/logs/filter", json=by_run).json(), artifacts
        assert time.monotonic() < deadline, "there is no such record"
        time.sleep(0.2)


@pytest.mark.parametrize("where", ["in hand", "on workers"])
def test_prefect_records_names_logs_and_the_answer(tmp_path, reference, own_client, where, request):
    y = "0.03125" if where == "in hand" else "0.015625"
    if where == "on workers":
        request.getfixturevalue("on_workers")
    wellposed.boundary(reference("FRAGILE"), "x", {"y": [float(y), 0.0625, 1.0]}, catalogue=tmp_path)
    title = f"test.fragile: boundary along x: y={y},0.0625,1"
    run, tasks, logs, artifacts = record_of(own_client, title)
    messages = [log["message"] for log in logs]
    assert run.state.is_completed()
    assert "unresolved" in run.state.message
    assert run.parameters["request"]["along"] == "x"
    assert sorted(task["name"].split(":")[0] for task in tasks) == ["round 1", "round 2", "round 3"]
    assert all(task["state_type"] == "COMPLETED" for task in tasks)
    assert messages[0] == f"Asked: {title}"
    assert any("; 27 points in " in message for message in messages)
    assert any("not fine enough here" in message for message in messages)
    assert ("A process in hand" in messages) == (where == "in hand")
    rounds = [message.split(":")[0] for message in messages if message.startswith("Round ")]
    assert rounds == ["Round 1", "Round 2", "Round 3"]
    (report,) = (artifact for artifact in artifacts if artifact["type"] == "markdown")
    assert "| x_c | ± error |" in report["data"]
    assert "](data:image/png;base64,iVBOR" in report["data"]
