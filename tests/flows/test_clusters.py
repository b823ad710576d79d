"""Flows whose blocks run on workers that were not started here."""

import json
import os
import subprocess
import sys
import time

import pytest

import flows
from flows import sweep

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
                        stdout=log,
                        stderr=log,
                    )
                )
        yield address_in(told)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait(30)


def address_in(told):
    deadline = time.monotonic() + 60
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
    tmp_path, reference, prefect_server, scheduler, answered
):
    remote, local = tmp_path / "remote", tmp_path / "local"
    found = flows.run(reference("WITNESS"), GRID, catalogue=remote, cluster=scheduler)
    assert (found.outcome == 1).all()
    assert (found.slope == 0).all()  # Prefect is not imported there
    flows.run(reference("TILTED"), GRID, catalogue=remote, cluster=scheduler)
    for name in ("WITNESS", "TILTED"):
        answered(sweep.prepare(reference(name), GRID, catalogue=local))
    tilted = [path for path in stored(local) if "tilted" in str(path)]
    assert tilted
    assert {path: stored(remote)[path] for path in tilted} == {path: stored(local)[path] for path in tilted}
    assert not [path for path in os.listdir(remote) if path.startswith("probe")]
