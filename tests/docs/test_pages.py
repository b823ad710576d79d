"""What the pages say can be followed: links lead somewhere, commands are commands, code is code."""

import argparse
import ast
import re
import shlex
from pathlib import Path

import pytest

from wellposed.flows.cli.main import _parser
from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.requests.spelling import parse_axes, parse_range, parse_settings

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


def subcommands(parser):
    (action,) = (one for one in parser._actions if isinstance(one, argparse._SubParsersAction))
    return action.choices


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
def test_every_command_in_a_block_is_one(page, capsys):
    for line in lines_of_commands(page):
        words = shlex.split(line, comments=True)
        try:
            chosen = _parser().parse_args(words[1:])
        except SystemExit:
            pytest.fail(f"{line}: {capsys.readouterr().err}")
        experiment = EXPERIMENTS.get(chosen.experiment) if "axis" in chosen else None
        if experiment is not None:
            if words[1] == "trace":
                parse_range(experiment, chosen.axis[0])
            else:
                parse_axes(experiment, chosen.axis)
            parse_settings(experiment, chosen.set)
            if "along" in chosen:
                experiment.parameter(chosen.along)


@pages
def test_every_command_that_is_mentioned_has_its_name_and_options(page):
    known = subcommands(_parser())
    for span in SPAN.findall(page.read_text()):
        words = span.split()
        assert words[1] in known or not words[1].islower(), span
        if words[1] in known:
            options = set(known[words[1]]._option_string_actions)
            assert {word for word in words if word.startswith("--")} <= options, span


@pages
def test_every_block_of_python_parses(page):
    for _, language, body in FENCE.findall(page.read_text()):
        if language.strip() in ("python", "{code-cell}"):
            code = "\n".join(line for line in body.splitlines() if not line.startswith((":", "%")))
            ast.parse(code)
