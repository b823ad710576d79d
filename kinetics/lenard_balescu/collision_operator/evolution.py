r"""Radial solutions of the quantum and of the classical Lenard-Balescu equation.

    dF/dt = Q_hbar(F)    (1.10), (1.17),    F = M(v) sum_n c_n(t) L_n^(d/2-1)(|v|^2/2),

by the weak form of `weak_form`, in the published normalisation ``c_d = 2/(2 pi)^d`` (``c_d/2`` classically,
which is the limit).  The physical constant is pi times that: a change of the unit of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.arguments import coefficients_of, real_array
from wellposed.kinetics.lenard_balescu.collision_operator.weak_form import NODES, RadialRates
from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import laguerre_marginal
from wellposed.kinetics.lenard_balescu.dielectric_function.penrose_condition import refuse_unstable
from wellposed.kinetics.lenard_balescu.distributions.data import entropy, refuse_negative, smallest_value
from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre_norms
from wellposed.kinetics.lenard_balescu.interaction.normalisation import time_unit
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, HBAR
from wellposed.kinetics.refine import refined

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_FEWEST, _MOST = 36, 84  # Laguerre coefficients
_RESOLVED = 1e-6  # what two successive bases may differ by, in L^2(1/M)
_QUADRATURE = 1e-8  # relative error of the quadrature in the rates at the start
_ROUND_OFF = 1e-12  # of the rates, where gain and loss cancel
_RTOL, _ATOL = 1e-10, 1e-13  # of the integrator


@dataclass(frozen=True)
class RadialRun:
    """A solution at given times: its coefficients, (n_times, n), and the least |epsilon|, (n_times,)."""

    coefficients: Array
    smallest_epsilon: Array


def evolve(
    coefficients: ArrayLike,
    times: ArrayLike,
    *,
    d: int,
    hbar: float,
    potential: Potential,
    screened: bool = True,
) -> xr.Dataset:
    """Returns the solution from a radial datum.

    Parameters
    ----------
    coefficients : (n,) array_like
        Laguerre coefficients of the datum, of mass one: ``c_0 = 1``.
    times : (n_times,) array_like
        Ascending, not negative, in the equation's own unit; the coordinate ``tau`` of the result is
        ``A00 t``, `A00` its attribute, which is of order one when something has happened.
    d : int
        2 to 5.
    hbar : float
        0 for the classical equation.
    potential : Potential
    screened : bool
        Whether the interaction is divided by the dielectric function.

    Returns
    -------
    xarray.Dataset
        Over ``time``: ``coefficients`` (time, n), the first n of as many as it takes, with
        ``coefficients_error``; ``mass``, ``energy`` (of the thermal one), ``entropy``, ``distance`` (the
        norm of F/M - 1 in L^2(M)), ``smallest_value`` (of F, over its maximum) and ``smallest_epsilon``.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or the datum is negative.
    Unresolved
        If the classical operator does not exist, the datum is unstable (Penrose), ``|epsilon|`` nearly
        vanishes later, or some 84 coefficients are too few.

    Notes
    -----
    Mass and energy are conserved exactly.  The error is the difference from the solution with twelve
    coefficients fewer, and that of the quadrature.
    """
    c = coefficients_of(coefficients, "coefficients")
    d, hbar = int(DIMENSION.canonical(d)), float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    t = real_array(times, "times")
    if t.ndim != 1 or t.size == 0 or not np.all(np.isfinite(t)) or t[0] < 0.0 or np.any(np.diff(t) <= 0.0):
        raise ParameterError(
            "Argument `times` must be finite, ascending and not negative, of shape (n_times,), "
            f"but is {np.array2string(t, threshold=8)}."
        )
    refuse_negative(c, d, "coefficients")
    if screened:
        refuse_unstable(laguerre_marginal(c), hbar, potential)
    fine, error = _resolved(c, t, d, hbar, potential, screened)
    return _dataset(fine, error, c.size, t, d, hbar, potential)


def run(c: Array, times: Array, rates: RadialRates) -> RadialRun:
    """Returns the solution at one discretisation, from at most as many coefficients as it has.

    Raises
    ------
    Unresolved
        If ``|epsilon|`` nearly vanishes, or the integrator gives up.
    """
    start = np.zeros(rates.n)
    start[: c.size] = c
    # the integrator's unit of time is the last time, so that its first step does not depend on units
    last = float(times[-1])
    states = np.tile(start, (times.size, 1))
    if last > 0.0:
        solution = scipy.integrate.solve_ivp(
            lambda _, state: last * rates(state),
            (0.0, 1.0),
            start,
            method="LSODA",
            t_eval=times / last,
            rtol=_RTOL,
            atol=_ATOL,
        )
        if not solution.success:
            raise Unresolved(f"The integrator gave up: {solution.message} Shorten the run.")
        states = solution.y.T
    smallest = np.empty(times.size)
    for i, state in enumerate(states):
        rates(state)
        smallest[i] = rates.smallest
    return RadialRun(states, smallest)


def _resolved(
    c: Array, times: Array, d: int, hbar: float, potential: Potential, screened: bool
) -> tuple[RadialRun, Array]:
    """Returns the solution in the larger of the first two bases that agree, and its error, (n_times, n)."""
    size = max(_FEWEST, c.size)
    rates, quadrature = _resolved_rates(c, size, d, hbar, potential, screened)
    coarse = run(c, times, rates)
    while size < max(_MOST, c.size + 1):
        size += 12
        fine = run(c, times, RadialRates(size, d, hbar, potential, screened, rates.level))
        padded = np.zeros_like(fine.coefficients)
        padded[:, : coarse.coefficients.shape[1]] = coarse.coefficients
        _, error = refined((padded, fine.coefficients), round_off=0.0)
        off = np.sqrt(np.max(error**2 @ laguerre_norms(size, 0.5 * d - 1.0)))
        if off < _RESOLVED:
            changed = np.max(np.abs(fine.coefficients - fine.coefficients[0]), axis=1)
            return fine, error + _ATOL + quadrature * changed[:, None]
        coarse = fine
    raise Unresolved(
        f"With {size} Laguerre coefficients the solution still changes by {off:.1g}: take a datum nearer to "
        "the Maxwellian of temperature one, or shorter times."
    )


def _resolved_rates(
    c: Array, n: int, d: int, hbar: float, potential: Potential, screened: bool
) -> tuple[RadialRates, float]:
    """Returns rates of n coefficients with a quadrature fine enough for the datum c, and its relative error.

    Raises
    ------
    Unresolved
        If the finest is not.
    """
    start = np.zeros(n)
    start[: c.size] = c
    norms = laguerre_norms(n, 0.5 * d - 1.0)
    coarse = RadialRates(n, d, hbar, potential, screened)
    before = coarse(start)
    for level in range(1, len(NODES)):
        fine = RadialRates(n, d, hbar, potential, screened, level)
        after = fine(start)
        difference, size = (float(np.sqrt(norms @ rate**2)) for rate in (after - before, after))
        # at equilibrium there are no rates but round-off
        unit = float(np.sum(fine.weights * fine.screening(start)))
        if difference <= _QUADRATURE * size + _ROUND_OFF * unit * float(np.linalg.norm(start)):
            return coarse, difference / size if size > 0.0 else 0.0
        coarse, before = fine, after
    raise Unresolved(
        f"The rates at the start are known to {difference / size:.1g} only, at the finest quadrature: "
        "|epsilon| is small. Take a weaker potential, or data nearer to the Maxwellian."
    )


def _dataset(
    fine: RadialRun, error: Array, n: int, t: Array, d: int, hbar: float, potential: Potential
) -> xr.Dataset:
    states = fine.coefficients
    norms = laguerre_norms(states.shape[1], 0.5 * d - 1.0)
    try:
        unit = time_unit(d, potential)
    except Unresolved:  # there is no classical operator to take the unit from
        unit = np.nan
    import xarray as xr

    return xr.Dataset(
        {
            "coefficients": (("time", "n"), states[:, :n]),
            "coefficients_error": (("time", "n"), error[:, :n]),
            "mass": ("time", states[:, 0]),
            "energy": ("time", states[:, 0] - states[:, 1]),
            "entropy": ("time", [entropy(state, d) for state in states]),
            "distance": ("time", np.sqrt(states[:, 1:] ** 2 @ norms[1:])),
            "smallest_value": ("time", [smallest_value(state, d) for state in states]),
            "smallest_epsilon": ("time", fine.smallest_epsilon),
        },
        coords={"time": t, "tau": ("time", unit * t), "n": np.arange(n)},
        attrs={"d": d, "hbar": hbar, "potential": str(potential), "A00": unit},
    )
