"""What a question would cost, said before it is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from wellposed import catalog
from wellposed.catalog.overlap import donors
from wellposed.errors import CatalogueError
from wellposed.flows.kinds.job import missing
from wellposed.flows.kinds.pilot import SMALL_S, Pilot, pilot
from wellposed.flows.presentation.listing import spelled
from wellposed.flows.text import counted, duration, size_in_bytes
from wellposed.named_path import named_path
from wellposed.sweeps.answers.layout import Outcome, template
from wellposed.sweeps.cluster.file import Cluster, find_cluster
from wellposed.sweeps.experiments.find import FoundExperiment
from wellposed.sweeps.points.evaluate import points_of
from wellposed.sweeps.requests.boundary import BoundarySearch
from wellposed.sweeps.requests.curve import CurveSearch
from wellposed.sweeps.requests.grid import Block, Sweep
from wellposed.sweeps.search.curve import Curve

if TYPE_CHECKING:
    from wellposed.catalog import Store
    from wellposed.flows.kinds.request import Computed
    from wellposed.kinetics.experiment import Experiment
    from wellposed.sweeps.requests.grid import Fixed

PILOTS_AT_ONCE = 1000
"""Points that an experiment which takes arrays is tried with; others are tried at three."""

START = "5 to 10 s"
"""What Prefect's server and workers on this machine take to start."""

START_IN_HAND = "about a second, as so little is done without them"
"""What it takes where neither are waited for."""

Rows = list[tuple[str, str]]

_pilots: ContextVar[dict[Any, Pilot] | None] = ContextVar("pilots", default=None)
"""The trials that questions of one study share."""


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

    def lines(self) -> Rows:
        told = self.pilot
        lines = []
        if told.seconds_per_point is None or told.first_seconds is None:
            lines.append(("pilot", "given up at its first point"))
        else:
            each, first = duration(told.seconds_per_point), duration(told.first_seconds)
            lines.append(("pilot", f"{each} per point, the mean of {told.tried:,}; the first took {first}"))
        if self.least is not None and self.most is not None:
            took = dict.fromkeys([duration(self.least), duration(self.most)])
            lines.append(("time", f"about {' to '.join(took)} of computing on {self.where}"))
            lines.append(("start", self.start))
        if told.trouble:
            lines.append(("trouble", f"no answer at {told.without_answer:,} of these: {told.trouble}"))
        return lines


@dataclass(frozen=True)
class SweepCost:
    """What a sweep would cost; as text, in lines.  Made by `sweep_cost`.

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
        return _aligned([*lines, ("size", f"{size_in_bytes(self.size)} at most, before compression")])

    def document(self) -> dict[str, Any]:
        """The same for a program."""
        return asdict(self)


@dataclass(frozen=True)
class BoundaryCost:
    """What a boundary search would cost; as text, in lines.  Made by `boundary_cost`.

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


@dataclass(frozen=True)
class CurveCost:
    """What a search for a curve would cost; as text, in lines.  Made by `curve_cost`.

    Attributes
    ----------
    experiment, version, summary : str
    plane : str
        Both parameters with their ranges.
    least, most : int
        Points that it asks if one straight curve crosses the plane; none if all is stored.
    time : Time, optional
        None if nothing is left.
    """

    experiment: str
    version: str
    summary: str
    plane: str
    least: int
    most: int
    time: Time | None

    def __str__(self) -> str:
        lines = [
            ("experiment", f"{self.experiment}, version {self.version}: {self.summary}"),
            ("plane", self.plane),
        ]
        if self.time is None:
            return _aligned([*lines, ("stored", "all of it")])
        some = f"some {self.least:,} to {self.most:,}, if one smooth curve crosses the plane"
        return _aligned([*lines, ("points", some), *self.time.lines()])

    def document(self) -> dict[str, Any]:
        """Returns the same as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class TotalCost:
    """What several questions would cost together; as text, in lines."""

    parts: Sequence[Any]

    @property
    def time(self) -> Time | None:
        """What the first trial said; None if all is stored."""
        return next(iter(self.times), None)

    @property
    def times(self) -> list[Time]:
        return [part.time for part in self.parts if part.time is not None]

    @property
    def total(self) -> tuple[float, float] | None:
        """Seconds of computing, at least and at most; None if a trial was given up."""
        least, most = [time.least for time in self.times], [time.most for time in self.times]
        if None in least or None in most:
            return None
        return sum(one for one in least if one is not None), sum(one for one in most if one is not None)

    def __str__(self) -> str:
        left = len(self.times)
        lines = [("questions", f"{len(self.parts):,}, of which {len(self.parts) - left:,} are stored")]
        if left:
            shown = "a trial was given up, so not known"
            if self.total is not None:
                shown = f"about {' to '.join(dict.fromkeys(map(duration, self.total)))} of computing"
            lines += [("time", f"{shown} on {self.times[0].where}"), ("start", self.times[0].start)]
        return "\n\n".join([_aligned(lines), *(str(part) for part in self.parts if part.time is not None)])

    def document(self) -> dict[str, Any]:
        """Returns the same as plain data."""
        seconds = None if self.total is None else list(self.total)
        return {"questions": [part.document() for part in self.parts], "seconds": seconds}


@contextmanager
def shared_pilots() -> Iterator[None]:
    """Within it, questions about one experiment with the same choices share one trial."""
    token = _pilots.set({})
    try:
        yield
    finally:
        _pilots.reset(token)


def sweep_cost(found: FoundExperiment, sweep: Sweep, request: Computed) -> SweepCost:
    """Returns how many points a sweep has, how many are stored already, and what the others would take.

    Some points are evaluated on this machine to tell that, and forgotten.  Nothing is stored or created; a
    scheduler that is there is asked how many workers it has.
    """
    here, sharing = _stored(sweep, request)
    blocks = list(
        sweep.blocks(sweep.chunks(found.experiment.points_per_block) if here is None else here.chunks)
    )
    stored, left, todo = _left(sweep, blocks, here, request.recompute)
    size = sum(variable.nbytes for variable in template(found.experiment, sweep).variables.values())
    time = None
    if todo:
        some = [points_of(todo[i])[1] for i in (0, len(todo) // 2, -1)]
        tried = {name: np.array([varying[name][0] for varying in some]) for name in sweep.dims}
        if found.experiment.vectorised:
            tried = {name: values[:PILOTS_AT_ONCE] for name, values in points_of(todo[0])[1].items()}
        time = _time(found, sweep.fixed, tried, (left, left), request)
    shared = 0 if request.recompute != "missing" else sharing
    return SweepCost(
        *_question(found.experiment), sweep.size, len(blocks), stored, left, len(todo), shared, time, size
    )


def boundary_cost(found: FoundExperiment, search: BoundarySearch, request: Computed) -> BoundaryCost:
    """Returns how many lines a boundary search has, and what it would take with one boundary on each.

    Which points it asks depends on their answers.  So this is a range: on each line, from what a smooth order
    parameter takes to what bisection does; where failed points are asked again, from these alone.
    """
    count = math.prod(search.line_shape)
    question = (*_question(found.experiment), count, search.along, search.lower, search.upper)
    # Of a line that starts from its neighbours' boundaries, what they predict is certified by two points.
    least = count * (2 if search.neighbours and count >= 5 else search.coarse + 2)
    store = _finished(search, request)
    if store is not None and request.recompute != "everything":
        least = store.totals()["failed"] if request.recompute == "failed" else 0
        if not least:
            return BoundaryCost(*question, 0, 0, None)
    halvings = math.ceil(math.log2((search.upper - search.lower) / (search.coarse - 1) / search.tolerance))
    most = count * (search.coarse + max(halvings, 2))
    middle = {name: np.full(3, values[len(values) // 2]) for name, values in search.axes}
    tried = {**middle, search.along: _quarters(search.lower, search.upper)}
    time = _time(found, search.fixed, tried, (least, most), request)
    return BoundaryCost(*question, least, most, time)


def curve_cost(found: FoundExperiment, search: CurveSearch, request: Computed) -> CurveCost:
    """Returns what a search for a curve would take if one smooth curve crosses the plane.

    Which points it asks depends on their answers.  So the search itself is tried on smooth functions whose
    curves are known, along a side, along the diagonal and bent; the range is that of the points it asked.
    """
    ends = zip((search.along, search.across), (search.between, search.over), strict=True)
    plane = ", ".join(f"{name} in [{low:g}, {high:g}]" for name, (low, high) in ends)
    question = (*_question(found.experiment), plane)
    store = _finished(search, request)
    if store is not None and request.recompute != "everything":
        failed = store.totals()["failed"] if request.recompute == "failed" else 0
        if not failed:
            return CurveCost(*question, 0, 0, None)
    counts = [_asked(search, model) for model in _MODELS]
    tried = {search.along: _quarters(*search.between), search.across: _quarters(*search.over)}
    time = _time(found, search.fixed, tried, (min(counts), max(counts)), request)
    return CurveCost(*question, min(counts), max(counts), time)


_MODELS = (
    lambda x, y: np.tanh(y - 0.37),
    lambda x, y: np.tanh(y - 0.11 - 0.71 * x),
    lambda x, y: np.tanh(y - 0.2 - 0.6 * x**2),
    lambda x, y: (x - 0.43) * np.exp(-y),
)
"""Functions of the plane as a unit square that change sign along one curve."""


def _asked(search: CurveSearch, model: Any) -> int:
    """Returns how many points the search asks of a function of the plane."""
    (low, high), (bottom, top) = search.over, search.between
    part = search.tolerance / (top - bottom)
    tolerance = (part * (high - low), search.tolerance)
    curve = Curve(search.over, search.between, tolerance, search.coarse, search.depth, most=search.most)
    while (asked := curve.ask()).size:
        x, y = (asked[:, 0] - low) / (high - low), (asked[:, 1] - bottom) / (top - bottom)
        curve.tell(model(x, y), np.full(len(asked), 1e-12), np.ones(len(asked), bool))
    return curve.evaluations


def _quarters(lower: float, upper: float) -> np.ndarray:
    quarters: np.ndarray = lower + (upper - lower) * np.array([0.25, 0.5, 0.75])
    return quarters


def _question(experiment: Experiment) -> tuple[str, str, str]:
    return experiment.name, spelled(experiment.version, experiment.fingerprint or ""), experiment.summary


def _aligned(lines: Rows) -> str:
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def _stored(sweep: Sweep, request: Computed) -> tuple[Store | None, int]:
    """Returns where the sweep is stored, if it is, and how many others have points in common."""
    points = dict(sweep.fixed) | {name: np.array(values) for name, values in sweep.axes}
    place = _opened(request)
    if place is None:
        return None, 0
    here = [store for store in place.stores(sweep.experiment) if store.id == sweep.id]
    sharing = sum(
        store.id != sweep.id
        for store in donors(place.url, sweep.experiment, sweep.version, points, fingerprint=sweep.fingerprint)
    )
    return here[0] if here else None, sharing


def _left(
    sweep: Sweep, blocks: list[Block], here: Store | None, recompute: str
) -> tuple[int, int, list[Block]]:
    """Returns how many points are stored, how many are to be computed, and the blocks that hold these."""
    if here is None:
        return 0, sweep.size, blocks
    todo = missing(blocks, here)
    left = sum(block.size for block in todo)
    stored = sweep.size - left
    if recompute == "everything":
        return stored, sweep.size, blocks
    if recompute == "failed":
        outcome = here.outcome().transpose(*sweep.dims).to_numpy()
        again = np.isin(outcome, [Outcome.MISSING, Outcome.FAILED])
        counts = [int((again[tuple(block.region.values())] & block.asked).sum()) for block in blocks]
        return stored, sum(counts), [block for block, count in zip(blocks, counts, strict=True) if count]
    return stored, left, todo


def _finished(search: BoundarySearch | CurveSearch, request: Computed) -> Store | None:
    place = _opened(request)
    stores = [] if place is None else place.stores(search.experiment)
    return next((store for store in stores if store.id == search.id and store.manifest() is not None), None)


def _opened(request: Any) -> catalog.Catalogue | None:
    """Returns the catalogue, if there is one."""
    try:
        return catalog.open(request.catalogue)
    except CatalogueError:
        if "://" in str(request.catalogue) or named_path(request.catalogue).exists():
            raise
        return None


def _time(
    found: FoundExperiment,
    fixed: Fixed,
    tried: dict[str, np.ndarray],
    points: tuple[int, int],
    request: Computed,
) -> Time:
    """Returns what a trial says about the time of so many points, at least and at most."""
    cluster = find_cluster(request.cluster)
    seen = _trial(found, fixed, tried, request.time_limit)
    workers, where = _workers(cluster)
    each = seen.seconds_per_point
    least, most = (None if each is None else each * number / workers for number in points)
    start = START if cluster.entry is None else f"{START}, and as long as workers stand in a queue"
    if cluster.is_local and most is not None and most * workers < SMALL_S:
        start = START_IN_HAND
    return Time(seen, least, most, workers, where, start)


def _trial(found: FoundExperiment, fixed: Fixed, tried: dict[str, np.ndarray], limit: float | None) -> Pilot:
    """Returns what a few points took; questions of one study that have the same choices share it."""
    shared = _pilots.get()
    if shared is None:
        return pilot(found, fixed, tried, limit)
    choices = tuple(value for _, value in fixed if isinstance(value, str))
    key = (found.experiment.name, choices, tuple(sorted(tried)))
    if key not in shared:
        shared[key] = pilot(found, fixed, tried, limit)
    return shared[key]


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
    return count, counted(count, "worker")
