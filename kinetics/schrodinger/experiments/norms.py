r"""Whether norms of solutions of the Schrödinger equation depend on the truncation: an order parameter.

The equation of finitely many modes has solutions for all times.  Whether these have a limit shows in the
growth ``sup_{t <= T} ||u(t)||_{H^s} / ||u_0||_{H^s}`` as the largest component K of wave vectors increases:
where (1.1) is well-posed, it does not depend on K, and its exponent in K is zero [AL24, Theorem B.1, Remark
1.2].

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.errors import Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter
from wellposed.kinetics.schrodinger.data import brackets, random_phases
from wellposed.kinetics.schrodinger.evolution.integration import Stepper, integrate
from wellposed.kinetics.schrodinger.evolution.spectrum import CubicTerm, Spectrum
from wellposed.kinetics.schrodinger.parameters import AMPLITUDE, BETA, SOBOLEV

TRUNCATIONS = np.array([3, 4, 6, 8])
_TIMES = 16
_RTOL = 1e-6
_MAX_STEPS = 1_500

DATUM = Parameter(
    "datum",
    "random phases on equal moduli at |k| <= 2, <k>^(-s-2), or sqrt(2 + cos |k|^2) <k>^(-s-2) [AL24, 5.1]",
    "decaying",
    kind="choice",
    choices=("band", "decaying", "oscillating"),
)
LAST = Parameter("T", "time up to which the supremum is taken", 0.5, lower=0.0, lower_open=True, upper=100.0)


def norms(beta: float, s: float, amplitude: float, T: float, datum: str) -> dict[str, Any]:
    """Returns the exponent in the truncation of the growth of a norm; see `EXPERIMENT`."""
    growth, errors = (
        np.array(column)
        for column in zip(*(_growth(int(K), beta, s, amplitude, T, datum) for K in TRUNCATIONS), strict=True)
    )
    steps = np.log(TRUNCATIONS[1:] / TRUNCATIONS[:-1])
    slopes = np.diff(np.log(growth)) / steps
    relative = errors / growth
    noise = (relative[1:] + relative[:-1]) / steps
    # as far as slopes still change, and as much again, they may go on to do
    error = 2.0 * float(np.max(np.abs(np.diff(slopes[-3:])))) + float(noise[-1])
    return {
        "exponent": float(slopes[-1]),
        "exponent_error": error,
        "growth": growth,
        "growth_error": errors,
    }


def _growth(K: int, beta: float, s: float, amplitude: float, T: float, datum: str) -> tuple[float, float]:
    """Returns the growth of the norm with wave vectors up to K, with its error."""
    spectrum = Spectrum(3, K, 2.0 * math.pi)
    start = random_phases(spectrum, datum, s, amplitude)
    stepper = Stepper(CubicTerm(spectrum, beta, 1.0), brackets(spectrum, s))
    times = np.linspace(0.0, T, _TIMES + 1)
    run = integrate(stepper, start, times, rtol=_RTOL, max_steps=_MAX_STEPS)
    if run.outcome != "completed":
        raise Unresolved(
            f"Up to K = {K} the budget of {_MAX_STEPS} steps ends at t = {run.reached:.3g} of {T:g} at "
            f"beta = {beta:g}, amplitude = {amplitude:g}: try an earlier T or a smaller amplitude."
        )
    found = np.array([stepper.norm(a) for a in run.states])
    top = int(found.argmax())
    # By which times in between may exceed those looked at: what the norm does beside its largest value.
    sampled = float(np.abs(np.diff(found))[max(top - 1, 0) : top + 1].max())
    return found[top] / found[0], (sampled + float(run.errors.max())) / found[0]


EXPERIMENT = Experiment(
    name="schrodinger.norms",
    summary="Exponent in the truncation K of the growth of a norm, sup_{t<=T} ||u||/||u_0|| ~ K^p in H^s",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, (1.1), Theorem B.1, Remark 1.2",
    parameters=(BETA, SOBOLEV, AMPLITUDE, LAST, DATUM),
    outputs=(
        Output("exponent", "exponent in K of sup ‖u(t)‖_{H^s}/‖u₀‖_{H^s}", has_error=True),
        Output("growth", "sup ‖u(t)‖_{H^s}/‖u₀‖_{H^s} over t ≤ T", dims=("K",), has_error=True),
    ),
    evaluate=norms,
    coordinates=(Coordinate("K", "largest component of wave vectors", TRUNCATIONS.astype(np.float64)),),
    order_parameter="exponent",
    tolerance=0.05,
    points_per_block=1,
)
