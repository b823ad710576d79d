"""Workers on this machine: what they need is there, or the run is refused in one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from wellposed.flows.cli.main import main
from wellposed.sweeps.cluster.workers import _closed_in_the_end

EXPERIMENTS = Path(__file__).with_name("experiments.py")
ON_WORKERS = Path(__file__).with_name("on_workers.py")

WITHIN_S = 90.0
"""Seconds in which a small run ends on a loaded machine."""


def test_first_words_of_a_script_on_standard_input_are_answered(tmp_path, prefect_server):
    script = (
        "import wellposed\n"
        f"found = wellposed.sweep({str(EXPERIMENTS) + ':TILTED'!r}, {{'x': [0.0, 0.5]}}, "
        f"catalogue={str(tmp_path)!r})\nprint(found.sizes['x'])\n"
    )
    told = subprocess.run(
        [sys.executable, "-"], input=script, capture_output=True, text=True, timeout=WITHIN_S, cwd=tmp_path
    )
    assert (told.stdout, told.returncode) == ("2\n", 0), told.stderr


def test_too_few_files_are_refused_in_a_line_before_anything_is_computed(tmp_path, prefect_server):
    words = f"ulimit -n 40; exec {sys.executable} {ON_WORKERS}"
    asked = f"sweep {EXPERIMENTS}:TILTED --axis x=0,1 --catalogue {tmp_path} -q"
    told = subprocess.run(
        ["bash", "-c", f"{words} {asked}"], capture_output=True, text=True, timeout=WITHIN_S
    )
    assert told.returncode == 2
    (line,) = told.stderr.splitlines()
    assert line.startswith("wellposed: This process may have 40 files open at a time, and needs ")
    soft = subprocess.run(
        ["bash", "-c", f"ulimit -Sn 40; {words.partition(';')[2]} {asked}"],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
    )
    assert soft.returncode == 0, soft.stderr


def test_without_a_place_for_temporary_files_a_run_is_refused(
    tmp_path, prefect_server, on_workers, monkeypatch, capsys
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    asked = ["sweep", f"{EXPERIMENTS}:TILTED", "--axis", "x=0,1", "--catalogue", str(tmp_path / "results")]
    assert main([*asked, "-q"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("wellposed: There is no place for temporary files (")
    assert said.count("\n") == 1


def test_wrong_end_of_workers_is_a_line():
    class Workers:
        def __enter__(self):
            return "workers"

        def close(self):
            raise TimeoutError

    with (
        pytest.warns(UserWarning, match=r"The workers did not end in good order \(TimeoutError\)"),
        _closed_in_the_end(Workers) as opened,
    ):
        assert opened == "workers"
    with (
        pytest.warns(UserWarning, match="good order"),
        pytest.raises(ZeroDivisionError),
        _closed_in_the_end(Workers),
    ):
        raise ZeroDivisionError
