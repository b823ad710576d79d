"""Claims against measurements: a small family of claims about the tilted edge, and those of the papers."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import catalog
from flows.assessment import _at_boundary, as_dataset, assess
from flows.audits import AUDITS, Audit, find_audit
from flows.study import SearchRequest, Study, SweepRequest
from kinetics.claim import Claim, Verdict
from kinetics.law import Linear
from sweeps.grid import RequestError

TILTED = f"{Path(__file__).with_name('experiments.py')}:TILTED"
FRAGILE = f"{Path(__file__).with_name('experiments.py')}:FRAGILE"


def claim(equation: str, relation: str, printed: Linear, experiment: str = "test.tilted", **more) -> Claim:
    return Claim(equation, "slope", relation, printed, experiment, "slope", **more)


CLAIMS = (
    # the slope is tanh(x - 0.3 - y/10), so it lies between tanh(-0.4) and tanh(0.7)
    claim("(1)", "≤", Linear(1.0)),
    claim("(2)", "≤", Linear(0.5)),
    claim("(3)", "≲", Linear(0.0, {"x": 1.0}), domain=lambda point: point["x"] == 0.0, condition="x = 0"),
    claim("(4)", "=", Linear(0.0), where={"shape": "flat"}),
    claim("(5)", "≤", Linear(1.0), "test.fragile"),
)


@pytest.fixture(scope="module")
def audit_job(tmp_path_factory, answered):
    axes = {"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0]}
    audit = Audit(
        "test",
        CLAIMS,
        Study(
            "Audit of the edge",
            searches=(
                SearchRequest(TILTED, "x", {"y": [0.0]}),
                SearchRequest(TILTED, "x", {"y": [1.0]}),
            ),
            sweeps=(SweepRequest(TILTED, axes), SweepRequest(FRAGILE, {**axes, "shape": ["tilted"]})),
        ),
        "Slopes.",
    )
    job = audit.prepare(tmp_path_factory.mktemp("catalogue"))
    for one in job.jobs:
        answered(one)
    return job


def test_every_claim_that_is_measured_gets_a_verdict(audit_job):
    found = {one.claim.equation: one for one in audit_job.assessed}
    assert list(found) == ["(1)", "(2)", "(3)", "(5)", "Remark 7"]  # of (4) nothing is measured
    assert found["(1)"].verdict == Verdict.HOLDS_NOT_SHARP
    assert found["(1)"].excess == pytest.approx((math.tanh(-0.4) - 1.0, math.tanh(0.7) - 1.0))
    assert found["(2)"].verdict == Verdict.VIOLATED
    assert found["(2)"].count(Verdict.VIOLATED) == 2  # at x = 1
    assert {one.point["x"] for one in found["(3)"].measurements} == {0.0}
    # x = 1 fails and y = 1 is not resolved there
    assert found["(5)"].count(Verdict.UNRESOLVED) == 4
    assert found["(5)"].verdict == Verdict.HOLDS_NOT_SHARP


def test_printed_threshold_is_a_claim_and_is_violated_where_the_boundary_lies_elsewhere(audit_job):
    threshold = audit_job.assessed[-1]
    assert [one.verdict for one in threshold.measurements] == [Verdict.HOLDS_SHARP, Verdict.VIOLATED]
    assert threshold.measurements[1].measured == pytest.approx(0.4, abs=1e-6)
    assert threshold.verdict == Verdict.VIOLATED


def test_no_boundary_at_all_violates_a_printed_threshold(tmp_path, answered):
    study = Study("", searches=(SearchRequest(TILTED, "x", {}, {"shape": "tilted", "y": 0.0}),), sweeps=())
    (job,) = study.prepare(tmp_path)
    answered(job)
    line = job.lines()[0]
    threshold = job.experiment.thresholds[0]
    none = type(line)(line.point, math.nan, math.nan, math.nan, "none", 3, 0)
    unresolved = type(line)(line.point, math.nan, math.nan, math.nan, "unresolved", 3, 2)
    assert _at_boundary(line, threshold).verdict == Verdict.HOLDS_SHARP
    assert _at_boundary(none, threshold).verdict == Verdict.VIOLATED
    assert _at_boundary(unresolved, threshold).verdict == Verdict.UNRESOLVED


def test_table_and_page_say_what_was_found(audit_job):
    rows = {row[0]: dict(zip(audit_job.table.columns, row, strict=True)) for row in audit_job.table.rows}
    assert rows["(2)"]["verdict"] == "violated at 2"
    assert rows["(5)"]["points"] == "2 of 6"
    assert rows["Remark 7"]["measured"] == "0.3 to 0.4"
    page = audit_job.markdown()
    assert "| (2) | slope | 1/2 |" in page
    assert "- (3), slope: x = 0." in page
    assert str(audit_job.catalogue) not in page
    assert "wellposed run" in page


def test_verdicts_are_stored_like_any_sweep(audit_job):
    store = audit_job.store()
    assert audit_job.store().manifest() == store.manifest()  # written once
    stored = store.dataset().load()
    np.testing.assert_array_equal(stored["verdict"], [one.verdict for one in audit_job.assessed])
    second = stored.isel(measurement=stored["of_claim"].to_numpy() == 1)
    np.testing.assert_allclose(second["printed"], 0.5)
    assert sorted(second["x"].to_numpy().tolist()) == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    assert store.id in {one.id for one in catalog.open(audit_job.catalogue).stores("test.audit")}


def test_other_claims_are_stored_beside(audit_job):
    first = as_dataset("test", audit_job.assessed, audit_job.jobs)
    other = as_dataset("test", assess(CLAIMS[:2], audit_job.jobs), audit_job.jobs)
    assert first.attrs["sweep_id"] != other.attrs["sweep_id"]


@pytest.mark.parametrize("name", AUDITS)
def test_audit_measures_every_claim(name, tmp_path):
    audit = find_audit(name)
    jobs = audit.prepare(tmp_path).jobs
    swept = {job.experiment.name for job in jobs if job.kind == "sweep"}
    assert {claim.experiment for claim in audit.claims} <= swept


def test_unknown_audit_is_refused():
    with pytest.raises(RequestError, match="There is no audit `wind`; there is wave"):
        find_audit("wind")
