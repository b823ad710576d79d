"""The command that writes a report."""

from __future__ import annotations

from typing import Annotated

import typer

from wellposed.flows.cli.answer import Answer
from wellposed.flows.cli.catalogue import Catalogue


def report(
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER", help="Where index.html and figures/ are written.", show_default="report"
        ),
    ] = None,
    catalogue: Catalogue = "results",
) -> Answer:
    """``wellposed report``"""
    from wellposed.flows.report.report import FIGURES
    from wellposed.flows.report.report import report as write

    page = write(catalogue, to)
    figures = page.parent / FIGURES
    return Answer(
        f"Report: {page}\nIts figures as PNG and SVG: {figures}",
        {"page": str(page), "figures": sorted(str(path) for path in figures.glob("*"))},
    )


COMMANDS = (
    (
        "report",
        report,
        "Write what a catalogue holds as one HTML page, with its figures.",
        "wellposed report",
        "wellposed report --catalogue s3://bucket/kinetic --to /tmp/kinetic",
    ),
)
