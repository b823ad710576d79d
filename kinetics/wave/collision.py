r"""The isotropic collision operator of the kinetic wave equation.

Discretises [AL24, (3.2)] with its parts (3.4) and regions (3.7)-(3.15)::

    C[n] = K0 w1^(beta-1/2) \int\int_{0<=w3<=w4, w2>=0} (w2 w3 w4)^beta min(sqrt w1, sqrt w2, sqrt w3)
           (n2 n3 n4 + n1 n3 n4 - n1 n2 n3 - n1 n2 n4) dw3 dw4,     w2 = w3 + w4 - w1

for radial data, in units in which the datum varies at frequency ``omega = |k|^2`` of order one.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.wave import algebraic, panelled
from wellposed.kinetics.wave.data import Datum, custom
from wellposed.kinetics.wave.missed_structure import missed_of, refuse_missed
from wellposed.kinetics.wave.parameters import BETA, NORMALISATION, NORMALISATIONS, OPERATOR

SIGNS = {"full": (1.0, 1.0, -1.0, -1.0), "gain": (1.0, 1.0, 0.0, 0.0), "loss": (0.0, 0.0, 1.0, 1.0)}
"""What each operator takes the parts 234, 134, 123 and 124 with."""

PARTS = ("234", "134", "123", "124")
REGIONS = ("21", "22", "3", "1")

_PART = Parameter("part", "", "234", kind="choice", choices=PARTS)
_REGION = Parameter("region", "", "21", kind="choice", choices=REGIONS)
_RTOL = Parameter("rtol", "", 1e-10, lower=2e-14, upper=0.1)

PANELLED_LEVELS = (10, 14, 20, 28)
"""Nodes per panel for oscillating data and for functions, coarse to fine."""

_LOWEST, _HIGHEST = 1e-30, 1e30
_SMALLEST = 1e-18  # stands for omega = 0, where C differs by a relative O(omega)


class AccuracyWarning(UserWarning):
    """The quadrature's own error estimate exceeds the tolerance that was asked for."""


def collision(
    omega: ArrayLike,
    *,
    beta: float,
    datum: Datum | Callable[[float], float],
    operator: str = "full",
    part: str | None = None,
    region: str | None = None,
    normalisation: str = "paper",
    rtol: float = 1e-10,
) -> NDArray[np.float64]:
    r"""Returns the collision operator of a radial datum, or one of its parts [AL24, (3.2)-(3.15)].

    Parameters
    ----------
    omega : array_like, any shape
        Frequencies ``omega_1 = |k_1|^2``: 0, or between 1e-30 and 1e30.
    beta : float
        In [0, 1].
    datum : Datum or function
        `bracket`, `bracket_k`, `oscillating`, or a scalar function compiled by ``numba.njit``: it should
        decay faster than ``omega^(-3)``, and vary with the logarithm of the frequency rather than with the
        frequency.
    operator : {"full", "gain", "loss"}
        234 + 134 - 123 - 124, 234 + 134, or 123 + 124.
    part : {"234", "134", "123", "124"}, optional
        One part alone, instead of the operator; all parts are positive.
    region : {"21", "22", "3", "1"}, optional
        Restricts the part to D21, D22, D3 or D1; the sum over all if not given.
    normalisation : {"paper", "exact"}
        ``64 pi^3`` as published, or ``2 pi^2`` as follows from (1.3).
    rtol : float
        Relative accuracy; refinement stops where two levels agree to it.

    Returns
    -------
    ndarray of float64, of the shape of `omega`

    Raises
    ------
    ParameterError
        If an argument is not allowed.
    Unresolved
        If a function has structure that the quadrature passes by, and that outweighs what it meets.

    Warns
    -----
    AccuracyWarning
        Where the finest level does not reach `rtol`, or a function has structure that it passes by, with the
        worst frequency and its estimate.

    Notes
    -----
    A function is sampled a second time, at 16384 frequencies an octave from 1/2 to 1e12: what is narrower
    than 1e-4 of its frequency, or lies beyond, may be passed by unseen.

    For `bracket` and `bracket_k` the full operator keeps its digits at any frequency: gain and loss are
    subtracted before they are integrated.  A datum that is only a function loses about ``omega^2`` times
    round-off there, because ``n_4 - n_1`` can only be had by subtraction.  Where the full operator changes
    sign its accuracy is relative to the gain, and a warning says so.  The first call of all compiles, once
    for an installation; ``benchmarks/collision.py`` shows what a value takes after that.
    """
    datum = datum if isinstance(datum, Datum) else custom(datum)
    frequencies = _frequencies(omega)
    OPERATOR.canonical(operator)
    if region is not None and part is None:
        raise ParameterError(
            "Argument `region` restricts a part: it needs `part`, one of " + ", ".join(PARTS) + "."
        )
    if part is not None:
        _PART.canonical(part)
    if region is not None:
        _REGION.canonical(region)
    constant = NORMALISATIONS[str(NORMALISATION.canonical(normalisation))]
    evaluate = Evaluator(float(BETA.canonical(beta)), datum, operator, part, region)
    tolerance = float(_RTOL.canonical(rtol))

    passed_by = missed_of(datum, evaluate.beta, PANELLED_LEVELS[-1])
    out = np.empty(frequencies.shape)
    worst, worst_at = 0.0, 0.0
    for index, w in np.ndenumerate(frequencies):
        value, error = evaluate(float(w), tolerance)
        out[index] = value * math.exp(evaluate.log_density(float(w))) * constant
        relative = relative_error(value, error)
        if value != 0.0:
            refuse_missed("datum", passed_by, relative, tolerance)
            relative = max(relative, passed_by.ratio)
        if relative > max(tolerance, worst):
            worst, worst_at = relative, float(w)
    if worst != 0.0:
        warnings.warn(
            f"The collision operator of {datum} at omega = {worst_at:g} has an estimated relative error of "
            f"{worst:.1e}, more than rtol = {tolerance:g}.",
            AccuracyWarning,
            stacklevel=2,
        )
    return out


def relative_error(value: float, error: float) -> float:
    """Returns `error` over ``|value|``: infinite where that is no number, zero where both are zero."""
    relative = error / abs(value) if value else (math.inf if error else 0.0)
    return math.inf if math.isnan(relative) else relative


def _frequencies(omega: ArrayLike) -> NDArray[np.float64]:
    """Returns `omega` as an array.  Raises `ParameterError` where a value is not allowed."""
    try:
        given = np.asarray(omega)
    except ValueError:
        given = np.asarray(None)
    if given.dtype.kind not in "iuf":
        raise ParameterError("Argument `omega` must be a number or an array of numbers.")
    frequencies = given.astype(np.float64)
    allowed = (frequencies == 0.0) | ((frequencies >= _LOWEST) & (frequencies <= _HIGHEST))
    if not np.all(allowed):
        wrong = frequencies[~allowed].flat[0]
        raise ParameterError(
            f"Argument `omega` must be 0 or in [{_LOWEST:g}, {_HIGHEST:g}], but has the value {wrong:g}."
        )
    return frequencies


class Evaluator:
    """One operator, part or region of one datum, evaluated relative to the datum's envelope, with an error.

    Calling it with a frequency and a relative tolerance returns ``C/(K0 e(omega))``, which neither under- nor
    overflows, and the difference between the last two levels of refinement.
    """

    def __init__(
        self,
        beta: float,
        datum: Datum,
        operator: str = "full",
        part: str | None = None,
        region: str | None = None,
    ) -> None:
        self.beta, self.datum = beta, datum
        self.signs = np.array(SIGNS[operator])
        self.folded = part is None and operator == "full"
        self.part = None if part is None else PARTS.index(part)
        self.region = None if region is None else REGIONS.index(region)
        self.p = 0.5 * datum.M

    def log_density(self, w: float) -> float:
        """Returns the logarithm of the datum's envelope at frequency `w`; 0 for a function."""
        match self.datum.kind:
            case "bracket" | "oscillating":
                return -0.5 * self.p * math.log1p(w * w)
            case "bracket_k":
                return -self.p * math.log1p(w)
        return 0.0

    def level(self, w: float, level: int) -> tuple[float, float]:
        """Returns the value at one level of refinement, 0 to 3, and how much round-off is in it."""
        if w == 0.0:
            return (0.0, 0.0) if self.beta > 0.0 else self.level(_SMALLEST, level)
        values: NDArray[np.float64]
        full: Any
        datum = self.datum
        if datum.kind in ("bracket", "bracket_k"):
            kind = algebraic.BRACKET if datum.kind == "bracket" else algebraic.BRACKET_K
            rule = algebraic.rules(level, self.beta, self.p)
            values, full, _ = algebraic.parts_over_n1(kind, self.p, self.beta, w, rule)
        else:
            values, by_region = panelled.parts_over_envelope(w, self.beta, datum, PANELLED_LEVELS[level])
            full = by_region.sum()
        if self.folded:
            # a function's n4 - n1 is a subtraction, with the round-off of the parts
            subtracted = values.sum() if datum.kind == "custom" else abs(full)
            return float(full), algebraic.ROUND_OFF * float(subtracted)
        by_part = values.sum(axis=0) if self.region is None else values[self.region]
        value = float(by_part @ self.signs if self.part is None else by_part[self.part])
        return value, algebraic.ROUND_OFF * abs(value)

    def __call__(self, w: float, rtol: float) -> tuple[float, float]:
        """Returns the value at frequency `w`, refined until it changes by less than `rtol`, and its error."""
        coarse, _ = self.level(w, 0)
        for level in (1, 2, 3):
            fine, round_off = self.level(w, level)
            error = max(abs(fine - coarse), round_off)
            if error <= rtol * abs(fine):
                break
            coarse = fine
        return fine, error
