r"""The error F_err of the approximate solution f_b + f_r, piece by piece, in the parts of the Z-norm (3.34).

    D = int_{T*}^0 e^{t0 v.grad} F(t0) dt0,    F one of

    transport            v.grad f_r
    gain_rock_needles    Q+(f_r, f_b)        gain_needles_rock    Q+(f_b, f_r)
    gain_rock_rock       Q+(f_r, f_r)        loss_needles_rock    Q-(f_b, f_r)
    loss_rock_rock       Q-(f_r, f_r)        gain_needles_needles Q+(f_b, f_b)
                                             loss_needles_needles Q-(f_b, f_b)

of section 3.3, at time 0.  Proposition 3.9 says that the sum is ``<~ 1/M`` in the limit (3.10), that is
``N1 >= N2^10 >= M^100``.  ``T*`` of (3.12) has the factor ``ln ln ln M``, which is no positive number for
``M < 16`` and below 1 for ``M < 3.8e6``; it is 1/4 here: ``T* = -M^(s-(d-1)/2)/4``.  Norms are those of
``s0 = s``.

A size at one M, N1, N2 is no evidence either way.  What is measured are exponents in each of the three, and
what they add up to along the path ``N2 = M^10, N1 = M^100``.  A piece for which that is below -1 is as
Proposition 3.9 says it is, provided that exponents persist along the path; it is not seen there.

What can not be measured is `Unresolved`:

- the pieces of needles with needles.  Neighbours that are as far apart as they are thick, and each needle
  with itself, weigh as much as the place where all cross, so that a sum over pairs is needed, of which
  rotation leaves that over the pairs of one needle; it is not done here;
- gradients in ``L_x^oo`` where needles take part: their supremum is at the ends of ``[T*, 0]``;
- whatever is dominated by particles thrown out so slowly, at right angles to the needles, that few needles
  count: no mean over directions tells those (d = 2, ``s`` near 1/2, Q+(f_b, f_r)).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from wellposed.errors import ParameterError, Unresolved
from wellposed.kinetics.boltzmann.construction.needles import Needles, needles
from wellposed.kinetics.boltzmann.duhamel.pieces import loss_needles_rock, rock_rock, transport
from wellposed.kinetics.boltzmann.duhamel.rock_history import COMMON_ERROR, RockHistory, rock_history
from wellposed.kinetics.boltzmann.duhamel.size import Size
from wellposed.kinetics.boltzmann.duhamel.thrown_out import gain_with_rock
from wellposed.kinetics.boltzmann.norms.cutoff import Array
from wellposed.kinetics.boltzmann.norms.z_norm import GRADIENTS, PARTS
from wellposed.kinetics.boltzmann.parameters import (
    DIMENSION,
    KERNEL_POWER,
    REGULARITY,
    check_kernel_power,
    softest_power,
)
from wellposed.kinetics.experiment import Coordinate, Experiment, Output, Parameter, Point
from wellposed.kinetics.exponent import growth_exponent
from wellposed.kinetics.refine import refined

M = 2.0 ** np.arange(3, 15)
"""The values of M of its profile, with N1 = 2^40, N2 = 2^20."""

N1 = 2.0 ** np.arange(34, 46)
"""The values of N1 of its profile, with M = 16, N2 = 2^20."""

N2 = 2.0 ** np.arange(14, 26)
"""The values of N2 of its profile, with M = 16, N1 = 2^40."""

DEFLATION = 0.25
"""``|T*|`` in units of ``M^(s-(d-1)/2)``."""

PATH = (1.0, 10.0, 100.0)
"""Powers of M that M, N2 and N1 are along the path."""

_M, _N1, _N2 = 16.0, 2.0**40, 2.0**20
_ROUND_OFF = 1e-9  # profiles are differentiated twice on panels of 144 nodes, where their values cancel
_MOST_OF_FEW = 0.3

_PIECES: dict[str, Callable[[Needles, int, RockHistory, int], Size]] = {
    "transport": transport,
    "gain_rock_needles": partial(gain_with_rock, rock_first=True),
    "gain_needles_rock": partial(gain_with_rock, rock_first=False),
    "loss_needles_rock": loss_needles_rock,
    "gain_rock_rock": partial(rock_rock, gain=True),
    "loss_rock_rock": partial(rock_rock, gain=False),
}
_OF_NEEDLES = ("gain_needles_needles", "loss_needles_needles")
_WITHOUT_NEEDLES = ("transport", "gain_rock_rock", "loss_rock_rock")


def _measured(piece: str, at: Needles, part: int) -> tuple[Array, Array]:
    """Returns the size and its error, with what the reduction leaves out."""
    sizes = [_PIECES[piece](at, part, rock_history(at, level), level) for level in (0, 1)]
    of_few = sizes[-1].of_few_needles
    if of_few > _MOST_OF_FEW:
        raise Unresolved(
            f"A part {of_few:.2g} of {PARTS[part]} of {piece} at M = {at.M:g} is of particles so slow "
            f"that few needles throw them out, which a mean over directions does not tell; try a smaller s."
        )
    value, error = refined([size.value for size in sizes], _ROUND_OFF)
    left_out = 8.0 * at.M * abs(at.t) / at.N1  # the rock's own motion
    if piece not in _WITHOUT_NEEDLES:
        left_out += of_few + 4.0 / (at.M * at.N2 * abs(at.t))  # and where time ends
    return value, error + left_out * value


def _samples(piece: str, part: int, points: list[Needles]) -> tuple[Array, Array]:
    found = np.array([_measured(piece, at, part) for at in points])
    return found[:, 0], found[:, 1]


def _common_error(piece: str, d: int) -> float:
    """Returns the relative error that all sizes of a piece have in common, and no exponent has."""
    return COMMON_ERROR[d] if piece in ("gain_rock_rock", "loss_rock_rock") else 0.0


def error_terms(d: int, s: float, gamma: float, piece: str, part: str) -> dict[str, Any]:
    """Returns exponents of a piece of F_err; see `EXPERIMENT` for inputs and outputs.

    Raises
    ------
    Unresolved
        For what the module says can not be measured.
    """
    which = PARTS.index(part)
    if piece in _OF_NEEDLES:
        raise Unresolved(
            f"{piece} takes a sum over pairs of needles: neighbours as far apart as they are thick, and each "
            f"needle with itself, weigh as much as all that cross; try the pieces that have the rock in them."
        )
    if which in GRADIENTS[1:] and piece not in _WITHOUT_NEEDLES:
        raise Unresolved(
            f"{part} of {piece} has its supremum where the interval of time ends, inside the rock, which is "
            f"not reduced to chords; try {PARTS[which - 2]} or {PARTS[0]}."
        )

    def at(m: float, n2: float, n1: float) -> Needles:
        return needles(d, m, n2, n1, gamma, s, s, -DEFLATION * m ** (s - 0.5 * (d - 1)))

    profiles = {
        "M": (M, [at(m, _N2, _N1) for m in M.tolist()]),
        "N2": (N2, [at(_M, n2, _N1) for n2 in N2.tolist()]),
        "N1": (N1, [at(_M, _N2, n1) for n1 in N1.tolist()]),
    }
    found: dict[str, Any] = {}
    path, path_error = 0.0, 0.0
    for (name, (x, points)), weight in zip(profiles.items(), PATH, strict=True):
        size, error = _samples(piece, which, points)
        exponent = growth_exponent(x, size, error)
        found |= {
            f"exponent_in_{name}": exponent.value,
            f"exponent_in_{name}_error": exponent.error,
            f"size_in_{name}": size,
            f"size_in_{name}_error": error + _common_error(piece, d) * size,
            f"local_exponent_in_{name}": np.diff(np.log(size)) / math.log(x[1] / x[0]),
        }
        path, path_error = path + weight * exponent.value, path_error + weight * exponent.error
    return {"excess": path + 1.0, "excess_error": path_error, **found}


def check(point: Point) -> None:
    """Refuse kernels that are too soft or hard, and regularities for which T* does not shrink."""
    check_kernel_power(point, 0.0)
    smoothest = -softest_power(int(point["d"]))
    if float(point["s"]) > smoothest:
        raise ParameterError(
            f"Parameter `s` must be a number in [0, {smoothest:g}] for d = {point['d']}, but is {point['s']}."
        )


def _profile(name: str) -> tuple[Output, ...]:
    return (
        Output(f"exponent_in_{name}", f"exponent of the size in {name}", has_error=True),
        Output(f"size_in_{name}", f"size of that part of that piece, {name} varied", (name,), has_error=True),
        Output(f"local_exponent_in_{name}", f"local exponent in {name}", dims=(f"step_of_{name}",)),
    )


EXPERIMENT = Experiment(
    name="boltzmann.error_terms",
    summary="Exponents in M, N2, N1 of a piece of F_err in a part of the Z-norm, after the Duhamel integral",
    source="X. Chen, S. Shen, Z. Zhang, (3.34), Proposition 3.9, (3.47)-(3.97)",
    parameters=(
        DIMENSION,
        replace(REGULARITY, summary="regularity s0 = s (3.11)", upper=1.0),
        replace(KERNEL_POWER, upper=0.0),
        Parameter(
            "piece",
            "of F_err, section 3.3",
            "transport",
            kind="choice",
            choices=(*_PIECES, *_OF_NEEDLES),
        ),
        Parameter("part", "of the Z-norm (3.34)", "L2", kind="choice", choices=PARTS),
    ),
    outputs=(
        Output(
            "excess",
            "1 + exponent in M along N2 = M^10, N1 = M^100: at most 0 in Proposition 3.9",
            has_error=True,
        ),
        *(output for name in ("M", "N2", "N1") for output in _profile(name)),
    ),
    evaluate=error_terms,
    coordinates=(
        *(
            Coordinate(name, f"{name}, the others at M = 16, N2 = 2^20, N1 = 2^40", x)
            for name, x in (("M", M), ("N2", N2), ("N1", N1))
        ),
        *(
            Coordinate(f"step_of_{name}", f"lower end of a step of {name}", x[:-1])
            for name, x in (("M", M), ("N2", N2), ("N1", N1))
        ),
    ),
    order_parameter="excess",
    tolerance=20.0,
    version=2,
    points_per_block=1,
    check=check,
)
