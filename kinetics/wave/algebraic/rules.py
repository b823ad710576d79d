"""Nodes and weights of the algebraic data's panels, moments and tails."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kinetics.quadrature import gauss_jacobi, gauss_legendre

ORDERS = 64  # of the power series in (x - y)/w <= 1/8
NEAR = 0.125  # h/w


class Rules(NamedTuple):
    """Quadrature of one level for one (beta, p): nodes and weights on [0, 1]."""

    panel: tuple[np.ndarray, np.ndarray]  # a dyadic panel
    triangle: np.ndarray  # (ORDERS, n, n): integrals of l_m(x) l_n(y) (x-y)^k over y <= x
    measure: tuple[np.ndarray, np.ndarray]  # what integrates against y^(beta+1/2) n(y), y <= h
    legendre: np.ndarray  # (n_measure, n_measure): P_k at the measure's nodes
    far: tuple[np.ndarray, np.ndarray]
    origin_x: tuple[np.ndarray, np.ndarray]  # weight x^(2 beta + 3/2)
    origin_y: tuple[np.ndarray, np.ndarray]  # weight y^(beta + 1/2)
    tail_one: tuple[np.ndarray, np.ndarray]  # one of n2, n4 decays along the tail
    tail_difference: tuple[np.ndarray, np.ndarray]  # the difference of two such, which decays faster by one
    tail_both: tuple[np.ndarray, np.ndarray]  # both do
    tail_two: tuple[np.ndarray, np.ndarray]  # outer tail of region 1, where two factors decay
    tail_three: tuple[np.ndarray, np.ndarray]  # ... and where three do


@lru_cache(maxsize=8)
def _triangle_weights(n: int) -> np.ndarray:
    """Integrals over 0 <= y <= x <= 1 of l_m(x) l_n(y) (x-y)^k, l the Lagrange basis of Gauss-Legendre."""
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
        return np.prod(factors, axis=1)

    at_x, at_y = basis(x), basis(y)
    table = np.empty((ORDERS, n, n))
    power = area
    for k in range(ORDERS):
        table[k] = (at_x * power) @ at_y.T
        power = power * (x - y)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=8)
def _legendre_at(n: int) -> np.ndarray:
    nodes, _ = gauss_legendre(n)
    table = np.polynomial.legendre.legvander(2.0 * nodes - 1.0, n - 1).T.copy()
    table.flags.writeable = False
    return table


LEVELS = ((14, 12, 9), (18, 16, 13), (24, 22, 18), (32, 28, 26))
"""Nodes of the panels, of the measure and of the far panels, coarse to fine.

Panels are dyadic, so the error falls as 5.83^-n for the interpolated triangles and as its square elsewhere,
later where p is large.
"""


@lru_cache(maxsize=256)
def rules(level: int, beta: float, p: float) -> Rules:
    """The quadrature of one of `LEVELS` for exponents `beta` and `p`."""
    n_panel, n_measure, n_far = LEVELS[level]
    return Rules(
        panel=gauss_legendre(n_panel),
        triangle=_triangle_weights(n_panel),
        measure=gauss_legendre(n_measure),
        legendre=_legendre_at(n_measure),
        far=gauss_legendre(n_far),
        origin_x=gauss_jacobi(n_panel, 2.0 * beta + 1.5),
        origin_y=gauss_jacobi(n_panel, beta + 0.5),
        tail_one=gauss_jacobi(n_far, p - 2.0 * beta - 2.0),
        tail_difference=gauss_jacobi(n_far, p - 2.0 * beta - 1.0),
        tail_both=gauss_jacobi(n_far, 2.0 * p - 2.0 * beta - 2.0),
        tail_two=gauss_jacobi(n_far, 2.0 * p - 3.0 * beta - 3.0),
        tail_three=gauss_jacobi(n_far, 3.0 * p - 3.0 * beta - 3.0),
    )
