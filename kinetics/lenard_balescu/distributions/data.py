r"""Radial distributions of mass one, as Laguerre coefficients: ``F = M sum_n c_n L_n^(d/2-1)(|v|^2/2)``.

The coefficients of a Maxwellian of temperature T are ``(1 - T)^n`` in every dimension.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.distributions.laguerre import laguerre
from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]

_NEGATIVE = 1e-6  # share of the maximum: a truncated series of a positive function may dip that far


def mixture(n: int) -> Array:
    """Returns the n first coefficients of ``(M_T=1/2 + M_T=3/2)/2``, of the mass and the energy of M."""
    j = np.arange(n)
    coefficients: Array = 0.5 * (0.5**j + (-0.5) ** j)
    return coefficients


def bump(n: int) -> Array:
    """Returns the n first coefficients of ``M (1 + 0.2 L_2^(d/2-1))``, n > 2."""
    coefficients = np.zeros(n)
    coefficients[0], coefficients[2] = 1.0, 0.2
    return coefficients


def datum_of_kind(kind: str, n: int) -> Array:
    """Returns the n first coefficients of the datum that a point of parameter space names."""
    return bump(n) if kind == "bump" else mixture(n)


def smallest_value(coefficients: Array, d: int) -> float:
    """Returns the least value of F over its largest, from its coefficients, (n,)."""
    energy = np.linspace(0.0, 60.0, 1201)
    p = np.einsum("n,n...->...", coefficients, laguerre(coefficients.size, 0.5 * d - 1.0, energy))
    f = np.exp(-energy) * p
    return float(np.min(f) / np.max(f))


def refuse_negative(coefficients: Array, d: int, argument: str) -> None:
    """Raises `ParameterError` if F is negative somewhere, beyond what truncation explains."""
    least = smallest_value(coefficients, d)
    if least < -_NEGATIVE:
        raise ParameterError(
            f"Argument `{argument}` must be the coefficients of a density that is not negative, but its "
            f"least value is {least:.3g} times its largest."
        )


def entropy(coefficients: Array, d: int) -> float:
    """Returns ``-int F log F dv``, with nothing from where a truncated series is negative."""
    # even in the speed up to |v|^(d-1), and negligible at the end: Gauss rules on short panels
    x, weight = np.polynomial.legendre.leggauss(16)
    edges = np.linspace(0.0, 13.0, 27)
    half = 0.5 * np.diff(edges)
    speed = (edges[:-1, None] + half[:, None] * (1.0 + x)).ravel()
    weights = (half[:, None] * weight).ravel()
    energy = 0.5 * speed * speed
    p = np.einsum("n,n...->...", coefficients, laguerre(coefficients.size, 0.5 * d - 1.0, energy))
    measure = weights * speed ** (d - 1) * np.exp(-energy)
    measure *= sphere_area(d) / (2.0 * math.pi) ** (0.5 * d)
    positive = p > 0.0
    mixing = float(np.sum(measure[positive] * p[positive] * np.log(p[positive])))
    c1 = float(coefficients[1]) if coefficients.size > 1 else 0.0
    return 0.5 * d * (math.log(2.0 * math.pi) + 1.0 - c1) - mixing
