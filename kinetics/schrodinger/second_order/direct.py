r"""Second order by direct sums over two wave vectors, for a radial datum.

Wave vectors are integer vectors times ``h = 2 pi/L``, and squares are integers: with ``q = k - k1 = k3 -
k2``,

    Omega/h^2 = |k|^2 - |k1|^2 - (|k3|^2 - |k2|^2),

so that for each `q` all pairs (k2, k3) with one difference of squares have one `D_t`, and need be added up
once for all `k`, all times and all vectors that permutations and signs of components make of `q`.  The same
holds for the pairs (k1, k3) of one sum.
"""

from __future__ import annotations

import numpy as np
from numba import njit

FULL, GAIN = 0, 1


@njit(cache=True, nogil=True)
def _images(q, k, products, counts):
    """Fills in the values of ``k.q'`` at the images q' of `q`, with multiplicities, and returns how many."""
    size = 0
    x, y, z = q
    for permutation in range(6):
        if permutation == 0:
            u, v, w = x, y, z
        elif permutation == 1:
            u, v, w = x, z, y
        elif permutation == 2:
            u, v, w = y, x, z
        elif permutation == 3:
            u, v, w = y, z, x
        elif permutation == 4:
            u, v, w = z, x, y
        else:
            u, v, w = z, y, x
        for signs in range(8):
            product = k[0] * (u if signs & 1 else -u)
            product += k[1] * (v if signs & 2 else -v)
            product += k[2] * (w if signs & 4 else -w)
            for i in range(size):
                if products[i] == product:
                    counts[i] += 1.0
                    break
            else:
                products[size] = product
                counts[size] = 1.0
                size += 1
    distinct = 6.0 if x != y and y != z else (1.0 if x == y and y == z else 3.0)
    for c in q:
        if c != 0:
            distinct *= 2.0
    for i in range(size):
        counts[i] *= distinct / 48.0
    return size


@njit(cache=True, nogil=True)
def _pairs(q, r2, weight, density, by_difference, by_sum, operator):
    """Adds up all pairs of vectors (k2, k2 + q) within the ball, by difference and by sum of their squares.

    The rows are the sums of ``w2 w3 n2 n3`` and of ``w2 w3 (n3 - n2)``, for the gain ``w2 w3 n3``; by sums of
    squares ``w2 w3 n2 n3`` and ``w2 w3 (n2 + n3)``.  Differences begin in the middle of a row.
    """
    r = int(np.sqrt(r2))
    middle = by_difference.shape[1] // 2
    qx, qy, qz = q
    by_difference[:] = 0.0
    by_sum[:] = 0.0
    for x in range(-r, r - qx + 1):
        x2, x3 = x * x, (x + qx) * (x + qx)
        for y in range(-r, r - qy + 1):
            y2, y3 = x2 + y * y, x3 + (y + qy) * (y + qy)
            if y2 > r2 or y3 > r2:
                continue
            for z in range(-r, r - qz + 1):
                m2, m3 = y2 + z * z, y3 + (z + qz) * (z + qz)
                if m2 > r2 or m3 > r2:
                    continue
                both = weight[m2] * weight[m3]
                n2, n3 = density[m2], density[m3]
                by_difference[0, middle + m3 - m2] += both * n2 * n3
                by_difference[1, middle + m3 - m2] += both * (n3 if operator == GAIN else n3 - n2)
                by_sum[0, m2 + m3] += both * n2 * n3
                by_sum[1, m2 + m3] += both * (n2 + n3)


@njit(cache=True, nogil=True)
def _resonance(rows, first, second, A, at, low, high, cosine, sine, half):
    """Returns the sum over p of ``(first rows[0] + second rows[1]) D_t``, Omega = A - p, half = h^2 t/2.

    `at` is where p = 0 lies in `rows`; p goes from `low` to `high` in steps of 2, the parity of all pairs.
    In units of ``t^2``.
    """
    cosine_A, sine_A = np.cos(A * half), np.sin(A * half)
    total = 0.0
    for p in range(low, high + 1, 2):
        x = A - p
        if x != 0:
            s = sine_A * cosine[abs(p)] - cosine_A * (sine[p] if p >= 0 else -sine[-p])
            s /= x * half
            total += (first * rows[0, at + p] + second * rows[1, at + p]) * (s * s)
        else:
            total += first * rows[0, at + p] + second * rows[1, at + p]
    return total


@njit(cache=True, nogil=True)
def _far_density(m, mk, unit, M):
    """Returns ``n/n_k`` and ``n/n_k - 1`` of ``n = (1 + unit m)^(-M/2)`` at squares `m` and `mk`."""
    ratio = ((1.0 + unit * m) / (1.0 + unit * mk)) ** (-0.5 * M)
    return ratio, np.expm1(-0.5 * M * np.log1p(unit * (m - mk) / (1.0 + unit * mk)))


@njit(cache=True, nogil=True)
def pair_sums(ks, r2, half, unit, beta, M, operator, out):
    """Fills in ``sum w1 w2 w3 D_t B / (n_k t^2)`` over all k1, k2, k3 with two in the ball, at each of `ks`.

    `B` is ``n1 n3 (n_k + n2) - n_k n2 (n1 + n3)``, or its first half for the gain; what is trivial, k1 = k or
    k3 = k, is left out.

    Parameters
    ----------
    ks : (n, 3) int64
        Wave vectors in units of h.
    r2 : int
        Square of the radius of the ball.
    half, unit, beta, M : float
        ``h^2 t/2``, ``h^2``, and exponents of the interaction and of the datum ``(1 + |k|^2)^(-M/2)``.
    operator : int
        `FULL` or `GAIN`.
    out : (n,) float64
    """
    r = int(np.sqrt(r2))
    squares = np.arange(r2 + 1) * unit
    weight, density = squares**beta, (1.0 + squares) ** (-0.5 * M)
    phases = np.arange(2 * r2 + 1) * half
    cosine, sine = np.cos(phases), np.sin(phases)
    by_difference, by_sum = np.empty((2, 2 * r2 + 1)), np.empty((2, 2 * r2 + 1))
    products, counts = np.empty(48, np.int64), np.empty(48)
    out[:] = 0.0
    for x in range(2 * r + 1):
        for y in range(x + 1):
            for z in range(y + 1):
                q2 = x * x + y * y + z * z
                if q2 > 4 * r2:
                    break
                q = (x, y, z)
                _pairs(q, r2, weight, density, by_difference, by_sum, operator)
                reach = int(np.sqrt(q2 * 1.0) * np.sqrt(4.0 * r2 - q2)) + 2
                reach = min(r2, reach + (reach + q2) % 2)
                reach -= (reach + q2) % 2
                top = 2 * r2 - (q2 % 2)
                for i in range(ks.shape[0]):
                    k = ks[i]
                    mk = k[0] * k[0] + k[1] * k[1] + k[2] * k[2]
                    n_k = (1.0 + unit * mk) ** (-0.5 * M)
                    for j in range(_images(q, k, products, counts)):
                        m1 = mk - 2 * products[j] + q2
                        w1 = (unit * m1) ** beta
                        n1, change = _far_density(m1, mk, unit, M)
                        # k1 = k - q near k; the same again with k1 and k3 exchanged
                        if q2 > 0:
                            first = n1 if operator == GAIN else change
                            out[i] += (
                                2.0
                                * counts[j]
                                * w1
                                * _resonance(
                                    by_difference,
                                    first,
                                    n_k * n1,
                                    mk - m1,
                                    r2,
                                    -reach,
                                    reach,
                                    cosine,
                                    sine,
                                    half,
                                )
                            )
                        # k2 = q - k, and q = k1 + k3; all three in the ball have been counted twice too often
                        m2 = m1
                        share = counts[j] * w1 * (-1.0 if m2 <= r2 else 1.0)
                        loss = 0.0 if operator == GAIN else -n1 * n_k
                        out[i] += share * _resonance(
                            by_sum, 1.0 + n1, loss, mk + m2, 0, q2 % 2, top, cosine, sine, half
                        )
    if operator == GAIN:  # for the full operator what is trivial cancels
        for i in range(ks.shape[0]):
            mk = ks[i, 0] ** 2 + ks[i, 1] ** 2 + ks[i, 2] ** 2
            if mk <= r2:  # k1 = k2 = k3 = k alone has not been added as often as subtracted
                out[i] += 2.0 * (unit * mk) ** (3.0 * beta) * (1.0 + unit * mk) ** (-M)
