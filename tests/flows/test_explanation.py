"""What a sweep would cost is told, and nothing is run, stored or created."""

import json
from pathlib import Path

import pytest

from wellposed import boundary, explain, sweep
from wellposed.flows.cli.main import main

GRID = {"x": [i / 5 for i in range(6)], "y": [0.0, 0.5, 1.0, 0.25]}


DEADLY = """
import os, time
from wellposed.kinetics.experiment import Experiment, Output, Parameter

def answer(x):
    if x == 1: os._exit(3)
    if x == 2: time.sleep(600)
    return {"y": x}

def answers(x):
    os._exit(4)

X = (Parameter("x", "x", 0.0),)
ONE = Experiment("mine.one", "ends its process", "nobody", X, (Output("y", "y"),), answer, points_per_block=1)
MANY = Experiment("mine.many", "ends its process", "nobody", X, (Output("y", "y"),), answers, vectorised=True)
"""


def told(cost):
    return dict(line.split(maxsplit=1) for line in str(cost).splitlines())


def test_a_new_sweep_is_told_and_not_created(tmp_path, reference, capsys, no_execution):
    words = ["sweep", reference("TILTED"), "--axis", "x=0:1:6", "--axis", "y=0,0.25,0.5,1"]
    assert main([*words, "--explain", "--catalogue", str(tmp_path / "new")]) == 0
    said = told(capsys.readouterr().out)
    assert said["points"].startswith("24 in ")
    assert said["stored"].startswith("0, so 24 points")
    assert said["pilot"].split()[1] in ("µs", "ms")
    assert not (tmp_path / "new").exists()


def test_what_is_stored_is_left_out(tmp_path, reference, job_of, answered):
    answered(job_of("sweep", reference("TILTED"), axes=GRID, catalogue=tmp_path))
    said = told(explain(sweep, reference("TILTED"), GRID, catalogue=tmp_path))
    assert said["stored"].startswith("24, so 0 points in 0 blocks")
    assert "pilot" not in said
    finer = told(explain(sweep, reference("TILTED"), {**GRID, "y": [0.0, 0.75]}, catalogue=tmp_path))
    assert finer["stored"].startswith("0, so 12 points")
    assert finer["shared"].startswith("1 other sweep may")


def test_trouble_of_the_pilot_is_told(tmp_path, reference):
    said = told(explain(sweep, reference("FRAGILE"), GRID, catalogue=tmp_path / "new"))
    assert said["trouble"] == "no answer at 1 of these: ZeroDivisionError in experiments.py, line 29: too far"


@pytest.mark.parametrize(
    ("name", "x", "trouble", "tried"),
    [
        ("ONE", [0.0, 1.0, 3.0], "Its process ended with status 3.", 1),
        ("ONE", [0.0, 2.0, 3.0], "It took longer than 1 s.", 1),
        ("MANY", [0.0, 5.0], "Its process ended with status 4.", 0),
    ],
)
def test_a_point_that_ends_its_process_is_told(tmp_path, name, x, trouble, tried):
    (tmp_path / "deadly.py").write_text(DEADLY)
    reference = f"{tmp_path}/deadly.py:{name}"
    cost = explain(sweep, reference, {"x": x}, catalogue=tmp_path / "new", time_limit=1.0)
    assert cost.time.pilot.trouble == trouble
    assert cost.time.pilot.tried == tried
    assert told(cost)["trouble"] == f"no answer at 1 of these: {trouble}"
    assert ("time" in told(cost)) == (tried > 0)


def test_what_is_to_be_computed_again_is_told(tmp_path, reference, job_of, answered):
    answered(job_of("sweep", reference("FRAGILE"), axes=GRID, catalogue=tmp_path))

    def cost(recompute):
        return explain(sweep, reference("FRAGILE"), GRID, catalogue=tmp_path, recompute=recompute)

    assert (cost("missing").stored, cost("missing").left) == (24, 0)
    everything, failed = cost("everything"), cost("failed")
    assert (everything.stored, everything.left, everything.blocks_left) == (24, 24, everything.blocks)
    store = job_of("sweep", reference("FRAGILE"), axes=GRID, catalogue=tmp_path).store
    assert 0 < failed.left == store.totals()["failed"] < 24
    assert told(everything)["stored"].startswith("24, and 24 points in ")


def test_a_search_that_is_computed_again_is_told(tmp_path, reference, job_of, answered):
    words = {"experiment": reference("TILTED"), "along": "x", "axes": {"y": [0.0]}, "tolerance": 1e-3}
    answered(job_of("boundary", **words, catalogue=tmp_path))
    assert explain(boundary, **words, catalogue=tmp_path).time is None
    assert explain(boundary, **words, catalogue=tmp_path, recompute="failed").time is None
    again = explain(boundary, **words, catalogue=tmp_path, recompute="everything")
    assert (again.least, again.most) == (11, 16)


def test_the_document_has_numbers(tmp_path, reference, capsys, no_execution):
    words = ["sweep", reference("TILTED"), "--axis", "x=0:1:6", "--axis", "y=0,0.25", "--explain", "--json"]
    assert main([*words, "--catalogue", str(tmp_path / "new")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["points"], document["stored"], document["left"]) == (12, 0, 12)
    assert document["size"] > 0
    time = document["time"]
    assert time["most"] == pytest.approx(time["pilot"]["seconds_per_point"] * 12 / time["workers"])
    assert time["pilot"]["trouble"] == ""


@pytest.mark.parametrize("options", [["--axis", "x=0:2:3"], ["--axis", "z=1,2"]])
def test_a_bad_request_is_refused(reference, options, capsys):
    assert main(["sweep", reference("TILTED"), *options, "--explain"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_search_is_told_by_what_it_takes_at_least_and_at_most(tmp_path, reference, capsys, no_execution):
    words = ["boundary", reference("TILTED"), "--along", "x", "--axis", "y=0,0.5", "--tolerance", "1e-3"]
    assert main([*words, "--explain", "--catalogue", str(tmp_path / "new")]) == 0
    said = told(capsys.readouterr().out)
    assert said["lines"] == "2 along x in [0, 1]"
    assert said["points"].startswith("some 22 to 32, ")  # halving 1/8 seven times brings it below 1e-3
    assert " to " in said["time"]
    assert not (tmp_path / "new").exists()


def test_a_search_takes_what_was_told(tmp_path, reference, job_of, answered):
    words = (reference("TILTED"), "x", {"y": [0.0, 0.5]})
    named = dict(zip(("experiment", "along", "axes"), words, strict=True))
    asked = answered(job_of("boundary", **named, tolerance=1e-3, catalogue=tmp_path))
    assert 22 <= int(asked.result().evaluations.sum()) <= 32
    said = told(explain(boundary, *words, tolerance=1e-3, catalogue=tmp_path))
    assert said["stored"] == "all of it"
    assert "pilot" not in said


def test_the_workers_of_a_cluster_are_told(tmp_path, reference, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("clusters.yaml").write_text("big: {class: distributed.LocalCluster, adaptive: {maximum: 500}}")
    said = told(explain(sweep, reference("TILTED"), GRID, cluster="big"))
    assert "on up to 500 workers of big, if they are as fast as this machine" in said["time"]
