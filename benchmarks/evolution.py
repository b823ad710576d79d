"""Cost of the truncated collision operator against its size, and how near it is to what the machine can do.

Run with ``python benchmarks/evolution.py``, or with ``--quick`` to see whether it runs.  All on one core, all
times from this one run.  The peak is measured by two numba loops of the same instruction set: a triad ``a = b
+ s c``, which a core can only do as fast as it moves data, on arrays in its first-level, second-level cache
and in memory; and multiply-add on as many independent chains as hide its latency, which it can do as fast as
it calculates.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from numba import njit

from wellposed.kinetics.wave.evolution.quartets import quartet_sums
from wellposed.kinetics.wave.evolution.uniform import pair_sums

SIZES = (512, 1024, 2048, 4096, 8192)
FULL_FLOPS, FULL_BYTES = 25, 29 * 8  # per pair of frequencies
"""Counted from the source of `pair_sums`: adding pairs, once up and once down, 6 flops, 5 doubles read and 2
written each; A and B 4, 4 and 2; exchange 5, 3 and 1; the sum over the larger member 2 and 2; the smaller one
2, 2 and 1.
"""
STEPS = 16


@njit(nogil=True)
def triad(a, b, c, s, repeats):
    for _ in range(repeats):
        for i in range(a.size):
            a[i] = b[i] + s * c[i]


def horner(x, out, s, t):
    for i in range(x.size):
        y = x[i]
        for _ in range(STEPS):  # a chain in each lane, of which the processor overlaps several
            y = y * s + t
        out[i] = y


multiply_add = njit(nogil=True)(horner)
fused_multiply_add = njit(nogil=True, fastmath={"contract"})(horner)


def seconds(function: Callable[[], object], at_least: float = 0.4) -> float:
    """Shortest processor time of a call, of as many as fill `at_least` seconds."""
    function()
    calls, before = 1, time.perf_counter()
    function()
    if (once := time.perf_counter() - before) < 1e-3:
        calls = 1 + int(1e-3 / once)
    best, start = float("inf"), time.perf_counter()
    while time.perf_counter() - start < at_least:
        before_calls = time.process_time()
        for _ in range(calls):
            function()
        best = min(best, (time.process_time() - before_calls) / calls)
    return best


def gigabytes_per_second(kilobytes: int) -> float:
    size = kilobytes * 1024 // (3 * 8)
    a, b, c = np.zeros(size), np.ones(size), np.ones(size)
    repeats = max(1, 4_000_000 // size)
    return 3 * 8 * size * repeats / seconds(lambda: triad(a, b, c, 0.5, repeats)) / 1e9


def gigaflops(kernel: Callable[..., None]) -> float:
    x = np.full(1024, 1e-3)
    out = np.empty_like(x)
    return 2 * STEPS * x.size / seconds(lambda: kernel(x, out, 0.999, 1e-3)) / 1e9


def exponent(sizes: list[int], times: list[float]) -> float:
    return float(np.polyfit(np.log(sizes), np.log(times), 1)[0])


def main(quick: bool = False) -> None:
    all_sizes = (64, 128, 256) if quick else SIZES
    beta = 0.4
    print("exact operator on a uniform grid, pair sums")
    print(f"{'n':>6} {'full':>10} {'gain':>10} {'ns/pair':>8} {'Gflop/s':>8} {'GB/s':>7}")
    times: dict[bool, list[float]] = {False: [], True: []}
    for n in all_sizes:
        omega = (np.arange(n) + 0.5) * 0.1
        arguments = ((1.0 + omega**2) ** -2, omega**beta, np.sqrt(omega))
        for gain_only in (False, True):
            times[gain_only].append(seconds(lambda a=arguments, g=gain_only: pair_sums(*a, g)))
        full, pairs = times[False][-1], n * n / 2
        print(
            f"{n:6d} {1e3 * full:7.2f} ms {1e3 * times[True][-1]:7.2f} ms {1e9 * full / pairs:8.2f} "
            f"{FULL_FLOPS * pairs / full / 1e9:8.1f} {FULL_BYTES * pairs / full / 1e9:7.1f}"
        )
    large = slice(1, None)
    print(
        f"time ~ n^{exponent(list(all_sizes[large]), times[False][large]):.2f} (full), "
        f"n^{exponent(list(all_sizes[large]), times[True][large]):.2f} (gain)"
    )

    at = len(all_sizes) - 2
    pairs = all_sizes[at] ** 2 / 2
    flops, traffic = (c * pairs / times[False][at] / 1e9 for c in (FULL_FLOPS, FULL_BYTES))
    print(f"\nthis machine's peak, one core, and what the full operator reaches of it at n = {all_sizes[at]}")
    for name, kernel in (("multiply, add", multiply_add), ("fused multiply-add", fused_multiply_add)):
        peak = gigaflops(kernel)
        print(f"{name:<22} {peak:7.1f} Gflop/s {100 * flops / peak:6.0f} %")
    for name, kilobytes in (("triad, 24 kB", 24), ("triad, 384 kB", 384), ("triad, 192 MB", 192 * 1024))[
        : 1 if quick else 3
    ]:
        peak = gigabytes_per_second(kilobytes)
        print(f"{name:<22} {peak:7.1f} GB/s    {100 * traffic / peak:6.0f} %")

    print("\nweak form on a geometric grid, quartets")
    sizes, spent = [16, 32] if quick else [64, 128, 256], []
    for n in sizes:
        omega = np.geomspace(2.0**-6, 2.0**12, n)
        arguments = ((1.0 + omega**2) ** -2, omega, np.gradient(omega), omega**beta)
        spent.append(seconds(lambda a=arguments: quartet_sums(*a, False)))
        print(f"{n:6d} {1e3 * spent[-1]:7.2f} ms {6e9 * spent[-1] / n**3:8.2f} ns/quartet")
    print(f"time ~ n^{exponent(sizes, spent):.2f}")


if __name__ == "__main__":
    main("--quick" in sys.argv)
