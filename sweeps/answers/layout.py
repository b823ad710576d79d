"""How answers are laid out as labelled arrays: the template of a whole result.

Shape first, data later: `template` describes everything that will be stored and holds no data, so it takes
no memory however many points there are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from wellposed.errors import RequestError
from wellposed.sweeps.requests.grid import EVALUATION, Axes, Fixed

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.kinetics.experiment import Experiment, Parameter

TEXT = np.dtypes.StringDType()

DTYPES: Mapping[str, Any] = {"float": np.float64, "int": np.int64, "complex": np.complex128, "text": TEXT}
"""How the outputs of each kind are stored."""

FILL_VALUES: Mapping[str, Any] = {"float": np.nan, "int": 0, "complex": complex(np.nan, np.nan), "text": ""}
"""What stands where a point has no answer, for outputs of each kind."""

CITATION = re.compile(r"(.+) \[([^][]+)\]")
"""A meaning, and where it comes from."""

BOUNDARY_VARIABLES = (
    "boundary",
    "boundary_lower",
    "boundary_upper",
    "sign_changes",
    "evaluations",
    "scanned",
    "boundary_outcome",
    "zero_position",
    "zero_lower",
    "zero_upper",
    "zero_outcome",
)
"""What a boundary search finds on each line: the lowest change of sign, and then all zeros."""

ZERO = "zero"
"""The dimension along which all zeros of a line stand, ascending, and then NaN."""

VERTEX = "vertex"
"""The dimension along which the vertices of a curve stand, piece by piece, and then NaN."""

CURVE_VARIABLES = (
    "vertex_across",
    "vertex_along",
    "vertex_piece",
    "vertex_bracketed",
    "vertex_lower",
    "vertex_upper",
    "vertex_width",
    "curve_vertices",
    "curve_evaluations",
    "curve_outcome",
)
"""What a search for a curve finds: its vertices, and how many there are, from how many points."""

RESERVED = ("outcome", "reason", EVALUATION, ZERO, *BOUNDARY_VARIABLES)
"""Names that no experiment may give: whoever reads a dataset knows its kind by them."""


class Outcome(IntEnum):
    """What became of a point."""

    MISSING = 0
    """Not yet computed."""
    OK = 1
    UNRESOLVED = 2
    """The error is larger than the experiment allows, or the discretisation gave up; see the reason."""
    FAILED = 3
    """An exception was raised; see the reason."""


@dataclass(frozen=True)
class FoundVariable:
    """A variable that a search fills when it has found its answer.

    Attributes
    ----------
    dims : tuple of str
    fill, dtype
        What stands there before, and its type.
    attributes : mapping of str to str
        Long name and units.
    """

    dims: tuple[str, ...]
    fill: Any
    dtype: Any
    attributes: Mapping[str, Any]


class Asked(Protocol):
    """What is asked, in canonical form: a sweep, or a search."""

    @property
    def experiment(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def fingerprint(self) -> str | None: ...

    @property
    def axes(self) -> Axes: ...

    @property
    def fixed(self) -> Fixed: ...

    @property
    def dims(self) -> tuple[str, ...]: ...

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def id(self) -> str: ...

    def request(self) -> dict[str, Any]: ...


def template(
    experiment: Experiment,
    request: Asked,
    evaluated: Sequence[str] = (),
    found: Mapping[str, FoundVariable] = MappingProxyType({}),
    sizes: Mapping[str, int] = MappingProxyType({}),
) -> xr.Dataset:
    """Returns everything that `request` will store, with fill values in place of data.

    Coordinates are the axes, the fixed parameters (scalar) and the experiment's own coordinates; variables
    are its outputs with `outcome` and `reason`.

    Parameters
    ----------
    experiment : Experiment
    request : Asked
    evaluated : sequence of str
        Parameters that a search chooses as it goes: coordinates over all points, NaN as yet.
    found : mapping of str to FoundVariable
        What a search finds besides.
    sizes : mapping of str to int
        How long the dimensions are that are of `found` alone.

    Raises
    ------
    RequestError
        If the experiment's outputs are not declared as they should be.
    """
    import xarray as xr  # which a process that only evaluates need not wait for

    _check_declarations(experiment, [*RESERVED, *({*found, *sizes} - set(RESERVED))])
    sizes = {**sizes, **dict(zip(request.dims, request.shape, strict=True))}
    sizes |= {coordinate.name: len(coordinate.values) for coordinate in experiment.coordinates}

    def unfilled(dims: tuple[str, ...], fill: Any, dtype: Any, **attributes: object) -> xr.Variable:
        return xr.Variable(
            dims, np.broadcast_to(np.array(fill, dtype), [sizes[dim] for dim in dims]), attributes
        )

    outputs = {output.name for output in experiment.outputs}
    variables = {
        output.name: unfilled(
            (*request.dims, *output.dims),
            FILL_VALUES[output.kind],
            DTYPES[output.kind],
            long_name=output.long_name,
            **({} if output.kind == "text" else {"units": output.units}),
            ancillary_variables=" ".join([*({f"{output.name}_error"} & outputs), "outcome"]),
        )
        for output in experiment.outputs
    }
    variables["reason"] = unfilled(request.dims, "", TEXT, long_name="why there is no answer")
    variables["outcome"] = unfilled(
        request.dims,
        Outcome.MISSING,
        np.uint8,
        long_name="what became of the point",
        flag_values=[int(outcome) for outcome in Outcome],
        flag_meanings=" ".join(outcome.name.lower() for outcome in Outcome),
        ancillary_variables="reason",
    )
    coordinates = coordinates_of(experiment, request.axes, request.fixed)
    for own in experiment.coordinates:
        coordinates[own.name] = xr.Variable(
            (own.name,), np.asarray(own.values), {"long_name": own.long_name, "units": own.units}
        )
    for name in evaluated:
        coordinates[name] = unfilled(request.dims, np.nan, np.float64, **labels(experiment.parameter(name)))
    for name, one in found.items():
        variables[name] = unfilled(one.dims, one.fill, one.dtype, **one.attributes)
    return xr.Dataset(variables, coordinates, description(experiment, request))


def _check_declarations(experiment: Experiment, reserved: Sequence[str]) -> None:
    names = [
        *(parameter.name for parameter in experiment.parameters),
        *(coordinate.name for coordinate in experiment.coordinates),
        *(output.name for output in experiment.outputs),
        *reserved,
    ]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RequestError(
            f"Experiment `{experiment.name}` gives the name `{twice[0]}` to two things, or it is reserved."
        )
    for output in experiment.outputs:
        if output.kind not in DTYPES:
            raise RequestError(
                f"Experiment `{experiment.name}`: the kind of `{output.name}` must be "
                f"{', '.join(DTYPES)}, but is {output.kind!r}."
            )
    scalars = {output.name for output in experiment.outputs if not output.dims and output.kind == "float"}
    order_parameter = experiment.order_parameter
    if order_parameter is not None and not {order_parameter, f"{order_parameter}_error"} <= scalars:
        raise RequestError(
            f"Experiment `{experiment.name}` must have the scalar outputs `{order_parameter}` and "
            f"`{order_parameter}_error`, of the kind float."
        )
    own = {coordinate.name for coordinate in experiment.coordinates}
    for output in experiment.outputs:
        if unknown := set(output.dims) - own:
            raise RequestError(
                f"Experiment `{experiment.name}` has no coordinate `{unknown.pop()}` for `{output.name}`."
            )


def coordinates_of(experiment: Experiment, axes: Axes, fixed: Fixed) -> dict[str, xr.Variable]:
    import xarray as xr

    coordinates = {}
    for name, values in axes:
        parameter = experiment.parameter(name)
        coordinates[name] = xr.Variable((name,), np.array(values, _dtype(parameter)), labels(parameter))
    for name, value in fixed:
        parameter = experiment.parameter(name)
        coordinates[name] = xr.Variable((), np.array(value, _dtype(parameter)), labels(parameter))
    return coordinates


def _dtype(parameter: Parameter) -> Any:
    return {"float": np.float64, "int": np.int64, "choice": TEXT}[parameter.kind]


def labels(parameter: Parameter) -> dict[str, str]:
    """The CF attributes of a parameter's coordinate: name and meaning, where they come from, and units."""
    cited = CITATION.fullmatch(parameter.summary)
    described = {"long_name": f"{parameter.name}: {cited[1] if cited else parameter.summary}"}
    if cited:
        described["references"] = cited[2]
    return described if parameter.kind == "choice" else {**described, "units": parameter.units}


def description(experiment: Experiment, request: Asked) -> Mapping[str, Any]:
    """What is said of a request and its answers."""
    asked = request.request()
    named: dict[str, Any] = {name: asked[name] for name in ("along", "across") if name in asked}
    if experiment.order_parameter is not None:
        named["order_parameter"] = experiment.order_parameter
        if math.isfinite(experiment.tolerance):
            named["error_allowed"] = experiment.tolerance
    return {
        "title": experiment.summary,
        "source": experiment.source,
        "experiment": request.experiment,
        "experiment_version": request.version,
        **({} if request.fingerprint is None else {"experiment_fingerprint": request.fingerprint}),
        "kind": asked["kind"],
        "sweep_id": request.id,
        **named,
        "request": asked,
    }
