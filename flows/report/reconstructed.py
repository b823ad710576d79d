"""Experiments that are not installed, or in another version, as far as their sweeps describe them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from wellposed.catalog.schema import OUTCOME
from wellposed.errors import RequestError
from wellposed.flows.report.entry import PARAMETER_KINDS, Entry, dims_of, parameters_of, values_of
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.sweeps.experiments.find import find_experiment

if TYPE_CHECKING:
    from wellposed.kinetics.experiment import Value

Key = tuple[str, int, str | None, frozenset[str]]


def key_of(one: Entry) -> Key:
    """Returns what sweeps of the same experiment have in common."""
    return one.store.experiment, one.version, one.fingerprint, frozenset(parameters_of(one))


def experiments_of(entries: Sequence[Entry]) -> dict[Key, Experiment]:
    """Returns each experiment once: answers that share one are drawn together."""
    groups: dict[Key, list[Entry]] = {}
    for one in entries:
        if one.has_points:
            groups.setdefault(key_of(one), []).append(one)
    return {key: _experiment(group) for key, group in groups.items()}


def _experiment(group: Sequence[Entry]) -> Experiment:
    """Returns the experiment that is installed, if it is the same, and otherwise what its sweeps describe."""
    name, version, fingerprint, parameters = key_of(group[0])
    try:
        installed = find_experiment(name)
    except RequestError:
        return _reconstructed(group)
    if installed.fingerprint != fingerprint:
        return _reconstructed(group)
    names = {parameter.name for parameter in installed.parameters}
    outputs = {output.name for output in installed.outputs}
    if installed.version == version and names == parameters and all(outputs <= set(g.arrays) for g in group):
        return installed
    thresholds = tuple(t for t in installed.thresholds if {t.along, *t.when} <= parameters)
    return _reconstructed(group, thresholds)


def _reconstructed(group: Sequence[Entry], thresholds: tuple[Any, ...] = ()) -> Experiment:
    """Returns an experiment by what is stored of it: it can be drawn, but not asked."""
    first = group[0]
    points = set(dims_of(first.arrays[OUTCOME]))
    parameters = tuple(_parameter(name, group) for name in parameters_of(first))
    taken = {parameter.name for parameter in parameters}
    numbers = [
        name
        for name, array in first.arrays.items()
        if array["data_type"] == "float64" and points <= set(dims_of(array)) and name not in taken
    ]
    outputs = tuple(
        Output(
            name,
            str(first.arrays[name]["attributes"].get("long_name", name)),
            tuple(dim for dim in dims_of(first.arrays[name]) if dim not in points),
            str(first.arrays[name]["attributes"].get("units", "1")),
        )
        for name in numbers
    )
    return Experiment(
        first.store.experiment,
        str(first.about.get("title", "")),
        str(first.about.get("source", "")),
        parameters,
        outputs,
        _cannot_be_asked,
        order_parameter=_order_parameter(first, outputs),
        tolerance=_tolerance(first),
        version=first.version,
        thresholds=thresholds,
        fingerprint=first.fingerprint,
    )


def _cannot_be_asked(**point: Value) -> NoReturn:
    raise RuntimeError("an experiment that is known by its sweeps alone cannot be evaluated")


def _tolerance(one: Entry) -> float:
    """Returns which error it allows: NaN if that is not recorded."""
    allowed = one.about.get("error_allowed")
    return float(allowed) if isinstance(allowed, int | float) and allowed > 0 else math.nan


def _order_parameter(one: Entry, outputs: Sequence[Output]) -> str | None:
    """Returns the order parameter that is recorded, or the only number that has an error."""
    scalars = {output.name for output in outputs if not output.dims}
    with_errors = [name for name in scalars if f"{name}_error" in scalars]
    recorded = one.about.get("order_parameter")
    if recorded in with_errors:
        return str(recorded)
    return with_errors[0] if len(with_errors) == 1 and "order_parameter" not in one.about else None


def _parameter(name: str, group: Sequence[Entry]) -> Parameter:
    """Returns a parameter by its values: a choice is between those that were asked."""
    array = group[0].arrays[name]
    kind: Literal["float", "int", "choice"] = PARAMETER_KINDS[array["data_type"]]  # type: ignore[assignment]
    summary = str(array["attributes"].get("long_name", ""))
    given = [value for one in group for value in values_of(name, one)]
    if kind == "choice":
        return Parameter(name, summary, "", kind, choices=tuple(dict.fromkeys(map(str, given))))
    ends: list[Any] = list(given)
    units = str(array["attributes"].get("units", "1"))
    return Parameter(name, summary, math.nan, kind, lower=min(ends), upper=max(ends), units=units)
