r"""Radial distributions as the strong form needs them: with divided differences that do not cancel.

Either ``f = M(v) p(|v|^2/2)`` with Laguerre coefficients, or a function of |v|, as a Chebyshev series in
``|v|^2``.  Its marginal along a direction is a series of the same kind.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.laguerre import laguerre, laguerre_difference
from wellposed.kinetics.lenard_balescu.marginals import (
    GAUSSIAN_REACH,
    Marginal,
    MaxwellianMarginal,
    chebyshev_coefficients,
    laguerre_marginal,
    reach_of,
    resolved_marginal,
)
from wellposed.kinetics.lenard_balescu.radial_data import refuse_negative
from wellposed.kinetics.lenard_balescu.screening import coefficients_of
from wellposed.kinetics.quadrature import gauss_legendre
from wellposed.kinetics.user_functions import compiled, sample

Array = NDArray[np.float64]

_PROBES = tuple(0.5 * j for j in range(13))
_PANELS, _NODES = 8, 24  # for the marginal of a function


@dataclass(frozen=True, eq=False)
class Series:
    """A polynomial in an energy x: ``sum_j c_j L_j^(alpha)(x)`` or ``sum_j c_j T_j(2 x/end - 1)``.

    The latter is zero beyond `end`.
    """

    kind: Literal["laguerre", "chebyshev"]
    coefficients: Array
    alpha: float = 0.0
    end: float = math.inf

    def value_and_difference(self, x: Array, y: Array) -> tuple[Array, Array]:
        """At x, and divided between x and y; the derivative where they coincide.  The shape of x and y."""
        c = self.coefficients
        if self.kind == "laguerre":
            values = np.einsum("n,n...->...", c, laguerre(c.size, self.alpha, x))
            return values, np.einsum("n,n...->...", c, laguerre_difference(c.size, self.alpha, x, y))
        inside_x, inside_y = x <= self.end, y <= self.end
        s, t = (2.0 * np.where(inside, z, 0.0) / self.end - 1.0 for inside, z in
                ((inside_x, x), (inside_y, y)))  # fmt: skip
        at_x = np.where(inside_x, chebyshev.chebval(s, c), 0.0)
        at_y = np.where(inside_y, chebyshev.chebval(t, c), 0.0)
        both = inside_x & inside_y
        quotient = (at_y - at_x) / np.where(both | (x == y), 1.0, y - x)
        return at_x, np.where(both, _chebyshev_difference(c, s, t) * (2.0 / self.end), quotient)

    def derivatives(self, x: Array) -> tuple[Array, Array, Array]:
        """Value, first and second derivative at x."""
        c = self.coefficients
        if self.kind == "laguerre":
            n, alpha = c.size, self.alpha
            first = (
                np.einsum("n,n...->...", c[1:], laguerre(n - 1, alpha + 1.0, x))
                if n > 1
                else np.zeros_like(x)
            )
            second = (
                np.einsum("n,n...->...", c[2:], laguerre(n - 2, alpha + 2.0, x))
                if n > 2
                else np.zeros_like(x)
            )
            return np.einsum("n,n...->...", c, laguerre(n, alpha, x)), -first, second
        inside = x <= self.end
        s = 2.0 * np.where(inside, x, 0.0) / self.end - 1.0
        slope = 2.0 / self.end
        value, first, second = (
            np.where(inside, slope**m * chebyshev.chebval(s, chebyshev.chebder(c, m)), 0.0) for m in range(3)
        )
        return value, first, second


def _chebyshev_difference(c: Array, x: Array, y: Array) -> Array:
    """Divided difference of ``sum_j c_j T_j`` between x and y, by Clenshaw's recurrence."""
    b1, b2, d1, d2 = (np.zeros_like(x) for _ in range(4))
    for coefficient in c[:0:-1]:
        d1, d2 = 2.0 * (x * d1 + b1) - d2, d1
        b1, b2 = coefficient + 2.0 * y * b1 - b2, b1
    difference: Array = x * d1 + b1 - d2
    return difference


@dataclass(frozen=True, eq=False)
class Distribution:
    """A radial distribution in d dimensions and its marginal, as series in ``|v|^2/2`` and ``u^2/2``.

    Attributes
    ----------
    weighted : bool
        Whether the series are still to be multiplied by M(v) and phi(u).
    reach : float
        The speed beyond which it is round-off.
    """

    density: Series
    along: Series
    marginal: Marginal | MaxwellianMarginal
    weighted: bool
    reach: float


def distribution_of(f: Any, d: int) -> Distribution:
    """What the argument `f` of the collision operator means.

    Raises
    ------
    ParameterError
        If it is neither coefficients of a density of mass one nor a numba function of the speed, is negative,
        or does not decay.
    Unresolved
        If it is not smooth enough.
    """
    if isinstance(f, (list, tuple, np.ndarray)):
        c = coefficients_of(f, "f")
        refuse_negative(c, d, "f")
        marginal = laguerre_marginal(c) if np.any(c[1:] != 0.0) else MaxwellianMarginal()
        density, along = Series("laguerre", c, 0.5 * d - 1.0), Series("laguerre", c, -0.5)
        return Distribution(density, along, marginal, True, GAUSSIAN_REACH)

    pointer = compiled(f, "f", "Laguerre coefficients", _PROBES, positive=False)
    function = partial(sample, pointer)
    reach = reach_of(lambda r: np.abs(function(r)) * np.maximum(r, 1.0) ** (d - 1))
    if reach is None:
        raise ParameterError(
            f"Argument `f` must decay below 1e-17 of its maximum within a speed of 512, but is "
            f"{f.py_func.__name__}, which does not."
        )

    def along_direction(u: Array) -> Array:
        x, weight = gauss_legendre(_NODES)
        x = ((np.arange(_PANELS)[:, None] + x) / _PANELS).ravel()
        weight = np.tile(weight / _PANELS, _PANELS)
        end = np.sqrt(np.maximum(reach * reach - u * u, 0.0))[..., None]
        across = end * x
        values = function(np.sqrt(u[..., None] ** 2 + across**2)) * across ** (d - 2)
        area = 2.0 * math.pi ** (0.5 * (d - 1)) / math.gamma(0.5 * (d - 1))  # |S^(d-2)|
        marginal: Array = area * np.sum(end * weight * values, axis=-1)
        return marginal

    def speed(x: Array) -> Array:
        return reach * np.sqrt(0.5 * (x + 1.0))

    end = 0.5 * reach * reach
    series = []
    for values in (function, along_direction):
        coefficients = chebyshev_coefficients(lambda x, values=values: values(speed(x)))  # type: ignore[misc]
        if coefficients is None:
            raise Unresolved("The data have more structure than 2048 Chebyshev terms can show.")
        series.append(Series("chebyshev", coefficients, end=end))
    return Distribution(series[0], series[1], resolved_marginal(along_direction, reach), False, reach)
