"""A line on which the sign changes several times, or by chance, is told as that wherever it is told."""

import json
import re

import pytest

from wellposed.flows.cli.main import main
from wellposed.flows.kinds import KINDS
from wellposed.flows.presentation.documents import boundaries_as_dataset
from wellposed.flows.report.boundary_table import boundary_table
from wellposed.flows.report.judged import judged_lines
from wellposed.flows.report.report import report

WAVES = [-0.75, 1.25, 3.25, 5.25]


@pytest.fixture(scope="module")
def found(tmp_path_factory, answered, job_of):
    """A catalogue, and the finished searches in it by the name of their experiment."""
    place = tmp_path_factory.mktemp("catalogue")
    asked = {
        "WAVES": {"y": [0.0, 1.0]},
        "NOISY": {"y": [0.0, 1.0]},
        "PARABOLA": {"y": [-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0]},
        "UNSURE": {"y": [0.0]},
    }
    file = __file__.replace("test_several_changes", "experiments")

    def job(name, axes):
        ends = (-1.0, 1.0) if name == "PARABOLA" else None
        fields = {"along": "x", "axes": axes, "between": ends, "catalogue": place}
        return answered(job_of("boundary", f"{file}:{name}", **fields))

    return place, {name: job(name, axes) for name, axes in asked.items()}


def text_of(job):
    return "\n".join(str(table) for table in KINDS["boundary"].tables(job))


def test_all_changes_of_sign_are_shown_in_the_table_and_in_json(found):
    job = found[1]["WAVES"]
    rows = [line.split() for line in text_of(job).splitlines()]
    assert rows[0] == ["y", "n", "x_c", "±", "error", "change", "of", "sign", "points", "no", "answer"]
    assert [float(row[2]) for row in rows[1:]] == pytest.approx(2 * WAVES, abs=1e-6)
    assert [row[4:7] for row in rows[1:5]] == [[str(i), "of", "4"] for i in (1, 2, 3, 4)]
    for line in KINDS["boundary"].document(job)["boundaries"]:
        assert line["sign_changes"] == 4
        assert [zero["position"] for zero in line["zeros"]] == pytest.approx(WAVES, abs=1e-6)


def test_the_log_and_the_conclusion_say_that_the_boundary_is_the_lowest_of_several(found):
    job = found[1]["WAVES"]
    first, _ = KINDS["boundary"].lines(job)
    others = r"1\.2500000 ± \S+, 3\.2500000 ± \S+ and 5\.2500000 ± \S+"
    assert re.fullmatch(
        rf"Found: x_c = -0\.7500000 ± \S+ at y = 0: the lowest of 4 changes of sign, the others at {others}",
        first,
    )
    assert KINDS["boundary"].counted([job]) == (
        "Boundaries: 2 located; several changes of sign on 2 of 2 lines"
    )
    assert boundaries_as_dataset([job.answer()], {})["sign_changes"].values.tolist() == [4, 4]


def test_noise_of_which_the_error_tells_nothing_is_unresolved_with_the_reason(found):
    job = found[1]["NOISY"]
    text, (first, second) = text_of(job), job.answer().lines
    assert (first.outcome, second.outcome) == ("unresolved", "unresolved")
    assert not KINDS["boundary"].is_decided(job)
    assert "unresolved in [-2, 6]" in text
    assert re.search(
        r"Unresolved at y = 0: \d+ changes? of sign .* experiment states too small an error", text
    )
    assert first.sign_changes > 1
    assert f"{first.sign_changes} seen" in text


def test_the_report_tells_them_and_merges_neighbours_alone(found, tmp_path):
    place, jobs = found
    text = report(place, tmp_path / "report").read_text("utf-8")
    assert "lowest of 4" in text
    assert "y = 0: the lowest of 4 changes of sign, the others at 1.2500000 ± 5·10⁻⁷" in text
    assert "the experiment states too small an error" in text
    table = boundary_table(judged_lines([jobs["PARABOLA"].answer()]))
    # at both ends there is none, and every boundary between is found twice, at lines that are no neighbours
    assert {tuple(row.where) for row in table.rows} == {
        (at,) for at in ("−1", "−0.75", "−0.5", "−0.25", "0", "0.25", "0.5", "0.75", "1")
    }
    assert all(row.lines == 1 for row in table.rows)


def test_lines_between_which_all_agree_share_a_row(found):
    lines = [one for one in judged_lines([found[1]["PARABOLA"].answer()]) if abs(one.line.point["y"]) != 0.25]
    assert {tuple(row.where) for row in boundary_table(lines).rows} >= {("−1",), ("1",)}
    ends = [one for one in lines if abs(one.line.point["y"]) == 1.0]
    (row,) = boundary_table(ends).rows
    assert (row.where, row.outcome, row.lines) == (["−1 to 1 (2)"], "none", 2)


def test_nothing_published_has_no_column(found):
    assert "paper" not in text_of(found[1]["PARABOLA"])


def test_points_that_stay_unresolved_beside_a_located_boundary_are_no_failure(
    found, reference, prefect_server, capsys
):
    place = str(found[0])
    asked = ["boundary", reference("UNSURE"), "--along", "x", "--catalogue", place, "--quiet"]
    assert found[1]["UNSURE"].store.totals()["unresolved"] > 0
    assert main([*asked, "--axis", "y=0"]) == 0
    assert capsys.readouterr().err == ""
    assert main([*asked, "--axis", "y=1"]) == 1
    assert "is unresolved: not fine enough here" in capsys.readouterr().err


def test_large_integers_are_what_was_asked(tmp_path, answered, job_of, reference):
    asked = [9007199254740993, 9007199254740992, 2**63 - 1]
    job = answered(job_of("sweep", reference("WAVES"), axes={"n": asked}, catalogue=tmp_path))
    stored = job.store.dataset()
    assert stored["n"].values.tolist() == sorted(asked)
    assert stored["last"].values.tolist() == [992, 993, 807]
    assert "n=9007199254740992,9007199254740993,9223372036854775807" in job.title
    again = job_of("sweep", reference("WAVES"), axes=[f"n={','.join(map(str, asked))}"], catalogue=tmp_path)
    assert again.store.id == job.store.id
    assert json.loads(json.dumps(job.request()))["axes"]["n"] == sorted(asked)
    lines = answered(
        job_of(
            "boundary",
            reference("PARABOLA"),
            along="x",
            axes={"n": range(2**53, 2**53 + 6)},
            catalogue=tmp_path,
        )
    )
    told = boundaries_as_dataset([lines.answer()], {})
    assert told["n"].values.tolist() == list(range(2**53, 2**53 + 6))
