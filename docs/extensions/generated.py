"""Pages that are written from the code whenever the site is built: every experiment, every command."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from unittest.mock import patch

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from wellposed.flows.cli.main import _parser
from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.experiment import Experiment

FAMILIES = {
    "wave": "The kinetic wave equation",
    "boltzmann": "The Boltzmann equation with soft potential",
    "lenard_balescu": "The quantum Lenard–Balescu equation",
}

FOLDER = Path("reference", "generated")

SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+.!|$~^-])")


def plain(text: object) -> str:
    """Text that markdown leaves as it is."""
    return SPECIAL.sub(r"\\\1", str(text))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def experiment_section(experiment: Experiment) -> Iterator[str]:
    yield f"## {experiment.name}"
    yield f"{plain(experiment.summary)}. From {plain(experiment.source)}."
    told = [f"Version {experiment.version}."]
    if experiment.order_parameter is not None:
        told.append(
            f"A boundary is where `{experiment.order_parameter}` changes sign; a point whose error exceeds "
            f"{experiment.tolerance:g} is unresolved."
        )
    yield " ".join(told)
    yield table(
        ["parameter", "allowed", "default", "meaning"],
        [
            [f"`{p.name}`", plain(p.allowed), f"`{p.default}`", _meaning(p.summary, p.units, p.only_with)]
            for p in experiment.parameters
        ],
    )
    yield table(
        ["output", "over", "meaning"],
        [
            [f"`{o.name}`", ", ".join(f"`{dim}`" for dim in o.dims), _meaning(o.long_name, o.units)]
            for o in experiment.outputs
        ],
    )
    if experiment.coordinates:
        yield table(
            ["dimension of its own", "length", "meaning"],
            [
                [f"`{c.name}`", str(len(c.values)), _meaning(c.long_name, c.units)]
                for c in experiment.coordinates
            ],
        )
    if experiment.thresholds:
        yield table(
            ["printed boundary", "where", "source"],
            [
                [
                    f"`{t.along}` {t.relation} {plain(t.label)}",
                    plain("; ".join(f"{name} {' or '.join(map(str, of))}" for name, of in t.when.items())),
                    plain(t.source),
                ]
                for t in experiment.thresholds
            ],
        )


def experiment_pages() -> Iterator[tuple[str, str]]:
    """A page for each family, by its name."""
    for family, members in groupby(EXPERIMENTS.values(), key=lambda one: one.name.partition(".")[0]):
        parts = [f"# {FAMILIES.get(family, family)}: experiments"]
        for experiment in members:
            parts += experiment_section(experiment)
        yield family, "\n\n".join(parts)


def command_page() -> str:
    """What ``--help`` says of every command."""
    parser = _parser()
    parts = ["# The command line", parser.description or "", _help(parser)]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                parts += [f"## wellposed {name}", _help(command)]
    return "\n\n".join(parts)


def write_pages(app: Sphinx) -> None:
    """Writes those pages that have changed, and removes those that are no more."""
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    pages = {f"{name}.md": text for name, text in [*experiment_pages(), ("command-line", command_page())]}
    for path in folder.glob("*.md"):
        if path.name not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text() != text + "\n":
            path.write_text(text + "\n")


def _meaning(text: str, units: str, only_with: tuple[str, tuple[str, ...]] | None = None) -> str:
    told = plain(text) if units == "1" else f"{plain(text)} [{plain(units)}]"
    if only_with is not None:
        told += f"; only with {plain(only_with[0])} {plain(' or '.join(only_with[1]))}"
    return told


def _help(parser: argparse.ArgumentParser) -> str:
    # As wide as a terminal, whatever this one is, and without its colours.
    with patch.dict(os.environ, {"COLUMNS": "88", "NO_COLOR": "1"}):
        return f"```text\n{parser.format_help().strip()}\n```"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
