"""The loops of the two-body system: projections on a wave vector, sums over waves, Volterra equations.

The equations are in `wellposed.kinetics.lenard_balescu.two_body.volterra`.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def project(p, psi, margins, m, divisor, masses, moved):
    """Adds up p and ``p [psi(v) - psi(v + hbar k)]`` over all v with the same ``k.v``.

    p is on a lattice (n_1, n_2, n_3) about zero, psi on one that is larger by `margins` on each side, and k
    is m in units of the lattice of wave vectors.  What has ``m.n = j divisor`` goes into the j-th entry after
    the one in the middle.
    """
    middle = masses.size // 2
    half = ((p.shape[0] - 1) // 2, (p.shape[1] - 1) // 2, (p.shape[2] - 1) // 2)
    for i in range(p.shape[0]):
        for j in range(p.shape[1]):
            at = m[0] * (i - half[0]) + m[1] * (j - half[1]) - m[2] * half[2]
            for l in range(p.shape[2]):  # noqa: E741
                mass = p[i, j, l]
                if mass > 0.0:
                    here = psi[i + margins[0], j + margins[1], l + margins[2]]
                    there = psi[i + margins[0] + m[0], j + margins[1] + m[1], l + margins[2] + m[2]]
                    index = middle + (at + m[2] * l) // divisor
                    masses[index] += mass
                    moved[index] += mass * (here - there)


@njit(cache=True, nogil=True)
def transform(masses, symmetric, antisymmetric, spacing, shift, step, rho, source):
    """Writes ``rho_0`` and the source of D at times ``0, step, ...`` into `rho` and `source`, (n,) complex.

    They are sums of `masses` and of `symmetric` with ``cos(k.v s)`` and of `antisymmetric` with
    ``i sin(k.v s)``, all times ``exp(i hbar k^2 s/2)``.  ``k.v`` is 0, `spacing`, twice that, and so on, and
    `shift` is ``hbar k^2/2``.
    """
    n = rho.size
    cosine, sine, turned, lifted = np.ones(n), np.zeros(n), np.empty(n), np.empty(n)
    a, b, c = np.zeros(n), np.zeros(n), np.zeros(n)
    for i in range(n):
        angle = spacing * step * i
        turned[i], lifted[i] = math.cos(angle), math.sin(angle)
    for j in range(masses.size):
        x, y, z = masses[j], symmetric[j], antisymmetric[j]
        for i in range(n):
            re, im = cosine[i], sine[i]
            a[i] += x * re
            b[i] += y * re
            c[i] += z * im
            cosine[i] = re * turned[i] - im * lifted[i]
            sine[i] = re * lifted[i] + im * turned[i]
    for i in range(n):
        phase = complex(math.cos(shift * step * i), math.sin(shift * step * i))
        rho[i] = phase * a[i]
        source[i] = phase * complex(b[i], c[i])


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def solve(rho_0, source, strength, step, integrals):
    """Solves the Volterra equations by the trapezoidal rule, and integrates ``Re[D rho]`` over time.

    Parameters
    ----------
    rho_0, source : (n + 1,) complex128
        At times ``0, step, ...``.
    strength : float
        ``S/hbar``.
    step : float
    integrals : (n + 1,) float64
        Is overwritten by ``int_0^t Re[D rho] ds``.
    """
    n = rho_0.size - 1
    # kernels of rho and D, in reverse: a convolution is then a product of two neighbouring stretches
    kernel, across = np.empty(n + 1), np.empty(n + 1)
    for i in range(n + 1):
        kernel[n - i] = -2.0 * strength * step * rho_0[i].imag
        across[n - i] = 2.0 * strength * step * source[i].real
    re, im = np.zeros(n + 1), np.zeros(n + 1)
    before = 0.0
    total = 0.0
    for i in range(n + 1):
        r_re, r_im, d_re, d_im = 0.0, 0.0, 0.0, 0.0
        begin = n - i
        for j in range(i):
            r_re += kernel[begin + j] * re[j]
            r_im += kernel[begin + j] * im[j]
            d_re += across[begin + j] * re[j]
            d_im += across[begin + j] * im[j]
        if i > 0:
            r_re -= 0.5 * kernel[begin] * re[0]
            r_im -= 0.5 * kernel[begin] * im[0]
            d_re -= 0.5 * across[begin] * re[0]
            d_im -= 0.5 * across[begin] * im[0]
        # chi vanishes at 0, so the newest value is in no sum but that of D
        re[i] = rho_0[i].real + r_re
        im[i] = rho_0[i].imag + r_im
        if i > 0:
            d_re += 0.5 * across[n] * re[i]
            d_im += 0.5 * across[n] * im[i]
        now = (source[i].real - d_im) * re[i] - (source[i].imag + d_re) * im[i]
        if i > 0:
            total += 0.5 * step * (before + now)
        before = now
        integrals[i] = total
