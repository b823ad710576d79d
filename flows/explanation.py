"""What a sweep or a search would cost, told before it is run."""

from __future__ import annotations

import math
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
from sweeps.cluster_file import LOCAL, Cluster
from sweeps.evaluate import Answers, ask, points_of
from sweeps.experiments import find_experiment
from sweeps.grid import Block, Sweep
from sweeps.layout import Outcome, template
from sweeps.search import COARSE, BoundarySearch

if TYPE_CHECKING:
    from kinetics.experiment import Experiment
    from sweeps.grid import Fixed

PILOTS_AT_ONCE = 1000
"""Points that an experiment which takes arrays is tried with; others are tried at three."""

START = "5 to 10 s"
"""What Prefect's server and workers on this machine take to start."""

Lines = list[tuple[str, str]]


def explained(
    experiment: str,
    axes: Mapping[str, Iterable[object]],
    fixed: Mapping[str, object] | None = None,
    catalogue: str | Path = "results",
    cluster: Cluster = LOCAL,
) -> str:
    """How many points a sweep has, how many are stored already, and what the others would take.

    Some points are evaluated here to tell that, and forgotten.  Nothing is started, stored or created; a
    scheduler that is there is asked how many workers it has.

    Parameters and errors are those of `flows.run`.
    """
    asked = find_experiment(experiment)
    sweep = Sweep.from_request(asked, axes, fixed)
    blocks = list(sweep.blocks(sweep.chunks(asked.points_per_block)))
    todo, sharing = _stored(sweep, blocks, catalogue)
    points = sum(block.size for block in todo)
    size = sum(variable.nbytes for variable in template(asked, sweep).variables.values())
    lines = [
        _question(asked),
        ("points", f"{sweep.size:,} in {len(blocks):,} blocks"),
        ("stored", f"{sweep.size - points:,}, so {points:,} points in {len(todo):,} blocks are left"),
    ]
    if sharing:
        lines.append(("shared", f"{sharing:,} other sweep{'s' * (sharing > 1)} may hold some of these"))
    if todo:
        some = [points_of(todo[i])[1] for i in (0, len(todo) // 2, -1)]
        pilot = {name: np.array([varying[name][0] for varying in some]) for name in sweep.dims}
        if asked.vectorised:
            pilot = {name: values[:PILOTS_AT_ONCE] for name, values in points_of(todo[0])[1].items()}
        lines += _cost(asked, sweep.fixed, pilot, (points, points), cluster)
    lines.append(("size", f"{_bytes(size)} at most, before compression"))
    return _aligned(lines)


def explained_search(
    experiment: str,
    along: str,
    axes: Mapping[str, Iterable[object]] | None = None,
    fixed: Mapping[str, object] | None = None,
    tolerance: float = 1e-6,
    catalogue: str | Path = "results",
    cluster: Cluster = LOCAL,
    coarse: int = COARSE,
    neighbours: bool = True,
) -> str:
    """How many lines a boundary search has, and what it would take if each of them has one boundary.

    Which points it asks depends on their answers.  So this is a range: on each line, from what a smooth order
    parameter takes to what bisection does.

    Parameters and errors are those of `flows.boundary`.
    """
    asked = find_experiment(experiment)
    search = BoundarySearch.from_request(
        asked, along, axes, fixed, tolerance, coarse=coarse, neighbours=neighbours
    )
    lines: Lines = [_question(asked)]
    count = math.prod(search.line_shape)
    lines.append(("lines", f"{count:,} along {along} in [{search.lower:g}, {search.upper:g}]"))
    if _is_finished(search, catalogue):
        return _aligned([*lines, ("stored", "all of it")])
    # Of a line that starts from its neighbours' boundaries, what they predict is certified by two points.
    least = count * (2 if neighbours and count >= 5 else search.coarse + 2)
    halvings = math.ceil(math.log2((search.upper - search.lower) / (search.coarse - 1) / search.tolerance))
    most = count * (search.coarse + max(halvings, 2))
    lines.append(("points", f"some {least:,} to {most:,}, if there is one boundary on each line"))
    middle = {name: np.full(3, values[len(values) // 2]) for name, values in search.axes}
    ends = search.lower, search.upper
    pilot = {**middle, along: ends[0] + (ends[1] - ends[0]) * np.array([0.25, 0.5, 0.75])}
    lines += _cost(asked, search.fixed, pilot, (least, most), cluster)
    return _aligned(lines)


def _question(experiment: Experiment) -> tuple[str, str]:
    version = spelled(experiment.version, experiment.fingerprint or "")
    return "experiment", f"{experiment.name}, version {version}: {experiment.summary}"


def _aligned(lines: Lines) -> str:
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def _stored(sweep: Sweep, blocks: list[Block], catalogue: str | Path) -> tuple[list[Block], int]:
    """The blocks that are not stored, and how many other sweeps have points in common."""
    points = dict(sweep.fixed) | {name: np.array(values) for name, values in sweep.axes}
    place = _opened(catalogue)
    if place is None:
        return blocks, 0
    here = [store for store in place.stores(sweep.experiment) if store.id == sweep.id]
    sharing = sum(
        store.id != sweep.id
        for store in donors(place.url, sweep.experiment, sweep.version, points, fingerprint=sweep.fingerprint)
    )
    return (missing(blocks, here[0]) if here else blocks), sharing


def _is_finished(search: BoundarySearch, catalogue: str | Path) -> bool:
    place = _opened(catalogue)
    stores = [] if place is None else place.stores(search.experiment)
    return any(store.id == search.id and store.manifest() is not None for store in stores)


def _opened(catalogue: str | Path) -> catalog.Catalogue | None:
    """The catalogue, if there is one."""
    try:
        return catalog.open(catalogue)
    except CatalogueError:
        if "://" in str(catalogue) or Path(catalogue).exists():
            raise
        return None


def _cost(
    experiment: Experiment,
    fixed: Fixed,
    pilot: dict[str, np.ndarray],
    points: tuple[int, int],
    cluster: Cluster,
) -> Lines:
    """What a pilot tells about the time of so many points, at least and at most."""
    begun = time.monotonic()
    ask(experiment, dict(fixed), {name: values[:1] for name, values in pilot.items()})
    compiling = time.monotonic() - begun
    begun = time.monotonic()
    answers = ask(experiment, dict(fixed), pilot)
    count = len(next(iter(pilot.values())))
    each = (time.monotonic() - begun) / count
    workers, where = _workers(cluster)
    took = list(dict.fromkeys(_seconds(each * number / workers) for number in points))
    lines = [
        ("pilot", f"{_seconds(each)} per point, the mean of {count:,}; the first took {_seconds(compiling)}"),
        ("time", f"about {' to '.join(took)} of computing on {where}"),
        ("start", START if cluster.entry is None else f"{START}, and as long as workers stand in a queue"),
    ]
    return lines + _troubles(answers)


def _workers(cluster: Cluster) -> tuple[int, str]:
    """How many workers there are, or will be, and in words."""
    from sweeps.cluster import connect, local_workers

    if cluster.address is not None:
        with connect(cluster.address) as client:
            count = len(client.nthreads())
        return max(1, count), f"the {count:,} workers of {cluster.name}, if they are as fast as this machine"
    if cluster.entry is not None:
        up_to = "" if cluster.entry.minimum == cluster.entry.maximum else "up to "
        count = cluster.entry.maximum
        return count, f"{up_to}{count:,} workers of {cluster.name}, if they are as fast as this machine"
    count = local_workers()
    return count, f"{count:,} workers"


def _troubles(answers: Answers) -> Lines:
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
