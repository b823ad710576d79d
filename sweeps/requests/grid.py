"""What is asked: named axes to points, and points to blocks, each with a stable identity.

A `Sweep` asks an experiment at every point of a grid.  It is a frozen value in canonical form: the same
question, however it is put, has one identity and one layout in storage.  Axes stand in the order of the
experiment's parameters, numbers ascend, choices stand as they are declared, every parameter that is no axis
is fixed, and a fixed parameter without effect takes its default.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import RequestError

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Parameter, Value

Axes = tuple[tuple[str, tuple["Value", ...]], ...]
Fixed = tuple[tuple[str, "Value"], ...]

EVALUATION = "evaluation"
"""The dimension along which a boundary search stores what it evaluated on a line."""

FEWEST_BLOCKS = 8
"""A smaller grid is cut finer than its experiment suggests, so that several workers have something to do."""


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
    fingerprint : str, optional
        Of the experiment.
    """

    experiment: str
    version: int
    axes: Axes
    fixed: Fixed
    fingerprint: str | None = None

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
        canonical_axes, canonical_fixed = canonical(experiment, axes, fixed or {})
        _check_points(experiment, canonical_axes, canonical_fixed)
        return cls(
            experiment.name, experiment.version, canonical_axes, canonical_fixed, experiment.fingerprint
        )

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
            **versioned(self.version, self.fingerprint),
            "axes": {name: list(values) for name, values in self.axes},
            "fixed": dict(self.fixed),
        }

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that only this question has."""
        return identity(self.request())

    def chunks(self, points_per_block: int) -> dict[str, int]:
        """Sides of a block, by dimension: at most `points_per_block` points, and evenly cut.

        Depends on nothing else, so that a resumed sweep has the blocks that it had.
        """
        return dict(zip(self.dims, rectangle(self.shape, points_per_block), strict=True))

    def blocks(self, chunks: Mapping[str, int]) -> Iterator[Block]:
        """The whole grid, cut into blocks."""
        for region in regions(self.dims, self.shape, chunks):
            yield Block(region_key(region), region, axis_coordinates(self.axes, region))


def canonical(
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
    if isinstance(given, np.ndarray) and given.ndim != 1:
        raise RequestError(f"Axis `{parameter.name}` must have one dimension, but has {given.ndim}.")
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


def _check_points(experiment: Experiment, axes: Axes, fixed: Fixed) -> None:
    """Has the experiment refuse a combination of values that it does not allow."""
    if experiment.check is None:
        return
    names = [name for name, _ in axes]
    for values in itertools.product(*(values for _, values in axes)):
        experiment.check({**dict(fixed), **dict(zip(names, values, strict=True))})


def versioned(version: int, fingerprint: str | None) -> dict[str, Any]:
    """What a request says of the state of its experiment."""
    return {"version": version} if fingerprint is None else {"version": version, "fingerprint": fingerprint}


def identity(request: Mapping[str, Any]) -> str:
    canonical = json.dumps(request, sort_keys=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def rectangle(shape: Sequence[int], points_per_block: int) -> tuple[int, ...]:
    """Sides of a rectangle of at most `points_per_block` points that cuts `shape` evenly, last axis first."""
    room = max(1, min(points_per_block, math.prod(shape) // FEWEST_BLOCKS))
    sides: list[int] = []
    for length in reversed(shape):
        pieces = math.ceil(length / min(length, room))
        sides.append(math.ceil(length / pieces))
        room = max(1, room // sides[-1])
    return tuple(reversed(sides))


def regions(
    dims: Sequence[str], shape: Sequence[int], chunks: Mapping[str, int]
) -> Iterator[dict[str, slice]]:
    parts = (
        [slice(start, min(start + chunks[dim], length)) for start in range(0, length, chunks[dim])]
        for dim, length in zip(dims, shape, strict=True)
    )
    for region in itertools.product(*parts):
        yield dict(zip(dims, region, strict=True))


def region_key(region: Mapping[str, slice]) -> str:
    return ",".join(f"{dim}={part.start}:{part.stop}" for dim, part in region.items())


def axis_coordinates(
    axes: Axes, region: Mapping[str, slice]
) -> dict[str, tuple[tuple[str, ...], NDArray[Any]]]:
    return {name: ((name,), np.array(values[region[name]])) for name, values in axes}
