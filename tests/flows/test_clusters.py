"""Flows whose blocks run on workers that were not started here."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Client

import wellposed
from wellposed.catalog import health
from wellposed.catalog.location import Location
from wellposed.errors import RequestError
from wellposed.flows.cli.main import main
from wellposed.flows.execution.block import SourcesError, run_block
from wellposed.flows.execution.complete import complete
from wellposed.flows.execution.remote_workers import _probe
from wellposed.flows.execution.sources import sources
from wellposed.sweeps.cluster.file import find_cluster

ROOT = Path(__file__).parents[2]

PATIENCE = 120
"""Seconds: processes take their time to start where cores are shared."""

GRID = {"x": [i / 8 for i in range(9)], "y": [0.0, 0.25, 0.5]}


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The address of a Dask scheduler with two workers, all of them processes that know nothing of us."""
    place = tmp_path_factory.mktemp("cluster")
    told = place / "scheduler.json"
    common = ["--scheduler-file", str(told), "--host", "127.0.0.1"]
    commands = [
        ["dask_scheduler", *common, "--port", "0", "--dashboard-address", "127.0.0.1:0"],
        *(["dask_worker", *common, "--nthreads", "1", "--no-dashboard", "--name", name] for name in "ab"),
    ]
    started = []
    try:
        for module, *options in commands:
            with (place / f"{len(started)}.log").open("w") as log:
                started.append(
                    subprocess.Popen(
                        [sys.executable, "-m", f"distributed.cli.{module}", *options],
                        cwd=place,
                        env={**os.environ, "PYTHONPATH": str(ROOT)},
                        stdout=log,
                        stderr=log,
                    )
                )
        address = address_in(told)
        with Client(address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def address_in(told):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return json.loads(told.read_text())["address"]
        except (OSError, ValueError):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def stored(catalogue):
    """What is stored, byte by byte, but for manifests, which tell the time."""
    return {
        path.relative_to(catalogue): path.read_bytes()
        for path in sorted(catalogue.rglob("*"))
        if path.is_file() and (path.suffix != ".json" or path.name == "zarr.json")
    }


def test_a_flow_on_a_scheduler_that_is_there_stores_the_bytes_of_a_local_one(
    tmp_path, reference, prefect_server, scheduler, job_of, answered
):
    remote, local = tmp_path / "remote", tmp_path / "local"
    assert (
        wellposed.sweep(reference("TILTED"), GRID, catalogue=remote, cluster=scheduler).outcome == 1
    ).all()
    answered(job_of("sweep", reference("TILTED"), axes=GRID, catalogue=local))
    assert stored(remote) == stored(local)  # and nothing else: what workers were asked with is removed


def test_an_experiment_of_ones_own_comes_to_workers_that_do_not_have_it(
    tmp_path, monkeypatch, prefect_server, scheduler, job_of, answered
):
    monkeypatch.chdir(tmp_path)
    Path("laws.py").write_text("def law(alpha, beta):\n    return (4 * beta + 1) / alpha - 1\n")
    Path("mine.py").write_text(
        "from wellposed.kinetics.experiment import Experiment, Output, Parameter\n"
        "import laws\n\n"
        "def growth(alpha, beta):\n"
        "    return {'s': laws.law(alpha, beta), 's_error': 1e-12}\n\n"
        "experiment = Experiment('mine.growth', 'a law', 'me',\n"
        "    (Parameter('alpha', 'a', 2.0, lower=1.0, upper=4.0),\n"
        "     Parameter('beta', 'b', 0.0, lower=0.0, upper=1.0)),\n"
        "    (Output('s', 's'), Output('s_error', 'its error')), growth, order_parameter='s')\n"
    )
    question = {"experiment": "./mine.py:experiment", "along": "beta", "axes": {"alpha": [1.5, 2, 3]}}
    asked = job_of("boundary", **question, catalogue="remote")
    answered(job_of("boundary", **question, catalogue="local"))
    Path("mine.py").unlink()
    Path("laws.py").unlink()
    assert complete(asked, find_cluster(scheduler))
    assert asked.result()["boundary"].to_numpy() == pytest.approx([0.125, 0.25, 0.5], abs=1e-6)
    assert stored(tmp_path / "remote") == stored(tmp_path / "local")


def test_a_deadly_point_is_named_by_a_scheduler_that_tries_again_by_itself(
    tmp_path, reference, prefect_server, scheduler
):
    axes = {"x": [0.0, 1.0], "y": [0.0, 0.5]}
    found = wellposed.sweep(reference("DEADLY"), axes, catalogue=tmp_path, cluster=scheduler).load()
    assert found.outcome.sel(x=0.0).values.tolist() == [1, 1]
    assert found.outcome.sel(x=1.0).values.tolist() == [3, 3]
    assert found.reason.sel(x=1.0, y=0.0).item() == "Its process ended with status 1."


def test_a_bad_entry_is_refused_before_anything_is_touched(tmp_path, monkeypatch, capsys, no_execution):
    monkeypatch.chdir(tmp_path)
    Path("clusters.yaml").write_text("mine: {class: distributed.LocalCluster, wokers: 2}")
    for words in (["sweep", "wave.growth", "--axis", "M=7,8"], ["audit", "wave"], ["study", "wave"]):
        assert main([*words, "--cluster", "mine"]) == 2
        assert "clusters.yaml has no key `wokers`; did you mean `workers`?" in capsys.readouterr().err
    assert not Path("results").exists()


def test_what_a_check_leaves_that_is_killed_is_garbage(tmp_path):
    place, name = Location(str(tmp_path)), _probe("0" * 32)
    place.create(name, "token")
    assert health.garbage(place) == []  # it may be under way
    os.utime(tmp_path / name, (0, 0))
    assert [found.key for found in health.garbage(place)] == [name]


def test_workers_that_do_not_see_the_catalogue_are_refused(
    tmp_path, reference, prefect_server, scheduler, monkeypatch
):
    monkeypatch.setattr(
        "wellposed.flows.execution.remote_workers._probe",
        lambda token, key="here": f"elsewhere-{key}-{os.getpid()}",
    )
    with pytest.raises(
        RequestError, match=r"does not see the catalogue .*: give --catalogue a folder that all"
    ):
        wellposed.sweep(reference("TILTED"), GRID, catalogue=tmp_path, cluster=scheduler)


def test_workers_with_another_state_of_the_sources_are_refused(
    tmp_path, reference, prefect_server, scheduler, monkeypatch
):
    here = {"numpy": "1.0", "wellposed state": "0123456789ab"}
    monkeypatch.setattr("wellposed.flows.execution.remote_workers.sources", lambda: here)
    with pytest.raises(RequestError, match=r"has numpy \S+, and here is 1\.0: answers would not be the same"):
        wellposed.sweep(reference("TILTED"), GRID, catalogue=tmp_path, cluster=scheduler)


def test_a_worker_with_other_sources_that_comes_later_stores_nothing(tmp_path, reference, job_of):
    asked = job_of("sweep", reference("TILTED"), axes=GRID, catalogue=tmp_path)
    (((block, *_), _),) = asked.rounds()
    run_block(block, replace(asked.assignment, sources=sources()))
    assert len(asked.store.stored()) == 1
    asked.store.forget()
    with pytest.raises(SourcesError, match=r"has numpy \S+, and the run has 1\.0"):
        run_block(block, replace(asked.assignment, sources={**sources(), "numpy": "1.0"}))
    assert not asked.store.stored()
