"""What a sweep would cost is told, and nothing is run, stored or created."""

from pathlib import Path

import pytest

from flows import search, sweep
from flows.command_line import main
from flows.explanation import explained, explained_search
from sweeps.cluster_file import find_cluster

GRID = {"x": [i / 5 for i in range(6)], "y": [0.0, 0.5, 1.0, 0.25]}


def told(text):
    return dict(line.split(maxsplit=1) for line in text.splitlines())


def test_a_new_sweep_is_told_and_not_created(tmp_path, reference, capsys, no_execution):
    words = ["run", reference("TILTED"), "--axis", "x=0:1:6", "--axis", "y=0,0.25,0.5,1"]
    assert main([*words, "--explain", "--catalogue", str(tmp_path / "new")]) == 0
    said = told(capsys.readouterr().out)
    assert said["points"].startswith("24 in ")
    assert said["stored"].startswith("0, so 24 points")
    assert said["pilot"].split()[1] in ("µs", "ms")
    assert not (tmp_path / "new").exists()


def test_what_is_stored_is_left_out(tmp_path, reference, answered):
    answered(sweep.prepare(reference("TILTED"), GRID, catalogue=tmp_path))
    said = told(explained(reference("TILTED"), GRID, catalogue=tmp_path))
    assert said["stored"].startswith("24, so 0 points in 0 blocks")
    assert "pilot" not in said
    finer = told(explained(reference("TILTED"), {**GRID, "y": [0.0, 0.75]}, catalogue=tmp_path))
    assert finer["stored"].startswith("0, so 12 points")
    assert finer["shared"].startswith("1 other sweep may")


def test_trouble_of_the_pilot_is_told(tmp_path, reference):
    said = told(explained(reference("FRAGILE"), GRID, catalogue=tmp_path / "new"))
    assert said["trouble"] == "no answer at 1 of these: ZeroDivisionError in experiments.py, line 36: too far"


@pytest.mark.parametrize("options", [["--axis", "x=0:2:3"], ["--axis", "z=1,2"]])
def test_a_bad_request_is_refused(reference, options, capsys):
    assert main(["run", reference("TILTED"), *options, "--explain"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_search_is_told_by_what_it_takes_at_least_and_at_most(tmp_path, reference, capsys, no_execution):
    words = ["boundary", reference("TILTED"), "--along", "x", "--axis", "y=0,0.5", "--tolerance", "1e-3"]
    assert main([*words, "--explain", "--catalogue", str(tmp_path / "new")]) == 0
    said = told(capsys.readouterr().out)
    assert said["lines"] == "2 along x in [0, 1]"
    assert said["points"].startswith("some 22 to 32, ")  # halving 1/8 seven times brings it below 1e-3
    assert " to " in said["time"]
    assert not (tmp_path / "new").exists()


def test_a_search_takes_what_was_told(tmp_path, reference, answered):
    words = (reference("TILTED"), "x", {"y": [0.0, 0.5]})
    asked = answered(search.prepare(*words, tolerance=1e-3, catalogue=tmp_path))
    assert 22 <= int(asked.result().evaluations.sum()) <= 32
    said = told(explained_search(*words, tolerance=1e-3, catalogue=tmp_path))
    assert said["stored"] == "all of it"
    assert "pilot" not in said


def test_the_workers_of_a_cluster_are_told(tmp_path, reference, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("clusters.yaml").write_text("big: {class: distributed.LocalCluster, adaptive: {maximum: 500}}")
    said = told(explained(reference("TILTED"), GRID, cluster=find_cluster("big")))
    assert "on up to 500 workers of big, if they are as fast as this machine" in said["time"]
