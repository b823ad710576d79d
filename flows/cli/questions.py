"""The commands that ask a question and compute what is not stored of its answer."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from wellposed.flows.cli import completion
from wellposed.flows.cli.answer import DONE, INCOMPLETE, Answer

if TYPE_CHECKING:
    from wellposed.flows.kinds.cost import SearchCost, SweepCost
    from wellposed.flows.kinds.job import Job, Options

# What takes time to import is imported by the command that needs it.

MOST_REASONS = 3
"""Of points without an answer, that are told."""


def run(chosen: argparse.Namespace) -> Answer:
    """``wellposed run``"""
    from wellposed.flows.execution.complete import complete
    from wellposed.flows.kinds import sweep
    from wellposed.flows.presentation.findings import Findings
    from wellposed.sweeps.cluster.file import find_cluster
    from wellposed.sweeps.experiments.find import find_experiment
    from wellposed.sweeps.requests.spelling import parse_axes, parse_settings

    cluster, experiment = find_cluster(chosen.cluster), find_experiment(chosen.experiment)
    axes, fixed = parse_axes(experiment, chosen.axis), parse_settings(experiment, chosen.set)
    if chosen.explain:
        from wellposed.flows.kinds.cost import explained

        question = (chosen.experiment, axes, fixed, chosen.catalogue, cluster, _options(chosen))
        return _explained(explained(*question))
    asked = sweep.prepare(chosen.experiment, axes, fixed, chosen.catalogue, _options(chosen))
    findings = Findings([asked])
    computed = complete([asked], findings.markdown, cluster=cluster)
    return _concluded([asked], computed, str(findings.sweep_table), {})


def boundary(chosen: argparse.Namespace) -> Answer:
    """``wellposed boundary``"""
    from wellposed.flows.execution.complete import complete
    from wellposed.flows.kinds import boundary as search
    from wellposed.flows.presentation import documents
    from wellposed.flows.presentation.findings import Findings
    from wellposed.sweeps.cluster.file import find_cluster
    from wellposed.sweeps.experiments.find import find_experiment
    from wellposed.sweeps.requests.spelling import parse_axes, parse_settings

    cluster, experiment = find_cluster(chosen.cluster), find_experiment(chosen.experiment)
    axes, fixed = parse_axes(experiment, chosen.axis), parse_settings(experiment, chosen.set)
    if chosen.explain:
        from wellposed.flows.kinds.cost import explained_search

        searched = (chosen.experiment, chosen.along, axes, fixed, chosen.tolerance, chosen.catalogue)
        manner = (cluster, chosen.coarse, not chosen.scan_all, _options(chosen))
        return _explained(explained_search(*searched, *manner))
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
    computed = complete([asked], findings.markdown, cluster=cluster)
    tables = "\n\n".join(map(str, findings.boundary_tables))
    found = {"boundaries": documents.of_boundaries(findings.boundaries)}
    return _concluded([asked], computed, tables, found)


def trace(chosen: argparse.Namespace) -> Answer:
    """``wellposed trace``"""
    from wellposed.errors import RequestError
    from wellposed.flows.execution.complete import complete
    from wellposed.flows.kinds import curve as tracing
    from wellposed.flows.presentation import documents
    from wellposed.sweeps.cluster.file import find_cluster
    from wellposed.sweeps.experiments.find import find_experiment
    from wellposed.sweeps.requests.spelling import parse_range, parse_settings

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
    computed = complete([asked], asked.markdown, cluster=cluster)
    found = {"curve": documents.of_curve(asked)}
    return _concluded([asked], computed, f"{asked.table()}\n\n{asked.summary}", found)


def study(chosen: argparse.Namespace) -> Answer:
    """``wellposed study``"""
    from wellposed.catalog.location import Location
    from wellposed.flows.execution.complete import complete
    from wellposed.flows.kinds.study import find_study
    from wellposed.flows.presentation import documents
    from wellposed.flows.presentation.findings import Findings
    from wellposed.sweeps.cluster.file import find_cluster

    cluster, asked = find_cluster(chosen.cluster), find_study(chosen.name)
    jobs = asked.prepare(chosen.catalogue)
    findings = Findings(jobs, asked.picture)
    computed = complete(jobs, findings.markdown, ("study", chosen.name), cluster)
    place, pictures = Location.of(chosen.catalogue), [f"{chosen.name}.{form}" for form in ("png", "svg")]
    if computed or not set(pictures) <= set(place.names()):
        drawn = zip(pictures, (findings.png, findings.svg), strict=True)
        place.write({picture: data for picture, data in drawn if data is not None})
    figures = [f"{chosen.catalogue}/{name}" for name in sorted(set(pictures) & set(place.names()))]
    found = {"boundaries": documents.of_boundaries(findings.boundaries), "figures": figures}
    parts = [asked.summary, *map(str, findings.boundary_tables)]
    parts += ["Figure: " + " and ".join(figures)] if figures else []
    return _concluded(jobs, computed, "\n\n".join(parts), found)


def audit(chosen: argparse.Namespace) -> Answer:
    """``wellposed audit``"""
    from wellposed.catalog.location import Location
    from wellposed.flows.kinds.audits import find_audit
    from wellposed.flows.kinds.job import opening, troubles
    from wellposed.flows.presentation import documents
    from wellposed.sweeps.answers.layout import Outcome
    from wellposed.sweeps.cluster.file import find_cluster

    cluster, audited = find_cluster(chosen.cluster), find_audit(chosen.name)
    asked = audited.prepare(chosen.catalogue)
    computed = asked.complete(cluster)
    page = f"{chosen.catalogue}/audit-{chosen.name}.md"
    text = f"{asked.audit.questions.summary}\n\n{asked.table}"
    try:
        Location.of(chosen.catalogue).write({f"audit-{chosen.name}.md": asked.markdown().encode()})
        text += f"\n\nThe same with its rule and its evidence: {page}"
    except OSError as error:
        print(f"{page} cannot be written: {error}", file=sys.stderr)
    failures = [reason for job in asked.jobs for reason in troubles(job, Outcome.FAILED)]
    document = {
        "claims": documents.of_claims(asked.assessed),
        "page": page,
        "sweeps": [documents.of_job(job) for job in asked.jobs],
        "computed": computed,
    }
    return Answer(
        text,
        document,
        INCOMPLETE if failures else DONE,
        _aside(computed, opening([asked.store()])),
        _complaints(failures[:MOST_REASONS], len(failures)),
    )


def add_to(
    command: Callable[..., argparse.ArgumentParser],
    catalogue: Callable[[argparse.ArgumentParser], None],
) -> None:
    """Adds these commands to a parser: `command` makes one, and `catalogue` gives it the usual option."""

    def cluster(added: argparse.ArgumentParser) -> None:
        added.add_argument(
            "--cluster",
            default="local",
            metavar="WHERE",
            help="local, the address of a Dask scheduler (tcp://host:8786), or an entry of clusters.yaml "
            "(%(default)s)",
        )

    def question(added: argparse.ArgumentParser) -> None:
        named = added.add_argument(
            "experiment", metavar="NAME", help="an experiment, or module:attribute, or file.py:attribute"
        )
        completion.offer(named, completion.experiments)
        for option, metavar, meaning in (
            (
                "--axis",
                "NAME=VALUES",
                "a parameter that varies: beta=0:1:41 (both ends included), A=geom(1,100,5) or M=7,8,10",
            ),
            ("--set", "NAME=VALUE", "a parameter that does not vary"),
        ):
            given = added.add_argument(option, action="append", default=[], metavar=metavar, help=meaning)
            completion.offer(given, completion.assignments)
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

    def along(added: argparse.ArgumentParser, meaning: str) -> None:
        given = added.add_argument("--along", required=True, metavar="NAME", help=meaning)
        completion.offer(given, completion.parameters)

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

    added = command(
        run,
        "Evaluate an experiment at every point of a grid.",
        "wellposed run wave.growth --axis beta=0:1:41 --axis M=7,8,10 --set operator=gain",
        "wellposed run wave.growth --axis beta=0:1:41 --axis M=6.5:12:12 --explain",
        "wellposed run ./my_kernel.py:experiment --axis beta=0:1:11",
    )
    question(added)
    explain(added)
    added = command(
        boundary,
        "Locate where an experiment's order parameter changes sign along one parameter.",
        "wellposed boundary wave.growth --along beta --axis M=7,8,10 --set operator=gain",
        "wellposed boundary boltzmann.bilinear --along s --axis gamma=-0.5,-0.25,0 --set d=2",
        "wellposed boundary wave.growth --along beta --axis M=6.1:6.9:9 --scan-all --json",
    )
    question(added)
    along(added, "the parameter to search along")
    explain(added)
    tolerance(added)
    scan(added)
    added.add_argument(
        "--scan-all",
        action="store_true",
        help="scan every line in full, instead of starting some from their neighbours' boundaries",
    )
    added = command(
        trace,
        "Follow the curve in a plane on which an experiment's order parameter changes sign.",
        "wellposed trace wave.growth --along beta --axis M=6.1:6.9 --set operator=full",
    )
    question(added)
    along(added, "one parameter; --axis NAME=A:B is the other")
    tolerance(added)
    scan(added)
    added.add_argument(
        "--depth",
        type=int,
        default=2,
        metavar="N",
        help="how often crossed cells are quartered (%(default)s)",
    )
    added = command(
        study,
        "Carry out a study: boundaries and a phase diagram that belong together.",
        "wellposed study wave",
        "wellposed study boltzmann --catalogue /data/kinetic",
    )
    named = added.add_argument(
        "name", metavar="NAME", help="wave, wave-boundaries, boltzmann or lenard_balescu"
    )
    completion.offer(named, completion.studies)
    cluster(added)
    catalogue(added)
    added = command(
        audit,
        "Judge every printed claim of a family of equations by measurement.",
        "wellposed audit wave",
        "wellposed audit boltzmann --json | jq '.claims[] | select(.verdict == \"violated\")'",
    )
    named = added.add_argument("name", metavar="FAMILY", help="wave, boltzmann or lenard_balescu")
    completion.offer(named, completion.audits)
    cluster(added)
    catalogue(added)


def _explained(cost: SweepCost | SearchCost) -> Answer:
    """What a question would cost."""
    return Answer(str(cost), cost.document())


def _options(chosen: argparse.Namespace) -> Options:
    """How the question is computed."""
    from wellposed.flows.kinds.job import Options

    return Options(chosen.recompute, chosen.time_limit)


def _concluded(jobs: Sequence[Job], computed: bool, text: str, document: dict[str, Any]) -> Answer:
    """What was found, what became of the points, where they are, and the exit status that follows."""
    from wellposed.flows.kinds.boundary import SearchJob
    from wellposed.flows.kinds.curve import TraceJob
    from wellposed.flows.kinds.job import opening, troubles
    from wellposed.flows.presentation import documents

    reasons = list(islice(chain.from_iterable(troubles(job) for job in jobs), MOST_REASONS))
    totals = [job.store.totals() for job in jobs]
    count = sum(total["unresolved"] + total["failed"] for total in totals)
    outcomes = [line.outcome for job in jobs if isinstance(job, SearchJob) for line in job.lines()]
    outcomes += [job.outcome for job in jobs if isinstance(job, TraceJob)]
    return Answer(
        text,
        {**document, "sweeps": [documents.of_job(job) for job in jobs], "computed": computed},
        INCOMPLETE if count or "unresolved" in outcomes else DONE,
        _aside(computed, opening([job.store for job in jobs])),
        _complaints(reasons, count),
    )


def _aside(computed: bool, opening: str) -> str:
    """Says how to open what is stored."""
    parts = [] if computed else ["All of it was stored already; nothing was computed."]
    return "\n\n".join([*parts, f"Open it in Python:\n    {opening}"])


def _complaints(reasons: Sequence[str], count: int) -> list[str]:
    """Why some of `count` points have no answer."""
    rest = count - len(reasons)
    return [*reasons, *([f"and {rest:,} more points without an answer"] if rest > 0 else [])]
