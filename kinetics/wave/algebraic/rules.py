"""Nodes and weights of the algebraic data's panels, moments and tails."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre

ORDERS = 64  # of the power series in (x - y)/w <= 1/8
NEAR = 0.125  # h/w
DEPTH = 56  # from here on a panel is at the origin, seen from h


NEARLY_DIVERGENT = 1.5  # a tail that decays more slowly has a rule for the difference of two such tails
PANEL, ORIGIN_X, ORIGIN_Y = range(3)  # of `Rules.near`
UNIT, DYADIC, WIDE = range(3)  # of `Rules.far`
BOTH, ONE, DIFFERENCE, TWO, THREE = range(5)  # of `Rules.tails`


class Rules(NamedTuple):
    """The quadrature of one level for one (beta, p).

    Rules of equally many nodes share an array (..., 2, n) of nodes and weights: what the compiler takes grows
    with the number of arrays.
    """

    near: np.ndarray  # (3, 2, n), on [0, 1]: weight one; at the origin, x^(2 beta + 3/2) and y^(beta + 1/2)
    near_powers: np.ndarray  # (2, n, ORDERS): the first one's weights times (1 + t)^k, the last's (1 - u)^k
    triangle: np.ndarray  # (n, ORDERS*n): integrals of l_j(y) (x-y)^k l_i(x) over y <= x, by j and (k, i)
    binomial: np.ndarray  # (ORDERS, ORDERS): coefficients of x^i y^j in (x-y)^(i+j), by j and i
    measure: np.ndarray  # (n_measure,): nodes of what integrates against a density, smooth or not
    projection: np.ndarray  # (n_measure, n_measure): its weights from Legendre moments
    recurrence: np.ndarray  # (2, n_measure): of the Legendre polynomials
    spread: np.ndarray  # (DEPTH, n, n_measure): weights on [0, h] from those at a panel [2^-m h, 2^(1-m) h]
    doubling: np.ndarray  # (n_measure + n_far, n_measure): on [0, 2b] from those on [0, b] and a panel
    eightfold: np.ndarray  # ... and on [0, 8b]
    far: np.ndarray  # (3, 2, n_far): on [0, 1], [1, 2] and, for integrands that vary like powers, [1, 8]
    tails: np.ndarray  # (5, 2, n_far), on [1, inf): where both, or one, of two factors decay; see `_tails`


@lru_cache(maxsize=8)
def _triangle_weights(n: int) -> np.ndarray:
    """Returns integrals over 0 <= y <= x <= 1 of l_m(x) l_n(y) (x-y)^k, l the basis of Lagrange."""
    nodes, _ = gauss_legendre(n)
    fine, weight = gauss_legendre(n + ORDERS // 2 + 1)  # exact for these polynomials
    x = np.repeat(fine, fine.size)
    u = np.tile(fine, fine.size)
    y = x * u
    area = np.repeat(weight, fine.size) * np.tile(weight, fine.size) * x

    def basis(at: np.ndarray) -> np.ndarray:
        others = nodes[:, None] - nodes[None, :] + np.eye(n)
        factors = (at[None, None, :] - nodes[None, :, None]) / others[:, :, None]
        factors[np.arange(n), np.arange(n)] = 1.0
        product: np.ndarray = np.prod(factors, axis=1)
        return product

    at_x, at_y = basis(x), basis(y)
    table = np.empty((n, ORDERS, n))
    power = area
    for k in range(ORDERS):
        table[:, k] = at_y @ (at_x * power).T
        power = power * (x - y)
    return _read_only(table.reshape(n, ORDERS * n))


@lru_cache(maxsize=8)
def _projection(n: int) -> np.ndarray:
    """Returns weights at the nodes of Gauss-Legendre, (k, j), that reproduce the moment k alone."""
    nodes, weights = gauss_legendre(n)
    legendre = np.polynomial.legendre.legvander(2.0 * nodes - 1.0, n - 1)
    return _read_only(((2 * np.arange(n) + 1) * legendre * weights[:, None]).T.copy())


def _moved(points: np.ndarray, n: int) -> np.ndarray:
    """Returns weights at the nodes of Gauss-Legendre, (..., j), for a unit weight at each of `points`."""
    moved: np.ndarray = np.polynomial.legendre.legvander(2.0 * points - 1.0, n - 1) @ _projection(n)
    return moved


@lru_cache(maxsize=8)
def _spread(n_panel: int, n_measure: int) -> np.ndarray:
    t, _ = gauss_legendre(n_panel)
    return _read_only(_moved(0.5 ** np.arange(1, DEPTH + 1)[:, None] * (1.0 + t), n_measure))


@lru_cache(maxsize=16)
def _widening(n_measure: int, n_far: int, power: int) -> np.ndarray:
    points = np.append(gauss_legendre(n_measure)[0], (1.0 + gauss_legendre(n_far)[0]) ** power)
    return _read_only(_moved(0.5**power * points, n_measure))


@lru_cache(maxsize=8)
def _recurrence(n: int) -> np.ndarray:
    k = np.arange(n)
    return _read_only(np.array([(2 * k + 1) / (k + 1), k / (k + 1)]))


@lru_cache(maxsize=1)
def _binomial() -> np.ndarray:
    table = [[(-1) ** j * math.comb(i + j, j) for i in range(ORDERS)] for j in range(ORDERS)]
    return _read_only(np.array(table, dtype=np.float64))


def _weighted_powers(base: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return weights[:, None] * base[:, None] ** np.arange(ORDERS)


def _read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def _panels(n: int) -> np.ndarray:
    """Returns the rules on [0, 1], [1, 2] and [1, 8].

    As functions of ``x^(1/3)``, powers of x are as smooth in [1, 8] as functions of x are in [1, 2].
    """
    t, weights = gauss_legendre(n)
    root = 1.0 + t
    return _read_only(np.array([(t, weights), (root, weights), (root**3, 3.0 * root**2 * weights)]))


def _tails(n: int, beta: float, p: float) -> np.ndarray:
    """Returns rules for integrands that decay as ``x^-power``: Gauss-Jacobi in ``1/x``.

    Along a tail both `n2` and `n4` decay or one does, or it is the difference of two such, needed where they
    nearly diverge; the last two are of region 1's outer tail, where two factors decay or three.
    """
    one = p - 2.0 * beta
    powers = (
        2.0 * (p - beta),
        one,
        one + 1.0 if one < NEARLY_DIVERGENT else math.nan,
        2.0 * p - 3.0 * beta - 1.0,
        3.0 * p - 3.0 * beta - 1.0,
    )
    tails = np.full((len(powers), 2, n), math.nan)
    for nodes, power in zip(tails, powers, strict=True):
        if not math.isnan(power):
            s, weights = gauss_jacobi(n, power - 2.0)
            nodes[:] = 1.0 / s, weights * s**-power
    return _read_only(tails)


LEVELS = ((14, 12, 9), (18, 16, 13), (24, 22, 18), (32, 28, 26))
"""Nodes of the panels, of the measure and of the far panels, coarse to fine.

Panels are dyadic, so the error falls as 5.83^-n for the interpolated triangles and as its square elsewhere,
later where p is large.
"""


@lru_cache(maxsize=256)
def rules(level: int, beta: float, p: float) -> Rules:
    """Returns the quadrature of one of `LEVELS` for exponents `beta` and `p`."""
    n_panel, n_measure, n_far = LEVELS[level]
    t, tw = gauss_legendre(n_panel)
    u, uw = gauss_jacobi(n_panel, beta + 0.5)
    return Rules(
        near=_read_only(np.array([(t, tw), gauss_jacobi(n_panel, 2.0 * beta + 1.5), (u, uw)])),
        near_powers=_read_only(np.array([_weighted_powers(1.0 + t, tw), _weighted_powers(1.0 - u, uw)])),
        triangle=_triangle_weights(n_panel),
        binomial=_binomial(),
        measure=gauss_legendre(n_measure)[0],
        projection=_projection(n_measure),
        recurrence=_recurrence(n_measure),
        spread=_spread(n_panel, n_measure),
        doubling=_widening(n_measure, n_far, 1),
        eightfold=_widening(n_measure, n_far, 3),
        far=_panels(n_far),
        tails=_tails(n_far, beta, p),
    )
