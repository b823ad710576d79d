"""What a sweep would cost is told, and nothing is run, stored or created."""

import pytest

from flows import sweep
from flows.command_line import main
from flows.explanation import explained

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
