r"""How sharp the bounds (3.2)-(3.4) on the dielectric function are.

``epsilon(M + sqrt(M) f)`` is affine in f and depends on its marginal along k alone.  In Hermite functions
along k, times the ground state across it, the j-th adds ``V(k) E_j(w, a)``, ``a = hbar |k|``,

    E_j(w, a) = [r_j(w + a) - r_j(w)]/a,   E_j(w, 0) = r_j'(w) = -sqrt(j + 1) r_{j+1}(w),
    r_j = (-1)^j R^(j)/sqrt(j!),           sqrt(j + 1) r_{j+1} = w r_j - sqrt(j) r_{j-1},

R the plasma response function, and in that basis ``||f||_r`` is diagonal.  So the best constants are sums of
squares: ``|epsilon(Phi) - epsilon(M)| <= C ||f||_r`` has a finite one for r above `index`, the exponent of
``sum_{J <= j < 2J} |E_j|^2`` in J; and the difference of the quantum and the classical one, over all f with
``||f||_r <= 1``, falls with an order in hbar that depends on r.

Source: C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wellposed.kinetics.experiment import Experiment, Output, Parameter
from wellposed.kinetics.exponent import GrowthExponent, growth_exponent
from wellposed.kinetics.lenard_balescu.linearised_operator import DIMENSION
from wellposed.kinetics.lenard_balescu.marginals import MaxwellianMarginal
from wellposed.kinetics.lenard_balescu.potential import KAPPA, S, algebraic
from wellposed.kinetics.lenard_balescu.response import response

Array = NDArray[np.float64]

_W = np.linspace(0.0, 2.0, 5)
_DEGREES = 2 ** np.arange(4, 15)
_HBAR = 2.0 ** -np.arange(1.0, 10.0)
_LAST = 32.0  # degree times hbar^2 up to which f reaches: the same share of the sum at every hbar
_SCALES = 2.0 ** np.arange(3.0, 13.0)
_ANGLES = np.linspace(0.0, 4.0, 401)
_ROUND_OFF = 1e-12


@njit(cache=True, nogil=True)
def _start(w):
    R = response(w)
    return R, w * R - 1.0


@njit(cache=True, nogil=True)
def sums_of_squares(w, a, d, r, edges, sums):
    """``sum |E_j(w, 0)|^2/w_j`` (a = 0) or ``sum |E_j(w, a) - E_j(w, 0)|^2/w_j`` between `edges`, (n,).

    ``w_j = sum_{r' <= r} (j + d) ... (j + d + r' - 1)`` are the weights of ``||f||_r^2``; r = -1 for none.
    """
    here, next_here = _start(w)
    there, next_there = _start(w + a)
    sums[:] = 0.0
    block = 0
    for j in range(edges[-1]):
        while j >= edges[block + 1]:
            block += 1
        term = -math.sqrt(j + 1.0) * next_here
        if a > 0.0:
            term = (there - here) / a - term
        weight, product = 1.0, 1.0
        for i in range(r):
            product *= j + d + i
            weight += product
        if j >= edges[0]:
            sums[block] += (term.real * term.real + term.imag * term.imag) / weight
        up, down = 1.0 / math.sqrt(j + 2.0), math.sqrt(j + 1.0)
        here, next_here = next_here, (w * next_here - down * here) * up
        there, next_there = next_there, ((w + a) * next_there - down * there) * up


def index() -> GrowthExponent:
    """The Sobolev index above which epsilon is bounded by ``||f||_r``, classically."""
    blocks = np.empty((_W.size, _DEGREES.size - 1))
    for i, w in enumerate(_W.tolist()):
        sums_of_squares(w, 0.0, 3, -1, _DEGREES, blocks[i])
    total = blocks.max(axis=0)
    return growth_exponent(_DEGREES[:-1].astype(float), total, _ROUND_OFF * total)


def distance(d: int, r: int, hbar: float) -> float:
    """The largest ``|epsilon_hbar - epsilon_0|/V`` at ``|k| = 1`` over f of degree below ``32/hbar^2``."""
    edges = np.array([0, math.ceil(_LAST / hbar**2)])
    found, sums = 0.0, np.empty(1)
    for w in _W.tolist():
        sums_of_squares(w, hbar, d, r, edges, sums)
        found = max(found, float(sums[0]))
    return math.sqrt(found)


def gradient(k: Array, speed: Array, kappa: float, s: float) -> Array:
    """The largest ``|grad_k epsilon_0(M, k, v)|`` over the angle between k and v, at each k and speed."""
    V = algebraic(kappa, s)(k)
    slope = -0.5 * s * k / (1.0 + k * k) * V
    w = np.minimum(_ANGLES, speed[:, None])
    first, second = MaxwellianMarginal().response_derivatives(w.ravel())
    across = np.sqrt(speed[:, None] ** 2 - w * w)
    radial = slope[:, None] * np.abs(first.reshape(w.shape))
    turning = (V / k)[:, None] * across * np.abs(second.reshape(w.shape))
    size: Array = np.hypot(radial, turning).max(axis=1)
    return size


def bounds(estimate: str, d: int, kappa: float, s: float, r: int) -> dict[str, Any]:
    """The exponent of one estimate; see `EXPERIMENT` for inputs and outputs."""
    if estimate == "(3.2)":
        found = index()
    elif estimate == "(3.3)":
        values = np.array([distance(d, r, hbar) for hbar in _HBAR.tolist()])
        found = growth_exponent(1.0 / _HBAR, values, (_ROUND_OFF + 1e-15 / _HBAR) * values)
    else:
        ones = np.ones_like(_SCALES)
        k, speed = (ones, _SCALES) if estimate == "(3.4) in v" else (1.0 / _SCALES, ones)
        values = gradient(k, speed, kappa, s)
        found = growth_exponent(_SCALES, values, _ROUND_OFF * values)
    return {"exponent": found.value, "exponent_error": found.error}


EXPERIMENT = Experiment(
    name="lenard_balescu.dielectric_bounds",
    summary="Sharp exponents of the bounds (3.2)-(3.4) on the dielectric function",
    source="C. Le Bihan, Around the quantum Lenard-Balescu equation, Proposition 3.1, (3.2)-(3.4)",
    parameters=(
        Parameter(
            "estimate",
            "index of (3.2), order in 1/hbar of (3.3), or exponent of (3.4), r = 1, in |v| or in 1/|k|",
            "(3.2)",
            kind="choice",
            choices=("(3.2)", "(3.3)", "(3.4) in v", "(3.4) in k"),
        ),
        DIMENSION,
        Parameter(
            KAPPA.name,
            KAPPA.summary,
            KAPPA.default,
            lower=KAPPA.lower,
            lower_open=True,
            upper=KAPPA.upper,
            only_with=("estimate", ("(3.4) in v", "(3.4) in k")),
        ),
        Parameter(
            S.name,
            S.summary,
            S.default,
            lower=S.lower,
            lower_open=True,
            upper=S.upper,
            only_with=("estimate", ("(3.4) in v", "(3.4) in k")),
        ),
        Parameter(
            "r",
            "Sobolev index of the ball that f is taken from",
            2,
            kind="int",
            lower=0,
            upper=6,
            only_with=("estimate", ("(3.3)",)),
        ),
    ),
    outputs=(
        Output("exponent", "the index; or the exponent in 1/ħ, |v| or 1/|k| of the best constant"),
        Output("exponent_error", "its error"),
    ),
    evaluate=bounds,
    order_parameter="exponent",
    tolerance=0.2,
    points_per_block=4,
)
