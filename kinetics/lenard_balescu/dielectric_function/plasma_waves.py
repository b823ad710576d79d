r"""The plasma wave of the Maxwellian: the root of the dielectric function that is damped least.

In the phase velocity ``u = omega/k``, waves as ``exp(-i omega t)``, the root of

    1 + V(k) [R(u + a/2) - R(u - a/2)]/a = 0,    a = hbar k,

R analytic above the real line and continued below.  For large V it is ``u^2 = V + 3 + a^2/4`` nearly (Bohm
and Gross), and it is followed from there to the V that is asked for.

References
----------
L. D. Landau, On the vibrations of the electronic plasma, J. Phys. USSR 10 (1946) 25-34.
D. Bohm, E. P. Gross, Theory of plasma oscillations, Phys. Rev. 75 (1949) 1851-1864.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import newton

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.lenard_balescu.dielectric_function.complex_velocities import (
    complex_response_difference,
)
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential, refuse_other_than_potential
from wellposed.kinetics.lenard_balescu.parameters import HBAR

_STRONG = 100.0  # V from which the root is nearly that of Bohm and Gross, for a = 0
_STEP = 0.1  # of the logarithm of V, on the way
_TOLERANCE = 1e-13  # relative change of the root that ends Newton's method
_ROUND_OFF = 1e-15  # of 1 + V R', relative to V, as a change of the root


def plasma_wave(k: float, *, hbar: float, potential: Potential) -> complex:
    """Returns the complex frequency of the plasma wave with the wave number k, at the Maxwellian.

    Parameters
    ----------
    k : float
        The wave number, positive.
    hbar : float
        0 for the classical one.
    potential : Potential

    Returns
    -------
    complex
        ``omega``, for waves as ``exp(-i omega t)``: the real part is positive and minus the imaginary part is
        Landau's damping rate, in the units of the velocities over a length.

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If V(k) is zero in double precision, or the wave damped too fast to be followed.

    Notes
    -----
    Relative error about ``1e-14 (1 + V(k))``, and of the damping ``1e-14 (1 + V(k)^2)``: for V(k) above 1e3
    the damping, some ``exp(-V(k)/2)``, has only its order of magnitude, and for 1e4 it is zero.
    """
    hbar = float(HBAR.canonical(hbar))
    refuse_other_than_potential(potential)
    if isinstance(k, bool) or not isinstance(k, (int, float, np.number)) or not 0.0 < k < math.inf:
        raise ParameterError(f"Argument `k` must be a positive finite number, but is {k!r}.")
    strength, a = float(potential(k)), hbar * float(k)
    if strength <= 0.0:
        raise Unresolved(f"The potential at k = {k:g} is zero in double precision: there is no plasma wave.")
    strong = max(strength, _STRONG * (1.0 + a * a))
    steps = math.ceil(math.log(strong / strength) / _STEP)
    u = complex(math.sqrt(strong + 3.0 + 0.25 * a * a))
    previous = u
    for V in np.geomspace(strong, strength, steps + 1).tolist():
        u, previous = _root(V, a, 2.0 * u - previous), u
    return k * u


_LARGEST_STRENGTH = 1e5
"""Beyond, in long waves, no digit of the damping is left, and in the end none of the velocity."""


def _root(strength: float, a: float, start: complex) -> complex:
    """Returns the phase velocity where the dielectric function is zero, by Newton's method from `start`.

    Raises
    ------
    Unresolved
        If it does not converge, or the wave is so long that round-off is larger than its damping.
    """

    def difference(u: complex, order: int) -> complex:
        # the response that is analytic above the real line is the conjugate of R at the conjugate velocity
        w = np.array(u.conjugate() - 0.5 * a)
        return complex(complex_response_difference(w, np.array(a), order)).conjugate()

    root, found = newton(
        lambda u: difference(u, 0) + 1.0 / strength,
        start,
        fprime=lambda u: difference(u, 1),
        tol=1e-300,
        rtol=_TOLERANCE + _ROUND_OFF * strength,
        full_output=True,
        disp=False,
    )
    if not found.converged or strength > _LARGEST_STRENGTH:
        raise Unresolved(f"The plasma wave was lost at V = {strength:.4g}, phase velocity {root:.4g}.")
    return complex(root)
