r"""How a density that does not depend on space relaxes: ``df/dt = Q(f, f)``.

Everything is measured on the asked-for grid, and once more on one that is finer and wider at the same time,
with a tighter tolerance in time: a grid that ends too early and one that is too coarse look alike, as growth.
Twice the differences are the errors, where the second grid has at most half of the first one's.  On a narrow
grid it has more: then the part of collisions beyond the cut-offs of both grids says how much, see `cut_off`.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.boltzmann.collision.exact_solution import bkw
from wellposed.kinetics.boltzmann.collision.operator import SUPPORT, check_grid, shared_operator
from wellposed.kinetics.boltzmann.evolution.cut_off import cut_off
from wellposed.kinetics.boltzmann.evolution.homogeneous import (
    DATA,
    FRACTIONS,
    bkw_amplitude,
    run,
)
from wellposed.kinetics.boltzmann.evolution.interpolation import interpolated
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.boltzmann.parameters import (
    ANGULAR_KERNEL,
    GRID_HALF_WIDTH,
    GRID_POINTS,
    VELOCITY_DIMENSION,
    integrable_power,
)
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point
from wellposed.kinetics.refine import ROUND_OFF

INVARIANTS = ("mass", "momentum", "energy")

_FINER, _WIDER = 1.25, 1.1  # points along each axis and half-width of the second grid
_RTOL = (1e-9, 1e-10)  # in time, on the two grids
_SAFETY = 2.0  # the second grid has at most half of the first one's error, but for what it cuts off as well
_TOLERATED = 0.02  # relative error of the density


def relaxation(
    d: int, gamma: float, angular: str, datum: str, duration: float, n: int, half_width: float
) -> dict[str, Any]:
    """Returns the relaxation of one datum; see `EXPERIMENT` for inputs and outputs.

    Raises
    ------
    Unresolved
        If the two grids differ by too much, or the solution takes too many steps.
    """
    widths = (half_width, _WIDER * half_width)
    asked, finer = (
        run(shared_operator(d, points, width, gamma, angular), datum, duration, rtol)
        for points, width, rtol in zip((n, _finer(n)), widths, _RTOL, strict=True)
    )
    missed = cut_off(datum, d, gamma, angular, widths)
    safety = _SAFETY + missed.left
    elsewhere = np.stack([interpolated(f, finer.operator, asked.operator) for f in finer.densities])
    largest = np.max(np.abs(elsewhere))
    difference = float(np.max(np.abs(asked.densities - elsewhere)) / largest)
    if not safety * difference <= _TOLERATED:
        beyond = asked.operator.speed > SUPPORT * half_width
        outside = float(np.sum(np.abs(asked.densities[0])[beyond]) / np.sum(np.abs(asked.densities[0])))
        raise Unresolved(
            f"Densities with n = {n}, half_width = {half_width:g} and n = {_finer(n)}, half_width = "
            f"{_WIDER * half_width:.3g} differ by {difference:.2g} of their largest value, and "
            f"{missed.left:.2g} times as much is cut off by both. At time zero {outside:.1g} of the mass is "
            f"beyond the radius {SUPPORT * half_width:.3g} that the half-width allows: raise half_width if "
            "that is much, and n in any case."
        )
    exact = math.nan
    if datum == "bkw" and gamma == 0.0:
        solution = [bkw(asked.operator.speed, t, d, angular, bkw_amplitude(d)) for t in duration * FRACTIONS]
        exact = float(np.max(np.abs(asked.densities - solution)) / np.max(solution))
    rates, finer_rates = np.array(asked.stress_rates), np.array(finer.stress_rates)
    # what both cut off is known for the rates themselves, so that two errors may not cancel unseen
    beyond = np.abs(finer_rates) * [_beyond(part) for part in (missed.of_rate, missed.of_later_rates)]
    rate_errors = np.maximum(
        safety * np.abs(rates - finer_rates), _SAFETY * np.abs(rates - finer_rates) + beyond
    )
    growth, finer_growth = (
        np.max(np.diff(one.entropy)) / (duration * FRACTIONS[1]) for one in (asked, finer)
    )
    found = {
        "stress_rate": (rates[0], rate_errors[0]),
        "stress_rate_at_end": (rates[1], rate_errors[1]),
        "stress": (asked.stress, safety * _largest_around(asked.stress - finer.stress)),
        "entropy": (asked.entropy, safety * _largest_around(asked.entropy - finer.entropy)),
        "entropy_growth": (growth, safety * abs(growth - finer_growth)),
    }
    outputs: dict[str, Any] = {}
    for name, (value, error) in found.items():
        outputs |= {name: value, f"{name}_error": error + ROUND_OFF * np.abs(value)}
    return outputs | {
        "conservation_defect": asked.defect,
        "drift": asked.drift,
        "resolution_error": safety * difference,
        "bkw_error": exact,
    }


def _largest_around(differences: Array) -> Array:
    """Returns the largest size of each difference and its neighbours in time, as it may change its sign."""
    padded = np.pad(np.abs(differences), 1)
    return np.asarray(np.max([padded[:-2], padded[1:-1], padded[2:]], axis=0))


def _beyond(part: float) -> float:
    """Returns what is missing of a whole over what is there, by the part of the whole that is missing."""
    return part / (1.0 - part) if part < 1.0 else math.inf


def _finer(n: int) -> int:
    return 2 * math.ceil(0.5 * _FINER * n)


def check(point: Point) -> None:
    """Refuse kernels and grids for which there is no collision operator."""
    d, n = int(point["d"]), int(point["n"])
    integrable_power(d).canonical(point["gamma"])
    check_grid(d, n)
    check_grid(d, _finer(n))


EXPERIMENT = Experiment(
    name="boltzmann.relaxation",
    summary="Relaxation of a density that does not depend on space, df/dt = Q(f, f)",
    source="X. Chen, S. Shen, Z. Zhang, Well/ill-posedness of the Boltzmann equation with soft potential, "
    "(1.1)-(1.4) without space",
    parameters=(
        VELOCITY_DIMENSION,
        replace(
            integrable_power(3),
            summary="exponent of the relative speed in the collision kernel (1.4), above -d",
        ),
        ANGULAR_KERNEL,
        Parameter(
            "datum",
            "exact solution for gamma = 0; Gaussian of two temperatures; two Gaussians side by side",
            "two_temperatures",
            kind="choice",
            choices=tuple(DATA),
        ),
        Parameter("duration", "time that is followed", 4.0, lower=0.0, lower_open=True, upper=100.0),
        GRID_POINTS,
        replace(GRID_HALF_WIDTH, default=8.0),
    ),
    outputs=(
        Output("stress_rate", "relaxation rate of the stress <v1^2 - v2^2> at the start", has_error=True),
        Output("stress_rate_at_end", "relaxation rate of the stress at the end", has_error=True),
        Output("stress", "stress <v1^2 - v2^2>", dims=("fraction",), has_error=True),
        Output("entropy", "integral of f log f where f > 0", dims=("fraction",), has_error=True),
        Output(
            "entropy_growth",
            "largest rate of change of the integral of f log f between two times",
            has_error=True,
        ),
        Output(
            "conservation_defect",
            "production by the operator before correction, over the rate of collisions",
            dims=("invariant",),
        ),
        Output("drift", "largest relative change of mass, momentum and energy after correction"),
        Output(
            "resolution_error", "error of the density, by a finer and wider grid, over the largest density"
        ),
        Output("bkw_error", "largest difference to the exact solution, over the largest density"),
    ),
    evaluate=relaxation,
    coordinates=(
        Coordinate("fraction", "time over duration", FRACTIONS),
        Coordinate("invariant", "what collisions conserve", np.array(INVARIANTS)),
    ),
    version=2,
    points_per_block=1,
    check=check,
)
