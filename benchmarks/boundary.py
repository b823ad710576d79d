"""How many evaluations it takes to locate a known boundary, certified: opposite signs on both sides of it.

Run with ``python benchmarks/boundary.py``, or with ``--quick`` to see whether it runs.  The boundary y(x) is
sought on 14 lines x = const, for y in [0, 0.6], to plus or minus a tolerance.  What is asked is an order
parameter that vanishes on it: linear, tanh-shaped, or its sign alone.  Every method is checked against the
truth before it is printed.

- ``grid``: all lines at equidistant points twice the tolerance apart.
- ``bisection``: every line from both ends.
- ``warm``: bisection from the boundary of the line before, stepping outwards while the sign is not opposite.
- ``Learner2D``: python-adaptive, where it can be imported, until the triangles that the boundary crosses are
  no higher than twice the tolerance on each line; given up after 3,000.
- ``ours n/m``: `LineSearches` with a scan of `n` points on the first line, and rounds of at least `m`,
  with the number of rounds.
"""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable

import numpy as np

from wellposed.sweeps.search.curve import Curve
from wellposed.sweeps.search.lines import LineSearches

LINES, LOWER, UPPER = 14, 0.0, 0.6
X = np.linspace(0.0, 1.0, LINES)
MOST = 3000
ROUND_OFF = 1e-12

CURVES: dict[str, Callable[[float], float]] = {
    "y = 0.25": lambda x: 0.25,
    "tilted": lambda x: 0.1 + 0.35 * x,
    "curved": lambda x: 0.1 + 0.35 * x**2,
    "wavy": lambda x: 0.3 + 0.2 * math.sin(3 * x),
}
SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda d: 2 * d,
    "tanh": lambda d: math.tanh(8 * d),
    "sign": lambda d: math.copysign(1.0, d),
}
OURS = ((5, 1), (9, 1), (9, 8))


class Question:
    """The order parameter, which counts how often it is asked."""

    def __init__(self, curve: Callable[[float], float], shape: Callable[[float], float]) -> None:
        self.curve, self.shape = curve, shape
        self.evaluations = 0

    def __call__(self, x: float, y: float) -> float:
        self.evaluations += 1
        return self.shape(y - self.curve(x))

    def certify(self, brackets: list[tuple[float, float]], tolerance: float) -> None:
        """Raises `AssertionError` unless each bracket holds the boundary of its line and is narrow enough."""
        for x, (low, high) in zip(X, brackets, strict=True):
            assert low <= self.curve(x) <= high
            assert high - low <= 2 * tolerance + ROUND_OFF


def grid(ask: Question, tolerance: float) -> list[tuple[float, float]]:
    y = np.linspace(LOWER, UPPER, round((UPPER - LOWER) / (2 * tolerance)) + 1)
    found = []
    for x in X:
        above = int(np.argmax([ask(x, at) >= 0 for at in y]))
        found.append((y[above - 1], y[above]))
    return found


def halve(ask: Question, x: float, low: float, high: float, tolerance: float) -> tuple[float, float]:
    while high - low > 2 * tolerance + ROUND_OFF:
        middle = (low + high) / 2
        low, high = (low, middle) if ask(x, middle) > 0 else (middle, high)
    return low, high


def bisection(ask: Question, tolerance: float) -> list[tuple[float, float]]:
    found = []
    for x in X:
        assert ask(x, LOWER) < 0 < ask(x, UPPER)
        found.append(halve(ask, x, LOWER, UPPER, tolerance))
    return found


def warm(ask: Question, tolerance: float) -> list[tuple[float, float]]:
    assert ask(X[0], LOWER) < 0 < ask(X[0], UPPER)
    found = [halve(ask, X[0], LOWER, UPPER, tolerance)]
    for x in X[1:]:
        middle, step = sum(found[-1]) / 2, 2 * tolerance
        low, high = middle - step, middle + step
        below, above = ask(x, low) < 0, ask(x, high) > 0
        while not (below and above):
            step *= 2
            if below:
                low, high = high, min(UPPER, high + step)
                above = ask(x, high) > 0
            else:
                low, high = max(LOWER, low - step), low
                below, above = ask(x, low) < 0, True
        found.append(halve(ask, x, low, high, tolerance))
    return found


def learner(ask: Question, tolerance: float) -> bool:
    """Whether python-adaptive certifies the boundary on every line with `MOST` evaluations."""
    from adaptive import Learner2D

    told = Learner2D(lambda xy: ask(*xy), bounds=((0.0, 1.0), (LOWER, UPPER)))
    while told.npoints < MOST:
        points, _ = told.ask(20)
        told.tell_many(points, [told.function(point) for point in points])
        if told.npoints % 200 == 0 and learner_is_certain(told, tolerance):
            return True
    return False


def learner_is_certain(told: object, tolerance: float) -> bool:
    interpolated = told.interpolator(scaled=False)  # type: ignore[attr-defined]
    corners = interpolated.tri.points[interpolated.tri.simplices]
    signs = np.sign(interpolated.values.ravel()[interpolated.tri.simplices])
    crossed = corners[(signs.min(axis=1) < 0) & (signs.max(axis=1) > 0)]
    for x in X:
        here = crossed[(crossed[..., 0].min(axis=1) <= x) & (x <= crossed[..., 0].max(axis=1))]
        if not len(here) or here[..., 1].max() - here[..., 1].min() > 2 * tolerance:
            return False
    return True


def ours(ask: Question, tolerance: float, scan: int, fill: int) -> int:
    """How many rounds it took."""
    lines = LineSearches((LINES,), LOWER, UPPER, 2 * tolerance, scan, [X], fill)
    while (asked := lines.ask()).size:
        value = np.array(
            [[math.nan if math.isnan(y) else ask(x, y) for y in row] for x, row in zip(X, asked, strict=True)]
        )
        lines.tell(value, np.full(asked.shape, 1e-12), ~np.isnan(asked))
    found = lines.results()
    assert (found["boundary_outcome"] == "located").all()
    ask.certify(list(zip(found["boundary_lower"], found["boundary_upper"], strict=True)), tolerance)
    return lines.round


def traced(ask: Question, tolerance: float) -> tuple[int, int]:
    """How many vertices a traced curve has, and how many rounds it took."""
    curve = Curve((0.0, 1.0), (LOWER, UPPER), (2 * tolerance / (UPPER - LOWER), 2 * tolerance))
    rounds = 0
    while len(points := curve.ask()):
        curve.tell([ask(*point) for point in points], np.full(len(points), 1e-12), np.ones(len(points), bool))
        rounds += 1
    assert curve.outcome == "located"
    (piece,) = curve.polylines()
    for vertex in piece:
        ends = (
            ((vertex.lower, vertex.y), (vertex.upper, vertex.y))
            if vertex.axis == 0
            else (
                (vertex.x, vertex.lower),
                (vertex.x, vertex.upper),
            )
        )
        first, last = sorted(y - ask.curve(x) for x, y in ends)
        assert first <= ROUND_OFF
        assert last >= -ROUND_OFF
    return len(piece), rounds


def main(quick: bool = False) -> None:
    has_adaptive = importlib.util.find_spec("adaptive") is not None
    curves = {"y = 0.25": CURVES["y = 0.25"]} if quick else CURVES
    for tolerance in (1e-2,) if quick else (1e-3, 1e-6):
        print(f"\nto ± {tolerance:g} on {LINES} lines: evaluations (rounds)")
        names = [f"ours {scan}/{fill}" for scan, fill in OURS]
        heads = ["grid", "bisection", "warm", "Learner2D", *names, "traced: vertices"]
        print(f"{'':<16}" + "".join(f"{head:>12}" for head in heads[:-1]) + f"{heads[-1]:>20}")
        for curve_name, curve in curves.items():
            for shape_name, shape in SHAPES.items():
                cells = []
                for method in (grid, bisection, warm):
                    if method is grid and tolerance < 1e-4:
                        cells.append(f"{LINES * (round((UPPER - LOWER) / (2 * tolerance)) + 1):,}")
                        continue
                    ask = Question(curve, shape)
                    ask.certify(method(ask, tolerance), tolerance)
                    cells.append(f"{ask.evaluations:,}")
                if has_adaptive and (tolerance, curve_name) == (1e-3, "y = 0.25"):
                    ask = Question(curve, shape)
                    certain = learner(ask, tolerance)
                    cells.append(f"{ask.evaluations:,}" if certain else f"> {MOST:,}")
                else:
                    cells.append("")
                for scan, fill in OURS:
                    ask = Question(curve, shape)
                    rounds = ours(ask, tolerance, scan, fill)
                    cells.append(f"{ask.evaluations:,} ({rounds})")
                ask = Question(curve, shape)
                vertices, rounds = traced(ask, tolerance)
                cells.append(f"{ask.evaluations:,} ({rounds}): {vertices}")
                print(
                    f"{curve_name + ', ' + shape_name:<16}"
                    + "".join(f"{cell:>12}" for cell in cells[:-1])
                    + f"{cells[-1]:>20}"
                )


if __name__ == "__main__":
    main("--quick" in sys.argv)
