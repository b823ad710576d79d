r"""The linearised collision operator and the norm that controls it, in one angular sector.

With ``g = sqrt(M) p``, a = hbar |k| and the velocity u along k halfway between the two before and after,

    int g L g   = c_d/2 int dk k^2 V^2/|k| int du phi(u+a/2) phi(u-a/2) |epsilon|^-2 Var[Delta p / a],
    ||g||_hbar^2 = c_d int dk k^2 V^2/|k| int du |epsilon|^-2 E[ phi(u+a/2) (Delta psi / a)^2 + ... ],

``Delta p = p(u+a/2, .) - p(u-a/2, .)``, variance and mean over the Maxwellian of the components across k
((1.28), (3.5), (3.12)-(3.14)).  In the products of `sectors.axial_coefficients` the mean is one term, which
is left out of the variance exactly: the null space is exact, and nothing cancels as hbar -> 0, because the
divided differences of Hermite polynomials obey a recurrence of their own.  The classical operators are the
case a = 0, and carry c_d/2, which is the limit.

Sources: C. Le Bihan, Around the quantum Lenard-Balescu equation, (1.28), (1.34), (3.5)-(3.7), (3.15).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.interaction.momentum import refuse_divergent
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.linearised_operator.axial_forms import axial_forms
from wellposed.kinetics.lenard_balescu.linearised_operator.sectors import (
    axial_coefficients,
    multiplicity,
    sector_form,
)
from wellposed.kinetics.lenard_balescu.parameters import DIMENSION, HBAR, SECTOR, SIZE

Array = NDArray[np.float64]


def _degrees(n: int) -> int:
    """Returns as many Hermite degrees as n functions of any sector need: all sectors share their forms."""
    return 2 * n + int(SECTOR.upper) - 1


def _canonical(d: int, sector: int, n: int, hbar: float, potential: Potential) -> tuple[int, int, int, float]:
    """Returns d, sector, n and hbar in canonical form.

    Raises `ParameterError` unless all are allowed, and `Unresolved` where the operator is infinite.
    """
    d, sector, n = int(DIMENSION.canonical(d)), int(SECTOR.canonical(sector)), int(SIZE.canonical(n))
    hbar = float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    refuse_divergent(d, hbar, potential)
    return d, sector, n, hbar


def linearised(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    screened: bool = True,
    refinement: float = 1.0,
) -> tuple[Array, Array]:
    """Returns the linearised operator and the norm of (3.5) on a Laguerre basis of one angular sector.

    Parameters
    ----------
    d : int, 2 to 5
    l : int, 0 to 3
        Degree of the spherical harmonics.
    n : int, 1 to 60
        The basis is ``sqrt(M) Y_l |v|^l L_i^(l+d/2-1)(|v|^2/2)``, i < n, normalised in L^2.
    hbar : float
        0 is the classical operator (1.34), which carries c_d/2, and the norm (3.7).
    potential : Potential
    screened : bool
        Whether epsilon is that of the Maxwellian, or 1.
    refinement : float
        By what the steps of the quadrature are divided.

    Returns
    -------
    L, gram : (n, n) float64
        ``int g_i L g_j`` and the inner products of ``||.||_hbar``, in the published normalisation.
        The norm is infinite if s <= d - 1: so is the rate of all collisions, grazing ones included.
        Mass and energy are i = 0, 1 of sector 0, and momentum is i = 0 of sector 1.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If hbar = 0 and s <= d + 1, where the classical operator is infinite, or the potential is so strong
        that the peaks of ``1/|epsilon|^2`` are too narrow.
    """
    d, l, n, hbar = _canonical(d, l, n, hbar, potential)  # noqa: E741
    dissipation, norm = axial_forms(d, _degrees(n), hbar, potential, screened, refinement)
    L = sector_form(dissipation, d, l, n, without_mean=True)
    gram = sector_form(norm, d, l, n)
    if potential.s <= d - 1.0:
        gram[:] = np.inf
    return L, gram


def kernel_form(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    screened: bool = True,
) -> Array:
    """Returns ``int g_i K_hbar g_j`` of (3.15) on the basis of `linearised`, (n, n): never positive.

    It is what the mean takes from the variance, so ``int g L g`` is the rest plus this.  Arguments and errors
    are those of `linearised`.
    """
    d, l, n, hbar = _canonical(d, l, n, hbar, potential)  # noqa: E741
    dissipation, _ = axial_forms(d, _degrees(n), hbar, potential, screened)
    c = axial_coefficients(d, l, 0, n)[:, 0]
    j = l + 2 * np.arange(n)
    form: Array = -np.outer(c, c) * dissipation[np.ix_(j, j)] / multiplicity(d, l)
    return form


def dissipation_constant(
    d: int,
    l: int,  # noqa: E741
    n: int,
    *,
    hbar: float,
    potential: Potential,
    screened: bool = True,
    refinement: float = 1.0,
) -> float:
    """Returns the largest lambda with ``int g L g >= lambda ||(1 - pi_0) g||_hbar^2``, (3.35).

    g is in the span of the basis of `linearised`, so lambda is an upper bound of that of the whole sector,
    converged at n = 12 to six digits in sectors 0 to 2, and to four in sector 3.

    Raises
    ------
    ParameterError
        If an argument is not allowed, or there is nothing in the basis but collision invariants.
    Unresolved
        If hbar = 0 and s <= d + 1, or hbar > 0 and s <= d - 1, where the norm is infinite.
    """
    invariant = null_space(l)
    if n <= invariant:
        raise ParameterError(f"Argument `n` must be above {invariant} in sector {l}, but is {n}.")
    L, gram = linearised(d, l, n, hbar=hbar, potential=potential, screened=screened, refinement=refinement)
    if not np.isfinite(gram[0, 0]):
        raise Unresolved(
            f"The norm (3.5) is infinite for s <= d - 1 = {d - 1}, as the rate of grazing collisions is: "
            f"s is {potential.s:g}. Take a larger s."
        )
    rest = slice(invariant, n)
    return float(eigh(L[rest, rest], gram[rest, rest], eigvals_only=True, subset_by_index=[0, 0])[0])


def null_space(sector: int) -> int:
    """Returns how many of the first basis functions of an angular sector are collision invariants."""
    return {0: 2, 1: 1}.get(sector, 0)
