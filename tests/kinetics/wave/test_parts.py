"""Growth exponents of the parts, and the printed estimates judged by them."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.kinetics.claim import Verdict, judge
from wellposed.kinetics.wave.claims import CLAIMS
from wellposed.kinetics.wave.collision import PARTS, REGIONS, collision
from wellposed.kinetics.wave.data import bracket
from wellposed.kinetics.wave.experiments.parts import EXPERIMENT, QUANTITIES
from wellposed.kinetics.wave.parameters import DOUBLING_FREQUENCIES as OMEGA


def parts(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


def test_profiles_are_those_of_the_collision_operator() -> None:
    found = parts(beta=0.4, M=9.0)
    profile = dict(zip(QUANTITIES, found["profile"], strict=True))
    weight = (1.0 + OMEGA**2) ** 2.25
    for part, region in [("234", "21"), ("124", "3"), ("123", "1"), ("134", "22")]:
        expected = weight * collision(OMEGA, beta=0.4, datum=bracket(9), part=part, region=region)
        np.testing.assert_allclose(profile[f"{part}_{region}"], expected, rtol=1e-10)
    for part in PARTS:
        regions = sum(profile[f"{part}_{region}"] for region in REGIONS)
        np.testing.assert_allclose(profile[part], regions, rtol=1e-12)
    np.testing.assert_allclose(profile["gain"], profile["234"] + profile["134"], rtol=1e-12)
    np.testing.assert_allclose(profile["sum"], profile["gain"] + profile["loss"], rtol=1e-12)
    np.testing.assert_allclose(profile["124+134"], profile["124"] + profile["134"], rtol=1e-12)
    np.testing.assert_allclose(profile["234_22+234_1"], profile["234_22"] + profile["234_1"], rtol=1e-12)


@pytest.mark.parametrize(("beta", "M"), [(0.0, 8.0), (0.3, 12.0), (1.0, 20.0)])
def test_absolute_value_inside_leaves_one_order_of_cancellation(beta: float, M: float) -> None:
    # C' of (5.1) grows as (5.7) says; without the absolute value one more order cancels
    found = parts(beta=beta, M=M)
    exponent = dict(zip(QUANTITIES, found["exponent"], strict=True))
    assert exponent["prime234"] == pytest.approx(2.0 * beta - 1.5, abs=1e-9)
    assert exponent["full"] == pytest.approx(2.0 * beta - 2.5, abs=1e-6)


@pytest.mark.parametrize("M", [7.0, 12.0])
def test_no_printed_estimate_is_violated_and_a_wrong_one_would_be(M: float) -> None:
    found = {beta: parts(beta=beta, M=M) for beta in (0.25, 0.75)}
    for claim in CLAIMS:
        if claim.experiment != EXPERIMENT.name:
            continue
        at = QUANTITIES.index(claim.where["quantity"])
        for beta, one in found.items():
            printed = claim.printed({"beta": beta, "M": M})
            arguments = one["exponent"][at], one["exponent_error"][at]
            assert judge(claim.relation, printed, *arguments) in (
                Verdict.HOLDS_SHARP,
                Verdict.HOLDS_NOT_SHARP,
            )
            if claim.relation != "≳":
                assert judge(claim.relation, arguments[0] - 0.2, *arguments) == Verdict.VIOLATED
