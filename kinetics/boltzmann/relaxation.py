r"""How a density that does not depend on space relaxes: ``df/dt = Q(f, f)``.

Three data of unit mass, without momentum: the exact solution of Bobylev, Krook and Wu; a Gaussian of
temperatures 3/2 along the first axis and 1/2 along the second (3/4 along the second and third in three
dimensions); two Gaussians of unit temperature at ``v_1 = 1`` and ``-1``.

Everything is measured on the asked-for grid, and once more on one that is finer and wider at the same time,
with a tighter tolerance in time: a grid that ends too early and one that is too coarse look alike, as growth.
Twice the differences are the errors, because the second grid has at most half of the first one's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import DOP853

from wellposed.errors import Unresolved
from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.collision.operator import (
    ANGULAR,
    DIMENSION,
    SUPPORT,
    check_grid,
    kernel_exponent,
)
from wellposed.kinetics.boltzmann.exact_solution import bkw
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point

Array = NDArray[np.float64]

FRACTIONS = np.linspace(0.0, 1.0, 9)
"""Times that the solution is looked at, over the duration."""

INVARIANTS = ("mass", "momentum", "energy")

_FINER, _WIDER = 1.25, 1.1  # points along each axis and half-width of the second grid
_RTOL = (1e-9, 1e-10)  # in time, on the two grids
_MAX_STEPS = 2000
_SAFETY = 2.0  # the second grid has at most half of the first one's error
_TOLERATED = 0.02  # relative error of the density
_ABOVE_POSITIVE = 0.1  # of K(0) above the least with which the exact solution is not negative


def _bkw(operator: CollisionOperator) -> Array:
    return bkw(operator.speed, 0.0, operator.d, operator.angular, _amplitude(operator.d))


def _two_temperatures(operator: CollisionOperator) -> Array:
    temperatures = (1.5, 0.5) if operator.d == 2 else (1.5, 0.75, 0.75)
    return _product(operator, [np.exp(-0.5 * operator.velocity**2 / T) / math.sqrt(T) for T in temperatures])


def _two_streams(operator: CollisionOperator) -> Array:
    v = operator.velocity
    along = 0.5 * (np.exp(-0.5 * (v - 1.0) ** 2) + np.exp(-0.5 * (v + 1.0) ** 2))
    return _product(operator, [along] + [np.exp(-0.5 * v * v)] * (operator.d - 1))


def _product(operator: CollisionOperator, factors: list[Array]) -> Array:
    product: Array = np.array((2.0 * math.pi) ** (-0.5 * operator.d))
    for factor in factors:
        product = np.multiply.outer(product, factor)
    return product


_DATA: dict[str, Callable[[CollisionOperator], Array]] = {
    "bkw": _bkw,
    "two_temperatures": _two_temperatures,
    "two_streams": _two_streams,
}


def _amplitude(d: int) -> float:
    """``1 - K(0)`` of the exact solution: at the largest, the logarithm in the entropy would be singular."""
    return 2.0 / (d + 2.0) - _ABOVE_POSITIVE


_operator = lru_cache(maxsize=4)(CollisionOperator)


@dataclass(frozen=True)
class _Run:
    """One grid's solution, (n_times, n, ..., n), and what is measured of it."""

    operator: CollisionOperator
    densities: Array
    stress: Array
    entropy: Array
    stress_rates: tuple[float, float]
    defect: Array
    drift: float


def relaxation(
    d: int, gamma: float, angular: str, datum: str, duration: float, n: int, half_width: float
) -> dict[str, Any]:
    """The relaxation of one datum; see `EXPERIMENT` for inputs and outputs."""
    run, finer = (
        _run(_operator(d, points, width, gamma, angular), datum, duration, rtol)
        for points, width, rtol in zip((n, _finer(n)), (half_width, _WIDER * half_width), _RTOL, strict=True)
    )
    elsewhere = np.stack([_interpolated(f, finer.operator, run.operator) for f in finer.densities])
    largest = np.max(np.abs(elsewhere))
    difference = float(np.max(np.abs(run.densities - elsewhere)) / largest)
    if not _SAFETY * difference <= _TOLERATED:
        beyond = run.operator.speed > SUPPORT * half_width
        outside = float(np.sum(np.abs(run.densities[0])[beyond]) / np.sum(np.abs(run.densities[0])))
        raise Unresolved(
            f"Densities with n = {n}, half_width = {half_width:g} and n = {_finer(n)}, half_width = "
            f"{_WIDER * half_width:.3g} differ by {difference:.2g} of their largest value. At time zero "
            f"{outside:.1g} of the mass is beyond the radius {SUPPORT * half_width:.3g} that the half-width "
            "allows: raise half_width if that is much, and n in any case."
        )
    exact = math.nan
    if datum == "bkw" and gamma == 0.0:
        solution = [bkw(run.operator.speed, t, d, angular, _amplitude(d)) for t in duration * FRACTIONS]
        exact = float(np.max(np.abs(run.densities - solution)) / np.max(solution))
    rates, finer_rates = np.array(run.stress_rates), np.array(finer.stress_rates)
    rate_errors = _SAFETY * np.abs(rates - finer_rates)
    growth, finer_growth = (np.max(np.diff(one.entropy)) / (duration * FRACTIONS[1]) for one in (run, finer))
    return {
        "stress_rate": rates[0],
        "stress_rate_error": rate_errors[0],
        "stress_rate_at_end": rates[1],
        "stress_rate_at_end_error": rate_errors[1],
        "stress": run.stress,
        "stress_error": _SAFETY * np.abs(run.stress - finer.stress),
        "entropy": run.entropy,
        "entropy_error": _SAFETY * np.abs(run.entropy - finer.entropy),
        "entropy_growth": growth,
        "entropy_growth_error": _SAFETY * abs(growth - finer_growth),
        "conservation_defect": run.defect,
        "drift": run.drift,
        "resolution_error": _SAFETY * difference,
        "bkw_error": exact,
    }


def _finer(n: int) -> int:
    return 2 * math.ceil(0.5 * _FINER * n)


def _run(operator: CollisionOperator, datum: str, duration: float, rtol: float) -> _Run:
    start = _DATA[datum](operator)
    densities = _solution(operator, start, duration, rtol)
    moments = operator.moments(densities)
    scale = np.array(
        [moments[0, 0], *[math.sqrt(moments[0, 0] * moments[0, -1])] * operator.d, moments[0, -1]]
    )

    squares = np.meshgrid(*[operator.velocity**2] * operator.d, indexing="ij")
    anisotropy = squares[0] - squares[1]
    cell = (2.0 * operator.half_width / operator.n) ** operator.d
    axes = tuple(range(1, operator.d + 1))
    stress = cell * np.sum(densities * anisotropy, axis=axes)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = cell * np.sum(np.where(densities > 0.0, densities * np.log(densities), 0.0), axis=axes)

    # a radial datum has no stress but round-off
    rates = [math.nan, math.nan]
    if datum != "bkw":
        ends = densities[[0, -1]]
        change = cell * np.sum(operator(ends) * anisotropy, axis=axes)
        rates = (-change / stress[[0, -1]]).tolist()

    losses = operator.loss(densities)
    made = np.abs(operator.moments(operator.uncorrected(densities))) / scale
    defects = np.max(made / (operator.moments(losses)[:, :1] / scale[0]), axis=0)
    return _Run(
        operator,
        densities,
        stress,
        entropy,
        (rates[0], rates[1]),
        np.array([defects[0], np.max(defects[1:-1]), defects[-1]]),
        float(np.max(np.abs(moments - moments[0]) / scale)),
    )


def _solution(operator: CollisionOperator, start: Array, duration: float, rtol: float) -> Array:
    """Densities at `FRACTIONS` of the duration, by Dormand and Prince's method of order 8.

    Raises
    ------
    Unresolved
        If it takes too many steps.
    """
    shape = start.shape

    def rate(_: float, f: Array) -> Array:
        return operator(f.reshape(shape)).ravel()

    times = duration * FRACTIONS
    densities = np.empty((times.size, *shape))
    densities[0] = start
    # one scale for all: components in the tail are below the error of the largest
    solver = DOP853(rate, 0.0, start.ravel(), duration, rtol=rtol, atol=rtol * float(np.max(start)))
    for _ in range(_MAX_STEPS):
        solver.step()
        if solver.status == "failed":
            break
        inside = (times > solver.t_old) & (times <= solver.t)
        if np.any(inside):
            at = solver.dense_output()
            densities[inside] = [at(t).reshape(shape) for t in times[inside]]
        if solver.status == "finished":
            return densities
    raise Unresolved(
        f"Time {solver.t:.3g} of {duration:g} was reached in {_MAX_STEPS} steps: shorten the duration, or "
        "raise n and half_width if the density grew."
    )


def _interpolated(f: Array, from_: CollisionOperator, to: CollisionOperator) -> Array:
    """The trigonometric polynomial of `f` on the grid of another operator, which lies inside."""
    k = np.arange(1 - from_.n // 2, from_.n // 2)
    step = np.exp(1j * math.pi * np.outer(from_.velocity, k) / from_.half_width).conj() / from_.n
    onto = np.exp(1j * math.pi * np.outer(to.velocity, k) / from_.half_width)
    transfer = (onto @ step.T).real
    for axis in range(f.ndim):
        f = np.moveaxis(np.tensordot(transfer, f, axes=(1, axis)), 0, axis)
    return f


def _check(point: Point) -> None:
    d, n = int(point["d"]), int(point["n"])
    kernel_exponent(d).canonical(point["gamma"])
    check_grid(d, n)
    check_grid(d, _finer(n))


EXPERIMENT = Experiment(
    name="boltzmann.relaxation",
    summary="Relaxation of a density that does not depend on space, df/dt = Q(f, f)",
    source="X. Chen, S. Shen, Z. Zhang, Well/ill-posedness of the Boltzmann equation with soft potential, "
    "(1.1)-(1.4) without space",
    parameters=(
        DIMENSION,
        Parameter(
            "gamma",
            "exponent of the relative speed in the collision kernel (1.4), above -d",
            0.0,
            lower=-3.0,
            lower_open=True,
            upper=1.0,
        ),
        ANGULAR,
        Parameter(
            "datum",
            "exact solution for gamma = 0; Gaussian of two temperatures; two Gaussians side by side",
            "two_temperatures",
            kind="choice",
            choices=tuple(_DATA),
        ),
        Parameter("duration", "time that is followed", 4.0, lower=0.0, lower_open=True, upper=100.0),
        Parameter("n", "points of the velocity grid along each axis, even", 32, kind="int", lower=8),
        Parameter("half_width", "half of the velocity grid's side", 8.0, lower=0.0, lower_open=True),
    ),
    outputs=(
        Output("stress_rate", "relaxation rate of the stress <v1^2 - v2^2> at the start"),
        Output("stress_rate_error", "error of the relaxation rate at the start"),
        Output("stress_rate_at_end", "relaxation rate of the stress at the end"),
        Output("stress_rate_at_end_error", "error of the relaxation rate at the end"),
        Output("stress", "stress <v1^2 - v2^2>", dims=("fraction",)),
        Output("stress_error", "error of the stress", dims=("fraction",)),
        Output("entropy", "integral of f log f where f > 0", dims=("fraction",)),
        Output("entropy_error", "error of the entropy", dims=("fraction",)),
        Output("entropy_growth", "largest rate of change of the integral of f log f between two times"),
        Output("entropy_growth_error", "error of the largest rate of change"),
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
    points_per_block=1,
    check=_check,
)
