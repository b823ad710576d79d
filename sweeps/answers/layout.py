"""How answers are laid out as labelled arrays: the template of a whole result, and the boundaries found.

Shape first, data later: `template` describes everything that will be stored and holds no data, so it takes
no memory however many points there are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.errors import AnswerError, RequestError
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.curve import CurveSearch
from wellposed.sweeps.requests.grid import EVALUATION, Axes, Fixed, Sweep
from wellposed.sweeps.search.lines import Lines, most_zeros

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Parameter

TEXT = np.dtypes.StringDType()

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


class Outcome(IntEnum):
    """What became of a point."""

    MISSING = 0
    """Not yet computed."""
    OK = 1
    UNRESOLVED = 2
    """The error is larger than the experiment allows, or the discretisation gave up; see the reason."""
    FAILED = 3
    """An exception was raised; see the reason."""


def template(experiment: Experiment, request: Sweep | BoundarySearch | CurveSearch) -> xr.Dataset:
    """Everything that `request` will store, with fill values in place of data.

    Coordinates are the axes, the fixed parameters (scalar) and the experiment's own coordinates; variables
    are its outputs with `outcome` and `reason`.  For a boundary search, the parameter searched along is a
    coordinate over all the lines' evaluations (all NaN as yet), and the boundary of each line is a variable.

    Raises
    ------
    RequestError
        If the experiment's outputs are not declared as they should be.
    """
    _check_declarations(experiment)
    sizes = dict(zip(request.dims, request.shape, strict=True))
    sizes |= {coordinate.name: len(coordinate.values) for coordinate in experiment.coordinates}

    def unfilled(dims: tuple[str, ...], fill: Any, dtype: Any, **attributes: object) -> xr.Variable:
        return xr.Variable(
            dims, np.broadcast_to(np.array(fill, dtype), [sizes[dim] for dim in dims]), attributes
        )

    outputs = {output.name for output in experiment.outputs}
    variables = {
        output.name: unfilled(
            (*request.dims, *output.dims),
            np.nan,
            np.float64,
            long_name=output.long_name,
            units=output.units,
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
    coordinates = _coordinates(experiment, request.axes, request.fixed)
    for own in experiment.coordinates:
        coordinates[own.name] = xr.Variable(
            (own.name,), np.asarray(own.values), {"long_name": own.long_name, "units": own.units}
        )
    if isinstance(request, BoundarySearch):
        along = experiment.parameter(request.along)
        coordinates[along.name] = unfilled(request.dims, np.nan, np.float64, **labels(along))
        sizes[ZERO] = most_zeros(request.coarse)
        variables |= {
            name: unfilled(_boundary_dims(request, name), fill, dtype, **attributes)
            for name, (fill, dtype, attributes) in _boundary_variables(along).items()
        }
    if isinstance(request, CurveSearch):
        for name in (request.across, request.along):
            described = labels(experiment.parameter(name))
            coordinates[name] = unfilled(request.dims, np.nan, np.float64, **described)
    return xr.Dataset(variables, coordinates, description(experiment, request))


def answers(
    experiment: Experiment, search: BoundarySearch, stored: xr.Dataset, lines: Lines
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """What is stored of the round that `lines` asks: what `Lines.tell` takes.

    Parameters
    ----------
    experiment, search
    stored : Dataset
        Laid out as `template` says.
    lines : Lines

    Returns
    -------
    value, error, resolved : (*shape, n)
        The order parameter.  It counts as resolved where the outcome is ``ok``.

    Raises
    ------
    AnswerError
        If a point is not stored yet, or another one is stored in its place.
    """
    asked = lines.ask()
    order_parameter = str(experiment.order_parameter)
    names = [search.along, "outcome", order_parameter, f"{order_parameter}_error"]
    here = {EVALUATION: slice(lines.column, lines.column + asked.shape[-1])}
    x, outcome, value, error = (stored[name].isel(here).transpose(*search.dims).to_numpy() for name in names)
    wanted = ~np.isnan(asked)
    absent = wanted & (outcome == Outcome.MISSING)
    if absent.any():
        line = tuple(int(i) for i in np.argwhere(absent)[0])
        where = {name: values[i] for (name, values), i in zip(search.axes, line[:-1], strict=True)}
        point = ", ".join(f"{name}={value}" for name, value in {**where, search.along: asked[line]}.items())
        raise AnswerError(
            f"No answer is stored at {int(absent.sum())} of the points asked for, such as {point}."
        )
    if (wanted & (x != asked)).any():
        raise AnswerError(
            "The stored evaluations are not those that this search asks for; another version made them. "
            f"Remove {search.experiment} {search.id} from the catalogue, or finish it with that version."
        )
    return value, error, outcome == Outcome.OK


def boundaries(experiment: Experiment, search: BoundarySearch, lines: Lines) -> xr.Dataset:
    """What `lines` found: a boundary with its bracket for each combination of the other axes."""
    described = _boundary_variables(experiment.parameter(search.along))
    found = lines.results()
    return xr.Dataset(
        {
            name: xr.Variable(_boundary_dims(search, name), found[name], described[name][2])
            for name in BOUNDARY_VARIABLES
        },
        _coordinates(experiment, search.axes, search.fixed),
        description(experiment, search),
    )


def stored_boundaries(stored: xr.Dataset) -> xr.Dataset:
    """The boundaries in a stored search, as `boundaries` gave them."""
    return stored[list(BOUNDARY_VARIABLES)].load()


def _check_declarations(experiment: Experiment) -> None:
    names = [
        *(parameter.name for parameter in experiment.parameters),
        *(coordinate.name for coordinate in experiment.coordinates),
        *(output.name for output in experiment.outputs),
        *("outcome", "reason", EVALUATION, ZERO, *BOUNDARY_VARIABLES),
    ]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RequestError(
            f"Experiment `{experiment.name}` gives the name `{twice[0]}` to two things, or it is reserved."
        )
    scalars = {output.name for output in experiment.outputs if not output.dims}
    order_parameter = experiment.order_parameter
    if order_parameter is not None and not {order_parameter, f"{order_parameter}_error"} <= scalars:
        raise RequestError(
            f"Experiment `{experiment.name}` must have the scalar outputs `{order_parameter}` and "
            f"`{order_parameter}_error`."
        )
    own = {coordinate.name for coordinate in experiment.coordinates}
    for output in experiment.outputs:
        if unknown := set(output.dims) - own:
            raise RequestError(
                f"Experiment `{experiment.name}` has no coordinate `{unknown.pop()}` for `{output.name}`."
            )


def _coordinates(experiment: Experiment, axes: Axes, fixed: Fixed) -> dict[str, xr.Variable]:
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


def _boundary_dims(search: BoundarySearch, name: str) -> tuple[str, ...]:
    return (*search.dims[:-1], ZERO) if name.startswith(f"{ZERO}_") else search.dims[:-1]


def _boundary_variables(along: Parameter) -> dict[str, tuple[Any, Any, dict[str, str]]]:
    """Fill value, dtype and attributes of what a boundary search finds on each line."""
    units = {"units": along.units}
    return {
        "boundary": (
            np.nan,
            np.float64,
            {
                "long_name": f"boundary along {along.name}",
                "ancillary_variables": "boundary_lower boundary_upper boundary_outcome",
                **units,
            },
        ),
        "boundary_lower": (np.nan, np.float64, {"long_name": "certain sign below it", **units}),
        "boundary_upper": (np.nan, np.float64, {"long_name": "certain sign above it", **units}),
        "sign_changes": (0, np.int64, {"long_name": "changes of sign seen, of which the boundary is lowest"}),
        "evaluations": (0, np.int64, {"long_name": "points evaluated"}),
        "scanned": (False, np.bool_, {"long_name": "whether the whole line was looked at"}),
        "boundary_outcome": (
            "",
            TEXT,
            {"long_name": "located, tangential, plateau, none or unresolved"},
        ),
        "zero_position": (
            np.nan,
            np.float64,
            {
                "long_name": f"zeros along {along.name}",
                "ancillary_variables": "zero_lower zero_upper zero_outcome",
                **units,
            },
        ),
        "zero_lower": (np.nan, np.float64, {"long_name": "certain sign below a zero", **units}),
        "zero_upper": (np.nan, np.float64, {"long_name": "certain sign above a zero", **units}),
        "zero_outcome": ("", TEXT, {"long_name": "located, tangential, plateau or unresolved"}),
    }


def description(experiment: Experiment, request: Sweep | BoundarySearch | CurveSearch) -> Mapping[str, Any]:
    """What is said of a request and its answers."""
    asked = request.request()
    told = {name: asked[name] for name in ("along",) if name in asked}
    if experiment.order_parameter is not None:
        told["order_parameter"] = experiment.order_parameter
        if math.isfinite(experiment.tolerance):
            told["error_allowed"] = experiment.tolerance
    return {
        "title": experiment.summary,
        "source": experiment.source,
        "experiment": request.experiment,
        "experiment_version": request.version,
        **({} if request.fingerprint is None else {"experiment_fingerprint": request.fingerprint}),
        "kind": asked["kind"],
        "sweep_id": request.id,
        **told,
        "request": asked,
    }
