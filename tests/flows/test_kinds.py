"""Laws that every kind of question obeys, and one that does not come with wellposed obeys too."""

import dataclasses
import importlib.util
import inspect
import json
import shlex
import sys
from pathlib import Path

import pytest
import xarray as xr

import wellposed
from wellposed import catalog
from wellposed.errors import RequestError
from wellposed.flows.cli.answer import Answer, as_plain_json
from wellposed.flows.cli.main import main
from wellposed.flows.cli.questions import command_for
from wellposed.flows.deploy.flows import flows
from wellposed.flows.deploy.form import signature_of
from wellposed.flows.deploy.registration import deployments
from wellposed.flows.execution.block import run_block
from wellposed.flows.execution.complete import complete
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.command import command_of
from wellposed.flows.kinds.request import as_json, fields_of, made
from wellposed.kinetics import FAMILIES
from wellposed.kinetics.claim import Claim
from wellposed.kinetics.family import Family
from wellposed.kinetics.law import Linear
from wellposed.kinetics.study import Audit, Study, question
from wellposed.sweeps.experiments.find import locate

HERE = Path(__file__).parent
TILTED = f"{HERE / 'experiments.py'}:TILTED"


def _loaded(name):
    """A module beside this one."""
    spec = importlib.util.spec_from_file_location(f"wellposed_tests_{name}", HERE / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FOURTH = _loaded("fourth_kind").KIND

EVERY_KIND = {**KINDS, FOURTH.name: FOURTH}

every_kind = pytest.mark.parametrize("kind", EVERY_KIND.values(), ids=list(EVERY_KIND))

GRID = {"x": [0.0, 0.25, 0.5, 1.0], "y": [0.0, 0.25, 1.0]}

REQUESTS = {
    "sweep": {"experiment": TILTED, "axes": GRID, "fixed": {"shape": "flat"}},
    "boundary": {"experiment": TILTED, "along": "x", "axes": {"y": [0.0, 0.5, 1.0]}, "tolerance": 1e-3},
    "curve": {
        "experiment": TILTED,
        "along": "x",
        "across": "y",
        "over": (0.0, 1.0),
        "tolerance": 1e-2,
        "coarse": 5,
    },
    "study": {"name": "edge"},
    "audit": {"name": "edge"},
    "extremum": {"experiment": TILTED, "axes": GRID},
}
"""What each kind is asked by its name; the study and the audit are those of `edge`."""

TEXTS = {
    "sweep": [f"{TILTED} --axis x=0:1:5 --axis y=0,1 --set shape=flat", f"{TILTED} --axis 'x=geom(0.1,1,3)'"],
    "boundary": [
        f"{TILTED} --along x",
        f"{TILTED} --along x --axis y=0,1 --set shape=flat --tolerance 0.001 --between 0.1:0.9 --coarse 5 "
        "--no-neighbours --fill 2",
    ],
    "curve": [
        f"{TILTED} --along x --axis y",
        f"{TILTED} --along x --axis y=0.1:0.9 --set shape=flat --tolerance 0.01 --coarse 3 --depth 0 "
        "--between 0.2:0.8 --most 50",
    ],
    "study": ["edge"],
    "audit": ["edge"],
    "extremum": [f"{TILTED} --axis x=0:1:5 --set shape=flat"],
}
"""The words of commands, in the order in which wellposed writes them."""


@pytest.fixture(autouse=True)
def edge(monkeypatch):
    """The fourth kind, and a family with a study and an audit, are there for all that is called here."""
    monkeypatch.setitem(KINDS, FOURTH.name, FOURTH)
    questions = (
        question("boundary", TILTED, along="x", axes={"y": [0.0, 1.0]}, tolerance=1e-3),
        question("sweep", TILTED, axes=GRID),
    )
    claims = (Claim("(1)", "slope", "≤", Linear(0.5), "test.tilted", "slope"),)
    study = Study("edge", "The edge is where it is", questions)
    family = Family(
        "edge", "The edge", "nobody", (), claims, [study], Audit("The edge", questions, "Slopes.")
    )
    monkeypatch.setitem(FAMILIES, "edge", family)


@pytest.fixture
def request_of_command(monkeypatch):
    """The request that the words of a command stand for."""

    def request(words):
        caught = []

        def answered(kind, request, shown):
            caught.append(request)
            return Answer("", {})

        monkeypatch.setattr("wellposed.flows.cli.questions.answered", answered)
        assert main(words) == 0
        return caught[0]

    return request


def requested(kind, **fields):
    return made(kind.request, {**REQUESTS[kind.name], **fields})


def job_at(kind, place):
    """The job of a kind with its place in a catalogue."""
    return kind.job(requested(kind, catalogue=str(place)), locate)


def contents(place):
    """Every byte of a catalogue, but of manifests, which tell the time."""
    return {
        path.relative_to(place): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and (path.suffix != ".json" or path.name == "zarr.json")
    }


def words_of(text):
    """The words of a command after its name, but for what does not belong to the question."""
    words = shlex.split(text.partition(" | ")[0])
    show = words.index("--show") if "--show" in words else len(words)
    words = [*words[:show], *words[show + 2 :]]
    return [word for word in words[1:] if word not in ("--explain", "--json")]


@every_kind
def test_command_becomes_a_request_that_becomes_the_same_command(kind, request_of_command):
    for text in TEXTS[kind.name]:
        command = f"wellposed {kind.name} {text} --catalogue elsewhere"
        assert command_of(kind, request_of_command(words_of(command))) == command


@every_kind
def test_examples_of_a_command_are_written_again_as_the_same_question(kind, request_of_command):
    assert kind.examples
    for text in kind.examples:
        asked = request_of_command(words_of(text))
        assert request_of_command(words_of(command_of(kind, asked))) == asked


@every_kind
def test_command_of_a_job_asks_for_the_same_job(kind, tmp_path, request_of_command):
    asked = job_at(kind, tmp_path)
    again = kind.job(request_of_command(words_of(asked.command)), locate)
    assert again.command == asked.command
    assert [part.store for part in again.parts] == [part.store for part in asked.parts]


@every_kind
def test_request_becomes_json_that_becomes_the_same_request(kind, request_of_command):
    asked = [requested(kind), requested(kind, recompute="failed", time_limit=2.5, cluster="big")]
    asked += [request_of_command([kind.name, *shlex.split(text)]) for text in TEXTS[kind.name]]
    for request in asked:
        assert made(kind.request, json.loads(json.dumps(as_json(request)))) == request


@every_kind
def test_python_the_command_and_the_form_take_the_same_fields(kind):
    fields = {one.name: one for one in fields_of(kind.request)}
    python = inspect.signature(getattr(wellposed, kind.name)).parameters
    command = inspect.signature(command_for(kind)).parameters
    form = signature_of(kind).parameters
    assert python.keys() == command.keys() - {"explain", "show"} == form.keys() == fields.keys()
    for name, one in fields.items():
        assert (python[name].default is inspect.Parameter.empty) == one.is_required
        assert (command[name].default is inspect.Parameter.empty) == one.is_required
        assert one.is_required or python[name].default == one.default
        assert one.description
        assert one.description in getattr(wellposed, kind.name).__doc__


@every_kind
def test_form_as_it_begins_is_a_question_that_can_be_asked(kind, tmp_path):
    shown = flows()[kind.name].parameters.properties
    begun = {name: one["default"] for name, one in shown.items()}
    assert all(one["description"] for one in shown.values())
    assert kind.job(made(kind.request, {**begun, "catalogue": str(tmp_path)}), locate).parts


@every_kind
def test_what_was_found_is_told_alike_when_it_is_read_again(kind, tmp_path, answered, request):
    computed = answered(job_at(kind, tmp_path))
    request.getfixturevalue("no_execution")
    stored = job_at(kind, tmp_path)
    assert not complete(stored)
    assert kind.document(stored) is not kind.document(computed)
    assert as_plain_json(kind.document(stored)) == as_plain_json(kind.document(computed))
    assert list(map(str, kind.tables(stored))) == list(map(str, kind.tables(computed))) != []
    assert list(kind.lines(stored)) == list(kind.lines(computed)) != []
    assert kind.is_decided(stored)
    xr.testing.assert_identical(stored.result().load(), computed.result().load())


@every_kind
def test_what_was_killed_is_completed_to_the_bytes_of_an_undisturbed_run(kind, tmp_path, answered):
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    answered(job_at(kind, undisturbed))
    part = job_at(kind, killed).parts[0]
    blocks = next(part.rounds()).blocks
    assert len(blocks) > 1
    for block in blocks[: len(blocks) // 2]:
        run_block(block, part.assignment)
    again = job_at(kind, killed)
    assert len(next(again.parts[0].rounds()).blocks) == len(blocks) - len(blocks) // 2
    answered(again)
    assert contents(killed) == contents(undisturbed) != {}


@every_kind
def test_every_kind_is_explained_and_nothing_is_made(kind, tmp_path, capsys, no_execution):
    place = tmp_path / "nothing"
    words = [kind.name, *shlex.split(TEXTS[kind.name][0]), "--catalogue", str(place), "--explain"]
    assert main(words) == 0
    assert capsys.readouterr().out.strip()
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    cost = wellposed.explain(getattr(wellposed, kind.name), **REQUESTS[kind.name], catalogue=place)
    assert str(cost)
    assert cost.document()
    assert not place.exists()


@every_kind
def test_every_default_is_allowed(kind):
    for one in fields_of(kind.request):
        if not one.is_required:
            assert getattr(requested(kind, **{one.name: one.default}), one.name) == one.default


WRONG = {
    float: [-1.0, 0.0, float("nan"), "wide"],
    float | None: [-1.0, 0.0, float("nan"), "long"],
    int: [-1, 2.5, "many"],
    tuple[float, float] | None: ["0.5", (0.1, 0.2, 0.3), "a:b", 7],
}
"""Values that no field of a type takes."""


@every_kind
def test_wrong_number_is_refused_in_one_line_that_names_its_field(kind, capsys):
    numbers = [one for one in fields_of(kind.request) if one.plain_type in WRONG]
    assert numbers
    for one in numbers:
        for wrong in WRONG[one.plain_type]:
            with pytest.raises(RequestError, match=rf"^`{one.name}` .*, but is .*\.$") as refusal:
                requested(kind, **{one.name: wrong})
            assert "\n" not in str(refusal.value)
            words = [kind.name, *shlex.split(TEXTS[kind.name][0]), f"{one.option.flag}={wrong}"]
            assert main(words) == 2
            output, errors = capsys.readouterr()
            assert output == ""
            assert errors.count("\n") == 1
            assert one.name in errors or one.option.flag in errors


@every_kind
def test_field_that_is_unknown_or_missing_is_named(kind):
    with pytest.raises(RequestError, match=r"There is no `colour` to be given; there is "):
        requested(kind, colour="red")
    for one in fields_of(kind.request):
        if one.is_required:
            given = {name: value for name, value in REQUESTS[kind.name].items() if name != one.name}
            with pytest.raises(RequestError, match=f"^`{one.name}` must be given"):
                made(kind.request, given)


def test_name_that_is_no_kind_is_no_function_and_cannot_be_explained():
    with pytest.raises(AttributeError, match="nothing"):
        _ = wellposed.nothing
    with pytest.raises(RequestError, match="must be of one of the kinds "):
        wellposed.explain("nothing")


def test_fourth_kind_is_asked_by_its_command(tmp_path, prefect_server, capsys):
    words = [FOURTH.name, TILTED, "--axis", "x=0:1:5", "--axis", "y=0,1", "--catalogue", str(tmp_path)]
    assert main(words) == 0
    header, largest = capsys.readouterr().out.splitlines()[:2]
    assert header.split() == ["largest", "x", "y"]
    assert largest.split() == ["0.604368", "1.0", "0.0"]  # tanh(0.7)
    (store,) = catalog.open(tmp_path).stores()
    assert store.attributes()["request"]["kind"] == FOURTH.name
    assert main(["--help"]) == 0
    assert FOURTH.summary.split(" of ")[0] in capsys.readouterr().out


def test_fourth_kind_is_asked_in_python_shown_and_reported(tmp_path, answered, no_execution, capsys):
    place = tmp_path / "results"
    answered(job_at(FOURTH, place))
    found = wellposed.extremum(**REQUESTS[FOURTH.name], catalogue=place)
    assert float(found["largest"]) == pytest.approx(0.604368, abs=1e-6)
    (store,) = catalog.open(place).stores()
    assert main(["show", store.id, "--catalogue", str(place), "--json"]) == 0
    command = json.loads(capsys.readouterr().out)["command"]
    assert words_of(command)[:2] == [FOURTH.name, TILTED]
    assert main([*words_of(command), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sweeps"][0]["id"] == store.id
    page = wellposed.report(place, tmp_path / "report").read_text()
    assert "The largest value of test.tilted" in page
    assert "0.604368" in page


def test_fourth_kind_has_a_flow_with_its_form(tmp_path, monkeypatch):
    flow = flows()[FOURTH.name]
    assert flow.parameters.properties.keys() == {one.name for one in fields_of(FOURTH.request)}
    made = {one.flow_name: one for one in deployments("here", str(tmp_path))}
    assert made[FOURTH.name].entrypoint == f"wellposed.flows.deploy.flows.{FOURTH.name}"
    assert made[FOURTH.name].parameters == {"catalogue": str(tmp_path)}


def test_fourth_kind_may_be_a_question_of_a_study(tmp_path, monkeypatch, answered):
    asked = question(FOURTH.name, TILTED, axes=GRID)
    family = dataclasses.replace(FAMILIES["edge"], studies=[Study("peak", "The peak of the edge", [asked])])
    monkeypatch.setitem(FAMILIES, "edge", family)
    kind = KINDS["study"]
    job = answered(kind.job(made(kind.request, {"name": "peak", "catalogue": tmp_path}), locate))
    assert any("Found: 0.604368" in line for line in kind.lines(job))
    assert any("0.604368" in str(table) for table in kind.tables(job))
