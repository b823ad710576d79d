"""What a search for a curve stores and finds, as labelled arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from wellposed.errors import AnswerError
from wellposed.sweeps.answers.layout import TEXT, Outcome, description, labels
from wellposed.sweeps.requests.curve import CurveSearch
from wellposed.sweeps.requests.grid import EVALUATION
from wellposed.sweeps.search.curve import Curve

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Experiment


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


def vertices(experiment: Experiment, search: CurveSearch, curve: Curve) -> xr.Dataset:
    """What `curve` found.

    Along ``vertex``, in the order of the curve: both parameters as coordinates, the number of the connected
    ``piece``, and in ``bracketed`` along which parameter certain, opposite signs were evaluated at ``lower``
    and ``upper``, ``width`` apart.
    """
    found = [(i, vertex) for i, piece in enumerate(curve.polylines()) for vertex in piece]
    names = (search.across, search.along)

    def array(values: list[float], **attributes: str) -> xr.Variable:
        return xr.Variable(("vertex",), np.array(values, np.float64), attributes)

    def parameter(name: str) -> dict[str, str]:
        return labels(experiment.parameter(name))

    coordinates = {
        search.across: array([v.x for _, v in found], **parameter(search.across)),
        search.along: array([v.y for _, v in found], **parameter(search.along)),
        "piece": xr.Variable(
            ("vertex",), np.array([i for i, _ in found], np.int64), {"long_name": "which connected piece"}
        ),
    }
    variables = {
        "bracketed": xr.Variable(
            ("vertex",),
            np.array([names[v.axis] for _, v in found], TEXT),
            {"long_name": "parameter along which the vertex is bracketed"},
        ),
        "lower": array([v.lower for _, v in found], long_name="certain sign below it"),
        "upper": array([v.upper for _, v in found], long_name="certain sign above it"),
        "width": array([v.width for _, v in found], long_name="width of the bracket"),
    }
    told = {"curve_outcome": curve.outcome, "evaluations": curve.evaluations}
    return xr.Dataset(variables, coordinates, {**description(experiment, search), **told})
