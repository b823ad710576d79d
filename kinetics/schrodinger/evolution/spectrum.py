"""Functions on a torus by Fourier coefficients, ``u = sum_k a_k exp(i k.x)``, ``|k_i| <= K 2 pi/side``.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Array = NDArray[np.float64]


@njit(cache=True, nogil=True)
def _multiply_by_own_square(values: Complex) -> float:
    """Replaces each of `values`, (m,), by ``|v|^2 v``, and returns the largest ``|v|^2``."""
    largest = 0.0
    for i in range(values.size):
        v = values[i]
        square = v.real * v.real + v.imag * v.imag
        largest = max(largest, square)
        values[i] = v * square
    return largest


@njit(cache=True, nogil=True)
def _mean_fourth_power(values: Complex) -> float:
    """Returns the mean of ``|v|^4`` over `values`, (m,)."""
    total = 0.0
    for i in range(values.size):
        square = values[i].real ** 2 + values[i].imag ** 2
        total += square * square
    return total / values.size


@njit(cache=True, nogil=True)
def weighted_norm(weight: Array, a: Complex) -> float:
    """Returns the square root of the sum of ``|weight a|^2``; both arrays are (m,)."""
    total = 0.0
    for i in range(a.size):
        total += weight[i] * weight[i] * (a[i].real * a[i].real + a[i].imag * a[i].imag)
    return math.sqrt(total)


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The wave vectors that a run retains, on a torus of `dimensions` dimensions.

    Coefficients are arrays ``(2K+1,)*d`` with the components -K, ..., K along each axis.

    Attributes
    ----------
    dimensions, K : int
        d, and the largest component retained, in units of ``2 pi/side``.
    side : float
    """

    dimensions: int
    K: int
    side: float

    @property
    def components(self) -> Array:
        """Components of wave vectors along one axis, (2K+1,)."""
        components: Array = np.arange(-self.K, self.K + 1, dtype=np.float64) * (2.0 * math.pi / self.side)
        return components

    @property
    def squares(self) -> Array:
        """``|k|^2`` at every wave vector."""
        along = self.components**2
        total: Array = np.zeros((1,) * self.dimensions)
        for axis in range(self.dimensions):
            total = total + along.reshape([-1 if i == axis else 1 for i in range(self.dimensions)])
        return total

    def powers(self, exponent: float) -> Array:
        """``|k|^exponent``: 0 at ``k = 0`` if the exponent is positive, 1 if it is 0."""
        powers: Array = self.squares ** (0.5 * exponent)
        return powers

    def coefficients(self, values: Complex) -> Complex:
        """Returns the retained coefficients of `values` on a grid (n,)*d with ``n > 2 K``."""
        return self.cut(values * np.conj(self._shift(values.shape[0])))

    def values(self, coefficients: Complex, n: int) -> Complex:
        """Returns the function on the grid (n,)*d with ``n > 2 K``."""
        return self.shifted_values(coefficients, n) * self._shift(n)

    def shifted_values(self, coefficients: Complex, n: int) -> Complex:
        """Returns the function times ``exp(i K (x + y + z) 2 pi/side)``, whose components are 0, ..., 2K.

        Zeros are appended along one axis after another, so that only what is not zero is transformed.
        """
        values = coefficients
        for axis in range(self.dimensions):
            values = scipy.fft.ifft(values, n, axis, norm="forward", workers=1)
        return values

    def cut(self, values: Complex) -> Complex:
        """Returns the coefficients of a function that is given as `shifted_values` has it."""
        for axis in reversed(range(self.dimensions)):
            values = scipy.fft.fft(values, axis=axis, norm="forward", overwrite_x=True, workers=1)
            values = values[(slice(None),) * axis + (slice(0, 2 * self.K + 1),)]
        return np.ascontiguousarray(values)

    def _shift(self, n: int) -> Complex:
        """Returns ``exp(-i K (x + y + z) 2 pi/side)`` on the grid (n,)*d."""
        along = np.exp((-2j * math.pi / n) * (self.K * np.arange(n) % n))
        shift = np.ones((1,) * self.dimensions, dtype=np.complex128)
        for axis in range(self.dimensions):
            shift = shift * along.reshape([-1 if i == axis else 1 for i in range(self.dimensions)])
        return shift


class CubicTerm:
    """``-i epsilon |k|^beta F[|v|^2 v]_k`` with ``v = |nabla|^beta u``, without aliasing [AL24, (1.1)].

    Products of three are formed on a grid of at least ``4 K + 1`` points a side, on which no component of a
    wave vector up to 3 K is mistaken for one that is retained.
    """

    def __init__(self, spectrum: Spectrum, beta: float, epsilon: float) -> None:
        self.spectrum, self.epsilon = spectrum, epsilon
        self.factor = spectrum.powers(beta)
        self.square = self.factor**2
        self.points = scipy.fft.next_fast_len(4 * spectrum.K + 1)

    def __call__(self, a: Complex) -> Complex:
        """Returns the term for the coefficients `a`."""
        return self.with_coupling(a)[0]

    def with_coupling(self, a: Complex) -> tuple[Complex, float]:
        """Returns the term, and ``|epsilon| max |k|^(2 beta) max |v|^2``: how fast it couples short waves."""
        v = self.spectrum.shifted_values(self.factor * a, self.points)
        largest = float(_multiply_by_own_square(v.reshape(-1)))
        term: Complex = (-1j * self.epsilon) * self.factor * self.spectrum.cut(v)
        return term, abs(self.epsilon) * float(self.square.max()) * largest

    def frequencies(self, a: Complex) -> Array:
        """Returns what the term adds to the frequency of each mode by itself and by the others' mean squares.

        These are the summands with k1 = k or k3 = k: ``epsilon |k|^(2 beta) (2 S - |k|^(2 beta) |a_k|^2)``
        with ``S = sum |k|^(2 beta) |a_k|^2``.  For a plane wave it is the whole term.
        """
        weighted = self.square * (a.real**2 + a.imag**2)
        frequencies: Array = self.epsilon * self.square * (2.0 * float(weighted.sum()) - weighted)
        return frequencies

    def energy(self, a: Complex) -> float:
        """Returns ``epsilon/2 sum (|k||k1||k2||k3|)^beta a a a* a*``: ``epsilon/2`` the mean of |v|^4."""
        v = self.spectrum.shifted_values(self.factor * a, self.points)
        return 0.5 * self.epsilon * float(_mean_fourth_power(v.reshape(-1)))
