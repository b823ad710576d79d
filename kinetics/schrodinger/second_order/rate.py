r"""How fast mean squares of Fourier coefficients change at second order, beside the kinetic equation.

For a datum whose coefficients ``a_k(0)`` are independent, complex Gaussian and of variance ``n_k``, the
solution of (1.1) with a cubic term of size ``epsilon`` has

    E|a_k(t)|^2 - n_k = 2 epsilon^2 sum_{k+k2=k1+k3} (|k||k1||k2||k3|)^(2 beta) D_t(Omega)
                        [n1 n3 (n_k + n2) - n_k n2 (n1 + n3)] + O(epsilon^3),
    Omega = |k|^2 + |k2|^2 - |k1|^2 - |k3|^2,   D_t(Omega) = (sin(Omega t/2)/(Omega/2))^2,

without the summands k1 = k and k3 = k, which turn phases alone.  ``D_t`` tends to ``2 pi t delta(Omega)``: as
the side L and then the time t grow, the quotient by ``4 pi epsilon^2 t (L/2 pi)^6`` tends to the collision
operator ``C[n]`` of (1.3), with the constant that follows from it [AL24].

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.refine import ROUND_OFF
from wellposed.kinetics.schrodinger.parameters import BETA, DECAY, OPERATOR, PERIOD, TIME
from wellposed.kinetics.schrodinger.second_order.convolution import convolution_sum
from wellposed.kinetics.schrodinger.second_order.direct import FULL, GAIN, pair_sums
from wellposed.kinetics.schrodinger.second_order.kinetic import collision

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

OPERATORS = {"full": FULL, "gain": GAIN}
_RADIUS = Parameter("radius", "", 20.0, lower=2.0, upper=64.0)
_METHOD = Parameter("method", "", "direct", kind="choice", choices=("direct", "convolution"))
_INNER = 0.75  # radii of the balls at which the sums are done a second and a third time
_CONTAINING = 1.5  # radius as a wave number from which on the ball contains the datum, of width one
_LARGEST_COMPONENT = 2**20
_SMALLEST_VARIANCE, _SMALLEST_IN_BALL = -150, -90  # decimal logarithms; of the latter three are multiplied
_CONVOLVED = 16  # largest component and radius by convolutions


def second_order(
    k: ArrayLike,
    t: float,
    *,
    L: float,
    beta: float,
    M: float,
    operator: str = "full",
    radius: float = 20.0,
    method: str = "direct",
) -> xr.Dataset:
    r"""Returns the rate at second order of the mean squares of coefficients, and the kinetic one.

    The variances are ``n_k = (1 + |k|^2)^(-M/2)``, those of `bracket_k` in the kinetic wave equation.

    Parameters
    ----------
    k : array_like, (3,) or (n, 3), int
        Wave vectors in units of ``2 pi/L``, with components up to 2^20.
    t, L : float
        Time, and side of the torus.
    beta, M : float
        In [0, 1] and (6, 100].
    operator : {"full", "gain"}
        All of the bracket, or its first half, which is the gain.
    radius : float
        In [2, 64], in units of ``2 pi/L``: of the three wave vectors k1, k2, k3 at least two have to be as
        short.  The time taken grows as its sixth power.
    method : {"direct", "convolution"}
        Sums over pairs of wave vectors, or convolutions, slow, for short wave vectors and radii up to 16.

    Returns
    -------
    xarray.Dataset
        Over ``wave``: `wave_number` ``|k|``; `rate`, ``(E|a_k(t)|^2 - n_k)/(4 pi epsilon^2 t (L/2 pi)^6)``;
        `kinetic`, the collision operator ``C[n]`` at ``|k|``, constant 2 pi^2; `ratio` of the two, NaN at ``k
        = 0``; what ends in ``_error``, absolute errors; and `unseen`, what part of that of the rate is no
        change by the radius.

    Raises
    ------
    ParameterError
        If an argument is not allowed.

    Notes
    -----
    Exact but for the ball: what is outside is extrapolated as the power of the radius with which the slowest
    part falls, ``M - 2 - 4 beta``, and counted as error, and so is by how much the changes from two smaller
    balls differ from that power.  For wave vectors outside the ball the error contains the size of what lies
    between.  It is infinite where the ball does not contain the datum: ``2 pi radius/L < 1.5``.
    """
    waves = _waves(k)
    t, L = float(TIME.canonical(t)), float(PERIOD.canonical(L))
    beta, M = float(BETA.canonical(beta)), float(DECAY.canonical(M))
    kind = OPERATORS[str(OPERATOR.canonical(operator))]
    outer = float(_RADIUS.canonical(radius))
    method = str(_METHOD.canonical(method))
    if method == "convolution" and max(outer, float(np.max(np.abs(waves)))) > _CONVOLVED:
        raise ParameterError(
            f"Argument `method` must be direct for radii and components beyond {_CONVOLVED}, but is {method}."
        )

    unit = (2.0 * math.pi / L) ** 2
    squares = np.sum(waves**2, axis=1) * unit
    check_variances(float(np.max(squares)), L, M)
    # over n_k
    scale = squares**beta * t * unit**3 / (2.0 * math.pi)
    power = M - 2.0 - 4.0 * beta
    sums = [_sums(waves, outer * _INNER**i, t, unit, beta, M, kind, method) for i in (2, 1, 0)]
    before, last = sums[1] - sums[0], sums[2] - sums[1]
    left = last / ((1.0 / _INNER) ** power - 1.0)
    rate = scale * (sums[2] + left)
    # two sums may agree by chance, where D_t has many signs: then the change before does not lead there
    beyond = np.abs(left) + np.abs(last - _INNER**power * before)
    error = scale * (beyond + ROUND_OFF * np.abs(sums[2]))
    if outer * math.sqrt(unit) < _CONTAINING:
        error = np.full_like(error, math.inf)
    unseen = _between(squares, outer * math.sqrt(unit), t, unit, beta, M)
    error += unseen
    kinetic, kinetic_error = np.array([collision(float(w), beta, M, kind) for w in squares]).T
    density = (1.0 + squares) ** (-0.5 * M)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = rate / kinetic
        ratio_error = (error + np.abs(ratio) * kinetic_error) / np.abs(kinetic)
    variables = {
        "wave_number": (np.sqrt(squares), "wave number |k|"),
        "rate": (density * rate, "rate of E|a_k|^2 at second order"),
        "rate_error": (density * error, "error of the rate"),
        "unseen": (density * unseen, "share of the error of what lies between the ball and k"),
        "kinetic": (density * kinetic, "collision operator C[n] at |k|"),
        "kinetic_error": (density * kinetic_error, "error of the collision operator"),
        "ratio": (ratio, "rate over collision operator"),
        "ratio_error": (ratio_error, "error of the ratio"),
    }
    import xarray as xr  # which takes as long as all solvers

    return xr.Dataset(
        {
            name: ("wave", values, {"units": "1", "long_name": long_name})
            for name, (values, long_name) in variables.items()
        },
        attrs={
            "equation": "second order of the Schrödinger equation, arXiv:2411.12868, (1.1)",
            "t": t,
            "L": L,
            "beta": beta,
            "M": M,
            "operator": operator,
            "radius": outer,
            "method": method,
            "normalisation": "exact",
        },
    )


def check_variances(largest: float, L: float, M: float) -> None:
    """Raises `ParameterError` if variances are too small for their products to be numbers.

    `largest` is the largest ``|k|^2`` that is asked for.
    """
    for square, where, least in (
        (largest, "the longest wave vector", _SMALLEST_VARIANCE),
        ((2.0 * math.pi / L) ** 2, "|k| = 2 pi/L", _SMALLEST_IN_BALL),
    ):
        most = -2.0 * least / math.log10(1.0 + square) if square > 0.0 else math.inf
        if most < M:
            raise ParameterError(
                f"Parameter `M` must be at most {most:.4g} here, where the variance (1 + |k|^2)^(-M/2) at "
                f"{where} is 1e{least}, but is {M:g}."
            )


def _sums(
    waves: NDArray[np.int64],
    radius: float,
    t: float,
    unit: float,
    beta: float,
    M: float,
    kind: int,
    method: str,
) -> Array:
    r2, half = int(radius * radius), 0.5 * unit * t
    if method == "convolution":
        return np.array([convolution_sum(k, r2, half, unit, beta, M, kind) for k in waves])
    out = np.empty(len(waves))
    pair_sums(waves, r2, half, unit, beta, M, kind, out)
    return out


def _between(squares: Array, radius: float, t: float, unit: float, beta: float, M: float) -> Array:
    """Returns the size, over n_k, of what has k1 and k2 beyond the ball and k3 near zero, for k beyond it.

    The integral over the plane of resonances, ``k1 = k + y`` and ``k2 = y`` with y at right angles to k,
    times by how much a plane of the lattice may exceed it.
    """
    y = np.geomspace(radius, 1e4 * np.maximum(np.sqrt(squares), radius), 400)  # (400, n)
    density = (squares + y**2) ** beta * y ** (2.0 * beta) * (1.0 + squares + y**2) ** (-0.5 * M)
    plane = np.trapezoid(2.0 * math.pi * y**2 * density, np.log(y), axis=0)
    x = np.geomspace(1e-6, 1e6, 1000)
    near = np.trapezoid(4.0 * math.pi * x ** (3.0 + 2.0 * beta) * (1.0 + x * x) ** (-0.5 * M), np.log(x))
    length = np.sqrt(np.maximum(squares, radius**2))
    size = squares**beta * near * plane / length * (1.0 + t * length * math.sqrt(unit) / math.pi)
    return np.where(squares > radius**2, size, 0.0)


def _waves(k: ArrayLike) -> NDArray[np.int64]:
    """Returns `k` as vectors (n, 3).  Raises `ParameterError` where they are not allowed."""
    what = "Argument `k` must be (3,) or (n, 3), integers in units of 2 pi/L"
    try:
        given = np.asarray(k)
    except ValueError:
        raise ParameterError(f"{what}, but its rows differ in length.") from None
    if given.dtype.kind not in "iu":
        raise ParameterError(f"{what}, but it has the type {given.dtype}.")
    if given.ndim not in (1, 2) or given.shape[-1] != 3 or given.size == 0:
        raise ParameterError(f"{what}, but it has the shape {given.shape}.")
    if np.any(given > _LARGEST_COMPONENT) or np.any(given.astype(np.int64) < -_LARGEST_COMPONENT):
        raise ParameterError(f"{what}, of at most {_LARGEST_COMPONENT}, but it has larger ones.")
    return np.atleast_2d(given.astype(np.int64))
