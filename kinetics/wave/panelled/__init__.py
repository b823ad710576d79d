r"""The isotropic collision operator of oscillating data, and of data given as a function.

Evaluates [AL24, (3.2)-(3.15)] at one frequency ``w`` for ``n = e(omega) (A + cos N omega)`` with a smooth
envelope `e`, at a cost that does not grow with ``N w``, and for any smooth function `e` alone.

In the coordinates below every frequency is linear, so every oscillation is a plane wave, and nothing else
varies faster than the distance to the origin:

* regions 21, 22 (``w2 <= w3``) have ``w2 = y, w3 = y + v, w4 = w - v``;
* region 3 (``w3 <= w2``) has ``w3 = y, w2 = y + v, w4 = w + v``;
* region 1 has ``w3 = w + a/2, w4 = w + a/2 + c, w2 = w + a + c``.

On dyadic panels the amplitude is interpolated at Gauss nodes and the plane wave integrated exactly: product
integration, with the moments of [BV68].  The steps to two dimensions:

* a product of cosines is a sum of products of one function of `y` and one of `v`, so the plane waves and
  whatever depends on one coordinate alone go into one-dimensional weights; only ``(y+v)^beta e(y+v)`` is
  evaluated at pairs of nodes (`regions_2_3`);
* seen from ``v`` in ``[b, 2b]``, all of ``y <= b`` is one panel: the rule for ``[0, b]`` is merged with that
  of ``[b, 2b]`` to one for ``[0, 2b]`` after each step (`product`), so the cost is linear in the number of
  octaves;
* regions 21 and 22 meet, and end, along oblique lines.  There the inner integral is ``e^{iky} Q(y)`` at its
  ends, with ``Q' + ikQ`` equal to the amplitude [Lev82], which leaves plane waves along the lines
  (`oblique`).

References
----------
[AL24] I. Ampatzoglou, T. Léger, On the ill-posedness of kinetic wave equations, arXiv:2411.12868.
[BV68] N. S. Bakhvalov, L. G. Vasil'eva, Evaluation of the integrals of oscillating functions by interpolation
       at nodes of Gaussian quadratures, USSR Comput. Math. Math. Phys. 8 (1968) 241.
[Lev82] D. Levin, Procedures for computing one- and two-dimensional integrals of functions with rapid
       irregular oscillations, Math. Comp. 38 (1982) 531.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from wellposed.kinetics.wave.data import Datum
from wellposed.kinetics.wave.panelled.problem import BRACKET, FUNCTION, KINDS, Problem, no_function
from wellposed.kinetics.wave.panelled.product import rules
from wellposed.kinetics.wave.panelled.region_1 import region_1
from wellposed.kinetics.wave.panelled.regions_2_3 import regions_2_and_3


def parts_over_envelope(
    omega1: float, beta: float, datum: Datum, nodes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the sixteen parts and the full operator at one frequency, over the datum's envelope there.

    Parameters
    ----------
    omega1 : float
        Positive.
    beta : float
    datum : Datum
        A function is not divided by its value.
    nodes : int
        Per panel; compare two values for an error estimate.

    Returns
    -------
    parts : (4, 4) float64
        Regions 21, 22, 3, 1 by parts 234, 134, 123, 124 [AL24, (3.10)-(3.14)], without ``64 pi^3``.
    full : (4,) float64
        234 + 134 - 123 - 124 by region, with ``n4 - n1`` in regions 21, 22 and 3 without subtraction.

    Notes
    -----
    Relative error of a part about 1e-7, 1e-10 and 1e-13 at 10, 14 and 20 nodes, for any N up to
    ``N omega1 = 1e5``; of the full operator of an oscillating datum ten times that.  The full operator of a
    smooth datum loses ``omega1`` times round-off, and of a function ``omega1^2``.  A function that oscillates
    is not resolved.
    """
    kind = KINDS[datum.kind]
    oscillates = datum.kind == "oscillating"
    p = 0.5 * datum.M
    phase = datum.N * omega1
    if kind == FUNCTION:
        function = datum.function
        e1 = r1 = function.ctypes(omega1)
        rule = rules(nodes, beta, 2.0 * beta + 2.0)  # its Jacobi tail is not used
    else:
        function, r1 = no_function(), 1.0
        e1 = math.exp(-0.5 * p * math.log1p(omega1**2) if kind == BRACKET else -p * math.log1p(omega1))
        rule = rules(nodes, beta, p)
    problem = Problem(
        kind=kind,
        p=p,
        function=function,
        beta=beta,
        w=omega1,
        N=datum.N if oscillates else 0.0,
        A=datum.A if oscillates else 1.0,
        B=1.0 if oscillates else 0.0,
        e1=e1,
        g1=datum.A + math.cos(phase) if oscillates else 1.0,
        r1=r1,
        turn=complex(math.cos(phase), math.sin(phase)) if oscillates else 1.0 + 0.0j,
    )
    parts = np.zeros((4, 4))
    full = np.zeros(4)
    regions_2_and_3(problem, rule, parts, full)
    region_1(problem, rule, parts, full)
    common = omega1 ** (beta - 0.5)
    return parts * common, full * common
