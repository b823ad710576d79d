"""The curve that a search finds: how it is stored, and as a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.errors import AnswerError
from wellposed.sweeps.answers import layout
from wellposed.sweeps.answers.layout import CURVE_VARIABLES, TEXT, VERTEX, FoundVariable, Outcome
from wellposed.sweeps.requests.curve import CurveSearch
from wellposed.sweeps.requests.grid import EVALUATION, Fixed
from wellposed.sweeps.search.curve import Curve

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment


@dataclass(frozen=True, eq=False)
class CurveAnswer:
    """The answer to a search for a curve.

    Attributes
    ----------
    id : str
        Of the sweep that stores it.
    experiment : Experiment
    search : CurveSearch
    stored : Dataset
        All that is stored, lazy.
    found : Dataset
        The vertices, as ``ds.wellposed.curve()`` gives them.
    """

    id: str
    experiment: Experiment
    search: CurveSearch
    stored: xr.Dataset
    found: xr.Dataset

    @property
    def fixed(self) -> Fixed:
        """The parameters that are the same at all points."""
        return self.search.fixed

    @property
    def outcome(self) -> str:
        """``located``, ``none`` or ``unresolved``."""
        return str(self.found.attrs["curve_outcome"])


def template(experiment: Experiment, search: CurveSearch) -> xr.Dataset:
    """Returns everything that a search will store, with fill values in place of data.

    Both parameters of the plane are coordinates over the evaluations, and the vertices of the curve are
    variables over a dimension of their own.  Raises as `wellposed.sweeps.answers.layout.template`.
    """
    evaluated = [search.across, search.along]
    found = _variables(experiment, search)
    return layout.template(experiment, search, evaluated, found, {VERTEX: search.most_vertices})


def curve_answers(
    experiment: Experiment,
    search: CurveSearch,
    stored: xr.Dataset,
    asked: NDArray[np.float64],
    column: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """What is stored of the round that was `asked`, from `column`: what `Curve.tell` takes.

    Raises
    ------
    AnswerError
        If a point is not stored yet, or another one is stored in its place.
    """
    order_parameter = str(experiment.order_parameter)
    names = [search.across, search.along, "outcome", order_parameter, f"{order_parameter}_error"]
    here = {EVALUATION: slice(column, column + len(asked))}
    x, y, outcome, value, error = (stored[name].isel(here).to_numpy() for name in names)
    if (outcome == Outcome.MISSING).any():
        raise AnswerError(f"No answer is stored at {int((outcome == Outcome.MISSING).sum())} of the points.")
    if (np.stack([x, y], axis=-1) != asked).any():
        raise AnswerError(
            "The stored evaluations are not those that this search asks for; another version made them. "
            f"Remove {search.experiment} {search.id} from the catalogue, or finish it with that version."
        )
    return value, error, outcome == Outcome.OK


def found_curve(experiment: Experiment, search: CurveSearch, curve: Curve) -> xr.Dataset:
    """Returns what `curve` found, as it is stored: vertices in the order of the curve, and then NaN.

    A vertex lies at ``vertex_across`` and ``vertex_along``, on the connected piece ``vertex_piece``; along
    the parameter ``vertex_bracketed``, certain and opposite signs were evaluated at ``vertex_lower`` and
    ``vertex_upper``, ``vertex_width`` apart.
    """
    vertices = [(i, vertex) for i, piece in enumerate(curve.polylines()) for vertex in piece]
    names = (search.across, search.along)
    values: dict[str, Any] = {
        "vertex_across": [v.x for _, v in vertices],
        "vertex_along": [v.y for _, v in vertices],
        "vertex_piece": [i for i, _ in vertices],
        "vertex_bracketed": [names[v.axis] for _, v in vertices],
        "vertex_lower": [v.lower for _, v in vertices],
        "vertex_upper": [v.upper for _, v in vertices],
        "vertex_width": [v.width for _, v in vertices],
        "curve_vertices": len(vertices),
        "curve_evaluations": curve.evaluations,
        "curve_outcome": curve.outcome,
    }
    variables = {}
    for name, described in _variables(experiment, search).items():
        shape = tuple(search.most_vertices for _ in described.dims)
        array = np.full(shape, described.fill, described.dtype)
        array[tuple(slice(0, len(vertices)) for _ in shape)] = np.array(values[name], described.dtype)
        variables[name] = xr.Variable(described.dims, array, described.attributes)
    return xr.Dataset(variables)


def _variables(experiment: Experiment, search: CurveSearch) -> dict[str, FoundVariable]:
    across, along = (experiment.parameter(name) for name in (search.across, search.along))
    described: dict[str, tuple[tuple[str, ...], Any, Any, dict[str, str]]] = {
        "vertex_across": ((VERTEX,), np.nan, np.float64, layout.labels(across)),
        "vertex_along": ((VERTEX,), np.nan, np.float64, layout.labels(along)),
        "vertex_piece": ((VERTEX,), 0, np.int64, {"long_name": "which connected piece"}),
        "vertex_bracketed": (
            (VERTEX,),
            "",
            TEXT,
            {"long_name": "parameter along which the vertex is bracketed"},
        ),
        "vertex_lower": ((VERTEX,), np.nan, np.float64, {"long_name": "certain sign below it"}),
        "vertex_upper": ((VERTEX,), np.nan, np.float64, {"long_name": "certain sign above it"}),
        "vertex_width": ((VERTEX,), np.nan, np.float64, {"long_name": "width of the bracket"}),
        "curve_vertices": ((), 0, np.int64, {"long_name": "number of vertices"}),
        "curve_evaluations": ((), 0, np.int64, {"long_name": "points evaluated"}),
        "curve_outcome": ((), "", TEXT, {"long_name": "located, none or unresolved"}),
    }
    return {name: FoundVariable(*described[name]) for name in CURVE_VARIABLES}
