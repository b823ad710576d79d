r"""Solutions of the quasilinear Schrödinger equation on a torus of one, two or three dimensions.

    i du/dt + Delta u = epsilon |nabla|^beta (|nabla|^beta u  ||nabla|^beta u|^2)    [AL24, (1.1)]

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.schrodinger.evolution.integration import ADVICE, Stepper, integrate
from wellposed.kinetics.schrodinger.evolution.spectrum import Array, Complex, CubicTerm, Spectrum
from wellposed.kinetics.schrodinger.parameters import BETA, EPSILON, SIDE
from wellposed.kinetics.times import ascending_times

if TYPE_CHECKING:
    import xarray as xr

_RTOL = Parameter("rtol", "", 1e-10, lower=1e-13, upper=0.1)
_MAX_STEPS = Parameter("max_steps", "", 100_000, kind="int", lower=2)
_AXES = ("x", "y", "z")
_FEWEST = 4  # points a side, of which one wave is retained
_SMALLEST, _LARGEST = 1e-60, 1e60  # moduli whose fourth powers are numbers at every wave vector
_BEYOND = 1e-10  # share of the norm in modes beyond n/4 that passes as round-off


def evolve(
    u0: ArrayLike,
    times: ArrayLike,
    *,
    beta: float,
    side: float = 2.0 * math.pi,
    epsilon: float = 1.0,
    rtol: float = 1e-10,
    max_steps: int = 100_000,
) -> xr.Dataset:
    r"""Returns the solution of the quasilinear Schrödinger equation [AL24, (1.1)] on a torus.

    Parameters
    ----------
    u0 : array_like, (n,), (n, n) or (n, n, n), real or complex
        Values at ``x_j = side j/n`` of the datum.  Wave vectors with a component beyond ``n/4`` times
        ``2 pi/side`` are not retained, and must carry no more than 1e-10 of the norm.
    times : array_like, (n_times,)
        Ascending, not negative; the datum is at time zero.
    beta : float
        In [0, 1].  ``|k|^beta`` is 0 at ``k = 0``, but 1 for ``beta = 0``.
    side : float
        Of the torus.
    epsilon : float
        Factor of the cubic term; 1 in the paper, negative for the focusing equation.
    rtol : float
        Largest distance, relative to the norm in L^2, of solutions of orders 4 and 3 after a pair of steps.
    max_steps : int
        Budget of steps taken and refused; the run ends there.

    Returns
    -------
    xarray.Dataset
        `u` over ``time`` and ``x``, ``y``, ``z``; over ``time`` the conserved quantities by coefficients of
        ``u = sum_k a_k exp(i k.x)``: `mass` ``sum |a_k|^2``, the mean of ``|u|^2``; `momentum`, over ``axis``
        as well, ``sum k |a_k|^2``; `energy`, ``sum |k|^2 |a_k|^2 + epsilon/2 sum (|k||k1||k2||k3|)^beta a_k
        a_k1 a_k2* a_k3*`` [AL24, (1.2)], a mean over the torus as well; and `error`, the estimated error of
        `u` by the steps, relative in L^2.  Attribute ``outcome``: "completed", "budget spent" or "step
        vanished"; in the last two cases `advice` says what to try, and what comes after the time `reached` is
        NaN.

    Raises
    ------
    ParameterError
        If an argument is not allowed.

    Notes
    -----
    Fourier-Galerkin in space: the equation of the retained modes is solved as it is, without aliasing, so
    that the three invariants are its own.  An integrating factor and a method of order 4 in time.  There is
    no splitting: for ``beta > 0`` the cubic term alone has no pointwise solution.  `error` is twice what
    Richardson's rule makes of the distance to a second run with steps twice as long.  What the truncation
    does shows only when `n` is changed.
    """
    values = _values(u0)
    moments = ascending_times(times, 0.0, math.inf)
    beta, side = float(BETA.canonical(beta)), float(SIDE.canonical(side))
    epsilon = float(EPSILON.canonical(epsilon))
    tolerance, budget = float(_RTOL.canonical(rtol)), int(_MAX_STEPS.canonical(max_steps))

    n, dimensions = values.shape[0], values.ndim
    spectrum = Spectrum(dimensions, n // 4, side)
    start = spectrum.coefficients(values)
    beyond = _share_beyond(values, start)
    if not beyond <= _BEYOND:
        raise ParameterError(
            f"Argument `u0` must have no waves beyond n/4 = {n // 4} times 2 pi/side, but {beyond:.2g} of "
            f"its norm is there; give it on a finer grid, or filter it."
        )
    cubic = CubicTerm(spectrum, beta, epsilon)
    run = integrate(Stepper(cubic), start, moments, rtol=tolerance, max_steps=budget, round_off=beyond)
    return _dataset(run.states, run.errors, moments, n, cubic).assign_attrs(
        {
            "equation": "quasilinear Schrödinger equation, arXiv:2411.12868, (1.1)",
            "beta": beta,
            "side": side,
            "epsilon": epsilon,
            "largest_component": spectrum.K,
            "rtol": tolerance,
            "outcome": run.outcome,
            "advice": ADVICE[run.outcome],
            "reached": run.reached,
            "steps": run.steps,
            "refused_steps": 2 * run.refused,
        }
    )


def _dataset(states: Complex, errors: Array, times: Array, n: int, cubic: CubicTerm) -> xr.Dataset:
    spectrum = cubic.spectrum
    axes = _AXES[: spectrum.dimensions]
    waves = spectrum.components
    densities = states.real**2 + states.imag**2
    others = [tuple(i + 1 for i in range(len(axes)) if i != axis) for axis in range(len(axes))]
    mass = densities.sum(axis=tuple(range(1, densities.ndim)))
    momentum = np.stack([densities.sum(axis=rest) @ waves for rest in others], axis=1)
    kinetic = (densities * spectrum.squares).sum(axis=tuple(range(1, densities.ndim)))
    norm = np.sqrt(mass)
    relative = np.divide(errors, norm, out=np.where(np.isnan(norm), norm, 0.0), where=norm > 0.0)
    variables = {
        "u": (("time", *axes), np.stack([spectrum.values(a, n) for a in states]), "solution u"),
        "mass": ("time", mass, "mass, sum of |a_k|^2"),
        "momentum": (("time", "axis"), momentum, "momentum, sum of k |a_k|^2"),
        "energy": ("time", kinetic + [cubic.energy(a) for a in states], "energy, H per volume"),
        "error": ("time", relative, "error of u by the steps in time, relative in L^2"),
    }
    grid = np.arange(n) * (spectrum.side / n)
    import xarray as xr  # which takes as long as all solvers

    return xr.Dataset(
        {
            name: (dims, values, {"units": "1", "long_name": long_name})
            for name, (dims, values, long_name) in variables.items()
        },
        coords={
            "time": ("time", times, {"units": "1", "long_name": "time"}),
            **{axis: (axis, grid, {"units": "1", "long_name": f"position {axis}"}) for axis in axes},
            "axis": ("axis", list(axes)),
        },
    )


def _share_beyond(values: Complex, retained: Complex) -> float:
    """Returns the norm of the modes that are not `retained`, relative to that of all."""
    spectrum = Spectrum(values.ndim, values.shape[0] // 4, 1.0)
    norm = float(np.linalg.norm(values))
    if norm == 0.0:
        return 0.0
    return float(np.linalg.norm(values - spectrum.values(retained, values.shape[0]))) / norm


def _values(u0: ArrayLike) -> Complex:
    """Returns `u0` as complex values on a grid.  Raises `ParameterError` where it is none."""
    what = "Argument `u0` must be an array (n,), (n, n) or (n, n, n) of finite numbers"
    try:
        given = np.asarray(u0)
    except ValueError:
        raise ParameterError(f"{what}, but its rows differ in length.") from None
    if given.dtype.kind not in "iufc":
        raise ParameterError(f"{what}, but it has the type {given.dtype}.")
    if given.ndim not in (1, 2, 3) or len(set(given.shape)) != 1:
        raise ParameterError(f"{what}, but it has the shape {given.shape}.")
    if given.shape[0] < _FEWEST:
        raise ParameterError(f"{what} with n >= {_FEWEST}, but n is {given.shape[0]}.")
    values = given.astype(np.complex128)
    if not np.all(np.isfinite(values)):
        place = tuple(int(i[0]) for i in np.nonzero(~np.isfinite(values)))
        raise ParameterError(f"{what}, but has the value {given[place]} at {place}.")
    largest = float(np.max(np.maximum(np.abs(values.real), np.abs(values.imag))))
    if largest != 0.0 and not _SMALLEST <= largest <= _LARGEST:
        raise ParameterError(
            f"Argument `u0` must be zero, or have a largest modulus from {_SMALLEST:g} to {_LARGEST:g}, but "
            f"that is {largest:.3g}."
        )
    return values
