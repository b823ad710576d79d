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
from scipy.fft import next_fast_len, rfft

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.dielectric_function.response import (
    response,
    response_differences,
    series_response_differences,
)
from wellposed.kinetics.lenard_balescu.dielectric_function.sampled_marginal import (
    SampledMarginal,
    sampled_marginal,
)
from wellposed.kinetics.lenard_balescu.distributions.chebyshev import (
    ROUND_OFF,
    chebyshev_coefficients,
)
from wellposed.kinetics.lenard_balescu.distributions.laguerre import GAUSSIAN_REACH, laguerre
from wellposed.kinetics.user_functions import compiled, sample

Array = NDArray[np.float64]

_LARGEST_REACH = 512.0
_DISTANCES = np.concatenate(
    [np.linspace(0.0, 16.0, 2**15, endpoint=False), np.geomspace(16.0, 2048.0, 2**15)]
)
_SAMPLES = 2**18  # of a function, between plus and minus its reach
_NOISE = 5e-14  # of a Fourier transform, relative to the root of the sum of squares
_LONGEST_SERIES = 512  # whose response function is worth its cost, that of the cube
_MASS = 1e-8  # by which the mass of a function may differ from one
_TERMS_PER_RADIAN = 1.1  # of a Chebyshev series, for a wave from the middle to the end of its interval


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


def custom_marginal(function: Any) -> Marginal | SampledMarginal:
    """Returns the marginal that a numba function of the velocity along k gives, on the whole line.

    It is sampled at 2^18 velocities before anything is interpolated.  Its Fourier transform says what is
    narrow in it, and its mass whether all of it was met.

    Raises
    ------
    ParameterError
        If `function` is not such a function, is negative, does not decay to round-off below 512, or has a
        mass above one.
    Unresolved
        If it has structure that is not analytic or narrower than the samples can show, or if less than the
        mass one was found.
    """
    pointer = compiled(
        function, "marginal", "None, Laguerre coefficients", np.linspace(-6.0, 6.0, 25), positive=False
    )
    name = function.py_func.__name__
    reach = reach_of(lambda u: np.maximum(np.abs(sample(pointer, u)), np.abs(sample(pointer, -u))))
    if reach is None:
        raise ParameterError(
            f"Argument `marginal` must decay below 1e-17 of its maximum within {_LARGEST_REACH:g}, but is "
            f"{name}, which does not."
        )
    u, samples, band = sampled(lambda u: sample(pointer, u), reach, "marginal", name)
    spacing = float(u[1] - u[0])
    _refuse_other_mass(spacing * float(np.sum(samples)), name, spacing)
    least = points_for(band * reach)
    if least > _LONGEST_SERIES:
        return sampled_marginal(samples, round(u[0] / spacing), spacing, reach, band)
    return resolved_marginal(lambda u: sample(pointer, u), reach, least)


def sampled(
    density: Callable[[Array], Array], reach: float, argument: str, name: str
) -> tuple[Array, Array, float]:
    """Returns 2^18 velocities at a distance of a power of two, the density there, and its band.

    Parameters
    ----------
    density : callable
    reach : float
        It is round-off beyond.
    argument, name : str
        What the density is given as, and what it is called, for messages.

    Returns
    -------
    u, samples : (n,) float64
    band : float
        The wave number beyond which the Fourier transform of the density is round-off.

    Raises
    ------
    ParameterError
        If it is negative somewhere.
    Unresolved
        If the Fourier transform is round-off nowhere: there is structure that is narrower than the samples
        can show, or that is not analytic.
    """
    spacing = math.exp2(math.ceil(math.log2(2.0 * reach / _SAMPLES)))
    last = math.ceil(reach / spacing)
    u: Array = spacing * np.arange(-last, last + 1, dtype=np.float64)
    samples = density(u)
    if np.min(samples) < 0.0:
        where = u[int(np.argmin(samples))]
        raise ParameterError(
            f"Argument `{argument}` must be not negative, but {name}({where:g}) is {np.min(samples):g}."
        )
    length = next_fast_len(samples.size, real=True)
    size = np.abs(rfft(samples, length))
    noise = _NOISE * math.sqrt(float(np.sum(samples * samples)))
    significant = np.flatnonzero(size > max(noise, 0.1 * ROUND_OFF * float(np.max(size))))
    highest = int(significant[-1]) + 1
    if highest >= 0.9 * size.size:
        raise Unresolved(
            f"Argument `{argument}`, {name}, has structure that samples at a distance of {spacing:.1g} do "
            "not resolve: take smoother data."
        )
    return u, samples, 2.0 * math.pi * highest / (length * spacing)


def points_for(radians: float) -> int:
    """Returns how many points a Chebyshev series needs for waves of so many `radians` from middle to end."""
    return max(64, 1 << math.ceil(math.log2(_TERMS_PER_RADIAN * radians)))


def _refuse_other_mass(mass: float, name: str, spacing: float) -> None:
    """Raises an error unless the mass that was found of a marginal is one."""
    if mass > 1.0 + _MASS:
        raise ParameterError(f"Argument `marginal` must be of mass one, but that of {name} is {mass:.10g}.")
    if mass < 1.0 - _MASS:
        raise Unresolved(
            f"Argument `marginal` must be of mass one, but only {mass:.10g} of {name} was found: it has "
            f"another mass, or structure narrower than {spacing:.1g}, which is not resolved."
        )


def reach_of(magnitude: Callable[[Array], Array]) -> float | None:
    """Returns the distance beyond which `magnitude` of it is round-off, None if that is above 512."""
    values = magnitude(_DISTANCES)
    within, beyond = np.maximum.accumulate(values), np.maximum.accumulate(values[::-1])[::-1]
    reach = 1.0
    while reach <= _LARGEST_REACH:
        first = int(np.searchsorted(_DISTANCES, reach))
        if within[first - 1] > 0.0 and beyond[first] < 0.1 * ROUND_OFF * within[first - 1]:
            return reach
        reach *= 1.25
    return None


def resolved_marginal(density: Callable[[Array], Array], reach: float, least: int = 64) -> Marginal:
    """Returns the `Marginal` of an analytic density that is round-off beyond `reach`.

    Its series begins with `least` points, a power of two.

    Raises
    ------
    Unresolved
        If it has more structure than 2048 Chebyshev terms can show.
    """
    coefficients = chebyshev_coefficients(lambda x: density(reach * x), least)
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
