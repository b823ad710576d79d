r"""Second order by convolutions, the witness of the direct sums.

With ``D_t(Omega) = int_{-t}^{t} (t - |s|) e^{i Omega s} ds`` the sums over wave vectors are convolutions of
functions such as ``phi_s(x) = sum n_k |k|^(2 beta) e^{i k.x - i |k|^2 s}``, one for each time of a
quadrature: no resonance is looked up, and nothing depends on how pairs are arranged.  What is trivial, k1 = k
or k3 = k, is subtracted in closed form.
"""

from __future__ import annotations

import math

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from wellposed.kinetics.quadrature import gauss_legendre
from wellposed.kinetics.schrodinger.second_order.direct import FULL

_EXTRA_NODES = 24  # beyond one for each radian of the fastest phase


def convolution_sum(
    k: NDArray[np.int64], r2: int, half: float, unit: float, beta: float, M: float, operator: int
) -> float:
    """Returns what `pair_sums` does at one wave vector; see there for the arguments.

    The cost is that of some hundred Fourier transforms of (|k| + 6 r)^3 points, r the radius of the ball: a
    few seconds for vectors up to ten.
    """
    r, largest = math.isqrt(r2), int(np.max(np.abs(k)))
    reach = largest + 2 * r  # of the third wave vector, where two are in the ball
    size = scipy.fft.next_fast_len(2 * reach + 2 * r + 2)
    along = scipy.fft.fftfreq(size, 1.0 / size)
    x, y, z = np.meshgrid(along, along, along, indexing="ij", sparse=True)
    m = x * x + y * y + z * z
    inside = m <= r2
    everywhere = np.maximum(np.maximum(np.abs(x), np.abs(y)), np.abs(z)) <= reach
    weight = np.where(everywhere, (unit * m) ** beta, 0.0)
    density = (1.0 + unit * m) ** (-0.5 * M)
    mk = float(k @ k)
    n_k, at = (1.0 + unit * mk) ** (-0.5 * M), tuple(int(c) for c in k)

    # D_t/t^2 = int_0^1 2 (1 - s) cos(2 half x s) ds, x the difference of squares
    fastest = 2.0 * half * (mk + 3.0 * (reach**2 + r2))
    node, node_weight = gauss_legendre(int(fastest) + _EXTRA_NODES)
    total = 0.0
    for s, u in zip(node, node_weight, strict=True):
        turned = weight * np.exp((-2j * half * s) * m)
        plain, dense = turned, turned * density
        phase = np.exp(2j * half * s * mk)
        gain = _two_inside(dense, dense, dense, inside, at)  # k1, k2, k3
        gain += n_k * _two_inside(dense, plain, dense, inside, at)
        if operator == FULL:
            gain -= 2.0 * n_k * _two_inside(dense, dense, plain, inside, at)
        total += 2.0 * u * (1.0 - s) * float((phase * gain).real)
    if operator == FULL:  # there what is trivial cancels
        return float(total / n_k)
    w_k, w, n = (unit * mk) ** beta, weight[inside], density[inside]
    trivial = 2.0 * w_k * float(np.sum(w**2 * n * (n_k + n)))  # k1 = k, or k3 = k
    if mk <= r2:
        trivial -= 2.0 * w_k**3 * n_k**2  # both
    return float(total / n_k - trivial)


def _two_inside(
    first: NDArray[np.complex128],
    second: NDArray[np.complex128],
    third: NDArray[np.complex128],
    inside: NDArray[np.bool_],
    at: tuple[int, ...],
) -> complex:
    """Returns sum f(k1) g(k2)* h(k3) at k1 + k3 = k + k2, over all with at least two of them in the ball."""
    f, g, h = (scipy.fft.ifftn(a, norm="forward") for a in (first, second, third))
    f_in, g_in, h_in = (scipy.fft.ifftn(a * inside, norm="forward") for a in (first, second, third))
    both = f * np.conj(g_in) * h_in + f_in * np.conj(g) * h_in + f_in * np.conj(g_in) * h
    product = both - 2.0 * f_in * np.conj(g_in) * h_in
    return complex(scipy.fft.fftn(product, norm="forward")[at])
