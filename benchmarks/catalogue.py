"""How long it takes to find and open what a catalogue holds, with ten thousand sweeps in it.

Run with ``python benchmarks/catalogue.py [SWEEPS]``, or with ``--quick`` to see whether it runs.  All times
from this one run, in a temporary directory on the local file system; the best of several, after the files
have been read once.  The sweeps are of 1,000 points; all but some hundreds are copies of manifests and
metadata, which is all that listing looks at.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xarray as xr

from wellposed import catalog
from wellposed.catalog import Catalogue, health, index
from wellposed.catalog.location import Location
from wellposed.catalog.store import manifest_text

WHOLE = 200
"""Sweeps that are stored with all their chunks."""

CHUNK = 100


def template(identity: str, M: int) -> xr.Dataset:
    """A sweep of 1,000 points with four outputs."""
    axes = {"beta": np.linspace(0.0, 1.0, 100), "A": np.geomspace(1.0, 100.0, 10)}
    shape = (100, 10)
    status = {"flag_values": [0, 1, 2, 3], "flag_meanings": "missing ok unresolved failed"}
    variables = {
        name: (tuple(axes), np.broadcast_to(np.nan, shape))
        for name in ("growth", "growth_error", "slope", "slope_error")
    }
    reason = np.broadcast_to(np.array("", np.dtypes.StringDType()), shape)
    return xr.Dataset(
        {
            **variables,
            "reason": (tuple(axes), reason),
            "outcome": (tuple(axes), np.broadcast_to(np.uint8(0), shape), status),
        },
        {**axes, "M": M},
        {
            "title": "Growth",
            "experiment": "wave.growth",
            "experiment_version": 1,
            "kind": "sweep",
            "sweep_id": identity,
            "request": {
                "kind": "sweep",
                "axes": {name: values.tolist() for name, values in axes.items()},
                "fixed": {"M": M},
            },
        },
    )


def fill(catalogue: Catalogue, sweeps: int) -> None:
    """Stores some sweeps, and copies of what tells of them."""
    answers = xr.Dataset(
        {
            name: (("beta", "A"), np.random.default_rng(0).random((100, 10)))
            for name in ("growth", "growth_error", "slope", "slope_error")
        }
    ).assign(outcome=(("beta", "A"), np.ones((100, 10), np.uint8)))
    for i in range(min(WHOLE, sweeps)):
        store = catalogue.create(template(f"{i:016x}", i), {"beta": CHUNK, "A": 10})
        store.write({}, answers)
        store.finish(command="wellposed sweep wave.growth")
    place = Path(store.location)
    manifest = json.loads(place.with_suffix(".json").read_text())
    root = (place / "zarr.json").read_bytes()
    for i in range(WHOLE, sweeps):
        identity = f"{i:016x}"
        copy = place.with_name(f"{identity}.zarr")
        copy.mkdir()
        (copy / "zarr.json").write_bytes(root.replace(store.id.encode(), identity.encode()))
        request = {**manifest["request"], "fixed": {"M": i}}
        told = {**manifest, "sweep_id": identity, "request": request}
        copy.with_suffix(".json").write_text(manifest_text(told))


def durability(place: Path, blocks: int, outputs: int = 20) -> tuple[float, float, float]:
    """Seconds to write a sweep of so many blocks, to have it on its device, and to compare its checksums."""
    n, names = 1000 * blocks, [f"y{i}" for i in range(outputs)]
    x = np.linspace(0.0, 1.0, n)
    status = {"flag_values": [0, 1, 2, 3], "flag_meanings": "missing ok unresolved failed"}
    request = {"kind": "sweep", "axes": {"x": x.tolist()}, "fixed": {}}
    about = {
        "experiment": "a.b",
        "experiment_version": 1,
        "kind": "sweep",
        "sweep_id": "ab",
        "request": request,
    }
    variables = {name: (("x",), np.broadcast_to(np.nan, n)) for name in names}
    whole = xr.Dataset(
        {**variables, "outcome": (("x",), np.broadcast_to(np.uint8(0), n), status)},
        {"x": x},
        {**about, "request": request},
    )
    store = catalog.open(place, writable=True).create(whole, {"x": 1000})
    numbers = np.random.default_rng(0)
    begun = time.perf_counter()
    for i in range(0, n, 1000):
        answers = {name: (("x",), numbers.random(1000)) for name in names}
        part = xr.Dataset({**answers, "outcome": (("x",), np.ones(1000, np.uint8))})
        store.write({"x": slice(i, i + 1000)}, part)
    written = time.perf_counter()
    Location(store.location).settle()
    settled = time.perf_counter()
    store.finish()
    finished = time.perf_counter()
    assert health.verify(store) == []
    return written - begun, settled - written, time.perf_counter() - finished


def best(function: Callable[[], object], repeats: int = 3) -> tuple[float, float]:
    """Shortest wall time and processor time of several calls, its children's included, in seconds."""
    walls, processors = [], []
    for _ in range(repeats):
        begun, before = time.perf_counter(), os.times()
        function()
        walls.append(time.perf_counter() - begun)
        processors.append(sum(os.times()[:4]) - sum(before[:4]))
    return min(walls), min(processors)


def main(sweeps: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        catalogue = catalog.open(Path(directory) / "results", writable=True)
        fill(catalogue, sweeps)
        place = Path(catalogue.url) / index.INDEX

        def without_index() -> None:
            place.unlink(missing_ok=True)
            catalogue.table()

        print(f"{sweeps:,} sweeps of 1,000 points\n")
        print(f"{'wall s':>8} {'CPU s':>8}  what")

        def say(seconds: tuple[float, float], what: str) -> None:
            print("{:8.3f} {:8.2f}  {}".format(*seconds, what), flush=True)

        say(best(without_index), "list without an index, and write one")
        say(best(catalogue.table), "list with the index")
        say(best(lambda: catalogue.find(f"{7:016x}")), "find one by its id")
        say(best(lambda: catalogue.search(M=7)), "search one by a parameter, and open it")
        ran = [sys.executable, "-m", "wellposed.flows.cli.main", "ls", "--catalogue", catalogue.url]
        say(
            best(lambda: subprocess.run(ran, check=True, stdout=subprocess.DEVNULL)),
            "wellposed ls, as a process",
        )
        first = catalogue.find(f"{7:016x}")
        say(best(lambda: first.dataset(chunks={}), 10), "open one")
        say(best(lambda: catalogue.search(M=slice(0, WHOLE - 1)), 1), f"search and open {WHOLE}")
        say(best(lambda: health.verify(first)), "verify one (6 chunks, 9 arrays)")
        small = catalog.open(Path(directory) / "small", writable=True)
        whole = min(WHOLE, sweeps)
        fill(small, whole)
        say(best(small.tree), f"one tree of {whole}")
        blocks = 5 if sweeps < WHOLE else 100
        wrote, settled, checked = durability(Path(directory) / "durable", blocks)
        print(f"\nA sweep of {blocks} blocks, each 21 files, is written in {wrote:.2f} s, ", end="")
        print(f"on its device after {settled:.2f} s more: {100 * settled / blocks:.1f} % of seconds of work.")
        print(f"Comparing all its checksums takes {checked:.2f} s.")
        size = place.stat().st_size if place.exists() else 0  # few sweeps have no index
        print(f"\nindex {size / 2**20:.1f} MiB; ", end="")
        print(f"largest memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10:.0f} MiB")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(10 if "--quick" in given else int(given[0]) if given else 10_000)
