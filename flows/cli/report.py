"""The command that writes a report."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from wellposed.flows.cli.answer import Answer


def report(chosen: argparse.Namespace) -> Answer:
    """``wellposed report``"""
    from wellposed.flows.report.report import FIGURES
    from wellposed.flows.report.report import report as write

    page = write(chosen.catalogue, chosen.to)
    figures = page.parent / FIGURES
    return Answer(
        f"Report: {page}\nIts figures as PNG and SVG: {figures}",
        {"page": str(page), "figures": sorted(str(path) for path in figures.glob("*"))},
    )


def add_to(
    command: Callable[..., argparse.ArgumentParser],
    catalogue: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds the command to a parser: `command` makes one, and `catalogue` gives it the usual option."""
    added = command(
        report,
        "Write what a catalogue holds as one HTML page, with its figures.",
        "wellposed report",
        "wellposed report --catalogue s3://bucket/kinetic --to /tmp/kinetic",
    )
    added.add_argument("--to", metavar="FOLDER", help="where index.html and figures/ are written (report)")
    catalogue(added)
