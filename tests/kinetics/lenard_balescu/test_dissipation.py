"""The dissipation constant against hbar."""

from __future__ import annotations

import math

import pytest

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.experiments.dissipation import EXPERIMENT


def measured(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


@pytest.mark.parametrize(("d", "l"), [(2, 0), pytest.param(3, 1, marks=pytest.mark.slow), (4, 3)])
def test_dissipation_is_uniform_in_hbar_also_below_dimension_four(d: int, l: int) -> None:  # noqa: E741
    found = measured(d=d, l=l)
    assert abs(found["growth_exponent"]) <= found["growth_exponent_error"] < 0.01
    assert found["dissipation"][-1] == pytest.approx(found["classical"], rel=1e-4)
    assert 0.1 < found["classical"] < 0.5


def test_without_a_classical_operator_there_is_no_classical_constant() -> None:
    found = measured(d=3, s=3.5)
    assert math.isnan(found["classical"])
    assert abs(found["growth_exponent"]) <= found["growth_exponent_error"] < 0.1


def test_infinite_norm_is_unresolved() -> None:
    with pytest.raises(Unresolved, match="s <= d - 1"):
        measured(d=5, s=4.0)
