"""Experiments and stored sweeps, described for a reader."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from catalog import Store
from flows.job import opening
from flows.table import Table
from kinetics import EXPERIMENTS

if TYPE_CHECKING:
    from kinetics.experiment import Experiment


def listed() -> str:
    """Every experiment that comes with wellposed."""
    rows = [[experiment.name, experiment.summary] for experiment in EXPERIMENTS.values()]
    return str(Table(["experiment", "question"], rows))


def described(experiment: Experiment) -> str:
    """What an experiment asks, takes and yields, and what is printed about it."""
    parameters = Table(
        ["name", "allowed", "default", "meaning"],
        [[p.name, p.allowed, _spell(p.default), p.summary] for p in experiment.parameters],
    )
    outputs = Table(
        ["name", "over", "units", "meaning"],
        [[o.name, ", ".join(o.dims), o.units, o.long_name] for o in experiment.outputs],
    )
    parts = [
        f"{experiment.name}, version {experiment.version}: {experiment.summary}",
        f"From {experiment.source}",
        f"Parameters\n{_indented(parameters)}",
        f"Outputs\n{_indented(outputs)}",
    ]
    if experiment.order_parameter is not None:
        parts.append(f"A boundary is where {experiment.order_parameter} changes sign.")
    if experiment.thresholds:
        thresholds = Table(
            ["along", "at", "for", "source"],
            [
                [
                    t.along,
                    t.label,
                    "; ".join(f"{name} {' or '.join(values)}" for name, values in t.when.items()),
                    t.source,
                ]
                for t in experiment.thresholds
            ],
        )
        parts.append(f"Printed boundaries\n{_indented(thresholds)}")
    return "\n\n".join(parts)


def stored(store: Store) -> str:
    """What a store holds, and what made it."""
    manifest = store.manifest()
    dataset = store.dataset()
    about = dataset.attrs if manifest is None else manifest
    request = about["request"]
    lines = [
        ("id", store.id),
        ("kind", request["kind"]),
        ("experiment", f"{store.experiment}, version {about['experiment_version']}: {about['title']}"),
    ]
    if "along" in request:
        lower, upper = request["between"]
        lines.append(("along", f"{request['along']} in [{lower:g}, {upper:g}] to {request['tolerance']:g}"))
    lines += [(f"axis {name}", ", ".join(map(_spell, values))) for name, values in request["axes"].items()]
    lines += [(name, _spell(value)) for name, value in request["fixed"].items()]
    if "questions" in request:
        lines.append(("measured by", ", ".join(request["questions"])))
    totals = store.totals()
    lines.append(("points", ", ".join(f"{totals[name]:,} {name}" for name in totals if name != "missing")))
    if manifest is None:
        lines.append(("finished", "not yet; run it again to complete it"))
    else:
        lines.append(
            ("finished", f"{manifest['created']} on {manifest['host']} after {manifest['seconds']:g} s")
        )
        lines.append(
            ("versions", ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()))
        )
        lines.append(("command", manifest["command"]))
    lines.append(("open", opening([store])))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def _indented(table: Table) -> str:
    return textwrap.indent(str(table), "  ")


def _spell(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
