"""Verdicts follow from the numbers, by one rule."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.claim import Relation, Verdict, judge, overall
from wellposed.kinetics.wave.claims import CLAIMS


def test_judgement_follows_from_the_numbers() -> None:
    measured = np.array([1.0, 1.0 + 1e-5, 0.5, 2.0, 2.0, np.nan])
    error = np.array([1e-3, 1e-3, 1e-3, 1e-3, 0.5, 1e-3])
    from_above = "HOLDS_SHARP HOLDS_SHARP HOLDS_NOT_SHARP VIOLATED UNRESOLVED UNRESOLVED"
    both = "HOLDS_SHARP HOLDS_SHARP VIOLATED VIOLATED UNRESOLVED UNRESOLVED"
    from_below = "HOLDS_SHARP HOLDS_SHARP VIOLATED HOLDS_NOT_SHARP UNRESOLVED UNRESOLVED"
    expected = {
        "≲": from_above,
        "≤": from_above,
        "≳": from_below,
        "≥": from_below,
        "≈": both,
        "=": both,
    }
    for relation, verdicts in expected.items():
        found = judge(relation, 1.0, measured, error)  # type: ignore[arg-type]
        assert [Verdict(code).name for code in found] == verdicts.split()


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([1, 1, 0], Verdict.HOLDS_SHARP),
        ([1, 2, 0], Verdict.HOLDS_NOT_SHARP),
        ([1, 2, 3, 0], Verdict.VIOLATED),
        ([0, 0], Verdict.UNRESOLVED),
    ],
)
def test_one_violation_violates_and_one_unresolved_point_says_nothing(
    verdicts: list[int], expected: Verdict
) -> None:
    assert overall(verdicts) == expected


def test_claims_refer_to_what_is_measured() -> None:
    for claim in CLAIMS:
        experiment = EXPERIMENTS[claim.experiment]
        outputs = {output.name for output in experiment.outputs}
        assert {claim.output, f"{claim.output}_error"} <= outputs
        dimensions = {coordinate.name: coordinate.values for coordinate in experiment.coordinates}
        for name, value in claim.where.items():
            assert value in (dimensions[name] if name in dimensions else experiment.parameter(name).choices)
        assert np.isfinite(claim.printed(experiment.point({})))
        assert bool(claim.condition) == (claim.domain.__name__ != "everywhere")


@pytest.mark.parametrize("relation", ["≲", "≤", "≳", "≥", "≈", "="])
def test_numbers_that_differ_by_rounding_agree(relation: Relation) -> None:
    printed = np.array([0.3, 0.1 + 0.2])
    found = judge(relation, printed, printed[::-1], 0.0)
    assert found.tolist() == [Verdict.HOLDS_SHARP] * 2
