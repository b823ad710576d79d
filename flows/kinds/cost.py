"""What a sweep or a search would cost, told before it is run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed import catalog
from wellposed.catalog.overlap import donors
from wellposed.errors import CatalogueError
from wellposed.flows.kinds.job import Options, missing
from wellposed.flows.kinds.pilot import Pilot, pilot
from wellposed.flows.presentation.listing import spelled
from wellposed.sweeps.answers.layout import Outcome, template
from wellposed.sweeps.cluster.file import LOCAL, Cluster
from wellposed.sweeps.experiments.find import Found, locate
from wellposed.sweeps.points.evaluate import points_of
from wellposed.sweeps.requests.boundary import COARSE, BoundarySearch
from wellposed.sweeps.requests.grid import Block, Sweep

if TYPE_CHECKING:
    from wellposed.catalog import Store
    from wellposed.kinetics.experiment import Experiment
    from wellposed.sweeps.requests.grid import Fixed

PILOTS_AT_ONCE = 1000
"""Points that an experiment which takes arrays is tried with; others are tried at three."""

START = "5 to 10 s"
"""What Prefect's server and workers on this machine take to start."""

Lines = list[tuple[str, str]]


@dataclass(frozen=True)
class Time:
    """What a pilot tells of the time that some points take.

    Attributes
    ----------
    pilot : Pilot
    least, most : float, optional
        Seconds of computing; None if the pilot was given up.
    workers : int
    where : str
        These workers in words.
    start : str
        What it takes before they compute.
    """

    pilot: Pilot
    least: float | None
    most: float | None
    workers: int
    where: str
    start: str

    def lines(self) -> Lines:
        told = self.pilot
        lines = []
        if told.seconds_per_point is None or told.first_seconds is None:
            lines.append(("pilot", "given up at its first point"))
        else:
            each, first = _seconds(told.seconds_per_point), _seconds(told.first_seconds)
            lines.append(("pilot", f"{each} per point, the mean of {told.tried:,}; the first took {first}"))
        if self.least is not None and self.most is not None:
            took = dict.fromkeys([_seconds(self.least), _seconds(self.most)])
            lines.append(("time", f"about {' to '.join(took)} of computing on {self.where}"))
            lines.append(("start", self.start))
        if told.trouble:
            lines.append(("trouble", f"no answer at {told.without_answer:,} of these: {told.trouble}"))
        return lines


@dataclass(frozen=True)
class SweepCost:
    """What a sweep would cost; as text, in lines.  Made by `explained`.

    Attributes
    ----------
    experiment, version, summary : str
    points, blocks : int
        All there are.
    stored, left, blocks_left : int
        Points that are stored, those to be computed, and the blocks that hold these.
    shared : int
        Other sweeps that may hold some of these.
    time : Time, optional
        None if nothing is left.
    size : int
        Bytes at most, before compression.
    """

    experiment: str
    version: str
    summary: str
    points: int
    blocks: int
    stored: int
    left: int
    blocks_left: int
    shared: int
    time: Time | None
    size: int

    def __str__(self) -> str:
        left = f"so {self.left:,} points in {self.blocks_left:,} blocks are left"
        if self.stored + self.left > self.points:
            left = f"and {self.left:,} points in {self.blocks_left:,} blocks are to be computed"
        lines = [
            ("experiment", f"{self.experiment}, version {self.version}: {self.summary}"),
            ("points", f"{self.points:,} in {self.blocks:,} blocks"),
            ("stored", f"{self.stored:,}, {left}"),
        ]
        if self.shared:
            lines.append(
                ("shared", f"{self.shared:,} other sweep{'s' * (self.shared > 1)} may hold some of these")
            )
        lines += [] if self.time is None else self.time.lines()
        return _aligned([*lines, ("size", f"{_bytes(self.size)} at most, before compression")])

    def document(self) -> dict[str, Any]:
        """The same for a program."""
        return asdict(self)


@dataclass(frozen=True)
class SearchCost:
    """What a boundary search would cost; as text, in lines.  Made by `explained_search`.

    Attributes
    ----------
    experiment, version, summary : str
    lines, along, lower, upper : int, str, float, float
        How many lines there are, and their ends.
    least, most : int
        Points that it asks if there is one boundary on each line; none if all is stored.
    time : Time, optional
        None if nothing is left.
    """

    experiment: str
    version: str
    summary: str
    lines: int
    along: str
    lower: float
    upper: float
    least: int
    most: int
    time: Time | None

    def __str__(self) -> str:
        lines = [
            ("experiment", f"{self.experiment}, version {self.version}: {self.summary}"),
            ("lines", f"{self.lines:,} along {self.along} in [{self.lower:g}, {self.upper:g}]"),
        ]
        if self.time is None:
            return _aligned([*lines, ("stored", "all of it")])
        some = f"some {self.least:,} to {self.most:,}, if there is one boundary on each line"
        return _aligned([*lines, ("points", some), *self.time.lines()])

    def document(self) -> dict[str, Any]:
        """The same for a program."""
        return asdict(self)


def explained(
    experiment: str,
    axes: Mapping[str, Iterable[object]],
    fixed: Mapping[str, object] | None = None,
    catalogue: str | Path = "results",
    cluster: Cluster = LOCAL,
    options: Options = Options(),  # noqa: B008 - it is frozen
) -> SweepCost:
    """How many points a sweep has, how many are stored already, and what the others would take.

    Some points are evaluated on this machine to tell that, and forgotten.  Nothing is stored or created; a
    scheduler that is there is asked how many workers it has.

    Parameters and errors are those of `wellposed.flows.run`.
    """
    found = locate(experiment)
    sweep = Sweep.from_request(found.experiment, axes, fixed)
    here, sharing = _stored(sweep, catalogue)
    blocks = list(
        sweep.blocks(sweep.chunks(found.experiment.points_per_block) if here is None else here.chunks)
    )
    stored, left, todo = _left(sweep, blocks, here, options)
    size = sum(variable.nbytes for variable in template(found.experiment, sweep).variables.values())
    time = None
    if todo:
        some = [points_of(todo[i])[1] for i in (0, len(todo) // 2, -1)]
        tried = {name: np.array([varying[name][0] for varying in some]) for name in sweep.dims}
        if found.experiment.vectorised:
            tried = {name: values[:PILOTS_AT_ONCE] for name, values in points_of(todo[0])[1].items()}
        time = _time(found, sweep.fixed, tried, (left, left), cluster, options)
    shared = 0 if options.recompute != "missing" else sharing
    return SweepCost(
        *_question(found.experiment), sweep.size, len(blocks), stored, left, len(todo), shared, time, size
    )


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
    options: Options = Options(),  # noqa: B008 - it is frozen
) -> SearchCost:
    """How many lines a boundary search has, and what it would take if each of them has one boundary.

    Which points it asks depends on their answers.  So this is a range: on each line, from what a smooth order
    parameter takes to what bisection does; where failed points are asked again, from these alone.

    Parameters and errors are those of `wellposed.flows.boundary`.
    """
    found = locate(experiment)
    search = BoundarySearch.from_request(
        found.experiment, along, axes, fixed, tolerance, coarse=coarse, neighbours=neighbours
    )
    count = math.prod(search.line_shape)
    question = (*_question(found.experiment), count, along, search.lower, search.upper)
    # Of a line that starts from its neighbours' boundaries, what they predict is certified by two points.
    least = count * (2 if neighbours and count >= 5 else search.coarse + 2)
    store = _finished(search, catalogue)
    if store is not None and options.recompute != "everything":
        least = store.totals()["failed"] if options.recompute == "failed" else 0
        if not least:
            return SearchCost(*question, 0, 0, None)
    halvings = math.ceil(math.log2((search.upper - search.lower) / (search.coarse - 1) / search.tolerance))
    most = count * (search.coarse + max(halvings, 2))
    middle = {name: np.full(3, values[len(values) // 2]) for name, values in search.axes}
    ends = search.lower, search.upper
    tried = {**middle, along: ends[0] + (ends[1] - ends[0]) * np.array([0.25, 0.5, 0.75])}
    time = _time(found, search.fixed, tried, (least, most), cluster, options)
    return SearchCost(*question, least, most, time)


def _question(experiment: Experiment) -> tuple[str, str, str]:
    return experiment.name, spelled(experiment.version, experiment.fingerprint or ""), experiment.summary


def _aligned(lines: Lines) -> str:
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def _stored(sweep: Sweep, catalogue: str | Path) -> tuple[Store | None, int]:
    """Where the sweep is stored, if it is, and how many others have points in common."""
    points = dict(sweep.fixed) | {name: np.array(values) for name, values in sweep.axes}
    place = _opened(catalogue)
    if place is None:
        return None, 0
    here = [store for store in place.stores(sweep.experiment) if store.id == sweep.id]
    sharing = sum(
        store.id != sweep.id
        for store in donors(place.url, sweep.experiment, sweep.version, points, fingerprint=sweep.fingerprint)
    )
    return here[0] if here else None, sharing


def _left(
    sweep: Sweep, blocks: list[Block], here: Store | None, options: Options
) -> tuple[int, int, list[Block]]:
    """How many points are stored, how many are to be computed, and the blocks that hold these."""
    if here is None:
        return 0, sweep.size, blocks
    todo = missing(blocks, here)
    left = sum(block.size for block in todo)
    stored = sweep.size - left
    if options.recompute == "everything":
        return stored, sweep.size, blocks
    if options.recompute == "failed":
        outcome = here.outcome().transpose(*sweep.dims).to_numpy()
        again = np.isin(outcome, [Outcome.MISSING, Outcome.FAILED])
        counts = [int((again[tuple(block.region.values())] & block.asked).sum()) for block in blocks]
        return stored, sum(counts), [block for block, count in zip(blocks, counts, strict=True) if count]
    return stored, left, todo


def _finished(search: BoundarySearch, catalogue: str | Path) -> Store | None:
    place = _opened(catalogue)
    stores = [] if place is None else place.stores(search.experiment)
    return next((store for store in stores if store.id == search.id and store.manifest() is not None), None)


def _opened(catalogue: str | Path) -> catalog.Catalogue | None:
    """The catalogue, if there is one."""
    try:
        return catalog.open(catalogue)
    except CatalogueError:
        if "://" in str(catalogue) or Path(catalogue).exists():
            raise
        return None


def _time(
    found: Found,
    fixed: Fixed,
    tried: dict[str, np.ndarray],
    points: tuple[int, int],
    cluster: Cluster,
    options: Options,
) -> Time:
    """What a pilot tells about the time of so many points, at least and at most."""
    seen = pilot(found, fixed, tried, options.time_limit)
    workers, where = _workers(cluster)
    each = seen.seconds_per_point
    least, most = (None if each is None else each * number / workers for number in points)
    start = START if cluster.entry is None else f"{START}, and as long as workers stand in a queue"
    return Time(seen, least, most, workers, where, start)


def _workers(cluster: Cluster) -> tuple[int, str]:
    """How many workers there are, or will be, and in words."""
    from wellposed.sweeps.cluster.workers import connect, local_workers

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
