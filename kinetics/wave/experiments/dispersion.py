r"""How fast the collision term of a datum grows, for four waves with any power as their dispersion.

With ``omega = |k|^alpha`` in one to three dimensions and the kernel ``(|k1||k2||k3||k4|)^(2 beta)`` it is the
order parameter of `wave.growth`, which is this one with ``alpha = 2`` in three.

**Resonances.**  Let ``a >= b, c >= d`` be the moduli of a resonant quartet; then ``{a, d}`` and ``{b, c}``
are its two sides.  For ``alpha >= 1``, ``omega`` is convex in ``k``, so ``a + d <= b + c``, and directions
with ``k1 + k2 = k3 + k4`` exist for all of them in two and three dimensions.  For ``alpha < 1`` it is
concave, ``a + d >= b + c``, and directions exist only where ``a <= b + c + d``.  On the line this leaves the
trivial quartets ``{k1, k2} = {k3, k4}``, and for ``alpha < 1`` those with ``a = b + c + d``, in which one
wave has the other direction [MMT97].  Trivial ones do not change the density, so for ``alpha > 1`` nothing
happens on the line.  At ``alpha = 1`` there is no equation on the line, where all waves of one direction are
resonant, nor in the plane, where such waves make the integral over angles infinite.

**Power counting.**  What decides are one fast wave and its image, ``k4`` next to ``k1``, and two slow ones.
The rate of such interactions grows as ``k^(4 beta + 1 - alpha)`` if the group velocity grows, ``alpha >= 1``,
and as ``k^(4 beta)`` otherwise.  Of the full operator of a smooth datum a diffusion is left, by steps of the
relative size ``k^(-alpha)``, or ``1/k``, whose drift cancels.  That suggests boundaries that do not depend on
the dimension::

    gain, loss   beta = max(alpha - 1, 0)/4
    full         beta = max((3 alpha - 1)/4, 1/2)

and, for ``alpha >= 1`` and slowly decaying data, ``6 beta + d - alpha - M = 0`` for the full operator.
Nothing here uses them.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
[MMT97] A. J. Majda, D. W. McLaughlin, E. G. Tabak, A one-dimensional model for dispersive wave turbulence,
J. Nonlinear Sci. 7 (1997) 9-44.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.wave.dispersive.plane import collision_over_datum
from wellposed.kinetics.wave.dispersive.quartets import BRACKET, BRACKET_K, FULL, GAIN, LOSS
from wellposed.kinetics.wave.dispersive.relation import Relation, power, tabulated
from wellposed.kinetics.wave.parameters import DECAY, DOUBLING_FREQUENCIES, OPERATOR
from wellposed.kinetics.wave.power_laws.integral import INTERACTION

Array = NDArray[np.float64]

_OPERATORS = {"gain": GAIN, "loss": LOSS, "full": FULL}
_DATA = {"bracket": BRACKET, "bracket_k": BRACKET_K}
_RTOL = 1e-8
_SCALES: Array = DOUBLING_FREQUENCIES.astype(np.float64)

ALPHA = Parameter(
    "alpha", "exponent of the dispersion relation, omega = |k|^alpha [MMT97]", 2.0, lower=0.5, upper=4.0
)
DIMENSION = Parameter("d", "dimension of wave vectors", 3, kind="int", lower=1, upper=3)
_BETA = replace(
    INTERACTION,
    summary="exponent of the interaction, (|k1||k2||k3||k4|)^(2 beta) [AL24, (1.3)]; the paper has beta >= 0",
    default=0.25,
)
_M = replace(DECAY, summary="decay of the weight <k>^M [AL24, Theorem 2.6]", lower=2.0)
_INVERSE_R = Parameter(
    "inverse_r",
    "1/r of the weighted space L^r, at whose edge the datum decays as <k>^(-M - d/r); 0 is [AL24]'s",
    0.0,
    lower=0.0,
    upper=0.5,
)
_DATUM = Parameter(
    "datum",
    "the smooth datum that decays as k^(-M - d/r): a power of <omega>, or of <k>",
    "bracket",
    kind="choice",
    choices=tuple(_DATA),
)


def dispersion(
    alpha: float, d: int, beta: float, M: float, inverse_r: float, operator: str, datum: str
) -> dict[str, Any]:
    """Returns the growth exponent of the collision term; see `EXPERIMENT` for inputs and outputs."""
    decay = M + d * inverse_r
    _require_convergence(alpha, d, beta, decay, operator)
    is_concave = alpha < 1.0
    frequencies: Array = _SCALES**alpha if is_concave else _SCALES
    return _measured(
        power(alpha), is_concave, frequencies, frequencies, d, beta, _DATA[datum], decay, operator
    )


def _measured(
    relation: Relation,
    is_concave: bool,
    frequencies: Array,
    x: Array,
    d: int,
    beta: float,
    kind: int,
    decay: float,
    operator: str,
) -> dict[str, Any]:
    """Returns the outputs, from samples at `frequencies`, and the exponent in `x`, a geometric grid."""
    profile, error = np.empty(frequencies.size), np.empty(frequencies.size)
    for j, w in enumerate(frequencies):
        profile[j], error[j] = collision_over_datum(
            float(w), relation, is_concave, d, beta, kind, decay, _OPERATORS[operator], _RTOL
        )
    exponent = growth_exponent(x, profile, error)
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "onset": exponent.onset,
        "profile": profile,
        "profile_error": error,
    }


def _require_convergence(alpha: float, d: int, beta: float, decay: float, operator: str) -> None:
    """Raises `Unresolved` where the integral over slow or over fast waves diverges, by its powers."""
    slow = 4.0 * beta + 2.0 * d - min(alpha, 1.0)
    if slow <= 0.0:
        raise Unresolved(
            f"The collision term at alpha = {alpha:g}, d = {d}, beta = {beta:g} diverges: interactions "
            f"with two slow waves need beta > {beta - 0.25 * slow:g}."
        )
    pair = 4.0 * beta + d - max(alpha - 1.0, 0.0)  # two fast waves, one of which is in the bracket
    cancels = max(alpha, 1.0) if operator == "full" else 0.0
    least = max(pair - cancels, 0.5 * pair)
    if alpha >= 1.0:  # three fast waves; below, they do not resonate with a slow one
        least = max(least, 3.0 * beta + d - 0.5 * alpha)
    if decay <= least:
        raise Unresolved(
            f"The collision term at alpha = {alpha:g}, d = {d}, beta = {beta:g} diverges: interactions "
            f"with fast waves need a datum that decays faster than k^-{least:g}, but it decays as "
            f"k^-{decay:g}."
        )


def require_equation(point: Point) -> None:
    """Raises `ParameterError` where there is no equation."""
    alpha, d = float(point["alpha"]), int(point["d"])
    if d == 1 and alpha >= 1.0:
        why = "all waves of one direction are resonant" if alpha == 1.0 else "all quartets are trivial"
        raise ParameterError(
            f"In dimension d = 1, `alpha` must be below 1, but is {alpha:g}, at which {why}."
        )
    if d == 2 and alpha == 1.0:
        raise ParameterError(
            "In dimension d = 2, `alpha` must not be 1, at which the integral over angles is infinite."
        )


_OUTPUTS = (
    Output("growth_exponent", "growth exponent of |C[n]|/n in the frequency", has_error=True),
    Output("onset", "frequency from which the local slope is within 0.01 of the growth exponent"),
    Output("profile", "collision term over the datum, C[n]/n", dims=("scale",), has_error=True),
)
_COORDINATES = (Coordinate("scale", "the larger of ω₁ and |k₁|", _SCALES),)

EXPERIMENT = Experiment(
    name="wave.dispersion",
    summary="Growth exponent of the collision term, |C[n]|/n ~ omega^s, of waves with omega = |k|^alpha",
    source="(1.3) of I. Ampatzoglou, T. Léger, arXiv:2411.12868; dispersion: Majda, McLaughlin, Tabak 1997",
    parameters=(ALPHA, DIMENSION, _BETA, _M, _INVERSE_R, OPERATOR, _DATUM),
    outputs=_OUTPUTS,
    evaluate=dispersion,
    coordinates=_COORDINATES,
    order_parameter="growth_exponent",
    tolerance=0.2,
    points_per_block=1,
    check=require_equation,
)


_ROUND_OFF = 1e-12  # of omega/k, up to which a function is linear


def dispersion_experiment(name: str, omega: Callable[[float], float]) -> Experiment:
    """Returns the experiment `wave.dispersion` with a dispersion relation of one's own in place of a power.

    Parameters
    ----------
    name : str
        Of the experiment, such as ``"mine.dispersion"``.
    omega : function of a wave number, compiled by ``numba.njit``
        Positive, strictly increasing and smooth in the logarithm, with a group velocity that either nowhere
        falls or nowhere grows.

    Returns
    -------
    Experiment
        With the parameters d, beta, M, inverse_r and operator, and the datum ``<k>^(-M - d/r)``.  The growth
        exponent is that in the frequency, or in the wave number if the group velocity falls.

    Raises
    ------
    ParameterError
        If `omega` is not such a function; and for a point in one dimension, if the group velocity grows, or
        in two, if it is constant.

    Notes
    -----
    The function is tabulated once, between the wave numbers 1e-18 and 1e18, and continued as a power beyond.
    A sum over interactions that does not converge is ``unresolved``.
    """
    relation, is_concave = tabulated(omega)
    of_scales = np.array([float(omega(float(k))) for k in _SCALES])
    frequencies = of_scales if is_concave else _SCALES
    is_linear = bool(np.ptp(of_scales / _SCALES) <= _ROUND_OFF * np.max(of_scales / _SCALES))

    def evaluate(d: int, beta: float, M: float, inverse_r: float, operator: str) -> dict[str, Any]:
        decay = M + d * inverse_r
        return _measured(relation, is_concave, frequencies, _SCALES, d, beta, BRACKET_K, decay, operator)

    def check(point: Point) -> None:
        if point["d"] == 1 and not is_concave:
            raise ParameterError("In dimension d = 1, the group velocity of `omega` must fall somewhere.")
        if point["d"] == 2 and is_linear:
            raise ParameterError(
                "In dimension d = 2, the group velocity of `omega` must not be the same at all wave numbers: "
                "waves of one direction would be resonant, and make the integral over angles infinite."
            )

    return replace(
        EXPERIMENT,
        name=name,
        summary="Growth exponent of the collision term, |C[n]|/n, for a dispersion relation of one's own",
        parameters=(DIMENSION, _BETA, _M, _INVERSE_R, OPERATOR),
        evaluate=evaluate,
        check=check,
    )
