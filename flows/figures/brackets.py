"""The boundary that several lines have in common."""

from __future__ import annotations

from collections.abc import Sequence

from wellposed.sweeps.answers.boundary import Line


def hull(lines: Sequence[Line]) -> tuple[float, float]:
    """Returns the ends of the smallest interval that holds the brackets of some located boundaries."""
    return min(line.lower for line in lines), max(line.upper for line in lines)


def common_boundary(lines: Sequence[Line]) -> tuple[float, float]:
    """Returns where some located boundaries lie together, and the error of that.

    One line has its own boundary and error.  Several have the middle of all their brackets, and half of what
    these span.
    """
    if len(lines) == 1:
        return lines[0].boundary, lines[0].error
    low, high = hull(lines)
    middle = 0.5 * (low + high)
    return middle, max(middle - low, high - middle)
