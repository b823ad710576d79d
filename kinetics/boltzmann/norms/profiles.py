r"""Radial profiles and their integrals along straight lines.

A profile is a function of ``R = M |x| <= 2`` by its values at `radial_rule(RADIAL)`: two panels of Gauss
nodes.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import scipy

from wellposed.kinetics.boltzmann.norms.cutoff import RADIAL, Array, radial_rule
from wellposed.kinetics.boltzmann.norms.rules import panel_derivative
from wellposed.kinetics.quadrature import gauss_legendre, sphere_area

_ON_CHORD = 48  # nodes of half a chord, inside and outside of R = 1


def slope(profile: Array) -> Array:
    """Returns the derivative of profiles, (..., 2 RADIAL)."""
    by_panel = profile.reshape(*profile.shape[:-1], 2, RADIAL) @ panel_derivative()[1].T
    return np.asarray(by_panel.reshape(profile.shape))


def interpolation(R: Array) -> Array:
    """Returns the matrix (R.size, 2 RADIAL) from a profile to its values at radii (n,); zero beyond two."""
    nodes, _ = radial_rule(RADIAL)
    weights, _ = panel_derivative()
    found = np.zeros((R.size, 2 * RADIAL))
    for panel, inside in enumerate((R < 1.0, (R >= 1.0) & (R < 2.0))):
        own = slice(panel * RADIAL, (panel + 1) * RADIAL)
        distance = R[inside, None] - nodes[own]
        over = weights / np.where(distance == 0.0, 1e-300, distance)
        found[inside, own] = over / over.sum(axis=1, keepdims=True)
    return found


@lru_cache(maxsize=32)
def chord_matrix(d: int, degree: int = 0) -> Array:
    """Returns the matrix from a profile `F` to ``int F(|X|) Y_l(cos) dsigma`` along lines.

    Lines are at the distances `radial_rule(RADIAL)` from the origin, so it is (2 RADIAL, 2 RADIAL).

    ``cos = sigma/|X|`` is that of the angle with the line, and ``Y_l`` is ``cos(l .)`` (d = 2) or Legendre's
    polynomial (d = 3), of even degree.
    """
    distances, _ = radial_rule(RADIAL)
    x, w = gauss_legendre(_ON_CHORD)
    function = scipy.special.eval_chebyt if d == 2 else scipy.special.eval_legendre
    rows = []
    for Y in distances.tolist():
        inner, outer = (np.sqrt(max(R * R - Y * Y, 0.0)) for R in (1.0, 2.0))
        sigma = np.concatenate([inner * x, inner + (outer - inner) * x])
        weight = 2.0 * np.concatenate([inner * w, (outer - inner) * w])
        R = np.hypot(Y, sigma)
        rows.append((weight * function(degree, sigma / R)) @ interpolation(R))
    return np.array(rows)


def radial_integral(d: int, values: Array) -> Array:
    """Returns ``int f(|x|) dx`` over R^d of profiles (..., 2 RADIAL)."""
    R, w = radial_rule(RADIAL)
    return np.asarray(values @ (sphere_area(d) * w * R ** (d - 1)))
