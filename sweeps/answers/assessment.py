"""What measurements say of published claims: verdicts point by point, and for each claim as a whole."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from wellposed.kinetics.claim import Claim, Verdict, judge, overall
from wellposed.kinetics.law import Law, Linear, read_off
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
from wellposed.sweeps.answers.layout import TEXT, Outcome
from wellposed.sweeps.answers.sweep import SweepAnswer

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, PrintedThreshold, Value


@dataclass(frozen=True)
class Measurement:
    """A claim at one point.  `measured` is NaN where there is no answer, and where there is no boundary."""

    point: Mapping[str, Value]
    printed: float
    measured: float
    error: float
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Assessment:
    """A claim, and what was measured of it."""

    claim: Claim
    measurements: Sequence[Measurement]

    @cached_property
    def verdict(self) -> Verdict:
        return overall([one.verdict for one in self.measurements])

    @cached_property
    def resolved(self) -> Sequence[Measurement]:
        return [one for one in self.measurements if one.verdict != Verdict.UNRESOLVED]

    @cached_property
    def excess(self) -> tuple[float, float]:
        """Least and largest of measured minus published; NaN if nothing was measured."""
        found = [one.measured - one.printed for one in self.resolved if math.isfinite(one.measured)]
        return (min(found), max(found)) if found else (math.nan, math.nan)

    @cached_property
    def error(self) -> float:
        """The largest error of those."""
        return max((one.error for one in self.resolved if math.isfinite(one.measured)), default=math.nan)

    @cached_property
    def law(self) -> Law | None:
        """What all that was measured obeys, if that is simple."""
        points = [one.point for one in self.measurements]
        common = set.intersection(*(set(point) for point in points)) if points else set()
        numbers = {
            name: [float(point[name]) for point in points]
            for name in (points[0] if points else ())
            if name in common and not isinstance(points[0][name], str)
        }
        measured, error = (
            [getattr(one, name) for one in self.measurements] for name in ("measured", "error")
        )
        return read_off(numbers, measured, error)

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict == verdict for one in self.measurements)


def assess(
    claims: Iterable[Claim], sweeps: Sequence[SweepAnswer], boundaries: Sequence[BoundaryAnswer]
) -> list[Assessment]:
    """Returns every claim that `sweeps` have measured, then every published threshold searched for."""
    claims = list(claims)
    read = {
        answer: _read(answer, [claim for claim in claims if claim.experiment == answer.experiment.name])
        for answer in sweeps
    }
    assessed = []
    for claim in claims:
        about = ((answer, at) for answer, at in read.items() if answer.experiment.name == claim.experiment)
        assessed.append(
            Assessment(claim, [one for answer, at in about for one in _measurements(claim, answer, at)])
        )
    thresholds: dict[tuple[str, ...], tuple[Claim, list[Measurement]]] = {}
    for boundary in boundaries:
        for line in boundary.lines:
            threshold = boundary.published(line)
            if threshold is not None:
                claim = _threshold_claim(boundary.experiment, line.point, threshold)
                key = claim.experiment, claim.equation, claim.statement
                kept = thresholds.setdefault(key, (claim, []))
                kept[1].append(at_boundary(boundary, line, threshold))
    return assessed + [Assessment(*found) for found in thresholds.values()]


def _read(answer: SweepAnswer, claims: Sequence[Claim]) -> xr.Dataset:
    """Returns what `claims` are about, read once for all of them."""
    names = {name for claim in claims for name in (claim.output, f"{claim.output}_error")}
    return answer.stored[[*sorted(names), "outcome"]].load()


def _measurements(claim: Claim, answer: SweepAnswer, stored: xr.Dataset) -> Iterator[Measurement]:
    names = (claim.output, f"{claim.output}_error", "outcome")
    stored = stored[list(names)]
    for name, wanted in claim.where.items():
        at = np.flatnonzero(np.atleast_1d(stored[name].to_numpy()) == wanted)
        if not at.size:
            return
        if name in stored.dims:
            stored = stored.isel({name: int(at[0])})
    axes = stored["outcome"].dims
    values = [stored[name].transpose(*axes).to_numpy() for name in names]
    parameters = {parameter.name: stored[parameter.name] for parameter in answer.experiment.parameters}
    fixed = {name: coordinate.item() for name, coordinate in parameters.items() if not coordinate.dims}
    varying = {str(axis): parameters[str(axis)].to_numpy().tolist() for axis in axes}
    for index in np.ndindex(*values[0].shape):
        here = {axis: varying[axis][i] for axis, i in zip(varying, index, strict=True)}
        point = {name: {**fixed, **here}[name] for name in parameters}
        if claim.domain(point):
            measured, error, outcome = (array[index].item() for array in values)
            if outcome != Outcome.OK:
                measured, error = math.nan, math.inf
            printed = claim.printed(point)
            verdict = Verdict(int(judge(claim.relation, printed, measured, error)))
            if claim.from_below and verdict != Verdict.VIOLATED:
                verdict = Verdict.UNRESOLVED
            yield Measurement(_that_matters(answer.experiment, point), printed, measured, error, verdict)


def _threshold_claim(
    experiment: Experiment, point: Mapping[str, Value], threshold: PrintedThreshold
) -> Claim:
    along = Linear(0.0, {threshold.along: 1.0})
    # what varies from line to line is told by the points; what the claim is made for, by its name
    choices = [str(point[p.name]) for p in experiment.parameters if p.kind == "choice" and p.matters(point)]
    told = ", ".join(choices).replace("_", " ")
    return Claim(
        threshold.source,
        f"boundary {along} {threshold.relation} {threshold.label}" + (f", {told}" if told else ""),
        threshold.relation,
        Linear(threshold.value),
        experiment.name,
        "boundary",
    )


def at_boundary(answer: BoundaryAnswer, line: Line, threshold: PrintedThreshold) -> Measurement:
    """Returns what was found on one line of a search beside what is published for it."""
    measured, error = line.boundary, line.error
    if line.outcome == "none":
        # One certain sign all along: the boundary is not where it is published, and beyond the end if all is
        # bounded, of which the first evaluation tells as much as any.
        wanted = {"≥": -1, "≤": 1}.get(threshold.relation)
        bounded = wanted is not None and answer.sign(line) == wanted
        verdict = Verdict.HOLDS_NOT_SHARP if bounded else Verdict.VIOLATED
    else:
        verdict = Verdict(int(judge(threshold.relation, threshold.value, measured, error)))
    mattering = _that_matters(answer.experiment, line.point)
    point = {name: value for name, value in mattering.items() if name != threshold.along}
    return Measurement(point, threshold.value, measured, error, verdict)


def _that_matters(experiment: Experiment, point: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in point.items() if experiment.parameter(name).matters(point)}


def as_dataset(
    name: str,
    assessed: Sequence[Assessment],
    experiments: Sequence[Experiment],
    questions: Sequence[str],
) -> xr.Dataset:
    """Returns all verdicts on the claims of the family `name` as labelled arrays.

    The ids of the sweeps by which they were judged are `questions`, in the order in which they were asked.

    Dimensions are ``claim`` and, for the points of all claims one after the other, ``measurement``, along
    which parameters are coordinates, NaN where they have no part.
    """
    rows = [(i, one) for i, found in enumerate(assessed) for one in found.measurements]
    described = {
        parameter.name: {"long_name": parameter.summary, "units": parameter.units}
        for experiment in experiments
        for parameter in experiment.parameters
        if parameter.kind != "choice"
    }
    flags = {
        "flag_values": [int(verdict) for verdict in Verdict],
        "flag_meanings": " ".join(verdict.name.lower() for verdict in Verdict),
    }

    def of_claims(values: Iterable[object], dtype: object, **attributes: object) -> xr.Variable:
        return xr.Variable(("claim",), np.array(list(values), dtype), attributes)  # type: ignore[call-overload]

    def of_measurements(values: Iterable[object], dtype: object, **attributes: object) -> xr.Variable:
        return xr.Variable(("measurement",), np.array(list(values), dtype), attributes)  # type: ignore[call-overload]

    variables = {
        "statement": of_claims((a.claim.statement for a in assessed), TEXT, long_name="as published"),
        "relation": of_claims((a.claim.relation for a in assessed), TEXT, long_name="published relation"),
        "printed_law": of_claims(
            (str(a.claim.printed) for a in assessed), TEXT, long_name="published number"
        ),
        "measured_law": of_claims(
            ("" if a.law is None else str(a.law) for a in assessed),
            TEXT,
            long_name="linear law that all measurements obey, if there is one",
        ),
        "excess_least": of_claims(
            (a.excess[0] for a in assessed), float, long_name="measured minus published"
        ),
        "excess_most": of_claims(
            (a.excess[1] for a in assessed), float, long_name="measured minus published"
        ),
        "verdict": of_claims(
            (int(a.verdict) for a in assessed), np.uint8, long_name="verdict on the claim", **flags
        ),
        "outcome": of_claims(
            (Outcome.UNRESOLVED if a.verdict == Verdict.UNRESOLVED else Outcome.OK for a in assessed),
            np.uint8,
            long_name="what became of the claim",
            flag_values=[int(outcome) for outcome in Outcome],
            flag_meanings=" ".join(outcome.name.lower() for outcome in Outcome),
        ),
        "of_claim": of_measurements((i for i, _ in rows), np.int64, long_name="index of the claim"),
        "printed": of_measurements((m.printed for _, m in rows), float, long_name="published number"),
        "measured": of_measurements((m.measured for _, m in rows), float, long_name="measured number"),
        "measured_error": of_measurements((m.error for _, m in rows), float, long_name="its error"),
        "verdict_here": of_measurements(
            (int(m.verdict) for _, m in rows), np.uint8, long_name="verdict at the point", **flags
        ),
    }
    taken = {*variables, "equation", "claim", "measurement"}
    parameters = {
        f"parameter_{key}" if key in taken else key: of_measurements(
            (m.point.get(key, math.nan) for _, m in rows), float, **described[key]
        )
        for key in sorted(described)
    }
    equation = of_claims((a.claim.equation for a in assessed), TEXT, long_name="number in the paper")
    digest = hashlib.sha256(json.dumps([list(questions), _fingerprint(assessed)]).encode()).hexdigest()[:16]
    attributes = {
        "title": f"Published claims of the family {name}, judged by measurement",
        "source": ", ".join(sorted({a.claim.experiment for a in assessed})),
        "experiment": f"{name}.audit",
        "experiment_version": 1,
        "kind": "audit",
        "sweep_id": digest,
        "request": {"kind": "audit", "axes": {}, "fixed": {}, "questions": list(questions)},
    }
    return xr.Dataset(variables, {"equation": equation, **parameters}, attributes)


def _fingerprint(assessed: Sequence[Assessment]) -> list[list[str]]:
    """What is stored, but for what was measured, of which the questions tell."""
    return [
        [
            *(str(part) for part in (a.claim.equation, a.claim.statement, a.claim.relation, a.claim.printed)),
            *(str(part) for part in (a.claim.experiment, a.claim.output, a.law, *a.claim.where.items())),
            " ".join(f"{m.verdict:d}" for m in a.measurements),
        ]
        for a in assessed
    ]
