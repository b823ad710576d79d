"""What a sweep would cost, told before it is run."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import catalog
from catalog import CatalogueError
from catalog.overlap import donors
from flows.job import missing
from flows.listing import spelled
from sweeps.cluster import local_workers
from sweeps.evaluate import Answers, ask, find_experiment, points_of
from sweeps.grid import Block, Sweep
from sweeps.layout import Outcome, template

if TYPE_CHECKING:
    from kinetics.experiment import Experiment

PILOTS_AT_ONCE = 1000
"""Points that an experiment which takes arrays is tried with; others are tried at three."""


def explained(
    experiment: str,
    axes: Mapping[str, Iterable[object]],
    fixed: Mapping[str, object] | None = None,
    catalogue: str | Path = "results",
) -> str:
    """How many points a sweep has, how many are stored already, and what the others would take.

    Some points are evaluated here to tell that, and forgotten.  Nothing is started, stored or created.

    Parameters and errors are those of `flows.run`.
    """
    asked = find_experiment(experiment)
    sweep = Sweep.from_request(asked, axes, fixed)
    blocks = list(sweep.blocks(sweep.chunks(asked.points_per_block)))
    todo, sharing = _stored(sweep, blocks, catalogue)
    points = sum(block.size for block in todo)
    size = sum(variable.nbytes for variable in template(asked, sweep).variables.values())
    version = spelled(asked.version, asked.fingerprint or "")
    lines = [
        ("experiment", f"{asked.name}, version {version}: {asked.summary}"),
        ("points", f"{sweep.size:,} in {len(blocks):,} blocks"),
        ("stored", f"{sweep.size - points:,}, so {points:,} points in {len(todo):,} blocks are left"),
    ]
    if sharing:
        lines.append(("shared", f"{sharing:,} other sweep{'s' * (sharing > 1)} may hold some of these"))
    if todo:
        lines += _cost(asked, sweep, todo, points)
    lines.append(("size", f"{_bytes(size)} at most, before compression"))
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def _stored(sweep: Sweep, blocks: list[Block], catalogue: str | Path) -> tuple[list[Block], int]:
    """The blocks that are not stored, and how many other sweeps have points in common."""
    points = dict(sweep.fixed) | {name: np.array(values) for name, values in sweep.axes}
    try:
        place = catalog.open(catalogue)
    except CatalogueError:
        if "://" in str(catalogue) or Path(catalogue).exists():
            raise
        return blocks, 0
    here = [store for store in place.stores(sweep.experiment) if store.id == sweep.id]
    sharing = sum(
        store.id != sweep.id
        for store in donors(place.url, sweep.experiment, sweep.version, points, fingerprint=sweep.fingerprint)
    )
    return (missing(blocks, here[0]) if here else blocks), sharing


def _cost(experiment: Experiment, sweep: Sweep, todo: list[Block], points: int) -> list[tuple[str, str]]:
    """What a pilot tells about the time."""
    if experiment.vectorised:
        pilot = {name: values[:PILOTS_AT_ONCE] for name, values in points_of(todo[0])[1].items()}
    else:
        some = [points_of(todo[i])[1] for i in (0, len(todo) // 2, -1)]
        pilot = {name: np.array([varying[name][0] for varying in some]) for name in sweep.dims}
    begun = time.monotonic()
    ask(experiment, dict(sweep.fixed), {name: values[:1] for name, values in pilot.items()})
    compiling = time.monotonic() - begun
    begun = time.monotonic()
    answers = ask(experiment, dict(sweep.fixed), pilot)
    count = len(next(iter(pilot.values())))
    each = (time.monotonic() - begun) / count
    workers = local_workers()
    lines = [
        ("pilot", f"{_seconds(each)} per point, the mean of {count:,}; the first took {_seconds(compiling)}"),
        ("time", f"about {_seconds(each * points / workers)} of computing on {workers} workers"),
    ]
    return lines + _troubles(answers)


def _troubles(answers: Answers) -> list[tuple[str, str]]:
    """Why points of the pilot have no answer."""
    reasons = [str(reason) for reason in answers.reason if reason]
    if not reasons:
        return []
    bad = int(np.isin(answers.outcome, [Outcome.UNRESOLVED, Outcome.FAILED]).sum())
    return [("trouble", f"no answer at {bad:,} of these: {reasons[0]}")]


def _seconds(seconds: float) -> str:
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def _bytes(size: int) -> str:
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("kiB", 2**10)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"
