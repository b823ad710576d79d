"""The types that a type checker sees of the public face, through the links that it is given."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What mypy says of a few calls, by the numbers of their lines."""
    script = tmp_path_factory.mktemp("types") / "script.py"
    lines = (
        "import wellposed",
        'reveal_type(wellposed.boundary("wave.growth", "beta", {"M": [7, 8]}, tolerance=1e-3))',
        'wellposed.boundary("wave.growth", 3)',
        'wellposed.sweep("wave.growth", {"beta": [0.1]}, recompute="sometimes")',
        'wellposed.curve("wave.growth", "beta", "M", (6.1, 6.9), depth=2.5)',
        'wellposed.boundary("wave.growth", "beta", between=(0.1, 0.4), catalogue="results")',
        'wellposed.explain(wellposed.boundary, "wave.growth", 3)',
        'reveal_type(wellposed.Experiment("a.b", "", "", (), (), dict).parameter("x"))',
    )
    script.write_text("\n".join(lines) + "\n")
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--no-error-summary",
            "--config-file",
            ROOT / "pyproject.toml",
            script,
        ],
        cwd=script.parent,
        env={**os.environ, "MYPYPATH": str(ROOT / "typing")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    said: dict[int, str] = {}
    for line in ran.stdout.splitlines():
        _, number, *rest = line.split(":", 2)
        if number.isdecimal():
            said[int(number)] = said.get(int(number), "") + "".join(rest)
    assert said, ran.stdout + ran.stderr
    return said


def test_a_boundary_is_a_dataset(checked):
    assert "xarray.core.dataset.Dataset" in checked[2]


@pytest.mark.parametrize("line", [3, 4, 5, 7])
def test_a_call_that_makes_no_sense_is_refused(checked, line):
    assert "error" in checked[line]


def test_a_call_that_makes_sense_is_not(checked):
    assert 6 not in checked


def test_what_a_user_declares_is_typed(checked):
    assert "Parameter" in checked[8]
