"""An experiment is found by name, in a module, in a file and as a plug-in; what is wrong with it is said."""

import dataclasses
import importlib
import importlib.metadata
import subprocess
import sys

import numpy as np
import pytest

import wellposed.sweeps.points.evaluate
from wellposed.errors import RequestError
from wellposed.kinetics import EXPERIMENTS, FAMILIES
from wellposed.kinetics.family import Family
from wellposed.sweeps.experiments.find import GROUP, find_experiment, locate, plug_ins
from wellposed.sweeps.points.evaluate import ask
from wellposed.sweeps.requests.grid import Sweep

SOURCE = """
from wellposed.kinetics.experiment import Experiment, Output, Parameter

def answer(x):
    return {"y": x + OFFSET, "y_error": 1e-9}

OFFSET = 1.0
SHIFT = Experiment(
    "mine.shift",
    "x plus one",
    "made up",
    (Parameter("x", "x", default=0.0, lower=-1.0, upper=1.0),),
    (Output("y", "y"), Output("y_error", "its error")),
    answer,
    order_parameter="y",
)
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """Writes ``mine.py`` into the current folder, with parts of it replaced; its reference."""
    monkeypatch.chdir(tmp_path)

    def write(*changes, name="mine.py"):
        text = SOURCE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / name).write_text(text)
        return f"./{name}:SHIFT"

    return write


def told(reference):
    """What is said of an experiment that is refused."""
    with pytest.raises(RequestError) as refusal:
        find_experiment(reference)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def answer_of(experiment, x):
    answers = ask(experiment, {}, {"x": np.array([x])})
    return float(answers.values["y"][0]), str(answers.reason[0])


def test_an_experiment_is_found_by_its_name(experiment, monkeypatch):
    monkeypatch.setitem(FAMILIES, "toy", Family("toy", "Toys", "nobody", (experiment,)))
    assert find_experiment("toy.growth") is experiment


def test_an_experiment_is_found_in_a_file(mine, tmp_path):
    found = find_experiment(mine())
    assert found.evaluate(x=2.0)["y"] == 3.0
    assert find_experiment(f"{tmp_path}/mine.py:SHIFT") is found


def test_an_experiment_is_found_in_a_module_and_by_entry_point(tmp_path, monkeypatch):
    (tmp_path / "modulespelled.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    found = find_experiment("modulespelled:SHIFT")
    assert found.name == "mine.shift"
    entry = importlib.metadata.EntryPoint("mine.shift", "modulespelled:SHIFT", GROUP)
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [entry])
    assert find_experiment("mine.shift").evaluate(x=2.0)["y"] == found.evaluate(x=2.0)["y"] == 3.0


def test_an_experiment_that_is_called_like_one_of_ours_is_refused(mine, experiment, monkeypatch):
    ours = dataclasses.replace(experiment, name="mine.shift")
    monkeypatch.setitem(FAMILIES, "mine", Family("mine", "Mine", "nobody", (ours,)))
    assert "a name of its own, but is called `mine.shift` like one of ours" in told(mine())
    monkeypatch.setattr(wellposed.sweeps.points.evaluate, "OURS", ours, raising=False)
    assert find_experiment("wellposed.sweeps.points.evaluate:OURS") is ours


def test_files_of_one_name_in_two_directories_are_two_modules(tmp_path):
    found = []
    for directory in ("a", "b"):
        path = tmp_path / directory / "mine.py"
        path.parent.mkdir()
        path.write_text(SOURCE)
        found.append(find_experiment(f"{path}:SHIFT").evaluate)
    assert found[0] is not found[1]
    for answer in found:
        assert sys.modules[answer.__module__].answer is answer


def test_what_is_compiled_is_kept_for_each_folder_where_the_same_file_is(tmp_path):
    compiled = "import numba\n\n@numba.njit(cache=True)\ndef shifted(x): return x + 1.0\n\ndef answer"
    text = SOURCE.replace("x + OFFSET", "shifted(x)").replace("def answer", compiled)
    ask_it = (
        "import sys; from wellposed.sweeps.experiments.find import find_experiment; "
        "print(find_experiment(sys.argv[1]).evaluate(x=1.0)['y'])"
    )
    for directory in ("a", "b"):
        path = tmp_path / directory / "mine.py"
        path.parent.mkdir()
        path.write_text(text)
        words = [sys.executable, "-c", ask_it, f"{path}:SHIFT"]
        assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == "2.0\n"


def test_copies_are_kept_where_the_environment_says(mine, tmp_path, monkeypatch):
    monkeypatch.setenv("WELLPOSED_HOME", str(tmp_path / "home"))
    find_experiment(mine(("OFFSET = 1.0", "OFFSET = 4.25")))
    (copy,) = (tmp_path / "home").rglob("mine.py")
    assert "OFFSET = 4.25" in copy.read_text()


def test_copies_are_for_their_owner_alone_even_where_they_were_open(mine, tmp_path, monkeypatch):
    monkeypatch.setenv("WELLPOSED_HOME", str(tmp_path / "home"))
    (tmp_path / "others").write_text("not ours")
    (tmp_path / "others").chmod(0o644)
    earlier = tmp_path / "home" / "cache" / "experiments" / "earlier"
    earlier.mkdir(parents=True)
    (earlier / "copy.py").touch(0o644)
    (earlier / "link").symlink_to(tmp_path / "others")
    find_experiment(mine(("OFFSET = 1.0", "OFFSET = 4.5")))
    kept = [path for path in (tmp_path / "home").rglob("*") if not path.is_symlink()]
    assert {earlier, earlier / "copy.py"} < set(kept)
    assert [path for path in kept if path.stat().st_mode & 0o077] == []
    assert (tmp_path / "others").stat().st_mode & 0o777 == 0o644


def test_an_edit_is_another_question(mine):
    def asked():
        return Sweep.from_request(find_experiment("./mine.py:SHIFT"), {"x": [0.0]})

    mine()
    first = asked()
    assert answer_of(find_experiment("./mine.py:SHIFT"), 0.0) == (1.0, "")
    mine(("OFFSET = 1.0", "OFFSET = 2.0"))
    second = asked()
    assert answer_of(find_experiment("./mine.py:SHIFT"), 0.0) == (2.0, "")
    assert (first.version, first.axes) == (second.version, second.axes)
    assert first.id != second.id
    mine()
    assert asked().id == first.id


def test_a_name_of_ours_has_no_fingerprint():
    asked = Sweep.from_request(EXPERIMENTS["wave.growth"], {"M": [7, 8]})
    assert "fingerprint" not in asked.request()
    assert "fingerprint" not in Sweep.from_request(find_experiment("wave.growth"), {"M": [7]}).request()


def test_what_is_beside_a_file_and_imported_is_part_of_it(mine, tmp_path):
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "__init__.py").write_text("")
    (tmp_path / "shared" / "offsets.py").write_text("OFFSET = 5.0")
    (tmp_path / "unrelated.py").write_text("raise RuntimeError")
    reference = mine(("OFFSET = 1.0", "from shared.offsets import OFFSET"))
    first = locate(reference)
    assert [name for name, _ in first.reference.source.files] == [
        "mine.py",
        "shared/__init__.py",
        "shared/offsets.py",
    ]
    assert answer_of(first.experiment, 0.0) == (5.0, "")
    (tmp_path / "shared" / "offsets.py").write_text("OFFSET = 6.0")
    second = locate(reference)
    assert answer_of(second.experiment, 0.0) == (6.0, "")
    assert first.experiment.fingerprint != second.experiment.fingerprint
    # Whoever was sent the first goes on with it, wherever the file is and whatever is in it.
    assert answer_of(find_experiment(first.reference), 0.0) == (5.0, "")


def test_what_is_imported_only_when_it_is_needed_is_that_of_the_same_state(mine, tmp_path):
    late = ("return {", "from offsets import OFFSET; return {")
    for value in (7.0, 8.0):
        (tmp_path / "offsets.py").write_text(f"OFFSET = {value}")
        assert answer_of(find_experiment(mine(late)), 0.0) == (value, "")


def test_each_state_keeps_its_own_modules_when_one_goes_back(mine, tmp_path):
    reference = mine(("return {", "import offsets; return {"), ("x + OFFSET", "x + offsets.OFFSET"))

    def located(value):
        (tmp_path / "offsets.py").write_text(f"OFFSET = {value}")
        return find_experiment(reference)

    first, second = located(0.25), located(0.5)
    assert answer_of(first, 0.0) == (0.25, "")
    assert answer_of(second, 0.0) == (0.5, "")
    again = located(0.25)
    assert again.fingerprint == first.fingerprint
    assert answer_of(again, 0.0) == answer_of(first, 0.0) == (0.25, "")


def test_an_edit_of_a_module_is_seen_and_the_import_of_others_is_theirs(tmp_path, monkeypatch):
    (tmp_path / "edited.py").write_text(SOURCE.replace("OFFSET = 1.0", "from offsets import OFFSET"))
    monkeypatch.syspath_prepend(tmp_path)
    before = list(sys.path)
    for value in (1.0, 22.0, 1.0):
        (tmp_path / "offsets.py").write_text(f"OFFSET = {value}")
        assert answer_of(find_experiment("edited:SHIFT"), 0.0) == (value, "")
    assert sys.path == before
    assert not {"edited", "offsets"} & set(sys.modules)
    (tmp_path / "offsets.py").write_text("OFFSET = 333.0")
    assert importlib.import_module("offsets").__file__ == str(tmp_path / "offsets.py")
    monkeypatch.delitem(sys.modules, "offsets")


def test_a_name_that_a_module_lacks_is_told_as_it_is_written(mine, tmp_path):
    (tmp_path / "offsets.py").write_text("")
    assert "ImportError in mine.py, line 7: cannot import name 'OFFSET' from 'offsets' (" in told(
        mine(("OFFSET = 1.0", "from offsets import OFFSET"))
    )


def test_a_file_finds_its_data_beside_it(mine, tmp_path):
    (tmp_path / "offset.txt").write_text("9")
    read = "__import__('pathlib').Path(__file__).with_name('offset.txt').read_text()"
    assert answer_of(find_experiment(mine(("1.0\nSHIFT", f"float({read})\nSHIFT"))), 0.0) == (9.0, "")


def test_an_error_tells_its_line(mine):
    reference = mine(("return {", "raise OverflowError('too large')\n    return {"))
    _, reason = answer_of(find_experiment(reference), 0.0)
    assert reason == "OverflowError in mine.py, line 5: too large"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ('{"z": x}', "ValueError: The outputs must be y, y_error, but are z."),
        ("x", "TypeError: `evaluate` must return a dict of y, y_error, but returned a float."),
        ('{"y": "much", "y_error": 0.0}', "TypeError: Output `y` must be real numbers, but is 'much'."),
        ('{"y": [1.0], "y_error": 0.0}', "ValueError: Output `y` must have shape (), but has (1,)."),
        (
            '{"y": float("nan"), "y_error": 0.0}',
            "y is nan ± 0, where ± inf is allowed",
        ),
    ],
)
def test_an_answer_that_is_none_says_so(mine, wrong, reason):
    found = find_experiment(mine(('{"y": x + OFFSET, "y_error": 1e-9}', wrong)))
    assert answer_of(found, 0.0)[1] == reason


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (
            ("def answer(x):", "def answer(x:"),
            "cannot be loaded: SyntaxError: '(' was never closed (mine.py, line 4)",
        ),
        (("OFFSET = 1.0", "OFFSET = 1 / 0"), "ZeroDivisionError in mine.py, line 7: division by zero"),
        (
            ("OFFSET = 1.0", "import nowhere"),
            "ModuleNotFoundError in mine.py, line 7: No module named 'nowhere'",
        ),
        (("order_parameter=", "order_paramter="), "unexpected keyword argument 'order_paramter'"),
        (("SHIFT = ", "SHFT = "), "there is no `SHIFT`; it has SHFT."),
        (("SHIFT = Exp", "SHIFT, OTHER = 3, Exp"), "must be an Experiment, but is a int; it has OTHER."),
        (
            ('order_parameter="y"', 'order_parameter="yy"'),
            "must have a scalar output `yy`, the order parameter; did you mean `y`? it has y, y_error.",
        ),
        (('Output("y_error", "its error")', ""), "a scalar output `y_error`, its error; it has y."),
        (
            ("default=0.0", "default=3.0"),
            "a default that it does not allow: Parameter `x` must be a number in [-1, 1], but is 3.",
        ),
        (
            ("def answer(x)", "def answer(z)"),
            "must take its parameters by name, x, but takes z (missing a required argument: 'z').",
        ),
        (("def answer(x)", "def answer(x, z)"), "but takes x, z (missing a required argument: 'z')."),
        (('"mine.shift"', '"mine shift"'), "must be letters, digits, dots and dashes"),
        (('Parameter("x"', 'Parameter("β"'), "the name of a parameter must be letters from A to Z"),
        (('Output("y", "y")', 'Output("a/b", "y")'), "the name of an output must be letters from A to Z"),
        (('Output("y", "y")', 'Output("..", "y")'), "such as growth_2, but is '..'."),
        (('Output("y", "y")', 'Output("zarr.json", "y")'), "but is 'zarr.json'."),
        (('Output("y", "y")', 'Output("y" * 201, "y")'), "the name of an output must be"),
        (
            ('Output("y", "y")', 'Output("y", "y", units="hours since 1970-01-01")'),
            "the units of `y` must be text such as `m s^-1` and no date, but are 'hours since 1970-01-01'.",
        ),
        (
            ('(Parameter("x", "x", default=0.0, lower=-1.0, upper=1.0),)', 'Parameter("x", "x", 0.0)'),
            "`parameters` must be a tuple of Parameter",
        ),
        (
            ("default=0.0, lower", 'default=0.0, kind="real", lower'),
            "must be float, int or choice, but is 'real'.",
        ),
        (
            ('order_parameter="y"', 'order_parameter="y", version=0'),
            "`version` must be an integer >= 1, but is 0.",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_in_one_line(mine, change, line):
    assert line in told(mine(change))


@pytest.mark.parametrize(
    ("reference", "line"),
    [
        ("toy.grwth", "no experiment `toy.grwth`; did you mean `toy.growth`?"),
        ("nothing.like.it", "no experiment `nothing.like.it`; `wellposed experiments` lists"),
        ("no_such_module:X", "`no_such_module:X` cannot be loaded: ModuleNotFoundError"),
        ("no_such_file.py:X", "cannot be loaded: there is no file "),
        ("mine.py", "which one in that file is it, such as mine.py:experiment?"),
        ("math:tau", "`math:tau` must be an Experiment, but is a float"),
        ("math:nothing", "cannot be loaded: there is no `nothing`"),
    ],
)
def test_an_experiment_that_is_not_there_is_refused_in_one_line(experiment, monkeypatch, reference, line):
    monkeypatch.setitem(FAMILIES, "toy", Family("toy", "Toys", "nobody", (experiment,)))
    assert line in told(reference)


def test_a_broken_module_beside_a_file_is_told_by_its_line(mine, tmp_path):
    (tmp_path / "offsets.py").write_text("OFFSET = (")
    assert "(offsets.py, line 1)" in told(mine(("OFFSET = 1.0", "from offsets import OFFSET")))


def test_a_plug_in_is_found_and_a_broken_one_is_named(tmp_path, monkeypatch):
    for name, text in {"plugged": SOURCE, "broken": "import nowhere"}.items():
        (tmp_path / f"{name}.py").write_text(text)
    about = tmp_path / "plugged-1.5.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.5\n")
    (about / "entry_points.txt").write_text(
        f"[{GROUP}]\nmine.shift = plugged:SHIFT\nmine.broken = broken:X\nmine.absent = plugged:X\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    found = locate("mine.shift")
    assert found.reference.distribution == ("plugged", "1.5")
    listed = {one.name: one for one in plug_ins()}
    assert listed["mine.shift"].experiment is found.experiment
    assert "No module named 'nowhere'" in listed["mine.broken"].trouble
    assert "there is no `X`; it has SHIFT" in listed["mine.absent"].trouble
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: plugged\nVersion: 1.6\n")
    with pytest.raises(
        RequestError, match=r"must come from plugged 1\.5, but here it comes from plugged 1\.6"
    ):
        find_experiment(found.reference)
