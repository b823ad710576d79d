"""Where the order parameter of an experiment changes sign along one parameter, as a question.

A `BoundarySearch` has a line for each combination of its axes.  Which points that takes is found out as it
goes, so its evaluations are stored side by side along a dimension ``evaluation``.  It is a frozen value in
canonical form, as `wellposed.sweeps.requests.grid.Sweep` is.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import RequestError
from wellposed.sweeps.requests.grid import (
    EVALUATION,
    Axes,
    Block,
    Fixed,
    axis_coordinates,
    canonical,
    identity,
    rectangle,
    region_key,
    regions,
    versioned,
)
from wellposed.sweeps.search.domain import Domain, domain
from wellposed.sweeps.search.lines import LineSearches, axis_levels, most_columns

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Parameter, Value

COARSE = 9
"""How many points a scan has, if nothing else is asked for."""

METHOD = 3
"""Raised whenever a boundary search may ask other points: it is part of the identity of each."""


@dataclass(frozen=True)
class BoundarySearch:
    """Where the order parameter changes sign along one parameter.  Made by `from_request`.

    Attributes
    ----------
    experiment, version : str, int
    along : str
        The parameter that is varied.
    lower, upper : float
        Between these.
    axes : tuple of (str, tuple of values)
        One line for each combination of these.
    fixed : tuple of (str, value)
    tolerance : float
        How wide a bracket may remain.
    coarse : int
        How many equidistant points are evaluated on a line that is scanned.
    neighbours : bool
        Whether lines that are neighbours along an axis of numbers start from each other's boundaries.  If
        not, every line is scanned; see `wellposed.sweeps.search.lines`.
    fill : int
        How many points a round should have at least.
    fingerprint : str, optional
        Of the experiment.
    """

    experiment: str
    version: int
    along: str
    lower: float
    upper: float
    axes: Axes
    fixed: Fixed
    tolerance: float
    coarse: int
    neighbours: bool
    fill: int
    fingerprint: str | None = None

    @classmethod
    def from_request(
        cls,
        experiment: Experiment,
        along: str,
        axes: Mapping[str, Iterable[object]] | None = None,
        fixed: Mapping[str, object] | None = None,
        tolerance: float = 1e-6,
        between: tuple[float, float] | None = None,
        coarse: int = COARSE,
        neighbours: bool = True,
        fill: int = 8,
    ) -> BoundarySearch:
        """The search along `along`, by default over all values that the experiment allows.

        Raises
        ------
        RequestError
            If the experiment has no order parameter, `along` is not a number with finite bounds or is an
            axis or fixed as well or has no effect, or `tolerance`, `between`, `coarse` or `fill` are not
            allowed; and as for `Sweep`.
        ParameterError
            As for `Sweep`; but a combination of values is refused only where a line has no point that is
            allowed.
        """
        axes, fixed = axes or {}, fixed or {}
        check_order_parameter(experiment)
        parameter = experiment.parameter(along)
        if parameter.kind != "float":
            raise RequestError(
                f"A boundary is searched along a continuous parameter, but `{along}` is {parameter.allowed}."
            )
        for name, role in [*((name, "an axis") for name in axes), *((name, "fixed") for name in fixed)]:
            if name == along:
                raise RequestError(f"Parameter `{along}` is searched along, so it cannot be {role} as well.")
        lower, upper = between_ends(parameter, between, tolerance)
        if not isinstance(coarse, int | np.integer) or coarse < 2:
            raise RequestError(f"A boundary search needs at least 2 coarse points, but has {coarse!r}.")
        if not isinstance(fill, int | np.integer) or fill < 1:
            raise RequestError(f"A round of a boundary search needs at least 1 point, but has {fill!r}.")
        canonical_axes, canonical_fixed = canonical(experiment, axes, fixed, along)
        search = cls(
            experiment.name,
            experiment.version,
            along,
            lower,
            upper,
            canonical_axes,
            canonical_fixed,
            float(tolerance),
            int(coarse),
            bool(neighbours),
            int(fill),
            experiment.fingerprint,
        )
        if experiment.check is not None:
            for index in np.ndindex(search.line_shape):
                search._domain(experiment.check, index)
        return search

    @property
    def capacity(self) -> int:
        """The most evaluations that a line can take."""
        waves = sum(max(levels) for levels in axis_levels(self.line_shape, self._positions))
        return most_columns(self.lower, self.upper, self.tolerance, self.coarse, waves)

    @property
    def line_shape(self) -> tuple[int, ...]:
        return tuple(len(values) for _, values in self.axes)

    @property
    def dims(self) -> tuple[str, ...]:
        return (*(name for name, _ in self.axes), EVALUATION)

    @property
    def shape(self) -> tuple[int, ...]:
        return (*self.line_shape, self.capacity)

    def request(self) -> dict[str, Any]:
        """All that identifies the search, as plain JSON."""
        return {
            "kind": "boundary",
            "experiment": self.experiment,
            **versioned(self.version, self.fingerprint),
            "along": self.along,
            "between": [self.lower, self.upper],
            "axes": {name: list(values) for name, values in self.axes},
            "fixed": dict(self.fixed),
            "tolerance": self.tolerance,
            "coarse": self.coarse,
            "neighbours": self.neighbours,
            "fill": self.fill,
            "method": METHOD,
        }

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that only this question has."""
        return identity(self.request())

    def chunks(self, points_per_block: int) -> dict[str, int]:
        """Sides of a block, by dimension: the same evaluation on neighbouring lines."""
        sides = rectangle(self.line_shape, points_per_block)
        return dict(zip(self.dims, (*sides, 1), strict=True))

    def lines(self, experiment: Experiment) -> LineSearches:
        """The search itself, at its beginning.  No point is asked that `experiment` does not allow."""
        check = experiment.check
        domain = None if check is None else functools.partial(self._domain, check)
        return LineSearches(
            self.line_shape,
            self.lower,
            self.upper,
            self.tolerance,
            self.coarse,
            self._positions,
            self.fill,
            domain,
        )

    def blocks(self, asked: NDArray[np.float64], column: int, chunks: Mapping[str, int]) -> Iterator[Block]:
        """The blocks that hold one round.

        Parameters
        ----------
        asked : (*line_shape, n) float64
            What `LineSearches.ask` returned: values along the line, NaN where a line asks nothing.
        column : int
            The place of the round's first evaluation in the store.
        chunks : mapping of str to int
        """
        for offset in range(asked.shape[-1]):
            for lines in regions(self.dims[:-1], self.line_shape, chunks):
                values = asked[(*lines.values(), slice(offset, offset + 1))]
                if np.isnan(values).all():
                    continue
                region = {**lines, EVALUATION: slice(column + offset, column + offset + 1)}
                coordinates = axis_coordinates(self.axes, lines)
                yield Block(region_key(region), region, {**coordinates, self.along: (self.dims, values)})

    @property
    def _positions(self) -> list[NDArray[np.float64] | None]:
        """Where the lines lie along each axis, if they start from their neighbours along it."""

        def positions(values: tuple[Value, ...]) -> NDArray[np.float64] | None:
            if not self.neighbours or isinstance(values[0], str):
                return None
            at = np.array(values, np.float64)
            return at if (np.diff(at) > 0.0).all() else None  # large integers may be the same float

        return [positions(values) for _, values in self.axes]

    def _domain(self, check: Callable[[Mapping[str, Value]], None], index: tuple[int, ...]) -> Domain:
        """Where a line may be asked.  Raises `ParameterError` if that is nowhere."""
        line = {name: values[i] for (name, values), i in zip(self.axes, index, strict=True)}

        def check_at(x: float) -> None:
            check({**dict(self.fixed), **line, self.along: x})

        return domain(check_at, self.lower, self.upper, self.tolerance, self.coarse)


def check_order_parameter(experiment: Experiment) -> None:
    """Raises `RequestError` if `experiment` has nothing to search by."""
    outputs = {output.name for output in experiment.outputs}
    if experiment.order_parameter is None or f"{experiment.order_parameter}_error" not in outputs:
        raise RequestError(
            f"Experiment `{experiment.name}` has no order parameter with an error to search by."
        )


def between_ends(
    parameter: Parameter, between: tuple[float, float] | None, tolerance: float
) -> tuple[float, float]:
    """Where to search: all that is allowed, short of an open bound by `tolerance`, or what is asked for."""
    if not (isinstance(tolerance, int | float | np.number) and math.isfinite(tolerance) and tolerance > 0):
        raise RequestError(f"The tolerance must be a positive number, but is {tolerance!r}.")
    if between is None:
        if not (math.isfinite(parameter.lower) and math.isfinite(parameter.upper)):
            raise RequestError(
                f"Parameter `{parameter.name}` is {parameter.allowed}, without bounds on both sides, so a "
                f"search along it needs two ends: `between`, such as --between 0:1."
            )
        lower = parameter.lower + tolerance * parameter.lower_open
        upper = parameter.upper - tolerance * parameter.upper_open
    else:
        ends = [float(parameter.canonical(end)) for end in between]
        if len(ends) != 2 or not ends[0] < ends[1]:
            raise RequestError(
                f"A search along `{parameter.name}` must have two ends, the lower one first, "
                f"but has {', '.join(f'{end:g}' for end in ends)}."
            )
        lower, upper = ends
    finest = 16 * max(math.ulp(lower), math.ulp(upper))
    if not finest <= tolerance < upper - lower:
        raise RequestError(
            f"The tolerance along `{parameter.name}` in [{lower:g}, {upper:g}] must be at least {finest:.2g} "
            f"and less than the range, but is {tolerance:g}."
        )
    return lower, upper
