"""Strong potentials, whose weakly damped plasma waves make narrow peaks of ``1/|epsilon|^2``."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential

_STRONG = 2.0  # V above which the peaks may be too narrow for the rules at their first level
_PROBES = np.concatenate([[0.0], np.geomspace(1e-3, 1e2, 51)])


def is_strong(potential: Potential) -> bool:
    """Tells whether V exceeds 2 somewhere: below, every rule at its first level is exact to round-off."""
    return bool(potential(_PROBES).max() > _STRONG)


def settled(evaluate: Callable[[int], NDArray[np.float64]], rtol: float = 1e-10) -> NDArray[np.float64]:
    """Returns the values of `evaluate` at the first of 2, 4, 8 times finer rules that agrees with the last.

    Raises
    ------
    Unresolved
        If none does, to `rtol` of the largest value.
    """
    before = evaluate(1)
    for factor in (2, 4, 8):
        after = evaluate(factor)
        if np.max(np.abs(after - before)) <= rtol * np.max(np.abs(after)):
            return after
        before = after
    raise Unresolved(
        "The peaks of 1/|epsilon|^2, weakly damped plasma waves, are too narrow for the quadrature: "
        "take a weaker potential, or no screening."
    )
