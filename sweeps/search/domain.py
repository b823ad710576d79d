"""The stretches of a line in which an experiment may be asked."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

PROBES_PER_SCAN_POINT = 4
"""How many points are tried for each point of a scan."""


class Domain(NamedTuple):
    """Stretches of a line, ascending, and whether a point of them is allowed."""

    stretches: list[tuple[float, float]]
    allows: Callable[[float], bool]


def domain(
    check: Callable[[float], None], lower: float, upper: float, tolerance: float, coarse: int
) -> Domain:
    """Returns where ``check(x)`` raises no `ValueError`, of all between `lower` and `upper`.

    The ends of a stretch are allowed, and within `tolerance` of what is not.  A stretch or a hole that
    lies between two of the points tried, `PROBES_PER_SCAN_POINT` for each of `coarse`, goes unseen; a point
    in such a hole is still not allowed.

    Raises
    ------
    ValueError
        What `check` raises, if there is no stretch wider than `tolerance`.
    """

    def allows(x: float) -> bool:
        try:
            check(x)
        except ValueError:
            return False
        return True

    def edge(inside: float, outside: float) -> float:
        while abs(outside - inside) > tolerance:
            middle = (inside + outside) / 2
            inside, outside = (middle, outside) if allows(middle) else (inside, middle)
        return inside

    probes = np.linspace(lower, upper, PROBES_PER_SCAN_POINT * (coarse - 1) + 1).tolist()
    stretches = []
    for allowed, group in itertools.groupby(range(len(probes)), lambda i: allows(probes[i])):
        if not allowed:
            continue
        run = list(group)
        low, high = probes[run[0]], probes[run[-1]]
        if run[0] > 0:
            low = edge(low, probes[run[0] - 1])
        if run[-1] < len(probes) - 1:
            high = edge(high, probes[run[-1] + 1])
        if high - low > tolerance:
            stretches.append((low, high))
    if not stretches:
        for probe in probes:
            check(probe)
    return Domain(stretches, allows)
