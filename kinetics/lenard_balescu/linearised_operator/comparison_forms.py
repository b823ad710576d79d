r"""Quadratic forms that the norm ||.||_hbar is compared with: (3.8), (3.21), and itself (3.36).

For g of one angular sector, split along k as in `sectors`,

    (3.8)   hbar^-2 int (g1 - g1')^2 V^2/|k| exp(-alpha w^2) dk dv1 + ||<v>^(-1/2) g||^2,
    (3.21)  c_d hbar^-2 int (g1 - g1') g1 sqrt(M2) (sqrt(M2) - sqrt(M2')) V^2 delta |epsilon|^-2,

are forms in Hermite functions ``h_j(w) = He_j(w) sqrt(phi(w)/j!)`` along k.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Propositions 3.3 and 3.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import MaxwellianMarginal
from wellposed.kinetics.lenard_balescu.interaction.normalisation import published_constant
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential
from wellposed.kinetics.lenard_balescu.linearised_operator.axial_forms import wave_numbers
from wellposed.kinetics.lenard_balescu.linearised_operator.forms import linearised
from wellposed.kinetics.lenard_balescu.linearised_operator.hermite import (
    hermite_differences,
    hermite_functions,
)
from wellposed.kinetics.lenard_balescu.linearised_operator.sectors import radial_form, sector_form
from wellposed.kinetics.quadrature import sphere_area

Array = NDArray[np.float64]


def _grid(reach: float, step: float) -> Array:
    """Returns an even grid of velocities that contains 0 and reaches `reach` at least."""
    n = math.ceil(reach / step)
    return np.linspace(-n * step, n * step, 2 * n + 1)


def _axial_form(
    d: int, n: int, hbar: float, potential: Potential, step: float, integrand: Callable[[float, float], Array]
) -> Array:
    """Returns ``|S^(d-1)| int dk k^d V^2`` of an integrand (n, n) of V(k) and ``a = hbar k``, (n, n)."""
    k, weight = wave_numbers(d, hbar, potential, step)
    strengths = potential(k).tolist()
    total = np.zeros((n, n))
    for size, a, strength in zip(weight.tolist(), (hbar * k).tolist(), strengths, strict=True):
        total += size * integrand(strength, a)
    return sphere_area(d) * total


def comparison_form(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    alpha: float,
    step: float = 0.15,
) -> Array:
    """Returns the left side of (3.8) on the basis of `linearised`, (n, n).

    Parameters
    ----------
    d, l, n : int
        Dimension, sector, and number of its Laguerre functions.
    hbar : float
    potential : Potential
    alpha : float
        Of the weight ``exp(-alpha w^2)``, positive.
    step : float
        Of the quadrature in w and in log k.
    """
    degrees = l + 2 * n - 1
    reach = max(math.sqrt(degrees) + 7.0, math.sqrt(37.0 / alpha))
    w = _grid(reach, step)
    weight = step * np.exp(-alpha * w * w)

    def integrand(_: float, a: float) -> Array:
        difference = hermite_differences(degrees, w, a)
        product: Array = (difference * weight) @ difference.T
        return product

    axial = _axial_form(d, degrees, hbar, potential, step, integrand)
    return sector_form(axial, d, l, n) + radial_form(lambda r: 1.0 / np.sqrt(1.0 + r * r), d, l, n)


def cross_form(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    step: float = 0.15,
) -> Array:
    """Returns the left side of (3.21), made symmetric, on the basis of `linearised`, (n, n).

    Arguments are those of `comparison_form`.  The constant is the published one.
    """
    degrees = l + 2 * n - 1
    reach = math.sqrt(degrees) + 9.0
    w = _grid(reach, step)
    here = hermite_functions(degrees, w)
    marginal = MaxwellianMarginal()

    def integrand(strength: float, a: float) -> Array:
        epsilon = 1.0 + strength * marginal.response_difference(w, np.full_like(w, a))
        exponent = -0.25 * a * (2.0 * w + a)
        slope = -np.expm1(exponent) / a if a > 0.0 else 0.5 * w
        maxwellian = np.exp(-0.5 * w * w + exponent) / math.sqrt(2.0 * math.pi)
        product: Array = (
            hermite_differences(degrees, w, a) * (step * maxwellian * slope / np.abs(epsilon) ** 2)
        ) @ here.T
        symmetric: Array = 0.5 * (product + product.T)
        return symmetric

    axial = _axial_form(d, degrees, hbar, potential, step, integrand)
    return published_constant(d) * sector_form(axial, d, l, n)


def ordering_constants(d: int, l: int, n: int, potential: Potential, hbar: Array) -> Array:  # noqa: E741
    """Returns the best constants of (3.36), squared.

    They are the largest ``||g||_hbar'^2/||g||_hbar^2`` over ``hbar' > hbar``.

    Parameters
    ----------
    d, l, n : int
        Dimension, sector and how many of its Laguerre functions.
    potential : Potential
    hbar : (n_hbar,) array
        Descending.

    Returns
    -------
    (n_hbar - 1,) array
        For all but the first, over those before it.
    """
    grams = [linearised(d, l, n, hbar=value, potential=potential)[1] for value in hbar.tolist()]
    return np.array(
        [
            max(eigh(larger, gram, eigvals_only=True)[-1] for larger in grams[:i])
            for i, gram in enumerate(grams)
            if i
        ]
    )
