r"""The trilinear operators of the kinetic wave equation in three dimensions.

With ``k1* = (k1+k2)/2 + |k1-k2| sigma/2``, ``k2* = (k1+k2)/2 - |k1-k2| sigma/2`` and `b` the indicator of the
positive numbers, [AL24, (1.14)-(1.17)] are::

    G1[f,g,h] = 1/4       \int K f(k2) g(k1*) h(k2*) b dsigma dk2
    G2[f,g,h] = 1/4 f(k1) \int K       g(k1*) h(k2*) b dsigma dk2
    L1[f,g,h] = 1/4 f(k1) \int K g(k2)        h(k2*) b dsigma dk2
    L2[f,g,h] = 1/4 f(k1) \int K g(k2) h(k1*)        b dsigma dk2

    K = (|k1||k2||k1*||k2*|)^(2 beta) |k1-k2|,    b = b((k1-k2).sigma)

where (1.16) is published with f(k) for f(k1).  The collision operator is G1 + G2 - L1 - L2 of three equal
functions.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.experiment import Parameter
from wellposed.kinetics.user_functions import Missed
from wellposed.kinetics.wave.collision import AccuracyWarning, relative_error
from wellposed.kinetics.wave.data import Datum
from wellposed.kinetics.wave.missed_structure import missed_along_rays, missed_of_profile, refuse_missed
from wellposed.kinetics.wave.parameters import BETA
from wellposed.kinetics.wave.spatial import anisotropic, radial
from wellposed.kinetics.wave.spatial.functions import WaveFunction, wave_function

OPERATORS = ("G1", "G2", "L1", "L2")

_OPERATOR = Parameter("operator", "", "G1", kind="choice", choices=OPERATORS)
_RTOL = Parameter("rtol", "", 1e-6, lower=1e-12, upper=0.1)
_LOWEST, _HIGHEST = 1e-6, 1e6
_ROUND_OFF = 1e-13
_SMALLEST = 1e-9  # stands for k1 = 0, where the integral differs by a relative O(|k1|)

Slots = tuple[WaveFunction | None, WaveFunction | None, WaveFunction | None]


def slots(operator: str, f: WaveFunction, g: WaveFunction, h: WaveFunction) -> Slots:
    """Returns what is taken at k2, k1* and k2* under the integral; None stands for 1."""
    match operator:
        case "G1":
            return f, g, h
        case "G2":
            return None, g, h
        case "L1":
            return g, None, h
    return g, h, None


def trilinear(
    k1: ArrayLike,
    f: Any,
    g: Any,
    h: Any,
    *,
    beta: float,
    operator: str,
    rtol: float = 1e-6,
) -> NDArray[np.float64]:
    """Returns one of the trilinear operators G1, G2, L1, L2 [AL24, (1.14)-(1.17)], with their 1/4.

    Parameters
    ----------
    k1 : (..., 3) array_like
        Wave vectors: 0, or of a length between 1e-6 and 1e6.
    f, g, h : Datum or function
        Each `bracket`, `bracket_k`, `oscillating`, a scalar function compiled by ``numba.njit`` of
        ``omega = |k|^2`` or of the three components of k, or any function ``(n, 3) -> (n,)``.  They should
        decay faster than ``|k|^(-6)``, and vary with the logarithm of ``|k|`` rather than with ``|k|``.
    beta : float
        In [0, 1].
    operator : {"G1", "G2", "L1", "L2"}
    rtol : float
        Relative accuracy; refinement stops where two levels agree to it.

    Returns
    -------
    (...) float64

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
        worst k1 and its estimate.

    Notes
    -----
    A function is sampled a second time, at 16384 frequencies an octave if it is radial and else at 4096
    distances an octave on 32 rays: what is narrower may be passed by unseen.

    For radial functions the angles are integrated in closed form, and twelve digits take milliseconds.
    Otherwise all five dimensions are integrated, and accuracy depends on how fast the functions vary with
    direction: the finest level has up to about 15 million nodes for each k1.
    """
    wave_vectors = _wave_vectors(k1)
    exponent = float(BETA.canonical(beta))
    name = str(_OPERATOR.canonical(operator))
    tolerance = float(_RTOL.canonical(rtol))
    at_k1 = wave_function("f", f)
    integrand = slots(name, at_k1, wave_function("g", g), wave_function("h", h))

    functions = {id(one): (name, one) for name, one in zip("hgf", (h, g, f), strict=True)}
    passed_by = {
        argument: _missed_of(wave_function(argument, one), exponent)
        for argument, one in functions.values()
        if not isinstance(one, Datum) or one.kind == "custom"
    }
    out = np.empty(wave_vectors.shape[:-1])
    worst, worst_at = 0.0, np.zeros(3)
    for index in np.ndindex(out.shape):
        value, error = with_error(wave_vectors[index], exponent, integrand, tolerance)
        relative = relative_error(value, error)
        if value != 0.0 and math.isfinite(value):
            for argument, found in passed_by.items():
                refuse_missed(argument, found, relative, tolerance)
            relative = max(relative, *(found.ratio for found in passed_by.values()), 0.0)
        if relative > max(tolerance, worst):
            worst, worst_at = relative, wave_vectors[index]
        factor = 1.0 if name == "G1" else float(at_k1.spatial(wave_vectors[index][None, :])[0])
        out[index] = factor * value
    if worst != 0.0:
        where = ", ".join(f"{x:g}" for x in worst_at)
        warnings.warn(
            f"{name} at k1 = ({where}) has an estimated relative error of {worst:.1e}, more than rtol = "
            f"{tolerance:g}.",
            AccuracyWarning,
            stacklevel=2,
        )
    return out


def _missed_of(function: WaveFunction, beta: float) -> Missed:
    """Returns what quadrature passes by in a function that varies at scales it does not meet."""
    nodes = radial.RESOLUTIONS[-1].nodes
    if function.radial is not None:
        return missed_of_profile(function.radial, beta, nodes)
    return missed_along_rays(function.spatial, beta, nodes)


def with_error(k1: NDArray[np.float64], beta: float, integrand: Slots, rtol: float) -> tuple[float, float]:
    """Returns the integral without f(k1), and the difference between the last two levels of refinement."""
    if not np.any(k1):
        if beta > 0.0:
            return 0.0, 0.0
        k1 = np.array([0.0, 0.0, _SMALLEST])
    w1 = float(k1 @ k1)
    if all(function is None or function.radial is not None for function in integrand):
        coarse = radial.integral(w1, beta, integrand, 0)
        for level in range(1, len(radial.RESOLUTIONS)):
            fine = radial.integral(w1, beta, integrand, level)
            error = max(abs(fine - coarse), _ROUND_OFF * abs(fine))
            if error <= rtol * abs(fine):
                break
            coarse = fine
        return fine, error
    coarse = anisotropic.integral(k1, beta, integrand, 0)
    for level in range(1, len(anisotropic.LEVELS)):
        fine = anisotropic.integral(k1, beta, integrand, level)
        error = anisotropic.error_estimate(coarse, fine, anisotropic.LEVELS[level])
        if error <= rtol * abs(fine):
            break
        coarse = fine
    return fine, error


def _wave_vectors(k1: ArrayLike) -> NDArray[np.float64]:
    """Returns `k1` as an array (..., 3).  Raises `ParameterError` where it is not allowed."""
    try:
        given = np.asarray(k1)
    except ValueError:
        given = np.asarray(None)
    if given.dtype.kind not in "iuf" or given.ndim == 0 or given.shape[-1] != 3:
        raise ParameterError("Argument `k1` must be one wave vector (3,) or an array of them (..., 3).")
    wave_vectors = given.astype(np.float64)
    lengths = np.linalg.norm(wave_vectors, axis=-1)
    allowed = (lengths == 0.0) | ((lengths >= _LOWEST) & (lengths <= _HIGHEST))
    if not np.all(allowed):
        wrong = lengths[~allowed].flat[0]
        raise ParameterError(
            f"Argument `k1` must be 0 or of a length in [{_LOWEST:g}, {_HIGHEST:g}], but one is {wrong:g}."
        )
    return wave_vectors
