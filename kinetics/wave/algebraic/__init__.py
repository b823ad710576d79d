r"""The isotropic collision operator of data with algebraic decay, in a tenth of a millisecond.

Evaluates [AL24, (3.2)-(3.15)] at one frequency for ``n = (1 + omega^2)^(-p/2)`` and
``n = (1 + omega)^(-p)``, in every part and region at once, with the full operator in a form that keeps
its digits where gain and loss cancel to two orders in ``1/omega``.

Two scales meet in the integral: the datum varies at frequency one, everything else at `w`, the frequency
of evaluation.  With ``x`` and ``y`` the larger and the smaller of the two frequencies below ``w``, the
fourth one depends on ``x - y`` alone, so

* where ``0 <= y <= x <= h = w/8`` ("near"), whatever depends on ``omega_4`` is a short power series in
  ``(x - y)/w``, and what remains are moments of ``x^beta n(x) y^(beta+1/2) n(y)`` over dyadic panels.
  There the full operator adds region 21 to its mirror image in region 3 before integrating: the even
  part of one series and the odd part of another, in which nothing cancels any more;
* elsewhere ("far") the integrand is smooth at scale ``w``, except for the density of the smaller frequency,
  ``y^(beta+1/2) n(y)``.  What depends on ``omega_4`` varies slowly with ``y`` where ``y`` is well below ``x``
  or ``w``, so there the density is a measure: a rule with few nodes that integrates polynomials as the panels
  do.  Likewise in region 1, of ``omega_3`` where it is well below ``omega_4``;
* tails to infinity are Gauss-Jacobi in ``1/omega`` with the decay that each part really has.

What remains are sums over pairs of nodes, each of which takes two logarithms and two exponentials or twice
as many.  They are taken of whole arrays, in vector instructions (`elementary`).

What the first call compiles costs seconds.  So every array that a function takes has one layout, or there
would be several versions of it, and the longest functions, each called once, are inlined before they are
compiled, or they would be compiled by themselves as well.

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from wellposed.kinetics.wave.algebraic.density import BRACKET, BRACKET_K, decades, series
from wellposed.kinetics.wave.algebraic.far import add_far
from wellposed.kinetics.wave.algebraic.near import near_moments
from wellposed.kinetics.wave.algebraic.region_1 import region_1
from wellposed.kinetics.wave.algebraic.rules import LEVELS, ORDERS, rules

__all__ = ["BRACKET", "BRACKET_K", "LEVELS", "ROUND_OFF", "parts_over_n1", "rules"]

ROUND_OFF = 64.0 * np.finfo(float).eps
"""Relative accuracy of the datum itself at high frequency, ``exp(-p log omega)``."""


@njit(cache=True, nogil=True)
def parts_over_n1(kind, p, beta, w, rule):
    """Returns the sixteen parts and the full operator at frequency `w`, divided by ``n(w)``.

    Parameters
    ----------
    kind : int
        `BRACKET` or `BRACKET_K`.
    p, beta, w : float
    rule : Rules
        As `rules` makes them for the same `beta` and `p`.

    Returns
    -------
    values : (4, 4) float64
        Regions 21, 22, 3, 1 by parts 234, 134, 123, 124 [AL24, (3.10)-(3.14)], without ``64 pi^3``.
    full : float
        234 + 134 - 123 - 124 over all regions.
    prime : float
        ``|234 - 123|`` over all regions, C'^234 of [AL24, (5.1)] with ``omega_1^(beta-1/2)`` once.
    """
    phi, alpha, excess = np.empty(ORDERS), np.empty(ORDERS), np.empty(ORDERS)
    count = series(kind, p, beta, w, phi, alpha, excess)
    both, first, second = np.zeros(count), np.zeros(count), np.zeros(count)
    measure = near_moments(kind, p, beta, w, rule, both, first, second)
    root_n1 = np.exp(-0.5 * p * decades(kind, w))  # n1 alone may be less than the smallest number

    values = np.zeros((4, 7))
    add_far(kind, p, beta, w, rule, measure, values)
    region_1(kind, p, beta, w, rule, values[3])
    full = prime = 0.0
    for region in range(4):
        row = values[region]
        for j in range(7):
            row[j] = row[j] * root_n1 * root_n1
            if region == 3:
                row[j] = row[j] * root_n1 * root_n1
        difference = row[0] - row[2]
        full += difference + (row[1] - row[3]) + row[6]
        prime += abs(difference - row[5])  # n4 - n1 has one sign: positive in 21 and 22
        row[1] += row[4]
        row[2] += row[5]

    power = w**beta
    sign = 1.0
    row_21, row_3 = values[0], values[2]
    for k in range(count):
        with_all, with_loss = power * phi[k] * both[k], power * alpha[k] * both[k]
        with_first = power * phi[k] * first[k] * root_n1 * root_n1
        with_second = power * phi[k] * second[k] * root_n1 * root_n1
        row_21[0] += sign * with_all
        row_21[1] += sign * with_first
        row_21[2] += sign * with_loss
        row_21[3] += sign * with_second
        row_3[0] += with_all
        row_3[1] += with_second
        row_3[2] += with_loss
        row_3[3] += with_first
        if sign > 0.0:
            full += 2.0 * power * excess[k] * both[k]
        else:
            full += 2.0 * power * phi[k] * (second[k] - first[k]) * root_n1 * root_n1
            prime -= 2.0 * power * excess[k] * both[k]
        sign = -sign
    scale = w ** (beta - 0.5)
    parts = np.empty((4, 4))
    for region in range(4):
        for j in range(4):
            parts[region, j] = values[region, j] * scale
    return parts, full * scale, prime * scale
