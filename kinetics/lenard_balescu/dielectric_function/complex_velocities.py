r"""The plasma response function of the Maxwellian at complex arguments, and its divided difference.

    R(z) = \int phi(u)/(z - u) du    for Im z < 0,    R(z) = i sqrt(pi/2) w(-z/sqrt(2))    everywhere,

with ``phi(u) = exp(-u^2/2)/sqrt(2 pi)`` and w the Faddeeva function.  R is entire: above the real line it is
the continuation (Landau's prescription), which grows as ``exp(Im(z)^2/2)``.  With the plasma dispersion
function Z of Fried and Conte, ``R(z) = Z(-z/sqrt(2))/sqrt(2)``.

References
----------
B. D. Fried, S. D. Conte, The plasma dispersion function, Academic Press (1961).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import wofz

from wellposed.errors import Unresolved
from wellposed.kinetics.quadrature import gauss_legendre

Complex = NDArray[np.complex128]

_NODES = 20  # of the mean of R' over an interval
_LONGEST = 0.5  # interval whose mean has full precision, as far out as R is finite in double precision


def complex_response(z: Complex) -> Complex:
    """Returns ``R(z)``, of the shape of z, to 1e-13 of itself; infinite where it is above 1e308."""
    values: Complex = 1j * math.sqrt(0.5 * math.pi) * wofz(-z / math.sqrt(2.0))
    return values


def complex_response_derivative(z: Complex, order: int) -> Complex:
    """Returns ``R' = 1 - z R`` or, for `order` 2, ``R'' = -R - z R'``, of the shape of z."""
    value = complex_response(z)
    first: Complex = 1.0 - z * value
    return first if order == 1 else -value - z * first


def complex_response_difference(w: Complex, a: NDArray[np.float64], order: int = 0, /) -> Complex:
    """Returns ``[R(w + a) - R(w)]/a`` for ``a > 0``, the derivative for ``a = 0``; or its derivative in w.

    Parameters
    ----------
    w : complex128
    a : float64, of a shape that broadcasts with that of w
    order : {0, 1}
        How often it is differentiated in w.

    Raises
    ------
    Unresolved
        If it is too large for double precision: Im w above about 37.

    Notes
    -----
    Error about 1e-13 of the larger of 1 and ``|R(w)| (1 + |w|^2)``.
    """
    w, a = np.broadcast_arrays(w, a)
    s, weight = gauss_legendre(_NODES)
    with np.errstate(all="ignore"):
        mean = np.tensordot(
            complex_response_derivative(w[..., None] + a[..., None] * s, 1 + order), weight, axes=1
        )
        ends = [complex_response(z) if order == 0 else complex_response_derivative(z, 1) for z in (w + a, w)]
        values: Complex = np.where(a <= _LONGEST, mean, (ends[0] - ends[1]) / np.where(a > 0.0, a, 1.0))
    if not np.all(np.isfinite(values)):
        largest = w.ravel()[int(np.argmax(w.imag))]
        raise Unresolved(
            f"The response function at w = {largest:.4g} is too large for double precision: Im w must be "
            "below about 37."
        )
    return values
