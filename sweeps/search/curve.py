"""The curve on which a function of two variables changes sign, followed through a rectangle.

Ask and tell, as `boundary`.  A coarse grid is asked first; then every cell that the curve crosses is
quartered, until cells are so small as they should be.  Where a grid line of the last refinement changes
sign, that is bracketed as by any `LineSearch`, with what is known along it in place of a scan.  The curve
crosses a cell in a straight line between two such brackets.

What can be missed: a part of the curve that lies within one cell of the coarse grid, or enters and leaves a
cell between two neighbouring points of its edge.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wellposed.sweeps.search.boundary import LineSearch
from wellposed.sweeps.search.bracket import Sample

Node = tuple[int, int]
"""A point of the grid of the last refinement, counted along both axes."""

GridLine = tuple[int, int]
"""The axis along which it runs, and its number."""

Range = tuple[float, float]


class Cell(NamedTuple):
    """A square of nodes: its lowest corner and its side."""

    i: int
    j: int
    side: int

    @property
    def corners(self) -> tuple[Node, Node, Node, Node]:
        """Returns the four corners, anticlockwise."""
        i, j, s = self
        return (i, j), (i + s, j), (i + s, j + s), (i, j + s)

    @property
    def quarters(self) -> list[Cell]:
        half = self.side // 2
        return [Cell(self.i + a, self.j + b, half) for a in (0, half) for b in (0, half)]

    @property
    def rim(self) -> Iterator[Node]:
        """Yields all nodes on its edges."""
        for k in range(self.side + 1):
            yield self.i + k, self.j
            yield self.i + k, self.j + self.side
            yield self.i, self.j + k
            yield self.i + self.side, self.j + k


class Vertex(NamedTuple):
    """Where the curve crosses a grid line.

    ``x`` and ``y`` lie on the curve, as well as can be told.  Along `axis`, 0 or 1, certain and opposite
    signs were found at ``lower`` and ``upper``; in the other variable the vertex is exact.
    """

    x: float
    y: float
    axis: int
    lower: float
    upper: float

    @property
    def width(self) -> float:
        return self.upper - self.lower


class Curve:
    """The search for the curve on which a function changes sign.

    Parameters
    ----------
    x, y : (float, float)
        The rectangle.
    tolerance : (float, float)
        How wide a bracket along `x`, and one along `y`, may remain.
    coarse : int
        How many points the first grid has along each axis.
    depth : int
        How many times a cell is quartered.
    allowed : callable, optional
        ``allowed(x, y)``, whether the function may be asked there.
    most : int
        After how many evaluations the search is given up.

    Attributes
    ----------
    evaluations : int
        How many points were told.
    outcome : {"searching", "located", "none", "unresolved"}
        ``located``: every crossing of a grid line is bracketed.  ``none``: the grid has one certain sign.
        ``unresolved``: some crossing is not bracketed, or nothing is certain.
    """

    def __init__(
        self,
        x: Range,
        y: Range,
        tolerance: Range,
        coarse: int = 9,
        depth: int = 2,
        allowed: Callable[[float, float], bool] | None = None,
        most: int = 10_000,
    ) -> None:
        self.evaluations = 0
        self.outcome = "searching"
        self._tolerance = tolerance
        self._allowed = allowed
        self._most = most
        side = 2**depth
        n = side * (coarse - 1) + 1
        self._at = tuple(np.linspace(*ends, n).tolist() for ends in (x, y))
        self._samples: dict[Node, Sample] = {}
        self._cells = {Cell(i, j, side) for i in range(0, n - 1, side) for j in range(0, n - 1, side)}
        self._lines: dict[GridLine, LineSearch] | None = None
        self._nodes: list[Node] = []
        self._want({corner for cell in self._cells for corner in cell.corners})
        if not self._nodes:
            self._refine()
            self._conclude()

    def ask(self) -> NDArray[np.float64]:
        """Returns the points to be evaluated in this round.

        Returns
        -------
        (n, 2) float64
            `n` is 0 when the search is over.
        """
        if self.outcome != "searching":
            points: list[tuple[float, float]] = []
        elif self._lines is None:
            points = [self._place(node) for node in self._nodes]
        else:
            points = [self._on(grid_line, t) for grid_line, line in self._lines.items() for t in line.ask()]
        if self.evaluations + len(points) > self._most:
            self.outcome = "unresolved"
            points = []
        return np.array(points, np.float64).reshape(-1, 2)

    def tell(
        self,
        value: Sequence[float] | NDArray[np.float64],
        error: Sequence[float] | NDArray[np.float64],
        resolved: Sequence[bool] | NDArray[np.bool_],
    ) -> None:
        """Takes the answers to what `ask` asked, each of shape (n,).

        Raises
        ------
        ValueError
            If there are not as many answers as points.
        """
        n = len(self.ask())
        told = list(zip(value, error, resolved, strict=True))
        if len(told) != n:
            raise ValueError(f"There must be {n} answers, but there are {len(told)}.")
        self.evaluations += n
        if self._lines is None:
            for node, answer in zip(self._nodes, told, strict=True):
                self._samples[node] = Sample.of_answer(
                    0.0, float(answer[0]), float(answer[1]), bool(answer[2])
                )
            self._refine()
        else:
            first = 0
            for line in self._lines.values():
                last = first + len(line.ask())
                line.tell([(float(v), float(e), bool(r)) for v, e, r in told[first:last]])
                first = last
        self._conclude()

    def polylines(self) -> list[list[Vertex]]:
        """Returns the curve, in pieces that are connected; a closed one ends where it begins."""
        joined: dict[Vertex, list[Vertex]] = defaultdict(list)
        for cell in sorted(self._cells):
            for first, second in self._segments(cell):
                joined[first].append(second)
                joined[second].append(first)
        pieces = []
        # From the ends of open pieces first; what is left then is closed.
        for start in sorted(joined, key=lambda vertex: (len(joined[vertex]) != 1, vertex)):
            piece = [start]
            while joined[piece[-1]]:
                following = joined[piece[-1]].pop()
                joined[following].remove(piece[-1])
                piece.append(following)
            if len(piece) > 1:
                pieces.append(piece)
        return pieces

    def _place(self, node: Node) -> tuple[float, float]:
        return self._at[0][node[0]], self._at[1][node[1]]

    def _on(self, grid_line: GridLine, t: float) -> tuple[float, float]:
        """Returns the point of a grid line at `t` of the variable along which it runs."""
        axis, number = grid_line
        return (t, self._at[1][number]) if axis == 0 else (self._at[0][number], t)

    def _want(self, nodes: Iterable[Node]) -> None:
        """Marks those of `nodes` to be asked that have no sample yet, as far as they are allowed."""
        new = sorted(node for node in nodes if node not in self._samples)
        if self._allowed is not None:
            for node in new:
                if not self._allowed(*self._place(node)):
                    self._samples[node] = Sample(0.0, math.nan, math.inf, False)
        self._nodes = [node for node in new if node not in self._samples]

    def _side(self, node: Node) -> int:
        """Returns on which side of the curve a node is, 0 if that is not known.  On it counts as above."""
        sample = self._samples.get(node)
        return 0 if sample is None or not sample.resolved else -1 if sample.sign < 0 else 1

    def _is_crossed(self, cell: Cell) -> bool:
        """Returns whether nodes on its rim are on different sides of the curve, or some on it."""
        known = [self._samples[node] for node in cell.rim if node in self._samples]
        return len({sample.sign for sample in known if sample.resolved}) > 1

    def _refine(self) -> None:
        """Quarters the cells that are crossed, until points are needed for it or cells are small enough."""
        while True:
            crossed = {cell for cell in self._cells if cell.side > 1 and self._is_crossed(cell)}
            if not crossed:
                self._nodes = []
                self._lines = {grid_line: self._line(grid_line) for grid_line in self._changing()}
                return
            self._cells = (self._cells - crossed) | {part for cell in crossed for part in cell.quarters}
            self._want({corner for cell in crossed for part in cell.quarters for corner in part.corners})
            if self._nodes:
                return

    def _edges(self, cell: Cell) -> Iterator[tuple[GridLine, Node, Node]]:
        """Yields the sides of a cell, anticlockwise, each from its lower end."""
        a, b, c, d = cell.corners
        yield (0, cell.j), a, b
        yield (1, cell.i + cell.side), b, c
        yield (0, cell.j + cell.side), d, c
        yield (1, cell.i), a, d

    def _changing(self) -> list[GridLine]:
        """Returns the grid lines on which a side of a small cell is crossed."""
        return sorted(
            {
                grid_line
                for cell in self._cells
                if cell.side == 1
                for grid_line, first, last in self._edges(cell)
                if self._side(first) * self._side(last) == -1
            }
        )

    def _line(self, grid_line: GridLine) -> LineSearch:
        axis, number = grid_line
        at = self._at[axis]
        known = sorted(
            self._samples[node]._replace(x=at[node[axis]])
            for node in self._samples
            if node[1 - axis] == number
        )
        allowed = None
        if (may := self._allowed) is not None:
            allowed = lambda t: may(*self._on(grid_line, t))  # noqa: E731
        return LineSearch(at[0], at[-1], self._tolerance[axis], 2, allowed=allowed, known=known)

    def _conclude(self) -> None:
        """Ends the search if all brackets are as narrow as can be."""
        if self._lines is None or any(line.outcome == "searching" for line in self._lines.values()):
            return
        zeros = [zero for line in self._lines.values() for zero in line.changes]
        if zeros:
            bracketed = all(zero.outcome == "located" for zero in zeros)
            self.outcome = "located" if bracketed else "unresolved"
        else:
            self.outcome = "none" if all(sample.sign for sample in self._samples.values()) else "unresolved"

    def _vertex(self, grid_line: GridLine, first: Node, last: Node) -> Vertex | None:
        """Returns where the side of a small cell is crossed, if it is, and the bracket is there."""
        if self._side(first) * self._side(last) != -1:
            return None
        axis = grid_line[0]
        crossed = self._crossing(grid_line, self._at[axis][first[axis]], self._at[axis][last[axis]])
        if crossed is not None:
            return crossed
        # At the edge of the plane, a node on the curve may be bracketed along the other axis alone.
        for node in (first, last):
            if not self._samples[node].sign:
                here = self._at[1 - axis][node[1 - axis]]
                return self._crossing((1 - axis, node[axis]), here, here)
        return None

    def _crossing(self, grid_line: GridLine, low: float, high: float) -> Vertex | None:
        """Returns where a grid line is crossed, if its bracket reaches between `low` and `high`."""
        line = None if self._lines is None else self._lines.get(grid_line)
        for zero in () if line is None else line.changes:
            t = math.nan if line is None else line.position(zero)
            if zero.bracket.lower.x <= high and zero.bracket.upper.x >= low and not math.isnan(t):
                return Vertex(
                    *self._on(grid_line, t), grid_line[0], zero.bracket.lower.x, zero.bracket.upper.x
                )
        return None

    def _segments(self, cell: Cell) -> list[tuple[Vertex, Vertex]]:
        """Returns how the curve crosses a small cell."""
        if cell.side != 1:
            return []
        crossings = [self._vertex(*edge) for edge in self._edges(cell)]
        found = [vertex for vertex in crossings if vertex is not None]
        if len(found) == 2:
            return [(found[0], found[1])] if found[0] != found[1] else []
        if len(found) < 4:
            return []
        # A saddle: the corners that agree with the middle are connected through it.
        values = [self._samples[corner].value for corner in cell.corners]
        bottom, right, top, left = found
        if sum(values) * values[0] > 0.0:
            return [(bottom, right), (top, left)]
        return [(left, bottom), (right, top)]
