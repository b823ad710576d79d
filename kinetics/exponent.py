r"""Growth exponents, with errors, from samples on a geometric grid.

If ``y(x) = c x^s (1 + a x^-q + b x^-r + ...)`` is sampled at ``x_j = x_0 ratio^j``, the local slopes

    s_j = log |y_(j+1) / y_j| / log ratio

tend to ``s`` with corrections that are geometric sequences in ``j``, whatever the exponents ``q, r, ...``
are.  Shanks' transformation removes such sequences one after another without being told their ratios
[Wynn 1956], so nothing about the equation has to be known here.

References
----------
P. Wynn, On a device for computing the e_m(S_n) transformation, Math. Tables Aids Comput. 10 (1956) 91-96.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.kinetics import slow_convergence

_REMOVED = 4  # geometric corrections that are removed at most; more only amplify round-off
_HISTORY = 4  # earlier limits that the error of one is judged by
_SAFETY = 4.0  # the differences that bound the error are themselves known to about a factor of two
_ONSET_SLOPE = 0.01


@dataclass(frozen=True)
class GrowthExponent:
    """The exponent `value`, its absolute `error`, and from where on local slopes are within 0.01 of it.

    All are NaN, infinite and NaN if the samples determine no exponent.
    """

    value: float
    error: float
    onset: float


def growth_exponent(x: ArrayLike, y: ArrayLike, y_error: ArrayLike) -> GrowthExponent:
    """The exponent `s` of ``|y| ~ x^s`` as x grows.

    Parameters
    ----------
    x : (n,) float
        Geometric grid: positive, ascending, with a constant ratio.
    y : (n,) float
        Samples; only those beyond the last change of sign are used.
    y_error : (n,) float
        Absolute errors of the samples.

    Returns
    -------
    GrowthExponent
        Of all windows and numbers of removed corrections, the one with the smallest error.  The error is
        four times the sum of what the samples' errors do to it and of what is left of the corrections,
        judged by how the limit still changes from window to window.

    Raises
    ------
    ValueError
        If the arrays differ in shape, or `x` is not a geometric grid.
    """
    x, y, y_error = (np.asarray(a, dtype=np.float64) for a in (x, y, y_error))
    if not (x.ndim == 1 and x.shape == y.shape == y_error.shape):
        raise ValueError(
            f"`x`, `y` and `y_error` must be (n,), but are {x.shape}, {y.shape} and {y_error.shape}."
        )
    if x.size < 2 or x[0] <= 0.0 or x[1] <= x[0] or np.ptp(x[1:] / x[:-1]) > 1e-6 * x[1] / x[0]:
        raise ValueError("`x` must be a geometric grid: positive, ascending, of constant ratio.")

    usable = _after_last_change_of_sign(y, y_error)
    x, y, y_error = x[usable:], y[usable:], y_error[usable:]
    if y.size < _HISTORY + 2:
        return GrowthExponent(math.nan, math.inf, math.nan)
    log_ratio = math.log(x[1] / x[0])
    slopes = np.log(np.abs(y[1:] / y[:-1])) / log_ratio
    relative = y_error / np.abs(y)
    noise = (relative[1:] + relative[:-1]) / log_ratio + 4.0 * np.finfo(float).eps * (1.0 + np.abs(slopes))

    if slow_convergence.runs_away(slopes, noise):
        return GrowthExponent(math.nan, math.inf, math.nan)
    unseen = max(slow_convergence.beyond_extremum(slopes, noise), slow_convergence.drift(slopes, noise))
    value, error = math.nan, math.inf
    for removed in range(_REMOVED + 1):
        limit, doubt = _best_limit(slopes, noise, removed, log_ratio / math.log(2.0))
        if max(doubt, unseen) < error:
            value, error = limit, max(doubt, unseen)
    if error > _SAFETY * slow_convergence.CLOSEST:
        limit, doubt = slow_convergence.logarithmic_limit(slopes, noise, log_ratio / math.log(2.0))
        if max(_SAFETY * doubt, unseen) < error:
            value, error = limit, max(_SAFETY * doubt, unseen)
    if not math.isfinite(error):
        return GrowthExponent(math.nan, math.inf, math.nan)

    off = np.flatnonzero(np.abs(slopes - value) > _ONSET_SLOPE)
    first = int(off[-1]) + 1 if off.size else 0
    return GrowthExponent(value, error, float(x[first]) if first < slopes.size else math.nan)


def _after_last_change_of_sign(y: NDArray[np.float64], y_error: NDArray[np.float64]) -> int:
    """Index of the first sample after which all have the same certain sign."""
    certain = np.isfinite(y) & np.isfinite(y_error) & (np.abs(y) > y_error)
    same = certain & (np.sign(y) == np.sign(y[-1]))
    wrong = np.flatnonzero(~same)
    return int(wrong[-1]) + 1 if wrong.size else 0


def _best_limit(
    slopes: NDArray[np.float64], noise: NDArray[np.float64], removed: int, octaves: float
) -> tuple[float, float]:
    """The limit with `removed` corrections removed that has the smallest error, and that error.

    Its error is judged by its history, and then by what slopes do if it is none of their limits.
    """
    limits, noises = _limits(slopes, noise, removed)
    errors = noises[_HISTORY:] + _left_over(limits, noises)
    errors += _departure(limits[_HISTORY:], slopes, noise, _HISTORY + 2 * removed)
    if not errors.size or not math.isfinite(np.min(errors)):
        return math.nan, math.inf
    best = int(np.argmin(errors))
    limit, error = float(limits[best + _HISTORY]), float(errors[best])
    apart = np.flatnonzero(np.abs(limits - limit) > noises + error)
    described = slopes.size - (int(apart[-1]) + 1 if apart.size else 0)
    creeping = slow_convergence.logarithm(slopes, noise, limit, error, described, octaves)
    steady = slow_convergence.not_fading(slopes, noise, limit, float(noises[best + _HISTORY]))
    return limit, _SAFETY * error + 2.5 * creeping + steady


def _departure(
    limits: NDArray[np.float64], slopes: NDArray[np.float64], noise: NDArray[np.float64], first: int
) -> NDArray[np.float64]:
    """By how much slopes beyond each limit's window, the first ending at `first`, move away from it."""
    away = np.zeros(limits.size)
    for j, limit in enumerate(limits):
        distance = np.abs(slopes[first + j :] - limit) - noise[first + j :]
        away[j] = max(np.max(distance) - np.abs(slopes[first + j] - limit), 0.0)
    return away


def _limits(
    slopes: NDArray[np.float64], noise: NDArray[np.float64], removed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shanks' transform of every window of ``2 removed + 1`` slopes, and its noise."""
    width = 2 * removed + 1
    count = slopes.size - width + 1
    if count < 1:
        return np.empty(0), np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(slopes, width)
    bars = np.lib.stride_tricks.sliding_window_view(noise, width)
    limits = _shanks(windows)
    noises = np.zeros(count)
    for i in range(width):
        moved = windows.copy()
        moved[:, i] += bars[:, i]
        with np.errstate(invalid="ignore"):
            noises += np.abs(_shanks(moved) - limits)
    known = np.isfinite(limits) & np.isfinite(noises)
    return np.where(known, limits, 0.0), np.where(known, noises, math.inf)


def _shanks(windows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The last entry of Wynn's epsilon table for each row of `windows`, of odd length."""
    before = np.zeros((windows.shape[0], windows.shape[1] + 1))
    current = windows.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        while current.shape[1] > 1:
            after = before[:, 1:-1] + 1.0 / np.diff(current, axis=1)
            before, current = current, after
    limits: NDArray[np.float64] = current[:, 0]
    return limits


def _left_over(limits: NDArray[np.float64], noises: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each limit from the fifth on is from where the sequence is going.

    The last change, continued as a geometric series, and up to twice that where the ratio tends to one: there
    two exponents coincide, and ``y`` has a logarithm.  The ratio is the largest that noise allows.  Of three
    successive answers the largest, because the limits may pass each other by chance; and no less than what
    later limits, beyond their noise, differ by.
    """
    if limits.size <= _HISTORY:
        return np.empty(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        changes = np.abs(np.diff(limits))
        doubt = noises[1:] + noises[:-1]
        certain = np.maximum(changes[:-1] - doubt[:-1], 0.0)
        ratios = (changes[1:] + doubt[1:]) / certain
        continued = np.where(ratios < 1.0, changes[1:] * (1.0 + ratios) / (1.0 - ratios), math.inf)
        within_noise = changes[1:] <= doubt[1:]
    left: NDArray[np.float64] = np.where(within_noise, changes[1:], continued)
    left = np.where(np.isfinite(left), left, math.inf)
    left = np.lib.stride_tricks.sliding_window_view(left, _HISTORY - 1).max(axis=1)
    for j in range(left.size - 1):
        here, later = j + _HISTORY, slice(j + _HISTORY + 1, None)
        left[j] = max(left[j], np.max(np.abs(limits[later] - limits[here]) - noises[later]))
    return left
