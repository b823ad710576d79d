"""The command ``wellposed``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from flows.errors import FlowError, ServerError

if TYPE_CHECKING:
    from flows.job import Job

# What takes time to import is imported by the command that needs it.

DONE, INCOMPLETE, REFUSED, INTERRUPTED = 0, 1, 2, 130

MOST_REASONS = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command with `arguments`, by default those of the process.

    Returns
    -------
    int
        0: done.  1: some points failed or stayed unresolved; of an audit, where ``unresolved`` is a verdict,
        some failed.  2: not allowed, and refused before anything was
        started.  130: interrupted.
    """
    chosen = _parser().parse_args(arguments)
    # Who is told to end should end its workers too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return int(chosen.command(chosen))
    except KeyboardInterrupt:
        return _refuse("interrupted. What is computed is stored; the same command completes it.", INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has read enough; nothing is left to say, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:
        status = _status(error)
        if status is None:
            raise
        return _refuse(str(error), status)


def run(chosen: argparse.Namespace) -> int:
    """``wellposed run``"""
    from flows import job, sweep
    from flows.findings import Findings
    from sweeps.evaluate import find_experiment
    from sweeps.grid import parse_axes, parse_settings

    experiment = find_experiment(chosen.experiment)
    axes, fixed = parse_axes(experiment, chosen.axis), parse_settings(experiment, chosen.set)
    asked = sweep.prepare(chosen.experiment, axes, fixed, chosen.catalogue)
    findings = Findings([asked])
    computed = job.complete([asked], findings.markdown)
    print(findings.sweep_table)
    return _conclude([asked], computed)


def boundary(chosen: argparse.Namespace) -> int:
    """``wellposed boundary``"""
    from flows import job, search
    from flows.findings import Findings
    from sweeps.evaluate import find_experiment
    from sweeps.grid import parse_axes, parse_settings

    experiment = find_experiment(chosen.experiment)
    axes, fixed = parse_axes(experiment, chosen.axis), parse_settings(experiment, chosen.set)
    asked = search.prepare(chosen.experiment, chosen.along, axes, fixed, chosen.tolerance, chosen.catalogue)
    findings = Findings([asked])
    computed = job.complete([asked], findings.markdown)
    print(*findings.boundary_tables)
    return _conclude([asked], computed)


def study(chosen: argparse.Namespace) -> int:
    """``wellposed study``"""
    from flows import job
    from flows.findings import Findings
    from flows.study import find_study

    asked = find_study(chosen.name)
    jobs = asked.prepare(chosen.catalogue)
    findings = Findings(jobs)
    computed = job.complete(jobs, findings.markdown, ("study", chosen.name))
    print(f"{asked.summary}\n")
    print(*findings.boundary_tables, sep="\n\n")
    pictures = [Path(chosen.catalogue) / f"{chosen.name}.{form}" for form in ("png", "svg")]
    if computed or not all(picture.exists() for picture in pictures):
        for picture, data in zip(pictures, (findings.png, findings.svg), strict=True):
            if data is not None:
                picture.write_bytes(data)
    if drawn := [str(picture) for picture in pictures if picture.exists()]:
        print("\nFigure: " + " and ".join(drawn))
    return _conclude(jobs, computed)


def audit(chosen: argparse.Namespace) -> int:
    """``wellposed audit``"""
    from flows.audits import find_audit
    from flows.job import opening, troubles
    from sweeps.layout import Outcome

    asked = find_audit(chosen.name).prepare(chosen.catalogue)
    computed = asked.complete()
    print(f"{asked.audit.questions.summary}\n")
    print(asked.table)
    page = Path(chosen.catalogue) / f"audit-{chosen.name}.md"
    try:
        page.write_text(asked.markdown())
        print(f"\nThe same with its rule and its evidence: {page}")
    except OSError as error:
        print(f"{page} cannot be written: {error}", file=sys.stderr)
    failures = [reason for job in asked.jobs for reason in troubles(job, Outcome.FAILED)]
    return _say(computed, opening([asked.store()]), failures)


def experiments(chosen: argparse.Namespace) -> int:
    """``wellposed experiments``"""
    from flows.description import described, listed
    from sweeps.evaluate import find_experiment

    print(listed() if chosen.experiment is None else described(find_experiment(chosen.experiment)))
    return DONE


def ls(chosen: argparse.Namespace) -> int:
    """``wellposed ls``"""
    import catalog
    from flows.table import catalogue_table

    print(catalogue_table(catalog.open(chosen.catalogue)))
    return DONE


def show(chosen: argparse.Namespace) -> int:
    """``wellposed show``"""
    import catalog
    from flows.description import stored

    print(stored(catalog.open(chosen.catalogue).find(chosen.id)))
    return DONE


def ui(chosen: argparse.Namespace) -> int:
    """``wellposed ui``"""
    from flows.server import interface, server

    with server() as answer:
        url = interface(answer())
        print(f"Prefect's interface is at {url}; Ctrl-C ends it.", flush=True)
        if sys.stdout.isatty() and _has_display():
            webbrowser.open(url)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
    return DONE


def _conclude(jobs: Sequence[Job], computed: bool) -> int:
    """Says what became of the points and where they are; the exit status that follows."""
    from flows.job import opening, troubles
    from flows.search import SearchJob

    status = _say(
        computed,
        opening([job.store for job in jobs]),
        [reason for job in jobs for reason in troubles(job)],
    )
    lines = [line for job in jobs if isinstance(job, SearchJob) for line in job.lines()]
    return INCOMPLETE if any(line.outcome == "unresolved" for line in lines) else status


def _say(computed: bool, opening: str, reasons: Sequence[str]) -> int:
    """Says how to open what is stored, and why points have no answer; the exit status that follows."""
    if not computed:
        print("\nAll of it was stored already; nothing was computed.")
    print("\nOpen it in Python:")
    print(f"    {opening}")
    for reason in reasons[:MOST_REASONS]:
        print(reason, file=sys.stderr)
    if len(reasons) > MOST_REASONS:
        print(f"and {len(reasons) - MOST_REASONS:,} more points without an answer", file=sys.stderr)
    return INCOMPLETE if reasons else DONE


def _refuse(message: str, status: int) -> int:
    print(f"wellposed: {message}", file=sys.stderr)
    return status


def _status(error: Exception) -> int | None:
    """The exit status where the message of `error` says all there is to say."""
    from catalog import CatalogueError
    from kinetics.experiment import ParameterError
    from sweeps.grid import RequestError
    from sweeps.layout import AnswerError

    if isinstance(error, RequestError | ParameterError | CatalogueError | ServerError):
        return REFUSED
    return INCOMPLETE if isinstance(error, FlowError | AnswerError) else None


def _has_display() -> bool:
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(REFUSED, f"{self.prog}: {message}; see {self.prog} --help\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="wellposed",
        description="Locates by computation where kinetic equations stop being well-posed.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(function: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(function.__name__, help=summary, description=summary, allow_abbrev=False)
        added.set_defaults(command=function)
        return added

    def catalogue(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--catalogue", default="results", metavar="PLACE", help="where answers are kept (%(default)s)"
        )

    def question(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "experiment", metavar="NAME", help="an experiment, or module:attribute, or file.py:attribute"
        )
        added.add_argument(
            "--axis",
            action="append",
            default=[],
            metavar="NAME=VALUES",
            help="a parameter that varies: beta=0:1:41 (both ends included), A=geom(1,100,5) or M=7,8,10",
        )
        added.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter that does not vary"
        )
        catalogue(added)

    question(command(run, "Evaluate an experiment at every point of a grid."))
    added = command(
        boundary, "Locate where an experiment's order parameter changes sign along one parameter."
    )
    question(added)
    added.add_argument("--along", required=True, metavar="NAME", help="the parameter to search along")
    added.add_argument(
        "--tolerance",
        type=float,
        default=1e-6,
        metavar="WIDTH",
        help="how wide a bracket may stay (%(default)s)",
    )
    added = command(study, "Carry out a study: boundaries and a phase diagram that belong together.")
    added.add_argument("name", metavar="NAME", help="such as wave")
    catalogue(added)
    added = command(audit, "Judge every printed claim of a family of equations by measurement.")
    added.add_argument("name", metavar="FAMILY", help="such as wave")
    catalogue(added)
    added = command(experiments, "List the experiments, or describe one.")
    added.add_argument("experiment", nargs="?", metavar="NAME")
    catalogue(command(ls, "List what a catalogue holds."))
    added = command(show, "Describe one sweep of a catalogue.")
    added.add_argument("id", metavar="ID", help="its first digits are enough")
    catalogue(added)
    command(ui, "Show the history of runs in a browser, until Ctrl-C.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
