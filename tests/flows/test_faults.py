"""Whatever dies, nothing that is stored is lost, and running again gives what an undisturbed run gives."""

import json
import os
import random
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import wellposed
from wellposed import catalog
from wellposed.errors import IncompleteError
from wellposed.flows.execution.block import BlockSummary
from wellposed.flows.execution.computation import Tally
from wellposed.flows.execution.record import RunRecord
from wellposed.sweeps.answers.layout import Outcome

pytestmark = pytest.mark.usefixtures("prefect_server")

ROOT = Path(__file__).parents[2]
AXES = ("--axis", "x=0:1:10", "--axis", "y=0:1:8")
GRID = {"x": [i / 9 for i in range(10)], "y": [i / 7 for i in range(8)]}


def contents(catalogue):
    """Every byte of the stores in a catalogue."""
    return {
        path.relative_to(catalogue): path.read_bytes()
        for path in sorted(catalogue.rglob("*"))
        if path.is_file() and ".zarr" in str(path)
    }


def children(pid):
    """The processes that a process has started, and theirs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(path.parent.name)
            found += [child, *children(child)]
    return found


def workers_of(pid):
    """The processes of a run on which blocks are computed."""
    found = []
    for child in children(pid):
        try:
            command = Path(f"/proc/{child}/cmdline").read_bytes()
        except OSError:
            continue
        if b"spawn_main" in command:
            found.append(child)
    return found


def stored(catalogue):
    stores = catalog.open(catalogue).stores() if (catalogue / "catalogue.json").exists() else []
    return sum(len(store.stored()) for store in stores)


def disturb(process, catalogue, victim, chance):
    """Kills the run, or one of its workers, at a random moment; returns when the run has ended.

    Whether there was anything left to kill.
    """
    goal = chance.randrange(1, 38)
    while process.poll() is None and stored(catalogue) < goal:
        time.sleep(0.02)
    time.sleep(chance.random() * 0.05)
    living = [process.pid] if process.poll() is None else []
    if victim == "worker" and living:
        living = workers_of(process.pid)
    if living:
        os.kill(chance.choice(living), signal.SIGKILL)
    process.communicate(timeout=120)
    return bool(living)


def check_kills(rounds, tmp_path, reference, start_command, seed):
    chance = random.Random(seed)
    undisturbed = tmp_path / "undisturbed"
    wellposed.sweep(reference("DELAYED"), GRID, catalogue=undisturbed)
    expected = contents(undisturbed)
    for i in range(rounds):
        place = tmp_path / f"killed-{i}"
        victim = chance.choice(["flow", "worker"])
        command = ("sweep", reference("DELAYED"), *AXES, "--catalogue", place)
        process = start_command(*command, on_workers=True, WELLPOSED_TEST_DELAY="0.03")
        assert disturb(process, place, victim, chance), f"no {victim} was there to be killed"
        before = contents(place) if place.exists() else {}
        again = start_command(*command)
        _, errors = again.communicate(timeout=300)
        assert again.returncode == 0, errors
        after = contents(place)
        assert after == expected, f"kill {i} of a {victim}"
        outcomes = [key for key in before if "/outcome/c/" in str(key) and key.suffix != ".partial"]
        assert all(after[key] == before[key] for key in outcomes)


def test_kills_at_random_moments_lose_nothing(tmp_path, reference, start_command):
    check_kills(2, tmp_path, reference, start_command, seed=1)


@pytest.mark.slow
def test_fifty_kills_at_random_moments_lose_nothing(tmp_path, reference, start_command):
    check_kills(50, tmp_path, reference, start_command, seed=2)


@pytest.mark.slow
def test_run_that_fills_its_disk_says_so_and_goes_on_when_there_is_room(tmp_path, reference):
    disk, undisturbed = tmp_path / "disk", tmp_path / "undisturbed"
    disk.mkdir()
    small = f"mount -t tmpfs -o size=150k none {disk}"  # about half of what the sweep needs
    if subprocess.run(["unshare", "-rm", "sh", "-c", small], capture_output=True).returncode:
        pytest.skip("a file system cannot be mounted here")
    wellposed.sweep(reference("DELAYED"), GRID, catalogue=undisturbed)
    words = ["sweep", reference("DELAYED"), *AXES, "--catalogue", str(disk)]
    run = shlex.join([sys.executable, "-m", "wellposed.flows.cli.main", *words])
    larger = f"mount -o remount,size=10m {disk}"
    script = f"{small}; {run}; echo status $?; {larger}; {run} && cp -r {disk} {tmp_path}/copy"
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "status 1" in done.stdout
    assert "No space left on device" in done.stderr
    assert contents(tmp_path / "copy") == contents(undisturbed)


@pytest.mark.parametrize("where", ["in hand", "on workers"])
def test_point_that_kills_its_process_is_named_and_costs_no_other(tmp_path, reference, where, request):
    if where == "on workers":
        request.getfixturevalue("on_workers")
    found = wellposed.sweep(reference("DEADLY"), {"x": np.linspace(0, 1, 48)}, catalogue=tmp_path)
    dead = found.x > 0.9
    assert (found.outcome.where(dead, Outcome.FAILED) == Outcome.FAILED).all()
    assert (found.outcome.where(~dead, Outcome.OK) == Outcome.OK).all()
    assert set(found.reason.values) == {"", "Its process ended with status 1."}
    assert found.slope.isnull().equals(dead.drop_vars("x").assign_coords(found.slope.coords))


def test_point_that_takes_too_long_has_failed(tmp_path, reference):
    found = wellposed.sweep(reference("HANGING"), {"x": [0.0, 0.5, 0.95]}, catalogue=tmp_path, time_limit=1.0)
    assert found.reason.values.tolist() == ["", "", "It took longer than 1 s."]


def test_run_in_which_every_point_fails_is_stopped_early_and_says_why(tmp_path, reference, monkeypatch):
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0")
    with pytest.raises(IncompleteError, match=r"All of the first \d+ points failed.* out of order"):
        wellposed.sweep(reference("MOODY"), {"x": np.linspace(0, 1, 2000)}, catalogue=tmp_path)
    (store,) = catalog.open(tmp_path).stores()
    assert 32 <= store.totals()["failed"] < 2000
    assert store.manifest() is None


def test_points_that_failed_are_tried_again_when_asked_and_only_they(tmp_path, reference, monkeypatch):
    axis = {"x": np.linspace(0, 1, 12)}
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0.5")
    first = wellposed.sweep(reference("MOODY"), axis, catalogue=tmp_path).load()
    assert (first.outcome == Outcome.FAILED).sum() == 6
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0.9")
    second = wellposed.sweep(reference("MOODY"), axis, catalogue=tmp_path, recompute="failed").load()
    assert (second.outcome == Outcome.FAILED).sum() == 2
    # Were the others evaluated again, they would fail now.
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0")
    third = wellposed.sweep(reference("MOODY"), axis, catalogue=tmp_path, recompute="failed").load()
    assert third.equals(second)
    whole = wellposed.sweep(reference("MOODY"), axis, catalogue=tmp_path, recompute="everything").load()
    assert (whole.outcome == Outcome.FAILED).all()


def test_an_extended_or_refined_axis_computes_new_points_alone(tmp_path, reference, monkeypatch):
    wellposed.sweep(reference("MOODY"), {"x": [0.0, 0.25, 0.5]}, catalogue=tmp_path)
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0.3")  # so what is computed now can be told
    found = wellposed.sweep(reference("MOODY"), {"x": [0.0, 0.125, 0.25, 0.5, 0.75]}, catalogue=tmp_path)
    ok, failed = Outcome.OK, Outcome.FAILED
    assert found.outcome.values.tolist() == [ok, ok, ok, ok, failed]
    _, newer = sorted(
        catalog.open(tmp_path).stores(), key=lambda store: len(store.attributes()["request"]["axes"]["x"])
    )
    assert newer.manifest()["taken"] == 3
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0")
    again = wellposed.sweep(
        reference("MOODY"), {"x": found.x.values}, catalogue=tmp_path, recompute="everything"
    )
    assert (again.outcome == failed).all(), "overwritten by what another sweep holds"


def test_what_was_stored_before_does_not_count_as_computed(tmp_path, reference, job_of):
    job = job_of("sweep", reference("TILTED"), axes=GRID, catalogue=tmp_path)
    first, *others = job.sweep.blocks(job.store.chunks)
    tally = Tally()
    tally.add(first.key, BlockSummary(first.size, 0, 0, first.size, "Broken.", 0.0, 0.0))
    assert tally.lacking([first, *others]) == others


def test_prefect_is_told_long_axes_in_brief(tmp_path, reference, job_of):
    axes = {"x": np.linspace(0, 1, 40_001)}
    job = job_of("sweep", reference("TILTED"), axes=axes, catalogue=tmp_path)
    assert len(json.dumps(RunRecord.of(job).request)) < 1000
    assert len(job.command) < 1000
