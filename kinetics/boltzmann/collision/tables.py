r"""Tables of the Fourier-Galerkin collision operator.

On ``[-L, L)^d``, with ``f = sum_k f_k e^{i pi k.v/L}`` and relative velocities cut off at
``R = 4 L/(3 + sqrt 2)``, the gain term (1.2) of a density that vanishes outside the ball of radius ``R/2`` is
``Q+_k = sum_{l+m=k} G(l, m) f_l f_m`` [PR00, section 4]::

    G(l, m) = int_{|g|<R} dg |g|^gamma e^{-i a ghat.khat} int_S b(ghat.sigma) e^{i b sigma.qhat} dsigma,
    k = l + m,  q = l - m,  a = pi |k| |g|/2L,  b = pi |q| |g|/2L,

of which only the part that is symmetric in `l` and `m` matters.  With ``b = sum_p b_p e^{i p chi}`` in two
dimensions, and a constant `b` in three, the angles are done in closed form::

    d = 2:  (2 pi)^2 sum_{p even} b_p cos(p angle(k, q)) int_0^R rho^(1 + gamma) J_p(a) J_p(b) drho,
    d = 3:  4 pi int_0^R rho^(2 + gamma) sinc(a) sinc(b) drho,

and a Gauss-Jacobi rule takes ``rho^(d - 1 + gamma)`` for its weight, so the rest is entire.  ``R`` is
proportional to ``L``, so that ``G/R^(d + gamma)`` does not depend on ``L``.

`G` is unchanged when one symmetry of the cube acts on both `k` and `q`.  So it is kept for `k` in the wedge
``k_1 >= k_2 >= ... >= 0`` only, and the sums for all images of `k` are done side by side.

References
----------
[PR00] L. Pareschi, G. Russo, Numerical solution of the Boltzmann equation I, SIAM J. Numer. Anal. 37 (2000)
1217-1245.
[GHHH17] I. Gamba, J. Haack, C. Hauck, J. Hu, A fast spectral method for the Boltzmann collision operator with
general collision kernels, SIAM J. Sci. Comput. 39 (2017) B658-B674.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np
import scipy
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.quadrature import gauss_jacobi

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Rule = tuple[Array, Array]

RADIUS = 4.0 / (3.0 + math.sqrt(2.0))
"""Cut-off of relative velocities over the half-width."""

_CHUNK = 16  # modes k at a time: a few MB of radial integrals


@lru_cache(maxsize=64)
def wedge(d: int, n: int) -> Integers:
    """Returns modes ``k_1 >= ... >= k_d >= 0`` below the Nyquist mode ``n/2``, (n_wedge, d)."""
    ascending = itertools.combinations_with_replacement(range(n // 2), d)
    modes = np.array([k[::-1] for k in ascending], dtype=np.int64)
    modes.flags.writeable = False
    return modes


def images(d: int, n: int) -> Integers:
    """Returns the number of the mode that each symmetry of the cube takes each mode to, (n_images, n_modes).

    Modes are those with ``|k_i| < n/2``, numbered in C order.  Of each symmetry and its negative only one is
    in the list: the density is real.
    """
    h = n // 2 - 1
    side = 2 * h + 1
    modes = np.stack(np.meshgrid(*[np.arange(-h, h + 1)] * d, indexing="ij"), axis=-1).reshape(-1, d)
    strides = side ** np.arange(d - 1, -1, -1)
    found = [
        ((modes[:, list(order)] * np.array((1, *signs)) + h) * strides).sum(axis=1)
        for order in itertools.permutations(range(d))
        for signs in itertools.product((1, -1), repeat=d - 1)
    ]
    return np.array(found, dtype=np.int64)


@lru_cache(maxsize=64)
def offsets(d: int, n: int) -> Integers:
    """Returns where each mode of the wedge has its entries, and last the table's size, (n_wedge + 1,).

    Of the pairs ``(l, k - l)`` and ``(k - l, l)`` one is kept.
    """
    pairs = np.prod(n - 1 - wedge(d, n), axis=1)
    starts = np.concatenate([[0], np.cumsum((pairs + 1) // 2)])
    starts.flags.writeable = False
    return starts


def table_bytes(d: int, n: int) -> int:
    """Returns the memory that the table of the gain takes, in bytes."""
    return 8 * int(offsets(d, n)[-1])


def radial_nodes(d: int, n: int) -> int:
    """Returns how many nodes resolve the fastest product of Bessel functions, ``e^{i (a + b)}``."""
    farthest = 1.0 + math.sqrt(5.0) if d == 2 else 4.0  # max |k| + |q|, over n/2
    return math.ceil(0.28 * (0.5 * math.pi * RADIUS) * farthest * (n // 2)) + 12


def gauss_jacobi_rule(d: int, n: int, gamma: float) -> Rule:
    """Returns nodes and weights of ``int_0^1 t^(d - 1 + gamma) g(t) dt``."""
    return gauss_jacobi(radial_nodes(d, n), d - 1.0 + gamma)


def loss_table(d: int, n: int, rule: Rule) -> Array:
    r"""Returns ``int_{|g|<R} |g|^gamma e^{-i pi m.g/L} dg/R^(d+gamma)`` at ``|m_i| < n/2``, (n - 1,) * d."""
    h = n // 2 - 1
    axes = np.meshgrid(*[np.arange(-h, h + 1)] * d, indexing="ij")
    squares, where = np.unique(sum(axis**2 for axis in axes), return_inverse=True)
    t, weights = rule
    x = math.pi * RADIUS * np.sqrt(squares)[:, None] * t
    angular = 2.0 * math.pi * scipy.special.j0(x) if d == 2 else 4.0 * math.pi * np.sinc(x / math.pi)
    table: Array = (angular @ weights)[where]
    return table.reshape((2 * h + 1,) * d)


def gain_table(d: int, n: int, angular: str, rule: Rule) -> Array:
    """Returns the symmetric part of ``G(l, m)/R^(d+gamma)``; pairs of different `l` and `m` count twice.

    Returns
    -------
    (n_entries,) float64
        For each mode of `wedge`, the first half of all `l` with `l` and ``k - l`` below the Nyquist mode, in
        C order.
    """
    t, weights = rule
    modes, starts = wedge(d, n), offsets(d, n)
    reach = np.meshgrid(*[np.arange(n - 1)] * d, indexing="ij")
    q_squares = np.unique(sum(axis**2 for axis in reach))
    place = np.zeros(q_squares[-1] + 1, dtype=np.int64)
    k_squares, k_place = np.unique((modes**2).sum(axis=1), return_inverse=True)

    half = 0.5 * math.pi * RADIUS
    a, b = (half * np.sqrt(squares)[:, None] * t for squares in (k_squares, q_squares))
    if d == 3:
        of_k, of_q = (np.sinc(x / math.pi)[None] for x in (a, b))
        coefficients = np.array([4.0 * math.pi])
    else:
        orders = _orders(angular, float(a.max()))
        of_k, of_q = (even_bessel(x, orders) for x in (a, b))
        coefficients = (2.0 * math.pi) ** 2 * _angular_coefficients(angular, orders)
    of_k = of_k * (coefficients[:, None, None] * weights)
    of_q = of_q.transpose(0, 2, 1)

    table = np.empty(starts[-1])
    odd = (modes % 2).sum(axis=1)
    for count in range(d + 1):
        # q = 2 l - k is odd where k is, and the square of an odd number is 1 modulo 4
        same = q_squares % 4 == count
        place[q_squares[same]] = np.arange(np.count_nonzero(same))
        reachable = np.ascontiguousarray(of_q[:, :, same])
        chosen = np.flatnonzero(odd == count)
        for chunk in np.split(chosen, range(_CHUNK, chosen.size, _CHUNK)):
            radial = np.matmul(of_k[:, k_place[chunk]], reachable)
            radial = np.ascontiguousarray(radial.transpose(1, 2, 0))
            _fill(table, _three(modes[chunk]), starts[chunk], _reach(d, n), place, radial)
    return table


def _orders(angular: str, largest: float) -> int:
    """Returns how many even orders ``p`` to keep: ``J_p(a)`` is below round-off beyond."""
    if angular == "isotropic":
        return 1
    return math.ceil(0.5 * (largest + 10.0 * largest ** (1.0 / 3.0))) + 8


def _angular_coefficients(angular: str, orders: int) -> Array:
    """Returns ``b_p`` of ``p = 0, 2, ...``, with ``b_-p`` added: of a constant, or of ``|sin(chi/2)|/4``."""
    p = 2.0 * np.arange(orders)
    if angular == "isotropic":
        return np.array([0.5 / math.pi])
    found: Array = -1.0 / (2.0 * math.pi * (4.0 * p * p - 1.0))
    found[1:] *= 2.0
    return found


def even_bessel(x: Array, orders: int) -> Array:
    """Returns ``J_0(x), J_2(x), ...`` to absolute round-off, (orders, *x.shape).

    By the Jacobi-Anger expansion ``cos(x sin phi) = J_0 + 2 sum J_2k cos(2 k phi)``: a Fourier transform in
    ``2 phi``, with enough points that the orders that it folds back vanish.
    """
    if orders == 1:
        return scipy.special.j0(x)[None]
    largest = float(x.max())
    points = math.ceil(0.5 * (largest + 10.0 * largest ** (1.0 / 3.0))) + 8 + orders
    wave = np.sin(np.arange(points) * (math.pi / points))
    values = np.empty((orders, *x.shape))
    for row in range(x.shape[0]):  # one row at a time: all the samples at once would be the largest array
        transformed = np.fft.rfft(np.cos(x[row][:, None] * wave), axis=-1).real[:, :orders]
        values[:, row] = transformed.T / points
    return values


def _three(modes: Integers) -> Integers:
    """Returns modes with leading zeros, (n, 3): the kernels have one set of loops for both dimensions."""
    return np.pad(modes, ((0, 0), (3 - modes.shape[1], 0)))


def _reach(d: int, n: int) -> Integers:
    """Returns the largest component of a mode, along each of three axes."""
    h = n // 2 - 1
    return np.array([h if d == 3 else 0, h, h], dtype=np.int64)


@njit(cache=True, nogil=True)
def _fill(table, modes, starts, reach, place, radial):
    """Computes entries of some modes: ``sum_p radial[k, |q|^2, p] cos(p angle(k, q))`` over even `p`.

    Parameters
    ----------
    table : (n_entries,) float64, written to
    modes, starts : (n, 3), (n,) int64
    reach : (3,) int64
    place : int64
        Where ``|q|^2`` is along the second axis of `radial`.
    radial : (n, n_q, n_p) float64
    """
    for w in range(modes.shape[0]):
        k0, k1, k2 = modes[w]
        k_square = k0 * k0 + k1 * k1 + k2 * k2
        n0, n1, n2 = 2 * reach[0] + 1 - k0, 2 * reach[1] + 1 - k1, 2 * reach[2] + 1 - k2
        pairs = n0 * n1 * n2
        entry = starts[w]
        for i in range((pairs + 1) // 2):
            # l from k - reach to reach; q = l - (k - l)
            q0 = k0 - 2 * reach[0] + 2 * (i // (n1 * n2))
            q1 = k1 - 2 * reach[1] + 2 * (i // n2 % n1)
            q2 = k2 - 2 * reach[2] + 2 * (i % n2)
            q_square = q0 * q0 + q1 * q1 + q2 * q2
            terms = radial[w, place[q_square]]
            total = terms[0]
            if terms.size > 1 and k_square > 0 and q_square > 0:
                dot = k0 * q0 + k1 * q1 + k2 * q2
                c = 2.0 * (dot * dot) / (k_square * q_square) - 1.0
                before, now = 1.0, c
                for p in range(1, terms.size):
                    total += terms[p] * now
                    before, now = now, 2.0 * c * now - before
            table[entry + i] = total if 2 * i + 1 == pairs else 2.0 * total


def gain_sums(d: int, n: int, table: Array, real: Array, imaginary: Array) -> tuple[Array, Array]:
    """Returns ``sum_l G(l, k - l) f_l f_{k-l}`` for `k` in the wedge, several densities at once.

    Parameters
    ----------
    table : (n_entries,) float64
        As from `gain_table`.
    real, imaginary : (n_modes, n_lanes) float64
        Modes of the densities.

    Returns
    -------
    real, imaginary : (n_wedge, n_lanes) float64
    """
    modes = wedge(d, n)
    shape = (len(modes), real.shape[1])
    sums = np.zeros(shape), np.zeros(shape)
    _gain_sums(*sums, table, _three(modes), offsets(d, n), _reach(d, n), real, imaginary)
    return sums


@njit(cache=True, nogil=True)
def _gain_sums(sum_re, sum_im, table, modes, starts, reach, re, im):
    s1 = 2 * reach[2] + 1
    s0 = (2 * reach[1] + 1) * s1
    middle = reach[0] * s0 + reach[1] * s1 + reach[2]
    for w in range(modes.shape[0]):
        k0, k1, k2 = modes[w]
        n1, n2 = 2 * reach[1] + 1 - k1, 2 * reach[2] + 1 - k2
        both = 2 * middle + k0 * s0 + k1 * s1 + k2  # the numbers of l and k - l together
        entry, stop = starts[w], starts[w + 1]
        row = 0
        while entry < stop:
            first = (k0 + row // n1) * s0 + (k1 + row % n1) * s1 + k2
            count = min(n2, stop - entry)
            _add_row(sum_re[w], sum_im[w], table[entry : entry + count], re, im, first, both)
            entry += count
            row += 1


@njit(cache=True, nogil=True)
def _add_row(sum_re, sum_im, weights, re, im, first, both):
    for i in range(weights.size):
        g = weights[i]
        one, other = first + i, both - first - i
        a_re, a_im, b_re, b_im = re[one], im[one], re[other], im[other]
        for j in range(sum_re.size):
            sum_re[j] += g * (a_re[j] * b_re[j] - a_im[j] * b_im[j])
            sum_im[j] += g * (a_re[j] * b_im[j] + a_im[j] * b_re[j])
