r"""The largest derivative of the collision operator on the ball of radius 2R, bounded from both sides.

The ball is that of a sup norm with a weight, whose inverse is `n`, and ``||DC[f]||`` is the derivative's size
in that norm.

Let ``f = 2R n`` but in an arbitrarily short interval about one frequency ``w1``,
where ``f = 2R a n``.  There, with ``W^j`` of `suprema`,

    ||DC[f]||/(2R)^2  >=  3 W^234 + 2 a s + |s|,    s = W^134 - W^123 - W^124,

which is ``3 (W^234 + |s|)`` for the better of ``a = -1`` and 1; among non-negative `f`, `a` is 0 or 1.  This,
the "needle", has the digits of the quadrature.  From below it is improved by a search over functions that
change sign anywhere (`forms.ascend`).  From above, for radial data,

    ||DC[f]||/(2R)^2  <=  3 W^234 + 3 int int |S|,    s = int int S,

with the symmetric kernel `S` of the form in two values of `f` that ``s`` is at ones: where it has one sign,
the needle is the maximum.  The two bounds differ by less than a percent.  Data that are not radial are only
known to stay below 12, and non-negative ones below what the ball has.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.lipschitz.forms import ascend, row_form
from wellposed.kinetics.wave.lipschitz.suprema import KINDS, Array, Suprema, WeightedParts
from wellposed.kinetics.wave.parameters import LARGEST_FREQUENCIES, NORMALISATIONS

BALL, NON_NEGATIVE, SUM = 0, 1, 2
"""Indices of what `bounds` returns."""

_PER_OCTAVE = (2, 4)  # cells, coarse and fine
_LOWEST, _HIGHEST = -6, 12  # octaves of omega/omega_1 that have cells of their own; one more reaches to zero
_SUB = 4  # midpoints per cell
_ROWS = 2.0 ** np.arange(-12.0, 6.5, 0.5)  # what is below tends to a limit, or to zero
_EQUAL = 1e-9
_LOW = (-1.0, 0.0)  # lowest value of f/(2R n) in the ball, and in its non-negative part
_AT_ROW = ((-1.0,), (0.0, 1.0))  # in the ball, a = 1 is the mirror image of a = -1


def _edges(per_octave: int, above: int = 0) -> Array:
    octaves = np.arange(_LOWEST * per_octave, (_HIGHEST + above) * per_octave + 1) / per_octave
    return np.concatenate(([0.0], np.exp2(octaves)))


CELLS = _edges(_PER_OCTAVE[1])
"""Ends of the fine cells of ``omega/w1``."""


def needle(cubic: float, shared: float) -> tuple[float, float]:
    """Returns the best of ``3 cubic + 2 a shared + |shared|`` with ``a`` in {-1, 1}, and in {0, 1}."""
    constant = 3.0 * cubic + abs(shared)
    return constant + 2.0 * abs(shared), constant + 2.0 * max(shared, 0.0)


def bounds(parts: Array, loss: float) -> Array:
    """Returns the needle in the ball, the needle among non-negative data, and the sum of all parts, (3,).

    They are at the indices `BALL`, `NON_NEGATIVE` and `SUM`.  `loss` is 1 for the full operator, 0 for its
    gain.
    """
    first, second, third, fourth = parts.tolist()
    lost = loss * (third + fourth)
    return np.array([*needle(first, second - lost), first + second + lost])


def _form(parts: WeightedParts, loss: float, w1: float, edges: Array) -> tuple[Array, Array]:
    T, S = row_form(KINDS[parts.weight], 0.5 * parts.M, parts.beta, w1, edges, _SUB, loss)
    return NORMALISATIONS["paper"] * T, NORMALISATIONS["paper"] * S


def excess(parts: WeightedParts, loss: float, w1: float, level: int) -> float:
    """Returns by how much ``3 (W^234 + int int |S|)`` exceeds the needle of the ball at the row `w1`."""
    above = max(0, math.ceil(-math.log2(w1)))  # as far as the weight's own scale requires
    _, S = _form(parts, loss, w1, _edges(_PER_OCTAVE[level], above))
    return 3.0 * float(np.sum(np.abs(S)) - abs(np.sum(S)))


@dataclass(frozen=True)
class SignPattern:
    """A function that changes sign: values of ``f/(2R n)``, and by how much it beats the needle.

    Attributes
    ----------
    pattern : (n,) float64
        Values on cells.
    at_row : float
        The value at the row.
    improvement : float
        By how much ``||DC[f]||/(2R)^2`` exceeds that of the needle.
    """

    pattern: Array
    at_row: float
    improvement: float


def search(parts: WeightedParts, loss: float, w1: float, level: int, among: int) -> SignPattern:
    """Returns the best local maximum at one row that is reached from functions of at most one change of sign.

    Parameters
    ----------
    parts : WeightedParts
    loss : float
        1 for the full operator, 0 for its gain.
    w1 : float
        The row.
    level : {0, 1}
        Coarse or fine cells.
    among : {0, 1}
        The ball, or its non-negative functions.
    """
    T, S = _form(parts, loss, w1, _edges(_PER_OCTAVE[level]))
    # the needle of the same discretisation, whose error is then in both
    reference = needle(float(T.sum()), float(S.sum()))[among]
    low, cells = _LOW[among], np.arange(len(S))
    pattern, at_row, highest = np.ones(cells.size), 1.0, -math.inf
    for a in _AT_ROW[among]:
        for change in range(cells.size + 1):
            for below in (True, False):
                u = np.where((cells < change) == below, 1.0, low)
                norm = float(ascend(T, S, u, a, low))
                if norm > highest:
                    pattern, at_row, highest = u, a, norm
    return SignPattern(pattern, at_row, max(highest - reference, 0.0))


def upper_bound(parts: WeightedParts, loss: float, found: Suprema) -> tuple[float, float, dict[float, float]]:
    """Returns the upper bound of the ball, its error, and its coarse values at rows that may exceed a needle.

    No row exceeds three times the sum of its parts; beyond the last of `_ROWS` this is taken.  Rows below the
    first are as that one: at ``w1 = 0`` the form vanishes, or with ``beta = 0`` its kernel `S` does.
    """
    needle_at = {float(found.at[among, -1]) for among in (BALL, NON_NEGATIVE)}
    least = found.below[NON_NEGATIVE, -1] * (1.0 + _EQUAL)
    by_row = {}
    for w in sorted({*_ROWS.tolist(), *(w for w in needle_at if _ROWS[0] <= w <= _ROWS[-1])}):
        at = bounds(parts(w), loss)
        if 3.0 * at[SUM] > least or w in needle_at:
            by_row[w] = float(at[BALL]) + excess(parts, loss, w, 0)
    beyond = int(np.argmax(np.where(2.0 * _ROWS[-1] <= LARGEST_FREQUENCIES, found.octave[SUM], 0.0)))
    upper, error = 3.0 * float(found.octave[SUM, beyond]), 3.0 * float(found.octave_error[SUM, beyond])
    lower = float(found.below[BALL, -1])
    if upper < lower:
        upper, error = lower, float(found.below_error[BALL, -1])
    highest = max(by_row, key=by_row.__getitem__, default=0.0)
    if by_row.get(highest, 0.0) > upper:
        coarse, fine = (excess(parts, loss, highest, level) for level in (0, 1))
        upper = by_row[highest] - coarse + fine
        error = float(refined((coarse, fine))[1]) + float(found.below_error[BALL, -1])
    return upper, error, by_row


def best_found(
    parts: WeightedParts, loss: float, found: Suprema, among: int, by_row: dict[float, float]
) -> tuple[float, float, float, SignPattern]:
    """Returns ``||DC||/(2R)^2`` of the best function, its error, its row and the function.

    Searched are the needle's row and all others where the upper bound leaves something to be found.
    """
    best, error = float(found.below[among, -1]), float(found.below_error[among, -1])
    row = float(found.at[among, -1])
    rows = [w for w, upper in by_row.items() if w == row or upper > best * (1.0 + _EQUAL)]
    coarse = {w: search(parts, loss, w, 0, among) for w in rows}
    values = {w: float(bounds(parts(w), loss)[among]) + one.improvement for w, one in coarse.items()}
    highest = max(values, key=values.__getitem__, default=row)
    if highest in coarse:
        fine = search(parts, loss, highest, 1, among)
        value = values[highest] - coarse[highest].improvement + fine.improvement
        if value >= best:
            _, change = refined((coarse[highest].improvement, fine.improvement))
            return value, error + float(change), highest, fine
    at_row = _AT_ROW[among][0] if loss else 1.0
    return best, error, row, SignPattern(np.ones(CELLS.size - 1), at_row, 0.0)
