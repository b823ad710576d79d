r"""The response function of any marginal F1 along a direction, and its divided difference.

    R_F(x) = PV \int F1(u)/(x - u) du + i pi F1(x).

Where F1 lives, ``[-reach, reach]``, both parts are Chebyshev series, whose divided differences come from
Clenshaw's recurrence without cancellation; further out the integral is a trapezoidal sum.  The principal
value is a trapezoidal sum, too, with nodes half-way from the pole: spectrally accurate for analytic F1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.polynomial.chebyshev import chebder, chebval
from numpy.typing import NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.dielectric_function.response import (
    response,
    response_differences,
    series_response_differences,
)
from wellposed.kinetics.lenard_balescu.distributions.chebyshev import (
    ROUND_OFF,
    chebyshev_coefficients,
)
from wellposed.kinetics.lenard_balescu.distributions.laguerre import GAUSSIAN_REACH, laguerre
from wellposed.kinetics.user_functions import compiled, sample

Array = NDArray[np.float64]

_LARGEST_REACH = 512.0


@dataclass(frozen=True, eq=False)
class Marginal:
    """A marginal F1 and its response function R_F.

    Attributes
    ----------
    reach : float
        F1 is round-off beyond it.
    density, real : (n,) float64
        Chebyshev coefficients of F1 and of Re R_F on ``[-reach, reach]``.
    nodes, samples : (m,) float64
        A uniform grid on the same interval, and F1 there times the spacing.
    """

    reach: float
    density: Array
    real: Array
    nodes: Array
    samples: Array

    def response_difference(self, w: Array, a: Array) -> NDArray[np.complex128]:
        """Returns ``[R_F(w + a) - R_F(w)]/a`` for a > 0, the derivative for a = 0; shapes broadcast."""
        w, a = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(a, dtype=np.float64))
        result = np.empty(w.size, dtype=np.complex128)
        series_response_differences(
            self.density, self.real, self.reach, self.nodes, self.samples, w.ravel(), a.ravel(), result
        )
        return result.reshape(w.shape)

    def response_derivatives(self, w: Array) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Returns ``R_F'`` and ``R_F''`` at w, of its shape; zero beyond the reach, where no weight is."""
        inside = np.abs(w) <= self.reach
        x = np.where(inside, w, 0.0) / self.reach
        first, second = (
            np.where(
                inside,
                (chebval(x, chebder(self.real, m)) + 1j * math.pi * chebval(x, chebder(self.density, m)))
                / self.reach**m,
                0.0,
            )
            for m in (1, 2)
        )
        return first, second

    def __call__(self, u: Array) -> Array:
        """Returns F1(u), of the shape of u."""
        inside = np.abs(u) <= self.reach
        values = chebval(np.where(inside, u, 0.0) / self.reach, self.density)
        return np.where(inside, values, 0.0)


@dataclass(frozen=True)
class MaxwellianMarginal:
    """The marginal of the Maxwellian, for which the response function is known."""

    reach: float = GAUSSIAN_REACH

    def response_difference(self, w: Array, a: Array) -> NDArray[np.complex128]:
        """Returns ``[R(w + a) - R(w)]/a`` for a > 0, the derivative for a = 0; shapes broadcast."""
        w, a = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(a, dtype=np.float64))
        result = np.empty(w.size, dtype=np.complex128)
        response_differences(w.ravel(), a.ravel(), result)
        return result.reshape(w.shape)

    def response_derivatives(self, w: Array) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Returns ``R'`` and ``R'' = -R - w R'`` at w, (n,)."""
        first = self.response_difference(w, np.zeros_like(w))
        responses = np.array([response(x) for x in w.tolist()])
        return first, -responses - w * first

    def __call__(self, u: Array) -> Array:
        """Returns F1(u), of the shape of u."""
        return np.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)


def laguerre_marginal(coefficients: Array) -> Marginal:
    """Returns the marginal of ``M sum_n c_n L_n^(d/2-1)(|v|^2/2)``, whatever d is.

    Raises
    ------
    Unresolved
        If the series has more structure than 2048 Chebyshev terms can show.
    """
    return _laguerre_marginal(tuple(coefficients.tolist()))


@lru_cache(maxsize=8)
def _laguerre_marginal(coefficients: tuple[float, ...]) -> Marginal:
    c = np.array(coefficients)

    def density(u: Array) -> Array:
        envelope = np.exp(-0.5 * u * u) / math.sqrt(2.0 * math.pi)
        values: Array = envelope * np.einsum("n,n...->...", c, laguerre(c.size, -0.5, 0.5 * u * u))
        return values

    return resolved_marginal(density, GAUSSIAN_REACH)


def custom_marginal(function: Any) -> Marginal:
    """Returns the marginal that a numba function of the velocity along k gives, on the whole line.

    Raises
    ------
    ParameterError
        If `function` is not such a function, is negative, or does not decay to round-off below 512.
    Unresolved
        If it has more structure than 2048 Chebyshev terms can show.
    """
    pointer = compiled(
        function, "marginal", "None, Laguerre coefficients", np.linspace(-6.0, 6.0, 25), positive=False
    )
    reach = reach_of(lambda u: np.maximum(np.abs(sample(pointer, u)), np.abs(sample(pointer, -u))))
    if reach is None:
        raise ParameterError(
            f"Argument `marginal` must decay below 1e-17 of its maximum within {_LARGEST_REACH:g}, but is "
            f"{function.py_func.__name__}, which does not."
        )
    return resolved_marginal(lambda u: sample(pointer, u), reach)


def reach_of(magnitude: Callable[[Array], Array]) -> float | None:
    """Returns the distance beyond which `magnitude` of it is round-off, None if that is above 512."""
    reach = 1.0
    while reach <= _LARGEST_REACH:
        inside = np.max(magnitude(np.linspace(0.0, reach, 257)))
        outside = np.max(magnitude(np.linspace(reach, 4.0 * reach, 257)))
        if inside > 0.0 and outside < 0.1 * ROUND_OFF * inside:
            return reach
        reach *= 1.25
    return None


def resolved_marginal(density: Callable[[Array], Array], reach: float) -> Marginal:
    """Returns the `Marginal` of an analytic density that is round-off beyond `reach`.

    Raises
    ------
    Unresolved
        If it has more structure than 2048 Chebyshev terms can show.
    """
    coefficients = chebyshev_coefficients(lambda x: density(reach * x))
    if coefficients is None:
        raise Unresolved(
            "The marginal of the data has more structure than 2048 Chebyshev terms can show: "
            "take smoother data."
        )

    def series(u: Array) -> Array:
        inside = np.abs(u) <= reach
        values = chebval(np.where(inside, u, 0.0) / reach, coefficients)
        return np.where(inside, values, 0.0)

    # A series of degree n on [-reach, reach] varies over reach/n at least, and half-offset sums converge
    # exponentially beyond one point per radian
    spacing = reach / max(0.5 * coefficients.size, 32.0)
    count = math.ceil(2.0 * reach / spacing)

    def real(x: Array) -> Array:
        x = reach * x
        first = np.ceil((-reach - x) / spacing - 0.5)
        offsets = first[:, None] + np.arange(count + 1) + 0.5
        values: Array = -np.sum(series(x[:, None] + spacing * offsets) / offsets, axis=1)
        return values

    real_coefficients = chebyshev_coefficients(real)
    if real_coefficients is None:
        raise Unresolved("The response function of the data is not resolved: take smoother data.")
    nodes = np.linspace(-reach, reach, count + 1)
    return Marginal(reach, coefficients, real_coefficients, nodes, series(nodes) * (nodes[1] - nodes[0]))
