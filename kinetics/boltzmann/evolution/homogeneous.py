r"""A density that does not depend on space, ``df/dt = Q(f, f)``, and what is measured of it on one grid.

Three data of unit mass, without momentum: the exact solution of Bobylev, Krook and Wu; a Gaussian of
temperatures 3/2 along the first axis and 1/2 along the second (3/4 along the second and third in three
dimensions); two Gaussians of unit temperature at ``v_1 = 1`` and ``-1``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.collision.exact_solution import bkw
from wellposed.kinetics.boltzmann.evolution.entropy import cell, entropy
from wellposed.kinetics.boltzmann.evolution.integration import integrate
from wellposed.kinetics.boltzmann.norms.cutoff import Array

FRACTIONS = np.linspace(0.0, 1.0, 9)
"""Times that the solution is looked at, over the duration."""

_MAX_STEPS = 2000
_ABOVE_POSITIVE = 0.1  # of K(0) above the least with which the exact solution is not negative


def _bkw(velocity: Array, d: int, angular: str) -> Array:
    axes = np.meshgrid(*[velocity] * d, indexing="ij", sparse=True)
    return bkw(np.sqrt(sum(axis**2 for axis in axes)), 0.0, d, angular, bkw_amplitude(d))


def _two_temperatures(velocity: Array, d: int, angular: str) -> Array:
    temperatures = (1.5, 0.5) if d == 2 else (1.5, 0.75, 0.75)
    return _product([np.exp(-0.5 * velocity**2 / T) / math.sqrt(T) for T in temperatures])


def _two_streams(velocity: Array, d: int, angular: str) -> Array:
    v = velocity
    along = 0.5 * (np.exp(-0.5 * (v - 1.0) ** 2) + np.exp(-0.5 * (v + 1.0) ** 2))
    return _product([along] + [np.exp(-0.5 * v * v)] * (d - 1))


def _product(factors: list[Array]) -> Array:
    product: Array = np.array((2.0 * math.pi) ** (-0.5 * len(factors)))
    for factor in factors:
        product = np.multiply.outer(product, factor)
    return product


DATA: dict[str, Callable[[Array, int, str], Array]] = {
    "bkw": _bkw,
    "two_temperatures": _two_temperatures,
    "two_streams": _two_streams,
}
"""The density at time 0 of each datum, by points along each axis, dimension and angular kernel."""


def bkw_amplitude(d: int) -> float:
    """Returns ``1 - K(0)`` of the exact solution: at the largest, log f in the entropy would be singular."""
    return 2.0 / (d + 2.0) - _ABOVE_POSITIVE


@dataclass(frozen=True)
class HomogeneousRun:
    """The solution on one grid, and what is measured of it.

    Attributes
    ----------
    operator : CollisionOperator
    densities : (9, n, ..., n) float
        At `FRACTIONS` of the duration.
    stress, entropy : (9,) float
        ``<v_1^2 - v_2^2>``, and the integral of ``f log f`` where ``f > 0``.
    stress_rates : (float, float)
        At which the stress decays, over itself, at the start and at the end; NaN for a radial datum.
    defect : (3,) float
        Mass, momentum and energy that the operator produces before correction, over the rate of collisions.
    drift : float
        The largest relative change of mass, momentum and energy.
    """

    operator: CollisionOperator
    densities: Array
    stress: Array
    entropy: Array
    stress_rates: tuple[float, float]
    defect: Array
    drift: float


def run(operator: CollisionOperator, datum: str, duration: float, rtol: float) -> HomogeneousRun:
    """Returns the solution from a datum on, with a relative tolerance in time.

    Raises
    ------
    Unresolved
        If it takes too many steps.
    """
    start = DATA[datum](operator.velocity, operator.d, operator.angular)
    solution = integrate(operator, start, duration * FRACTIONS, rtol=rtol, max_steps=_MAX_STEPS)
    if solution.outcome != "completed":
        raise Unresolved(
            f"Time {solution.reached:.3g} of {duration:g} was reached in {solution.steps} steps: shorten the "
            "duration, or raise n and half_width if the density grew."
        )
    densities = solution.densities
    moments = operator.moments(densities)
    scale = np.array(
        [moments[0, 0], *[math.sqrt(moments[0, 0] * moments[0, -1])] * operator.d, moments[0, -1]]
    )

    squares = np.meshgrid(*[operator.velocity**2] * operator.d, indexing="ij")
    anisotropy = squares[0] - squares[1]
    axes = tuple(range(1, operator.d + 1))
    stress = cell(operator) * np.sum(densities * anisotropy, axis=axes)

    # a radial datum has no stress but round-off
    rates = [math.nan, math.nan]
    if datum != "bkw":
        ends = densities[[0, -1]]
        change = cell(operator) * np.sum(operator(ends) * anisotropy, axis=axes)
        rates = (-change / stress[[0, -1]]).tolist()

    losses = operator.loss(densities)
    made = np.abs(operator.moments(operator.uncorrected(densities))) / scale
    defects = np.max(made / (operator.moments(losses)[:, :1] / scale[0]), axis=0)
    return HomogeneousRun(
        operator,
        densities,
        stress,
        entropy(operator, densities),
        (rates[0], rates[1]),
        np.array([defects[0], np.max(defects[1:-1]), defects[-1]]),
        float(np.max(np.abs(moments - moments[0]) / scale)),
    )
