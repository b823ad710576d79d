r"""Dispersion relations, as what the collision operator needs of them: wave numbers as functions of
frequency.

A relation is a tuple ``(alpha, low, width, coefficients, slopes)``.  With ``alpha > 0`` it is the power
``omega = k^alpha``, and the rest is empty.  With ``alpha = 0`` it is a table: on panels of the given `width`
in ``log omega``, from `low` on, the Chebyshev coefficients of ``log k`` and of its derivative.  Beyond both
ends a table is continued as a power.

A difference of wave numbers is never a subtraction: nearly trivial quartets decide what is left where gain
and loss cancel.  Of a table it is the divided difference of the Chebyshev series, by its own recurrence.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from wellposed.errors import ParameterError
from wellposed.kinetics.user_functions import compiled

Relation = tuple[float, float, float, NDArray[np.float64], NDArray[np.float64]]

TABULATED = (1e-18, 1e18)
"""Wave numbers between which a function is tabulated."""

_DEGREE = 14
_WIDTH = 0.5  # of a panel, in log omega
_CLOSE = 0.1  # panels; two frequencies closer than this are looked up in one, a little beyond its end
_ROUGH = 1e-11  # of log k: more between the nodes of a panel is no smooth function
_CURVATURE = 1e-9  # of the logarithmic derivative of the group velocity: less is round-off


def power(alpha: float) -> Relation:
    """Returns the relation ``omega = k^alpha``."""
    return float(alpha), 0.0, 1.0, np.zeros((0, 0)), np.zeros((0, 0))


@njit(cache=True, nogil=True, error_model="numpy")
def _panel(relation, x):
    """Returns the panel of ``x = log omega``; the first or the last one beyond the table's ends."""
    _, low, width, coefficients, _ = relation
    return min(max(int((x - low) / width), 0), coefficients.shape[0] - 1)


@njit(cache=True, nogil=True, error_model="numpy")
def _series(coefficients, z):
    """Returns a Chebyshev series at `z` by Clenshaw's recurrence."""
    before, value = 0.0, 0.0
    for i in range(coefficients.size - 1, 0, -1):
        before, value = value, coefficients[i] + 2.0 * z * value - before
    return coefficients[0] + z * value - before


@njit(cache=True, nogil=True, error_model="numpy")
def _divided_difference(coefficients, z, other):
    """Returns ``(p(other) - p(z))/(other - z)`` of a Chebyshev series, also where both are one."""
    chebyshev_before, chebyshev_now = 1.0, z
    before, now = 0.0, 1.0
    total = coefficients[1]
    for i in range(2, coefficients.size):
        before, now = now, 2.0 * (other * now + chebyshev_now) - before
        chebyshev_before, chebyshev_now = chebyshev_now, 2.0 * z * chebyshev_now - chebyshev_before
        total += coefficients[i] * now
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _lookup(relation, table, x, j):
    """Returns a tabulated function at ``x = log omega`` by the series of panel `j`."""
    _, low, width, _, _ = relation
    return _series(table[j], 2.0 * (x - low) / width - 2.0 * j - 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _log_wave_number(relation, x):
    """Returns ``log k`` at ``x = log omega``."""
    _, low, width, coefficients, slopes = relation
    j = _panel(relation, x)
    first, last = low, low + width * coefficients.shape[0]
    at = min(max(x, first), last)
    value = _lookup(relation, coefficients, at, j)
    return value + (x - at) * _lookup(relation, slopes, at, j) if x != at else value


@njit(cache=True, nogil=True, error_model="numpy")
def _table_difference(relation, table, x, step):
    """Returns a tabulated function at ``x + step`` minus that at `x`, by one panel if they are close."""
    _, low, width, _, _ = relation
    j = _panel(relation, x + 0.5 * step)
    z = 2.0 * (x - low) / width - 2.0 * j - 1.0
    move = 2.0 * step / width
    return move * _divided_difference(table[j], z, z + move)


@njit(cache=True, nogil=True, error_model="numpy")
def _is_close(relation, x, step):
    """Whether `x` and ``x + step`` lie in the table and next to each other."""
    _, low, width, coefficients, _ = relation
    last = low + width * coefficients.shape[0]
    return abs(step) < _CLOSE * width and low < min(x, x + step) and max(x, x + step) < last


@njit(cache=True, nogil=True, error_model="numpy")
def _log_ratio(relation, x, step):
    """Returns ``log k(x + step)/k(x)`` of a table, with ``x = log omega``."""
    if _is_close(relation, x, step):
        return _table_difference(relation, relation[3], x, step)
    return _log_wave_number(relation, x + step) - _log_wave_number(relation, x)


@njit(cache=True, nogil=True, error_model="numpy")
def _logarithmic_slope(relation, x):
    """Returns ``d log k/d log omega`` of a table."""
    _, low, width, coefficients, slopes = relation
    at = min(max(x, low), low + width * coefficients.shape[0])
    return _lookup(relation, slopes, at, _panel(relation, at))


@njit(cache=True, nogil=True, error_model="numpy")
def wave_number(relation, w):
    """Returns ``k`` of the frequency `w`."""
    alpha = relation[0]
    return w ** (1.0 / alpha) if alpha > 0.0 else math.exp(_log_wave_number(relation, math.log(w)))


@njit(cache=True, nogil=True, error_model="numpy")
def growth_of_wave_number(relation, w, s):
    """Returns ``k(w + s)/k(w) - 1``, to round-off however small `s` is."""
    step = math.log1p(s / w)
    alpha = relation[0]
    return math.expm1(step / alpha if alpha > 0.0 else _log_ratio(relation, math.log(w), step))


@njit(cache=True, nogil=True, error_model="numpy")
def slowness(relation, w, k):
    """Returns ``dk/domega``, the inverse of the group velocity, at a frequency and its wave number."""
    alpha = relation[0]
    return k / (alpha * w) if alpha > 0.0 else k / w * _logarithmic_slope(relation, math.log(w))


@njit(cache=True, nogil=True, error_model="numpy")
def growth_of_slowness(relation, w, s):
    """Returns what the slowness at ``w + s`` is more than at `w`, over the latter, to round-off."""
    step = math.log1p(s / w)
    alpha = relation[0]
    if alpha > 0.0:
        return math.expm1((1.0 / alpha - 1.0) * step)
    x = math.log(w)
    slope = _logarithmic_slope(relation, x)
    if _is_close(relation, x, step):
        more = _table_difference(relation, relation[4], x, step)
    else:
        more = _logarithmic_slope(relation, x + step) - slope
    return math.expm1(_log_ratio(relation, x, step) - step + math.log1p(more / slope))


@njit(cache=True, nogil=True, error_model="numpy")
def _invert(function, targets, low, high, found):
    """Writes into `found` the logarithms of the wave numbers at which ``log function`` is `targets`."""
    for i in range(targets.size):
        left, right = low, high
        for _ in range(200):
            middle = 0.5 * (left + right)
            if not left < middle < right:
                break
            if math.log(function(math.exp(middle))) < targets[i]:
                left = middle
            else:
                right = middle
        found[i] = 0.5 * (left + right)


def tabulated(omega: Any) -> tuple[Relation, bool]:
    """Returns a user's dispersion relation as a table, and whether frequency is concave in the wave number.

    Parameters
    ----------
    omega : compiled by ``numba.njit``, takes and returns one float
        The frequency of a wave number: positive and strictly increasing from 1e-18 to 1e18, smooth in the
        logarithm, with a group velocity that either nowhere falls or nowhere grows.

    Raises
    ------
    ParameterError
        If it is not such a function.
    """
    low, high = (math.log(k) for k in TABULATED)
    probes = np.exp(np.linspace(low, high, 2 * int(high - low) + 1))
    pointer = compiled(omega, "omega", "a number alpha", (float(k) for k in probes), positive=True)
    name = omega.py_func.__name__
    values = np.array([omega(float(k)) for k in probes])
    if not np.all(np.diff(values) > 0.0):
        at = probes[np.flatnonzero(np.diff(values) <= 0.0)[0]]
        raise ParameterError(f"Argument `omega` must increase strictly, but {name} does not at k = {at:.3g}.")
    first, last = math.log(values[0]), math.log(values[-1])
    panels = int((last - first) / _WIDTH)
    width = (last - first) / panels
    nodes = chebyshev.chebpts1(_DEGREE + 1)
    targets = first + width * (np.arange(panels)[:, None] + 0.5 * (1.0 + nodes))
    found = np.empty(targets.size)
    _invert(pointer, targets.ravel(), low, high, found)
    coefficients = chebyshev.chebfit(nodes, found.reshape(targets.shape).T, _DEGREE).T
    rough = np.max(np.abs(coefficients[:, -2:]), axis=1)
    if np.max(rough) > _ROUGH:
        at = math.exp(float(found.reshape(targets.shape)[int(np.argmax(rough)), 0]))
        raise ParameterError(
            f"Argument `omega` must be smooth in the logarithm of the wave number, but {name} is not near "
            f"k = {at:.3g}."
        )
    slopes = np.zeros(coefficients.shape)
    slopes[:, :-1] = chebyshev.chebder(coefficients.T).T * (2.0 / width)
    relation: Relation = (0.0, first, width, np.ascontiguousarray(coefficients, dtype=np.float64), slopes)
    return relation, _is_concave(relation, targets, name)


def _is_concave(relation: Relation, targets: NDArray[np.float64], name: str) -> bool:
    """Returns whether the slowness grows with frequency.  Raises `ParameterError` if it grows and falls."""
    middle = targets[:, targets.shape[1] // 2]
    bend = np.array([growth_of_slowness(relation, math.exp(x), 0.1 * math.exp(x)) for x in middle])
    grows, falls = np.max(bend) > _CURVATURE, np.min(bend) < -_CURVATURE
    if grows and falls:
        at = math.exp(_log_wave_number(relation, float(middle[np.flatnonzero(np.diff(np.sign(bend)))[0]])))
        raise ParameterError(
            "Argument `omega` must have a group velocity that either nowhere falls or nowhere grows, but "
            f"that of {name} turns near k = {at:.3g}."
        )
    return bool(grows)
