"""Quadrature rules, and a supremum, that norms of the rock and of needles are made of."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
import scipy

from wellposed.kinetics.boltzmann.norms.cutoff import (
    RADIAL,
    Array,
    Rule,
    chi_at,
    chi_spectrum,
    gauss,
    panels,
    radial_rule,
)
from wellposed.kinetics.quadrature import sphere_area

_HIGHEST = 64.0  # of `few_wavenumbers`
_MOST_NODES = (7, 10)  # of a Gauss rule on one octave of wavenumbers, coarse and fine


@lru_cache(maxsize=16)
def octaves(d: int, first: int, level: int) -> Rule:
    """Returns `chi_spectrum` with few nodes: a Gauss rule on [0, 2^first] and on each octave above."""
    k, mass = chi_spectrum(d)
    edges = [0.0, *2.0 ** np.arange(first, math.ceil(math.log2(k.max())) + 1)]
    pieces = []
    for low, high in pairwise(edges):
        inside = (k > low) & (k < high)
        pieces.append(gauss(k[inside], mass[inside], min(_MOST_NODES[level], int(inside.sum()))))
    return np.concatenate([x for x, _ in pieces]), np.concatenate([w for _, w in pieces])


@lru_cache(maxsize=8)
def few_wavenumbers(d: int, level: int) -> Rule:
    """Returns a rule like that of `wavenumbers`, as far as ratios to six digits need it."""
    below = panels(np.concatenate([[0.0], 2.0 ** np.arange(-10, 1)]), (4, 5)[level])
    above = panels(np.linspace(1.0, _HIGHEST, int(_HIGHEST)), (3, 4)[level])
    k, w = np.concatenate([below[0], above[0]]), np.concatenate([below[1], above[1]])
    return k, w * k ** (d - 1) * sphere_area(d) / (2.0 * math.pi) ** d


@lru_cache(maxsize=16)
def squared_cross_section_rule(d: int) -> Rule:
    """Returns the Gauss rule for ``int f(|y|) chi(|y|)^2 dy`` over R^(d-1)."""
    r, w = radial_rule()
    return gauss(r, sphere_area(d - 1) * w * r ** (d - 2) * chi_at(r) ** 2, 8)


@lru_cache(maxsize=4)
def panel_derivative() -> tuple[Array, Array]:
    """Returns barycentric weights and the differentiation matrix of a panel of `radial_rule(RADIAL)`."""
    x = radial_rule(RADIAL)[0][:RADIAL]
    logs = -np.sum(np.log(np.abs(x[:, None] - x + np.eye(x.size))), axis=1)
    weights = np.exp(logs - logs.max()) * (-1.0) ** np.arange(x.size)
    matrix = weights / weights[:, None] / (x[:, None] - x + np.eye(x.size))
    np.fill_diagonal(matrix, 0.0)
    np.fill_diagonal(matrix, -matrix.sum(axis=1))
    return weights, matrix


def supremum(values: Array) -> float:
    """Returns the supremum over ``0 <= R <= 2`` of a smooth function given at `radial_rule(RADIAL)`."""
    R, _ = radial_rule(RADIAL)
    at = int(np.argmax(values))
    panel = slice(0, RADIAL) if at < RADIAL else slice(RADIAL, 2 * RADIAL)
    x, y, (weights, _) = R[panel], values[panel], panel_derivative()

    def negative(r: float) -> float:
        over = weights / (r - x + 1e-300)
        return -float(np.sum(over * y) / np.sum(over))

    bounds = (float(R[max(at - 1, 0)]), float(R[min(at + 1, R.size - 1)]))
    found = scipy.optimize.minimize_scalar(negative, bounds=bounds, method="bounded", options={"xatol": 1e-7})
    return max(float(values[at]), -float(found.fun))
