"""What the pages say can be followed: links lead somewhere, commands are commands, code is code."""

import ast
import importlib
import itertools
import re
import shlex
from pathlib import Path

import pytest
from typer import exceptions
from typer.main import get_command

import wellposed
from wellposed.flows.cli.main import application
from wellposed.flows.execution.block import run_block
from wellposed.flows.kinds import KINDS
from wellposed.flows.kinds.request import made
from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.boltzmann import experiments as boltzmann
from wellposed.kinetics.lenard_balescu import experiments as lenard_balescu
from wellposed.kinetics.schrodinger import experiments as schrodinger
from wellposed.kinetics.wave import experiments as wave
from wellposed.sweeps.experiments.find import locate

ROOT = Path(__file__).parents[2]
PAGES = [
    page
    for page in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    if not {"_build", "generated"} & set(page.parts)  # Sphinx writes these, and checks them
]

LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(`{3,})(.*?)\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`(wellposed [^`]+)`(?!`)")
FORMULA = re.compile(r"(\$\$?)[^$]+\1")
PLACEHOLDER = re.compile(r"…|\bNAME\b|\bID\b|FILE|PLACE")

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def slugs(page):
    """The anchors of a page's headings, as code hosts and the site make them."""
    text = FENCE.sub("", page.read_text())
    found = []
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        found.append(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def lines_of_commands(page):
    """Lines of code blocks, fenced or indented, that are commands of ours."""
    text = page.read_text()
    blocks = [body for _, _, body in FENCE.findall(text)]
    indented = re.findall(r"^(?: {4}|\t)(.+)$", FENCE.sub("", text), re.MULTILINE)
    for line in [*"\n".join(blocks).splitlines(), *indented]:
        if line.startswith("wellposed ") and not PLACEHOLDER.search(line):
            yield line


@pytest.fixture(scope="module")
def commands():
    return get_command(application()).commands


def options_of(command):
    return {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}


@pages
def test_every_link_leads_somewhere(page):
    text = FORMULA.sub("", FENCE.sub("", page.read_text()))
    for target in LINK.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if "generated" in there.parts:
            continue
        assert there.exists(), f"{target} leads nowhere"
        assert not anchor or anchor in slugs(there), f"{target} has no such heading"


@pages
def test_every_command_in_a_block_is_one(page, commands):
    for line in lines_of_commands(page):
        name, *words = shlex.split(line, comments=True)[1:]
        command, kind = commands.get(name), KINDS.get(name)
        if name == "submit":
            command, kind, words = command.commands.get(words[0]), KINDS.get(words[0]), words[1:]
        assert command is not None, line
        try:
            given = command.make_context(f"wellposed {name}", words).params
        except exceptions.TyperException as error:
            pytest.fail(f"{line}: {error}")
        if kind is None:
            continue
        fields = {field: value for field, value in given.items() if value not in (None, [])}
        for manner in ("explain", "show", "pool", "json", "quiet", "verbose"):
            fields.pop(manner, None)
        request = made(kind.request, fields)
        if kind.identity is not None and request.experiment in EXPERIMENTS:
            assert kind.identity(request, locate)  # names, values and combinations are looked at


@pages
def test_every_command_that_is_mentioned_has_its_name_and_options(page, commands):
    for span in SPAN.findall(page.read_text()):
        words = span.split()
        if words[1] == "submit" and words[2:]:
            assert words[2] in commands["submit"].commands, span
            assert options_in(words) <= options_of(commands["submit"].commands[words[2]]), span
            continue
        assert words[1] in commands or not words[1].islower(), span
        if words[1] in commands:
            assert options_in(words) <= options_of(commands[words[1]]), span


def options_in(words):
    return {word for word in words if word.startswith("--")}


def blocks_of_python(page):
    for _, language, body in FENCE.findall(page.read_text()):
        if language.strip() in ("python", "{code-cell}"):
            yield "\n".join(line for line in body.splitlines() if not line.startswith((":", "%")))


@pages
def test_every_block_of_python_names_what_is_there(page):
    for code in blocks_of_python(page):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wellposed"):
                module = importlib.import_module(node.module)
                assert {alias.name for alias in node.names if not hasattr(module, alias.name)} == set()
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "wellposed":
                assert hasattr(wellposed, node.attr), node.attr


def test_the_table_of_errors_has_one_row_for_every_experiment():
    text = (ROOT / "docs/errors.md").read_text()
    kinds = ["levels", "tails", "scans", "data", "estimator"]
    _, _, table = text.partition(f"| experiment | {' | '.join(kinds)} |\n")
    rows = [re.split(r"(?<!\\)\|", line) for line in itertools.takewhile(bool, table.splitlines()[1:])]
    ours = [
        one.name for family in (boltzmann, lenard_balescu, schrodinger, wave) for one in family.EXPERIMENTS
    ]
    assert sorted(row[1].strip() for row in rows) == sorted(ours)
    assert all(len(row) == len(kinds) + 3 and all(cell.strip() for cell in row[1:-1]) for row in rows)
    assert all(f"- **{kind.capitalize()}.**" in text for kind in kinds)


NUMBERS = [
    (
        "docs/wave.md",
        "wellposed sweep wave.lipschitz --axis beta=0,0.1,0.2,0.25 --set M=8 --show constants=full",
        "constants[full]",
        r"^\| {beta:g} \| (\S+) \|",
    ),
    (
        "docs/boltzmann.md",
        "wellposed sweep boltzmann.approximation --axis gamma=-0.5,-0.25,0 --axis packing=regular,densest",
        "rate",
        {
            "regular": r"^  \| 2 \| c_J = 1 \|(.*)\|$",
            "densest": r"^  \| 2 \| as many as are disjoint.*?\|(.*)\|$",
        },
    ),
    (
        "docs/sweep.md",
        "wellposed sweep wave.growth --axis beta=0:0.5:11 --axis M=7,8,10 --set operator=gain",
        "growth_exponent",
        r"^    {beta:g} +{M:g} +(\S+) ",
    ),
]
"""Pages, commands in them, an output that these show, and where on the page its numbers are.

Those of `boltzmann.approximation` stand in a row for each packing, at falling gamma.
"""


@pytest.mark.parametrize(("page", "command", "output", "where"), NUMBERS, ids=lambda one: str(one)[:40])
def test_numbers_on_a_page_are_shown_by_the_command_beside_them(page, command, output, where, tmp_path):
    text = (ROOT / page).read_text()
    assert command in text
    words = shlex.split(command)[2:]
    kind = KINDS["sweep"]
    named = {"axis": "axes", "set": "fixed"}
    fields = {field: [] for field in named.values()}
    shown = []
    for flag, value in zip(words[1::2], words[2::2], strict=True):
        (shown if flag == "--show" else fields[named[flag.removeprefix("--")]]).append(value)
    job = kind.job(made(kind.request, {"experiment": words[0], "catalogue": tmp_path, **fields}), locate)
    for asked in job.rounds():
        for block in asked.blocks:
            run_block(block, job.assignment)
    job.finish(seconds=0.0)
    rows = kind.values.documents(job, shown)
    compared = 0
    for row in rows:
        found = on_the_page(text, where, row)
        if found is not None:
            digits = len(found.replace("−", "-").partition("e")[0].partition(".")[2])
            error = row[f"{output}_error"] + 0.5000001 * 10.0**-digits
            assert float(found.replace("−", "-")) == pytest.approx(row[output], abs=error)
            compared += 1
    assert compared >= 3


def on_the_page(text, where, row):
    """The number that a page has for a row of a sweep, as text; None if it leaves it out."""
    if isinstance(where, dict):
        cells = re.search(where[row["packing"]], text, re.MULTILINE)[1].split("|")
        return cells[[0.0, -0.25, -0.5].index(row["gamma"])].strip()
    found = re.search(where.format(**row), text, re.MULTILINE)
    return None if found is None else found[1]
