r"""The best constants of the bounds (3.2)-(3.4) on the dielectric function.

``epsilon(M + sqrt(M) f)`` is affine in f and depends on its marginal along k alone.  In Hermite functions
along k, times the ground state across it, the j-th adds ``V(k) E_j(w, a)``, ``a = hbar |k|``,

    E_j(w, a) = [r_j(w + a) - r_j(w)]/a,   E_j(w, 0) = r_j'(w) = -sqrt(j + 1) r_{j+1}(w),
    r_j = (-1)^j R^(j)/sqrt(j!),           sqrt(j + 1) r_{j+1} = w r_j - sqrt(j) r_{j-1},

R the plasma response function, and in that basis ``||f||_r`` is diagonal.  So the best constants are sums of
squares.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.1.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import MaxwellianMarginal
from wellposed.kinetics.lenard_balescu.dielectric_function.response import response
from wellposed.kinetics.lenard_balescu.interaction.potential import algebraic

Array = NDArray[np.float64]

_W = np.linspace(0.0, 2.0, 5)  # velocities along k over which the largest constant is taken
_DEGREES = 2 ** np.arange(4, 15)  # edges of the blocks over which squares are summed
_LAST = 32.0  # degree times hbar^2 up to which f reaches: the same share of the sum at every hbar
_ANGLES = np.linspace(0.0, 4.0, 401)  # velocities along k, which stand for the angle between k and v
_ROUND_OFF = 1e-12  # relative error of a sum of squares, by the recurrence in the degree


@njit(cache=True, nogil=True)
def _start(w):
    """Returns ``r_0`` and ``r_1`` at w."""
    R = response(w)
    return R, w * R - 1.0


@njit(cache=True, nogil=True)
def sums_of_squares(w, a, d, r, edges, sums):
    """Writes ``sum |E_j(w, 0)|^2/w_j``, or that of ``|E_j(w, a) - E_j(w, 0)|^2`` if a > 0, to `sums`, (n,).

    The sums are over the degrees j between successive `edges`, (n + 1,).

    ``w_j = sum_{r' <= r} (j + d) ... (j + d + r' - 1)`` are the weights of ``||f||_r^2``; r = -1 for none.
    """
    here, next_here = _start(w)
    there, next_there = _start(w + a)
    sums[:] = 0.0
    block = 0
    for j in range(edges[-1]):
        while j >= edges[block + 1]:
            block += 1
        term = -math.sqrt(j + 1.0) * next_here
        if a > 0.0:
            term = (there - here) / a - term
        weight, product = 1.0, 1.0
        for i in range(r):
            product *= j + d + i
            weight += product
        if j >= edges[0]:
            sums[block] += (term.real * term.real + term.imag * term.imag) / weight
        up, down = 1.0 / math.sqrt(j + 2.0), math.sqrt(j + 1.0)
        here, next_here = next_here, (w * next_here - down * here) * up
        there, next_there = next_there, ((w + a) * next_there - down * there) * up


def sobolev_index() -> GrowthExponent:
    """Returns the Sobolev index above which epsilon is bounded by ``||f||_r``, classically."""
    blocks = np.empty((_W.size, _DEGREES.size - 1))
    for i, w in enumerate(_W.tolist()):
        sums_of_squares(w, 0.0, 3, -1, _DEGREES, blocks[i])
    total = blocks.max(axis=0)
    return growth_exponent(_DEGREES[:-1].astype(float), total, _ROUND_OFF * total)


def largest_difference(d: int, r: int, hbar: float) -> float:
    """Returns the largest ``|epsilon_hbar - epsilon_0|/V`` at ``|k| = 1`` over f, for hbar > 0.

    f is from the ball ``||f||_r <= 1``, of a degree below ``32/hbar^2``.
    """
    edges = np.array([0, math.ceil(_LAST / hbar**2)])
    found, sums = 0.0, np.empty(1)
    for w in _W.tolist():
        sums_of_squares(w, hbar, d, r, edges, sums)
        found = max(found, float(sums[0]))
    return math.sqrt(found)


def largest_gradient(k: Array, speed: Array, kappa: float, s: float) -> Array:
    """Returns the largest ``|grad_k epsilon_0(M, k, v)|`` over the angle between k and v, (n,).

    `k` and `speed` are (n,), and the potential is the algebraic one.
    """
    V = algebraic(kappa, s)(k)
    slope = -0.5 * s * k / (1.0 + k * k) * V
    w = np.minimum(_ANGLES, speed[:, None])
    first, second = MaxwellianMarginal().response_derivatives(w.ravel())
    across = np.sqrt(speed[:, None] ** 2 - w * w)
    radial = slope[:, None] * np.abs(first.reshape(w.shape))
    turning = (V / k)[:, None] * across * np.abs(second.reshape(w.shape))
    size: Array = np.hypot(radial, turning).max(axis=1)
    return size
