"""Experiments and stored sweeps, described for a reader."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wellposed.errors import CatalogueError
from wellposed.flows.presentation.listing import left, local_time, spelled
from wellposed.flows.presentation.provenance import opening
from wellposed.flows.presentation.table import Table
from wellposed.flows.text import printable, short
from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.experiments.find import plug_ins

if TYPE_CHECKING:
    from wellposed.catalog import Store
    from wellposed.kinetics.experiment import Experiment

MAX_VALUES = 12
"""Along an axis, that are shown one by one."""


def listed() -> str:
    """Every experiment that comes with wellposed, and then what other distributions add."""
    rows = [[experiment.name, experiment.summary] for experiment in EXPERIMENTS.values()]
    tables = [str(Table(["experiment", "question"], rows))]
    added = [
        [
            one.name,
            printable(one.distribution),
            printable(one.trouble if one.experiment is None else one.experiment.summary),
        ]
        for one in plug_ins()
    ]
    if added:
        tables.append(str(Table(["plug-in", "from", "question, or why it cannot be had"], added)))
    return "\n\n".join(tables)


def described(experiment: Experiment) -> str:
    """What an experiment asks, takes and yields, and what is published about it."""
    parameters = Table(
        ["name", "allowed", "default", "meaning"],
        [[p.name, p.allowed, short(p.default), p.summary] for p in experiment.parameters],
    )
    outputs = Table(
        ["name", "over", "units", "meaning"],
        [[o.name, ", ".join(o.dims), o.units, o.long_name] for o in experiment.outputs],
    )
    parts = [
        f"{experiment.name}, version {spelled(experiment.version, experiment.fingerprint or '')}: "
        f"{experiment.summary}",
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
                    "; ".join(f"{name} {' or '.join(map(str, values))}" for name, values in t.when.items()),
                    t.source,
                ]
                for t in experiment.thresholds
            ],
        )
        parts.append(f"Published boundaries\n{_indented(thresholds)}")
    return "\n\n".join(parts)


def stored(store: Store, command: str | None) -> str:
    """What a store holds, how much of it is left to be computed, and what made it.

    Raises
    ------
    CatalogueError
        If what it says of itself is damaged, or may not be trusted.
    """
    about, manifest = _told(store)
    try:
        lines = [*_question(store, about), *_answers(store, about, manifest)]
        if command is not None:
            lines.append(("command", command))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise CatalogueError(f"What {store.location} says of itself is damaged: {error!r}") from error
    lines.append(("open", opening([store])))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{printable(name):<{width}}  {printable(text)}" for name, text in lines)


def document(store: Store, command: str | None) -> dict[str, Any]:
    """All that a store says of itself, and what became of its points.  Raises as `stored`."""
    about, manifest = _told(store)
    told = {name: value for name, value in about.items() if name != "totals"}
    return {
        **told,
        "id": store.id,
        "experiment": store.experiment,
        "place": store.location,
        "points": store.totals(),
        "finished": manifest is not None,
        "command": command,
    }


def _told(store: Store) -> tuple[Mapping[str, Any], Mapping[str, Any] | None]:
    """What a store says of itself, and its manifest, if it is finished."""
    from wellposed.catalog import index, trust  # which takes time, and is not needed for experiments

    root = trust.check_store(store.here, store.experiment, store.id)
    if root is None:
        raise CatalogueError(f"{store.location} is not there.")
    manifest = index.manifest(store)
    return (root["attributes"] if manifest is None else manifest), manifest


def _question(store: Store, about: Mapping[str, Any]) -> list[tuple[str, str]]:
    request = about["request"]
    title = about.get("title", "")
    version = spelled(about["experiment_version"], str(request.get("fingerprint", "")))
    lines = [
        ("id", store.id),
        ("kind", str(about["kind"])),
        ("experiment", f"{store.experiment}, version {version}: {title}"),
    ]
    if "along" in request:
        lower, upper = request["between"]
        lines.append(("along", f"{request['along']} in [{lower:g}, {upper:g}] to {request['tolerance']:g}"))
    if "over" in request:
        low, high = request["over"]
        lines.append(("over", f"{request['across']} in [{low:g}, {high:g}]"))
    lines += [(f"axis {name}", _spread(values)) for name, values in request["axes"].items()]
    lines += [(str(name), short(value)) for name, value in request["fixed"].items()]
    if "questions" in request:
        lines.append(("measured by", ", ".join(map(str, request["questions"]))))
    return lines


def _answers(
    store: Store, about: Mapping[str, Any], manifest: Mapping[str, Any] | None
) -> list[tuple[str, str]]:
    """What became of the points, and what made them."""
    from wellposed.catalog import health

    totals = store.totals()
    lines = [("points", ", ".join(f"{totals[name]:,} {name}" for name in totals if name != "missing"))]
    if totals["unresolved"] + totals["failed"] and "questions" not in about["request"]:
        lines.append(("no answer", _reason(store)))
    if manifest is None:
        holder = health.holder(store)
        by = "" if holder is None else f"process {holder.get('pid')} on {holder.get('host')}"
        row = {"kind": about["kind"], **totals, "computed_by": by}
        lines.append(("finished", left(row) if by else f"{left(row)}; run it again to complete it"))
    else:
        where = ", ".join(str(manifest[name]) for name in ("host", "platform") if name in manifest)
        lines.append(("finished", f"{local_time(datetime.fromisoformat(manifest['created']))} on {where}"))
        if times := _times(manifest):
            lines.append(("took", times))
        if manifest.get("taken"):
            lines.append(("taken", f"{manifest['taken']:,} points from other sweeps"))
        if manifest.get("revision") is not None:
            lines.append(("revision", str(manifest["revision"])))
    versions = {**about.get("versions", {}), **({"python": about["python"]} if "python" in about else {})}
    lines.append(("versions", ", ".join(f"{name} {version}" for name, version in versions.items())))
    return lines


def _reason(store: Store) -> str:
    """The first of the reasons why points have no answer, and where all of them are."""
    return f"{store.first_reason() or 'not told'} (the first reason; all are in the variable `reason`)"


def _times(manifest: Mapping[str, Any]) -> str:
    """How long it took: on the wall, in the blocks and on processors, as far as that is recorded."""
    parts = []
    if "seconds" in manifest:
        on = f" on {manifest['workers']} workers" if "workers" in manifest else ""
        parts.append(f"{manifest['seconds']:g} s{on}")
    blocks = manifest.get("blocks", 0)
    recorded = [("block_seconds", "s"), ("cpu_seconds", "s of CPU")]
    each = [f"{manifest[name] / blocks:.3g} {unit}" for name, unit in recorded if name in manifest]
    if each and blocks:
        parts.append(f"{blocks:,} blocks of {' and '.join(each)} each")
    return "; ".join(parts)


def _spread(values: Sequence[object]) -> str:
    """Returns all of a few values, or the ends of many."""
    if len(values) <= MAX_VALUES:
        return ", ".join(map(short, values))
    return f"{short(values[0])} to {short(values[-1])}, {len(values):,} values"


def _indented(table: Table) -> str:
    return textwrap.indent(str(table), "  ")
