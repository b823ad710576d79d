r"""The best constant of the bound (2.5) for the gain operator G2, and a bound of that of (2.6) for G1.

In [AL24, (2.5)], ``||<k>^l G2[f,g,h]||_oo <= C ||<k>^l f||_oo ||<k>^3 g||_oo ||<k>^3 h||_1``, the kernel is
positive, f is outside the integral, the worst `g` is ``<k>^(-3)``, and the worst `h` sits at one wave vector
`q`.  So the best constant is the supremum over `k1` and `q` of the kernel of `spatial.gain_kernel`, an
integral over the disc on which ``k1*`` lies; whatever `l` is.  As published C is one, which is judged apart
from whether there is any.

In (2.6), for G1, two products of norms are added.  The cut-off makes ``|k1 - k1*| < |k1* - k2|``, and all
quartets with that have ``<k1> <= (1 + sqrt(2)) max(<k1*>, <k2>)``.  Where ``<k1*>`` is the larger one,
what is left beside the weight of `g` is the kernel of L1 in (2.4) [`wave.loss_bound`]; else, beside the
weight of f, that of G2 in (2.5).  So

    C <= (1 + sqrt(2))^l sup max(kernel of L1, kernel of G2).

The supremum is given without the factor.  It is finite as long as both kernels are bounded.  From below,
``f = g = h = <k>^(-M)`` with M > 6 has finite norms and a ratio of order ``omega^(2 beta - 1/2)``
[`wave.trilinear`], so where the supremum is infinite for ``beta > 1/4`` there is no constant either.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.wave.outward_supremum import outward_supremum
from wellposed.kinetics.wave.parameters import BETA, quarter
from wellposed.kinetics.wave.spatial import gain_shells, loss_shells
from wellposed.kinetics.wave.spatial.gain_kernel import kernel_with_error as gain_kernel_with_error
from wellposed.kinetics.wave.spatial.loss_kernel import ROUND_OFF
from wellposed.kinetics.wave.spatial.loss_kernel import kernel_with_error as loss_kernel_with_error

OMEGA = 4.0 ** np.arange(-5, 19)
"""Shells: ``|k1|^2`` of the kernel of G2, ``|k1|^2 + |k2|^2`` of that of L1."""

OPERATORS = ("G2", "G1")


def gain_bound(beta: float, operator: str) -> dict[str, Any]:
    """Returns the best constant of (2.5), or a bound of that of (2.6); see `EXPERIMENT`."""
    shells = [_shell(omega, beta, operator) for omega in OMEGA.tolist()]
    profile, error = (np.array([one[i] for one in shells]) for i in range(2))
    exponent = growth_exponent(OMEGA, profile, error)
    greatest = outward_supremum(profile, error, exponent, ROUND_OFF)
    constant, constant_error, omega = greatest.value, greatest.error, math.inf
    if greatest.index is not None:  # between the shells there may be more
        _, _, x, loss = shells[greatest.index]
        constant, error_there, omega = _between(OMEGA[greatest.index], x, loss, beta)
        constant_error = math.inf if math.isinf(greatest.error) else error_there
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "onset": exponent.onset,
        "constant": constant,
        "constant_error": constant_error,
        "omega_at_constant": omega,
        "profile": profile,
        "profile_error": error,
    }


def _shell(omega: float, beta: float, operator: str) -> tuple[float, float, np.ndarray, bool]:
    """Returns the greatest value of one shell, its error, where it is, and whether it is that of L1."""
    of_gain = gain_shells.shell(omega, beta)
    if operator == "G2":
        return *of_gain, False
    of_loss = loss_shells.shell(omega, beta, False)
    return (*of_loss, True) if of_loss[0] > of_gain[0] else (*of_gain, False)


def _between(omega: float, x: np.ndarray, loss: bool, beta: float) -> tuple[float, float, float]:
    """Returns the maximum next to a place of a shell, its error, and its shell."""
    start = np.array([*x, math.log(omega)])
    spread = np.array([0.1, 0.1 if x[1] < 0.5 * math.pi else -0.1, 0.3])
    if loss:
        found = loss_shells.maximum(start, spread, None, beta, False)
        value, error = loss_kernel_with_error(loss_shells.place(math.exp(found[2]), found), beta, False)
    else:
        found = gain_shells.maximum(start, spread, None, beta)
        value, error = gain_kernel_with_error(gain_shells.place(math.exp(found[2]), found), beta)
    return value, error, math.exp(found[2])


EXPERIMENT = Experiment(
    name="wave.gain_bound",
    summary="Best constant of the bound (2.5) of the gain operator G2, a bound of (2.6)'s, and their growth",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Lemma 2.3, (2.5), (2.6)",
    parameters=(
        BETA,
        Parameter(
            "operator",
            "G2 in (2.5), or G1 in (2.6), there from above [AL24, (1.15), (1.14)]",
            "G2",
            kind="choice",
            choices=OPERATORS,
        ),
    ),
    outputs=(
        Output("growth_exponent", "growth exponent of the supremum over a shell, in ω", has_error=True),
        Output("onset", "ω from which the local slope is within 0.01 of the growth exponent"),
        Output(
            "constant",
            "best constant of (2.5); for G1 at least that of (2.6) over (1+√2)^l; infinite if it grows",
            has_error=True,
        ),
        Output("omega_at_constant", "its shell, infinite if it is approached or grows"),
        Output(
            "profile",
            "supremum over a shell, |k₁|² = ω for the kernel of G2 and |k₁|² + |k₂|² = ω for that of L1",
            dims=("omega",),
            has_error=True,
        ),
    ),
    evaluate=gain_bound,
    coordinates=(Coordinate("omega", "shell ω", OMEGA),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    points_per_block=4,
    thresholds=(quarter("Lemma 2.3", relation="≥"),),
)
