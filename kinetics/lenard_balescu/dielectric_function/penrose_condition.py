r"""The Penrose condition: whether ``epsilon(k, .)`` of a marginal has no zero in the upper half plane.

``Im epsilon`` vanishes where ``F1(w + a) = F1(w)``, classically where ``F1' = 0``.  The Nyquist curve winds
about zero if ``Re epsilon`` is negative at such a crossing, so the least ``Re epsilon`` there, over all k, is
the margin: positive for stable data.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from wellposed.errors import Unresolved
from wellposed.kinetics.lenard_balescu.dielectric_function.marginals import MaxwellianMarginal
from wellposed.kinetics.lenard_balescu.interaction.potential import Potential

Array = NDArray[np.float64]


_SAMPLES = 400  # midpoint velocities between 0 and the reach


class EvenMarginal(Protocol):
    """What is known of a marginal: its values, its response function, and where it is round-off."""

    @property
    def reach(self) -> float: ...
    def response_difference(self, w: Array, a: Array) -> NDArray[np.complex128]: ...
    def __call__(self, u: Array) -> Array: ...


def refuse_unstable(marginal: EvenMarginal, hbar: float, potential: Potential) -> None:
    """Raises `Unresolved` if the even `marginal` is unstable."""
    margin = penrose_margin(marginal, hbar, potential)
    if margin <= 0.0:
        raise Unresolved(
            f"The data are unstable: Re epsilon falls to {margin:.3g} where Im epsilon vanishes (Penrose), "
            "and the kinetic equation does not describe them. Take a weaker potential, or data nearer to the "
            "Maxwellian."
        )


def penrose_margin(marginal: EvenMarginal, hbar: float, potential: Potential, n_k: int = 32) -> float:
    """Returns the least ``Re epsilon`` where ``Im epsilon = 0``, over k and w, at most 1; `marginal` is even.

    `n_k` wave numbers are tried beside ``k = 0``.
    """
    if is_unimodal(marginal):
        return 1.0
    least = 1.0
    k = np.concatenate([[0.0], np.geomspace(1e-2, 1e2, n_k)])
    if hbar == 0.0:
        _, responses = crossings(marginal, 0.0)
        return min(least, 1.0 + float(np.min(np.outer(potential(k), responses), initial=0.0)))
    for wave_number, V in zip(k.tolist(), potential(k).tolist(), strict=True):
        if hbar * wave_number < 2.0 * marginal.reach:
            _, responses = crossings(marginal, hbar * wave_number)
            least = min(least, 1.0 + V * float(np.min(responses, initial=0.0)))
    return least


def is_unimodal(marginal: EvenMarginal) -> bool:
    """Tells whether an even marginal falls with |u|, which makes it stable for every positive potential."""
    if isinstance(marginal, MaxwellianMarginal):
        return True
    values = marginal(np.linspace(0.0, marginal.reach, 4 * _SAMPLES))
    return bool(np.all(np.diff(values) <= 1e-14 * np.max(values)))


def crossings(marginal: EvenMarginal, a: float, samples: int = _SAMPLES) -> tuple[Array, Array]:
    """Returns midpoints ``u = w + a/2 >= 0`` where ``[R_F(w + a) - R_F(w)]/a`` is real, and its values.

    Both are (n,), the first midpoint being 0; `samples` is the number of intervals that are searched.
    """

    def difference(u: float | Array) -> NDArray[np.complex128]:
        return marginal.response_difference(np.asarray(u) - 0.5 * a, np.asarray(a))

    u = np.linspace(0.0, marginal.reach, samples + 1)[1:]
    imaginary = difference(u).imag
    # where both densities are round-off there is nothing to cross
    significant = np.abs(imaginary) > 1e-13 * np.max(np.abs(imaginary))
    changes = np.flatnonzero(significant[1:] & significant[:-1] & (imaginary[1:] * imaginary[:-1] < 0.0))
    zeros = [0.0]
    zeros += [float(brentq(lambda x: float(difference(x).imag), u[i], u[i + 1], xtol=1e-13)) for i in changes]
    u = np.array(zeros)
    return u, difference(u).real
