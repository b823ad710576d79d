r"""The displayed inequalities of the proof of well-posedness [AL24, Appendix B], on plane waves and others.

At one instant, with the time derivative that (1.1) itself gives, ``N`` its cubic term and ``Q = int
conj(D^s u) D^s N``:

- first display: ``d/dt ||D^s u||^2 + ||grad D^s u||^2 <= |Q|``, whose left over right side is `published`;
  the real part of ``i du/dt`` times ``conj u`` has no time derivative.  What the imaginary part gives is
  ``d/dt ||D^s u||^2 = 2 Im Q``, of which `derivative` is left over right side, the left from differences of
  solutions: neither has what dissipates;
- last display: ``d/dt ||u||_{H^s}^2 + ||u||_{H^{s+1}}^2 (1 - C ||u||_{H^s}^2) <= 0``: as the amplitude a
  falls, the left side over ``||u||_{H^{s+1}}^2`` would have to be negative, but for what is of order a^2;
  `remainder` is its exponent in a;
- in between: ``|Q| <~ ||D^s |nabla|^beta u||^2 ||u||_{H^3}^2``; `trilinear` is the exponent in K of left over
  right side, for a wave of length one and a short one, K, together.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined
from wellposed.kinetics.schrodinger.data import brackets, random_phases
from wellposed.kinetics.schrodinger.evolution.integration import Stepper
from wellposed.kinetics.schrodinger.evolution.spectrum import Complex, CubicTerm, Spectrum
from wellposed.kinetics.schrodinger.parameters import AMPLITUDE, BETA, SOBOLEV

DATUM = Parameter(
    "datum",
    "one wave exp(i x), or random phases on <k>^(-s-2) up to 4",
    "plane",
    kind="choice",
    choices=("plane", "decaying"),
)
_K = 4
_SHORT = 2 ** np.arange(5, 14)  # wave numbers of the short wave, in one dimension
_SHORT_AMPLITUDE = 100.0  # times K^-s
_SMALL = np.array([1e-4, 1e-5])  # amplitudes, relative to the one that is asked for
_ROUND_OFF = 1e-12
_STEP = 0.02  # of differences in time, over the fastest rate


def energy(beta: float, s: float, amplitude: float, datum: str) -> dict[str, Any]:
    """Returns both sides of the inequalities of Appendix B; see `EXPERIMENT`."""
    spectrum = Spectrum(3, _K, 2.0 * math.pi)
    if datum == "plane":
        a = np.zeros((2 * _K + 1,) * 3, dtype=np.complex128)
        a[_K + 1, _K, _K] = 2.0 ** (-0.5 * s) * amplitude
    else:
        a = random_phases(spectrum, "decaying", s, amplitude)
    cubic = CubicTerm(spectrum, beta, 1.0)
    homogeneous = spectrum.powers(s)
    change, pairing, size = _sides(a, cubic, homogeneous)
    dissipated = float(np.sum(spectrum.squares * np.abs(homogeneous * a) ** 2))

    derivative, derivative_error = _derivative(a, cubic, homogeneous, change)
    if not abs(change) > _ROUND_OFF * size:  # there is nothing to be compared
        derivative, derivative_error = math.nan, math.inf

    left = np.array([_remainder(small * a, cubic, s) for small in _SMALL])
    remainder = math.log(left[0] / left[1]) / math.log(_SMALL[0] / _SMALL[1])

    ratios = np.array([_trilinear(int(K), beta, s) for K in _SHORT])
    trilinear = growth_exponent(_SHORT, ratios, _ROUND_OFF * ratios)
    return {
        "published": (change + dissipated) / pairing,
        "published_error": _ROUND_OFF * (size + dissipated) / pairing,
        "derivative": derivative,
        "derivative_error": derivative_error,
        "remainder": remainder,
        "remainder_error": float(_SMALL[0]) ** 2 * (1.0 + size / dissipated) + _ROUND_OFF,
        "trilinear": trilinear.value,
        "trilinear_error": trilinear.error,
    }


def _sides(a: Complex, cubic: CubicTerm, weight: Any) -> tuple[float, float, float]:
    """Returns ``d/dt ||w a||^2`` by (1.1), ``|Q|``, and the sum of moduli of the terms of the former."""
    term = cubic(a)  # -i N
    products = weight**2 * np.conj(a) * term
    return 2.0 * float(products.sum().real), abs(complex(products.sum())), 2.0 * float(np.abs(products).sum())


def _derivative(a: Complex, cubic: CubicTerm, weight: Any, change: float) -> tuple[float, float]:
    """Returns d/dt ``||w a||^2`` by differences of the solution through `a`, over `change`, and its error."""
    stepper = Stepper(cubic)
    at = stepper.start(a)
    square = float(np.sum(np.abs(weight * a) ** 2))
    h = _STEP / (float(cubic.spectrum.squares.max()) + at.coupling)
    levels = []
    for step in (4.0 * h, 2.0 * h, h):
        ahead, behind = (
            float(np.sum(np.abs(weight * stepper.step(at, sign * step)[0].a) ** 2)) for sign in (1.0, -1.0)
        )
        levels.append((ahead - behind) / (2.0 * step))
    coarse, middle, fine = levels
    value, error = refined([middle + (middle - coarse) / 3.0, fine + (fine - middle) / 3.0])
    round_off = 100.0 * float(np.finfo(float).eps) * square / h
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, doubt = np.divide(float(value), change), np.divide(float(error) + round_off, abs(change))
    return float(ratio), float(doubt)


def _remainder(a: Complex, cubic: CubicTerm, s: float) -> float:
    """Returns ``(d/dt ||u||_{H^s}^2 + ||u||_{H^{s+1}}^2)/||u||_{H^{s+1}}^2``."""
    change, _, _ = _sides(a, cubic, brackets(cubic.spectrum, s))
    return 1.0 + change / float(np.sum(np.abs(brackets(cubic.spectrum, s + 1.0) * a) ** 2))


def _trilinear(K: int, beta: float, s: float) -> float:
    """Returns ``|Q|`` over ``||D^s |nabla|^beta u||^2 ||u||_{H^3}^2`` for a long and a short wave, in T^1.

    The short one is so high that its share of the norms shows at once, and not as K^(2 beta) alone.
    """
    spectrum = Spectrum(1, K, 2.0 * math.pi)
    a = np.zeros(2 * K + 1, dtype=np.complex128)
    a[K + 1], a[2 * K] = 1.0, _SHORT_AMPLITUDE * float(K) ** -s
    _, pairing, _ = _sides(a, CubicTerm(spectrum, beta, 1.0), spectrum.powers(s))
    rough = float(np.sum(np.abs(spectrum.powers(s + beta) * a) ** 2))
    return pairing / (rough * float(np.sum(np.abs(brackets(spectrum, 3.0) * a) ** 2)))


EXPERIMENT = Experiment(
    name="schrodinger.energy",
    summary="Both sides of the displayed inequalities of the energy estimate, at one instant",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Appendix B",
    parameters=(BETA, SOBOLEV, AMPLITUDE, DATUM),
    outputs=(
        Output("published", "left over right side of the first display of Appendix B", has_error=True),
        Output(
            "derivative", "d/dt ‖D^s u‖² of the solution over 2 ℑ∫ D^s ū D^s N of its datum", has_error=True
        ),
        Output(
            "remainder", "exponent in the amplitude of what the last display bounds by C ‖u‖²", has_error=True
        ),
        Output("trilinear", "exponent in K of the trilinear form over its bound", has_error=True),
    ),
    evaluate=energy,
    points_per_block=32,
    version=2,
)
