r"""The two-body system at one wave vector: scalar Volterra equations, and the rate of a moment.

With ``w = -k.(v + hbar k/2)``, p the density, even, ``p'(v) = p(v + hbar k)``, and S = V(k), or -V(k) for the
published sign, the operator L_1 of (2.26) moves p to

    a(s) = e^{-iws} p + (i S/hbar) int_0^s e^{-iw(s-r)} (p - p') rho(r) dr,    rho = sum_v a,
    rho(s) = rho_0(s) + (i S/hbar) int_0^s chi(s-r) rho(r) dr,    chi = sum_v (p - p') e^{-iwt}.

The reflection ``v -> -v - hbar k`` takes w to -w and p to p', so that ``chi = rho_0 - conj(rho_0)`` and the
four solutions for v1 and v2, p and p', are rho and its conjugate.  A moment psi needs
``D = sum_v [psi(v) - psi(v + hbar k)] a`` besides, and for even psi the kernel of D is twice the real part of
its own source.  The contribution of k to the rate of the moment at time t is

    -2/(hbar^2 L^d) V^2 int_0^t Re[D(s) rho(s)] ds.

References
----------
C. Le Bihan, Around the quantum Lenard-Balescu equation, (2.16)-(2.18), (2.26), (2.27).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.two_body.kernels import solve, transform

Array = NDArray[np.float64]

LEVELS = (1, 2, 4)
"""How many steps each level of refinement takes in one of the coarsest."""


def integrated(
    masses: Array,
    moved: Array,
    spacing: float,
    shift: float,
    strength: float,
    t: float,
    steps: int,
    parts: int,
) -> tuple[Array, Array]:
    """Returns ``int Re[D rho] ds`` up to ``t/parts, 2 t/parts, ..., t``, and its error by the step, (parts,).

    Parameters
    ----------
    masses, moved : (2 n + 1,) float64
        p and ``p [psi - psi']`` by the value of ``k.v``, from -n to n times `spacing`.
    spacing : float
    shift : float
        ``hbar k^2/2``.
    strength : float
        ``S/hbar``.
    t : float
    steps : int
        Of the coarsest level, a multiple of `parts`.
    parts : int

    Raises
    ------
    Unresolved
        If a wave grows so much that there is no number for it.

    Notes
    -----
    The error of the trapezoidal rule is a series in the square of the step, of which two terms are removed by
    extrapolation from three levels; the error is what the last of them changes.
    """
    middle = masses.size // 2
    # the sum over k.v and -k.v: masses are even, and moved has two parts
    both = masses[middle:] + masses[middle::-1]
    symmetric = moved[middle:] + moved[middle::-1]
    antisymmetric = moved[middle:] - moved[middle::-1]
    both[0], symmetric[0] = masses[middle], moved[middle]
    finest = steps * LEVELS[-1]
    rho_0, source = np.empty(finest + 1, np.complex128), np.empty(finest + 1, np.complex128)
    transform(both, symmetric, antisymmetric, spacing, shift, t / finest, rho_0, source)
    found = []
    for level in LEVELS:
        skip = LEVELS[-1] // level
        n = steps * level
        integrals = np.empty(n + 1)
        kernel, driver = np.ascontiguousarray(rho_0[::skip]), np.ascontiguousarray(source[::skip])
        solve(kernel, driver, strength, t / n, integrals)
        found.append(integrals[n // parts :: n // parts])
    if not all(np.all(np.isfinite(one)) for one in found):
        raise Unresolved(
            f"The correlation of two particles grows beyond what a number can hold by t = {t:g}: take a "
            "smaller t, or a weaker potential."
        )
    coarse, medium, fine = found
    once, twice = medium + (medium - coarse) / 3.0, fine + (fine - medium) / 3.0
    best = twice + (twice - once) / 15.0
    return best, np.abs(best - twice)
