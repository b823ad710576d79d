"""Cost of the dielectric function, and of one right-hand side of the radial equation.

Run with ``python benchmarks/lenard_balescu.py``, or with ``--quick`` to see whether it runs.  The first table
has the nanoseconds of one value of ``epsilon`` at the Maxwellian, by this project's response function in a
loop, by ``scipy.special.wofz`` on an array, and by PlasmaPy where that is installed, with the error of each
against 30 digits.  The second has the milliseconds of one right-hand side of the radial Galerkin form (1.11),
(1.18) against the number of Laguerre coefficients and against hbar, and of a trajectory.  Ratios are of times
measured in this one run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
from numba import njit
from scipy.special import wofz

from wellposed.kinetics.lenard_balescu import algebraic, evolve
from wellposed.kinetics.lenard_balescu.collision_operator.weak_form import RadialRates
from wellposed.kinetics.lenard_balescu.dielectric_function.response import dielectric_value
from wellposed.kinetics.lenard_balescu.distributions.data import mixture
from wellposed.kinetics.lenard_balescu.interaction.normalisation import time_unit

POINTS = 20_000
V = 0.5


@njit
def loop(w: np.ndarray, a: float, values: np.ndarray) -> None:
    for i in range(w.size):
        values[i] = dielectric_value(V, w[i], a)


def by_wofz(w: np.ndarray, a: float) -> np.ndarray:
    """With the difference quotient as it stands; for a = 0 the derivative ``1 - w R``."""

    def response(x: np.ndarray) -> np.ndarray:
        return 1j * np.sqrt(0.5 * np.pi) * np.conj(wofz(x / np.sqrt(2.0)))

    if a == 0.0:
        return 1.0 + V * (1.0 - w * response(w))
    return 1.0 + V * (response(w + a) - response(w)) / a


def exact(w: float, a: float) -> complex:
    import mpmath as mp

    with mp.workdps(50):

        def response(x: mp.mpf) -> mp.mpc:
            return mp.sqrt(mp.pi / 2) * mp.exp(-x * x / 2) * (mp.erfi(x / mp.sqrt(2)) + 1j)

        x, step = mp.mpf(w), mp.mpf(a)
        slope = (response(x + step) - response(x)) / step if a else 1 - x * response(x)
        return complex(1 + mp.mpf(V) * slope)


def seconds(function: Callable[[], object], repeats: int = 7) -> float:
    """The best of several calls, in processor time, because other processes only ever add."""
    function()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def dielectric_cost() -> None:
    w = np.linspace(-6.0, 6.0, POINTS)
    values = np.empty(POINTS, dtype=np.complex128)
    checked = range(0, POINTS, 401)
    print("one value of epsilon at the Maxwellian, velocities from -6 to 6")
    print(f"{'hbar k':>8}  {'method':<10} {'error':>8} {'time':>9} {'ratio':>7}")
    for a in (0.0, 1e-6, 0.1, 1.0):
        expected = np.array([exact(float(w[i]), a) for i in checked])
        base = seconds(lambda a=a: loop(w, a, values))  # type: ignore[misc]
        methods = [("wellposed", base, values.copy())]
        methods.append(("wofz", seconds(lambda a=a: by_wofz(w, a)), by_wofz(w, a)))  # type: ignore[misc]
        for name, spent, found in methods:
            error = np.max(np.abs(found[list(checked)] - expected))
            print(f"{a:8g}  {name:<10} {error:8.0e} {1e9 * spent / POINTS:6.1f} ns {spent / base:7.2f}")
    plasmapy_cost(w, seconds(lambda: loop(w, 0.0, values)))


def plasmapy_cost(w: np.ndarray, base: float) -> None:
    """PlasmaPy's plasma dispersion function Z' is -2 R' of the argument over sqrt(2), classical only."""
    try:
        from plasmapy.dispersion import plasma_dispersion_func_deriv as derivative
    except ImportError:
        print("PlasmaPy is not installed")
        return
    argument = w / np.sqrt(2.0) + 0j
    spent = seconds(lambda: 1.0 - 0.5 * V * np.conj(derivative(argument)))
    print(f"{0.0:8g}  {'PlasmaPy':<10} {'':>8} {1e9 * spent / POINTS:6.1f} ns {spent / base:7.2f}")


def right_hand_side_cost(quick: bool) -> None:
    potential = algebraic(0.5, 10.0)
    hbars = (0.0, 1.0, 0.1, 1e-2, 1e-3)
    print("one right-hand side, d = 3, V = 0.5 (1 + k^2)^(-10/4), milliseconds")
    print(f"{'n':>4} " + " ".join(f"{f'hbar={hbar:g}':>11}" for hbar in hbars))
    for n in (12,) if quick else (12, 24, 36, 48):
        start = mixture(n)
        row = []
        for hbar in hbars:
            rates = RadialRates(n, 3, hbar, potential)
            row.append(min(seconds(lambda rates=rates, start=start: rates(start)) for _ in range(5)))  # type: ignore[misc]
        print(f"{n:4d} " + " ".join(f"{1e3 * spent:11.3f}" for spent in row))
    if quick:
        return
    times = np.array([0.2, 1.0, 5.0]) / time_unit(3, potential)
    for hbar in (0.0, 0.5):
        spent = seconds(lambda hbar=hbar: evolve(mixture(28), times, d=3, hbar=hbar, potential=potential), 2)  # type: ignore[misc]
        print(f"trajectory to tau = 5 with its error estimate, hbar = {hbar:g}: {spent:.2f} s")


def main(quick: bool = False) -> None:
    dielectric_cost()
    print()
    right_hand_side_cost(quick)


if __name__ == "__main__":
    main("--quick" in sys.argv)
