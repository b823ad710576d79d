"""Pages that are written from the code whenever the site is built: every experiment, every command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from typer.main import get_command

from wellposed import Experiment
from wellposed.flows.cli.main import application
from wellposed.kinetics import FAMILIES

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
            ["published boundary", "where", "source"],
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
    for family in FAMILIES.values():
        parts = [f"# {family.title}: experiments", f"{plain(family.paper)}."]
        for experiment in family.experiments:
            parts += experiment_section(experiment)
        yield family.name, "\n\n".join(parts)


def command_page() -> str:
    """What ``--help`` says of every command."""
    root: Any = get_command(application())
    parts = ["# The command line", _help(root, "wellposed")]
    for name, command in root.commands.items():
        parts += [f"## wellposed {name}", _help(command, f"wellposed {name}")]
        for one, beneath in getattr(command, "commands", {}).items():
            parts += [f"### wellposed {name} {one}", _help(beneath, f"wellposed {name} {one}")]
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


def _help(command: Any, name: str) -> str:
    # As wide as a terminal, whatever this one is.
    context = command.make_context(name, [], resilient_parsing=True, terminal_width=88, max_content_width=88)
    return f"```text\n{command.get_help(context).strip()}\n```"


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
