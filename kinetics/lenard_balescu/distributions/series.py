"""Polynomials in an energy, with derivatives and divided differences that do not cancel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from wellposed.kinetics.lenard_balescu.distributions.chebyshev import ROUND_OFF, series_difference
from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre, laguerre_difference

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PolynomialSeries:
    """A polynomial in an energy x: ``sum_j c_j L_j^(alpha)(x)`` or ``sum_j c_j T_j(2 x/end - 1)``.

    The latter is zero beyond `end`.
    """

    kind: Literal["laguerre", "chebyshev"]
    coefficients: Array
    alpha: float = 0.0
    end: float = math.inf

    @property
    def round_off(self) -> float:
        """How well a Chebyshev series is known: to round-off of its largest coefficient, everywhere."""
        return ROUND_OFF * float(np.max(np.abs(self.coefficients)))

    def value_and_difference(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Returns the value at x and the divided difference between x and y, both of the shape of x and y.

        Where x and y coincide, that is the derivative.
        """
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
        return at_x, np.where(both, series_difference(c, s, t) * (2.0 / self.end), quotient)

    def derivatives(self, x: Array) -> tuple[Array, Array, Array]:
        """Returns the value, the first and the second derivative at x, all of its shape."""
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
