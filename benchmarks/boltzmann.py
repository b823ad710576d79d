"""Cost and accuracy of the Boltzmann collision operator against its size, with two radial rules.

Run with ``python benchmarks/boltzmann.py``, or with ``--quick`` to see whether it runs.  Kernel |cos theta|,
one core, all times from this one run.  With Maxwell molecules the operator is compared with the rate of
change of Bobylev, Krook and Wu's solution, relative to its largest value; for gamma = -1/2 the gain of a
Maxwellian, at rest, with the closed form.  The Gauss-Legendre rule has as many nodes as the Gauss-Jacobi
rule, hence the same cost: for gamma = 0 the weight is a polynomial and it is as good, otherwise not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.special import gamma as gamma_function

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann import CollisionOperator, bkw
from wellposed.kinetics.boltzmann.collision import tables
from wellposed.kinetics.boltzmann.collision.exact_solution import bkw_rate
from wellposed.kinetics.quadrature import gauss_legendre

SIZES = (
    (2, 16, 6.0),
    (2, 24, 6.5),
    (2, 32, 7.0),
    (2, 32, 9.0),
    (2, 48, 8.0),
    (2, 64, 9.0),
    (2, 96, 11.0),
    (3, 16, 6.0),
    (3, 24, 6.5),
    (3, 32, 7.0),
)
"""Dimension, points along each axis and half-width."""

SOFT = -0.5


def seconds(function: Callable[[], object], at_least: float = 0.5) -> float:
    """Shortest processor time of a call, of at least three."""
    best, calls, start = float("inf"), 0, time.perf_counter()
    while calls < 3 or time.perf_counter() - start < at_least:
        before = time.process_time()
        function()
        best = min(best, time.process_time() - before)
        calls += 1
    return best


def legendre_rule(d: int, n: int, gamma: float) -> tuple[np.ndarray, np.ndarray]:
    """As many nodes as Gauss-Jacobi, with ``t^(d - 1 + gamma)`` in the integrand."""
    t, w = gauss_legendre(tables.radial_nodes(d, n))
    return t, w * t ** (d - 1.0 + gamma)


def bkw_error(collide: CollisionOperator) -> float:
    t = 1.0 if collide.d == 2 else 1.5
    exact = bkw_rate(collide.speed, t, collide.d)
    return float(np.max(np.abs(collide(bkw(collide.speed, t, collide.d)) - exact)) / np.max(np.abs(exact)))


def soft_error(collide: CollisionOperator) -> float:
    d = collide.d
    f = (2.0 * np.pi) ** (-0.5 * d) * np.exp(-0.5 * collide.speed**2)
    exact = 2.0 ** (0.5 * SOFT) * gamma_function(0.5 * (d + SOFT)) / gamma_function(0.5 * d)
    at_rest = (collide.n // 2,) * d
    return float(abs(collide.gain(f)[at_rest] / (exact * f[at_rest]) - 1.0))


def main(quick: bool = False) -> None:
    CollisionOperator(2, 8, 1.0, 0.0)(np.ones((8, 8)))  # compiles
    print("                 table   built                    error, gamma = 0    error, gamma = -1/2")
    print("d    n     L        MB       s   apply ms  nodes    Jacobi  Legendre    Jacobi  Legendre")
    for d, n, half_width in SIZES[:1] if quick else SIZES:
        start = time.process_time()
        collide = CollisionOperator(d, n, half_width, 0.0)
        built = time.process_time() - start
        f = bkw(collide.speed, 1.5, d)
        apply = seconds(lambda collide=collide, f=f: collide(f))
        errors = [
            error(CollisionOperator(d, n, half_width, gamma, radial_rule=rule))
            for gamma, error in ((0.0, bkw_error), (SOFT, soft_error))
            for rule in (None, legendre_rule(d, n, gamma))
        ]
        table = tables.table_bytes(d, n) / 1e6
        print(
            f"{d} {n:4} {half_width:5g} {table:9.2f} {built:7.2f} {1e3 * apply:10.2f} "
            f"{tables.radial_nodes(d, n):6} " + " ".join(f"{error:9.0e}" for error in errors)
        )

    print()
    print("memory of larger tables")
    for d, n in ((2, 128), (2, 256), (3, 48), (3, 64)):
        print(f"{d} {n:4} {tables.table_bytes(d, n) / 1e9:8.3f} GB")
    for d, n in ((2, 512), (3, 72)):
        try:
            CollisionOperator(d, n, 10.0, 0.0)
        except ParameterError as error:
            print(f"{d} {n:4} refused: {error}")


if __name__ == "__main__":
    main("--quick" in sys.argv)
