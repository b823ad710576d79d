"""Malformed requests over the whole grammar: each is refused in one line, and nothing is begun.

A request that is right is damaged in one place; those that are still right are left out.  ``--runslow`` tries
ten times as many.
"""

import json
import os
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from wellposed.errors import WellposedError
from wellposed.flows.cli.main import main
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.request import fields_of, made
from wellposed.sweeps.cluster.file import FILE, find_cluster
from wellposed.sweeps.experiments.find import locate

FEW, MANY = 250, 2500
"""Requests for each part of the grammar, in the ordinary tests and in the slow ones."""

RIGHT = {
    "sweep": ["wave.growth", "--axis", "beta=0:0.5:3", "--set", "operator=gain", "--time-limit", "9"],
    "boundary": [
        "wave.growth",
        "--along",
        "beta",
        "--axis",
        "M=7,8",
        "--between",
        "0.1:0.4",
        "--coarse",
        "9",
    ],
    "curve": ["wave.growth", "--along", "beta", "--axis", "M=6.1:6.9", "--coarse", "5", "--depth", "2"],
    "study": ["wave", "--recompute", "missing"],
    "audit": ["boltzmann", "--tolerance", "0.01"],
    "experiments": ["wave.growth"],
    "ls": ["wave.growth"],
    "show": ["5f0c"],
    "verify": ["5f0c"],
    "rm": ["5f0c", "--yes"],
    "gc": ["--yes"],
    "export": ["5f0c", "new.nc"],
    "import": ["old.nc"],
    "report": ["--to", "page"],
    "deploy": ["--pool", "pool"],
    "completion": ["bash"],
}
"""Requests that are right as far as can be seen without what is stored."""

NUMBERS = [
    "nan", "inf", "-inf", "1e400", "-1e400", "1e999999999", "1e-999999999", "9" * 400, "9" * 5000, "0x10",
    "½", "1.2.3", "--1", "1e", "e5", "1+1", "1j", "None", "true", "0.5 0.6", "٣", "1" + "0" * 30, "-0",
    "5e-324",
]  # fmt: skip
VALUES = [
    "0:1", "0:1:1", "0:1:0", "0:1:-3", "0:1:2.5", "0:1:1e9", "0:1:1000000000000", "0:1:3:4", "1:0:3",
    "0:1e400:3", "0:1e999999999:3", "-1e308:1e308:3", "geom(0,1,5)", "geom(1,100,5", "geom(1,100)",
    "geom(1,-1,5)", "geom(1,100,1e9)", "geom(1,1e400,5)", "log(1,100,5)", "geom", "()", "geom()", "1,,2",
    ",", "1,", "1;2", "::", ":", "a:b", "a:b:c", "1,1", "gain,gain", "gain,none", "[1,2]", "range(3)", "=",
    "=1", "1=2", "*", "&a", "!!x",
]  # fmt: skip
NAMES = [
    "wave", "wave.", ".growth", "wave.growth.", "Wave.growth", "wave,growth", "math:pi", "math:", ":pi",
    "::", "no:no", "no.py:x", "no.py", "/:x", "~nouser/x.py:x", "../x.py:x", "ending.py:x", "broken.py:x",
    "binary.py:x", "empty.py:x", "fifo.py:x", ".:x", "ending:x", "wellposed:sweep", "os.path:join",
    "wave.growth:experiment",
]  # fmt: skip
PLACES = [
    "", " ", "s3://", "s3:///", "http://", "://", "x://y", "nosuch://x", "file://", "~nouser/x", "a/\0",
    "x" * 5000, "ending.py", "fifo.py", "/dev/null", "/dev/null/x", "/proc/1/x", "//", "loop", "loop/x",
    "closed.yaml/x",
]  # fmt: skip
CLUSTERS = [
    "nope",
    "tcp://",
    "tcp://h:port",
    "tcp://127.0.0.1:99999",
    "x://h:1",
    "h:1",
    "local:1",
    "LOCAL",
    "a/b",
]
WORDS = [
    "",
    " ",
    "\0",
    "a\0b",
    "\ud800",
    "\n",
    "-",
    "--",
    "---",
    "$(x)",
    "'",
    '"',
    "\\",
    "..",
    "é",
    "🙂",
    "%s",
    "{}",
]
OPTIONS = [
    "--nope",
    "--axi",
    "-x",
    "--axis",
    "--set",
    "--json=1",
    "--coarse=x",
    "--between=",
    "---",
    "--help=1",
    "-",
]

ANYTHING = st.one_of(
    *(st.sampled_from(some) for some in (NUMBERS, VALUES, NAMES, PLACES, CLUSTERS, WORDS, OPTIONS)),
    st.text(st.characters(codec=None), max_size=20),
)


@st.composite
def damaged(draw):
    """A command line with one fault, wherever."""
    command = draw(st.sampled_from(sorted(RIGHT)))
    words = [command, *RIGHT[command]]
    if draw(st.booleans()):
        words += ["--catalogue", "results"]
    at = draw(st.integers(0, len(words) - 1))
    match draw(st.sampled_from(["replaced", "value", "inserted", "removed", "cut", "bent", "twice"])):
        case "replaced":
            words[at] = draw(ANYTHING)
        case "value":
            name, sign, _ = words[at].partition("=")
            words[at] = f"{name}{sign or '='}{draw(ANYTHING)}"
        case "inserted":
            words.insert(at, draw(ANYTHING))
        case "removed":
            del words[at]
        case "cut":
            words = words[:at]
        case "bent":
            word = words[at]
            i = draw(st.integers(0, len(word)))
            words[at] = word[:i] + draw(st.characters(codec=None)) + word[i + draw(st.integers(0, 1)) :]
        case "twice":
            words[at:at] = words[at : at + 2]
    return words


class Accepted(BaseException):
    """What is asked is right, and would now be computed or done."""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with files that are not as they should be, in which commands are given."""
    folder = tmp_path_factory.mktemp("grammar")
    (folder / "ending.py").write_text("import sys\nsys.exit(0)\n")
    (folder / "broken.py").write_text("def x(:\n")
    (folder / "empty.py").touch()
    (folder / "binary.py").write_bytes(b"\x00\xff\xfe")
    (folder / "closed.yaml").write_text("a: 1")
    os.mkfifo(folder / "fifo.py")
    (folder / "loop").symlink_to("loop")
    return folder


@pytest.fixture
def nothing_begins(place, monkeypatch):
    def accepted(*_, **__):
        raise Accepted

    monkeypatch.chdir(place)
    monkeypatch.setattr("wellposed.flows.execution.complete.completed", accepted)
    monkeypatch.setattr("wellposed.flows.deploy.registration.deploy", accepted, raising=False)
    return place


def refused(words, capfd):
    """What a command line is told, which must be one line; left out if it is right."""
    began = time.process_time()
    try:
        status = main(words)
    except Accepted:
        reject()
    spent = time.process_time() - began
    told = capfd.readouterr()
    if status in (0, 1):  # help, or a list of what is there
        reject()
    assert status == 2, words
    assert told.out == "", words
    assert told.err.startswith("wellposed"), (words, told.err)
    assert told.err.count("\n") == 1, (words, told.err)
    assert spent < 3.0, (words, spent)  # CPU time of what should take milliseconds


LIMITS = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
}


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_a_command_line_with_a_fault_is_refused_in_one_line(nothing_begins, capfd, count):
    @settings(max_examples=count, **LIMITS)
    @given(damaged())
    def tried(words):
        refused(words, capfd)
        told.append(words)

    told = []
    tried()
    assert len(told) >= count  # others were right, and are not counted


ASKED = {
    "sweep": {"experiment": "wave.growth", "axes": ["beta=0:0.5:3"], "fixed": ["operator=gain"]},
    "boundary": {"experiment": "wave.growth", "along": "beta", "axes": ["M=7,8"], "between": "0.1:0.4"},
    "curve": {"experiment": "wave.growth", "along": "beta", "across": "M", "over": "6.1:6.9", "depth": 2},
    "study": {"name": "wave"},
    "audit": {"name": "wave"},
}
"""Requests as they come through Prefect's API, which are right."""

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged_json(draw):
    """A kind of question, and a request of that kind with one fault."""
    kind = draw(st.sampled_from(sorted(ASKED)))
    names = [one.name for one in fields_of(KINDS[kind].request)]
    asked = dict(ASKED[kind])
    if draw(st.booleans()):
        asked[draw(st.sampled_from(names))] = draw(JSON)
    elif draw(st.booleans()):
        del asked[draw(st.sampled_from(sorted(asked)))]
    else:
        asked[draw(ANYTHING)] = draw(JSON)
    return kind, asked


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_a_request_with_a_fault_through_the_api_is_refused_in_one_line(place, monkeypatch, count):
    monkeypatch.chdir(place)

    @settings(max_examples=count, **LIMITS)
    @given(damaged_json())
    def tried(given):
        kind, asked = given
        try:
            request = made(KINDS[kind].request, asked)
            find_cluster(request.cluster)
            KINDS[kind].job(request, locate)
        except WellposedError as error:
            said.append(str(error))

    said = []
    tried()
    assert len(said) > count / 2
    assert [line for line in said if "\n" in line] == []


ENTRY = {
    "class": "distributed.LocalCluster",
    "options": {"threads_per_worker": 1, "processes": False},
    "adaptive": {"minimum": 0, "maximum": 2},
    "environment": {"KEY": "value"},
}
TEXTS = [
    "", "a", "- a", "a: [", "\t", "a: *b", "a: &a [*a]",
    "!!python/object:os.system {}", "a: !!x 1", "a: 1\na: 2", "? [a]", "%", "--- a\n--- b", "\0",
    "a: " + "[" * 2000, "here: {class: {}}", "here: null", "1: 2", "here: here",
    "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nhere: {class: *c}",
    "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9 if i else 'x')}]\n" for i in range(9)) + "here: *a8",
]  # fmt: skip


@st.composite
def damaged_file(draw):
    """What is in ``clusters.yaml``: no YAML, or an entry with one fault."""
    if draw(st.booleans()):
        return draw(st.sampled_from(TEXTS) | st.text(max_size=30)).encode("utf-8", "surrogatepass")
    entry = {**ENTRY, draw(st.sampled_from([*ENTRY, "workers"]) | st.text(max_size=5)): draw(JSON)}
    if draw(st.booleans()):
        part = draw(st.sampled_from(["options", "adaptive", "environment"]))
        entry = {
            **ENTRY,
            part: {**ENTRY[part], draw(st.sampled_from(sorted(ENTRY[part])) | ANYTHING): draw(JSON)},
        }
    return json.dumps({"here": entry}).encode()


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_a_file_of_clusters_with_a_fault_is_refused_in_one_line(place, monkeypatch, count):
    monkeypatch.chdir(place)

    @settings(max_examples=count, **LIMITS)
    @given(damaged_file())
    def tried(content):
        (place / FILE).write_bytes(content)
        try:
            find_cluster("here")
        except WellposedError as error:
            said.append(str(error))

    said = []
    try:
        tried()
    finally:
        (place / FILE).unlink()
    assert len(said) > count / 2
    assert [line for line in said if "\n" in line] == []


NEEDS = """
import json, sys
from wellposed.flows.cli.main import main
status = main(sys.argv[1:])
print(json.dumps([status, sorted({".".join(name.split(".")[:3]) for name in sys.modules})]))
"""


@pytest.mark.parametrize(
    ("words", "family"),
    [
        (["boundary", "wave.growth", "--along", "beta", "--coarse", "1000000000"], ""),
        (["sweep", "wave.growth", "--axis", "beta=0:1e400:3"], "wave"),
        (["sweep", "boltzmann.bilinear", "--axis", "x=1"], "boltzmann"),
        (["swep"], ""),
    ],
)
def test_what_is_refused_has_no_solver_loaded_that_it_does_not_need(place, words, family):
    command = [sys.executable, "-c", NEEDS, *words]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120, check=True)
    status, modules = json.loads(done.stdout)
    families = {f"wellposed.kinetics.{name}" for name in ("wave", "boltzmann", "lenard_balescu")}
    assert status == 2
    assert families & set(modules) == ({f"wellposed.kinetics.{family}"} if family else set())
    assert not {"prefect", "distributed", "matplotlib"} & {name.partition(".")[0] for name in modules}
