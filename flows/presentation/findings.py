"""What some questions found, put together for a reader: tables and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from wellposed.flows.presentation.tables import boundary_tables
from wellposed.kinetics.study import Overlay, Picture, Rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wellposed.flows.presentation.table import Table
    from wellposed.sweeps.answers.boundary import BoundaryAnswer
    from wellposed.sweeps.answers.curve import CurveAnswer
    from wellposed.sweeps.answers.sweep import SweepAnswer


@dataclass(frozen=True)
class Findings:
    """The answers to some questions, with the pictures that they are to have.

    Attributes
    ----------
    boundaries, sweeps, curves : sequences of BoundaryAnswer, SweepAnswer, CurveAnswer
    pictures : sequence of {"planes", "profiles"}, Overlay or Rows
    others : sequence of (str, callable)
        Whatever else is to be drawn; see `wellposed.flows.kinds.kind.Answers`.
    """

    boundaries: Sequence[BoundaryAnswer]
    sweeps: Sequence[SweepAnswer]
    curves: Sequence[CurveAnswer] = ()
    pictures: Sequence[Picture] = ("planes",)
    others: Sequence[tuple[str, Callable[[int], Figure | None]]] = ()

    @cached_property
    def boundary_tables(self) -> Sequence[Table]:
        """One table for neighbouring searches of the same experiment along the same parameter."""
        return boundary_tables(self.boundaries)

    @cached_property
    def images(self) -> Mapping[str, Figure]:
        """All figures, by what is added to the name of their files: pictures, and then each curve."""
        from wellposed.flows.figures.curve import draw_curve

        drawing: list[Callable[[int], Figure | None]]
        drawing = [partial(self.drawn, picture) for picture in self.pictures]
        drawing += [draw for _, draw in self.others]
        found = {"" if i == 1 else f"-{i}": draw(3) for i, draw in enumerate(drawing, 1)}
        found |= {f"-curve-{one.id[:8]}": draw_curve(one, 3) for one in self.curves}
        return {suffix: figure for suffix, figure in found.items() if figure is not None}

    def drawn(self, picture: Picture, columns: int) -> Figure | None:
        """Draws profiles, an overlay, outputs, or phase planes; where there are too many, boundary curves.

        At most `columns` panels are beside each other.  Returns None where there is nothing to be drawn.
        """
        from wellposed.flows.figures.boundaries import boundary_curves  # takes a second to import
        from wellposed.flows.figures.overlay import overlaid_boundaries
        from wellposed.flows.figures.phase_diagram import phase_diagram
        from wellposed.flows.figures.profiles import profiles
        from wellposed.flows.figures.rows import rows_of_outputs

        if picture == "profiles":
            return profiles(self.boundaries, self.sweeps, columns)
        if isinstance(picture, Overlay):
            return overlaid_boundaries(self.boundaries, picture, columns)
        if isinstance(picture, Rows):
            return rows_of_outputs(self.sweeps, picture, columns)
        drawn = phase_diagram(self.boundaries, self.sweeps, columns)
        if drawn is None and self.boundaries:
            drawn = boundary_curves(self.boundaries, columns)
        return self._single(columns) if drawn is None else drawn

    def _single(self, columns: int) -> Figure | None:
        """Draws the one answer that is in no plane: a sweep along its axis, or a search on its lines."""
        from wellposed.flows.figures.plots import plot_of_boundary, plot_of_sweep

        if len(self.boundaries) + len(self.sweeps) != 1:
            return None
        found = [*map(plot_of_sweep, self.sweeps), *map(plot_of_boundary, self.boundaries)][0]
        return None if found is None else found.draw(columns)

    @cached_property
    def pngs(self) -> Mapping[str, bytes]:
        """All figures as PNG."""
        from wellposed.flows.figures.style import as_png

        return {suffix: as_png(figure) for suffix, figure in self.images.items()}

    @cached_property
    def svgs(self) -> Mapping[str, bytes]:
        """All figures as SVG."""
        from wellposed.flows.figures.style import as_svg

        return {suffix: as_svg(figure) for suffix, figure in self.images.items()}
