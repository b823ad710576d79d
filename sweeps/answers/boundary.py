"""The boundaries that a search finds: how they are stored, and as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.errors import AnswerError
from wellposed.sweeps.answers import layout
from wellposed.sweeps.answers.layout import (
    BOUNDARY_VARIABLES,
    TEXT,
    ZERO,
    FoundVariable,
    Outcome,
    coordinates_of,
    description,
)
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.grid import EVALUATION, Fixed
from wellposed.sweeps.search.lines import LineSearches, most_zeros

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment, Parameter, PrintedThreshold, Value


class FoundZero(NamedTuple):
    """A zero on a line, as it is stored: NaN is the position of one that is not located."""

    position: float
    lower: float
    upper: float
    outcome: str

    @property
    def error(self) -> float:
        """How far the zero may be from its position, by its bracket."""
        return max(self.position - self.lower, self.upper - self.position)


@dataclass(frozen=True, eq=False)
class Line:
    """What was found on one line of a search.

    Attributes
    ----------
    point : mapping of str to value
        All the other parameters.
    boundary, lower, upper : float
        NaN where there is none.
    outcome : str
        ``located``, ``tangential``, ``plateau``, ``none`` or ``unresolved``.
    evaluations, troubled : int
        How many points were evaluated, and how many of them gave no answer.
    failed : int
        How many of these failed, the others being unresolved.
    sign_changes : int
        How many changes of sign were seen, of which the boundary is the lowest.
    zeros : sequence of FoundZero
        All zeros that are stored, ascending.
    has_rough_values : bool
        Whether it is unresolved for values that rise and fall by more than their errors: see `LineSearch`.
        Then `lower` and `upper` hold all changes of sign.
    """

    point: Mapping[str, Value]
    boundary: float
    lower: float
    upper: float
    outcome: str
    evaluations: int
    troubled: int
    failed: int
    sign_changes: int = 0
    zeros: Sequence[FoundZero] = ()
    has_rough_values: bool = False

    @property
    def others(self) -> Sequence[FoundZero]:
        """The changes of sign above the lowest, as far as they are stored."""
        return [zero for zero in self.zeros if zero.outcome in ("located", "unresolved")][1:]

    @property
    def error(self) -> float:
        """How far the boundary may be from its value, by its bracket; NaN where there is none."""
        return max(self.boundary - self.lower, self.upper - self.boundary)

    @property
    def shown(self) -> str:
        """The outcome for a reader: ``failed`` rather than ``unresolved`` where every point has failed."""
        return "failed" if 0 < self.evaluations == self.failed else self.outcome


@dataclass(frozen=True, eq=False)
class BoundaryAnswer:
    """The answer to a boundary search, as far as it is stored.

    Attributes
    ----------
    id : str
        Of the sweep that stores it.
    experiment : Experiment
    search : BoundarySearch
    stored : Dataset
        All that is stored, lazy.
    """

    id: str
    experiment: Experiment
    search: BoundarySearch
    stored: xr.Dataset

    @property
    def fixed(self) -> Fixed:
        """The parameters that are the same on all lines."""
        return self.search.fixed

    def published(self, line: Line) -> PrintedThreshold | None:
        """Returns what is published for the boundary on a line, if anything is."""
        return self.experiment.printed_threshold(self.search.along, line.point)

    @cached_property
    def lines(self) -> Sequence[Line]:
        """What was found on each line, in the order of the axes."""
        found = stored_boundaries(self.stored)
        outcome = self.stored["outcome"].load()
        failed = (outcome == Outcome.FAILED).sum(EVALUATION).to_numpy()
        troubled = failed + (outcome == Outcome.UNRESOLVED).sum(EVALUATION).to_numpy()
        values = {name: found[name].to_numpy() for name in found.data_vars}
        lines = []
        for index in np.ndindex(self.search.line_shape):
            here = {name: axis[i] for (name, axis), i in zip(self.search.axes, index, strict=True)}
            columns = ("zero_position", "zero_lower", "zero_upper", "zero_outcome")
            zeros = [
                FoundZero(float(at), float(lower), float(upper), str(one))
                for at, lower, upper, one in zip(*(values[name][index] for name in columns), strict=True)
                if one
            ]
            lines.append(
                Line(
                    point={**dict(self.search.fixed), **here},
                    boundary=float(values["boundary"][index]),
                    lower=float(values["boundary_lower"][index]),
                    upper=float(values["boundary_upper"][index]),
                    outcome=str(values["boundary_outcome"][index]),
                    evaluations=int(values["evaluations"][index]),
                    troubled=int(troubled[index]),
                    failed=int(failed[index]),
                    sign_changes=int(values["sign_changes"][index]),
                    zeros=zeros,
                    has_rough_values=any(
                        zero.outcome == "unresolved" and zero.upper - zero.lower <= self.search.tolerance
                        for zero in zeros
                    ),
                )
            )
        return lines

    def sign(self, line: Line) -> int:
        """Returns the sign of the order parameter at the first point of a line that is resolved."""
        here = {name: values.index(line.point[name]) for name, values in self.search.axes}
        stored = self.stored[[str(self.experiment.order_parameter), "outcome"]].isel(here)
        value = stored[str(self.experiment.order_parameter)].to_numpy()
        return int(np.sign(value[stored["outcome"].to_numpy() == Outcome.OK][0]))


def template(experiment: Experiment, search: BoundarySearch) -> xr.Dataset:
    """Returns everything that a search will store, with fill values in place of data.

    The parameter searched along is a coordinate over all the lines' evaluations, and the boundary of each
    line is a variable.  Raises as `wellposed.sweeps.answers.layout.template`.
    """
    found = boundary_variables(search, experiment.parameter(search.along))
    return layout.template(experiment, search, [search.along], found, {ZERO: most_zeros(search.coarse)})


def answers(
    experiment: Experiment, search: BoundarySearch, stored: xr.Dataset, lines: LineSearches
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """What is stored of the round that `lines` asks: what `LineSearches.tell` takes.

    Parameters
    ----------
    experiment, search
    stored : Dataset
        Laid out as `template` says.
    lines : LineSearches

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


def boundaries(experiment: Experiment, search: BoundarySearch, lines: LineSearches) -> xr.Dataset:
    """What `lines` found: a boundary with its bracket for each combination of the other axes."""
    described = boundary_variables(search, experiment.parameter(search.along))
    found = lines.results()
    return xr.Dataset(
        {
            name: xr.Variable(described[name].dims, found[name], described[name].attributes)
            for name in BOUNDARY_VARIABLES
        },
        coordinates_of(experiment, search.axes, search.fixed),
        description(experiment, search),
    )


def stored_boundaries(stored: xr.Dataset) -> xr.Dataset:
    """The boundaries in a stored search, as `boundaries` gave them."""
    return stored[list(BOUNDARY_VARIABLES)].load()


def boundary_variables(search: BoundarySearch, along: Parameter) -> dict[str, FoundVariable]:
    """Returns the variables that a boundary search finds on each line."""
    units = {"units": along.units}
    described: dict[str, tuple[Any, Any, dict[str, str]]] = {
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
    lines = search.dims[:-1]
    return {
        name: FoundVariable((*lines, ZERO) if name.startswith(f"{ZERO}_") else lines, *described[name])
        for name in BOUNDARY_VARIABLES
    }
