"""Cost of one value of the collision operator, alone and beside general-purpose cubature.

Run with ``python benchmarks/collision.py``, or with ``--quick`` to see whether it runs.  The first table has
the microseconds that one part and the full operator [arXiv:2411.12868, (3.2)-(3.4)] of ``<omega>^(-M/2)``
take, at one frequency and with the error estimate.  In the second, other methods evaluate the gain operator
at the same accuracy; the reference is this project's finest level.  Ratios are of times measured in this one
run.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from scipy.integrate import cubature, dblquad

from wellposed.kinetics.wave import bracket, collision
from wellposed.kinetics.wave.collision import NORMALISATIONS, Evaluator

BETA, M = 0.4, 8.0
RTOL = 1e-10


def gain(w1: float, w3: np.ndarray, w4: np.ndarray) -> np.ndarray:
    """The integrand of (3.2), gain alone, where w2 >= 0."""
    w2 = np.maximum(w3 + w4 - w1, 0.0)
    n1, n2, n3, n4 = ((1.0 + w * w) ** (-M / 4.0) for w in (w1, w2, w3, w4))
    powers = (w2 * w3 * w4) ** BETA * np.sqrt(np.minimum(w1, np.minimum(w2, w3)))
    return NORMALISATIONS["paper"] * w1 ** (BETA - 0.5) * powers * (n2 * n3 * n4 + n1 * n3 * n4)


def by_dblquad(w1: float) -> float:
    """One call per region, on which the integrand is smooth, infinite limits as they are."""

    def region(a: float, b: float, low: Callable[[float], float], high: Callable[[float], float]) -> float:
        return float(dblquad(lambda w4, w3: gain(w1, w3, w4), a, b, low, high, epsabs=0.0, epsrel=RTOL)[0])

    return (
        region(0.0, w1 / 2.0, lambda w3: w1 - w3, lambda w3: w1)
        + region(w1 / 2.0, w1, lambda w3: w3, lambda w3: w1)
        + region(0.0, w1, lambda w3: w1, lambda w3: math.inf)
        + region(w1, math.inf, lambda w3: w3, lambda w3: math.inf)
    )


def by_cubature(w1: float) -> float:
    """Vectorised, each region mapped to a rectangle."""

    def region(w3_w4: Callable[[np.ndarray], tuple], a: list[float], b: list[float]) -> float:
        def integrand(x: np.ndarray) -> np.ndarray:
            w3, w4, jacobian = w3_w4(x)
            return gain(w1, w3, w4) * jacobian

        result = cubature(integrand, a, b, rule="gk21", rtol=RTOL, atol=0.0, max_subdivisions=20_000)
        return float(result.estimate)

    half = 0.5 * w1
    return (
        region(lambda x: (half * x[:, 0], w1 - half * x[:, 0] * x[:, 1], half**2 * x[:, 0]), [0, 0], [1, 1])
        + region(
            lambda x: (
                half * (1 + x[:, 0]),
                w1 - half * (1 - x[:, 0]) * x[:, 1],
                half**2 * (1 - x[:, 0]),
            ),
            [0, 0],
            [1, 1],
        )
        + region(lambda x: (x[:, 0], w1 + x[:, 1], 1.0), [0, 0], [w1, math.inf])
        + region(lambda x: (w1 + x[:, 0], w1 + x[:, 0] + x[:, 1], 1.0), [0, 0], [math.inf, math.inf])
    )


def seconds(function: Callable[[], object], at_least: float = 0.5) -> float:
    """Mean time of a call, over as many calls as fill `at_least` seconds."""
    calls, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < at_least:
        function()
        calls += 1
    return spent / calls


def cost(frequencies: Sequence[float]) -> None:
    """Prints the best of several means, because other processes only ever add."""
    print(f"microseconds per value of <omega>^(-{M:g}/2), beta = {BETA:g}, relative accuracy {RTOL:g}")
    print(f"{'omega':>8} {'part 234':>10} {'full':>10}")
    for w1 in frequencies:
        times = []
        for part in ("234", None):
            value = partial(Evaluator(BETA, bracket(M), part=part), w1, RTOL)
            value()
            times.append(min(seconds(value, 0.05) for _ in range(5)))
        print(f"{w1:8g} {1e6 * times[0]:10.0f} {1e6 * times[1]:10.0f}")


def against_others(frequencies: Sequence[float]) -> None:
    """Prints times and errors of the gain operator by this project, `cubature` and `dblquad`."""
    datum = bracket(M)
    print(f"gain operator of <omega>^(-{M:g}/2), beta = {BETA:g}, asked for a relative accuracy of {RTOL:g}")
    print(f"{'omega':>8}  {'method':<14} {'error':>8} {'time':>10} {'ratio':>8}")
    for w1 in frequencies:
        evaluator = Evaluator(BETA, datum, "gain")
        exact = evaluator.level(w1, 3)[0] * math.exp(evaluator.log_density(w1)) * NORMALISATIONS["paper"]

        def ours(w1: float = w1) -> float:
            return float(collision(w1, beta=BETA, datum=datum, operator="gain", rtol=RTOL))

        ours()
        base = seconds(ours)
        for name, method in (("wellposed", ours), ("cubature", by_cubature), ("dblquad", by_dblquad)):
            start = time.perf_counter()
            value = method(w1)
            spent = base if method is ours else time.perf_counter() - start
            error = abs(value / exact - 1.0)
            print(f"{w1:8g}  {name:<14} {error:8.0e} {1e3 * spent:7.2f} ms {spent / base:8.0f}")


def main(quick: bool = False) -> None:
    cost((1.0,) if quick else (1e-3, *(10.0**exponent for exponent in range(-2, 9))))
    print()
    against_others((0.01,) if quick else (0.01, 1.0, 30.0, 1e3))


if __name__ == "__main__":
    main("--quick" in sys.argv)
