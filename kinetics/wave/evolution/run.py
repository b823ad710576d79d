r"""Solutions of the truncated kinetic wave equation.

    d n/dt = C[n]    [AL24, (3.1)], all four frequencies of every interaction below `omega_max`,

in units in which the datum varies at frequency ``omega = |k|^2`` of order one, with
``K0 = 64 pi^3`` as published or ``2 pi^2`` as follows from (1.3): a change of the unit of time.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics import user_functions
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.wave.data import Datum, custom
from wellposed.kinetics.wave.evolution.grids import (
    Array,
    Grid,
    bracket_weight,
    collision_rate,
    error_scale,
    sample,
    uniform_grid,
)
from wellposed.kinetics.wave.evolution.integration import ADVICE, integrate
from wellposed.kinetics.wave.parameters import BETA, FULL_OR_GAIN, NORMALISATION, NORMALISATIONS

if TYPE_CHECKING:
    import xarray as xr

_OMEGA_MAX = Parameter("omega_max", "", 100.0, lower=0.0, lower_open=True)
_NODES = Parameter("n", "", 512, kind="int", lower=2, upper=65536)
_RTOL = Parameter("rtol", "", 1e-8, lower=1e-13, upper=0.1)
_MAX_STEPS = Parameter("max_steps", "", 10_000, kind="int", lower=1)

_DENSER, _UNSEEN = 64, 0.1  # second sampling of a function, and by how much its wave action may differ


def evolve(
    datum: Datum | Callable[[float], float],
    *,
    beta: float,
    omega_max: float,
    n: int,
    times: ArrayLike,
    operator: str = "full",
    rtol: float = 1e-8,
    max_steps: int = 10_000,
    normalisation: str = "paper",
) -> xr.Dataset:
    r"""Returns the solution of the truncated kinetic wave equation [AL24, (3.1)] from a radial datum.

    Parameters
    ----------
    datum : Datum or function
        `bracket`, `bracket_k`, `oscillating`, or a scalar function compiled by ``numba.njit``; not negative.
    beta : float
        In [0, 1].
    omega_max : float
        Truncation ``Omega``.
    n : int
        Nodes of the uniform midpoint grid, ``omega_i = (i + 1/2) omega_max/n``.
    times : array_like, (n_times,)
        Ascending, not negative; the datum is at time zero.
    operator : {"full", "gain"}
    rtol : float
        Error of each step, relative to the largest initial value at the same or a higher frequency plus
        the departure from the datum, in the root mean square over the nodes.
    max_steps : int
        Budget of steps taken and refused; the run ends there.
    normalisation : {"paper", "exact"}
        ``64 pi^3`` or ``2 pi^2``.

    Returns
    -------
    xarray.Dataset
        Over ``time``: `mass` ``int sqrt(w) n dw``, `energy` ``int w^(3/2) n dw``, `entropy`
        ``int sqrt(w) log n dw``; `wave_action` over ``time`` and ``omega``; for a datum with an `M` also
        `weighted_norm` ``sup <w>^(M/2) n`` and `departure` ``sup <w>^(M/2) |n - n0|``, over all nodes.
        Attribute ``outcome``: "completed", "budget spent" or "step vanished"; in the last two cases `advice`
        says what to try, and states after the time `reached` are NaN.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If the nodes hold another wave action of a function, by a tenth or more, than 64 times as many.

    Notes
    -----
    The right-hand side is the exact sum over all quartets of nodes, in O(n^2), of order
    ``min(2, beta + 3/2)`` in the spacing.  Time stepping is Dormand and Prince's method of order 8 (scipy's
    DOP853): explicit, because one evaluation costs as much as a row of the Jacobian; of high order, because
    the tolerance is tight; and of Runge-Kutta type, because that leaves mass and energy where the right-hand
    side has them, to round-off. Strong-stability-preserving schemes, which keep positivity at a stated step,
    stop at order four and need the bound of a forward Euler step, which here is as short as the fastest loss;
    instead a step that ends in a negative value is refused and halved.

    A completed run is a solution of the truncated, discrete equation.  Whether it says anything of the
    equation shows only when `n`, `omega_max` and `rtol` are refined: an under-resolved run looks like
    blow-up.
    """
    datum = datum if isinstance(datum, Datum) else custom(datum)
    beta = float(BETA.canonical(beta))
    omega_max, count = float(_OMEGA_MAX.canonical(omega_max)), int(_NODES.canonical(n))
    operator, tolerance = str(FULL_OR_GAIN.canonical(operator)), float(_RTOL.canonical(rtol))
    steps, normalisation = int(_MAX_STEPS.canonical(max_steps)), str(NORMALISATION.canonical(normalisation))
    moments = np.asarray(times, dtype=np.float64)
    if (
        moments.ndim != 1
        or moments.size == 0
        or not np.all(np.isfinite(moments))
        or moments[0] < 0.0
        or np.any(np.diff(moments) <= 0.0)
    ):
        raise ParameterError(
            f"Argument `times` must be (n_times,), finite, not negative and ascending, but is {times!r}."
        )
    if datum.kind == "oscillating" and datum.N * omega_max / count >= np.pi:
        raise ParameterError(
            f"Argument `n` must be above {datum.N * omega_max / np.pi:.0f} for cos({datum.N:g} omega) to be "
            f"seen below {omega_max:g}, but is {count}."
        )
    grid = uniform_grid(count, omega_max)
    start = sample(datum, grid.omega)
    if not np.all(np.isfinite(start)) or np.any(start < 0.0) or not np.any(start > 0.0):
        raise ParameterError(
            f"Argument `datum` must be finite, not negative and not zero, but {datum} is not."
        )

    if datum.kind == "custom":
        _refuse_unseen(datum, start, grid)

    def rate(state: Array) -> Array:
        return collision_rate(state, grid, beta=beta, operator=operator, normalisation=normalisation)

    with np.errstate(over="ignore", invalid="ignore"):
        if not np.all(np.isfinite(rate(start))):
            raise ParameterError(
                f"Argument `datum` must have a finite collision term, but {datum} is too large."
            )
    run = integrate(
        rate,
        start,
        moments,
        rtol=tolerance,
        scale=error_scale(datum, start, grid.omega),
        max_steps=steps,
    )
    states = start + run.departures

    weight = grid.mass_weight
    with np.errstate(divide="ignore"):
        logarithm = np.log(states)
    variables = {
        "wave_action": (("time", "omega"), states, "wave action n(t, omega)"),
        "mass": ("time", states @ weight, "mass, integral of sqrt(omega) n"),
        "energy": ("time", states @ (weight * grid.omega), "energy, integral of omega^(3/2) n"),
        "entropy": ("time", logarithm @ weight, "entropy, integral of sqrt(omega) log n"),
    }
    if np.isfinite(datum.M):
        norm = bracket_weight(datum.M, grid.omega)
        variables["weighted_norm"] = ("time", np.max(norm * states, axis=1), "sup <omega>^(M/2) n")
        variables["departure"] = (
            "time",
            np.max(norm * np.abs(run.departures), axis=1),
            "sup <omega>^(M/2) |n - n0|",
        )
    import xarray as xr

    return xr.Dataset(
        {
            name: (dims, values, {"units": "1", "long_name": long_name})
            for name, (dims, values, long_name) in variables.items()
        },
        coords={
            "time": (
                "time",
                moments,
                {"units": "1", "long_name": f"time, in units in which K0 is as {normalisation}"},
            ),
            "omega": ("omega", grid.omega, {"units": "1", "long_name": "frequency |k|^2"}),
        },
        attrs={
            "equation": "truncated kinetic wave equation, arXiv:2411.12868, (3.1), (3.2)",
            "datum": str(datum),
            "beta": beta,
            "operator": operator,
            "omega_max": omega_max,
            "rtol": tolerance,
            "normalisation": normalisation,
            "K0": NORMALISATIONS[normalisation],
            "outcome": run.outcome,
            "advice": ADVICE[run.outcome],
            "reached": run.reached,
            "steps": run.steps,
            "refused_steps": run.refused,
            "evaluations": run.evaluations,
        },
    )


def _refuse_unseen(datum: Datum, start: Array, grid: Grid) -> None:
    """Raises `Unresolved` if a function has structure that the nodes of a uniform grid pass by."""
    h = grid.width[0]
    dense = (np.arange(_DENSER * start.size) + 0.5) * (h / _DENSER)
    true = float(np.sum(np.sqrt(dense) * user_functions.sample(datum.function, dense))) * h / _DENSER
    held = float(grid.mass_weight @ start)
    if not abs(held - true) <= _UNSEEN * true:
        raise Unresolved(
            f"Argument `n` must be larger for {datum} to be seen: {start.size} nodes hold the wave action "
            f"{held:.3g}, {_DENSER} times as many {true:.3g}."
        )
