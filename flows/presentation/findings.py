"""What some questions found, put together for a reader: tables and the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from wellposed.flows.presentation.tables import boundary_tables
from wellposed.kinetics.study import OutputCurves, Overlay, Picture, Rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from wellposed.flows.presentation.table import Table
    from wellposed.sweeps.answers.boundary import BoundaryAnswer
    from wellposed.sweeps.answers.curve import CurveAnswer
    from wellposed.sweeps.answers.sweep import SweepAnswer


@dataclass(frozen=True)
class Findings:
    """The answers to some questions, with the picture that they are to have.

    Attributes
    ----------
    boundaries, sweeps, curves : sequences of BoundaryAnswer, SweepAnswer, CurveAnswer
    picture : {"planes", "profiles"}, Overlay, OutputCurves or Rows
    pictures : sequence of (str, callable)
        Whatever else is to be drawn; see `wellposed.flows.kinds.kind.Answers`.
    """

    boundaries: Sequence[BoundaryAnswer]
    sweeps: Sequence[SweepAnswer]
    curves: Sequence[CurveAnswer] = ()
    picture: Picture = "planes"
    pictures: Sequence[tuple[str, Callable[[int], Figure | None]]] = ()

    @cached_property
    def boundary_tables(self) -> Sequence[Table]:
        """One table for neighbouring searches of the same experiment along the same parameter."""
        return boundary_tables(self.boundaries)

    @cached_property
    def images(self) -> Mapping[str, Figure]:
        """All figures, by what is added to the name of their files: the picture, and then each curve."""
        from wellposed.flows.figures.curve import draw_curve

        main, curves = self.drawn(), {f"-curve-{one.id[:8]}": draw_curve(one, 3) for one in self.curves}
        extra = {f"-{i}": draw(3) for i, (_, draw) in enumerate(self.pictures, 2)}
        found = {"": main, **curves, **extra}
        return {suffix: figure for suffix, figure in found.items() if figure is not None}

    def drawn(self, columns: int = 3) -> Figure | None:
        """Draws profiles, an overlay, outputs, or phase planes; where there are too many, boundary curves.

        At most `columns` panels are beside each other.
        """
        from wellposed.flows.figures.boundaries import boundary_curves  # takes a second to import
        from wellposed.flows.figures.output_curves import output_curves
        from wellposed.flows.figures.overlay import overlaid_boundaries
        from wellposed.flows.figures.phase_diagram import phase_diagram
        from wellposed.flows.figures.profiles import profiles
        from wellposed.flows.figures.rows import rows_of_outputs

        if self.picture == "profiles":
            return profiles(self.boundaries, self.sweeps, columns)
        if isinstance(self.picture, Overlay):
            return overlaid_boundaries(self.boundaries, self.picture, columns)
        if isinstance(self.picture, OutputCurves):
            return output_curves(self.sweeps, self.picture, columns)
        if isinstance(self.picture, Rows):
            return rows_of_outputs(self.sweeps, self.picture)
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
