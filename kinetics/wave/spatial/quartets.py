r"""Resonant quartets in three dimensions: coordinates without singularities, and nodes in them.

With ``p = k1* - k1`` and ``q = k2* - k1`` a quartet is a rectangle, ``k2 = k1 + p + q`` and ``p.q = 0``, and

    |k1-k2| dsigma dk2 = 4 delta(p.q) dp dq = (2/sqrt w1) dw2 dw4 dV dphi dchi,

where ``w2 = |k2|^2, w3 = |k1*|^2, w4 = |k2*|^2``, ``V = |k1+k2|/2``, phi is the angle of sigma about
``k1+k2`` and chi that of k2 about k1.  Given the frequencies, `V` runs through ``|k1.k2| <= min(sqrt(w1 w2),
sqrt(w3 w4))``, an interval of length ``m = min(sqrt w1, ..., sqrt w4)``.

The cut-off `b` of [AL24, (1.14)-(1.17)] keeps ``cos phi > -kappa``.  With ``d = w1-w2, e = w3-w4, E = w1+w2``
and ``z = k1.k2``,

    kappa = (d e/4) / sqrt((w1 w2 - z^2)(w3 w4 - z^2)),

and ``|kappa| < 1`` where ``z^2 < zc^2 = (E^2 - d^2 - e^2)/4``; beyond, `b` keeps all phi if d and e are of
one sign, and none if not.  Hence the measure of V and phi that it keeps is

    J = pi m + sgn(d e) (pi m - D),     D = 2 \int_{|z| < zc} arccos |kappa| dV,

with D a sum of complete elliptic integrals of the third kind.  Exchanging w3 and w4 changes the sign of e, so
``e >= 0`` suffices.  J is analytic but for kinks at ``zc = 0``, that is ``w4 = (sqrt w1 - sqrt w2)^2/2``, and
where two frequencies meet; panels end there.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
[Bul69] R. Bulirsch, Numerical calculation of elliptic integrals and elliptic functions III, Numer. Math. 13
        (1969) 305.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from wellposed.kinetics.quadrature import gauss_jacobi, gauss_legendre

_WINDOW = (0.2, 40.0)
_FAR = 2.0**60  # times the larger of 1 and w1: where the last panel of w2 ends


class Resolution(NamedTuple):
    """How fine the nodes are."""

    nodes: int  # per panel and direction
    ratio: float  # between a panel's ends, on logarithmic scales
    within: (
        float  # the same for frequencies from 0.2 to 40, where functions that are not radial have their scale
    )
    first: float  # frequency below which data are analytic in k
    lowest: float  # frequencies and differences below this, relative to the scale, are left out


class Nodes(NamedTuple):
    """Nodes in ``(w2, w4)``, ``w4 <= w3``, grouped by w2, those in groups of one panel."""

    w2: np.ndarray  # (n2,)
    panels: np.ndarray  # (n_panels + 1,) where each panel of w2 starts
    tail: int  # of the last panels of w2, all of one ratio, that stand for what is beyond them
    starts: np.ndarray  # (n2,) where the nodes of each w2 start
    w3: np.ndarray  # (n,)
    w4: np.ndarray  # (n,)
    difference: np.ndarray  # (n2,) d = w1 - w2
    excess: np.ndarray  # (n,) e = w3 - w4
    weight: np.ndarray  # (n,) of dw2 dw4


@njit(cache=True, nogil=True)
def _elliptic(kc, p):
    """Returns Bulirsch's cel, ``p > 0``, of which the module's head needs four [Bul69].

    It is ``int_0^(pi/2) dx / ((cos^2 x + p sin^2 x) sqrt(cos^2 x + kc^2 sin^2 x))``.
    """
    p = math.sqrt(p)
    a, b, e, em = 1.0, 1.0 / p, kc, 1.0
    while True:
        f = a
        a += b / p
        g = e / p
        b = 2.0 * (b + f * g)
        p += g
        g = em
        em += kc
        if abs(g - kc) <= 1e-8 * g:
            return 0.5 * math.pi * (b + a * em) / (em * (em + p))
        kc = 2.0 * math.sqrt(e)
        e = kc * em


@njit(cache=True, nogil=True)
def cut_off_measure(w1, w2, d, w3, w4, e):
    r"""Returns ``D = 2 \int_{|z| < zc} arccos |kappa| dV`` of the module's head, at most ``pi min(sqrt w)``.

    The ends of the integral are branch points of ``sqrt((zc^2 - z^2)(E - 2z))``, which integration by parts
    brings out, so four complete integrals do, one for each zero of ``(w1 w2 - z^2)(w3 w4 - z^2)``.
    """
    square = w1 * w2 - 0.25 * e * e
    if square <= 0.0 or d == 0.0 or e == 0.0:
        return 0.0 if square <= 0.0 else math.pi * math.sqrt(min(min(w1, w2), min(w3, w4)))
    zc = math.sqrt(square)
    high = w1 + w2 + 2.0 * zc
    low = (d * d + e * e) / high  # w1 + w2 - 2 zc
    kc = math.sqrt(high / low)
    total = 0.0
    for zero, gap in ((math.sqrt(w1 * w2), e), (math.sqrt(w3 * w4), d)):
        beyond = zero + zc
        within = 0.25 * gap * gap / beyond  # zero - zc
        total += _elliptic(kc, beyond / within) / within - _elliptic(kc, within / beyond) / beyond
    return 0.5 * abs(d * e) / math.sqrt(low) * total


@njit(cache=True, nogil=True)
def kept_measures(w1, w2, difference, starts, w3, w4, excess):
    """Returns ``pi m`` and ``sgn(d e)(pi m - D)`` at each node, both (n,)."""
    even = np.empty(w3.size)
    odd = np.empty(w3.size)
    for i in range(w2.size):
        end = starts[i + 1] if i + 1 < w2.size else w3.size
        d = difference[i]
        for j in range(starts[i], end):
            half = math.pi * math.sqrt(min(min(w1, w2[i]), w4[j]))
            even[j] = half
            odd[j] = math.copysign(half - cut_off_measure(w1, w2[i], d, w3[j], w4[j], excess[j]), d)
    return even, odd


@njit(cache=True, nogil=True)
def _cut(edges, count, low, high, ratio):
    """Appends the ends of panels that divide [low, high] evenly in its logarithm; returns their number."""
    pieces = max(1, math.ceil(math.log(high / low) / math.log(ratio) - 1e-9))
    for i in range(1, pieces + 1):
        edges[count] = high if i == pieces else low * (high / low) ** (i / pieces)
        count += 1
    return count


@njit(cache=True, nogil=True)
def _cut_frequencies(edges, count, low, high, ratio, within):
    """Appends what `_cut` does, with another ratio inside the window."""
    if within == ratio:
        return _cut(edges, count, low, high, ratio)
    for end, here in ((_WINDOW[0], ratio), (_WINDOW[1], within), (high, ratio)):
        if end > edges[count - 1] and edges[count - 1] < high:
            count = _cut(edges, count, edges[count - 1], min(end, high), here)
    return count


@njit(cache=True, nogil=True)
def _edges(w1, w2, d, first, ratio, within, in_w4, in_e):
    """Writes ends of panels in w4 on (0, E/4], and in e on [0, E/2]; returns how many of each."""
    quarter = 0.25 * (w1 + w2)
    kink = 0.5 * (d / (math.sqrt(w1) + math.sqrt(w2))) ** 2
    meeting = min(w1, w2)
    lower, upper = min(min(kink, meeting), quarter), min(max(kink, meeting), quarter)
    in_w4[0] = 0.0
    in_w4[1] = min(lower, first)
    n = 2
    for end in (lower, upper, quarter):
        if end > in_w4[n - 1]:
            n = _cut_frequencies(in_w4, n, in_w4[n - 1], end, ratio, within)
    half = 2.0 * quarter
    kink_e, meeting_e = 2.0 * math.sqrt(w1 * w2), abs(d)
    lower, upper = min(min(kink_e, meeting_e), half), min(max(kink_e, meeting_e), half)
    in_e[0] = 0.0
    in_e[1] = lower
    m = 2
    for end in (upper, half):
        if end > in_e[m - 1]:
            m = _cut(in_e, m, in_e[m - 1], end, ratio)
    return n, m


@njit(cache=True, nogil=True)
def _inner(w1, w2, difference, weight2, first, ratio, within, x, w, x_first, w_first, exponent):
    """Returns nodes in w4 for every w2: a Jacobi rule next to w4 = 0, panels in log w4 and log e beyond."""
    in_w4, in_e = np.empty(4096), np.empty(4096)
    starts = np.empty(w2.size, np.int64)
    total = 0
    for i in range(w2.size):
        n, m = _edges(w1, w2[i], difference[i], first, ratio, within, in_w4, in_e)
        starts[i] = total
        total += (n + m - 2) * x.size
    w3, w4, e, weight = np.empty(total), np.empty(total), np.empty(total), np.empty(total)
    j = 0
    for i in range(w2.size):
        n, m = _edges(w1, w2[i], difference[i], first, ratio, within, in_w4, in_e)
        E = w1 + w2[i]
        for a in range(n - 1):
            for node in range(x.size):
                if a == 0:
                    w4[j] = in_w4[1] * x_first[node]
                    weight[j] = weight2[i] * in_w4[1] * w_first[node] * x_first[node] ** (-exponent)
                else:
                    span = math.log(in_w4[a + 1] / in_w4[a])
                    w4[j] = in_w4[a] * math.exp(span * x[node])
                    weight[j] = weight2[i] * span * w[node] * w4[j]
                w3[j] = E - w4[j]
                e[j] = w3[j] - w4[j]
                j += 1
        for a in range(m - 1):
            for node in range(x.size):
                if a == 0:
                    e[j] = in_e[1] * x[node]
                    weight[j] = 0.5 * weight2[i] * in_e[1] * w[node]
                else:
                    span = math.log(in_e[a + 1] / in_e[a])
                    e[j] = in_e[a] * math.exp(span * x[node])
                    weight[j] = 0.5 * weight2[i] * span * w[node] * e[j]
                w3[j] = 0.5 * (E + e[j])
                w4[j] = 0.5 * (E - e[j])
                j += 1
    return starts, w3, w4, e, weight


def _logarithmic(low: float, high: float, ratio: float, within: float) -> list[tuple[float, float]]:
    """Returns panels on [low, high], with another ratio inside the window."""
    edges = np.empty(4096)
    edges[0] = low
    count = _cut_frequencies(edges, 1, low, high, ratio, within)
    return list(zip(edges[: count - 1].tolist(), edges[1:count].tolist(), strict=True))


def nodes(w1: float, beta: float, resolution: Resolution) -> Nodes:
    """Returns nodes for ``int dw2 int_0^((w1+w2)/2) dw4``, for integrands ``(w2 w4)^beta J`` times data.

    Panels of w2 are logarithmic from 0, from w1 on both sides, and to infinity.
    """
    r = resolution
    x, w = gauss_legendre(r.nodes)
    x_first, w_first = gauss_jacobi(r.nodes, beta + 0.5)
    scale = min(1.0, w1)
    # far below and far above the data's scale, the integrand is a power, which few nodes integrate
    wide = r.ratio**2
    middle = min(max(0.1 * scale, r.lowest), 0.5 * w1)
    low = _logarithmic(r.lowest * scale, middle, wide, wide)
    if middle < 0.5 * w1:
        low += _logarithmic(middle, 0.5 * w1, r.ratio, r.within)
    near = _logarithmic(math.sqrt(r.lowest) * w1, 0.5 * w1, r.ratio, r.ratio)
    top = 64.0 * max(1.0, w1)
    high = _logarithmic(1.5 * w1, top, r.ratio, r.within)
    tail = _logarithmic(top, _FAR * max(1.0, w1), wide, wide)

    w2, d, weight = [], [], []
    for a, b in low:
        w2.append(a * (b / a) ** x)
        d.append(w1 - w2[-1])
        weight.append(math.log(b / a) * w * w2[-1])
    for sign in (1.0, -1.0):
        w2.append(w1 - sign * near[0][0] * x)
        d.append(sign * near[0][0] * x)
        weight.append(near[0][0] * w)
        for a, b in near:
            distance = a * (b / a) ** x
            w2.append(w1 - sign * distance)
            d.append(sign * distance)
            weight.append(math.log(b / a) * w * distance)
    for a, b in high + tail:
        w2.append(a * (b / a) ** x)
        d.append(w1 - w2[-1])
        weight.append(math.log(b / a) * w * w2[-1])
    every_w2, every_d = np.concatenate(w2), np.concatenate(d)
    starts, w3, w4, e, inner = _inner(
        w1,
        every_w2,
        every_d,
        np.concatenate(weight),
        r.first,
        r.ratio,
        r.within,
        x,
        w,
        x_first,
        w_first,
        beta + 0.5,
    )
    panels = r.nodes * np.arange(len(w2))
    return Nodes(every_w2, panels, len(tail), starts, w3, w4, every_d, e, inner)
