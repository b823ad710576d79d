"""What is asked: named axes to points, and points to blocks, each with a stable identity.

A `Sweep` asks an experiment at every point of a grid.  A `BoundarySearch` asks where its order parameter
changes sign along one parameter, on a line for each combination of the others; which points that takes is
found out as it goes, so its evaluations are stored side by side along a dimension ``evaluation``.

Both are frozen values in canonical form: the same question, however it is put, has one identity and one
layout in storage.  Axes stand in the order of the experiment's parameters, numbers ascend, choices stand as
they are declared, every parameter that is no axis is fixed, and a fixed parameter without effect takes its
default.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sweeps.boundary import Lines, most_evaluations

if TYPE_CHECKING:
    from kinetics.experiment import Experiment, Parameter, Value

T = TypeVar("T")

Axes = tuple[tuple[str, tuple["Value", ...]], ...]
Fixed = tuple[tuple[str, "Value"], ...]

EVALUATION = "evaluation"
"""The dimension along which a boundary search stores what it evaluated on a line."""

FEWEST_BLOCKS = 8
"""A smaller grid is cut finer than its experiment suggests, so that several workers have something to do."""


class RequestError(ValueError):
    """A request that cannot be run; the message says what is wrong and what is allowed."""


@dataclass(frozen=True, eq=False)
class Block:
    """A rectangle of points, evaluated in one task and stored in one region.

    Attributes
    ----------
    key : str
        Readable and stable, such as ``"M=0:2,beta=0:16"``.
    region : dict of str to slice
        Where it lies in the store, by dimension.
    coordinates : dict of str to (tuple of str, ndarray)
        Values of the parameters that vary, with their dimensions among those of `region`.  NaN where
        nothing is asked.
    """

    key: str
    region: dict[str, slice]
    coordinates: dict[str, tuple[tuple[str, ...], NDArray[Any]]]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(part.stop - part.start for part in self.region.values())

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Which of the points are asked."""
        asked = np.ones(self.shape, bool)
        for dims, values in self.coordinates.values():
            if dims == tuple(self.region) and values.dtype.kind == "f":
                asked &= ~np.isnan(values)
        return asked

    @property
    def size(self) -> int:
        """How many points are asked."""
        return int(self.asked.sum())


@dataclass(frozen=True)
class Sweep:
    """An experiment at every point of a grid.  Made by `from_request`.

    Attributes
    ----------
    experiment, version : str, int
    axes : tuple of (str, tuple of values)
    fixed : tuple of (str, value)
    """

    experiment: str
    version: int
    axes: Axes
    fixed: Fixed

    @classmethod
    def from_request(
        cls,
        experiment: Experiment,
        axes: Mapping[str, Iterable[object]],
        fixed: Mapping[str, object] | None = None,
    ) -> Sweep:
        """The sweep of `experiment` over `axes`; other parameters are as in `fixed` or at their defaults.

        Raises
        ------
        RequestError
            If there is no axis, one is empty, repeats a value, is fixed as well or has no effect.
        ParameterError
            If a parameter is unknown, or a value or a combination of values is not allowed.
        """
        if not axes:
            raise RequestError("A sweep needs at least one axis.")
        canonical_axes, canonical_fixed = _canonical(experiment, axes, fixed or {})
        _check_points(experiment, canonical_axes, canonical_fixed)
        return cls(experiment.name, experiment.version, canonical_axes, canonical_fixed)

    @property
    def dims(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(values) for _, values in self.axes)

    @property
    def size(self) -> int:
        """How many points there are."""
        return math.prod(self.shape)

    def request(self) -> dict[str, Any]:
        """All that identifies the sweep, as plain JSON."""
        return {
            "kind": "sweep",
            "experiment": self.experiment,
            "version": self.version,
            "axes": {name: list(values) for name, values in self.axes},
            "fixed": dict(self.fixed),
        }

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that only this question has."""
        return _identity(self.request())

    def chunks(self, points_per_block: int) -> dict[str, int]:
        """Sides of a block, by dimension: at most `points_per_block` points, and evenly cut.

        Depends on nothing else, so that a resumed sweep has the blocks that it had.
        """
        return dict(zip(self.dims, _rectangle(self.shape, points_per_block), strict=True))

    def blocks(self, chunks: Mapping[str, int]) -> Iterator[Block]:
        """The whole grid, cut into blocks."""
        for region in _regions(self.dims, self.shape, chunks):
            yield Block(_key(region), region, _axis_coordinates(self.axes, region))


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
        How many equidistant points are evaluated first.
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

    @classmethod
    def from_request(
        cls,
        experiment: Experiment,
        along: str,
        axes: Mapping[str, Iterable[object]] | None = None,
        fixed: Mapping[str, object] | None = None,
        tolerance: float = 1e-6,
        between: tuple[float, float] | None = None,
        coarse: int = 9,
    ) -> BoundarySearch:
        """The search along `along`, by default over all values that the experiment allows.

        Raises
        ------
        RequestError
            If the experiment has no order parameter, `along` is not a number with finite bounds or is an
            axis or fixed as well or has no effect, or `tolerance`, `between` or `coarse` are not allowed;
            and as for `Sweep`.
        ParameterError
            As for `Sweep`.
        """
        axes, fixed = axes or {}, fixed or {}
        outputs = {output.name for output in experiment.outputs}
        if experiment.order_parameter is None or f"{experiment.order_parameter}_error" not in outputs:
            raise RequestError(
                f"Experiment `{experiment.name}` has no order parameter with an error to search by."
            )
        parameter = experiment.parameter(along)
        if parameter.kind != "float":
            raise RequestError(
                f"A boundary is searched along a continuous parameter, but `{along}` is {parameter.allowed}."
            )
        for name, role in [*((name, "an axis") for name in axes), *((name, "fixed") for name in fixed)]:
            if name == along:
                raise RequestError(f"Parameter `{along}` is searched along, so it cannot be {role} as well.")
        lower, upper = _range(parameter, between, tolerance)
        if not isinstance(coarse, int | np.integer) or coarse < 2:
            raise RequestError(f"A boundary search needs at least 2 coarse points, but has {coarse!r}.")
        canonical_axes, canonical_fixed = _canonical(experiment, axes, fixed, along)
        _check_points(experiment, (*canonical_axes, (along, (lower, upper))), canonical_fixed)
        return cls(
            experiment.name,
            experiment.version,
            along,
            lower,
            upper,
            canonical_axes,
            canonical_fixed,
            float(tolerance),
            int(coarse),
        )

    @property
    def capacity(self) -> int:
        """The most evaluations that a line can take."""
        return most_evaluations(self.lower, self.upper, self.tolerance, self.coarse)

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
            "version": self.version,
            "along": self.along,
            "between": [self.lower, self.upper],
            "axes": {name: list(values) for name, values in self.axes},
            "fixed": dict(self.fixed),
            "tolerance": self.tolerance,
            "coarse": self.coarse,
        }

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that only this question has."""
        return _identity(self.request())

    def chunks(self, points_per_block: int) -> dict[str, int]:
        """Sides of a block, by dimension: the same evaluation on neighbouring lines."""
        sides = _rectangle(self.line_shape, points_per_block)
        return dict(zip(self.dims, (*sides, 1), strict=True))

    def lines(self) -> Lines:
        """The search itself, at its beginning."""
        return Lines(self.line_shape, self.lower, self.upper, self.tolerance, self.coarse)

    def blocks(self, asked: NDArray[np.float64], column: int, chunks: Mapping[str, int]) -> Iterator[Block]:
        """The blocks that hold one round.

        Parameters
        ----------
        asked : (*line_shape, n) float64
            What `Lines.ask` returned: values along the line, NaN where a line asks nothing.
        column : int
            The place of the round's first evaluation in the store.
        chunks : mapping of str to int
        """
        for offset in range(asked.shape[-1]):
            for lines in _regions(self.dims[:-1], self.line_shape, chunks):
                values = asked[(*lines.values(), slice(offset, offset + 1))]
                if np.isnan(values).all():
                    continue
                region = {**lines, EVALUATION: slice(column + offset, column + offset + 1)}
                coordinates = _axis_coordinates(self.axes, lines)
                yield Block(_key(region), region, {**coordinates, self.along: (self.dims, values)})


def missing(blocks: Iterable[Block], outcome: xr.DataArray) -> list[Block]:
    """Those of `blocks` with a point that is asked and has no outcome yet (0)."""
    codes = outcome.to_numpy()
    return [
        block
        for block in blocks
        if ((codes[tuple(block.region[str(dim)] for dim in outcome.dims)] == 0) & block.asked).any()
    ]


def parse_axis(experiment: Experiment, text: str) -> tuple[str, tuple[Value, ...]]:
    """The axis that `text` spells.

    ``beta=0:1:41`` is 41 equidistant values from 0 to 1, both included; ``A=geom(1,100,5)`` is five in
    geometric progression; ``M=7,8,10`` is itself.

    Raises
    ------
    RequestError
        If `text` is not of such a form.
    ParameterError
        If the parameter is unknown or a value not allowed.
    """
    name, written = _split(text, "Axis", "NAME=A:B:N, NAME=geom(A,B,N) or NAME=V1,V2,...")
    parameter = experiment.parameter(name)
    if parameter.kind == "choice":
        return name, tuple(parameter.parse(value.strip()) for value in written.split(","))
    if ":" in written:
        first, last, count = _progression(text, written.split(":"), f"{name}=0:1:41")
        # Exact until the end, so that 0:1:11 and 0,0.1,0.2,... are the same values and so the same question.
        steps = [first + (last - first) * Fraction(i, count - 1) for i in range(count)]
        return name, tuple(parameter.canonical(float(value)) for value in steps)
    if written.startswith("geom(") and written.endswith(")"):
        ends = written.removeprefix("geom(").removesuffix(")").split(",")
        first, last, count = _progression(text, ends, f"{name}=geom(1,100,5)")
        if first * last <= 0:
            raise RequestError(f"Axis `{text}` must have ends of one sign, as in {name}=geom(1,100,5).")
        return name, tuple(
            parameter.canonical(value) for value in np.geomspace(float(first), float(last), count)
        )
    return name, tuple(parameter.parse(value) for value in written.split(","))


def parse_setting(experiment: Experiment, text: str) -> tuple[str, Value]:
    """The fixed parameter that `text`, such as ``M=8``, spells.

    Raises
    ------
    RequestError
        If `text` is not of that form.
    ParameterError
        If the parameter is unknown or the value not allowed.
    """
    name, written = _split(text, "Setting", "NAME=VALUE")
    return name, experiment.parameter(name).parse(written)


def parse_axes(experiment: Experiment, texts: Iterable[str]) -> dict[str, tuple[Value, ...]]:
    """All the axes of a request.  Raises `RequestError` if one is given twice; otherwise as `parse_axis`."""
    return _collect(parse_axis, experiment, texts, "Axis")


def parse_settings(experiment: Experiment, texts: Iterable[str]) -> dict[str, Value]:
    """All the fixed parameters of a request.  Raises as `parse_axes`."""
    return _collect(parse_setting, experiment, texts, "Setting")


def _collect(
    parse: Callable[[Experiment, str], tuple[str, T]], experiment: Experiment, texts: Iterable[str], noun: str
) -> dict[str, T]:
    collected: dict[str, T] = {}
    for text in texts:
        name, value = parse(experiment, text)
        if name in collected:
            raise RequestError(f"{noun} `{name}` is given twice.")
        collected[name] = value
    return collected


def _split(text: str, noun: str, form: str) -> tuple[str, str]:
    name, equals, written = (part.strip() for part in text.partition("="))
    if not (name and equals and written):
        raise RequestError(f"{noun} `{text}` must look like {form}.")
    return name, written


def _progression(text: str, parts: Sequence[str], example: str) -> tuple[Fraction, Fraction, int]:
    """First, last and count of a progression, the numbers exactly as written."""
    try:
        first, last, count = parts
        ends, number = (Fraction(first), Fraction(last)), int(count)
    except (ValueError, ZeroDivisionError):
        number = 0
    if number < 2:
        raise RequestError(f"Axis `{text}` must have two ends and a count of at least 2, as in {example}.")
    return *ends, number


def _canonical(
    experiment: Experiment,
    axes: Mapping[str, Iterable[object]],
    fixed: Mapping[str, object],
    along: str | None = None,
) -> tuple[Axes, Fixed]:
    """Axes and fixed parameters in canonical form; `along` is neither."""
    for name in [*axes, *fixed]:
        experiment.parameter(name)
        if name in axes and name in fixed:
            raise RequestError(f"Parameter `{name}` cannot be an axis and fixed as well.")
    canonical_axes = {p.name: _axis(p, axes[p.name]) for p in experiment.parameters if p.name in axes}
    settings = {
        p.name: p.canonical(fixed.get(p.name, p.default))
        for p in experiment.parameters
        if p.name not in axes and p.name != along
    }
    for parameter in experiment.parameters:
        if parameter.only_with is None:
            continue
        switch, _ = parameter.only_with
        positions = canonical_axes.get(switch, (settings.get(switch),))
        if any(parameter.matters({switch: position}) for position in positions):
            continue
        if parameter.name not in settings:  # every answer along it would be the same
            where = " or ".join(str(position) for position in positions)
            raise RequestError(f"Parameter `{parameter.name}` has no effect where {switch} is {where}.")
        settings[parameter.name] = parameter.canonical(parameter.default)
    return tuple(canonical_axes.items()), tuple(settings.items())


def _axis(parameter: Parameter, given: Iterable[object]) -> tuple[Value, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise RequestError(f"Axis `{parameter.name}` must be a sequence of values, but is {given!r}.")
    values = [parameter.canonical(value) for value in given]
    if not values:
        raise RequestError(f"Axis `{parameter.name}` must have at least one value.")
    (value, times), *_ = Counter(values).most_common(1)
    if times > 1:
        raise RequestError(
            f"Axis `{parameter.name}` must have distinct values, but has {value} {times} times."
        )
    if parameter.kind == "choice":
        return tuple(choice for choice in parameter.choices if choice in values)
    return tuple(sorted(values))


def _range(
    parameter: Parameter, between: tuple[float, float] | None, tolerance: float
) -> tuple[float, float]:
    """Where to search: all that is allowed, short of an open bound by `tolerance`, or what is asked for."""
    if not (isinstance(tolerance, int | float | np.number) and math.isfinite(tolerance) and tolerance > 0):
        raise RequestError(f"The tolerance must be a positive number, but is {tolerance!r}.")
    if between is None:
        if not (math.isfinite(parameter.lower) and math.isfinite(parameter.upper)):
            raise RequestError(
                f"Parameter `{parameter.name}` is {parameter.allowed}; a search needs two ends."
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


def _check_points(experiment: Experiment, axes: Axes, fixed: Fixed) -> None:
    """Has the experiment refuse a combination of values that it does not allow."""
    if experiment.check is None:
        return
    names = [name for name, _ in axes]
    for values in itertools.product(*(values for _, values in axes)):
        experiment.check({**dict(fixed), **dict(zip(names, values, strict=True))})


def _identity(request: Mapping[str, Any]) -> str:
    canonical = json.dumps(request, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _rectangle(shape: Sequence[int], points_per_block: int) -> tuple[int, ...]:
    """Sides of a rectangle of at most `points_per_block` points that cuts `shape` evenly, last axis first."""
    room = max(1, min(points_per_block, math.prod(shape) // FEWEST_BLOCKS))
    sides: list[int] = []
    for length in reversed(shape):
        pieces = math.ceil(length / min(length, room))
        sides.append(math.ceil(length / pieces))
        room = max(1, room // sides[-1])
    return tuple(reversed(sides))


def _regions(
    dims: Sequence[str], shape: Sequence[int], chunks: Mapping[str, int]
) -> Iterator[dict[str, slice]]:
    parts = (
        [slice(start, min(start + chunks[dim], length)) for start in range(0, length, chunks[dim])]
        for dim, length in zip(dims, shape, strict=True)
    )
    for region in itertools.product(*parts):
        yield dict(zip(dims, region, strict=True))


def _key(region: Mapping[str, slice]) -> str:
    return ",".join(f"{dim}={part.start}:{part.stop}" for dim, part in region.items())


def _axis_coordinates(
    axes: Axes, region: Mapping[str, slice]
) -> dict[str, tuple[tuple[str, ...], NDArray[Any]]]:
    return {name: ((name,), np.array(values[region[name]])) for name, values in axes}
