r"""Solutions of the Boltzmann equation in time: without space, and those of a rock that needles poke.

    df/dt + v.grad_x f = Q(f, f)    (1.1)

Every solution is found on two grids at once, of which the coarser and narrower one is there for the error.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann.collision import CollisionOperator
from wellposed.kinetics.boltzmann.collision.operator import SUPPORT, shared_operator
from wellposed.kinetics.boltzmann.construction.needles import Needles
from wellposed.kinetics.boltzmann.evolution.arguments import (
    Density,
    datum_values,
    grid_points,
    refuse_what_is_no_density,
    rock_needles,
    sampled,
)
from wellposed.kinetics.boltzmann.evolution.entropy import cell, entropy
from wellposed.kinetics.boltzmann.evolution.integration import ADVICE, METHODS, Solution, integrate
from wellposed.kinetics.boltzmann.evolution.interpolation import interpolated
from wellposed.kinetics.boltzmann.evolution.measures import INVARIANTS, drift, pressure, produced
from wellposed.kinetics.boltzmann.evolution.resolution import (
    between_and_beyond,
    distance,
    pairs_beyond,
    running_errors,
    share_beyond_radius,
)
from wellposed.kinetics.boltzmann.evolution.rock_run import follow_rock, rock_dataset
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.boltzmann.parameters import (
    ANGULAR_KERNEL,
    GRID_HALF_WIDTH,
    VELOCITY_DIMENSION,
    integrable_power,
)
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.refine import ROUND_OFF
from wellposed.kinetics.times import ascending_times

_COARSER, _NARROWER = 1.25, 1.1  # points along each axis and half-width, over those of the second grid
_LOOSER = 10.0  # tolerance in time on the second grid
_METHOD = Parameter("method", "", "galerkin", kind="choice", choices=METHODS)
_RTOL = Parameter("rtol", "", 1e-9, lower=1e-12, upper=0.01)
_MAX_STEPS = Parameter("max_steps", "", 2000, kind="int", lower=1)
_AXES = ("x", "y", "z")


def evolve(
    f0: ArrayLike | Density | Needles,
    times: ArrayLike,
    *,
    d: int,
    gamma: float,
    angular: str = "cosine",
    space: str | None = None,
    method: str = "galerkin",
    n: int | None = None,
    half_width: float | None = None,
    rtol: float = 1e-9,
    max_steps: int = 2000,
    allowed_error: float = 0.02,
) -> xr.Dataset:
    r"""Returns the solution of the Boltzmann equation (1.1) from a datum on.

    Parameters
    ----------
    f0 : array_like (n,) * d, function, or Needles
        Without space the datum, which is not negative: a function of ``v_1, ..., v_d``, arrays of one shape;
        or its values on the grid ``-L + 2 L j/n``, ``L = half_width``, along each axis, between which it is
        the trigonometric polynomial.  With ``space="rock"``, what `needles` returns.
    times : array_like, (n_times,)
        Ascending.  The datum is at time zero; a rock starts at the time ``t`` of its needles, and is followed
        up to time zero at the latest.
    d : {2, 3}
        2 for a rock.
    gamma : float
        The exponent of the relative speed (1.4), in (-d, 1]; that of the needles for a rock.
    angular : {"cosine", "isotropic"}
        The angular kernel, see `CollisionOperator`.
    space : None or "rock"
        None: `f` does not depend on `x`.  "rock": the rock of (3.9) in its box, with and without needles.
    method : {"galerkin", "entropic"}
        "entropic" puts every state right that is negative somewhere or has a larger ``int f log f`` than the
        one before, without a change of mass, momentum or energy; without space only.
    n : int, optional
        Points along each axis of velocity, even, at least 10: by default 32, or as many as `f0` has.
    half_width : float, optional
        ``L``, 7 by default.
    rtol : float
        Error of each step, over the largest density at the start, in the root mean square over the grid.
    max_steps : int
        Budget of steps; the run ends there.
    allowed_error : float
        Largest `error` with which a solution counts as one; infinite to look at any.

    Returns
    -------
    xarray.Dataset
        `f` over ``time`` and ``v_x``, ``v_y``, ``v_z``; over ``time``

        - `error`: the error of `f` in L^1, over the mass, by grids, the tolerance in time, and what the
          cut-off of relative velocities and the grid leave out;
        - `mass` ``int f``, `momentum` ``int v f``, `energy` ``int |v|^2/2 f``, `drift`, the largest relative
          change of these since the start, and `pressure` ``int c_i c_j f`` with ``c = v - <v>``;
        - `produced`: mass, momentum and energy that the operator produces before they are restored, over the
          rate of collisions;
        - `entropy`: ``int f log f`` where ``f > 0``, which must not rise; `entropy_rise`, by how much it rose
          until then, summed over the steps in which it did; `minimum`, the least density over the largest;
          `negative`, the integral of the negative part of `f` over the mass; `replaced`, what the entropic
          method has changed until then, in L^1 over the mass.

        `pressure_error` and `entropy_error` are from the two grids alone: neither what a function has beyond
        the grid, where it weighs with ``|v|^2``, nor what the entropic method has replaced is in them.
        For a rock all is over
        ``needles`` ("with" and "without") as well; `f` is ``F(t, M x, N1 v)`` of ``f = M^(1-s) N1 F`` over
        ``x``, ``y``, ``v_x``, ``v_y``, and moments are those of `F` over velocities and places; there is no
        `pressure`, `produced` or `replaced`.

        Attribute ``outcome``: "completed", "budget spent" or "step vanished"; in the last two cases `advice`
        says what to try, and what comes after the time `reached` is NaN.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If `error` is above `allowed_error`.

    Notes
    -----
    `CollisionOperator` in velocity and Dormand and Prince's method of order 8 in time; for a rock Strang
    splitting, without collisions of needles, see `boltzmann.separation`.  The error of `f`, as the
    polynomial through its values, is its distance from a second solution on a grid of 1/1.25 of the points
    and 1/1.1 of the half-width, with a tolerance ten times as large, times one plus what of the pairs of the
    datum, or of its Maxwellian, is beyond the cut-offs of both grids over what is between them; and, for a
    function, how far it is from that polynomial half way between the points of the grid, which decays by
    collisions, and what is beyond the grid; and with the entropic method `replaced`.  It assumes that the
    second grid has at least twice the error.  That of a rock is of its values at the points of the grid, by
    the two grids of `boltzmann.separation`.
    """
    if space not in (None, "rock"):
        raise ParameterError(f"Argument `space` must be None or 'rock', but is {space!r}.")
    d = int(VELOCITY_DIMENSION.canonical(d))
    gamma = float(integrable_power(d).canonical(gamma))
    angular = str(ANGULAR_KERNEL.canonical(angular))
    method = str(_METHOD.canonical(method))
    tolerance, budget = float(_RTOL.canonical(rtol)), int(_MAX_STEPS.canonical(max_steps))
    if isinstance(allowed_error, bool) or not (
        isinstance(allowed_error, (int, float)) and allowed_error > 0.0
    ):
        raise ParameterError(f"Argument `allowed_error` must be a number > 0, but is {allowed_error!r}.")
    if space == "rock":
        rock = rock_needles(f0, d, gamma, method, n, half_width)
        moments = ascending_times(times, rock.t, 0.0)
        found = rock_dataset(follow_rock(rock, moments, angular), rock, moments, angular)
    else:
        if isinstance(f0, Needles):
            raise ParameterError(
                "Argument `f0` must be an array or a function without space, but is Needles."
            )
        found = _homogeneous(
            f0,
            ascending_times(times, 0.0, math.inf),
            d,
            gamma,
            angular,
            n,
            half_width,
            method,
            tolerance,
            budget,
        )
    _refuse_large_errors(found, float(allowed_error))
    return found


def _homogeneous(
    f0: Any,
    times: Array,
    d: int,
    gamma: float,
    angular: str,
    n: int | None,
    half_width: float | None,
    method: str,
    rtol: float,
    max_steps: int,
) -> xr.Dataset:
    given = None if callable(f0) else datum_values(f0, d)
    points = grid_points(n, d, given)
    width = float(GRID_HALF_WIDTH.canonical(7.0 if half_width is None else half_width))
    fine = shared_operator(d, points, width, gamma, angular)
    coarse = shared_operator(d, 2 * math.floor(0.5 * points / _COARSER), width / _NARROWER, gamma, angular)
    start = sampled(f0, fine) if given is None else given
    refuse_what_is_no_density(start)
    left_out = between_and_beyond(f0, fine, start, times) if given is None else np.zeros(times.size)
    beyond = pairs_beyond(start, fine, coarse)

    solution = integrate(fine, start, times, rtol=rtol, max_steps=max_steps, method=method)
    companion_start = sampled(f0, coarse) if given is None else interpolated(start, fine, coarse)
    companion = integrate(
        coarse, companion_start, times, rtol=_LOOSER * rtol, max_steps=max_steps, method=method
    )
    dataset = _dataset(start, fine, solution, coarse, companion, times, 1.0 + beyond, left_out)
    run = solution if solution.outcome != "completed" else companion
    return dataset.assign_attrs(
        {
            "equation": "Boltzmann equation, Chen, Shen and Zhang, (1.1)-(1.4), without space",
            "d": d,
            "gamma": gamma,
            "angular": angular,
            "space": "none",
            "method": method,
            "n": points,
            "half_width": width,
            "rtol": rtol,
            "outcome": run.outcome,
            "advice": ADVICE[run.outcome],
            "reached": min(solution.reached, companion.reached),
            "steps": solution.steps,
            "beyond_radius": share_beyond_radius(fine, start),
        }
    )


def _dataset(
    start: Array,
    fine: CollisionOperator,
    solution: Solution,
    coarse: CollisionOperator,
    companion: Solution,
    times: Array,
    safety: float,
    left_out: Array,
) -> xr.Dataset:
    f, at_start = solution.densities, fine.moments(start)
    mass = float(at_start[0])
    velocities = tuple(f"v_{axis}" for axis in _AXES[: fine.d])
    axes = list(_AXES[: fine.d])
    moments = fine.moments(f)
    entropies = entropy(fine, f), entropy(coarse, companion.densities)
    pressures = pressure(fine, f), pressure(coarse, companion.densities)
    over_grid = tuple(range(1, fine.d + 1))
    distances = [
        distance(one, fine, other, coarse) for one, other in zip(f, companion.densities, strict=True)
    ]
    variables = {
        "f": (("time", *velocities), f, "density f"),
        "error": (
            "time",
            # projections on both grids may change the same, which their distance does not show
            np.array(distances) * safety / mass + left_out + solution.replaced + ROUND_OFF,
            "error of f in L^1, over the mass",
        ),
        "mass": ("time", moments[:, 0], "mass, integral of f"),
        "momentum": (("time", "axis"), moments[:, 1:-1], "momentum, integral of v f"),
        "energy": ("time", 0.5 * moments[:, -1], "energy, integral of |v|^2/2 f"),
        "drift": ("time", drift(moments, at_start), "largest relative change of mass, momentum and energy"),
        "produced": (
            ("time", "invariant"),
            produced(fine, f, at_start),
            "production by collisions before it is restored, over their rate",
        ),
        "pressure": (("time", "axis", "other_axis"), pressures[0], "pressure, integral of c_i c_j f"),
        "pressure_error": (
            ("time", "axis", "other_axis"),
            running_errors(pressures, safety),
            "error of the pressure",
        ),
        "entropy": ("time", entropies[0], "integral of f log f where f > 0"),
        "entropy_error": ("time", running_errors(entropies, safety), "error of the entropy"),
        "entropy_rise": ("time", solution.entropy_rise, "sum of the entropy's rises from step to step"),
        "minimum": ("time", f.min(axis=over_grid) / f.max(axis=over_grid), "least over largest density"),
        "negative": (
            "time",
            cell(fine) * np.sum(np.maximum(-f, 0.0), axis=over_grid) / mass,
            "integral of the negative part of f, over the mass",
        ),
        "replaced": ("time", solution.replaced, "change of f by projections in L^1, over the mass"),
    }
    return xr.Dataset(
        {
            name: (dims, values, {"units": "1", "long_name": long_name})
            for name, (dims, values, long_name) in variables.items()
        },
        coords={
            "time": ("time", times, {"units": "1", "long_name": "time"}),
            **{
                name: (name, fine.velocity, {"units": "1", "long_name": f"velocity along {name[-1]}"})
                for name in velocities
            },
            "axis": ("axis", axes),
            "other_axis": ("other_axis", axes),
            "invariant": ("invariant", list(INVARIANTS)),
        },
    )


def _refuse_large_errors(dataset: xr.Dataset, allowed: float) -> None:
    errors = dataset["error"].values.reshape(-1, dataset.sizes["time"])
    is_after = dataset["time"].values > dataset.attrs["reached"]  # where there is no solution to refuse
    largest = np.max(np.where(is_after, 0.0, np.nan_to_num(errors, nan=math.inf)), axis=0)
    if np.all(largest <= allowed):
        return
    worst = int(np.argmax(largest > allowed))
    grid = (
        "in the box of a rock: try a larger N1, or a smaller M"
        if dataset.attrs["space"] == "rock"
        else f"with n = {dataset.attrs['n']} and half_width = {dataset.attrs['half_width']:g}: "
        f"{dataset.attrs['beyond_radius']:.1g} of the mass is beyond the radius "
        f"{SUPPORT * dataset.attrs['half_width']:.3g} that it allows; raise half_width if that is much, and "
        "n in any case"
    )
    raise Unresolved(
        f"At time {float(dataset['time'][worst]):g} the density has an error of {largest[worst]:.2g} of its "
        f"mass, where `allowed_error` is {allowed:g}, {grid}."
    )
