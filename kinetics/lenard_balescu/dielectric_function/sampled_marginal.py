r"""The response function of a marginal that is too narrow somewhere for one Chebyshev series.

F1 is known at ``m h``, ``h`` small enough that its Fourier transform is round-off beyond ``pi/h``.  Then
[Stenger 1993, 1.5] the cardinal series has both parts of ``R_F`` to round-off,

    R_F(x) = sum_m F1(m h) (1 - e^(-i pi y_m))/y_m,    y_m = x/h - m,

at a cost that is proportional to the number of samples for every x.

References
----------
F. Stenger, Numerical Methods Based on Sinc and Analytic Functions, Springer 1993.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from wellposed.kinetics.quadrature import gauss_legendre

Array = NDArray[np.float64]

_NODES, _WEIGHTS = gauss_legendre(14)  # of the mean of a derivative over less than a spacing


@dataclass(frozen=True, eq=False)
class SampledMarginal:
    """A marginal F1 that is known at multiples of a spacing, and its response function R_F.

    Attributes
    ----------
    reach : float
        F1 is round-off beyond it.
    spacing : float
        A power of two.
    first : int
        The first sample is at `first` times the spacing.
    density, slope : (m,) float64
        Samples of F1 and of its derivative.
    """

    reach: float
    spacing: float
    first: int
    density: Array
    slope: Array

    def response_difference(self, w: Array, a: Array) -> NDArray[np.complex128]:
        """Returns ``[R_F(w + a) - R_F(w)]/a`` for a > 0, the derivative for a = 0; shapes broadcast."""
        w, a = np.broadcast_arrays(np.asarray(w, dtype=np.float64), np.asarray(a, dtype=np.float64))
        result = np.empty(w.size, dtype=np.complex128)
        _response_differences(
            self.density, self.slope, self.first, self.spacing, w.ravel(), a.ravel(), _NODES, _WEIGHTS, result
        )
        return result.reshape(w.shape)


def sampled_marginal(
    samples: Array, first: int, spacing: float, reach: float, band: float
) -> SampledMarginal:
    """Returns the marginal that has these samples, of which it keeps as many as it needs.

    Parameters
    ----------
    samples : (n,) float64
        F1 at ``(first + j) spacing``, round-off at both ends.
    first : int
    spacing : float
        A power of two.
    reach : float
    band : float
        The wave number beyond which the Fourier transform of F1 is round-off, below ``pi/spacing``.
    """
    stride = 2 ** max(int(math.log2(math.pi / (spacing * band))), 0)
    start = -first % stride
    kept = samples[start::stride]
    # the derivative by the Fourier transform, as F1 vanishes at both ends
    length = next_fast_len(samples.size, real=True)
    wave_numbers = 2.0 * math.pi * rfftfreq(length, spacing)
    transform = 1j * wave_numbers * rfft(samples, length)
    transform[wave_numbers > band] = 0.0
    slope = irfft(transform, length)[start : samples.size : stride]
    return SampledMarginal(reach, spacing * stride, (first + start) // stride, kept, slope)


@njit(cache=True, nogil=True)
def _response(samples, first, spacing, x):
    """Returns ``PV int F(u)/(x - u) du + i pi F(x)`` of the cardinal series with these samples."""
    nearest = np.rint(x / spacing)
    offset = (x - nearest * spacing) / spacing  # exact, as the spacing is a power of two
    wave = complex(math.cos(math.pi * offset), -math.sin(math.pi * offset))
    before = nearest - first
    total = 0j
    for parity in range(2):
        same = 0.0  # (-1)^m is the same for every other sample
        for m in range(parity, samples.size, 2):
            steps = before - m
            if steps != 0.0:
                same += samples[m] / (steps + offset)
        total += same * (1.0 - wave if (before - parity) % 2.0 == 0.0 else 1.0 + wave)
    if 0.0 <= before < samples.size:
        here = samples[int(before)]
        if abs(offset) < 1e-8:
            total += here * complex(0.5 * math.pi**2 * offset, math.pi)
        else:
            half = math.sin(0.5 * math.pi * offset)
            total += here * complex(2.0 * half * half, math.sin(math.pi * offset)) / offset
    return total


@njit(cache=True, nogil=True)
def _response_differences(density, slope, first, spacing, w, a, nodes, weights, result):
    """Writes ``[R_F(w + a) - R_F(w)]/a`` into `result`, (n,).

    For `a` below a spacing that is the mean of the derivative.
    """
    for i in range(w.size):
        if a[i] >= spacing:
            upper = _response(density, first, spacing, w[i] + a[i])
            result[i] = (upper - _response(density, first, spacing, w[i])) / a[i]
        elif a[i] == 0.0:
            result[i] = _response(slope, first, spacing, w[i])
        else:
            total = 0j
            for j in range(nodes.size):
                total += weights[j] * _response(slope, first, spacing, w[i] + a[i] * nodes[j])
            result[i] = total
