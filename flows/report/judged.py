"""Lines that were searched, judged by what is published for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wellposed.kinetics.claim import Verdict
from wellposed.kinetics.experiment import Experiment, PrintedThreshold
from wellposed.sweeps.answers.assessment import at_boundary
from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
from wellposed.sweeps.requests.boundary import BoundarySearch


@dataclass(frozen=True, eq=False)
class JudgedLine:
    """One line of a search, with what is published for it.

    Attributes
    ----------
    answer : BoundaryAnswer
    line : Line
    threshold : PrintedThreshold, optional
        None if nothing is published.
    verdict : Verdict, optional
        On that.
    """

    answer: BoundaryAnswer
    line: Line
    threshold: PrintedThreshold | None
    verdict: Verdict | None

    @property
    def experiment(self) -> Experiment:
        return self.answer.experiment

    @property
    def search(self) -> BoundarySearch:
        return self.answer.search


def judged_lines(boundaries: Sequence[BoundaryAnswer]) -> list[JudgedLine]:
    """Returns every line of some searches, judged by what is published for it."""
    judged = []
    for answer in boundaries:
        for line in answer.lines:
            threshold = answer.published(line)
            verdict = None if threshold is None else at_boundary(answer, line, threshold).verdict
            judged.append(JudgedLine(answer, line, threshold, verdict))
    return judged


def distinct(lines: Sequence[JudgedLine]) -> list[JudgedLine]:
    """Returns every question about a line once: of the highest version, as the finest search answers it."""
    latest: dict[str, int] = {}
    for one in lines:
        experiment = one.experiment
        latest[experiment.name] = max(experiment.version, latest.get(experiment.name, 0))
    found: dict[object, JudgedLine] = {}
    for one in sorted(lines, key=lambda one: one.search.tolerance, reverse=True):
        experiment, search = one.experiment, one.search
        if experiment.version == latest[experiment.name]:
            asked = (experiment.name, experiment.fingerprint, search.along, search.lower, search.upper)
            found[(*asked, frozenset(one.line.point.items()))] = one
    return list(found.values())
