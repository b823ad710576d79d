r"""The dielectric function, quantum and classical, of the Maxwellian and of any marginal.

    epsilon_hbar = 1 + V(k) [R_F(w + a) - R_F(w)]/a,    a = hbar |k|,    epsilon_0 = 1 + V(k) R_F'(w),

w the velocity along k.  That is (1.12) with the sign of its denominator corrected, and (1.19): as published,
(1.12) is unstable for ``kappa >= 1`` and does not tend to (1.19).

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.arguments import coefficients_of, real_array
from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import (
    Marginal,
    MaxwellianMarginal,
    custom_marginal,
    laguerre_marginal,
)
from wellposed.kinetics.lenard_balescu.dielectric_function.sampled_marginal import SampledMarginal
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.parameters import HBAR


def dielectric(
    k: ArrayLike,
    w: ArrayLike,
    *,
    hbar: float,
    potential: Potential,
    marginal: Any = None,
) -> NDArray[np.complex128]:
    """Returns the dielectric function ``epsilon_hbar(F, k, v)``.

    Parameters
    ----------
    k, w : array_like, of shapes that broadcast
        ``|k| >= 0``, and the velocity ``v.k/|k|`` along k.
    hbar : float
        0 for the classical one.
    potential : Potential
    marginal : optional
        None for the Maxwellian.  Else the marginal along k of a distribution of mass one: the coefficients
        (n,) of ``F = M sum_n c_n L_n^(d/2-1)(|v|^2/2)``, the same in every dimension, or a numba function of
        the velocity along k, analytic near the real line.  Structure of a width above 1e-4 of the velocities
        that it reaches to is found wherever it is, and resolved; what is narrower is refused.

    Returns
    -------
    complex128, of the shape that `k` and `w` broadcast to

    Raises
    ------
    ParameterError
        If an argument is not allowed, or the mass of a function is above one by more than 1e-8.
    Unresolved
        If the marginal is not smooth enough, or less than its mass was found.

    Notes
    -----
    Absolute error about 1e-15 times V(k) for the Maxwellian, and 1e-13 times V(k) for other marginals; for
    those with structure of a width b below 0.01, ``1e-15 V(k)/b^2``.
    """
    hbar = float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    k, w = real_array(k, "k"), real_array(w, "w")
    if not np.all(np.isfinite(k)) or np.any(k < 0.0):
        raise ParameterError("Argument `k` must be finite and not negative, but is not everywhere.")
    if not np.all(np.isfinite(w)):
        raise ParameterError("Argument `w` must be finite, but is not everywhere.")
    return epsilon(k, w, hbar, potential, marginal_of(marginal))


def marginal_of(marginal: Any) -> Marginal | MaxwellianMarginal | SampledMarginal:
    """Returns what the argument `marginal` of `dielectric` means.

    Raises
    ------
    ParameterError
        If it is none of what `dielectric` takes.
    Unresolved
        If it is not smooth enough.
    """
    if marginal is None:
        return MaxwellianMarginal()
    if isinstance(marginal, (list, tuple, np.ndarray)):
        return laguerre_marginal(coefficients_of(marginal, "marginal"))
    return custom_marginal(marginal)


def epsilon(
    k: NDArray[np.float64],
    w: NDArray[np.float64],
    hbar: float,
    potential: Potential,
    marginal: Marginal | MaxwellianMarginal | SampledMarginal,
) -> NDArray[np.complex128]:
    """Returns what `dielectric` does, for arguments that are known to be allowed."""
    return 1.0 + potential(k) * marginal.response_difference(w, hbar * k)
