r"""The kernel whose supremum is the best constant of [AL24, (2.5)], as one integral over a disc.

For `g` at its worst, ``<k>^(-3)``, and `h` at one wave vector `q`, G2 has the ratio of the two sides::

    <q>^(-3) |p|^(-1) (|k1||q|)^(2 beta) \int_{w.p = 0, |w| < |p|} (|k2||k1*|)^(2 beta) <k1*>^(-3) dw,
    p = k1 - q,  k1* = k1 + w,  k2 = q + w.

This is (1.15) with ``k2* = q``: energy is conserved where ``(k1 - k1*).(k1 - k2*) = 0``, the cut-off `b` is
``|w| < |p|``, and ``dsigma dk2 = 4 dw dk2* / (|p||k1 - k2|)``.  With ``a, a - |p|`` the components of k1 and
q along p, and c that of both across it, ``s = |c + w|^2`` is what the integrand depends on, and
the directions of ``c + w`` on the disc are an arc in closed form.  So it is one integral, in the scale
``log(1 + a^2 + s)``, between the points where the arc begins to close and ends, by the double-exponential
rule.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.refine import refined
from wellposed.kinetics.wave.spatial.loss_kernel import ROUND_OFF, RULES


@njit(cache=True, nogil=True)
def kernel(r1, r, angle, beta, below, above, weight):
    """Returns what is under the supremum at ``|k1| = r1, |q| = r``, at an angle to each other.

    The last three arguments are one of `RULES`.
    """
    sine, cosine = np.sin(angle), np.cos(angle)
    half = np.sin(0.5 * angle)
    p = np.sqrt((r1 - r) ** 2 + 4.0 * r1 * r * half * half)
    if p == 0.0:
        return 0.0
    a = r1 * (r1 - r * cosine) / p
    d = r * (r1 * cosine - r) / p  # a - p
    c = r1 * r * abs(sine) / p
    start = 1.0 + a * a
    edges = np.empty(4)
    edges[0], edges[1], edges[3] = 0.0, (p - c) ** 2, (p + c) ** 2
    first = 0
    if p <= c:  # the disc does not reach s = 0
        first, edges[0] = 1, edges[1]
    # the factor of k2 turns at s = d^2
    edges[2] = min(max(d * d, edges[1]), edges[3])
    if first == 0 and d * d < edges[1]:
        edges[1], edges[2] = d * d, edges[1]
    total = 0.0
    for piece in range(first, 3):
        lower, upper = np.log1p(edges[piece] / start), np.log1p(edges[piece + 1] / start)
        if upper <= lower:
            continue
        for i in range(weight.size):
            y = lower + (upper - lower) * below[i] if below[i] < 0.5 else upper - (upper - lower) * above[i]
            s = start * np.expm1(y)
            root = np.sqrt(max(s, 0.0))
            inside = (p + c - root) * (p - c + root)
            outside = (root + c - p) * (root + c + p)
            if outside <= 0.0:
                arc = 1.0
            elif inside <= 0.0:
                arc = 0.0
            else:
                arc = 2.0 * np.arctan2(np.sqrt(inside), np.sqrt(outside)) / np.pi
            value = arc * ((d * d + s) * (a * a + s)) ** beta * np.exp(-0.5 * y)  # ds = start e^y dy
            total += (upper - lower) * weight[i] * value
    front = np.pi * (r1 * r) ** (2.0 * beta) * (1.0 + r * r) ** (-1.5) / (p * np.sqrt(start))
    return front * total


def kernel_with_error(place: tuple[float, float, float], beta: float) -> tuple[float, float]:
    """Returns the kernel at ``|k1|, |q|`` and their angle, and its error."""
    fine, error = refined([kernel(*place, beta, *rule) for rule in RULES], ROUND_OFF)
    return float(fine), float(error)
