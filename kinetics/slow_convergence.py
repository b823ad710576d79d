r"""What local slopes may still do beyond the last sample, where corrections do not die out as powers.

Shanks' transformation finds the limit of slopes whose corrections are geometric sequences.  It also returns a
limit, with small changes from window to window, where they are not: where ``y`` has a factor ``(ln x)^q`` or
``1 + c/ln x``, where two powers lie close together, where the slopes are about to pass an extremum, where
they oscillate, and where a term that will lead is only about to show.  Each function here looks for one of
these, and says what it leaves open of the exponent.  The constants were chosen by the laws of
``benchmarks/exponents.py``.

Slopes have the noise ``noise``, as bounds, and belong to octaves ``octaves`` wide each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CLOSEST = 0.005
"""Error that every logarithm has: two powers closer together than a few times that are not told from one."""

_OFFSETS = np.array([0.6, 1.0, 1.6, 2.5, 4.0, 6.0, 9.0, 13.0])  # octaves from where ln x vanishes to the grid
_ALL_OFFSETS = np.geomspace(0.4, 40.0, 40)
_CLOSE = np.array([0.02, 0.04, 0.08, 0.16])  # between two powers
_GAPS = np.geomspace(0.005, 0.5, 80)
_TERMS = 3  # of a series in 1/ln x
_PER_TERM = 3
_SPARE = 2  # slopes beyond those that determine a law, for it to be said to describe them
_FITS = 2.0  # residuals over noise
_REACH = 40.0  # last changes that a logarithm may still go: it has been growing for at most so many octaves
_HIDDEN = 0.1  # of noise that a change may hide behind, where slopes look steadier than that
_POWER_OF_LOGARITHM = 4.0  # changes of slopes of (ln x)^q and 1 + c/ln x fall no faster than (ln x)^-4
_GEOMETRIC = 0.62  # ratio of changes an octave below which they are no logarithm's ...
_STEADY = 0.87  # ... if it does not fall towards zero, as before an extremum
_FALLING = 0.8  # ratio of such ratios, late to early, below which changes fall towards zero
_UNSEEN = 200.0  # what may follow, over the last changes, of which nothing is known but that they do not fade
_SMOOTH = 0.4  # ratio of changes above which they are those of an arc
_MEANS = 5  # that are compared to see an extremum
_BOTH = 1.5  # standard deviations, if noise were uniform, for each of two means
_BEYOND = 1e4  # what may follow an extremum, over the changes around it: it may be flat by chance
_FADED = 0.6  # late deviations over early ones
_SIGNIFICANT = 3.0  # standard deviations of a gradient, if noise were normal
_WINDOW = 10  # slopes that show a logarithm
_CLEAR = 1e-3  # residuals of a logarithm over what slopes change by, below which it is clear
_CLEARLY_BETTER = 0.2  # the same over those of powers
_SHORTEST = 8  # slopes that show a drift


def runs_away(slopes: Array, noise: Array) -> bool:
    """Whether the last slopes change more and more: a term that will lead is only about to show.

    Such a sequence grows geometrically, and a transform that removes geometric sequences would return, with a
    small error, the exponent of the term that is about to be overtaken.
    """
    changes, doubt = np.abs(np.diff(slopes)), noise[1:] + noise[:-1]
    if changes.size < 3:
        return False
    certain = (changes - doubt)[-3:]
    if certain[2] > changes[-2] and certain[1] > changes[-3]:
        return True
    return bool(certain[2] > np.max((changes + doubt)[-7:-1]))


def beyond_extremum(slopes: Array, noise: Array) -> float:
    """What slopes may go back by, which have just passed an extremum or approach one.

    Their changes, from one mean over a few slopes to the next, turn round, or fall to zero faster than
    geometrically.  A logarithm does that where it has just begun to be felt.
    """
    n, open_ = slopes.size, 0.0
    if _is_steady(slopes, noise):
        return open_
    for width in range(1, n // _MEANS + 1):
        blocks = slopes[n - _MEANS * width :].reshape(_MEANS, width)
        bars = noise[n - _MEANS * width :].reshape(_MEANS, width)
        changes, doubt = np.diff(blocks.mean(axis=1)), np.linalg.norm(bars, axis=1) / width
        doubt = _BOTH * np.hypot(doubt[1:], doubt[:-1])
        sizes = np.abs(changes)
        if np.any(sizes[:-1] <= doubt[:-1]) or np.ptp(np.sign(changes[:-1])) > 0.0:
            continue
        ratios = (sizes[1:] + doubt[1:]) / (sizes[:-1] - doubt[:-1])
        earlier = (sizes[1] - doubt[1]) / (sizes[0] + doubt[0])
        turned = sizes[-1] > doubt[-1] and changes[-1] * changes[-2] < 0.0
        is_arc = _SMOOTH < sizes[1] / sizes[0] < 1.0 and ratios[1] < ratios[0]
        if is_arc and (turned or ratios[2] < _FALLING * min(earlier, ratios[1])):
            open_ = max(open_, _BEYOND * float(np.max(sizes)) / width)
    return open_


def _is_steady(slopes: Array, noise: Array) -> bool:
    """Whether the last four changes are certain, and fall geometrically."""
    changes, doubt = np.diff(slopes)[-4:], (noise[1:] + noise[:-1])[-4:]
    if changes.size < 4 or np.any(np.abs(changes) <= doubt):
        return False
    ratios = changes[1:] / changes[:-1]
    return bool(np.all((ratios > 0.0) & (ratios < 0.9)) and np.min(ratios[1:] / ratios[:-1]) > 0.96)


def drift(slopes: Array, noise: Array) -> float:
    """What is open where slopes drift, and do not slow down as far as noise lets one see."""
    n, open_ = slopes.size, 0.0
    for start in {0, n // 4, n // 2}:
        if n - start < _SHORTEST:
            continue
        half = start + (n - start) // 2
        early, early_doubt = _gradient(slopes[start:half], noise[start:half])
        late, late_doubt = _gradient(slopes[half:], noise[half:])
        if abs(late) <= late_doubt or (early * late < 0.0 and abs(early) > early_doubt):
            continue
        if abs(late) + late_doubt > abs(early) - early_doubt:
            open_ = max(open_, _UNSEEN * abs(late) * (n - half))
    return open_


def _gradient(slopes: Array, noise: Array) -> tuple[float, float]:
    """Gradient of the line that fits best, and its doubt."""
    j, weights = np.arange(slopes.size, dtype=float), noise**-2.0
    weights /= weights.sum()
    j -= weights @ j
    coefficients = weights * j / (weights @ j**2)
    return float(coefficients @ slopes), _SIGNIFICANT * float(np.linalg.norm(coefficients * noise))


def not_fading(slopes: Array, noise: Array, limit: float, doubt: float) -> float:
    """What is open where slopes are no closer to `limit`, known to `doubt`, in the end than they were."""
    away, third = np.abs(slopes - limit), max(slopes.size // 3, 1)
    late = float(np.max((away - noise)[-third:])) - doubt
    early = float(np.max((away + noise)[:third]))
    return _UNSEEN * late if late > _FADED * early else 0.0


def logarithm(
    slopes: Array, noise: Array, limit: float, tolerance: float, described: int, octaves: float
) -> float:
    """How far from `limit` the slopes go if they creep there as a logarithm or as two powers close together.

    Parameters
    ----------
    slopes, noise : (n,) float
    limit : float
        What powers make of the slopes.
    tolerance : float
        To what they describe them, beyond noise.
    described : int
        How many of the last slopes they describe.
    octaves : float
        Width of the octaves, that is, the binary logarithm of the grid's ratio.

    Returns
    -------
    float
        The largest distance from `limit` of the limits of laws ``s + q1 D ln L + q2 D 1/L + q3 D 1/L^2``, of
        up to three terms, each no larger than the ones before, with ``D`` the difference between samples and
        ``L = ln x``, and of laws ``s + b x^-g`` with small g, which describe as many of the slopes as well.
        Zero if there is none.
    """
    if _is_geometric(slopes, noise, octaves):
        return 0.0
    n, farthest = slopes.size, 0.0
    latest = np.max(np.abs(np.diff(slopes[-4:]))) + _HIDDEN * (np.min(noise[-4:]) + tolerance)
    for terms in range(1, min(_TERMS, max(described - 2, 3) // _PER_TERM) + 1):
        count = min(max(described, terms + 2 + _SPARE), n)
        if n < terms + 2 + _SPARE:
            break
        j = octaves * np.arange(n - count, n, dtype=np.float64)
        columns = _series(j, octaves, terms, _OFFSETS)
        if terms == 1:
            columns = np.concatenate([columns, _powers(j, 1, _CLOSE)])
        last = slice(n - count, n)
        bar = noise[last] + tolerance
        solution, residuals, _ = _fitted(columns, slopes[last] - limit, bar)
        fits = residuals <= _FITS
        if not fits.any():
            continue
        solution = solution[fits]
        sizes = np.abs(solution * columns[fits, -1, :])
        plausible = np.abs(solution[:, 0] - (slopes[-1] - limit)) <= _REACH * latest
        plausible &= sizes[:, 2:].sum(axis=1) <= sizes[:, 1] + noise[-1] + tolerance
        if plausible.any():
            farthest = max(farthest, float(np.max(np.abs(solution[plausible, 0]))))
    return farthest


def logarithmic_limit(slopes: Array, noise: Array, octaves: float) -> tuple[float, float]:
    """The limit of slopes that creep as a logarithm, and its error; NaN and infinity if that is not clear.

    It is clear where three terms of a series in 1/ln x describe the slopes to a thousandth of what they
    change by, and far better than powers g, 2g and 3g do, whatever g is.  The error is what offsets of ln x
    that describe them as well, a shorter series, a shorter window and noise do to the limit.  It is no less
    than `CLOSEST`: two powers that are closer together are a logarithm as far as can be seen.
    """
    n, found = slopes.size, []
    for count in (n, 3 * n // 4, n // 2):
        if count < _WINDOW:
            continue
        j, last = octaves * np.arange(n - count, n, dtype=np.float64), slice(n - count, n)
        seen, bar = slopes[last], noise[last]
        short, to_short, _ = _fitted(_series(j, octaves, _TERMS - 1, _ALL_OFFSETS), seen, bar)
        limits, away, sensitivity = _fitted(_series(j, octaves, _TERMS, _ALL_OFFSETS), seen, bar)
        _, rival, _ = _fitted(_powers(j, _TERMS, _GAPS), seen, bar)
        best, floor = int(np.argmin(away)), float(np.min(bar))
        residual = float(away[best])
        if residual * floor > _CLEAR * np.ptp(seen) or residual > _CLEARLY_BETTER * np.min(rival):
            continue
        as_good = limits[away <= 3.0 * residual + np.max(bar) / floor, 0]
        error = float(np.ptp(as_good)) if as_good.size else 0.0
        error += abs(float(limits[best, 0] - short[np.argmin(to_short), 0]))
        error += 2.0 * float(sensitivity[best]) * max(1.0, residual)
        found.append((float(limits[best, 0]), error))
    if not found:
        return np.nan, np.inf
    limit, error = min(found, key=lambda one: one[1])
    error = error + abs(found[0][0] - found[1][0]) if len(found) > 1 else 4.0 * error
    return limit, max(error, CLOSEST)


def _series(j: Array, octaves: float, terms: int, offsets: Array) -> Array:
    """One and the terms of a series in 1/ln x, of shape (offsets, slopes, 1 + terms)."""
    L = j + offsets[:, None]
    columns = [np.ones_like(L), np.log1p(octaves / L)]
    columns += [L ** (1.0 - k) - (L + octaves) ** (1.0 - k) for k in range(2, terms + 1)]
    return np.stack(columns, axis=2)


def _powers(j: Array, terms: int, gaps: Array) -> Array:
    """One and the powers g, 2g, ... of 1/x, of shape (gaps, slopes, 1 + terms)."""
    return np.asarray(2.0 ** (-gaps[:, None, None] * j[:, None] * np.arange(1.0 + terms)))


def _fitted(columns: Array, slopes: Array, bar: Array) -> tuple[Array, Array, Array]:
    """Coefficients that describe the slopes best, the largest residual over `bar`, and what `bar` does.

    The last is the standard deviation of the first coefficient if that of slopes were `bar`.
    """
    q, r = np.linalg.qr(columns / bar[:, None])
    wanted = slopes / bar
    along = np.einsum("lnk,n->lk", q, wanted)
    residuals = np.max(np.abs(wanted - np.einsum("lnk,lk->ln", q, along)), axis=1)
    inverse = np.linalg.inv(r)
    coefficients = np.einsum("lij,lj->li", inverse, along)
    return coefficients, residuals, np.linalg.norm(inverse[:, 0, :], axis=1)


def _is_geometric(slopes: Array, noise: Array, octaves: float) -> bool:
    """Whether the last three changes that are certain fall too fast for a logarithm, and steadily."""
    changes, doubt = np.abs(np.diff(slopes)), noise[1:] + noise[:-1]
    certain = changes > doubt
    threes = np.flatnonzero(certain[2:] & certain[1:-1] & certain[:-2])
    if not threes.size or threes[-1] + 2 < changes.size // 2:
        return False
    first = int(threes[-1])
    before, after = slice(first, first + 2), slice(first + 1, first + 3)
    highest = (changes + doubt)[after] / (changes - doubt)[before]
    ratios = changes[after] / changes[before]
    L = (first + 3) * octaves + _OFFSETS[0]
    slowest = min((1.0 - octaves / L) ** _POWER_OF_LOGARITHM, _GEOMETRIC**octaves)
    return bool(np.all(highest < slowest) and ratios[1] > _STEADY * ratios[0])
