"""Simple laws read off measured exponents: linear in the parameters, or the larger of two that are.

A sum of positive terms that are powers grows as the largest of them, so its exponent is the larger of
several linear functions of the parameters.  Where measurements are accurate, each linear piece shows as a
plane on which neighbouring points lie exactly, with coefficients that are simple fractions.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wellposed.kinetics.experiment import Point

_SYMBOLS = {"beta": "β", "gamma": "γ", "hbar": "ħ", "s_minus_s0": "(s−s₀)", "r_minus_gamma": "(r−γ)"}
_DENOMINATOR = 12  # of the coefficients
_PRECISE = 1e-4  # only points known to this tell what the coefficients are
_ROUND_OFF = 1e-9
_FEWEST = 3  # points on a piece, beyond those that determine it


@dataclass(frozen=True)
class Linear:
    """``constant + sum_i coefficients[i] * point[i]``: how most exponents are published."""

    constant: float = 0.0
    coefficients: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, point: Point) -> float:
        return self.constant + sum(c * float(point[name]) for name, c in self.coefficients.items())

    def __str__(self) -> str:
        """Such as ``2β−1/2−M/2`` or ``2−M``: the constant where papers have it."""
        terms = [_term(c, _SYMBOLS.get(name, name)) for name, c in self.coefficients.items() if c]
        if self.constant:
            second = terms and ("β" in terms[0] or (self.constant < 0.0 and terms[0].startswith("+")))
            terms.insert(1 if second else 0, _term(self.constant, ""))
        return "".join(terms).removeprefix("+") or "0"


def _term(coefficient: float, symbol: str) -> str:
    size = Fraction(abs(coefficient)).limit_denominator(1000)
    sign = "−" if coefficient < 0.0 else "+"
    if not symbol:
        return f"{sign}{size}"
    top = "" if size.numerator == 1 else str(size.numerator)
    bottom = "" if size.denominator == 1 else f"/{size.denominator}"
    return f"{sign}{top}{symbol}{bottom}"


@dataclass(frozen=True)
class Law:
    """The largest of `pieces`."""

    pieces: Sequence[Linear]

    def __call__(self, point: Point) -> float:
        return max(piece(point) for piece in self.pieces)

    def __str__(self) -> str:
        """Such as ``max(2β−5/2, 3β+1/2−M/2)``."""
        if len(self.pieces) == 1:
            return str(self.pieces[0])
        return f"max({', '.join(map(str, self.pieces))})"


def read_off(coordinates: Mapping[str, Sequence[float]], measured: ArrayLike, error: ArrayLike) -> Law | None:
    """The simplest law that every measurement obeys to its error, if there is one.

    Parameters
    ----------
    coordinates : mapping of str to (n,) sequence
        The parameters' values.  Those that take only two are left out where there is a law without them.
    measured, error : (n,) array_like
        NaN or an infinite error where there is no measurement.

    Returns
    -------
    Law or None
        Of one piece, or of two.  Coefficients are multiples of one twelfth, and each piece has three more
        points on it than it has coefficients.
    """
    number, doubt = np.asarray(measured, float), np.asarray(error, float)
    known = np.isfinite(number) & np.isfinite(doubt)
    values = {name: np.asarray(column, float)[known] for name, column in coordinates.items()}
    number, doubt = number[known], doubt[known]
    precise = doubt <= _PRECISE
    tried = []
    for fewest in (3, 2):
        names = [name for name, column in values.items() if np.unique(column[precise]).size >= fewest]
        if names in tried:
            continue
        tried.append(names)
        columns = np.column_stack([np.ones(number.size), *(values[name] for name in names)])
        pieces = _pieces(columns, number, doubt, precise)
        for count in (1, 2):
            for chosen in itertools.combinations(pieces, count):
                largest = np.max(columns @ np.array(chosen).T, axis=1)
                if np.all(np.abs(largest - number) <= doubt + _ROUND_OFF):
                    return Law([Linear(c[0], dict(zip(names, c[1:], strict=True))) for c in chosen])
    return None


def _pieces(
    columns: NDArray[np.float64],
    measured: NDArray[np.float64],
    error: NDArray[np.float64],
    precise: NDArray[np.bool_],
) -> list[tuple[float, ...]]:
    """Coefficients of linear laws on which many points lie, those with most points first."""
    size = columns.shape[1]
    spread = np.ptp(columns, axis=0) if columns.size else np.zeros(size)
    scaled = columns / np.where(spread > 0.0, spread, 1.0)
    found: dict[tuple[float, ...], int] = {}
    for i in np.flatnonzero(precise):
        distance = np.where(precise, np.sum((scaled - scaled[i]) ** 2, axis=1), np.inf)
        order = np.argsort(distance, kind="stable")[: precise.sum()]
        near = next((order[:n] for n in range(size, order.size + 1) if _determine(columns[order[:n]])), None)
        if near is None:
            continue
        solution = np.linalg.lstsq(columns[near], measured[near])[0]
        simple = np.round(solution * _DENOMINATOR) / _DENOMINATOR + 0.0
        coefficients = tuple(float(c) for c in simple)
        if coefficients not in found:
            on = precise & (np.abs(columns @ simple - measured) <= error + _ROUND_OFF)
            if on.sum() >= size + _FEWEST:
                found[coefficients] = int(on.sum())
    return sorted(found, key=lambda c: -found[c])


def _determine(columns: NDArray[np.float64]) -> bool:
    return bool(np.linalg.matrix_rank(columns) == columns.shape[1])
