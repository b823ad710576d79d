"""Whether anything grows that should not: small questions for ten minutes, asked by one program.

    python benchmarks/soak.py [MINUTES]   # then a flow of 20,000 blocks
    python benchmarks/soak.py --quick     # three questions and 200 blocks: whether it runs

After every question: the memory of the program that asks (Dask's scheduler is in it), that of the Prefect
server, which lives on, and the size of Prefect's database.  Slopes are of straight lines through the second
half of these, as the first half fills caches, with the standard error of the fit; a leak is a slope that is
many times its error.  `benchmarks/catalogue.py 3000` has the times of a catalogue with 3,000 sweeps.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import psutil

import wellposed
from wellposed import Experiment, Output, Parameter
from wellposed.flows.execution.prefect_home import home
from wellposed.flows.execution.server import server

BLOCKS = 50
"""Of a small question; each of one point."""

LARGE = 20_000
"""Blocks of the large one."""

MIB = 2**20

NAMES = ("program", "server", "database")


def product(x: float) -> dict[str, float]:
    return {"y": 2.0 * x}


EXPERIMENT = Experiment(
    name="soak.product",
    summary="Next to nothing",
    source="benchmarks/soak.py",
    parameters=(Parameter("x", "a number", 0.0),),
    outputs=(Output("y", "twice the number"),),
    evaluate=product,
    points_per_block=1,
)


def ask(first: float, blocks: int, place: Path) -> None:
    wellposed.sweep(
        f"{Path(__file__).resolve()}:EXPERIMENT", {"x": first + np.arange(blocks) / blocks}, catalogue=place
    )


def resident(process: psutil.Process) -> float:
    return process.memory_info().rss / MIB


def server_of(program: psutil.Process) -> psutil.Process:
    """The server that a program has started."""
    (found,) = (child for child in program.children() if "server_process" in " ".join(child.cmdline()))
    return found


def database() -> float:
    """MiB of Prefect's database, and of what SQLite has beside it."""
    return sum(path.stat().st_size for path in home().glob("*.db*")) / MIB


def slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope of the second half, and its standard error; not known of fewer than four values."""
    half = len(x) // 2
    if len(x) - half < 4:
        return np.nan, np.nan
    fit, covariance = np.polyfit(x[half:], y[half:], 1, cov=True)
    return fit[0], float(np.sqrt(covariance[0, 0]))


def small(seconds: float, least: int, place: Path) -> None:
    program = psutil.Process()
    rows: list[tuple[float, ...]] = []
    print(f"Questions of {BLOCKS} blocks\n")
    print("{:>6} {:>8} {:>9} {:>9} {:>9}  MiB".format("minute", "blocks", *NAMES))
    began = told = time.monotonic()
    while len(rows) < least or time.monotonic() - began < seconds:
        ask(float(len(rows)), BLOCKS, place)
        server_there = server_of(program)
        rows.append(((len(rows) + 1) * BLOCKS, resident(program), resident(server_there), database()))
        if len(rows) == 1 or time.monotonic() - told > 60:
            told = time.monotonic()
            print(
                "{:6.1f} {:8.0f} {:9.1f} {:9.1f} {:9.2f}".format((told - began) / 60, *rows[-1]), flush=True
            )
    blocks, *columns = np.transpose(rows)
    print()
    for name, values in zip(NAMES, columns, strict=True):
        rise, error = slope(blocks, values)
        print(
            f"{name:>9}: {1000 * rise:8.3f} ± {1000 * error:.3f} MiB for 1,000 blocks, "
            f"{BLOCKS * rise:.4f} for a run; from {values[0]:.1f} to {values[-1]:.1f}"
        )


def large(blocks: int, place: Path) -> None:
    """One flow of many blocks, watched from a thread."""
    program, seen, done = psutil.Process(), [], threading.Event()

    def watch() -> None:
        while not done.wait(1.0):
            seen.append(resident(program))

    watching = threading.Thread(target=watch, daemon=True)
    before, began = resident(program), time.monotonic()
    watching.start()
    ask(1e6, blocks, place)
    took = time.monotonic() - began
    done.set()
    watching.join()
    after, highest = resident(program), max(seen, default=before)
    print(f"\nA flow of {blocks:,} blocks: {took:.0f} s, {1000 * took / blocks:.1f} ms a block")
    print(f"program: {before:.0f} MiB before, {highest:.0f} at most, {after:.0f} after; ", end="")
    print(f"{1000 * (highest - before) / blocks:.1f} MiB for 1,000 blocks")


def main() -> None:
    given = sys.argv[1:]
    is_quick = "--quick" in given
    minutes = float(given[0]) if given and not is_quick else 10.0
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        os.environ["WELLPOSED_HOME"] = str(place / "home")
        with server() as wait:
            wait()
            small(0.0 if is_quick else 60 * minutes, 3, place / "results")
            large(200 if is_quick else LARGE, place / "results")


if __name__ == "__main__":
    main()
