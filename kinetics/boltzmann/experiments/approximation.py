r"""How the approximate solution f_b + f_r, and the attenuation beta, grow with every parameter.

Exponents in each of M, N2, N1 and |t| of what sections 3.1 and 3.2 estimate, the others held, and along
(3.10), ``N2 = M^10`` and ``N1 = N2^10``, where they add up.  The rock is taken at time 0, so its exponents
are those of the factors before the exponential ones; what the latter are is told by two numbers more, over

    a = |t| M^((d-1)/2-s)  ->  infinity,    |f_r(t)|/|f_r(0)| ~ a^power exp(rate a).

(3.19) has 1 for both, (3.20) 1 and 0.  At T_* of (3.12) ``exp(a) = ln ln M``, which is ``M^(s-s0)``, so
`rate` also is the exponent in ``ln ln M`` that the rock's norms have there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import scipy
from numpy.polynomial import Chebyshev

from wellposed.errors import ParameterError
from wellposed.kinetics.boltzmann.construction.directions import DENSEST
from wellposed.kinetics.boltzmann.construction.needles import Kernel, Needles, needles
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.boltzmann.norms.z_norm import PARTS
from wellposed.kinetics.boltzmann.parameters import DIMENSION, KERNEL, KERNEL_POWER, REGULARITY
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import ROUND_OFF, refined

DERIVATIVES = ("beta", "gradient of beta", "second derivatives of beta")

QUANTITIES = (
    "f_b",
    "f_r",
    "f_a",
    *(f"f_b {part}" for part in PARTS),
    *(f"f_r {part}" for part in PARTS),
    "f_r interpolated",
    *DERIVATIVES,
    "beta inside",
    "L1: f_b printed",
    "L1: f_b corrected",
    "L1: beta printed",
    "L1: beta corrected",
)

VARIABLES = ("M", "N2", "N1", "t", "(3.10)")

POWERS = ("Sobolev norm", *PARTS)
"""Norms of the rock whose growth beyond the exponential one is measured."""

_STEPS = 2.0 ** np.arange(14)
_FIRST = {"M": 4.0, "N2": 16.0, "N1": 2.0**12}
_HELD = {"M": 16.0, "N2": 64.0, "N1": 2.0**40, "t": 0.25}
_ALONG = {"M": 1.0, "N2": 10.0, "N1": 100.0}  # powers of M in (3.10)
_STRENGTHS = 2.0 ** np.arange(2, 22)
_CLOSEST = 0.02  # of s to (d-1)/2 from below, for M to be a floating point number at the largest strength

# beta as a function of M |x|: it is constant up to 1/2
_BREAKS = np.linspace(0.25, 2.0, 8)
_DEGREES = {13: 192, 16: 256}  # coarse and fine, of a panel's polynomial, and at how many places it is seen
_NODES = 20  # on each panel

_At = Callable[..., Needles]


def _placed(
    d: int, gamma: float, s: float, s0: float, kernel: Kernel, packing: str, **values: float
) -> Needles:
    """Returns needles with `values` for some of `_HELD`."""
    at = {**_HELD, **values}
    J = math.floor(DENSEST[d] * (at["M"] * at["N2"]) ** (d - 1)) if packing == "densest" else None
    return needles(d, at["M"], at["N2"], at["N1"], gamma, s, s0, -at["t"], J=J, kernel=kernel)


_Panels = tuple[Array, Array, list[Array]]


@lru_cache(maxsize=2)
def _panels(degree: int) -> _Panels:
    """Returns nodes and places ``M |x|``, and three matrices from values at nodes to what is at places.

    These are the function and its first and second derivatives, on each panel those of the polynomial of a
    degree that is fitted there.
    """
    ends = np.stack([_BREAKS[:-1], _BREAKS[1:]])
    centre, half = ends.mean(axis=0), 0.5 * np.diff(ends, axis=0)[0]
    x = -np.cos(math.pi * (np.arange(_NODES) + 0.5) / _NODES)
    at = np.linspace(-1.0, 1.0, _DEGREES[degree], endpoint=False)
    series = [Chebyshev.fit(x, column, degree, domain=[-1.0, 1.0]) for column in np.eye(_NODES)]
    nodes, places = ((centre[:, None] + half[:, None] * part).ravel() for part in (x, at))
    matrices = [
        scipy.linalg.block_diag(*(np.transpose([one.deriv(k)(at) for one in series]) / h**k for h in half))
        for k in range(3)
    ]
    return nodes, places, matrices


def _suprema(at: Needles) -> tuple[Array, Array]:
    """Returns suprema over ``|x| <= 2/M`` of beta and its first and second derivatives, and their errors."""
    nodes, _, _ = _panels(max(_DEGREES))
    beta = np.array([at.mean_beta(r) for r in nodes.tolist()])
    levels = [_suprema_of(beta, _panels(degree)) for degree in _DEGREES]
    # beta is the largest at the origin, and constant around it
    levels[-1][0] = abs(at.beta_at_origin)
    powers = at.M ** np.arange(3.0)
    return refined([powers * level for level in levels])


def _suprema_of(beta: Array, on: _Panels) -> Array:
    _, places, matrices = on
    value, slope, curvature = (np.abs(matrix @ beta) for matrix in matrices)
    # the eigenvalues of the Hessian of a radial function
    return np.array([np.max(value), _highest(slope), max(_highest(curvature), _highest(slope / places))])


def _highest(samples: Array) -> float:
    """Returns the highest point of the parabola through the largest of even samples and its neighbours."""
    best = min(max(int(np.argmax(samples)), 1), samples.size - 2)
    before, here, after = samples[best - 1 : best + 2].tolist()
    bend = 2.0 * here - before - after
    inside = bend > 0.0 and abs(after - before) <= 2.0 * bend
    return here + (after - before) ** 2 / (8.0 * bend) if inside else float(np.max(samples))


def _quantities(at: Needles) -> tuple[Array, Array]:
    """Returns values of `QUANTITIES` and their errors."""
    norm, norm_error = refined([at.f_b_norm_in(at.r0, at.s0, level) for level in (0, 1)])
    f_b = float(norm)
    f_r, z = math.exp(at.log_f_r_norm_0), at.z_norm
    derivatives, derivative_errors = _suprema(at)
    # beta falls with |x|
    inside = min(abs(at.mean_beta(r)) for r in np.linspace(0.0, 1.0, 11).tolist())
    gradient, L2 = z.f_r_0[0] * at.M ** (-0.5 * (at.d - 3)), z.f_r_0[1] * at.M ** (-0.5 * (at.d - 1))
    values = np.array(
        [
            f_b,
            f_r,
            math.hypot(f_b, f_r),  # they are disjoint in velocity
            *z.f_b,
            *z.f_r_0,
            math.hypot(gradient, L2) ** at.s0 * L2 ** (1.0 - at.s),
            *derivatives,
            inside,
            at.l1.f_b_norm_published,
            at.l1.f_b_norm_corrected,
            abs(at.l1.beta_published),
            abs(at.l1.beta_corrected),
        ]
    )
    errors = ROUND_OFF * values
    errors[0] = norm_error
    errors[2] += norm_error
    first = QUANTITIES.index(DERIVATIVES[0])
    errors[first : first + 3] = derivative_errors
    return values, errors


def _exponents(samples: Iterable[Needles]) -> tuple[Array, Array]:
    """Returns the exponent of each quantity over `samples` along `_STEPS`, and its error."""
    values, errors = (np.array(part) for part in zip(*map(_quantities, samples), strict=True))
    found = [growth_exponent(_STEPS, *columns) for columns in zip(values.T, errors.T, strict=True)]
    return np.array([one.value for one in found]), np.array([one.error for one in found])


def _deflation(at: _At, d: int, s: float) -> tuple[tuple[float, float], Array, Array]:
    """Returns `rate` with its error, and the powers of `POWERS` with theirs."""
    if not 0.5 * (d - 1) - s >= _CLOSEST:
        unknown = np.full(len(POWERS), math.nan)
        return (math.nan, math.inf), unknown, np.full(len(POWERS), math.inf)
    widths = (_STRENGTHS / _HELD["t"]) ** (1.0 / (0.5 * (d - 1) - s))
    points = [at(M=M) for M in widths.tolist()]
    logs = np.array([one.log_amplification for one in points])
    rates = np.diff(logs) / np.diff(_STRENGTHS)
    rate_error = 2.0 * abs(rates[-1] - rates[-2]) + ROUND_OFF * abs(rates[-1])
    # beside exp(|beta(t,0,0)|)
    whole = np.array([one.beta_at_origin for one in points])
    parts = np.array([one.z_norm.log_f_r - np.log(one.z_norm.f_r_0) for one in points])
    sizes = np.exp(np.column_stack([logs, parts]) + whole[:, None])
    errors = sizes * (ROUND_OFF * _STRENGTHS[:, None] + 1e-10)
    powers = [growth_exponent(_STRENGTHS, *columns) for columns in zip(sizes.T, errors.T, strict=True)]
    return (
        (float(rates[-1]), float(rate_error)),
        np.array([one.value for one in powers]),
        np.array([one.error for one in powers]),
    )


def approximation(
    d: int, s: float, s_minus_s0: float, gamma: float, kernel: Kernel, packing: str
) -> dict[str, Any]:
    """Returns exponents of what sections 3.1 and 3.2 estimate; see `EXPERIMENT` for inputs and outputs."""
    at = partial(_placed, d, gamma, s, s - s_minus_s0, kernel, packing)
    found = {
        name: _exponents(at(**{name: first * step}) for step in _STEPS) for name, first in _FIRST.items()
    }
    backwards, error = _exponents(at(t=_HELD["t"] / step) for step in _STEPS)
    found["t"] = -backwards, error
    found["(3.10)"] = (
        np.sum([power * found[name][0] for name, power in _ALONG.items()], axis=0),
        np.sum([power * found[name][1] for name, power in _ALONG.items()], axis=0),
    )
    (rate, rate_error), powers, power_errors = _deflation(at, d, s)
    return {
        "exponent": np.stack([found[name][0] for name in VARIABLES], axis=1),
        "exponent_error": np.stack([found[name][1] for name in VARIABLES], axis=1),
        "rate": rate,
        "rate_error": rate_error,
        "power": powers,
        "power_error": power_errors,
    }


def check(point: Point) -> None:
    """Refuse kernels that are too soft for the dimension, the mixed one where it is none, and ``s0 < 0``."""
    d, s, gap = int(point["d"]), float(point["s"]), float(point["s_minus_s0"])
    if gap > s:
        raise ParameterError(f"Parameter `s_minus_s0` must be at most s = {s:g}, but is {gap:g}.")
    _placed(d, float(point["gamma"]), s, s - gap, point["kernel"], str(point["packing"]))  # type: ignore[arg-type]


EXPERIMENT = Experiment(
    name="boltzmann.approximation",
    summary="Exponents of norms of the approximate solution f_b + f_r, and of its attenuation beta",
    source="X. Chen, S. Shen, Z. Zhang, (3.10), (3.13)-(3.32), (3.34)-(3.45)",
    parameters=(
        DIMENSION,
        replace(REGULARITY, summary="regularity that the amplitudes are made for", default=0.3),
        Parameter("s_minus_s0", "that less the regularity of the norm (3.11)", 0.1, lower=0.0, upper=2.0),
        KERNEL_POWER,
        KERNEL,
        Parameter(
            "packing",
            "J = M N2 (d = 2) or (M N2)^2/4 (d = 3) needles, or 2 pi/5 M N2 or 0.54 (M N2)^2, still disjoint",
            "regular",
            kind="choice",
            choices=("regular", "densest"),
        ),
    ),
    outputs=(
        Output(
            "exponent", "exponent of a quantity in a variable", dims=("quantity", "variable"), has_error=True
        ),
        Output(
            "rate", "log-amplification of the rock over a = |t| M^((d-1)/2-s), for large a", has_error=True
        ),
        Output(
            "power",
            "exponent in a of the rock's norm over exp(|beta(t,0,0)|)",
            dims=("norm",),
            has_error=True,
        ),
    ),
    evaluate=approximation,
    coordinates=(
        Coordinate("quantity", "what is estimated; the rock at time 0", np.array(QUANTITIES)),
        Coordinate("variable", "in what; (3.10) is M with N2 = M^10, N1 = M^100", np.array(VARIABLES)),
        Coordinate("norm", "of the rock: L_v^(2,r0) H_x^s0, or a part of (3.34)", np.array(POWERS)),
    ),
    version=3,
    points_per_block=2,
    check=check,
)
