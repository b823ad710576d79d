"""Cost of a step of the Schrödinger equation and of second order, and an ensemble beside the latter.

Run with ``python benchmarks/schrodinger.py``, or with ``--quick`` to see whether it runs.  All on one core,
all times from this one run.  A step is one of order 4, four cubic terms; beside it what `scipy.fft` takes for
the eight transforms of the whole grid that it would need without padding.
"""

from __future__ import annotations

import itertools
import math
import sys
import time
from collections.abc import Callable

import numpy as np
import scipy.fft
from scipy.stats import chi2

from wellposed.kinetics.schrodinger import evolve, second_order
from wellposed.kinetics.schrodinger.evolution.integration import Stepper
from wellposed.kinetics.schrodinger.evolution.spectrum import CubicTerm, Spectrum

SEEDS = (1, 2, 3, 4, 5, 7, 8, 9, 10, 77)


def seconds(function: Callable[[], object], at_least: float = 1.0) -> float:
    """Shortest processor time of a call, of as many as fill `at_least` seconds."""
    function()
    best, start = math.inf, time.perf_counter()
    while time.perf_counter() - start < at_least:
        before = time.process_time()
        function()
        best = min(best, time.process_time() - before)
    return best


def steps(sizes: tuple[int, ...]) -> None:
    print("one step on n^3 points, beta = 1/4")
    print(f"{'n':>6} {'step':>10} {'8 transforms':>13} {'ratio':>6}")
    rng = np.random.default_rng(0)
    for n in sizes:
        spectrum = Spectrum(3, n // 4, 2.0 * math.pi)
        shape = spectrum.squares.shape
        a = (rng.normal(size=shape) + 1j * rng.normal(size=shape)) / (1.0 + spectrum.squares) ** 2
        stepper = Stepper(CubicTerm(spectrum, 0.25, 1.0))
        at = stepper.start(a)
        whole = rng.normal(size=(n, n, n)) + 0j
        step = seconds(lambda s=stepper, at=at: s.step(at, 1e-4))
        transforms = 8.0 * seconds(lambda u=whole: scipy.fft.fftn(u, workers=1))
        print(f"{n:6d} {1e3 * step:7.1f} ms {1e3 * transforms:10.1f} ms {step / transforms:6.2f}")


def pairs(radii: tuple[float, ...]) -> None:
    print("\nsecond order at one k, t and L, with the collision operator")
    for radius in radii:
        inside = sum(
            x * x + y * y + z * z <= radius**2
            for x, y, z in itertools.product(range(-int(radius), int(radius) + 1), repeat=3)
        )

        def once(radius: float = radius) -> object:
            return second_order([6, 0, 0], 30.0, L=24.0, beta=0.25, M=8.0, radius=radius)

        print(f"radius {radius:5.1f}, {inside:6d} x {inside:6d} pairs, twice: {1e3 * seconds(once):8.1f} ms")


def window(radius: float) -> None:
    print(f"\nwhere the kinetic limit is reached: gain, beta = 1/4, M = 8, L = t = 60, radius {radius:g}")
    waves = [[10, 0, 0], [12, 0, 0], [14, 0, 0], [15, 9, 6], [24, 7, 3], [29, 18, 12], [20, 0, 0], [38, 0, 0]]
    found = second_order(waves, 60.0, L=60.0, beta=0.25, M=8.0, operator="gain", radius=radius)
    for m, k, ratio, error in zip(waves, found.wave_number, found.ratio, found.ratio_error, strict=True):
        print(f"{m!s:>14} |k| = {float(k):6.3f}  ratio {float(ratio):7.4f} ± {float(error):.4f}")


def second_order_of_box(spectrum: Spectrum, n: np.ndarray, beta: float, t: float) -> np.ndarray:
    """Returns second order over epsilon^2 by its formula, with all four wave vectors in the box."""
    K = spectrum.K
    waves = np.array(list(itertools.product(range(-K, K + 1), repeat=3)))
    unit = 2.0 * math.pi / spectrum.side
    square = np.sum(waves**2, axis=1) * unit**2
    weight, n = square**beta, n.ravel()
    out = np.zeros(len(waves))
    for i, k in enumerate(waves):
        for j, k1 in enumerate(waves):
            if j == i:
                continue
            k3 = k + waves - k1  # at each k2
            kept = np.all(np.abs(k3) <= K, axis=1) & np.any(k3 != k, axis=1)
            third = ((k3[kept] + K) @ [(2 * K + 1) ** 2, 2 * K + 1, 1]).astype(int)
            omega = square[i] + square[kept] - square[j] - square[third]
            n1, n2, n3 = n[j], n[kept], n[third]
            bracket = n1 * n3 * (n[i] + n2) - n[i] * n2 * (n1 + n3)
            resonance = (t * np.sinc(omega * t / (2.0 * math.pi))) ** 2
            out[i] += 2.0 * weight[i] * np.sum(weight[j] * weight[kept] * weight[third] * resonance * bracket)
    return out.reshape(spectrum.squares.shape)


def ensemble(beta: float, K: int, members: int, epsilon: float, t: float, seeds: tuple[int, ...]) -> None:
    """Prints means of ``|a_k(t)|^2 - |a_k(0)|^2`` over solutions, beside second order, for each ``|k|^2``.

    There are as many members for each seed.  Each is solved with both signs of epsilon: what is odd in it
    cancels.  Shells are correlated, as mass is conserved: chi^2 is by their covariance.
    """
    spectrum = Spectrum(3, K, 2.0 * math.pi)
    n = (1.0 + spectrum.squares) ** -4.0
    draws = [np.random.default_rng(seed) for seed in seeds]
    shells = np.rint(spectrum.squares).astype(int)
    names = [m for m in range(1, 7) if np.any(shells == m)]
    expected = second_order_of_box(spectrum, n, beta, t)
    changes = np.empty((len(seeds) * members, len(names)))
    for i in range(len(changes)):
        rng = draws[i // members]
        a = np.sqrt(0.5 * n) * (rng.normal(size=n.shape) + 1j * rng.normal(size=n.shape))
        change = np.zeros(n.shape)
        for sign in (-1.0, 1.0):
            u = evolve(spectrum.values(a, 4 * K + 1), [t], beta=beta, epsilon=sign * epsilon, rtol=1e-9).u
            change += 0.5 * (np.abs(spectrum.coefficients(u.values[0])) ** 2 - np.abs(a) ** 2)
        changes[i] = [change[shells == m].mean() / epsilon**2 for m in names]
    print(f"\n{len(changes)} solutions, beta = {beta:g}, |k_i| <= {K}, epsilon = {epsilon:g}, t = {t:g}")
    print(f"{'|k|^2':>6} {'solutions':>12} {'error':>9} {'second order':>13} {'distance/error':>15}")
    for m, mean, error in zip(
        names, changes.mean(axis=0), changes.std(axis=0, ddof=1) / math.sqrt(len(changes)), strict=True
    ):
        value = expected[shells == m].mean()
        print(f"{m:6d} {mean:12.5g} {error:9.2g} {value:13.5g} {(mean - value) / error:15.2f}")
    distance = changes.mean(axis=0) - [expected[shells == m].mean() for m in names]
    squared = distance @ np.linalg.solve(np.cov(changes.T) / len(changes), distance)
    print(f"chi^2 over {len(names)} shells: {squared:.1f}, p = {chi2.sf(squared, len(names)):.3f}")


def main(quick: bool = False) -> None:
    steps((16, 32) if quick else (32, 64, 128))
    pairs((6.0,) if quick else (15.5, 20.0, 24.0))
    window(8.0 if quick else 48.0)
    for beta in (0.1, 0.25, 0.5, 0.75):
        seeds = SEEDS if beta == 0.1 and not quick else SEEDS[:1]
        ensemble(beta, 1 if quick else 2, 4 if quick else 400, 0.05, 2.0, seeds)
    ensemble(0.1, 1 if quick else 2, 4 if quick else 400, 0.025, 2.0, SEEDS[:1])  # what epsilon leaves out


if __name__ == "__main__":
    main("--quick" in sys.argv)
