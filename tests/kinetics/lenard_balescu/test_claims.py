"""Which claims there are, and that measurement can contradict them."""

from __future__ import annotations

import numpy as np

from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.claim import Claim, Verdict, judge
from wellposed.kinetics.lenard_balescu.claims import CLAIMS


def claims_of(equation: str, begins: str = "") -> list[Claim]:
    return [one for one in CLAIMS if one.equation == equation and one.statement.startswith(begins)]


def test_every_estimate_is_there() -> None:
    in_section_3 = {f"(3.{i})" for i in (1, 2, 3, 4, 8, 16, 17, 21, 22, 35)}
    printed = in_section_3 | {"(1.32)", "(1.36)", "(4.1)", "(4.2)", "Remark 3.1", "Theorem 2", "Theorem 3"}
    assert {one.equation for one in CLAIMS} >= printed


def test_claims_refer_to_what_is_measured() -> None:
    for claim in CLAIMS:
        experiment = EXPERIMENTS[claim.experiment]
        assert {claim.output, f"{claim.output}_error"} <= {output.name for output in experiment.outputs}
        for name, value in claim.where.items():
            assert value in experiment.parameter(name).choices
        assert np.isfinite(claim.printed(experiment.point({})))
        assert bool(claim.condition) == (claim.domain.__name__ != "everywhere")
        assert claim.domain(experiment.point({})) in (True, False)


def test_a_bound_and_its_object_are_told_apart_in_low_dimension() -> None:
    for equation in ("Remark 3.1", "Remark 3.1, d < 4"):
        (bound,), (thing,) = claims_of(equation, "bound:"), claims_of(equation, "object:")
        assert bound.where["quantity"] == "schur_supremum"
        assert thing.where["quantity"] == "norm"
    low = [one for one in CLAIMS if one.equation.endswith("d < 4")]
    assert len(low) >= 6
    for claim in low:
        point = EXPERIMENTS[claim.experiment].point({})
        assert claim.domain({**point, "d": 3, "s": 10.0})
        assert not claim.domain({**point, "d": 4, "s": 10.0})


def test_what_is_published_holds_for_weaker_decay_than_what_is_corrected() -> None:
    for equation, relation in (("(3.16)", "≲"), ("(1.36)", "≳")):
        printed, corrected = claims_of(equation)[0], claims_of(f"{equation}, corrected")[0]
        point = {**EXPERIMENTS[printed.experiment].point({}), "d": 4, "s": 4.0}  # (d+3)/2 < s < d+1
        assert printed.domain(point)
        assert not corrected.domain(point)
        assert corrected.domain({**point, "s": 10.0})
        assert printed.relation == corrected.relation == relation


def test_a_measurement_can_violate() -> None:
    # the exponents that are measured at d = 4, s = 4.5 and s = 5.5
    (bound, _) = claims_of("(3.16)")
    assert judge(bound.relation, bound.printed({}), 0.5, 0.003) == Verdict.VIOLATED
    (order,) = claims_of("(1.36)")
    assert judge(order.relation, order.printed({}), 0.5, 0.01) == Verdict.VIOLATED
    (fails,) = claims_of("Remark 3.1, d < 4", "object:")
    assert judge(fails.relation, fails.printed({}), -1.0, 1e-3) == Verdict.VIOLATED
    assert judge(fails.relation, fails.printed({}), 1.0, 1e-3) == Verdict.HOLDS_NOT_SHARP
