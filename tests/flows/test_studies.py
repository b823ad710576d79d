"""A study holds questions of any kind; what it finds is stored, shown and drawn."""

import dataclasses
import importlib.util
import json
from pathlib import Path

import pytest

from wellposed.errors import FlowError, Unresolved
from wellposed.flows.cli import questions
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.narration import concluded, page_of
from wellposed.flows.kinds.request import made
from wellposed.kinetics import EXPERIMENTS, FAMILIES
from wellposed.kinetics.family import Family
from wellposed.kinetics.study import Audit, Study, question
from wellposed.sweeps.experiments.families import find_study, studies
from wellposed.sweeps.experiments.find import locate


@pytest.fixture
def study(monkeypatch):
    """A study of a family of the test's own: a boundary, a curve and a grid."""
    path = Path(__file__).with_name("experiments.py")
    spec = importlib.util.spec_from_file_location("studied_experiments", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    experiment = dataclasses.replace(module.TILTED, name="mine.tilted")
    made_of = (
        question("boundary", "mine.tilted", along="x", axes={"y": [0.0, 1.0]}, tolerance=1e-3),
        question(
            "curve", "mine.tilted", along="x", across="y", over=(0.0, 1.0), tolerance=1e-2, coarse=4, depth=1
        ),
        question("sweep", "mine.tilted", axes={"x": [0.0, 0.5, 1.0], "y": [0.0, 1.0]}),
    )
    family = Family(
        "mine", "Edges", "nobody", (experiment,), studies=(Study("edges", "Where edges are", made_of),)
    )
    monkeypatch.setitem(FAMILIES, "mine", family)
    return find_study("edges")


def prepared(place):
    return KINDS["study"].job(made(KINDS["study"].request, {"name": "edges", "catalogue": place}), locate)


def test_a_study_holds_a_curve(study, tmp_path, answered):
    job = answered(prepared(tmp_path))
    document = KINDS["study"].document(job)
    assert [line["outcome"] for line in document["boundaries"]] == ["located", "located"]
    (curve,) = document["curves"]
    assert curve["outcome"] == "located"
    assert len(curve["vertices"]) >= 4
    assert {path.name for path in tmp_path.glob("edges.*")} == {"edges.png", "edges.svg"}
    assert len(KINDS["study"].tables(job)) == 2
    assert "## Curve" in page_of(job)
    assert concluded(job).startswith("3 questions; Boundaries: 2 located; Curve: located")


def test_a_study_that_is_stored_is_told_from_the_store(study, tmp_path, answered):
    first = answered(prepared(tmp_path))
    again = prepared(tmp_path)
    assert not any(part.pending for part in again.parts)
    again.finish()
    again.draw()
    assert KINDS["study"].document(again) == KINDS["study"].document(first)
    assert again.result().sizes["line"] == 2
    assert set(again.result()["curve_across"].to_numpy().tolist()) == {"y"}
    assert again.result()["published_in"].to_numpy().tolist() == ["Remark 7", "Remark 7"]


def test_points_that_are_unresolved_by_design_do_not_fail_a_study_and_failed_ones_do(
    study, tmp_path, answered, monkeypatch
):
    tilted = EXPERIMENTS["mine.tilted"]

    def coarse(x, y, shape):
        if y == 1.0:
            raise Unresolved("not fine enough here")
        return tilted.evaluate(x, y, shape)

    def status(evaluate, place, lines):
        experiment = dataclasses.replace(tilted, evaluate=evaluate)
        asked = (
            question("boundary", "mine.tilted", along="x", axes={"y": lines}, tolerance=1e-3),
            question("sweep", "mine.tilted", axes={"x": [0.0, 0.5], "y": [0.0, 1.0]}),
        )
        studies = (dataclasses.replace(study, questions=asked),)
        family = dataclasses.replace(FAMILIES["mine"], experiments=(experiment,), studies=studies)
        monkeypatch.setitem(FAMILIES, "mine", family)
        request = made(KINDS["study"].request, {"name": "edges", "catalogue": tmp_path / place})
        answered(KINDS["study"].job(request, locate))
        found = questions.answered(KINDS["study"], request)
        return found.status, len(found.complaints)

    def failing(x, y, shape):
        return {**tilted.evaluate(x, y, shape), "slope_error": -1.0 if y == 1.0 else 1e-9}

    assert status(coarse, "by-design", [0.0, 0.5]) == (0, 0)
    assert status(coarse, "undecided", [0.0, 1.0])[0] == 1
    assert status(failing, "failing", [0.0, 0.5]) == (1, 2)


def test_a_study_without_such_a_kind_is_refused(study, tmp_path, monkeypatch):
    wrong = dataclasses.replace(study, questions=(question("guess", "mine.tilted"),))
    family = dataclasses.replace(FAMILIES["mine"], studies=(wrong,))
    monkeypatch.setitem(FAMILIES, "mine", family)
    with pytest.raises(
        ValueError, match="one of the kinds sweep, boundary, curve, study, audit, but is a 'guess'"
    ):
        prepared(tmp_path)


def test_every_question_of_every_study_and_audit_is_one_that_its_kind_takes():
    from wellposed.flows.kinds.questions import canonical_ids, request_of

    audits = [family.audit for family in FAMILIES.values() if family.audit]
    for held in (*studies().values(), *audits):
        assert len({str(request_of(one)) for one in held.questions}) == len(held.questions)
        ids = canonical_ids(held.questions)
        assert len(set(ids)) == len(ids) == len(held.questions)


def test_a_study_with_the_name_of_a_file_elsewhere_or_without_questions_is_refused():
    with pytest.raises(ValueError, match="letters, digits and dashes"):
        Study("../edges", "Where edges are", (question("sweep", "mine.tilted"),))
    with pytest.raises(ValueError, match="at least one question"):
        Study("edges", "Where edges are", ())
    asked = (question("sweep", "mine.tilted"),)
    with pytest.raises(ValueError, match=r"at least one picture, but has \(\)"):
        Study("edges", "Where edges are", asked, pictures=())
    with pytest.raises(ValueError, match="a sequence of at least one picture, but has 'planes'"):
        Study("edges", "Where edges are", asked, pictures="planes")


def test_a_question_does_not_say_how_it_is_computed(study, tmp_path, monkeypatch):
    wrong = dataclasses.replace(study, questions=(question("sweep", "mine.tilted", time_limit=5.0),))
    monkeypatch.setitem(FAMILIES, "mine", dataclasses.replace(FAMILIES["mine"], studies=(wrong,)))
    with pytest.raises(ValueError, match="must not say `time_limit`"):
        prepared(tmp_path)


def test_an_audit_holds_a_curve_and_one_without_anything_to_judge_is_refused(
    study, tmp_path, answered, monkeypatch
):
    curve = next(one for one in study.questions if one.kind == "curve")

    def audited(*asked):
        family = dataclasses.replace(FAMILIES["mine"], audit=Audit("Audit of edges", asked))
        monkeypatch.setitem(FAMILIES, "mine", family)
        request = made(KINDS["audit"].request, {"name": "mine", "catalogue": tmp_path})
        return KINDS["audit"].job(request, locate)

    job = answered(audited(study.questions[0], curve))
    assert KINDS["audit"].document(job)["curves"][0]["outcome"] == "located"
    assert "## Curve" in (tmp_path / "audit-mine.md").read_text("utf-8")
    with pytest.raises(FlowError, match="nothing to judge"):
        answered(audited(curve))


def test_figure_of_a_study_that_cannot_be_drawn_costs_no_answer(tmp_path, monkeypatch, capsys):
    asked = made(KINDS["study"].request, {"name": "wave-boundaries", "catalogue": str(tmp_path)})
    job = dataclasses.replace(KINDS["study"].job(asked, locate), parts=())

    class Findings:
        @property
        def pngs(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(job), "findings", property(lambda _: Findings()))
    job.draw()
    assert capsys.readouterr().err == (
        "wellposed: The figure of wave-boundaries is not drawn: OSError: [Errno 28] No space left on device\n"
    )


def test_table_of_a_study_is_shown_before_its_picture_is_drawn(
    study, tmp_path, answered, monkeypatch, capsys
):
    request = made(KINDS["study"].request, {"name": "edges", "catalogue": tmp_path})
    answered(KINDS["study"].job(request, locate))
    found = questions.answered(KINDS["study"], request)
    drawn = found.draw

    def draw():
        shown.append(capsys.readouterr().out)
        return drawn()

    shown = []
    dataclasses.replace(found, draw=draw).tell(as_json=False, is_brief=False)
    (before,) = shown
    assert "tilted  0  0.3000" in before
    assert "Figure: " not in before
    after = capsys.readouterr().out
    assert after.startswith(f"\nFigure: {tmp_path}/edges")
    assert "Open it in Python:" in after
    found.tell(as_json=True, is_brief=True)
    told = json.loads(capsys.readouterr().out)
    assert told["figures"][:2] == [f"{tmp_path}/edges.png", f"{tmp_path}/edges.svg"]
