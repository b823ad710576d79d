"""The experiment of `docs/own-experiment.md`, and what becomes of one that is edited."""

import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest

from wellposed import catalog
from wellposed.errors import CatalogueError
from wellposed.flows.cli.main import main
from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.experiments.find import find_experiment

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "four_wave.py"

MINE = """
from wellposed.kinetics.experiment import Experiment, Output, Parameter

def answer(x):
    return {"y": x + 1.0, "y_error": 1e-9}

experiment = Experiment(
    "mine.shift", "x plus one", "made up", (Parameter("x", "x", 0.0, lower=-2.0, upper=2.0),),
    (Output("y", "y"), Output("y_error", "its error")), answer, order_parameter="y",
)
"""


@pytest.fixture(scope="module")
def four_wave():
    return find_experiment(f"{EXAMPLE}:experiment")


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The current folder, with an experiment in it."""
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(MINE)
    return Path("mine.py")


@pytest.mark.parametrize(("beta", "M"), [(0.0, 8.0), (0.7, 10.0)])
def test_the_example_agrees_with_ours_where_they_ask_the_same(four_wave, beta, M):
    ours = EXPERIMENTS["wave.growth"]
    there = ours.evaluate(**ours.point({"beta": beta, "M": M, "operator": "gain"}))
    here = four_wave.evaluate(alpha=2.0, beta=beta, M=M)
    error = here["growth_error"] + there["growth_exponent_error"]
    assert abs(here["growth"] - there["growth_exponent"]) <= error < 1e-6


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 0.1), (1.5, 0.125), (3.0, 0.9)])
def test_the_example_grows_as_its_leading_part_does(four_wave, alpha, beta):
    """Where w4 is near w1 and the others are small, G / n1 ~ w1^((4 beta + 1)/alpha - 1)."""
    found = four_wave.evaluate(alpha=alpha, beta=beta, M=8.0)
    assert abs(found["growth"] - ((4 * beta + 1) / alpha - 1)) <= found["growth_error"] < 1e-4


def test_an_edited_experiment_is_computed_anew_and_the_old_answers_stay(mine, job_of, answered, capsys):
    def found(x):
        return answered(job_of("sweep", "./mine.py:experiment", axes={"x": x})).result().load()

    before = found([0.0, 1.0])
    assert before.y.values.tolist() == [1.0, 2.0]
    mine.write_text(MINE.replace("x + 1.0", "x + 3.0"))
    after = found([0.0, 1.0])
    assert after.y.values.tolist() == [3.0, 4.0]
    assert found([0.0, 1.0, 2.0]).y.values.tolist() == [3.0, 4.0, 5.0]  # none of the old ones is taken
    states = {dataset.attrs["experiment_fingerprint"] for dataset in (before, after)}
    assert len(states) == 2

    place = catalog.open("results")
    assert sorted(place.table().fingerprint.unique()) == sorted(states)
    with pytest.raises(CatalogueError, match="has sweeps of 2 states of the source of mine"):
        place.concat("mine.shift")
    latest = after.attrs["experiment_fingerprint"]
    assert place.concat("mine.shift", fingerprint=latest[:6]).y.values.tolist() == [3.0, 4.0, 5.0]
    for identity in (before.attrs["sweep_id"], after.attrs["sweep_id"]):
        assert main(["show", identity]) == 0
    told = capsys.readouterr().out
    assert main(["ls"]) == 0
    listed = capsys.readouterr().out
    for state in states:
        assert f"version 1, source {state[:8]}" in told
        assert f"1, source {state[:8]}" in listed


def test_the_command_that_is_stored_names_the_file_from_whatever_folder(mine, job_of, answered):
    asked = answered(job_of("sweep", "./mine.py:experiment", axes={"x": [0.0, 1.0]}))
    command = shlex.split(asked.store.manifest()["command"])
    assert command[:3] == ["wellposed", "sweep", f"{mine.resolve()}:experiment"]


def test_points_of_the_same_state_are_taken(mine, job_of, answered):
    answered(job_of("sweep", "./mine.py:experiment", axes={"x": [0.0, 1.0]}))
    asked = job_of("sweep", "./mine.py:experiment", axes={"x": [0.0, 1.0, 2.0]})
    assert len(asked.assignment.donors) == 1
    mine.write_text(MINE + "\n# a remark is another state too\n")
    asked = job_of("sweep", "./mine.py:experiment", axes={"x": [0.0, 1.0, 2.0]})
    assert not asked.assignment.donors


def test_a_refusal_leaves_nothing_behind(mine, capsys):
    mine.write_text(MINE.replace('order_parameter="y"', 'order_parameter="z"'))
    assert main(["boundary", "./mine.py:experiment", "--along", "x"]) == 2
    assert "must have a scalar output `z`, the order parameter" in capsys.readouterr().err
    assert not Path("results").exists()


def test_a_plug_in_is_listed_with_where_it_comes_from(tmp_path, monkeypatch, capsys):
    shutil.copy(EXAMPLE, tmp_path)
    about = tmp_path / "four_wave-0.3.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: four-wave\nVersion: 0.3\n")
    entries = "four_wave.growth = four_wave:experiment\nmine.broken = no_such_module:experiment\n"
    (about / "entry_points.txt").write_text(f"[wellposed.experiments]\n{entries}")
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["experiments"]) == 0
    lines = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines() if line]
    rows = {words[0]: words[1:] for words in lines}
    assert rows["four_wave.growth"][:2] == ["four-wave", "0.3"]
    assert "No module named 'no_such_module'" in " ".join(rows["mine.broken"])
    assert main(["experiments", "four_wave.growth"]) == 0
    assert "exponent of the dispersion" in capsys.readouterr().out
    answers = find_experiment("four_wave.growth").evaluate(alpha=2.0, beta=0.25, M=8.0)
    assert np.isclose(answers["growth"], 0.0, atol=1e-8)
