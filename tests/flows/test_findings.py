"""Tables and words of what was found, and the studies that ask for it."""

from pathlib import Path

import numpy as np
import pytest

from wellposed.errors import RequestError
from wellposed.flows.kinds import KINDS, narration
from wellposed.flows.kinds.job import troubles as job_troubles
from wellposed.flows.kinds.questions import canonical_ids
from wellposed.flows.presentation import documents, log
from wellposed.flows.presentation.tables import boundary_table
from wellposed.flows.report.boundary_table import boundary_table as table_of_report
from wellposed.flows.report.figures import of_cuts
from wellposed.flows.report.judged import judged_lines
from wellposed.sweeps.experiments.families import find_study, studies

EXPERIMENTS = Path(__file__).with_name("experiments.py")
TILTED, MOODY = f"{EXPERIMENTS}:TILTED", f"{EXPERIMENTS}:MOODY"


def test_table_has_a_row_for_each_line_and_names_the_source_of_what_is_not_found(tmp_path, answered, job_of):
    axes = {"y": [0.0, 1.0], "shape": ["tilted", "flat"]}
    job = answered(job_of("boundary", TILTED, along="x", axes=axes, catalogue=tmp_path))
    table = boundary_table([job.answer()])
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert [(row["shape"], row["y"]) for row in rows] == [
        ("tilted", "0"),
        ("flat", "0"),
        ("tilted", "1"),
        ("flat", "1"),
    ]
    assert rows[0]["paper"] == "3/10"
    assert rows[1]["x_c"] == "none in [0, 1]"
    assert rows[1]["paper"] == ""
    # The paper has 3/10 for all y, which is wrong here.
    assert float(rows[2]["x_c"]) == pytest.approx(0.4, abs=1e-6)
    assert rows[2]["paper"] == "3/10 (Remark 7)"


def test_a_line_of_which_every_point_failed_is_not_called_unresolved(tmp_path, answered, job_of, monkeypatch):
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0")
    job = answered(job_of("boundary", MOODY, along="x", catalogue=tmp_path))
    answer = job.answer()
    table = boundary_table([answer])
    (row,) = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    assert row["x_c"] == "failed in [0, 1]"
    assert row["no answer"] == row["points"] != "0"
    assert KINDS["boundary"].counted([job]) == "Boundaries: 1 failed"
    assert any("failed boundary in x from 0 to 1" in line for line in KINDS["boundary"].lines(job))
    (document,) = documents.of_boundaries([answer])
    assert (document["outcome"], document["said"]) == ("unresolved", "failed")
    lines = judged_lines([answer])
    assert table_of_report(lines).rows[0].outcome == "failed"
    assert of_cuts("failing", lines).caption.endswith("No point on them is resolved.")


@pytest.mark.parametrize("study", studies().values(), ids=lambda study: study.name)
def test_study_asks_only_what_is_allowed(study):
    ids = canonical_ids(study.questions)
    assert len(set(ids)) == len(ids) == len(study.questions)


def test_unknown_study_is_refused():
    with pytest.raises(
        RequestError, match=r"There is no study `wind`; .*there is atlas-dispersion, .*, wave, "
    ):
        find_study("wind")


def test_no_more_reasons_are_read_than_are_shown(tmp_path, answered, job_of, monkeypatch):
    monkeypatch.setenv("WELLPOSED_TEST_FAILS_FROM", "0")
    axes = {"x": np.linspace(0, 1, 50).tolist()}
    job = answered(job_of("sweep", MOODY, axes=axes, catalogue=tmp_path))
    read = []

    def troubles(job):
        for reason in job_troubles(job):
            read.append(reason)
            yield reason

    monkeypatch.setattr(narration, "troubles", troubles)
    *reasons, last = narration.unanswered(job)
    assert reasons == read
    assert len(reasons) == log.MAX_LINES
    assert last == "and 10 more"
