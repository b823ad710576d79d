"""The numbers that a sweep shows, in a terminal, for a program and on a page."""

import json
import math
import re

import pytest

from wellposed.errors import RequestError
from wellposed.flows.cli.main import main
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.narration import page_of
from wellposed.flows.presentation.sweep_values import MOST_ROWS, value_documents, value_tables

GRID = {"x": [0.0, 0.25, 0.5, 1.0], "y": [0.0, 1.0]}


@pytest.fixture
def place(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def tilted(place, reference, job_of, answered):
    """What ``slope = tanh(x - 0.3 - y / 10)`` is, and its multiples by the wave numbers 1, 2 and 4."""
    return answered(job_of("sweep", reference("TILTED"), axes=GRID, catalogue=place))


def rows_of(table):
    return [re.split(r"\s{2,}", line.strip()) for line in str(table).splitlines() if line.strip()]


def test_table_of_a_sweep_has_a_row_for_each_point_with_its_numbers_and_their_errors(tilted):
    (table,) = value_tables(tilted.answer())
    header, *rows = rows_of(table)
    assert header == ["x", "y", "slope", "± error"]
    assert len(rows) == 8
    for x, y, slope, error in rows:
        assert float(slope) == pytest.approx(math.tanh(float(x) - 0.3 - 0.1 * float(y)), abs=1e-12)
        assert error == "1e-12"


def test_output_with_a_coordinate_of_its_own_has_a_row_for_each_of_its_values_or_one_that_is_chosen(tilted):
    whole, one = value_tables(tilted.answer(), ["profile", "profile=4", "slope"])
    header, *rows = rows_of(whole)
    assert header == ["x", "y", "k", "profile"]
    assert len(rows) == 24
    assert rows[2] == ["0", "0", "4", f"{4 * math.tanh(-0.3):g}"]
    header, *rows = rows_of(one)
    assert header == ["x", "y", "profile[4]", "slope", "± error"]
    assert rows[0][2] == f"{4 * math.tanh(-0.3):g}"


def test_of_many_points_the_ends_and_extremes_are_shown(place, reference, job_of, answered):
    axes = {"x": [i / 20 for i in range(21)], "y": [0.0, 0.5, 1.0]}
    job = answered(job_of("sweep", reference("TILTED"), axes=axes, catalogue=place))
    (table,) = value_tables(job.answer())
    header, *rows = rows_of(str(table).rpartition("\n\n")[0])
    assert header == ["x", "y", "slope", "± error", "which"]
    assert [(row[0], row[1]) for row in rows] == [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")]
    assert [row[-1] for row in rows] == ["end", "end; least slope", "end; largest slope", "end"]
    assert "Of 63 rows these are the ends" in str(table)
    assert len(rows) < MOST_ROWS


def test_extremes_inside_a_grid_are_found_where_they_are_resolved(place, reference, job_of, answered):
    axes = {"x": [-1.9 + 0.1 * i for i in range(60)]}
    job = answered(job_of("sweep", reference("WAVES"), axes=axes, catalogue=place))
    shown = {row["x"]: row["slope"] for row in value_documents(job.answer(), ["slope"])}
    every = job.store.dataset()["slope"].to_numpy()
    assert {min(shown.values()), max(shown.values())} == {every.min(), every.max()}
    assert min(shown) == axes["x"][0]
    assert max(shown) == axes["x"][-1]


def test_point_without_an_answer_has_no_number_but_its_outcome(place, reference, job_of, answered):
    job = answered(job_of("sweep", reference("FRAGILE"), axes=GRID, catalogue=place))
    header, *rows = rows_of(value_tables(job.answer())[0])
    assert header[-1] == "outcome"
    assert {tuple(row[2:]) for row in rows if row[0] == "1"} == {("–", "–", "failed")}
    failed = [row for row in value_documents(job.answer()) if row["outcome"] == "failed"]
    assert [row["slope"] for row in failed] == [None, None]


def test_command_shows_the_numbers_and_gives_them_to_programs(tilted, place, reference, capsys, no_execution):
    words = ["sweep", reference("TILTED"), "--axis", "x=0,0.25,0.5,1", "--axis", "y=0,1"]
    words += ["--catalogue", str(place)]
    assert main([*words, "--quiet"]) == 0
    assert f"{math.tanh(-0.3):.12f}" in capsys.readouterr().out
    assert main([*words, "--show", "profile=2", "--quiet"]) == 0
    shown = capsys.readouterr().out
    assert "profile[2]" in shown
    assert f"{2 * math.tanh(-0.3):g}" in shown
    assert main([*words, "--json"]) == 0
    first = json.loads(capsys.readouterr().out)["values"][0]
    assert first == {
        "x": 0.0,
        "y": 0.0,
        "slope": math.tanh(-0.3),
        "slope_error": 1e-12,
        "outcome": "ok",
    }


def test_show_and_the_page_of_a_run_have_the_same_numbers(tilted, place, capsys):
    number = f"{math.tanh(0.1):.12f}"  # at x = 1/2, y = 1
    assert main(["show", tilted.store.id[:6], "--catalogue", str(place)]) == 0
    assert number in capsys.readouterr().out
    assert main(["show", tilted.store.id, "--show", "profile=4", "--catalogue", str(place)]) == 0
    assert "profile[4]" in capsys.readouterr().out
    assert number in page_of(tilted)


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ("slop", "`show` must name an output, one of slope, profile, but is 'slop'."),
        ("profile=3", "`show` must choose one of k = 1, 2, 4, but is 'profile=3'."),
        ("profile=1,2", "`show` must choose a value of k for `profile`, but is 'profile=1,2'."),
        ("slope=1", "`show` must name `slope` alone, which is one number a point, but is 'slope=1'."),
    ],
)
def test_output_that_there_is_not_is_refused_before_anything_is_computed(
    place, reference, capsys, no_execution, chosen, complaint
):
    words = ["sweep", reference("TILTED"), "--axis", "x=0,1", "--catalogue", str(place)]
    assert main([*words, "--show", chosen]) == 2
    assert capsys.readouterr().err == f"wellposed: {complaint}\n"
    assert not place.exists()


def test_output_is_chosen_of_sweeps_alone(place, reference, job_of, answered, capsys):
    job = answered(job_of("boundary", reference("TILTED"), along="x", catalogue=place))
    assert main(["show", job.store.id, "--show", "slope", "--catalogue", str(place)]) == 2
    assert "of the kind boundary" in capsys.readouterr().err


@pytest.mark.parametrize("chosen", [["slope="], ["=1"], [""]])
def test_no_choice_at_all_is_refused_too(tilted, chosen):
    with pytest.raises(RequestError, match="`show` must"):
        value_tables(tilted.answer(), chosen)


def test_experiment_without_a_single_number_shows_what_has_the_fewest_coordinates(place, job_of):
    job = job_of("sweep", "wave.parts", axes={"beta": [0.0, 0.25]}, catalogue=place)
    (table,) = value_tables(job.answer())
    header = rows_of(table)[0]
    assert header[:3] == ["beta", "quantity", "exponent"]
    assert "profile" not in header


def test_only_sweeps_have_outputs_to_choose():
    assert [name for name, kind in KINDS.items() if kind.values is not None] == ["sweep"]
