"""How fast the part 234 grows where only the fourth wave oscillates, in frequency and in the datum's own.

[AL24, (5.6)] bounds ``C^234[n01, n01, n02]``, the one term that is integrated by parts, by
``omega^(2 beta - 1/2 - M/2)/N``.  Both exponents are measured, of the amplitude that `panelled.fourth_wave`
computes.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.kinetics.experiment import Coordinate, Experiment, Output
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.panelled.fourth_wave import amplitude
from wellposed.kinetics.wave.parameters import BETA, DECAY, FREQUENCY, NORMALISATIONS

Array = NDArray[np.float64]

QUANTITIES = ("234_21", "234_3", "I2", "together")
"""Amplitudes in the two regions, their sum, which is I2/A^2 of (5.2), and that of the sum of the two."""

OMEGA = 2.0 ** np.arange(3, 19)
FREQUENCIES = 2.0 ** np.arange(0, 15)

_LEVELS = (12, 18)  # nodes per panel, coarse and fine
_ROUND_OFF = 1e-14  # of sums without cancellation, from which growth exponents are extrapolated


def _quantities(w: float, frequencies: ArrayLike, beta: float, M: float) -> tuple[Array, Array]:
    """Returns weighted `QUANTITIES` (quantity, N), as ``<w>^(M/2) n01(w) = 1``, and their errors."""
    levels = [amplitude(w, frequencies, beta=beta, M=M, nodes=nodes) for nodes in _LEVELS]
    z, error = refined(levels, _ROUND_OFF)
    profile = np.vstack([np.abs(z), np.abs(z).sum(axis=0), np.abs(z.sum(axis=0))])
    total = error.sum(axis=0)
    return NORMALISATIONS["paper"] * profile, NORMALISATIONS["paper"] * np.vstack([error, total, total])


def fourth_wave(beta: float, M: float, N: int) -> dict[str, Any]:
    """Returns the growth exponents in ``omega_1`` and in N of all `QUANTITIES`; see `EXPERIMENT`."""
    by_omega = [_quantities(w, [float(N)], beta, M) for w in OMEGA.tolist()]
    profile, error = (np.hstack([one[i] for one in by_omega]) for i in range(2))
    in_N, in_N_error = _quantities(OMEGA[-1], FREQUENCIES, beta, M)
    in_omega = [growth_exponent(OMEGA, *both) for both in zip(profile, error, strict=True)]
    against_N = [growth_exponent(FREQUENCIES, *both) for both in zip(in_N, in_N_error, strict=True)]
    return {
        "exponent": [one.value for one in in_omega],
        "exponent_error": [one.error for one in in_omega],
        "exponent_in_N": [one.value for one in against_N],
        "exponent_in_N_error": [one.error for one in against_N],
        "profile": profile,
        "profile_error": error,
        "profile_in_N": in_N,
        "profile_in_N_error": in_N_error,
    }


EXPERIMENT = Experiment(
    name="wave.fourth_wave",
    summary="Growth exponents of C^234[n01, n01, n02], where only the fourth wave oscillates, in omega and N",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, section 5.3, (5.2), (5.6)",
    parameters=(BETA, DECAY, replace(FREQUENCY, default=1, only_with=None)),
    outputs=(
        Output(
            "exponent", "growth exponent in ω₁ of the weighted amplitude", dims=("quantity",), has_error=True
        ),
        Output(
            "exponent_in_N",
            "growth exponent in N of the weighted amplitude",
            dims=("quantity",),
            has_error=True,
        ),
        Output("profile", "weighted amplitude, K₀ = 64π³", dims=("quantity", "omega"), has_error=True),
        Output(
            "profile_in_N",
            f"weighted amplitude at ω₁ = {OMEGA[-1]:.0f}, K₀ = 64π³",
            dims=("quantity", "frequency"),
            has_error=True,
        ),
    ),
    evaluate=fourth_wave,
    coordinates=(
        Coordinate("quantity", "part and region", np.array(QUANTITIES)),
        Coordinate("omega", "frequency ω₁ = |k₁|²", OMEGA),
        Coordinate("frequency", "frequency N of the datum's oscillation", FREQUENCIES),
    ),
    points_per_block=4,
    version=2,
)
