"""Claims refer to what is measured, and print what the paper does."""

from __future__ import annotations

import numpy as np
import pytest

from wellposed.kinetics import EXPERIMENTS
from wellposed.kinetics.boltzmann.claims import CLAIMS


def test_claims_refer_to_what_is_measured() -> None:
    for claim in CLAIMS:
        experiment = EXPERIMENTS[claim.experiment]
        outputs = {output.name: output for output in experiment.outputs}
        assert {claim.output, f"{claim.output}_error"} <= set(outputs)
        dimensions = {coordinate.name: coordinate.values for coordinate in experiment.coordinates}
        assert set(outputs[claim.output].dims) <= set(claim.where)
        for name, value in claim.where.items():
            assert value in (dimensions[name] if name in dimensions else experiment.parameter(name).choices)
        assert np.isfinite(claim.printed(experiment.point({})))
        assert bool(claim.condition) == (claim.domain.__name__ != "everywhere")


def test_no_claim_is_made_twice() -> None:
    made = {(claim.equation, claim.statement, *claim.where.items()) for claim in CLAIMS}
    assert len(made) == len(CLAIMS)


@pytest.mark.parametrize(
    ("equation", "variable", "printed"),
    # by hand from the paper, at d = 3, s = 0.8, s0 = 0.6, gamma = -0.5
    [
        ("(3.13)", "M", -0.2),
        ("(3.13)", "N2", -0.4),
        ("(3.16)", "M", 0.2),
        ("(3.16)", "t", 1.0),
        ("(3.31)", "M", -0.8),
        ("(3.32)", "M", 1.2),
        ("(3.37)", "N2", -0.4),
        ("(3.42)", "N1", -1.5),
        ("(3.43)", "N1", -0.3),
        ("(3.43)", "N2", 0.7),
        ("(3.44)", "M", 0.7),
    ],
)
def test_printed_exponents_are_those_of_the_paper(equation: str, variable: str, printed: float) -> None:
    point = {"d": 3, "s": 0.8, "s_minus_s0": 0.2, "gamma": -0.5}
    (claim,) = (c for c in CLAIMS if c.equation == equation and c.where.get("variable") == variable)
    assert claim.printed(point) == pytest.approx(printed)
