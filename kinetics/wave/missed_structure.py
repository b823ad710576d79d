"""What dyadic panels pass by in a radial function that a user gives.

Two levels of a quadrature agree on a function whose second scale neither of them has met.  So the function is
sampled a second time, at 16384 frequencies an octave from 1/2 to 1e12, and compared with the polynomials that
panels make of it.  Nothing is known of what is narrower than that.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wellposed.errors import Unresolved
from wellposed.kinetics.user_functions import Missed, missed, sample
from wellposed.kinetics.wave.data import Datum

Array = NDArray[np.float64]

_EDGES = np.concatenate([[0.0], np.exp2(np.arange(-1.0, 41.0))])
_SAMPLES, _RAY_SAMPLES = 16384, 4096  # per octave
_COSINES = (2.0 * np.arange(32) + 1.0) / 32.0 - 1.0
_AZIMUTHS = math.pi * (math.sqrt(5.0) - 1.0) * np.arange(32)  # by the golden section
_DIRECTIONS = np.stack(
    [
        np.sqrt(1.0 - _COSINES**2) * np.cos(_AZIMUTHS),
        np.sqrt(1.0 - _COSINES**2) * np.sin(_AZIMUTHS),
        _COSINES,
    ],
    axis=1,
)


def missed_of(datum: Datum, beta: float, nodes: int) -> Missed:
    """Returns what octaves with so many Gauss nodes pass by in a datum: nothing unless that is a function."""
    if datum.kind != "custom":
        return Missed(0.0, 0.0)
    return _missed_of_function(datum.function, beta, nodes)


@lru_cache(maxsize=8)
def _missed_of_function(function: Any, beta: float, nodes: int) -> Missed:
    return missed_of_profile(partial(sample, function), beta, nodes)


def missed_of_profile(profile: Callable[[Array], Array], beta: float, nodes: int) -> Missed:
    """Returns what `missed_of` does, for a function of frequencies (n,).

    Weighed is what a part holds of it: one wave of high frequency, ``int omega^(2 beta) n``, with a second
    one that has no density, or two of them, ``int omega^(3 beta + 1) n^2``.
    """
    one: Callable[[Array, Array], Array] = lambda w, n: w ** (2.0 * beta) * n  # noqa: E731
    two: Callable[[Array, Array], Array] = lambda w, n: w ** (3.0 * beta + 1.0) * n * n  # noqa: E731
    return missed(lambda w: profile(w.ravel()).reshape(w.shape), _EDGES, nodes, (one, two), _SAMPLES)


def missed_along_rays(function: Callable[[Array], Array], beta: float, nodes: int) -> Missed:
    """Returns what `missed_of` does, for a function of wave vectors (n, 3), along 32 rays from the origin.

    What no ray meets is not seen.
    """

    def along(direction: Array) -> Callable[[Array], Array]:
        return lambda r: function(r.reshape(-1, 1) * direction).reshape(r.shape)

    worst = Missed(0.0, 0.0)
    one: Callable[[Array, Array], Array] = lambda r, n: r ** (4.0 * beta + 1.0) * np.abs(n)  # noqa: E731
    for direction in _DIRECTIONS:
        found = missed(along(direction), _EDGES, nodes, (one,), _RAY_SAMPLES)
        if found.ratio > worst.ratio:
            worst = Missed(found.ratio, found.at**2)
    return worst


def refuse_missed(argument: str, found: Missed, relative: float, rtol: float) -> None:
    """Raises `Unresolved` if what is passed by outweighs what is met, though levels agree to `rtol`."""
    if relative <= rtol and found.ratio > 1.0:
        raise Unresolved(
            f"Argument `{argument}` has structure near omega = {found.at:.4g} that is too narrow for the "
            f"quadrature and outweighs what it meets {found.ratio:.1e} times: take a function that varies "
            "with the logarithm of the frequency."
        )
