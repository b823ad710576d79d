r"""Quadratic forms that the norm ||.||_hbar is compared with: (3.8), (3.21), and itself (3.36).

For g of one angular sector, split along k as in `sectors`,

    (3.8)   hbar^-2 int (g1 - g1')^2 V^2/|k| exp(-alpha w^2) dk dv1 + ||<v>^(-1/2) g||^2,
    (3.21)  c_d hbar^-2 int (g1 - g1') g1 sqrt(M2) (sqrt(M2) - sqrt(M2')) V^2 delta |epsilon|^-2,

are forms in Hermite functions ``h_j(w) = He_j(w) sqrt(phi(w)/j!)`` along k.  (3.8) is said to be equivalent
to ``||g||_hbar^2`` (printed without the square), uniformly in hbar, and (3.21) to ``int K_0 tilde g^2`` in
the limit.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Propositions 3.3 and 3.5.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh
from scipy.special import roots_genlaguerre

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.lenard_balescu.galerkin import printed_constant, sphere_area
from wellposed.kinetics.lenard_balescu.laguerre import laguerre, laguerre_norms
from wellposed.kinetics.lenard_balescu.linearised_operator import DIMENSION, SECTOR, linearised, wave_numbers
from wellposed.kinetics.lenard_balescu.marginals import MaxwellianMarginal
from wellposed.kinetics.lenard_balescu.norms import potential_term
from wellposed.kinetics.lenard_balescu.potential import KAPPA, Potential, S, algebraic
from wellposed.kinetics.lenard_balescu.sectors import angular_momenta, axial_coefficients, multiplicity

Array = NDArray[np.float64]

_HBAR = 2.0 ** -np.arange(0.0, 9.0)
_SIZES = (6, 8)
_STEPS = (0.2, 0.15)  # in w, and in log k
_SMALL = 0.03  # below it the divided difference of Hermite functions is a Taylor series


def hermite_functions(n: int, w: Array) -> Array:
    """``He_j(w) sqrt(phi(w)/j!)``, (n, *w.shape)."""
    values = np.zeros((n, *w.shape))
    values[0] = np.exp(-0.25 * w * w) / (2.0 * math.pi) ** 0.25
    if n > 1:
        values[1] = w * values[0]
    for j in range(1, n - 1):
        values[j + 1] = (w * values[j] - math.sqrt(j) * values[j - 1]) / math.sqrt(j + 1)
    return values


def _grid(reach: float, step: float) -> Array:
    n = math.ceil(reach / step)
    return np.linspace(-n * step, n * step, 2 * n + 1)


def _differences(n: int, w: Array, a: float) -> Array:
    """``[h_j(w + a) - h_j(w)]/a``, (n, n_w)."""
    if a > _SMALL:
        return (hermite_functions(n, w + a) - hermite_functions(n, w)) / a
    more = n + 3
    j = np.arange(more - 1)
    derivative = np.diag(0.5 * np.sqrt(j + 1.0), -1) - np.diag(0.5 * np.sqrt(j + 1.0), 1)
    at_middle = hermite_functions(more, w + 0.5 * a)
    third = np.linalg.matrix_power(derivative, 3)
    slope: Array = (derivative + a * a / 24.0 * third)[:n] @ at_middle
    return slope


def _axial_form(
    d: int, n: int, hbar: float, potential: Potential, step: float, integrand: Callable[[float, float], Array]
) -> Array:
    """``|S^(d-1)| int dk k^d V^2`` of an integrand (n, n) of V(k) and a."""
    k, weight = wave_numbers(d, hbar, potential, step)
    strengths = potential(k).tolist()
    total = np.zeros((n, n))
    for size, a, strength in zip(weight.tolist(), (hbar * k).tolist(), strengths, strict=True):
        total += size * integrand(strength, a)
    return sphere_area(d) * total


def _sector_form(axial: Array, d: int, l: int, n: int) -> Array:  # noqa: E741
    """A form along k as one on the Laguerre functions of a sector, (n, n)."""
    form = np.zeros((n, n))
    for q in angular_momenta(d, l):
        share = multiplicity(d - 1, q) / multiplicity(d, l)
        coefficients = axial_coefficients(d, l, q, n)
        for m in range(coefficients.shape[1]):
            rows = np.arange(max(m - (l - q) // 2, 0), n)
            j = l + 2 * rows - q - 2 * m
            c = coefficients[rows, m]
            form[np.ix_(rows, rows)] += share * np.outer(c, c) * axial[np.ix_(j, j)]
    return form


def radial_form(function: Callable[[Array], Array], d: int, l: int, n: int) -> Array:  # noqa: E741
    """``int g_i g_j function(|v|)`` on the Laguerre functions of a sector, (n, n)."""
    alpha = l + 0.5 * d - 1.0
    t, weight = roots_genlaguerre(4 * n + 60, alpha)
    kept = weight > 1e-30 * weight.max()
    t, weight = t[kept], weight[kept] / weight.sum()
    functions = laguerre(n, alpha, t) / np.sqrt(laguerre_norms(n, alpha))[:, None]
    form: Array = (functions * (weight * function(np.sqrt(2.0 * t)))) @ functions.T
    return form


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
    """The left side of (3.8), (n, n)."""
    degrees = l + 2 * n - 1
    reach = max(math.sqrt(degrees) + 7.0, math.sqrt(37.0 / alpha))
    w = _grid(reach, step)
    weight = step * np.exp(-alpha * w * w)

    def integrand(_: float, a: float) -> Array:
        difference = _differences(degrees, w, a)
        product: Array = (difference * weight) @ difference.T
        return product

    axial = _axial_form(d, degrees, hbar, potential, step, integrand)
    return _sector_form(axial, d, l, n) + radial_form(lambda r: 1.0 / np.sqrt(1.0 + r * r), d, l, n)


def cross_form(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    step: float = 0.15,
) -> Array:
    """The left side of (3.21), symmetric, (n, n)."""
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
        product = (_differences(degrees, w, a) * (step * maxwellian * slope / np.abs(epsilon) ** 2)) @ here.T
        return 0.5 * (product + product.T)

    axial = _axial_form(d, degrees, hbar, potential, step, integrand)
    return printed_constant(d) * _sector_form(axial, d, l, n)


def _constants(d: int, l: int, alpha: float, potential: Potential, level: int) -> Array:  # noqa: E741
    """Least and largest of (3.8) over ``||g||_hbar^2``, (2, n_hbar)."""
    n, found = _SIZES[level], []
    for hbar in _HBAR.tolist():
        form = comparison_form(d, l, n, hbar=hbar, potential=potential, alpha=alpha, step=_STEPS[level])
        _, gram = linearised(d, l, n, hbar=hbar, potential=potential)
        values = eigh(form, gram, eigvals_only=True)
        found.append((values[0], values[-1]))
    return np.array(found).T


def ordering(d: int, l: int, n: int, potential: Potential, hbar: Array) -> Array:  # noqa: E741
    """Best constants of (3.36), squared: the largest ``||g||_hbar'^2/||g||_hbar^2`` over ``hbar' > hbar``.

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
    grams = [linearised(d, l, n, hbar=one, potential=potential)[1] for one in hbar.tolist()]
    return np.array(
        [
            max(eigh(larger, gram, eigvals_only=True)[-1] for larger in grams[:i])
            for i, gram in enumerate(grams)
            if i
        ]
    )


def norm_forms(quantity: str, d: int, l: int, kappa: float, s: float, alpha: float) -> dict[str, Any]:  # noqa: E741
    """An exponent, and for the limit what the form tends to; see `EXPERIMENT` for inputs and outputs."""
    potential = algebraic(kappa, s)
    if quantity != "limit":
        if s <= d - 1.0:
            raise Unresolved(f"The norm (3.5) is infinite for s <= d - 1 = {d - 1}: s is {s:g}.")
        if quantity == "order":
            coarse, fine = (ordering(d, l, n, potential, _HBAR) for n in _SIZES)
        else:
            row = 0 if quantity == "least" else 1
            coarse, fine = (_constants(d, l, alpha, potential, level)[row] for level in (0, 1))
        at = 1.0 / _HBAR[-fine.size :]
        one, two = (growth_exponent(at, values, 1e-9 * values) for values in (coarse, fine))
        error = two.error + abs(two.value - one.value)
        return {
            "exponent": two.value,
            "exponent_error": error,
            "ratio": math.nan,
            "ratio_error": math.inf,
            "printed_ratio": math.nan,
            "printed_ratio_error": math.inf,
        }
    if s <= d + 1.0:
        raise Unresolved(f"K_0 tilde is infinite for s <= d + 1 = {d + 1}: s is {s:g}. Take a larger s.")
    n = 3
    limit = radial_form(lambda r: potential_term(np.minimum(r, 50.0), d=d, potential=potential), d, l, n)
    values = np.array(
        [
            [cross_form(d, l, n, hbar=hbar, potential=potential, step=step)[-1, -1] for hbar in _HBAR]
            for step in _STEPS
        ]
    )
    error = np.abs(values[1] - values[0]) + 1e-11 * np.abs(limit[-1, -1])
    found = growth_exponent(1.0 / _HBAR, values[1] - limit[-1, -1], error)
    last = values[1, -3:]
    extrapolated = last[2] - (last[2] - last[1]) ** 2 / (last[2] - 2.0 * last[1] + last[0])
    ratio = float(extrapolated / limit[-1, -1])
    doubt = float((abs(extrapolated - last[2]) + error[-1]) / abs(limit[-1, -1]))
    return {
        "exponent": found.value,
        "exponent_error": found.error,
        "ratio": ratio,
        "ratio_error": doubt,
        "printed_ratio": -ratio,  # (3.22) prints the other sign
        "printed_ratio_error": doubt,
    }


EXPERIMENT = Experiment(
    name="lenard_balescu.norm_forms",
    summary="Exponents in 1/hbar of the constants of (3.8) and (3.36), and of the error of (3.21)",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, (3.8), (3.21), (3.22), (3.36)",
    parameters=(
        Parameter(
            "quantity",
            "least or largest quotient of (3.8), (3.21) minus its limit, or the constant of (3.36)",
            "limit",
            kind="choice",
            choices=("least", "largest", "limit", "order"),
        ),
        DIMENSION,
        SECTOR,
        KAPPA,
        replace(S, only_with=None),
        Parameter(
            "alpha",
            "of the weight exp(-alpha w^2) in (3.8)",
            0.5,
            lower=0.02,
            upper=0.5,
            only_with=("quantity", ("least", "largest")),
        ),
    ),
    outputs=(
        Output("exponent", "exponent in 1/ħ of that"),
        Output("exponent_error", "its error"),
        Output("ratio", "limit of (3.21) over that of −div(Av)/4; only of the limit"),
        Output("ratio_error", "its error"),
        Output("printed_ratio", "limit of (3.21) over that of (3.22) as printed; only of the limit"),
        Output("printed_ratio_error", "its error"),
    ),
    evaluate=norm_forms,
    order_parameter="exponent",
    tolerance=0.2,
    points_per_block=1,
)
