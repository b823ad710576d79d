"""The curve on which the order parameter of an experiment changes sign in a plane, as a question.

A frozen value in canonical form, as `Sweep` is.  Which points the answer takes is found out as it
goes; they are stored one after the other along a dimension ``evaluation``, each round from the start of a
chunk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import RequestError
from wellposed.sweeps.requests.boundary import between_ends, check_order_parameter
from wellposed.sweeps.requests.grid import (
    EVALUATION,
    Axes,
    Block,
    Fixed,
    canonical,
    identity,
    region_key,
    versioned,
)
from wellposed.sweeps.search.curve import Curve

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Parameter, Value

METHOD = 3
"""Raised whenever the search may ask other points or stores more: it is part of the identity of each."""

VERTEX_NAMES = ("bracketed", "lower", "piece", "upper", "vertex", "width")
"""What is said of each vertex besides its two parameters."""

LONGEST_CHUNK = 16

ROUNDS = 128
"""More than a search takes."""


@dataclass(frozen=True)
class CurveSearch:
    """Where the order parameter changes sign in the plane of two parameters.  Made by `from_request`.

    Attributes
    ----------
    experiment, version : str, int
    along, across : str
        The parameters that span the plane.
    between, over : (float, float)
        Their ranges.
    fixed : tuple of (str, value)
    tolerance : float
        How wide a bracket along `along` may remain; one along `across` the same part of its range.
    coarse, depth, most : int
        As for `wellposed.sweeps.search.curve.Curve`.
    fingerprint : str, optional
        Of the experiment.
    """

    experiment: str
    version: int
    along: str
    across: str
    between: tuple[float, float]
    over: tuple[float, float]
    fixed: Fixed
    tolerance: float
    coarse: int
    depth: int
    most: int
    fingerprint: str | None = None

    @classmethod
    def from_request(
        cls,
        experiment: Experiment,
        along: str,
        across: str,
        over: tuple[float, float] | None = None,
        fixed: Mapping[str, object] | None = None,
        tolerance: float = 1e-6,
        between: tuple[float, float] | None = None,
        coarse: int = 9,
        depth: int = 2,
        most: int = 10_000,
    ) -> CurveSearch:
        """Returns the search in the plane of `along` and `across`, by default over all their values.

        Raises
        ------
        RequestError
            If the experiment has no order parameter, `along` or `across` is not continuous, they are the
            same or fixed, or a range, `tolerance`, `coarse`, `depth` or `most` is not allowed.
        ParameterError
            If a parameter is unknown, or a value is not allowed.
        """
        fixed = fixed or {}
        check_order_parameter(experiment)
        for name in (along, across):
            if name in VERTEX_NAMES:
                raise RequestError(
                    f"A curve cannot be followed in a parameter called `{name}`, as its vertices have a "
                    f"`{name}` of their own: give the parameter another name."
                )
        if along == across:
            raise RequestError(f"A plane needs two parameters, but has `{along}` twice.")
        for name in (along, across):
            if experiment.parameter(name).kind != "float":
                allowed = experiment.parameter(name).allowed
                raise RequestError(f"A curve is traced in continuous parameters, but `{name}` is {allowed}.")
            if name in fixed:
                raise RequestError(f"Parameter `{name}` spans the plane, so it cannot be fixed as well.")
        ends = between_ends(experiment.parameter(along), between, tolerance)
        part = tolerance / (ends[1] - ends[0])
        first, last = _ends(experiment.parameter(across), over, part)
        others = between_ends(experiment.parameter(across), (first, last), part * abs(last - first or 1.0))
        for name, value, least in (("coarse", coarse, 2), ("depth", depth, 0), ("most", most, 1)):
            if not isinstance(value, int | np.integer) or value < least:
                raise RequestError(f"`{name}` must be an integer of at least {least}, but is {value!r}.")
        if most < coarse**2:
            raise RequestError(
                f"`most` must be at least {coarse**2:,}, the points of the first grid, but is {most!r}."
            )
        axes: Mapping[str, tuple[object, ...]] = {across: others}
        _, settings = canonical(experiment, axes, fixed, along)
        return cls(
            experiment.name,
            experiment.version,
            along,
            across,
            ends,
            others,
            settings,
            float(tolerance),
            int(coarse),
            int(depth),
            int(most),
            experiment.fingerprint,
        )

    @property
    def axes(self) -> Axes:
        """None: no parameter has a list of values."""
        return ()

    @property
    def dims(self) -> tuple[str, ...]:
        return (EVALUATION,)

    @property
    def shape(self) -> tuple[int, ...]:
        return (2 * self.most + ROUNDS * LONGEST_CHUNK,)

    @property
    def most_vertices(self) -> int:
        """How many vertices there are at most: two for each point on a mesh of them, and ends said twice."""
        return 3 * self.most

    def request(self) -> dict[str, Any]:
        """All that identifies the search, as plain JSON."""
        return {
            "kind": "curve",
            "experiment": self.experiment,
            **versioned(self.version, self.fingerprint),
            "along": self.along,
            "between": list(self.between),
            "across": self.across,
            "over": list(self.over),
            "axes": {},
            "fixed": dict(self.fixed),
            "tolerance": self.tolerance,
            "coarse": self.coarse,
            "depth": self.depth,
            "most": self.most,
            "method": METHOD,
        }

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that only this question has."""
        return identity(self.request())

    def chunks(self, points_per_block: int) -> dict[str, int]:
        """How many evaluations a block has."""
        return {EVALUATION: min(points_per_block, LONGEST_CHUNK)}

    def curve(self, experiment: Experiment) -> Curve:
        """The search itself, at its beginning, in `across` and `along`.

        No point is asked that `experiment` does not allow.
        """
        low, high = self.over
        part = self.tolerance / (self.between[1] - self.between[0])
        check = experiment.check
        allowed = None if check is None else self._allowed(check)
        tolerance = (part * (high - low), self.tolerance)
        return Curve(self.over, self.between, tolerance, self.coarse, self.depth, allowed, self.most)

    def blocks(self, asked: NDArray[np.float64], column: int, chunks: Mapping[str, int]) -> Iterator[Block]:
        """The blocks that hold one round.

        Parameters
        ----------
        asked : (n, 2) float64
            What `Curve.ask` returned.
        column : int
            The place of the round's first evaluation in the store.
        chunks : mapping of str to int
        """
        side = chunks[EVALUATION]
        for start in range(0, len(asked), side):
            values = np.full((side, 2), np.nan)
            part = asked[start : start + side]
            values[: len(part)] = part
            region = {EVALUATION: slice(column + start, column + start + side)}
            coordinates = {
                name: (self.dims, values[:, i]) for i, name in enumerate((self.across, self.along))
            }
            yield Block(region_key(region), region, coordinates)

    def _allowed(self, check: Callable[[Mapping[str, Value]], None]) -> Callable[[float, float], bool]:
        def allowed(x: float, y: float) -> bool:
            try:
                check({**dict(self.fixed), self.across: x, self.along: y})
            except ValueError:  # a ParameterError
                return False
            return True

        return allowed


def _ends(parameter: Parameter, over: tuple[float, float] | None, part: float) -> tuple[float, float]:
    """Returns the ends of a range, or all that is allowed, short of an open bound by a `part` of them."""
    if over is None:
        width = parameter.upper - parameter.lower
        return between_ends(parameter, None, part * width if math.isfinite(width) else 1.0)
    try:
        first, last = map(float, over)
    except (TypeError, ValueError):
        raise RequestError(f"A range along `{parameter.name}` must have two ends, but is {over!r}.") from None
    return first, last


def next_column(column: int, asked: NDArray[np.float64], chunks: Mapping[str, int]) -> int:
    """The place of the first evaluation of the round after `asked`."""
    side = chunks[EVALUATION]
    return column + side * -(-len(asked) // side)
