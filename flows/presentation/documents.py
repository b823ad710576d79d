"""What was found as plain data, for programs that read a command's answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellposed.flows.presentation.words import changes_summary

if TYPE_CHECKING:
    import xarray as xr

    from wellposed.kinetics.experiment import Experiment
    from wellposed.sweeps.answers.assessment import Assessment
    from wellposed.sweeps.answers.boundary import BoundaryAnswer, Line
    from wellposed.sweeps.answers.curve import CurveAnswer


def of_boundaries(answers: Iterable[BoundaryAnswer]) -> list[dict[str, Any]]:
    """Returns the boundaries of searches, line by line."""
    return [_of_line(answer, line) for answer in answers for line in answer.lines]


def of_curve(answer: CurveAnswer) -> dict[str, Any]:
    """Returns the vertices of a curve."""
    found = answer.found
    columns = {str(name): found[name].to_numpy().tolist() for name in found.variables}
    return {
        "outcome": answer.outcome,
        "along": answer.search.along,
        "across": answer.search.across,
        "evaluations": int(found.attrs["evaluations"]),
        "vertices": [
            dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
        ],
    }


def boundaries_as_dataset(answers: Sequence[BoundaryAnswer], attributes: Mapping[str, Any]) -> xr.Dataset:
    """Returns the boundaries of several searches along ``line``: what was asked, and what was found.

    Coordinates are the sweep's id, the experiment, the parameter searched along, and every parameter of the
    lines, NaN or empty where it has no part; variables are the boundary with its bracket and its outcome, how
    many points that took, and what is published for it.
    """
    import numpy as np
    import xarray as xr

    from wellposed.sweeps.answers.layout import TEXT

    lines = [(answer, line) for answer in answers for line in answer.lines]
    published = [answer.published(line) for answer, line in lines]

    def numbers(values: Iterable[float], long_name: str) -> xr.Variable:
        return xr.Variable(("line",), np.array(list(values), np.float64), {"long_name": long_name})

    def texts(values: Iterable[str], long_name: str) -> xr.Variable:
        return xr.Variable(("line",), np.array(list(values), TEXT), {"long_name": long_name})

    parameters = {}
    for answer in answers:
        for parameter in answer.experiment.parameters:
            if _own_name(parameter.name) in parameters:
                continue
            values = [
                line.point.get(parameter.name)
                if one.experiment.parameters and _has_part(one, line, parameter.name)
                else None
                for one, line in lines
            ]
            is_whole = all(isinstance(value, int) for value in values)  # and may have no float of its own
            parameters[_own_name(parameter.name)] = (
                texts(("" if value is None else str(value) for value in values), parameter.summary)
                if parameter.kind == "choice"
                else xr.Variable(("line",), np.array(values, np.int64), {"long_name": parameter.summary})
                if is_whole
                else numbers(
                    (np.nan if value is None or isinstance(value, str) else float(value) for value in values),
                    parameter.summary,
                )
            )
    return xr.Dataset(
        {
            "boundary": numbers((line.boundary for _, line in lines), "boundary"),
            "boundary_lower": numbers((line.lower for _, line in lines), "certain sign below it"),
            "boundary_upper": numbers((line.upper for _, line in lines), "certain sign above it"),
            "boundary_outcome": texts(
                (line.outcome for _, line in lines), "located, tangential, plateau, none or unresolved"
            ),
            "sign_changes": xr.Variable(
                ("line",),
                np.array([line.sign_changes for _, line in lines], np.int64),
                {"long_name": "changes of sign seen, of which the boundary is the lowest"},
            ),
            "evaluations": xr.Variable(
                ("line",),
                np.array([line.evaluations for _, line in lines], np.int64),
                {"long_name": "points"},
            ),
            "published": numbers(
                (np.nan if one is None else one.value for one in published), "what is published"
            ),
            "published_in": texts(("" if one is None else one.source for one in published), "where"),
        },
        {
            **parameters,
            "sweep": texts((answer.id for answer, _ in lines), "id of the sweep that stores it"),
            "experiment": texts((answer.experiment.name for answer, _ in lines), "experiment"),
            "along": texts((answer.search.along for answer, _ in lines), "parameter that is varied"),
        },
        dict(attributes),
    )


def curves_as_dataset(answers: Sequence[CurveAnswer]) -> xr.Dataset:
    """Returns the vertices of several curves along ``vertex``, one curve after the other.

    ``vertex_across`` and ``vertex_along`` are the positions in the parameters that ``curve_across`` and
    ``curve_along`` name, and ``curve_sweep`` is the id of the sweep that stores the curve.
    """
    import numpy as np
    import xarray as xr

    from wellposed.sweeps.answers.layout import TEXT, VERTEX

    def joined(values: Iterable[Any], dtype: Any, long_name: str) -> xr.Variable:
        return xr.Variable(
            (VERTEX,), np.concatenate([np.asarray(v, dtype) for v in values]), {"long_name": long_name}
        )

    def repeated(texts: Iterable[str], long_name: str) -> xr.Variable:
        each = (
            np.full(one.found.sizes[VERTEX], text, TEXT) for one, text in zip(answers, texts, strict=True)
        )
        return joined(each, TEXT, long_name)

    names = {"across": "parameter across", "along": "parameter along"}
    positions = {
        f"vertex_{which}": joined(
            (one.found[getattr(one.search, which)].to_numpy() for one in answers), np.float64, meaning
        )
        for which, meaning in names.items()
    }
    brackets = {
        f"vertex_{name}": joined((one.found[name].to_numpy() for one in answers), dtype, meaning)
        for name, dtype, meaning in (
            ("piece", np.int64, "which connected piece of its curve"),
            ("bracketed", TEXT, "parameter along which the vertex is bracketed"),
            ("lower", np.float64, "certain sign below it"),
            ("upper", np.float64, "certain sign above it"),
        )
    }
    return xr.Dataset(
        {**positions, **brackets},
        {
            "curve_sweep": repeated((one.id for one in answers), "id of the sweep that stores the curve"),
            "curve_across": repeated((one.search.across for one in answers), "parameter across"),
            "curve_along": repeated((one.search.along for one in answers), "parameter along"),
        },
    )


TAKEN = ("published", "published_in", "sweep", "experiment", "along", "line")
"""Names in the dataset of a study that a parameter may have as well."""


def _own_name(parameter: str) -> str:
    """Returns what a parameter is called in the dataset of a study."""
    return f"parameter_{parameter}" if parameter in TAKEN else parameter


def _has_part(answer: BoundaryAnswer, line: Line, name: str) -> bool:
    known = {parameter.name: parameter for parameter in answer.experiment.parameters}
    return name in known and name != answer.search.along and known[name].matters(line.point)


def of_claims(assessed: Sequence[Assessment]) -> list[dict[str, Any]]:
    """Returns published claims, each with what was measured of it."""
    return [
        {
            "equation": one.claim.equation,
            "statement": one.claim.statement,
            "relation": one.claim.relation,
            "printed": str(one.claim.printed),
            "condition": one.claim.condition,
            "remark": one.claim.remark,
            "experiment": one.claim.experiment,
            "output": one.claim.output,
            "measured_law": None if one.law is None else str(one.law),
            "excess": list(one.excess),
            "error": one.error,
            "points": len(one.measurements),
            "resolved": len(one.resolved),
            "verdict": str(one.verdict),
        }
        for one in assessed
    ]


def of_experiment(experiment: Experiment) -> dict[str, Any]:
    """Returns what an experiment asks, takes and yields, and what is published about it."""
    return {
        "name": experiment.name,
        "version": experiment.version,
        "summary": experiment.summary,
        "source": experiment.source,
        "parameters": [
            {
                "name": p.name,
                "kind": p.kind,
                "default": p.default,
                "allowed": p.allowed,
                "units": p.units,
                "meaning": p.summary,
            }
            for p in experiment.parameters
        ],
        "outputs": [
            {"name": o.name, "over": list(o.dims), "units": o.units, "meaning": o.long_name}
            for o in experiment.outputs
        ],
        "order_parameter": experiment.order_parameter,
        "tolerance": experiment.tolerance,
        "printed": [
            {
                "along": t.along,
                "at": t.value,
                "label": t.label,
                "relation": t.relation,
                "for": dict(t.when),
                "source": t.source,
            }
            for t in experiment.thresholds
        ],
    }


def _of_line(answer: BoundaryAnswer, line: Line) -> dict[str, Any]:
    search, threshold = answer.search, answer.published(line)
    return {
        "sweep": answer.id,
        "experiment": answer.experiment.name,
        "along": search.along,
        "at": {name: value for name, value in line.point.items() if _has_part(answer, line, name)},
        "outcome": line.outcome,
        "said": line.shown,
        "boundary": line.boundary,
        "lower": line.lower,
        "upper": line.upper,
        "sign_changes": line.sign_changes,
        "zeros": [
            {"outcome": one.outcome, "position": one.position, "lower": one.lower, "upper": one.upper}
            for one in line.zeros
        ],
        "remark": changes_summary(line),
        "between": [search.lower, search.upper],
        "evaluations": line.evaluations,
        "unresolved": line.troubled - line.failed,
        "failed": line.failed,
        "printed": None
        if threshold is None
        else {"at": threshold.value, "label": threshold.label, "source": threshold.source},
    }
