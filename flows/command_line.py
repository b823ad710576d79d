"""The command ``wellposed``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, NoReturn

from flows import catalogue_commands
from flows.errors import FlowError, ServerError

if TYPE_CHECKING:
    from flows.job import Job, Options

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
    from sweeps.cluster_file import find_cluster
    from sweeps.evaluate import find_experiment
    from sweeps.spelling import parse_axes, parse_settings

    cluster, experiment = find_cluster(chosen.cluster), find_experiment(chosen.experiment)
    axes, fixed = parse_axes(experiment, chosen.axis), parse_settings(experiment, chosen.set)
    if chosen.explain:
        from flows.explanation import explained

        print(explained(chosen.experiment, axes, fixed, chosen.catalogue, cluster))
        return DONE
    asked = sweep.prepare(chosen.experiment, axes, fixed, chosen.catalogue, _options(chosen))
    findings = Findings([asked])
    computed = job.complete([asked], findings.markdown, cluster=cluster)
    print(findings.sweep_table)
    return _conclude([asked], computed)


def boundary(chosen: argparse.Namespace) -> int:
    """``wellposed boundary``"""
    from flows import job, search
    from flows.findings import Findings
    from sweeps.cluster_file import find_cluster
    from sweeps.evaluate import find_experiment
    from sweeps.spelling import parse_axes, parse_settings

    cluster, experiment = find_cluster(chosen.cluster), find_experiment(chosen.experiment)
    axes, fixed = parse_axes(experiment, chosen.axis), parse_settings(experiment, chosen.set)
    if chosen.explain:
        from flows.explanation import explained_search

        searched = (chosen.experiment, chosen.along, axes, fixed, chosen.tolerance, chosen.catalogue)
        print(explained_search(*searched, cluster, chosen.coarse, not chosen.scan_all))
        return DONE
    asked = search.prepare(
        chosen.experiment,
        chosen.along,
        axes,
        fixed,
        chosen.tolerance,
        chosen.catalogue,
        _options(chosen),
        chosen.coarse,
        not chosen.scan_all,
    )
    findings = Findings([asked])
    computed = job.complete([asked], findings.markdown, cluster=cluster)
    print(*findings.boundary_tables)
    return _conclude([asked], computed)


def trace(chosen: argparse.Namespace) -> int:
    """``wellposed trace``"""
    from flows import job, tracing
    from sweeps.cluster_file import find_cluster
    from sweeps.evaluate import find_experiment
    from sweeps.grid import RequestError
    from sweeps.spelling import parse_range, parse_settings

    cluster, experiment = find_cluster(chosen.cluster), find_experiment(chosen.experiment)
    if len(chosen.axis) != 1:
        raise RequestError("A curve is traced over one axis, such as --axis M=7:12.")
    across, over = parse_range(experiment, chosen.axis[0])
    asked = tracing.prepare(
        chosen.experiment,
        chosen.along,
        across,
        over,
        parse_settings(experiment, chosen.set),
        chosen.tolerance,
        chosen.coarse,
        chosen.depth,
        chosen.catalogue,
        _options(chosen),
    )
    computed = job.complete([asked], lambda: asked.table().markdown(), cluster=cluster)
    print(asked.table())
    print(f"\n{asked.summary}")
    status = _conclude([asked], computed)
    return INCOMPLETE if asked.outcome == "unresolved" else status


def study(chosen: argparse.Namespace) -> int:
    """``wellposed study``"""
    from catalog.location import Location
    from flows import job
    from flows.findings import Findings
    from flows.study import find_study
    from sweeps.cluster_file import find_cluster

    cluster, asked = find_cluster(chosen.cluster), find_study(chosen.name)
    jobs = asked.prepare(chosen.catalogue)
    findings = Findings(jobs, asked.picture)
    computed = job.complete(jobs, findings.markdown, ("study", chosen.name), cluster)
    print(f"{asked.summary}\n")
    print(*findings.boundary_tables, sep="\n\n")
    place, pictures = Location.of(chosen.catalogue), [f"{chosen.name}.{form}" for form in ("png", "svg")]
    if computed or not set(pictures) <= set(place.names()):
        drawn = zip(pictures, (findings.png, findings.svg), strict=True)
        place.write({picture: data for picture, data in drawn if data is not None})
    if there := sorted(set(pictures) & set(place.names())):
        print("\nFigure: " + " and ".join(f"{chosen.catalogue}/{picture}" for picture in there))
    return _conclude(jobs, computed)


def audit(chosen: argparse.Namespace) -> int:
    """``wellposed audit``"""
    from catalog.location import Location
    from flows.audits import find_audit
    from flows.job import opening, troubles
    from sweeps.cluster_file import find_cluster
    from sweeps.layout import Outcome

    cluster, audited = find_cluster(chosen.cluster), find_audit(chosen.name)
    asked = audited.prepare(chosen.catalogue)
    computed = asked.complete(cluster)
    print(f"{asked.audit.questions.summary}\n")
    print(asked.table)
    page = f"audit-{chosen.name}.md"
    try:
        Location.of(chosen.catalogue).write({page: asked.markdown().encode()})
        print(f"\nThe same with its rule and its evidence: {chosen.catalogue}/{page}")
    except OSError as error:
        print(f"{chosen.catalogue}/{page} cannot be written: {error}", file=sys.stderr)
    failures = [reason for job in asked.jobs for reason in troubles(job, Outcome.FAILED)]
    return _say(computed, opening([asked.store()]), failures[:MOST_REASONS], len(failures))


def experiments(chosen: argparse.Namespace) -> int:
    """``wellposed experiments``"""
    from flows.description import described, listed
    from sweeps.evaluate import find_experiment

    print(listed() if chosen.experiment is None else described(find_experiment(chosen.experiment)))
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

    reasons = islice(chain.from_iterable(troubles(job) for job in jobs), MOST_REASONS)
    totals = [job.store.totals() for job in jobs]
    count = sum(total["unresolved"] + total["failed"] for total in totals)
    status = _say(computed, opening([job.store for job in jobs]), list(reasons), count)
    lines = [line for job in jobs if isinstance(job, SearchJob) for line in job.lines()]
    return INCOMPLETE if any(line.outcome == "unresolved" for line in lines) else status


def _options(chosen: argparse.Namespace) -> Options:
    """How the question is computed."""
    from flows.job import Options

    return Options(chosen.recompute, chosen.time_limit)


def _say(computed: bool, opening: str, reasons: Sequence[str], count: int) -> int:
    """Says how to open what is stored, and why some of `count` points have no answer; the exit status."""
    if not computed:
        print("\nAll of it was stored already; nothing was computed.")
    print("\nOpen it in Python:")
    print(f"    {opening}")
    for reason in reasons:
        print(reason, file=sys.stderr)
    if count > len(reasons):
        print(f"and {count - len(reasons):,} more points without an answer", file=sys.stderr)
    return INCOMPLETE if count else DONE


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
        name = function.__name__.rstrip("_")
        added = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
        added.set_defaults(command=function)
        return added

    def catalogue(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--catalogue", default="results", metavar="PLACE", help="where answers are kept (%(default)s)"
        )

    def cluster(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--cluster",
            default="local",
            metavar="WHERE",
            help="local, the address of a Dask scheduler (tcp://host:8786), or an entry of clusters.yaml "
            "(%(default)s)",
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
        again = added.add_mutually_exclusive_group()
        for option, value, meaning in (
            ("--missing-only", "missing", "compute what is not stored (this is what happens by default)"),
            ("--retry-failed", "failed", "compute the points that failed as well"),
            ("--overwrite", "everything", "compute everything again"),
        ):
            again.add_argument(
                option, dest="recompute", action="store_const", const=value, default="missing", help=meaning
            )
        added.add_argument(
            "--time-limit", type=float, metavar="SECONDS", help="after which a point has failed (none)"
        )
        cluster(added)
        catalogue(added)

    def tolerance(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--tolerance",
            type=float,
            default=1e-6,
            metavar="WIDTH",
            help="how wide a bracket may stay (%(default)s)",
        )

    def explain(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--explain",
            action="store_true",
            help="say how many points are left and what they would take, after a trial of a few; run nothing",
        )

    def scan(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--coarse", type=int, default=9, metavar="N", help="points of a first scan (%(default)s)"
        )

    added = command(run, "Evaluate an experiment at every point of a grid.")
    question(added)
    explain(added)
    added = command(
        boundary, "Locate where an experiment's order parameter changes sign along one parameter."
    )
    question(added)
    added.add_argument("--along", required=True, metavar="NAME", help="the parameter to search along")
    explain(added)
    tolerance(added)
    scan(added)
    added.add_argument(
        "--scan-all",
        action="store_true",
        help="scan every line in full, instead of starting some from their neighbours' boundaries",
    )
    added = command(
        trace, "Follow the curve in a plane on which an experiment's order parameter changes sign."
    )
    question(added)
    added.add_argument(
        "--along", required=True, metavar="NAME", help="one parameter; --axis NAME=A:B is the other"
    )
    tolerance(added)
    scan(added)
    added.add_argument(
        "--depth",
        type=int,
        default=2,
        metavar="N",
        help="how often crossed cells are quartered (%(default)s)",
    )
    added = command(study, "Carry out a study: boundaries and a phase diagram that belong together.")
    added.add_argument("name", metavar="NAME", help="wave, wave-boundaries, boltzmann or lenard_balescu")
    cluster(added)
    catalogue(added)
    added = command(audit, "Judge every printed claim of a family of equations by measurement.")
    added.add_argument("name", metavar="FAMILY", help="wave, boltzmann or lenard_balescu")
    cluster(added)
    catalogue(added)
    added = command(experiments, "List the experiments, or describe one.")
    added.add_argument("experiment", nargs="?", metavar="NAME")
    catalogue_commands.add_to(command, catalogue)
    command(ui, "Show the history of runs in a browser, until Ctrl-C.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
