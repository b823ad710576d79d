"""What is refused in one line, before anything is made or computed."""

import dataclasses
from importlib.metadata import version

import pytest

from wellposed.flows.cli.main import main
from wellposed.kinetics import FAMILIES
from wellposed.kinetics.claim import Claim
from wellposed.kinetics.law import Linear

CURVE = ["curve", "wave.growth", "--along", "beta", "--axis", "M=6.1:6.9"]


def test_the_version_is_shown(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"wellposed {version('wellposed')}\n"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([*CURVE, "--most", "3"], "`most` must be at least 81, the points of the first grid, but is 3."),
        (
            [*CURVE, "--coarse", "1000000000"],
            "`coarse` must be less than or equal to 1000, but is 1000000000.",
        ),
        (
            ["boundary", "wave.growth", "--along", "beta", "--coarse", "100000000000"],
            "`coarse` must be less than",
        ),
        (
            ["ls", "--catalogue", ""],
            "A catalogue must be a folder or a URL such as s3://bucket/path, but is ''.",
        ),
        (["import", "nope.nc"], "There is nothing at nope.nc that could be added."),
        (["report", "--catalogue", "nope"], "There is no catalogue at nope"),
        (["report", "--catalogue", "nope", "--to", "a/b/c"], "There is no catalogue at nope"),
    ],
)
def test_it_is_refused_and_leaves_nothing_behind(tmp_path, monkeypatch, capsys, asked, said):
    monkeypatch.chdir(tmp_path)
    assert main(asked) == 2
    told = capsys.readouterr()
    assert told.err.startswith(f"wellposed: {said}")
    assert told.err.count("\n") == 1
    assert told.out == ""
    assert not list(tmp_path.iterdir())


def test_a_file_that_ends_python_is_refused_with_its_line(tmp_path, capsys):
    path = tmp_path / "ending.py"
    path.write_text("import sys\n\nsys.exit()\n")
    assert main(["sweep", f"{path}:experiment", "--axis", "x=0", "--catalogue", str(tmp_path / "r")]) == 2
    assert "cannot be loaded: SystemExit in ending.py, line 3" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"relation": "~~"}, "must have one of the relations"),
        ({"output": "nope"}, "needs `nope` and its error among the outputs of `wave.growth`"),
        ({"printed": Linear(0.0, {"qq": 1.0})}, "depends on `qq`, which is no parameter of `wave.growth`"),
    ],
)
def test_a_claim_that_could_not_be_judged_is_refused_where_it_is_declared(changes, said):
    claim = Claim("(1)", "s ≤ 0", "≤", Linear(0.0), "wave.growth", "growth_exponent")
    family = dataclasses.replace(FAMILIES["wave"], statements=(), claims=(claim,))
    with pytest.raises(ValueError, match=said):
        dataclasses.replace(family, claims=(dataclasses.replace(claim, **changes),))
