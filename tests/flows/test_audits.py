"""Claims against measurements: a small family of claims about the tilted edge, and those of the papers."""

from __future__ import annotations

import dataclasses
import html
import math
import re
from pathlib import Path

import numpy as np
import pytest
from markdown_it import MarkdownIt

import wellposed
from wellposed import catalog
from wellposed.errors import RequestError
from wellposed.flows.cli.main import main
from wellposed.flows.kinds.audit import AuditJob, AuditRequest
from wellposed.flows.kinds.questions import jobs_of, request_of
from wellposed.flows.kinds.sweep import SweepRequest, canonical_sweep
from wellposed.flows.presentation.tables import register_table
from wellposed.kinetics import EXPERIMENTS, FAMILIES, statement
from wellposed.kinetics.claim import Claim, Verdict
from wellposed.kinetics.family import Family
from wellposed.kinetics.law import Linear
from wellposed.kinetics.study import Audit, question
from wellposed.sweeps.answers.assessment import as_dataset, assess, at_boundary
from wellposed.sweeps.experiments.families import find_audit
from wellposed.sweeps.experiments.find import find_experiment, locate

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
    claim("(6)", "≤", Linear(1.0), from_below=True),
)


AXES = {"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0]}

AUDIT = Audit(
    "Audit of the edge",
    (
        question("boundary", TILTED, along="x", axes={"y": [0.0]}),
        question("boundary", TILTED, along="x", axes={"y": [1.0]}),
        question("sweep", TILTED, axes=AXES),
        question("sweep", FRAGILE, axes={**AXES, "shape": ["tilted"]}),
    ),
    "Slopes.",
)

EDGE = Family("test", "The edge", "nobody", [find_experiment(TILTED)], CLAIMS, audit=AUDIT)


def job_of_audit(family: Family, catalogue: Path) -> AuditJob:
    request = AuditRequest(family.name, catalogue)
    return AuditJob(family, family.audit, jobs_of(family.audit.questions, request, locate), str(catalogue))


@pytest.fixture(scope="module")
def audit_job(tmp_path_factory, answered):
    return answered(job_of_audit(EDGE, tmp_path_factory.mktemp("catalogue")))


def test_every_claim_that_is_measured_gets_a_verdict(audit_job):
    found = {one.claim.equation: one for one in audit_job.assessed}
    assert list(found) == ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "Remark 7"]
    assert found["(4)"].verdict == Verdict.UNRESOLVED  # as nothing is measured
    assert found["(4)"].measurements == []
    # (6) is measured from below: it could be violated, and is not
    assert found["(6)"].verdict == Verdict.UNRESOLVED
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


def test_no_boundary_at_all_violates_a_printed_threshold(tmp_path, job_of, answered):
    job = answered(job_of("boundary", TILTED, along="x", catalogue=tmp_path))
    answer = job.answer()
    line = answer.lines[0]
    assert answer.sign(line) == -1
    threshold = job.experiment.thresholds[0]
    none = type(line)(line.point, math.nan, math.nan, math.nan, "none", 3, 0, 0)
    unresolved = type(line)(line.point, math.nan, math.nan, math.nan, "unresolved", 3, 2, 1)
    assert at_boundary(answer, line, threshold).verdict == Verdict.HOLDS_SHARP
    assert at_boundary(answer, none, threshold).verdict == Verdict.VIOLATED
    assert at_boundary(answer, unresolved, threshold).verdict == Verdict.UNRESOLVED
    # where the paper only says that all is bounded below it, that all is bounded is no contradiction
    sufficient = dataclasses.replace(threshold, relation="≥")
    assert at_boundary(answer, line, sufficient).verdict == Verdict.HOLDS_SHARP
    assert at_boundary(answer, none, sufficient).verdict == Verdict.HOLDS_NOT_SHARP
    later = dataclasses.replace(sufficient, value=0.5)
    assert at_boundary(answer, line, later).verdict == Verdict.VIOLATED
    # and where it says that all is positive above, which contradicts a negative sign all along
    above = dataclasses.replace(threshold, relation="≤", value=0.5)
    assert at_boundary(answer, line, above).verdict == Verdict.HOLDS_NOT_SHARP
    assert at_boundary(answer, line, dataclasses.replace(above, value=0.2)).verdict == Verdict.VIOLATED
    assert at_boundary(answer, none, above).verdict == Verdict.VIOLATED


def test_table_and_page_say_what_was_found(audit_job):
    rows = {row[0]: dict(zip(audit_job.table.columns, row, strict=True)) for row in audit_job.table.rows}
    assert rows["(2)"]["verdict"] == "violated at 2"
    assert rows["(5)"]["points"] == "2 of 6"
    assert rows["Remark 7"]["measured"] == "0.3 to 0.4"
    page = audit_job.page()
    assert "| (2) | slope | 1/2 |" in page
    assert "- (3), slope: x = 0." in page
    assert str(audit_job.catalogue) not in page
    assert "wellposed sweep" in page


def test_a_register_tells_apart_the_verdicts_of_several_claims(audit_job):
    statements = [
        statement.claim("(1)", "one"),
        statement.claim("Lemma 2", "both", "(1)", "(2)", narrower="x ≤ 1"),
    ]
    rows = {row[0]: row for row in register_table(statements, audit_job.assessed).rows}
    assert rows["(1)"] == ["(1)", "one", "claim", "holds, not sharp"]
    assert rows["Lemma 2"][-1] == "(1): holds, not sharp; (2): violated; x ≤ 1"
    twice = [*audit_job.assessed, dataclasses.replace(audit_job.assessed[1], claim=CLAIMS[0])]
    (row,) = register_table(statements[:1], twice).rows
    assert row[-1] == "holds, not sharp (1), violated (1)"


def test_a_register_shows_mathematics_as_it_is_written():
    says = "‖G^[n](t)‖_∞ ≤ Σ_{j<k}|V_jk|*2*"
    row = statement.used("(1)", says, "in `a_module_of_ours`")
    cells = [html.unescape(cell) for cell in re.findall("<td>(.*?)</td>", rendered([row]))]
    assert cells == ["(1)", says, "used", "in <code>a_module_of_ours</code>"]
    for family in FAMILIES.values():
        assert not re.search(r"<(em|strong|a)\b", rendered(family.statements))


def rendered(statements) -> str:
    table = register_table(statements, []).markdown()
    return MarkdownIt("commonmark").enable("table").render(table)


def test_register_says_what_became_of_every_statement(audit_job):
    statements = [
        statement.definition("(0)", "x"),
        statement.claim("Theorem 1", "all of it", "(1)", "(2)", "(3)", "(5)", narrower="at three x"),
        statement.claim("(4)", "f(x)", "(4)", "(6)"),
        statement.misprint("Remark 7", "1/4", "1/3", "the end is the same", "Remark 7"),
    ]
    family = dataclasses.replace(EDGE, statements=statements)
    page = dataclasses.replace(audit_job, family=family).page()
    assert "4 statements: 2 claim; 1 definition; 1 misprint." in page
    assert "| (0) | x | definition |  |" in page
    judged = "(1): holds, not sharp; (2): violated; (3): holds, not sharp; (5): holds, not sharp"
    assert f"| Theorem 1 | all of it | claim | {judged}; at three x |" in page
    assert "| (4) | f(x) | claim | (4): unresolved; (6): unresolved |" in page
    assert "| Remark 7 | 1/4 | misprint | violated; corrected: 1/3; the end is the same |" in page
    assert "## The register" not in audit_job.page()


def test_verdicts_are_stored_like_any_sweep(audit_job):
    (store,) = audit_job.stores
    chunk = next(path for path in Path(store.location).rglob("c/0") if path.is_file())
    before = store.manifest(), chunk.stat().st_mtime_ns
    audit_job.finish()
    assert (store.manifest(), chunk.stat().st_mtime_ns) == before  # written once
    stored = store.dataset().load()
    np.testing.assert_array_equal(stored["verdict"], [one.verdict for one in audit_job.assessed])
    second = stored.isel(measurement=stored["of_claim"].to_numpy() == 1)
    np.testing.assert_allclose(second["printed"], 0.5)
    assert sorted(second["x"].to_numpy().tolist()) == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    assert store.id in {one.id for one in catalog.open(audit_job.catalogue).stores("test.audit")}


def test_other_claims_are_stored_beside(audit_job):
    found = audit_job.answers
    moved = dataclasses.replace(CLAIMS[0], where={"shape": "tilted"}, from_below=True)
    experiments = [part.experiment for part in audit_job.parts]
    questions = [part.store.id for part in audit_job.parts]
    ids = {
        as_dataset("test", assess(claims, found.sweeps, found.boundaries), experiments, questions).attrs[
            "sweep_id"
        ]
        for claims in (CLAIMS, CLAIMS[:2], (moved, *CLAIMS[1:]))
    }
    assert len(ids) == 3
    assert audit_job.stores[0].id in ids


@pytest.mark.parametrize("name", [family.name for family in FAMILIES.values() if family.audit])
def test_audit_measures_every_claim(name):
    family, audit = find_audit(name)
    requests = [request_of(one) for one in audit.questions]
    sweeps = [
        canonical_sweep(one, locate(one.experiment)) for one in requests if isinstance(one, SweepRequest)
    ]
    for claim in family.claims:
        asked = [
            {**{name: [value] for name, value in sweep.fixed}, **dict(sweep.axes)}
            for sweep in sweeps
            if sweep.experiment == claim.experiment
        ]
        choices = {p.name for p in EXPERIMENTS[claim.experiment].parameters}
        assert any(
            all(value in values[name] for name, value in claim.where.items() if name in choices)
            for values in asked
        ), claim


def test_boltzmann_claims_that_fail_as_printed_are_found_out(tmp_path, answered):
    family, audit = find_audit("boltzmann")
    one = {"d": 2, "s": 0.3, "gamma": -0.25}
    questions = (
        question("sweep", "boltzmann.approximation", axes={"packing": ["regular", "densest"]}, fixed=one),
        question("sweep", "boltzmann.deflation", axes={"s": [0.3]}, fixed={"d": 2, "gamma": -0.25}),
    )
    asked = dataclasses.replace(family, audit=dataclasses.replace(audit, questions=questions))
    job = answered(job_of_audit(asked, tmp_path))
    judged = {}
    for one in job.assessed:
        judged.setdefault(one.claim.equation, []).append(one.verdict)
    violated = {equation for equation, verdicts in judged.items() if Verdict.VIOLATED in verdicts}
    # a constant is missing in the exponent, an index is wrong, an exponent is misprinted
    assert violated == {"(3.19)", "(3.39)", "(3.30)", "after (3.32)", "after (3.24)"}
    # with as many needles as there is room for
    for equation in ("(3.20)", "(3.22)", "(3.27)"):
        assert Verdict.HOLDS_NOT_SHARP in judged[equation]
    for equation in ("(3.13)", "(3.15)", "(3.16)", "(3.30) corrected", "(3.37)", "(3.38)"):
        assert Verdict.HOLDS_SHARP in judged[equation]


def test_command_judges_stores_and_writes_a_page(tmp_path, prefect_server, monkeypatch, capsys):
    questions = (
        question("boundary", TILTED, along="x", axes={"y": [0.0]}),
        question("sweep", TILTED, axes={"x": [0.0, 1.0]}),
    )
    audit = dataclasses.replace(AUDIT, questions=questions)
    monkeypatch.setitem(FAMILIES, "edge", Family("edge", "The edge", "nobody", (), CLAIMS[:2], audit=audit))
    command = ["audit", "edge", "--catalogue", str(tmp_path / "results")]
    assert main(command) == 0
    first = capsys.readouterr()
    assert "violated at 1" in first.out
    page = tmp_path / "results" / "audit-edge.md"
    assert "violated at 1" in page.read_text()
    (store,) = catalog.open(tmp_path / "results").stores("edge.audit")
    assert store.id in first.out

    page.unlink()
    page.mkdir()  # cannot be written
    assert main(command) == 0
    second = capsys.readouterr()
    assert "nothing was computed" in second.out
    assert f"{page} cannot be written" in second.err
    assert wellposed.audit("edge", tmp_path / "results")["verdict"].values.tolist() == [2, 3, 1]


def test_unknown_audit_is_refused():
    with pytest.raises(RequestError, match="There is no audit `wind`; there is wave, "):
        find_audit("wind")
