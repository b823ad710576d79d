"""The order in hbar: two where the potential decays fast, s - d - 1 where the fourth moment diverges."""

from __future__ import annotations

import pytest

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.experiments.semiclassical import EXPERIMENT


def at(**given: object) -> dict:
    return dict(EXPERIMENT.evaluate(**EXPERIMENT.point(given)))


# hbar enters as a = hbar k: the first correction is hbar^2 int k^(d+2) V^2 dk where that converges, and
# else comes from k ~ 1/hbar, where k^(d+1) V^2 is hbar^(s-d-1)
@pytest.mark.parametrize(("d", "s", "order"), [(3, 5.0, 1.0), (2, 7.0, 2.0)])
def test_order_is_that_of_the_first_moment_that_diverges(d: int, s: float, order: float) -> None:
    found = at(d=d, s=s, tau=0.3)
    for name in ("order", "order_at_start"):
        assert abs(found[name] - order) <= found[f"{name}_error"] <= 0.05
    assert found["excess"] == found["order"] - 1.0
    # linear in t at first, and no longer when the solutions relax to the same Maxwellian
    slope = found["slope"]
    assert 0.97 < slope[0] < 1.0
    assert slope[-1] < slope[0] - found["slope_error"][-1]


@pytest.mark.slow
@pytest.mark.parametrize("d", [2, 3, 4, 5])
@pytest.mark.parametrize(("above", "order"), [(0.25, 0.25), (0.5, 0.5), (1.0, 1.0), (1.5, 1.5), (4.0, 2.0)])
def test_order_over_dimensions_and_decays(d: int, above: float, order: float) -> None:
    found = at(d=d, s=d + 1.0 + above)
    for name in ("order", "order_at_start"):
        assert abs(found[name] - order) <= found[f"{name}_error"] <= 0.1


def test_there_is_no_limit_where_there_is_no_classical_operator() -> None:
    with pytest.raises(Unresolved, match="diverges for s <= 5"):
        at(d=4, s=4.5)
