r"""Radial distributions as the strong form needs them: with divided differences that do not cancel.

Either ``f = M(v) p(|v|^2/2)`` with Laguerre coefficients, or a function of |v|, as a Chebyshev series in
``|v|^2``.  Its marginal along a direction is a series of the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.arguments import coefficients_of
from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import (
    Marginal,
    MaxwellianMarginal,
    laguerre_marginal,
    points_for,
    reach_of,
    resolved_marginal,
    sampled,
)
from wellposed.kinetics.lenard_balescu.distributions.chebyshev import chebyshev_coefficients
from wellposed.kinetics.lenard_balescu.distributions.data import refuse_negative
from wellposed.kinetics.lenard_balescu.distributions.laguerre import GAUSSIAN_REACH
from wellposed.kinetics.lenard_balescu.distributions.series import PolynomialSeries
from wellposed.kinetics.quadrature import gauss_legendre, sphere_area
from wellposed.kinetics.user_functions import compiled, sample

Array = NDArray[np.float64]

_PROBES = tuple(0.5 * j for j in range(13))  # speeds at which a function must be finite and not negative
_SAME_MASS = 1e-9  # by which the mass of a function and of its marginal may differ
_PANELS, _NODES = 8, 24  # of the rule across a direction, for the marginal of a function


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

    density: PolynomialSeries
    along: PolynomialSeries
    marginal: Marginal | MaxwellianMarginal
    weighted: bool
    reach: float


def distribution_of(f: Any, d: int) -> Distribution:
    """Returns what the argument `f` of the collision operator means.

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
        density, along = PolynomialSeries("laguerre", c, 0.5 * d - 1.0), PolynomialSeries("laguerre", c, -0.5)
        return Distribution(density, along, marginal, True, GAUSSIAN_REACH)

    pointer = compiled(f, "f", "Laguerre coefficients", _PROBES, positive=False)
    function = partial(sample, pointer)
    reach = reach_of(lambda r: np.abs(function(r)) * np.maximum(r, 1.0) ** (d - 1))
    if reach is None:
        raise ParameterError(
            f"Argument `f` must decay below 1e-17 of its maximum within a speed of 512, but is "
            f"{f.py_func.__name__}, which does not."
        )

    r, samples, band = sampled(lambda r: function(np.abs(r)), reach, "f", f.py_func.__name__)
    least = points_for(band * reach)

    def along_direction(u: Array) -> Array:
        x, weight = gauss_legendre(_NODES)
        x = ((np.arange(_PANELS)[:, None] + x) / _PANELS).ravel()
        weight = np.tile(weight / _PANELS, _PANELS)
        end = np.sqrt(np.maximum(reach * reach - u * u, 0.0))[..., None]
        across = end * x
        values = function(np.sqrt(u[..., None] ** 2 + across**2)) * across ** (d - 2)
        marginal: Array = sphere_area(d - 1) * np.sum(end * weight * values, axis=-1)
        return marginal

    def speed(x: Array) -> Array:
        return reach * np.sqrt(0.5 * (x + 1.0))

    end = 0.5 * reach * reach
    series = []
    for values in (function, along_direction):
        # in the square of the speed, half as many as in the speed
        coefficients = chebyshev_coefficients(lambda x, values=values: values(speed(x)), max(64, least // 2))  # type: ignore[misc]
        if coefficients is None:
            raise Unresolved("The data have more structure than 2048 Chebyshev terms can show.")
        series.append(PolynomialSeries("chebyshev", coefficients, end=end))
    marginal = resolved_marginal(along_direction, reach, least)
    outward = r >= 0.0
    mass = sphere_area(d) * scipy.integrate.simpson(samples[outward] * r[outward] ** (d - 1), x=r[outward])
    if abs(np.sum(marginal.samples) - mass) > _SAME_MASS * mass:
        raise Unresolved(
            f"Of the mass of {f.py_func.__name__}, {mass:.10g}, its marginal has "
            f"{np.sum(marginal.samples):.10g}: it has structure too narrow for the quadrature. Take smoother "
            "data."
        )
    return Distribution(series[0], series[1], marginal, False, reach)
