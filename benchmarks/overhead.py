"""What it costs to have points computed by a sweep rather than by a loop, beside other ways to do the same.

    python benchmarks/overhead.py            # 2,000 points of 50 µs, by us and by every peer installed
    python benchmarks/overhead.py --large    # 100,000 and 1,000,000 points of 20 outputs that cost nothing
    python benchmarks/overhead.py --scaling  # blocks that sleep, on 1 to 16 workers, and 10,000 blocks
    python benchmarks/overhead.py --encrypted  # what it costs that workers speak TLS, in CPU and wall time
    python benchmarks/overhead.py --quick    # 100 points once: whether it runs, and no measurement

Overhead is wall time times workers, less the work itself, per point; the best of three runs.  Starting
workers and servers is left out, of peers as of us, and told beside it.  What a peer stores is said in its
name; ours stores every output in Zarr, with its outcome, and Prefect records the run.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import math
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import psutil
import xarray as xr
from distributed import Client, LocalCluster

from wellposed import Experiment, Output, Parameter
from wellposed.flows.execution import run as execution
from wellposed.flows.execution.progress import Progress
from wellposed.flows.execution.record import recorded
from wellposed.flows.execution.server import server
from wellposed.flows.kinds.narration import concluded, page_of
from wellposed.flows.kinds.sweep import SweepJob, SweepRequest, sweep_job
from wellposed.sweeps.cluster.fan_out import fan_out
from wellposed.sweeps.cluster.workers import local_cluster
from wellposed.sweeps.experiments.find import locate

WORKERS = 2
WORK = 50e-6
NAMES = [f"y{i}" for i in range(20)]


def busy(a: float, b: float) -> dict[str, float]:
    """Fifty microseconds of work."""
    end = time.perf_counter() + WORK
    while time.perf_counter() < end:
        pass
    return {"y": a * b}


def scalar(a: float, b: float) -> dict[str, float]:
    return dict.fromkeys(NAMES, a * b)


def product(a: float, b: float) -> dict[str, float]:
    return {NAMES[0]: a * b}


def arrays(a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    return dict.fromkeys(NAMES, a * b)


def _experiment(name: str, function: Callable, outputs: list[str], points_per_block: int, vectorised=False):
    parameters = (Parameter("a", "a number", 0.0), Parameter("b", "another", 0.0))
    declared = tuple(Output(output, output) for output in outputs)
    return Experiment(
        f"overhead.{name}",
        "a product",
        "nobody",
        parameters,
        declared,
        function,
        points_per_block=points_per_block,
        vectorised=vectorised,
    )


BUSY = _experiment("busy", busy, ["y"], 100)
SCALAR = _experiment("scalar", scalar, NAMES, 20_000)
ALONE = _experiment("alone", product, NAMES[:1], 1)
ARRAYS = _experiment("arrays", arrays, NAMES, 20_000, vectorised=True)


def batch(points: list[tuple[float, float]]) -> list[dict[str, float]]:
    return [busy(a, b) for a, b in points]


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@contextlib.contextmanager
def workplace() -> Iterator[execution.Workplace]:
    """Workers and a server that stay for several runs."""
    with Progress() as progress, server() as answer, local_cluster(WORKERS) as client:
        yield execution.Workplace(client, progress, answer())


def asked(name: str, axes: dict[str, np.ndarray], catalogue: str | Path) -> SweepJob:
    """A sweep of one of the experiments above, with its place in a catalogue."""
    return sweep_job(SweepRequest(f"{Path(__file__).resolve()}:{name}", axes, catalogue=catalogue), locate)


def ours(place: execution.Workplace, name: str, sides: tuple[int, int]) -> float:
    """Seconds that a sweep takes in an empty catalogue, from the request to the manifest."""
    directory = tempfile.mkdtemp()
    begun = time.perf_counter()
    axes = {"a": np.linspace(0, 1, sides[0]), "b": np.linspace(1, 2, sides[1])}
    job = asked(name, axes, directory)
    with recorded(job, place.access, place.progress.complain) as record:
        execution._answer(job, place, record)
        record.publish(page_of(job))
        record.end("COMPLETED", concluded(job))
    seconds = time.perf_counter() - begun
    assert job.store.totals()["ok"] == math.prod(sides)
    shutil.rmtree(directory)
    return seconds


def peers(client: Client, points: list[tuple[float, float]]) -> Iterator[tuple[str, Callable[[], object]]]:
    """Other ways to compute `points`, as far as they are installed."""
    yield "a loop in one process", lambda: batch(points)
    blocks = [points[i : i + 100] for i in range(0, len(points), 100)]
    yield "Dask, a task for 100 points, nothing stored", lambda: list(fan_out(client, batch, blocks))
    yield (
        "Dask, a task for each point, nothing stored",
        lambda: client.gather(client.map(busy, *zip(*points, strict=True), pure=False)),
    )
    with contextlib.suppress(ImportError):
        joblib = importlib.import_module("joblib")
        pool = joblib.Parallel(n_jobs=WORKERS)
        pool(joblib.delayed(busy)(0.0, 0.0) for _ in range(4))
        yield "joblib, nothing stored", lambda: pool(joblib.delayed(busy)(a, b) for a, b in points)
    with contextlib.suppress(ImportError):
        xyzpy = importlib.import_module("xyzpy")
        runner = xyzpy.Runner(lambda a, b: busy(a, b)["y"], ["y"])
        yield (
            "xyzpy, one process, in memory",
            lambda: runner.run_cases(points, fn_args=("a", "b"), verbosity=0),
        )
    with contextlib.suppress(ImportError):
        xsweep = importlib.import_module("xsweep")
        space = {
            name: (name, sorted(set(side)))
            for name, side in zip("ab", zip(*points, strict=True), strict=True)
        }

        def in_zarr() -> object:
            with tempfile.TemporaryDirectory() as directory:
                sweeper = xsweep.sweep("loop(a, b) -> y()", store=f"{directory}/y.zarr", version="1")
                return sweeper(lambda a, b: busy(a, b)["y"])(xr.Dataset(space))

        yield "xsweep, one process, stored in Zarr", in_zarr
    with contextlib.suppress(ImportError):
        pipefunc = importlib.import_module("pipefunc")
        pipeline = pipefunc.Pipeline([(pipefunc.PipeFunc(busy, "y"), "a[i], b[i] -> y[i]")])
        a, b = (list(side) for side in zip(*points, strict=True))
        yield (
            "pipefunc, one process, in memory",
            lambda: pipeline.map({"a": a, "b": b}, parallel=False, storage="dict"),
        )


def best(run: Callable[[], float | object], times: int = 3) -> float:
    """Seconds of the quickest of some runs."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        run()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def peak_memory() -> float:
    """MiB that this process, which runs the flow, has needed at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(n: int = 2000, times: int = 3) -> None:
    points = [(float(a), float(b)) for a in np.linspace(0, 1, 20) for b in np.linspace(1, 2, n // 20)]
    with workplace() as place:
        print(f"{n:,} points of {WORK * 1e6:.0f} µs, {WORKERS} workers: overhead in µs per point")
        for name, run in peers(place.client, points):
            workers = 1 if "one process" in name else WORKERS
            print(f"{(best(run, times) * workers / n - WORK) * 1e6:10.0f}  {name}", flush=True)
        seconds = min(ours(place, "BUSY", (20, n // 20)) for _ in range(times))
        print(f"{(seconds * WORKERS / n - WORK) * 1e6:10.0f}  wellposed, stored, recorded", flush=True)


def large() -> None:
    print(f"20 outputs that cost nothing, {WORKERS} workers: wall time in µs per point, and in all")
    begun = time.perf_counter()
    with workplace() as place:
        print(f"{'':16}workers and server were there after {time.perf_counter() - begun:.1f} s")
        for name in ("SCALAR", "ARRAYS"):
            for sides in ((250, 400), (1000, 1000)):
                seconds = min(ours(place, name, sides) for _ in range(2))
                n = math.prod(sides)
                said = (
                    f"{n:,} points, {name.lower()}: {seconds:.1f} s, {peak_memory():.0f} MiB at most so far"
                )
                print(f"{seconds / n * 1e6:10.1f}  {said}", flush=True)
    directory = Path(tempfile.mkdtemp())
    axes = {"a": np.linspace(0, 1, 1000), "b": np.linspace(1, 2, 1000)}
    first = asked("ARRAYS", axes, directory)
    values = {name: np.multiply.outer(axes["a"], axes["b"]) for name in NAMES}
    dataset = first.store.dataset().drop_vars(["a", "b"], errors="ignore")
    full = dataset.assign({name: (("a", "b"), values[name]) for name in NAMES})
    first.store.write({}, full.assign(outcome=dataset["outcome"] * 0 + 1)[[*NAMES, "reason", "outcome"]])
    first.store.finish(command="")
    begun = time.perf_counter()
    again = asked("ARRAYS", axes, directory)
    assert not again.pending
    print(
        f"{time.perf_counter() - begun:10.2f}  seconds until a sweep of 1,000,000 stored points is answered"
    )
    shutil.rmtree(directory)


def scaling() -> None:
    seconds, each = 0.5, 20
    print(f"{each} blocks for each worker that sleep {seconds} s: efficiency against the number of workers")
    for workers in (1, 2, 4, 8, 16):
        with local_cluster(workers) as client:
            list(fan_out(client, nap, [0.0] * 4 * workers))
            begun = time.perf_counter()
            assert sum(1 for _ in fan_out(client, nap, [seconds] * each * workers)) == each * workers
            taken = time.perf_counter() - begun
        print(f"{workers:4} workers: {each * seconds / taken:6.1%}", flush=True)
    with local_cluster(2) as client:
        begun = time.perf_counter()
        assert sum(1 for _ in fan_out(client, nap, [0.0] * 10_000)) == 10_000
        print(f"10,000 blocks of no work on Dask: {(time.perf_counter() - begun) / 10:.2f} ms each")
    with workplace() as place:
        for sides in ((10, 100), (100, 100)):
            blocks = math.prod(sides)
            each = ours(place, "ALONE", sides) / blocks * 1e3
            print(f"{blocks:,} blocks of one point, stored and recorded: {each:.2f} ms each", flush=True)


def in_plain(**options: object) -> LocalCluster:
    """A cluster that does not encrypt, which nothing but this comparison has."""
    return LocalCluster(**{**options, "security": None, "protocol": "tcp://"})


def cpu_seconds(client: Client) -> float:
    """What this process, in which the scheduler is a thread, and the workers of `client` have used so far."""
    pids = client.run(lambda dask_worker: psutil.Process().pid).values()
    return sum(sum(psutil.Process(pid).cpu_times()[:2]) for pid in (psutil.Process().pid, *pids))


def encrypted(rounds: int = 7) -> None:
    print(f"With TLS over without, median of {rounds} pairs: CPU time, wall time")
    with (
        workplace() as place,
        mock.patch("wellposed.sweeps.cluster.workers.LocalCluster", in_plain),
        local_cluster(WORKERS) as client,
    ):
        places = [place, execution.Workplace(client, place.progress, place.access)]
        for name, sides in (("BUSY", (20, 100)), ("SCALAR", (250, 400)), ("ALONE", (10, 30))):
            ratios = []
            for number in range(rounds + 1):
                spent = {}
                for one in places if number % 2 else reversed(places):
                    begun = cpu_seconds(one.client)
                    seconds = ours(one, name, sides)
                    spent[one is place] = (cpu_seconds(one.client) - begun, seconds)
                ratios.append([a / b for a, b in zip(spent[True], spent[False], strict=True)])
            cpu, wall = (statistics.median(column) for column in zip(*ratios[1:], strict=True))
            print(f"{cpu:10.3f}{wall:10.3f}  {math.prod(sides):,} points, {name.lower()}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="1e5 and 1e6 points of 20 outputs")
    parser.add_argument("--scaling", action="store_true", help="1 to 16 workers that sleep")
    parser.add_argument("--encrypted", action="store_true", help="TLS beside plain TCP")
    parser.add_argument("--quick", action="store_true", help="100 points once")
    chosen = parser.parse_args()
    if chosen.large:
        large()
    elif chosen.scaling:
        scaling()
    elif chosen.encrypted:
        encrypted()
    elif chosen.quick:
        compare(100, 1)
    else:
        compare()
