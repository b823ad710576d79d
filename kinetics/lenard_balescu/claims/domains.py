"""Where claims are made: the assumptions of the paper as conditions on a point, and in words."""

from __future__ import annotations

from collections.abc import Callable

from wellposed.kinetics.experiment import Point
from wellposed.kinetics.law import Linear

Domain = Callable[[Point], bool]
"""Tells whether a claim is made at a point."""

ZERO = Linear(0.0)
FIRST_ORDER = Linear(1.0)
ASSUMPTION = "s > (d+3)/2"
NEEDED = "Assumption 2 allows (d+3)/2 < s ≤ d+1 too, where ∫k^d V̂² dk and with it the classical limit diverge"
ORDER = "the order is min(2, s−d−1), with and without screening"


def assumption(point: Point) -> bool:
    """Tells whether Assumption 2 holds."""
    return float(point["s"]) > 0.5 * (int(point["d"]) + 3)


def four_or_more(point: Point) -> bool:
    """Tells whether Assumption 2 holds in a dimension for which the paper claims something."""
    return int(point["d"]) >= 4 and assumption(point)


def two_or_three(point: Point) -> bool:
    """Tells whether Assumption 2 holds in one of the dimensions left out by the paper's proofs."""
    return int(point["d"]) < 4 and assumption(point)


def beyond(margin: float) -> Domain:
    """Returns the domain ``s >= d + margin``, where d + 1 is what the classical limit needs."""

    def holds(point: Point) -> bool:
        return float(point["s"]) >= int(point["d"]) + margin

    return holds


def at_the_maxwellian(classical: bool) -> Domain:
    """Returns where the core is alone, at the temperature of M, and the equation classical or not."""

    def holds(point: Point) -> bool:
        alone = (point["radius"], point["core_mass"], point["core_temperature"]) == (0.0, 1.0, 1.0)
        return alone and (point["hbar"] == 0.0) == classical

    return holds


def of_index(r: int) -> Domain:
    """Returns the domain in which the Sobolev index is r."""
    return lambda point: point["r"] == r
