"""The page of the first hour is followed, step by step, in a folder that has nothing but the docs' examples.

Installation is left out: `make` of the page is what it runs.
"""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.schedules import IntervalSchedule

import wellposed
from wellposed.flows.execution.prefect_home import home
from wellposed.flows.execution.server import SECRET, ServerAccess

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "first-hour.md").read_text()
MADE_BY_MAKE = re.findall(r"^\t\$\(BIN\)/(wellposed .*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
TYPED = [line.strip() for line in re.findall(r"^    ((?:make|cp|wellposed) .*)$", PAGE, re.MULTILINE)]
SERVED = next(line for line in TYPED if " serve " in line)
PATIENCE = 600.0


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with the example, in which `wellposed` is the one of these sources."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "examples").symlink_to(ROOT / "docs" / "examples")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "wellposed"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m wellposed.flows.cli.main "$@"\n')
    command.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("WELLPOSED_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path


@pytest.mark.slow
def test_the_first_hour_is_as_it_is_told(here):
    for line in TYPED:
        if line != SERVED:
            for command in MADE_BY_MAKE if line == "make run" else [line]:
                subprocess.run(command, shell=True, check=True)
    assert (here / "report" / "index.html").stat().st_size > 10_000
    place = wellposed.open_catalogue("results")
    before = {store.id for store in place.stores("four_wave.growth")}
    asked = {
        "experiment": f"{here}/my_kernel.py:experiment",
        "along": "beta",
        "axes": ["alpha=1.75,2.5"],  # another question than the one that is answered already
        "fixed": [],
        "tolerance": 1e-3,
    }
    run = run_on_a_schedule(asked)
    assert run.state.is_completed(), run.state.message
    (found,) = (
        s for s in wellposed.open_catalogue("results").stores("four_wave.growth") if s.id not in before
    )
    boundary = found.dataset().wellposed.boundary()
    # (alpha - 1)/4, by counting powers
    assert boundary["boundary"].to_numpy() == pytest.approx([0.1875, 0.375], abs=2e-3)
    (cell,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    exec(cell, {})


def run_on_a_schedule(asked):
    """What `wellposed serve` makes of a schedule that asks something, as its form would: the first run."""
    serving = subprocess.Popen(SERVED, shell=True, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        url = next(found[1] for line in serving.stdout if (found := re.search(r"(http://\S+)", line)))
        with ServerAccess(f"{url}/api", (home() / SECRET).read_text()).client() as client:
            deployment = client.read_deployment_by_name("boundary/boundary-served").id
            schedule = IntervalSchedule(
                interval=timedelta(minutes=30), anchor_date=datetime.now(UTC) + timedelta(seconds=15)
            )
            due = DeploymentScheduleCreate(schedule=schedule, active=True, parameters=asked)
            client.create_deployment_schedules(deployment, [due])
            mine = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                runs = client.read_flow_runs(deployment_filter=mine)
                if ended := [run for run in runs if run.state is not None and run.state.is_final()]:
                    return ended[0]
                time.sleep(2.0)
    finally:
        os.killpg(serving.pid, signal.SIGINT)
        serving.communicate(timeout=120)
    raise AssertionError("nothing was run in time")
