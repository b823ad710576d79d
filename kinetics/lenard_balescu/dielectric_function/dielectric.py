r"""The dielectric function, quantum and classical, of the Maxwellian and of any marginal.

    epsilon_hbar = 1 + V(k) [R_F(w + a) - R_F(w)]/a,    a = hbar |k|,    epsilon_0 = 1 + V(k) R_F'(w),

w the velocity along k.  That is (1.12) with the sign of its denominator corrected, and (1.19): as published,
(1.12) is unstable for ``kappa >= 1`` and does not tend to (1.19).

The published ``- i0`` is a velocity w below the real line: there the integrals are taken as they are, and
above it they are continued.  Waves as ``exp(-i omega t)``, ``Im omega > 0`` if they grow, have
``omega = |k| (conj(w) + a/2)``, and epsilon is then the conjugate of what textbooks have.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.lenard_balescu.arguments import coefficients_of, number_array, real_array
from wellposed.kinetics.lenard_balescu.dielectric_function.complex_velocities import (
    complex_response_difference,
)
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
        ``|k| >= 0``, and the velocity ``v.k/|k|`` along k.  An array w of complex numbers, for the Maxwellian
        only, is below the real line in the integral (1.12), and above it in its continuation, where waves
        are damped (Landau): ``omega = |k| (conj(w) + hbar |k|/2)`` for waves as ``exp(-i omega t)``.
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
        If an argument is not allowed, w complex with another marginal than the Maxwellian, or the mass of a
        function above one by more than 1e-8.
    Unresolved
        If the marginal is not smooth enough, or less than its mass was found; or if Im w is so large, above
        about 37, that the continuation overflows.

    Notes
    -----
    Absolute error about 1e-15 times V(k) for the Maxwellian, and 1e-13 times V(k) for other marginals; for
    those with structure of a width b below 0.01, ``1e-15 V(k)/b^2``.  At complex w about 1e-13 times V(k) and
    the larger of 1 and ``|w|^2 exp(Im(w)^2/2)``.
    """
    hbar = float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    k, w = real_array(k, "k"), number_array(w, "w")
    if not np.all(np.isfinite(k)) or np.any(k < 0.0):
        raise ParameterError("Argument `k` must be finite and not negative, but is not everywhere.")
    if not np.all(np.isfinite(w)):
        raise ParameterError("Argument `w` must be finite, but is not everywhere.")
    if w.dtype.kind != "c":
        return epsilon(k, w.real, hbar, potential, marginal_of(marginal))
    if marginal is not None:
        raise ParameterError(
            "Argument `w` must be real where `marginal` is given, but is complex: only the "
            "Maxwellian, None, is continued to complex velocities."
        )
    values: NDArray[np.complex128] = 1.0 + potential(k) * complex_response_difference(
        w.astype(np.complex128), hbar * k
    )
    return values


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
