"""The command that writes a report."""

from __future__ import annotations

import argparse
from collections.abc import Callable

DONE = 0


def report(chosen: argparse.Namespace) -> int:
    """``wellposed report``"""
    from flows.report import FIGURES
    from flows.report import report as write

    page = write(chosen.catalogue, chosen.to)
    print(f"Report: {page}\nIts figures as PNG and SVG: {page.parent / FIGURES}")
    return DONE


def add_to(
    command: Callable[[Callable[[argparse.Namespace], int], str], argparse.ArgumentParser],
    catalogue: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds the command to a parser: `command` makes one, and `catalogue` gives it the usual option."""
    added = command(report, "Write what a catalogue holds as one HTML page, with its figures.")
    added.add_argument("--to", metavar="FOLDER", help="where index.html and figures/ are written (report)")
    catalogue(added)
