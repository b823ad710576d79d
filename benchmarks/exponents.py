"""How often the error of a growth exponent does not cover the truth, over laws whose exponent is known.

Run with ``python benchmarks/exponents.py``, or with ``--quick`` to see whether it runs.  Each row draws laws
``y(x)`` of one kind at random, samples them on geometric grids of 9 to 28 octaves with noise of a stated
size, and asks `growth_exponent`.  Columns: how many were drawn; the share of answers that are outside their
error, which is to be below one in a thousand; the share that is left unresolved (an error above 0.05); the
median error of the others.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from wellposed.kinetics.exponent import growth_exponent

Array = NDArray[np.float64]

UNRESOLVED = 0.05
NOISES = (1e-15, 1e-12, 1e-9, 1e-6, 1e-4)
FAINT = (1e-15, 1e-12, 1e-9, 1e-6)
"""Noise of laws whose departure from a power is so slow that larger noise hides it on all of the grid."""


@dataclass(frozen=True)
class Sampled:
    """A law on a geometric grid, its samples with noise, the error that is stated, and the exponent."""

    x: Array
    y: Array
    y_error: Array
    exponent: float


Draw = Callable[[Generator, Array], tuple[Array, float]]


def _size(generator: Generator, lowest: float, highest: float) -> float:
    """Of either sign, its logarithm uniform."""
    return float(generator.choice([-1.0, 1.0])) * _scale(generator, lowest, highest)


def _scale(generator: Generator, lowest: float, highest: float) -> float:
    return math.exp(generator.uniform(math.log(lowest), math.log(highest)))


def corrections(count: int) -> Draw:
    """``x^s (1 + a x^-q + ...)`` with `count` corrections."""

    def draw(generator: Generator, x: Array) -> tuple[Array, float]:
        s, q, y = generator.uniform(-3.0, 3.0), 0.0, np.ones_like(x)
        for _ in range(count):
            q += generator.uniform(0.3, 1.5)
            y += _size(generator, 0.05, 5.0) * x**-q
        return x**s * y, s

    return draw


def power_of_logarithm(q: float) -> Draw:
    """``x^s (ln x/x0)^q``, the grid beginning between 1.5 x0 and 1000 x0."""

    def draw(generator: Generator, x: Array) -> tuple[Array, float]:
        s = generator.uniform(-3.0, 3.0)
        return x**s * np.log(x / x[0] * _scale(generator, 1.5, 1e3)) ** q, s

    return draw


def correction_by_logarithm(generator: Generator, x: Array) -> tuple[Array, float]:
    """``x^s (1 + c/(ln x/x0))``."""
    s = generator.uniform(-3.0, 3.0)
    logarithm = np.log(x / x[0] * _scale(generator, 1.5, 1e3))
    return x**s * (1.0 + _size(generator, 0.05, 5.0) / logarithm), s


def powers_close_together(generator: Generator, x: Array) -> tuple[Array, float]:
    """``x^s + b x^(s-0.02)``."""
    s = generator.uniform(-3.0, 3.0)
    return x**s * (1.0 + _size(generator, 0.1, 10.0) * x**-0.02), s


def late_crossover(generator: Generator, x: Array) -> tuple[Array, float]:
    """``x^s + b x^(s-g)``, equal from three decades before to one decade beyond the end of the grid."""
    s, gap = generator.uniform(-3.0, 3.0), generator.uniform(0.3, 3.0)
    equal = x[-1] * 10.0 ** generator.uniform(-3.0, 1.0)
    return x**s * (1.0 + float(generator.choice([-1.0, 1.0])) * (equal / x) ** gap), s


def oscillation(generator: Generator, x: Array) -> tuple[Array, float]:
    """``x^s (1 + a cos(b ln x + phase))``, of one period on the grid to two samples a period."""
    s, a = generator.uniform(-3.0, 3.0), _scale(generator, 1e-3, 0.9)
    b = _scale(generator, 2.0 * math.pi / math.log(x[-1] / x[0]), 4.0)
    return x**s * (1.0 + a * np.cos(b * np.log(x) + generator.uniform(0.0, 2.0 * math.pi))), s


def fading_oscillation(generator: Generator, x: Array) -> tuple[Array, float]:
    """``x^s (1 + a x^-q cos(b ln x + phase))``."""
    s, a, b = generator.uniform(-3.0, 3.0), _scale(generator, 1e-3, 0.9), _scale(generator, 0.1, 20.0)
    wave = np.cos(b * np.log(x) + generator.uniform(0.0, 2.0 * math.pi))
    return x**s * (1.0 + a * x ** -generator.uniform(0.1, 1.5) * wave), s


def arc(generator: Generator, x: Array) -> tuple[Array, float]:
    """``x^s (c + (ln x/x0)^2)^q``: slopes that pass a maximum and then creep back."""
    s = generator.uniform(-1.0, 1.0)
    logarithm = np.log(x / x[0] * _scale(generator, 1.5, 30.0))
    return x**s * (_scale(generator, 1.0, 1e3) + logarithm**2) ** generator.uniform(0.1, 1.0), s


LAWS: dict[str, Draw] = {
    "a power": corrections(0),
    "one correction": corrections(1),
    "two corrections": corrections(2),
    "three corrections": corrections(3),
    "times ln x": power_of_logarithm(1.0),
    "divided by ln x": power_of_logarithm(-1.0),
    "times (ln x)^2": power_of_logarithm(2.0),
    "divided by (ln x)^2": power_of_logarithm(-2.0),
    "1 + c/ln x": correction_by_logarithm,
    "(c + (ln x)^2)^q": arc,
    "two powers, 0.02 apart": powers_close_together,
    "a late cross-over": late_crossover,
    "an oscillation": oscillation,
    "a fading oscillation": fading_oscillation,
}


def sampled(law: str, seed: int) -> Sampled:
    """Returns a law of the kind `law`, drawn with `seed`."""
    generator = np.random.default_rng([seed, list(LAWS).index(law)])
    x = _scale(generator, 0.1, 100.0) * 2.0 ** np.arange(int(generator.integers(9, 29)))
    y, s = LAWS[law](generator, x)
    noise = float(generator.choice(FAINT if LAWS[law] in (powers_close_together, arc) else NOISES))
    y_error = noise * np.abs(y)
    return Sampled(x, y + generator.uniform(-1.0, 1.0, x.size) * y_error, y_error, s)


def main(quick: bool = False) -> None:
    count = 20 if quick else 4000
    print("law                          drawn   outside   unresolved   median error")
    for law in LAWS:
        off, errors = 0, []
        for seed in range(count):
            one = sampled(law, seed)
            found = growth_exponent(one.x, one.y, one.y_error)
            off += bool(abs(found.value - one.exponent) > found.error)
            errors.append(found.error)
        known = [error for error in errors if error <= UNRESOLVED]
        median = f"{np.median(known):.1e}" if known else "–"
        print(f"{law:27}  {count:6} {off / count:9.4f} {1.0 - len(known) / count:12.3f} {median:>14}")


if __name__ == "__main__":
    main("--quick" in sys.argv)
