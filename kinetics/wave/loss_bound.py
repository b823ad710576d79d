r"""The best constant of the bound (2.4) for the loss operators, and from where on there is none.

In [AL24, (2.4)], ``||<k>^l L1[f,g,h]||_oo <= C ||<k>^l f||_oo ||<k>^(1/2) g||_1 ||<k>^(7/2) h||_oo``, the
kernel is positive, the worst `h` is ``<k>^(-7/2)``, and the worst `g` sits at one wave vector.  So the best
constant is

    C = sup_{k1,k2} 1/4 (|k1||k2|)^(2 beta) |k1-k2| <k2>^(-1/2) Q,
    Q = \int_{S^2} b((k1-k2).sigma) (|k1*||k2*|)^(2 beta) <k2*>^(-7/2) dsigma,

whatever `l` is; for L2 it is ``<k1*>`` in `Q`.  With ``V = (k1+k2)/2, u = k1-k2, E = |k1|^2 + |k2|^2`` and
sigma at an angle of cosine t to V, ``|k1*|^2 = E/2 + |V||u| t``, and the azimuths with ``u.sigma > 0`` are an
arc in closed form.  So `Q` is one integral, over ``w``, the squared length that the bracket has: in the scale
``log(1 + w)``, between the points where the arc begins and ends, by the double-exponential rule.

The supremum is taken shell by shell, over all k1 and k2 of one energy `E`: its growth exponent in `E` says
whether it is finite.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import minimize

from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, PrintedThreshold
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.wave.collision import BETA

Array = NDArray[np.float64]

ENERGY = 4.0 ** np.arange(-3, 19)
OPERATORS = ("L1", "L2")

_STEPS = (0.08, 0.05)  # of the double-exponential rule, coarse and fine
_REACH = 3.3  # of its variable: weights beyond are below 1e-18
_RATIOS = 2.0 ** np.linspace(-6.0, 6.0, 25)  # |k2|/|k1|
_DOTS = np.array([0.0, *(s * 4.0**j for j in range(-3, 20) for s in (1.0, -1.0))])  # k1.k2 / sqrt(E)
_FLAT = 1e-3  # an exponent below this is no growth
_ROUND_OFF = 1e-8  # of the arc near its ends


def _double_exponential(step: float) -> tuple[Array, Array, Array]:
    """Distances of the nodes from 0 and from 1, and weights, on [0, 1]."""
    u = step * np.arange(-int(_REACH / step), int(_REACH / step) + 1)
    s = 0.5 * math.pi * np.sinh(u)
    weight = 0.25 * math.pi * step * np.cosh(u) / np.cosh(s) ** 2
    return 1.0 / (1.0 + np.exp(-2.0 * s)), 1.0 / (1.0 + np.exp(2.0 * s)), weight


_RULES = tuple(_double_exponential(step) for step in _STEPS)


@njit(cache=True, nogil=True)
def kernel(r1, r2, dot, beta, second, below, above, weight):
    """What is under the supremum at ``|k1| = r1, |k2| = r2, k1.k2 = dot``; `second` for L2."""
    energy = r1 * r1 + r2 * r2
    product = 0.5 * np.sqrt(energy - 2.0 * dot) * np.sqrt(energy + 2.0 * dot)  # |V||u|
    if product == 0.0:
        return 0.0
    low = dot * dot / (0.5 * energy + product)  # of w, without E/2 - |V||u|
    high = energy - low
    cosine = 0.5 * (r1 - r2) * (r1 + r2) / product  # between V and u
    cross = np.sqrt(max(r1 * r2 - dot, 0.0)) * np.sqrt(r1 * r2 + dot)
    sine = min(cross / product, 1.0)
    side = 1.0 if second else -1.0  # t = side (w - E/2)/|V||u|
    edges = np.empty(4)
    edges[0], edges[3] = low, high
    # where the arc begins and ends, |t| = sine; 1 - sine without the subtraction
    edges[1] = low + product * cosine * cosine / (1.0 + sine)
    edges[2] = high - product * cosine * cosine / (1.0 + sine)
    total = 0.0
    for piece in range(3):
        start, stop = np.log1p(edges[piece]), np.log1p(edges[piece + 1])
        if stop <= start:
            continue
        for i in range(weight.size):
            y = start + (stop - start) * below[i] if below[i] < 0.5 else stop - (stop - start) * above[i]
            w = np.expm1(y)
            inside = max(w - low, 0.0) * max(high - w, 0.0)
            t = side * (w - 0.5 * energy)
            if inside == 0.0 or sine == 0.0:
                arc = 1.0 if cosine * t > 0.0 else 0.0
            else:
                c = cosine * t / (sine * np.sqrt(inside))
                arc = np.arccos(-min(max(c, -1.0), 1.0)) / np.pi
            value = arc * (w * max(energy - w, 0.0)) ** beta * np.exp(-0.75 * y)  # dw = e^y dy
            total += (stop - start) * weight[i] * value
    # dsigma = dphi dw/|V||u|
    front = 0.25 * (r1 * r2) ** (2.0 * beta) * np.sqrt(max(energy - 2.0 * dot, 0.0))
    return front * (1.0 + r2 * r2) ** (-0.25) * 2.0 * np.pi * total / product


@njit(cache=True, nogil=True)
def _scan(energy, ratios, dots, beta, second, below, above, weight):
    """The best of a grid: its value, and the indices of the ratio and of the product."""
    best, best_i, best_j = -1.0, 0, 0
    for i in range(ratios.size):
        r1 = np.sqrt(energy / (1.0 + ratios[i] ** 2))
        r2 = ratios[i] * r1
        for j in range(dots.size):
            dot = np.sqrt(energy) * dots[j]
            if abs(dot) > r1 * r2:
                continue
            value = kernel(r1, r2, dot, beta, second, below, above, weight)
            if value > best:
                best, best_i, best_j = value, i, j
    return best, best_i, best_j


def _place(energy: float, x: Array) -> tuple[float, float, float]:
    """``|k1|, |k2|, k1.k2`` of ``log |k2|/|k1|`` and ``k1.k2/sqrt(E)``."""
    r1 = math.sqrt(energy / (1.0 + math.exp(2.0 * x[0])))
    r2 = math.exp(x[0]) * r1
    return r1, r2, float(np.clip(x[1] * math.sqrt(energy), -r1 * r2, r1 * r2))


def _maximum(start: Array, spread: Array, energy: float | None, beta: float, second: bool) -> Array:
    """The maximum next to `start`: ``log |k2|/|k1|``, ``k1.k2/sqrt(E)`` and, if not given, ``log E``."""

    def minus_log(x: Array) -> float:
        place = _place(math.exp(x[2]) if energy is None else energy, x)
        return -math.log(kernel(*place, beta, second, *_RULES[0]) + 1e-300)

    found = minimize(
        minus_log,
        start,
        method="Nelder-Mead",
        options={
            "initial_simplex": start + np.vstack([np.zeros_like(spread), np.diag(spread)]),
            "xatol": 1e-6,
            "fatol": 1e-13,
            "maxiter": 400,
        },
    )
    return np.asarray(found.x)


def _value(place: tuple[float, float, float], beta: float, second: bool) -> tuple[float, float]:
    """The kernel, and its error."""
    coarse, fine = (kernel(*place, beta, second, *rule) for rule in _RULES)
    return fine, abs(fine - coarse) + _ROUND_OFF * fine


def _shell(energy: float, beta: float, second: bool) -> tuple[float, float, Array]:
    """The supremum over one shell, its error, and where it is attained."""
    _, i, j = _scan(energy, _RATIOS, _DOTS, beta, second, *_RULES[0])
    start = np.array([math.log(_RATIOS[i]), _DOTS[j]])
    x = _maximum(start, np.array([0.2, 0.3 * max(abs(start[1]), 0.1)]), energy, beta, second)
    return *_value(_place(energy, x), beta, second), x


def _limit(profile: Array) -> tuple[float, float]:
    """Where an ascending sequence is going, by Aitken's rule, and by how much its last two answers differ."""
    limits = []
    for end in (profile.size - 1, profile.size):
        first, second, third = profile[end - 3 : end].tolist()
        before, after = second - first, third - second
        limits.append(third + after * after / (before - after) if abs(after) < abs(before) else math.inf)
    return limits[1], abs(limits[1] - limits[0]) + _ROUND_OFF * abs(limits[1])


def loss_bound(beta: float, operator: str) -> dict[str, Any]:
    """The best constant of (2.4) and its growth; see `EXPERIMENT` for inputs and outputs."""
    shells = [_shell(energy, beta, operator == "L2") for energy in ENERGY.tolist()]
    profile, error = (np.array([shell[i] for shell in shells]) for i in range(2))
    exponent = growth_exponent(ENERGY, profile, error)
    grows = exponent.value > max(exponent.error, _FLAT)
    best = int(np.argmax(profile))
    constant, constant_error, place = profile[best], error[best], _place(ENERGY[best], shells[best][2])
    if best < ENERGY.size - 1:  # between the shells there may be more
        start = np.array([*shells[best][2], math.log(ENERGY[best])])
        x = _maximum(start, np.array([0.1, 0.1, 0.3]), None, beta, operator == "L2")
        place = _place(math.exp(x[2]), x)
        constant, constant_error = _value(place, beta, operator == "L2")
    elif not grows:  # approached as E grows, by increments that are a geometric sequence
        constant, constant_error = _limit(profile)
    r1, r2, dot = place
    return {
        "growth_exponent": exponent.value,
        "growth_exponent_error": exponent.error,
        "onset": exponent.onset,
        "constant": math.inf if grows else constant,
        "constant_error": math.nan if grows else constant_error,
        "k1": r1,
        "k2": r2,
        "angle": math.acos(min(max(dot / (r1 * r2), -1.0), 1.0)),
        "profile": profile,
        "profile_error": error,
    }


EXPERIMENT = Experiment(
    name="wave.loss_bound",
    summary="Best constant of the bound (2.4) of the loss operators, and its growth with energy",
    source="I. Ampatzoglou, T. Léger, arXiv:2411.12868, Lemma 2.3, (2.4)",
    parameters=(
        BETA,
        Parameter("operator", "L1 or L2 [AL24, (1.16), (1.17)]", "L1", kind="choice", choices=OPERATORS),
    ),
    outputs=(
        Output("growth_exponent", "growth exponent of the supremum over |k₁|² + |k₂|² = E, in E"),
        Output("growth_exponent_error", "error of the growth exponent"),
        Output("onset", "energy E from which the local slope is within 0.01 of the growth exponent"),
        Output("constant", "best constant; a limit if its place is the last shell, infinite if it grows"),
        Output("constant_error", "error of the best constant"),
        Output("k1", "|k₁| at the greatest value that was looked at"),
        Output("k2", "|k₂| at the greatest value that was looked at"),
        Output("angle", "angle between k₁ and k₂ at the greatest value", units="rad"),
        Output("profile", "supremum over |k₁|² + |k₂|² = E", dims=("energy",)),
        Output("profile_error", "error of the supremum", dims=("energy",)),
    ),
    evaluate=loss_bound,
    coordinates=(Coordinate("energy", "E = |k₁|² + |k₂|²", ENERGY),),
    order_parameter="growth_exponent",
    tolerance=0.2,
    points_per_block=4,
    thresholds=(PrintedThreshold("beta", 0.25, "1/4", "Lemma 2.3", relation="≥"),),
)
