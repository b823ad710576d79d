"""What was found as plain data, for programs that read a command's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellposed.flows.kinds.assessment import Assessment
from wellposed.flows.kinds.boundary import Line, SearchJob
from wellposed.flows.kinds.curve import TraceJob
from wellposed.flows.kinds.job import Job
from wellposed.flows.kinds.sweep import SweepJob

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment


def of_job(job: Job) -> dict[str, Any]:
    """A question, where its answers are, and what became of its points."""
    return {
        "id": job.store.id,
        "kind": job.kind,
        "experiment": job.experiment.name,
        "version": job.experiment.version,
        "fingerprint": job.experiment.fingerprint,
        "title": job.title,
        "place": job.store.location,
        "command": job.command,
        "points": _points(job),
    }


def of_boundaries(found: Mapping[SearchJob, Sequence[Line]]) -> list[dict[str, Any]]:
    """The boundaries of searches, line by line."""
    return [_of_line(job, line) for job, lines in found.items() for line in lines]


def of_curve(job: TraceJob) -> dict[str, Any]:
    """The vertices of a curve."""
    found = job.result()
    columns = {str(name): found[name].to_numpy().tolist() for name in found.variables}
    return {
        "outcome": job.outcome,
        "along": job.search.along,
        "across": job.search.across,
        "evaluations": int(found.attrs["evaluations"]),
        "vertices": [
            dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
        ],
    }


def of_claims(assessed: Sequence[Assessment]) -> list[dict[str, Any]]:
    """Printed claims, each with what was measured of it."""
    return [
        {
            "equation": one.claim.equation,
            "statement": one.claim.statement,
            "relation": one.claim.relation,
            "printed": str(one.claim.printed),
            "condition": one.claim.condition,
            "remark": one.claim.remark,
            "experiment": one.claim.experiment,
            "output": one.claim.output,
            "measured_law": None if one.law is None else str(one.law),
            "excess": list(one.excess),
            "error": one.error,
            "points": len(one.measurements),
            "resolved": len(one.resolved),
            "verdict": str(one.verdict),
        }
        for one in assessed
    ]


def of_experiment(experiment: Experiment) -> dict[str, Any]:
    """What an experiment asks, takes and yields, and what is printed about it."""
    return {
        "name": experiment.name,
        "version": experiment.version,
        "summary": experiment.summary,
        "source": experiment.source,
        "parameters": [
            {
                "name": p.name,
                "kind": p.kind,
                "default": p.default,
                "allowed": p.allowed,
                "units": p.units,
                "meaning": p.summary,
            }
            for p in experiment.parameters
        ],
        "outputs": [
            {"name": o.name, "over": list(o.dims), "units": o.units, "meaning": o.long_name}
            for o in experiment.outputs
        ],
        "order_parameter": experiment.order_parameter,
        "tolerance": experiment.tolerance,
        "printed": [
            {
                "along": t.along,
                "at": t.value,
                "label": t.label,
                "relation": t.relation,
                "for": dict(t.when),
                "source": t.source,
            }
            for t in experiment.thresholds
        ],
    }


def _points(job: Job) -> dict[str, int]:
    """What became of the points.  Of a search it is not known how many there will be, so none is missing."""
    totals = job.store.totals()
    return totals if isinstance(job, SweepJob) else {k: n for k, n in totals.items() if k != "missing"}


def _of_line(job: SearchJob, line: Line) -> dict[str, Any]:
    threshold = job.experiment.printed_threshold(job.search.along, line.point)
    return {
        "sweep": job.store.id,
        "experiment": job.experiment.name,
        "along": job.search.along,
        "at": {
            name: value
            for name, value in line.point.items()
            if name != job.search.along and job.experiment.parameter(name).matters(line.point)
        },
        "outcome": line.outcome,
        "said": line.said,
        "boundary": line.boundary,
        "lower": line.lower,
        "upper": line.upper,
        "between": [job.search.lower, job.search.upper],
        "evaluations": line.evaluations,
        "unresolved": line.troubled - line.failed,
        "failed": line.failed,
        "printed": None
        if threshold is None
        else {"at": threshold.value, "label": threshold.label, "source": threshold.source},
    }
