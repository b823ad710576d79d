r"""The part 234 where only the fourth wave oscillates: the one term that [AL24] integrates by parts.

With ``n01 = <omega>^(-M/2)`` and ``n02 = n01 cos(N omega)``, section 5.3 bounds ``C^234[n01, n01, n02]`` in
regions 21 and 3 by ``omega^(2 beta - 1/2 - M/2)/N``.  In the coordinates ``v = |omega_4 - omega_1|`` and
``y = min(omega_2, omega_3)`` the oscillation is a plane wave in `v` alone,

    C[n01, n01, n02](w) = Re e^{iNw} Z,   Z = K0 w^(beta-1/2) \int w4^beta n(w4) e^{+-iNv} G(v) dv,
    G(v) = \int y^(beta+1/2) n(y) (y+v)^beta n(y+v) dy,   w4 = w +- v,

with + in region 3 and - in region 21.  The value depends on the phase ``N w``; its amplitude ``|Z|`` does
not, and is what is measured here.  `G` does not depend on N, so all N cost one integration.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from wellposed.kinetics.wave.panelled.product import plane_waves, rules

_SMALLEST = 2.0**-24  # G is smooth to round-off within: what is not is of order v^(2 beta + 3/2)
_NEGLIGIBLE = 2.0**-64  # what of the datum's decay may be left where region 3 is cut off


@njit(cache=True, nogil=True)
def _density(p, omega):
    return np.exp(-0.5 * p * np.log1p(omega * omega))


@njit(cache=True, nogil=True)
def _inner(p, beta, v, end, panel, origin):
    """Returns ``G(v)`` with ``y <= end``: panels ``[b, 4b]`` beyond where ``y^(beta+1/2)`` is not smooth."""
    b = 0.5 * min(v, 1.0, end)
    total = 0.0
    for j in range(origin[0].size):
        y = b * origin[0][j]
        x = y + v
        total += b ** (beta + 1.5) * origin[1][j] * x**beta * _density(p, y) * _density(p, x)
    while b < end:
        length = min(3.0 * b, end - b)
        for j in range(panel.t.size):
            y = b + length * panel.t[j]
            x = y + v
            total += length * panel.weight[j] * np.sqrt(y) * (x * y) ** beta * _density(p, y) * _density(p, x)
        b += length
    return total


@njit(cache=True, nogil=True)
def _amplitudes(p, beta, w, frequencies, panel, origin, last):
    """Returns ``Z/(K0 n(w))`` in regions 21 and 3 for all `frequencies`, the second up to ``v = last``."""
    out = np.zeros((2, frequencies.size), np.complex128)
    waves = np.empty((2, panel.t.size), np.complex128)
    values = np.empty(panel.t.size)
    scale = w ** (beta - 0.5)
    for region in range(2):
        side = -1.0 if region == 0 else 1.0
        stop = 0.5 * w if region == 0 else last
        start, length = 0.0, _SMALLEST
        while length > 0.0:
            for m in range(panel.t.size):
                v = start + length * panel.t[m]
                w4 = w + side * v
                end = stop - v if region == 0 else w  # of y: y + v <= w/2, or y <= w
                n4 = np.exp(-0.5 * p * np.log1p(side * v * (w + w4) / (1.0 + w * w)))  # over n(w)
                values[m] = scale * w4**beta * n4 * _inner(p, beta, v, end, panel, origin)
            for i in range(frequencies.size):
                plane_waves(panel, start, start + length, frequencies[i], waves)
                for m in range(panel.t.size):
                    wave = waves[1, m] if region == 1 else np.conj(waves[1, m])
                    out[region, i] += values[m] * wave
            start += length
            # doubling, and in region 21, beyond the middle, halving towards the end
            length = start if region == 1 else min(start, 0.5 * (stop - start))
            if start >= stop or stop - start < _SMALLEST * stop:
                length = 0.0
    return out


def amplitude(
    w: float, frequencies: ArrayLike, *, beta: float, M: float, nodes: int
) -> NDArray[np.complex128]:
    """Returns ``Z`` over ``K0 n01(w)`` in regions 21 and 3.

    Parameters
    ----------
    w : float
        Frequency ``omega_1``, positive.
    frequencies : (n,) array_like
        Values of N, which need not be integers; at 0, `Z` is the part of the smooth datum.
    beta, M : float
    nodes : int
        Per panel; compare two values for an error estimate.

    Returns
    -------
    (2, n) complex128
    """
    p = 0.5 * M
    rule = rules(nodes, beta, p)
    last = max(w, 1.0) * _NEGLIGIBLE ** (-1.0 / (2.0 * p - 2.0 * beta - 1.0))
    at = np.asarray(frequencies, dtype=np.float64)
    found: NDArray[np.complex128] = _amplitudes(p, beta, w, at, rule.panel, rule.side, last)
    return found
